// SPDX-License-Identifier: MIT
// Spin locks. With one host thread a held lock can only be waited for by letting other virtual
// processors run; a lock that none of them can release is reported instead of hanging.
#include "ke/kep.h"

#include "ke/exports.h"
#include "rtl/rtl.h"

// A held lock contains its owner's KTHREAD with bit 0 set, which is nonzero as drivers may expect;
// bit 1 says that it was acquired as a queued spin lock.
#define HELD        ((KSPIN_LOCK)1)
#define QUEUED      ((KSPIN_LOCK)2)
#define OWNER(Lock) ((PKTHREAD)(*(Lock) & ~(HELD | QUEUED)))

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

static inline void
Spin(PKSPIN_LOCK SpinLock)
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
}

static void
Acquire(PKSPIN_LOCK SpinLock)
{
    Spin(SpinLock);
    *SpinLock = (KSPIN_LOCK)KiCurrentThread() | HELD;
    KiNoteSpinLock(KiCurrentThread(), SpinLock);
}

// For work that runs through no safe point, and so needs the lock only to be free when it begins:
// waits for that with interrupts off, as the ExInterlocked routines do. Returns the IRQL to which
// the caller goes back after its work.
KIRQL
KiAwaitFreeLock(PKSPIN_LOCK SpinLock)
{
    KIRQL old = KiCurrentIrql();

    if (old < HIGH_LEVEL)
        KiRaise(HIGH_LEVEL);
    Spin(SpinLock);
    return old;
}

// ---- who holds what ----------------------------------------------------------------------------

void
KiForgetSpinLock(PKTHREAD Thread, PVOID SpinLock)
{
    LONG newest = Thread->SpinLocks; // has been counted down already

    for (LONG i = newest; i > newest - KI_HELD_LOCKS && i >= 0; i--)
    {
        if (Thread->HeldLocks[i % KI_HELD_LOCKS] != SpinLock)
            continue;
        for (; i < newest; i++)
            Thread->HeldLocks[i % KI_HELD_LOCKS] = Thread->HeldLocks[(i + 1) % KI_HELD_LOCKS];
        return;
    }
}

// Released by another thread than the one that acquired it: allowed, if unwise. What stands in the
// lock may be anything, so it is a thread only if that has the lock.
__attribute__((cold, noinline)) static void
ReleaseForOther(PKTHREAD Owner, PKSPIN_LOCK SpinLock)
{
    PVOID held[KI_HELD_LOCKS];

    if (!NT_SUCCESS(
            KeTryCopy(held, (const char *)Owner + FIELD_OFFSET(KTHREAD, HeldLocks), sizeof(held))))
        return;
    for (ULONG i = 0; i < KI_HELD_LOCKS; i++)
    {
        if (held[i] == SpinLock && Owner->Header.Type == ThreadObject && Owner->SpinLocks > 0)
        {
            KiNoteSpinUnlock(Owner, SpinLock);
            return;
        }
    }
}

// The owner as the lock names it, which is about to be released.
static inline void
NoteRelease(PKTHREAD Owner, PKSPIN_LOCK SpinLock)
{
    if (__builtin_expect(Owner == KiCurrentThread(), 1))
        KiNoteSpinUnlock(Owner, SpinLock);
    else
        ReleaseForOther(Owner, SpinLock);
}

// Contract: devtest/wdm-spinlock.md
void
KiCheckSpinLocks(LONG Before, const void *Routine, const char *What, PVOID Device)
{
    static char rule[160];
    const KTHREAD *thread = KiCurrentThread();
    PVOID lock = NULL;

    if (thread->SpinLocks == Before)
        return;
    if (thread->SpinLocks > Before)
    {
        lock = thread->HeldLocks[(ULONG)(thread->SpinLocks - 1) % KI_HELD_LOCKS];
        RtlFormat(rule, sizeof(rule),
                  "%s returned while it held a spin lock that it had acquired: the one at %p", What,
                  lock);
    }
    else
        RtlFormat(rule, sizeof(rule),
                  "%s released a spin lock that had been acquired before it was called", What);
    KiBlame(Routine);
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x40009, 0, (ULONG64)lock, 0, rule,
                       "devtest/wdm-spinlock.md", NULL, Device);
}

static void
ReportNotOwned(PKSPIN_LOCK SpinLock, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(SPIN_LOCK_NOT_OWNED, (ULONG64)SpinLock, (ULONG64)OWNER(SpinLock),
                       (ULONG64)KiCallerAddress(), 0, Rule, Page, NULL, NULL);
}

static void
Release(PKSPIN_LOCK SpinLock)
{
    if (__builtin_expect((*SpinLock & (HELD | QUEUED)) != HELD, 0))
    {
        if (*SpinLock == 0)
            ReportNotOwned(SpinLock, "a spin lock was released that nobody holds",
                           "NF:wdm.KeReleaseSpinLock");
        ReportNotOwned(SpinLock,
                       "a queued spin lock was released as an ordinary one: its handle says which",
                       "NF:wdm.KeReleaseInStackQueuedSpinLock");
    }
    NoteRelease(OWNER(SpinLock), SpinLock);
    *SpinLock = 0;
}

// ---- queued spin locks -------------------------------------------------------------------------

static ULONG64 nextTicket;

// Whether another processor has waited for the lock longer.
static BOOLEAN
IsOvertaking(const KSPIN_LOCK *SpinLock, const KI_PROCESSOR *Processor)
{
    for (ULONG i = 0; i < KiProcessorCount; i++)
    {
        const KI_PROCESSOR *other = KiProcessors[i];
        if (other->QueuedLock == SpinLock && other->QueuedTicket < Processor->QueuedTicket)
            return TRUE;
    }
    return FALSE;
}

// Processors get the lock in the order in which they asked. Contract: kernel/queued-spin-locks.md
static void
AcquireQueued(PKSPIN_LOCK SpinLock)
{
    PKTHREAD thread = KiCurrentThread();
    PKI_PROCESSOR processor = KiCurrentProcessor();
    // An ISR may interrupt a processor that waits, and wait for another lock itself.
    KSPIN_LOCK *outerLock = processor->QueuedLock;
    ULONG64 outerTicket = processor->QueuedTicket;
    ULONG turns = 0;

    if (*SpinLock != 0 || IsOvertaking(SpinLock, processor))
    {
        processor->QueuedLock = SpinLock;
        processor->QueuedTicket = ++nextTicket;
        thread->SpinningOn = SpinLock;
        while (*SpinLock != 0 || IsOvertaking(SpinLock, processor))
        {
            if (OWNER(SpinLock) == thread)
                ReportOwnedLock(SpinLock,
                                "a spin lock was acquired again by the thread that holds it");
            KiYieldProcessor();
            if (++turns == KI_SPIN_LIMIT)
                ReportOwnedLock(SpinLock, "a spin lock is never released: its holder cannot run");
        }
        thread->SpinningOn = NULL;
        processor->QueuedLock = outerLock;
        processor->QueuedTicket = outerTicket;
    }
    *SpinLock = (KSPIN_LOCK)thread | HELD | QUEUED;
    KiNoteSpinLock(thread, SpinLock);
}

static void
ReleaseQueued(PKLOCK_QUEUE_HANDLE Handle)
{
    PKSPIN_LOCK lock = Handle->LockQueue.Lock;

    if (lock == NULL || (*lock & (HELD | QUEUED)) != (HELD | QUEUED))
        KiBugCheckWithRule(SPIN_LOCK_NOT_OWNED, (ULONG64)lock, 0, (ULONG64)KiCallerAddress(), 0,
                           "a lock queue handle was released that holds no queued spin lock",
                           "NF:wdm.KeReleaseInStackQueuedSpinLock", NULL, NULL);
    NoteRelease(OWNER(lock), lock);
    *lock = 0;
    // Releasing the same handle twice is noticed, also when another processor has the lock by then.
    Handle->LockQueue.Lock = NULL;
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

static void
LowerAfterRelease(KIRQL NewIrql)
{
    if (NewIrql > KiCurrentIrql())
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, KiCurrentIrql(), NewIrql, 0,
                           (ULONG64)KiCallerAddress(),
                           "a spin lock was released with an IRQL above the current one",
                           "NF:wdm.KeReleaseSpinLock", NULL, NULL);
    KiLower(NewIrql);
}

// Contract: NF:wdm.KeReleaseSpinLock.
DDI VOID
KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    Release(SpinLock);
    LowerAfterRelease(NewIrql);
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
    *SpinLock = (KSPIN_LOCK)KiCurrentThread() | HELD;
    KiNoteSpinLock(KiCurrentThread(), SpinLock);
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

// Contract: NF:wdm.KeAcquireInStackQueuedSpinLock.
DDI VOID
KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = RaiseForLock(DISPATCH_LEVEL);
    AcquireQueued(SpinLock);
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
}

DDI VOID
KeAcquireInStackQueuedSpinLockRaiseToSynch(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

// Contract: NF:wdm.KeReleaseInStackQueuedSpinLock.
DDI VOID
KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KIRQL irql = LockHandle->OldIrql;

    ReleaseQueued(LockHandle);
    LowerAfterRelease(irql);
}

// Contract: NF:wdm.KeAcquireInStackQueuedSpinLockAtDpcLevel.
DDI VOID
KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->OldIrql = KiCurrentIrql();
    AcquireQueued(SpinLock);
    LockHandle->LockQueue.Next = NULL;
    LockHandle->LockQueue.Lock = SpinLock;
}

// Contract: NF:wdm.KeReleaseInStackQueuedSpinLockFromDpcLevel.
DDI VOID
KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    ReleaseQueued(LockHandle);
}

// Contract: NF:wdm.KeAcquireInStackQueuedSpinLockForDpc: at PASSIVE_LEVEL, where a threaded DPC
// runs, it raises; an ordinary DPC is at DISPATCH_LEVEL already.
DDI VOID
KeAcquireInStackQueuedSpinLockForDpc(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeAcquireInStackQueuedSpinLock(SpinLock, LockHandle);
}

// Contract: NF:wdm.KeReleaseInStackQueuedSpinLockForDpc.
DDI VOID
KeReleaseInStackQueuedSpinLockForDpc(PKLOCK_QUEUE_HANDLE LockHandle)
{
    KeReleaseInStackQueuedSpinLock(LockHandle);
}

// ---- the system's own queued locks -------------------------------------------------------------

// File systems of the time before in-stack handles name the system's locks by number. Nothing of
// OpenWDM is behind them; they exclude their users from each other.
#define SYSTEM_LOCKS 17

static KSPIN_LOCK systemLocks[SYSTEM_LOCKS];

static PKSPIN_LOCK
SystemLock(ULONG Number)
{
    if (Number >= SYSTEM_LOCKS)
        KiBugCheckWithRule(SPIN_LOCK_INIT_FAILURE, Number, SYSTEM_LOCKS, 0,
                           (ULONG64)KiCallerAddress(),
                           "there is no queued spin lock of this number",
                           "NF:ntifs.KeAcquireQueuedSpinLock", NULL, NULL);
    return &systemLocks[Number];
}

// Contract: NF:ntifs.KeAcquireQueuedSpinLock.
DDI KIRQL
KeAcquireQueuedSpinLock(ULONG Number)
{
    PKSPIN_LOCK lock = SystemLock(Number);
    KIRQL old = RaiseForLock(DISPATCH_LEVEL);

    AcquireQueued(lock);
    return old;
}

DDI KIRQL
KeAcquireQueuedSpinLockRaiseToSynch(ULONG Number)
{
    return KeAcquireQueuedSpinLock(Number);
}

// Contract: NF:ntifs.KeTryToAcquireQueuedSpinLock. The IRQL stays when it fails.
DDI LOGICAL
KeTryToAcquireQueuedSpinLock(ULONG Number, PKIRQL OldIrql)
{
    PKSPIN_LOCK lock = SystemLock(Number);

    if (*lock != 0)
        return FALSE;
    *OldIrql = RaiseForLock(DISPATCH_LEVEL);
    *lock = (KSPIN_LOCK)KiCurrentThread() | HELD | QUEUED;
    KiNoteSpinLock(KiCurrentThread(), lock);
    return TRUE;
}

DDI LOGICAL
KeTryToAcquireQueuedSpinLockRaiseToSynch(ULONG Number, PKIRQL OldIrql)
{
    return KeTryToAcquireQueuedSpinLock(Number, OldIrql);
}

// Contract: NF:ntifs.KeReleaseQueuedSpinLock.
DDI VOID
KeReleaseQueuedSpinLock(ULONG Number, KIRQL OldIrql)
{
    PKSPIN_LOCK lock = SystemLock(Number);

    if (OWNER(lock) != KiCurrentThread())
        ReportNotOwned(lock, "a queued spin lock was released that the thread does not hold",
                       "NF:ntifs.KeReleaseQueuedSpinLock");
    KiNoteSpinUnlock(KiCurrentThread(), lock);
    *lock = 0;
    LowerAfterRelease(OldIrql);
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
