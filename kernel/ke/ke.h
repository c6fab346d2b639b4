/* SPDX-License-Identifier: MIT */
/*
 * ke: processors, threads, waits, timers, DPCs, exceptions, bug checks. What other folders may use.
 *
 * One host thread runs everything, so nothing here needs a host lock: state changes only at safe
 * points (KiSafePoint), which the code below names where they matter. IRQL rules of the documented
 * routines are in ddi/ntoskrnl.ddi.
 */
#ifndef KE_KE_H
#define KE_KE_H

#include "ntddk.h"

#include "ke/gate.h"
#include "host/host.h"

/* ---- processors --------------------------------------------------------------------------- */

#define KI_MAXIMUM_PROCESSORS 64

typedef signed char SCHAR;
typedef struct _KTHREAD KTHREAD;
typedef struct _KPROCESS KPROCESS;

struct _KTHREAD;

/* One virtual processor. gs: points at it while it runs, so the head has the layout of a KPCR that
 * driver binaries read inline (gs:[18h] Self, [20h] CurrentPrcb, [50h] Irql, [180h] Prcb). */
typedef struct _KI_PROCESSOR
{
    UCHAR Reserved0[0x18];
    struct _KI_PROCESSOR *Self; /* +18 */
    PVOID CurrentPrcb;          /* +20 address of field MxCsr */
    PVOID LockArray;            /* +28 */
    PVOID Used_Self;            /* +30 */
    PVOID IdtBase;              /* +38 */
    ULONG64 Unused[2];          /* +40 */
    KIRQL Irql;                 /* +50 */
    UCHAR Reserved1[0x180 - 0x51];
    ULONG MxCsr;                    /* +180 first field of the PRCB */
    UCHAR LegacyNumber;             /* +184 */
    UCHAR ReservedMustBeZero;       /* +185 */
    UCHAR InterruptRequest;         /* +186 */
    UCHAR IdleHalt;                 /* +187 */
    struct _KTHREAD *CurrentThread; /* +188 */
    struct _KTHREAD *NextThread;    /* +190 */
    struct _KTHREAD *IdleThread;    /* +198 */
    UCHAR NestingLevel;             /* +1a0 */
    UCHAR ClockOwner;               /* +1a1 */
    UCHAR PendingTickFlags;         /* +1a2 */
    UCHAR Reserved2;                /* +1a3 */
    ULONG Number;                   /* +1a4 */
    UCHAR Reserved3[0x800 - 0x1a8];
    /* From here on private to OpenWDM. */
    BOOLEAN Work;              /* +800 something is to be looked at when IRQL falls; see gate.S */
    BOOLEAN InterruptsEnabled; /* cleared by cli */
    BOOLEAN DispatchPending;   /* a better thread is ready, or the quantum has ended */
    BOOLEAN TimerPending;      /* timers are due; expired at DISPATCH_LEVEL */
    KIRQL InterruptIrql;       /* highest of what hal has for this processor; 0: nothing */
    BOOLEAN DpcRoutineActive;
    ULONG DpcDepth;
    PKDPC DpcHead; /* linked through KDPC.DpcListEntry, first to run first */
    PKDPC DpcTail;
    PKDPC CurrentDpc;
    BOOLEAN DpcRequested; /* the queue is to be processed as soon as the IRQL allows */
    ULONG DpcTickCount;   /* requests in the clock tick DpcTick */
    ULONG DpcLastRate;    /* requests in the tick before */
    LONGLONG DpcTick;
    LONGLONG DpcStart100ns; /* when the routine that runs, or the series of them, began */
    LONGLONG DpcSeriesStart100ns;
    PKDPC ThreadedHead; /* threaded DPCs, run by DpcThread */
    PKDPC ThreadedTail;
    struct _KTHREAD *DpcThread; /* NULL: threaded DPCs run as ordinary ones */
    BOOLEAN ThreadedActive;
    KEVENT ThreadedEvent;
    struct _KI_IPI *Ipi;    /* sent by KeIpiGenericCall, not yet taken */
    KSPIN_LOCK *QueuedLock; /* the queued spin lock this processor waits for */
    ULONG64 QueuedTicket;   /* its place in that queue: lower came first */
    struct _KINTERRUPT *CurrentInterrupt;
    ULONG64 SpinCount; /* turns spent on a lock that another processor holds */
} KI_PROCESSOR, *PKI_PROCESSOR;

extern PKI_PROCESSOR KiProcessors[KI_MAXIMUM_PROCESSORS];
extern ULONG KiProcessorCount;

static inline PKI_PROCESSOR
KiCurrentProcessor(void)
{
    PKI_PROCESSOR processor;
    __asm__ volatile("movq %%gs:0x18, %0" : "=r"(processor));
    return processor;
}

static inline struct _KTHREAD *
KiCurrentThread(void)
{
    struct _KTHREAD *thread;
    __asm__ volatile("movq %%gs:0x188, %0" : "=r"(thread));
    return thread;
}

static inline KIRQL
KiCurrentIrql(void)
{
    KIRQL irql;
    __asm__ volatile("movb %%gs:0x50, %0" : "=q"(irql));
    return irql;
}

/* ---- threads and processes (the part ke schedules) ---------------------------------------- */

/* One crossing from a driver into the kernel: the driver's non-volatile registers at the call.
 * Written by KiGateCommon; stale once the stack has risen above Rsp. 256 bytes, offsets in gate.S.
 */
typedef struct _KI_GATE_RECORD
{
    ULONG64 Rsp; /* at entry: points at the return address */
    const KI_EXPORT *Export;
    ULONG64 Rbx, Rbp, Rsi, Rdi, R12, R13, R14, R15;
    ULONG64 Reserved[2];
    M128A Xmm[10]; /* xmm6 to xmm15 */
} KI_GATE_RECORD, *PKI_GATE_RECORD;

#define KI_GATE_RECORDS 512

/* Spin locks of a thread whose addresses are kept for reports: the newest ones. */
#define KI_HELD_LOCKS 8

typedef enum _KI_THREAD_STATE
{
    KiThreadInitialized,
    KiThreadReady,
    KiThreadRunning,
    KiThreadTerminated,
    KiThreadWaiting
} KI_THREAD_STATE;

struct _KPROCESS
{
    DISPATCHER_HEADER Header;
    LIST_ENTRY ThreadListHead; /* KTHREAD.ThreadListEntry */
    SCHAR BasePriority;
    ULONG Number;
};

struct _KTHREAD
{
    DISPATCHER_HEADER Header; /* signaled when the thread has ended */
    LIST_ENTRY ThreadListEntry;
    LIST_ENTRY ReadyEntry; /* in a ready queue while Ready */
    struct _KPROCESS *Process;
    struct _KPROCESS *ApcProcess; /* the one attached to; Process when none */
    struct host_fiber Fiber;
    PVOID StackLimit; /* lowest usable address of the kernel stack */
    PVOID StackBase;  /* one past its highest */
    PKI_GATE_RECORD GateBase;
    PKI_GATE_RECORD GateTop; /* newest record, saved while not running */
    PKSTART_ROUTINE StartRoutine;
    PVOID StartContext;
    UCHAR State; /* KI_THREAD_STATE */
    SCHAR Priority;
    SCHAR BasePriority;
    KIRQL WaitIrql;
    KPROCESSOR_MODE PreviousMode;
    KPROCESSOR_MODE WaitMode;
    BOOLEAN Alertable;
    BOOLEAN Alerted[2];
    BOOLEAN SystemThread;
    BOOLEAN Terminating;
    BOOLEAN WaitNext; /* KeSetEvent(..., Wait = TRUE) and friends */
    BOOLEAN IsIdle;
    BOOLEAN SystemAffinity;
    UCHAR IdealProcessor;
    ULONG Processor; /* number it runs or last ran on */
    KAFFINITY Affinity;
    KAFFINITY UserAffinity;
    union
    {
        struct
        {
            LONG KernelApcDisable;
            LONG SpinLocks; /* acquired and not released */
        };
        LONG64 Balance; /* both: what a routine of a driver must leave as it was */
    };
    LONG SpecialApcDisable;
    PVOID HeldLocks[KI_HELD_LOCKS]; /* spin lock number n is entry n % KI_HELD_LOCKS */
    LIST_ENTRY ApcListHead[2];
    BOOLEAN KernelApcPending;
    BOOLEAN UserApcPending;
    BOOLEAN KernelApcInProgress;
    NTSTATUS WaitStatus;
    KWAIT_REASON WaitReason;
    ULONG WaitBlockCount;
    PKWAIT_BLOCK WaitBlockList;
    KWAIT_BLOCK WaitBlocks[THREAD_WAIT_OBJECTS + 1];
    KTIMER WaitTimer;
    KWAIT_BLOCK TimerWaitBlock;
    LIST_ENTRY MutantListHead;
    LONGLONG QuantumEnd100ns;
    LONGLONG WaitStart100ns;
    NTSTATUS ExitStatus;
    KSPIN_LOCK *SpinningOn; /* for deadlock reports */
    ULONG Number;           /* small, unique, deterministic; names the thread in traces */
    LONGLONG RunStart100ns; /* since when it runs, and how long it had run before */
    LONGLONG RunTime100ns;
    PKQUEUE Queue; /* the KQUEUE it serves, which counts it while it does not wait */
    LIST_ENTRY QueueListEntry;
    PLIST_ENTRY QueueEntry; /* what its last KeRemoveQueue took */
    BOOLEAN QueueActive;
    BOOLEAN StackSwapDisabled;
    USHORT CalloutDepth; /* KeExpandKernelStackAndCallout calls in progress */
    BOOLEAN InThreadedDpc;
    GUID ActivityId; /* of its events (ex) */
    PVOID Extra;     /* ps: the ETHREAD's own data follows the KTHREAD there */
};

/* Thread has acquired SpinLock, which may be any kind of spin lock. */
static inline void
KiNoteSpinLock(_Inout_ struct _KTHREAD *Thread, PVOID SpinLock)
{
    Thread->HeldLocks[(ULONG)Thread->SpinLocks++ % KI_HELD_LOCKS] = SpinLock;
}

void KiForgetSpinLock(_Inout_ struct _KTHREAD *Thread, PVOID SpinLock);

/* ... and released it. The order is usually the reverse one. */
static inline void
KiNoteSpinUnlock(_Inout_ struct _KTHREAD *Thread, PVOID SpinLock)
{
    Thread->SpinLocks--;
    if (__builtin_expect(Thread->HeldLocks[(ULONG)Thread->SpinLocks % KI_HELD_LOCKS] != SpinLock,
                         0))
        KiForgetSpinLock(Thread, SpinLock);
}

/* What is wrong with the spin locks when Routine, "a DPC routine", has returned to the current
 * thread, which held Before of them when it was called. Returns when nothing is. */
void KiCheckSpinLocks(LONG Before, _In_ const void *Routine, _In_z_ const char *What, PVOID Device);

/* The same for KTHREAD.Balance. */
#define KI_BALANCE_LOCKS(Balance) ((LONG)((Balance) >> 32))
#define KI_BALANCE_APCS(Balance)  ((LONG)(Balance))

/* Prepares Thread to run StartRoutine(StartContext); the caller has zeroed it. It does not run
 * before KiStartThread. Returns STATUS_INSUFFICIENT_RESOURCES when no stack is left. */
NTSTATUS
KiInitializeThread(_Out_ struct _KTHREAD *Thread,
                   _In_ struct _KPROCESS *Process,
                   _In_ PKSTART_ROUTINE StartRoutine,
                   _In_opt_ PVOID StartContext);

void KiStartThread(_Inout_ struct _KTHREAD *Thread);

/* Ends the current thread: signals it and never returns. The stack is given back by the next thread
 * that runs; the KTHREAD itself belongs to ps, which is told through KiThreadReaper. */
__attribute__((noreturn)) void KiTerminateCurrentThread(_In_ NTSTATUS ExitStatus);

/* Called at PASSIVE_LEVEL on the dying thread before it is signaled (ps: exit notifications, IRPs).
 */
extern void (*KiThreadRundown)(struct _KTHREAD *Thread);

/* Called once the dead thread is off its stack (ps drops its reference). */
extern void (*KiThreadReaper)(struct _KTHREAD *Thread);

/* Wakes who waits for Object, whose SignalState has been set. At DISPATCH_LEVEL. */
void KiSignalObject(DISPATCHER_HEADER *Object, KPRIORITY Increment);

/* Called when the running thread's process changes (mm maps the process's user arena). */
extern void (*KiProcessSwitch)(struct _KPROCESS *Process);

/* Exported, but in no public header: drivers declare them themselves. */
typedef enum _KAPC_ENVIRONMENT
{
    OriginalApcEnvironment,
    AttachedApcEnvironment,
    CurrentApcEnvironment,
    InsertApcEnvironment
} KAPC_ENVIRONMENT;

NTKERNELAPI VOID NTAPI KeInitializeApc(_Out_ PKAPC Apc,
                                       _In_ PKTHREAD Thread,
                                       _In_ KAPC_ENVIRONMENT Environment,
                                       _In_ PKKERNEL_ROUTINE KernelRoutine,
                                       _In_opt_ PKRUNDOWN_ROUTINE RundownRoutine,
                                       _In_opt_ PKNORMAL_ROUTINE NormalRoutine,
                                       _In_ KPROCESSOR_MODE ApcMode,
                                       _In_opt_ PVOID NormalContext);

NTKERNELAPI BOOLEAN NTAPI KeInsertQueueApc(_Inout_ PKAPC Apc,
                                           _In_opt_ PVOID SystemArgument1,
                                           _In_opt_ PVOID SystemArgument2,
                                           _In_ KPRIORITY Increment);

NTKERNELAPI VOID NTAPI KeInitializeMutant(_Out_ PRKMUTANT Mutant, _In_ BOOLEAN InitialOwner);

NTKERNELAPI LONG NTAPI KeReleaseMutant(_Inout_ PRKMUTANT Mutant,
                                       _In_ KPRIORITY Increment,
                                       _In_ BOOLEAN Abandoned,
                                       _In_ BOOLEAN Wait);

NTKERNELAPI BOOLEAN NTAPI KeRemoveQueueApc(_Inout_ PKAPC Apc);

NTKERNELAPI BOOLEAN NTAPI KeAlertThread(_Inout_ PKTHREAD Thread, _In_ KPROCESSOR_MODE AlertMode);

/* The compiler's own business: scope tables name the first, jumps out of __try call the second. */
NTSYSAPI EXCEPTION_DISPOSITION NTAPI
__C_specific_handler(_In_ PEXCEPTION_RECORD ExceptionRecord,
                     _In_ PVOID EstablisherFrame,
                     _Inout_ PCONTEXT ContextRecord,
                     _Inout_ PDISPATCHER_CONTEXT DispatcherContext);

NTSYSAPI VOID NTAPI _local_unwind(_In_ PVOID TargetFrame, _In_ PVOID TargetIp);

NTSYSAPI DECLSPEC_NORETURN VOID NTAPI RtlRaiseStatus(_In_ NTSTATUS Status);

/* ---- running the machine from outside (runtime) ------------------------------------------- */

typedef enum _KI_RUN_RESULT
{
    KiRunDone,     /* the request has finished */
    KiRunIdle,     /* nothing can run and no timer is set: the request is blocked for ever */
    KiRunBugCheck, /* the machine has stopped; see KiBugCheckRecord */
    KiRunLimit     /* the virtual time limit of the call was reached */
} KI_RUN_RESULT;

typedef struct _KI_START_PARAMETERS
{
    ULONG Processors;
    ULONG64 Seed;
    BOOLEAN Realtime;
    LONGLONG SystemTime100ns; /* at boot, since 1601 */
} KI_START_PARAMETERS;

/* Builds the processors and the idle threads and makes processor 0 current. Once per process. */
NTSTATUS
KiStartProcessors(_In_ const KI_START_PARAMETERS *Parameters);

/* Runs Routine(Context) on Client (a thread made by KiInitializeClient, in user mode and not busy),
 * and the rest of the machine with it, until Routine has returned. Called on the host's own stack.
 * When the result is not KiRunDone, the request stays on Client and KiResumeClient continues
 * waiting for it. */
KI_RUN_RESULT
KiRunClient(_Inout_ struct _KTHREAD *Client, void (*Routine)(void *), void *Context);

KI_RUN_RESULT
KiResumeClient(_Inout_ struct _KTHREAD *Client);

/* TRUE while a request of KiRunClient has not finished. */
BOOLEAN
KiClientBusy(_In_ const struct _KTHREAD *Client);

/* As KiInitializeThread + KiStartThread, for a thread that executes requests of KiRunClient. */
NTSTATUS
KiInitializeClient(_Out_ struct _KTHREAD *Thread, _In_ struct _KPROCESS *Process);

/* Body of the thread that runs the threaded DPCs of processor Context, a number. */
KSTART_ROUTINE KiThreadedDpcThread;

/* Ends the client thread that executes a request, and with it the request; never returns. The host
 * goes on once nothing else is ready. */
__attribute__((noreturn)) void KiEndClient(NTSTATUS ExitStatus);

/* Runs everything that can run without moving time to a later timer. */
KI_RUN_RESULT
KiRunReady(void);

/* Runs until nothing can run and no timer or device event is left, at most until LimitTime100ns of
 * interrupt time (KI_NO_LIMIT for none). */
KI_RUN_RESULT
KiRunUntil(LONGLONG LimitTime100ns);

#define KI_NO_LIMIT 0x7fffffffffffffffll

/* The watchdog of host_tick_start: drivers that loop without a safe point. */
void KiHandleTick(struct host_trap *Trap);

/* The next gate call looks at everything that is pending. Any context, also the signal stack. */
void KiRequestSafePoint(void);

/* ---- safe points, time -------------------------------------------------------------------- */

/* Interrupt time now, 100 ns units since boot: starts at 0 and moves by gate calls, stalls and
 * jumps. */
LONGLONG
KiQueryTime(void);

/* Interrupt time of the next timer or device event, KI_NO_LIMIT if there is none. */
LONGLONG
KiNextEventTime(void);

/* As KeSetTimerEx with a period in 100 ns units, at most MAXLONG (ex: EX_TIMER). */
BOOLEAN
KiSetTimer100ns(_Inout_ PKTIMER Timer,
                _In_ LARGE_INTEGER DueTime,
                _In_ ULONG Period100ns,
                _In_opt_ PKDPC Dpc);

/* For reports and queries. */
void KiForEachTimer(void (*Callback)(PKTIMER Timer, LONGLONG Due, void *Context), void *Context);
void KiForEachDpc(void (*Callback)(PKDPC Dpc, ULONG Processor, void *Context), void *Context);

/* Adds time to the clock (KeStallExecutionProcessor) and delivers what became due. Any IRQL. */
void KiAdvanceTime(LONGLONG Delta100ns);

/* Gives other processors, due timers and interrupts a chance; used by spin loops. */
void KiYieldProcessor(void);

/* Waits until nobody holds the lock, at HIGH_LEVEL; the caller lowers to what it returns. */
KIRQL KiAwaitFreeLock(PKSPIN_LOCK SpinLock);

/* What became of a trapped instruction. */
typedef enum _KI_EMULATION
{
    KiEmulationDone,        /* registers are up to date, rip is past it */
    KiEmulationFault,       /* a real processor faults too, or it is no privileged instruction */
    KiEmulationPrivileged,  /* a privileged instruction that the processor refuses: #GP */
    KiEmulationUndefined,   /* #UD */
    KiEmulationHalt,        /* hlt: rip is past it, the processor waits for an interrupt */
    KiEmulationNmi,         /* int 2, rip is past it */
    KiEmulationFastFail,    /* int 29h, code in ecx */
    KiEmulationAssert,      /* int 2Ch: NT_ASSERT failed; rip is past it */
    KiEmulationDebugService /* int 2Dh, rip is past it */
} KI_EMULATION;

/* What ke needs of the hardware; hal fills it. All may be NULL. */
typedef struct _KI_PLATFORM
{
    /* Earliest device event, in interrupt time, or KI_NO_LIMIT. Without those that only repeat, if
     * IsAwaited: a machine that waits for nothing else is idle. */
    LONGLONG (*NextEvent)(BOOLEAN IsAwaited);
    /* Time has reached Now: run device events up to it. They may request interrupts. */
    void (*AdvanceTo)(LONGLONG Now100ns);
    /* IRQL on Processor has fallen to Irql: deliver what is pending above it. TRUE if any was. Sets
     * InterruptIrql to what is left. */
    BOOLEAN (*DeliverInterrupts)(PKI_PROCESSOR Processor, KIRQL Irql);
    /* An interrupt line is connected to Vector. */
    BOOLEAN (*IsVector)(ULONG Vector);
    /* Whether interrupts of Vector are delivered, how, and to which processors. */
    void (*ProgramVector)(ULONG Vector, BOOLEAN Enabled, KINTERRUPT_MODE Mode, KAFFINITY Affinity);
    /* The level of the line now. */
    BOOLEAN (*IsAsserted)(ULONG Vector);
    /* A trapped privileged instruction in a driver. */
    KI_EMULATION (*EmulateInstruction)(struct host_trap *Trap);
    /* A fault at an address in an MMIO window. FALSE: not a device's. */
    BOOLEAN (*EmulateAccess)(struct host_trap *Trap);
    /* A fault at KUSER_SHARED_DATA's kernel address (its value is at Mapping). */
    BOOLEAN (*EmulateSharedData)(struct host_trap *Trap, PVOID Mapping);
} KI_PLATFORM;

extern KI_PLATFORM KiPlatform;

/* hal: an interrupt of level Irql became pending for Processor; it is delivered when the IRQL there
 * allows. Any context, also the signal stack. */
void KiRequestInterrupt(_In_ ULONG Processor, KIRQL Irql);

/* Marks where a callback starts that does not return into a driver's __try (a DPC, ISR, work item,
 * DriverEntry): an exception that reaches it is unhandled. Put the structure into the frame that
 * calls. */
typedef struct _KI_BARRIER
{
    PKI_GATE_RECORD SavedTop;
} KI_BARRIER;

/* The part of the machine that gate.S reads and writes. */
typedef struct _KI_GATE
{
    LONG64 Budget;         /* gate calls left until the next safe point does more than count */
    PKI_GATE_RECORD Top;   /* newest record of the running thread */
    PKI_GATE_RECORD Limit; /* first record past the array */
    LONG64 BudgetStart;    /* what Budget was set to: the difference is time not yet added up */
} KI_GATE;

extern KI_GATE KiGate;

/* Around a driver's routine that the kernel calls and whose frames an exception may cross: without
 * it, the calls that the routine made count as if it still ran. */
static inline PKI_GATE_RECORD
KiMarkCall(void)
{
    PKI_GATE_RECORD record = KiGate.Top;
    ULONG64 stackPointer;

    __asm__ volatile("movq %%rsp, %0" : "=r"(stackPointer));
    while (__builtin_expect(record->Rsp < stackPointer, 0))
        record--;
    return record;
}

static inline void
KiEndCall(PKI_GATE_RECORD Mark)
{
    KiGate.Top = Mark;
}

/* The next report is about Routine of a driver, which has returned: it is named first. */
extern const void *KiBlamedRoutine;

static inline void
KiBlame(const void *Routine)
{
    KiBlamedRoutine = Routine;
}

void KiEnterBarrier(_Out_ KI_BARRIER *Barrier);
void KiLeaveBarrier(_In_ const KI_BARRIER *Barrier);

/* ---- exceptions --------------------------------------------------------------------------- */

/* Copies between kernel memory and memory that may fault (a user's). STATUS_SUCCESS, or
 * STATUS_ACCESS_VIOLATION (or the device's error) when a page was not there; part may have been
 * copied. IRQL <= APC_LEVEL for user memory. */
NTSTATUS
KeTryCopy(_Out_writes_bytes_(Length) void *Destination,
          _In_reads_bytes_(Length) const void *Source,
          SIZE_T Length);

/* What KeTryCopy calls, for io's hot path, which reaches it from inline assembly: arguments in rdi,
 * rsi, rdx, result in eax; changes those, rcx, flags and xmm0 to xmm3 and nothing else. */
NTSTATUS
KiCopyBytes(void *Destination, const void *Source, SIZE_T Length);

/* Raises in the driver that called the current DDI, as the DDI itself would. */
__attribute__((noreturn)) void KiRaiseInCaller(NTSTATUS Status);

/* Processor state that XSAVE can save, and how many bytes all of it takes. */
ULONG64 KiExtendedStateMask(void);
SIZE_T
KiExtendedStateSize(void);

/* The return address in the driver that called the running DDI, or NULL. */
PVOID
KiCallerAddress(void);

/* The DDI that KiCallerAddress's caller has called, or NULL. */
const KI_EXPORT *KiCallerExport(void);

/* Captures return addresses of driver code, innermost first, crossing kernel frames. */
ULONG
KiCaptureDriverStack(_Out_writes_(Count) PVOID *Frames, ULONG Count);

/* ldr tells ke about code: is this address inside a driver image? */
extern BOOLEAN (*KiIsDriverAddress)(ULONG64 Address);

/* ldr moves patched instructions elsewhere: a fault's rip as the driver's tables know it, and back.
 * NULL: nothing is moved. */
extern ULONG64 (*KiUnpatchAddress)(ULONG64 Rip);
extern ULONG64 (*KiRepatchAddress)(ULONG64 Rip);

/* ldr: a section that asks to be writable and executable gets one of the two at a time. TRUE:
 * retry. */
extern BOOLEAN (*KiSectionFault)(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute, ULONG64 Rip);

/* Where KUSER_SHARED_DATA really is, and what a patched `mov cr8, reg` calls (ldr's LDR_CONFIG). */
extern PVOID KiUserSharedDataMapping;
extern const char KiWriteCr8Stub[];

/* mm tells ke about memory: called at a page fault in the pageable ranges. */
typedef enum _KI_PAGE_FAULT
{
    KiFaultNotMine,
    KiFaultResolved,    /* retry the instruction */
    KiFaultAtRaisedIrql /* pageable memory at DISPATCH_LEVEL or above */
} KI_PAGE_FAULT;
extern KI_PAGE_FAULT (*KiPageFault)(ULONG64 Address, KIRQL Irql);

/* mm: driver code is about to run, or goes on, at DISPATCH_LEVEL or above. */
extern void (*KiArmPaging)(void);

/* ---- bug checks and reports --------------------------------------------------------------- */

#define KI_STACK_FRAMES 32

/* What a driver's bug check callback has left for the report. */
typedef struct _KI_CALLBACK_DATA
{
    char Component[32];
    const char *Kind;  /* "buffer", "secondary data", "pages", "triage data" */
    const char *State; /* "finished", or "incomplete" when the routine itself failed */
    GUID Guid;         /* secondary data only */
    ULONG64 Address;   /* of Data, or of pages, which may be physical */
    ULONG64 Length;
    const UCHAR *Data; /* NULL when it cannot be read */
} KI_CALLBACK_DATA;

#define KI_CALLBACK_RESULTS 32

typedef struct _KI_BUGCHECK
{
    ULONG CallbackCount;
    KI_CALLBACK_DATA Callbacks[KI_CALLBACK_RESULTS];
    ULONG Code;
    ULONG64 Parameters[4];
    KIRQL Irql;
    ULONG Processor;
    struct _KTHREAD *Thread;
    PVOID Frames[KI_STACK_FRAMES]; /* driver code, innermost first */
    ULONG FrameCount;
    BOOLEAN FirstIsRoutine;     /* Frames[0] is where a routine starts that has returned */
    const KI_EXPORT *Export;    /* the DDI that was running, or NULL */
    EXCEPTION_RECORD Exception; /* valid if ExceptionValid */
    BOOLEAN ExceptionValid;
    CONTEXT Context;
    BOOLEAN ContextValid;
    PVOID Irp;        /* involved, if known */
    PVOID Device;     /* involved, if known */
    const char *Rule; /* the rule broken, in one line, or NULL */
    const char *Page; /* its documentation page, or NULL */
} KI_BUGCHECK;

/* Routines that drivers have registered for bug checks, processors and NMIs. */
void KiForEachCallback(void (*Callback)(const char *What,
                                        PVOID Handle,
                                        PVOID Routine,
                                        const char *Component,
                                        void *Context),
                       void *Context);

/* Drops the registrations with a routine in this range: their driver is gone. */
void KiForgetCallbacks(ULONG64 Start, ULONG64 Size);

extern KI_BUGCHECK KiBugCheckRecord;
extern BOOLEAN KiBugCheckActive;

/* As KeBugCheckEx, with what a report wants to know besides. Strings must be literals. */
__attribute__((noreturn)) void KiBugCheckWithRule(ULONG Code,
                                                  ULONG64 P1,
                                                  ULONG64 P2,
                                                  ULONG64 P3,
                                                  ULONG64 P4,
                                                  const char *Rule,
                                                  const char *Page,
                                                  PVOID Irp,
                                                  PVOID Device);

/* Frames of drivers on one stack, from the innermost barrier on. */
typedef struct _KI_STACK_USE
{
    SIZE_T Bytes;
    SIZE_T Allowance;
    PVOID Frames[KI_STACK_FRAMES]; /* innermost first */
    ULONG FrameCount;
} KI_STACK_USE;

/* FALSE: drivers may use a stack to its end. */
extern BOOLEAN KiWatchStacks;

/* The lowest address that the driver which called the running DDI may use of its stack. */
ULONG64
KiDriverStackLimit(void);

/* The current thread is about to call a driver and nothing is on its stack yet. */
void KiRearmStack(_In_ struct _KTHREAD *Thread);

typedef enum _KI_FAULT_ACTION
{
    KiFaultUnknown, /* no such memory */
    KiFaultRetry,   /* none of the accesses that are looked for */
    KiFaultReport   /* one of them, and the driver can go on */
} KI_FAULT_ACTION;

typedef struct _KI_FAULT_MEANING
{
    ULONG Code;
    const char *Rule;
    const char *Page;
} KI_FAULT_MEANING;

/* The one way up from ke to the verifier. Filled by vf before the first driver; each may be NULL.
 */
typedef struct _KE_VERIFIER_HOOKS
{
    /* A bug check has been recorded; print it. Runs on the host's stack, after the machine stopped.
     */
    void (*BugCheck)(const KI_BUGCHECK *Record);
    /* A DDI was called at an IRQL its table row forbids. Does not return if it is to be fatal. */
    void (*IrqlViolation)(const KI_EXPORT *Export, PVOID Caller, KIRQL Irql);
    /* A stub export was called. Does not return. */
    void (*MissingExport)(const KI_EXPORT *Export, PVOID Caller);
    /* The driver at Caller has looped for long without a safe point. */
    void (*HungCode)(PVOID Address, KIRQL Irql, ULONG HostMilliseconds);
    /* TRUE if Address lies where the image of a driver was that has been unloaded since. */
    BOOLEAN (*UnloadedCode)(ULONG64 Address);
    /* Memory that was protected to see who touches it. On the signal stack. Export is what runs,
     * or NULL when driver code faulted itself. */
    KI_FAULT_ACTION (*ResolveFault)(ULONG64 Address, const KI_EXPORT *Export);
    /* On the guest's stack, after KiFaultReport: the access is tried again afterwards. */
    void (*ReportFault)(ULONG64 Address, BOOLEAN IsWrite);
    /* Drivers use more of the stack than there is on Windows. On the guest's stack. */
    void (*StackLimit)(const KI_STACK_USE *Use);
    /* On the guest's stack: what a fault there means. FALSE: nothing special. */
    BOOLEAN (*ExplainFault)(ULONG64 Address, KI_FAULT_MEANING *Meaning);
    /* A driver broke a rule at the current place, and the machine goes on. Code 0 is none
     * of Windows'. */
    void (*Violation)(ULONG Code, const char *Rule, const char *Page);
    /* One line of the run's trace: where (function name), file, and formatted detail. */
    void (*Trace)(const char *Function, const char *File, const char *Detail);
} KE_VERIFIER_HOOKS;

extern KE_VERIFIER_HOOKS KeVerifierHooks;

/* Cheap test before composing a trace line. */
#define KI_TRACING() (__builtin_expect(KeVerifierHooks.Trace != NULL, 0))

/* Formats with rtl's engine (Microsoft's rules) and sends one line to the trace. */
void
KiTrace(const char *Function, const char *File, const char *Format, ...) __attribute__((ms_abi));

#endif
