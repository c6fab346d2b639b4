// SPDX-License-Identifier: MIT
// Wide strings of the C library that ntoskrnl.exe exports, called through a driver's imports.
// No page: the documentation of the C library is not the driver kit's.
// Run:
// Expect: rtl_crt_wide: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <errno.h>
#include <stdlib.h>
#include <wchar.h>

#include "check.h"

#define SAME(Left, Right) EXPECT(wcscmp((Left), (Right)) == 0)
#define TRUNCATE          ((size_t)-1)
#define STRUNCATED        80

static void
TestSearch(void)
{
    const wchar_t *text = L"one two one";

    EXPECT_EQ(wcslen(text), 11);
    EXPECT_EQ(wcslen(L""), 0);
    EXPECT_EQ(wcsnlen(text, 5), 5);
    EXPECT_EQ(wcsnlen(text, 50), 11);
    EXPECT(wcschr(text, 'o') == text);
    EXPECT(wcschr(text, 0) == text + 11);
    EXPECT(wcschr(text, 'z') == NULL);
    EXPECT(wcsrchr(text, 'o') == text + 8);
    EXPECT(wcsrchr(text, 'z') == NULL);
    EXPECT_EQ(wcsspn(text, L"eno"), 3);
    EXPECT_EQ(wcscspn(text, L" "), 3);
    EXPECT(wcspbrk(text, L"wt") == text + 4);
    EXPECT(wcspbrk(text, L"xyz") == NULL);
    EXPECT(wcsstr(text, L"two") == text + 4);
    EXPECT(wcsstr(text, L"") == text);
    EXPECT(wcsstr(text, L"twone") == NULL);
}

static void
TestCompare(void)
{
    EXPECT(wcsncmp(L"abcx", L"abcy", 3) == 0);
    EXPECT(wcsncmp(L"abcx", L"abcy", 4) < 0);
    EXPECT(wcsncmp(L"b", L"a", 1) > 0);
    EXPECT(_wcsicmp(L"ABC", L"abc") == 0);
    EXPECT(_wcsicmp(L"ABC", L"abd") < 0);
    EXPECT(_wcsnicmp(L"ABCx", L"abcy", 3) == 0);
    EXPECT(_wcsnicmp(L"ABCx", L"abcy", 4) < 0);
    EXPECT_EQ(towlower(L'Q'), L'q');
    EXPECT_EQ(towupper(L'q'), L'Q');
    EXPECT_EQ(towupper(L'7'), L'7');
    EXPECT(iswdigit(L'7') && !iswdigit(L'a'));
    EXPECT(iswspace(L'\t') && iswspace(L' ') && !iswspace(L'a'));
    EXPECT(iswxdigit(L'f') && iswxdigit(L'9') && !iswxdigit(L'g'));
}

static void
TestChange(void)
{
    wchar_t text[16];

    EXPECT(wcscpy(text, L"MiXed 9") == text);
    SAME(_wcslwr(text), L"mixed 9");
    SAME(_wcsupr(text), L"MIXED 9");
    SAME(wcslwr(text), L"mixed 9");
    SAME(_wcsrev(text), L"9 dexim");
    SAME(_wcsnset(text, L'x', 2), L"xxdexim");
    EXPECT_EQ(_wcsset_s(text, 16, L'a'), 0);
    SAME(text, L"aaaaaaa");
    EXPECT_EQ(_wcsnset_s(text, 16, L'b', 3), 0);
    SAME(text, L"bbbaaaa");
    EXPECT_EQ(_wcsset_s(text, 4, L'a'), EINVAL);
    EXPECT_EQ(text[0], 0);
    EXPECT(wcscpy(text, L"ab") == text);
    SAME(wcscat(text, L"cd"), L"abcd");
    SAME(wcsncat(text, L"efgh", 2), L"abcdef");
    // As the narrow one: pads with zeros, and does not terminate what fills the room.
    text[4] = L'#';
    EXPECT(wcsncpy(text, L"xy", 4) == text);
    EXPECT(text[1] == L'y' && text[2] == 0 && text[3] == 0 && text[4] == L'#');
    EXPECT(wcsncpy(text, L"pqrs", 2) == text);
    EXPECT(text[1] == L'q' && text[2] == 0);
}

static void
TestCopySecure(void)
{
    wchar_t text[6] = L"?????";

    EXPECT_EQ(wcscpy_s(text, 6, L"abcde"), 0);
    SAME(text, L"abcde");
    EXPECT_EQ(wcscpy_s(text, 5, L"12345"), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(wcscpy_s(text, 6, NULL), EINVAL);
    EXPECT_EQ(wcscpy_s(text, 6, L"ab"), 0);
    EXPECT_EQ(wcscat_s(text, 6, L"cde"), 0);
    SAME(text, L"abcde");
    EXPECT_EQ(wcscat_s(text, 6, L"f"), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(wcsncpy_s(text, 6, L"abcdef", 3), 0);
    SAME(text, L"abc");
    EXPECT_EQ(wcsncpy_s(text, 6, L"abcdef", TRUNCATE), STRUNCATED);
    SAME(text, L"abcde");
    EXPECT_EQ(wcsncpy_s(text, 6, L"abcdefgh", 6), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(wcscpy_s(text, 6, L"ab"), 0);
    EXPECT_EQ(wcsncat_s(text, 6, L"cdef", 2), 0);
    SAME(text, L"abcd");
    EXPECT_EQ(wcsncat_s(text, 6, L"efg", TRUNCATE), STRUNCATED);
    SAME(text, L"abcde");
}

static void
TestMultibyte(void)
{
    wchar_t wide[8];
    char narrow[8];

    EXPECT_EQ(mbstowcs(wide, "abc", 8), 3);
    SAME(wide, L"abc");
    EXPECT_EQ(mbstowcs(NULL, "abc", 0), 3);
    wide[2] = L'#';
    EXPECT_EQ(mbstowcs(wide, "xyz", 2), 2);
    EXPECT(wide[1] == L'y' && wide[2] == L'#');
    EXPECT_EQ(wcstombs(narrow, L"abc", 8), 3);
    EXPECT(narrow[2] == 'c' && narrow[3] == 0);
    EXPECT_EQ(wcstombs(NULL, L"abc", 0), 3);
    EXPECT_EQ(mbtowc(wide, "q", 1), 1);
    EXPECT_EQ(wide[0], L'q');
    EXPECT_EQ(mbtowc(wide, "", 1), 0);
    EXPECT_EQ(mbtowc(wide, NULL, 1), 0);
    EXPECT_EQ(wctomb(narrow, L'q'), 1);
    EXPECT_EQ(narrow[0], 'q');
    EXPECT_EQ(wctomb(NULL, L'q'), 0);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestSearch();
    TestCompare();
    TestChange();
    TestCopySecure();
    TestMultibyte();
    return Finish("rtl_crt_wide");
}
