/* SPDX-License-Identifier: MIT */
/* wdm run. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SCRIPTS 64

static struct
{
    char *text;
    const char *where;
} scripts[MAX_SCRIPTS];
static unsigned script_count;

static char *
read_script(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    size_t used = 0, capacity = 4096, count;
    char *text = malloc(capacity);

    if (file == NULL || text == NULL)
    {
        (void)cli_usage("%s: %s", path, strerror(errno));
        free(text);
        if (file != NULL && file != stdin)
            fclose(file);
        return NULL;
    }
    while ((count = fread(text + used, 1, capacity - used - 1, file)) > 0)
    {
        used += count;
        if (used + 1 >= capacity)
        {
            char *larger = realloc(text, capacity *= 2);
            if (larger == NULL)
                break;
            text = larger;
        }
    }
    text[used] = 0;
    if (ferror(file))
        (void)cli_usage("%s: %s", path, strerror(errno));
    else if (strlen(text) != used)
        (void)cli_usage("%s: not a text file", path);
    if (ferror(file) || strlen(text) != used)
    {
        free(text);
        text = NULL;
    }
    if (file != stdin)
        fclose(file);
    return text;
}

static bool
add_script(const char *option, const char *argument)
{
    char *text;

    if (script_count == MAX_SCRIPTS)
    {
        (void)cli_usage("too many scripts");
        return false;
    }
    text = option[1] == 'f' ? read_script(argument) : strdup(argument);
    if (text == NULL)
        return false;
    scripts[script_count].text = text;
    scripts[script_count].where = option[1] == 'f' ? argument : "-c";
    /* A typing mistake is found before anything runs. */
    return cli_check_script(text, scripts[script_count++].where);
}

static void
free_scripts(void)
{
    for (unsigned i = 0; i < script_count; i++)
        free(scripts[i].text);
    script_count = 0;
}

static int
run(void)
{
    int status = cli_boot();

    if (status == CLI_OK)
        status = cli_load_drivers();
    for (unsigned i = 0; i < script_count && status == CLI_OK; i++)
        status = cli_execute(scripts[i].text, scripts[i].where);
    cli_note(status);
    return cli_finish();
}

int cli_program_run(int argc, char **argv);

int
cli_program_run(int argc, char **argv)
{
    int status;

    if (!cli_parse_options(argc, argv, add_script))
    {
        free_scripts();
        return CLI_USAGE;
    }
    if (cli.driver_count == 0 && script_count == 0)
        return cli_usage("run: no driver and no command; 'wdm help run' says more");
    status = cli.sweep ? cli_sweep(run) : run();
    free_scripts();
    return status;
}
