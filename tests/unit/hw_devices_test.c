/* SPDX-License-Identifier: MIT */
/*
 * hw/uart16550.c, i8042.c, edu.c, vga.c, post.c, firmware*.c and pc.c.
 */
#include "hw_kit.h"

/* ---- serial port ---- */

static char sent[64];

static void
transmit(void *context, uint8_t byte)
{
    (void)context;
    sent[strlen(sent)] = (char)byte;
}

static int
serial_setup(void **state)
{
    struct hw_pc_config config = {.machine = kit_config(), .serial = transmit};
    memset(sent, 0, sizeof sent);
    *state = hw_pc_create(&config);
    return *state ? 0 : -1;
}

static void
serial_transmit(void **state)
{
    struct hw_machine *m = *state;
    kit_out(m, 0x3f8, 'H');
    kit_out(m, 0x3f8, 'i');
    assert_string_equal(sent, "Hi");
    assert_int_equal(kit_in(m, 0x3fd) & 0x60, 0x60);
    kit_out(m, 0x3fb, 0x83); /* divisor latch */
    kit_out(m, 0x3f8, 1);
    kit_out(m, 0x3f9, 0);
    assert_int_equal(kit_in(m, 0x3f8), 1);
    kit_out(m, 0x3fb, 0x03);
    kit_out(m, 0x3ff, 0x5a);
    assert_int_equal(kit_in(m, 0x3ff), 0x5a);
    kit_out(m, 0x3fc, 0x08);
    assert_false(hw_irq_level(m, 4));
    kit_out(m, 0x3f9, 0x02); /* holding register empty: at once */
    assert_true(hw_irq_level(m, 4));
    assert_int_equal(kit_in(m, 0x3fa), 0x02);
    assert_int_equal(kit_in(m, 0x3fa), 0x01); /* reading it clears it */
    assert_false(hw_irq_level(m, 4));
    kit_out(m, 0x3f8, '!');
    assert_true(hw_irq_level(m, 4));
    kit_out(m, 0x3fc, 0x00); /* OUT2 gates the line */
    assert_false(hw_irq_level(m, 4));
}

static void
serial_receive(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *uart = hw_device_find(m, "uart16550");
    kit_out(m, 0x3fc, 0x08);
    kit_out(m, 0x3f9, 0x05);
    assert_int_equal(hw_uart_receive(uart, "ab", 2, false), 1); /* no FIFO: one byte */
    assert_true(hw_irq_level(m, 4));
    assert_int_equal(kit_in(m, 0x3fa), 0x04);
    assert_int_equal(kit_in(m, 0x3fd) & 1, 1);
    assert_int_equal(kit_in(m, 0x3f8), 'a');
    assert_int_equal(kit_in(m, 0x3fd) & 1, 0);
    assert_false(hw_irq_level(m, 4));
    kit_out(m, 0x3fa, 0x81); /* FIFO, trigger at 8 */
    assert_int_equal(kit_in(m, 0x3fa) & 0xc0, 0xc0);
    assert_int_equal(hw_uart_receive(uart, "12345", 5, false), 5);
    assert_false(hw_irq_level(m, 4));
    hw_clock_advance(m, 10 * HW_NS_PER_MS); /* four characters at 9600 baud */
    assert_true(hw_irq_level(m, 4));
    assert_int_equal(kit_in(m, 0x3fa) & 0x0f, 0x0c);
    assert_int_equal(kit_in(m, 0x3f8), '1');
    assert_false(hw_irq_level(m, 4));
    assert_int_equal(hw_uart_receive(uart, "0123456789ABCDEFG", 17, true), 12);
    assert_int_equal(kit_in(m, 0x3fa) & 0x0f, 0x06); /* overrun comes first */
    assert_int_equal(kit_in(m, 0x3fd) & 0x03, 0x03);
    assert_int_equal(kit_in(m, 0x3fd) & 0x03, 0x01);
    assert_int_equal(kit_in(m, 0x3fa) & 0x0f, 0x04);
    kit_out(m, 0x3fa, 0x83); /* clear */
    assert_int_equal(kit_in(m, 0x3fd) & 1, 0);
    assert_int_equal(kit_in(m, 0x3f8), 0);
}

static void
serial_modem_and_loopback(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *uart = hw_device_find(m, "uart16550");
    assert_int_equal(kit_in(m, 0x3fe), 0xb0);
    kit_out(m, 0x3fc, 0x08);
    kit_out(m, 0x3f9, 0x08);
    hw_uart_set_modem(uart, false, true, true, true);
    assert_true(hw_irq_level(m, 4));
    assert_int_equal(kit_in(m, 0x3fa), 0x00);
    assert_int_equal(kit_in(m, 0x3fe), 0xe1); /* clear to send changed; ring only when it ends */
    assert_false(hw_irq_level(m, 4));
    hw_uart_set_modem(uart, false, true, false, true);
    assert_int_equal(kit_in(m, 0x3fe), 0xa4);
    kit_out(m, 0x3fc, 0x1a); /* loopback: RTS and OUT2 appear as inputs */
    assert_int_equal(kit_in(m, 0x3fe) & 0xf0, 0x90);
    kit_out(m, 0x3f8, 'L');
    assert_string_equal(sent, "");
    assert_int_equal(kit_in(m, 0x3f8), 'L');
    assert_int_equal(hw_uart_receive(uart, "x", 1, true), 0);
    assert_null(hw_device_create(m, &hw_uart_ops, NULL));
}

/* ---- keyboard controller ---- */

static void
keyboard_controller(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(kit_in(m, 0x64), 0x14);
    kit_out(m, 0x64, 0xaa);
    assert_int_equal(kit_in(m, 0x64) & 0x09, 0x09);
    assert_int_equal(kit_in(m, 0x60), 0x55);
    assert_int_equal(kit_in(m, 0x64) & 0x01, 0x00);
    assert_int_equal(kit_in(m, 0x60), 0x55); /* empty: the last byte again */
    kit_out(m, 0x64, 0xab);
    assert_int_equal(kit_in(m, 0x60), 0x00);
    kit_out(m, 0x64, 0x20);
    assert_int_equal(kit_in(m, 0x60), 0x44);
    kit_out(m, 0x64, 0x60);
    kit_out(m, 0x60, 0x47);
    kit_out(m, 0x64, 0x20);
    assert_int_equal(kit_in(m, 0x60), 0x47);
    kit_out(m, 0x64, 0xd2); /* as if the keyboard had sent it */
    kit_out(m, 0x60, 0x99);
    assert_true(hw_irq_level(m, 1));
    assert_int_equal(kit_in(m, 0x60), 0x99);
    assert_false(hw_irq_level(m, 1));
    kit_out(m, 0x64, 0x65); /* controller memory */
    kit_out(m, 0x60, 0x12);
    kit_out(m, 0x64, 0x25);
    assert_int_equal(kit_in(m, 0x60), 0x12);
}

static void
keyboard(void **state)
{
    static const uint8_t a_down_up[] = {0x1c, 0xf0, 0x1c};
    static const uint8_t e0[] = {0xe0, 0x75, 0xe0, 0xf0, 0x75};
    struct hw_machine *m = *state;
    struct hw_device *kbc = hw_device_find(m, "i8042");
    kit_out(m, 0x60, 0xff);
    assert_int_equal(kit_in(m, 0x60), 0xfa);
    assert_int_equal(kit_in(m, 0x60), 0xaa);
    kit_out(m, 0x60, 0xf2);
    assert_int_equal(kit_in(m, 0x60), 0xfa);
    assert_int_equal(kit_in(m, 0x60), 0xab);
    assert_int_equal(kit_in(m, 0x60), 0x41); /* 0x83, translated */
    kit_out(m, 0x60, 0xed);
    assert_int_equal(kit_in(m, 0x60), 0xfa);
    kit_out(m, 0x60, 0x02);
    assert_int_equal(kit_in(m, 0x60), 0xfa);
    kit_out(m, 0x60, 0x12); /* unknown */
    assert_int_equal(kit_in(m, 0x60), 0xfe);
    kit_out(m, 0x60, 0xee);
    assert_int_equal(kit_in(m, 0x60), 0xee);
    kit_out(m, 0x64, 0x60);
    kit_out(m, 0x60, 0x45); /* interrupt on, translation on */
    assert_true(hw_i8042_key(kbc, a_down_up, 3));
    assert_true(hw_irq_level(m, 1));
    assert_int_equal(kit_in(m, 0x60), 0x1e);
    assert_true(hw_irq_level(m, 1)); /* the next byte is there */
    assert_int_equal(kit.rises[1], 2);
    assert_int_equal(kit_in(m, 0x60), 0x9e);
    assert_false(hw_irq_level(m, 1));
    assert_true(hw_i8042_key(kbc, e0, 5));
    assert_int_equal(kit_in(m, 0x60), 0xe0);
    assert_int_equal(kit_in(m, 0x60), 0x48);
    assert_int_equal(kit_in(m, 0x60), 0xe0);
    assert_int_equal(kit_in(m, 0x60), 0xc8);
    kit_out(m, 0x64, 0xad); /* interface off: keys wait */
    assert_true(hw_i8042_key(kbc, a_down_up, 1));
    assert_int_equal(kit_in(m, 0x64) & 1, 0);
    kit_out(m, 0x64, 0xae);
    assert_int_equal(kit_in(m, 0x60), 0x1e);
    kit_out(m, 0x60, 0xf5); /* scanning off */
    assert_int_equal(kit_in(m, 0x60), 0xfa);
    assert_false(hw_i8042_key(kbc, a_down_up, 1));
    assert_false(hw_i8042_key(kbc, a_down_up, 1000));
}

static void
mouse_command(struct hw_machine *m, uint8_t byte)
{
    kit_out(m, 0x64, 0xd4);
    kit_out(m, 0x60, byte);
    assert_int_equal(kit_in(m, 0x64) & 0x21, 0x21);
    assert_int_equal(kit_in(m, 0x60), 0xfa);
}

static void
mouse(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *kbc = hw_device_find(m, "i8042");
    kit_out(m, 0x64, 0x60);
    kit_out(m, 0x60, 0x47);
    mouse_command(m, 0xff);
    assert_int_equal(kit_in(m, 0x60), 0xaa);
    assert_int_equal(kit_in(m, 0x60), 0x00);
    assert_false(hw_i8042_mouse(kbc, 1, 1, 0, 0)); /* not reporting */
    mouse_command(m, 0xf4);
    assert_true(hw_i8042_mouse(kbc, 5, -3, 1, 1));
    assert_true(hw_irq_level(m, 12));
    assert_false(hw_irq_level(m, 1));
    assert_int_equal(kit_in(m, 0x60), 0x29);
    assert_int_equal(kit_in(m, 0x60), 5);
    assert_int_equal(kit_in(m, 0x60), 0xfd);
    assert_false(hw_irq_level(m, 12));
    mouse_command(m, 0xe9);
    assert_int_equal(kit_in(m, 0x60), 0x24);
    assert_int_equal(kit_in(m, 0x60), 2);
    assert_int_equal(kit_in(m, 0x60), 100);
    static const uint8_t knock[3] = {200, 100, 80};
    for (unsigned i = 0; i < 3; i++)
    {
        mouse_command(m, 0xf3);
        mouse_command(m, knock[i]);
    }
    mouse_command(m, 0xf2);
    assert_int_equal(kit_in(m, 0x60), 3);
    assert_true(hw_i8042_mouse(kbc, 1000, 0, -1, 0));
    assert_int_equal(kit_in(m, 0x60), 0x08);
    assert_int_equal(kit_in(m, 0x60), 255); /* clamped */
    assert_int_equal(kit_in(m, 0x60), 0);
    assert_int_equal(kit_in(m, 0x60), 0xff); /* wheel */
    unsigned packets = 0;
    while (hw_i8042_mouse(kbc, 1, 1, 0, 0))
    {
        packets++;
    }
    assert_in_range(packets, 10, 20); /* the buffer is finite */
}

static void
reset_lines(void **state)
{
    struct hw_machine *m = *state;
    kit_out(m, 0x64, 0xfe);
    assert_int_equal(kit.resets, 1);
    kit_out(m, 0x64, 0xd1);
    kit_out(m, 0x60, 0xdf);
    assert_int_equal(kit.resets, 1);
    kit_out(m, 0x64, 0xd1);
    kit_out(m, 0x60, 0xde);
    assert_int_equal(kit.resets, 2);
    assert_int_equal(kit_in(m, 0x92), 2);
    kit_out(m, 0x92, 3);
    assert_int_equal(kit.resets, 3);
    kit_out(m, 0x92, 3); /* an edge, not a level */
    assert_int_equal(kit.resets, 3);
    uint64_t before = hw_clock_now(m);
    kit_out(m, 0x80, 0x42);
    assert_int_equal(hw_post_code(hw_device_find(m, "post")), 0x42);
    assert_int_equal(kit_in(m, 0x80), 0x42);
    assert_int_equal(hw_clock_now(m) - before, 1000);
}

/* ---- the teaching device ---- */

static uint64_t base;

static uint32_t
edu_read(struct hw_machine *m, unsigned offset)
{
    uint32_t value = 0;
    hw_memory_read(m, base + offset, &value, 4);
    return value;
}

static void
edu_write(struct hw_machine *m, unsigned offset, uint32_t value)
{
    hw_memory_write(m, base + offset, &value, 4);
}

static void
edu_registers(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = hw_edu_function(hw_device_find(m, "edu"));
    unsigned line = hw_pci_get(f, HW_PCI_IRQ_LINE, 1);
    base = f->bars[0].mapped_at;
    assert_int_equal(hw_pci_config_read(m, 0, 4, 0, 0, 4), 0x11e81234);
    assert_int_equal(edu_read(m, 0), 0x010000ed);
    edu_write(m, 4, 0x12345678);
    assert_int_equal(edu_read(m, 4), ~0x12345678u);
    edu_write(m, 0x20, 0x80);
    edu_write(m, 0x08, 5);
    assert_int_equal(edu_read(m, 0x20), 0x81);
    edu_write(m, 0x08, 6); /* busy: ignored */
    assert_false(hw_irq_level(m, line));
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x08), 120);
    assert_int_equal(edu_read(m, 0x20), 0x80);
    assert_true(hw_irq_level(m, line));
    assert_int_equal(edu_read(m, 0x24), 1);
    edu_write(m, 0x64, 1);
    assert_false(hw_irq_level(m, line));
    edu_write(m, 0x60, 0x10);
    edu_write(m, 0x60, 0x20);
    assert_int_equal(edu_read(m, 0x24), 0x30);
    edu_write(m, 0x64, 0x10);
    assert_true(hw_irq_level(m, line));
    edu_write(m, 0x64, 0x20);
    assert_false(hw_irq_level(m, line));
    uint16_t half;
    assert_int_equal(kit.errors, 0);
    hw_memory_read(m, base + 4, &half, 2);
    assert_int_equal(half, 0xffff);
    edu_write(m, 0x30, 1);
    assert_int_equal(kit.errors, 2);
    edu_write(m, 0x08, 0xffffffff); /* must not take forever */
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x08), 0);
}

static void
edu_dma(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = hw_edu_function(hw_device_find(m, "edu"));
    uint8_t *ram = hw_memory_pointer(m, 0x300000, 4096);
    base = f->bars[0].mapped_at;
    memcpy(ram, "direct memory access", 20);
    edu_write(m, 0x80, 0x300000);
    edu_write(m, 0x88, 0x40000);
    edu_write(m, 0x90, 20);
    edu_write(m, 0x98, 1);
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x98), 0);
    assert_int_equal(edu_read(m, 0x108), 1); /* bus mastering is off */
    hw_pci_function_write(f, 4, 7, 2);
    edu_write(m, 0x98, 1);
    assert_int_equal(edu_read(m, 0x98), 1);
    edu_write(m, 0x90, 9999); /* busy: refused */
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x108), 0);
    uint64_t back[2] = {0x40000, 0x300800};
    hw_memory_write(m, base + 0x80, back, 16);
    assert_int_equal(edu_read(m, 0x84), 0);
    edu_write(m, 0x98, 7);
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_memory_equal(ram + 0x800, "direct memory access", 20);
    assert_int_equal(edu_read(m, 0x24), 0x100);
    edu_write(m, 0x64, 0x100);
    edu_write(m, 0x90, 4097); /* leaves the buffer */
    edu_write(m, 0x98, 3);
    hw_clock_advance(m, HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x108), 1);
    assert_int_equal(edu_read(m, 0x40000), 0x65726964); /* the buffer can be seen */
}

static void
edu_timer_ports_messages(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = hw_edu_function(hw_device_find(m, "edu"));
    uint16_t port = (uint16_t)f->bars[1].mapped_at;
    unsigned line = hw_pci_get(f, HW_PCI_IRQ_LINE, 1);
    base = f->bars[0].mapped_at;
    edu_write(m, 0x100, 500);
    hw_clock_advance(m, 5 * HW_NS_PER_MS);
    assert_int_equal(edu_read(m, 0x104), 10);
    assert_int_equal(kit.rises[line], 1);
    edu_write(m, 0x100, 0);
    edu_write(m, 0x64, 0x200);
    assert_int_equal(hw_port_read(m, port, 4), 0x010000ed);
    hw_port_write(m, port + 4, 0xabcd, 4);
    assert_int_equal(hw_port_read(m, port + 5, 1), 0xab);
    hw_port_write(m, port + 8, 1, 1);
    assert_int_equal(edu_read(m, 0x24), 0x400);
    edu_write(m, 0x64, 0x400);
    hw_pci_function_write(f, 4, 7, 2);
    hw_pci_function_write(f, f->msi + 4u, 0xfee00000, 4);
    hw_pci_function_write(f, f->msi + 12u, 0x71, 2);
    hw_pci_function_write(f, f->msi + 2u, 1, 2);
    edu_write(m, 0x60, 1);
    assert_int_equal(kit.messages, 1);
    assert_int_equal(kit.message_data, 0x71);
    assert_false(hw_irq_level(m, line));
    struct hw_edu_config second = {.slot = 9};
    struct hw_device *late = hw_device_create(m, &hw_edu_ops, &second);
    assert_non_null(late);
    assert_int_equal(kit.arrived, 1);
    assert_null(hw_device_create(m, &hw_edu_ops, &second)); /* the slot is taken */
    hw_device_destroy(late);
    assert_int_equal(kit.left, 1);
    assert_null(hw_device_create(m, &hw_edu_ops, NULL));
}

/* ---- display ---- */

static void
display(void **state)
{
    struct hw_machine *m = *state;
    struct hw_pci_function *f = hw_pci_find(m, 0, HW_PC_SLOT_VGA, 0);
    uint32_t pixel = 0x00ff8040;
    uint16_t mode;
    hw_memory_write(m, f->bars[0].mapped_at + 0x1000, &pixel, 4);
    pixel = 0;
    hw_memory_read(m, f->bars[0].mapped_at + 0x1000, &pixel, 4);
    assert_int_equal(pixel, 0x00ff8040);
    hw_memory_read(m, f->bars[2].mapped_at + 0x500, &mode, 2);
    assert_int_equal(mode, 0xb0c5);
    uint8_t cell[2];
    hw_memory_read(m, 0xb8000, cell, 2);
    assert_int_equal(cell[0], ' ');
    kit_out(m, 0x3d4, 0x0e);
    kit_out(m, 0x3d5, 0x12);
    assert_int_equal(kit_in(m, 0x3d5), 0x12);
    kit_out(m, 0x3d4, 0x00); /* protected by register 0x11 */
    kit_out(m, 0x3d5, 0x00);
    assert_int_equal(kit_in(m, 0x3d5), 0x5f);
    assert_int_equal(kit_in(m, 0x3b5), 0xff); /* color mode: nothing at 3bx */
    kit_in(m, 0x3da);
    kit_out(m, 0x3c0, 0x10);
    kit_out(m, 0x3c0, 0x41);
    assert_int_equal(kit_in(m, 0x3c1), 0x41);
    kit_out(m, 0x3c8, 1);
    kit_out(m, 0x3c9, 10);
    kit_out(m, 0x3c9, 20);
    kit_out(m, 0x3c9, 30);
    kit_out(m, 0x3c7, 1);
    assert_int_equal(kit_in(m, 0x3c9), 10);
    assert_int_equal(kit_in(m, 0x3c9), 20);
    bool in_retrace = kit_in(m, 0x3da) & 8;
    hw_clock_advance(m, 5 * HW_NS_PER_MS);
    assert_int_not_equal(kit_in(m, 0x3da) & 8 ? 1 : 0, in_retrace);
}

/* ---- firmware ---- */

static uint8_t
sum(const uint8_t *bytes, size_t size)
{
    uint8_t total = 0;
    for (size_t i = 0; i < size; i++)
    {
        total = (uint8_t)(total + bytes[i]);
    }
    return total;
}

static const uint8_t *
find_anchor(const uint8_t *rom, const char *anchor)
{
    for (unsigned i = 0; i < 0x20000; i += 16)
    {
        if (memcmp(rom + i, anchor, strlen(anchor)) == 0)
        {
            return rom + i;
        }
    }
    return NULL;
}

static void
smbios(void **state)
{
    struct hw_machine *m = *state;
    const uint8_t *rom = hw_memory_pointer(m, 0xe0000, 0x20000);
    const uint8_t *entry = find_anchor(rom, "_SM_");
    assert_non_null(entry);
    assert_int_equal(sum(entry, entry[5]), 0);
    assert_int_equal(sum(entry + 16, 15), 0);
    uint32_t address;
    uint16_t length, count, seen = 0;
    bool types[128] = {false};
    memcpy(&address, entry + 24, 4);
    memcpy(&length, entry + 22, 2);
    memcpy(&count, entry + 28, 2);
    const uint8_t *at = hw_memory_pointer(m, address, length);
    const uint8_t *end = at + length;
    while (at < end)
    {
        types[at[0] & 127] = true;
        seen++;
        at += at[1];
        while (at[0] || at[1])
        {
            at++;
        }
        at += 2;
    }
    assert_ptr_equal(at, end);
    assert_int_equal(seen, count);
    assert_true(types[0] && types[1] && types[2] && types[3] && types[4] && types[16] &&
                types[17] && types[19] && types[32] && types[127]);
    assert_int_equal(rom[0x1fff0], 0xea);
    assert_int_equal(rom[0x1fffe], 0xfc);
    assert_memory_equal(hw_memory_pointer(m, 0xfffffff0, 16), rom + 0x1fff0, 16);
    const uint8_t *option = hw_memory_pointer(m, 0xc0000, 4096);
    assert_int_equal(option[0] | option[1] << 8, 0xaa55);
    assert_int_equal(sum(option, 4096), 0);
}

static void
acpi_tables(void **state)
{
    struct hw_machine *m = *state;
    const uint8_t *rom = hw_memory_pointer(m, 0xe0000, 0x20000);
    const uint8_t *rsdp = find_anchor(rom, "RSD PTR ");
    assert_non_null(rsdp);
    assert_int_equal(sum(rsdp, 20), 0);
    assert_int_equal(sum(rsdp, 36), 0);
    uint64_t address;
    uint32_t length;
    memcpy(&address, rsdp + 24, 8);
    const uint8_t *xsdt = hw_memory_pointer(m, address, 36);
    assert_memory_equal(xsdt, "XSDT", 4);
    memcpy(&length, xsdt + 4, 4);
    assert_int_equal(length, 36 + 16);
    assert_int_equal(sum(xsdt, length), 0);
    static const char *const names[2] = {"FACP", "APIC"};
    for (unsigned i = 0; i < 2; i++)
    {
        memcpy(&address, xsdt + 36 + i * 8, 8);
        const uint8_t *table = hw_memory_pointer(m, address, 36);
        assert_memory_equal(table, names[i], 4);
        memcpy(&length, table + 4, 4);
        assert_int_equal(sum(table, length), 0);
    }
    memcpy(&address, xsdt + 36, 8);
    const uint8_t *fadt = hw_memory_pointer(m, address, 244);
    uint64_t dsdt;
    memcpy(&dsdt, fadt + 140, 8);
    assert_memory_equal(hw_memory_pointer(m, dsdt, 36), "DSDT", 4);
    uint16_t segment = 0;
    hw_memory_read(m, 0x40e, &segment, 2);
    assert_int_equal(segment, 0x9f00);
}

/* ---- the machine ---- */

static void
pc_is_complete(void **state)
{
    struct hw_machine *m = *state;
    static const struct
    {
        unsigned slot, number;
        uint32_t id, class_code;
    } functions[] = {{0, 0, 0x12378086, 0x060000},
                     {1, 0, 0x70008086, 0x060100},
                     {1, 3, 0x71138086, 0x068000},
                     {2, 0, 0x11111234, 0x030000},
                     {4, 0, 0x11e81234, 0x00ff00}};
    unsigned found = 0;
    for (unsigned slot = 0; slot < 32; slot++)
    {
        for (unsigned number = 0; number < 8; number++)
        {
            found += hw_pci_config_read(m, 0, slot, number, 0, 4) != 0xffffffff;
        }
    }
    assert_int_equal(found, 5);
    for (unsigned i = 0; i < 5; i++)
    {
        unsigned slot = functions[i].slot;
        unsigned number = functions[i].number;
        assert_int_equal(hw_pci_config_read(m, 0, slot, number, 0, 4), functions[i].id);
        assert_int_equal(hw_pci_config_read(m, 0, slot, number, 8, 4) >> 8,
                         functions[i].class_code);
    }
    assert_int_equal(hw_pci_config_read(m, 0, 1, 0, 0x0e, 1), 0x80);
    assert_int_equal(kit.errors, 0);
    assert_int_equal(kit.irq_changes, 0);
    uint64_t due;
    assert_false(hw_clock_next(m, false, &due)); /* an idle PC has nothing to do */
    hw_machine_reset(m);
    assert_non_null(hw_mmio_find(m, hw_pci_find(m, 0, 4, 0)->bars[0].mapped_at));
}

/* Two machines, one after the other, are the same to the last byte of ROM and BAR. */
static void
pc_is_reproducible(void **state)
{
    static uint8_t first[0x20000];
    struct hw_machine *m = *state;
    struct hw_pc_config config = {.machine = kit_config()};
    memcpy(first, hw_memory_pointer(m, 0xe0000, 0x20000), sizeof first);
    uint64_t bar = hw_pci_find(m, 0, 4, 0)->bars[0].mapped_at;
    hw_machine_destroy(m);
    *state = m = hw_pc_create(&config);
    assert_non_null(m);
    assert_memory_equal(first, hw_memory_pointer(m, 0xe0000, 0x20000), sizeof first);
    assert_int_equal(bar, hw_pci_find(m, 0, 4, 0)->bars[0].mapped_at);
    assert_int_equal(bar % 0x100000, 0);
    hw_machine_destroy(m);
    config.no_edu = true;
    *state = m = hw_pc_create(&config);
    assert_null(hw_pci_find(m, 0, 4, 0));
    config.machine.cpus = 0;
    assert_null(hw_pc_create(&config));
}

#define SERIAL_TEST(Function) cmocka_unit_test_setup_teardown(Function, serial_setup, kit_destroy)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SERIAL_TEST(serial_transmit),
        SERIAL_TEST(serial_receive),
        SERIAL_TEST(serial_modem_and_loopback),
        KIT_PC_TEST(keyboard_controller),
        KIT_PC_TEST(keyboard),
        KIT_PC_TEST(mouse),
        KIT_PC_TEST(reset_lines),
        KIT_PC_TEST(edu_registers),
        KIT_PC_TEST(edu_dma),
        KIT_PC_TEST(edu_timer_ports_messages),
        KIT_PC_TEST(display),
        KIT_PC_TEST(smbios),
        KIT_PC_TEST(acpi_tables),
        KIT_PC_TEST(pc_is_complete),
        KIT_PC_TEST(pc_is_reproducible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
