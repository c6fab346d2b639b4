// SPDX-License-Identifier: MIT
// What the run-time library needs from the rest of the kernel, and what it offers beyond the
// documented routines. Nothing here takes a lock.
#ifndef RTL_RTL_H
#define RTL_RTL_H

#include <wdm.h>

#include "ddi.h"

// Services of upper layers, filled at boot before the first driver runs. rtl may not call up, so
// everything it needs from mm, ke and the host goes through here. Each pointer may be NULL; the
// comment says what happens then.
typedef struct _RTLP_HOOKS
{
    // Paged pool for the strings that RtlXxx(..., AllocateDestinationString = TRUE) return. NULL:
    // every such call fails with STATUS_NO_MEMORY.
    PVOID (*AllocatePool)(SIZE_T NumberOfBytes, ULONG Tag);
    VOID (*FreePool)(PVOID Block, ULONG Tag);

    // Nonpaged pool, for what is used at DISPATCH_LEVEL; FreePool frees it. NULL: no memory.
    PVOID (*AllocateNonPagedPool)(SIZE_T NumberOfBytes, ULONG Tag);

    // Raises a software exception in the calling driver. NULL: the process stops.
    VOID (*RaiseStatus)(NTSTATUS Status);

    // One DbgPrint call's text: bytes of the ANSI code page, not terminated. NULL: the text is
    // lost.
    VOID (*DebugOutput)(ULONG ComponentId, ULONG Level, const CHAR *Text, ULONG Length);

    // A debugger break requested by RtlAssert. NULL: nothing happens.
    VOID (*BreakPoint)(ULONG Status);

    // Blocks the current thread while *Address == Value, and wakes everyone who does. Used by
    // RtlRunOnceXxx; NULL: a wait is an internal error.
    VOID (*WaitOnAddress)(const volatile ULONG_PTR *Address, ULONG_PTR Value);
    VOID (*WakeAddress)(const volatile ULONG_PTR *Address);

    // Prints and stops the process. NULL: an illegal instruction does.
    VOID (*AssertFailed)(const char *File, int Line, const char *Text, ULONG64 A, ULONG64 B);
} RTLP_HOOKS;

extern RTLP_HOOKS RtlHooks;

// Tag of strings that the library allocates; drivers see it in pool reports.
#define RTLP_STRING_TAG 0x20727453u /* 'Str ' */

// The version presented to drivers. Changed only before the first driver is loaded.
typedef struct _RTLP_VERSION
{
    ULONG MajorVersion;
    ULONG MinorVersion;
    ULONG BuildNumber;
    USHORT ServicePackMajor;
    USHORT ServicePackMinor;
    USHORT SuiteMask;
    UCHAR ProductType;
} RTLP_VERSION;

extern RTLP_VERSION RtlVersion;

// The code page of "ANSI" strings: 1252 (default) or 65001. Any other value is refused (FALSE).
BOOLEAN
RtlSetAnsiCodePage(ULONG CodePage);

// Converts text of the ANSI code page, such as RtlHooks.DebugOutput receives, to UTF-8 for the
// host. Bytes that are already valid UTF-8 sequences stay as they are when the code page is 65001.
// Returns the number of bytes written, never more than Capacity; three times Length always fits.
ULONG
RtlAnsiToUtf8(const CHAR *Text, ULONG Length, CHAR *Utf8, ULONG Capacity);

// Formatting for the kernel's own messages: terminates, truncates, returns the length that was
// stored. Conversions are those of DbgPrint (%wZ and so on). Arguments follow the Microsoft
// convention because the engine reads eight-byte slots.
DDI ULONG RtlFormat(CHAR *Buffer, SIZE_T Size, const CHAR *Format, ...);

// As RtlFormat, for an argument list of a ms_abi function.
ULONG
RtlFormatV(CHAR *Buffer, SIZE_T Size, const CHAR *Format, RTLP_VA_LIST Arguments);

#endif
