// SPDX-License-Identifier: MIT
// Interrupt objects: the chain of them for each vector, in the order of connection, the call of the
// ISRs, and how drivers synchronize with them. ISRs run with their interrupt spin lock held at
// SynchronizeIrql. No lock: one host thread.
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
    Interrupt->Active = TRUE;
    Interrupt->Quieted = FALSE;
    Interrupt->Reported = FALSE;
    Interrupt->Masked = FALSE;
    Interrupt->Affinity = 0;
    Interrupt->PassiveLock = NULL;
    Interrupt->Defer = NULL;
    Interrupt->Creator = NULL;
}

// ---- chains ------------------------------------------------------------------------------------

// Deliveries of a level-triggered interrupt without its line ever falling: more than any device has
// work for, and each of them at least one call of an ISR.
#define STORM_LIMIT 5000u

typedef struct _KI_VECTOR
{
    LIST_ENTRY Chain; // KINTERRUPT.InterruptListEntry, in the order of connection
    ULONG Running;    // processors that walk the chain
    ULONG Repeats;    // deliveries since the line fell last
} KI_VECTOR;

static KI_VECTOR vectors[256];

// The links stay as they are while processors walk them.
static void
WaitForChain(const KI_VECTOR *Vector)
{
    while (Vector->Running != 0)
        KiYieldProcessor();
}

static void
ProgramVector(ULONG Number)
{
    KI_VECTOR *vector = &vectors[Number];
    KAFFINITY affinity = ~(KAFFINITY)0;
    KINTERRUPT_MODE mode = LevelSensitive;
    BOOLEAN enabled = FALSE;

    for (PLIST_ENTRY entry = vector->Chain.Flink; entry != &vector->Chain; entry = entry->Flink)
    {
        const KINTERRUPT *interrupt = CONTAINING_RECORD(entry, KINTERRUPT, InterruptListEntry);
        affinity &= interrupt->Affinity;
        mode = interrupt->Mode;
        enabled |= interrupt->Active && !interrupt->Masked;
    }
    KiPlatform.ProgramVector(Number, enabled, mode, enabled ? affinity : 0);
}

static BOOLEAN
CanShare(const KI_VECTOR *Vector, const KINTERRUPT *Interrupt)
{
    for (PLIST_ENTRY entry = Vector->Chain.Flink; entry != &Vector->Chain; entry = entry->Flink)
    {
        const KINTERRUPT *other = CONTAINING_RECORD(entry, KINTERRUPT, InterruptListEntry);
        if (!other->ShareVector || !Interrupt->ShareVector || other->Mode != Interrupt->Mode ||
            (other->Affinity & Interrupt->Affinity) == 0 || other->Defer != NULL ||
            Interrupt->Defer != NULL)
            return FALSE;
    }
    return TRUE;
}

NTSTATUS
KiConnectInterrupt(PKINTERRUPT Interrupt)
{
    KI_VECTOR *vector = &vectors[Interrupt->Vector];

    if (vector->Chain.Flink == NULL)
        InitializeListHead(&vector->Chain);
    if (!CanShare(vector, Interrupt))
        return STATUS_INVALID_PARAMETER;
    InsertTailList(&vector->Chain, &Interrupt->InterruptListEntry);
    Interrupt->Connected = TRUE;
    vector->Repeats = 0;
    ProgramVector(Interrupt->Vector);
    KiExitDispatcher();
    return STATUS_SUCCESS;
}

static void
ReportIsr(PKINTERRUPT Interrupt, const char *Rule, const char *Page)
{
    if (Interrupt->Reported || KeVerifierHooks.Violation == NULL)
        return;
    Interrupt->Reported = TRUE;
    KiBlame((const void *)Interrupt->ServiceRoutine);
    KeVerifierHooks.Violation(0, Rule, Page);
}

void
KiDisconnectInterrupt(PKINTERRUPT Interrupt)
{
    KI_VECTOR *vector = &vectors[Interrupt->Vector];

    Interrupt->Active = FALSE;
    WaitForChain(vector);
    RemoveEntryList(&Interrupt->InterruptListEntry);
    Interrupt->Connected = FALSE;
    Interrupt->Reported = FALSE;
    if (IsListEmpty(&vector->Chain) && KiPlatform.IsAsserted(Interrupt->Vector))
        ReportIsr(Interrupt,
                  "the last ISR of an interrupt line was disconnected while a device asserts it",
                  "NF:wdm.IoDisconnectInterrupt");
    ProgramVector(Interrupt->Vector);
}

void
KiSetInterruptActive(PKINTERRUPT Interrupt, BOOLEAN Active)
{
    Interrupt->Active = Active;
    ProgramVector(Interrupt->Vector);
    KiExitDispatcher();
}

void
KiMaskInterrupt(PKINTERRUPT Interrupt, BOOLEAN Masked)
{
    Interrupt->Masked = Masked;
    ProgramVector(Interrupt->Vector);
    KiExitDispatcher();
}

BOOLEAN
KiIsConnectedInterrupt(const KINTERRUPT *Interrupt)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(vectors); i++)
    {
        const LIST_ENTRY *chain = &vectors[i].Chain;
        for (PLIST_ENTRY entry = chain->Flink; entry != NULL && entry != chain;
             entry = entry->Flink)
        {
            if (CONTAINING_RECORD(entry, KINTERRUPT, InterruptListEntry) == Interrupt)
                return TRUE;
        }
    }
    return FALSE;
}

void
KiForEachInterrupt(void (*Callback)(PKINTERRUPT Interrupt, void *Context), void *Context)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(vectors); i++)
    {
        PLIST_ENTRY chain = &vectors[i].Chain;
        for (PLIST_ENTRY entry = chain->Flink; entry != NULL && entry != chain;
             entry = entry->Flink)
            Callback(CONTAINING_RECORD(entry, KINTERRUPT, InterruptListEntry), Context);
    }
}

void
KiLineFell(ULONG Vector)
{
    PKINTERRUPT interrupt = KiCurrentProcessor()->CurrentInterrupt;

    vectors[Vector].Repeats = 0;
    if (interrupt != NULL && interrupt->Vector == Vector)
        interrupt->Quieted = TRUE;
}

// ---- calling ISRs ------------------------------------------------------------------------------

static void
CheckAfterIsr(PKINTERRUPT Interrupt, BOOLEAN Claimed)
{
    if (KiCurrentIrql() != Interrupt->SynchronizeIrql)
    {
        KiBlame((const void *)Interrupt->ServiceRoutine);
        KiBugCheckWithRule(IRQL_UNEXPECTED_VALUE, KiCurrentIrql(), Interrupt->SynchronizeIrql,
                           (ULONG64)Interrupt->ServiceRoutine, 0,
                           "an ISR returned at another IRQL than it was called at",
                           "NC:wdm.KSERVICE_ROUTINE", NULL, NULL);
    }
    if (!Claimed && Interrupt->Quieted)
        ReportIsr(Interrupt,
                  "an ISR made its device release the interrupt line, and returned FALSE as if the "
                  "interrupt were not its device's",
                  "NC:wdm.KSERVICE_ROUTINE");
}

static BOOLEAN
CallIsr(PKINTERRUPT Interrupt)
{
    PKI_PROCESSOR processor = KiCurrentProcessor();
    PKINTERRUPT interrupted = processor->CurrentInterrupt;
    KIRQL irql = processor->Irql;
    PKI_GATE_RECORD mark;
    BOOLEAN claimed;
    LONG spinLocks;

    if (Interrupt->Defer != NULL)
    {
        Interrupt->Defer(Interrupt);
        return TRUE;
    }
    KiRaise(Interrupt->SynchronizeIrql);
    KeAcquireSpinLockAtDpcLevel(Interrupt->ActualLock);
    spinLocks = KiCurrentThread()->SpinLocks;
    processor->CurrentInterrupt = Interrupt;
    Interrupt->Quieted = FALSE;
    mark = KiMarkCall();
    claimed = Interrupt->ServiceRoutine(Interrupt, Interrupt->ServiceContext);
    KiEndCall(mark);
    if (KI_TRACING())
        KiTrace("KiServiceVector", "kernel/ke/interrupt.c", "cpu %u: vector %02x ISR %p %s",
                processor->Number, Interrupt->Vector, Interrupt->ServiceRoutine,
                claimed ? "claims it" : "does not claim it");
    KiCheckSpinLocks(spinLocks, (const void *)Interrupt->ServiceRoutine, "an ISR", NULL);
    CheckAfterIsr(Interrupt, claimed);
    processor->CurrentInterrupt = interrupted;
    KeReleaseSpinLockFromDpcLevel(Interrupt->ActualLock);
    processor->Irql = irql;
    return claimed;
}

// The line has not fallen for STORM_LIMIT deliveries. Claimer is the ISR that said last that it had
// dealt with it, or NULL. Contract: debugger/bug-check-0xf2--hardware-interrupt-storm.md
__attribute__((noreturn)) static void
ReportStorm(const KI_VECTOR *Vector, const KINTERRUPT *Claimer)
{
    const KINTERRUPT *first =
        CONTAINING_RECORD(Vector->Chain.Flink, KINTERRUPT, InterruptListEntry);
    BOOLEAN isChained = Vector->Chain.Flink != Vector->Chain.Blink;

    KiBlame((const void *)(Claimer != NULL ? Claimer : first)->ServiceRoutine);
    KiBugCheckWithRule(HARDWARE_INTERRUPT_STORM, (ULONG64)first->ServiceRoutine,
                       (ULONG64)first->ServiceContext, (ULONG64)first, isChained ? 2 : 1,
                       Claimer != NULL
                           ? "an ISR claims each interrupt of a level-triggered line, which stays "
                             "asserted: the interrupt is another device's, or the ISR does not "
                             "make its own release the line"
                           : "a level-triggered interrupt line stays asserted and no ISR on it "
                             "claims the interrupt",
                       "debugger/bug-check-0xf2--hardware-interrupt-storm.md", NULL, NULL);
}

// One way through the chain. A level-triggered interrupt that is another device's as well comes
// again by itself, so the first ISR that claims it ends the walk.
static PKINTERRUPT
WalkChain(const KI_VECTOR *Vector)
{
    PKINTERRUPT claimer = NULL;

    for (PLIST_ENTRY entry = Vector->Chain.Flink; entry != &Vector->Chain; entry = entry->Flink)
    {
        PKINTERRUPT interrupt = CONTAINING_RECORD(entry, KINTERRUPT, InterruptListEntry);
        if (!interrupt->Active || !CallIsr(interrupt))
            continue;
        claimer = interrupt;
        if (interrupt->Mode == LevelSensitive)
            break;
    }
    return claimer;
}

void
KiServiceVector(ULONG Vector)
{
    KI_VECTOR *vector = &vectors[Vector];
    PKI_PROCESSOR processor = KiCurrentProcessor();
    KIRQL irql = processor->Irql;
    BOOLEAN isChained = vector->Chain.Flink != vector->Chain.Blink;
    BOOLEAN isLatched =
        CONTAINING_RECORD(vector->Chain.Flink, KINTERRUPT, InterruptListEntry)->Mode == Latched;
    ULONG passes = 0;
    PKINTERRUPT claimer;
    KI_BARRIER barrier;

    vector->Running++;
    KiRaise((KIRQL)(Vector >> 4));
    KiEnterBarrier(&barrier);
    // Of two edges that coincide the second is not seen: a shared latched line is quiet only when
    // nobody had anything to do.
    do
        claimer = WalkChain(vector);
    while (isLatched && isChained && claimer != NULL && ++passes < STORM_LIMIT);
    if (!isLatched && KiPlatform.IsAsserted(Vector))
        vector->Repeats++;
    if (vector->Repeats >= STORM_LIMIT || passes == STORM_LIMIT)
        ReportStorm(vector, claimer);
    KiLeaveBarrier(&barrier);
    processor->Irql = irql;
    vector->Running--;
}

// ---- synchronization ---------------------------------------------------------------------------

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

    if (Interrupt->PassiveLock != NULL)
    {
        (void)KeWaitForSingleObject(Interrupt->PassiveLock, Executive, KernelMode, FALSE, NULL);
        return irql;
    }
    KiRaise(Interrupt->SynchronizeIrql);
    KeAcquireSpinLockAtDpcLevel(Interrupt->ActualLock);
    return irql;
}

static void
RequireSpinLock(PKINTERRUPT Interrupt)
{
    if (Interrupt->PassiveLock != NULL)
        KiBugCheckWithRule(IRQL_NOT_LESS_OR_EQUAL, (ULONG64)Interrupt, KiCurrentIrql(), 0,
                           (ULONG64)KiCallerAddress(),
                           "the spin lock of an interrupt whose ISR runs at PASSIVE_LEVEL: it has "
                           "none",
                           "kernel/using-passive-level-interrupt-handling-routines.md", NULL, NULL);
}

// Contract: NF:wdm.KeAcquireInterruptSpinLock.
DDI KIRQL
KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
    CheckInterrupt(Interrupt, "NF:wdm.KeAcquireInterruptSpinLock");
    RequireSpinLock(Interrupt);
    return Acquire(Interrupt);
}

// Contract: NF:wdm.KeReleaseInterruptSpinLock.
DDI VOID
KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
    RequireSpinLock(Interrupt);
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
    if (Interrupt->PassiveLock != NULL)
        (void)KeSetEvent(Interrupt->PassiveLock, IO_NO_INCREMENT, FALSE);
    else
        KeReleaseSpinLock(Interrupt->ActualLock, irql);
    return result;
}
