// SPDX-License-Identifier: MIT
// kernel/rtl/crt*.c and memory.c: the C library part of ntoskrnl.exe, where it differs from the C
// standard and where it does not.
#include "rtl_kit.h"

#include "rtl/crt.h"
#include "rtl/exports.h"

static BOOLEAN
Same(const WCHAR *Actual, const WCHAR *Expected)
{
    const UNICODE_STRING expected = KitUnicode(Expected);

    return memcmp(Actual, expected.Buffer, expected.Length + 2u) == 0;
}

static void
comparison_and_search(void **state)
{
    const CHAR *text = "hello, world";

    (void)state;
    assert_int_equal(RtlpCrt_strlen("abc"), 3);
    assert_int_equal(RtlpCrt_strnlen("abc", 2), 2);
    assert_int_equal(RtlpCrt_strcmp("a", "b"), -1);
    assert_int_equal(RtlpCrt_strcmp("\x80", "a"), 1); // bytes compare unsigned
    assert_int_equal(RtlpCrt_strncmp("abc", "abd", 2), 0);
    assert_int_equal(RtlpCrt__stricmp("AbC", "aBc"), 0);
    assert_int_equal(RtlpCrt__strnicmp("ABx", "aby", 2), 0);
    assert_int_equal(RtlpCrt__stricmp("[", "A") > 0, FALSE); // lower case: '[' < 'a'
    assert_ptr_equal(RtlpCrt_strchr(text, 'o'), text + 4);
    assert_ptr_equal(RtlpCrt_strrchr(text, 'o'), text + 8);
    assert_ptr_equal(RtlpCrt_strchr(text, 0), text + 12);
    assert_null(RtlpCrt_strchr(text, 'z'));
    assert_ptr_equal(RtlpCrt_strstr(text, "wor"), text + 7);
    assert_ptr_equal(RtlpCrt_strstr(text, ""), text);
    assert_null(RtlpCrt_strstr(text, "worldly"));
    assert_int_equal(RtlpCrt_strspn("aabc", "ab"), 3);
    assert_int_equal(RtlpCrt_strcspn("xyz,", ","), 3);
    assert_int_equal(RtlpCrt_wcscmp(L"a", L"b"), -1);
    assert_int_equal(RtlpCrt__wcsicmp(L"\xE4", L"\xC4"), 0);
    assert_int_equal(RtlpCrt__wcsnicmp(L"ABx", L"aby", 2), 0);
    assert_int_equal(*RtlpCrt_wcsrchr(L"a\\b\\c", L'\\') == L'\\', TRUE);
    assert_true(Same(RtlpCrt_wcsstr(L"abcd", L"cd"), L"cd"));
}

static void
copies(void **state)
{
    CHAR buffer[8] = "xxxxxxx";
    WCHAR wide[8];

    (void)state;
    assert_ptr_equal(RtlpCrt_strcpy(buffer, "ab"), buffer);
    assert_memory_equal(buffer, "ab\0x", 4);
    RtlpCrt_strncpy(buffer, "cd", 4);
    assert_memory_equal(buffer, "cd\0\0x", 5);
    RtlpCrt_strncpy(buffer, "efgh", 2);
    assert_memory_equal(buffer, "ef\0\0x", 5); // no terminator of its own
    RtlpCrt_strcat(buffer, "g");
    RtlpCrt_strncat(buffer, "hijk", 1);
    assert_string_equal(buffer, "efgh");
    RtlpCrt_wcscpy(wide, L"ab");
    RtlpCrt_wcscat(wide, L"cd");
    RtlpCrt_wcsncat(wide, L"efgh", 1);
    assert_true(Same(wide, L"abcde"));
    RtlpCrt__wcsupr(wide);
    assert_true(Same(wide, L"ABCDE"));
    RtlpCrt__wcsrev(wide);
    assert_true(Same(RtlpCrt__wcslwr(wide), L"edcba"));
    assert_string_equal(RtlpCrt__strupr(buffer), "EFGH");
    assert_string_equal(RtlpCrt__strnset(buffer, '-', 2), "--GH");
}

static void
secure_copies(void **state)
{
    CHAR buffer[4];

    (void)state;
    assert_int_equal(RtlpCrt_strcpy_s(buffer, 4, "abc"), 0);
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt_strcpy_s(buffer, 4, "abcd"), 34); // ERANGE
    assert_string_equal(buffer, "");
    assert_int_equal(RtlpCrt_strcpy_s(buffer, 4, NULL), 22); // EINVAL
    assert_int_equal(RtlpCrt_strcpy_s(NULL, 4, "a"), 22);
    assert_int_equal(RtlpCrt_strncpy_s(buffer, 4, "abcdef", 3), 0);
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt_strncpy_s(buffer, 4, "abcdef", (size_t)-1), 80); // STRUNCATE
    assert_string_equal(buffer, "abc");
    assert_int_equal(RtlpCrt_strcat_s(buffer, 4, "d"), 34);
    assert_int_equal(RtlpCrt_strcpy_s(buffer, 4, "a"), 0);
    assert_int_equal(RtlpCrt_strcat_s(buffer, 4, "bc"), 0);
    assert_string_equal(buffer, "abc");
    memset(buffer, 'x', 4);
    assert_int_equal(RtlpCrt_strcat_s(buffer, 4, "d"), 22); // not terminated
    assert_int_equal(RtlpCrt_memcpy_s(buffer, 4, "abcde", 5), 34);
    assert_memory_equal(buffer, "\0\0\0\0", 4);
    assert_int_equal(RtlpCrt_memmove_s(buffer, 4, "abc", 4), 0);
}

static void
tokens(void **state)
{
    CHAR text[] = ",a,,bc,";
    CHAR *context = NULL;

    (void)state;
    assert_string_equal(RtlpCrt_strtok_s(text, ",", &context), "a");
    assert_string_equal(RtlpCrt_strtok_s(NULL, ",", &context), "bc");
    assert_null(RtlpCrt_strtok_s(NULL, ",", &context));
    assert_null(RtlpCrt_strtok_s(NULL, ",", &context));
}

static void
characters(void **state)
{
    (void)state;
    for (int c = 0; c < 128; c++)
    {
        const BOOLEAN digit = c >= '0' && c <= '9';
        const BOOLEAN lower = c >= 'a' && c <= 'z';
        const BOOLEAN upper = c >= 'A' && c <= 'Z';

        assert_int_equal(RtlpCrt_isdigit(c) != 0, digit);
        assert_int_equal(RtlpCrt_islower(c) != 0, lower);
        assert_int_equal(RtlpCrt_isupper(c) != 0, upper);
        assert_int_equal(RtlpCrt_tolower(c), upper ? c + 32 : c);
        assert_int_equal(RtlpCrt_toupper(c), lower ? c - 32 : c);
        assert_int_equal(RtlpCrt_isprint(c) != 0, c >= 32 && c < 127);
        assert_int_equal(RtlpCrt_isxdigit(c) != 0,
                         digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    }
    assert_true(RtlpCrt_isspace('\v'));
    assert_false(RtlpCrt_isspace('x'));
    assert_int_equal(RtlpCrt_towupper(0xE4), 0xC4);
}

static void
text_to_number(void **state)
{
    CHAR *end;
    WCHAR *wideEnd;
    const WCHAR *wide = L"0x1Fz";

    (void)state;
    assert_int_equal(RtlpCrt_atoi("  -42x"), -42);
    assert_int_equal(RtlpCrt_atoi("99999999999"), 0x7FFFFFFF);
    assert_int_equal(RtlpCrt_atol("x"), 0);
    assert_int_equal(RtlpCrt__wtoi(L"17"), 17);
    assert_int_equal(RtlpCrt__wtol(L"-99999999999"), (LONG)0x80000000);
    assert_int_equal(RtlpCrt_wcstoul(wide, &wideEnd, 0), 31);
    assert_ptr_equal(wideEnd, wide + 4);
    assert_int_equal(RtlpCrt_wcstoul(L"-1", NULL, 10), 0xFFFFFFFF);
    assert_int_equal(RtlpCrt_wcstoul(L"4294967296", NULL, 10), 0xFFFFFFFF);
    assert_int_equal(RtlpCrt_wcstoul(L"0x", &wideEnd, 16), 0);
    assert_int_equal(RtlpCrt__strtoui64("18446744073709551615!", &end, 10), ~0ull);
    assert_string_equal(end, "!");
    assert_int_equal(RtlpCrt__strtoui64("777", &end, 8), 511);
    assert_int_equal(RtlpCrt__strtoui64("zz", &end, 36), 35 * 36 + 35);
    assert_int_equal(RtlpCrt__strtoui64("12", &end, 1), 0);
}

static void
number_to_text(void **state)
{
    CHAR buffer[70];
    WCHAR wide[70];

    (void)state;
    assert_string_equal(RtlpCrt__itoa(-12, buffer, 10), "-12");
    assert_string_equal(RtlpCrt__itoa(-1, buffer, 16), "ffffffff");
    assert_true(Same(RtlpCrt__itow(255, wide, 2), L"11111111"));
    assert_int_equal(RtlpCrt__i64toa_s(-1, buffer, 70, 2), 0);
    assert_int_equal(strlen(buffer), 64);
    assert_int_equal(RtlpCrt__ui64tow_s(~0ull, wide, 21, 10), 0);
    assert_true(Same(wide, L"18446744073709551615"));
    assert_int_equal(RtlpCrt__ui64tow_s(~0ull, wide, 20, 10), 34);
    assert_int_equal(wide[0], 0);
    assert_int_equal(RtlpCrt__ultoa_s(5, buffer, 70, 1), 22);
    assert_int_equal(RtlpCrt__ltoa_s((LONG)0x80000000, buffer, 70, 10), 0);
    assert_string_equal(buffer, "-2147483648");
}

static void
multibyte(void **state)
{
    WCHAR wide[4];
    CHAR narrow[4];
    WCHAR character;

    (void)state;
    assert_int_equal(RtlpCrt_mbstowcs(wide, "a\x80", 4), 2);
    assert_true(Same(wide, L"a\x20AC"));
    assert_int_equal(RtlpCrt_mbstowcs(NULL, "abc", 0), 3);
    assert_int_equal(RtlpCrt_wcstombs(narrow, L"\x20ACz", 1), 1);
    assert_int_equal((UCHAR)narrow[0], 0x80);
    assert_int_equal(RtlpCrt_wctomb(narrow, 0x4E2D), -1);
    assert_int_equal(RtlpCrt_wctomb(narrow, 'x'), 1);
    assert_int_equal(RtlpCrt_mbtowc(&character, "\x80", 1), 1);
    assert_int_equal(character, 0x20AC);
    assert_int_equal(RtlpCrt_mbtowc(&character, "", 1), 0);
}

static int NTAPI
CompareLongs(const void *First, const void *Second)
{
    const LONG first = *(const LONG *)First;
    const LONG second = *(const LONG *)Second;

    return first < second ? -1 : first > second;
}

static void
sorting(void **state)
{
    LONG values[100];

    (void)state;
    for (ULONG count = 0; count < 100; count++)
    {
        RtlpCrt_srand(count);
        for (ULONG i = 0; i < count; i++)
        {
            values[i] = RtlpCrt_rand() % 50;
        }
        RtlpCrt_qsort(values, count, sizeof(LONG), CompareLongs);
        for (ULONG i = 1; i < count; i++)
        {
            assert_true(values[i - 1] <= values[i]);
        }
    }
    for (LONG i = 0; i < 100; i++)
    {
        values[i] = i * 2;
    }
    for (LONG key = -1; key < 201; key++)
    {
        const LONG *found = RtlpCrt_bsearch(&key, values, 100, sizeof(LONG), CompareLongs);

        assert_int_equal(found != NULL, key >= 0 && key < 200 && key % 2 == 0);
        assert_true(found == NULL || *found == key);
    }
}

// The sequence of Microsoft's generator for its initial seed.
static void
random_sequence(void **state)
{
    (void)state;
    RtlpCrt_srand(1);
    assert_int_equal(RtlpCrt_rand(), 41);
    assert_int_equal(RtlpCrt_rand(), 18467);
    assert_int_equal(RtlpCrt_rand(), 6334);
}

// ---- Rtl memory -------------------------------------------------------------------------------

// Page: NF:wdm.RtlCompareMemory
// Page: NF:ntifs.RtlCompareMemoryUlong
static void
compare_memory(void **state)
{
    UCHAR first[40];
    UCHAR second[40];
    ULONG pattern[3] = {7, 7, 8};

    (void)state;
    for (ULONG i = 0; i < sizeof(first); i++)
    {
        memset(first, 5, sizeof(first));
        memset(second, 5, sizeof(second));
        second[i] = 6;
        assert_int_equal(RtlCompareMemory(first, second, sizeof(first)), i);
        assert_int_equal(RtlCompareMemory(first, second, i), i);
    }
    assert_int_equal(RtlCompareMemoryUlong(pattern, 12, 7), 8);
    assert_int_equal(RtlCompareMemoryUlong(pattern, 7, 7), 4);
    assert_int_equal(RtlCompareMemoryUlong(pattern, 12, 9), 0);
}

// Page: NF:wdm.RtlMoveMemory
// Page: NF:wdm.RtlFillMemory
// Page: NF:wdm.RtlZeroMemory
// Page: NF:ntddk.RtlIsZeroMemory
static void
move_and_fill(void **state)
{
    CHAR buffer[9] = "abcdefgh";

    (void)state;
    (RtlMoveMemory)(buffer + 2, buffer, 4);
    assert_string_equal(buffer, "ababcdgh");
    (RtlFillMemory)(buffer, 3, 'z');
    assert_string_equal(buffer, "zzzbcdgh");
    assert_false(RtlIsZeroMemory(buffer, 1));
    (RtlZeroMemory)(buffer, 9);
    assert_true(RtlIsZeroMemory(buffer, 9));
    assert_true(RtlIsZeroMemory(buffer, 0));
    assert_int_equal(RtlComputeCrc32(0, "123456789", 9), 0xCBF43926);
    assert_int_equal(RtlComputeCrc32(RtlComputeCrc32(0, "1234", 4), "56789", 5), 0xCBF43926);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(comparison_and_search),
        KIT_TEST(copies),
        KIT_TEST(secure_copies),
        KIT_TEST(tokens),
        KIT_TEST(characters),
        KIT_TEST(text_to_number),
        KIT_TEST(number_to_text),
        KIT_TEST(multibyte),
        KIT_TEST(sorting),
        KIT_TEST(random_sequence),
        KIT_TEST(compare_memory),
        KIT_TEST(move_and_fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
