/* SPDX-License-Identifier: MIT */
/*
 * Physical memory. RAM and ROM are one sparse image at HOST_REGION_RAM: physical address P stands
 * at that address plus P, so conversion is an addition and dumps look the same in every run.
 */
#ifndef HW_CORE_MEMORY_H
#define HW_CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw_machine;

enum hw_memory_type
{
    HW_MEMORY_RAM,
    HW_MEMORY_ROM,      /* readable image, writes are dropped */
    HW_MEMORY_RESERVED, /* RAM that firmware keeps; readable and writable */
    HW_MEMORY_MMIO      /* no image; accesses go to the device that claims them */
};

struct hw_memory_range
{
    uint64_t physical;
    uint64_t size;
    enum hw_memory_type type;
};

#define HW_MEMORY_MAX_RANGES 16u

/* Below this RAM ends, so that devices have room under 4 GiB; more RAM continues at 4 GiB. */
#define HW_MEMORY_LOW_LIMIT 0xc0000000ull
#define HW_MEMORY_HIGH_BASE 0x100000000ull

struct hw_memory
{
    struct hw_memory_range ranges[HW_MEMORY_MAX_RANGES]; /* sorted, gaps are empty bus */
    size_t range_count;
    uint64_t ram_size; /* bytes of HW_MEMORY_RAM and HW_MEMORY_RESERVED */
    int object;        /* what backs the image, at the offset of the physical address */
};

/* Builds the map of a PC with `ram_size` bytes (rounded up to 1 MiB, at least 2 MiB): conventional
 * memory, the VGA hole, ROM from 0xc0000 to 0xfffff, extended memory, devices, and the flash at
 * the top of 4 GiB. False when the address space is taken or too small. */
bool hw_memory_init_pc(struct hw_machine *machine, uint64_t ram_size);
void hw_memory_release(struct hw_machine *machine);

/* The map, for boot code and for MmGetPhysicalMemoryRanges. */
const struct hw_memory_range *hw_memory_ranges(const struct hw_machine *machine, size_t *count);

/* The range that holds an address; NULL on empty bus. */
const struct hw_memory_range *hw_memory_find(const struct hw_machine *machine, uint64_t physical);

/* Host pointer to image bytes; NULL unless the whole range is one RAM, ROM or reserved range. */
void *hw_memory_pointer(const struct hw_machine *machine, uint64_t physical, size_t size);

/* Descriptor (host_map_object) of the pages behind image bytes, for a second mapping; the offset
 * into it is the physical address. -1 unless the whole range is one range of image. *writable:
 * whether a processor may write there. */
int
hw_memory_object(const struct hw_machine *machine, uint64_t physical, size_t size, bool *writable);

/* Physical address of a pointer into the image; false for other pointers. */
bool hw_memory_physical(const struct hw_machine *machine, const void *pointer, uint64_t *physical);

/* What a processor does to physical addresses: image, then the device that claims them, then
 * hw_hooks.physical_pointer. Empty bus reads as ones; false tells that some bytes were that. */
bool hw_memory_read(struct hw_machine *machine, uint64_t physical, void *data, size_t size);
bool hw_memory_write(struct hw_machine *machine, uint64_t physical, const void *data, size_t size);

/* Writes bytes into ROM, for those who build the machine. */
bool
hw_memory_load_rom(struct hw_machine *machine, uint64_t physical, const void *data, size_t size);

#endif
