// SPDX-License-Identifier: MIT
// Removes from an interlocked queue while it holds the spin lock of the queue.
//
// Page: kernel/setting-up-and-using-interlocked-queues.md
// Page: kernel/preventing-errors-and-deadlocks-while-using-spin-locks.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SPIN_LOCK_ALREADY_OWNED$
// Report: driver=^bad_interlocked_held.sys$
#include "bad.h"

static LIST_ENTRY queue;
static KSPIN_LOCK lock;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    InitializeListHead(&queue);
    KeInitializeSpinLock(&lock);
    return ExInterlockedRemoveHeadList(&queue, &lock) == NULL ? STATUS_SUCCESS
                                                              : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&lock, &irql);
    (void)ExInterlockedRemoveHeadList(&queue, &lock);
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}
