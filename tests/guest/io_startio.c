// SPDX-License-Identifier: MIT
// StartIo in a lowest-level driver, with a DPC that ends each transfer and starts the next; order
// by key; cancellation of queued packets; StartIo in a driver above; supplemental device queues of
// a port driver with two units.
// Page: kernel/startio-routines-in-lowest-level-drivers.md
// Page: kernel/startio-routines-in-higher-level-drivers.md
// Page: kernel/points-to-consider-for-startio-routines.md, kernel/writing-a-startio-routine.md
// Page: kernel/queuing-and-dequeuing-irps.md, kernel/managing-device-queues.md
// Page: NF:ntifs.IoStartNextPacket, NF:ntifs.IoStartNextPacketByKey
// Page: NF:ntifs.IoSetStartIoAttributes, NF:wdm.KeRemoveEntryDeviceQueue
// Options: --cpus 2
// Run:
// Expect: io_startio: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define LENGTH 16u

typedef struct _EXTENSION
{
    PDEVICE_OBJECT Lower; // NULL: the device itself
    PIRP Current;
    BOOLEAN Busy;
    KTIMER Timer;
    KDPC Dpc;
    KSPIN_LOCK Lock;
} EXTENSION, *PEXTENSION;

typedef struct _REQUEST
{
    PIRP Irp;
    KEVENT Done;
    ULONG Order; // of the completion, 1 first
    UCHAR Data[LENGTH];
} REQUEST, *PREQUEST;

static DRIVER_DISPATCH Dispatch;
static DRIVER_STARTIO StartIo;
static DRIVER_CANCEL CancelQueued;
static KDEFERRED_ROUTINE TransferDone;
static IO_COMPLETION_ROUTINE RequestDone;
static IO_COMPLETION_ROUTINE LowerDone;

static PDEVICE_OBJECT bottom, upper;
static ULONG startCount, completionCount, cancelCount;
static ULONG useKeys, cancelable;
static KIRQL dispatchIrql;      // of the last call of the bottom's dispatch routine
static BOOLEAN cancelBeforeEnd; // the device tries to cancel the packet it works on
static BOOLEAN cancelled;
static KDEVICE_QUEUE units[2];
static BOOLEAN sorting;
static ULONG unitRequests;

static BOOLEAN
IsUnit(PIRP Irp, ULONG Unit)
{
    return IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.ByteOffset.LowPart == Unit;
}

static VOID
CancelQueued(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    cancelCount++;
    if (DeviceObject->CurrentIrp == Irp)
    {
        IoReleaseCancelSpinLock(Irp->CancelIrql);
        return; // the transfer ends it
    }
    EXPECT(
        KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry));
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG key = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Key;
    KIRQL before = KeGetCurrentIrql();

    if (DeviceObject == bottom)
        dispatchIrql = before;
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, useKeys ? &key : NULL, cancelable ? CancelQueued : NULL);
    EXPECT_EQ(KeGetCurrentIrql(), before);
    return STATUS_PENDING;
}

static NTSTATUS
LowerDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Context);
    extension->Busy = FALSE;
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(DeviceObject, FALSE);
    KeLowerIrql(irql);
    return STATUS_CONTINUE_COMPLETION;
}

// A port driver's StartIo sorts: while a unit has a request at the device, others for it wait.
static BOOLEAN
SortedAway(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG unit = IsUnit(Irp, 1);

    if (!sorting || !KeInsertDeviceQueue(&units[unit], &Irp->Tail.Overlay.DeviceQueueEntry))
        return FALSE;
    unitRequests++;
    IoStartNextPacket(DeviceObject, FALSE);
    return TRUE;
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(2)};
    PVOID resident;

    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(DeviceObject->CurrentIrp == Irp);
    EXPECT(!extension->Busy); // one at a time
    if (DeviceObject == bottom && SortedAway(DeviceObject, Irp))
        return;
    KeAcquireSpinLockAtDpcLevel(&extension->Lock);
    extension->Busy = TRUE;
    startCount++;
    KeReleaseSpinLockFromDpcLevel(&extension->Lock);
    resident = ExAllocatePool2(POOL_FLAG_NON_PAGED, 32, 'tStI');
    EXPECT(resident != NULL);
    if (resident != NULL)
        ExFreePoolWithTag(resident, 'tStI');
    if (extension->Lower != NULL)
    {
        IoCopyCurrentIrpStackLocationToNext(Irp);
        IoSetCompletionRoutine(Irp, LowerDone, NULL, TRUE, TRUE, TRUE);
        EXPECT_EQ(IoCallDriver(extension->Lower, Irp), STATUS_PENDING);
        return;
    }
    extension->Current = Irp;
    KeSetTimer(&extension->Timer, due, &extension->Dpc);
}

// What DpcForIsr does: the next packet first, then the end of this one.
static VOID
TransferDone(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PDEVICE_OBJECT device = Context;
    PEXTENSION extension = device->DeviceExtension;
    PIRP irp = extension->Current;
    ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Length;
    ULONG unit = IsUnit(irp, 1);
    PKDEVICE_QUEUE_ENTRY entry;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    EXPECT(device->CurrentIrp == irp);
    if (cancelBeforeEnd)
        cancelled = IoCancelIrp(irp);
    extension->Busy = FALSE;
    if (cancelable)
        (void)IoSetCancelRoutine(irp, NULL);
    if (useKeys)
        IoStartNextPacketByKey(device, cancelable != 0,
                               IoGetCurrentIrpStackLocation(irp)->Parameters.Read.Key);
    else
        IoStartNextPacket(device, cancelable != 0);
    if (sorting && (entry = KeRemoveDeviceQueue(&units[unit])) != NULL)
    {
        PIRP held = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);

        units[unit].Busy = FALSE; // its StartIo takes the unit again
        IoStartPacket(device, held, NULL, NULL);
    }
    RtlFillMemory(irp->AssociatedIrp.SystemBuffer, length, 0x5a);
    irp->IoStatus.Status = STATUS_SUCCESS;
    irp->IoStatus.Information = length;
    IoCompleteRequest(irp, IO_DISK_INCREMENT);
}

static NTSTATUS
RequestDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PREQUEST request = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    request->Order = ++completionCount;
    KeSetEvent(&request->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
Send(PDEVICE_OBJECT Device, PREQUEST Request, ULONG Key, ULONG Unit)
{
    PIO_STACK_LOCATION stack;

    RtlZeroMemory(Request, sizeof(*Request));
    KeInitializeEvent(&Request->Done, NotificationEvent, FALSE);
    Request->Irp = IoAllocateIrp(Device->StackSize, FALSE);
    EXPECT(Request->Irp != NULL);
    Request->Irp->AssociatedIrp.SystemBuffer = Request->Data;
    stack = IoGetNextIrpStackLocation(Request->Irp);
    stack->MajorFunction = IRP_MJ_READ;
    stack->Parameters.Read.Length = LENGTH;
    stack->Parameters.Read.Key = Key;
    stack->Parameters.Read.ByteOffset.LowPart = Unit;
    IoSetCompletionRoutine(Request->Irp, RequestDone, Request, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(Device, Request->Irp), STATUS_PENDING);
}

static void
Finished(PREQUEST Request, NTSTATUS Status)
{
    EXPECT_EQ(WaitFor(&Request->Done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(Request->Irp->IoStatus.Status, Status);
    EXPECT_EQ(Request->Irp->IoStatus.Information, Status == STATUS_SUCCESS ? LENGTH : 0);
    EXPECT_EQ(Request->Data[LENGTH - 1], Status == STATUS_SUCCESS ? 0x5a : 0);
    IoFreeIrp(Request->Irp);
}

static void
Idle(PDEVICE_OBJECT Device)
{
    EXPECT(!Device->DeviceQueue.Busy);
    EXPECT(Device->CurrentIrp == NULL);
    EXPECT(IsListEmpty(&Device->DeviceQueue.DeviceListHead));
    startCount = completionCount = cancelCount = 0;
}

static REQUEST requests[4];

static void
TestOrder(void)
{
    Idle(bottom);
    Send(bottom, &requests[0], 0, 0);
    EXPECT_EQ(startCount, 1); // at once: the device was idle
    EXPECT(bottom->CurrentIrp == requests[0].Irp && bottom->DeviceQueue.Busy);
    for (ULONG i = 1; i < 4; i++)
        Send(bottom, &requests[i], 0, 0);
    EXPECT_EQ(startCount, 1); // the others wait
    EXPECT_EQ(dispatchIrql, PASSIVE_LEVEL);
    for (ULONG i = 0; i < 4; i++)
    {
        Finished(&requests[i], STATUS_SUCCESS);
        EXPECT_EQ(requests[i].Order, i + 1);
    }
    EXPECT_EQ(startCount, 4);
    Idle(bottom);
}

static void
TestKeys(void)
{
    static const ULONG keys[4] = {5, 9, 2, 7}; // the device goes up from 5, then starts over
    static const ULONG orders[4] = {1, 3, 4, 2};

    useKeys = TRUE;
    for (ULONG i = 0; i < 4; i++)
        Send(bottom, &requests[i], keys[i], 0);
    for (ULONG i = 0; i < 4; i++)
        Finished(&requests[i], STATUS_SUCCESS);
    for (ULONG i = 0; i < 4; i++)
        EXPECT_EQ(requests[i].Order, orders[i]);
    useKeys = FALSE;
    Idle(bottom);
}

static void
TestCancel(void)
{
    cancelable = TRUE;
    for (ULONG i = 0; i < 3; i++)
        Send(bottom, &requests[i], 0, 0);
    EXPECT(IoCancelIrp(requests[1].Irp)); // waits in the queue
    EXPECT_EQ(cancelCount, 1);
    EXPECT_EQ(requests[1].Order, 1);
    Finished(&requests[1], STATUS_CANCELLED);
    Finished(&requests[0], STATUS_SUCCESS);
    Finished(&requests[2], STATUS_SUCCESS);
    EXPECT_EQ(startCount, 2);
    Idle(bottom);
    cancelBeforeEnd = TRUE;
    cancelled = FALSE;
    Send(bottom, &requests[0], 0, 0);
    Finished(&requests[0], STATUS_SUCCESS);
    EXPECT(cancelled); // the routine is still set when StartIo has the packet
    EXPECT_EQ(cancelCount, 1);
    IoSetStartIoAttributes(bottom, FALSE, TRUE);
    cancelled = TRUE;
    Send(bottom, &requests[0], 0, 0);
    Send(bottom, &requests[1], 0, 0);
    Finished(&requests[0], STATUS_SUCCESS);
    Finished(&requests[1], STATUS_SUCCESS);
    EXPECT(!cancelled); // not cancelable: StartIo gets packets without it
    EXPECT_EQ(cancelCount, 1);
    IoSetStartIoAttributes(bottom, FALSE, FALSE);
    cancelable = cancelBeforeEnd = FALSE;
    Idle(bottom);
}

// A StartIo routine above sends one request at a time down, at DISPATCH_LEVEL.
static void
TestHigher(void)
{
    Idle(upper);
    for (ULONG i = 0; i < 4; i++)
        Send(upper, &requests[i], 0, 0);
    EXPECT_EQ(dispatchIrql, DISPATCH_LEVEL);
    EXPECT_EQ(startCount, 2); // one there, the same one here
    EXPECT(IsListEmpty(&bottom->DeviceQueue.DeviceListHead));
    for (ULONG i = 0; i < 4; i++)
    {
        Finished(&requests[i], STATUS_SUCCESS);
        EXPECT_EQ(requests[i].Order, i + 1);
    }
    EXPECT_EQ(startCount, 8);
    Idle(upper);
    Idle(bottom);
}

static void
TestSupplemental(void)
{
    sorting = TRUE;
    unitRequests = 0;
    for (ULONG i = 0; i < 2; i++)
    {
        KeInitializeDeviceQueue(&units[i]);
        EXPECT(!units[i].Busy);
    }
    units[0].Busy = FALSE;
    Send(bottom, &requests[0], 0, 0);
    EXPECT(units[0].Busy && !units[1].Busy);
    EXPECT(IsListEmpty(&units[0].DeviceListHead)); // the first one is not queued
    Send(bottom, &requests[1], 0, 0);
    Send(bottom, &requests[2], 0, 1);
    Send(bottom, &requests[3], 0, 1);
    for (ULONG i = 0; i < 4; i++)
        Finished(&requests[i], STATUS_SUCCESS);
    EXPECT(!units[0].Busy && !units[1].Busy); // each removal that found nothing
    // Both second requests waited for their units; the other unit went first.
    EXPECT_EQ(unitRequests, 2);
    EXPECT_EQ(requests[0].Order, 1);
    EXPECT_EQ(requests[2].Order, 2);
    EXPECT_EQ(requests[1].Order, 3);
    EXPECT_EQ(requests[3].Order, 4);
    sorting = FALSE;
    Idle(bottom);
}

static NTSTATUS
Create(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *Device)
{
    PEXTENSION extension;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0,
                                     FALSE, Device);

    if (!NT_SUCCESS(status))
        return status;
    EXPECT(!(*Device)->DeviceQueue.Busy); // comes with the device
    EXPECT_EQ((*Device)->DeviceQueue.Size, sizeof(KDEVICE_QUEUE));
    extension = (*Device)->DeviceExtension;
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, TransferDone, *Device);
    KeInitializeSpinLock(&extension->Lock);
    (*Device)->Flags |= DO_BUFFERED_IO;
    (*Device)->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
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
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->DriverStartIo = StartIo;
    DriverObject->MajorFunction[IRP_MJ_READ] = Dispatch;
    if (!NT_SUCCESS(Create(DriverObject, &bottom)))
        return STATUS_INSUFFICIENT_RESOURCES;
    TestOrder();
    TestKeys();
    TestCancel();
    TestSupplemental();
    if (NT_SUCCESS(Create(DriverObject, &upper)))
    {
        ((PEXTENSION)upper->DeviceExtension)->Lower = IoAttachDeviceToDeviceStack(upper, bottom);
        EXPECT_EQ(upper->StackSize, 2);
        TestHigher();
        IoDetachDevice(bottom);
        IoDeleteDevice(upper);
    }
    IoDeleteDevice(bottom);
    return Finish("io_startio");
}
