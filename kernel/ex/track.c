/* SPDX-License-Identifier: MIT */
/*
 * Lookaside lists and resources in drivers' memory: found again when the memory is freed or the
 * driver unloads. Any IRQL up to DISPATCH_LEVEL.
 */
#include "exp.h"

#define EXP_BUCKETS 1024u

LIST_ENTRY ExpTracked = {&ExpTracked, &ExpTracked};
static PEXP_TRACK ExpBuckets[EXP_BUCKETS];

/* Objects of a page share a bucket, so that freeing a block looks at few of them. */
static PEXP_TRACK *
ExpBucket(ULONG64 Address)
{
    return &ExpBuckets[(Address / PAGE_SIZE) % EXP_BUCKETS];
}

static PEXP_TRACK *
ExpFind(EXP_KIND Kind, PVOID Object)
{
    PEXP_TRACK *link = ExpBucket((ULONG64)Object);
    while (*link != NULL && ((*link)->Object != Object || (*link)->Kind != Kind))
    {
        link = &(*link)->HashNext;
    }
    return link;
}

/* mm asks before a driver's block goes away. */
static void
ExpCheckFree(PVOID Address, SIZE_T Size)
{
    const ULONG64 start = (ULONG64)Address;
    const ULONG64 end = start + Size;
    for (ULONG64 page = start & ~(ULONG64)(PAGE_SIZE - 1); page < end; page += PAGE_SIZE)
    {
        for (PEXP_TRACK track = *ExpBucket(page); track != NULL; track = track->HashNext)
        {
            if ((ULONG64)track->Object >= start && (ULONG64)track->Object < end)
            {
                KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION,
                                   track->Kind == ExpKindResource ? 0xD2 : 0xCC,
                                   (ULONG64)track->Object, start, Size,
                                   track->Kind == ExpKindResource
                                       ? "a resource is deleted before its memory is freed"
                                       : "a lookaside list is deleted before its memory is freed",
                                   track->Kind == ExpKindResource
                                       ? "NF:wdm.ExDeleteResourceLite"
                                       : "NF:wdm.ExDeleteNPagedLookasideList",
                                   NULL, NULL);
            }
        }
    }
}

BOOLEAN
ExpTrack(EXP_KIND Kind, PVOID Object, ULONG Tag)
{
    PEXP_TRACK track = MmAllocatePoolAlways(NonPagedPoolNx, sizeof(EXP_TRACK), EXP_TAG);
    if (track == NULL)
    {
        return FALSE;
    }
    track->Kind = (UCHAR)Kind;
    track->Object = Object;
    track->Tag = Tag;
    track->Caller = KiCallerAddress();
    track->HashNext = *ExpBucket((ULONG64)Object);
    *ExpBucket((ULONG64)Object) = track;
    InsertTailList(&ExpTracked, &track->Entry);
    MmPoolFreed = ExpCheckFree;
    return TRUE;
}

BOOLEAN
ExpUntrack(EXP_KIND Kind, PVOID Object)
{
    PEXP_TRACK *link = ExpFind(Kind, Object);
    PEXP_TRACK track = *link;
    if (track == NULL)
    {
        return FALSE;
    }
    *link = track->HashNext;
    RemoveEntryList(&track->Entry);
    MmFreePool(track, EXP_TAG);
    if (IsListEmpty(&ExpTracked))
    {
        MmPoolFreed = NULL;
    }
    return TRUE;
}

BOOLEAN
ExpIsTracked(EXP_KIND Kind, PVOID Object)
{
    return *ExpFind(Kind, Object) != NULL;
}

void
ExForEachLookaside(BOOLEAN (*Routine)(PVOID List, ULONG Tag, PVOID Caller, PVOID Context),
                   PVOID Context)
{
    for (PLIST_ENTRY e = ExpTracked.Flink; e != &ExpTracked; e = e->Flink)
    {
        PEXP_TRACK track = CONTAINING_RECORD(e, EXP_TRACK, Entry);
        if (track->Kind == ExpKindLookaside &&
            !Routine(track->Object, track->Tag, track->Caller, Context))
        {
            return;
        }
    }
}

void
ExForEachResource(BOOLEAN (*Routine)(PERESOURCE Resource, PVOID Caller, PVOID Context),
                  PVOID Context)
{
    for (PLIST_ENTRY e = ExpTracked.Flink; e != &ExpTracked; e = e->Flink)
    {
        PEXP_TRACK track = CONTAINING_RECORD(e, EXP_TRACK, Entry);
        if (track->Kind == ExpKindResource && !Routine(track->Object, track->Caller, Context))
        {
            return;
        }
    }
}
