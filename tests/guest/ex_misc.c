// SPDX-License-Identifier: MIT
// Small services of the executive and the inline routines of the headers: lists, interlocked
// operations, bits, pages, pool with old names, zones, firmware variables, callbacks of the system.
// Page: kernel/singly-and-doubly-linked-lists.md, kernel/using-a-system-defined-callback-object.md
// Page: NF:wdm.InsertHeadList, NF:wdm.InsertTailList, NF:wdm.RemoveHeadList
// Page: NF:wdm.RemoveTailList, NF:wdm.AppendTailList, NF:wdm.IsListEmpty, NF:wdm.RemoveEntryList
// Page: NF:wdm.PushEntryList, NF:wdm.PopEntryList, NF:wdm.InterlockedAnd, NF:wdm.InterlockedOr
// Page: NF:wdm.InterlockedXor, NF:wdm.InterlockedExchangeAdd, NF:wdm.InterlockedCompareExchange
// Page: NF:wdm.InterlockedExchangePointer, NF:wdm.InterlockedCompareExchangePointer
// Page: NF:wdm.ExInterlockedAddLargeInteger, NF:wdm.ExInterlockedAddUlong
// Page: NF:wdm.ExInterlockedPopEntryList, NF:wdm.ExInterlockedPushEntryList
// Page: NF:wdm.ExInterlockedPopEntrySList, NF:wdm.ExInterlockedCompareExchange64
// Page: NF:wdm.ExInterlockedAddLargeStatistic, NF:wdm.ExFlushLookasideListEx
// Page: NF:wdm.ExGetFirmwareEnvironmentVariable, NF:wdm.ExSetFirmwareEnvironmentVariable
// Page: NF:wdm.ExGetFirmwareType, NF:wdm.ExIsSoftBoot, NF:wdm.ExIsProcessorFeaturePresent
// Page: NF:wdm.ExCreateCallback
// Run:
// Expect: ex_misc: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

#define TAG 'csiM'

// Exported, and in no header of the kit any more.
typedef struct _ZONE_SEGMENT_HEADER
{
    SINGLE_LIST_ENTRY SegmentList;
    PVOID Reserved;
} ZONE_SEGMENT_HEADER;

typedef struct _ZONE_HEADER
{
    SINGLE_LIST_ENTRY FreeList;
    SINGLE_LIST_ENTRY SegmentList;
    ULONG BlockSize;
    ULONG TotalSegmentSize;
} ZONE_HEADER, *PZONE_HEADER;

NTKERNELAPI NTSTATUS NTAPI ExInitializeZone(PZONE_HEADER, ULONG, PVOID, ULONG);
NTKERNELAPI NTSTATUS NTAPI ExExtendZone(PZONE_HEADER, PVOID, ULONG);
NTKERNELAPI NTSTATUS NTAPI ExInterlockedExtendZone(PZONE_HEADER, PVOID, ULONG, PKSPIN_LOCK);
NTKERNELAPI BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType);

typedef struct _ITEM
{
    LIST_ENTRY Link;
    SINGLE_LIST_ENTRY Single;
    ULONG Number;
} ITEM;

static void
TestLists(void)
{
    LIST_ENTRY head, other;
    SINGLE_LIST_ENTRY single = {NULL};
    ITEM items[4];
    KSPIN_LOCK lock;

    InitializeListHead(&head);
    EXPECT(IsListEmpty(&head));
    for (ULONG i = 0; i < RTL_NUMBER_OF(items); i++)
        items[i].Number = i;
    InsertHeadList(&head, &items[1].Link);
    InsertHeadList(&head, &items[0].Link);
    InsertTailList(&head, &items[2].Link);
    EXPECT(!IsListEmpty(&head));
    EXPECT(head.Flink == &items[0].Link && head.Blink == &items[2].Link);
    EXPECT(RemoveHeadList(&head) == &items[0].Link);
    EXPECT(RemoveTailList(&head) == &items[2].Link);
    EXPECT(RemoveEntryList(&items[1].Link));
    EXPECT(IsListEmpty(&head));
    // Appending a list that has lost its head.
    InsertTailList(&head, &items[0].Link);
    InitializeListHead(&other);
    InsertTailList(&other, &items[1].Link);
    InsertTailList(&other, &items[2].Link);
    RemoveEntryList(&other);
    AppendTailList(&head, &items[1].Link);
    EXPECT(head.Blink == &items[2].Link);
    EXPECT(items[0].Link.Flink == &items[1].Link && items[1].Link.Blink == &items[0].Link);
    EXPECT(items[2].Link.Flink == &head);

    EXPECT(PopEntryList(&single) == NULL);
    PushEntryList(&single, &items[0].Single);
    PushEntryList(&single, &items[1].Single);
    EXPECT(CONTAINING_RECORD(PopEntryList(&single), ITEM, Single)->Number == 1);
    KeInitializeSpinLock(&lock);
    EXPECT(ExInterlockedPushEntryList(&single, &items[2].Single, &lock) == &items[0].Single);
    EXPECT(ExInterlockedPopEntryList(&single, &lock) == &items[2].Single);
    EXPECT(ExInterlockedPopEntryList(&single, &lock) == &items[0].Single);
    EXPECT(ExInterlockedPopEntryList(&single, &lock) == NULL);
}

static void
TestSlist(void)
{
    static SLIST_HEADER head;
    static DECLSPEC_ALIGN(16) SLIST_ENTRY entries[2];
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    ExInitializeSListHead(&head);
    EXPECT(FirstEntrySList(&head) == NULL);
    EXPECT(ExInterlockedPushEntrySList(&head, &entries[0], &lock) == NULL);
    EXPECT(ExInterlockedPushEntrySList(&head, &entries[1], &lock) == &entries[0]);
    EXPECT(FirstEntrySList(&head) == &entries[1]);
    EXPECT_EQ(ExQueryDepthSList(&head), 2);
    EXPECT(ExInterlockedPopEntrySList(&head, &lock) == &entries[1]);
    EXPECT(ExInterlockedFlushSList(&head) == &entries[0]);
    EXPECT(ExInterlockedPopEntrySList(&head, &lock) == NULL);
}

static void
TestInterlocked(void)
{
    LONG number = 12;
    LARGE_INTEGER large, add;
    LONGLONG value = 5, exchange = 9, comperand = 5;
    ULONG counter = 7;
    PVOID pointer = &large;
    KSPIN_LOCK lock;

    KeInitializeSpinLock(&lock);
    EXPECT_EQ(InterlockedAnd(&number, 8), 12);
    EXPECT_EQ(InterlockedOr(&number, 3), 8);
    EXPECT_EQ(InterlockedXor(&number, 1), 11);
    EXPECT_EQ(InterlockedExchangeAdd(&number, 5), 10);
    EXPECT_EQ(InterlockedCompareExchange(&number, 1, 14), 15);
    EXPECT_EQ(InterlockedCompareExchange(&number, 1, 15), 15);
    EXPECT_EQ(number, 1);
    EXPECT(InterlockedExchangePointer(&pointer, &number) == &large);
    EXPECT(InterlockedCompareExchangePointer(&pointer, &large, &number) == &number);
    EXPECT(pointer == &large);
    EXPECT_EQ(ExInterlockedCompareExchange64(&value, &exchange, &comperand, &lock), 5);
    EXPECT_EQ(value, 9);
    large.QuadPart = 0xffffffff;
    add.QuadPart = 2;
    EXPECT_EQ(ExInterlockedAddLargeInteger(&large, add, &lock).QuadPart, 0xffffffff);
    EXPECT_EQ(large.QuadPart, 0x100000001);
    ExInterlockedAddLargeStatistic(&large, 0xffffffff);
    EXPECT_EQ(large.QuadPart, 0x200000000);
    EXPECT_EQ(ExInterlockedAddUlong(&counter, 3, &lock), 7);
    EXPECT_EQ(counter, 10);
    KeMemoryBarrier();
    _ReadWriteBarrier();
}

static void
TestBits(void)
{
    LONG64 bits = 0;

    EXPECT(!_BitTest64(&bits, 40));
    EXPECT(!_BitTestAndSet64(&bits, 40));
    EXPECT(_BitTest64(&bits, 40));
    EXPECT_EQ(bits, 1ll << 40);
    EXPECT(_BitTestAndComplement64(&bits, 40));
    EXPECT_EQ(bits, 0);
    EXPECT(!_BitTestAndComplement64(&bits, 3));
    EXPECT(_BitTestAndReset64(&bits, 3));
    EXPECT_EQ(bits, 0);
}

static void
TestPages(void)
{
    PVOID address = (PVOID)(ULONG_PTR)0x12345;

    EXPECT_EQ(BYTES_TO_PAGES(1), 1);
    EXPECT_EQ(BYTES_TO_PAGES(PAGE_SIZE + 1), 2);
    EXPECT_EQ(BYTE_OFFSET(address), 0x345);
    EXPECT_EQ((ULONG_PTR)PAGE_ALIGN(address), 0x12000);
    EXPECT_EQ(ROUND_TO_PAGES(0x1001), 0x2000);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, 0xcbb), 1);
    EXPECT_EQ(ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, 0xcbc), 2);
}

static void
TestPool(void)
{
    PUCHAR block = ExAllocatePoolPriorityZero(NonPagedPoolNx, 64, TAG, NormalPoolPriority);
    ULONG sum = 0;

    EXPECT(block != NULL);
    for (ULONG i = 0; i < 64; i++)
        sum += block[i];
    EXPECT_EQ(sum, 0);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolPriorityUninitialized(PagedPool, 64, TAG, LowPoolPriority);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolQuotaZero(NonPagedPoolNx, 32, TAG);
    EXPECT(block != NULL && block[31] == 0);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolQuotaUninitialized(PagedPool, 32, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
    block = ExAllocatePoolUninitialized(NonPagedPoolNx, 16, TAG);
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, TAG);
}

static void
TestZone(void)
{
    static DECLSPEC_ALIGN(16) UCHAR segment[16 + 4 * 32], more[16 + 32];
    ZONE_HEADER zone;
    KSPIN_LOCK lock;
    ULONG blocks = 0;

    KeInitializeSpinLock(&lock);
    EXPECT_EQ(ExInitializeZone(&zone, 30, segment, sizeof(segment)), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ExInitializeZone(&zone, 32, segment, 16), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ExInitializeZone(&zone, 32, segment, sizeof(segment)), STATUS_SUCCESS);
    EXPECT_EQ(zone.TotalSegmentSize, sizeof(segment));
    EXPECT_EQ(ExExtendZone(&zone, more + 4, sizeof(more) - 8), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ExInterlockedExtendZone(&zone, more, sizeof(more), &lock), STATUS_SUCCESS);
    while (PopEntryList(&zone.FreeList) != NULL)
        blocks++;
    EXPECT_EQ(blocks, 5);
}

static void
TestFirmware(void)
{
    static GUID vendor = {0x11223344, 1, 2, {3, 4, 5, 6, 7, 8, 9, 10}};
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"GuestVariable");
    ULONG value = 0, length = sizeof(value), attributes = 0;
    FIRMWARE_TYPE type = ExGetFirmwareType();

    EXPECT(type == FirmwareTypeUefi || type == FirmwareTypeBios);
    EXPECT(!ExIsSoftBoot());
    EXPECT_EQ(ExGetFirmwareEnvironmentVariable(&name, &vendor, &value, &length, &attributes),
              STATUS_VARIABLE_NOT_FOUND);
    value = 0x12345678;
    EXPECT(!NT_SUCCESS(ExSetFirmwareEnvironmentVariable(&name, &vendor, &value, sizeof(value), 6)));
    EXPECT_EQ(ExSetFirmwareEnvironmentVariable(&name, &vendor, &value, sizeof(value), 7),
              STATUS_SUCCESS);
    length = 2;
    EXPECT_EQ(ExGetFirmwareEnvironmentVariable(&name, &vendor, &value, &length, NULL),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(length, sizeof(value));
    value = 0;
    EXPECT_EQ(ExGetFirmwareEnvironmentVariable(&name, &vendor, &value, &length, &attributes),
              STATUS_SUCCESS);
    EXPECT_EQ(value, 0x12345678);
    EXPECT_EQ(attributes, 7);
    EXPECT_EQ(ExSetFirmwareEnvironmentVariable(&name, &vendor, NULL, 0, 7), STATUS_SUCCESS);
    EXPECT_EQ(ExGetFirmwareEnvironmentVariable(&name, &vendor, &value, &length, NULL),
              STATUS_VARIABLE_NOT_FOUND);
}

static void
TestQuestions(void)
{
    static LOOKASIDE_LIST_EX list;
    PVOID entry;

    EXPECT(ExIsProcessorFeaturePresent(PF_XMMI64_INSTRUCTIONS_AVAILABLE));
    EXPECT(ExIsProcessorFeaturePresent(PF_NX_ENABLED));
    EXPECT(!ExIsProcessorFeaturePresent(10000));
    EXPECT(!ExVerifySuite(DataCenter));
    EXPECT(ExVerifySuite(SingleUserTS));
    EXPECT_EQ(ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPoolNx, 0, 48, TAG, 0),
              STATUS_SUCCESS);
    entry = ExAllocateFromLookasideListEx(&list);
    EXPECT(entry != NULL);
    ExFreeToLookasideListEx(&list, entry);
    ExFlushLookasideListEx(&list);
    EXPECT_EQ(ExQueryDepthSList(&list.L.ListHead), 0);
    ExDeleteLookasideListEx(&list);
}

static ULONG notified;
static CALLBACK_FUNCTION Notified;

static VOID NTAPI
Notified(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    EXPECT(CallbackContext == &notified);
    EXPECT(Argument1 == (PVOID)1 && Argument2 == (PVOID)2);
    notified++;
}

static void
TestSystemCallbacks(void)
{
    static const PCWSTR names[] = {L"\\Callback\\SetSystemTime", L"\\Callback\\PowerState",
                                   L"\\Callback\\ProcessorAdd"};

    for (ULONG i = 0; i < RTL_NUMBER_OF(names); i++)
    {
        OBJECT_ATTRIBUTES attributes;
        UNICODE_STRING name;
        PCALLBACK_OBJECT callback = NULL;
        PVOID registration, second;

        // They exist: nothing is created.
        RtlInitUnicodeString(&name, names[i]);
        InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
        EXPECT_EQ(ExCreateCallback(&callback, &attributes, FALSE, TRUE), STATUS_SUCCESS);
        if (callback == NULL)
            continue;
        registration = ExRegisterCallback(callback, Notified, &notified);
        EXPECT(registration != NULL);
        second = ExRegisterCallback(callback, Notified, &notified);
        EXPECT(second != NULL);
        notified = 0;
        ExNotifyCallback(callback, (PVOID)1, (PVOID)2);
        EXPECT_EQ(notified, 2);
        ExUnregisterCallback(second);
        ExUnregisterCallback(registration);
        ExNotifyCallback(callback, (PVOID)1, (PVOID)2);
        EXPECT_EQ(notified, 2);
        ObDereferenceObject(callback);
    }
}

static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    TestLists();
    TestSlist();
    TestInterlocked();
    TestBits();
    TestPages();
    TestPool();
    TestZone();
    TestFirmware();
    TestQuestions();
    TestSystemCallbacks();
    return Finish("ex_misc");
}
