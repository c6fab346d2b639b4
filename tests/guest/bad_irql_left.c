// SPDX-License-Identifier: MIT
// A dispatch routine returns at a raised IRQL.
//
// Page: kernel/managing-hardware-priorities.md
// Page: NC:wdm.DRIVER_DISPATCH
// Page: kernel/dispatch-routines-and-irqls.md
// Page: debugger/bug-check-0xc9--driver-verifier-iomanager-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: kind=^bugcheck$
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: parameters.value=^0x5$
// Report: rule=dispatch routine returned at another IRQL
// Report: page=dispatch-routines-and-irqls
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
