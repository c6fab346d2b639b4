// SPDX-License-Identifier: MIT
// Passes a resource on to an owner pointer whose two lowest bits are not set.
//
// Page: NF:wdm.ExSetResourceOwnerPointer
// Page: debugger/bug-check-0x132--resource-owner-pointer-invalid.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^RESOURCE_OWNER_POINTER_INVALID$
// Report: driver=^bad_resource_owner.sys$
// Report: stack.function=^PassOn$
#include "bad.h"

static ERESOURCE resource;
static ERESOURCE_THREAD owner;

static NOINLINE NTSTATUS
PassOn(PVOID Pointer)
{
    (void)ExInitializeResourceLite(&resource);
    KeEnterCriticalRegion();
    (void)ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExSetResourceOwnerPointer(&resource, Pointer);
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)Pointer);
    KeLeaveCriticalRegion();
    return ExDeleteResourceLite(&resource);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return PassOn((PVOID)((ULONG_PTR)&owner | 3));
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return PassOn(&owner);
}
