/* SPDX-License-Identifier: MIT */
/*
 * Services on processes and threads by handle: Zw routines act as kernel mode, Nt routines as the
 * mode that called. Owns no state. PASSIVE_LEVEL.
 */
#include "psp.h"

static NTSTATUS
PspCapture(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Source, Length)
               ? KeTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

static NTSTATUS
PspReturn(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Destination, Length)
               ? KeTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

/* ---- opening ------------------------------------------------------------------------------ */

/* SeDebugPrivilege opens every process and thread (KERNEL:privileges). */
static NTSTATUS
PspOpen(PVOID Object,
        POBJECT_TYPE Type,
        ULONG Attributes,
        ACCESS_MASK DesiredAccess,
        KPROCESSOR_MODE Mode,
        PHANDLE Handle)
{
    HANDLE handle;
    const BOOLEAN all = (Attributes & OBJ_FORCE_ACCESS_CHECK) == 0 &&
                        SeSinglePrivilegeCheck((LUID){SE_DEBUG_PRIVILEGE, 0}, Mode);
    NTSTATUS status = ObOpenObjectByPointer(
        Object, Mode == KernelMode ? Attributes : Attributes & ~(ULONG)OBJ_KERNEL_HANDLE, NULL,
        DesiredAccess, Type, all ? KernelMode : Mode, &handle);
    ObDereference(Object);
    return NT_SUCCESS(status) ? PspReturn(Handle, &handle, sizeof(handle), Mode) : status;
}

static NTSTATUS
PspOpenById(PHANDLE Handle,
            ACCESS_MASK DesiredAccess,
            POBJECT_ATTRIBUTES ObjectAttributes,
            PCLIENT_ID ClientId,
            KPROCESSOR_MODE Mode,
            BOOLEAN Thread)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id;
    PVOID object;
    if (Mode != KernelMode && !MmProbeRange(Handle, sizeof(HANDLE)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    if (ObjectAttributes == NULL)
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    NTSTATUS status = PspCapture(&attributes, ObjectAttributes, sizeof(attributes), Mode);
    if (NT_SUCCESS(status) && attributes.ObjectName != NULL)
    {
        return ClientId != NULL ? STATUS_INVALID_PARAMETER_MIX : STATUS_OBJECT_NAME_INVALID;
    }
    if (NT_SUCCESS(status) && ClientId == NULL)
    {
        return STATUS_INVALID_PARAMETER_MIX;
    }
    status = NT_SUCCESS(status) ? PspCapture(&id, ClientId, sizeof(id), Mode) : status;
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    object = PspFindId(Thread || id.UniqueProcess == NULL ? id.UniqueThread : id.UniqueProcess);
    if (object == NULL)
    {
        return STATUS_INVALID_CID;
    }
    if (!Thread && id.UniqueThread != NULL)
    {
        /* The process of a thread; both must fit. */
        const PPS_THREAD thread = PspFindId(id.UniqueThread);
        if (thread == NULL || ObHeader(thread)->Type != PspThreadType ||
            (id.UniqueProcess != NULL && (PVOID)thread->Process != object))
        {
            return STATUS_INVALID_CID;
        }
        object = thread->Process;
    }
    const POBJECT_TYPE type = Thread ? PspThreadType : PspProcessType;
    if (ObHeader(object)->Type != type || (Thread && id.UniqueProcess != NULL &&
                                           PsThread(object)->Cid.UniqueProcess != id.UniqueProcess))
    {
        return STATUS_INVALID_CID;
    }
    ObReference(object);
    return PspOpen(object, type, attributes.Attributes, DesiredAccess, Mode, Handle);
}

/* Contract: NF:ntddk.ZwOpenProcess: by identifier; a name is refused. */
DDI NTSTATUS
ZwOpenProcess(PHANDLE ProcessHandle,
              ACCESS_MASK DesiredAccess,
              POBJECT_ATTRIBUTES ObjectAttributes,
              PCLIENT_ID ClientId)
{
    return PspOpenById(ProcessHandle, DesiredAccess, ObjectAttributes, ClientId, KernelMode, FALSE);
}

/* Contract: NF:ntddk.NtOpenProcess. */
DDI NTSTATUS
NtOpenProcess(PHANDLE ProcessHandle,
              ACCESS_MASK DesiredAccess,
              POBJECT_ATTRIBUTES ObjectAttributes,
              PCLIENT_ID ClientId)
{
    return PspOpenById(ProcessHandle, DesiredAccess, ObjectAttributes, ClientId, PsPreviousMode(),
                       FALSE);
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwOpenThread(PHANDLE ThreadHandle,
             ACCESS_MASK DesiredAccess,
             POBJECT_ATTRIBUTES ObjectAttributes,
             PCLIENT_ID ClientId)
{
    return PspOpenById(ThreadHandle, DesiredAccess, ObjectAttributes, ClientId, KernelMode, TRUE);
}

/* Exported, without a page of its own. */
DDI NTSTATUS
NtOpenThread(PHANDLE ThreadHandle,
             ACCESS_MASK DesiredAccess,
             POBJECT_ATTRIBUTES ObjectAttributes,
             PCLIENT_ID ClientId)
{
    return PspOpenById(ThreadHandle, DesiredAccess, ObjectAttributes, ClientId, PsPreviousMode(),
                       TRUE);
}

/* ---- processes ---------------------------------------------------------------------------- */

/* PROCESS_BASIC_INFORMATION and KERNEL_USER_TIMES as winternl.h documents them. */
typedef struct _PSP_PROCESS_BASIC
{
    NTSTATUS ExitStatus;
    PVOID PebBaseAddress;
    ULONG_PTR AffinityMask;
    KPRIORITY BasePriority;
    HANDLE UniqueProcessId;
    HANDLE InheritedFromUniqueProcessId;
} PSP_PROCESS_BASIC;

typedef struct _PSP_TIMES
{
    LARGE_INTEGER CreateTime, ExitTime, KernelTime, UserTime;
} PSP_TIMES;

/* System time of an interrupt time in the past; 0 stays 0. */
static LONGLONG
PspSystemTime(LONGLONG Time100ns)
{
    LARGE_INTEGER now;
    KeQuerySystemTimePrecise(&now);
    return Time100ns == 0 ? 0 : now.QuadPart - (KiQueryTime() - Time100ns);
}

/* What a query answers, built before it is copied out. */
typedef union _PSP_ANSWER
{
    PSP_PROCESS_BASIC Basic;
    PSP_TIMES Times;
    ULONG Number;
    ULONG_PTR Pointer;
    struct
    {
        UNICODE_STRING Name;
        WCHAR Text[256];
    } Path;
} PSP_ANSWER;

static NTSTATUS
PspQueryProcess(PPS_PROCESS Process,
                PROCESSINFOCLASS Class,
                PVOID Target,
                PSP_ANSWER *Answer,
                PULONG Size)
{
    switch ((ULONG)Class)
    {
    case ProcessBasicInformation:
        Answer->Basic = (PSP_PROCESS_BASIC){Process->ExitStatus,
                                            NULL,
                                            ((ULONG_PTR)1 << (KiProcessorCount - 1) << 1) - 1,
                                            Process->Ob.Mm.Pcb.BasePriority,
                                            Process->UniqueProcessId,
                                            Process->InheritedFromUniqueProcessId};
        *Size = sizeof(Answer->Basic);
        return STATUS_SUCCESS;
    case ProcessTimes:
        Answer->Times = (PSP_TIMES){0};
        Answer->Times.CreateTime.QuadPart = PsGetProcessCreateTimeQuadPart((PEPROCESS)Process);
        Answer->Times.ExitTime.QuadPart = PspSystemTime(Process->ExitTime100ns);
        *Size = sizeof(Answer->Times);
        return STATUS_SUCCESS;
    case ProcessHandleCount:
        Answer->Number = Process->Ob.Handles.Used;
        *Size = sizeof(ULONG);
        return STATUS_SUCCESS;
    case ProcessSessionInformation:
        *Size = sizeof(ULONG);
        return SeQuerySessionIdToken(Process->Token, &Answer->Number);
    case ProcessDebugPort:
    case ProcessWow64Information:
        Answer->Pointer = 0; /* no debugger, not 32 bits */
        *Size = sizeof(ULONG_PTR);
        return STATUS_SUCCESS;
    case ProcessImageFileName:
        Answer->Path.Name.Length = Process->ImagePath.Length;
        Answer->Path.Name.MaximumLength = Process->ImagePath.MaximumLength;
        Answer->Path.Name.Buffer = (PWSTR)((PUCHAR)Target + sizeof(UNICODE_STRING));
        __builtin_memcpy(Answer->Path.Text, Process->ImagePath.Buffer,
                         Process->ImagePath.MaximumLength);
        *Size = (ULONG)sizeof(UNICODE_STRING) + Process->ImagePath.MaximumLength;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

/* Exported; described among the services of user mode. */
DDI NTSTATUS
NtQueryInformationProcess(HANDLE ProcessHandle,
                          PROCESSINFOCLASS ProcessInformationClass,
                          PVOID ProcessInformation,
                          ULONG ProcessInformationLength,
                          PULONG ReturnLength)
{
    const KPROCESSOR_MODE mode = PsPreviousMode();
    PPS_PROCESS process;
    PSP_ANSWER answer;
    ULONG size = 0;
    NTSTATUS status = ObReferenceObjectByHandle(ProcessHandle, PSP_PROCESS_QUERY, PspProcessType,
                                                mode, (PVOID *)&process, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = PspQueryProcess(process, ProcessInformationClass, ProcessInformation, &answer, &size);
    ObDereference(process);
    if (NT_SUCCESS(status) && ReturnLength != NULL)
    {
        status = PspReturn(ReturnLength, &size, sizeof(size), mode);
    }
    if (NT_SUCCESS(status) && ProcessInformationLength < size)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return NT_SUCCESS(status) ? PspReturn(ProcessInformation, &answer, size, mode) : status;
}

/* As NtQueryInformationProcess, for kernel mode. */
DDI NTSTATUS
ZwQueryInformationProcess(HANDLE ProcessHandle,
                          PROCESSINFOCLASS ProcessInformationClass,
                          PVOID ProcessInformation,
                          ULONG ProcessInformationLength,
                          PULONG ReturnLength)
{
    const PKTHREAD thread = KiCurrentThread();
    const KPROCESSOR_MODE previous = thread->PreviousMode;
    thread->PreviousMode = KernelMode;
    const NTSTATUS status =
        NtQueryInformationProcess(ProcessHandle, ProcessInformationClass, ProcessInformation,
                                  ProcessInformationLength, ReturnLength);
    thread->PreviousMode = previous;
    return status;
}

/* Contract: NF:ntifs.PsGetProcessExitTime: of the current process. */
DDI LARGE_INTEGER
PsGetProcessExitTime(VOID)
{
    LARGE_INTEGER time;
    time.QuadPart = PspSystemTime(PspCurrentProcess()->ExitTime100ns);
    return time;
}

/* Contract: NF:ntddk.PsGetProcessStartKey. */
DDI ULONGLONG
PsGetProcessStartKey(PEPROCESS Process)
{
    return PsProcess(Process)->StartKey;
}

/* Exported, without a page of its own. */
DDI ULONG
PsGetProcessSessionId(PEPROCESS Process)
{
    ULONG session = 0;
    (void)SeQuerySessionIdToken(PsProcess(Process)->Token, &session);
    return session;
}

/* Exported, without a page of its own. */
DDI BOOLEAN
PsGetProcessExitProcessCalled(PEPROCESS Process)
{
    return PsProcess(Process)->Exiting;
}

/* Exported, without a page of its own: no process here has an environment block of user mode. */
DDI PVOID
PsGetProcessPeb(PEPROCESS Process)
{
    (void)Process;
    return NULL;
}

/* Exported, without a page of its own: all processes are of 64 bits. */
DDI PVOID
PsGetProcessWow64Process(PEPROCESS Process)
{
    (void)Process;
    return NULL;
}

/* Exported, without a page of its own: debuggers attach to the machine, not to its processes. */
DDI BOOLEAN
PsIsProcessBeingDebugged(PEPROCESS Process)
{
    (void)Process;
    return FALSE;
}

/* Exported, without a page of its own: the system process is protected, clients are not. */
DDI BOOLEAN
PsIsProtectedProcess(PEPROCESS Process)
{
    return Process == PsInitialSystemProcess;
}

/* Exported, without a page of its own: protected, but light: none is. */
DDI BOOLEAN
PsIsProtectedProcessLight(PEPROCESS Process)
{
    (void)Process;
    return FALSE;
}

/* Contract: NF:ntifs.SeLocateProcessImageName: the caller frees the string. */
DDI NTSTATUS
SeLocateProcessImageName(PEPROCESS Process, PUNICODE_STRING *pImageFileName)
{
    const PUNICODE_STRING path = &PsProcess(Process)->ImagePath;
    PUNICODE_STRING copy = MmAllocateDriverPool(
        PagedPool, sizeof(UNICODE_STRING) + path->MaximumLength, MM_TAG('S', 'e', 'P', 'i'));
    if (copy == NULL)
    {
        return STATUS_NO_MEMORY;
    }
    copy->Buffer = (PWSTR)(copy + 1);
    copy->Length = path->Length;
    copy->MaximumLength = path->MaximumLength;
    __builtin_memcpy(copy->Buffer, path->Buffer, path->MaximumLength);
    *pImageFileName = copy;
    return STATUS_SUCCESS;
}

/* ---- threads ------------------------------------------------------------------------------ */

static NTSTATUS
PspImpersonateHandle(PPS_THREAD Thread, PVOID Information, KPROCESSOR_MODE Mode)
{
    HANDLE handle;
    PACCESS_TOKEN token;
    NTSTATUS status = PspCapture(&handle, Information, sizeof(handle), Mode);
    if (NT_SUCCESS(status) && handle == NULL)
    {
        PsRevertThreadToSelf((PETHREAD)Thread);
        return STATUS_SUCCESS;
    }
    status = NT_SUCCESS(status) ? ObReferenceObjectByHandle(handle, TOKEN_IMPERSONATE,
                                                            *SeTokenObjectType, Mode, &token, NULL)
                                : status;
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = SeTokenType(token) != TokenImpersonation
                 ? STATUS_BAD_TOKEN_TYPE
                 : PsImpersonateClient((PETHREAD)Thread, token, FALSE, FALSE,
                                       SeTokenImpersonationLevel(token));
    ObDereference(token);
    return status;
}

static NTSTATUS
PspSetThread(PPS_THREAD Thread, THREADINFOCLASS Class, PVOID Information, KPROCESSOR_MODE Mode)
{
    KPRIORITY priority;
    ULONG_PTR affinity;
    NTSTATUS status;
    switch ((ULONG)Class)
    {
    case ThreadPriority:
        status = PspCapture(&priority, Information, sizeof(priority), Mode);
        if (NT_SUCCESS(status) && (priority <= LOW_PRIORITY || priority > HIGH_PRIORITY))
        {
            status = STATUS_INVALID_PARAMETER;
        }
        if (NT_SUCCESS(status) && priority >= LOW_REALTIME_PRIORITY &&
            !SeSinglePrivilegeCheck((LUID){SE_INC_BASE_PRIORITY_PRIVILEGE, 0}, Mode))
        {
            status = STATUS_PRIVILEGE_NOT_HELD;
        }
        if (NT_SUCCESS(status))
        {
            KeSetPriorityThread(&Thread->Tcb, priority);
        }
        return status;
    case ThreadBasePriority:
        status = PspCapture(&priority, Information, sizeof(priority), Mode);
        if (NT_SUCCESS(status))
        {
            KeSetBasePriorityThread(&Thread->Tcb, priority);
        }
        return status;
    case ThreadAffinityMask:
        status = PspCapture(&affinity, Information, sizeof(affinity), Mode);
        if (NT_SUCCESS(status) &&
            (affinity & (((ULONG_PTR)1 << (KiProcessorCount - 1) << 1) - 1)) == 0)
        {
            status = STATUS_INVALID_PARAMETER;
        }
        if (NT_SUCCESS(status))
        {
            Thread->Tcb.UserAffinity = affinity;
            Thread->Tcb.Affinity = affinity;
        }
        return status;
    case ThreadImpersonationToken:
        return PspImpersonateHandle(Thread, Information, Mode);
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

/* Contract: NF:ntifs.NtSetInformationThread. */
DDI NTSTATUS
NtSetInformationThread(HANDLE ThreadHandle,
                       THREADINFOCLASS ThreadInformationClass,
                       PVOID ThreadInformation,
                       ULONG ThreadInformationLength)
{
    const KPROCESSOR_MODE mode = PsPreviousMode();
    const ULONG needed = ThreadInformationClass == ThreadImpersonationToken ||
                                 ThreadInformationClass == ThreadAffinityMask
                             ? (ULONG)sizeof(ULONG_PTR)
                             : (ULONG)sizeof(KPRIORITY);
    PPS_THREAD thread;
    if (ThreadInformationLength != needed)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    NTSTATUS status = ObReferenceObjectByHandle(ThreadHandle, THREAD_SET_INFORMATION, PspThreadType,
                                                mode, (PVOID *)&thread, NULL);
    if (NT_SUCCESS(status))
    {
        status = PspSetThread(thread, ThreadInformationClass, ThreadInformation, mode);
        ObDereference(thread);
    }
    return status;
}

/* Contract: NF:ntddk.ZwSetInformationThread. */
DDI NTSTATUS
ZwSetInformationThread(HANDLE ThreadHandle,
                       THREADINFOCLASS ThreadInformationClass,
                       PVOID ThreadInformation,
                       ULONG ThreadInformationLength)
{
    const PKTHREAD thread = KiCurrentThread();
    const KPROCESSOR_MODE previous = thread->PreviousMode;
    thread->PreviousMode = KernelMode;
    const NTSTATUS status = NtSetInformationThread(ThreadHandle, ThreadInformationClass,
                                                   ThreadInformation, ThreadInformationLength);
    thread->PreviousMode = previous;
    return status;
}

/* Contract: NF:ntddk.PsGetCurrentThreadTeb: clients of this machine have no environment block. */
DDI PVOID
PsGetCurrentThreadTeb(VOID)
{
    return NULL;
}
