// SPDX-License-Identifier: MIT
// A registry callback that unregisters itself while it runs.
//
// Page: NF:wdm.CmUnRegisterCallback
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: driver=^bad_registry_callback.sys$
// Report: stack.function=^Callback$
#include "bad.h"

static LARGE_INTEGER cookie;
static EX_CALLBACK_FUNCTION Callback;

static NTSTATUS NTAPI
Callback(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (CallbackContext != NULL)
        (void)CmUnRegisterCallback(cookie);
    return STATUS_SUCCESS;
}

static NTSTATUS
Register(PVOID Context)
{
    NTSTATUS status = CmRegisterCallback(Callback, Context, &cookie);

    if (!NT_SUCCESS(status))
        return status;
    (void)RtlCheckRegistryKey(RTL_REGISTRY_CONTROL, L"Session Manager");
    return CmUnRegisterCallback(cookie);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Register(NULL);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Register(&cookie);
}
