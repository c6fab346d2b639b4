// SPDX-License-Identifier: MIT
// Writes into freed pool; found when the pool is verified.
//
// Page: debugger/bug-check-0xc6--driver-caught-modifying-freed-pool.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_CAUGHT_MODIFYING_FREED_POOL$
// Report: driver=^bad_write_after_free.sys$
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
    block[8] = 1;
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
    block[8] = 1;
    return STATUS_SUCCESS;
}
