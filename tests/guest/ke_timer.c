// SPDX-License-Identifier: MIT
// Timers: one-shot and periodic, with and without DPC, cancelled, set again, in order of due time.
// Page: kernel/timer-objects-and-dpcs.md, kernel/using-timer-objects.md
// Page: NF:wdm.KeInitializeTimer, NF:wdm.KeInitializeTimerEx, NF:wdm.KeSetTimer
// Page: NF:wdm.KeSetTimerEx
// Page: NF:wdm.KeCancelTimer, NF:wdm.KeReadStateTimer, NF:wdm.KeDelayExecutionThread
// Page: NF:wdm.KeQuerySystemTime~r1, NF:wdm.KeQueryInterruptTime, NF:wdm.KeQueryTickCount
// Page: NF:wdm.KeQueryTimeIncrement, NF:wdm.KeStallExecutionProcessor
// Options: --cpus 4
// Run:
// Expect: ke_timer: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static KDEFERRED_ROUTINE CountDpc;
static KDEFERRED_ROUTINE OrderDpc;
static KSTART_ROUTINE TimerWaiter;

static KTIMER timer;
static KTIMER timers[5];
static KDPC dpc;
static KDPC dpcs[5];
static LONG runs;
static KIRQL dpcIrql;
static PVOID dpcContext;
static LONG released;
static ULONG order[5];
static LONG ordered;

static VOID
CountDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    EXPECT(Dpc == &dpc);
    dpcIrql = KeGetCurrentIrql();
    dpcContext = Context;
    InterlockedIncrement(&runs);
}

static VOID
OrderDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    order[InterlockedIncrement(&ordered) - 1] = (ULONG)(ULONG_PTR)Context;
}

static BOOLEAN
Set(PKTIMER Timer, LONGLONG Due, LONG Period, PKDPC Dpc)
{
    LARGE_INTEGER due;

    due.QuadPart = Due;
    return Period != 0 ? KeSetTimerEx(Timer, due, Period, Dpc) : KeSetTimer(Timer, due, Dpc);
}

static void
TestOneShot(void)
{
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, CountDpc, &runs);
    EXPECT(!KeReadStateTimer(&timer));
    EXPECT(!KeCancelTimer(&timer));
    EXPECT(!Set(&timer, MILLISECONDS(10), 0, &dpc));
    EXPECT(Set(&timer, MILLISECONDS(20), 0, &dpc)); // it was in the queue: set again
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(runs, 0);
    EXPECT(!KeReadStateTimer(&timer));
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(1000)), STATUS_SUCCESS);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(dpcIrql, DISPATCH_LEVEL);
    EXPECT(dpcContext == &runs);
    EXPECT(KeReadStateTimer(&timer)); // a notification timer stays signaled
    EXPECT(!KeCancelTimer(&timer));   // and is in no queue any more
    EXPECT(KeReadStateTimer(&timer));
    EXPECT(!Set(&timer, MILLISECONDS(10), 0, &dpc));
    EXPECT(!KeReadStateTimer(&timer)); // setting it resets it
    EXPECT(KeCancelTimer(&timer));
    Sleep(MILLISECONDS(30));
    EXPECT_EQ(runs, 1);
    EXPECT(!KeReadStateTimer(&timer));
}

static void
TestPeriodic(void)
{
    LONG seen;

    runs = 0;
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    EXPECT(!Set(&timer, MILLISECONDS(50), 20, &dpc));
    Sleep(MILLISECONDS(45));
    EXPECT_EQ(runs, 0); // the first time is the due time, not the period
    Sleep(MILLISECONDS(200));
    seen = runs;
    EXPECT(seen >= 8 && seen <= 12);
    EXPECT_EQ(WaitFor(&timer, 0), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(&timer, 0), STATUS_TIMEOUT); // a synchronization timer is consumed
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT(KeCancelTimer(&timer)); // a periodic timer always is in the queue
    KeFlushQueuedDpcs();
    seen = runs;
    Sleep(MILLISECONDS(100));
    EXPECT_EQ(runs, seen);
    EXPECT(!KeCancelTimer(&timer));
}

static VOID
TimerWaiter(PVOID Context)
{
    (void)KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&released);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

// A notification timer releases all waiters, a synchronization timer one for each expiration.
static void
TestWaiters(TIMER_TYPE Type, LONG Expected)
{
    PVOID threads[2];

    released = 0;
    KeInitializeTimerEx(&timer, Type);
    Set(&timer, MILLISECONDS(20), 0, NULL);
    threads[0] = StartThread(TimerWaiter, &timer);
    threads[1] = StartThread(TimerWaiter, &timer);
    Sleep(MILLISECONDS(60));
    EXPECT_EQ(released, Expected);
    if (Type == SynchronizationTimer)
        Set(&timer, 0, 0, NULL);
    JoinThread(threads[0]);
    JoinThread(threads[1]);
    EXPECT_EQ(released, 2);
}

static void
TestOrder(void)
{
    static const ULONG milliseconds[5] = {90, 30, 150, 60, 120};
    static const ULONG expected[5] = {1, 3, 0, 4, 2};
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    for (ULONG i = 0; i < 5; i++)
    {
        KeInitializeTimer(&timers[i]);
        KeInitializeDpc(&dpcs[i], OrderDpc, (PVOID)(ULONG_PTR)i);
        if (i % 2 == 0) // absolute and relative times in one queue
            Set(&timers[i], now.QuadPart + milliseconds[i] * 10000LL, 0, &dpcs[i]);
        else
            Set(&timers[i], MILLISECONDS((LONGLONG)milliseconds[i]), 0, &dpcs[i]);
    }
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(ordered, 5);
    for (ULONG i = 0; i < 5; i++)
        EXPECT_EQ(order[i], expected[i]);
}

// Due at once: absolute in the past, and zero.
static void
TestPast(void)
{
    runs = 0;
    KeInitializeTimer(&timer);
    Set(&timer, 1, 0, &dpc);
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(100)), STATUS_SUCCESS);
    KeFlushQueuedDpcs();
    EXPECT_EQ(runs, 1);
    Set(&timer, 0, 0, &dpc);
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(100)), STATUS_SUCCESS);
    KeFlushQueuedDpcs();
    EXPECT_EQ(runs, 2);
}

static void
TestClock(void)
{
    LARGE_INTEGER system1, system2, ticks1, ticks2, frequency, counter1, counter2;
    LONGLONG start = (LONGLONG)KeQueryInterruptTime(), elapsed;

    KeQuerySystemTime(&system1);
    KeQueryTickCount(&ticks1);
    counter1 = KeQueryPerformanceCounter(&frequency);
    Sleep(MILLISECONDS(100));
    counter2 = KeQueryPerformanceCounter(NULL);
    KeQuerySystemTime(&system2);
    KeQueryTickCount(&ticks2);
    elapsed = (LONGLONG)KeQueryInterruptTime() - start;
    EXPECT(elapsed >= 900000 && elapsed < 10000000);
    EXPECT(system2.QuadPart - system1.QuadPart >= 900000);
    EXPECT(system2.QuadPart - system1.QuadPart <= elapsed + 200000);
    EXPECT(frequency.QuadPart >= 1000000);
    EXPECT((counter2.QuadPart - counter1.QuadPart) * 100 / frequency.QuadPart >= 9);
    EXPECT(KeQueryTimeIncrement() >= 5000 && KeQueryTimeIncrement() <= 156250);
    EXPECT((ticks2.QuadPart - ticks1.QuadPart + 1) * KeQueryTimeIncrement() >= 900000);
    EXPECT(KeQueryUnbiasedInterruptTime() > 0);
    counter1 = KeQueryPerformanceCounter(NULL);
    KeStallExecutionProcessor(50);
    counter2 = KeQueryPerformanceCounter(NULL);
    EXPECT((counter2.QuadPart - counter1.QuadPart) * 1000000 / frequency.QuadPart >= 49);
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
    TestOneShot();
    TestPeriodic();
    TestWaiters(NotificationTimer, 2);
    TestWaiters(SynchronizationTimer, 1);
    TestOrder();
    TestPast();
    TestClock();
    return Finish("ke_timer");
}
