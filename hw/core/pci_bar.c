/* SPDX-License-Identifier: MIT */
/*
 * Base address registers: sizing, mapping and unmapping as the guest programs them, and the
 * addresses that firmware assigns. No state of its own.
 */
#include "hw/core/pci.h"

#include "hw/core/machine.h"
#include "hw/core/mmiop.h"

#define MEMORY_BASE      0xc0000000ull
#define MEMORY_END       0xfe000000ull
#define MEMORY_HIGH      0x1000000000ull /* 64 GiB: above any RAM */
#define MEMORY_HIGH_END  0x8000000000ull
#define IO_BASE          0xc000ull
#define IO_END           0x10000ull
#define BRIDGE_GRAIN     0x100000ull
#define BRIDGE_IO_GRAIN  0x1000ull
#define ALIGN(Value, To) (((Value) + (To) - 1) & ~((To) - 1))

static unsigned
register_of(const struct hw_pci_function *function, unsigned index)
{
    if (index == HW_PCI_ROM_BAR)
    {
        return function->secondary ? HW_PCI_BRIDGE_ROM : HW_PCI_ROM;
    }
    return HW_PCI_BAR0 + index * 4;
}

static bool
free_register(const struct hw_pci_function *function, unsigned index)
{
    unsigned count = function->secondary ? 2 : HW_PCI_BARS;
    return (index < count || index == HW_PCI_ROM_BAR) &&
           function->bars[index].kind == HW_PCI_BAR_NONE;
}

bool
hw_pci_bar_io(struct hw_pci_function *function,
              unsigned index,
              uint32_t size,
              const struct hw_port_ops *ops,
              void *context)
{
    if (index == HW_PCI_ROM_BAR || !free_register(function, index) || size < 4 || size > 0x1000 ||
        (size & (size - 1)))
    {
        return false;
    }
    function->bars[index] = (struct hw_pci_bar){
        .kind = HW_PCI_BAR_IO, .size = size, .port_ops = ops, .context = context};
    hw_pci_set(function, register_of(function, index), 4, 1);
    hw_pci_set_writable(function, register_of(function, index), 4, ~(size - 1));
    return true;
}

bool
hw_pci_bar_memory(struct hw_pci_function *function,
                  unsigned index,
                  uint64_t size,
                  bool wide,
                  bool prefetchable,
                  const struct hw_mmio_ops *ops,
                  void *context)
{
    bool rom = index == HW_PCI_ROM_BAR;
    uint64_t smallest = rom ? 2048 : 16;
    if (!hw_mmio_ops_valid(ops) || !free_register(function, index) || size < smallest ||
        (size & (size - 1)) || (!wide && size > 0x80000000ull) ||
        (wide && (rom || !free_register(function, index + 1) || index + 1 >= HW_PCI_BARS)))
    {
        return false;
    }
    function->bars[index] =
        (struct hw_pci_bar){.kind = wide ? HW_PCI_BAR_MEMORY64 : HW_PCI_BAR_MEMORY32,
                            .prefetchable = prefetchable,
                            .size = size,
                            .mmio_ops = ops,
                            .context = context};
    uint32_t type = rom ? 0 : (wide ? 4u : 0u) | (prefetchable ? 8u : 0u);
    uint64_t mask = ~(size - 1);
    hw_pci_set(function, register_of(function, index), 4, type);
    hw_pci_set_writable(function, register_of(function, index), 4,
                        (uint32_t)mask | (rom ? 1u : 0u));
    if (wide)
    {
        function->bars[index + 1].kind = HW_PCI_BAR_UPPER;
        hw_pci_set_writable(function, register_of(function, index + 1), 4, (uint32_t)(mask >> 32));
    }
    return true;
}

/* Accesses to a memory BAR that also holds an MSI-X table come through here. */
static uint64_t
overlay_read(void *context, uint64_t offset, unsigned size)
{
    struct hw_pci_function *function = context;
    const struct hw_pci_bar *bar = &function->bars[function->msix->bar];
    if (hw_pci_msix_covers(function, function->msix->bar, offset))
    {
        return hw_pci_msix_access(function, offset, size, 0, false);
    }
    uint64_t value = 0;
    hw_mmio_ops_read(bar->mmio_ops, bar->context, offset, &value, size);
    return value;
}

static void
overlay_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    struct hw_pci_function *function = context;
    const struct hw_pci_bar *bar = &function->bars[function->msix->bar];
    if (hw_pci_msix_covers(function, function->msix->bar, offset))
    {
        hw_pci_msix_access(function, offset, size, value, true);
    }
    else
    {
        hw_mmio_ops_write(bar->mmio_ops, bar->context, offset, &value, size);
    }
}

static const struct hw_mmio_ops overlay_ops = {overlay_read, overlay_write, 4};

/* Where a BAR is to be mapped now; false when it is not. */
static bool
wanted(const struct hw_pci_function *function, unsigned index, uint64_t *address)
{
    const struct hw_pci_bar *bar = &function->bars[index];
    uint32_t command = hw_pci_get(function, HW_PCI_COMMAND, 2);
    uint64_t value = hw_pci_get(function, register_of(function, index), 4);
    bool asleep = function->power && (hw_pci_get(function, function->power + 4u, 1) & 3) != 0;
    if (bar->kind == HW_PCI_BAR_IO)
    {
        *address = value & ~3ull;
        return (command & HW_PCI_COMMAND_IO) && !asleep && *address && *address < IO_END;
    }
    *address = value & ~15ull;
    if (index == HW_PCI_ROM_BAR)
    {
        *address = value & ~0x7ffull;
        return (command & HW_PCI_COMMAND_MEMORY) && (value & 1) && !asleep && *address;
    }
    if (bar->kind == HW_PCI_BAR_MEMORY64)
    {
        *address |= (uint64_t)hw_pci_get(function, register_of(function, index + 1), 4) << 32;
    }
    /* All ones is a guest that sizes the register with decoding on. */
    bool sizing =
        *address == (bar->kind == HW_PCI_BAR_MEMORY64 ? ~(bar->size - 1)
                                                      : (uint32_t)~(uint32_t)(bar->size - 1));
    return (command & HW_PCI_COMMAND_MEMORY) && !asleep && *address && !sizing;
}

static void
unmap_bar(struct hw_pci_function *function, struct hw_pci_bar *bar)
{
    if (bar->kind == HW_PCI_BAR_IO)
    {
        hw_ports_release(function->machine, (unsigned)bar->mapped_at);
    }
    else
    {
        hw_mmio_release(function->machine, bar->mapped_at);
    }
    bar->mapped = false;
}

static bool
map_bar(struct hw_pci_function *function, unsigned index, uint64_t address)
{
    struct hw_pci_bar *bar = &function->bars[index];
    struct hw_machine *machine = function->machine;
    if (bar->kind == HW_PCI_BAR_IO)
    {
        return hw_ports_claim(machine, (unsigned)address, (unsigned)bar->size, bar->port_ops,
                              bar->context, function->name);
    }
    /* Memory that decodes on top of RAM would take it away from the guest: real chipsets let RAM
     * win. */
    const struct hw_memory_range *range = hw_memory_find(machine, address);
    if (range && range->type != HW_MEMORY_MMIO)
    {
        return false;
    }
    bool overlay = function->msix && function->msix->bar == index;
    return hw_mmio_claim(machine, address, bar->size, overlay ? &overlay_ops : bar->mmio_ops,
                         overlay ? function : bar->context, function->name);
}

void
hw_pci_update_bars(struct hw_pci_function *function)
{
    for (unsigned i = 0; i <= HW_PCI_BARS; i++)
    {
        struct hw_pci_bar *bar = &function->bars[i];
        uint64_t address = 0;
        if (bar->kind == HW_PCI_BAR_NONE || bar->kind == HW_PCI_BAR_UPPER)
        {
            continue;
        }
        bool want = wanted(function, i, &address);
        if (bar->mapped && (!want || address != bar->mapped_at))
        {
            unmap_bar(function, bar);
        }
        if (want && !bar->mapped)
        {
            bar->mapped = map_bar(function, i, address);
            bar->mapped_at = address;
            if (!bar->mapped)
            {
                hw_log_guest_error(function->machine, function->name,
                                   "BAR %u at 0x%llx overlaps something else", i,
                                   (unsigned long long)address);
            }
        }
    }
}

static bool
take(uint64_t *next, uint64_t end, uint64_t size, uint64_t *address)
{
    uint64_t at = ALIGN(*next, size);
    if (at + size > end)
    {
        return false;
    }
    *address = at;
    *next = at + size;
    return true;
}

static bool
assign_bar(struct hw_pci_function *function, unsigned index)
{
    struct hw_pci *pci = function->machine->pci;
    const struct hw_pci_bar *bar = &function->bars[index];
    uint64_t address = 0;
    bool found;
    if (bar->kind == HW_PCI_BAR_IO)
    {
        found = take(&pci->next_io, IO_END, bar->size, &address);
    }
    else
    {
        /* A page each, so that a driver's mapping of one never shows it another's registers. */
        uint64_t size = bar->size < 4096 ? 4096 : bar->size;
        found = take(&pci->next_memory, MEMORY_END, size, &address) ||
                (bar->kind == HW_PCI_BAR_MEMORY64 &&
                 take(&pci->next_memory_high, MEMORY_HIGH_END, size, &address));
    }
    uint32_t low = hw_pci_get(function, register_of(function, index), 4) & 0xf;
    if (bar->kind == HW_PCI_BAR_IO)
    {
        low &= 3;
    }
    hw_pci_set(function, register_of(function, index), 4, (uint32_t)address | low);
    if (bar->kind == HW_PCI_BAR_MEMORY64)
    {
        hw_pci_set(function, register_of(function, index + 1), 4, (uint32_t)(address >> 32));
    }
    return found;
}

/* INTA of device 0 goes to the first PCI line, and each device and bridge rotates by one. */
static void
assign_line(struct hw_pci_function *function)
{
    unsigned pin = hw_pci_get(function, HW_PCI_IRQ_PIN, 1);
    const struct hw_pci_function *at = function;
    if (!pin)
    {
        return;
    }
    pin--;
    while (at->bus->bridge)
    {
        pin = (pin + at->devfn / 8) & 3;
        at = at->bus->bridge;
    }
    unsigned line = HW_IRQ_PCI_FIRST + ((pin + at->devfn / 8) & 3);
    hw_pci_set(function, HW_PCI_IRQ_LINE, 1, line);
    hw_irq_connect(&function->irq, line);
}

static bool
assign_one(struct hw_pci_function *function)
{
    uint32_t command = hw_pci_get(function, HW_PCI_COMMAND, 2);
    bool complete = true;
    for (unsigned i = 0; i <= HW_PCI_BARS; i++)
    {
        enum hw_pci_bar_kind kind = function->bars[i].kind;
        if (kind == HW_PCI_BAR_NONE || kind == HW_PCI_BAR_UPPER)
        {
            continue;
        }
        bool found = assign_bar(function, i);
        complete &= found;
        if (found)
        {
            command |= kind == HW_PCI_BAR_IO ? HW_PCI_COMMAND_IO : HW_PCI_COMMAND_MEMORY;
        }
    }
    assign_line(function);
    if (function->secondary)
    {
        command |= HW_PCI_COMMAND_IO | HW_PCI_COMMAND_MEMORY | HW_PCI_COMMAND_MASTER;
    }
    hw_pci_set(function, HW_PCI_COMMAND, 2, command);
    hw_pci_update_bars(function);
    return complete;
}

static void assign_bus(struct hw_pci_bus *bus);

/* A bridge forwards what lies between base and limit; an empty window has limit below base. */
static void
assign_bridge(struct hw_pci_function *bridge)
{
    struct hw_pci *pci = bridge->machine->pci;
    uint8_t number = ++pci->next_bus;
    hw_pci_set(bridge, HW_PCI_PRIMARY, 1, hw_pci_bus_number(bridge->bus));
    hw_pci_set(bridge, HW_PCI_SECONDARY, 1, number);
    hw_pci_set(bridge, HW_PCI_SUBORDINATE, 1, 0xff);
    uint64_t memory = pci->next_memory = ALIGN(pci->next_memory, BRIDGE_GRAIN);
    uint64_t io = pci->next_io = ALIGN(pci->next_io, BRIDGE_IO_GRAIN);
    assign_bus(bridge->secondary);
    hw_pci_set(bridge, HW_PCI_SUBORDINATE, 1, pci->next_bus);
    pci->next_memory = ALIGN(pci->next_memory, BRIDGE_GRAIN);
    pci->next_io = ALIGN(pci->next_io, BRIDGE_IO_GRAIN);
    bool has_memory = pci->next_memory > memory;
    bool has_io = pci->next_io > io;
    uint32_t memory_limit = (uint32_t)((pci->next_memory - 1) >> 16) & 0xfff0;
    hw_pci_set(bridge, 0x20, 2, has_memory ? (uint32_t)(memory >> 16) & 0xfff0 : 0xfff0);
    hw_pci_set(bridge, 0x22, 2, has_memory ? memory_limit : 0);
    hw_pci_set(bridge, 0x1c, 1, has_io ? ((uint32_t)(io >> 8) & 0xf0) | 1 : 0xf1);
    hw_pci_set(bridge, 0x1d, 1, has_io ? ((uint32_t)((pci->next_io - 1) >> 8) & 0xf0) | 1 : 1);
    hw_pci_set(bridge, 0x24, 4, 0x0001fff1);
}

static void
assign_bus(struct hw_pci_bus *bus)
{
    for (unsigned i = 0; i < 256; i++)
    {
        if (bus->functions[i])
        {
            assign_one(bus->functions[i]);
        }
    }
    for (unsigned i = 0; i < 256; i++)
    {
        struct hw_pci_function *bridge = bus->functions[i];
        if (bridge && bridge->secondary && bridge->machine->pci->next_bus < 0xfe)
        {
            assign_bridge(bridge);
        }
    }
}

void
hw_pci_assign(struct hw_machine *machine)
{
    struct hw_pci *pci = machine->pci;
    pci->next_io = IO_BASE;
    pci->next_memory = MEMORY_BASE;
    pci->next_memory_high = MEMORY_HIGH;
    pci->next_bus = 0;
    assign_bus(&pci->root);
    pci->assigned = true;
}

bool
hw_pci_assign_function(struct hw_pci_function *function)
{
    struct hw_machine *machine = function->machine;
    if (!machine->pci->assigned)
    {
        return true;
    }
    bool complete = assign_one(function);
    if (function->secondary && machine->pci->next_bus < 0xfe)
    {
        assign_bridge(function);
    }
    if (machine->hooks.pci_changed)
    {
        machine->hooks.pci_changed(machine->hooks.context, function, true);
    }
    return complete;
}
