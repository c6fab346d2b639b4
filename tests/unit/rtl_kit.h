// SPDX-License-Identifier: MIT
// What the unit tests of kernel/rtl share: cmocka in the order it needs, and hooks over malloc that
// count, fail on demand and remember the last debug output.
#ifndef TESTS_RTL_KIT_H
#define TESTS_RTL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtl/rtl.h"

static ULONG KitBlocks;         // allocated and not yet freed
static BOOLEAN KitOutOfMemory;  // the next allocations fail
static CHAR KitDebugText[1024]; // terminated
static ULONG KitDebugLength;
static ULONG KitDebugComponent;
static ULONG KitDebugLevel;
static ULONG KitBreaks;

static PVOID
KitAllocatePool(SIZE_T NumberOfBytes, ULONG Tag)
{
    assert_int_equal(Tag, RTLP_STRING_TAG);
    if (KitOutOfMemory)
    {
        return NULL;
    }
    KitBlocks += 1;
    return malloc(NumberOfBytes);
}

static VOID
KitFreePool(PVOID Block, ULONG Tag)
{
    assert_int_equal(Tag, RTLP_STRING_TAG);
    assert_true(KitBlocks > 0);
    KitBlocks -= 1;
    free(Block);
}

static VOID
KitDebugOutput(ULONG ComponentId, ULONG Level, const CHAR *Text, ULONG Length)
{
    assert_true(Length < sizeof(KitDebugText));
    memcpy(KitDebugText, Text, Length);
    KitDebugText[Length] = 0;
    KitDebugLength = Length;
    KitDebugComponent = ComponentId;
    KitDebugLevel = Level;
}

static VOID
KitBreakPoint(ULONG Status)
{
    (void)Status;
    KitBreaks += 1;
}

static inline int
KitSetup(void **State)
{
    (void)State;
    RtlHooks.AllocatePool = KitAllocatePool;
    RtlHooks.FreePool = KitFreePool;
    RtlHooks.DebugOutput = KitDebugOutput;
    RtlHooks.BreakPoint = KitBreakPoint;
    KitOutOfMemory = FALSE;
    KitBlocks = 0;
    KitDebugLength = 0;
    KitBreaks = 0;
    RtlSetAnsiCodePage(1252);
    return 0;
}

// Every test ends with nothing allocated.
static inline int
KitTeardown(void **State)
{
    (void)State;
    return KitBlocks == 0 ? 0 : -1;
}

#define KIT_TEST(Function) cmocka_unit_test_setup_teardown(Function, KitSetup, KitTeardown)

static inline UNICODE_STRING
KitUnicode(PCWSTR Text)
{
    UNICODE_STRING string;
    USHORT length = 0;

    while (Text[length] != 0)
    {
        length += 1;
    }
    string.Buffer = (PWCH)(ULONG_PTR)Text;
    string.Length = (USHORT)(length * sizeof(WCHAR));
    string.MaximumLength = (USHORT)(string.Length + sizeof(WCHAR));
    return string;
}

static inline ANSI_STRING
KitAnsi(const CHAR *Text)
{
    ANSI_STRING string;

    string.Buffer = (PCHAR)(ULONG_PTR)Text;
    string.Length = (USHORT)strlen(Text);
    string.MaximumLength = (USHORT)(string.Length + 1);
    return string;
}

// TRUE if String holds exactly the terminated Text.
static inline BOOLEAN
KitIs(const UNICODE_STRING *String, PCWSTR Text)
{
    const UNICODE_STRING expected = KitUnicode(Text);

    return String->Length == expected.Length &&
           memcmp(String->Buffer, expected.Buffer, expected.Length) == 0;
}

#endif
