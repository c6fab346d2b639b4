/* SPDX-License-Identifier: MIT */
/* One table, two readers: --help and the man page. */
#include "cli.h"

#include <stdarg.h>
#include <string.h>

int cli_program_run(int argc, char **argv);
int cli_program_shell(int argc, char **argv);
int cli_program_info(int argc, char **argv);
int cli_program_ddi(int argc, char **argv);

static const struct cli_option ddi_options[] = {
    {"--stubs", NULL, "only exports that bind but are not implemented"},
    {"--untested", NULL, "only implemented exports that no test source names"},
    {NULL, NULL, NULL}};

const struct cli_program cli_programs[] = {
    {"run", "[options] X.sys... [-c COMMANDS] [-f SCRIPT]",
     "Boot a machine, load drivers, execute commands, unload the drivers.", cli_program_run,
     cli_run_options},
    {"shell", "[options] [X.sys...]",
     "The same commands, typed, with history and completion; 'quit' ends it. A command that fails "
     "does not end it and does not count for the exit status.",
     cli_program_shell, cli_run_options},
    {"info", "X.sys...",
     "Describe a driver file without running it: version, signer, imports implemented and missing, "
     "privileged instructions.",
     cli_program_info, NULL},
    {"ddi", "[NAME] [--stubs] [--untested]",
     "The table of the kernel's exports; NAME may end in *.", cli_program_ddi, ddi_options},
    {NULL, NULL, NULL, NULL, NULL}};

static const struct
{
    int status;
    const char *help;
} statuses[] = {{0, "fine"},
                {1, "bad usage or input"},
                {2, "a driver or command failed: DriverEntry, assertion, expect"},
                {3, "bug check"},
                {4, "the run ended but a check was violated, for example a leak"},
                {124, "timeout"}};

static const char data_help[] =
    "DATA is hex bytes, \"text\" or @file; TIME is virtual: 50, 50ms, 2s, plain numbers are "
    "milliseconds.";

__attribute__((format(printf, 1, 0))) static void
complain(const char *format, va_list arguments)
{
    fflush(stdout);
    fprintf(stderr, "wdm: ");
    if (cli.where != NULL)
        fprintf(stderr, "%s:%u:%u: ", cli.where, cli.line, cli.column);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
}

int
cli_usage(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    return CLI_USAGE;
}

int
cli_failed(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    complain(format, arguments);
    va_end(arguments);
    return CLI_FAILED;
}

static void
print_options(FILE *file, const struct cli_option *option)
{
    for (; option != NULL && option->name != NULL; option++)
    {
        char left[64];
        const char *argument = option->argument != NULL ? option->argument : "";
        snprintf(left, sizeof(left), "%s%s%s", option->name,
                 argument[0] == 0 || argument[0] == '[' ? "" : " ", argument);
        fprintf(file, "  %-22s %s\n", left, option->help);
    }
}

static void
print_commands(FILE *file)
{
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++)
    {
        fprintf(file, "  %s%s%s\n        %s\n", command->name, command->usage[0] != 0 ? " " : "",
                command->usage, command->help);
    }
    fprintf(file, "%s\n", data_help);
}

static void
print_statuses(FILE *file)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        fprintf(file, "  %-4d %s\n", statuses[i].status, statuses[i].help);
}

void
cli_help_program(FILE *file, const struct cli_program *program)
{
    fprintf(file, "usage: wdm %s %s\n\n%s\n", program->name, program->usage, program->help);
    if (program->options != NULL)
    {
        fprintf(file, "\nOptions:\n");
        print_options(file, program->options);
    }
    if (program->options == cli_run_options)
    {
        fprintf(file, "\nCommands:\n");
        print_commands(file);
    }
}

void
cli_help(FILE *file)
{
    fprintf(file, "OpenWDM: the Windows Driver Model as a program.\n\n");
    for (const struct cli_program *program = cli_programs; program->name != NULL; program++)
        fprintf(file, "  wdm %s %s\n        %s\n", program->name, program->usage, program->help);
    fprintf(file, "  wdm help [PROGRAM]\n        Options and commands of one of them.\n");
    fprintf(file, "\nExit status:\n");
    print_statuses(file);
}

/* ---- man page
 * ------------------------------------------------------------------------------------ */

/* roff takes a leading dot or quote, and every backslash and hyphen, for its own. */
static void
put_roff(FILE *file, const char *text)
{
    if (*text == '.' || *text == '\'')
        fprintf(file, "\\&");
    for (; *text != 0; text++)
    {
        if (*text == '\\')
            fprintf(file, "\\e");
        else if (*text == '-')
            fprintf(file, "\\-");
        else
            fputc(*text, file);
    }
}

static void
man_item(FILE *file, const char *bold, const char *italic, const char *text)
{
    fprintf(file, ".TP\n\\fB");
    put_roff(file, bold);
    fprintf(file, "\\fR");
    if (italic != NULL && italic[0] != 0)
    {
        fprintf(file, "%s\\fI", italic[0] == '[' && italic[1] == '=' ? "" : " ");
        put_roff(file, italic);
        fprintf(file, "\\fR");
    }
    fprintf(file, "\n");
    put_roff(file, text);
    fprintf(file, "\n");
}

void
cli_man(FILE *file)
{
    char number[8];

    fprintf(file, ".TH WDM 1 \"\" \"OpenWDM\" \"User Commands\"\n.SH NAME\n"
                  "wdm \\- load, drive and check Windows drivers\n.SH SYNOPSIS\n");
    for (const struct cli_program *program = cli_programs; program->name != NULL; program++)
    {
        fprintf(file, ".B wdm %s\n", program->name);
        put_roff(file, program->usage);
        fprintf(file, "\n.br\n");
    }
    fprintf(file, ".SH PROGRAMS\n");
    for (const struct cli_program *program = cli_programs; program->name != NULL; program++)
        man_item(file, program->name, program->usage, program->help);
    fprintf(file, ".SH OPTIONS OF RUN AND SHELL\n");
    for (const struct cli_option *option = cli_run_options; option->name != NULL; option++)
        man_item(file, option->name, option->argument, option->help);
    fprintf(file, ".SH COMMANDS\n");
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++)
        man_item(file, command->name, command->usage, command->help);
    fprintf(file, ".PP\n");
    put_roff(file, data_help);
    fprintf(file, "\n.SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
    {
        snprintf(number, sizeof(number), "%d", statuses[i].status);
        man_item(file, number, NULL, statuses[i].help);
    }
}
