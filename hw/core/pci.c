/* SPDX-License-Identifier: MIT */
/*
 * PCI functions and configuration cycles: ports 0xcf8 to 0xcff and direct calls. Owns
 * hw_machine.pci. No lock.
 */
#include "hw/core/pci.h"

#include <stdlib.h>
#include <string.h>

#include "hw/core/machine.h"

#define CONFIG_SIZE  256u
#define EXPRESS_SIZE 4096u

uint32_t
hw_pci_get(const struct hw_pci_function *function, unsigned offset, unsigned size)
{
    uint32_t value = 0;
    if (offset + size <= function->config_size)
    {
        memcpy(&value, function->config + offset, size);
    }
    return value;
}

static void
put(uint8_t *bytes,
    const struct hw_pci_function *function,
    unsigned offset,
    unsigned size,
    uint32_t value)
{
    if (offset + size <= function->config_size)
    {
        memcpy(bytes + offset, &value, size);
    }
}

void
hw_pci_set(struct hw_pci_function *function, unsigned offset, unsigned size, uint32_t value)
{
    put(function->config, function, offset, size, value);
}

void
hw_pci_set_writable(struct hw_pci_function *function, unsigned offset, unsigned size, uint32_t mask)
{
    put(function->writable, function, offset, size, mask);
}

void
hw_pci_set_clear(struct hw_pci_function *function, unsigned offset, unsigned size, uint32_t mask)
{
    put(function->clear, function, offset, size, mask);
}

static void
fill_header(struct hw_pci_function *function, const struct hw_pci_identity *identity)
{
    hw_pci_set(function, HW_PCI_VENDOR, 2, identity->vendor);
    hw_pci_set(function, HW_PCI_DEVICE, 2, identity->device);
    hw_pci_set(function, HW_PCI_REVISION, 1, identity->revision);
    hw_pci_set(function, HW_PCI_CLASS, 1, identity->class_code & 0xff);
    hw_pci_set(function, HW_PCI_CLASS + 1, 2, identity->class_code >> 8);
    hw_pci_set(function, HW_PCI_HEADER_TYPE, 1,
               (identity->bridge ? 1u : 0u) | (identity->multifunction ? 0x80u : 0u));
    hw_pci_set_writable(function, HW_PCI_COMMAND, 2, 0x0547);
    hw_pci_set_clear(function, HW_PCI_STATUS, 2, 0xf900);
    hw_pci_set_writable(function, HW_PCI_CACHE_LINE, 2, 0xffff);
    hw_pci_set_writable(function, HW_PCI_IRQ_LINE, 1, 0xff);
    hw_pci_set(function, HW_PCI_IRQ_PIN, 1, identity->interrupt_pin);
    if (identity->bridge)
    {
        hw_pci_set_writable(function, HW_PCI_PRIMARY, 4, 0xffffffff);
        hw_pci_set(function, 0x1c, 2, 0x0101); /* 32-bit I/O decoding */
        hw_pci_set_writable(function, 0x1c, 2, 0xf0f0);
        hw_pci_set_clear(function, 0x1e, 2, 0xf900);
        hw_pci_set_writable(function, 0x20, 4, 0xfff0fff0);
        hw_pci_set(function, 0x24, 4, 0x00010001); /* 64-bit prefetchable decoding */
        hw_pci_set_writable(function, 0x24, 4, 0xfff0fff0);
        hw_pci_set_writable(function, 0x28, 4, 0xffffffff);
        hw_pci_set_writable(function, 0x2c, 4, 0xffffffff);
        hw_pci_set_writable(function, 0x30, 4, 0xffffffff);
        hw_pci_set_writable(function, HW_PCI_BRIDGE, 2, 0x0fff);
        return;
    }
    hw_pci_set(function, HW_PCI_SUBSYSTEM, 2, identity->subsystem_vendor);
    hw_pci_set(function, HW_PCI_SUBSYSTEM + 2, 2, identity->subsystem);
}

static void
free_function(struct hw_pci_function *function)
{
    if (function)
    {
        free(function->config);
        free(function->secondary);
        free(function->msix);
        free(function);
    }
}

struct hw_pci_function *
hw_pci_function_create(struct hw_machine *machine,
                       struct hw_pci_bus *bus,
                       unsigned slot,
                       unsigned number,
                       const struct hw_pci_identity *identity,
                       const char *name)
{
    bus = bus ? bus : &machine->pci->root;
    if (slot > 31 || number > 7 || identity->interrupt_pin > 4 || bus->functions[slot * 8 + number])
    {
        return NULL;
    }
    struct hw_pci_function *function = calloc(1, sizeof *function);
    if (!function)
    {
        return NULL;
    }
    function->config_size = identity->express ? EXPRESS_SIZE : CONFIG_SIZE;
    function->config = calloc(3, function->config_size);
    function->secondary = identity->bridge ? calloc(1, sizeof *function->secondary) : NULL;
    if (!function->config || (identity->bridge && !function->secondary))
    {
        free_function(function);
        return NULL;
    }
    function->machine = machine;
    function->bus = bus;
    function->devfn = (uint8_t)(slot * 8 + number);
    function->name = name;
    function->writable = function->config + function->config_size;
    function->clear = function->writable + function->config_size;
    function->next_free = 0x40;
    if (function->secondary)
    {
        function->secondary->bridge = function;
    }
    fill_header(function, identity);
    hw_irq_init(&function->irq, machine, HW_IRQ_NONE);
    bus->functions[function->devfn] = function;
    return function;
}

void
hw_pci_function_destroy(struct hw_pci_function *function)
{
    struct hw_machine *machine = function->machine;
    if (machine->pci->assigned && machine->hooks.pci_changed)
    {
        machine->hooks.pci_changed(machine->hooks.context, function, false);
    }
    for (unsigned i = 0; function->secondary && i < 256; i++)
    {
        if (function->secondary->functions[i])
        {
            hw_pci_function_destroy(function->secondary->functions[i]);
        }
    }
    hw_pci_set(function, HW_PCI_COMMAND, 2, 0);
    hw_pci_update_bars(function);
    hw_irq_lower(&function->irq);
    function->bus->functions[function->devfn] = NULL;
    if (function->holder)
    {
        *function->holder = NULL;
    }
    free_function(function);
}

unsigned
hw_pci_bus_number(const struct hw_pci_bus *bus)
{
    if (!bus->bridge)
    {
        return 0;
    }
    unsigned number = hw_pci_get(bus->bridge, HW_PCI_SECONDARY, 1);
    return number ? number : 0xff;
}

/* Follows the bridges whose bus range includes the number, as the cycle itself would. */
static struct hw_pci_bus *
find_bus(struct hw_pci_bus *bus, unsigned number)
{
    if (!bus->bridge && number == 0)
    {
        return bus;
    }
    for (unsigned i = 0; i < 256; i++)
    {
        struct hw_pci_function *bridge = bus->functions[i];
        if (!bridge || !bridge->secondary)
        {
            continue;
        }
        unsigned first = hw_pci_get(bridge, HW_PCI_SECONDARY, 1);
        unsigned last = hw_pci_get(bridge, HW_PCI_SUBORDINATE, 1);
        if (first && number == first)
        {
            return bridge->secondary;
        }
        if (first && number > first && number <= last)
        {
            return find_bus(bridge->secondary, number);
        }
    }
    return NULL;
}

struct hw_pci_function *
hw_pci_find(struct hw_machine *machine, unsigned bus, unsigned slot, unsigned number)
{
    struct hw_pci_bus *found = bus < 256 ? find_bus(&machine->pci->root, bus) : NULL;
    return found && slot < 32 && number < 8 ? found->functions[slot * 8 + number] : NULL;
}

uint32_t
hw_pci_function_read(struct hw_pci_function *function, unsigned offset, unsigned size)
{
    uint32_t ones = size >= 4 ? UINT32_MAX : (1u << (size * 8)) - 1;
    return offset + size <= function->config_size ? hw_pci_get(function, offset, size) : ones;
}

static bool
overlaps(unsigned offset, unsigned size, unsigned first, unsigned count)
{
    return offset < first + count && first < offset + size;
}

void
hw_pci_function_write(struct hw_pci_function *function,
                      unsigned offset,
                      uint32_t value,
                      unsigned size)
{
    if (offset + size > function->config_size)
    {
        return;
    }
    for (unsigned i = 0; i < size; i++)
    {
        uint8_t byte = (uint8_t)(value >> (i * 8));
        uint8_t *config = &function->config[offset + i];
        uint8_t mask = function->writable[offset + i];
        *config = (uint8_t)((*config & ~mask) | (byte & mask));
        *config &= (uint8_t)~(byte & function->clear[offset + i]);
    }
    unsigned bars = function->secondary ? 2 : HW_PCI_BARS;
    unsigned rom = function->secondary ? HW_PCI_BRIDGE_ROM : HW_PCI_ROM;
    if (overlaps(offset, size, HW_PCI_COMMAND, 2) ||
        overlaps(offset, size, HW_PCI_BAR0, bars * 4) || overlaps(offset, size, rom, 4) ||
        (function->power && overlaps(offset, size, function->power + 4u, 1)))
    {
        hw_pci_update_bars(function);
        hw_pci_update_irq(function);
        hw_pci_update_messages(function);
    }
    if (offset >= 0x40)
    {
        hw_pci_update_irq(function);
        hw_pci_update_messages(function);
    }
    if (function->config_written)
    {
        function->config_written(function->context, offset, size);
    }
}

uint32_t
hw_pci_config_read(struct hw_machine *machine,
                   unsigned bus,
                   unsigned slot,
                   unsigned number,
                   unsigned offset,
                   unsigned size)
{
    struct hw_pci_function *function = hw_pci_find(machine, bus, slot, number);
    if (!function)
    {
        return size >= 4 ? UINT32_MAX : (1u << (size * 8)) - 1;
    }
    return hw_pci_function_read(function, offset, size);
}

void
hw_pci_config_write(struct hw_machine *machine,
                    unsigned bus,
                    unsigned slot,
                    unsigned number,
                    unsigned offset,
                    uint32_t value,
                    unsigned size)
{
    struct hw_pci_function *function = hw_pci_find(machine, bus, slot, number);
    if (function)
    {
        hw_pci_function_write(function, offset, value, size);
    }
}

/* Ports 0xcf8 to 0xcff. The address register takes doublewords only; 0xcf9 by itself is the reset
 * control register of the chipset. */
static uint32_t
mechanism_read(void *context, unsigned offset, unsigned size)
{
    struct hw_machine *machine = context;
    uint32_t address = machine->pci->config_address;
    if (offset < 4)
    {
        return offset == 0 && size == 4 ? address : 0;
    }
    if (!(address & 0x80000000))
    {
        return UINT32_MAX;
    }
    return hw_pci_config_read(machine, (address >> 16) & 0xff, (address >> 11) & 31,
                              (address >> 8) & 7, (address & 0xfc) + (offset - 4), size);
}

static void
mechanism_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct hw_machine *machine = context;
    uint32_t address = machine->pci->config_address;
    if (offset == 0 && size == 4)
    {
        machine->pci->config_address = value & 0x80fffffc;
    }
    else if (offset == 1 && size == 1 && (value & 4) && machine->hooks.power)
    {
        machine->hooks.power(machine->hooks.context, HW_POWER_RESET);
    }
    else if (offset >= 4 && (address & 0x80000000))
    {
        hw_pci_config_write(machine, (address >> 16) & 0xff, (address >> 11) & 31,
                            (address >> 8) & 7, (address & 0xfc) + (offset - 4), value, size);
    }
}

static const struct hw_port_ops mechanism_ops = {mechanism_read, mechanism_write, 4};

bool
hw_pci_init(struct hw_machine *machine)
{
    machine->pci = calloc(1, sizeof *machine->pci);
    return machine->pci && hw_ports_claim(machine, 0xcf8, 8, &mechanism_ops, machine, "pci");
}

void
hw_pci_free(struct hw_machine *machine)
{
    if (machine->pci)
    {
        machine->pci->assigned = false;
        for (unsigned i = 0; i < 256; i++)
        {
            if (machine->pci->root.functions[i])
            {
                hw_pci_function_destroy(machine->pci->root.functions[i]);
            }
        }
        free(machine->pci);
        machine->pci = NULL;
    }
}
