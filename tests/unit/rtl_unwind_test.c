// SPDX-License-Identifier: MIT
// kernel/rtl/unwind.c: small functions are written down once, as instructions from which the test
// makes machine code, unwind codes and an interpreter. From every instruction boundary, unwinding
// must give back the registers the caller had. Rules: "x64 exception handling" and "x64 prolog and
// epilog" of Microsoft's C++ documentation.
// Page: NF:ntifs.RtlCaptureStackBackTrace
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
    RtlpRemoveFunctionTable(Base());
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
    assert_true(RtlpInsertFunctionTable(Base(), IMAGE_SIZE, Pdata, PdataCount));
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
        status = RtlpVirtualUnwind(UNW_FLAG_EHANDLER, imageBase, unwound.Rip, entry, &Limits,
                                   &unwound, &result, &pointers);
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

// PUSH_NONVOL and ALLOC_SMALL, and the plain epilogue.
static void
pushes_and_small_allocation(void **state)
{
    (void)state;
    CHECK(5, 1, 0, 0, {PUSH, 3, 0}, {PUSH, 12, 0}, {PUSH, 15, 0}, {SUB, 0, 0x20}, {TRASH, 3, 0},
          {TRASH, 12, 0}, {TRASH, 15, 0}, {BODY, 0, 0}, {ADD, 0, 0x20}, {POP, 15, 0}, {POP, 12, 0},
          {POP, 3, 0}, {RET, 0, 0});
}

// ALLOC_SMALL at its limits of 8 and 128 bytes.
static void
smallest_and_largest_small_allocation(void **state)
{
    CHECK(2, 1, 0, 0, {SUB, 0, 8}, {BODY, 0, 0}, {ADD, 0, 8}, {RET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(2, 1, 0, 0, {SUB, 0, 128}, {BODY, 0, 0}, {ADD, 0, 128}, {RET, 0, 0});
}

// ALLOC_LARGE with a scaled 16-bit and an unscaled 32-bit size.
static void
large_allocations(void **state)
{
    CHECK(3, 1, 0, 0, {PUSH, 7, 0}, {SUB, 0, 0x7FFF8}, {TRASH, 7, 0}, {ADD, 0, 0x7FFF8},
          {POP, 7, 0}, {RET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(3, 1, 0, 0, {PUSH, 7, 0}, {SUB, 0, 0x100008}, {TRASH, 7, 0}, {ADD, 0, 0x100008},
          {POP, 7, 0}, {RET, 0, 0});
}

// SET_FPREG: rbp, and r12 and r13, whose encodings in lea are special.
static void
frame_registers(void **state)
{
    CHECK(3, 1, RBP, 0x20, {PUSH, RBP, 0}, {SUB, 0, 0x40}, {SETFP, RBP, 0x20}, {BODY, 0, 0},
          {LEA, RBP, 0x20}, {POP, RBP, 0}, {RET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(3, 1, 12, 0x10, {PUSH, 12, 0}, {SUB, 0, 0x40}, {SETFP, 12, 0x10}, {BODY, 0, 0},
          {LEA, 12, 0x30}, {POP, 12, 0}, {RET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(3, 1, 13, 0xF0, {PUSH, 13, 0}, {SUB, 0, 0x200}, {SETFP, 13, 0xF0}, {BODY, 0, 0},
          {LEA, 13, 0x110}, {POP, 13, 0}, {RET, 0, 0});
}

// SAVE_NONVOL and SAVE_NONVOL_FAR, which leave the stack pointer alone.
static void
saved_registers(void **state)
{
    CHECK(2, 1, 0, 0, {SUB, 0, 0x40}, {SAVE, 6, 0x30}, {SAVE, 14, 0x38}, {TRASH, 6, 0},
          {TRASH, 14, 0}, {BODY, 0, 0}, {RESTORE, 6, 0x30}, {RESTORE, 14, 0x38}, {ADD, 0, 0x40},
          {RET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(2, 1, 0, 0, {SUB, 0, 0x100008}, {SAVE, 6, 0x80010}, {TRASH, 6, 0}, {RESTORE, 6, 0x80010},
          {ADD, 0, 0x100008}, {RET, 0, 0});
}

// SAVE_XMM128 and SAVE_XMM128_FAR.
static void
saved_xmm_registers(void **state)
{
    static const INSTRUCTION near[] = {
        {SUB, 0, 0x48}, {SAVEXMM, 6, 0x20}, {SAVEXMM, 15, 0x30}, {BODY, 0, 0}, {END, 0, 0}};
    static const INSTRUCTION far[] = {
        {SUB, 0, 0x180008}, {SAVEXMM, 9, 0x100010}, {BODY, 0, 0}, {END, 0, 0}};
    const FUNCTION first = {near, 1, 0, 0, 0, 0};
    const FUNCTION second = {far, 1, 0, 0, 0, 0};

    assert_int_equal(CheckEveryBoundary(&first), 0);
    ImageTeardown(state);
    ImageSetup(state);
    assert_int_equal(CheckEveryBoundary(&second), 0);
}

// The ways out that end an epilogue.
static void
exits(void **state)
{
    CHECK(2, 1, 0, 0, {SUB, 0, 0x28}, {BODY, 0, 0}, {ADD, 0, 0x28}, {REPRET, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(2, 1, 0, 0, {SUB, 0, 0x28}, {BODY, 0, 0}, {ADD, 0, 0x28}, {RETN, 0, 0x10});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(3, 1, 0, 0, {PUSH, 3, 0}, {SUB, 0, 0x20}, {TRASH, 3, 0}, {ADD, 0, 0x20}, {POP, 3, 0},
          {JMPNEAR, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(2, 1, 0, 0, {SUB, 0, 0x28}, {BODY, 0, 0}, {ADD, 0, 0x28}, {JMPMEM, 0, 0});
    ImageTeardown(state);
    ImageSetup(state);
    CHECK(2, 1, 0, 0, {SUB, 0, 0x28}, {BODY, 0, 0}, {ADD, 0, 0x28}, {JMPREG, 0, 0});
}

// A jump within the function is control flow, not an exit.
static void
jump_inside_is_no_epilogue(void **state)
{
    (void)state;
    CHECK(2, 1, 0, 0, {SUB, 0, 0x28}, {BODY, 0, 0}, {JMPIN, 0, 0}, {BODY, 0, 0}, {ADD, 0, 0x28},
          {RET, 0, 0});
}

// Version 2: pops and ret are listed as an epilogue; the add in front is still body.
static void
version2_epilogue(void **state)
{
    (void)state;
    CHECK(3, 2, 0, 0, {PUSH, 3, 0}, {PUSH, 7, 0}, {SUB, 0, 0x28}, {TRASH, 3, 0}, {TRASH, 7, 0},
          {ADD, 0, 0x28}, {POP, 7, 0}, {POP, 3, 0}, {RET, 0, 0});
}

// ---- handlers ---------------------------------------------------------------------------------

static PEXCEPTION_ROUTINE
HandlerAt(const FUNCTION *Function, ULONG Index, ULONG Type, PVOID *Data, PULONG64 Frame)
{
    CONTEXT context;
    const ULONG64 pc = Base() + CODE_RVA + Offsets[Index];

    CallerState(&context);
    Push(&context, RETURN_ADDRESS);
    for (ULONG i = 0; i < Index; i++)
    {
        Execute(&context, &Function->Instructions[i]);
    }
    *Frame = 0;
    *Data = NULL;
    return RtlVirtualUnwind(Type, Base(), pc, &Pdata[0], &context, Data, Frame, NULL);
}

static void
handlers_by_phase(void **state)
{
    static const INSTRUCTION instructions[] = {{PUSH, RBP, 0}, {SUB, 0, 0x30}, {SETFP, RBP, 0x20},
                                               {BODY, 0, 0},   {BODY, 0, 0},   {LEA, RBP, 0x10},
                                               {POP, RBP, 0},  {RET, 0, 0},    {END, 0, 0}};
    const FUNCTION function = {instructions, 1, UNW_FLAG_EHANDLER, RBP, 0x20, 0};
    const PEXCEPTION_ROUTINE handler = (PEXCEPTION_ROUTINE)(Base() + HANDLER_RVA);
    CONTEXT caller;
    ULONG64 frame;
    PVOID data;

    (void)state;
    Assemble(&function);
    CallerState(&caller);
    // In the prologue and in the epilogue there is no handler, in the body there is.
    for (ULONG i = 0; i < InstructionCount; i++)
    {
        const BOOLEAN body = i == 3 || i == 4;

        assert_ptr_equal(HandlerAt(&function, i, UNW_FLAG_EHANDLER, &data, &frame),
                         body ? handler : NULL);
    }
    assert_ptr_equal(HandlerAt(&function, 3, UNW_FLAG_EHANDLER, &data, &frame), handler);
    assert_ptr_equal(data, Image + XDATA_RVA + 4 + 4 * 2 + 4);
    assert_int_equal(frame, caller.Rsp - 8 - 8 - 0x30);
    // The other phase has none.
    assert_null(HandlerAt(&function, 3, UNW_FLAG_UHANDLER, &data, &frame));
    assert_null(HandlerAt(&function, 3, UNW_FLAG_NHANDLER, &data, &frame));
}

// ---- chains -----------------------------------------------------------------------------------

// A fragment elsewhere in the image: its unwind information is chained to the function's. The
// handler is the function's, and a jump back into it is no tail call.
static void
chained_fragment(void **state)
{
    static const INSTRUCTION instructions[] = {{PUSH, 3, 0},   {SUB, 0, 0x40}, {BODY, 0, 0},
                                               {ADD, 0, 0x40}, {POP, 3, 0},    {RET, 0, 0},
                                               {END, 0, 0}};
    const FUNCTION function = {instructions, 1, UNW_FLAG_UHANDLER, 0, 0, 0};
    UCHAR *info = Image + XDATA2_RVA;
    UCHAR *code = Image + CODE2_RVA;
    CONTEXT caller;
    CONTEXT context;
    RTLP_UNWIND_RESULT result;
    LONG distance;

    (void)state;
    Assemble(&function);
    RtlpRemoveFunctionTable(Base());
    // The fragment saves rdi in the frame of its parent: mov [rsp+30h], rdi; nop; jmp to the body.
    memcpy(code, "\x48\x89\x7C\x24\x30\x90\xE9", 7);
    distance = (LONG)(CODE_RVA + Offsets[2]) - (LONG)(CODE2_RVA + 11);
    memcpy(code + 7, &distance, 4);
    memcpy(info, "\x21\x05\x02\x00\x05\x74\x06\x00", 8);
    memcpy(info + 8, &Pdata[0], sizeof(Pdata[0]));
    AddFunction(CODE2_RVA, CODE2_RVA + 11, XDATA2_RVA);
    RegisterImage();

    CallerState(&caller);
    for (ULONG offset = 0; offset <= 6; offset += offset == 0 ? 5 : 1)
    {
        context = caller;
        Push(&context, RETURN_ADDRESS);
        Execute(&context, &instructions[0]);
        Execute(&context, &instructions[1]);
        if (offset >= 5)
        {
            *(PULONG64)(context.Rsp + 0x30) = context.Rdi;
            context.Rdi = 1;
        }
        context.Rbx = 2;
        context.Rip = Base() + CODE2_RVA + offset;
        assert_int_equal(RtlpVirtualUnwind(UNW_FLAG_UHANDLER, Base(), context.Rip, &Pdata[1], NULL,
                                           &context, &result, NULL),
                         STATUS_SUCCESS);
        AssertCaller(&context, &caller, 0);
        assert_false(result.InEpilogue);
        assert_true((result.Handler != NULL) == (offset >= 5));
    }
    assert_int_equal(RtlpPrimaryFunctionEntry(Base(), &Pdata[1])->BeginAddress, CODE_RVA);
    assert_ptr_equal(RtlpPrimaryFunctionEntry(Base(), &Pdata[0]), &Pdata[0]);
}

static void
chain_in_a_circle(void **state)
{
    UCHAR *info = Image + XDATA_RVA;
    CONTEXT context;
    RTLP_UNWIND_RESULT result;

    (void)state;
    memcpy(info, "\x21\x00\x00\x00", 4);
    AddFunction(CODE_RVA, CODE_RVA + 16, XDATA_RVA);
    memcpy(info + 4, &Pdata[0], sizeof(Pdata[0]));
    RegisterImage();
    CallerState(&context);
    assert_int_equal(RtlpVirtualUnwind(UNW_FLAG_EHANDLER, Base(), Base() + CODE_RVA, &Pdata[0],
                                       NULL, &context, &result, NULL),
                     STATUS_BAD_FUNCTION_TABLE);
    assert_null(RtlpPrimaryFunctionEntry(Base(), &Pdata[0]));
}

// ---- machine frames, leaves -------------------------------------------------------------------

static void
CheckMachineFrame(BOOLEAN ErrorCode)
{
    UCHAR *info = Image + XDATA_RVA;
    RTLP_UNWIND_RESULT result;
    CONTEXT interrupted;
    CONTEXT context;

    memset(Image + CODE_RVA, 0x90, 16);
    memcpy(info, "\x01\x01\x02\x00\x01\x32\x00\x0A", 8); // allocation of 0x20, machine frame
    info[7] = (UCHAR)(0x0A | ErrorCode << 4);
    AddFunction(CODE_RVA, CODE_RVA + 16, XDATA_RVA);
    RegisterImage();
    CallerState(&interrupted);
    context = interrupted;
    Push(&context, 0x18);            // ss
    Push(&context, interrupted.Rsp); // rsp
    Push(&context, 0x202);           // eflags
    Push(&context, 0x10);            // cs
    Push(&context, RETURN_ADDRESS);  // rip
    if (ErrorCode)
    {
        Push(&context, 0xE);
    }
    context.Rsp -= 0x20;
    assert_int_equal(RtlpVirtualUnwind(UNW_FLAG_NHANDLER, Base(), Base() + CODE_RVA + 4, &Pdata[0],
                                       NULL, &context, &result, NULL),
                     STATUS_SUCCESS);
    AssertCaller(&context, &interrupted, 0);
    assert_true(result.MachineFrame);
}

static void
machine_frames(void **state)
{
    CheckMachineFrame(FALSE);
    ImageTeardown(state);
    ImageSetup(state);
    CheckMachineFrame(TRUE);
}

static void
leaf_function(void **state)
{
    CONTEXT caller;
    CONTEXT context;
    RTLP_UNWIND_RESULT result;

    (void)state;
    RegisterImage();
    CallerState(&caller);
    context = caller;
    Push(&context, RETURN_ADDRESS);
    context.Rip = Base() + CODE_RVA;
    assert_int_equal(RtlpUnwindOneFrame(NULL, &context), STATUS_SUCCESS);
    AssertCaller(&context, &caller, 0);
    Push(&context, RETURN_ADDRESS);
    assert_int_equal(RtlpVirtualUnwind(0, 0, 0, NULL, NULL, &context, &result, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(result.EstablisherFrame, caller.Rsp - 8);
}

// ---- walks and limits -------------------------------------------------------------------------

static void
walk_and_stack_limits(void **state)
{
    static const INSTRUCTION instructions[] = {{PUSH, 3, 0},   {SUB, 0, 0x20}, {BODY, 0, 0},
                                               {ADD, 0, 0x20}, {POP, 3, 0},    {RET, 0, 0},
                                               {END, 0, 0}};
    const FUNCTION function = {instructions, 1, 0, 0, 0, 0};
    const ULONG64 body = Base() + CODE_RVA + 8;
    RTLP_STACK_LIMITS limits = {(ULONG64)Stack, (ULONG64)&Stack[STACK_SLOTS]};
    CONTEXT context;
    CONTEXT copy;
    PVOID frames[8];

    (void)state;
    Assemble(&function);
    CallerState(&context);
    // Three activations of the function, called from outside of any image.
    for (ULONG i = 0; i < 3; i++)
    {
        Push(&context, i == 0 ? RETURN_ADDRESS : body);
        Execute(&context, &instructions[0]);
        Execute(&context, &instructions[1]);
    }
    context.Rip = body;
    copy = context;
    assert_int_equal(RtlpWalkFrames(&limits, &copy, 0, frames, 8), 3);
    assert_ptr_equal(frames[0], (PVOID)body);
    assert_ptr_equal(frames[2], (PVOID)body);
    copy = context;
    assert_int_equal(RtlpWalkFrames(&limits, &copy, 2, frames, 8), 1);
    copy = context;
    assert_int_equal(RtlpWalkFrames(&limits, &copy, 0, frames, 2), 2);

    // A stack pointer outside of the limits, or not aligned, stops; the context stays as it was.
    limits.LowLimit = (ULONG64)&Stack[STACK_SLOTS - 1];
    copy = context;
    assert_int_equal(RtlpUnwindOneFrame(&limits, &copy), STATUS_BAD_STACK);
    assert_memory_equal(&copy, &context, sizeof(copy));
    copy.Rsp += 1;
    assert_int_equal(RtlpUnwindOneFrame(NULL, &copy), STATUS_BAD_STACK);
}

// ---- damaged data -----------------------------------------------------------------------------

static ULONG
Random(void)
{
    static ULONG seed = 12345;

    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

// Whatever stands in .xdata and .pdata, unwinding returns. The image is exactly as large as it says
// and the stack limits are enforced, so the sanitizers prove that nothing else is read.
static void
damaged_unwind_data(void **state)
{
    const RTLP_STACK_LIMITS limits = {(ULONG64)Stack, (ULONG64)&Stack[STACK_SLOTS]};
    RTLP_UNWIND_RESULT result;
    ULONG good = 0;

    (void)state;
    AddFunction(CODE_RVA, CODE_RVA + 64, XDATA_RVA);
    RegisterImage();
    for (ULONG round = 0; round < 200000; round++)
    {
        UCHAR *info = Image + XDATA_RVA;
        const ULONG at = Random() % 4 == 0 ? IMAGE_SIZE - 4 * (1 + Random() % 16) : XDATA_RVA;
        CONTEXT context;
        NTSTATUS status;

        Pdata[0].UnwindData = Random() % 16 == 0 ? Random() : at;
        info = Image + at;
        for (ULONG i = 0; i < 24 && at + i < IMAGE_SIZE; i++)
        {
            info[i] = (UCHAR)Random();
        }
        info[0] = (UCHAR)((info[0] & 0xF8) | (1 + Random() % 2));
        for (ULONG i = 0; i < 64; i++)
        {
            Image[CODE_RVA + i] =
                "\x48\x83\xC4\x8D\x65\x41\x58\x5F\xC3\xE9\xEB\xFF\x25\xF2\x90\x24"[Random() % 16];
        }
        CallerState(&context);
        context.Rsp -= 0x8000;
        status = RtlpVirtualUnwind(UNW_FLAG_EHANDLER, Base(), Base() + CODE_RVA + Random() % 64,
                                   &Pdata[0], &limits, &context, &result, NULL);
        assert_true(status == STATUS_SUCCESS || status == STATUS_BAD_FUNCTION_TABLE ||
                    status == STATUS_BAD_STACK);
        good += status == STATUS_SUCCESS;
    }
    assert_in_range(good, 1000, 199000);
    // The next test's image starts clean.
    PdataCount = 0;
}

static void
public_routine_on_damaged_data(void **state)
{
    CONTEXT context;
    ULONG64 frame = 0;
    PVOID data;

    (void)state;
    AddFunction(CODE_RVA, CODE_RVA + 64, IMAGE_SIZE);
    RegisterImage();
    CallerState(&context);
    assert_null(RtlVirtualUnwind(UNW_FLAG_EHANDLER, Base(), Base() + CODE_RVA, &Pdata[0], &context,
                                 &data, &frame, NULL));
    assert_int_equal(context.Rip, 0);
}

#define UNWIND_TEST(Function) cmocka_unit_test_setup_teardown(Function, ImageSetup, ImageTeardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        UNWIND_TEST(pushes_and_small_allocation),
        UNWIND_TEST(smallest_and_largest_small_allocation),
        UNWIND_TEST(large_allocations),
        UNWIND_TEST(frame_registers),
        UNWIND_TEST(saved_registers),
        UNWIND_TEST(saved_xmm_registers),
        UNWIND_TEST(exits),
        UNWIND_TEST(jump_inside_is_no_epilogue),
        UNWIND_TEST(version2_epilogue),
        UNWIND_TEST(handlers_by_phase),
        UNWIND_TEST(chained_fragment),
        UNWIND_TEST(chain_in_a_circle),
        UNWIND_TEST(machine_frames),
        UNWIND_TEST(leaf_function),
        UNWIND_TEST(walk_and_stack_limits),
        UNWIND_TEST(damaged_unwind_data),
        UNWIND_TEST(public_routine_on_damaged_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
