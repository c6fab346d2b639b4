/* SPDX-License-Identifier: MIT */
/*
 * Cancellation: the cancel spin lock, IoCancelIrp, the requests of a file or of an exiting thread.
 * Owns the cancel spin lock. IRQL: up to DISPATCH_LEVEL; the services are PASSIVE_LEVEL.
 */
#include "iop.h"

#include "ob/ob.h"
#include "ps/ps.h"

static KSPIN_LOCK IopCancelSpinLock;

/* NF:wdm.IoAcquireCancelSpinLock */
DDI VOID NTAPI
IoAcquireCancelSpinLock(_Out_ PKIRQL Irql)
{
    *Irql = KeAcquireSpinLockRaiseToDpc(&IopCancelSpinLock);
}

/* NF:wdm.IoReleaseCancelSpinLock */
DDI VOID NTAPI
IoReleaseCancelSpinLock(_In_ KIRQL Irql)
{
    KeReleaseSpinLock(&IopCancelSpinLock, Irql);
}

/* NF:wdm.IoCancelIrp: the routine runs with the lock held and has to release it. */
DDI BOOLEAN NTAPI
IoCancelIrp(_In_ PIRP Irp)
{
    KIRQL irql;
    if (Irp->Type != IO_TYPE_IRP)
    {
        KiBugCheckWithRule(0x48, (ULONG64)Irp, 0, 0, 0, "IoCancelIrp was given a completed IRP",
                           "NF:wdm.IoCancelIrp", Irp, NULL);
    }
    IoAcquireCancelSpinLock(&irql);
    Irp->Cancel = TRUE;
    PDRIVER_CANCEL routine = IoSetCancelRoutine(Irp, NULL);
    if (routine == NULL)
    {
        IoReleaseCancelSpinLock(irql);
        return FALSE;
    }
    if (Irp->CurrentLocation > Irp->StackCount + 1)
    {
        KiBugCheckWithRule(0x48, (ULONG64)Irp, (ULONG64)routine, 0, 0,
                           "A completed IRP with a cancel routine was cancelled",
                           "NF:wdm.IoCancelIrp", Irp, NULL);
    }
    Irp->CancelIrql = irql;
    PDEVICE_OBJECT device = IoGetCurrentIrpStackLocation(Irp)->DeviceObject;
    if (KI_TRACING())
    {
        UNICODE_STRING name = IopDeviceName(device);
        KiTrace("IoCancelIrp", "kernel/io/cancel.c", "irp %u -> cancel routine of %wZ",
                IopIrpNumber(Irp), &name);
    }
    PKI_GATE_RECORD mark = KiMarkCall();
    routine(device, Irp);
    KiEndCall(mark);
    if (KiCurrentIrql() != irql)
    {
        KiBlame((const void *)routine);
        KiBugCheckWithRule(0xc8, ((ULONG64)KiCurrentIrql() << 16) | ((ULONG64)irql << 8), 0, 0,
                           (ULONG64)routine,
                           "A cancel routine returned without releasing the cancel spin lock at "
                           "Irp->CancelIrql",
                           "NC:wdm.DRIVER_CANCEL", NULL, device);
    }
    return TRUE;
}

/* ---- requests of a thread ----------------------------------------------------------------- */

/* Which unfinished requests of a thread are meant. NULL members do not matter. */
typedef struct _IOP_CANCEL_MATCH
{
    PFILE_OBJECT FileObject;
    PIO_STATUS_BLOCK UserIosb;
    const IOP_RESULT *Result;
    BOOLEAN SynchronousOnly;
} IOP_CANCEL_MATCH;

static BOOLEAN
IopMatches(PIRP Irp, const IOP_CANCEL_MATCH *Match)
{
    PIOP_IRP header = IopIrpHeader(Irp);
    if (Irp->CurrentLocation > Irp->StackCount)
    {
        return FALSE; /* not sent yet, or done and waiting for its APC */
    }
    if (Match->SynchronousOnly && header->Kind != IopIrpOwned && header->Result == NULL)
    {
        return FALSE;
    }
    return (Match->FileObject == NULL ||
            Irp->Tail.Overlay.OriginalFileObject == Match->FileObject) &&
           (Match->UserIosb == NULL || Irp->UserIosb == Match->UserIosb) &&
           (Match->Result == NULL || header->Result == Match->Result);
}

/* Cancels what matches and returns how many there were. A cancel routine may finish any request of
 * the list, so the walk starts again after each; what is cancelled is not cancelled twice. */
static ULONG
IopCancelThread(PPS_THREAD Thread, const IOP_CANCEL_MATCH *Match)
{
    ULONG found = 0;
    PLIST_ENTRY entry = Thread->IrpList.Flink;
    while (entry != &Thread->IrpList)
    {
        PIRP irp = CONTAINING_RECORD(entry, IRP, ThreadListEntry);
        BOOLEAN matches = IopMatches(irp, Match);
        if (!matches || irp->Cancel)
        {
            entry = entry->Flink;
            continue;
        }
        found++;
        IoCancelIrp(irp);
        entry = Thread->IrpList.Flink;
    }
    return found;
}

static BOOLEAN
IopAnyMatch(PPS_THREAD Thread, const IOP_CANCEL_MATCH *Match)
{
    PLIST_ENTRY head = &Thread->IrpList;
    for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink)
    {
        if (IopMatches(CONTAINING_RECORD(entry, IRP, ThreadListEntry), Match))
        {
            return TRUE;
        }
    }
    return FALSE;
}

void
IopCancelResult(const IOP_RESULT *Result)
{
    IOP_CANCEL_MATCH match = {.Result = Result};
    (void)IopCancelThread(PspCurrentThread(), &match);
}

/* The thread gives up waiting: whoever completes these requests later finds no thread. */
static void
IopDisownIrps(PPS_THREAD Thread)
{
    while (!IsListEmpty(&Thread->IrpList))
    {
        PIRP irp = CONTAINING_RECORD(Thread->IrpList.Flink, IRP, ThreadListEntry);
        IopDequeueThreadIrp(irp);
        irp->Tail.Overlay.Thread = NULL;
    }
}

/* KERNEL:different-ways-of-handling-irps-cheat-sheet: threaded IRPs are cancelled when their thread
 * exits, which waits for them, at most five minutes. */
void
IopRundownThread(PPS_THREAD Thread)
{
    static const IOP_CANCEL_MATCH all;
    LARGE_INTEGER interval;
    interval.QuadPart = -100 * 10000LL;
    for (ULONG round = 0; !IsListEmpty(&Thread->IrpList); round++)
    {
        (void)IopCancelThread(Thread, &all);
        if (IsListEmpty(&Thread->IrpList))
        {
            return;
        }
        if (round == 3000)
        {
            PIRP irp = CONTAINING_RECORD(Thread->IrpList.Flink, IRP, ThreadListEntry);
            IopViolation(0xc4, 0x135, (ULONG64)irp, 300000, 0,
                         "A cancelled IRP of an exiting thread was not completed in five minutes",
                         "NF:wdm.IoCancelIrp", irp, NULL);
            IopDisownIrps(Thread);
            return;
        }
        KeDelayExecutionThread(KernelMode, FALSE, &interval);
    }
}

/* ---- services ----------------------------------------------------------------------------- */

static NTSTATUS
IopReferenceFile(HANDLE FileHandle, PFILE_OBJECT *FileObject)
{
    return ObReferenceObjectByHandle(FileHandle, 0, *IoFileObjectType,
                                     KiCurrentThread()->PreviousMode, (PVOID *)FileObject, NULL);
}

static NTSTATUS
IopReturnCancel(PIO_STATUS_BLOCK IoStatusBlock, NTSTATUS Status)
{
    IO_STATUS_BLOCK iosb = {.Status = Status, .Information = 0};
    NTSTATUS copy =
        IopReturnTo(IoStatusBlock, &iosb, sizeof(iosb), KiCurrentThread()->PreviousMode);
    return NT_SUCCESS(copy) ? Status : copy;
}

/* Cancels the calling thread's requests to a file and waits until they are done. */
DDI NTSTATUS NTAPI
NtCancelIoFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    PFILE_OBJECT file;
    LARGE_INTEGER interval;
    NTSTATUS status = IopReferenceFile(FileHandle, &file);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    IOP_CANCEL_MATCH match = {.FileObject = file};
    interval.QuadPart = -10 * 10000LL;
    (void)IopCancelThread(PspCurrentThread(), &match);
    while (IopAnyMatch(PspCurrentThread(), &match))
    {
        KeDelayExecutionThread(KernelMode, FALSE, &interval);
    }
    ObDereference(file);
    return IopReturnCancel(IoStatusBlock, STATUS_SUCCESS);
}

typedef struct _IOP_CANCEL_EX
{
    IOP_CANCEL_MATCH Match;
    PPS_PROCESS Process;
    ULONG Found;
} IOP_CANCEL_EX;

static BOOLEAN
IopCancelInThread(PPS_THREAD Thread, PVOID Context)
{
    IOP_CANCEL_EX *cancel = Context;
    if (Thread->Process == cancel->Process)
    {
        cancel->Found += IopCancelThread(Thread, &cancel->Match);
    }
    return TRUE;
}

/* Cancels requests of any thread of the process to a file, or the one with a status block; does not
 * wait. */
DDI NTSTATUS NTAPI
NtCancelIoFileEx(_In_ HANDLE FileHandle,
                 _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                 _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    PFILE_OBJECT file;
    NTSTATUS status = IopReferenceFile(FileHandle, &file);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    IOP_CANCEL_EX cancel = {.Match = {.FileObject = file, .UserIosb = IoRequestToCancel},
                            .Process = PspCurrentProcess()};
    PsForEachThread(IopCancelInThread, &cancel);
    ObDereference(file);
    return IopReturnCancel(IoStatusBlock, cancel.Found != 0 ? STATUS_SUCCESS : STATUS_NOT_FOUND);
}

/* Cancels what another thread waits for in a synchronous service. */
DDI NTSTATUS NTAPI
NtCancelSynchronousIoFile(_In_ HANDLE ThreadHandle,
                          _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                          _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    PPS_THREAD thread;
    IOP_CANCEL_MATCH match = {.UserIosb = IoRequestToCancel, .SynchronousOnly = TRUE};
    NTSTATUS status =
        ObReferenceObjectByHandle(ThreadHandle, THREAD_TERMINATE, *PsThreadType,
                                  KiCurrentThread()->PreviousMode, (PVOID *)&thread, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    ULONG found = IopCancelThread(thread, &match);
    ObDereference(thread);
    return IopReturnCancel(IoStatusBlock, found != 0 ? STATUS_SUCCESS : STATUS_NOT_FOUND);
}

DDI NTSTATUS NTAPI
ZwCancelIoFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtCancelIoFile(FileHandle, IoStatusBlock);
    IopLeaveKernelMode(previous);
    return status;
}

DDI NTSTATUS NTAPI
ZwCancelIoFileEx(_In_ HANDLE FileHandle,
                 _In_opt_ PIO_STATUS_BLOCK IoRequestToCancel,
                 _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtCancelIoFileEx(FileHandle, IoRequestToCancel, IoStatusBlock);
    IopLeaveKernelMode(previous);
    return status;
}
