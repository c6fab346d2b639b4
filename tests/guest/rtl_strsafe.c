// SPDX-License-Identifier: MIT
// Safe string functions of both widths that count bytes or characters: results, truncation, where
// the end is and how much room is left, flags, and sizes that are refused. The four families obey
// the same rules, so their tests are alike.
// Page: kernel/using-safe-string-functions.md
// Page: kernel/summary-of-kernel-mode-safe-string-functions.md
// Page: NF:ntstrsafe.RtlStringCbCatA, NF:ntstrsafe.RtlStringCbCatExA
// Page: NF:ntstrsafe.RtlStringCbCatExW, NF:ntstrsafe.RtlStringCbCatNA
// Page: NF:ntstrsafe.RtlStringCbCatNExA, NF:ntstrsafe.RtlStringCbCatNExW
// Page: NF:ntstrsafe.RtlStringCbCatNW, NF:ntstrsafe.RtlStringCbCatW, NF:ntstrsafe.RtlStringCbCopyA
// Page: NF:ntstrsafe.RtlStringCbCopyExA, NF:ntstrsafe.RtlStringCbCopyExW
// Page: NF:ntstrsafe.RtlStringCbCopyNA, NF:ntstrsafe.RtlStringCbCopyNExA
// Page: NF:ntstrsafe.RtlStringCbCopyNExW, NF:ntstrsafe.RtlStringCbCopyNW
// Page: NF:ntstrsafe.RtlStringCbCopyW, NF:ntstrsafe.RtlStringCbLengthA
// Page: NF:ntstrsafe.RtlStringCbLengthW, NF:ntstrsafe.RtlStringCbPrintfA
// Page: NF:ntstrsafe.RtlStringCbPrintfExA, NF:ntstrsafe.RtlStringCbPrintfExW
// Page: NF:ntstrsafe.RtlStringCbPrintfW, NF:ntstrsafe.RtlStringCbVPrintfA
// Page: NF:ntstrsafe.RtlStringCbVPrintfExA, NF:ntstrsafe.RtlStringCbVPrintfExW
// Page: NF:ntstrsafe.RtlStringCbVPrintfW, NF:ntstrsafe.RtlStringCchCatA
// Page: NF:ntstrsafe.RtlStringCchCatExA, NF:ntstrsafe.RtlStringCchCatExW
// Page: NF:ntstrsafe.RtlStringCchCatNA, NF:ntstrsafe.RtlStringCchCatNExA
// Page: NF:ntstrsafe.RtlStringCchCatNExW, NF:ntstrsafe.RtlStringCchCatNW
// Page: NF:ntstrsafe.RtlStringCchCatW, NF:ntstrsafe.RtlStringCchCopyA
// Page: NF:ntstrsafe.RtlStringCchCopyExA, NF:ntstrsafe.RtlStringCchCopyExW
// Page: NF:ntstrsafe.RtlStringCchCopyNA, NF:ntstrsafe.RtlStringCchCopyNExA
// Page: NF:ntstrsafe.RtlStringCchCopyNExW, NF:ntstrsafe.RtlStringCchCopyNW
// Page: NF:ntstrsafe.RtlStringCchCopyW, NF:ntstrsafe.RtlStringCchLengthA
// Page: NF:ntstrsafe.RtlStringCchLengthW, NF:ntstrsafe.RtlStringCchPrintfA
// Page: NF:ntstrsafe.RtlStringCchPrintfExA, NF:ntstrsafe.RtlStringCchPrintfExW
// Page: NF:ntstrsafe.RtlStringCchPrintfW, NF:ntstrsafe.RtlStringCchVPrintfA
// Page: NF:ntstrsafe.RtlStringCchVPrintfExA, NF:ntstrsafe.RtlStringCchVPrintfExW
// Page: NF:ntstrsafe.RtlStringCchVPrintfW
// Run:
// Expect: rtl_strsafe: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <ntstrsafe.h>
#include <stdarg.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

#define SAME(Left, Right)  EXPECT(strcmp((Left), (Right)) == 0)
#define WSAME(Left, Right) EXPECT(wcscmp((Left), (Right)) == 0)

static void
TestCbCopyA(void)
{
    char text[8];
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbCopyA(text, 8, "seven77"), STATUS_SUCCESS);
    SAME(text, "seven77");
    EXPECT_EQ(RtlStringCbCopyA(text, 4, "abcdef"), STATUS_BUFFER_OVERFLOW);
    SAME(text, "abc");
    EXPECT_EQ(RtlStringCbCopyA(text, 0, "abc"), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCbCopyA(text, ((size_t)NTSTRSAFE_MAX_CCH + 1), "abc"),
              STATUS_INVALID_PARAMETER);
    SAME(text, "abc");
    EXPECT_EQ(RtlStringCbCopyNA(text, 8, "abcdef", 2), STATUS_SUCCESS);
    SAME(text, "ab");
    EXPECT_EQ(RtlStringCbCopyNA(text, 3, "abcdef", 3), STATUS_BUFFER_OVERFLOW);
    SAME(text, "ab");
    EXPECT_EQ(RtlStringCbCopyExA(text, 8, "abc", &end, &left, 0), STATUS_SUCCESS);
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCbCopyExA(text, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS), STATUS_SUCCESS);
    EXPECT(end == text && text[0] == 0);
    EXPECT_EQ(RtlStringCbCopyExA(text, 3, "abc", &end, &left, STRSAFE_NULL_ON_FAILURE),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(RtlStringCbCopyNExA(text, 8, "abcdef", 2, &end, &left, 0), STATUS_SUCCESS);
    SAME(text, "ab");
    EXPECT(end == text + 2);
    EXPECT_EQ(left, 6);
    EXPECT_EQ(RtlStringCbCopyNExA(text, 2, "xyz", 3, &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
}

static void
TestCbCatA(void)
{
    char text[8] = "ab";
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbCatA(text, 8, "cd"), STATUS_SUCCESS);
    SAME(text, "abcd");
    EXPECT_EQ(RtlStringCbCatA(text, 6, "efg"), STATUS_BUFFER_OVERFLOW);
    SAME(text, "abcde");
    EXPECT_EQ(RtlStringCbCatNA(text, 8, "fgh", 1), STATUS_SUCCESS);
    SAME(text, "abcdef");
    EXPECT_EQ(RtlStringCbCatExA(text, 8, "g", &end, &left, 0), STATUS_SUCCESS);
    SAME(text, "abcdefg");
    EXPECT(end == text + 7);
    EXPECT_EQ(left, 1);
    EXPECT_EQ(RtlStringCbCatExA(text, 8, "h", &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    SAME(text, "abcdefg");
    text[2] = 0;
    EXPECT_EQ(RtlStringCbCatNExA(text, 8, "xyz", 2, &end, &left, STRSAFE_FILL_BEHIND_NULL | '#'),
              STATUS_SUCCESS);
    SAME(text, "abxy");
    EXPECT(end == text + 4);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(((UCHAR *)text)[sizeof(text) - 1], '#');
    // A destination that is not terminated within its size is no string.
    text[0] = text[1] = '#';
    EXPECT_EQ(RtlStringCbCatA(text, 2, "x"), STATUS_INVALID_PARAMETER);
}

static NOINLINE NTSTATUS
ListCbA(char *Text, size_t Room, char **End, size_t *Left, const char *Format, ...)
{
    va_list arguments;
    NTSTATUS status;

    va_start(arguments, Format);
    status = End == NULL ? RtlStringCbVPrintfA(Text, Room, Format, arguments)
                         : RtlStringCbVPrintfExA(Text, Room, End, Left, 0, Format, arguments);
    va_end(arguments);
    return status;
}

static void
TestCbFormatA(void)
{
    char text[8];
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbPrintfA(text, 8, "%d-%c", 42, 'x'), STATUS_SUCCESS);
    SAME(text, "42-x");
    EXPECT_EQ(RtlStringCbPrintfA(text, 4, "%d", 123456), STATUS_BUFFER_OVERFLOW);
    SAME(text, "123");
    EXPECT_EQ(RtlStringCbPrintfExA(text, 8, &end, &left, 0, "%x", 0xABC), STATUS_SUCCESS);
    SAME(text, "abc");
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCbPrintfExA(text, 3, &end, &left, STRSAFE_NULL_ON_FAILURE, "%x", 0xABC),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(ListCbA(text, 8, NULL, NULL, "%u", 77), STATUS_SUCCESS);
    SAME(text, "77");
    EXPECT_EQ(ListCbA(text, 8, &end, &left, "%u%u", 1, 234), STATUS_SUCCESS);
    SAME(text, "1234");
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCbLengthA(text, 8, &left), STATUS_SUCCESS);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCbLengthA(text, 5, &left), STATUS_SUCCESS);
    EXPECT_EQ(RtlStringCbLengthA(text, 4, &left), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCbLengthA(NULL, 4, &left), STATUS_INVALID_PARAMETER);
}

static void
TestCbCopyW(void)
{
    wchar_t text[8];
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbCopyW(text, 8 * sizeof(wchar_t), L"seven77"), STATUS_SUCCESS);
    WSAME(text, L"seven77");
    EXPECT_EQ(RtlStringCbCopyW(text, 4 * sizeof(wchar_t), L"abcdef"), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abc");
    EXPECT_EQ(RtlStringCbCopyW(text, 0, L"abc"), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCbCopyW(text, ((size_t)NTSTRSAFE_MAX_CCH + 1) * sizeof(wchar_t), L"abc"),
              STATUS_INVALID_PARAMETER);
    WSAME(text, L"abc");
    EXPECT_EQ(RtlStringCbCopyNW(text, 8 * sizeof(wchar_t), L"abcdef", 2 * sizeof(wchar_t)),
              STATUS_SUCCESS);
    WSAME(text, L"ab");
    EXPECT_EQ(RtlStringCbCopyNW(text, 3 * sizeof(wchar_t), L"abcdef", 3 * sizeof(wchar_t)),
              STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"ab");
    EXPECT_EQ(RtlStringCbCopyExW(text, 8 * sizeof(wchar_t), L"abc", &end, &left, 0),
              STATUS_SUCCESS);
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5 * sizeof(wchar_t));
    EXPECT_EQ(
        RtlStringCbCopyExW(text, 8 * sizeof(wchar_t), NULL, &end, &left, STRSAFE_IGNORE_NULLS),
        STATUS_SUCCESS);
    EXPECT(end == text && text[0] == 0);
    EXPECT_EQ(
        RtlStringCbCopyExW(text, 3 * sizeof(wchar_t), L"abc", &end, &left, STRSAFE_NULL_ON_FAILURE),
        STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(RtlStringCbCopyNExW(text, 8 * sizeof(wchar_t), L"abcdef", 2 * sizeof(wchar_t), &end,
                                  &left, 0),
              STATUS_SUCCESS);
    WSAME(text, L"ab");
    EXPECT(end == text + 2);
    EXPECT_EQ(left, 6 * sizeof(wchar_t));
    EXPECT_EQ(RtlStringCbCopyNExW(text, 2 * sizeof(wchar_t), L"xyz", 3 * sizeof(wchar_t), &end,
                                  &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
}

static void
TestCbCatW(void)
{
    wchar_t text[8] = L"ab";
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbCatW(text, 8 * sizeof(wchar_t), L"cd"), STATUS_SUCCESS);
    WSAME(text, L"abcd");
    EXPECT_EQ(RtlStringCbCatW(text, 6 * sizeof(wchar_t), L"efg"), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abcde");
    EXPECT_EQ(RtlStringCbCatNW(text, 8 * sizeof(wchar_t), L"fgh", 1 * sizeof(wchar_t)),
              STATUS_SUCCESS);
    WSAME(text, L"abcdef");
    EXPECT_EQ(RtlStringCbCatExW(text, 8 * sizeof(wchar_t), L"g", &end, &left, 0), STATUS_SUCCESS);
    WSAME(text, L"abcdefg");
    EXPECT(end == text + 7);
    EXPECT_EQ(left, 1 * sizeof(wchar_t));
    EXPECT_EQ(
        RtlStringCbCatExW(text, 8 * sizeof(wchar_t), L"h", &end, &left, STRSAFE_NO_TRUNCATION),
        STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abcdefg");
    text[2] = 0;
    EXPECT_EQ(RtlStringCbCatNExW(text, 8 * sizeof(wchar_t), L"xyz", 2 * sizeof(wchar_t), &end,
                                 &left, STRSAFE_FILL_BEHIND_NULL | '#'),
              STATUS_SUCCESS);
    WSAME(text, L"abxy");
    EXPECT(end == text + 4);
    EXPECT_EQ(left, 4 * sizeof(wchar_t));
    EXPECT_EQ(((UCHAR *)text)[sizeof(text) - 1], '#');
    // A destination that is not terminated within its size is no string.
    text[0] = text[1] = '#';
    EXPECT_EQ(RtlStringCbCatW(text, 2 * sizeof(wchar_t), L"x"), STATUS_INVALID_PARAMETER);
}

static NOINLINE NTSTATUS
ListCbW(wchar_t *Text, size_t Room, wchar_t **End, size_t *Left, const wchar_t *Format, ...)
{
    va_list arguments;
    NTSTATUS status;

    va_start(arguments, Format);
    status = End == NULL ? RtlStringCbVPrintfW(Text, Room, Format, arguments)
                         : RtlStringCbVPrintfExW(Text, Room, End, Left, 0, Format, arguments);
    va_end(arguments);
    return status;
}

static void
TestCbFormatW(void)
{
    wchar_t text[8];
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCbPrintfW(text, 8 * sizeof(wchar_t), L"%d-%c", 42, 'x'), STATUS_SUCCESS);
    WSAME(text, L"42-x");
    EXPECT_EQ(RtlStringCbPrintfW(text, 4 * sizeof(wchar_t), L"%d", 123456), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"123");
    EXPECT_EQ(RtlStringCbPrintfExW(text, 8 * sizeof(wchar_t), &end, &left, 0, L"%x", 0xABC),
              STATUS_SUCCESS);
    WSAME(text, L"abc");
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5 * sizeof(wchar_t));
    EXPECT_EQ(RtlStringCbPrintfExW(text, 3 * sizeof(wchar_t), &end, &left, STRSAFE_NULL_ON_FAILURE,
                                   L"%x", 0xABC),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(ListCbW(text, 8 * sizeof(wchar_t), NULL, NULL, L"%u", 77), STATUS_SUCCESS);
    WSAME(text, L"77");
    EXPECT_EQ(ListCbW(text, 8 * sizeof(wchar_t), &end, &left, L"%u%u", 1, 234), STATUS_SUCCESS);
    WSAME(text, L"1234");
    EXPECT_EQ(left, 4 * sizeof(wchar_t));
    EXPECT_EQ(RtlStringCbLengthW(text, 8 * sizeof(wchar_t), &left), STATUS_SUCCESS);
    EXPECT_EQ(left, 4 * sizeof(wchar_t));
    EXPECT_EQ(RtlStringCbLengthW(text, 5 * sizeof(wchar_t), &left), STATUS_SUCCESS);
    EXPECT_EQ(RtlStringCbLengthW(text, 4 * sizeof(wchar_t), &left), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCbLengthW(NULL, 4 * sizeof(wchar_t), &left), STATUS_INVALID_PARAMETER);
}

static void
TestCchCopyA(void)
{
    char text[8];
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchCopyA(text, 8, "seven77"), STATUS_SUCCESS);
    SAME(text, "seven77");
    EXPECT_EQ(RtlStringCchCopyA(text, 4, "abcdef"), STATUS_BUFFER_OVERFLOW);
    SAME(text, "abc");
    EXPECT_EQ(RtlStringCchCopyA(text, 0, "abc"), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCchCopyA(text, ((size_t)NTSTRSAFE_MAX_CCH + 1), "abc"),
              STATUS_INVALID_PARAMETER);
    SAME(text, "abc");
    EXPECT_EQ(RtlStringCchCopyNA(text, 8, "abcdef", 2), STATUS_SUCCESS);
    SAME(text, "ab");
    EXPECT_EQ(RtlStringCchCopyNA(text, 3, "abcdef", 3), STATUS_BUFFER_OVERFLOW);
    SAME(text, "ab");
    EXPECT_EQ(RtlStringCchCopyExA(text, 8, "abc", &end, &left, 0), STATUS_SUCCESS);
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCchCopyExA(text, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS),
              STATUS_SUCCESS);
    EXPECT(end == text && text[0] == 0);
    EXPECT_EQ(RtlStringCchCopyExA(text, 3, "abc", &end, &left, STRSAFE_NULL_ON_FAILURE),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(RtlStringCchCopyNExA(text, 8, "abcdef", 2, &end, &left, 0), STATUS_SUCCESS);
    SAME(text, "ab");
    EXPECT(end == text + 2);
    EXPECT_EQ(left, 6);
    EXPECT_EQ(RtlStringCchCopyNExA(text, 2, "xyz", 3, &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
}

static void
TestCchCatA(void)
{
    char text[8] = "ab";
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchCatA(text, 8, "cd"), STATUS_SUCCESS);
    SAME(text, "abcd");
    EXPECT_EQ(RtlStringCchCatA(text, 6, "efg"), STATUS_BUFFER_OVERFLOW);
    SAME(text, "abcde");
    EXPECT_EQ(RtlStringCchCatNA(text, 8, "fgh", 1), STATUS_SUCCESS);
    SAME(text, "abcdef");
    EXPECT_EQ(RtlStringCchCatExA(text, 8, "g", &end, &left, 0), STATUS_SUCCESS);
    SAME(text, "abcdefg");
    EXPECT(end == text + 7);
    EXPECT_EQ(left, 1);
    EXPECT_EQ(RtlStringCchCatExA(text, 8, "h", &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    SAME(text, "abcdefg");
    text[2] = 0;
    EXPECT_EQ(RtlStringCchCatNExA(text, 8, "xyz", 2, &end, &left, STRSAFE_FILL_BEHIND_NULL | '#'),
              STATUS_SUCCESS);
    SAME(text, "abxy");
    EXPECT(end == text + 4);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(((UCHAR *)text)[sizeof(text) - 1], '#');
    // A destination that is not terminated within its size is no string.
    text[0] = text[1] = '#';
    EXPECT_EQ(RtlStringCchCatA(text, 2, "x"), STATUS_INVALID_PARAMETER);
}

static NOINLINE NTSTATUS
ListCchA(char *Text, size_t Room, char **End, size_t *Left, const char *Format, ...)
{
    va_list arguments;
    NTSTATUS status;

    va_start(arguments, Format);
    status = End == NULL ? RtlStringCchVPrintfA(Text, Room, Format, arguments)
                         : RtlStringCchVPrintfExA(Text, Room, End, Left, 0, Format, arguments);
    va_end(arguments);
    return status;
}

static void
TestCchFormatA(void)
{
    char text[8];
    char *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchPrintfA(text, 8, "%d-%c", 42, 'x'), STATUS_SUCCESS);
    SAME(text, "42-x");
    EXPECT_EQ(RtlStringCchPrintfA(text, 4, "%d", 123456), STATUS_BUFFER_OVERFLOW);
    SAME(text, "123");
    EXPECT_EQ(RtlStringCchPrintfExA(text, 8, &end, &left, 0, "%x", 0xABC), STATUS_SUCCESS);
    SAME(text, "abc");
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCchPrintfExA(text, 3, &end, &left, STRSAFE_NULL_ON_FAILURE, "%x", 0xABC),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(ListCchA(text, 8, NULL, NULL, "%u", 77), STATUS_SUCCESS);
    SAME(text, "77");
    EXPECT_EQ(ListCchA(text, 8, &end, &left, "%u%u", 1, 234), STATUS_SUCCESS);
    SAME(text, "1234");
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCchLengthA(text, 8, &left), STATUS_SUCCESS);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCchLengthA(text, 5, &left), STATUS_SUCCESS);
    EXPECT_EQ(RtlStringCchLengthA(text, 4, &left), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCchLengthA(NULL, 4, &left), STATUS_INVALID_PARAMETER);
}

static void
TestCchCopyW(void)
{
    wchar_t text[8];
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchCopyW(text, 8, L"seven77"), STATUS_SUCCESS);
    WSAME(text, L"seven77");
    EXPECT_EQ(RtlStringCchCopyW(text, 4, L"abcdef"), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abc");
    EXPECT_EQ(RtlStringCchCopyW(text, 0, L"abc"), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCchCopyW(text, ((size_t)NTSTRSAFE_MAX_CCH + 1), L"abc"),
              STATUS_INVALID_PARAMETER);
    WSAME(text, L"abc");
    EXPECT_EQ(RtlStringCchCopyNW(text, 8, L"abcdef", 2), STATUS_SUCCESS);
    WSAME(text, L"ab");
    EXPECT_EQ(RtlStringCchCopyNW(text, 3, L"abcdef", 3), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"ab");
    EXPECT_EQ(RtlStringCchCopyExW(text, 8, L"abc", &end, &left, 0), STATUS_SUCCESS);
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCchCopyExW(text, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS),
              STATUS_SUCCESS);
    EXPECT(end == text && text[0] == 0);
    EXPECT_EQ(RtlStringCchCopyExW(text, 3, L"abc", &end, &left, STRSAFE_NULL_ON_FAILURE),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(RtlStringCchCopyNExW(text, 8, L"abcdef", 2, &end, &left, 0), STATUS_SUCCESS);
    WSAME(text, L"ab");
    EXPECT(end == text + 2);
    EXPECT_EQ(left, 6);
    EXPECT_EQ(RtlStringCchCopyNExW(text, 2, L"xyz", 3, &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
}

static void
TestCchCatW(void)
{
    wchar_t text[8] = L"ab";
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchCatW(text, 8, L"cd"), STATUS_SUCCESS);
    WSAME(text, L"abcd");
    EXPECT_EQ(RtlStringCchCatW(text, 6, L"efg"), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abcde");
    EXPECT_EQ(RtlStringCchCatNW(text, 8, L"fgh", 1), STATUS_SUCCESS);
    WSAME(text, L"abcdef");
    EXPECT_EQ(RtlStringCchCatExW(text, 8, L"g", &end, &left, 0), STATUS_SUCCESS);
    WSAME(text, L"abcdefg");
    EXPECT(end == text + 7);
    EXPECT_EQ(left, 1);
    EXPECT_EQ(RtlStringCchCatExW(text, 8, L"h", &end, &left, STRSAFE_NO_TRUNCATION),
              STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"abcdefg");
    text[2] = 0;
    EXPECT_EQ(RtlStringCchCatNExW(text, 8, L"xyz", 2, &end, &left, STRSAFE_FILL_BEHIND_NULL | '#'),
              STATUS_SUCCESS);
    WSAME(text, L"abxy");
    EXPECT(end == text + 4);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(((UCHAR *)text)[sizeof(text) - 1], '#');
    // A destination that is not terminated within its size is no string.
    text[0] = text[1] = '#';
    EXPECT_EQ(RtlStringCchCatW(text, 2, L"x"), STATUS_INVALID_PARAMETER);
}

static NOINLINE NTSTATUS
ListCchW(wchar_t *Text, size_t Room, wchar_t **End, size_t *Left, const wchar_t *Format, ...)
{
    va_list arguments;
    NTSTATUS status;

    va_start(arguments, Format);
    status = End == NULL ? RtlStringCchVPrintfW(Text, Room, Format, arguments)
                         : RtlStringCchVPrintfExW(Text, Room, End, Left, 0, Format, arguments);
    va_end(arguments);
    return status;
}

static void
TestCchFormatW(void)
{
    wchar_t text[8];
    wchar_t *end = NULL;
    size_t left = 0;

    EXPECT_EQ(RtlStringCchPrintfW(text, 8, L"%d-%c", 42, 'x'), STATUS_SUCCESS);
    WSAME(text, L"42-x");
    EXPECT_EQ(RtlStringCchPrintfW(text, 4, L"%d", 123456), STATUS_BUFFER_OVERFLOW);
    WSAME(text, L"123");
    EXPECT_EQ(RtlStringCchPrintfExW(text, 8, &end, &left, 0, L"%x", 0xABC), STATUS_SUCCESS);
    WSAME(text, L"abc");
    EXPECT(end == text + 3);
    EXPECT_EQ(left, 5);
    EXPECT_EQ(RtlStringCchPrintfExW(text, 3, &end, &left, STRSAFE_NULL_ON_FAILURE, L"%x", 0xABC),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(ListCchW(text, 8, NULL, NULL, L"%u", 77), STATUS_SUCCESS);
    WSAME(text, L"77");
    EXPECT_EQ(ListCchW(text, 8, &end, &left, L"%u%u", 1, 234), STATUS_SUCCESS);
    WSAME(text, L"1234");
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCchLengthW(text, 8, &left), STATUS_SUCCESS);
    EXPECT_EQ(left, 4);
    EXPECT_EQ(RtlStringCchLengthW(text, 5, &left), STATUS_SUCCESS);
    EXPECT_EQ(RtlStringCchLengthW(text, 4, &left), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(RtlStringCchLengthW(NULL, 4, &left), STATUS_INVALID_PARAMETER);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestCbCopyA();
    TestCbCatA();
    TestCbFormatA();
    TestCbCopyW();
    TestCbCatW();
    TestCbFormatW();
    TestCchCopyA();
    TestCchCatA();
    TestCchFormatA();
    TestCchCopyW();
    TestCchCatW();
    TestCchFormatW();
    return Finish("rtl_strsafe");
}
