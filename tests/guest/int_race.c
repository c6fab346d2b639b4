// SPDX-License-Identifier: MIT
// Four processors: an ISR, and threads that change the same data by KeSynchronizeExecution and
// under the interrupt spin lock. Never two at a time, wherever the interrupt is delivered.
// Page: NF:wdm.KeSynchronizeExecution, NF:wdm.KeAcquireInterruptSpinLock
// Page: NF:wdm.KeReleaseInterruptSpinLock, kernel/using-critical-sections.md
// Options: --cpus 4 --seed 11
// Run:
// Expect: int_race: \d+ passed, 0 failed
// Reject: FAIL
#include "edu.h"

#include "check.h"

#define THREADS 4
#define ROUNDS  300

static KSERVICE_ROUTINE Isr;
static KSYNCHRONIZE_ROUTINE Count;
static KSTART_ROUTINE Worker;

static EDU edu;
static PKINTERRUPT interrupt;
static volatile ULONG total;
static volatile LONG inside;
static ULONG services;
static ULONG overlaps;
static KAFFINITY isrProcessors;
static volatile LONG finished;

// As bad as it can be written: whoever came between would be lost.
static VOID
AddOne(void)
{
    ULONG before = total;

    if (InterlockedIncrement(&inside) != 1)
        overlaps++;
    KeStallExecutionProcessor(1);
    total = before + 1;
    InterlockedDecrement(&inside);
}

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    if (EduRead(&edu, EDU_CAUSES) == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, ~0u);
    services++;
    isrProcessors |= (KAFFINITY)1 << KeGetCurrentProcessorNumberEx(NULL);
    AddOne();
    return TRUE;
}

static BOOLEAN
Count(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    AddOne();
    return TRUE;
}

static VOID
Worker(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;
    KIRQL irql;

    KeSetSystemAffinityThread((KAFFINITY)1 << number);
    for (ULONG i = 0; i < ROUNDS; i++)
    {
        if (i % 3 == 0)
            EduWrite(&edu, EDU_RAISE, 1u << number);
        if (number % 2 == 0)
        {
            (void)KeSynchronizeExecution(interrupt, Count, NULL);
            continue;
        }
        irql = KeAcquireInterruptSpinLock(interrupt);
        AddOne();
        KeReleaseInterruptSpinLock(interrupt, irql);
    }
    InterlockedIncrement(&finished);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PVOID threads[THREADS];

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    EXPECT(EduOpen(&edu));
    EXPECT_EQ(EduConnect(&edu, Isr, NULL, &interrupt), STATUS_SUCCESS);
    for (ULONG i = 0; i < THREADS; i++)
        threads[i] = StartThread(Worker, (PVOID)(ULONG_PTR)i);
    for (ULONG i = 0; i < THREADS; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(finished, THREADS);
    EXPECT_EQ(EduRead(&edu, EDU_CAUSES), 0);
    IoDisconnectInterrupt(interrupt); // waits for an ISR that still runs
    EXPECT_EQ(inside, 0);
    EXPECT_EQ(overlaps, 0);
    EXPECT_EQ(total, THREADS * ROUNDS + services);
    EXPECT(services > ROUNDS / 3);
    EXPECT((isrProcessors & (isrProcessors - 1)) != 0); // more than one processor took part
    EduClose(&edu);
    return Finish("int_race");
}
