// SPDX-License-Identifier: MIT
// longjmp: back into a frame that called setjmp (kernel/rtl/setjmp.S), with the __finally blocks
// of the frames in between. IRQL: any, as those blocks allow.
#include "ke/kep.h"

#include "ke/exports.h"
#include "rtl/unwind.h"

// What setjmp keeps: the registers a callee preserves, and where to continue.
typedef struct _KI_JUMP_BUFFER
{
    ULONG64 Frame;
    ULONG64 Rbx, Rsp, Rbp, Rsi, Rdi, R12, R13, R14, R15, Rip;
    ULONG MxCsr;
    USHORT FpCsr;
    USHORT Spare;
    M128A Xmm[10]; // xmm6 to xmm15
} KI_JUMP_BUFFER;
C_ASSERT(FIELD_OFFSET(KI_JUMP_BUFFER, Rip) == 0x50);
C_ASSERT(FIELD_OFFSET(KI_JUMP_BUFFER, Xmm) == 0x60);
C_ASSERT(sizeof(KI_JUMP_BUFFER) == 0x100);

void
KiRestoreJump(PCONTEXT Context, const void *Buffer)
{
    const KI_JUMP_BUFFER *jump = Buffer;

    Context->Rbx = jump->Rbx;
    Context->Rsp = jump->Rsp;
    Context->Rbp = jump->Rbp;
    Context->Rsi = jump->Rsi;
    Context->Rdi = jump->Rdi;
    Context->R12 = jump->R12;
    Context->R13 = jump->R13;
    Context->R14 = jump->R14;
    Context->R15 = jump->R15;
    Context->Rip = jump->Rip;
    RtlCopyMemory(&Context->Xmm6, jump->Xmm, sizeof(jump->Xmm));
}

// The frame that unwinding knows the function by. What compilers pass to setjmp is not always it:
// some pass the frame pointer, and the frame is what the prologue made of rsp.
static ULONG64
Establisher(const KI_JUMP_BUFFER *Jump)
{
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    ULONG64 base = 0, frame = Jump->Rsp;
    PRUNTIME_FUNCTION function = RtlLookupFunctionEntry(Jump->Rip, &base, NULL);
    PVOID data;

    if (function != NULL)
    {
        KiRestoreJump(&context, Jump);
        (void)RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, Jump->Rip, function, &context, &data,
                               &frame, NULL);
    }
    return frame;
}

// Contract: C. A value of 0 becomes 1.
DDI VOID
KiLongJump(PVOID Buffer, int Value)
{
    const KI_JUMP_BUFFER *jump = Buffer;
    EXCEPTION_RECORD record = {.ExceptionCode = STATUS_LONGJUMP,
                               .NumberParameters = 1,
                               .ExceptionInformation = {(ULONG_PTR)Buffer}};
    const ULONG64 result = Value == 0 ? 1 : (ULONG)Value;
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};

    if (jump->Frame != 0)
        RtlUnwindEx((PVOID)Establisher(jump), (PVOID)jump->Rip, &record, (PVOID)result, NULL, NULL);
    KiRestoreJump(&context, Buffer);
    context.Rax = result;
    context.EFlags = 0x202;
    context.MxCsr = 0x1f80;
    KiRestoreContext(&context);
}
