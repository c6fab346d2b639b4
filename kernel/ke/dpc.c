// SPDX-License-Identifier: MIT
// DPCs: one queue per processor, drained at DISPATCH_LEVEL when the IRQL falls below it, and one
// for threaded DPCs, which a thread of the processor runs at PASSIVE_LEVEL.
#include "ke/kep.h"

// Contract: kernel/organization-of-dpc-queues.md, which leaves the two numbers to the system. More
// queued than the depth, or fewer requests in the last clock tick than the rate, and a DPC that
// could wait does not.
#define MAXIMUM_DEPTH 4
#define MINIMUM_RATE  3

static void
InitializeDpc(PKDPC Dpc, UCHAR Type, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    Dpc->TargetInfoAsUlong = 0;
    Dpc->Type = Type;
    Dpc->Importance = MediumImportance;
    Dpc->Number = 0;
    Dpc->DpcListEntry.Next = NULL;
    Dpc->ProcessorHistory = 0;
    Dpc->DeferredRoutine = DeferredRoutine;
    Dpc->DeferredContext = DeferredContext;
    Dpc->SystemArgument1 = NULL;
    Dpc->SystemArgument2 = NULL;
    Dpc->DpcData = NULL;
}

// Contract: NF:wdm.KeInitializeDpc.
DDI VOID
KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    InitializeDpc(Dpc, DpcObject, DeferredRoutine, DeferredContext);
}

// Contract: NF:wdm.KeInitializeThreadedDpc.
DDI VOID
KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    InitializeDpc(Dpc, ThreadedDpcObject, DeferredRoutine, DeferredContext);
}

static BOOLEAN
IsThreaded(const KI_PROCESSOR *Processor, const KDPC *Dpc)
{
    return Dpc->Type == ThreadedDpcObject && Processor->DpcThread != NULL;
}

static void
LinkDpc(PKDPC *Head, PKDPC *Tail, PKDPC Dpc)
{
    if (Dpc->Importance == HighImportance)
    {
        Dpc->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)*Head;
        *Head = Dpc;
        if (*Tail == NULL)
            *Tail = Dpc;
    }
    else
    {
        Dpc->DpcListEntry.Next = NULL;
        if (*Tail != NULL)
            (*Tail)->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)Dpc;
        else
            *Head = Dpc;
        *Tail = Dpc;
    }
}

static void
CountRequest(PKI_PROCESSOR Processor)
{
    LONGLONG tick = KiQueryTime() / KeQueryTimeIncrement();

    if (tick != Processor->DpcTick)
    {
        Processor->DpcLastRate = tick == Processor->DpcTick + 1 ? Processor->DpcTickCount : 0;
        Processor->DpcTickCount = 0;
        Processor->DpcTick = tick;
    }
    Processor->DpcTickCount++;
}

// Whether the queue is to be processed at once. Contract: kernel/organization-of-dpc-queues.md
static BOOLEAN
IsUrgent(const KI_PROCESSOR *Processor, const KDPC *Dpc)
{
    if (Processor->DpcDepth > MAXIMUM_DEPTH)
        return TRUE;
    if (Processor == KiCurrentProcessor())
        return Dpc->Importance != LowImportance || Processor->DpcLastRate < MINIMUM_RATE;
    return Dpc->Importance == HighImportance || Dpc->Importance == MediumHighImportance;
}

void
KiRequestDeferredDpcs(PKI_PROCESSOR Processor)
{
    if (Processor->DpcHead != NULL && !Processor->DpcRequested)
    {
        Processor->DpcRequested = TRUE;
        KiSetWork(Processor);
    }
}

// Contract: NF:wdm.KeInsertQueueDpc. FALSE and nothing changed when it is queued already.
// kernel/organization-of-dpc-queues.md says where it goes and when it runs.
DDI BOOLEAN
KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    if (Dpc->Type != DpcObject && Dpc->Type != ThreadedDpcObject)
        KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 1, (ULONG64)Dpc, 0, 0,
                           "KeInsertQueueDpc with a DPC that was never initialized",
                           "NF:wdm.KeInitializeDpc", NULL, NULL);
    if (Dpc->DpcData != NULL)
        return FALSE;
    if (Dpc->Number != 0 && Dpc->Number - 1u < KiProcessorCount)
        processor = KiProcessors[Dpc->Number - 1u];
    Dpc->SystemArgument1 = SystemArgument1;
    Dpc->SystemArgument2 = SystemArgument2;
    Dpc->DpcData = processor;
    if (IsThreaded(processor, Dpc))
    {
        LinkDpc(&processor->ThreadedHead, &processor->ThreadedTail, Dpc);
        KiSignalEvent(&processor->ThreadedEvent);
        return TRUE;
    }
    CountRequest(processor);
    LinkDpc(&processor->DpcHead, &processor->DpcTail, Dpc);
    processor->DpcDepth++;
    if (IsUrgent(processor, Dpc))
    {
        processor->DpcRequested = TRUE;
        KiSetWork(processor);
        KiExitDispatcher();
    }
    return TRUE;
}

static BOOLEAN
UnlinkDpc(PKDPC *Head, PKDPC *Tail, PKDPC Dpc)
{
    PKDPC previous = NULL;

    for (PKDPC entry = *Head; entry != NULL;
         previous = entry, entry = (PKDPC)entry->DpcListEntry.Next)
    {
        PKDPC next = (PKDPC)entry->DpcListEntry.Next;
        if (entry != Dpc)
            continue;
        if (previous != NULL)
            previous->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)next;
        else
            *Head = next;
        if (*Tail == Dpc)
            *Tail = previous;
        return TRUE;
    }
    return FALSE;
}

// Contract: NF:wdm.KeRemoveQueueDpc.
DDI BOOLEAN
KeRemoveQueueDpc(PRKDPC Dpc)
{
    PKI_PROCESSOR processor = Dpc->DpcData;

    if (processor == NULL)
        return FALSE;
    if (UnlinkDpc(&processor->DpcHead, &processor->DpcTail, Dpc))
        processor->DpcDepth--;
    else if (!UnlinkDpc(&processor->ThreadedHead, &processor->ThreadedTail, Dpc))
        return FALSE;
    Dpc->DpcData = NULL;
    return TRUE;
}

// Contract: NF:wdm.KeSetImportanceDpc.
DDI VOID
KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    Dpc->Importance = (UCHAR)Importance;
}

// Contract: NF:ntddk.KeSetTargetProcessorDpc.
DDI VOID
KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    Dpc->Number = (USHORT)(Number + 1);
}

// Contract: NF:wdm.KeSetTargetProcessorDpcEx.
DDI NTSTATUS
KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Number >= KiProcessorCount ||
        ProcNumber->Reserved != 0)
        return STATUS_INVALID_PARAMETER;
    Dpc->Number = (USHORT)(ProcNumber->Number + 1);
    return STATUS_SUCCESS;
}

// Contract: NF:wdm.KeFlushQueuedDpcs: every DPC queued before the call has run on return.
DDI VOID
KeFlushQueuedDpcs(VOID)
{
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        PKI_PROCESSOR processor = KiProcessors[i];
        while (processor->DpcHead != NULL || processor->DpcRoutineActive ||
               processor->ThreadedHead != NULL || processor->ThreadedActive)
        {
            KiRequestDeferredDpcs(processor);
            KiYieldProcessor();
        }
    }
}

static void
CheckAfterDpc(PKI_PROCESSOR Processor, PKDEFERRED_ROUTINE Routine, LONG SpinLocks)
{
    KiCheckSpinLocks(SpinLocks, (const void *)Routine, "a DPC routine", NULL);
    if (Processor->Irql == DISPATCH_LEVEL)
        return;
    KiBlame((const void *)Routine);
    KiBugCheckWithRule(IRQL_UNEXPECTED_VALUE, Processor->Irql, DISPATCH_LEVEL, (ULONG64)Routine, 0,
                       "a DPC routine returned at another IRQL than DISPATCH_LEVEL",
                       "NC:wdm.KDEFERRED_ROUTINE", NULL, NULL);
}

void
KiRetireDpcList(PKI_PROCESSOR Processor)
{
    KI_BARRIER barrier;
    PKI_GATE_RECORD mark;

    Processor->DpcRequested = FALSE;
    if (Processor->DpcHead == NULL || Processor->DpcRoutineActive)
        return;
    if (KiArmPaging != NULL)
        KiArmPaging();
    KiEnterBarrier(&barrier);
    Processor->DpcRoutineActive = TRUE;
    Processor->DpcSeriesStart100ns = KiQueryTime();
    while (Processor->DpcHead != NULL)
    {
        PKDPC dpc = Processor->DpcHead;
        PKDEFERRED_ROUTINE routine = dpc->DeferredRoutine;
        PVOID context = dpc->DeferredContext;
        PVOID argument1 = dpc->SystemArgument1;
        PVOID argument2 = dpc->SystemArgument2;
        LONG spinLocks = KiCurrentThread()->SpinLocks;

        Processor->DpcHead = (PKDPC)dpc->DpcListEntry.Next;
        if (Processor->DpcHead == NULL)
            Processor->DpcTail = NULL;
        Processor->DpcDepth--;
        // From here on the driver may queue it again, also from its own routine.
        dpc->DpcData = NULL;
        Processor->CurrentDpc = dpc;
        Processor->DpcStart100ns = KiQueryTime();
        if (KI_TRACING())
            KiTrace("KiRetireDpcList", "kernel/ke/dpc.c", "cpu %u: DPC routine %p",
                    Processor->Number, routine);
        mark = KiMarkCall();
        routine(dpc, context, argument1, argument2);
        KiEndCall(mark);
        CheckAfterDpc(Processor, routine, spinLocks);
        // A better thread may have become ready, but DPCs go first.
        if (Processor->TimerPending)
            KiExpireTimers();
    }
    Processor->CurrentDpc = NULL;
    Processor->DpcRequested = FALSE;
    Processor->DpcRoutineActive = FALSE;
    KiLeaveBarrier(&barrier);
}

// ---- threaded DPCs -----------------------------------------------------------------------------

static void
RunThreadedDpc(PKI_PROCESSOR Processor, PKDPC Dpc)
{
    PKTHREAD thread = KiCurrentThread();
    PKDEFERRED_ROUTINE routine = Dpc->DeferredRoutine;
    PVOID context = Dpc->DeferredContext;
    PVOID argument1 = Dpc->SystemArgument1;
    PVOID argument2 = Dpc->SystemArgument2;
    KI_BARRIER barrier;

    (void)UnlinkDpc(&Processor->ThreadedHead, &Processor->ThreadedTail, Dpc);
    Dpc->DpcData = NULL;
    Processor->ThreadedActive = TRUE;
    KiEnterBarrier(&barrier);
    // It must not block, as if it ran at DISPATCH_LEVEL: where threaded DPCs are disabled, it does.
    thread->InThreadedDpc = TRUE;
    routine(Dpc, context, argument1, argument2);
    thread->InThreadedDpc = FALSE;
    KiLeaveBarrier(&barrier);
    Processor->ThreadedActive = FALSE;
    KiCheckSpinLocks(0, (const void *)routine, "a threaded DPC routine", NULL);
    if (KiCurrentIrql() != PASSIVE_LEVEL)
        KiBugCheckWithRule(IRQL_UNEXPECTED_VALUE, KiCurrentIrql(), PASSIVE_LEVEL, (ULONG64)routine,
                           0,
                           "a threaded DPC routine returned at another IRQL than it was called at",
                           "kernel/introduction-to-threaded-dpcs.md", NULL, NULL);
}

// Contract: kernel/introduction-to-threaded-dpcs.md
DDI_CALLBACK VOID
KiThreadedDpcThread(PVOID Context)
{
    PKI_PROCESSOR processor = KiProcessors[(ULONG_PTR)Context];

    KeInitializeEvent(&processor->ThreadedEvent, SynchronizationEvent, FALSE);
    (void)KeSetSystemAffinityThreadEx((KAFFINITY)1 << processor->Number);
    (void)KeSetPriorityThread(KiCurrentThread(), HIGH_PRIORITY);
    processor->DpcThread = KiCurrentThread();
    for (;;)
    {
        while (processor->ThreadedHead != NULL)
            RunThreadedDpc(processor, processor->ThreadedHead);
        (void)KeWaitForSingleObject(&processor->ThreadedEvent, Executive, KernelMode, FALSE, NULL);
    }
}

// Contract: NF:wdm.KeIsExecutingDpc.
DDI LOGICAL
KeIsExecutingDpc(VOID)
{
    return KiCurrentProcessor()->DpcRoutineActive;
}

// The limits of Windows' client systems: 20 s for one DPC, 120 s for a series of them; in clock
// ticks. Nothing but --realtime makes virtual time pass in a DPC that does not stall.
#define DPC_LIMIT_TICKS    1280u
#define SERIES_LIMIT_TICKS 7680u

static ULONG
TicksLeft(ULONG Limit, LONGLONG Since)
{
    ULONG64 ticks = (ULONG64)(KiQueryTime() - Since) / KeQueryTimeIncrement();

    return ticks < Limit ? Limit - (ULONG)ticks : 0;
}

// Contract: NF:wdm.KeQueryDpcWatchdogInformation.
DDI NTSTATUS
KeQueryDpcWatchdogInformation(PKDPC_WATCHDOG_INFORMATION WatchdogInformation)
{
    const KI_PROCESSOR *processor = KiCurrentProcessor();

    if (!processor->DpcRoutineActive)
        return STATUS_UNSUCCESSFUL;
    WatchdogInformation->DpcTimeLimit = DPC_LIMIT_TICKS;
    WatchdogInformation->DpcTimeCount = TicksLeft(DPC_LIMIT_TICKS, processor->DpcStart100ns);
    WatchdogInformation->DpcWatchdogLimit = SERIES_LIMIT_TICKS;
    WatchdogInformation->DpcWatchdogCount =
        TicksLeft(SERIES_LIMIT_TICKS, processor->DpcSeriesStart100ns);
    WatchdogInformation->Reserved = 0;
    return STATUS_SUCCESS;
}

// Contract: NF:wdm.KeShouldYieldProcessor: a thread that wants the processor has a right to it, or
// the DPCs have run for longer than one tick.
DDI LOGICAL
KeShouldYieldProcessor(VOID)
{
    const KI_PROCESSOR *processor = KiCurrentProcessor();
    LONGLONG now = KiQueryTime();

    if (processor->DpcRoutineActive)
        return now - processor->DpcSeriesStart100ns >= KeQueryTimeIncrement();
    return processor->DispatchPending || processor->DpcHead != NULL ||
           (!processor->CurrentThread->IsIdle && now >= processor->CurrentThread->QuantumEnd100ns);
}

void
KiForEachDpc(void (*Callback)(PKDPC Dpc, ULONG Processor, void *Context), void *Context)
{
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        for (PKDPC dpc = KiProcessors[i]->DpcHead; dpc != NULL; dpc = (PKDPC)dpc->DpcListEntry.Next)
            Callback(dpc, i, Context);
        for (PKDPC dpc = KiProcessors[i]->ThreadedHead; dpc != NULL;
             dpc = (PKDPC)dpc->DpcListEntry.Next)
            Callback(dpc, i, Context);
    }
}
