/* SPDX-License-Identifier: MIT */
/*
 * Bus master access, one translation at a time. No state.
 */
#include "hw/core/machine.h"

#include <string.h>

static bool
translate(struct hw_machine *machine,
          struct hw_pci_function *requester,
          uint64_t address,
          size_t *size,
          bool write,
          uint64_t *physical)
{
    *physical = address;
    if (!machine->hooks.dma_translate)
    {
        return true;
    }
    size_t part = *size;
    bool allowed = machine->hooks.dma_translate(machine->hooks.context, requester, address, &part,
                                                write, physical);
    *size = part && part < *size ? part : *size;
    return allowed;
}

bool
hw_dma_read(struct hw_machine *machine,
            struct hw_pci_function *requester,
            uint64_t address,
            void *data,
            size_t size)
{
    uint8_t *to = data;
    bool complete = true;
    while (size)
    {
        size_t part = size;
        uint64_t physical;
        if (translate(machine, requester, address, &part, false, &physical))
        {
            complete &= hw_memory_read(machine, physical, to, part);
        }
        else
        {
            memset(to, 0xff, part);
            complete = false;
        }
        to += part;
        address += part;
        size -= part;
    }
    return complete;
}

bool
hw_dma_write(struct hw_machine *machine,
             struct hw_pci_function *requester,
             uint64_t address,
             const void *data,
             size_t size)
{
    const uint8_t *from = data;
    bool complete = true;
    if (address - HW_IRQ_MESSAGE_BASE < HW_IRQ_MESSAGE_SIZE && size == 4)
    {
        uint32_t message;
        memcpy(&message, data, sizeof message);
        hw_irq_message(machine, address, message);
        return true;
    }
    while (size)
    {
        size_t part = size;
        uint64_t physical;
        complete &= translate(machine, requester, address, &part, true, &physical) &&
                    hw_memory_write(machine, physical, from, part);
        from += part;
        address += part;
        size -= part;
    }
    return complete;
}
