// SPDX-License-Identifier: MIT
// Passes an IRP on that has no stack location left.
//
// Page: NF:wdm.IofCallDriver
// Page: debugger/bug-check-0x35--no-more-irp-stack-locations.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^NO_MORE_IRP_STACK_LOCATIONS$
// Report: driver=^bad_stack_locations.sys$
// Report: parameters.value=0x
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIRP irp;

    UNREFERENCED_PARAMETER(Irp);
    irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return IoCallDriver(DeviceObject, Irp);
}
