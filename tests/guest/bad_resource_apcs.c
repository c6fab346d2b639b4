// SPDX-License-Identifier: MIT
// Acquires a resource in an application's thread without disabling kernel APCs.
//
// Page: NF:wdm.ExAcquireResourceExclusiveLite
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Expect: P1 +0x0+37
// Report: driver=^bad_resource_apcs.sys$
// Report: stack.function=^Break$
#include "bad.h"

static ERESOURCE resource;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    (void)ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    return ExDeleteResourceLite(&resource);
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)ExInitializeResourceLite(&resource);
    (void)ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    return ExDeleteResourceLite(&resource);
}
