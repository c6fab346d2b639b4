/* SPDX-License-Identifier: MIT */
/*
 * ex: lookaside lists, SLISTs, mutexes, resources, rundown, worker threads. What other folders may
 * use; documented routines are not repeated.
 */
#ifndef EX_EX_H
#define EX_EX_H

#include "ntddk.h"

#include "ke/ke.h"
#include "mm/mm.h"

/* Tables and queues; needs mm. Worker threads start with ExStartWorkers. */
NTSTATUS
ExInitSystem(void);

/* ps passes the way to make a system thread; one or more workers per queue start. */
NTSTATUS
ExStartWorkers(NTSTATUS (*CreateThread)(PKSTART_ROUTINE Routine, PVOID Context));

/* One call on a worker thread at PASSIVE_LEVEL, for kernel code and for io's work items. Item
 * belongs to the caller and is free again when Routine starts. Any IRQL up to DISPATCH_LEVEL. */
typedef struct _EX_WORK
{
    LIST_ENTRY Entry;
    void (*Routine)(PVOID Context);
    PVOID Context;
    WORK_QUEUE_TYPE Queue;
    BOOLEAN Queued;
    PVOID Caller; /* return address in the driver that queued it, or NULL */
    PVOID Target; /* the driver's routine, for reports */
} EX_WORK, *PEX_WORK;

void ExQueueWork(_Inout_ PEX_WORK Work, _In_ WORK_QUEUE_TYPE Queue);

/* Queued or running work whose Caller or Target lies in [Start, End): for unload reports. */
ULONG
ExCountWork(PVOID Start, PVOID End);

/* Live lookaside lists and resources initialised by code in [Start, End), until FALSE. */
void ExForEachLookaside(BOOLEAN (*Routine)(PVOID List, ULONG Tag, PVOID Caller, PVOID Context),
                        PVOID Context);

void ExForEachResource(BOOLEAN (*Routine)(PERESOURCE Resource, PVOID Caller, PVOID Context),
                       PVOID Context);

/* Ex timers that have not been deleted, until FALSE. Function is the callback, may be NULL. */
void ExForEachTimer(BOOLEAN (*Routine)(PVOID Timer, PVOID Function, PVOID Caller, PVOID Context),
                    PVOID Context);

/* Event providers that are registered, until FALSE. Function is the enable callback, may be NULL.
 */
void ExForEachEtwProvider(
    BOOLEAN (*Routine)(PVOID Provider, PVOID Function, PVOID Caller, const GUID *Id, PVOID Context),
    PVOID Context);

/* Local time is UTC plus this; 0 unless the runtime sets it. */
extern LONGLONG ExTimeZoneBias100ns;

#endif
