/* SPDX-License-Identifier: MIT */
/*
 * Fast mutexes and guarded mutexes: one structure, one algorithm, two ways to keep APCs away. Count
 * is 1 when free, and goes down by one for the owner and for each waiter. IRQL <= APC_LEVEL.
 */
#include "exp.h"

__attribute__((noreturn, cold)) static void
ExpMutexViolation(ULONG64 SubCode, PFAST_MUTEX Mutex, const char *Rule)
{
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, SubCode, (ULONG64)Mutex,
                       SubCode == 0x1004 ? (ULONG64)Mutex->Owner : 0,
                       SubCode == 0x1004 ? (ULONG64)KiCurrentThread() : 0, Rule,
                       "NF:wdm.ExAcquireFastMutex", NULL, NULL);
}

static void
ExpAcquire(PFAST_MUTEX Mutex)
{
    if (Mutex->Owner == KiCurrentThread())
    {
        ExpMutexViolation(0x1000, Mutex, "a fast or guarded mutex cannot be acquired recursively");
    }
    if (--Mutex->Count != 0)
    {
        Mutex->Contention++;
        KeWaitForSingleObject(&Mutex->Event, WrFastMutex, KernelMode, FALSE, NULL);
    }
    Mutex->Owner = KiCurrentThread();
}

static BOOLEAN
ExpTryAcquire(PFAST_MUTEX Mutex)
{
    if (Mutex->Count != 1)
    {
        return FALSE;
    }
    Mutex->Count = 0;
    Mutex->Owner = KiCurrentThread();
    return TRUE;
}

static void
ExpRelease(PFAST_MUTEX Mutex)
{
    if (Mutex->Count >= 1)
    {
        ExpMutexViolation(0x1007, Mutex, "only a mutex that is held can be released");
    }
    if (Mutex->Owner != KiCurrentThread())
    {
        ExpMutexViolation(0x1004, Mutex, "a mutex is released by the thread that acquired it");
    }
    Mutex->Owner = NULL;
    if (++Mutex->Count <= 0)
    {
        KeSetEvent(&Mutex->Event, 0, FALSE);
    }
}

/* ---- fast mutexes ------------------------------------------------------------------------- */

/* Contract: NF:wdm.ExAcquireFastMutex. */
DDI VOID
ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    const KIRQL irql = KfRaiseIrql(APC_LEVEL);
    ExpAcquire(FastMutex);
    FastMutex->OldIrql = irql;
}

/* Contract: NF:wdm.ExTryToAcquireFastMutex. */
DDI BOOLEAN
ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    const KIRQL irql = KfRaiseIrql(APC_LEVEL);
    if (ExpTryAcquire(FastMutex))
    {
        FastMutex->OldIrql = irql;
        return TRUE;
    }
    KeLowerIrql(irql);
    return FALSE;
}

/* Contract: NF:wdm.ExReleaseFastMutex. */
DDI VOID
ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    const KIRQL irql = (KIRQL)FastMutex->OldIrql;
    ExpRelease(FastMutex);
    KeLowerIrql(irql);
}

/* The unsafe routines leave keeping APCs away to the caller: APC_LEVEL or a critical region. */
static void
ExpCheckUnsafe(PFAST_MUTEX Mutex, ULONG64 SubCode)
{
    const PKTHREAD thread = KiCurrentThread();
    if (KiCurrentIrql() < APC_LEVEL && thread->KernelApcDisable == 0 &&
        thread->SpecialApcDisable == 0)
    {
        KiBugCheckWithRule(
            DRIVER_VERIFIER_DETECTED_VIOLATION, SubCode, KiCurrentIrql(),
            (ULONG64)(LONG64)thread->KernelApcDisable, (ULONG64)Mutex,
            "an unsafe fast mutex routine is called at APC_LEVEL or in a critical region",
            "NF:wdm.ExAcquireFastMutexUnsafe", NULL, NULL);
    }
}

/* Contract: NF:wdm.ExAcquireFastMutexUnsafe. */
DDI VOID
ExAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    ExpCheckUnsafe(FastMutex, 0x39);
    ExpAcquire(FastMutex);
}

/* Contract: NF:wdm.ExReleaseFastMutexUnsafe. */
DDI VOID
ExReleaseFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    ExpCheckUnsafe(FastMutex, 0x3A);
    ExpRelease(FastMutex);
}

/* Exported, without a page of its own. */
DDI VOID
ExEnterCriticalRegionAndAcquireFastMutexUnsafe(PFAST_MUTEX FastMutex)
{
    KeEnterCriticalRegion();
    ExpAcquire(FastMutex);
}

/* Exported, without a page of its own. */
DDI VOID
ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(PFAST_MUTEX FastMutex)
{
    ExpRelease(FastMutex);
    KeLeaveCriticalRegion();
}

/* ---- guarded mutexes ---------------------------------------------------------------------- */

/* Contract: NF:wdm.KeInitializeGuardedMutex. */
DDI VOID
KeInitializeGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    GuardedMutex->Count = 1;
    GuardedMutex->Owner = NULL;
    GuardedMutex->Contention = 0;
    KeInitializeEvent(&GuardedMutex->Event, SynchronizationEvent, FALSE);
}

/* Contract: NF:wdm.KeAcquireGuardedMutex. */
DDI VOID
KeAcquireGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    KeEnterGuardedRegion();
    ExpAcquire(GuardedMutex);
}

/* Contract: NF:wdm.KeTryToAcquireGuardedMutex. */
DDI BOOLEAN
KeTryToAcquireGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    KeEnterGuardedRegion();
    if (ExpTryAcquire(GuardedMutex))
    {
        return TRUE;
    }
    KeLeaveGuardedRegion();
    return FALSE;
}

/* Contract: NF:wdm.KeReleaseGuardedMutex. */
DDI VOID
KeReleaseGuardedMutex(PKGUARDED_MUTEX GuardedMutex)
{
    ExpRelease(GuardedMutex);
    KeLeaveGuardedRegion();
}

/* Contract: NF:wdm.KeAcquireGuardedMutexUnsafe. */
DDI VOID
KeAcquireGuardedMutexUnsafe(PKGUARDED_MUTEX GuardedMutex)
{
    ExpAcquire(GuardedMutex);
}

/* Contract: NF:wdm.KeReleaseGuardedMutexUnsafe. */
DDI VOID
KeReleaseGuardedMutexUnsafe(PKGUARDED_MUTEX GuardedMutex)
{
    ExpRelease(GuardedMutex);
}
