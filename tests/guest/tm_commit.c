// SPDX-License-Identifier: MIT
// Transactions of two resource managers that read their notifications: commit through its three
// phases, rollback by the client, by a resource manager and by a timeout; read-only enlistments;
// the virtual clock; what objects say of themselves; enumeration.
// Page: kernel/handling-commit-operations.md, kernel/handling-rollback-operations.md
// Page: kernel/using-virtual-clock-values.md
// Page: NF:wdm.ZwCreateTransactionManager, NF:wdm.ZwCreateResourceManager
// Page: NF:wdm.ZwCreateTransaction, NF:wdm.ZwCreateEnlistment, NF:wdm.ZwCommitTransaction
// Page: NF:wdm.ZwRollbackTransaction, NF:wdm.ZwPrePrepareComplete, NF:wdm.ZwPrepareComplete
// Page: NF:wdm.ZwCommitComplete, NF:wdm.ZwRollbackComplete, NF:wdm.ZwRollbackEnlistment
// Page: NF:wdm.ZwReadOnlyEnlistment, NF:wdm.ZwGetNotificationResourceManager
// Page: NF:wdm.ZwQueryInformationTransaction, NF:wdm.ZwSetInformationTransaction
// Page: NF:wdm.ZwQueryInformationResourceManager, NF:wdm.ZwQueryInformationEnlistment
// Page: NF:wdm.ZwSetInformationEnlistment, NF:wdm.ZwOpenTransaction, NF:wdm.ZwOpenEnlistment
// Page: NF:wdm.ZwOpenResourceManager, NF:wdm.ZwEnumerateTransactionObject
// Run:
// Expect: tm_commit: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "tm_kit.h"

static HANDLE tm, first, second;
static int firstKey, secondKey;

static void
ExpectBoth(ULONG Notification)
{
    PVOID key = NULL;

    EXPECT_EQ(NextNotice(first, &key), Notification);
    EXPECT(key == &firstKey);
    EXPECT_EQ(NextNotice(second, &key), Notification);
    EXPECT(key == &secondKey);
    EXPECT_EQ(NextNotice(first, NULL), 0);
    EXPECT_EQ(NextNotice(second, NULL), 0);
}

// Pre-prepare, prepare, commit; nothing goes on before both have answered.
static void
Commit(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one = Enlist(first, transaction, 0, PHASES, &firstKey);
    HANDLE two = Enlist(second, transaction, 0, PHASES, &secondKey);
    LONGLONG clock = ClockOf(tm);
    LARGE_INTEGER later = {.QuadPart = clock + 100};

    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    EXPECT_EQ(ClockOf(tm), clock + 1);
    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(ZwRollbackTransaction(transaction, FALSE), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ExpectBoth(TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwPrePrepareComplete(one, &later), STATUS_SUCCESS);
    EXPECT_EQ(ClockOf(tm), clock + 100);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(NextNotice(first, NULL), 0);
    later.QuadPart = clock;
    EXPECT_EQ(ZwPrePrepareComplete(two, &later), STATUS_SUCCESS);
    EXPECT_EQ(ClockOf(tm), clock + 100);
    ExpectBoth(TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRollbackEnlistment(one, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeUndetermined);
    EXPECT_EQ(StateOf(transaction), TransactionStateNormal);
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwPrepareComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeCommitted);
    EXPECT_EQ(StateOf(transaction), TransactionStateCommittedNotify);
    ExpectBoth(TRANSACTION_NOTIFY_COMMIT);
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRollbackComplete(two, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwCommitComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForSingleObject(transaction, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_COMMITTED);
    EXPECT_EQ(ZwRollbackTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_COMMITTED);
    ZwClose(one);
    ZwClose(two);
    ZwClose(transaction);
}

static void
Rollback(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one = Enlist(first, transaction, 0, PHASES, &firstKey);
    HANDLE two = Enlist(second, transaction, 0, PHASES, &secondKey);

    EXPECT_EQ(ZwRollbackTransaction(transaction, FALSE), STATUS_PENDING);
    ExpectBoth(TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwRollbackComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_ABORTED);
    ZwClose(one);
    ZwClose(two);
    ZwClose(transaction);

    // A resource manager that fails while it prepares.
    transaction = NewTransaction();
    one = Enlist(first, transaction, 0, PHASES, &firstKey);
    two = Enlist(second, transaction, 0, PHASES, &secondKey);
    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    ExpectBoth(TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwPrePrepareComplete(two, NULL), STATUS_SUCCESS);
    ExpectBoth(TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRollbackEnlistment(two, NULL), STATUS_SUCCESS);
    ExpectBoth(TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwRollbackComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    ZwClose(one);
    ZwClose(two);
    ZwClose(transaction);
}

// A read-only enlistment hears nothing; without others there is nothing to wait for.
static void
ReadOnly(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one = Enlist(first, transaction, 0, PHASES, &firstKey);
    HANDLE two = Enlist(second, transaction, 0, PHASES, &secondKey);

    EXPECT_EQ(ZwReadOnlyEnlistment(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwReadOnlyEnlistment(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    EXPECT_EQ(NextNotice(first, NULL), 0);
    EXPECT_EQ(NextNotice(second, NULL), TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NextNotice(second, NULL), TRANSACTION_NOTIFY_PREPARE);
    EXPECT_EQ(ZwReadOnlyEnlistment(two, NULL), STATUS_SUCCESS); // instead of ZwPrepareComplete
    EXPECT_EQ(NextNotice(second, NULL), 0);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeCommitted);
    ZwClose(one);
    ZwClose(two);
    ZwClose(transaction);
}

// The timeout is one of virtual time, and can be moved.
static void
Timeout(void)
{
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(50)};
    TRANSACTION_PROPERTIES_INFORMATION properties = {0};
    HANDLE transaction = NULL, one;

    EXPECT_EQ(ZwCreateTransaction(&transaction, TRANSACTION_ALL_ACCESS, &kernelHandle, NULL, tm, 0,
                                  0, 0, &due, NULL),
              STATUS_SUCCESS);
    one = Enlist(first, transaction, 0, PHASES, &firstKey);
    Sleep(MILLISECONDS(20));
    EXPECT_EQ(NextNotice(first, NULL), 0);
    properties.Timeout.QuadPart = MILLISECONDS(100);
    EXPECT_EQ(ZwSetInformationTransaction(transaction, TransactionPropertiesInformation,
                                          &properties, sizeof(properties)),
              STATUS_SUCCESS);
    Sleep(MILLISECONDS(60));
    EXPECT_EQ(NextNotice(first, NULL), 0);
    Sleep(MILLISECONDS(60));
    EXPECT_EQ(NextNotice(first, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    ZwClose(one);
    ZwClose(transaction);
}

// What the last call has set, whole or not at all.
static void
RecoveryInformation(HANDLE one)
{
    UCHAR buffer[8];
    ULONG length = 0;

    EXPECT_EQ(ZwSetInformationEnlistment(one, EnlistmentRecoveryInformation, "first", 6),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwSetInformationEnlistment(one, EnlistmentRecoveryInformation, "two", 4),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryInformationEnlistment(one, EnlistmentRecoveryInformation, buffer, 3, &length),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwQueryInformationEnlistment(one, EnlistmentRecoveryInformation, buffer, 4, &length),
              STATUS_SUCCESS);
    EXPECT_EQ(length, 4);
    EXPECT_EQ(buffer[1], 'w');
}

static void
Information(void)
{
    static UNICODE_STRING text = RTL_CONSTANT_STRING(L"a description");
    UCHAR buffer[256];
    TRANSACTION_PROPERTIES_INFORMATION *properties = (PVOID)buffer;
    TRANSACTION_ENLISTMENTS_INFORMATION *pairs = (PVOID)buffer;
    RESOURCEMANAGER_BASIC_INFORMATION *basic = (PVOID)buffer;
    ENLISTMENT_BASIC_INFORMATION enlisted;
    HANDLE transaction, one, other, rm;
    ULONG length = 0;
    GUID id, rmId;

    EXPECT_EQ(ExUuidCreate(&id), STATUS_SUCCESS);
    EXPECT_EQ(ExUuidCreate(&rmId), STATUS_SUCCESS);
    EXPECT_EQ(ZwCreateTransaction(&transaction, TRANSACTION_ALL_ACCESS, &kernelHandle, &id, tm, 0,
                                  0, 0, NULL, &text),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryInformationTransaction(transaction, TransactionPropertiesInformation, buffer,
                                            sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(properties->DescriptionLength, text.Length);
    EXPECT_EQ(RtlCompareMemory(properties->Description, text.Buffer, text.Length), text.Length);
    EXPECT_EQ(ZwQueryInformationTransaction(transaction, TransactionPropertiesInformation, buffer,
                                            sizeof(*properties), &length),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(ZwCreateResourceManager(&rm, RESOURCEMANAGER_ALL_ACCESS, tm, &rmId, &kernelHandle,
                                      RESOURCE_MANAGER_VOLATILE, &text),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwRecoverResourceManager(rm), STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryInformationResourceManager(rm, ResourceManagerBasicInformation, buffer,
                                                sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT(SameGuid(&basic->ResourceManagerId, &rmId));
    EXPECT_EQ(basic->DescriptionLength, text.Length);
    EXPECT_EQ(ZwQueryInformationResourceManager(rm, ResourceManagerBasicInformation, buffer,
                                                sizeof(*basic), &length),
              STATUS_BUFFER_OVERFLOW);
    EXPECT_EQ(
        ZwQueryInformationResourceManager(rm, ResourceManagerBasicInformation, buffer, 8, &length),
        STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(ZwOpenResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, &rmId, &kernelHandle),
              STATUS_SUCCESS);
    ZwClose(other);
    one = Enlist(rm, transaction, 0, PHASES, NULL);
    EXPECT_EQ(ZwQueryInformationEnlistment(one, EnlistmentBasicInformation, &enlisted,
                                           sizeof(enlisted), &length),
              STATUS_SUCCESS);
    EXPECT(SameGuid(&enlisted.TransactionId, &id));
    EXPECT(SameGuid(&enlisted.ResourceManagerId, &rmId));
    EXPECT_EQ(ZwQueryInformationTransaction(transaction, TransactionEnlistmentInformation, buffer,
                                            sizeof(buffer), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(pairs->NumberOfEnlistments, 1);
    EXPECT(SameGuid(&pairs->EnlistmentPair[0].EnlistmentId, &enlisted.EnlistmentId));
    RecoveryInformation(one);
    EXPECT_EQ(
        ZwOpenEnlistment(&other, ENLISTMENT_ALL_ACCESS, rm, &enlisted.EnlistmentId, &kernelHandle),
        STATUS_SUCCESS);
    ZwClose(other);
    EXPECT_EQ(ZwOpenTransaction(&other, TRANSACTION_ALL_ACCESS, &kernelHandle, &id, tm),
              STATUS_SUCCESS);
    ZwClose(transaction); // not the last handle
    EXPECT_EQ(OutcomeOf(other), TransactionOutcomeUndetermined);
    ZwClose(one); // the last one, before an outcome
    EXPECT_EQ(OutcomeOf(other), TransactionOutcomeAborted);
    ZwClose(other);
    ZwClose(rm);
}

static ULONG
Count(HANDLE Root, KTMOBJECT_TYPE Type)
{
    KTMOBJECT_CURSOR cursor = {0};
    ULONG count = 0, length;
    NTSTATUS status;

    while ((status = ZwEnumerateTransactionObject(Root, Type, &cursor, sizeof(cursor), &length)) ==
           STATUS_SUCCESS)
    {
        EXPECT_EQ(cursor.ObjectIdCount, 1);
        EXPECT(SameGuid(&cursor.LastQuery, &cursor.ObjectIds[0]));
        count++;
    }
    EXPECT_EQ(status, STATUS_NO_MORE_ENTRIES);
    return count;
}

static void
Enumerate(void)
{
    KTMOBJECT_CURSOR cursor = {0};
    HANDLE transaction = NewTransaction(), other = NewTransaction(), one;
    ULONG length;

    one = Enlist(first, transaction, 0, PHASES, NULL);
    EXPECT_EQ(Count(NULL, KTMOBJECT_TRANSACTION_MANAGER), 1);
    EXPECT_EQ(Count(tm, KTMOBJECT_RESOURCE_MANAGER), 2);
    EXPECT_EQ(Count(NULL, KTMOBJECT_TRANSACTION), 2);
    EXPECT_EQ(Count(tm, KTMOBJECT_TRANSACTION), 1); // the enlistment bound it
    EXPECT_EQ(Count(first, KTMOBJECT_ENLISTMENT), 1);
    EXPECT_EQ(Count(second, KTMOBJECT_ENLISTMENT), 0);
    EXPECT_EQ(ZwEnumerateTransactionObject(first, KTMOBJECT_TRANSACTION, &cursor, sizeof(cursor),
                                           &length),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(
        ZwEnumerateTransactionObject(NULL, KTMOBJECT_ENLISTMENT, &cursor, sizeof(cursor), &length),
        STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwEnumerateTransactionObject(NULL, KTMOBJECT_TRANSACTION, &cursor, 8, &length),
              STATUS_INVALID_PARAMETER);
    ZwClose(transaction); // the last handle: rolled back
    EXPECT_EQ(NextNotice(first, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_SUCCESS);
    ZwClose(one);
    ZwClose(other);
}

static KSTART_ROUTINE Reader;
static VOID NTAPI
Reader(PVOID Context)
{
    TRANSACTION_NOTIFICATION notice;
    HANDLE one = Context;
    ULONG needed = 0;

    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, 8, NULL, &needed, 0, 0),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(needed, sizeof(notice));
    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, sizeof(notice), NULL, NULL, 0, 0),
              STATUS_SUCCESS);
    EXPECT_EQ(notice.TransactionNotification, TRANSACTION_NOTIFY_PREPREPARE);
    EXPECT_EQ(ZwPrePrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, sizeof(notice), NULL, NULL, 0, 0),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwPrepareComplete(one, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, sizeof(notice), NULL, NULL, 0, 0),
              STATUS_SUCCESS);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(ZwCommitComplete(one, NULL), STATUS_SUCCESS);
}

// A client that waits, and a resource manager in a thread of its own that waits for work.
static void
Waiting(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one = Enlist(first, transaction, 0, PHASES, &firstKey);
    LARGE_INTEGER soon = {.QuadPart = MILLISECONDS(3)};
    TRANSACTION_NOTIFICATION notice;
    PVOID thread;

    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, sizeof(notice), &soon, NULL, 0, 0),
              STATUS_TIMEOUT);
    EXPECT_EQ(ZwGetNotificationResourceManager(first, &notice, sizeof(notice), &soon, NULL, 1, 0),
              STATUS_INVALID_PARAMETER);
    thread = StartThread(Reader, one);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(ZwCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeCommitted);
    JoinThread(thread);
    ZwClose(one);
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
    DriverObject->DriverUnload = Unload;
    UNREFERENCED_PARAMETER(RegistryPath);
    StartKit();
    tm = VolatileManager();
    EXPECT_EQ(ClockOf(tm), 1);
    first = VolatileResource(tm);
    second = VolatileResource(tm);
    Commit();
    Rollback();
    ReadOnly();
    Timeout();
    Information();
    Enumerate();
    Waiting();
    ZwClose(first);
    ZwClose(second);
    ZwClose(tm);
    return Finish("tm_commit");
}
