// SPDX-License-Identifier: MIT
// Is unloaded with routines registered: a registry callback, and notifications of threads and of
// images.
//
// Page: NF:wdm.CmRegisterCallback
// Page: NF:ntddk.PsSetCreateThreadNotifyRoutine
// Page: NF:ntddk.PsSetLoadImageNotifyRoutine
// Page: kernel/writing-an-unload-routine.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_notify_left
// Status: 4
// Report: kind=^leak$
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^callback$
// Report: leaks.stack.function=^OnRegistry$
// Report: leaks.stack.function=^OnThread$
// Report: leaks.stack.function=^OnImage$
// Report: driver=^bad_notify_left.sys$
#include "bad.h"

static LARGE_INTEGER cookie;
static EX_CALLBACK_FUNCTION OnRegistry;

static NTSTATUS NTAPI
OnRegistry(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(CallbackContext);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    return STATUS_SUCCESS;
}

static VOID NTAPI
OnThread(HANDLE ProcessId, HANDLE ThreadId, BOOLEAN Create)
{
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(ThreadId);
    UNREFERENCED_PARAMETER(Create);
}

static VOID NTAPI
OnImage(PUNICODE_STRING FullImageName, HANDLE ProcessId, PIMAGE_INFO ImageInfo)
{
    UNREFERENCED_PARAMETER(FullImageName);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(ImageInfo);
}

static NTSTATUS
Register(void)
{
    NTSTATUS status = CmRegisterCallback(OnRegistry, NULL, &cookie);

    if (NT_SUCCESS(status))
        status = PsSetCreateThreadNotifyRoutine(OnThread);
    if (NT_SUCCESS(status))
        status = PsSetLoadImageNotifyRoutine(OnImage);
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = Register();

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (NT_SUCCESS(status))
        status = CmUnRegisterCallback(cookie);
    if (NT_SUCCESS(status))
        status = PsRemoveCreateThreadNotifyRoutine(OnThread);
    if (NT_SUCCESS(status))
        status = PsRemoveLoadImageNotifyRoutine(OnImage);
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Register();
}
