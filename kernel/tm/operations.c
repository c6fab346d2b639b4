/* SPDX-License-Identifier: MIT */
/*
 * What resource managers and superior transaction managers do with their enlistments: answers to
 * notifications and the requests of superiors, by pointer (Tm) and by handle (Zw). PASSIVE_LEVEL.
 */
#include "tmp.h"

/* ---- answers ------------------------------------------------------------------------------ */

/* Only what was asked can be answered. */
static NTSTATUS
TmpAnswer(PKENLISTMENT Enlistment,
          TMP_ENLISTMENT_STATE Asked,
          TMP_ENLISTMENT_STATE Answered,
          PLARGE_INTEGER Clock)
{
    if (Enlistment->State != Asked)
    {
        return STATUS_TRANSACTION_NOT_REQUESTED;
    }
    TmpMoveClock(Enlistment, Clock);
    Enlistment->Recorded = Enlistment->Rm->Tm->Clock;
    if (Answered == TmpDone)
    {
        TmpRetire(Enlistment, TmpDone);
    }
    else
    {
        Enlistment->State = Answered;
    }
    TmpAdvance(Enlistment->Transaction);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmPrePrepareComplete. */
DDI NTSTATUS
TmPrePrepareComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    return TmpAnswer(Enlistment, TmpMustPrePrepare, TmpHasPrePrepared, TmVirtualClock);
}

/* Contract: NF:wdm.TmPrepareComplete. */
DDI NTSTATUS
TmPrepareComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    return TmpAnswer(Enlistment, TmpMustPrepare, TmpHasPrepared, TmVirtualClock);
}

/* Contract: NF:wdm.TmCommitComplete. Also ends a single phase. */
DDI NTSTATUS
TmCommitComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    if (Enlistment->State == TmpMustCommitSingle)
    {
        Enlistment->Transaction->State = TmpCommitting;
        return TmpAnswer(Enlistment, TmpMustCommitSingle, TmpDone, TmVirtualClock);
    }
    if (Enlistment->Finalize)
    {
        Enlistment->Finalize = FALSE;
        TmpMoveClock(Enlistment, TmVirtualClock);
        return STATUS_SUCCESS;
    }
    return TmpAnswer(Enlistment, TmpMustCommit, TmpDone, TmVirtualClock);
}

/* Contract: NF:wdm.TmRollbackComplete. A superior stays until all have answered. */
DDI NTSTATUS
TmRollbackComplete(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    return TmpAnswer(Enlistment, TmpMustRollback, TmpIsSuperior(Enlistment) ? TmpEnlisted : TmpDone,
                     TmVirtualClock);
}

/* Contract: NF:wdm.TmReadOnlyEnlistment: up to the point where it would have prepared. */
DDI NTSTATUS
TmReadOnlyEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    if (TmpIsSuperior(Enlistment) || Enlistment->State >= TmpHasPrepared || TmpDecided(transaction))
    {
        return STATUS_TRANSACTION_NOT_REQUESTED;
    }
    TmpMoveClock(Enlistment, TmVirtualClock);
    TmpDropNotices(Enlistment->Rm, Enlistment);
    TmpRetire(Enlistment, TmpReadOnly);
    TmpAdvance(transaction);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmSinglePhaseReject: all phases then, from the first. */
DDI NTSTATUS
TmSinglePhaseReject(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    if (Enlistment->State != TmpMustCommitSingle)
    {
        return STATUS_TRANSACTION_NOT_REQUESTED;
    }
    TmpMoveClock(Enlistment, TmVirtualClock);
    TmpStartCommit(Enlistment->Transaction);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmRollbackEnlistment. Who has prepared cannot, but a superior still can. */
DDI NTSTATUS
TmRollbackEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    const BOOLEAN superior = TmpIsSuperior(Enlistment);
    if (TmpDecided(transaction) || Enlistment->State >= TmpDone ||
        (!superior && Enlistment->State == TmpHasPrepared))
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    TmpMoveClock(Enlistment, TmVirtualClock);
    TmpRollback(transaction, superior ? Enlistment : NULL);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmRequestOutcomeEnlistment. Before all have prepared, the outcome that can be
 * had at once is a rollback; later only a superior knows. */
DDI NTSTATUS
TmRequestOutcomeEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    if (TmpIsSuperior(Enlistment))
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    TmpMoveClock(Enlistment, TmVirtualClock);
    if (transaction->State < TmpPrepared)
    {
        TmpRollback(transaction, NULL);
    }
    else if (transaction->State == TmpPrepared && transaction->Superior != NULL)
    {
        (void)TmpNotify(transaction->Superior, TRANSACTION_NOTIFY_REQUEST_OUTCOME);
    }
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* ---- requests of a superior --------------------------------------------------------------- */

static NTSTATUS
TmpSuperiorMay(PKENLISTMENT Enlistment, ULONG Response)
{
    if (!TmpIsSuperior(Enlistment))
    {
        return STATUS_ENLISTMENT_NOT_SUPERIOR;
    }
    return (Enlistment->Mask & Response) == 0 ? STATUS_TRANSACTION_RESPONSE_NOT_ENLISTED
                                              : STATUS_SUCCESS;
}

static NTSTATUS
TmpStartSuperior(PKENLISTMENT Enlistment, TMP_TRANSACTION_STATE Needed, PLARGE_INTEGER Clock)
{
    if (Enlistment->Transaction->State != Needed)
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    TmpMoveClock(Enlistment, Clock);
    if (Needed == TmpActive)
    {
        TmpStartCommit(Enlistment->Transaction);
    }
    else
    {
        TmpStartPrepare(Enlistment->Transaction);
    }
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmPrePrepareEnlistment. */
DDI NTSTATUS
TmPrePrepareEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const NTSTATUS status = TmpSuperiorMay(Enlistment, TRANSACTION_NOTIFY_PREPREPARE_COMPLETE);
    return NT_SUCCESS(status) ? TmpStartSuperior(Enlistment, TmpActive, TmVirtualClock) : status;
}

/* Contract: NF:wdm.TmPrepareEnlistment. */
DDI NTSTATUS
TmPrepareEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const NTSTATUS status = TmpSuperiorMay(Enlistment, TRANSACTION_NOTIFY_PREPARE_COMPLETE);
    return NT_SUCCESS(status) ? TmpStartSuperior(Enlistment, TmpPrePrepared, TmVirtualClock)
                              : status;
}

/* Contract: NF:wdm.TmCommitEnlistment. After TRANSACTION_NOTIFY_COMMIT_REQUEST it runs through all
 * phases on its own. */
DDI NTSTATUS
TmCommitEnlistment(PKENLISTMENT Enlistment, PLARGE_INTEGER TmVirtualClock)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    const TMP_TRANSACTION_STATE state = transaction->State;
    const NTSTATUS status = TmpSuperiorMay(Enlistment, TRANSACTION_NOTIFY_COMMIT_COMPLETE);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (state == TmpCommitting || state == TmpCommitted)
    {
        return STATUS_TRANSACTION_NOT_ACTIVE;
    }
    if (state == TmpRollingBack || state == TmpAborted)
    {
        return STATUS_TRANSACTION_ALREADY_ABORTED;
    }
    const BOOLEAN requested = state == TmpActive && transaction->CommitCalled;
    if (!requested && state != TmpPrepared && state != TmpIndoubt)
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    TmpMoveClock(Enlistment, TmVirtualClock);
    Enlistment->Detached = FALSE;
    if (requested)
    {
        transaction->Unattended = TRUE;
        TmpStartCommit(transaction);
    }
    else
    {
        TmpDecideCommit(transaction);
        TmpAdvance(transaction);
    }
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* ---- recovery ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.TmRecoverEnlistment: tells what has become of the transaction
 * (kernel/handling-recovery-operations.md). */
DDI NTSTATUS
TmRecoverEnlistment(PKENLISTMENT Enlistment, PVOID EnlistmentKey)
{
    ULONG notification = TRANSACTION_NOTIFY_INDOUBT;
    if (Enlistment->State == TmpMustCommit)
    {
        notification = TRANSACTION_NOTIFY_COMMIT;
    }
    else if (Enlistment->State == TmpMustRollback)
    {
        notification = TRANSACTION_NOTIFY_ROLLBACK;
    }
    else if (!(Enlistment->State == TmpHasPrepared ||
               (TmpIsSuperior(Enlistment) && Enlistment->State < TmpDone &&
                Enlistment->Transaction->State >= TmpPrepared)))
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    if (!Enlistment->Rm->Online)
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    Enlistment->Key = EnlistmentKey;
    Enlistment->Detached = FALSE;
    (void)TmpNotify(Enlistment, notification);
    const NTSTATUS status = Enlistment->Rm->Callback == NULL ? STATUS_PENDING : STATUS_SUCCESS;
    TmpFlush(FALSE);
    return status;
}

/* Contract: NF:wdm.ZwRecoverEnlistment. */
DDI NTSTATUS
ZwRecoverEnlistment(HANDLE EnlistmentHandle, PVOID EnlistmentKey)
{
    PKENLISTMENT enlistment;
    NTSTATUS status =
        TmpReference(EnlistmentHandle, ENLISTMENT_RECOVER, TmpEnlistmentType, (PVOID *)&enlistment);
    if (NT_SUCCESS(status))
    {
        status = TmRecoverEnlistment(enlistment, EnlistmentKey);
        ObDereference(enlistment);
    }
    return status;
}

/* ---- by handle ---------------------------------------------------------------------------- */

typedef NTSTATUS(NTAPI *TMP_OPERATION)(PKENLISTMENT Enlistment, PLARGE_INTEGER Clock);

static NTSTATUS
TmpByHandle(HANDLE Handle, ACCESS_MASK Access, TMP_OPERATION Operation, PLARGE_INTEGER Clock)
{
    PKENLISTMENT enlistment;
    NTSTATUS status = TmpReference(Handle, Access, TmpEnlistmentType, (PVOID *)&enlistment);
    if (NT_SUCCESS(status))
    {
        status = Operation(enlistment, Clock);
        ObDereference(enlistment);
    }
    return status;
}

/* Contract: NF:wdm.ZwPrePrepareComplete. */
DDI NTSTATUS
ZwPrePrepareComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmPrePrepareComplete,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwPrepareComplete. */
DDI NTSTATUS
ZwPrepareComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmPrepareComplete,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwCommitComplete. */
DDI NTSTATUS
ZwCommitComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmCommitComplete,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwRollbackComplete. */
DDI NTSTATUS
ZwRollbackComplete(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmRollbackComplete,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwReadOnlyEnlistment. */
DDI NTSTATUS
ZwReadOnlyEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmReadOnlyEnlistment,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwSinglePhaseReject. */
DDI NTSTATUS
ZwSinglePhaseReject(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmSinglePhaseReject,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwRollbackEnlistment. */
DDI NTSTATUS
ZwRollbackEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUBORDINATE_RIGHTS, TmRollbackEnlistment,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwPrePrepareEnlistment. */
DDI NTSTATUS
ZwPrePrepareEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUPERIOR_RIGHTS, TmPrePrepareEnlistment,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwPrepareEnlistment. */
DDI NTSTATUS
ZwPrepareEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUPERIOR_RIGHTS, TmPrepareEnlistment,
                       TmVirtualClock);
}

/* Contract: NF:wdm.ZwCommitEnlistment. */
DDI NTSTATUS
ZwCommitEnlistment(HANDLE EnlistmentHandle, PLARGE_INTEGER TmVirtualClock)
{
    return TmpByHandle(EnlistmentHandle, ENLISTMENT_SUPERIOR_RIGHTS, TmCommitEnlistment,
                       TmVirtualClock);
}
