// SPDX-License-Identifier: MIT
// Generic tables over AVL trees (NF:ntddk.RtlInitializeGenericTableAvl). An element is a
// RTL_BALANCED_LINKS followed by the caller's data. BalancedRoot is the parent of the root, which
// is its right child. Owns no state: tables are the caller's, and so is their synchronization.
#include "rtlp.h"

#include <ntddk.h>

#include "exports.h"

static PVOID
RtlpAvlData(PRTL_BALANCED_LINKS Node)
{
    return Node + 1;
}

static PRTL_BALANCED_LINKS
RtlpAvlNode(PVOID Data)
{
    return (PRTL_BALANCED_LINKS)Data - 1;
}

static PRTL_BALANCED_LINKS
RtlpAvlFirst(PRTL_AVL_TABLE Table)
{
    PRTL_BALANCED_LINKS node = Table->BalancedRoot.RightChild;

    while (node != NULL && node->LeftChild != NULL)
    {
        node = node->LeftChild;
    }
    return node;
}

static PRTL_BALANCED_LINKS
RtlpAvlNext(PRTL_AVL_TABLE Table, PRTL_BALANCED_LINKS Node)
{
    if (Node->RightChild != NULL)
    {
        Node = Node->RightChild;
        while (Node->LeftChild != NULL)
        {
            Node = Node->LeftChild;
        }
        return Node;
    }
    while (Node->Parent != &Table->BalancedRoot && Node->Parent->RightChild == Node)
    {
        Node = Node->Parent;
    }
    return Node->Parent == &Table->BalancedRoot ? NULL : Node->Parent;
}

static PRTL_BALANCED_LINKS
RtlpAvlPrevious(PRTL_AVL_TABLE Table, PRTL_BALANCED_LINKS Node)
{
    if (Node->LeftChild != NULL)
    {
        Node = Node->LeftChild;
        while (Node->RightChild != NULL)
        {
            Node = Node->RightChild;
        }
        return Node;
    }
    while (Node->Parent != &Table->BalancedRoot && Node->Parent->LeftChild == Node)
    {
        Node = Node->Parent;
    }
    return Node->Parent == &Table->BalancedRoot ? NULL : Node->Parent;
}

// ---- shape ------------------------------------------------------------------------------------

static VOID
RtlpAvlReplaceChild(PRTL_BALANCED_LINKS Parent, PRTL_BALANCED_LINKS Old, PRTL_BALANCED_LINKS New)
{
    if (Parent->LeftChild == Old)
    {
        Parent->LeftChild = New;
    }
    else
    {
        Parent->RightChild = New;
    }
    if (New != NULL)
    {
        New->Parent = Parent;
    }
}

// Makes Child take the place of its parent.
static VOID
RtlpAvlPromote(PRTL_BALANCED_LINKS Child)
{
    const PRTL_BALANCED_LINKS parent = Child->Parent;
    PRTL_BALANCED_LINKS moved;

    RtlpAvlReplaceChild(parent->Parent, parent, Child);
    if (parent->LeftChild == Child)
    {
        moved = Child->RightChild;
        parent->LeftChild = moved;
        Child->RightChild = parent;
    }
    else
    {
        moved = Child->LeftChild;
        parent->RightChild = moved;
        Child->LeftChild = parent;
    }
    if (moved != NULL)
    {
        moved->Parent = parent;
    }
    parent->Parent = Child;
}

// Node is two levels deeper on one side (Side is +1 for the right one). Rotates, and returns the
// node that stands in its place; *Shorter tells whether the whole became one level less deep.
static PRTL_BALANCED_LINKS
RtlpAvlRotate(PRTL_BALANCED_LINKS Node, CHAR Side, PBOOLEAN Shorter)
{
    const PRTL_BALANCED_LINKS child = Side > 0 ? Node->RightChild : Node->LeftChild;
    PRTL_BALANCED_LINKS grandchild;

    *Shorter = TRUE;
    if (child->Balance != -Side)
    {
        RtlpAvlPromote(child);
        *Shorter = child->Balance != 0;
        Node->Balance = *Shorter ? 0 : Side;
        child->Balance = *Shorter ? 0 : (CHAR)-Side;
        return child;
    }
    grandchild = Side > 0 ? child->LeftChild : child->RightChild;
    RtlpAvlPromote(grandchild);
    RtlpAvlPromote(grandchild);
    Node->Balance = grandchild->Balance == Side ? (CHAR)-Side : 0;
    child->Balance = grandchild->Balance == -Side ? Side : 0;
    grandchild->Balance = 0;
    return grandchild;
}

static VOID
RtlpAvlRebalanceAfterInsert(PRTL_AVL_TABLE Table, PRTL_BALANCED_LINKS Node)
{
    BOOLEAN shorter;

    for (; Node->Parent != &Table->BalancedRoot; Node = Node->Parent)
    {
        const PRTL_BALANCED_LINKS parent = Node->Parent;
        const CHAR side = parent->RightChild == Node ? 1 : -1;

        if (parent->Balance == side)
        {
            RtlpAvlRotate(parent, side, &shorter);
            return;
        }
        parent->Balance = (CHAR)(parent->Balance + side);
        if (parent->Balance == 0)
        {
            return;
        }
    }
    Table->DepthOfTree += 1;
}

// The subtree of Parent on Side (+1 right) has become one level less deep.
static VOID
RtlpAvlRebalanceAfterDelete(PRTL_AVL_TABLE Table, PRTL_BALANCED_LINKS Parent, CHAR Side)
{
    BOOLEAN shorter;

    while (Parent != &Table->BalancedRoot)
    {
        PRTL_BALANCED_LINKS top = Parent;

        if (Parent->Balance == 0)
        {
            Parent->Balance = (CHAR)-Side;
            return;
        }
        if (Parent->Balance == Side)
        {
            Parent->Balance = 0;
        }
        else
        {
            top = RtlpAvlRotate(Parent, (CHAR)-Side, &shorter);
            if (!shorter)
            {
                return;
            }
        }
        Parent = top->Parent;
        Side = Parent->RightChild == top ? 1 : -1;
    }
    Table->DepthOfTree -= 1;
}

static VOID
RtlpAvlUnlink(PRTL_AVL_TABLE Table, PRTL_BALANCED_LINKS Node)
{
    PRTL_BALANCED_LINKS parent;
    PRTL_BALANCED_LINKS child;
    CHAR side;

    if (Node->LeftChild != NULL && Node->RightChild != NULL)
    {
        // The successor has no left child. It leaves its own place and takes Node's.
        const PRTL_BALANCED_LINKS heir = RtlpAvlNext(Table, Node);

        parent = heir->Parent;
        side = parent->RightChild == heir ? 1 : -1;
        RtlpAvlReplaceChild(parent, heir, heir->RightChild);
        heir->LeftChild = Node->LeftChild;
        heir->RightChild = Node->RightChild;
        heir->Balance = Node->Balance;
        RtlpAvlReplaceChild(Node->Parent, Node, heir);
        heir->LeftChild->Parent = heir;
        if (heir->RightChild != NULL)
        {
            heir->RightChild->Parent = heir;
        }
        parent = parent == Node ? heir : parent;
    }
    else
    {
        child = Node->LeftChild != NULL ? Node->LeftChild : Node->RightChild;
        parent = Node->Parent;
        side = parent->RightChild == Node ? 1 : -1;
        RtlpAvlReplaceChild(parent, Node, child);
    }
    RtlpAvlRebalanceAfterDelete(Table, parent, side);
}

// ---- the table --------------------------------------------------------------------------------

static TABLE_SEARCH_RESULT
RtlpAvlFind(PRTL_AVL_TABLE Table, PVOID Buffer, PRTL_BALANCED_LINKS *NodeOrParent)
{
    PRTL_BALANCED_LINKS node = Table->BalancedRoot.RightChild;

    if (node == NULL)
    {
        return TableEmptyTree;
    }
    for (;;)
    {
        const RTL_GENERIC_COMPARE_RESULTS order =
            Table->CompareRoutine(Table, Buffer, RtlpAvlData(node));
        PRTL_BALANCED_LINKS child;

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
RtlInitializeGenericTableAvl(_Out_ PRTL_AVL_TABLE Table,
                             _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                             _In_opt_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                             _In_opt_ PRTL_AVL_FREE_ROUTINE FreeRoutine,
                             _In_opt_ PVOID TableContext)
{
    __builtin_memset(Table, 0, sizeof(*Table));
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
    Table->CompareRoutine = CompareRoutine;
    Table->AllocateRoutine = AllocateRoutine;
    Table->FreeRoutine = FreeRoutine;
    Table->TableContext = TableContext;
}

DDI PVOID
RtlInsertElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                    _In_reads_bytes_(BufferSize) PVOID Buffer,
                                    _In_ CLONG BufferSize,
                                    _Out_opt_ PBOOLEAN NewElement,
                                    _In_ PVOID NodeOrParent,
                                    _In_ TABLE_SEARCH_RESULT SearchResult)
{
    const PRTL_BALANCED_LINKS parent = NodeOrParent;
    PRTL_BALANCED_LINKS node = parent;
    BOOLEAN added = FALSE;

    if (SearchResult != TableFoundNode)
    {
        node = Table->AllocateRoutine(Table, BufferSize + (CLONG)sizeof(RTL_BALANCED_LINKS));
        added = node != NULL;
    }
    if (added)
    {
        __builtin_memset(node, 0, sizeof(*node));
        __builtin_memcpy(RtlpAvlData(node), Buffer, BufferSize);
        node->Parent = SearchResult == TableEmptyTree ? &Table->BalancedRoot : parent;
        if (SearchResult == TableInsertAsLeft)
        {
            parent->LeftChild = node;
        }
        else
        {
            node->Parent->RightChild = node;
        }
        Table->NumberGenericTableElements += 1;
        Table->OrderedPointer = NULL;
        Table->WhichOrderedElement = 0;
        RtlpAvlRebalanceAfterInsert(Table, node);
    }
    if (NewElement != NULL)
    {
        *NewElement = added;
    }
    return node == NULL ? NULL : RtlpAvlData(node);
}

DDI PVOID
RtlInsertElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                _In_reads_bytes_(BufferSize) PVOID Buffer,
                                _In_ CLONG BufferSize,
                                _Out_opt_ PBOOLEAN NewElement)
{
    PRTL_BALANCED_LINKS nodeOrParent = NULL;
    const TABLE_SEARCH_RESULT result = RtlpAvlFind(Table, Buffer, &nodeOrParent);

    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, nodeOrParent,
                                               result);
}

DDI PVOID
RtlLookupElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                    _In_ PVOID Buffer,
                                    _Out_ PVOID *NodeOrParent,
                                    _Out_ TABLE_SEARCH_RESULT *SearchResult)
{
    PRTL_BALANCED_LINKS found = NULL;

    *SearchResult = RtlpAvlFind(Table, Buffer, &found);
    if (*SearchResult != TableEmptyTree)
    {
        *NodeOrParent = found;
    }
    return *SearchResult == TableFoundNode ? RtlpAvlData(found) : NULL;
}

DDI PVOID
RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer)
{
    PRTL_BALANCED_LINKS found = NULL;

    return RtlpAvlFind(Table, Buffer, &found) == TableFoundNode ? RtlpAvlData(found) : NULL;
}

// The leftmost element among those the comparison routine calls equal, which need not be unique
// here: the key may be only a part of what orders the table.
DDI PVOID
RtlLookupFirstMatchingElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                             _In_ PVOID Buffer,
                                             _Out_ PVOID *RestartKey)
{
    PRTL_BALANCED_LINKS found = NULL;
    PRTL_BALANCED_LINKS before;

    *RestartKey = NULL;
    if (RtlpAvlFind(Table, Buffer, &found) != TableFoundNode)
    {
        return NULL;
    }
    for (before = RtlpAvlPrevious(Table, found); before != NULL;
         before = RtlpAvlPrevious(Table, found))
    {
        if (Table->CompareRoutine(Table, Buffer, RtlpAvlData(before)) != GenericEqual)
        {
            break;
        }
        found = before;
    }
    *RestartKey = found;
    return RtlpAvlData(found);
}

DDI BOOLEAN
RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer)
{
    PRTL_BALANCED_LINKS node = NULL;

    if (RtlpAvlFind(Table, Buffer, &node) != TableFoundNode)
    {
        return FALSE;
    }
    // An enumeration with RtlEnumerateGenericTableAvl that stands on the element goes on behind it.
    if (Table->RestartKey == node)
    {
        Table->RestartKey = RtlpAvlPrevious(Table, node);
    }
    Table->DeleteCount += 1;
    Table->NumberGenericTableElements -= 1;
    Table->OrderedPointer = NULL;
    Table->WhichOrderedElement = 0;
    RtlpAvlUnlink(Table, node);
    Table->FreeRoutine(Table, node);
    return TRUE;
}

DDI PVOID
RtlEnumerateGenericTableWithoutSplayingAvl(_In_ PRTL_AVL_TABLE Table, _Inout_ PVOID *RestartKey)
{
    const PRTL_BALANCED_LINKS next =
        *RestartKey == NULL ? RtlpAvlFirst(Table) : RtlpAvlNext(Table, *RestartKey);

    if (next == NULL)
    {
        return NULL;
    }
    *RestartKey = next;
    return RtlpAvlData(next);
}

DDI PVOID
RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart)
{
    PVOID key = Restart ? NULL : Table->RestartKey;
    const PVOID data = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &key);

    Table->RestartKey = key;
    return data;
}

DDI PVOID
RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I)
{
    PRTL_BALANCED_LINKS node = NULL;
    ULONG index = 0;

    if (I >= Table->NumberGenericTableElements)
    {
        return NULL;
    }
    // Callers walk upwards, so the last answer is where the next search begins.
    if (Table->OrderedPointer != NULL && Table->WhichOrderedElement <= I)
    {
        node = RtlpAvlNode(Table->OrderedPointer);
        index = Table->WhichOrderedElement;
    }
    else
    {
        node = RtlpAvlFirst(Table);
    }
    for (; index < I; index++)
    {
        node = RtlpAvlNext(Table, node);
    }
    Table->OrderedPointer = RtlpAvlData(node);
    Table->WhichOrderedElement = I;
    return RtlpAvlData(node);
}

DDI ULONG
RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

DDI BOOLEAN
RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements == 0;
}

// The element at or behind the key expression in Buffer.
static PRTL_BALANCED_LINKS
RtlpAvlResume(PRTL_AVL_TABLE Table, PVOID Buffer, BOOLEAN Skip)
{
    PRTL_BALANCED_LINKS node = NULL;

    switch (RtlpAvlFind(Table, Buffer, &node))
    {
    case TableFoundNode:
        return Skip ? RtlpAvlNext(Table, node) : node;
    case TableInsertAsLeft:
        return node;
    case TableInsertAsRight:
        return RtlpAvlNext(Table, node);
    default:
        return NULL;
    }
}

DDI PVOID
RtlEnumerateGenericTableLikeADirectory(_In_ PRTL_AVL_TABLE Table,
                                       _In_opt_ PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                       _In_opt_ PVOID MatchData,
                                       _In_ ULONG NextFlag,
                                       _Inout_ PVOID *RestartKey,
                                       _Inout_ PULONG DeleteCount,
                                       _In_ PVOID Buffer)
{
    PRTL_BALANCED_LINKS node = *RestartKey;

    // After a deletion the key may point at freed memory; the caller's copy of the name is what is
    // left to find the place again.
    if (node == NULL || *DeleteCount != Table->DeleteCount)
    {
        node = RtlpAvlResume(Table, Buffer, NextFlag != 0);
    }
    else if (NextFlag != 0)
    {
        node = RtlpAvlNext(Table, node);
    }
    for (; node != NULL; node = RtlpAvlNext(Table, node))
    {
        NTSTATUS status = STATUS_SUCCESS;

        if (MatchFunction != NULL)
        {
            status = MatchFunction(Table, RtlpAvlData(node), MatchData);
        }
        if (status == STATUS_SUCCESS)
        {
            *RestartKey = node;
            *DeleteCount = Table->DeleteCount;
            return RtlpAvlData(node);
        }
        if (status == STATUS_NO_MORE_MATCHES)
        {
            break;
        }
    }
    return NULL;
}
