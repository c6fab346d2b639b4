// SPDX-License-Identifier: MIT
// Private to kernel/rtl/nls.c and its generated tables.
#ifndef RTL_NLSP_H
#define RTL_NLSP_H

#include <ntdef.h>

// Characters First, First + Stride, ... Last are mapped by adding Delta modulo 2^16.
typedef struct _RTLP_CASE_RUN
{
    USHORT First;
    USHORT Last;
    USHORT Stride;
    USHORT Delta;
} RTLP_CASE_RUN;

extern const RTLP_CASE_RUN RtlpUpcaseRuns[];
extern const ULONG RtlpUpcaseRunsCount;
extern const RTLP_CASE_RUN RtlpDowncaseRuns[];
extern const ULONG RtlpDowncaseRunsCount;

// Unicode of the bytes 0x80 to 0xFF.
extern const WCHAR RtlpCodePage1252High[128];
extern const WCHAR RtlpCodePage437High[128];

#endif
