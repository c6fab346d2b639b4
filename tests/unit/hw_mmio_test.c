/* SPDX-License-Identifier: MIT */
/*
 * hw/core/mmio.c and window.c with real faults: this test's SIGSEGV handler does what the kernel's
 * trap handler will do.
 */
#include "hw_kit.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#define REGISTERS 0xd0000000ull

static struct hw_machine *machine;
static unsigned faults;
static enum hw_emulation last_result;

static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                              REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                              REG_R12, REG_R13, REG_R14, REG_R15};

static void
on_fault(int number, siginfo_t *info, void *data)
{
    ucontext_t *context = data;
    greg_t *registers = context->uc_mcontext.gregs;
    struct host_trap trap = {.rip = (uint64_t)registers[REG_RIP],
                             .rflags = (uint64_t)registers[REG_EFL],
                             .fault_address = (uint64_t)(uintptr_t)info->si_addr,
                             .error_code = (uint64_t)registers[REG_ERR],
                             .trap_number = (uint32_t)registers[REG_TRAPNO],
                             .signal = number,
                             .sig_code = info->si_code,
                             .fpstate = context->uc_mcontext.fpregs};
    struct host_insn insn;
    faults++;
    for (unsigned i = 0; i < 16; i++)
    {
        trap.gpr[i] = (uint64_t)registers[order[i]];
    }
    if (!host_insn_decode((void *)(uintptr_t)trap.rip, 15, trap.rip, &insn) ||
        (last_result = hw_mmio_fault(machine, &trap, &insn)) != HW_EMULATION_DONE)
    {
        signal(SIGSEGV, SIG_DFL); /* the fault repeats and ends the test */
        return;
    }
    for (unsigned i = 0; i < 16; i++)
    {
        registers[order[i]] = (greg_t)trap.gpr[i];
    }
    registers[REG_RIP] = (greg_t)trap.rip;
    registers[REG_EFL] = (greg_t)trap.rflags;
}

/* A device of 64 KiB: memory, with a log of the accesses it saw. */
struct device
{
    uint8_t memory[0x10000];
    unsigned reads, writes;
    uint64_t last_offset;
    unsigned last_size;
};

static struct device device;

static uint64_t
device_read(void *context, uint64_t offset, unsigned size)
{
    struct device *d = context;
    uint64_t value = 0;
    d->reads++;
    d->last_offset = offset;
    d->last_size = size;
    memcpy(&value, d->memory + offset, size);
    return value;
}

static void
device_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct device *d = context;
    d->writes++;
    d->last_offset = offset;
    d->last_size = size;
    memcpy(d->memory + offset, &value, size);
}

static const struct hw_mmio_ops device_ops = {device_read, device_write, 8};
static const struct hw_mmio_ops narrow_ops = {device_read, device_write, 2};
static const struct hw_mmio_ops silent_ops = {NULL, NULL, 4};
static const struct hw_mmio_ops wrong_ops = {device_read, device_write, 16};

static int
setup(void **state)
{
    if (kit_machine(state))
    {
        return -1;
    }
    machine = *state;
    memset(&device, 0, sizeof device);
    faults = 0;
    return !hw_mmio_claim(machine, REGISTERS, sizeof device.memory, &device_ops, &device, "dev");
}

/* From inside the test: around setup and test cmocka installs a handler of its own. */
static void
catch_faults(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};
    action.sa_sigaction = on_fault;
    assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
}

static void
plain_accesses(void **state)
{
    (void)state;
    catch_faults();
    volatile uint32_t *registers = hw_mmio_map(machine, REGISTERS, 0x1000);
    assert_non_null((void *)(uintptr_t)registers);
    registers[4] = 0x12345678;
    assert_int_equal(device.writes, 1);
    assert_int_equal(device.last_offset, 16);
    assert_int_equal(device.last_size, 4);
    assert_int_equal(registers[4], 0x12345678);
    assert_int_equal(((volatile uint8_t *)registers)[17], 0x56);
    assert_int_equal(device.last_size, 1);
    registers[4] |= 0x80000000;
    assert_int_equal(device.memory[19], 0x92);
    assert_int_equal(*(volatile uint16_t *)((uintptr_t)registers + 18), 0x9234);
    assert_int_equal(*(volatile uint64_t *)((uintptr_t)registers + 16), 0x92345678);
    assert_true(faults >= 6);
    assert_true(hw_mmio_unmap(machine, (void *)(uintptr_t)registers));
}

static void
read_modify_write(void **state)
{
    (void)state;
    catch_faults();
    uint8_t *registers = hw_mmio_map(machine, REGISTERS, 0x1000);
    uint32_t old = 5;
    uint8_t carry;
    uint64_t wanted = 0;
    __asm__ volatile("lock xaddl %0, (%1)" : "+r"(old) : "r"(registers) : "memory");
    assert_int_equal(old, 0);
    __asm__ volatile("lock xaddl %0, (%1)" : "+r"(old) : "r"(registers) : "memory");
    assert_int_equal(old, 5);
    __asm__ volatile("lock btsl $4, (%1); setc %0" : "=q"(carry) : "r"(registers) : "memory");
    assert_int_equal(carry, 0);
    __asm__ volatile("lock btsl $4, (%1); setc %0" : "=q"(carry) : "r"(registers) : "memory");
    assert_int_equal(carry, 1);
    assert_int_equal(device.memory[0], 0x15);
    __asm__ volatile("lock cmpxchgq %2, (%1)"
                     : "+a"(wanted)
                     : "r"(registers + 8), "r"(0x1122334455667788ull)
                     : "memory");
    assert_int_equal(wanted, 0);
    assert_int_equal(device.memory[8], 0x88);
    __asm__ volatile("incl (%0); negw 4(%0); xorb $0xff, 6(%0)" : : "r"(registers) : "memory");
    assert_int_equal(device.memory[0], 0x16);
    assert_int_equal(device.memory[6], 0xff);
}

static void
string_instructions(void **state)
{
    (void)state;
    catch_faults();
    uint8_t *registers = hw_mmio_map(machine, REGISTERS, sizeof device.memory);
    static uint8_t buffer[0x4800];
    for (unsigned i = 0; i < sizeof buffer; i++)
    {
        buffer[i] = (uint8_t)(i * 7);
    }
    void *to = registers + 0x100;
    const void *from = buffer;
    uint64_t count = sizeof buffer; /* more than one trap's worth */
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    assert_memory_equal(device.memory + 0x100, buffer, sizeof buffer);
    assert_ptr_equal(to, registers + 0x100 + sizeof buffer);
    assert_int_equal(count, 0);
    memset(buffer, 0, sizeof buffer);
    to = buffer;
    from = registers + 0x100;
    count = 16;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    assert_memory_equal(device.memory + 0x100, buffer, 128);
    to = registers;
    count = 8;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(0xcafebabe) : "memory");
    assert_int_equal(device.memory[28], 0xbe);
    assert_int_equal(device.memory[32], 0x00);
}

static void
vector_instructions(void **state)
{
    (void)state;
    catch_faults();
    uint8_t *registers = hw_mmio_map(machine, REGISTERS, 0x1000);
    uint8_t in[32], out[32];
    for (unsigned i = 0; i < sizeof in; i++)
    {
        in[i] = (uint8_t)(i + 1);
    }
    __asm__ volatile("movdqu (%0), %%xmm7; movups %%xmm7, 4(%1); movdqu 4(%1), %%xmm6;"
                     "movdqu %%xmm6, (%2)"
                     :
                     : "r"(in), "r"(registers), "r"(out)
                     : "xmm6", "xmm7", "memory");
    assert_memory_equal(in, out, 16);
    assert_memory_equal(device.memory + 4, in, 16);
    if (!__builtin_cpu_supports("avx"))
    {
        return;
    }
    __asm__ volatile("vmovdqu (%0), %%ymm5; vmovdqu %%ymm5, 64(%1); vmovdqu 64(%1), %%ymm4;"
                     "vmovdqu %%ymm4, (%2)"
                     :
                     : "r"(in), "r"(registers), "r"(out)
                     : "xmm4", "xmm5", "memory");
    assert_memory_equal(in, out, 32);
    if (!__builtin_cpu_supports("avx512f"))
    {
        return;
    }
    __asm__ volatile("vmovdqu64 (%0), %%ymm20; vmovdqu64 %%zmm20, 128(%1);"
                     "vmovdqu64 128(%1), %%zmm21; vmovdqu64 %%ymm21, (%2)"
                     :
                     : "r"(in), "r"(registers), "r"(out)
                     : "memory" /* no compiler uses these registers unasked */);
    assert_memory_equal(in, out, 32);
}

static void
unaligned_and_narrow(void **state)
{
    (void)state;
    catch_faults();
    assert_true(hw_mmio_claim(machine, 0xd8000000, 0x1000, &narrow_ops, &device, "narrow"));
    uint8_t *wide = hw_mmio_map(machine, REGISTERS, 0x1000);
    uint8_t *narrow = hw_mmio_map(machine, 0xd8000000, 0x1000);
    uint64_t value = 0x8877665544332211ull;
    __asm__ volatile("movq %0, 1(%1)" : : "r"(value), "r"(wide) : "memory");
    assert_int_equal(device.writes, 4); /* 1, 2, 4, 1 */
    assert_memory_equal(device.memory + 1, &value, 8);
    device.writes = device.reads = 0;
    __asm__ volatile("movq %0, (%1)" : : "r"(value), "r"(narrow) : "memory");
    assert_int_equal(device.writes, 4);
    assert_int_equal(device.last_size, 2);
    __asm__ volatile("movl (%1), %k0" : "=r"(value) : "r"(narrow) : "memory");
    assert_int_equal(value, 0x44332211);
    assert_int_equal(device.reads, 2);
}

static void
unclaimed_addresses(void **state)
{
    (void)state;
    catch_faults();
    assert_true(hw_mmio_claim(machine, 0xd9000000, 0x10, &silent_ops, NULL, "silent"));
    volatile uint32_t *nothing = hw_mmio_map(machine, 0xda000000, 0x1000);
    volatile uint32_t *silent = hw_mmio_map(machine, 0xd9000000, 0x1000);
    assert_int_equal(nothing[0], 0xffffffff);
    assert_int_equal(kit.errors, 1);
    nothing[0] = 1;
    assert_int_equal(kit.errors, 2);
    assert_int_equal(silent[0], 0xffffffff);
    silent[0] = 5;
    assert_int_equal(kit.errors, 2);
    assert_int_equal(silent[4], 0xffffffff); /* behind the claim */
    assert_int_equal(kit.errors, 3);
}

static void
claims(void **state)
{
    (void)state;
    catch_faults();
    assert_false(hw_mmio_claim(machine, REGISTERS + 0xffff, 1, &device_ops, &device, "overlap"));
    assert_false(hw_mmio_claim(machine, REGISTERS - 1, 0x20000, &device_ops, &device, "around"));
    assert_false(hw_mmio_claim(machine, 0xe0000000, 0, &device_ops, &device, "empty"));
    assert_false(hw_mmio_claim(machine, UINT64_MAX, 2, &device_ops, &device, "wraps"));
    assert_false(hw_mmio_claim(machine, 0xe0000000, 16, &wrong_ops, &device, "size"));
    assert_false(hw_mmio_claim(machine, 0xe0000000, 16, NULL, &device, "none"));
    assert_true(hw_mmio_claim(machine, UINT64_MAX, 1, &device_ops, &device, "last"));
    assert_ptr_equal(hw_mmio_find(machine, UINT64_MAX)->ops, &device_ops);
    hw_mmio_release(machine, REGISTERS + 4); /* not its start */
    assert_non_null(hw_mmio_find(machine, REGISTERS));
    hw_mmio_release(machine, REGISTERS);
    assert_null(hw_mmio_find(machine, REGISTERS));
}

static void
mappings(void **state)
{
    (void)state;
    catch_faults();
    uint64_t physical;
    uint8_t *first = hw_mmio_map(machine, REGISTERS + 0x123, 0x10);
    uint8_t *second = hw_mmio_map(machine, REGISTERS + 0x123, 0x2000);
    assert_ptr_not_equal(first, second);
    assert_int_equal((uintptr_t)first & 0xfff, 0x123);
    assert_true(second - first >= 0x2000); /* a page in between stays unused */
    assert_true(hw_mmio_covers(machine, (uintptr_t)first));
    assert_true(hw_mmio_physical(machine, (uintptr_t)second + 0x1000, &physical));
    assert_int_equal(physical, REGISTERS + 0x1123);
    assert_false(hw_mmio_covers(machine, (uintptr_t)first + 0x1000));
    assert_true(hw_mmio_unmap(machine, first));
    assert_false(hw_mmio_unmap(machine, first));
    assert_false(hw_mmio_covers(machine, (uintptr_t)first));
    uint8_t *third = hw_mmio_map(machine, REGISTERS, 0x10);
    assert_true(third > second); /* addresses are not reused at once */
    assert_null(hw_mmio_map(machine, 0, 0));
    assert_null(hw_mmio_map(machine, 0, UINT64_MAX));
    assert_null(hw_mmio_map(machine, 0, HOST_REGION_SIZE)); /* no room for the guard pages */
    assert_non_null(hw_mmio_map(machine, 0, 0x1000));
}

/* A page such as KUSER_SHARED_DATA: inaccessible, served by callbacks at given addresses. */
static void
own_window(void **state)
{
    (void)state;
    catch_faults();
    void *page = mmap(NULL, 0x1000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t value = 0x11223344;
    memcpy(device.memory + 0x320, &value, 4);
    assert_true(hw_window_add(machine, (uintptr_t)page, 0x1000, &device_ops, &device));
    assert_false(hw_window_add(machine, (uintptr_t)page + 8, 8, &device_ops, &device));
    assert_false(hw_window_add(machine, 0x1000, 0x1000, NULL, &device));
    assert_false(hw_mmio_unmap(machine, page)); /* not a mapping */
    assert_int_equal(*(volatile uint32_t *)((uintptr_t)page + 0x320), value);
    uint64_t product = 3;
    __asm__ volatile("imulq 0x320(%1), %0" : "+r"(product) : "r"(page) : "memory");
    assert_int_equal(product, 3ull * value);
    hw_window_remove(machine, (uintptr_t)page);
    assert_false(hw_mmio_covers(machine, (uintptr_t)page));
    munmap(page, 0x1000);
}

/* Writes to ROM through its image fault and are dropped; reads do not even trap. */
static void
rom_image(void **state)
{
    (void)state;
    catch_faults();
    uint8_t byte = 0x77;
    assert_true(hw_memory_load_rom(machine, 0xf0000, &byte, 1));
    volatile uint8_t *rom = hw_memory_pointer(machine, 0xf0000, 16);
    assert_int_equal(rom[0], 0x77);
    assert_int_equal(faults, 0);
    rom[0] = 0;
    assert_int_equal(faults, 1);
    assert_int_equal(rom[0], 0x77);
    assert_int_equal(kit.errors, 1);
}

static void
not_mine(void **state)
{
    static const uint8_t load[] = {0x8b, 0x07};
    struct host_trap trap = {.fault_address = 0x1234};
    struct host_insn insn;
    (void)state;
    catch_faults();
    assert_true(host_insn_decode(load, sizeof load, 0, &insn));
    assert_int_equal(hw_mmio_fault(machine, &trap, &insn), HW_EMULATION_NOT_MINE);
    trap.fault_address = (uintptr_t)hw_mmio_map(machine, REGISTERS, 16);
    trap.error_code = HOST_PF_EXECUTE;
    assert_int_equal(hw_mmio_fault(machine, &trap, &insn), HW_EMULATION_NOT_MINE);
}

#define TEST(Function) cmocka_unit_test_setup_teardown(Function, setup, kit_destroy)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_accesses),
        TEST(read_modify_write),
        TEST(string_instructions),
        TEST(vector_instructions),
        TEST(unaligned_and_narrow),
        TEST(unclaimed_addresses),
        TEST(claims),
        TEST(mappings),
        TEST(own_window),
        TEST(rom_image),
        TEST(not_mine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
