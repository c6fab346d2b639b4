// SPDX-License-Identifier: MIT
// A dispatch routine returns at a raised IRQL.
//
// Page: kernel/managing-hardware-priorities.md
// Page: NC:wdm.DRIVER_DISPATCH
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: kind=^bugcheck$
// Report: rule=IRQL
// Report: driver=^bad_irql_left.sys$
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
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    return STATUS_SUCCESS;
}
