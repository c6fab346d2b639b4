// SPDX-License-Identifier: MIT
// More stack for a call: KeExpandKernelStackAndCallout. Below each kernel stack its slot has room
// that is mapped while a callout runs, so that the stack stays one piece.
#include "ke/kep.h"

#define STACK_PAGE 0x1000u
// What the kernel's own frames between here and the routine take, and faults in it want to have.
#define RESERVE    8192u

static ULONG64
Remaining(const KTHREAD *Thread)
{
    return (ULONG64)__builtin_frame_address(0) - (ULONG64)Thread->StackLimit;
}

static NTSTATUS
Expand(PKTHREAD Thread, SIZE_T Size)
{
    ULONG64 missing = Size + RESERVE - Remaining(Thread);
    ULONG64 added = (missing + STACK_PAGE - 1) & ~(ULONG64)(STACK_PAGE - 1);
    ULONG64 bottom = (ULONG64)Thread->StackBase - KI_STACK_SIZE - KI_STACK_EXPANSION;
    char *limit = Thread->StackLimit;

    if ((ULONG64)limit - bottom < added)
        return STATUS_STACK_OVERFLOW;
    if (!host_map_fixed(limit - added, added, HOST_PROT_RW))
        return STATUS_NO_MEMORY;
    Thread->StackLimit = limit - added;
    return STATUS_SUCCESS;
}

static void
Shrink(PKTHREAD Thread, PVOID Limit)
{
    char *low = Thread->StackLimit;

    if (low == Limit)
        return;
    host_unpoison(low, (SIZE_T)((char *)Limit - low));
    Thread->StackLimit = Limit;
    host_unmap(low, (SIZE_T)((char *)Limit - low));
}

static NTSTATUS
CallOnBiggerStack(PEXPAND_STACK_CALLOUT Routine, PVOID Parameter, SIZE_T Size)
{
    PKTHREAD thread = KiCurrentThread();
    PVOID limit = thread->StackLimit;
    NTSTATUS status;
    KI_BARRIER barrier;
    PKI_STACK_WATCH watch = KiStackWatch(thread);
    KI_STACK_WATCH saved = *watch;
    SIZE_T left;

    if (Size > MAXIMUM_EXPANSION_SIZE)
        return STATUS_INVALID_PARAMETER_3;
    if (Remaining(thread) < Size + RESERVE)
    {
        status = Expand(thread, Size);
        if (!NT_SUCCESS(status))
            return status;
    }
    // The routine counts from the barrier on.
    left = (ULONG64)__builtin_frame_address(0) - KiDriverStackLimit();
    watch->Allowance = left > Size + RESERVE ? left : Size + RESERVE;
    // An exception that left the routine would leave the stack as it is: it is unhandled here.
    KiEnterBarrier(&barrier);
    thread->CalloutDepth++;
    Routine(Parameter);
    thread->CalloutDepth--;
    KiLeaveBarrier(&barrier);
    watch->Allowance = saved.Allowance;
    KiCloseStack(thread, saved.Low);
    Shrink(thread, limit);
    return STATUS_SUCCESS;
}

// Contract: NF:ntddk.KeExpandKernelStackAndCallout.
DDI NTSTATUS
KeExpandKernelStackAndCallout(PEXPAND_STACK_CALLOUT Routine, PVOID Parameter, SIZE_T Size)
{
    return CallOnBiggerStack(Routine, Parameter, Size);
}

// Contract: NF:ntddk.KeExpandKernelStackAndCalloutEx.
DDI NTSTATUS
KeExpandKernelStackAndCalloutEx(PEXPAND_STACK_CALLOUT Routine,
                                PVOID Parameter,
                                SIZE_T Size,
                                BOOLEAN Wait,
                                PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (Wait && KiCurrentIrql() >= DISPATCH_LEVEL)
        return STATUS_INVALID_PARAMETER_4;
    return CallOnBiggerStack(Routine, Parameter, Size);
}
