// SPDX-License-Identifier: MIT
// kernel/ldr/patch.c against itself: random functions are assembled twice, once with `mov cr8` and
// once with what the patch is to mean (gs: accesses, longer, so the layout differs). Both must
// leave the same registers, flags and IRQL. The seed is fixed; a failure prints the number of the
// function.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"
#include "ldr/ldr.h"
#include "tests/kit/pe_builder.h"

enum
{
    FUNCTIONS = 400,
    MAX_STEPS = 24,
};

enum step_kind
{
    STEP_READ,
    STEP_WRITE,
    STEP_BYTES, // the same bytes in both versions
    STEP_LOAD,  // mov reg, [rip + data]
    STEP_JUMP,
    STEP_BRANCH,
};

struct step
{
    enum step_kind kind;
    uint8_t reg;
    uint8_t condition;
    uint8_t target; // index of a later step
    uint8_t size;
    uint8_t bytes[8];
};

struct registers
{
    uint64_t gpr[7]; // rax rcx rdx r8 r9 r10 r11
    uint64_t flags;
};

static uint8_t kpcr[0x1000];
static uint64_t seed = 20260101;

void random_write_cr8_stub(void);
__asm__(".text\n.globl random_write_cr8_stub\nrandom_write_cr8_stub:\n"
        "movb %al, %gs:0x50\n"
        "movabsq $0xdeadbeefdeadbeef, %rax\n"
        "ret\n");

// Calls Code with the registers of Registers and stores them back. The flags are those of
// arithmetic.
void random_call(const void *code, struct registers *registers);
__asm__(".text\n.globl random_call\nrandom_call:\n"
        "pushq %rbx\npushq %rsi\nsubq $72, %rsp\n"
        "movq %rdi, %rbx\n"
        "movq 0(%rsi), %rax\nmovq 8(%rsi), %rcx\nmovq 16(%rsi), %rdx\nmovq 24(%rsi), %r8\n"
        "movq 32(%rsi), %r9\nmovq 40(%rsi), %r10\nmovq 48(%rsi), %r11\n"
        "cmpq %rcx, %rax\n"
        "call *%rbx\n"
        "pushfq\n"
        "movq 80(%rsp), %rsi\n"
        "movq %rax, 0(%rsi)\nmovq %rcx, 8(%rsi)\nmovq %rdx, 16(%rsi)\nmovq %r8, 24(%rsi)\n"
        "movq %r9, 32(%rsi)\nmovq %r10, 40(%rsi)\nmovq %r11, 48(%rsi)\n"
        "popq %rax\nandq $0x8d5, %rax\nmovq %rax, 56(%rsi)\n"
        "addq $72, %rsp\npopq %rsi\npopq %rbx\nret\n");

static unsigned
pick(unsigned limit)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(seed >> 33) % limit;
}

static uint8_t
pick_register(void)
{
    static const uint8_t registers[] = {0, 1, 2, 8, 9, 10, 11};
    return registers[pick(7)];
}

// REX.W op modrm between two registers.
static void
make_arithmetic(struct step *step)
{
    static const uint8_t opcodes[] = {0x01, 0x29, 0x31, 0x39, 0x85, 0x89, 0x11, 0x19};
    uint8_t from = pick_register();
    uint8_t to = pick_register();
    step->bytes[0] = (uint8_t)(0x48 | (from >= 8 ? 4 : 0) | (to >= 8 ? 1 : 0));
    step->bytes[1] = opcodes[pick(8)];
    step->bytes[2] = (uint8_t)(0xC0 | (from & 7) << 3 | (to & 7));
    step->size = 3;
}

static void
make_other(struct step *step)
{
    uint8_t reg = pick_register();
    uint8_t high = reg >= 8 ? 1 : 0;
    switch (pick(4))
    {
    case 0: // inc reg32
        memcpy(step->bytes, (uint8_t[]){0x40 | high, 0xFF, 0xC0 | (reg & 7)}, step->size = 3);
        break;
    case 1: // setz reg8
        memcpy(step->bytes, (uint8_t[]){0x40 | high, 0x0F, 0x94, 0xC0 | (reg & 7)}, step->size = 4);
        break;
    case 2: // mov [rsp - 8 * n], reg: below the stack pointer nothing else lives in this test
        memcpy(step->bytes, (uint8_t[]){0x48 | high << 2, 0x89, 0x44 | (reg & 7) << 3, 0x24, 0x10},
               step->size = 5);
        break;
    default: // nop
        step->bytes[0] = 0x90;
        step->size = 1;
        break;
    }
}

static void
make_step(struct step *step, unsigned index, unsigned count)
{
    static const enum step_kind kinds[] = {STEP_READ,  STEP_READ,   STEP_WRITE, STEP_WRITE,
                                           STEP_BYTES, STEP_BYTES,  STEP_BYTES, STEP_BYTES,
                                           STEP_LOAD,  STEP_BRANCH, STEP_JUMP,  STEP_BYTES};
    memset(step, 0, sizeof *step);
    step->kind = kinds[pick(12)];
    step->reg = pick_register();
    step->condition = (uint8_t)pick(16);
    step->target = (uint8_t)(index + 1 + pick(count - index));
    if (step->kind == STEP_BYTES)
    {
        pick(3) != 0 ? make_arithmetic(step) : make_other(step);
    }
}

// Appends one step; branches get their displacement from offsets[], which the first pass fills.
static unsigned
assemble_step(const struct step *step,
              bool is_plain,
              uint8_t *out,
              unsigned at,
              const unsigned *offsets)
{
    uint8_t reg = step->reg & 7;
    uint8_t high = step->reg >= 8 ? 1 : 0;
    int distance = (int)offsets[step->target] - (int)(at + 2);
    uint8_t read[] = {
        0x65, (uint8_t)(0x40 | high << 2), 0x0F, 0xB6, (uint8_t)(0x04 | reg << 3), 0x25, 0x50, 0, 0,
        0};
    uint8_t write[] = {
        0x65, (uint8_t)(0x40 | high << 2), 0x88, (uint8_t)(0x04 | reg << 3), 0x25, 0x50, 0, 0, 0};
    uint8_t access[] = {(uint8_t)(0x44 | high), 0x0F, step->kind == STEP_READ ? 0x20 : 0x22,
                        (uint8_t)(0xC0 | reg)};
    uint8_t jump[] = {step->kind == STEP_JUMP ? 0xEB : (uint8_t)(0x70 | step->condition),
                      (uint8_t)distance};
    uint8_t load[] = {(uint8_t)(0x48 | high << 2), 0x8B, (uint8_t)(0x05 | reg << 3), 0, 0, 0, 0};
    int32_t data = (int32_t)0x2000 - (int32_t)(0x1000 + at + 7);
    memcpy(load + 3, &data, 4);
    const uint8_t *bytes = step->bytes;
    unsigned size = step->size;
    switch (step->kind)
    {
    case STEP_READ:
        bytes = is_plain ? read : access;
        size = is_plain ? sizeof read : sizeof access;
        break;
    case STEP_WRITE:
        bytes = is_plain ? write : access;
        size = is_plain ? sizeof write : sizeof access;
        break;
    case STEP_LOAD:
        bytes = load;
        size = sizeof load;
        break;
    case STEP_JUMP:
    case STEP_BRANCH:
        bytes = jump;
        size = sizeof jump;
        break;
    default:
        break;
    }
    memcpy(out + at, bytes, size);
    return at + size;
}

static unsigned
assemble(const struct step *steps, unsigned count, bool is_plain, uint8_t *out)
{
    unsigned offsets[MAX_STEPS + 2] = {0};
    unsigned at = 0;
    for (unsigned pass = 0; pass < 2; pass++)
    {
        at = 0;
        for (unsigned i = 0; i < count; i++)
        {
            offsets[i] = at;
            at = assemble_step(&steps[i], is_plain, out, at, offsets);
        }
        offsets[count] = at;
        out[at++] = 0xC3;
    }
    return at;
}

static void
run(const uint8_t *code,
    unsigned size,
    const char *name,
    struct registers *registers,
    unsigned *patched)
{
    static const uint64_t data = 0x123456789ABCDEF0;
    struct pe_builder pe;
    PLDR_IMAGE image = NULL;
    pe_begin(&pe);
    pe.entry = pe_add(&pe, ".text", code, size, 0, PE_TEXT);
    pe_add(&pe, ".data", &data, sizeof data, 0, PE_DATA);
    pe_finish(&pe);
    LDR_FILE file = {.Data = pe.data, .Size = pe.size};
    assert_int_equal(LdrLoadImage(name, &file, &image), STATUS_SUCCESS);
    assert_int_equal(image->Patches.Cr8Trapping == 0 || patched != NULL, 1);
    // What cannot be patched would trap; such functions are only looked at, not run.
    if (patched == NULL || image->Patches.Cr8Trapping == 0)
    {
        memset(registers, 0x11, sizeof *registers);
        registers->gpr[3] = 5;
        kpcr[0x50] = 4;
        random_call(image->EntryPoint, registers);
        if (patched != NULL)
        {
            *patched += 1;
        }
    }
    LdrUnloadImage(image);
    pe_end(&pe);
}

static void
patched_functions_mean_the_same(void **state)
{
    (void)state;
    unsigned patched = 0;
    LDR_CONFIG config = {.WriteCr8Stub = (const void *)random_write_cr8_stub};
    LdrInitialize(&config);
    host_set_gs(kpcr);
    for (unsigned number = 0; number < FUNCTIONS; number++)
    {
        struct step steps[MAX_STEPS];
        uint8_t code[512];
        struct registers left;
        struct registers right;
        unsigned count = 2 + pick(MAX_STEPS - 2);
        for (unsigned i = 0; i < count; i++)
        {
            make_step(&steps[i], i, count);
        }
        unsigned before = patched;
        unsigned size = assemble(steps, count, false, code);
        run(code, size, "patched.sys", &left, &patched);
        uint8_t irql = kpcr[0x50];
        if (before != patched)
        {
            size = assemble(steps, count, true, code);
            run(code, size, "plain.sys", &right, NULL);
            if (memcmp(&left, &right, sizeof left) != 0 || irql != kpcr[0x50])
            {
                fail_msg("function %u differs", number);
            }
        }
    }
    // Most random functions can be patched completely; otherwise the test proves little.
    assert_true(patched > FUNCTIONS / 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patched_functions_mean_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
