/* SPDX-License-Identifier: MIT */
/* One run: options, boot, end, and the exit status that sums it up. */
#include "cli.h"

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

static void
put_report(void *context, const wdm_report *report)
{
    static unsigned count;

    (void)context;
    fflush(stdout);
    fprintf(stderr, "%s", report->text);
    if (strcmp(report->kind, "bugcheck") == 0)
        cli_note(CLI_BUGCHECK);
    else
        cli_note(CLI_VIOLATION);
    if (cli.report != NULL)
        fprintf(cli.report, "%s\n%s", count++ == 0 ? "" : ",", report->json);
}

/* Host seconds have passed: nothing of the machine can be trusted to end. Only calls that are safe
 * in a signal handler. */
static void
on_timeout(int number)
{
    static const char message[] = "wdm: timeout: the run was stopped (see --timeout)\n";

    (void)number;
    if (write(2, message, sizeof(message) - 1) < 0)
        _exit(CLI_TIMEOUT);
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

/* ---- options
 * ------------------------------------------------------------------------------------- */

const struct cli_option cli_run_options[] = {
    {"-c", "COMMANDS", "execute commands, separated by ';' or newlines; may be repeated"},
    {"-f", "SCRIPT", "execute the commands of a file, '-' for standard input"},
    {"--cpus", "N", "virtual processors, 1 to 64 (default 1)"},
    {"--seed", "N", "decides how processors interleave (default 1); same seed, same run"},
    {"--realtime", NULL, "time is the host's clock instead of virtual"},
    {"--timeout", "SECONDS",
     "host seconds until the run is stopped with status 124 (default 60, 0: never)"},
    {"--trace", "[=FILE]", "print the walk of each request, to standard output or FILE"},
    {"--report", "FILE", "write all reports as a JSON array (docs/report.schema.json)"},
    {"--windows-version", "V", "version presented to drivers (default 10.0.19045)"},
    {"--service", "NAME", "service name of the next driver instead of its file name"},
    {"--no-unload", NULL, "leave drivers loaded at the end"},
    {"--no-checks", NULL, "no paging checks and no leak reports, for measuring"},
    {NULL, NULL, NULL}};

static const struct cli_option *
find_option(const char *text, size_t length)
{
    for (const struct cli_option *option = cli_run_options; option->name != NULL; option++)
    {
        if (strlen(option->name) == length && strncmp(option->name, text, length) == 0)
            return option;
    }
    return NULL;
}

static bool
number_option(const char *name, const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
    if (cli_number(text, value) && *value >= low && *value <= high)
        return true;
    (void)cli_usage("%s: '%s' is not a number from %llu to %llu", name, text,
                    (unsigned long long)low, (unsigned long long)high);
    return false;
}

static bool
apply_option(const char *name, const char *argument)
{
    uint64_t number;

    if (strcmp(name, "--realtime") == 0)
        cli.options.realtime = true;
    else if (strcmp(name, "--no-unload") == 0)
        cli.unload_at_end = false;
    else if (strcmp(name, "--no-checks") == 0)
        cli.options.checks_off = true;
    else if (strcmp(name, "--trace") == 0)
    {
        cli.trace_path = argument;
        cli.options.trace = put_trace;
    }
    else if (strcmp(name, "--report") == 0)
        cli.report_path = argument;
    else if (strcmp(name, "--service") == 0)
        cli.service = argument;
    else if (strcmp(name, "--windows-version") == 0)
        cli.options.windows_version = argument;
    else if (strcmp(name, "--cpus") == 0)
    {
        if (!number_option(name, argument, 1, 64, &number))
            return false;
        cli.options.cpus = (unsigned)number;
    }
    else if (strcmp(name, "--seed") == 0)
    {
        if (!number_option(name, argument, 0, UINT64_MAX, &number))
            return false;
        cli.options.seed = number;
    }
    else if (strcmp(name, "--timeout") == 0)
    {
        if (!number_option(name, argument, 0, 1000000, &number))
            return false;
        cli.timeout_s = (unsigned)number;
    }
    return true;
}

int
cli_parse_options(int argc, char **argv, bool (*script)(const char *option, const char *argument))
{
    int index = 0;

    cli.options.seed = 1;
    for (; index < argc && argv[index][0] == '-' && argv[index][1] != 0; index++)
    {
        const char *word = argv[index];
        const char *equal = strchr(word, '=');
        size_t length = equal != NULL ? (size_t)(equal - word) : strlen(word);
        const struct cli_option *option = find_option(word, length);
        const char *argument = equal != NULL ? equal + 1 : NULL;

        if (strcmp(word, "--") == 0)
            return index + 1;
        if (option == NULL || (argument != NULL && option->argument == NULL))
        {
            (void)cli_usage("unknown option '%s'; 'wdm help run' lists them", word);
            return -1;
        }
        if (argument == NULL && option->argument != NULL && option->argument[0] != '[')
        {
            if (index + 1 >= argc)
            {
                (void)cli_usage("%s needs an argument: %s", option->name, option->argument);
                return -1;
            }
            argument = argv[++index];
        }
        if (option->name[1] != '-')
        {
            if (!script(option->name, argument))
                return -1;
        }
        else if (!apply_option(option->name, argument))
            return -1;
    }
    return index;
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
    cli.trace = stdout;
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
    }
    start_timeout();
    status = wdm_boot(&cli.options, &cli.machine);
    if (status == WDM_OK)
        return CLI_OK;
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
    if (fflush(stdout) != 0)
        cli_note(CLI_USAGE);
    return cli.exit_status;
}
