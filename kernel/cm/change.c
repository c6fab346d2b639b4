/* SPDX-License-Identifier: MIT */
/*
 * Changes to keys and values: set, delete, rename, flush. PASSIVE_LEVEL.
 */
#include "cmp.h"

/* Contract: NF:wdm.ZwSetValueKey. */
DDI NTSTATUS
ZwSetValueKey(HANDLE KeyHandle,
              PUNICODE_STRING ValueName,
              ULONG TitleIndex,
              ULONG Type,
              PVOID Data,
              ULONG DataSize)
{
    PCMP_KEY key;
    BOOLEAN changed = FALSE;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_SET_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_SET_VALUE_KEY_INFORMATION information = {.Object = key,
                                                 .ValueName = ValueName,
                                                 .TitleIndex = TitleIndex,
                                                 .Type = Type,
                                                 .Data = Data,
                                                 .DataSize = DataSize};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, SetValueKey, &information, key);
    if (ValueName != NULL && ValueName->Length > CMP_MAX_VALUE_NAME)
    {
        status = STATUS_INVALID_PARAMETER;
    }
    else if (CmpPreCallbacks(&operation, &status))
    {
        status = key->Node->Flags & CMP_DELETED
                     ? STATUS_KEY_DELETED
                     : CmpSetNodeValue(key->Node, ValueName, Type, Data, DataSize, &changed);
        if (changed)
        {
            CmpReportChange(key->Node, REG_NOTIFY_CHANGE_LAST_SET);
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* Contract: NF:wdm.ZwDeleteValueKey. */
DDI NTSTATUS
ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_SET_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_DELETE_VALUE_KEY_INFORMATION information = {.Object = key, .ValueName = ValueName};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, DeleteValueKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        PCMP_VALUE value = CmpFindValue(key->Node, ValueName);
        status = value == NULL ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
        if (value != NULL)
        {
            CmpDeleteNodeValue(key->Node, value);
            CmpReportChange(key->Node, REG_NOTIFY_CHANGE_LAST_SET);
        }
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

static NTSTATUS
CmpDeleteKeyNode(PCMP_NODE Node)
{
    PCMP_NODE parent = Node->Parent;
    if (Node->Flags & CMP_DELETED)
    {
        return STATUS_KEY_DELETED;
    }
    if (Node->ChildCount != 0 || (Node->Flags & CMP_ROOT))
    {
        return STATUS_CANNOT_DELETE;
    }
    CmpReferenceNode(parent);
    CmpReferenceNode(Node);
    CmpDeleteNode(Node);
    CmpNodeDeleted(Node);
    CmpReportChange(parent, REG_NOTIFY_CHANGE_NAME);
    CmpDereferenceNode(Node);
    CmpDereferenceNode(parent);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwDeleteKey: handles to the key become invalid for everything but closing. */
DDI NTSTATUS
ZwDeleteKey(HANDLE KeyHandle)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, DELETE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_DELETE_KEY_INFORMATION information = {.Object = key};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, DeleteKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        status = CmpDeleteKeyNode(key->Node);
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

static NTSTATUS
CmpRenameKeyNode(PCMP_NODE Node, PCUNICODE_STRING Name)
{
    UNICODE_STRING rest = *Name, first;
    if (!CmpNextName(&rest, &first) || first.Length != Name->Length || Name->Length > CMP_MAX_NAME)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Node->Flags & (CMP_ROOT | CMP_DELETED))
    {
        return Node->Flags & CMP_DELETED ? STATUS_KEY_DELETED : STATUS_ACCESS_DENIED;
    }
    PCMP_NODE other = CmpFindChild(Node->Parent, Name);
    if (other != NULL && other != Node)
    {
        return STATUS_CANNOT_DELETE;
    }
    const NTSTATUS status = CmpRenameNode(Node, Name);
    if (NT_SUCCESS(status))
    {
        CmpReportChange(Node->Parent, REG_NOTIFY_CHANGE_NAME);
    }
    return status;
}

/* Of wdm.h, without a page: NewName is the last component only. */
DDI NTSTATUS
ZwRenameKey(HANDLE KeyHandle, PUNICODE_STRING NewName)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_WRITE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_RENAME_KEY_INFORMATION information = {.Object = key, .NewName = NewName};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, RenameKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        status = CmpRenameKeyNode(key->Node, NewName);
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

static NTSTATUS
CmpSetKeyInformation(PCMP_KEY Key, KEY_SET_INFORMATION_CLASS Class, PVOID Data, ULONG Length)
{
    PULONG flags = NULL;
    switch (Class)
    {
    case KeyWriteTimeInformation:
        if (Length != sizeof(KEY_WRITE_TIME_INFORMATION))
        {
            return STATUS_INFO_LENGTH_MISMATCH;
        }
        Key->Node->LastWriteTime = ((PKEY_WRITE_TIME_INFORMATION)Data)->LastWriteTime;
        return STATUS_SUCCESS;
    case KeyWow64FlagsInformation:
        flags = &Key->Node->Wow64Flags;
        break;
    case KeyControlFlagsInformation:
        flags = &Key->Node->ControlFlags;
        break;
    case KeySetHandleTagsInformation:
        flags = &Key->HandleTags;
        break;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
    if (Length != sizeof(ULONG))
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    *flags = *(PULONG)Data;
    return STATUS_SUCCESS;
}

/* Of wdm.h, without a page of its own; see NE:wdm._KEY_SET_INFORMATION_CLASS. */
DDI NTSTATUS
ZwSetInformationKey(HANDLE KeyHandle,
                    KEY_SET_INFORMATION_CLASS KeySetInformationClass,
                    PVOID KeySetInformation,
                    ULONG KeySetInformationLength)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_SET_VALUE, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_SET_INFORMATION_KEY_INFORMATION information = {
        .Object = key,
        .KeySetInformationClass = KeySetInformationClass,
        .KeySetInformation = KeySetInformation,
        .KeySetInformationLength = KeySetInformationLength};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, SetInformationKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        status = CmpSetKeyInformation(key, KeySetInformationClass, KeySetInformation,
                                      KeySetInformationLength);
        status = CmpPostCallbacks(&operation, key, status);
    }
    ObDereference(key);
    return status;
}

/* Contract: NF:wdm.ZwFlushKey. The hives are memory: what is set is all there is to be written. */
DDI NTSTATUS
ZwFlushKey(HANDLE KeyHandle)
{
    PCMP_KEY key;
    NTSTATUS status = CmpReferenceKey(KeyHandle, 0, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    REG_FLUSH_KEY_INFORMATION information = {.Object = key};
    CMP_OPERATION operation;
    CMP_OPERATION_INIT(&operation, FlushKey, &information, key);
    if (CmpPreCallbacks(&operation, &status))
    {
        status = CmpPostCallbacks(&operation, key, STATUS_SUCCESS);
    }
    ObDereference(key);
    return status;
}
