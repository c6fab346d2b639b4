// SPDX-License-Identifier: MIT
// Virtual time and safe points. A gate call costs 100 ns; when nothing can run the idle loop jumps
// to the next timer. In realtime mode the host's clock is the time and gates only count.
#include "ke/kep.h"

LONGLONG KiSystemTimeBase;
LONGLONG KiTimeBase;

static uint64_t realtimeStart; // host nanoseconds at interrupt time 0
static ULONG switchCountdown;  // gate calls until another processor gets its turn

// With several processors the seed decides when each of them runs: often enough to interleave
// short critical sections, rarely enough to stay fast.
#define KI_SWITCH_MAXIMUM 200

LONGLONG
KiQueryTime(void)
{
    if (KiParameters.Realtime)
    {
        uint64_t now = host_monotonic_ns();
        if (realtimeStart == 0)
            realtimeStart = now;
        return (LONGLONG)((now - realtimeStart) / 100u);
    }
    return KiTimeBase + (KiGate.BudgetStart - KiGate.Budget);
}

void
KiSettleTime(void)
{
    LONG64 elapsed = KiGate.BudgetStart - KiGate.Budget;

    KiTimeBase += elapsed;
    switchCountdown = (LONG64)switchCountdown > elapsed ? switchCountdown - (ULONG)elapsed : 0;
    KiGate.BudgetStart = 0;
    KiGate.Budget = 0;
}

LONGLONG
KiNextDue(BOOLEAN IsAwaited)
{
    LONGLONG due = KiNextTimerDue;

    if (KiPlatform.NextEvent != NULL)
    {
        LONGLONG device = KiPlatform.NextEvent(IsAwaited);
        if (device < due)
            due = device;
    }
    return due;
}

void
KiArmBudget(void)
{
    LONG64 budget = KI_BUDGET_MAXIMUM;
    LONGLONG left;

    KiSettleTime();
    left = KiNextDue(FALSE) - KiQueryTime();
    if (left < budget)
        budget = left > 0 ? left : 0;
    if (KiProcessorCount > 1)
    {
        if (switchCountdown == 0)
            switchCountdown = 1 + KiRandom(KI_SWITCH_MAXIMUM);
        if ((LONG64)switchCountdown < budget)
            budget = switchCountdown;
    }
    KiGate.BudgetStart = budget;
    KiGate.Budget = budget;
}

// Contract: none; what the clock interrupt does. Due timers wait for IRQL < DISPATCH_LEVEL.
static void
NoticeTime(void)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();
    LONGLONG now = KiQueryTime();

    if (KiPlatform.NextEvent != NULL && KiPlatform.AdvanceTo != NULL &&
        KiPlatform.NextEvent(FALSE) <= now)
        KiPlatform.AdvanceTo(now);
    if (KiNextTimerDue <= now)
    {
        processor->TimerPending = TRUE;
        KiSetWork(processor);
    }
    KiRequestDeferredDpcs(processor);
    if (!processor->CurrentThread->IsIdle && now >= processor->CurrentThread->QuantumEnd100ns)
    {
        PKTHREAD thread = processor->CurrentThread;
        // A boost decays by one level each quantum. Contract: kernel/thread-scheduling.md
        if (thread->Priority > thread->BasePriority && thread->BasePriority < LOW_REALTIME_PRIORITY)
            thread->Priority--;
        processor->DispatchPending = TRUE;
        KiSetWork(processor);
    }
    KiUpdateSharedData();
}

void
KiSafePoint(void)
{
    BOOLEAN turnOver;

    KiSettleTime();
    NoticeTime();
    turnOver = KiProcessorCount > 1 && switchCountdown == 0;
    KiArmBudget();
    if (turnOver)
        (void)KiSwitchProcessor();
    if (KiCurrentProcessor()->Work)
        KiRetireWork(KiCurrentIrql());
}

void
KiAdvanceTime(LONGLONG Delta100ns)
{
    if (KiParameters.Realtime)
    {
        uint64_t end = host_monotonic_ns() + (uint64_t)Delta100ns * 100u;
        while (host_monotonic_ns() < end)
        {
        }
    }
    else
    {
        KiSettleTime();
        KiTimeBase += Delta100ns;
    }
    KiSafePoint();
}

void
KiJumpTo(LONGLONG Due)
{
    LONGLONG now;

    KiSettleTime();
    now = KiQueryTime();
    if (!KiParameters.Realtime && Due > now)
        KiTimeBase = Due;
    NoticeTime();
    KiArmBudget();
}

void
KiYieldProcessor(void)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    KiSettleTime();
    if (!KiParameters.Realtime)
        KiTimeBase += 1;
    NoticeTime();
    KiArmBudget();
    (void)KiSwitchProcessor();
    processor = KiCurrentProcessor();
    if (processor->Work)
        KiRetireWork(processor->Irql);
}

void
KiRequestSafePoint(void)
{
    KiSettleTime();
}

LONGLONG
KiNextEventTime(void)
{
    return KiNextDue(TRUE);
}

// ---- documented routines ------------------------------------------------------------------

// Contract: NF:ntifs.KeStallExecutionProcessor.
DDI VOID
KeStallExecutionProcessor(ULONG MicroSeconds)
{
    KiAdvanceTime((LONGLONG)MicroSeconds * 10);
}

DDI ULONG64
KeQueryInterruptTime(VOID)
{
    return (ULONG64)KiQueryTime();
}

// Contract: NF:wdm.KeQueryInterruptTimePrecise.
DDI ULONG64
KeQueryInterruptTimePrecise(PULONG64 QpcTimeStamp)
{
    *QpcTimeStamp = (ULONG64)KiQueryTime();
    return (ULONG64)KiQueryTime();
}

DDI ULONG64
KeQueryUnbiasedInterruptTime(VOID)
{
    return (ULONG64)KiQueryTime();
}

// Contract: NF:wdm.KeQuerySystemTimePrecise.
DDI VOID
KeQuerySystemTimePrecise(PLARGE_INTEGER CurrentTime)
{
    CurrentTime->QuadPart = KiSystemTimeBase + KiQueryTime();
}

// Contract: NF:wdm.KeQueryTimeIncrement. 15.625 ms, as on most PCs.
DDI ULONG
KeQueryTimeIncrement(VOID)
{
    return 156250;
}

// Contract: NF:ntifs.KeQueryPerformanceCounter. 10 MHz, as Windows 10 presents on any PC.
DDI LARGE_INTEGER
KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
    LARGE_INTEGER counter;

    if (PerformanceFrequency != NULL)
        PerformanceFrequency->QuadPart = 10000000;
    counter.QuadPart = KiQueryTime();
    return counter;
}
