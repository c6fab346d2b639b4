/* SPDX-License-Identifier: MIT */
/*
 * Windows: the inaccessible pages through which a guest reaches devices, and the fault that gets it
 * there. Owns hw_machine.mmio.windows and the addresses from HOST_REGION_MMIO on. No lock; faults
 * arrive on the signal stack.
 */
#include "hw/core/machine.h"

#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "hw/core/mmiop.h"

#define PAGE       ((uint64_t)HOST_PAGE_SIZE)
#define REGION_END (HOST_REGION_MMIO + HOST_REGION_SIZE)

/* Index of the first window that ends above `address`. */
static size_t
lower_bound(const struct hw_mmio *mmio, uint64_t address)
{
    size_t low = 0;
    size_t high = mmio->window_count;
    while (low < high)
    {
        size_t middle = low + (high - low) / 2;
        const struct hw_window *window = &mmio->windows[middle];
        if (window->address + (window->size - 1) >= address)
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

static const struct hw_window *
find_window(const struct hw_machine *machine, uint64_t address)
{
    const struct hw_mmio *mmio = &machine->mmio;
    size_t index = lower_bound(mmio, address);
    if (index < mmio->window_count && mmio->windows[index].address <= address)
    {
        return &mmio->windows[index];
    }
    return NULL;
}

static bool
insert_window(struct hw_machine *machine, const struct hw_window *window)
{
    struct hw_mmio *mmio = &machine->mmio;
    if (window->size == 0 || window->size - 1 > UINT64_MAX - window->address)
    {
        return false;
    }
    size_t index = lower_bound(mmio, window->address);
    if (index < mmio->window_count &&
        mmio->windows[index].address <= window->address + (window->size - 1))
    {
        return false;
    }
    if (mmio->window_count == mmio->window_capacity)
    {
        size_t capacity = mmio->window_capacity ? mmio->window_capacity * 2 : 16;
        struct hw_window *windows = realloc(mmio->windows, capacity * sizeof *windows);
        if (!windows)
        {
            return false;
        }
        mmio->windows = windows;
        mmio->window_capacity = capacity;
    }
    memmove(&mmio->windows[index + 1], &mmio->windows[index],
            (mmio->window_count - index) * sizeof *mmio->windows);
    mmio->windows[index] = *window;
    mmio->window_count++;
    return true;
}

static void
remove_window(struct hw_machine *machine, const struct hw_window *window)
{
    struct hw_mmio *mmio = &machine->mmio;
    size_t index = (size_t)(window - mmio->windows);
    memmove(&mmio->windows[index], &mmio->windows[index + 1],
            (mmio->window_count - index - 1) * sizeof *mmio->windows);
    mmio->window_count--;
}

/* A free range of `size` bytes with an unused page on both sides, at or after `from`. */
static uint64_t
find_gap(const struct hw_machine *machine, uint64_t from, uint64_t size)
{
    const struct hw_mmio *mmio = &machine->mmio;
    uint64_t at = from + PAGE;
    for (size_t i = lower_bound(mmio, from); i < mmio->window_count; i++)
    {
        const struct hw_window *window = &mmio->windows[i];
        if (window->address >= at + size + PAGE)
        {
            break;
        }
        at = window->address + window->size + PAGE;
    }
    return at + size + PAGE <= REGION_END ? at : 0;
}

void *
hw_mmio_map(struct hw_machine *machine, uint64_t physical, uint64_t size)
{
    struct hw_mmio *mmio = &machine->mmio;
    uint64_t offset = physical & (PAGE - 1);
    if (size == 0 || size > HOST_REGION_SIZE || size - 1 > UINT64_MAX - physical)
    {
        return NULL;
    }
    uint64_t span = (offset + size + PAGE - 1) & ~(PAGE - 1);
    uint64_t from = mmio->next_address ? mmio->next_address : HOST_REGION_MMIO;
    uint64_t at = find_gap(machine, from, span);
    if (!at)
    {
        at = find_gap(machine, HOST_REGION_MMIO, span);
    }
    struct hw_window window = {.address = at, .size = span, .physical = physical - offset};
    if (!at || !host_map_fixed((void *)(uintptr_t)at, span, HOST_PROT_NONE))
    {
        return NULL;
    }
    if (!insert_window(machine, &window))
    {
        host_unmap((void *)(uintptr_t)at, span);
        return NULL;
    }
    mmio->next_address = at + span;
    return (void *)(uintptr_t)(at + offset);
}

bool
hw_mmio_unmap(struct hw_machine *machine, const void *address)
{
    const struct hw_window *window = find_window(machine, (uint64_t)(uintptr_t)address);
    if (!window || window->ops)
    {
        return false;
    }
    host_unmap((void *)(uintptr_t)window->address, window->size);
    remove_window(machine, window);
    return true;
}

bool
hw_window_add(struct hw_machine *machine,
              uint64_t address,
              uint64_t size,
              const struct hw_mmio_ops *ops,
              void *context)
{
    struct hw_window window = {.address = address, .size = size, .ops = ops, .context = context};
    return hw_mmio_ops_valid(ops) && insert_window(machine, &window);
}

void
hw_window_remove(struct hw_machine *machine, uint64_t address)
{
    const struct hw_window *window = find_window(machine, address);
    if (window && window->ops)
    {
        remove_window(machine, window);
    }
}

bool
hw_mmio_physical(const struct hw_machine *machine, uint64_t address, uint64_t *physical)
{
    const struct hw_window *window = find_window(machine, address);
    if (window && !window->ops)
    {
        *physical = window->physical + (address - window->address);
        return true;
    }
    if (address - HOST_REGION_RAM < HOST_REGION_SIZE &&
        hw_memory_find(machine, address - HOST_REGION_RAM))
    {
        *physical = address - HOST_REGION_RAM;
        return true;
    }
    return false;
}

bool
hw_mmio_covers(const struct hw_machine *machine, uint64_t address)
{
    uint64_t physical;
    return find_window(machine, address) || hw_mmio_physical(machine, address, &physical);
}

/* How many bytes from `address` belong to the same window, range of the image, or page. */
static size_t
extent(const struct hw_machine *machine,
       uint64_t address,
       size_t size,
       const struct hw_window **window)
{
    const struct hw_memory_range *range;
    uint64_t left = PAGE - (address & (PAGE - 1));
    *window = find_window(machine, address);
    if (*window)
    {
        left = (*window)->size - (address - (*window)->address);
    }
    else if (address - HOST_REGION_RAM < HOST_REGION_SIZE &&
             (range = hw_memory_find(machine, address - HOST_REGION_RAM)) != NULL)
    {
        left = range->size - (address - HOST_REGION_RAM - range->physical);
    }
    return left < size ? (size_t)left : size;
}

static bool
plain_read(struct hw_machine *machine, uint64_t address, void *data, size_t size)
{
    if (machine->hooks.guest_read)
    {
        return machine->hooks.guest_read(machine->hooks.context, address, data, size);
    }
    memcpy(data, (const void *)(uintptr_t)address, size);
    return true;
}

static bool
plain_write(struct hw_machine *machine, uint64_t address, const void *data, size_t size)
{
    if (machine->hooks.guest_write)
    {
        return machine->hooks.guest_write(machine->hooks.context, address, data, size);
    }
    memcpy((void *)(uintptr_t)address, data, size);
    return true;
}

bool
hw_guest_read(struct hw_machine *machine, uint64_t address, void *data, size_t size)
{
    uint8_t *to = data;
    while (size)
    {
        const struct hw_window *window;
        uint64_t physical;
        size_t part = extent(machine, address, size, &window);
        if (window && window->ops)
        {
            hw_mmio_ops_read(window->ops, window->context, address - window->address, to, part);
        }
        else if (hw_mmio_physical(machine, address, &physical))
        {
            hw_memory_read(machine, physical, to, part);
        }
        else if (!plain_read(machine, address, to, part))
        {
            return false;
        }
        to += part;
        address += part;
        size -= part;
    }
    return true;
}

bool
hw_guest_write(struct hw_machine *machine, uint64_t address, const void *data, size_t size)
{
    const uint8_t *from = data;
    while (size)
    {
        const struct hw_window *window;
        uint64_t physical;
        size_t part = extent(machine, address, size, &window);
        if (window && window->ops)
        {
            hw_mmio_ops_write(window->ops, window->context, address - window->address, from, part);
        }
        else if (hw_mmio_physical(machine, address, &physical))
        {
            hw_memory_write(machine, physical, from, part);
        }
        else if (!plain_write(machine, address, from, part))
        {
            return false;
        }
        from += part;
        address += part;
        size -= part;
    }
    return true;
}

static bool
access_read(void *context, uint64_t address, void *data, unsigned size)
{
    return hw_guest_read(context, address, data, size);
}

static bool
access_write(void *context, uint64_t address, const void *data, unsigned size)
{
    return hw_guest_write(context, address, data, size);
}

enum hw_emulation
hw_mmio_fault(struct hw_machine *machine, struct host_trap *trap, const struct host_insn *insn)
{
    struct hw_access_ops ops = {.read = access_read, .write = access_write, .context = machine};
    if ((trap->error_code & HOST_PF_EXECUTE) || !hw_mmio_covers(machine, trap->fault_address))
    {
        return HW_EMULATION_NOT_MINE;
    }
    if (insn->memory.segment == HOST_SEGMENT_GS)
    {
        ops.gs_base = (uint64_t)(uintptr_t)host_get_gs();
    }
    return hw_emulate_access(trap, insn, &ops);
}

void
hw_windows_free(struct hw_machine *machine)
{
    struct hw_mmio *mmio = &machine->mmio;
    for (size_t i = 0; i < mmio->window_count; i++)
    {
        if (!mmio->windows[i].ops)
        {
            host_unmap((void *)(uintptr_t)mmio->windows[i].address, mmio->windows[i].size);
        }
    }
    free(mmio->windows);
    mmio->windows = NULL;
    mmio->window_count = 0;
    mmio->window_capacity = 0;
}
