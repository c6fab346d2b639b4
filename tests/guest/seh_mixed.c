// SPDX-License-Identifier: MIT
// Exceptions through frames of another compiler: a driver of clang calls objects of mingw gcc that
// call it back. Raised and hardware exceptions are found by the handlers outside, registers come
// back, and __finally blocks on both sides of the gcc frames run.
//
// Page: kernel/handling-exceptions.md
// Run:
// Expect: seh_mixed: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"
#include "parts/gcc/frames.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MixedUnload;

typedef struct _CALLS
{
    ULONG Calls;
    ULONG RaiseAt;
    BOOLEAN Fault;
    BOOLEAN Nested;
    ULONG Finally;
} CALLS;

static const long values[6] = {1, 2, 3, 4, 5, 6};
static NTSTATUS raised;

static long
Callback(void *Context, long Value)
{
    CALLS *calls = Context;

    __try
    {
        calls->Calls++;
        if (calls->Calls == calls->RaiseAt && calls->Fault)
            *(volatile long *)16 = Value;
        if (calls->Calls == calls->RaiseAt)
            ExRaiseStatus(STATUS_DEVICE_BUSY);
    }
    __finally
    {
        calls->Finally++;
    }
    return Value;
}

static NOINLINE long
Guarded(CALLS *Calls)
{
    __try
    {
        return GccCallBack(Callback, Calls, values);
    }
    __finally
    {
        Calls->Finally += 100;
    }
}

static VOID
TestReturn(VOID)
{
    CALLS calls = {0};

    // 1*0 + 2*1 + ... + 6*5 and 2*3*4*5*6*7
    EXPECT_EQ(Guarded(&calls), 70 + 5040);
    EXPECT_EQ(calls.Finally, 106);
}

static VOID
TestRaise(BOOLEAN Fault)
{
    CALLS calls = {.RaiseAt = 4, .Fault = Fault};
    volatile ULONG before = 42;

    RAISED(Guarded(&calls));
    EXPECT_EQ(raised, Fault ? STATUS_ACCESS_VIOLATION : STATUS_DEVICE_BUSY);
    EXPECT_EQ(calls.Calls, 4);
    EXPECT_EQ(calls.Finally, 104);
    EXPECT_EQ(before, 42);
}

// Handled between two gcc frames: the outer one goes on with its registers as they were.
static long
Handling(void *Context, long Value)
{
    CALLS *calls = Context;
    CALLS inner = {.RaiseAt = 2};
    long result = Value;

    calls->Calls++;
    __try
    {
        (void)GccCallBack(Callback, &inner, values);
        result = -1;
    }
    __except (GetExceptionCode() == STATUS_DEVICE_BUSY ? EXCEPTION_EXECUTE_HANDLER
                                                       : EXCEPTION_CONTINUE_SEARCH)
    {
        calls->Finally += inner.Finally;
    }
    return result;
}

static VOID
TestBetween(VOID)
{
    CALLS calls = {0};

    EXPECT_EQ(GccCallBack(Handling, &calls, values), 70 + 5040);
    EXPECT_EQ(calls.Calls, 6);
    EXPECT_EQ(calls.Finally, 12);
}

static VOID
TestDeep(VOID)
{
    CALLS calls = {.RaiseAt = 1};
    CALLS none = {0};

    RAISED(GccRecurse(20, Callback, &calls));
    EXPECT_EQ(raised, STATUS_DEVICE_BUSY);
    EXPECT_EQ(calls.Finally, 1);
    EXPECT_EQ(GccRecurse(20, Callback, &none), 210);
}

static VOID
MixedUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = MixedUnload;
    TestReturn();
    TestRaise(FALSE);
    TestRaise(TRUE);
    TestBetween();
    TestDeep();
    return Finish("seh_mixed");
}
