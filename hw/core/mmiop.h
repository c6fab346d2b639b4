/* SPDX-License-Identifier: MIT */
/*
 * Private to hw/core/mmio.c and window.c.
 */
#ifndef HW_CORE_MMIOP_H
#define HW_CORE_MMIOP_H

#include "hw/core/mmio.h"

/* False for a missing structure or a size no device has. */
bool hw_mmio_ops_valid(const struct hw_mmio_ops *ops);

/* Any size and alignment, in pieces the callbacks take. */
void hw_mmio_ops_read(const struct hw_mmio_ops *ops,
                      void *context,
                      uint64_t offset,
                      void *data,
                      size_t size);
void hw_mmio_ops_write(const struct hw_mmio_ops *ops,
                       void *context,
                       uint64_t offset,
                       const void *data,
                       size_t size);

void hw_windows_free(struct hw_machine *machine);

#endif
