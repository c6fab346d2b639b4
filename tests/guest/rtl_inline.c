// SPDX-License-Identifier: MIT
// What wdm.h and ntddk.h define as inline routines and macros of the run-time library: lists, bytes
// in either order, unaligned values, page arithmetic, LUIDs, bits, comparisons; and descriptors,
// nontemporal memory and full-table routines that only few drivers call.
// Page: kernel/singly-and-doubly-linked-lists.md
// Page: NF:wdm.InitializeListHead, NF:wdm.InsertHeadList, NF:wdm.RemoveHeadList
// Page: NF:wdm.RemoveTailList, NF:wdm.AppendTailList, NF:wdm.PopEntryList, NF:wdm.PushEntryList
// Page: NF:wdm.RtlUlongByteSwap, NF:wdm.RtlUlonglongByteSwap, NF:wdm.RtlUshortByteSwap
// Page: NF:wdm.RtlCheckBit, NF:wdm.RtlEqualMemory, NF:wdm.RtlEqualLuid, NF:wdm.RtlIsZeroLuid
// Page: NF:ntddk.RtlConvertLongToLuid, NF:ntddk.RtlConvertUlongToLuid
// Run:
// Expect: rtl_inline: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <string.h>

#include "check.h"

// An export that no header of the kit declares.
NTSYSAPI NTSTATUS NTAPI RtlSetSaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                     BOOLEAN SaclPresent,
                                                     PACL Sacl,
                                                     BOOLEAN SaclDefaulted);

typedef struct _ITEM
{
    LIST_ENTRY Links;
    SINGLE_LIST_ENTRY Next;
    ULONG Number;
} ITEM;

static ITEM items[4];

static ULONG
NumberOf(PLIST_ENTRY Links)
{
    return CONTAINING_RECORD(Links, ITEM, Links)->Number;
}

static void
TestLists(void)
{
    LIST_ENTRY head;
    LIST_ENTRY other;

    for (ULONG i = 0; i < 4; i++)
    {
        items[i].Number = i;
    }
    InitializeListHead(&head);
    EXPECT(IsListEmpty(&head));
    EXPECT(head.Flink == &head && head.Blink == &head);
    InsertHeadList(&head, &items[1].Links);
    InsertHeadList(&head, &items[0].Links);
    InsertTailList(&head, &items[2].Links);
    EXPECT(!IsListEmpty(&head));
    EXPECT_EQ(NumberOf(head.Flink), 0);
    EXPECT_EQ(NumberOf(head.Blink), 2);
    EXPECT_EQ(RemoveEntryList(&items[1].Links), FALSE);
    EXPECT_EQ(NumberOf(RemoveTailList(&head)), 2);
    EXPECT_EQ(NumberOf(RemoveHeadList(&head)), 0);
    EXPECT(IsListEmpty(&head));
    // RemoveHeadList of an empty list returns the head itself.
    EXPECT(RemoveHeadList(&head) == &head);
    EXPECT(RemoveTailList(&head) == &head);
    InsertTailList(&head, &items[0].Links);
    EXPECT_EQ(RemoveEntryList(&items[0].Links), TRUE);
    // AppendTailList takes entries without a head of their own.
    InsertTailList(&head, &items[0].Links);
    InitializeListHead(&other);
    InsertTailList(&other, &items[1].Links);
    InsertTailList(&other, &items[2].Links);
    RemoveEntryList(&other);
    AppendTailList(&head, &items[1].Links);
    EXPECT_EQ(NumberOf(RemoveHeadList(&head)), 0);
    EXPECT_EQ(NumberOf(RemoveHeadList(&head)), 1);
    EXPECT_EQ(NumberOf(RemoveHeadList(&head)), 2);
    EXPECT(IsListEmpty(&head));
}

static void
TestSingleLists(void)
{
    SINGLE_LIST_ENTRY head = {NULL};

    EXPECT(PopEntryList(&head) == NULL);
    PushEntryList(&head, &items[0].Next);
    PushEntryList(&head, &items[1].Next);
    EXPECT(PopEntryList(&head) == &items[1].Next);
    EXPECT(PopEntryList(&head) == &items[0].Next);
    EXPECT(PopEntryList(&head) == NULL);
}

static void
TestBytes(void)
{
    UCHAR bytes[16] = {0};
    USHORT twoBytes = 0;
    ULONG fourBytes = 0;

    EXPECT_EQ(RtlUshortByteSwap(0x1234), 0x3412);
    EXPECT_EQ(RtlUlongByteSwap(0x12345678), 0x78563412);
    EXPECT(RtlUlonglongByteSwap(0x0123456789ABCDEFull) == 0xEFCDAB8967452301ull);
    RtlStoreUshort((PUSHORT)(bytes + 1), 0xABCD);
    EXPECT(bytes[1] == 0xCD && bytes[2] == 0xAB);
    RtlRetrieveUshort(&twoBytes, bytes + 1);
    EXPECT_EQ(twoBytes, 0xABCD);
    RtlStoreUlong((PULONG)(bytes + 3), 0x01020304);
    EXPECT(bytes[3] == 4 && bytes[6] == 1);
    RtlRetrieveUlong(&fourBytes, bytes + 3);
    EXPECT_EQ(fourBytes, 0x01020304);
    RtlStoreUlonglong((PULONGLONG)(bytes + 7), 0x1122334455667788ull);
    EXPECT(bytes[7] == 0x88 && bytes[14] == 0x11);
    RtlStoreUlongPtr((PULONG_PTR)(bytes + 5), (ULONG_PTR)0x99);
    EXPECT(bytes[5] == 0x99 && bytes[12] == 0);
}

static void
TestMemory(void)
{
    UCHAR one[32];
    UCHAR two[32];

    RtlFillMemoryNonTemporal(one, sizeof(one), 0x5A);
    EXPECT(one[0] == 0x5A && one[31] == 0x5A);
    RtlCopyMemoryNonTemporal(two, one, sizeof(two));
    RtlPrefetchMemoryNonTemporal(two, sizeof(two));
    EXPECT(RtlEqualMemory(one, two, sizeof(one)));
    two[31] = 0;
    EXPECT(!RtlEqualMemory(one, two, sizeof(one)));
    EXPECT(RtlConstantTimeEqualMemory(one, two, 31));
    EXPECT(!RtlConstantTimeEqualMemory(one, two, 32));
    EXPECT(RtlSecureZeroMemory(one, sizeof(one)) == one);
    EXPECT(one[0] == 0 && one[31] == 0);
}

static void
TestNumbers(void)
{
    LUID source = {7, -1};
    LUID luid = RtlConvertLongToLuid(-2);
    UNICODE_STRING text;
    WCHAR room[24];

    EXPECT(luid.LowPart == 0xFFFFFFFE && luid.HighPart == -1);
    luid = RtlConvertUlongToLuid(0xFFFFFFFE);
    EXPECT(luid.LowPart == 0xFFFFFFFE && luid.HighPart == 0);
    RtlCopyLuid(&luid, &source);
    EXPECT(RtlEqualLuid(&luid, &source));
    EXPECT(!RtlIsZeroLuid(&luid));
    luid = RtlConvertUlongToLuid(0);
    EXPECT(RtlIsZeroLuid(&luid));
    EXPECT(!RtlEqualLuid(&luid, &source));
    EXPECT(RtlConvertLongToLargeInteger(-5).QuadPart == -5);
    EXPECT(RtlConvertUlongToLargeInteger(0xFFFFFFFB).QuadPart == 0xFFFFFFFBLL);
    EXPECT_EQ(BYTES_TO_PAGES(4097), 2);
    EXPECT_EQ(BYTE_OFFSET((PVOID)(ULONG_PTR)0x12345), 0x345);
    EXPECT_EQ((ULONG_PTR)PAGE_ALIGN((PVOID)(ULONG_PTR)0x12345), 0x12000);
    EXPECT_EQ(ROUND_TO_PAGES(0x12345), 0x13000);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES((PVOID)(ULONG_PTR)0x12FFF, 2), 2);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES((PVOID)(ULONG_PTR)0x12000, 0x1000), 1);
    RtlInitEmptyUnicodeString(&text, room, sizeof(room));
    EXPECT_EQ(RtlIntPtrToUnicodeString(0xFEDCBA9876543210ull, 16, &text), STATUS_SUCCESS);
    EXPECT(text.Length == 32 && room[0] == L'F' && room[15] == L'0');
}

static void
TestBits(void)
{
    ULONG words[2] = {0x80000001, 2};
    RTL_BITMAP map;
    LONG64 bits = 5;

    RtlInitializeBitMap(&map, words, 64);
    EXPECT(RtlCheckBit(&map, 0));
    EXPECT(!RtlCheckBit(&map, 1));
    EXPECT(RtlCheckBit(&map, 31));
    EXPECT(!RtlCheckBit(&map, 32));
    EXPECT(RtlCheckBit(&map, 33));
    EXPECT_EQ(_bittest64(&bits, 2), 1);
    EXPECT_EQ(_bittest64(&bits, 1), 0);
    EXPECT_EQ(_bittestandset64(&bits, 40), 0);
    EXPECT(bits == 0x10000000005);
    EXPECT_EQ(_bittestandreset64(&bits, 0), 1);
    EXPECT_EQ(_bittestandcomplement64(&bits, 40), 1);
    EXPECT(bits == 4);
    EXPECT_EQ(BitTest64(&bits, 2), 1);
    EXPECT_EQ(BitTestAndSet64(&bits, 3), 0);
    EXPECT_EQ(BitTestAndReset64(&bits, 2), 1);
    EXPECT_EQ(BitTestAndComplement64(&bits, 3), 1);
    EXPECT(bits == 0);
}

static void
TestDescriptors(void)
{
    static ULONG group[] = {0x201, 0x05000000, 32, 544}; // S-1-5-32-544
    SECURITY_DESCRIPTOR descriptor;
    ULONG buffer[16];
    PACL acl = (PACL)buffer;
    PACL found = NULL;
    PSID sid = NULL;
    BOOLEAN present = FALSE;
    BOOLEAN defaulted = TRUE;

    EXPECT(RtlValidSid(group));
    EXPECT_EQ(RtlCreateAcl(acl, sizeof(buffer), ACL_REVISION), STATUS_SUCCESS);
    EXPECT_EQ(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
              STATUS_SUCCESS);
    EXPECT_EQ(RtlGetGroupSecurityDescriptor(&descriptor, &sid, &defaulted), STATUS_SUCCESS);
    EXPECT(sid == NULL);
    EXPECT_EQ(RtlSetGroupSecurityDescriptor(&descriptor, group, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(RtlGetGroupSecurityDescriptor(&descriptor, &sid, &defaulted), STATUS_SUCCESS);
    EXPECT(sid == group && defaulted);
    EXPECT_EQ(RtlGetSaclSecurityDescriptor(&descriptor, &present, &found, &defaulted),
              STATUS_SUCCESS);
    EXPECT(!present);
    EXPECT_EQ(RtlSetSaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(RtlGetSaclSecurityDescriptor(&descriptor, &present, &found, &defaulted),
              STATUS_SUCCESS);
    EXPECT(present && found == acl && !defaulted);
    EXPECT_EQ(RtlSetGroupSecurityDescriptor((PSECURITY_DESCRIPTOR)buffer, group, FALSE),
              STATUS_UNKNOWN_REVISION);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestLists();
    TestSingleLists();
    TestBytes();
    TestMemory();
    TestNumbers();
    TestBits();
    TestDescriptors();
    return Finish("rtl_inline");
}
