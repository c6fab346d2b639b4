/* SPDX-License-Identifier: MIT */
/* The `reg` command and --registry. */
#include "cli.h"
#include "registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES 16

static const char *files[MAX_FILES];
static unsigned file_count;

static const struct
{
    const char *name;
    uint32_t type;
} types[] = {{"REG_NONE", 0},   {"REG_SZ", 1},    {"REG_EXPAND_SZ", 2},
             {"REG_BINARY", 3}, {"REG_DWORD", 4}, {"REG_MULTI_SZ", 7},
             {"REG_QWORD", 11}, {"REG_LINK", 6},  {NULL, 0}};

bool
cli_add_registry(const char *path)
{
    if (file_count == MAX_FILES)
    {
        (void)cli_usage("too many registry files");
        return false;
    }
    files[file_count++] = path;
    return true;
}

static int
import_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    size_t used = 0, capacity = 0, count;
    int status;

    if (file == NULL)
        return cli_usage("%s: %s", path, strerror(errno));
    do
    {
        char *larger = realloc(data, capacity += 65536);
        if (larger == NULL)
            break;
        data = larger;
        count = fread(data + used, 1, capacity - used, file);
        used += count;
    } while (count != 0);
    if (ferror(file))
        status = cli_usage("%s: %s", path, strerror(errno));
    else
        status = cli_result(wdm_registry_import(cli.machine, data, used, path), "registry import");
    fclose(file);
    free(data);
    return status;
}

int
cli_import_registry(void)
{
    int status = CLI_OK;

    for (unsigned i = 0; i < file_count && status == CLI_OK; i++)
        status = import_file(files[i]);
    return status;
}

/* ---- listing ---- */

static const char *
type_name(uint32_t type, char *buffer, size_t size)
{
    for (size_t i = 0; types[i].name != NULL; i++)
    {
        if (types[i].type == type)
            return types[i].name;
    }
    snprintf(buffer, size, "type %u", type);
    return buffer;
}

/* UTF-16 text; what is not ASCII as an escape, and zeros between strings as "\0". */
static void
print_text(const unsigned char *data, size_t size)
{
    size_t end = size & ~(size_t)1;

    while (end >= 2 && data[end - 1] == 0 && data[end - 2] == 0)
        end -= 2;
    for (size_t i = 0; i < end; i += 2)
    {
        unsigned code = data[i] | (unsigned)data[i + 1] << 8;
        if (code == 0)
            printf("\\0");
        else if (code >= 0x20 && code < 0x7f)
            printf("%c", (int)code);
        else
            printf("\\u%04x", code);
    }
}

struct listing
{
    const char *only; /* name of a value, or NULL */
    bool found;
};

static void
print_entry(void *context,
            bool is_key,
            const char *name,
            uint32_t type,
            const void *data,
            size_t size)
{
    struct listing *listing = context;
    const unsigned char *bytes = data;
    char buffer[32];

    if (listing->only != NULL && (is_key || strcasecmp(listing->only, name) != 0))
        return;
    listing->found = true;
    if (is_key)
    {
        printf("    %s\\\n", name);
        return;
    }
    printf("    %s  %s  ", name[0] != 0 ? name : "(Default)",
           type_name(type, buffer, sizeof(buffer)));
    if (type == 1 || type == 2 || type == 6 || type == 7)
        print_text(bytes, size);
    else if (type == 4 && size == 4)
        printf("0x%x", bytes[0] | (unsigned)bytes[1] << 8 | (unsigned)bytes[2] << 16 |
                           (unsigned)bytes[3] << 24);
    else
    {
        for (size_t i = 0; i < size; i++)
            printf("%02X", bytes[i]);
    }
    printf("\n");
}

static int
reg_query(int count, char **words)
{
    struct listing listing = {.only = count == 4 ? words[3] : NULL};
    int status;

    if (count != 3 && count != 4)
        return cli_usage("reg query: KEY [VALUE]");
    printf("%s\n", words[2]);
    status = cli_result(wdm_registry_list(cli.machine, words[2], print_entry, &listing), "reg");
    if (status == CLI_OK && listing.only != NULL && !listing.found)
        return cli_failed("reg query: there is no value '%s'", listing.only);
    return status;
}

/* ---- adding ---- */

/* Text of ASCII characters as UTF-16 with its end, in `out`; "\0" separates strings. */
static size_t
wide_text(const char *text, bool many, unsigned char *out)
{
    size_t used = 0;

    for (; *text != 0; text++)
    {
        unsigned char c = (unsigned char)*text;
        if (many && text[0] == '\\' && text[1] == '0')
        {
            c = 0;
            text++;
        }
        out[used++] = c;
        out[used++] = 0;
    }
    for (int i = 0; i < (many ? 4 : 2); i++)
        out[used++] = 0;
    return used;
}

static bool
number_bytes(const char *text, size_t size, unsigned char *out)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0);

    if (end == text || *end != 0 || (size == 4 && value > 0xffffffffull))
        return false;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(value >> (8 * i));
    return true;
}

static bool
hex_bytes(const char *text, unsigned char *out, size_t *size)
{
    *size = 0;
    while (*text != 0)
    {
        unsigned byte;
        if (sscanf(text, "%2x", &byte) != 1 || text[1] == 0)
            return false;
        out[(*size)++] = (unsigned char)byte;
        text += 2;
    }
    return true;
}

static int
reg_add(int count, char **words)
{
    const char *data = count == 6 ? words[5] : "";
    unsigned char *bytes;
    size_t size = 0;
    uint32_t type = ~0u;
    int status;
    bool good = true;

    if (count != 3 && count != 5 && count != 6)
        return cli_usage("reg add: KEY [VALUE TYPE [DATA]]");
    if (count == 3)
        return cli_result(wdm_registry_set(cli.machine, words[2], NULL, 0, NULL, 0), "reg");
    for (size_t i = 0; types[i].name != NULL; i++)
    {
        if (strcasecmp(types[i].name, words[4]) == 0)
            type = types[i].type;
    }
    if (type == ~0u)
        return cli_usage("reg add: there is no type '%s'", words[4]);
    bytes = malloc(strlen(data) * 2 + 16);
    if (bytes == NULL)
        return cli_failed("no memory");
    if (type == 1 || type == 2 || type == 7)
        size = wide_text(data, type == 7, bytes);
    else if (type == 4 || type == 11)
        good = number_bytes(data, size = type == 4 ? 4 : 8, bytes);
    else
        good = hex_bytes(data, bytes, &size);
    status = good ? cli_result(wdm_registry_set(cli.machine, words[2], words[3], type, bytes, size),
                               "reg")
                  : cli_usage("reg add: '%s' is no %s", data, words[4]);
    free(bytes);
    return status;
}

int
cli_command_reg(int count, char **words)
{
    if (count >= 2 && strcmp(words[1], "query") == 0)
        return reg_query(count, words);
    if (count >= 2 && strcmp(words[1], "add") == 0)
        return reg_add(count, words);
    if ((count == 3 || count == 4) && strcmp(words[1], "delete") == 0)
        return cli_result(wdm_registry_delete(cli.machine, words[2], count == 4 ? words[3] : NULL),
                          "reg");
    if (count == 3 && strcmp(words[1], "import") == 0)
        return import_file(words[2]);
    return cli_usage("reg: query KEY [VALUE], add KEY [VALUE TYPE [DATA]], delete KEY [VALUE], "
                     "import FILE");
}
