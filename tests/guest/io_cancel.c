// SPDX-License-Identifier: MIT
// Cancelling: requests that cannot be cancelled, a driver's own queue against its completing DPC,
// StartIo and its cancel routine, device queues by key, and cleanup of a handle that is closing.
// Page: kernel/using-a-driver-supplied-spin-lock.md
// Page: kernel/synchronizing-cancellation-in-driver-routines-that-process-irps.md
// Page: kernel/registering-a-cancel-routine.md, kernel/points-to-consider-when-canceling-irps.md
// Page: kernel/setting-up-and-using-device-queues.md
// Page: kernel/introduction-to-cancel-routines.md
// Page: kernel/synchronizing-irp-cancellation.md, kernel/implementing-a-cancel-routine.md
// Page: kernel/using-the-system-s-cancel-spin-lock.md
// Page: kernel/cancel-routines-in-drivers-with-startio-routines.md
// Page: kernel/cancel-routines-in-drivers-without-startio-routines.md
// Page: kernel/dispatchcleanup-routines.md, NF:wdm.IoCancelIrp, NF:wdm.IoSetCancelRoutine
// Page: NF:wdm.IoAcquireCancelSpinLock, NF:wdm.IoReleaseCancelSpinLock
// Page: NF:ntifs.IoStartPacket, NF:ntifs.IoStartNextPacket, NF:ntifs.IoStartNextPacketByKey
// Page: NF:wdm.KeInsertByKeyDeviceQueue, NF:wdm.KeRemoveByKeyDeviceQueue
// Page: NF:wdm.KeRemoveEntryDeviceQueue, kernel/canceling-irps.md
// Options: --cpus 4
// Run:
// Expect: io_cancel: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define IOCTL_QUEUE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_DEAF  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_START CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define SLOTS       4
#define ROUNDS      120

typedef struct _SLOT
{
    PIRP Irp;
    KEVENT Done;
    ULONG Number;
    ULONG Code;
    ULONG Completions;
} SLOT, *PSLOT;

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Simple;
_Dispatch_type_(IRP_MJ_CLEANUP)
static DRIVER_DISPATCH Cleanup;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
static DRIVER_CANCEL QueueCancel;
static DRIVER_CANCEL StartCancel;
static DRIVER_STARTIO Start;
static DRIVER_UNLOAD Unload;
static IO_COMPLETION_ROUTINE Done;
static KDEFERRED_ROUTINE TakeOne;
static KDEFERRED_ROUTINE FinishStarted;
static KSTART_ROUTINE Requester;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\IoCancel");
static PDEVICE_OBJECT device;
static SLOT slots[SLOTS];
static LIST_ENTRY queue = {&queue, &queue};
static KSPIN_LOCK queueLock;
static PIRP deaf;
static LONG cancelled, served, cleanups;
static PIRP started;   // by StartIo, not yet finished
static BOOLEAN manual; // the test itself finishes what StartIo has started
static ULONG starts;
static ULONG order; // decimal digits: numbers of requests in order of StartIo
static KTIMER timer;
static KDPC dpc, startDpc;

static void
Complete(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
Simple(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Complete(Irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

// ---- a queue of the driver's own --------------------------------------------------------------

static VOID
QueueCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    EXPECT(DeviceObject == device);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL); // the cancel spin lock is held
    EXPECT(Irp->Cancel && Irp->CancelRoutine == NULL);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&queueLock, &irql);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&queueLock, irql);
    InterlockedIncrement(&cancelled);
    Complete(Irp, STATUS_CANCELLED);
}

static NTSTATUS
Queue(PIRP Irp)
{
    KIRQL irql;

    KeAcquireSpinLock(&queueLock, &irql);
    EXPECT(IoSetCancelRoutine(Irp, QueueCancel) == NULL);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL)
    {
        KeReleaseSpinLock(&queueLock, irql);
        InterlockedIncrement(&cancelled);
        Complete(Irp, STATUS_CANCELLED);
        return STATUS_CANCELLED;
    }
    // If the cancel routine is running by now, it waits for the lock and finds the IRP queued.
    IoMarkIrpPending(Irp);
    InsertTailList(&queue, &Irp->Tail.Overlay.ListEntry);
    KeReleaseSpinLock(&queueLock, irql);
    return STATUS_PENDING;
}

// The first request (of FileObject, if not NULL) that is not being cancelled.
static PIRP
Dequeue(PFILE_OBJECT FileObject)
{
    PIRP found = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&queueLock, &irql);
    for (PLIST_ENTRY entry = queue.Flink; entry != &queue && found == NULL; entry = entry->Flink)
    {
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (FileObject != NULL && IoGetCurrentIrpStackLocation(irp)->FileObject != FileObject)
            continue;
        if (IoSetCancelRoutine(irp, NULL) == NULL)
            continue;
        RemoveEntryList(entry);
        found = irp;
        break;
    }
    KeReleaseSpinLock(&queueLock, irql);
    return found;
}

static VOID
TakeOne(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIRP irp = Dequeue(NULL);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (irp != NULL)
    {
        InterlockedIncrement(&served);
        Complete(irp, STATUS_SUCCESS);
    }
}

// The last handle closes: every request of that file object is cancelled, no other one.
static NTSTATUS
Cleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    PIRP irp;

    UNREFERENCED_PARAMETER(DeviceObject);
    InterlockedIncrement(&cleanups);
    for (irp = Dequeue(file); irp != NULL; irp = Dequeue(file))
        Complete(irp, STATUS_CANCELLED);
    Complete(Irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

// ---- StartIo ----------------------------------------------------------------------------------

static VOID
StartCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (Irp == DeviceObject->CurrentIrp)
    {
        // On its way to StartIo, which will find it cancelled.
        KIRQL irql = Irp->CancelIrql;

        IoReleaseCancelSpinLock(DISPATCH_LEVEL);
        IoStartNextPacket(DeviceObject, TRUE);
        KeLowerIrql(irql);
    }
    else
    {
        EXPECT(KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue,
                                        &Irp->Tail.Overlay.DeviceQueueEntry));
        EXPECT(!KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue,
                                         &Irp->Tail.Overlay.DeviceQueueEntry));
        IoReleaseCancelSpinLock(Irp->CancelIrql);
    }
    InterlockedIncrement(&cancelled);
    Complete(Irp, STATUS_CANCELLED);
}

static VOID
Start(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    IoAcquireCancelSpinLock(&irql);
    if (Irp != DeviceObject->CurrentIrp || Irp->Cancel)
    {
        // Its cancel routine has it or is going to; that also starts the next packet.
        IoReleaseCancelSpinLock(irql);
        return;
    }
    EXPECT(IoSetCancelRoutine(Irp, NULL) != NULL);
    IoReleaseCancelSpinLock(irql);
    starts++;
    order = order * 10 + (ULONG)(ULONG_PTR)IoGetCurrentIrpStackLocation(Irp)
                             ->Parameters.DeviceIoControl.Type3InputBuffer;
    EXPECT(started == NULL);
    started = Irp;
    if (!manual)
    {
        LARGE_INTEGER due = {.QuadPart = -20};

        KeSetTimer(&timer, due, &startDpc);
    }
}

static VOID
FinishStarted(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIRP irp = started;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    started = NULL;
    InterlockedIncrement(&served);
    IoStartNextPacket(device, TRUE);
    Complete(irp, STATUS_SUCCESS);
}

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG key = stack->Parameters.DeviceIoControl.OutputBufferLength;

    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_QUEUE:
        return Queue(Irp);
    case IOCTL_DEAF:
        IoMarkIrpPending(Irp);
        deaf = Irp;
        return STATUS_PENDING;
    default:
        IoMarkIrpPending(Irp);
        IoStartPacket(DeviceObject, Irp, key != 0 ? &key : NULL, StartCancel);
        return STATUS_PENDING;
    }
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
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP
Prepare(PSLOT Slot, ULONG Code, ULONG Key)
{
    PIO_STACK_LOCATION stack;

    IoReuseIrp(Slot->Irp, STATUS_NOT_SUPPORTED);
    stack = IoGetNextIrpStackLocation(Slot->Irp);
    stack->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = Code;
    stack->Parameters.DeviceIoControl.OutputBufferLength = Key;
    stack->Parameters.DeviceIoControl.Type3InputBuffer = (PVOID)(ULONG_PTR)Slot->Number;
    IoSetCompletionRoutine(Slot->Irp, Done, Slot, TRUE, TRUE, TRUE);
    KeClearEvent(&Slot->Done);
    return Slot->Irp;
}

static NTSTATUS
Send(ULONG Index, ULONG Code, ULONG Key)
{
    return IoCallDriver(device, Prepare(&slots[Index], Code, Key));
}

static NTSTATUS
Result(ULONG Index)
{
    EXPECT_EQ(WaitFor(&slots[Index].Done, MILLISECONDS(1000)), STATUS_SUCCESS);
    return slots[Index].Irp->IoStatus.Status;
}

// Without a cancel routine a request is marked, no more.
static void
TestNotCancelable(void)
{
    EXPECT_EQ(Send(0, IOCTL_DEAF, 0), STATUS_PENDING);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), FALSE);
    EXPECT(slots[0].Irp->Cancel);
    EXPECT_EQ(KeReadStateEvent(&slots[0].Done), 0);
    Complete(deaf, STATUS_SUCCESS); // a driver may finish it all the same
    EXPECT_EQ(Result(0), STATUS_SUCCESS);
}

static void
TestQueue(void)
{
    EXPECT_EQ(Send(0, IOCTL_QUEUE, 0), STATUS_PENDING);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), TRUE);
    EXPECT_EQ(Result(0), STATUS_CANCELLED);
    EXPECT_EQ(cancelled, 1);
    Prepare(&slots[0], IOCTL_QUEUE, 0);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), FALSE);
    EXPECT_EQ(IoCallDriver(device, slots[0].Irp), STATUS_CANCELLED);
    EXPECT(IsListEmpty(&queue));
}

static VOID
Requester(PVOID Context)
{
    PSLOT slot = Context;

    for (ULONG round = 0; round < ROUNDS; round++)
    {
        (void)IoCallDriver(device, Prepare(slot, slot->Code, 0));
        if ((round + slot->Number) % 3 == 1)
            Sleep(-(LONGLONG)(round % 7) * 10);
        if ((round + slot->Number) % 3 != 0)
            (void)IoCancelIrp(slot->Irp);
        EXPECT_EQ(WaitFor(&slot->Done, MILLISECONDS(1000)), STATUS_SUCCESS);
        EXPECT(slot->Irp->IoStatus.Status == STATUS_SUCCESS ||
               (slot->Irp->IoStatus.Status == STATUS_CANCELLED && slot->Irp->Cancel));
    }
}

static void
Race(ULONG Code)
{
    PVOID threads[SLOTS];

    cancelled = served = 0;
    for (ULONG i = 0; i < SLOTS; i++)
    {
        slots[i].Code = Code;
        slots[i].Completions = 0;
        threads[i] = StartThread(Requester, &slots[i]);
    }
    for (ULONG i = 0; i < SLOTS; i++)
    {
        JoinThread(threads[i]);
        EXPECT_EQ(slots[i].Completions, ROUNDS);
    }
    EXPECT_EQ(cancelled + served, SLOTS * ROUNDS);
    EXPECT(cancelled != 0 && served != 0);
}

static void
TestQueueRace(void)
{
    LARGE_INTEGER due = {.QuadPart = -10};
    KTIMER periodic;

    KeInitializeTimerEx(&periodic, SynchronizationTimer);
    KeSetTimerEx(&periodic, due, 1, &dpc);
    Race(IOCTL_QUEUE);
    KeCancelTimer(&periodic);
    KeFlushQueuedDpcs();
    EXPECT(IsListEmpty(&queue));
}

static void
FinishOne(BOOLEAN ByKey, ULONG Key)
{
    PIRP irp = started;
    KIRQL irql;

    started = NULL;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (ByKey)
        IoStartNextPacketByKey(device, TRUE, Key);
    else
        IoStartNextPacket(device, TRUE);
    KeLowerIrql(irql);
    Complete(irp, STATUS_SUCCESS);
}

static void
TestStartIo(void)
{
    manual = TRUE;
    cancelled = 0;
    order = 0;
    EXPECT_EQ(Send(0, IOCTL_START, 0), STATUS_PENDING);
    EXPECT(started == slots[0].Irp && device->CurrentIrp == slots[0].Irp);
    EXPECT_EQ(Send(1, IOCTL_START, 0), STATUS_PENDING); // busy: queued
    EXPECT_EQ(Send(2, IOCTL_START, 0), STATUS_PENDING);
    EXPECT_EQ(IoCancelIrp(slots[0].Irp), FALSE); // under way: StartIo took its routine away
    EXPECT_EQ(IoCancelIrp(slots[1].Irp), TRUE);
    EXPECT_EQ(Result(1), STATUS_CANCELLED);
    FinishOne(FALSE, 0);
    EXPECT(started == slots[2].Irp);
    FinishOne(FALSE, 0);
    EXPECT(started == NULL && device->CurrentIrp == NULL);
    EXPECT_EQ(order, 13);
    // By key: the next with at least that key, or else the first.
    order = 0;
    EXPECT_EQ(Send(0, IOCTL_START, 1), STATUS_PENDING);
    EXPECT_EQ(Send(1, IOCTL_START, 30), STATUS_PENDING);
    EXPECT_EQ(Send(2, IOCTL_START, 20), STATUS_PENDING);
    EXPECT_EQ(Send(3, IOCTL_START, 10), STATUS_PENDING);
    FinishOne(TRUE, 15);
    FinishOne(TRUE, 100);
    FinishOne(TRUE, 11);
    EXPECT_EQ(order, 1342);
    FinishOne(TRUE, 0);
    EXPECT(device->CurrentIrp == NULL);
    manual = FALSE;
    Race(IOCTL_START);
    EXPECT(started == NULL && device->CurrentIrp == NULL);
}

static void
TestDeviceQueue(void)
{
    KDEVICE_QUEUE keys;
    KDEVICE_QUEUE_ENTRY entries[4];
    KIRQL irql;

    RtlZeroMemory(entries, sizeof(entries));
    KeInitializeDeviceQueue(&keys);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT(KeRemoveByKeyDeviceQueueIfBusy(&keys, 5) == NULL); // not busy: left so
    EXPECT(!KeInsertByKeyDeviceQueue(&keys, &entries[0], 1)); // now busy, the entry is not queued
    EXPECT(!entries[0].Inserted && keys.Busy);
    EXPECT(KeInsertByKeyDeviceQueue(&keys, &entries[1], 30));
    EXPECT(KeInsertByKeyDeviceQueue(&keys, &entries[2], 10));
    EXPECT(KeInsertByKeyDeviceQueue(&keys, &entries[3], 20));
    EXPECT(entries[3].Inserted);
    EXPECT_EQ(entries[3].SortKey, 20);
    EXPECT(KeRemoveEntryDeviceQueue(&keys, &entries[3]));
    EXPECT(!KeRemoveEntryDeviceQueue(&keys, &entries[3]));
    EXPECT(KeRemoveByKeyDeviceQueue(&keys, 11) == &entries[1]);
    EXPECT(KeRemoveByKeyDeviceQueueIfBusy(&keys, 11) == &entries[2]);
    EXPECT(KeRemoveByKeyDeviceQueue(&keys, 0) == NULL); // empty: no longer busy
    EXPECT(!keys.Busy);
    KeLowerIrql(irql);
}

// ---- handles ----------------------------------------------------------------------------------

static HANDLE
Open(void)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE handle = NULL;

    InitializeObjectAttributes(&attributes, &deviceName, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(
        ZwCreateFile(&handle, GENERIC_READ, &attributes, &iosb, NULL, 0, 0, FILE_OPEN, 0, NULL, 0),
        STATUS_SUCCESS);
    return handle;
}

static void
TestCleanup(void)
{
    HANDLE first = Open(), second = Open();
    IO_STATUS_BLOCK iosb[3] = {{{0x11111111}, 0}, {{0x11111111}, 0}, {{0x11111111}, 0}};
    PIRP left;

    cleanups = 0;
    for (ULONG i = 0; i < 3; i++)
        EXPECT_EQ(ZwDeviceIoControlFile(i == 2 ? second : first, NULL, NULL, NULL, &iosb[i],
                                        IOCTL_QUEUE, NULL, 0, NULL, 0),
                  STATUS_PENDING);
    EXPECT_EQ(iosb[0].Status, 0x11111111);
    EXPECT_EQ(ZwClose(first), STATUS_SUCCESS);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(cleanups, 1);
    EXPECT_EQ(iosb[0].Status, STATUS_CANCELLED);
    EXPECT_EQ(iosb[1].Status, STATUS_CANCELLED);
    EXPECT_EQ(iosb[2].Status, 0x11111111); // another file object's
    left = Dequeue(NULL);
    EXPECT(left != NULL);
    if (left != NULL)
        Complete(left, STATUS_SUCCESS);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(iosb[2].Status, STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
    EXPECT_EQ(cleanups, 2);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Cleanup;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->DriverStartIo = Start;
    DriverObject->DriverUnload = Unload;
    status = IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags &= ~DO_DEVICE_INITIALIZING; // this routine opens it itself
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, TakeOne, NULL);
    KeInitializeDpc(&startDpc, FinishStarted, NULL);
    KeInitializeSpinLock(&queueLock);
    for (ULONG i = 0; i < SLOTS; i++)
    {
        slots[i].Number = i + 1;
        slots[i].Irp = IoAllocateIrp(device->StackSize, FALSE);
        KeInitializeEvent(&slots[i].Done, NotificationEvent, FALSE);
    }
    TestNotCancelable();
    TestQueue();
    TestQueueRace();
    TestStartIo();
    TestDeviceQueue();
    TestCleanup();
    for (ULONG i = 0; i < SLOTS; i++)
        IoFreeIrp(slots[i].Irp);
    status = Finish("io_cancel");
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
