// SPDX-License-Identifier: MIT
// Writes through a mapping that was made with MdlMappingNoWrite.
//
// Page: NF:wdm.MmGetSystemAddressForMdlSafe
// Page: kernel/accessing-read-only-system-memory.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_WRITE_TO_READONLY_MEMORY$
// Report: subject=mapping of an MDL
// Report: driver=^bad_mdl_no_write.sys$
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

    mapped[1] = 1;
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
    volatile UCHAR *mapped =
        MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoWrite);

    mapped[1] = 1;
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    ExFreePoolWithTag(block, 'daBT');
    return STATUS_SUCCESS;
}
