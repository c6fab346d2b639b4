/* SPDX-License-Identifier: MIT */
/* Options of `wdm run` and `wdm shell`. Drivers and options come in any order. */
#include "cli.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

const struct cli_option cli_run_options[] = {
    {"-c", "COMMANDS", "execute commands, separated by ';' or newlines; may be repeated"},
    {"-f", "SCRIPT", "execute the commands of a file, '-' for standard input"},
    {"--client", "KIND", "who opens devices: admin (default), user, or low (integrity)"},
    {"--cpus", "N", "virtual processors, 1 to 64 (default 1)"},
    {"--seed", "N", "decides how processors interleave (default 1); same seed, same run"},
    {"--realtime", NULL, "time is the host's clock instead of virtual"},
    {"--timeout", "SECONDS",
     "host seconds until the run is stopped with status 124 (default 60, 0: never)"},
    {"--trace", "[=FILE]", "print the walk of each request, to standard output or FILE"},
    {"--report", "FILE", "write all reports as a JSON array (docs/report.schema.json)"},
    {"--windows-version", "V", "version presented to drivers (default 10.0.19045)"},
    {"--registry", "FILE", "import a .reg file before drivers are loaded; may be repeated"},
    {"--service", "NAME", "service name of the next driver instead of its file name"},
    {"--no-unload", NULL, "leave drivers loaded at the end"},
    {"--no-checks", NULL, "no paging checks and no leak reports, for measuring"},
    {"--fault", "N",
     "the N-th call of a driver that can fail (an allocation, an object, an IRP, ...) fails"},
    {"--fault-sweep", "[=all]",
     "repeat the run with every such call failing in turn; print runs that end badly, or all"},
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
apply_number(const char *name, const char *argument)
{
    uint64_t number;

    if (strcmp(name, "--client") == 0)
    {
        if (!cli_client_kind(argument, &cli.options.client))
        {
            (void)cli_usage("%s: '%s' is not admin, user or low", name, argument);
            return false;
        }
        return true;
    }
    if (strcmp(name, "--cpus") == 0)
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
        cli.timeout_given = true;
    }
    else if (strcmp(name, "--fault") == 0)
    {
        if (!number_option(name, argument, 1, UINT64_MAX - 1, &number))
            return false;
        cli.options.fault = number;
    }
    return true;
}

static bool
apply_option(const char *name, const char *argument)
{
    if (strcmp(name, "--realtime") == 0)
        cli.options.realtime = true;
    else if (strcmp(name, "--no-unload") == 0)
        cli.unload_at_end = false;
    else if (strcmp(name, "--no-checks") == 0)
        cli.options.checks_off = true;
    else if (strcmp(name, "--trace") == 0)
    {
        cli.trace_path = argument;
        cli.tracing = true;
    }
    else if (strcmp(name, "--fault-sweep") == 0)
    {
        cli.sweep = true;
        cli.sweep_all = argument != NULL;
        if (argument != NULL && strcmp(argument, "all") != 0)
        {
            (void)cli_usage("%s: '%s' is not 'all'", name, argument);
            return false;
        }
    }
    else if (strcmp(name, "--report") == 0)
        cli.report_path = argument;
    else if (strcmp(name, "--service") == 0)
        cli.service = argument;
    else if (strcmp(name, "--registry") == 0)
        return cli_add_registry(argument);
    else if (strcmp(name, "--windows-version") == 0)
        cli.options.windows_version = argument;
    else
        return apply_number(name, argument);
    return true;
}

static bool
add_driver(const char *path)
{
    if (cli.driver_count == CLI_MAX_DRIVERS)
    {
        (void)cli_usage("too many drivers");
        return false;
    }
    cli.drivers[cli.driver_count].path = path;
    cli.drivers[cli.driver_count++].service = cli.service;
    cli.service = NULL;
    return true;
}

/* One option and its argument; *index is moved over the latter. */
static bool
parse_option(int argc,
             char **argv,
             int *index,
             bool (*script)(const char *option, const char *argument))
{
    const char *word = argv[*index];
    const char *equal = strchr(word, '=');
    size_t length = equal != NULL ? (size_t)(equal - word) : strlen(word);
    const struct cli_option *option = find_option(word, length);
    const char *argument = equal != NULL ? equal + 1 : NULL;

    if (option == NULL || (argument != NULL && option->argument == NULL))
    {
        (void)cli_usage("unknown option '%s'; 'wdm help run' lists them", word);
        return false;
    }
    if (argument == NULL && option->argument != NULL && option->argument[0] != '[')
    {
        if (*index + 1 >= argc)
        {
            (void)cli_usage("%s needs an argument: %s", option->name, option->argument);
            return false;
        }
        argument = argv[++*index];
    }
    return option->name[1] != '-' ? script(option->name, argument)
                                  : apply_option(option->name, argument);
}

bool
cli_parse_options(int argc, char **argv, bool (*script)(const char *option, const char *argument))
{
    bool options = true;

    cli.options.seed = 1;
    for (int index = 0; index < argc; index++)
    {
        if (options && strcmp(argv[index], "--") == 0)
            options = false;
        else if (options && argv[index][0] == '-' && argv[index][1] != 0)
        {
            if (!parse_option(argc, argv, &index, script))
                return false;
        }
        else if (!add_driver(argv[index]))
            return false;
    }
    if (cli.service != NULL)
        (void)cli_usage("--service %s: no driver follows", cli.service);
    else if (cli.sweep && (cli.options.fault != 0 || cli.report_path != NULL || cli.tracing))
        (void)cli_usage("--fault, --report and --trace are for one run, --fault-sweep is many");
    else
        return true;
    return false;
}
