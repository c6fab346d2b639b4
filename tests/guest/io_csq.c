// SPDX-License-Identifier: MIT
// Cancel-safe queues: order, peek contexts, IRP contexts, inserting that fails, cancelling what is
// queued and what was cancelled before, and all of it at once on four processors.
// Page: kernel/driver-managed-irp-queues.md
// Page: kernel/cancel-safe-irp-queues.md, NF:wdm.IoCsqInitialize, NF:wdm.IoCsqInitializeEx
// Page: NF:wdm.IoCsqInsertIrp, NF:wdm.IoCsqInsertIrpEx, NF:wdm.IoCsqRemoveIrp
// Page: NF:wdm.IoCsqRemoveNextIrp, NC:wdm.IO_CSQ_INSERT_IRP_EX, NC:wdm.IO_CSQ_PEEK_NEXT_IRP
// Page: NC:wdm.IO_CSQ_COMPLETE_CANCELED_IRP
// Options: --cpus 4
// Run:
// Expect: io_csq: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define SLOTS  4
#define ROUNDS 150

// A queue with its list, lock and limit.
typedef struct _QUEUE
{
    IO_CSQ Csq;
    LIST_ENTRY List;
    KSPIN_LOCK Lock;
    ULONG Count;
    ULONG Limit;
    ULONG Cancelled;
    PVOID LastContext;
} QUEUE, *PQUEUE;

// A requester that owns one IRP and sends it again and again.
typedef struct _SLOT
{
    PIRP Irp;
    KEVENT Done;
    ULONG Number;
    ULONG Completions;
} SLOT, *PSLOT;

_Dispatch_type_(IRP_MJ_INTERNAL_DEVICE_CONTROL)
static DRIVER_DISPATCH InternalControl;
static IO_COMPLETION_ROUTINE Done;
static IO_CSQ_INSERT_IRP Insert;
static IO_CSQ_INSERT_IRP_EX InsertEx;
static IO_CSQ_REMOVE_IRP Remove;
static IO_CSQ_PEEK_NEXT_IRP PeekNext;
static IO_CSQ_ACQUIRE_LOCK Acquire;
static IO_CSQ_RELEASE_LOCK Release;
static IO_CSQ_COMPLETE_CANCELED_IRP CompleteCancelled;
static DRIVER_UNLOAD Unload;
static KDEFERRED_ROUTINE TakeOne;
static KSTART_ROUTINE Requester;
static KSTART_ROUTINE Consumer;

static PDEVICE_OBJECT device;
static QUEUE plain, extended;
static PQUEUE target; // the queue that requests go to
static PVOID insertContext;
static PIO_CSQ_IRP_CONTEXT irpContext;
static SLOT slots[SLOTS];
static BOOLEAN stop;
static ULONG served;

// ---- the queue's routines ---------------------------------------------------------------------

static VOID
Insert(PIO_CSQ Csq, PIRP Irp)
{
    PQUEUE queue = CONTAINING_RECORD(Csq, QUEUE, Csq);

    InsertTailList(&queue->List, &Irp->Tail.Overlay.ListEntry);
    queue->Count++;
}

static NTSTATUS
InsertEx(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
    PQUEUE queue = CONTAINING_RECORD(Csq, QUEUE, Csq);

    queue->LastContext = InsertContext;
    if (queue->Count >= queue->Limit)
        return STATUS_DEVICE_BUSY;
    if (InsertContext != NULL) // to the front
        InsertHeadList(&queue->List, &Irp->Tail.Overlay.ListEntry);
    else
        InsertTailList(&queue->List, &Irp->Tail.Overlay.ListEntry);
    queue->Count++;
    return STATUS_SUCCESS;
}

static VOID
Remove(PIO_CSQ Csq, PIRP Irp)
{
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    CONTAINING_RECORD(Csq, QUEUE, Csq)->Count--;
}

// With a context: only requests of that number.
static PIRP
PeekNext(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PQUEUE queue = CONTAINING_RECORD(Csq, QUEUE, Csq);
    PLIST_ENTRY entry = Irp == NULL ? queue->List.Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; entry != &queue->List; entry = entry->Flink)
    {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(next);

        if (PeekContext == NULL || stack->Parameters.Others.Argument1 == PeekContext)
            return next;
    }
    return NULL;
}

static VOID
Acquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, QUEUE, Csq)->Lock, Irql);
}

static VOID
Release(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, QUEUE, Csq)->Lock, Irql);
}

static void
Complete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID
CompleteCancelled(PIO_CSQ Csq, PIRP Irp)
{
    InterlockedIncrement((PLONG)&CONTAINING_RECORD(Csq, QUEUE, Csq)->Cancelled);
    EXPECT(Irp->Cancel && Irp->CancelRoutine == NULL);
    Complete(Irp, STATUS_CANCELLED);
}

static NTSTATUS
InternalControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (target == &plain)
    {
        IoCsqInsertIrp(&plain.Csq, Irp, irpContext);
        return STATUS_PENDING;
    }
    status = IoCsqInsertIrpEx(&extended.Csq, Irp, irpContext, insertContext);
    if (NT_SUCCESS(status))
        return STATUS_PENDING;
    Complete(Irp, status); // it was not queued and is still the driver's
    return status;
}

// ---- requests ---------------------------------------------------------------------------------

static NTSTATUS
Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PSLOT slot = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    slot->Completions++;
    KeSetEvent(&slot->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED; // the slot sends its IRP again
}

static PIRP
Prepare(PSLOT Slot)
{
    PIO_STACK_LOCATION stack;

    IoReuseIrp(Slot->Irp, STATUS_NOT_SUPPORTED);
    stack = IoGetNextIrpStackLocation(Slot->Irp);
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.Others.Argument1 = (PVOID)(ULONG_PTR)Slot->Number;
    IoSetCompletionRoutine(Slot->Irp, Done, Slot, TRUE, TRUE, TRUE);
    KeClearEvent(&Slot->Done);
    return Slot->Irp;
}

static NTSTATUS
Send(ULONG Index)
{
    return IoCallDriver(device, Prepare(&slots[Index]));
}

static NTSTATUS
Result(ULONG Index)
{
    EXPECT_EQ(WaitFor(&slots[Index].Done, MILLISECONDS(1000)), STATUS_SUCCESS);
    return slots[Index].Irp->IoStatus.Status;
}

static void
TestOrder(void)
{
    target = &plain;
    for (ULONG i = 0; i < SLOTS; i++)
        EXPECT_EQ(Send(i), STATUS_PENDING);
    EXPECT_EQ(plain.Count, SLOTS);
    EXPECT(slots[0].Irp->CancelRoutine != NULL);
    // A peek context chooses among what is queued; nothing fits number 99.
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, (PVOID)99) == NULL);
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, (PVOID)3) == slots[2].Irp);
    EXPECT(slots[2].Irp->CancelRoutine == NULL);
    Complete(slots[2].Irp, STATUS_SUCCESS);
    EXPECT_EQ(Result(2), STATUS_SUCCESS);
    for (ULONG i = 0; i < SLOTS; i++)
    {
        if (i == 2)
            continue;
        EXPECT(IoCsqRemoveNextIrp(&plain.Csq, NULL) == slots[i].Irp);
        Complete(slots[i].Irp, STATUS_SUCCESS);
    }
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, NULL) == NULL);
}

static void
TestCancel(void)
{
    target = &plain;
    EXPECT_EQ(Send(0), STATUS_PENDING);
    EXPECT_EQ(Send(1), STATUS_PENDING);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), TRUE);
    EXPECT_EQ(Result(0), STATUS_CANCELLED);
    EXPECT_EQ(plain.Cancelled, 1);
    EXPECT_EQ(plain.Count, 1);
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, NULL) == slots[1].Irp);
    EXPECT_EQ(IoCancelIrp(slots[1].Irp), FALSE); // taken out: its owner decides
    Complete(slots[1].Irp, STATUS_SUCCESS);
    EXPECT_EQ(Result(1), STATUS_SUCCESS);
    // Cancelled on its way to the queue.
    Prepare(&slots[0]);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), FALSE);
    EXPECT_EQ(IoCallDriver(device, slots[0].Irp), STATUS_PENDING);
    EXPECT_EQ(Result(0), STATUS_CANCELLED);
    EXPECT_EQ(plain.Count, 0);
    EXPECT_EQ(plain.Cancelled, 2);
}

static void
TestContext(void)
{
    IO_CSQ_IRP_CONTEXT context;

    target = &plain;
    irpContext = &context;
    EXPECT_EQ(Send(0), STATUS_PENDING);
    irpContext = NULL;
    EXPECT_EQ(Send(1), STATUS_PENDING);
    EXPECT(IoCsqRemoveIrp(&plain.Csq, &context) == slots[0].Irp);
    EXPECT(IoCsqRemoveIrp(&plain.Csq, &context) == NULL);
    Complete(slots[0].Irp, STATUS_SUCCESS);
    irpContext = &context;
    EXPECT_EQ(Send(0), STATUS_PENDING);
    irpContext = NULL;
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), TRUE);
    EXPECT(IoCsqRemoveIrp(&plain.Csq, &context) == NULL); // a driver may ask when it is gone
    irpContext = &context;
    EXPECT_EQ(Send(0), STATUS_PENDING);
    irpContext = NULL;
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, NULL) == slots[1].Irp);
    EXPECT(IoCsqRemoveNextIrp(&plain.Csq, NULL) == slots[0].Irp);
    EXPECT(IoCsqRemoveIrp(&plain.Csq, &context) == NULL);
    Complete(slots[0].Irp, STATUS_SUCCESS);
    Complete(slots[1].Irp, STATUS_SUCCESS);
}

static void
TestExtended(void)
{
    target = &extended;
    extended.Limit = 2;
    EXPECT_EQ(Send(0), STATUS_PENDING);
    insertContext = (PVOID)0x77;
    EXPECT_EQ(Send(1), STATUS_PENDING);
    EXPECT(extended.LastContext == (PVOID)0x77);
    EXPECT_EQ(Send(2), STATUS_DEVICE_BUSY); // what the insert routine returned
    EXPECT_EQ(Result(2), STATUS_DEVICE_BUSY);
    EXPECT(!slots[2].Irp->PendingReturned);
    insertContext = NULL;
    EXPECT(IoCsqRemoveNextIrp(&extended.Csq, NULL) == slots[1].Irp);
    EXPECT(IoCsqRemoveNextIrp(&extended.Csq, NULL) == slots[0].Irp);
    Complete(slots[0].Irp, STATUS_SUCCESS);
    Complete(slots[1].Irp, STATUS_SUCCESS);
    EXPECT_EQ(Send(3), STATUS_PENDING);
    EXPECT_EQ(IoCancelIrp(slots[3].Irp), TRUE);
    EXPECT_EQ(Result(3), STATUS_CANCELLED);
    EXPECT_EQ(extended.Count, 0);
}

// ---- everything at once -----------------------------------------------------------------------

static void
Serve(void)
{
    PIRP irp = IoCsqRemoveNextIrp(&plain.Csq, NULL);

    if (irp != NULL)
    {
        InterlockedIncrement((PLONG)&served);
        Complete(irp, STATUS_SUCCESS);
    }
}

static VOID
TakeOne(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Serve();
}

static VOID
Consumer(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    while (!stop)
    {
        Serve();
        Sleep(-30);
    }
}

// Sends its request and tries to take it back while others are serving it.
static VOID
Requester(PVOID Context)
{
    PSLOT slot = Context;

    for (ULONG round = 0; round < ROUNDS; round++)
    {
        NTSTATUS status = IoCallDriver(device, Prepare(slot));

        EXPECT_EQ(status, STATUS_PENDING);
        if ((round + slot->Number) % 3 != 0)
            (void)IoCancelIrp(slot->Irp);
        EXPECT_EQ(WaitFor(&slot->Done, MILLISECONDS(1000)), STATUS_SUCCESS);
        status = slot->Irp->IoStatus.Status;
        EXPECT(status == STATUS_SUCCESS || (status == STATUS_CANCELLED && slot->Irp->Cancel));
    }
}

static void
TestRace(void)
{
    PVOID threads[SLOTS], consumer;
    LARGE_INTEGER due = {.QuadPart = -10};
    KTIMER timer;
    KDPC dpc;

    target = &plain;
    plain.Cancelled = 0;
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    KeInitializeDpc(&dpc, TakeOne, NULL);
    KeSetTimerEx(&timer, due, 1, &dpc);
    consumer = StartThread(Consumer, NULL);
    for (ULONG i = 0; i < SLOTS; i++)
    {
        slots[i].Completions = 0;
        threads[i] = StartThread(Requester, &slots[i]);
    }
    for (ULONG i = 0; i < SLOTS; i++)
    {
        JoinThread(threads[i]);
        EXPECT_EQ(slots[i].Completions, ROUNDS); // once each, never twice
    }
    stop = TRUE;
    JoinThread(consumer);
    KeCancelTimer(&timer);
    KeFlushQueuedDpcs();
    EXPECT_EQ(plain.Count, 0);
    EXPECT_EQ(served + plain.Cancelled, SLOTS * ROUNDS);
    EXPECT(served != 0 && plain.Cancelled != 0);
}

static void
InitializeQueue(PQUEUE Queue)
{
    InitializeListHead(&Queue->List);
    KeInitializeSpinLock(&Queue->Lock);
}

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
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = InternalControl;
    InitializeQueue(&plain);
    InitializeQueue(&extended);
    EXPECT_EQ(
        IoCsqInitialize(&plain.Csq, Insert, Remove, PeekNext, Acquire, Release, CompleteCancelled),
        STATUS_SUCCESS);
    EXPECT_EQ(IoCsqInitializeEx(&extended.Csq, InsertEx, Remove, PeekNext, Acquire, Release,
                                CompleteCancelled),
              STATUS_SUCCESS);
    if (!NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)))
        return STATUS_UNSUCCESSFUL;
    for (ULONG i = 0; i < SLOTS; i++)
    {
        slots[i].Number = i + 1;
        slots[i].Irp = IoAllocateIrp(device->StackSize, FALSE);
        KeInitializeEvent(&slots[i].Done, NotificationEvent, FALSE);
    }
    TestOrder();
    TestCancel();
    TestContext();
    TestExtended();
    TestRace();
    for (ULONG i = 0; i < SLOTS; i++)
        IoFreeIrp(slots[i].Irp);
    IoDeleteDevice(device);
    return Finish("io_csq");
}
