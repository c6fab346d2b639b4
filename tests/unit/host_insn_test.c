/* SPDX-License-Identifier: MIT */
/*
 * host/insn.c: what the decoder says about instructions that drivers contain. The instructions are
 * written in assembly, so the assembler and the decoder check each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/insn.h"

#define ADDRESS 0x140001000ull

/* Assembles Text (Intel syntax) into read-only data and decodes it. */
#define DECODE(Insn, Text)                                                            \
    do                                                                                \
    {                                                                                 \
        const uint8_t *start, *end;                                                   \
        __asm__(".pushsection .rodata\n.intel_syntax noprefix\n771:\n" Text           \
                "\n772:\n.fill 16, 1, 0x90\n.att_syntax prefix\n.popsection\n"        \
                "leaq 771b(%%rip), %0\nleaq 772b(%%rip), %1"                          \
                : "=r"(start), "=r"(end));                                            \
        assert_true(host_insn_decode(start, HOST_INSN_MAX_LENGTH, ADDRESS, &(Insn))); \
        assert_int_equal((Insn).length, end - start);                                 \
    } while (0)

#define EXPECT_KIND(Text, Kind)                  \
    do                                           \
    {                                            \
        struct host_insn expected;               \
        DECODE(expected, Text);                  \
        assert_int_equal(expected.kind, (Kind)); \
    } while (0)

static void
privileged_kinds(void **state)
{
    (void)state;
    EXPECT_KIND("rdmsr", HOST_INSN_RDMSR);
    EXPECT_KIND("wrmsr", HOST_INSN_WRMSR);
    EXPECT_KIND("rdpmc", HOST_INSN_RDPMC);
    EXPECT_KIND("rdtsc", HOST_INSN_RDTSC);
    EXPECT_KIND("rdtscp", HOST_INSN_RDTSCP);
    EXPECT_KIND("cpuid", HOST_INSN_CPUID);
    EXPECT_KIND("cli", HOST_INSN_CLI);
    EXPECT_KIND("sti", HOST_INSN_STI);
    EXPECT_KIND("hlt", HOST_INSN_HLT);
    EXPECT_KIND("invlpg [rax]", HOST_INSN_INVLPG);
    EXPECT_KIND("invd", HOST_INSN_INVD);
    EXPECT_KIND("wbinvd", HOST_INSN_WBINVD);
    EXPECT_KIND("swapgs", HOST_INSN_SWAPGS);
    EXPECT_KIND("lgdt [rax]", HOST_INSN_LGDT);
    EXPECT_KIND("lidt [rax]", HOST_INSN_LIDT);
    EXPECT_KIND("sgdt [rax]", HOST_INSN_SGDT);
    EXPECT_KIND("sidt [rsp+8]", HOST_INSN_SIDT);
    EXPECT_KIND("sldt ax", HOST_INSN_SLDT);
    EXPECT_KIND("lldt ax", HOST_INSN_LLDT);
    EXPECT_KIND("ltr ax", HOST_INSN_LTR);
    EXPECT_KIND("str ax", HOST_INSN_STR);
    EXPECT_KIND("clts", HOST_INSN_CLTS);
    EXPECT_KIND("lmsw ax", HOST_INSN_LMSW);
    EXPECT_KIND("smsw eax", HOST_INSN_SMSW);
    EXPECT_KIND("xsetbv", HOST_INSN_XSETBV);
    EXPECT_KIND("xgetbv", HOST_INSN_XGETBV);
    EXPECT_KIND("iretq", HOST_INSN_IRET);
    EXPECT_KIND("syscall", HOST_INSN_SYSCALL);
    EXPECT_KIND("sysretq", HOST_INSN_SYSRET);
    EXPECT_KIND("ud2", HOST_INSN_UD);
    EXPECT_KIND("pushfq", HOST_INSN_PUSHF);
    EXPECT_KIND("popfq", HOST_INSN_POPF);
    EXPECT_KIND("monitor", HOST_INSN_MONITOR);
    EXPECT_KIND("mwait", HOST_INSN_MWAIT);
    EXPECT_KIND("vmcall", HOST_INSN_VIRTUALIZATION);
    EXPECT_KIND("vmrun", HOST_INSN_VIRTUALIZATION);
    EXPECT_KIND("rdgsbase rax", HOST_INSN_RDGSBASE);
    EXPECT_KIND("fld1", HOST_INSN_OTHER);
}

static void
control_registers(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "mov r9, cr8");
    assert_int_equal(insn.kind, HOST_INSN_MOV_FROM_CR);
    assert_int_equal(insn.operands[0].reg, HOST_R9);
    assert_int_equal(insn.operands[1].reg, 8);
    assert_int_equal(insn.gpr_written, 1u << HOST_R9);
    assert_true(host_insn_privileged(&insn));
    DECODE(insn, "mov cr8, rcx");
    assert_int_equal(insn.kind, HOST_INSN_MOV_TO_CR);
    assert_int_equal(insn.operands[0].reg, 8);
    assert_int_equal(insn.operands[1].reg, HOST_RCX);
    DECODE(insn, "mov cr3, rax");
    assert_int_equal(insn.operands[0].reg, 3);
    DECODE(insn, "mov dr7, rdx");
    assert_int_equal(insn.kind, HOST_INSN_MOV_TO_DR);
    assert_int_equal(insn.operands[0].reg, 7);
    DECODE(insn, "mov rdx, dr6");
    assert_int_equal(insn.kind, HOST_INSN_MOV_FROM_DR);
}

static void
interrupts(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "int 0x29");
    assert_int_equal(insn.kind, HOST_INSN_INT);
    assert_int_equal(insn.immediate, 0x29);
    DECODE(insn, "int3");
    assert_int_equal(insn.kind, HOST_INSN_INT);
    assert_int_equal(insn.immediate, 3);
    DECODE(insn, ".byte 0xf1");
    assert_int_equal(insn.immediate, 1);
    assert_false(host_insn_privileged(&insn));
}

static void
port_operands(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "in al, dx");
    assert_int_equal(insn.kind, HOST_INSN_IN);
    assert_int_equal(insn.operand_count, 2);
    assert_int_equal(insn.operands[0].size, 1);
    assert_int_equal(insn.operands[1].type, HOST_OPERAND_REGISTER);
    DECODE(insn, "in ax, dx");
    assert_int_equal(insn.operands[0].size, 2);
    DECODE(insn, "in eax, 0x71");
    assert_int_equal(insn.operands[0].size, 4);
    assert_int_equal(insn.operands[1].type, HOST_OPERAND_IMMEDIATE);
    assert_int_equal(insn.immediate, 0x71);
    DECODE(insn, "out 0x80, al");
    assert_int_equal(insn.kind, HOST_INSN_OUT);
    assert_int_equal(insn.operands[1].size, 1);
    assert_int_equal(insn.immediate, 0x80);
    DECODE(insn, "out 0xfe, al");
    assert_int_equal(insn.immediate, 0xfe);
    DECODE(insn, "rep insw");
    assert_int_equal(insn.kind, HOST_INSN_INS);
    assert_int_equal(insn.operand_size, 2);
    assert_int_equal(insn.rep, HOST_REP);
    DECODE(insn, "rep outsb");
    assert_int_equal(insn.kind, HOST_INSN_OUTS);
    assert_int_equal(insn.operand_size, 1);
    DECODE(insn, "outsd");
    assert_int_equal(insn.operand_size, 4);
    assert_int_equal(insn.rep, HOST_REP_NONE);
    DECODE(insn, ".byte 0x48, 0x6d"); /* REX.W changes nothing */
    assert_int_equal(insn.operand_size, 4);
    DECODE(insn, ".byte 0x48, 0xed");
    assert_int_equal(insn.operands[0].size, 4);
    DECODE(insn, ".byte 0x48, 0xef");
    assert_int_equal(insn.operands[1].size, 4);
}

static void
memory_operands(void **state)
{
    struct host_insn insn;
    struct host_trap trap = {0};
    (void)state;
    DECODE(insn, "mov r8d, [rbx + r12*4 + 0x10]");
    assert_int_equal(insn.kind, HOST_INSN_MOV);
    assert_true(insn.has_memory);
    assert_int_equal(insn.memory.base, HOST_RBX);
    assert_int_equal(insn.memory.index, HOST_R12);
    assert_int_equal(insn.memory.scale, 4);
    assert_int_equal(insn.memory.size, 4);
    assert_int_equal(insn.gpr_read, 1u << HOST_RBX | 1u << HOST_R12);
    trap.gpr[HOST_RBX] = 0x1000;
    trap.gpr[HOST_R12] = 3;
    assert_int_equal(host_insn_effective_address(&insn, &trap, 0, 0), 0x101c);
    DECODE(insn, "mov rax, gs:[0x188]");
    assert_int_equal(insn.memory.segment, HOST_SEGMENT_GS);
    assert_int_equal(insn.memory.base, HOST_REG_NONE);
    assert_int_equal(host_insn_effective_address(&insn, &trap, 0, 0x5000), 0x5188);
    DECODE(insn, "mov eax, [ebx - 8]");
    trap.gpr[HOST_RBX] = 0x700000004ull;
    assert_int_equal(insn.address_size, 4);
    assert_int_equal(host_insn_effective_address(&insn, &trap, 0, 0), 0xfffffffc);
    DECODE(insn, "movabs eax, [0xfffff78000000320]");
    assert_int_equal(insn.kind, HOST_INSN_MOV);
    assert_int_equal(insn.operand_count, 2);
    assert_int_equal(insn.displacement_size, 8);
    assert_int_equal(insn.displacement_offset, 1);
    assert_int_equal(host_insn_effective_address(&insn, &trap, 0, 0), 0xfffff78000000320ull);
    DECODE(insn, "movabs rcx, 0xfffff78000000320");
    assert_int_equal(insn.immediate_offset, 2);
    assert_int_equal(insn.immediate_size, 8);
    assert_int_equal(insn.immediate, 0xfffff78000000320ull);
    assert_false(insn.has_memory);
}

static void
register_operands(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "mov [rdi], ah");
    assert_int_equal(insn.operands[1].register_class, HOST_CLASS_GPR_HIGH8);
    assert_int_equal(insn.operands[1].reg, 0);
    DECODE(insn, "mov [rdi], sil");
    assert_int_equal(insn.operands[1].register_class, HOST_CLASS_GPR);
    assert_int_equal(insn.operands[1].reg, HOST_RSI);
    DECODE(insn, "movzx eax, word ptr [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_MOVZX);
    assert_int_equal(insn.memory.size, 2);
    DECODE(insn, "movsxd rax, dword ptr [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_MOVSX);
    assert_int_equal(insn.operands[0].size, 8);
    DECODE(insn, "add qword ptr [rdi], -1");
    assert_int_equal(insn.immediate, UINT64_MAX);
    assert_int_equal(insn.operands[0].actions, HOST_OPERAND_READ | HOST_OPERAND_WRITE);
    DECODE(insn, "cmp byte ptr [rdi], 5");
    assert_int_equal(insn.operands[0].actions, HOST_OPERAND_READ);
    DECODE(insn, "test eax, 0x1000");
    assert_int_equal(insn.kind, HOST_INSN_TEST);
    assert_int_equal(insn.operand_count, 2);
    DECODE(insn, "lock xadd [rdi], ecx");
    assert_int_equal(insn.kind, HOST_INSN_XADD);
    assert_true(insn.lock);
    DECODE(insn, "shl dword ptr [rdi], 1");
    assert_int_equal(insn.operand_count, 2);
    DECODE(insn, "shr word ptr [rdi], cl");
    assert_int_equal(insn.operand_count, 2);
    assert_int_equal(insn.operands[1].reg, HOST_RCX);
    DECODE(insn, "setnz byte ptr [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_SETCC);
    assert_int_equal(insn.condition, 5);
    DECODE(insn, "cmovo eax, [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_CMOVCC);
    assert_int_equal(insn.condition, 0);
    DECODE(insn, "lock cmpxchg16b [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_CMPXCHG16B);
    DECODE(insn, "push qword ptr [rdi]");
    assert_int_equal(insn.kind, HOST_INSN_PUSH);
    assert_int_equal(insn.memory.base, HOST_RDI);
    assert_int_equal(insn.operand_count, 1);
}

static void
strings_and_vectors(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "rep movsb");
    assert_int_equal(insn.kind, HOST_INSN_MOVS);
    assert_int_equal(insn.operand_size, 1);
    assert_int_equal(insn.rep, HOST_REP);
    DECODE(insn, "movsd");
    assert_int_equal(insn.kind, HOST_INSN_MOVS);
    assert_int_equal(insn.operand_size, 4);
    DECODE(insn, "movs qword ptr es:[rdi], qword ptr gs:[rsi]");
    assert_int_equal(insn.memory.segment, HOST_SEGMENT_GS);
    DECODE(insn, "repne scasb");
    assert_int_equal(insn.kind, HOST_INSN_SCAS);
    assert_int_equal(insn.rep, HOST_REPNE);
    DECODE(insn, "repe cmpsw");
    assert_int_equal(insn.kind, HOST_INSN_CMPS);
    assert_int_equal(insn.rep, HOST_REP);
    DECODE(insn, "movsd xmm3, qword ptr [rax]");
    assert_int_equal(insn.kind, HOST_INSN_VECTOR_MOVE);
    assert_int_equal(insn.vector_form, HOST_VECTOR_LOW_ZERO);
    assert_int_equal(insn.operands[0].reg, 3);
    DECODE(insn, "movaps [rax], xmm12");
    assert_int_equal(insn.kind, HOST_INSN_VECTOR_MOVE);
    assert_int_equal(insn.vector_form, HOST_VECTOR_FULL);
    assert_true(insn.aligned);
    assert_int_equal(insn.operands[1].reg, 12);
    DECODE(insn, "vmovdqu ymm1, [rax]");
    assert_int_equal(insn.memory.size, 32);
    assert_true(insn.vex);
    assert_false(insn.aligned);
    DECODE(insn, "vmovhps xmm1, xmm2, qword ptr [rax]");
    assert_int_equal(insn.vector_form, HOST_VECTOR_HIGH_MERGE);
    assert_int_equal(insn.operand_count, 3);
    DECODE(insn, "vmovdqu32 zmm20%{k1%}, [rax]");
    assert_true(insn.masked);
    DECODE(insn, "vmovdqu64 zmm20, [rax]");
    assert_int_equal(insn.kind, HOST_INSN_VECTOR_MOVE);
    assert_int_equal(insn.operands[0].reg, 20);
    assert_int_equal(insn.memory.size, 64);
    assert_false(insn.masked);
    DECODE(insn, "movq xmm0, rax");
    assert_int_equal(insn.kind, HOST_INSN_OTHER);
    DECODE(insn, "cmpsd xmm0, xmm1, 0");
    assert_int_equal(insn.kind, HOST_INSN_OTHER);
    DECODE(insn, "prefetcht0 [rax]");
    assert_int_equal(insn.kind, HOST_INSN_HINT);
}

static void
branches(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, ".byte 0xeb, 0x10");
    assert_int_equal(insn.branch, HOST_BRANCH_JUMP);
    assert_true(insn.branch_direct);
    assert_int_equal(insn.branch_target, ADDRESS + 0x12);
    assert_int_equal(insn.branch_offset, 1);
    assert_int_equal(insn.branch_size, 1);
    DECODE(insn, ".byte 0x0f, 0x84, 0xfa, 0xff, 0xff, 0xff");
    assert_int_equal(insn.branch, HOST_BRANCH_CONDITIONAL);
    assert_int_equal(insn.condition, 4);
    assert_int_equal(insn.branch_target, ADDRESS);
    assert_int_equal(insn.branch_offset, 2);
    assert_int_equal(insn.branch_size, 4);
    DECODE(insn, ".byte 0xe8, 0, 0, 0, 0");
    assert_int_equal(insn.branch, HOST_BRANCH_CALL);
    assert_int_equal(insn.branch_target, ADDRESS + 5);
    DECODE(insn, ".byte 0xe3, 0x02");
    assert_int_equal(insn.branch, HOST_BRANCH_CONDITIONAL);
    DECODE(insn, ".byte 0xe2, 0xfe");
    assert_int_equal(insn.branch, HOST_BRANCH_CONDITIONAL);
    DECODE(insn, "call qword ptr [rip + 0x100]");
    assert_int_equal(insn.branch, HOST_BRANCH_CALL);
    assert_false(insn.branch_direct);
    assert_true(insn.rip_relative);
    assert_int_equal(insn.rip_target, ADDRESS + 6 + 0x100);
    assert_int_equal(insn.displacement_offset, 2);
    DECODE(insn, "ret 8");
    assert_int_equal(insn.branch, HOST_BRANCH_RETURN);
    DECODE(insn, "lea rax, [rip - 0x20]");
    assert_int_equal(insn.kind, HOST_INSN_LEA);
    assert_int_equal(insn.rip_target, ADDRESS + 7 - 0x20);
    assert_int_equal(insn.displacement_offset, 3);
    DECODE(insn, "mov dword ptr [rip + 0x44], 0x11223344");
    assert_int_equal(insn.displacement_offset, 2);
    assert_int_equal(insn.immediate_offset, 6);
    assert_int_equal(insn.immediate_size, 4);
}

static void
flags_and_conditions(void **state)
{
    struct host_insn insn;
    (void)state;
    DECODE(insn, "adc eax, ebx");
    assert_int_equal(insn.flags_read, 1);
    assert_int_equal(insn.flags_written, 0x8d5);
    DECODE(insn, "mov eax, ebx");
    assert_int_equal(insn.flags_written, 0);
    assert_true(host_insn_condition(4, 0x40));
    assert_false(host_insn_condition(5, 0x40));
    assert_true(host_insn_condition(12, 0x80));
    assert_false(host_insn_condition(12, 0x880));
    assert_true(host_insn_condition(6, 0x1));
    assert_true(host_insn_condition(15, 0x0));
    assert_false(host_insn_condition(15, 0x40));
}

static void
invalid_and_truncated(void **state)
{
    static const uint8_t push_cs[] = {0x0e};
    static const uint8_t lock_mov[] = {0xf0, 0x89, 0x07};
    static const uint8_t call[] = {0xe8, 0, 0, 0, 0};
    static const uint8_t prefixes[15] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                         0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};
    struct host_insn insn;
    (void)state;
    assert_false(host_insn_decode(push_cs, sizeof push_cs, ADDRESS, &insn));
    assert_false(host_insn_decode(lock_mov, sizeof lock_mov, ADDRESS, &insn));
    assert_false(host_insn_decode(prefixes, sizeof prefixes, ADDRESS, &insn));
    for (size_t size = 0; size < sizeof call; size++)
    {
        assert_false(host_insn_decode(call, size, ADDRESS, &insn));
    }
    assert_true(host_insn_decode(call, sizeof call, ADDRESS, &insn));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(privileged_kinds),     cmocka_unit_test(control_registers),
        cmocka_unit_test(interrupts),           cmocka_unit_test(port_operands),
        cmocka_unit_test(memory_operands),      cmocka_unit_test(register_operands),
        cmocka_unit_test(strings_and_vectors),  cmocka_unit_test(branches),
        cmocka_unit_test(flags_and_conditions), cmocka_unit_test(invalid_and_truncated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
