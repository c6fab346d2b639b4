// SPDX-License-Identifier: MIT
// Dynamic hash tables: insertion and lookup, entries that share a signature, the reserved
// signature, removal during an enumeration, growth and shrinkage, use at DISPATCH_LEVEL.
// No page: only the header of the driver kit describes dynamic hash tables.
// Run:
// Expect: rtl_hash: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define COUNT 1000

typedef struct _ITEM
{
    ULONG Number;
    BOOLEAN Seen;
    RTL_DYNAMIC_HASH_TABLE_ENTRY Entry;
} ITEM;

static ITEM items[COUNT];

static ITEM *
ItemOf(PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry)
{
    return Entry == NULL ? NULL : CONTAINING_RECORD(Entry, ITEM, Entry);
}

// Signatures that collide in their low bits, so that chains grow.
static ULONG_PTR
SignatureOf(ULONG Number)
{
    return ((ULONG_PTR)Number << 5) + 1;
}

static NOINLINE void
TestMany(PRTL_DYNAMIC_HASH_TABLE Table)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;

    for (ULONG i = 0; i < COUNT; i++)
    {
        items[i].Number = i;
        RtlInitHashTableContext(&context);
        EXPECT(RtlInsertEntryHashTable(Table, &items[i].Entry, SignatureOf(i), &context));
        RtlReleaseHashTableContext(&context);
    }
    EXPECT_EQ(RtlTotalEntriesHashTable(Table), COUNT);
    EXPECT_EQ(RtlNonEmptyBucketsHashTable(Table), 4);
    EXPECT_EQ(RtlEmptyBucketsHashTable(Table), RtlTotalBucketsHashTable(Table) - 4);
    for (ULONG i = 0; i < COUNT; i++)
    {
        EXPECT(ItemOf(RtlLookupEntryHashTable(Table, SignatureOf(i), NULL)) == &items[i]);
    }
    EXPECT(RtlLookupEntryHashTable(Table, 2, NULL) == NULL);
    EXPECT(RtlLookupEntryHashTable(Table, SignatureOf(COUNT), NULL) == NULL);
}

static NOINLINE void
TestResize(PRTL_DYNAMIC_HASH_TABLE Table)
{
    const ULONG buckets = RtlTotalBucketsHashTable(Table);
    ULONG previous;

    for (ULONG i = 0; i < 900; i++)
    {
        EXPECT(RtlExpandHashTable(Table));
    }
    EXPECT_EQ(RtlTotalBucketsHashTable(Table), buckets + 900);
    EXPECT(RtlNonEmptyBucketsHashTable(Table) > 4);
    for (ULONG i = 0; i < COUNT; i++)
    {
        EXPECT(ItemOf(RtlLookupEntryHashTable(Table, SignatureOf(i), NULL)) == &items[i]);
    }
    previous = RtlTotalBucketsHashTable(Table);
    while (RtlContractHashTable(Table))
    {
        EXPECT_EQ(RtlTotalBucketsHashTable(Table), previous - 1);
        previous -= 1;
    }
    EXPECT_EQ(RtlTotalBucketsHashTable(Table), buckets);
    EXPECT_EQ(RtlNonEmptyBucketsHashTable(Table), 4);
    for (ULONG i = 0; i < COUNT; i++)
    {
        EXPECT(ItemOf(RtlLookupEntryHashTable(Table, SignatureOf(i), NULL)) == &items[i]);
    }
}

// Every entry is met once, although every other one is removed on the way.
static NOINLINE void
TestEnumeration(PRTL_DYNAMIC_HASH_TABLE Table)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR place;
    ITEM *item;
    ULONG met = 0;

    EXPECT(RtlInitWeakEnumerationHashTable(Table, &place));
    while (RtlWeaklyEnumerateEntryHashTable(Table, &place) != NULL)
    {
        met += 1;
    }
    EXPECT(RtlWeaklyEnumerateEntryHashTable(Table, &place) == NULL);
    RtlEndWeakEnumerationHashTable(Table, &place);
    EXPECT_EQ(met, COUNT);

    met = 0;
    EXPECT(RtlInitEnumerationHashTable(Table, &place));
    EXPECT_EQ(RtlActiveEnumeratorsHashTable(Table), 1);
    while ((item = ItemOf(RtlEnumerateEntryHashTable(Table, &place))) != NULL)
    {
        EXPECT(!item->Seen);
        item->Seen = TRUE;
        met += 1;
        if (item->Number % 2 == 0)
        {
            EXPECT(RtlRemoveEntryHashTable(Table, &item->Entry, NULL));
        }
    }
    EXPECT(RtlEnumerateEntryHashTable(Table, &place) == NULL);
    RtlEndEnumerationHashTable(Table, &place);
    EXPECT_EQ(RtlActiveEnumeratorsHashTable(Table), 0);
    EXPECT_EQ(met, COUNT);
    EXPECT_EQ(RtlTotalEntriesHashTable(Table), COUNT / 2);
    EXPECT(RtlLookupEntryHashTable(Table, SignatureOf(10), NULL) == NULL);
    EXPECT(ItemOf(RtlLookupEntryHashTable(Table, SignatureOf(11), NULL)) == &items[11]);
    for (ULONG i = 1; i < COUNT; i += 2)
    {
        EXPECT(RtlRemoveEntryHashTable(Table, &items[i].Entry, NULL));
    }
    EXPECT_EQ(RtlTotalEntriesHashTable(Table), 0);
    EXPECT_EQ(RtlNonEmptyBucketsHashTable(Table), 0);
}

static NOINLINE void
TestSameSignature(PRTL_DYNAMIC_HASH_TABLE Table)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;
    PRTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG met = 0;

    for (ULONG i = 0; i < 3; i++)
    {
        EXPECT(RtlInsertEntryHashTable(Table, &items[i].Entry, 77, NULL));
    }
    EXPECT(RtlInsertEntryHashTable(Table, &items[3].Entry, 77 + 128, NULL));
    for (entry = RtlLookupEntryHashTable(Table, 77, &context); entry != NULL;
         entry = RtlGetNextEntryHashTable(Table, &context))
    {
        EXPECT_EQ(HASH_ENTRY_KEY(entry), 77);
        met += 1;
    }
    EXPECT_EQ(met, 3);
    // The signature of enumerators is replaced by another one.
    EXPECT(RtlInsertEntryHashTable(Table, &items[4].Entry, RTL_HASH_RESERVED_SIGNATURE, NULL));
    EXPECT_EQ(items[4].Entry.Signature, RTL_HASH_ALT_SIGNATURE);
    EXPECT(RtlLookupEntryHashTable(Table, RTL_HASH_RESERVED_SIGNATURE, NULL) == &items[4].Entry);
    for (ULONG i = 0; i < 5; i++)
    {
        EXPECT(RtlRemoveEntryHashTable(Table, &items[i].Entry, NULL));
    }
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PRTL_DYNAMIC_HASH_TABLE table = NULL;
    RTL_DYNAMIC_HASH_TABLE own;
    PRTL_DYNAMIC_HASH_TABLE mine = &own;
    KIRQL irql;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    EXPECT(RtlCreateHashTable(&table, 0, 0));
    if (table != NULL)
    {
        TestMany(table);
        TestResize(table);
        TestEnumeration(table);
        TestSameSignature(table);
        RtlDeleteHashTable(table);
    }
    EXPECT(RtlCreateHashTable(&mine, 4, 0));
    EXPECT(mine == &own);
    EXPECT_EQ(own.Flags & RTL_HASH_ALLOCATED_HEADER, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT(RtlInsertEntryHashTable(mine, &items[0].Entry, 0x123, NULL));
    EXPECT(RtlExpandHashTable(mine));
    EXPECT(RtlLookupEntryHashTable(mine, 0x123, NULL) == &items[0].Entry);
    EXPECT(RtlRemoveEntryHashTable(mine, &items[0].Entry, NULL));
    KeLowerIrql(irql);
    RtlDeleteHashTable(mine);
    return Finish("rtl_hash");
}
