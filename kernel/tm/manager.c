/* SPDX-License-Identifier: MIT */
/*
 * Transaction managers: creation, the log of durable ones, recovery
 * (kernel/transaction-manager-objects.md, kernel/handling-recovery-operations.md). The log is the
 * memory of the run: see docs/decisions. PASSIVE_LEVEL.
 */
#include "tmp.h"

POBJECT_TYPE TmpManagerType;
POBJECT_TYPE *TmTransactionManagerObjectType = &TmpManagerType;
LIST_ENTRY TmpManagers = {&TmpManagers, &TmpManagers};

static PKTM
TmpFindById(const GUID *Id)
{
    for (PLIST_ENTRY entry = TmpManagers.Flink; entry != &TmpManagers; entry = entry->Flink)
    {
        const PKTM tm = CONTAINING_RECORD(entry, struct _KTM, Link);
        if (TmpSameGuid(&tm->Id, Id))
        {
            return tm;
        }
    }
    return NULL;
}

static PKTM
TmpFindByLog(PCUNICODE_STRING Path)
{
    for (PLIST_ENTRY entry = TmpManagers.Flink; entry != &TmpManagers; entry = entry->Flink)
    {
        const PKTM tm = CONTAINING_RECORD(entry, struct _KTM, Link);
        if (tm->LogPath.Length != 0 && RtlEqualUnicodeString(&tm->LogPath, Path, TRUE))
        {
            return tm;
        }
    }
    return NULL;
}

static BOOLEAN
TmpInUse(PKTM Tm)
{
    BOOLEAN used = Tm->Open;
    for (PLIST_ENTRY entry = Tm->ResourceManagers.Flink; entry != &Tm->ResourceManagers;
         entry = entry->Flink)
    {
        used = used || CONTAINING_RECORD(entry, KRESOURCEMANAGER, TmLink)->Open;
    }
    return used;
}

void
TmpManagerMaybeGone(PKTM Tm)
{
    if (Tm->Online && Tm->Kept && !TmpInUse(Tm))
    {
        Tm->Online = FALSE;
        Tm->LogClock = Tm->Clock;
        Tm->RecoveredTo = 0;
    }
}

/* The log of Old is the log of New: identity, clock and everything that refers to it. */
static void
TmpTakeLog(PKTM New, PKTM Old)
{
    New->Id = Old->Id;
    New->LogId = Old->LogId;
    New->LogClock = Old->LogClock;
    while (!IsListEmpty(&Old->ResourceManagers))
    {
        const PKRESOURCEMANAGER rm =
            CONTAINING_RECORD(RemoveHeadList(&Old->ResourceManagers), KRESOURCEMANAGER, TmLink);
        InsertTailList(&New->ResourceManagers, &rm->TmLink);
        ObReference(New);
        rm->Tm = New;
        ObDereference(Old);
    }
    for (PLIST_ENTRY entry = TmpTransactions.Flink; entry != &TmpTransactions; entry = entry->Flink)
    {
        const PKTRANSACTION transaction = CONTAINING_RECORD(entry, KTRANSACTION, Link);
        if (transaction->Tm == Old)
        {
            ObReference(New);
            transaction->Tm = New;
            ObDereference(Old);
        }
    }
    RemoveEntryList(&Old->Link);
    Old->Link.Flink = NULL;
    Old->Kept = FALSE;
    ObDereference(Old);
}

static NTSTATUS
TmpCopyPath(PUNICODE_STRING To, PCUNICODE_STRING From)
{
    To->Buffer = MmAllocatePool(NonPagedPoolNx, From->Length, TMP_TAG);
    if (To->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(To->Buffer, From->Buffer, From->Length);
    To->Length = To->MaximumLength = From->Length;
    return STATUS_SUCCESS;
}

static NTSTATUS
TmpNewManager(POBJECT_ATTRIBUTES ObjectAttributes,
              PCUNICODE_STRING LogFileName,
              ULONG Options,
              PKTM *Manager)
{
    PKTM tm;
    NTSTATUS status = ObCreateObject(TmpManagerType, ObjectAttributes, KernelMode,
                                     sizeof(struct _KTM), (PVOID *)&tm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    InitializeListHead(&tm->ResourceManagers);
    tm->Options = Options;
    tm->Clock = tm->LogClock = 1;
    tm->Online = LogFileName == NULL;
    tm->RecoveredTo = LogFileName == NULL ? TMP_ALL_RECORDS : 0;
    (void)ExUuidCreate(&tm->Id);
    (void)ExUuidCreate(&tm->LogId);
    if (LogFileName != NULL)
    {
        status = TmpCopyPath(&tm->LogPath, LogFileName);
    }
    if (!NT_SUCCESS(status))
    {
        ObDereference(tm);
        return status;
    }
    *Manager = tm;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwCreateTransactionManager. A durable one starts offline, until it recovers. */
DDI NTSTATUS
ZwCreateTransactionManager(PHANDLE TmHandle,
                           ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes,
                           PUNICODE_STRING LogFileName,
                           ULONG CreateOptions,
                           ULONG CommitStrength)
{
    const BOOLEAN isVolatile = (CreateOptions & TRANSACTION_MANAGER_VOLATILE) != 0;
    PKTM tm;
    if ((CreateOptions & ~(ULONG)TRANSACTION_MANAGER_MAXIMUM_OPTION) != 0 || CommitStrength != 0 ||
        isVolatile != (LogFileName == NULL) || (LogFileName != NULL && LogFileName->Length == 0))
    {
        return STATUS_INVALID_PARAMETER;
    }
    const PKTM old = LogFileName == NULL ? NULL : TmpFindByLog(LogFileName);
    if (old != NULL && TmpInUse(old))
    {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    NTSTATUS status = TmpNewManager(ObjectAttributes, LogFileName, CreateOptions, &tm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = ObInsertNewObject(tm, DesiredAccess, 1, (PVOID *)&tm, TmHandle);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (status == STATUS_SUCCESS)
    {
        if (old != NULL)
        {
            TmpTakeLog(tm, old);
        }
        InsertTailList(&TmpManagers, &tm->Link);
        if (!isVolatile)
        {
            tm->Kept = TRUE;
            ObReference(tm);
        }
    }
    ObDereference(tm);
    return status;
}

/* Contract: NF:wdm.ZwOpenTransactionManager: by exactly one of name, log and identity. */
DDI NTSTATUS
ZwOpenTransactionManager(PHANDLE TmHandle,
                         ACCESS_MASK DesiredAccess,
                         POBJECT_ATTRIBUTES ObjectAttributes,
                         PUNICODE_STRING LogFileName,
                         LPGUID TmIdentity,
                         ULONG OpenOptions)
{
    const BOOLEAN byName = ObjectAttributes != NULL && ObjectAttributes->ObjectName != NULL;
    if (OpenOptions != 0 || byName + (LogFileName != NULL) + (TmIdentity != NULL) != 1)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (byName)
    {
        return ObOpenByName(ObjectAttributes, TmpManagerType, KernelMode, DesiredAccess, NULL,
                            TmHandle);
    }
    const PKTM tm = LogFileName != NULL ? TmpFindByLog(LogFileName) : TmpFindById(TmIdentity);
    if (tm == NULL)
    {
        return LogFileName != NULL ? STATUS_OBJECT_NAME_NOT_FOUND
                                   : STATUS_TRANSACTIONMANAGER_NOT_FOUND;
    }
    return ObOpenObjectByPointer(tm, TmpAttributes(ObjectAttributes), NULL, DesiredAccess,
                                 TmpManagerType, KernelMode, TmHandle);
}

/* ---- recovery ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.TmRecoverTransactionManager. With a clock: up to the records of that time. */
DDI NTSTATUS
TmRecoverTransactionManager(PKTM Tm, PLARGE_INTEGER TargetVirtualClock)
{
    if ((Tm->Options & TRANSACTION_MANAGER_VOLATILE) != 0)
    {
        return STATUS_TM_VOLATILE;
    }
    if (TargetVirtualClock != NULL)
    {
        if (Tm->RecoveredTo == TMP_ALL_RECORDS || TargetVirtualClock->QuadPart < Tm->RecoveredTo)
        {
            return STATUS_UNSUCCESSFUL; /* it has read further already */
        }
        Tm->RecoveredTo = TargetVirtualClock->QuadPart;
        Tm->Clock = TargetVirtualClock->QuadPart;
    }
    else if (Tm->RecoveredTo != TMP_ALL_RECORDS)
    {
        Tm->RecoveredTo = TMP_ALL_RECORDS;
        Tm->Clock = Tm->LogClock;
    }
    Tm->Online = TRUE;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwRollforwardTransactionManager. */
DDI NTSTATUS
ZwRollforwardTransactionManager(HANDLE TransactionManagerHandle, PLARGE_INTEGER TmVirtualClock)
{
    PKTM tm;
    NTSTATUS status = TmpReference(TransactionManagerHandle, TRANSACTIONMANAGER_RECOVER,
                                   TmpManagerType, (PVOID *)&tm);
    if (NT_SUCCESS(status))
    {
        status = TmRecoverTransactionManager(tm, TmVirtualClock);
        ObDereference(tm);
    }
    return status;
}

/* Contract: NF:wdm.ZwRecoverTransactionManager. */
DDI NTSTATUS
ZwRecoverTransactionManager(HANDLE TransactionManagerHandle)
{
    return ZwRollforwardTransactionManager(TransactionManagerHandle, NULL);
}

/* Contract: NF:wdm.TmRenameTransactionManager: a new identity for what the log holds. */
DDI NTSTATUS
TmRenameTransactionManager(PUNICODE_STRING LogFileName, LPGUID ExistingTransactionManagerGuid)
{
    const PKTM tm = TmpFindByLog(LogFileName);
    if (tm == NULL)
    {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (!TmpSameGuid(&tm->Id, ExistingTransactionManagerGuid))
    {
        return STATUS_TM_IDENTITY_MISMATCH;
    }
    return ExUuidCreate(&tm->Id);
}

/* ---- information -------------------------------------------------------------------------- */

static NTSTATUS
TmpQueryLogPath(PKTM Tm, TRANSACTIONMANAGER_LOGPATH_INFORMATION *Path, ULONG Length, PULONG Written)
{
    const ULONG header = FIELD_OFFSET(TRANSACTIONMANAGER_LOGPATH_INFORMATION, LogPath);
    *Written = header + Tm->LogPath.Length;
    if (Length < header)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    Path->LogPathLength = Tm->LogPath.Length / sizeof(WCHAR);
    if (Length < *Written)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memcpy(Path->LogPath, Tm->LogPath.Buffer, Tm->LogPath.Length);
    return STATUS_SUCCESS;
}

static NTSTATUS
TmpQueryManager(PKTM Tm,
                TRANSACTIONMANAGER_INFORMATION_CLASS Class,
                PVOID Buffer,
                ULONG Length,
                PULONG Written)
{
    const BOOLEAN ofLog = Class != TransactionManagerBasicInformation;
    union
    {
        TRANSACTIONMANAGER_BASIC_INFORMATION Basic;
        TRANSACTIONMANAGER_LOG_INFORMATION Log;
        TRANSACTIONMANAGER_RECOVERY_INFORMATION Recovery;
    } all;
    if (ofLog && (Tm->Options & TRANSACTION_MANAGER_VOLATILE) != 0)
    {
        return STATUS_TM_VOLATILE;
    }
    switch (Class)
    {
    case TransactionManagerBasicInformation:
        all.Basic.TmIdentity = Tm->Id;
        all.Basic.VirtualClock.QuadPart = Tm->Clock;
        *Written = sizeof(all.Basic);
        break;
    case TransactionManagerLogInformation:
        all.Log.LogIdentity = Tm->LogId;
        *Written = sizeof(all.Log);
        break;
    case TransactionManagerRecoveryInformation:
        all.Recovery.LastRecoveredLsn =
            (ULONGLONG)(Tm->RecoveredTo == TMP_ALL_RECORDS ? Tm->LogClock : Tm->RecoveredTo);
        *Written = sizeof(all.Recovery);
        break;
    default:
        return TmpQueryLogPath(Tm, Buffer, Length, Written);
    }
    if (Length < *Written)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    __builtin_memcpy(Buffer, &all, *Written);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwQueryInformationTransactionManager. */
DDI NTSTATUS
ZwQueryInformationTransactionManager(
    HANDLE TransactionManagerHandle,
    TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
    PVOID TransactionManagerInformation,
    ULONG TransactionManagerInformationLength,
    PULONG ReturnLength)
{
    PKTM tm;
    ULONG written = 0;
    if (TransactionManagerInformationClass != TransactionManagerBasicInformation &&
        TransactionManagerInformationClass != TransactionManagerLogInformation &&
        TransactionManagerInformationClass != TransactionManagerLogPathInformation &&
        TransactionManagerInformationClass != TransactionManagerRecoveryInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(TransactionManagerHandle, TRANSACTIONMANAGER_QUERY_INFORMATION,
                                   TmpManagerType, (PVOID *)&tm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = TmpQueryManager(tm, TransactionManagerInformationClass, TransactionManagerInformation,
                             TransactionManagerInformationLength, &written);
    if (ReturnLength != NULL)
    {
        *ReturnLength = written;
    }
    ObDereference(tm);
    return status;
}

/* ---- the type ----------------------------------------------------------------------------- */

static NTSTATUS
TmpOpenManager(OB_OPEN_REASON Reason,
               PEPROCESS Process,
               PVOID Object,
               ACCESS_MASK GrantedAccess,
               ULONG HandleCount)
{
    (void)Reason, (void)Process, (void)GrantedAccess, (void)HandleCount;
    ((PKTM)Object)->Open = TRUE;
    return STATUS_SUCCESS;
}

static void
TmpCloseManager(PEPROCESS Process,
                PVOID Object,
                ACCESS_MASK GrantedAccess,
                ULONG OfProcess,
                ULONG OfSystem)
{
    (void)Process, (void)GrantedAccess, (void)OfProcess;
    if (OfSystem == 1)
    {
        ((PKTM)Object)->Open = FALSE;
        TmpManagerMaybeGone(Object);
    }
}

static void
TmpDeleteManager(PVOID Object)
{
    const PKTM tm = Object;
    if (tm->Link.Flink != NULL)
    {
        RemoveEntryList(&tm->Link);
    }
    if (tm->LogPath.Buffer != NULL)
    {
        MmFreePool(tm->LogPath.Buffer, TMP_TAG);
    }
}

NTSTATUS
TmpInitManagers(void)
{
    const OB_TYPE_INITIALIZER type = {
        .ValidAccessMask = TRANSACTIONMANAGER_ALL_ACCESS,
        .GenericMapping = {TRANSACTIONMANAGER_GENERIC_READ, TRANSACTIONMANAGER_GENERIC_WRITE,
                           TRANSACTIONMANAGER_GENERIC_EXECUTE, TRANSACTIONMANAGER_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .Open = TmpOpenManager,
        .Close = TmpCloseManager,
        .Delete = TmpDeleteManager};
    return ObCreateObjectType(L"TmTm", &type, MM_TAG('T', 'm', 'T', 'm'), &TmpManagerType);
}
