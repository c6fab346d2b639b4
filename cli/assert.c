/* SPDX-License-Identifier: MIT */
/* assert: compares something the machine knows with a value. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool
numeric_fact(const char *name, uint64_t *value)
{
    if (strcmp(name, "status") == 0)
        *value = cli.last_status;
    else if (strcmp(name, "information") == 0)
        *value = cli.last_information;
    else if (strcmp(name, "irps") == 0)
        *value = wdm_irp_count(cli.machine);
    else if (strcmp(name, "pool") == 0)
        *value = wdm_pool_bytes(cli.machine);
    else if (strcmp(name, "reports") == 0)
        *value = wdm_report_count(cli.machine);
    else if (strcmp(name, "time") == 0)
        *value = wdm_time(cli.machine);
    else if (strcmp(name, "pending") == 0)
        *value = cli.pending_count;
    else
        return false;
    return true;
}

static bool
compare(uint64_t left, const char *operation, uint64_t right, bool *holds)
{
    if (strcmp(operation, "==") == 0)
        *holds = left == right;
    else if (strcmp(operation, "!=") == 0)
        *holds = left != right;
    else if (strcmp(operation, "<") == 0)
        *holds = left < right;
    else if (strcmp(operation, ">") == 0)
        *holds = left > right;
    else if (strcmp(operation, "<=") == 0)
        *holds = left <= right;
    else if (strcmp(operation, ">=") == 0)
        *holds = left >= right;
    else
        return false;
    return true;
}

/* Right-hand side: a number, a time for `time`, a status name for `status`. */
static bool
parse_value(const char *fact, const char *text, uint64_t *value)
{
    uint32_t status;

    if (strcmp(fact, "time") == 0)
        return cli_time(text, value);
    if (cli_number(text, value))
        return true;
    if (strcmp(fact, "status") != 0 || !wdm_ntstatus_value(text, &status))
        return false;
    *value = status;
    return true;
}

static int
failed(char **words, const char *actual)
{
    return cli_failed("assertion failed: %s %s %s (it is %s)", words[1], words[2], words[3],
                      actual);
}

static int
assert_output(char **words)
{
    unsigned char *data;
    size_t size;
    bool equal;

    if (!cli_data(words[3], &data, &size))
        return CLI_USAGE;
    equal = size == cli.last_output_size && (size == 0 || memcmp(data, cli.last_output, size) == 0);
    free(data);
    if (strcmp(words[2], "==") != 0 && strcmp(words[2], "!=") != 0)
        return cli_usage("assert: output is compared with == or !=");
    if (equal == (words[2][0] == '='))
        return CLI_OK;
    return failed(words, equal ? "equal" : "different");
}

int
cli_command_assert(int count, char **words)
{
    uint64_t left = 0, right = 0;
    bool holds = false;
    char actual[64];

    if (count == 4 && strcmp(words[1], "output") == 0)
        return assert_output(words);
    if (count != 4 || !numeric_fact(words[1], &left) || !parse_value(words[1], words[3], &right) ||
        !compare(left, words[2], right, &holds))
        return cli_usage("assert: status|information|output|irps|pool|reports|time|pending "
                         "==|!=|<|>|<=|>= VALUE");
    if (holds)
        return CLI_OK;
    if (strcmp(words[1], "status") == 0)
    {
        const char *name = wdm_ntstatus_name((uint32_t)left);
        snprintf(actual, sizeof(actual), "%s", name != NULL ? name : "");
        if (name == NULL)
            snprintf(actual, sizeof(actual), "0x%08" PRIX32, (uint32_t)left);
    }
    else if (strcmp(words[1], "time") == 0)
        snprintf(actual, sizeof(actual), "%" PRIu64 " ns", left);
    else
        snprintf(actual, sizeof(actual), "%" PRIu64, left);
    return failed(words, actual);
}
