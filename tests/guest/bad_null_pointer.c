// SPDX-License-Identifier: MIT
// Writes through a NULL pointer in a dispatch routine, with no handler around. The obeying
// one has one.
//
// Page: kernel/handling-exceptions.md
// Page: debugger/bug-check-0x3b--system-service-exception.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_SERVICE_EXCEPTION$
// Report: subject=NULL pointer
// Report: exception.name=^STATUS_ACCESS_VIOLATION$
// Report: driver=^bad_null_pointer.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static volatile LARGE_INTEGER *volatile null;

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
    null->QuadPart = 1;
    return STATUS_SUCCESS;
}
