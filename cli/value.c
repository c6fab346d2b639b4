/* SPDX-License-Identifier: MIT */
/* Numbers, times and data as commands write them. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool
cli_number(const char *text, uint64_t *value)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *value = strtoull(text, &end, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
    return *end == 0 && errno == 0;
}

bool
cli_time(const char *text, uint64_t *ns)
{
    static const struct
    {
        const char *unit;
        uint64_t factor;
    } units[] = {{"", 1000000}, {"ms", 1000000}, {"s", 1000000000}, {"us", 1000}, {"ns", 1}};
    uint64_t value;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno != 0)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
    {
        if (strcmp(end, units[i].unit) == 0)
            return !__builtin_mul_overflow(value, units[i].factor, ns);
    }
    return false;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_hex(const char *text, unsigned char *data, size_t *size)
{
    size_t count = 0;
    int high = -1;

    for (; *text != 0; text++)
    {
        int digit = hex_digit(*text);
        if (digit < 0 && (*text == ' ' || *text == ':' || *text == '-' || *text == ','))
            continue;
        if (digit < 0)
            return false;
        if (high < 0)
        {
            high = digit;
            continue;
        }
        data[count++] = (unsigned char)(high << 4 | digit);
        high = -1;
    }
    *size = count;
    return high < 0;
}

/* Text between quotes with the escapes of C that people use. */
static size_t
unescape(const char *text, size_t length, unsigned char *data)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
    {
        if (text[i] != '\\' || i + 1 >= length)
        {
            data[count++] = (unsigned char)text[i];
            continue;
        }
        i++;
        if (text[i] == 'n')
            data[count++] = '\n';
        else if (text[i] == 'r')
            data[count++] = '\r';
        else if (text[i] == 't')
            data[count++] = '\t';
        else if (text[i] == '0')
            data[count++] = 0;
        else if (text[i] == 'x' && i + 2 < length && hex_digit(text[i + 1]) >= 0 &&
                 hex_digit(text[i + 2]) >= 0)
        {
            data[count++] = (unsigned char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
            i += 2;
        }
        else
            data[count++] = (unsigned char)text[i];
    }
    return count;
}

static bool
read_file(const char *path, unsigned char **data, size_t *size)
{
    FILE *file = fopen(path, "rb");
    unsigned char *buffer = NULL;
    size_t used = 0, capacity = 0;

    if (file == NULL)
    {
        (void)cli_usage("%s: %s", path, strerror(errno));
        return false;
    }
    for (;;)
    {
        size_t count;
        if (used == capacity)
        {
            unsigned char *larger = realloc(buffer, capacity = capacity * 2 + 4096);
            if (larger == NULL)
                break;
            buffer = larger;
        }
        count = fread(buffer + used, 1, capacity - used, file);
        used += count;
        if (count == 0)
            break;
    }
    if (ferror(file) || buffer == NULL)
    {
        (void)cli_usage("%s: cannot be read", path);
        free(buffer);
        fclose(file);
        return false;
    }
    fclose(file);
    *data = buffer;
    *size = used;
    return true;
}

bool
cli_data(const char *text, unsigned char **data, size_t *size)
{
    size_t length = strlen(text);
    unsigned char *buffer;

    if (text[0] == '@')
        return read_file(text + 1, data, size);
    buffer = malloc(length + 1);
    if (buffer == NULL)
        return false;
    if (text[0] == '"' && length >= 2 && text[length - 1] == '"')
    {
        *size = unescape(text + 1, length - 2, buffer);
        *data = buffer;
        return true;
    }
    if (!parse_hex(text[0] == '0' && (text[1] | 32) == 'x' ? text + 2 : text, buffer, size))
    {
        free(buffer);
        (void)cli_usage("'%s' is no data: write hex bytes, \"text\" or @file", text);
        return false;
    }
    *data = buffer;
    return true;
}

void
cli_print_hex(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        printf("%02X%c", data[i], (i % 16 == 15 || i + 1 == size) ? '\n' : ' ');
}
