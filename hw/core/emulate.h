/* SPDX-License-Identifier: MIT */
/*
 * Executes one decoded instruction on a host_trap, with memory behind callbacks. Knows nothing of
 * machines: the MMIO windows, the shared user page and the privileged instructions build on it.
 */
#ifndef HW_CORE_EMULATE_H
#define HW_CORE_EMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/insn.h"
#include "host/trap.h"

/* Only HW_EMULATION_DONE and HW_EMULATION_HALT have moved rip. Faults leave the registers as the
 * processor would: untouched, except for the finished iterations of a rep prefix. */
enum hw_emulation
{
    HW_EMULATION_DONE,     /* executed, rip behind it (or on it: rep with iterations left) */
    HW_EMULATION_NOT_MINE, /* not an instruction this emulator knows; nothing changed */
    HW_EMULATION_PF,       /* trap->fault_address and error_code say what */
    HW_EMULATION_GP,       /* #GP(0) */
    HW_EMULATION_UD,       /* #UD */
    HW_EMULATION_DE,       /* divide error */
    HW_EMULATION_HALT,     /* hlt executed: wait for an interrupt */
    HW_EMULATION_INT       /* int n, vector insn->immediate; rip still on it */
};

/* Iterations of a rep prefix done per call, so that one trap never takes long. */
#define HW_EMULATE_REP_MAX 4096u

/* `size` is 1 to 64. Returns false for an address that faults. */
struct hw_access_ops
{
    bool (*read)(void *context, uint64_t address, void *data, unsigned size);
    bool (*write)(void *context, uint64_t address, const void *data, unsigned size);
    void *context;
    uint64_t fs_base;
    uint64_t gs_base;
};

/* Executes an instruction that accesses memory: data transfer, arithmetic, logic, shifts, bit
 * operations, strings with rep prefixes, vector moves up to 64 bytes, push, pop, indirect call and
 * jump. Flags become what the processor makes of them. */
enum hw_emulation hw_emulate_access(struct host_trap *trap,
                                    const struct host_insn *insn,
                                    const struct hw_access_ops *ops);

/* Register access in the way instructions see it: 32-bit writes clear the upper half, smaller ones
 * keep it. `operand` is a general register. */
uint64_t hw_register_read(const struct host_trap *trap, const struct host_operand *operand);
void hw_register_write(struct host_trap *trap, const struct host_operand *operand, uint64_t value);

#endif
