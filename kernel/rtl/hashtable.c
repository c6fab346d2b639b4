// SPDX-License-Identifier: MIT
// Dynamic hash tables (RtlCreateHashTable and its relatives in ntddk.h): linear hashing, so that a
// table grows or shrinks by one bucket at a time, and only when its owner asks. Owns no state:
// tables are the caller's, and so is their synchronization; any IRQL at which that allows it, since
// buckets come from nonpaged pool.
//
// Chains are sorted by signature, so entries of one signature follow each other. Signature 0 marks
// the places of enumerators, which are members of the chain they have reached.
#include "rtlp.h"

#include <ntddk.h>

#include "assert.h"

#define RTLP_HASH_TAG        0x62614854u // 'THab'
#define RTLP_FIRST_LEVEL     128u        // buckets of the first segment; segment n has 128 << n
#define RTLP_SEGMENTS        19u
#define RTLP_MAXIMUM_BUCKETS (RTLP_FIRST_LEVEL << (RTLP_SEGMENTS - 1))

// What Directory points to.
typedef struct _RTLP_HASH_DIRECTORY
{
    PLIST_ENTRY Segments[RTLP_SEGMENTS];
} RTLP_HASH_DIRECTORY;

static PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlpHashEntry(PLIST_ENTRY Links)
{
    return CONTAINING_RECORD(Links, RTL_DYNAMIC_HASH_TABLE_ENTRY, Linkage);
}

// The segment of a bucket: 0..127 are in the first, 128..255 in the second, 256..511 in the third.
static ULONG
RtlpSegmentOf(ULONG Bucket, PULONG Offset)
{
    const ULONG high = Bucket < RTLP_FIRST_LEVEL ? 0 : 31 - (ULONG)__builtin_clz(Bucket);

    if (high == 0)
    {
        *Offset = Bucket;
        return 0;
    }
    *Offset = Bucket - (1u << high);
    return high - 6;
}

static ULONG
RtlpSegmentSize(ULONG Segment)
{
    return Segment == 0 ? RTLP_FIRST_LEVEL : RTLP_FIRST_LEVEL << (Segment - 1);
}

static PLIST_ENTRY
RtlpBucket(const RTL_DYNAMIC_HASH_TABLE *Table, ULONG Bucket)
{
    const RTLP_HASH_DIRECTORY *directory = Table->Directory;
    ULONG offset;
    const ULONG segment = RtlpSegmentOf(Bucket, &offset);

    return &directory->Segments[segment][offset];
}

static BOOLEAN
RtlpAddSegment(PRTL_DYNAMIC_HASH_TABLE Table, ULONG Segment)
{
    RTLP_HASH_DIRECTORY *directory = Table->Directory;
    const ULONG size = RtlpSegmentSize(Segment);
    PLIST_ENTRY buckets;

    if (RtlHooks.AllocateNonPagedPool == NULL)
    {
        return FALSE;
    }
    buckets = RtlHooks.AllocateNonPagedPool(size * sizeof(LIST_ENTRY), RTLP_HASH_TAG);
    if (buckets == NULL)
    {
        return FALSE;
    }
    for (ULONG i = 0; i < size; i++)
    {
        InitializeListHead(&buckets[i]);
    }
    directory->Segments[Segment] = buckets;
    return TRUE;
}

static VOID
RtlpFreeSegments(PRTL_DYNAMIC_HASH_TABLE Table, ULONG First)
{
    RTLP_HASH_DIRECTORY *directory = Table->Directory;

    for (ULONG i = First; i < RTLP_SEGMENTS; i++)
    {
        if (directory->Segments[i] != NULL)
        {
            RtlHooks.FreePool(directory->Segments[i], RTLP_HASH_TAG);
            directory->Segments[i] = NULL;
        }
    }
}

// Buckets below Pivot have been split, so one more bit of the signature tells the halves apart.
static ULONG
RtlpBucketOf(const RTL_DYNAMIC_HASH_TABLE *Table, ULONG_PTR Signature)
{
    const ULONG hash = (ULONG)(Signature >> Table->Shift);
    const ULONG bucket = hash & Table->DivisorMask;

    return bucket < Table->Pivot ? hash & (Table->DivisorMask << 1 | 1) : bucket;
}

static BOOLEAN
RtlpIsEnumerator(PLIST_ENTRY Links)
{
    return RtlpHashEntry(Links)->Signature == RTL_HASH_RESERVED_SIGNATURE;
}

// Leaves in Context the chain of Signature and the last link in front of its first entry.
static VOID
RtlpPosition(const RTL_DYNAMIC_HASH_TABLE *Table,
             ULONG_PTR Signature,
             PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    PLIST_ENTRY previous = RtlpBucket(Table, RtlpBucketOf(Table, Signature));
    PLIST_ENTRY link;

    Context->ChainHead = previous;
    Context->Signature = Signature;
    for (link = previous->Flink; link != Context->ChainHead; link = link->Flink)
    {
        if (!RtlpIsEnumerator(link) && RtlpHashEntry(link)->Signature >= Signature)
        {
            break;
        }
        previous = link;
    }
    Context->PrevLinkage = previous;
}

// Callers may use the whole range of signatures except the one that marks enumerators.
static ULONG_PTR
RtlpSignature(ULONG_PTR Signature)
{
    return Signature == RTL_HASH_RESERVED_SIGNATURE ? RTL_HASH_ALT_SIGNATURE : Signature;
}

// Whether a chain holds anything but enumerators.
static BOOLEAN
RtlpChainIsEmpty(const LIST_ENTRY *Head)
{
    for (PLIST_ENTRY link = Head->Flink; link != Head; link = link->Flink)
    {
        if (!RtlpIsEnumerator(link))
        {
            return FALSE;
        }
    }
    return TRUE;
}

DDI BOOLEAN
RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags)
{
    PRTL_DYNAMIC_HASH_TABLE table = *HashTable;
    SIZE_T size = sizeof(RTLP_HASH_DIRECTORY);

    // Flags are for system use; callers pass 0.
    if (Flags != 0 || Shift > 31 || RtlHooks.AllocateNonPagedPool == NULL)
    {
        return FALSE;
    }
    if (table == NULL)
    {
        table = RtlHooks.AllocateNonPagedPool(sizeof(*table), RTLP_HASH_TAG);
        if (table == NULL)
        {
            return FALSE;
        }
        Flags = RTL_HASH_ALLOCATED_HEADER;
    }
    *table = (RTL_DYNAMIC_HASH_TABLE){.Flags = Flags,
                                      .Shift = Shift,
                                      .TableSize = RTLP_FIRST_LEVEL,
                                      .DivisorMask = RTLP_FIRST_LEVEL - 1};
    table->Directory = RtlHooks.AllocateNonPagedPool(size, RTLP_HASH_TAG);
    if (table->Directory != NULL)
    {
        __builtin_memset(table->Directory, 0, size);
        if (RtlpAddSegment(table, 0))
        {
            *HashTable = table;
            return TRUE;
        }
        RtlHooks.FreePool(table->Directory, RTLP_HASH_TAG);
    }
    if ((Flags & RTL_HASH_ALLOCATED_HEADER) != 0)
    {
        RtlHooks.FreePool(table, RTLP_HASH_TAG);
    }
    return FALSE;
}

// The entries belong to the caller, who has removed them or does not need them linked any more.
DDI VOID
RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    RtlpFreeSegments(HashTable, 0);
    RtlHooks.FreePool(HashTable->Directory, RTLP_HASH_TAG);
    HashTable->Directory = NULL;
    if ((HashTable->Flags & RTL_HASH_ALLOCATED_HEADER) != 0)
    {
        RtlHooks.FreePool(HashTable, RTLP_HASH_TAG);
    }
}

DDI BOOLEAN
RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                        PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                        ULONG_PTR Signature,
                        PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT local = {0};
    const ULONG_PTR signature = RtlpSignature(Signature);

    if (Context == NULL)
    {
        Context = &local;
    }
    if (Context->ChainHead == NULL)
    {
        RtlpPosition(HashTable, signature, Context);
    }
    if (RtlpChainIsEmpty(Context->ChainHead))
    {
        HashTable->NonEmptyBuckets += 1;
    }
    Entry->Signature = signature;
    InsertHeadList(Context->PrevLinkage, &Entry->Linkage);
    HashTable->NumEntries += 1;
    return TRUE;
}

// Context may be the one that found Entry, or NULL, or empty; it is left in front of the gap.
DDI BOOLEAN
RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                        PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                        PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT local = {0};
    const PLIST_ENTRY previous = Entry->Linkage.Blink;

    if (Context == NULL)
    {
        Context = &local;
    }
    if (Context->ChainHead == NULL)
    {
        Context->ChainHead = RtlpBucket(HashTable, RtlpBucketOf(HashTable, Entry->Signature));
        Context->Signature = Entry->Signature;
        Context->PrevLinkage = previous;
    }
    else if (Context->PrevLinkage == &Entry->Linkage)
    {
        Context->PrevLinkage = previous;
    }
    RemoveEntryList(&Entry->Linkage);
    HashTable->NumEntries -= 1;
    if (RtlpChainIsEmpty(Context->ChainHead))
    {
        HashTable->NonEmptyBuckets -= 1;
    }
    return TRUE;
}

// The first entry behind Link with the signature of Context; Context then stands in front of it.
static PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlpNextMatch(PLIST_ENTRY Link, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    for (PLIST_ENTRY next = Link->Flink; next != Context->ChainHead; next = next->Flink)
    {
        if (RtlpIsEnumerator(next))
        {
            continue;
        }
        if (RtlpHashEntry(next)->Signature != Context->Signature)
        {
            break;
        }
        Context->PrevLinkage = next->Blink;
        return RtlpHashEntry(next);
    }
    return NULL;
}

DDI PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                        ULONG_PTR Signature,
                        PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT local;

    if (Context == NULL)
    {
        Context = &local;
    }
    RtlpPosition(HashTable, RtlpSignature(Signature), Context);
    return RtlpNextMatch(Context->PrevLinkage, Context);
}

// Context stands in front of the entry that the caller has seen last.
DDI PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlGetNextEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    PLIST_ENTRY seen = Context->PrevLinkage->Flink;

    UNREFERENCED_PARAMETER(HashTable);
    if (seen == Context->ChainHead)
    {
        return NULL;
    }
    return RtlpNextMatch(seen, Context);
}

// ---- enumeration ------------------------------------------------------------------------------

static BOOLEAN
RtlpStartEnumeration(PRTL_DYNAMIC_HASH_TABLE HashTable,
                     PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Enumerator->BucketIndex = 0;
    Enumerator->ChainHead = RtlpBucket(HashTable, 0);
    HashTable->NumEnumerators += 1;
    return TRUE;
}

// The next link that is an entry, in this chain or a later one; NULL at the end.
static PLIST_ENTRY
RtlpNextLink(PRTL_DYNAMIC_HASH_TABLE HashTable,
             PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator,
             PLIST_ENTRY Link)
{
    for (;;)
    {
        for (Link = Link->Flink; Link != Enumerator->ChainHead; Link = Link->Flink)
        {
            if (!RtlpIsEnumerator(Link))
            {
                return Link;
            }
        }
        if (Enumerator->BucketIndex + 1 >= HashTable->TableSize)
        {
            return NULL;
        }
        Enumerator->BucketIndex += 1;
        Enumerator->ChainHead = RtlpBucket(HashTable, Enumerator->BucketIndex);
        Link = Enumerator->ChainHead;
    }
}

DDI BOOLEAN
RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                            PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    Enumerator->HashEntry.Signature = RTL_HASH_RESERVED_SIGNATURE;
    InsertHeadList(RtlpBucket(HashTable, 0), &Enumerator->HashEntry.Linkage);
    return RtlpStartEnumeration(HashTable, Enumerator);
}

// The place is a member of the chain behind the entry it returns, so that entry may be removed.
DDI PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlEnumerateEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                           PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    PLIST_ENTRY place = &Enumerator->HashEntry.Linkage;
    PLIST_ENTRY next = RtlpNextLink(HashTable, Enumerator, place);

    RemoveEntryList(place);
    if (next == NULL)
    {
        InsertTailList(Enumerator->ChainHead, place);
        return NULL;
    }
    InsertHeadList(next, place);
    return RtlpHashEntry(next);
}

DDI VOID
RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                           PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    RemoveEntryList(&Enumerator->HashEntry.Linkage);
    HashTable->NumEnumerators -= 1;
    Enumerator->ChainHead = NULL;
}

// A weak enumeration only remembers the entry it returned last, which must stay in the table.
DDI BOOLEAN
RtlInitWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    (void)RtlpStartEnumeration(HashTable, Enumerator);
    Enumerator->CurEntry = Enumerator->ChainHead;
    return TRUE;
}

DDI PRTL_DYNAMIC_HASH_TABLE_ENTRY
RtlWeaklyEnumerateEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                 PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    PLIST_ENTRY next = RtlpNextLink(HashTable, Enumerator, Enumerator->CurEntry);

    if (next == NULL)
    {
        Enumerator->CurEntry = Enumerator->ChainHead->Blink;
        return NULL;
    }
    Enumerator->CurEntry = next;
    return RtlpHashEntry(next);
}

DDI VOID
RtlEndWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                               PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    HashTable->NumEnumerators -= 1;
    Enumerator->ChainHead = NULL;
}

// ---- size -------------------------------------------------------------------------------------

// Moves what belongs to To from one sorted chain to the end of another.
static VOID
RtlpMoveChain(PRTL_DYNAMIC_HASH_TABLE Table, PLIST_ENTRY From, ULONG To)
{
    PLIST_ENTRY target = RtlpBucket(Table, To);
    PLIST_ENTRY link = From->Flink;

    while (link != From)
    {
        const PRTL_DYNAMIC_HASH_TABLE_ENTRY entry = RtlpHashEntry(link);
        RTL_DYNAMIC_HASH_TABLE_CONTEXT context;

        link = link->Flink;
        if (RtlpBucketOf(Table, entry->Signature) == To)
        {
            RemoveEntryList(&entry->Linkage);
            RtlpPosition(Table, entry->Signature, &context);
            NT_ASSERT(context.ChainHead == target);
            InsertHeadList(context.PrevLinkage, &entry->Linkage);
        }
    }
}

// Splits the next bucket. Enumerators would lose their place, so it waits for them.
DDI BOOLEAN
RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    const ULONG added = HashTable->TableSize;
    const ULONG split = HashTable->Pivot;
    const RTLP_HASH_DIRECTORY *directory = HashTable->Directory;
    ULONG offset;
    ULONG segment;
    BOOLEAN wasEmpty;

    if (added >= RTLP_MAXIMUM_BUCKETS || HashTable->NumEnumerators != 0)
    {
        return FALSE;
    }
    segment = RtlpSegmentOf(added, &offset);
    if (directory->Segments[segment] == NULL && !RtlpAddSegment(HashTable, segment))
    {
        return FALSE;
    }
    wasEmpty = IsListEmpty(RtlpBucket(HashTable, split));
    HashTable->TableSize += 1;
    HashTable->Pivot += 1;
    RtlpMoveChain(HashTable, RtlpBucket(HashTable, split), added);
    if (!wasEmpty && !IsListEmpty(RtlpBucket(HashTable, split)) &&
        !IsListEmpty(RtlpBucket(HashTable, added)))
    {
        HashTable->NonEmptyBuckets += 1;
    }
    if (HashTable->Pivot > HashTable->DivisorMask)
    {
        HashTable->DivisorMask = HashTable->DivisorMask << 1 | 1;
        HashTable->Pivot = 0;
    }
    return TRUE;
}

DDI BOOLEAN
RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    ULONG offset;
    ULONG segment;
    PLIST_ENTRY last;

    if (HashTable->TableSize <= RTLP_FIRST_LEVEL || HashTable->NumEnumerators != 0)
    {
        return FALSE;
    }
    if (HashTable->Pivot == 0)
    {
        HashTable->DivisorMask >>= 1;
        HashTable->Pivot = HashTable->DivisorMask + 1;
    }
    HashTable->Pivot -= 1;
    HashTable->TableSize -= 1;
    last = RtlpBucket(HashTable, HashTable->TableSize);
    if (!IsListEmpty(last) && !IsListEmpty(RtlpBucket(HashTable, HashTable->Pivot)))
    {
        HashTable->NonEmptyBuckets -= 1;
    }
    RtlpMoveChain(HashTable, last, HashTable->Pivot);
    segment = RtlpSegmentOf(HashTable->TableSize, &offset);
    if (offset == 0)
    {
        RtlpFreeSegments(HashTable, segment);
    }
    return TRUE;
}
