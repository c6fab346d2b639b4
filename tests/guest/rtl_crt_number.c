// SPDX-License-Identifier: MIT
// Numbers to text and back, and formatted output and input, of the C library that ntoskrnl.exe
// exports: signs, radixes, overflow, truncation, and Microsoft's meaning of %s, %S, %I64, %w.
// No page: the documentation of the C library is not the driver kit's.
// Run:
// Expect: va: 7 seven
// Expect: control-c: 12
// Expect: rtl_crt_number: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

#define SAME(Left, Right)  EXPECT(strcmp((Left), (Right)) == 0)
#define WSAME(Left, Right) EXPECT(wcscmp((Left), (Right)) == 0)

NTSYSAPI ULONG __cdecl DbgPrintReturnControlC(PCCH Format, ...);

static void
TestFromNarrow(void)
{
    char *end;

    EXPECT_EQ(atol(" -42x"), -42);
    EXPECT_EQ(atol("none"), 0);
    EXPECT_EQ(strtol("  +77 ", &end, 10), 77);
    EXPECT_EQ(*end, ' ');
    EXPECT_EQ(strtol("0x7fg", &end, 0), 0x7F);
    EXPECT_EQ(*end, 'g');
    EXPECT_EQ(strtol("017", NULL, 0), 15);
    EXPECT_EQ(strtol("z", NULL, 36), 35);
    EXPECT_EQ(strtol("2147483648", NULL, 10), 2147483647);
    EXPECT_EQ(strtol("-2147483649", NULL, 10), -2147483647 - 1);
    EXPECT_EQ(strtoul("4294967295", NULL, 10), 0xFFFFFFFF);
    EXPECT_EQ(strtoul("4294967296", NULL, 10), 0xFFFFFFFF);
    EXPECT_EQ(strtoul("-1", NULL, 10), 0xFFFFFFFF);
    EXPECT_EQ(strtoul("q", &end, 10), 0);
    EXPECT_EQ(*end, 'q');
    EXPECT(_strtoi64("-9223372036854775808", NULL, 10) == -0x7FFFFFFFFFFFFFFFLL - 1);
    EXPECT(_strtoi64("9223372036854775808", NULL, 10) == 0x7FFFFFFFFFFFFFFFLL);
    EXPECT(_strtoui64("18446744073709551615", NULL, 10) == ~0ull);
    EXPECT(_strtoui64("18446744073709551616", NULL, 10) == ~0ull);
    EXPECT(_strtoui64("ffffffffffffffff", NULL, 16) == ~0ull);
}

static void
TestFromWide(void)
{
    wchar_t *end;

    EXPECT_EQ(_wtoi(L"-7 "), -7);
    EXPECT_EQ(_wtol(L"123abc"), 123);
    EXPECT_EQ(wcstol(L"-0x10;", &end, 16), -16);
    EXPECT_EQ(*end, L';');
    EXPECT_EQ(wcstol(L"99999999999", NULL, 10), 2147483647);
    EXPECT_EQ(wcstoul(L"0777", NULL, 0), 511);
    EXPECT_EQ(wcstoul(L"99999999999", NULL, 10), 0xFFFFFFFF);
    EXPECT(_wcstoi64(L"-1234567890123", NULL, 10) == -1234567890123LL);
    EXPECT(_wcstoui64(L"0xFEDCBA9876543210", &end, 0) == 0xFEDCBA9876543210ull);
    EXPECT_EQ(*end, 0);
}

static void
TestToNarrow(void)
{
    char text[70];

    SAME(_itoa(-5, text, 10), "-5");
    SAME(_itoa(-1, text, 16), "ffffffff");
    EXPECT_EQ(_itoa_s(35, text, sizeof(text), 36), 0);
    SAME(text, "z");
    EXPECT_EQ(_itoa_s(123, text, 3, 10), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(_itoa_s(1, text, sizeof(text), 1), EINVAL);
    EXPECT_EQ(_itoa_s(1, NULL, 4, 10), EINVAL);
    EXPECT_EQ(_ltoa_s(-2147483647 - 1, text, sizeof(text), 10), 0);
    SAME(text, "-2147483648");
    EXPECT_EQ(_ultoa_s(0xFFFFFFFF, text, sizeof(text), 2), 0);
    SAME(text, "11111111111111111111111111111111");
    EXPECT_EQ(_i64toa_s(-0x7FFFFFFFFFFFFFFFLL - 1, text, sizeof(text), 10), 0);
    SAME(text, "-9223372036854775808");
    EXPECT_EQ(_ui64toa_s(~0ull, text, sizeof(text), 10), 0);
    SAME(text, "18446744073709551615");
}

static void
TestToWide(void)
{
    wchar_t text[70];

    WSAME(_itow(-5, text, 10), L"-5");
    EXPECT_EQ(_itow_s(255, text, 70, 16), 0);
    WSAME(text, L"ff");
    EXPECT_EQ(_ltow_s(-8, text, 70, 8), 0);
    WSAME(text, L"37777777770");
    EXPECT_EQ(_ultow_s(4000000000u, text, 70, 10), 0);
    WSAME(text, L"4000000000");
    EXPECT_EQ(_i64tow_s(-1, text, 70, 16), 0);
    WSAME(text, L"ffffffffffffffff");
    EXPECT_EQ(_ui64tow_s(10000000000ull, text, 5, 10), ERANGE);
    EXPECT_EQ(text[0], 0);
}

static void
TestPrintNarrow(void)
{
    char text[16];

    EXPECT_EQ(_snprintf_s(text, sizeof(text), 3, "%d", 123), 3);
    SAME(text, "123");
    EXPECT_EQ(_snprintf_s(text, 4, _TRUNCATE, "%s", "12345"), -1);
    SAME(text, "123");
    EXPECT_EQ(_snprintf_s(text, sizeof(text), 2, "%s", "12345"), -1);
    SAME(text, "12");
    EXPECT_EQ(_snprintf(text, 3, "abc"), 3);
    EXPECT_EQ(_snprintf(text, sizeof(text), "%hs|%S", "a", L"b"), 3);
    SAME(text, "a|b");
}

static void
TestPrintWide(void)
{
    wchar_t text[16];

    EXPECT_EQ(swprintf(text, L"%s-%hs-%I64x", L"w", "n", 0x123456789Aull), 14);
    WSAME(text, L"w-n-123456789a");
    EXPECT_EQ(_swprintf(text, L"%S", "n"), 1);
    WSAME(text, L"n");
    EXPECT_EQ(_snwprintf(text, 16, L"%05d", -42), 5);
    WSAME(text, L"-0042");
    EXPECT_EQ(_snwprintf(text, 2, L"abc"), -1);
    EXPECT(text[0] == L'a' && text[1] == L'b');
    EXPECT_EQ(_snwprintf_s(text, 16, 2, L"%s", L"abc"), -1);
    WSAME(text, L"ab");
    EXPECT_EQ(_snwprintf_s(text, 3, _TRUNCATE, L"%u", 12345), -1);
    WSAME(text, L"12");
}

static NOINLINE void
TestNarrowList(const char *Format, ...)
{
    char text[16];
    va_list arguments;

    va_start(arguments, Format);
    EXPECT_EQ(_vsnprintf(text, sizeof(text), Format, arguments), 7);
    va_end(arguments);
    SAME(text, "7 seven");
    va_start(arguments, Format);
    EXPECT_EQ(_vsnprintf(text, 3, Format, arguments), -1);
    va_end(arguments);
    va_start(arguments, Format);
    EXPECT_EQ(_vsnprintf_s(text, 4, _TRUNCATE, Format, arguments), -1);
    va_end(arguments);
    SAME(text, "7 s");
    va_start(arguments, Format);
    EXPECT_EQ(vsprintf(text, Format, arguments), 7);
    va_end(arguments);
    SAME(text, "7 seven");
    text[0] = 'x';
    va_start(arguments, Format);
    EXPECT_EQ(vsprintf_s(text, 7, Format, arguments), -1);
    va_end(arguments);
    EXPECT_EQ(text[0], 0);
    va_start(arguments, Format);
    EXPECT_EQ(vDbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "va: %d %s\n", arguments),
              STATUS_SUCCESS);
    va_end(arguments);
}

static NOINLINE void
TestWideList(const wchar_t *Format, ...)
{
    wchar_t text[16];
    va_list arguments;

    va_start(arguments, Format);
    EXPECT_EQ(_vscwprintf(Format, arguments), 7);
    va_end(arguments);
    va_start(arguments, Format);
    EXPECT_EQ(_vswprintf(text, Format, arguments), 7);
    va_end(arguments);
    WSAME(text, L"7 seven");
    va_start(arguments, Format);
    EXPECT_EQ(_vsnwprintf(text, 16, Format, arguments), 7);
    va_end(arguments);
    WSAME(text, L"7 seven");
    va_start(arguments, Format);
    EXPECT_EQ(_vsnwprintf_s(text, 4, _TRUNCATE, Format, arguments), -1);
    va_end(arguments);
    WSAME(text, L"7 s");
    va_start(arguments, Format);
    EXPECT_EQ(vswprintf_s(text, 7, Format, arguments), -1);
    va_end(arguments);
    EXPECT_EQ(text[0], 0);
}

static void
TestScan(void)
{
    char word[8];
    wchar_t wide[8];
    int number = 0;
    unsigned int hex = 0;

    EXPECT_EQ(sscanf_s("12 abc ff", "%d %s %x", &number, word, (unsigned)sizeof(word), &hex), 3);
    EXPECT_EQ(number, 12);
    SAME(word, "abc");
    EXPECT_EQ(hex, 0xFF);
    // A word that does not fit is not stored.
    EXPECT_EQ(sscanf_s("toolongword", "%s", word, (unsigned)sizeof(word)), 0);
    EXPECT_EQ(sscanf_s("", "%d", &number), -1);
    EXPECT_EQ(swscanf_s(L"-3 xyz", L"%d %s", &number, wide, 8u), 2);
    EXPECT_EQ(number, -3);
    WSAME(wide, L"xyz");
    EXPECT_EQ(_snscanf_s("12345", 3, "%d", &number), 1);
    EXPECT_EQ(number, 123);
    EXPECT_EQ(_snwscanf_s(L"98765", 2, L"%d", &number), 1);
    EXPECT_EQ(number, 98);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestFromNarrow();
    TestFromWide();
    TestToNarrow();
    TestToWide();
    TestPrintNarrow();
    TestPrintWide();
    TestNarrowList("%d %s", 7, "seven");
    TestWideList(L"%d %s", 7, L"seven");
    TestScan();
    EXPECT_EQ(DbgPrintReturnControlC("control-c: %d\n", 12), STATUS_SUCCESS);
    return Finish("rtl_crt_number");
}
