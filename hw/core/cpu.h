/* SPDX-License-Identifier: MIT */
/*
 * Virtual processors as hardware: control, debug and descriptor registers, and the emulation of
 * instructions that trap because the guest runs in ring 3 of the host.
 */
#ifndef HW_CORE_CPU_H
#define HW_CORE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "host/insn.h"
#include "host/trap.h"
#include "hw/core/emulate.h"

struct hw_machine;

/* Frequency of the virtual time stamp counter. */
#define HW_CPU_TSC_HZ 2000000000ull

struct hw_cpu
{
    struct hw_machine *machine;
    unsigned number;
    uint64_t cr0;
    uint64_t cr2;
    uint64_t cr3;
    uint64_t cr4;
    uint64_t xcr0;
    uint64_t dr[8];
    uint64_t gdt_base;
    uint64_t idt_base;
    uint16_t gdt_limit;
    uint16_t idt_limit;
    uint16_t ldtr;
    uint16_t tr;
    uint16_t segments[6];    /* es cs ss ds fs gs */
    bool interrupts_enabled; /* the virtual rflags.IF */
    bool access_check_off;   /* the virtual rflags.AC set by stac */
    uint64_t cr8;            /* used only when hw_hooks gives no cr8 functions */
    uint64_t tsc_offset;
    uint64_t *msr; /* see msr.h */
};

/* Registers as 64-bit Windows leaves them after boot. */
void hw_cpu_reset(struct hw_cpu *cpu);

struct hw_cpu *hw_machine_cpu(struct hw_machine *machine, unsigned number);

/* Value of the time stamp counter now. */
uint64_t hw_cpu_tsc(const struct hw_cpu *cpu);

/* Executes an instruction that needs ring 0: ports, MSRs, counters, interrupt flag, control, debug
 * and descriptor registers, cache and translation control. HW_EMULATION_NOT_MINE for all others. */
enum hw_emulation hw_cpu_emulate(struct hw_machine *machine,
                                 unsigned number,
                                 struct host_trap *trap,
                                 const struct host_insn *insn);

#endif
