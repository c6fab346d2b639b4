// SPDX-License-Identifier: MIT
// Reads an address of the system range where nothing is.
//
// Page: debugger/bug-check-0x50--page-fault-in-nonpaged-area.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^PAGE_FAULT_IN_NONPAGED_AREA$
// Report: parameters.value=^0xFFFFF80012345678$
// Report: driver=^bad_system_address.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static volatile LONG *volatile nowhere = (volatile LONG *)0xFFFFF80012345678;

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
    return *nowhere == 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
