/* SPDX-License-Identifier: MIT */
/*
 * User memory of client processes: below 2 GiB, one arena per process, visible only while a thread
 * of the process runs. The pages belong to a memory object that the kernel also sees at the arena's
 * alias, so a locked user buffer stays reachable in every context. PASSIVE_LEVEL, except the
 * switch, which the dispatcher calls at any IRQL.
 */
#include "mip.h"

#define MI_GRANULE                                                                \
    0x10000ull /* regions start on 64 KiB, as on Windows; leaves gaps behind them \
                */
#define MI_ALIAS_STRIDE 0x80000000ull
#define MI_SHARED_ALIAS (MM_REGION_ALIAS + 0x800000000ull)
#define MI_SHARED_SPAN  (2ull << 30)
#define MI_ARENA_TAG    MM_TAG('M', 'm', 'A', 'r')

static LIST_ENTRY MiArenas = {&MiArenas, &MiArenas};
static LIST_ENTRY MiSpareArenas = {&MiSpareArenas, &MiSpareArenas};
static ULONG MiArenaCount;
static PMM_ARENA MiMappedArena; /* whose regions occupy the user range */
static BOOLEAN MiArenaVisible;

int MiSharedObject = -1;
static ULONG64 MiSharedNext;

/* ---- lists without rtl's inline routines, which belong to drivers ------------------------- */

static void
MiListInsertBefore(PLIST_ENTRY Before, PLIST_ENTRY Entry)
{
    Entry->Flink = Before;
    Entry->Blink = Before->Blink;
    Before->Blink->Flink = Entry;
    Before->Blink = Entry;
}

static void
MiListRemove(PLIST_ENTRY Entry)
{
    Entry->Blink->Flink = Entry->Flink;
    Entry->Flink->Blink = Entry->Blink;
}

#define MI_REGION_OF(E) CONTAINING_RECORD(E, MI_REGION, Entry)

/* ---- showing and hiding ------------------------------------------------------------------- */

static BOOLEAN
MiShowRegion(PMI_REGION Region)
{
    void *address = (void *)Region->Start;
    if (Region->Dead)
    {
        return TRUE;
    }
    if (Region->Backing == MiBackingPhysical)
    {
        /* hal wants the range free, and gets it. */
        host_unmap(address, Region->Size);
        if (MmPhysicalHooks.MapAt != NULL &&
            NT_SUCCESS(
                MmPhysicalHooks.MapAt(address, Region->Offset, Region->Size, Region->Protection)))
        {
            Region->Shown = TRUE;
            return TRUE;
        }
        host_map_fixed(address, Region->Size, HOST_PROT_NONE);
        return FALSE;
    }
    return host_map_object(address, Region->Size, Region->Protection, Region->Object,
                           Region->Offset);
}

/* Makes one region's addresses empty. */
static void
MiClearRegion(PMI_REGION Region)
{
    void *address = (void *)Region->Start;
    if (Region->Shown)
    {
        Region->Shown = FALSE;
        MmPhysicalHooks.UnmapAt(address, Region->Size);
    }
    host_unmap(address, Region->Size);
    host_map_fixed(address, Region->Size, HOST_PROT_NONE);
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
    for (PLIST_ENTRY e = arena->Regions.Flink; e != &arena->Regions; e = e->Flink)
    {
        if (MI_REGION_OF(e)->Shown)
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
        PMI_REGION region = MI_REGION_OF(e);
        if (!mapped || region->Backing == MiBackingPhysical)
        {
            MiShowRegion(region);
        }
        else if (!region->Dead)
        {
            host_protect((void *)region->Start, region->Size, region->Protection);
        }
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

PMI_REGION
MiReserveRegion(PMM_ARENA Arena, SIZE_T Size)
{
    const ULONG64 size = MiRoundUp(Size, HOST_PAGE_SIZE);
    ULONG64 start = HOST_USER_BASE;
    PLIST_ENTRY before = Arena->Regions.Flink;
    /* One page stays free behind each region, so that an overrun faults. */
    while (before != &Arena->Regions && start + size + HOST_PAGE_SIZE > MI_REGION_OF(before)->Start)
    {
        start = MiRoundUp(MI_REGION_OF(before)->Start + MI_REGION_OF(before)->Size + HOST_PAGE_SIZE,
                          MI_GRANULE);
        before = before->Flink;
    }
    if (size == 0 || size > HOST_USER_LIMIT || start + size > HOST_USER_LIMIT)
    {
        return NULL;
    }
    PMI_REGION region = MmAllocatePool(NonPagedPoolNx, sizeof(MI_REGION), MI_ARENA_TAG);
    if (region != NULL)
    {
        region->Start = start;
        region->Size = size;
        region->Object = Arena->Object;
        region->Offset = start - HOST_USER_BASE;
        region->Backing = MiBackingOwn;
        region->Protection = HOST_PROT_RW;
        MiListInsertBefore(before, &region->Entry);
        MiUpdateTop(Arena);
    }
    return region;
}

BOOLEAN
MiMapRegion(PMM_ARENA Arena, PMI_REGION Region)
{
    if (Arena != MiMappedArena)
    {
        return TRUE; /* mapped with the others when the process runs */
    }
    if (!MiShowRegion(Region))
    {
        return FALSE;
    }
    /* Hidden arenas keep their mappings and lose only their protection. */
    if (!MiArenaVisible)
    {
        host_protect((void *)Region->Start, Region->Size, HOST_PROT_NONE);
    }
    return TRUE;
}

void
MiRemoveRegion(PMM_ARENA Arena, PMI_REGION Region)
{
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

PVOID
MmAllocateUserMemory(PMM_PROCESS Process, SIZE_T Size)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiReserveRegion(arena, Size == 0 ? 1 : Size);
    if (region == NULL)
    {
        return NULL;
    }
    const ULONG64 alias = arena->Alias + region->Offset;
    const ULONG64 used = arena->HighWater > alias ? arena->HighWater - alias : 0;
    __builtin_memset((void *)alias, 0, used < region->Size ? used : region->Size);
    if (alias + region->Size > arena->HighWater)
    {
        arena->HighWater = alias + region->Size;
    }
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
    region->Protection = (UCHAR)Protection;
    return MiMapRegion(arena, region) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- aliases and locks -------------------------------------------------------------------- */

/* Kernel address of Offset in what backs Region; 0 when it cannot be reached as memory. */
static ULONG64
MiRegionAlias(PMM_ARENA Arena, PMI_REGION Region, ULONG64 Offset, SIZE_T Size)
{
    if (Region->Backing == MiBackingPhysical)
    {
        return (ULONG64)MmPhysicalToPointer(Region->Offset + Offset, Size);
    }
    if (Region->Object == MiSharedObject)
    {
        return MI_SHARED_ALIAS + Region->Offset + Offset;
    }
    if (Region->Object == Arena->Object)
    {
        return Arena->Alias + Region->Offset + Offset;
    }
    for (PLIST_ENTRY e = MiArenas.Flink; e != &MiArenas; e = e->Flink)
    {
        PMM_ARENA other = CONTAINING_RECORD(e, MM_ARENA, AllEntry);
        if (other->Object == Region->Object)
        {
            return other->Alias + Region->Offset + Offset;
        }
    }
    return 0;
}

BOOLEAN
MiObjectOfAlias(ULONG64 Address, int *Object, PULONG64 Offset)
{
    if (Address - MI_SHARED_ALIAS < MI_SHARED_SPAN)
    {
        *Object = MiSharedObject;
        *Offset = Address - MI_SHARED_ALIAS;
        return MiSharedObject >= 0;
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

ULONG64
MiUserAlias(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, int Wanted)
{
    PMI_REGION region = MiFindRegion(Arena, Address);
    if (region == NULL || region->Dead || (region->Protection & Wanted) != Wanted ||
        Size > region->Start + region->Size - Address)
    {
        return 0;
    }
    return MiRegionAlias(Arena, region, Address - region->Start, Size);
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
    PMI_REGION region = MiFindRegion(Arena, Address);
    Arena->Locked += (ULONG)(pages * Delta);
    if (region == NULL)
    {
        return;
    }
    region->Locks += (ULONG)Delta;
    if (region->Dead && region->Locks == 0)
    {
        region->Dead = FALSE;
        MiRemoveRegion(Arena, region);
    }
}

/* ---- kernel pages for the user ------------------------------------------------------------ */

#define MI_SHARED_RUNS 256u
static struct
{
    ULONG64 Address, Size, Offset;
} MiSharedRuns[MI_SHARED_RUNS];
static ULONG MiSharedRunCount;

BOOLEAN
MiShareKernelPages(ULONG64 Address, SIZE_T Size, PULONG64 Offset)
{
    const ULONG64 start = Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG64 size = MiRoundUp(Address + Size - start, HOST_PAGE_SIZE);
    const ULONG pool = MiPoolOf(start);
    for (ULONG index = 0; index < MiSharedRunCount; index++)
    {
        if (start < MiSharedRuns[index].Address + MiSharedRuns[index].Size &&
            MiSharedRuns[index].Address < start + size)
        {
            /* A page can be shared only once; a range that lies inside an older one is there. */
            *Offset = MiSharedRuns[index].Offset + start - MiSharedRuns[index].Address;
            return start >= MiSharedRuns[index].Address &&
                   start + size <= MiSharedRuns[index].Address + MiSharedRuns[index].Size;
        }
    }
    if (pool == MiPoolCount || MiSharedRunCount == MI_SHARED_RUNS ||
        MiSharedNext + size > MI_SHARED_SPAN)
    {
        return FALSE;
    }
    if (MiSharedObject < 0)
    {
        MiSharedObject = host_memory_object(MI_SHARED_SPAN);
        if (MiSharedObject < 0 || !host_map_object((void *)MI_SHARED_ALIAS, MI_SHARED_SPAN,
                                                   HOST_PROT_RW, MiSharedObject, 0))
        {
            return FALSE;
        }
    }
    MiDisarm();
    MI_UNPOISON(start, size);
    __builtin_memcpy((void *)(MI_SHARED_ALIAS + MiSharedNext), (void *)start, size);
    if (!host_map_object((void *)start, size, MiPools[pool].Protection, MiSharedObject,
                         MiSharedNext))
    {
        return FALSE;
    }
    *Offset = MiSharedNext;
    MiSharedRuns[MiSharedRunCount].Address = start;
    MiSharedRuns[MiSharedRunCount].Size = size;
    MiSharedRuns[MiSharedRunCount++].Offset = MiSharedNext;
    MiSharedNext += size;
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
