/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controllers that the ACPI tables promise: local APIC page and I/O APIC. Interrupts
 * reach the kernel by the lines themselves, so these registers identify, keep what is written, and
 * show the lines' levels; programming them changes no delivery. All processors see one local page.
 * No lock.
 */
#include "hw/devices.h"

#include <string.h>

#define LOCAL_BASE    0xfee00000ull
#define IO_BASE       0xfec00000ull
#define PAGE          0x1000ull
#define INPUTS        24u
#define ENTRY_MASKED  0x10000ull
#define ENTRY_LEVEL   0x8000ull
#define ENTRY_REMOTE  0x4000ull
#define ENTRY_WRITE   0xff0000000001afffull
#define LOCAL_VERSION 0x00050014u
#define IO_VERSION    0x00170011u

struct apic
{
    struct hw_machine *machine;
    uint32_t local[PAGE / 16]; /* one register every 16 bytes */
    uint8_t select;
    uint32_t id;
    uint64_t entries[INPUTS];
};

/* Registers of the local APIC that software may write; the others are identification or state. */
static bool
local_writable(unsigned index)
{
    static const uint8_t list[] = {0x02, 0x08, 0x0d, 0x0e, 0x0f, 0x28, 0x30, 0x31,
                                   0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x3e};
    return memchr(list, (int)index, sizeof list) != NULL;
}

static uint64_t
local_read(void *context, uint64_t offset, unsigned size)
{
    const struct apic *apic = context;
    if (size != 4 || (offset & 15))
    {
        hw_log_guest_error(apic->machine, "apic", "unaligned read of the local APIC");
        return UINT64_MAX;
    }
    return apic->local[offset / 16];
}

static void
local_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct apic *apic = context;
    unsigned index = (unsigned)(offset / 16);
    if (size != 4 || (offset & 15))
    {
        hw_log_guest_error(apic->machine, "apic", "unaligned write of the local APIC");
    }
    else if (local_writable(index))
    {
        apic->local[index] = (uint32_t)value;
    }
}

static const struct hw_mmio_ops local_ops = {local_read, local_write, 4};

static uint64_t
entry(const struct apic *apic, unsigned input)
{
    uint64_t value = apic->entries[input];
    bool waiting =
        (value & ENTRY_LEVEL) && !(value & ENTRY_MASKED) && hw_irq_level(apic->machine, input);
    return waiting ? value | ENTRY_REMOTE : value;
}

static uint64_t
io_read(void *context, uint64_t offset, unsigned size)
{
    const struct apic *apic = context;
    unsigned index = apic->select;
    if (offset == 0x00)
    {
        return index;
    }
    if (offset != 0x10 || size != 4)
    {
        return UINT64_MAX;
    }
    if (index >= 0x10 && index < 0x10 + INPUTS * 2)
    {
        return (uint32_t)(entry(apic, (index - 0x10) / 2) >> (index & 1 ? 32 : 0));
    }
    return index == 0 || index == 2 ? apic->id : index == 1 ? IO_VERSION : 0;
}

static void
io_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct apic *apic = context;
    unsigned index = apic->select;
    if (offset == 0x00)
    {
        apic->select = (uint8_t)value;
    }
    else if (offset == 0x10 && size == 4 && index == 0)
    {
        apic->id = (uint32_t)value & 0x0f000000;
    }
    else if (offset == 0x10 && size == 4 && index >= 0x10 && index < 0x10 + INPUTS * 2)
    {
        uint64_t *to = &apic->entries[(index - 0x10) / 2];
        unsigned shift = index & 1 ? 32 : 0;
        uint64_t changed = (*to & ~(0xffffffffull << shift)) | (value & 0xffffffff) << shift;
        *to = changed & ENTRY_WRITE;
    }
}

static const struct hw_mmio_ops io_ops = {io_read, io_write, 4};

static bool
realize(struct hw_device *device, const void *config)
{
    struct apic *apic = hw_device_state(device);
    (void)config;
    apic->machine = device->machine;
    return hw_device_claim_mmio(device, LOCAL_BASE, PAGE, &local_ops) &&
           hw_device_claim_mmio(device, IO_BASE, PAGE, &io_ops);
}

static void
reset(struct hw_device *device)
{
    struct apic *apic = hw_device_state(device);
    memset(apic->local, 0, sizeof apic->local);
    apic->local[0x03] = LOCAL_VERSION;
    apic->local[0x0e] = 0xffffffff; /* flat model */
    apic->local[0x0f] = 0x1ff;      /* enabled, spurious vector 0xff */
    for (unsigned i = 0x32; i <= 0x37; i++)
    {
        apic->local[i] = ENTRY_MASKED;
    }
    for (unsigned i = 0; i < INPUTS; i++)
    {
        apic->entries[i] = ENTRY_MASKED;
    }
    apic->select = 0;
    apic->id = 0;
}

const struct hw_device_ops hw_apic_ops = {"apic", sizeof(struct apic), realize, reset, NULL};
