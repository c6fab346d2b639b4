// SPDX-License-Identifier: MIT
// What KTM refuses, and what becomes of transactions whose parties go away early.
// Page: kernel/enlistment-objects.md, kernel/resource-manager-objects.md
// Page: kernel/transaction-objects.md
// Page: NF:wdm.ZwCreateTransactionManager, NF:wdm.ZwCreateResourceManager
// Page: NF:wdm.ZwCreateTransaction, NF:wdm.ZwOpenTransaction, NF:wdm.ZwCreateEnlistment
// Page: NF:wdm.ZwOpenEnlistment, NF:wdm.ZwQueryInformationTransaction
// Page: NF:wdm.ZwSetInformationTransaction
// Run:
// Expect: tm_wrong: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "tm_kit.h"

static HANDLE tm, first, second;

static void
WrongTypes(void)
{
    HANDLE transaction = NewTransaction(), other = NULL;

    EXPECT_EQ(ZwCommitTransaction(tm, TRUE), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwRollbackTransaction(first, TRUE), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwRecoverTransactionManager(transaction), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwRecoverResourceManager(transaction), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwPrepareComplete(transaction, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwSinglePhaseReject(transaction, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwRecoverEnlistment(tm, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwCreateResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, transaction, NULL,
                                      &kernelHandle, 0, NULL),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwCommitTransaction((HANDLE)(LONG_PTR)0x12340, TRUE), STATUS_INVALID_HANDLE);
    EXPECT_EQ(ZwCommitComplete((HANDLE)(LONG_PTR)0x12340, NULL), STATUS_INVALID_HANDLE);
    ZwClose(transaction);
}

static void
WrongInformation(HANDLE transaction)
{
    TRANSACTION_PROPERTIES_INFORMATION properties = {0};
    TRANSACTION_BASIC_INFORMATION basic;

    EXPECT_EQ(
        ZwQueryInformationTransaction(transaction, TransactionBasicInformation, &basic, 4, NULL),
        STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwQueryInformationTransaction(transaction, (TRANSACTION_INFORMATION_CLASS)77, &basic,
                                            sizeof(basic), NULL),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(ZwSetInformationTransaction(transaction, TransactionBasicInformation, &basic,
                                          sizeof(basic)),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(
        ZwSetInformationTransaction(transaction, TransactionPropertiesInformation, &properties, 8),
        STATUS_INFO_LENGTH_MISMATCH);
    properties.DescriptionLength = 100;
    EXPECT_EQ(ZwSetInformationTransaction(transaction, TransactionPropertiesInformation,
                                          &properties, sizeof(properties)),
              STATUS_INVALID_PARAMETER);
}

static void
WrongParameters(void)
{
    static WCHAR text[MAX_TRANSACTION_DESCRIPTION_LENGTH + 1];
    UNICODE_STRING tooLong = {sizeof(text), sizeof(text), text};
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\??\\C:\\tm_wrong");
    HANDLE other = NULL, transaction = NewTransaction();
    GUID id = {1, 2, 3, {4}}, rmId = {2, 2, 3, {4}};

    EXPECT_EQ(ZwCreateTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle,
                                         &path, TRANSACTION_MANAGER_VOLATILE, 0),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateTransactionManager(&other, TRANSACTIONMANAGER_ALL_ACCESS, &kernelHandle, NULL,
                                         0, 0),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, NULL, &kernelHandle,
                                      0, NULL),
              STATUS_TM_VOLATILE);
    EXPECT_EQ(ZwCreateResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, NULL, &kernelHandle,
                                      0x100, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, NULL, &kernelHandle,
                                      RESOURCE_MANAGER_VOLATILE, &tooLong),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateResourceManager(&other, RESOURCEMANAGER_ALL_ACCESS, tm, &rmId, &kernelHandle,
                                      RESOURCE_MANAGER_VOLATILE, NULL),
              STATUS_SUCCESS);
    {
        HANDLE twice = NULL;

        EXPECT_EQ(ZwCreateResourceManager(&twice, RESOURCEMANAGER_ALL_ACCESS, tm, &rmId,
                                          &kernelHandle, RESOURCE_MANAGER_VOLATILE, NULL),
                  STATUS_OBJECT_NAME_COLLISION);
    }
    ZwClose(other);
    EXPECT_EQ(ZwCreateTransaction(&other, 0, &kernelHandle, NULL, NULL, 0, 0, 0, NULL, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateTransaction(&other, TRANSACTION_ALL_ACCESS, &kernelHandle, NULL, NULL, 2, 0,
                                  0, NULL, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateTransaction(&other, TRANSACTION_ALL_ACCESS, &kernelHandle, NULL, NULL, 0, 0,
                                  0, NULL, &tooLong),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwOpenTransaction(&other, TRANSACTION_ALL_ACCESS, &kernelHandle, &id, NULL),
              STATUS_TRANSACTION_NOT_FOUND);
    EXPECT_EQ(ZwOpenTransaction(&other, 0, &kernelHandle, &id, NULL), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwOpenEnlistment(&other, ENLISTMENT_ALL_ACCESS, first, &id, &kernelHandle),
              STATUS_ENLISTMENT_NOT_FOUND);
    EXPECT_EQ(ZwOpenEnlistment(&other, ENLISTMENT_ALL_ACCESS, first, NULL, &kernelHandle),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateEnlistment(&other, ENLISTMENT_ALL_ACCESS, first, transaction, &kernelHandle,
                                 2, PHASES, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwCreateEnlistment(&other, ENLISTMENT_ALL_ACCESS, first, transaction, &kernelHandle,
                                 0, 0x80000000, NULL),
              STATUS_INVALID_PARAMETER);
    WrongInformation(transaction);
    ZwClose(transaction);
}

// A transaction that has begun to end takes nobody in.
static void
TooLate(void)
{
    HANDLE transaction = NewTransaction(), one = NULL;

    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_SUCCESS); // nobody takes part
    EXPECT_EQ(ZwCreateEnlistment(&one, ENLISTMENT_ALL_ACCESS, first, transaction, &kernelHandle, 0,
                                 PHASES, NULL),
              STATUS_TRANSACTION_NOT_ACTIVE);
    ZwClose(transaction);
}

// The last handle of a resource manager: others roll back.
static void
ResourceGoes(void)
{
    HANDLE rm = VolatileResource(tm), transaction = NewTransaction();
    HANDLE one = Enlist(rm, transaction, 0, PHASES, NULL);
    HANDLE two = Enlist(first, transaction, 0, PHASES, NULL);

    ZwClose(rm);
    EXPECT_EQ(NextNotice(first, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    EXPECT_EQ(ZwRollbackComplete(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    ZwClose(one);
    ZwClose(two);
    ZwClose(transaction);
}

// The last handle of an enlistment, before and after the outcome.
static void
EnlistmentGoes(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one = Enlist(first, transaction, 0, PHASES, NULL);
    HANDLE two = Enlist(second, transaction, 0, PHASES, NULL);

    ZwClose(one);
    EXPECT_EQ(NextNotice(first, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(NextNotice(second, NULL), TRANSACTION_NOTIFY_ROLLBACK);
    EXPECT_EQ(ZwRollbackComplete(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeAborted);
    ZwClose(two);
    ZwClose(transaction);
}

// The one that commits in a single phase goes away: the others hear it, the outcome is unknown.
static void
SingleGoes(void)
{
    HANDLE transaction = NewTransaction();
    HANDLE one =
        Enlist(first, transaction, 0, PHASES | TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT, NULL);
    HANDLE two = Enlist(second, transaction, 0, PHASES | TRANSACTION_NOTIFY_RM_DISCONNECTED, NULL);

    EXPECT_EQ(ZwReadOnlyEnlistment(two, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ZwCommitTransaction(transaction, FALSE), STATUS_PENDING);
    EXPECT_EQ(NextNotice(first, NULL), TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT);
    ZwClose(one);
    EXPECT_EQ(NextNotice(second, NULL), TRANSACTION_NOTIFY_RM_DISCONNECTED);
    EXPECT_EQ(OutcomeOf(transaction), TransactionOutcomeUndetermined);
    EXPECT_EQ(StateOf(transaction), TransactionStateIndoubt);
    ZwClose(two);
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
    first = VolatileResource(tm);
    second = VolatileResource(tm);
    WrongTypes();
    WrongParameters();
    TooLate();
    ResourceGoes();
    EnlistmentGoes();
    SingleGoes();
    ZwClose(first);
    ZwClose(second);
    ZwClose(tm);
    return Finish("tm_wrong");
}
