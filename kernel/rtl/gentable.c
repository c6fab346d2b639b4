// SPDX-License-Identifier: MIT
// Generic tables over splay trees (NF:ntddk.RtlInitializeGenericTable). An element is its splay
// links, its place in the list of insertions, and the caller's data. Owns no state: tables are the
// caller's, and so is their synchronization, for lookups too, since those reshape the tree.
#include "rtlp.h"

#include <ntddk.h>

#include "exports.h"

typedef struct _RTLP_TABLE_ENTRY
{
    RTL_SPLAY_LINKS Links;
    LIST_ENTRY Insertion;
    LONGLONG Data[]; // aligned for anything
} RTLP_TABLE_ENTRY, *PRTLP_TABLE_ENTRY;

static PVOID
RtlpTableData(PRTL_SPLAY_LINKS Links)
{
    return CONTAINING_RECORD(Links, RTLP_TABLE_ENTRY, Links)->Data;
}

static TABLE_SEARCH_RESULT
RtlpTableFind(PRTL_GENERIC_TABLE Table, PVOID Buffer, PRTL_SPLAY_LINKS *NodeOrParent)
{
    PRTL_SPLAY_LINKS node = Table->TableRoot;

    if (node == NULL)
    {
        return TableEmptyTree;
    }
    for (;;)
    {
        const RTL_GENERIC_COMPARE_RESULTS order =
            Table->CompareRoutine(Table, Buffer, RtlpTableData(node));
        PRTL_SPLAY_LINKS child;

        *NodeOrParent = node;
        if (order == GenericEqual)
        {
            return TableFoundNode;
        }
        child = order == GenericLessThan ? node->LeftChild : node->RightChild;
        if (child == NULL)
        {
            return order == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        }
        node = child;
    }
}

DDI VOID
RtlInitializeGenericTable(_Out_ PRTL_GENERIC_TABLE Table,
                          _In_ PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                          _In_opt_ PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                          _In_opt_ PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
                          _In_opt_ PVOID TableContext)
{
    Table->TableRoot = NULL;
    Table->InsertOrderList.Flink = &Table->InsertOrderList;
    Table->InsertOrderList.Blink = &Table->InsertOrderList;
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->WhichOrderedElement = 0;
    Table->NumberGenericTableElements = 0;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

static PRTL_SPLAY_LINKS
RtlpTableAdd(PRTL_GENERIC_TABLE Table,
             PVOID Buffer,
             CLONG BufferSize,
             PRTL_SPLAY_LINKS Parent,
             TABLE_SEARCH_RESULT SearchResult)
{
    const PRTLP_TABLE_ENTRY entry =
        Table->AllocateRoutine(Table, BufferSize + (CLONG)sizeof(RTLP_TABLE_ENTRY));

    if (entry == NULL)
    {
        return NULL;
    }
    __builtin_memcpy(entry->Data, Buffer, BufferSize);
    entry->Links.LeftChild = NULL;
    entry->Links.RightChild = NULL;
    entry->Links.Parent = SearchResult == TableEmptyTree ? &entry->Links : Parent;
    if (SearchResult == TableInsertAsLeft)
    {
        Parent->LeftChild = &entry->Links;
    }
    else if (SearchResult == TableInsertAsRight)
    {
        Parent->RightChild = &entry->Links;
    }
    entry->Insertion.Flink = &Table->InsertOrderList;
    entry->Insertion.Blink = Table->InsertOrderList.Blink;
    entry->Insertion.Blink->Flink = &entry->Insertion;
    Table->InsertOrderList.Blink = &entry->Insertion;
    Table->NumberGenericTableElements += 1;
    return &entry->Links;
}

DDI PVOID
RtlInsertElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                 _In_reads_bytes_(BufferSize) PVOID Buffer,
                                 _In_ CLONG BufferSize,
                                 _Out_opt_ PBOOLEAN NewElement,
                                 _In_ PVOID NodeOrParent,
                                 _In_ TABLE_SEARCH_RESULT SearchResult)
{
    PRTL_SPLAY_LINKS node = NodeOrParent;

    if (SearchResult != TableFoundNode)
    {
        node = RtlpTableAdd(Table, Buffer, BufferSize, NodeOrParent, SearchResult);
    }
    if (NewElement != NULL)
    {
        *NewElement = SearchResult != TableFoundNode && node != NULL;
    }
    if (node == NULL)
    {
        return NULL;
    }
    Table->TableRoot = RtlSplay(node);
    return RtlpTableData(node);
}

DDI PVOID
RtlInsertElementGenericTable(_In_ PRTL_GENERIC_TABLE Table,
                             _In_reads_bytes_(BufferSize) PVOID Buffer,
                             _In_ CLONG BufferSize,
                             _Out_opt_ PBOOLEAN NewElement)
{
    PRTL_SPLAY_LINKS nodeOrParent = NULL;
    const TABLE_SEARCH_RESULT result = RtlpTableFind(Table, Buffer, &nodeOrParent);

    return RtlInsertElementGenericTableFull(Table, Buffer, BufferSize, NewElement, nodeOrParent,
                                            result);
}

DDI PVOID
RtlLookupElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                 _In_ PVOID Buffer,
                                 _Out_ PVOID *NodeOrParent,
                                 _Out_ TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_SPLAY_LINKS found = NULL;

    *SearchResult = RtlpTableFind(Table, Buffer, &found);
    *NodeOrParent = found;
    // The parent of a miss stays: RtlInsertElementGenericTableFull hangs the new element below it,
    // and after a splay another subtree would be in that place.
    if (*SearchResult != TableFoundNode)
    {
        return NULL;
    }
    Table->TableRoot = RtlSplay(found);
    return RtlpTableData(found);
}

DDI PVOID
RtlLookupElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer)
{
    TABLE_SEARCH_RESULT result;
    PVOID node;

    return RtlLookupElementGenericTableFull(Table, Buffer, &node, &result);
}

DDI BOOLEAN
RtlDeleteElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer)
{
    PRTL_SPLAY_LINKS node = NULL;
    PRTLP_TABLE_ENTRY entry;

    if (RtlpTableFind(Table, Buffer, &node) != TableFoundNode)
    {
        return FALSE;
    }
    Table->TableRoot = RtlDelete(node);
    entry = CONTAINING_RECORD(node, RTLP_TABLE_ENTRY, Links);
    entry->Insertion.Blink->Flink = entry->Insertion.Flink;
    entry->Insertion.Flink->Blink = entry->Insertion.Blink;
    Table->NumberGenericTableElements -= 1;
    Table->WhichOrderedElement = 0;
    Table->OrderedPointer = &Table->InsertOrderList;
    Table->FreeRoutine(Table, entry);
    return TRUE;
}

static PRTL_SPLAY_LINKS
RtlpTableFirst(PRTL_GENERIC_TABLE Table)
{
    PRTL_SPLAY_LINKS node = Table->TableRoot;

    while (node != NULL && node->LeftChild != NULL)
    {
        node = node->LeftChild;
    }
    return node;
}

// The element returned last is the root, so its successor is the next one; inserting or looking up
// in between moves the position, which the page warns about.
DDI PVOID
RtlEnumerateGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ BOOLEAN Restart)
{
    PRTL_SPLAY_LINKS node = NULL;

    if (Table->TableRoot != NULL)
    {
        node = Restart ? RtlpTableFirst(Table) : RtlRealSuccessor(Table->TableRoot);
    }
    if (node == NULL)
    {
        return NULL;
    }
    Table->TableRoot = RtlSplay(node);
    return RtlpTableData(node);
}

DDI PVOID
RtlEnumerateGenericTableWithoutSplaying(_In_ PRTL_GENERIC_TABLE Table, _Inout_ PVOID *RestartKey)
{
    const PRTL_SPLAY_LINKS node =
        *RestartKey == NULL ? RtlpTableFirst(Table) : RtlRealSuccessor(*RestartKey);

    if (node == NULL)
    {
        return NULL;
    }
    *RestartKey = node;
    return RtlpTableData(node);
}

// Element I in order of insertion. WhichOrderedElement counts from 1; 0 is the list head.
DDI PVOID
RtlGetElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ ULONG I)
{
    PLIST_ENTRY at = Table->OrderedPointer;
    ULONG which = Table->WhichOrderedElement;

    if (I >= Table->NumberGenericTableElements)
    {
        return NULL;
    }
    if (which > I + 1)
    {
        at = &Table->InsertOrderList;
        which = 0;
    }
    for (; which < I + 1; which++)
    {
        at = at->Flink;
    }
    Table->OrderedPointer = at;
    Table->WhichOrderedElement = which;
    return CONTAINING_RECORD(at, RTLP_TABLE_ENTRY, Insertion)->Data;
}

DDI ULONG
RtlNumberGenericTableElements(_In_ PRTL_GENERIC_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

DDI BOOLEAN
RtlIsGenericTableEmpty(_In_ PRTL_GENERIC_TABLE Table)
{
    return Table->TableRoot == NULL;
}
