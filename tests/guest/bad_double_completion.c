// SPDX-License-Identifier: MIT
// Completes an IRP twice: Break does, and so does the dispatch routine that called it.
//
// Page: kernel/completing-irps.md
// Page: NF:wdm.IoCompleteRequest
// Page: debugger/bug-check-0x44--multiple-irp-complete-requests.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^MULTIPLE_IRP_COMPLETE_REQUESTS$
// Report: code=^0x00000044$
// Report: driver=^bad_double_completion.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    (void)CompleteRequest(Irp, STATUS_SUCCESS);
    return BAD_DONE;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    (void)CompleteRequest(Irp, STATUS_SUCCESS);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return BAD_DONE;
}
