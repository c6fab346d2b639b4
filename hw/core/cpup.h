/* SPDX-License-Identifier: MIT */
/*
 * Private to hw/core/cpu*.c.
 */
#ifndef HW_CORE_CPUP_H
#define HW_CORE_CPUP_H

#include "hw/core/cpu.h"

/* A rep stopped after HW_EMULATE_REP_MAX elements: done, but rip stays. */
#define HW_EMULATION_PARTIAL ((enum hw_emulation)100)

enum hw_emulation
hw_cpu_port_io(struct hw_cpu *cpu, struct host_trap *trap, const struct host_insn *insn);

uint64_t hw_cpu_operand_address(struct hw_cpu *cpu,
                                const struct host_trap *trap,
                                const struct host_insn *insn);

/* Records a page fault of an operand. */
enum hw_emulation hw_cpu_fault(struct host_trap *trap, uint64_t address, bool write);

#endif
