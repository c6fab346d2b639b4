/* SPDX-License-Identifier: MIT */
/*
 * Capabilities and interrupts of PCI functions: the INTx pin with its gates, MSI, MSI-X, and bus
 * master access. No state of its own.
 */
#include "hw/core/pci.h"

#include <stdlib.h>
#include <string.h>

#include "hw/core/machine.h"

unsigned
hw_pci_capability_add(struct hw_pci_function *function, uint8_t id, unsigned size)
{
    unsigned offset = function->next_free;
    unsigned status = hw_pci_get(function, HW_PCI_STATUS, 2);
    if (size < 2 || offset + size > 256)
    {
        return 0;
    }
    hw_pci_set(function, offset, 1, id);
    /* Appended: the guest walks them in the order of creation. */
    unsigned link = HW_PCI_CAPABILITIES;
    while (hw_pci_get(function, link, 1))
    {
        link = hw_pci_get(function, link, 1) + 1;
    }
    hw_pci_set(function, link, 1, offset);
    hw_pci_set(function, HW_PCI_STATUS, 2, status | HW_PCI_STATUS_CAPS);
    function->next_free = (uint16_t)((offset + size + 3) & ~3u);
    return offset;
}

unsigned
hw_pci_power_add(struct hw_pci_function *function)
{
    unsigned offset = hw_pci_capability_add(function, HW_PCI_CAP_POWER, 8);
    if (offset)
    {
        hw_pci_set(function, offset + 2, 2, 0xc803); /* version 3; PME from D0, D3hot, D3cold */
        hw_pci_set(function, offset + 4, 2, 0x0008); /* no soft reset on return to D0 */
        hw_pci_set_writable(function, offset + 4, 2, 0x0103);
        hw_pci_set_clear(function, offset + 4, 2, 0x8000);
        function->power = (uint16_t)offset;
    }
    return offset;
}

unsigned
hw_pci_express_add(struct hw_pci_function *function, unsigned port_type)
{
    unsigned offset = hw_pci_capability_add(function, HW_PCI_CAP_EXPRESS, 0x3c);
    if (offset)
    {
        hw_pci_set(function, offset + 2, 2, 2 | (port_type & 15) << 4);
        hw_pci_set(function, offset + 4, 4,
                   0x10008001); /* function level reset, 256 byte payload */
        hw_pci_set(function, offset + 8, 2, 0x2810);
        hw_pci_set_writable(function, offset + 8, 2, 0x7fff);
        hw_pci_set_clear(function, offset + 10, 2, 0xf);
        hw_pci_set(function, offset + 12, 4, 0x11); /* x1, 2.5 GT/s */
        hw_pci_set_writable(function, offset + 16, 2, 0x1c3);
        hw_pci_set(function, offset + 18, 2, 0x11);
        hw_pci_set_writable(function, offset + 0x28, 2, 0xffff);
        hw_pci_set(function, offset + 0x30, 2, 1);
    }
    return offset;
}

static bool
msi_wide(const struct hw_pci_function *function)
{
    return hw_pci_get(function, function->msi + 2u, 2) & 0x80;
}

unsigned
hw_pci_msi_add(struct hw_pci_function *function, unsigned vectors, bool wide)
{
    unsigned log = 0;
    while ((1u << log) < vectors)
    {
        log++;
    }
    if (vectors == 0 || vectors > 32 || (1u << log) != vectors || function->msi)
    {
        return 0;
    }
    unsigned offset = hw_pci_capability_add(function, HW_PCI_CAP_MSI, wide ? 0x18 : 0x14);
    if (!offset)
    {
        return 0;
    }
    unsigned data = offset + (wide ? 12 : 8);
    function->msi = (uint16_t)offset;
    hw_pci_set(function, offset + 2, 2, 0x100 | (wide ? 0x80u : 0) | log << 1);
    hw_pci_set_writable(function, offset + 2, 2, 0x71);
    hw_pci_set_writable(function, offset + 4, 4, 0xfffffffc);
    if (wide)
    {
        hw_pci_set_writable(function, offset + 8, 4, 0xffffffff);
    }
    hw_pci_set_writable(function, data, 2, 0xffff);
    uint32_t all = vectors == 32 ? UINT32_MAX : (1u << vectors) - 1;
    hw_pci_set_writable(function, data + 4, 4, all);
    return offset;
}

unsigned
hw_pci_msix_add(struct hw_pci_function *function,
                unsigned vectors,
                unsigned bar,
                uint32_t table,
                uint32_t pending)
{
    bool in_bar = bar < HW_PCI_BARS && (function->bars[bar].kind == HW_PCI_BAR_MEMORY32 ||
                                        function->bars[bar].kind == HW_PCI_BAR_MEMORY64);
    if (!in_bar || function->msix || vectors == 0 || vectors > HW_PCI_MSIX_MAX || (table & 7) ||
        (pending & 7) || table + vectors * 16 > function->bars[bar].size ||
        pending + 8 > function->bars[bar].size ||
        (pending + 8 > table && pending < table + vectors * 16))
    {
        return 0;
    }
    function->msix = calloc(1, sizeof *function->msix);
    unsigned offset = function->msix ? hw_pci_capability_add(function, HW_PCI_CAP_MSIX, 12) : 0;
    if (!offset)
    {
        free(function->msix);
        function->msix = NULL;
        return 0;
    }
    function->msix_capability = (uint16_t)offset;
    function->msix->count = vectors;
    function->msix->bar = bar;
    function->msix->table = table;
    function->msix->pending_offset = pending;
    for (unsigned i = 0; i < vectors; i++)
    {
        function->msix->entries[i].control = 1;
    }
    hw_pci_set(function, offset + 2, 2, vectors - 1);
    hw_pci_set_writable(function, offset + 2, 2, 0xc000);
    hw_pci_set(function, offset + 4, 4, table | bar);
    hw_pci_set(function, offset + 8, 4, pending | bar);
    return offset;
}

bool
hw_pci_msix_covers(const struct hw_pci_function *function, unsigned bar, uint64_t offset)
{
    const struct hw_pci_msix *msix = function->msix;
    return msix && msix->bar == bar &&
           (offset - msix->table < msix->count * 16ull || offset - msix->pending_offset < 8);
}

/* Doublewords of the table or the pending bits; other sizes are undefined and read as ones. */
uint64_t
hw_pci_msix_access(struct hw_pci_function *function,
                   uint64_t offset,
                   unsigned size,
                   uint64_t value,
                   bool write)
{
    struct hw_pci_msix *msix = function->msix;
    if (size != 4)
    {
        hw_log_guest_error(function->machine, function->name, "MSI-X access of %u bytes", size);
        return UINT64_MAX;
    }
    if (offset - msix->pending_offset < 8)
    {
        return write ? 0 : (uint32_t)(msix->pending >> ((offset - msix->pending_offset) * 8));
    }
    uint8_t *bytes = (uint8_t *)&msix->entries[(offset - msix->table) / 16];
    uint32_t word = (uint32_t)value;
    unsigned at = (offset - msix->table) & 15;
    if (!write)
    {
        memcpy(&word, bytes + at, 4);
        return word;
    }
    word = at == 0 ? word & ~3u : at == 12 ? word & 1 : word;
    memcpy(bytes + at, &word, 4);
    hw_pci_update_messages(function);
    return 0;
}

static bool
msi_enabled(const struct hw_pci_function *function)
{
    return function->msi && (hw_pci_get(function, function->msi + 2u, 2) & 1);
}

static bool
msix_enabled(const struct hw_pci_function *function)
{
    return function->msix && (hw_pci_get(function, function->msix_capability + 2u, 2) & 0x8000);
}

bool
hw_pci_messages_enabled(const struct hw_pci_function *function)
{
    return msi_enabled(function) || msix_enabled(function);
}

static bool
is_master(const struct hw_pci_function *function)
{
    return hw_pci_get(function, HW_PCI_COMMAND, 2) & HW_PCI_COMMAND_MASTER;
}

static uint32_t
msi_data_offset(const struct hw_pci_function *function)
{
    return function->msi + (msi_wide(function) ? 12u : 8u);
}

static void
send_msi(struct hw_pci_function *function, unsigned vector)
{
    uint32_t control = hw_pci_get(function, function->msi + 2u, 2);
    unsigned enabled = 1u << ((control >> 4) & 7);
    uint64_t address = hw_pci_get(function, function->msi + 4u, 4);
    uint32_t data = hw_pci_get(function, msi_data_offset(function), 2);
    if (msi_wide(function))
    {
        address |= (uint64_t)hw_pci_get(function, function->msi + 8u, 4) << 32;
    }
    /* With fewer vectors than the device wanted, it folds them. */
    data = (data & ~(enabled - 1)) | (vector & (enabled - 1));
    hw_irq_message(function->machine, address, data);
}

void
hw_pci_update_messages(struct hw_pci_function *function)
{
    if (!is_master(function))
    {
        return;
    }
    if (msi_enabled(function))
    {
        unsigned mask_offset = msi_data_offset(function) + 4;
        uint32_t ready = function->msi_pending & ~hw_pci_get(function, mask_offset, 4);
        function->msi_pending &= ~ready;
        hw_pci_set(function, mask_offset + 4, 4, function->msi_pending);
        for (unsigned i = 0; i < 32; i++)
        {
            if (ready & (1u << i))
            {
                send_msi(function, i);
            }
        }
    }
    bool function_mask =
        function->msix && (hw_pci_get(function, function->msix_capability + 2u, 2) & 0x4000);
    for (unsigned i = 0; msix_enabled(function) && !function_mask && i < function->msix->count; i++)
    {
        struct hw_pci_msix *msix = function->msix;
        if ((msix->pending & (1ull << i)) && !(msix->entries[i].control & 1))
        {
            msix->pending &= ~(1ull << i);
            hw_irq_message(function->machine, msix->entries[i].address, msix->entries[i].data);
        }
    }
}

bool
hw_pci_notify(struct hw_pci_function *function, unsigned vector)
{
    if (msix_enabled(function))
    {
        if (vector < function->msix->count)
        {
            function->msix->pending |= 1ull << vector;
            hw_pci_update_messages(function);
        }
        return true;
    }
    if (msi_enabled(function))
    {
        if (vector < 32)
        {
            function->msi_pending |= 1u << vector;
            hw_pci_set(function, msi_data_offset(function) + 8, 4, function->msi_pending);
            hw_pci_update_messages(function);
        }
        return true;
    }
    return false;
}

void
hw_pci_update_irq(struct hw_pci_function *function)
{
    uint32_t command = hw_pci_get(function, HW_PCI_COMMAND, 2);
    uint32_t status = hw_pci_get(function, HW_PCI_STATUS, 2) & ~HW_PCI_STATUS_INT;
    bool messages = hw_pci_messages_enabled(function);
    bool level = function->pin_level && !messages;
    hw_pci_set(function, HW_PCI_STATUS, 2, status | (level ? HW_PCI_STATUS_INT : 0));
    hw_irq_set(&function->irq, level && !(command & HW_PCI_COMMAND_NO_INT));
}

void
hw_pci_irq_set(struct hw_pci_function *function, bool level)
{
    function->pin_level = level && hw_pci_get(function, HW_PCI_IRQ_PIN, 1);
    hw_pci_update_irq(function);
}

static bool
may_master(struct hw_pci_function *function, uint64_t address)
{
    if (is_master(function))
    {
        return true;
    }
    hw_log_guest_error(function->machine, function->name,
                       "bus master access to 0x%llx while disabled in the command register",
                       (unsigned long long)address);
    return false;
}

bool
hw_pci_dma_read(struct hw_pci_function *function, uint64_t address, void *data, size_t size)
{
    if (!may_master(function, address))
    {
        memset(data, 0xff, size);
        return false;
    }
    return hw_dma_read(function->machine, function, address, data, size);
}

bool
hw_pci_dma_write(struct hw_pci_function *function, uint64_t address, const void *data, size_t size)
{
    return may_master(function, address) &&
           hw_dma_write(function->machine, function, address, data, size);
}

/* Interrupt state back to power-on. Addresses stay: firmware would assign the same again. */
static void
reset_bus(struct hw_pci_bus *bus)
{
    for (unsigned i = 0; i < 256; i++)
    {
        struct hw_pci_function *function = bus->functions[i];
        if (!function)
        {
            continue;
        }
        uint32_t command = hw_pci_get(function, HW_PCI_COMMAND, 2) & 3;
        function->pin_level = false;
        function->msi_pending = 0;
        hw_pci_set(function, HW_PCI_COMMAND, 2, command);
        if (function->msi)
        {
            uint32_t control = hw_pci_get(function, function->msi + 2u, 2);
            hw_pci_set(function, function->msi + 2u, 2, control & ~0x71u);
        }
        if (function->msix)
        {
            function->msix->pending = 0;
            hw_pci_set(function, function->msix_capability + 2u, 2, function->msix->count - 1);
        }
        if (function->power)
        {
            hw_pci_set(function, function->power + 4u, 2, 8);
        }
        hw_pci_update_bars(function);
        hw_pci_update_irq(function);
        if (function->secondary)
        {
            reset_bus(function->secondary);
        }
    }
}

void
hw_pci_reset(struct hw_machine *machine)
{
    machine->pci->config_address = 0;
    reset_bus(&machine->pci->root);
}
