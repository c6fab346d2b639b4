// SPDX-License-Identifier: MIT
// Touches paged pool at DISPATCH_LEVEL: on Windows it crashes on the day it is paged out.
//
// Page: kernel/managing-hardware-priorities.md
// Page: debugger/bug-check-0xd1--driver-irql-not-less-or-equal.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_IRQL_NOT_LESS_OR_EQUAL$
// Report: subject=live block of paged pool.*TBad.*allocated by bad_paged_data
// Report: driver=^bad_paged_data.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
// Report: irql=^2$
#include "bad.h"

static volatile LONG *
PagedBlock(void)
{
    return ExAllocatePool2(POOL_FLAG_PAGED, sizeof(LONG), 'daBT');
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    volatile LONG *block = PagedBlock();
    KIRQL irql = PASSIVE_LEVEL;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(APC_LEVEL, &irql);
    *block += 1;
    KeLowerIrql(irql);
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    volatile LONG *block = PagedBlock();
    KIRQL irql = PASSIVE_LEVEL;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (block == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    *block += 1;
    KeLowerIrql(irql);
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}
