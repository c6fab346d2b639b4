/* SPDX-License-Identifier: MIT */
/*
 * The teaching device: everything a WDM driver has to deal with in one small PCI function. The
 * register file below 0x100 is the public one of the device of that name (1234:11e8), so that
 * drivers written for it work; the rest is ours. No lock.
 *
 * BAR 0, memory, 1 MiB. Doublewords; from 0x80 quadwords too.
 *   0x00 ro  identification 0x010000ed
 *   0x04 rw  liveness: reads as the inversion of what was written
 *   0x08 rw  factorial: write n, wait until status bit 0 clears, read n!
 *   0x20 rw  status: bit 0 computing (ro), bit 7 interrupt when done
 *   0x24 ro  interrupt status
 *   0x60 wo  raise interrupt: ORs into the status
 *   0x64 wo  acknowledge: clears these bits of the status
 *   0x80 rw  DMA source       0x88 rw DMA destination      0x90 rw DMA length
 *   0x98 rw  DMA command: bit 0 start and busy, bit 1 direction (0: memory to device),
 *            bit 2 interrupt 0x100 when done; the device's side is a buffer of 4 KiB at 0x40000
 *   0x100 rw timer period in microseconds, 0 stops; interrupt 0x200 at each
 *   0x104 ro timer expirations
 *   0x108 ro DMA error: 1 if the last transfer left the buffer or memory refused it
 * BAR 1, ports, 16 bytes: 0 ro identification, 4 rw scratch, 8 wo doorbell: raises interrupt 0x400
 */
#include "hw/devices.h"

#include <string.h>

#define IDENTIFICATION 0x010000edu
#define STATUS_BUSY    0x01u
#define STATUS_IRQ     0x80u
#define IRQ_FACTORIAL  0x001u
#define IRQ_DMA        0x100u
#define IRQ_TIMER      0x200u
#define IRQ_DOORBELL   0x400u
#define DMA_START      1u
#define DMA_TO_MEMORY  2u
#define DMA_IRQ        4u
#define DMA_BUFFER     0x40000ull
#define DMA_SIZE       4096ull
#define FACTORIAL_NS   100000ull /* a computation takes 0.1 ms */
#define DMA_NS         10000ull
#define BAR_SIZE       0x100000ull

struct edu
{
    struct hw_machine *machine;
    struct hw_pci_function *function;
    struct hw_clock_event factorial_event;
    struct hw_clock_event dma_event;
    struct hw_clock_event timer_event;
    uint32_t liveness;
    uint32_t factorial;
    uint32_t status;
    uint32_t interrupts;
    uint64_t dma_source;
    uint64_t dma_destination;
    uint64_t dma_count;
    uint32_t dma_command;
    uint32_t dma_error;
    uint32_t timer_us;
    uint32_t timer_expirations;
    uint32_t scratch;
    uint8_t buffer[DMA_SIZE];
};

static void
raise_interrupt(struct edu *edu, uint32_t bits)
{
    edu->interrupts |= bits;
    if (edu->interrupts && !hw_pci_notify(edu->function, 0))
    {
        hw_pci_irq_set(edu->function, true);
    }
}

static void
acknowledge(struct edu *edu, uint32_t bits)
{
    edu->interrupts &= ~bits;
    if (!edu->interrupts)
    {
        hw_pci_irq_set(edu->function, false);
    }
}

static void
factorial_done(void *context)
{
    struct edu *edu = context;
    uint32_t product = 1;
    for (uint32_t n = edu->factorial; n > 1 && product; n--)
    {
        product *= n;
    }
    edu->factorial = product;
    edu->status &= ~STATUS_BUSY;
    if (edu->status & STATUS_IRQ)
    {
        raise_interrupt(edu, IRQ_FACTORIAL);
    }
}

/* The device's side of a transfer; NULL when it leaves the buffer. */
static uint8_t *
buffer_at(struct edu *edu, uint64_t address, uint64_t count)
{
    uint64_t offset = address - DMA_BUFFER;
    bool inside = address >= DMA_BUFFER && offset <= DMA_SIZE && count <= DMA_SIZE - offset;
    return inside ? edu->buffer + offset : NULL;
}

static void
dma_done(void *context)
{
    struct edu *edu = context;
    bool to_memory = edu->dma_command & DMA_TO_MEMORY;
    uint64_t device_side = to_memory ? edu->dma_source : edu->dma_destination;
    uint64_t memory_side = to_memory ? edu->dma_destination : edu->dma_source;
    uint8_t *buffer = buffer_at(edu, device_side, edu->dma_count);
    bool done = false;
    if (buffer && to_memory)
    {
        done = hw_pci_dma_write(edu->function, memory_side, buffer, edu->dma_count);
    }
    else if (buffer)
    {
        done = hw_pci_dma_read(edu->function, memory_side, buffer, edu->dma_count);
    }
    else
    {
        hw_log_guest_error(edu->machine, "edu", "transfer outside the device's buffer");
    }
    edu->dma_error = !done;
    edu->dma_command &= ~DMA_START;
    if (edu->dma_command & DMA_IRQ)
    {
        raise_interrupt(edu, IRQ_DMA);
    }
}

static void
timer_due(void *context)
{
    struct edu *edu = context;
    edu->timer_expirations++;
    hw_clock_schedule_after(edu->machine, &edu->timer_event, edu->timer_us * HW_NS_PER_US);
    raise_interrupt(edu, IRQ_TIMER);
}

static void
write_timer(struct edu *edu, uint32_t value)
{
    edu->timer_us = value;
    if (value)
    {
        hw_clock_schedule_after(edu->machine, &edu->timer_event, value * HW_NS_PER_US);
    }
    else
    {
        hw_clock_cancel(edu->machine, &edu->timer_event);
    }
}

static uint64_t *
dma_register(struct edu *edu, uint64_t offset)
{
    return offset < 0x88   ? &edu->dma_source
           : offset < 0x90 ? &edu->dma_destination
                           : &edu->dma_count;
}

static uint64_t
memory_read(void *context, uint64_t offset, unsigned size)
{
    struct edu *edu = context;
    if (offset >= DMA_BUFFER && offset < DMA_BUFFER + DMA_SIZE)
    {
        uint64_t value = 0;
        memcpy(&value, edu->buffer + (offset - DMA_BUFFER), size);
        return value;
    }
    if (size < 4 || (offset < 0x80 && size != 4))
    {
        hw_log_guest_error(edu->machine, "edu", "read of %u bytes from a register", size);
        return UINT64_MAX;
    }
    if (offset >= 0x80 && offset < 0x98)
    {
        return *dma_register(edu, offset) >> (offset & 4 ? 32 : 0);
    }
    switch (offset)
    {
    case 0x00:
        return IDENTIFICATION;
    case 0x04:
        return edu->liveness;
    case 0x08:
        return edu->factorial;
    case 0x20:
        return edu->status;
    case 0x24:
        return edu->interrupts;
    case 0x98:
        return edu->dma_command;
    case 0x100:
        return edu->timer_us;
    case 0x104:
        return edu->timer_expirations;
    case 0x108:
        return edu->dma_error;
    default:
        return UINT64_MAX;
    }
}

static void
write_dma(struct edu *edu, uint64_t offset, uint64_t value, unsigned size)
{
    uint64_t *at = dma_register(edu, offset);
    if (edu->dma_command & DMA_START)
    {
        hw_log_guest_error(edu->machine, "edu", "DMA register written during a transfer");
        return;
    }
    if (size == 8)
    {
        *at = value;
    }
    else
    {
        unsigned shift = offset & 4 ? 32 : 0;
        *at = (*at & ~(0xffffffffull << shift)) | (value & 0xffffffff) << shift;
    }
}

static void
write_command(struct edu *edu, uint32_t value)
{
    if (edu->dma_command & DMA_START)
    {
        hw_log_guest_error(edu->machine, "edu", "DMA command during a transfer");
        return;
    }
    edu->dma_command = value & 7;
    if (value & DMA_START)
    {
        hw_clock_schedule_after(edu->machine, &edu->dma_event, DMA_NS);
    }
}

static void
write_register(struct edu *edu, uint64_t offset, uint32_t value)
{
    switch (offset)
    {
    case 0x04:
        edu->liveness = ~value;
        break;
    case 0x08:
        if (!(edu->status & STATUS_BUSY))
        {
            edu->factorial = value;
            edu->status |= STATUS_BUSY;
            hw_clock_schedule_after(edu->machine, &edu->factorial_event, FACTORIAL_NS);
        }
        break;
    case 0x20:
        edu->status = (edu->status & ~STATUS_IRQ) | (value & STATUS_IRQ);
        break;
    case 0x60:
        raise_interrupt(edu, value);
        break;
    case 0x64:
        acknowledge(edu, value);
        break;
    case 0x98:
        write_command(edu, value);
        break;
    case 0x100:
        write_timer(edu, value);
        break;
    default:
        hw_log_guest_error(edu->machine, "edu", "write to register 0x%x", (unsigned)offset);
        break;
    }
}

static void
memory_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct edu *edu = context;
    if (offset >= DMA_BUFFER && offset < DMA_BUFFER + DMA_SIZE)
    {
        memcpy(edu->buffer + (offset - DMA_BUFFER), &value, size);
    }
    else if (offset >= 0x80 && offset < 0x98 && size >= 4)
    {
        write_dma(edu, offset, value, size);
    }
    else if (size == 4 || (size == 8 && offset >= 0x80))
    {
        write_register(edu, offset, (uint32_t)value);
    }
    else
    {
        hw_log_guest_error(edu->machine, "edu", "write of %u bytes to a register", size);
    }
}

static const struct hw_mmio_ops memory_ops = {memory_read, memory_write, 8};

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    const struct edu *edu = context;
    uint32_t registers[4] = {IDENTIFICATION, edu->scratch, 0, 0};
    (void)size;
    return registers[offset / 4] >> (offset % 4 * 8);
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct edu *edu = context;
    if (offset == 4 && size == 4)
    {
        edu->scratch = value;
    }
    else if (offset == 8)
    {
        raise_interrupt(edu, IRQ_DOORBELL);
    }
}

static const struct hw_port_ops port_ops = {port_read, port_write, 4};

static bool
realize(struct hw_device *device, const void *config)
{
    static const struct hw_pci_identity identity = {.vendor = 0x1234,
                                                    .device = 0x11e8,
                                                    .subsystem_vendor = 0x1af4,
                                                    .subsystem = 0x1100,
                                                    .class_code = 0x00ff00,
                                                    .revision = 0x10,
                                                    .interrupt_pin = 1};
    struct edu *edu = hw_device_state(device);
    const struct hw_edu_config *place = config;
    if (!place)
    {
        return false;
    }
    edu->machine = device->machine;
    edu->function = hw_device_claim_pci(device, place->bus, place->slot, place->number, &identity);
    return edu->function &&
           hw_device_claim_event(device, &edu->factorial_event, factorial_done, false) &&
           hw_device_claim_event(device, &edu->dma_event, dma_done, false) &&
           hw_device_claim_event(device, &edu->timer_event, timer_due, true) &&
           hw_pci_bar_memory(edu->function, 0, BAR_SIZE, false, false, &memory_ops, edu) &&
           hw_pci_bar_io(edu->function, 1, 16, &port_ops, edu) && hw_pci_power_add(edu->function) &&
           hw_pci_msi_add(edu->function, 1, true) && hw_pci_assign_function(edu->function);
}

static void
reset(struct hw_device *device)
{
    struct edu *edu = hw_device_state(device);
    edu->liveness = edu->factorial = edu->status = 0;
    edu->dma_source = edu->dma_destination = edu->dma_count = 0;
    edu->dma_command = edu->dma_error = 0;
    edu->timer_expirations = edu->scratch = 0;
    memset(edu->buffer, 0, sizeof edu->buffer);
    hw_clock_cancel(edu->machine, &edu->factorial_event);
    hw_clock_cancel(edu->machine, &edu->dma_event);
    write_timer(edu, 0);
    acknowledge(edu, UINT32_MAX);
}

const struct hw_device_ops hw_edu_ops = {"edu", sizeof(struct edu), realize, reset, NULL};

struct hw_pci_function *
hw_edu_function(const struct hw_device *device)
{
    const struct edu *edu = hw_device_state(device);
    return edu->function;
}
