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
    if (process->Token != NULL)
    {
        ObDereference(process->Token);
    }
    if (process->ImagePath.Buffer != NULL)
    {
        MmFreePool(process->ImagePath.Buffer, PSP_TABLE_TAG);
    }
    MmForgetQuota(&process->Ob.Mm);
    MmDeleteUserArena(&process->Ob.Mm);
}

/* "\Device\HarddiskVolume1\Windows\client.exe": where a client's program would lie. */
static NTSTATUS
PspSetImagePath(PPS_PROCESS Process, const char *Name)
{
    static const char folder[] = "\\Device\\HarddiskVolume1\\Windows\\";
    const BOOLEAN system = PsInitialSystemProcess == NULL;
    ULONG length = 0;
    PWSTR buffer = MmAllocatePool(PagedPool, 256 * sizeof(WCHAR), PSP_TABLE_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (const char *c = folder; !system && *c != 0; c++)
    {
        buffer[length++] = (WCHAR)(UCHAR)*c;
    }
    for (const char *c = Name; *c != 0 && length < 255; c++)
    {
        buffer[length++] = (WCHAR)(UCHAR)*c;
    }
    Process->ImagePath.Buffer = buffer;
    Process->ImagePath.Length = (USHORT)(length * sizeof(WCHAR));
    Process->ImagePath.MaximumLength = (USHORT)(length * sizeof(WCHAR) + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* One reference for the caller. */
static NTSTATUS
PspNewProcess(const char *ImageFileName, SE_ACCOUNT Account, PPS_PROCESS *Process)
{
    static ULONG64 startKey = 0x1000000000000;
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
    process->StartKey = ++startKey;
    status = PspAllocateId(process, &process->UniqueProcessId);
    if (NT_SUCCESS(status))
    {
        status = PspSetImagePath(process, ImageFileName);
    }
    if (NT_SUCCESS(status))
    {
        status = PsSetClientAccount(process, Account);
    }
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
PsSetClientAccount(PPS_PROCESS Process, SE_ACCOUNT Account)
{
    PACCESS_TOKEN token;
    NTSTATUS status = SeCreateAccountToken(Account, &token);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const PACCESS_TOKEN old = Process->Token;
    Process->Token = token;
    if (old != NULL)
    {
        ObDereference(old);
    }
    status = SeProtectObject(token, token);
    status = NT_SUCCESS(status) ? SeProtectObject(Process, token) : status;
    for (PLIST_ENTRY e = Process->ThreadListHead.Flink;
         NT_SUCCESS(status) && e != &Process->ThreadListHead; e = e->Flink)
    {
        status = SeProtectObject(CONTAINING_RECORD(e, PS_THREAD, ThreadListEntry), token);
    }
    return status;
}

static NTSTATUS
PspNewClient(const char *ImageFileName, SE_ACCOUNT Account, PPS_PROCESS *Process)
{
    PPS_PROCESS process;
    NTSTATUS status = PspNewProcess(ImageFileName, Account, &process);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = MmCreateUserArena(&process->Ob.Mm);
    if (!NT_SUCCESS(status))
    {
        ObDereference(process);
        return status;
    }
    *Process = process;
    return STATUS_SUCCESS;
}

NTSTATUS
PsCreateClientProcess(const char *ImageFileName, PPS_PROCESS *Process)
{
    const NTSTATUS status = PspNewClient(ImageFileName, SeAccountAdministrator, Process);
    if (NT_SUCCESS(status))
    {
        (*Process)->InheritedFromUniqueProcessId =
            PsProcess(PsInitialSystemProcess)->UniqueProcessId;
    }
    return status;
}

NTSTATUS
PsStartClientProcess(const char *ImageFileName, SE_ACCOUNT Account, PPS_PROCESS *Process)
{
    PPS_PROCESS process;
    const PPS_PROCESS parent = PspCurrentProcess();
    NTSTATUS status = PspNewClient(ImageFileName, Account, &process);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    process->InheritedFromUniqueProcessId = parent->UniqueProcessId;
    process->Creator = PspCurrentThread()->Cid;
    status = ObInheritHandles(&parent->Ob, &process->Ob);
    if (NT_SUCCESS(status))
    {
        PS_CREATE_NOTIFY_INFO info = {.Size = sizeof(PS_CREATE_NOTIFY_INFO),
                                      .FileOpenNameAvailable = TRUE,
                                      .ParentProcessId = parent->UniqueProcessId,
                                      .CreatingThreadId = PspCurrentThread()->Cid,
                                      .ImageFileName = &process->ImagePath,
                                      .CommandLine = &process->ImagePath};
        PspCallProcessNotify(process, &info);
        status = info.CreationStatus;
    }
    if (!NT_SUCCESS(status))
    {
        /* Those that were told of it also hear of its end. */
        PsDeleteClientProcess(process);
        return status;
    }
    *Process = process;
    return STATUS_SUCCESS;
}

/* Cleanup and close routines of drivers run in the context of the process. */
static void
PspRundownProcess(PPS_PROCESS Process, NTSTATUS ExitStatus)
{
    Process->Exiting = TRUE;
    ObCloseAllHandles(&Process->Ob);
    Process->ExitStatus = ExitStatus;
    Process->ExitTime100ns = KiQueryTime();
    PspCallProcessNotify(Process, NULL);
}

static void
PspSignalProcess(PPS_PROCESS Process)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Process->Ob.Mm.Pcb.Header.SignalState = 1;
    KiSignalObject(&Process->Ob.Mm.Pcb.Header, 0);
    KeLowerIrql(irql);
}

void
PspLastThreadEnds(PPS_PROCESS Process)
{
    if (Process->Exiting && Process->ExitTime100ns == 0)
    {
        PspRundownProcess(Process, Process->ExitStatus);
        PspSignalProcess(Process);
    }
}

void
PsExitClientProcess(NTSTATUS ExitStatus)
{
    const PPS_PROCESS process = PspCurrentProcess();
    KiCurrentThread()->PreviousMode = KernelMode;
    process->Exiting = TRUE;
    process->ExitStatus = ExitStatus;
    KiEndClient(ExitStatus);
}

void
PsDeleteClientProcess(PPS_PROCESS Process)
{
    const PKTHREAD thread = KiCurrentThread();
    PKPROCESS before = thread->ApcProcess;
    thread->ApcProcess = &Process->Ob.Mm.Pcb;
    if (KiProcessSwitch != NULL)
    {
        KiProcessSwitch(thread->ApcProcess);
    }
    PspRundownProcess(Process, STATUS_SUCCESS);
    MmDeleteUserArena(&Process->Ob.Mm);
    thread->ApcProcess = before;
    if (KiProcessSwitch != NULL)
    {
        KiProcessSwitch(before);
    }
    PspSignalProcess(Process);
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
        .ObjectCallbacks = TRUE,
        .SecurityRequired = TRUE,
        .Delete = PspDeleteProcess};
    PPS_PROCESS process;
    NTSTATUS status =
        ObCreateObjectType(L"Process", &initializer, MM_TAG('P', 'r', 'o', 'c'), &PspProcessType);
    if (NT_SUCCESS(status))
    {
        status = PspNewProcess("System", SeAccountSystem, &process);
    }
    if (NT_SUCCESS(status))
    {
        PsInitialSystemProcess = (PEPROCESS)process;
        ObSystemProcess = &process->Ob;
        process->Ob.Mm.NoQuota = TRUE;
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
KeStackAttachProcess(PRKPROCESS Process, PRKAPC_STATE ApcState)
{
    PSP_APC_STATE *state = (PSP_APC_STATE *)ApcState;
    InitializeListHead(&state->ApcListHead[0]);
    InitializeListHead(&state->ApcListHead[1]);
    state->Process = KiCurrentThread()->ApcProcess;
    PspMoveTo(Process);
}

/* Contract: NF:ntifs.KeUnstackDetachProcess. */
DDI VOID
KeUnstackDetachProcess(PRKAPC_STATE ApcState)
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
