/* SPDX-License-Identifier: MIT */
/* Device models of the embedder, on the hardware's own interfaces. */
#include "runtime/runtime.h"

#include <stdlib.h>

#include "hw/core/machine.h"
#include "hw/core/cpu.h"

typedef struct embedder_range
{
    const wdm_device_ops *ops;
    void *context;
    unsigned range;
    struct embedder_range *next;
} embedder_range;

static embedder_range *ranges;

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    const embedder_range *range = context;
    if (range->ops->read == NULL)
        return 0xffffffffu;
    return (uint32_t)range->ops->read(range->context, range->range, offset, size);
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    const embedder_range *range = context;
    if (range->ops->write != NULL)
        range->ops->write(range->context, range->range, offset, size, value);
}

static uint64_t
mmio_read(void *context, uint64_t offset, unsigned size)
{
    const embedder_range *range = context;
    if (range->ops->read == NULL)
        return ~(uint64_t)0;
    return range->ops->read(range->context, range->range, offset, size);
}

static void
mmio_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    const embedder_range *range = context;
    if (range->ops->write != NULL)
        range->ops->write(range->context, range->range, offset, size, value);
}

static const struct hw_port_ops port_ops = {port_read, port_write, 4};
static const struct hw_mmio_ops mmio_ops = {mmio_read, mmio_write, 8};

/* Lives as long as the machine, which may touch the range at any time. */
static embedder_range *
new_range(const wdm_device_ops *ops, void *context, unsigned range)
{
    embedder_range *result = malloc(sizeof(*result));

    if (result != NULL)
    {
        *result = (embedder_range){ops, context, range, ranges};
        ranges = result;
    }
    return result;
}

static void
forget_range(embedder_range *range)
{
    ranges = range->next;
    free(range);
}

void
wdm_hardware_shutdown(void)
{
    while (ranges != NULL)
        forget_range(ranges);
}

wdm_status
wdm_add_ports(wdm_machine *machine,
              const wdm_device_ops *ops,
              void *context,
              unsigned range,
              uint16_t first,
              uint16_t count)
{
    embedder_range *entry;

    if (ops == NULL || ops->size != sizeof(*ops))
        return wdm_fail(machine, WDM_BAD_INPUT, "wdm_device_ops: size is not set");
    entry = new_range(ops, context, range);
    if (entry == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "out of memory");
    if (hw_ports_claim(machine->hardware, first, count, &port_ops, entry, ops->name))
        return WDM_OK;
    forget_range(entry);
    return wdm_fail(machine, WDM_BAD_INPUT, "ports 0x%X to 0x%X are not free", first,
                    (unsigned)first + count - 1u);
}

wdm_status
wdm_add_mmio(wdm_machine *machine,
             const wdm_device_ops *ops,
             void *context,
             unsigned range,
             uint64_t physical,
             uint64_t length)
{
    embedder_range *entry;

    if (ops == NULL || ops->size != sizeof(*ops))
        return wdm_fail(machine, WDM_BAD_INPUT, "wdm_device_ops: size is not set");
    entry = new_range(ops, context, range);
    if (entry == NULL)
        return wdm_fail(machine, WDM_NO_MEMORY, "out of memory");
    if (physical % HOST_PAGE_SIZE == 0 &&
        hw_mmio_claim(machine->hardware, physical, length, &mmio_ops, entry, ops->name))
        return WDM_OK;
    forget_range(entry);
    return wdm_fail(machine, WDM_BAD_INPUT,
                    "physical addresses from 0x%llX on are taken or not page aligned",
                    (unsigned long long)physical);
}

/* ---- MSRs
 * ------------------------------------------------------------------------------------------ */

typedef struct embedder_msr
{
    uint32_t index;
    uint64_t value;
} embedder_msr;

static embedder_msr msrs[64];
static unsigned msr_count;

static bool
msr_read(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t *value)
{
    (void)context;
    (void)cpu;
    for (unsigned i = 0; i < msr_count; i++)
    {
        if (msrs[i].index != index)
            continue;
        *value = msrs[i].value;
        return true;
    }
    return false;
}

static bool
msr_write(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t value)
{
    (void)context;
    (void)cpu;
    for (unsigned i = 0; i < msr_count; i++)
    {
        if (msrs[i].index != index)
            continue;
        msrs[i].value = value;
        return true;
    }
    return false;
}

wdm_status
wdm_set_msr(wdm_machine *machine, uint32_t msr, uint64_t value)
{
    static const struct hw_msr_ops ops = {.read = msr_read, .write = msr_write};

    for (unsigned i = 0; i < msr_count; i++)
    {
        if (msrs[i].index != msr)
            continue;
        msrs[i].value = value;
        return WDM_OK;
    }
    if (msr_count == sizeof(msrs) / sizeof(msrs[0]))
        return wdm_fail(machine, WDM_NO_MEMORY, "too many MSRs");
    if (!hw_msr_register(machine->hardware, msr, 1, &ops, NULL))
        return wdm_fail(machine, WDM_BAD_INPUT, "MSR 0x%X is taken", msr);
    msrs[msr_count++] = (embedder_msr){msr, value};
    return WDM_OK;
}
