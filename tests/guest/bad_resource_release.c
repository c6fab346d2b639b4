// SPDX-License-Identifier: MIT
// Releases a resource that this thread does not own.
//
// Page: NF:wdm.ExReleaseResourceLite
// Page: debugger/bug-check-0xe3--resource-not-owned.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^RESOURCE_NOT_OWNED$
// Report: code=^0x000000E3$
// Report: driver=^bad_resource_release.sys$
// Report: stack.function=^Break$
#define BAD_SETUP() ((void)ExInitializeResourceLite(&resource))
#define BAD_CLEANUP()                          \
    do                                         \
    {                                          \
        (void)ExDeleteResourceLite(&resource); \
        IoDeleteSymbolicLink(&linkName);       \
        IoDeleteDevice(Driver->DeviceObject);  \
    } while (0)
#include <ntddk.h>

static ERESOURCE resource;

#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeEnterCriticalRegion();
    (void)ExAcquireResourceSharedLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeEnterCriticalRegion();
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}
