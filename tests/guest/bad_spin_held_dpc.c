// SPDX-License-Identifier: MIT
// A DPC routine returns while it holds a queued spin lock.
//
// Page: devtest/wdm-spinlock.md
// Page: NF:wdm.KeAcquireInStackQueuedSpinLockAtDpcLevel
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0x40009$
// Report: rule=^a DPC routine returned while it held a spin lock that it had acquired
// Report: driver=^bad_spin_held_dpc.sys$
// Report: stack.function=^DpcRoutine$
#include "bad.h"

static KDEFERRED_ROUTINE DpcRoutine;
static KSPIN_LOCK lock;
static KLOCK_QUEUE_HANDLE handle;
static KDPC dpc;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    if (Argument1 == NULL)
        KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
}

static NTSTATUS
QueueDpc(PVOID Argument)
{
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    if (!KeInsertQueueDpc(&dpc, Argument, NULL))
        return STATUS_UNSUCCESSFUL;
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return QueueDpc(NULL);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return QueueDpc(&dpc);
}
