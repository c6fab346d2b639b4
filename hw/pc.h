/* SPDX-License-Identifier: MIT */
/*
 * A PC: the machine that `wdm run` boots.
 */
#ifndef HW_PC_H
#define HW_PC_H

#include "hw/devices.h"

struct hw_pc_config
{
    struct hw_machine_config machine;

    /* Bytes that the guest writes to the first serial port; may be NULL. */
    void (*serial)(void *context, uint8_t byte);
    void *serial_context;

    bool no_edu; /* leave slot 4 empty */
};

/* Where things are on bus 0. */
#define HW_PC_SLOT_HOST_BRIDGE 0u /* 8086:1237 */
#define HW_PC_SLOT_ISA_BRIDGE  1u /* 8086:7000, power management 8086:7113 as function 3 */
#define HW_PC_SLOT_VGA         2u /* 1234:1111 */
#define HW_PC_SLOT_EDU         4u /* 1234:11e8 */

/* Builds the machine with all its devices, assigns PCI addresses and writes the firmware's tables.
 * NULL as for hw_machine_create. Devices are found with hw_device_find by the name in their ops. */
struct hw_machine *hw_pc_create(const struct hw_pc_config *config);

#endif
