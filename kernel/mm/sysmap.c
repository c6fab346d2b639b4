/* SPDX-License-Identifier: MIT */
/*
 * System mappings: addresses above the pools where pages appear a second time, for as long as an
 * MDL, a view or MmMapIoSpace maps them. Owns the addresses from MM_REGION_SYSTEM on. Each mapping
 * has addresses of its own, so that what a driver does after it unmapped faults, and protections
 * are real. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#define MI_SYSTEM_SPAN  (16ull << 30)
#define MI_SYSTEM_PAGES (MI_SYSTEM_SPAN / HOST_PAGE_SIZE)
#define MI_SYSTEM_SLOTS 16384u
#define MI_SYSTEM_TAG   MM_TAG('M', 'm', 'S', 'y')

static PMI_SYSTEM_RANGE MiSystemRanges; /* [0] is not used */
static PULONG MiSystemOwner;            /* by page: its range, also after it was released */
static ULONG64 MiSystemNext;            /* page to look at next */
static ULONG MiSystemSlot;

/* ---- pages and what backs them ------------------------------------------------------------ */

BOOLEAN
MiObjectOfPhysical(ULONG64 Physical, int *Object, PULONG64 Offset, BOOLEAN *Writable)
{
    *Writable = TRUE;
    if (Physical < MM_PHYSICAL_NONPAGED)
    {
        *Object = MmPhysicalHooks.MemoryObject == NULL
                      ? -1
                      : MmPhysicalHooks.MemoryObject(Physical, HOST_PAGE_SIZE, Writable);
        *Offset = Physical;
        return *Object >= 0;
    }
    const ULONG64 address = (ULONG64)MmPhysicalToPointer(Physical, HOST_PAGE_SIZE);
    if (MiPoolOf(address) != MiPoolCount)
    {
        if (!MiSharePoolPage(address, Offset))
        {
            return FALSE;
        }
        *Object = MiSharedObject;
        return TRUE;
    }
    return MiObjectOfAlias(address, Object, Offset);
}

/* A run of pages that one mapping can show. */
typedef struct _MI_RUN
{
    ULONG64 Pages;
    ULONG64 Offset;
    int Object; /* -1: device */
    BOOLEAN Writable;
} MI_RUN;

static BOOLEAN
MiFindRun(const PFN_NUMBER *Numbers, ULONG64 Pages, MI_RUN *Run)
{
    const ULONG64 first = Numbers[0] * HOST_PAGE_SIZE;
    const BOOLEAN memory = MiObjectOfPhysical(first, &Run->Object, &Run->Offset, &Run->Writable);
    Run->Pages = 1;
    if (!memory && (first >= MM_PHYSICAL_NONPAGED || MmPhysicalHooks.MapAt == NULL))
    {
        return FALSE;
    }
    if (!memory)
    {
        Run->Object = -1;
        Run->Offset = first;
    }
    for (; Run->Pages < Pages; Run->Pages++)
    {
        int object;
        ULONG64 offset;
        BOOLEAN writable = Run->Writable;
        const ULONG64 physical = Numbers[Run->Pages] * HOST_PAGE_SIZE;
        if (!MiObjectOfPhysical(physical, &object, &offset, &writable))
        {
            object = -1;
            offset = physical;
        }
        if (object != Run->Object || offset != Run->Offset + Run->Pages * HOST_PAGE_SIZE ||
            (memory && writable != Run->Writable))
        {
            break;
        }
    }
    return TRUE;
}

void
MiUnmapNumbers(ULONG64 Address, const PFN_NUMBER *Numbers, ULONG64 Pages)
{
    for (ULONG64 page = 0; page < Pages;)
    {
        MI_RUN run;
        if (!MiFindRun(Numbers + page, Pages - page, &run))
        {
            return;
        }
        if (run.Object < 0)
        {
            MmPhysicalHooks.UnmapAt((PVOID)(Address + page * HOST_PAGE_SIZE),
                                    run.Pages * HOST_PAGE_SIZE);
        }
        page += run.Pages;
    }
    host_unmap((PVOID)Address, Pages * HOST_PAGE_SIZE);
    host_map_fixed((PVOID)Address, Pages * HOST_PAGE_SIZE, HOST_PROT_NONE);
}

static BOOLEAN
MiMapRun(ULONG64 Address, const MI_RUN *Run, int Protection)
{
    const SIZE_T size = Run->Pages * HOST_PAGE_SIZE;
    if (Run->Object >= 0)
    {
        const int allowed = Run->Writable ? Protection : Protection & ~HOST_PROT_WRITE;
        return host_map_object((PVOID)Address, size, allowed, Run->Object, Run->Offset);
    }
    /* hal wants the range free, and gets it. */
    host_unmap((PVOID)Address, size);
    if (NT_SUCCESS(MmPhysicalHooks.MapAt((PVOID)Address, Run->Offset, size, Protection)))
    {
        return TRUE;
    }
    host_map_fixed((PVOID)Address, size, HOST_PROT_NONE);
    return FALSE;
}

BOOLEAN
MiMapNumbers(ULONG64 Address, const PFN_NUMBER *Numbers, ULONG64 Pages, int Protection)
{
    for (ULONG64 page = 0; page < Pages;)
    {
        MI_RUN run;
        if (!MiFindRun(Numbers + page, Pages - page, &run) ||
            !MiMapRun(Address + page * HOST_PAGE_SIZE, &run, Protection))
        {
            if (page != 0)
            {
                MiUnmapNumbers(Address, Numbers, page);
            }
            return FALSE;
        }
        page += run.Pages;
    }
    return TRUE;
}

/* ---- ranges ------------------------------------------------------------------------------- */

static BOOLEAN
MiStartSystem(void)
{
    if (MiSystemRanges != NULL)
    {
        return TRUE;
    }
    PMI_SYSTEM_RANGE ranges = host_map(MI_SYSTEM_SLOTS * sizeof(MI_SYSTEM_RANGE), HOST_PROT_RW);
    MiSystemOwner = host_map(MI_SYSTEM_PAGES * sizeof(ULONG), HOST_PROT_RW);
    if (ranges == NULL || MiSystemOwner == NULL ||
        !host_map_fixed((PVOID)MM_REGION_SYSTEM, MI_SYSTEM_SPAN, HOST_PROT_NONE))
    {
        return FALSE;
    }
    MiSystemRanges = ranges;
    return TRUE;
}

static PMI_SYSTEM_RANGE
MiFreeSlot(void)
{
    for (ULONG tries = 1; tries < MI_SYSTEM_SLOTS; tries++)
    {
        MiSystemSlot = MiSystemSlot % (MI_SYSTEM_SLOTS - 1) + 1;
        if (MiSystemRanges[MiSystemSlot].Kind == MiSystemFree)
        {
            return &MiSystemRanges[MiSystemSlot];
        }
    }
    return NULL;
}

/* First page of Count pages that no live range has, from the one after the last on; MI_SYSTEM_PAGES
 * when there is none. */
static ULONG64
MiFindSystemPages(ULONG64 Count)
{
    ULONG64 start = MiSystemNext;
    BOOLEAN wrapped = FALSE;
    for (ULONG64 page = start; page < start + Count; page++)
    {
        if (start + Count > MI_SYSTEM_PAGES)
        {
            if (wrapped)
            {
                return MI_SYSTEM_PAGES;
            }
            wrapped = TRUE;
            start = 0;
            page = 0;
        }
        const PMI_SYSTEM_RANGE owner = &MiSystemRanges[MiSystemOwner[page]];
        if (owner->Kind != MiSystemFree)
        {
            start = (owner->Start - MM_REGION_SYSTEM) / HOST_PAGE_SIZE + owner->Pages + 1;
            page = start - 1;
        }
    }
    return start;
}

PMI_SYSTEM_RANGE
MiReserveSystem(ULONG64 Pages, MI_SYSTEM_KIND Kind, BOOLEAN Guard)
{
    if (Pages == 0 || Pages >= MI_SYSTEM_PAGES / 2 || !MiStartSystem())
    {
        return NULL;
    }
    PMI_SYSTEM_RANGE range = MiFreeSlot();
    const ULONG64 total = Pages + 1 + (Guard ? 1 : 0);
    const ULONG64 first = range == NULL ? MI_SYSTEM_PAGES : MiFindSystemPages(total);
    if (first + total > MI_SYSTEM_PAGES)
    {
        return NULL;
    }
    const ULONG64 start = first + (Guard ? 1 : 0);
    *range = (MI_SYSTEM_RANGE){.Start = MM_REGION_SYSTEM + start * HOST_PAGE_SIZE,
                               .Pages = Pages,
                               .Kind = (UCHAR)Kind,
                               .Caller = KiCallerAddress()};
    for (ULONG64 page = start; page < start + Pages; page++)
    {
        MiSystemOwner[page] = (ULONG)(range - MiSystemRanges);
    }
    MiSystemNext = first + total;
    return range;
}

/* A page that is there and cannot be written is told from one that is not there by the processor,
 * once it has been read. */
static void
MiTouchSystem(PMI_SYSTEM_RANGE Range)
{
    const int bits = Range->Protection & HOST_PROT_RW;
    for (ULONG64 page = 0; bits == HOST_PROT_READ && !Range->Io && page < Range->MappedPages;
         page++)
    {
        (void)*(volatile const UCHAR *)(Range->Start + page * HOST_PAGE_SIZE);
    }
}

BOOLEAN
MiMapSystem(PMI_SYSTEM_RANGE Range, const PFN_NUMBER *Numbers, ULONG64 Pages, int Protection)
{
    NT_ASSERT(Pages <= Range->Pages && Range->MappedPages == 0);
    PFN_NUMBER *copy = MmAllocatePool(NonPagedPoolNx, Pages * sizeof(PFN_NUMBER), MI_SYSTEM_TAG);
    if (copy == NULL)
    {
        return FALSE;
    }
    __builtin_memcpy(copy, Numbers, Pages * sizeof(PFN_NUMBER));
    if (!MiMapNumbers(Range->Start, copy, Pages, Protection))
    {
        MmFreePool(copy, MI_SYSTEM_TAG);
        return FALSE;
    }
    Range->Numbers = copy;
    Range->MappedPages = Pages;
    Range->Protection = (UCHAR)Protection;
    Range->Io = MiHasDevices(copy, Pages);
    MiTouchSystem(Range);
    return TRUE;
}

BOOLEAN
MiProtectSystem(PMI_SYSTEM_RANGE Range, int Protection)
{
    if (!host_protect((PVOID)Range->Start, Range->MappedPages * HOST_PAGE_SIZE, Protection))
    {
        return FALSE;
    }
    Range->Protection = (UCHAR)Protection;
    MiTouchSystem(Range);
    return TRUE;
}

void
MiUnmapSystem(PMI_SYSTEM_RANGE Range)
{
    if (Range->MappedPages != 0)
    {
        MiUnmapNumbers(Range->Start, Range->Numbers, Range->MappedPages);
        MmFreePool(Range->Numbers, MI_SYSTEM_TAG);
        Range->Numbers = NULL;
        Range->MappedPages = 0;
    }
}

void
MiReleaseSystem(PMI_SYSTEM_RANGE Range)
{
    MiUnmapSystem(Range);
    Range->Kind = MiSystemFree;
}

PMI_SYSTEM_RANGE
MiFindOldSystem(ULONG64 Address)
{
    const ULONG64 page = (Address - MM_REGION_SYSTEM) / HOST_PAGE_SIZE;
    if (!MiIsSystemAddress(Address) || page >= MI_SYSTEM_PAGES || MiSystemRanges == NULL ||
        MiSystemOwner[page] == 0)
    {
        return NULL;
    }
    PMI_SYSTEM_RANGE range = &MiSystemRanges[MiSystemOwner[page]];
    return Address - range->Start < range->Pages * HOST_PAGE_SIZE ? range : NULL;
}

PMI_SYSTEM_RANGE
MiFindSystem(ULONG64 Address)
{
    PMI_SYSTEM_RANGE range = MiFindOldSystem(Address);
    return range == NULL || range->Kind == MiSystemFree ? NULL : range;
}
