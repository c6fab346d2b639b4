// SPDX-License-Identifier: MIT
// Ends a thread that owns a kernel mutex.
//
// Page: kernel/introduction-to-mutex-objects.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^THREAD_TERMINATE_HELD_MUTEX$
// Report: rule=ended while it owned a kernel mutex
// Report: driver=^bad_mutex_exit.sys$
#include "bad.h"

static KMUTEX mutex;

static KSTART_ROUTINE Thread;

static VOID
Thread(PVOID Context)
{
    (void)KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
    if (!(BOOLEAN)(ULONG_PTR)Context)
        (void)KeReleaseMutex(&mutex, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
RunThread(BOOLEAN Wrong)
{
    HANDLE handle;
    PVOID thread;

    if (!NT_SUCCESS(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Thread,
                                         (PVOID)(ULONG_PTR)Wrong)))
        return;
    (void)ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    ZwClose(handle);
    (void)KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeMutex(&mutex, 0);
    RunThread(FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    RunThread(TRUE);
    return STATUS_SUCCESS;
}
