/* SPDX-License-Identifier: MIT */
/* Private to runtime: names of NTSTATUS values, generated from ntstatus.h. */
#ifndef RUNTIME_STATUS_NAMES_H
#define RUNTIME_STATUS_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct wdm_status_name
{
    uint32_t value;
    const char *name;
};

/* Sorted by value. */
extern const struct wdm_status_name wdm_status_names[];
extern const size_t wdm_status_name_count;

#endif
