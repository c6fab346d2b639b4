/* SPDX-License-Identifier: MIT */
/*
 * Enlistments: creation, keys, what they say of themselves, and the enumeration of all objects of
 * KTM (kernel/enlistment-objects.md). PASSIVE_LEVEL; keys up to DISPATCH_LEVEL.
 */
#include "tmp.h"

POBJECT_TYPE TmpEnlistmentType;
POBJECT_TYPE *TmEnlistmentObjectType = &TmpEnlistmentType;

/* ---- create, open ------------------------------------------------------------------------- */

/* The multi-phase notifications are what one must hear who can do all in a single phase
 * (kernel/transaction-notifications.md). */
static BOOLEAN
TmpMaskValid(NOTIFICATION_MASK Mask)
{
    const ULONG phases =
        TRANSACTION_NOTIFY_PREPREPARE | TRANSACTION_NOTIFY_PREPARE | TRANSACTION_NOTIFY_COMMIT;
    const ULONG all = TRANSACTION_NOTIFY_MASK | TRANSACTION_NOTIFY_COMMIT_FINALIZE;
    return Mask != 0 && (Mask & ~all) == 0 &&
           ((Mask & TRANSACTION_NOTIFY_SINGLE_PHASE_COMMIT) == 0 || (Mask & phases) == phases);
}

static NTSTATUS
TmpMayEnlist(PKRESOURCEMANAGER Rm, PKTRANSACTION Transaction, ULONG Options, NOTIFICATION_MASK Mask)
{
    const BOOLEAN superior = (Options & ENLISTMENT_SUPERIOR) != 0;
    if ((Options & ~(ULONG)ENLISTMENT_MAXIMUM_OPTION) != 0 || !TmpMaskValid(Mask))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (!Rm->Online || !Rm->Tm->Online)
    {
        return STATUS_TRANSACTIONMANAGER_NOT_ONLINE;
    }
    if (Transaction->State != TmpActive)
    {
        return STATUS_TRANSACTION_NOT_ACTIVE;
    }
    if (superior && !TmpDurable(Rm) && (Rm->Tm->Options & TRANSACTION_MANAGER_VOLATILE) == 0)
    {
        return STATUS_TM_VOLATILE;
    }
    return superior && Transaction->Superior != NULL ? STATUS_TRANSACTION_SUPERIOR_EXISTS
                                                     : STATUS_SUCCESS;
}

static void
TmpEnlist(PKENLISTMENT Enlistment)
{
    const PKTRANSACTION transaction = Enlistment->Transaction;
    InsertTailList(&transaction->Enlistments, &Enlistment->TransactionLink);
    InsertTailList(&Enlistment->Rm->Enlistments, &Enlistment->RmLink);
    Enlistment->Held = TRUE;
    ObReference(Enlistment);
    if (TmpIsSuperior(Enlistment))
    {
        transaction->Superior = Enlistment;
    }
    if (transaction->Tm == NULL)
    {
        transaction->Tm = Enlistment->Rm->Tm;
        ObReference(transaction->Tm);
    }
}

/* Contract: NF:wdm.TmCreateEnlistment. */
DDI NTSTATUS
TmCreateEnlistment(PHANDLE EnlistmentHandle,
                   KPROCESSOR_MODE PreviousMode,
                   ACCESS_MASK DesiredAccess,
                   POBJECT_ATTRIBUTES ObjectAttributes,
                   PRKRESOURCEMANAGER ResourceManager,
                   PKTRANSACTION Transaction,
                   ULONG CreateOptions,
                   NOTIFICATION_MASK NotificationMask,
                   PVOID EnlistmentKey)
{
    PKENLISTMENT enlistment;
    NTSTATUS status = TmpMayEnlist(ResourceManager, Transaction, CreateOptions, NotificationMask);
    if (NT_SUCCESS(status))
    {
        status = ObCreateObject(TmpEnlistmentType, ObjectAttributes, PreviousMode,
                                sizeof(KENLISTMENT), (PVOID *)&enlistment);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    (void)ExUuidCreate(&enlistment->Id);
    ObReference(Transaction);
    enlistment->Transaction = Transaction;
    ObReference(ResourceManager);
    enlistment->Rm = ResourceManager;
    enlistment->Options = CreateOptions;
    enlistment->Mask = NotificationMask;
    enlistment->Key = EnlistmentKey;
    enlistment->KeyCount = 1;
    status =
        ObInsertNewObject(enlistment, DesiredAccess, 1, (PVOID *)&enlistment, EnlistmentHandle);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (status == STATUS_SUCCESS)
    {
        TmpEnlist(enlistment);
    }
    ObDereference(enlistment);
    return status;
}

/* Contract: NF:wdm.ZwCreateEnlistment. */
DDI NTSTATUS
ZwCreateEnlistment(PHANDLE EnlistmentHandle,
                   ACCESS_MASK DesiredAccess,
                   HANDLE ResourceManagerHandle,
                   HANDLE TransactionHandle,
                   POBJECT_ATTRIBUTES ObjectAttributes,
                   ULONG CreateOptions,
                   NOTIFICATION_MASK NotificationMask,
                   PVOID EnlistmentKey)
{
    PKRESOURCEMANAGER rm;
    PKTRANSACTION transaction;
    NTSTATUS status =
        TmpReference(ResourceManagerHandle, RESOURCEMANAGER_ENLIST, TmpResourceType, (PVOID *)&rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = TmpReference(TransactionHandle, TRANSACTION_ENLIST, TmpTransactionType,
                          (PVOID *)&transaction);
    if (NT_SUCCESS(status))
    {
        status =
            TmCreateEnlistment(EnlistmentHandle, KernelMode, DesiredAccess, ObjectAttributes, rm,
                               transaction, CreateOptions, NotificationMask, EnlistmentKey);
        ObDereference(transaction);
    }
    ObDereference(rm);
    return status;
}

/* Contract: NF:wdm.ZwOpenEnlistment. */
DDI NTSTATUS
ZwOpenEnlistment(PHANDLE EnlistmentHandle,
                 ACCESS_MASK DesiredAccess,
                 HANDLE RmHandle,
                 LPGUID EnlistmentGuid,
                 POBJECT_ATTRIBUTES ObjectAttributes)
{
    PKRESOURCEMANAGER rm;
    if (DesiredAccess == 0 || EnlistmentGuid == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status =
        TmpReference(RmHandle, RESOURCEMANAGER_QUERY_INFORMATION, TmpResourceType, (PVOID *)&rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = STATUS_ENLISTMENT_NOT_FOUND;
    for (PLIST_ENTRY entry = rm->Enlistments.Flink; entry != &rm->Enlistments; entry = entry->Flink)
    {
        const PKENLISTMENT enlistment = CONTAINING_RECORD(entry, KENLISTMENT, RmLink);
        if (TmpSameGuid(&enlistment->Id, EnlistmentGuid))
        {
            status = ObOpenObjectByPointer(enlistment, TmpAttributes(ObjectAttributes), NULL,
                                           DesiredAccess, TmpEnlistmentType, KernelMode,
                                           EnlistmentHandle);
            break;
        }
    }
    ObDereference(rm);
    return status;
}

/* ---- keys --------------------------------------------------------------------------------- */

/* Contract: NF:wdm.TmReferenceEnlistmentKey. The count starts at 1, for the creator. */
DDI NTSTATUS
TmReferenceEnlistmentKey(PKENLISTMENT Enlistment, PVOID *Key)
{
    if (Key == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Enlistment->KeyCount == 0)
    {
        return STATUS_UNSUCCESSFUL;
    }
    if (Enlistment->KeyCount == 0xffffffff)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Enlistment->KeyCount++;
    *Key = Enlistment->Key;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.TmDereferenceEnlistmentKey. */
DDI NTSTATUS
TmDereferenceEnlistmentKey(PKENLISTMENT Enlistment, PBOOLEAN LastReference)
{
    if (Enlistment->KeyCount == 0)
    {
        return STATUS_UNSUCCESSFUL;
    }
    Enlistment->KeyCount--;
    if (LastReference != NULL)
    {
        *LastReference = Enlistment->KeyCount == 0;
    }
    return STATUS_SUCCESS;
}

/* ---- information -------------------------------------------------------------------------- */

static NTSTATUS
TmpQueryEnlistment(PKENLISTMENT Enlistment,
                   ENLISTMENT_INFORMATION_CLASS Class,
                   PVOID Buffer,
                   ULONG Length,
                   PULONG Written)
{
    const ENLISTMENT_BASIC_INFORMATION basic = {.EnlistmentId = Enlistment->Id,
                                                .TransactionId = Enlistment->Transaction->Id,
                                                .ResourceManagerId = Enlistment->Rm->Id};
    const BOOLEAN recovery = Class == EnlistmentRecoveryInformation;
    const void *from = recovery ? Enlistment->Recovery : &basic;
    *Written = recovery ? Enlistment->RecoveryLength : (ULONG)sizeof(basic);
    if (Length < *Written)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (*Written != 0)
    {
        __builtin_memcpy(Buffer, from, *Written);
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwQueryInformationEnlistment. */
DDI NTSTATUS
ZwQueryInformationEnlistment(HANDLE EnlistmentHandle,
                             ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                             PVOID EnlistmentInformation,
                             ULONG EnlistmentInformationLength,
                             PULONG ReturnLength)
{
    PKENLISTMENT enlistment;
    ULONG written = 0;
    if (EnlistmentInformationClass != EnlistmentBasicInformation &&
        EnlistmentInformationClass != EnlistmentRecoveryInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(EnlistmentHandle, ENLISTMENT_QUERY_INFORMATION,
                                   TmpEnlistmentType, (PVOID *)&enlistment);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = TmpQueryEnlistment(enlistment, EnlistmentInformationClass, EnlistmentInformation,
                                EnlistmentInformationLength, &written);
    if (ReturnLength != NULL)
    {
        *ReturnLength = written;
    }
    ObDereference(enlistment);
    return status;
}

static NTSTATUS
TmpSetRecovery(PKENLISTMENT Enlistment, const void *Information, ULONG Length)
{
    PVOID copy = MmAllocatePool(NonPagedPoolNx, Length, TMP_TAG);
    if (copy == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(copy, Information, Length);
    if (Enlistment->Recovery != NULL)
    {
        MmFreePool(Enlistment->Recovery, TMP_TAG);
    }
    Enlistment->Recovery = copy;
    Enlistment->RecoveryLength = Length;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwSetInformationEnlistment. */
DDI NTSTATUS
ZwSetInformationEnlistment(HANDLE EnlistmentHandle,
                           ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                           PVOID EnlistmentInformation,
                           ULONG EnlistmentInformationLength)
{
    PKENLISTMENT enlistment;
    if (EnlistmentInformationClass != EnlistmentRecoveryInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(EnlistmentHandle, ENLISTMENT_SET_INFORMATION, TmpEnlistmentType,
                                   (PVOID *)&enlistment);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = EnlistmentInformationLength == 0
                 ? STATUS_INFO_LENGTH_MISMATCH
                 : TmpSetRecovery(enlistment, EnlistmentInformation, EnlistmentInformationLength);
    ObDereference(enlistment);
    return status;
}

/* ---- the type ----------------------------------------------------------------------------- */

/* Nobody is left to answer (kernel/enlistment-objects.md). Who has prepared may not go back. */
static void
TmpCloseEnlistment(PEPROCESS Process,
                   PVOID Object,
                   ACCESS_MASK GrantedAccess,
                   ULONG OfProcess,
                   ULONG OfSystem)
{
    const PKENLISTMENT enlistment = Object;
    const PKTRANSACTION transaction = enlistment->Transaction;
    (void)Process, (void)GrantedAccess, (void)OfProcess;
    if (OfSystem != 1 || enlistment->State >= TmpDone || TmpDecided(transaction))
    {
        return;
    }
    if (enlistment->State == TmpMustCommitSingle)
    {
        TmpDisconnect(enlistment);
    }
    else if (TmpIsSuperior(enlistment) && transaction->State >= TmpPrepared)
    {
        transaction->State = TmpIndoubt;
    }
    else if (enlistment->State < TmpHasPrepared)
    {
        TmpRollback(transaction, TmpIsSuperior(enlistment) ? enlistment : NULL);
    }
    TmpFlush(FALSE);
}

static void
TmpDeleteEnlistment(PVOID Object)
{
    const PKENLISTMENT enlistment = Object;
    if (enlistment->RmLink.Flink != NULL)
    {
        RemoveEntryList(&enlistment->RmLink);
        RemoveEntryList(&enlistment->TransactionLink);
    }
    if (enlistment->Recovery != NULL)
    {
        MmFreePool(enlistment->Recovery, TMP_TAG);
    }
    if (enlistment->Rm != NULL)
    {
        ObDereference(enlistment->Rm);
        ObDereference(enlistment->Transaction);
    }
}

NTSTATUS
TmpInitEnlistments(void)
{
    const OB_TYPE_INITIALIZER type = {
        .ValidAccessMask = ENLISTMENT_ALL_ACCESS,
        .GenericMapping = {ENLISTMENT_GENERIC_READ, ENLISTMENT_GENERIC_WRITE,
                           ENLISTMENT_GENERIC_EXECUTE, ENLISTMENT_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .Close = TmpCloseEnlistment,
        .Delete = TmpDeleteEnlistment};
    return ObCreateObjectType(L"TmEn", &type, MM_TAG('T', 'm', 'E', 'n'), &TmpEnlistmentType);
}
