/* SPDX-License-Identifier: MIT */
/*
 * Physical addresses: of the fixed regions by offset, of RAM and devices by hal. Contiguous
 * memory. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_CONTIGUOUS_TAG       MM_TAG('M', 'm', 'C', 'n')
#define MI_CONTIGUOUS_FAST_ONLY 1u /* MM_ALLOCATE_CONTIGUOUS_MEMORY_FAST_ONLY */

MM_PHYSICAL_HOOKS MmPhysicalHooks;

static const struct
{
    ULONG64 Base, Physical;
} MiWindows[] = {
    {HOST_REGION_NONPAGED, MM_PHYSICAL_NONPAGED}, {HOST_REGION_PAGED, MM_PHYSICAL_PAGED},
    {HOST_REGION_IMAGE, MM_PHYSICAL_IMAGE},       {HOST_REGION_STACK, MM_PHYSICAL_STACK},
    {MM_REGION_ALIAS, MM_PHYSICAL_ALIAS},         {MM_REGION_SECTION, MM_PHYSICAL_SECTION}};

#define MI_WINDOWS (sizeof(MiWindows) / sizeof(MiWindows[0]))

PVOID
MmPhysicalToPointer(ULONG64 Physical, SIZE_T Length)
{
    for (ULONG index = 0; index < MI_WINDOWS; index++)
    {
        const ULONG64 offset = Physical - MiWindows[index].Physical;
        if (offset < HOST_REGION_SIZE)
        {
            return Length <= HOST_REGION_SIZE - offset ? (PVOID)(MiWindows[index].Base + offset)
                                                       : NULL;
        }
    }
    return MmPhysicalHooks.RamPointer == NULL ? NULL : MmPhysicalHooks.RamPointer(Physical, Length);
}

BOOLEAN
MmPointerToPhysical(const void *Address, PULONG64 Physical)
{
    ULONG64 address = (ULONG64)Address;
    if (address < HOST_USER_LIMIT)
    {
        PMM_ARENA arena = MiCurrentArena();
        if (arena == NULL || !MiUserPage(arena, address, 0, Physical))
        {
            return FALSE;
        }
        *Physical |= address & (HOST_PAGE_SIZE - 1);
        return TRUE;
    }
    if (MiIsSystemAddress(address))
    {
        const PMI_SYSTEM_RANGE range = MiFindSystem(address);
        const ULONG64 page = range == NULL ? 0 : (address - range->Start) / HOST_PAGE_SIZE;
        if (range == NULL || page >= range->MappedPages)
        {
            return FALSE;
        }
        *Physical = range->Numbers[page] * HOST_PAGE_SIZE + (address & (HOST_PAGE_SIZE - 1));
        return TRUE;
    }
    for (ULONG index = 0; index < MI_WINDOWS; index++)
    {
        if (address - MiWindows[index].Base < HOST_REGION_SIZE)
        {
            *Physical = address - MiWindows[index].Base + MiWindows[index].Physical;
            return TRUE;
        }
    }
    return MmPhysicalHooks.PhysicalOf != NULL &&
           MmPhysicalHooks.PhysicalOf((const void *)address, Physical);
}

/* Contract: NF:ntddk.MmGetPhysicalAddress. Invalid addresses give 0, as Windows does. */
DDI PHYSICAL_ADDRESS
MmGetPhysicalAddress(PVOID BaseAddress)
{
    PHYSICAL_ADDRESS physical = {.QuadPart = 0};
    ULONG64 value;
    if (MmPointerToPhysical(BaseAddress, &value))
    {
        physical.QuadPart = (LONGLONG)value;
    }
    return physical;
}

/* Contract: NF:ntifs.MmGetVirtualForPhysical. */
DDI PVOID
MmGetVirtualForPhysical(PHYSICAL_ADDRESS PhysicalAddress)
{
    return MmPhysicalToPointer((ULONG64)PhysicalAddress.QuadPart, 1);
}

/* ---- contiguous memory -------------------------------------------------------------------- */

/* What is needed to give a block back. Small lists: drivers make a few of these. */
typedef struct _MI_CONTIGUOUS
{
    struct _MI_CONTIGUOUS *Next;
    PVOID Address;
    SIZE_T Size;
    PVOID Caller;
    BOOLEAN Ram;
    BOOLEAN ForMdl;
} MI_CONTIGUOUS;

static MI_CONTIGUOUS *MiContiguous;

PVOID
MiAllocateContiguous(SIZE_T Size, ULONG64 Lowest, ULONG64 Highest, ULONG64 Boundary, BOOLEAN ForMdl)
{
    const SIZE_T size = MiRoundUp(Size, HOST_PAGE_SIZE);
    if (size == 0 || size < Size || (Boundary & (Boundary - 1)) != 0 ||
        (!ForMdl && MmIsFaultInjected(Size, MI_CONTIGUOUS_TAG)))
    {
        return NULL;
    }
    MI_CONTIGUOUS *record =
        MmAllocatePoolAlways(NonPagedPoolNx, sizeof(MI_CONTIGUOUS), MI_CONTIGUOUS_TAG);
    if (record == NULL)
    {
        return NULL;
    }
    record->Ram = MmPhysicalHooks.AllocateContiguous != NULL;
    if (record->Ram)
    {
        record->Address = MmPhysicalHooks.AllocateContiguous(size, Lowest, Highest, Boundary);
    }
    else if (Highest >= MM_PHYSICAL_NONPAGED + HOST_REGION_SIZE && Lowest <= MM_PHYSICAL_NONPAGED)
    {
        record->Address = MmAllocatePoolAlways(NonPagedPoolNx, size, MI_CONTIGUOUS_TAG);
    }
    if (record->Address == NULL)
    {
        MmFreePool(record, MI_CONTIGUOUS_TAG);
        return NULL;
    }
    record->Size = size;
    record->ForMdl = ForMdl;
    record->Caller = KiCallerAddress();
    record->Next = MiContiguous;
    MiContiguous = record;
    return record->Address;
}

SIZE_T
MiContiguousSize(PVOID Address, BOOLEAN ForMdl)
{
    for (const MI_CONTIGUOUS *record = MiContiguous; record != NULL; record = record->Next)
    {
        if (record->Address == Address && record->ForMdl == ForMdl)
        {
            return record->Size;
        }
    }
    return 0;
}

void
MiFreeContiguous(PVOID Address, SIZE_T Size)
{
    MI_CONTIGUOUS **link = &MiContiguous;
    while (*link != NULL && (*link)->Address != Address)
    {
        link = &(*link)->Next;
    }
    MI_CONTIGUOUS *record = *link;
    if (record == NULL)
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x60, (ULONG64)Address, 0, 0,
                           "only what MmAllocateContiguousMemory returned can be freed, by its "
                           "start and once",
                           "NF:wdm.MmFreeContiguousMemory", NULL, NULL);
    }
    if (Size != 0 && MiRoundUp(Size, HOST_PAGE_SIZE) != record->Size)
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x60, (ULONG64)Address, Size, record->Size,
                           "contiguous and noncached memory is freed with the size it was "
                           "allocated with",
                           "NF:wdm.MmFreeContiguousMemorySpecifyCache", NULL, NULL);
    }
    *link = record->Next;
    if (record->Ram)
    {
        MmPhysicalHooks.FreeContiguous(Address, record->Size);
    }
    else
    {
        MmFreePool(Address, MI_CONTIGUOUS_TAG);
    }
    MmFreePool(record, MI_CONTIGUOUS_TAG);
}

void
MmForEachContiguous(BOOLEAN (*Routine)(PVOID Address, SIZE_T Size, PVOID Caller, PVOID Context),
                    PVOID Context)
{
    for (MI_CONTIGUOUS *record = MiContiguous; record != NULL; record = record->Next)
    {
        if (!Routine(record->Address, record->Size, record->Caller, Context))
        {
            return;
        }
    }
}

/* Contract: NF:wdm.MmAllocateContiguousMemory. */
DDI PVOID
MmAllocateContiguousMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    return MiAllocateContiguous(NumberOfBytes, 0, (ULONG64)HighestAcceptableAddress.QuadPart, 0,
                                FALSE);
}

/* Contract: NF:wdm.MmAllocateContiguousMemorySpecifyCache. */
DDI PVOID
MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                       PHYSICAL_ADDRESS LowestAcceptableAddress,
                                       PHYSICAL_ADDRESS HighestAcceptableAddress,
                                       PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                       MEMORY_CACHING_TYPE CacheType)
{
    if ((ULONG)CacheType >= MmMaximumCacheType)
    {
        return NULL;
    }
    return MiAllocateContiguous(NumberOfBytes, (ULONG64)LowestAcceptableAddress.QuadPart,
                                (ULONG64)HighestAcceptableAddress.QuadPart,
                                (ULONG64)BoundaryAddressMultiple.QuadPart, FALSE);
}

/* Contract: NF:wdm.MmAllocateContiguousMemorySpecifyCacheNode. The machine has one node. */
DDI PVOID
MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes,
                                           PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           PHYSICAL_ADDRESS HighestAcceptableAddress,
                                           PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                           MEMORY_CACHING_TYPE CacheType,
                                           NODE_REQUIREMENT PreferredNode)
{
    if (PreferredNode != 0 && PreferredNode != MM_ANY_NODE_OK)
    {
        return NULL;
    }
    return MmAllocateContiguousMemorySpecifyCache(NumberOfBytes, LowestAcceptableAddress,
                                                  HighestAcceptableAddress, BoundaryAddressMultiple,
                                                  CacheType);
}

/* Contract: NF:wdm.MmAllocateContiguousNodeMemory. */
DDI PVOID
MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes,
                               PHYSICAL_ADDRESS LowestAcceptableAddress,
                               PHYSICAL_ADDRESS HighestAcceptableAddress,
                               PHYSICAL_ADDRESS BoundaryAddressMultiple,
                               ULONG Protect,
                               NODE_REQUIREMENT PreferredNode)
{
    MEMORY_CACHING_TYPE cacheType;
    if (!MiCacheOfProtect(Protect, &cacheType))
    {
        return NULL;
    }
    return MmAllocateContiguousMemorySpecifyCacheNode(
        NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple,
        cacheType, PreferredNode);
}

/* Contract: NF:wdm.MmAllocateContiguousMemoryEx. There is one partition. */
DDI NTSTATUS
MmAllocateContiguousMemoryEx(PSIZE_T NumberOfBytes,
                             PHYSICAL_ADDRESS LowestAcceptableAddress,
                             PHYSICAL_ADDRESS HighestAcceptableAddress,
                             PHYSICAL_ADDRESS BoundaryAddressMultiple,
                             NODE_REQUIREMENT PreferredNode,
                             ULONG Protect,
                             PVOID PartitionObject,
                             ULONG Tag,
                             ULONG Flags,
                             PVOID *BaseAddress)
{
    const ULONG64 boundary = (ULONG64)BoundaryAddressMultiple.QuadPart;
    MEMORY_CACHING_TYPE cacheType;
    if (PartitionObject != NULL || (Flags & ~(ULONG)MI_CONTIGUOUS_FAST_ONLY) != 0 || Tag == 0 ||
        *NumberOfBytes == 0 || (boundary & (boundary - 1)) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (!MiCacheOfProtect(Protect, &cacheType))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    PVOID address = MmAllocateContiguousMemorySpecifyCacheNode(
        *NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple,
        cacheType, PreferredNode);
    if (address == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *NumberOfBytes = MiRoundUp(*NumberOfBytes, HOST_PAGE_SIZE);
    *BaseAddress = address;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.MmFreeContiguousMemory. */
DDI VOID
MmFreeContiguousMemory(PVOID BaseAddress)
{
    MiFreeContiguous(BaseAddress, 0);
}

/* Contract: NF:wdm.MmFreeContiguousMemorySpecifyCache. */
DDI VOID
MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress,
                                   SIZE_T NumberOfBytes,
                                   MEMORY_CACHING_TYPE CacheType)
{
    (void)CacheType;
    MiFreeContiguous(BaseAddress, NumberOfBytes);
}

/* Contract: NF:ntddk.MmAllocateNonCachedMemory. */
DDI PVOID
MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    return MiAllocateContiguous(NumberOfBytes, 0, ~0ull, 0, FALSE);
}

/* Contract: NF:ntddk.MmFreeNonCachedMemory. */
DDI VOID
MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    MiFreeContiguous(BaseAddress, NumberOfBytes);
}
