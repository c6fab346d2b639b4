// SPDX-License-Identifier: MIT
// Short file names: which names are legal ones, what long names become, and that a series of names
// for one long name has no duplicates.
// Page: NF:ntifs.RtlIsNameLegalDOS8Dot3, NF:ntifs.RtlGenerate8dot3Name
// Run:
// Expect: rtl_shortname: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <string.h>

#include "check.h"

#define NAMES 40

static BOOLEAN
Legal(const WCHAR *Text)
{
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Text);
    return RtlIsNameLegalDOS8Dot3(&name, NULL, NULL);
}

static void
TestLegal(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"a b.txt");
    CHAR room[12];
    OEM_STRING oem = {0, sizeof(room), room};
    BOOLEAN spaces = FALSE;

    EXPECT(Legal(L"README.TXT") && Legal(L"readme.txt") && Legal(L"a") && Legal(L"abcdefgh.ext"));
    EXPECT(Legal(L".") && Legal(L".."));
    EXPECT(!Legal(L"") && !Legal(L"abcdefghi") && !Legal(L"a.text") && !Legal(L"a.b.c"));
    EXPECT(!Legal(L".txt") && !Legal(L"a+b") && !Legal(L"a*") && !Legal(L"a\\b") &&
           !Legal(L"a\x1"));
    EXPECT(RtlIsNameLegalDOS8Dot3(&name, &oem, &spaces));
    EXPECT(spaces);
    EXPECT(oem.Length == 7 && memcmp(room, "A B.TXT", 7) == 0);
}

static NOINLINE BOOLEAN
Becomes(const WCHAR *Long, const WCHAR *Short)
{
    GENERATE_NAME_CONTEXT context = {0};
    WCHAR room[12];
    UNICODE_STRING name;
    UNICODE_STRING expected;
    UNICODE_STRING result;

    RtlInitEmptyUnicodeString(&result, room, sizeof(room));
    RtlInitUnicodeString(&name, Long);
    RtlInitUnicodeString(&expected, Short);
    return NT_SUCCESS(RtlGenerate8dot3Name(&name, FALSE, &context, &result)) &&
           RtlEqualUnicodeString(&result, &expected, FALSE);
}

static void
TestSeries(void)
{
    static WCHAR rooms[NAMES][12];
    static UNICODE_STRING results[NAMES];
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"A long file name.document");
    GENERATE_NAME_CONTEXT context = {0};

    for (ULONG i = 0; i < NAMES; i++)
    {
        RtlInitEmptyUnicodeString(&results[i], rooms[i], sizeof(rooms[i]));
        EXPECT_EQ(RtlGenerate8dot3Name(&name, FALSE, &context, &results[i]), STATUS_SUCCESS);
        EXPECT(RtlIsNameLegalDOS8Dot3(&results[i], NULL, NULL));
        for (ULONG j = 0; j < i; j++)
        {
            EXPECT(!RtlEqualUnicodeString(&results[i], &results[j], TRUE));
        }
    }
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestLegal();
    EXPECT(Becomes(L"A long file name.document", L"ALONGF~1.DOC"));
    EXPECT(Becomes(L"..hidden.configuration", L"HIDDEN~1.CON"));
    EXPECT(Becomes(L"a+b,c;d=[e].x", L"A_B_C_~1.X"));
    EXPECT(Becomes(L"one.two.three", L"ONETWO~1.THR"));
    EXPECT(Becomes(L"noextension", L"NOEXTE~1"));
    TestSeries();
    return Finish("rtl_shortname");
}
