// SPDX-License-Identifier: MIT
// DPCs: one queue per processor, drained at DISPATCH_LEVEL when the IRQL falls below it.
#include "ke/kep.h"

// Contract: NF:wdm.KeInitializeDpc.
DDI VOID
KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    Dpc->TargetInfoAsUlong = 0;
    Dpc->Type = DpcObject;
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

static void
LinkDpc(PKI_PROCESSOR Processor, PKDPC Dpc)
{
    if (Dpc->Importance == HighImportance)
    {
        Dpc->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)Processor->DpcHead;
        Processor->DpcHead = Dpc;
        if (Processor->DpcTail == NULL)
            Processor->DpcTail = Dpc;
    }
    else
    {
        Dpc->DpcListEntry.Next = NULL;
        if (Processor->DpcTail != NULL)
            Processor->DpcTail->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)Dpc;
        else
            Processor->DpcHead = Dpc;
        Processor->DpcTail = Dpc;
    }
    Processor->DpcDepth++;
}

// Contract: NF:wdm.KeInsertQueueDpc. FALSE and nothing changed when it is queued already.
// kernel/organization-of-dpc-queues.md says where it goes and when it runs.
DDI BOOLEAN
KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    if (Dpc->Type != DpcObject)
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
    LinkDpc(processor, Dpc);
    KiSetWork(processor);
    KiExitDispatcher();
    return TRUE;
}

// Contract: NF:wdm.KeRemoveQueueDpc.
DDI BOOLEAN
KeRemoveQueueDpc(PRKDPC Dpc)
{
    PKI_PROCESSOR processor = Dpc->DpcData;
    PKDPC previous = NULL;

    if (processor == NULL)
        return FALSE;
    for (PKDPC entry = processor->DpcHead; entry != NULL;
         previous = entry, entry = (PKDPC)entry->DpcListEntry.Next)
    {
        PKDPC next = (PKDPC)entry->DpcListEntry.Next;
        if (entry != Dpc)
            continue;
        if (previous != NULL)
            previous->DpcListEntry.Next = (PSINGLE_LIST_ENTRY)next;
        else
            processor->DpcHead = next;
        if (processor->DpcTail == Dpc)
            processor->DpcTail = previous;
        processor->DpcDepth--;
        Dpc->DpcData = NULL;
        return TRUE;
    }
    return FALSE;
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
        while (KiProcessors[i]->DpcHead != NULL || KiProcessors[i]->DpcRoutineActive)
            KiYieldProcessor();
    }
}

static void
CheckAfterDpc(PKI_PROCESSOR Processor, PKDEFERRED_ROUTINE Routine)
{
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

    if (Processor->DpcHead == NULL || Processor->DpcRoutineActive)
        return;
    if (KiArmPaging != NULL)
        KiArmPaging();
    KiEnterBarrier(&barrier);
    Processor->DpcRoutineActive = TRUE;
    while (Processor->DpcHead != NULL)
    {
        PKDPC dpc = Processor->DpcHead;
        PKDEFERRED_ROUTINE routine = dpc->DeferredRoutine;
        PVOID context = dpc->DeferredContext;
        PVOID argument1 = dpc->SystemArgument1;
        PVOID argument2 = dpc->SystemArgument2;

        Processor->DpcHead = (PKDPC)dpc->DpcListEntry.Next;
        if (Processor->DpcHead == NULL)
            Processor->DpcTail = NULL;
        Processor->DpcDepth--;
        // From here on the driver may queue it again, also from its own routine.
        dpc->DpcData = NULL;
        Processor->CurrentDpc = dpc;
        if (KI_TRACING())
            KiTrace("KiRetireDpcList", "kernel/ke/dpc.c", "cpu %u: DPC routine %p",
                    Processor->Number, routine);
        mark = KiMarkCall();
        routine(dpc, context, argument1, argument2);
        KiEndCall(mark);
        CheckAfterDpc(Processor, routine);
        // A better thread may have become ready, but DPCs go first.
        if (Processor->TimerPending)
            KiExpireTimers();
    }
    Processor->CurrentDpc = NULL;
    Processor->DpcRoutineActive = FALSE;
    KiLeaveBarrier(&barrier);
}

void
KiForEachDpc(void (*Callback)(PKDPC Dpc, ULONG Processor, void *Context), void *Context)
{
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        for (PKDPC dpc = KiProcessors[i]->DpcHead; dpc != NULL; dpc = (PKDPC)dpc->DpcListEntry.Next)
            Callback(dpc, i, Context);
    }
}
