/* SPDX-License-Identifier: MIT */
/*
 * The wall between OpenWDM and Linux. Everything the kernel and the hardware models need from the
 * operating system goes through these functions; host/ is the only folder that sees Linux.
 * One host thread calls them all; none is safe to call from another.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/trap.h"

/* ---- memory ------------------------------------------------------------------------------- */

#define HOST_PAGE_SIZE 4096u

/* Fixed address map. Fixed, so that the same run prints the same addresses everywhere; placed
 * outside AddressSanitizer's shadow, so that it also holds in sanitized builds. */
#define HOST_REGION_IMAGE    0x200000000000ull /* driver images, 64 GiB */
#define HOST_REGION_NONPAGED 0x210000000000ull /* nonpaged pool, 64 GiB */
#define HOST_REGION_PAGED    0x220000000000ull /* paged pool, 64 GiB */
#define HOST_REGION_STACK    0x230000000000ull /* kernel stacks, 64 GiB */
#define HOST_REGION_MMIO     0x240000000000ull /* MMIO windows, 64 GiB */
#define HOST_REGION_RAM      0x250000000000ull /* physical memory, 64 GiB */
#define HOST_REGION_SIZE     0x1000000000ull
#define HOST_USER_BASE       0x10000000ull /* user arena of a client process */
#define HOST_USER_LIMIT      0x7fff0000ull /* first address above the user range */

enum host_protection
{
    HOST_PROT_NONE = 0,
    HOST_PROT_READ = 1,
    HOST_PROT_WRITE = 2,
    HOST_PROT_EXECUTE = 4,
    HOST_PROT_RW = HOST_PROT_READ | HOST_PROT_WRITE
};

/* Maps zeroed, lazily committed memory at exactly `address`; false when any page of the range is
 * taken or memory is short. `size` is rounded up to pages. */
bool host_map_fixed(void *address, size_t size, int protection);

/* Maps zeroed memory at an address the host chooses; NULL when memory is short. */
void *host_map(size_t size, int protection);

void host_unmap(void *address, size_t size);
bool host_protect(void *address, size_t size, int protection);

/* Gives the pages back; they read as zero afterwards. The mapping and its protection stay. */
void host_discard(void *address, size_t size);

/* Marks bytes as not to be touched (poisoned) or usable for AddressSanitizer; no-ops otherwise. */
void host_poison(const void *address, size_t size);
void host_unpoison(const void *address, size_t size);

/* A shared memory object, so that the same pages can be mapped twice (MDL system addresses).
 * Returns a descriptor >= 0, or -1. */
int host_memory_object(size_t size);
bool host_map_object(void *address, size_t size, int protection, int object, uint64_t offset);

/* Gives the object's pages back, whoever maps them: they read as zero afterwards. */
void host_discard_object(int object, uint64_t offset, size_t size);

/* Mappings of the object stay until they are unmapped. */
void host_close_object(int object);

/* ---- fibers ------------------------------------------------------------------------------- */

/* A suspended flow of control. Plain data owned by the caller; opaque but for its size. */
struct host_fiber
{
    void *stack_pointer;
    void *stack_low; /* lowest usable address */
    size_t stack_size;
    void *sanitizer_stack; /* AddressSanitizer's fake stack while suspended */
};

typedef void (*host_fiber_entry)(void *argument);

/* Prepares a fiber that runs entry(argument) on the given stack when first switched to. `entry`
 * must never return. */
void host_fiber_create(struct host_fiber *fiber,
                       void *stack_low,
                       size_t stack_size,
                       host_fiber_entry entry,
                       void *argument);

/* Adopts the calling flow (the process's own stack) so that it can be switched away from. */
void host_fiber_adopt(struct host_fiber *fiber);

/* Saves the running flow in `from` and continues `to`. Returns when someone switches back. */
void host_fiber_switch(struct host_fiber *from, struct host_fiber *to);

/* As host_fiber_switch, for a flow that will never be continued (its stack may be reused). */
void host_fiber_leave(struct host_fiber *from, struct host_fiber *to) __attribute__((noreturn));

/* ---- traps -------------------------------------------------------------------------------- */

enum host_trap_result
{
    HOST_TRAP_RESUME,   /* continue with the (possibly changed) register file */
    HOST_TRAP_UNHANDLED /* not the guest's: die with the host's default action */
};

/* Called on the alternate signal stack for every synchronous fault of the process. It may change
 * the register file and must return; to run guest code it points rip elsewhere first. */
typedef enum host_trap_result (*host_trap_handler)(struct host_trap *trap);

/* Called from the watchdog timer's signal, on the interrupted flow's own stack. It may switch
 * fibers when `trap->rip` is guest code. */
typedef void (*host_tick_handler)(struct host_trap *trap);

bool host_trap_install(host_trap_handler handler);
void host_trap_remove(void);

/* Starts (period > 0) or stops (0) the periodic watchdog tick. Unit: milliseconds. */
bool host_tick_start(host_tick_handler handler, unsigned period_ms);

/* Size in bytes of the processor's XSAVE area for the state enabled here, and its mask. */
size_t host_xsave_size(void);
uint64_t host_xsave_mask(void);

/* ---- processor ---------------------------------------------------------------------------- */

void host_set_gs(void *base);
void *host_get_gs(void);

/* ---- clock -------------------------------------------------------------------------------- */

uint64_t host_monotonic_ns(void);
uint64_t host_cpu_ns(void);         /* CPU time of the process */
uint64_t host_realtime_100ns(void); /* since 1601-01-01 UTC, as Windows counts */
void host_sleep_ns(uint64_t duration_ns);

/* ---- files and console -------------------------------------------------------------------- */

/* Reads a whole file into fresh memory (release with host_file_free). Returns 0 or an errno. */
int host_file_read(const char *path, void **data, size_t *size);
void host_file_free(void *data, size_t size);

/* Writes all of it to descriptor 1 or 2, unbuffered. */
void host_write(int descriptor, const void *data, size_t size);

/* Prints one line to standard error and stops the process as an internal error. */
void host_fatal(const char *message) __attribute__((noreturn));

#endif
