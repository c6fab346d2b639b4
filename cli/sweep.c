/* SPDX-License-Identifier: MIT */
/*
 * wdm run --fault-sweep: the same run again and again, each time with another call of a driver that
 * fails. Every run is a process of its own, so that a crash ends that run and nothing else; what is
 * known about it lies in memory that the two processes share.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends of runs, the worst last. */
enum outcome
{
    FINE,
    FAILED,    /* a command or DriverEntry failed, as it may */
    VIOLATION, /* leak or broken rule */
    TIMEOUT,
    BUGCHECK,
    CRASH, /* our own mistake */
    OUTCOMES
};

static const char *const outcome_names[OUTCOMES] = {"fine",    "command failed", "violation",
                                                    "timeout", "bug check",      "wdm crashed"};

struct sweep
{
    int (*run)(void);
    struct cli_fault_run *shared;
    int errors; /* standard error of the run, a file */
    unsigned counts[OUTCOMES];
};

/* The first line on standard error that is about what went wrong; "" when there is none. */
static void
first_error(int file, char *line, size_t size)
{
    char text[4096];
    ssize_t length = pread(file, text, sizeof(text) - 1, 0);
    char *rest = text;

    line[0] = 0;
    text[length > 0 ? length : 0] = 0;
    while (*rest != 0)
    {
        char *start = rest;

        rest += strcspn(rest, "\n");
        if (*rest != 0)
            *rest++ = 0;
        if (start[0] == 0 || strncmp(start, "=====", 5) == 0 ||
            strstr(start, "==WARNING: ") != NULL || strncmp(start, "wdm: fault ", 11) == 0)
            continue;
        start += strncmp(start, "wdm: ", 5) == 0 ? 5 : 0;
        snprintf(line, size, "%.900s", start);
        return;
    }
}

static void
child(struct sweep *sweep, uint64_t fault)
{
    int nowhere = open("/dev/null", O_RDWR);

    if (nowhere >= 0)
    {
        dup2(nowhere, 0);
        dup2(nowhere, 1);
    }
    dup2(sweep->errors, 2);
    cli.fault_run = sweep->shared;
    cli.options.fault = fault;
    sweep->shared->status = sweep->run();
    sweep->shared->ended = true;
    /* Not the status: what the sanitizers find at exit has statuses, too. */
    exit(0);
}

/* One run with call number `fault` failing. Returns false after a message: the host is short of
 * processes. */
static bool
run_once(struct sweep *sweep, uint64_t fault, enum outcome *outcome)
{
    const struct cli_fault_run *result = sweep->shared;
    int status = 0;
    pid_t process;

    memset(sweep->shared, 0, sizeof(*sweep->shared));
    if (ftruncate(sweep->errors, 0) != 0 || lseek(sweep->errors, 0, SEEK_SET) != 0 ||
        fflush(NULL) != 0 || (process = fork()) < 0)
    {
        (void)cli_usage("fault sweep: %s", strerror(errno));
        return false;
    }
    if (process == 0)
        child(sweep, fault);
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == CLI_TIMEOUT && !result->ended)
        *outcome = TIMEOUT;
    else if (!result->ended || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        *outcome = CRASH;
    else if (result->bugcheck)
        *outcome = BUGCHECK;
    else if (result->report[0] != 0)
        *outcome = VIOLATION;
    else
        *outcome = result->status == CLI_OK ? FINE : FAILED;
    return true;
}

static void
print_run(const struct sweep *sweep, uint64_t fault, enum outcome outcome)
{
    const struct cli_fault_run *result = sweep->shared;
    char error[1024];

    snprintf(error, sizeof(error), "%s", result->report);
    if (outcome == CRASH || error[0] == 0)
        first_error(sweep->errors, error, sizeof(error));
    printf("fault %" PRIu64 ": %s: %s%s%s\n", fault, outcome_names[outcome], result->fault,
           error[0] != 0 ? ": " : "", error);
}

static int
status_of(enum outcome worst)
{
    switch (worst)
    {
    case VIOLATION:
        return CLI_VIOLATION;
    case TIMEOUT:
        return CLI_TIMEOUT;
    case BUGCHECK:
    case CRASH:
        return CLI_BUGCHECK;
    default:
        return CLI_OK;
    }
}

static void
print_summary(const struct sweep *sweep, uint64_t runs)
{
    const char *before = ": ";

    printf("fault sweep: %" PRIu64 " call%s failed, one in each run", runs, runs == 1 ? "" : "s");
    for (unsigned i = 0; i < OUTCOMES; i++)
    {
        if (sweep->counts[i] == 0)
            continue;
        printf("%s%u %s", before, sweep->counts[i], outcome_names[i]);
        before = ", ";
    }
    printf("\n");
}

static int
sweep_all(struct sweep *sweep)
{
    enum outcome outcome, worst = FINE;
    uint64_t fault = 1;

    if (!run_once(sweep, WDM_FAULT_COUNT, &outcome))
        return CLI_USAGE;
    if (outcome != FINE)
    {
        char error[1024];
        first_error(sweep->errors, error, sizeof(error));
        (void)cli_usage("fault sweep: even without a fault: %s: %s", outcome_names[outcome], error);
        return status_of(outcome) != CLI_OK ? status_of(outcome) : sweep->shared->status;
    }
    for (;; fault++)
    {
        if (!run_once(sweep, fault, &outcome))
            return CLI_USAGE;
        if (!sweep->shared->injected)
            break;
        sweep->counts[outcome]++;
        if (outcome > worst)
            worst = outcome;
        if (cli.sweep_all || outcome > FAILED)
            print_run(sweep, fault, outcome);
    }
    print_summary(sweep, fault - 1);
    return status_of(worst);
}

int
cli_sweep(int (*run)(void))
{
    struct sweep sweep = {.run = run, .errors = memfd_create("errors", MFD_CLOEXEC)};
    int status;

    sweep.shared = mmap(NULL, sizeof(*sweep.shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (sweep.errors < 0 || sweep.shared == MAP_FAILED)
        return cli_usage("fault sweep: %s", strerror(errno));
    status = sweep_all(&sweep);
    munmap(sweep.shared, sizeof(*sweep.shared));
    close(sweep.errors);
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_usage("standard output cannot be written");
    return status;
}
