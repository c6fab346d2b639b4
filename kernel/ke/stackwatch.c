// SPDX-License-Identifier: MIT
// How much of its stack a thread's drivers use. Kernel frames here are larger or smaller than those
// of Windows, so the stacks are larger than its 24 KiB, and what counts is frames of drivers alone.
// The part of a stack that nobody has needed yet is not accessible: nothing is paid for the check
// until a thread goes there, once per page at most. What is open then closes again when the thread
// starts something new at the top of its stack.
// Owns the KI_STACK_WATCH of each slot. IRQL: any; KiTouchStack on the signal stack.
// Contract: kernel/using-the-kernel-stack.md
#include "ke/kep.h"
#include "rtl/crt.h"
#include "rtl/unwind.h"

extern const char RtlChkstkEnd[];

#define PAGE           ((ULONG64)HOST_PAGE_SIZE)
#define PUSH_SIZE      2u // `push %r10`, `push %r11`: the first instructions of __chkstk
#define ROOM_TO_REPORT 24576u

// FALSE until vf takes reports: before, no driver runs.
BOOLEAN KiWatchStacks;
KI_STACK_USE KiStackUse;

static PKI_STACK_WATCH
SlotWatch(ULONG64 Slot)
{
    return (PKI_STACK_WATCH)(Slot + KI_SLOT_WATCH);
}

PKI_STACK_WATCH
KiStackWatch(const KTHREAD *Thread)
{
    return SlotWatch((ULONG64)Thread->StackBase - KI_SLOT_TOP);
}

static ULONG64
FirstLow(const KTHREAD *Thread)
{
    return (ULONG64)Thread->StackBase - KI_STACK_ALLOWANCE;
}

void
KiCloseStack(PKTHREAD Thread, ULONG64 Low)
{
    PKI_STACK_WATCH watch = KiStackWatch(Thread);
    ULONG64 bottom = (ULONG64)Thread->StackBase - KI_STACK_SIZE;

    if (watch->Low >= Low || !host_protect((void *)bottom, Low - bottom, HOST_PROT_NONE))
        return;
    watch->Low = Low;
}

void
KiArmStack(PKTHREAD Thread)
{
    PKI_STACK_WATCH watch = KiStackWatch(Thread);

    watch->Allowance = KI_STACK_ALLOWANCE;
    KiCloseStack(Thread, FirstLow(Thread));
}

void
KiRearmStack(PKTHREAD Thread)
{
    if (KiStackWatch(Thread)->Low < FirstLow(Thread))
        KiCloseStack(Thread, FirstLow(Thread));
}

static void
Open(PKI_STACK_WATCH Watch, ULONG64 Low)
{
    if (Low < Watch->Low && host_protect((void *)Low, Watch->Low - Low, HOST_PROT_RW))
        Watch->Low = Low;
}

// ---- measuring ---------------------------------------------------------------------------------

// Frames of drivers from Context outwards to the next barrier. Context is consumed.
static void
Measure(PCONTEXT Context, KI_STACK_USE *Use)
{
    const KTHREAD *thread = KiCurrentThread();
    RTLP_STACK_LIMITS limits = {(ULONG64)thread->StackLimit, (ULONG64)thread->StackBase};

    for (;;)
    {
        ULONG64 stackPointer = Context->Rsp;

        if (!KiIsDriverAddress(Context->Rip))
        {
            if (!KiCrossKernelFrames(Context, NULL, NULL))
                return;
            continue;
        }
        if (Use->FrameCount < KI_STACK_FRAMES)
            Use->Frames[Use->FrameCount++] = (PVOID)Context->Rip;
        if (!NT_SUCCESS(RtlUnwindOneFrame(&limits, Context)))
            return;
        Use->Bytes += Context->Rsp - stackPointer;
    }
}

// __chkstk saves two registers and touches what its caller is about to take: rax bytes.
static void
LeaveChkstk(PCONTEXT Context, KI_STACK_USE *Use)
{
    ULONG64 pushed = (Context->Rip - (ULONG64)RtlpCrt___chkstk) / PUSH_SIZE;
    ULONG64 saved = pushed < 2 ? pushed : 2;

    Context->Rip = ((const ULONG64 *)Context->Rsp)[saved];
    Context->Rsp += 8 * (saved + 1);
    Use->Bytes = Context->Rax;
}

// FALSE: kernel code needs the memory. How much is the driver's is seen when that goes on.
static BOOLEAN
MeasureTrap(const struct host_trap *Trap, KI_STACK_USE *Use)
{
    static CONTEXT context;

    Use->Bytes = 0;
    Use->FrameCount = 0;
    KiContextFromTrap(&context, Trap);
    if (Trap->rip >= (ULONG64)RtlpCrt___chkstk && Trap->rip < (ULONG64)RtlChkstkEnd)
        LeaveChkstk(&context, Use);
    else if (!KiIsDriverAddress(Trap->rip))
        return FALSE;
    else if (Trap->fault_address < context.Rsp)
        Use->Bytes = context.Rsp - Trap->fault_address;
    Measure(&context, Use);
    return TRUE;
}

BOOLEAN
KiTouchStack(const struct host_trap *Trap, BOOLEAN *Report)
{
    ULONG64 address = Trap->fault_address;
    ULONG64 slot = address & ~(ULONG64)(KI_STACK_SLOT - 1);
    ULONG64 bottom = slot + KI_SLOT_BOTTOM;
    PKI_STACK_WATCH watch;
    const KTHREAD *thread;
    ULONG64 low;

    *Report = FALSE;
    if (slot < HOST_REGION_STACK || slot >= KiNextSlot || address < bottom)
        return FALSE;
    watch = SlotWatch(slot);
    if (address >= watch->Low)
        return FALSE;
    Open(watch, address & ~(PAGE - 1));
    thread = KiCurrentThread();
    if (KiInHost || KiBugCheckActive || KiIsDriverAddress == NULL || !KiWatchStacks ||
        (ULONG64)thread->StackBase != slot + KI_SLOT_TOP)
        return TRUE;
    KiStackUse.Allowance = watch->Allowance;
    if (!MeasureTrap(Trap, &KiStackUse))
        return TRUE;
    if (KiStackUse.Bytes > KiStackUse.Allowance)
    {
        // Once is enough, until the thread starts again.
        Open(watch, bottom);
        *Report = address - (ULONG64)thread->StackLimit >= ROOM_TO_REPORT;
        return TRUE;
    }
    low = (address - (KiStackUse.Allowance - KiStackUse.Bytes) + PAGE - 1) & ~(PAGE - 1);
    Open(watch, low > bottom ? low : bottom);
    return TRUE;
}

ULONG64
KiDriverStackLimit(void)
{
    const KTHREAD *thread = KiCurrentThread();
    ULONG64 here = (ULONG64)__builtin_frame_address(0);
    SIZE_T allowance = KiStackWatch(thread)->Allowance;
    KI_STACK_USE use = {0};
    CONTEXT context;
    ULONG64 low;

    if (KiInHost || !KiWatchStacks)
        return (ULONG64)thread->StackLimit;
    if (KiIsDriverAddress != NULL && KiCallerContext(&context, here))
    {
        here = context.Rsp;
        Measure(&context, &use);
    }
    low = use.Bytes < allowance ? here - (allowance - use.Bytes) : here;
    return low > (ULONG64)thread->StackLimit ? low : (ULONG64)thread->StackLimit;
}
