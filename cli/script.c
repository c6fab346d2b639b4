/* SPDX-License-Identifier: MIT */
/*
 * Scripts: commands separated by ';' or newlines, words by blanks. Double quotes keep blanks and
 * semicolons together and stay part of the word (DATA needs them); '#' at the start of a command
 * begins a comment. A backslash outside quotes is an ordinary character, because device names are
 * full of them.
 */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct scanner
{
    const char *text;
    const char *where;
    unsigned line;
    const char *line_start;
    char buffer[65536];
    char *words[CLI_MAX_WORDS + 1];
    int count;
};

/* What is said from now on is about this place. */
static void
set_place(const struct scanner *scanner)
{
    cli.where = scanner->where;
    cli.line = scanner->line;
    cli.column = (unsigned)(scanner->text - scanner->line_start) + 1;
}

static bool
complain(const struct scanner *scanner, const char *what)
{
    set_place(scanner);
    (void)cli_usage("%s", what);
    cli.where = NULL;
    return false;
}

static bool
is_separator(char c)
{
    return c == ';' || c == '\n' || c == 0;
}

static bool
scan_word(struct scanner *scanner, char **out, const char *end)
{
    bool quoted = false;
    char *start = *out;

    if (scanner->count == 0)
        set_place(scanner);
    while (*scanner->text != 0)
    {
        char c = *scanner->text;
        if (!quoted && (is_separator(c) || isspace((unsigned char)c)))
            break;
        if (quoted && c == '\n')
            return complain(scanner, "a quote is not closed");
        if (*out + 2 >= end)
            return complain(scanner, "the command is too long");
        if (quoted && c == '\\' && scanner->text[1] != 0 && scanner->text[1] != '\n')
            *(*out)++ = *scanner->text++;
        else if (c == '"')
            quoted = !quoted;
        *(*out)++ = *scanner->text++;
    }
    if (quoted)
        return complain(scanner, "a quote is not closed");
    *(*out)++ = 0;
    if (scanner->count == CLI_MAX_WORDS)
        return complain(scanner, "too many words in one command");
    scanner->words[scanner->count++] = start;
    return true;
}

/* The next command into words; count 0 at the end of the text. False after a message. */
static bool
next_command(struct scanner *scanner)
{
    char *out = scanner->buffer;

    scanner->count = 0;
    while (scanner->count == 0 && *scanner->text != 0)
    {
        while (*scanner->text != 0 && !is_separator(*scanner->text))
        {
            if (isspace((unsigned char)*scanner->text))
                scanner->text++;
            else if (*scanner->text == '#' && scanner->count == 0)
                scanner->text += strcspn(scanner->text, "\n");
            else if (!scan_word(scanner, &out, scanner->buffer + sizeof(scanner->buffer)))
                return false;
        }
        if (*scanner->text == '\n')
        {
            scanner->line++;
            scanner->line_start = scanner->text + 1;
        }
        if (*scanner->text != 0)
            scanner->text++;
    }
    scanner->words[scanner->count] = NULL;
    return true;
}

static const struct cli_command *
find_command(const char *name)
{
    for (const struct cli_command *command = cli_commands; command->name != NULL; command++)
    {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

bool
cli_check_script(const char *text, const char *where)
{
    struct scanner *scanner = calloc(1, sizeof(*scanner));
    bool good = scanner != NULL;

    if (!good)
        return false;
    scanner->text = text;
    scanner->where = where;
    scanner->line = 1;
    scanner->line_start = text;
    while (good)
    {
        good = next_command(scanner);
        if (!good || scanner->count == 0)
            break;
        if (find_command(scanner->words[0]) == NULL)
        {
            (void)cli_usage("unknown command '%s'; 'help' lists them", scanner->words[0]);
            good = false;
        }
    }
    free(scanner);
    cli.where = NULL;
    return good;
}

int
cli_execute(const char *text, const char *where)
{
    struct scanner *scanner = calloc(1, sizeof(*scanner));
    int status = CLI_OK;

    if (scanner == NULL)
        return CLI_USAGE;
    scanner->text = text;
    scanner->where = where;
    scanner->line = 1;
    scanner->line_start = text;
    while (status == CLI_OK)
    {
        const struct cli_command *command;
        if (!next_command(scanner))
        {
            status = CLI_USAGE;
            break;
        }
        if (scanner->count == 0)
            break;
        command = find_command(scanner->words[0]);
        if (command == NULL)
            status = cli_usage("unknown command '%s'; 'help' lists them", scanner->words[0]);
        else
            status = command->run(scanner->count, scanner->words);
        cli_poll_requests();
        fflush(stdout);
    }
    free(scanner);
    cli.where = NULL;
    return status;
}
