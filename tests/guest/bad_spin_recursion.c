// SPDX-License-Identifier: MIT
// Acquires a spin lock that it already holds.
//
// Page: kernel/introduction-to-spin-locks.md
// Page: debugger/bug-check-0xf--spin-lock-already-owned.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SPIN_LOCK_ALREADY_OWNED$
// Report: driver=^bad_spin_recursion.sys$
#include "bad.h"

static KSPIN_LOCK lock;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;
    KIRQL again;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeSpinLock(&lock);
    KeAcquireSpinLock(&lock, &irql);
    KeAcquireSpinLock(&lock, &again);
    KeReleaseSpinLock(&lock, again);
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}
