// SPDX-License-Identifier: MIT
// Queued spin locks in order of arrival, locks by number, locks of interrupts, interlocked values.
// Page: kernel/queued-spin-locks.md
// Page: NF:wdm.KeAcquireInStackQueuedSpinLock, NF:wdm.KeReleaseInStackQueuedSpinLock
// Page: NF:wdm.KeAcquireInStackQueuedSpinLockAtDpcLevel
// Page: NF:wdm.KeReleaseInStackQueuedSpinLockFromDpcLevel
// Page: NF:wdm.KeSynchronizeExecution, NF:wdm.KeAcquireInterruptSpinLock
// Page: NF:wdm.KeReleaseInterruptSpinLock, kernel/introduction-to-synchcritsection-routines.md
// Page: kernel/accessing-shared-state-information.md
// Page: NF:wdm.InterlockedAnd, NF:wdm.InterlockedOr, NF:wdm.InterlockedXor
// Page: NF:wdm.InterlockedExchangeAdd, NF:wdm.InterlockedExchangePointer
// Page: NF:wdm.InterlockedCompareExchange, NF:wdm.InterlockedCompareExchangePointer
// Options: --cpus 4
// Run:
// Expect: ke_locks: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

// Exported; in no public header, so drivers declare them.
NTKERNELAPI KIRQL KeAcquireQueuedSpinLockRaiseToSynch(ULONG Number);
NTKERNELAPI LOGICAL KeTryToAcquireQueuedSpinLockRaiseToSynch(ULONG Number, PKIRQL OldIrql);
NTKERNELAPI VOID KeAcquireInStackQueuedSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock,
                                                            PKLOCK_QUEUE_HANDLE LockHandle);
NTKERNELAPI KIRQL KeAcquireSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock);
NTKERNELAPI VOID KeInitializeInterrupt(PKINTERRUPT Interrupt,
                                       PKSERVICE_ROUTINE ServiceRoutine,
                                       PVOID ServiceContext,
                                       PKSPIN_LOCK SpinLock,
                                       ULONG Vector,
                                       KIRQL Irql,
                                       KIRQL SynchronizeIrql,
                                       KINTERRUPT_MODE InterruptMode,
                                       BOOLEAN ShareVector,
                                       CCHAR ProcessorNumber,
                                       BOOLEAN FloatingSave);

static KSTART_ROUTINE Contender;
static KSERVICE_ROUTINE Service;
static KSYNCHRONIZE_ROUTINE Critical;

static KSPIN_LOCK lock;
static LONG order[4];
static LONG arrived;
static LONG granted;
static LONG inside;
static LONG overlaps;

static VOID
Contender(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    (void)KeSetSystemAffinityThreadEx((KAFFINITY)1 << number);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    while (arrived != (LONG)number - 1)
        KeStallExecutionProcessor(1);
    arrived = (LONG)number;
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock, &handle);
    if (InterlockedIncrement(&inside) != 1)
        overlaps++;
    order[granted++] = (LONG)number;
    KeStallExecutionProcessor(10);
    InterlockedDecrement(&inside);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    KeLowerIrql(old);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestOrder(void)
{
    KLOCK_QUEUE_HANDLE handle;
    PVOID threads[3];

    KeInitializeSpinLock(&lock);
    (void)KeSetSystemAffinityThreadEx(1);
    for (ULONG i = 0; i < 3; i++)
        threads[i] = StartThread(Contender, (PVOID)(ULONG_PTR)(3 - i));
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    while (arrived != 3)
        KeStallExecutionProcessor(1);
    KeStallExecutionProcessor(100); // the last one has reached the lock
    EXPECT_EQ(granted, 0);
    KeReleaseInStackQueuedSpinLock(&handle);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    for (ULONG i = 0; i < 3; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(granted, 3);
    EXPECT_EQ(overlaps, 0);
    for (LONG i = 0; i < 3; i++)
        EXPECT_EQ(order[i], i + 1); // first come, first served
    KeRevertToUserAffinityThreadEx(0);
}

static void
TestSynch(void)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;
    KIRQL tried = 99;

    KeAcquireInStackQueuedSpinLockRaiseToSynch(&lock, &handle);
    EXPECT(KeGetCurrentIrql() >= DISPATCH_LEVEL);
    EXPECT(!KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseInStackQueuedSpinLock(&handle);
    EXPECT(KeTestSpinLock(&lock));
    old = KeAcquireSpinLockRaiseToSynch(&lock);
    EXPECT_EQ(old, PASSIVE_LEVEL);
    EXPECT(!KeTestSpinLock(&lock));
    KeReleaseSpinLock(&lock, old);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KefAcquireSpinLockAtDpcLevel(&lock);
    EXPECT(!KeTestSpinLock(&lock));
    KefReleaseSpinLockFromDpcLevel(&lock);
    EXPECT(KeTestSpinLock(&lock));
    KeLowerIrql(old);

    old = KeAcquireQueuedSpinLock(4);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(!KeTryToAcquireQueuedSpinLock(4, &tried));
    EXPECT_EQ(tried, 99);
    EXPECT(KeTryToAcquireQueuedSpinLock(5, &tried));
    EXPECT_EQ(tried, DISPATCH_LEVEL);
    KeReleaseQueuedSpinLock(5, tried);
    KeReleaseQueuedSpinLock(4, old);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    old = KeAcquireQueuedSpinLockRaiseToSynch(4);
    EXPECT(!KeTryToAcquireQueuedSpinLockRaiseToSynch(4, &tried));
    KeReleaseQueuedSpinLock(4, old);
    EXPECT(KeTryToAcquireQueuedSpinLockRaiseToSynch(4, &tried));
    KeReleaseQueuedSpinLock(4, tried);
}

// ---- interrupt objects -------------------------------------------------------------------------

static DECLSPEC_ALIGN(16) UCHAR interruptStorage[512];
static KIRQL criticalIrql;
static BOOLEAN criticalLocked;

static BOOLEAN
Service(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    return TRUE;
}

static BOOLEAN
Critical(PVOID Context)
{
    criticalIrql = KeGetCurrentIrql();
    criticalLocked = !KeTestSpinLock(&lock);
    *(ULONG *)Context += 1;
    return *(ULONG *)Context == 1;
}

static void
TestInterrupt(void)
{
    PKINTERRUPT interrupt = (PKINTERRUPT)interruptStorage;
    ULONG count = 0;
    KIRQL old;

    KeInitializeSpinLock(&lock);
    KeInitializeInterrupt(interrupt, Service, NULL, &lock, 0x61, 6, 8, LevelSensitive, TRUE, 0,
                          FALSE);
    EXPECT(KeSynchronizeExecution(interrupt, Critical, &count));
    EXPECT_EQ(criticalIrql, 8); // SynchronizeIrql
    EXPECT(criticalLocked);
    EXPECT(KeTestSpinLock(&lock));
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(!KeSynchronizeExecution(interrupt, Critical, &count)); // the routine's own result
    KeRaiseIrql(8, &old);
    EXPECT(!KeSynchronizeExecution(interrupt, Critical, &count));
    EXPECT_EQ(KeGetCurrentIrql(), 8);
    KeLowerIrql(old);
    EXPECT_EQ(count, 3);
    old = KeAcquireInterruptSpinLock(interrupt);
    EXPECT_EQ(old, PASSIVE_LEVEL);
    EXPECT_EQ(KeGetCurrentIrql(), 8);
    EXPECT(!KeTestSpinLock(&lock));
    KeReleaseInterruptSpinLock(interrupt, old);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

// ---- interlocked values ------------------------------------------------------------------------

static void
TestInterlocked(void)
{
    volatile LONG value = 0x0f;
    PVOID volatile pointer = &lock;

    EXPECT_EQ(InterlockedAnd(&value, 0x3c), 0x0f);
    EXPECT_EQ(value, 0x0c);
    EXPECT_EQ(InterlockedOr(&value, 0x03), 0x0c);
    EXPECT_EQ(value, 0x0f);
    EXPECT_EQ(InterlockedXor(&value, 0xff), 0x0f);
    EXPECT_EQ(value, 0xf0);
    EXPECT_EQ(InterlockedExchangeAdd(&value, 0x10), 0xf0);
    EXPECT_EQ(value, 0x100);
    EXPECT_EQ(InterlockedCompareExchange(&value, 5, 1), 0x100);
    EXPECT_EQ(value, 0x100);
    EXPECT_EQ(InterlockedCompareExchange(&value, 5, 0x100), 0x100);
    EXPECT_EQ(value, 5);
    EXPECT(InterlockedExchangePointer(&pointer, (PVOID)&value) == &lock);
    EXPECT(pointer == (PVOID)&value);
    EXPECT(InterlockedCompareExchangePointer(&pointer, NULL, &lock) == (PVOID)&value);
    EXPECT(pointer == (PVOID)&value);
    EXPECT(InterlockedCompareExchangePointer(&pointer, NULL, (PVOID)&value) == (PVOID)&value);
    EXPECT(pointer == NULL);
    KeMemoryBarrier();
    EXPECT_EQ(value, 5);
}

static void
TestSourceCompatibility(void)
{
    KFLOATING_SAVE save;

    EXPECT_EQ(KeSaveFloatingPointState(&save), STATUS_SUCCESS);
    EXPECT_EQ(KeRestoreFloatingPointState(&save), STATUS_SUCCESS);
    // Memory and devices are coherent on x64: nothing to flush.
    KeFlushIoBuffers((PMDL)NULL, TRUE, FALSE);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestOrder();
    TestSynch();
    TestInterrupt();
    TestInterlocked();
    TestSourceCompatibility();
    return Finish("ke_locks");
}
