/* SPDX-License-Identifier: MIT */
/*
 * hw/cmos.c, hw/pit.c, hw/pic.c, hw/acpi_pm.c.
 */
#include "hw_kit.h"

static uint8_t
cmos(struct hw_machine *m, uint8_t index)
{
    kit_out(m, 0x70, index);
    return kit_in(m, 0x71);
}

static void
set_cmos(struct hw_machine *m, uint8_t index, uint8_t value)
{
    kit_out(m, 0x70, index);
    kit_out(m, 0x71, value);
}

static void
cmos_time(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(cmos(m, 0x00), 0x00);
    assert_int_equal(cmos(m, 0x04), 0x00);
    assert_int_equal(cmos(m, 0x06), 0x04); /* 2025-01-01 was a Wednesday */
    assert_int_equal(cmos(m, 0x07), 0x01);
    assert_int_equal(cmos(m, 0x08), 0x01);
    assert_int_equal(cmos(m, 0x09), 0x25);
    assert_int_equal(cmos(m, 0x32), 0x20);
    hw_clock_advance(m, (59 * 86400ull + 13 * 3600 + 45 * 60 + 12) * HW_NS_PER_SECOND);
    assert_int_equal(cmos(m, 0x00), 0x12);
    assert_int_equal(cmos(m, 0x02), 0x45);
    assert_int_equal(cmos(m, 0x04), 0x13);
    assert_int_equal(cmos(m, 0x07), 0x01);
    assert_int_equal(cmos(m, 0x08), 0x03);
    set_cmos(m, 0x0b, 0x04); /* binary, 12 hours */
    assert_int_equal(cmos(m, 0x04), 0x81);
    assert_int_equal(cmos(m, 0x02), 45);
    assert_int_equal(cmos(m, 0x0d), 0x80);
    assert_int_equal(kit_in(m, 0x70), 0xff);
}

static void
cmos_set_time(void **state)
{
    struct hw_machine *m = *state;
    set_cmos(m, 0x0b, 0x82); /* stop */
    set_cmos(m, 0x00, 0x58);
    set_cmos(m, 0x02, 0x59);
    set_cmos(m, 0x04, 0x23);
    set_cmos(m, 0x07, 0x28);
    set_cmos(m, 0x08, 0x02);
    set_cmos(m, 0x09, 0x24);
    hw_clock_advance(m, 100 * HW_NS_PER_SECOND);
    assert_int_equal(cmos(m, 0x00), 0x58); /* stands still */
    set_cmos(m, 0x0b, 0x02);
    hw_clock_advance(m, 3 * HW_NS_PER_SECOND);
    assert_int_equal(cmos(m, 0x00), 0x01);
    assert_int_equal(cmos(m, 0x07), 0x29); /* a leap year */
    assert_int_equal(cmos(m, 0x08), 0x02);
    assert_int_equal(cmos(m, 0x09), 0x24);
    set_cmos(m, 0x04, 0x12); /* without stopping, too */
    assert_int_equal(cmos(m, 0x04), 0x12);
}

static void
cmos_update_in_progress(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(cmos(m, 0x0a), 0x26);
    hw_clock_advance(m, HW_NS_PER_SECOND - 100000);
    assert_int_equal(cmos(m, 0x0a), 0xa6);
    assert_int_equal(cmos(m, 0x0c), 0x00);
    hw_clock_advance(m, 100000);
    assert_int_equal(cmos(m, 0x0a), 0x26);
    assert_int_equal(cmos(m, 0x0c), 0x10);
    assert_int_equal(cmos(m, 0x0c), 0x00);
}

static void
cmos_interrupts(void **state)
{
    struct hw_machine *m = *state;
    uint64_t due;
    set_cmos(m, 0x0b, 0x42); /* periodic at 1024 Hz */
    hw_clock_advance(m, 10 * HW_NS_PER_MS);
    assert_int_equal(kit.rises[8], 1); /* level stays until register C is read */
    assert_int_equal(cmos(m, 0x0c), 0xc0);
    assert_false(hw_irq_level(m, 8));
    assert_false(hw_clock_next(m, true, &due)); /* a tick is not work */
    set_cmos(m, 0x0b, 0x12);                    /* update ended */
    cmos(m, 0x0c);
    hw_clock_advance(m, HW_NS_PER_SECOND);
    assert_int_equal(cmos(m, 0x0c) & 0x90, 0x90);
    set_cmos(m, 0x01, 0x05); /* alarm: second 5, minute 1, any hour */
    set_cmos(m, 0x03, 0x01);
    set_cmos(m, 0x05, 0xff);
    set_cmos(m, 0x0b, 0x22);
    assert_true(hw_clock_next(m, true, &due));
    assert_int_equal(due, 65 * HW_NS_PER_SECOND);
    hw_clock_advance_to(m, due);
    assert_true(hw_irq_level(m, 8));
    assert_int_equal(cmos(m, 0x0c) & 0xa0, 0xa0);
    assert_true(hw_clock_next(m, true, &due));
    assert_int_equal(due, 3665 * HW_NS_PER_SECOND);
    set_cmos(m, 0x0b, 0x02);
    assert_false(hw_clock_next(m, true, &due));
}

static void
cmos_memory(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *device = hw_device_find(m, "cmos");
    assert_int_equal(cmos(m, 0x15) | cmos(m, 0x16) << 8, 640);
    assert_int_equal(cmos(m, 0x34) | cmos(m, 0x35) << 8, (KIT_RAM_SIZE >> 16) - 256);
    set_cmos(m, 0x50, 0x77);
    assert_int_equal(hw_cmos_get(device, 0x50), 0x77);
    hw_cmos_set(device, 0x90, 0x12);
    kit_out(m, 0x72, 0x10);
    assert_int_equal(kit_in(m, 0x73), 0x12);
    kit_out(m, 0x73, 0x34);
    assert_int_equal(hw_cmos_get(device, 0x90), 0x34);
    assert_int_equal(kit_in(m, 0x72), 0x10);
    set_cmos(m, 0x0d, 0);
    assert_int_equal(cmos(m, 0x0d), 0x80);
}

/* ---- timer ---- */

static unsigned
pit_count(struct hw_machine *m, unsigned channel)
{
    kit_out(m, 0x43, (uint8_t)(channel << 6));
    unsigned low = kit_in(m, (uint16_t)(0x40 + channel));
    return low | (unsigned)kit_in(m, (uint16_t)(0x40 + channel)) << 8;
}

static void
pit_rate_generator(void **state)
{
    struct hw_machine *m = *state;
    uint64_t due;
    assert_false(hw_clock_next(m, false, &due)); /* nothing ticks until a driver asks */
    kit_out(m, 0x43, 0x34);
    kit_out(m, 0x40, 0xa9); /* 1193: 1 ms less 0.2 us */
    kit_out(m, 0x40, 0x04);
    assert_false(hw_clock_next(m, true, &due));
    hw_clock_advance(m, 100 * HW_NS_PER_MS);
    assert_int_equal(kit.rises[0], 100);
    unsigned before = pit_count(m, 0);
    hw_clock_advance(m, 100 * HW_NS_PER_US);
    unsigned after = pit_count(m, 0);
    unsigned ticks = before >= after ? before - after : before + 1193 - after;
    assert_in_range(ticks, 118, 120);
    kit_out(m, 0x43, 0x36); /* a new mode stops it until a count comes */
    hw_clock_advance(m, 10 * HW_NS_PER_MS);
    assert_int_equal(kit.rises[0], 100);
}

static void
pit_one_shot(void **state)
{
    struct hw_machine *m = *state;
    uint64_t due;
    kit_out(m, 0x43, 0x30);
    kit_out(m, 0x40, 0x00);
    kit_out(m, 0x40, 0x10);
    kit_out(m, 0x43, 0xe2); /* read-back: status of channel 0 */
    assert_int_equal(kit_in(m, 0x40), 0x30);
    assert_true(hw_clock_next(m, true, &due));
    assert_in_range(due, 3432000, 3433000);
    hw_clock_advance_to(m, due);
    assert_true(hw_irq_level(m, 0));
    kit_out(m, 0x43, 0xe2);
    assert_int_equal(kit_in(m, 0x40), 0xb0); /* output high */
    assert_int_equal(pit_count(m, 0), 0);
    hw_clock_advance(m, 10 * 839); /* goes on below zero */
    assert_int_equal(pit_count(m, 0), 0xfff6);
    kit_out(m, 0x40, 0x00); /* a new count lowers it and starts again */
    kit_out(m, 0x40, 0x10);
    assert_false(hw_irq_level(m, 0));
    hw_machine_reset(m);
    assert_false(hw_clock_next(m, true, &due));
}

/* Channel 2 behind port 0x61, the way delay loops calibrate. */
static void
pit_speaker_channel(void **state)
{
    struct hw_machine *m = *state;
    kit_out(m, 0x61, 0x00);
    kit_out(m, 0x43, 0xb0);
    kit_out(m, 0x42, 0x9c); /* 11932 ticks: 10 ms */
    kit_out(m, 0x42, 0x2e);
    hw_clock_advance(m, 20 * HW_NS_PER_MS);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0); /* gate closed: no counting */
    kit_out(m, 0x61, 0x01);
    hw_clock_advance(m, 9 * HW_NS_PER_MS);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0);
    hw_clock_advance(m, 2 * HW_NS_PER_MS);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0x20);
    uint8_t refresh = kit_in(m, 0x61) & 0x10;
    hw_clock_advance(m, 15085);
    assert_int_not_equal(kit_in(m, 0x61) & 0x10, refresh);
    kit_out(m, 0x43, 0xb6); /* square wave */
    kit_out(m, 0x42, 100);
    kit_out(m, 0x42, 0);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0x20);
    hw_clock_advance(m, 60 * 838);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0);
    hw_clock_advance(m, 45 * 838);
    assert_int_equal(kit_in(m, 0x61) & 0x20, 0x20);
}

static void
pit_latches_and_bytes(void **state)
{
    struct hw_machine *m = *state;
    kit_out(m, 0x43, 0x14); /* low byte only */
    kit_out(m, 0x40, 200);
    hw_clock_advance(m, 10 * 839);
    assert_int_equal(kit_in(m, 0x40), 190);
    kit_out(m, 0x43, 0x00);
    hw_clock_advance(m, 10 * 839);
    assert_int_equal(kit_in(m, 0x40), 190); /* latched */
    assert_int_equal(kit_in(m, 0x40), 180);
    kit_out(m, 0x43, 0x75); /* BCD, channel 1 */
    kit_out(m, 0x41, 0x00);
    kit_out(m, 0x41, 0x10);
    hw_clock_advance(m, 839);
    assert_int_equal(pit_count(m, 1), 0x999);
    assert_int_equal(kit_in(m, 0x43), 0xff);
}

/* ---- interrupt controllers ---- */

static void
pic_initialize(struct hw_machine *m)
{
    static const uint16_t ports[2] = {0x20, 0xa0};
    for (unsigned i = 0; i < 2; i++)
    {
        kit_out(m, ports[i], 0x11);
        kit_out(m, ports[i] + 1, (uint8_t)(0x50 + i * 8));
        kit_out(m, ports[i] + 1, i ? 2 : 4);
        kit_out(m, ports[i] + 1, 1);
        kit_out(m, ports[i] + 1, 0);
    }
}

static void
pic_priorities(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *pic = hw_device_find(m, "pic");
    struct hw_irq three, ten;
    hw_irq_init(&three, m, 3);
    hw_irq_init(&ten, m, 10);
    hw_irq_raise(&three);
    assert_false(hw_pic_output(pic)); /* masked by firmware */
    pic_initialize(m);
    hw_irq_lower(&three);
    hw_irq_raise(&three);
    hw_irq_raise(&ten);
    assert_true(hw_pic_output(pic));
    assert_int_equal(kit_in(m, 0x20), 0x0c);         /* requests 2 and 3 */
    assert_int_equal(hw_pic_acknowledge(pic), 0x5a); /* 10 comes through 2, above 3 */
    assert_false(hw_pic_output(pic));
    kit_out(m, 0x20, 0x0b);
    assert_int_equal(kit_in(m, 0x20), 0x04); /* in service */
    kit_out(m, 0xa0, 0x20);
    kit_out(m, 0x20, 0x20);
    assert_int_equal(hw_pic_acknowledge(pic), 0x53);
    kit_out(m, 0x20, 0x63); /* specific end */
    assert_int_equal(kit_in(m, 0x20), 0x00);
    assert_int_equal(hw_pic_acknowledge(pic), 0x57); /* spurious */
    kit_out(m, 0x21, 0x08);
    assert_int_equal(kit_in(m, 0x21), 0x08);
    hw_irq_lower(&three);
    hw_irq_raise(&three);
    assert_false(hw_pic_output(pic));
    kit_out(m, 0x21, 0x00);
    assert_true(hw_pic_output(pic));
    hw_irq_lower(&three);
    hw_irq_lower(&ten);
}

static void
pic_levels_and_poll(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *pic = hw_device_find(m, "pic");
    struct hw_irq eleven;
    hw_irq_init(&eleven, m, 11);
    pic_initialize(m);
    kit_out(m, 0x4d1, 0xff);
    assert_int_equal(kit_in(m, 0x4d1), 0xde);
    hw_irq_raise(&eleven);
    assert_int_equal(hw_pic_acknowledge(pic), 0x5b);
    kit_out(m, 0xa0, 0x20);
    kit_out(m, 0x20, 0x20);
    assert_true(hw_pic_output(pic)); /* level: still there */
    hw_irq_lower(&eleven);
    assert_false(hw_pic_output(pic));
    hw_irq_raise(&eleven);
    kit_out(m, 0xa0, 0x0c); /* poll the slave */
    assert_int_equal(kit_in(m, 0xa0), 0x83);
    hw_irq_lower(&eleven);
}

static uint32_t
word_at(struct hw_machine *m, uint64_t physical)
{
    uint32_t value = 0;
    hw_memory_read(m, physical, &value, 4);
    return value;
}

static void
set_word(struct hw_machine *m, uint64_t physical, uint32_t value)
{
    hw_memory_write(m, physical, &value, 4);
}

static void
apic_pages(void **state)
{
    struct hw_machine *m = *state;
    struct hw_irq eighteen;
    hw_irq_init(&eighteen, m, 18);
    assert_int_equal(word_at(m, 0xfee00030), 0x00050014);
    set_word(m, 0xfee00030, 0); /* identification */
    assert_int_equal(word_at(m, 0xfee00030), 0x00050014);
    set_word(m, 0xfee00080, 0x20);
    assert_int_equal(word_at(m, 0xfee00080), 0x20);
    assert_int_equal(kit.errors, 0);
    word_at(m, 0xfee00034);
    set_word(m, 0xfee00034, 1);
    assert_int_equal(kit.errors, 2);
    set_word(m, 0xfec00000, 1);
    assert_int_equal(word_at(m, 0xfec00000), 1);
    assert_int_equal(word_at(m, 0xfec00010), 0x00170011);
    set_word(m, 0xfec00000, 0x10 + 18 * 2);
    assert_int_equal(word_at(m, 0xfec00010), 0x10000);
    set_word(m, 0xfec00010, 0xffffa061);
    assert_int_equal(word_at(m, 0xfec00010), 0x1a061);
    set_word(m, 0xfec00010, 0x0000a061);
    hw_irq_raise(&eighteen);
    assert_int_equal(word_at(m, 0xfec00010), 0xe061); /* remote IRR */
    hw_irq_lower(&eighteen);
    set_word(m, 0xfec00000, 0x11 + 18 * 2);
    set_word(m, 0xfec00010, 0x01000000);
    assert_int_equal(word_at(m, 0xfec00010), 0x01000000);
    assert_int_equal(word_at(m, 0xfec00020), 0xffffffff);
}

/* ---- ACPI ---- */

static void
pm_timer(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(hw_port_read(m, 0x608, 4), 0);
    hw_clock_advance(m, HW_NS_PER_SECOND);
    assert_int_equal(hw_port_read(m, 0x608, 4), 3579545);
    hw_clock_advance(m, 4 * HW_NS_PER_SECOND);
    assert_int_equal(hw_port_read(m, 0x608, 4), 5 * 3579545 % 0x1000000);
    hw_port_write(m, 0x608, 0, 4); /* read-only */
    assert_int_equal(hw_port_read(m, 0x608, 4), 5 * 3579545 % 0x1000000);
}

static void
pm_events(void **state)
{
    struct hw_machine *m = *state;
    struct hw_device *pm = hw_device_find(m, "acpi-pm");
    assert_int_equal(hw_port_read(m, 0x604, 2), 1); /* already in ACPI mode */
    hw_acpi_pm_power_button(pm);
    assert_false(hw_irq_level(m, 9));
    hw_port_write(m, 0x602, 0x0100, 2);
    assert_true(hw_irq_level(m, 9));
    assert_int_equal(hw_port_read(m, 0x600, 2), 0x0100);
    hw_port_write(m, 0x601, 0x01, 1); /* a written one clears, by byte as well */
    assert_false(hw_irq_level(m, 9));
    hw_port_write(m, 0x602, 0x0001, 2);
    hw_clock_advance(m, 3 * HW_NS_PER_SECOND); /* bit 23 changes every 2.34 s */
    assert_true(hw_irq_level(m, 9));
    hw_port_write(m, 0x600, 0x0001, 2);
    assert_false(hw_irq_level(m, 9));
    hw_port_write(m, 0xb2, 0xf0, 1);
    assert_int_equal(hw_port_read(m, 0x604, 2), 0);
    hw_port_write(m, 0xb2, 0xf1, 1);
    assert_int_equal(hw_port_read(m, 0x604, 2), 1);
    hw_port_write(m, 0x622, 0x10, 1);
    assert_int_equal(hw_port_read(m, 0x622, 1), 0x10);
    hw_port_write(m, 0xb3, 0x5a, 1);
    assert_int_equal(hw_port_read(m, 0xb3, 1), 0x5a);
    hw_port_write(m, 0x604, 0x3401, 2); /* another sleep state */
    assert_int_equal(kit.offs, 0);
    hw_port_write(m, 0x604, 0x2001, 2);
    assert_int_equal(kit.offs, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_PC_TEST(cmos_time),
        KIT_PC_TEST(cmos_set_time),
        KIT_PC_TEST(cmos_update_in_progress),
        KIT_PC_TEST(cmos_interrupts),
        KIT_PC_TEST(cmos_memory),
        KIT_PC_TEST(pit_rate_generator),
        KIT_PC_TEST(pit_one_shot),
        KIT_PC_TEST(pit_speaker_channel),
        KIT_PC_TEST(pit_latches_and_bytes),
        KIT_PC_TEST(pic_priorities),
        KIT_PC_TEST(pic_levels_and_poll),
        KIT_PC_TEST(apic_pages),
        KIT_PC_TEST(pm_timer),
        KIT_PC_TEST(pm_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
