/* SPDX-License-Identifier: MIT */
/*
 * Guest errors: what a driver did to a device that no correct driver does. They go to the hook of
 * the machine and change nothing else.
 */
#ifndef HW_CORE_LOG_H
#define HW_CORE_LOG_H

struct hw_machine;

/* `device` names the device or the part of the machine; `format` as printf. Texts beyond 240 bytes
 * are cut. */
void hw_log_guest_error(struct hw_machine *machine, const char *device, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
