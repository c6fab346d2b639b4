/* SPDX-License-Identifier: MIT */
/* open, close, read, write, ioctl, cancel: what a client program does. */
#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *
status_name(uint32_t status)
{
    const char *name = wdm_ntstatus_name(status);
    return name != NULL ? name : "unknown status";
}

/* ---- handles ------------------------------------------------------------------------------------
 */

static int
find_handle(const char *name)
{
    for (int i = 0; i < CLI_MAX_HANDLES; i++)
    {
        if (cli.handles[i].used && strcmp(cli.handles[i].name, name) == 0)
            return i;
    }
    return -1;
}

int
cli_command_open(int count, char **words)
{
    struct cli_handle *slot = NULL;
    wdm_handle handle;
    wdm_status status;
    char name[64];
    int index = 0;

    if (count != 2 && !(count == 4 && strcmp(words[2], "as") == 0))
        return cli_usage("open: NAME [as H]");
    while (index < CLI_MAX_HANDLES && cli.handles[index].used)
        index++;
    if (index == CLI_MAX_HANDLES)
        return cli_usage("open: %d handles are open already", CLI_MAX_HANDLES);
    slot = &cli.handles[index];
    if (count == 4)
        snprintf(name, sizeof(name), "%s", words[3]);
    else
        snprintf(name, sizeof(name), "%u", cli.next_handle + 1);
    if (find_handle(name) >= 0)
        return cli_usage("open: there is a handle '%s' already", name);
    status = wdm_open(cli.machine, words[1], WDM_READ | WDM_WRITE, &handle);
    if (status != WDM_OK)
        return cli_result(status, "open");
    if (count == 2)
        cli.next_handle++;
    memcpy(slot->name, name, sizeof(name));
    snprintf(slot->device, sizeof(slot->device), "%s", words[1]);
    slot->handle = handle;
    slot->process = wdm_process_current(cli.machine);
    slot->used = true;
    cli.current = index;
    if (cli.interactive)
        printf("handle %s\n", slot->name);
    return CLI_OK;
}

static void
drop_requests(int handle)
{
    for (unsigned i = 0; i < cli.pending_count;)
    {
        if (handle >= 0 && cli.pending[i].handle != (unsigned)handle)
        {
            i++;
            continue;
        }
        wdm_request_end(cli.pending[i].request);
        cli.pending[i] = cli.pending[--cli.pending_count];
    }
}

void
cli_forget_handle(int index)
{
    drop_requests(index);
    cli.handles[index].used = false;
    if (cli.current == index)
    {
        cli.current = -1;
        for (int i = 0; i < CLI_MAX_HANDLES; i++)
        {
            if (cli.handles[i].used)
                cli.current = i;
        }
    }
}

static int
close_index(int index)
{
    uint32_t before = wdm_process_current(cli.machine);
    wdm_status status = wdm_process_use(cli.machine, cli.handles[index].process);

    if (status == WDM_OK)
        status = wdm_close(cli.machine, cli.handles[index].handle);
    /* What cleanup completed is reported before its memory goes. */
    cli_poll_requests();
    cli_forget_handle(index);
    if (status == WDM_OK)
        status = wdm_process_use(cli.machine, before);
    return status == WDM_OK ? CLI_OK : cli_result(status, "close");
}

int
cli_command_close(int count, char **words)
{
    int index = count == 2 ? find_handle(words[1]) : cli.current;

    if (count > 2)
        return cli_usage("close: [H]");
    if (index < 0)
        return cli_usage("close: no handle is open%s%s", count == 2 ? " as " : "",
                         count == 2 ? words[1] : "");
    return close_index(index);
}

void
cli_close_all(void)
{
    for (int i = 0; i < CLI_MAX_HANDLES; i++)
    {
        if (cli.handles[i].used)
            cli_note(close_index(i));
    }
    drop_requests(-1);
}

/* ---- requests -----------------------------------------------------------------------------------
 */

static void
remember(uint32_t status, size_t information, const void *output, size_t size)
{
    unsigned char *copy = NULL;

    if (size > 0)
    {
        copy = malloc(size);
        if (copy != NULL)
            memcpy(copy, output, size);
    }
    free(cli.last_output);
    cli.last_output = copy;
    cli.last_output_size = copy != NULL ? size : 0;
    cli.last_status = status;
    cli.last_information = information;
}

struct transfer
{
    const char *name;
    int handle;
    char kind; /* 'i'octl, 'r'ead, 'w'rite */
    uint32_t code;
    unsigned char *in;
    size_t in_size;
    size_t out_size;
    uint64_t offset;
    unsigned char *expect;
    size_t expect_size;
    bool has_expect;
    const char *status; /* expected NTSTATUS as written, or NULL */
    uint32_t status_value;
    bool no_wait;
};

/* A name or a number. False after a message. */
static bool
parse_status(struct transfer *transfer, const char *text)
{
    uint64_t number;

    transfer->status = text;
    if (wdm_ntstatus_value(text, &transfer->status_value))
        return true;
    if (!cli_number(text, &number) || number > UINT32_MAX)
    {
        (void)cli_usage("%s: '%s' is no NTSTATUS", transfer->name, text);
        return false;
    }
    transfer->status_value = (uint32_t)number;
    return true;
}

static int
check_output(const struct transfer *transfer, const unsigned char *output, size_t size)
{
    size_t same = 0;

    if (!transfer->has_expect)
        return CLI_OK;
    while (same < size && same < transfer->expect_size && output[same] == transfer->expect[same])
        same++;
    if (same == size && same == transfer->expect_size)
        return CLI_OK;
    if (same < size && same < transfer->expect_size)
        return cli_failed("%s: byte %zu of the output is %02X, expected %02X", transfer->name, same,
                          output[same], transfer->expect[same]);
    return cli_failed("%s: the output has %zu bytes, expected %zu", transfer->name, size,
                      transfer->expect_size);
}

/* Prints and judges a completed request. */
static int
report_done(const struct transfer *transfer, wdm_request *request)
{
    uint32_t status = 0;
    size_t returned = 0;
    const unsigned char *output = wdm_request_output(request);
    size_t size;
    int result;

    (void)wdm_request_done(request, &status, &returned);
    size = (status >> 30) == 3 ? 0 : returned < transfer->out_size ? returned : transfer->out_size;
    remember(status, returned, output, size);
    if (size > 0)
        cli_print_hex(output, size);
    if (transfer->kind == 'w' && (status >> 30) == 0)
        printf("%zu bytes written\n", returned);
    result = check_output(transfer, output, size);
    if (transfer->status != NULL)
    {
        if (transfer->status_value == status)
            return result;
        return cli_failed("%s: expected %s, got %s (0x%08X)", transfer->name, transfer->status,
                          status_name(status), status);
    }
    if ((status >> 30) != 0)
        return cli_failed("%s: %s (0x%08X)", transfer->name, status_name(status), status);
    return result;
}

static wdm_status
begin_transfer(const struct transfer *transfer, wdm_request **request)
{
    wdm_handle handle = cli.handles[transfer->handle].handle;

    switch (transfer->kind)
    {
    case 'i':
        return wdm_ioctl_begin(cli.machine, handle, transfer->code, transfer->in, transfer->in_size,
                               transfer->out_size, request);
    case 'r':
        return wdm_read_begin(cli.machine, handle, transfer->offset, transfer->out_size, request);
    default:
        return wdm_write_begin(cli.machine, handle, transfer->offset, transfer->in,
                               transfer->in_size, request);
    }
}

static int
keep_pending(const struct transfer *transfer, wdm_request *request)
{
    struct cli_pending *pending;

    remember(0x00000103, 0, NULL, 0);
    if (cli.pending_count == CLI_MAX_REQUESTS)
    {
        wdm_request_end(request);
        return cli_usage("%s: too many pending requests", transfer->name);
    }
    pending = &cli.pending[cli.pending_count++];
    pending->request = request;
    pending->number = ++cli.next_request;
    pending->handle = (unsigned)transfer->handle;
    printf("request %u is pending\n", pending->number);
    if (transfer->status != NULL && transfer->status_value != 0x00000103)
        return cli_failed("%s: expected %s, got STATUS_PENDING", transfer->name, transfer->status);
    return CLI_OK;
}

static int
execute_transfer(const struct transfer *transfer)
{
    wdm_request *request = NULL;
    wdm_status status = begin_transfer(transfer, &request);
    int result;

    if (status != WDM_OK)
        return cli_result(status, transfer->name);
    if (!transfer->no_wait)
    {
        status = wdm_request_wait(request);
        if (status == WDM_BUGCHECK)
        {
            wdm_request_end(request);
            return cli_result(status, transfer->name);
        }
    }
    if (!wdm_request_done(request, NULL, NULL))
        return keep_pending(transfer, request);
    result = report_done(transfer, request);
    wdm_request_end(request);
    return result;
}

void
cli_poll_requests(void)
{
    for (unsigned i = 0; i < cli.pending_count;)
    {
        struct cli_pending *pending = &cli.pending[i];
        uint32_t status;
        size_t returned;

        if (!wdm_request_done(pending->request, &status, &returned))
        {
            i++;
            continue;
        }
        printf("request %u completed: %s, %zu bytes\n", pending->number, status_name(status),
               returned);
        remember(status, returned, NULL, 0);
        wdm_request_end(pending->request);
        for (unsigned next = i + 1; next < cli.pending_count; next++)
            cli.pending[next - 1] = cli.pending[next];
        cli.pending_count--;
    }
}

/* One "key:value" word. */
static bool
parse_attribute(struct transfer *transfer, const char *word)
{
    uint64_t number;

    if (strncmp(word, "in:", 3) == 0)
        return transfer->in == NULL && cli_data(word + 3, &transfer->in, &transfer->in_size);
    if (strncmp(word, "expect:", 7) == 0)
    {
        transfer->has_expect = true;
        return transfer->expect == NULL &&
               cli_data(word + 7, &transfer->expect, &transfer->expect_size);
    }
    if (strncmp(word, "out:", 4) == 0 && cli_number(word + 4, &number) && number <= UINT32_MAX)
    {
        transfer->out_size = (size_t)number;
        return true;
    }
    if (strncmp(word, "at:", 3) == 0 && cli_number(word + 3, &transfer->offset))
        return true;
    if (strncmp(word, "status:", 7) == 0)
        return parse_status(transfer, word + 7);
    if (strcmp(word, "async") == 0)
    {
        transfer->no_wait = true;
        return true;
    }
    (void)cli_usage("%s: what is '%s'?", transfer->name, word);
    return false;
}

static bool
is_attribute(const char *word)
{
    static const char *const names[] = {"in:", "out:", "expect:", "at:", "status:", "async"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        if (strncmp(word, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

static bool
choose_handle(struct transfer *transfer, int *next, int count, char **words)
{
    transfer->handle = cli.current;
    if (count > *next && find_handle(words[*next]) >= 0)
    {
        /* A number may be a handle's name or the code, length or data itself: a handle only if
         * one of these follows. */
        uint64_t number;
        if (!cli_number(words[*next], &number) ||
            (count > *next + 1 && !is_attribute(words[*next + 1])))
            transfer->handle = find_handle(words[(*next)++]);
    }
    if (transfer->handle >= 0)
        return true;
    (void)cli_usage("%s: no handle is open", transfer->name);
    return false;
}

static int
run_transfer(struct transfer *transfer, int next, int count, char **words)
{
    int result = CLI_USAGE;
    bool good = true;

    while (good && next < count)
        good = parse_attribute(transfer, words[next++]);
    if (good)
        result = execute_transfer(transfer);
    free(transfer->in);
    free(transfer->expect);
    return result;
}

int
cli_command_ioctl(int count, char **words)
{
    struct transfer transfer = {.name = "ioctl", .kind = 'i'};
    uint64_t code;
    int next = 1;

    if (!choose_handle(&transfer, &next, count, words))
        return CLI_USAGE;
    if (next >= count || !cli_number(words[next], &code) || code > UINT32_MAX)
        return cli_usage("ioctl: [H] CODE [in:DATA] [out:N] [expect:HEX] [status:NAME] [async]");
    transfer.code = (uint32_t)code;
    return run_transfer(&transfer, next + 1, count, words);
}

int
cli_command_read(int count, char **words)
{
    struct transfer transfer = {.name = "read", .kind = 'r'};
    uint64_t size;
    int next = 1;

    if (!choose_handle(&transfer, &next, count, words))
        return CLI_USAGE;
    if (next >= count || !cli_number(words[next], &size) || size > UINT32_MAX)
        return cli_usage("read: [H] N [at:OFFSET] [expect:HEX] [status:NAME] [async]");
    transfer.out_size = (size_t)size;
    return run_transfer(&transfer, next + 1, count, words);
}

int
cli_command_write(int count, char **words)
{
    struct transfer transfer = {.name = "write", .kind = 'w'};
    int next = 1;

    if (!choose_handle(&transfer, &next, count, words))
        return CLI_USAGE;
    if (next >= count)
        return cli_usage("write: [H] DATA [at:OFFSET] [status:NAME] [async]");
    if (!cli_data(words[next], &transfer.in, &transfer.in_size))
        return CLI_USAGE;
    return run_transfer(&transfer, next + 1, count, words);
}

int
cli_command_cancel(int count, char **words)
{
    int index = count == 2 ? find_handle(words[1]) : cli.current;
    wdm_status status;

    if (count > 2 || index < 0)
        return cli_usage("cancel: [H], with an open handle");
    status = wdm_cancel(cli.machine, cli.handles[index].handle);
    return cli_result(status, "cancel");
}
