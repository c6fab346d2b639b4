/* SPDX-License-Identifier: MIT */
/*
 * MDLs: addresses for described pages, in system space and in user memory. Kernel mode IRQL <=
 * DISPATCH_LEVEL, user mode <= APC_LEVEL.
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

/* Where the pages stand already if their addresses follow each other and no second mapping can be
 * made: images and stacks. */
static PVOID
MiAddressOfPages(PMDL Mdl, ULONG64 Pages)
{
    const PPFN_NUMBER numbers = MmGetMdlPfnArray(Mdl);
    for (ULONG64 index = 1; index < Pages; index++)
    {
        if (numbers[index] != numbers[0] + index)
        {
            return NULL;
        }
    }
    return MmPhysicalToPointer(numbers[0] * HOST_PAGE_SIZE, Pages * HOST_PAGE_SIZE);
}

ULONG64
MiPagesOfMdl(PMDL Mdl)
{
    return MiRoundUp((ULONG64)Mdl->ByteOffset + Mdl->ByteCount, HOST_PAGE_SIZE) / HOST_PAGE_SIZE;
}

static int
MiMappingProtection(ULONG Priority)
{
    return HOST_PROT_READ | ((Priority & MdlMappingNoWrite) ? 0 : HOST_PROT_WRITE) |
           ((Priority & MdlMappingNoExecute) ? 0 : HOST_PROT_EXECUTE);
}

/* ---- user mappings ------------------------------------------------------------------------ */

static PVOID
MiMapForUser(PMDL Mdl, ULONG64 Pages, PVOID RequestedAddress, ULONG Priority)
{
    PMM_ARENA arena = MiArenaOf((PMM_PROCESS)KiCurrentThread()->ApcProcess);
    const SIZE_T size = Pages * HOST_PAGE_SIZE;
    const ULONG64 wanted = (ULONG64)RequestedAddress & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    PMI_REGION region = arena == NULL ? NULL : MiReserveRegion(arena, wanted, size);
    if (region == NULL)
    {
        return NULL;
    }
    region->Mdl = Mdl;
    region->Pte = MI_PTE_COMMIT | (UCHAR)(MiMappingProtection(Priority) & ~HOST_PROT_EXECUTE);
    region->Protect = (Priority & MdlMappingNoWrite) ? PAGE_READONLY : PAGE_READWRITE;
    region->Backing = MiBackingNumbers;
    region->Numbers = MmAllocatePool(NonPagedPoolNx, Pages * sizeof(PFN_NUMBER), MI_ARENA_TAG);
    if (region->Numbers != NULL)
    {
        __builtin_memcpy(region->Numbers, MmGetMdlPfnArray(Mdl), Pages * sizeof(PFN_NUMBER));
        region->Io = MiHasDevices(region->Numbers, Pages);
    }
    if (region->Numbers == NULL || !MiMapRegion(arena, region))
    {
        MiRemoveRegion(arena, region);
        return NULL;
    }
    return (PVOID)(region->Start + Mdl->ByteOffset);
}

/* ---- mapping ------------------------------------------------------------------------------ */

void
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

/* An address of its own, or that of the pages; NULL: no room, or the mapping was made to fail. */
static PVOID
MiMapForSystem(PMDL Mdl, ULONG64 Pages, ULONG Priority, BOOLEAN CanFail)
{
    if (CanFail && MmIsFaultInjected(Pages * HOST_PAGE_SIZE, MI_PAGES_TAG))
    {
        return NULL;
    }
    PMI_SYSTEM_RANGE range =
        MiReserveSystem(Pages, MiSystemMdl, (Priority & MdlMappingWithGuardPtes) != 0);
    if (range == NULL)
    {
        return NULL;
    }
    if (MiMapSystem(range, MmGetMdlPfnArray(Mdl), Pages, MiMappingProtection(Priority)))
    {
        range->Mdl = Mdl;
        return (PVOID)range->Start;
    }
    MiReleaseSystem(range);
    return MiAddressOfPages(Mdl, Pages);
}

static BOOLEAN
MiIsCacheType(MEMORY_CACHING_TYPE CacheType)
{
    return (ULONG)CacheType < MmMaximumCacheType;
}

/* Contract: NF:wdm.MmMapLockedPagesSpecifyCache. Caching cannot be seen here, but the type must be
 * one; pages keep the one they have. */
DDI PVOID
MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList,
                             KPROCESSOR_MODE AccessMode,
                             MEMORY_CACHING_TYPE CacheType,
                             PVOID RequestedAddress,
                             ULONG BugCheckOnFailure,
                             ULONG Priority)
{
    PMDL mdl = MemoryDescriptorList;
    MiCheckMappable(mdl, AccessMode);
    const ULONG64 pages = MiPagesOfMdl(mdl);
    const BOOLEAN valid = pages != 0 && MiIsCacheType(CacheType);
    if (AccessMode != KernelMode)
    {
        PVOID user = valid ? MiMapForUser(mdl, pages, RequestedAddress, Priority) : NULL;
        if (user == NULL)
        {
            KiRaiseInCaller(RequestedAddress != NULL ? STATUS_CONFLICTING_ADDRESSES
                                                     : STATUS_INSUFFICIENT_RESOURCES);
        }
        return user;
    }
    PVOID address = valid ? MiMapForSystem(mdl, pages, Priority, !BugCheckOnFailure) : NULL;
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
    PMI_SYSTEM_RANGE range = MiFindSystem((ULONG64)mdl->MappedSystemVa);
    if (((ULONG64)BaseAddress ^ (ULONG64)mdl->MappedSystemVa) >= HOST_PAGE_SIZE ||
        (range != NULL && range->Kind != MiSystemMdl))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xB6, (ULONG64)mdl,
                           (USHORT)mdl->MdlFlags, (ULONG64)BaseAddress,
                           "an MDL is unmapped with the address that mapping it returned; reserved "
                           "mappings are unmapped by MmUnmapReservedMapping",
                           MI_PAGE_UNMAP, NULL, NULL);
    }
    if (range != NULL)
    {
        MiReleaseSystem(range);
    }
    mdl->MdlFlags &= ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED);
    mdl->MappedSystemVa = NULL;
}
