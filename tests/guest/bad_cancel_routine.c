// SPDX-License-Identifier: MIT
// Completes an IRP whose cancel routine is still set.
//
// Page: kernel/completing-irps.md
// Page: NF:wdm.IoSetCancelRoutine
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: driver=^bad_cancel_routine.sys$
// Report: rule=[Cc]ancel
#include "bad.h"

static DRIVER_CANCEL CancelRoutine;

static VOID
CancelRoutine(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    (void)CompleteRequest(Irp, STATUS_CANCELLED);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    (void)IoSetCancelRoutine(Irp, CancelRoutine);
    (void)IoSetCancelRoutine(Irp, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    (void)IoSetCancelRoutine(Irp, CancelRoutine);
    return STATUS_SUCCESS;
}
