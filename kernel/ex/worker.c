/* SPDX-License-Identifier: MIT */
/*
 * Worker threads. Each class of queues keeps one thread idle: a worker that takes an item and
 * leaves nobody waiting starts another one first, so an item that blocks never delays the next.
 * Queueing is for IRQL <= DISPATCH_LEVEL; routines run at PASSIVE_LEVEL.
 */
#include "exp.h"

#define EXP_MAX_WORKERS 32u

typedef struct _EXP_QUEUE
{
    LIST_ENTRY Items; /* EX_WORK.Entry */
    KSEMAPHORE Ready;
    KPRIORITY Priority;
    ULONG Threads;
    ULONG Idle;
} EXP_QUEUE, *PEXP_QUEUE;

/* A WORK_QUEUE_ITEM has no room for what the kernel wants to know, so it travels in one of these.
 */
typedef struct _EXP_DRIVER_WORK
{
    EX_WORK Work;
    PWORK_QUEUE_ITEM Item;
} EXP_DRIVER_WORK, *PEXP_DRIVER_WORK;

enum
{
    ExpQueueDelayed,
    ExpQueueCritical,
    ExpQueueHyper,
    ExpQueueCount
};

static EXP_QUEUE ExpQueues[ExpQueueCount];
static NTSTATUS (*ExpCreateThread)(PKSTART_ROUTINE Routine, PVOID Context);
static LIST_ENTRY ExpRunning = {&ExpRunning, &ExpRunning}; /* EX_WORK copies on workers' stacks */

static PEXP_QUEUE
ExpQueueOf(WORK_QUEUE_TYPE Type)
{
    switch ((ULONG)Type)
    {
    case CriticalWorkQueue:
    case RealTimeWorkQueue:
        return &ExpQueues[ExpQueueCritical];
    case HyperCriticalWorkQueue:
    case SuperCriticalWorkQueue:
        return &ExpQueues[ExpQueueHyper];
    default:
        return &ExpQueues[ExpQueueDelayed];
    }
}

/* ---- the threads -------------------------------------------------------------------------- */

static void
ExpRunWork(PEX_WORK Work)
{
    /* The item is the caller's again as soon as its routine starts; a copy stands for it. */
    EX_WORK running = *Work;
    KI_BARRIER barrier;
    Work->Queued = FALSE;
    InsertTailList(&ExpRunning, &running.Entry);
    /* What the driver's calls left behind must not be taken for the caller of what follows. */
    KiEnterBarrier(&barrier);
    running.Routine(running.Context);
    KiLeaveBarrier(&barrier);
    RemoveEntryList(&running.Entry);
    KiCheckSpinLocks(
        0, running.Target != NULL ? (const void *)running.Target : (const void *)running.Routine,
        "a work item's routine", NULL);
    if (KiCurrentIrql() != PASSIVE_LEVEL)
    {
        KiBlame(running.Target != NULL ? (const void *)running.Target
                                       : (const void *)running.Routine);
        KiBugCheckWithRule(
            WORKER_THREAD_RETURNED_AT_BAD_IRQL,
            (ULONG64)(running.Target != NULL ? running.Target : (PVOID)running.Routine),
            KiCurrentIrql(), (ULONG64)running.Context, (ULONG64)Work,
            "a work item returns at the IRQL it was called at",
            "bug-check-0xe1--worker-thread-returned-at-bad-irql", NULL, NULL);
    }
}

DDI_CALLBACK static VOID
ExpWorker(PVOID Context)
{
    PEXP_QUEUE queue = Context;
    KeSetPriorityThread((PKTHREAD)KiCurrentThread(), queue->Priority);
    for (;;)
    {
        queue->Idle++;
        KeWaitForSingleObject(&queue->Ready, WrQueue, KernelMode, FALSE, NULL);
        queue->Idle--;
        if (IsListEmpty(&queue->Items))
        {
            continue;
        }
        PLIST_ENTRY entry = RemoveHeadList(&queue->Items);
        if (queue->Idle == 0 && queue->Threads < EXP_MAX_WORKERS &&
            NT_SUCCESS(ExpCreateThread(ExpWorker, queue)))
        {
            queue->Threads++;
        }
        KiRearmStack((PKTHREAD)KiCurrentThread());
        ExpRunWork(CONTAINING_RECORD(entry, EX_WORK, Entry));
    }
}

NTSTATUS
ExStartWorkers(NTSTATUS (*CreateThread)(PKSTART_ROUTINE Routine, PVOID Context))
{
    NTSTATUS status = STATUS_SUCCESS;
    ExpCreateThread = CreateThread;
    for (ULONG index = 0; index < ExpQueueCount && NT_SUCCESS(status); index++)
    {
        status = CreateThread(ExpWorker, &ExpQueues[index]);
        ExpQueues[index].Threads++;
    }
    return status;
}

NTSTATUS
ExpInitWorkers(void)
{
    static const KPRIORITY priorities[ExpQueueCount] = {12, 13, 15};
    for (ULONG index = 0; index < ExpQueueCount; index++)
    {
        InitializeListHead(&ExpQueues[index].Items);
        KeInitializeSemaphore(&ExpQueues[index].Ready, 0, MAXLONG);
        ExpQueues[index].Priority = priorities[index];
    }
    return STATUS_SUCCESS;
}

/* ---- queueing ----------------------------------------------------------------------------- */

void
ExQueueWork(PEX_WORK Work, WORK_QUEUE_TYPE Queue)
{
    PEXP_QUEUE queue = ExpQueueOf(Queue);
    NT_ASSERT(!Work->Queued);
    Work->Queue = Queue;
    Work->Queued = TRUE;
    InsertTailList(&queue->Items, &Work->Entry);
    KeReleaseSemaphore(&queue->Ready, 0, 1, FALSE);
}

static void
ExpRunDriverItem(PVOID Context)
{
    PEXP_DRIVER_WORK work = Context;
    PWORK_QUEUE_ITEM item = work->Item;
    const PWORKER_THREAD_ROUTINE routine = item->WorkerRoutine;
    const PVOID parameter = item->Parameter;
    item->List.Flink = NULL; /* may be queued again from now on */
    MmFreePool(work, EXP_TAG);
    routine(parameter);
}

/* Contract: NF:wdm.ExQueueWorkItem. */
DDI VOID
ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
    static const char *const page = "NF:wdm.ExQueueWorkItem";
    if (WorkItem->List.Flink != NULL)
    {
        KiBugCheckWithRule(WORKER_INVALID, 0x1, (ULONG64)WorkItem, (ULONG64)QueueType, 0,
                           "a work item is initialized first, and not queued while it is queued",
                           page, NULL, NULL);
    }
    if ((ULONG)QueueType >= MaximumWorkQueue &&
        ((ULONG)QueueType < CustomPriorityWorkQueue || (ULONG)QueueType > 63))
    {
        KiBugCheckWithRule(WORKER_INVALID, 0x6, (ULONG64)WorkItem, (ULONG64)QueueType, 0,
                           "the queue type must be one of WORK_QUEUE_TYPE", page, NULL, NULL);
    }
    PEXP_DRIVER_WORK work = MmAllocatePoolAlways(NonPagedPoolNx, sizeof(EXP_DRIVER_WORK), EXP_TAG);
    NT_ASSERT(work != NULL); /* the documented routine cannot fail */
    work->Item = WorkItem;
    work->Work.Routine = ExpRunDriverItem;
    work->Work.Context = work;
    work->Work.Caller = KiCallerAddress();
    work->Work.Target = (PVOID)WorkItem->WorkerRoutine;
    WorkItem->List.Flink = &WorkItem->List;
    ExQueueWork(&work->Work, QueueType);
}

/* ---- reports ------------------------------------------------------------------------------ */

static ULONG
ExpCountList(PLIST_ENTRY Head, PVOID Start, PVOID End)
{
    ULONG count = 0;
    for (PLIST_ENTRY e = Head->Flink; e != Head; e = e->Flink)
    {
        PEX_WORK work = CONTAINING_RECORD(e, EX_WORK, Entry);
        count += (work->Caller >= Start && work->Caller < End) ||
                 (work->Target >= Start && work->Target < End);
    }
    return count;
}

ULONG
ExCountWork(PVOID Start, PVOID End)
{
    ULONG count = ExpCountList(&ExpRunning, Start, End);
    for (ULONG index = 0; index < ExpQueueCount; index++)
    {
        count += ExpCountList(&ExpQueues[index].Items, Start, End);
    }
    return count;
}
