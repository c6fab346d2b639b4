/* SPDX-License-Identifier: MIT */
/*
 * The interrupt object. Drivers see only its address; io makes it, hal delivers to it.
 * Also the chains of them: one for each vector.
 */
#ifndef KE_INTERRUPT_H
#define KE_INTERRUPT_H

#include "ntddk.h"

typedef struct _KINTERRUPT
{
    CSHORT Type; /* InterruptObject */
    CSHORT Size;
    LIST_ENTRY InterruptListEntry; /* others of the same vector */
    PKSERVICE_ROUTINE ServiceRoutine;
    PVOID ServiceContext;
    KSPIN_LOCK SpinLock;
    PKSPIN_LOCK ActualLock; /* SpinLock, or the one that several interrupts share */
    ULONG Vector;
    KIRQL Irql;
    KIRQL SynchronizeIrql;
    UCHAR Mode; /* KINTERRUPT_MODE */
    BOOLEAN ShareVector;
    UCHAR Number; /* processor */
    BOOLEAN Connected;
    BOOLEAN Active;   /* IoReportInterruptInactive clears it: connected, but not called */
    BOOLEAN Quieted;  /* while the ISR runs: its line fell */
    BOOLEAN Reported; /* one report about each ISR's result is enough */
    BOOLEAN Masked;   /* the ISR runs at PASSIVE_LEVEL and has not run yet */
    KAFFINITY Affinity;
    PRKEVENT PassiveLock; /* instead of a spin lock when the ISR runs at PASSIVE_LEVEL, or NULL */
    void (*Defer)(struct _KINTERRUPT *Interrupt); /* called for such an ISR, at Irql; io's */
    PVOID Creator; /* call in the driver that connected it, or NULL */
} KINTERRUPT;

/* Appends Interrupt, which is initialized, to the chain of its vector. STATUS_INVALID_PARAMETER
 * when the others of the vector cannot share it. IRQL PASSIVE_LEVEL. */
NTSTATUS
KiConnectInterrupt(_Inout_ PKINTERRUPT Interrupt);

/* Returns when the ISR runs nowhere and will not be called again. IRQL PASSIVE_LEVEL. */
void KiDisconnectInterrupt(_Inout_ PKINTERRUPT Interrupt);

/* Whether the ISR is called. IRQL <= DISPATCH_LEVEL. */
void KiSetInterruptActive(_Inout_ PKINTERRUPT Interrupt, BOOLEAN Active);

/* Whether the line is kept from interrupting although Interrupt is active: Defer's way to silence
 * it until the ISR has run. The line is not shared. Any IRQL. */
void KiMaskInterrupt(_Inout_ PKINTERRUPT Interrupt, BOOLEAN Masked);

/* TRUE for an interrupt object that is connected: what drivers pass may be anything. */
BOOLEAN
KiIsConnectedInterrupt(_In_ const KINTERRUPT *Interrupt);

/* hal: the interrupt of Vector has been accepted on this processor. Runs its ISRs, at their level.
 */
void KiServiceVector(ULONG Vector);

/* hal: the line of Vector is no longer asserted. Any context, also the signal stack. */
void KiLineFell(ULONG Vector);

void KiForEachInterrupt(void (*Callback)(PKINTERRUPT Interrupt, void *Context), void *Context);

#endif
