// SPDX-License-Identifier: MIT
// Timers: a binary heap ordered by due time, then by insertion, so that equal times expire in the
// order they were set. A queued KTIMER keeps its heap index in its own TimerListEntry.
#include "ke/kep.h"

typedef struct _KI_TIMER_SLOT
{
    PKTIMER Timer;
    LONGLONG Due; // interrupt time
    ULONG64 Sequence;
    LONGLONG Nominal; // Due before coalescing: periods count from it
} KI_TIMER_SLOT;

#define KI_MAXIMUM_TIMERS (1u << 22)

// In KTIMER.TimerType, beside TIMER_TYPE: Period counts 100 ns units, not milliseconds.
#define KI_TIMER_100NS 0x100

static KI_TIMER_SLOT *heap; // mapped lazily: only touched pages cost memory
static ULONG heapCount;
static ULONG64 nextSequence;
LONGLONG KiNextTimerDue = KI_NO_LIMIT;

static BOOLEAN
Before(const KI_TIMER_SLOT *Left, const KI_TIMER_SLOT *Right)
{
    if (Left->Due != Right->Due)
        return Left->Due < Right->Due;
    return Left->Sequence < Right->Sequence;
}

static void
Place(ULONG Index, KI_TIMER_SLOT Slot)
{
    heap[Index] = Slot;
    Slot.Timer->TimerListEntry.Blink = (PLIST_ENTRY)(ULONG_PTR)Index;
}

static void
SiftUp(ULONG Index, KI_TIMER_SLOT Slot)
{
    while (Index > 0 && Before(&Slot, &heap[(Index - 1) / 2]))
    {
        Place(Index, heap[(Index - 1) / 2]);
        Index = (Index - 1) / 2;
    }
    Place(Index, Slot);
}

static void
SiftDown(ULONG Index, KI_TIMER_SLOT Slot)
{
    for (;;)
    {
        ULONG child = Index * 2 + 1;
        if (child >= heapCount)
            break;
        if (child + 1 < heapCount && Before(&heap[child + 1], &heap[child]))
            child++;
        if (!Before(&heap[child], &Slot))
            break;
        Place(Index, heap[child]);
        Index = child;
    }
    Place(Index, Slot);
}

static void
UpdateNextDue(void)
{
    LONGLONG due = heapCount > 0 ? heap[0].Due : KI_NO_LIMIT;
    if (due != KiNextTimerDue)
    {
        KiNextTimerDue = due;
        KiArmBudget();
    }
}

// Due, or a later time within Tolerance at which other tolerant timers expire, too: the coarsest
// round one. Contract: NF:wdm.KeSetCoalescableTimer.
static LONGLONG
Coalesce(LONGLONG Due, LONGLONG Tolerance)
{
    static const LONGLONG grids[] = {10000000, 5000000, 2500000, 1000000, 500000};

    for (ULONG i = 0; i < RTL_NUMBER_OF(grids) && Due >= 0; i++)
    {
        LONGLONG round = (Due + grids[i] - 1) / grids[i] * grids[i];
        if (round - Due <= Tolerance)
            return round;
    }
    return Due;
}

// The tolerance is kept in the six bits that the header has for it, in units of 50 ms: less than
// that allows nothing to be coalesced.
#define TOLERANCE_UNIT 500000

static void
InsertAt(PKTIMER Timer, LONGLONG Nominal)
{
    LONGLONG tolerance = (LONGLONG)Timer->Header.EncodedTolerableDelay * TOLERANCE_UNIT;
    LONGLONG due = tolerance != 0 ? Coalesce(Nominal, tolerance) : Nominal;
    KI_TIMER_SLOT slot = {Timer, due, nextSequence++, Nominal};

    if (heap == NULL)
        heap = host_map(KI_MAXIMUM_TIMERS * sizeof(KI_TIMER_SLOT), HOST_PROT_RW);
    NT_ASSERT(heap != NULL && heapCount < KI_MAXIMUM_TIMERS);
    Timer->Header.Inserted = 1;
    Timer->DueTime.QuadPart = (ULONGLONG)due;
    heapCount++;
    SiftUp(heapCount - 1, slot);
    UpdateNextDue();
}

BOOLEAN
KiRemoveTimer(PKTIMER Timer)
{
    ULONG index = (ULONG)(ULONG_PTR)Timer->TimerListEntry.Blink;
    KI_TIMER_SLOT last;

    if (!Timer->Header.Inserted)
        return FALSE;
    Timer->Header.Inserted = 0;
    if (index >= heapCount || heap[index].Timer != Timer)
        KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 0, (ULONG64)Timer, 0, 0,
                           "the memory of a queued timer was overwritten or initialized again",
                           "debugger/bug-check-0xc7--timer-or-dpc-invalid.md", NULL, NULL);
    heapCount--;
    last = heap[heapCount];
    if (index < heapCount)
    {
        if (index > 0 && Before(&last, &heap[(index - 1) / 2]))
            SiftUp(index, last);
        else
            SiftDown(index, last);
    }
    UpdateNextDue();
    return TRUE;
}

BOOLEAN
KiInsertTimer(PKTIMER Timer, LARGE_INTEGER DueTime)
{
    BOOLEAN queued = KiRemoveTimer(Timer);
    LONGLONG due;

    Timer->Header.Absolute = DueTime.QuadPart >= 0;
    Timer->Header.SignalState = 0;
    due = DueTime.QuadPart < 0 ? KiQueryTime() - DueTime.QuadPart
                               : DueTime.QuadPart - KiSystemTimeBase;
    InsertAt(Timer, due);
    return queued;
}

void
KiExpireTimers(void)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();
    LONGLONG now = KiQueryTime();

    processor->TimerPending = FALSE;
    while (heapCount > 0 && heap[0].Due <= now)
    {
        PKTIMER timer = heap[0].Timer;
        LONGLONG due = heap[0].Nominal;
        PKDPC dpc = timer->Dpc;

        KiRemoveTimer(timer);
        timer->Header.SignalState = 1;
        KiSignalObject(&timer->Header, 0);
        if (timer->Period != 0)
            InsertAt(timer, due + (LONGLONG)timer->Period *
                                      ((timer->TimerType & KI_TIMER_100NS) ? 1 : 10000));
        if (dpc != NULL)
            (void)KeInsertQueueDpc(dpc, NULL, NULL);
    }
}

// Contract: NF:wdm.KeInitializeTimerEx.
DDI VOID
KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    Timer->Header.Lock = 0;
    Timer->Header.Type = (UCHAR)(TimerNotificationObject + Type);
    Timer->Header.SignalState = 0;
    InitializeListHead(&Timer->Header.WaitListHead);
    Timer->DueTime.QuadPart = 0;
    Timer->TimerListEntry.Flink = NULL;
    Timer->TimerListEntry.Blink = NULL;
    Timer->Dpc = NULL;
    Timer->Processor = 0;
    Timer->TimerType = (USHORT)Type;
    Timer->Period = 0;
}

// Contract: NF:wdm.KeInitializeTimer.
DDI VOID
KeInitializeTimer(PKTIMER Timer)
{
    KeInitializeTimerEx(Timer, NotificationTimer);
}

static BOOLEAN
SetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period, ULONG ToleranceMs, PKDPC Dpc)
{
    ULONG tolerance = ToleranceMs / (TOLERANCE_UNIT / 10000);
    ULONG limit = (1u << TIMER_TOLERABLE_DELAY_BITS) - 1;
    KIRQL irql = KiCurrentIrql();
    BOOLEAN queued;

    KiCurrentProcessor()->Irql = irql < DISPATCH_LEVEL ? DISPATCH_LEVEL : irql;
    queued = KiRemoveTimer(Timer);
    Timer->Dpc = Dpc;
    Timer->Period = Period;
    Timer->Header.EncodedTolerableDelay = (UCHAR)(tolerance < limit ? tolerance : limit);
    KiInsertTimer(Timer, DueTime);
    if (KiNextTimerDue <= KiQueryTime())
    {
        KiCurrentProcessor()->TimerPending = TRUE;
        KiSetWork(KiCurrentProcessor());
    }
    KiLower(irql);
    return queued;
}

// Contract: NF:wdm.KeSetTimerEx. Returns whether the timer was queued. A due time that has passed
// expires at once.
DDI BOOLEAN
KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    return SetTimer(Timer, DueTime, Period > 0 ? (ULONG)Period : 0, 0, Dpc);
}

BOOLEAN
KiSetTimer100ns(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period100ns, PKDPC Dpc)
{
    Timer->TimerType |= KI_TIMER_100NS;
    return SetTimer(Timer, DueTime, Period100ns, 0, Dpc);
}

// Contract: NF:wdm.KeSetTimer.
DDI BOOLEAN
KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

// Contract: NF:wdm.KeSetCoalescableTimer. Period and TolerableDelay are in milliseconds.
DDI BOOLEAN
KeSetCoalescableTimer(PKTIMER Timer,
                      LARGE_INTEGER DueTime,
                      ULONG Period,
                      ULONG TolerableDelay,
                      PKDPC Dpc)
{
    return SetTimer(Timer, DueTime, Period, TolerableDelay, Dpc);
}

// Contract: NF:wdm.KeCancelTimer. Its DPC may be queued already; it is not removed.
DDI BOOLEAN
KeCancelTimer(PKTIMER Timer)
{
    return KiRemoveTimer(Timer);
}

// Contract: NF:wdm.KeReadStateTimer.
DDI BOOLEAN
KeReadStateTimer(PKTIMER Timer)
{
    return Timer->Header.SignalState != 0;
}

void
KiForEachTimer(void (*Callback)(PKTIMER Timer, LONGLONG Due, void *Context), void *Context)
{
    for (ULONG i = 0; i < heapCount; i++)
        Callback(heap[i].Timer, heap[i].Due, Context);
}
