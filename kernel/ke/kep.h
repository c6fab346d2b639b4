// SPDX-License-Identifier: MIT
// Private to ke: the dispatcher's state and the routines its files share.
#ifndef KE_KEP_H
#define KE_KEP_H

#include "ke/ke.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

// The longest stretch of gate calls between two looks at the clock: 1 ms of virtual time, so that
// the copies of the time in KUSER_SHARED_DATA are never older than that.
#define KI_BUDGET_MAXIMUM 10000

// Ten clock ticks, as a server's quantum is short and a client's is two: what matters is that it
// is long against a DDI call and short against a timeout. 100 ns units.
#define KI_QUANTUM_100NS 200000

#define KI_STACK_GUARD (16u * 1024u)
#if defined(__SANITIZE_ADDRESS__)
#define KI_STACK_SIZE (512u * 1024u)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KI_STACK_SIZE (512u * 1024u)
#endif
#endif
#ifndef KI_STACK_SIZE
#define KI_STACK_SIZE (64u * 1024u)
#endif
// What KeExpandKernelStackAndCallout may add to a stack, all its nested calls together.
#define KI_STACK_EXPANSION (288u * 1024u)
// One slot: guard, room for expansion (not mapped), stack, guard, gate records, stack watch.
#define KI_STACK_SLOT      (1024u * 1024u)
#define KI_SLOT_BOTTOM     (KI_STACK_GUARD + KI_STACK_EXPANSION)
#define KI_SLOT_TOP        (KI_SLOT_BOTTOM + KI_STACK_SIZE)
#define KI_SLOT_RECORDS    (KI_SLOT_TOP + KI_STACK_GUARD)
#define KI_SLOT_WATCH      (KI_SLOT_RECORDS + KI_GATE_RECORDS * (ULONG)sizeof(KI_GATE_RECORD))
// What a kernel stack of x64 Windows holds. Contract: kernel/using-the-kernel-stack.md
#define KI_STACK_ALLOWANCE (24u * 1024u)

// ---- gate.c: the variable that is not implemented and whose stand-in lies at Address, or NULL.
const KI_EXPORT *KiMissingVariable(ULONG64 Address);

void KiMissingExport(const KI_EXPORT *Export, PVOID Caller);

// A function of the Microsoft convention that calls one of ours saves ten xmm registers. What the
// shortest waits and signals run through is of that convention as well, and reaches the rest by
// way of cold functions.
#define KI_MS      __attribute__((ms_abi))
#define KI_MS_COLD __attribute__((ms_abi, cold, noinline))

// ---- processor.c, dispatch.c
extern KI_START_PARAMETERS KiParameters;
extern struct host_fiber KiHostFiber;
extern BOOLEAN KiInHost;

ULONG
KiRandom(ULONG Bound);

// Makes Processor the running one: gs, gate records. The caller switches fibers.
void KiLoadProcessor(PKI_PROCESSOR Processor);

KI_MS void KiReadyThread(PKTHREAD Thread);

// Gives the processor to the best ready thread, or to the idle thread. The current thread's State
// says what becomes of it. IRQL is DISPATCH_LEVEL; returns when the thread runs again.
void KiSwapThread(void);

// As KiSwapThread, for a thread that will not run again.
__attribute__((noreturn)) void KiSwapDeadThread(void);

// Continues another processor. Returns FALSE when there is none with anything to do.
BOOLEAN
KiSwitchProcessor(void);

// Whether any processor but the current one could execute something.
BOOLEAN
KiOtherProcessorBusy(void);

// Leaves the machine for the host with a result; returns when the host continues the machine.
void KiReturnToHost(KI_RUN_RESULT Result);

__attribute__((noreturn)) void KiStopMachine(void);

void KiSetPriority(PKTHREAD Thread, SCHAR Priority);

BOOLEAN
KiAnythingReady(void);

// Lets the current thread run on Affinity only, which is not empty, at once.
void KiSetAffinity(PKTHREAD Thread, KAFFINITY Affinity);

PVOID
KiAllocateStack(PKTHREAD Thread);
void KiFreeStack(PKTHREAD Thread);

extern ULONG64 KiNextSlot; // stacks lie below

// ---- stackwatch.c: how much of a stack is the drivers' own
// At the end of the stack's slot. Memory below Low is not accessible: who goes there is measured.
typedef struct _KI_STACK_WATCH
{
    ULONG64 Low;
    SIZE_T Allowance; // bytes that frames of drivers may take from the innermost barrier on
} KI_STACK_WATCH, *PKI_STACK_WATCH;

PKI_STACK_WATCH
KiStackWatch(const KTHREAD *Thread);

// A new stack, or one whose thread has ended.
void KiArmStack(PKTHREAD Thread);

// Takes back what was opened below Low.
void KiCloseStack(PKTHREAD Thread, ULONG64 Low);

// On the signal stack. TRUE: the memory is the stack's and accessible now; *Report is set when the
// drivers' frames have grown beyond what they may take.
BOOLEAN
KiTouchStack(const struct host_trap *Trap, BOOLEAN *Report);

extern KI_STACK_USE KiStackUse; // what KiTouchStack has measured

// ---- work.c: what waits for the IRQL to fall
// Does everything deliverable at Irql, which is the current IRQL.
void KiRetireWork(KIRQL Irql);

// Ends a routine that may have readied threads or queued DPCs.
void KiExitDispatcher(void);

static inline void
KiSetWork(PKI_PROCESSOR Processor)
{
    Processor->Work = TRUE;
}

void KiRaise(KIRQL Irql);
void KiLower(KIRQL Irql);
KI_MS_COLD void KiLowerToWork(KIRQL Irql);

// KiLower, in line when nothing is due.
static inline void
KiLowerQuickly(KIRQL Irql)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();

    if (__builtin_expect(processor->Work, 0))
        KiLowerToWork(Irql);
    else
        processor->Irql = Irql;
}

// ---- time.c
extern LONGLONG KiSystemTimeBase;
extern LONGLONG KiTimeBase; // interrupt time without the gates counted since BudgetStart

// KiQueryTime, in line for virtual time.
static inline LONGLONG
KiNow(void)
{
    if (__builtin_expect(KiParameters.Realtime, 0))
        return KiQueryTime();
    return KiTimeBase + (KiGate.BudgetStart - KiGate.Budget);
}

void KiSettleTime(void);
void KiArmBudget(void);
void KiSafePoint(void);
// When something is due next; see KI_PLATFORM.NextEvent.
LONGLONG
KiNextDue(BOOLEAN IsAwaited);
// Moves the clock to Due (never back) and runs device events up to it.
void KiJumpTo(LONGLONG Due);
void KiUpdateSharedData(void);

// ---- timer.c
extern LONGLONG KiNextTimerDue;
void KiExpireTimers(void);
BOOLEAN
KiInsertTimer(PKTIMER Timer, LARGE_INTEGER DueTime);
BOOLEAN
KiRemoveTimer(PKTIMER Timer);

// ---- dpc.c
void KiRetireDpcList(PKI_PROCESSOR Processor);
// The clock has ticked, or the processor is idle: what was deferred is processed now.
void KiRequestDeferredDpcs(PKI_PROCESSOR Processor);

// ---- ipi.c
// Runs the routine of KeIpiGenericCall that waits for Processor, the current one.
void KiTakeIpi(PKI_PROCESSOR Processor);

// ---- objects.c
// As KeSetEvent, from any IRQL.
void KiSignalEvent(PRKEVENT Event);

// ---- queue.c
// Whether Thread may take an entry of Queue now.
BOOLEAN
KiQueueServes(const KQUEUE *Queue, const KTHREAD *Thread);
// Gives the oldest entry to Thread, or STATUS_ABANDONED when the queue has been run down.
NTSTATUS
KiSatisfyQueue(PKQUEUE Queue, PKTHREAD Thread);
// Thread no longer waits, or starts to: the queue counts its active threads.
void KiQueueActivate(PKTHREAD Thread);
void KiQueueDeactivate(PKTHREAD Thread);
// Thread no longer serves its queue.
void KiLeaveQueue(PKTHREAD Thread);

// ---- wait.c
// KeRemoveQueue's wait. STATUS_SUCCESS: Thread->QueueEntry is the entry.
NTSTATUS
KiWaitForQueue(PKQUEUE Queue, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
// KiSignalObject for an event that somebody waits for.
KI_MS void KiSignalWaiters(PRKEVENT Event, KPRIORITY Increment);
void KiUnwaitThread(PKTHREAD Thread, NTSTATUS Status, KPRIORITY Increment);
void KiCheckWaitIrql(const char *Name, const LARGE_INTEGER *Timeout);
void KiSatisfyMutant(PKMUTANT Mutant, PKTHREAD Thread);
void KiAbandonMutants(PKTHREAD Thread);

// ---- apc.c
// Runs the current thread's deliverable kernel APCs. IRQL < APC_LEVEL on entry and exit.
void KiDeliverKernelApcs(void);
BOOLEAN
KiKernelApcDeliverable(const KTHREAD *Thread);
void KiFlushApcs(PKTHREAD Thread);

// A client's system call has ended: its thread has left every region, and its user APCs are due.
void KiCheckReturnToUser(PKTHREAD Thread);

// ---- trap.c
void KiContextFromTrap(PCONTEXT Context, const struct host_trap *Trap);
enum host_trap_result KiHandleTrap(struct host_trap *Trap);

// ---- record.c: the chain of crossings between drivers and kernel on one stack
// What a record with Export == NULL stands for; kept in Reserved[0], its pointer in Reserved[1].
typedef enum _KI_RECORD_KIND
{
    KiRecordBarrier,  // exceptions do not pass: start of a thread, DPC, APC, ISR
    KiRecordTrap,     // PCONTEXT of driver code that a hardware fault interrupted
    KiRecordDispatch, // a search for handlers is in progress below
    KiRecordUnwind    // PDISPATCHER_CONTEXT of an unwind in progress below
} KI_RECORD_KIND;

// Mark is an address in the caller's frame: the record lives as long as the stack stays below it.
void KiPushRecord(KI_RECORD_KIND Kind, PVOID Pointer, const void *Mark);

// In CONTEXT.ContextFlags: Rip is a return address, so the call before it is what the scope tables
// are asked about. In DISPATCHER_CONTEXT.Fill0, which is ours: the same about ControlPc.
#ifndef CONTEXT_UNWOUND_TO_CALL
#define CONTEXT_UNWOUND_TO_CALL 0x20000000
#endif
#define KI_CONTROL_PC_IS_RETURN 1

// The innermost record at or above StackPointer: a kernel function that has not pushed anything
// runs with the stack pointer its gate recorded. There is always one: the stack's bottom is a
// barrier.
PKI_GATE_RECORD
KiFindRecord(ULONG64 StackPointer);

static inline KI_RECORD_KIND
KiRecordKind(const KI_GATE_RECORD *Record)
{
    return (KI_RECORD_KIND)Record->Reserved[0];
}

// Of a record whose export is marked keeps-xmm: the vector registers have been added after all.
#define KI_RECORD_HAS_VECTORS(Record) (*(ULONG *)&(Record)->Reserved[0])

// Called first thing by what an export marked keeps-xmm runs off its short path, before anything
// can change xmm6 to xmm15: adds them to the export's record.
void KiRecordVectors(void);

// Context has left driver code: moves it to the next driver frame further out. FALSE at a barrier.
// When an unwind in progress lies between, *Unwind is its dispatcher context and Context stays as
// it is; when a search does, *Nested is set. Both may be NULL: then they are passed over.
BOOLEAN
KiCrossKernelFrames(PCONTEXT Context, PDISPATCHER_CONTEXT *Unwind, BOOLEAN *Nested);

// Context becomes that of the innermost driver frame above StackPointer. FALSE if there is none.
BOOLEAN
KiCallerContext(PCONTEXT Context, ULONG64 StackPointer);

// Return addresses from Context outwards, its own Rip first. Context is consumed.
ULONG
KiWalkStack(PCONTEXT Context, PVOID *Frames, ULONG Count);

// ---- exception.c
// Searches handlers from Context on. Returns when a filter said EXCEPTION_CONTINUE_EXECUTION
// (Context is to be resumed); __except blocks leave through RtlUnwindEx; unhandled is a bug check.
void KiDispatchException(PEXCEPTION_RECORD Record, PCONTEXT Context);

__attribute__((noreturn)) void
KiUnhandledException(const EXCEPTION_RECORD *Record, const CONTEXT *Context);

// Continues at Context with its integer and SSE registers; the frames in between are given up.
__attribute__((noreturn)) void KiRestoreContext(const CONTEXT *Context);

// As KiRestoreContext, first loading the XSAVE area (64-byte aligned).
__attribute__((noreturn)) void KiResumeContext(const CONTEXT *Context, const void *XsaveArea);

// ---- bugcheck.c
// Stops the machine. Context, if not NULL, is where the driver stood (frames are taken from there).
__attribute__((noreturn)) void KiBugCheckWithContext(ULONG Code,
                                                     ULONG64 P1,
                                                     ULONG64 P2,
                                                     ULONG64 P3,
                                                     ULONG64 P4,
                                                     const CONTEXT *Context,
                                                     const EXCEPTION_RECORD *Exception,
                                                     const char *Rule,
                                                     const char *Page);

// ---- callbacks.c
// Calls what drivers have registered for a bug check and notes in Record what they have to say.
void KiCallBugCheckCallbacks(KI_BUGCHECK *Record);
// Whether a routine that it calls is running: then the machine still handles faults.
BOOLEAN
KiInBugCheckCallback(void);
// The callback that is running has failed: it is marked, and the next call goes on after it. FALSE
// when none is running.
BOOLEAN
KiFailBugCheckCallback(void);
// A nonmaskable interrupt on the current processor. FALSE: nobody claims it, the IRQL is still
// HIGH_LEVEL.
BOOLEAN
KiHandleNmi(void);

// ---- longjmp.c
// Makes Context what it was when setjmp filled Buffer.
void KiRestoreJump(PCONTEXT Context, const void *Buffer);

// ---- data.c: exported, and in no public header
extern BOOLEAN KdEnteredDebugger;
extern ULONG NtGlobalFlag;
extern BOOLEAN Mm64BitPhysicalAddress;
extern volatile KSYSTEM_TIME KeTickCount;
extern ULONG_PTR KiBugCheckData[5];

// ---- shareddata.c
void KiInitializeSharedData(void);

#ifndef THREAD_TERMINATE_HELD_MUTEX
#define THREAD_TERMINATE_HELD_MUTEX 0x4000008AL
#endif

#define KI_OFFSET_CHECK(Type, Field, Offset) C_ASSERT(FIELD_OFFSET(Type, Field) == (Offset))

#endif
