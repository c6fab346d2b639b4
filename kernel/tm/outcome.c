/* SPDX-License-Identifier: MIT */
/*
 * How a transaction ends: the phases of a commit (pre-prepare, prepare, commit; or all in one),
 * rollback, and what is left when somebody goes away in between
 * (kernel/handling-commit-operations.md, kernel/handling-rollback-operations.md,
 * kernel/creating-a-superior-transaction-manager.md). Nothing here switches threads.
 */
#include "tmp.h"

#define TMP_EACH(Enlistment, Transaction)                                                       \
    for (PKENLISTMENT Enlistment =                                                              \
             CONTAINING_RECORD((Transaction)->Enlistments.Flink, KENLISTMENT, TransactionLink); \
         &Enlistment->TransactionLink != &(Transaction)->Enlistments;                           \
         Enlistment =                                                                           \
             CONTAINING_RECORD(Enlistment->TransactionLink.Flink, KENLISTMENT, TransactionLink))

void
TmpMoveClock(PKENLISTMENT Enlistment, const LARGE_INTEGER *Clock)
{
    const PKTM tm = Enlistment->Rm->Tm;
    if (Clock != NULL && Clock->QuadPart > tm->Clock)
    {
        tm->Clock = Clock->QuadPart;
    }
}

/* The enlistment is over: State is TmpDone or TmpReadOnly. */
void
TmpRetire(PKENLISTMENT Enlistment, TMP_ENLISTMENT_STATE State)
{
    Enlistment->State = State;
    Enlistment->Detached = FALSE;
    if (Enlistment->Transaction->Superior == Enlistment)
    {
        Enlistment->Transaction->Superior = NULL;
    }
    if (Enlistment->Held)
    {
        Enlistment->Held = FALSE;
        TmpQueueRetired(Enlistment);
    }
}

static BOOLEAN
TmpTakesPart(const struct _KENLISTMENT *Enlistment)
{
    return Enlistment->State < TmpDone && !TmpIsSuperior(Enlistment);
}

/* Has one who was asked not answered? */
static BOOLEAN
TmpWaitsFor(PKTRANSACTION Transaction, TMP_ENLISTMENT_STATE State)
{
    TMP_EACH(enlistment, Transaction)
    {
        if (enlistment->State == State && !enlistment->Detached)
        {
            return TRUE;
        }
    }
    return FALSE;
}

/* Asks all that take part. Who has not registered for the notification agrees silently. */
static void
TmpStartPhase(PKTRANSACTION Transaction,
              TMP_TRANSACTION_STATE Phase,
              ULONG Notification,
              TMP_ENLISTMENT_STATE Asked,
              TMP_ENLISTMENT_STATE Answered)
{
    Transaction->State = Phase;
    TMP_EACH(enlistment, Transaction)
    {
        if (TmpTakesPart(enlistment))
        {
            enlistment->State = TmpNotify(enlistment, Notification) ? Asked : Answered;
            enlistment->Recorded = enlistment->Rm->Tm->Clock;
        }
    }
}

/* Everybody has prepared, or nobody had to: there is no way back. */
void
TmpDecideCommit(PKTRANSACTION Transaction)
{
    Transaction->State = TmpCommitting;
    TMP_EACH(enlistment, Transaction)
    {
        if (!TmpTakesPart(enlistment))
        {
            continue;
        }
        enlistment->Recorded = enlistment->Rm->Tm->Clock;
        if (enlistment->Detached || TmpNotify(enlistment, TRANSACTION_NOTIFY_COMMIT))
        {
            enlistment->State = TmpMustCommit;
        }
        else if ((enlistment->Mask & TRANSACTION_NOTIFY_COMMIT_FINALIZE) == 0)
        {
            TmpRetire(enlistment, TmpDone);
        }
        else
        {
            enlistment->State = TmpHasPrepared; /* hears of it at the end */
        }
    }
}

static void
TmpEnd(PKTRANSACTION Transaction, TMP_TRANSACTION_STATE State)
{
    Transaction->State = State;
    if (Transaction->Superior != NULL)
    {
        const PKENLISTMENT superior = Transaction->Superior;
        (void)TmpNotify(superior, State == TmpCommitted ? TRANSACTION_NOTIFY_COMMIT_COMPLETE
                                                        : TRANSACTION_NOTIFY_ROLLBACK_COMPLETE);
        TmpRetire(superior, TmpDone);
    }
    TMP_EACH(enlistment, Transaction)
    {
        if (State == TmpCommitted && TmpTakesPart(enlistment) && !enlistment->Detached &&
            enlistment->State == TmpHasPrepared)
        {
            enlistment->Finalize = TmpNotify(enlistment, TRANSACTION_NOTIFY_COMMIT_FINALIZE);
            TmpRetire(enlistment, TmpDone);
        }
    }
    TmpQueueEnded(Transaction);
}

/* Goes on as far as nobody's answer is missing. */
void
TmpAdvance(PKTRANSACTION Transaction)
{
    const BOOLEAN rests = Transaction->Superior != NULL && !Transaction->Unattended;
    if (Transaction->State == TmpPrePreparing && !TmpWaitsFor(Transaction, TmpMustPrePrepare))
    {
        if (rests)
        {
            Transaction->State = TmpPrePrepared;
            (void)TmpNotify(Transaction->Superior, TRANSACTION_NOTIFY_PREPREPARE_COMPLETE);
            return;
        }
        TmpStartPhase(Transaction, TmpPreparing, TRANSACTION_NOTIFY_PREPARE, TmpMustPrepare,
                      TmpHasPrepared);
    }
    if (Transaction->State == TmpPreparing && !TmpWaitsFor(Transaction, TmpMustPrepare))
    {
        if (rests)
        {
            Transaction->State = TmpPrepared;
            (void)TmpNotify(Transaction->Superior, TRANSACTION_NOTIFY_PREPARE_COMPLETE);
            return;
        }
        TmpDecideCommit(Transaction);
    }
    if (Transaction->State == TmpCommitting && !TmpWaitsFor(Transaction, TmpMustCommit))
    {
        TmpEnd(Transaction, TmpCommitted);
    }
    if (Transaction->State == TmpRollingBack && !TmpWaitsFor(Transaction, TmpMustRollback))
    {
        TmpEnd(Transaction, TmpAborted);
    }
}

static void
TmpTickClock(PKTRANSACTION Transaction)
{
    if (Transaction->Tm != NULL)
    {
        Transaction->Tm->Clock++;
    }
}

/* The only enlistment that is not read-only, if it can do everything in one phase. */
static PKENLISTMENT
TmpSingle(PKTRANSACTION Transaction)
{
    PKENLISTMENT only = NULL;
    TMP_EACH(enlistment, Transaction)
    {
        if (enlistment->State < TmpDone)
        {
            if (only != NULL)
            {
                return NULL;
            }
            only = enlistment;
        }
    }
    const BOOLEAN can = only != NULL && !TmpIsSuperior(only) &&
                        (only->Mask & TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT) != 0;
    return can ? only : NULL;
}

/* A client's commit; also what is left of it once a single phase was refused. */
void
TmpStartCommit(PKTRANSACTION Transaction)
{
    const PKENLISTMENT single =
        Transaction->State == TmpSinglePhase ? NULL : TmpSingle(Transaction);
    if (Transaction->State == TmpActive)
    {
        TmpTickClock(Transaction);
    }
    if (single != NULL && TmpNotify(single, TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT))
    {
        Transaction->State = TmpSinglePhase;
        single->State = TmpMustCommitSingle;
        return;
    }
    TmpStartPhase(Transaction, TmpPrePreparing, TRANSACTION_NOTIFY_PREPREPARE, TmpMustPrePrepare,
                  TmpHasPrePrepared);
    TmpAdvance(Transaction);
}

/* The second phase, asked for by a superior. */
void
TmpStartPrepare(PKTRANSACTION Transaction)
{
    TmpStartPhase(Transaction, TmpPreparing, TRANSACTION_NOTIFY_PREPARE, TmpMustPrepare,
                  TmpHasPrepared);
    TmpAdvance(Transaction);
}

/* Everybody hears of it, but a superior that wanted it (Initiator). What they were told before and
 * have not read is no longer true. */
void
TmpRollback(PKTRANSACTION Transaction, PKENLISTMENT Initiator)
{
    Transaction->State = TmpRollingBack;
    TMP_EACH(enlistment, Transaction)
    {
        const BOOLEAN superior = TmpIsSuperior(enlistment);
        if (enlistment->State >= TmpDone || (superior && enlistment == Initiator))
        {
            continue;
        }
        const BOOLEAN recorded = enlistment->State == TmpHasPrepared && TmpDurable(enlistment->Rm);
        TmpDropNotices(enlistment->Rm, enlistment);
        if (enlistment->Detached || TmpNotify(enlistment, TRANSACTION_NOTIFY_ROLLBACK))
        {
            enlistment->State = TmpMustRollback;
        }
        else if (recorded && !enlistment->Rm->Online)
        {
            enlistment->State = TmpMustRollback;
            enlistment->Detached = TRUE;
        }
        else if (!superior)
        {
            TmpRetire(enlistment, TmpDone);
        }
    }
    TmpAdvance(Transaction);
}

/* The resource manager that was to commit in a single phase went away without a word. */
void
TmpDisconnect(PKENLISTMENT Enlistment)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    TMP_EACH(other, transaction)
    {
        if (other != Enlistment && other->State != TmpDone)
        {
            (void)TmpNotify(other, TRANSACTION_NOTIFY_RM_DISCONNECTED);
        }
    }
    TmpRetire(Enlistment, TmpDone);
    transaction->State = TmpIndoubt;
    transaction->Disconnected = TRUE;
    TmpQueueEnded(transaction);
}

static void
TmpEnlistmentGone(PKENLISTMENT Enlistment)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    if (Enlistment->State == TmpMustCommitSingle)
    {
        TmpDisconnect(Enlistment);
    }
    else if (TmpIsSuperior(Enlistment) && !TmpDecided(transaction))
    {
        const BOOLEAN ready = transaction->State == TmpPrepared || transaction->State == TmpIndoubt;
        if (ready && TmpDurable(Enlistment->Rm))
        {
            transaction->State = TmpIndoubt;
            Enlistment->Detached = TRUE;
        }
        else
        {
            TmpRollback(transaction, Enlistment);
        }
    }
    else if (Enlistment->State < TmpHasPrepared && !TmpDecided(transaction))
    {
        TmpRollback(transaction, NULL);
    }
    else if (TmpDurable(Enlistment->Rm) && !TmpIsSuperior(Enlistment))
    {
        Enlistment->Detached = TRUE; /* its record stays; ZwRecoverResourceManager finds it */
        TmpAdvance(transaction);
    }
    else
    {
        TmpRetire(Enlistment, TmpDone);
        TmpAdvance(transaction);
    }
}

/* The last handle of a resource manager was closed (kernel/resource-manager-objects.md). */
void
TmpResourceManagerGone(PKRESOURCEMANAGER Rm)
{
    Rm->Online = FALSE;
    Rm->Callback = NULL;
    TmpDropNotices(Rm, NULL);
    for (PLIST_ENTRY entry = Rm->Enlistments.Flink; entry != &Rm->Enlistments; entry = entry->Flink)
    {
        const PKENLISTMENT enlistment = CONTAINING_RECORD(entry, KENLISTMENT, RmLink);
        if (enlistment->State < TmpDone && !enlistment->Detached)
        {
            TmpEnlistmentGone(enlistment);
        }
    }
}
