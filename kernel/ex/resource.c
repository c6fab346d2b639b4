/* SPDX-License-Identifier: MIT */
/*
 * Resources (ERESOURCE): one exclusive owner or many shared ones, each with its own count. Who
 * waits is handed the resource by the releaser, so nobody overtakes. IRQL <= APC_LEVEL, queries and
 * release
 * <= DISPATCH_LEVEL.
 */
#include "exp.h"

#define EXP_RESOURCE_TAG MM_TAG('E', 'x', 'R', 's')
#define EXP_FIRST_OWNERS 4u

/* Made when the first thread has to wait. ERESOURCE.SharedWaiters points at it. */
typedef struct _EXP_WAITERS
{
    KSEMAPHORE Shared;
    KSEMAPHORE Exclusive;
} EXP_WAITERS, *PEXP_WAITERS;

typedef enum _EXP_SHARE
{
    ExpShareNormal,
    ExpShareStarveExclusive,
    ExpShareWaitForExclusive
} EXP_SHARE;

static ERESOURCE_THREAD
ExpCurrentOwner(void)
{
    return (ERESOURCE_THREAD)KiCurrentThread();
}

static BOOLEAN
ExpIsExclusive(const ERESOURCE *Resource)
{
    return (Resource->Flag & ResourceOwnedExclusive) != 0;
}

__attribute__((noreturn, cold)) static void
ExpResourceViolation(ULONG64 SubCode, PERESOURCE Resource, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, SubCode, (ULONG64)Resource, 0, 0, Rule,
                       Page, NULL, NULL);
}

/* ---- owners ------------------------------------------------------------------------------- */

/* The table's first entry holds its size, as debuggers expect; the single owner is OwnerEntry. */
static POWNER_ENTRY
ExpFindOwner(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    if (Resource->OwnerEntry.OwnerThread == Thread && Resource->OwnerEntry.OwnerCount != 0)
    {
        return &Resource->OwnerEntry;
    }
    const ULONG size = Resource->OwnerTable == NULL ? 0 : Resource->OwnerTable[0].TableSize;
    for (ULONG index = 1; index < size; index++)
    {
        if (Resource->OwnerTable[index].OwnerThread == Thread)
        {
            return &Resource->OwnerTable[index];
        }
    }
    return NULL;
}

/* A free entry of the table, which grows when it has none. */
static POWNER_ENTRY
ExpFreeOwner(PERESOURCE Resource)
{
    if (Resource->OwnerEntry.OwnerCount == 0)
    {
        return &Resource->OwnerEntry;
    }
    const ULONG size = Resource->OwnerTable == NULL ? 0 : Resource->OwnerTable[0].TableSize;
    for (ULONG index = 1; index < size; index++)
    {
        if (Resource->OwnerTable[index].OwnerThread == 0)
        {
            return &Resource->OwnerTable[index];
        }
    }
    const ULONG grown = size == 0 ? EXP_FIRST_OWNERS : size * 2;
    POWNER_ENTRY table =
        MmAllocatePoolAlways(NonPagedPoolNx, grown * sizeof(OWNER_ENTRY), EXP_RESOURCE_TAG);
    NT_ASSERT(table != NULL); /* acquiring cannot fail for want of memory */
    if (size != 0)
    {
        __builtin_memcpy(table, Resource->OwnerTable, size * sizeof(OWNER_ENTRY));
        MmFreePool(Resource->OwnerTable, EXP_RESOURCE_TAG);
    }
    table[0].TableSize = grown;
    Resource->OwnerTable = table;
    return &table[size == 0 ? 1 : size];
}

static void
ExpAddSharedOwner(PERESOURCE Resource)
{
    POWNER_ENTRY entry = ExpFreeOwner(Resource);
    entry->OwnerThread = ExpCurrentOwner();
    entry->TableSize = 0;
    entry->OwnerCount = 1;
}

static void
ExpSetExclusiveOwner(PERESOURCE Resource)
{
    Resource->Flag |= ResourceOwnedExclusive;
    Resource->OwnerEntry.OwnerThread = ExpCurrentOwner();
    Resource->OwnerEntry.TableSize = 0;
    Resource->OwnerEntry.OwnerCount = 1;
}

/* ---- waiting ------------------------------------------------------------------------------ */

static PEXP_WAITERS
ExpWaiters(PERESOURCE Resource)
{
    PEXP_WAITERS waiters = Resource->SharedWaiters;
    if (waiters == NULL)
    {
        waiters = MmAllocatePoolAlways(NonPagedPoolNx, sizeof(EXP_WAITERS), EXP_RESOURCE_TAG);
        NT_ASSERT(waiters != NULL);
        KeInitializeSemaphore(&waiters->Shared, 0, MAXLONG);
        KeInitializeSemaphore(&waiters->Exclusive, 0, MAXLONG);
        Resource->SharedWaiters = waiters;
    }
    return waiters;
}

static void
ExpCheckInitialized(PERESOURCE Resource)
{
    if (!ExpIsTracked(ExpKindResource, Resource))
    {
        ExpResourceViolation(0x1002, Resource, "a resource is initialized before it is acquired",
                             "NF:wdm.ExInitializeResourceLite");
    }
}

/* Contract: NF:wdm.ExAcquireResourceExclusiveLite: normal kernel APCs are disabled first, since one
 * could stop the owner. Nothing sends such APCs to system threads. */
static void
ExpCheckApcs(PERESOURCE Resource)
{
    const PKTHREAD thread = KiCurrentThread();
    if (KiCurrentIrql() < APC_LEVEL && thread->KernelApcDisable == 0 &&
        thread->SpecialApcDisable == 0 && !thread->SystemThread)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x37, KiCurrentIrql(), 0,
                           (ULONG64)Resource,
                           "a resource is acquired in a critical region or by a system thread",
                           "NF:wdm.ExAcquireResourceExclusiveLite", NULL, NULL);
    }
}

static BOOLEAN
ExpAcquireExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    ExpCheckInitialized(Resource);
    ExpCheckApcs(Resource);
    if (Resource->ActiveEntries == 0)
    {
        Resource->ActiveEntries = 1;
        Resource->ActiveCount = 1;
        ExpSetExclusiveOwner(Resource);
        return TRUE;
    }
    if (ExpIsExclusive(Resource) && Resource->OwnerEntry.OwnerThread == ExpCurrentOwner())
    {
        Resource->OwnerEntry.OwnerCount++;
        return TRUE;
    }
    if (!Wait)
    {
        return FALSE;
    }
    if (ExpFindOwner(Resource, ExpCurrentOwner()) != NULL)
    {
        ExpResourceViolation(0x1000, Resource,
                             "a thread that owns a resource shared cannot acquire it exclusively",
                             "NF:wdm.ExAcquireResourceExclusiveLite");
    }
    Resource->NumberOfExclusiveWaiters++;
    Resource->ContentionCount++;
    KeWaitForSingleObject(&ExpWaiters(Resource)->Exclusive, WrResource, KernelMode, FALSE, NULL);
    ExpSetExclusiveOwner(Resource); /* the releaser left it active, for us */
    return TRUE;
}

static BOOLEAN
ExpAcquireShared(PERESOURCE Resource, BOOLEAN Wait, EXP_SHARE Share)
{
    ExpCheckInitialized(Resource);
    ExpCheckApcs(Resource);
    if (Resource->ActiveEntries != 0)
    {
        POWNER_ENTRY owner = ExpFindOwner(Resource, ExpCurrentOwner());
        const BOOLEAN exclusive = ExpIsExclusive(Resource);
        const BOOLEAN yield =
            Resource->NumberOfExclusiveWaiters != 0 && Share != ExpShareStarveExclusive;
        if (owner != NULL && (exclusive || Share != ExpShareWaitForExclusive || !yield))
        {
            owner->OwnerCount++;
            return TRUE;
        }
        if (exclusive || yield)
        {
            if (!Wait)
            {
                return FALSE;
            }
            Resource->NumberOfSharedWaiters++;
            Resource->ContentionCount++;
            KeWaitForSingleObject(&ExpWaiters(Resource)->Shared, WrResource, KernelMode, FALSE,
                                  NULL);
            ExpAddSharedOwner(Resource);
            return TRUE;
        }
    }
    Resource->ActiveEntries++;
    Resource->ActiveCount = 1;
    ExpAddSharedOwner(Resource);
    return TRUE;
}

/* Hands a resource that nobody owns any more, or owns shared, to those who wait. */
static void
ExpGrantShared(PERESOURCE Resource)
{
    const ULONG count = Resource->NumberOfSharedWaiters;
    Resource->NumberOfSharedWaiters = 0;
    Resource->ActiveEntries += count;
    Resource->ActiveCount = Resource->ActiveEntries != 0;
    if (count != 0)
    {
        KeReleaseSemaphore(&ExpWaiters(Resource)->Shared, 0, (LONG)count, FALSE);
    }
}

static void
ExpHandOver(PERESOURCE Resource, BOOLEAN WasExclusive)
{
    /* After an exclusive owner the readers come first, after readers a writer: nobody starves. */
    if (Resource->NumberOfSharedWaiters != 0 &&
        (WasExclusive || Resource->NumberOfExclusiveWaiters == 0))
    {
        ExpGrantShared(Resource);
        return;
    }
    Resource->ActiveCount = 0;
    if (Resource->NumberOfExclusiveWaiters != 0)
    {
        Resource->NumberOfExclusiveWaiters--;
        Resource->ActiveEntries = 1;
        Resource->ActiveCount = 1;
        Resource->Flag |= ResourceOwnedExclusive;
        Resource->OwnerEntry.OwnerThread = 0;
        Resource->OwnerEntry.OwnerCount = 1;
        KeReleaseSemaphore(&ExpWaiters(Resource)->Exclusive, 0, 1, FALSE);
    }
}

static void
ExpRelease(PERESOURCE Resource, ERESOURCE_THREAD Thread)
{
    POWNER_ENTRY owner = Resource->ActiveEntries == 0 ? NULL : ExpFindOwner(Resource, Thread);
    if (owner == NULL)
    {
        KiBugCheckWithRule(RESOURCE_NOT_OWNED, (ULONG64)Resource, (ULONG64)Thread,
                           (ULONG64)Resource->OwnerTable, ExpIsExclusive(Resource),
                           "a resource is released by the thread that acquired it, as often",
                           "NF:wdm.ExReleaseResourceLite", NULL, NULL);
    }
    if (--owner->OwnerCount != 0)
    {
        return;
    }
    owner->OwnerThread = 0;
    if (--Resource->ActiveEntries != 0)
    {
        return;
    }
    const BOOLEAN wasExclusive = ExpIsExclusive(Resource);
    Resource->Flag &= (USHORT)~ResourceOwnedExclusive;
    ExpHandOver(Resource, wasExclusive);
}

/* ---- making and deleting ------------------------------------------------------------------ */

/* Contract: NF:wdm.ExInitializeResourceLite. */
DDI NTSTATUS
ExInitializeResourceLite(PERESOURCE Resource)
{
    if (ExpIsTracked(ExpKindResource, Resource))
    {
        ExpResourceViolation(0xD0, Resource, "a resource is initialized once",
                             "NF:wdm.ExInitializeResourceLite");
    }
    __builtin_memset(Resource, 0, sizeof(ERESOURCE));
    InitializeListHead(&Resource->SystemResourcesList);
    return ExpTrack(ExpKindResource, Resource, 0) ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void
ExpFreeParts(PERESOURCE Resource)
{
    if (Resource->OwnerTable != NULL)
    {
        MmFreePool(Resource->OwnerTable, EXP_RESOURCE_TAG);
    }
    if (Resource->SharedWaiters != NULL)
    {
        MmFreePool(Resource->SharedWaiters, EXP_RESOURCE_TAG);
    }
    __builtin_memset(Resource, 0, sizeof(ERESOURCE));
}

/* A resource that somebody owns or waits for must not lose its owners. */
static void
ExpCheckUnused(PERESOURCE Resource, const char *Page)
{
    if (Resource->ActiveEntries != 0)
    {
        ExpResourceViolation(0x17, Resource,
                             "a resource is released before it is deleted or initialized again",
                             Page);
    }
}

/* Contract: NF:wdm.ExReinitializeResourceLite. */
DDI NTSTATUS
ExReinitializeResourceLite(PERESOURCE Resource)
{
    ExpCheckInitialized(Resource);
    ExpCheckUnused(Resource, "NF:wdm.ExReinitializeResourceLite");
    ExpFreeParts(Resource);
    InitializeListHead(&Resource->SystemResourcesList);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ExDeleteResourceLite. */
DDI NTSTATUS
ExDeleteResourceLite(PERESOURCE Resource)
{
    if (!ExpUntrack(ExpKindResource, Resource))
    {
        ExpResourceViolation(0xD1, Resource, "only a resource that was initialized can be deleted",
                             "NF:wdm.ExDeleteResourceLite");
    }
    ExpCheckUnused(Resource, "NF:wdm.ExDeleteResourceLite");
    ExpFreeParts(Resource);
    return STATUS_SUCCESS;
}

/* ---- acquiring ---------------------------------------------------------------------------- */

/* Contract: NF:wdm.ExAcquireResourceExclusiveLite. */
DDI BOOLEAN
ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return ExpAcquireExclusive(Resource, Wait);
}

/* Contract: NF:wdm.ExAcquireResourceSharedLite. */
DDI BOOLEAN
ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
    return ExpAcquireShared(Resource, Wait, ExpShareNormal);
}

/* Contract: NF:wdm.ExAcquireSharedStarveExclusive. */
DDI BOOLEAN
ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return ExpAcquireShared(Resource, Wait, ExpShareStarveExclusive);
}

/* Contract: NF:wdm.ExAcquireSharedWaitForExclusive. */
DDI BOOLEAN
ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
    return ExpAcquireShared(Resource, Wait, ExpShareWaitForExclusive);
}

/* Contract: NF:wdm.ExEnterCriticalRegionAndAcquireResourceExclusive. */
DDI PVOID
ExEnterCriticalRegionAndAcquireResourceExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExpAcquireExclusive(Resource, TRUE);
    return NULL;
}

/* Exported, without a page of its own. */
DDI PVOID
ExEnterCriticalRegionAndAcquireResourceShared(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExpAcquireShared(Resource, TRUE, ExpShareNormal);
    return NULL;
}

/* Exported, without a page of its own. */
DDI PVOID
ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExpAcquireShared(Resource, TRUE, ExpShareWaitForExclusive);
    return NULL;
}

/* Contract: NF:wdm.ExConvertExclusiveToSharedLite. */
DDI VOID
ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
    if (!ExpIsExclusive(Resource) || Resource->OwnerEntry.OwnerThread != ExpCurrentOwner())
    {
        ExpResourceViolation(0x1004, Resource,
                             "only the exclusive owner of a resource can convert it",
                             "NF:wdm.ExConvertExclusiveToSharedLite");
    }
    Resource->Flag &= (USHORT)~ResourceOwnedExclusive;
    ExpGrantShared(Resource);
}

/* ---- releasing ---------------------------------------------------------------------------- */

/* Contract: NF:wdm.ExReleaseResourceLite. */
DDI VOID
ExReleaseResourceLite(PERESOURCE Resource)
{
    ExpRelease(Resource, ExpCurrentOwner());
}

/* Contract: NF:wdm.ExReleaseResourceForThreadLite. */
DDI VOID
ExReleaseResourceForThreadLite(PERESOURCE Resource, ERESOURCE_THREAD ResourceThreadId)
{
    ExpRelease(Resource, ResourceThreadId);
}

/* Contract: NF:wdm.ExReleaseResourceAndLeaveCriticalRegion. */
DDI VOID
ExReleaseResourceAndLeaveCriticalRegion(PERESOURCE Resource)
{
    ExpRelease(Resource, ExpCurrentOwner());
    KeLeaveCriticalRegion();
}

/* Contract: NF:wdm.ExSetResourceOwnerPointer: the owner is an address from now on. Its two lowest
 * bits are ones, so that it cannot be taken for a thread. */
DDI VOID
ExSetResourceOwnerPointer(PERESOURCE Resource, PVOID OwnerPointer)
{
    POWNER_ENTRY owner = ExpFindOwner(Resource, ExpCurrentOwner());
    if (((ULONG64)OwnerPointer & 3) != 3)
    {
        KiBugCheckWithRule(RESOURCE_OWNER_POINTER_INVALID, (ULONG64)Resource,
                           (ULONG64)Resource->OwnerTable, (ULONG64)KiCurrentThread(),
                           (ULONG64)OwnerPointer,
                           "the two lowest bits of a resource's owner pointer are set",
                           "NF:wdm.ExSetResourceOwnerPointer", NULL, NULL);
    }
    if (Resource->ActiveEntries == 0 || owner == NULL)
    {
        KiBugCheckWithRule(RESOURCE_NOT_OWNED, (ULONG64)Resource, (ULONG64)KiCurrentThread(),
                           (ULONG64)Resource->OwnerTable, ExpIsExclusive(Resource),
                           "ownership of a resource is passed on by the thread that acquired it",
                           "NF:wdm.ExSetResourceOwnerPointer", NULL, NULL);
    }
    owner->OwnerThread = (ERESOURCE_THREAD)OwnerPointer;
}

/* Contract: NF:wdm.ExSetResourceOwnerPointerEx. */
DDI VOID
ExSetResourceOwnerPointerEx(PERESOURCE Resource, PVOID OwnerPointer, ULONG Flags)
{
    (void)Flags;
    ExSetResourceOwnerPointer(Resource, OwnerPointer);
}

/* Exported; priorities of owners are never boosted here. */
DDI VOID
ExDisableResourceBoostLite(PERESOURCE Resource)
{
    (void)Resource;
}

/* ---- queries ------------------------------------------------------------------------------ */

/* Contract: NF:wdm.ExIsResourceAcquiredExclusiveLite. */
DDI BOOLEAN
ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
    return Resource->ActiveEntries != 0 && ExpIsExclusive(Resource) &&
           Resource->OwnerEntry.OwnerThread == ExpCurrentOwner();
}

/* Contract: NF:wdm.ExIsResourceAcquiredSharedLite. */
DDI ULONG
ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
    const POWNER_ENTRY owner =
        Resource->ActiveEntries == 0 ? NULL : ExpFindOwner(Resource, ExpCurrentOwner());
    return owner == NULL ? 0 : owner->OwnerCount;
}

/* Contract: NF:wdm.ExGetExclusiveWaiterCount. */
DDI ULONG
ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
    return Resource->NumberOfExclusiveWaiters;
}

/* Contract: NF:wdm.ExGetSharedWaiterCount. */
DDI ULONG
ExGetSharedWaiterCount(PERESOURCE Resource)
{
    return Resource->NumberOfSharedWaiters;
}
