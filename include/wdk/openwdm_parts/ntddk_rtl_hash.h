// SPDX-License-Identifier: MIT
// Owns dynamic hash tables: their structures, inline routines and prototypes. No documentation page
// describes them; callers know them from the header of the driver kit.
#ifndef OPENWDM_NTDDK_RTL_HASH_H
#define OPENWDM_NTDDK_RTL_HASH_H

#include <wdm.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define RTL_HASH_ALLOCATED_HEADER   0x00000001
#define RTL_HASH_RESERVED_SIGNATURE 0
#define RTL_HASH_ALT_SIGNATURE      1
#define HASH_ENTRY_KEY(x)           ((x)->Signature)

    typedef struct _RTL_DYNAMIC_HASH_TABLE_ENTRY
    {
        LIST_ENTRY Linkage;
        ULONG_PTR Signature;
    } RTL_DYNAMIC_HASH_TABLE_ENTRY, *PRTL_DYNAMIC_HASH_TABLE_ENTRY;

    typedef struct _RTL_DYNAMIC_HASH_TABLE_CONTEXT
    {
        PLIST_ENTRY ChainHead;
        PLIST_ENTRY PrevLinkage;
        ULONG_PTR Signature;
    } RTL_DYNAMIC_HASH_TABLE_CONTEXT, *PRTL_DYNAMIC_HASH_TABLE_CONTEXT;

    typedef struct _RTL_DYNAMIC_HASH_TABLE_ENUMERATOR
    {
        union
        {
            RTL_DYNAMIC_HASH_TABLE_ENTRY HashEntry;
            PLIST_ENTRY CurEntry;
        };
        PLIST_ENTRY ChainHead;
        ULONG BucketIndex;
    } RTL_DYNAMIC_HASH_TABLE_ENUMERATOR, *PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR;

    typedef struct _RTL_DYNAMIC_HASH_TABLE
    {
        ULONG Flags;
        ULONG Shift;
        ULONG TableSize;
        ULONG Pivot;
        ULONG DivisorMask;
        ULONG NumEntries;
        ULONG NonEmptyBuckets;
        ULONG NumEnumerators;
        PVOID Directory;
    } RTL_DYNAMIC_HASH_TABLE, *PRTL_DYNAMIC_HASH_TABLE;

    FORCEINLINE VOID RtlInitHashTableContext(_Inout_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
    {
        Context->ChainHead = NULL;
        Context->PrevLinkage = NULL;
    }

    FORCEINLINE VOID
    RtlInitHashTableContextFromEnumerator(_Inout_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context,
                                          _In_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
    {
        Context->ChainHead = Enumerator->ChainHead;
        Context->PrevLinkage = Enumerator->HashEntry.Linkage.Blink;
    }

    FORCEINLINE VOID RtlReleaseHashTableContext(_Inout_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
    {
        UNREFERENCED_PARAMETER(Context);
    }

    FORCEINLINE ULONG RtlTotalBucketsHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable)
    {
        return HashTable->TableSize;
    }

    FORCEINLINE ULONG RtlNonEmptyBucketsHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable)
    {
        return HashTable->NonEmptyBuckets;
    }

    FORCEINLINE ULONG RtlEmptyBucketsHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable)
    {
        return HashTable->TableSize - HashTable->NonEmptyBuckets;
    }

    FORCEINLINE ULONG RtlTotalEntriesHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable)
    {
        return HashTable->NumEntries;
    }

    FORCEINLINE ULONG RtlActiveEnumeratorsHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable)
    {
        return HashTable->NumEnumerators;
    }

    // *HashTable is a table of the caller, or NULL for one to be allocated.
    NTSYSAPI BOOLEAN NTAPI RtlCreateHashTable(_Inout_ PRTL_DYNAMIC_HASH_TABLE *HashTable,
                                              _In_ ULONG Shift,
                                              _In_ ULONG Flags);
    NTSYSAPI VOID NTAPI RtlDeleteHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);
    NTSYSAPI BOOLEAN NTAPI
    RtlInsertEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                            _In_ PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                            _In_ ULONG_PTR Signature,
                            _Inout_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
    NTSYSAPI BOOLEAN NTAPI
    RtlRemoveEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                            _In_ PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                            _Inout_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
    NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
    RtlLookupEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                            _In_ ULONG_PTR Signature,
                            _Out_opt_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
    NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
    RtlGetNextEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                             _In_ PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context);
    NTSYSAPI BOOLEAN NTAPI
    RtlInitEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                                _Out_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
    RtlEnumerateEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                               _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI VOID NTAPI
    RtlEndEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                               _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI BOOLEAN NTAPI
    RtlInitWeakEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                                    _Out_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
    RtlWeaklyEnumerateEntryHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                                     _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI VOID NTAPI
    RtlEndWeakEnumerationHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable,
                                   _Inout_ PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator);
    NTSYSAPI BOOLEAN NTAPI RtlExpandHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);
    NTSYSAPI BOOLEAN NTAPI RtlContractHashTable(_In_ PRTL_DYNAMIC_HASH_TABLE HashTable);

#ifdef __cplusplus
}
#endif

#endif
