/* SPDX-License-Identifier: MIT */
/*
 * Device models. A model is a hw_device_ops; hw_device_create makes one of it, and whatever the
 * device claims through the functions below is given back when it goes.
 */
#ifndef HW_CORE_DEVICE_H
#define HW_CORE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/machine.h"
#include "hw/core/pci.h"

struct hw_device;

struct hw_device_ops
{
    const char *name;
    size_t state_size; /* bytes of zeroed state that hw_device_state returns */

    /* Claims ports, windows and lines. `config` is what hw_device_create got. False undoes the
     * creation; `exit` is not called then. */
    bool (*realize)(struct hw_device *device, const void *config);

    /* Power-on values. Called after realize and on machine reset. */
    void (*reset)(struct hw_device *device);

    /* Frees what realize allocated itself; claims go on their own, afterwards. */
    void (*exit)(struct hw_device *device);
};

struct hw_device_claim;

struct hw_device
{
    const struct hw_device_ops *ops;
    struct hw_machine *machine;
    void *state;
    void *user; /* for whoever created it */
    struct hw_device_claim *claims;
    struct hw_device *next;
};

/* NULL when realize refused or memory is short. */
struct hw_device *
hw_device_create(struct hw_machine *machine, const struct hw_device_ops *ops, const void *config);
void hw_device_destroy(struct hw_device *device);

/* The first device of that model, for tests and for those who connect devices; NULL if none. */
struct hw_device *hw_device_find(struct hw_machine *machine, const char *name);

void *hw_device_state(const struct hw_device *device);

/* ---- claims: the callbacks get the device's state as context ---- */

bool hw_device_claim_ports(struct hw_device *device,
                           unsigned first,
                           unsigned count,
                           const struct hw_port_ops *ops);
bool hw_device_claim_mmio(struct hw_device *device,
                          uint64_t physical,
                          uint64_t size,
                          const struct hw_mmio_ops *ops);
bool hw_device_claim_msrs(struct hw_device *device,
                          uint32_t first,
                          uint32_t count,
                          const struct hw_msr_ops *ops);

/* Connects an interrupt source that lives in the state. It is lowered when the device goes. */
bool hw_device_claim_irq(struct hw_device *device, struct hw_irq *irq, unsigned line);

/* Prepares an event that lives in the state; canceled when the device goes. */
bool hw_device_claim_event(struct hw_device *device,
                           struct hw_clock_event *event,
                           hw_clock_callback callback,
                           bool background);

/* Adds a PCI function that goes with the device. See hw_pci_function_create. */
struct hw_pci_function *hw_device_claim_pci(struct hw_device *device,
                                            struct hw_pci_bus *bus,
                                            unsigned slot,
                                            unsigned number,
                                            const struct hw_pci_identity *identity);

#endif
