/* SPDX-License-Identifier: MIT */
/*
 * The emulator's front: operands, data transfer, exchanges, stack and flow. Every handler reads all
 * it needs and writes memory before it writes registers, so that a fault leaves no trace. No state,
 * runs on the signal stack.
 */
#include "hw/core/emulatep.h"

#include <string.h>

/* Selectors that 64-bit Windows runs kernel code with. */
static const uint16_t selectors[6] = {0x2b, 0x10, 0x18, 0x2b, 0x53, 0x2b};

uint64_t
hw_register_read(const struct host_trap *trap, const struct host_operand *operand)
{
    if (operand->register_class == HOST_CLASS_SEGMENT)
    {
        return selectors[operand->reg % 6];
    }
    if (operand->register_class == HOST_CLASS_GPR_HIGH8)
    {
        return (trap->gpr[operand->reg & 3] >> 8) & 0xff;
    }
    return hw_truncate(trap->gpr[operand->reg & 15], operand->size);
}

void
hw_register_write(struct host_trap *trap, const struct host_operand *operand, uint64_t value)
{
    if (operand->register_class == HOST_CLASS_GPR_HIGH8)
    {
        uint64_t *low = &trap->gpr[operand->reg & 3];
        *low = (*low & ~0xff00ull) | (value & 0xff) << 8;
        return;
    }
    uint64_t *reg = &trap->gpr[operand->reg & 15];
    switch (operand->size)
    {
    case 1:
        *reg = (*reg & ~0xffull) | (value & 0xff);
        break;
    case 2:
        *reg = (*reg & ~0xffffull) | (value & 0xffff);
        break;
    case 4:
        *reg = (uint32_t)value;
        break;
    default:
        *reg = value;
        break;
    }
}

static bool
fault(struct emulation *e, uint64_t address, bool write)
{
    e->trap->fault_address = address;
    e->trap->error_code = write ? HOST_PF_WRITE : 0;
    e->trap->trap_number = HOST_VECTOR_PF;
    e->result = HW_EMULATION_PF;
    return false;
}

bool
hw_emulation_load(struct emulation *e, uint64_t address, void *data, unsigned size)
{
    return e->ops->read(e->ops->context, address, data, size) || fault(e, address, false);
}

bool
hw_emulation_store(struct emulation *e, uint64_t address, const void *data, unsigned size)
{
    return e->ops->write(e->ops->context, address, data, size) || fault(e, address, true);
}

bool
hw_emulation_get(struct emulation *e, unsigned index, uint64_t *value)
{
    const struct host_operand *operand = &e->insn->operands[index];
    *value = 0;
    switch (operand->type)
    {
    case HOST_OPERAND_MEMORY:
        return hw_emulation_load(e, e->address, value, e->insn->memory.size);
    case HOST_OPERAND_IMMEDIATE:
        *value = operand->immediate;
        return true;
    default:
        *value = hw_register_read(e->trap, operand);
        return true;
    }
}

bool
hw_emulation_put(struct emulation *e, unsigned index, uint64_t value)
{
    const struct host_operand *operand = &e->insn->operands[index];
    if (operand->type == HOST_OPERAND_MEMORY)
    {
        return hw_emulation_store(e, e->address, &value, e->insn->memory.size);
    }
    hw_register_write(e->trap, operand, value);
    return true;
}

static uint64_t
byte_swap(uint64_t value, unsigned size)
{
    return __builtin_bswap64(value) >> (64 - size * 8);
}

static enum hw_emulation
move(struct emulation *e)
{
    const struct host_operand *source = &e->insn->operands[1];
    uint64_t value;
    if (!hw_emulation_get(e, 1, &value))
    {
        return e->result;
    }
    unsigned size = source->type == HOST_OPERAND_MEMORY ? e->insn->memory.size : source->size;
    if (e->insn->kind == HOST_INSN_MOVSX)
    {
        value = hw_sign_extend(value, size);
    }
    else if (e->insn->kind == HOST_INSN_MOVBE)
    {
        value = byte_swap(value, e->insn->operands[0].size);
    }
    return hw_emulation_put(e, 0, value) ? HW_EMULATION_DONE : e->result;
}

static enum hw_emulation
conditional(struct emulation *e)
{
    bool holds = host_insn_condition(e->insn->condition, e->trap->rflags);
    uint64_t old = 0;
    uint64_t value = holds;
    if (e->insn->kind == HOST_INSN_CMOVCC)
    {
        /* The load happens, and a 32-bit destination loses its upper half, in any case. */
        if (!hw_emulation_get(e, 0, &old) || !hw_emulation_get(e, 1, &value))
        {
            return e->result;
        }
        value = holds ? value : old;
    }
    return hw_emulation_put(e, 0, value) ? HW_EMULATION_DONE : e->result;
}

static enum hw_emulation
exchange(struct emulation *e)
{
    const struct host_operand *operands = e->insn->operands;
    uint64_t first, second;
    if (!hw_emulation_get(e, 0, &first) || !hw_emulation_get(e, 1, &second))
    {
        return e->result;
    }
    unsigned memory = operands[1].type == HOST_OPERAND_MEMORY ? 1 : 0;
    uint64_t flags = e->trap->rflags;
    uint64_t sum = hw_alu_binary(HOST_INSN_ADD, operands[0].size, first, second, &flags);
    bool add = e->insn->kind == HOST_INSN_XADD;
    uint64_t values[2] = {add ? sum : second, first};
    if (!hw_emulation_put(e, memory, values[memory]))
    {
        return e->result;
    }
    if (add && memory == 0 && operands[0].type == HOST_OPERAND_REGISTER)
    {
        /* Between two registers the sum wins when both are the same. */
        hw_emulation_put(e, 1, values[1]);
        hw_emulation_put(e, 0, values[0]);
    }
    else
    {
        hw_emulation_put(e, !memory, values[!memory]);
    }
    e->trap->rflags = add ? flags : e->trap->rflags;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
compare_exchange(struct emulation *e)
{
    struct host_operand accumulator = e->insn->operands[1];
    uint64_t old, source;
    uint64_t flags = e->trap->rflags;
    accumulator.reg = HOST_RAX;
    accumulator.register_class = HOST_CLASS_GPR;
    if (!hw_emulation_get(e, 0, &old) || !hw_emulation_get(e, 1, &source))
    {
        return e->result;
    }
    hw_alu_binary(HOST_INSN_CMP, accumulator.size, hw_register_read(e->trap, &accumulator), old,
                  &flags);
    bool equal = flags & HW_FLAG_ZF;
    if (!hw_emulation_put(e, 0, equal ? source : old))
    {
        return e->result;
    }
    if (!equal)
    {
        hw_register_write(e->trap, &accumulator, old);
    }
    e->trap->rflags = flags;
    return HW_EMULATION_DONE;
}

/* cmpxchg8b and cmpxchg16b: rdx:rax against memory, rcx:rbx into it. */
static enum hw_emulation
compare_exchange_pair(struct emulation *e)
{
    unsigned half = e->insn->kind == HOST_INSN_CMPXCHG16B ? 8 : 4;
    uint64_t *gpr = e->trap->gpr;
    uint8_t old[16] = {0};
    uint8_t expected[16];
    uint8_t replacement[16];
    if (half == 8 && (e->address & 15))
    {
        return HW_EMULATION_GP;
    }
    memcpy(expected, &gpr[HOST_RAX], half);
    memcpy(expected + half, &gpr[HOST_RDX], half);
    memcpy(replacement, &gpr[HOST_RBX], half);
    memcpy(replacement + half, &gpr[HOST_RCX], half);
    if (!hw_emulation_load(e, e->address, old, half * 2))
    {
        return e->result;
    }
    bool equal = memcmp(old, expected, half * 2) == 0;
    if (!hw_emulation_store(e, e->address, equal ? replacement : old, half * 2))
    {
        return e->result;
    }
    if (equal)
    {
        e->trap->rflags |= HW_FLAG_ZF;
        return HW_EMULATION_DONE;
    }
    e->trap->rflags &= ~(uint64_t)HW_FLAG_ZF;
    gpr[HOST_RAX] = 0;
    gpr[HOST_RDX] = 0;
    memcpy(&gpr[HOST_RAX], old, half);
    memcpy(&gpr[HOST_RDX], old + half, half);
    return HW_EMULATION_DONE;
}

static enum hw_emulation
push_value(struct emulation *e, uint64_t value, unsigned size)
{
    uint64_t rsp = e->trap->gpr[HOST_RSP] - size;
    if (!hw_emulation_store(e, rsp, &value, size))
    {
        return e->result;
    }
    e->trap->gpr[HOST_RSP] = rsp;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
stack(struct emulation *e)
{
    unsigned size = e->insn->operand_size == 2 ? 2 : 8;
    uint64_t value;
    if (e->insn->kind == HOST_INSN_PUSH)
    {
        return hw_emulation_get(e, 0, &value) ? push_value(e, value, size) : e->result;
    }
    value = 0;
    uint64_t rsp = e->trap->gpr[HOST_RSP];
    if (!hw_emulation_load(e, rsp, &value, size))
    {
        return e->result;
    }
    /* An address based on rsp counts from after the pop. */
    e->trap->gpr[HOST_RSP] = rsp + size;
    if (e->insn->has_memory)
    {
        e->address =
            host_insn_effective_address(e->insn, e->trap, e->ops->fs_base, e->ops->gs_base);
    }
    if (!hw_emulation_put(e, 0, value))
    {
        e->trap->gpr[HOST_RSP] = rsp;
        return e->result;
    }
    return HW_EMULATION_DONE;
}

/* Indirect call and jump through memory, and ret. */
static enum hw_emulation
flow(struct emulation *e)
{
    uint64_t target = 0;
    if (e->insn->kind == HOST_INSN_RET)
    {
        uint64_t rsp = e->trap->gpr[HOST_RSP];
        if (!hw_emulation_load(e, rsp, &target, 8))
        {
            return e->result;
        }
        e->trap->gpr[HOST_RSP] = rsp + 8 + e->insn->immediate;
    }
    else
    {
        if (e->insn->branch_direct || e->insn->operand_count != 1 || e->insn->operands[0].size != 8)
        {
            return HW_EMULATION_NOT_MINE;
        }
        if (!hw_emulation_get(e, 0, &target))
        {
            return e->result;
        }
        uint64_t next = e->trap->rip + e->insn->length;
        if (e->insn->kind == HOST_INSN_CALL && push_value(e, next, 8) != HW_EMULATION_DONE)
        {
            return e->result;
        }
    }
    e->trap->rip = target;
    e->flow = true;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
dispatch(struct emulation *e)
{
    switch (e->insn->kind)
    {
    case HOST_INSN_MOV:
    case HOST_INSN_MOVZX:
    case HOST_INSN_MOVSX:
    case HOST_INSN_MOVBE:
        return move(e);
    case HOST_INSN_CMOVCC:
    case HOST_INSN_SETCC:
        return conditional(e);
    case HOST_INSN_XCHG:
    case HOST_INSN_XADD:
        return exchange(e);
    case HOST_INSN_CMPXCHG:
        return compare_exchange(e);
    case HOST_INSN_CMPXCHG8B:
    case HOST_INSN_CMPXCHG16B:
        return compare_exchange_pair(e);
    case HOST_INSN_PUSH:
    case HOST_INSN_POP:
        return stack(e);
    case HOST_INSN_CALL:
    case HOST_INSN_JMP:
    case HOST_INSN_RET:
        return flow(e);
    case HOST_INSN_HINT:
        return HW_EMULATION_DONE;
    case HOST_INSN_VECTOR_MOVE:
        return hw_emulate_vector(e);
    case HOST_INSN_MOVS:
    case HOST_INSN_STOS:
    case HOST_INSN_LODS:
    case HOST_INSN_CMPS:
    case HOST_INSN_SCAS:
        return hw_emulate_string(e);
    default:
        return e->insn->kind >= HOST_INSN_ADD ? hw_emulate_arithmetic(e) : HW_EMULATION_NOT_MINE;
    }
}

/* Registers other than general and segment ones have no value here (x87, mmx, mask). */
static bool
operands_known(const struct host_insn *insn)
{
    for (unsigned i = 0; i < insn->operand_count; i++)
    {
        const struct host_operand *operand = &insn->operands[i];
        bool known = operand->register_class <= HOST_CLASS_GPR_HIGH8 ||
                     (operand->register_class == HOST_CLASS_SEGMENT &&
                      !(operand->actions & HOST_OPERAND_WRITE));
        if (operand->type == HOST_OPERAND_REGISTER && !known)
        {
            return false;
        }
    }
    return true;
}

enum hw_emulation
hw_emulate_access(struct host_trap *trap,
                  const struct host_insn *insn,
                  const struct hw_access_ops *ops)
{
    struct emulation e = {.trap = trap, .insn = insn, .ops = ops, .result = HW_EMULATION_NOT_MINE};
    if (insn->kind != HOST_INSN_VECTOR_MOVE && !operands_known(insn))
    {
        return HW_EMULATION_NOT_MINE;
    }
    if (insn->has_memory)
    {
        e.address = host_insn_effective_address(insn, trap, ops->fs_base, ops->gs_base);
    }
    enum hw_emulation result = dispatch(&e);
    if (result == HW_EMULATION_DONE && !e.flow)
    {
        trap->rip += insn->length;
    }
    return result;
}
