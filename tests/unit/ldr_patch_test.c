// SPDX-License-Identifier: MIT
// kernel/ldr/patch.c: patched code runs and does what the original would have done; code that
// cannot be patched with certainty stays as it is.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"
#include "ldr/ldr.h"
#include "rtl/unwind.h"
#include "tests/kit/pe_builder.h"

// A block of code in Intel syntax as bytes Name .. Name_end.
#define CODE(Name, Text)                                                                        \
    extern const uint8_t Name[], Name##_end[];                                                  \
    __asm__(".pushsection .rodata\n.intel_syntax noprefix\n.globl " #Name "\n" #Name ":\n" Text \
            "\n.globl " #Name "_end\n" #Name "_end:\n.att_syntax prefix\n.popsection")

static uint8_t kpcr[0x1000] __attribute__((aligned(4096)));
static uint8_t shared_data[0x1000] __attribute__((aligned(4096)));
uint32_t stub_calls;
uint64_t stub_rsp;
uint64_t stub_return;

// Stands for KiWriteCr8Stub: takes AL, keeps everything else, spoils RAX as it may.
void write_cr8_stub(void);
__asm__(".text\n.globl write_cr8_stub\nwrite_cr8_stub:\n"
        "pushfq\n"
        "movb %al, %gs:0x50\n"
        "movq 8(%rsp), %rax\n"
        "movq %rax, stub_return(%rip)\n"
        "leaq 16(%rsp), %rax\n"
        "movq %rax, stub_rsp(%rip)\n"
        "incl stub_calls(%rip)\n"
        "movabsq $0xdeadbeefdeadbeef, %rax\n"
        "popfq\n"
        "ret\n");

static LDR_CONFIG config = {.WriteCr8Stub = (const void *)write_cr8_stub,
                            .SharedDataMapping = shared_data};

static int
setup(void **state)
{
    (void)state;
    memset(kpcr, 0, sizeof kpcr);
    host_set_gs(kpcr);
    stub_calls = 0;
    config.TranslatesFaults = FALSE;
    LdrInitialize(&config);
    return 0;
}

// Loads Code as .text with its start as entry point, and a pdata entry when Info is given.
static PLDR_IMAGE
load(const uint8_t *code, const uint8_t *end, const void *info, uint32_t info_size)
{
    struct pe_builder pe;
    static struct pe_blob blob;
    PLDR_IMAGE image = NULL;
    pe_begin(&pe);
    pe.entry = pe_add(&pe, ".text", code, (uint32_t)(end - code), 0, PE_TEXT);
    if (info != NULL)
    {
        pe_open(&pe, &blob);
        pe_push(&blob, info, info_size);
        uint32_t table = pe_push32(&blob, 0x1000);
        pe_push32(&blob, 0x1000 + (uint32_t)(end - code));
        pe_push32(&blob, blob.rva);
        pe_close(&pe, &blob, ".pdata", PE_RDATA);
        pe_directory(&pe, 3, table, 12);
    }
    pe_finish(&pe);
    LDR_FILE file = {.Data = pe.data, .Size = pe.size};
    // A failed test leaves its image behind, which must not fail the next one.
    char name[16] = "a.sys";
    while (LdrFindImage(name) != NULL)
    {
        name[0]++;
    }
    assert_int_equal(LdrLoadImage(name, &file, &image), STATUS_SUCCESS);
    pe_end(&pe);
    return image;
}

static uint64_t
run(PLDR_IMAGE image, uint64_t a, uint64_t b)
{
    return ((uint64_t(__attribute__((ms_abi)) *)(uint64_t, uint64_t))image->EntryPoint)(a, b);
}

static void
expect_counts(PLDR_IMAGE image, unsigned reads, unsigned writes, unsigned trapping)
{
    assert_int_equal(image->Patches.Cr8Reads, reads);
    assert_int_equal(image->Patches.Cr8Writes, writes);
    assert_int_equal(image->Patches.Cr8Trapping, trapping);
}

CODE(read_only, "mov rax, cr8\nret\nint3\nint3");

static void
a_read_becomes_a_load(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(read_only, read_only_end, NULL, 0);
    expect_counts(image, 1, 0, 0);
    assert_int_equal(image->Base[0x1000], 0xE9);
    kpcr[0x50] = 13;
    kpcr[0x51] = 0xFF;
    assert_int_equal(run(image, 0, 0), 13);
    LdrUnloadImage(image);
}

CODE(write_read,
     "mov r11, 2\nmov cr8, rcx\nmov r10, cr8\nmov cr8, rdx\nmov rax, cr8\n"
     "shl rax, 8\nor rax, r10\nret");

static void
neighbouring_accesses_share_a_trampoline(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(write_read, write_read_end, NULL, 0);
    expect_counts(image, 2, 2, 0);
    assert_int_equal(image->Patches.Trampolines, 2);
    assert_int_equal(run(image, 12, 2), 0x20C);
    assert_int_equal(stub_calls, 2);
    assert_int_equal(kpcr[0x50], 2);
    LdrUnloadImage(image);
}

CODE(flags,
     "mov r8, rcx\nmov r9, 9\nmov eax, 3\nstc\ncmp rdx, rdx\nmov cr8, rax\n"
     "setz r10b\nmovzx r10d, r10b\nimul rax, rax, 16\nadd rax, r9\nimul rax, rax, 16\n"
     "add rax, r10\nsub r8, rcx\nadd rax, r8\nret");

static void
a_write_keeps_registers_and_flags(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(flags, flags_end, NULL, 0);
    expect_counts(image, 0, 1, 0);
    assert_int_equal(run(image, 77, 5), 0x391);
    assert_int_equal(kpcr[0x50], 3);
    LdrUnloadImage(image);
}

CODE(relative,
     "mov r9, cr8\nmov eax, [rip + 1f]\nadd rax, r9\nmov r8, cr8\nlea rdx, [rip + 1f]\n"
     "cmp dword ptr [rdx], 0x1234\njne 2f\nmov r9, cr8\njne 2f\nadd rax, r9\n"
     "mov r10, cr8\njmp 3f\n2: xor eax, eax\n3: ret\n1: .long 0x1234");

static void
relative_neighbours_move(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(relative, relative_end, NULL, 0);
    expect_counts(image, 4, 0, 0);
    kpcr[0x50] = 2;
    assert_int_equal(run(image, 0, 0), 0x1238);
    LdrUnloadImage(image);
}

// The neighbour behind the first access is the head of a loop; the one before it moves instead. The
// second has only jump targets around it.
CODE(targets,
     "mov rdx, rcx\nmov r8, cr8\n1: add eax, 1\ndec rdx\njnz 1b\ntest rcx, rcx\njz 2f\n"
     "xor ecx, ecx\njmp 3f\n2: ret\n3: mov r9, cr8\n4: test rcx, rcx\njnz 4b\nret");

static void
branch_targets_stay_where_they_are(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(targets, targets_end, NULL, 0);
    expect_counts(image, 1, 0, 1);
    assert_int_equal(image->Base[0x1000], 0xE9);
    const uint8_t access[] = {0x45, 0x0F, 0x20};
    uint32_t second = 0x1000 + (uint32_t)(targets_end - targets) - 4 - 6;
    assert_memory_equal(image->Base + second, access, 3);
    LdrUnloadImage(image);
}

CODE(with_call, "sub rsp, 0x28\nmov r8, cr8\ncall 1f\nadd rsp, 0x28\nret\n1: mov eax, 5\nret");

static void
calls_do_not_move(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(with_call, with_call_end, NULL, 0);
    expect_counts(image, 1, 0, 0); // with the instruction before it
    assert_int_equal(run(image, 0, 0), 5);
    LdrUnloadImage(image);
}

CODE(switched,
     "mov rax, cr8\nmov ecx, 3\nlea rdx, [rip + 1f]\nadd rdx, rcx\njmp rdx\n1: nop\nnop\n"
     "nop\nret");

static void
functions_with_jump_tables_are_left_alone(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(switched, switched_end, NULL, 0);
    expect_counts(image, 0, 0, 1);
    LdrUnloadImage(image);
}

CODE(memory, "mov rax, cr8\nmov [rcx], al\nret");

static void
what_can_fault_moves_only_when_faults_are_translated(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(memory, memory_end, NULL, 0);
    expect_counts(image, 0, 0, 1);
    assert_int_equal(LdrRepatchAddress((ULONG64)image->Base + 0x1004),
                     (ULONG64)image->Base + 0x1004);
    LdrUnloadImage(image);
    config.TranslatesFaults = TRUE;
    LdrInitialize(&config);
    image = load(memory, memory_end, NULL, 0);
    expect_counts(image, 1, 0, 0);
    uint8_t irql = 0;
    kpcr[0x50] = 7;
    run(image, (uint64_t)&irql, 0);
    assert_int_equal(irql, 7);
    ULONG64 original = (ULONG64)image->Base + 0x1004;
    ULONG64 moved = LdrRepatchAddress(original);
    assert_true(moved >= (ULONG64)image->Base + image->Size);
    assert_memory_equal((void *)moved, "\x88\x01", 2);
    assert_int_equal(LdrUnpatchAddress(moved), original);
    assert_int_equal(LdrUnpatchAddress(moved + 2), original + 2); // the jump back
    assert_int_equal(LdrRepatchAddress(original - 4), original - 4);
    assert_int_equal(LdrRepatchAddress(original + 2), original + 2);
    LDR_ADDRESS_INFO info;
    assert_true(LdrQueryAddress(moved, &info));
    assert_int_equal(info.Kind, LdrAddressTrampoline);
    assert_int_equal(info.Original, original);
    assert_true(LdrIsDriverAddress(moved));
    LdrUnloadImage(image);
}

CODE(unreached, "xor eax, eax\nret\nmov rax, cr8\nret\nmovabs rax, 0xFFFFF78000000014\nret");

static void
bytes_that_nothing_reaches_stay(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(unreached, unreached_end, NULL, 0);
    expect_counts(image, 0, 0, 0);
    assert_int_equal(image->Patches.SharedData, 0);
    assert_memory_equal(image->Base + 0x1000, unreached, unreached_end - unreached);
    LdrUnloadImage(image);
}

CODE(shared,
     "movabs rax, 0xFFFFF78000000014\nmov r8, [rax]\nmovabs rax, [0xFFFFF78000000320]\n"
     "movabs rdx, 0xFFFFF78000000000\nadd r8, [rdx + 8]\nadd rax, r8\n"
     "movabs rdx, 0xFFFFF78000001000\nret");

static void
shared_data_is_read_from_the_mapping(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(shared, shared_end, NULL, 0);
    assert_int_equal(image->Patches.SharedData, 3); // the last one is beyond the page
    shared_data[0x14] = 100;
    shared_data[0x320] = 20;
    shared_data[8] = 3;
    assert_int_equal(run(image, 0, 0), 123);
    LdrUnloadImage(image);
}

// sub rsp, 28h with unwind information; while the stub runs, the stack can be walked.
CODE(framed, "sub rsp, 0x28\nmov eax, 2\nmov cr8, rax\nxor eax, eax\nadd rsp, 0x28\nret\nint3");

static void
the_stack_can_be_walked_from_the_stub(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(framed, framed_end, "\x01\x04\x01\x00\x04\x42\x00\x00", 8);
    expect_counts(image, 0, 1, 0);
    assert_int_equal(run(image, 0, 0), 0);
    assert_true(stub_return >= (ULONG64)image->Base + image->Size);
    // The stack as it was then: [rsp] saved RAX, then 28h bytes, then the return address.
    uint64_t stack[16] = {0};
    stack[6] = 0x1234567890;
    CONTEXT context = {0};
    context.Rip = stub_return;
    context.Rsp = (ULONG64)stack;
    ULONG64 base;
    ULONG size;
    assert_true(RtlLookupImage(stub_return, &base, &size));
    assert_int_equal(base, (ULONG64)image->Base);
    assert_int_equal(RtlUnwindOneFrame(NULL, &context), STATUS_SUCCESS);
    assert_int_equal(context.Rip, 0x1234567890);
    assert_int_equal(context.Rsp, (ULONG64)&stack[7]);
    LdrUnloadImage(image);
}

CODE(leaf_write, "mov cr8, rcx\nret");

static void
leaf_functions_can_be_walked_too(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(leaf_write, leaf_write_end, NULL, 0);
    expect_counts(image, 0, 1, 0);
    run(image, 1, 0);
    uint64_t stack[4] = {0, 0x1234567890, 0, 0};
    CONTEXT context = {0};
    context.Rip = stub_return;
    context.Rsp = (ULONG64)stack;
    assert_int_equal(RtlUnwindOneFrame(NULL, &context), STATUS_SUCCESS);
    assert_int_equal(context.Rip, 0x1234567890);
    LdrUnloadImage(image);
}

CODE(prologue, "mov rax, cr8\nsub rsp, 0x28\nmov [rsp], rax\nadd rsp, 0x28\nret");

static void
prologues_are_left_alone(void **state)
{
    (void)state;
    PLDR_IMAGE image = load(prologue, prologue_end, "\x01\x08\x01\x00\x08\x42\x00\x00", 8);
    expect_counts(image, 0, 0, 1);
    LdrUnloadImage(image);
}

static void
nothing_is_patched_without_a_stub(void **state)
{
    (void)state;
    LDR_CONFIG none = {0};
    LdrInitialize(&none);
    PLDR_IMAGE image = load(write_read, write_read_end, NULL, 0);
    assert_int_equal(image->ExtendedSize, image->Size);
    assert_memory_equal(image->Base + 0x1000, write_read, write_read_end - write_read);
    LdrUnloadImage(image);
}

CODE(privileged,
     "mov rax, cr8\nmov cr8, rax\nmov rax, cr3\nin al, dx\nout dx, eax\nrdmsr\ncli\nsti\n"
     "hlt\nwbinvd\nint 0x2d\nmovabs rcx, 0xFFFFF78000000014\nret");

static void
info_counts_privileged_instructions(void **state)
{
    (void)state;
    struct pe_builder pe;
    static LDR_INFO info;
    pe_begin(&pe);
    pe.entry =
        pe_add(&pe, ".text", privileged, (uint32_t)(privileged_end - privileged), 0, PE_TEXT);
    pe_finish(&pe);
    assert_int_equal(LdrQueryInfo(pe.data, pe.size, &info, NULL, NULL), LdrPeOk);
    const LDR_INSTRUCTION_COUNTS *counts = &info.Instructions;
    assert_int_equal(counts->Cr8Read, 1);
    assert_int_equal(counts->Cr8Write, 1);
    assert_int_equal(counts->ControlRegister, 1);
    assert_int_equal(counts->PortIo, 2);
    assert_int_equal(counts->Msr, 1);
    assert_int_equal(counts->InterruptFlag, 2);
    assert_int_equal(counts->Halt, 1);
    assert_int_equal(counts->Cache, 1);
    assert_int_equal(counts->SoftwareInterrupt, 1);
    assert_int_equal(counts->SharedData, 1);
    assert_int_equal(counts->Instructions, 13);
    pe_end(&pe);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_read_becomes_a_load, setup),
        cmocka_unit_test_setup(neighbouring_accesses_share_a_trampoline, setup),
        cmocka_unit_test_setup(a_write_keeps_registers_and_flags, setup),
        cmocka_unit_test_setup(relative_neighbours_move, setup),
        cmocka_unit_test_setup(branch_targets_stay_where_they_are, setup),
        cmocka_unit_test_setup(calls_do_not_move, setup),
        cmocka_unit_test_setup(functions_with_jump_tables_are_left_alone, setup),
        cmocka_unit_test_setup(what_can_fault_moves_only_when_faults_are_translated, setup),
        cmocka_unit_test_setup(bytes_that_nothing_reaches_stay, setup),
        cmocka_unit_test_setup(shared_data_is_read_from_the_mapping, setup),
        cmocka_unit_test_setup(the_stack_can_be_walked_from_the_stub, setup),
        cmocka_unit_test_setup(leaf_functions_can_be_walked_too, setup),
        cmocka_unit_test_setup(prologues_are_left_alone, setup),
        cmocka_unit_test_setup(nothing_is_patched_without_a_stub, setup),
        cmocka_unit_test_setup(info_counts_privileged_instructions, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
