/* SPDX-License-Identifier: MIT */
/*
 * Private to hw/core/emulate*.c: one instruction on its way.
 */
#ifndef HW_CORE_EMULATEP_H
#define HW_CORE_EMULATEP_H

#include "hw/core/alu.h"
#include "hw/core/emulate.h"

struct emulation
{
    struct host_trap *trap;
    const struct host_insn *insn;
    const struct hw_access_ops *ops;
    uint64_t address;         /* of the memory operand */
    enum hw_emulation result; /* why a helper returned false */
    bool flow;                /* the handler has set rip itself */
};

/* Memory and operands. False: `result` says why, and nothing has changed. */
bool hw_emulation_load(struct emulation *e, uint64_t address, void *data, unsigned size);
bool hw_emulation_store(struct emulation *e, uint64_t address, const void *data, unsigned size);
bool hw_emulation_get(struct emulation *e, unsigned index, uint64_t *value);
bool hw_emulation_put(struct emulation *e, unsigned index, uint64_t value);

enum hw_emulation hw_emulate_string(struct emulation *e);
enum hw_emulation hw_emulate_vector(struct emulation *e);
enum hw_emulation hw_emulate_arithmetic(struct emulation *e);

/* One register of a string instruction, by address size. */
uint64_t hw_string_register(const struct emulation *e, unsigned reg);
void hw_string_register_set(struct emulation *e, unsigned reg, uint64_t value);

#endif
