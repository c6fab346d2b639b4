/* SPDX-License-Identifier: MIT */
/*
 * Cancel-safe IRP queues (KERNEL:cancel-safe-irp-queues). The driver owns the queue and its lock;
 * what happens here is the order of its callbacks. While an IRP is queued, its cancel routine is
 * ours and Tail.Overlay.DriverContext[3] points at the queue or at the IRP's context. IRQL:
 * DISPATCH_LEVEL at most.
 */
#include "iop.h"

#define IOP_CSQ_CONTEXT(Irp) ((Irp)->Tail.Overlay.DriverContext[3])

static DRIVER_CANCEL IopCsqCancel;

static void
IopInitializeCsq(PIO_CSQ Csq,
                 ULONG Type,
                 PIO_CSQ_INSERT_IRP Insert,
                 PIO_CSQ_REMOVE_IRP Remove,
                 PIO_CSQ_PEEK_NEXT_IRP PeekNext,
                 PIO_CSQ_ACQUIRE_LOCK Acquire,
                 PIO_CSQ_RELEASE_LOCK Release,
                 PIO_CSQ_COMPLETE_CANCELED_IRP Complete)
{
    Csq->Type = Type;
    Csq->CsqInsertIrp = Insert;
    Csq->CsqRemoveIrp = Remove;
    Csq->CsqPeekNextIrp = PeekNext;
    Csq->CsqAcquireLock = Acquire;
    Csq->CsqReleaseLock = Release;
    Csq->CsqCompleteCanceledIrp = Complete;
    Csq->ReservePointer = NULL;
}

/* NF:wdm.IoCsqInitialize */
DDI NTSTATUS NTAPI
IoCsqInitialize(_In_ PIO_CSQ Csq,
                _In_ PIO_CSQ_INSERT_IRP CsqInsertIrp,
                _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    IopInitializeCsq(Csq, IO_TYPE_CSQ, CsqInsertIrp, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
                     CsqReleaseLock, CsqCompleteCanceledIrp);
    return STATUS_SUCCESS;
}

/* NF:wdm.IoCsqInitializeEx: the insert routine may refuse, and its status is passed on. */
DDI NTSTATUS NTAPI
IoCsqInitializeEx(_In_ PIO_CSQ Csq,
                  _In_ PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                  _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                  _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                  _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                  _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                  _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
    IopInitializeCsq(Csq, IO_TYPE_CSQ_EX, (PIO_CSQ_INSERT_IRP)(PVOID)CsqInsertIrp, CsqRemoveIrp,
                     CsqPeekNextIrp, CsqAcquireLock, CsqReleaseLock, CsqCompleteCanceledIrp);
    return STATUS_SUCCESS;
}

/* The queue an IRP stands in, by way of its context if it has one. */
static PIO_CSQ
IopCsqOfIrp(PIRP Irp)
{
    PIO_CSQ_IRP_CONTEXT context = IOP_CSQ_CONTEXT(Irp);
    return context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? context->Csq : (PIO_CSQ)context;
}

static void
IopCsqForget(PIRP Irp)
{
    PIO_CSQ_IRP_CONTEXT context = IOP_CSQ_CONTEXT(Irp);
    if (context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
    {
        context->Irp = NULL;
    }
    IOP_CSQ_CONTEXT(Irp) = NULL;
}

/* The Cancel routine of every queued IRP: takes it out and has the driver complete it. */
static VOID NTAPI
IopCsqCancel(_Inout_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    PIO_CSQ csq = IopCsqOfIrp(Irp);
    csq->CsqAcquireLock(csq, &irql);
    csq->CsqRemoveIrp(csq, Irp);
    IopCsqForget(Irp);
    csq->CsqReleaseLock(csq, irql);
    csq->CsqCompleteCanceledIrp(csq, Irp);
}

/* NF:wdm.IoCsqInsertIrpEx */
DDI NTSTATUS NTAPI
IoCsqInsertIrpEx(_Inout_ PIO_CSQ Csq,
                 _Inout_ PIRP Irp,
                 _Out_opt_ PIO_CSQ_IRP_CONTEXT Context,
                 _In_opt_ PVOID InsertContext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    if (Context != NULL)
    {
        Context->Type = IO_TYPE_CSQ_IRP_CONTEXT;
        Context->Irp = Irp;
        Context->Csq = Csq;
        IOP_CSQ_CONTEXT(Irp) = Context;
    }
    else
    {
        IOP_CSQ_CONTEXT(Irp) = Csq;
    }
    Csq->CsqAcquireLock(Csq, &irql);
    if (Csq->Type == IO_TYPE_CSQ_EX)
    {
        status = ((PIO_CSQ_INSERT_IRP_EX)(PVOID)Csq->CsqInsertIrp)(Csq, Irp, InsertContext);
        if (!NT_SUCCESS(status))
        {
            Csq->CsqReleaseLock(Csq, irql);
            return status;
        }
    }
    else
    {
        Csq->CsqInsertIrp(Csq, Irp);
    }
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, IopCsqCancel);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL)
    {
        /* It was cancelled before it was queued, so nobody else will look at it again. */
        Csq->CsqRemoveIrp(Csq, Irp);
        IopCsqForget(Irp);
        Csq->CsqReleaseLock(Csq, irql);
        Csq->CsqCompleteCanceledIrp(Csq, Irp);
        return status;
    }
    Csq->CsqReleaseLock(Csq, irql);
    return status;
}

/* NF:wdm.IoCsqInsertIrp */
DDI VOID NTAPI
IoCsqInsertIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIRP Irp, _Out_opt_ PIO_CSQ_IRP_CONTEXT Context)
{
    (void)IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}

/* NF:wdm.IoCsqRemoveNextIrp: an IRP whose cancel routine is already taken is left to it. */
DDI PIRP NTAPI
IoCsqRemoveNextIrp(_Inout_ PIO_CSQ Csq, _In_opt_ PVOID PeekContext)
{
    KIRQL irql;
    Csq->CsqAcquireLock(Csq, &irql);
    PIRP irp = Csq->CsqPeekNextIrp(Csq, NULL, PeekContext);
    while (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL)
    {
        irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext);
    }
    if (irp != NULL)
    {
        Csq->CsqRemoveIrp(Csq, irp);
        IopCsqForget(irp);
    }
    Csq->CsqReleaseLock(Csq, irql);
    return irp;
}

/* NF:wdm.IoCsqRemoveIrp: NULL if the IRP is no longer queued or is being cancelled. */
DDI PIRP NTAPI
IoCsqRemoveIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIO_CSQ_IRP_CONTEXT Context)
{
    KIRQL irql;
    Csq->CsqAcquireLock(Csq, &irql);
    PIRP irp = Context->Irp;
    if (irp != NULL && IoSetCancelRoutine(irp, NULL) == NULL)
    {
        irp = NULL;
    }
    if (irp != NULL)
    {
        NT_ASSERT(IOP_CSQ_CONTEXT(irp) == Context);
        Csq->CsqRemoveIrp(Csq, irp);
        IopCsqForget(irp);
    }
    Csq->CsqReleaseLock(Csq, irql);
    return irp;
}
