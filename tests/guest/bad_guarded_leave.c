// SPDX-License-Identifier: MIT
// Leaves a guarded region that it never entered.
//
// Page: NF:wdm.KeLeaveGuardedRegion
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^APC_INDEX_MISMATCH$
// Report: rule=without a matching KeEnterGuardedRegion
// Report: driver=^bad_guarded_leave.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeEnterGuardedRegion();
    KeLeaveGuardedRegion();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeLeaveGuardedRegion();
    return STATUS_SUCCESS;
}
