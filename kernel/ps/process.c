/* SPDX-License-Identifier: MIT */
/*
 * Processes: the system's, and one for each client of the runtime. A process owns its user memory
 * and its handles. PASSIVE_LEVEL; queries are for any IRQL.
 */
#include "psp.h"

POBJECT_TYPE PspProcessType;
POBJECT_TYPE *PsProcessType = &PspProcessType;
PEPROCESS PsInitialSystemProcess;
LIST_ENTRY PspProcessList = {&PspProcessList, &PspProcessList};

static void
PspDeleteProcess(PVOID Object)
{
    PPS_PROCESS process = Object;
    RemoveEntryList(&process->ProcessListEntry);
    PspFreeId(process->UniqueProcessId);
    MmDeleteUserArena(&process->Ob.Mm);
}

/* One reference for the caller. */
static NTSTATUS
PspNewProcess(const char *ImageFileName, PPS_PROCESS *Process)
{
    PPS_PROCESS process;
    NTSTATUS status =
        ObCreateObject(PspProcessType, NULL, KernelMode, sizeof(PS_PROCESS), (PVOID *)&process);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    PKPROCESS pcb = &process->Ob.Mm.Pcb;
    pcb->Header.Type = ProcessObject;
    InitializeListHead(&pcb->Header.WaitListHead);
    InitializeListHead(&pcb->ThreadListHead);
    pcb->BasePriority = 8;
    InitializeListHead(&process->ThreadListHead);
    InsertTailList(&PspProcessList, &process->ProcessListEntry);
    process->ExitStatus = STATUS_PENDING;
    process->CreateTime100ns = KiQueryTime();
    for (ULONG index = 0; index + 1 < sizeof(process->ImageFileName) && ImageFileName[index] != 0;
         index++)
    {
        process->ImageFileName[index] = ImageFileName[index];
    }
    status = PspAllocateId(process, &process->UniqueProcessId);
    if (!NT_SUCCESS(status))
    {
        ObDereference(process);
        return status;
    }
    pcb->Number = (ULONG)(ULONG64)process->UniqueProcessId;
    *Process = process;
    return STATUS_SUCCESS;
}

NTSTATUS
PsCreateClientProcess(const char *ImageFileName, PPS_PROCESS *Process)
{
    PPS_PROCESS process;
    NTSTATUS status = PspNewProcess(ImageFileName, &process);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    process->InheritedFromUniqueProcessId = PsProcess(PsInitialSystemProcess)->UniqueProcessId;
    status = MmCreateUserArena(&process->Ob.Mm);
    if (!NT_SUCCESS(status))
    {
        ObDereference(process);
        return status;
    }
    *Process = process;
    return STATUS_SUCCESS;
}

void
PsDeleteClientProcess(PPS_PROCESS Process)
{
    const PKTHREAD thread = KiCurrentThread();
    PKPROCESS before = thread->ApcProcess;
    Process->Exiting = TRUE;
    /* Cleanup and close routines of drivers run in the context of the process. */
    thread->ApcProcess = &Process->Ob.Mm.Pcb;
    if (KiProcessSwitch != NULL)
    {
        KiProcessSwitch(thread->ApcProcess);
    }
    ObCloseAllHandles(&Process->Ob);
    MmDeleteUserArena(&Process->Ob.Mm);
    thread->ApcProcess = before;
    if (KiProcessSwitch != NULL)
    {
        KiProcessSwitch(before);
    }
    Process->ExitStatus = STATUS_SUCCESS;
    Process->Ob.Mm.Pcb.Header.SignalState = 1;
    ObDereference(Process);
}

void
PsForEachProcess(BOOLEAN (*Routine)(PPS_PROCESS Process, PVOID Context), PVOID Context)
{
    PLIST_ENTRY entry = PspProcessList.Flink;
    while (entry != &PspProcessList)
    {
        PPS_PROCESS process = CONTAINING_RECORD(entry, PS_PROCESS, ProcessListEntry);
        entry = entry->Flink;
        if (!Routine(process, Context))
        {
            return;
        }
    }
}

NTSTATUS
PspInitProcesses(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = PROCESS_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | 0x0410, STANDARD_RIGHTS_WRITE | 0x0beb,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, PROCESS_ALL_ACCESS},
        .Delete = PspDeleteProcess};
    PPS_PROCESS process;
    NTSTATUS status =
        ObCreateObjectType(L"Process", &initializer, MM_TAG('P', 'r', 'o', 'c'), &PspProcessType);
    if (NT_SUCCESS(status))
    {
        status = PspNewProcess("System", &process);
    }
    if (NT_SUCCESS(status))
    {
        PsInitialSystemProcess = (PEPROCESS)process;
        ObSystemProcess = &process->Ob;
    }
    return status;
}

/* ---- documented routines ------------------------------------------------------------------ */

/* Contract: NF:ntddk.PsGetCurrentProcessId: of the process the thread belongs to, attached or not.
 */
DDI HANDLE
PsGetCurrentProcessId(VOID)
{
    return PsProcess(KiCurrentThread()->Process)->UniqueProcessId;
}

/* Contract: NF:ntddk.PsGetProcessId. */
DDI HANDLE
PsGetProcessId(PEPROCESS Process)
{
    return PsProcess(Process)->UniqueProcessId;
}

/* Exported, without a page of its own. */
DDI HANDLE
PsGetProcessInheritedFromUniqueProcessId(PEPROCESS Process)
{
    return PsProcess(Process)->InheritedFromUniqueProcessId;
}

/* Contract: NF:ntddk.PsGetProcessCreateTimeQuadPart. */
DDI LONGLONG
PsGetProcessCreateTimeQuadPart(PEPROCESS Process)
{
    LARGE_INTEGER now;
    KeQuerySystemTimePrecise(&now);
    return now.QuadPart - (KiQueryTime() - PsProcess(Process)->CreateTime100ns);
}

/* Contract: NF:ntddk.PsGetProcessExitStatus. */
DDI NTSTATUS
PsGetProcessExitStatus(PEPROCESS Process)
{
    return PsProcess(Process)->ExitStatus;
}

/* Exported, without a page of its own: 15 characters, as Windows keeps them. */
DDI PUCHAR
PsGetProcessImageFileName(PEPROCESS Process)
{
    return (PUCHAR)PsProcess(Process)->ImageFileName;
}

/* Exported, without a page of its own. */
DDI BOOLEAN
PsIsSystemProcess(PEPROCESS Process)
{
    return Process == PsInitialSystemProcess;
}

/* Contract: NF:ntifs.PsLookupProcessByProcessId. */
DDI NTSTATUS
PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
    PVOID object = PspFindId(ProcessId);
    if (object == NULL || ObHeader(object)->Type != PspProcessType)
    {
        return STATUS_INVALID_PARAMETER;
    }
    ObReference(object);
    *Process = object;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntddk.ZwOpenProcess: by identifier; a name is refused. */
DDI NTSTATUS
ZwOpenProcess(PHANDLE ProcessHandle,
              ACCESS_MASK DesiredAccess,
              POBJECT_ATTRIBUTES ObjectAttributes,
              PCLIENT_ID ClientId)
{
    PEPROCESS process;
    if (ObjectAttributes == NULL || ObjectAttributes->ObjectName != NULL)
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (ClientId == NULL)
    {
        return STATUS_INVALID_PARAMETER_MIX;
    }
    NTSTATUS status = PsLookupProcessByProcessId(ClientId->UniqueProcess, &process);
    if (!NT_SUCCESS(status))
    {
        return STATUS_INVALID_CID;
    }
    status = ObOpenObjectByPointer(process, ObjectAttributes->Attributes, NULL, DesiredAccess,
                                   PspProcessType, KernelMode, ProcessHandle);
    ObDereference(process);
    return status;
}

/* ---- attaching ---------------------------------------------------------------------------- */

/* Layout of KAPC_STATE as far as its user may know it: nothing but its size. */
typedef struct _PSP_APC_STATE
{
    LIST_ENTRY ApcListHead[2];
    PKPROCESS Process;
    UCHAR Flags[8];
} PSP_APC_STATE;

static void
PspMoveTo(PKPROCESS Process)
{
    KiCurrentThread()->ApcProcess = Process;
    if (KiProcessSwitch != NULL)
    {
        KiProcessSwitch(Process);
    }
}

/* Contract: NF:ntifs.KeStackAttachProcess. */
DDI VOID
KeStackAttachProcess(PRKPROCESS Process, PVOID ApcState)
{
    PSP_APC_STATE *state = ApcState;
    InitializeListHead(&state->ApcListHead[0]);
    InitializeListHead(&state->ApcListHead[1]);
    state->Process = KiCurrentThread()->ApcProcess;
    PspMoveTo(Process);
}

/* Contract: NF:ntifs.KeUnstackDetachProcess. */
DDI VOID
KeUnstackDetachProcess(PVOID ApcState)
{
    PspMoveTo(((PSP_APC_STATE *)ApcState)->Process);
}

/* Contract: NF:ntifs.KeAttachProcess. A thread that is attached already must not attach again. */
DDI VOID
KeAttachProcess(PRKPROCESS Process)
{
    const PKTHREAD thread = KiCurrentThread();
    if (thread->ApcProcess != thread->Process && thread->ApcProcess != Process)
    {
        KiBugCheckWithRule(INVALID_PROCESS_ATTACH_ATTEMPT, (ULONG64)Process,
                           (ULONG64)thread->ApcProcess, 1, 0,
                           "KeAttachProcess is not called while attached to another process",
                           "NF:ntifs.KeAttachProcess", NULL, NULL);
    }
    PspMoveTo(Process);
}

/* Contract: NF:ntifs.KeDetachProcess. */
DDI VOID
KeDetachProcess(VOID)
{
    PspMoveTo(KiCurrentThread()->Process);
}
