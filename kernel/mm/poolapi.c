/* SPDX-License-Identifier: MIT */
/*
 * The documented ways to allocate and free pool, and the kernel's own. Checks what the caller
 * promises (IRQL, tag, flags) and charges the driver that called. Any IRQL up to DISPATCH_LEVEL;
 * paged pool up to APC_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#undef ExFreePool /* wdm.h may make it a macro; drivers import it all the same */

#define MI_NO_TAG 0x656e6f4eu /* 'None', as Windows counts untagged allocations */

#define MI_QUOTA_OR_RAISE (POOL_RAISE_IF_ALLOCATION_FAILURE | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE)

BOOLEAN (*MmFailAllocation)(SIZE_T Size, ULONG Tag);
BOOLEAN MmFaultRaises;
void (*MmPoolFreed)(PVOID Address, SIZE_T Size);
void (*MmVerifierFreed)(PVOID Address, SIZE_T Size);

/* Which pool a POOL_TYPE means. Odd base types are paged, whatever their attributes. */
static ULONG
MiPoolOfType(ULONG Type)
{
    if (Type & 1)
    {
        return MiPoolPaged;
    }
    return (Type & POOL_NX_ALLOCATION) ? MiPoolNonPaged : MiPoolExecute;
}

static BOOLEAN
MiIsCacheAligned(ULONG Type)
{
    return (Type & 4) != 0;
}

/* What a driver asked for, in one form for all entry points. */
typedef struct _MI_REQUEST
{
    ULONG Pool;
    ULONG Type; /* as the caller wrote it, for bug checks */
    SIZE_T Size;
    ULONG Tag;
    BOOLEAN CacheAligned;
    BOOLEAN Zero;
    BOOLEAN Raise;
    BOOLEAN Quota;
} MI_REQUEST;

static BOOLEAN
MiIsRefused(const MI_REQUEST *Request)
{
    MmFaultRaises = Request->Raise;
    const BOOLEAN refused = MmIsFaultInjected(Request->Size, Request->Tag);
    MmFaultRaises = FALSE;
    return refused;
}

static PVOID
MiAllocateForDriver(const MI_REQUEST *Request)
{
    const KIRQL irql = KiCurrentIrql();
    if (__builtin_expect(irql > (Request->Pool == MiPoolPaged ? APC_LEVEL : DISPATCH_LEVEL), 0))
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x8, irql, Request->Type, Request->Size,
                           "paged pool is allocated at IRQL <= APC_LEVEL, nonpaged pool at IRQL <= "
                           "DISPATCH_LEVEL",
                           "NF:wdm.ExAllocatePoolWithTag", NULL, NULL);
    }
    PVOID address = NULL;
    const BOOLEAN paged = Request->Pool == MiPoolPaged;
    PMM_PROCESS payer = Request->Quota ? MiQuotaProcess() : NULL;
    if (__builtin_expect(payer != NULL && !MiHasQuota(payer, paged, Request->Size), 0))
    {
        if (Request->Raise)
        {
            KiRaiseInCaller(STATUS_QUOTA_EXCEEDED);
        }
        return NULL;
    }
    if (MmFailAllocation == NULL || !MiIsRefused(Request))
    {
        /* A cache line's alignment is reached by the whole page: such blocks are few. */
        SIZE_T size = Request->Size;
        if (Request->CacheAligned && size <= MI_SMALL_MAX && size > 16)
        {
            size = MI_SMALL_MAX + 1;
        }
        const UCHAR flags = payer != NULL ? MI_BLOCK_QUOTA : 0;
        address =
            MiAllocate(Request->Pool, size, Request->Tag, flags, KiCallerAddress(), Request->Zero);
    }
    if (payer != NULL && address != NULL)
    {
        /* Without room for the note, the block costs nothing. */
        (void)MiChargeQuota(payer, address, paged, Request->Size);
    }
    if (__builtin_expect(address == NULL && Request->Raise, 0))
    {
        KiRaiseInCaller(STATUS_INSUFFICIENT_RESOURCES);
    }
    return address;
}

/* ---- allocation with a POOL_TYPE ---------------------------------------------------------- */

static PVOID
MiAllocateByType(POOL_TYPE Type, SIZE_T Size, ULONG Tag, BOOLEAN Raise, BOOLEAN Quota)
{
    const ULONG type = (ULONG)Type;
    if (__builtin_expect(Tag == 0, 0))
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x9B, type, Size, (ULONG64)KiCallerAddress(),
                           "a pool tag must not be zero", "NF:wdm.ExAllocatePoolWithTag", NULL,
                           NULL);
    }
    if (__builtin_expect(type & 2, 0))
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x9A, type, Size, Tag,
                           "must-succeed pool does not exist any more", "NE:wdm._POOL_TYPE", NULL,
                           NULL);
    }
    const MI_REQUEST request = {.Pool = MiPoolOfType(type),
                                .Type = type,
                                .Size = Size,
                                .Tag = Tag,
                                .CacheAligned = MiIsCacheAligned(type),
                                .Zero = (type & POOL_ZERO_ALLOCATION) != 0,
                                .Raise = Raise,
                                .Quota = Quota};
    return MiAllocateForDriver(&request);
}

/* Contract: NF:wdm.ExAllocatePool. */
DDI PVOID
ExAllocatePool(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return MiAllocateByType(PoolType, NumberOfBytes, MI_NO_TAG,
                            (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0, FALSE);
}

/* Contract: NF:wdm.ExAllocatePoolWithTag. */
DDI PVOID
ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return MiAllocateByType(PoolType, NumberOfBytes, Tag,
                            (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0, FALSE);
}

/* Contract: NF:wdm.ExAllocatePoolWithTagPriority. Priority says how eagerly to refuse when memory
 * is short, which here never depends on it. */
DDI PVOID
ExAllocatePoolWithTagPriority(POOL_TYPE PoolType,
                              SIZE_T NumberOfBytes,
                              ULONG Tag,
                              EX_POOL_PRIORITY Priority)
{
    (void)Priority;
    return MiAllocateByType(PoolType, NumberOfBytes, Tag,
                            (PoolType & POOL_RAISE_IF_ALLOCATION_FAILURE) != 0, FALSE);
}

/* Contract: NF:wdm.ExAllocatePoolWithQuotaTag: raises unless told to return NULL. */
DDI PVOID
ExAllocatePoolWithQuotaTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
    return MiAllocateByType(PoolType, NumberOfBytes, Tag,
                            (PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) == 0, TRUE);
}

/* Contract: NF:wdm.ExAllocatePoolWithQuota. */
DDI PVOID
ExAllocatePoolWithQuota(POOL_TYPE PoolType, SIZE_T NumberOfBytes)
{
    return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, MI_NO_TAG);
}

/* ---- allocation with POOL_FLAGS ----------------------------------------------------------- */

#define MI_FLAGS_KINDS (POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED)
#define MI_FLAGS_KNOWN                                                                    \
    (MI_FLAGS_KINDS | POOL_FLAG_USE_QUOTA | POOL_FLAG_UNINITIALIZED | POOL_FLAG_SESSION | \
     POOL_FLAG_CACHE_ALIGNED | POOL_FLAG_RAISE_ON_FAILURE)

/* Unknown flags in the required half make the call fail, those in the optional half are ignored:
 * POOL_FLAGS. Exactly one kind of memory has to be named. */
static BOOLEAN
MiAreFlagsValid(POOL_FLAGS Flags)
{
    const POOL_FLAGS required = Flags & 0xffffffffull;
    const POOL_FLAGS kind = Flags & MI_FLAGS_KINDS;
    return (required & ~(POOL_FLAGS)MI_FLAGS_KNOWN) == 0 && kind != 0 && (kind & (kind - 1)) == 0;
}

static PVOID
MiAllocateByFlags(POOL_FLAGS Flags, SIZE_T Size, ULONG Tag, BOOLEAN Valid)
{
    if (__builtin_expect(!Valid || Tag == 0 || !MiAreFlagsValid(Flags), 0))
    {
        if (Flags & POOL_FLAG_RAISE_ON_FAILURE)
        {
            KiRaiseInCaller(STATUS_INVALID_PARAMETER);
        }
        return NULL;
    }
    const BOOLEAN paged = (Flags & POOL_FLAG_PAGED) != 0;
    const MI_REQUEST request = {.Pool = paged                                   ? MiPoolPaged
                                        : (Flags & POOL_FLAG_NON_PAGED_EXECUTE) ? MiPoolExecute
                                                                                : MiPoolNonPaged,
                                .Type = paged ? PagedPool : NonPagedPool,
                                .Size = Size,
                                .Tag = Tag,
                                .CacheAligned = (Flags & POOL_FLAG_CACHE_ALIGNED) != 0,
                                .Zero = (Flags & POOL_FLAG_UNINITIALIZED) == 0,
                                .Raise = (Flags & POOL_FLAG_RAISE_ON_FAILURE) != 0,
                                .Quota = (Flags & POOL_FLAG_USE_QUOTA) != 0};
    return MiAllocateForDriver(&request);
}

/* Contract: NF:wdm.ExAllocatePool2. */
DDI PVOID
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
    return MiAllocateByFlags(Flags, NumberOfBytes, Tag, TRUE);
}

/* Contract: NF:wdm.ExAllocatePool3. Only the priority parameter has a meaning here, and that one is
 * advice; parameters that are neither known nor optional make the call fail. */
DDI PVOID
ExAllocatePool3(POOL_FLAGS Flags,
                SIZE_T NumberOfBytes,
                ULONG Tag,
                PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                ULONG ExtendedParametersCount)
{
    BOOLEAN valid = ExtendedParametersCount == 0 || ExtendedParameters != NULL;
    for (ULONG index = 0; valid && index < ExtendedParametersCount; index++)
    {
        const ULONG64 type = ExtendedParameters[index].Type;
        const BOOLEAN known =
            type == PoolExtendedParameterPriority || type == PoolExtendedParameterNumaNode;
        valid = known ||
                (type != PoolExtendedParameterInvalidType && ExtendedParameters[index].Optional);
    }
    return MiAllocateByFlags(Flags, NumberOfBytes, Tag, valid);
}

/* ---- freeing ------------------------------------------------------------------------------ */

static void
MiFreeForDriver(PVOID Address, ULONG Tag)
{
    PMI_BLOCK block = MiBlockToFree((ULONG64)Address);
    const KIRQL irql = KiCurrentIrql();
    if (__builtin_expect(irql > (block->Pool == MiPoolPaged ? APC_LEVEL : DISPATCH_LEVEL), 0))
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0x9, irql,
                           block->Pool == MiPoolPaged ? PagedPool : NonPagedPool, (ULONG64)Address,
                           "paged pool is freed at IRQL <= APC_LEVEL, nonpaged pool at IRQL <= "
                           "DISPATCH_LEVEL",
                           "NF:wdm.ExFreePoolWithTag", NULL, NULL);
    }
    if (__builtin_expect(Tag != 0 && ((Tag ^ block->Tag) & ~0x80000000u) != 0, 0))
    {
        KiBugCheckWithRule(BAD_POOL_CALLER, 0xA, (ULONG64)Address, block->Tag, Tag,
                           "a block is freed with the tag it was allocated with",
                           "NF:wdm.ExFreePoolWithTag", NULL, NULL);
    }
    MiCheckGuards(block);
    MiCheckUnlocked(block);
    if (__builtin_expect(MmPoolFreed != NULL, 0))
    {
        MmPoolFreed(Address, block->Size);
    }
    if (MmVerifierFreed != NULL)
    {
        MmVerifierFreed(Address, block->Size);
    }
    if (__builtin_expect((block->Flags & MI_BLOCK_QUOTA) != 0, 0))
    {
        MiReturnQuota(block->Address);
    }
    MiRelease(block, KiCallerAddress());
}

/* Contract: NF:ntddk.ExFreePool. */
DDI VOID
ExFreePool(PVOID P)
{
    MiFreeForDriver(P, 0);
}

/* Contract: NF:wdm.ExFreePoolWithTag. */
DDI VOID
ExFreePoolWithTag(PVOID P, ULONG Tag)
{
    MiFreeForDriver(P, Tag);
}

/* Contract: NF:wdm.ExFreePool2. Extended parameters only matter for secure pool, which does not
 * exist here. */
DDI VOID
ExFreePool2(PVOID P,
            ULONG Tag,
            PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
            ULONG ExtendedParametersCount)
{
    (void)ExtendedParameters;
    (void)ExtendedParametersCount;
    MiFreeForDriver(P, Tag);
}

/* ---- for the kernel ----------------------------------------------------------------------- */

PVOID
MmAllocatePoolAlways(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    const ULONG pool = ((ULONG)Type & 1) ? MiPoolPaged : MiPoolNonPaged;
    return MiAllocate(pool, Size, Tag, MI_BLOCK_KERNEL, NULL, TRUE);
}

PVOID
MmAllocatePool(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    return MmIsFaultInjected(Size, Tag) ? NULL : MmAllocatePoolAlways(Type, Size, Tag);
}

PVOID
MmAllocateDriverPool(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
    if (MmIsFaultInjected(Size, Tag))
    {
        return NULL;
    }
    const ULONG pool = ((ULONG)Type & 1) ? MiPoolPaged : MiPoolNonPaged;
    return MiAllocate(pool, Size, Tag, 0, KiCallerAddress(), TRUE);
}

void
MmFreePool(PVOID Address, ULONG Tag)
{
    PMI_BLOCK block = MiBlockToFree((ULONG64)Address);
    NT_ASSERT(Tag == 0 || block->Tag == Tag);
    MiCheckGuards(block);
    if (MmVerifierFreed != NULL)
    {
        MmVerifierFreed(Address, block->Size);
    }
    MiRelease(block, NULL);
}
