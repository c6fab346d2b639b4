/* SPDX-License-Identifier: MIT */
/* wdm run and wdm shell. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

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
    if (ferror(file))
    {
        (void)cli_usage("%s: %s", path, strerror(errno));
        free(text);
        text = NULL;
    }
    else
    {
        text[used] = 0;
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

static int
load_drivers(int argc, char **argv)
{
    int status = CLI_OK;

    for (int i = 0; i < argc && status == CLI_OK; i++)
    {
        status = cli_load(argv[i], cli.service);
        cli.service = NULL;
    }
    return status;
}

static void
free_scripts(void)
{
    for (unsigned i = 0; i < script_count; i++)
        free(scripts[i].text);
    script_count = 0;
}

int cli_program_run(int argc, char **argv);
int cli_program_shell(int argc, char **argv);

int
cli_program_run(int argc, char **argv)
{
    int first = cli_parse_options(argc, argv, add_script);
    int files;
    int status;

    if (first < 0)
    {
        free_scripts();
        return CLI_USAGE;
    }
    /* Options may follow the drivers, as people write them. */
    files = first;
    while (files < argc && (argv[files][0] != '-' || argv[files][1] == 0))
        files++;
    if (files < argc)
    {
        int rest = cli_parse_options(argc - files, argv + files, add_script);
        if (rest < 0 || files + rest != argc)
        {
            free_scripts();
            return rest < 0 ? CLI_USAGE : cli_usage("drivers come before or after all options");
        }
    }
    if (files == first && script_count == 0)
        return cli_usage("run: no driver and no command; 'wdm help run' says more");
    status = cli_boot();
    if (status == CLI_OK)
        status = load_drivers(files - first, argv + first);
    for (unsigned i = 0; i < script_count && status == CLI_OK; i++)
        status = cli_execute(scripts[i].text, scripts[i].where);
    cli_note(status);
    status = cli_finish();
    free_scripts();
    return status;
}

/* ---- shell
 * --------------------------------------------------------------------------------------- */

static char *
complete_command(const char *text, int state)
{
    static size_t index;

    if (state == 0)
        index = 0;
    while (cli_commands[index].name != NULL)
    {
        const char *name = cli_commands[index++].name;
        if (strncmp(name, text, strlen(text)) == 0)
            return strdup(name);
    }
    return NULL;
}

static char **
complete(const char *text, int start, int end)
{
    (void)end;
    /* The first word is a command; the others may be files. */
    return start == 0 ? rl_completion_matches(text, complete_command) : NULL;
}

static char *
read_line_plain(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length = getline(&line, &capacity, stdin);

    if (length < 0)
    {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\n")] = 0;
    return line;
}

static void
shell_loop(void)
{
    bool terminal = isatty(0);

    for (;;)
    {
        char *line = terminal ? readline("wdm> ") : read_line_plain();
        if (line == NULL)
            break;
        if (strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0)
        {
            free(line);
            break;
        }
        if (terminal && line[0] != 0)
            add_history(line);
        (void)cli_execute(line, "shell");
        free(line);
        if (cli.exit_status == CLI_BUGCHECK)
        {
            printf("The machine has stopped.\n");
            break;
        }
    }
}

static bool
no_script(const char *option, const char *argument)
{
    (void)argument;
    (void)cli_usage("%s: a shell reads its commands from you", option);
    return false;
}

int
cli_program_shell(int argc, char **argv)
{
    int first = cli_parse_options(argc, argv, no_script);
    int status;

    if (first < 0)
        return CLI_USAGE;
    /* People think longer than programs run. */
    cli.timeout_s = 0;
    cli.interactive = true;
    rl_attempted_completion_function = complete;
    status = cli_boot();
    if (status == CLI_OK)
        status = load_drivers(argc - first, argv + first);
    if (status == CLI_OK)
        shell_loop();
    else
        cli_note(status);
    return cli_finish();
}
