/* SPDX-License-Identifier: MIT */
/*
 * I/O work items. The I/O manager references the device or driver object of a queued item, and a
 * device its driver, so the driver's image stays until the routine has run
 * (NF:wdm.IoQueueWorkItem). kernel/ex owns the threads. IRQL: DISPATCH_LEVEL at most; routines run
 * at PASSIVE_LEVEL.
 */
#include "iop.h"

#include "ex/ex.h"

#define IOP_WORKITEM_TAG 'iWoI'
#define IOP_WORKITEM_SIG 0x4d455449 /* "ITEM" */

typedef struct _IO_WORKITEM
{
    EX_WORK Work;
    ULONG Signature;
    BOOLEAN Extended; /* Routine is a PIO_WORKITEM_ROUTINE_EX */
    PVOID Object;     /* device or driver object */
    PVOID Routine;
    PVOID Context;
} IO_WORKITEM;

static const char IopWorkItemPage[] = "NF:wdm.IoQueueWorkItem";

/* On the worker thread. The item may be queued again or freed by its own routine. */
static void
IopRunWorkItem(PVOID Context)
{
    PIO_WORKITEM item = Context;
    PVOID object = item->Object;
    PVOID routine = item->Routine;
    KIRQL irql = KiCurrentIrql();
    PKTHREAD thread = KiCurrentThread();
    LONG apcDisable = thread->KernelApcDisable;
    if (item->Extended)
    {
        ((PIO_WORKITEM_ROUTINE_EX)routine)(object, item->Context, item);
    }
    else
    {
        ((PIO_WORKITEM_ROUTINE)routine)(object, item->Context);
    }
    PDEVICE_OBJECT device =
        ((PDEVICE_OBJECT)object)->Type == IO_TYPE_DEVICE ? (PDEVICE_OBJECT)object : NULL;
    KiCheckSpinLocks(0, routine, "a work item's routine", device);
    KiBlame(routine);
    if (KiCurrentIrql() != irql)
    {
        KiBugCheckWithRule(0xc8, ((ULONG64)KiCurrentIrql() << 16) | ((ULONG64)irql << 8), 0, 0,
                           (ULONG64)routine, "A work item's routine returned at a raised IRQL",
                           IopWorkItemPage, NULL, device);
    }
    if (thread->KernelApcDisable != apcDisable)
    {
        KiBugCheckWithRule(0x01, (ULONG64)routine, 0, (ULONG64)(LONG64)thread->KernelApcDisable, 1,
                           "A work item's routine did not leave a critical region it entered",
                           "KERNEL:disabling-apcs", NULL, device);
    }
    KiBlame(NULL);
    ObDereference(object);
}

static void
IopQueueItem(PIO_WORKITEM Item,
             PVOID Routine,
             BOOLEAN Extended,
             WORK_QUEUE_TYPE Queue,
             PVOID Context)
{
    if (Item->Signature != IOP_WORKITEM_SIG || Item->Work.Queued)
    {
        KiBugCheckWithRule(0xe4, 0x1, (ULONG64)Item, (ULONG64)Queue, 0,
                           "IoQueueWorkItem was given an item that is already queued",
                           IopWorkItemPage, NULL, NULL);
    }
    Item->Routine = Routine;
    Item->Extended = Extended;
    Item->Context = Context;
    Item->Work.Routine = IopRunWorkItem;
    Item->Work.Context = Item;
    Item->Work.Caller = KiCallerAddress();
    Item->Work.Target = Routine;
    ObReference(Item->Object);
    ExQueueWork(&Item->Work, Queue);
}

/* NF:wdm.IoQueueWorkItem */
DDI VOID NTAPI
IoQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem,
                _In_ PIO_WORKITEM_ROUTINE WorkerRoutine,
                _In_ WORK_QUEUE_TYPE QueueType,
                _In_opt_ PVOID Context)
{
    IopQueueItem(IoWorkItem, (PVOID)WorkerRoutine, FALSE, QueueType, Context);
}

/* NF:wdm.IoQueueWorkItemEx */
DDI VOID NTAPI
IoQueueWorkItemEx(_Inout_ PIO_WORKITEM IoWorkItem,
                  _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                  _In_ WORK_QUEUE_TYPE QueueType,
                  _In_opt_ PVOID Context)
{
    IopQueueItem(IoWorkItem, (PVOID)WorkerRoutine, TRUE, QueueType, Context);
}

/* NF:wdm.IoTryQueueWorkItem: FALSE when it stands in the queue already. */
DDI BOOLEAN NTAPI
IoTryQueueWorkItem(_Inout_ PIO_WORKITEM IoWorkItem,
                   _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                   _In_ WORK_QUEUE_TYPE QueueType,
                   _In_opt_ PVOID Context)
{
    if (IoWorkItem->Work.Queued)
    {
        return FALSE;
    }
    IopQueueItem(IoWorkItem, (PVOID)WorkerRoutine, TRUE, QueueType, Context);
    return TRUE;
}

/* NF:wdm.IoSizeofWorkItem */
DDI ULONG NTAPI
IoSizeofWorkItem(VOID)
{
    return sizeof(IO_WORKITEM);
}

/* NF:wdm.IoInitializeWorkItem: the memory is the driver's; IoObject is a device or driver object.
 */
DDI VOID NTAPI
IoInitializeWorkItem(_In_ PVOID IoObject, _Out_ PIO_WORKITEM IoWorkItem)
{
    CSHORT type = IoObject == NULL ? 0 : *(CSHORT *)IoObject;
    if (type != IO_TYPE_DEVICE && type != IO_TYPE_DRIVER)
    {
        KiBugCheckWithRule(0xe4, 0x3, (ULONG64)IoWorkItem, (ULONG64)IoObject, 0,
                           "A work item was made for something that is neither a device nor a "
                           "driver object",
                           "NF:wdm.IoInitializeWorkItem", NULL, NULL);
    }
    RtlZeroMemory(IoWorkItem, sizeof(IO_WORKITEM));
    IoWorkItem->Signature = IOP_WORKITEM_SIG;
    IoWorkItem->Object = IoObject;
}

/* NF:wdm.IoUninitializeWorkItem */
DDI VOID NTAPI
IoUninitializeWorkItem(_Inout_ PIO_WORKITEM IoWorkItem)
{
    if (IoWorkItem->Work.Queued)
    {
        KiBugCheckWithRule(0xe4, 0x2, (ULONG64)IoWorkItem, (ULONG64)IoWorkItem->Routine, 0,
                           "A work item was freed while it was queued", "NF:wdm.IoFreeWorkItem",
                           NULL, NULL);
    }
    IoWorkItem->Signature = 0;
}

/* NF:wdm.IoAllocateWorkItem */
DDI PIO_WORKITEM NTAPI
IoAllocateWorkItem(_In_ PDEVICE_OBJECT DeviceObject)
{
    PIO_WORKITEM item = MmAllocateDriverPool(NonPagedPoolNx, sizeof(IO_WORKITEM), IOP_WORKITEM_TAG);
    if (item != NULL)
    {
        IoInitializeWorkItem(DeviceObject, item);
    }
    return item;
}

/* NF:wdm.IoFreeWorkItem */
DDI VOID NTAPI
IoFreeWorkItem(_In_ PIO_WORKITEM IoWorkItem)
{
    IoUninitializeWorkItem(IoWorkItem);
    MmFreePool(IoWorkItem, IOP_WORKITEM_TAG);
}

/* ---- for this folder ---------------------------------------------------------------------- */

typedef struct _IOP_CALL_IN_WORKER
{
    EX_WORK Work;
    KEVENT Done;
    void (*Routine)(PVOID Context);
    PVOID Context;
} IOP_CALL_IN_WORKER;

static void
IopWorkerCall(PVOID Context)
{
    IOP_CALL_IN_WORKER *call = Context;
    call->Routine(call->Context);
    KeSetEvent(&call->Done, IO_NO_INCREMENT, FALSE);
}

void
IopRunInWorker(void (*Routine)(PVOID Context), PVOID Context)
{
    IOP_CALL_IN_WORKER call = {.Routine = Routine, .Context = Context};
    if (KiCurrentThread()->SystemThread)
    {
        /* A system thread already, and perhaps the worker that would have to do it. */
        Routine(Context);
        return;
    }
    KeInitializeEvent(&call.Done, NotificationEvent, FALSE);
    call.Work.Routine = IopWorkerCall;
    call.Work.Context = &call;
    ExQueueWork(&call.Work, DelayedWorkQueue);
    KeWaitForSingleObject(&call.Done, Executive, KernelMode, FALSE, NULL);
}
