/* SPDX-License-Identifier: MIT */
/*
 * Device models and the record of what each has claimed. Owns hw_machine.devices. No lock.
 */
#include "hw/core/device.h"

#include <stdlib.h>
#include <string.h>

enum claim_kind
{
    CLAIM_PORTS,
    CLAIM_MMIO,
    CLAIM_MSRS,
    CLAIM_IRQ,
    CLAIM_EVENT,
    CLAIM_PCI
};

struct hw_device_claim
{
    enum claim_kind kind;
    uint64_t where;
    const void *what;
    struct hw_device_claim *next;
};

static void
release_claim(struct hw_device *device, const struct hw_device_claim *claim)
{
    void *what = (void *)(uintptr_t)claim->what;
    switch (claim->kind)
    {
    case CLAIM_PORTS:
        hw_ports_release(device->machine, (unsigned)claim->where);
        break;
    case CLAIM_MMIO:
        hw_mmio_release(device->machine, claim->where);
        break;
    case CLAIM_MSRS:
        hw_msr_unregister(device->machine, what, device->state);
        break;
    case CLAIM_IRQ:
        hw_irq_lower(what);
        break;
    case CLAIM_EVENT:
        hw_clock_cancel(device->machine, what);
        break;
    case CLAIM_PCI: /* gone already if the bridge above it went first */
        if (what)
        {
            hw_pci_function_destroy(what);
        }
        break;
    }
}

/* Room for a claim is taken first, so that a claim never stands unrecorded. */
static struct hw_device_claim *
new_claim(struct hw_device *device, enum claim_kind kind, uint64_t where, const void *what)
{
    struct hw_device_claim *claim = malloc(sizeof *claim);
    if (claim)
    {
        *claim = (struct hw_device_claim){kind, where, what, device->claims};
        device->claims = claim;
    }
    return claim;
}

static bool
keep_claim(struct hw_device *device, struct hw_device_claim *claim, bool made)
{
    if (!made)
    {
        device->claims = claim->next;
        free(claim);
    }
    return made;
}

struct hw_device *
hw_device_create(struct hw_machine *machine, const struct hw_device_ops *ops, const void *config)
{
    struct hw_device *device = calloc(1, sizeof *device);
    if (!device)
    {
        return NULL;
    }
    device->ops = ops;
    device->machine = machine;
    device->state = calloc(1, ops->state_size ? ops->state_size : 1);
    device->next = machine->devices;
    machine->devices = device;
    if (!device->state || (ops->realize && !ops->realize(device, config)))
    {
        device->ops = &(const struct hw_device_ops){.name = ops->name};
        hw_device_destroy(device);
        return NULL;
    }
    if (ops->reset)
    {
        ops->reset(device);
    }
    return device;
}

void
hw_device_destroy(struct hw_device *device)
{
    struct hw_device **link = &device->machine->devices;
    if (device->ops->exit)
    {
        device->ops->exit(device);
    }
    while (device->claims)
    {
        struct hw_device_claim *claim = device->claims;
        release_claim(device, claim);
        device->claims = claim->next;
        free(claim);
    }
    while (*link != device)
    {
        link = &(*link)->next;
    }
    *link = device->next;
    free(device->state);
    free(device);
}

struct hw_device *
hw_device_find(struct hw_machine *machine, const char *name)
{
    struct hw_device *found = NULL;
    for (struct hw_device *device = machine->devices; device; device = device->next)
    {
        if (strcmp(device->ops->name, name) == 0)
        {
            found = device;
        }
    }
    return found;
}

void *
hw_device_state(const struct hw_device *device)
{
    return device->state;
}

bool
hw_device_claim_ports(struct hw_device *device,
                      unsigned first,
                      unsigned count,
                      const struct hw_port_ops *ops)
{
    struct hw_device_claim *claim = new_claim(device, CLAIM_PORTS, first, NULL);
    return claim && keep_claim(device, claim,
                               hw_ports_claim(device->machine, first, count, ops, device->state,
                                              device->ops->name));
}

bool
hw_device_claim_mmio(struct hw_device *device,
                     uint64_t physical,
                     uint64_t size,
                     const struct hw_mmio_ops *ops)
{
    struct hw_device_claim *claim = new_claim(device, CLAIM_MMIO, physical, NULL);
    return claim && keep_claim(device, claim,
                               hw_mmio_claim(device->machine, physical, size, ops, device->state,
                                             device->ops->name));
}

bool
hw_device_claim_msrs(struct hw_device *device,
                     uint32_t first,
                     uint32_t count,
                     const struct hw_msr_ops *ops)
{
    struct hw_device_claim *claim = new_claim(device, CLAIM_MSRS, first, ops);
    return claim && keep_claim(device, claim,
                               hw_msr_register(device->machine, first, count, ops, device->state));
}

bool
hw_device_claim_irq(struct hw_device *device, struct hw_irq *irq, unsigned line)
{
    hw_irq_init(irq, device->machine, line);
    return new_claim(device, CLAIM_IRQ, line, irq) != NULL;
}

bool
hw_device_claim_event(struct hw_device *device,
                      struct hw_clock_event *event,
                      hw_clock_callback callback,
                      bool background)
{
    hw_clock_event_init(event, callback, device->state);
    event->background = background;
    return new_claim(device, CLAIM_EVENT, 0, event) != NULL;
}

struct hw_pci_function *
hw_device_claim_pci(struct hw_device *device,
                    struct hw_pci_bus *bus,
                    unsigned slot,
                    unsigned number,
                    const struct hw_pci_identity *identity)
{
    struct hw_device_claim *claim = new_claim(device, CLAIM_PCI, 0, NULL);
    if (!claim)
    {
        return NULL;
    }
    struct hw_pci_function *function =
        hw_pci_function_create(device->machine, bus, slot, number, identity, device->ops->name);
    if (keep_claim(device, claim, function != NULL))
    {
        claim->what = function;
        function->holder = &claim->what;
    }
    return function;
}
