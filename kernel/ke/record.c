// SPDX-License-Identifier: MIT
// The chain of crossings. Driver frames carry unwind data, kernel frames do not; each crossing from
// a driver into the kernel left a record with the driver's registers (gate.S), so unwinding and
// stack walks step over kernel frames from record to record. Belongs to the running thread. IRQL:
// any.
#include "ke/kep.h"
#include "rtl/unwind.h"

static inline void
KiStoreVectors(PM128A Xmm)
{
    __asm__ volatile("movups %%xmm6, 0x00(%0)\n\tmovups %%xmm7, 0x10(%0)\n\t"
                     "movups %%xmm8, 0x20(%0)\n\tmovups %%xmm9, 0x30(%0)\n\t"
                     "movups %%xmm10, 0x40(%0)\n\tmovups %%xmm11, 0x50(%0)\n\t"
                     "movups %%xmm12, 0x60(%0)\n\tmovups %%xmm13, 0x70(%0)\n\t"
                     "movups %%xmm14, 0x80(%0)\n\tmovups %%xmm15, 0x90(%0)"
                     :
                     : "r"(Xmm)
                     : "memory");
}

void
KiPushRecord(KI_RECORD_KIND Kind, PVOID Pointer, const void *Mark)
{
    PKI_GATE_RECORD record = KiGate.Top;

    while (record->Rsp <= (ULONG64)Mark)
        record--;
    record++;
    NT_ASSERT(record < KiGate.Limit);
    record->Rsp = (ULONG64)Mark;
    record->Export = NULL;
    record->Reserved[0] = (ULONG64)Kind;
    record->Reserved[1] = (ULONG64)Pointer;
    KiGate.Top = record;
}

void
KiRecordVectors(void)
{
    PKI_GATE_RECORD record = KiFindRecord((ULONG64)__builtin_frame_address(0));

    if (record->Export == NULL || !record->Export->KeepsXmm || KI_RECORD_HAS_VECTORS(record))
        return;
    KiStoreVectors(record->Xmm);
    KI_RECORD_HAS_VECTORS(record) = TRUE;
}

void
KiEnterBarrier(KI_BARRIER *Barrier)
{
    Barrier->SavedTop = KiGate.Top;
    KiPushRecord(KiRecordBarrier, NULL, Barrier);
}

void
KiLeaveBarrier(const KI_BARRIER *Barrier)
{
    // Records above the saved one may have been overwritten; those lie deeper than any later call
    // and are dropped as stale.
    KiGate.Top = Barrier->SavedTop;
}

PKI_GATE_RECORD
KiFindRecord(ULONG64 StackPointer)
{
    PKI_GATE_RECORD record = KiGate.Top;

    while (record->Rsp < StackPointer)
        record--;
    return record;
}

static void
ContextFromGate(PCONTEXT Context, const KI_GATE_RECORD *Record)
{
    Context->ContextFlags = CONTEXT_FULL | CONTEXT_UNWOUND_TO_CALL;
    Context->Rip = *(const ULONG64 *)Record->Rsp;
    Context->Rsp = Record->Rsp + 8;
    Context->Rbx = Record->Rbx;
    Context->Rbp = Record->Rbp;
    Context->Rsi = Record->Rsi;
    Context->Rdi = Record->Rdi;
    Context->R12 = Record->R12;
    Context->R13 = Record->R13;
    Context->R14 = Record->R14;
    Context->R15 = Record->R15;
    // What the inner frames left there is what the caller had.
    if (Record->Export->KeepsXmm && !KI_RECORD_HAS_VECTORS(Record))
        return;
    for (ULONG i = 0; i < 10; i++)
        (&Context->Xmm6)[i] = Record->Xmm[i];
}

static BOOLEAN
InDriver(ULONG64 Address)
{
    return KiIsDriverAddress != NULL && KiIsDriverAddress(Address);
}

BOOLEAN
KiCrossKernelFrames(PCONTEXT Context, PDISPATCHER_CONTEXT *Unwind, BOOLEAN *Nested)
{
    ULONG64 stackPointer = Context->Rsp;

    for (;;)
    {
        const KI_GATE_RECORD *record = KiFindRecord(stackPointer);
        stackPointer = record->Rsp + 8;
        if (record->Export != NULL)
        {
            // A handler that a kernel frame called returns to the kernel: look further out.
            if (!InDriver(*(const ULONG64 *)record->Rsp))
                continue;
            ContextFromGate(Context, record);
            return TRUE;
        }
        switch (KiRecordKind(record))
        {
        case KiRecordTrap:
            *Context = *(const CONTEXT *)record->Reserved[1];
            return TRUE;
        case KiRecordDispatch:
            if (Nested != NULL)
                *Nested = TRUE;
            break;
        case KiRecordUnwind:
            if (Unwind != NULL)
            {
                *Unwind = (PDISPATCHER_CONTEXT)record->Reserved[1];
                return TRUE;
            }
            break;
        default:
            return FALSE;
        }
    }
}

BOOLEAN
KiCallerContext(PCONTEXT Context, ULONG64 StackPointer)
{
    Context->Rsp = StackPointer;
    KiStoreVectors(&Context->Xmm6);
    return KiCrossKernelFrames(Context, NULL, NULL);
}

// The innermost call from a driver into the kernel, or NULL.
static const KI_GATE_RECORD *
CallerRecord(ULONG64 StackPointer)
{
    if (KiInHost)
        return NULL;
    for (;;)
    {
        const KI_GATE_RECORD *record = KiFindRecord(StackPointer);

        if (record->Export == NULL && KiRecordKind(record) == KiRecordBarrier)
            return NULL;
        StackPointer = record->Rsp + 8;
        if (record->Export != NULL && InDriver(*(const ULONG64 *)record->Rsp))
            return record;
    }
}

PVOID
KiCallerAddress(void)
{
    const KI_GATE_RECORD *record = CallerRecord((ULONG64)__builtin_frame_address(0));

    return record != NULL ? *(PVOID *)record->Rsp : NULL;
}

const KI_EXPORT *
KiCallerExport(void)
{
    const KI_GATE_RECORD *record = CallerRecord((ULONG64)__builtin_frame_address(0));

    return record != NULL ? record->Export : NULL;
}

ULONG
KiWalkStack(PCONTEXT Context, PVOID *Frames, ULONG Count)
{
    const KTHREAD *thread = KiCurrentThread();
    RTLP_STACK_LIMITS limits = {(ULONG64)thread->StackLimit, (ULONG64)thread->StackBase};
    ULONG count = 0;

    while (count < Count)
    {
        if (!InDriver(Context->Rip))
        {
            if (!KiCrossKernelFrames(Context, NULL, NULL))
                break;
            continue;
        }
        Frames[count++] = (PVOID)Context->Rip;
        if (!NT_SUCCESS(RtlUnwindOneFrame(&limits, Context)))
            break;
    }
    return count;
}

ULONG
KiCaptureDriverStack(PVOID *Frames, ULONG Count)
{
    CONTEXT context;

    if (KiInHost || !KiCallerContext(&context, (ULONG64)__builtin_frame_address(0)))
        return 0;
    return KiWalkStack(&context, Frames, Count);
}
