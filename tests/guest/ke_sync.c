// SPDX-License-Identifier: MIT
// Semaphores, mutexes, fast mutexes and critical regions.
// Page: kernel/semaphore-objects.md, kernel/introduction-to-mutex-objects.md
// Page: NF:wdm.KeInitializeSemaphore, NF:wdm.KeReleaseSemaphore, NF:wdm.KeReadStateSemaphore
// Page: NF:wdm.KeInitializeMutex, NF:wdm.KeReleaseMutex, NF:wdm.KeReadStateMutex
// Page: NF:wdm.ExAcquireFastMutex, NF:wdm.ExReleaseFastMutex, NF:wdm.ExTryToAcquireFastMutex
// Page: NF:wdm.ExAcquireFastMutexUnsafe, NF:wdm.ExReleaseFastMutexUnsafe
// Page: NF:ntddk.KeEnterCriticalRegion, NF:ntddk.KeLeaveCriticalRegion, NF:wdm.KeAreApcsDisabled
// Page: NF:wdm.KeEnterGuardedRegion, NF:wdm.KeLeaveGuardedRegion, NF:wdm.KeAreAllApcsDisabled
// Options: --cpus 4
// Run:
// Expect: ke_sync: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static KSTART_ROUTINE SemaphoreWaiter;
static KSTART_ROUTINE MutexOther;
static KSTART_ROUTINE MutexHolder;
static KSTART_ROUTINE FastContender;

static KSEMAPHORE semaphore;
static KMUTEX mutex;
static FAST_MUTEX fast;
static KEVENT step;
static LONG count;
static LONG inside;
static LONG overlaps;
static NTSTATUS otherRelease;
static NTSTATUS otherWait;

static VOID
SemaphoreWaiter(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    (void)KeWaitForSingleObject(&semaphore, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&count);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestSemaphore(void)
{
    PVOID threads[4];
    NTSTATUS raised;

    KeInitializeSemaphore(&semaphore, 1, 3);
    EXPECT_EQ(KeReadStateSemaphore(&semaphore), 1);
    EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE), 1);
    EXPECT_EQ(KeReadStateSemaphore(&semaphore), 3);
    RAISED(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE));
    EXPECT_EQ(raised, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    EXPECT_EQ(KeReadStateSemaphore(&semaphore), 3); // unchanged
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    for (ULONG i = 0; i < 3; i++)
        EXPECT_EQ(WaitFor(&semaphore, 0), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(&semaphore, 0), STATUS_TIMEOUT);
    for (ULONG i = 0; i < 4; i++)
        threads[i] = StartThread(SemaphoreWaiter, NULL);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(count, 0);
    KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 3, FALSE);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(count, 3);
    EXPECT_EQ(KeReadStateSemaphore(&semaphore), 0);
    KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE);
    for (ULONG i = 0; i < 4; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(count, 4);
}

static VOID
MutexOther(PVOID Context)
{
    NTSTATUS raised;

    UNREFERENCED_PARAMETER(Context);
    RAISED(KeReleaseMutex(&mutex, FALSE));
    otherRelease = raised;
    otherWait = WaitFor(&mutex, MILLISECONDS(5));
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
MutexHolder(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 10; i++)
    {
        (void)KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
        if (InterlockedIncrement(&inside) != 1)
            overlaps++;
        Sleep(MILLISECONDS(1));
        InterlockedDecrement(&inside);
        KeReleaseMutex(&mutex, FALSE);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestMutex(void)
{
    PVOID threads[4];
    NTSTATUS raised;

    KeInitializeMutex(&mutex, 0);
    EXPECT_EQ(KeReadStateMutex(&mutex), 1);
    EXPECT_EQ(WaitFor(&mutex, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateMutex(&mutex), 0);
    EXPECT(KeAreApcsDisabled()); // the owner of a mutex gets no normal kernel APC
    EXPECT_EQ(WaitFor(&mutex, 0), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(&mutex, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateMutex(&mutex), -2);
    JoinThread(StartThread(MutexOther, NULL));
    EXPECT_EQ(otherRelease, STATUS_MUTANT_NOT_OWNED);
    EXPECT_EQ(otherWait, STATUS_TIMEOUT);
    EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), -2);
    EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), -1);
    EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 0);
    EXPECT_EQ(KeReadStateMutex(&mutex), 1);
    EXPECT(!KeAreApcsDisabled());
    RAISED(KeReleaseMutex(&mutex, FALSE));
    EXPECT_EQ(raised, STATUS_MUTANT_NOT_OWNED);
    for (ULONG i = 0; i < 4; i++)
        threads[i] = StartThread(MutexHolder, NULL);
    for (ULONG i = 0; i < 4; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(overlaps, 0);
    EXPECT_EQ(KeReadStateMutex(&mutex), 1);
}

static VOID
FastContender(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (ULONG i = 0; i < 50; i++)
    {
        ExAcquireFastMutex(&fast);
        if (InterlockedIncrement(&inside) != 1)
            overlaps++;
        KeSetEvent(&step, IO_NO_INCREMENT, FALSE);
        if (i % 10 == 0)
            Sleep(MILLISECONDS(1));
        InterlockedDecrement(&inside);
        ExReleaseFastMutex(&fast);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestFastMutex(void)
{
    PVOID threads[4];

    KeInitializeEvent(&step, NotificationEvent, FALSE);
    ExInitializeFastMutex(&fast);
    ExAcquireFastMutex(&fast);
    EXPECT_EQ(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&fast);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(ExTryToAcquireFastMutex(&fast));
    EXPECT_EQ(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&fast);
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(&fast);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    ExReleaseFastMutexUnsafe(&fast);
    KeLeaveCriticalRegion();
    overlaps = 0;
    for (ULONG i = 0; i < 4; i++)
        threads[i] = StartThread(FastContender, NULL);
    for (ULONG i = 0; i < 4; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(overlaps, 0);
    EXPECT_EQ(inside, 0);
    EXPECT(ExTryToAcquireFastMutex(&fast));
    ExReleaseFastMutex(&fast);
}

static void
TestRegions(void)
{
    KIRQL irql;

    EXPECT(!KeAreApcsDisabled());
    EXPECT(!KeAreAllApcsDisabled());
    KeEnterCriticalRegion();
    KeEnterCriticalRegion();
    EXPECT(KeAreApcsDisabled());
    EXPECT(!KeAreAllApcsDisabled());
    KeLeaveCriticalRegion();
    EXPECT(KeAreApcsDisabled());
    KeLeaveCriticalRegion();
    EXPECT(!KeAreApcsDisabled());
    KeEnterGuardedRegion();
    EXPECT(KeAreAllApcsDisabled());
    EXPECT(KeAreApcsDisabled());
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeLeaveGuardedRegion();
    EXPECT(!KeAreAllApcsDisabled());
    KeRaiseIrql(APC_LEVEL, &irql);
    EXPECT(KeAreAllApcsDisabled());
    KeLowerIrql(irql);
    EXPECT(!KeAreApcsDisabled());
}

static VOID
GuestUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = GuestUnload;
    TestSemaphore();
    TestMutex();
    TestFastMutex();
    TestRegions();
    return Finish("ke_sync");
}
