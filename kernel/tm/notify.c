/* SPDX-License-Identifier: MIT */
/*
 * Notifications: the queue of each resource manager, taken from by ZwGetNotificationResourceManager
 * or handed to its callback (kernel/transaction-notifications.md), and the lists of what must wait
 * until the objects are consistent. PASSIVE_LEVEL.
 */
#include "tmp.h"

static LIST_ENTRY TmpChanged = {&TmpChanged, &TmpChanged};
static LIST_ENTRY TmpEnded = {&TmpEnded, &TmpEnded};
static LIST_ENTRY TmpRetired = {&TmpRetired, &TmpRetired};

/* TmpFlush on the stacks of threads: a callback that calls KTM leaves the work to the one below. */
typedef struct _TMP_FLUSH
{
    struct _TMP_FLUSH *Next;
    PKTHREAD Thread;
} TMP_FLUSH;

static TMP_FLUSH *TmpFlushes;

/* ---- the queue ---------------------------------------------------------------------------- */

static void
TmpMarkChanged(PKRESOURCEMANAGER Rm)
{
    if (!Rm->Changed)
    {
        Rm->Changed = TRUE;
        ObReference(Rm);
        InsertTailList(&TmpChanged, &Rm->ChangedLink);
    }
}

static void
TmpQueueNotice(PKRESOURCEMANAGER Rm, PTMP_NOTICE Notice, PKENLISTMENT Enlistment)
{
    if (Notice->Link.Flink != NULL)
    {
        return; /* it still waits there, and says all that this one would */
    }
    if (Enlistment != NULL)
    {
        ObReference(Enlistment);
    }
    Notice->Enlistment = Enlistment;
    InsertTailList(&Rm->Notices, &Notice->Link);
    TmpMarkChanged(Rm);
}

BOOLEAN
TmpNotify(PKENLISTMENT Enlistment, ULONG Notification)
{
    const ULONG bit = (ULONG)__builtin_ctz(Notification);
    if ((Enlistment->Mask & Notification) == 0 || !Enlistment->Rm->Online)
    {
        return FALSE;
    }
    Enlistment->Notices[bit].Notification = Notification;
    TmpQueueNotice(Enlistment->Rm, &Enlistment->Notices[bit], Enlistment);
    return TRUE;
}

void
TmpNotifyLastRecover(PKRESOURCEMANAGER Rm)
{
    Rm->LastRecover.Notification = TRANSACTION_NOTIFY_LAST_RECOVER;
    TmpQueueNotice(Rm, &Rm->LastRecover, NULL);
}

static void
TmpUnqueue(PTMP_NOTICE Notice)
{
    RemoveEntryList(&Notice->Link);
    Notice->Link.Flink = NULL;
}

/* What Enlistment (NULL: all) was to be told and what is no longer true. */
void
TmpDropNotices(PKRESOURCEMANAGER Rm, PKENLISTMENT Enlistment)
{
    PLIST_ENTRY entry = Rm->Notices.Flink;
    while (entry != &Rm->Notices)
    {
        PTMP_NOTICE notice = CONTAINING_RECORD(entry, TMP_NOTICE, Link);
        entry = entry->Flink;
        if (Enlistment == NULL || notice->Enlistment == Enlistment)
        {
            const PKENLISTMENT owner = notice->Enlistment;
            TmpUnqueue(notice);
            if (owner != NULL)
            {
                ObDereference(owner);
            }
        }
    }
    TmpMarkChanged(Rm);
}

/* ---- what waits for a consistent state ---------------------------------------------------- */

/* The reference that the transaction had to a finished enlistment goes. */
void
TmpQueueRetired(PKENLISTMENT Enlistment)
{
    InsertTailList(&TmpRetired, &Enlistment->RetiredLink);
}

void
TmpQueueEnded(PKTRANSACTION Transaction)
{
    if (!Transaction->Ended)
    {
        Transaction->Ended = TRUE;
        ObReference(Transaction);
        InsertTailList(&TmpEnded, &Transaction->EndedLink);
    }
}

/* A callback that fails cannot vote for a commit (NC:wdm.PTM_RM_NOTIFICATION). */
static void
TmpCallbackFailed(PKENLISTMENT Enlistment)
{
    if (Enlistment->State == TmpMustPrePrepare || Enlistment->State == TmpMustPrepare ||
        Enlistment->State == TmpMustCommitSingle)
    {
        TmpRollback(Enlistment->Transaction, NULL);
    }
}

static LONGLONG *
TmpClockOf(PKRESOURCEMANAGER Rm)
{
    return &Rm->Tm->Clock;
}

static ULONG
TmpArgument(PTMP_NOTICE Notice, TRANSACTION_NOTIFICATION_RECOVERY_ARGUMENT *Argument)
{
    const ULONG kinds = TRANSACTION_NOTIFY_RECOVER | TRANSACTION_NOTIFY_RECOVER_QUERY;
    if ((Notice->Notification & kinds) == 0)
    {
        return 0;
    }
    Argument->EnlistmentId = Notice->Enlistment->Id;
    Argument->UOW = Notice->Enlistment->Transaction->Id;
    return sizeof(*Argument);
}

static void
TmpCallBack(PKRESOURCEMANAGER Rm)
{
    if (Rm->Busy)
    {
        return; /* the thread that is in the callback goes on with what is queued */
    }
    Rm->Busy = TRUE;
    while (!IsListEmpty(&Rm->Notices) && Rm->Callback != NULL)
    {
        TRANSACTION_NOTIFICATION_RECOVERY_ARGUMENT argument;
        PTMP_NOTICE notice = CONTAINING_RECORD(Rm->Notices.Flink, TMP_NOTICE, Link);
        const PKENLISTMENT enlistment = notice->Enlistment;
        const ULONG notification = notice->Notification;
        const ULONG length = TmpArgument(notice, &argument);
        LARGE_INTEGER clock;
        clock.QuadPart = *TmpClockOf(Rm);
        TmpUnqueue(notice);
        const NTSTATUS status =
            Rm->Callback(enlistment, Rm->Key, enlistment == NULL ? NULL : enlistment->Key,
                         notification, &clock, length, length == 0 ? NULL : &argument);
        if (clock.QuadPart > *TmpClockOf(Rm))
        {
            *TmpClockOf(Rm) = clock.QuadPart;
        }
        if (enlistment != NULL)
        {
            if (!NT_SUCCESS(status))
            {
                TmpCallbackFailed(enlistment);
            }
            ObDereference(enlistment);
        }
    }
    Rm->Busy = FALSE;
}

static void
TmpFlushChanged(void)
{
    PKRESOURCEMANAGER rm =
        CONTAINING_RECORD(RemoveHeadList(&TmpChanged), KRESOURCEMANAGER, ChangedLink);
    rm->Changed = FALSE;
    if (rm->Callback != NULL)
    {
        TmpCallBack(rm);
    }
    if (IsListEmpty(&rm->Notices))
    {
        KeClearEvent(&rm->NotificationAvailable);
    }
    else
    {
        (void)KeSetEvent(&rm->NotificationAvailable, EVENT_INCREMENT, FALSE);
    }
    ObDereference(rm);
}

static void
TmpFlushOnce(void)
{
    if (!IsListEmpty(&TmpRetired))
    {
        ObDereference(CONTAINING_RECORD(RemoveHeadList(&TmpRetired), KENLISTMENT, RetiredLink));
    }
    else if (!IsListEmpty(&TmpEnded))
    {
        const PKTRANSACTION transaction =
            CONTAINING_RECORD(RemoveHeadList(&TmpEnded), KTRANSACTION, EndedLink);
        TmpCancelTimer(transaction);
        (void)KeSetEvent(&transaction->Finished, EVENT_INCREMENT, FALSE);
        ObDereference(transaction);
    }
    else
    {
        TmpFlushChanged();
    }
}

void
TmpFlush(BOOLEAN Wait)
{
    TMP_FLUSH frame = {TmpFlushes, KeGetCurrentThread()};
    for (const TMP_FLUSH *other = TmpFlushes; other != NULL && !Wait; other = other->Next)
    {
        if (other->Thread == frame.Thread)
        {
            return;
        }
    }
    TmpFlushes = &frame;
    while (!IsListEmpty(&TmpRetired) || !IsListEmpty(&TmpEnded) || !IsListEmpty(&TmpChanged))
    {
        TmpFlushOnce();
    }
    TMP_FLUSH **link = &TmpFlushes;
    while (*link != &frame)
    {
        link = &(*link)->Next;
    }
    *link = frame.Next;
}

/* ---- routines ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.TmEnableCallbacks. What already waits in the queue is delivered at once. */
DDI NTSTATUS
TmEnableCallbacks(PKRESOURCEMANAGER ResourceManager,
                  PTM_RM_NOTIFICATION CallbackRoutine,
                  PVOID RMKey)
{
    if (CallbackRoutine == NULL)
    {
        return STATUS_UNSUCCESSFUL;
    }
    ResourceManager->Callback = CallbackRoutine;
    ResourceManager->Key = RMKey;
    TmpMarkChanged(ResourceManager);
    TmpFlush(FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS
TmpTakeNotice(PKRESOURCEMANAGER Rm, PTRANSACTION_NOTIFICATION Buffer, ULONG Length, PULONG Needed)
{
    TRANSACTION_NOTIFICATION_RECOVERY_ARGUMENT argument;
    const PTMP_NOTICE notice = CONTAINING_RECORD(Rm->Notices.Flink, TMP_NOTICE, Link);
    const PKENLISTMENT enlistment = notice->Enlistment;
    const ULONG extra = TmpArgument(notice, &argument);
    *Needed = (ULONG)sizeof(TRANSACTION_NOTIFICATION) + extra;
    if (Length < *Needed)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    Buffer->TransactionKey = enlistment == NULL ? NULL : enlistment->Key;
    Buffer->TransactionNotification = notice->Notification;
    Buffer->TmVirtualClock.QuadPart = *TmpClockOf(Rm);
    Buffer->ArgumentLength = extra;
    __builtin_memcpy(Buffer + 1, &argument, extra);
    TmpUnqueue(notice);
    if (enlistment != NULL)
    {
        ObDereference(enlistment);
    }
    TmpMarkChanged(Rm);
    return STATUS_SUCCESS;
}

/* Waits until the queue has something. A relative timeout is one for all attempts together. */
static NTSTATUS
TmpAwaitNotice(PKRESOURCEMANAGER Rm, const LARGE_INTEGER *Timeout)
{
    const LONGLONG start = (LONGLONG)KeQueryInterruptTime();
    while (IsListEmpty(&Rm->Notices))
    {
        LARGE_INTEGER left;
        if (Timeout != NULL)
        {
            left = *Timeout;
            if (left.QuadPart < 0)
            {
                left.QuadPart += (LONGLONG)KeQueryInterruptTime() - start;
                left.QuadPart = left.QuadPart > 0 ? 0 : left.QuadPart;
            }
        }
        const NTSTATUS status =
            KeWaitForSingleObject(&Rm->NotificationAvailable, UserRequest, KernelMode, FALSE,
                                  Timeout == NULL ? NULL : &left);
        if (status != STATUS_SUCCESS)
        {
            return status;
        }
        if (IsListEmpty(&Rm->Notices))
        {
            KeClearEvent(&Rm->NotificationAvailable); /* another thread was faster */
        }
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwGetNotificationResourceManager. */
DDI NTSTATUS
ZwGetNotificationResourceManager(HANDLE ResourceManagerHandle,
                                 PTRANSACTION_NOTIFICATION TransactionNotification,
                                 ULONG NotificationLength,
                                 PLARGE_INTEGER Timeout,
                                 PULONG ReturnLength,
                                 ULONG Asynchronous,
                                 ULONG_PTR AsynchronousContext)
{
    PKRESOURCEMANAGER rm;
    ULONG needed = 0;
    if (Asynchronous != 0 || AsynchronousContext != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status = TmpReference(ResourceManagerHandle, RESOURCEMANAGER_GET_NOTIFICATION,
                                   TmpResourceType, (PVOID *)&rm);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = TmpAwaitNotice(rm, Timeout);
    if (status == STATUS_SUCCESS)
    {
        status = TmpTakeNotice(rm, TransactionNotification, NotificationLength, &needed);
        if (ReturnLength != NULL)
        {
            *ReturnLength = needed;
        }
    }
    TmpFlush(FALSE);
    ObDereference(rm);
    return status;
}
