// SPDX-License-Identifier: MIT
// kernel/rtl/format.c and its users: DbgPrint and the sprintf family, with Microsoft's rules where
// they differ from the C standard's.
// Page: NF:wdm.DbgPrint
// Page: NF:wdm.DbgPrintEx
#include "rtl_kit.h"

#include "rtl/crt.h"

static CHAR Text[2048];
static WCHAR Wide[2048];

#define EXPECT(Expected, ...)                                                        \
    do                                                                               \
    {                                                                                \
        memset(Text, 'x', sizeof(Text));                                             \
        assert_int_equal(RtlpCrt_sprintf(Text, __VA_ARGS__), (int)strlen(Expected)); \
        assert_string_equal(Text, Expected);                                         \
    } while (0)

#define EXPECT_WIDE(Expected, ...)                                                   \
    do                                                                               \
    {                                                                                \
        const UNICODE_STRING expected_ = KitUnicode(Expected);                       \
        assert_int_equal(RtlpCrt_swprintf(Wide, __VA_ARGS__), expected_.Length / 2); \
        assert_memory_equal(Wide, expected_.Buffer, expected_.Length + 2u);          \
    } while (0)

static void
integers(void **state)
{
    (void)state;
    EXPECT("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, 0x7FFFFFFF, (int)0x80000000);
    EXPECT("4294967295", "%u", 0xFFFFFFFFu);
    EXPECT("ff FF 0xff 0XFF 0", "%x %X %#x %#X %#x", 255, 255, 255, 255, 0);
    EXPECT("17 017 0", "%o %#o %#o", 15, 15, 0);
    EXPECT("+5 -5  5", "%+d %+d % d", 5, -5, 5);
    EXPECT("    5|5    |00005|   05|-0005", "%5d|%-5d|%05d|%5.2d|%05d", 5, 5, 5, 5, -5);
    EXPECT("   12|12   ", "%*d|%*d", 5, 12, -5, 12);
    EXPECT("|007|", "%.0d|%.*d|", 0, 3, 7);
    EXPECT("  012", "%05.3d", 12); // a precision switches zero filling off
}

static void
integer_sizes(void **state)
{
    (void)state;
    EXPECT("9223372036854775807 -1", "%I64d %lld", 0x7FFFFFFFFFFFFFFFll, -1ll);
    EXPECT("ffffffffffffffff 18446744073709551615", "%I64x %Iu", ~0ull, ~0ull);
    EXPECT("89abcdef 123456789abcdef", "%I32x %Ix", 0x89ABCDEFu, 0x0123456789ABCDEFull);
    EXPECT("-1 65535 -1 255", "%hd %hu %hhd %hhu", 0xFFFF, 0xFFFF, 0xFF, 0xFF);
    EXPECT("-1", "%ld", 0x00000000FFFFFFFFll); // long has 32 bits
    EXPECT("4294967296", "%zu", 0x100000000ull);
}

// %p: 16 upper-case digits without a prefix.
static void
pointers(void **state)
{
    (void)state;
    EXPECT("00000000DEADBEEF", "%p", (void *)0xDEADBEEFull);
    EXPECT("0000000000000000", "%p", NULL);
    EXPECT("FFFFF80012345678", "%p", (void *)0xFFFFF80012345678ull);
    EXPECT("    0000000000000001", "%20p", (void *)1);
}

static void
strings_and_characters(void **state)
{
    const UNICODE_STRING counted = {6, 8, (PWCH)L"wide!"};
    const ANSI_STRING ansi = {3, 8, (PCHAR) "ansi!"};
    const CHAR unterminated[3] = {'a', 'b', 'c'};

    (void)state;
    EXPECT("abc|  abc|abc  |ab|", "%s|%5s|%-5s|%.2s|", "abc", "abc", "abc", "abc");
    EXPECT("abc", "%.3s", unterminated);
    EXPECT("(null) (nu (null) (null)", "%s %.3s %S %wZ", NULL, NULL, NULL, NULL);
    EXPECT("wide wide wide w", "%S %ws %ls %.1S", L"wide", L"wide", L"wide", L"wide");
    EXPECT("narrow", "%hs", "narrow");
    EXPECT("wid ans", "%wZ %Z", &counted, &ansi);
    EXPECT("  wid|wid  |", "%5wZ|%-5wZ|", &counted, &counted);
    EXPECT("a|b|c|d|e", "%c|%C|%lc|%hc|%wc", 'a', L'b', L'c', 'd', L'e');
    EXPECT("  a|a  |", "%3c|%-3c|", 'a', 'a');
    EXPECT("100% y", "100%% %y");              // an unknown type prints itself
    EXPECT("\x80 ?", "%C %C", 0x20AC, 0x4E2D); // the euro exists in code page 1252
}

static void
incomplete_and_refused(void **state)
{
    int stored = 7;

    (void)state;
    EXPECT("end", "end%");
    EXPECT("end", "end%08");
    EXPECT("ab", "a%nb", &stored);
    assert_int_equal(stored, 7);
}

static void
wide_functions(void **state)
{
    const UNICODE_STRING counted = {6, 8, (PWCH)L"wide!"};
    const ANSI_STRING ansi = {3, 8, (PCHAR) "ansi!"};

    (void)state;
    EXPECT_WIDE(L"wide narrow narrow wide", L"%s %S %hs %ls", L"wide", "narrow", "narrow", L"wide");
    EXPECT_WIDE(L"w n \x20AC", L"%c %C %C", L'w', 'n', 0x80);
    EXPECT_WIDE(L"wid ans", L"%wZ %Z", &counted, &ansi);
    EXPECT_WIDE(L"-12 0000000000000001", L"%d %p", -12, (void *)1);
    EXPECT_WIDE(L"\x4E2D", L"%s", L"\x4E2D");
}

static void
floating_point(void **state)
{
    (void)state;
    EXPECT("1.500000 -0.250000 0.000000", "%f %f %f", 1.5, -0.25, 0.0);
    EXPECT("3.14 3.142 3 3.", "%.2f %.3f %.0f %#.0f", 3.14159, 3.14159, 3.14159, 3.14159);
    EXPECT("0.1000000000000000055511151231257827", "%.34f", 0.1);
    EXPECT("9.99|10.0|1.00e+001", "%.2f|%.1f|%.2e", 9.99, 9.99, 9.999);
    EXPECT("1.500000e+000 1.5E-300 1.000000e+100", "%e %.1E %e", 1.5, 1.5e-300, 1e100);
    EXPECT("0.000000e+000", "%e", 0.0);
    EXPECT("100000 1e+006 0.0001 1e-005 1.5 0", "%g %g %g %g %g %g", 1e5, 1e6, 1e-4, 1e-5, 1.5,
           0.0);
    EXPECT("100 1.00000 1.2e+002", "%.3g %#g %.2g", 100.0, 1.0, 120.0);
    EXPECT("  1.5|1.5  |001.5|+1.5", "%5.1f|%-5.1f|%05.1f|%+.1f", 1.5, 1.5, 1.5, 1.5);
    EXPECT("179769313486231570814527423731704356798070567525844996598917476803157260780028538760"
           "589558632766878171540458953514382464234321326889464182768467546703537516986049910576"
           "551282076245490090389328944075868508455133942304583236903222948165808559332123348274"
           "797826204144723168738177180919299881250404026184124858368.0",
           "%.1f", 1.7976931348623157e308);
    EXPECT("4.940656e-324", "%e", 4.9406564584124654e-324);
    EXPECT("1.#INF -1.#INF 1.#QNAN", "%f %f %f", __builtin_inf(), -__builtin_inf(),
           __builtin_nan(""));
    EXPECT("0x1.8000000000000p+0 0x1.8p+1", "%a %.1a", 1.5, 3.0);
}

// _snprintf: -1 and no terminator when text is lost, no terminator when it just fits.
static void
counted_termination(void **state)
{
    CHAR buffer[8];
    WCHAR wide[8];

    (void)state;
    memset(buffer, 'x', sizeof(buffer));
    assert_int_equal(RtlpCrt__snprintf(buffer, 4, "%s", "abc"), 3);
    assert_memory_equal(buffer, "abc\0x", 5);
    memset(buffer, 'x', sizeof(buffer));
    assert_int_equal(RtlpCrt__snprintf(buffer, 4, "%s", "abcd"), 4);
    assert_memory_equal(buffer, "abcdx", 5);
    memset(buffer, 'x', sizeof(buffer));
    assert_int_equal(RtlpCrt__snprintf(buffer, 4, "%s", "abcde"), -1);
    assert_memory_equal(buffer, "abcdx", 5);
    assert_int_equal(RtlpCrt__snprintf(NULL, 0, "%s", "abcde"), 5);
    memset(wide, 'x', sizeof(wide));
    assert_int_equal(RtlpCrt__snwprintf(wide, 2, L"%d", 12), 2);
    assert_int_equal(wide[2], 0x7878);
    assert_int_equal(RtlpCrt__snwprintf(wide, 2, L"%d", 123), -1);
}

// The _s forms always terminate; what does not fit empties the buffer unless truncation was asked.
static void
secure_termination(void **state)
{
    CHAR buffer[8] = "xxxxxxx";
    WCHAR wide[4];

    (void)state;
    assert_int_equal(RtlpCrt_sprintf_s(buffer, 4, "%s", "abc"), 3);
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt_sprintf_s(buffer, 4, "%s", "abcd"), -1);
    assert_string_equal(buffer, "");
    assert_int_equal(RtlpCrt__snprintf_s(buffer, 8, 3, "%s", "abcd"), -1);
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt__snprintf_s(buffer, 4, (size_t)-1, "%s", "abcd"), -1);
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt__snprintf_s(buffer, 8, 4, "%s", "abcd"), 4);
    assert_string_equal(buffer, "abcd");
    assert_int_equal(RtlpCrt_sprintf_s(NULL, 4, "x"), -1);
    assert_int_equal(RtlpCrt_swprintf_s(wide, 4, L"%s", L"abcd"), -1);
    assert_int_equal(wide[0], 0);
}

static void
internal_formatting_truncates(void **state)
{
    CHAR buffer[5];

    (void)state;
    assert_int_equal(RtlFormat(buffer, sizeof(buffer), "%d", 1234567), 4);
    assert_string_equal(buffer, "1234");
    assert_int_equal(RtlFormat(buffer, 0, "%d", 1), 0);
}

// ---- DbgPrint ---------------------------------------------------------------------------------

static void
debug_output(void **state)
{
    (void)state;
    assert_int_equal(DbgPrint("%d %ws\n", 5, L"five"), STATUS_SUCCESS);
    assert_string_equal(KitDebugText, "5 five\n");
    assert_int_equal(KitDebugComponent, 101); // DPFLTR_DEFAULT_ID
    assert_int_equal(KitDebugLevel, 3);       // DPFLTR_INFO_LEVEL
    assert_int_equal(DbgPrintEx(77, 0, "%p", (void *)1), STATUS_SUCCESS);
    assert_string_equal(KitDebugText, "0000000000000001");
    assert_int_equal(KitDebugComponent, 77);
    assert_int_equal(KitDebugLevel, 0);
    // Floating point is not supported: the argument is skipped, the letter stays.
    DbgPrint("%f %d", 1.5, 3);
    assert_string_equal(KitDebugText, "f 3");
}

// One call transmits at most 512 bytes.
static void
debug_output_is_cut(void **state)
{
    (void)state;
    DbgPrint("%511s%s", "x", "y");
    assert_int_equal(KitDebugLength, 512);
    DbgPrint("%512s%s", "x", "y");
    assert_int_equal(KitDebugLength, 512);
    assert_int_equal(KitDebugText[511], 'x');
}

__attribute__((ms_abi)) static ULONG
PrintWithPrefix(PCCH Prefix, PCCH Format, ...)
{
    RTLP_VA_LIST arguments;
    ULONG status;

    RTLP_VA_START(arguments, Format);
    status = vDbgPrintExWithPrefix(Prefix, 77, 1, Format, arguments);
    RTLP_VA_END(arguments);
    return status;
}

// Page: NF:wdm.vDbgPrintExWithPrefix
static void
debug_prefix(void **state)
{
    (void)state;
    assert_int_equal(PrintWithPrefix("100%: ", "%s-%d", "a", 1), STATUS_SUCCESS);
    assert_string_equal(KitDebugText, "100%: a-1");
}

static void
debug_filter(void **state)
{
    (void)state;
    assert_true(DbgQueryDebugFilterState(77, 2));
    assert_int_equal(DbgSetDebugFilterState(77, 2, FALSE), STATUS_SUCCESS);
    assert_false(DbgQueryDebugFilterState(77, 2));
    assert_true(DbgQueryDebugFilterState(77, 3));
    KitDebugLength = 99;
    assert_int_equal(DbgPrintEx(77, 2, "hidden"), STATUS_SUCCESS);
    assert_int_equal(KitDebugLength, 99);
    assert_int_equal(DbgSetDebugFilterState(77, 2, TRUE), STATUS_SUCCESS);
    DbgPrintEx(77, 2, "shown");
    assert_string_equal(KitDebugText, "shown");
    assert_int_equal(DbgSetDebugFilterState(100000, 2, TRUE), STATUS_INVALID_PARAMETER_1);
}

static void
failed_assertion_of_a_driver(void **state)
{
    (void)state;
    RtlAssert((PVOID) "a == b", (PVOID) "driver.c", 42, NULL);
    assert_non_null(strstr(KitDebugText, "Assertion failed: a == b"));
    assert_non_null(strstr(KitDebugText, "driver.c, line 42"));
    assert_int_equal(KitBreaks, 1);
}

static void
debug_text_as_utf8(void **state)
{
    CHAR utf8[16];

    (void)state;
    assert_int_equal(RtlAnsiToUtf8("a\x80", 2, utf8, sizeof(utf8)), 4);
    assert_memory_equal(utf8, "a\xE2\x82\xAC", 4);
    assert_int_equal(RtlAnsiToUtf8("a\x80", 2, utf8, 3), 1);
    RtlSetAnsiCodePage(65001);
    assert_int_equal(RtlAnsiToUtf8("a\xE2\x82\xAC", 4, utf8, sizeof(utf8)), 4);
    EXPECT("\xE2\x82\xAC", "%C", 0x20AC);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(integers),
        KIT_TEST(integer_sizes),
        KIT_TEST(pointers),
        KIT_TEST(strings_and_characters),
        KIT_TEST(incomplete_and_refused),
        KIT_TEST(wide_functions),
        KIT_TEST(floating_point),
        KIT_TEST(counted_termination),
        KIT_TEST(secure_termination),
        KIT_TEST(internal_formatting_truncates),
        KIT_TEST(debug_output),
        KIT_TEST(debug_output_is_cut),
        KIT_TEST(debug_prefix),
        KIT_TEST(debug_filter),
        KIT_TEST(failed_assertion_of_a_driver),
        KIT_TEST(debug_text_as_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
