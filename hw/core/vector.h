/* SPDX-License-Identifier: MIT */
/*
 * Vector registers inside the XSAVE image of a trap. Private to hw/core.
 */
#ifndef HW_CORE_VECTOR_H
#define HW_CORE_VECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "host/trap.h"

/* Copies the low `size` bytes (16, 32 or 64) of register 0..31. False when the image lacks them. */
bool hw_vector_read(const struct host_trap *trap, unsigned reg, void *data, unsigned size);

/* Writes the low `size` bytes; with `clear_above` the rest of the register becomes zero, else it
 * stays. False when the image lacks the bytes. */
bool hw_vector_write(struct host_trap *trap,
                     unsigned reg,
                     const void *data,
                     unsigned size,
                     bool clear_above);

#endif
