// SPDX-License-Identifier: MIT
// Allocates paged pool at DISPATCH_LEVEL.
//
// Page: NF:wdm.ExAllocatePool2
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^(DRIVER_VERIFIER_DETECTED_|BAD_POOL_CALLER)
// Report: driver=^bad_irql_pool.sys$
// Report: rule=.
// Report: irql=^2$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PVOID block;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    block = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'daBT');
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;
    PVOID block;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    block = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'daBT');
    KeLowerIrql(irql);
    if (block != NULL)
        ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
