/* SPDX-License-Identifier: MIT */
/*
 * Device queues and the StartIo model built on them. A queue is busy from the first insertion,
 * which is not queued, until a removal finds it empty (KERNEL:setting-up-and-using-device-queues).
 * IRQL: DISPATCH_LEVEL at most; IoStartNextPacket is called at DISPATCH_LEVEL.
 */
#include "iop.h"

/* DEVOBJ_EXTENSION.StartIoFlags */
#define IOP_STARTIO_DEFERRED      0x1 /* StartIo is not called again before it has returned */
#define IOP_STARTIO_NONCANCELABLE 0x2
#define IOP_STARTIO_BY_KEY        0x4 /* the deferred call is IoStartNextPacketByKey's */
#define IOP_STARTIO_CANCELABLE    0x8

/* ---- device queues ------------------------------------------------------------------------ */

/* NF:wdm.KeInitializeDeviceQueue */
DDI VOID NTAPI
KeInitializeDeviceQueue(_Out_ PKDEVICE_QUEUE DeviceQueue)
{
    DeviceQueue->Type = DeviceQueueObject;
    DeviceQueue->Size = sizeof(KDEVICE_QUEUE);
    InitializeListHead(&DeviceQueue->DeviceListHead);
    DeviceQueue->Lock = 0;
    DeviceQueue->Busy = FALSE;
}

/* NF:wdm.KeInsertDeviceQueue */
DDI BOOLEAN NTAPI
KeInsertDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                    _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    DeviceQueueEntry->Inserted = DeviceQueue->Busy;
    if (!DeviceQueue->Busy)
    {
        DeviceQueue->Busy = TRUE;
        return FALSE;
    }
    InsertTailList(&DeviceQueue->DeviceListHead, &DeviceQueueEntry->DeviceListEntry);
    return TRUE;
}

/* NF:wdm.KeInsertByKeyDeviceQueue: behind all entries with a key that is not larger. */
DDI BOOLEAN NTAPI
KeInsertByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                         _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
                         _In_ ULONG SortKey)
{
    DeviceQueueEntry->SortKey = SortKey;
    DeviceQueueEntry->Inserted = DeviceQueue->Busy;
    if (!DeviceQueue->Busy)
    {
        DeviceQueue->Busy = TRUE;
        return FALSE;
    }
    PLIST_ENTRY entry = DeviceQueue->DeviceListHead.Blink;
    while (entry != &DeviceQueue->DeviceListHead &&
           CONTAINING_RECORD(entry, KDEVICE_QUEUE_ENTRY, DeviceListEntry)->SortKey > SortKey)
    {
        entry = entry->Blink;
    }
    InsertHeadList(entry, &DeviceQueueEntry->DeviceListEntry);
    return TRUE;
}

static PKDEVICE_QUEUE_ENTRY
IopTakeQueueEntry(PLIST_ENTRY Entry)
{
    PKDEVICE_QUEUE_ENTRY queued = CONTAINING_RECORD(Entry, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
    RemoveEntryList(Entry);
    queued->Inserted = FALSE;
    return queued;
}

/* NF:wdm.KeRemoveDeviceQueue */
DDI PKDEVICE_QUEUE_ENTRY NTAPI
KeRemoveDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue)
{
    if (IsListEmpty(&DeviceQueue->DeviceListHead))
    {
        DeviceQueue->Busy = FALSE;
        return NULL;
    }
    return IopTakeQueueEntry(DeviceQueue->DeviceListHead.Flink);
}

/* NF:wdm.KeRemoveByKeyDeviceQueue: the first entry with a key that is not smaller; the first of all
 * when there is none. */
DDI PKDEVICE_QUEUE_ENTRY NTAPI
KeRemoveByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _In_ ULONG SortKey)
{
    PLIST_ENTRY head = &DeviceQueue->DeviceListHead;
    if (IsListEmpty(head))
    {
        DeviceQueue->Busy = FALSE;
        return NULL;
    }
    PLIST_ENTRY entry = head->Flink;
    while (entry != head &&
           CONTAINING_RECORD(entry, KDEVICE_QUEUE_ENTRY, DeviceListEntry)->SortKey < SortKey)
    {
        entry = entry->Flink;
    }
    return IopTakeQueueEntry(entry == head ? head->Flink : entry);
}

/* NF:ntifs.KeRemoveByKeyDeviceQueueIfBusy: NULL, and nothing changes, when the queue is not busy.
 */
DDI PKDEVICE_QUEUE_ENTRY NTAPI
KeRemoveByKeyDeviceQueueIfBusy(_Inout_ PKDEVICE_QUEUE DeviceQueue, _In_ ULONG SortKey)
{
    return DeviceQueue->Busy ? KeRemoveByKeyDeviceQueue(DeviceQueue, SortKey) : NULL;
}

/* NF:wdm.KeRemoveEntryDeviceQueue: FALSE when the entry is not queued (any more). */
DDI BOOLEAN NTAPI
KeRemoveEntryDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                         _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
    UNREFERENCED_PARAMETER(DeviceQueue);
    if (!DeviceQueueEntry->Inserted)
    {
        return FALSE;
    }
    IopTakeQueueEntry(&DeviceQueueEntry->DeviceListEntry);
    return TRUE;
}

/* ---- StartIo ------------------------------------------------------------------------------ */

static PDRIVER_STARTIO
IopStartIoRoutine(PDEVICE_OBJECT DeviceObject)
{
    PDRIVER_STARTIO routine = DeviceObject->DriverObject->DriverStartIo;
    if (routine == NULL)
    {
        KiBugCheckWithRule(0xc9, 0x200, (ULONG64)KiCallerAddress(), (ULONG64)DeviceObject, 0,
                           "IoStartPacket or IoStartNextPacket was called by a driver without a "
                           "StartIo routine",
                           "NF:ntifs.IoStartPacket", NULL, DeviceObject);
    }
    return routine;
}

static void
IopCallStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDRIVER_STARTIO routine = IopStartIoRoutine(DeviceObject);
    KIRQL irql = KiCurrentIrql();
    PKI_GATE_RECORD mark = KiMarkCall();
    routine(DeviceObject, Irp);
    KiEndCall(mark);
    if (KiCurrentIrql() != irql)
    {
        KiBlame((const void *)routine);
        KiBugCheckWithRule(0xc8, ((ULONG64)KiCurrentIrql() << 16) | ((ULONG64)irql << 8), 0, 0,
                           (ULONG64)routine, "A StartIo routine returned at another IRQL",
                           "NC:wdm.DRIVER_STARTIO", NULL, DeviceObject);
    }
}

static void
IopStartNext(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, BOOLEAN ByKey, ULONG Key)
{
    PDEVOBJ_EXTENSION extension = DeviceObject->DeviceObjectExtension;
    KIRQL cancelIrql = 0;
    if (Cancelable)
    {
        IoAcquireCancelSpinLock(&cancelIrql);
    }
    DeviceObject->CurrentIrp = NULL;
    PKDEVICE_QUEUE_ENTRY entry = ByKey ? KeRemoveByKeyDeviceQueue(&DeviceObject->DeviceQueue, Key)
                                       : KeRemoveDeviceQueue(&DeviceObject->DeviceQueue);
    if (entry == NULL)
    {
        if (Cancelable)
        {
            IoReleaseCancelSpinLock(cancelIrql);
        }
        return;
    }
    PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
    DeviceObject->CurrentIrp = irp;
    if (Cancelable)
    {
        if (extension->StartIoFlags & IOP_STARTIO_NONCANCELABLE)
        {
            IoSetCancelRoutine(irp, NULL);
        }
        IoReleaseCancelSpinLock(cancelIrql);
    }
    IopCallStartIo(DeviceObject, irp);
}

/* With deferred attributes StartIoCount counts the calls of StartIo that are running or noted. The
 * outermost one runs them one after the other, so that StartIo is never entered from itself. */
static void
IopRunNoted(PDEVICE_OBJECT DeviceObject)
{
    PDEVOBJ_EXTENSION extension = DeviceObject->DeviceObjectExtension;
    while (--extension->StartIoCount > 0)
    {
        ULONG flags = extension->StartIoFlags;
        extension->StartIoFlags &= ~(ULONG)(IOP_STARTIO_CANCELABLE | IOP_STARTIO_BY_KEY);
        IopStartNext(DeviceObject, (flags & IOP_STARTIO_CANCELABLE) != 0,
                     (flags & IOP_STARTIO_BY_KEY) != 0, (ULONG)extension->StartIoKey);
    }
}

static void
IopStartNextDeferred(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, BOOLEAN ByKey, ULONG Key)
{
    PDEVOBJ_EXTENSION extension = DeviceObject->DeviceObjectExtension;
    if (extension->StartIoCount++ > 0)
    {
        extension->StartIoFlags |=
            (Cancelable ? IOP_STARTIO_CANCELABLE : 0u) | (ByKey ? IOP_STARTIO_BY_KEY : 0u);
        extension->StartIoKey = (LONG)Key;
        return;
    }
    IopStartNext(DeviceObject, Cancelable, ByKey, Key);
    IopRunNoted(DeviceObject);
}

static void
IopStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, BOOLEAN ByKey, ULONG Key)
{
    if (DeviceObject->DeviceObjectExtension->StartIoFlags & IOP_STARTIO_DEFERRED)
    {
        IopStartNextDeferred(DeviceObject, Cancelable, ByKey, Key);
        return;
    }
    IopStartNext(DeviceObject, Cancelable, ByKey, Key);
}

/* NF:ntifs.IoStartNextPacket */
DDI VOID NTAPI
IoStartNextPacket(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN Cancelable)
{
    IopStartNextPacket(DeviceObject, Cancelable, FALSE, 0);
}

/* NF:ntifs.IoStartNextPacketByKey */
DDI VOID NTAPI
IoStartNextPacketByKey(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN Cancelable, _In_ ULONG Key)
{
    IopStartNextPacket(DeviceObject, Cancelable, TRUE, Key);
}

/* NF:ntifs.IoSetStartIoAttributes */
DDI VOID NTAPI
IoSetStartIoAttributes(_In_ PDEVICE_OBJECT DeviceObject,
                       _In_ BOOLEAN DeferredStartIo,
                       _In_ BOOLEAN NonCancelable)
{
    DeviceObject->DeviceObjectExtension->StartIoFlags =
        (DeferredStartIo ? IOP_STARTIO_DEFERRED : 0u) |
        (NonCancelable ? IOP_STARTIO_NONCANCELABLE : 0u);
}

/* The IRP stands in the queue and was cancelled before: its routine is called as IoCancelIrp would,
 * with the cancel lock held, which it releases. */
static void
IopCancelQueued(PDEVICE_OBJECT DeviceObject, PIRP Irp, KIRQL CancelIrql)
{
    PDRIVER_CANCEL routine = IoSetCancelRoutine(Irp, NULL);
    if (routine == NULL)
    {
        IoReleaseCancelSpinLock(CancelIrql);
        return;
    }
    Irp->CancelIrql = CancelIrql;
    routine(DeviceObject, Irp);
}

static void
IopStartFirst(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDEVOBJ_EXTENSION extension = DeviceObject->DeviceObjectExtension;
    if (!(extension->StartIoFlags & IOP_STARTIO_DEFERRED))
    {
        IopCallStartIo(DeviceObject, Irp);
        return;
    }
    extension->StartIoCount++;
    IopCallStartIo(DeviceObject, Irp);
    IopRunNoted(DeviceObject);
}

/* NF:ntifs.IoStartPacket: starts the IRP at once when the device is idle, queues it otherwise. */
DDI VOID NTAPI
IoStartPacket(_In_ PDEVICE_OBJECT DeviceObject,
              _In_ PIRP Irp,
              _In_opt_ PULONG Key,
              _In_opt_ PDRIVER_CANCEL CancelFunction)
{
    PKDEVICE_QUEUE_ENTRY entry = &Irp->Tail.Overlay.DeviceQueueEntry;
    KIRQL irql;
    KIRQL cancelIrql = 0;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (CancelFunction != NULL)
    {
        IoAcquireCancelSpinLock(&cancelIrql);
        IoSetCancelRoutine(Irp, CancelFunction);
    }
    BOOLEAN queued = Key != NULL ? KeInsertByKeyDeviceQueue(&DeviceObject->DeviceQueue, entry, *Key)
                                 : KeInsertDeviceQueue(&DeviceObject->DeviceQueue, entry);
    if (!queued)
    {
        DeviceObject->CurrentIrp = Irp;
        if (CancelFunction != NULL)
        {
            if (DeviceObject->DeviceObjectExtension->StartIoFlags & IOP_STARTIO_NONCANCELABLE)
            {
                IoSetCancelRoutine(Irp, NULL);
            }
            IoReleaseCancelSpinLock(cancelIrql);
        }
        IopStartFirst(DeviceObject, Irp);
    }
    else if (CancelFunction != NULL)
    {
        if (Irp->Cancel)
        {
            IopCancelQueued(DeviceObject, Irp, cancelIrql);
        }
        else
        {
            IoReleaseCancelSpinLock(cancelIrql);
        }
    }
    KeLowerIrql(irql);
}
