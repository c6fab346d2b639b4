/* SPDX-License-Identifier: MIT */
/* One run: boot, end, and the exit status that sums it up. */
#include "cli.h"
#include "registry.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct cli_session cli = {.unload_at_end = true, .timeout_s = 60, .current = -1};

void
cli_note(int exit_status)
{
    /* Worst first. A failed command is worse than a violated check: the run did not get through. */
    static const int order[] = {CLI_TIMEOUT, CLI_BUGCHECK, CLI_USAGE, CLI_FAILED, CLI_VIOLATION};

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
    {
        if (cli.exit_status == order[i])
            return;
        if (exit_status == order[i])
        {
            cli.exit_status = exit_status;
            return;
        }
    }
}

static void
put_trace(void *context, const char *line, size_t length)
{
    (void)context;
    fprintf(cli.trace, "%.*s\n", (int)length, line);
}

static void
put_debug(void *context, const char *line, size_t length)
{
    (void)context;
    printf("%.*s\n", (int)length, line);
}

static void
put_message(void *context, const char *line, size_t length)
{
    (void)context;
    cli.message_count++;
    fflush(stdout);
    fprintf(stderr, "wdm: %.*s\n", (int)length, line);
}

/* The first line of a report, of a bug check also its name in the second. */
static void
keep_report(struct cli_fault_run *run, const wdm_report *report)
{
    size_t length = strcspn(report->text, "\n");
    const char *second = report->text[length] != 0 ? report->text + length + 1 : "";

    second += strspn(second, " ");
    if (strcmp(report->kind, "bugcheck") == 0)
    {
        run->bugcheck = true;
        snprintf(run->report, sizeof(run->report), "%.*s %.*s", (int)length, report->text,
                 (int)strcspn(second, "\n"), second);
    }
    else if (run->report[0] == 0)
        snprintf(run->report, sizeof(run->report), "%.*s", (int)length, report->text);
}

static void
put_fault(void *context, const wdm_fault *fault)
{
    char text[sizeof(cli.fault_run->fault)];

    (void)context;
    snprintf(text, sizeof(text), "%s called by %s %s", fault->ddi, fault->caller, fault->result);
    fflush(stdout);
    fprintf(stderr, "wdm: fault %llu: %s\n", (unsigned long long)fault->number, text);
    cli.injected = true;
    if (cli.fault_run == NULL)
        return;
    cli.fault_run->injected = true;
    memcpy(cli.fault_run->fault, text, sizeof(text));
}

static void
put_report(void *context, const wdm_report *report)
{
    static unsigned count;

    (void)context;
    fflush(stdout);
    fprintf(stderr, "%s", report->text);
    if (cli.fault_run != NULL)
        keep_report(cli.fault_run, report);
    if (strcmp(report->kind, "bugcheck") == 0)
        cli_note(CLI_BUGCHECK);
    else
        cli_note(CLI_VIOLATION);
    if (cli.report != NULL)
    {
        fprintf(cli.report, "%s\n%s", count++ == 0 ? "" : ",", report->json);
        fflush(cli.report);
    }
}

/* Host seconds have passed: nothing of the machine can be trusted to end. Only calls that are safe
 * in a signal handler. */
static void
on_timeout(int number)
{
    static const char message[] = "wdm: timeout: the run was stopped (see --timeout)\n";
    ssize_t ignored = write(2, message, sizeof(message) - 1);

    (void)number;
    /* The array of reports is closed, so that what was found by then can be read. */
    if (cli.report != NULL)
        ignored += write(fileno(cli.report), "\n]\n", 3);
    (void)ignored;
    _exit(CLI_TIMEOUT);
}

static void
start_timeout(void)
{
    struct sigaction action;

    if (cli.timeout_s == 0)
        return;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_timeout;
    /* The interrupted stack may be a driver's. */
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGALRM, &action, NULL);
    alarm(cli.timeout_s);
}

/* ---- life
 * ------------------------------------------------------------------------------------------ */

int
cli_boot(void)
{
    wdm_status status;

    cli.options.size = sizeof(cli.options);
    cli.options.debug_output = put_debug;
    cli.options.message = put_message;
    cli.options.report = put_report;
    cli.options.injected = put_fault;
    cli.trace = stdout;
    if (cli.tracing)
        cli.options.trace = put_trace;
    if (cli.trace_path != NULL)
        cli.trace = fopen(cli.trace_path, "w");
    if (cli.trace == NULL)
        return cli_usage("%s: %s", cli.trace_path, strerror(errno));
    if (cli.report_path != NULL)
    {
        cli.report = fopen(cli.report_path, "w");
        if (cli.report == NULL)
            return cli_usage("%s: %s", cli.report_path, strerror(errno));
        fprintf(cli.report, "[");
        fflush(cli.report);
    }
    start_timeout();
    status = wdm_boot(&cli.options, &cli.machine);
    if (status == WDM_OK)
        return cli_import_registry();
    if (cli.machine == NULL)
        return cli_usage("the machine does not boot");
    return cli_result(status, "boot");
}

static void
unload_all(void)
{
    while (cli.service_count > 0 && cli.exit_status != CLI_BUGCHECK)
    {
        const char *service = cli.services[--cli.service_count];
        wdm_status status = wdm_unload(cli.machine, service);

        /* STATUS_INVALID_DEVICE_REQUEST: it has no Unload routine and stays, as on Windows. */
        if (status == WDM_FAILED && wdm_last_ntstatus(cli.machine) == 0xC0000010u)
            continue;
        if (status != WDM_OK)
            cli_note(cli_result(status, "unload"));
    }
}

int
cli_finish(void)
{
    if (cli.machine != NULL && cli.exit_status != CLI_BUGCHECK)
    {
        cli_close_all();
        if (cli.unload_at_end)
            unload_all();
    }
    if (cli.fault_run == NULL && cli.machine != NULL && cli.options.fault != 0 && !cli.injected)
        cli_note(cli_usage("--fault %llu: the run has only %llu calls that can fail",
                           (unsigned long long)cli.options.fault,
                           (unsigned long long)wdm_fault_calls(cli.machine)));
    if (cli.machine != NULL)
        wdm_shutdown(cli.machine);
    if (cli.report != NULL)
    {
        fprintf(cli.report, "\n]\n");
        if (fclose(cli.report) != 0)
            cli_note(cli_usage("%s: %s", cli.report_path, strerror(errno)));
    }
    if (cli.trace != NULL && cli.trace != stdout && fclose(cli.trace) != 0)
        cli_note(cli_usage("%s: %s", cli.trace_path, strerror(errno)));
    if (fflush(stdout) != 0 || ferror(stdout))
        cli_note(cli_usage("standard output cannot be written"));
    return cli.exit_status;
}
