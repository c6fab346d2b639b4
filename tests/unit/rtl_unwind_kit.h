// SPDX-License-Identifier: MIT
// An assembler, a machine and a checker for tests/unit/rtl_unwind_test.c. Functions are lists of
// instructions; from them come machine code, unwind codes and what executing them does.
#ifndef TESTS_RTL_UNWIND_KIT_H
#define TESTS_RTL_UNWIND_KIT_H

#include "rtl_kit.h"

#include "rtl/unwind.h"

#define RSP 4
#define RBP 5

#define IMAGE_SIZE  0x4000u
#define CODE_RVA    0x1000u
#define CODE2_RVA   0x1800u
#define XDATA_RVA   0x2000u
#define XDATA2_RVA  0x2400u
#define HANDLER_RVA 0x3000u
#define PDATA_RVA   0x3800u
#define STACK_SLOTS 0x40000u

// ---- the image --------------------------------------------------------------------------------

static UCHAR *Image; // malloc'ed to its exact size, so that sanitizers see any read beyond it
static RUNTIME_FUNCTION *Pdata;
static ULONG PdataCount;

static ULONG64
Base(void)
{
    return (ULONG64)Image;
}

static int
ImageSetup(void **State)
{
    KitSetup(State);
    Image = aligned_alloc(4096, IMAGE_SIZE);
    memset(Image, 0xCC, IMAGE_SIZE);
    Pdata = (RUNTIME_FUNCTION *)(void *)(Image + PDATA_RVA);
    PdataCount = 0;
    return 0;
}

static int
ImageTeardown(void **State)
{
    RtlRemoveFunctionTable(Base());
    free(Image);
    return KitTeardown(State);
}

static void
AddFunction(ULONG Begin, ULONG End, ULONG UnwindData)
{
    Pdata[PdataCount].BeginAddress = Begin;
    Pdata[PdataCount].EndAddress = End;
    Pdata[PdataCount].UnwindData = UnwindData;
    PdataCount += 1;
}

static void
RegisterImage(void)
{
    assert_true(RtlInsertFunctionTable(Base(), IMAGE_SIZE, Pdata, PdataCount));
}

// ---- instructions -----------------------------------------------------------------------------

typedef enum
{
    END,
    PUSH,    // register
    SUB,     // bytes
    SETFP,   // register, offset: lea register, [rsp + offset]
    SAVE,    // register, offset: mov [rsp + offset], register
    SAVEXMM, // register, offset
    BODY,    // nothing; ends the prologue when it is the first one
    TRASH,   // register: the function uses it
    ADD,     // bytes: add rsp
    LEA,     // register, offset: lea rsp, [register + offset]
    RESTORE, // register, offset: mov register, [rsp + offset], before the epilogue
    POP,     // register
    RET,
    REPRET,
    RETN,    // bytes of arguments
    JMPNEAR, // tail call: jmp rel32 out of the function
    JMPMEM,  // jmp [rip + disp32]
    JMPREG,  // rex.w jmp rax
    JMPIN    // jmp rel8 to the next instruction: not the end of anything
} OPERATION;

typedef struct
{
    OPERATION Operation;
    ULONG Register;
    LONG Value;
} INSTRUCTION;

typedef struct
{
    UCHAR *Code;
    ULONG Length;
    UCHAR Slots[256 * 2];
    ULONG SlotCount;
    ULONG PrologEnd;
    BOOLEAN InProlog;
} ASSEMBLER;

static void
Byte(ASSEMBLER *As, ULONG Value)
{
    As->Code[As->Length++] = (UCHAR)Value;
}

static void
Long(ASSEMBLER *As, LONG Value)
{
    for (int i = 0; i < 4; i++)
    {
        Byte(As, (ULONG)Value >> (i * 8) & 0xFF);
    }
}

// Unwind codes are stored in the reverse order of the prologue, so each one goes in front.
static void
Code(ASSEMBLER *As, ULONG Operation, ULONG Information, ULONG Operand, ULONG OperandSlots)
{
    UCHAR slot[6] = {(UCHAR)As->Length, (UCHAR)(Operation | Information << 4)};
    const ULONG size = 2 + OperandSlots * 2;

    memcpy(slot + 2, &Operand, 4);
    memmove(As->Slots + size, As->Slots, As->SlotCount * 2);
    memcpy(As->Slots, slot, size);
    As->SlotCount += 1 + OperandSlots;
    As->PrologEnd = As->Length;
}

static void
ModRmRsp(ASSEMBLER *As, ULONG Register, LONG Displacement)
{
    Byte(As, 0x84 | (Register & 7) << 3);
    Byte(As, 0x24);
    Long(As, Displacement);
}

static void
EmitProlog(ASSEMBLER *As, const INSTRUCTION *In)
{
    switch (In->Operation)
    {
    case PUSH:
        if (In->Register >= 8)
        {
            Byte(As, 0x41);
        }
        Byte(As, 0x50 | (In->Register & 7));
        Code(As, 0, In->Register, 0, 0);
        break;
    case SUB:
        Byte(As, 0x48);
        Byte(As, 0x81);
        Byte(As, 0xEC);
        Long(As, In->Value);
        if (In->Value <= 128)
        {
            Code(As, 2, (ULONG)In->Value / 8 - 1, 0, 0);
        }
        else if (In->Value < 0x80000)
        {
            Code(As, 1, 0, (ULONG)In->Value / 8, 1);
        }
        else
        {
            Code(As, 1, 1, (ULONG)In->Value, 2);
        }
        break;
    case SETFP:
        Byte(As, 0x48 | (In->Register >= 8 ? 4 : 0));
        Byte(As, 0x8D);
        ModRmRsp(As, In->Register, In->Value);
        Code(As, 3, 0, 0, 0);
        break;
    case SAVE:
        Byte(As, 0x48 | (In->Register >= 8 ? 4 : 0));
        Byte(As, 0x89);
        ModRmRsp(As, In->Register, In->Value);
        if (In->Value < 0x80000)
        {
            Code(As, 4, In->Register, (ULONG)In->Value / 8, 1);
        }
        else
        {
            Code(As, 5, In->Register, (ULONG)In->Value, 2);
        }
        break;
    default:
        assert_int_equal(In->Operation, SAVEXMM);
        if (In->Register >= 8)
        {
            Byte(As, 0x44);
        }
        Byte(As, 0x0F);
        Byte(As, 0x29);
        ModRmRsp(As, In->Register, In->Value);
        if (In->Value < 0x100000)
        {
            Code(As, 8, In->Register, (ULONG)In->Value / 16, 1);
        }
        else
        {
            Code(As, 9, In->Register, (ULONG)In->Value, 2);
        }
        break;
    }
}

static void
EmitLea(ASSEMBLER *As, const INSTRUCTION *In)
{
    const BOOLEAN small = In->Value >= -128 && In->Value < 128;

    Byte(As, 0x48 | (In->Register >= 8 ? 1 : 0));
    Byte(As, 0x8D);
    Byte(As, (small ? 0x60u : 0xA0u) | (In->Register & 7));
    if ((In->Register & 7) == 4)
    {
        Byte(As, 0x24);
    }
    if (small)
    {
        Byte(As, (ULONG)In->Value & 0xFF);
    }
    else
    {
        Long(As, In->Value);
    }
}

static void
EmitAdd(ASSEMBLER *As, LONG Value)
{
    Byte(As, 0x48);
    Byte(As, Value < 128 ? 0x83 : 0x81);
    Byte(As, 0xC4);
    if (Value < 128)
    {
        Byte(As, (ULONG)Value);
    }
    else
    {
        Long(As, Value);
    }
}

static void
EmitExit(ASSEMBLER *As, const INSTRUCTION *In)
{
    switch (In->Operation)
    {
    case RET:
        Byte(As, 0xC3);
        break;
    case REPRET:
        Byte(As, 0xF3);
        Byte(As, 0xC3);
        break;
    case RETN:
        Byte(As, 0xC2);
        Byte(As, (ULONG)In->Value);
        Byte(As, 0);
        break;
    case JMPNEAR:
        Byte(As, 0xE9);
        Long(As, 0x700);
        break;
    case JMPMEM:
        Byte(As, 0xFF);
        Byte(As, 0x25);
        Long(As, 0x100);
        break;
    case JMPREG:
        Byte(As, 0x48);
        Byte(As, 0xFF);
        Byte(As, 0xE0);
        break;
    default:
        assert_int_equal(In->Operation, JMPIN);
        Byte(As, 0xEB);
        Byte(As, 0);
        break;
    }
}

static void
EmitBody(ASSEMBLER *As, const INSTRUCTION *In)
{
    switch (In->Operation)
    {
    case BODY:
        Byte(As, 0x90);
        break;
    case TRASH:
        Byte(As, 0x48 | (In->Register >= 8 ? 1 : 0));
        Byte(As, 0xC7);
        Byte(As, 0xC0 | (In->Register & 7));
        Long(As, 0x5A5A5A5A);
        break;
    case RESTORE:
        Byte(As, 0x48 | (In->Register >= 8 ? 4 : 0));
        Byte(As, 0x8B);
        ModRmRsp(As, In->Register, In->Value);
        break;
    case ADD:
        EmitAdd(As, In->Value);
        break;
    case LEA:
        EmitLea(As, In);
        break;
    case POP:
        if (In->Register >= 8)
        {
            Byte(As, 0x41);
        }
        Byte(As, 0x58 | (In->Register & 7));
        break;
    default:
        EmitExit(As, In);
        break;
    }
}

// ---- the machine ------------------------------------------------------------------------------

static ULONG64 Stack[STACK_SLOTS] __attribute__((aligned(16)));

static PULONG64
Gpr(PCONTEXT Context)
{
    return (PULONG64)(void *)&Context->Rax;
}

static M128A *
Xmm(PCONTEXT Context)
{
    return (M128A *)(void *)&Context->Xmm0;
}

#define RETURN_ADDRESS 0x0123456789ABull

// What the caller had when it executed its call instruction.
static void
CallerState(PCONTEXT Context)
{
    memset(Context, 0, sizeof(*Context));
    for (ULONG i = 0; i < 16; i++)
    {
        Gpr(Context)[i] = 0x1111111100000000ull + i;
        Xmm(Context)[i].Low = 0x2222222200000000ull + i;
        Xmm(Context)[i].High = 0x3333333300000000ll + i;
    }
    Context->Rsp = (ULONG64)&Stack[STACK_SLOTS - 64];
    Context->Rip = RETURN_ADDRESS;
}

static void
Push(PCONTEXT Context, ULONG64 Value)
{
    Context->Rsp -= 8;
    *(PULONG64)Context->Rsp = Value;
}

static void
Execute(PCONTEXT Context, const INSTRUCTION *In)
{
    const PULONG64 gpr = Gpr(Context);
    const ULONG64 at = Context->Rsp + (ULONG64)(LONG64)In->Value;

    switch (In->Operation)
    {
    case PUSH:
        Push(Context, gpr[In->Register]);
        break;
    case SUB:
        Context->Rsp -= (ULONG64)In->Value;
        break;
    case ADD:
        Context->Rsp += (ULONG64)In->Value;
        break;
    case SETFP:
        gpr[In->Register] = at;
        break;
    case SAVE:
        *(PULONG64)at = gpr[In->Register];
        break;
    case SAVEXMM:
        memcpy((void *)at, &Xmm(Context)[In->Register], 16);
        memset(&Xmm(Context)[In->Register], 0xEE, 16);
        break;
    case TRASH:
        gpr[In->Register] = 0x5A5A5A5A;
        break;
    case RESTORE:
        gpr[In->Register] = *(PULONG64)at;
        break;
    case LEA:
        Context->Rsp = gpr[In->Register] + (ULONG64)(LONG64)In->Value;
        break;
    case POP:
        gpr[In->Register] = *(PULONG64)Context->Rsp;
        Context->Rsp += 8;
        break;
    default:
        break;
    }
}

// ---- building and checking --------------------------------------------------------------------

typedef struct
{
    const INSTRUCTION *Instructions;
    ULONG Version;
    ULONG Flags;
    ULONG FrameRegister;
    ULONG FrameOffset; // bytes
    ULONG PopsInEpilogue;
} FUNCTION;

static ULONG Offsets[64]; // of each instruction; then the end
static ULONG InstructionCount;
static ULONG BodyStart;

static void
WriteUnwindInfo(ULONG Rva, const FUNCTION *Function, const ASSEMBLER *As, ULONG PrologSize)
{
    UCHAR *info = Image + Rva;

    info[0] = (UCHAR)(Function->Version | Function->Flags << 3);
    info[1] = (UCHAR)PrologSize;
    info[2] = (UCHAR)As->SlotCount;
    info[3] = (UCHAR)(Function->FrameRegister | Function->FrameOffset / 16 << 4);
    memcpy(info + 4, As->Slots, As->SlotCount * 2);
    if ((Function->Flags & (UNW_FLAG_EHANDLER | UNW_FLAG_UHANDLER)) != 0)
    {
        const ULONG handler = HANDLER_RVA;

        memcpy(info + 4 + (As->SlotCount + 1) / 2 * 4, &handler, 4);
    }
}

static void
AddEpilogCodes(ASSEMBLER *As, ULONG EpilogStart)
{
    const ULONG size = As->Length - EpilogStart;

    memmove(As->Slots + 4, As->Slots, As->SlotCount * 2);
    As->Slots[0] = (UCHAR)size;
    As->Slots[1] = 6 | 1 << 4; // at the end of the function
    As->Slots[2] = 0;          // padding
    As->Slots[3] = 6;
    As->SlotCount += 2;
}

static void
Assemble(const FUNCTION *Function)
{
    ASSEMBLER as = {.Code = Image + CODE_RVA, .InProlog = TRUE};
    const INSTRUCTION *in = Function->Instructions;
    ULONG prolog = 0;
    ULONG epilog = 0;

    for (InstructionCount = 0; in->Operation != END; in++, InstructionCount++)
    {
        Offsets[InstructionCount] = as.Length;
        if (as.InProlog && in->Operation >= BODY)
        {
            as.InProlog = FALSE;
            prolog = as.PrologEnd;
            BodyStart = InstructionCount;
        }
        if (epilog == 0 && in->Operation >= POP)
        {
            epilog = as.Length;
        }
        if (as.InProlog)
        {
            EmitProlog(&as, in);
        }
        else
        {
            EmitBody(&as, in);
        }
    }
    Offsets[InstructionCount] = as.Length;
    if (Function->Version == 2)
    {
        AddEpilogCodes(&as, epilog);
    }
    WriteUnwindInfo(XDATA_RVA, Function, &as, prolog);
    AddFunction(CODE_RVA, CODE_RVA + as.Length, XDATA_RVA);
    RegisterImage();
}

static const RTLP_STACK_LIMITS Limits = {(ULONG64)0, 0};

static void
AssertCaller(const CONTEXT *Actual, const CONTEXT *Expected, ULONG ExtraRsp)
{
    for (ULONG i = 0; i < 16; i++)
    {
        const ULONG64 extra = i == RSP ? ExtraRsp : 0;

        // Volatile registers are whatever they are; the interpreter leaves them alone.
        assert_int_equal(Gpr((PCONTEXT)(ULONG_PTR)Actual)[i],
                         Gpr((PCONTEXT)(ULONG_PTR)Expected)[i] + extra);
        assert_memory_equal(&Xmm((PCONTEXT)(ULONG_PTR)Actual)[i],
                            &Xmm((PCONTEXT)(ULONG_PTR)Expected)[i], 16);
    }
    assert_int_equal(Actual->Rip, RETURN_ADDRESS);
}

// Unwinds from every boundary between two instructions. Returns the number of boundaries the
// unwinder took for an epilogue.
static ULONG
CheckEveryBoundary(const FUNCTION *Function)
{
    CONTEXT caller;
    CONTEXT running;
    ULONG epilogues = 0;
    LONG argumentBytes = 0;

    Assemble(Function);
    CallerState(&caller);
    running = caller;
    Push(&running, RETURN_ADDRESS);
    for (ULONG i = 0; i < InstructionCount; i++)
    {
        const INSTRUCTION *in = &Function->Instructions[i];
        CONTEXT unwound = running;
        RTLP_UNWIND_RESULT result;
        KNONVOLATILE_CONTEXT_POINTERS pointers = {0};
        ULONG64 imageBase;
        PRUNTIME_FUNCTION entry;
        NTSTATUS status;

        unwound.Rip = Base() + CODE_RVA + Offsets[i];
        entry = RtlLookupFunctionEntry(unwound.Rip, &imageBase, NULL);
        assert_ptr_equal(entry, &Pdata[0]);
        assert_int_equal(imageBase, Base());
        status = RtlUnwindFrame(UNW_FLAG_EHANDLER, imageBase, unwound.Rip, entry, &Limits, &unwound,
                                &result, &pointers);
        assert_int_equal(status, STATUS_SUCCESS);
        argumentBytes = in->Operation == RETN ? in->Value : 0;
        if (result.InEpilogue)
        {
            for (const INSTRUCTION *exit = in; exit->Operation != END; exit++)
            {
                argumentBytes = exit->Operation == RETN ? exit->Value : argumentBytes;
            }
        }
        AssertCaller(&unwound, &caller, (ULONG)argumentBytes);
        for (ULONG r = 0; r < 16; r++)
        {
            if (pointers.IntegerContext[r] != NULL)
            {
                assert_int_equal(*pointers.IntegerContext[r], Gpr(&unwound)[r]);
            }
        }
        assert_int_equal(result.InPrologue, i < BodyStart);
        epilogues += result.InEpilogue;
        Execute(&running, in);
    }
    return epilogues;
}

#define CHECK(Epilogues, Version, Register, Offset, ...)                           \
    do                                                                             \
    {                                                                              \
        static const INSTRUCTION instructions[] = {__VA_ARGS__, {END, 0, 0}};      \
        const FUNCTION function = {instructions, Version, 0, Register, Offset, 0}; \
        assert_int_equal(CheckEveryBoundary(&function), Epilogues);                \
    } while (0)

#endif
