/* SPDX-License-Identifier: MIT */
/* Private to runtime: what DDIs return, generated from the prototypes in include/wdk. */
#ifndef RUNTIME_RETURNS_H
#define RUNTIME_RETURNS_H

#include <stddef.h>

struct wdm_return
{
    const char *name;
    char kind; /* 's' NTSTATUS, 'p' pointer, 'b' BOOLEAN */
};

extern const struct wdm_return wdm_returns[];
extern const size_t wdm_return_count;

#endif
