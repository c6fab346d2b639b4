// SPDX-License-Identifier: MIT
// Raises an exception that no driver handles.
//
// Page: NF:wdm.ExRaiseStatus
// Page: kernel/handling-exceptions.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_SERVICE_EXCEPTION$
// Report: exception.name=^STATUS_DEVICE_DATA_ERROR$
// Report: driver=^bad_unhandled_raise.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ExRaiseStatus(STATUS_DEVICE_DATA_ERROR);
}
