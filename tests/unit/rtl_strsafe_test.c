// SPDX-License-Identifier: MIT
// Tests of ntstrsafe.h and ntintsafe.h, which are inline and therefore run here as they are.
// Pages: NF:ntstrsafe.RtlStringCchCopyExW, NF:ntstrsafe.RtlStringCbCatNExW,
// NF:ntstrsafe.RtlUnicodeStringCatStringEx, NF:ntstrsafe.RtlUnicodeStringValidateEx,
// NF:ntstrsafe.RtlStringCbPrintfExW, NF:ntstrsafe.RtlUnicodeStringInitEx.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// Formatters with the results of Microsoft's: -1 when the text does not fit.
static int
FormatA(char *To, size_t Count, const char *Format, va_list Arguments)
{
    char text[256];
    int length = vsnprintf(text, sizeof(text), Format, Arguments);
    if (length < 0 || (size_t)length > Count)
        return -1;
    memcpy(To, text, (size_t)length);
    return length;
}

static int
FormatW(unsigned short *To, size_t Count, const unsigned short *Format, va_list Arguments)
{
    char narrow[128], text[256];
    size_t i = 0;
    for (; Format[i] != 0; i++)
        narrow[i] = (char)Format[i];
    narrow[i] = 0;
    int length = vsnprintf(text, sizeof(text), narrow, Arguments);
    for (i = 0; i < Count && i < (size_t)length; i++)
        To[i] = (unsigned char)text[i];
    return (size_t)length > Count ? -1 : length;
}

#define WDK_STRSAFE_VSNPRINTF_A FormatA
#define WDK_STRSAFE_VSNPRINTF_W FormatW
#include <ntintsafe.h>
#include <ntstrsafe.h>

static void
assert_wide(const WCHAR *Text, const WCHAR *Expected)
{
    size_t i = 0;
    do
        assert_int_equal(Text[i], Expected[i]);
    while (Expected[i++] != 0);
}

static void
copies(void **State)
{
    (void)State;
    char a[4];
    WCHAR w[4];

    assert_int_equal(RtlStringCchCopyA(a, 4, "abc"), STATUS_SUCCESS);
    assert_string_equal(a, "abc");
    assert_int_equal(RtlStringCchCopyA(a, 4, "abcd"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "abc");
    assert_int_equal(RtlStringCchCopyA(a, 0, "a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(NULL, 4, "a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(a, 4, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(a, (SIZE_T)NTSTRSAFE_MAX_CCH + 1, "x"),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCbCopyW(w, sizeof(w), L"xyz"), STATUS_SUCCESS);
    assert_wide(w, L"xyz");
    // An odd byte cannot hold half a character.
    assert_int_equal(RtlStringCbCopyW(w, 7, L"xyz"), STATUS_BUFFER_OVERFLOW);
    assert_wide(w, L"xy");
    assert_int_equal(RtlStringCchCopyNW(w, 4, L"xyz", 2), STATUS_SUCCESS);
    assert_wide(w, L"xy");
    assert_int_equal(RtlStringCbCopyNW(w, sizeof(w), L"xyz", 4), STATUS_SUCCESS);
    assert_wide(w, L"xy");
    assert_int_equal(RtlStringCchCopyNA(a, 2, "xyz", 3), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "x");
}

static void
copies_with_flags(void **State)
{
    (void)State;
    char a[8] = "old";
    char *end = NULL;
    SIZE_T left = 0;

    assert_int_equal(RtlStringCchCopyExA(a, 8, "abc", &end, &left, STRSAFE_FILL_BYTE('#')),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, a + 3);
    assert_int_equal(left, 5);
    assert_memory_equal(a, "abc\0####", 8);

    assert_int_equal(RtlStringCchCopyExA(a, 4, "toolong", &end, &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "");
    assert_ptr_equal(end, a);
    assert_int_equal(left, 4);

    assert_int_equal(RtlStringCchCopyExA(a, 4, "toolong", &end, &left, STRSAFE_FAILURE_BYTE('!')),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "!!!");
    assert_int_equal(left, 1);
    assert_int_equal(RtlStringCchCopyExA(a, 4, "toolong", NULL, NULL, STRSAFE_NULL_ON_FAILURE),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "");

    assert_int_equal(RtlStringCchCopyExA(NULL, 0, NULL, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(NULL, 0, NULL, &end, &left, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_null(end);
    assert_int_equal(left, 0);
    assert_int_equal(RtlStringCchCopyExA(NULL, 0, "x", NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(NULL, 4, "x", NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyExA(a, 4, NULL, NULL, NULL, STRSAFE_IGNORE_NULLS),
                     STATUS_SUCCESS);
    assert_string_equal(a, "");
    assert_int_equal(RtlStringCchCopyExA(a, 4, "x", NULL, NULL, 0x80000000),
                     STATUS_INVALID_PARAMETER);
}

static void
wide_remainders(void **State)
{
    (void)State;
    WCHAR w[5];
    WCHAR *end;
    SIZE_T left;

    memset(w, 0x55, sizeof(w));
    assert_int_equal(RtlStringCbCopyExW(w, 9, L"a", &end, &left, STRSAFE_FILL_BYTE(0xEE)),
                     STATUS_SUCCESS);
    assert_ptr_equal(end, w + 1);
    assert_int_equal(left, 7); // three characters and the odd byte
    assert_int_equal(w[2], 0xEEEE);
    assert_int_equal(w[4], 0x55EE);
    assert_int_equal(RtlStringCchCopyExW(w, 5, L"ab", &end, &left, 0), STATUS_SUCCESS);
    assert_int_equal(left, 3);
}

static void
appends(void **State)
{
    (void)State;
    char a[6] = "ab";
    char full[3] = {'x', 'y', 'z'};
    SIZE_T left;

    assert_int_equal(RtlStringCchCatA(a, 6, "cd"), STATUS_SUCCESS);
    assert_string_equal(a, "abcd");
    assert_int_equal(RtlStringCchCatA(a, 6, "efg"), STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "abcde");
    assert_int_equal(RtlStringCchCatA(full, 3, "a"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlStringCchCopyA(a, 6, "ab"), STATUS_SUCCESS);
    assert_int_equal(RtlStringCchCatNA(a, 6, "cdef", 2), STATUS_SUCCESS);
    assert_string_equal(a, "abcd");
    assert_int_equal(RtlStringCchCatExA(a, 6, "efg", NULL, &left, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "abcd");
    assert_int_equal(left, 2);
    assert_int_equal(RtlStringCbCatNExA(a, 6, "efg", 1, NULL, &left, 0), STATUS_SUCCESS);
    assert_string_equal(a, "abcde");
    assert_int_equal(left, 1);
    assert_int_equal(RtlStringCchCatExA(a, 6, "x", NULL, &left, STRSAFE_NULL_ON_FAILURE),
                     STATUS_BUFFER_OVERFLOW);
    assert_string_equal(a, "");
}

static void
lengths(void **State)
{
    (void)State;
    SIZE_T length = 77;

    assert_int_equal(RtlStringCchLengthA("abc", 4, &length), STATUS_SUCCESS);
    assert_int_equal(length, 3);
    assert_int_equal(RtlStringCchLengthA("abc", 3, &length), STATUS_INVALID_PARAMETER);
    assert_int_equal(length, 0);
    assert_int_equal(RtlStringCbLengthW(L"abc", 8, &length), STATUS_SUCCESS);
    assert_int_equal(length, 6);
    assert_int_equal(RtlStringCbLengthW(NULL, 8, NULL), STATUS_INVALID_PARAMETER);
    unsigned char bytes[] = {0xff, 'a', 0, 'b', 0, 0, 0};
    assert_int_equal(RtlUnalignedStringCchLengthW((const WCHAR *)(void *)(bytes + 1), 3, &length),
                     STATUS_SUCCESS);
    assert_int_equal(length, 2);
}

static void
formats(void **State)
{
    (void)State;
    char a[6];
    WCHAR w[6];
    SIZE_T left;

    assert_int_equal(RtlStringCchPrintfA(a, 6, "%d-%s", 12, "x"), STATUS_SUCCESS);
    assert_string_equal(a, "12-x");
    assert_int_equal(RtlStringCchPrintfA(a, 6, "%d", 12345), STATUS_SUCCESS);
    assert_string_equal(a, "12345");
    assert_int_equal(RtlStringCchPrintfA(a, 6, "%d", 123456), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(strlen(a), 5);
    assert_int_equal(RtlStringCbPrintfExW(w, sizeof(w), NULL, &left, 0, L"%u", 123),
                     STATUS_SUCCESS);
    assert_wide(w, L"123");
    assert_int_equal(left, 6);
    assert_int_equal(
        RtlStringCbPrintfExW(w, sizeof(w), NULL, &left, STRSAFE_NO_TRUNCATION, L"%u", 1234567),
        STATUS_BUFFER_OVERFLOW);
    assert_wide(w, L"");
}

static void
counted_strings(void **State)
{
    (void)State;
    WCHAR buffer[4];
    UNICODE_STRING to = {0, sizeof(buffer), buffer};
    UNICODE_STRING from, rest;
    WCHAR text[3];

    assert_int_equal(RtlUnicodeStringInit(&from, L"abcdef"), STATUS_SUCCESS);
    assert_int_equal(from.Length, 12);
    assert_int_equal(from.MaximumLength, 14);
    assert_int_equal(RtlUnicodeStringInit(&rest, NULL), STATUS_SUCCESS);
    assert_null(rest.Buffer);

    assert_int_equal(RtlUnicodeStringCopy(&to, &from), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(to.Length, 8);
    assert_memory_equal(buffer, L"abcd", 8);
    assert_int_equal(RtlUnicodeStringCchCopyN(&to, &from, 2), STATUS_SUCCESS);
    assert_int_equal(to.Length, 4);
    assert_int_equal(RtlUnicodeStringCatString(&to, L"x"), STATUS_SUCCESS);
    assert_memory_equal(buffer, L"abx", 6);
    assert_int_equal(RtlUnicodeStringCatStringEx(&to, L"yz", &rest, STRSAFE_NO_TRUNCATION),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(to.Length, 6);
    assert_ptr_equal(rest.Buffer, buffer + 3);
    assert_int_equal(rest.MaximumLength, 2);
    assert_int_equal(RtlUnicodeStringCatStringEx(&to, L"yz", NULL, STRSAFE_ZERO_LENGTH_ON_FAILURE),
                     STATUS_BUFFER_OVERFLOW);
    assert_int_equal(to.Length, 0);
    assert_int_equal(RtlUnicodeStringCopyStringEx(&to, L"q", NULL, STRSAFE_FILL_BEHIND | 0x41),
                     STATUS_SUCCESS);
    assert_int_equal(buffer[3], 0x4141);
    assert_int_equal(RtlUnicodeStringPrintf(&to, L"%d", 1234), STATUS_SUCCESS);
    assert_int_equal(to.Length, 8);
    assert_int_equal(RtlStringCchCopyUnicodeString(text, 3, &from), STATUS_BUFFER_OVERFLOW);
    assert_wide(text, L"ab");
}

static void
damaged_counted_strings(void **State)
{
    (void)State;
    WCHAR buffer[4];
    UNICODE_STRING good = {0, sizeof(buffer), buffer};
    UNICODE_STRING odd = {1, sizeof(buffer), buffer};
    UNICODE_STRING longer = {10, sizeof(buffer), buffer};
    UNICODE_STRING nowhere = {0, 2, NULL};
    UNICODE_STRING none = {0, 0, NULL};

    assert_int_equal(RtlUnicodeStringValidate(&good), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeStringValidate(&none), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeStringValidate(&odd), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringValidate(&longer), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringValidate(&nowhere), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringValidate(NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringValidateEx(NULL, STRSAFE_IGNORE_NULLS), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeStringValidateEx(&good, 0x40000000), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringCopyString(&none, L"x"), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlUnicodeStringCopyString(&none, L""), STATUS_SUCCESS);
    assert_int_equal(RtlUnicodeStringCchCopyN(&good, &none, 40000), STATUS_INVALID_PARAMETER);
}

// summary-of-safe-integer-functions.md
static void
integers(void **State)
{
    (void)State;
    UCHAR byte;
    ULONG ulong;
    SIZE_T size;
    LONGLONG longlong;
    INT8 tiny;

    assert_int_equal(RtlULongToUChar(255, &byte), STATUS_SUCCESS);
    assert_int_equal(byte, 255);
    assert_int_equal(RtlULongToUChar(256, &byte), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlLongToULong(-1, &ulong), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongAdd(0xffffffff, 1, &ulong), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongSub(1, 2, &ulong), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongMult(0x10000, 0xffff, &ulong), STATUS_SUCCESS);
    assert_int_equal(ulong, 0xffff0000);
    assert_int_equal(RtlSizeTMult((SIZE_T)1 << 33, (SIZE_T)1 << 33, &size),
                     STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlLongLongMult(INT64_MIN, -1, &longlong), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlInt8Add(100, 28, &tiny), STATUS_INTEGER_OVERFLOW);
    assert_int_equal(RtlULongLongToLongLong(UINT64_MAX, &longlong), STATUS_INTEGER_OVERFLOW);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),          cmocka_unit_test(copies_with_flags),
        cmocka_unit_test(wide_remainders), cmocka_unit_test(appends),
        cmocka_unit_test(lengths),         cmocka_unit_test(formats),
        cmocka_unit_test(counted_strings), cmocka_unit_test(damaged_counted_strings),
        cmocka_unit_test(integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
