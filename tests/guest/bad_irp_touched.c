// SPDX-License-Identifier: MIT
// Reads the status of an IRP that it has completed: the IRP is gone.
//
// Page: NF:wdm.IoCompleteRequest
// Page: debugger/bug-check-0xcc--page-fault-in-freed-special-pool.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^PAGE_FAULT_IN_FREED_SPECIAL_POOL$
// Report: rule=an IRP was touched after it had been completed
// Report: subject=IoStatus.Status of IRP \d+ .DEVICE_CONTROL., which is gone, completed or freed by bad_irp_touched
// Report: driver=^bad_irp_touched.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
// Report: page=^NF:wdm.IoCompleteRequest$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(DeviceObject);
    (void)CompleteRequest(Irp, status);
    return BAD_DONE;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return *(volatile NTSTATUS *)&Irp->IoStatus.Status == STATUS_SUCCESS ? BAD_DONE
                                                                         : STATUS_UNSUCCESSFUL;
}
