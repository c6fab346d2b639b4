/* SPDX-License-Identifier: MIT */
/*
 * MDLs: addresses for described pages, in the kernel and in user memory, and pages without an
 * address (MmAllocatePagesForMdl). Kernel mode IRQL <= DISPATCH_LEVEL, user mode <= APC_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_PAGES_TAG  MM_TAG('M', 'm', 'P', 'g')
#define MI_PAGE_MAP   "NF:wdm.MmMapLockedPagesSpecifyCache"
#define MI_PAGE_UNMAP "NF:wdm.MmUnmapLockedPages"

__attribute__((noreturn)) static void
MiMapViolation(ULONG64 SubCode, PMDL Mdl, ULONG64 P4, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, SubCode, (ULONG64)Mdl,
                       (USHORT)Mdl->MdlFlags, P4, Rule, Page, NULL, NULL);
}

/* Physical address of the MDL's first page if its pages follow each other; FALSE otherwise. All
 * memory that can be described by one range of addresses does. */
static BOOLEAN
MiIsContiguous(PMDL Mdl, PULONG64 Physical, PULONG64 Pages)
{
    const PPFN_NUMBER numbers = MmGetMdlPfnArray(Mdl);
    *Pages = MiRoundUp((ULONG64)Mdl->ByteOffset + Mdl->ByteCount, HOST_PAGE_SIZE) / HOST_PAGE_SIZE;
    *Physical = numbers[0] * HOST_PAGE_SIZE;
    for (ULONG64 index = 1; index < *Pages; index++)
    {
        if (numbers[index] != numbers[0] + index)
        {
            return FALSE;
        }
    }
    return *Pages != 0;
}

/* ---- user mappings ------------------------------------------------------------------------ */

/* What backs physical pages for a second mapping. */
static BOOLEAN
MiBackRegion(PMI_REGION Region, ULONG64 Physical, SIZE_T Size)
{
    if (Physical < MM_PHYSICAL_NONPAGED)
    {
        Region->Backing = MiBackingPhysical;
        Region->Offset = Physical;
        return TRUE;
    }
    const ULONG64 address = (ULONG64)MmPhysicalToPointer(Physical, Size);
    Region->Backing = MiBackingShared;
    if (address - MM_REGION_ALIAS < HOST_REGION_SIZE)
    {
        return MiObjectOfAlias(address, &Region->Object, &Region->Offset);
    }
    if (!MiShareKernelPages(address, Size, &Region->Offset))
    {
        return FALSE;
    }
    Region->Object = MiSharedObject;
    return TRUE;
}

static PVOID
MiMapForUser(PMDL Mdl, ULONG64 Physical, ULONG64 Pages, ULONG Priority)
{
    PMM_ARENA arena = MiCurrentArena();
    const SIZE_T size = Pages * HOST_PAGE_SIZE;
    PMI_REGION region = arena == NULL ? NULL : MiReserveRegion(arena, size);
    if (region == NULL)
    {
        return NULL;
    }
    region->Mdl = Mdl;
    region->Protection = (Priority & MdlMappingNoWrite) ? HOST_PROT_READ : HOST_PROT_RW;
    if (!MiBackRegion(region, Physical, size) || !MiMapRegion(arena, region))
    {
        region->Backing = MiBackingOwn;
        MiRemoveRegion(arena, region);
        return NULL;
    }
    return (PVOID)(region->Start + Mdl->ByteOffset);
}

/* ---- mapping ------------------------------------------------------------------------------ */

static void
MiCheckMappable(PMDL Mdl, KPROCESSOR_MODE AccessMode)
{
    const KIRQL irql = KiCurrentIrql();
    const ULONG wrong =
        (USHORT)Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED |
                                 (AccessMode == KernelMode ? MDL_SOURCE_IS_NONPAGED_POOL : 0));
    if (irql > (AccessMode == KernelMode ? DISPATCH_LEVEL : APC_LEVEL))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION,
                           AccessMode == KernelMode ? 0x76 : 0x77, irql, (ULONG64)Mdl,
                           (ULONG64)AccessMode,
                           "MDLs are mapped at IRQL <= DISPATCH_LEVEL, for user mode <= APC_LEVEL",
                           MI_PAGE_MAP, NULL, NULL);
    }
    if (AccessMode == KernelMode && wrong != 0)
    {
        MiMapViolation(0xB2, Mdl, wrong,
                       "an MDL that has a system address must not be mapped again", MI_PAGE_MAP);
    }
    if (!(Mdl->MdlFlags &
          (MDL_PAGES_LOCKED | MDL_PARTIAL | MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE)))
    {
        MiMapViolation(0xB3, Mdl, MDL_PAGES_LOCKED | MDL_PARTIAL,
                       "the pages of an MDL are locked before they are mapped", MI_PAGE_MAP);
    }
}

/* Contract: NF:wdm.MmMapLockedPagesSpecifyCache. Pages that kernel memory or a user arena already
 * shows in every context get that address. */
DDI PVOID
MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList,
                             KPROCESSOR_MODE AccessMode,
                             MEMORY_CACHING_TYPE CacheType,
                             PVOID RequestedAddress,
                             ULONG BugCheckOnFailure,
                             ULONG Priority)
{
    PMDL mdl = MemoryDescriptorList;
    ULONG64 physical, pages;
    (void)CacheType;
    MiCheckMappable(mdl, AccessMode);
    const BOOLEAN contiguous = MiIsContiguous(mdl, &physical, &pages);
    if (AccessMode != KernelMode)
    {
        PVOID address = NULL;
        if (contiguous && RequestedAddress == NULL)
        {
            address = MiMapForUser(mdl, physical, pages, Priority);
        }
        if (address == NULL)
        {
            KiRaiseInCaller(RequestedAddress != NULL ? STATUS_CONFLICTING_ADDRESSES
                                                     : STATUS_INSUFFICIENT_RESOURCES);
        }
        return address;
    }
    PVOID address = NULL;
    if (contiguous && (MmFailAllocation == NULL || BugCheckOnFailure ||
                       !MmFailAllocation(pages * HOST_PAGE_SIZE, MI_PAGES_TAG)))
    {
        address = MmPhysicalToPointer(physical, pages * HOST_PAGE_SIZE);
    }
    if (address == NULL)
    {
        if (BugCheckOnFailure)
        {
            KiBugCheckWithRule(NO_MORE_SYSTEM_PTES, 0, pages, 0, 0,
                               "mapping can fail; BugCheckOnFailure should be FALSE", MI_PAGE_MAP,
                               NULL, NULL);
        }
        return NULL;
    }
    mdl->MappedSystemVa = (PUCHAR)address + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
    if (mdl->MdlFlags & MDL_PARTIAL)
    {
        mdl->MdlFlags |= MDL_PARTIAL_HAS_BEEN_MAPPED;
    }
    return mdl->MappedSystemVa;
}

/* Contract: NF:wdm.MmMapLockedPages: cached, and a failure is a bug check. */
DDI PVOID
MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    return MmMapLockedPagesSpecifyCache(MemoryDescriptorList, AccessMode, MmCached, NULL, TRUE,
                                        HighPagePriority);
}

/* Contract: NF:wdm.MmUnmapLockedPages. */
DDI VOID
MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    if ((ULONG64)BaseAddress < HOST_USER_LIMIT)
    {
        PMM_ARENA arena = MiCurrentArena();
        PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)BaseAddress);
        if (region == NULL || region->Mdl != mdl)
        {
            KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB9, (ULONG64)BaseAddress,
                               (ULONG64)mdl, 0,
                               "a user mapping is unmapped by its own address, in its own process",
                               MI_PAGE_UNMAP, NULL, NULL);
        }
        MiRemoveRegion(arena, region);
        return;
    }
    if (!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA))
    {
        MiMapViolation(0xB6, mdl, MDL_MAPPED_TO_SYSTEM_VA,
                       "only an MDL that is mapped to a system address can be unmapped",
                       MI_PAGE_UNMAP);
    }
    mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    mdl->MappedSystemVa = NULL;
}

/* ---- pages without an address ------------------------------------------------------------- */

static PMDL
MiAllocatePages(ULONG64 Lowest, ULONG64 Highest, SIZE_T TotalBytes)
{
    const SIZE_T size = MiRoundUp(TotalBytes, HOST_PAGE_SIZE);
    if (size == 0 || size > 0xfffff000u)
    {
        return NULL;
    }
    const PHYSICAL_ADDRESS low = {.QuadPart = (LONGLONG)Lowest};
    const PHYSICAL_ADDRESS high = {.QuadPart = (LONGLONG)Highest};
    const PHYSICAL_ADDRESS none = {.QuadPart = 0};
    PMDL mdl = MmAllocateDriverPool(NonPagedPoolNx, MmSizeOfMdl(NULL, size), MI_PAGES_TAG);
    PUCHAR memory = mdl == NULL
                        ? NULL
                        : MmAllocateContiguousMemorySpecifyCache(size, low, high, none, MmCached);
    if (memory == NULL)
    {
        if (mdl != NULL)
        {
            MmFreePool(mdl, MI_PAGES_TAG);
        }
        return NULL;
    }
    __builtin_memset(memory, 0, size);
    mdl->Size = (CSHORT)MmSizeOfMdl(NULL, size);
    mdl->MdlFlags = MDL_PAGES_LOCKED;
    mdl->ByteCount = (ULONG)size;
    for (SIZE_T page = 0; page < size / HOST_PAGE_SIZE; page++)
    {
        ULONG64 physical = 0;
        MmPointerToPhysical(memory + page * HOST_PAGE_SIZE, &physical);
        MmGetMdlPfnArray(mdl)[page] = physical / HOST_PAGE_SIZE;
    }
    return mdl;
}

/* Contract: NF:wdm.MmAllocatePagesForMdlEx. All pages or none: memory is never that short here. */
DDI PMDL
MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
                        PHYSICAL_ADDRESS HighAddress,
                        PHYSICAL_ADDRESS SkipBytes,
                        SIZE_T TotalBytes,
                        MEMORY_CACHING_TYPE CacheType,
                        ULONG Flags)
{
    (void)SkipBytes;
    (void)CacheType;
    (void)Flags;
    return MiAllocatePages((ULONG64)LowAddress.QuadPart, (ULONG64)HighAddress.QuadPart, TotalBytes);
}

/* Contract: NF:wdm.MmAllocatePagesForMdl. */
DDI PMDL
MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress,
                      PHYSICAL_ADDRESS HighAddress,
                      PHYSICAL_ADDRESS SkipBytes,
                      SIZE_T TotalBytes)
{
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, MmCached, 0);
}

/* Contract: NF:wdm.MmFreePagesFromMdl. The MDL itself is then freed by ExFreePool. */
DDI VOID
MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    const ULONG64 physical = MmGetMdlPfnArray(mdl)[0] * HOST_PAGE_SIZE;
    if (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
    {
        MmUnmapLockedPages(mdl->MappedSystemVa, mdl);
    }
    MmFreeContiguousMemory(MmPhysicalToPointer(physical, mdl->ByteCount));
    mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
}
