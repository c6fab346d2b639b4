// SPDX-License-Identifier: MIT
// Processes and threads asked about themselves, opened by identifier, and attached to.
// Page: NF:ntifs.PsLookupProcessByProcessId, NF:ntifs.PsLookupThreadByThreadId
// Page: NF:ntddk.PsGetProcessStartKey, NF:ntddk.PsGetProcessCreateTimeQuadPart
// Page: NF:ntddk.PsGetThreadCreateTime, NF:ntddk.PsGetThreadId, NF:ntddk.PsGetThreadProcessId
// Page: NF:ntifs.SeLocateProcessImageName, NF:ntddk.ZwSetInformationThread
// Page: NF:ntifs.PsIsThreadTerminating, NF:ntddk.NtOpenProcess
// Run: open \\.\PsQuery
// Run: ioctl 0x222000
// Expect: ps_query: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTKERNELAPI KPROCESSOR_MODE NTAPI PsGetCurrentThreadPreviousMode(VOID);
NTKERNELAPI PEPROCESS NTAPI PsGetCurrentThreadProcess(VOID);
NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadProcessId(VOID);
NTKERNELAPI PVOID NTAPI PsGetCurrentThreadStackBase(VOID);
NTKERNELAPI PVOID NTAPI PsGetCurrentThreadStackLimit(VOID);
NTKERNELAPI PUCHAR NTAPI PsGetProcessImageFileName(PEPROCESS);
NTKERNELAPI HANDLE NTAPI PsGetProcessInheritedFromUniqueProcessId(PEPROCESS);
NTKERNELAPI PEPROCESS NTAPI PsGetThreadProcess(PETHREAD);
NTKERNELAPI BOOLEAN NTAPI PsIsSystemProcess(PEPROCESS);
NTKERNELAPI ULONG NTAPI PsGetProcessSessionId(PEPROCESS);
NTKERNELAPI BOOLEAN NTAPI PsGetProcessExitProcessCalled(PEPROCESS);
NTKERNELAPI PVOID NTAPI PsGetProcessPeb(PEPROCESS);
NTKERNELAPI PVOID NTAPI PsGetProcessWow64Process(PEPROCESS);
NTKERNELAPI BOOLEAN NTAPI PsIsProcessBeingDebugged(PEPROCESS);
NTKERNELAPI BOOLEAN NTAPI PsIsProtectedProcess(PEPROCESS);
NTKERNELAPI BOOLEAN NTAPI PsIsProtectedProcessLight(PEPROCESS);
NTSYSAPI NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE, PROCESSINFOCLASS, PVOID, ULONG, PULONG);
NTSYSAPI NTSTATUS NTAPI NtQueryInformationProcess(HANDLE, PROCESSINFOCLASS, PVOID, ULONG, PULONG);
NTSYSAPI NTSTATUS NTAPI NtOpenThread(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PCLIENT_ID);
NTSYSAPI NTSTATUS NTAPI ZwOpenThread(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES, PCLIENT_ID);

#define SYSTEM PsInitialSystemProcess

static void
TestClient(void)
{
    PEPROCESS process = PsGetCurrentProcess(), found;
    PETHREAD thread;
    PUNICODE_STRING image;
    ULONG session = 0, length;
    ULONG_PTR wow64 = 1;

    EXPECT_EQ(PsLookupProcessByProcessId(PsGetCurrentProcessId(), &found), STATUS_SUCCESS);
    EXPECT(found == process);
    ObDereferenceObject(found);
    EXPECT_EQ(PsLookupProcessByProcessId((HANDLE)0x7ffc, &found), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(PsLookupProcessByProcessId(PsGetCurrentThreadId(), &found), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(PsLookupThreadByThreadId(PsGetCurrentThreadId(), &thread), STATUS_SUCCESS);
    EXPECT(thread == PsGetCurrentThread());
    EXPECT(PsGetThreadId(thread) == PsGetCurrentThreadId());
    EXPECT(PsGetThreadProcess(thread) == process);
    EXPECT(PsGetThreadProcessId(thread) == PsGetCurrentThreadProcessId());
    EXPECT(!PsIsThreadTerminating(thread));
    EXPECT(PsGetThreadCreateTime(thread) >= PsGetProcessCreateTimeQuadPart(process));
    ObDereferenceObject(thread);
    EXPECT(PsGetCurrentThreadProcess() == process);
    EXPECT_EQ(PsGetCurrentThreadPreviousMode(), UserMode);
    EXPECT((PUCHAR)&session < (PUCHAR)PsGetCurrentThreadStackBase() &&
           (PUCHAR)&session > (PUCHAR)PsGetCurrentThreadStackLimit());
    EXPECT(!PsIsSystemProcess(process) && PsIsSystemProcess(SYSTEM));
    EXPECT(PsGetProcessInheritedFromUniqueProcessId(process) == PsGetProcessId(SYSTEM));
    EXPECT_EQ(strcmp((char *)PsGetProcessImageFileName(process), "client.exe"), 0);
    EXPECT(PsGetProcessStartKey(process) != PsGetProcessStartKey(SYSTEM));
    EXPECT_EQ(PsGetProcessSessionId(process), 1);
    EXPECT(!PsGetProcessExitProcessCalled(process));
    EXPECT_EQ(PsGetProcessExitTime().QuadPart, 0);
    EXPECT(PsGetCurrentThreadTeb() == NULL);
    EXPECT(PsGetProcessPeb(SYSTEM) == NULL && PsGetProcessWow64Process(process) == NULL);
    EXPECT(!PsIsProcessBeingDebugged(process));
    EXPECT(PsIsProtectedProcess(SYSTEM) && !PsIsProtectedProcess(process));
    EXPECT(!PsIsProtectedProcessLight(process));
    EXPECT_EQ(SeLocateProcessImageName(process, &image), STATUS_SUCCESS);
    EXPECT(image->Length > 0 && image->Buffer[0] == '\\');
    ExFreePool(image);
    EXPECT_EQ(ZwQueryInformationProcess(ZwCurrentProcess(), ProcessSessionInformation, &session,
                                        sizeof(session), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(session, 1);
    EXPECT_EQ(ZwQueryInformationProcess(ZwCurrentProcess(), ProcessWow64Information, &wow64,
                                        sizeof(wow64), NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(wow64, 0);
    EXPECT_EQ(ZwQueryInformationProcess(ZwCurrentProcess(), ProcessTimes, &wow64, 4, NULL),
              STATUS_INFO_LENGTH_MISMATCH);
}

static void
TestOpen(void)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id = {PsGetCurrentProcessId(), PsGetCurrentThreadId()};
    KPRIORITY priority = 12;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenThread(&handle, THREAD_SET_INFORMATION, &attributes, &id), STATUS_SUCCESS);
    EXPECT_EQ(ZwSetInformationThread(handle, ThreadPriority, &priority, sizeof(priority)),
              STATUS_SUCCESS);
    EXPECT_EQ(KeQueryPriorityThread(KeGetCurrentThread()), 12);
    EXPECT_EQ(ZwSetInformationThread(handle, ThreadPriority, &priority, 1),
              STATUS_INFO_LENGTH_MISMATCH);
    priority = 99;
    EXPECT_EQ(ZwSetInformationThread(handle, ThreadPriority, &priority, sizeof(priority)),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwSetInformationThread(handle, MaxThreadInfoClass, &priority, sizeof(priority)),
              STATUS_INVALID_INFO_CLASS);
    ZwClose(handle);
    // A kernel pointer is not what user mode may hand to a service.
    EXPECT_EQ(NtOpenThread(&handle, THREAD_SET_INFORMATION, &attributes, &id),
              STATUS_ACCESS_VIOLATION);
    id.UniqueThread = (HANDLE)0x7ffc;
    EXPECT_EQ(ZwOpenThread(&handle, THREAD_SET_INFORMATION, &attributes, &id), STATUS_INVALID_CID);
}

// What a client's own services give it, in its memory.
static void
TestServices(void)
{
    struct
    {
        OBJECT_ATTRIBUTES Attributes;
        CLIENT_ID Id;
        HANDLE Handle;
        ULONG_PTR Value;
        ULONG Length;
    } *user;
    PVOID base = NULL, object;
    SIZE_T size = sizeof(*user);
    ULONG kernel;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    user = base;
    InitializeObjectAttributes(&user->Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    user->Id = (CLIENT_ID){PsGetCurrentProcessId(), NULL};
    EXPECT_EQ(NtOpenProcess(&user->Handle, PROCESS_DUP_HANDLE, &user->Attributes, &user->Id),
              STATUS_SUCCESS);
    // User mode does not make kernel handles.
    EXPECT((LONG_PTR)user->Handle > 0);
    EXPECT_EQ(ObReferenceObjectByHandle(user->Handle, PROCESS_DUP_HANDLE, *PsProcessType, UserMode,
                                        &object, NULL),
              STATUS_SUCCESS);
    EXPECT(object == (PVOID)PsGetCurrentProcess());
    ObDereferenceObject(object);
    // The handle says what may be asked.
    EXPECT_EQ(NtQueryInformationProcess(user->Handle, ProcessSessionInformation, &user->Value, 4,
                                        &user->Length),
              STATUS_ACCESS_DENIED);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
    EXPECT_EQ(NtQueryInformationProcess(NtCurrentProcess(), ProcessSessionInformation, &user->Value,
                                        4, &user->Length),
              STATUS_SUCCESS);
    EXPECT(user->Value == 1 && user->Length == 4);
    EXPECT_EQ(
        NtQueryInformationProcess(NtCurrentProcess(), ProcessSessionInformation, &kernel, 4, NULL),
        STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(
        NtQueryInformationProcess(NtCurrentProcess(), (PROCESSINFOCLASS)999, &user->Value, 4, NULL),
        STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(NtOpenProcess(&user->Handle, PROCESS_DUP_HANDLE, &user->Attributes, NULL),
              STATUS_INVALID_PARAMETER_MIX);
    user->Id.UniqueProcess = (HANDLE)0x7ffc;
    EXPECT_EQ(NtOpenProcess(&user->Handle, PROCESS_DUP_HANDLE, &user->Attributes, &user->Id),
              STATUS_INVALID_CID);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

static void
TestVersion(void)
{
    RTL_OSVERSIONINFOW version = {0};

    version.dwOSVersionInfoSize = sizeof(version);
    // The upper bits say free or checked build.
    EXPECT_EQ(RtlGetVersion(&version), STATUS_SUCCESS);
    EXPECT_EQ(*NtBuildNumber & 0xffff, version.dwBuildNumber);
}

static void
TestAttach(void)
{
    PEPROCESS client = PsGetCurrentProcess();
    KAPC_STATE state;
    SECURITY_SUBJECT_CONTEXT before, attached;

    SeCaptureSubjectContext(&before);
    KeStackAttachProcess((PRKPROCESS)SYSTEM, &state);
    EXPECT(PsGetCurrentProcess() == SYSTEM);
    EXPECT(PsGetCurrentThreadProcess() == client);
    SeCaptureSubjectContext(&attached);
    // Attaching borrows memory and handles, not the identity.
    EXPECT(attached.PrimaryToken == before.PrimaryToken);
    KeUnstackDetachProcess(&state);
    EXPECT(PsGetCurrentProcess() == client);
    KeAttachProcess((PRKPROCESS)SYSTEM);
    EXPECT(PsGetCurrentProcess() == SYSTEM);
    KeDetachProcess();
    EXPECT(PsGetCurrentProcess() == client);
    SeReleaseSubjectContext(&attached);
    SeReleaseSubjectContext(&before);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\PsQuery");

NTSTATUS
Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        TestClient();
        TestOpen();
        TestServices();
        TestVersion();
        TestAttach();
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(Driver->DeviceObject);
    (void)Finish("ps_query");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\PsQuery");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    IoCreateSymbolicLink(&linkName, &name);
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
