// SPDX-License-Identifier: MIT
// Releases a queued spin lock as if it were an ordinary one.
//
// Page: kernel/queued-spin-locks.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SPIN_LOCK_NOT_OWNED$
// Report: rule=released as an ordinary one
// Report: driver=^bad_queued_mixed.sys$
#include "bad.h"

static KSPIN_LOCK lock;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KLOCK_QUEUE_HANDLE handle;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    KeReleaseSpinLock(&lock, handle.OldIrql);
    return STATUS_SUCCESS;
}
