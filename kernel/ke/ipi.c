// SPDX-License-Identifier: MIT
// Routines that run on all processors together: interprocessor interrupts and generic DPC calls.
// One of each is in progress at a time; a second caller waits. IRQL: see each routine.
#include "ke/kep.h"

#include "ke/exports.h"

// Turns around the other processors before one that never answers counts as hung.
#define ANSWER_LIMIT 400000u

typedef struct _KI_IPI
{
    PKIPI_BROADCAST_WORKER Worker;
    ULONG_PTR Context;
    ULONG Arrived;
    ULONG Done;
} KI_IPI;

static KI_IPI *activeIpi;

static void
CheckTurns(ULONG *Turns, const char *Rule, const char *Page)
{
    if (++*Turns < ANSWER_LIMIT)
        return;
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        PKI_PROCESSOR processor = KiProcessors[i];
        if (processor != KiCurrentProcessor() && processor->Ipi != NULL)
            KiBugCheckWithRule(CLOCK_WATCHDOG_TIMEOUT, ANSWER_LIMIT, 0, (ULONG64)processor, i, Rule,
                               Page, NULL, NULL);
    }
    KiBugCheckWithRule(CLOCK_WATCHDOG_TIMEOUT, ANSWER_LIMIT, 0, (ULONG64)KiCurrentProcessor(),
                       KiCurrentProcessor()->Number, Rule, Page, NULL, NULL);
}

// Spins on the barrier until every processor has come, then runs the routine. Contract:
// NF:wdm.KeIpiGenericCall.
static ULONG_PTR
Rendezvous(KI_IPI *Ipi)
{
    ULONG_PTR result;
    ULONG turns = 0;
    KI_BARRIER barrier;

    Ipi->Arrived++;
    while (Ipi->Arrived < KiProcessorCount)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "a processor does not answer an interprocessor interrupt",
                   "NF:wdm.KeIpiGenericCall");
    }
    KiEnterBarrier(&barrier);
    result = Ipi->Worker(Ipi->Context);
    KiLeaveBarrier(&barrier);
    Ipi->Done++;
    return result;
}

void
KiTakeIpi(PKI_PROCESSOR Processor)
{
    KI_IPI *ipi = Processor->Ipi;
    KIRQL irql = Processor->Irql;

    Processor->Ipi = NULL;
    KiRaise(IPI_LEVEL);
    (void)Rendezvous(ipi);
    // Not KiLower: the caller looks for further work itself.
    Processor->Irql = irql;
}

// Contract: NF:wdm.KeIpiGenericCall.
DDI ULONG_PTR
KeIpiGenericCall(PKIPI_BROADCAST_WORKER BroadcastFunction, ULONG_PTR Context)
{
    KI_IPI ipi = {.Worker = BroadcastFunction, .Context = Context};
    KIRQL irql = KiCurrentIrql();
    ULONG_PTR result;
    ULONG turns = 0;

    // At DISPATCH_LEVEL the thread stays on its processor, and its processor still answers.
    if (irql < DISPATCH_LEVEL)
        KiRaise(DISPATCH_LEVEL);
    while (activeIpi != NULL)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "an interprocessor call never ends", "NF:wdm.KeIpiGenericCall");
    }
    activeIpi = &ipi;
    KiRaise(IPI_LEVEL);
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        if (KiProcessors[i] == KiCurrentProcessor())
            continue;
        KiProcessors[i]->Ipi = &ipi;
        KiSetWork(KiProcessors[i]);
    }
    result = Rendezvous(&ipi);
    for (turns = 0; ipi.Done < KiProcessorCount;)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "the routine of KeIpiGenericCall does not return on a processor",
                   "NC:wdm.KIPI_BROADCAST_WORKER");
    }
    activeIpi = NULL;
    KiLower(irql);
    return result;
}

// ---- generic DPC calls -------------------------------------------------------------------------

// What the routine gets as SystemArgument2.
typedef struct _KI_DPC_BARRIER
{
    ULONG Processors;
    ULONG Waiting;
    ULONG Generation;
} KI_DPC_BARRIER;

static KDPC callDpcs[KI_MAXIMUM_PROCESSORS];
static BOOLEAN callActive;

// Contract: the publicly described behaviour: Routine runs as a DPC on every processor at the same
// time and calls KeSignalCallDpcDone(SystemArgument1) as its last act. No reference page.
DDI VOID
KeGenericCallDpc(PKDEFERRED_ROUTINE Routine, PVOID Context)
{
    volatile ULONG left = KiProcessorCount;
    KI_DPC_BARRIER together = {.Processors = KiProcessorCount};
    ULONG turns = 0;
    KIRQL irql;

    if (KiCurrentIrql() > APC_LEVEL)
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, (ULONG64)Routine, KiCurrentIrql(), 0,
                           (ULONG64)KiCallerAddress(), "KeGenericCallDpc above APC_LEVEL", NULL,
                           NULL, NULL);
    while (callActive)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "a generic DPC call never ends", NULL);
    }
    callActive = TRUE;
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        KeInitializeDpc(&callDpcs[i], Routine, Context);
        KeSetImportanceDpc(&callDpcs[i], HighImportance);
        KeSetTargetProcessorDpc(&callDpcs[i], (CCHAR)i);
    }
    // At DISPATCH_LEVEL the thread stays here, and this processor's DPC waits for all to be queued.
    irql = KiCurrentIrql();
    KiRaise(DISPATCH_LEVEL);
    for (ULONG i = 0; i < KiProcessorCount; i++)
        (void)KeInsertQueueDpc(&callDpcs[i], (PVOID)&left, &together);
    KiLower(irql);
    for (turns = 0; left != 0;)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "a routine of KeGenericCallDpc did not call KeSignalCallDpcDone", NULL);
    }
    KeFlushQueuedDpcs();
    callActive = FALSE;
}

DDI VOID
KeSignalCallDpcDone(PVOID SystemArgument1)
{
    ULONG *left = SystemArgument1;

    (*left)--;
}

// Waits until all processors have called it. TRUE on one of them.
DDI LOGICAL
KeSignalCallDpcSynchronize(PVOID SystemArgument2)
{
    KI_DPC_BARRIER *barrier = SystemArgument2;
    ULONG generation = barrier->Generation;
    ULONG turns = 0;

    if (++barrier->Waiting == barrier->Processors)
    {
        barrier->Waiting = 0;
        barrier->Generation++;
        return TRUE;
    }
    while (barrier->Generation == generation)
    {
        KiYieldProcessor();
        CheckTurns(&turns, "not every processor calls KeSignalCallDpcSynchronize", NULL);
    }
    return FALSE;
}
