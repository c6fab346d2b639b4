/* SPDX-License-Identifier: MIT */
/* Import of .reg files: Microsoft's text format, "Windows Registry Editor Version 5.00" (UTF-16 or
 * UTF-8) and REGEDIT4. */
#include "runtime/registry.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reg_file
{
    wdm_machine *machine;
    const char *where;
    char *text; /* UTF-8 */
    size_t position;
    unsigned line;
    bool version4;
    char key[3000];
    bool has_key;
    bool key_deleted;
} reg_file;

static wdm_status
malformed(const reg_file *file, unsigned line, const char *reason)
{
    return wdm_fail(file->machine, WDM_BAD_INPUT, "%s:%u: %s", file->where, line, reason);
}

/* ---- text ---- */

static size_t
put_utf8(char *out, unsigned long code)
{
    if (code < 0x80)
    {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800)
    {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000)
    {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* regedit writes UTF-16 with a byte order mark; people write UTF-8. NULL without memory. */
static char *
as_utf8(const unsigned char *data, size_t size)
{
    size_t used = 0;
    char *text = malloc(size * 2 + 5);

    if (text == NULL)
        return NULL;
    if (size >= 2 && data[0] == 0xff && data[1] == 0xfe)
    {
        for (size_t i = 2; i + 1 < size; i += 2)
        {
            unsigned long code = data[i] | (unsigned long)data[i + 1] << 8;
            if (code >= 0xd800 && code < 0xdc00 && i + 3 < size)
            {
                unsigned long low = data[i + 2] | (unsigned long)data[i + 3] << 8;
                if (low >= 0xdc00 && low < 0xe000)
                {
                    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                    i += 2;
                }
            }
            used += put_utf8(text + used, code);
        }
    }
    else
    {
        size_t skip = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        memcpy(text, data + skip, size - skip);
        used = size - skip;
    }
    text[used] = 0;
    return text;
}

/* The next line without its end and blanks around it; NULL at the end. Changes the text. */
static char *
next_line(reg_file *file)
{
    char *line = file->text + file->position;
    size_t length = strcspn(line, "\r\n");

    if (*line == 0)
        return NULL;
    file->line++;
    file->position += length;
    if (line[length] == '\r')
        file->position++;
    if (line[length] != 0 && file->text[file->position] == '\n')
        file->position++;
    line[length] = 0;
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        line[--length] = 0;
    return line + strspn(line, " \t");
}

/* A quoted string with \\ and \" inside. Returns what follows it, or NULL. */
static const char *
quoted(const char *text, char *out, size_t size)
{
    size_t used = 0;

    if (*text != '"')
        return NULL;
    for (text++; *text != '"'; text++)
    {
        if (*text == '\\' && (text[1] == '\\' || text[1] == '"'))
            text++;
        if (*text == 0 || used + 1 >= size)
            return NULL;
        out[used++] = *text;
    }
    out[used] = 0;
    return text + 1;
}

/* ---- values ---- */

static wdm_status
set_text(reg_file *file, const char *name, const char *text)
{
    size_t capacity = strlen(text) + 2;
    WCHAR *wide = calloc(capacity, sizeof(WCHAR));
    int length = wide != NULL ? wdm_to_utf16(text, wide, capacity) : -1;
    wdm_status status;

    if (wide == NULL)
        return wdm_fail(file->machine, WDM_NO_MEMORY, "no memory");
    status = length < 0 ? malformed(file, file->line, "the text is not UTF-8")
                        : wdm_registry_set(file->machine, file->key, name, REG_SZ, wide,
                                           ((size_t)length + 1) * sizeof(WCHAR));
    free(wide);
    return status;
}

/* REGEDIT4 keeps strings in hex(2) and hex(7) in single bytes. */
static wdm_status
set_bytes(reg_file *file, const char *name, uint32_t type, unsigned char *data, size_t size)
{
    WCHAR *wide;
    wdm_status status;

    if (!file->version4 || (type != REG_EXPAND_SZ && type != REG_MULTI_SZ && type != REG_SZ))
        return wdm_registry_set(file->machine, file->key, name, type, data, size);
    wide = calloc(size + 1, sizeof(WCHAR));
    if (wide == NULL)
        return wdm_fail(file->machine, WDM_NO_MEMORY, "no memory");
    for (size_t i = 0; i < size; i++)
        wide[i] = data[i];
    status = wdm_registry_set(file->machine, file->key, name, type, wide, size * sizeof(WCHAR));
    free(wide);
    return status;
}

/* "01,02,\" and the lines that continue it. */
static wdm_status
hex_value(reg_file *file, const char *name, uint32_t type, const char *text)
{
    unsigned char *data = malloc(strlen(file->text + file->position) + strlen(text) + 1);
    size_t size = 0;
    unsigned start = file->line;
    wdm_status status = WDM_OK;
    bool comma = true;

    if (data == NULL)
        return wdm_fail(file->machine, WDM_NO_MEMORY, "no memory");
    while (status == WDM_OK && *text != 0)
    {
        if (*text == '\\' && text[1] == 0)
        {
            text = next_line(file);
            if (text == NULL)
            {
                status = malformed(file, start, "the value ends in a '\\' without a next line");
                break;
            }
        }
        else if (*text == ' ' || *text == '\t')
            text++;
        else if (*text == ',' && !comma)
        {
            comma = true;
            text++;
        }
        else if (isxdigit((unsigned char)*text) && comma)
        {
            char *end;
            char digits[3] = {text[0], isxdigit((unsigned char)text[1]) ? text[1] : 0, 0};
            data[size++] = (unsigned char)strtoul(digits, &end, 16);
            text += end - digits;
            comma = false;
        }
        else
            status = malformed(file, file->line, "hexadecimal bytes with commas between expected");
    }
    if (status == WDM_OK)
        status = set_bytes(file, name, type, data, size);
    free(data);
    return status;
}

static wdm_status
dword_value(reg_file *file, const char *name, const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 16);
    uint32_t number = (uint32_t)value;

    if (!isxdigit((unsigned char)*text) || *end != 0 || end - text > 8)
        return malformed(file, file->line, "dword: takes up to eight hexadecimal digits");
    return wdm_registry_set(file->machine, file->key, name, REG_DWORD, &number, sizeof(number));
}

/* What is deleted may be missing. */
static wdm_status
delete_quietly(reg_file *file, const char *name)
{
    wdm_status status = wdm_registry_delete(file->machine, file->key, name);

    return status == WDM_FAILED && (wdm_last_ntstatus(file->machine) == 0xC0000034u ||
                                    wdm_last_ntstatus(file->machine) == 0xC000003Au)
               ? WDM_OK
               : status;
}

static wdm_status
value_line(reg_file *file, const char *line)
{
    static char name[4096], text[65536];
    const char *rest = line;

    name[0] = 0;
    if (*line == '@')
        rest++;
    else
        rest = quoted(line, name, sizeof(name));
    if (rest == NULL)
        return malformed(file, file->line, "the name of a value is '@' or stands in quotes");
    rest += strspn(rest, " \t");
    if (*rest != '=')
        return malformed(file, file->line, "'=' expected after the name of a value");
    rest++;
    rest += strspn(rest, " \t");
    if (!file->has_key)
        return malformed(file, file->line, "a value stands below its [key]");
    if (file->key_deleted)
        return malformed(file, file->line, "a deleted key has no values");
    if (strcmp(rest, "-") == 0)
        return delete_quietly(file, name);
    if (*rest == '"')
    {
        rest = quoted(rest, text, sizeof(text));
        if (rest == NULL || *rest != 0)
            return malformed(file, file->line, "the text does not end in a quote");
        return set_text(file, name, text);
    }
    if (strncmp(rest, "dword:", 6) == 0)
        return dword_value(file, name, rest + 6);
    if (strncmp(rest, "hex:", 4) == 0)
        return hex_value(file, name, REG_BINARY, rest + 4);
    if (strncmp(rest, "hex(", 4) == 0)
    {
        char *end;
        unsigned long type = strtoul(rest + 4, &end, 16);
        if (end != rest + 4 && end[0] == ')' && end[1] == ':')
            return hex_value(file, name, (uint32_t)type, end + 2);
    }
    return malformed(file, file->line,
                     "a value is \"text\", dword:, hex:, hex(type): or '-' to delete it");
}

static wdm_status
key_line(reg_file *file, char *line)
{
    size_t length = strlen(line);
    const char *name = line + 1;

    if (line[length - 1] != ']')
        return malformed(file, file->line, "']' expected at the end of a key");
    line[length - 1] = 0;
    file->key_deleted = *name == '-';
    name += file->key_deleted;
    if (strlen(name) >= sizeof(file->key) || strncasecmp(name, "HKEY_", 5) != 0)
        return malformed(file, file->line, "a key begins with HKEY_LOCAL_MACHINE or another root");
    memcpy(file->key, name, strlen(name) + 1);
    file->has_key = true;
    if (file->key_deleted)
        return delete_quietly(file, NULL);
    return wdm_registry_set(file->machine, file->key, NULL, 0, NULL, 0);
}

wdm_status
wdm_registry_import(wdm_machine *machine, const void *data, size_t size, const char *where)
{
    reg_file file = {.machine = machine, .where = where != NULL ? where : "registry"};
    wdm_status status = WDM_OK;
    char *line;

    if (machine->dead)
        return WDM_BUGCHECK;
    file.text = as_utf8(data, size);
    if (file.text == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "no memory");
    do
        line = next_line(&file);
    while (line != NULL && (*line == 0 || *line == ';'));
    if (line != NULL && strcmp(line, "REGEDIT4") == 0)
        file.version4 = true;
    else if (line == NULL || strcmp(line, "Windows Registry Editor Version 5.00") != 0)
        status = malformed(&file, file.line != 0 ? file.line : 1,
                           "a .reg file begins with 'Windows Registry Editor Version 5.00' or "
                           "'REGEDIT4'");
    while (status == WDM_OK && (line = next_line(&file)) != NULL)
    {
        unsigned number = file.line;
        if (*line == 0 || *line == ';')
            continue;
        status = *line == '[' ? key_line(&file, line) : value_line(&file, line);
        if (status == WDM_FAILED)
        {
            char reason[256];
            snprintf(reason, sizeof(reason), "%s", wdm_last_message(machine));
            status = malformed(&file, number, reason);
        }
    }
    free(file.text);
    return status;
}
