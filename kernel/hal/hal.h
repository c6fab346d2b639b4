// SPDX-License-Identifier: MIT
// hal: between the kernel and the hardware models of hw/. What other folders may use.
#ifndef HAL_HAL_H
#define HAL_HAL_H

#include "ntddk.h"

#include "ke/ke.h"

struct hw_machine;

// Connects the kernel to Machine, which must live as long as the kernel: time, traps, physical
// memory. Before the first driver; PASSIVE_LEVEL.
void HalInitSystem(struct hw_machine *Machine);

// The hooks that hw_machine_create wants to know.
struct hw_hooks;
void HalFillHooks(struct hw_hooks *Hooks);

struct hw_machine *HalMachine(void);

// Told about accesses to hardware that does not exist and the like; NULL: silence.
extern void (*HalGuestError)(const char *Device, const char *Text);

#endif
