/* SPDX-License-Identifier: MIT */
/*
 * The pool allocator: pages of equal blocks for small sizes, runs of pages for large ones.
 *
 * Between two blocks lie 16 bytes of MI_IDLE_BYTE, and a block that is not in use is filled with
 * it, so an allocation has no guard to write, and checking what was freed is one scan. Freed blocks
 * wait in a quarantine before they are used again. Owns MiPools and MiBlocks. Any IRQL up to
 * DISPATCH_LEVEL.
 */
#include "mip.h"

#define MI_MAP_UNIT    0x200000ull
#define MI_BLOCKS_SPAN (4ull << 30)
#define MI_POOL_COMMIT \
    (512ull << 20)              /* no pool grows above this: a wild size must fail, not swap */
#define MI_GUARD_PAGES   16384u /* each one splits a mapping, and Linux has a limit */
#define MI_EXECUTE_START (HOST_REGION_NONPAGED + HOST_REGION_SIZE / 2)

MI_POOL MiPools[MiPoolCount];
PMI_BLOCK MiBlocks;
ULONG MiBlockCount = 1;
static ULONG64 MiSequence;

/* Chosen so that capacity + guard fills a page as evenly as possible. */
const USHORT MiClassCapacity[MI_CLASSES] = {16,  32,  48,  64,  80,  96,  128, 160,  192,  224,
                                            256, 320, 384, 480, 560, 656, 992, 1344, 2016, 4064};
static UCHAR MiClassOfSize[MI_SMALL_MAX / 16 + 1]; /* by (size + 15) / 16 */

static BOOLEAN
MiInitPool(PMI_POOL Pool, ULONG64 Base, ULONG64 Size, int Protection)
{
    Pool->Base = Base;
    Pool->Limit = Base + Size;
    Pool->Mapped = Base;
    Pool->Next = Base;
    Pool->Protection = Protection;
    Pool->Pages = host_map(Size / HOST_PAGE_SIZE * sizeof(MI_PAGE), HOST_PROT_RW);
    return Pool->Pages != NULL;
}

NTSTATUS
MiInitPools(void)
{
    const ULONG64 half = HOST_REGION_SIZE / 2;
    ULONG class = 0;
    for (ULONG unit = 0; unit <= MI_SMALL_MAX / 16; unit++)
    {
        while (MiClassCapacity[class] < unit * 16)
        {
            class ++;
        }
        MiClassOfSize[unit] = (UCHAR) class;
    }
    MiBlocks = host_map(MI_BLOCKS_SPAN, HOST_PROT_RW);
    if (MiBlocks == NULL ||
        !MiInitPool(&MiPools[MiPoolNonPaged], HOST_REGION_NONPAGED, half, HOST_PROT_RW) ||
        !MiInitPool(&MiPools[MiPoolExecute], MI_EXECUTE_START, half,
                    HOST_PROT_RW | HOST_PROT_EXECUTE) ||
        !MiInitPool(&MiPools[MiPoolPaged], HOST_REGION_PAGED, HOST_REGION_SIZE, HOST_PROT_RW))
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

/* ---- pages -------------------------------------------------------------------------------- */

/* Takes Count fresh pages from the pool's range; 0 when it is at its limit. */
static ULONG64
MiTakePages(PMI_POOL Pool, ULONG64 Count)
{
    const ULONG64 start = Pool->Next;
    const ULONG64 bytes = Count * HOST_PAGE_SIZE;
    if (bytes > Pool->Limit - start || start + bytes - Pool->Base > MI_POOL_COMMIT)
    {
        return 0;
    }
    if (start + bytes > Pool->Mapped)
    {
        const ULONG64 grow = MiRoundUp(start + bytes - Pool->Mapped, MI_MAP_UNIT);
        if (!host_map_fixed((void *)Pool->Mapped, grow, Pool->Protection))
        {
            return 0;
        }
        if (MiArmed && Pool == &MiPools[MiPoolPaged])
        {
            MiDisarm();
        }
        Pool->Mapped += grow;
    }
    Pool->Next += bytes;
    return start;
}

static PMI_PAGE
MiPageOf(PMI_POOL Pool, ULONG64 Address)
{
    return &Pool->Pages[(Address - Pool->Base) / HOST_PAGE_SIZE];
}

/* New descriptors: their number, or 0 when the table is full. */
static ULONG
MiNewBlocks(ULONG Count)
{
    if (((ULONG64)MiBlockCount + Count) * sizeof(MI_BLOCK) > MI_BLOCKS_SPAN)
    {
        return 0;
    }
    const ULONG first = MiBlockCount;
    MiBlockCount += Count;
    return first;
}

static void
MiFillIdle(ULONG64 Address, SIZE_T Size)
{
    __builtin_memset((void *)Address, MI_IDLE_BYTE, Size);
}

/* Cuts a fresh page into blocks of one class and puts them into the free list, lowest first. */
static BOOLEAN
MiCarvePage(PMI_POOL Pool, ULONG Class)
{
    const ULONG stride = MiClassCapacity[Class] + MI_GUARD;
    const ULONG count = (HOST_PAGE_SIZE - MI_GUARD) / stride;
    const ULONG first = MiNewBlocks(count);
    const ULONG64 page = first == 0 ? 0 : MiTakePages(Pool, 1);
    if (page == 0)
    {
        return FALSE;
    }
    MiFillIdle(page, HOST_PAGE_SIZE);
    MI_POISON(page, HOST_PAGE_SIZE);
    PMI_PAGE descriptor = MiPageOf(Pool, page);
    descriptor->Kind = MiPageSmall;
    descriptor->Class = (UCHAR)Class;
    descriptor->Block = first;
    for (ULONG index = count; index-- > 0;)
    {
        PMI_BLOCK block = &MiBlocks[first + index];
        block->Address = page + MI_GUARD + (ULONG64)index * stride;
        block->Pool = (UCHAR)(Pool - MiPools);
        block->Class = (UCHAR)Class;
        block->State = MiBlockNone;
        block->Next = Pool->ClassFree[Class];
        Pool->ClassFree[Class] = first + index;
    }
    return TRUE;
}

/* A run of fresh pages with an inaccessible page behind it. */
static PMI_BLOCK
MiCarveExtent(PMI_POOL Pool, ULONG Pages)
{
    const ULONG number = MiNewBlocks(1);
    const ULONG64 start = number == 0 ? 0 : MiTakePages(Pool, (ULONG64)Pages + 1);
    if (start == 0)
    {
        return NULL;
    }
    /* Paged pool changes protection as a whole (paging.c), so its pages cannot have their own. */
    const ULONG64 guard = start + (ULONG64)Pages * HOST_PAGE_SIZE;
    if (Pool != &MiPools[MiPoolPaged] && Pool->GuardPages < MI_GUARD_PAGES &&
        host_protect((void *)guard, HOST_PAGE_SIZE, HOST_PROT_NONE))
    {
        Pool->GuardPages++;
    }
    PMI_BLOCK block = &MiBlocks[number];
    block->Address = start;
    block->Pages = Pages;
    block->Pool = (UCHAR)(Pool - MiPools);
    block->Class = MI_LARGE;
    block->State = MiBlockNone;
    for (ULONG index = 0; index <= Pages; index++)
    {
        PMI_PAGE page = MiPageOf(Pool, start) + index;
        page->Kind = index == Pages ? MiPageGuard : MiPageLarge;
        page->Class = MI_LARGE;
        page->Block = number;
    }
    return block;
}

static PULONG
MiExtentList(PMI_POOL Pool, ULONG Pages)
{
    return &Pool->ExtentFree[Pages < MI_EXTENTS ? Pages : 0];
}

/* ---- allocation --------------------------------------------------------------------------- */

static PMI_BLOCK
MiAllocateSmall(PMI_POOL Pool, SIZE_T Size)
{
    const ULONG class = MiClassOfSize[(Size + 15) / 16];
    if (__builtin_expect(Pool->ClassFree[class] == 0, 0) && !MiCarvePage(Pool, class))
    {
        return NULL;
    }
    PMI_BLOCK block = &MiBlocks[Pool->ClassFree[class]];
    Pool->ClassFree[class] = block->Next;
    MI_UNPOISON(block->Address, MiClassCapacity[class]);
    MiCheckIdle(block);
    MI_POISON(block->Address + Size, MiClassCapacity[class] - Size);
    return block;
}

static PMI_BLOCK
MiAllocateLarge(PMI_POOL Pool, SIZE_T Size)
{
    if (Size >= MI_POOL_COMMIT)
    {
        return NULL;
    }
    const ULONG64 pages = MiRoundUp(Size, HOST_PAGE_SIZE) / HOST_PAGE_SIZE;
    PULONG link = MiExtentList(Pool, (ULONG)pages);
    while (*link != 0 && MiBlocks[*link].Pages != pages)
    {
        link = &MiBlocks[*link].Next;
    }
    PMI_BLOCK block;
    if (*link != 0)
    {
        block = &MiBlocks[*link];
        *link = block->Next;
        MI_UNPOISON(block->Address, pages * HOST_PAGE_SIZE);
        MiCheckIdle(block);
        if (block->Flags & MI_BLOCK_HIDDEN)
        {
            host_protect((void *)block->Address, pages * HOST_PAGE_SIZE, Pool->Protection);
        }
    }
    else
    {
        block = MiCarveExtent(Pool, (ULONG)pages);
        if (block == NULL)
        {
            return NULL;
        }
    }
    const ULONG64 end = block->Address + pages * HOST_PAGE_SIZE;
    MiFillIdle(block->Address + Size, end - block->Address - Size);
    MI_POISON(block->Address + Size, end - block->Address - Size);
    return block;
}

PVOID
MiAllocate(ULONG PoolIndex, SIZE_T Size, ULONG Tag, UCHAR Flags, PVOID Caller, BOOLEAN Zero)
{
    PMI_POOL pool = &MiPools[PoolIndex];
    if (__builtin_expect(PoolIndex == MiPoolPaged && MiArmed, 0))
    {
        MiDisarm();
    }
    PMI_BLOCK block =
        Size <= MI_SMALL_MAX ? MiAllocateSmall(pool, Size) : MiAllocateLarge(pool, Size);
    if (block == NULL)
    {
        return NULL;
    }
    block->State = MiBlockLive;
    block->Size = Size;
    block->Tag = Tag;
    block->Flags = Flags;
    block->Sequence = ++MiSequence;
    pool->LiveBytes += Size;
    __builtin_memset((void *)block->Address, Zero ? 0 : MI_FRESH_BYTE, Size);
    MiTrackAllocation(block, Caller);
    return (PVOID)block->Address;
}

/* ---- freeing ------------------------------------------------------------------------------ */

static void
MiHideExtent(PMI_POOL Pool, PMI_BLOCK Block)
{
    const ULONG64 bytes = (ULONG64)Block->Pages * HOST_PAGE_SIZE;
    if (Block->Pages <= MI_FILL_PAGES)
    {
        MiFillIdle(Block->Address, bytes);
    }
    else if (Pool == &MiPools[MiPoolPaged])
    {
        host_discard((void *)Block->Address, bytes);
    }
    else
    {
        host_discard((void *)Block->Address, bytes);
        host_protect((void *)Block->Address, bytes, HOST_PROT_NONE);
        Block->Flags |= MI_BLOCK_HIDDEN;
    }
    MI_POISON(Block->Address, bytes);
}

static void
MiLeaveQuarantine(PMI_POOL Pool)
{
    const ULONG number = Pool->Quarantine[Pool->QuarantineHead];
    PMI_BLOCK block = &MiBlocks[number];
    Pool->QuarantineHead = (Pool->QuarantineHead + 1) % MI_QUARANTINE_BLOCKS;
    Pool->QuarantineCount--;
    Pool->QuarantineBytes -= block->Size;
    PULONG list = block->Class == MI_LARGE ? MiExtentList(Pool, block->Pages)
                                           : &Pool->ClassFree[block->Class];
    block->Next = *list;
    *list = number;
}

void
MiRelease(PMI_BLOCK Block, PVOID Caller)
{
    PMI_POOL pool = &MiPools[Block->Pool];
    if (__builtin_expect(Block->Pool == MiPoolPaged && MiArmed, 0))
    {
        MiDisarm();
    }
    MiTrackFree(Block, Caller);
    pool->LiveBytes -= Block->Size;
    Block->State = MiBlockFreed;
    if (Block->Class == MI_LARGE)
    {
        MI_UNPOISON(Block->Address, (SIZE_T)Block->Pages * HOST_PAGE_SIZE);
        MiHideExtent(pool, Block);
    }
    else
    {
        MiFillIdle(Block->Address, Block->Size);
        MI_POISON(Block->Address, MiClassCapacity[Block->Class]);
    }
    if (pool->QuarantineCount == MI_QUARANTINE_BLOCKS)
    {
        MiLeaveQuarantine(pool);
    }
    pool->Quarantine[(pool->QuarantineHead + pool->QuarantineCount) % MI_QUARANTINE_BLOCKS] =
        (ULONG)(Block - MiBlocks);
    pool->QuarantineCount++;
    pool->QuarantineBytes += Block->Size;
    while (pool->QuarantineBytes > MI_QUARANTINE_BYTES)
    {
        MiLeaveQuarantine(pool);
    }
}

/* ---- lookup ------------------------------------------------------------------------------- */

ULONG
MiPoolOf(ULONG64 Address)
{
    for (ULONG index = 0; index < MiPoolCount; index++)
    {
        if (Address >= MiPools[index].Base && Address < MiPools[index].Limit)
        {
            return index;
        }
    }
    return MiPoolCount;
}

PMI_BLOCK
MiFindBlock(ULONG64 Address)
{
    const ULONG index = MiPoolOf(Address);
    if (index == MiPoolCount || Address >= MiPools[index].Next)
    {
        return NULL;
    }
    const PMI_PAGE page = MiPageOf(&MiPools[index], Address);
    if (page->Kind == MiPageUnused)
    {
        return NULL;
    }
    if (page->Kind != MiPageSmall)
    {
        return &MiBlocks[page->Block];
    }
    const ULONG stride = MiClassCapacity[page->Class] + MI_GUARD;
    const ULONG count = (HOST_PAGE_SIZE - MI_GUARD) / stride;
    const ULONG offset = (ULONG)(Address % HOST_PAGE_SIZE);
    ULONG slot = offset < MI_GUARD ? 0 : (offset - MI_GUARD) / stride;
    if (slot >= count)
    {
        slot = count - 1;
    }
    return &MiBlocks[page->Block + slot];
}

BOOLEAN
MiIsPoolPageValid(ULONG64 Address)
{
    const PMI_BLOCK block = MiFindBlock(Address);
    if (block == NULL)
    {
        return FALSE;
    }
    const ULONG kind = MiPageOf(&MiPools[block->Pool], Address)->Kind;
    return kind == MiPageSmall || (kind == MiPageLarge && !(block->Flags & MI_BLOCK_HIDDEN));
}
