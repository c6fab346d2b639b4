// SPDX-License-Identifier: MIT
// Writes before the start of a block of pool.
//
// Page: debugger/bug-check-0x19--bad-pool-header.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^(BAD_POOL_HEADER|SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION)$
// Report: page=^debugger/bug-check
// Report: driver=^bad_underrun.sys$
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
    block[0] = 1;
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
    block[-1] = 1;
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}
