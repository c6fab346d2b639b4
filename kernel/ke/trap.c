// SPDX-License-Identifier: MIT
// Hardware faults. The host's signal handler calls KiHandleTrap on a stack of its own; what only
// needs emulation is done there, everything else is turned into a call on the guest's stack: an
// exception in the driver, or a bug check. IRQL: the interrupted code's.
#include "ke/access.h"
#include "ke/kep.h"

KI_OFFSET_CHECK(CONTEXT, MxCsr, 0x34);
KI_OFFSET_CHECK(CONTEXT, EFlags, 0x44);
KI_OFFSET_CHECK(CONTEXT, Rax, 0x78);
KI_OFFSET_CHECK(CONTEXT, R15, 0xf0);
KI_OFFSET_CHECK(CONTEXT, Rip, 0xf8);
KI_OFFSET_CHECK(CONTEXT, Xmm0, 0x1a0);

extern const char KiCopyBytesFast[];
extern const char KiCopyBytesSlow[];
extern const char KiCopyBytesFault[];
extern const char KiCopyBytesFailed[];
NTSTATUS
KiCopyBytes(void *Destination, const void *Source, SIZE_T Length);
__attribute__((noreturn)) void KiLoadContext(const CONTEXT *Context);
__attribute__((noreturn)) void
KiLoadExtended(const CONTEXT *Context, const void *XsaveArea, ULONG64 Mask);

#define RED_ZONE             128
// Of a refused `int 29h`: vector * 8, with the bit that says it is an IDT entry.
#define FAST_FAIL_ERROR_CODE (0x29u * 8 + 2)
#define DISPATCH_ROOM        12288 // stack that handling an exception may need below the fault
#define EMERGENCY_SIZE       (256u * 1024u)

// Lives on the interrupted stack while an exception of the code there is handled.
typedef struct _KI_TRAP_FRAME
{
    CONTEXT Context;  // where handling starts: driver code
    CONTEXT Original; // what was interrupted; differs when that was kernel code
    EXCEPTION_RECORD Record;
    BOOLEAN InKernel;
    struct host_trap Trap;
    void *XsaveArea;
} KI_TRAP_FRAME;

static void *emergencyStack;

ULONG64
KiExtendedStateMask(void)
{
    return host_xsave_mask();
}

SIZE_T
KiExtendedStateSize(void)
{
    return host_xsave_size();
}

NTSTATUS
KeTryCopy(void *Destination, const void *Source, SIZE_T Length)
{
    return KiCopyBytes(Destination, Source, Length);
}

void
KiContextFromTrap(PCONTEXT Context, const struct host_trap *Trap)
{
    RtlZeroMemory(Context, sizeof(*Context));
    Context->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    Context->SegCs = 0x10;
    Context->SegSs = 0x18;
    Context->EFlags = (ULONG)Trap->rflags;
    for (ULONG i = 0; i < 16; i++)
        (&Context->Rax)[i] = Trap->gpr[i];
    Context->Rip = KiUnpatchAddress != NULL ? KiUnpatchAddress(Trap->rip) : Trap->rip;
    if (Trap->fpstate != NULL)
        RtlCopyMemory(&Context->FltSave, Trap->fpstate, sizeof(Context->FltSave));
    Context->MxCsr = Context->FltSave.MxCsr;
}

void
KiRestoreContext(const CONTEXT *Context)
{
    ULONG64 here = (ULONG64)__builtin_frame_address(0);

    // Frames that are jumped over leave their marks in AddressSanitizer's shadow.
    if (Context->Rsp > here)
        host_unpoison((const void *)here, Context->Rsp - here);
    KiLoadContext(Context);
}

// Continues the interrupted code itself, wherever its instruction has been moved to.
static __attribute__((noreturn)) void
ResumeOriginal(KI_TRAP_FRAME *Frame)
{
    Frame->Original.Rip = Frame->Trap.rip;
    KiResumeContext(&Frame->Original, Frame->XsaveArea);
}

void
KiResumeContext(const CONTEXT *Context, const void *XsaveArea)
{
    KiLoadExtended(Context, XsaveArea, host_xsave_mask());
}

// ---- on the guest's stack -------------------------------------------------------------------

static void
RecordFromTrap(PEXCEPTION_RECORD Record, const struct host_trap *Trap, ULONG64 Address)
{
    Record->ExceptionFlags = 0;
    Record->ExceptionRecord = NULL;
    Record->ExceptionAddress = (PVOID)Address;
    Record->NumberParameters = 0;
    switch (Trap->trap_number)
    {
    case HOST_VECTOR_PF:
        Record->ExceptionCode = STATUS_ACCESS_VIOLATION;
        Record->NumberParameters = 2;
        Record->ExceptionInformation[0] = (Trap->error_code & HOST_PF_EXECUTE) ? 8
                                          : (Trap->error_code & HOST_PF_WRITE) ? 1
                                                                               : 0;
        Record->ExceptionInformation[1] = Trap->fault_address;
        break;
    case HOST_VECTOR_GP:
    case HOST_VECTOR_SS:
        // Non-canonical addresses: Windows reports address -1.
        Record->ExceptionCode = STATUS_ACCESS_VIOLATION;
        Record->NumberParameters = 2;
        Record->ExceptionInformation[0] = 0;
        Record->ExceptionInformation[1] = ~(ULONG_PTR)0;
        break;
    case HOST_VECTOR_DE:
        Record->ExceptionCode = STATUS_INTEGER_DIVIDE_BY_ZERO;
        break;
    case HOST_VECTOR_UD:
        Record->ExceptionCode = STATUS_ILLEGAL_INSTRUCTION;
        break;
    case HOST_VECTOR_BP:
        Record->ExceptionCode = STATUS_BREAKPOINT;
        Record->NumberParameters = 1;
        break;
    case HOST_VECTOR_DB:
        Record->ExceptionCode = STATUS_SINGLE_STEP;
        break;
    case HOST_VECTOR_AC:
        Record->ExceptionCode = STATUS_DATATYPE_MISALIGNMENT;
        break;
    default:
        Record->ExceptionCode = STATUS_FLOAT_INVALID_OPERATION;
        break;
    }
}

// Contract: kernel/handling-exceptions.md: only faults on user addresses can be handled; a bad
// kernel address stops the machine at once, and so does any fault at DISPATCH_LEVEL or above.
static void
StopOnBadAddress(const KI_TRAP_FRAME *Frame)
{
    ULONG64 address = Frame->Trap.fault_address;
    ULONG64 error = Frame->Trap.error_code;
    KIRQL irql = KiCurrentIrql();
    ULONG64 access = (error & HOST_PF_EXECUTE) ? 8 : (error & HOST_PF_WRITE) ? 1 : 0;
    KI_FAULT_MEANING meaning;
    // Linux calls everything in its own half present, so that nobody can probe it.
    BOOLEAN present = (error & HOST_PF_PRESENT) != 0 && (LONG64)address >= 0;

    if (Frame->Trap.trap_number != HOST_VECTOR_PF)
        return;
    if (KeVerifierHooks.UnloadedCode != NULL && KeVerifierHooks.UnloadedCode(address))
        KiBugCheckWithContext(
            DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS, address, access, Frame->Trap.rip,
            0, &Frame->Context, &Frame->Record,
            "a timer, DPC, thread, work item or callback of a driver outlived the driver",
            "debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md");
    if (KiMissingVariable(address) != NULL)
        KiMissingExport(KiMissingVariable(address), (PVOID)Frame->Context.Rip);
    if (KeVerifierHooks.ExplainFault != NULL && KeVerifierHooks.ExplainFault(address, &meaning))
        KiBugCheckWithContext(meaning.Code, address, access, Frame->Trap.rip, 0, &Frame->Context,
                              &Frame->Record, meaning.Rule, meaning.Page);
    if (present && access == 1 && address >= HOST_USER_LIMIT)
        KiBugCheckWithContext(ATTEMPTED_WRITE_TO_READONLY_MEMORY, address, 0, Frame->Trap.rip, 10,
                              &Frame->Context, &Frame->Record, "a write to read-only memory",
                              "debugger/bug-check-0xbe--attempted-write-to-readonly-memory.md");
    if (present && access == 8)
        KiBugCheckWithContext(ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY, address, 0, Frame->Trap.rip, 2,
                              &Frame->Context, &Frame->Record,
                              "execution of memory that is not executable",
                              "debugger/bug-check-0xfc---attempted-execute-of-noexecute-memory.md");
    if (irql >= DISPATCH_LEVEL)
        KiBugCheckWithContext(
            Frame->InKernel ? IRQL_NOT_LESS_OR_EQUAL : DRIVER_IRQL_NOT_LESS_OR_EQUAL, address, irql,
            access, Frame->Trap.rip, &Frame->Context, &Frame->Record,
            "an invalid or pageable address was touched at DISPATCH_LEVEL or above",
            "kernel/managing-hardware-priorities.md");
    if (address >= HOST_USER_LIMIT)
        KiBugCheckWithContext(PAGE_FAULT_IN_NONPAGED_AREA, address, access, Frame->Trap.rip, 0,
                              &Frame->Context, &Frame->Record,
                              "an invalid system address was touched",
                              "debugger/bug-check-0x50--page-fault-in-nonpaged-area.md");
}

// Where every exception starts on the guest's stack. Never returns to its caller (there is none).
static __attribute__((noreturn)) void
TrapEntry(KI_TRAP_FRAME *Frame)
{
    NT_ASSERT(!KiInHost);
    if (!Frame->InKernel)
        KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    StopOnBadAddress(Frame);
    KiDispatchException(&Frame->Record, &Frame->Context);
    // EXCEPTION_CONTINUE_EXECUTION. For kernel code, what it changed in the driver's frame is in
    // memory; the kernel's own registers are as they were.
    if (Frame->InKernel)
        ResumeOriginal(Frame);
    if (KiRepatchAddress != NULL)
        Frame->Context.Rip = KiRepatchAddress(Frame->Context.Rip);
    RtlCopyMemory(Frame->XsaveArea, &Frame->Context.FltSave, 416);
    KiResumeContext(&Frame->Context, Frame->XsaveArea);
}

// Memory was touched that the verifier watches; it can be accessed again.
static __attribute__((noreturn)) void
WatchedEntry(KI_TRAP_FRAME *Frame)
{
    if (!Frame->InKernel)
        KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    KeVerifierHooks.ReportFault(Frame->Trap.fault_address,
                                (Frame->Trap.error_code & HOST_PF_WRITE) != 0);
    ResumeOriginal(Frame);
}

// The drivers have used more of the stack than Windows has; here there is more, so they go on.
static __attribute__((noreturn)) void
StackLimitEntry(KI_TRAP_FRAME *Frame)
{
    if (!Frame->InKernel)
        KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    KeVerifierHooks.StackLimit(&KiStackUse);
    ResumeOriginal(Frame);
}

static __attribute__((noreturn)) void
StackOverflowEntry(KI_TRAP_FRAME *Frame)
{
    KiBugCheckWithContext(UNEXPECTED_KERNEL_MODE_TRAP,
                          8, // double fault: how an overflowing kernel stack ends on x64
                          Frame->Trap.fault_address, Frame->Trap.gpr[HOST_RSP], Frame->Trap.rip,
                          &Frame->Context, NULL, "the driver used up its kernel stack",
                          "kernel/using-the-kernel-stack.md");
}

static __attribute__((noreturn)) void
FastFailEntry(KI_TRAP_FRAME *Frame)
{
    KiBugCheckWithContext(KERNEL_SECURITY_CHECK_FAILURE, Frame->Trap.gpr[HOST_RCX],
                          (ULONG64)&Frame->Original, (ULONG64)&Frame->Record, 0, &Frame->Context,
                          NULL, "the driver called __fastfail: it found its own data corrupted",
                          "debugger/bug-check-0x139--kernel-security-check-failure.md");
}

static __attribute__((noreturn)) void
AssertEntry(KI_TRAP_FRAME *Frame)
{
    // int 2Ch is STATUS_ASSERTION_FAILURE; without a debugger it goes to the handlers.
    Frame->Record.ExceptionCode = STATUS_ASSERTION_FAILURE;
    Frame->Record.ExceptionFlags = 0;
    Frame->Record.NumberParameters = 0;
    KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    KiDispatchException(&Frame->Record, &Frame->Context);
    KiResumeContext(&Frame->Context, Frame->XsaveArea);
}

static __attribute__((noreturn)) void
HaltEntry(KI_TRAP_FRAME *Frame)
{
    LONGLONG due = KiNextEventTime();

    // hlt with nothing to wait for would never end; one clock tick is when a real one would wake.
    if (due == KI_NO_LIMIT)
        due = KiQueryTime() + KeQueryTimeIncrement();
    KiJumpTo(due);
    KiSafePoint();
    ResumeOriginal(Frame);
}

static __attribute__((noreturn)) void
InterruptEntry(KI_TRAP_FRAME *Frame)
{
    PKI_GATE_RECORD top = KiGate.Top;

    KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    KiRetireWork(KiCurrentIrql());
    KiGate.Top = top;
    ResumeOriginal(Frame);
}

static __attribute__((noreturn)) void
NmiEntry(KI_TRAP_FRAME *Frame)
{
    if (!KiHandleNmi())
        KiBugCheckWithContext(NMI_HARDWARE_FAILURE, 0x4f4454, 0, 0, 0, &Frame->Context, NULL,
                              "a nonmaskable interrupt that no NMI callback claims",
                              "debugger/bug-check-0x80--nmi-hardware-failure.md");
    ResumeOriginal(Frame);
}

// Safe points left when the last tick ended: equal at the next one if the driver made no call
// between.
static LONG64 lastBudget;

// What the watchdog saw at its last tick, and how often in a row it saw no progress.
static struct
{
    LONG64 Budget;
    ULONG64 Rip;
    ULONG StuckTicks;
} watchdog;

static __attribute__((noreturn)) void
TickEntry(KI_TRAP_FRAME *Frame)
{
    KiPushRecord(KiRecordTrap, &Frame->Original, Frame);
    // The loop has used up its quantum and more: a clock tick passes, others get their turn.
    KiAdvanceTime(KeQueryTimeIncrement());
    KiCurrentThread()->QuantumEnd100ns = 0;
    KiCurrentProcessor()->DispatchPending = TRUE;
    KiSetWork(KiCurrentProcessor());
    if (KiCurrentIrql() < DISPATCH_LEVEL)
        KiRetireWork(KiCurrentIrql());
    lastBudget = KiGate.Budget;
    ResumeOriginal(Frame);
}

static __attribute__((noreturn)) void
HungEntry(KI_TRAP_FRAME *Frame)
{
    if (KiCurrentIrql() >= DISPATCH_LEVEL)
        KiBugCheckWithContext(DPC_WATCHDOG_VIOLATION, 1, 0, 0, 0, &Frame->Context, NULL,
                              "the driver loops at DISPATCH_LEVEL or above and nothing can end it",
                              "debugger/bug-check-0x133-dpc-watchdog-violation.md");
    KiBugCheckWithContext(THREAD_STUCK_IN_DEVICE_DRIVER, (ULONG64)KiCurrentThread(), 0, 0, 0,
                          &Frame->Context, NULL,
                          "hung thread: the driver loops without calling the system and nothing "
                          "else can run",
                          "debugger/bug-check-0xea--thread-stuck-in-device-driver.md");
}

// ---- on the signal stack --------------------------------------------------------------------

typedef void (*KI_TRAP_ENTRY)(KI_TRAP_FRAME *Frame);

static KI_TRAP_FRAME *
PlaceFrame(struct host_trap *Trap, ULONG64 Top, KI_TRAP_ENTRY Entry)
{
    SIZE_T extended = host_xsave_size();
    ULONG64 area = (Top - extended) & ~63ull;
    ULONG64 frameAddress = (area - sizeof(KI_TRAP_FRAME)) & ~63ull;
    KI_TRAP_FRAME *frame = (KI_TRAP_FRAME *)frameAddress;

    host_unpoison((const void *)frameAddress, Top - frameAddress);
    KiContextFromTrap(&frame->Original, Trap);
    frame->Context = frame->Original;
    frame->Trap = *Trap;
    frame->XsaveArea = (void *)area;
    frame->InKernel = FALSE;
    if (Trap->fpstate != NULL)
    {
        RtlCopyMemory((void *)area, Trap->fpstate, extended);
        // The kernel keeps notes of its own in what XRSTOR takes for reserved header bytes.
        RtlZeroMemory((char *)area + 464, 48);
    }
    RecordFromTrap(&frame->Record, Trap, frame->Original.Rip);
    Trap->rip = (uint64_t)Entry;
    Trap->gpr[HOST_RDI] = frameAddress;
    Trap->gpr[HOST_RSP] = frameAddress - 8;
    Trap->gpr[HOST_RBP] = 0;
    Trap->rflags &= ~0x40500ull; // AC, DF, TF
    return frame;
}

static enum host_trap_result
InjectOverflow(struct host_trap *Trap)
{
    if (emergencyStack == NULL)
        emergencyStack = host_map(EMERGENCY_SIZE, HOST_PROT_RW);
    if (emergencyStack == NULL)
        return HOST_TRAP_UNHANDLED;
    PlaceFrame(Trap, (ULONG64)emergencyStack + EMERGENCY_SIZE, StackOverflowEntry);
    return HOST_TRAP_RESUME;
}

static enum host_trap_result
Inject(struct host_trap *Trap, KI_TRAP_ENTRY Entry)
{
    const KTHREAD *thread = KiCurrentThread();
    ULONG64 stackPointer = Trap->gpr[HOST_RSP];
    ULONG64 low = (ULONG64)thread->StackLimit;
    KI_TRAP_FRAME *frame;

    if (stackPointer > (ULONG64)thread->StackBase || stackPointer < low ||
        stackPointer - low < DISPATCH_ROOM + host_xsave_size() + sizeof(KI_TRAP_FRAME))
        return InjectOverflow(Trap);
    frame = PlaceFrame(Trap, stackPointer - RED_ZONE, Entry);
    if (!KiIsDriverAddress(frame->Original.Rip))
    {
        frame->InKernel = TRUE;
        (void)KiCallerContext(&frame->Context, stackPointer);
        frame->Record.ExceptionAddress = (PVOID)frame->Context.Rip;
    }
    return HOST_TRAP_RESUME;
}

// rdmsr of a register that is not there, a reserved bit of a control register: the general
// protection fault of a privileged instruction has a status of its own.
static enum host_trap_result
InjectPrivileged(struct host_trap *Trap)
{
    enum host_trap_result result = Inject(Trap, TrapEntry);

    if (Trap->rip == (ULONG64)TrapEntry)
    {
        PEXCEPTION_RECORD record = &((KI_TRAP_FRAME *)Trap->gpr[HOST_RDI])->Record;
        record->ExceptionCode = STATUS_PRIVILEGED_INSTRUCTION;
        record->NumberParameters = 0;
    }
    return result;
}

// Kernel code may fault only on behalf of a driver that called it.
static BOOLEAN
OnBehalfOfDriver(const struct host_trap *Trap)
{
    CONTEXT context;

    if (KiInHost || KiIsDriverAddress == NULL)
        return FALSE;
    if (KiIsDriverAddress(Trap->rip))
        return TRUE;
    if (KiCurrentThread()->IsIdle)
        return FALSE;
    return KiCallerContext(&context, Trap->gpr[HOST_RSP]);
}

// A driver that jumps to a bad address: rip is in no image but the return address is. Or anybody
// who calls or returns into a driver that has been unloaded.
static BOOLEAN
IsWildJump(struct host_trap *Trap)
{
    const KTHREAD *thread = KiCurrentThread();
    ULONG64 stackPointer = Trap->gpr[HOST_RSP];
    ULONG64 caller;

    if (KiInHost || KiIsDriverAddress == NULL || Trap->trap_number != HOST_VECTOR_PF ||
        Trap->fault_address != Trap->rip || KiIsDriverAddress(Trap->rip) ||
        stackPointer < (ULONG64)thread->StackLimit || stackPointer + 8 > (ULONG64)thread->StackBase)
        return FALSE;
    if (KeVerifierHooks.UnloadedCode != NULL && KeVerifierHooks.UnloadedCode(Trap->rip))
        return TRUE;
    caller = *(const ULONG64 *)stackPointer;
    return KiIsDriverAddress(caller);
}

static enum host_trap_result
InjectWildJump(struct host_trap *Trap)
{
    const KTHREAD *thread = KiCurrentThread();
    ULONG64 stackPointer = Trap->gpr[HOST_RSP];
    KI_TRAP_FRAME *frame;

    if (stackPointer - (ULONG64)thread->StackLimit <
        DISPATCH_ROOM + host_xsave_size() + sizeof(KI_TRAP_FRAME))
        return InjectOverflow(Trap);
    frame = PlaceFrame(Trap, stackPointer - RED_ZONE, TrapEntry);
    // Unwinding starts in the frame that made the call.
    frame->Original.Rip = *(const ULONG64 *)stackPointer;
    frame->Original.Rsp = stackPointer + 8;
    frame->Context = frame->Original;
    frame->Trap.error_code |= HOST_PF_EXECUTE;
    return HOST_TRAP_RESUME;
}

static BOOLEAN
IsStackOverflow(const struct host_trap *Trap)
{
    const KTHREAD *thread = KiCurrentThread();
    ULONG64 low = (ULONG64)thread->StackLimit;

    return !KiInHost && Trap->trap_number == HOST_VECTOR_PF && Trap->fault_address < low &&
           Trap->fault_address >= low - KI_STACK_GUARD;
}

// What a driver called that faulted, or NULL when it is the driver's own instruction.
static const KI_EXPORT *
RunningExport(const struct host_trap *Trap)
{
    if (KiIsDriverAddress == NULL || KiIsDriverAddress(Trap->rip) || KiGate.Top == NULL)
        return NULL;
    return KiInHost ? NULL : KiFindRecord(Trap->gpr[HOST_RSP])->Export;
}

// An access to a device may make it interrupt, and so may `sti`: before the driver's next
// instruction, as on a real processor.
static enum host_trap_result
AfterEmulation(struct host_trap *Trap)
{
    const KI_PROCESSOR *processor = KiCurrentProcessor();

    if (processor->InterruptIrql <= processor->Irql || !processor->InterruptsEnabled || KiInHost ||
        KiIsDriverAddress == NULL || !KiIsDriverAddress(Trap->rip))
        return HOST_TRAP_RESUME;
    return Inject(Trap, InterruptEntry);
}

static BOOLEAN
EmulatePageFault(struct host_trap *Trap, enum host_trap_result *Result)
{
    ULONG64 address = Trap->fault_address;

    *Result = HOST_TRAP_RESUME;
    if (KeVerifierHooks.ResolveFault != NULL)
    {
        KI_FAULT_ACTION action = KeVerifierHooks.ResolveFault(address, RunningExport(Trap));
        if (action == KiFaultReport && OnBehalfOfDriver(Trap))
            *Result = Inject(Trap, WatchedEntry);
        if (action != KiFaultUnknown)
            return TRUE;
    }
    if (KiPageFault != NULL)
    {
        KI_PAGE_FAULT answer = KiPageFault(address, KiCurrentIrql());
        if (answer == KiFaultResolved)
            return TRUE;
        if (answer == KiFaultAtRaisedIrql && OnBehalfOfDriver(Trap))
        {
            *Result = Inject(Trap, TrapEntry);
            return TRUE;
        }
    }
    if (address - KI_USER_SHARED_DATA < HOST_PAGE_SIZE && KiPlatform.EmulateSharedData != NULL &&
        KiPlatform.EmulateSharedData(Trap, KiUserSharedDataMapping))
        return TRUE;
    if (KiSectionFault != NULL && KiIsDriverAddress != NULL && KiIsDriverAddress(address) &&
        KiSectionFault(address, (Trap->error_code & HOST_PF_WRITE) != 0,
                       (Trap->error_code & HOST_PF_EXECUTE) != 0, Trap->rip))
        return TRUE;
    if (KiPlatform.EmulateAccess == NULL || !KiPlatform.EmulateAccess(Trap))
        return FALSE;
    *Result = AfterEmulation(Trap);
    return TRUE;
}

static enum host_trap_result
HandleInstruction(struct host_trap *Trap)
{
    // The inline list routines find corrupted lists in kernel code, too: on behalf of a driver.
    if (!KiIsDriverAddress(Trap->rip) && Trap->trap_number == HOST_VECTOR_GP &&
        Trap->error_code == FAST_FAIL_ERROR_CODE && OnBehalfOfDriver(Trap))
        return Inject(Trap, FastFailEntry);
    if (!KiIsDriverAddress(Trap->rip) || KiPlatform.EmulateInstruction == NULL)
        return OnBehalfOfDriver(Trap) ? Inject(Trap, TrapEntry) : HOST_TRAP_UNHANDLED;
    switch (KiPlatform.EmulateInstruction(Trap))
    {
    case KiEmulationDone:
        return AfterEmulation(Trap);
    case KiEmulationUndefined:
        Trap->trap_number = HOST_VECTOR_UD;
        return Inject(Trap, TrapEntry);
    case KiEmulationPrivileged:
        return InjectPrivileged(Trap);
    case KiEmulationHalt:
        return Inject(Trap, HaltEntry);
    case KiEmulationNmi:
        return Inject(Trap, NmiEntry);
    case KiEmulationFastFail:
        return Inject(Trap, FastFailEntry);
    case KiEmulationAssert:
        return Inject(Trap, AssertEntry);
    case KiEmulationDebugService:
        return HOST_TRAP_RESUME;
    default:
        return Inject(Trap, TrapEntry);
    }
}

// The linker's names for the ends of the section. Weak: a test may have linked no such access.
extern const KI_FIXUP_ENTRY __start_ki_fixups[] __attribute__((weak));
extern const KI_FIXUP_ENTRY __stop_ki_fixups[] __attribute__((weak));

// An access of ke/access.h: goes on at the label that it names.
static BOOLEAN
FixUp(struct host_trap *Trap)
{
    for (const KI_FIXUP_ENTRY *entry = __start_ki_fixups; entry < __stop_ki_fixups; entry++)
    {
        if (Trap->rip != (ULONG64)&entry->Instruction + (ULONG64)(LONG64)entry->Instruction)
            continue;
        Trap->rip = (ULONG64)&entry->Target + (ULONG64)(LONG64)entry->Target;
        return TRUE;
    }
    return FALSE;
}

enum host_trap_result
KiHandleTrap(struct host_trap *Trap)
{
    enum host_trap_result result;
    BOOLEAN report;

    if (Trap->trap_number == HOST_VECTOR_PF && KiTouchStack(Trap, &report))
        return report ? Inject(Trap, StackLimitEntry) : HOST_TRAP_RESUME;
    if (Trap->rip >= (ULONG64)KiCopyBytesFast && Trap->rip < (ULONG64)KiCopyBytesSlow)
    {
        Trap->rip = (ULONG64)KiCopyBytesSlow;
        return HOST_TRAP_RESUME;
    }
    if (Trap->rip == (ULONG64)KiCopyBytesFault)
    {
        if (Trap->trap_number == HOST_VECTOR_PF && EmulatePageFault(Trap, &result))
            return result;
        Trap->rip = (ULONG64)KiCopyBytesFailed;
        return HOST_TRAP_RESUME;
    }
    if (KiProcessorCount == 0 || (KiBugCheckActive && !KiInBugCheckCallback()))
        return HOST_TRAP_UNHANDLED;
    if (Trap->trap_number == HOST_VECTOR_PF && FixUp(Trap))
        return HOST_TRAP_RESUME;
    if (Trap->trap_number == HOST_VECTOR_PF && IsStackOverflow(Trap))
        return InjectOverflow(Trap);
    if (Trap->trap_number == HOST_VECTOR_PF && EmulatePageFault(Trap, &result))
        return result;
    if (IsWildJump(Trap))
        return InjectWildJump(Trap);
    if (KiInHost || KiIsDriverAddress == NULL)
        return HOST_TRAP_UNHANDLED;
    if (Trap->trap_number == HOST_VECTOR_GP || Trap->trap_number == HOST_VECTOR_UD)
        return HandleInstruction(Trap);
    if (Trap->trap_number == HOST_VECTOR_BP && KiIsDriverAddress(Trap->rip))
        Trap->rip--; // int 3 has been executed; the exception is at the instruction
    return OnBehalfOfDriver(Trap) ? Inject(Trap, TrapEntry) : HOST_TRAP_UNHANDLED;
}

// ---- watchdog ---------------------------------------------------------------------------------

#define HUNG_TICKS 30 // times the period runtime gives host_tick_start: about three seconds

void
KiHandleTick(struct host_trap *Trap)
{
    LONG64 budget = KiGate.Budget;
    BOOLEAN stuck;

    if (KiInHost || KiBugCheckActive || KiIsDriverAddress == NULL || !KiIsDriverAddress(Trap->rip))
    {
        watchdog.StuckTicks = 0;
        return;
    }
    // Near the same place and not one call since the last tick.
    stuck = budget == watchdog.Budget && Trap->rip - watchdog.Rip + 4096 < 8192;
    watchdog.Budget = budget;
    watchdog.Rip = Trap->rip;
    if (!stuck)
    {
        watchdog.StuckTicks = 0;
        return;
    }
    if (++watchdog.StuckTicks >= HUNG_TICKS)
        (void)Inject(Trap, HungEntry);
    else if (watchdog.StuckTicks >= 2)
        (void)Inject(Trap, TickEntry);
}
