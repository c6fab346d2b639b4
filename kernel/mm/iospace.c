/* SPDX-License-Identifier: MIT */
/*
 * I/O space: system addresses for physical ranges, and which ranges are RAM. Memory gets a second
 * mapping, devices get a window of hal whose accesses are emulated. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_IO_TAG MM_TAG('M', 'm', 'I', 'o')

/* A window of hal, or memory that has one mapping only. */
typedef struct _MI_IO_WINDOW
{
    struct _MI_IO_WINDOW *Next;
    PVOID Address;
    SIZE_T Size;
    ULONG64 Physical;
    BOOLEAN Hal;
} MI_IO_WINDOW;

static MI_IO_WINDOW *MiIoWindows;

BOOLEAN
MiCacheOfProtect(ULONG Protect, MEMORY_CACHING_TYPE *CacheType)
{
    UCHAR pte;
    *CacheType = (Protect & PAGE_NOCACHE)        ? MmNonCached
                 : (Protect & PAGE_WRITECOMBINE) ? MmWriteCombined
                                                 : MmCached;
    return MiPteOfProtect(Protect, FALSE, &pte) && !(Protect & (PAGE_GUARD | PAGE_NOACCESS));
}

/* A second mapping of memory; NULL when not all of it is memory that can have one. */
static PVOID
MiMapMemory(ULONG64 Physical, SIZE_T Size, int Protection)
{
    const ULONG64 first = Physical & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG64 pages = (MiRoundUp(Physical + Size, HOST_PAGE_SIZE) - first) / HOST_PAGE_SIZE;
    if (MmPhysicalToPointer(first, pages * HOST_PAGE_SIZE) == NULL)
    {
        return NULL;
    }
    PMI_SYSTEM_RANGE range = MiReserveSystem(pages, MiSystemIoSpace, FALSE);
    PFN_NUMBER *numbers =
        range == NULL ? NULL
                      : MmAllocatePool(NonPagedPoolNx, pages * sizeof(PFN_NUMBER), MI_IO_TAG);
    for (ULONG64 page = 0; numbers != NULL && page < pages; page++)
    {
        numbers[page] = first / HOST_PAGE_SIZE + page;
    }
    const BOOLEAN mapped = numbers != NULL && MiMapSystem(range, numbers, pages, Protection);
    if (numbers != NULL)
    {
        MmFreePool(numbers, MI_IO_TAG);
    }
    if (!mapped)
    {
        if (range != NULL)
        {
            MiReleaseSystem(range);
        }
        return NULL;
    }
    range->Size = Size;
    return (PVOID)(range->Start + (Physical - first));
}

static PVOID
MiMapWindow(ULONG64 Physical, SIZE_T Size, MEMORY_CACHING_TYPE CacheType)
{
    MI_IO_WINDOW *window = MmAllocatePool(NonPagedPoolNx, sizeof(*window), MI_IO_TAG);
    if (window == NULL)
    {
        return NULL;
    }
    window->Hal = Physical < MM_PHYSICAL_NONPAGED;
    if (!window->Hal)
    {
        window->Address = MmPhysicalToPointer(Physical, Size);
    }
    else if (MmPhysicalHooks.MapIoSpace != NULL)
    {
        window->Address = MmPhysicalHooks.MapIoSpace(Physical, Size, CacheType);
    }
    if (window->Address == NULL)
    {
        MmFreePool(window, MI_IO_TAG);
        return NULL;
    }
    window->Size = Size;
    window->Physical = Physical;
    window->Next = MiIoWindows;
    MiIoWindows = window;
    return window->Address;
}

static PVOID
MiMapIo(ULONG64 Physical, SIZE_T Size, MEMORY_CACHING_TYPE CacheType, int Protection)
{
    if (Size == 0 || Physical + Size < Physical || (ULONG)CacheType >= MmMaximumCacheType)
    {
        return NULL;
    }
    PVOID address = MiMapMemory(Physical, Size, Protection);
    return address != NULL ? address : MiMapWindow(Physical, Size, CacheType);
}

/* Contract: NF:wdm.MmMapIoSpace. */
DDI PVOID
MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType)
{
    return MiMapIo((ULONG64)PhysicalAddress.QuadPart, NumberOfBytes, CacheType,
                   HOST_PROT_RW | HOST_PROT_EXECUTE);
}

/* Contract: NF:wdm.MmMapIoSpaceEx: the protection carries the caching. */
DDI PVOID
MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    MEMORY_CACHING_TYPE cacheType;
    UCHAR pte;
    if (!MiCacheOfProtect(Protect, &cacheType) || !MiPteOfProtect(Protect, FALSE, &pte))
    {
        return NULL;
    }
    return MiMapIo((ULONG64)PhysicalAddress.QuadPart, NumberOfBytes, cacheType,
                   pte & (HOST_PROT_RW | HOST_PROT_EXECUTE));
}

static BOOLEAN
MiUnmapWindow(PVOID Address, SIZE_T Size, PSIZE_T Mapped)
{
    for (MI_IO_WINDOW **link = &MiIoWindows; *link != NULL; link = &(*link)->Next)
    {
        MI_IO_WINDOW *window = *link;
        if (window->Address != Address)
        {
            continue;
        }
        *Mapped = window->Size;
        if (window->Size != Size)
        {
            continue;
        }
        *link = window->Next;
        if (window->Hal)
        {
            MmPhysicalHooks.UnmapIoSpace(Address, Size);
        }
        MmFreePool(window, MI_IO_TAG);
        return TRUE;
    }
    return FALSE;
}

/* Contract: NF:wdm.MmUnmapIoSpace: what MmMapIoSpace returned, with the same number of bytes. */
DDI VOID
MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    PMI_SYSTEM_RANGE range = MiFindSystem((ULONG64)BaseAddress);
    SIZE_T mapped = 0;
    if (range != NULL && range->Kind == MiSystemIoSpace &&
        (ULONG64)BaseAddress - range->Start < HOST_PAGE_SIZE)
    {
        mapped = range->Size;
        if (mapped == NumberOfBytes)
        {
            MiReleaseSystem(range);
            return;
        }
    }
    else if (MiUnmapWindow(BaseAddress, NumberOfBytes, &mapped))
    {
        return;
    }
    KiBugCheckWithRule(SYSTEM_PTE_MISUSE, mapped == 0 ? 0x400 : 0x305, (ULONG64)BaseAddress,
                       NumberOfBytes / HOST_PAGE_SIZE, mapped / HOST_PAGE_SIZE,
                       "I/O space is unmapped once, by the address that mapping it returned and "
                       "with the same number of bytes",
                       "NF:wdm.MmUnmapIoSpace", NULL, NULL);
}

/* ---- which addresses are RAM -------------------------------------------------------------- */

/* Contract: NF:ntddk.MmGetPhysicalMemoryRangesEx2: a block of nonpaged pool that the caller frees,
 * with an entry of zeros at its end. */
DDI PPHYSICAL_MEMORY_RANGE
MmGetPhysicalMemoryRangesEx2(PVOID PartitionObject, ULONG Flags)
{
    const ULONG known = MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_FILE_ONLY |
                        MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_ALL_PARTITIONS;
    ULONG64 base, size;
    ULONG count = 0;
    if (PartitionObject != NULL || (Flags & ~known) != 0)
    {
        return NULL;
    }
    while (MmPhysicalHooks.RamRange != NULL && MmPhysicalHooks.RamRange(count, &base, &size))
    {
        count++;
    }
    PPHYSICAL_MEMORY_RANGE ranges = MmAllocateDriverPool(
        NonPagedPoolNx, (count + 1) * sizeof(PHYSICAL_MEMORY_RANGE), MI_IO_TAG);
    for (ULONG index = 0; ranges != NULL && index < count; index++)
    {
        MmPhysicalHooks.RamRange(index, &base, &size);
        ranges[index].BaseAddress.QuadPart = (LONGLONG)base;
        ranges[index].NumberOfBytes.QuadPart = (LONGLONG)size;
    }
    return ranges;
}

/* Contract: as MmGetPhysicalMemoryRangesEx2, for the only partition. */
DDI PPHYSICAL_MEMORY_RANGE
MmGetPhysicalMemoryRangesEx(PVOID PartitionObject)
{
    return MmGetPhysicalMemoryRangesEx2(PartitionObject, 0);
}

/* Contract: as MmGetPhysicalMemoryRangesEx2. */
DDI PPHYSICAL_MEMORY_RANGE
MmGetPhysicalMemoryRanges(VOID)
{
    return MmGetPhysicalMemoryRangesEx2(NULL, 0);
}
