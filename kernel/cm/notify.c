/* SPDX-License-Identifier: MIT */
/*
 * Notifications of changes (ZwNotifyChangeKey). Owns the list of those that wait. PASSIVE_LEVEL.
 */
#include "cmp.h"

#include "ex/ex.h"

typedef struct _CMP_NOTIFY
{
    LIST_ENTRY Entry;    /* CmpNotifications */
    LIST_ENTRY KeyEntry; /* CMP_KEY.Notifications */
    PCMP_NODE Node;
    ULONG Filter;
    BOOLEAN WatchTree;
    BOOLEAN Synchronous;
    PIO_STATUS_BLOCK IoStatus;
    PKEVENT Event; /* the caller's, referenced, or NULL */
    KEVENT Done;   /* of a synchronous call, on whose stack this is */
    PVOID ApcRoutine;
    WORK_QUEUE_TYPE Queue;
} CMP_NOTIFY, *PCMP_NOTIFY;

static LIST_ENTRY CmpNotifications = {&CmpNotifications, &CmpNotifications};

#define CMP_VALID_FILTER                                                                  \
    (REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_ATTRIBUTES | REG_NOTIFY_CHANGE_LAST_SET | \
     REG_NOTIFY_CHANGE_SECURITY)

static void
CmpEndNotification(PCMP_NOTIFY Notify, NTSTATUS Status)
{
    RemoveEntryList(&Notify->Entry);
    RemoveEntryList(&Notify->KeyEntry);
    CmpDereferenceNode(Notify->Node);
    Notify->IoStatus->Status = Status;
    Notify->IoStatus->Information = 0;
    if (Notify->Synchronous)
    {
        KeSetEvent(&Notify->Done, IO_NO_INCREMENT, FALSE);
        return;
    }
    PKEVENT event = Notify->Event;
    PWORK_QUEUE_ITEM item = Notify->ApcRoutine;
    const WORK_QUEUE_TYPE queue = Notify->Queue;
    MmFreePool(Notify, CMP_TAG);
    if (event != NULL)
    {
        KeSetEvent(event, IO_NO_INCREMENT, FALSE);
        ObDereference(event);
    }
    if (item != NULL)
    {
        ExQueueWorkItem(item, queue);
    }
}

static BOOLEAN
CmpWatches(PCMP_NOTIFY Notify, PCMP_NODE Node, ULONG Filter)
{
    if (!(Notify->Filter & Filter))
    {
        return FALSE;
    }
    for (PCMP_NODE node = Node; node != NULL; node = node->Parent)
    {
        if (node == Notify->Node)
        {
            return TRUE;
        }
        if (!Notify->WatchTree)
        {
            break;
        }
    }
    return FALSE;
}

void
CmpReportChange(PCMP_NODE Node, ULONG Filter)
{
    /* Ending one may let other threads run, which change the list: each time from the start. */
    PLIST_ENTRY e = CmpNotifications.Flink;
    CmpReferenceNode(Node);
    while (e != &CmpNotifications)
    {
        PCMP_NOTIFY notify = CONTAINING_RECORD(e, CMP_NOTIFY, Entry);
        e = e->Flink;
        if (CmpWatches(notify, Node, Filter))
        {
            CmpEndNotification(notify, STATUS_NOTIFY_ENUM_DIR);
            e = CmpNotifications.Flink;
        }
    }
    CmpDereferenceNode(Node);
}

void
CmpEndNotifications(PCMP_KEY Key, NTSTATUS Status)
{
    while (!IsListEmpty(&Key->Notifications))
    {
        CmpEndNotification(CONTAINING_RECORD(Key->Notifications.Flink, CMP_NOTIFY, KeyEntry),
                           Status);
    }
}

void
CmpNodeDeleted(PCMP_NODE Node)
{
    PLIST_ENTRY e = CmpNotifications.Flink;
    CmpReferenceNode(Node);
    while (e != &CmpNotifications)
    {
        PCMP_NOTIFY notify = CONTAINING_RECORD(e, CMP_NOTIFY, Entry);
        e = e->Flink;
        if (notify->Node == Node)
        {
            CmpEndNotification(notify, STATUS_NOTIFY_CLEANUP);
            e = CmpNotifications.Flink;
        }
    }
    CmpDereferenceNode(Node);
}

static void
CmpWatch(PCMP_NOTIFY Notify, PCMP_KEY Key)
{
    Notify->Node = Key->Node;
    CmpReferenceNode(Key->Node);
    InsertTailList(&CmpNotifications, &Notify->Entry);
    InsertTailList(&Key->Notifications, &Notify->KeyEntry);
}

/* Waits for it here, or leaves a copy of Notify that completes later and has the event then. */
static NTSTATUS
CmpStartNotification(PCMP_NOTIFY Notify, PCMP_KEY Key)
{
    if (Notify->Synchronous)
    {
        KeInitializeEvent(&Notify->Done, NotificationEvent, FALSE);
        CmpWatch(Notify, Key);
        KeWaitForSingleObject(&Notify->Done, Executive, KernelMode, FALSE, NULL);
        if (Notify->Event != NULL)
        {
            KeSetEvent(Notify->Event, IO_NO_INCREMENT, FALSE);
            ObDereference(Notify->Event);
        }
        return Notify->IoStatus->Status;
    }
    PCMP_NOTIFY notify = MmAllocatePool(NonPagedPoolNx, sizeof(CMP_NOTIFY), CMP_TAG);
    if (notify == NULL)
    {
        if (Notify->Event != NULL)
        {
            ObDereference(Notify->Event);
        }
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *notify = *Notify;
    CmpWatch(notify, Key);
    return STATUS_PENDING;
}

/* Contract: NF:ntifs.ZwNotifyChangeKey. From kernel mode ApcRoutine is a WORK_QUEUE_ITEM and
 * ApcContext the queue it goes to. */
DDI NTSTATUS
ZwNotifyChangeKey(HANDLE KeyHandle,
                  HANDLE Event,
                  PIO_APC_ROUTINE ApcRoutine,
                  PVOID ApcContext,
                  PIO_STATUS_BLOCK IoStatusBlock,
                  ULONG CompletionFilter,
                  BOOLEAN WatchTree,
                  PVOID Buffer,
                  ULONG BufferSize,
                  BOOLEAN Asynchronous)
{
    CMP_NOTIFY notify = {.Filter = CompletionFilter,
                         .WatchTree = WatchTree,
                         .Synchronous = !Asynchronous,
                         .IoStatus = IoStatusBlock,
                         .ApcRoutine = (PVOID)ApcRoutine,
                         .Queue = (WORK_QUEUE_TYPE)(ULONG_PTR)ApcContext};
    PCMP_KEY key;
    (void)Buffer;
    (void)BufferSize;
    if ((CompletionFilter & ~(ULONG)CMP_VALID_FILTER) != 0 || CompletionFilter == 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status = CmpReferenceKey(KeyHandle, KEY_NOTIFY, &key);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (Event != NULL)
    {
        status = ObReferenceObjectByHandle(Event, EVENT_MODIFY_STATE, *ExEventObjectType,
                                           KernelMode, (PVOID *)&notify.Event, NULL);
    }
    if (NT_SUCCESS(status))
    {
        if (notify.Event != NULL)
        {
            KeClearEvent(notify.Event);
        }
        status = CmpStartNotification(&notify, key);
    }
    ObDereference(key);
    return status;
}
