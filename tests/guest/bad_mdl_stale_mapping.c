// SPDX-License-Identifier: MIT
// Writes through the system address of an MDL after it was unlocked.
//
// Page: NF:wdm.MmUnlockPages
// Page: kernel/using-mdls.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^PAGE_FAULT_IN_NONPAGED_AREA$
// Report: subject=mapping that was taken away
// Report: driver=^bad_mdl_stale_mapping.sys$
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
    volatile UCHAR *mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

    mapped[PAGE_SIZE] = 1;
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
    volatile UCHAR *mapped = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

    MmUnlockPages(mdl);
    mapped[PAGE_SIZE] = 1;
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
