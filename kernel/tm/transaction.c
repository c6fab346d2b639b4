/* SPDX-License-Identifier: MIT */
/*
 * Transactions: creation, timeouts, commit and rollback as clients ask for them
 * (kernel/transaction-objects.md). PASSIVE_LEVEL; the DPC of a timeout at DISPATCH_LEVEL.
 */
#include "tmp.h"

POBJECT_TYPE TmpTransactionType;
POBJECT_TYPE *TmTransactionObjectType = &TmpTransactionType;
LIST_ENTRY TmpTransactions = {&TmpTransactions, &TmpTransactions};

/* ---- timeouts ----------------------------------------------------------------------------- */

void
TmpCancelTimer(PKTRANSACTION Transaction)
{
    if (Transaction->TimerSet && KeCancelTimer(&Transaction->Timer))
    {
        Transaction->TimerSet = FALSE;
        ObDereference(Transaction);
    }
}

/* At PASSIVE_LEVEL, where resource managers are called: too late? */
static VOID NTAPI
TmpTimeoutWork(PVOID Context)
{
    const PKTRANSACTION transaction = Context;
    transaction->WorkQueued = FALSE;
    if (!TmpDecided(transaction) && transaction->State != TmpSinglePhase &&
        transaction->State != TmpIndoubt)
    {
        TmpRollback(transaction, NULL);
        TmpFlush(FALSE);
    }
    ObDereference(transaction);
}

static VOID NTAPI
TmpTimeoutDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    const PKTRANSACTION transaction = Context;
    (void)Dpc, (void)Argument1, (void)Argument2;
    transaction->TimerSet = FALSE;
    if (transaction->WorkQueued)
    {
        ObDereference(transaction);
        return;
    }
    transaction->WorkQueued = TRUE; /* the work item takes over the reference */
    ExQueueWorkItem(&transaction->TimerWork, DelayedWorkQueue);
}

static void
TmpSetTimeout(PKTRANSACTION Transaction, LARGE_INTEGER Timeout)
{
    TmpCancelTimer(Transaction);
    Transaction->Timeout = Timeout;
    if (Timeout.QuadPart != 0 && !Transaction->TimerSet)
    {
        Transaction->TimerSet = TRUE;
        ObReference(Transaction);
        (void)KeSetTimer(&Transaction->Timer, Timeout, &Transaction->TimerDpc);
    }
}

/* ---- create, open ------------------------------------------------------------------------- */

static PKTRANSACTION
TmpFindTransaction(const GUID *Id, PKTM Tm)
{
    for (PLIST_ENTRY entry = TmpTransactions.Flink; entry != &TmpTransactions; entry = entry->Flink)
    {
        const PKTRANSACTION transaction = CONTAINING_RECORD(entry, KTRANSACTION, Link);
        if (TmpSameGuid(&transaction->Id, Id) && (Tm == NULL || transaction->Tm == Tm))
        {
            return transaction;
        }
    }
    return NULL;
}

static NTSTATUS
TmpNewTransaction(POBJECT_ATTRIBUTES ObjectAttributes,
                  const GUID *Id,
                  PCUNICODE_STRING Description,
                  PKTRANSACTION *New)
{
    PKTRANSACTION transaction;
    NTSTATUS status = ObCreateObject(TmpTransactionType, ObjectAttributes, KernelMode,
                                     sizeof(KTRANSACTION), (PVOID *)&transaction);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    KeInitializeEvent(&transaction->Finished, NotificationEvent, FALSE);
    KeInitializeTimer(&transaction->Timer);
    KeInitializeDpc(&transaction->TimerDpc, TmpTimeoutDpc, transaction);
    ExInitializeWorkItem(&transaction->TimerWork, TmpTimeoutWork, transaction);
    InitializeListHead(&transaction->Enlistments);
    if (Id != NULL)
    {
        transaction->Id = *Id;
    }
    else
    {
        (void)ExUuidCreate(&transaction->Id);
    }
    status = TmpCopyDescription(Description, transaction->Description,
                                sizeof(transaction->Description), &transaction->DescriptionLength);
    if (!NT_SUCCESS(status))
    {
        ObDereference(transaction);
        return status;
    }
    *New = transaction;
    return STATUS_SUCCESS;
}

/* Tm's reference is consumed. */
static NTSTATUS
TmpInsertTransaction(PKTRANSACTION Transaction,
                     PKTM Tm,
                     ACCESS_MASK DesiredAccess,
                     const LARGE_INTEGER *Timeout,
                     PHANDLE Handle)
{
    Transaction->Tm = Tm;
    const NTSTATUS status =
        ObInsertNewObject(Transaction, DesiredAccess, 1, (PVOID *)&Transaction, Handle);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (status == STATUS_SUCCESS)
    {
        InsertTailList(&TmpTransactions, &Transaction->Link);
        if (Timeout != NULL)
        {
            TmpSetTimeout(Transaction, *Timeout);
        }
    }
    ObDereference(Transaction);
    return status;
}

/* Contract: NF:wdm.ZwCreateTransaction. */
DDI NTSTATUS
ZwCreateTransaction(PHANDLE TransactionHandle,
                    ACCESS_MASK DesiredAccess,
                    POBJECT_ATTRIBUTES ObjectAttributes,
                    LPGUID Uow,
                    HANDLE TmHandle,
                    ULONG CreateOptions,
                    ULONG IsolationLevel,
                    ULONG IsolationFlags,
                    PLARGE_INTEGER Timeout,
                    PUNICODE_STRING Description)
{
    PKTRANSACTION transaction;
    PKTM tm = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    if (DesiredAccess == 0 || (CreateOptions & ~(ULONG)TRANSACTION_MAXIMUM_OPTION) != 0 ||
        IsolationLevel != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Uow != NULL && TmpFindTransaction(Uow, NULL) != NULL)
    {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (TmHandle != NULL)
    {
        status = TmpReference(TmHandle, TRANSACTIONMANAGER_QUERY_INFORMATION, TmpManagerType,
                              (PVOID *)&tm);
    }
    if (NT_SUCCESS(status) && tm != NULL && !tm->Online)
    {
        status = STATUS_TRANSACTIONMANAGER_NOT_ONLINE;
    }
    if (NT_SUCCESS(status))
    {
        status = TmpNewTransaction(ObjectAttributes, Uow, Description, &transaction);
    }
    if (!NT_SUCCESS(status))
    {
        if (tm != NULL)
        {
            ObDereference(tm);
        }
        return status;
    }
    transaction->IsolationFlags = IsolationFlags;
    return TmpInsertTransaction(transaction, tm, DesiredAccess, Timeout, TransactionHandle);
}

/* Contract: NF:wdm.ZwOpenTransaction. */
DDI NTSTATUS
ZwOpenTransaction(PHANDLE TransactionHandle,
                  ACCESS_MASK DesiredAccess,
                  POBJECT_ATTRIBUTES ObjectAttributes,
                  LPGUID Uow,
                  HANDLE TmHandle)
{
    PKTM tm = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    if (DesiredAccess == 0 || Uow == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (TmHandle != NULL)
    {
        status = TmpReference(TmHandle, TRANSACTIONMANAGER_QUERY_INFORMATION, TmpManagerType,
                              (PVOID *)&tm);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const PKTRANSACTION transaction = TmpFindTransaction(Uow, tm);
    status = transaction == NULL
                 ? STATUS_TRANSACTION_NOT_FOUND
                 : ObOpenObjectByPointer(transaction, TmpAttributes(ObjectAttributes), NULL,
                                         DesiredAccess, TmpTransactionType, KernelMode,
                                         TransactionHandle);
    if (tm != NULL)
    {
        ObDereference(tm);
    }
    return status;
}

/* ---- outcome ------------------------------------------------------------------------------ */

static NTSTATUS
TmpMayCommit(PKTRANSACTION Transaction)
{
    if (Transaction->State == TmpRollingBack || Transaction->State == TmpAborted)
    {
        return STATUS_TRANSACTION_ALREADY_ABORTED;
    }
    if (Transaction->State == TmpCommitted)
    {
        return STATUS_TRANSACTION_ALREADY_COMMITTED;
    }
    if (Transaction->CommitCalled || Transaction->State != TmpActive)
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    const PKENLISTMENT superior = Transaction->Superior;
    return superior != NULL && (superior->Mask & TRANSACTION_NOTIFY_COMMIT_REQUEST) == 0
               ? STATUS_TRANSACTION_SUPERIOR_EXISTS
               : STATUS_SUCCESS;
}

/* Wait for the end, or say that there is one to wait for. Committing: what the caller wanted. */
static NTSTATUS
TmpAwaitEnd(PKTRANSACTION Transaction, BOOLEAN Wait, BOOLEAN Committing)
{
    TmpFlush(Wait);
    if (!Transaction->Ended)
    {
        if (!Wait)
        {
            return STATUS_PENDING;
        }
        (void)KeWaitForSingleObject(&Transaction->Finished, Executive, KernelMode, FALSE, NULL);
    }
    if (Transaction->Disconnected)
    {
        return STATUS_RM_DISCONNECTED;
    }
    return Committing && Transaction->State == TmpAborted ? STATUS_TRANSACTION_ALREADY_ABORTED
                                                          : STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmCommitTransaction. */
DDI NTSTATUS
TmCommitTransaction(PKTRANSACTION Transaction, BOOLEAN Wait)
{
    const NTSTATUS status = TmpMayCommit(Transaction);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Transaction->CommitCalled = TRUE;
    if (Transaction->Superior == NULL ||
        !TmpNotify(Transaction->Superior, TRANSACTION_NOTIFY_COMMIT_REQUEST))
    {
        TmpStartCommit(Transaction);
    }
    return TmpAwaitEnd(Transaction, Wait, TRUE);
}

/* Contract: NF:wdm.TmRollbackTransaction. */
DDI NTSTATUS
TmRollbackTransaction(PKTRANSACTION Transaction, BOOLEAN Wait)
{
    if (Transaction->State == TmpCommitting || Transaction->State == TmpCommitted)
    {
        return STATUS_TRANSACTION_ALREADY_COMMITTED;
    }
    if (Transaction->CommitCalled || Transaction->State >= TmpPrepared)
    {
        return STATUS_TRANSACTION_REQUEST_NOT_VALID;
    }
    TmpRollback(Transaction, NULL);
    return TmpAwaitEnd(Transaction, Wait, FALSE);
}

/* Contract: NF:wdm.ZwCommitTransaction. */
DDI NTSTATUS
ZwCommitTransaction(HANDLE TransactionHandle, BOOLEAN Wait)
{
    PKTRANSACTION transaction;
    NTSTATUS status = TmpReference(TransactionHandle, TRANSACTION_COMMIT, TmpTransactionType,
                                   (PVOID *)&transaction);
    if (NT_SUCCESS(status))
    {
        status = TmCommitTransaction(transaction, Wait);
        ObDereference(transaction);
    }
    return status;
}

/* Contract: NF:wdm.ZwRollbackTransaction. */
DDI NTSTATUS
ZwRollbackTransaction(HANDLE TransactionHandle, BOOLEAN Wait)
{
    PKTRANSACTION transaction;
    NTSTATUS status = TmpReference(TransactionHandle, TRANSACTION_ROLLBACK, TmpTransactionType,
                                   (PVOID *)&transaction);
    if (NT_SUCCESS(status))
    {
        status = TmRollbackTransaction(transaction, Wait);
        ObDereference(transaction);
    }
    return status;
}

/* Contract: NF:wdm.TmGetTransactionId. */
DDI VOID
TmGetTransactionId(PKTRANSACTION Transaction, PUOW TransactionId)
{
    *TransactionId = Transaction->Id;
}

/* Contract: NF:wdm.TmIsTransactionActive. */
DDI BOOLEAN
TmIsTransactionActive(PKTRANSACTION Transaction)
{
    return Transaction->State == TmpActive;
}

/* ---- information -------------------------------------------------------------------------- */

static ULONG
TmpOutcome(PKTRANSACTION Transaction)
{
    return Transaction->State >= TmpRollingBack  ? TransactionOutcomeAborted
           : Transaction->State >= TmpCommitting ? TransactionOutcomeCommitted
                                                 : TransactionOutcomeUndetermined;
}

static NTSTATUS
TmpQueryBasic(PKTRANSACTION Transaction, PVOID Buffer, ULONG Length, PULONG Written)
{
    TRANSACTION_BASIC_INFORMATION *basic = Buffer;
    const TMP_TRANSACTION_STATE state = Transaction->State;
    *Written = sizeof(*basic);
    if (Length < sizeof(*basic))
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    basic->TransactionId = Transaction->Id;
    basic->State = state == TmpIndoubt ? TransactionStateIndoubt
                   : state == TmpCommitting || state == TmpCommitted
                       ? TransactionStateCommittedNotify
                       : TransactionStateNormal;
    basic->Outcome = TmpOutcome(Transaction);
    return STATUS_SUCCESS;
}

static NTSTATUS
TmpQueryProperties(PKTRANSACTION Transaction, PVOID Buffer, ULONG Length, PULONG Written)
{
    TRANSACTION_PROPERTIES_INFORMATION *properties = Buffer;
    const ULONG header = FIELD_OFFSET(TRANSACTION_PROPERTIES_INFORMATION, Description);
    *Written = header + Transaction->DescriptionLength;
    if (Length < header)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    properties->IsolationLevel = Transaction->IsolationLevel;
    properties->IsolationFlags = Transaction->IsolationFlags;
    properties->Timeout = Transaction->Timeout;
    properties->Outcome = TmpOutcome(Transaction);
    properties->DescriptionLength = Transaction->DescriptionLength;
    if (Length < *Written)
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    __builtin_memcpy(properties->Description, Transaction->Description,
                     Transaction->DescriptionLength);
    return STATUS_SUCCESS;
}

static void
TmpPair(const struct _KENLISTMENT *Enlistment, TRANSACTION_ENLISTMENT_PAIR *Pair)
{
    Pair->EnlistmentId = Enlistment->Id;
    Pair->ResourceManagerId = Enlistment->Rm->Id;
}

static NTSTATUS
TmpQueryEnlistments(PKTRANSACTION Transaction, PVOID Buffer, ULONG Length, PULONG Written)
{
    TRANSACTION_ENLISTMENTS_INFORMATION *all = Buffer;
    const ULONG header = FIELD_OFFSET(TRANSACTION_ENLISTMENTS_INFORMATION, EnlistmentPair);
    ULONG count = 0;
    if (Length < header)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    for (PLIST_ENTRY entry = Transaction->Enlistments.Flink; entry != &Transaction->Enlistments;
         entry = entry->Flink)
    {
        if (header + (count + 1) * sizeof(TRANSACTION_ENLISTMENT_PAIR) <= Length)
        {
            TmpPair(CONTAINING_RECORD(entry, KENLISTMENT, TransactionLink),
                    &all->EnlistmentPair[count]);
        }
        count++;
    }
    all->NumberOfEnlistments = count;
    *Written = header + count * (ULONG)sizeof(TRANSACTION_ENLISTMENT_PAIR);
    return *Written > Length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS
TmpQuerySuperior(PKTRANSACTION Transaction, PVOID Buffer, ULONG Length, PULONG Written)
{
    TRANSACTION_SUPERIOR_ENLISTMENT_INFORMATION *superior = Buffer;
    if (Length < sizeof(*superior))
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (Transaction->Superior == NULL)
    {
        return STATUS_TRANSACTION_NO_SUPERIOR;
    }
    *Written = sizeof(*superior);
    TmpPair(Transaction->Superior, &superior->SuperiorEnlistmentPair);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwQueryInformationTransaction. */
DDI NTSTATUS
ZwQueryInformationTransaction(HANDLE TransactionHandle,
                              TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                              PVOID TransactionInformation,
                              ULONG TransactionInformationLength,
                              PULONG ReturnLength)
{
    static NTSTATUS (*const routines[])(PKTRANSACTION, PVOID, ULONG, PULONG) = {
        [TransactionBasicInformation] = TmpQueryBasic,
        [TransactionPropertiesInformation] = TmpQueryProperties,
        [TransactionEnlistmentInformation] = TmpQueryEnlistments,
        [TransactionSuperiorEnlistmentInformation] = TmpQuerySuperior};
    PKTRANSACTION transaction;
    ULONG written = 0;
    if ((ULONG)TransactionInformationClass >= ARRAYSIZE(routines))
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(TransactionHandle, TRANSACTION_QUERY_INFORMATION,
                                   TmpTransactionType, (PVOID *)&transaction);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = routines[TransactionInformationClass](transaction, TransactionInformation,
                                                   TransactionInformationLength, &written);
    if (ReturnLength != NULL)
    {
        *ReturnLength = written;
    }
    ObDereference(transaction);
    return status;
}

static NTSTATUS
TmpSetProperties(PKTRANSACTION Transaction,
                 const TRANSACTION_PROPERTIES_INFORMATION *Properties,
                 ULONG Length)
{
    const ULONG header = FIELD_OFFSET(TRANSACTION_PROPERTIES_INFORMATION, Description);
    if (Properties->IsolationLevel != 0 || Properties->DescriptionLength > Length - header ||
        Properties->DescriptionLength > sizeof(Transaction->Description) ||
        Properties->DescriptionLength % sizeof(WCHAR) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (TmpDecided(Transaction))
    {
        return STATUS_TRANSACTION_NOT_ACTIVE;
    }
    Transaction->IsolationFlags = Properties->IsolationFlags;
    Transaction->DescriptionLength = (USHORT)Properties->DescriptionLength;
    __builtin_memcpy(Transaction->Description, Properties->Description,
                     Properties->DescriptionLength);
    TmpSetTimeout(Transaction, Properties->Timeout);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwSetInformationTransaction. */
DDI NTSTATUS
ZwSetInformationTransaction(HANDLE TransactionHandle,
                            TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                            PVOID TransactionInformation,
                            ULONG TransactionInformationLength)
{
    PKTRANSACTION transaction;
    if (TransactionInformationClass != TransactionPropertiesInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(TransactionHandle, TRANSACTION_SET_INFORMATION,
                                   TmpTransactionType, (PVOID *)&transaction);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status =
        TransactionInformationLength < FIELD_OFFSET(TRANSACTION_PROPERTIES_INFORMATION, Description)
            ? STATUS_INFO_LENGTH_MISMATCH
            : TmpSetProperties(transaction, TransactionInformation, TransactionInformationLength);
    ObDereference(transaction);
    return status;
}

/* ---- the type ----------------------------------------------------------------------------- */

/* Nobody is left who could commit (kernel/transaction-objects.md). */
static void
TmpCloseTransaction(PEPROCESS Process,
                    PVOID Object,
                    ACCESS_MASK GrantedAccess,
                    ULONG OfProcess,
                    ULONG OfSystem)
{
    const PKTRANSACTION transaction = Object;
    (void)Process, (void)GrantedAccess, (void)OfProcess;
    if (OfSystem == 1 && transaction->State == TmpActive && !transaction->CommitCalled)
    {
        TmpRollback(transaction, NULL);
        TmpFlush(FALSE);
    }
}

static void
TmpDeleteTransaction(PVOID Object)
{
    const PKTRANSACTION transaction = Object;
    if (transaction->Link.Flink != NULL)
    {
        RemoveEntryList(&transaction->Link);
    }
    if (transaction->Tm != NULL)
    {
        ObDereference(transaction->Tm);
    }
}

NTSTATUS
TmpInitTransactions(void)
{
    const OB_TYPE_INITIALIZER type = {
        .ValidAccessMask = TRANSACTION_ALL_ACCESS,
        .GenericMapping = {TRANSACTION_GENERIC_READ, TRANSACTION_GENERIC_WRITE,
                           TRANSACTION_GENERIC_EXECUTE, TRANSACTION_ALL_ACCESS},
        .WaitOffset = FIELD_OFFSET(KTRANSACTION, Finished),
        .Close = TmpCloseTransaction,
        .Delete = TmpDeleteTransaction};
    return ObCreateObjectType(L"TmTx", &type, MM_TAG('T', 'm', 'T', 'x'), &TmpTransactionType);
}
