/* SPDX-License-Identifier: MIT */
/*
 * Threads as objects. A thread holds a reference on itself until it has left its stack, and one on
 * its process until it is deleted. PASSIVE_LEVEL; queries are for any IRQL.
 */
#include "psp.h"

POBJECT_TYPE PspThreadType;
POBJECT_TYPE *PsThreadType = &PspThreadType;
void (*PsThreadRundownIrps)(PPS_THREAD Thread);

static void
PspUnlinkThread(PPS_THREAD Thread)
{
    if (Thread->InList)
    {
        Thread->InList = FALSE;
        RemoveEntryList(&Thread->ThreadListEntry);
        Thread->Process->ActiveThreads--;
    }
}

static void
PspDeleteThread(PVOID Object)
{
    PPS_THREAD thread = Object;
    PspUnlinkThread(thread);
    PspFreeId(thread->Cid.UniqueThread);
    PspStopImpersonating(thread);
    if (thread->Process != NULL)
    {
        ObDereference(thread->Process);
    }
}

static void
PspRundownThread(PKTHREAD Thread)
{
    PPS_THREAD thread = PsThread(Thread);
    PspCallThreadNotify(thread, FALSE);
    PspStopImpersonating(thread);
    if (PsThreadRundownIrps != NULL)
    {
        PsThreadRundownIrps(thread);
    }
    PspUnlinkThread(thread);
    if (thread->Process->ActiveThreads == 0)
    {
        PspLastThreadEnds(thread->Process);
    }
}

static void
PspReapThread(PKTHREAD Thread)
{
    ObDereference(Thread);
}

NTSTATUS
PspNewThread(PPS_PROCESS Process, PPS_THREAD *Thread)
{
    PPS_THREAD thread;
    NTSTATUS status =
        ObCreateObject(PspThreadType, NULL, KernelMode, sizeof(PS_THREAD), (PVOID *)&thread);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    InitializeListHead(&thread->IrpList);
    thread->Process = Process;
    ObReference(Process);
    thread->CreateTime100ns = KiQueryTime();
    thread->Creator = KiCallerAddress();
    thread->Cid.UniqueProcess = Process->UniqueProcessId;
    status = PspAllocateId(thread, &thread->Cid.UniqueThread);
    if (NT_SUCCESS(status) && Process->Token != NULL)
    {
        status = SeProtectObject(thread, Process->Token);
    }
    if (!NT_SUCCESS(status))
    {
        ObDereference(thread);
        return status;
    }
    *Thread = thread;
    return STATUS_SUCCESS;
}

static void
PspLinkThread(PPS_THREAD Thread)
{
    InsertTailList(&Thread->Process->ThreadListHead, &Thread->ThreadListEntry);
    Thread->InList = TRUE;
    Thread->Process->ActiveThreads++;
}

/* Makes a new thread ready to be started. It has two references then: its own and the caller's. */
static NTSTATUS
PspPrepareSystemThread(PPS_THREAD Thread, PKSTART_ROUTINE Routine, PVOID Context)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    if (!MmIsFaultInjected(PSP_STACK_SIZE, PspThreadType->Key))
    {
        status = KiInitializeThread(&Thread->Tcb, &Thread->Process->Ob.Mm.Pcb, Routine, Context);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Thread->Tcb.SystemThread = TRUE;
    Thread->Tcb.PreviousMode = KernelMode;
    Thread->StartAddress = (PVOID)Routine;
    ObReference(Thread);
    PspLinkThread(Thread);
    return STATUS_SUCCESS;
}

NTSTATUS
PsCreateKernelThread(PKSTART_ROUTINE Routine, PVOID Context, PPS_THREAD *Thread)
{
    PPS_THREAD thread;
    NTSTATUS status = PspNewThread(PsProcess(PsInitialSystemProcess), &thread);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = PspPrepareSystemThread(thread, Routine, Context);
    if (!NT_SUCCESS(status))
    {
        ObDereference(thread);
        return status;
    }
    thread->Creator = NULL;
    *Thread = thread;
    PspCallThreadNotify(thread, TRUE);
    KiStartThread(&thread->Tcb);
    return STATUS_SUCCESS;
}

NTSTATUS
PsCreateClientThread(PPS_PROCESS Process, PPS_THREAD *Thread)
{
    PPS_THREAD thread;
    NTSTATUS status = PspNewThread(Process, &thread);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = KiInitializeClient(&thread->Tcb, &Process->Ob.Mm.Pcb);
    if (!NT_SUCCESS(status))
    {
        ObDereference(thread);
        return status;
    }
    thread->Client = TRUE;
    thread->Creator = NULL;
    thread->Tcb.PreviousMode = UserMode;
    ObReference(thread);
    PspLinkThread(thread);
    PspCallThreadNotify(thread, TRUE);
    *Thread = thread;
    return STATUS_SUCCESS;
}

static NTSTATUS
PspCreateWorker(PKSTART_ROUTINE Routine, PVOID Context)
{
    PPS_THREAD thread;
    const NTSTATUS status = PsCreateKernelThread(Routine, Context, &thread);
    if (NT_SUCCESS(status))
    {
        ObDereference(thread);
    }
    return status;
}

NTSTATUS
PsStartWorkers(void)
{
    return ExStartWorkers(PspCreateWorker);
}

void
PsForEachThread(BOOLEAN (*Routine)(PPS_THREAD Thread, PVOID Context), PVOID Context)
{
    /* In order of creation, which the object list of the type is. */
    PLIST_ENTRY entry = PspThreadType->ObjectList.Flink;
    while (entry != &PspThreadType->ObjectList)
    {
        PPS_THREAD thread = ObBody(CONTAINING_RECORD(entry, OBJECT_HEADER, TypeEntry));
        entry = entry->Flink;
        if (thread->InList && !Routine(thread, Context))
        {
            return;
        }
    }
}

NTSTATUS
PspInitThreads(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = THREAD_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | 0x0048, STANDARD_RIGHTS_WRITE | 0x0437,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, THREAD_ALL_ACCESS},
        .ObjectCallbacks = TRUE,
        .SecurityRequired = TRUE,
        .Delete = PspDeleteThread};
    KiThreadRundown = PspRundownThread;
    KiThreadReaper = PspReapThread;
    return ObCreateObjectType(L"Thread", &initializer, MM_TAG('T', 'h', 'r', 'e'), &PspThreadType);
}

/* ---- documented routines ------------------------------------------------------------------ */

/* Contract: NF:wdm.PsCreateSystemThread. */
DDI NTSTATUS
PsCreateSystemThread(PHANDLE ThreadHandle,
                     ULONG DesiredAccess,
                     POBJECT_ATTRIBUTES ObjectAttributes,
                     HANDLE ProcessHandle,
                     PCLIENT_ID ClientId,
                     PKSTART_ROUTINE StartRoutine,
                     PVOID StartContext)
{
    PPS_PROCESS process = PsProcess(PsInitialSystemProcess);
    PPS_THREAD thread;
    NTSTATUS status = STATUS_SUCCESS;
    ObReference(process);
    if (ProcessHandle != NULL)
    {
        ObDereference(process);
        status = ObReferenceObjectByHandle(ProcessHandle, 0, PspProcessType, KernelMode,
                                           (PVOID *)&process, NULL);
        if (!NT_SUCCESS(status))
        {
            return status;
        }
    }
    status = PspNewThread(process, &thread);
    ObDereference(process);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    /* The handle before the start: once it runs, the thread may end. And before the stack: an
     * object without one is dropped by dropping references. */
    const ULONG attributes = ObjectAttributes == NULL ? 0 : ObjectAttributes->Attributes;
    HANDLE handle;
    status = ObOpenObjectByPointer(thread, attributes, NULL, DesiredAccess, PspThreadType,
                                   KernelMode, &handle);
    if (NT_SUCCESS(status))
    {
        status = PspPrepareSystemThread(thread, StartRoutine, StartContext);
        if (!NT_SUCCESS(status))
        {
            ObCloseHandle(handle, KernelMode);
        }
    }
    if (!NT_SUCCESS(status))
    {
        ObDereference(thread);
        return status;
    }
    *ThreadHandle = handle;
    if (ClientId != NULL)
    {
        *ClientId = thread->Cid;
    }
    PspCallThreadNotify(thread, TRUE);
    KiStartThread(&thread->Tcb);
    ObDereference(thread);
    return status;
}

/* Contract: NF:wdm.PsTerminateSystemThread. */
DDI NTSTATUS
PsTerminateSystemThread(NTSTATUS ExitStatus)
{
    if (!KiCurrentThread()->SystemThread)
    {
        return STATUS_INVALID_PARAMETER;
    }
    KiTerminateCurrentThread(ExitStatus);
}

/* Contract: NF:ntddk.PsGetCurrentThreadId. */
DDI HANDLE
PsGetCurrentThreadId(VOID)
{
    return PspCurrentThread()->Cid.UniqueThread;
}

/* Contract: NF:ntddk.PsGetThreadId. */
DDI HANDLE
PsGetThreadId(PETHREAD Thread)
{
    return PsThread(Thread)->Cid.UniqueThread;
}

/* Contract: NF:ntddk.PsGetThreadProcessId. */
DDI HANDLE
PsGetThreadProcessId(PETHREAD Thread)
{
    return PsThread(Thread)->Cid.UniqueProcess;
}

/* Contract: NF:ntifs.IoThreadToProcess. */
DDI PEPROCESS
PsGetThreadProcess(PETHREAD Thread)
{
    return (PEPROCESS)PsThread(Thread)->Process;
}

/* Contract: NF:ntddk.PsGetThreadCreateTime. */
DDI LONGLONG
PsGetThreadCreateTime(PETHREAD Thread)
{
    LARGE_INTEGER now;
    KeQuerySystemTimePrecise(&now);
    return now.QuadPart - (KiQueryTime() - PsThread(Thread)->CreateTime100ns);
}

/* Contract: NF:ntddk.PsGetThreadExitStatus. */
DDI NTSTATUS
PsGetThreadExitStatus(PETHREAD Thread)
{
    return PsThread(Thread)->Tcb.State == KiThreadTerminated ? PsThread(Thread)->Tcb.ExitStatus
                                                             : STATUS_PENDING;
}

/* Contract: NF:ntifs.PsIsSystemThread. */
DDI BOOLEAN
PsIsSystemThread(PETHREAD Thread)
{
    return PsThread(Thread)->Tcb.SystemThread;
}

/* Contract: NF:ntifs.PsIsThreadTerminating. */
DDI BOOLEAN
PsIsThreadTerminating(PETHREAD Thread)
{
    return PsThread(Thread)->Tcb.Terminating;
}

/* Contract: NF:ntifs.PsLookupThreadByThreadId. */
DDI NTSTATUS
PsLookupThreadByThreadId(HANDLE ThreadId, PETHREAD *Thread)
{
    PVOID object = PspFindId(ThreadId);
    if (object == NULL || ObHeader(object)->Type != PspThreadType)
    {
        return STATUS_INVALID_PARAMETER;
    }
    ObReference(object);
    *Thread = object;
    return STATUS_SUCCESS;
}

/* Exported, without pages of their own. */
DDI PEPROCESS
PsGetCurrentThreadProcess(VOID)
{
    return (PEPROCESS)PspCurrentThread()->Process;
}

DDI HANDLE
PsGetCurrentThreadProcessId(VOID)
{
    return PspCurrentThread()->Cid.UniqueProcess;
}

DDI PVOID
PsGetCurrentThreadStackBase(VOID)
{
    return KiCurrentThread()->StackBase;
}

DDI PVOID
PsGetCurrentThreadStackLimit(VOID)
{
    return KiCurrentThread()->StackLimit;
}

DDI KPROCESSOR_MODE
PsGetCurrentThreadPreviousMode(VOID)
{
    return KiCurrentThread()->PreviousMode;
}
