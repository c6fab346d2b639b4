/* SPDX-License-Identifier: MIT */
/*
 * ACPI fixed hardware: PM1a event and control blocks, the power management timer (24 bits at
 * 3.579545 MHz of virtual time), one general purpose event block, the SMI command port. No lock.
 */
#include "hw/devices.h"

#define STS_TIMER        0x0001u
#define STS_BUTTON       0x0100u
#define STS_WAKE         0x8000u
#define STS_CLEARABLE    0xcf31u
#define CONTROL_SCI      0x0001u
#define CONTROL_SLEEP_EN 0x2000u
#define SLEEP_TYPE_S5    0u /* as the \_S5 package of the firmware says */
#define SMI_ENABLE       0xf1u
#define SMI_DISABLE      0xf0u
#define TIMER_HALF       0x800000ull /* ticks between changes of bit 23 */

struct acpi_pm
{
    struct hw_machine *machine;
    struct hw_irq irq;
    struct hw_clock_event overflow;
    uint16_t status;
    uint16_t enable;
    uint16_t control;
    uint8_t gpe_status[2];
    uint8_t gpe_enable[2];
    uint8_t smi_status;
};

static uint64_t
ticks(const struct acpi_pm *pm)
{
    unsigned __int128 now = hw_clock_now(pm->machine);
    return (uint64_t)(now * HW_ACPI_PM_TIMER_HZ / HW_NS_PER_SECOND);
}

static void
update(struct acpi_pm *pm)
{
    bool level = (pm->control & CONTROL_SCI) &&
                 ((pm->status & pm->enable & 0x0721) || (pm->gpe_status[0] & pm->gpe_enable[0]) ||
                  (pm->gpe_status[1] & pm->gpe_enable[1]));
    hw_irq_set(&pm->irq, level);
    if (!(pm->enable & STS_TIMER))
    {
        hw_clock_cancel(pm->machine, &pm->overflow);
    }
    else if (!hw_clock_scheduled(&pm->overflow))
    {
        uint64_t next = (ticks(pm) / TIMER_HALF + 1) * TIMER_HALF;
        uint64_t due =
            (uint64_t)(((unsigned __int128)next * HW_NS_PER_SECOND + HW_ACPI_PM_TIMER_HZ - 1) /
                       HW_ACPI_PM_TIMER_HZ);
        hw_clock_schedule(pm->machine, &pm->overflow, due);
    }
}

static void
overflow_due(void *context)
{
    struct acpi_pm *pm = context;
    pm->status |= STS_TIMER;
    update(pm);
}

static uint32_t
pm1_read(void *context, unsigned offset, unsigned size)
{
    const struct acpi_pm *pm = context;
    uint16_t registers[4] = {pm->status, pm->enable, pm->control, 0};
    (void)size;
    return offset & 1 ? registers[offset / 2] >> 8 : registers[offset / 2];
}

static void
write_control(struct acpi_pm *pm, uint16_t value)
{
    struct hw_hooks *hooks = &pm->machine->hooks;
    pm->control = value & (uint16_t)~CONTROL_SLEEP_EN;
    if ((value & CONTROL_SLEEP_EN) && ((value >> 10) & 7) == SLEEP_TYPE_S5 && hooks->power)
    {
        hooks->power(hooks->context, HW_POWER_OFF);
    }
}

/* Word access; a byte access changes its half and, for status bits, clears only in its half. */
static void
pm1_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct acpi_pm *pm = context;
    unsigned shift = size == 1 && (offset & 1) ? 8 : 0;
    uint16_t mask = size == 1 ? (uint16_t)(0xff << shift) : 0xffff;
    uint16_t bits = (uint16_t)(value << shift);
    switch (offset / 2)
    {
    case 0:
        pm->status &= (uint16_t)~(bits & mask & STS_CLEARABLE);
        break;
    case 1:
        pm->enable = (uint16_t)((pm->enable & ~mask) | (bits & mask));
        break;
    case 2:
        write_control(pm, (uint16_t)((pm->control & ~mask) | (bits & mask)));
        break;
    default:
        break;
    }
    update(pm);
}

static const struct hw_port_ops pm1_ops = {pm1_read, pm1_write, 2};

static uint32_t
timer_read(void *context, unsigned offset, unsigned size)
{
    const struct acpi_pm *pm = context;
    (void)size;
    return (uint32_t)(ticks(pm) & 0xffffff) >> (offset * 8);
}

static const struct hw_port_ops timer_ops = {timer_read, NULL, 4};

static uint32_t
gpe_read(void *context, unsigned offset, unsigned size)
{
    const struct acpi_pm *pm = context;
    (void)size;
    return offset < 2 ? pm->gpe_status[offset] : pm->gpe_enable[offset - 2];
}

static void
gpe_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct acpi_pm *pm = context;
    (void)size;
    if (offset < 2)
    {
        pm->gpe_status[offset] &= (uint8_t)~value;
    }
    else
    {
        pm->gpe_enable[offset - 2] = (uint8_t)value;
    }
    update(pm);
}

static const struct hw_port_ops gpe_ops = {gpe_read, gpe_write, 1};

static uint32_t
smi_read(void *context, unsigned offset, unsigned size)
{
    const struct acpi_pm *pm = context;
    (void)size;
    return offset ? pm->smi_status : 0;
}

static void
smi_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct acpi_pm *pm = context;
    (void)size;
    if (offset)
    {
        pm->smi_status = (uint8_t)value;
    }
    else if (value == SMI_ENABLE)
    {
        pm->control |= CONTROL_SCI;
    }
    else if (value == SMI_DISABLE)
    {
        pm->control &= (uint16_t)~CONTROL_SCI;
    }
    update(pm);
}

static const struct hw_port_ops smi_ops = {smi_read, smi_write, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct acpi_pm *pm = hw_device_state(device);
    (void)config;
    pm->machine = device->machine;
    return hw_device_claim_irq(device, &pm->irq, HW_ACPI_SCI_LINE) &&
           hw_device_claim_event(device, &pm->overflow, overflow_due, true) &&
           hw_device_claim_ports(device, HW_ACPI_PM_BASE, 8, &pm1_ops) &&
           hw_device_claim_ports(device, HW_ACPI_PM_TIMER, 4, &timer_ops) &&
           hw_device_claim_ports(device, HW_ACPI_PM_GPE0, 4, &gpe_ops) &&
           hw_device_claim_ports(device, HW_ACPI_SMI_COMMAND, 2, &smi_ops);
}

/* The operating system has taken over from legacy mode already. */
static void
reset(struct hw_device *device)
{
    struct acpi_pm *pm = hw_device_state(device);
    pm->status = 0;
    pm->enable = 0;
    pm->control = CONTROL_SCI;
    pm->gpe_status[0] = pm->gpe_status[1] = 0;
    pm->gpe_enable[0] = pm->gpe_enable[1] = 0;
    pm->smi_status = 0;
    update(pm);
}

const struct hw_device_ops hw_acpi_pm_ops = {"acpi-pm", sizeof(struct acpi_pm), realize, reset,
                                             NULL};

void
hw_acpi_pm_power_button(struct hw_device *device)
{
    struct acpi_pm *pm = hw_device_state(device);
    pm->status |= STS_BUTTON;
    update(pm);
}
