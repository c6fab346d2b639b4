/* SPDX-License-Identifier: MIT */
/*
 * Sequenced lists and the ExInterlocked family. Nothing can run between two instructions of the
 * kernel, so the spin locks that some of these take need not be held: it is enough to wait until
 * nobody holds them. Those of sequenced lists are not looked at, as on Windows for x64. Any IRQL.
 */
#include "exp.h"

/* ---- SLISTs ------------------------------------------------------------------------------- */

static PSLIST_ENTRY
ExpFirst(const SLIST_HEADER *Header)
{
    return (PSLIST_ENTRY)((ULONG64)Header->HeaderX64.NextEntry << 4);
}

static void
ExpSetFirst(PSLIST_HEADER Header, PSLIST_ENTRY Entry, LONG DepthChange)
{
    Header->HeaderX64.Depth = (USHORT)(Header->HeaderX64.Depth + DepthChange);
    Header->HeaderX64.Sequence++;
    Header->HeaderX64.NextEntry = (ULONG64)Entry >> 4;
}

static void
ExpCheckAlignment(const void *Address)
{
    if ((ULONG64)Address & (MEMORY_ALLOCATION_ALIGNMENT - 1))
    {
        KiRaiseInCaller(STATUS_DATATYPE_MISALIGNMENT);
    }
}

/* Contract: NF:wdm.ExInitializeSListHead. */
DDI VOID
InitializeSListHead(PSLIST_HEADER SListHead)
{
    ExpCheckAlignment(SListHead);
    SListHead->Alignment = 0;
    SListHead->Region = 0;
}

/* Contract: NF:wdm.ExInterlockedPushEntrySList. */
DDI PSLIST_ENTRY
ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
    ExpCheckAlignment(ListHead);
    ExpCheckAlignment(ListEntry);
    PSLIST_ENTRY first = ExpFirst(ListHead);
    ListEntry->Next = first;
    ExpSetFirst(ListHead, ListEntry, 1);
    return first;
}

/* Contract: NF:wdm.ExInterlockedPopEntrySList. */
DDI PSLIST_ENTRY
ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
    PSLIST_ENTRY first = ExpFirst(ListHead);
    if (first != NULL)
    {
        ExpSetFirst(ListHead, first->Next, -1);
    }
    return first;
}

/* Contract: NF:wdm.ExInterlockedFlushSList. */
DDI PSLIST_ENTRY
ExpInterlockedFlushSList(PSLIST_HEADER ListHead)
{
    PSLIST_ENTRY first = ExpFirst(ListHead);
    ListHead->HeaderX64.Depth = 0;
    ListHead->HeaderX64.Sequence++;
    ListHead->HeaderX64.NextEntry = 0;
    return first;
}

/* Contract: NF:wdm.ExQueryDepthSList. */
DDI USHORT
ExQueryDepthSList(PSLIST_HEADER SListHead)
{
    return (USHORT)SListHead->HeaderX64.Depth;
}

/* The first entry without taking it; exported beside the routines above. */
DDI PSLIST_ENTRY
FirstEntrySList(const SLIST_HEADER *SListHead)
{
    return ExpFirst(SListHead);
}

/* ---- lists under a spin lock -------------------------------------------------------------- */

/* The neighbours of a link must agree; a damaged list is what Windows stops for with fast fail 3.
 */
static void
ExpCheckLink(PLIST_ENTRY Entry)
{
    if (Entry->Flink->Blink != Entry || Entry->Blink->Flink != Entry)
    {
        KiBugCheckWithRule(KERNEL_SECURITY_CHECK_FAILURE, 3, 0, 0, (ULONG64)Entry,
                           "a LIST_ENTRY has been corrupted",
                           "bug-check-0x139--kernel-security-check-failure", NULL, NULL);
    }
}

/* The lock that is held costs more; nobody pays for one that is free. */
typedef struct _EXP_LOCKED
{
    BOOLEAN Raised;
    KIRQL Irql;
} EXP_LOCKED;

static inline EXP_LOCKED
ExpLock(PKSPIN_LOCK Lock)
{
    EXP_LOCKED locked = {FALSE, 0};
    if (__builtin_expect(*Lock != 0, 0))
    {
        locked.Raised = TRUE;
        locked.Irql = KiAwaitFreeLock(Lock);
    }
    return locked;
}

static inline void
ExpUnlock(EXP_LOCKED Locked)
{
    if (__builtin_expect(Locked.Raised, 0))
    {
        KeLowerIrql(Locked.Irql);
    }
}

/* Contract: NF:wdm.ExInterlockedInsertHeadList. */
DDI PLIST_ENTRY
ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    ExpCheckLink(ListHead);
    PLIST_ENTRY first = ListHead->Flink;
    ListEntry->Flink = first;
    ListEntry->Blink = ListHead;
    first->Blink = ListEntry;
    ListHead->Flink = ListEntry;
    ExpUnlock(locked);
    return first == ListHead ? NULL : first;
}

/* Contract: NF:wdm.ExInterlockedInsertTailList. */
DDI PLIST_ENTRY
ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    ExpCheckLink(ListHead);
    PLIST_ENTRY last = ListHead->Blink;
    ListEntry->Flink = ListHead;
    ListEntry->Blink = last;
    last->Flink = ListEntry;
    ListHead->Blink = ListEntry;
    ExpUnlock(locked);
    return last == ListHead ? NULL : last;
}

/* Contract: NF:wdm.ExInterlockedRemoveHeadList. */
DDI PLIST_ENTRY
ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    PLIST_ENTRY first = ListHead->Flink;
    if (first == ListHead)
    {
        ExpUnlock(locked);
        return NULL;
    }
    ExpCheckLink(ListHead);
    ExpCheckLink(first);
    ListHead->Flink = first->Flink;
    first->Flink->Blink = ListHead;
    ExpUnlock(locked);
    return first;
}

/* Contract: NF:wdm.ExInterlockedPopEntryList. */
DDI PSINGLE_LIST_ENTRY
ExInterlockedPopEntryList(PSINGLE_LIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    PSINGLE_LIST_ENTRY first = ListHead->Next;
    if (first != NULL)
    {
        ListHead->Next = first->Next;
    }
    ExpUnlock(locked);
    return first;
}

/* Contract: NF:wdm.ExInterlockedPushEntryList. */
DDI PSINGLE_LIST_ENTRY
ExInterlockedPushEntryList(PSINGLE_LIST_ENTRY ListHead,
                           PSINGLE_LIST_ENTRY ListEntry,
                           PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    PSINGLE_LIST_ENTRY first = ListHead->Next;
    ListEntry->Next = first;
    ListHead->Next = ListEntry;
    ExpUnlock(locked);
    return first;
}

/* ---- integers ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.ExInterlockedAddLargeInteger. */
DDI LARGE_INTEGER
ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend, LARGE_INTEGER Increment, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    const LARGE_INTEGER before = *Addend;
    Addend->QuadPart = (LONGLONG)((ULONG64)before.QuadPart + (ULONG64)Increment.QuadPart);
    ExpUnlock(locked);
    return before;
}

/* Contract: NF:wdm.ExInterlockedAddUlong. */
DDI ULONG
ExInterlockedAddUlong(PULONG Addend, ULONG Increment, PKSPIN_LOCK Lock)
{
    const EXP_LOCKED locked = ExpLock(Lock);
    const ULONG before = *Addend;
    *Addend = before + Increment;
    ExpUnlock(locked);
    return before;
}
