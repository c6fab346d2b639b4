// SPDX-License-Identifier: MIT
// Locks of the executive: reader/writer spin locks, push locks, guarded and unsafe fast mutexes,
// resources with all their queries, run-down protection of both kinds.
// Page: NF:wdm.ExAcquireSpinLockShared, NF:wdm.ExAcquireSpinLockExclusive
// Page: NF:wdm.ExAcquireSpinLockSharedAtDpcLevel, NF:wdm.ExAcquireSpinLockExclusiveAtDpcLevel
// Page: NF:wdm.ExReleaseSpinLockShared, NF:wdm.ExReleaseSpinLockExclusive
// Page: NF:wdm.ExReleaseSpinLockSharedFromDpcLevel, NF:wdm.ExTryConvertSharedSpinLockExclusive
// Page: NF:wdm.ExReleaseSpinLockExclusiveFromDpcLevel, NF:wdm.ExInitializePushLock
// Page: NF:wdm.KeInitializeGuardedMutex, NF:wdm.KeAcquireGuardedMutex
// Page: NF:wdm.KeAcquireGuardedMutexUnsafe, NF:wdm.KeReleaseGuardedMutex
// Page: NF:wdm.KeReleaseGuardedMutexUnsafe, NF:wdm.KeTryToAcquireGuardedMutex
// Page: NF:wdm.ExAcquireFastMutexUnsafe, NF:wdm.ExReleaseFastMutexUnsafe
// Page: NF:wdm.ExReinitializeResourceLite, NF:wdm.ExReleaseResourceForThreadLite
// Page: NF:wdm.ExSetResourceOwnerPointer, NF:wdm.ExSetResourceOwnerPointerEx
// Page: NF:wdm.ExEnterCriticalRegionAndAcquireResourceExclusive
// Page: NF:wdm.ExReleaseResourceAndLeaveCriticalRegion, NF:wdm.ExIsResourceAcquiredSharedLite
// Page: NF:wdm.ExIsResourceAcquiredExclusiveLite, NF:wdm.ExGetSharedWaiterCount
// Page: NF:wdm.ExGetExclusiveWaiterCount, NF:wdm.ExConvertExclusiveToSharedLite
// Page: NF:wdm.ExAcquireSharedStarveExclusive, NF:wdm.ExAcquireSharedWaitForExclusive
// Page: NF:wdm.ExAcquireRundownProtectionEx, NF:wdm.ExReleaseRundownProtectionEx
// Page: NF:wdm.ExAllocateCacheAwareRundownProtection, NF:wdm.ExFreeCacheAwareRundownProtection
// Page: NF:wdm.ExAcquireRundownProtectionCacheAware, NF:wdm.ExReleaseRundownProtectionCacheAware
// Page: NF:wdm.ExAcquireRundownProtectionCacheAwareEx
// Page: NF:wdm.ExReleaseRundownProtectionCacheAwareEx
// Page: NF:wdm.ExInitializeRundownProtectionCacheAware
// Page: NF:wdm.ExSizeOfRundownProtectionCacheAware, NF:wdm.ExRundownCompletedCacheAware
// Page: NF:wdm.ExReInitializeRundownProtectionCacheAware
// Page: NF:wdm.ExWaitForRundownProtectionReleaseCacheAware
// Run:
// Expect: ex_locks: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

#define TAG 'kcoL'

// Exported, and in no header of the kit.
NTKERNELAPI BOOLEAN NTAPI ExTryAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags);
NTKERNELAPI BOOLEAN NTAPI ExTryAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExReleasePushLockEx(PEX_PUSH_LOCK Lock, ULONG Flags);
NTKERNELAPI VOID NTAPI ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock);
NTKERNELAPI VOID NTAPI ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock);
NTKERNELAPI BOOLEAN NTAPI ExfTryAcquirePushLockShared(PEX_PUSH_LOCK Lock);
NTKERNELAPI VOID NTAPI ExfReleasePushLock(PEX_PUSH_LOCK Lock);
NTKERNELAPI VOID NTAPI ExfReleasePushLockExclusive(PEX_PUSH_LOCK Lock);
NTKERNELAPI VOID NTAPI ExfReleasePushLockShared(PEX_PUSH_LOCK Lock);
NTKERNELAPI VOID NTAPI ExfTryToWakePushLock(PEX_PUSH_LOCK Lock);
NTKERNELAPI LOGICAL NTAPI ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI LOGICAL NTAPI ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);
NTKERNELAPI VOID NTAPI ExEnterCriticalRegionAndAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex);
NTKERNELAPI VOID NTAPI ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(PFAST_MUTEX FastMutex);

static void
TestSpinLock(void)
{
    EX_SPIN_LOCK lock = 0;
    KIRQL irql, high;

    irql = ExAcquireSpinLockShared(&lock);
    EXPECT_EQ(irql, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(lock != 0);
    ExAcquireSpinLockSharedAtDpcLevel(&lock);
    EXPECT(!ExTryConvertSharedSpinLockExclusive(&lock));
    EXPECT(!ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    ExReleaseSpinLockSharedFromDpcLevel(&lock);
    EXPECT(ExTryConvertSharedSpinLockExclusive(&lock));
    EXPECT(!ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    ExReleaseSpinLockExclusive(&lock, irql);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(lock, 0);
    irql = ExAcquireSpinLockExclusive(&lock);
    EXPECT(!ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    ExReleaseSpinLockExclusive(&lock, irql);
    KeRaiseIrql(DISPATCH_LEVEL, &high);
    ExAcquireSpinLockExclusiveAtDpcLevel(&lock);
    ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
    EXPECT(ExTryAcquireSpinLockExclusiveAtDpcLevel(&lock));
    ExReleaseSpinLockExclusiveFromDpcLevel(&lock);
    EXPECT(ExTryAcquireSpinLockSharedAtDpcLevel(&lock));
    KeLowerIrql(high);
    KeRaiseIrql(DISPATCH_LEVEL, &high);
    ExReleaseSpinLockShared(&lock, high);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(lock, 0);
}

// ---- push locks ---------------------------------------------------------------------------------

static EX_PUSH_LOCK pushLock;
static CHAR order[16];
static ULONG ordered;

static VOID NTAPI
PushWriter(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusive(&pushLock);
    order[ordered++] = 'w';
    Sleep(MILLISECONDS(1));
    ExReleasePushLockExclusive(&pushLock);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID NTAPI
PushReader(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(&pushLock);
    order[ordered++] = 'r';
    Sleep(MILLISECONDS(1));
    ExReleasePushLockShared(&pushLock);
    KeLeaveCriticalRegion();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestPushLock(void)
{
    PVOID threads[3];

    pushLock = 1234;
    ExInitializePushLock(&pushLock);
    EXPECT_EQ(pushLock, 0);
    KeEnterCriticalRegion();
    ExAcquirePushLockShared(&pushLock);
    EXPECT(ExTryAcquirePushLockSharedEx(&pushLock, 0));
    EXPECT(!ExTryAcquirePushLockExclusiveEx(&pushLock, 0));
    EXPECT(ExfTryAcquirePushLockShared(&pushLock));
    ExfReleasePushLockShared(&pushLock);
    ExfReleasePushLock(&pushLock);
    ExReleasePushLockEx(&pushLock, 0);
    EXPECT_EQ(pushLock, 0);
    EXPECT(ExTryAcquirePushLockExclusiveEx(&pushLock, 0));
    EXPECT(!ExTryAcquirePushLockSharedEx(&pushLock, 0));
    ExfReleasePushLockExclusive(&pushLock);
    ExfAcquirePushLockShared(&pushLock);
    ExfReleasePushLockShared(&pushLock);
    ExfAcquirePushLockExclusive(&pushLock);
    // Three who wait: the readers behind a writer wait for it, and then run together.
    threads[0] = StartThread(PushWriter, NULL);
    Sleep(MILLISECONDS(1));
    threads[1] = StartThread(PushReader, NULL);
    Sleep(MILLISECONDS(1));
    threads[2] = StartThread(PushReader, NULL);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(ordered, 0);
    ExfTryToWakePushLock(&pushLock);
    ExReleasePushLockExclusiveEx(&pushLock, EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST);
    KeLeaveCriticalRegion();
    for (ULONG i = 0; i < RTL_NUMBER_OF(threads); i++)
        JoinThread(threads[i]);
    EXPECT_EQ(ordered, 3);
    EXPECT(order[0] == 'w' && order[1] == 'r' && order[2] == 'r');
    EXPECT_EQ(pushLock, 0);
}

// ---- mutexes ------------------------------------------------------------------------------------

static void
TestMutexes(void)
{
    KGUARDED_MUTEX guarded;
    FAST_MUTEX fast;
    KIRQL irql;

    KeInitializeGuardedMutex(&guarded);
    KeAcquireGuardedMutex(&guarded);
    EXPECT(KeAreAllApcsDisabled());
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeReleaseGuardedMutex(&guarded);
    EXPECT(!KeAreAllApcsDisabled());
    EXPECT(KeTryToAcquireGuardedMutex(&guarded));
    EXPECT(!KeTryToAcquireGuardedMutex(&guarded));
    EXPECT(KeAreAllApcsDisabled());
    KeReleaseGuardedMutex(&guarded);
    EXPECT(!KeAreAllApcsDisabled());
    KeEnterGuardedRegion();
    KeAcquireGuardedMutexUnsafe(&guarded);
    KeReleaseGuardedMutexUnsafe(&guarded);
    KeLeaveGuardedRegion();

    ExInitializeFastMutex(&fast);
    ExEnterCriticalRegionAndAcquireFastMutexUnsafe(&fast);
    EXPECT(KeAreApcsDisabled());
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(!ExTryToAcquireFastMutex(&fast));
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(&fast);
    EXPECT(!KeAreApcsDisabled());
    KeRaiseIrql(APC_LEVEL, &irql);
    ExAcquireFastMutexUnsafe(&fast);
    ExReleaseFastMutexUnsafe(&fast);
    KeLowerIrql(irql);
}

// ---- resources ----------------------------------------------------------------------------------

static ERESOURCE resource;

static VOID NTAPI
ResourceReader(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ExAcquireResourceSharedLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID NTAPI
ResourceWriter(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    ExAcquireResourceExclusiveLite(&resource, TRUE);
    ExReleaseResourceLite(&resource);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID NTAPI
ReleaseForOwner(PVOID Context)
{
    ExReleaseResourceForThreadLite(&resource, (ERESOURCE_THREAD)Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestResource(void)
{
    static ERESOURCE_THREAD place = 3;
    PVOID reader, writer;

    EXPECT_EQ(ExInitializeResourceLite(&resource), STATUS_SUCCESS);
    ExDisableResourceBoostLite(&resource);
    ExEnterCriticalRegionAndAcquireResourceExclusive(&resource);
    EXPECT(KeAreApcsDisabled());
    EXPECT(ExIsResourceAcquiredExclusiveLite(&resource));
    EXPECT(ExIsResourceAcquiredSharedLite(&resource) != 0);
    EXPECT(ExAcquireResourceExclusiveLite(&resource, FALSE));
    EXPECT_EQ(ExIsResourceAcquiredSharedLite(&resource), 2);
    ExReleaseResourceLite(&resource);
    reader = StartThread(ResourceReader, NULL);
    writer = StartThread(ResourceWriter, NULL);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(ExGetSharedWaiterCount(&resource), 1);
    EXPECT_EQ(ExGetExclusiveWaiterCount(&resource), 1);
    // Readers come in, the writer goes on waiting; who reads can read again.
    ExConvertExclusiveToSharedLite(&resource);
    EXPECT(!ExIsResourceAcquiredExclusiveLite(&resource));
    EXPECT_EQ(ExIsResourceAcquiredSharedLite(&resource), 1);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(ExGetSharedWaiterCount(&resource), 0);
    EXPECT_EQ(ExGetExclusiveWaiterCount(&resource), 1);
    EXPECT(ExAcquireSharedStarveExclusive(&resource, FALSE));
    ExReleaseResourceLite(&resource);
    EXPECT(!ExAcquireSharedWaitForExclusive(&resource, FALSE));
    ExReleaseResourceAndLeaveCriticalRegion(&resource);
    EXPECT(!KeAreApcsDisabled());
    JoinThread(reader);
    JoinThread(writer);
    EXPECT_EQ(ExIsResourceAcquiredSharedLite(&resource), 0);

    ExEnterCriticalRegionAndAcquireResourceShared(&resource);
    EXPECT_EQ(ExIsResourceAcquiredSharedLite(&resource), 1);
    ExReleaseResourceAndLeaveCriticalRegion(&resource);
    ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(&resource);
    ExReleaseResourceForThreadLite(&resource, ExGetCurrentResourceThread());
    KeLeaveCriticalRegion();
    // Acquired here, released elsewhere: by pointer.
    KeEnterCriticalRegion();
    EXPECT(ExAcquireResourceExclusiveLite(&resource, TRUE));
    ExSetResourceOwnerPointer(&resource, (PVOID)((ULONG_PTR)&place | 3));
    JoinThread(StartThread(ReleaseForOwner, (PVOID)((ULONG_PTR)&place | 3)));
    EXPECT(ExAcquireResourceSharedLite(&resource, FALSE));
    ExSetResourceOwnerPointerEx(&resource, (PVOID)((ULONG_PTR)&place | 3), 0);
    JoinThread(StartThread(ReleaseForOwner, (PVOID)((ULONG_PTR)&place | 3)));
    EXPECT(ExAcquireResourceExclusiveLite(&resource, FALSE));
    ExReleaseResourceLite(&resource);
    KeLeaveCriticalRegion();
    EXPECT_EQ(ExReinitializeResourceLite(&resource), STATUS_SUCCESS);
    EXPECT_EQ(ExDeleteResourceLite(&resource), STATUS_SUCCESS);
}

// ---- run-down protection ------------------------------------------------------------------------

static PEX_RUNDOWN_REF_CACHE_AWARE aware;
static EX_RUNDOWN_REF plain;
static ULONG released;

static VOID NTAPI
ReleaseLater(PVOID Context)
{
    Sleep(MILLISECONDS(5));
    released = 1;
    if (Context != NULL)
        ExReleaseRundownProtectionCacheAwareEx(aware, 2);
    else
        ExReleaseRundownProtectionEx(&plain, 3);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestRundown(void)
{
    SIZE_T size = ExSizeOfRundownProtectionCacheAware();
    PVOID thread;

    ExInitializeRundownProtection(&plain);
    EXPECT(ExAcquireRundownProtectionEx(&plain, 3));
    thread = StartThread(ReleaseLater, NULL);
    ExWaitForRundownProtectionRelease(&plain);
    EXPECT_EQ(released, 1);
    JoinThread(thread);
    EXPECT(!ExAcquireRundownProtectionEx(&plain, 1));

    aware = ExAllocateCacheAwareRundownProtection(NonPagedPoolNx, TAG);
    EXPECT(aware != NULL);
    EXPECT(ExAcquireRundownProtectionCacheAware(aware));
    ExReleaseRundownProtectionCacheAware(aware);
    EXPECT(ExAcquireRundownProtectionCacheAwareEx(aware, 2));
    released = 0;
    thread = StartThread(ReleaseLater, &aware);
    ExWaitForRundownProtectionReleaseCacheAware(aware);
    EXPECT_EQ(released, 1);
    JoinThread(thread);
    EXPECT(!ExAcquireRundownProtectionCacheAware(aware));
    ExRundownCompletedCacheAware(aware);
    EXPECT(!ExAcquireRundownProtectionCacheAware(aware));
    ExReInitializeRundownProtectionCacheAware(aware);
    EXPECT(ExAcquireRundownProtectionCacheAware(aware));
    ExReleaseRundownProtectionCacheAware(aware);
    ExFreeCacheAwareRundownProtection(aware);

    // In memory of one's own.
    EXPECT(size != 0);
    aware = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);
    ExInitializeRundownProtectionCacheAware(aware, size);
    EXPECT(ExAcquireRundownProtectionCacheAware(aware));
    ExReleaseRundownProtectionCacheAware(aware);
    ExWaitForRundownProtectionReleaseCacheAware(aware);
    EXPECT(!ExAcquireRundownProtectionCacheAware(aware));
    ExFreePoolWithTag(aware, TAG);
}

static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    TestSpinLock();
    TestPushLock();
    TestMutexes();
    TestResource();
    TestRundown();
    return Finish("ex_locks");
}
