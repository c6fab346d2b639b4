/* SPDX-License-Identifier: MIT */
/* What the machine says: DbgPrint text cut into lines, the trace, one-line messages. */
#include "runtime/runtime.h"

#include <stdio.h>
#include <string.h>

#include "ldr/ldr.h"
#include "rtl/rtl.h"

static void
put_line(wdm_machine *machine, const char *line, size_t length)
{
    if (machine->options.debug_output != NULL)
    {
        machine->options.debug_output(machine->options.context, line, length);
        return;
    }
    host_write(1, line, length);
    host_write(1, "\n", 1);
}

void
wdm_output_flush(wdm_machine *machine)
{
    size_t length = machine->debug_length;

    machine->debug_length = 0;
    if (length > 0)
        put_line(machine, machine->debug_line, length);
}

static void
put_text(wdm_machine *machine, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
    {
        if (text[i] == '\n')
        {
            size_t end = machine->debug_length;
            machine->debug_length = 0;
            put_line(machine, machine->debug_line, end);
        }
        else if (text[i] != '\r')
        {
            if (machine->debug_length == sizeof(machine->debug_line))
                wdm_output_flush(machine);
            machine->debug_line[machine->debug_length++] = text[i];
        }
    }
}

static void
debug_output(ULONG component, ULONG level, const CHAR *text, ULONG length)
{
    char utf8[3 * 1024];

    (void)component;
    (void)level;
    while (length > 0)
    {
        ULONG piece = length < 1024 ? length : 1024;
        ULONG size = RtlAnsiToUtf8(text, piece, utf8, sizeof(utf8));
        put_text(wdm_current, utf8, size);
        text += piece;
        length -= piece;
    }
}

static void
trace(const char *function, const char *file, const char *detail)
{
    char line[1024];
    int length = snprintf(line, sizeof(line), "%-24s %-26s %s", function, file, detail);

    if (length > (int)sizeof(line) - 1)
        length = (int)sizeof(line) - 1;
    /* Trace and driver output stay in the order in which they happened. */
    wdm_output_flush(wdm_current);
    wdm_current->options.trace(wdm_current->options.context, line, (size_t)length);
}

static void
assert_failed(const char *file, int line, const char *text, ULONG64 a, ULONG64 b)
{
    char message[512];
    snprintf(message, sizeof(message), "%s:%d: assertion failed: %s (0x%llx, 0x%llx)", file, line,
             text, (unsigned long long)a, (unsigned long long)b);
    host_fatal(message);
}

void
wdm_output_init(wdm_machine *machine)
{
    RtlHooks.DebugOutput = debug_output;
    RtlHooks.AssertFailed = assert_failed;
    if (machine->options.trace != NULL)
        KeVerifierHooks.Trace = trace;
}
