// SPDX-License-Identifier: MIT
// A system thread dies of an exception nobody handles.
//
// Page: NF:wdm.PsCreateSystemThread
// Page: debugger/bug-check-0x7e--system-thread-exception-not-handled.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_THREAD_EXCEPTION_NOT_HANDLED$
// Report: exception.code=^0xC0000005$
// Report: driver=^bad_thread_exception.sys$
// Report: stack.function=^ThreadRoutine$
#include "bad.h"

static volatile BOOLEAN dereference;
static volatile LONG *volatile null;
static KSTART_ROUTINE ThreadRoutine;

static VOID
ThreadRoutine(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (dereference)
        *null = 1;
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
StartThread(void)
{
    HANDLE handle;
    NTSTATUS status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine, NULL);

    if (NT_SUCCESS(status))
    {
        status = WaitForThread(handle);
        ZwClose(handle);
    }
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    dereference = FALSE;
    return StartThread();
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    dereference = TRUE;
    return StartThread();
}
