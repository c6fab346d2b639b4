// SPDX-License-Identifier: MIT
// Safe string functions whose destination or source is a UNICODE_STRING: the length they leave, the
// text that does not fit, flags, and what is left of the destination.
// Page: NF:ntstrsafe.RtlUnicodeStringCat, NF:ntstrsafe.RtlUnicodeStringCatEx
// Page: NF:ntstrsafe.RtlUnicodeStringCopy, NF:ntstrsafe.RtlUnicodeStringCopyEx
// Page: NF:ntstrsafe.RtlUnicodeStringCbCatN, NF:ntstrsafe.RtlUnicodeStringCbCatNEx
// Page: NF:ntstrsafe.RtlUnicodeStringCchCatN, NF:ntstrsafe.RtlUnicodeStringCchCatNEx
// Page: NF:ntstrsafe.RtlUnicodeStringCbCopyN, NF:ntstrsafe.RtlUnicodeStringCbCopyNEx
// Page: NF:ntstrsafe.RtlUnicodeStringCchCopyNEx, NF:ntstrsafe.RtlUnicodeStringCbCopyStringN
// Page: NF:ntstrsafe.RtlUnicodeStringPrintfEx, NF:ntstrsafe.RtlUnicodeStringVPrintf
// Page: NF:ntstrsafe.RtlStringCbCopyUnicodeString, NF:ntstrsafe.RtlUnalignedStringCbLengthW
// Run:
// Expect: rtl_strsafe_ustr: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <ntstrsafe.h>
#include <stdarg.h>
#include <wchar.h>

#include "check.h"

static WCHAR room[8];
static UNICODE_STRING target;
static UNICODE_STRING rest;
static const UNICODE_STRING abc = RTL_CONSTANT_STRING(L"abc");
static const UNICODE_STRING longer = RTL_CONSTANT_STRING(L"123456789");

static BOOLEAN
Is(const WCHAR *Text)
{
    return target.Length == wcslen(Text) * sizeof(WCHAR) &&
           RtlCompareMemory(room, Text, target.Length) == target.Length;
}

static void
Reset(void)
{
    RtlZeroMemory(room, sizeof(room));
    RtlInitEmptyUnicodeString(&target, room, sizeof(room));
    RtlZeroMemory(&rest, sizeof(rest));
}

static void
TestCopy(void)
{
    Reset();
    EXPECT_EQ(RtlUnicodeStringCopy(&target, &abc), STATUS_SUCCESS);
    EXPECT(Is(L"abc"));
    EXPECT_EQ(RtlUnicodeStringCopy(&target, &longer), STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L"12345678")); // no terminator is needed, so all of it holds text
    EXPECT_EQ(RtlUnicodeStringCopyEx(&target, &abc, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"abc"));
    EXPECT(rest.Buffer == room + 3);
    EXPECT_EQ(rest.Length, 0);
    EXPECT_EQ(rest.MaximumLength, 10);
    EXPECT_EQ(RtlUnicodeStringCopyEx(&target, &longer, NULL, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L""));
    EXPECT_EQ(RtlUnicodeStringCopyEx(&target, NULL, NULL, STRSAFE_IGNORE_NULLS), STATUS_SUCCESS);
    EXPECT(Is(L""));
    EXPECT_EQ(RtlUnicodeStringCbCopyN(&target, &abc, 2 * sizeof(WCHAR)), STATUS_SUCCESS);
    EXPECT(Is(L"ab"));
    EXPECT_EQ(RtlUnicodeStringCbCopyNEx(&target, &longer, 2, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"1"));
    EXPECT_EQ(rest.MaximumLength, 14);
    EXPECT_EQ(RtlUnicodeStringCchCopyNEx(&target, &longer, 4, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"1234"));
    EXPECT_EQ(RtlUnicodeStringCbCopyStringN(&target, L"xyz", 4), STATUS_SUCCESS);
    EXPECT(Is(L"xy"));
    EXPECT_EQ(RtlUnicodeStringCbCopyStringNEx(&target, L"xyz", 2, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"x"));
    EXPECT_EQ(RtlUnicodeStringCchCopyStringN(&target, L"xyz", 3), STATUS_SUCCESS);
    EXPECT(Is(L"xyz"));
    EXPECT_EQ(RtlUnicodeStringCchCopyStringNEx(&target, L"0123456789", 10, &rest, 0),
              STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L"01234567"));
}

static void
TestCat(void)
{
    Reset();
    EXPECT_EQ(RtlUnicodeStringCat(&target, &abc), STATUS_SUCCESS);
    EXPECT_EQ(RtlUnicodeStringCatEx(&target, &abc, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"abcabc"));
    EXPECT(rest.Buffer == room + 6 && rest.MaximumLength == 4);
    EXPECT_EQ(RtlUnicodeStringCat(&target, &abc), STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L"abcabcab"));
    EXPECT_EQ(RtlUnicodeStringCatEx(&target, &abc, NULL, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L"abcabcab"));
    Reset();
    EXPECT_EQ(RtlUnicodeStringCbCatN(&target, &abc, 2), STATUS_SUCCESS);
    EXPECT_EQ(RtlUnicodeStringCchCatN(&target, &longer, 2), STATUS_SUCCESS);
    EXPECT(Is(L"a12"));
    EXPECT_EQ(RtlUnicodeStringCbCatNEx(&target, &abc, 4, &rest, 0), STATUS_SUCCESS);
    EXPECT_EQ(RtlUnicodeStringCchCatNEx(&target, &abc, 1, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"a12aba"));
    EXPECT_EQ(rest.MaximumLength, 4);
    Reset();
    EXPECT_EQ(RtlUnicodeStringCbCatStringN(&target, L"xyz", 4), STATUS_SUCCESS);
    EXPECT_EQ(RtlUnicodeStringCchCatStringN(&target, L"pq", 1), STATUS_SUCCESS);
    EXPECT(Is(L"xyp"));
    EXPECT_EQ(RtlUnicodeStringCbCatStringNEx(&target, L"12", 2, &rest, 0), STATUS_SUCCESS);
    EXPECT_EQ(RtlUnicodeStringCchCatStringNEx(&target, L"34", 2, &rest, 0), STATUS_SUCCESS);
    EXPECT(Is(L"xyp134"));
    EXPECT(rest.Buffer == room + 6 && rest.MaximumLength == 4);
}

static NOINLINE NTSTATUS
List(BOOLEAN Extended, const WCHAR *Format, ...)
{
    va_list arguments;
    NTSTATUS status;

    va_start(arguments, Format);
    status = Extended ? RtlUnicodeStringVPrintfEx(&target, &rest, 0, Format, arguments)
                      : RtlUnicodeStringVPrintf(&target, Format, arguments);
    va_end(arguments);
    return status;
}

static void
TestFormat(void)
{
    Reset();
    EXPECT_EQ(RtlUnicodeStringPrintfEx(&target, &rest, 0, L"%d:%wZ", 5, &abc), STATUS_SUCCESS);
    EXPECT(Is(L"5:abc"));
    EXPECT(rest.Buffer == room + 5 && rest.MaximumLength == 6);
    EXPECT_EQ(RtlUnicodeStringPrintfEx(&target, NULL, STRSAFE_ZERO_LENGTH_ON_FAILURE, L"%s",
                                       L"far too long"),
              STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L""));
    EXPECT_EQ(List(FALSE, L"%u", 4711), STATUS_SUCCESS);
    EXPECT(Is(L"4711"));
    EXPECT_EQ(List(TRUE, L"%x", 0xFF), STATUS_SUCCESS);
    EXPECT(Is(L"ff"));
    EXPECT_EQ(rest.MaximumLength, 12);
    EXPECT_EQ(List(FALSE, L"%s", L"0123456789"), STATUS_BUFFER_OVERFLOW);
    EXPECT(Is(L"01234567"));
}

static void
TestFromUnicodeString(void)
{
    WCHAR text[4];
    WCHAR *end;
    size_t left;
    UCHAR odd[9] = {0, 'a', 0, 'b', 0, 0, 0, 0, 0};

    EXPECT_EQ(RtlStringCbCopyUnicodeString(text, sizeof(text), &abc), STATUS_SUCCESS);
    EXPECT(wcscmp(text, L"abc") == 0);
    EXPECT_EQ(RtlStringCbCopyUnicodeString(text, sizeof(text), &longer), STATUS_BUFFER_OVERFLOW);
    EXPECT(wcscmp(text, L"123") == 0);
    EXPECT_EQ(RtlStringCbCopyUnicodeStringEx(text, sizeof(text), &abc, &end, &left, 0),
              STATUS_SUCCESS);
    EXPECT(end == text + 3 && left == 2);
    EXPECT_EQ(RtlStringCchCopyUnicodeStringEx(text, 4, &abc, &end, &left, 0), STATUS_SUCCESS);
    EXPECT(end == text + 3 && left == 1);
    EXPECT_EQ(RtlStringCbCopyUnicodeString(text, 0, &abc), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlUnalignedStringCbLengthW((NTSTRSAFE_PCUWSTR)(odd + 1), 8, &left), STATUS_SUCCESS);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlUnalignedStringCbLengthW((NTSTRSAFE_PCUWSTR)(odd + 1), 4, &left),
              STATUS_INVALID_PARAMETER);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestCopy();
    TestCat();
    TestFormat();
    TestFromUnicodeString();
    return Finish("rtl_strsafe_ustr");
}
