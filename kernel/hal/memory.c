// SPDX-License-Identifier: MIT
// Physical memory for mm: RAM is the image of hw/core/memory.c, everything else an MMIO window.
// No lock; PASSIVE_LEVEL to DISPATCH_LEVEL.
#include "hal/halp.h"

#include "hw/core/machine.h"
#include "mm/mm.h"
#include "rtl/assert.h"

static struct hw_machine *machine;

// Contiguous memory for drivers comes from the top of RAM down, in pages. A bit per page would do
// for a heavy user; drivers allocate a handful of blocks, so a sorted array is simpler.
typedef struct _HAL_BLOCK
{
    ULONG64 Physical;
    ULONG64 Size;
} HAL_BLOCK;

static HAL_BLOCK blocks[1024]; // sorted by address
static ULONG blockCount;

static PVOID
RamPointer(ULONG64 Physical, SIZE_T Length)
{
    return hw_memory_pointer(machine, Physical, Length);
}

static BOOLEAN
PhysicalOf(const void *Address, PULONG64 Physical)
{
    uint64_t physical;

    if (!hw_memory_physical(machine, Address, &physical) &&
        !hw_mmio_physical(machine, (uint64_t)Address, &physical))
        return FALSE;
    *Physical = physical;
    return TRUE;
}

static PVOID
MapIoSpace(ULONG64 Physical, SIZE_T Length, MEMORY_CACHING_TYPE CacheType)
{
    PVOID pointer = hw_memory_pointer(machine, Physical, Length);

    UNREFERENCED_PARAMETER(CacheType);
    return pointer != NULL ? pointer : hw_mmio_map(machine, Physical, Length);
}

static void
UnmapIoSpace(PVOID Address, SIZE_T Length)
{
    UNREFERENCED_PARAMETER(Length);
    (void)hw_mmio_unmap(machine, Address);
}

static int
MemoryObject(ULONG64 Physical, SIZE_T Length, BOOLEAN *Writable)
{
    bool writable = false;
    const int object = hw_memory_object(machine, Physical, Length, &writable);

    *Writable = writable;
    return object;
}

static BOOLEAN
RamRange(ULONG Index, PULONG64 Physical, PULONG64 Length)
{
    size_t count;
    const struct hw_memory_range *ranges = hw_memory_ranges(machine, &count);

    for (size_t i = 0; i < count; i++)
    {
        if (ranges[i].type == HW_MEMORY_RAM && Index-- == 0)
        {
            *Physical = ranges[i].physical;
            *Length = ranges[i].size;
            return TRUE;
        }
    }
    return FALSE;
}

// ---- views at an address of somebody's choice --------------------------------------------------

typedef struct _HAL_VIEW
{
    ULONG64 Physical;
    PVOID Address;
    SIZE_T Length;
    BOOLEAN Ram;
} HAL_VIEW;

static HAL_VIEW views[256];

static uint64_t
ViewRead(void *Context, uint64_t Offset, unsigned Size)
{
    const HAL_VIEW *view = Context;
    uint64_t value = ~0ull;
    (void)hw_memory_read(machine, view->Physical + Offset, &value, Size);
    return value;
}

static void
ViewWrite(void *Context, uint64_t Offset, uint64_t Value, unsigned Size)
{
    const HAL_VIEW *view = Context;
    (void)hw_memory_write(machine, view->Physical + Offset, &Value, Size);
}

static const struct hw_mmio_ops viewOps = {ViewRead, ViewWrite, 8};

static HAL_VIEW *
FreeView(void)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(views); i++)
    {
        if (views[i].Address == NULL)
            return &views[i];
    }
    return NULL;
}

// Accesses of such a view are emulated: it holds devices, or a mix of devices and memory. Ranges
// that are memory as a whole are mapped by mm itself (MemoryObject).
static NTSTATUS
MapAt(PVOID Address, ULONG64 Physical, SIZE_T Length, int Protection)
{
    HAL_VIEW *view = FreeView();

    UNREFERENCED_PARAMETER(Protection);
    if (view == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!host_map_fixed(Address, Length, HOST_PROT_NONE))
        return STATUS_CONFLICTING_ADDRESSES;
    *view = (HAL_VIEW){Physical, Address, Length, FALSE};
    if (!hw_window_add(machine, (uint64_t)Address, Length, &viewOps, view))
    {
        host_unmap(Address, Length);
        view->Address = NULL;
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

static void
UnmapAt(PVOID Address, SIZE_T Length)
{
    hw_window_remove(machine, (uint64_t)Address);
    host_unmap(Address, Length);
    for (ULONG i = 0; i < RTL_NUMBER_OF(views); i++)
    {
        if (views[i].Address == Address)
            views[i].Address = NULL;
    }
}

// ---- contiguous memory
// ---------------------------------------------------------------------------

static ULONG64
LowestOverlap(ULONG64 Start, ULONG64 Size)
{
    for (ULONG i = 0; i < blockCount; i++)
    {
        if (blocks[i].Physical < Start + Size && Start < blocks[i].Physical + blocks[i].Size)
            return blocks[i].Physical;
    }
    return 0;
}

// The highest place at or below Limit - Size within [Low, Limit) that crosses no Boundary.
static ULONG64
FindPlace(ULONG64 Low, ULONG64 Limit, ULONG64 Size, ULONG64 Boundary)
{
    while (Limit >= Low + Size)
    {
        ULONG64 start = (Limit - Size) & ~(ULONG64)(PAGE_SIZE - 1);
        ULONG64 overlap;

        if (start < Low)
            return 0;
        if (Boundary != 0 && (start ^ (start + Size - 1)) & ~(Boundary - 1))
        {
            Limit = (start + Size - 1) & ~(Boundary - 1);
            continue;
        }
        overlap = LowestOverlap(start, Size);
        if (overlap == 0)
            return start;
        Limit = overlap;
    }
    return 0;
}

static void
InsertBlock(ULONG64 Physical, ULONG64 Size)
{
    ULONG i = blockCount++;

    for (; i > 0 && blocks[i - 1].Physical > Physical; i--)
        blocks[i] = blocks[i - 1];
    blocks[i] = (HAL_BLOCK){Physical, Size};
}

static PVOID
AllocateContiguous(SIZE_T Length, ULONG64 Lowest, ULONG64 Highest, ULONG64 Boundary)
{
    ULONG64 size = (Length + PAGE_SIZE - 1) & ~(ULONG64)(PAGE_SIZE - 1);
    size_t count;
    const struct hw_memory_range *ranges = hw_memory_ranges(machine, &count);

    if (size == 0 || blockCount == RTL_NUMBER_OF(blocks))
        return NULL;
    for (size_t i = count; i-- > 0;)
    {
        ULONG64 low = ranges[i].physical;
        ULONG64 limit = low + ranges[i].size;
        ULONG64 place;

        if (ranges[i].type != HW_MEMORY_RAM)
            continue;
        // The first megabyte belongs to firmware and to those who ask for it by address.
        if (low < 0x100000)
            low = 0x100000;
        if (low < Lowest)
            low = Lowest;
        if (limit > Highest && Highest + 1 != 0)
            limit = Highest + 1;
        if (low >= limit)
            continue;
        place = FindPlace(low, limit, size, Boundary);
        if (place == 0)
            continue;
        InsertBlock(place, size);
        return hw_memory_pointer(machine, place, size);
    }
    return NULL;
}

static void
FreeContiguous(PVOID Address, SIZE_T Length)
{
    uint64_t physical;

    UNREFERENCED_PARAMETER(Length);
    if (!hw_memory_physical(machine, Address, &physical))
        return;
    for (ULONG i = 0; i < blockCount; i++)
    {
        if (blocks[i].Physical != physical)
            continue;
        blockCount--;
        for (; i < blockCount; i++)
            blocks[i] = blocks[i + 1];
        return;
    }
}

void
HalpInitPhysicalMemory(struct hw_machine *Machine)
{
    machine = Machine;
    MmPhysicalHooks = (MM_PHYSICAL_HOOKS){.RamPointer = RamPointer,
                                          .MemoryObject = MemoryObject,
                                          .RamRange = RamRange,
                                          .PhysicalOf = PhysicalOf,
                                          .MapIoSpace = MapIoSpace,
                                          .UnmapIoSpace = UnmapIoSpace,
                                          .MapAt = MapAt,
                                          .UnmapAt = UnmapAt,
                                          .AllocateContiguous = AllocateContiguous,
                                          .FreeContiguous = FreeContiguous};
}
