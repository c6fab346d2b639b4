/* SPDX-License-Identifier: MIT */
/*
 * Safe string functions: every one knows the size of its destination, always leaves it terminated
 * and says whether the text was cut off. All inline, as documented at kernel/using-safe-string-
 * functions.md. IRQL: any; those that format with wide characters want PASSIVE_LEVEL.
 *
 * The ELF kernel has no va_list that drivers could share, so there the formatting functions exist
 * only when WDK_STRSAFE_VSNPRINTF_A and _W name a formatter (unit tests do that).
 */
#ifndef _NTSTRSAFE_H_INCLUDED_
#define _NTSTRSAFE_H_INCLUDED_

#include "ntdef.h"

#if defined(_WIN32)
#include <stdio.h>
#include <string.h>
#if !defined(WDK_STRSAFE_VSNPRINTF_A)
#define WDK_STRSAFE_VSNPRINTF_A _vsnprintf
#define WDK_STRSAFE_VSNPRINTF_W _vsnwprintf
#endif
#endif

#if defined(NTSTRSAFE_NO_CB_FUNCTIONS) && defined(NTSTRSAFE_NO_CCH_FUNCTIONS)
#error NTSTRSAFE_NO_CB_FUNCTIONS and NTSTRSAFE_NO_CCH_FUNCTIONS exclude each other
#endif

typedef CHAR *NTSTRSAFE_PSTR;
typedef CONST CHAR *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef CONST WCHAR *NTSTRSAFE_PCWSTR;
typedef CONST WCHAR UNALIGNED *NTSTRSAFE_PCUWSTR;

#if !defined(NTSTRSAFE_MAX_CCH)
#define NTSTRSAFE_MAX_CCH 2147483647
#endif
#define NTSTRSAFE_MAX_LENGTH (NTSTRSAFE_MAX_CCH - 1)
#if !defined(NTSTRSAFE_UNICODE_STRING_MAX_CCH)
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(WCHAR))
#endif

#define STRSAFE_IGNORE_NULLS           0x00000100
#define STRSAFE_FILL_BEHIND_NULL       0x00000200
#define STRSAFE_FILL_ON_FAILURE        0x00000400
#define STRSAFE_NULL_ON_FAILURE        0x00000800
#define STRSAFE_NO_TRUNCATION          0x00001000
#define STRSAFE_FILL_BEHIND            STRSAFE_FILL_BEHIND_NULL
#define STRSAFE_ZERO_LENGTH_ON_FAILURE STRSAFE_NULL_ON_FAILURE
#define STRSAFE_VALID_FLAGS                                                                   \
    (0x000000FF | STRSAFE_IGNORE_NULLS | STRSAFE_FILL_BEHIND_NULL | STRSAFE_FILL_ON_FAILURE | \
     STRSAFE_NULL_ON_FAILURE | STRSAFE_NO_TRUNCATION)
#define STRSAFE_UNICODE_STRING_VALID_FLAGS STRSAFE_VALID_FLAGS
#define STRSAFE_FILL_BYTE(x)               ((ULONG)(((x) & 0x000000FF) | STRSAFE_FILL_BEHIND_NULL))
#define STRSAFE_FAILURE_BYTE(x)            ((ULONG)(((x) & 0x000000FF) | STRSAFE_FILL_ON_FAILURE))
#define STRSAFE_GET_FILL_PATTERN(dwFlags)  ((int)((dwFlags) & 0x000000FF))

/* Not FORCEINLINE: a function with a variable argument list cannot be forced. */
#define NTSTRSAFEDDI static __inline__ __attribute__((unused)) NTSTATUS
#define STRSAFEAPI   NTSTRSAFEDDI

#define WDK_STRSAFE_CHAR       CHAR
#define WDK_STRSAFE_NAME(name) name##A
#define WDK_STRSAFE_FORMATTER  WDK_STRSAFE_VSNPRINTF_A
#if defined(WDK_STRSAFE_VSNPRINTF_A)
#define WDK_STRSAFE_FORMAT 1
#else
#define WDK_STRSAFE_FORMAT 0
#endif
#include "openwdm_parts/strsafe_char.h"
#undef WDK_STRSAFE_CHAR
#undef WDK_STRSAFE_NAME
#undef WDK_STRSAFE_FORMATTER

#define WDK_STRSAFE_CHAR       WCHAR
#define WDK_STRSAFE_NAME(name) name##W
#define WDK_STRSAFE_FORMATTER  WDK_STRSAFE_VSNPRINTF_W
#include "openwdm_parts/strsafe_char.h"
#undef WDK_STRSAFE_CHAR
#undef WDK_STRSAFE_NAME
#undef WDK_STRSAFE_FORMATTER

#if !defined(NTSTRSAFE_NO_UNICODE_STRING_FUNCTIONS)
#include "openwdm_parts/strsafe_ustr.h"
#endif
#undef WDK_STRSAFE_FORMAT

#endif
