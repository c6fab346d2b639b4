/* SPDX-License-Identifier: MIT */
/*
 * Private to tm. The objects of KTM, their states and what the files of this folder use of each
 * other.
 *
 * Locking: none. Between reading and changing the objects nothing is called that could switch
 * threads; what could (events, timers, callbacks of resource managers, dropping references) is
 * collected in lists and done by TmpFlush, which every routine that changed something calls last.
 * IRQL: PASSIVE_LEVEL, but for the timer's DPC and the routines of enlistment keys.
 */
#ifndef TM_TMP_H
#define TM_TMP_H

#include "tm/tm.h"

#include "ex/ex.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "rtl/ddi.h"

#define TMP_TAG MM_TAG('T', 'm', ' ', ' ')

#define TMP_ALL_RECORDS 0x7fffffffffffffffll

typedef enum _TMP_TRANSACTION_STATE
{
    TmpActive,
    TmpPrePreparing,
    TmpPrePrepared, /* only a superior transaction manager lets it rest here */
    TmpPreparing,
    TmpPrepared, /* and here */
    TmpSinglePhase,
    TmpIndoubt,
    TmpCommitting, /* decided; from here on the outcome is known */
    TmpCommitted,
    TmpRollingBack,
    TmpAborted
} TMP_TRANSACTION_STATE;

typedef enum _TMP_ENLISTMENT_STATE
{
    TmpEnlisted,
    TmpMustPrePrepare, /* TmpMust...: was notified, has not answered */
    TmpHasPrePrepared,
    TmpMustPrepare,
    TmpHasPrepared,
    TmpMustCommitSingle,
    TmpMustCommit,
    TmpMustRollback,
    TmpDone,    /* from here on the enlistment takes no part */
    TmpReadOnly /* as TmpDone; hears only that a resource manager went away */
} TMP_ENLISTMENT_STATE;

typedef struct _TMP_NOTICE
{
    LIST_ENTRY Link;         /* KRESOURCEMANAGER.Notices; Flink is NULL while not queued */
    PKENLISTMENT Enlistment; /* referenced while queued; NULL: of the resource manager */
    ULONG Notification;
} TMP_NOTICE, *PTMP_NOTICE;

/* One slot for each TRANSACTION_NOTIFY_ bit, so that a notification needs no memory of its own. */
#define TMP_NOTICES 31

/* A transaction manager. A durable one is its own log: it outlives its handles until the machine
 * ends, and the next one of the same log path takes over what it knows. */
struct _KTM
{
    LIST_ENTRY Link; /* TmpManagers */
    GUID Id;
    GUID LogId;
    LONGLONG Clock;
    LONGLONG LogClock;    /* Clock when it went offline */
    LONGLONG RecoveredTo; /* records later than this wait for a further roll forward */
    ULONG Options;
    BOOLEAN Open; /* somebody has a handle */
    BOOLEAN Online;
    BOOLEAN Kept; /* referenced by its log */
    LIST_ENTRY ResourceManagers;
    UNICODE_STRING LogPath;
};

struct _KRESOURCEMANAGER
{
    KEVENT NotificationAvailable; /* what waiting for the object waits for */
    LIST_ENTRY TmLink;            /* KTM.ResourceManagers */
    PKTM Tm;                      /* referenced */
    GUID Id;
    ULONG Options;
    BOOLEAN Open;
    BOOLEAN Online;
    BOOLEAN Kept;    /* durable: referenced by the log of Tm */
    BOOLEAN Changed; /* in TmpChanged, referenced */
    BOOLEAN Busy;    /* a thread is in Callback */
    PTM_RM_NOTIFICATION Callback;
    PVOID Key;
    LIST_ENTRY Enlistments;
    LIST_ENTRY Notices;
    LIST_ENTRY ChangedLink;
    TMP_NOTICE LastRecover;
    USHORT DescriptionLength; /* bytes */
    WCHAR Description[MAX_RESOURCEMANAGER_DESCRIPTION_LENGTH];
};

struct _KTRANSACTION
{
    KEVENT Finished; /* what waiting for the object waits for */
    LIST_ENTRY Link; /* TmpTransactions */
    GUID Id;
    PKTM Tm; /* referenced; NULL until the first enlistment */
    TMP_TRANSACTION_STATE State;
    BOOLEAN CommitCalled; /* by a client */
    BOOLEAN Unattended;   /* goes through all phases without its superior */
    BOOLEAN Ended;        /* in TmpEnded, referenced */
    BOOLEAN Disconnected; /* the only one who knows the outcome went away */
    PKENLISTMENT Superior;
    LIST_ENTRY Enlistments;
    LIST_ENTRY EndedLink;
    ULONG IsolationLevel;
    ULONG IsolationFlags;
    LARGE_INTEGER Timeout;
    KTIMER Timer;
    KDPC TimerDpc;
    WORK_QUEUE_ITEM TimerWork;
    BOOLEAN TimerSet;   /* referenced by the timer */
    BOOLEAN WorkQueued; /* referenced by the work item */
    USHORT DescriptionLength;
    WCHAR Description[MAX_TRANSACTION_DESCRIPTION_LENGTH];
};

struct _KENLISTMENT
{
    LIST_ENTRY TransactionLink;
    LIST_ENTRY RmLink;
    LIST_ENTRY RetiredLink;
    GUID Id;
    PKTRANSACTION Transaction; /* referenced */
    PKRESOURCEMANAGER Rm;      /* referenced */
    TMP_ENLISTMENT_STATE State;
    ULONG Options;
    NOTIFICATION_MASK Mask;
    BOOLEAN Held;      /* referenced by the transaction until TmpDone */
    BOOLEAN Detached;  /* its resource manager went away; nobody waits for it until it recovers */
    BOOLEAN Finalize;  /* may still answer TRANSACTION_NOTIFY_COMMIT_FINALIZE */
    LONGLONG Recorded; /* clock of its last record in the log */
    PVOID Key;
    ULONG KeyCount;
    PVOID Recovery; /* ZwSetInformationEnlistment */
    ULONG RecoveryLength;
    TMP_NOTICE Notices[TMP_NOTICES];
};

extern LIST_ENTRY TmpManagers;
extern LIST_ENTRY TmpTransactions;
extern POBJECT_TYPE TmpManagerType;
extern POBJECT_TYPE TmpTransactionType;
extern POBJECT_TYPE TmpResourceType;
extern POBJECT_TYPE TmpEnlistmentType;

/* ---- small things ------------------------------------------------------------------------- */

static inline BOOLEAN
TmpSameGuid(const GUID *Left, const GUID *Right)
{
    return __builtin_memcmp(Left, Right, sizeof(GUID)) == 0;
}

/* Is its state in a log? */
static inline BOOLEAN
TmpDurable(const struct _KRESOURCEMANAGER *Rm)
{
    return (Rm->Options & RESOURCE_MANAGER_VOLATILE) == 0;
}

static inline BOOLEAN
TmpDecided(const struct _KTRANSACTION *Transaction)
{
    return Transaction->State >= TmpCommitting;
}

static inline BOOLEAN
TmpIsSuperior(const struct _KENLISTMENT *Enlistment)
{
    return (Enlistment->Options & ENLISTMENT_SUPERIOR) != 0;
}

static inline NTSTATUS
TmpReference(HANDLE Handle, ACCESS_MASK Access, POBJECT_TYPE Type, PVOID *Object)
{
    return ObReferenceObjectByHandle(Handle, Access, Type, KernelMode, Object, NULL);
}

static inline ULONG
TmpAttributes(const OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return ObjectAttributes == NULL ? 0 : ObjectAttributes->Attributes;
}

/* A description as the objects keep it. STATUS_INVALID_PARAMETER: too long. */
NTSTATUS
TmpCopyDescription(PCUNICODE_STRING From, WCHAR *To, USHORT Size, USHORT *Length);

/* ---- outcome.c ---------------------------------------------------------------------------- */

void TmpAdvance(PKTRANSACTION Transaction);
void TmpStartCommit(PKTRANSACTION Transaction);
void TmpStartPrepare(PKTRANSACTION Transaction);
void TmpDecideCommit(PKTRANSACTION Transaction);
void TmpRollback(PKTRANSACTION Transaction, PKENLISTMENT Initiator);
void TmpRetire(PKENLISTMENT Enlistment, TMP_ENLISTMENT_STATE State);
void TmpDisconnect(PKENLISTMENT Enlistment);
void TmpResourceManagerGone(PKRESOURCEMANAGER Rm);

/* An enlistment's virtual clock never goes back (kernel/using-virtual-clock-values.md). */
void TmpMoveClock(PKENLISTMENT Enlistment, const LARGE_INTEGER *Clock);

/* ---- notify.c ----------------------------------------------------------------------------- */

/* Queues a notification if the enlistment has registered for it. FALSE: it will not be told. */
BOOLEAN
TmpNotify(PKENLISTMENT Enlistment, ULONG Notification);

void TmpNotifyLastRecover(PKRESOURCEMANAGER Rm);
void TmpDropNotices(PKRESOURCEMANAGER Rm, PKENLISTMENT Enlistment);
void TmpQueueRetired(PKENLISTMENT Enlistment);
void TmpQueueEnded(PKTRANSACTION Transaction);

/* Does what was put off. Wait: the caller is going to wait, so also the work of the routine below
 * on the stack of this thread must not be left to it. */
void TmpFlush(BOOLEAN Wait);

/* ---- the types ---------------------------------------------------------------------------- */

NTSTATUS
TmpInitManagers(void);

NTSTATUS
TmpInitResources(void);

NTSTATUS
TmpInitTransactions(void);

NTSTATUS
TmpInitEnlistments(void);

void TmpCancelTimer(PKTRANSACTION Transaction);

/* Without an open handle of its own or of a resource manager, a transaction manager is offline. */
void TmpManagerMaybeGone(PKTM Tm);

#endif
