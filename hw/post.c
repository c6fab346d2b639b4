/* SPDX-License-Identifier: MIT */
/*
 * Port 0x80 (the POST code, which drivers write for a short delay) and port 0x92 (A20 gate and fast
 * reset). No lock.
 */
#include "hw/devices.h"

struct post
{
    struct hw_machine *machine;
    uint8_t code;
    uint8_t control;
};

static uint32_t
code_read(void *context, unsigned offset, unsigned size)
{
    const struct post *post = context;
    (void)offset;
    (void)size;
    return post->code;
}

static void
code_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct post *post = context;
    (void)offset;
    (void)size;
    post->code = (uint8_t)value;
    hw_clock_consume(post->machine, HW_NS_PER_US); /* an ISA cycle: what such writes are for */
}

static uint32_t
control_read(void *context, unsigned offset, unsigned size)
{
    const struct post *post = context;
    (void)offset;
    (void)size;
    return post->control;
}

static void
control_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct post *post = context;
    struct hw_hooks *hooks = &post->machine->hooks;
    bool rising = (value & 1) && !(post->control & 1);
    (void)offset;
    (void)size;
    post->control = value & 3;
    if (rising && hooks->power)
    {
        hooks->power(hooks->context, HW_POWER_RESET);
    }
}

static const struct hw_port_ops code_ops = {code_read, code_write, 1};
static const struct hw_port_ops control_ops = {control_read, control_write, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct post *post = hw_device_state(device);
    (void)config;
    post->machine = device->machine;
    return hw_device_claim_ports(device, 0x80, 1, &code_ops) &&
           hw_device_claim_ports(device, 0x92, 1, &control_ops);
}

static void
reset(struct hw_device *device)
{
    struct post *post = hw_device_state(device);
    post->control = 2; /* A20 on */
}

const struct hw_device_ops hw_post_ops = {"post", sizeof(struct post), realize, reset, NULL};

uint8_t
hw_post_code(const struct hw_device *device)
{
    const struct post *post = hw_device_state(device);
    return post->code;
}
