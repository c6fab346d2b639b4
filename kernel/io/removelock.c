/* SPDX-License-Identifier: MIT */
/*
 * Remove locks. The count starts at one, which stands for the device itself and goes with
 * IoReleaseRemoveLockAndWait. IRQL: DISPATCH_LEVEL at most; waiting is PASSIVE_LEVEL.
 *
 * The size a driver passes tells whether it was built with DBG and has the tracking part, which
 * then records tags (KERNEL:using-remove-locks).
 */
#include "iop.h"

#define IOP_REMOVE_LOCK_TAG 'klRI'
#define IOP_REMOVE_LOCK_SIG 0x4b4c4d52 /* "RMLK" */

typedef struct _IO_REMOVE_LOCK_TRACKING_BLOCK
{
    PIO_REMOVE_LOCK_TRACKING_BLOCK Next;
    PVOID Tag;
    PCSTR File;
    ULONG Line;
} IOP_TRACKING_BLOCK;

/* IO_REMOVE_LOCK of a checked driver. */
typedef struct _IOP_TRACKED_LOCK
{
    IO_REMOVE_LOCK_COMMON_BLOCK Common;
    IO_REMOVE_LOCK_DBG_BLOCK Dbg;
} IOP_TRACKED_LOCK, *PIOP_TRACKED_LOCK;

static inline PIOP_TRACKED_LOCK
IopTrackedLock(PIO_REMOVE_LOCK RemoveLock, ULONG RemlockSize)
{
    PIOP_TRACKED_LOCK lock = (PIOP_TRACKED_LOCK)RemoveLock;
    return RemlockSize >= sizeof(IOP_TRACKED_LOCK) && lock->Dbg.Signature == IOP_REMOVE_LOCK_SIG
               ? lock
               : NULL;
}

/* NF:wdm.IoInitializeRemoveLock */
DDI VOID NTAPI
IoInitializeRemoveLockEx(_In_ PIO_REMOVE_LOCK Lock,
                         _In_ ULONG AllocateTag,
                         _In_ ULONG MaxLockedMinutes,
                         _In_ ULONG HighWatermark,
                         _In_ ULONG RemlockSize)
{
    Lock->Common.Removed = FALSE;
    Lock->Common.IoCount = 1;
    KeInitializeEvent(&Lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
    if (RemlockSize >= sizeof(IOP_TRACKED_LOCK))
    {
        PIOP_TRACKED_LOCK lock = (PIOP_TRACKED_LOCK)Lock;
        lock->Dbg.Signature = IOP_REMOVE_LOCK_SIG;
        lock->Dbg.HighWatermark = HighWatermark;
        lock->Dbg.MaxLockedTicks = (LONGLONG)MaxLockedMinutes * 600000000;
        lock->Dbg.AllocateTag = (LONG)AllocateTag;
        lock->Dbg.LowMemoryCount = 0;
        lock->Dbg.Blocks = NULL;
        InitializeListHead(&lock->Dbg.LockList);
        lock->Dbg.Spin = 0;
    }
}

static void
IopTrackAcquire(PIOP_TRACKED_LOCK Lock, PVOID Tag, PCSTR File, ULONG Line)
{
    IOP_TRACKING_BLOCK *block =
        MmAllocatePoolAlways(NonPagedPoolNx, sizeof(IOP_TRACKING_BLOCK), IOP_REMOVE_LOCK_TAG);
    if (block == NULL)
    {
        Lock->Dbg.LowMemoryCount++;
        return;
    }
    block->Tag = Tag;
    block->File = File;
    block->Line = Line;
    block->Next = Lock->Dbg.Blocks;
    Lock->Dbg.Blocks = block;
}

static void
IopTrackRelease(PIOP_TRACKED_LOCK Lock, PVOID Tag)
{
    PIO_REMOVE_LOCK_TRACKING_BLOCK *link = &Lock->Dbg.Blocks;
    while (*link != NULL && (*link)->Tag != Tag)
    {
        link = &(*link)->Next;
    }
    IOP_TRACKING_BLOCK *block = *link;
    if (block != NULL)
    {
        *link = block->Next;
        MmFreePool(block, IOP_REMOVE_LOCK_TAG);
        return;
    }
    if (Lock->Dbg.LowMemoryCount > 0)
    {
        Lock->Dbg.LowMemoryCount--;
        return;
    }
    IopViolation(0xc4, 0xd5, (ULONG64)Lock, (ULONG64)Tag, 0,
                 "IoReleaseRemoveLock was given a tag that no IoAcquireRemoveLock was given",
                 "NF:wdm.IoReleaseRemoveLock", NULL, NULL);
}

/* NF:wdm.IoAcquireRemoveLock */
DDI NTSTATUS NTAPI
IoAcquireRemoveLockEx(_Inout_ PIO_REMOVE_LOCK RemoveLock,
                      _In_opt_ PVOID Tag,
                      _In_ PCSTR File,
                      _In_ ULONG Line,
                      _In_ ULONG RemlockSize)
{
    PIOP_TRACKED_LOCK tracked = IopTrackedLock(RemoveLock, RemlockSize);
    RemoveLock->Common.IoCount++;
    if (RemoveLock->Common.Removed)
    {
        if (--RemoveLock->Common.IoCount == 0)
        {
            KeSetEvent(&RemoveLock->Common.RemoveEvent, 0, FALSE);
        }
        return STATUS_DELETE_PENDING;
    }
    if (tracked != NULL)
    {
        IopTrackAcquire(tracked, Tag, File, Line);
        ULONG limit = tracked->Dbg.HighWatermark;
        if (limit != 0 && (ULONG)RemoveLock->Common.IoCount > limit + 1)
        {
            IopViolation(0xc4, 0xd7, (ULONG64)RemoveLock, (ULONG64)RemoveLock, limit,
                         "A remove lock is held more often than its HighWatermark allows",
                         "NF:wdm.IoInitializeRemoveLock", NULL, NULL);
        }
    }
    return STATUS_SUCCESS;
}

/* NF:wdm.IoReleaseRemoveLock */
DDI VOID NTAPI
IoReleaseRemoveLockEx(_Inout_ PIO_REMOVE_LOCK RemoveLock,
                      _In_opt_ PVOID Tag,
                      _In_ ULONG RemlockSize)
{
    PIOP_TRACKED_LOCK tracked = IopTrackedLock(RemoveLock, RemlockSize);
    if (tracked != NULL)
    {
        IopTrackRelease(tracked, Tag);
    }
    LONG count = --RemoveLock->Common.IoCount;
    if (count < 0 || (count == 0 && !RemoveLock->Common.Removed))
    {
        KiBugCheckWithRule(0xc4, 0xd5, (ULONG64)RemoveLock, (ULONG64)Tag, 0,
                           "IoReleaseRemoveLock was called more often than IoAcquireRemoveLock",
                           "NF:wdm.IoReleaseRemoveLock", NULL, NULL);
    }
    if (count == 0)
    {
        KeSetEvent(&RemoveLock->Common.RemoveEvent, 0, FALSE);
    }
}

/* NF:wdm.IoReleaseRemoveLockAndWait: gives up the caller's own acquisition and the initial count.
 */
DDI VOID NTAPI
IoReleaseRemoveLockAndWaitEx(_Inout_ PIO_REMOVE_LOCK RemoveLock,
                             _In_opt_ PVOID Tag,
                             _In_ ULONG RemlockSize)
{
    PIOP_TRACKED_LOCK tracked = IopTrackedLock(RemoveLock, RemlockSize);
    RemoveLock->Common.Removed = TRUE;
    if (tracked != NULL)
    {
        IopTrackRelease(tracked, Tag);
    }
    RemoveLock->Common.IoCount -= 2;
    if (RemoveLock->Common.IoCount < 0)
    {
        KiBugCheckWithRule(0xc4, 0xd5, (ULONG64)RemoveLock, (ULONG64)Tag, 0,
                           "IoReleaseRemoveLockAndWait was called without holding the lock",
                           "NF:wdm.IoReleaseRemoveLockAndWait", NULL, NULL);
    }
    if (RemoveLock->Common.IoCount > 0)
    {
        KeWaitForSingleObject(&RemoveLock->Common.RemoveEvent, Executive, KernelMode, FALSE, NULL);
    }
    while (tracked != NULL && tracked->Dbg.Blocks != NULL)
    {
        IopTrackRelease(tracked, tracked->Dbg.Blocks->Tag);
    }
}
