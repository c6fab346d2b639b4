// SPDX-License-Identifier: MIT
// Asynchronous procedure calls and the regions that hold them back.
// Contract: kernel/types-of-apcs.md, kernel/disabling-apcs.md. State changes at DISPATCH_LEVEL.
#include "ke/kep.h"

#define KERNEL_ROUTINE(Apc)  ((PKKERNEL_ROUTINE)(Apc)->Reserved[0])
#define RUNDOWN_ROUTINE(Apc) ((PKRUNDOWN_ROUTINE)(Apc)->Reserved[1])
#define NORMAL_ROUTINE(Apc)  ((PKNORMAL_ROUTINE)(Apc)->Reserved[2])

DDI VOID
KeInitializeApc(PKAPC Apc,
                PKTHREAD Thread,
                KAPC_ENVIRONMENT Environment,
                PKKERNEL_ROUTINE KernelRoutine,
                PKRUNDOWN_ROUTINE RundownRoutine,
                PKNORMAL_ROUTINE NormalRoutine,
                KPROCESSOR_MODE ApcMode,
                PVOID NormalContext)
{
    Apc->Type = ApcObject;
    Apc->AllFlags = 0;
    Apc->Size = sizeof(KAPC);
    Apc->SpareByte1 = 0;
    Apc->SpareLong0 = 0;
    Apc->Thread = Thread;
    Apc->Reserved[0] = (PVOID)KernelRoutine;
    Apc->Reserved[1] = (PVOID)RundownRoutine;
    Apc->Reserved[2] = (PVOID)NormalRoutine;
    Apc->ApcStateIndex = (CCHAR)Environment;
    // Without a normal routine it is a special kernel APC, whatever mode was asked for.
    Apc->ApcMode = NormalRoutine != NULL ? ApcMode : KernelMode;
    Apc->NormalContext = NormalRoutine != NULL ? NormalContext : NULL;
    Apc->Inserted = FALSE;
}

BOOLEAN
KiKernelApcDeliverable(const KTHREAD *Thread)
{
    const LIST_ENTRY *head = &Thread->ApcListHead[KernelMode];
    const KAPC *apc;

    if (!Thread->KernelApcPending || Thread->SpecialApcDisable != 0 || IsListEmpty(head))
        return FALSE;
    apc = CONTAINING_RECORD(head->Flink, KAPC, ApcListEntry);
    return NORMAL_ROUTINE(apc) == NULL ||
           (Thread->KernelApcDisable == 0 && !Thread->KernelApcInProgress);
}

// Special kernel APCs go before normal ones.
static void
LinkApc(PKAPC Apc)
{
    PLIST_ENTRY head = &Apc->Thread->ApcListHead[(int)Apc->ApcMode];
    PLIST_ENTRY entry = head;

    if (Apc->ApcMode == KernelMode && NORMAL_ROUTINE(Apc) == NULL)
    {
        entry = head->Flink;
        while (entry != head &&
               NORMAL_ROUTINE(CONTAINING_RECORD(entry, KAPC, ApcListEntry)) == NULL)
            entry = entry->Flink;
    }
    InsertTailList(entry, &Apc->ApcListEntry);
}

// Makes the thread notice: it may have to leave a wait, or another processor's queue.
static void
SignalApc(PKAPC Apc, KPRIORITY Increment)
{
    PKTHREAD thread = Apc->Thread;

    if (Apc->ApcMode == UserMode)
    {
        if (thread->State == KiThreadWaiting && thread->WaitMode == UserMode && thread->Alertable)
        {
            thread->UserApcPending = TRUE;
            KiUnwaitThread(thread, STATUS_USER_APC, Increment);
        }
        return;
    }
    thread->KernelApcPending = TRUE;
    if (thread->State == KiThreadRunning)
        KiSetWork(KiProcessors[thread->Processor]);
    else if (thread->State == KiThreadWaiting && thread->WaitIrql < APC_LEVEL &&
             KiKernelApcDeliverable(thread))
        KiUnwaitThread(thread, STATUS_KERNEL_APC, Increment);
}

DDI BOOLEAN
KeInsertQueueApc(PKAPC Apc, PVOID SystemArgument1, PVOID SystemArgument2, KPRIORITY Increment)
{
    KIRQL irql = KiCurrentIrql();

    if (Apc->Inserted || Apc->Thread->State == KiThreadTerminated || Apc->Thread->Terminating)
        return FALSE;
    KiCurrentProcessor()->Irql = irql < DISPATCH_LEVEL ? DISPATCH_LEVEL : irql;
    Apc->SystemArgument1 = SystemArgument1;
    Apc->SystemArgument2 = SystemArgument2;
    Apc->Inserted = TRUE;
    LinkApc(Apc);
    SignalApc(Apc, Increment);
    KiLower(irql);
    return TRUE;
}

DDI BOOLEAN
KeRemoveQueueApc(PKAPC Apc)
{
    if (!Apc->Inserted)
        return FALSE;
    Apc->Inserted = FALSE;
    RemoveEntryList(&Apc->ApcListEntry);
    return TRUE;
}

// Runs one kernel APC: its kernel routine at APC_LEVEL, its normal routine at PASSIVE_LEVEL.
static void
RunKernelApc(PKTHREAD Thread, KIRQL Irql)
{
    PKAPC apc = CONTAINING_RECORD(Thread->ApcListHead[KernelMode].Flink, KAPC, ApcListEntry);
    PKNORMAL_ROUTINE normal = NORMAL_ROUTINE(apc);
    PVOID context = apc->NormalContext;
    PVOID argument1 = apc->SystemArgument1;
    PVOID argument2 = apc->SystemArgument2;
    KI_BARRIER barrier;

    RemoveEntryList(&apc->ApcListEntry);
    apc->Inserted = FALSE;
    KiEnterBarrier(&barrier);
    // The kernel routine may free the APC.
    KERNEL_ROUTINE(apc)(apc, &normal, &context, &argument1, &argument2);
    if (normal != NULL)
    {
        Thread->KernelApcInProgress = TRUE;
        KiLower(Irql);
        normal(context, argument1, argument2);
        KiRaise(APC_LEVEL);
        Thread->KernelApcInProgress = FALSE;
    }
    KiLeaveBarrier(&barrier);
}

void
KiDeliverKernelApcs(void)
{
    PKTHREAD thread = KiCurrentThread();
    KIRQL irql = KiCurrentIrql();

    // Not KiLower at the end: the caller looks for further work itself.
    KiCurrentProcessor()->Irql = APC_LEVEL;
    while (KiKernelApcDeliverable(thread))
        RunKernelApc(thread, irql);
    if (IsListEmpty(&thread->ApcListHead[KernelMode]))
        thread->KernelApcPending = FALSE;
    KiCurrentProcessor()->Irql = irql;
}

void
KiFlushApcs(PKTHREAD Thread)
{
    for (int mode = KernelMode; mode <= UserMode; mode++)
    {
        PLIST_ENTRY head = &Thread->ApcListHead[mode];
        while (!IsListEmpty(head))
        {
            PKAPC apc = CONTAINING_RECORD(RemoveHeadList(head), KAPC, ApcListEntry);
            apc->Inserted = FALSE;
            if (RUNDOWN_ROUTINE(apc) != NULL)
                RUNDOWN_ROUTINE(apc)(apc);
            else if (mode == KernelMode && NORMAL_ROUTINE(apc) == NULL)
            {
                PKNORMAL_ROUTINE normal = NULL;
                PVOID none = NULL;
                KERNEL_ROUTINE(apc)(apc, &normal, &none, &none, &none);
            }
        }
    }
}

// No user-mode code runs here, so of a user APC only the kernel routine does, which is where
// drivers free it. Contract: kernel/types-of-apcs.md
static void
DeliverUserApcs(PKTHREAD Thread)
{
    PLIST_ENTRY head = &Thread->ApcListHead[UserMode];

    Thread->UserApcPending = FALSE;
    while (!IsListEmpty(head))
    {
        PKAPC apc = CONTAINING_RECORD(RemoveHeadList(head), KAPC, ApcListEntry);
        PKNORMAL_ROUTINE normal = NORMAL_ROUTINE(apc);
        PVOID context = apc->NormalContext;
        PVOID argument1 = apc->SystemArgument1;
        PVOID argument2 = apc->SystemArgument2;
        KI_BARRIER barrier;

        apc->Inserted = FALSE;
        KiEnterBarrier(&barrier);
        KiRaise(APC_LEVEL);
        KERNEL_ROUTINE(apc)(apc, &normal, &context, &argument1, &argument2);
        KiLower(PASSIVE_LEVEL);
        KiLeaveBarrier(&barrier);
    }
}

// Contract: debugger/bug-check-0x1--apc-index-mismatch.md
void
KiCheckReturnToUser(PKTHREAD Thread)
{
    if (Thread->PreviousMode == UserMode &&
        (Thread->KernelApcDisable != 0 || Thread->SpecialApcDisable != 0))
        KiBugCheckWithRule(
            APC_INDEX_MISMATCH, 0, 0,
            ((ULONG64)(USHORT)Thread->SpecialApcDisable << 16) | (USHORT)Thread->KernelApcDisable,
            0,
            "a system call returns to user mode in a critical or guarded region that "
            "a driver did not leave",
            "debugger/bug-check-0x1--apc-index-mismatch.md", NULL, NULL);
    if (Thread->UserApcPending)
        DeliverUserApcs(Thread);
}

// ---- regions -----------------------------------------------------------------------------------

static void
DeliverIfAllowed(PKTHREAD Thread)
{
    if (KiKernelApcDeliverable(Thread))
    {
        KiSetWork(KiCurrentProcessor());
        KiExitDispatcher();
    }
}

// Contract: NF:ntddk.KeEnterCriticalRegion.
DDI VOID
KeEnterCriticalRegion(VOID)
{
    KiCurrentThread()->KernelApcDisable--;
}

// Contract: NF:ntddk.KeLeaveCriticalRegion.
DDI VOID
KeLeaveCriticalRegion(VOID)
{
    PKTHREAD thread = KiCurrentThread();

    if (thread->KernelApcDisable >= 0)
        KiBugCheckWithRule(APC_INDEX_MISMATCH, (ULONG64)KiCallerAddress(), 0,
                           (ULONG64)thread->KernelApcDisable, 0,
                           "KeLeaveCriticalRegion without a matching KeEnterCriticalRegion",
                           "NF:ntddk.KeLeaveCriticalRegion", NULL, NULL);
    thread->KernelApcDisable++;
    if (thread->KernelApcDisable == 0)
        DeliverIfAllowed(thread);
}

// Contract: NF:ntddk.KeEnterGuardedRegion.
DDI VOID
KeEnterGuardedRegion(VOID)
{
    KiCurrentThread()->SpecialApcDisable--;
}

// Contract: NF:ntddk.KeLeaveGuardedRegion.
DDI VOID
KeLeaveGuardedRegion(VOID)
{
    PKTHREAD thread = KiCurrentThread();

    if (thread->SpecialApcDisable >= 0)
        KiBugCheckWithRule(APC_INDEX_MISMATCH, (ULONG64)KiCallerAddress(), 0,
                           (ULONG64)thread->SpecialApcDisable << 16, 0,
                           "KeLeaveGuardedRegion without a matching KeEnterGuardedRegion",
                           "NF:ntddk.KeLeaveGuardedRegion", NULL, NULL);
    thread->SpecialApcDisable++;
    if (thread->SpecialApcDisable == 0)
        DeliverIfAllowed(thread);
}

// Contract: NF:ntddk.KeAreApcsDisabled.
DDI BOOLEAN
KeAreApcsDisabled(VOID)
{
    const KTHREAD *thread = KiCurrentThread();
    return thread->KernelApcDisable != 0 || thread->SpecialApcDisable != 0;
}

// Contract: NF:wdm.KeAreAllApcsDisabled.
DDI BOOLEAN
KeAreAllApcsDisabled(VOID)
{
    return KiCurrentThread()->SpecialApcDisable != 0 || KiCurrentIrql() >= APC_LEVEL;
}
