// SPDX-License-Identifier: MIT
// Structured exception handling: raising and the search for a handler (the first pass). The second
// pass is unwind.c. Contract: kernel/handling-exceptions.md and the x64 exception handling ABI.
// IRQL: any, as the handlers allow.
#include "ke/kep.h"
#include "rtl/unwind.h"

static BOOLEAN
OnStack(ULONG64 Frame)
{
    const KTHREAD *thread = KiCurrentThread();
    return Frame >= (ULONG64)thread->StackLimit && Frame <= (ULONG64)thread->StackBase &&
           (Frame & 7) == 0;
}

// Asks one frame's language handler. Dispatcher->ContextRecord is the context unwound past it.
static EXCEPTION_DISPOSITION
CallHandler(PEXCEPTION_RECORD Record, PCONTEXT Context, PDISPATCHER_CONTEXT Dispatcher)
{
    EXCEPTION_DISPOSITION disposition;
    PKI_GATE_RECORD saved = KiGate.Top;

    KiPushRecord(KiRecordDispatch, Dispatcher, Dispatcher);
    disposition = Dispatcher->LanguageHandler(Record, (PVOID)Dispatcher->EstablisherFrame, Context,
                                              Dispatcher);
    KiGate.Top = saved;
    return disposition;
}

static void
RaiseNested(NTSTATUS Code, PEXCEPTION_RECORD Cause)
{
    EXCEPTION_RECORD record = {.ExceptionCode = Code,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionRecord = Cause,
                               .ExceptionAddress = Cause->ExceptionAddress};
    RtlRaiseException(&record);
}

// TRUE: resume. FALSE: go on searching.
static BOOLEAN
Decide(EXCEPTION_DISPOSITION Disposition,
       PEXCEPTION_RECORD Record,
       const DISPATCHER_CONTEXT *Dispatcher,
       ULONG64 *NestedFrame)
{
    switch (Disposition)
    {
    case ExceptionContinueExecution:
        if (Record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)
            RaiseNested(STATUS_NONCONTINUABLE_EXCEPTION, Record);
        return TRUE;
    case ExceptionContinueSearch:
        return FALSE;
    case ExceptionNestedException:
        Record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
        if (Dispatcher->EstablisherFrame > *NestedFrame)
            *NestedFrame = Dispatcher->EstablisherFrame;
        return FALSE;
    default:
        RaiseNested(STATUS_INVALID_DISPOSITION, Record);
        return FALSE;
    }
}

// Fills Dispatcher for the frame at Frame and unwinds Frame past it. FALSE: no handler there.
static BOOLEAN
NextFrame(PCONTEXT Frame, PDISPATCHER_CONTEXT Dispatcher, PEXCEPTION_RECORD Record)
{
    ULONG64 base = 0;
    ULONG64 stackPointer;
    PRUNTIME_FUNCTION function = RtlLookupFunctionEntry(Frame->Rip, &base, NULL);

    if (function == NULL)
    {
        if (!OnStack(Frame->Rsp))
        {
            Record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
            return FALSE;
        }
        Frame->Rip = *(const ULONG64 *)Frame->Rsp;
        Frame->Rsp += 8;
        Frame->ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
        return FALSE;
    }
    RtlZeroMemory(Dispatcher, sizeof(*Dispatcher));
    Dispatcher->ControlPc = Frame->Rip;
    Dispatcher->ImageBase = base;
    Dispatcher->FunctionEntry = function;
    Dispatcher->ContextRecord = Frame;
    stackPointer = Frame->Rsp;
    Dispatcher->LanguageHandler =
        RtlVirtualUnwind(UNW_FLAG_EHANDLER, base, Frame->Rip, function, Frame,
                         &Dispatcher->HandlerData, &Dispatcher->EstablisherFrame, NULL);
    // A function that calls itself comes from the same place, but from further up the stack.
    if (!OnStack(Dispatcher->EstablisherFrame) || Frame->Rsp <= stackPointer)
    {
        Record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
        return FALSE;
    }
    return Dispatcher->LanguageHandler != NULL;
}

// A search reached a frame that an earlier unwind was just leaving: go on as if from there, without
// the __finally blocks that it has run already.
static BOOLEAN
ContinueCollided(PEXCEPTION_RECORD Record,
                 PCONTEXT Context,
                 const DISPATCHER_CONTEXT *Unwind,
                 PCONTEXT Frame,
                 ULONG64 *NestedFrame)
{
    DISPATCHER_CONTEXT dispatcher = *Unwind;
    ULONG64 establisher;
    PVOID data;

    *Frame = *Unwind->ContextRecord;
    (void)RtlVirtualUnwind(UNW_FLAG_NHANDLER, dispatcher.ImageBase, dispatcher.ControlPc,
                           dispatcher.FunctionEntry, Frame, &data, &establisher, NULL);
    Frame->ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    dispatcher.ContextRecord = Frame;
    return Decide(CallHandler(Record, Context, &dispatcher), Record, &dispatcher, NestedFrame);
}

void
KiDispatchException(PEXCEPTION_RECORD Record, PCONTEXT Context)
{
    CONTEXT frame = *Context;
    DISPATCHER_CONTEXT dispatcher;
    ULONG64 nestedFrame = 0;

    Record->ExceptionFlags &= ~(ULONG)(EXCEPTION_UNWIND | EXCEPTION_NESTED_CALL);
    while (!(Record->ExceptionFlags & EXCEPTION_STACK_INVALID))
    {
        if (!KiIsDriverAddress(frame.Rip))
        {
            PDISPATCHER_CONTEXT unwind = NULL;
            BOOLEAN nested = FALSE;

            if (!KiCrossKernelFrames(&frame, &unwind, &nested))
                break;
            if (nested)
                Record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
            if (unwind != NULL && ContinueCollided(Record, Context, unwind, &frame, &nestedFrame))
                return;
            continue;
        }
        if (!NextFrame(&frame, &dispatcher, Record))
            continue;
        if (Decide(CallHandler(Record, Context, &dispatcher), Record, &dispatcher, &nestedFrame))
            return;
        if (nestedFrame != 0 && dispatcher.EstablisherFrame == nestedFrame)
        {
            Record->ExceptionFlags &= ~(ULONG)EXCEPTION_NESTED_CALL;
            nestedFrame = 0;
        }
    }
    KiUnhandledException(Record, Context);
}

// Contract: debugger/bug-check-0x7e--system-thread-exception-not-handled.md, 0x3B and 0x1E: which
// one depends on what the thread was doing.
void
KiUnhandledException(const EXCEPTION_RECORD *Record, const CONTEXT *Context)
{
    const KI_PROCESSOR *processor = KiCurrentProcessor();
    const KTHREAD *thread = processor->CurrentThread;
    ULONG64 code = (ULONG64)(LONG64)Record->ExceptionCode & 0xFFFFFFFFu;
    ULONG64 address = (ULONG64)Record->ExceptionAddress;

    if (Record->ExceptionCode == STATUS_BREAKPOINT || processor->Irql >= DISPATCH_LEVEL)
        KiBugCheckWithContext(KMODE_EXCEPTION_NOT_HANDLED, code, address,
                              Record->ExceptionInformation[0], Record->ExceptionInformation[1],
                              Context, Record, "no handler took an exception",
                              "kernel/handling-exceptions.md");
    if (thread->SystemThread)
        KiBugCheckWithContext(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED, code, address, (ULONG64)Record,
                              (ULONG64)Context, Context, Record,
                              "no handler took an exception in a system thread",
                              "kernel/handling-exceptions.md");
    KiBugCheckWithContext(SYSTEM_SERVICE_EXCEPTION, code, address, (ULONG64)Context, 0, Context,
                          Record,
                          "no handler took an exception raised while the driver served a caller",
                          "kernel/handling-exceptions.md");
}

// ---- raising -------------------------------------------------------------------------------

// Contract: NF:ntddk.RtlRaiseException (x64 ABI): continuable unless the caller says otherwise; the
// exception's address is the caller's.
DDI VOID
RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord)
{
    CONTEXT context;

    RtlZeroMemory(&context, sizeof(context));
    if (!KiCallerContext(&context, (ULONG64)__builtin_frame_address(0)))
        KiUnhandledException(ExceptionRecord, &context);
    context.EFlags = 0x202;
    context.MxCsr = 0x1f80;
    ExceptionRecord->ExceptionAddress = (PVOID)context.Rip;
    KiDispatchException(ExceptionRecord, &context);
    KiRestoreContext(&context);
}

void
KiRaiseInCaller(NTSTATUS Status)
{
    EXCEPTION_RECORD record = {.ExceptionCode = Status, .ExceptionFlags = EXCEPTION_NONCONTINUABLE};
    RtlRaiseException(&record);
    __builtin_unreachable();
}

// Contract: NF:wdm.ExRaiseStatus.
DDI VOID
ExRaiseStatus(NTSTATUS Status)
{
    KiRaiseInCaller(Status);
}

DDI VOID
RtlRaiseStatus(NTSTATUS Status)
{
    KiRaiseInCaller(Status);
}

// Contract: NF:wdm.ExRaiseAccessViolation.
DDI VOID
ExRaiseAccessViolation(VOID)
{
    KiRaiseInCaller(STATUS_ACCESS_VIOLATION);
}

// Contract: NF:wdm.ExRaiseDatatypeMisalignment.
DDI VOID
ExRaiseDatatypeMisalignment(VOID)
{
    KiRaiseInCaller(STATUS_DATATYPE_MISALIGNMENT);
}

// Contract: NF:ntddk.RtlCaptureContext: the caller's registers right after the call.
DDI VOID
RtlCaptureContext(PCONTEXT ContextRecord)
{
    RtlZeroMemory(ContextRecord, sizeof(*ContextRecord));
    (void)KiCallerContext(ContextRecord, (ULONG64)__builtin_frame_address(0));
    ContextRecord->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
    ContextRecord->SegCs = 0x10;
    ContextRecord->SegDs = ContextRecord->SegEs = ContextRecord->SegFs = ContextRecord->SegGs =
        0x2b;
    ContextRecord->SegSs = 0x18;
    ContextRecord->EFlags = 0x202;
    ContextRecord->MxCsr = 0x1f80;
    ContextRecord->FltSave.MxCsr = 0x1f80;
    ContextRecord->FltSave.ControlWord = 0x27f;
}

// Reserved by its page; drivers know its flags: 1 asks for the user-mode stack, of which system
// threads have none, and from bit 8 on stands the number of frames to skip.
DDI ULONG
RtlWalkFrameChain(PVOID *Callers, ULONG Count, ULONG Flags)
{
    const ULONG skip = Flags >> 8;
    PVOID frames[256];
    ULONG total, count = 0;

    if (Flags & 1)
        return 0;
    total = KiCaptureDriverStack(frames, RTL_NUMBER_OF(frames));
    for (ULONG i = skip; i < total && count < Count; i++)
        Callers[count++] = frames[i];
    return count;
}

// Contract: NF:ntifs.RtlCaptureStackBackTrace.
DDI USHORT
RtlCaptureStackBackTrace(ULONG FramesToSkip,
                         ULONG FramesToCapture,
                         PVOID *BackTrace,
                         PULONG BackTraceHash)
{
    PVOID frames[64];
    ULONG total = KiCaptureDriverStack(frames, RTL_NUMBER_OF(frames));
    USHORT count = 0;
    ULONG hash = 0;

    for (ULONG i = FramesToSkip; i < total && count < FramesToCapture; i++)
    {
        BackTrace[count++] = frames[i];
        hash += (ULONG)(ULONG_PTR)frames[i];
    }
    if (BackTraceHash != NULL)
        *BackTraceHash = hash;
    return count;
}
