/* SPDX-License-Identifier: MIT */
/*
 * Resource managers: creation, recovery of their enlistments, what they say of themselves
 * (kernel/resource-manager-objects.md, kernel/creating-a-resource-manager.md). PASSIVE_LEVEL.
 */
#include "tmp.h"

POBJECT_TYPE TmpResourceType;
POBJECT_TYPE *TmResourceManagerObjectType = &TmpResourceType;

NTSTATUS
TmpCopyDescription(PCUNICODE_STRING From, WCHAR *To, USHORT Size, USHORT *Length)
{
    if (From == NULL)
    {
        return STATUS_SUCCESS;
    }
    if (From->Length > Size)
    {
        return STATUS_INVALID_PARAMETER;
    }
    __builtin_memcpy(To, From->Buffer, From->Length);
    *Length = From->Length;
    return STATUS_SUCCESS;
}

static PKRESOURCEMANAGER
TmpFindResource(PKTM Tm, const GUID *Id)
{
    for (PLIST_ENTRY entry = Tm->ResourceManagers.Flink; entry != &Tm->ResourceManagers;
         entry = entry->Flink)
    {
        const PKRESOURCEMANAGER rm = CONTAINING_RECORD(entry, KRESOURCEMANAGER, TmLink);
        if (TmpSameGuid(&rm->Id, Id))
        {
            return rm;
        }
    }
    return NULL;
}

/* What the log knows of a resource manager that was there before belongs to the new one. */
static void
TmpTakeEnlistments(PKRESOURCEMANAGER New, PKRESOURCEMANAGER Old)
{
    while (!IsListEmpty(&Old->Enlistments))
    {
        const PKENLISTMENT enlistment =
            CONTAINING_RECORD(RemoveHeadList(&Old->Enlistments), KENLISTMENT, RmLink);
        InsertTailList(&New->Enlistments, &enlistment->RmLink);
        ObReference(New);
        enlistment->Rm = New;
        ObDereference(Old);
    }
    RemoveEntryList(&Old->TmLink);
    Old->TmLink.Flink = NULL;
    if (Old->Kept)
    {
        Old->Kept = FALSE;
        ObDereference(Old);
    }
}

static NTSTATUS
TmpNewResource(PKTM Tm,
               const GUID *Id,
               POBJECT_ATTRIBUTES ObjectAttributes,
               ULONG Options,
               PCUNICODE_STRING Description,
               PKRESOURCEMANAGER *ResourceManager)
{
    PKRESOURCEMANAGER rm;
    NTSTATUS status = ObCreateObject(TmpResourceType, ObjectAttributes, KernelMode,
                                     sizeof(KRESOURCEMANAGER), (PVOID *)&rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    KeInitializeEvent(&rm->NotificationAvailable, NotificationEvent, FALSE);
    InitializeListHead(&rm->Enlistments);
    InitializeListHead(&rm->Notices);
    rm->Options = Options;
    rm->Online = (Options & RESOURCE_MANAGER_VOLATILE) != 0; /* has nothing to recover */
    ObReference(Tm);
    rm->Tm = Tm;
    if (Id != NULL)
    {
        rm->Id = *Id;
    }
    else
    {
        (void)ExUuidCreate(&rm->Id);
    }
    status = TmpCopyDescription(Description, rm->Description, sizeof(rm->Description),
                                &rm->DescriptionLength);
    if (!NT_SUCCESS(status))
    {
        ObDereference(rm);
        return status;
    }
    *ResourceManager = rm;
    return STATUS_SUCCESS;
}

static NTSTATUS
TmpCreateResource(PKTM Tm,
                  PHANDLE Handle,
                  ACCESS_MASK DesiredAccess,
                  const GUID *Id,
                  POBJECT_ATTRIBUTES ObjectAttributes,
                  ULONG Options,
                  PCUNICODE_STRING Description)
{
    PKRESOURCEMANAGER rm;
    const PKRESOURCEMANAGER old = Id == NULL ? NULL : TmpFindResource(Tm, Id);
    const BOOLEAN isVolatile = (Options & RESOURCE_MANAGER_VOLATILE) != 0;
    if (!isVolatile && (Tm->Options & TRANSACTION_MANAGER_VOLATILE) != 0)
    {
        return STATUS_TM_VOLATILE;
    }
    if (!Tm->Online)
    {
        return STATUS_TRANSACTIONMANAGER_NOT_ONLINE;
    }
    if (old != NULL && old->Open)
    {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    NTSTATUS status = TmpNewResource(Tm, Id, ObjectAttributes, Options, Description, &rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = ObInsertNewObject(rm, DesiredAccess, 1, (PVOID *)&rm, Handle);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (status == STATUS_SUCCESS)
    {
        if (old != NULL)
        {
            TmpTakeEnlistments(rm, old);
        }
        InsertTailList(&Tm->ResourceManagers, &rm->TmLink);
        if (!isVolatile)
        {
            rm->Kept = TRUE;
            ObReference(rm);
        }
    }
    ObDereference(rm);
    return status;
}

/* Contract: NF:wdm.ZwCreateResourceManager. */
DDI NTSTATUS
ZwCreateResourceManager(PHANDLE ResourceManagerHandle,
                        ACCESS_MASK DesiredAccess,
                        HANDLE TmHandle,
                        LPGUID ResourceManagerGuid,
                        POBJECT_ATTRIBUTES ObjectAttributes,
                        ULONG CreateOptions,
                        PUNICODE_STRING Description)
{
    PKTM tm;
    if ((CreateOptions & ~(ULONG)RESOURCE_MANAGER_MAXIMUM_OPTION) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status =
        TmpReference(TmHandle, TRANSACTIONMANAGER_CREATE_RM, TmpManagerType, (PVOID *)&tm);
    if (NT_SUCCESS(status))
    {
        status = TmpCreateResource(tm, ResourceManagerHandle, DesiredAccess, ResourceManagerGuid,
                                   ObjectAttributes, CreateOptions, Description);
        ObDereference(tm);
    }
    return status;
}

/* Contract: NF:wdm.ZwOpenResourceManager. */
DDI NTSTATUS
ZwOpenResourceManager(PHANDLE ResourceManagerHandle,
                      ACCESS_MASK DesiredAccess,
                      HANDLE TmHandle,
                      LPGUID ResourceManagerGuid,
                      POBJECT_ATTRIBUTES ObjectAttributes)
{
    PKTM tm;
    if (DesiredAccess == 0 || ResourceManagerGuid == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status =
        TmpReference(TmHandle, TRANSACTIONMANAGER_QUERY_INFORMATION, TmpManagerType, (PVOID *)&tm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const PKRESOURCEMANAGER rm = TmpFindResource(tm, ResourceManagerGuid);
    if (!tm->Online)
    {
        status = STATUS_TRANSACTIONMANAGER_NOT_ONLINE;
    }
    else if (rm == NULL)
    {
        status = STATUS_RESOURCEMANAGER_NOT_FOUND;
    }
    else
    {
        status = ObOpenObjectByPointer(rm, TmpAttributes(ObjectAttributes), NULL, DesiredAccess,
                                       TmpResourceType, KernelMode, ResourceManagerHandle);
    }
    ObDereference(tm);
    return status;
}

/* Contract: NF:wdm.TmRecoverResourceManager. */
DDI NTSTATUS
TmRecoverResourceManager(PKRESOURCEMANAGER ResourceManager)
{
    const PKTM tm = ResourceManager->Tm;
    if (!tm->Online)
    {
        return STATUS_TRANSACTIONMANAGER_NOT_ONLINE;
    }
    ResourceManager->Online = TRUE;
    for (PLIST_ENTRY entry = ResourceManager->Enlistments.Flink;
         entry != &ResourceManager->Enlistments; entry = entry->Flink)
    {
        const PKENLISTMENT enlistment = CONTAINING_RECORD(entry, KENLISTMENT, RmLink);
        if (enlistment->State < TmpDone && enlistment->Recorded <= tm->RecoveredTo)
        {
            (void)TmpNotify(enlistment, TmpIsSuperior(enlistment) ? TRANSACTION_NOTIFY_RECOVER_QUERY
                                                                  : TRANSACTION_NOTIFY_RECOVER);
        }
    }
    TmpNotifyLastRecover(ResourceManager);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwRecoverResourceManager. */
DDI NTSTATUS
ZwRecoverResourceManager(HANDLE ResourceManagerHandle)
{
    PKRESOURCEMANAGER rm;
    NTSTATUS status =
        TmpReference(ResourceManagerHandle, RESOURCEMANAGER_RECOVER, TmpResourceType, (PVOID *)&rm);
    if (NT_SUCCESS(status))
    {
        status = TmRecoverResourceManager(rm);
        ObDereference(rm);
    }
    return status;
}

/* Contract: NF:wdm.ZwQueryInformationResourceManager. */
DDI NTSTATUS
ZwQueryInformationResourceManager(HANDLE ResourceManagerHandle,
                                  RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
                                  PVOID ResourceManagerInformation,
                                  ULONG ResourceManagerInformationLength,
                                  PULONG ReturnLength)
{
    const ULONG header = FIELD_OFFSET(RESOURCEMANAGER_BASIC_INFORMATION, Description);
    RESOURCEMANAGER_BASIC_INFORMATION *basic = ResourceManagerInformation;
    PKRESOURCEMANAGER rm;
    if (ResourceManagerInformationClass != ResourceManagerBasicInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    NTSTATUS status = TmpReference(ResourceManagerHandle, RESOURCEMANAGER_QUERY_INFORMATION,
                                   TmpResourceType, (PVOID *)&rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG needed = header + rm->DescriptionLength;
    if (ResourceManagerInformationLength < sizeof(*basic))
    {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    else
    {
        const ULONG room = ResourceManagerInformationLength - header;
        const ULONG copied = rm->DescriptionLength < room ? rm->DescriptionLength : room;
        basic->ResourceManagerId = rm->Id;
        basic->DescriptionLength = rm->DescriptionLength;
        __builtin_memcpy(basic->Description, rm->Description, copied);
        status = copied < rm->DescriptionLength ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    }
    if (ReturnLength != NULL)
    {
        *ReturnLength = needed;
    }
    ObDereference(rm);
    return status;
}

/* ---- the type ----------------------------------------------------------------------------- */

static NTSTATUS
TmpOpenResource(OB_OPEN_REASON Reason,
                PEPROCESS Process,
                PVOID Object,
                ACCESS_MASK GrantedAccess,
                ULONG HandleCount)
{
    (void)Reason, (void)Process, (void)GrantedAccess, (void)HandleCount;
    ((PKRESOURCEMANAGER)Object)->Open = TRUE;
    return STATUS_SUCCESS;
}

static void
TmpCloseResource(PEPROCESS Process,
                 PVOID Object,
                 ACCESS_MASK GrantedAccess,
                 ULONG OfProcess,
                 ULONG OfSystem)
{
    const PKRESOURCEMANAGER rm = Object;
    (void)Process, (void)GrantedAccess, (void)OfProcess;
    if (OfSystem == 1)
    {
        rm->Open = FALSE;
        TmpResourceManagerGone(rm);
        TmpManagerMaybeGone(rm->Tm);
        TmpFlush(FALSE);
    }
}

static void
TmpDeleteResource(PVOID Object)
{
    const PKRESOURCEMANAGER rm = Object;
    if (rm->TmLink.Flink != NULL)
    {
        RemoveEntryList(&rm->TmLink);
    }
    if (rm->Tm != NULL)
    {
        ObDereference(rm->Tm);
    }
}

NTSTATUS
TmpInitResources(void)
{
    const OB_TYPE_INITIALIZER type = {
        .ValidAccessMask = RESOURCEMANAGER_ALL_ACCESS,
        .GenericMapping = {RESOURCEMANAGER_GENERIC_READ, RESOURCEMANAGER_GENERIC_WRITE,
                           RESOURCEMANAGER_GENERIC_EXECUTE, RESOURCEMANAGER_ALL_ACCESS},
        .WaitOffset = FIELD_OFFSET(KRESOURCEMANAGER, NotificationAvailable),
        .Open = TmpOpenResource,
        .Close = TmpCloseResource,
        .Delete = TmpDeleteResource};
    return ObCreateObjectType(L"TmRm", &type, MM_TAG('T', 'm', 'R', 'm'), &TmpResourceType);
}

NTSTATUS
TmInitTypes(void)
{
    NTSTATUS status = TmpInitManagers();
    status = NT_SUCCESS(status) ? TmpInitResources() : status;
    status = NT_SUCCESS(status) ? TmpInitTransactions() : status;
    return NT_SUCCESS(status) ? TmpInitEnlistments() : status;
}
