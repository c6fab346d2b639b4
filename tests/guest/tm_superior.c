// SPDX-License-Identifier: MIT
// A superior transaction manager leads a commit, phase by phase, rolls back, is asked for the
// outcome; and what all others are refused.
// Page: kernel/creating-a-superior-transaction-manager.md
// Page: NF:wdm.ZwPrePrepareEnlistment, NF:wdm.ZwPrepareEnlistment, NF:wdm.ZwCommitEnlistment
// Page: NF:wdm.TmPrePrepareEnlistment, NF:wdm.TmPrepareEnlistment, NF:wdm.TmCommitEnlistment
// Page: NF:wdm.TmRequestOutcomeEnlistment
// Run:
// Expect: tm_superior: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "tm_kit.h"

static HANDLE leader, follower;

static PKENLISTMENT
Pointer(HANDLE Handle)
{
    PKENLISTMENT enlistment = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(Handle, ENLISTMENT_ALL_ACCESS, *TmEnlistmentObjectType,
                                        KernelMode, (PVOID *)&enlistment, NULL),
              STATUS_SUCCESS);
    return enlistment;
}

static void
Commit(BOOLEAN ByPointer)
{
    HANDLE transaction = NewTransaction();
    HANDLE superior = Enlist(leader, transaction, ENLISTMENT_SUPERIOR, SUPERIOR_PHASES, NULL);
    HANDLE one = Enlist(follower, transaction, 0, PHASES, NULL);
    PKENLISTMENT top = Pointer(superior);
    HANDLE second = NULL;

    EXPECT_EQ(ZwCreateEnlistment(&second, ENLISTMENT_ALL_ACCESS, follower, transaction,
                                 &kernelHandle, ENLISTMENT_SUPERIOR, SUPERIOR_PHASES, NULL),
              STATUS_TRANSACTION_SUPERIOR_EXISTS);
    EXPECT_EQ(ZwCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_SUPERIOR_EXISTS);
    EXPECT_EQ(ZwReadOnlyEnlistment(superior, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwPrepareEnlistment(superior, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ZwPrePrepareEnlistment(one, NULL), STATUS_ENLISTMENT_NOT_SUPERIOR);
    EXPECT_EQ(ZwPrepareEnlistment(one, NULL), STATUS_ENLISTMENT_NOT_SUPERIOR);
    EXPECT_EQ(ZwCommitEnlistment(one, NULL), STATUS_ENLISTMENT_NOT_SUPERIOR);
    EXPECT_EQ(ByPointer ? TmPrePrepareEnlistment(top, NULL)
                        : ZwPrePrepareEnlistment(superior, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), 0);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_PREPREPARE_COMPLETE);
    EXPECT_EQ(NextNotice(follower, NULL), 0);
    EXPECT_EQ(ZwPrePrepareEnlistment(superior, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ByPointer ? TmPrepareEnlistment(top, NULL) : ZwPrepareEnlistment(superior, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_PREPARE_COMPLETE);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeUndetermined);
    EXPECT_EQ(ByPointer ? TmCommitEnlistment(top, NULL) : ZwCommitEnlistment(superior, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_TRANSACTION_NOT_ACTIVE);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_COMMIT);
    EXPECT_EQ(NextNotice(leader, NULL), 0);
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_COMMIT_COMPLETE);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeCommitted);
    ObDereferenceObject(top);
    ZwClose(one);
    ZwClose(superior);
    ZwClose(transaction);
}

// After everybody has prepared, the superior still decides.
static void
Rollback(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE superior = Enlist(leader, transaction, ENLISTMENT_SUPERIOR, SUPERIOR_PHASES, NULL);
    HANDLE one = Enlist(follower, transaction, 0, PHASES, NULL);
    PKENLISTMENT top = Pointer(superior), below = Pointer(one);

    EXPECT_EQ(ZwPrePrepareEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_PREPREPARE_COMPLETE);
    EXPECT_EQ(ZwPrepareEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_PREPARE_COMPLETE);
    EXPECT_EQ(TmRequestOutcomeEnlistment(top, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(TmRequestOutcomeEnlistment(below, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_REQUEST_OUTCOME);
    EXPECT_EQ(ZwRollbackEnlistment(one, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ZwRollbackEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_TRANSACTION_ALREADY_ABORTED);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_ROLLBACK_COMPLETE);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    ObDereferenceObject(top);
    ObDereferenceObject(below);
    ZwClose(one);
    ZwClose(superior);
    ZwClose(transaction);
}

// A client rolls back: the superior takes part, and hears of the end.
static void
ClientRollsBack(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE superior = Enlist(leader, transaction, ENLISTMENT_SUPERIOR, SUPERIOR_PHASES, NULL);
    HANDLE one = Enlist(follower, transaction, 0, PHASES, NULL);

    EXPECT_EQ(ZwRollbackTransaction(transaction, FALSE), STATUS_PENDING);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), 0);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_ROLLBACK_COMPLETE);
    ZwClose(one);
    ZwClose(superior);
    ZwClose(transaction);
}

// A superior that wants to hear of a client's commit, and has it done.
static void
CommitRequest(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE superior = Enlist(leader, transaction, ENLISTMENT_SUPERIOR,
                             SUPERIOR_PHASES | TRANSACTION_NOTIFY_COMMIT_REQUEST, NULL);
    HANDLE one = Enlist(follower, transaction, 0, PHASES, NULL);

    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    EXPECT_EQ(NextNotice(follower, NULL), 0);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_COMMIT_REQUEST);
    EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_COMMIT);
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_COMMIT_COMPLETE);
    ZwClose(one);
    ZwClose(superior);
    ZwClose(transaction);
}

// Who has not registered for the answers cannot lead.
static void
NotEnlisted(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE superior =
        Enlist(leader, transaction, ENLISTMENT_SUPERIOR, TRANSACTION_NOTIFY_ROLLBACK, NULL);

    EXPECT_EQ(ZwPrePrepareEnlistment(superior, NULL), STATUS_TRANSACTION_RESPONSE_NOT_ENLISTED);
    EXPECT_EQ(ZwPrepareEnlistment(superior, NULL), STATUS_TRANSACTION_RESPONSE_NOT_ENLISTED);
    EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_TRANSACTION_RESPONSE_NOT_ENLISTED);
    EXPECT_EQ(ZwRollbackEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    ZwClose(superior);
    ZwClose(transaction);
}

static DRIVER_UNLOAD Unload;
static VOID NTAPI
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    HANDLE tm;

    DriverObject->DriverUnload = Unload;
    UNREFERENCED_PARAMETER(RegistryPath);
    StartKit();
    tm = VolatileManager();
    leader = VolatileResource(tm);
    follower = VolatileResource(tm);
    Commit(FALSE);
    Commit(TRUE);
    Rollback();
    ClientRollsBack();
    CommitRequest();
    NotEnlisted();
    ZwClose(leader);
    ZwClose(follower);
    ZwClose(tm);
    return Finish("tm_superior");
}
