/* SPDX-License-Identifier: MIT */
/*
 * Interval timer of the 8254 kind: three channels whose count follows virtual time, and the system
 * control port 0x61. No lock; ports from any IRQL.
 */
#include "hw/devices.h"

#define LATCH_NONE 0u
#define LOW_HIGH   3u /* access mode: low byte, then high byte */

struct channel
{
    unsigned number;
    uint8_t control;  /* bits 5:4 access, 3:1 mode, 0 BCD, as written */
    uint16_t reload;  /* 0 counts as 65536, or 10000 in BCD */
    uint8_t low_byte; /* first half of a LOW_HIGH write */
    bool write_high;
    bool read_high;
    bool loaded; /* a count has been written since the mode */
    bool gate;
    uint64_t start_ns;   /* when counting began */
    uint64_t stopped_at; /* ticks done while the gate holds the count */
    bool status_latched;
    uint8_t status;
    bool count_latched;
    uint16_t latch;
};

struct pit
{
    struct hw_machine *machine;
    struct channel channels[3];
    struct hw_irq irq;
    struct hw_clock_event tick;     /* channel 0 repeats: background */
    struct hw_clock_event one_shot; /* channel 0 ends: foreground */
    uint8_t port_61;
};

static unsigned
mode_of(const struct channel *channel)
{
    unsigned mode = (channel->control >> 1) & 7;
    return mode > 5 ? mode - 4 : mode;
}

static uint32_t
period_of(const struct channel *channel)
{
    bool bcd = channel->control & 1;
    uint32_t n = channel->reload;
    if (!bcd)
    {
        return n ? n : 0x10000;
    }
    n = (n >> 12) * 1000 + ((n >> 8) & 15) * 100 + ((n >> 4) & 15) * 10 + (n & 15);
    return n ? n : 10000;
}

static uint64_t
ticks_of(uint64_t ns)
{
    return (uint64_t)((unsigned __int128)ns * HW_PIT_HZ / HW_NS_PER_SECOND);
}

static uint64_t
ns_of(uint64_t ticks)
{
    return (uint64_t)(((unsigned __int128)ticks * HW_NS_PER_SECOND + HW_PIT_HZ - 1) / HW_PIT_HZ);
}

/* Modes 1 and 5 start at a gate edge; in the others a low gate holds the count. */
static bool
hardware_triggered(const struct channel *channel)
{
    return mode_of(channel) == 1 || mode_of(channel) == 5;
}

static uint64_t
elapsed(const struct pit *pit, const struct channel *channel)
{
    if (!channel->gate && !hardware_triggered(channel))
    {
        return channel->stopped_at;
    }
    return ticks_of(hw_clock_now(pit->machine) - channel->start_ns);
}

static bool
running(const struct channel *channel)
{
    return channel->loaded && (!hardware_triggered(channel) || channel->start_ns != UINT64_MAX);
}

static bool
output(const struct pit *pit, const struct channel *channel)
{
    unsigned mode = mode_of(channel);
    if (!running(channel))
    {
        return mode != 0;
    }
    uint64_t t = elapsed(pit, channel);
    uint32_t n = period_of(channel);
    switch (mode)
    {
    case 0:
    case 1:
        return t >= n;
    case 2:
        return !channel->gate || t % n != n - 1u;
    case 3:
        return !channel->gate || t % n < (n + 1u) / 2;
    default:
        return t != n;
    }
}

static uint16_t
count(const struct pit *pit, const struct channel *channel)
{
    uint32_t value;
    if (!running(channel))
    {
        return channel->reload;
    }
    uint64_t t = elapsed(pit, channel);
    uint32_t n = period_of(channel);
    bool bcd = channel->control & 1;
    switch (mode_of(channel))
    {
    case 2:
        value = n - (uint32_t)(t % n);
        break;
    case 3: /* counts by two, twice per period */
        value = n - (uint32_t)(2 * t % n);
        value &= ~1u;
        break;
    default: /* wraps and goes on after the end */
        value = (uint32_t)(n - t) % (bcd ? 10000u : 0x10000u);
        break;
    }
    if (!bcd)
    {
        return (uint16_t)value;
    }
    value %= 10000;
    return (uint16_t)((value / 1000) << 12 | (value / 100 % 10) << 8 | (value / 10 % 10) << 4 |
                      value % 10);
}

/* Channel 0's next rising edge becomes an event. */
static void
schedule(struct pit *pit)
{
    struct channel *channel = &pit->channels[0];
    unsigned mode = mode_of(channel);
    hw_clock_cancel(pit->machine, &pit->tick);
    hw_clock_cancel(pit->machine, &pit->one_shot);
    if (!running(channel))
    {
        return;
    }
    uint64_t t = elapsed(pit, channel);
    uint32_t n = period_of(channel);
    if (mode == 2 || mode == 3)
    {
        uint64_t next = (t / n + 1) * n;
        hw_clock_schedule(pit->machine, &pit->tick, channel->start_ns + ns_of(next));
    }
    else if (t < n)
    {
        hw_clock_schedule(pit->machine, &pit->one_shot, channel->start_ns + ns_of(n));
    }
}

static void
tick_due(void *context)
{
    struct pit *pit = context;
    hw_irq_pulse(&pit->irq);
    schedule(pit);
}

static void
one_shot_due(void *context)
{
    struct pit *pit = context;
    hw_irq_raise(&pit->irq);
    if (mode_of(&pit->channels[0]) >= 4)
    {
        hw_irq_lower(&pit->irq);
    }
}

static void
start(struct pit *pit, struct channel *channel)
{
    channel->start_ns = hw_clock_now(pit->machine);
    channel->stopped_at = 0;
    if (channel->number == 0)
    {
        hw_irq_lower(&pit->irq);
        schedule(pit);
    }
}

static void
load(struct pit *pit, struct channel *channel, uint16_t value)
{
    bool periodic = mode_of(channel) == 2 || mode_of(channel) == 3;
    bool first = !channel->loaded;
    channel->reload = value;
    channel->loaded = true;
    if (hardware_triggered(channel))
    {
        return;
    }
    /* A new count of a periodic mode takes effect at the end of the period on the chip; starting it
     * at once differs by less than one period. */
    if (first || !periodic || channel->number == 0)
    {
        start(pit, channel);
    }
}

static void
set_gate(struct pit *pit, struct channel *channel, bool gate)
{
    if (gate == channel->gate)
    {
        return;
    }
    uint64_t done = running(channel) ? elapsed(pit, channel) : 0;
    channel->gate = gate;
    if (!channel->loaded)
    {
        return;
    }
    if (!gate)
    {
        channel->stopped_at = done;
    }
    else if (mode_of(channel) == 0 || mode_of(channel) == 4)
    {
        channel->start_ns = hw_clock_now(pit->machine) - ns_of(channel->stopped_at);
    }
    else
    {
        start(pit, channel);
    }
}

static void
latch_count(struct pit *pit, struct channel *channel)
{
    if (!channel->count_latched)
    {
        channel->latch = count(pit, channel);
        channel->count_latched = true;
        channel->read_high = ((channel->control >> 4) & 3) == 2;
    }
}

static void
latch_status(struct pit *pit, struct channel *channel)
{
    if (!channel->status_latched)
    {
        channel->status = (uint8_t)((output(pit, channel) ? 0x80 : 0) |
                                    (channel->loaded ? 0 : 0x40) | (channel->control & 0x3f));
        channel->status_latched = true;
    }
}

static void
write_control(struct pit *pit, uint8_t value)
{
    if (value >> 6 == 3)
    {
        for (unsigned i = 0; i < 3; i++)
        {
            if (!(value & (2u << i)))
            {
                continue;
            }
            if (!(value & 0x20))
            {
                latch_count(pit, &pit->channels[i]);
            }
            if (!(value & 0x10))
            {
                latch_status(pit, &pit->channels[i]);
            }
        }
        return;
    }
    struct channel *channel = &pit->channels[value >> 6];
    if ((value & 0x30) == LATCH_NONE)
    {
        latch_count(pit, channel);
        return;
    }
    channel->control = value & 0x3f;
    channel->loaded = false;
    channel->write_high = false;
    channel->read_high = false;
    channel->count_latched = false;
    channel->status_latched = false;
    channel->start_ns = UINT64_MAX;
    if (channel->number == 0)
    {
        hw_irq_lower(&pit->irq);
        schedule(pit);
    }
}

static uint8_t
read_channel(struct pit *pit, struct channel *channel)
{
    unsigned access = (channel->control >> 4) & 3;
    if (channel->status_latched)
    {
        channel->status_latched = false;
        return channel->status;
    }
    uint16_t value = channel->count_latched ? channel->latch : count(pit, channel);
    bool high = access == 2 || (access == LOW_HIGH && channel->read_high);
    if (access == LOW_HIGH)
    {
        channel->read_high = !channel->read_high;
    }
    if (access != LOW_HIGH || high)
    {
        channel->count_latched = false;
    }
    return (uint8_t)(high ? value >> 8 : value);
}

static void
write_channel(struct pit *pit, struct channel *channel, uint8_t value)
{
    switch ((channel->control >> 4) & 3)
    {
    case 1:
        load(pit, channel, value);
        break;
    case 2:
        load(pit, channel, (uint16_t)(value << 8));
        break;
    default:
        if (channel->write_high)
        {
            load(pit, channel, (uint16_t)(value << 8 | channel->low_byte));
        }
        else
        {
            channel->low_byte = value;
        }
        channel->write_high = !channel->write_high;
        break;
    }
}

static uint32_t
port_read(void *context, unsigned offset, unsigned size)
{
    struct pit *pit = context;
    (void)size;
    return offset < 3 ? read_channel(pit, &pit->channels[offset]) : 0xff;
}

static void
port_write(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct pit *pit = context;
    (void)size;
    if (offset == 3)
    {
        write_control(pit, (uint8_t)value);
    }
    else
    {
        write_channel(pit, &pit->channels[offset], (uint8_t)value);
    }
}

static const struct hw_port_ops port_ops = {port_read, port_write, 1};

/* Bit 4 toggles with each refresh, every 15.085 us: old delay loops count it. */
static uint32_t
read_61(void *context, unsigned offset, unsigned size)
{
    struct pit *pit = context;
    (void)offset;
    (void)size;
    uint32_t refresh = (hw_clock_now(pit->machine) / 15085) & 1;
    return (pit->port_61 & 0xfu) | refresh << 4 | (output(pit, &pit->channels[2]) ? 0x20u : 0);
}

static void
write_61(void *context, unsigned offset, uint32_t value, unsigned size)
{
    struct pit *pit = context;
    (void)offset;
    (void)size;
    pit->port_61 = value & 0xf;
    set_gate(pit, &pit->channels[2], value & 1);
}

static const struct hw_port_ops port_61_ops = {read_61, write_61, 1};

static bool
realize(struct hw_device *device, const void *config)
{
    struct pit *pit = hw_device_state(device);
    (void)config;
    pit->machine = device->machine;
    return hw_device_claim_irq(device, &pit->irq, 0) &&
           hw_device_claim_event(device, &pit->tick, tick_due, true) &&
           hw_device_claim_event(device, &pit->one_shot, one_shot_due, false) &&
           hw_device_claim_ports(device, 0x40, 4, &port_ops) &&
           hw_device_claim_ports(device, 0x61, 1, &port_61_ops);
}

static void
reset(struct hw_device *device)
{
    struct pit *pit = hw_device_state(device);
    for (unsigned i = 0; i < 3; i++)
    {
        pit->channels[i] =
            (struct channel){.number = i, .control = 0x36, .gate = i != 2, .start_ns = UINT64_MAX};
    }
    pit->port_61 = 0;
    hw_irq_lower(&pit->irq);
    schedule(pit);
}

const struct hw_device_ops hw_pit_ops = {"pit", sizeof(struct pit), realize, reset, NULL};
