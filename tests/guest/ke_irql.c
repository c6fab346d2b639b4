// SPDX-License-Identifier: MIT
// IRQL by call and by cr8, spin locks of every kind, interrupt flag.
// Page: kernel/managing-hardware-priorities.md, kernel/introduction-to-spin-locks.md
// Page: kernel/queued-spin-locks.md
// Page: NF:wdm.KeRaiseIrql, NF:wdm.KeLowerIrql, NF:wdm.KeGetCurrentIrql
// Page: NF:wdm.KeRaiseIrqlToDpcLevel
// Page: NF:wdm.KeInitializeSpinLock, NF:wdm.KeAcquireSpinLock, NF:wdm.KeReleaseSpinLock
// Page: NF:wdm.KeAcquireSpinLockAtDpcLevel, NF:wdm.KeReleaseSpinLockFromDpcLevel
// Page: NF:wdm.KeAcquireInStackQueuedSpinLock, NF:wdm.KeReleaseInStackQueuedSpinLock
// Page: NF:wdm.KeAcquireInStackQueuedSpinLockAtDpcLevel, NF:wdm.KeTryToAcquireSpinLockAtDpcLevel
// Page: NF:wdm.KeReleaseInStackQueuedSpinLockFromDpcLevel, NF:wdm.KeTestSpinLock
// Options: --cpus 4
// Run:
// Expect: ke_irql: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static KSTART_ROUTINE Contend;

static KSPIN_LOCK lock;
static ULONG counter;
static LONG inside;
static LONG overlaps;

static void
TestRaise(void)
{
    KIRQL first, second;

    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(__readcr8(), PASSIVE_LEVEL);
    KeRaiseIrql(APC_LEVEL, &first);
    EXPECT_EQ(first, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), APC_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &second);
    EXPECT_EQ(second, APC_LEVEL);
    EXPECT_EQ(__readcr8(), DISPATCH_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &second); // raising to the current level is allowed
    EXPECT_EQ(second, DISPATCH_LEVEL);
    KeLowerIrql(APC_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), APC_LEVEL);
    KeLowerIrql(first);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT_EQ(KeRaiseIrqlToDpcLevel(), PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeLowerIrql(PASSIVE_LEVEL);
    EXPECT_EQ(KfRaiseIrql(12), PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), 12);
    KeLowerIrql(PASSIVE_LEVEL);
}

// What compilers make of KeRaiseIrql: mov cr8 in the driver's own code.
static NOINLINE void
TestCr8(void)
{
    for (ULONG level = 0; level <= HIGH_LEVEL; level++)
    {
        __writecr8(level);
        EXPECT_EQ(KeGetCurrentIrql(), level);
        EXPECT_EQ(__readcr8(), level);
        __writecr8(PASSIVE_LEVEL);
    }
    _disable();
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL); // cli does not change the IRQL
    _enable();
}

static void
TestSpinLocks(void)
{
    KLOCK_QUEUE_HANDLE queue;
    KIRQL irql;

    KeInitializeSpinLock(&lock);
    EXPECT(KeTestSpinLock(&lock));
    KeAcquireSpinLock(&lock, &irql);
    EXPECT_EQ(irql, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(!KeTestSpinLock(&lock));
    EXPECT(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLock(&lock, irql);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    irql = KeRaiseIrqlToDpcLevel();
    EXPECT(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeAcquireSpinLockAtDpcLevel(&lock);
    EXPECT(!KeTestSpinLock(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &queue);
    EXPECT(!KeTestSpinLock(&lock));
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&queue);
    KeLowerIrql(irql);
    KeAcquireInStackQueuedSpinLock(&lock, &queue);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(!KeTestSpinLock(&lock));
    KeReleaseInStackQueuedSpinLock(&queue);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(KeTestSpinLock(&lock));
    irql = KeAcquireSpinLockRaiseToDpc(&lock);
    EXPECT_EQ(irql, PASSIVE_LEVEL);
    KeReleaseSpinLock(&lock, irql);
}

static VOID
Contend(PVOID Context)
{
    KLOCK_QUEUE_HANDLE queue;
    KIRQL irql;

    for (ULONG i = 0; i < 500; i++)
    {
        if ((ULONG_PTR)Context & 1)
            KeAcquireInStackQueuedSpinLock(&lock, &queue);
        else
            KeAcquireSpinLock(&lock, &irql);
        if (InterlockedIncrement(&inside) != 1)
            overlaps++;
        (void)KeQueryInterruptTime();
        if (i % 50 == 0)
            KeStallExecutionProcessor(1); // other processors run into the lock meanwhile
        counter++;
        InterlockedDecrement(&inside);
        if ((ULONG_PTR)Context & 1)
            KeReleaseInStackQueuedSpinLock(&queue);
        else
            KeReleaseSpinLock(&lock, irql);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestContention(ULONG_PTR Queued)
{
    PVOID threads[8];

    counter = 0;
    for (ULONG i = 0; i < 8; i++)
        threads[i] = StartThread(Contend, (PVOID)Queued);
    for (ULONG i = 0; i < 8; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(counter, 4000);
    EXPECT_EQ(overlaps, 0);
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
    TestRaise();
    TestCr8();
    TestSpinLocks();
    TestContention(0);
    TestContention(1);
    return Finish("ke_irql");
}
