// SPDX-License-Identifier: MIT
// Ends a thread whose stack it locked into memory.
//
// Page: NF:ntifs.KeSetKernelStackSwapEnable
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^KERNEL_STACK_LOCKED_AT_EXIT$
// Report: rule=swapping of its stack was disabled
// Report: driver=^bad_swap_exit.sys$
#include "bad.h"

NTKERNELAPI BOOLEAN KeSetKernelStackSwapEnable(BOOLEAN Enable);

static KSTART_ROUTINE Thread;

static VOID
Thread(PVOID Context)
{
    (void)KeSetKernelStackSwapEnable(FALSE);
    if (!(BOOLEAN)(ULONG_PTR)Context)
        (void)KeSetKernelStackSwapEnable(TRUE);
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
