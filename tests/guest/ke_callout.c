// SPDX-License-Identifier: MIT
// Stack expansion, run times, tolerant timers, low importance, the debugger, exported variables.
// Page: NF:ntddk.KeExpandKernelStackAndCallout, NF:ntddk.KeExpandKernelStackAndCalloutEx
// Page: NF:ntifs.KeSetKernelStackSwapEnable, NF:wdm.KeSetCoalescableTimer
// Page: NF:wdm.KdDisableDebugger, NF:wdm.KdEnableDebugger, NF:wdm.KdChangeOption
// Page: NF:wdm.KdRefreshDebuggerNotPresent, NF:ntddk.KeSetBasePriorityThread
// Page: NF:wdm.KeQueryInterruptTimePrecise, NF:wdm.KeRegisterNmiCallback
// Page: NF:wdm.KeDeregisterNmiCallback, NF:wdm.KeRegisterBoundCallback
// Page: NF:wdm.KeDeregisterBoundCallback
// Run:
// Expect: ke_callout: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

NTKERNELAPI NTSTATUS KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Callout,
                                                     PVOID Parameter,
                                                     SIZE_T Size,
                                                     BOOLEAN Wait,
                                                     PVOID Context);

static EXPAND_STACK_CALLOUT Deep;
static EXPAND_STACK_CALLOUT Nested;
static EXPAND_STACK_CALLOUT Never;
static KDEFERRED_ROUTINE CountDpc;
static NMI_CALLBACK OnNmi;
static BOUND_CALLBACK OnBound;

static ULONG calls;
static ULONG_PTR remaining;

static NOINLINE ULONG
Recurse(ULONG Depth)
{
    volatile UCHAR frame[4096];

    frame[0] = (UCHAR)Depth;
    frame[4095] = 1;
    return Depth == 0 ? frame[0] : Recurse(Depth - 1) + frame[4095];
}

static VOID
Deep(PVOID Parameter)
{
    calls++;
    remaining = IoGetRemainingStackSize();
    *(ULONG *)Parameter = Recurse(15); // 60 KiB of frames
}

static VOID
Nested(PVOID Parameter)
{
    calls++;
    *(NTSTATUS *)Parameter =
        KeExpandKernelStackAndCallout(Deep, (UCHAR *)Parameter + 8, MAXIMUM_EXPANSION_SIZE);
    (void)Recurse(14);
}

static VOID
Never(PVOID Parameter)
{
    UNREFERENCED_PARAMETER(Parameter);
    calls++;
}

static void
TestCallout(void)
{
    ULONG_PTR low, high, lowAfter, highAfter;
    ULONG64 results[2] = {~0ull, 0};
    ULONG depth = 0;
    KIRQL irql;

    IoGetStackLimits(&low, &high);
    EXPECT_EQ(KeExpandKernelStackAndCallout(Deep, &depth, MAXIMUM_EXPANSION_SIZE), STATUS_SUCCESS);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(depth, 15);
    EXPECT(remaining >= MAXIMUM_EXPANSION_SIZE);
    EXPECT_EQ(KeExpandKernelStackAndCallout(Nested, results, MAXIMUM_EXPANSION_SIZE),
              STATUS_SUCCESS);
    EXPECT_EQ((ULONG)results[0], STATUS_SUCCESS);
    EXPECT_EQ((ULONG)results[1], 15);
    IoGetStackLimits(&lowAfter, &highAfter);
    EXPECT_EQ(low, lowAfter);
    EXPECT_EQ(high, highAfter);
    calls = 0;
    EXPECT_EQ(KeExpandKernelStackAndCallout(Never, NULL, MAXIMUM_EXPANSION_SIZE + 1),
              STATUS_INVALID_PARAMETER_3);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT_EQ(KeExpandKernelStackAndCalloutEx(Never, NULL, 4096, TRUE, NULL),
              STATUS_INVALID_PARAMETER_4);
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(KeExpandKernelStackAndCalloutEx(Never, NULL, 4096, FALSE, NULL), STATUS_SUCCESS);
    KeLowerIrql(irql);
    EXPECT_EQ(calls, 1);
    EXPECT(KeSetKernelStackSwapEnable(FALSE));
    EXPECT(!KeSetKernelStackSwapEnable(TRUE));
    EXPECT(KeSetKernelStackSwapEnable(TRUE));
}

static void
TestRunTimes(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    ULONG user = 5;
    ULONG64 stamp[2], cycles[2];
    ULONG before = KeQueryRuntimeThread(thread, &user);
    ULONG64 qpc = 0;
    ULONG64 now;

    cycles[0] = KeQueryTotalCycleTimeThread(thread, &stamp[0]);
    KeStallExecutionProcessor(100 * 1000);
    cycles[1] = KeQueryTotalCycleTimeThread(thread, &stamp[1]);
    EXPECT(cycles[1] > cycles[0]);
    EXPECT(stamp[1] - stamp[0] >= cycles[1] - cycles[0]);
    // 100 ms are six clock ticks of 15.625 ms at least.
    EXPECT(KeQueryRuntimeThread(thread, &user) >= before + 6);
    before = KeQueryRuntimeThread(thread, &user);
    Sleep(MILLISECONDS(1000)); // waiting is not running
    EXPECT(KeQueryRuntimeThread(thread, &user) <= before + 1);
    now = KeQueryInterruptTimePrecise(&qpc);
    EXPECT(now >= KeQueryInterruptTime());
    EXPECT((ULONG64)KeQueryPerformanceCounter(NULL).QuadPart >= qpc);
}

static void
TestBasePriority(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    LONG old = KeSetBasePriorityThread(thread, 2);
    KPRIORITY raised = KeQueryPriorityThread(thread);

    EXPECT_EQ(KeSetBasePriorityThread(thread, 0), 2);
    EXPECT_EQ(KeQueryPriorityThread(thread), raised - 2);
    (void)KeSetBasePriorityThread(thread, old);
}

// ---- timers and DPCs ---------------------------------------------------------------------------

static LONG expired;
static ULONG64 expiry[4];

static VOID
CountDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (expired < 4)
    {
        ULONG64 qpc;
        expiry[expired] = KeQueryInterruptTimePrecise(&qpc);
    }
    expired++;
}

static void
TestTolerance(void)
{
    KTIMER timers[2];
    KDPC dpcs[2];
    LARGE_INTEGER due;
    ULONG64 qpc;
    ULONG64 start;

    for (ULONG i = 0; i < 2; i++)
    {
        KeInitializeTimer(&timers[i]);
        KeInitializeDpc(&dpcs[i], CountDpc, NULL);
    }
    start = KeQueryInterruptTimePrecise(&qpc);
    due.QuadPart = MILLISECONDS(310);
    EXPECT(!KeSetCoalescableTimer(&timers[0], due, 0, 1000, &dpcs[0]));
    EXPECT(KeSetCoalescableTimer(&timers[0], due, 0, 1000, &dpcs[0]));
    due.QuadPart = MILLISECONDS(330);
    EXPECT(!KeSetCoalescableTimer(&timers[1], due, 0, 1000, &dpcs[1]));
    Sleep(MILLISECONDS(2000));
    EXPECT_EQ(expired, 2);
    EXPECT(expiry[0] >= start + 3100000 && expiry[0] <= start + 13200000);
    EXPECT(expiry[1] >= start + 3300000 && expiry[1] <= start + 13400000);
    // Both tolerate the same time, so they expire together.
    EXPECT(expiry[1] - expiry[0] < 10000);
    EXPECT(!KeCancelTimer(&timers[0]));
    // Without tolerance it is KeSetTimerEx.
    expired = 0;
    start = KeQueryInterruptTimePrecise(&qpc);
    due.QuadPart = MILLISECONDS(7);
    EXPECT(!KeSetCoalescableTimer(&timers[0], due, 13, 0, &dpcs[0]));
    Sleep(MILLISECONDS(40));
    EXPECT(KeCancelTimer(&timers[0]));
    EXPECT_EQ(expired, 3); // at 7, 20 and 33 ms
    EXPECT(expiry[1] - expiry[0] >= 129000 && expiry[1] - expiry[0] <= 131000);
}

static void
TestImportance(void)
{
    KDPC dpcs[8];
    KIRQL irql;

    expired = 0;
    for (ULONG i = 0; i < 8; i++)
    {
        KeInitializeDpc(&dpcs[i], CountDpc, NULL);
        KeSetImportanceDpc(&dpcs[i], LowImportance);
    }
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (ULONG i = 0; i < 8; i++)
        EXPECT(KeInsertQueueDpc(&dpcs[i], NULL, NULL));
    EXPECT_EQ(expired, 0);
    KeLowerIrql(irql);
    EXPECT_EQ(expired, 8); // that many are not deferred
    EXPECT(KeInsertQueueDpc(&dpcs[0], NULL, NULL));
    Sleep(MILLISECONDS(50)); // at the latest with the next clock tick
    EXPECT_EQ(expired, 9);
    (void)KeInsertQueueDpc(&dpcs[1], NULL, NULL);
    KeFlushQueuedDpcs();
    EXPECT_EQ(expired, 10);
}

// ---- registrations, debugger, data -------------------------------------------------------------

static BOOLEAN
OnNmi(PVOID Context, BOOLEAN Handled)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Handled);
    return TRUE;
}

static BOUND_CALLBACK_STATUS
OnBound(VOID)
{
    return BoundExceptionContinueSearch;
}

static void
TestRegistrations(void)
{
    PVOID handle = KeRegisterNmiCallback(OnNmi, NULL);

    EXPECT(handle != NULL);
    EXPECT_EQ(KeDeregisterNmiCallback(handle), STATUS_SUCCESS);
    EXPECT_EQ(KeDeregisterNmiCallback(handle), STATUS_INVALID_HANDLE);
    handle = KeRegisterBoundCallback(OnBound);
    EXPECT(handle != NULL);
    EXPECT_EQ(KeDeregisterBoundCallback(handle), STATUS_SUCCESS);
    EXPECT_EQ(KeDeregisterBoundCallback(handle), STATUS_INVALID_HANDLE);
}

static void
TestDebugger(void)
{
    BOOLEAN enable = TRUE;
    ULONG needed;

    EXPECT_EQ(KdDisableDebugger(), STATUS_DEBUGGER_INACTIVE);
    EXPECT_EQ(KdEnableDebugger(), STATUS_DEBUGGER_INACTIVE);
    EXPECT(KdRefreshDebuggerNotPresent());
    EXPECT(*KdDebuggerNotPresent);
    EXPECT(!*KdDebuggerEnabled);
    EXPECT_EQ(KdChangeOption(KD_OPTION_SET_BLOCK_ENABLE, sizeof(enable), &enable, 0, NULL, &needed),
              STATUS_DEBUGGER_INACTIVE);
    EXPECT_EQ(KdChangeOption((KD_OPTION)7, sizeof(enable), &enable, 0, NULL, &needed),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(KdChangeOption(KD_OPTION_SET_BLOCK_ENABLE, 4, &enable, 0, NULL, &needed),
              STATUS_INVALID_PARAMETER);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestCallout();
    TestRunTimes();
    TestBasePriority();
    TestTolerance();
    TestImportance();
    TestRegistrations();
    TestDebugger();
    return Finish("ke_callout");
}
