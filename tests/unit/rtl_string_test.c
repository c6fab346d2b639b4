// SPDX-License-Identifier: MIT
// kernel/rtl/string.c, unicode.c, nls.c: counted strings and case.
#include "rtl_kit.h"

#include "rtl/exports.h"

// Page: NF:wdm.RtlInitString
static void
init_string(void **state)
{
    STRING string;
    CHAR *text = malloc(0x10010);

    (void)state;
    RtlInitString(&string, "abc");
    assert_int_equal(string.Length, 3);
    assert_int_equal(string.MaximumLength, 4);
    assert_string_equal(string.Buffer, "abc");
    RtlInitAnsiString(&string, NULL);
    assert_int_equal(string.Length, 0);
    assert_int_equal(string.MaximumLength, 0);
    assert_null(string.Buffer);
    // A source of more than MAXUSHORT - 1 bytes is described by MAXUSHORT - 1 and MAXUSHORT.
    memset(text, 'x', 0x10010);
    text[0xFFFF] = 0;
    RtlInitString(&string, text);
    assert_int_equal(string.Length, 0xFFFE);
    assert_int_equal(string.MaximumLength, 0xFFFF);
    assert_int_equal(RtlInitStringEx(&string, text), STATUS_NAME_TOO_LONG);
    text[0xFFFE] = 0;
    assert_int_equal(RtlInitUTF8StringEx(&string, text), STATUS_SUCCESS);
    assert_int_equal(string.Length, 0xFFFE);
    free(text);
}

// Page: NF:wdm.RtlInitUnicodeString
static void
init_unicode_string(void **state)
{
    UNICODE_STRING string;
    WCHAR *text = malloc(0x20000);

    (void)state;
    RtlInitUnicodeString(&string, L"abc");
    assert_int_equal(string.Length, 6);
    assert_int_equal(string.MaximumLength, 8);
    RtlInitUnicodeString(&string, NULL);
    assert_int_equal(string.Length | string.MaximumLength, 0);
    assert_null(string.Buffer);
    for (ULONG i = 0; i < 0x10000; i++)
    {
        text[i] = 'x';
    }
    text[0x7FFF] = 0;
    assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_NAME_TOO_LONG);
    RtlInitUnicodeString(&string, text);
    assert_int_equal(string.Length, 0xFFFC);
    assert_int_equal(string.MaximumLength, 0xFFFE);
    text[0x7FFE] = 0;
    assert_int_equal(RtlInitUnicodeStringEx(&string, text), STATUS_SUCCESS);
    assert_int_equal(string.Length, 0xFFFC);
    free(text);
}

// Page: NF:wdm.RtlCopyUnicodeString
static void
copy_unicode_string(void **state)
{
    WCHAR buffer[5] = L"xxxx";
    UNICODE_STRING target = {0, 8, buffer};
    const UNICODE_STRING source = KitUnicode(L"ab");
    const UNICODE_STRING longer = KitUnicode(L"abcdef");

    (void)state;
    RtlCopyUnicodeString(&target, &source);
    assert_true(KitIs(&target, L"ab"));
    assert_int_equal(target.MaximumLength, 8);
    assert_int_equal(buffer[2], 0); // terminated, because there is room
    RtlCopyUnicodeString(&target, &longer);
    assert_true(KitIs(&target, L"abcd"));
    assert_int_equal(buffer[4], 0); // the terminator of the array, not written
    RtlCopyUnicodeString(&target, NULL);
    assert_int_equal(target.Length, 0);
    assert_ptr_equal(target.Buffer, buffer);
}

// Page: NF:wdm.RtlAppendUnicodeStringToString
// Page: NF:wdm.RtlAppendUnicodeToString
static void
append_unicode(void **state)
{
    WCHAR buffer[4];
    UNICODE_STRING target = {0, sizeof(buffer), buffer};
    const UNICODE_STRING two = KitUnicode(L"ab");

    (void)state;
    assert_int_equal(RtlAppendUnicodeStringToString(&target, &two), STATUS_SUCCESS);
    assert_int_equal(buffer[2], 0);
    assert_int_equal(RtlAppendUnicodeToString(&target, NULL), STATUS_SUCCESS);
    assert_int_equal(RtlAppendUnicodeToString(&target, L"cde"), STATUS_BUFFER_TOO_SMALL);
    assert_true(KitIs(&target, L"ab"));
    assert_int_equal(RtlAppendUnicodeToString(&target, L"cd"), STATUS_SUCCESS);
    assert_true(KitIs(&target, L"abcd"));
    assert_int_equal(RtlAppendUnicodeStringToString(&target, &two), STATUS_BUFFER_TOO_SMALL);
    assert_true(KitIs(&target, L"abcd"));
}

// Page: NF:ntifs.RtlAppendStringToString
// Page: NF:ntddk.RtlCopyString
// Page: NF:ntddk.RtlUpperString
static void
narrow_copies(void **state)
{
    CHAR buffer[4] = "xxx";
    STRING target = {0, 4, buffer};
    STRING source = KitAnsi("ab");

    (void)state;
    RtlCopyString(&target, &source);
    assert_int_equal(target.Length, 2);
    assert_memory_equal(buffer, "abx", 3); // no terminator
    assert_int_equal(RtlAppendStringToString(&target, &source), STATUS_SUCCESS);
    assert_memory_equal(buffer, "abab", 4);
    assert_int_equal(RtlAppendStringToString(&target, &source), STATUS_BUFFER_TOO_SMALL);
    RtlUpperString(&target, &source);
    assert_memory_equal(buffer, "ABab", 4);
    assert_int_equal(target.Length, 2);
    RtlCopyString(&target, NULL);
    assert_int_equal(target.Length, 0);
    source = KitAnsi("abcdef");
    RtlCopyString(&target, &source);
    assert_int_equal(target.Length, 4);
    assert_int_equal(RtlUpperChar('\xE4'), '\xC4'); // a umlaut of code page 1252
}

// Page: NF:wdm.RtlCompareUnicodeString
// Page: NF:wdm.RtlEqualUnicodeString
// Page: NF:ntddk.RtlPrefixUnicodeString
static void
comparison(void **state)
{
    const UNICODE_STRING abc = KitUnicode(L"abc");
    const UNICODE_STRING upper = KitUnicode(L"ABC");
    const UNICODE_STRING abcd = KitUnicode(L"abcd");
    const UNICODE_STRING abd = KitUnicode(L"abd");
    const UNICODE_STRING empty = {0, 0, NULL};

    (void)state;
    assert_int_equal(RtlCompareUnicodeString(&abc, &abc, FALSE), 0);
    assert_true(RtlCompareUnicodeString(&abc, &abd, FALSE) < 0);
    assert_true(RtlCompareUnicodeString(&abd, &abc, FALSE) > 0);
    assert_true(RtlCompareUnicodeString(&abc, &abcd, FALSE) < 0);
    assert_true(RtlCompareUnicodeString(&abc, &upper, FALSE) > 0);
    assert_int_equal(RtlCompareUnicodeString(&abc, &upper, TRUE), 0);
    assert_true(RtlEqualUnicodeString(&abc, &upper, TRUE));
    assert_false(RtlEqualUnicodeString(&abc, &upper, FALSE));
    assert_false(RtlEqualUnicodeString(&abc, &abcd, FALSE));
    assert_true(RtlEqualUnicodeString(&empty, &empty, FALSE));
    assert_true(RtlPrefixUnicodeString(&abc, &abcd, FALSE));
    assert_false(RtlPrefixUnicodeString(&abcd, &abc, FALSE));
    assert_true(RtlPrefixUnicodeString(&upper, &abcd, TRUE));
    assert_false(RtlPrefixUnicodeString(&upper, &abcd, FALSE));
    assert_true(RtlPrefixUnicodeString(&empty, &abc, FALSE));
}

// Page: NF:ntddk.RtlCompareString
// Page: NF:ntddk.RtlEqualString
static void
narrow_comparison(void **state)
{
    const STRING abc = KitAnsi("abc");
    const STRING upper = KitAnsi("ABC");
    const STRING abcd = KitAnsi("abcd");

    (void)state;
    assert_int_equal(RtlCompareString(&abc, &upper, TRUE), 0);
    assert_true(RtlCompareString(&abc, &upper, FALSE) > 0);
    assert_true(RtlCompareString(&abc, &abcd, FALSE) < 0);
    assert_true(RtlEqualString(&abc, &upper, TRUE));
    assert_false(RtlEqualString(&abc, &upper, FALSE));
    assert_true(RtlPrefixString(&upper, &abcd, TRUE));
    assert_false(RtlPrefixString(&abcd, &abc, TRUE));
}

// Page: NF:wdm.RtlUpcaseUnicodeChar
// Page: NF:wdm.RtlDowncaseUnicodeChar
static void
case_of_characters(void **state)
{
    static const WCHAR pairs[][2] = {
        {'a', 'A'},       {'z', 'Z'},       {0xE4, 0xC4},     {0xFF, 0x178},    {0x101, 0x100},
        {0x3B1, 0x391},   {0x3C9, 0x3A9},   {0x430, 0x410},   {0x451, 0x401},   {0x561, 0x531},
        {0x1E01, 0x1E00}, {0x1F00, 0x1F08}, {0x1F80, 0x1F88}, {0x24D0, 0x24B6}, {0xFF41, 0xFF21},
        {0x1C6, 0x1C4},   {0x2C61, 0x2C60}};
    static const WCHAR alone[] = {'0',   '@',   '[',  '`',    '{',    0xD7,   0xF7,   0xDF,
                                  0x131, 0x17F, 0xB5, 0x10D0, 0x4E2D, 0xD800, 0xDFFF, 0xFFFF};

    (void)state;
    for (ULONG i = 0; i < RTL_NUMBER_OF(pairs); i++)
    {
        assert_int_equal(RtlUpcaseUnicodeChar(pairs[i][0]), pairs[i][1]);
        assert_int_equal(RtlUpcaseUnicodeChar(pairs[i][1]), pairs[i][1]);
        assert_int_equal(RtlDowncaseUnicodeChar(pairs[i][1]), pairs[i][0]);
        assert_int_equal(RtlDowncaseUnicodeChar(pairs[i][0]), pairs[i][0]);
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(alone); i++)
    {
        assert_int_equal(RtlUpcaseUnicodeChar(alone[i]), alone[i]);
    }
    // Upper-casing twice changes nothing, and nothing but ASCII becomes ASCII.
    for (ULONG c = 0; c < 0x10000; c++)
    {
        const WCHAR upper = RtlUpcaseUnicodeChar((WCHAR)c);

        assert_int_equal(RtlUpcaseUnicodeChar(upper), upper);
        assert_true((c < 0x80) == (upper < 0x80));
    }
}

// Page: NF:ntddk.RtlUpcaseUnicodeString
// Page: NF:ntifs.RtlDowncaseUnicodeString
static void
case_of_strings(void **state)
{
    const UNICODE_STRING source = KitUnicode(L"aB\xE4");
    WCHAR buffer[3];
    UNICODE_STRING target = {0, sizeof(buffer), buffer};

    (void)state;
    assert_int_equal(RtlUpcaseUnicodeString(&target, &source, FALSE), STATUS_SUCCESS);
    assert_true(KitIs(&target, L"AB\xC4"));
    target.MaximumLength = 4;
    assert_int_equal(RtlUpcaseUnicodeString(&target, &source, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlDowncaseUnicodeString(&target, &source, TRUE), STATUS_SUCCESS);
    assert_true(KitIs(&target, L"ab\xE4"));
    assert_ptr_not_equal(target.Buffer, buffer);
    RtlFreeUnicodeString(&target);
    assert_null(target.Buffer);
    RtlFreeUnicodeString(&target); // harmless when there is nothing
    KitOutOfMemory = TRUE;
    assert_int_equal(RtlUpcaseUnicodeString(&target, &source, TRUE), STATUS_NO_MEMORY);
}

// Page: NF:wdm.RtlHashUnicodeString
static void
hash(void **state)
{
    const UNICODE_STRING lower = KitUnicode(L"ab");
    const UNICODE_STRING upper = KitUnicode(L"AB");
    ULONG value = 0;
    ULONG other = 0;

    (void)state;
    assert_int_equal(RtlHashUnicodeString(&lower, FALSE, HASH_STRING_ALGORITHM_X65599, &value),
                     STATUS_SUCCESS);
    assert_int_equal(value, 'a' * 65599u + 'b');
    RtlHashUnicodeString(&upper, FALSE, HASH_STRING_ALGORITHM_DEFAULT, &other);
    assert_int_not_equal(value, other);
    RtlHashUnicodeString(&lower, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &value);
    RtlHashUnicodeString(&upper, TRUE, HASH_STRING_ALGORITHM_DEFAULT, &other);
    assert_int_equal(value, other);
    assert_int_equal(RtlHashUnicodeString(NULL, TRUE, 0, &value), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlHashUnicodeString(&lower, TRUE, 0, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlHashUnicodeString(&lower, TRUE, 2, &value), STATUS_INVALID_PARAMETER);
}

static void
validation_and_duplicates(void **state)
{
    const UNICODE_STRING good = KitUnicode(L"ab");
    const UNICODE_STRING odd = {3, 8, good.Buffer};
    const UNICODE_STRING beyond = {8, 6, good.Buffer};
    const UNICODE_STRING dangling = {0, 2, NULL};
    const UNICODE_STRING empty = {0, 0, NULL};
    UNICODE_STRING copy;

    (void)state;
    assert_int_equal(RtlValidateUnicodeString(0, &good), STATUS_SUCCESS);
    assert_int_equal(RtlValidateUnicodeString(1, &good), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlValidateUnicodeString(0, &odd), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlValidateUnicodeString(0, &beyond), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlValidateUnicodeString(0, &dangling), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(0, &good, &copy), STATUS_SUCCESS);
    assert_int_equal(copy.MaximumLength, 4);
    RtlFreeUnicodeString(&copy);
    assert_int_equal(RtlDuplicateUnicodeString(1, &good, &copy), STATUS_SUCCESS);
    assert_int_equal(copy.MaximumLength, 6);
    assert_int_equal(copy.Buffer[2], 0);
    RtlFreeUnicodeString(&copy);
    assert_int_equal(RtlDuplicateUnicodeString(1, &empty, &copy), STATUS_SUCCESS);
    assert_null(copy.Buffer);
    assert_int_equal(RtlDuplicateUnicodeString(3, &empty, &copy), STATUS_SUCCESS);
    assert_int_equal(copy.Buffer[0], 0);
    RtlFreeUnicodeString(&copy);
    assert_int_equal(RtlDuplicateUnicodeString(2, &good, &copy), STATUS_INVALID_PARAMETER);
    assert_int_equal(RtlDuplicateUnicodeString(1, &odd, &copy), STATUS_INVALID_PARAMETER);
    KitOutOfMemory = TRUE;
    assert_int_equal(RtlDuplicateUnicodeString(1, &good, &copy), STATUS_NO_MEMORY);
}

// Page: NF:ntifs.RtlCreateUnicodeString
static void
create(void **state)
{
    UNICODE_STRING string;

    (void)state;
    assert_true(RtlCreateUnicodeString(&string, L"abc"));
    assert_true(KitIs(&string, L"abc"));
    assert_int_equal(string.MaximumLength, 8);
    RtlFreeUnicodeString(&string);
    KitOutOfMemory = TRUE;
    assert_false(RtlCreateUnicodeString(&string, L"abc"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(init_string),
        KIT_TEST(init_unicode_string),
        KIT_TEST(copy_unicode_string),
        KIT_TEST(append_unicode),
        KIT_TEST(narrow_copies),
        KIT_TEST(comparison),
        KIT_TEST(narrow_comparison),
        KIT_TEST(case_of_characters),
        KIT_TEST(case_of_strings),
        KIT_TEST(hash),
        KIT_TEST(validation_and_duplicates),
        KIT_TEST(create),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
