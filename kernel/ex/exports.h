/* SPDX-License-Identifier: MIT */
/*
 * Routines that ex exports and that wdm.h does not declare: those of ntddk.h and ntifs.h, and those
 * that no public header has and drivers declare themselves.
 */
#ifndef EX_EXPORTS_H
#define EX_EXPORTS_H

#include "ntddk.h"

NTKERNELAPI VOID NTAPI ExDisableResourceBoostLite(PERESOURCE Resource);

NTKERNELAPI VOID NTAPI ExEnterCriticalRegionAndAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex);

NTKERNELAPI VOID NTAPI ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(PFAST_MUTEX FastMutex);

NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(GUID *Uuid);

NTKERNELAPI BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType);

NTKERNELAPI PSLIST_ENTRY NTAPI FirstEntrySList(const SLIST_HEADER *SListHead);

#endif
