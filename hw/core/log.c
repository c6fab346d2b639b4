/* SPDX-License-Identifier: MIT */
/*
 * Formats guest errors for the machine's hook. Owns nothing.
 */
#include "hw/core/machine.h"

#include <stdarg.h>
#include <stdio.h>

void
hw_log_guest_error(struct hw_machine *machine, const char *device, const char *format, ...)
{
    char text[241];
    va_list arguments;
    if (!machine->hooks.guest_error)
    {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    machine->hooks.guest_error(machine->hooks.context, device, text);
}
