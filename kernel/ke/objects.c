// SPDX-License-Identifier: MIT
// Dispatcher objects other than timers and threads: events, semaphores, mutexes.
// Each routine raises to DISPATCH_LEVEL while it changes an object, as the dispatcher lock would.
#include "ke/kep.h"

#include "ke/exports.h"

// With Wait = TRUE the caller promises to wait next: the IRQL stays raised until then, so that no
// other thread comes between. Contract: NF:wdm.KeSetEvent.
static void
EndSignal(KIRQL Irql, BOOLEAN Wait)
{
    PKTHREAD thread = KiCurrentThread();

    if (Wait)
    {
        thread->WaitNext = TRUE;
        thread->WaitIrql = Irql;
        return;
    }
    KiLowerQuickly(Irql);
}

static KIRQL
BeginSignal(void)
{
    KIRQL irql = KiCurrentIrql();
    // The previous call may have been one with Wait = TRUE.
    if (KiCurrentThread()->WaitNext)
    {
        KiCurrentThread()->WaitNext = FALSE;
        irql = KiCurrentThread()->WaitIrql;
    }
    if (irql < DISPATCH_LEVEL)
        KiCurrentProcessor()->Irql = DISPATCH_LEVEL;
    return irql;
}

// ---- events ------------------------------------------------------------------------------------

// Contract: NF:wdm.KeInitializeEvent.
DDI VOID
KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    Event->Header.Lock = 0;
    Event->Header.Type = (UCHAR)Type;
    Event->Header.Size = sizeof(KEVENT) / sizeof(LONG);
    Event->Header.SignalState = State;
    InitializeListHead(&Event->Header.WaitListHead);
}

// Contract: NF:wdm.KeSetEvent. Returns the previous state.
DDI LONG
KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    LONG old = Event->Header.SignalState;
    KIRQL irql;

    // Nobody waits and nothing changes hands: no dispatcher needed.
    if (!Wait && IsListEmpty(&Event->Header.WaitListHead) && !KiCurrentThread()->WaitNext)
    {
        Event->Header.SignalState = 1;
        return old;
    }
    irql = BeginSignal();
    Event->Header.SignalState = 1;
    if (old == 0)
        KiSignalWaiters(Event, Increment);
    EndSignal(irql, Wait);
    return old;
}

void
KiSignalEvent(PRKEVENT Event)
{
    (void)KeSetEvent(Event, 0, FALSE);
}

DDI LONG
KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    KIRQL irql = BeginSignal();
    LONG old = Event->Header.SignalState;

    if (old == 0)
    {
        Event->Header.SignalState = 1;
        KiSignalObject(&Event->Header, Increment);
    }
    Event->Header.SignalState = 0;
    EndSignal(irql, Wait);
    return old;
}

// Contract: NF:wdm.KeClearEvent.
DDI VOID
KeClearEvent(PRKEVENT Event)
{
    Event->Header.SignalState = 0;
}

// Contract: NF:wdm.KeResetEvent.
DDI LONG
KeResetEvent(PRKEVENT Event)
{
    LONG old = Event->Header.SignalState;
    Event->Header.SignalState = 0;
    return old;
}

// Contract: NF:wdm.KeReadStateEvent.
DDI LONG
KeReadStateEvent(PRKEVENT Event)
{
    return Event->Header.SignalState;
}

// ---- semaphores --------------------------------------------------------------------------------

// Contract: NF:wdm.KeInitializeSemaphore.
DDI VOID
KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    Semaphore->Header.Lock = 0;
    Semaphore->Header.Type = SemaphoreObject;
    Semaphore->Header.Size = sizeof(KSEMAPHORE) / sizeof(LONG);
    Semaphore->Header.SignalState = Count;
    InitializeListHead(&Semaphore->Header.WaitListHead);
    Semaphore->Limit = Limit;
}

// Contract: NF:wdm.KeReleaseSemaphore. Raises STATUS_SEMAPHORE_LIMIT_EXCEEDED, count unchanged.
DDI LONG
KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    KIRQL irql = BeginSignal();
    LONG old = Semaphore->Header.SignalState;
    LONG64 sum = (LONG64)old + Adjustment;

    if (sum > Semaphore->Limit || sum < old)
    {
        KiLower(irql);
        KiRaiseInCaller(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    }
    Semaphore->Header.SignalState = (LONG)sum;
    if (old == 0)
        KiSignalObject(&Semaphore->Header, Increment);
    EndSignal(irql, Wait);
    return old;
}

// Contract: NF:wdm.KeReadStateSemaphore.
DDI LONG
KeReadStateSemaphore(PRKSEMAPHORE Semaphore)
{
    return Semaphore->Header.SignalState;
}

// ---- mutexes -----------------------------------------------------------------------------------

static void
InitializeMutant(PKMUTANT Mutant, UCHAR ApcDisable)
{
    Mutant->Header.Lock = 0;
    Mutant->Header.Type = MutantObject;
    Mutant->Header.Size = sizeof(KMUTANT) / sizeof(LONG);
    Mutant->Header.SignalState = 1;
    InitializeListHead(&Mutant->Header.WaitListHead);
    InitializeListHead(&Mutant->MutantListEntry);
    Mutant->OwnerThread = NULL;
    Mutant->MutantFlags = 0;
    Mutant->ApcDisable = ApcDisable;
}

// Contract: NF:wdm.KeInitializeMutex. Level is ignored, as documented.
DDI VOID
KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    UNREFERENCED_PARAMETER(Level);
    InitializeMutant(Mutex, 1);
}

DDI VOID
KeInitializeMutant(PRKMUTANT Mutant, BOOLEAN InitialOwner)
{
    InitializeMutant(Mutant, 0);
    if (InitialOwner)
        KiSatisfyMutant(Mutant, KiCurrentThread());
}

void
KiSatisfyMutant(PKMUTANT Mutant, PKTHREAD Thread)
{
    // The count of acquisitions is a LONG. Contract: NF:wdm.KeWaitForSingleObject.
    if (Mutant->Header.SignalState == (LONG)MINLONG)
    {
        KiLower(Thread->WaitIrql);
        KiRaiseInCaller(STATUS_MUTANT_LIMIT_EXCEEDED);
    }
    Mutant->Header.SignalState--;
    if (Mutant->Header.SignalState != 0)
        return; // recursive acquisition
    Mutant->OwnerThread = Thread;
    Mutant->Abandoned = 0;
    // A kernel mutex puts its owner into a critical region. Contract:
    // kernel/introduction-to-mutex-objects.md
    Thread->KernelApcDisable -= Mutant->ApcDisable;
    InsertTailList(&Thread->MutantListHead, &Mutant->MutantListEntry);
}

static void
ReleaseOwnership(PKMUTANT Mutant, PKTHREAD Thread)
{
    RemoveEntryList(&Mutant->MutantListEntry);
    InitializeListHead(&Mutant->MutantListEntry);
    Thread->KernelApcDisable += Mutant->ApcDisable;
    Mutant->OwnerThread = NULL;
}

DDI LONG
KeReleaseMutant(PRKMUTANT Mutant, KPRIORITY Increment, BOOLEAN Abandoned, BOOLEAN Wait)
{
    PKTHREAD thread = KiCurrentThread();
    KIRQL irql = BeginSignal();
    LONG old = Mutant->Header.SignalState;

    if (!Abandoned && Mutant->OwnerThread != thread)
    {
        KiLower(irql);
        KiRaiseInCaller(Mutant->Abandoned ? STATUS_ABANDONED : STATUS_MUTANT_NOT_OWNED);
    }
    Mutant->Header.SignalState = Abandoned ? 1 : old + 1;
    if (Mutant->Header.SignalState == 1)
    {
        if (Mutant->OwnerThread != NULL)
            ReleaseOwnership(Mutant, Mutant->OwnerThread);
        Mutant->Abandoned = Abandoned;
        KiSignalObject(&Mutant->Header, Increment);
        if (KiKernelApcDeliverable(thread))
            KiSetWork(KiCurrentProcessor());
    }
    EndSignal(irql, Wait);
    return old;
}

// Contract: NF:wdm.KeReleaseMutex. Returns zero when the mutex is free afterwards.
DDI LONG
KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    return KeReleaseMutant(Mutex, 1, FALSE, Wait);
}

// Contract: NF:ntifs.KeReadStateMutant.
DDI LONG
KeReadStateMutant(PRKMUTANT Mutant)
{
    return Mutant->Header.SignalState;
}

// Contract: NF:wdm.KeReadStateMutex.
DDI LONG
KeReadStateMutex(PRKMUTEX Mutex)
{
    return Mutex->Header.SignalState;
}

void
KiAbandonMutants(PKTHREAD Thread)
{
    while (!IsListEmpty(&Thread->MutantListHead))
    {
        PKMUTANT mutant = CONTAINING_RECORD(Thread->MutantListHead.Flink, KMUTANT, MutantListEntry);
        if (mutant->ApcDisable != 0)
            KiBugCheckWithRule(THREAD_TERMINATE_HELD_MUTEX, (ULONG64)Thread, (ULONG64)mutant, 0, 0,
                               "a thread ended while it owned a kernel mutex",
                               "kernel/introduction-to-mutex-objects.md", NULL, NULL);
        (void)KeReleaseMutant(mutant, 1, TRUE, FALSE);
    }
}
