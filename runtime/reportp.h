/* SPDX-License-Identifier: MIT */
/* Private to the reports of runtime: one report with names in place of addresses. */
#ifndef RUNTIME_REPORTP_H
#define RUNTIME_REPORTP_H

#include "runtime/runtime.h"

#include <jansson.h>

#include "vf/vf.h"

/* An address of a driver, as far as it could be named. */
struct wdm_frame
{
    uint64_t address;
    bool known; /* code below is valid */
    VF_CODE code;
    uint64_t query; /* rva that was looked up: that of the call, not of the instruction behind it */
    char function[160]; /* "" when nothing but an export, or not even that, is known */
    unsigned offset;    /* from the start of the function */
    bool has_offset;
    char file[96]; /* last part of the path; "" when not known */
    unsigned line;
};

/* Bug checks as ddi/bugcheck.def knows them. */
struct wdm_bugcheck
{
    const char *name; /* "DRIVER_IRQL_NOT_LESS_OR_EQUAL", or "" */
    const char *page; /* "debugger/....md", or "" */
    const char *what; /* of the case that parameter 1 selects, or "" */
    const char *parameters[4];
};

/* symbolize.c: fills frames from the symbols of the drivers. exact[i]: the address is an
 * instruction's and not the return address behind a call. */
void
wdm_symbolize(PVOID const *addresses, size_t count, const bool *exact, struct wdm_frame *frames);

/* "foo.sys!Function+0x12 (foo.c:34)"; returns buffer. */
char *wdm_frame_text(const struct wdm_frame *frame, char *buffer, size_t size);

/* bugchecks.c: what is known about a code. */
void wdm_bugcheck_lookup(uint32_t code, uint64_t p1, struct wdm_bugcheck *info);

/* "DISPATCH_LEVEL" or "". */
const char *wdm_irql_name(unsigned irql);

/* Page of the report's rule, or of the DDI that was running; "" when there is none. */
const char *wdm_report_page(const VF_REPORT *report, char *buffer, size_t size);

/* report_json.c. The result is malloc'ed. */
char *wdm_report_json(const VF_REPORT *report,
                      const struct wdm_frame *frames,
                      struct wdm_frame *const *leaks);

/* report_text.c. The result is malloc'ed. */
char *wdm_report_text(const VF_REPORT *report,
                      const struct wdm_frame *frames,
                      struct wdm_frame *const *leaks);

#endif
