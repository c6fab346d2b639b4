/* SPDX-License-Identifier: MIT */
/*
 * Completing IRPs: the walk up the stack and the last stage in the requester's thread.
 * Takes no lock. IRQL: up to DISPATCH_LEVEL; the last stage runs at APC_LEVEL at most.
 */
#include "iop.h"

#include "mm/mm.h"
#include "ps/ps.h"

static const char IopCompletePage[] = "NF:wdm.IoCompleteRequest";

static IOP_COLD void
IopRefuseCompletion(PIRP Irp)
{
    PDEVICE_OBJECT device = NULL;
    if (Irp->Type != IO_TYPE_IRP || Irp->CurrentLocation > Irp->StackCount + 1)
    {
        KiBugCheckWithRule(0x44, (ULONG64)Irp, 0, 0, 0, "The IRP has already been completed",
                           IopCompletePage, Irp, NULL);
    }
    if (Irp->CurrentLocation <= Irp->StackCount)
    {
        device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    }
    if (KiCurrentIrql() > DISPATCH_LEVEL)
    {
        KiBugCheckWithRule(0xc9, 0x0e, KiCurrentIrql(), (ULONG64)Irp, 0,
                           "IoCompleteRequest was called above DISPATCH_LEVEL", IopCompletePage,
                           Irp, device);
    }
    if (Irp->CancelRoutine != NULL)
    {
        KiBugCheckWithRule(0xc9, 0x07, (ULONG64)Irp->CancelRoutine, (ULONG64)Irp, 0,
                           "IoCompleteRequest was called while the IRP's cancel routine was still "
                           "set",
                           "KERNEL:synchronizing-cancellation-in-driver-routines-that-process-irps",
                           Irp, device);
    }
    KiBugCheckWithRule(
        0xc9, 0x06, (ULONG)Irp->IoStatus.Status, (ULONG64)Irp, 0,
        "IoCompleteRequest was called with STATUS_PENDING (or -1) as IoStatus.Status",
        IopCompletePage, Irp, device);
}

/* Leaves word for the dispatch routine of this location, which may still run. */
static inline void
IopNoteCompletion(PIOP_IRP Header, CHAR Location, BOOLEAN Pending, NTSTATUS Status)
{
    PIOP_CALL call = IopCallRecord(Header, Location);
    Header->ActiveLocation = Location + 1;
    call->Completed = TRUE;
    call->Pending = Pending;
    call->Status = Status;
}

/* A finished location must not be read again: what it held belongs to the driver that is done.
 * Volatile: a zero in a vector register would be kept there across completion routines, and
 * IofCompleteRequest promises (keeps-xmm in ddi/) that its callers find theirs untouched. */
static inline void
IopClearLocation(volatile IO_STACK_LOCATION *Stack)
{
    Stack->MinorFunction = 0;
    Stack->Flags = 0;
    Stack->Control = 0;
    Stack->Parameters.Others.Argument1 = NULL;
    Stack->Parameters.Others.Argument2 = NULL;
    Stack->Parameters.Others.Argument3 = NULL;
    Stack->Parameters.Others.Argument4 = NULL;
    Stack->FileObject = NULL;
}

static inline BOOLEAN
IopWantsCompletion(UCHAR Control, NTSTATUS Status, BOOLEAN Cancel)
{
    return ((Control & SL_INVOKE_ON_SUCCESS) && NT_SUCCESS(Status)) ||
           ((Control & SL_INVOKE_ON_ERROR) && !NT_SUCCESS(Status)) ||
           ((Control & SL_INVOKE_ON_CANCEL) && Cancel);
}

/* What a completion routine must not change, and what it must do unless it keeps the IRP. */
static IOP_COLD void
IopBlameCompletion(PIRP Irp,
                   PDEVICE_OBJECT DeviceObject,
                   PIO_COMPLETION_ROUTINE Routine,
                   KIRQL Irql,
                   LONG64 Balance,
                   BOOLEAN Gone)
{
    const char *page = "NC:wdm.IO_COMPLETION_ROUTINE";
    KiCheckSpinLocks(KI_BALANCE_LOCKS(Balance), (const void *)Routine, "a completion routine",
                     DeviceObject);
    KiBlame((const void *)Routine);
    LONG apcDisable = KiCurrentThread()->KernelApcDisable;
    if (KiCurrentIrql() != Irql)
    {
        KiBugCheckWithRule(0xc4, 0xfa, (ULONG64)Routine, Irql, KiCurrentIrql(),
                           "A completion routine returned at another IRQL than it was called at",
                           page, NULL, DeviceObject);
    }
    if (apcDisable != KI_BALANCE_APCS(Balance))
    {
        KiBugCheckWithRule(0xc4, 0xfb, (ULONG64)Routine, (ULONG64)(LONG64)apcDisable,
                           (ULONG64)(LONG64)KI_BALANCE_APCS(Balance),
                           "A completion routine changed the thread's APC disable count", page,
                           NULL, DeviceObject);
    }
    if (Gone)
    {
        KiBugCheckWithRule(0xc9, 0x20b, (ULONG64)Routine, (ULONG64)Irp, 0,
                           "A completion routine freed the IRP and did not return "
                           "STATUS_MORE_PROCESSING_REQUIRED",
                           page, Irp, DeviceObject);
    }
    IopViolation(0xc9, 0x228, (ULONG64)Routine, (ULONG64)Irp, 0,
                 "A completion routine did not call IoMarkIrpPending although "
                 "Irp->PendingReturned was set",
                 "KERNEL:implementing-an-iocompletion-routine", Irp, DeviceObject);
}

/* Calls one completion routine. */
static inline NTSTATUS
IopInvokeCompletion(PIRP Irp, PIO_COMPLETION_ROUTINE Routine, PVOID Context)
{
    BOOLEAN top = Irp->CurrentLocation > Irp->StackCount;
    PDEVICE_OBJECT device = top ? NULL : IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    PKTHREAD thread = KiCurrentThread();
    LONG64 balance = thread->Balance;
    KIRQL irql = KiCurrentIrql();
    PIOP_IRP header = IopIrpHeader(Irp);
    ULONG number = IopIrpNumber(Irp);

    PKI_GATE_RECORD mark = KiMarkCall();
    NTSTATUS status = Routine(device, Irp, Context);
    KiEndCall(mark);
    if (__builtin_expect(KiCurrentIrql() != irql || thread->Balance != balance, 0))
    {
        IopBlameCompletion(Irp, device, Routine, irql, balance, FALSE);
    }
    if (status == STATUS_MORE_PROCESSING_REQUIRED)
    {
        return status;
    }
    BOOLEAN gone = header != NULL && (header->Kind == IopIrpFree || header->Number != number);
    if (__builtin_expect(gone ||
                             (Irp->PendingReturned && !top &&
                              !(IoGetCurrentIrpStackLocation(Irp)->Control & SL_PENDING_RETURNED)),
                         0))
    {
        IopBlameCompletion(Irp, device, Routine, irql, balance, gone);
    }
    return status;
}

/* Walks up until a completion routine keeps the IRP (FALSE) or the last one has run (TRUE). */
static inline BOOLEAN
IopWalkUp(PIRP Irp)
{
    PIO_STACK_LOCATION stack = Irp->Tail.Overlay.CurrentStackLocation;
    CHAR top = Irp->StackCount;
    while (Irp->CurrentLocation <= top)
    {
        UCHAR control = stack->Control;
        NTSTATUS status = Irp->IoStatus.Status;
        Irp->PendingReturned = (control & SL_PENDING_RETURNED) != 0;
        if (Irp->AllocationFlags & IOP_IRP_HAS_HEADER)
        {
            IopNoteCompletion(IopIrpHeader(Irp), Irp->CurrentLocation, Irp->PendingReturned,
                              status);
        }
        Irp->CurrentLocation++;
        Irp->Tail.Overlay.CurrentStackLocation = stack + 1;
        IopClearLocation(stack);
        if (IopWantsCompletion(control, status, Irp->Cancel))
        {
            if (IopInvokeCompletion(Irp, stack->CompletionRoutine, stack->Context) ==
                STATUS_MORE_PROCESSING_REQUIRED)
            {
                return FALSE;
            }
        }
        else if (Irp->PendingReturned && Irp->CurrentLocation <= top)
        {
            IoMarkIrpPending(Irp);
        }
        stack++;
    }
    return TRUE;
}

/* ---- the last stage ----------------------------------------------------------------------- */

static IOP_COLD void
IopBlameInformation(PIRP Irp)
{
    IopViolation(0xc9, 0x312, 0, (ULONG64)Irp, 0,
                 "IoStatus.Information is larger than the output buffer of the request",
                 "KERNEL:buffer-descriptions-for-i-o-control-codes", Irp, NULL);
}

static IOP_COLD void
IopDropPlainBuffer(PIRP Irp)
{
    MmFreePool(Irp->AssociatedIrp.SystemBuffer, 0);
}

/* Gives a buffered request's data to its maker. Windows copies Information bytes whatever the
 * length was; a driver that claims more than there is room for has leaked memory, so it is told. */
static inline void
IopCopyBack(PIRP Irp, PIOP_IRP Header)
{
    SIZE_T length = Irp->IoStatus.Information;
    if (__builtin_expect(Header->CheckOutput && length > Header->OutputLength, 0))
    {
        IopBlameInformation(Irp);
        length = Header->OutputLength;
    }
    if (length == 0 || Irp->UserBuffer == NULL)
    {
        return;
    }
    NTSTATUS status = IopTryCopy(Irp->UserBuffer, Irp->AssociatedIrp.SystemBuffer, length);
    if (!NT_SUCCESS(status))
    {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
    }
}

static inline void
IopReleaseBuffers(PIRP Irp, PIOP_IRP Header)
{
    NTSTATUS status = Irp->IoStatus.Status;
    if (Irp->Flags & IRP_BUFFERED_IO)
    {
        if ((Irp->Flags & IRP_INPUT_OPERATION) && !NT_ERROR(status) &&
            status != STATUS_VERIFY_REQUIRED)
        {
            IopCopyBack(Irp, Header);
        }
        if (Header->SystemBuffer != NULL)
        {
            IopFreeSystemBuffer(Irp);
        }
        else if (Irp->Flags & IRP_DEALLOCATE_BUFFER)
        {
            IopDropPlainBuffer(Irp);
        }
        Irp->Flags &= ~(IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | IRP_INPUT_OPERATION);
    }
    if (Irp->MdlAddress != NULL)
    {
        IopFreeMdls(Irp);
    }
}

static inline void
IopSignal(PKEVENT Event)
{
    if (IsListEmpty(&Event->Header.WaitListHead))
    {
        Event->Header.SignalState = 1;
        return;
    }
    KeSetEvent(Event, EVENT_INCREMENT, FALSE);
}

/* The user APC of a service: its memory is the IRP's own, so this frees the IRP. */
static VOID DDI_CALLBACK
IopUserApcRoutine(PKAPC Apc,
                  PKNORMAL_ROUTINE *NormalRoutine,
                  PVOID *NormalContext,
                  PVOID *SystemArgument1,
                  PVOID *SystemArgument2)
{
    UNREFERENCED_PARAMETER(NormalRoutine);
    UNREFERENCED_PARAMETER(NormalContext);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    IopFreeIrp(CONTAINING_RECORD(Apc, IRP, Tail.Apc));
}

static VOID DDI_CALLBACK
IopUserApcRundown(PKAPC Apc)
{
    IopFreeIrp(CONTAINING_RECORD(Apc, IRP, Tail.Apc));
}

/* Tells the maker: status block, event, file object. An error that was returned at once is the
 * return value and nothing else, as the caller of a failed service must not wait. */
static inline void
IopNotifyMaker(PIRP Irp, PIOP_IRP Header, PFILE_OBJECT FileObject)
{
    if (Header->Kind == IopIrpService && NT_ERROR(Irp->IoStatus.Status) && !Irp->PendingReturned)
    {
        return;
    }
    if (Irp->UserIosb != NULL)
    {
        if (Irp->RequestorMode == KernelMode || Header->Kind != IopIrpService)
        {
            *Irp->UserIosb = Irp->IoStatus;
        }
        else if (!KiStoreUserStatus(Irp->UserIosb, Irp->IoStatus.Status, Irp->IoStatus.Information))
        {
            (void)IopTryCopy(Irp->UserIosb, &Irp->IoStatus, sizeof(IO_STATUS_BLOCK));
        }
    }
    if (Irp->UserEvent != NULL)
    {
        IopSignal(Irp->UserEvent);
    }
    else if (FileObject != NULL)
    {
        IopSignal(&FileObject->Event);
    }
    if (FileObject != NULL)
    {
        FileObject->FinalStatus = Irp->IoStatus.Status;
    }
}

static IOP_COLD void
IopTraceResult(const char *Function, PIRP Irp)
{
    KiTrace(Function, "kernel/io/complete.c", "irp %u status %08x information %I64u",
            IopIrpNumber(Irp), Irp->IoStatus.Status, (ULONG64)Irp->IoStatus.Information);
}

IOP_MS void
IopCompleteRequest(PIRP Irp, PFILE_OBJECT FileObject)
{
    PIOP_IRP header = IopServiceHeader(Irp);
    BOOLEAN service = header->Kind == IopIrpService;
    PKEVENT event = service ? Irp->UserEvent : NULL;
    if (KI_TRACING())
    {
        IopTraceResult("IopCompleteRequest", Irp);
    }
    IopReleaseBuffers(Irp, header);
    IopNotifyMaker(Irp, header, FileObject);
    IopDequeueThreadIrp(Irp);
    BOOLEAN keepFile = FALSE;
    if (header->Result != NULL)
    {
        keepFile = header->Result->KeepFile;
        header->Result->Done = TRUE;
        header->Result->IoStatus = Irp->IoStatus;
        if (FileObject != NULL && (FileObject->Flags & FO_SYNCHRONOUS_IO) && Irp->PendingReturned)
        {
            IopSignal(&FileObject->Event);
        }
    }
    PIO_APC_ROUTINE apcRoutine = Irp->Overlay.AsynchronousParameters.UserApcRoutine;
    if (service && apcRoutine != NULL && (!NT_ERROR(Irp->IoStatus.Status) || Irp->PendingReturned))
    {
        PVOID context = Irp->Overlay.AsynchronousParameters.UserApcContext;
        PVOID iosb = Irp->UserIosb;
        KeInitializeApc(&Irp->Tail.Apc, KiCurrentThread(), OriginalApcEnvironment,
                        IopUserApcRoutine, IopUserApcRundown, (PKNORMAL_ROUTINE)(PVOID)apcRoutine,
                        Irp->RequestorMode, context);
        KeInsertQueueApc(&Irp->Tail.Apc, iosb, NULL, 0);
    }
    else
    {
        IopFreeIrp(Irp);
    }
    if (event != NULL)
    {
        IopDereferenceLast(event);
    }
    if (service && !keepFile)
    {
        IopDereferenceFile(FileObject);
    }
}

/* The kernel routine of the special APC that finishes a request in its thread. */
static VOID DDI_CALLBACK
IopCompletionApc(PKAPC Apc,
                 PKNORMAL_ROUTINE *NormalRoutine,
                 PVOID *NormalContext,
                 PVOID *SystemArgument1,
                 PVOID *SystemArgument2)
{
    UNREFERENCED_PARAMETER(NormalRoutine);
    UNREFERENCED_PARAMETER(NormalContext);
    UNREFERENCED_PARAMETER(SystemArgument2);
    IopCompleteRequest(CONTAINING_RECORD(Apc, IRP, Tail.Apc), *SystemArgument1);
}

/* No thread is left who could look at the result: only what the request holds is released. */
static IOP_COLD void
IopFinishOrphan(PIRP Irp, PFILE_OBJECT FileObject)
{
    Irp->Flags &= ~(ULONG)IRP_INPUT_OPERATION;
    Irp->Overlay.AsynchronousParameters.UserApcRoutine = NULL;
    if (IopIrpHeader(Irp)->Kind == IopIrpService)
    {
        Irp->UserIosb = NULL; /* of a process that may be gone */
    }
    IopCompleteRequest(Irp, FileObject);
}

/* The thread has died with the APC undelivered. */
static VOID DDI_CALLBACK
IopCompletionRundown(PKAPC Apc)
{
    IopFinishOrphan(CONTAINING_RECORD(Apc, IRP, Tail.Apc), Apc->SystemArgument1);
}

/* Moves the rest of the work to the thread that made the request. */
static inline void
IopFinishInThread(PIRP Irp, CCHAR PriorityBoost)
{
    PKTHREAD thread = (PKTHREAD)Irp->Tail.Overlay.Thread;
    PFILE_OBJECT fileObject = Irp->Tail.Overlay.OriginalFileObject;
    if (thread == KiCurrentThread() && KiCurrentIrql() < APC_LEVEL &&
        thread->SpecialApcDisable == 0)
    {
        IopCompleteRequest(Irp, fileObject);
        return;
    }
    if (thread == NULL)
    {
        IopFinishOrphan(Irp, fileObject);
        return;
    }
    /* Tail.Apc lies over Tail.Overlay, so the file object travels as an argument. */
    KeInitializeApc(&Irp->Tail.Apc, thread, OriginalApcEnvironment, IopCompletionApc,
                    IopCompletionRundown, NULL, KernelMode, NULL);
    if (!KeInsertQueueApc(&Irp->Tail.Apc, fileObject, NULL, PriorityBoost))
    {
        IopFinishOrphan(Irp, fileObject);
    }
}

/* ---- IoCompleteRequest -------------------------------------------------------------------- */

/* NF:ntddk.IoMakeAssociatedIrp: the last associated IRP completes the master. */
static IOP_COLD void
IopFinishAssociated(PIRP Irp, CCHAR PriorityBoost)
{
    PIRP master = Irp->AssociatedIrp.MasterIrp;
    IopFreeMdls(Irp);
    IopFreeIrp(Irp);
    if (--master->AssociatedIrp.IrpCount == 0)
    {
        IofCompleteRequest(master, PriorityBoost);
    }
}

static IOP_COLD void
IopBlameUnowned(PIRP Irp)
{
    KiBugCheckWithRule(0xc9, 0x200, (ULONG64)Irp, 0, 0,
                       "An IRP that a driver allocated was completed to the end: its completion "
                       "routine must free it and return STATUS_MORE_PROCESSING_REQUIRED",
                       "KERNEL:different-ways-of-handling-irps-cheat-sheet", Irp, NULL);
}

/* Every driver is done with the IRP. */
static __attribute__((ms_abi, noinline)) void
IopFinish(PIRP Irp, CCHAR PriorityBoost)
{
    PIOP_IRP header = IopIrpHeader(Irp);
    Irp->CurrentLocation = Irp->StackCount + 2;
    switch (header == NULL ? IopIrpDriver : (IOP_IRP_KIND)header->Kind)
    {
    case IopIrpAssociated:
        IopFinishAssociated(Irp, PriorityBoost);
        return;
    case IopIrpOwned:
        *Irp->UserIosb = Irp->IoStatus;
        KeSetEvent(Irp->UserEvent, PriorityBoost, FALSE);
        return;
    case IopIrpThreaded:
    case IopIrpService:
        IopFinishInThread(Irp, PriorityBoost);
        return;
    default:
        IopBlameUnowned(Irp);
    }
}

/* Contract: NF:wdm.IoCompleteRequest. The IRP belongs to nobody on return. */
DDI VOID FASTCALL
IofCompleteRequest(_In_ PIRP Irp, _In_ CCHAR PriorityBoost)
{
    NTSTATUS status = Irp->IoStatus.Status;
    if (__builtin_expect(Irp->Type != IO_TYPE_IRP || Irp->CurrentLocation > Irp->StackCount + 1 ||
                             Irp->CancelRoutine != NULL || status == STATUS_PENDING ||
                             status == (NTSTATUS)0xffffffff || KiCurrentIrql() > DISPATCH_LEVEL,
                         0))
    {
        IopRefuseCompletion(Irp);
    }
    if (KI_TRACING())
    {
        IopTraceResult("IofCompleteRequest", Irp);
    }
    if (IopWalkUp(Irp))
    {
        IopFinish(Irp, PriorityBoost);
    }
}
