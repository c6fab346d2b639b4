// SPDX-License-Identifier: MIT
// Threads, spin locks, events, DPCs and timers on all processors at once. Which of them comes first
// depends on the seed alone: tests/scenario/determinism_test.py compares the traces of runs.
// Page: kernel/introduction-to-spin-locks.md, kernel/introduction-to-dpcs.md
// Options: --cpus 4
// Run:
// Expect: race: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define THREADS 6
#define ROUNDS  12

static KSTART_ROUTINE Racer;
static KDEFERRED_ROUTINE RaceDpc;

static KSPIN_LOCK lock;
static KEVENT turn;
static KTIMER timer;
static KDPC timerDpc;
static KDPC dpcs[THREADS];
static ULONG counter;
static ULONG sequence;
static LONG dpcRuns;

static VOID
RaceDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&lock);
    sequence = sequence * 31 + (ULONG)(ULONG_PTR)Context;
    KeReleaseSpinLockFromDpcLevel(&lock);
    InterlockedIncrement(&dpcRuns);
    KeSetEvent(&turn, IO_NO_INCREMENT, FALSE);
}

static VOID
Racer(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;
    KIRQL irql;

    for (ULONG i = 0; i < ROUNDS; i++)
    {
        KeAcquireSpinLock(&lock, &irql);
        counter++;
        (void)KeQueryInterruptTime();
        sequence = sequence * 31 + number;
        KeReleaseSpinLock(&lock, irql);
        (void)KeInsertQueueDpc(&dpcs[number], NULL, NULL);
        if (i % 4 == number % 4)
            (void)WaitFor(&turn, MILLISECONDS(3));
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
GuestUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    KeFlushQueuedDpcs();
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(1)};
    PVOID threads[THREADS];

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = GuestUnload;
    KeInitializeSpinLock(&lock);
    KeInitializeEvent(&turn, SynchronizationEvent, FALSE);
    KeInitializeTimerEx(&timer, SynchronizationTimer);
    KeInitializeDpc(&timerDpc, RaceDpc, (PVOID)100);
    KeSetTimerEx(&timer, due, 1, &timerDpc);
    for (ULONG i = 0; i < THREADS; i++)
    {
        KeInitializeDpc(&dpcs[i], RaceDpc, (PVOID)(ULONG_PTR)(i + 10));
        KeSetTargetProcessorDpc(&dpcs[i], (CCHAR)(i % KeQueryActiveProcessorCount(NULL)));
    }
    for (ULONG i = 0; i < THREADS; i++)
        threads[i] = StartThread(Racer, (PVOID)(ULONG_PTR)i);
    for (ULONG i = 0; i < THREADS; i++)
        JoinThread(threads[i]);
    KeCancelTimer(&timer);
    KeFlushQueuedDpcs();
    EXPECT_EQ(counter, THREADS * ROUNDS);
    EXPECT(dpcRuns > 0);
    DbgPrint("order %08x\n", sequence);
    return Finish("race");
}
