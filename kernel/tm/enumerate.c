/* SPDX-License-Identifier: MIT */
/*
 * The objects of KTM by their identity: ZwEnumerateTransactionObject. In the order of identities,
 * so that objects that come and go between two calls disturb nothing. PASSIVE_LEVEL.
 */
#include "tmp.h"

typedef struct _TMP_ENUMERATION
{
    LIST_ENTRY *Head;
    SIZE_T LinkOffset; /* of the list entry in the object */
    SIZE_T IdOffset;
    PKTM Tm; /* transactions of this one only */
    PVOID Root;
} TMP_ENUMERATION;

/* The smallest identity after Last. */
static BOOLEAN
TmpNextId(const TMP_ENUMERATION *Enumeration, const GUID *Last, GUID *Next)
{
    BOOLEAN found = FALSE;
    for (PLIST_ENTRY entry = Enumeration->Head->Flink; entry != Enumeration->Head;
         entry = entry->Flink)
    {
        const UCHAR *object = (const UCHAR *)entry - Enumeration->LinkOffset;
        const GUID *id = (const GUID *)(object + Enumeration->IdOffset);
        if (Enumeration->Tm != NULL && ((PKTRANSACTION)object)->Tm != Enumeration->Tm)
        {
            continue;
        }
        if (__builtin_memcmp(id, Last, sizeof(GUID)) > 0 &&
            (!found || __builtin_memcmp(id, Next, sizeof(GUID)) < 0))
        {
            *Next = *id;
            found = TRUE;
        }
    }
    return found;
}

/* What is enumerated; Root is referenced when there is one. */
static NTSTATUS
TmpStartEnumeration(HANDLE Root, KTMOBJECT_TYPE Type, TMP_ENUMERATION *Enumeration)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (Type == KTMOBJECT_TRANSACTION_MANAGER && Root == NULL)
    {
        *Enumeration = (TMP_ENUMERATION){&TmpManagers, FIELD_OFFSET(struct _KTM, Link),
                                         FIELD_OFFSET(struct _KTM, Id), NULL, NULL};
        return STATUS_SUCCESS;
    }
    if (Type == KTMOBJECT_TRANSACTION)
    {
        *Enumeration = (TMP_ENUMERATION){&TmpTransactions, FIELD_OFFSET(KTRANSACTION, Link),
                                         FIELD_OFFSET(KTRANSACTION, Id), NULL, NULL};
        if (Root != NULL)
        {
            status = TmpReference(Root, TRANSACTIONMANAGER_QUERY_INFORMATION, TmpManagerType,
                                  &Enumeration->Root);
            Enumeration->Tm = Enumeration->Root;
        }
        return status;
    }
    if (Type == KTMOBJECT_RESOURCE_MANAGER && Root != NULL)
    {
        PKTM tm = NULL;
        status =
            TmpReference(Root, TRANSACTIONMANAGER_QUERY_INFORMATION, TmpManagerType, (PVOID *)&tm);
        *Enumeration = (TMP_ENUMERATION){tm == NULL ? NULL : &tm->ResourceManagers,
                                         FIELD_OFFSET(KRESOURCEMANAGER, TmLink),
                                         FIELD_OFFSET(KRESOURCEMANAGER, Id), NULL, tm};
        return status;
    }
    if (Type == KTMOBJECT_ENLISTMENT && Root != NULL)
    {
        PKRESOURCEMANAGER rm = NULL;
        status =
            TmpReference(Root, RESOURCEMANAGER_QUERY_INFORMATION, TmpResourceType, (PVOID *)&rm);
        *Enumeration = (TMP_ENUMERATION){rm == NULL ? NULL : &rm->Enlistments,
                                         FIELD_OFFSET(KENLISTMENT, RmLink),
                                         FIELD_OFFSET(KENLISTMENT, Id), NULL, rm};
        return status;
    }
    return STATUS_INVALID_PARAMETER;
}

/* Contract: NF:wdm.ZwEnumerateTransactionObject. The call after the last object says that there is
 * no more, as the example of the page expects. */
DDI NTSTATUS
ZwEnumerateTransactionObject(HANDLE RootObjectHandle,
                             KTMOBJECT_TYPE QueryType,
                             PKTMOBJECT_CURSOR ObjectCursor,
                             ULONG ObjectCursorLength,
                             PULONG ReturnLength)
{
    const ULONG header = FIELD_OFFSET(KTMOBJECT_CURSOR, ObjectIds);
    TMP_ENUMERATION enumeration;
    ULONG count = 0;
    if (ObjectCursorLength < sizeof(KTMOBJECT_CURSOR))
    {
        return STATUS_INVALID_PARAMETER;
    }
    const NTSTATUS status = TmpStartEnumeration(RootObjectHandle, QueryType, &enumeration);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG room = (ObjectCursorLength - header) / (ULONG)sizeof(GUID);
    while (count < room &&
           TmpNextId(&enumeration, &ObjectCursor->LastQuery, &ObjectCursor->ObjectIds[count]))
    {
        ObjectCursor->LastQuery = ObjectCursor->ObjectIds[count];
        count++;
    }
    ObjectCursor->ObjectIdCount = count;
    *ReturnLength = header + count * (ULONG)sizeof(GUID);
    if (enumeration.Root != NULL)
    {
        ObDereference(enumeration.Root);
    }
    return count == 0 ? STATUS_NO_MORE_ENTRIES : STATUS_SUCCESS;
}
