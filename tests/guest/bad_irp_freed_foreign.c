// SPDX-License-Identifier: MIT
// Frees an IRP that the I/O manager made and frees.
//
// Page: NF:wdm.IoFreeIrp
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: rule=IoFreeIrp was given an IRP that
// Report: irp=DEVICE_CONTROL
// Report: driver=^bad_irp_freed_foreign.sys$
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
    IoFreeIrp(Irp);
    return BAD_DONE;
}
