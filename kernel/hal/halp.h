// SPDX-License-Identifier: MIT
// Private to hal.
#ifndef HAL_HALP_H
#define HAL_HALP_H

#include "hal/hal.h"

// ---- memory.c
void HalpInitPhysicalMemory(struct hw_machine *Machine);

// ---- interrupt.c
void HalpInitInterrupts(void);

// hw: an interrupt line has changed. Also on the signal stack.
void HalpLineChanged(void *Context, unsigned Line, _Bool Level);

#endif
