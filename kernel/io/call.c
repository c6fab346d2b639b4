/* SPDX-License-Identifier: MIT */
/*
 * Sending IRPs: IofCallDriver and what it checks about the dispatch routine when that returns.
 * Takes no lock. IRQL: up to DISPATCH_LEVEL.
 */
#include "iop.h"

void
IopViolation(ULONG Code,
             ULONG64 P1,
             ULONG64 P2,
             ULONG64 P3,
             ULONG64 P4,
             const char *Rule,
             const char *Page,
             PIRP Irp,
             PDEVICE_OBJECT DeviceObject)
{
    IO_VIOLATION violation = {Code, {P1, P2, P3, P4}, Rule, Page, Irp, DeviceObject};
    if (IoVerifierHooks.Violation == NULL || !IoVerifierHooks.Violation(&violation))
    {
        KiBugCheckWithRule(Code, P1, P2, P3, P4, Rule, Page, Irp, DeviceObject);
    }
}

static IOP_COLD void
IopTraceCall(PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_STACK_LOCATION Stack)
{
    UNICODE_STRING name = IopDeviceName(DeviceObject);
    KiTrace("IofCallDriver", "kernel/io/call.c", "irp %u %s -> %wZ %wZ", IopIrpNumber(Irp),
            IoMajorFunctionName(Stack->MajorFunction), &name,
            &DeviceObject->DriverObject->DriverName);
}

/* What is wrong before the driver has run. The caller's mistakes, so its address is named. */
static IOP_COLD void
IopRefuseCall(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG64 caller = (ULONG64)KiCallerAddress();
    const char *page = "NF:wdm.IofCallDriver";
    KIRQL irql = KiCurrentIrql();
    if (Irp->Type != IO_TYPE_IRP)
    {
        KiBugCheckWithRule(0xc9, 0x03, (ULONG64)Irp, 0, 0,
                           "IoCallDriver was given something that is not an IRP, or one that has "
                           "been completed",
                           page, Irp, DeviceObject);
    }
    if (DeviceObject == NULL)
    {
        KiBugCheckWithRule(0xc9, 0x204, caller, (ULONG64)Irp, 0,
                           "IoCallDriver was given NULL as device object", page, Irp, NULL);
    }
    if (DeviceObject->Type != IO_TYPE_DEVICE || DeviceObject->DriverObject == NULL)
    {
        KiBugCheckWithRule(0xc9, 0x04, (ULONG64)DeviceObject, 0, 0,
                           "IoCallDriver was given an invalid or deleted device object", page, Irp,
                           NULL);
    }
    if (irql > DISPATCH_LEVEL)
    {
        KiBugCheckWithRule(0xc9, 0x10, irql, 0, 0, "IoCallDriver was called above DISPATCH_LEVEL",
                           page, Irp, DeviceObject);
    }
    if (Irp->CurrentLocation <= 1)
    {
        KiBugCheckWithRule(0x35, (ULONG64)Irp, 0, 0, 0,
                           "The IRP has no stack location left for another driver: StackSize was "
                           "too small, or the driver sends it in a circle",
                           page, Irp, DeviceObject);
    }
    if (Irp->CancelRoutine == NULL)
    {
        KiBugCheckWithRule(0xc9, 0x212, caller, (ULONG64)Irp, 0,
                           "IoCallDriver was given an IRP whose next stack location has no valid "
                           "major function",
                           page, Irp, DeviceObject);
    }
    KiBugCheckWithRule(0xc9, 0x203, caller, (ULONG64)Irp, 0,
                       "IoCallDriver was called with the caller's cancel routine still set in the "
                       "IRP",
                       page, Irp, DeviceObject);
}

/* What is wrong when the routine has returned. Routine and IRQL are of the driver just called. */
static IOP_COLD void
IopBlameReturn(PDEVICE_OBJECT DeviceObject,
               PIRP Irp,
               PDRIVER_DISPATCH Routine,
               KIRQL Irql,
               LONG64 Balance)
{
    const char *page = "KERNEL:dispatch-routines-and-irqls";
    KiCheckSpinLocks(KI_BALANCE_LOCKS(Balance), (const void *)Routine, "a dispatch routine",
                     DeviceObject);
    KiBlame((const void *)Routine);
    if (KiCurrentIrql() != Irql)
    {
        KiBugCheckWithRule(0xc9, 0x05, (ULONG64)DeviceObject, Irql, KiCurrentIrql(),
                           "A dispatch routine returned at another IRQL than it was called at",
                           page, Irp, DeviceObject);
    }
    KiBugCheckWithRule(0xc4, 0xc5, (ULONG64)Routine,
                       (ULONG64)(LONG64)KiCurrentThread()->KernelApcDisable,
                       (ULONG64)(LONG64)KI_BALANCE_APCS(Balance),
                       "A dispatch routine changed the thread's APC disable count: it entered or "
                       "left a critical region without its counterpart",
                       "KERNEL:disabling-apcs", Irp, DeviceObject);
}

static const char IopReturnedPending[] =
    "A dispatch routine returned STATUS_PENDING but has not called IoMarkIrpPending";
static const char IopMarkedPending[] =
    "A dispatch routine called IoMarkIrpPending but did not return STATUS_PENDING";

/* The routine returned after its location was completed: status and pending bit must agree. */
static void
IopJudgeCompleted(const IOP_CALL *Call,
                  PDEVICE_OBJECT DeviceObject,
                  PIRP Irp,
                  PDRIVER_DISPATCH Routine,
                  NTSTATUS Status)
{
    const char *page = "KERNEL:implementing-an-iocompletion-routine";
    KiBlame((const void *)Routine);
    if (Status == STATUS_PENDING && !Call->Pending)
    {
        IopViolation(0xc9, 0x23d, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Call->Status,
                     IopReturnedPending, page, NULL, DeviceObject);
    }
    else if (Status != STATUS_PENDING && Call->Pending)
    {
        IopViolation(0xc9, 0x23e, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Status, IopMarkedPending,
                     page, NULL, DeviceObject);
    }
    else if (Status != STATUS_PENDING && !(Call->Forwarded && Status == Call->LowerStatus))
    {
        /* A completion routine may have changed the status that the driver passes on. */
        IopViolation(0xc9, 0x224, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Status,
                     "A dispatch routine returned another status than IoStatus.Status of the IRP "
                     "it completed",
                     "KERNEL:how-to-complete-an-irp-in-a-dispatch-routine", NULL, DeviceObject);
    }
    KiBlame(NULL);
}

/* Anything but a request completed on the way: a pending one, or a status that does not match what
 * the routine did with the IRP. Call is of this call and may be read; the IRP only if it lives.
 * Returns Status, so that its caller need not keep it. */
static __attribute__((ms_abi, noinline)) NTSTATUS
IopJudgeStatus(const IOP_CALL *Call,
               PDEVICE_OBJECT DeviceObject,
               PIRP Irp,
               PIO_STACK_LOCATION Stack,
               PDRIVER_DISPATCH Routine,
               NTSTATUS Status)
{
    const char *page = "KERNEL:implementing-an-iocompletion-routine";
    PIOP_IRP header = (PIOP_IRP)Irp - 1;
    if (Call->Completed)
    {
        IopJudgeCompleted(Call, DeviceObject, Irp, Routine, Status);
        return Status;
    }
    if (header->Kind == IopIrpFree)
    {
        return Status;
    }
    KiBlame((const void *)Routine);
    BOOLEAN marked = (Stack->Control & SL_PENDING_RETURNED) != 0;
    header->Since100ns = KiQueryTime();
    if (Status == STATUS_PENDING && !marked && !Call->Forwarded)
    {
        IopViolation(0xc9, 0x23d, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Status, IopReturnedPending,
                     page, Irp, DeviceObject);
    }
    else if (Status != STATUS_PENDING && marked)
    {
        IopViolation(0xc9, 0x23e, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Status, IopMarkedPending,
                     page, Irp, DeviceObject);
    }
    else if (Status != STATUS_PENDING)
    {
        IopViolation(0xc9, 0x226, (ULONG64)Routine, (ULONG64)Irp, (ULONG)Status,
                     "A dispatch routine returned without completing the IRP, passing it on or "
                     "returning STATUS_PENDING",
                     page, Irp, DeviceObject);
    }
    KiBlame(NULL);
    return Status;
}

/* Calls the driver with the bookkeeping that an IRP of ours allows. An exception may unwind past
 * this frame, so nothing points into it. When the routine returns, the IRP may be gone; its memory
 * is still an IRP's, and the record is still of this call if the token is. The record above, of
 * whoever called IoCallDriver, gets a note that only ever makes a judgement milder, so it does no
 * harm if the IRP has become another request. */
static inline __attribute__((always_inline)) NTSTATUS
IopCallTracked(PDEVICE_OBJECT DeviceObject, PIRP Irp, CHAR Location, PDRIVER_DISPATCH Routine)
{
    static ULONG sequence;
    PIOP_IRP header = (PIOP_IRP)Irp - 1;
    PIOP_CALL call = IopCallRecord(header, Location);
    ULONG token = ++sequence;
    call->Token = token;
    call->Flags = 0;
    if (header->ActiveLocation > header->FirstLocation)
    {
        header->FirstLocation = Location;
    }
    header->ActiveLocation = Location;

    PKI_GATE_RECORD mark = KiMarkCall();
    NTSTATUS status = Routine(DeviceObject, Irp);
    KiEndCall(mark);
    if (__builtin_expect(call->Token != token, 0))
    {
        return status;
    }
    call[1].Forwarded = TRUE; /* there is one record more than locations */
    call[1].LowerStatus = status;
    if (__builtin_expect(call->Ending != IOP_CALL_COMPLETED || status != call->Status, 0) &&
        !(call->Ending == IOP_CALL_PENDED && status == STATUS_PENDING))
    {
        PIO_STACK_LOCATION stack = (PIO_STACK_LOCATION)(Irp + 1) + Location - 1;
        return IopJudgeStatus(call, DeviceObject, Irp, stack, Routine, status);
    }
    return status;
}

/* Sends Irp one driver down. The stack location moves before the driver runs, so a driver that
 * completes the IRP inside its dispatch routine already sees its own location.
 * Contract: NF:wdm.IofCallDriver. Irp may be gone on return. */
DDI NTSTATUS FASTCALL
IofCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    KIRQL irql = KiCurrentIrql();
    if (__builtin_expect(Irp->Type != IO_TYPE_IRP || DeviceObject == NULL, 0))
    {
        IopRefuseCall(DeviceObject, Irp);
    }
    PDRIVER_OBJECT driver = DeviceObject->DriverObject;
    PIO_STACK_LOCATION stack = Irp->Tail.Overlay.CurrentStackLocation - 1;
    CHAR location = Irp->CurrentLocation - 1;
    ULONG major = location > 0 ? stack->MajorFunction : 0;
    if (__builtin_expect(DeviceObject->Type != IO_TYPE_DEVICE || driver == NULL ||
                             irql > DISPATCH_LEVEL || location <= 0 || Irp->CancelRoutine != NULL ||
                             major > IRP_MJ_MAXIMUM_FUNCTION,
                         0))
    {
        IopRefuseCall(DeviceObject, Irp);
    }
    Irp->CurrentLocation = location;
    Irp->Tail.Overlay.CurrentStackLocation = stack;
    stack->DeviceObject = DeviceObject;
    if (KI_TRACING())
    {
        IopTraceCall(DeviceObject, Irp, stack);
    }
    PDRIVER_DISPATCH routine = driver->MajorFunction[major];
    LONG64 balance = KiCurrentThread()->Balance;
    NTSTATUS status = (Irp->AllocationFlags & IOP_IRP_HAS_HEADER)
                          ? IopCallTracked(DeviceObject, Irp, location, routine)
                          : routine(DeviceObject, Irp);
    if (__builtin_expect(KiCurrentIrql() != irql || KiCurrentThread()->Balance != balance, 0))
    {
        IopBlameReturn(DeviceObject, Irp, routine, irql, balance);
    }
    return status;
}

/* Completion routine of IoForwardIrpSynchronously: keeps the IRP for its caller. */
static NTSTATUS DDI_CALLBACK
IopForwardComplete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
    {
        KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* NF:wdm.IoForwardIrpSynchronously */
DDI BOOLEAN NTAPI
IoForwardIrpSynchronously(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp)
{
    KEVENT event;
    if (Irp->StackCount < 2 || Irp->CurrentLocation <= 1)
    {
        return FALSE;
    }
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, IopForwardComplete, &event, TRUE, TRUE, TRUE);
    if (IofCallDriver(DeviceObject, Irp) == STATUS_PENDING)
    {
        KeWaitForSingleObject(&event, Suspended, KernelMode, FALSE, NULL);
    }
    return TRUE;
}
