// SPDX-License-Identifier: MIT
// The routines of generic tables that take the result of a search, so that a table is searched once
// for a lookup and the insertion that follows.
// Page: NF:ntddk.RtlInitializeGenericTable, NF:ntddk.RtlDeleteElementGenericTable
// Run:
// Expect: rtl_tables: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

static RTL_GENERIC_COMPARE_ROUTINE Compare;
static RTL_GENERIC_ALLOCATE_ROUTINE Allocate;
static RTL_GENERIC_FREE_ROUTINE Free;

static ULONG compared;

static RTL_GENERIC_COMPARE_RESULTS NTAPI
Compare(PRTL_GENERIC_TABLE Table, PVOID First, PVOID Second)
{
    const ULONG first = *(PULONG)First;
    const ULONG second = *(PULONG)Second;

    UNREFERENCED_PARAMETER(Table);
    compared += 1;
    return first < second ? GenericLessThan : first > second ? GenericGreaterThan : GenericEqual;
}

static PVOID NTAPI
Allocate(PRTL_GENERIC_TABLE Table, CLONG Size)
{
    UNREFERENCED_PARAMETER(Table);
    return ExAllocatePoolWithTag(PagedPool, Size, 'lbaT');
}

static VOID NTAPI
Free(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    UNREFERENCED_PARAMETER(Table);
    ExFreePoolWithTag(Buffer, 'lbaT');
}

static NOINLINE void
InsertOnce(PRTL_GENERIC_TABLE Table, ULONG Key, BOOLEAN Expected)
{
    TABLE_SEARCH_RESULT result;
    PVOID place = NULL;
    BOOLEAN added = !Expected;
    PULONG found = (PULONG)RtlLookupElementGenericTableFull(Table, &Key, &place, &result);
    const ULONG before = compared;

    EXPECT_EQ(found == NULL, Expected);
    EXPECT_EQ(result == TableFoundNode, !Expected);
    found =
        (PULONG)RtlInsertElementGenericTableFull(Table, &Key, sizeof(Key), &added, place, result);
    EXPECT(found != NULL && *found == Key);
    EXPECT_EQ(added, Expected);
    EXPECT_EQ(compared, before); // the search is not repeated
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const ULONG keys[] = {50, 20, 70, 10, 30, 60, 80, 25};
    RTL_GENERIC_TABLE table;
    PULONG element;
    ULONG key;

    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    RtlInitializeGenericTable(&table, Compare, Allocate, Free, NULL);
    for (ULONG i = 0; i < RTL_NUMBER_OF(keys); i++)
    {
        InsertOnce(&table, keys[i], TRUE);
    }
    InsertOnce(&table, 30, FALSE);
    EXPECT_EQ(RtlNumberGenericTableElements(&table), RTL_NUMBER_OF(keys));
    key = 0;
    for (element = (PULONG)RtlEnumerateGenericTable(&table, TRUE); element != NULL;
         element = (PULONG)RtlEnumerateGenericTable(&table, FALSE))
    {
        EXPECT(*element > key);
        key = *element;
    }
    for (ULONG i = 0; i < RTL_NUMBER_OF(keys); i++)
    {
        key = keys[i];
        EXPECT(RtlDeleteElementGenericTable(&table, &key));
    }
    EXPECT(RtlIsGenericTableEmpty(&table));
    return Finish("rtl_tables");
}
