// SPDX-License-Identifier: MIT
// RtlVirtualUnwind: from the registers inside a function to the registers of its caller, by the
// unwind codes of versions 1 and 2. Owns no state; any IRQL. Everything is worked out on a copy and
// stored at the end, so a frame that cannot be unwound leaves the caller's context alone.
#include "unwindp.h"

#include "rtlp.h"

#define RTLP_RSP 4

// Chained unwind information refers to its parent; real images have one or two links.
#define RTLP_MAXIMUM_CHAIN 32

typedef struct _RTLP_FRAME
{
    const RTLP_STACK_LIMITS *Limits;
    ULONG64 Gpr[16];
    ULONG64 Rip;
    M128A Xmm[16];
    ULONG64 GprAddress[16]; // where on the stack it was found; 0: not restored
    ULONG64 XmmAddress[16];
    BOOLEAN MachineFrame;
} RTLP_FRAME;

static PULONG64
RtlpContextGpr(PCONTEXT Context)
{
    return (PULONG64)(PVOID)((PUCHAR)Context + FIELD_OFFSET(CONTEXT, Rax));
}

static M128A *
RtlpContextXmm(PCONTEXT Context)
{
    return (M128A *)(PVOID)((PUCHAR)Context + FIELD_OFFSET(CONTEXT, Xmm0));
}

// Reads a driver's stack. Frames of host code between the driver's may have left the sanitizer's
// marks behind when an exception passed over them, hence the attribute.
__attribute__((noinline, no_sanitize("address"))) static ULONG64
RtlpReadStackSlot(ULONG64 Address)
{
    return *(const volatile ULONG64 *)(ULONG_PTR)Address;
}

static BOOLEAN
RtlpReadStack(const RTLP_FRAME *Frame, ULONG64 Address, PULONG64 Value)
{
    if (Address % 8 != 0 || Address == 0)
    {
        return FALSE;
    }
    if (Frame->Limits != NULL && Frame->Limits->HighLimit != 0 &&
        (Address < Frame->Limits->LowLimit || Address >= Frame->Limits->HighLimit ||
         Frame->Limits->HighLimit - Address < 8))
    {
        return FALSE;
    }
    *Value = RtlpReadStackSlot(Address);
    return TRUE;
}

static BOOLEAN
RtlpRestoreGpr(RTLP_FRAME *Frame, ULONG Register, ULONG64 Address)
{
    if (!RtlpReadStack(Frame, Address, &Frame->Gpr[Register]))
    {
        return FALSE;
    }
    Frame->GprAddress[Register] = Address;
    return TRUE;
}

static BOOLEAN
RtlpRestoreXmm(RTLP_FRAME *Frame, ULONG Register, ULONG64 Address)
{
    ULONG64 low;
    ULONG64 high;

    if (!RtlpReadStack(Frame, Address, &low) || !RtlpReadStack(Frame, Address + 8, &high))
    {
        return FALSE;
    }
    Frame->Xmm[Register].Low = low;
    Frame->Xmm[Register].High = (LONG64)high;
    Frame->XmmAddress[Register] = Address;
    return TRUE;
}

static BOOLEAN
RtlpPopReturnAddress(RTLP_FRAME *Frame, ULONG ExtraBytes)
{
    if (!RtlpReadStack(Frame, Frame->Gpr[RTLP_RSP], &Frame->Rip))
    {
        return FALSE;
    }
    Frame->Gpr[RTLP_RSP] += 8 + ExtraBytes;
    return TRUE;
}

// What a trap pushed: [error code,] rip, cs, eflags, rsp, ss.
static BOOLEAN
RtlpPopMachineFrame(RTLP_FRAME *Frame, BOOLEAN ErrorCode)
{
    const ULONG64 at = Frame->Gpr[RTLP_RSP] + (ErrorCode ? 8 : 0);

    if (!RtlpReadStack(Frame, at, &Frame->Rip) ||
        !RtlpReadStack(Frame, at + 24, &Frame->Gpr[RTLP_RSP]))
    {
        return FALSE;
    }
    Frame->MachineFrame = TRUE;
    return TRUE;
}

// Undoes one operation. FrameBase is rsp after the fixed allocation, which saves are relative to.
static BOOLEAN
RtlpUndoCode(RTLP_FRAME *Frame,
             const RTLP_UNWIND_INFO *Info,
             const RTLP_UNWIND_CODE *Code,
             ULONG64 FrameBase)
{
    switch (Code->Operation)
    {
    case RTLP_UWOP_PUSH_NONVOL:
        if (!RtlpRestoreGpr(Frame, Code->Information, Frame->Gpr[RTLP_RSP]))
        {
            return FALSE;
        }
        if (Code->Information != RTLP_RSP)
        {
            Frame->Gpr[RTLP_RSP] += 8;
        }
        return TRUE;
    case RTLP_UWOP_ALLOC_LARGE:
    case RTLP_UWOP_ALLOC_SMALL:
        Frame->Gpr[RTLP_RSP] += Code->Operand;
        return TRUE;
    case RTLP_UWOP_SET_FPREG:
        Frame->Gpr[RTLP_RSP] = Frame->Gpr[Info->FrameRegister] - Info->FrameOffset * 16u;
        return TRUE;
    case RTLP_UWOP_SAVE_NONVOL:
    case RTLP_UWOP_SAVE_NONVOL_FAR:
        return RtlpRestoreGpr(Frame, Code->Information, FrameBase + Code->Operand);
    case RTLP_UWOP_SAVE_XMM128:
    case RTLP_UWOP_SAVE_XMM128_FAR:
        return RtlpRestoreXmm(Frame, Code->Information, FrameBase + Code->Operand);
    case RTLP_UWOP_PUSH_MACHFRAME:
        return RtlpPopMachineFrame(Frame, Code->Information != 0);
    default:
        // EPILOG and SPARE of version 2 describe no operation of the prologue. Version 1 saved the
        // low half of an XMM register with these numbers; no compiler for x64 that shipped did.
        return TRUE;
    }
}

// Undoes those codes of one unwind information whose instruction has been executed.
static NTSTATUS
RtlpUndoCodes(RTLP_FRAME *Frame,
              const RTLP_UNWIND_INFO *Info,
              ULONG PrologOffset,
              ULONG64 FrameBase)
{
    RTLP_UNWIND_CODE code;

    for (ULONG index = 0; index < Info->CountOfCodes; index += code.Slots)
    {
        if (!RtlpDecodeUnwindCode(Info, index, &code))
        {
            return STATUS_BAD_FUNCTION_TABLE;
        }
        if (code.CodeOffset > PrologOffset)
        {
            continue;
        }
        if (!RtlpUndoCode(Frame, Info, &code, FrameBase))
        {
            return STATUS_BAD_STACK;
        }
    }
    return STATUS_SUCCESS;
}

static const RUNTIME_FUNCTION *
RtlpChainedEntry(const RTLP_IMAGE *Image, const RTLP_UNWIND_INFO *Info)
{
    const RUNTIME_FUNCTION *entry = (const RUNTIME_FUNCTION *)(const void *)Info->Tail;

    if (entry->BeginAddress >= entry->EndAddress || entry->EndAddress > Image->Size)
    {
        return NULL;
    }
    return entry;
}

const RUNTIME_FUNCTION *
RtlPrimaryFunctionEntry(ULONG64 ImageBase, const RUNTIME_FUNCTION *FunctionEntry)
{
    const RTLP_IMAGE *image = RtlpFindImage(ImageBase);
    RTLP_UNWIND_INFO info;

    if (image == NULL)
    {
        return NULL;
    }
    for (ULONG depth = 0; FunctionEntry != NULL && depth < RTLP_MAXIMUM_CHAIN; depth++)
    {
        if (!RtlpReadUnwindInfo(image, FunctionEntry->UnwindData, &info))
        {
            return NULL;
        }
        if ((info.Flags & UNW_FLAG_CHAININFO) == 0)
        {
            return FunctionEntry;
        }
        FunctionEntry = RtlpChainedEntry(image, &info);
    }
    return NULL;
}

// Undoes the prologue of a function and of everything its unwind information is chained to. On
// success *Info is the last one and *Entry the function it belongs to.
static NTSTATUS
RtlpUnwindPrologue(const RTLP_IMAGE *Image,
                   RTLP_FRAME *Frame,
                   ULONG PrologOffset,
                   ULONG64 FrameBase,
                   const RUNTIME_FUNCTION **Entry,
                   RTLP_UNWIND_INFO *Info)
{
    for (ULONG depth = 0; depth < RTLP_MAXIMUM_CHAIN; depth++)
    {
        const NTSTATUS status = RtlpUndoCodes(Frame, Info, PrologOffset, FrameBase);

        if (!NT_SUCCESS(status))
        {
            return status;
        }
        if ((Info->Flags & UNW_FLAG_CHAININFO) == 0)
        {
            if (!Frame->MachineFrame && !RtlpPopReturnAddress(Frame, 0))
            {
                return STATUS_BAD_STACK;
            }
            return STATUS_SUCCESS;
        }
        *Entry = RtlpChainedEntry(Image, Info);
        if (*Entry == NULL || !RtlpReadUnwindInfo(Image, (*Entry)->UnwindData, Info))
        {
            return STATUS_BAD_FUNCTION_TABLE;
        }
        // Control got here through the parent, whose prologue has therefore been executed.
        PrologOffset = MAXULONG;
    }
    return STATUS_BAD_FUNCTION_TABLE;
}

// The establisher frame: rsp after the fixed allocation, reconstructed from the frame register once
// that has been set up.
static BOOLEAN
RtlpEstablisherFrame(const RTLP_FRAME *Frame,
                     const RTLP_UNWIND_INFO *Info,
                     ULONG PrologOffset,
                     PULONG64 Establisher)
{
    RTLP_UNWIND_CODE code;
    BOOLEAN established = FALSE;

    if (Info->FrameRegister == 0)
    {
        *Establisher = Frame->Gpr[RTLP_RSP];
        return TRUE;
    }
    if (PrologOffset >= Info->SizeOfProlog || (Info->Flags & UNW_FLAG_CHAININFO) != 0)
    {
        established = TRUE;
    }
    for (ULONG index = 0; !established && index < Info->CountOfCodes; index += code.Slots)
    {
        if (!RtlpDecodeUnwindCode(Info, index, &code))
        {
            return FALSE;
        }
        established = code.Operation == RTLP_UWOP_SET_FPREG && code.CodeOffset <= PrologOffset;
    }
    *Establisher = established ? Frame->Gpr[Info->FrameRegister] - Info->FrameOffset * 16u
                               : Frame->Gpr[RTLP_RSP];
    return TRUE;
}

// Version 2 lists the epilogues, so an instruction outside of them is never taken for one. The
// first code gives the size of each, and in bit 0 whether one of them ends the function; the others
// their distance from the function's end.
static BOOLEAN
RtlpInListedEpilogue(const RUNTIME_FUNCTION *Entry, const RTLP_UNWIND_INFO *Info, ULONG Rva)
{
    RTLP_UNWIND_CODE code;
    ULONG size = 0;

    for (ULONG index = 0; RtlpDecodeUnwindCode(Info, index, &code); index++)
    {
        ULONG distance = code.CodeOffset | (ULONG)code.Information << 8;

        if (code.Operation != RTLP_UWOP_EPILOG)
        {
            return FALSE;
        }
        if (index == 0)
        {
            size = code.CodeOffset;
            distance = (code.Information & 1) != 0 ? size : 0;
        }
        if (distance != 0 && distance <= Entry->EndAddress - Entry->BeginAddress &&
            Rva - (Entry->EndAddress - distance) < size)
        {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN
RtlpInEpilogue(const RTLP_IMAGE *Image,
               const RUNTIME_FUNCTION *Entry,
               const RTLP_UNWIND_INFO *Info,
               ULONG64 Pc,
               RTLP_EPILOGUE *Epilogue)
{
    if (Info->Version >= 2 && !RtlpInListedEpilogue(Entry, Info, (ULONG)(Pc - Image->Base)))
    {
        return FALSE;
    }
    return RtlpDecodeEpilogue(Image, Entry, Info, Pc, Epilogue);
}

static NTSTATUS
RtlpRunEpilogue(RTLP_FRAME *Frame, const RTLP_EPILOGUE *Epilogue)
{
    Frame->Gpr[RTLP_RSP] = Frame->Gpr[Epilogue->AdjustRegister] + (ULONG64)(LONG64)Epilogue->Adjust;
    for (ULONG i = 0; i < Epilogue->PopCount; i++)
    {
        if (!RtlpRestoreGpr(Frame, Epilogue->Pops[i], Frame->Gpr[RTLP_RSP]))
        {
            return STATUS_BAD_STACK;
        }
        Frame->Gpr[RTLP_RSP] += 8;
    }
    return RtlpPopReturnAddress(Frame, Epilogue->ReturnBytes) ? STATUS_SUCCESS : STATUS_BAD_STACK;
}

static VOID
RtlpFindHandler(const RTLP_IMAGE *Image,
                const RTLP_UNWIND_INFO *Info,
                ULONG HandlerType,
                RTLP_UNWIND_RESULT *Result)
{
    ULONG rva;

    if ((Info->Flags & UNW_FLAG_CHAININFO) != 0 || (Info->Flags & HandlerType) == 0 ||
        Info->Tail == NULL)
    {
        return;
    }
    __builtin_memcpy(&rva, Info->Tail, sizeof(rva));
    if (rva == 0 || RtlpImageBytes(Image, rva, 1) == NULL)
    {
        return;
    }
    Result->Handler = (PEXCEPTION_ROUTINE)(ULONG_PTR)(Image->Base + rva);
    Result->HandlerData = (PVOID)(ULONG_PTR)(Info->Tail + sizeof(rva));
}

static NTSTATUS
RtlpUnwindFunction(const RTLP_IMAGE *Image,
                   ULONG HandlerType,
                   ULONG64 Pc,
                   const RUNTIME_FUNCTION *Entry,
                   RTLP_FRAME *Frame,
                   RTLP_UNWIND_RESULT *Result)
{
    const ULONG prologOffset = (ULONG)(Pc - Image->Base) - Entry->BeginAddress;
    RTLP_UNWIND_INFO info;
    RTLP_EPILOGUE epilogue;
    NTSTATUS status;

    if (!RtlpReadUnwindInfo(Image, Entry->UnwindData, &info) ||
        !RtlpEstablisherFrame(Frame, &info, prologOffset, &Result->EstablisherFrame))
    {
        return STATUS_BAD_FUNCTION_TABLE;
    }
    Result->InPrologue = prologOffset < info.SizeOfProlog;

    // A prologue cannot contain an epilogue, but a fragment that a compiler moved may consist of
    // nothing else; its prologue is empty.
    if (!Result->InPrologue && RtlpInEpilogue(Image, Entry, &info, Pc, &epilogue))
    {
        Result->InEpilogue = TRUE;
        return RtlpRunEpilogue(Frame, &epilogue);
    }
    status =
        RtlpUnwindPrologue(Image, Frame, prologOffset, Result->EstablisherFrame, &Entry, &info);
    if (NT_SUCCESS(status) && !Result->InPrologue)
    {
        RtlpFindHandler(Image, &info, HandlerType, Result);
    }
    return status;
}

static VOID
RtlpCommitFrame(const RTLP_FRAME *Frame, PCONTEXT Context, PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    __builtin_memcpy(RtlpContextGpr(Context), Frame->Gpr, sizeof(Frame->Gpr));
    Context->Rip = Frame->Rip;
    for (ULONG i = 0; i < 16; i++)
    {
        if (Frame->XmmAddress[i] != 0)
        {
            RtlpContextXmm(Context)[i] = Frame->Xmm[i];
        }
        if (Pointers != NULL && Frame->XmmAddress[i] != 0)
        {
            Pointers->FloatingContext[i] = (PM128A)(ULONG_PTR)Frame->XmmAddress[i];
        }
        if (Pointers != NULL && Frame->GprAddress[i] != 0)
        {
            Pointers->IntegerContext[i] = (PULONG64)(ULONG_PTR)Frame->GprAddress[i];
        }
    }
}

NTSTATUS
RtlUnwindFrame(ULONG HandlerType,
               ULONG64 ImageBase,
               ULONG64 ControlPc,
               const RUNTIME_FUNCTION *FunctionEntry,
               const RTLP_STACK_LIMITS *Limits,
               PCONTEXT Context,
               RTLP_UNWIND_RESULT *Result,
               PKNONVOLATILE_CONTEXT_POINTERS Pointers)
{
    RTLP_UNWIND_RESULT result = {0};
    const RTLP_IMAGE *image;
    RTLP_FRAME frame;
    NTSTATUS status;

    frame.Limits = Limits;
    frame.Rip = Context->Rip;
    frame.MachineFrame = FALSE;
    __builtin_memcpy(frame.Gpr, RtlpContextGpr(Context), sizeof(frame.Gpr));
    __builtin_memset(frame.GprAddress, 0, sizeof(frame.GprAddress));
    __builtin_memset(frame.XmmAddress, 0, sizeof(frame.XmmAddress));

    if (FunctionEntry == NULL)
    {
        result.EstablisherFrame = frame.Gpr[RTLP_RSP];
        status = RtlpPopReturnAddress(&frame, 0) ? STATUS_SUCCESS : STATUS_BAD_STACK;
    }
    else
    {
        image = RtlpFindImage(ImageBase);
        if (image == NULL || image->Base != ImageBase)
        {
            return STATUS_BAD_FUNCTION_TABLE;
        }
        status = RtlpUnwindFunction(image, HandlerType, ControlPc, FunctionEntry, &frame, &result);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    result.MachineFrame = frame.MachineFrame;
    RtlpCommitFrame(&frame, Context, Pointers);
    *Result = result;
    return STATUS_SUCCESS;
}

NTSTATUS
RtlUnwindOneFrame(const RTLP_STACK_LIMITS *Limits, PCONTEXT Context)
{
    RTLP_UNWIND_RESULT result;
    ULONG64 imageBase;
    PRUNTIME_FUNCTION function;

    function = RtlLookupFunctionEntry(Context->Rip, &imageBase, NULL);
    return RtlUnwindFrame(UNW_FLAG_NHANDLER, imageBase, Context->Rip, function, Limits, Context,
                          &result, NULL);
}

ULONG
RtlWalkFrames(const RTLP_STACK_LIMITS *Limits,
              PCONTEXT Context,
              ULONG FramesToSkip,
              PVOID *Frames,
              ULONG Count)
{
    ULONG stored = 0;

    while (stored < Count && RtlpFindImage(Context->Rip) != NULL)
    {
        const ULONG64 rsp = Context->Rsp;

        if (FramesToSkip != 0)
        {
            FramesToSkip -= 1;
        }
        else
        {
            Frames[stored] = (PVOID)(ULONG_PTR)Context->Rip;
            stored += 1;
        }
        // A walk that does not climb would never end.
        if (!NT_SUCCESS(RtlUnwindOneFrame(Limits, Context)) || Context->Rsp <= rsp)
        {
            break;
        }
    }
    return stored;
}

// As documented for Windows on x64. There is no way to report damaged data here; the context then
// gets Rip == 0, which ends every walk. The exception dispatcher uses RtlUnwindFrame instead.
DDI PEXCEPTION_ROUTINE
RtlVirtualUnwind(_In_ ULONG HandlerType,
                 _In_ ULONG64 ImageBase,
                 _In_ ULONG64 ControlPc,
                 _In_ PRUNTIME_FUNCTION FunctionEntry,
                 _Inout_ PCONTEXT ContextRecord,
                 _Out_ PVOID *HandlerData,
                 _Out_ PULONG64 EstablisherFrame,
                 _Inout_opt_ PKNONVOLATILE_CONTEXT_POINTERS ContextPointers)
{
    RTLP_UNWIND_RESULT result;
    NTSTATUS status;

    status = RtlUnwindFrame(HandlerType, ImageBase, ControlPc, FunctionEntry, NULL, ContextRecord,
                            &result, ContextPointers);
    if (!NT_SUCCESS(status))
    {
        ContextRecord->Rip = 0;
        *EstablisherFrame = ContextRecord->Rsp;
        return NULL;
    }
    *HandlerData = result.HandlerData;
    *EstablisherFrame = result.EstablisherFrame;
    return result.Handler;
}
