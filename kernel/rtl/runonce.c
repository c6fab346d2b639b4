// SPDX-License-Identifier: MIT
// One-time initialization. Owns no state: everything is in the caller's RTL_RUN_ONCE. The low two
// bits of the pointer are its state; the rest is the context, whose low bits the documentation
// reserves (RTL_RUN_ONCE_CTX_RESERVED_BITS). Up to APC_LEVEL.
#include "rtlp.h"

#include <ntddk.h>

#include "assert.h"
#include "exports.h"

#define RTLP_ONCE_NEW      0u
#define RTLP_ONCE_BUSY     1u // one thread initializes, others wait
#define RTLP_ONCE_PARALLEL 2u // RTL_RUN_ONCE_ASYNC: any number may try
#define RTLP_ONCE_DONE     3u
#define RTLP_ONCE_MASK     3u

static ULONG_PTR
RtlpOnceValue(const RTL_RUN_ONCE *RunOnce)
{
    return (ULONG_PTR)RunOnce->Ptr;
}

static VOID
RtlpOnceWait(PRTL_RUN_ONCE RunOnce)
{
    const volatile ULONG_PTR *address = (const volatile ULONG_PTR *)&RunOnce->Ptr;

    // Only another thread can finish what is under way, and only ke can run it.
    NT_ASSERT(RtlHooks.WaitOnAddress != NULL);
    RtlHooks.WaitOnAddress(address, *address);
}

static VOID
RtlpOnceWake(PRTL_RUN_ONCE RunOnce)
{
    if (RtlHooks.WakeAddress != NULL)
    {
        RtlHooks.WakeAddress((const volatile ULONG_PTR *)&RunOnce->Ptr);
    }
}

DDI VOID
RtlRunOnceInitialize(_Out_ PRTL_RUN_ONCE RunOnce)
{
    RunOnce->Ptr = NULL;
}

static VOID
RtlpOnceReturn(const RTL_RUN_ONCE *RunOnce, PVOID *Context)
{
    if (Context != NULL)
    {
        *Context = (PVOID)(RtlpOnceValue(RunOnce) & ~(ULONG_PTR)RTLP_ONCE_MASK);
    }
}

DDI NTSTATUS
RtlRunOnceBeginInitialize(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _Out_opt_ PVOID *Context)
{
    const BOOLEAN parallel = (Flags & RTL_RUN_ONCE_ASYNC) != 0;

    if ((Flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_CHECK_ONLY)) != 0)
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (parallel && (Flags & RTL_RUN_ONCE_CHECK_ONLY) != 0)
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    for (;;)
    {
        const ULONG_PTR state = RtlpOnceValue(RunOnce) & RTLP_ONCE_MASK;

        if (state == RTLP_ONCE_DONE)
        {
            RtlpOnceReturn(RunOnce, Context);
            return STATUS_SUCCESS;
        }
        if ((Flags & RTL_RUN_ONCE_CHECK_ONLY) != 0)
        {
            return STATUS_UNSUCCESSFUL;
        }
        if (state == RTLP_ONCE_NEW)
        {
            RunOnce->Ptr = (PVOID)(ULONG_PTR)(parallel ? RTLP_ONCE_PARALLEL : RTLP_ONCE_BUSY);
            return STATUS_PENDING;
        }
        // Both modes must not be mixed.
        if (parallel != (state == RTLP_ONCE_PARALLEL))
        {
            return STATUS_INVALID_PARAMETER_2;
        }
        if (parallel)
        {
            return STATUS_PENDING;
        }
        RtlpOnceWait(RunOnce);
    }
}

DDI NTSTATUS
RtlRunOnceComplete(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _In_opt_ PVOID Context)
{
    const BOOLEAN parallel = (Flags & RTL_RUN_ONCE_ASYNC) != 0;
    const BOOLEAN failed = (Flags & RTL_RUN_ONCE_INIT_FAILED) != 0;
    const ULONG_PTR state = RtlpOnceValue(RunOnce) & RTLP_ONCE_MASK;

    if ((Flags & ~(RTL_RUN_ONCE_ASYNC | RTL_RUN_ONCE_INIT_FAILED)) != 0 || (parallel && failed))
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    if (((ULONG_PTR)Context & RTLP_ONCE_MASK) != 0 || (failed && Context != NULL))
    {
        return STATUS_INVALID_PARAMETER_3;
    }
    // In parallel mode the first one wins; the others learn here that they lost.
    if (state != (parallel ? RTLP_ONCE_PARALLEL : RTLP_ONCE_BUSY))
    {
        return STATUS_UNSUCCESSFUL;
    }
    RunOnce->Ptr = failed ? NULL : (PVOID)((ULONG_PTR)Context | RTLP_ONCE_DONE);
    RtlpOnceWake(RunOnce);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlRunOnceExecuteOnce(_Inout_ PRTL_RUN_ONCE RunOnce,
                      _In_ PRTL_RUN_ONCE_INIT_FN InitFn,
                      _Inout_opt_ PVOID Parameter,
                      _Out_opt_ PVOID *Context)
{
    PVOID context = NULL;
    NTSTATUS status;

    status = RtlRunOnceBeginInitialize(RunOnce, 0, Context);
    if (status != STATUS_PENDING)
    {
        return status;
    }
    if (InitFn(RunOnce, Parameter, &context) == 0)
    {
        (void)RtlRunOnceComplete(RunOnce, RTL_RUN_ONCE_INIT_FAILED, NULL);
        return STATUS_UNSUCCESSFUL;
    }
    status = RtlRunOnceComplete(RunOnce, 0, context);
    if (NT_SUCCESS(status) && Context != NULL)
    {
        *Context = context;
    }
    return status;
}
