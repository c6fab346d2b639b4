// SPDX-License-Identifier: MIT
// Dereferences an object once more often than it has referenced it.
//
// Page: NF:wdm.ObDereferenceObject
// Page: debugger/bug-check-0x18--reference-by-pointer.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^REFERENCE_BY_POINTER$
// Report: rule=dereferenced
// Report: driver=^bad_object_dereference.sys$
#include "bad.h"

static NTSTATUS
Use(ULONG Dereferences)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\BadEvent");
    HANDLE handle;
    PKEVENT event = IoCreateNotificationEvent(&name, &handle);

    if (event == NULL)
        return STATUS_UNSUCCESSFUL;
    ObReferenceObject(event);
    for (ULONG i = 0; i < Dereferences; i++)
        ObDereferenceObject(event);
    (void)ZwClose(handle);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(1);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(2);
}
