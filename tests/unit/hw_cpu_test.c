/* SPDX-License-Identifier: MIT */
/*
 * hw/core/cpu*.c and msr.c: trapped privileged instructions against a virtual processor.
 */
#include "hw_kit.h"

#include "hw/core/alu.h"

#define RIP 0x140001000ull

/* Assembles one instruction, emulates it on processor 0 and checks the result and rip. */
#define RUN(Machine, Trap, Result, Text)                                                     \
    do                                                                                       \
    {                                                                                        \
        const uint8_t *code;                                                                 \
        struct host_insn insn_;                                                              \
        __asm__(".pushsection .rodata\n.intel_syntax noprefix\n771:\n" Text                  \
                "\n.fill 16, 1, 0x90\n.att_syntax prefix\n.popsection\nleaq 771b(%%rip), %0" \
                : "=r"(code));                                                               \
        (Trap).rip = RIP;                                                                    \
        assert_true(host_insn_decode(code, 15, RIP, &insn_));                                \
        assert_int_equal(hw_cpu_emulate((Machine), 0, &(Trap), &insn_), (Result));           \
        bool moved = (Result) == HW_EMULATION_DONE || (Result) == HW_EMULATION_HALT;         \
        assert_int_equal((Trap).rip - RIP, moved ? insn_.length : 0);                        \
    } while (0)

#define OK(Text) RUN(m, trap, HW_EMULATION_DONE, Text)
#define GP(Text) RUN(m, trap, HW_EMULATION_GP, Text)

static uint32_t
echo_read(void *context, unsigned offset, unsigned size)
{
    uint32_t *last = context;
    (void)size;
    return *last + offset * 0x01010101u;
}

static void
echo_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    uint32_t *last = context;
    (void)offset;
    (void)size;
    *last = value;
}

static const struct hw_port_ops echo_ops = {echo_read, echo_write, 4};

static void
port_instructions(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    uint32_t last = 0;
    assert_true(hw_ports_claim(m, 0x1000, 8, &echo_ops, &last, "echo"));
    assert_true(hw_ports_claim(m, 0x40, 4, &echo_ops, &last, "echo"));
    trap.gpr[HOST_RDX] = 0xffff1000;
    trap.gpr[HOST_RAX] = 0x1122334455667788ull;
    OK("out dx, al");
    assert_int_equal(last, 0x88);
    OK("out dx, ax");
    assert_int_equal(last, 0x7788);
    OK("out dx, eax");
    assert_int_equal(last, 0x55667788);
    OK("in al, dx");
    assert_int_equal(trap.gpr[HOST_RAX], 0x1122334455667788ull);
    last = 0xa1a2a3a4;
    OK("in ax, dx");
    assert_int_equal(trap.gpr[HOST_RAX], 0x112233445566a3a4ull);
    OK("in eax, dx"); /* clears the upper half, as every 32-bit write */
    assert_int_equal(trap.gpr[HOST_RAX], 0xa1a2a3a4ull);
    OK("in al, 0x41");
    assert_int_equal(trap.gpr[HOST_RAX], 0xa1a2a3a5ull);
    OK("out 0x43, al");
    assert_int_equal(last, 0xa5);
}

static void
port_strings(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    uint32_t last = 0x11223344;
    uint16_t buffer[8] = {0};
    assert_true(hw_ports_claim(m, 0x1000, 8, &echo_ops, &last, "echo"));
    trap.gpr[HOST_RDX] = 0x1000;
    trap.gpr[HOST_RDI] = (uintptr_t)buffer;
    trap.gpr[HOST_RCX] = 4;
    OK("rep insw");
    assert_int_equal(buffer[3], 0x3344);
    assert_int_equal(buffer[4], 0);
    assert_int_equal(trap.gpr[HOST_RCX], 0);
    assert_int_equal(trap.gpr[HOST_RDI], (uintptr_t)&buffer[4]);
    buffer[0] = 0xbeef;
    trap.gpr[HOST_RSI] = (uintptr_t)&buffer[0];
    trap.rflags = HW_FLAG_DF;
    OK("outsw");
    assert_int_equal(last, 0xbeef);
    assert_int_equal(trap.gpr[HOST_RSI], (uintptr_t)buffer - 2);
    trap.rflags = 0;
    trap.gpr[HOST_RCX] = 0;
    OK("rep outsb");
    assert_int_equal(last, 0xbeef);
}

static bool
no_memory(void *context, uint64_t address, void *data, size_t size)
{
    (void)context;
    (void)data;
    (void)size;
    return address >= 0x10000;
}

static void
port_string_fault(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    uint32_t last = 7;
    assert_true(hw_ports_claim(m, 0x1000, 8, &echo_ops, &last, "echo"));
    m->hooks.guest_read = no_memory;
    trap.gpr[HOST_RDX] = 0x1000;
    trap.gpr[HOST_RDI] = trap.gpr[HOST_RSI] = 0x2000;
    trap.gpr[HOST_RCX] = 3;
    RUN(m, trap, HW_EMULATION_PF, "rep insb");
    assert_int_equal(trap.fault_address, 0x2000);
    assert_int_equal(trap.error_code, HOST_PF_WRITE);
    assert_int_equal(trap.gpr[HOST_RCX], 3);
    RUN(m, trap, HW_EMULATION_PF, "outsd");
    assert_int_equal(trap.error_code, 0);
}

static void
model_specific_registers(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    hw_clock_advance(m, 1000);
    trap.gpr[HOST_RCX] = 0xffffffff00000010ull;
    trap.gpr[HOST_RAX] = UINT64_MAX;
    OK("rdmsr");
    assert_int_equal(trap.gpr[HOST_RAX], 2000);
    assert_int_equal(trap.gpr[HOST_RDX], 0);
    trap.gpr[HOST_RCX] = 0x1b;
    OK("rdmsr");
    assert_int_equal(trap.gpr[HOST_RAX], 0xfee00900);
    trap.gpr[HOST_RCX] = 0x12345678;
    GP("rdmsr");
    GP("wrmsr");
    trap.gpr[HOST_RCX] = 0xce; /* read-only */
    OK("rdmsr");
    GP("wrmsr");
    trap.gpr[HOST_RCX] = HW_MSR_LSTAR;
    trap.gpr[HOST_RAX] = 0x80001000;
    trap.gpr[HOST_RDX] = 0xfffff800;
    OK("wrmsr");
    trap.gpr[HOST_RAX] = trap.gpr[HOST_RDX] = 0;
    OK("rdmsr");
    assert_int_equal(trap.gpr[HOST_RAX], 0x80001000);
    assert_int_equal(trap.gpr[HOST_RDX], 0xfffff800);
    trap.gpr[HOST_RDX] = 0x00108000; /* not canonical */
    GP("wrmsr");
}

/* Every register of the list a driver may expect is there. */
static void
msr_table(void **state)
{
    static const uint32_t known[] = {0x10,           0x17,           0x1b,
                                     0x3a,           0x3b,           0x8b,
                                     0xc1,           0xce,           0xe2,
                                     0xe7,           0xe8,           0xfe,
                                     0x174,          0x175,          0x176,
                                     0x179,          0x17a,          0x186,
                                     0x194,          0x198,          0x199,
                                     0x19a,          0x19b,          0x19c,
                                     0x1a0,          0x1a2,          0x1ad,
                                     0x1b1,          0x1d9,          0x200,
                                     0x201,          0x20f,          0x250,
                                     0x258,          0x259,          0x268,
                                     0x26f,          0x277,          0x2ff,
                                     0x309,          0x38d,          0x38f,
                                     0x400,          0x427,          0x606,
                                     0x610,          0x611,          0x614,
                                     0x639,          HW_MSR_EFER,    HW_MSR_STAR,
                                     HW_MSR_LSTAR,   0xc0000083,     0xc0000084,
                                     HW_MSR_FS_BASE, HW_MSR_GS_BASE, HW_MSR_KERNEL_GS_BASE,
                                     HW_MSR_TSC_AUX};
    struct hw_machine *m = *state;
    uint64_t value;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    {
        if (!hw_msr_read(hw_machine_cpu(m, 1), known[i], &value))
        {
            fail_msg("MSR 0x%x is missing", known[i]);
        }
    }
    assert_true(hw_msr_read(hw_machine_cpu(m, 1), HW_MSR_TSC_AUX, &value));
    assert_int_equal(value, 1);
    assert_true(hw_msr_read(hw_machine_cpu(m, 1), HW_MSR_APIC_BASE, &value));
    assert_int_equal(value, 0xfee00800); /* not the bootstrap processor */
}

static void
msr_rules(void **state)
{
    struct hw_machine *m = *state;
    struct hw_cpu *a = hw_machine_cpu(m, 0);
    struct hw_cpu *b = hw_machine_cpu(m, 1);
    uint64_t value;
    assert_false(hw_msr_write(a, HW_MSR_EFER, 0xc01)); /* long mode stays on */
    assert_true(hw_msr_write(a, HW_MSR_EFER, 0xd00));
    assert_false(hw_msr_write(a, 0x3a, 5)); /* locked */
    assert_false(hw_msr_write(a, HW_MSR_PAT, 0x0202020202020202));
    assert_true(hw_msr_write(a, HW_MSR_PAT, 0x0007010600070106));
    assert_true(hw_msr_read(b, HW_MSR_PAT, &value)); /* per processor */
    assert_int_equal(value, 0x0007040600070406);
    assert_true(hw_msr_write(a, HW_MSR_BIOS_SIGN_ID, 0));
    assert_false(hw_msr_write(a, HW_MSR_BIOS_SIGN_ID, 1));
    assert_true(hw_msr_read(a, HW_MSR_BIOS_SIGN_ID, &value));
    assert_true(value >> 32 != 0);
    assert_true(hw_msr_write(a, 0x401, 0));
    assert_false(hw_msr_write(a, 0x401, 1));
    assert_false(hw_msr_read(a, 0x79, &value)); /* write-only */
    assert_true(hw_msr_write(a, 0x79, 0x1000));
    hw_clock_advance(m, 500);
    assert_true(hw_msr_write(a, HW_MSR_TSC, 5000000));
    assert_int_equal(hw_cpu_tsc(a), 5000000);
    assert_int_equal(hw_cpu_tsc(b), 1000);
    hw_clock_advance(m, 1);
    assert_int_equal(hw_cpu_tsc(a), 5000002);
    assert_true(hw_msr_write(a, HW_MSR_TSC_ADJUST, 0));
    assert_int_equal(hw_cpu_tsc(a), 1002);
}

static bool
own_read(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t *value)
{
    *value = *(uint64_t *)context + cpu->number + (index & 1);
    return true;
}

static bool
own_write(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t value)
{
    (void)cpu;
    (void)index;
    *(uint64_t *)context = value;
    return value != 13;
}

static void
msr_handlers(void **state)
{
    static const struct hw_msr_ops both = {own_read, own_write};
    static const struct hw_msr_ops none = {NULL, NULL};
    struct hw_machine *m = *state;
    struct hw_cpu *cpu = hw_machine_cpu(m, 1);
    uint64_t store = 100;
    uint64_t value;
    assert_true(hw_msr_register(m, HW_MSR_GS_BASE, 1, &both, &store));
    assert_true(hw_msr_read(cpu, HW_MSR_GS_BASE, &value));
    assert_int_equal(value, 102);
    assert_true(hw_msr_write(cpu, HW_MSR_GS_BASE, 7));
    assert_int_equal(store, 7);
    assert_false(hw_msr_write(cpu, HW_MSR_GS_BASE, 13));
    assert_true(hw_msr_register(m, HW_MSR_GS_BASE, 1, &none, NULL)); /* the later one wins */
    assert_false(hw_msr_read(cpu, HW_MSR_GS_BASE, &value));
    assert_false(hw_msr_write(cpu, HW_MSR_GS_BASE, 1));
    hw_msr_unregister(m, &none, NULL);
    assert_true(hw_msr_read(cpu, HW_MSR_GS_BASE, &value));
    assert_false(hw_msr_register(m, 5, 0, &both, NULL));
    assert_false(hw_msr_register(m, UINT32_MAX, 2, &both, NULL));
    unsigned count = 0;
    while (hw_msr_register(m, 0x9000, 1, &both, &store))
    {
        count++;
    }
    assert_int_equal(count, HW_MSR_MAX_HANDLERS - 1);
}

static void
counters(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    assert_true(hw_msr_write(hw_machine_cpu(m, 0), 0xc2, 0x123456789aull));
    trap.gpr[HOST_RCX] = 1;
    OK("rdpmc");
    assert_int_equal(trap.gpr[HOST_RAX], 0x3456789a);
    assert_int_equal(trap.gpr[HOST_RDX], 0x12);
    trap.gpr[HOST_RCX] = 0x40000002;
    OK("rdpmc");
    trap.gpr[HOST_RCX] = 8;
    GP("rdpmc");
    trap.gpr[HOST_RCX] = 0x40000003;
    GP("rdpmc");
    hw_clock_advance(m, 10);
    OK("rdtsc");
    assert_int_equal(trap.gpr[HOST_RAX], 20);
    OK("rdtscp");
    assert_int_equal(trap.gpr[HOST_RCX], 0);
    trap.gpr[HOST_RCX] = 0;
    OK("xgetbv");
    assert_int_equal(trap.gpr[HOST_RAX], 7);
    trap.gpr[HOST_RAX] = 3;
    OK("xsetbv");
    assert_int_equal(hw_machine_cpu(m, 0)->xcr0, 3);
    trap.gpr[HOST_RAX] = 5;
    GP("xsetbv");
}

static uint64_t irql;

static uint64_t
cr8_read(void *context, unsigned cpu)
{
    (void)context;
    (void)cpu;
    return irql;
}

static bool
cr8_write(void *context, unsigned cpu, uint64_t value)
{
    (void)context;
    (void)cpu;
    irql = value;
    return value != 9;
}

static void
control_registers(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    OK("mov rax, cr0");
    assert_int_equal(trap.gpr[HOST_RAX], 0x80050033);
    OK("mov cr0, rax");
    trap.gpr[HOST_RAX] = 0x33; /* without paging */
    GP("mov cr0, rax");
    OK("clts");
    trap.gpr[HOST_RBX] = 0x1234;
    OK("mov cr2, rbx");
    OK("mov rcx, cr2");
    assert_int_equal(trap.gpr[HOST_RCX], 0x1234);
    OK("mov r15, cr3");
    OK("mov cr3, r15");
    OK("mov rax, cr4");
    trap.gpr[HOST_RAX] &= ~0x20ull;
    GP("mov cr4, rax");
    trap.gpr[HOST_RAX] = 1ull << 40 | 0x20;
    GP("mov cr4, rax");
    trap.gpr[HOST_RAX] = 2;
    OK("mov cr8, rax"); /* kept here without hooks */
    OK("mov rdx, cr8");
    assert_int_equal(trap.gpr[HOST_RDX], 2);
    m->hooks.cr8_read = cr8_read;
    m->hooks.cr8_write = cr8_write;
    irql = 5;
    OK("mov rdx, cr8");
    assert_int_equal(trap.gpr[HOST_RDX], 5);
    OK("mov cr8, rax");
    assert_int_equal(irql, 2);
    trap.gpr[HOST_RAX] = 9;
    GP("mov cr8, rax"); /* the hook refuses */
    trap.gpr[HOST_RAX] = 16;
    GP("mov cr8, rax");
}

static void
debug_registers(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    trap.gpr[HOST_RAX] = 0xfffff80000001000ull;
    OK("mov dr0, rax");
    OK("mov rbx, dr0");
    assert_int_equal(trap.gpr[HOST_RBX], 0xfffff80000001000ull);
    OK("mov rbx, dr7");
    assert_int_equal(trap.gpr[HOST_RBX], 0x400);
    GP("mov dr7, rax"); /* upper half set */
    trap.gpr[HOST_RAX] = 0x1;
    OK("mov dr7, rax");
    OK("mov rbx, dr7");
    assert_int_equal(trap.gpr[HOST_RBX], 0x401);
    OK("mov rbx, dr6");
    assert_int_equal(trap.gpr[HOST_RBX], 0xffff0ff0);
    RUN(m, trap, HW_EMULATION_UD, "mov rbx, dr5"); /* CR4.DE is set */
    hw_machine_cpu(m, 0)->cr4 &= ~8ull;
    OK("mov rbx, dr5");
    assert_int_equal(trap.gpr[HOST_RBX], 0x401);
}

static void
descriptors(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    uint8_t image[10];
    trap.gpr[HOST_RDI] = (uintptr_t)image;
    OK("sidt [rdi]");
    assert_int_equal(*(uint16_t *)image, 0xfff);
    image[2] ^= 0x10;
    OK("lidt [rdi]");
    image[2] = 0;
    OK("sidt [rdi]");
    assert_int_equal(image[2], 0x10);
    OK("sgdt [rdi]");
    assert_int_equal(*(uint16_t *)image, 0x57);
    OK("lgdt [rdi]");
    trap.gpr[HOST_RAX] = 0xffffffffffffffffull;
    OK("str ax");
    assert_int_equal(trap.gpr[HOST_RAX], 0xffffffffffff0040ull);
    OK("sldt eax");
    assert_int_equal(trap.gpr[HOST_RAX], 0);
    GP("ltr ax");
    trap.gpr[HOST_RAX] = 0x40;
    OK("ltr ax");
    OK("lldt ax");
    OK("sldt [rdi]");
    assert_int_equal(image[0], 0x40);
    OK("smsw ax");
    assert_int_equal(trap.gpr[HOST_RAX] & 0xffff, 0x0033);
    trap.gpr[HOST_RAX] = 0xa;
    OK("lmsw ax"); /* cannot clear PE */
    OK("smsw ax");
    assert_int_equal(trap.gpr[HOST_RAX] & 0xf, 0xb);
    m->hooks.guest_read = no_memory;
    trap.gpr[HOST_RDI] = 0x3000;
    RUN(m, trap, HW_EMULATION_PF, "lgdt [rdi]");
    assert_int_equal(trap.fault_address, 0x3000);
}

static void
processor_control(void **state)
{
    struct hw_machine *m = *state;
    struct host_trap trap = {0};
    OK("cli");
    assert_false(hw_machine_cpu(m, 0)->interrupts_enabled);
    OK("cli");
    assert_int_equal(kit.if_changes, 1);
    OK("sti");
    assert_int_equal(kit.if_changes, 2);
    RUN(m, trap, HW_EMULATION_HALT, "hlt");
    OK("wbinvd");
    OK("invd");
    OK("invlpg [rax]");
    OK("stac");
    assert_true(hw_machine_cpu(m, 0)->access_check_off);
    OK("clac");
    OK("monitor");
    RUN(m, trap, HW_EMULATION_INT, "int 0x2c");
    RUN(m, trap, HW_EMULATION_INT, "int3");
    RUN(m, trap, HW_EMULATION_UD, "ud2");
    RUN(m, trap, HW_EMULATION_UD, "vmcall");
    RUN(m, trap, HW_EMULATION_NOT_MINE, "iretq");
    RUN(m, trap, HW_EMULATION_NOT_MINE, "mov rax, [rax]");
    RUN(m, trap, HW_EMULATION_NOT_MINE, "nop");
    trap.gpr[HOST_RAX] = 4;
    GP("invpcid rax, [rdi]");
    assert_true(hw_msr_write(hw_machine_cpu(m, 0), HW_MSR_GS_BASE, 0x1000));
    assert_true(hw_msr_write(hw_machine_cpu(m, 0), HW_MSR_KERNEL_GS_BASE, 0x2000));
    OK("swapgs");
    OK("rdgsbase rax");
    assert_int_equal(trap.gpr[HOST_RAX], 0x2000);
    trap.gpr[HOST_RAX] = 0x0010000000000000ull;
    GP("wrfsbase rax");
    assert_int_equal(hw_cpu_emulate(m, 99, &trap, &(struct host_insn){.kind = HOST_INSN_CLI}),
                     HW_EMULATION_NOT_MINE);
}

static uint8_t guest[4096];

static bool
guest_read(void *context, uint64_t address, void *data, size_t size)
{
    (void)context;
    memcpy(data, guest, size);
    return address & 64;
}

static bool
guest_write(void *context, uint64_t address, const void *data, size_t size)
{
    (void)context;
    memcpy(guest, data, size);
    return address & 128;
}

static void
random_bytes_are_safe(void **state)
{
    static const uint8_t leads[] = {0x0f, 0xe4, 0xec, 0xee, 0x6c, 0x6f, 0xf3, 0xfa, 0xcd, 0x41};
    static const uint8_t seconds[] = {0x00, 0x01, 0x20, 0x21, 0x22, 0x23, 0x30, 0x32, 0x33, 0xae};
    struct hw_machine *m = *state;
    uint64_t seed = 5;
    m->hooks.guest_read = guest_read;
    m->hooks.guest_write = guest_write;
    for (unsigned round = 0; round < 100000; round++)
    {
        uint8_t bytes[16];
        struct host_insn insn;
        struct host_trap trap = {.rip = RIP};
        uint64_t words[2] = {kit_random(&seed), kit_random(&seed)};
        memcpy(bytes, words, 16);
        bytes[0] = leads[words[0] % sizeof leads];
        if (round & 1)
        {
            bytes[1] = seconds[words[1] % sizeof seconds];
        }
        for (unsigned i = 0; i < 16; i++)
        {
            trap.gpr[i] = kit_random(&seed) >> (kit_random(&seed) & 63);
        }
        trap.gpr[HOST_RCX] &= round & 2 ? 0xfff : UINT64_MAX;
        if (host_insn_decode(bytes, 15, RIP, &insn))
        {
            assert_true(hw_cpu_emulate(m, round & 1, &trap, &insn) <= HW_EMULATION_INT);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(port_instructions),
        KIT_TEST(port_strings),
        KIT_TEST(port_string_fault),
        KIT_TEST(model_specific_registers),
        KIT_TEST(msr_table),
        KIT_TEST(msr_rules),
        KIT_TEST(msr_handlers),
        KIT_TEST(counters),
        KIT_TEST(control_registers),
        KIT_TEST(debug_registers),
        KIT_TEST(descriptors),
        KIT_TEST(processor_control),
        KIT_PC_TEST(random_bytes_are_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
