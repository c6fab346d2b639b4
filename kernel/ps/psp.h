/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/ps.
 */
#ifndef PS_PSP_H
#define PS_PSP_H

#include "ps/ps.h"

#include "bugcodes.h"
#include "ps/exports.h"
#include "se/exports.h"
#include "ex/ex.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

/* Rights of handles that kernel headers do not name: PROCESS_TERMINATE, PROCESS_QUERY_INFORMATION,
 * PROCESS_QUERY_LIMITED_INFORMATION, THREAD_QUERY_INFORMATION. */
#define PSP_PROCESS_TERMINATE     0x0001
#define PSP_PROCESS_QUERY         0x0400
#define PSP_PROCESS_QUERY_LIMITED 0x1000
#define PSP_THREAD_QUERY          0x0040

#define PSP_TABLE_TAG MM_TAG('P', 's', 'I', 'd')

/* What a thread's stack counts for when a fault is injected: 24 KB, as on x64 Windows. */
#define PSP_STACK_SIZE 0x6000u

extern POBJECT_TYPE PspProcessType;
extern POBJECT_TYPE PspThreadType;
extern LIST_ENTRY PspProcessList; /* PS_PROCESS.ProcessListEntry, by creation */

/* ---- identifiers (cid.c) ------------------------------------------------------------------ */

/* Processes and threads share one range of numbers: 4, 8, 12, ... They are never used again. */
NTSTATUS
PspAllocateId(PVOID Object, PHANDLE Id);

void PspFreeId(HANDLE Id);

/* The object, or NULL. Not referenced. */
PVOID
PspFindId(HANDLE Id);

/* ---- processes (process.c) ---------------------------------------------------------------- */

NTSTATUS
PspInitProcesses(void);

/* Called on the last thread of an exiting process, whose context is still there. */
void PspLastThreadEnds(PPS_PROCESS Process);

/* ---- notifications (notify.c) ------------------------------------------------------------- */

/* CreateInfo NULL: the process ends. */
void PspCallProcessNotify(PPS_PROCESS Process, PPS_CREATE_NOTIFY_INFO CreateInfo);

void PspCallThreadNotify(PPS_THREAD Thread, BOOLEAN Create);

/* ---- identities (security.c) -------------------------------------------------------------- */

void PspInitSecurity(void);

void PspStopImpersonating(PPS_THREAD Thread);

/* ---- threads (thread.c) ------------------------------------------------------------------- */

NTSTATUS
PspInitThreads(void);

/* Makes the object; Tcb is not initialized. One reference for the caller. */
NTSTATUS
PspNewThread(PPS_PROCESS Process, PPS_THREAD *Thread);

#endif
