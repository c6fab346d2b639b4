/* SPDX-License-Identifier: MIT */
/*
 * One machine: processors, buses, clock, and the hooks through which it calls its owner (the
 * kernel). Everything runs on the one host thread; no lock, and no IRQL of its own.
 */
#ifndef HW_CORE_MACHINE_H
#define HW_CORE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/clock.h"
#include "hw/core/cpu.h"
#include "hw/core/dma.h"
#include "hw/core/irq.h"
#include "hw/core/log.h"
#include "hw/core/memory.h"
#include "hw/core/mmio.h"
#include "hw/core/msr.h"
#include "hw/core/ports.h"

struct hw_device;
struct hw_machine;
struct hw_pci;
struct hw_pci_function;

enum hw_power_event
{
    HW_POWER_RESET, /* keyboard controller, port 0x92 or 0xcf9 */
    HW_POWER_OFF    /* ACPI S5 */
};

/* Everything a machine asks of its owner. Each may be NULL. Some are called while an instruction is
 * being emulated, on the signal stack: they must not run guest code, only note what to do. */
struct hw_hooks
{
    void *context;

    /* hw_irq_sink: a line changed its level. */
    void (*irq)(void *context, unsigned line, bool level);
    void (*message)(void *context, uint64_t address, uint32_t data);

    void (*guest_error)(void *context, const char *device, const char *text);

    /* CR8 is the IRQL. A write returns false for #GP. NULL: hw_cpu keeps it. */
    uint64_t (*cr8_read)(void *context, unsigned cpu);
    bool (*cr8_write)(void *context, unsigned cpu, uint64_t value);

    /* cli, sti: the virtual interrupt flag changed. */
    void (*interrupts_enabled)(void *context, unsigned cpu, bool enabled);

    /* Plain guest memory touched by an emulated instruction. False: the access faults. NULL: the
     * address is used as it is. */
    bool (*guest_read)(void *context, uint64_t address, void *data, size_t size);
    bool (*guest_write)(void *context, uint64_t address, const void *data, size_t size);

    /* Memory behind physical addresses outside the RAM image (pool pages have such addresses).
     * NULL when there is none, or when the range is not contiguous. */
    void *(*physical_pointer)(void *context, uint64_t physical, size_t size, bool write);

    /* Bus address to physical address for a device; shortens *size to what one translation covers.
     * False refuses the access. NULL: identity. */
    bool (*dma_translate)(void *context,
                          struct hw_pci_function *requester,
                          uint64_t address,
                          size_t *size,
                          bool write,
                          uint64_t *physical);

    void (*power)(void *context, enum hw_power_event event);

    /* A PCI function came or is about to go, after boot. */
    void (*pci_changed)(void *context, struct hw_pci_function *function, bool present);
};

struct hw_machine_config
{
    unsigned cpus;        /* at least 1, at most 64 */
    uint64_t ram_size;    /* bytes */
    uint64_t epoch_100ns; /* 0: HW_CLOCK_DEFAULT_EPOCH */
    struct hw_hooks hooks;
};

#define HW_MACHINE_MAX_CPUS 64u

/* Members belong to the file of the same name; others go through its functions. */
struct hw_machine
{
    struct hw_clock clock; /* first: hw_clock_now is the hottest access */
    struct hw_hooks hooks;
    struct hw_irqs irqs;
    struct hw_ports ports;
    struct hw_mmio mmio;
    struct hw_memory memory;
    struct hw_msrs msrs;
    struct hw_pci *pci;
    struct hw_cpu *cpus;
    unsigned cpu_count;
    struct hw_device *devices; /* latest first */
};

/* An empty machine: processors, RAM and an empty PCI bus, no device. NULL when memory is short, an
 * argument is out of range, or the RAM image's addresses are taken (one machine per process). */
struct hw_machine *hw_machine_create(const struct hw_machine_config *config);

/* Destroys the devices, latest first, and gives everything back. */
void hw_machine_destroy(struct hw_machine *machine);

/* Resets processors and devices; RAM and time stay. */
void hw_machine_reset(struct hw_machine *machine);

/* Virtual nanoseconds since power on. */
static inline uint64_t
hw_clock_now(const struct hw_machine *machine)
{
    return machine->clock.now_ns;
}

static inline uint64_t
hw_clock_now_100ns(const struct hw_machine *machine)
{
    return machine->clock.now_ns / 100;
}

/* Lets time pass without looking at events: for the small price of a call. Whoever uses it calls
 * hw_clock_run at the next safe point. */
static inline void
hw_clock_consume(struct hw_machine *machine, uint64_t delta_ns)
{
    machine->clock.now_ns += delta_ns;
}

#endif
