// SPDX-License-Identifier: MIT
// The driver stops the machine itself.
//
// Page: NF:wdm.KeBugCheckEx
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Expect: STOP: 0x000000E2 .0x0*1,0x0*2,0x0*3,0x0*4.
// Report: name=^MANUALLY_INITIATED_CRASH1?$
// Report: code=^0x000000E2$
// Report: parameters.value=^0x4$
// Report: driver=^bad_bugcheck.sys$
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
    UNREFERENCED_PARAMETER(Irp);
    KeBugCheckEx(0xE2, 1, 2, 3, 4);
}
