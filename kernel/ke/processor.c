// SPDX-License-Identifier: MIT
// Virtual processors: creation, which one is running, and how the host enters and leaves the
// machine. One host thread executes them all; only KiLoadProcessor changes gs.
#include "ke/kep.h"
#include "mm/mm.h"

PKI_PROCESSOR KiProcessors[KI_MAXIMUM_PROCESSORS];
ULONG KiProcessorCount;
KI_START_PARAMETERS KiParameters;
struct host_fiber KiHostFiber;
BOOLEAN KiInHost = TRUE;
KI_PLATFORM KiPlatform;
BOOLEAN (*KiIsDriverAddress)(ULONG64 Address);
ULONG64 (*KiUnpatchAddress)(ULONG64 Rip);
ULONG64 (*KiRepatchAddress)(ULONG64 Rip);
BOOLEAN (*KiSectionFault)(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute, ULONG64 Rip);
KI_PAGE_FAULT (*KiPageFault)(ULONG64 Address, KIRQL Irql);
void (*KiArmPaging)(void);
void (*KiThreadRundown)(PKTHREAD Thread);
void (*KiThreadReaper)(PKTHREAD Thread);
void (*KiProcessSwitch)(PKPROCESS Process);

// Drivers read the head of a KPCR inline, so the offsets are part of the ABI.
KI_OFFSET_CHECK(KI_PROCESSOR, Self, 0x18);
KI_OFFSET_CHECK(KI_PROCESSOR, CurrentPrcb, 0x20);
KI_OFFSET_CHECK(KI_PROCESSOR, Irql, 0x50);
KI_OFFSET_CHECK(KI_PROCESSOR, MxCsr, 0x180);
KI_OFFSET_CHECK(KI_PROCESSOR, LegacyNumber, 0x184);
KI_OFFSET_CHECK(KI_PROCESSOR, CurrentThread, 0x188);
KI_OFFSET_CHECK(KI_PROCESSOR, IdleThread, 0x198);
KI_OFFSET_CHECK(KI_PROCESSOR, Number, 0x1a4);
KI_OFFSET_CHECK(KI_PROCESSOR, Work, 0x800); // gate.S

static KI_PROCESSOR processorStorage[KI_MAXIMUM_PROCESSORS];
static KTHREAD idleThreads[KI_MAXIMUM_PROCESSORS];
static KPROCESS idleProcess;
static ULONG64 randomState;
static KI_RUN_RESULT stopResult;

// xorshift64*: small, fast and the same everywhere; the seed is the run's --seed.
ULONG
KiRandom(ULONG Bound)
{
    randomState ^= randomState >> 12;
    randomState ^= randomState << 25;
    randomState ^= randomState >> 27;
    return (ULONG)(((randomState * 0x2545F4914F6CDD1Dull) >> 33) % Bound);
}

void
KiLoadProcessor(PKI_PROCESSOR Processor)
{
    PKTHREAD thread = Processor->CurrentThread;

    host_set_gs(Processor);
    KiGate.Top = thread->GateTop;
    KiGate.Limit = thread->GateBase + KI_GATE_RECORDS;
}

static DDI_CALLBACK VOID IdleRoutine(PVOID Context);

static NTSTATUS
StartProcessor(ULONG Number)
{
    PKI_PROCESSOR processor = &processorStorage[Number];
    PKTHREAD idle = &idleThreads[Number];
    NTSTATUS status;

    processor->Self = processor;
    processor->CurrentPrcb = &processor->MxCsr;
    processor->MxCsr = 0x1f80;
    processor->LegacyNumber = (UCHAR)Number;
    processor->Number = Number;
    processor->InterruptsEnabled = TRUE;
    KiProcessors[Number] = processor;
    status = KiInitializeThread(idle, &idleProcess, IdleRoutine, processor);
    if (!NT_SUCCESS(status))
        return status;
    idle->IsIdle = TRUE;
    idle->SystemThread = TRUE;
    idle->Priority = 0;
    idle->State = KiThreadRunning;
    idle->Processor = Number;
    idle->Affinity = (KAFFINITY)1 << Number;
    processor->IdleThread = idle;
    processor->CurrentThread = idle;
    return STATUS_SUCCESS;
}

NTSTATUS
KiStartProcessors(const KI_START_PARAMETERS *Parameters)
{
    if (Parameters->Processors == 0 || Parameters->Processors > KI_MAXIMUM_PROCESSORS)
        return STATUS_INVALID_PARAMETER;
    KiParameters = *Parameters;
    // Zero is the one state xorshift never leaves.
    randomState = Parameters->Seed * 0x9E3779B97F4A7C15ull + 0x1234567ull;
    if (randomState == 0)
        randomState = 1;
    KiSystemTimeBase = Parameters->SystemTime100ns;
    KiProcessorCount = Parameters->Processors;
    KeNumberProcessors = (CCHAR)Parameters->Processors;
    KeInitializeEvent((PRKEVENT)&idleProcess.Header, NotificationEvent, FALSE);
    InitializeListHead(&idleProcess.ThreadListHead);
    for (ULONG i = 0; i < Parameters->Processors; i++)
    {
        NTSTATUS status = StartProcessor(i);
        if (!NT_SUCCESS(status))
            return status;
    }
    KiInitializeSharedData();
    KiLoadProcessor(KiProcessors[0]);
    host_fiber_adopt(&KiHostFiber);
    KiArmBudget();
    if (!host_trap_install(KiHandleTrap))
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

// ---- host and machine ----------------------------------------------------------------------

typedef struct _KI_CLIENT_REQUEST
{
    void (*Routine)(void *);
    void *Context;
} KI_CLIENT_REQUEST;

// What the host asked for last; read by the idle loop and by client threads.
static struct
{
    PKTHREAD Client;   // whose end of request returns to the host, or NULL
    LONGLONG Limit;    // do not move time past this
    LONGLONG Deadline; // host time, realtime mode
} hostRequest;

void
KiReturnToHost(KI_RUN_RESULT Result)
{
    PKTHREAD thread = KiCurrentThread();

    stopResult = Result;
    KiInHost = TRUE;
    thread->GateTop = KiGate.Top;
    host_fiber_switch(&thread->Fiber, &KiHostFiber);
    KiInHost = FALSE;
}

void
KiStopMachine(void)
{
    stopResult = KiRunBugCheck;
    KiInHost = TRUE;
    host_fiber_leave(&KiCurrentThread()->Fiber, &KiHostFiber);
}

// Continues the machine where it stopped and returns when it comes back.
static KI_RUN_RESULT
EnterMachine(void)
{
    if (KiBugCheckActive)
        return KiRunBugCheck;
    host_fiber_switch(&KiHostFiber, &KiCurrentThread()->Fiber);
    if (stopResult == KiRunBugCheck && KeVerifierHooks.BugCheck != NULL)
        KeVerifierHooks.BugCheck(&KiBugCheckRecord);
    return stopResult;
}

KI_RUN_RESULT
KiRunClient(PKTHREAD Client, void (*Routine)(void *), void *Context)
{
    KI_CLIENT_REQUEST *request = Client->Extra;

    NT_ASSERT(KiInHost);
    NT_ASSERT(request->Routine == NULL);
    request->Context = Context;
    request->Routine = Routine;
    KiRearmStack(Client);
    return KiResumeClient(Client);
}

KI_RUN_RESULT
KiResumeClient(PKTHREAD Client)
{
    const KI_CLIENT_REQUEST *request = Client->Extra;

    if (request->Routine == NULL)
        return KiRunDone;
    hostRequest.Client = Client;
    hostRequest.Limit = KI_NO_LIMIT;
    // A client parked in its idle wait is woken by hand; one blocked inside a request wakes itself.
    if (Client->State == KiThreadWaiting && Client->WaitReason == MaximumWaitReason)
        KiUnwaitThread(Client, STATUS_SUCCESS, 0);
    return EnterMachine();
}

BOOLEAN
KiClientBusy(const KTHREAD *Client)
{
    return ((const KI_CLIENT_REQUEST *)Client->Extra)->Routine != NULL;
}

KI_RUN_RESULT
KiRunReady(void)
{
    hostRequest.Client = NULL;
    hostRequest.Limit = KiQueryTime();
    return EnterMachine();
}

KI_RUN_RESULT
KiRunUntil(LONGLONG LimitTime100ns)
{
    hostRequest.Client = NULL;
    hostRequest.Limit = LimitTime100ns;
    return EnterMachine();
}

// The body of a client thread: executes what the host asks for, and between requests stands in
// for a user-mode program that has not called the system yet.
static DDI_CALLBACK VOID
ClientRoutine(PVOID Context)
{
    PKTHREAD thread = KiCurrentThread();
    KI_CLIENT_REQUEST *request = Context;
    KI_BARRIER barrier;

    for (;;)
    {
        while (request->Routine == NULL)
        {
            if (KiKernelApcDeliverable(thread))
                KiDeliverKernelApcs();
            KiRaise(DISPATCH_LEVEL);
            thread->WaitReason = MaximumWaitReason; // no wait a driver can ask for
            thread->WaitBlockCount = 0;
            thread->State = KiThreadWaiting;
            KiSwapThread();
            KiLower(PASSIVE_LEVEL);
        }
        // What drivers called in an earlier request is over: a record of it that is left on the
        // gate stack would be taken for the caller of what this request does deeper down.
        KiEnterBarrier(&barrier);
        request->Routine(request->Context);
        KiLeaveBarrier(&barrier);
        KiCheckReturnToUser(thread);
        request->Routine = NULL;
        // Another client may have asked in the meantime; the host sees to it on its next entry.
        if (hostRequest.Client == thread)
            KiReturnToHost(KiRunDone);
    }
}

void
KiEndClient(NTSTATUS ExitStatus)
{
    PKTHREAD thread = KiCurrentThread();

    ((KI_CLIENT_REQUEST *)thread->Extra)->Routine = NULL;
    // What is ready runs, then the host goes on: nobody comes back to say that the request is done.
    if (hostRequest.Client == thread)
    {
        hostRequest.Client = NULL;
        hostRequest.Limit = KiQueryTime();
    }
    KiTerminateCurrentThread(ExitStatus);
}

static KI_CLIENT_REQUEST clientRequests[64];
static ULONG clientCount;

NTSTATUS
KiInitializeClient(PKTHREAD Thread, PKPROCESS Process)
{
    NTSTATUS status;
    KI_CLIENT_REQUEST *request;

    if (clientCount == RTL_NUMBER_OF(clientRequests))
        return STATUS_INSUFFICIENT_RESOURCES;
    request = &clientRequests[clientCount];
    status = KiInitializeThread(Thread, Process, ClientRoutine, request);
    if (!NT_SUCCESS(status))
        return status;
    clientCount++;
    Thread->Extra = request;
    Thread->PreviousMode = UserMode;
    KiStartThread(Thread);
    return STATUS_SUCCESS;
}

// ---- idle ------------------------------------------------------------------------------------

static void
WaitRealtime(LONGLONG Due)
{
    LONGLONG now = KiQueryTime();
    if (Due > now)
        host_sleep_ns((uint64_t)(Due - now) * 100u);
}

// Moves time to Due, or to what a device does before on its own.
static void
PassTime(LONGLONG Due)
{
    LONGLONG device = KiNextDue(FALSE);

    if (device < Due)
        Due = device;
    if (KiParameters.Realtime)
        WaitRealtime(Due);
    KiJumpTo(Due);
}

// Nothing can run on any processor: move time to the next event, or hand back to the host.
static void
IdleMachine(void)
{
    LONGLONG due = KiNextDue(TRUE);
    LONGLONG now = KiQueryTime();

    if (due == KI_NO_LIMIT && hostRequest.Limit == KI_NO_LIMIT)
        KiReturnToHost(KiRunIdle);
    else if (due <= hostRequest.Limit || due <= now)
        PassTime(due);
    else if (KiNextDue(FALSE) <= hostRequest.Limit)
        PassTime(hostRequest.Limit);
    else
    {
        if (KiParameters.Realtime)
            WaitRealtime(hostRequest.Limit);
        KiJumpTo(hostRequest.Limit);
        KiReturnToHost(due == KI_NO_LIMIT ? KiRunIdle : KiRunLimit);
    }
}

static DDI_CALLBACK VOID
IdleRoutine(PVOID Context)
{
    PKI_PROCESSOR processor = Context;

    for (;;)
    {
        // A thread that was switched from with interrupts disabled has its own flag elsewhere.
        processor->InterruptsEnabled = TRUE;
        KiRequestDeferredDpcs(processor);
        if (processor->Work)
            KiRetireWork(PASSIVE_LEVEL);
        if (KiAnythingReady())
        {
            KiRaise(DISPATCH_LEVEL);
            KiSwapThread();
            KiLower(PASSIVE_LEVEL);
            if (processor->CurrentThread != processor->IdleThread)
                continue;
        }
        if (!KiSwitchProcessor() && !processor->Work && !KiAnythingReady())
            IdleMachine();
    }
}
