// SPDX-License-Identifier: MIT
// Bug checks: what is known about the failure is written down once, then the machine stops and the
// host prints the report. IRQL: any.
#include "ke/kep.h"
#include "rtl/rtl.h"

KI_BUGCHECK KiBugCheckRecord;
BOOLEAN KiBugCheckActive;
const void *KiBlamedRoutine;

static const KI_EXPORT *
RunningExport(void)
{
    ULONG64 stackPointer = (ULONG64)__builtin_frame_address(0);

    for (;;)
    {
        const KI_GATE_RECORD *record = KiFindRecord(stackPointer);
        if (record->Export != NULL)
            return KiIsDriverAddress != NULL && KiIsDriverAddress(*(const ULONG64 *)record->Rsp)
                       ? record->Export
                       : NULL;
        if (KiRecordKind(record) == KiRecordBarrier || KiRecordKind(record) == KiRecordTrap)
            return NULL;
        stackPointer = record->Rsp + 8;
    }
}

static __attribute__((noreturn)) void
Stop(KI_BUGCHECK *Record)
{
    Record->Irql = KiCurrentIrql();
    Record->Processor = KiCurrentProcessor()->Number;
    Record->Thread = KiCurrentThread();
    KiBugCheckData[0] = Record->Code;
    for (ULONG i = 0; i < 4; i++)
        KiBugCheckData[i + 1] = Record->Parameters[i];
    KiBugCheckActive = TRUE;
    if (KiInHost)
        host_fatal("a bug check outside the machine");
    KiCallBugCheckCallbacks(Record);
    KiStopMachine();
}

void
KiBugCheckWithContext(ULONG Code,
                      ULONG64 P1,
                      ULONG64 P2,
                      ULONG64 P3,
                      ULONG64 P4,
                      const CONTEXT *Context,
                      const EXCEPTION_RECORD *Exception,
                      const char *Rule,
                      const char *Page)
{
    KI_BUGCHECK *record = &KiBugCheckRecord;

    if (KiBugCheckActive)
    {
        if (!KiFailBugCheckCallback())
            host_fatal("a bug check inside a bug check");
        KiCallBugCheckCallbacks(record);
        KiStopMachine();
    }
    record->Code = Code;
    record->Parameters[0] = P1;
    record->Parameters[1] = P2;
    record->Parameters[2] = P3;
    record->Parameters[3] = P4;
    record->Rule = Rule;
    record->Page = Page;
    record->Export = RunningExport();
    if (Exception != NULL)
    {
        record->Exception = *Exception;
        record->ExceptionValid = TRUE;
    }
    if (Context != NULL)
    {
        CONTEXT walk = *Context;
        record->Context = *Context;
        record->ContextValid = TRUE;
        record->FrameCount = KiWalkStack(&walk, record->Frames, KI_STACK_FRAMES);
    }
    else if (KiBlamedRoutine != NULL)
    {
        // The driver that runs further up has called it; it comes second.
        record->Frames[0] = (PVOID)KiBlamedRoutine;
        record->FirstIsRoutine = TRUE;
        record->Export = NULL;
        record->FrameCount = 1 + KiCaptureDriverStack(record->Frames + 1, KI_STACK_FRAMES - 1);
    }
    else
    {
        record->FrameCount = KiCaptureDriverStack(record->Frames, KI_STACK_FRAMES);
    }
    // A thread that ends often does so by a jump: only the routine it started in tells whose it is.
    if (record->FrameCount == 0 && !KiInHost && KiIsDriverAddress != NULL &&
        KiCurrentThread()->Terminating &&
        KiIsDriverAddress((ULONG64)KiCurrentThread()->StartRoutine))
        record->Frames[record->FrameCount++] = (char *)KiCurrentThread()->StartRoutine + 1;
    Stop(record);
}

void
KiBugCheckWithRule(ULONG Code,
                   ULONG64 P1,
                   ULONG64 P2,
                   ULONG64 P3,
                   ULONG64 P4,
                   const char *Rule,
                   const char *Page,
                   PVOID Irp,
                   PVOID Device)
{
    if (!KiBugCheckActive)
    {
        KiBugCheckRecord.Irp = Irp;
        KiBugCheckRecord.Device = Device;
    }
    KiBugCheckWithContext(Code, P1, P2, P3, P4, NULL, NULL, Rule, Page);
}

// Contract: NF:wdm.KeBugCheckEx.
DDI VOID
KeBugCheckEx(ULONG BugCheckCode,
             ULONG_PTR BugCheckParameter1,
             ULONG_PTR BugCheckParameter2,
             ULONG_PTR BugCheckParameter3,
             ULONG_PTR BugCheckParameter4)
{
    KiBugCheckWithRule(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                       BugCheckParameter4, NULL, NULL, NULL, NULL);
}

// Contract: NF:ntddk.KeBugCheck.
DDI VOID
KeBugCheck(ULONG BugCheckCode)
{
    KiBugCheckWithRule(BugCheckCode, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
}

__attribute__((ms_abi)) void
KiTrace(const char *Function, const char *File, const char *Format, ...)
{
    char line[512];
    __builtin_ms_va_list arguments;

    __builtin_ms_va_start(arguments, Format);
    (void)RtlFormatV(line, sizeof(line), Format, arguments);
    __builtin_ms_va_end(arguments);
    KeVerifierHooks.Trace(Function, File, line);
}
