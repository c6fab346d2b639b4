// SPDX-License-Identifier: MIT
// A completion routine returns while it holds a reader/writer spin lock.
//
// Page: devtest/wdm-spinlock.md
// Page: NF:wdm.ExAcquireSpinLockExclusive
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0x40009$
// Report: rule=^a completion routine returned while it held a spin lock that it had acquired
// Report: driver=^bad_spin_held_completion.sys$
// Report: stack.function=^Complete$
#include "bad.h"

static IO_COMPLETION_ROUTINE Complete;
static EX_SPIN_LOCK lock;
static KEVENT done;

static NTSTATUS
Complete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    KIRQL irql = ExAcquireSpinLockExclusive(&lock);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (Context == NULL)
        ExReleaseSpinLockExclusive(&lock, irql);
    else
        KeLowerIrql(irql);
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

// An IRP of its own to its own device, for IRP_MJ_CLOSE.
static NTSTATUS
Send(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PIRP irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_CLOSE;
    IoSetCompletionRoutine(irp, Complete, Context, TRUE, TRUE, TRUE);
    (void)IoCallDriver(DeviceObject, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Send(DeviceObject, NULL);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Send(DeviceObject, &done);
}
