/* SPDX-License-Identifier: MIT */
/*
 * in, out, and their string forms. No state; runs on the signal stack.
 */
#include "hw/core/machine.h"

#include "hw/core/alu.h"
#include "hw/core/cpup.h"

static uint16_t
port_of(const struct host_trap *trap, const struct host_operand *operand)
{
    return operand->type == HOST_OPERAND_IMMEDIATE ? (uint8_t)operand->immediate
                                                   : (uint16_t)trap->gpr[HOST_RDX];
}

static uint64_t
address_register(const struct host_trap *trap, const struct host_insn *insn, unsigned reg)
{
    return hw_truncate(trap->gpr[reg], insn->address_size);
}

static bool
fail(struct host_trap *trap, uint64_t address, bool write)
{
    hw_cpu_fault(trap, address, write);
    return false;
}

static bool
one_element(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    uint16_t port = (uint16_t)trap->gpr[HOST_RDX];
    unsigned size = insn->operand_size;
    uint32_t value = 0;
    if (insn->kind == HOST_INSN_INS)
    {
        uint64_t to = address_register(trap, insn, HOST_RDI);
        /* Plain memory is probed before the device sees the read, which cannot be undone. */
        if (!hw_mmio_covers(cpu->machine, to) && !hw_guest_read(cpu->machine, to, &value, size))
        {
            return fail(trap, to, true);
        }
        value = hw_port_read(cpu->machine, port, size);
        return hw_guest_write(cpu->machine, to, &value, size) || fail(trap, to, true);
    }
    uint64_t base = 0;
    if (insn->memory.segment == HOST_SEGMENT_GS)
    {
        hw_msr_read(cpu, HW_MSR_GS_BASE, &base);
    }
    uint64_t from = address_register(trap, insn, HOST_RSI) + base;
    if (!hw_guest_read(cpu->machine, from, &value, size))
    {
        return fail(trap, from, false);
    }
    hw_port_write(cpu->machine, port, value, size);
    return true;
}

static enum hw_emulation
string_io(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    unsigned index = insn->kind == HOST_INSN_INS ? HOST_RDI : HOST_RSI;
    uint64_t size = insn->operand_size;
    uint64_t step = trap->rflags & HW_FLAG_DF ? 0 - size : size;
    for (unsigned done = 0;; done++)
    {
        if (insn->rep && address_register(trap, insn, HOST_RCX) == 0)
        {
            return HW_EMULATION_DONE;
        }
        if (done == HW_EMULATE_REP_MAX)
        {
            return HW_EMULATION_PARTIAL;
        }
        if (!one_element(cpu, trap, insn))
        {
            return HW_EMULATION_PF;
        }
        trap->gpr[index] = hw_truncate(trap->gpr[index] + step, insn->address_size);
        if (!insn->rep)
        {
            return HW_EMULATION_DONE;
        }
        trap->gpr[HOST_RCX] = hw_truncate(trap->gpr[HOST_RCX] - 1, insn->address_size);
    }
}

enum hw_emulation
hw_cpu_port_io(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn)
{
    const struct host_operand *operands = insn->operands;
    if (insn->kind == HOST_INSN_IN)
    {
        uint32_t value = hw_port_read(cpu->machine, port_of(trap, &operands[1]), operands[0].size);
        hw_register_write(trap, &operands[0], value);
        return HW_EMULATION_DONE;
    }
    if (insn->kind == HOST_INSN_OUT)
    {
        uint32_t value = (uint32_t)hw_register_read(trap, &operands[1]);
        hw_port_write(cpu->machine, port_of(trap, &operands[0]), value, operands[1].size);
        return HW_EMULATION_DONE;
    }
    return string_io(cpu, trap, insn);
}
