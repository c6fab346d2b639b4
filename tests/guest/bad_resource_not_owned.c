// SPDX-License-Identifier: MIT
// Releases a resource that it has not acquired.
//
// Page: NF:wdm.ExReleaseResourceLite
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^RESOURCE_NOT_OWNED$
// Report: rule=.
// Report: driver=^bad_resource_not_owned.sys$
#include "bad.h"

static NTSTATUS
Use(BOOLEAN Acquire)
{
    static ERESOURCE resource;

    ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    if (Acquire)
        (void)ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    ExDeleteResourceLite(&resource);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(FALSE);
}
