/* SPDX-License-Identifier: MIT */
/*
 * The 64 KiB of I/O ports. Devices claim ranges; what nobody claims reads as all ones and ignores
 * writes, as an empty bus does.
 */
#ifndef HW_CORE_PORTS_H
#define HW_CORE_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw_machine;

/* `offset` counts from the first port of the claim. `size` is 1, 2 or 4 and never more than
 * max_size; wider accesses arrive in pieces, lowest port first. A missing callback reads as ones
 * or ignores the write. */
struct hw_port_ops
{
    uint32_t (*read)(void *context, unsigned offset, unsigned size);
    void (*write)(void *context, unsigned offset, uint32_t value, unsigned size);
    unsigned max_size; /* 1, 2 or 4 */
};

struct hw_port_range
{
    uint32_t first;
    uint32_t count;
    const struct hw_port_ops *ops;
    void *context;
    const char *name;
};

struct hw_ports
{
    struct hw_port_range *ranges; /* sorted by first */
    size_t count;
    size_t capacity;
};

/* Refused (false) when a port of the range is taken, lies beyond 0xffff, or memory is short. */
bool hw_ports_claim(struct hw_machine *machine,
                    unsigned first,
                    unsigned count,
                    const struct hw_port_ops *ops,
                    void *context,
                    const char *name);

/* Gives back the range that was claimed with this first port; ignores others. */
void hw_ports_release(struct hw_machine *machine, unsigned first);

/* True when any port of the range is claimed. */
bool hw_ports_claimed(const struct hw_machine *machine, unsigned first, unsigned count);

/* What IN and OUT do. `size` is 1, 2 or 4. */
uint32_t hw_port_read(struct hw_machine *machine, uint16_t port, unsigned size);
void hw_port_write(struct hw_machine *machine, uint16_t port, uint32_t value, unsigned size);

void hw_ports_free(struct hw_machine *machine);

#endif
