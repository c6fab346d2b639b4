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

/* Zones, push locks and spin locks that no public header has any more, or never had. */
typedef struct _ZONE_SEGMENT_HEADER
{
    SINGLE_LIST_ENTRY SegmentList;
    PVOID Reserved;
} ZONE_SEGMENT_HEADER, *PZONE_SEGMENT_HEADER;

typedef struct _ZONE_HEADER
{
    SINGLE_LIST_ENTRY FreeList;
    SINGLE_LIST_ENTRY SegmentList;
    ULONG BlockSize;
    ULONG TotalSegmentSize;
} ZONE_HEADER, *PZONE_HEADER;

NTKERNELAPI NTSTATUS NTAPI ExInitializeZone(PZONE_HEADER Zone,
                                            ULONG BlockSize,
                                            PVOID InitialSegment,
                                            ULONG InitialSegmentSize);

NTKERNELAPI NTSTATUS NTAPI ExExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize);

NTKERNELAPI NTSTATUS NTAPI
ExInterlockedExtendZone(PZONE_HEADER Zone, PVOID Segment, ULONG SegmentSize, PKSPIN_LOCK Lock);

NTKERNELAPI LOGICAL NTAPI ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock);

NTKERNELAPI LOGICAL NTAPI ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock);

NTKERNELAPI BOOLEAN NTAPI ExTryAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags);

NTKERNELAPI BOOLEAN NTAPI ExTryAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags);

NTKERNELAPI VOID NTAPI ExReleasePushLockEx(PEX_PUSH_LOCK Lock, ULONG Flags);

NTKERNELAPI VOID NTAPI ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock);

NTKERNELAPI VOID NTAPI ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock);

NTKERNELAPI BOOLEAN NTAPI ExfTryAcquirePushLockShared(PEX_PUSH_LOCK Lock);

NTKERNELAPI VOID NTAPI ExfReleasePushLock(PEX_PUSH_LOCK Lock);

NTKERNELAPI VOID NTAPI ExfReleasePushLockExclusive(PEX_PUSH_LOCK Lock);

NTKERNELAPI VOID NTAPI ExfReleasePushLockShared(PEX_PUSH_LOCK Lock);

NTKERNELAPI VOID NTAPI ExfTryToWakePushLock(PEX_PUSH_LOCK Lock);

NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(GUID *Uuid);

NTKERNELAPI BOOLEAN NTAPI ExVerifySuite(SUITE_TYPE SuiteType);

NTKERNELAPI PSLIST_ENTRY NTAPI FirstEntrySList(const SLIST_HEADER *SListHead);

#endif
