/* SPDX-License-Identifier: MIT */
/* wdm info and wdm ddi: knowledge that needs no machine. */
#include "cli.h"

#include <string.h>
#include <strings.h>

int cli_program_info(int argc, char **argv);
int cli_program_ddi(int argc, char **argv);

static void
put_line(void *context, const char *line, size_t length)
{
    (void)context;
    printf("%.*s\n", (int)length, line);
}

int
cli_program_info(int argc, char **argv)
{
    int result = CLI_OK;

    if (argc == 0)
        return cli_usage("info: which file?");
    for (int i = 0; i < argc; i++)
    {
        char error[1024] = "";
        if (argv[i][0] == '-' && argv[i][1] != 0)
            return cli_usage("info: unknown option '%s'; 'wdm help info' says more", argv[i]);
        if (i > 0)
            printf("\n");
        if (wdm_info(argv[i], put_line, NULL, error, sizeof(error)) == WDM_OK)
            continue;
        fflush(stdout);
        fprintf(stderr, "wdm: %s\n", error);
        result = CLI_USAGE;
    }
    return result;
}

static void
print_ddi(const wdm_ddi *ddi, bool whole)
{
    printf("%-44s %-13s %-8s %-12s %s\n", ddi->name, ddi->module, ddi->kind, ddi->irql, ddi->home);
    if (whole && ddi->notes[0] != 0)
        printf("    %s\n", ddi->notes);
}

/* "Io*" or a whole name, without case. */
static bool
matches(const char *name, const char *pattern)
{
    size_t length = strlen(pattern);

    if (length > 0 && pattern[length - 1] == '*')
        return strncasecmp(name, pattern, length - 1) == 0;
    return strcasecmp(name, pattern) == 0;
}

static bool
is_tested(const wdm_ddi *ddi)
{
    return strstr(ddi->notes, "untested") == NULL;
}

int
cli_program_ddi(int argc, char **argv)
{
    const char *pattern = NULL;
    bool stubs = false, untested = false;
    size_t shown = 0;
    wdm_ddi ddi;

    for (int i = 0; i < argc; i++)
    {
        if (strcmp(argv[i], "--stubs") == 0)
            stubs = true;
        else if (strcmp(argv[i], "--untested") == 0)
            untested = true;
        else if (argv[i][0] == '-' || pattern != NULL)
            return cli_usage("ddi: [NAME] [--stubs] [--untested]");
        else
            pattern = argv[i];
    }
    for (size_t i = 0; wdm_ddi_get(i, &ddi) != NULL; i++)
    {
        bool stub = strcmp(ddi.kind, "stub") == 0;
        if (pattern != NULL && !matches(ddi.name, pattern))
            continue;
        if ((stubs && !stub) || (untested && (stub || is_tested(&ddi))))
            continue;
        print_ddi(&ddi, pattern != NULL);
        shown++;
    }
    if (shown > 0 || pattern == NULL)
        return CLI_OK;
    return cli_usage("ddi: no export is called '%s'", pattern);
}
