/* SPDX-License-Identifier: MIT */
/*
 * Run-down protection. Count holds twice the number of references; bit 0 says that the object is
 * being run down, and then the rest points at the waiter. IRQL <= DISPATCH_LEVEL, waiting <=
 * APC_LEVEL.
 */
#include "exp.h"

#define EXP_ACTIVE 1ull

typedef struct _EXP_RUNDOWN_WAIT
{
    ULONG64 References;
    KEVENT Event;
} EXP_RUNDOWN_WAIT, *PEXP_RUNDOWN_WAIT;

/* One reference count is enough for a machine that runs on one host thread. */
struct _EX_RUNDOWN_REF_CACHE_AWARE
{
    EX_RUNDOWN_REF Reference;
    BOOLEAN Allocated;
};

static PEXP_RUNDOWN_WAIT
ExpWaiter(PEX_RUNDOWN_REF RunRef)
{
    return (PEXP_RUNDOWN_WAIT)(RunRef->Count & ~EXP_ACTIVE);
}

/* Contract: NF:wdm.ExInitializeRundownProtection. */
DDI VOID
ExInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = 0;
}

/* Contract: NF:wdm.ExReInitializeRundownProtection. */
DDI VOID
ExReInitializeRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = 0;
}

/* Contract: NF:wdm.ExAcquireRundownProtectionEx. */
DDI BOOLEAN
ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (RunRef->Count & EXP_ACTIVE)
    {
        return FALSE;
    }
    RunRef->Count += 2ull * Count;
    return TRUE;
}

/* Contract: NF:wdm.ExAcquireRundownProtection. */
DDI BOOLEAN
ExAcquireRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    return ExAcquireRundownProtectionEx(RunRef, 1);
}

/* Contract: NF:wdm.ExReleaseRundownProtectionEx. */
DDI VOID
ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF RunRef, ULONG Count)
{
    if (!(RunRef->Count & EXP_ACTIVE))
    {
        if (RunRef->Count < 2ull * Count)
        {
            KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG64)RunRef, 0, 0,
                               "run-down protection is released as often as it was acquired",
                               "NF:wdm.ExReleaseRundownProtection", NULL, NULL);
        }
        RunRef->Count -= 2ull * Count;
        return;
    }
    PEXP_RUNDOWN_WAIT wait = ExpWaiter(RunRef);
    if (wait == NULL || wait->References < Count)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1007, (ULONG64)RunRef, 0, 0,
                           "run-down protection is released as often as it was acquired, and "
                           "before the run-down completes",
                           "NF:wdm.ExReleaseRundownProtection", NULL, NULL);
    }
    wait->References -= Count;
    if (wait->References == 0)
    {
        KeSetEvent(&wait->Event, 0, FALSE);
    }
}

/* Contract: NF:wdm.ExReleaseRundownProtection. */
DDI VOID
ExReleaseRundownProtection(PEX_RUNDOWN_REF RunRef)
{
    ExReleaseRundownProtectionEx(RunRef, 1);
}

/* Contract: NF:wdm.ExWaitForRundownProtectionRelease. */
DDI VOID
ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF RunRef)
{
    EXP_RUNDOWN_WAIT wait;
    if (RunRef->Count & EXP_ACTIVE)
    {
        return;
    }
    wait.References = RunRef->Count / 2;
    if (wait.References != 0)
    {
        KeInitializeEvent(&wait.Event, SynchronizationEvent, FALSE);
        RunRef->Count = (ULONG_PTR)&wait | EXP_ACTIVE;
        KeWaitForSingleObject(&wait.Event, WrRundown, KernelMode, FALSE, NULL);
    }
    RunRef->Count = EXP_ACTIVE;
}

/* Contract: NF:wdm.ExRundownCompleted. */
DDI VOID
ExRundownCompleted(PEX_RUNDOWN_REF RunRef)
{
    RunRef->Count = EXP_ACTIVE;
}

/* ---- cache-aware form --------------------------------------------------------------------- */

/* Contract: NF:wdm.ExSizeOfRundownProtectionCacheAware. */
DDI SIZE_T
ExSizeOfRundownProtectionCacheAware(VOID)
{
    return sizeof(struct _EX_RUNDOWN_REF_CACHE_AWARE);
}

/* Contract: NF:wdm.ExInitializeRundownProtectionCacheAware. */
DDI VOID
ExInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                        SIZE_T RunRefSize)
{
    NT_ASSERT(RunRefSize >= sizeof(*RunRefCacheAware));
    RunRefCacheAware->Reference.Count = 0;
    RunRefCacheAware->Allocated = FALSE;
}

/* Contract: NF:wdm.ExInitializeRundownProtectionCacheAwareEx: no flag is public. */
DDI VOID
ExInitializeRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Flags)
{
    if (Flags != 0)
    {
        KiBugCheckWithRule(INVALID_RUNDOWN_PROTECTION_FLAGS, Flags, (ULONG64)RunRefCacheAware, 0, 0,
                           "run-down protection takes no flags",
                           "bug-check-0x16c--invalid-rundown-protection-flags", NULL, NULL);
    }
    RunRefCacheAware->Reference.Count = 0;
    RunRefCacheAware->Allocated = FALSE;
}

/* Contract: NF:wdm.ExAllocateCacheAwareRundownProtection. */
DDI PEX_RUNDOWN_REF_CACHE_AWARE
ExAllocateCacheAwareRundownProtection(POOL_TYPE PoolType, ULONG PoolTag)
{
    PEX_RUNDOWN_REF_CACHE_AWARE reference =
        MmAllocateDriverPool(PoolType, sizeof(*reference), PoolTag);
    if (reference != NULL)
    {
        reference->Allocated = TRUE;
    }
    return reference;
}

/* Contract: NF:wdm.ExFreeCacheAwareRundownProtection. */
DDI VOID
ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    MmFreePool(RunRefCacheAware, 0);
}

/* Contract: NF:wdm.ExAcquireRundownProtectionCacheAware. */
DDI BOOLEAN
ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    return ExAcquireRundownProtectionEx(&RunRefCacheAware->Reference, 1);
}

/* Contract: NF:wdm.ExAcquireRundownProtectionCacheAwareEx. */
DDI BOOLEAN
ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count)
{
    return ExAcquireRundownProtectionEx(&RunRefCacheAware->Reference, Count);
}

/* Contract: NF:wdm.ExReleaseRundownProtectionCacheAware. */
DDI VOID
ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    ExReleaseRundownProtectionEx(&RunRefCacheAware->Reference, 1);
}

/* Contract: NF:wdm.ExReleaseRundownProtectionCacheAwareEx. */
DDI VOID
ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware, ULONG Count)
{
    ExReleaseRundownProtectionEx(&RunRefCacheAware->Reference, Count);
}

/* Contract: NF:wdm.ExWaitForRundownProtectionReleaseCacheAware. */
DDI VOID
ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRef)
{
    ExWaitForRundownProtectionRelease(&RunRef->Reference);
}

/* Contract: NF:wdm.ExReInitializeRundownProtectionCacheAware. */
DDI VOID
ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    RunRefCacheAware->Reference.Count = 0;
}

/* Contract: NF:wdm.ExRundownCompletedCacheAware. */
DDI VOID
ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware)
{
    RunRefCacheAware->Reference.Count = EXP_ACTIVE;
}
