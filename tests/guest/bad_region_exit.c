// SPDX-License-Identifier: MIT
// Ends a thread inside a critical region.
//
// Page: debugger/bug-check-0x20--kernel-apc-pending-during-exit.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^KERNEL_APC_PENDING_DURING_EXIT$
// Report: rule=critical or guarded region that it never left
// Report: driver=^bad_region_exit.sys$
#include "bad.h"

static KSTART_ROUTINE Thread;

static VOID
Thread(PVOID Context)
{
    KeEnterCriticalRegion();
    if (!(BOOLEAN)(ULONG_PTR)Context)
        KeLeaveCriticalRegion();
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
