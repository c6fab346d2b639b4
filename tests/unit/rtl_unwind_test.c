// SPDX-License-Identifier: MIT
// kernel/rtl/unwind.c: small functions are written down once, as instructions from which the test
// makes machine code, unwind codes and an interpreter. From every instruction boundary, unwinding
// must give back the registers the caller had. Rules: "x64 exception handling" and "x64 prolog and
// epilog" of Microsoft's C++ documentation.
// Page: NF:ntifs.RtlCaptureStackBackTrace
#include "rtl_unwind_kit.h"

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
    RtlRemoveFunctionTable(Base());
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
        assert_int_equal(RtlUnwindFrame(UNW_FLAG_UHANDLER, Base(), context.Rip, &Pdata[1], NULL,
                                        &context, &result, NULL),
                         STATUS_SUCCESS);
        AssertCaller(&context, &caller, 0);
        assert_false(result.InEpilogue);
        assert_true((result.Handler != NULL) == (offset >= 5));
    }
    assert_int_equal(RtlPrimaryFunctionEntry(Base(), &Pdata[1])->BeginAddress, CODE_RVA);
    assert_ptr_equal(RtlPrimaryFunctionEntry(Base(), &Pdata[0]), &Pdata[0]);
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
    assert_int_equal(RtlUnwindFrame(UNW_FLAG_EHANDLER, Base(), Base() + CODE_RVA, &Pdata[0], NULL,
                                    &context, &result, NULL),
                     STATUS_BAD_FUNCTION_TABLE);
    assert_null(RtlPrimaryFunctionEntry(Base(), &Pdata[0]));
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
    assert_int_equal(RtlUnwindFrame(UNW_FLAG_NHANDLER, Base(), Base() + CODE_RVA + 4, &Pdata[0],
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
    assert_int_equal(RtlUnwindOneFrame(NULL, &context), STATUS_SUCCESS);
    AssertCaller(&context, &caller, 0);
    Push(&context, RETURN_ADDRESS);
    assert_int_equal(RtlUnwindFrame(0, 0, 0, NULL, NULL, &context, &result, NULL), STATUS_SUCCESS);
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
    assert_int_equal(RtlWalkFrames(&limits, &copy, 0, frames, 8), 3);
    assert_ptr_equal(frames[0], (PVOID)body);
    assert_ptr_equal(frames[2], (PVOID)body);
    copy = context;
    assert_int_equal(RtlWalkFrames(&limits, &copy, 2, frames, 8), 1);
    copy = context;
    assert_int_equal(RtlWalkFrames(&limits, &copy, 0, frames, 2), 2);

    // A stack pointer outside of the limits, or not aligned, stops; the context stays as it was.
    limits.LowLimit = (ULONG64)&Stack[STACK_SLOTS - 1];
    copy = context;
    assert_int_equal(RtlUnwindOneFrame(&limits, &copy), STATUS_BAD_STACK);
    assert_memory_equal(&copy, &context, sizeof(copy));
    copy.Rsp += 1;
    assert_int_equal(RtlUnwindOneFrame(NULL, &copy), STATUS_BAD_STACK);
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
        status = RtlUnwindFrame(UNW_FLAG_EHANDLER, Base(), Base() + CODE_RVA + Random() % 64,
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
