/* SPDX-License-Identifier: MIT */
/*
 * Reader/writer spin locks (EX_SPIN_LOCK): a count of readers, or the bit of a writer. Like ke's
 * spin locks they can only be waited for by letting other virtual processors run; a lock that none
 * of them can release is reported. DISPATCH_LEVEL while held.
 */
#include "exp.h"

#define EXP_WRITER       0x80000000u
#define EXP_WRITER_WAITS 0x40000000u /* new readers stay out */
#define EXP_READERS      0x3fffffffu
#define EXP_SPIN_LIMIT   200000u

static ULONG
ExpLockValue(PEX_SPIN_LOCK SpinLock)
{
    return *(volatile ULONG *)SpinLock;
}

/* One turn for the others. */
static void
ExpSpin(PEX_SPIN_LOCK SpinLock, PULONG Turns)
{
    KiYieldProcessor();
    if (++*Turns == EXP_SPIN_LIMIT)
    {
        KiBugCheckWithRule(SPIN_LOCK_ALREADY_OWNED, (ULONG64)SpinLock, ExpLockValue(SpinLock),
                           (ULONG64)KiCallerAddress(), 0,
                           "a reader/writer spin lock is never released: its holder cannot run, "
                           "or acquires it again",
                           "NF:wdm.ExAcquireSpinLockShared", NULL, NULL);
    }
}

static void
ExpLockShared(PEX_SPIN_LOCK SpinLock)
{
    ULONG turns = 0;
    while (ExpLockValue(SpinLock) & (EXP_WRITER | EXP_WRITER_WAITS))
    {
        ExpSpin(SpinLock, &turns);
    }
    *SpinLock = *SpinLock + 1;
    KiNoteSpinLock(KiCurrentThread(), (PVOID)SpinLock);
}

static void
ExpLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    ULONG turns = 0;
    while ((ExpLockValue(SpinLock) & ~EXP_WRITER_WAITS) != 0)
    {
        *(PULONG)SpinLock |= EXP_WRITER_WAITS;
        ExpSpin(SpinLock, &turns);
    }
    *(PULONG)SpinLock = EXP_WRITER;
    KiNoteSpinLock(KiCurrentThread(), (PVOID)SpinLock);
}

__attribute__((noreturn, cold)) static void
ExpLockNotOwned(PEX_SPIN_LOCK SpinLock, const char *Rule)
{
    KiBugCheckWithRule(SPIN_LOCK_NOT_OWNED, (ULONG64)SpinLock, ExpLockValue(SpinLock),
                       (ULONG64)KiCallerAddress(), 0, Rule, "NF:wdm.ExReleaseSpinLockShared", NULL,
                       NULL);
}

static void
ExpUnlockShared(PEX_SPIN_LOCK SpinLock)
{
    const ULONG value = ExpLockValue(SpinLock);
    if ((value & EXP_WRITER) || (value & EXP_READERS) == 0)
    {
        ExpLockNotOwned(SpinLock, "a spin lock is released as it was acquired: nobody holds this "
                                  "one shared");
    }
    KiNoteSpinUnlock(KiCurrentThread(), (PVOID)SpinLock);
    *(PULONG)SpinLock = value - 1;
}

static void
ExpUnlockExclusive(PEX_SPIN_LOCK SpinLock)
{
    if (!(ExpLockValue(SpinLock) & EXP_WRITER))
    {
        ExpLockNotOwned(SpinLock, "a spin lock is released as it was acquired: nobody holds this "
                                  "one exclusively");
    }
    KiNoteSpinUnlock(KiCurrentThread(), (PVOID)SpinLock);
    *(PULONG)SpinLock = 0;
}

/* Contract: NF:wdm.ExAcquireSpinLockShared. */
DDI KIRQL
ExAcquireSpinLockShared(PEX_SPIN_LOCK SpinLock)
{
    const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
    ExpLockShared(SpinLock);
    return old;
}

/* Contract: NF:wdm.ExAcquireSpinLockSharedAtDpcLevel. */
DDI VOID
ExAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    ExpLockShared(SpinLock);
}

/* Contract: NF:wdm.ExAcquireSpinLockExclusive. */
DDI KIRQL
ExAcquireSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    const KIRQL old = KfRaiseIrql(DISPATCH_LEVEL);
    ExpLockExclusive(SpinLock);
    return old;
}

/* Contract: NF:wdm.ExAcquireSpinLockExclusiveAtDpcLevel. */
DDI VOID
ExAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    ExpLockExclusive(SpinLock);
}

/* Contract: NF:wdm.ExReleaseSpinLockShared. */
DDI VOID
ExReleaseSpinLockShared(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    ExpUnlockShared(SpinLock);
    KeLowerIrql(OldIrql);
}

/* Contract: NF:wdm.ExReleaseSpinLockSharedFromDpcLevel. */
DDI VOID
ExReleaseSpinLockSharedFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    ExpUnlockShared(SpinLock);
}

/* Contract: NF:wdm.ExReleaseSpinLockExclusive. */
DDI VOID
ExReleaseSpinLockExclusive(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql)
{
    ExpUnlockExclusive(SpinLock);
    KeLowerIrql(OldIrql);
}

/* Contract: NF:wdm.ExReleaseSpinLockExclusiveFromDpcLevel. */
DDI VOID
ExReleaseSpinLockExclusiveFromDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    ExpUnlockExclusive(SpinLock);
}

/* Contract: NF:wdm.ExTryConvertSharedSpinLockExclusive: the only reader becomes the writer. */
DDI LOGICAL
ExTryConvertSharedSpinLockExclusive(PEX_SPIN_LOCK SpinLock)
{
    const ULONG value = ExpLockValue(SpinLock);
    if ((value & EXP_WRITER) || (value & EXP_READERS) == 0)
    {
        ExpLockNotOwned(SpinLock, "only a spin lock that is held shared can be converted");
    }
    if ((value & EXP_READERS) != 1)
    {
        return FALSE;
    }
    *(PULONG)SpinLock = EXP_WRITER;
    return TRUE;
}

/* Exported, without a page of its own. */
DDI LOGICAL
ExTryAcquireSpinLockSharedAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if (ExpLockValue(SpinLock) & (EXP_WRITER | EXP_WRITER_WAITS))
    {
        return FALSE;
    }
    *SpinLock = *SpinLock + 1;
    KiNoteSpinLock(KiCurrentThread(), (PVOID)SpinLock);
    return TRUE;
}

/* Exported, without a page of its own. */
DDI LOGICAL
ExTryAcquireSpinLockExclusiveAtDpcLevel(PEX_SPIN_LOCK SpinLock)
{
    if ((ExpLockValue(SpinLock) & ~EXP_WRITER_WAITS) != 0)
    {
        return FALSE;
    }
    *(PULONG)SpinLock = EXP_WRITER;
    KiNoteSpinLock(KiCurrentThread(), (PVOID)SpinLock);
    return TRUE;
}
