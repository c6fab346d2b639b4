// SPDX-License-Identifier: MIT
// Waits on dispatcher objects. A waiting thread hangs on each object by a KWAIT_BLOCK; signaling an
// object walks them in order of arrival. State changes at DISPATCH_LEVEL.
#include "ke/kep.h"

#include "ke/exports.h"

// Contract: kernel/introduction-to-kernel-dispatcher-objects.md and NF:wdm.KeWaitForSingleObject.
void
KiCheckWaitIrql(const char *Name, const LARGE_INTEGER *Timeout)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    if (processor->Irql < DISPATCH_LEVEL && !processor->CurrentThread->InThreadedDpc)
        return;
    if (processor->Irql <= DISPATCH_LEVEL && Timeout != NULL && Timeout->QuadPart == 0)
        return;
    if (processor->DpcRoutineActive || processor->CurrentThread->InThreadedDpc)
        KiBugCheckWithRule(ATTEMPTED_SWITCH_FROM_DPC, (ULONG64)processor->CurrentThread,
                           (ULONG64)processor->IdleThread,
                           (ULONG64)processor->CurrentThread->StackLimit, (ULONG64)Name,
                           "a DPC routine may not wait, except with a zero timeout",
                           "NF:wdm.KeWaitForSingleObject", NULL, NULL);
    KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, (ULONG64)Name, processor->Irql, 0,
                       (ULONG64)KiCallerAddress(),
                       "a wait with a nonzero timeout at DISPATCH_LEVEL or above",
                       "NF:wdm.KeWaitForSingleObject", NULL, NULL);
}

static BOOLEAN
IsSignaled(const DISPATCHER_HEADER *Object, const KTHREAD *Thread)
{
    if (Object->Type == MutantObject)
        return Object->SignalState > 0 || ((const KMUTANT *)Object)->OwnerThread == Thread;
    if (Object->Type == QueueObject)
        return KiQueueServes((const KQUEUE *)Object, Thread);
    return Object->SignalState > 0;
}

// Takes what a satisfied wait takes. Returns STATUS_ABANDONED for a mutant whose owner died.
static NTSTATUS
Satisfy(DISPATCHER_HEADER *Object, PKTHREAD Thread)
{
    switch (Object->Type)
    {
    case EventSynchronizationObject:
    case TimerSynchronizationObject:
        Object->SignalState = 0;
        return STATUS_SUCCESS;
    case SemaphoreObject:
        Object->SignalState--;
        return STATUS_SUCCESS;
    case MutantObject:
    {
        PKMUTANT mutant = (PKMUTANT)Object;
        BOOLEAN abandoned = mutant->Abandoned;
        KiSatisfyMutant(mutant, Thread);
        return abandoned ? STATUS_ABANDONED : STATUS_SUCCESS;
    }
    case QueueObject:
        return KiSatisfyQueue((PKQUEUE)Object, Thread);
    default:
        return STATUS_SUCCESS;
    }
}

static BOOLEAN
IsTimeoutBlock(const KTHREAD *Thread, const KWAIT_BLOCK *Block)
{
    return Block == &Thread->TimerWaitBlock;
}

// A boost lasts one quantum; real-time threads never get one.
static inline void
Boost(PKTHREAD Thread, KPRIORITY Increment)
{
    if (Increment > 0 && Thread->BasePriority < LOW_REALTIME_PRIORITY)
    {
        KPRIORITY boosted = Thread->BasePriority + Increment;
        if (boosted >= LOW_REALTIME_PRIORITY)
            boosted = LOW_REALTIME_PRIORITY - 1;
        if (boosted > Thread->Priority)
            Thread->Priority = (SCHAR)boosted;
    }
}

void
KiUnwaitThread(PKTHREAD Thread, NTSTATUS Status, KPRIORITY Increment)
{
    for (ULONG i = 0; i < Thread->WaitBlockCount; i++)
        RemoveEntryList(&Thread->WaitBlockList[i].WaitListEntry);
    Thread->WaitBlockCount = 0;
    if (Thread->TimerWaitBlock.Object != NULL)
    {
        RemoveEntryList(&Thread->TimerWaitBlock.WaitListEntry);
        Thread->TimerWaitBlock.Object = NULL;
        KiRemoveTimer(&Thread->WaitTimer);
    }
    Thread->WaitStatus = Status;
    if (Thread->Queue != NULL)
        KiQueueActivate(Thread);
    Boost(Thread, Increment);
    KiReadyThread(Thread);
}

// All objects of a WaitAll are free: take them together. FALSE leaves everything untouched.
static BOOLEAN
TrySatisfyAll(PKTHREAD Thread, NTSTATUS *Status)
{
    *Status = STATUS_SUCCESS;
    for (ULONG i = 0; i < Thread->WaitBlockCount; i++)
    {
        if (!IsSignaled(Thread->WaitBlockList[i].Object, Thread))
            return FALSE;
    }
    for (ULONG i = 0; i < Thread->WaitBlockCount; i++)
    {
        if (Satisfy(Thread->WaitBlockList[i].Object, Thread) == STATUS_ABANDONED)
            *Status = STATUS_ABANDONED;
    }
    return TRUE;
}

void
KiSignalObject(DISPATCHER_HEADER *Object, KPRIORITY Increment)
{
    PLIST_ENTRY entry = Object->WaitListHead.Flink;

    while (entry != &Object->WaitListHead && Object->SignalState > 0)
    {
        PKWAIT_BLOCK block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);
        PKTHREAD thread = block->Thread;
        NTSTATUS status;

        entry = entry->Flink;
        if (IsTimeoutBlock(thread, block))
        {
            KiUnwaitThread(thread, STATUS_TIMEOUT, 0);
        }
        else if (block->WaitType == WaitAny)
        {
            status = (NTSTATUS)block->WaitKey;
            if (Satisfy(Object, thread) == STATUS_ABANDONED)
                status += STATUS_ABANDONED;
            KiUnwaitThread(thread, status, Increment);
        }
        else if (TrySatisfyAll(thread, &status))
        {
            KiUnwaitThread(thread, status, Increment);
        }
        else
        {
            continue;
        }
        // The thread may have had several blocks on this object: start over.
        entry = Object->WaitListHead.Flink;
    }
}

static KI_MS_COLD void
SignalSlowly(DISPATCHER_HEADER *Object, KPRIORITY Increment)
{
    KiSignalObject(Object, Increment);
}

// Most waiters wait for one object without a timeout; those are woken here.
KI_MS void
KiSignalWaiters(PRKEVENT Event, KPRIORITY Increment)
{
    PLIST_ENTRY entry = Event->Header.WaitListHead.Flink;
    PKWAIT_BLOCK block = CONTAINING_RECORD(entry, KWAIT_BLOCK, WaitListEntry);
    PKTHREAD thread = block->Thread;

    if (Event->Header.Type != EventSynchronizationObject || entry == &Event->Header.WaitListHead ||
        thread->WaitBlockCount != 1 || thread->TimerWaitBlock.Object != NULL ||
        thread->Queue != NULL)
    {
        SignalSlowly(&Event->Header, Increment);
        return;
    }
    RemoveEntryList(entry);
    Event->Header.SignalState = 0;
    thread->WaitBlockCount = 0;
    thread->WaitStatus = STATUS_WAIT_0;
    Boost(thread, Increment);
    KiReadyThread(thread);
}

typedef struct _KI_WAIT
{
    ULONG Count;
    PVOID *Objects;
    WAIT_TYPE WaitType;
    KWAIT_REASON Reason;
    KPROCESSOR_MODE Mode;
    BOOLEAN Alertable;
    const LARGE_INTEGER *Timeout;
    LARGE_INTEGER
    Due; // absolute interrupt time as a negative-free deadline, if Timeout is not NULL
    PKWAIT_BLOCK Blocks;
} KI_WAIT;

// Satisfies the wait at once if that is possible.
static BOOLEAN
TryWait(const KI_WAIT *Wait, PKTHREAD Thread, NTSTATUS *Status)
{
    if (Wait->WaitType == WaitAny)
    {
        for (ULONG i = 0; i < Wait->Count; i++)
        {
            if (!IsSignaled(Wait->Objects[i], Thread))
                continue;
            *Status = STATUS_WAIT_0 + (NTSTATUS)i;
            if (Satisfy(Wait->Objects[i], Thread) == STATUS_ABANDONED)
                *Status += STATUS_ABANDONED;
            return TRUE;
        }
        return FALSE;
    }
    for (ULONG i = 0; i < Wait->Count; i++)
    {
        if (!IsSignaled(Wait->Objects[i], Thread))
            return FALSE;
    }
    *Status = STATUS_WAIT_0;
    for (ULONG i = 0; i < Wait->Count; i++)
    {
        if (Satisfy(Wait->Objects[i], Thread) == STATUS_ABANDONED)
            *Status = STATUS_ABANDONED;
    }
    return TRUE;
}

// Contract: kernel/waits-and-apcs.md, the table of Alertable and WaitMode.
static BOOLEAN
IsInterrupted(const KI_WAIT *Wait, PKTHREAD Thread, NTSTATUS *Status)
{
    if (Wait->Alertable)
    {
        for (int mode = KernelMode; mode <= (int)Wait->Mode; mode++)
        {
            if (Thread->Alerted[mode])
            {
                Thread->Alerted[mode] = FALSE;
                *Status = STATUS_ALERTED;
                return TRUE;
            }
        }
    }
    if (Wait->Mode != UserMode)
        return FALSE;
    if (Wait->Alertable && !IsListEmpty(&Thread->ApcListHead[UserMode]))
        Thread->UserApcPending = TRUE;
    if (Thread->UserApcPending || Thread->Terminating)
    {
        *Status = STATUS_USER_APC;
        return TRUE;
    }
    return FALSE;
}

static void
LinkBlock(PKWAIT_BLOCK Block, PKTHREAD Thread, DISPATCHER_HEADER *Object, ULONG Key, ULONG Type)
{
    Block->WaitType = (UCHAR)Type;
    Block->BlockState = 1;
    Block->WaitKey = (USHORT)Key;
    Block->Thread = Thread;
    Block->Object = Object;
    InsertTailList(&Object->WaitListHead, &Block->WaitListEntry);
}

static void
StartWaiting(const KI_WAIT *Wait, PKTHREAD Thread)
{
    Thread->WaitBlockList = Wait->Blocks;
    Thread->WaitBlockCount = Wait->Count;
    for (ULONG i = 0; i < Wait->Count; i++)
        LinkBlock(&Wait->Blocks[i], Thread, Wait->Objects[i], i, (ULONG)Wait->WaitType);
    Thread->TimerWaitBlock.Object = NULL;
    if (Wait->Timeout != NULL)
    {
        LARGE_INTEGER due;
        // A relative due time of zero would mean "absolute"; one unit later is as good.
        LONGLONG left = Wait->Due.QuadPart - KiQueryTime();
        due.QuadPart = left > 0 ? -left : -1;
        Thread->WaitTimer.Header.SignalState = 0;
        KiInsertTimer(&Thread->WaitTimer, due);
        LinkBlock(&Thread->TimerWaitBlock, Thread, &Thread->WaitTimer.Header, 0, WaitAny);
    }
    Thread->WaitReason = Wait->Reason;
    Thread->WaitMode = Wait->Mode;
    Thread->Alertable = Wait->Alertable;
    Thread->WaitStart100ns = KiQueryTime();
    Thread->State = KiThreadWaiting;
    // While it waits, another thread may serve the queue in its place.
    if (Thread->Queue != NULL)
        KiQueueDeactivate(Thread);
}

static NTSTATUS
Wait(KI_WAIT *Wait)
{
    PKTHREAD thread = KiCurrentThread();
    KIRQL irql = KiCurrentIrql();
    NTSTATUS status;

    // After KeSetEvent(..., Wait = TRUE) the IRQL is still raised; the wait takes it back down.
    if (thread->WaitNext)
    {
        thread->WaitNext = FALSE;
        irql = thread->WaitIrql;
    }
    for (;;)
    {
        if (irql < APC_LEVEL && KiKernelApcDeliverable(thread))
            KiDeliverKernelApcs();
        KiRaise(DISPATCH_LEVEL);
        thread->WaitIrql = irql; // where a mutex that is acquired too often raises
        if (TryWait(Wait, thread, &status) || IsInterrupted(Wait, thread, &status))
            break;
        if (Wait->Timeout != NULL &&
            (Wait->Timeout->QuadPart == 0 || KiQueryTime() >= Wait->Due.QuadPart))
        {
            status = STATUS_TIMEOUT;
            break;
        }
        if (thread->IsIdle || KiInHost)
            host_fatal("a wait outside every thread");
        StartWaiting(Wait, thread);
        KiSwapThread();
        status = thread->WaitStatus;
        if (status != STATUS_KERNEL_APC)
            break;
        KiLower(irql);
    }
    KiLower(irql);
    return status;
}

static void
ComputeDue(KI_WAIT *Wait)
{
    if (Wait->Timeout == NULL)
        return;
    if (Wait->Timeout->QuadPart < 0)
        Wait->Due.QuadPart = KiQueryTime() - Wait->Timeout->QuadPart;
    else
        Wait->Due.QuadPart = Wait->Timeout->QuadPart - KiSystemTimeBase;
}

// Waits for an event, semaphore, timer, thread or process that is not signaled, without timeout and
// alerts, in kernel mode.
static KI_MS __attribute__((noinline)) NTSTATUS
WaitPlainly(DISPATCHER_HEADER *Object, KWAIT_REASON Reason)
{
    PKTHREAD thread = KiCurrentThread();
    PKWAIT_BLOCK block = &thread->WaitBlocks[0];
    KIRQL irql = KiCurrentIrql();

    KiCurrentProcessor()->Irql = DISPATCH_LEVEL;
    thread->WaitIrql = irql;
    thread->WaitBlockList = block;
    thread->WaitBlockCount = 1;
    LinkBlock(block, thread, Object, 0, WaitAny);
    thread->TimerWaitBlock.Object = NULL;
    thread->WaitReason = Reason;
    thread->WaitMode = KernelMode;
    thread->Alertable = FALSE;
    thread->WaitStart100ns = KiNow();
    thread->State = KiThreadWaiting;
    KiSwapThread();
    KiLowerQuickly(irql);
    return thread->WaitStatus;
}

// Whether a wait of this thread needs nothing but the object.
static inline BOOLEAN
IsPlain(const DISPATCHER_HEADER *Object, const KTHREAD *Thread)
{
    return Object->Type != MutantObject && Object->Type != QueueObject &&
           KiCurrentIrql() == PASSIVE_LEVEL && !Thread->WaitNext && !Thread->KernelApcPending &&
           !Thread->InThreadedDpc && Thread->Queue == NULL && !Thread->IsIdle && !KiInHost;
}

static __attribute__((ms_abi, noinline)) NTSTATUS
WaitGenerally(PVOID Object,
              KWAIT_REASON WaitReason,
              KPROCESSOR_MODE WaitMode,
              BOOLEAN Alertable,
              PLARGE_INTEGER Timeout)
{
    PKTHREAD thread = KiCurrentThread();
    KI_WAIT wait = {.Count = 1,
                    .Objects = &Object,
                    .WaitType = WaitAny,
                    .Reason = WaitReason,
                    .Mode = WaitMode,
                    .Alertable = Alertable,
                    .Timeout = Timeout,
                    .Blocks = thread->WaitBlocks};

    KiRecordVectors();
    if (!thread->WaitNext)
        KiCheckWaitIrql("KeWaitForSingleObject", Timeout);
    ComputeDue(&wait);
    return Wait(&wait);
}

// Contract: NF:wdm.KeWaitForSingleObject.
DDI NTSTATUS
KeWaitForSingleObject(PVOID Object,
                      KWAIT_REASON WaitReason,
                      KPROCESSOR_MODE WaitMode,
                      BOOLEAN Alertable,
                      PLARGE_INTEGER Timeout)
{
    DISPATCHER_HEADER *object = Object;

    if (Timeout == NULL && WaitMode == KernelMode && !Alertable &&
        IsPlain(object, KiCurrentThread()))
    {
        NTSTATUS status = STATUS_SUCCESS;
        if (object->SignalState <= 0)
            status = WaitPlainly(object, WaitReason);
        else if (object->Type == SemaphoreObject)
            object->SignalState--;
        else if (object->Type == EventSynchronizationObject ||
                 object->Type == TimerSynchronizationObject)
            object->SignalState = 0;
        if (status != STATUS_KERNEL_APC)
            return status;
    }
    return WaitGenerally(Object, WaitReason, WaitMode, Alertable, Timeout);
}

// Contract: NF:wdm.KeWaitForMultipleObjects.
DDI NTSTATUS
KeWaitForMultipleObjects(ULONG Count,
                         PVOID Object[],
                         WAIT_TYPE WaitType,
                         KWAIT_REASON WaitReason,
                         KPROCESSOR_MODE WaitMode,
                         BOOLEAN Alertable,
                         PLARGE_INTEGER Timeout,
                         PKWAIT_BLOCK WaitBlockArray)
{
    PKTHREAD thread = KiCurrentThread();
    KI_WAIT wait = {.Count = Count,
                    .Objects = Object,
                    .WaitType = WaitType,
                    .Reason = WaitReason,
                    .Mode = WaitMode,
                    .Alertable = Alertable,
                    .Timeout = Timeout,
                    .Blocks = WaitBlockArray != NULL ? WaitBlockArray : thread->WaitBlocks};

    if (!thread->WaitNext)
        KiCheckWaitIrql("KeWaitForMultipleObjects", Timeout);
    if (Count > MAXIMUM_WAIT_OBJECTS || (WaitBlockArray == NULL && Count > THREAD_WAIT_OBJECTS))
        KiBugCheckWithRule(MAXIMUM_WAIT_OBJECTS_EXCEEDED, Count, (ULONG64)WaitBlockArray, 0, 0,
                           "more objects than THREAD_WAIT_OBJECTS need a WaitBlockArray, and never "
                           "more than MAXIMUM_WAIT_OBJECTS",
                           "NF:wdm.KeWaitForMultipleObjects", NULL, NULL);
    ComputeDue(&wait);
    return Wait(&wait);
}

// Contract: NF:wdm.KeDelayExecutionThread. A zero interval gives the rest of the quantum away.
DDI NTSTATUS
KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval)
{
    KI_WAIT wait = {.Count = 0,
                    .WaitType = WaitAny,
                    .Reason = DelayExecution,
                    .Mode = WaitMode,
                    .Alertable = Alertable,
                    .Timeout = Interval};
    NTSTATUS status;

    KiCheckWaitIrql("KeDelayExecutionThread", NULL);
    if (Interval->QuadPart == 0)
    {
        PKTHREAD thread = KiCurrentThread();
        KIRQL irql = KiCurrentIrql();
        KiRaise(DISPATCH_LEVEL);
        thread->QuantumEnd100ns = 0;
        KiSwapThread();
        KiLower(irql);
        return STATUS_SUCCESS;
    }
    ComputeDue(&wait);
    status = Wait(&wait);
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

NTSTATUS
KiWaitForQueue(PKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    PVOID object = Queue;
    KI_WAIT wait = {.Count = 1,
                    .Objects = &object,
                    .WaitType = WaitAny,
                    .Reason = WrQueue,
                    .Mode = WaitMode,
                    .Alertable = Alertable,
                    .Timeout = Timeout,
                    .Blocks = KiCurrentThread()->WaitBlocks};

    KiCheckWaitIrql("KeRemoveQueue", Timeout);
    ComputeDue(&wait);
    return Wait(&wait);
}

// Exported without a reference page: takes a pending alert, and makes user APCs that wait
// deliverable, as an alertable wait would. Returns whether there was an alert.
DDI BOOLEAN
KeTestAlertThread(KPROCESSOR_MODE AlertMode)
{
    PKTHREAD thread = KiCurrentThread();
    BOOLEAN old = thread->Alerted[(int)AlertMode];

    if (old)
        thread->Alerted[(int)AlertMode] = FALSE;
    else if (AlertMode == UserMode && !IsListEmpty(&thread->ApcListHead[UserMode]))
        thread->UserApcPending = TRUE;
    return old;
}

DDI BOOLEAN
KeAlertThread(PKTHREAD Thread, KPROCESSOR_MODE AlertMode)
{
    KIRQL irql = KiCurrentIrql();
    BOOLEAN old = Thread->Alerted[(int)AlertMode];

    KiRaise(DISPATCH_LEVEL);
    if (Thread->State == KiThreadWaiting && Thread->Alertable && AlertMode <= Thread->WaitMode)
        KiUnwaitThread(Thread, STATUS_ALERTED, 0);
    else
        Thread->Alerted[(int)AlertMode] = TRUE;
    KiLower(irql);
    return old;
}
