/* SPDX-License-Identifier: MIT */
/*
 * MDLs: advancing, reserved mappings, protection of mappings, mapping for the time of a callback,
 * locking of several pieces. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_PAGE_RESERVED "NF:wdm.MmMapLockedPagesWithReservedMapping"

/* ---- reserved mappings -------------------------------------------------------------------- */

/* Contract: NF:wdm.MmAllocateMappingAddress. */
DDI PVOID
MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    return MmAllocateMappingAddressEx(NumberOfBytes, PoolTag, 0);
}

/* Contract: NF:wdm.MmAllocateMappingAddressEx. No flag is documented. */
DDI PVOID
MmAllocateMappingAddressEx(SIZE_T NumberOfBytes, ULONG PoolTag, ULONG Flags)
{
    const ULONG64 pages = MiRoundUp(NumberOfBytes, HOST_PAGE_SIZE) / HOST_PAGE_SIZE;
    if (NumberOfBytes == 0)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, 0x100, 0, PoolTag, (ULONG64)KiCallerAddress(),
                           "a reserved mapping has at least one page",
                           "NF:wdm.MmAllocateMappingAddress", NULL, NULL);
    }
    if (Flags != 0 || MmIsFaultInjected(NumberOfBytes, PoolTag))
    {
        return NULL;
    }
    PMI_SYSTEM_RANGE range = MiReserveSystem(pages, MiSystemReserved, FALSE);
    if (range == NULL)
    {
        return NULL;
    }
    range->Tag = PoolTag;
    return (PVOID)range->Start;
}

/* What bug check SYSTEM_PTE_MISUSE calls the two mistakes that each routine can be called with. */
typedef struct _MI_MISUSE
{
    ULONG Address, Owner;
    const char *Page;
} MI_MISUSE;

static const MI_MISUSE MiMisusedFree = {0x102, 0x101, "NF:wdm.MmFreeMappingAddress"};
static const MI_MISUSE MiMisusedMap = {0x105, 0x104, MI_PAGE_RESERVED};
static const MI_MISUSE MiMisusedUnmap = {0x109, 0x108, "NF:wdm.MmUnmapReservedMapping"};

/* The reserved range that starts at Address and has the tag. */
static PMI_SYSTEM_RANGE
MiReservedRange(PVOID Address, ULONG PoolTag, const MI_MISUSE *Misuse)
{
    PMI_SYSTEM_RANGE range = MiFindSystem((ULONG64)Address);
    if (range == NULL || range->Kind != MiSystemReserved || range->Start != (ULONG64)Address)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, Misuse->Address, (ULONG64)Address, PoolTag, 0,
                           "only an address that MmAllocateMappingAddress returned is a reserved "
                           "mapping",
                           Misuse->Page, NULL, NULL);
    }
    if (range->Tag != PoolTag)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, Misuse->Owner, (ULONG64)Address, PoolTag, range->Tag,
                           "a reserved mapping is used with the tag it was reserved with",
                           Misuse->Page, NULL, NULL);
    }
    return range;
}

/* Contract: NF:wdm.MmFreeMappingAddress. */
DDI VOID
MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    PMI_SYSTEM_RANGE range = MiReservedRange(BaseAddress, PoolTag, &MiMisusedFree);
    if (range->MappedPages != 0)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, 0x103, (ULONG64)BaseAddress, PoolTag,
                           range->MappedPages, "a reserved mapping is unmapped before it is freed",
                           MiMisusedFree.Page, NULL, NULL);
    }
    MiReleaseSystem(range);
}

/* Contract: NF:wdm.MmMapLockedPagesWithReservedMapping. MappedSystemVa has the byte offset, as the
 * macros of wdm.h want it. */
DDI PVOID
MmMapLockedPagesWithReservedMapping(PVOID MappingAddress,
                                    ULONG PoolTag,
                                    PMDL MemoryDescriptorList,
                                    MEMORY_CACHING_TYPE CacheType)
{
    PMDL mdl = MemoryDescriptorList;
    PMI_SYSTEM_RANGE range = MiReservedRange(MappingAddress, PoolTag, &MiMisusedMap);
    const ULONG64 pages = MiPagesOfMdl(mdl);
    MiCheckMappable(mdl, KernelMode);
    if (range->MappedPages != 0)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, 0x107, (ULONG64)MappingAddress, range->Start,
                           range->Start + (range->Pages - 1) * HOST_PAGE_SIZE,
                           "a reserved mapping holds one MDL at a time; MmUnmapReservedMapping "
                           "comes first",
                           MI_PAGE_RESERVED, NULL, NULL);
    }
    if (pages == 0 || pages > range->Pages || (ULONG)CacheType >= MmMaximumCacheType ||
        !MiMapSystem(range, MmGetMdlPfnArray(mdl), pages, HOST_PROT_RW))
    {
        return NULL;
    }
    range->Mdl = mdl;
    mdl->MappedSystemVa = (PUCHAR)MappingAddress + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if (mdl->MdlFlags & MDL_PARTIAL)
    {
        mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
    }
    return mdl->MappedSystemVa;
}

/* Contract: NF:wdm.MmUnmapReservedMapping. */
DDI VOID
MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL MemoryDescriptorList)
{
    PMI_SYSTEM_RANGE range = MiReservedRange(BaseAddress, PoolTag, &MiMisusedUnmap);
    if (range->MappedPages == 0 || range->Mdl != MemoryDescriptorList)
    {
        KiBugCheckWithRule(SYSTEM_PTE_MISUSE, range->MappedPages == 0 ? 0x109 : 0x10C,
                           (ULONG64)BaseAddress, PoolTag, MiPagesOfMdl(MemoryDescriptorList),
                           "a reserved mapping is unmapped once, with the MDL that it holds",
                           MiMisusedUnmap.Page, NULL, NULL);
    }
    MiUnmapSystem(range);
    range->Mdl = NULL;
    MemoryDescriptorList->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    MemoryDescriptorList->MappedSystemVa = NULL;
}

/* ---- mappings ----------------------------------------------------------------------------- */

/* HOST_PROT_ bits of a protection that a mapping can have. */
static BOOLEAN
MiSystemProtection(ULONG Protect, int *Protection)
{
    UCHAR pte;
    if ((Protect & PAGE_GUARD) || !MiPteOfProtect(Protect, FALSE, &pte))
    {
        return FALSE;
    }
    *Protection = pte & (HOST_PROT_RW | HOST_PROT_EXECUTE);
    return TRUE;
}

/* Contract: NF:wdm.MmProtectMdlSystemAddress. */
DDI NTSTATUS
MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    int protection;
    if (!MiSystemProtection(NewProtect, &protection))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (!(MemoryDescriptorList->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA))
    {
        return STATUS_NOT_MAPPED_VIEW;
    }
    PMI_SYSTEM_RANGE range = MiFindSystem((ULONG64)MemoryDescriptorList->MappedSystemVa);
    if (range == NULL || range->MappedPages == 0)
    {
        return STATUS_NOT_SUPPORTED; /* the pages of an image or a stack have one mapping only */
    }
    if (!MiProtectSystem(range, protection))
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.MmMapMdl: maps if needed, calls, and takes away what it mapped. */
DDI NTSTATUS
MmMapMdl(PMDL MemoryDescriptorList,
         ULONG Protection,
         PMM_MDL_ROUTINE DriverRoutine,
         PVOID DriverContext)
{
    PMDL mdl = MemoryDescriptorList;
    int protection;
    if (DriverRoutine == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (!MiSystemProtection(Protection, &protection))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
    {
        DriverRoutine(DriverContext, mdl->MappedSystemVa);
        return STATUS_SUCCESS;
    }
    const ULONG flags = ((protection & HOST_PROT_WRITE) ? 0 : MdlMappingNoWrite) |
                        ((protection & HOST_PROT_EXECUTE) ? 0 : MdlMappingNoExecute);
    PVOID address = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE,
                                                 NormalPagePriority | flags);
    if (address == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    DriverRoutine(DriverContext, address);
    MmUnmapLockedPages(address, mdl);
    return STATUS_SUCCESS;
}

/* ---- advancing ---------------------------------------------------------------------------- */

/* The pages that were passed leave the front of the mapping. */
static void
MiAdvanceMapping(PMI_SYSTEM_RANGE Range, ULONG64 Pages)
{
    const ULONG64 passed = Pages * HOST_PAGE_SIZE;
    if (Range->Kind == MiSystemReserved)
    {
        return; /* its addresses belong to the driver */
    }
    MiUnmapNumbers(Range->Start, Range->Numbers, Pages);
    Range->MappedPages -= Pages;
    Range->Pages -= Pages;
    Range->Start += passed;
    __builtin_memmove(Range->Numbers, Range->Numbers + Pages,
                      Range->MappedPages * sizeof(PFN_NUMBER));
}

/* Contract: NF:wdm.MmAdvanceMdl. Pages passed are unlocked at once. */
DDI NTSTATUS
MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    if (NumberOfBytes > Mdl->ByteCount)
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    const ULONG64 offset = (ULONG64)Mdl->ByteOffset + NumberOfBytes;
    const ULONG64 all = MiPagesOfMdl(Mdl);
    ULONG64 pages = offset / HOST_PAGE_SIZE;
    if (pages == all && pages != 0)
    {
        pages--; /* the last page stays, so that the MDL still describes something */
    }
    PMI_SYSTEM_RANGE range = (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
                                 ? MiFindSystem((ULONG64)Mdl->MappedSystemVa)
                                 : NULL;
    if (pages != 0)
    {
        PPFN_NUMBER numbers = MmGetMdlPfnArray(Mdl);
        if (range != NULL)
        {
            MiAdvanceMapping(range, pages);
        }
        MiAdvanceLock(Mdl, pages);
        __builtin_memmove(numbers, numbers + pages, (all - pages) * sizeof(PFN_NUMBER));
    }
    Mdl->StartVa = (PUCHAR)Mdl->StartVa + pages * HOST_PAGE_SIZE;
    Mdl->ByteOffset = (ULONG)(offset - pages * HOST_PAGE_SIZE);
    Mdl->ByteCount -= NumberOfBytes;
    if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
    {
        Mdl->MappedSystemVa = (PUCHAR)Mdl->MappedSystemVa + NumberOfBytes;
    }
    return STATUS_SUCCESS;
}

/* ---- several pieces ----------------------------------------------------------------------- */

/* Contract: NF:wdm.MmProbeAndLockSelectedPages. Each segment is a page; a NULL one repeats none. */
DDI VOID
MmProbeAndLockSelectedPages(PMDL MemoryDescriptorList,
                            PFILE_SEGMENT_ELEMENT SegmentArray,
                            KPROCESSOR_MODE AccessMode,
                            LOCK_OPERATION Operation)
{
    const NTSTATUS status =
        MiLockSegments(MemoryDescriptorList, SegmentArray, AccessMode, Operation);
    if (!NT_SUCCESS(status))
    {
        KiRaiseInCaller(status);
    }
}
