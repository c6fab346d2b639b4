// SPDX-License-Identifier: MIT
// Kernel threads below the object manager: stacks, start, end, priorities, run time.
// IRQL of each documented routine: ddi/ntoskrnl.ddi.
#include "ke/kep.h"

#include "ke/exports.h"

void KiPrepareThreadStack(PKTHREAD Thread);

#define RECORDS_SIZE (KI_GATE_RECORDS * sizeof(KI_GATE_RECORD) + HOST_PAGE_SIZE) // and the watch

static ULONG threadNumber;
ULONG64 KiNextSlot = HOST_REGION_STACK;
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
        return (char *)entry + sizeof(LIST_ENTRY) - KI_SLOT_TOP;
    }
    if (KiNextSlot + KI_STACK_SLOT > HOST_REGION_STACK + HOST_REGION_SIZE)
        return NULL;
    slot = (void *)KiNextSlot;
    if (!host_map_fixed((char *)slot + KI_SLOT_BOTTOM, KI_STACK_SIZE, HOST_PROT_RW))
        return NULL;
    if (!host_map_fixed((char *)slot + KI_SLOT_RECORDS, RECORDS_SIZE, HOST_PROT_RW))
    {
        host_unmap((char *)slot + KI_SLOT_BOTTOM, KI_STACK_SIZE);
        return NULL;
    }
    KiNextSlot += KI_STACK_SLOT;
    return slot;
}

PVOID
KiAllocateStack(PKTHREAD Thread)
{
    char *slot;

    C_ASSERT(KI_SLOT_RECORDS + RECORDS_SIZE <= KI_STACK_SLOT);
    slot = TakeSlot();
    if (slot == NULL)
        return NULL;
    Thread->StackLimit = slot + KI_SLOT_BOTTOM;
    Thread->StackBase = slot + KI_SLOT_TOP;
    Thread->GateBase = (PKI_GATE_RECORD)(slot + KI_SLOT_RECORDS);
    // The bottom record can never be stale and stops every search.
    Thread->GateBase->Rsp = ~0ull;
    Thread->GateBase->Export = NULL;
    Thread->GateTop = Thread->GateBase;
    KiArmStack(Thread);
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

// What a thread must have undone before it ends. A kernel mutex also disables APCs, and has its own
// bug check.
static void
CheckExit(const KTHREAD *Thread)
{
    KiCheckSpinLocks(0, (const void *)Thread->StartRoutine, "the start routine of a thread", NULL);
    if (Thread->CalloutDepth != 0)
        KiBugCheckWithRule(
            KERNEL_STACK_LOCKED_AT_EXIT, (ULONG64)Thread, Thread->CalloutDepth, 0, 0,
            "a thread ended inside a routine that KeExpandKernelStackAndCallout calls",
            "NF:ntddk.KeExpandKernelStackAndCallout", NULL, NULL);
    if (Thread->StackSwapDisabled)
        KiBugCheckWithRule(KERNEL_STACK_LOCKED_AT_EXIT, (ULONG64)Thread, 0, 0, 0,
                           "a thread ended while swapping of its stack was disabled",
                           "NF:ntifs.KeSetKernelStackSwapEnable", NULL, NULL);
    if ((Thread->KernelApcDisable != 0 || Thread->SpecialApcDisable != 0) &&
        IsListEmpty(&Thread->MutantListHead))
        KiBugCheckWithRule(KERNEL_APC_PENDING_DURING_EXIT, 0, (ULONG64)Thread->SpecialApcDisable,
                           (ULONG64)Thread->KernelApcDisable, 0,
                           "a thread ended in a critical or guarded region that it never left",
                           "debugger/bug-check-0x20--kernel-apc-pending-during-exit.md", NULL,
                           NULL);
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
    CheckExit(thread);
    KiAbandonMutants(thread);
    KiRaise(DISPATCH_LEVEL);
    KiLeaveQueue(thread);
    KiLower(PASSIVE_LEVEL);
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

// Contract: NF:wdm.KeQueryRuntimeThread. Drivers run in kernel mode only: nothing executes user
// code here, whose time would be the other one.
DDI ULONG
KeQueryRuntimeThread(PKTHREAD Thread, PULONG UserTime)
{
    LONGLONG time = Thread->RunTime100ns;

    if (Thread->State == KiThreadRunning)
        time += KiQueryTime() - Thread->RunStart100ns;
    *UserTime = 0;
    return (ULONG)((ULONG64)time / KeQueryTimeIncrement());
}

// Contract: NF:wdm.KeQueryTotalCycleTimeThread. The time-stamp counter runs at 2 GHz of virtual
// time (hw/core/cpu.h).
DDI ULONG64
KeQueryTotalCycleTimeThread(PKTHREAD Thread, PULONG64 CycleTimeStamp)
{
    LONGLONG time = Thread->RunTime100ns;

    if (Thread->State == KiThreadRunning)
        time += KiQueryTime() - Thread->RunStart100ns;
    *CycleTimeStamp = (ULONG64)KiQueryTime() * 200;
    return (ULONG64)time * 200;
}

// Contract: NF:ntifs.KeSetKernelStackSwapEnable. Stacks are never swapped out; the setting is kept
// because a thread that ends with it off is a bug.
DDI BOOLEAN
KeSetKernelStackSwapEnable(BOOLEAN Enable)
{
    PKTHREAD thread = KiCurrentThread();
    BOOLEAN old = !thread->StackSwapDisabled;

    thread->StackSwapDisabled = !Enable;
    return old;
}
