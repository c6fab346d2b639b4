// SPDX-License-Identifier: MIT
// Code pages through a driver's imports: sizes, OEM and ANSI text both ways, upper case, text that
// does not fit, counted results; strings that are initialized, appended and freed.
// Page: NF:wdm.RtlAnsiStringToUnicodeSize, NF:wdm.RtlUnicodeStringToAnsiSize
// Page: NF:ntifs.RtlOemStringToUnicodeSize, NF:ntifs.RtlUnicodeStringToOemSize
// Page: NF:ntifs.RtlOemToUnicodeN, NF:ntifs.RtlUnicodeToOemN, NF:ntifs.RtlUpcaseUnicodeToOemN
// Page: NF:ntifs.RtlUpcaseUnicodeStringToCountedOemString, NF:ntifs.RtlFreeOemString
// Page: NF:ntifs.RtlIsValidOemCharacter, NF:wdm.RtlInitUTF8String
// Run:
// Expect: rtl_convert: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

// Exports that no header of the kit declares.
NTSYSAPI WCHAR NTAPI RtlAnsiCharToUnicodeChar(PUCHAR *SourceCharacter);
NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeStringToAnsiString(PANSI_STRING DestinationString,
                                                           PCUNICODE_STRING SourceString,
                                                           BOOLEAN AllocateDestinationString);
NTSYSAPI VOID NTAPI RtlGetDefaultCodePage(PUSHORT AnsiCodePage, PUSHORT OemCodePage);
NTSYSAPI NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING DestinationString, PCSZ SourceString);
NTSYSAPI NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING Destination, PCSZ Source);
NTSYSAPI LONG NTAPI RtlCompareUnicodeStrings(PCWCH String1,
                                             SIZE_T String1Length,
                                             PCWCH String2,
                                             SIZE_T String2Length,
                                             BOOLEAN CaseInSensitive);
#undef RtlAnsiStringToUnicodeSize
#undef RtlUnicodeStringToAnsiSize
#undef RtlOemStringToUnicodeSize
#undef RtlUnicodeStringToOemSize
NTSYSAPI ULONG NTAPI RtlAnsiStringToUnicodeSize(PCANSI_STRING AnsiString);
NTSYSAPI ULONG NTAPI RtlUnicodeStringToAnsiSize(PCUNICODE_STRING UnicodeString);
NTSYSAPI ULONG NTAPI RtlOemStringToUnicodeSize(PCOEM_STRING OemString);
NTSYSAPI ULONG NTAPI RtlUnicodeStringToOemSize(PCUNICODE_STRING UnicodeString);
extern __declspec(dllimport) USHORT NlsAnsiCodePage;
extern __declspec(dllimport) USHORT NlsOemCodePage;

static const UNICODE_STRING mixed = RTL_CONSTANT_STRING(L"aB\x00E9z");

static void
TestSizes(void)
{
    ANSI_STRING ansi = RTL_CONSTANT_STRING("four");
    UNICODE_STRING wide = RTL_CONSTANT_STRING(L"four");
    USHORT ansiPage = 0;
    USHORT oemPage = 0;

    // With the terminator that the conversions store.
    EXPECT_EQ(RtlAnsiStringToUnicodeSize(&ansi), 10);
    EXPECT_EQ(RtlxAnsiStringToUnicodeSize(&ansi), 10);
    EXPECT_EQ(RtlUnicodeStringToAnsiSize(&wide), 5);
    EXPECT_EQ(RtlxUnicodeStringToAnsiSize(&wide), 5);
    EXPECT_EQ(RtlOemStringToUnicodeSize(&ansi), 10);
    EXPECT_EQ(RtlxOemStringToUnicodeSize(&ansi), 10);
    EXPECT_EQ(RtlUnicodeStringToOemSize(&wide), 5);
    EXPECT_EQ(RtlxUnicodeStringToOemSize(&wide), 5);
    EXPECT_EQ(RtlOemStringToCountedUnicodeSize(&ansi), 8);
    ansi.Length = 0;
    EXPECT_EQ(RtlAnsiStringToUnicodeSize(&ansi), 2);
    RtlGetDefaultCodePage(&ansiPage, &oemPage);
    EXPECT_EQ(ansiPage, NlsAnsiCodePage);
    EXPECT_EQ(oemPage, NlsOemCodePage);
    EXPECT_EQ(*NlsMbCodePageTag, FALSE);
    EXPECT_EQ(*NlsMbOemCodePageTag, FALSE);
}

static void
TestBuffers(void)
{
    WCHAR wide[8];
    CHAR oem[8];
    ULONG bytes = 0;

    EXPECT_EQ(RtlOemToUnicodeN(wide, sizeof(wide), &bytes, "ab\x82", 3), STATUS_SUCCESS);
    EXPECT_EQ(bytes, 6);
    EXPECT_EQ(wide[2], 0xE9); // e with an acute accent is 82h of code page 437
    EXPECT_EQ(RtlOemToUnicodeN(wide, 4, &bytes, "abc", 3), STATUS_SUCCESS);
    EXPECT_EQ(bytes, 4);
    EXPECT_EQ(RtlUnicodeToOemN(oem, sizeof(oem), &bytes, mixed.Buffer, mixed.Length),
              STATUS_SUCCESS);
    EXPECT_EQ(bytes, 4);
    EXPECT(memcmp(oem, "aB\x82z", 4) == 0);
    EXPECT_EQ(RtlUpcaseUnicodeToOemN(oem, 2, &bytes, mixed.Buffer, mixed.Length), STATUS_SUCCESS);
    EXPECT_EQ(bytes, 2);
    EXPECT(memcmp(oem, "AB", 2) == 0);
    EXPECT_EQ(RtlUpcaseUnicodeToOemN(oem, 8, &bytes, mixed.Buffer, mixed.Length), STATUS_SUCCESS);
    EXPECT(memcmp(oem, "AB\x90Z", 4) == 0);
}

static void
TestStrings(void)
{
    OEM_STRING oem = {0};
    ANSI_STRING ansi = {0};
    CHAR room[3];

    EXPECT_EQ(RtlUpcaseUnicodeStringToCountedOemString(&oem, &mixed, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(oem.Length, 4);
    EXPECT(oem.Buffer != NULL && memcmp(oem.Buffer, "AB\x90Z", 4) == 0);
    RtlFreeOemString(&oem);
    EXPECT(oem.Buffer == NULL && oem.Length == 0);
    EXPECT_EQ(RtlUpcaseUnicodeStringToAnsiString(&ansi, &mixed, TRUE), STATUS_SUCCESS);
    EXPECT(ansi.Buffer != NULL && memcmp(ansi.Buffer, "AB\xC9Z", 5) == 0);
    RtlFreeAnsiString(&ansi);
    // A counted result needs no terminator, but room for its text.
    oem.Buffer = room;
    oem.MaximumLength = sizeof(room);
    EXPECT_EQ(RtlUpcaseUnicodeStringToCountedOemString(&oem, &mixed, FALSE),
              STATUS_BUFFER_OVERFLOW);
    RtlInitUTF8String((PUTF8_STRING)&ansi, "text");
    EXPECT_EQ(ansi.Length, 4);
    EXPECT_EQ(ansi.MaximumLength, 5);
    RtlInitUTF8String((PUTF8_STRING)&ansi, NULL);
    EXPECT(ansi.Length == 0 && ansi.MaximumLength == 0 && ansi.Buffer == NULL);
    EXPECT_EQ(RtlInitAnsiStringEx(&ansi, "abc"), STATUS_SUCCESS);
    EXPECT(ansi.Length == 3 && ansi.MaximumLength == 4);
    RtlInitEmptyAnsiString(&ansi, room, sizeof(room));
    EXPECT_EQ(RtlAppendAsciizToString(&ansi, "ab"), STATUS_SUCCESS);
    EXPECT_EQ(RtlAppendAsciizToString(&ansi, "cd"), STATUS_BUFFER_TOO_SMALL);
    EXPECT(ansi.Length == 2 && memcmp(room, "ab", 2) == 0);
    EXPECT_EQ(RtlAppendAsciizToString(&ansi, NULL), STATUS_SUCCESS);
}

static void
TestCharacters(void)
{
    UCHAR text[] = "a\x80";
    PUCHAR next = text;
    WCHAR character = L'q';

    EXPECT_EQ(RtlAnsiCharToUnicodeChar(&next), L'a');
    EXPECT(next == text + 1);
    EXPECT_EQ(RtlAnsiCharToUnicodeChar(&next), 0x20AC); // the euro sign of code page 1252
    EXPECT(next == text + 2);
    EXPECT_EQ(RtlIsValidOemCharacter(&character), TRUE);
    EXPECT_EQ(character, L'Q');
    character = 0x4E00;
    EXPECT_EQ(RtlIsValidOemCharacter(&character), FALSE);
    EXPECT(RtlCompareUnicodeStrings(L"abc", 3, L"ABD", 3, TRUE) < 0);
    EXPECT_EQ(RtlCompareUnicodeStrings(L"abc", 3, L"ABC", 3, TRUE), 0);
    EXPECT(RtlCompareUnicodeStrings(L"abc", 3, L"ABC", 3, FALSE) > 0);
    EXPECT(RtlCompareUnicodeStrings(L"abc", 3, L"ab", 2, FALSE) > 0);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestSizes();
    TestBuffers();
    TestStrings();
    TestCharacters();
    return Finish("rtl_convert");
}
