/* SPDX-License-Identifier: MIT */
/*
 * Bus master access: what a device does to memory. A translation hook stands between bus addresses
 * and physical ones (identity until there is an IOMMU).
 */
#ifndef HW_CORE_DMA_H
#define HW_CORE_DMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hw_machine;
struct hw_pci_function;

/* `requester` is the function that masters the bus, NULL for others. Writes to the message page
 * deliver an interrupt. False when the hook refuses or some bytes hit empty bus; such bytes read as
 * ones. */
bool hw_dma_read(struct hw_machine *machine,
                 struct hw_pci_function *requester,
                 uint64_t address,
                 void *data,
                 size_t size);
bool hw_dma_write(struct hw_machine *machine,
                  struct hw_pci_function *requester,
                  uint64_t address,
                  const void *data,
                  size_t size);

#endif
