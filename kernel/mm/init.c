/* SPDX-License-Identifier: MIT */
/*
 * Start of mm, and the questions about the system that have no other home. Owns no lock.
 */
#include "mip.h"

#include "rtl/rtl.h"

static PVOID
MiStringPool(SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithTag(PagedPool, NumberOfBytes, Tag);
}

static PVOID
MiNonPagedPool(SIZE_T NumberOfBytes, ULONG Tag)
{
    return ExAllocatePoolWithTag(NonPagedPoolNx, NumberOfBytes, Tag);
}

static VOID
MiFreeStringPool(PVOID Block, ULONG Tag)
{
    ExFreePoolWithTag(Block, Tag);
}

NTSTATUS
MmInitSystem(void)
{
    NTSTATUS status = MiInitPools();
    if (NT_SUCCESS(status))
    {
        status = MiInitTracking();
    }
    if (NT_SUCCESS(status))
    {
        status = MiInitPaging();
    }
    if (NT_SUCCESS(status))
    {
        status = MiInitArenas();
    }
    RtlHooks.AllocatePool = MiStringPool;
    RtlHooks.AllocateNonPagedPool = MiNonPagedPool;
    RtlHooks.FreePool = MiFreeStringPool;
    return status;
}

/* Contract: NF:wdm.MmGetSystemRoutineAddress: names of ntoskrnl and hal. An export that is not
 * implemented is not there, so that a driver takes its other path. */
DDI PVOID
MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    char name[128];
    const ULONG length = SystemRoutineName->Length / sizeof(WCHAR);
    if (length >= sizeof(name))
    {
        return NULL;
    }
    for (ULONG index = 0; index < length; index++)
    {
        const WCHAR c = SystemRoutineName->Buffer[index];
        if (c == 0 || c >= 0x80)
        {
            return NULL;
        }
        name[index] = (char)c;
    }
    name[length] = 0;
    const PKI_EXPORT export = KiFindExport(NULL, name);
    return export == NULL || export->Kind >= KiExportStub ? NULL : (PVOID)KiExportAddress(export);
}

/* Contract: NF:ntddk.MmQuerySystemSize. */
DDI MM_SYSTEMSIZE
MmQuerySystemSize(VOID)
{
    return MmLargeSystem;
}

/* Contract: NF:ntddk.MmIsThisAnNtAsSystem: the presented product is a workstation unless changed.
 */
DDI BOOLEAN
MmIsThisAnNtAsSystem(VOID)
{
    return RtlVersion.ProductType != VER_NT_WORKSTATION;
}
