/* SPDX-License-Identifier: MIT */
/*
 * Who uses how much pool: by tag, by the code that allocated, and with the stack at allocation.
 *
 * Walking a driver's stack costs more than the allocation, so each call site is walked for its
 * first allocations and then at intervals; a block in between names the latest stack of its site.
 * Counting makes this deterministic. Any IRQL up to DISPATCH_LEVEL.
 */
#include "mip.h"

#include "rtl/rtl.h"

#define MI_TAGS         8192u
#define MI_SITES        65536u
#define MI_STACK_HEADS  16384u
#define MI_STACK_SPAN   (256ull << 20)
#define MI_ALL_CAPTURED 64u /* captures of a site before sampling starts */
#define MI_SAMPLE       64u

typedef struct _MI_TAG
{
    ULONG Tag;
    UCHAR Used;
    UCHAR Paged;
    UCHAR Kernel;
    ULONG64 Allocations, Frees;
    SIZE_T LiveBytes, PeakBytes;
} MI_TAG, *PMI_TAG;

static PMI_TAG MiTags;
static PMI_SITE MiSites; /* [0]: the kernel, and all when the table is full */
static PULONG MiStackHeads;
static PUCHAR MiStacks; /* numbers are offsets in units of 16 bytes; 0 is none */
static ULONG64 MiStackTop = 16;

NTSTATUS
MiInitTracking(void)
{
    MiTags = host_map(MI_TAGS * sizeof(MI_TAG), HOST_PROT_RW);
    MiSites = host_map(MI_SITES * sizeof(MI_SITE), HOST_PROT_RW);
    MiStackHeads = host_map(MI_STACK_HEADS * sizeof(ULONG), HOST_PROT_RW);
    MiStacks = host_map(MI_STACK_SPAN, HOST_PROT_RW);
    if (MiTags == NULL || MiSites == NULL || MiStackHeads == NULL || MiStacks == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

static ULONG
MiHash(ULONG64 Value)
{
    return (ULONG)((Value * 0x9E3779B97F4A7C15ull) >> 32);
}

static ULONG
MiTagIndex(ULONG Tag, BOOLEAN Paged, BOOLEAN Kernel)
{
    ULONG index = MiHash(((ULONG64)Tag << 2) | (Paged ? 2u : 0u) | (Kernel ? 1u : 0u)) % MI_TAGS;
    for (ULONG probe = 0; probe < MI_TAGS; probe++)
    {
        PMI_TAG tag = &MiTags[index];
        if (!tag->Used)
        {
            tag->Used = TRUE;
            tag->Tag = Tag;
            tag->Paged = Paged;
            tag->Kernel = Kernel;
            return index;
        }
        if (tag->Tag == Tag && tag->Paged == Paged && tag->Kernel == Kernel)
        {
            return index;
        }
        index = (index + 1) % MI_TAGS;
    }
    return 0;
}

static ULONG
MiSiteIndex(PVOID Caller)
{
    if (Caller == NULL)
    {
        return 0;
    }
    ULONG index = MiHash((ULONG64)Caller) % MI_SITES;
    for (ULONG probe = 0; probe < 64; probe++)
    {
        if (index != 0 && MiSites[index].Caller == Caller)
        {
            return index;
        }
        if (index != 0 && MiSites[index].Caller == NULL)
        {
            MiSites[index].Caller = Caller;
            return index;
        }
        index = (index + 1) % MI_SITES;
    }
    return 0;
}

/* ---- stacks ------------------------------------------------------------------------------- */

static PMI_STACK
MiStackAt(ULONG Stack)
{
    return (PMI_STACK)(MiStacks + (ULONG64)Stack * 16);
}

static ULONG
MiInternStack(PVOID const *Frames, ULONG Count)
{
    ULONG64 mix = Count;
    for (ULONG index = 0; index < Count; index++)
    {
        mix = mix * 31 + (ULONG64)Frames[index];
    }
    const ULONG hash = MiHash(mix);
    PULONG head = &MiStackHeads[hash % MI_STACK_HEADS];
    for (ULONG stack = *head; stack != 0; stack = MiStackAt(stack)->Next)
    {
        PMI_STACK record = MiStackAt(stack);
        if (record->Hash == hash && record->FrameCount == Count &&
            __builtin_memcmp(record->Frames, Frames, Count * sizeof(PVOID)) == 0)
        {
            return stack;
        }
    }
    const ULONG64 size = MiRoundUp(sizeof(MI_STACK) + Count * sizeof(PVOID), 16);
    if (MiStackTop + size > MI_STACK_SPAN)
    {
        return 0;
    }
    const ULONG stack = (ULONG)(MiStackTop / 16);
    PMI_STACK record = MiStackAt(stack);
    MiStackTop += size;
    record->Hash = hash;
    record->FrameCount = Count;
    record->Next = *head;
    __builtin_memcpy(record->Frames, Frames, Count * sizeof(PVOID));
    *head = stack;
    return stack;
}

static __attribute__((noinline)) ULONG
MiCaptureStack(PMI_SITE Site)
{
    PVOID frames[KI_STACK_FRAMES];
    const ULONG count = KiCaptureDriverStack(frames, KI_STACK_FRAMES);
    Site->Captures++;
    Site->LastStack = count == 0 ? 0 : MiInternStack(frames, count);
    return Site->LastStack;
}

ULONG
MiStackFrames(ULONG Stack, PVOID const **Frames)
{
    if (Stack == 0)
    {
        *Frames = NULL;
        return 0;
    }
    *Frames = MiStackAt(Stack)->Frames;
    return MiStackAt(Stack)->FrameCount;
}

PVOID
MiSiteCaller(ULONG Site)
{
    return MiSites[Site].Caller;
}

/* ---- accounts ----------------------------------------------------------------------------- */

void
MiTrackAllocation(PMI_BLOCK Block, PVOID Caller)
{
    const BOOLEAN kernel = (Block->Flags & MI_BLOCK_KERNEL) != 0;
    Block->TagIndex = MiTagIndex(Block->Tag, Block->Pool == MiPoolPaged, kernel);
    PMI_TAG tag = &MiTags[Block->TagIndex];
    tag->Allocations++;
    tag->LiveBytes += Block->Size;
    if (tag->LiveBytes > tag->PeakBytes)
    {
        tag->PeakBytes = tag->LiveBytes;
    }
    Block->Site = MiSiteIndex(Caller);
    PMI_SITE site = &MiSites[Block->Site];
    site->Allocations++;
    site->LiveBytes += Block->Size;
    if (site->LiveBytes > site->PeakBytes)
    {
        site->PeakBytes = site->LiveBytes;
    }
    Block->Stack = 0;
    if (Block->Site != 0)
    {
        const BOOLEAN capture =
            site->Captures < MI_ALL_CAPTURED || site->Allocations % MI_SAMPLE == 0;
        Block->Stack = capture ? MiCaptureStack(site) : site->LastStack;
    }
}

void
MiTrackFree(PMI_BLOCK Block, PVOID Caller)
{
    MiTags[Block->TagIndex].Frees++;
    MiTags[Block->TagIndex].LiveBytes -= Block->Size;
    MiSites[Block->Site].Frees++;
    MiSites[Block->Site].LiveBytes -= Block->Size;
    Block->FreeSite = MiSiteIndex(Caller);
}

/* ---- queries ------------------------------------------------------------------------------ */

static void
MiDescribeBlock(PMI_BLOCK Block, MM_POOL_BLOCK *Description)
{
    Description->Address = (PVOID)Block->Address;
    Description->Size = Block->Size;
    Description->Tag = Block->Tag;
    Description->Type = Block->Pool == MiPoolPaged     ? PagedPool
                        : Block->Pool == MiPoolExecute ? NonPagedPool
                                                       : NonPagedPoolNx;
    Description->Kernel = (Block->Flags & MI_BLOCK_KERNEL) != 0;
    Description->Sequence = Block->Sequence;
    Description->Caller = MiSiteCaller(Block->Site);
    Description->FrameCount = MiStackFrames(Block->Stack, &Description->Frames);
}

void
MmForEachPoolBlock(BOOLEAN IncludeKernel,
                   BOOLEAN (*Routine)(const MM_POOL_BLOCK *Block, PVOID Context),
                   PVOID Context)
{
    /* Descriptors are not in order of allocation. Each round finds the next sequence number; the
     * number of live driver blocks in a report is small. */
    ULONG64 last = 0;
    for (;;)
    {
        PMI_BLOCK next = NULL;
        for (ULONG number = 1; number < MiBlockCount; number++)
        {
            PMI_BLOCK block = &MiBlocks[number];
            if (block->State == MiBlockLive && block->Sequence > last &&
                (IncludeKernel || !(block->Flags & MI_BLOCK_KERNEL)) &&
                (next == NULL || block->Sequence < next->Sequence))
            {
                next = block;
            }
        }
        if (next == NULL)
        {
            return;
        }
        MM_POOL_BLOCK description;
        last = next->Sequence;
        MiDescribeBlock(next, &description);
        if (!Routine(&description, Context))
        {
            return;
        }
    }
}

static BOOLEAN
MiTagBefore(const MI_TAG *A, const MI_TAG *B)
{
    const ULONG a = __builtin_bswap32(A->Tag);
    const ULONG b = __builtin_bswap32(B->Tag);
    return a != b ? a < b : A->Paged != B->Paged ? A->Paged < B->Paged : A->Kernel < B->Kernel;
}

void
MmForEachPoolTag(BOOLEAN IncludeKernel,
                 void (*Routine)(const MM_POOL_TAG_USAGE *Usage, PVOID Context),
                 PVOID Context)
{
    const MI_TAG *last = NULL;
    for (;;)
    {
        const MI_TAG *next = NULL;
        for (ULONG index = 0; index < MI_TAGS; index++)
        {
            const MI_TAG *tag = &MiTags[index];
            if (tag->Used && (IncludeKernel || !tag->Kernel) &&
                (last == NULL || MiTagBefore(last, tag)) &&
                (next == NULL || MiTagBefore(tag, next)))
            {
                next = tag;
            }
        }
        if (next == NULL)
        {
            return;
        }
        const MM_POOL_TAG_USAGE usage = {.Tag = next->Tag,
                                         .Paged = next->Paged,
                                         .Allocations = next->Allocations,
                                         .Frees = next->Frees,
                                         .LiveBytes = next->LiveBytes,
                                         .PeakBytes = next->PeakBytes};
        last = next;
        Routine(&usage, Context);
    }
}

void
MmQueryDriverPool(PVOID Start, PVOID End, MM_POOL_USAGE *Usage)
{
    *Usage = (MM_POOL_USAGE){0};
    for (ULONG index = 1; index < MI_SITES; index++)
    {
        const MI_SITE *site = &MiSites[index];
        if (site->Caller >= Start && site->Caller < End)
        {
            Usage->Allocations += site->Allocations;
            Usage->Frees += site->Frees;
            Usage->LiveBytes += site->LiveBytes;
            Usage->PeakBytes += site->PeakBytes;
            Usage->LiveBlocks += site->Allocations - site->Frees;
        }
    }
}

BOOLEAN
MmFindPoolBlock(ULONG64 Address, MM_POOL_BLOCK *Block, BOOLEAN *Freed)
{
    PMI_BLOCK block = MiFindBlock(Address);
    if (block == NULL || block->State == MiBlockNone)
    {
        return FALSE;
    }
    MiDescribeBlock(block, Block);
    *Freed = block->State == MiBlockFreed;
    return TRUE;
}

/* What a system mapping is or was. */
static BOOLEAN
MiDescribeSystem(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    static const CHAR *const kinds[] = {
        ("a mapping that was taken away (MmUnlockPages, IoFreeMdl, MmUnmapLockedPages and "
         "MmUnmapIoSpace do)"),
        "a mapping of an MDL", "a reserved mapping", "a mapping of I/O space",
        "a view of a section"};
    const PMI_SYSTEM_RANGE range = MiFindOldSystem(Address);
    if (range == NULL)
    {
        return FALSE;
    }
    RtlFormat(Line, LineSize, "%p is in %s: %p, %I64u pages", (PVOID)Address, kinds[range->Kind],
              (PVOID)range->Start, range->Pages);
    return TRUE;
}

BOOLEAN
MmDescribeAddress(ULONG64 Address, char *Line, SIZE_T LineSize)
{
    MM_POOL_BLOCK block;
    BOOLEAN freed;
    if (MiDescribeSystem(Address, Line, LineSize))
    {
        return TRUE;
    }
    if (!MmFindPoolBlock(Address, &block, &freed))
    {
        return FALSE;
    }
    CHAR tag[5] = {0};
    for (ULONG index = 0; index < 4; index++)
    {
        const CHAR c = (CHAR)(block.Tag >> (index * 8));
        tag[index] = c >= 0x20 && c < 0x7f ? c : '.';
    }
    const ULONG64 start = (ULONG64)block.Address;
    const CHAR *where = Address < start                ? "before"
                        : Address < start + block.Size ? "inside"
                                                       : "after the end of";
    RtlFormat(Line, LineSize, "%p is %s a %s block of %s pool: %p, %I64u bytes, tag '%s'",
              (PVOID)Address, where, freed ? "freed" : "live",
              block.Type == PagedPool ? "paged" : "nonpaged", block.Address, (ULONG64)block.Size,
              tag);
    return TRUE;
}
