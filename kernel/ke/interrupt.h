/* SPDX-License-Identifier: MIT */
/*
 * The interrupt object. Drivers see only its address; io makes it, hal delivers to it.
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
} KINTERRUPT;

#endif
