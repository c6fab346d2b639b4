// SPDX-License-Identifier: MIT
// A dispatch routine acquires a spin lock, lowers the IRQL by hand and returns with the lock held.
// The obeying request holds two and releases them in either order.
//
// Page: devtest/wdm-spinlock.md
// Page: NF:wdm.KeAcquireSpinLock
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0x40009$
// Report: rule=^a dispatch routine returned while it held a spin lock that it had acquired
// Report: driver=^bad_spin_held_dispatch.sys$
// Report: stack.function=^BadDeviceControl$
// Report: page=^devtest/wdm-spinlock.md$
#include "bad.h"

static KSPIN_LOCK first;
static KSPIN_LOCK second;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&first, &irql);
    KeAcquireSpinLockAtDpcLevel(&second);
    KeReleaseSpinLockFromDpcLevel(&first);
    KeReleaseSpinLock(&second, irql);
    KeAcquireSpinLock(&first, &irql);
    KeAcquireSpinLockAtDpcLevel(&second);
    KeReleaseSpinLockFromDpcLevel(&second);
    KeReleaseSpinLock(&first, irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&first, &irql);
    KeAcquireSpinLockAtDpcLevel(&second);
    KeReleaseSpinLockFromDpcLevel(&first);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
