// SPDX-License-Identifier: MIT
// Calls through a pointer to an address where nothing is.
//
// Page: debugger/bug-check-0x50--page-fault-in-nonpaged-area.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^PAGE_FAULT_IN_NONPAGED_AREA$
// Report: driver=^bad_wild_call.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static NTSTATUS(NTAPI *volatile routine)(void) = (NTSTATUS(NTAPI *)(void))0xFFFFF80012345678;

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
    return routine();
}
