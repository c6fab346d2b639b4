// SPDX-License-Identifier: MIT
// Interrupts whose ISR runs at PASSIVE_LEVEL: the interrupt is masked at the controller and a
// worker calls the ISR, with an event held instead of a spin lock. State of a connection changes at
// DIRQL and in the worker, never across a safe point. Contract:
// kernel/using-passive-level-interrupt-handling-routines.md
#include "io/interrupt.h"

#include "ex/ex.h"
#include "mm/mm.h"

typedef struct _IOP_PASSIVE
{
    KINTERRUPT Interrupt; // first: what the driver holds
    KEVENT Lock;          // signaled while nobody is in the interrupt's critical section
    KEVENT Idle;          // signaled while the worker has nothing to do
    KDPC Dpc;             // an ISR cannot queue work
    EX_WORK Work;
    BOOLEAN Scheduled;
    ULONG Requests; // interrupts since the worker looked last
} IOP_PASSIVE, *PIOP_PASSIVE;

// At DIRQL. A latched line stays open; its edges are counted.
static void
Defer(PKINTERRUPT Interrupt)
{
    PIOP_PASSIVE passive = CONTAINING_RECORD(Interrupt, IOP_PASSIVE, Interrupt);

    if (Interrupt->Mode == LevelSensitive)
        KiMaskInterrupt(Interrupt, TRUE);
    passive->Requests++;
    if (passive->Scheduled)
        return;
    passive->Scheduled = TRUE;
    passive->Idle.Header.SignalState = 0;
    (void)KeInsertQueueDpc(&passive->Dpc, NULL, NULL);
}

static DDI_CALLBACK VOID
QueueWork(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIOP_PASSIVE passive = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    ExQueueWork(&passive->Work, HyperCriticalWorkQueue);
}

static void
CallIsr(PIOP_PASSIVE Passive)
{
    PKINTERRUPT interrupt = &Passive->Interrupt;
    PKSERVICE_ROUTINE routine = interrupt->ServiceRoutine;
    PKI_GATE_RECORD mark;

    (void)KeWaitForSingleObject(&Passive->Lock, Executive, KernelMode, FALSE, NULL);
    if (interrupt->Active)
    {
        mark = KiMarkCall();
        (void)routine(interrupt, interrupt->ServiceContext);
        KiEndCall(mark);
    }
    if (KiCurrentIrql() != PASSIVE_LEVEL)
    {
        KiBlame((const void *)routine);
        KiBugCheckWithRule(IRQL_UNEXPECTED_VALUE, KiCurrentIrql(), PASSIVE_LEVEL, (ULONG64)routine,
                           0, "an ISR returned at another IRQL than it was called at",
                           "kernel/using-passive-level-interrupt-handling-routines.md", NULL, NULL);
    }
    (void)KeSetEvent(&Passive->Lock, IO_NO_INCREMENT, FALSE);
}

static void
Serve(PVOID Context)
{
    PIOP_PASSIVE passive = Context;

    while (passive->Requests != 0)
    {
        passive->Requests = 0;
        CallIsr(passive);
        if (passive->Interrupt.Connected && passive->Interrupt.Mode == LevelSensitive)
            KiMaskInterrupt(&passive->Interrupt, FALSE);
    }
    passive->Scheduled = FALSE;
    (void)KeSetEvent(&passive->Idle, IO_NO_INCREMENT, FALSE);
}

PKINTERRUPT
IopAllocatePassiveInterrupt(void)
{
    PIOP_PASSIVE passive = MmAllocatePool(NonPagedPoolNx, sizeof(*passive), IOP_INTERRUPT_TAG);

    if (passive == NULL)
        return NULL;
    RtlZeroMemory(passive, sizeof(*passive));
    KeInitializeEvent(&passive->Lock, SynchronizationEvent, TRUE);
    KeInitializeEvent(&passive->Idle, NotificationEvent, TRUE);
    KeInitializeDpc(&passive->Dpc, QueueWork, passive);
    passive->Work.Routine = Serve;
    passive->Work.Context = passive;
    return &passive->Interrupt;
}

void
IopPreparePassiveInterrupt(PKINTERRUPT Interrupt)
{
    PIOP_PASSIVE passive = CONTAINING_RECORD(Interrupt, IOP_PASSIVE, Interrupt);

    Interrupt->Defer = Defer;
    Interrupt->PassiveLock = &passive->Lock;
}

void
IopDrainPassiveInterrupt(PKINTERRUPT Interrupt)
{
    PIOP_PASSIVE passive = CONTAINING_RECORD(Interrupt, IOP_PASSIVE, Interrupt);

    (void)KeWaitForSingleObject(&passive->Idle, Executive, KernelMode, FALSE, NULL);
}
