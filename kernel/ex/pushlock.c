/* SPDX-License-Identifier: MIT */
/*
 * Push locks: one word, held by one exclusively or by many shared, in a critical region. The word
 * is 0 while free; bit 0 says locked, and the rest is the count of shared holders, or, with bit 1,
 * the address of what those who wait stand in. IRQL <= APC_LEVEL.
 */
#include "exp.h"

#define EXP_PUSH_TAG     MM_TAG('E', 'x', 'P', 'L')
#define EXP_PUSH_LOCKED  1ull
#define EXP_PUSH_WAITING 2ull
#define EXP_PUSH_SHARE   16ull

/* Made by the first who has to wait, gone with the last. Lives in nonpaged pool, aligned to 16. */
typedef struct _EXP_PUSH_WAIT
{
    LIST_ENTRY Waiters; /* EXP_PUSH_WAITER.Entry, first come first served */
    ULONG64 Shared;     /* holders; 0 while held exclusively */
} EXP_PUSH_WAIT, *PEXP_PUSH_WAIT;

typedef struct _EXP_PUSH_WAITER
{
    LIST_ENTRY Entry;
    BOOLEAN Exclusive;
    KEVENT Event;
} EXP_PUSH_WAITER, *PEXP_PUSH_WAITER;

static void
ExpCheckPushFlags(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    if (Flags & ~(ULONG)EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST)
    {
        KiBugCheckWithRule(INVALID_PUSH_LOCK_FLAGS, Flags, (ULONG64)Lock, 0, 0,
                           "the flags of a push lock are EX_DEFAULT_PUSH_LOCK_FLAGS or "
                           "EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST",
                           "bug-check-0x152--invalid-push-lock-flags", NULL, NULL);
    }
}

/* A holder that is suspended, or runs an APC that wants the lock too, would stop everybody. */
static void
ExpCheckPushApcs(PEX_PUSH_LOCK Lock)
{
    const PKTHREAD thread = KiCurrentThread();
    if (KiCurrentIrql() < APC_LEVEL && thread->KernelApcDisable == 0 &&
        thread->SpecialApcDisable == 0 && !thread->SystemThread)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x37, KiCurrentIrql(), 0,
                           (ULONG64)Lock, "a push lock is acquired in a critical region",
                           "bug-check-0xc4--driver-verifier-detected-violation", NULL, NULL);
    }
}

static PEXP_PUSH_WAIT
ExpPushWait(PEX_PUSH_LOCK Lock)
{
    return *Lock & EXP_PUSH_WAITING ? (PEXP_PUSH_WAIT)(*Lock & ~15ull) : NULL;
}

static ULONG64
ExpPushHolders(PEX_PUSH_LOCK Lock)
{
    PEXP_PUSH_WAIT wait = ExpPushWait(Lock);
    return wait != NULL ? wait->Shared : *Lock / EXP_PUSH_SHARE;
}

static void
ExpPushBlock(PEX_PUSH_LOCK Lock, BOOLEAN Exclusive)
{
    EXP_PUSH_WAITER waiter = {.Exclusive = Exclusive};
    PEXP_PUSH_WAIT wait = ExpPushWait(Lock);
    if (wait == NULL)
    {
        wait = MmAllocatePool(NonPagedPoolNx, sizeof(*wait), EXP_PUSH_TAG);
        NT_ASSERT(wait != NULL); /* acquiring cannot fail for want of memory */
        InitializeListHead(&wait->Waiters);
        wait->Shared = *Lock / EXP_PUSH_SHARE;
        *Lock = (ULONG64)wait | EXP_PUSH_WAITING | EXP_PUSH_LOCKED;
    }
    KeInitializeEvent(&waiter.Event, SynchronizationEvent, FALSE);
    InsertTailList(&wait->Waiters, &waiter.Entry);
    KeWaitForSingleObject(&waiter.Event, WrPushLock, KernelMode, FALSE, NULL);
}

static BOOLEAN
ExpTryPush(PEX_PUSH_LOCK Lock, BOOLEAN Exclusive)
{
    if (*Lock == 0)
    {
        *Lock = EXP_PUSH_LOCKED | (Exclusive ? 0 : EXP_PUSH_SHARE);
        return TRUE;
    }
    /* Readers join readers unless somebody waits already. */
    if (!Exclusive && !(*Lock & EXP_PUSH_WAITING) && ExpPushHolders(Lock) != 0)
    {
        *Lock += EXP_PUSH_SHARE;
        return TRUE;
    }
    return FALSE;
}

static void
ExpAcquirePush(PEX_PUSH_LOCK Lock, BOOLEAN Exclusive)
{
    ExpCheckPushApcs(Lock);
    if (!ExpTryPush(Lock, Exclusive))
    {
        ExpPushBlock(Lock, Exclusive); /* the releaser hands the lock over */
    }
}

/* Nobody holds the lock any more, somebody waits: the first, and readers right behind a reader. */
static void
ExpPushHandOver(PEX_PUSH_LOCK Lock, PEXP_PUSH_WAIT Wait)
{
    LIST_ENTRY released;
    InitializeListHead(&released);
    do
    {
        PEXP_PUSH_WAITER waiter = CONTAINING_RECORD(Wait->Waiters.Flink, EXP_PUSH_WAITER, Entry);
        if (waiter->Exclusive && Wait->Shared != 0)
        {
            break;
        }
        RemoveEntryList(&waiter->Entry);
        InsertTailList(&released, &waiter->Entry);
        Wait->Shared += waiter->Exclusive ? 0 : 1;
        if (waiter->Exclusive)
        {
            break;
        }
    } while (!IsListEmpty(&Wait->Waiters));
    if (IsListEmpty(&Wait->Waiters))
    {
        *Lock = EXP_PUSH_LOCKED | Wait->Shared * EXP_PUSH_SHARE;
        MmFreePool(Wait, EXP_PUSH_TAG);
    }
    while (!IsListEmpty(&released))
    {
        PLIST_ENTRY entry = RemoveHeadList(&released);
        KeSetEvent(&CONTAINING_RECORD(entry, EXP_PUSH_WAITER, Entry)->Event, 0, FALSE);
    }
}

static void
ExpReleasePush(PEX_PUSH_LOCK Lock, BOOLEAN Exclusive)
{
    PEXP_PUSH_WAIT wait = ExpPushWait(Lock);
    const ULONG64 holders = ExpPushHolders(Lock);
    if (!(*Lock & EXP_PUSH_LOCKED) || (holders == 0) != Exclusive)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG64)Lock, *Lock,
                           Exclusive, "a push lock is released as it was acquired",
                           "bug-check-0xc4--driver-verifier-detected-violation", NULL, NULL);
    }
    if (!Exclusive && holders > 1)
    {
        if (wait != NULL)
        {
            wait->Shared--;
        }
        else
        {
            *Lock -= EXP_PUSH_SHARE;
        }
        return;
    }
    if (wait == NULL)
    {
        *Lock = 0;
        return;
    }
    wait->Shared = 0;
    ExpPushHandOver(Lock, wait);
}

/* ---- exports ------------------------------------------------------------------------------ */

/* Contract: NF:wdm.ExInitializePushLock. */
DDI VOID
ExInitializePushLock(PEX_PUSH_LOCK PushLock)
{
    *PushLock = 0;
}

/* What the macro ExAcquirePushLockExclusive calls. */
DDI VOID
ExAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    ExpAcquirePush(Lock, TRUE);
}

/* What the macro ExAcquirePushLockShared calls. */
DDI VOID
ExAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    ExpAcquirePush(Lock, FALSE);
}

/* Exported, without a page of its own. */
DDI BOOLEAN
ExTryAcquirePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    return ExpTryPush(Lock, TRUE);
}

/* Exported, without a page of its own. */
DDI BOOLEAN
ExTryAcquirePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    return ExpTryPush(Lock, FALSE);
}

/* What the macro ExReleasePushLockExclusive calls. */
DDI VOID
ExReleasePushLockExclusiveEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    ExpReleasePush(Lock, TRUE);
}

/* What the macro ExReleasePushLockShared calls. */
DDI VOID
ExReleasePushLockSharedEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    ExpReleasePush(Lock, FALSE);
}

/* Exported, without a page of its own: whichever way it is held. */
DDI VOID
ExReleasePushLockEx(PEX_PUSH_LOCK Lock, ULONG Flags)
{
    ExpCheckPushFlags(Lock, Flags);
    ExpReleasePush(Lock, ExpPushHolders(Lock) == 0);
}

/* The routines that older drivers import; no page has them. */
DDI VOID
ExfAcquirePushLockExclusive(PEX_PUSH_LOCK Lock)
{
    ExpAcquirePush(Lock, TRUE);
}

DDI VOID
ExfAcquirePushLockShared(PEX_PUSH_LOCK Lock)
{
    ExpAcquirePush(Lock, FALSE);
}

DDI BOOLEAN
ExfTryAcquirePushLockShared(PEX_PUSH_LOCK Lock)
{
    return ExpTryPush(Lock, FALSE);
}

DDI VOID
ExfReleasePushLock(PEX_PUSH_LOCK Lock)
{
    ExpReleasePush(Lock, ExpPushHolders(Lock) == 0);
}

DDI VOID
ExfReleasePushLockExclusive(PEX_PUSH_LOCK Lock)
{
    ExpReleasePush(Lock, TRUE);
}

DDI VOID
ExfReleasePushLockShared(PEX_PUSH_LOCK Lock)
{
    ExpReleasePush(Lock, FALSE);
}

/* A lock that is released is handed over at once, so nobody is left to be woken. */
DDI VOID
ExfTryToWakePushLock(PEX_PUSH_LOCK Lock)
{
    (void)Lock;
}
