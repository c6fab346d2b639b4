// SPDX-License-Identifier: MIT
// Clears an IRP of its own with a routine of the system after it has freed the IRP: the write is
// the driver's.
//
// Page: NF:wdm.IoFreeIrp
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^PAGE_FAULT_IN_FREED_SPECIAL_POOL$
// Report: parameters.value=^0x1$
// Report: subject=of IRP \d+ .never sent., which is gone, completed or freed by bad_irp_cleared
// Report: driver=^bad_irp_cleared.sys$
// Report: stack.function=^(Use|Break)$
#include "bad.h"

static NTSTATUS
Use(PDEVICE_OBJECT DeviceObject, BOOLEAN Touch)
{
    PIRP irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
    volatile SIZE_T size = sizeof(IRP);

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeIrp(irp);
    if (Touch)
        RtlFillMemory(irp, size, 0);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Use(DeviceObject, FALSE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Use(DeviceObject, TRUE);
}
