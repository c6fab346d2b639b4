// SPDX-License-Identifier: MIT
// Frees contiguous memory with another size.
//
// Page: NF:wdm.MmFreeContiguousMemorySpecifyCache
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^BAD_POOL_CALLER$
// Report: rule=size it was allocated with
// Report: driver=^bad_contiguous_size.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS lowest = {.QuadPart = 0}, highest = {.QuadPart = 0xffffffff};
    PVOID memory =
        MmAllocateContiguousMemorySpecifyCache(2 * PAGE_SIZE, lowest, highest, lowest, MmCached);

    MmFreeContiguousMemorySpecifyCache(memory, 2 * PAGE_SIZE, MmCached);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS lowest = {.QuadPart = 0}, highest = {.QuadPart = 0xffffffff};
    PVOID memory =
        MmAllocateContiguousMemorySpecifyCache(2 * PAGE_SIZE, lowest, highest, lowest, MmCached);

    MmFreeContiguousMemorySpecifyCache(memory, PAGE_SIZE, MmCached);
    return STATUS_SUCCESS;
}
