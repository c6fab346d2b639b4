/* SPDX-License-Identifier: MIT */
/* Private to io: interrupts whose ISR runs at PASSIVE_LEVEL (passive.c), as interrupt.c sees them.
 */
#ifndef IO_INTERRUPT_H
#define IO_INTERRUPT_H

#include "io/iop.h"

#include "ke/interrupt.h"

#define IOP_INTERRUPT_TAG 'tnIo'

/* Memory for an interrupt object of that kind, or NULL; given back with ExFreePoolWithTag. */
PKINTERRUPT
IopAllocatePassiveInterrupt(void);

/* After KeInitializeInterrupt, before it is connected. */
void IopPreparePassiveInterrupt(_Inout_ PKINTERRUPT Interrupt);

/* After it has been disconnected: returns when its ISR has returned. */
void IopDrainPassiveInterrupt(_Inout_ PKINTERRUPT Interrupt);

#endif
