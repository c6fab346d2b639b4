// SPDX-License-Identifier: MIT
// Resource managers with a callback, by pointer: all phases, a single phase and its refusal, a
// callback that fails, read-only enlistments, keys with a count.
// Page: kernel/transaction-notifications.md, NC:wdm.PTM_RM_NOTIFICATION
// Page: NF:wdm.TmEnableCallbacks, NF:wdm.TmCreateEnlistment, NF:wdm.TmCommitTransaction
// Page: NF:wdm.TmRollbackTransaction, NF:wdm.TmPrePrepareComplete, NF:wdm.TmPrepareComplete
// Page: NF:wdm.TmCommitComplete, NF:wdm.TmRollbackComplete, NF:wdm.TmReadOnlyEnlistment
// Page: NF:wdm.TmSinglePhaseReject, NF:wdm.ZwSinglePhaseReject, NF:wdm.TmRollbackEnlistment
// Page: NF:wdm.TmReferenceEnlistmentKey, NF:wdm.TmDereferenceEnlistmentKey
// Page: NF:wdm.TmGetTransactionId, NF:wdm.TmIsTransactionActive
// Run:
// Expect: tm_callback: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "tm_kit.h"

#define SINGLE (PHASES | TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT)

typedef struct _PART
{
    HANDLE Handle;
    PKRESOURCEMANAGER Rm;
    ULONG Seen[8];
    ULONG Count;
    ULONG Fail;   // fails this notification
    ULONG Reject; // refuses the single phase
} PART;

static PART first, second;

static PTM_RM_NOTIFICATION notificationOnly; // the type is what drivers write
static NTSTATUS NTAPI
Notified(PKENLISTMENT Enlistment,
         PVOID RmContext,
         PVOID Context,
         ULONG Notification,
         PLARGE_INTEGER Clock,
         ULONG ArgumentLength,
         PVOID Argument)
{
    PART *part = RmContext;

    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(Enlistment == NULL || Context == &part->Count);
    EXPECT(Clock->QuadPart >= 1);
    EXPECT(ArgumentLength == 0 && Argument == NULL);
    if (part->Count < ARRAYSIZE(part->Seen))
        part->Seen[part->Count++] = Notification;
    if (Notification == part->Fail)
        return STATUS_DISK_FULL;
    switch (Notification)
    {
    case TRANSACTION_NOTIFY_PREPREPARE:
        EXPECT_EQ(TmPrePrepareComplete(Enlistment, NULL), STATUS_SUCCESS);
        break;
    case TRANSACTION_NOTIFY_PREPARE:
        EXPECT_EQ(TmCommitComplete(Enlistment, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
        EXPECT_EQ(TmPrepareComplete(Enlistment, NULL), STATUS_SUCCESS);
        break;
    case TRANSACTION_NOTIFY_COMMIT:
        EXPECT_EQ(TmCommitComplete(Enlistment, NULL), STATUS_SUCCESS);
        break;
    case TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT:
        if (part->Reject)
            EXPECT_EQ(TmSinglePhaseReject(Enlistment, NULL), STATUS_SUCCESS);
        else
            EXPECT_EQ(TmCommitComplete(Enlistment, NULL), STATUS_SUCCESS);
        break;
    case TRANSACTION_NOTIFY_ROLLBACK:
        EXPECT_EQ(TmRollbackComplete(Enlistment, NULL), STATUS_SUCCESS);
        break;
    default:
        break;
    }
    return STATUS_SUCCESS;
}

static void
Start(HANDLE Tm, PART *Part)
{
    Part->Handle = VolatileResource(Tm);
    EXPECT_EQ(ObReferenceObjectByHandle(Part->Handle, RESOURCEMANAGER_ALL_ACCESS,
                                        *TmResourceManagerObjectType, KernelMode,
                                        (PVOID *)&Part->Rm, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmEnableCallbacks(Part->Rm, NULL, Part), STATUS_UNSUCCESSFUL);
    notificationOnly = Notified;
    EXPECT_EQ(TmEnableCallbacks(Part->Rm, notificationOnly, Part), STATUS_SUCCESS);
}

static PKTRANSACTION
ByPointer(HANDLE Handle)
{
    PKTRANSACTION transaction = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(Handle, TRANSACTION_ALL_ACCESS, *TmTransactionObjectType,
                                        KernelMode, (PVOID *)&transaction, NULL),
              STATUS_SUCCESS);
    first.Count = second.Count = 0;
    return transaction;
}

static HANDLE
EnlistPart(PART *Part, PKTRANSACTION Transaction, ULONG Mask)
{
    HANDLE handle = NULL;

    EXPECT_EQ(TmCreateEnlistment(&handle, KernelMode, ENLISTMENT_ALL_ACCESS, &kernelHandle,
                                 Part->Rm, Transaction, 0, Mask, &Part->Count),
              STATUS_SUCCESS);
    return handle;
}

static void
ExpectSeen(const PART *Part, ULONG One, ULONG Two, ULONG Three, ULONG Four)
{
    const ULONG expected[] = {One, Two, Three, Four};
    ULONG i;

    for (i = 0; i < ARRAYSIZE(expected) && expected[i] != 0; i++)
        EXPECT_EQ(i < Part->Count ? Part->Seen[i] : 0, expected[i]);
    EXPECT_EQ(Part->Count, i);
}

// The commit of a client that waits runs all callbacks before it returns.
static void
Phases(void)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, PHASES);
    HANDLE two = EnlistPart(&second, transaction, PHASES);
    TRANSACTION_BASIC_INFORMATION basic = {0};
    UOW id;

    TmGetTransactionId(transaction, &id);
    EXPECT_EQ(ZwQueryInformationTransaction(handle, TransactionBasicInformation, &basic,
                                            sizeof(basic), NULL),
              STATUS_SUCCESS);
    EXPECT(SameGuid(&id, &basic.TransactionId));
    EXPECT(TmIsTransactionActive(transaction));
    EXPECT_EQ(TmCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    EXPECT(!TmIsTransactionActive(transaction));
    EXPECT_EQ(TmCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_COMMITTED);
    EXPECT_EQ(TmRollbackTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_COMMITTED);
    ExpectSeen(&first, TRANSACTION_NOTIFY_PREPREPARE, TRANSACTION_NOTIFY_PREPARE,
               TRANSACTION_NOTIFY_COMMIT, 0);
    ExpectSeen(&second, TRANSACTION_NOTIFY_PREPREPARE, TRANSACTION_NOTIFY_PREPARE,
               TRANSACTION_NOTIFY_COMMIT, 0);
    ZwClose(one);
    ZwClose(two);
    ZwClose(handle);
    ObDereferenceObject(transaction);
}

static void
Rollback(void)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, PHASES);
    HANDLE two = EnlistPart(&second, transaction, PHASES);

    EXPECT_EQ(TmRollbackTransaction(transaction, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(handle), TransactionOutcomeAborted);
    EXPECT_EQ(TmRollbackTransaction(transaction, TRUE), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ExpectSeen(&first, TRANSACTION_NOTIFY_ROLLBACK, 0, 0, 0);
    ExpectSeen(&second, TRANSACTION_NOTIFY_ROLLBACK, 0, 0, 0);
    ZwClose(one);
    ZwClose(two);
    ZwClose(handle);
    ObDereferenceObject(transaction);
}

// A callback that cannot prepare.
static void
Fails(void)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, PHASES);
    HANDLE two = EnlistPart(&second, transaction, PHASES);

    second.Fail = TRANSACTION_NOTIFY_PREPARE;
    EXPECT_EQ(TmCommitTransaction(transaction, TRUE), STATUS_TRANSACTION_ALREADY_ABORTED);
    second.Fail = 0;
    EXPECT_EQ(OutcomeOf(handle), TransactionOutcomeAborted);
    ExpectSeen(&second, TRANSACTION_NOTIFY_PREPREPARE, TRANSACTION_NOTIFY_PREPARE,
               TRANSACTION_NOTIFY_ROLLBACK, 0);
    EXPECT_EQ(first.Seen[first.Count - 1], TRANSACTION_NOTIFY_ROLLBACK);
    ZwClose(one);
    ZwClose(two);
    ZwClose(handle);
    ObDereferenceObject(transaction);
}

static void
SinglePhase(ULONG Reject)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, SINGLE);
    HANDLE two = EnlistPart(&second, transaction, PHASES);
    PKENLISTMENT enlistment = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(two, ENLISTMENT_ALL_ACCESS, *TmEnlistmentObjectType,
                                        KernelMode, (PVOID *)&enlistment, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmReadOnlyEnlistment(enlistment, NULL), STATUS_SUCCESS);
    EXPECT_EQ(TmReadOnlyEnlistment(enlistment, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    EXPECT_EQ(TmRollbackEnlistment(enlistment, NULL), STATUS_TRANSACTION_REQUEST_NOT_VALID);
    ObDereferenceObject(enlistment);
    EXPECT_EQ(ZwSinglePhaseReject(one, NULL), STATUS_TRANSACTION_NOT_REQUESTED);
    first.Reject = Reject;
    EXPECT_EQ(TmCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(OutcomeOf(handle), TransactionOutcomeCommitted);
    if (Reject)
        ExpectSeen(&first, TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT, TRANSACTION_NOTIFY_PREPREPARE,
                   TRANSACTION_NOTIFY_PREPARE, TRANSACTION_NOTIFY_COMMIT);
    else
        ExpectSeen(&first, TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT, 0, 0, 0);
    ExpectSeen(&second, 0, 0, 0, 0);
    ZwClose(one);
    ZwClose(two);
    ZwClose(handle);
    ObDereferenceObject(transaction);
}

// Two that take part: no single phase.
static void
NotSingle(void)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, SINGLE);
    HANDLE two = EnlistPart(&second, transaction, PHASES);

    EXPECT_EQ(TmCommitTransaction(transaction, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(first.Seen[0], TRANSACTION_NOTIFY_PREPREPARE);
    ZwClose(one);
    ZwClose(two);
    ZwClose(handle);
    ObDereferenceObject(transaction);
}

static void
Keys(void)
{
    HANDLE handle = NewTransaction();
    PKTRANSACTION transaction = ByPointer(handle);
    HANDLE one = EnlistPart(&first, transaction, PHASES);
    PKENLISTMENT enlistment = NULL;
    BOOLEAN last = TRUE;
    PVOID key = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(one, ENLISTMENT_ALL_ACCESS, *TmEnlistmentObjectType,
                                        KernelMode, (PVOID *)&enlistment, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(TmReferenceEnlistmentKey(enlistment, NULL), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(TmReferenceEnlistmentKey(enlistment, &key), STATUS_SUCCESS);
    EXPECT(key == &first.Count);
    EXPECT_EQ(TmDereferenceEnlistmentKey(enlistment, &last), STATUS_SUCCESS);
    EXPECT(!last);
    EXPECT_EQ(TmDereferenceEnlistmentKey(enlistment, &last), STATUS_SUCCESS);
    EXPECT(last);
    EXPECT_EQ(TmDereferenceEnlistmentKey(enlistment, NULL), STATUS_UNSUCCESSFUL);
    EXPECT_EQ(TmReferenceEnlistmentKey(enlistment, &key), STATUS_UNSUCCESSFUL);
    EXPECT_EQ(TmRollbackEnlistment(enlistment, NULL), STATUS_SUCCESS);
    ExpectSeen(&first, TRANSACTION_NOTIFY_ROLLBACK, 0, 0, 0);
    ObDereferenceObject(enlistment);
    ZwClose(one);
    ZwClose(handle);
    ObDereferenceObject(transaction);
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
    Start(tm, &first);
    Start(tm, &second);
    Phases();
    Rollback();
    Fails();
    SinglePhase(FALSE);
    SinglePhase(TRUE);
    NotSingle();
    Keys();
    ObDereferenceObject(first.Rm);
    ObDereferenceObject(second.Rm);
    ZwClose(first.Handle);
    ZwClose(second.Handle);
    ZwClose(tm);
    return Finish("tm_callback");
}
