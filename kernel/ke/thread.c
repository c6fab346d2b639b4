// SPDX-License-Identifier: MIT
// Kernel threads below the object manager: stacks, start, end, priorities, affinity.
// IRQL of each documented routine: ddi/ntoskrnl.ddi.
#include "ke/kep.h"

void KiPrepareThreadStack(PKTHREAD Thread);

static ULONG threadNumber;
static ULONG64 nextSlot = HOST_REGION_STACK;
static LIST_ENTRY freeSlots;

// A free slot keeps its link at the top of its own stack, which stays mapped: making a stack is
// five system calls, reusing one is none.
static void *
TakeSlot(void)
{
    void *slot;

    if (freeSlots.Flink != NULL && !IsListEmpty(&freeSlots))
    {
        PLIST_ENTRY entry = RemoveTailList(&freeSlots);
        return (char *)entry + sizeof(LIST_ENTRY) - KI_STACK_GUARD - KI_STACK_SIZE;
    }
    if (nextSlot + KI_STACK_SLOT > HOST_REGION_STACK + HOST_REGION_SIZE)
        return NULL;
    slot = (void *)nextSlot;
    if (!host_map_fixed((char *)slot + KI_STACK_GUARD, KI_STACK_SIZE, HOST_PROT_RW))
        return NULL;
    if (!host_map_fixed((char *)slot + KI_STACK_GUARD * 2 + KI_STACK_SIZE,
                        KI_GATE_RECORDS * sizeof(KI_GATE_RECORD), HOST_PROT_RW))
    {
        host_unmap((char *)slot + KI_STACK_GUARD, KI_STACK_SIZE);
        return NULL;
    }
    nextSlot += KI_STACK_SLOT;
    return slot;
}

PVOID
KiAllocateStack(PKTHREAD Thread)
{
    char *slot;

    C_ASSERT(KI_STACK_GUARD * 2 + KI_STACK_SIZE + KI_GATE_RECORDS * sizeof(KI_GATE_RECORD) <=
             KI_STACK_SLOT);
    slot = TakeSlot();
    if (slot == NULL)
        return NULL;
    Thread->StackLimit = slot + KI_STACK_GUARD;
    Thread->StackBase = slot + KI_STACK_GUARD + KI_STACK_SIZE;
    Thread->GateBase = (PKI_GATE_RECORD)(slot + KI_STACK_GUARD * 2 + KI_STACK_SIZE);
    // The bottom record can never be stale and stops every search.
    Thread->GateBase->Rsp = ~0ull;
    Thread->GateBase->Export = NULL;
    Thread->GateTop = Thread->GateBase;
    return Thread->StackLimit;
}

void
KiFreeStack(PKTHREAD Thread)
{
    PLIST_ENTRY entry = (PLIST_ENTRY)((char *)Thread->StackBase - sizeof(LIST_ENTRY));

    if (freeSlots.Flink == NULL)
        InitializeListHead(&freeSlots);
    host_unpoison(Thread->StackLimit, KI_STACK_SIZE);
    InsertTailList(&freeSlots, entry);
    Thread->StackLimit = NULL;
    Thread->StackBase = NULL;
}

NTSTATUS
KiInitializeThread(PKTHREAD Thread,
                   PKPROCESS Process,
                   PKSTART_ROUTINE StartRoutine,
                   PVOID StartContext)
{
    if (KiAllocateStack(Thread) == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Thread->Header.Type = ThreadObject;
    Thread->Header.Size = sizeof(KTHREAD) / sizeof(ULONG) > 255 ? 255 : sizeof(KTHREAD) / 4;
    Thread->Header.SignalState = 0;
    InitializeListHead(&Thread->Header.WaitListHead);
    InitializeListHead(&Thread->ApcListHead[KernelMode]);
    InitializeListHead(&Thread->ApcListHead[UserMode]);
    InitializeListHead(&Thread->MutantListHead);
    Thread->Process = Process;
    Thread->ApcProcess = Process;
    Thread->StartRoutine = StartRoutine;
    Thread->StartContext = StartContext;
    Thread->State = KiThreadInitialized;
    Thread->BasePriority = Process->BasePriority != 0 ? Process->BasePriority : 8;
    Thread->Priority = Thread->BasePriority;
    Thread->Affinity =
        KiProcessorCount >= 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << KiProcessorCount) - 1;
    Thread->UserAffinity = Thread->Affinity;
    Thread->PreviousMode = KernelMode;
    Thread->Number = threadNumber++;
    KeInitializeTimerEx(&Thread->WaitTimer, NotificationTimer);
    KiPrepareThreadStack(Thread);
    InsertTailList(&Process->ThreadListHead, &Thread->ThreadListEntry);
    return STATUS_SUCCESS;
}

void
KiStartThread(PKTHREAD Thread)
{
    KIRQL irql = KiCurrentIrql();

    if (irql < DISPATCH_LEVEL)
        KiRaise(DISPATCH_LEVEL);
    KiReadyThread(Thread);
    if (irql < DISPATCH_LEVEL)
        KiLower(irql);
}

void
KiTerminateCurrentThread(NTSTATUS ExitStatus)
{
    PKTHREAD thread = KiCurrentThread();

    if (KiCurrentIrql() != PASSIVE_LEVEL)
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, (ULONG64)thread, KiCurrentIrql(), 0, 0,
                           "a system thread ended above PASSIVE_LEVEL",
                           "NF:wdm.PsTerminateSystemThread", NULL, NULL);
    thread->ExitStatus = ExitStatus;
    thread->Terminating = TRUE;
    if (KiThreadRundown != NULL)
        KiThreadRundown(thread);
    KiAbandonMutants(thread);
    KiFlushApcs(thread);
    KiRaise(DISPATCH_LEVEL);
    RemoveEntryList(&thread->ThreadListEntry);
    thread->Header.SignalState = 1;
    KiSignalObject(&thread->Header, 0);
    thread->State = KiThreadTerminated;
    KiSwapDeadThread();
}

// Contract: NF:wdm.KeSetPriorityThread.
DDI KPRIORITY
KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    KPRIORITY old = Thread->Priority;
    KIRQL irql = KiCurrentIrql();

    if (Priority < 1 || Priority > 31)
        return old;
    KiRaise(DISPATCH_LEVEL);
    Thread->BasePriority = (SCHAR)Priority;
    KiSetPriority(Thread, (SCHAR)Priority);
    KiLower(irql);
    return old;
}

// Contract: NF:wdm.KeQueryPriorityThread.
DDI KPRIORITY
KeQueryPriorityThread(PKTHREAD Thread)
{
    return Thread->Priority;
}

DDI LONG
KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
    LONG old = Thread->BasePriority - Thread->Process->BasePriority;
    KPRIORITY priority = Thread->Process->BasePriority + Increment;

    // Dynamic threads stay dynamic and real-time threads stay real-time.
    if (Thread->BasePriority < LOW_REALTIME_PRIORITY)
        priority = priority < 1                        ? 1
                   : priority >= LOW_REALTIME_PRIORITY ? LOW_REALTIME_PRIORITY - 1
                                                       : priority;
    else
        priority = priority < LOW_REALTIME_PRIORITY ? LOW_REALTIME_PRIORITY
                   : priority > 31                  ? 31
                                                    : priority;
    (void)KeSetPriorityThread(Thread, priority);
    return old;
}

static void
SetAffinity(PKTHREAD Thread, KAFFINITY Affinity)
{
    KIRQL irql = KiCurrentIrql();
    KiRaise(DISPATCH_LEVEL);
    Thread->Affinity = Affinity;
    if (Thread == KiCurrentThread() && !(Affinity & ((KAFFINITY)1 << KiCurrentProcessor()->Number)))
    {
        // It may no longer run here: queue it and let another processor take it.
        Thread->State = KiThreadWaiting;
        KiReadyThread(Thread);
        KiSwapThread();
    }
    KiLower(irql);
}

// Contract: NF:ntddk.KeSetSystemAffinityThread. Processors outside the machine are ignored.
DDI VOID
KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    (void)KeSetSystemAffinityThreadEx(Affinity);
}

DDI KAFFINITY
KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = KiCurrentThread();
    KAFFINITY old = thread->SystemAffinity ? thread->Affinity : 0;
    KAFFINITY valid = Affinity & KeQueryActiveProcessors();

    if (valid == 0)
        return old;
    thread->SystemAffinity = TRUE;
    SetAffinity(thread, valid);
    return old;
}

// Contract: NF:ntddk.KeRevertToUserAffinityThread.
DDI VOID
KeRevertToUserAffinityThread(VOID)
{
    KeRevertToUserAffinityThreadEx(0);
}

DDI VOID
KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = KiCurrentThread();

    thread->SystemAffinity = Affinity != 0;
    SetAffinity(thread, Affinity != 0 ? Affinity : thread->UserAffinity);
}

DDI KAFFINITY
KeQueryActiveProcessors(VOID)
{
    return KiProcessorCount >= 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << KiProcessorCount) - 1;
}

DDI ULONG
KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors != NULL)
        *ActiveProcessors = KeQueryActiveProcessors();
    return KiProcessorCount;
}

DDI ULONG
KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? KiProcessorCount : 0;
}

DDI ULONG
KeQueryMaximumProcessorCount(VOID)
{
    return KiProcessorCount;
}

DDI ULONG
KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

DDI USHORT
KeQueryActiveGroupCount(VOID)
{
    return 1;
}

DDI USHORT
KeQueryMaximumGroupCount(VOID)
{
    return 1;
}

DDI ULONG
KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG number = KiCurrentProcessor()->Number;

    if (ProcNumber != NULL)
    {
        ProcNumber->Group = 0;
        ProcNumber->Number = (UCHAR)number;
        ProcNumber->Reserved = 0;
    }
    return number;
}

// Older drivers import it; newer headers read gs:[184h].
DDI PKTHREAD
KeGetCurrentThread(VOID)
{
    return KiCurrentThread();
}

DDI KPROCESSOR_MODE
ExGetPreviousMode(VOID)
{
    return KiCurrentThread()->PreviousMode;
}
