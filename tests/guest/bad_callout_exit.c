// SPDX-License-Identifier: MIT
// Ends its thread inside an expanded stack callout.
//
// Page: NF:ntddk.KeExpandKernelStackAndCallout
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^KERNEL_STACK_LOCKED_AT_EXIT$
// Report: rule=inside a routine that KeExpandKernelStackAndCallout calls
// Report: driver=^bad_callout_exit.sys$
#include "bad.h"

static EXPAND_STACK_CALLOUT Callout;

static VOID
Callout(PVOID Parameter)
{
    if ((BOOLEAN)(ULONG_PTR)Parameter)
        PsTerminateSystemThread(STATUS_SUCCESS);
}

static KSTART_ROUTINE Thread;

static VOID
Thread(PVOID Context)
{
    (void)KeExpandKernelStackAndCallout(Callout, Context, 4096);
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
