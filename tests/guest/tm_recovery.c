// SPDX-License-Identifier: MIT
// A durable transaction manager: its log outlives it, what had prepared is recovered and ends as it
// was decided; a superior that was away decides later; roll forward by the virtual clock.
// Page: kernel/handling-recovery-operations.md, kernel/transaction-manager-objects.md
// Page: NF:wdm.ZwRecoverTransactionManager, NF:wdm.ZwRollforwardTransactionManager
// Page: NF:wdm.ZwRecoverResourceManager, NF:wdm.ZwRecoverEnlistment
// Page: NF:wdm.ZwOpenTransactionManager, NF:wdm.ZwQueryInformationTransactionManager
// Page: NF:wdm.TmRecoverTransactionManager, NF:wdm.TmRecoverResourceManager
// Page: NF:wdm.TmRecoverEnlistment, NF:wdm.TmRenameTransactionManager
// Run:
// Expect: tm_recovery: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "tm_kit.h"

#define RECOVERING (PHASES | TRANSACTION_NOTIFY_RECOVER | TRANSACTION_NOTIFY_INDOUBT)

static UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\??\\C:\\tm_recovery");
static GUID firstId, secondId;
static int key;

static HANDLE
Durable(void)
{
    HANDLE tm = NULL;

    EXPECT_EQ(
        ZwCreateTransactionManager(&tm, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, &path, 0, 0),
        STATUS_SUCCESS);
    return tm;
}

static GUID
IdentityOf(HANDLE Tm)
{
    TRANSACTIONMANAGER_BASIC_INFORMATION basic = {0};

    EXPECT_EQ(ZwQueryInformationTransactionManager(Tm, TransactionManagerBasicInformation, &basic,
                                                   sizeof(basic), NULL),
              STATUS_SUCCESS);
    return basic.TmIdentity;
}

static HANDLE
Resource(HANDLE Tm, GUID *Id)
{
    HANDLE rm = NULL;

    EXPECT_EQ(
        ZwCreateResourceManager(&rm, RESOURCEMANAGER_ALL_ACCESS, Tm, Id, &kernelHandle, 0, NULL),
        STATUS_SUCCESS);
    return rm;
}

// Reads a notification that says which enlistment is meant, and opens it.
static HANDLE
Recovered(HANDLE Rm, ULONG Notification)
{
    struct
    {
        TRANSACTION_NOTIFICATION Notice;
        TRANSACTION_NOTIFICATION_RECOVERY_ARGUMENT Argument;
    } all = {{0}, {{0}, {0}}};
    LARGE_INTEGER none = {0};
    HANDLE enlistment = NULL;

    EXPECT_EQ(ZwGetNotificationResourceManager(Rm, &all.Notice, sizeof(all), &none, NULL, 0, 0),
              STATUS_SUCCESS);
    EXPECT_EQ(all.Notice.TransactionNotification, Notification);
    EXPECT_EQ(all.Notice.ArgumentLength, sizeof(all.Argument));
    EXPECT_EQ(ZwOpenEnlistment(&enlistment, ENLISTMENT_ALL_ACCESS, Rm, &all.Argument.EnlistmentId,
                               &kernelHandle),
              STATUS_SUCCESS);
    return enlistment;
}

static void
Prepare(HANDLE Rm, HANDLE Enlistment)
{
    EXPECT_EQ(NextNotice(Rm, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(Enlistment, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(Rm, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(Enlistment, NULL), STATUS_SUCCESS);
}

// Nothing works before it has recovered; the log has one user.
static HANDLE
First(void)
{
    HANDLE tm = Durable(), other = NULL;
    UCHAR buffer[128];
    TRANSACTIONMANAGER_LOGPATH_INFORMATION *log = (PVOID)buffer;
    TRANSACTIONMANAGER_LOG_INFORMATION identity;
    GUID id = IdentityOf(tm);
    ULONG length;

    EXPECT_EQ(ZwCreateTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle,
                                         &path, 0, 0),
              STATUS_OBJECT_NAME_COLLISION);
    EXPECT_EQ(
        ZwOpenResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, &firstId, &kernelHandle),
        STATUS_TRANSACTIONMANAGER_NOT_ONLINE);
    EXPECT_EQ(ZwRecoverTransactionManager(tm), STATUS_SUCCESS);
    EXPECT_EQ(
        ZwOpenResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, &firstId, &kernelHandle),
        STATUS_RESOURCEMANAGER_NOT_FOUND);
    EXPECT_EQ(ZwOpenTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, NULL,
                                       &id, 0),
              STATUS_SUCCESS);
    ZwClose(other);
    EXPECT_EQ(ZwOpenTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, &path,
                                       NULL, 0),
              STATUS_SUCCESS);
    ZwClose(other);
    EXPECT_EQ(ZwOpenTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, &path,
                                       &id, 0),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwQueryInformationTransactionManager(tm, TransactionManagerLogPathInformation, buffer,
                                                   sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(log->LogPathLength, path.Length / sizeof(WCHAR));
    EXPECT_EQ(RtlCompareMemory(log->LogPath, path.Buffer, path.Length), path.Length);
    EXPECT_EQ(ZwQueryInformationTransactionManager(tm, TransactionManagerLogPathInformation, buffer,
                                                   8, &length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(ZwQueryInformationTransactionManager(tm, TransactionManagerLogInformation, &identity,
                                                   sizeof(identity), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(length, sizeof(identity));
    return tm;
}

// Goes away between the decision and its part of the commit, and does it after a restart.
static void
Committed(HANDLE Tm)
{
    HANDLE rm = Resource(Tm, &firstId), transaction, one = NULL;
    GUID id = IdentityOf(Tm), again;
    LONGLONG clock;
    CHAR data[8];
    PVOID seen = NULL;

    EXPECT_EQ(ZwRecoverResourceManager(rm), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(rm, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    transaction = NewTransaction();
    one = Enlist(rm, transaction, 0, RECOVERING, NULL);
    EXPECT_EQ(ZwSetInformationEnlistment(one, EnlistmentRecoveryInformation, "mine", 5),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwRecoverEnlistment(one, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    Prepare(rm, one);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeCommitted);
    clock = ClockOf(Tm);
    ZwClose(one);
    ZwClose(rm);
    ZwClose(Tm);
    ZwClose(transaction);

    Tm = Durable();
    EXPECT_EQ(ZwRecoverTransactionManager(Tm), STATUS_SUCCESS);
    again = IdentityOf(Tm);
    EXPECT(SameGuid(&id, &again));
    EXPECT_EQ(ClockOf(Tm), clock);
    rm = Resource(Tm, &firstId);
    EXPECT_EQ(ZwRecoverResourceManager(rm), STATUS_SUCCESS);
    one = Recovered(rm, TRANSACTION_NOTIFY_RECOVER);
    EXPECT_EQ(NextNotice(rm, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    EXPECT_EQ(
        ZwQueryInformationEnlistment(one, EnlistmentRecoveryInformation, data, sizeof(data), NULL),
        STATUS_SUCCESS);
    EXPECT_EQ(data[0], 'm');
    EXPECT_EQ(ZwRecoverEnlistment(one, &key), STATUS_PENDING);
    EXPECT_EQ(NextNotice(rm, &seen), TRANSACTION_NOTIFY_COMMIT);
    EXPECT(seen == &key);
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRecoverEnlistment(one, &key), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ZwClose(one);
    ZwClose(rm);
    ZwClose(Tm);
}

// The superior is back, and is asked.
static HANDLE
Decide(HANDLE tm, HANDLE follower, HANDLE one, BOOLEAN Rollback)
{
    HANDLE leader, superior;

    leader = Resource(tm, &firstId);
    EXPECT_EQ(ZwRecoverResourceManager(leader), STATUS_SUCCESS);
    superior = Recovered(leader, TRANSACTION_NOTIFY_RECOVER_QUERY);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    if (Rollback)
    {
        EXPECT_EQ(ZwRollbackEnlistment(superior, NULL), STATUS_SUCCESS);
        EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_ROLLBACK);
        EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    }
    else
    {
        EXPECT_EQ(ZwCommitEnlistment(superior, NULL), STATUS_SUCCESS);
        EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_COMMIT);
        EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
    }
    ZwClose(superior);
    return leader;
}

// Prepared, and the superior is away: in doubt, until it comes back and decides.
static void
InDoubt(BOOLEAN Rollback)
{
    HANDLE tm = Durable(), leader, follower, transaction, superior, one;
    PKRESOURCEMANAGER rm = NULL;
    PKENLISTMENT enlistment = NULL;
    PKTM manager = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(tm, TRANSACTIONMANAGER_ALL_ACCESS,
                                        *TmTransactionManagerObjectType, KernelMode,
                                        (PVOID *)&manager, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmRecoverTransactionManager(manager, NULL), STATUS_SUCCESS);
    ObDereferenceObject(manager);
    leader = Resource(tm, &firstId);
    follower = Resource(tm, &secondId);
    EXPECT_EQ(ObReferenceObjectByHandle(leader, RESOURCEMANAGER_ALL_ACCESS,
                                        *TmResourceManagerObjectType, KernelMode, (PVOID *)&rm,
                                        NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmRecoverResourceManager(rm), STATUS_SUCCESS);
    ObDereferenceObject(rm);
    EXPECT_EQ(NextNotice(leader, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    transaction = NewTransaction();
    EXPECT_EQ(ZwCreateEnlistment(&one, ENLISTMENT_ALL_ACCESS, follower, transaction, &kernelHandle,
                                 0, RECOVERING, NULL),
              STATUS_TRANSACTIONMANAGER_NOT_ONLINE); // has not recovered
    EXPECT_EQ(ZwRecoverResourceManager(follower), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_LAST_RECOVER);
    superior = Enlist(leader, transaction, ENLISTMENT_SUPERIOR, SUPERIOR_PHASES, NULL);
    one = Enlist(follower, transaction, 0, RECOVERING, NULL);
    EXPECT_EQ(ZwPrePrepareEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwPrepareEnlistment(superior, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    ZwClose(superior);
    ZwClose(leader);
    EXPECT_EQ(StateOf(transaction), TransactionStateIndoubt);
    EXPECT_EQ(ObReferenceObjectByHandle(one, ENLISTMENT_ALL_ACCESS, *TmEnlistmentObjectType,
                                        KernelMode, (PVOID *)&enlistment, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmRecoverEnlistment(enlistment, &key), STATUS_PENDING);
    ObDereferenceObject(enlistment);
    EXPECT_EQ(NextNotice(follower, NULL), TRANSACTION_NOTIFY_INDOUBT);

    leader = Decide(tm, follower, one, Rollback);
    EXPECT_EQ(OutcomeOf(transaction),
              Rollback ? TransactionOutcomeAborted : TransactionOutcomeCommitted);
    ZwClose(one);
    ZwClose(transaction);
    ZwClose(leader);
    ZwClose(follower);
    ZwClose(tm);
}

static void
Rollforward(void)
{
    HANDLE tm = Durable(), memory;
    TRANSACTIONMANAGER_RECOVERY_INFORMATION recovery;
    LARGE_INTEGER clock = {.QuadPart = 2};
    GUID id = IdentityOf(tm), wrong = {0}, renamed;

    EXPECT_EQ(ZwRollforwardTransactionManager(tm, &clock), STATUS_SUCCESS);
    EXPECT_EQ(ClockOf(tm), 2);
    clock.QuadPart = 3;
    EXPECT_EQ(ZwRollforwardTransactionManager(tm, &clock), STATUS_SUCCESS);
    EXPECT_EQ(ClockOf(tm), 3);
    EXPECT_EQ(ZwQueryInformationTransactionManager(tm, TransactionManagerRecoveryInformation,
                                                   &recovery, sizeof(recovery), NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(recovery.LastRecoveredLsn, 3);
    clock.QuadPart = 1;
    EXPECT_EQ(ZwRollforwardTransactionManager(tm, &clock), STATUS_UNSUCCESSFUL);
    EXPECT_EQ(ZwRollforwardTransactionManager(tm, NULL), STATUS_SUCCESS);
    EXPECT_EQ(TmRenameTransactionManager(&path, &wrong), STATUS_TM_IDENTITY_MISMATCH);
    EXPECT_EQ(TmRenameTransactionManager(&path, &id), STATUS_SUCCESS);
    renamed = IdentityOf(tm);
    EXPECT(!SameGuid(&renamed, &id));
    ZwClose(tm);
    memory = VolatileManager();
    EXPECT_EQ(ZwRecoverTransactionManager(memory), STATUS_TM_VOLATILE);
    EXPECT_EQ(ZwRollforwardTransactionManager(memory, NULL), STATUS_TM_VOLATILE);
    ZwClose(memory);
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
    DriverObject->DriverUnload = Unload;
    UNREFERENCED_PARAMETER(RegistryPath);
    StartKit();
    EXPECT_EQ(ExUuidCreate(&firstId), STATUS_SUCCESS);
    EXPECT_EQ(ExUuidCreate(&secondId), STATUS_SUCCESS);
    Committed(First());
    InDoubt(FALSE);
    InDoubt(TRUE);
    Rollforward();
    return Finish("tm_recovery");
}
