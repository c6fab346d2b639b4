// SPDX-License-Identifier: MIT
// Unlocks the pages of an MDL twice.
//
// Page: NF:wdm.MmUnlockPages
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0x7C$
// Report: rule=unlock
// Report: driver=^bad_mdl_unlocked_twice.sys$
#include "bad.h"

static NTSTATUS
Use(ULONG Unlocks, ULONG Frees)
{
    PVOID pool = ExAllocatePool2(POOL_FLAG_PAGED, 5000, 'daBT');
    PMDL mdl = IoAllocateMdl(pool, 5000, FALSE, FALSE, NULL);

    MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
    for (ULONG i = 0; i < Unlocks; i++)
        MmUnlockPages(mdl);
    for (ULONG i = 0; i < Frees; i++)
        IoFreeMdl(mdl);
    ExFreePoolWithTag(pool, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(1, 1);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(2, 1);
}
