// SPDX-License-Identifier: MIT
// A driver with a device-dedicated thread that takes its requests from an interlocked queue, doubly
// or singly linked: order, retries at the head, IRQL of the calls, a thread that waits for work.
// Page: kernel/setting-up-and-using-interlocked-queues.md
// Page: kernel/managing-interlocked-queues-with-a-driver-created-thread.md
// Page: NF:wdm.ExInterlockedInsertHeadList, NF:wdm.ExInterlockedInsertTailList
// Page: NF:wdm.ExInterlockedRemoveHeadList
// Page: kernel/device-dedicated-threads.md, kernel/queuing-and-dequeuing-irps.md
// Options: --cpus 2
// Run:
// Expect: io_interlocked: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define REQUESTS 4u

typedef struct _REQUEST
{
    PIRP Irp;
    KEVENT Done;
    ULONG Order;
} REQUEST, *PREQUEST;

// The slot of a request in the singly linked queue, in the device's own storage.
typedef struct _SLOT
{
    SLIST_ENTRY Entry;
    PIRP Irp;
} SLOT, *PSLOT;

typedef struct _EXTENSION
{
    LIST_ENTRY Queue;
    KSPIN_LOCK Lock;
    KSEMAPHORE Work;
    PVOID Thread;
    BOOLEAN Stop;
    ULONG Retries; // of each request
} EXTENSION, *PEXTENSION;

static DRIVER_DISPATCH Dispatch;
static KSTART_ROUTINE Worker;
static KDEFERRED_ROUTINE InsertFromDpc;
static IO_COMPLETION_ROUTINE RequestDone;

static PDEVICE_OBJECT device;
static PEXTENSION extension;
static ULONG completions;
static ULONG wakeUps;
static KPRIORITY priority;

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PEXTENSION own = DeviceObject->DeviceExtension;
    KIRQL irql = KeGetCurrentIrql();

    if (stack->Parameters.Read.Length == 0)
    {
        Irp->IoStatus.Status = STATUS_INVALID_PARAMETER; // only valid ones are queued
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_INVALID_PARAMETER;
    }
    stack->Parameters.Read.Key = own->Retries; // what the thread needs to know
    IoMarkIrpPending(Irp);
    ExInterlockedInsertTailList(&own->Queue, &Irp->Tail.Overlay.ListEntry, &own->Lock);
    EXPECT_EQ(KeGetCurrentIrql(), irql);
    KeReleaseSemaphore(&own->Work, IO_NO_INCREMENT, 1, FALSE);
    return STATUS_PENDING;
}

static VOID
Worker(PVOID Context)
{
    PEXTENSION own = ((PDEVICE_OBJECT)Context)->DeviceExtension;

    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeSetBasePriorityThread(KeGetCurrentThread(), 1);
    priority = KeQueryPriorityThread(KeGetCurrentThread());
    for (;;)
    {
        PLIST_ENTRY entry;
        PIO_STACK_LOCATION stack;
        PIRP irp;

        (void)KeWaitForSingleObject(&own->Work, Executive, KernelMode, FALSE, NULL);
        wakeUps++;
        if (own->Stop)
            break;
        entry = ExInterlockedRemoveHeadList(&own->Queue, &own->Lock);
        EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL); // it was higher only meanwhile
        EXPECT(entry != NULL);
        if (entry == NULL)
            continue;
        irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        stack = IoGetCurrentIrpStackLocation(irp);
        EXPECT(stack->DeviceObject->DeviceExtension == own);
        Sleep(MILLISECONDS(10)); // the device is slow, and the thread may wait
        if (stack->Parameters.Read.Key-- > 0)
        {
            // Once more, before all others.
            ExInterlockedInsertHeadList(&own->Queue, entry, &own->Lock);
            KeReleaseSemaphore(&own->Work, IO_NO_INCREMENT, 1, FALSE);
            continue;
        }
        irp->IoStatus.Status = STATUS_SUCCESS;
        irp->IoStatus.Information = stack->Parameters.Read.Length;
        IoCompleteRequest(irp, IO_DISK_INCREMENT);
    }
    EXPECT(ExInterlockedRemoveHeadList(&own->Queue, &own->Lock) == NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS
RequestDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PREQUEST request = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    request->Order = ++completions;
    KeSetEvent(&request->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
Send(PREQUEST Request, ULONG Length)
{
    PIO_STACK_LOCATION stack;

    Request->Order = 0;
    KeInitializeEvent(&Request->Done, NotificationEvent, FALSE);
    Request->Irp = IoAllocateIrp(device->StackSize, FALSE);
    stack = IoGetNextIrpStackLocation(Request->Irp);
    stack->MajorFunction = IRP_MJ_READ;
    stack->Parameters.Read.Length = Length;
    IoSetCompletionRoutine(Request->Irp, RequestDone, Request, TRUE, TRUE, TRUE);
    return IoCallDriver(device, Request->Irp);
}

static void
Finished(PREQUEST Request, NTSTATUS Status)
{
    EXPECT_EQ(WaitFor(&Request->Done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(Request->Irp->IoStatus.Status, Status);
    IoFreeIrp(Request->Irp);
}

static REQUEST requests[REQUESTS];

static void
TestQueue(ULONG Retries, KIRQL Irql)
{
    KIRQL irql;

    completions = 0;
    wakeUps = 0;
    extension->Retries = Retries;
    KeRaiseIrql(Irql, &irql); // dispatch routines can be called up to DISPATCH_LEVEL
    for (ULONG i = 0; i < REQUESTS; i++)
        EXPECT_EQ(Send(&requests[i], i + 1), STATUS_PENDING);
    KeLowerIrql(irql);
    for (ULONG i = 0; i < REQUESTS; i++)
    {
        Finished(&requests[i], STATUS_SUCCESS);
        EXPECT_EQ(requests[i].Order, i + 1); // a retried request keeps its place
    }
    EXPECT_EQ(wakeUps, REQUESTS * (Retries + 1));
    EXPECT(IsListEmpty(&extension->Queue));
}

static void
TestInvalid(void)
{
    wakeUps = 0;
    EXPECT_EQ(Send(&requests[0], 0), STATUS_INVALID_PARAMETER);
    Finished(&requests[0], STATUS_INVALID_PARAMETER);
    Sleep(MILLISECONDS(50));
    EXPECT_EQ(wakeUps, 0); // without work the thread stays where it waits
}

// ---- a queue whose lock somebody holds ----------------------------------------------------------

static KSTART_ROUTINE Holder;
static LIST_ENTRY guarded, late;
static KSPIN_LOCK guard;
static volatile LONG held, wanted;

static VOID
Holder(PVOID Context)
{
    KIRQL irql;
    ULONG seen = 0;

    UNREFERENCED_PARAMETER(Context);
    KeAcquireSpinLock(&guard, &irql);
    InterlockedExchange(&held, 1);
    while (InterlockedCompareExchange(&wanted, 0, 0) == 0)
        KeStallExecutionProcessor(1);
    for (ULONG i = 0; i < 100; i++)
    {
        KeStallExecutionProcessor(1);
        seen += !IsListEmpty(&guarded);
    }
    InterlockedExchange(&held, 2);
    KeReleaseSpinLock(&guard, irql);
    EXPECT_EQ(seen, 0);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

// Nobody gets at the list between the acquisition of its lock and the release.
static void
TestHeldElsewhere(void)
{
    PVOID thread;

    InitializeListHead(&guarded);
    KeInitializeSpinLock(&guard);
    held = wanted = 0;
    thread = StartThread(Holder, NULL);
    while (InterlockedCompareExchange(&held, 0, 0) == 0)
        KeStallExecutionProcessor(1);
    EXPECT_EQ(held, 1);
    InterlockedExchange(&wanted, 1);
    EXPECT(ExInterlockedInsertTailList(&guarded, &late, &guard) == NULL);
    EXPECT_EQ(held, 2);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(guarded.Flink == &late);
    JoinThread(thread);
}

// ---- the singly linked queue -------------------------------------------------------------------

static SLIST_HEADER *slist;
static KSPIN_LOCK slistLock;
static SLOT slots[3];
static KEVENT inserted;

static VOID
InsertFromDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    (void)ExInterlockedPushEntrySList(slist, &((PSLOT)Context)->Entry, &slistLock);
    KeSetEvent(&inserted, IO_NO_INCREMENT, FALSE);
}

static void
TestSingly(void)
{
    KDPC dpc;

    slist = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*slist), 'tStI');
    EXPECT(slist != NULL && ((ULONG_PTR)slist & 15) == 0);
    if (slist == NULL)
        return;
    KeInitializeSpinLock(&slistLock);
    ExInitializeSListHead(slist);
    KeInitializeEvent(&inserted, NotificationEvent, FALSE);
    EXPECT(ExInterlockedPopEntrySList(slist, &slistLock) == NULL);
    EXPECT(ExInterlockedPushEntrySList(slist, &slots[0].Entry, &slistLock) == NULL);
    EXPECT(ExInterlockedPushEntrySList(slist, &slots[1].Entry, &slistLock) == &slots[0].Entry);
    KeInitializeDpc(&dpc, InsertFromDpc, &slots[2]);
    EXPECT(KeInsertQueueDpc(&dpc, NULL, NULL));
    EXPECT_EQ(WaitFor(&inserted, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(ExQueryDepthSList(slist), 3);
    for (ULONG i = 3; i-- > 0;)
        EXPECT(ExInterlockedPopEntrySList(slist, &slistLock) == &slots[i].Entry);
    EXPECT(ExInterlockedPopEntrySList(slist, &slistLock) == NULL);
    ExFreePoolWithTag(slist, 'tStI');
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PVOID thread;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_READ] = Dispatch;
    if (!NT_SUCCESS(IoCreateDevice(DriverObject, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                                   FALSE, &device)))
        return STATUS_INSUFFICIENT_RESOURCES;
    extension = device->DeviceExtension;
    InitializeListHead(&extension->Queue);
    KeInitializeSpinLock(&extension->Lock);
    KeInitializeSemaphore(&extension->Work, 0, MAXLONG);
    EXPECT(ExInterlockedRemoveHeadList(&extension->Queue, &extension->Lock) == NULL);
    thread = StartThread(Worker, device);
    EXPECT(thread != NULL);
    TestQueue(0, PASSIVE_LEVEL);
    TestQueue(2, PASSIVE_LEVEL);
    TestQueue(0, DISPATCH_LEVEL);
    TestInvalid();
    TestHeldElsewhere();
    TestSingly();
    EXPECT_EQ(priority, 9); // the base of system threads, and the driver's increment
    extension->Stop = TRUE;
    KeReleaseSemaphore(&extension->Work, IO_NO_INCREMENT, 1, FALSE);
    JoinThread(thread); // a thread is an object to wait for
    IoDeleteDevice(device);
    return Finish("io_interlocked");
}
