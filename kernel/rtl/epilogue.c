// SPDX-License-Identifier: MIT
// Recognises epilogues by their instructions. An x64 epilogue is an optional add rsp, imm or
// lea rsp, [frame register + disp], pops of whole registers, and a return or a jump that leaves the
// function; nothing else, which is why it can be told apart from a body. Owns no state; any IRQL.
#include "unwindp.h"

#include "rtlp.h"

#define RTLP_RSP 4u

#define RTLP_REX_W 8u
#define RTLP_REX_R 4u
#define RTLP_REX_B 1u

// The instruction bytes from the program counter to the end of the function.
typedef struct _RTLP_CODE
{
    const UCHAR *At;
    ULONG Left;
    ULONG Rva; // of At
} RTLP_CODE;

static UCHAR
RtlpPeek(const RTLP_CODE *Code, ULONG Index)
{
    return Index < Code->Left ? Code->At[Index] : 0;
}

static LONG
RtlpPeekLong(const RTLP_CODE *Code, ULONG Index)
{
    return (LONG)((ULONG)RtlpPeek(Code, Index) | (ULONG)RtlpPeek(Code, Index + 1) << 8 |
                  (ULONG)RtlpPeek(Code, Index + 2) << 16 | (ULONG)RtlpPeek(Code, Index + 3) << 24);
}

static BOOLEAN
RtlpAdvance(RTLP_CODE *Code, ULONG Bytes)
{
    if (Bytes > Code->Left)
    {
        return FALSE;
    }
    Code->At += Bytes;
    Code->Left -= Bytes;
    Code->Rva += Bytes;
    return TRUE;
}

// add rsp, imm8 or imm32. Consumes nothing when the instruction is another one.
static BOOLEAN
RtlpDecodeAddRsp(RTLP_CODE *Code, RTLP_EPILOGUE *Epilogue)
{
    if ((RtlpPeek(Code, 0) & 0xF8) != 0x48 || RtlpPeek(Code, 2) != 0xC4)
    {
        return FALSE;
    }
    if ((RtlpPeek(Code, 0) & RTLP_REX_B) != 0)
    {
        return FALSE;
    }
    Epilogue->AdjustRegister = RTLP_RSP;
    if (RtlpPeek(Code, 1) == 0x83)
    {
        Epilogue->Adjust = (signed char)RtlpPeek(Code, 3);
        return RtlpAdvance(Code, 4);
    }
    if (RtlpPeek(Code, 1) == 0x81)
    {
        Epilogue->Adjust = RtlpPeekLong(Code, 3);
        return RtlpAdvance(Code, 7);
    }
    return FALSE;
}

// lea rsp, [frame register + disp]; only the frame register of the unwind information counts.
static BOOLEAN
RtlpDecodeLeaRsp(RTLP_CODE *Code, UCHAR FrameRegister, RTLP_EPILOGUE *Epilogue)
{
    const UCHAR rex = RtlpPeek(Code, 0);
    const UCHAR modrm = RtlpPeek(Code, 2);
    ULONG length = 3;

    if (FrameRegister == 0 || (rex & 0xFA) != 0x48 || (rex & RTLP_REX_R) != 0 ||
        RtlpPeek(Code, 1) != 0x8D || (modrm & 0x38) != RTLP_RSP << 3)
    {
        return FALSE;
    }
    if (((modrm & 7u) | (rex & RTLP_REX_B) << 3) != FrameRegister)
    {
        return FALSE;
    }
    if ((modrm & 7) == RTLP_RSP)
    {
        // r12 as a base needs a SIB byte: no index, base 4.
        if (RtlpPeek(Code, 3) != 0x24)
        {
            return FALSE;
        }
        length = 4;
    }
    switch (modrm >> 6)
    {
    case 0:
        if ((modrm & 7) == 5)
        {
            return FALSE;
        }
        Epilogue->Adjust = 0;
        break;
    case 1:
        Epilogue->Adjust = (signed char)RtlpPeek(Code, length);
        length += 1;
        break;
    case 2:
        Epilogue->Adjust = RtlpPeekLong(Code, length);
        length += 4;
        break;
    default:
        return FALSE;
    }
    Epilogue->AdjustRegister = FrameRegister;
    return RtlpAdvance(Code, length);
}

static BOOLEAN
RtlpDecodePop(RTLP_CODE *Code, RTLP_EPILOGUE *Epilogue)
{
    const UCHAR first = RtlpPeek(Code, 0);
    const UCHAR rex = (first & 0xF0) == 0x40 ? first : 0;
    const ULONG prefix = rex != 0;
    const UCHAR opcode = RtlpPeek(Code, prefix);
    const UCHAR number = (UCHAR)((opcode & 7u) | (rex & RTLP_REX_B) << 3);

    if ((opcode & 0xF8) != 0x58 || number == RTLP_RSP ||
        Epilogue->PopCount == RTL_NUMBER_OF(Epilogue->Pops))
    {
        return FALSE;
    }
    if (!RtlpAdvance(Code, prefix + 1))
    {
        return FALSE;
    }
    Epilogue->Pops[Epilogue->PopCount] = number;
    Epilogue->PopCount += 1;
    return TRUE;
}

// A direct jump ends an epilogue only if it is a tail call: its target lies outside of the
// function, or is the function's own first instruction. A jump to another part of the same function
// (a fragment with chained unwind information) is ordinary control flow.
static BOOLEAN
RtlpIsTailCall(const RTLP_IMAGE *Image,
               const RUNTIME_FUNCTION *Function,
               const RTLP_UNWIND_INFO *Info,
               ULONG64 TargetRva)
{
    const RUNTIME_FUNCTION *target;
    const RUNTIME_FUNCTION *primary;

    if (TargetRva == Function->BeginAddress)
    {
        return (Info->Flags & UNW_FLAG_CHAININFO) == 0;
    }
    if (TargetRva >= Function->BeginAddress && TargetRva < Function->EndAddress)
    {
        return FALSE;
    }
    if (TargetRva >= Image->Size)
    {
        return TRUE;
    }
    target = RtlpFindFunction(Image, Image->Base + TargetRva);
    if (target == NULL)
    {
        return TRUE;
    }
    primary = RtlPrimaryFunctionEntry(Image->Base, Function);
    target = RtlPrimaryFunctionEntry(Image->Base, target);
    if (primary == NULL || target == NULL || primary->BeginAddress != target->BeginAddress)
    {
        return TRUE;
    }
    return TargetRva == primary->BeginAddress;
}

// An indirect jump: through memory without displacement or relative to rip, or (with REX.W, which
// compilers add to mark it as a tail call) through a register.
static BOOLEAN
RtlpIsIndirectTailJump(const RTLP_CODE *Code)
{
    const UCHAR first = RtlpPeek(Code, 0);
    const UCHAR rex = (first & 0xF0) == 0x40 ? first : 0;
    const ULONG prefix = rex != 0;
    const UCHAR modrm = RtlpPeek(Code, prefix + 1);

    if (RtlpPeek(Code, prefix) != 0xFF || (modrm & 0x38) != 0x20 || Code->Left < prefix + 2)
    {
        return FALSE;
    }
    return modrm >> 6 == 0 || (modrm >> 6 == 3 && (rex & RTLP_REX_W) != 0);
}

static BOOLEAN
RtlpDecodeExit(const RTLP_IMAGE *Image,
               const RUNTIME_FUNCTION *Function,
               const RTLP_UNWIND_INFO *Info,
               RTLP_CODE *Code,
               RTLP_EPILOGUE *Epilogue)
{
    // rep ret and bnd ret/jmp: the prefix changes nothing here.
    if (RtlpPeek(Code, 0) == 0xF3 && RtlpPeek(Code, 1) == 0xC3)
    {
        return TRUE;
    }
    if (RtlpPeek(Code, 0) == 0xF2 && !RtlpAdvance(Code, 1))
    {
        return FALSE;
    }
    switch (RtlpPeek(Code, 0))
    {
    case 0xC3:
        return TRUE;
    case 0xC2:
        Epilogue->ReturnBytes = (USHORT)(RtlpPeek(Code, 1) | RtlpPeek(Code, 2) << 8);
        return Code->Left >= 3;
    case 0xEB:
        return Code->Left >= 2 &&
               RtlpIsTailCall(Image, Function, Info,
                              (ULONG64)((LONG64)Code->Rva + 2 + (signed char)RtlpPeek(Code, 1)));
    case 0xE9:
        return Code->Left >= 5 &&
               RtlpIsTailCall(Image, Function, Info,
                              (ULONG64)((LONG64)Code->Rva + 5 + RtlpPeekLong(Code, 1)));
    default:
        return RtlpIsIndirectTailJump(Code);
    }
}

BOOLEAN
RtlpDecodeEpilogue(const RTLP_IMAGE *Image,
                   const RUNTIME_FUNCTION *Function,
                   const RTLP_UNWIND_INFO *Info,
                   ULONG64 Pc,
                   RTLP_EPILOGUE *Epilogue)
{
    const ULONG64 rva = Pc - Image->Base;
    RTLP_CODE code;

    if (rva < Function->BeginAddress || rva >= Function->EndAddress)
    {
        return FALSE;
    }
    code.Rva = (ULONG)rva;
    code.Left = Function->EndAddress - code.Rva;
    code.At = RtlpImageBytes(Image, rva, code.Left);
    if (code.At == NULL)
    {
        return FALSE;
    }
    __builtin_memset(Epilogue, 0, sizeof(*Epilogue));
    Epilogue->AdjustRegister = RTLP_RSP;
    if (!RtlpDecodeAddRsp(&code, Epilogue))
    {
        (void)RtlpDecodeLeaRsp(&code, Info->FrameRegister, Epilogue);
    }
    while (RtlpDecodePop(&code, Epilogue))
    {
    }
    return RtlpDecodeExit(Image, Function, Info, &code, Epilogue);
}
