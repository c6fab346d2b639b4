// SPDX-License-Identifier: MIT
// kernel/rtl/convert.c and integer.c: code pages, UTF-8, numbers and GUIDs as text.
#include "rtl_kit.h"

#include "rtl/exports.h"

// Page: NF:wdm.RtlAnsiStringToUnicodeString
// Page: NF:wdm.RtlxAnsiStringToUnicodeSize
static void
ansi_to_unicode(void **state)
{
    const ANSI_STRING source = KitAnsi("a\x80\xE4");
    WCHAR buffer[4];
    UNICODE_STRING target = {0, sizeof(buffer), buffer};

    (void)state;
    assert_int_equal(RtlxAnsiStringToUnicodeSize(&source), 8);
    assert_int_equal(RtlAnsiStringToUnicodeString(&target, &source, FALSE), STATUS_SUCCESS);
    assert_true(KitIs(&target, L"a\x20AC\xE4"));
    assert_int_equal(buffer[3], 0);
    target.MaximumLength = 6; // no room for the terminator
    assert_int_equal(RtlAnsiStringToUnicodeString(&target, &source, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlAnsiStringToUnicodeString(&target, &source, TRUE), STATUS_SUCCESS);
    assert_int_equal(target.MaximumLength, 8);
    RtlFreeUnicodeString(&target);
    KitOutOfMemory = TRUE;
    assert_int_equal(RtlAnsiStringToUnicodeString(&target, &source, TRUE), STATUS_NO_MEMORY);
}

// Page: NF:wdm.RtlUnicodeStringToAnsiString
// Page: NF:wdm.RtlxUnicodeStringToAnsiSize
static void
unicode_to_ansi(void **state)
{
    const UNICODE_STRING source = KitUnicode(L"a\x20AC\x4E2D");
    CHAR buffer[4];
    ANSI_STRING target = {0, sizeof(buffer), buffer};

    (void)state;
    assert_int_equal(RtlxUnicodeStringToAnsiSize(&source), 4);
    assert_int_equal(RtlUnicodeStringToAnsiString(&target, &source, FALSE), STATUS_SUCCESS);
    assert_string_equal(buffer, "a\x80?");
    target.MaximumLength = 3;
    assert_int_equal(RtlUnicodeStringToAnsiString(&target, &source, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlUnicodeStringToAnsiString(&target, &source, TRUE), STATUS_SUCCESS);
    assert_int_equal(target.Length, 3);
    RtlFreeAnsiString(&target);
}

static void
unicode_to_ansi_limits(void **state)
{
    WCHAR *text = malloc(0x20000);
    UNICODE_STRING source = {0xFFFE, 0xFFFE, text};
    ANSI_STRING ansi = {0xFFFF, 0xFFFF, (PCHAR)text};
    UNICODE_STRING wide;

    (void)state;
    memset(text, 'x', 0x20000);
    // 32767 units become 32768 bytes; 65535 bytes would become 131072.
    assert_int_equal(RtlUnicodeStringToAnsiString(&ansi, &source, TRUE), STATUS_SUCCESS);
    assert_int_equal(ansi.Length, 0x7FFF);
    RtlFreeAnsiString(&ansi);
    ansi.Buffer = (PCHAR)text;
    ansi.Length = 0x7FFF;
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE), STATUS_INVALID_PARAMETER_2);
    ansi.Length = 0x7FFE;
    assert_int_equal(RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE), STATUS_SUCCESS);
    assert_int_equal(wide.Length, 0xFFFC);
    RtlFreeUnicodeString(&wide);
    free(text);
}

// Page: NF:ntifs.RtlMultiByteToUnicodeN
// Page: NF:ntifs.RtlUnicodeToMultiByteN
// Page: NF:ntifs.RtlUnicodeToMultiByteSize
static void
buffers(void **state)
{
    WCHAR wide[4] = {9, 9, 9, 9};
    CHAR narrow[4] = "xxx";
    ULONG bytes = 0;

    (void)state;
    assert_int_equal(RtlMultiByteToUnicodeN(wide, 4, &bytes, "abc", 3), STATUS_SUCCESS);
    assert_int_equal(bytes, 4); // truncation is no error
    assert_int_equal(wide[2], 9);
    assert_int_equal(RtlUnicodeToMultiByteN(narrow, 2, NULL, L"abc", 6), STATUS_SUCCESS);
    assert_memory_equal(narrow, "abx", 3);
    assert_int_equal(RtlUpcaseUnicodeToMultiByteN(narrow, 3, &bytes, L"ab\xE4", 6), STATUS_SUCCESS);
    assert_memory_equal(narrow, "AB\xC4", 3);
    RtlUnicodeToMultiByteSize(&bytes, L"abc", 6);
    assert_int_equal(bytes, 3);
    RtlMultiByteToUnicodeSize(&bytes, "abc", 3);
    assert_int_equal(bytes, 6);
}

// Page: NF:ntifs.RtlUnicodeStringToCountedOemString
// Page: NF:ntifs.RtlOemStringToCountedUnicodeString
static void
oem_strings(void **state)
{
    const UNICODE_STRING umlaut = KitUnicode(L"a\xE4");
    const UNICODE_STRING strange = KitUnicode(L"\x4E2D");
    CHAR buffer[3] = "xx";
    OEM_STRING oem = {0, 2, buffer};
    WCHAR wideBuffer[2];
    UNICODE_STRING wide = {0, sizeof(wideBuffer), wideBuffer};

    (void)state;
    assert_int_equal(RtlUnicodeStringToCountedOemString(&oem, &umlaut, FALSE), STATUS_SUCCESS);
    assert_memory_equal(buffer, "a\x84", 2);
    assert_int_equal(RtlUnicodeStringToCountedOemString(&oem, &strange, FALSE),
                     STATUS_UNMAPPABLE_CHARACTER);
    assert_int_equal(RtlOemStringToCountedUnicodeString(&wide, &oem, FALSE), STATUS_SUCCESS);
    assert_true(KitIs(&wide, L"a\xE4"));
    // The other pair wants room for a terminator.
    assert_int_equal(RtlOemStringToUnicodeString(&wide, &oem, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(RtlUnicodeStringToOemString(&oem, &umlaut, FALSE), STATUS_BUFFER_OVERFLOW);
    oem.MaximumLength = 3;
    assert_int_equal(RtlUpcaseUnicodeStringToOemString(&oem, &umlaut, FALSE), STATUS_SUCCESS);
    assert_string_equal(buffer, "A\x8E");
}

// Page: NF:ntifs.RtlUnicodeToUTF8N
static void
unicode_to_utf8(void **state)
{
    CHAR utf8[16];
    ULONG bytes = 0;

    (void)state;
    assert_int_equal(RtlUnicodeToUTF8N(utf8, 16, &bytes, L"a\xE4\x20AC\xD83D\xDE00", 10),
                     STATUS_SUCCESS);
    assert_int_equal(bytes, 10);
    assert_memory_equal(utf8, "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 10);
    assert_int_equal(RtlUnicodeToUTF8N(NULL, 0, &bytes, L"a\x20AC", 4), STATUS_SUCCESS);
    assert_int_equal(bytes, 4);
    // Whole characters only.
    assert_int_equal(RtlUnicodeToUTF8N(utf8, 3, &bytes, L"a\x20ACz", 6), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(bytes, 1);
    // Lone surrogates of both kinds.
    assert_int_equal(RtlUnicodeToUTF8N(utf8, 16, &bytes,
                                       L"\xDE00"
                                       L"a\xD83D",
                                       6),
                     STATUS_SOME_NOT_MAPPED);
    assert_memory_equal(utf8,
                        "\xEF\xBF\xBD"
                        "a\xEF\xBF\xBD",
                        7);
    assert_int_equal(RtlUnicodeToUTF8N(utf8, 16, &bytes, NULL, 2), STATUS_INVALID_PARAMETER_4);
    assert_int_equal(RtlUnicodeToUTF8N(utf8, 16, &bytes, L"a", 1), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(RtlUnicodeToUTF8N(NULL, 0, NULL, L"a", 2), STATUS_INVALID_PARAMETER);
}

// Page: NF:ntifs.RtlUTF8ToUnicodeN
static void
utf8_to_unicode(void **state)
{
    static const struct
    {
        const CHAR *Text;
        PCWSTR Expected;
    } bad[] = {
        {"\x80", L"\xFFFD"},                              // a continuation alone
        {"\xC0\x80", L"\xFFFD\xFFFD"},                    // overlong
        {"\xE2\x82", L"\xFFFD"},                          // cut off
        {"\xE2\x82z", L"\xFFFDz"},                        // interrupted
        {"\xED\xA0\x80", L"\xFFFD\xFFFD\xFFFD"},          // a surrogate
        {"\xF4\x90\x80\x80", L"\xFFFD\xFFFD\xFFFD\xFFFD"} // above U+10FFFF
    };
    WCHAR wide[16];
    ULONG bytes = 0;

    (void)state;
    assert_int_equal(
        RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, "a\xE2\x82\xAC\xF0\x9F\x98\x80", 8),
        STATUS_SUCCESS);
    assert_int_equal(bytes, 8);
    assert_memory_equal(wide, L"a\x20AC\xD83D\xDE00", 8);
    // A surrogate pair does not fit into one unit.
    assert_int_equal(RtlUTF8ToUnicodeN(wide, 2, &bytes, "\xF0\x9F\x98\x80", 4),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(bytes, 0);
    for (ULONG i = 0; i < RTL_NUMBER_OF(bad); i++)
    {
        const UNICODE_STRING expected = KitUnicode(bad[i].Expected);

        assert_int_equal(
            RtlUTF8ToUnicodeN(wide, sizeof(wide), &bytes, bad[i].Text, (ULONG)strlen(bad[i].Text)),
            STATUS_SOME_NOT_MAPPED);
        assert_int_equal(bytes, expected.Length);
        assert_memory_equal(wide, expected.Buffer, bytes);
    }
    assert_int_equal(RtlUTF8ToUnicodeN(wide, 2, &bytes, NULL, 4), STATUS_INVALID_PARAMETER_4);
}

// Page: NF:ntifs.RtlUnicodeStringToUTF8String
// Page: NF:ntifs.RtlUTF8StringToUnicodeString
static void
utf8_strings(void **state)
{
    const UNICODE_STRING source = KitUnicode(L"a\x20AC");
    CHAR buffer[4] = "xxx";
    UTF8_STRING target = {0, 4, buffer};
    UNICODE_STRING back = {0, 0, NULL};

    (void)state;
    assert_int_equal(RtlUnicodeStringToUTF8String(&target, &source, FALSE), STATUS_SUCCESS);
    assert_int_equal(target.Length, 4);
    assert_memory_equal(buffer, "a\xE2\x82\xAC", 4);
    assert_int_equal(RtlUTF8StringToUnicodeString(&back, &target, TRUE), STATUS_SUCCESS);
    assert_true(KitIs(&back, L"a\x20AC"));
    RtlFreeUnicodeString(&back);
    target.MaximumLength = 3; // a warning, and what fits
    assert_int_equal(RtlUnicodeStringToUTF8String(&target, &source, FALSE), STATUS_BUFFER_OVERFLOW);
    assert_int_equal(target.Length, 1);
    assert_int_equal(RtlUnicodeStringToUTF8String(&target, &source, TRUE), STATUS_SUCCESS);
    RtlFreeUTF8String(&target);
}

static void
utf8_as_ansi_code_page(void **state)
{
    const ANSI_STRING source = KitAnsi("\xE2\x82\xAC");
    UNICODE_STRING target;

    (void)state;
    assert_false(RtlSetAnsiCodePage(932));
    assert_true(RtlSetAnsiCodePage(65001));
    assert_int_equal(RtlxAnsiStringToUnicodeSize(&source), 4);
    assert_int_equal(RtlAnsiStringToUnicodeString(&target, &source, TRUE), STATUS_SUCCESS);
    assert_true(KitIs(&target, L"\x20AC"));
    RtlFreeUnicodeString(&target);
}

// ---- numbers ----------------------------------------------------------------------------------

// Page: NF:wdm.RtlUnicodeStringToInteger (its table of examples, and the prefixes)
static void
string_to_integer(void **state)
{
    static const struct
    {
        PCWSTR Text;
        ULONG Base;
        ULONG Expected;
    } cases[] = {
        {L"123", 10, 123},
        {L"-345", 10, (ULONG)-345},
        {L"xyz", 10, 0},
        {L"+678abc", 10, 678},
        {L"+678abc", 16, 6785724},
        {L"007", 10, 7},
        {L"789", 8, 7},
        {L"FGH", 16, 15},
        {L" ", 10, 0},
        {L"0x1F", 0, 31},
        {L"0o17", 0, 15},
        {L"0b101", 0, 5},
        {L"42", 0, 42},
        {L"\t -7", 0, (ULONG)-7},
        {L"0x1F", 10, 0},
        {L"1012", 2, 5},
        {L"4294967295", 10, 0xFFFFFFFF},
    };
    UNICODE_STRING string;
    ULONG value;

    (void)state;
    for (ULONG i = 0; i < RTL_NUMBER_OF(cases); i++)
    {
        string = KitUnicode(cases[i].Text);
        value = 999;
        assert_int_equal(RtlUnicodeStringToInteger(&string, cases[i].Base, &value), STATUS_SUCCESS);
        assert_int_equal(value, cases[i].Expected);
    }
    string = KitUnicode(L"");
    assert_int_equal(RtlUnicodeStringToInteger(&string, 10, &value), STATUS_INVALID_PARAMETER);
    string = KitUnicode(L"12");
    assert_int_equal(RtlUnicodeStringToInteger(&string, 3, &value), STATUS_INVALID_PARAMETER);
    string.Length = 2; // the length counts, not a terminator
    assert_int_equal(RtlUnicodeStringToInteger(&string, 10, &value), STATUS_SUCCESS);
    assert_int_equal(value, 1);
}

// Page: NF:ntddk.RtlCharToInteger
static void
char_to_integer(void **state)
{
    ULONG value;

    (void)state;
    assert_int_equal(RtlCharToInteger("0x1F", 0, &value), STATUS_SUCCESS);
    assert_int_equal(value, 31);
    assert_int_equal(RtlCharToInteger("-12", 10, &value), STATUS_SUCCESS);
    assert_int_equal(value, (ULONG)-12);
    assert_int_equal(RtlCharToInteger("12", 7, &value), STATUS_INVALID_PARAMETER);
}

// Page: NF:wdm.RtlIntegerToUnicodeString
// Page: NF:wdm.RtlInt64ToUnicodeString
static void
integer_to_string(void **state)
{
    WCHAR buffer[66];
    UNICODE_STRING string = {0, sizeof(buffer), buffer};

    (void)state;
    assert_int_equal(RtlIntegerToUnicodeString(4294967295u, 0, &string), STATUS_SUCCESS);
    assert_true(KitIs(&string, L"4294967295"));
    assert_int_equal(buffer[10], 0);
    assert_int_equal(RtlIntegerToUnicodeString(0xBEEF, 16, &string), STATUS_SUCCESS);
    assert_true(KitIs(&string, L"BEEF"));
    RtlIntegerToUnicodeString(8, 8, &string);
    assert_true(KitIs(&string, L"10"));
    RtlInt64ToUnicodeString(~0ull, 2, &string);
    assert_int_equal(string.Length, 128);
    RtlInt64ToUnicodeString(~0ull, 10, &string);
    assert_true(KitIs(&string, L"18446744073709551615"));
    assert_int_equal(RtlInt64ToUnicodeString(1, 7, &string), STATUS_INVALID_PARAMETER);
    string.MaximumLength = 6; // two digits and a terminator
    assert_int_equal(RtlIntegerToUnicodeString(99, 10, &string), STATUS_SUCCESS);
    assert_int_equal(RtlIntegerToUnicodeString(100, 10, &string), STATUS_BUFFER_OVERFLOW);
    assert_true(KitIs(&string, L"99"));
}

static void
integer_to_char(void **state)
{
    CHAR buffer[8] = "xxxxxxx";

    (void)state;
    assert_int_equal(RtlIntegerToChar(255, 16, 4, buffer), STATUS_SUCCESS);
    assert_string_equal(buffer, "FF");
    assert_int_equal(RtlIntegerToChar(255, 10, 2, buffer), STATUS_BUFFER_OVERFLOW);
    memset(buffer, 'x', 8);
    assert_int_equal(RtlIntegerToChar(255, 16, -4, buffer), STATUS_SUCCESS);
    assert_memory_equal(buffer, "00FFx", 5);
}

// Page: NF:wdm.RtlStringFromGUID
// Page: NF:wdm.RtlGUIDFromString
static void
guids(void **state)
{
    const GUID guid = {0x01234567, 0x89AB, 0xCDEF, {1, 2, 3, 4, 0x5A, 0xB6, 0xC7, 0xD8}};
    UNICODE_STRING string;
    GUID back;

    (void)state;
    assert_int_equal(RtlStringFromGUID(&guid, &string), STATUS_SUCCESS);
    assert_true(KitIs(&string, L"{01234567-89AB-CDEF-0102-03045AB6C7D8}"));
    assert_int_equal(RtlGUIDFromString(&string, &back), STATUS_SUCCESS);
    assert_memory_equal(&guid, &back, sizeof(guid));
    string.Buffer[1] = 'g';
    assert_int_equal(RtlGUIDFromString(&string, &back), STATUS_INVALID_PARAMETER);
    string.Buffer[1] = 'a';
    assert_int_equal(RtlGUIDFromString(&string, &back), STATUS_SUCCESS);
    assert_int_equal(back.Data1, 0xA1234567);
    string.Buffer[9] = '.';
    assert_int_equal(RtlGUIDFromString(&string, &back), STATUS_INVALID_PARAMETER);
    string.Buffer[9] = '-';
    string.Length -= 2;
    assert_int_equal(RtlGUIDFromString(&string, &back), STATUS_INVALID_PARAMETER);
    RtlFreeUnicodeString(&string);
    KitOutOfMemory = TRUE;
    assert_int_equal(RtlStringFromGUID(&guid, &string), STATUS_NO_MEMORY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(ansi_to_unicode),   KIT_TEST(unicode_to_ansi), KIT_TEST(unicode_to_ansi_limits),
        KIT_TEST(buffers),           KIT_TEST(oem_strings),     KIT_TEST(unicode_to_utf8),
        KIT_TEST(utf8_to_unicode),   KIT_TEST(utf8_strings),    KIT_TEST(utf8_as_ansi_code_page),
        KIT_TEST(string_to_integer), KIT_TEST(char_to_integer), KIT_TEST(integer_to_string),
        KIT_TEST(integer_to_char),   KIT_TEST(guids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
