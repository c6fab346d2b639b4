/* SPDX-License-Identifier: MIT */
/*
 * Physical addresses: of the fixed regions by offset, of RAM and devices by hal. Contiguous memory,
 * I/O space, and views of physical memory in user ranges. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_CONTIGUOUS_TAG MM_TAG('M', 'm', 'C', 'n')

MM_PHYSICAL_HOOKS MmPhysicalHooks;

static const struct
{
    ULONG64 Base, Physical;
} MiWindows[] = {{HOST_REGION_NONPAGED, MM_PHYSICAL_NONPAGED},
                 {HOST_REGION_PAGED, MM_PHYSICAL_PAGED},
                 {HOST_REGION_IMAGE, MM_PHYSICAL_IMAGE},
                 {HOST_REGION_STACK, MM_PHYSICAL_STACK},
                 {MM_REGION_ALIAS, MM_PHYSICAL_ALIAS}};

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
        address = arena == NULL ? 0 : MiUserAlias(arena, address, 1, 0);
        if (address == 0)
        {
            return FALSE;
        }
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

/* ---- I/O space ---------------------------------------------------------------------------- */

/* Contract: NF:wdm.MmMapIoSpace. Memory that mm knows is mapped already. */
DDI PVOID
MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, MEMORY_CACHING_TYPE CacheType)
{
    const ULONG64 physical = (ULONG64)PhysicalAddress.QuadPart;
    if (NumberOfBytes == 0 || physical + NumberOfBytes < physical)
    {
        return NULL;
    }
    if (physical >= MM_PHYSICAL_NONPAGED)
    {
        return MmPhysicalToPointer(physical, NumberOfBytes);
    }
    return MmPhysicalHooks.MapIoSpace == NULL
               ? NULL
               : MmPhysicalHooks.MapIoSpace(physical, NumberOfBytes, CacheType);
}

/* Contract: NF:wdm.MmMapIoSpaceEx: the protection carries the caching. */
DDI PVOID
MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    const ULONG access = Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);
    if (access != PAGE_READONLY && access != PAGE_READWRITE && access != PAGE_EXECUTE &&
        access != PAGE_EXECUTE_READ && access != PAGE_EXECUTE_READWRITE)
    {
        return NULL;
    }
    const MEMORY_CACHING_TYPE cache = (Protect & PAGE_NOCACHE)        ? MmNonCached
                                      : (Protect & PAGE_WRITECOMBINE) ? MmWriteCombined
                                                                      : MmCached;
    return MmMapIoSpace(PhysicalAddress, NumberOfBytes, cache);
}

/* Contract: NF:wdm.MmUnmapIoSpace. */
DDI VOID
MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    const ULONG64 address = (ULONG64)BaseAddress;
    for (ULONG index = 0; index < MI_WINDOWS; index++)
    {
        if (address - MiWindows[index].Base < HOST_REGION_SIZE)
        {
            return;
        }
    }
    if (MmPhysicalHooks.UnmapIoSpace != NULL)
    {
        MmPhysicalHooks.UnmapIoSpace(BaseAddress, NumberOfBytes);
    }
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
} MI_CONTIGUOUS;

static MI_CONTIGUOUS *MiContiguous;

static PVOID
MiAllocateContiguous(SIZE_T Size, ULONG64 Lowest, ULONG64 Highest, ULONG64 Boundary)
{
    const SIZE_T size = MiRoundUp(Size, HOST_PAGE_SIZE);
    if (size == 0 || (MmFailAllocation != NULL && MmFailAllocation(Size, MI_CONTIGUOUS_TAG)))
    {
        return NULL;
    }
    MI_CONTIGUOUS *record =
        MmAllocatePool(NonPagedPoolNx, sizeof(MI_CONTIGUOUS), MI_CONTIGUOUS_TAG);
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
        record->Address = MmAllocatePool(NonPagedPoolNx, size, MI_CONTIGUOUS_TAG);
    }
    if (record->Address == NULL)
    {
        MmFreePool(record, MI_CONTIGUOUS_TAG);
        return NULL;
    }
    record->Size = size;
    record->Caller = KiCallerAddress();
    record->Next = MiContiguous;
    MiContiguous = record;
    return record->Address;
}

static void
MiFreeContiguous(PVOID Address)
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
                           "only what MmAllocateContiguousMemory returned can be freed",
                           "NF:wdm.MmFreeContiguousMemory", NULL, NULL);
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
    return MiAllocateContiguous(NumberOfBytes, 0, (ULONG64)HighestAcceptableAddress.QuadPart, 0);
}

/* Contract: NF:wdm.MmAllocateContiguousMemorySpecifyCache. */
DDI PVOID
MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                       PHYSICAL_ADDRESS LowestAcceptableAddress,
                                       PHYSICAL_ADDRESS HighestAcceptableAddress,
                                       PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                       MEMORY_CACHING_TYPE CacheType)
{
    (void)CacheType;
    return MiAllocateContiguous(NumberOfBytes, (ULONG64)LowestAcceptableAddress.QuadPart,
                                (ULONG64)HighestAcceptableAddress.QuadPart,
                                (ULONG64)BoundaryAddressMultiple.QuadPart);
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
    (void)PreferredNode;
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
    (void)Protect;
    return MmAllocateContiguousMemorySpecifyCacheNode(
        NumberOfBytes, LowestAcceptableAddress, HighestAcceptableAddress, BoundaryAddressMultiple,
        MmCached, PreferredNode);
}

/* Contract: NF:wdm.MmFreeContiguousMemory. */
DDI VOID
MmFreeContiguousMemory(PVOID BaseAddress)
{
    MiFreeContiguous(BaseAddress);
}

/* Contract: NF:wdm.MmFreeContiguousMemorySpecifyCache. */
DDI VOID
MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress,
                                   SIZE_T NumberOfBytes,
                                   MEMORY_CACHING_TYPE CacheType)
{
    (void)NumberOfBytes;
    (void)CacheType;
    MiFreeContiguous(BaseAddress);
}

/* Contract: NF:ntddk.MmAllocateNonCachedMemory. */
DDI PVOID
MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    return MiAllocateContiguous(NumberOfBytes, 0, ~0ull, 0);
}

/* Contract: NF:ntddk.MmFreeNonCachedMemory. */
DDI VOID
MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    (void)NumberOfBytes;
    MiFreeContiguous(BaseAddress);
}

/* ---- views of physical memory ------------------------------------------------------------- */

typedef struct _MI_KERNEL_VIEW
{
    struct _MI_KERNEL_VIEW *Next;
    PVOID Address;
    SIZE_T Length;
} MI_KERNEL_VIEW;

static MI_KERNEL_VIEW *MiKernelViews;

static NTSTATUS
MiMapKernelView(ULONG64 Physical, SIZE_T Length, MEMORY_CACHING_TYPE CacheType, PVOID *Address)
{
    const PHYSICAL_ADDRESS physical = {.QuadPart = (LONGLONG)Physical};
    MI_KERNEL_VIEW *view = MmAllocatePool(NonPagedPoolNx, sizeof(*view), MI_CONTIGUOUS_TAG);
    if (view == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    view->Address = MmMapIoSpace(physical, Length, CacheType);
    if (view->Address == NULL)
    {
        MmFreePool(view, MI_CONTIGUOUS_TAG);
        return STATUS_INVALID_PARAMETER;
    }
    view->Length = Length;
    view->Next = MiKernelViews;
    MiKernelViews = view;
    *Address = view->Address;
    return STATUS_SUCCESS;
}

NTSTATUS
MmMapPhysicalView(PMM_PROCESS Process,
                  ULONG64 Physical,
                  SIZE_T Length,
                  MEMORY_CACHING_TYPE CacheType,
                  int Protection,
                  PVOID *Address)
{
    if (Process == NULL || Process->Arena == NULL)
    {
        return MiMapKernelView(Physical, Length, CacheType, Address);
    }
    PMI_REGION region = MiReserveRegion(Process->Arena, Length);
    if (region == NULL)
    {
        return STATUS_NO_MEMORY;
    }
    region->Backing = MiBackingPhysical;
    region->Offset = Physical;
    region->Protection = (UCHAR)Protection;
    region->View = TRUE;
    if (!MiMapRegion(Process->Arena, region))
    {
        MiRemoveRegion(Process->Arena, region);
        return STATUS_INVALID_PARAMETER;
    }
    *Address = (PVOID)region->Start;
    return STATUS_SUCCESS;
}

NTSTATUS
MmUnmapPhysicalView(PMM_PROCESS Process, PVOID Address)
{
    if (Process != NULL && Process->Arena != NULL)
    {
        PMI_REGION region = MiFindRegion(Process->Arena, (ULONG64)Address);
        if (region == NULL || !region->View)
        {
            return STATUS_NOT_MAPPED_VIEW;
        }
        MiRemoveRegion(Process->Arena, region);
        return STATUS_SUCCESS;
    }
    for (MI_KERNEL_VIEW **link = &MiKernelViews; *link != NULL; link = &(*link)->Next)
    {
        MI_KERNEL_VIEW *view = *link;
        if ((ULONG64)Address - (ULONG64)view->Address < view->Length)
        {
            *link = view->Next;
            MmUnmapIoSpace(view->Address, view->Length);
            MmFreePool(view, MI_CONTIGUOUS_TAG);
            return STATUS_SUCCESS;
        }
    }
    return STATUS_NOT_MAPPED_VIEW;
}
