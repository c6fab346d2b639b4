// SPDX-License-Identifier: MIT
// The dispatcher: ready queues, thread switches, processor switches. State changes only here and in
// wait.c. IRQL: DISPATCH_LEVEL inside, like the dispatcher database of the real kernel.
#include "ke/kep.h"

static LIST_ENTRY readyQueues[32];
static ULONG readySummary;  // bit n: readyQueues[n] is not empty
static PKTHREAD deadThread; // terminated, still to be taken off its stack

static void
InitializeQueues(void)
{
    if (readyQueues[0].Flink != NULL)
        return;
    for (ULONG i = 0; i < RTL_NUMBER_OF(readyQueues); i++)
        InitializeListHead(&readyQueues[i]);
}

BOOLEAN
KiAnythingReady(void)
{
    KAFFINITY mask = (KAFFINITY)1 << KiCurrentProcessor()->Number;

    for (ULONG summary = readySummary; summary != 0; summary &= summary - 1)
    {
        PLIST_ENTRY head = &readyQueues[__builtin_ctz(summary)];
        for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink)
        {
            if (CONTAINING_RECORD(entry, KTHREAD, ReadyEntry)->Affinity & mask)
                return TRUE;
        }
    }
    return FALSE;
}

static inline void
InsertReady(PKTHREAD Thread, BOOLEAN AtHead)
{
    PLIST_ENTRY head = &readyQueues[Thread->Priority];
    PLIST_ENTRY after;

    if (__builtin_expect(head->Flink == NULL, 0))
        InitializeQueues();
    Thread->State = KiThreadReady;
    // Nobody but this file writes to these lists, so nothing checks them.
    after = AtHead ? head : head->Blink;
    Thread->ReadyEntry.Blink = after;
    Thread->ReadyEntry.Flink = after->Flink;
    after->Flink->Blink = &Thread->ReadyEntry;
    after->Flink = &Thread->ReadyEntry;
    readySummary |= 1u << Thread->Priority;
}

static inline void
RemoveReady(PKTHREAD Thread)
{
    PLIST_ENTRY next = Thread->ReadyEntry.Flink;
    PLIST_ENTRY previous = Thread->ReadyEntry.Blink;

    previous->Flink = next;
    next->Blink = previous;
    if (IsListEmpty(&readyQueues[Thread->Priority]))
        readySummary &= ~(1u << Thread->Priority);
}

// As TakeReadyThread, when the first thread of the best queue may not run here.
static __attribute__((noinline)) PKTHREAD
SearchReadyThread(PKI_PROCESSOR Processor, SCHAR MinimumPriority)
{
    KAFFINITY mask = (KAFFINITY)1 << Processor->Number;

    for (ULONG left = readySummary; left != 0;)
    {
        int priority = 31 - __builtin_clz(left);
        PLIST_ENTRY head = &readyQueues[priority];
        if (priority < MinimumPriority)
            break;
        left &= ~(1u << priority);
        for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink)
        {
            PKTHREAD thread = CONTAINING_RECORD(entry, KTHREAD, ReadyEntry);
            if (!(thread->Affinity & mask))
                continue;
            RemoveReady(thread);
            return thread;
        }
    }
    return NULL;
}

// The best thread that may run on Processor and is at least as good as MinimumPriority.
static inline PKTHREAD
TakeReadyThread(PKI_PROCESSOR Processor, SCHAR MinimumPriority)
{
    PKTHREAD thread;
    int priority;

    if (readySummary == 0)
        return NULL;
    priority = 31 - __builtin_clz(readySummary);
    if (priority < MinimumPriority)
        return NULL;
    thread = CONTAINING_RECORD(readyQueues[priority].Flink, KTHREAD, ReadyEntry);
    if (!(thread->Affinity & ((KAFFINITY)1 << Processor->Number)))
        return SearchReadyThread(Processor, MinimumPriority);
    RemoveReady(thread);
    return thread;
}

// Asks the processor that runs the least important thread to look at the ready queues. An idle
// processor does so by itself.
static KI_MS __attribute__((noinline)) void
RequestPreemptionOfMany(const KTHREAD *Thread)
{
    PKI_PROCESSOR victim = NULL;

    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        PKI_PROCESSOR processor = KiProcessors[i];
        if (!(Thread->Affinity & ((KAFFINITY)1 << i)))
            continue;
        if (processor->CurrentThread == processor->IdleThread)
            return;
        if (victim == NULL || processor->CurrentThread->Priority < victim->CurrentThread->Priority)
            victim = processor;
    }
    if (victim != NULL && victim->CurrentThread->Priority < Thread->Priority)
    {
        victim->DispatchPending = TRUE;
        KiSetWork(victim);
    }
}

KI_MS void
KiReadyThread(PKTHREAD Thread)
{
    PKI_PROCESSOR processor = KiProcessors[0];

    InsertReady(Thread, FALSE);
    if (KiProcessorCount > 1)
    {
        RequestPreemptionOfMany(Thread);
    }
    else if (processor->CurrentThread != processor->IdleThread &&
             processor->CurrentThread->Priority < Thread->Priority)
    {
        processor->DispatchPending = TRUE;
        KiSetWork(processor);
    }
}

void
KiSetPriority(PKTHREAD Thread, SCHAR Priority)
{
    if (Thread->Priority == Priority)
        return;
    if (Thread->State == KiThreadReady)
    {
        RemoveReady(Thread);
        Thread->Priority = Priority;
        KiReadyThread(Thread);
        return;
    }
    Thread->Priority = Priority;
    if (Thread->State == KiThreadRunning)
    {
        PKI_PROCESSOR processor = KiProcessors[Thread->Processor];
        processor->DispatchPending = TRUE;
        KiSetWork(processor);
    }
}

// First thing on a stack that has just been switched to.
static void
AfterSwitch(void)
{
    PKTHREAD dead = deadThread;

    deadThread = NULL;
    if (dead != NULL)
    {
        KiFreeStack(dead);
        if (KiThreadReaper != NULL)
            KiThreadReaper(dead);
    }
}

static PKTHREAD
SelectThread(PKI_PROCESSOR Processor, PKTHREAD Old)
{
    PKTHREAD next;

    // One that may no longer run here leaves to whichever processor takes it.
    if (Old->State == KiThreadRunning && !Old->IsIdle &&
        !(Old->Affinity & ((KAFFINITY)1 << Processor->Number)))
        KiReadyThread(Old);
    // A running thread gives way only to a better one, or to an equal one at its quantum's end.
    if (Old->State == KiThreadRunning && !Old->IsIdle)
    {
        BOOLEAN expired = KiNow() >= Old->QuantumEnd100ns;
        next = TakeReadyThread(Processor, (SCHAR)(expired ? Old->Priority : Old->Priority + 1));
        if (next == NULL)
            return Old;
        InsertReady(Old, !expired);
        return next;
    }
    next = TakeReadyThread(Processor, 0);
    return next != NULL ? next : Processor->IdleThread;
}

void
KiSwapThread(void)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();
    PKTHREAD old = processor->CurrentThread;
    PKTHREAD next = SelectThread(processor, old);
    KIRQL irql = processor->Irql;
    LONGLONG now;

    processor->DispatchPending = FALSE;
    if (next == old)
    {
        old->State = KiThreadRunning;
        return;
    }
    if (KI_TRACING())
        KiTrace("KiSwapThread", "kernel/ke/dispatch.c", "cpu %u: thread %u -> thread %u",
                processor->Number, old->Number, next->Number);
    old->GateTop = KiGate.Top;
    next->State = KiThreadRunning;
    next->Processor = processor->Number;
    now = KiNow();
    old->RunTime100ns += now - old->RunStart100ns;
    next->RunStart100ns = now;
    next->QuantumEnd100ns = now + KI_QUANTUM_100NS;
    processor->CurrentThread = next;
    // Idle threads see whatever user memory was there last, so after them it must be looked at.
    if (KiProcessSwitch != NULL && !next->IsIdle && next->ApcProcess != NULL &&
        (old->IsIdle || old->ApcProcess != next->ApcProcess))
        KiProcessSwitch(next->ApcProcess);
    KiGate.Top = next->GateTop;
    KiGate.Limit = next->GateBase + KI_GATE_RECORDS;
    if (old->State == KiThreadTerminated)
    {
        deadThread = old;
        host_fiber_leave(&old->Fiber, &next->Fiber);
    }
    host_fiber_switch(&old->Fiber, &next->Fiber);
    AfterSwitch();
    // Back, possibly on another processor: the IRQL belongs to the thread's way down, not to the
    // cpu.
    KiCurrentProcessor()->Irql = irql;
}

void
KiSwapDeadThread(void)
{
    KiSwapThread();
    __builtin_unreachable();
}

// A thread's very first instructions: finish the switch, then fall to PASSIVE_LEVEL.
static void
ThreadStartup(void *Argument)
{
    PKTHREAD thread = Argument;
    KI_BARRIER barrier;

    AfterSwitch();
    KiCurrentProcessor()->Irql = DISPATCH_LEVEL;
    KiLower(PASSIVE_LEVEL);
    KiEnterBarrier(&barrier);
    PKI_GATE_RECORD mark = KiMarkCall();
    thread->StartRoutine(thread->StartContext);
    KiEndCall(mark);
    KiTerminateCurrentThread(STATUS_SUCCESS);
}

void KiPrepareThreadStack(PKTHREAD Thread);

void
KiPrepareThreadStack(PKTHREAD Thread)
{
    host_fiber_create(&Thread->Fiber, Thread->StackLimit,
                      (size_t)((char *)Thread->StackBase - (char *)Thread->StackLimit),
                      ThreadStartup, Thread);
}

// ---- processors ------------------------------------------------------------------------------

// DPCs and ISRs run on the idle thread, too: one that was left in the middle, which shows by its
// IRQL, has to be continued although nothing else waits there.
static BOOLEAN
ProcessorBusy(const KI_PROCESSOR *Processor)
{
    return Processor->CurrentThread != Processor->IdleThread || Processor->Work ||
           Processor->DpcHead != NULL || Processor->Irql != PASSIVE_LEVEL;
}

BOOLEAN
KiOtherProcessorBusy(void)
{
    const KI_PROCESSOR *current = KiCurrentProcessor();

    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        if (KiProcessors[i] != current && ProcessorBusy(KiProcessors[i]))
            return TRUE;
    }
    return FALSE;
}

static BOOLEAN
ReadyFor(const KI_PROCESSOR *Processor)
{
    KAFFINITY mask = (KAFFINITY)1 << Processor->Number;

    for (ULONG summary = readySummary; summary != 0; summary &= summary - 1)
    {
        PLIST_ENTRY head = &readyQueues[__builtin_ctz(summary)];
        for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink)
        {
            if (CONTAINING_RECORD(entry, KTHREAD, ReadyEntry)->Affinity & mask)
                return TRUE;
        }
    }
    return FALSE;
}

BOOLEAN
KiSwitchProcessor(void)
{
    PKI_PROCESSOR current = KiCurrentProcessor();
    PKI_PROCESSOR candidates[KI_MAXIMUM_PROCESSORS];
    PKI_PROCESSOR next;
    ULONG count = 0;

    if (KiBugCheckActive)
        return FALSE; // the other processors are frozen
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        PKI_PROCESSOR processor = KiProcessors[i];
        if (processor != current && (ProcessorBusy(processor) || ReadyFor(processor)))
            candidates[count++] = processor;
    }
    if (count == 0)
        return FALSE;
    next = candidates[count == 1 ? 0 : KiRandom(count)];
    if (KI_TRACING())
        KiTrace("KiSwitchProcessor", "kernel/ke/dispatch.c", "cpu %u -> cpu %u", current->Number,
                next->Number);
    current->CurrentThread->GateTop = KiGate.Top;
    KiLoadProcessor(next);
    if (KiProcessSwitch != NULL && !next->CurrentThread->IsIdle &&
        next->CurrentThread->ApcProcess != NULL)
        KiProcessSwitch(next->CurrentThread->ApcProcess);
    if (next->Irql >= DISPATCH_LEVEL && KiArmPaging != NULL)
        KiArmPaging();
    host_fiber_switch(&current->CurrentThread->Fiber, &next->CurrentThread->Fiber);
    AfterSwitch();
    return TRUE;
}
