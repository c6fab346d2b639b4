// SPDX-License-Identifier: MIT
// Frees a reserved mapping that holds an MDL.
//
// Page: NF:wdm.MmFreeMappingAddress
// Page: NF:wdm.MmUnmapReservedMapping
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_PTE_MISUSE$
// Report: rule=unmapped before it is freed
// Report: driver=^bad_reserved_mapping.sys$
#include "bad.h"

// Paged pool, locked.
static PMDL
Lock(PVOID *Block)
{
    PMDL mdl;

    *Block = ExAllocatePool2(POOL_FLAG_PAGED, 2 * PAGE_SIZE, 'daBT');
    mdl = IoAllocateMdl(*Block, 2 * PAGE_SIZE, FALSE, FALSE, NULL);
    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    return mdl;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PVOID block;
    PMDL mdl = Lock(&block);
    PVOID reserved = MmAllocateMappingAddress(2 * PAGE_SIZE, 'daBT');

    (void)MmMapLockedPagesWithReservedMapping(reserved, 'daBT', mdl, MmCached);
    MmUnmapReservedMapping(reserved, 'daBT', mdl);
    MmFreeMappingAddress(reserved, 'daBT');
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PVOID block;
    PMDL mdl = Lock(&block);
    PVOID reserved = MmAllocateMappingAddress(2 * PAGE_SIZE, 'daBT');

    (void)MmMapLockedPagesWithReservedMapping(reserved, 'daBT', mdl, MmCached);
    MmFreeMappingAddress(reserved, 'daBT');
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
