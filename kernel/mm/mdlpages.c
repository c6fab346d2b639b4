/* SPDX-License-Identifier: MIT */
/*
 * MDLs of pages without an address: RAM in wanted ranges (MmAllocatePagesForMdl), and device memory
 * (MmAllocateMdlForIoSpace). IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_PAGES_TAG   MM_TAG('M', 'm', 'P', 'g')
#define MI_MDL_POOL    MM_TAG('I', 'M', 'd', 'l') /* IoFreeMdl frees these */
#define MI_MDL_LIMIT   0xfffff000u
#define MI_CHUNK_PAGES 0x4000u /* largest piece tried at once */
#define MI_FLAGS_KNOWN                                                                             \
    (MM_DONT_ZERO_ALLOCATION | MM_ALLOCATE_FROM_LOCAL_NODE_ONLY | MM_ALLOCATE_FULLY_REQUIRED |     \
     MM_ALLOCATE_NO_WAIT | MM_ALLOCATE_PREFER_CONTIGUOUS | MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS | \
     MM_ALLOCATE_FAST_LARGE_PAGES | MM_ALLOCATE_TRIM_IF_NECESSARY | MM_ALLOCATE_AND_HOT_REMOVE)

typedef struct _MI_WANTED
{
    ULONG64 Low, High, Skip;
    ULONG64 Pages;
    ULONG64 Chunk; /* pages that have to follow each other; 0: none */
    ULONG Flags;
} MI_WANTED;

/* Enters Count pages from memory on into the MDL. */
static void
MiAppendPages(PMDL Mdl, PUCHAR Memory, ULONG64 Count, ULONG Flags)
{
    PPFN_NUMBER numbers = MmGetMdlPfnArray(Mdl) + Mdl->ByteCount / HOST_PAGE_SIZE;
    if (!(Flags & MM_DONT_ZERO_ALLOCATION))
    {
        __builtin_memset(Memory, 0, Count * HOST_PAGE_SIZE);
    }
    for (ULONG64 page = 0; page < Count; page++)
    {
        ULONG64 physical = 0;
        MmPointerToPhysical(Memory + page * HOST_PAGE_SIZE, &physical);
        numbers[page] = physical / HOST_PAGE_SIZE;
    }
    Mdl->ByteCount += (ULONG)(Count * HOST_PAGE_SIZE);
}

/* Takes what one range has, in pieces as large as they come. */
static void
MiFillFromRange(PMDL Mdl, const MI_WANTED *Wanted, ULONG64 Low, ULONG64 High)
{
    ULONG64 piece = Wanted->Chunk != 0 ? Wanted->Chunk : MI_CHUNK_PAGES;
    while (Mdl->ByteCount / HOST_PAGE_SIZE < Wanted->Pages && piece != 0)
    {
        const ULONG64 left = Wanted->Pages - Mdl->ByteCount / HOST_PAGE_SIZE;
        const ULONG64 count = piece < left ? piece : left;
        /* A block of this size that crosses no multiple of it is aligned to it. */
        const ULONG64 boundary = Wanted->Chunk != 0 && Wanted->Skip != 0 ? Wanted->Skip : 0;
        PUCHAR memory = MiAllocateContiguous(count * HOST_PAGE_SIZE, Low, High, boundary, TRUE);
        if (memory != NULL)
        {
            MiAppendPages(Mdl, memory, count, Wanted->Flags);
        }
        else if (Wanted->Chunk != 0)
        {
            return;
        }
        else
        {
            piece = count / 2;
        }
    }
}

static PMDL
MiAllocatePages(const MI_WANTED *Wanted)
{
    const SIZE_T size = MmSizeOfMdl(NULL, Wanted->Pages * HOST_PAGE_SIZE);
    if (MmIsFaultInjected(Wanted->Pages * HOST_PAGE_SIZE, MI_PAGES_TAG))
    {
        return NULL;
    }
    PMDL mdl = MmAllocateDriverPool(NonPagedPoolNx, size, MI_PAGES_TAG);
    if (mdl == NULL)
    {
        return NULL;
    }
    mdl->Size = (CSHORT)size;
    mdl->MdlFlags = MDL_PAGES_LOCKED;
    for (ULONG64 low = Wanted->Low, high = Wanted->High;
         mdl->ByteCount / HOST_PAGE_SIZE < Wanted->Pages && low < MM_PHYSICAL_ALIAS;
         low += Wanted->Skip, high += Wanted->Skip)
    {
        MiFillFromRange(mdl, Wanted, low, high < Wanted->High ? ~0ull : high);
        if (Wanted->Skip == 0 || high == ~0ull)
        {
            break;
        }
    }
    const BOOLEAN full = mdl->ByteCount / HOST_PAGE_SIZE == Wanted->Pages;
    if (mdl->ByteCount == 0 || (!full && (Wanted->Flags & MM_ALLOCATE_FULLY_REQUIRED)))
    {
        MmFreePagesFromMdl(mdl);
        MmFreePool(mdl, MI_PAGES_TAG);
        return NULL;
    }
    return mdl;
}

/* Contract: NF:wdm.MmAllocatePagesForMdlEx. */
DDI PMDL
MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
                        PHYSICAL_ADDRESS HighAddress,
                        PHYSICAL_ADDRESS SkipBytes,
                        SIZE_T TotalBytes,
                        MEMORY_CACHING_TYPE CacheType,
                        ULONG Flags)
{
    const ULONG64 skip = (ULONG64)SkipBytes.QuadPart;
    const BOOLEAN chunks = (Flags & MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS) != 0;
    const ULONG64 size = MiRoundUp(TotalBytes, HOST_PAGE_SIZE);
    const ULONG exclusive = MM_ALLOCATE_AND_HOT_REMOVE | MM_ALLOCATE_FULLY_REQUIRED;
    if (TotalBytes == 0 || TotalBytes > MI_MDL_LIMIT || (Flags & ~(ULONG)MI_FLAGS_KNOWN) != 0 ||
        (Flags & exclusive) == exclusive || (skip & (HOST_PAGE_SIZE - 1)) != 0 ||
        (CacheType != MmNotMapped && (ULONG)CacheType >= MmMaximumCacheType) ||
        LowAddress.QuadPart == HighAddress.QuadPart ||
        ((Flags & MM_ALLOCATE_FAST_LARGE_PAGES) && !chunks))
    {
        return NULL;
    }
    if (chunks && skip != 0 && ((skip & (skip - 1)) != 0 || size % skip != 0))
    {
        return NULL;
    }
    const MI_WANTED wanted = {.Low = (ULONG64)LowAddress.QuadPart,
                              .High = (ULONG64)HighAddress.QuadPart,
                              .Skip = skip,
                              .Pages = size / HOST_PAGE_SIZE,
                              .Chunk = !chunks     ? 0
                                       : skip == 0 ? size / HOST_PAGE_SIZE
                                                   : skip / HOST_PAGE_SIZE,
                              .Flags = Flags};
    return MiAllocatePages(&wanted);
}

/* Contract: NF:wdm.MmAllocatePagesForMdl. */
DDI PMDL
MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress,
                      PHYSICAL_ADDRESS HighAddress,
                      PHYSICAL_ADDRESS SkipBytes,
                      SIZE_T TotalBytes)
{
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, MmNotMapped, 0);
}

/* Contract: NF:wdm.MmAllocateNodePagesForMdlEx. The machine has node 0 only. */
DDI PMDL
MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
                            PHYSICAL_ADDRESS HighAddress,
                            PHYSICAL_ADDRESS SkipBytes,
                            SIZE_T TotalBytes,
                            MEMORY_CACHING_TYPE CacheType,
                            ULONG IdealNode,
                            ULONG Flags)
{
    if (IdealNode != 0)
    {
        return NULL;
    }
    return MmAllocatePagesForMdlEx(LowAddress, HighAddress, SkipBytes, TotalBytes, CacheType,
                                   Flags);
}

/* ---- giving back -------------------------------------------------------------------------- */

/* Contract: NF:wdm.MmFreePagesFromMdl. The MDL itself is then freed by ExFreePool. */
DDI VOID
MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    MmFreePagesFromMdlEx(MemoryDescriptorList, 0);
}

/* Contract: NF:wdm.MmFreePagesFromMdlEx. Each allocation that the pages came from is one run. */
DDI VOID
MmFreePagesFromMdlEx(PMDL MemoryDescriptorList, ULONG Flags)
{
    PMDL mdl = MemoryDescriptorList;
    const PPFN_NUMBER numbers = MmGetMdlPfnArray(mdl);
    const ULONG64 pages = mdl->ByteCount / HOST_PAGE_SIZE;
    if (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
    {
        MmUnmapLockedPages(mdl->MappedSystemVa, mdl);
    }
    for (ULONG64 page = 0; page < pages;)
    {
        PVOID memory = MmPhysicalToPointer(numbers[page] * HOST_PAGE_SIZE, HOST_PAGE_SIZE);
        const SIZE_T size = MiContiguousSize(memory, TRUE);
        if (size == 0 || !(mdl->MdlFlags & MDL_PAGES_LOCKED))
        {
            KiBugCheckWithRule(PFN_LIST_CORRUPT, 0x8F, numbers[page], 0, 0,
                               "only pages that MmAllocatePagesForMdl gave can be freed from an "
                               "MDL, and once",
                               "NF:wdm.MmFreePagesFromMdl", NULL, NULL);
        }
        if (Flags & MM_FREE_MDL_PAGES_ZERO)
        {
            __builtin_memset(memory, 0, size);
        }
        page += size / HOST_PAGE_SIZE;
        MiFreeContiguous(memory, 0);
    }
    mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
    mdl->ByteCount = 0;
}

/* ---- device memory ------------------------------------------------------------------------ */

/* Contract: NF:wdm.MmAllocateMdlForIoSpace. */
DDI NTSTATUS
MmAllocateMdlForIoSpace(PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList,
                        SIZE_T NumberOfEntries,
                        PMDL *NewMdl)
{
    ULONG64 total = 0;
    for (SIZE_T index = 0; index < NumberOfEntries; index++)
    {
        const ULONG64 start = (ULONG64)PhysicalAddressList[index].PhysicalAddress.QuadPart;
        const ULONG64 size = PhysicalAddressList[index].NumberOfBytes;
        if (size == 0 || ((start | size) & (HOST_PAGE_SIZE - 1)) != 0 ||
            start + size > MM_PHYSICAL_NONPAGED || start + size < start)
        {
            return STATUS_INVALID_PARAMETER_1;
        }
        for (ULONG64 page = start; page < start + size; page += HOST_PAGE_SIZE)
        {
            if (MmPhysicalToPointer(page, HOST_PAGE_SIZE) != NULL)
            {
                return STATUS_INVALID_PARAMETER_1; /* RAM */
            }
        }
        total += size;
    }
    if (total == 0 || total > MI_MDL_LIMIT)
    {
        return STATUS_INVALID_PARAMETER_1;
    }
    PMDL mdl = MmAllocateDriverPool(NonPagedPoolNx, MmSizeOfMdl(NULL, total), MI_MDL_POOL);
    if (mdl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PPFN_NUMBER number = MmGetMdlPfnArray(mdl);
    for (SIZE_T index = 0; index < NumberOfEntries; index++)
    {
        const ULONG64 start = (ULONG64)PhysicalAddressList[index].PhysicalAddress.QuadPart;
        for (ULONG64 at = 0; at < PhysicalAddressList[index].NumberOfBytes; at += HOST_PAGE_SIZE)
        {
            *number++ = (start + at) / HOST_PAGE_SIZE;
        }
    }
    mdl->Size = (CSHORT)MmSizeOfMdl(NULL, total);
    mdl->MdlFlags = (CSHORT)(MDL_IO_SPACE | MDL_PAGES_LOCKED);
    mdl->ByteCount = (ULONG)total;
    *NewMdl = mdl;
    return STATUS_SUCCESS;
}
