/* SPDX-License-Identifier: MIT */
/* wdm: chooses the program. */
#include "cli.h"

#include <string.h>

static const struct cli_program *
find_program(const char *name)
{
    for (const struct cli_program *program = cli_programs; program->name != NULL; program++)
    {
        if (strcmp(program->name, name) == 0)
            return program;
    }
    return NULL;
}

static bool
is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int
help(int argc, char **argv)
{
    const struct cli_program *program;

    if (argc == 0)
    {
        cli_help(stdout);
        return CLI_OK;
    }
    if (argc > 1)
        return cli_usage("help: [PROGRAM]");
    if (strcmp(argv[0], "--man") == 0)
    {
        cli_man(stdout);
        return CLI_OK;
    }
    program = find_program(argv[0]);
    if (program == NULL)
        return cli_usage("there is no 'wdm %s'", argv[0]);
    cli_help_program(stdout, program);
    return CLI_OK;
}

int
main(int argc, char **argv)
{
    const struct cli_program *program;

    /* A timeout may end the process at any time; what drivers said by then is to be seen. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2)
    {
        cli_help(stderr);
        return CLI_USAGE;
    }
    if (is_help(argv[1]))
        return help(argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0)
    {
        printf("wdm %s\n", OPENWDM_VERSION);
        return CLI_OK;
    }
    program = find_program(argv[1]);
    if (program == NULL)
        return cli_usage("unknown program '%s'; 'wdm help' lists them", argv[1]);
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
    {
        if (is_help(argv[i]) && argv[i][0] == '-')
            return help(1, argv + 1);
    }
    return program->run(argc - 2, argv + 2);
}
