/* SPDX-License-Identifier: MIT */
/*
 * Emulation of trapped privileged instructions other than port input and output (cpu_io.c). Owns
 * hw_machine.cpus. No lock; runs on the signal stack.
 */
#include "hw/core/machine.h"

#include <string.h>

#include "hw/core/alu.h"
#include "hw/core/cpup.h"

#define CR0_FIXED   0x80050033ull /* PG AM WP NE ET MP PE: long mode needs most of them */
#define CR4_DEFAULT 0x00000000001506f8ull
#define CR4_VALID   0x0000000001ff7fffull
#define DR6_DEFAULT 0xffff0ff0ull
#define DR7_DEFAULT 0x400ull

void
hw_cpu_reset(struct hw_cpu *cpu)
{
    static const uint16_t selectors[6] = {0x2b, 0x10, 0x18, 0x2b, 0x53, 0x2b};
    cpu->cr0 = CR0_FIXED;
    cpu->cr2 = 0;
    cpu->cr3 = 0x1ad000;
    cpu->cr4 = CR4_DEFAULT;
    cpu->cr8 = 0;
    cpu->xcr0 = 7;
    memset(cpu->dr, 0, sizeof cpu->dr);
    cpu->dr[6] = DR6_DEFAULT;
    cpu->dr[7] = DR7_DEFAULT;
    cpu->gdt_base = 0xfffff80000001000ull + cpu->number * 0x10000ull;
    cpu->gdt_limit = 0x57;
    cpu->idt_base = 0xfffff80000000000ull + cpu->number * 0x10000ull;
    cpu->idt_limit = 0xfff;
    cpu->ldtr = 0;
    cpu->tr = 0x40;
    memcpy(cpu->segments, selectors, sizeof selectors);
    cpu->interrupts_enabled = true;
    cpu->access_check_off = false;
    hw_msr_reset(cpu);
}

struct hw_cpu *
hw_machine_cpu(struct hw_machine *machine, unsigned number)
{
    return number < machine->cpu_count ? &machine->cpus[number] : NULL;
}

uint64_t
hw_cpu_tsc(const struct hw_cpu *cpu)
{
    uint64_t now = hw_clock_now(cpu->machine);
    return now * (HW_CPU_TSC_HZ / HW_NS_PER_SECOND) + cpu->tsc_offset;
}

uint64_t
hw_cpu_operand_address(struct hw_cpu *cpu,
                       const struct host_trap *trap,
                       const struct host_insn *insn)
{
    uint64_t gs = 0;
    if (insn->memory.segment == HOST_SEGMENT_GS)
    {
        hw_msr_read(cpu, HW_MSR_GS_BASE, &gs);
    }
    return host_insn_effective_address(insn, trap, 0, gs);
}

enum hw_emulation
hw_cpu_fault(struct host_trap *trap, uint64_t address, bool write)
{
    trap->fault_address = address;
    trap->error_code = write ? HOST_PF_WRITE : 0;
    trap->trap_number = HOST_VECTOR_PF;
    return HW_EMULATION_PF;
}

static void
set_edx_eax(struct host_trap *trap, uint64_t value)
{
    trap->gpr[HOST_RAX] = (uint32_t)value;
    trap->gpr[HOST_RDX] = value >> 32;
}

static uint64_t
get_edx_eax(const struct host_trap *trap)
{
    return (trap->gpr[HOST_RDX] << 32) | (uint32_t)trap->gpr[HOST_RAX];
}

static enum hw_emulation
model_registers(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    uint32_t index = (uint32_t)trap->gpr[HOST_RCX];
    uint64_t value = 0;
    switch (insn->kind)
    {
    case HOST_INSN_RDMSR:
        if (!hw_msr_read(cpu, index, &value))
        {
            return HW_EMULATION_GP;
        }
        break;
    case HOST_INSN_WRMSR:
        return hw_msr_write(cpu, index, get_edx_eax(trap)) ? HW_EMULATION_DONE : HW_EMULATION_GP;
    case HOST_INSN_RDPMC:
        if (!hw_pmc_read(cpu, index, &value))
        {
            return HW_EMULATION_GP;
        }
        break;
    case HOST_INSN_XGETBV:
        if (index != 0)
        {
            return HW_EMULATION_GP;
        }
        value = cpu->xcr0;
        break;
    case HOST_INSN_XSETBV:
        value = get_edx_eax(trap);
        /* x87 is always on; AVX needs SSE. */
        if (index != 0 || !(value & 1) || (value & ~7ull) || (value & 6) == 4)
        {
            return HW_EMULATION_GP;
        }
        cpu->xcr0 = value;
        return HW_EMULATION_DONE;
    default: /* rdtsc, rdtscp */
        value = hw_cpu_tsc(cpu);
        break;
    }
    set_edx_eax(trap, value);
    if (insn->kind == HOST_INSN_RDTSCP)
    {
        hw_msr_read(cpu, HW_MSR_TSC_AUX, &value);
        trap->gpr[HOST_RCX] = (uint32_t)value;
    }
    return HW_EMULATION_DONE;
}

static enum hw_emulation
read_control(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    const struct hw_hooks *hooks = &cpu->machine->hooks;
    uint64_t value;
    switch (insn->operands[1].reg)
    {
    case 0:
        value = cpu->cr0;
        break;
    case 2:
        value = cpu->cr2;
        break;
    case 3:
        value = cpu->cr3;
        break;
    case 4:
        value = cpu->cr4;
        break;
    case 8:
        value = hooks->cr8_read ? hooks->cr8_read(hooks->context, cpu->number) : cpu->cr8;
        break;
    default:
        return HW_EMULATION_UD;
    }
    hw_register_write(trap, &insn->operands[0], value);
    return HW_EMULATION_DONE;
}

static enum hw_emulation
write_cr0(struct hw_cpu *cpu, uint64_t value)
{
    bool valid = (value >> 32) == 0 && (value & 0x80000001) == 0x80000001 &&
                 (value & 0x60000000) != 0x20000000;
    if (!valid)
    {
        return HW_EMULATION_GP; /* paging and protection stay on in long mode; NW needs CD */
    }
    cpu->cr0 = value | 0x10; /* ET is hardwired */
    return HW_EMULATION_DONE;
}

static enum hw_emulation
write_control(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    const struct hw_hooks *hooks = &cpu->machine->hooks;
    uint64_t value = hw_register_read(trap, &insn->operands[1]);
    switch (insn->operands[0].reg)
    {
    case 0:
        return write_cr0(cpu, value);
    case 2:
        cpu->cr2 = value;
        return HW_EMULATION_DONE;
    case 3:
        if ((value & 0x7ff0000000000000ull) != 0)
        {
            return HW_EMULATION_GP;
        }
        cpu->cr3 = value & ~(1ull << 63);
        return HW_EMULATION_DONE;
    case 4:
        if ((value & ~CR4_VALID) || !(value & 0x20)) /* PAE stays on in long mode */
        {
            return HW_EMULATION_GP;
        }
        cpu->cr4 = value;
        return HW_EMULATION_DONE;
    case 8:
        if (value > 15)
        {
            return HW_EMULATION_GP;
        }
        if (hooks->cr8_write)
        {
            return hooks->cr8_write(hooks->context, cpu->number, value) ? HW_EMULATION_DONE
                                                                        : HW_EMULATION_GP;
        }
        cpu->cr8 = value;
        return HW_EMULATION_DONE;
    default:
        return HW_EMULATION_UD;
    }
}

/* dr4 and dr5 are dr6 and dr7 while CR4.DE is clear, and undefined otherwise. */
static enum hw_emulation
debug_register(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    bool write = insn->kind == HOST_INSN_MOV_TO_DR;
    unsigned number = insn->operands[write ? 0 : 1].reg;
    if (number == 4 || number == 5)
    {
        if (cpu->cr4 & 8)
        {
            return HW_EMULATION_UD;
        }
        number += 2;
    }
    if (number > 7)
    {
        return HW_EMULATION_UD;
    }
    if (!write)
    {
        hw_register_write(trap, &insn->operands[0], cpu->dr[number]);
        return HW_EMULATION_DONE;
    }
    uint64_t value = hw_register_read(trap, &insn->operands[1]);
    if (number >= 6 && value >> 32)
    {
        return HW_EMULATION_GP;
    }
    if (number == 6)
    {
        value = (value & 0xe00f) | DR6_DEFAULT;
    }
    else if (number == 7)
    {
        value = (value & ~0xd000ull) | DR7_DEFAULT;
    }
    cpu->dr[number] = value;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
descriptor_table(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    bool gdt = insn->kind == HOST_INSN_LGDT || insn->kind == HOST_INSN_SGDT;
    bool load = insn->kind == HOST_INSN_LGDT || insn->kind == HOST_INSN_LIDT;
    uint64_t *base = gdt ? &cpu->gdt_base : &cpu->idt_base;
    uint16_t *limit = gdt ? &cpu->gdt_limit : &cpu->idt_limit;
    uint64_t address = hw_cpu_operand_address(cpu, trap, insn);
    uint8_t image[10];
    if (load)
    {
        if (!hw_guest_read(cpu->machine, address, image, sizeof image))
        {
            return hw_cpu_fault(trap, address, false);
        }
        memcpy(limit, image, 2);
        memcpy(base, image + 2, 8);
        return HW_EMULATION_DONE;
    }
    memcpy(image, limit, 2);
    memcpy(image + 2, base, 8);
    if (!hw_guest_write(cpu->machine, address, image, sizeof image))
    {
        return hw_cpu_fault(trap, address, true);
    }
    return HW_EMULATION_DONE;
}

/* sldt, str, smsw and their loading twins: one 16-bit operand in a register or in memory. */
static enum hw_emulation
small_register(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    const struct host_operand *operand = &insn->operands[0];
    bool memory = operand->type == HOST_OPERAND_MEMORY;
    uint64_t address = memory ? hw_cpu_operand_address(cpu, trap, insn) : 0;
    uint64_t value;
    if (insn->kind == HOST_INSN_SLDT || insn->kind == HOST_INSN_STR || insn->kind == HOST_INSN_SMSW)
    {
        value = insn->kind == HOST_INSN_SLDT  ? cpu->ldtr
                : insn->kind == HOST_INSN_STR ? cpu->tr
                                              : cpu->cr0;
        if (!memory)
        {
            hw_register_write(trap, operand, value);
            return HW_EMULATION_DONE;
        }
        return hw_guest_write(cpu->machine, address, &value, 2) ? HW_EMULATION_DONE
                                                                : hw_cpu_fault(trap, address, true);
    }
    value = 0;
    if (!memory)
    {
        value = (uint16_t)hw_register_read(trap, operand);
    }
    else if (!hw_guest_read(cpu->machine, address, &value, 2))
    {
        return hw_cpu_fault(trap, address, false);
    }
    switch (insn->kind)
    {
    case HOST_INSN_LLDT:
        cpu->ldtr = (uint16_t)value;
        return HW_EMULATION_DONE;
    case HOST_INSN_LTR:
        if ((value & ~3ull) == 0)
        {
            return HW_EMULATION_GP;
        }
        cpu->tr = (uint16_t)value;
        return HW_EMULATION_DONE;
    default: /* lmsw sets the low four bits and cannot clear PE */
        cpu->cr0 = (cpu->cr0 & ~0xeull) | (value & 0xf);
        return HW_EMULATION_DONE;
    }
}

static enum hw_emulation
set_interrupts(struct hw_cpu *cpu, bool enabled)
{
    const struct hw_hooks *hooks = &cpu->machine->hooks;
    bool before = cpu->interrupts_enabled;
    cpu->interrupts_enabled = enabled;
    if (before != enabled && hooks->interrupts_enabled)
    {
        hooks->interrupts_enabled(hooks->context, cpu->number, enabled);
    }
    return HW_EMULATION_DONE;
}

static enum hw_emulation
swap_gs(struct hw_cpu *cpu)
{
    uint64_t gs, kernel;
    bool done =
        hw_msr_read(cpu, HW_MSR_GS_BASE, &gs) && hw_msr_read(cpu, HW_MSR_KERNEL_GS_BASE, &kernel) &&
        hw_msr_write(cpu, HW_MSR_GS_BASE, kernel) && hw_msr_write(cpu, HW_MSR_KERNEL_GS_BASE, gs);
    return done ? HW_EMULATION_DONE : HW_EMULATION_GP;
}

static enum hw_emulation
segment_base(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    bool fs = insn->kind == HOST_INSN_RDFSBASE || insn->kind == HOST_INSN_WRFSBASE;
    uint32_t index = fs ? HW_MSR_FS_BASE : HW_MSR_GS_BASE;
    uint64_t value;
    if (insn->kind == HOST_INSN_WRFSBASE || insn->kind == HOST_INSN_WRGSBASE)
    {
        value = hw_register_read(trap, &insn->operands[0]);
        return hw_msr_write(cpu, index, value) ? HW_EMULATION_DONE : HW_EMULATION_GP;
    }
    if (!hw_msr_read(cpu, index, &value))
    {
        return HW_EMULATION_GP;
    }
    hw_register_write(trap, &insn->operands[0], value);
    return HW_EMULATION_DONE;
}

static enum hw_emulation
processor_control(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    switch (insn->kind)
    {
    case HOST_INSN_CLI:
        return set_interrupts(cpu, false);
    case HOST_INSN_STI:
        return set_interrupts(cpu, true);
    case HOST_INSN_HLT:
        return HW_EMULATION_HALT;
    case HOST_INSN_CLTS:
        cpu->cr0 &= ~8ull;
        return HW_EMULATION_DONE;
    case HOST_INSN_CLAC:
    case HOST_INSN_STAC:
        cpu->access_check_off = insn->kind == HOST_INSN_STAC;
        return HW_EMULATION_DONE;
    case HOST_INSN_SWAPGS:
        return swap_gs(cpu);
    case HOST_INSN_INVPCID:
        return hw_register_read(trap, &insn->operands[0]) > 3 ? HW_EMULATION_GP : HW_EMULATION_DONE;
    case HOST_INSN_INVLPG: /* one address space without a translation cache */
    case HOST_INSN_WBINVD:
    case HOST_INSN_INVD:
    case HOST_INSN_MONITOR:
    case HOST_INSN_MWAIT: /* may end at any time, so it ends at once */
        return HW_EMULATION_DONE;
    case HOST_INSN_VIRTUALIZATION: /* not offered */
    case HOST_INSN_UD:
        return HW_EMULATION_UD;
    case HOST_INSN_INT:
        return HW_EMULATION_INT;
    default:
        return HW_EMULATION_NOT_MINE;
    }
}

static enum hw_emulation
dispatch(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    switch (insn->kind)
    {
    case HOST_INSN_IN:
    case HOST_INSN_OUT:
    case HOST_INSN_INS:
    case HOST_INSN_OUTS:
        return hw_cpu_port_io(cpu, trap, insn);
    case HOST_INSN_RDMSR:
    case HOST_INSN_WRMSR:
    case HOST_INSN_RDPMC:
    case HOST_INSN_RDTSC:
    case HOST_INSN_RDTSCP:
    case HOST_INSN_XGETBV:
    case HOST_INSN_XSETBV:
        return model_registers(cpu, trap, insn);
    case HOST_INSN_MOV_FROM_CR:
        return read_control(cpu, trap, insn);
    case HOST_INSN_MOV_TO_CR:
        return write_control(cpu, trap, insn);
    case HOST_INSN_MOV_FROM_DR:
    case HOST_INSN_MOV_TO_DR:
        return debug_register(cpu, trap, insn);
    case HOST_INSN_LGDT:
    case HOST_INSN_LIDT:
    case HOST_INSN_SGDT:
    case HOST_INSN_SIDT:
        return descriptor_table(cpu, trap, insn);
    case HOST_INSN_LLDT:
    case HOST_INSN_SLDT:
    case HOST_INSN_LTR:
    case HOST_INSN_STR:
    case HOST_INSN_LMSW:
    case HOST_INSN_SMSW:
        return small_register(cpu, trap, insn);
    case HOST_INSN_RDFSBASE:
    case HOST_INSN_RDGSBASE:
    case HOST_INSN_WRFSBASE:
    case HOST_INSN_WRGSBASE:
        return segment_base(cpu, trap, insn);
    default:
        return processor_control(cpu, trap, insn);
    }
}

enum hw_emulation
hw_cpu_emulate(struct hw_machine *machine,
               unsigned number,
               struct host_trap *trap,
               const struct host_insn *insn)
{
    struct hw_cpu *cpu = hw_machine_cpu(machine, number);
    if (!cpu)
    {
        return HW_EMULATION_NOT_MINE;
    }
    uint64_t rip = trap->rip;
    enum hw_emulation result = dispatch(cpu, trap, insn);
    if (result == HW_EMULATION_PARTIAL)
    {
        return HW_EMULATION_DONE;
    }
    if (result == HW_EMULATION_DONE || result == HW_EMULATION_HALT)
    {
        trap->rip = rip + insn->length;
    }
    return result;
}
