// SPDX-License-Identifier: MIT
// Interrupt objects as far as drivers synchronize with them: the lock that their ISR holds, and the
// IRQL at which it runs.
#include "ke/kep.h"

#include "ke/exports.h"
#include "ke/interrupt.h"

// Exported without a reference page; drivers that make their own interrupt objects declare it.
DDI VOID
KeInitializeInterrupt(PKINTERRUPT Interrupt,
                      PKSERVICE_ROUTINE ServiceRoutine,
                      PVOID ServiceContext,
                      PKSPIN_LOCK SpinLock,
                      ULONG Vector,
                      KIRQL Irql,
                      KIRQL SynchronizeIrql,
                      KINTERRUPT_MODE InterruptMode,
                      BOOLEAN ShareVector,
                      CCHAR ProcessorNumber,
                      BOOLEAN FloatingSave)
{
    UNREFERENCED_PARAMETER(FloatingSave);
    Interrupt->Type = InterruptObject;
    Interrupt->Size = sizeof(*Interrupt);
    Interrupt->ServiceRoutine = ServiceRoutine;
    Interrupt->ServiceContext = ServiceContext;
    Interrupt->SpinLock = 0;
    Interrupt->ActualLock = SpinLock != NULL ? SpinLock : &Interrupt->SpinLock;
    Interrupt->Vector = Vector;
    Interrupt->Irql = Irql;
    Interrupt->SynchronizeIrql = SynchronizeIrql;
    Interrupt->Mode = (UCHAR)InterruptMode;
    Interrupt->ShareVector = ShareVector;
    Interrupt->Number = (UCHAR)ProcessorNumber;
    Interrupt->Connected = FALSE;
}

static void
CheckInterrupt(PKINTERRUPT Interrupt, const char *Page)
{
    if (Interrupt->Type != InterruptObject)
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, (ULONG64)Interrupt, KiCurrentIrql(), 0,
                           (ULONG64)KiCallerAddress(), "not an interrupt object", Page, NULL, NULL);
    if (KiCurrentIrql() > Interrupt->SynchronizeIrql)
        KiBugCheckWithRule(IRQL_NOT_GREATER_OR_EQUAL, KiCurrentIrql(), Interrupt->SynchronizeIrql,
                           0, (ULONG64)KiCallerAddress(),
                           "synchronizing with an interrupt above its SynchronizeIrql", Page, NULL,
                           NULL);
}

static KIRQL
Acquire(PKINTERRUPT Interrupt)
{
    KIRQL irql = KiCurrentIrql();

    KiRaise(Interrupt->SynchronizeIrql);
    KeAcquireSpinLockAtDpcLevel(Interrupt->ActualLock);
    return irql;
}

// Contract: NF:wdm.KeAcquireInterruptSpinLock.
DDI KIRQL
KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
    CheckInterrupt(Interrupt, "NF:wdm.KeAcquireInterruptSpinLock");
    return Acquire(Interrupt);
}

// Contract: NF:wdm.KeReleaseInterruptSpinLock.
DDI VOID
KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
    KeReleaseSpinLock(Interrupt->ActualLock, OldIrql);
}

// Contract: NF:wdm.KeSynchronizeExecution. Returns what the routine returns.
DDI BOOLEAN
KeSynchronizeExecution(PKINTERRUPT Interrupt,
                       PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                       PVOID SynchronizeContext)
{
    BOOLEAN result;
    KIRQL irql;

    CheckInterrupt(Interrupt, "NF:wdm.KeSynchronizeExecution");
    irql = Acquire(Interrupt);
    result = SynchronizeRoutine(SynchronizeContext);
    if (KiCurrentIrql() != Interrupt->SynchronizeIrql)
        KiBugCheckWithRule(IRQL_UNEXPECTED_VALUE, KiCurrentIrql(), Interrupt->SynchronizeIrql,
                           (ULONG64)SynchronizeRoutine, 0,
                           "a SynchCritSection routine returned at another IRQL than it was called "
                           "at",
                           "NC:wdm.KSYNCHRONIZE_ROUTINE", NULL, NULL);
    KeReleaseSpinLock(Interrupt->ActualLock, irql);
    return result;
}
