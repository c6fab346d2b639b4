// SPDX-License-Identifier: MIT
// Notifications of processes, threads and images, with processes that the script starts and ends,
// and one whose creation is refused. Linked with /INTEGRITYCHECK (tests/guest/options.cmake).
// Page: NF:ntddk.PsSetCreateProcessNotifyRoutine, NF:ntddk.PsSetCreateProcessNotifyRoutineEx
// Page: NF:ntddk.PsSetCreateProcessNotifyRoutineEx2, NF:ntddk.PsSetCreateThreadNotifyRoutine
// Page: NF:ntddk.PsSetCreateThreadNotifyRoutineEx, NF:ntddk.PsRemoveCreateThreadNotifyRoutine
// Page: NF:ntddk.PsSetLoadImageNotifyRoutine, NF:ntddk.PsSetLoadImageNotifyRoutineEx
// Page: NF:ntddk.PsRemoveLoadImageNotifyRoutine, NC:ntddk.PCREATE_PROCESS_NOTIFY_ROUTINE
// Page: NC:ntddk.PCREATE_PROCESS_NOTIFY_ROUTINE_EX, NC:ntddk.PCREATE_THREAD_NOTIFY_ROUTINE
// Page: NC:ntddk.PLOAD_IMAGE_NOTIFY_ROUTINE, NS:ntddk._PS_CREATE_NOTIFY_INFO
// Run: process start child.exe user
// Run: process exit 5
// Expect: process: child.exe created by its parent's thread
// Expect: plain: created
// Expect: new thread in its own process, id known
// Expect: process: ended with 5
// Expect: plain: ended
// Expect: ps_notify: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

static HANDLE child;
static ULONG threadsCreated, threadsEnded, images;

static BOOLEAN
EndsWith(PCUNICODE_STRING Text, PCWSTR End)
{
    UNICODE_STRING end, tail;

    RtlInitUnicodeString(&end, End);
    if (Text->Length < end.Length)
        return FALSE;
    tail.Buffer = Text->Buffer + (Text->Length - end.Length) / sizeof(WCHAR);
    tail.Length = tail.MaximumLength = end.Length;
    return RtlEqualUnicodeString(&tail, &end, TRUE);
}

static VOID NTAPI
OnProcessEx(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo)
{
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(KeAreApcsDisabled());
    EXPECT(PsGetProcessId(Process) == ProcessId);
    if (CreateInfo == NULL)
    {
        // In the context of the last thread of the process.
        EXPECT(PsGetCurrentProcess() == Process);
        EXPECT(ProcessId == child);
        EXPECT_EQ(PsGetProcessExitStatus(Process), 5);
        EXPECT(PsGetProcessExitTime().QuadPart != 0);
        DbgPrint("process: ended with %d\n", PsGetProcessExitStatus(Process));
        return;
    }
    child = ProcessId;
    EXPECT_EQ(CreateInfo->Size, sizeof(PS_CREATE_NOTIFY_INFO));
    EXPECT(CreateInfo->ParentProcessId == PsGetCurrentProcessId());
    EXPECT(CreateInfo->CreatingThreadId.UniqueThread == PsGetCurrentThreadId());
    EXPECT(CreateInfo->FileOpenNameAvailable);
    EXPECT(EndsWith(CreateInfo->ImageFileName, L"\\child.exe"));
    EXPECT_EQ(CreateInfo->CreationStatus, STATUS_SUCCESS);
    EXPECT_EQ(PsGetProcessExitStatus(Process), STATUS_PENDING);
    DbgPrint("process: child.exe created by its parent's thread\n");
}

static VOID NTAPI
OnProcess(HANDLE ParentId, HANDLE ProcessId, BOOLEAN Create)
{
    EXPECT(ProcessId == child);
    EXPECT(ParentId != ProcessId);
    DbgPrint("plain: %s\n", Create ? "created" : "ended");
}

static VOID NTAPI
OnThread(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create)
{
    PETHREAD thread;

    EXPECT_EQ(PsLookupThreadByThreadId(ThreadId, &thread), STATUS_SUCCESS);
    EXPECT(PsGetThreadProcessId(thread) == ProcessId);
    ObDereferenceObject(thread);
    if (!Create)
        EXPECT(PsGetCurrentThreadId() == ThreadId);
    threadsCreated += Create;
    threadsEnded += !Create;
}

static VOID NTAPI
OnNewThread(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create)
{
    if (!Create)
        return;
    EXPECT(PsGetCurrentThreadId() == ThreadId);
    EXPECT(PsGetCurrentProcessId() == ProcessId);
    DbgPrint("new thread in its own process, id known\n");
}

static VOID NTAPI
OnImage(PUNICODE_STRING FullImageName, HANDLE ProcessId, PIMAGE_INFO ImageInfo)
{
    UNREFERENCED_PARAMETER(FullImageName);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(ImageInfo);
    images++;
}

static VOID
ShortThread(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestSystemThread(void)
{
    ULONG created = threadsCreated, ended = threadsEnded;

    // System threads are reported by the routine for all threads.
    JoinThread(StartThread(ShortThread, NULL));
    EXPECT_EQ(threadsCreated - created, 1);
    EXPECT_EQ(threadsEnded - ended, 1);
}

static void
TestRegistration(void)
{
    EXPECT_EQ(PsSetCreateProcessNotifyRoutine(OnProcess, TRUE), STATUS_PROCEDURE_NOT_FOUND);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx(OnProcessEx, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx(OnProcessEx, FALSE), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutine(OnProcess, FALSE), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                 (PVOID)OnProcessEx, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx2(PsCreateProcessNotifySubsystems,
                                                 (PVOID)OnProcessEx, TRUE),
              STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveCreateThreadNotifyRoutine(OnThread), STATUS_PROCEDURE_NOT_FOUND);
    EXPECT_EQ(PsSetCreateThreadNotifyRoutine(OnThread), STATUS_SUCCESS);
    EXPECT_EQ(PsSetCreateThreadNotifyRoutineEx(PsCreateThreadNotifyNonSystem, (PVOID)OnNewThread),
              STATUS_SUCCESS);
    EXPECT_EQ(PsSetLoadImageNotifyRoutine(OnImage), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveLoadImageNotifyRoutine(OnImage), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveLoadImageNotifyRoutine(OnImage), STATUS_PROCEDURE_NOT_FOUND);
    EXPECT_EQ(PsSetLoadImageNotifyRoutineEx(OnImage, 0x10), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(PsSetLoadImageNotifyRoutineEx(OnImage, PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE),
              STATUS_SUCCESS);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    EXPECT(threadsCreated >= 2 && threadsEnded >= 2);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx(OnProcessEx, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutine(OnProcess, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveCreateThreadNotifyRoutine(OnThread), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveCreateThreadNotifyRoutine(OnNewThread), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveLoadImageNotifyRoutine(OnImage), STATUS_SUCCESS);
    (void)Finish("ps_notify");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    TestRegistration();
    TestSystemThread();
    return STATUS_SUCCESS;
}
