// SPDX-License-Identifier: MIT
// Uses a reserved mapping with another tag.
//
// Page: NF:wdm.MmMapLockedPagesWithReservedMapping
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_PTE_MISUSE$
// Report: rule=tag it was reserved with
// Report: driver=^bad_reserved_tag.sys$
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

    (void)MmMapLockedPagesWithReservedMapping(reserved, 'rehT', mdl, MmCached);
    MmUnmapReservedMapping(reserved, 'daBT', mdl);
    MmFreeMappingAddress(reserved, 'daBT');
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
