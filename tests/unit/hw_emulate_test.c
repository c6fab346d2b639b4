/* SPDX-License-Identifier: MIT */
/*
 * hw/core/emulate*.c against the processor: every instruction below runs natively and in the
 * emulator from the same random state, and registers, flags and memory must agree.
 */
#include "hw_kit.h"

#include "hw/core/alu.h"
#include "hw/core/emulate.h"

#define ARENA_SIZE 8192
#define ROUNDS     200
#define STATUS     ((uint64_t)HW_FLAGS_STATUS)

/* The stubs use these by name; gpr stands at 0, rflags at 136. */
struct host_trap native;
uint64_t native_saved_rsp;
uint8_t native_ymm[16][32];

static uint8_t arena[ARENA_SIZE] __attribute__((aligned(64)));

/* Undefined flags, and what the registers must be for the instruction to make sense. */
#define MASK_NONE  0u
#define MASK_MUL   (HW_FLAG_SF | HW_FLAG_ZF | HW_FLAG_AF | HW_FLAG_PF)
#define MASK_DIV   (MASK_MUL | HW_FLAG_CF | HW_FLAG_OF)
#define MASK_BT    (HW_FLAG_OF | HW_FLAG_SF | HW_FLAG_AF | HW_FLAG_PF)
#define MASK_BSF   (MASK_BT | HW_FLAG_CF)
#define MASK_BITS  (HW_FLAG_OF | HW_FLAG_SF | HW_FLAG_AF | HW_FLAG_PF)
#define MASK_LOGIC HW_FLAG_AF
#define MASK_DSHL  (HW_FLAG_OF | HW_FLAG_AF)

#define NEED_SMALL_CX 1u  /* rcx is a small count */
#define NEED_DIVIDE   2u  /* no divide error: rdx 0, memory not 0 */
#define NEED_STRINGS  4u  /* rsi and rcx for string instructions */
#define NEED_DOWN     8u  /* direction flag set */
#define NEED_EQUAL    16u /* rax equals memory, every other round */
#define NEED_BIT      32u /* ecx is a bit offset, possibly negative */

struct row
{
    const char *name;
    void (*run)(void);
    const uint8_t *start;
    const uint8_t *end;
    unsigned undefined;
    unsigned needs;
    bool vector;
};

#define PUSH_ALL "push rbx\npush rbp\npush r12\npush r13\npush r14\npush r15\n"
#define POP_ALL  "pop r15\npop r14\npop r13\npop r12\npop rbp\npop rbx\n"
#define EACH(Move)                                                                              \
    Move("rax", "0") Move("rcx", "8") Move("rdx", "16") Move("rbx", "24") Move("rbp", "40")     \
        Move("rsi", "48") Move("rdi", "56") Move("r8", "64") Move("r9", "72") Move("r10", "80") \
            Move("r11", "88") Move("r12", "96") Move("r13", "104") Move("r14", "112")           \
                Move("r15", "120") Move("rsp", "32")
#define LOAD(Reg, Offset)  "mov " Reg ", [rip + native + " Offset "]\n"
#define STORE(Reg, Offset) "mov [rip + native + " Offset "], " Reg "\n"
#define EACH_YMM(Move)                                                              \
    Move("0", "0") Move("1", "32") Move("2", "64") Move("3", "96") Move("4", "128") \
        Move("5", "160") Move("12", "384") Move("15", "480")
#define LOAD_YMM(Reg, Offset)  "vmovdqu ymm" Reg ", [rip + native_ymm + " Offset "]\n"
#define STORE_YMM(Reg, Offset) "vmovdqu [rip + native_ymm + " Offset "], ymm" Reg "\n"

#define STUB(Id, Text, Before, After)                                                           \
    void stub_##Id(void);                                                                       \
    extern const uint8_t start_##Id[], end_##Id[];                                              \
    __asm__(".text\n.intel_syntax noprefix\n.globl stub_" #Id "\nstub_" #Id ":\n" PUSH_ALL      \
            "mov [rip + native_saved_rsp], rsp\n" Before                                        \
            "push qword ptr [rip + native + 136]\npopfq\n" EACH(                                \
                LOAD) ".globl start_" #Id "\nstart_" #Id ":\n" Text "\n.globl end_" #Id         \
                      "\nend_" #Id                                                              \
                      ":\n" EACH(STORE) "mov rsp, [rip + native_saved_rsp]\npushfq\npop qword " \
                                        "ptr [rip + native + 136]\ncld\n" After POP_ALL         \
                                        "ret\n.att_syntax prefix\n")

#define SCALAR(Id, Text)    STUB(Id, Text, "", "")
#define VECTOR(Id, Text)    STUB(Id, Text, EACH_YMM(LOAD_YMM), EACH_YMM(STORE_YMM) "vzeroupper\n")
#define ROW(Id, ...)        {#Id, stub_##Id, start_##Id, end_##Id, __VA_ARGS__, false}
#define VECTOR_ROW(Id, ...) {#Id, stub_##Id, start_##Id, end_##Id, __VA_ARGS__, true}

/* Every instruction once: name, text, undefined flags, needs. */
#define SCALARS(X)                                                              \
    X(mov8, "mov [rdi], al", MASK_NONE, 0)                                      \
    X(mov8h, "mov [rdi], ch", MASK_NONE, 0)                                     \
    X(mov8l, "mov [rdi + 3], sil", MASK_NONE, 0)                                \
    X(mov16, "mov [rdi], dx", MASK_NONE, 0)                                     \
    X(mov32, "mov dword ptr [rdi], 0x89abcdef", MASK_NONE, 0)                   \
    X(mov64, "mov qword ptr [rdi], -5", MASK_NONE, 0)                           \
    X(load8, "mov bl, [rdi]", MASK_NONE, 0)                                     \
    X(load8h, "mov bh, [rdi]", MASK_NONE, 0)                                    \
    X(load16, "mov bx, [rdi + 1]", MASK_NONE, 0)                                \
    X(load32, "mov r9d, [rdi + 8]", MASK_NONE, 0)                               \
    X(load64, "mov r15, [rdi + rcx * 8 + 16]", MASK_NONE, NEED_SMALL_CX)        \
    X(movnti, "movnti [rdi], rbx", MASK_NONE, 0)                                \
    X(movzx8, "movzx eax, byte ptr [rdi]", MASK_NONE, 0)                        \
    X(movzx16, "movzx rdx, word ptr [rdi]", MASK_NONE, 0)                       \
    X(movzx816, "movzx dx, byte ptr [rdi]", MASK_NONE, 0)                       \
    X(movsx8, "movsx rax, byte ptr [rdi]", MASK_NONE, 0)                        \
    X(movsx16, "movsx r8d, word ptr [rdi]", MASK_NONE, 0)                       \
    X(movsxd, "movsxd r8, dword ptr [rdi]", MASK_NONE, 0)                       \
    X(movbe, "movbe eax, [rdi]", MASK_NONE, 0)                                  \
    X(movbestore, "movbe [rdi], dx", MASK_NONE, 0)                              \
    X(add8, "add [rdi], al", MASK_NONE, 0)                                      \
    X(add16, "add word ptr [rdi], 0x7fff", MASK_NONE, 0)                        \
    X(add32, "add [rdi], eax", MASK_NONE, 0)                                    \
    X(add64, "lock add [rdi], rax", MASK_NONE, 0)                               \
    X(addload, "add ebx, [rdi]", MASK_NONE, 0)                                  \
    X(or32, "or dword ptr [rdi], 0x80", MASK_LOGIC, 0)                          \
    X(orload, "or cx, [rdi]", MASK_LOGIC, 0)                                    \
    X(adc32, "adc [rdi], edx", MASK_NONE, 0)                                    \
    X(adc64, "adc rdx, [rdi]", MASK_NONE, 0)                                    \
    X(sbb8, "sbb byte ptr [rdi], 3", MASK_NONE, 0)                              \
    X(sbb64, "sbb [rdi], r11", MASK_NONE, 0)                                    \
    X(and32, "and dword ptr [rdi], 0xfffffffe", MASK_LOGIC, 0)                  \
    X(and64, "lock and [rdi], rdx", MASK_LOGIC, 0)                              \
    X(sub16, "sub [rdi], ax", MASK_NONE, 0)                                     \
    X(subload, "sub al, [rdi]", MASK_NONE, 0)                                   \
    X(xor64, "xor [rdi], r8", MASK_LOGIC, 0)                                    \
    X(cmp8, "cmp byte ptr [rdi], 5", MASK_NONE, 0)                              \
    X(cmp32, "cmp [rdi], eax", MASK_NONE, NEED_EQUAL)                           \
    X(cmp64, "cmp rax, [rdi]", MASK_NONE, NEED_EQUAL)                           \
    X(test8, "test byte ptr [rdi], 0x80", MASK_LOGIC, 0)                        \
    X(test32, "test [rdi], ebx", MASK_LOGIC, 0)                                 \
    X(inc8, "inc byte ptr [rdi]", MASK_NONE, 0)                                 \
    X(inc64, "lock inc qword ptr [rdi]", MASK_NONE, 0)                          \
    X(dec32, "dec dword ptr [rdi]", MASK_NONE, 0)                               \
    X(not16, "not word ptr [rdi]", MASK_NONE, 0)                                \
    X(neg64, "neg qword ptr [rdi]", MASK_NONE, 0)                               \
    X(neg8, "neg byte ptr [rdi]", MASK_NONE, 0)                                 \
    X(mul8, "mul byte ptr [rdi]", MASK_MUL, 0)                                  \
    X(mul32, "mul dword ptr [rdi]", MASK_MUL, 0)                                \
    X(mul64, "mul qword ptr [rdi]", MASK_MUL, 0)                                \
    X(imul8, "imul byte ptr [rdi]", MASK_MUL, 0)                                \
    X(imul16, "imul word ptr [rdi]", MASK_MUL, 0)                               \
    X(imul64, "imul qword ptr [rdi]", MASK_MUL, 0)                              \
    X(imul2, "imul rdx, [rdi]", MASK_MUL, 0)                                    \
    X(imul3, "imul ecx, [rdi], -77", MASK_MUL, 0)                               \
    X(div8, "div byte ptr [rdi]", MASK_DIV, NEED_DIVIDE)                        \
    X(div32, "div dword ptr [rdi]", MASK_DIV, NEED_DIVIDE)                      \
    X(div64, "div qword ptr [rdi]", MASK_DIV, NEED_DIVIDE)                      \
    X(idiv16, "cwd\nidiv word ptr [rdi]", MASK_DIV, NEED_DIVIDE)                \
    X(rol8, "rol byte ptr [rdi], 3", HW_FLAG_OF, 0)                             \
    X(ror32, "ror dword ptr [rdi], 1", MASK_NONE, 0)                            \
    X(rcl16, "rcl word ptr [rdi], 1", MASK_NONE, 0)                             \
    X(rcr64, "rcr qword ptr [rdi], 5", HW_FLAG_OF, 0)                           \
    X(shl32, "shl dword ptr [rdi], cl", HW_FLAG_OF | HW_FLAG_AF, NEED_SMALL_CX) \
    X(shr8, "shr byte ptr [rdi], 1", MASK_LOGIC, 0)                             \
    X(sar64, "sar qword ptr [rdi], 7", HW_FLAG_OF | HW_FLAG_AF, 0)              \
    X(shld32, "shld [rdi], eax, 7", MASK_DSHL, 0)                               \
    X(shrd64, "shrd [rdi], rax, cl", MASK_DSHL, NEED_SMALL_CX)                  \
    X(shlx, "shlx rax, [rdi], rcx", MASK_NONE, 0)                               \
    X(shrx, "shrx eax, [rdi], ecx", MASK_NONE, 0)                               \
    X(sarx, "sarx rax, [rdi], rcx", MASK_NONE, 0)                               \
    X(rorx, "rorx eax, [rdi], 9", MASK_NONE, 0)                                 \
    X(andn, "andn rax, rcx, [rdi]", HW_FLAG_AF | HW_FLAG_PF, 0)                 \
    X(bt32, "bt [rdi], ecx", MASK_BT, NEED_BIT)                                 \
    X(bt64, "bt qword ptr [rdi], 63", MASK_BT, 0)                               \
    X(bts16, "bts [rdi], cx", MASK_BT, NEED_BIT)                                \
    X(bts64, "lock bts [rdi], rcx", MASK_BT, NEED_BIT)                          \
    X(btr32, "btr dword ptr [rdi], 33", MASK_BT, 0)                             \
    X(btc32, "btc [rdi], ecx", MASK_BT, NEED_BIT)                               \
    X(bsf, "bsf eax, [rdi]", MASK_BSF, 0)                                       \
    X(bsr, "bsr rax, [rdi]", MASK_BSF, 0)                                       \
    X(tzcnt, "tzcnt eax, [rdi]", MASK_BITS, 0)                                  \
    X(lzcnt, "lzcnt ax, [rdi]", MASK_BITS, 0)                                   \
    X(popcnt, "popcnt rax, [rdi]", MASK_NONE, 0)                                \
    X(xchg8, "xchg [rdi], al", MASK_NONE, 0)                                    \
    X(xchg64, "xchg r9, [rdi]", MASK_NONE, 0)                                   \
    X(cmpxchg8, "cmpxchg [rdi], cl", MASK_NONE, NEED_EQUAL)                     \
    X(cmpxchg32, "lock cmpxchg [rdi], ecx", MASK_NONE, NEED_EQUAL)              \
    X(cmpxchg64, "lock cmpxchg [rdi], r10", MASK_NONE, NEED_EQUAL)              \
    X(cmpxchg8b, "lock cmpxchg8b [rdi]", MASK_NONE, NEED_EQUAL)                 \
    X(cmpxchg16b, "lock cmpxchg16b [rdi]", MASK_NONE, NEED_EQUAL)               \
    X(xadd32, "lock xadd [rdi], eax", MASK_NONE, 0)                             \
    X(xadd8, "xadd [rdi], bl", MASK_NONE, 0)                                    \
    X(setz, "setz byte ptr [rdi]", MASK_NONE, 0)                                \
    X(setg, "setg byte ptr [rdi]", MASK_NONE, 0)                                \
    X(seto, "seto byte ptr [rdi]", MASK_NONE, 0)                                \
    X(cmovb, "cmovb eax, [rdi]", MASK_NONE, 0)                                  \
    X(cmovle, "cmovle rdx, [rdi]", MASK_NONE, 0)                                \
    X(cmovs, "cmovs cx, [rdi]", MASK_NONE, 0)                                   \
    X(push64, "push qword ptr [rdi]", MASK_NONE, 0)                             \
    X(push16, "push word ptr [rdi]", MASK_NONE, 0)                              \
    X(pop64, "pop qword ptr [rdi]", MASK_NONE, 0)                               \
    X(poprsp, "pop qword ptr [rsp + 8]", MASK_NONE, 0)                          \
    X(prefetch, "prefetcht0 [rdi]", MASK_NONE, 0)                               \
    X(movsb, "movsb", MASK_NONE, NEED_STRINGS)                                  \
    X(movsq, "movsq", MASK_NONE, NEED_STRINGS)                                  \
    X(repmovsb, "rep movsb", MASK_NONE, NEED_STRINGS)                           \
    X(repmovsd, "rep movsd", MASK_NONE, NEED_STRINGS | NEED_DOWN)               \
    X(stosw, "stosw", MASK_NONE, NEED_STRINGS)                                  \
    X(repstosb, "rep stosb", MASK_NONE, NEED_STRINGS)                           \
    X(repstosq, "rep stosq", MASK_NONE, NEED_STRINGS)                           \
    X(lodsb, "lodsb", MASK_NONE, NEED_STRINGS)                                  \
    X(lodsd, "lodsd", MASK_NONE, NEED_STRINGS | NEED_DOWN)                      \
    X(repecmpsb, "repe cmpsb", MASK_NONE, NEED_STRINGS)                         \
    X(repnecmpsw, "repne cmpsw", MASK_NONE, NEED_STRINGS)                       \
    X(repnescasb, "repne scasb", MASK_NONE, NEED_STRINGS)                       \
    X(repescasd, "repe scasd", MASK_NONE, NEED_STRINGS)                         \
    X(scasq, "scasq", MASK_NONE, NEED_STRINGS)

#define VECTORS(X)                                          \
    X(movups, "movups xmm1, [rdi + 1]", 0, 0)               \
    X(movupsstore, "movups [rdi + 1], xmm1", 0, 0)          \
    X(movaps, "movaps xmm12, [rdi]", 0, 0)                  \
    X(movdqastore, "movdqa [rdi], xmm15", 0, 0)             \
    X(movdqu, "movdqu xmm2, [rdi + 7]", 0, 0)               \
    X(movntdq, "movntdq [rdi], xmm3", 0, 0)                 \
    X(movntdqa, "movntdqa xmm3, [rdi]", 0, 0)               \
    X(lddqu, "lddqu xmm3, [rdi + 3]", 0, 0)                 \
    X(movd, "movd xmm0, dword ptr [rdi]", 0, 0)             \
    X(movdstore, "movd dword ptr [rdi], xmm0", 0, 0)        \
    X(movq, "movq xmm0, qword ptr [rdi]", 0, 0)             \
    X(movqstore, "movq qword ptr [rdi], xmm5", 0, 0)        \
    X(movss, "movss xmm4, dword ptr [rdi]", 0, 0)           \
    X(movssstore, "movss dword ptr [rdi], xmm4", 0, 0)      \
    X(movsdload, "movsd xmm4, qword ptr [rdi]", 0, 0)       \
    X(movsdstore, "movsd qword ptr [rdi], xmm4", 0, 0)      \
    X(movlps, "movlps xmm4, qword ptr [rdi]", 0, 0)         \
    X(movhps, "movhps xmm4, qword ptr [rdi]", 0, 0)         \
    X(movhpdstore, "movhpd qword ptr [rdi], xmm4", 0, 0)    \
    X(vmovdqu128, "vmovdqu xmm1, [rdi + 1]", 0, 0)          \
    X(vmovdqu256, "vmovdqu ymm1, [rdi + 1]", 0, 0)          \
    X(vmovapsstore, "vmovaps [rdi], ymm12", 0, 0)           \
    X(vmovss, "vmovss xmm3, dword ptr [rdi]", 0, 0)         \
    X(vmovq, "vmovq xmm3, qword ptr [rdi]", 0, 0)           \
    X(vmovhps, "vmovhps xmm3, xmm2, qword ptr [rdi]", 0, 0) \
    X(vmovlps, "vmovlps xmm3, xmm2, qword ptr [rdi]", 0, 0) \
    X(vmovntps, "vmovntps [rdi], ymm0", 0, 0)

#define AS_SCALAR(Id, Text, ...)     SCALAR(Id, Text);
#define AS_VECTOR(Id, Text, ...)     VECTOR(Id, Text);
#define AS_ROW(Id, Text, ...)        ROW(Id, __VA_ARGS__),
#define AS_VECTOR_ROW(Id, Text, ...) VECTOR_ROW(Id, __VA_ARGS__),

SCALARS(AS_SCALAR)
VECTORS(AS_VECTOR)

static const struct row scalar_rows[] = {SCALARS(AS_ROW)};
static const struct row vector_rows[] = {VECTORS(AS_VECTOR_ROW)};

static bool
arena_read(void *context, uint64_t address, void *data, unsigned size)
{
    (void)context;
    if (address - (uintptr_t)arena > ARENA_SIZE - size)
    {
        return false;
    }
    memcpy(data, (void *)(uintptr_t)address, size);
    return true;
}

static bool
arena_write(void *context, uint64_t address, const void *data, unsigned size)
{
    (void)context;
    if (address - (uintptr_t)arena > ARENA_SIZE - size)
    {
        return false;
    }
    memcpy((void *)(uintptr_t)address, data, size);
    return true;
}

static const struct hw_access_ops arena_ops = {.read = arena_read, .write = arena_write};

static void
prepare(const struct row *row, unsigned round, uint64_t *seed)
{
    uint64_t *gpr = native.gpr;
    for (unsigned i = 0; i < ARENA_SIZE; i += 8)
    {
        uint64_t word = kit_random(seed);
        memcpy(arena + i, &word, 8);
    }
    for (unsigned i = 0; i < 16; i++)
    {
        gpr[i] = kit_random(seed);
    }
    for (unsigned i = 0; i < sizeof native_ymm; i++)
    {
        ((uint8_t *)native_ymm)[i] = (uint8_t)kit_random(seed);
    }
    native.rflags = (kit_random(seed) & STATUS) | 0x202;
    gpr[HOST_RDI] = (uintptr_t)arena + 4096;
    gpr[HOST_RSP] = (uintptr_t)arena + 2048;
    if (row->needs & NEED_SMALL_CX)
    {
        gpr[HOST_RCX] &= 31;
    }
    if (row->needs & NEED_DIVIDE)
    {
        gpr[HOST_RDX] = 0;
        gpr[HOST_RAX] &= 0x7f;
        arena[4096] = (uint8_t)(arena[4096] % 127 + 1);
        arena[4097] &= 0x7f;
    }
    if (row->needs & NEED_STRINGS)
    {
        gpr[HOST_RSI] = (uintptr_t)arena + 6144;
        gpr[HOST_RCX] = round % 40;
        memcpy(arena + 6144, arena + 4096, round % 70);
        if (round & 1)
        {
            memset(arena + 4096, (int)(gpr[HOST_RAX] & 0xff), round % 50);
        }
    }
    native.rflags |= row->needs & NEED_DOWN ? HW_FLAG_DF : 0;
    if ((row->needs & NEED_EQUAL) && (round & 1))
    {
        memcpy(&gpr[HOST_RAX], arena + 4096, 8);
        memcpy(&gpr[HOST_RDX], arena + 4104, 8);
        if (round & 2) /* for cmpxchg8b the halves are doublewords */
        {
            memcpy(&gpr[HOST_RDX], arena + 4100, 4);
        }
    }
    if (row->needs & NEED_BIT)
    {
        gpr[HOST_RCX] = (uint64_t)(int64_t)((int)(gpr[HOST_RCX] & 0x3fff) - 0x2000);
    }
}

/* An XSAVE image as Linux puts it on the signal frame. */
static uint8_t xsave[4096] __attribute__((aligned(64)));

static void
make_image(void)
{
    uint32_t magic = 0x46505853;
    uint64_t features = 7;
    memset(xsave, 0, sizeof xsave);
    memcpy(xsave + 464, &magic, 4);
    memcpy(xsave + 472, &features, 8);
    memcpy(xsave + 512, &features, 8);
    for (unsigned i = 0; i < 16; i++)
    {
        memcpy(xsave + 160 + i * 16, native_ymm[i], 16);
        memcpy(xsave + 576 + i * 16, native_ymm[i] + 16, 16);
    }
}

static void
compare_vectors(const struct row *row)
{
    static const unsigned used[] = {0, 1, 2, 3, 4, 5, 12, 15};
    for (unsigned i = 0; i < sizeof used / sizeof *used; i++)
    {
        unsigned reg = used[i];
        if (memcmp(xsave + 160 + reg * 16, native_ymm[reg], 16) ||
            memcmp(xsave + 576 + reg * 16, native_ymm[reg] + 16, 16))
        {
            fail_msg("%s: ymm%u differs", row->name, reg);
        }
    }
}

/* Decodes and emulates all instructions between the row's labels. */
static void
emulate_row(const struct row *row, struct host_trap *trap)
{
    trap->rip = (uintptr_t)row->start;
    while (trap->rip < (uintptr_t)row->end)
    {
        struct host_insn insn;
        uint64_t rip = trap->rip;
        assert_true(host_insn_decode((void *)(uintptr_t)rip, 15, rip, &insn));
        if (insn.kind == HOST_INSN_OTHER) /* cwd */
        {
            trap->gpr[HOST_RDX] =
                (trap->gpr[HOST_RDX] & ~0xffffull) | (trap->gpr[HOST_RAX] & 0x8000 ? 0xffff : 0);
            trap->rip += insn.length;
            continue;
        }
        enum hw_emulation result = hw_emulate_access(trap, &insn, &arena_ops);
        if (result != HW_EMULATION_DONE)
        {
            fail_msg("%s: result %d", row->name, result);
        }
    }
    assert_int_equal(trap->rip, (uintptr_t)row->end);
}

static void
check_row(const struct row *row)
{
    static uint8_t before[ARENA_SIZE];
    static uint8_t after[ARENA_SIZE];
    uint64_t seed = 1;
    for (unsigned round = 0; round < ROUNDS; round++)
    {
        prepare(row, round, &seed);
        struct host_trap trap = native;
        make_image();
        trap.fpstate = xsave;
        memcpy(before, arena, ARENA_SIZE);
        row->run();
        memcpy(after, arena, ARENA_SIZE);
        memcpy(arena, before, ARENA_SIZE);
        emulate_row(row, &trap);
        for (unsigned i = 0; i < 16; i++)
        {
            if (trap.gpr[i] != native.gpr[i])
            {
                fail_msg("%s: register %u is %llx, should be %llx", row->name, i,
                         (unsigned long long)trap.gpr[i], (unsigned long long)native.gpr[i]);
            }
        }
        uint64_t mask = STATUS & ~(uint64_t)row->undefined;
        if ((trap.rflags & mask) != (native.rflags & mask))
        {
            fail_msg("%s: flags are %llx, should be %llx", row->name,
                     (unsigned long long)(trap.rflags & mask),
                     (unsigned long long)(native.rflags & mask));
        }
        if (memcmp(arena, after, ARENA_SIZE))
        {
            fail_msg("%s: memory differs in round %u", row->name, round);
        }
        if (row->vector)
        {
            compare_vectors(row);
        }
    }
}

static void
scalar_instructions(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("bmi2")) /* and with it movbe, lzcnt and popcnt */
    {
        skip();
    }
    for (size_t i = 0; i < sizeof scalar_rows / sizeof *scalar_rows; i++)
    {
        check_row(&scalar_rows[i]);
    }
}

static void
vector_instructions(void **state)
{
    (void)state;
    if (!__builtin_cpu_supports("avx2"))
    {
        skip();
    }
    for (size_t i = 0; i < sizeof vector_rows / sizeof *vector_rows; i++)
    {
        check_row(&vector_rows[i]);
    }
}

/* Assembles one instruction and emulates it on `trap`. */
#define EMULATE(Trap, Result, Text)                                                          \
    do                                                                                       \
    {                                                                                        \
        const uint8_t *code;                                                                 \
        struct host_insn insn_;                                                              \
        __asm__(".pushsection .rodata\n.intel_syntax noprefix\n771:\n" Text                  \
                "\n.fill 16, 1, 0x90\n.att_syntax prefix\n.popsection\nleaq 771b(%%rip), %0" \
                : "=r"(code));                                                               \
        (Trap).rip = (uintptr_t)code;                                                        \
        assert_true(host_insn_decode(code, 15, (Trap).rip, &insn_));                         \
        assert_int_equal(hw_emulate_access(&(Trap), &insn_, &arena_ops), (Result));          \
        assert_int_equal((Trap).rip - (uintptr_t)code,                                       \
                         (Result) == HW_EMULATION_DONE ? insn_.length : 0);                  \
    } while (0)

static void
faults_leave_no_trace(void **state)
{
    struct host_trap trap = {0};
    (void)state;
    trap.gpr[HOST_RDI] = 0x1000;
    trap.gpr[HOST_RAX] = 5;
    trap.rflags = 0x202;
    struct host_trap before = trap;
    EMULATE(trap, HW_EMULATION_PF, "add [rdi + 8], eax");
    assert_int_equal(trap.fault_address, 0x1008);
    assert_int_equal(trap.error_code, 0);
    assert_memory_equal(trap.gpr, before.gpr, sizeof trap.gpr);
    assert_int_equal(trap.rflags, before.rflags);
    EMULATE(trap, HW_EMULATION_PF, "mov [rdi], rax");
    assert_int_equal(trap.error_code, HOST_PF_WRITE);
    trap.gpr[HOST_RSP] = (uintptr_t)arena;
    EMULATE(trap, HW_EMULATION_PF, "pop qword ptr [rdi]");
    assert_int_equal(trap.gpr[HOST_RSP], (uintptr_t)arena);
}

/* A rep that runs off the end has done exactly the elements before the fault. */
static void
rep_stops_at_the_fault(void **state)
{
    struct host_trap trap = {0};
    (void)state;
    trap.gpr[HOST_RDI] = (uintptr_t)arena + ARENA_SIZE - 12;
    trap.gpr[HOST_RCX] = 100;
    EMULATE(trap, HW_EMULATION_PF, "rep stosd");
    assert_int_equal(trap.gpr[HOST_RCX], 97);
    assert_int_equal(trap.gpr[HOST_RDI], (uintptr_t)arena + ARENA_SIZE);
    assert_int_equal(trap.fault_address, (uintptr_t)arena + ARENA_SIZE);
}

static void
long_rep_comes_back(void **state)
{
    static const uint8_t rep_stosb[] = {0xf3, 0xaa};
    struct host_trap trap = {0};
    struct host_insn insn;
    (void)state;
    trap.rip = 0x1000;
    trap.gpr[HOST_RDI] = (uintptr_t)arena;
    trap.gpr[HOST_RCX] = HW_EMULATE_REP_MAX + 10;
    assert_true(host_insn_decode(rep_stosb, sizeof rep_stosb, trap.rip, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &arena_ops), HW_EMULATION_DONE);
    assert_int_equal(trap.rip, 0x1000);
    assert_int_equal(trap.gpr[HOST_RCX], 10);
    assert_int_equal(hw_emulate_access(&trap, &insn, &arena_ops), HW_EMULATION_DONE);
    assert_int_equal(trap.rip, 0x1002);
    assert_int_equal(trap.gpr[HOST_RCX], 0);
}

static void
exceptions(void **state)
{
    struct host_trap trap = {.fpstate = xsave};
    (void)state;
    make_image();
    memset(arena, 0, ARENA_SIZE);
    trap.gpr[HOST_RDI] = (uintptr_t)arena + 8;
    EMULATE(trap, HW_EMULATION_DE, "div dword ptr [rdi]");
    memset(arena, 0xff, 16);
    trap.gpr[HOST_RAX] = 0x80000000;
    trap.gpr[HOST_RDX] = 0xffffffff;
    EMULATE(trap, HW_EMULATION_DE, "idiv dword ptr [rdi]");
    EMULATE(trap, HW_EMULATION_GP, "movaps xmm0, [rdi]");
    EMULATE(trap, HW_EMULATION_GP, "lock cmpxchg16b [rdi]");
    EMULATE(trap, HW_EMULATION_DONE, "movups xmm0, [rdi]");
    trap.fpstate = NULL;
    EMULATE(trap, HW_EMULATION_NOT_MINE, "movups xmm0, [rdi]");
    EMULATE(trap, HW_EMULATION_NOT_MINE, "fld dword ptr [rdi]");
    EMULATE(trap, HW_EMULATION_NOT_MINE, "pxor xmm0, [rdi]");
    EMULATE(trap, HW_EMULATION_NOT_MINE, "mov ds, [rdi]");
    EMULATE(trap, HW_EMULATION_NOT_MINE, "rdmsr");
}

/* A register whose component is in its initial state reads as zero and is made real by a write. */
static void
initial_vector_state(void **state)
{
    struct host_trap trap = {.fpstate = xsave};
    uint64_t present = 3;
    (void)state;
    memset(native_ymm, 0xaa, sizeof native_ymm);
    make_image();
    memcpy(xsave + 512, &present, 8);
    memset(arena, 0x11, 64);
    trap.gpr[HOST_RDI] = (uintptr_t)arena;
    EMULATE(trap, HW_EMULATION_DONE, "vmovdqu [rdi], ymm1");
    assert_int_equal(arena[0], 0xaa);
    assert_int_equal(arena[16], 0x00);
    memset(arena, 0x22, 64);
    EMULATE(trap, HW_EMULATION_DONE, "vmovdqu ymm2, [rdi]");
    memcpy(&present, xsave + 512, 8);
    assert_int_equal(present, 7);
    assert_int_equal(xsave[576 + 2 * 16], 0x22);
    assert_int_equal(xsave[576 + 1 * 16], 0x00);
}

static void
flow(void **state)
{
    static const uint8_t call_memory[] = {0xff, 0x17};
    static const uint8_t jmp_memory[] = {0xff, 0x27};
    struct host_trap trap = {.rip = 0x5000};
    struct host_insn insn;
    uint64_t target = 0x123456789abcdef0ull;
    (void)state;
    memcpy(arena + 64, &target, 8);
    trap.gpr[HOST_RDI] = (uintptr_t)arena + 64;
    trap.gpr[HOST_RSP] = (uintptr_t)arena + 256;
    assert_true(host_insn_decode(call_memory, 2, trap.rip, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &arena_ops), HW_EMULATION_DONE);
    assert_int_equal(trap.rip, target);
    assert_int_equal(trap.gpr[HOST_RSP], (uintptr_t)arena + 248);
    assert_int_equal(*(uint64_t *)(arena + 248), 0x5002);
    trap.rip = 0x5000;
    assert_true(host_insn_decode(jmp_memory, 2, trap.rip, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &arena_ops), HW_EMULATION_DONE);
    assert_int_equal(trap.rip, target);
}

static void
segments_and_short_addresses(void **state)
{
    static const uint8_t load_gs[] = {0x65, 0x48, 0x8b, 0x07}; /* mov rax, gs:[rdi] */
    static const uint8_t lods_gs[] = {0x65, 0x48, 0xad};       /* lodsq gs: */
    static const uint8_t stos_short[] = {0x67, 0xf3, 0xaa};    /* rep stosb, 32-bit */
    struct hw_access_ops ops = arena_ops;
    struct host_trap trap = {0};
    struct host_insn insn;
    uint64_t value = 0x1122334455667788ull;
    (void)state;
    memcpy(arena + 0x20, &value, 8);
    ops.gs_base = (uintptr_t)arena;
    trap.gpr[HOST_RDI] = trap.gpr[HOST_RSI] = 0x20;
    assert_true(host_insn_decode(load_gs, sizeof load_gs, 0, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &ops), HW_EMULATION_DONE);
    assert_int_equal(trap.gpr[HOST_RAX], value);
    trap.gpr[HOST_RAX] = 0;
    assert_true(host_insn_decode(lods_gs, sizeof lods_gs, 0, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &ops), HW_EMULATION_DONE);
    assert_int_equal(trap.gpr[HOST_RAX], value);
    assert_int_equal(trap.gpr[HOST_RSI], 0x28);
    trap.gpr[HOST_RCX] = 0xffffffff00000000ull; /* ecx is 0: nothing happens */
    trap.gpr[HOST_RDI] = 0xdeadbeef00000010ull;
    assert_true(host_insn_decode(stos_short, sizeof stos_short, 0, &insn));
    assert_int_equal(hw_emulate_access(&trap, &insn, &ops), HW_EMULATION_DONE);
    assert_int_equal(trap.gpr[HOST_RDI], 0xdeadbeef00000010ull);
}

/* Whatever bytes a driver executes, the emulator stays inside its callbacks. Half of the rounds
 * begin with bytes that lead to instructions with memory operands. */
static void
random_bytes_are_safe(void **state)
{
    static const uint8_t leads[] = {0x0f, 0x66, 0x48, 0xc4, 0xc5, 0x62, 0xf3, 0xf2, 0xf0, 0xff};
    uint64_t seed = 99;
    unsigned decoded = 0;
    (void)state;
    for (unsigned round = 0; round < 200000; round++)
    {
        uint8_t bytes[16];
        struct host_insn insn;
        struct host_trap trap = {.fpstate = round & 2 ? xsave : NULL, .rip = 0x1000};
        uint64_t words[2] = {kit_random(&seed), kit_random(&seed)};
        memcpy(bytes, words, 16);
        if (round & 1)
        {
            bytes[0] = leads[words[0] % sizeof leads];
        }
        for (unsigned i = 0; i < 16; i++)
        {
            trap.gpr[i] = (uintptr_t)arena + kit_random(&seed) % ARENA_SIZE;
        }
        if (!host_insn_decode(bytes, 15, trap.rip, &insn))
        {
            continue;
        }
        decoded++;
        enum hw_emulation result = hw_emulate_access(&trap, &insn, &arena_ops);
        assert_true(result <= HW_EMULATION_DE);
        if (result == HW_EMULATION_NOT_MINE)
        {
            assert_int_equal(trap.rip, 0x1000);
        }
    }
    assert_true(decoded > 50000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_instructions),          cmocka_unit_test(vector_instructions),
        cmocka_unit_test(faults_leave_no_trace),        cmocka_unit_test(rep_stops_at_the_fault),
        cmocka_unit_test(long_rep_comes_back),          cmocka_unit_test(exceptions),
        cmocka_unit_test(initial_vector_state),         cmocka_unit_test(flow),
        cmocka_unit_test(segments_and_short_addresses), cmocka_unit_test(random_bytes_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
