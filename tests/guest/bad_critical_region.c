// SPDX-License-Identifier: MIT
// Its dispatch routine enters a critical region and returns without leaving it.
//
// Page: kernel/disabling-apcs.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0xC5$
// Report: rule=APC disable count
// Report: page=disabling-apcs
// Report: driver=^bad_critical_region.sys$
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
    KeEnterCriticalRegion();
    return STATUS_SUCCESS;
}
