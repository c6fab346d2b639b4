// SPDX-License-Identifier: MIT
// Unloads while a thread of it sleeps; the thread wakes where no code is.
//
// Page: NF:wdm.PsCreateSystemThread
// Page: debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_thread_unloaded
// Run: sleep 200ms
// Status: 3
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^thread$
// Report: stack.unloaded=True
// Report: stack.function=^ThreadRoutine$
#include "bad.h"

static KSTART_ROUTINE ThreadRoutine;

static VOID
ThreadRoutine(PVOID Context)
{
    LARGE_INTEGER delay;

    UNREFERENCED_PARAMETER(Context);
    delay.QuadPart = -1000000;
    (void)KeDelayExecutionThread(KernelMode, FALSE, &delay);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS
WaitForThread(HANDLE Handle)
{
    PVOID thread;
    NTSTATUS status =
        ObReferenceObjectByHandle(Handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);

    if (!NT_SUCCESS(status))
        return status;
    (void)KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    return STATUS_SUCCESS;
}

static NTSTATUS
StartThread(BOOLEAN Wait)
{
    HANDLE handle;
    NTSTATUS status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine, NULL);

    if (!NT_SUCCESS(status))
        return status;
    if (Wait)
        (void)WaitForThread(handle);
    return ZwClose(handle);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return StartThread(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return StartThread(FALSE);
}
