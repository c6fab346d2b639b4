// SPDX-License-Identifier: MIT
// Spin locks. With one host thread a held lock can only be waited for by letting other virtual
// processors run; a lock that none of them can release is reported instead of hanging.
#include "ke/kep.h"

// A held lock contains its owner's KTHREAD with bit 0 set, which is nonzero as drivers may expect.
#define OWNER(Lock) ((PKTHREAD)(*(Lock) & ~(KSPIN_LOCK)1))

// Turns around all processors before a lock counts as dead: more than any critical section needs,
// even one that stalls for its documented 25 microseconds many times over.
#define KI_SPIN_LIMIT 200000u

static void
ReportOwnedLock(PKSPIN_LOCK SpinLock, const char *Rule)
{
    KiBugCheckWithRule(SPIN_LOCK_ALREADY_OWNED, (ULONG64)SpinLock, (ULONG64)OWNER(SpinLock),
                       (ULONG64)KiCallerAddress(), 0, Rule,
                       "kernel/preventing-errors-and-deadlocks-while-using-spin-locks.md", NULL,
                       NULL);
}

static void
Acquire(PKSPIN_LOCK SpinLock)
{
    PKTHREAD thread = KiCurrentThread();
    ULONG turns = 0;

    while (__builtin_expect(*SpinLock != 0, 0))
    {
        if (OWNER(SpinLock) == thread)
            ReportOwnedLock(SpinLock, "a spin lock was acquired again by the thread that holds it");
        thread->SpinningOn = SpinLock;
        KiYieldProcessor();
        if (++turns == KI_SPIN_LIMIT)
            ReportOwnedLock(SpinLock, "a spin lock is never released: its holder cannot run");
    }
    thread->SpinningOn = NULL;
    *SpinLock = (KSPIN_LOCK)thread | 1;
}

static void
Release(PKSPIN_LOCK SpinLock)
{
    if (__builtin_expect(*SpinLock == 0, 0))
        KiBugCheckWithRule(SPIN_LOCK_NOT_OWNED, (ULONG64)SpinLock, 0, (ULONG64)KiCallerAddress(), 0,
                           "a spin lock was released that nobody holds", "NF:wdm.KeReleaseSpinLock",
                           NULL, NULL);
    *SpinLock = 0;
}

static KIRQL
RaiseForLock(KIRQL Irql)
{
    KIRQL old = KiCurrentIrql();
    if (old < Irql)
        KiRaise(Irql);
    return old;
}

// Contract: NF:wdm.KeAcquireSpinLock.
DDI KIRQL
KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    KIRQL old = RaiseForLock(DISPATCH_LEVEL);
    Acquire(SpinLock);
    return old;
}

DDI KIRQL
KeAcquireSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

// Contract: NF:wdm.KeReleaseSpinLock.
DDI VOID
KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    Release(SpinLock);
    if (NewIrql > KiCurrentIrql())
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, KiCurrentIrql(), NewIrql, 0,
                           (ULONG64)KiCallerAddress(),
                           "KeReleaseSpinLock with an IRQL above the current one",
                           "NF:wdm.KeReleaseSpinLock", NULL, NULL);
    KiLower(NewIrql);
}

// Contract: NF:wdm.KeAcquireSpinLockAtDpcLevel.
DDI VOID
KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    Acquire(SpinLock);
}

// Contract: NF:wdm.KeReleaseSpinLockFromDpcLevel.
DDI VOID
KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    Release(SpinLock);
}

// Contract: NF:wdm.KeTryToAcquireSpinLockAtDpcLevel.
DDI BOOLEAN
KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    if (*SpinLock != 0)
        return FALSE;
    *SpinLock = (KSPIN_LOCK)KiCurrentThread() | 1;
    return TRUE;
}

// Contract: NF:wdm.KeTestSpinLock.
DDI BOOLEAN
KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    if (*SpinLock == 0)
        return TRUE;
    KiYieldProcessor();
    return FALSE;
}

// Contract: NF:wdm.KeAcquireInStackQueuedSpinLock. The order of waiters is the dispatcher's; a
// queue of handles would add nothing with one host thread but the handle is kept as documented.
DDI VOID
KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->OldIrql = RaiseForLock(DISPATCH_LEVEL);
    Acquire(SpinLock);
}

// Contract: NF:wdm.KeReleaseInStackQueuedSpinLock.
DDI VOID
KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseSpinLock((PKSPIN_LOCK)LockHandle->LockQueue.Lock, LockHandle->OldIrql);
}

// Contract: NF:wdm.KeAcquireInStackQueuedSpinLockAtDpcLevel.
DDI VOID
KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->OldIrql = KiCurrentIrql();
    Acquire(SpinLock);
}

// Contract: NF:wdm.KeReleaseInStackQueuedSpinLockFromDpcLevel.
DDI VOID
KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    Release((PKSPIN_LOCK)LockHandle->LockQueue.Lock);
}

// Contract: NF:wdm.KeAcquireInterruptSpinLock's relative for DPC-shared data,
// NF:wdm.KeAcquireSpinLockForDpc.
DDI KIRQL
KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return KeAcquireSpinLockRaiseToDpc(SpinLock);
}

DDI VOID
KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    KeReleaseSpinLock(SpinLock, OldIrql);
}
