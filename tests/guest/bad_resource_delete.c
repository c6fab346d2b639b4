// SPDX-License-Identifier: MIT
// Deletes a resource that is still owned.
//
// Page: NF:wdm.ExDeleteResourceLite
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: driver=^bad_resource_delete.sys$
// Report: rule=released before it is deleted
// Report: stack.function=^Break$
#include "bad.h"

static ERESOURCE resource;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)ExInitializeResourceLite(&resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&resource);
    ExReleaseResourceAndLeaveCriticalRegion(&resource);
    return ExDeleteResourceLite(&resource);
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)ExInitializeResourceLite(&resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&resource);
    (void)ExDeleteResourceLite(&resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}
