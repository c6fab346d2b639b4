/* SPDX-License-Identifier: MIT */
/*
 * I/O port ranges in a sorted array. Owns hw_machine.ports. No lock.
 */
#include "hw/core/machine.h"

#include <stdlib.h>
#include <string.h>

#define PORT_LIMIT 0x10000u

/* Index of the first range that ends above `port`; count when there is none. */
static size_t
lower_bound(const struct hw_ports *ports, uint32_t port)
{
    size_t low = 0;
    size_t high = ports->count;
    while (low < high)
    {
        size_t middle = low + (high - low) / 2;
        const struct hw_port_range *range = &ports->ranges[middle];
        if (range->first + range->count > port)
        {
            high = middle;
        }
        else
        {
            low = middle + 1;
        }
    }
    return low;
}

bool
hw_ports_claimed(const struct hw_machine *machine, unsigned first, unsigned count)
{
    const struct hw_ports *ports = &machine->ports;
    size_t index = lower_bound(ports, first);
    return count != 0 && index < ports->count && ports->ranges[index].first < first + count;
}

bool
hw_ports_claim(struct hw_machine *machine,
               unsigned first,
               unsigned count,
               const struct hw_port_ops *ops,
               void *context,
               const char *name)
{
    struct hw_ports *ports = &machine->ports;
    bool valid = ops && (ops->max_size == 1 || ops->max_size == 2 || ops->max_size == 4);
    if (!valid || count == 0 || first >= PORT_LIMIT || count > PORT_LIMIT - first ||
        hw_ports_claimed(machine, first, count))
    {
        return false;
    }
    if (ports->count == ports->capacity)
    {
        size_t capacity = ports->capacity ? ports->capacity * 2 : 32;
        struct hw_port_range *ranges = realloc(ports->ranges, capacity * sizeof *ranges);
        if (!ranges)
        {
            return false;
        }
        ports->ranges = ranges;
        ports->capacity = capacity;
    }
    size_t index = lower_bound(ports, first);
    memmove(&ports->ranges[index + 1], &ports->ranges[index],
            (ports->count - index) * sizeof *ports->ranges);
    ports->ranges[index] = (struct hw_port_range){first, count, ops, context, name};
    ports->count++;
    return true;
}

void
hw_ports_release(struct hw_machine *machine, unsigned first)
{
    struct hw_ports *ports = &machine->ports;
    size_t index = lower_bound(ports, first);
    if (index < ports->count && ports->ranges[index].first == first)
    {
        memmove(&ports->ranges[index], &ports->ranges[index + 1],
                (ports->count - index - 1) * sizeof *ports->ranges);
        ports->count--;
    }
}

static const struct hw_port_range *
find(const struct hw_machine *machine, uint32_t port)
{
    const struct hw_ports *ports = &machine->ports;
    size_t index = lower_bound(ports, port);
    if (index < ports->count && ports->ranges[index].first <= port)
    {
        return &ports->ranges[index];
    }
    return NULL;
}

/* How much of an access the range at `port` takes in one piece. */
static unsigned
piece(const struct hw_port_range *range, uint32_t port, unsigned size)
{
    unsigned part = size == 3 ? 2 : size;
    if (!range)
    {
        return 1;
    }
    while (part > 1 && (part > range->ops->max_size || port + part > range->first + range->count))
    {
        part /= 2;
    }
    return part;
}

static uint32_t
mask_of(unsigned size)
{
    return size >= 4 ? UINT32_MAX : (1u << (size * 8)) - 1;
}

uint32_t
hw_port_read(struct hw_machine *machine, uint16_t port, unsigned size)
{
    uint32_t value = 0;
    bool claimed = false;
    for (unsigned done = 0; done < size;)
    {
        uint32_t at = (uint32_t)port + done;
        const struct hw_port_range *range = at < PORT_LIMIT ? find(machine, at) : NULL;
        unsigned part = piece(range, at, size - done);
        uint32_t bits = UINT32_MAX;
        claimed |= range != NULL;
        if (range && range->ops->read)
        {
            bits = range->ops->read(range->context, at - range->first, part);
        }
        value |= (bits & mask_of(part)) << (done * 8);
        done += part;
    }
    if (!claimed)
    {
        hw_log_guest_error(machine, "ports", "read of %u bytes from unclaimed port 0x%x", size,
                           port);
    }
    return value;
}

void
hw_port_write(struct hw_machine *machine, uint16_t port, uint32_t value, unsigned size)
{
    bool claimed = false;
    for (unsigned done = 0; done < size;)
    {
        uint32_t at = (uint32_t)port + done;
        const struct hw_port_range *range = at < PORT_LIMIT ? find(machine, at) : NULL;
        unsigned part = piece(range, at, size - done);
        claimed |= range != NULL;
        if (range && range->ops->write)
        {
            uint32_t bits = (value >> (done * 8)) & mask_of(part);
            range->ops->write(range->context, at - range->first, bits, part);
        }
        done += part;
    }
    if (!claimed)
    {
        hw_log_guest_error(machine, "ports", "write of 0x%x (%u bytes) to unclaimed port 0x%x",
                           value & mask_of(size), size, port);
    }
}

void
hw_ports_free(struct hw_machine *machine)
{
    free(machine->ports.ranges);
    machine->ports = (struct hw_ports){0};
}
