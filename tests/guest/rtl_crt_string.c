// SPDX-License-Identifier: MIT
// Narrow strings, memory and character classes of the C library that ntoskrnl.exe exports, called
// through a driver's imports: results, terminators, and what the secure forms leave behind.
// No page: the documentation of the C library is not the driver kit's.
// Run:
// Expect: rtl_crt_string: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define SAME(Left, Right) EXPECT(strcmp((Left), (Right)) == 0)
#define TRUNCATE          ((size_t)-1)
#define STRUNCATED        80

static int compared;

static void
TestClasses(void)
{
    for (int c = 0; c < 128; c++)
    {
        const int digit = c >= '0' && c <= '9';
        const int lower = c >= 'a' && c <= 'z';
        const int upper = c >= 'A' && c <= 'Z';
        const int hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

        EXPECT_EQ(isdigit(c) != 0, digit);
        EXPECT_EQ(islower(c) != 0, lower);
        EXPECT_EQ(isupper(c) != 0, upper);
        EXPECT_EQ(isalpha(c) != 0, lower || upper);
        EXPECT_EQ(isalnum(c) != 0, lower || upper || digit);
        EXPECT_EQ(isxdigit(c) != 0, hex);
        EXPECT_EQ(isspace(c) != 0, c == ' ' || (c >= 9 && c <= 13));
        EXPECT_EQ(isprint(c) != 0, c >= ' ' && c < 127);
        EXPECT_EQ(tolower(c), upper ? c + 32 : c);
        EXPECT_EQ(toupper(c), lower ? c - 32 : c);
    }
}

static void
TestMemory(void)
{
    char block[8] = "abcdefg";
    char other[8];

    EXPECT(memchr(block, 'd', 8) == block + 3);
    EXPECT(memchr(block, 'd', 3) == NULL);
    EXPECT(memchr(block, 0, 8) == block + 7);
    EXPECT_EQ(memcpy_s(other, sizeof(other), block, 8), 0);
    SAME(other, "abcdefg");
    EXPECT_EQ(memmove_s(block + 1, 7, block, 6), 0);
    SAME(block, "aabcdef");
    // A copy that does not fit clears the target.
    EXPECT_EQ(memcpy_s(other, 4, "123456", 6), ERANGE);
    EXPECT(other[0] == 0 && other[3] == 0 && other[4] == 'e');
    EXPECT_EQ(memcpy_s(other, sizeof(other), NULL, 1), EINVAL);
    EXPECT_EQ(memcpy_s(NULL, 0, NULL, 0), 0);
    EXPECT_EQ(memmove_s(other, 2, "abc", 3), ERANGE);
    EXPECT_EQ(_memicmp("ABC", "abd", 2), 0);
    EXPECT(_memicmp("ABC", "abd", 3) < 0);
    EXPECT(_memicmp("b", "A", 1) > 0);
}

static void
TestSearch(void)
{
    const char *text = "one two one";

    EXPECT(strrchr(text, 'o') == text + 8);
    EXPECT(strrchr(text, 0) == text + 11);
    EXPECT(strrchr(text, 'z') == NULL);
    EXPECT_EQ(strspn(text, "eno"), 3);
    EXPECT_EQ(strspn(text, ""), 0);
    EXPECT_EQ(strcspn(text, " "), 3);
    EXPECT_EQ(strcspn(text, "xyz"), 11);
    EXPECT(strpbrk(text, "wt") == text + 4);
    EXPECT(strpbrk(text, "xyz") == NULL);
    EXPECT_EQ(strnlen(text, 5), 5);
    EXPECT_EQ(strnlen(text, 50), 11);
    EXPECT_EQ(_strnicmp("ABCx", "abcy", 3), 0);
    EXPECT(_strnicmp("ABCx", "abcy", 4) < 0);
    EXPECT_EQ(_strnicmp("a", "b", 0), 0);
}

static void
TestChange(void)
{
    char text[16] = "MiXed 9";

    EXPECT(_strlwr(text) == text);
    SAME(text, "mixed 9");
    EXPECT(_strupr(text) == text);
    SAME(text, "MIXED 9");
    EXPECT(strlwr(text) == text);
    SAME(text, "mixed 9");
    SAME(_strrev(text), "9 dexim");
    SAME(_strnset(text, 'x', 2), "xxdexim");
    SAME(_strnset(text, 'y', 100), "yyyyyyy");
    SAME(_strset(text, 'z'), "zzzzzzz");
    EXPECT_EQ(_strset_s(text, sizeof(text), 'a'), 0);
    SAME(text, "aaaaaaa");
    EXPECT_EQ(_strnset_s(text, sizeof(text), 'b', 3), 0);
    SAME(text, "bbbaaaa");
    EXPECT_EQ(_strset_s(NULL, 4, 'a'), EINVAL);
    EXPECT_EQ(_strset_s(text, 4, 'a'), EINVAL);
    EXPECT_EQ(text[0], 0);
}

static void
TestCopySecure(void)
{
    char text[6] = "?????";

    EXPECT_EQ(strcpy_s(text, 6, "abcde"), 0);
    SAME(text, "abcde");
    EXPECT_EQ(strcpy_s(text, 5, "12345"), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(strcpy_s(text, 6, NULL), EINVAL);
    EXPECT_EQ(strcpy_s(NULL, 6, "a"), EINVAL);
    EXPECT_EQ(strcpy_s(text, 0, "a"), EINVAL);
    EXPECT_EQ(strcpy_s(text, 6, "ab"), 0);
    EXPECT_EQ(strcat_s(text, 6, "cde"), 0);
    SAME(text, "abcde");
    EXPECT_EQ(strcat_s(text, 6, "f"), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(strncpy_s(text, 6, "abcdef", 3), 0);
    SAME(text, "abc");
    EXPECT_EQ(strncpy_s(text, 6, "abcdef", TRUNCATE), STRUNCATED);
    SAME(text, "abcde");
    EXPECT_EQ(strncpy_s(text, 6, "abcdefgh", 6), ERANGE);
    EXPECT_EQ(text[0], 0);
    EXPECT_EQ(strcpy_s(text, 6, "ab"), 0);
    EXPECT_EQ(strncat_s(text, 6, "cdef", 2), 0);
    SAME(text, "abcd");
    EXPECT_EQ(strncat_s(text, 6, "efg", TRUNCATE), STRUNCATED);
    SAME(text, "abcde");
    EXPECT_EQ(strncat_s(text, 6, "f", 1), ERANGE);
    EXPECT_EQ(text[0], 0);
    memcpy(text, "ab", 3);
    SAME(strncat(text, "cdef", 2), "abcd");
}

static void
TestTokens(void)
{
    char text[] = ",a,,bc;d";
    char *next = NULL;

    SAME(strtok_s(text, ",;", &next), "a");
    SAME(strtok_s(NULL, ",;", &next), "bc");
    SAME(strtok_s(NULL, ",;", &next), "d");
    EXPECT(strtok_s(NULL, ",;", &next) == NULL);
}

static int
CompareInts(const void *First, const void *Second)
{
    compared += 1;
    return *(const int *)First - *(const int *)Second;
}

static int
CompareDown(void *Context, const void *First, const void *Second)
{
    *(int *)Context += 1;
    return *(const int *)Second - *(const int *)First;
}

static void
TestSorting(void)
{
    int numbers[9] = {5, -1, 3, 3, 9, 0, 8, -7, 4};
    int key = 8;
    int missing = 7;
    int calls = 0;

    qsort(numbers, 9, sizeof(int), CompareInts);
    for (int i = 1; i < 9; i++)
    {
        EXPECT(numbers[i - 1] <= numbers[i]);
    }
    EXPECT(compared >= 8);
    EXPECT(bsearch(&key, numbers, 9, sizeof(int), CompareInts) == &numbers[7]);
    EXPECT(bsearch(&missing, numbers, 9, sizeof(int), CompareInts) == NULL);
    EXPECT(bsearch(&key, numbers, 0, sizeof(int), CompareInts) == NULL);
    qsort_s(numbers, 9, sizeof(int), CompareDown, &calls);
    EXPECT(calls >= 8);
    for (int i = 1; i < 9; i++)
    {
        EXPECT(numbers[i - 1] >= numbers[i]);
    }
    EXPECT(bsearch_s(&key, numbers, 9, sizeof(int), CompareDown, &calls) == &numbers[1]);
    EXPECT(bsearch_s(&missing, numbers, 9, sizeof(int), CompareDown, &calls) == NULL);
    // The sequence that Microsoft's library has always produced for this seed.
    srand(1);
    EXPECT_EQ(rand(), 41);
    EXPECT_EQ(rand(), 18467);
    srand(1);
    EXPECT_EQ(rand(), 41);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestClasses();
    TestMemory();
    TestSearch();
    TestChange();
    TestCopySecure();
    TestTokens();
    TestSorting();
    return Finish("rtl_crt_string");
}
