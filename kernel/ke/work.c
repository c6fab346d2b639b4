// SPDX-License-Identifier: MIT
// What happens when the IRQL falls: interrupts, timers, DPCs, a better thread, kernel APCs, in that
// order and each at its own level. Also the IRQL itself. IRQL: any.
#include "ke/kep.h"

void
KiRequestInterrupt(ULONG Processor, KIRQL Irql)
{
    PKI_PROCESSOR processor = KiProcessors[Processor];

    if (processor->InterruptIrql < Irql)
        processor->InterruptIrql = Irql;
    processor->Work = TRUE;
}

static BOOLEAN
WorkAt(PKI_PROCESSOR Processor, KIRQL Irql)
{
    if (Processor->InterruptIrql > Irql && Processor->InterruptsEnabled)
        return TRUE;
    if (Processor->Ipi != NULL && Irql < IPI_LEVEL && Processor->InterruptsEnabled)
        return TRUE;
    if (Irql >= DISPATCH_LEVEL)
        return FALSE;
    return Processor->TimerPending || Processor->DpcRequested || Processor->DispatchPending ||
           (Irql < APC_LEVEL && KiKernelApcDeliverable(Processor->CurrentThread));
}

static void
RecomputeWork(PKI_PROCESSOR Processor)
{
    Processor->Work = Processor->InterruptIrql != 0 || Processor->TimerPending ||
                      Processor->DpcRequested || Processor->DispatchPending ||
                      Processor->Ipi != NULL || Processor->CurrentThread->KernelApcPending;
}

// One item of work below DISPATCH_LEVEL; afterwards everything is looked at again, because DPCs
// and APCs make more.
static void
RetireSoftwareWork(PKI_PROCESSOR Processor, KIRQL Irql)
{
    if (Processor->TimerPending || Processor->DpcRequested)
    {
        Processor->Irql = DISPATCH_LEVEL;
        if (Processor->TimerPending)
            KiExpireTimers();
        KiRetireDpcList(Processor);
        Processor->Irql = Irql;
    }
    else if (Processor->DispatchPending)
    {
        Processor->Irql = DISPATCH_LEVEL;
        if (Processor->CurrentThread->IsIdle)
            Processor->DispatchPending = FALSE; // the idle loop looks for threads by itself
        else
            KiSwapThread();
        KiCurrentProcessor()->Irql = Irql;
    }
    else
    {
        KiDeliverKernelApcs();
    }
}

void
KiRetireWork(KIRQL Irql)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    while (WorkAt(processor, Irql))
    {
        if (processor->Ipi != NULL && Irql < IPI_LEVEL && processor->InterruptsEnabled)
        {
            KiTakeIpi(processor);
            processor = KiCurrentProcessor();
            continue;
        }
        if (processor->InterruptIrql > Irql && processor->InterruptsEnabled)
        {
            // Withdrawn meanwhile, perhaps; what is left is in InterruptIrql again.
            processor->InterruptIrql = 0;
            if (KiPlatform.DeliverInterrupts != NULL)
                (void)KiPlatform.DeliverInterrupts(processor, Irql);
            processor = KiCurrentProcessor();
            continue;
        }
        if (Irql < DISPATCH_LEVEL)
            RetireSoftwareWork(processor, Irql);
        // The thread may have moved to another processor meanwhile.
        processor = KiCurrentProcessor();
    }
    RecomputeWork(processor);
}

void
KiRaise(KIRQL Irql)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    processor->Irql = Irql;
    if (Irql >= DISPATCH_LEVEL && KiArmPaging != NULL)
        KiArmPaging();
}

void
KiLower(KIRQL Irql)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    processor->Irql = Irql;
    if (processor->Work && !KiInHost)
        KiRetireWork(Irql);
}

KI_MS_COLD void
KiLowerToWork(KIRQL Irql)
{
    KiLower(Irql);
}

void
KiExitDispatcher(void)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    if (processor->Work && processor->Irql < DISPATCH_LEVEL && !KiInHost)
        KiRetireWork(processor->Irql);
}

// ---- documented routines ------------------------------------------------------------------

static void
IrqlBugCheck(KIRQL NewIrql, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(IRQL_NOT_GREATER_OR_EQUAL, KiCurrentIrql(), NewIrql, 0, 0, Rule, Page, NULL,
                       NULL);
}

// Contract: NF:wdm.KfRaiseIrql. Raising to a lower level is the caller's bug.
DDI KIRQL
KfRaiseIrql(KIRQL NewIrql)
{
    KIRQL old = KiCurrentIrql();

    if (NewIrql < old)
        IrqlBugCheck(NewIrql, "KeRaiseIrql to a level below the current one", "NF:wdm.KeRaiseIrql");
    KiRaise(NewIrql);
    return old;
}

DDI KIRQL
KeRaiseIrqlToDpcLevel(VOID)
{
    return KfRaiseIrql(DISPATCH_LEVEL);
}

// Contract: NF:wdm.KeLowerIrql.
DDI VOID
KeLowerIrql(KIRQL NewIrql)
{
    if (NewIrql > KiCurrentIrql())
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, KiCurrentIrql(), NewIrql, 0, 0,
                           "KeLowerIrql to a level above the current one", "NF:wdm.KeLowerIrql",
                           NULL, NULL);
    KiLower(NewIrql);
}

// Contract: NF:wdm.KeGetCurrentIrql. Drivers of today read cr8 inline instead.
DDI KIRQL
KeGetCurrentIrql(VOID)
{
    return KiCurrentIrql();
}
