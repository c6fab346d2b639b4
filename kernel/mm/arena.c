/* SPDX-License-Identifier: MIT */
/*
 * User memory of client processes: below 2 GiB, one arena per process, visible only while a thread
 * of the process runs. The pages belong to a memory object that the kernel also sees at the arena's
 * alias, so a locked user buffer stays reachable in every context. PASSIVE_LEVEL, except the
 * switch, which the dispatcher calls at any IRQL.
 */
#include "mip.h"

#include "mm/section.h"

#define MI_ALIAS_STRIDE 0x80000000ull
#define MI_SHARED_ALIAS (MM_REGION_ALIAS + 0x800000000ull)
#define MI_SHARED_SPAN  (2ull << 30)

static LIST_ENTRY MiArenas = {&MiArenas, &MiArenas};
static LIST_ENTRY MiSpareArenas = {&MiSpareArenas, &MiSpareArenas};
static ULONG MiArenaCount;
static PMM_ARENA MiMappedArena; /* whose regions occupy the user range */
static BOOLEAN MiArenaVisible;

int MiSharedObject = -1;
static ULONG64 MiSharedNext;

/* ---- lists without rtl's inline routines, which belong to drivers ------------------------- */

void
MiListInsertBefore(PLIST_ENTRY Before, PLIST_ENTRY Entry)
{
    Entry->Flink = Before;
    Entry->Blink = Before->Blink;
    Before->Blink->Flink = Entry;
    Before->Blink = Entry;
}

void
MiListRemove(PLIST_ENTRY Entry)
{
    Entry->Blink->Flink = Entry->Flink;
    Entry->Flink->Blink = Entry->Blink;
}

#define MI_REGION_OF(E) CONTAINING_RECORD(E, MI_REGION, Entry)

/* ---- showing and hiding ------------------------------------------------------------------- */

BOOLEAN
MiIsMapped(PMM_ARENA Arena)
{
    return Arena == MiMappedArena;
}

BOOLEAN
MiIsVisible(PMM_ARENA Arena)
{
    return Arena == MiMappedArena && MiArenaVisible;
}

static void
MiHideArena(void)
{
    PMM_ARENA arena = MiMappedArena;
    if (arena == NULL || !MiArenaVisible)
    {
        return;
    }
    MiArenaVisible = FALSE;
    MiForgetGuards();
    for (PLIST_ENTRY e = arena->Regions.Flink; e != &arena->Regions; e = e->Flink)
    {
        if (MI_REGION_OF(e)->Io)
        {
            MiClearRegion(MI_REGION_OF(e));
        }
    }
    if (arena->Top > HOST_USER_BASE)
    {
        host_protect((void *)HOST_USER_BASE, arena->Top - HOST_USER_BASE, HOST_PROT_NONE);
    }
}

static void
MiShowArena(PMM_ARENA Arena)
{
    const BOOLEAN mapped = MiMappedArena == Arena;
    MiForgetGuards();
    if (!mapped && MiMappedArena != NULL && MiMappedArena->Top > HOST_USER_BASE)
    {
        for (PLIST_ENTRY e = MiMappedArena->Regions.Flink; e != &MiMappedArena->Regions;
             e = e->Flink)
        {
            MiClearRegion(MI_REGION_OF(e));
        }
    }
    MiMappedArena = Arena;
    MiArenaVisible = TRUE;
    for (PLIST_ENTRY e = Arena->Regions.Flink; e != &Arena->Regions; e = e->Flink)
    {
        MiShowRegion(Arena, MI_REGION_OF(e), mapped);
    }
}

static void
MiSwitchProcess(struct _KPROCESS *Process)
{
    PMM_ARENA arena = ((PMM_PROCESS)Process)->Arena;
    if (arena == NULL)
    {
        MiHideArena();
    }
    else if (arena != MiMappedArena || !MiArenaVisible)
    {
        MiShowArena(arena);
    }
}

PMM_PROCESS
MmForeignUserAddress(ULONG64 Address)
{
    PMM_ARENA current = MiCurrentArena();
    if (current != NULL && MiFindRegion(current, Address) != NULL)
    {
        return NULL;
    }
    for (PLIST_ENTRY e = MiArenas.Flink; e != &MiArenas; e = e->Flink)
    {
        PMM_ARENA arena = CONTAINING_RECORD(e, MM_ARENA, AllEntry);
        if (arena != current && MiFindRegion(arena, Address) != NULL)
        {
            return arena->Process;
        }
    }
    return NULL;
}

PMM_ARENA
MiCurrentArena(void)
{
    return MiArenaVisible ? MiMappedArena : NULL;
}

/* ---- regions ------------------------------------------------------------------------------ */

PMI_REGION
MiFindRegion(PMM_ARENA Arena, ULONG64 Address)
{
    for (PLIST_ENTRY e = Arena->Regions.Flink; e != &Arena->Regions; e = e->Flink)
    {
        PMI_REGION region = MI_REGION_OF(e);
        if (Address - region->Start < region->Size)
        {
            return region;
        }
    }
    return NULL;
}

static void
MiUpdateTop(PMM_ARENA Arena)
{
    Arena->Top =
        Arena->Regions.Blink == &Arena->Regions
            ? HOST_USER_BASE
            : MI_REGION_OF(Arena->Regions.Blink)->Start + MI_REGION_OF(Arena->Regions.Blink)->Size;
}

/* Where a region may begin, and the one it precedes; 0 when there is no place. */
static ULONG64
MiFindGap(PMM_ARENA Arena, ULONG64 Wanted, ULONG64 Size, PLIST_ENTRY *Before)
{
    ULONG64 start = Wanted == 0 ? HOST_USER_BASE : Wanted;
    PLIST_ENTRY before = Arena->Regions.Flink;
    /* One page stays free behind each region that is put anywhere, so that an overrun faults. */
    const ULONG64 gap = Wanted == 0 ? HOST_PAGE_SIZE : 0;
    while (before != &Arena->Regions && start + Size + gap > MI_REGION_OF(before)->Start)
    {
        const ULONG64 end = MI_REGION_OF(before)->Start + MI_REGION_OF(before)->Size;
        if (Wanted != 0 && end > start)
        {
            return 0;
        }
        if (Wanted == 0)
        {
            start = MiRoundUp(end + HOST_PAGE_SIZE, MI_GRANULE);
        }
        before = before->Flink;
    }
    *Before = before;
    return Size == 0 || Size > MI_ARENA_SPAN || start < HOST_USER_BASE ||
                   start + Size > HOST_USER_LIMIT
               ? 0
               : start;
}

PMI_REGION
MiReserveRegion(PMM_ARENA Arena, ULONG64 Start, SIZE_T Size)
{
    const ULONG64 size = MiRoundUp(Size, HOST_PAGE_SIZE);
    PLIST_ENTRY before;
    const ULONG64 start = MiFindGap(Arena, Start, size, &before);
    PMI_REGION region =
        start == 0 ? NULL : MmAllocatePool(NonPagedPoolNx, sizeof(MI_REGION), MI_ARENA_TAG);
    if (region != NULL)
    {
        region->Start = start;
        region->Size = size;
        region->Backing = MiBackingOwn;
        region->Pte = MI_PTE_USER;
        region->Protect = PAGE_READWRITE;
        MiListInsertBefore(before, &region->Entry);
        MiUpdateTop(Arena);
    }
    return region;
}

BOOLEAN
MiMapRegion(PMM_ARENA Arena, PMI_REGION Region)
{
    /* That of another process is mapped with its others when the process runs. */
    return Arena != MiMappedArena || MiShowRegion(Arena, Region, FALSE);
}

void
MiRemoveRegion(PMM_ARENA Arena, PMI_REGION Region)
{
    MmUnguardUserBuffers();
    if (Arena == MiMappedArena)
    {
        MiClearRegion(Region);
    }
    if (Region->Locks != 0)
    {
        Region->Dead =
            TRUE; /* the pages, and so the addresses, stay taken until they are unlocked */
        return;
    }
    MiListRemove(&Region->Entry);
    MiUpdateTop(Arena);
    if (Region->Ptes != NULL)
    {
        MmFreePool(Region->Ptes, MI_ARENA_TAG);
    }
    if (Region->Numbers != NULL)
    {
        MmFreePool(Region->Numbers, MI_ARENA_TAG);
    }
    if (Region->Section != NULL)
    {
        MmDereferenceSection(Region->Section);
    }
    MmFreePool(Region, MI_ARENA_TAG);
}

/* ---- arenas ------------------------------------------------------------------------------- */

NTSTATUS
MmCreateUserArena(PMM_PROCESS Process)
{
    PMM_ARENA arena;
    if (MiSpareArenas.Flink != &MiSpareArenas)
    {
        arena = CONTAINING_RECORD(MiSpareArenas.Flink, MM_ARENA, AllEntry);
        MiListRemove(&arena->AllEntry);
    }
    else
    {
        arena = MmAllocatePool(NonPagedPoolNx, sizeof(MM_ARENA), MI_ARENA_TAG);
        if (arena == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        arena->Alias = MI_SHARED_ALIAS + MI_SHARED_SPAN + MiArenaCount * MI_ALIAS_STRIDE;
        arena->Object = host_memory_object(MI_ARENA_SPAN);
        if (arena->Object < 0 ||
            arena->Alias + MI_ALIAS_STRIDE > MM_REGION_ALIAS + HOST_REGION_SIZE ||
            !host_map_object((void *)arena->Alias, MI_ARENA_SPAN, HOST_PROT_RW, arena->Object, 0))
        {
            MmFreePool(arena, MI_ARENA_TAG);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        MiArenaCount++;
    }
    arena->Regions.Flink = arena->Regions.Blink = &arena->Regions;
    arena->Top = HOST_USER_BASE;
    arena->Process = Process;
    arena->Locked = 0;
    arena->Secures = NULL;
    MiListInsertBefore(&MiArenas, &arena->AllEntry);
    Process->Arena = arena;
    return STATUS_SUCCESS;
}

void
MmDeleteUserArena(PMM_PROCESS Process)
{
    PMM_ARENA arena = Process->Arena;
    if (arena == NULL)
    {
        return;
    }
    if (arena->Locked != 0)
    {
        KiBugCheckWithRule(0x76, /* PROCESS_HAS_LOCKED_PAGES */
                           0, (ULONG64)Process, arena->Locked, 0,
                           "a driver must unlock the pages of a process before the process ends",
                           "NF:wdm.MmProbeAndLockPages", NULL, NULL);
    }
    MmUnsecureProcess(Process);
    while (arena->Regions.Flink != &arena->Regions)
    {
        PMI_REGION region = MI_REGION_OF(arena->Regions.Flink);
        region->Locks = 0;
        MiRemoveRegion(arena, region);
    }
    if (MiMappedArena == arena)
    {
        MiMappedArena = NULL;
        MiArenaVisible = FALSE;
    }
    Process->Arena = NULL;
    MiListRemove(&arena->AllEntry);
    MiListInsertBefore(&MiSpareArenas, &arena->AllEntry);
}

PMM_ARENA
MiArenaOf(PMM_PROCESS Process)
{
    if (Process->Arena == NULL)
    {
        if (!NT_SUCCESS(MmCreateUserArena(Process)))
        {
            return NULL;
        }
        if (KiCurrentThread()->ApcProcess == &Process->Pcb)
        {
            MiSwitchProcess(&Process->Pcb);
        }
    }
    return Process->Arena;
}

PVOID
MmAllocateUserMemory(PMM_PROCESS Process, SIZE_T Size)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiReserveRegion(arena, 0, Size == 0 ? 1 : Size);
    if (region == NULL)
    {
        return NULL;
    }
    MiZeroPages(arena, region->Start, region->Size);
    if (!MiMapRegion(arena, region))
    {
        MiRemoveRegion(arena, region);
        return NULL;
    }
    return (PVOID)region->Start;
}

void
MmFreeUserMemory(PMM_PROCESS Process, PVOID Address)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)Address);
    if (region != NULL && region->Start == (ULONG64)Address && !region->Dead)
    {
        MiRemoveRegion(arena, region);
    }
}

NTSTATUS
MmProtectUserMemory(PMM_PROCESS Process, PVOID Address, SIZE_T Size, int Protection)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)Address);
    if (region == NULL || region->Dead || (ULONG64)Address + Size > region->Start + region->Size)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const ULONG64 offset = (ULONG64)Address - region->Start;
    const ULONG64 first = offset / HOST_PAGE_SIZE;
    const ULONG64 end = MiRoundUp(offset + Size, HOST_PAGE_SIZE) / HOST_PAGE_SIZE;
    return MiSetPtes(arena, region, first, end - first, (UCHAR)(MI_PTE_COMMIT | Protection))
               ? STATUS_SUCCESS
               : STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- aliases and locks -------------------------------------------------------------------- */

BOOLEAN
MiObjectOfAlias(ULONG64 Address, int *Object, PULONG64 Offset)
{
    if (Address - MI_SHARED_ALIAS < MI_SHARED_SPAN)
    {
        *Object = MiSharedObject;
        *Offset = Address - MI_SHARED_ALIAS;
        return MiSharedObject >= 0;
    }
    if (Address - MM_REGION_SECTION < HOST_REGION_SIZE)
    {
        return MiObjectOfSection(Address, Object, Offset);
    }
    for (PLIST_ENTRY e = MiArenas.Flink; e != &MiArenas; e = e->Flink)
    {
        PMM_ARENA arena = CONTAINING_RECORD(e, MM_ARENA, AllEntry);
        if (Address - arena->Alias < MI_ARENA_SPAN)
        {
            *Object = arena->Object;
            *Offset = Address - arena->Alias;
            return TRUE;
        }
    }
    return FALSE;
}

PVOID
MmUserAlias(PMM_PROCESS Process, const void *Address, SIZE_T Size)
{
    return Process->Arena == NULL ? NULL
                                  : (PVOID)MiUserAlias(Process->Arena, (ULONG64)Address, Size, 0);
}

void
MiLockUser(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, LONG Delta)
{
    const ULONG64 first = Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const LONG pages = (LONG)(MiRoundUp(Address + Size - first, HOST_PAGE_SIZE) / HOST_PAGE_SIZE);
    PLIST_ENTRY next;
    Arena->Locked += (ULONG)(pages * Delta);
    for (PLIST_ENTRY e = Arena->Regions.Flink; e != &Arena->Regions; e = next)
    {
        PMI_REGION region = MI_REGION_OF(e);
        next = e->Flink;
        if (region->Start >= Address + Size || first >= region->Start + region->Size)
        {
            continue;
        }
        region->Locks += (ULONG)Delta;
        if (region->Dead && region->Locks == 0)
        {
            region->Dead = FALSE;
            MiRemoveRegion(Arena, region);
        }
    }
}

/* ---- kernel pages for the user ------------------------------------------------------------ */

static BOOLEAN
MiStartSharedObject(void)
{
    if (MiSharedObject < 0)
    {
        MiSharedObject = host_memory_object(MI_SHARED_SPAN);
        return MiSharedObject >= 0 && host_map_object((void *)MI_SHARED_ALIAS, MI_SHARED_SPAN,
                                                      HOST_PROT_RW, MiSharedObject, 0);
    }
    return TRUE;
}

BOOLEAN
MiSharePoolPage(ULONG64 Address, PULONG64 Offset)
{
    const ULONG64 start = Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG pool = MiPoolOf(start);
    if (pool == MiPoolCount || !MiIsPoolPageValid(start))
    {
        return FALSE;
    }
    PMI_PAGE page = &MiPools[pool].Pages[(start - MiPools[pool].Base) / HOST_PAGE_SIZE];
    if (page->Shared != 0)
    {
        *Offset = (ULONG64)(page->Shared - 1) * HOST_PAGE_SIZE;
        return TRUE;
    }
    if (MiSharedNext + HOST_PAGE_SIZE > MI_SHARED_SPAN || !MiStartSharedObject())
    {
        return FALSE;
    }
    MiDisarm();
    MI_UNPOISON(start, HOST_PAGE_SIZE);
    __builtin_memcpy((void *)(MI_SHARED_ALIAS + MiSharedNext), (void *)start, HOST_PAGE_SIZE);
    if (!host_map_object((void *)start, HOST_PAGE_SIZE, MiPools[pool].Protection, MiSharedObject,
                         MiSharedNext))
    {
        return FALSE;
    }
    *Offset = MiSharedNext;
    page->Shared = (ULONG)(MiSharedNext / HOST_PAGE_SIZE) + 1;
    MiSharedNext += HOST_PAGE_SIZE;
    return TRUE;
}

/* ---- start -------------------------------------------------------------------------------- */

NTSTATUS
MiInitArenas(void)
{
    /* Taken now, so that nothing of the host lands where users look. */
    if (!host_map_fixed((void *)HOST_USER_BASE, MI_ARENA_SPAN, HOST_PROT_NONE))
    {
        return STATUS_CONFLICTING_ADDRESSES;
    }
    KiProcessSwitch = MiSwitchProcess;
    return STATUS_SUCCESS;
}
