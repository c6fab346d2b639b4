// SPDX-License-Identifier: MIT
// Frees a block of pool twice.
//
// Page: NF:wdm.ExFreePoolWithTag
// Page: debugger/bug-check-0xc2--bad-pool-caller.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^BAD_POOL_CALLER$
// Report: parameters.value=^0x7$
// Report: driver=^bad_double_free.sys$
// Report: subject=freed block
#include "bad.h"

static volatile PUCHAR block;

static BOOLEAN
Allocate(void)
{
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 40, 'daBT');
    return block != NULL;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!Allocate())
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!Allocate())
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag((PVOID)block, 'daBT');
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}
