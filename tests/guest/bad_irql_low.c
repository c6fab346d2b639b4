// SPDX-License-Identifier: MIT
// Calls KeInsertDeviceQueue, which needs DISPATCH_LEVEL, at PASSIVE_LEVEL.
//
// Page: NF:wdm.KeInsertDeviceQueue
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=KeInsertDeviceQueue must be called at DISPATCH_LEVEL, and was called at PASSI
// Report: irqlName=^PASSIVE_LEVEL$
#include "bad.h"

static KDEVICE_QUEUE queue;
static KDEVICE_QUEUE_ENTRY entry;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeDeviceQueue(&queue);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    (void)KeInsertDeviceQueue(&queue, &entry);
    (void)KeRemoveDeviceQueue(&queue);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeDeviceQueue(&queue);
    (void)KeInsertDeviceQueue(&queue, &entry);
    return STATUS_SUCCESS;
}
