/* SPDX-License-Identifier: MIT */
/* The table of commands, and those that are not requests. */
#include "cli.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

int
cli_result(wdm_status status, const char *what)
{
    if (status == WDM_OK)
        return CLI_OK;
    /* The report has been printed already. */
    if (status == WDM_BUGCHECK)
        return CLI_BUGCHECK;
    (void)what;
    if (status == WDM_BAD_INPUT)
        return cli_usage("%s", wdm_last_message(cli.machine));
    return cli_failed("%s", wdm_last_message(cli.machine));
}

int
cli_load(const char *path, const char *service)
{
    unsigned messages = cli.message_count;
    wdm_status status = wdm_load(cli.machine, path, service);
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t length;

    /* The loader has said why already, line by line. */
    if (status == WDM_BAD_INPUT && cli.message_count != messages)
        return CLI_USAGE;
    if (status != WDM_OK)
        return cli_result(status, "load");
    if (cli.service_count == sizeof(cli.services) / sizeof(cli.services[0]))
        return cli_usage("load: too many drivers");
    snprintf(cli.services[cli.service_count], sizeof(cli.services[0]), "%s",
             service != NULL ? service : name);
    if (service == NULL)
    {
        char *dot = strrchr(cli.services[cli.service_count], '.');
        length = strlen(cli.services[cli.service_count]);
        if (dot != NULL && dot != cli.services[cli.service_count] && length > 0)
            *dot = 0;
    }
    cli.service_count++;
    return CLI_OK;
}

int
cli_load_drivers(void)
{
    int status = CLI_OK;

    for (unsigned i = 0; i < cli.driver_count && status == CLI_OK; i++)
        status = cli_load(cli.drivers[i].path, cli.drivers[i].service);
    return status;
}

static int
command_load(int count, char **words)
{
    if (count != 2 && !(count == 4 && strcmp(words[2], "as") == 0))
        return cli_usage("load: FILE [as SERVICE]");
    return cli_load(words[1], count == 4 ? words[3] : NULL);
}

static int
command_unload(int count, char **words)
{
    wdm_status status;

    if (count != 2)
        return cli_usage("unload: NAME");
    status = wdm_unload(cli.machine, words[1]);
    if (status == WDM_PENDING)
        printf("%s\n", wdm_last_message(cli.machine));
    else if (status != WDM_OK)
        return cli_result(status, "unload");
    for (unsigned i = 0; i < cli.service_count; i++)
    {
        if (strcmp(cli.services[i], words[1]) != 0)
            continue;
        for (unsigned next = i + 1; next < cli.service_count; next++)
            memcpy(cli.services[next - 1], cli.services[next], sizeof(cli.services[0]));
        cli.service_count--;
        break;
    }
    return CLI_OK;
}

static int
command_sleep(int count, char **words)
{
    uint64_t ns;

    if (count != 2 || !cli_time(words[1], &ns))
        return cli_usage("sleep: TIME, such as 50, 50ms, 2s, 100us or 10ns");
    return cli_result(wdm_advance(cli.machine, ns), "sleep");
}

static void
print_row(void *context, const char *line, size_t length)
{
    (void)context;
    printf("%.*s\n", (int)length, line);
}

static int
query(wdm_table table, const char *argument)
{
    return cli_result(wdm_query(cli.machine, table, argument, print_row, NULL), "query");
}

static int
command_table(int count, char **words)
{
    static const struct
    {
        const char *name;
        wdm_table table;
    } tables[] = {{"devices", WDM_TABLE_DEVICES}, {"drivers", WDM_TABLE_DRIVERS},
                  {"irps", WDM_TABLE_IRPS},       {"pool", WDM_TABLE_POOL},
                  {"threads", WDM_TABLE_THREADS}, {"timers", WDM_TABLE_TIMERS}};

    if (count != 1)
        return cli_usage("%s: takes no argument", words[0]);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
    {
        if (strcmp(tables[i].name, words[0]) == 0)
            return query(tables[i].table, NULL);
    }
    return CLI_USAGE;
}

static int
command_objects(int count, char **words)
{
    if (count > 2)
        return cli_usage("objects: [DIRECTORY]");
    return query(WDM_TABLE_OBJECTS, count == 2 ? words[1] : NULL);
}

static int
command_devstack(int count, char **words)
{
    if (count != 2)
        return cli_usage("devstack: NAME");
    return query(WDM_TABLE_DEVSTACK, words[1]);
}

static int
command_echo(int count, char **words)
{
    for (int i = 1; i < count; i++)
        printf("%s%s", words[i], i + 1 < count ? " " : "");
    printf("\n");
    return CLI_OK;
}

static int
command_help(int count, char **words)
{
    bool found = count == 1;

    if (count > 2)
        return cli_usage("help: [COMMAND]");
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++)
    {
        if (count == 1 || strcmp(words[1], command->name) == 0)
        {
            printf("%-9s %-42s %s\n", command->name, command->usage, command->help);
            found = true;
        }
    }
    return found ? CLI_OK : cli_usage("help: there is no command '%s'", words[1]);
}

const struct cli_command cli_commands[] = {
    {"load", "FILE [as SERVICE]", "load a driver and run its DriverEntry", command_load},
    {"unload", "NAME", "call the driver's Unload", command_unload},
    {"open", "NAME [as H]", "open a device; later commands use it", cli_command_open},
    {"close", "[H]", "close a handle, the current one by default", cli_command_close},
    {"read", "[H] N [at:OFFSET] [expect:HEX]", "read N bytes", cli_command_read},
    {"write", "[H] DATA [at:OFFSET]", "write bytes", cli_command_write},
    {"ioctl", "[H] CODE [in:DATA] [out:N] [expect:HEX]",
     "DeviceIoControl; status:NAME expects that status, async does not wait", cli_command_ioctl},
    {"cancel", "[H]", "cancel every pending request of the handle", cli_command_cancel},
    {"process", "start NAME [KIND] | use PID | exit [STATUS]",
     "client processes: start a child (admin, user or low) and use it, use another, end this one",
     cli_command_process},
    {"sleep", "TIME", "let virtual time pass: 50, 50ms, 2s", command_sleep},
    {"devices", "", "every device object", command_table},
    {"drivers", "", "every driver", command_table},
    {"objects", "[DIR]", "a directory of the object manager", command_objects},
    {"devstack", "NAME", "the stack of a device, top first", command_devstack},
    {"irps", "", "requests that have not completed", command_table},
    {"pool", "", "pool by tag", command_table},
    {"threads", "", "kernel threads", command_table},
    {"timers", "", "timers that are set", command_table},
    {"reg", "query|add|delete|import ...",
     "query KEY [VALUE], add KEY [VALUE TYPE [DATA]], delete KEY [VALUE], import FILE",
     cli_command_reg},
    {"assert", "WHAT [OP VALUE]",
     "status, information, output, irps, pool, reports, time, pending: == != < > <= >=",
     cli_command_assert},
    {"echo", "TEXT", "print", command_echo},
    {"help", "[COMMAND]", "this list", command_help},
    {NULL, NULL, NULL, NULL}};
