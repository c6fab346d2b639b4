/* SPDX-License-Identifier: MIT */
/*
 * Life and death of a machine. Owns struct hw_machine itself. No lock.
 */
#include "hw/core/machine.h"

#include <stdlib.h>

#include "hw/core/device.h"

static bool
create_cpus(struct hw_machine *machine, unsigned count)
{
    size_t slots = hw_msr_slot_count();
    machine->cpus = calloc(count, sizeof *machine->cpus);
    if (!machine->cpus)
    {
        return false;
    }
    machine->cpu_count = count;
    uint64_t *values = calloc(count * slots, sizeof *values);
    machine->cpus[0].msr = values;
    if (!values)
    {
        return false;
    }
    for (unsigned i = 0; i < count; i++)
    {
        machine->cpus[i].machine = machine;
        machine->cpus[i].number = i;
        machine->cpus[i].msr = values + i * slots;
        hw_cpu_reset(&machine->cpus[i]);
    }
    return true;
}

struct hw_machine *
hw_machine_create(const struct hw_machine_config *config)
{
    if (config->cpus == 0 || config->cpus > HW_MACHINE_MAX_CPUS)
    {
        return NULL;
    }
    struct hw_machine *machine = calloc(1, sizeof *machine);
    if (!machine)
    {
        return NULL;
    }
    machine->hooks = config->hooks;
    machine->clock.epoch_100ns = config->epoch_100ns ? config->epoch_100ns : HW_CLOCK_DEFAULT_EPOCH;
    if (!create_cpus(machine, config->cpus) || !hw_pci_init(machine) ||
        !hw_memory_init_pc(machine, config->ram_size))
    {
        hw_machine_destroy(machine);
        return NULL;
    }
    return machine;
}

void
hw_machine_destroy(struct hw_machine *machine)
{
    if (!machine)
    {
        return;
    }
    while (machine->devices)
    {
        hw_device_destroy(machine->devices);
    }
    hw_pci_free(machine);
    hw_mmio_free(machine);
    hw_memory_release(machine);
    hw_ports_free(machine);
    hw_clock_release(machine);
    if (machine->cpus)
    {
        free(machine->cpus[0].msr);
    }
    free(machine->cpus);
    free(machine);
}

/* Devices reset in the order of creation: the list has the latest first. */
static void
reset_devices(struct hw_device *device)
{
    if (device)
    {
        reset_devices(device->next);
        if (device->ops->reset)
        {
            device->ops->reset(device);
        }
    }
}

void
hw_machine_reset(struct hw_machine *machine)
{
    for (unsigned i = 0; i < machine->cpu_count; i++)
    {
        hw_cpu_reset(&machine->cpus[i]);
    }
    hw_pci_reset(machine);
    reset_devices(machine->devices);
}
