/* SPDX-License-Identifier: MIT */
/*
 * hw/core: clock, interrupt lines, ports, physical memory, DMA, guest errors, devices.
 */
#include "hw_kit.h"

/* ---- clock ---- */

static char order[64];
static struct hw_machine *ordering;
static struct hw_clock_event events[5];

static void
note(void *context)
{
    size_t at = strlen(order);
    order[at] = *(const char *)context;
}

static void
clock_runs_in_order(void **state)
{
    struct hw_machine *m = *state;
    uint64_t due;
    memset(order, 0, sizeof order);
    for (unsigned i = 0; i < 5; i++)
    {
        static const char names[] = "abcde";
        hw_clock_event_init(&events[i], note, (void *)(uintptr_t)&names[i]);
    }
    assert_false(hw_clock_next(m, false, &due));
    hw_clock_schedule(m, &events[2], 300);
    hw_clock_schedule(m, &events[0], 100);
    hw_clock_schedule(m, &events[1], 100); /* same time: in order of scheduling */
    hw_clock_schedule(m, &events[3], 200);
    hw_clock_schedule(m, &events[4], 50);
    hw_clock_cancel(m, &events[4]);
    assert_false(hw_clock_scheduled(&events[4]));
    assert_true(hw_clock_next(m, true, &due));
    assert_int_equal(due, 100);
    hw_clock_advance_to(m, 250);
    assert_string_equal(order, "abd");
    assert_int_equal(hw_clock_now(m), 250);
    hw_clock_advance(m, 50);
    assert_string_equal(order, "abdc");
    hw_clock_advance_to(m, 10); /* never back */
    assert_int_equal(hw_clock_now(m), 300);
}

static void
clock_background(void **state)
{
    struct hw_machine *m = *state;
    uint64_t due;
    memset(order, 0, sizeof order);
    hw_clock_event_init_background(&events[0], note, (void *)(uintptr_t)"x");
    hw_clock_schedule_after(m, &events[0], 10);
    assert_false(hw_clock_next(m, true, &due));
    assert_true(hw_clock_next(m, false, &due));
    hw_clock_event_init(&events[1], note, (void *)(uintptr_t)"y");
    hw_clock_schedule_after(m, &events[1], 10);
    hw_clock_consume(m, 20);
    assert_string_equal(order, "");
    assert_int_equal(hw_clock_run(m), 2);
    assert_string_equal(order, "xy");
    hw_clock_schedule_after(m, &events[1], UINT64_MAX);
    assert_int_equal(events[1].due_ns, UINT64_MAX);
    hw_clock_cancel(m, &events[1]);
}

static void
reschedule(void *context)
{
    struct hw_clock_event *event = context;
    note((void *)(uintptr_t)"r");
    if (strlen(order) < 5)
    {
        hw_clock_schedule(ordering, event, event->due_ns + 100);
    }
}

static void
clock_repeats_at_own_times(void **state)
{
    struct hw_machine *m = ordering = *state;
    memset(order, 0, sizeof order);
    hw_clock_event_init(&events[0], reschedule, &events[0]);
    hw_clock_schedule(m, &events[0], 100);
    hw_clock_advance_to(m, 350);
    assert_string_equal(order, "rrr");
    hw_clock_advance_to(m, 10000);
    assert_string_equal(order, "rrrrr");
}

/* Many events in random order come out sorted. */
static uint64_t last_due;
static unsigned ran;

static void
check_sorted(void *context)
{
    const struct hw_clock_event *event = context;
    assert_true(event->due_ns >= last_due);
    last_due = event->due_ns;
    ran++;
}

static void
clock_many(void **state)
{
    static struct hw_clock_event many[2000];
    struct hw_machine *m = *state;
    uint64_t seed = 7;
    last_due = 0;
    ran = 0;
    for (unsigned i = 0; i < 2000; i++)
    {
        hw_clock_event_init(&many[i], check_sorted, &many[i]);
        hw_clock_schedule(m, &many[i], kit_random(&seed) % 10000);
    }
    for (unsigned i = 0; i < 2000; i += 3)
    {
        hw_clock_cancel(m, &many[i]);
    }
    hw_clock_advance_to(m, 10000);
    assert_int_equal(ran, 2000 - 667);
}

static void
clock_system_time(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(hw_clock_system_time_100ns(m), HW_CLOCK_DEFAULT_EPOCH);
    hw_clock_advance(m, 12345);
    assert_int_equal(hw_clock_system_time_100ns(m), HW_CLOCK_DEFAULT_EPOCH + 123);
    hw_clock_set_system_time_100ns(m, 1000000);
    hw_clock_advance(m, 55);
    assert_int_equal(hw_clock_system_time_100ns(m), 1000001);
}

/* ---- interrupt lines ---- */

static void
irq_lines_are_shared(void **state)
{
    struct hw_machine *m = *state;
    struct hw_irq a, b, none;
    hw_irq_init(&a, m, 5);
    hw_irq_init(&b, m, 5);
    hw_irq_init(&none, m, HW_IRQ_NONE);
    hw_irq_raise(&a);
    hw_irq_raise(&a);
    assert_int_equal(kit.irq_changes, 1);
    hw_irq_raise(&b);
    hw_irq_lower(&a);
    assert_true(hw_irq_level(m, 5));
    assert_int_equal(kit.irq_changes, 1);
    hw_irq_lower(&b);
    assert_false(hw_irq_level(m, 5));
    assert_int_equal(kit.irq_changes, 2);
    assert_false(kit.last_level);
    hw_irq_pulse(&b);
    assert_int_equal(kit.rises[5], 2);
    hw_irq_raise(&none);
    assert_int_equal(kit.irq_changes, 4);
    hw_irq_raise(&a);
    hw_irq_connect(&a, 9);
    assert_false(hw_irq_level(m, 5));
    assert_true(hw_irq_level(m, 9));
    assert_false(hw_irq_level(m, 1000));
    hw_irq_lower(&a);
}

/* ---- ports ---- */

struct ports_seen
{
    unsigned offset, size;
    uint32_t value;
    unsigned calls;
};

static uint32_t
seen_read(void *context, unsigned offset, unsigned size)
{
    struct ports_seen *seen = context;
    *seen = (struct ports_seen){offset, size, 0, seen->calls + 1};
    return 0x04030201u >> (offset % 4 * 8);
}

static void
seen_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct ports_seen *seen = context;
    *seen = (struct ports_seen){offset, size, value, seen->calls + 1};
}

static const struct hw_port_ops dword_ops = {seen_read, seen_write, 4};
static const struct hw_port_ops byte_ops = {seen_read, seen_write, 1};
static const struct hw_port_ops wrong_ops = {seen_read, seen_write, 3};
static const struct hw_port_ops silent_ops = {NULL, NULL, 4};

static void
ports_claims(void **state)
{
    struct hw_machine *m = *state;
    struct ports_seen seen = {0};
    assert_true(hw_ports_claim(m, 0x100, 8, &dword_ops, &seen, "a"));
    assert_false(hw_ports_claim(m, 0x107, 1, &dword_ops, &seen, "overlap"));
    assert_false(hw_ports_claim(m, 0xff, 2, &dword_ops, &seen, "overlap"));
    assert_false(hw_ports_claim(m, 0x0f0, 0x100, &dword_ops, &seen, "around"));
    assert_false(hw_ports_claim(m, 0x200, 0, &dword_ops, &seen, "empty"));
    assert_false(hw_ports_claim(m, 0xffff, 2, &dword_ops, &seen, "beyond"));
    assert_false(hw_ports_claim(m, 0x10000, 1, &dword_ops, &seen, "beyond"));
    assert_false(hw_ports_claim(m, 0x200, 4, &wrong_ops, &seen, "size"));
    assert_false(hw_ports_claim(m, 0x200, 4, NULL, &seen, "ops"));
    assert_true(hw_ports_claim(m, 0x108, 1, &byte_ops, &seen, "next"));
    assert_true(hw_ports_claim(m, 0xfc, 4, &byte_ops, &seen, "before"));
    assert_true(hw_ports_claimed(m, 0x100, 1));
    assert_false(hw_ports_claimed(m, 0x109, 10));
    hw_ports_release(m, 0x100);
    hw_ports_release(m, 0x555);
    assert_false(hw_ports_claimed(m, 0x100, 8));
    assert_true(hw_ports_claimed(m, 0x108, 1));
}

static void
ports_split(void **state)
{
    struct hw_machine *m = *state;
    struct ports_seen wide = {0}, narrow = {0};
    assert_true(hw_ports_claim(m, 0x100, 4, &dword_ops, &wide, "wide"));
    assert_true(hw_ports_claim(m, 0x104, 4, &byte_ops, &narrow, "narrow"));
    assert_int_equal(hw_port_read(m, 0x100, 4), 0x04030201);
    assert_int_equal(wide.calls, 1);
    assert_int_equal(hw_port_read(m, 0x104, 4), 0x04030201);
    assert_int_equal(narrow.calls, 4);
    hw_port_write(m, 0x102, 0x44332211, 4); /* two bytes here, two bytes there */
    assert_int_equal(wide.value, 0x2211);
    assert_int_equal(wide.size, 2);
    assert_int_equal(narrow.value, 0x44);
    assert_int_equal(narrow.offset, 1);
    hw_port_write(m, 0x101, 0xaabbccdd, 4); /* three bytes here, in two pieces */
    assert_int_equal(wide.offset, 3);
    assert_int_equal(wide.value, 0xbb);
    assert_int_equal(kit.errors, 0);
}

static void
ports_unclaimed(void **state)
{
    struct hw_machine *m = *state;
    assert_int_equal(hw_port_read(m, 0x300, 1), 0xff);
    assert_int_equal(hw_port_read(m, 0x300, 2), 0xffff);
    assert_int_equal(hw_port_read(m, 0xfffe, 4), 0xffffffff);
    assert_int_equal(kit.errors, 3);
    hw_port_write(m, 0x300, 5, 1);
    assert_int_equal(kit.errors, 4);
    assert_non_null(strstr(kit.error, "0x300"));
    assert_true(hw_ports_claim(m, 0x300, 4, &silent_ops, NULL, "silent"));
    assert_int_equal(hw_port_read(m, 0x300, 4), 0xffffffff);
    hw_port_write(m, 0x300, 5, 4);
    assert_int_equal(kit.errors, 4);
}

/* ---- memory and DMA ---- */

static void
memory_map(void **state)
{
    struct hw_machine *m = *state;
    size_t count;
    uint64_t physical;
    const struct hw_memory_range *ranges = hw_memory_ranges(m, &count);
    assert_true(count >= 7);
    for (size_t i = 1; i < count; i++)
    {
        assert_true(ranges[i].physical >= ranges[i - 1].physical + ranges[i - 1].size);
    }
    assert_int_equal(hw_memory_find(m, 0)->type, HW_MEMORY_RAM);
    assert_int_equal(hw_memory_find(m, 0xa0000)->type, HW_MEMORY_MMIO);
    assert_int_equal(hw_memory_find(m, 0xf0000)->type, HW_MEMORY_ROM);
    assert_int_equal(hw_memory_find(m, 0x100000)->type, HW_MEMORY_RAM);
    assert_int_equal(hw_memory_find(m, KIT_RAM_SIZE - 1)->type, HW_MEMORY_RESERVED);
    assert_null(hw_memory_find(m, KIT_RAM_SIZE));
    assert_int_equal(m->memory.ram_size, KIT_RAM_SIZE - 0x60000);
    uint8_t *pointer = hw_memory_pointer(m, 0x123456, 100);
    assert_ptr_equal(pointer, (void *)(uintptr_t)(HOST_REGION_RAM + 0x123456));
    assert_true(hw_memory_physical(m, pointer, &physical));
    assert_int_equal(physical, 0x123456);
    assert_null(hw_memory_pointer(m, 0xa0000, 1));
    assert_null(hw_memory_pointer(m, 0x9e000, 0x2000)); /* crosses into the reserved page */
    assert_false(hw_memory_physical(m, &physical, &physical));
    pointer[0] = 0x5a;
    uint8_t byte = 0;
    assert_true(hw_memory_read(m, 0x123456, &byte, 1));
    assert_int_equal(byte, 0x5a);
}

static void
memory_rom_and_holes(void **state)
{
    struct hw_machine *m = *state;
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    assert_true(hw_memory_load_rom(m, 0xf0000, bytes, 8));
    assert_false(hw_memory_load_rom(m, 0x100000, bytes, 8)); /* not ROM */
    assert_false(hw_memory_load_rom(m, 0xffffc, bytes, 8));  /* leaves it */
    memset(bytes, 0, 8);
    assert_true(hw_memory_write(m, 0xf0000, bytes, 8)); /* dropped */
    assert_int_equal(kit.errors, 1);
    assert_true(hw_memory_read(m, 0xf0000, bytes, 8));
    assert_int_equal(bytes[7], 8);
    assert_false(hw_memory_read(m, 0x7000000000ull, bytes, 8));
    assert_int_equal(bytes[0], 0xff);
    assert_false(hw_memory_write(m, KIT_RAM_SIZE - 4, bytes, 8)); /* half of it exists */
    memset(bytes, 0, 8);
    assert_false(hw_memory_read(m, KIT_RAM_SIZE - 4, bytes, 8));
    assert_int_equal(bytes[0], 0xff);
    assert_int_equal(bytes[7], 0xff);
}

static uint8_t pool[8192];
static bool refuse;

static void *
pool_pointer(void *context, uint64_t physical, size_t size, bool write)
{
    (void)context;
    (void)write;
    uint64_t offset = physical - 0x9000000000ull;
    return offset < sizeof pool && size <= sizeof pool - offset ? pool + offset : NULL;
}

static bool
translate(void *context,
          struct hw_pci_function *requester,
          uint64_t address,
          size_t *size,
          bool write,
          uint64_t *physical)
{
    (void)context;
    (void)requester;
    (void)write;
    uint64_t left = 0x1000 - (address & 0xfff);
    *size = *size < left ? *size : left;
    *physical = address ^ 0x1000; /* exchanges neighbouring pages */
    return !refuse;
}

static void
memory_hooks_and_dma(void **state)
{
    struct hw_machine *m = *state;
    uint8_t data[16];
    m->hooks.physical_pointer = pool_pointer;
    memset(data, 0x33, sizeof data);
    assert_true(hw_memory_write(m, 0x9000000ff8ull, data, 16));
    assert_int_equal(pool[0xff8 + 15], 0x33);
    assert_true(hw_dma_read(m, NULL, 0x9000001000ull, data, 8));
    m->hooks.dma_translate = translate;
    memset(data, 0x44, sizeof data);
    assert_true(hw_dma_write(m, NULL, 0x200ff8, data, 16));
    uint8_t *ram = hw_memory_pointer(m, 0x200000, 0x4000);
    assert_int_equal(ram[0x1ff8], 0x44);
    assert_int_equal(ram[0x0000], 0x44);
    assert_int_equal(ram[0x1000], 0x00);
    refuse = true;
    assert_false(hw_dma_write(m, NULL, 0x200000, data, 16));
    assert_false(hw_dma_read(m, NULL, 0x200000, data, 16));
    assert_int_equal(data[0], 0xff);
    refuse = false;
    uint32_t message = 0x41;
    assert_true(hw_dma_write(m, NULL, 0xfee01004, &message, 4));
    assert_int_equal(kit.messages, 1);
    assert_int_equal(kit.message_address, 0xfee01004);
    assert_int_equal(kit.message_data, 0x41);
}

static void
memory_above_4g(void **state)
{
    struct hw_machine_config config = kit_config();
    (void)state;
    config.ram_size = HW_MEMORY_LOW_LIMIT + (16ull << 20);
    struct hw_machine *m = hw_machine_create(&config);
    assert_non_null(m);
    assert_null(hw_memory_pointer(m, 0xc0000000, 1));
    uint8_t *high = hw_memory_pointer(m, 0x100000000ull, 4096);
    assert_non_null(high);
    high[0] = 1;
    assert_null(hw_memory_find(m, HW_MEMORY_HIGH_BASE + (16ull << 20)));
    /* One machine per process: the image's addresses are taken. */
    assert_null(hw_machine_create(&config));
    hw_machine_destroy(m);
    config.ram_size = 1ull << 40;
    assert_null(hw_machine_create(&config));
    config.ram_size = KIT_RAM_SIZE;
    config.cpus = 0;
    assert_null(hw_machine_create(&config));
    config.cpus = 65;
    assert_null(hw_machine_create(&config));
}

/* ---- devices ---- */

struct thing
{
    struct hw_irq irq;
    struct hw_clock_event event;
    unsigned resets;
    uint64_t value;
    bool refuse;
};

static unsigned exits;

static uint64_t
thing_read(void *context, uint64_t offset, unsigned size)
{
    (void)offset;
    (void)size;
    return ((struct thing *)context)->value;
}

static const struct hw_mmio_ops thing_mmio = {thing_read, NULL, 8};

static bool
thing_msr_read(void *context, struct hw_cpu *cpu, uint32_t index, uint64_t *value)
{
    (void)cpu;
    (void)index;
    *value = ((struct thing *)context)->value;
    return true;
}

static const struct hw_msr_ops thing_msr = {thing_msr_read, NULL};

static void
thing_event(void *context)
{
    ((struct thing *)context)->value++;
}

static bool
thing_realize(struct hw_device *device, const void *config)
{
    struct thing *thing = hw_device_state(device);
    const unsigned *port = config;
    thing->value = 42;
    return hw_device_claim_mmio(device, 0xd0000000, 4096, &thing_mmio) &&
           hw_device_claim_msrs(device, 0x4000, 2, &thing_msr) &&
           hw_device_claim_irq(device, &thing->irq, 7) &&
           hw_device_claim_event(device, &thing->event, thing_event, false) &&
           hw_device_claim_ports(device, *port, 4, &dword_ops);
}

static void
thing_reset(struct hw_device *device)
{
    ((struct thing *)hw_device_state(device))->resets++;
}

static void
thing_exit(struct hw_device *device)
{
    (void)device;
    exits++;
}

static const struct hw_device_ops thing_ops = {"thing", sizeof(struct thing), thing_realize,
                                               thing_reset, thing_exit};

static void
device_life(void **state)
{
    struct hw_machine *m = *state;
    unsigned port = 0x500;
    uint64_t value;
    exits = 0;
    struct hw_device *device = hw_device_create(m, &thing_ops, &port);
    assert_non_null(device);
    struct thing *thing = hw_device_state(device);
    assert_int_equal(thing->resets, 1);
    assert_ptr_equal(hw_device_find(m, "thing"), device);
    assert_null(hw_device_find(m, "other"));
    assert_true(hw_memory_read(m, 0xd0000008, &value, 8));
    assert_int_equal(value, 42);
    assert_true(hw_msr_read(hw_machine_cpu(m, 0), 0x4001, &value));
    assert_int_equal(value, 42);
    hw_irq_raise(&thing->irq);
    hw_clock_schedule(m, &thing->event, 100);
    hw_machine_reset(m);
    assert_int_equal(thing->resets, 2);

    /* A second one collides, and leaves nothing behind. */
    port = 0x600;
    assert_null(hw_device_create(m, &thing_ops, &port));
    assert_false(hw_ports_claimed(m, 0x600, 4));
    assert_int_equal(exits, 0);

    hw_device_destroy(device);
    assert_int_equal(exits, 1);
    assert_false(hw_irq_level(m, 7));
    assert_false(hw_ports_claimed(m, 0x500, 4));
    assert_false(hw_msr_read(hw_machine_cpu(m, 0), 0x4001, &value));
    assert_false(hw_memory_read(m, 0xd0000008, &value, 8));
    assert_int_equal(hw_clock_run(m), 0);
    assert_false(hw_clock_next(m, false, &value));
    port = 0x500;
    assert_non_null(hw_device_create(m, &thing_ops, &port));
}

static void
long_guest_error_is_cut(void **state)
{
    struct hw_machine *m = *state;
    char text[400];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    hw_log_guest_error(m, "test", "%s", text);
    assert_int_equal(strlen(kit.error), 240);
    m->hooks.guest_error = NULL;
    hw_log_guest_error(m, "test", "%s", text);
    assert_int_equal(kit.errors, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(clock_runs_in_order),
        KIT_TEST(clock_background),
        KIT_TEST(clock_repeats_at_own_times),
        KIT_TEST(clock_many),
        KIT_TEST(clock_system_time),
        KIT_TEST(irq_lines_are_shared),
        KIT_TEST(ports_claims),
        KIT_TEST(ports_split),
        KIT_TEST(ports_unclaimed),
        KIT_TEST(memory_map),
        KIT_TEST(memory_rom_and_holes),
        KIT_TEST(memory_hooks_and_dma),
        cmocka_unit_test(memory_above_4g),
        KIT_TEST(device_life),
        KIT_TEST(long_guest_error_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
