// SPDX-License-Identifier: MIT
// Returns STATUS_PENDING without having marked the IRP pending: a violation, the machine
// goes on.
//
// Page: NF:wdm.IoMarkIrpPending
// Page: debugger/bug-check-0xc9--driver-verifier-iomanager-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 4
// Report: kind=^violation$
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: driver=^bad_pending.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    (void)CompleteRequest(Irp, STATUS_SUCCESS);
    return STATUS_PENDING;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    (void)CompleteRequest(Irp, STATUS_SUCCESS);
    return STATUS_PENDING;
}
