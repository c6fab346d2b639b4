/* SPDX-License-Identifier: MIT */
/* wdm shell: the commands of scripts, typed; history and completion by readline. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

int cli_program_shell(int argc, char **argv);

/* ---- completion ---------------------------------------------------------------------------------
 */

/* Candidates for the word being completed. */
static struct
{
    char names[1024][256];
    unsigned count;
    unsigned next;
    char directory[256]; /* prefix of the rows being collected */
} candidates;

static void
add_candidate(const char *prefix, const char *name, size_t length)
{
    char *place = candidates.names[candidates.count];
    size_t head = strlen(prefix);

    if (candidates.count + 1 == sizeof(candidates.names) / sizeof(candidates.names[0]) ||
        head + length >= sizeof(candidates.names[0]))
        return;
    memcpy(place, prefix, head);
    memcpy(place + head, name, length);
    place[head + length] = 0;
    candidates.count++;
}

/* "Device               Hello" or "SymbolicLink         Hello -> \Device\Hello". */
static void
object_row(void *context, const char *line, size_t length)
{
    const char *type = context;
    const char *name = line + 21;
    const char *end;

    if (length <= 21 || (type != NULL && strncmp(line, type, strlen(type)) != 0))
        return;
    end = memmem(name, length - 21, " -> ", 4);
    add_candidate(candidates.directory, name,
                  end != NULL ? (size_t)(end - name) : (size_t)(line + length - name));
}

static void
add_objects(const char *directory, const char *prefix, const char *type)
{
    snprintf(candidates.directory, sizeof(candidates.directory), "%s", prefix);
    (void)wdm_query(cli.machine, WDM_TABLE_OBJECTS, directory, object_row, (void *)(uintptr_t)type);
}

static void
add_services(void)
{
    for (unsigned i = 0; i < cli.service_count; i++)
        add_candidate("", cli.services[i], strlen(cli.services[i]));
}

static void
add_handles(void)
{
    for (unsigned i = 0; i < CLI_MAX_HANDLES; i++)
    {
        if (cli.handles[i].used)
            add_candidate("", cli.handles[i].name, strlen(cli.handles[i].name));
    }
}

static void
add_commands(void)
{
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++)
        add_candidate("", command->name, strlen(command->name));
    add_candidate("", "quit", 4);
}

static void
add_devices(void)
{
    add_objects("\\??", "\\\\.\\", "SymbolicLink");
    add_objects("\\Device", "\\Device\\", "Device");
}

static char *
next_candidate(const char *text, int state)
{
    if (state == 0)
        candidates.next = 0;
    while (candidates.next < candidates.count)
    {
        const char *name = candidates.names[candidates.next++];
        if (strncasecmp(name, text, strlen(text)) == 0)
            return strdup(name);
    }
    return NULL;
}

/* "@file" and "in:@file" are files behind what stands before them. */
static char *
next_data_file(const char *text, int state)
{
    const char *at = strchr(text, '@');
    size_t length = (size_t)(at - text) + 1;
    char *file = rl_filename_completion_function(at + 1, state);
    char *whole;

    if (file == NULL)
        return NULL;
    whole = malloc(length + strlen(file) + 1);
    if (whole != NULL)
    {
        memcpy(whole, text, length);
        memcpy(whole + length, file, strlen(file) + 1);
    }
    free(file);
    return whole;
}

/* What may stand as word `position` (1 is the first behind the command). */
static bool
collect_words(const char *command, unsigned position)
{
    if (position == 0 || (position == 1 && strcmp(command, "help") == 0))
        add_commands();
    else if (position != 1)
        return true;
    else if (strcmp(command, "load") == 0)
        return false;
    else if (strcmp(command, "unload") == 0)
        add_services();
    else if (strcmp(command, "open") == 0 || strcmp(command, "devstack") == 0)
        add_devices();
    else if (strcmp(command, "objects") == 0)
        add_objects("\\", "\\", "Directory");
    else
        add_handles();
    return true;
}

static char **
complete(const char *text, int start, int end)
{
    char command[32] = "";
    unsigned position = 0;
    const char *line = rl_line_buffer;
    int i = 0;

    (void)end;
    /* Commands of one line are separated by ';'. */
    for (int j = 0; j < start; j++)
    {
        if (line[j] == ';')
            i = j + 1;
    }
    while (i < start)
    {
        int from;
        while (i < start && (line[i] == ' ' || line[i] == '\t'))
            i++;
        from = i;
        while (i < start && line[i] != ' ' && line[i] != '\t')
            i++;
        if (i > from && position++ == 0)
            snprintf(command, sizeof(command), "%.*s", i - from, line + from);
    }
    candidates.count = 0;
    rl_attempted_completion_over = 1;
    if (strchr(text, '@') != NULL && position > 0)
    {
        rl_filename_completion_desired = 1;
        return rl_completion_matches(text, next_data_file);
    }
    if (!collect_words(command, position))
    {
        rl_attempted_completion_over = 0;
        return NULL;
    }
    return rl_completion_matches(text, next_candidate);
}

/* ---- the loop -----------------------------------------------------------------------------------
 */

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
        (void)cli_execute(line, NULL);
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
    int status;

    if (!cli_parse_options(argc, argv, no_script))
        return CLI_USAGE;
    if (cli.sweep)
        return cli_usage("--fault-sweep: only a script can be repeated");
    /* People think longer than programs run. */
    if (!cli.timeout_given)
        cli.timeout_s = 0;
    cli.interactive = true;
    rl_attempted_completion_function = complete;
    /* Names of devices are full of backslashes; quotes only matter to the script language. */
    rl_basic_word_break_characters = " \t\n;";
    rl_completer_word_break_characters = " \t\n;";
    rl_completer_quote_characters = "";
    rl_basic_quote_characters = "";
    status = cli_boot();
    if (status == CLI_OK)
        status = cli_load_drivers();
    if (status == CLI_OK)
        shell_loop();
    else
        cli_note(status);
    return cli_finish();
}
