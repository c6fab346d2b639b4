// SPDX-License-Identifier: MIT
// Lookaside lists, SLISTs, interlocked lists, rundown protection, resources, work items, callbacks.
// Page: kernel/using-lookaside-lists.md, NF:wdm.ExInitializeNPagedLookasideList
// Page: NF:wdm.ExInitializePagedLookasideList, NF:wdm.ExInitializeLookasideListEx
// Page: NF:wdm.ExDeleteNPagedLookasideList, NF:wdm.ExDeleteLookasideListEx
// Page: NF:wdm.ExInterlockedInsertHeadList, NF:wdm.ExInterlockedInsertTailList
// Page: NF:wdm.ExInterlockedRemoveHeadList, NF:wdm.ExQueryDepthSList
// Page: NF:wdm.ExInitializeResourceLite, NF:wdm.ExAcquireResourceExclusiveLite
// Page: NF:wdm.ExAcquireRundownProtection, NF:wdm.ExWaitForRundownProtectionRelease
// Page: NF:wdm.ExCreateCallback, NF:wdm.ExRegisterCallback, NF:wdm.ExNotifyCallback
// Page: NF:wdm.ExSystemTimeToLocalTime, NF:ntddk.ExUuidCreate, NF:wdm.ExQueueWorkItem
// Run:
// Expect: ex_lists: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#define TAG 'tsiL'

static ULONG allocated;
static ULONG freed;

static ALLOCATE_FUNCTION_EX AllocateEntry;
static FREE_FUNCTION_EX FreeEntry;

static PVOID
AllocateEntry(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, PLOOKASIDE_LIST_EX Lookaside)
{
    UNREFERENCED_PARAMETER(Lookaside);
    allocated++;
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

static VOID
FreeEntry(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside)
{
    UNREFERENCED_PARAMETER(Lookaside);
    freed++;
    ExFreePool(Buffer);
}

static void
TestLookaside(void)
{
    static NPAGED_LOOKASIDE_LIST nonpaged;
    static PAGED_LOOKASIDE_LIST paged;
    static LOOKASIDE_LIST_EX list;
    PVOID entries[8];

    ExInitializeNPagedLookasideList(&nonpaged, NULL, NULL, POOL_NX_ALLOCATION, 48, TAG, 0);
    ExInitializePagedLookasideList(&paged, NULL, NULL, 0, 100, TAG, 0);
    EXPECT_EQ(
        ExInitializeLookasideListEx(&list, AllocateEntry, FreeEntry, NonPagedPoolNx, 0, 64, TAG, 0),
        STATUS_SUCCESS);
    for (ULONG i = 0; i < RTL_NUMBER_OF(entries); i++)
    {
        entries[i] = ExAllocateFromNPagedLookasideList(&nonpaged);
        EXPECT(entries[i] != NULL);
        RtlFillMemory(entries[i], 48, 0xff);
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(entries); i++)
        ExFreeToNPagedLookasideList(&nonpaged, entries[i]);
    entries[0] = ExAllocateFromPagedLookasideList(&paged);
    EXPECT(entries[0] != NULL);
    ExFreeToPagedLookasideList(&paged, entries[0]);
    entries[0] = ExAllocateFromLookasideListEx(&list);
    EXPECT(entries[0] != NULL);
    EXPECT_EQ(allocated, 1);
    ExFreeToLookasideListEx(&list, entries[0]);
    ExDeleteNPagedLookasideList(&nonpaged);
    ExDeletePagedLookasideList(&paged);
    ExDeleteLookasideListEx(&list);
    EXPECT_EQ(freed, 1);
    EXPECT(
        !NT_SUCCESS(ExInitializeLookasideListEx(&list, NULL, NULL, NonPagedPoolNx, 3, 64, TAG, 0)));
}

static void
TestLists(void)
{
    static SLIST_HEADER head;
    static SLIST_ENTRY entries[3];
    LIST_ENTRY list, a, b;
    KSPIN_LOCK lock;

    InitializeSListHead(&head);
    EXPECT(InterlockedPopEntrySList(&head) == NULL);
    EXPECT(InterlockedPushEntrySList(&head, &entries[0]) == NULL);
    EXPECT(InterlockedPushEntrySList(&head, &entries[1]) == &entries[0]);
    EXPECT_EQ(ExQueryDepthSList(&head), 2);
    EXPECT(InterlockedPopEntrySList(&head) == &entries[1]);
    EXPECT(ExInterlockedFlushSList(&head) == &entries[0]);
    KeInitializeSpinLock(&lock);
    InitializeListHead(&list);
    EXPECT(ExInterlockedRemoveHeadList(&list, &lock) == NULL);
    EXPECT(ExInterlockedInsertTailList(&list, &a, &lock) == NULL);
    EXPECT(ExInterlockedInsertHeadList(&list, &b, &lock) == &a);
    EXPECT(ExInterlockedRemoveHeadList(&list, &lock) == &b);
    EXPECT(ExInterlockedRemoveHeadList(&list, &lock) == &a);
    EXPECT(IsListEmpty(&list));
}

static KSTART_ROUTINE Contender;
static ERESOURCE resource;
static EX_RUNDOWN_REF rundown;
static LONG step;

static VOID
Contender(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&resource, TRUE);
    InterlockedExchange(&step, 2);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    Sleep(MILLISECONDS(5));
    InterlockedExchange(&step, 3);
    ExReleaseRundownProtection(&rundown);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestResource(void)
{
    PVOID thread;

    EXPECT_EQ(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
    ExInitializeRundownProtection(&rundown);
    EXPECT(ExAcquireRundownProtection(&rundown));
    KeEnterCriticalRegion();
    EXPECT(ExAcquireResourceExclusiveLite(&resource, TRUE));
    EXPECT(ExIsResourceAcquiredExclusiveLite(&resource));
    EXPECT_EQ(ExIsResourceAcquiredSharedLite(&resource), 1);
    thread = StartThread(Contender, NULL);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(step, 0);
    EXPECT_EQ(ExGetSharedWaiterCount(&resource), 1);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    ExWaitForRundownProtectionRelease(&rundown);
    EXPECT_EQ(step, 3);
    EXPECT(!ExAcquireRundownProtection(&rundown));
    ExRundownCompleted(&rundown);
    JoinThread(thread);
    EXPECT_EQ(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

static WORKER_THREAD_ROUTINE Work;
static KEVENT worked;

static VOID
Work(PVOID Parameter)
{
    EXPECT(Parameter == &worked);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeSetEvent(&worked, IO_NO_INCREMENT, FALSE);
}

static CALLBACK_FUNCTION Called;

static VOID
Called(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    *(PULONG)CallbackContext += (ULONG)(ULONG_PTR)Argument1 * 10 + (ULONG)(ULONG_PTR)Argument2;
}

static void
TestCallsAndTime(void)
{
    DECLARE_CONST_UNICODE_STRING(name, L"\\Callback\\GuestTest");
    static WORK_QUEUE_ITEM item;
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT callback;
    LARGE_INTEGER system, local;
    UUID first, second;
    ULONG sum = 0;
    PVOID registration;

    KeInitializeEvent(&worked, NotificationEvent, FALSE);
    ExInitializeWorkItem(&item, Work, &worked);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    EXPECT_EQ(WaitFor(&worked, MILLISECONDS(100)), STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)&name, OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    EXPECT(!NT_SUCCESS(ExCreateCallback(&callback, &attributes, FALSE, TRUE)));
    EXPECT_EQ(ExCreateCallback(&callback, &attributes, TRUE, TRUE), STATUS_SUCCESS);
    registration = ExRegisterCallback(callback, Called, &sum);
    ExNotifyCallback(callback, (PVOID)4, (PVOID)2);
    EXPECT_EQ(sum, 42);
    ExUnregisterCallback(registration);
    ExNotifyCallback(callback, (PVOID)4, (PVOID)2);
    EXPECT_EQ(sum, 42);
    ObDereferenceObject(callback);
    KeQuerySystemTimePrecise(&system);
    ExSystemTimeToLocalTime(&system, &local);
    ExLocalTimeToSystemTime(&local, &local);
    EXPECT_EQ(system.QuadPart, local.QuadPart);
    EXPECT_EQ(ExUuidCreate(&first), STATUS_SUCCESS);
    EXPECT_EQ(ExUuidCreate(&second), STATUS_SUCCESS);
    EXPECT(RtlCompareMemory(&first, &second, sizeof(UUID)) != sizeof(UUID));
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestLookaside();
    TestLists();
    TestResource();
    TestCallsAndTime();
    return Finish("ex_lists");
}
