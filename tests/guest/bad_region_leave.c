// SPDX-License-Identifier: MIT
// Leaves a critical region that it never entered.
//
// Page: NF:ntddk.KeLeaveCriticalRegion
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^APC_INDEX_MISMATCH$
// Report: rule=without a matching KeEnterCriticalRegion
// Report: driver=^bad_region_leave.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}
