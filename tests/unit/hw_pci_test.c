/* SPDX-License-Identifier: MIT */
/*
 * hw/core/pci*.c: configuration cycles, BARs, bridges, assignment, interrupts and bus mastering.
 */
#include "hw_kit.h"

static uint64_t memory[64];
static uint32_t io[16];

static uint64_t
memory_read(void *context, uint64_t offset, unsigned size)
{
    (void)context;
    (void)size;
    return memory[offset / 8 % 64] >> (offset % 8 * 8);
}

static void
memory_write(void *context, uint64_t offset, uint64_t value, unsigned size)
{
    (void)context;
    (void)size;
    memory[offset / 8 % 64] = value;
}

static uint32_t
io_read(void *context, unsigned offset, unsigned size)
{
    (void)context;
    (void)size;
    return io[offset / 4];
}

static void
io_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    (void)context;
    (void)size;
    io[offset / 4] = value;
}

static const struct hw_mmio_ops mem_ops = {memory_read, memory_write, 8};
static const struct hw_port_ops io_ops = {io_read, io_write, 4};
static const struct hw_pci_identity identity = {.vendor = 0xabcd,
                                                .device = 0x1234,
                                                .subsystem_vendor = 0x5678,
                                                .subsystem = 0x9abc,
                                                .class_code = 0x020001,
                                                .revision = 7,
                                                .interrupt_pin = 1};
static const struct hw_pci_identity bridge_identity = {.vendor = 0xabcd,
                                                       .device = 0x0b0b,
                                                       .class_code = 0x060400,
                                                       .bridge = true};

static struct hw_pci_function *
add(struct hw_machine *m, struct hw_pci_bus *bus, unsigned slot)
{
    struct hw_pci_function *f = hw_pci_function_create(m, bus, slot, 0, &identity, "card");
    assert_non_null(f);
    assert_true(hw_pci_bar_memory(f, 0, 0x1000, false, false, &mem_ops, NULL));
    assert_true(hw_pci_bar_io(f, 1, 0x20, &io_ops, NULL));
    assert_true(hw_pci_bar_memory(f, 2, 0x4000, true, true, &mem_ops, NULL));
    return f;
}

/* A cycle through the two ports, as drivers without HalGetBusData do it. */
static uint32_t
mechanism(struct hw_machine *m, unsigned slot, unsigned offset, unsigned size)
{
    hw_port_write(m, 0xcf8, 0x80000000 | slot << 11 | (offset & 0xfc), 4);
    return hw_port_read(m, (uint16_t)(0xcfc + (offset & 3)), size);
}

static void
header(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 3);
    assert_int_equal(mechanism(m, 3, 0, 4), 0x1234abcd);
    assert_int_equal(mechanism(m, 3, 2, 2), 0x1234);
    assert_int_equal(mechanism(m, 3, 8, 4), 0x02000107);
    assert_int_equal(mechanism(m, 3, 0x0b, 1), 0x02);
    assert_int_equal(mechanism(m, 3, 0x2c, 4), 0x9abc5678);
    assert_int_equal(mechanism(m, 3, 0x3d, 1), 1);
    assert_int_equal(mechanism(m, 4, 0, 4), 0xffffffff);
    assert_int_equal(mechanism(m, 4, 0, 2), 0xffff);
    assert_int_equal(hw_port_read(m, 0xcf8, 4), 0x80002000);
    hw_port_write(m, 0xcf8, 0x00001800, 4); /* enable bit clear */
    assert_int_equal(hw_port_read(m, 0xcfc, 4), 0xffffffff);
    hw_port_write(m, 0xcfc, 0xffffffff, 4);
    assert_int_equal(hw_pci_get(f, 0x3c, 1), 0);
    /* Read-only bytes stay, writable ones change, reserved command bits stay zero. */
    hw_pci_config_write(m, 0, 3, 0, 0, 0, 4);
    assert_int_equal(hw_pci_config_read(m, 0, 3, 0, 0, 4), 0x1234abcd);
    hw_pci_config_write(m, 0, 3, 0, 0x3c, 0xff55, 2);
    assert_int_equal(hw_pci_config_read(m, 0, 3, 0, 0x3c, 2), 0x0155);
    hw_pci_config_write(m, 0, 3, 0, 4, 0xffff, 2);
    assert_int_equal(hw_pci_config_read(m, 0, 3, 0, 4, 2), 0x0547);
    assert_int_equal(hw_pci_function_read(f, 0x100, 4), 0xffffffff);
    hw_pci_function_write(f, 0x100, 0, 4);
    hw_pci_set(f, HW_PCI_STATUS, 2, 0x8000);
    hw_pci_config_write(m, 0, 3, 0, 6, 0x8000, 2); /* a written one clears */
    assert_int_equal(hw_pci_config_read(m, 0, 3, 0, 6, 2), 0);
}

static void
refused_functions(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_identity bad_pin = identity;
    struct hw_pci_function *f = add(m, NULL, 3);
    bad_pin.interrupt_pin = 5;
    assert_null(hw_pci_function_create(m, NULL, 3, 0, &identity, "taken"));
    assert_null(hw_pci_function_create(m, NULL, 32, 0, &identity, "slot"));
    assert_null(hw_pci_function_create(m, NULL, 1, 8, &identity, "number"));
    assert_null(hw_pci_function_create(m, NULL, 1, 0, &bad_pin, "pin"));
    assert_false(hw_pci_bar_memory(f, 0, 0x1000, false, false, &mem_ops, NULL)); /* taken */
    assert_false(hw_pci_bar_memory(f, 3, 0x1000, false, false, &mem_ops, NULL)); /* upper half */
    assert_false(hw_pci_bar_memory(f, 4, 0x1001, false, false, &mem_ops, NULL));
    assert_false(hw_pci_bar_memory(f, 4, 8, false, false, &mem_ops, NULL));
    assert_false(hw_pci_bar_memory(f, 5, 0x1000, true, false, &mem_ops, NULL)); /* no room */
    assert_false(hw_pci_bar_memory(f, 4, 0x1000, false, false, NULL, NULL));
    assert_false(hw_pci_bar_io(f, 4, 3, &io_ops, NULL));
    assert_false(hw_pci_bar_io(f, 7, 4, &io_ops, NULL));
    assert_null(hw_pci_find(m, 0, 99, 0));
    assert_null(hw_pci_find(m, 300, 0, 0));
    hw_pci_function_destroy(f);
    assert_null(hw_pci_find(m, 0, 3, 0));
}

static uint32_t
size_bar(struct hw_pci_function *f, unsigned offset)
{
    uint32_t old = hw_pci_function_read(f, offset, 4);
    hw_pci_function_write(f, offset, 0xffffffff, 4);
    uint32_t mask = hw_pci_function_read(f, offset, 4);
    hw_pci_function_write(f, offset, old, 4);
    return mask;
}

static void
bars(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 3);
    uint64_t value = 0;
    assert_int_equal(size_bar(f, 0x10), 0xfffff000);
    assert_int_equal(size_bar(f, 0x14), 0xffffffe1);
    assert_int_equal(size_bar(f, 0x18), 0xffffc00c);
    assert_int_equal(size_bar(f, 0x1c), 0xffffffff);
    assert_int_equal(size_bar(f, 0x20), 0);

    hw_pci_function_write(f, 0x10, 0xe0000000, 4);
    hw_pci_function_write(f, 0x14, 0x6000, 4);
    hw_pci_function_write(f, 0x18, 0x40000000, 4);
    hw_pci_function_write(f, 0x1c, 0x12, 4);
    assert_null(hw_mmio_find(m, 0xe0000000)); /* decoding is off */
    assert_false(hw_ports_claimed(m, 0x6000, 1));
    hw_pci_function_write(f, 4, HW_PCI_COMMAND_MEMORY, 2);
    assert_non_null(hw_mmio_find(m, 0xe0000fff));
    assert_non_null(hw_mmio_find(m, 0x1240000000ull));
    assert_null(hw_mmio_find(m, 0xe0001000));
    assert_false(hw_ports_claimed(m, 0x6000, 1));
    hw_pci_function_write(f, 4, HW_PCI_COMMAND_MEMORY | HW_PCI_COMMAND_IO, 2);
    hw_port_write(m, 0x6004, 0x99, 4);
    assert_int_equal(io[1], 0x99);
    memory[1] = 0x1122334455667788ull;
    assert_true(hw_memory_read(m, 0xe0000008, &value, 8));
    assert_int_equal(value, memory[1]);

    /* Sizing with decoding on, moving, and going away again. */
    assert_int_equal(size_bar(f, 0x10), 0xfffff000);
    assert_non_null(hw_mmio_find(m, 0xe0000000));
    hw_pci_function_write(f, 0x10, 0xe1000000, 4);
    assert_null(hw_mmio_find(m, 0xe0000000));
    assert_non_null(hw_mmio_find(m, 0xe1000000));
    assert_int_equal(kit.errors, 0);
    hw_pci_function_write(f, 4, 0, 2);
    assert_null(hw_mmio_find(m, 0xe1000000));
    assert_false(hw_ports_claimed(m, 0x6000, 1));
}

static void
bars_collide(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *a = add(m, NULL, 3);
    struct hw_pci_function *b = add(m, NULL, 4);
    hw_pci_function_write(a, 0x10, 0xe0000000, 4);
    hw_pci_function_write(b, 0x10, 0xe0000000, 4);
    hw_pci_function_write(a, 4, HW_PCI_COMMAND_MEMORY, 2);
    hw_pci_function_write(b, 4, HW_PCI_COMMAND_MEMORY, 2);
    assert_int_equal(kit.errors, 1);
    assert_false(b->bars[0].mapped);
    hw_pci_function_write(b, 0x10, 0x00200000, 4); /* on top of RAM */
    assert_int_equal(kit.errors, 2);
    hw_pci_function_write(b, 0x10, 0xe0001000, 4);
    assert_true(b->bars[0].mapped);
    hw_pci_function_destroy(a);
    assert_null(hw_mmio_find(m, 0xe0000000));
}

static void
rom_bar(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 3);
    assert_true(hw_pci_bar_memory(f, HW_PCI_ROM_BAR, 0x10000, false, false, &mem_ops, NULL));
    hw_pci_function_write(f, 0x30, 0xfffff800, 4);
    assert_int_equal(hw_pci_function_read(f, 0x30, 4), 0xffff0000);
    hw_pci_function_write(f, 0x30, 0xe2000000, 4);
    hw_pci_function_write(f, 4, HW_PCI_COMMAND_MEMORY, 2);
    assert_null(hw_mmio_find(m, 0xe2000000)); /* needs its own enable bit too */
    hw_pci_function_write(f, 0x30, 0xe2000001, 4);
    assert_non_null(hw_mmio_find(m, 0xe2000000));
}

static void
assignment(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *a = add(m, NULL, 3);
    struct hw_pci_function *bridge =
        hw_pci_function_create(m, NULL, 5, 0, &bridge_identity, "bridge");
    struct hw_pci_function *c = add(m, bridge->secondary, 2);
    struct hw_pci_function *inner =
        hw_pci_function_create(m, bridge->secondary, 7, 0, &bridge_identity, "inner");
    struct hw_pci_function *d = add(m, inner->secondary, 0);
    assert_int_equal(hw_pci_bus_number(inner->secondary), 0xff);
    assert_null(hw_pci_find(m, 1, 2, 0));
    hw_pci_assign(m);
    assert_ptr_equal(hw_pci_find(m, 1, 2, 0), c);
    assert_ptr_equal(hw_pci_find(m, 2, 0, 0), d);
    assert_null(hw_pci_find(m, 3, 0, 0));
    assert_int_equal(hw_pci_get(bridge, HW_PCI_SUBORDINATE, 1), 2);
    assert_int_equal(hw_pci_get(inner, HW_PCI_PRIMARY, 1), 1);
    assert_true(a->bars[0].mapped && a->bars[1].mapped && a->bars[2].mapped);
    assert_true(d->bars[0].mapped);
    assert_int_equal(hw_pci_get(a, HW_PCI_COMMAND, 2) & 7, 3);
    /* The windows of both bridges contain the innermost card. */
    uint64_t at = d->bars[0].mapped_at;
    assert_true(at >= (uint64_t)hw_pci_get(bridge, 0x20, 2) << 16);
    assert_true(at <= ((uint64_t)hw_pci_get(bridge, 0x22, 2) << 16 | 0xfffff));
    assert_true(at >= (uint64_t)hw_pci_get(inner, 0x20, 2) << 16);
    assert_true(a->bars[0].mapped_at < (uint64_t)hw_pci_get(bridge, 0x20, 2) << 16);
    /* Lines rotate by slot, behind bridges by the bridge's slot as well. */
    assert_int_equal(hw_pci_get(a, HW_PCI_IRQ_LINE, 1), 16 + 3);
    assert_int_equal(hw_pci_get(c, HW_PCI_IRQ_LINE, 1), 16 + ((2 + 5) & 3));
    assert_int_equal(hw_pci_get(d, HW_PCI_IRQ_LINE, 1), 16 + ((0 + 7 + 5) & 3));

    /* Hot plug: the owner hears of it. */
    struct hw_pci_function *late = add(m, NULL, 9);
    assert_true(hw_pci_assign_function(late));
    assert_true(late->bars[0].mapped);
    assert_int_equal(kit.arrived, 1);
    hw_pci_function_destroy(bridge);
    assert_int_equal(kit.left, 4);
    assert_null(hw_pci_find(m, 1, 2, 0));
    assert_null(hw_mmio_find(m, at));
}

static void
pin_interrupts(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 4);
    hw_pci_assign(m);
    hw_pci_irq_set(f, true);
    assert_true(hw_irq_level(m, 16));
    assert_true(hw_pci_get(f, HW_PCI_STATUS, 2) & HW_PCI_STATUS_INT);
    hw_pci_function_write(f, 4, 3 | HW_PCI_COMMAND_NO_INT, 2);
    assert_false(hw_irq_level(m, 16));
    assert_true(hw_pci_get(f, HW_PCI_STATUS, 2) & HW_PCI_STATUS_INT); /* still pending */
    hw_pci_function_write(f, 4, 3, 2);
    assert_true(hw_irq_level(m, 16));
    hw_pci_irq_set(f, false);
    assert_false(hw_irq_level(m, 16));
    hw_pci_irq_set(f, true);
    hw_machine_reset(m);
    assert_false(hw_irq_level(m, 16));
    hw_pci_irq_set(f, true);
    hw_pci_function_destroy(f);
    assert_false(hw_irq_level(m, 16));
}

static void
capabilities(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_identity express = identity;
    struct hw_pci_function *f = add(m, NULL, 4);
    unsigned first = hw_pci_power_add(f);
    unsigned second = hw_pci_capability_add(f, HW_PCI_CAP_VENDOR, 7);
    unsigned third = hw_pci_express_add(f, 0);
    assert_int_equal(hw_pci_get(f, HW_PCI_CAPABILITIES, 1), first);
    assert_int_equal(hw_pci_get(f, first + 1, 1), second);
    assert_int_equal(hw_pci_get(f, second + 1, 1), third);
    assert_int_equal(hw_pci_get(f, third + 1, 1), 0);
    assert_int_equal(third % 4, 0);
    assert_true(hw_pci_get(f, HW_PCI_STATUS, 2) & HW_PCI_STATUS_CAPS);
    assert_int_equal(hw_pci_capability_add(f, HW_PCI_CAP_VENDOR, 200), 0);
    assert_int_equal(hw_pci_capability_add(f, HW_PCI_CAP_VENDOR, 1), 0);
    /* D3 turns decoding off. */
    hw_pci_function_write(f, 0x10, 0xe0000000, 4);
    hw_pci_function_write(f, 4, HW_PCI_COMMAND_MEMORY, 2);
    assert_non_null(hw_mmio_find(m, 0xe0000000));
    hw_pci_function_write(f, first + 4, 3, 2);
    assert_null(hw_mmio_find(m, 0xe0000000));
    hw_pci_function_write(f, first + 4, 0, 2);
    assert_non_null(hw_mmio_find(m, 0xe0000000));
    express.express = true;
    struct hw_pci_function *e = hw_pci_function_create(m, NULL, 5, 0, &express, "express");
    assert_int_equal(hw_pci_function_read(e, 0xffc, 4), 0);
    assert_int_equal(hw_pci_function_read(e, 0xffe, 4), 0xffffffff);
}

static void
msi(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 4);
    assert_int_equal(hw_pci_msi_add(f, 3, true), 0);
    assert_int_equal(hw_pci_msi_add(f, 64, true), 0);
    unsigned at = hw_pci_msi_add(f, 4, true);
    assert_true(at != 0);
    assert_int_equal(hw_pci_msi_add(f, 1, true), 0); /* one is enough */
    hw_pci_assign(m);
    assert_false(hw_pci_notify(f, 0)); /* disabled: the device uses its pin */
    hw_pci_irq_set(f, true);
    assert_true(hw_irq_level(m, 16));
    hw_pci_function_write(f, at + 4, 0xfee00000, 4);
    hw_pci_function_write(f, at + 8, 0x1, 4);
    hw_pci_function_write(f, at + 12, 0x4050, 2);
    hw_pci_function_write(f, at + 2, 0x21, 2); /* enable, four vectors */
    assert_false(hw_irq_level(m, 16));         /* the pin goes quiet */
    assert_true(hw_pci_messages_enabled(f));
    assert_true(hw_pci_notify(f, 2));
    assert_int_equal(kit.messages, 0); /* no bus master yet: kept */
    hw_pci_function_write(f, 4, 7, 2);
    assert_int_equal(kit.messages, 1);
    assert_int_equal(kit.message_address, 0x1fee00000ull);
    assert_int_equal(kit.message_data, 0x4052);
    hw_pci_function_write(f, at + 16, 2, 4); /* mask vector 1 */
    assert_true(hw_pci_notify(f, 1));
    assert_int_equal(kit.messages, 1);
    assert_int_equal(hw_pci_function_read(f, at + 20, 4), 2);
    hw_pci_function_write(f, at + 16, 0, 4);
    assert_int_equal(kit.messages, 2);
    assert_int_equal(kit.message_data, 0x4051);
    assert_int_equal(hw_pci_function_read(f, at + 20, 4), 0);
    hw_pci_function_write(f, at + 2, 0x01, 2); /* one vector: folded */
    assert_true(hw_pci_notify(f, 3));
    assert_int_equal(kit.message_data, 0x4050);
    assert_true(hw_pci_notify(f, 99)); /* no such vector */
    assert_int_equal(kit.messages, 3);
    hw_machine_reset(m);
    assert_false(hw_pci_messages_enabled(f));
}

static void
msix(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 4);
    uint32_t word;
    assert_int_equal(hw_pci_msix_add(f, 4, 1, 0, 0x40), 0);     /* a port BAR */
    assert_int_equal(hw_pci_msix_add(f, 65, 0, 0, 0x800), 0);   /* too many */
    assert_int_equal(hw_pci_msix_add(f, 4, 0, 0x20, 0x40), 0);  /* overlap */
    assert_int_equal(hw_pci_msix_add(f, 4, 0, 0xff0, 0x40), 0); /* outside */
    unsigned at = hw_pci_msix_add(f, 4, 0, 0x800, 0x900);
    assert_true(at != 0);
    hw_pci_assign(m);
    hw_pci_function_write(f, 4, 7, 2);
    uint64_t base = f->bars[0].mapped_at;
    assert_int_equal(hw_pci_function_read(f, at + 2, 2), 3);
    assert_true(hw_memory_read(m, base + 0x80c, &word, 4));
    assert_int_equal(word, 1); /* masked after reset */
    uint32_t entry[4] = {0xfee01003, 0, 0x61, 1};
    assert_true(hw_memory_write(m, base + 0x810, entry, 16));
    hw_pci_function_write(f, at + 2, 0x8000, 2);
    assert_true(hw_pci_notify(f, 1));
    assert_int_equal(kit.messages, 0);
    assert_true(hw_memory_read(m, base + 0x900, &word, 4));
    assert_int_equal(word, 2);
    word = 0;
    assert_true(hw_memory_write(m, base + 0x81c, &word, 4)); /* unmask */
    assert_int_equal(kit.messages, 1);
    assert_int_equal(kit.message_address, 0xfee01000);
    assert_int_equal(kit.message_data, 0x61);
    hw_pci_function_write(f, at + 2, 0xc000, 2); /* function mask */
    assert_true(hw_pci_notify(f, 1));
    assert_int_equal(kit.messages, 1);
    hw_pci_function_write(f, at + 2, 0x8000, 2);
    assert_int_equal(kit.messages, 2);
    /* The rest of the BAR is still the device's. */
    memory[2] = 0x77;
    assert_true(hw_memory_read(m, base + 0x10, &word, 4));
    assert_int_equal(word, 0x77);
    uint8_t byte;
    assert_true(hw_memory_read(m, base + 0x810, &byte, 1));
    assert_int_equal(kit.errors, 1);
}

static void
bus_master(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 4);
    uint32_t data = 0x1234;
    hw_pci_assign(m);
    assert_false(hw_pci_dma_write(f, 0x200000, &data, 4));
    assert_false(hw_pci_dma_read(f, 0x200000, &data, 4));
    assert_int_equal(data, 0xffffffff);
    assert_int_equal(kit.errors, 2);
    hw_pci_function_write(f, 4, 7, 2);
    data = 0x1234;
    assert_true(hw_pci_dma_write(f, 0x200000, &data, 4));
    data = 0;
    assert_true(hw_pci_dma_read(f, 0x200000, &data, 4));
    assert_int_equal(data, 0x1234);
}

static unsigned written;

static void
config_written(void *context, unsigned offset, unsigned size)
{
    (void)context;
    written = offset << 8 | size;
}

static void
config_hook_and_reset_port(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = add(m, NULL, 4);
    f->config_written = config_written;
    hw_pci_set_writable(f, 0x50, 2, 0x0ff0);
    hw_pci_config_write(m, 0, 4, 0, 0x50, 0xffff, 2);
    assert_int_equal(written, 0x5002);
    assert_int_equal(hw_pci_function_read(f, 0x50, 2), 0x0ff0);
    hw_port_write(m, 0xcf9, 0x02, 1);
    assert_int_equal(kit.resets, 0);
    hw_port_write(m, 0xcf9, 0x06, 1);
    assert_int_equal(kit.resets, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(header),         KIT_TEST(refused_functions), KIT_TEST(bars),
        KIT_TEST(bars_collide),   KIT_TEST(rom_bar),           KIT_TEST(assignment),
        KIT_TEST(pin_interrupts), KIT_TEST(capabilities),      KIT_TEST(msi),
        KIT_TEST(msix),           KIT_TEST(bus_master),        KIT_TEST(config_hook_and_reset_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
