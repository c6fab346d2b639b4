/* SPDX-License-Identifier: MIT */
/*
 * Physical regions of devices: who claims what, and how an access of any size becomes calls that
 * the device understands. Owns hw_machine.mmio.regions. No lock.
 */
#include "hw/core/machine.h"

#include <stdlib.h>
#include <string.h>

#include "hw/core/mmiop.h"

/* Index of the first region that ends above `physical`. */
static size_t
lower_bound(const struct hw_mmio *mmio, uint64_t physical)
{
    size_t low = 0;
    size_t high = mmio->region_count;
    while (low < high)
    {
        size_t middle = low + (high - low) / 2;
        const struct hw_mmio_region *region = &mmio->regions[middle];
        if (region->physical + (region->size - 1) >= physical)
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
hw_mmio_ops_valid(const struct hw_mmio_ops *ops)
{
    return ops &&
           (ops->max_size == 1 || ops->max_size == 2 || ops->max_size == 4 || ops->max_size == 8);
}

bool
hw_mmio_claim(struct hw_machine *machine,
              uint64_t physical,
              uint64_t size,
              const struct hw_mmio_ops *ops,
              void *context,
              const char *name)
{
    struct hw_mmio *mmio = &machine->mmio;
    if (!hw_mmio_ops_valid(ops) || size == 0 || size - 1 > UINT64_MAX - physical)
    {
        return false;
    }
    size_t index = lower_bound(mmio, physical);
    if (index < mmio->region_count && mmio->regions[index].physical <= physical + (size - 1))
    {
        return false;
    }
    if (mmio->region_count == mmio->region_capacity)
    {
        size_t capacity = mmio->region_capacity ? mmio->region_capacity * 2 : 16;
        struct hw_mmio_region *regions = realloc(mmio->regions, capacity * sizeof *regions);
        if (!regions)
        {
            return false;
        }
        mmio->regions = regions;
        mmio->region_capacity = capacity;
    }
    memmove(&mmio->regions[index + 1], &mmio->regions[index],
            (mmio->region_count - index) * sizeof *mmio->regions);
    mmio->regions[index] = (struct hw_mmio_region){physical, size, ops, context, name};
    mmio->region_count++;
    return true;
}

void
hw_mmio_release(struct hw_machine *machine, uint64_t physical)
{
    struct hw_mmio *mmio = &machine->mmio;
    size_t index = lower_bound(mmio, physical);
    if (index < mmio->region_count && mmio->regions[index].physical == physical)
    {
        memmove(&mmio->regions[index], &mmio->regions[index + 1],
                (mmio->region_count - index - 1) * sizeof *mmio->regions);
        mmio->region_count--;
    }
}

const struct hw_mmio_region *
hw_mmio_find(const struct hw_machine *machine, uint64_t physical)
{
    const struct hw_mmio *mmio = &machine->mmio;
    size_t index = lower_bound(mmio, physical);
    if (index < mmio->region_count && mmio->regions[index].physical <= physical)
    {
        return &mmio->regions[index];
    }
    return NULL;
}

/* The largest naturally aligned piece the device takes at this offset. */
static unsigned
piece(const struct hw_mmio_ops *ops, uint64_t offset, uint64_t left)
{
    unsigned part = ops->max_size;
    while (part > 1 && (part > left || (offset & (part - 1))))
    {
        part /= 2;
    }
    return part;
}

void
hw_mmio_ops_read(const struct hw_mmio_ops *ops,
                 void *context,
                 uint64_t offset,
                 void *data,
                 size_t size)
{
    uint8_t *to = data;
    while (size)
    {
        unsigned part = piece(ops, offset, size);
        uint64_t value = ops->read ? ops->read(context, offset, part) : UINT64_MAX;
        memcpy(to, &value, part);
        to += part;
        offset += part;
        size -= part;
    }
}

void
hw_mmio_ops_write(const struct hw_mmio_ops *ops,
                  void *context,
                  uint64_t offset,
                  const void *data,
                  size_t size)
{
    const uint8_t *from = data;
    while (size)
    {
        unsigned part = piece(ops, offset, size);
        uint64_t value = 0;
        memcpy(&value, from, part);
        if (ops->write)
        {
            ops->write(context, offset, value, part);
        }
        from += part;
        offset += part;
        size -= part;
    }
}

/* How many bytes from `physical` one region, or none, answers for. */
static size_t
extent(const struct hw_machine *machine,
       uint64_t physical,
       size_t size,
       const struct hw_mmio_region **region)
{
    const struct hw_mmio *mmio = &machine->mmio;
    size_t index = lower_bound(mmio, physical);
    uint64_t left = size;
    *region = NULL;
    if (index < mmio->region_count)
    {
        const struct hw_mmio_region *found = &mmio->regions[index];
        if (found->physical <= physical)
        {
            *region = found;
            left = found->size - (physical - found->physical);
        }
        else
        {
            left = found->physical - physical;
        }
    }
    return left < size ? (size_t)left : size;
}

void
hw_mmio_read(struct hw_machine *machine, uint64_t physical, void *data, size_t size)
{
    uint8_t *to = data;
    while (size)
    {
        const struct hw_mmio_region *region;
        size_t part = extent(machine, physical, size, &region);
        if (region)
        {
            hw_mmio_ops_read(region->ops, region->context, physical - region->physical, to, part);
        }
        else
        {
            memset(to, 0xff, part);
            hw_log_guest_error(machine, "mmio", "read of %zu bytes from unclaimed address 0x%llx",
                               part, (unsigned long long)physical);
        }
        to += part;
        physical += part;
        size -= part;
    }
}

void
hw_mmio_write(struct hw_machine *machine, uint64_t physical, const void *data, size_t size)
{
    const uint8_t *from = data;
    while (size)
    {
        const struct hw_mmio_region *region;
        size_t part = extent(machine, physical, size, &region);
        if (region)
        {
            hw_mmio_ops_write(region->ops, region->context, physical - region->physical, from,
                              part);
        }
        else
        {
            hw_log_guest_error(machine, "mmio", "write of %zu bytes to unclaimed address 0x%llx",
                               part, (unsigned long long)physical);
        }
        from += part;
        physical += part;
        size -= part;
    }
}

void
hw_mmio_free(struct hw_machine *machine)
{
    hw_windows_free(machine);
    free(machine->mmio.regions);
    machine->mmio = (struct hw_mmio){0};
}
