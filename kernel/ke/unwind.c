// SPDX-License-Identifier: MIT
// The second pass of exception handling: RtlUnwindEx runs the __finally blocks between the raise
// and the frame that handles it and continues there; __C_specific_handler reads the scope tables
// that MSVC and clang emit. IRQL: any, as the handlers allow.
#include "ke/kep.h"
#include "rtl/unwind.h"

typedef struct _KI_UNWIND
{
    ULONG64 TargetFrame;
    ULONG64 TargetIp;
    PEXCEPTION_RECORD Record;
    PVOID ReturnValue;
    CONTEXT Context; // the frame being unwound
} KI_UNWIND;

static BOOLEAN
FrameOk(const KI_UNWIND *Unwind, ULONG64 Frame)
{
    const KTHREAD *thread = KiCurrentThread();
    return Frame >= (ULONG64)thread->StackLimit && Frame <= (ULONG64)thread->StackBase &&
           (Frame & 7) == 0 && (Unwind->TargetFrame == 0 || Frame <= Unwind->TargetFrame);
}

static void
BadUnwind(const KI_UNWIND *Unwind, NTSTATUS Status)
{
    EXCEPTION_RECORD record = {.ExceptionCode = Status,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionRecord = Unwind->Record,
                               .ExceptionAddress = (PVOID)Unwind->Context.Rip};
    KiUnhandledException(&record, &Unwind->Context);
}

static void
CallTerminationHandler(KI_UNWIND *Unwind, PDISPATCHER_CONTEXT Dispatcher)
{
    PEXCEPTION_RECORD record = Unwind->Record;
    EXCEPTION_DISPOSITION disposition;
    PKI_GATE_RECORD saved = KiGate.Top;

    if (Dispatcher->EstablisherFrame == Unwind->TargetFrame)
        record->ExceptionFlags |= EXCEPTION_TARGET_UNWIND;
    Unwind->Context.Rax = (ULONG64)Unwind->ReturnValue;
    KiPushRecord(KiRecordUnwind, Dispatcher, Dispatcher);
    disposition = Dispatcher->LanguageHandler(record, (PVOID)Dispatcher->EstablisherFrame,
                                              Dispatcher->ContextRecord, Dispatcher);
    KiGate.Top = saved;
    record->ExceptionFlags &= ~(ULONG)(EXCEPTION_COLLIDED_UNWIND | EXCEPTION_TARGET_UNWIND);
    if (disposition != ExceptionContinueSearch)
        BadUnwind(Unwind, STATUS_INVALID_DISPOSITION);
}

// Unwinds one driver frame. TRUE when it was the target (then Context still is that frame).
static BOOLEAN
UnwindFrame(KI_UNWIND *Unwind)
{
    CONTEXT caller = Unwind->Context;
    DISPATCHER_CONTEXT dispatcher;
    ULONG64 base = 0;
    PRUNTIME_FUNCTION function = RtlLookupFunctionEntry(caller.Rip, &base, NULL);

    if (function == NULL)
    {
        if (!FrameOk(Unwind, caller.Rsp))
            BadUnwind(Unwind, STATUS_BAD_STACK);
        Unwind->Context.Rip = *(const ULONG64 *)caller.Rsp;
        Unwind->Context.Rsp += 8;
        Unwind->Context.ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
        return FALSE;
    }
    RtlZeroMemory(&dispatcher, sizeof(dispatcher));
    dispatcher.ControlPc = caller.Rip;
    dispatcher.ImageBase = base;
    dispatcher.FunctionEntry = function;
    dispatcher.TargetIp = Unwind->TargetIp;
    dispatcher.ContextRecord = &Unwind->Context;
    if (caller.ContextFlags & CONTEXT_UNWOUND_TO_CALL)
        dispatcher.Fill0 = KI_CONTROL_PC_IS_RETURN;
    caller.ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    dispatcher.LanguageHandler =
        RtlVirtualUnwind(UNW_FLAG_UHANDLER, base, caller.Rip, function, &caller,
                         &dispatcher.HandlerData, &dispatcher.EstablisherFrame, NULL);
    if (!FrameOk(Unwind, dispatcher.EstablisherFrame))
        BadUnwind(Unwind, STATUS_BAD_STACK);
    if (dispatcher.LanguageHandler != NULL)
        CallTerminationHandler(Unwind, &dispatcher);
    if (dispatcher.EstablisherFrame == Unwind->TargetFrame)
        return TRUE;
    Unwind->Context = caller;
    return FALSE;
}

// An earlier unwind was interrupted by the exception whose unwind this is: finish the frame it was
// in, beginning after the __finally block that raised.
static BOOLEAN
UnwindCollided(KI_UNWIND *Unwind, const DISPATCHER_CONTEXT *Earlier)
{
    DISPATCHER_CONTEXT dispatcher = *Earlier;
    CONTEXT caller = *Earlier->ContextRecord;
    ULONG64 establisher;
    PVOID data;

    Unwind->Context = caller;
    dispatcher.ContextRecord = &Unwind->Context;
    dispatcher.TargetIp = Unwind->TargetIp;
    Unwind->Record->ExceptionFlags |= EXCEPTION_COLLIDED_UNWIND;
    CallTerminationHandler(Unwind, &dispatcher);
    if (dispatcher.EstablisherFrame == Unwind->TargetFrame)
        return TRUE;
    (void)RtlVirtualUnwind(UNW_FLAG_NHANDLER, dispatcher.ImageBase, dispatcher.ControlPc,
                           dispatcher.FunctionEntry, &caller, &data, &establisher, NULL);
    caller.ContextFlags |= CONTEXT_UNWOUND_TO_CALL;
    Unwind->Context = caller;
    return FALSE;
}

static void
UnwindToTarget(KI_UNWIND *Unwind)
{
    for (;;)
    {
        PDISPATCHER_CONTEXT earlier = NULL;

        if (KiIsDriverAddress(Unwind->Context.Rip))
        {
            if (UnwindFrame(Unwind))
                return;
            continue;
        }
        if (!KiCrossKernelFrames(&Unwind->Context, &earlier, NULL))
            BadUnwind(Unwind, STATUS_INVALID_UNWIND_TARGET);
        if (earlier != NULL && UnwindCollided(Unwind, earlier))
            return;
    }
}

// Contract: the x64 exception handling ABI. Does not return: execution continues at TargetIp in
// TargetFrame with ReturnValue in rax.
DDI VOID
RtlUnwindEx(PVOID TargetFrame,
            PVOID TargetIp,
            PEXCEPTION_RECORD ExceptionRecord,
            PVOID ReturnValue,
            PCONTEXT OriginalContext,
            PUNWIND_HISTORY_TABLE HistoryTable)
{
    EXCEPTION_RECORD exitRecord = {.ExceptionCode = STATUS_UNWIND};
    KI_UNWIND unwind = {.TargetFrame = (ULONG64)TargetFrame,
                        .TargetIp = (ULONG64)TargetIp,
                        .Record = ExceptionRecord,
                        .ReturnValue = ReturnValue};

    UNREFERENCED_PARAMETER(OriginalContext);
    UNREFERENCED_PARAMETER(HistoryTable);
    if (!KiCallerContext(&unwind.Context, (ULONG64)__builtin_frame_address(0)))
        BadUnwind(&unwind, STATUS_INVALID_UNWIND_TARGET);
    if (unwind.Record == NULL)
    {
        exitRecord.ExceptionAddress = (PVOID)unwind.Context.Rip;
        unwind.Record = &exitRecord;
    }
    unwind.Record->ExceptionFlags |= EXCEPTION_UNWINDING;
    if (TargetFrame == NULL)
        unwind.Record->ExceptionFlags |= EXCEPTION_EXIT_UNWIND;
    UnwindToTarget(&unwind);
    unwind.Context.Rax = (ULONG64)ReturnValue;
    if (unwind.Record->ExceptionCode == STATUS_LONGJUMP && unwind.Record->NumberParameters >= 1)
        KiRestoreJump(&unwind.Context, (const void *)unwind.Record->ExceptionInformation[0]);
    else if (unwind.Record->ExceptionCode != STATUS_UNWIND_CONSOLIDATE)
        unwind.Context.Rip = (ULONG64)TargetIp;
    unwind.Context.EFlags = 0x202;
    unwind.Context.MxCsr = 0x1f80;
    KiRestoreContext(&unwind.Context);
}

// Contract: NF:ntddk.RtlUnwind (x64 ABI).
DDI VOID
RtlUnwind(PVOID TargetFrame, PVOID TargetIp, PEXCEPTION_RECORD ExceptionRecord, PVOID ReturnValue)
{
    RtlUnwindEx(TargetFrame, TargetIp, ExceptionRecord, ReturnValue, NULL, NULL);
}

// What MSVC calls when code jumps out of a __try with __finally.
DDI VOID
_local_unwind(PVOID TargetFrame, PVOID TargetIp)
{
    RtlUnwindEx(TargetFrame, TargetIp, NULL, NULL, NULL, NULL);
}

// ---- scope tables ----------------------------------------------------------------------------

#define SCOPE(Table, Index) ((Table)->ScopeRecord[Index])

// Where the frame stands, as an offset into the image. For a return address it is the call: a range
// may begin right behind it that the call is no part of.
static ULONG64
ControlOffset(const DISPATCHER_CONTEXT *Dispatcher)
{
    ULONG64 offset = Dispatcher->ControlPc - Dispatcher->ImageBase;
    return Dispatcher->Fill0 == KI_CONTROL_PC_IS_RETURN ? offset - 1 : offset;
}

static EXCEPTION_DISPOSITION
SearchScopes(PEXCEPTION_RECORD Record,
             PVOID Frame,
             PCONTEXT Context,
             PDISPATCHER_CONTEXT Dispatcher)
{
    const SCOPE_TABLE *table = Dispatcher->HandlerData;
    ULONG64 pc = ControlOffset(Dispatcher);
    EXCEPTION_POINTERS pointers = {Record, Context};

    for (ULONG i = Dispatcher->ScopeIndex; i < table->Count; i++)
    {
        ULONG handler = SCOPE(table, i).HandlerAddress;
        LONG result = EXCEPTION_EXECUTE_HANDLER;

        if (pc < SCOPE(table, i).BeginAddress || pc >= SCOPE(table, i).EndAddress ||
            SCOPE(table, i).JumpTarget == 0)
            continue;
        // 1 stands for a filter that is the constant EXCEPTION_EXECUTE_HANDLER.
        if (handler != 1)
            result = ((PEXCEPTION_FILTER)(Dispatcher->ImageBase + handler))(&pointers, Frame);
        if (result < 0)
            return ExceptionContinueExecution;
        if (result > 0)
            RtlUnwindEx(Frame, (PVOID)(Dispatcher->ImageBase + SCOPE(table, i).JumpTarget), Record,
                        (PVOID)(ULONG64)(ULONG)Record->ExceptionCode, Dispatcher->ContextRecord,
                        Dispatcher->HistoryTable);
    }
    return ExceptionContinueSearch;
}

static BOOLEAN
Covers(const SCOPE_TABLE *Table, ULONG Index, ULONG64 Pc)
{
    return Pc >= SCOPE(Table, Index).BeginAddress && Pc < SCOPE(Table, Index).EndAddress;
}

// How far the blocks of the target frame are left: the index of the first scope (inner ones come
// first) that the jump stays inside. A jump to an __except block leaves everything up to that
// block's own scope; its address may lie within the ranges of inner scopes, because compilers end a
// range one byte behind the last call. Any other jump stays inside the scopes around its target.
static ULONG
ScopesLeft(const SCOPE_TABLE *Table, ULONG64 Pc, ULONG64 Target)
{
    for (ULONG i = 0; i < Table->Count; i++)
    {
        if (Covers(Table, i, Pc) && SCOPE(Table, i).JumpTarget != 0 &&
            SCOPE(Table, i).JumpTarget == Target)
            return i;
    }
    for (ULONG i = 0; i < Table->Count; i++)
    {
        if (Covers(Table, i, Pc) && Covers(Table, i, Target))
            return i;
    }
    return Table->Count;
}

static EXCEPTION_DISPOSITION
UnwindScopes(const EXCEPTION_RECORD *Record, PVOID Frame, PDISPATCHER_CONTEXT Dispatcher)
{
    const SCOPE_TABLE *table = Dispatcher->HandlerData;
    ULONG64 pc = ControlOffset(Dispatcher);
    ULONG end = table->Count;

    if (Record->ExceptionFlags & EXCEPTION_TARGET_UNWIND)
        end = ScopesLeft(table, pc, Dispatcher->TargetIp - Dispatcher->ImageBase);
    for (ULONG i = Dispatcher->ScopeIndex; i < end; i++)
    {
        if (!Covers(table, i, pc) || SCOPE(table, i).JumpTarget != 0)
            continue;
        // Before the call: should the block raise, it is not to be run again.
        Dispatcher->ScopeIndex = i + 1;
        ((PTERMINATION_HANDLER)(Dispatcher->ImageBase + SCOPE(table, i).HandlerAddress))(TRUE,
                                                                                         Frame);
    }
    return ExceptionContinueSearch;
}

// The language handler of C code with __try. Contract: the x64 exception handling ABI.
DDI EXCEPTION_DISPOSITION
__C_specific_handler(PEXCEPTION_RECORD ExceptionRecord,
                     PVOID EstablisherFrame,
                     PCONTEXT ContextRecord,
                     PDISPATCHER_CONTEXT DispatcherContext)
{
    if (ExceptionRecord->ExceptionFlags & EXCEPTION_UNWIND)
        return UnwindScopes(ExceptionRecord, EstablisherFrame, DispatcherContext);
    return SearchScopes(ExceptionRecord, EstablisherFrame, ContextRecord, DispatcherContext);
}
