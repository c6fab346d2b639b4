// SPDX-License-Identifier: MIT
// Frees an IRP of its own twice.
//
// Page: NF:wdm.IoFreeIrp
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: rule=IoFreeIrp was given something that is not an IRP, or one that is freed
// Report: page=^NF:wdm.IoFreeIrp$
// Report: driver=^bad_irp_freed_twice.sys$
#include "bad.h"

static NTSTATUS
Use(PDEVICE_OBJECT Device, ULONG Frees)
{
    PIRP irp = IoAllocateIrp(Device->StackSize, FALSE);

    for (ULONG i = 0; irp != NULL && i < Frees; i++)
        IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Use(DeviceObject, 1);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Use(DeviceObject, 2);
}
