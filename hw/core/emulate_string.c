/* SPDX-License-Identifier: MIT */
/*
 * String instructions and vector moves of the emulator. Registers move with each finished element,
 * so a fault in the middle of a rep leaves exactly the elements before it done.
 */
#include "hw/core/emulatep.h"

#include <string.h>

#include "hw/core/vector.h"

uint64_t
hw_string_register(const struct emulation *e, unsigned reg)
{
    return hw_truncate(e->trap->gpr[reg], e->insn->address_size);
}

void
hw_string_register_set(struct emulation *e, unsigned reg, uint64_t value)
{
    e->trap->gpr[reg] = hw_truncate(value, e->insn->address_size);
}

static uint64_t
source_base(const struct emulation *e)
{
    uint8_t segment = e->insn->memory.segment;
    return segment == HOST_SEGMENT_GS   ? e->ops->gs_base
           : segment == HOST_SEGMENT_FS ? e->ops->fs_base
                                        : 0;
}

/* Bits of *uses: which registers the element moved. */
#define USES_RSI 1u
#define USES_RDI 2u

/* One element. False: `result` says why. */
static bool
element(struct emulation *e, unsigned size, unsigned *uses)
{
    uint64_t from = hw_string_register(e, HOST_RSI) + source_base(e);
    uint64_t to = hw_string_register(e, HOST_RDI);
    struct host_operand rax = {
        .register_class = HOST_CLASS_GPR, .reg = HOST_RAX, .size = (uint8_t)size};
    uint64_t accumulator = hw_register_read(e->trap, &rax);
    uint64_t first = 0;
    uint64_t second = 0;
    switch (e->insn->kind)
    {
    case HOST_INSN_MOVS:
        *uses = USES_RSI | USES_RDI;
        return hw_emulation_load(e, from, &first, size) && hw_emulation_store(e, to, &first, size);
    case HOST_INSN_STOS:
        *uses = USES_RDI;
        return hw_emulation_store(e, to, &accumulator, size);
    case HOST_INSN_LODS:
        *uses = USES_RSI;
        if (!hw_emulation_load(e, from, &first, size))
        {
            return false;
        }
        hw_register_write(e->trap, &rax, first);
        return true;
    case HOST_INSN_CMPS:
        *uses = USES_RSI | USES_RDI;
        if (!hw_emulation_load(e, from, &first, size) || !hw_emulation_load(e, to, &second, size))
        {
            return false;
        }
        hw_alu_binary(HOST_INSN_CMP, size, first, second, &e->trap->rflags);
        return true;
    default: /* scas */
        *uses = USES_RDI;
        if (!hw_emulation_load(e, to, &second, size))
        {
            return false;
        }
        hw_alu_binary(HOST_INSN_CMP, size, accumulator, second, &e->trap->rflags);
        return true;
    }
}

/* repe and repne look at ZF after a comparison. */
static bool
comparison_ends(const struct emulation *e)
{
    bool compares = e->insn->kind == HOST_INSN_CMPS || e->insn->kind == HOST_INSN_SCAS;
    bool zero = e->trap->rflags & HW_FLAG_ZF;
    return compares && zero == (e->insn->rep == HOST_REPNE);
}

enum hw_emulation
hw_emulate_string(struct emulation *e)
{
    unsigned size = e->insn->operand_size;
    uint64_t step = e->trap->rflags & HW_FLAG_DF ? 0 - (uint64_t)size : size;
    for (unsigned done = 0;; done++)
    {
        unsigned uses;
        if (e->insn->rep && hw_string_register(e, HOST_RCX) == 0)
        {
            return HW_EMULATION_DONE;
        }
        if (done == HW_EMULATE_REP_MAX)
        {
            e->flow = true; /* rip stays: the instruction goes on where it is */
            return HW_EMULATION_DONE;
        }
        if (!element(e, size, &uses))
        {
            return e->result;
        }
        if (uses & USES_RSI)
        {
            hw_string_register_set(e, HOST_RSI, hw_string_register(e, HOST_RSI) + step);
        }
        if (uses & USES_RDI)
        {
            hw_string_register_set(e, HOST_RDI, hw_string_register(e, HOST_RDI) + step);
        }
        if (!e->insn->rep)
        {
            return HW_EMULATION_DONE;
        }
        hw_string_register_set(e, HOST_RCX, hw_string_register(e, HOST_RCX) - 1);
        if (comparison_ends(e))
        {
            return HW_EMULATION_DONE;
        }
    }
}

static enum hw_emulation
vector_store(struct emulation *e, unsigned reg)
{
    uint8_t data[64];
    unsigned size = e->insn->memory.size;
    bool high = e->insn->vector_form == HOST_VECTOR_HIGH_MERGE;
    if (!hw_vector_read(e->trap, reg, data, size < 16 ? 16 : size))
    {
        return HW_EMULATION_NOT_MINE;
    }
    if (!hw_emulation_store(e, e->address, data + (high ? 8 : 0), size))
    {
        return e->result;
    }
    return HW_EMULATION_DONE;
}

static enum hw_emulation
vector_load(struct emulation *e, unsigned reg)
{
    uint8_t loaded[64] = {0};
    uint8_t data[64] = {0};
    unsigned size = e->insn->memory.size;
    unsigned form = e->insn->vector_form;
    unsigned total = size < 16 ? 16 : size;
    /* VEX encodings take the bytes that stay from a second register. */
    unsigned kept = e->insn->operand_count == 3 ? e->insn->operands[1].reg : reg;
    if (!hw_vector_read(e->trap, kept, data, total))
    {
        return HW_EMULATION_NOT_MINE;
    }
    if (!hw_emulation_load(e, e->address, loaded, size))
    {
        return e->result;
    }
    if (form == HOST_VECTOR_FULL || form == HOST_VECTOR_LOW_ZERO)
    {
        memcpy(data, loaded, total);
    }
    else
    {
        memcpy(data + (form == HOST_VECTOR_HIGH_MERGE ? 8 : 0), loaded, size);
    }
    hw_vector_write(e->trap, reg, data, total, e->insn->vex);
    return HW_EMULATION_DONE;
}

enum hw_emulation
hw_emulate_vector(struct emulation *e)
{
    const struct host_insn *insn = e->insn;
    bool store = insn->operands[0].type == HOST_OPERAND_MEMORY;
    unsigned reg = store ? insn->operands[insn->operand_count - 1].reg : insn->operands[0].reg;
    if (insn->masked || insn->memory.size > 64)
    {
        return HW_EMULATION_NOT_MINE;
    }
    if (insn->aligned && e->address % insn->memory.size)
    {
        return HW_EMULATION_GP;
    }
    return store ? vector_store(e, reg) : vector_load(e, reg);
}
