// SPDX-License-Identifier: MIT
// Follows a pointer that was read from freed pool.
//
// Page: kernel/allocating-system-space-memory.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_SERVICE_EXCEPTION$
// Report: subject=no canonical address: what freed pool holds
// Report: driver=^bad_use_after_free.sys$
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
    *(PVOID volatile *)block = (PVOID)&linkName;
    (void)**(volatile UCHAR *volatile *)block;
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
    *(PVOID volatile *)block = (PVOID)&linkName;
    ExFreePoolWithTag((PVOID)block, 'daBT');
    (void)**(volatile UCHAR *volatile *)block;
    return STATUS_SUCCESS;
}
