// SPDX-License-Identifier: MIT
// Guests whose ISR breaks a rule: connects it to the teaching device, lets that interrupt once, and
// disconnects.
#ifndef BAD_ISR_H
#define BAD_ISR_H

#include "bad.h"
#include "edu.h"

static EDU edu;
static KSERVICE_ROUTINE Isr;

static inline NTSTATUS
Provoke(PKSERVICE_ROUTINE Routine, PVOID Context)
{
    PKINTERRUPT interrupt;
    NTSTATUS status;

    if (!EduOpen(&edu))
        return STATUS_NO_SUCH_DEVICE;
    status = EduConnect(&edu, Routine, Context, &interrupt);
    if (NT_SUCCESS(status))
    {
        EduWrite(&edu, EDU_RAISE, 1);
        KeStallExecutionProcessor(10);
        EduWrite(&edu, EDU_ACKNOWLEDGE, ~0u);
        IoDisconnectInterrupt(interrupt);
    }
    EduClose(&edu);
    return status;
}

#endif
