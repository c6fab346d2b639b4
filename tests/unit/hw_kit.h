/* SPDX-License-Identifier: MIT */
/*
 * What the tests of hw/ share: cmocka, a machine whose hooks count, and a reproducible sequence of
 * numbers.
 */
#ifndef TESTS_UNIT_HW_KIT_H
#define TESTS_UNIT_HW_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"
#include "hw/core/device.h"
#include "hw/core/machine.h"
#include "hw/pc.h"

#define KIT_RAM_SIZE (64ull << 20)

/* What the hooks saw. */
struct kit_events
{
    unsigned irq_changes;
    unsigned last_line;
    bool last_level;
    unsigned rises[HW_IRQ_LINES];
    unsigned messages;
    uint64_t message_address;
    uint32_t message_data;
    unsigned errors;
    char error[256];
    unsigned resets;
    unsigned offs;
    unsigned arrived;
    unsigned left;
    unsigned if_changes;
};

static struct kit_events kit;

static inline void
kit_irq(void *context, unsigned line, bool level)
{
    (void)context;
    kit.irq_changes++;
    kit.last_line = line;
    kit.last_level = level;
    kit.rises[line] += level;
}

static inline void
kit_message(void *context, uint64_t address, uint32_t data)
{
    (void)context;
    kit.messages++;
    kit.message_address = address;
    kit.message_data = data;
}

static inline void
kit_error(void *context, const char *device, const char *text)
{
    (void)context;
    (void)device;
    kit.errors++;
    strncpy(kit.error, text, sizeof kit.error - 1);
}

static inline void
kit_power(void *context, enum hw_power_event event)
{
    (void)context;
    kit.resets += event == HW_POWER_RESET;
    kit.offs += event == HW_POWER_OFF;
}

static inline void
kit_pci(void *context, struct hw_pci_function *function, bool present)
{
    (void)context;
    (void)function;
    kit.arrived += present;
    kit.left += !present;
}

static inline void
kit_if(void *context, unsigned cpu, bool enabled)
{
    (void)context;
    (void)cpu;
    (void)enabled;
    kit.if_changes++;
}

static inline struct hw_machine_config
kit_config(void)
{
    memset(&kit, 0, sizeof kit);
    return (struct hw_machine_config){.cpus = 2,
                                      .ram_size = KIT_RAM_SIZE,
                                      .hooks = {.irq = kit_irq,
                                                .message = kit_message,
                                                .guest_error = kit_error,
                                                .power = kit_power,
                                                .interrupts_enabled = kit_if,
                                                .pci_changed = kit_pci}};
}

/* Setup and teardown for cmocka: *state is an empty machine, or a PC. */
static inline int
kit_machine(void **state)
{
    struct hw_machine_config config = kit_config();
    *state = hw_machine_create(&config);
    return *state ? 0 : -1;
}

static inline int
kit_pc(void **state)
{
    struct hw_pc_config config = {.machine = kit_config()};
    *state = hw_pc_create(&config);
    return *state ? 0 : -1;
}

static inline int
kit_destroy(void **state)
{
    hw_machine_destroy(*state);
    return 0;
}

#define KIT_TEST(Function)    cmocka_unit_test_setup_teardown(Function, kit_machine, kit_destroy)
#define KIT_PC_TEST(Function) cmocka_unit_test_setup_teardown(Function, kit_pc, kit_destroy)

static inline uint64_t
kit_random(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static inline uint8_t
kit_in(struct hw_machine *machine, uint16_t port)
{
    return (uint8_t)hw_port_read(machine, port, 1);
}

static inline void
kit_out(struct hw_machine *machine, uint16_t port, uint8_t value)
{
    hw_port_write(machine, port, value, 1);
}

#endif
