// SPDX-License-Identifier: MIT
// Maps an MDL whose pages are not locked.
//
// Page: NF:wdm.MmMapLockedPagesSpecifyCache
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=locked before they are mapped
// Report: driver=^bad_mdl_map_unlocked.sys$
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

    (void)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
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
    PVOID block = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'daBT');
    PMDL mdl = IoAllocateMdl(block, 64, FALSE, FALSE, NULL);

    (void)MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
