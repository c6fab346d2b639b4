/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/ex: what remembers the objects that live in drivers' memory.
 */
#ifndef EX_EXP_H
#define EX_EXP_H

#include "ex/ex.h"

#include "bugcodes.h"
#include "ex/exports.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

/* Of ntddk.h. */
NTKERNELAPI VOID NTAPI KeEnterCriticalRegion(VOID);

NTKERNELAPI VOID NTAPI KeLeaveCriticalRegion(VOID);

NTKERNELAPI VOID NTAPI KeEnterGuardedRegion(VOID);

NTKERNELAPI VOID NTAPI KeLeaveGuardedRegion(VOID);

#define EXP_TAG MM_TAG('E', 'x', 'T', 'r')

/* Objects that a driver keeps in its own memory and that must not vanish with it. */
typedef enum _EXP_KIND
{
    ExpKindLookaside,
    ExpKindResource
} EXP_KIND;

typedef struct _EXP_TRACK
{
    LIST_ENTRY Entry;
    struct _EXP_TRACK *HashNext;
    PVOID Object;
    PVOID Caller;
    ULONG Tag;
    UCHAR Kind; /* EXP_KIND */
} EXP_TRACK, *PEXP_TRACK;

/* FALSE when memory is short; the object then works without being remembered. */
BOOLEAN
ExpTrack(EXP_KIND Kind, PVOID Object, ULONG Tag);

/* FALSE when Object was not remembered as Kind. */
BOOLEAN
ExpUntrack(EXP_KIND Kind, PVOID Object);

BOOLEAN
ExpIsTracked(EXP_KIND Kind, PVOID Object);

extern LIST_ENTRY ExpTracked;

NTSTATUS
ExpInitWorkers(void);

/* The clock's interval that drivers have asked for, 100 ns units (timer.c). */
ULONG
ExpClockInterval(void);

#endif
