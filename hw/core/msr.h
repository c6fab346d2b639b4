/* SPDX-License-Identifier: MIT */
/*
 * Model specific registers: a table of the common ones, whose writable bits keep what is written,
 * and handlers for those that do something. A register that is in neither raises #GP, as on a real
 * processor.
 */
#ifndef HW_CORE_MSR_H
#define HW_CORE_MSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw_cpu;
struct hw_machine;

#define HW_MSR_TSC            0x10u
#define HW_MSR_APIC_BASE      0x1bu
#define HW_MSR_TSC_ADJUST     0x3bu
#define HW_MSR_BIOS_SIGN_ID   0x8bu
#define HW_MSR_MISC_ENABLE    0x1a0u
#define HW_MSR_PAT            0x277u
#define HW_MSR_EFER           0xc0000080u
#define HW_MSR_STAR           0xc0000081u
#define HW_MSR_LSTAR          0xc0000082u
#define HW_MSR_FS_BASE        0xc0000100u
#define HW_MSR_GS_BASE        0xc0000101u
#define HW_MSR_KERNEL_GS_BASE 0xc0000102u
#define HW_MSR_TSC_AUX        0xc0000103u

/* Either callback may be NULL: then the access raises #GP. Return false for #GP. */
struct hw_msr_ops
{
    bool (*read)(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t *value);
    bool (*write)(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t value);
};

struct hw_msr_handler
{
    uint32_t first;
    uint32_t count;
    const struct hw_msr_ops *ops;
    void *context;
};

#define HW_MSR_MAX_HANDLERS 128u

struct hw_msrs
{
    struct hw_msr_handler handlers[HW_MSR_MAX_HANDLERS]; /* latest wins */
    size_t count;
};

/* Handlers come before the table, later ones before earlier ones. False when there is no room. */
bool hw_msr_register(struct hw_machine *machine,
                     uint32_t first,
                     uint32_t count,
                     const struct hw_msr_ops *ops,
                     void *context);
void hw_msr_unregister(struct hw_machine *machine, const struct hw_msr_ops *ops, void *context);

/* What RDMSR and WRMSR do on this processor; false means #GP. */
bool hw_msr_read(struct hw_cpu *cpu, uint32_t index, uint64_t *value);
bool hw_msr_write(struct hw_cpu *cpu, uint32_t index, uint64_t value);

/* Counter values for RDPMC; false means #GP. */
bool hw_pmc_read(struct hw_cpu *cpu, uint32_t index, uint64_t *value);

/* Registers of one processor at power on, in the order of the private table. */
size_t hw_msr_slot_count(void);
void hw_msr_reset(struct hw_cpu *cpu);

#endif
