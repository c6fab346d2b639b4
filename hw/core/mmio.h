/* SPDX-License-Identifier: MIT */
/*
 * Memory-mapped registers. Two halves meet here: regions, which devices claim in physical address
 * space, and windows, which are inaccessible pages of the guest's address space. A fault in a
 * window is decoded, emulated and ends in the callback of a region.
 */
#ifndef HW_CORE_MMIO_H
#define HW_CORE_MMIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/core/emulate.h"

struct host_insn;
struct host_trap;
struct hw_machine;

/* `offset` counts from the start of the region; `size` is 1, 2, 4 or 8, at most max_size, and the
 * access is naturally aligned. Others arrive in pieces, lowest address first. A missing callback
 * reads as ones or ignores the write. */
struct hw_mmio_ops
{
    uint64_t (*read)(void *context, uint64_t offset, unsigned size);
    void (*write)(void *context, uint64_t offset, uint64_t value, unsigned size);
    unsigned max_size; /* 1, 2, 4 or 8 */
};

struct hw_mmio_region
{
    uint64_t physical;
    uint64_t size;
    const struct hw_mmio_ops *ops;
    void *context;
    const char *name;
};

/* Part of the guest's address space whose accesses fault: either a mapping of physical addresses
 * or, with ops, served directly (for a page such as KUSER_SHARED_DATA). */
struct hw_window
{
    uint64_t address;
    uint64_t size;
    uint64_t physical;             /* when ops is NULL */
    const struct hw_mmio_ops *ops; /* offset counts from `address` */
    void *context;
};

struct hw_mmio
{
    struct hw_mmio_region *regions; /* sorted by physical */
    size_t region_count;
    size_t region_capacity;
    struct hw_window *windows; /* sorted by address */
    size_t window_count;
    size_t window_capacity;
    uint64_t next_address; /* where the search for a new mapping starts */
};

/* ---- physical side ---- */

/* Refused (false) when the range is empty, wraps, overlaps another claim or memory is short. */
bool hw_mmio_claim(struct hw_machine *machine,
                   uint64_t physical,
                   uint64_t size,
                   const struct hw_mmio_ops *ops,
                   void *context,
                   const char *name);
void hw_mmio_release(struct hw_machine *machine, uint64_t physical);
const struct hw_mmio_region *hw_mmio_find(const struct hw_machine *machine, uint64_t physical);

/* Any size; split as hw_mmio_ops demands. Unclaimed addresses read as ones. */
void hw_mmio_read(struct hw_machine *machine, uint64_t physical, void *data, size_t size);
void hw_mmio_write(struct hw_machine *machine, uint64_t physical, const void *data, size_t size);

/* ---- guest side ---- */

/* Makes an inaccessible window onto physical addresses and returns where `physical` appears in it.
 * NULL when the address space is exhausted. Every call gives a new window, at addresses that are
 * not reused soon, so that a use after hw_mmio_unmap is seen. */
void *hw_mmio_map(struct hw_machine *machine, uint64_t physical, uint64_t size);

/* Removes the window that hw_mmio_map returned; false when `address` is not in one. */
bool hw_mmio_unmap(struct hw_machine *machine, const void *address);

/* A window at given addresses, with its own callbacks. The caller keeps the pages inaccessible.
 * Refused when it overlaps another window. */
bool hw_window_add(struct hw_machine *machine,
                   uint64_t address,
                   uint64_t size,
                   const struct hw_mmio_ops *ops,
                   void *context);
void hw_window_remove(struct hw_machine *machine, uint64_t address);

/* True if an access to `address` is for hw_mmio_fault. */
bool hw_mmio_covers(const struct hw_machine *machine, uint64_t address);

/* Physical address behind an address inside a mapping or the RAM image; false for others. */
bool hw_mmio_physical(const struct hw_machine *machine, uint64_t address, uint64_t *physical);

/* Emulates the instruction that faulted at trap->rip. HW_EMULATION_NOT_MINE when neither its
 * fault address lies in a window nor the emulator knows the instruction. */
enum hw_emulation
hw_mmio_fault(struct hw_machine *machine, struct host_trap *trap, const struct host_insn *insn);

/* Reads or writes guest memory as an instruction would: windows through their callbacks, the rest
 * through hw_hooks.guest_read/guest_write. False when the access faults. */
bool hw_guest_read(struct hw_machine *machine, uint64_t address, void *data, size_t size);
bool hw_guest_write(struct hw_machine *machine, uint64_t address, const void *data, size_t size);

void hw_mmio_free(struct hw_machine *machine);

#endif
