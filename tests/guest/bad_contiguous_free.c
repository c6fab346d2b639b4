// SPDX-License-Identifier: MIT
// Frees contiguous memory by an address in its middle.
//
// Page: NF:wdm.MmFreeContiguousMemory
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^BAD_POOL_CALLER$
// Report: rule=MmAllocateContiguousMemory returned
// Report: driver=^bad_contiguous_free.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff};
    PUCHAR memory = MmAllocateContiguousMemory(2 * PAGE_SIZE, highest);

    MmFreeContiguousMemory(memory);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS highest = {.QuadPart = 0xffffffff};
    PUCHAR memory = MmAllocateContiguousMemory(2 * PAGE_SIZE, highest);

    MmFreeContiguousMemory(memory + PAGE_SIZE);
    return STATUS_SUCCESS;
}
