// SPDX-License-Identifier: MIT
// What compilers and drivers call below __try: raising a record, capturing and unwinding frames by
// hand, the handler of C's scope tables, the probe of large stack frames, stack traces.
// Page: NF:ntifs.RtlCaptureContext, NF:ntifs.RtlCaptureStackBackTrace
// Run:
// Expect: seh_raise: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>
#include <intrin.h>

#include "check.h"

// Exported, and in no header of the kit.
NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);
NTSYSAPI VOID NTAPI RtlRaiseStatus(NTSTATUS Status);
NTSYSAPI VOID NTAPI _local_unwind(PVOID TargetFrame, PVOID TargetIp);
EXCEPTION_DISPOSITION __C_specific_handler(PEXCEPTION_RECORD ExceptionRecord,
                                           PVOID EstablisherFrame,
                                           PCONTEXT ContextRecord,
                                           PDISPATCHER_CONTEXT DispatcherContext);

extern UCHAR __ImageBase;

#define EXCEPTION_CODE 0xE0001234

// ---- raising ------------------------------------------------------------------------------------

static EXCEPTION_RECORD seen;
static ULONG64 seenRip;

static LONG
Remember(PEXCEPTION_POINTERS Pointers, LONG Decision)
{
    seen = *Pointers->ExceptionRecord;
    seenRip = Pointers->ContextRecord->Rip;
    return Decision;
}

// TRUE when the address is of this driver.
static BOOLEAN
Ours(ULONG64 Address)
{
    return Address >= (ULONG64)&__ImageBase && Address < (ULONG64)&__ImageBase + 0x40000;
}

static void
TestRaise(void)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)EXCEPTION_CODE,
                               .NumberParameters = 2,
                               .ExceptionInformation = {11, 22}};
    volatile ULONG step = 0;

    __try
    {
        RtlRaiseException(&record);
        step = 1; // the filter said: continue
    }
    __except (Remember(GetExceptionInformation(), EXCEPTION_CONTINUE_EXECUTION))
    {
        step = 2;
    }
    EXPECT_EQ(step, 1);
    EXPECT_EQ((ULONG)seen.ExceptionCode, EXCEPTION_CODE);
    EXPECT_EQ(seen.NumberParameters, 2);
    EXPECT(seen.ExceptionInformation[0] == 11 && seen.ExceptionInformation[1] == 22);
    EXPECT(Ours((ULONG64)seen.ExceptionAddress));
    EXPECT(seenRip == (ULONG64)seen.ExceptionAddress);
    __try
    {
        RtlRaiseStatus(STATUS_DEVICE_BUSY);
        step = 3;
    }
    __except (Remember(GetExceptionInformation(), EXCEPTION_EXECUTE_HANDLER))
    {
        step = 4;
    }
    EXPECT_EQ(step, 4);
    EXPECT_EQ(seen.ExceptionCode, STATUS_DEVICE_BUSY);
    EXPECT_EQ(seen.ExceptionFlags & EXCEPTION_NONCONTINUABLE, EXCEPTION_NONCONTINUABLE);
    EXPECT_EQ(seen.NumberParameters, 0);
}

// Continuing what cannot be continued is an exception of its own.
static void
TestNoncontinuable(void)
{
    volatile NTSTATUS code = 0;

    __try
    {
        __try
        {
            RtlRaiseStatus(STATUS_DEVICE_BUSY);
        }
        __except (GetExceptionCode() == STATUS_DEVICE_BUSY ? EXCEPTION_CONTINUE_EXECUTION
                                                           : EXCEPTION_CONTINUE_SEARCH)
        {
            code = 1;
        }
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        code = GetExceptionCode();
    }
    EXPECT_EQ(code, STATUS_NONCONTINUABLE_EXCEPTION);
}

// ---- capturing and unwinding --------------------------------------------------------------------

static CONTEXT target;
static volatile ULONG arrivals;
static volatile ULONG cleaned;
static volatile ULONG how;

static NOINLINE void
Leave(void)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)EXCEPTION_CODE};

    if (how == 0)
        RtlUnwind((PVOID)target.Rsp, (PVOID)target.Rip, NULL, NULL);
    else if (how == 1)
        RtlUnwindEx((PVOID)target.Rsp, (PVOID)target.Rip, &record, NULL, &target, NULL);
    else if (how == 2)
        _local_unwind((PVOID)target.Rsp, (PVOID)target.Rip);
}

static NOINLINE void
Guarded(ULONG Depth)
{
    __try
    {
        if (Depth != 0)
            Guarded(Depth - 1);
        else
            Leave();
    }
    __finally
    {
        cleaned += AbnormalTermination() ? 1 : 100;
    }
}

// The frame that the unwind ends in. It has no frame pointer, so its frame is its stack pointer.
static NOINLINE ULONG
Arrive(ULONG Method)
{
    arrivals = 0;
    cleaned = 0;
    how = Method;
    RtlCaptureContext(&target);
    arrivals++;
    if (arrivals == 1)
        Guarded(2);
    return arrivals;
}

static void
TestUnwind(void)
{
    ULONG local;

    for (ULONG method = 0; method < 3; method++)
    {
        EXPECT_EQ(Arrive(method), 2);
        EXPECT_EQ(cleaned, 3);
    }
    EXPECT_EQ(Arrive(3), 1); // nobody unwinds
    EXPECT_EQ(cleaned, 300);
    EXPECT(Ours(target.Rip));
    EXPECT_EQ(target.ContextFlags & CONTEXT_FULL, CONTEXT_FULL);
    EXPECT(target.Rsp < (ULONG64)&local + 0x1000 && target.Rsp > (ULONG64)&local - 0x1000);
    EXPECT_EQ(target.Rsp & 15, 0);
}

// ---- the handler of C's scope tables ------------------------------------------------------------

static volatile LONG decision;
static volatile ULONG asked;

static LONG
Filter(PEXCEPTION_POINTERS Pointers, PVOID Frame)
{
    asked++;
    EXPECT_EQ((ULONG)Pointers->ExceptionRecord->ExceptionCode, EXCEPTION_CODE);
    EXPECT(Frame == &target);
    return decision;
}

static void
TestScopes(void)
{
    EXCEPTION_RECORD record = {.ExceptionCode = (NTSTATUS)EXCEPTION_CODE};
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    SCOPE_TABLE table = {.Count = 1};
    DISPATCHER_CONTEXT dispatcher = {.ImageBase = (ULONG64)&__ImageBase,
                                     .ControlPc = (ULONG64)&__ImageBase + 0x1010,
                                     .EstablisherFrame = (ULONG64)&target,
                                     .ContextRecord = &context,
                                     .HandlerData = &table};

    table.ScopeRecord[0].BeginAddress = 0x1000;
    table.ScopeRecord[0].EndAddress = 0x1020;
    table.ScopeRecord[0].HandlerAddress = (ULONG)((ULONG64)Filter - (ULONG64)&__ImageBase);
    table.ScopeRecord[0].JumpTarget = 0x1020;
    decision = EXCEPTION_CONTINUE_EXECUTION;
    EXPECT_EQ(__C_specific_handler(&record, &target, &context, &dispatcher),
              ExceptionContinueExecution);
    decision = EXCEPTION_CONTINUE_SEARCH;
    EXPECT_EQ(__C_specific_handler(&record, &target, &context, &dispatcher),
              ExceptionContinueSearch);
    EXPECT_EQ(asked, 2);
    dispatcher.ControlPc = (ULONG64)&__ImageBase + 0x1020; // outside of the scope
    EXPECT_EQ(__C_specific_handler(&record, &target, &context, &dispatcher),
              ExceptionContinueSearch);
    table.Count = 0;
    dispatcher.ControlPc = (ULONG64)&__ImageBase + 0x1010;
    EXPECT_EQ(__C_specific_handler(&record, &target, &context, &dispatcher),
              ExceptionContinueSearch);
    EXPECT_EQ(asked, 2);
}

// ---- stack --------------------------------------------------------------------------------------

static NOINLINE ULONG
Large(ULONG Index)
{
    volatile UCHAR bytes[9000]; // more than a page: the prologue calls __chkstk

    bytes[0] = 1;
    bytes[8999] = 2;
    bytes[Index] = 5;
    return bytes[0] + bytes[8999] + bytes[Index];
}

static void
TestProbe(void)
{
    ULONG64 size = 0x2345, second = 0x1111, third = 0x2222;

    EXPECT_EQ(Large(4500), 8);
    __asm__ volatile("call __chkstk" : "+a"(size), "+c"(second), "+d"(third) : : "cc", "memory");
    EXPECT(size == 0x2345 && second == 0x1111 && third == 0x2222); // registers come back
}

static PVOID frames[8];
static PVOID addresses[3];
static ULONG hash;

static NOINLINE USHORT
Innermost(ULONG Skip, ULONG Count)
{
    USHORT captured = RtlCaptureStackBackTrace(Skip, Count, frames, &hash);

    addresses[0] = (PVOID)Innermost;
    addresses[1] = _ReturnAddress();
    return (USHORT)(captured + (KeGetCurrentIrql() & 0)); // no tail call
}

static NOINLINE USHORT
Outer(ULONG Skip, ULONG Count)
{
    USHORT captured = Innermost(Skip, Count);

    addresses[2] = _ReturnAddress();
    return (USHORT)(captured + (KeGetCurrentIrql() & 0));
}

static void
TestTrace(void)
{
    ULONG hashes[2];

    RtlZeroMemory(frames, sizeof(frames));
    EXPECT(Outer(0, 8) >= 3);
    EXPECT((ULONG64)frames[0] - (ULONG64)addresses[0] < 0x100); // in Innermost, behind the call
    EXPECT(frames[1] == addresses[1]);
    EXPECT(frames[2] == addresses[2]);
    for (ULONG i = 0; i < 2; i++)
    {
        RtlZeroMemory(frames, sizeof(frames));
        EXPECT_EQ(Outer(1, 2), 2);
        EXPECT(frames[0] == addresses[1] && frames[1] == addresses[2] && frames[2] == NULL);
        hashes[i] = hash;
        if (i == 0)
            EXPECT_EQ(RtlCaptureStackBackTrace(0, 0, frames, NULL), 0);
    }
    EXPECT(RtlCaptureStackBackTrace(60, 2, frames, NULL) == 0); // nothing so far out
    EXPECT(hashes[0] != 0);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestRaise();
    TestNoncontinuable();
    TestUnwind();
    TestScopes();
    TestProbe();
    TestTrace();
    return Finish("seh_raise");
}
