/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic, logic, shifts and bit operations of the emulator. No state, runs on the signal stack.
 */
#include "hw/core/emulatep.h"

static unsigned
width(const struct emulation *e, unsigned index)
{
    const struct host_operand *operand = &e->insn->operands[index];
    return operand->type == HOST_OPERAND_MEMORY ? e->insn->memory.size : operand->size;
}

/* Flags become visible only when the write succeeded. */
static enum hw_emulation
finish(struct emulation *e, uint64_t value, uint64_t flags)
{
    if (!hw_emulation_put(e, 0, value))
    {
        return e->result;
    }
    e->trap->rflags = flags;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
binary(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t dst, src;
    if (!hw_emulation_get(e, 0, &dst) || !hw_emulation_get(e, 1, &src))
    {
        return e->result;
    }
    uint64_t value = hw_alu_binary(e->insn->kind, width(e, 0), dst, src, &flags);
    if (e->insn->kind == HOST_INSN_CMP || e->insn->kind == HOST_INSN_TEST)
    {
        e->trap->rflags = flags;
        return HW_EMULATION_DONE;
    }
    return finish(e, value, flags);
}

static enum hw_emulation
unary(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t dst;
    if (!hw_emulation_get(e, 0, &dst))
    {
        return e->result;
    }
    uint64_t value = hw_alu_unary(e->insn->kind, width(e, 0), dst, &flags);
    return finish(e, value, flags);
}

static enum hw_emulation
shift(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t dst;
    uint64_t count = 1;
    if (!hw_emulation_get(e, 0, &dst) ||
        (e->insn->operand_count > 1 && !hw_emulation_get(e, 1, &count)))
    {
        return e->result;
    }
    uint64_t value = hw_alu_shift(e->insn->kind, width(e, 0), dst, count & 0xff, &flags);
    return finish(e, value, flags);
}

static enum hw_emulation
double_shift(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t dst, src, count;
    if (!hw_emulation_get(e, 0, &dst) || !hw_emulation_get(e, 1, &src) ||
        !hw_emulation_get(e, 2, &count))
    {
        return e->result;
    }
    uint64_t value =
        hw_alu_double_shift(e->insn->kind, width(e, 0), dst, src, count & 0xff, &flags);
    return finish(e, value, flags);
}

/* The BMI2 shifts: dst, src, count; no flags. */
static enum hw_emulation
plain_shift(struct emulation *e)
{
    uint64_t ignored = e->trap->rflags;
    unsigned size = width(e, 0);
    enum host_insn_kind kind = e->insn->kind == HOST_INSN_SHLX   ? HOST_INSN_SHL
                               : e->insn->kind == HOST_INSN_SHRX ? HOST_INSN_SHR
                               : e->insn->kind == HOST_INSN_SARX ? HOST_INSN_SAR
                                                                 : HOST_INSN_ROR;
    uint64_t src, count;
    if (!hw_emulation_get(e, 1, &src) || !hw_emulation_get(e, 2, &count))
    {
        return e->result;
    }
    uint64_t value = hw_alu_shift(kind, size, src, count & (size * 8 - 1), &ignored);
    return finish(e, value, e->trap->rflags);
}

static enum hw_emulation
and_not(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t inverted, src;
    if (!hw_emulation_get(e, 1, &inverted) || !hw_emulation_get(e, 2, &src))
    {
        return e->result;
    }
    uint64_t value = hw_alu_binary(HOST_INSN_AND, width(e, 0), ~inverted, src, &flags);
    return finish(e, value, flags);
}

/* A bit offset in a register reaches beyond the operand: the access moves by whole operands. */
static enum hw_emulation
bit(struct emulation *e)
{
    unsigned size = width(e, 0);
    unsigned bits = size * 8;
    uint64_t dst, offset;
    if (!hw_emulation_get(e, 1, &offset))
    {
        return e->result;
    }
    if (e->insn->operands[0].type == HOST_OPERAND_MEMORY &&
        e->insn->operands[1].type == HOST_OPERAND_REGISTER)
    {
        int64_t index = (int64_t)hw_sign_extend(offset, size) >> (size == 8   ? 6
                                                                  : size == 4 ? 5
                                                                              : 4);
        e->address += (uint64_t)index * size;
        if (e->insn->address_size == 4)
        {
            e->address = (uint32_t)e->address;
        }
    }
    if (!hw_emulation_get(e, 0, &dst))
    {
        return e->result;
    }
    uint64_t mask = 1ull << (offset & (bits - 1));
    uint64_t flags = e->trap->rflags & ~(uint64_t)HW_FLAG_CF;
    flags |= dst & mask ? HW_FLAG_CF : 0;
    switch (e->insn->kind)
    {
    case HOST_INSN_BTS:
        return finish(e, dst | mask, flags);
    case HOST_INSN_BTR:
        return finish(e, dst & ~mask, flags);
    case HOST_INSN_BTC:
        return finish(e, dst ^ mask, flags);
    default:
        e->trap->rflags = flags;
        return HW_EMULATION_DONE;
    }
}

static enum hw_emulation
count_bits(struct emulation *e)
{
    uint64_t flags = e->trap->rflags;
    uint64_t src, value;
    if (!hw_emulation_get(e, 1, &src))
    {
        return e->result;
    }
    if (hw_alu_count_bits(e->insn->kind, width(e, 1), src, &value, &flags))
    {
        return finish(e, value, flags);
    }
    e->trap->rflags = flags;
    return HW_EMULATION_DONE;
}

static struct host_operand
gpr(unsigned reg, unsigned size)
{
    return (struct host_operand){.type = HOST_OPERAND_REGISTER,
                                 .register_class = HOST_CLASS_GPR,
                                 .reg = (uint8_t)reg,
                                 .size = (uint8_t)size};
}

/* Writes a pair of results: ax for bytes, else rax and rdx. */
static void
put_pair(struct emulation *e, unsigned size, uint64_t low, uint64_t high)
{
    struct host_operand rax = gpr(HOST_RAX, size == 1 ? 2 : size);
    struct host_operand rdx = gpr(HOST_RDX, size);
    hw_register_write(e->trap, &rax, size == 1 ? low | high << 8 : low);
    if (size > 1)
    {
        hw_register_write(e->trap, &rdx, high);
    }
}

static enum hw_emulation
multiply(struct emulation *e)
{
    bool is_signed = e->insn->kind == HOST_INSN_IMUL;
    unsigned size = width(e, 0);
    uint64_t flags = e->trap->rflags;
    uint64_t a, b, low, high;
    if (is_signed && e->insn->operand_count > 1)
    {
        /* imul reg, r/m or imul reg, r/m, immediate */
        unsigned last = e->insn->operand_count - 1u;
        if (!hw_emulation_get(e, last == 2 ? 1 : 0, &a) || !hw_emulation_get(e, last, &b))
        {
            return e->result;
        }
        hw_alu_multiply(true, size, a, b, &low, &high, &flags);
        return finish(e, low, flags);
    }
    struct host_operand rax = gpr(HOST_RAX, size);
    if (!hw_emulation_get(e, 0, &b))
    {
        return e->result;
    }
    a = hw_register_read(e->trap, &rax);
    hw_alu_multiply(is_signed, size, a, b, &low, &high, &flags);
    put_pair(e, size, low, high);
    e->trap->rflags = flags;
    return HW_EMULATION_DONE;
}

static enum hw_emulation
divide(struct emulation *e)
{
    unsigned size = width(e, 0);
    struct host_operand rax = gpr(HOST_RAX, size == 1 ? 2 : size);
    struct host_operand rdx = gpr(HOST_RDX, size);
    uint64_t divisor, quotient, remainder;
    if (!hw_emulation_get(e, 0, &divisor))
    {
        return e->result;
    }
    uint64_t low = hw_register_read(e->trap, &rax);
    uint64_t high = size == 1 ? low >> 8 : hw_register_read(e->trap, &rdx);
    if (!hw_alu_divide(e->insn->kind == HOST_INSN_IDIV, size, low, high, divisor, &quotient,
                       &remainder))
    {
        return HW_EMULATION_DE;
    }
    put_pair(e, size, quotient, remainder);
    return HW_EMULATION_DONE;
}

enum hw_emulation
hw_emulate_arithmetic(struct emulation *e)
{
    switch (e->insn->kind)
    {
    case HOST_INSN_INC:
    case HOST_INSN_DEC:
    case HOST_INSN_NOT:
    case HOST_INSN_NEG:
        return unary(e);
    case HOST_INSN_MUL:
    case HOST_INSN_IMUL:
        return multiply(e);
    case HOST_INSN_DIV:
    case HOST_INSN_IDIV:
        return divide(e);
    case HOST_INSN_SHLD:
    case HOST_INSN_SHRD:
        return double_shift(e);
    case HOST_INSN_SHLX:
    case HOST_INSN_SHRX:
    case HOST_INSN_SARX:
    case HOST_INSN_RORX:
        return plain_shift(e);
    case HOST_INSN_ANDN:
        return and_not(e);
    case HOST_INSN_BT:
    case HOST_INSN_BTS:
    case HOST_INSN_BTR:
    case HOST_INSN_BTC:
        return bit(e);
    case HOST_INSN_BSF:
    case HOST_INSN_BSR:
    case HOST_INSN_TZCNT:
    case HOST_INSN_LZCNT:
    case HOST_INSN_POPCNT:
        return count_bits(e);
    default:
        break;
    }
    return e->insn->kind >= HOST_INSN_ROL ? shift(e) : binary(e);
}
