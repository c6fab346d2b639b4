/* SPDX-License-Identifier: MIT */
/*
 * The physical memory map and the image of RAM and ROM. Owns hw_machine.memory and the addresses
 * from HOST_REGION_RAM on. No lock.
 */
#include "hw/core/machine.h"

#include <string.h>

#include "host/host.h"

#define MIB          0x100000ull
#define VGA_HOLE     0xa0000ull
#define ROM_LOW      0xc0000ull
#define EXTENDED     0x100000ull
#define FLASH        0xfffc0000ull
#define RAM_SIZE_MAX (HOST_REGION_SIZE - 0x100000000ull)

static bool
has_image(enum hw_memory_type type)
{
    return type != HW_MEMORY_MMIO;
}

static uint8_t *
image(uint64_t physical)
{
    return (uint8_t *)(uintptr_t)(HOST_REGION_RAM + physical);
}

static bool
add_range(struct hw_machine *machine, uint64_t from, uint64_t to, enum hw_memory_type type)
{
    struct hw_memory *memory = &machine->memory;
    if (from >= to)
    {
        return true;
    }
    if (has_image(type))
    {
        int protection = type == HW_MEMORY_ROM ? HOST_PROT_READ : HOST_PROT_RW;
        /* The first mapping finds out whether the addresses are free. */
        if (!host_map_fixed(image(from), to - from, protection) ||
            !host_map_object(image(from), to - from, protection, machine->memory.object, from))
        {
            return false;
        }
    }
    memory->ranges[memory->range_count++] = (struct hw_memory_range){from, to - from, type};
    if (type == HW_MEMORY_RAM || type == HW_MEMORY_RESERVED)
    {
        memory->ram_size += to - from;
    }
    return true;
}

bool
hw_memory_init_pc(struct hw_machine *machine, uint64_t ram_size)
{
    if (ram_size > RAM_SIZE_MAX)
    {
        return false;
    }
    ram_size = (ram_size + MIB - 1) & ~(MIB - 1);
    ram_size = ram_size < 2 * MIB ? 2 * MIB : ram_size;
    uint64_t low = ram_size < HW_MEMORY_LOW_LIMIT ? ram_size : HW_MEMORY_LOW_LIMIT;
    uint64_t high = ram_size - low;
    machine->memory.object = host_memory_object(HOST_REGION_SIZE);
    if (machine->memory.object < 0)
    {
        return false;
    }
    /* The last KiB of conventional memory is the extended BIOS data area, as on real machines; in
     * units of pages that is one page. The firmware's tables take the top of low memory. */
    bool done = add_range(machine, 0, VGA_HOLE - 0x1000, HW_MEMORY_RAM) &&
                add_range(machine, VGA_HOLE - 0x1000, VGA_HOLE, HW_MEMORY_RESERVED) &&
                add_range(machine, VGA_HOLE, ROM_LOW, HW_MEMORY_MMIO) &&
                add_range(machine, ROM_LOW, EXTENDED, HW_MEMORY_ROM) &&
                add_range(machine, EXTENDED, low - 0x10000, HW_MEMORY_RAM) &&
                add_range(machine, low - 0x10000, low, HW_MEMORY_RESERVED) &&
                add_range(machine, HW_MEMORY_LOW_LIMIT, FLASH, HW_MEMORY_MMIO) &&
                add_range(machine, FLASH, HW_MEMORY_HIGH_BASE, HW_MEMORY_ROM) &&
                add_range(machine, HW_MEMORY_HIGH_BASE, HW_MEMORY_HIGH_BASE + high, HW_MEMORY_RAM);
    if (!done)
    {
        hw_memory_release(machine);
    }
    return done;
}

void
hw_memory_release(struct hw_machine *machine)
{
    struct hw_memory *memory = &machine->memory;
    for (size_t i = 0; i < memory->range_count; i++)
    {
        if (has_image(memory->ranges[i].type))
        {
            host_unmap(image(memory->ranges[i].physical), memory->ranges[i].size);
        }
    }
    if (memory->object > 0)
    {
        host_close_object(memory->object);
    }
    *memory = (struct hw_memory){0};
}

const struct hw_memory_range *
hw_memory_ranges(const struct hw_machine *machine, size_t *count)
{
    *count = machine->memory.range_count;
    return machine->memory.ranges;
}

const struct hw_memory_range *
hw_memory_find(const struct hw_machine *machine, uint64_t physical)
{
    const struct hw_memory *memory = &machine->memory;
    for (size_t i = 0; i < memory->range_count; i++)
    {
        const struct hw_memory_range *range = &memory->ranges[i];
        if (physical >= range->physical && physical - range->physical < range->size)
        {
            return range;
        }
    }
    return NULL;
}

void *
hw_memory_pointer(const struct hw_machine *machine, uint64_t physical, size_t size)
{
    const struct hw_memory_range *range = hw_memory_find(machine, physical);
    if (!range || !has_image(range->type) || size > range->size - (physical - range->physical))
    {
        return NULL;
    }
    return image(physical);
}

int
hw_memory_object(const struct hw_machine *machine, uint64_t physical, size_t size, bool *writable)
{
    if (!hw_memory_pointer(machine, physical, size))
    {
        return -1;
    }
    *writable = hw_memory_find(machine, physical)->type != HW_MEMORY_ROM;
    return machine->memory.object;
}

bool
hw_memory_physical(const struct hw_machine *machine, const void *pointer, uint64_t *physical)
{
    uint64_t address = (uint64_t)(uintptr_t)pointer;
    if (address < HOST_REGION_RAM || address - HOST_REGION_RAM >= HOST_REGION_SIZE)
    {
        return false;
    }
    const struct hw_memory_range *range = hw_memory_find(machine, address - HOST_REGION_RAM);
    if (!range || !has_image(range->type))
    {
        return false;
    }
    *physical = address - HOST_REGION_RAM;
    return true;
}

/* Who answers for the bytes at a physical address, and for how many of them. */
enum target
{
    TARGET_IMAGE,
    TARGET_DEVICE,
    TARGET_OWNER, /* hw_hooks.physical_pointer; *pointer is set */
    TARGET_NOTHING
};

static enum target
resolve(struct hw_machine *machine, uint64_t physical, bool write, size_t *size, void **pointer)
{
    const struct hw_memory_range *range = hw_memory_find(machine, physical);
    if (range && has_image(range->type))
    {
        uint64_t left = range->size - (physical - range->physical);
        *size = *size < left ? *size : left;
        *pointer = image(physical);
        return TARGET_IMAGE;
    }
    const struct hw_mmio_region *region = hw_mmio_find(machine, physical);
    if (region)
    {
        uint64_t left = region->size - (physical - region->physical);
        *size = *size < left ? *size : left;
        return TARGET_DEVICE;
    }
    /* Beyond this nothing is known to be contiguous past a page; devices may begin anywhere in it,
     * so what nobody claims goes byte by byte. */
    size_t left = HOST_PAGE_SIZE - (physical & (HOST_PAGE_SIZE - 1));
    size_t chunk = *size < left ? *size : left;
    if (machine->hooks.physical_pointer)
    {
        *pointer = machine->hooks.physical_pointer(machine->hooks.context, physical, chunk, write);
        if (*pointer)
        {
            *size = chunk;
            return TARGET_OWNER;
        }
    }
    *size = 1;
    return TARGET_NOTHING;
}

static void
log_empty(struct hw_machine *machine, const char *what, uint64_t end)
{
    hw_log_guest_error(machine, "memory", "%s of empty bus before 0x%llx", what,
                       (unsigned long long)end);
}

bool
hw_memory_read(struct hw_machine *machine, uint64_t physical, void *data, size_t size)
{
    uint8_t *to = data;
    bool complete = true;
    while (size)
    {
        size_t part = size;
        void *from = NULL;
        switch (resolve(machine, physical, false, &part, &from))
        {
        case TARGET_IMAGE:
        case TARGET_OWNER:
            memcpy(to, from, part);
            break;
        case TARGET_DEVICE:
            hw_mmio_read(machine, physical, to, part);
            break;
        case TARGET_NOTHING:
            memset(to, 0xff, part);
            complete = false;
            break;
        }
        to += part;
        physical += part;
        size -= part;
    }
    if (!complete)
    {
        log_empty(machine, "read", physical);
    }
    return complete;
}

bool
hw_memory_write(struct hw_machine *machine, uint64_t physical, const void *data, size_t size)
{
    const uint8_t *from = data;
    bool complete = true;
    while (size)
    {
        size_t part = size;
        void *to = NULL;
        switch (resolve(machine, physical, true, &part, &to))
        {
        case TARGET_IMAGE:
            if (hw_memory_find(machine, physical)->type == HW_MEMORY_ROM)
            {
                hw_log_guest_error(machine, "memory", "write to ROM at 0x%llx",
                                   (unsigned long long)physical);
                break;
            }
            memcpy(to, from, part);
            break;
        case TARGET_OWNER:
            memcpy(to, from, part);
            break;
        case TARGET_DEVICE:
            hw_mmio_write(machine, physical, from, part);
            break;
        case TARGET_NOTHING:
            complete = false;
            break;
        }
        from += part;
        physical += part;
        size -= part;
    }
    if (!complete)
    {
        log_empty(machine, "write", physical);
    }
    return complete;
}

bool
hw_memory_load_rom(struct hw_machine *machine, uint64_t physical, const void *data, size_t size)
{
    const struct hw_memory_range *range = hw_memory_find(machine, physical);
    uint8_t *to = hw_memory_pointer(machine, physical, size);
    if (!to || range->type != HW_MEMORY_ROM)
    {
        return false;
    }
    if (!host_protect(image(range->physical), range->size, HOST_PROT_RW))
    {
        return false;
    }
    memcpy(to, data, size);
    return host_protect(image(range->physical), range->size, HOST_PROT_READ);
}
