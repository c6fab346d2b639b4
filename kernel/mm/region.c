/* SPDX-License-Identifier: MIT */
/*
 * Pages of user memory: which are committed, how they are protected, what they show. The mapping of
 * the host always follows the page's state. PASSIVE_LEVEL, but MiUserFault, which runs in the fault
 * handler and only maps.
 */
#include "mip.h"

#include "mm/section.h"

UCHAR
MiPteOf(PMI_REGION Region, ULONG64 Page)
{
    return Region->Ptes != NULL ? Region->Ptes[Page] : Region->Pte;
}

static int
MiHostProtection(UCHAR Pte)
{
    if (!(Pte & MI_PTE_COMMIT) || (Pte & MI_PTE_GUARD))
    {
        return HOST_PROT_NONE;
    }
    const int protection = Pte & (HOST_PROT_RW | HOST_PROT_EXECUTE);
    return (Pte & (MI_PTE_COPY | MI_PTE_PRIVATE)) == MI_PTE_COPY ? protection & ~HOST_PROT_WRITE
                                                                 : protection;
}

/* Maps Count pages of equal state. */
static BOOLEAN
MiShowRun(PMM_ARENA Arena, PMI_REGION Region, ULONG64 First, ULONG64 Count, BOOLEAN Mapped)
{
    const UCHAR pte = MiPteOf(Region, First);
    const ULONG64 start = Region->Start + First * HOST_PAGE_SIZE;
    const SIZE_T size = Count * HOST_PAGE_SIZE;
    const int protection = MiIsVisible(Arena) ? MiHostProtection(pte) : HOST_PROT_NONE;
    if (Mapped)
    {
        return host_protect((void *)start, size, protection);
    }
    if (Region->Backing == MiBackingSection && !(pte & MI_PTE_PRIVATE))
    {
        return host_map_object((void *)start, size, protection, Region->Section->Object,
                               Region->SectionOffset + First * HOST_PAGE_SIZE);
    }
    return host_map_object((void *)start, size, protection, Arena->Object, start - HOST_USER_BASE);
}

static BOOLEAN
MiShowPages(PMM_ARENA Arena, PMI_REGION Region, ULONG64 First, ULONG64 Count, BOOLEAN Mapped)
{
    const ULONG64 end = First + Count;
    while (First < end)
    {
        const UCHAR pte = MiPteOf(Region, First);
        ULONG64 next = First + 1;
        while (next < end && MiPteOf(Region, next) == pte)
        {
            next++;
        }
        if (!MiShowRun(Arena, Region, First, next - First, Mapped))
        {
            return FALSE;
        }
        First = next;
    }
    return TRUE;
}

/* Physical pages: those of devices are windows, which cannot be protected. */
static BOOLEAN
MiShowNumbers(PMM_ARENA Arena, PMI_REGION Region)
{
    const ULONG64 pages = Region->Size / HOST_PAGE_SIZE;
    const int protection = MiHostProtection(Region->Pte);
    if (Region->Io && !MiIsVisible(Arena))
    {
        return TRUE; /* mapped when it is visible */
    }
    if (!Region->Shown)
    {
        Region->Shown = MiMapNumbers(Region->Start, Region->Numbers, pages,
                                     MiIsVisible(Arena) ? protection : HOST_PROT_NONE);
        return Region->Shown;
    }
    return Region->Io || host_protect((void *)Region->Start, Region->Size,
                                      MiIsVisible(Arena) ? protection : HOST_PROT_NONE);
}

BOOLEAN
MiShowRegion(PMM_ARENA Arena, PMI_REGION Region, BOOLEAN Mapped)
{
    if (Region->Dead)
    {
        return TRUE;
    }
    if (Region->Backing == MiBackingNumbers)
    {
        return MiShowNumbers(Arena, Region);
    }
    return MiShowPages(Arena, Region, 0, Region->Size / HOST_PAGE_SIZE, Mapped);
}

void
MiClearRegion(PMI_REGION Region)
{
    void *address = (void *)Region->Start;
    if (Region->Backing == MiBackingNumbers)
    {
        if (Region->Shown)
        {
            MiUnmapNumbers(Region->Start, Region->Numbers, Region->Size / HOST_PAGE_SIZE);
            Region->Shown = FALSE;
        }
        return;
    }
    host_unmap(address, Region->Size);
    host_map_fixed(address, Region->Size, HOST_PROT_NONE);
}

BOOLEAN
MiSetPtes(PMM_ARENA Arena, PMI_REGION Region, ULONG64 First, ULONG64 Count, UCHAR Pte)
{
    const ULONG64 pages = Region->Size / HOST_PAGE_SIZE;
    MmUnguardUserBuffers();
    if (Count == pages && Region->Ptes == NULL)
    {
        Region->Pte = Pte;
    }
    else
    {
        if (Region->Ptes == NULL)
        {
            PUCHAR ptes = MmAllocatePool(NonPagedPoolNx, pages, MI_ARENA_TAG);
            if (ptes == NULL)
            {
                return FALSE;
            }
            __builtin_memset(ptes, Region->Pte, pages);
            Region->Ptes = ptes;
        }
        __builtin_memset(Region->Ptes + First, Pte, Count);
    }
    if (!MiIsMapped(Arena))
    {
        return TRUE;
    }
    if (Region->Backing == MiBackingNumbers)
    {
        return MiShowNumbers(Arena, Region);
    }
    return MiShowPages(Arena, Region, First, Count, FALSE);
}

void
MiZeroPages(PMM_ARENA Arena, ULONG64 Start, SIZE_T Size)
{
    const ULONG64 alias = Arena->Alias + (Start - HOST_USER_BASE);
    const ULONG64 used = Arena->HighWater > alias ? Arena->HighWater - alias : 0;
    const SIZE_T dirty = used < Size ? used : Size;
    /* A memory object gives large pieces back; small ones are faster to write. */
    if (dirty > 0x10000)
    {
        host_discard_object(Arena->Object, Start - HOST_USER_BASE, dirty);
    }
    else
    {
        __builtin_memset((void *)alias, 0, dirty);
    }
    if (alias + Size > Arena->HighWater)
    {
        Arena->HighWater = alias + Size;
    }
}

/* ---- faults and aliases ------------------------------------------------------------------- */

/* Gives the process a page of its own with what the section holds now. */
static BOOLEAN
MiCopyPage(PMM_ARENA Arena, PMI_REGION Region, ULONG64 Page)
{
    const ULONG64 start = Region->Start + Page * HOST_PAGE_SIZE;
    const ULONG64 alias = Arena->Alias + (start - HOST_USER_BASE);
    const ULONG64 source = Region->Section->Alias + Region->SectionOffset + Page * HOST_PAGE_SIZE;
    const UCHAR pte = MiPteOf(Region, Page) | MI_PTE_PRIVATE;
    __builtin_memcpy((void *)alias, (void *)source, HOST_PAGE_SIZE);
    if (alias + HOST_PAGE_SIZE > Arena->HighWater)
    {
        Arena->HighWater = alias + HOST_PAGE_SIZE;
    }
    return MiSetPtes(Arena, Region, Page, 1, pte);
}

/* TRUE if a page of a SEC_RESERVE section was committed through another view. */
static BOOLEAN
MiFindCommitted(PMI_REGION Region, ULONG64 Page, UCHAR Pte)
{
    return !(Pte & MI_PTE_COMMIT) && Region->Section != NULL &&
           Region->Section->Committed != NULL &&
           Region->Section->Committed[Region->SectionOffset / HOST_PAGE_SIZE + Page] != 0;
}

BOOLEAN
MiUserFault(ULONG64 Address)
{
    PMM_ARENA arena = MiCurrentArena();
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, Address);
    if (region == NULL || region->Dead || region->Backing != MiBackingSection)
    {
        return FALSE;
    }
    const ULONG64 page = (Address - region->Start) / HOST_PAGE_SIZE;
    const UCHAR pte = MiPteOf(region, page);
    if (MiFindCommitted(region, page, pte))
    {
        return MiSetPtes(arena, region, page, 1, pte | MI_PTE_COMMIT);
    }
    const UCHAR mask = MI_PTE_COMMIT | MI_PTE_COPY | MI_PTE_PRIVATE | MI_PTE_GUARD;
    /* The page can be read, so it was a write that faulted. */
    return (pte & mask) == (MI_PTE_COMMIT | MI_PTE_COPY) && (pte & HOST_PROT_WRITE) &&
           MiCopyPage(arena, region, page);
}

/* Kernel address of the page at Address, 0 when it has none. */
static ULONG64
MiPageAlias(PMM_ARENA Arena, ULONG64 Address, int Wanted)
{
    PMI_REGION region = MiFindRegion(Arena, Address);
    if (region == NULL || region->Dead)
    {
        return 0;
    }
    const ULONG64 page = (Address - region->Start) / HOST_PAGE_SIZE;
    UCHAR pte = MiPteOf(region, page);
    if (MiFindCommitted(region, page, pte))
    {
        pte |= MI_PTE_COMMIT;
    }
    if (!(pte & MI_PTE_COMMIT) || (pte & MI_PTE_GUARD) || (pte & Wanted) != Wanted)
    {
        return 0;
    }
    if (region->Backing == MiBackingNumbers)
    {
        return (ULONG64)MmPhysicalToPointer(region->Numbers[page] * HOST_PAGE_SIZE, HOST_PAGE_SIZE);
    }
    if ((pte & (MI_PTE_COPY | MI_PTE_PRIVATE)) == MI_PTE_COPY && (Wanted & HOST_PROT_WRITE))
    {
        if (!MiCopyPage(Arena, region, page))
        {
            return 0;
        }
        pte |= MI_PTE_PRIVATE;
    }
    const ULONG64 start = region->Start + page * HOST_PAGE_SIZE;
    return region->Backing == MiBackingSection && !(pte & MI_PTE_PRIVATE)
               ? region->Section->Alias + region->SectionOffset + page * HOST_PAGE_SIZE
               : Arena->Alias + (start - HOST_USER_BASE);
}

BOOLEAN
MiUserPage(PMM_ARENA Arena, ULONG64 Address, int Wanted, PULONG64 Physical)
{
    PMI_REGION region = MiFindRegion(Arena, Address);
    if (region != NULL && !region->Dead && region->Backing == MiBackingNumbers &&
        (region->Pte & Wanted) == Wanted)
    {
        /* Devices have no alias, but they have an address. */
        *Physical = region->Numbers[(Address - region->Start) / HOST_PAGE_SIZE] * HOST_PAGE_SIZE;
        return TRUE;
    }
    const ULONG64 alias = MiPageAlias(Arena, Address, Wanted);
    return alias != 0 && MmPointerToPhysical((void *)alias, Physical);
}

ULONG64
MiUserAlias(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, int Wanted)
{
    const ULONG64 offset = Address & (HOST_PAGE_SIZE - 1);
    const ULONG64 first = MiPageAlias(Arena, Address, Wanted);
    if (first == 0 || Address + Size < Address)
    {
        return 0;
    }
    for (ULONG64 page = HOST_PAGE_SIZE; page < offset + Size; page += HOST_PAGE_SIZE)
    {
        if (MiPageAlias(Arena, Address - offset + page, Wanted) != first + page)
        {
            return 0;
        }
    }
    return first + offset;
}
