// SPDX-License-Identifier: MIT
// Threaded DPCs, what a DPC knows about itself, and routines on all processors at once.
// Page: kernel/introduction-to-threaded-dpcs.md, kernel/synchronization-and-threaded-dpcs.md
// Page: kernel/converting-an-ordinary-dpc-to-a-threaded-dpc.md
// Page: NF:wdm.KeInitializeThreadedDpc, NF:wdm.KeAcquireSpinLockForDpc
// Page: NF:wdm.KeReleaseSpinLockForDpc, NF:wdm.KeAcquireInStackQueuedSpinLockForDpc
// Page: NF:wdm.KeReleaseInStackQueuedSpinLockForDpc, NF:wdm.KeIsExecutingDpc
// Page: NF:wdm.KeQueryDpcWatchdogInformation, NF:wdm.KeIpiGenericCall
// Page: NF:wdm.KeSetTargetProcessorDpcEx, NF:wdm.KeShouldYieldProcessor
// Options: --cpus 4
// Run:
// Expect: ke_threaded: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

// Exported without a page; drivers declare them.
NTKERNELAPI VOID KeGenericCallDpc(PKDEFERRED_ROUTINE Routine, PVOID Context);
NTKERNELAPI VOID KeSignalCallDpcDone(PVOID SystemArgument1);
NTKERNELAPI LOGICAL KeSignalCallDpcSynchronize(PVOID SystemArgument2);

static KDEFERRED_ROUTINE Threaded;
static KDEFERRED_ROUTINE Ordinary;
static KDEFERRED_ROUTINE Everywhere;
static KIPI_BROADCAST_WORKER Broadcast;

static KDPC threaded;
static KDPC ordinary;
static KSPIN_LOCK lock;
static KIRQL irql[2];
static KIRQL lockedIrql[2];
static KIRQL queuedIrql[2];
static KIRQL afterIrql[2];
static PKTHREAD thread[2];
static KPRIORITY priority;
static ULONG processor[2];
static LONG runs[2];
static LOGICAL executing[2];
static NTSTATUS watchdogStatus;
static KDPC_WATCHDOG_INFORMATION watchdog;
static LOGICAL preempted;
static LOGICAL shouldYield;

// The same code for both kinds, as kernel/synchronization-and-threaded-dpcs.md wants it.
static void
Body(ULONG Kind)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;

    irql[Kind] = KeGetCurrentIrql();
    processor[Kind] = KeGetCurrentProcessorNumberEx(NULL);
    thread[Kind] = KeGetCurrentThread();
    old = KeAcquireSpinLockForDpc(&lock);
    lockedIrql[Kind] = KeGetCurrentIrql();
    executing[Kind] = KeIsExecutingDpc();
    KeReleaseSpinLockForDpc(&lock, old);
    KeAcquireInStackQueuedSpinLockForDpc(&lock, &handle);
    queuedIrql[Kind] = KeGetCurrentIrql();
    KeReleaseInStackQueuedSpinLockForDpc(&handle);
    afterIrql[Kind] = KeGetCurrentIrql();
    runs[Kind]++;
}

static VOID
Threaded(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Body(0);
    priority = KeQueryPriorityThread(KeGetCurrentThread());
    if (Context != NULL)
    {
        // An ordinary DPC preempts it.
        LONG before = runs[1];
        (void)KeInsertQueueDpc(&ordinary, NULL, NULL);
        preempted = runs[1] == before + 1;
    }
}

static VOID
Ordinary(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    Body(1);
    watchdogStatus = KeQueryDpcWatchdogInformation(&watchdog);
    shouldYield = KeShouldYieldProcessor();
}

static void
TestThreaded(void)
{
    PROCESSOR_NUMBER number = {0, 2, 0};

    KeInitializeSpinLock(&lock);
    KeInitializeThreadedDpc(&threaded, Threaded, NULL);
    KeInitializeDpc(&ordinary, Ordinary, NULL);
    EXPECT(KeInsertQueueDpc(&threaded, NULL, NULL));
    EXPECT(KeInsertQueueDpc(&ordinary, NULL, NULL));
    KeFlushQueuedDpcs();
    EXPECT_EQ(runs[0], 1);
    EXPECT_EQ(runs[1], 1);
    EXPECT_EQ(irql[0], PASSIVE_LEVEL);
    EXPECT_EQ(irql[1], DISPATCH_LEVEL);
    EXPECT_EQ(afterIrql[0], PASSIVE_LEVEL);
    EXPECT_EQ(afterIrql[1], DISPATCH_LEVEL);
    for (ULONG i = 0; i < 2; i++)
    {
        EXPECT_EQ(lockedIrql[i], DISPATCH_LEVEL);
        EXPECT_EQ(queuedIrql[i], DISPATCH_LEVEL);
    }
    EXPECT(thread[0] != KeGetCurrentThread()); // a thread of the system's own
    EXPECT_EQ(priority, HIGH_PRIORITY);        // no other thread preempts it
    EXPECT(!executing[0]);
    EXPECT(executing[1]);
    EXPECT_EQ(KeSetTargetProcessorDpcEx(&threaded, &number), STATUS_SUCCESS);
    EXPECT(KeInsertQueueDpc(&threaded, NULL, NULL));
    KeFlushQueuedDpcs();
    EXPECT_EQ(processor[0], 2);
    number.Number = 77;
    EXPECT_EQ(KeSetTargetProcessorDpcEx(&threaded, &number), STATUS_INVALID_PARAMETER);
}

static void
TestPreemptionAndRemoval(void)
{
    KIRQL old;

    KeInitializeThreadedDpc(&threaded, Threaded, &threaded);
    EXPECT(KeInsertQueueDpc(&threaded, NULL, NULL));
    KeFlushQueuedDpcs();
    EXPECT(preempted);
    // While the IRQL is raised its thread cannot run here, and it can be taken back.
    KeInitializeThreadedDpc(&threaded, Threaded, NULL);
    KeSetTargetProcessorDpc(&threaded, (CCHAR)KeGetCurrentProcessorNumberEx(NULL));
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeSetTargetProcessorDpc(&threaded, (CCHAR)KeGetCurrentProcessorNumberEx(NULL));
    runs[0] = 0;
    EXPECT(KeInsertQueueDpc(&threaded, NULL, NULL));
    EXPECT(!KeInsertQueueDpc(&threaded, NULL, NULL));
    EXPECT(KeRemoveQueueDpc(&threaded));
    EXPECT(!KeRemoveQueueDpc(&threaded));
    KeLowerIrql(old);
    KeFlushQueuedDpcs();
    EXPECT_EQ(runs[0], 0);
}

static void
TestWatchdog(void)
{
    KIRQL old;

    EXPECT_EQ(watchdogStatus, STATUS_SUCCESS);
    EXPECT(watchdog.DpcTimeLimit != 0);
    EXPECT(watchdog.DpcTimeCount <= watchdog.DpcTimeLimit);
    EXPECT(watchdog.DpcWatchdogCount <= watchdog.DpcWatchdogLimit);
    EXPECT(!shouldYield); // it has only just begun
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    EXPECT(!KeIsExecutingDpc());
    KeStallExecutionProcessor(1000 * 1000);
    EXPECT(KeShouldYieldProcessor()); // its quantum is long over
    KeLowerIrql(old);
}

// ---- all processors ----------------------------------------------------------------------------

static volatile LONG arrived;
static LONG done;
static LONG last;
static KAFFINITY seen;
static LONG wrongIrql;
static LONG early;

static ULONG_PTR
Broadcast(ULONG_PTR Argument)
{
    if (KeGetCurrentIrql() != IPI_LEVEL)
        InterlockedIncrement(&wrongIrql);
    InterlockedOr64((LONG64 *)&seen, 1ll << KeGetCurrentProcessorNumberEx(NULL));
    InterlockedIncrement(&arrived);
    return Argument + KeGetCurrentProcessorNumberEx(NULL);
}

static VOID
Everywhere(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    if (KeGetCurrentIrql() != DISPATCH_LEVEL || Context != (PVOID)&seen)
        InterlockedIncrement(&wrongIrql);
    InterlockedOr64((LONG64 *)&seen, 1ll << KeGetCurrentProcessorNumberEx(NULL));
    InterlockedIncrement(&arrived);
    if (KeSignalCallDpcSynchronize(Argument2))
        InterlockedIncrement(&last);
    // Behind the barrier all have been here.
    if (arrived != (LONG)KeQueryActiveProcessorCount(NULL))
        InterlockedIncrement(&early);
    (void)KeSignalCallDpcSynchronize(Argument2);
    InterlockedIncrement(&done);
    KeSignalCallDpcDone(Argument1);
}

static void
TestEverywhere(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL);
    ULONG_PTR result;
    KIRQL old;

    for (ULONG i = 0; i < 5; i++)
    {
        arrived = 0;
        seen = 0;
        KeRaiseIrql(DISPATCH_LEVEL, &old); // the thread stays where it is
        result = KeIpiGenericCall(Broadcast, 100);
        EXPECT_EQ(result, 100 + KeGetCurrentProcessorNumberEx(NULL));
        KeLowerIrql(old);
        EXPECT_EQ(arrived, count);
        EXPECT_EQ(seen, KeQueryActiveProcessors());
    }
    for (ULONG i = 0; i < 5; i++)
    {
        arrived = 0;
        done = 0;
        last = 0;
        seen = 0;
        KeGenericCallDpc(Everywhere, &seen);
        EXPECT_EQ(done, count);
        EXPECT_EQ(last, 1);
        EXPECT_EQ(seen, KeQueryActiveProcessors());
    }
    EXPECT_EQ(early, 0);
    EXPECT_EQ(wrongIrql, 0);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestThreaded();
    TestPreemptionAndRemoval();
    TestWatchdog();
    TestEverywhere();
    return Finish("ke_threaded");
}
