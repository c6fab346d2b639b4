/* SPDX-License-Identifier: MIT */
/*
 * Finds accesses to pageable memory at raised IRQL. Nothing is ever paged out here; instead, paged
 * pool and PAGE sections become inaccessible when driver code runs at DISPATCH_LEVEL or above
 * (arming), and the first touch either gives them back (lower IRQL) or is the violation. Raising
 * and lowering without a touch in between costs a test. Any IRQL; KiPageFault runs in the fault
 * handler and only changes protections.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_RANGES 512u
#define MI_ALWAYS_ARM                                                          \
    1024u /* arm each time until here, then at intervals: a run must stay fast \
           */
#define MI_ARM_EVERY 16u

typedef struct _MI_RANGE
{
    ULONG64 Base;
    ULONG64 Size;
    int Protection;
    LONG Locks;
    BOOLEAN Armed;
} MI_RANGE, *PMI_RANGE;

static MI_RANGE MiRanges[MI_RANGES];
static ULONG MiRangeCount;
static ULONG64 MiArmRequests;
static ULONG64 MiPagedArmedEnd; /* paged pool is armed below this */

BOOLEAN MiArmed;
BOOLEAN MmPagingChecks = TRUE;

/* Protects the pages of [Start, End) of paged pool that no MDL holds. */
static void
MiArmPagedPool(ULONG64 Start, ULONG64 End)
{
    const PMI_POOL pool = &MiPools[MiPoolPaged];
    if (pool->LockedPages == 0)
    {
        host_protect((void *)Start, End - Start, HOST_PROT_NONE);
        return;
    }
    ULONG64 run = Start;
    for (ULONG64 page = Start; page < End; page += HOST_PAGE_SIZE)
    {
        if (pool->Pages[(page - pool->Base) / HOST_PAGE_SIZE].Locks != 0)
        {
            if (page > run)
            {
                host_protect((void *)run, page - run, HOST_PROT_NONE);
            }
            run = page + HOST_PAGE_SIZE;
        }
    }
    if (End > run)
    {
        host_protect((void *)run, End - run, HOST_PROT_NONE);
    }
}

static void
MiArm(void)
{
    if (MiArmed || !MmPagingChecks)
    {
        return;
    }
    MiArmRequests++;
    if (MiArmRequests > MI_ALWAYS_ARM && MiArmRequests % MI_ARM_EVERY != 0)
    {
        return;
    }
    const PMI_POOL pool = &MiPools[MiPoolPaged];
    MiArmed = TRUE;
    MiPagedArmedEnd = pool->Next;
    if (pool->Next > pool->Base)
    {
        MiArmPagedPool(pool->Base, pool->Next);
    }
    for (ULONG index = 0; index < MiRangeCount; index++)
    {
        PMI_RANGE range = &MiRanges[index];
        range->Armed = range->Locks == 0;
        if (range->Armed)
        {
            host_protect((void *)range->Base, range->Size, HOST_PROT_NONE);
        }
    }
}

void
MiDisarm(void)
{
    if (!MiArmed)
    {
        return;
    }
    const PMI_POOL pool = &MiPools[MiPoolPaged];
    MiArmed = FALSE;
    if (MiPagedArmedEnd > pool->Base)
    {
        host_protect((void *)pool->Base, MiPagedArmedEnd - pool->Base, pool->Protection);
    }
    for (ULONG index = 0; index < MiRangeCount; index++)
    {
        PMI_RANGE range = &MiRanges[index];
        if (range->Armed)
        {
            host_protect((void *)range->Base, range->Size, range->Protection);
            range->Armed = FALSE;
        }
    }
}

static PMI_RANGE
MiFindRange(ULONG64 Address)
{
    for (ULONG index = 0; index < MiRangeCount; index++)
    {
        if (Address - MiRanges[index].Base < MiRanges[index].Size)
        {
            return &MiRanges[index];
        }
    }
    return NULL;
}

BOOLEAN
MiIsPageableRange(ULONG64 Address)
{
    return MiFindRange(Address) != NULL;
}

/* TRUE if the arming, and nothing else, made Address inaccessible. */
static BOOLEAN
MiIsArmed(ULONG64 Address)
{
    const PMI_POOL pool = &MiPools[MiPoolPaged];
    if (!MiArmed)
    {
        return FALSE;
    }
    if (Address >= pool->Base && Address < MiPagedArmedEnd)
    {
        return pool->Pages[(Address - pool->Base) / HOST_PAGE_SIZE].Locks == 0;
    }
    const PMI_RANGE range = MiFindRange(Address);
    return range != NULL && range->Armed;
}

static KI_PAGE_FAULT
MiPageFault(ULONG64 Address, KIRQL Irql)
{
    if (!MiIsArmed(Address))
    {
        return Address < HOST_USER_LIMIT && MiUserFault(Address) ? KiFaultResolved : KiFaultNotMine;
    }
    /* The report reads the driver's code and unwind data, which may be pageable themselves. */
    MiDisarm();
    return Irql >= DISPATCH_LEVEL ? KiFaultAtRaisedIrql : KiFaultResolved;
}

NTSTATUS
MiInitPaging(void)
{
    KiArmPaging = MiArm;
    KiPageFault = MiPageFault;
    return STATUS_SUCCESS;
}

/* ---- ranges ------------------------------------------------------------------------------- */

NTSTATUS
MmRegisterPageableRange(PVOID Base, SIZE_T Size, int Protection)
{
    NT_ASSERT(((ULONG64)Base & (HOST_PAGE_SIZE - 1)) == 0);
    if (MiRangeCount == MI_RANGES)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    MiDisarm(); /* the next arming includes it */
    PMI_RANGE range = &MiRanges[MiRangeCount++];
    *range = (MI_RANGE){
        .Base = (ULONG64)Base, .Size = MiRoundUp(Size, HOST_PAGE_SIZE), .Protection = Protection};
    return STATUS_SUCCESS;
}

void
MmUnregisterPageableRange(PVOID Base)
{
    MiDisarm();
    for (ULONG index = 0; index < MiRangeCount; index++)
    {
        if (MiRanges[index].Base == (ULONG64)Base)
        {
            MiRanges[index] = MiRanges[--MiRangeCount];
            return;
        }
    }
}

void
MiLockPageable(ULONG64 Address, SIZE_T Size, LONG Delta)
{
    const PMI_POOL pool = &MiPools[MiPoolPaged];
    PMI_RANGE range = MiFindRange(Address);
    MiDisarm();
    if (range != NULL)
    {
        range->Locks += Delta;
        return;
    }
    const ULONG index = MiPoolOf(Address);
    if (index == MiPoolCount)
    {
        return;
    }
    const PMI_POOL owner = &MiPools[index];
    const ULONG64 first = Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    for (ULONG64 page = first; page < Address + Size; page += HOST_PAGE_SIZE)
    {
        PMI_PAGE descriptor = &owner->Pages[(page - owner->Base) / HOST_PAGE_SIZE];
        const USHORT before = descriptor->Locks;
        descriptor->Locks = (USHORT)(before + Delta);
        if (owner == pool)
        {
            pool->LockedPages += (before == 0) - (descriptor->Locks == 0);
        }
    }
}

/* ---- documented routines for code --------------------------------------------------------- */

/* Contract: NF:ntddk.MmLockPagableDataSection. The handle is the start of the section; code that is
 * not pageable here still gets a handle, because drivers lock sections of any name. */
DDI PVOID
MmLockPagableDataSection(PVOID AddressWithinSection)
{
    PMI_RANGE range = MiFindRange((ULONG64)AddressWithinSection);
    if (range == NULL)
    {
        return AddressWithinSection;
    }
    MiLockPageable(range->Base, range->Size, 1);
    return (PVOID)range->Base;
}

/* Contract: NF:ntddk.MmLockPagableSectionByHandle. */
DDI VOID
MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
    if (MiFindRange((ULONG64)ImageSectionHandle) != NULL)
    {
        MiLockPageable((ULONG64)ImageSectionHandle, 1, 1);
    }
}

/* Contract: NF:ntddk.MmUnlockPagableImageSection. */
DDI VOID
MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
    PMI_RANGE range = MiFindRange((ULONG64)ImageSectionHandle);
    if (range != NULL && range->Locks <= 0)
    {
        KiBugCheckWithRule(MEMORY_MANAGEMENT, 0x1010, (ULONG64)ImageSectionHandle, 0, 0,
                           "a pageable section is unlocked as often as it was locked",
                           "NF:wdm.MmUnlockPagableImageSection", NULL, NULL);
    }
    if (range != NULL)
    {
        MiLockPageable((ULONG64)ImageSectionHandle, 1, -1);
    }
}
