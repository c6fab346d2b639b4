/* SPDX-License-Identifier: MIT */
/*
 * The table of model specific registers of a quad-core 64-bit processor with a 2 GHz time stamp
 * counter, and the few that act. Owns hw_machine.msrs; values live in hw_cpu.msr.
 */
#include "hw/core/machine.h"

#include <string.h>

#define ALL UINT64_MAX

struct row
{
    uint32_t first;
    uint32_t count;
    uint64_t initial;
    uint64_t writable; /* a write that changes another bit raises #GP; 0: any write does */
};

/* Ratio 20 x 100 MHz in the places that report one. */
static const struct row table[] = {
    {0x00000017, 1, 0, 0},                                   /* PLATFORM_ID */
    {0x0000001b, 1, 0xfee00800, 0xffffff800ull & ~0x100ull}, /* APIC_BASE */
    {0x00000033, 1, 0, 0xe0000000},                          /* TEST_CTRL */
    {0x00000034, 1, 0, 0},                                   /* SMI_COUNT */
    {0x00000035, 1, 0x00040004, 0},                          /* CORE_THREAD_COUNT */
    {0x0000003a, 1, 0x1, 0},                                 /* FEATURE_CONTROL, locked */
    {0x00000048, 1, 0, 0x7},                                 /* SPEC_CTRL */
    {0x00000049, 1, 0, 0x1},                                 /* PRED_CMD */
    {0x0000008b, 1, 0x000000f000000000, 0},                  /* BIOS_SIGN_ID, microcode revision */
    {0x000000c1, 8, 0, 0xffffffffffffull},                   /* PMC0-7 */
    {0x000000ce, 1, 0x0000080010811400, 0},                  /* PLATFORM_INFO */
    {0x000000e2, 1, 0x8000, 0x1007},                         /* PKG_CST_CONFIG_CONTROL, locked */
    {0x000000e7, 2, 0, ALL},                                 /* MPERF, APERF */
    {0x000000fe, 1, 0x0d0a, 0},                              /* MTRRCAP: 10 variable, fixed, WC */
    {0x0000010a, 1, 0x2b, 0},                                /* ARCH_CAPABILITIES */
    {0x0000010b, 1, 0, 0x1},                                 /* FLUSH_CMD */
    {0x00000122, 1, 0, 0x3},                                 /* TSX_CTRL */
    {0x00000174, 3, 0, ALL},                                 /* SYSENTER_CS, ESP, EIP */
    {0x00000179, 1, 0x0f00080a, 0},                          /* MCG_CAP: 10 banks */
    {0x0000017a, 1, 0, 0x7},                                 /* MCG_STATUS */
    {0x00000186, 8, 0, 0xffffffff},                          /* PERFEVTSEL0-7 */
    {0x00000194, 1, 0x100000, 0xfff},                        /* FLEX_RATIO */
    {0x00000198, 1, 0x0000200000001400, 0},                  /* PERF_STATUS: ratio, voltage */
    {0x00000199, 1, 0x1400, 0x1ffff},                        /* PERF_CTL */
    {0x0000019a, 1, 0, 0x1f},                                /* CLOCK_MODULATION */
    {0x0000019b, 1, 0, 0x1ffffff},                           /* THERM_INTERRUPT */
    {0x0000019c, 1, 0x883c0000, 0x0aaa},                     /* THERM_STATUS: 60 below TjMax */
    {0x000001a0, 1, 0x00850089, 0x4000c50089ull},            /* MISC_ENABLE */
    {0x000001a2, 1, 0x00640000, 0x3f000000},                 /* TEMPERATURE_TARGET: 100 C */
    {0x000001a4, 1, 0, 0xf},                                 /* MISC_FEATURE_CONTROL */
    {0x000001ad, 1, 0x14141414, 0},                          /* TURBO_RATIO_LIMIT */
    {0x000001b0, 1, 0x6, 0xf},                               /* ENERGY_PERF_BIAS */
    {0x000001b1, 1, 0x883c0000, 0x0aaa},                     /* PACKAGE_THERM_STATUS */
    {0x000001b2, 1, 0, 0x1ffffff},                           /* PACKAGE_THERM_INTERRUPT */
    {0x000001d9, 1, 0, 0xffdf},                              /* DEBUGCTL */
    {0x000001db, 4, 0, ALL},                                 /* LASTBRANCH*, LASTINT* */
    {0x00000200, 1, 0x00000000c0000000, 0xffffffffff0ffull}, /* MTRR_PHYSBASE0: UC above 3 GiB */
    {0x00000201, 1, 0x0000007fc0000800, 0xffffffffff800ull}, /* MTRR_PHYSMASK0 */
    {0x00000202, 18, 0, 0xffffffffff8ffull},                 /* the other nine pairs */
    {0x00000250, 1, 0x0606060606060606, ALL},                /* MTRR_FIX64K */
    {0x00000258, 1, 0x0606060606060606, ALL},                /* MTRR_FIX16K_80000 */
    {0x00000259, 1, 0, ALL},                                 /* MTRR_FIX16K_A0000: uncached */
    {0x00000268, 8, 0x0505050505050505, ALL},                /* MTRR_FIX4K: ROM, write protect */
    {0x00000277, 1, 0x0007040600070406, 0x0707070707070707}, /* PAT */
    {0x00000280, 10, 0, 0x40007fff},                         /* MC0-9_CTL2 */
    {0x000002ff, 1, 0xc06, 0xc07},                           /* MTRR_DEF_TYPE: write back */
    {0x00000309, 3, 0, 0xffffffffffffull},                   /* FIXED_CTR0-2 */
    {0x00000345, 1, 0x31c3, 0},                              /* PERF_CAPABILITIES */
    {0x0000038d, 1, 0, 0xfff},                               /* FIXED_CTR_CTRL */
    {0x0000038e, 1, 0, 0},                                   /* PERF_GLOBAL_STATUS */
    {0x0000038f, 1, 0xff, 0x7000000ff},                      /* PERF_GLOBAL_CTRL */
    {0x00000390, 1, 0, 0xe0000007000000ffull},               /* PERF_GLOBAL_OVF_CTRL */
    {0x000003f8, 3, 0, 0},                                   /* PKG_C3/C6/C7_RESIDENCY */
    {0x000003fc, 3, 0, 0},                                   /* CORE_C3/C6/C7_RESIDENCY */
    {0x00000400, 40, 0, ALL},                                /* MC0-9_CTL, STATUS, ADDR, MISC */
    {0x00000600, 1, 0, ALL},                                 /* DS_AREA */
    {0x00000606, 1, 0xa0e03, 0},                             /* RAPL_POWER_UNIT */
    {0x00000610, 1, 0x00dd828000dd8208, 0x7fffff00ffffff},   /* PKG_POWER_LIMIT */
    {0x00000611, 1, 0, 0},                                   /* PKG_ENERGY_STATUS */
    {0x00000614, 1, 0x208, 0},                               /* PKG_POWER_INFO */
    {0x00000639, 1, 0, 0},                                   /* PP0_ENERGY_STATUS */
    {0xc0000080, 1, 0xd01, 0x801},                           /* EFER: NXE, LMA, LME, SCE */
    {0xc0000081, 1, 0x0023001000000000, ALL},                /* STAR: kernel and user selectors */
    {0xc0000082, 2, 0, ALL},                                 /* LSTAR, CSTAR */
    {0xc0000084, 1, 0x4700, 0xffffffff},                     /* SFMASK */
    {0xc0000100, 3, 0, ALL},                                 /* FS_BASE, GS_BASE, KERNEL_GS_BASE */
    {0xc0000103, 1, 0, 0xffffffff},                          /* TSC_AUX */
};

#define ROWS (sizeof table / sizeof *table)

/* Row and slot of a register; ROWS when the table does not have it. */
static size_t
find_row(uint32_t index, size_t *slot)
{
    size_t before = 0;
    for (size_t i = 0; i < ROWS; i++)
    {
        if (index - table[i].first < table[i].count)
        {
            *slot = before + (index - table[i].first);
            return i;
        }
        before += table[i].count;
    }
    return ROWS;
}

size_t
hw_msr_slot_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
    {
        count += table[i].count;
    }
    return count;
}

void
hw_msr_reset(struct hw_cpu *cpu)
{
    uint64_t *value = cpu->msr;
    for (size_t i = 0; i < ROWS; i++)
    {
        for (uint32_t j = 0; j < table[i].count; j++)
        {
            *value++ = table[i].initial;
        }
    }
    cpu->tsc_offset = 0;
    if (cpu->number == 0)
    {
        size_t slot = 0;
        find_row(HW_MSR_APIC_BASE, &slot);
        cpu->msr[slot] |= 0x100; /* the bootstrap processor */
    }
    size_t aux = 0;
    find_row(HW_MSR_TSC_AUX, &aux);
    cpu->msr[aux] = cpu->number;
}

bool
hw_msr_register(struct hw_machine *machine,
                uint32_t first,
                uint32_t count,
                const struct hw_msr_ops *ops,
                void *context)
{
    struct hw_msrs *msrs = &machine->msrs;
    if (msrs->count == HW_MSR_MAX_HANDLERS || count == 0 || count - 1 > UINT32_MAX - first)
    {
        return false;
    }
    msrs->handlers[msrs->count++] = (struct hw_msr_handler){first, count, ops, context};
    return true;
}

void
hw_msr_unregister(struct hw_machine *machine, const struct hw_msr_ops *ops, void *context)
{
    struct hw_msrs *msrs = &machine->msrs;
    size_t kept = 0;
    for (size_t i = 0; i < msrs->count; i++)
    {
        if (msrs->handlers[i].ops != ops || msrs->handlers[i].context != context)
        {
            msrs->handlers[kept++] = msrs->handlers[i];
        }
    }
    msrs->count = kept;
}

static const struct hw_msr_handler *
find_handler(const struct hw_machine *machine, uint32_t index)
{
    for (size_t i = machine->msrs.count; i-- > 0;)
    {
        const struct hw_msr_handler *handler = &machine->msrs.handlers[i];
        if (index - handler->first < handler->count)
        {
            return handler;
        }
    }
    return NULL;
}

/* Energy in 1/2^14 J at a steady 15 W, as the unit register says. */
static uint64_t
energy(const struct hw_cpu *cpu)
{
    uint64_t ms = hw_clock_now(cpu->machine) / HW_NS_PER_MS;
    return (uint32_t)(ms * 15 * 16384 / 1000);
}

bool
hw_msr_read(struct hw_cpu *cpu, uint32_t index, uint64_t *value)
{
    const struct hw_msr_handler *handler = find_handler(cpu->machine, index);
    size_t slot = 0;
    if (handler)
    {
        return handler->ops->read && handler->ops->read(handler->context, cpu, index, value);
    }
    switch (index)
    {
    case HW_MSR_TSC:
        *value = hw_cpu_tsc(cpu);
        return true;
    case HW_MSR_TSC_ADJUST:
        *value = cpu->tsc_offset;
        return true;
    case 0xe7: /* MPERF and APERF run at the counter's rate */
    case 0xe8:
        find_row(index, &slot);
        *value = cpu->msr[slot] + hw_cpu_tsc(cpu);
        return true;
    case 0x611:
    case 0x639:
        *value = energy(cpu);
        return true;
    default:
        break;
    }
    if (find_row(index, &slot) == ROWS)
    {
        return false;
    }
    *value = cpu->msr[slot];
    return true;
}

static bool
canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* Values that the registers with rules of their own refuse. */
static bool
acceptable(uint32_t index, uint64_t value)
{
    switch (index)
    {
    case 0x175:
    case 0x176:
    case HW_MSR_LSTAR:
    case 0xc0000083:
    case HW_MSR_FS_BASE:
    case HW_MSR_GS_BASE:
    case HW_MSR_KERNEL_GS_BASE:
        return canonical(value);
    case HW_MSR_PAT:
        for (unsigned i = 0; i < 8; i++)
        {
            unsigned type = (value >> (i * 8)) & 0xff;
            if (type == 2 || type == 3 || type > 7)
            {
                return false;
            }
        }
        return true;
    default:
        break;
    }
    /* Machine check banks take 0 and, in the control registers, any mask. */
    return index < 0x400 || index >= 0x428 || (index & 3) == 0 || value == 0;
}

bool
hw_msr_write(struct hw_cpu *cpu, uint32_t index, uint64_t value)
{
    const struct hw_msr_handler *handler = find_handler(cpu->machine, index);
    size_t slot = 0;
    if (handler)
    {
        return handler->ops->write && handler->ops->write(handler->context, cpu, index, value);
    }
    switch (index)
    {
    case HW_MSR_TSC:
        cpu->tsc_offset += value - hw_cpu_tsc(cpu);
        return true;
    case HW_MSR_TSC_ADJUST:
        cpu->tsc_offset = value;
        return true;
    case HW_MSR_BIOS_SIGN_ID: /* software writes 0 before it reads the revision */
        return value == 0;
    case 0x79: /* BIOS_UPDT_TRIG: an update that is not newer is ignored */
        return true;
    case 0xe7:
    case 0xe8:
        find_row(index, &slot);
        cpu->msr[slot] = value - hw_cpu_tsc(cpu);
        return true;
    default:
        break;
    }
    size_t row = find_row(index, &slot);
    if (row == ROWS || table[row].writable == 0 || !acceptable(index, value) ||
        ((value ^ cpu->msr[slot]) & ~table[row].writable))
    {
        return false;
    }
    if (index == 0x49 || index == 0x10b) /* commands read as zero */
    {
        value = 0;
    }
    cpu->msr[slot] = value;
    return true;
}

bool
hw_pmc_read(struct hw_cpu *cpu, uint32_t index, uint64_t *value)
{
    bool fixed = index & 0x40000000;
    uint32_t number = index & ~0x40000000u;
    if (number >= (fixed ? 3u : 8u))
    {
        return false;
    }
    return hw_msr_read(cpu, (fixed ? 0x309u : 0xc1u) + number, value);
}
