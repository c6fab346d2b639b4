// SPDX-License-Identifier: MIT
// Queue objects: entries for a set of threads of which only so many run at a time. A thread that
// has removed an entry counts against the limit until it waits for something.
// State changes at DISPATCH_LEVEL.
#include "ntifs.h"

#include "ke/exports.h"
#include "ke/kep.h"

// Set by KeRundownQueue: later waits fail.
#define RUN_DOWN(Queue) ((Queue)->Header.Reserved1)

BOOLEAN
KiQueueServes(const KQUEUE *Queue, const KTHREAD *Thread)
{
    ULONG others = Queue->CurrentCount;

    if (RUN_DOWN(Queue))
        return TRUE;
    if (Thread->Queue == Queue && Thread->QueueActive)
        others--;
    return Queue->Header.SignalState > 0 && others < Queue->MaximumCount;
}

NTSTATUS
KiSatisfyQueue(PKQUEUE Queue, PKTHREAD Thread)
{
    if (RUN_DOWN(Queue))
        return STATUS_ABANDONED;
    Queue->Header.SignalState--;
    Thread->QueueEntry = RemoveHeadList(&Queue->EntryListHead);
    // An entry that is in no list has no neighbours; drivers look at that.
    Thread->QueueEntry->Flink = NULL;
    KiQueueActivate(Thread);
    return STATUS_SUCCESS;
}

void
KiQueueActivate(PKTHREAD Thread)
{
    if (Thread->Queue == NULL || Thread->QueueActive)
        return;
    Thread->QueueActive = TRUE;
    Thread->Queue->CurrentCount++;
}

// The thread that waited last is woken first: its stack and caches are warm.
static void
ServeWaiters(PKQUEUE Queue)
{
    while (!IsListEmpty(&Queue->Header.WaitListHead))
    {
        PKWAIT_BLOCK block =
            CONTAINING_RECORD(Queue->Header.WaitListHead.Blink, KWAIT_BLOCK, WaitListEntry);
        if (!KiQueueServes(Queue, block->Thread))
            return;
        KiUnwaitThread(block->Thread, KiSatisfyQueue(Queue, block->Thread), 0);
    }
}

void
KiQueueDeactivate(PKTHREAD Thread)
{
    PKQUEUE queue = Thread->Queue;

    if (!Thread->QueueActive)
        return;
    Thread->QueueActive = FALSE;
    queue->CurrentCount--;
    ServeWaiters(queue);
}

void
KiLeaveQueue(PKTHREAD Thread)
{
    if (Thread->Queue == NULL)
        return;
    KiQueueDeactivate(Thread);
    RemoveEntryList(&Thread->QueueListEntry);
    Thread->Queue = NULL;
}

// Contract: NF:ntifs.KeInitializeQueue. Count 0 stands for the number of processors.
DDI VOID
KeInitializeQueue(PRKQUEUE Queue, ULONG Count)
{
    Queue->Header.Lock = 0;
    Queue->Header.Type = QueueObject;
    Queue->Header.Size = sizeof(KQUEUE) / sizeof(LONG);
    Queue->Header.SignalState = 0;
    InitializeListHead(&Queue->Header.WaitListHead);
    InitializeListHead(&Queue->EntryListHead);
    InitializeListHead(&Queue->ThreadListHead);
    Queue->CurrentCount = 0;
    Queue->MaximumCount = Count != 0 ? Count : KiProcessorCount;
}

// Contract: NF:ntifs.KeReadStateQueue: the number of entries.
DDI LONG
KeReadStateQueue(PRKQUEUE Queue)
{
    return Queue->Header.SignalState;
}

static KIRQL
RaiseToDispatch(void)
{
    KIRQL irql = KiCurrentIrql();

    if (irql < DISPATCH_LEVEL)
        KiRaise(DISPATCH_LEVEL);
    return irql;
}

static LONG
Insert(PKQUEUE Queue, PLIST_ENTRY Entry, BOOLEAN AtHead)
{
    KIRQL irql = RaiseToDispatch();
    LONG old = Queue->Header.SignalState;

    if (AtHead)
        InsertHeadList(&Queue->EntryListHead, Entry);
    else
        InsertTailList(&Queue->EntryListHead, Entry);
    Queue->Header.SignalState++;
    ServeWaiters(Queue);
    KiLower(irql);
    return old;
}

// Contract: NF:ntifs.KeInsertQueue. Returns the number of entries there were.
DDI LONG
KeInsertQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return Insert(Queue, Entry, FALSE);
}

// Contract: NF:ntifs.KeInsertHeadQueue.
DDI LONG
KeInsertHeadQueue(PRKQUEUE Queue, PLIST_ENTRY Entry)
{
    return Insert(Queue, Entry, TRUE);
}

static void
JoinQueue(PKTHREAD Thread, PKQUEUE Queue)
{
    KIRQL irql = RaiseToDispatch();

    KiLeaveQueue(Thread);
    Thread->Queue = Queue;
    InsertTailList(&Queue->ThreadListHead, &Thread->QueueListEntry);
    KiQueueActivate(Thread);
    KiLower(irql);
}

// Contract: NF:ntifs.KeRemoveQueue. A status comes back in the place of the entry's address.
DDI PLIST_ENTRY
KeRemoveQueue(PRKQUEUE Queue, KPROCESSOR_MODE WaitMode, PLARGE_INTEGER Timeout)
{
    PKTHREAD thread = KiCurrentThread();
    NTSTATUS status;

    if (thread->Queue != Queue && !RUN_DOWN(Queue))
        JoinQueue(thread, Queue);
    status = KiWaitForQueue(Queue, WaitMode, FALSE, Timeout);
    if (status != STATUS_SUCCESS)
        return (PLIST_ENTRY)(LONG_PTR)status;
    return thread->QueueEntry;
}

// Exported without a reference page: waits for an entry as KeRemoveQueue does and takes up to Count
// of those that are there. Returns how many, or the status of a wait that brought none.
DDI ULONG
KeRemoveQueueEx(PKQUEUE Queue,
                KPROCESSOR_MODE WaitMode,
                BOOLEAN Alertable,
                PLARGE_INTEGER Timeout,
                PLIST_ENTRY *EntryArray,
                ULONG Count)
{
    PKTHREAD thread = KiCurrentThread();
    NTSTATUS status;
    ULONG taken = 0;
    KIRQL irql;

    if (thread->Queue != Queue && !RUN_DOWN(Queue))
        JoinQueue(thread, Queue);
    status = KiWaitForQueue(Queue, WaitMode, Alertable, Timeout);
    if (status != STATUS_SUCCESS)
        return (ULONG)status;
    EntryArray[taken++] = thread->QueueEntry;
    irql = RaiseToDispatch();
    while (taken < Count && Queue->Header.SignalState > 0 && !RUN_DOWN(Queue))
    {
        PLIST_ENTRY entry = RemoveHeadList(&Queue->EntryListHead);

        Queue->Header.SignalState--;
        entry->Flink = NULL;
        EntryArray[taken++] = entry;
    }
    KiLower(irql);
    return taken;
}

// Contract: NF:ntifs.KeRundownQueue. The entries stay linked to each other, without a head; who
// waits gets STATUS_ABANDONED.
DDI PLIST_ENTRY
KeRundownQueue(PRKQUEUE Queue)
{
    KIRQL irql = RaiseToDispatch();
    PLIST_ENTRY first = NULL;

    if (!IsListEmpty(&Queue->EntryListHead))
    {
        first = Queue->EntryListHead.Flink;
        RemoveEntryList(&Queue->EntryListHead);
        InitializeListHead(&Queue->EntryListHead);
    }
    RUN_DOWN(Queue) = 1;
    Queue->Header.SignalState = 0;
    ServeWaiters(Queue);
    while (!IsListEmpty(&Queue->ThreadListHead))
        KiLeaveQueue(CONTAINING_RECORD(Queue->ThreadListHead.Flink, KTHREAD, QueueListEntry));
    KiLower(irql);
    return first;
}
