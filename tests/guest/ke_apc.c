// SPDX-License-Identifier: MIT
// APCs of each kind, what holds them back, and the table of waits that they and alerts interrupt.
// Page: kernel/types-of-apcs.md, kernel/disabling-apcs.md, kernel/waits-and-apcs.md
// Page: kernel/critical-regions-and-guarded-regions.md
// Page: NF:ntddk.KeAreApcsDisabled, NF:wdm.KeAreAllApcsDisabled, NF:wdm.KeWaitForSingleObject
// Page: NF:wdm.KeDelayExecutionThread
// Options: --cpus 2
// Run:
// Expect: ke_apc: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

// Exported; in no public header.
typedef enum _KAPC_ENVIRONMENT
{
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;

NTKERNELAPI VOID KeInitializeApc(PKAPC Apc,
                                 PKTHREAD Thread,
                                 KAPC_ENVIRONMENT Environment,
                                 PKKERNEL_ROUTINE KernelRoutine,
                                 PKRUNDOWN_ROUTINE RundownRoutine,
                                 PKNORMAL_ROUTINE NormalRoutine,
                                 KPROCESSOR_MODE ApcMode,
                                 PVOID NormalContext);
NTKERNELAPI BOOLEAN KeInsertQueueApc(PKAPC Apc,
                                     PVOID SystemArgument1,
                                     PVOID SystemArgument2,
                                     KPRIORITY Increment);
NTKERNELAPI BOOLEAN KeRemoveQueueApc(PKAPC Apc);
NTKERNELAPI BOOLEAN KeAlertThread(PKTHREAD Thread, KPROCESSOR_MODE AlertMode);
NTKERNELAPI BOOLEAN KeTestAlertThread(KPROCESSOR_MODE AlertMode);

static KKERNEL_ROUTINE KernelRoutine;
static KNORMAL_ROUTINE NormalRoutine;
static KRUNDOWN_ROUTINE RundownRoutine;
static KSTART_ROUTINE Waiter;
static KSTART_ROUTINE Owner;

static ULONG kernelRuns;
static ULONG normalRuns;
static ULONG rundowns;
static KIRQL kernelIrql;
static KIRQL normalIrql;
static PVOID seen[3];
static ULONG order[4];
static ULONG orders;

static VOID
KernelRoutine(PKAPC Apc, PKNORMAL_ROUTINE *Normal, PVOID *Context, PVOID *First, PVOID *Second)
{
    UNREFERENCED_PARAMETER(Normal);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(First);
    UNREFERENCED_PARAMETER(Second);
    kernelRuns++;
    kernelIrql = KeGetCurrentIrql();
    if (orders < 4)
        order[orders++] = Apc->ApcMode == KernelMode && *Normal == NULL ? 1 : 2;
}

static VOID
NormalRoutine(PVOID Context, PVOID First, PVOID Second)
{
    normalRuns++;
    normalIrql = KeGetCurrentIrql();
    seen[0] = Context;
    seen[1] = First;
    seen[2] = Second;
}

static VOID
RundownRoutine(PKAPC Apc)
{
    UNREFERENCED_PARAMETER(Apc);
    rundowns++;
}

static void
Reset(void)
{
    kernelRuns = normalRuns = orders = 0;
}

static void
TestKernelApcs(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    KAPC special;
    KAPC normal;
    KIRQL irql;

    KeInitializeApc(&special, thread, OriginalApcEnvironment, KernelRoutine, NULL, NULL, KernelMode,
                    NULL);
    KeInitializeApc(&normal, thread, OriginalApcEnvironment, KernelRoutine, NULL, NormalRoutine,
                    KernelMode, (PVOID)1);
    EXPECT(KeInsertQueueApc(&special, NULL, NULL, 0));
    EXPECT_EQ(kernelRuns, 1); // into the own thread at PASSIVE_LEVEL: at once
    EXPECT_EQ(kernelIrql, APC_LEVEL);
    EXPECT(KeInsertQueueApc(&normal, (PVOID)2, (PVOID)3, 0));
    EXPECT_EQ(normalRuns, 1);
    EXPECT_EQ(normalIrql, PASSIVE_LEVEL);
    EXPECT(seen[0] == (PVOID)1 && seen[1] == (PVOID)2 && seen[2] == (PVOID)3);
    // APC_LEVEL holds back both; the special one goes first afterwards.
    Reset();
    KeRaiseIrql(APC_LEVEL, &irql);
    EXPECT(KeAreAllApcsDisabled());
    EXPECT(KeInsertQueueApc(&normal, NULL, NULL, 0));
    EXPECT(!KeInsertQueueApc(&normal, NULL, NULL, 0)); // it is queued already
    EXPECT(KeInsertQueueApc(&special, NULL, NULL, 0));
    EXPECT_EQ(kernelRuns, 0);
    KeLowerIrql(irql);
    EXPECT_EQ(kernelRuns, 2);
    EXPECT_EQ(normalRuns, 1);
    EXPECT_EQ(order[0], 1);
    EXPECT_EQ(order[1], 2);
}

static void
TestRegions(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    KAPC special;
    KAPC normal;

    KeInitializeApc(&special, thread, OriginalApcEnvironment, KernelRoutine, NULL, NULL, KernelMode,
                    NULL);
    KeInitializeApc(&normal, thread, OriginalApcEnvironment, KernelRoutine, NULL, NormalRoutine,
                    KernelMode, NULL);
    Reset();
    KeEnterCriticalRegion();
    EXPECT(KeAreApcsDisabled());
    EXPECT(!KeAreAllApcsDisabled());
    EXPECT(KeInsertQueueApc(&normal, NULL, NULL, 0));
    EXPECT(KeInsertQueueApc(&special, NULL, NULL, 0));
    EXPECT_EQ(kernelRuns, 1); // the special one only
    EXPECT_EQ(normalRuns, 0);
    KeLeaveCriticalRegion();
    EXPECT_EQ(normalRuns, 1);
    Reset();
    KeEnterGuardedRegion();
    EXPECT(KeAreAllApcsDisabled());
    KeEnterGuardedRegion();
    EXPECT(KeInsertQueueApc(&normal, NULL, NULL, 0));
    EXPECT(KeInsertQueueApc(&special, NULL, NULL, 0));
    KeLeaveGuardedRegion();
    EXPECT_EQ(kernelRuns, 0);
    EXPECT(KeRemoveQueueApc(&normal));
    EXPECT(!KeRemoveQueueApc(&normal));
    KeLeaveGuardedRegion();
    EXPECT_EQ(kernelRuns, 1);
    EXPECT_EQ(normalRuns, 0);
}

static void
TestMutexRegion(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    KMUTEX mutex;
    KAPC normal;

    KeInitializeApc(&normal, thread, OriginalApcEnvironment, KernelRoutine, NULL, NormalRoutine,
                    KernelMode, NULL);
    KeInitializeMutex(&mutex, 0);
    Reset();
    EXPECT_EQ(KeWaitForMutexObject(&mutex, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    EXPECT(KeInsertQueueApc(&normal, NULL, NULL, 0));
    EXPECT_EQ(normalRuns, 0); // the owner is in a critical region
    (void)KeReleaseMutex(&mutex, FALSE);
    EXPECT_EQ(normalRuns, 1);
}

// ---- waits -------------------------------------------------------------------------------------

typedef struct _WAIT_CASE
{
    BOOLEAN Alertable;
    KPROCESSOR_MODE Mode;
    BOOLEAN ByApc; // a user APC, else an alert
    NTSTATUS Expected;
} WAIT_CASE;

static const WAIT_CASE cases[] = {
    {TRUE, UserMode, TRUE, STATUS_USER_APC},  {TRUE, KernelMode, TRUE, STATUS_TIMEOUT},
    {FALSE, UserMode, TRUE, STATUS_TIMEOUT},  {FALSE, KernelMode, TRUE, STATUS_TIMEOUT},
    {TRUE, UserMode, FALSE, STATUS_ALERTED},  {TRUE, KernelMode, FALSE, STATUS_ALERTED},
    {FALSE, UserMode, FALSE, STATUS_TIMEOUT}, {FALSE, KernelMode, FALSE, STATUS_TIMEOUT},
};

static KEVENT never;
static NTSTATUS waited[2];
static BOOLEAN useDelay;

static VOID
Waiter(PVOID Context)
{
    const WAIT_CASE *test = Context;
    LARGE_INTEGER due;

    due.QuadPart = MILLISECONDS(20);
    if (useDelay)
        waited[0] = KeDelayExecutionThread(test->Mode, test->Alertable, &due);
    else
        waited[0] = KeWaitForSingleObject(&never, UserRequest, test->Mode, test->Alertable, &due);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestWaits(void)
{
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 2 * RTL_NUMBER_OF(cases); i++)
    {
        const WAIT_CASE *test = &cases[i / 2];
        NTSTATUS expected = test->Expected;
        PVOID thread;
        KAPC apc;

        useDelay = (i & 1) != 0;
        if (useDelay && expected == STATUS_TIMEOUT)
            expected = STATUS_SUCCESS;
        rundowns = 0;
        thread = StartThread(Waiter, (PVOID)test);
        Sleep(MILLISECONDS(5));
        if (test->ByApc)
        {
            KeInitializeApc(&apc, thread, OriginalApcEnvironment, KernelRoutine, RundownRoutine,
                            NormalRoutine, UserMode, NULL);
            EXPECT(KeInsertQueueApc(&apc, NULL, NULL, 0));
        }
        else
        {
            EXPECT(!KeAlertThread(thread, KernelMode));
        }
        JoinThread(thread);
        EXPECT_EQ(waited[0], expected);
        // A system thread never returns to user mode: the APC is run down when it ends.
        EXPECT_EQ(rundowns, test->ByApc ? 1 : 0);
    }
}

static void
TestKernelApcInWait(void)
{
    PVOID thread;
    KAPC apc;

    // Kernel APCs run in a wait and do not end it.
    Reset();
    useDelay = FALSE;
    thread = StartThread(Waiter, (PVOID)&cases[3]);
    Sleep(MILLISECONDS(5));
    KeInitializeApc(&apc, thread, OriginalApcEnvironment, KernelRoutine, NULL, NormalRoutine,
                    KernelMode, NULL);
    EXPECT(KeInsertQueueApc(&apc, NULL, NULL, 0));
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(normalRuns, 1);
    EXPECT_EQ(KeReadStateEvent(&never), 0);
    JoinThread(thread);
    EXPECT_EQ(waited[0], STATUS_TIMEOUT);
}

static void
TestAlerts(void)
{
    PKTHREAD thread = KeGetCurrentThread();
    LARGE_INTEGER due;

    due.QuadPart = MILLISECONDS(1);
    EXPECT(!KeTestAlertThread(KernelMode));
    EXPECT(!KeAlertThread(thread, KernelMode));
    EXPECT(KeAlertThread(thread, KernelMode)); // it was alerted already
    EXPECT_EQ(KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, &due), STATUS_TIMEOUT);
    EXPECT_EQ(KeWaitForSingleObject(&never, Executive, KernelMode, TRUE, &due), STATUS_ALERTED);
    EXPECT_EQ(KeWaitForSingleObject(&never, Executive, KernelMode, TRUE, &due), STATUS_TIMEOUT);
    (void)KeAlertThread(thread, KernelMode);
    EXPECT(KeTestAlertThread(KernelMode));
    EXPECT(!KeTestAlertThread(KernelMode));
}

// ---- mutants -----------------------------------------------------------------------------------

static KMUTANT mutant;

static VOID
Owner(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    (void)KeWaitForSingleObject(&mutant, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestMutants(void)
{
    KMUTEX mutex;
    NTSTATUS raised;

    KeInitializeMutant(&mutant, TRUE);
    EXPECT_EQ(KeReadStateMutant(&mutant), 0);
    EXPECT(!KeAreApcsDisabled()); // a mutant is no kernel mutex
    EXPECT_EQ(KeReleaseMutant(&mutant, 0, FALSE, FALSE), 0);
    EXPECT_EQ(KeReadStateMutant(&mutant), 1);
    RAISED(KeReleaseMutant(&mutant, 0, FALSE, FALSE));
    EXPECT_EQ(raised, STATUS_MUTANT_NOT_OWNED);
    JoinThread(StartThread(Owner, NULL)); // ends as its owner
    EXPECT_EQ(WaitFor(&mutant, 0), STATUS_ABANDONED);
    EXPECT_EQ(KeReleaseMutant(&mutant, 0, FALSE, FALSE), 0);
    EXPECT_EQ(WaitFor(&mutant, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReleaseMutant(&mutant, 0, FALSE, FALSE), 0);
    // MINLONG acquisitions are the limit.
    KeInitializeMutex(&mutex, 0);
    EXPECT_EQ(WaitFor(&mutex, 0), STATUS_SUCCESS);
    mutex.Header.SignalState = (LONG)0x80000000;
    RAISED(WaitFor(&mutex, 0));
    EXPECT_EQ(raised, STATUS_MUTANT_LIMIT_EXCEEDED);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    mutex.Header.SignalState = 0;
    EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 0);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestKernelApcs();
    TestRegions();
    TestMutexRegion();
    TestWaits();
    TestKernelApcInWait();
    TestAlerts();
    TestMutants();
    return Finish("ke_apc");
}
