// SPDX-License-Identifier: MIT
// Releases a spin lock that nobody holds.
//
// Page: NF:wdm.KeReleaseSpinLock
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SPIN_LOCK_NOT_OWNED$
// Report: rule=released that nobody holds
// Report: page=^NF:wdm.KeReleaseSpinLock$
// Report: driver=^bad_spin_not_owned.sys$
#include "bad.h"

static NTSTATUS
Use(ULONG Releases)
{
    static KSPIN_LOCK lock;
    KIRQL irql;

    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &irql);
    for (ULONG i = 1; i < Releases; i++)
        KeReleaseSpinLockFromDpcLevel(&lock);
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(1);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(2);
}
