// SPDX-License-Identifier: MIT
// A system thread ends and still owns a mutex.
//
// Page: debugger/bug-check-0x4000008a--thread-terminate-held-mutex.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^THREAD_TERMINATE_HELD_MUTEX$
// Report: rule=mutex
// Report: driver=^bad_mutex_thread_ends.sys$
#include "bad.h"

static KMUTEX mutex;
static BOOLEAN release;

static KSTART_ROUTINE ThreadRoutine;

static VOID
ThreadRoutine(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    (void)KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
    if (release)
        (void)KeReleaseMutex(&mutex, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS
Run(BOOLEAN Release)
{
    HANDLE handle;
    PVOID thread;

    KeInitializeMutex(&mutex, 0);
    release = Release;
    (void)PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine, NULL);
    (void)ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    (void)ZwClose(handle);
    (void)KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Run(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Run(FALSE);
}
