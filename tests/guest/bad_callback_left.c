// SPDX-License-Identifier: MIT
// Is unloaded and leaves a routine registered with a callback object.
//
// Page: NF:wdm.ExRegisterCallback
// Page: kernel/writing-an-unload-routine.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Status: 4
// Report: kind=^leak$
// Report: leaks.what=^callback$
// Report: leaks.stack.function=^Notify$
// Report: driver=^bad_callback_left.sys$
#include "bad.h"

static PVOID registration;

static CALLBACK_FUNCTION Notify;

static VOID
Notify(PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}

static NTSTATUS
Register(BOOLEAN Unregister)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Callback\\OpenWdmBad");
    OBJECT_ATTRIBUTES attributes;
    PCALLBACK_OBJECT callback;
    NTSTATUS status;

    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    status = ExCreateCallback(&callback, &attributes, TRUE, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    registration = ExRegisterCallback(callback, Notify, NULL);
    if (Unregister)
        ExUnregisterCallback(registration);
    ObDereferenceObject(callback);
    return registration != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Register(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Register(FALSE);
}
