// SPDX-License-Identifier: MIT
// kernel/rtl/avl.c, gentable.c, splay.c: generic tables over both kinds of tree, checked against a
// plain array after every change, and the shape of the AVL tree itself.
#include "rtl_kit.h"

#include <ntddk.h>

#define KEYS 257u

typedef struct
{
    ULONG Key;
    ULONG Value;
} ELEMENT;

static ULONG Allocated;
static BOOLEAN Exhausted;
static BOOLEAN Present[KEYS];
static ULONG PresentCount;

static RTL_GENERIC_COMPARE_RESULTS
Compare(PVOID First, PVOID Second)
{
    const ULONG first = ((ELEMENT *)First)->Key;
    const ULONG second = ((ELEMENT *)Second)->Key;

    return first < second ? GenericLessThan : first > second ? GenericGreaterThan : GenericEqual;
}

static PVOID
Allocate(CLONG Size)
{
    if (Exhausted)
    {
        return NULL;
    }
    Allocated += 1;
    return malloc(Size);
}

static void
Free(PVOID Buffer)
{
    Allocated -= 1;
    free(Buffer);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI
AvlCompare(PRTL_AVL_TABLE Table, PVOID First, PVOID Second)
{
    (void)Table;
    return Compare(First, Second);
}

// Treats a hundred neighbouring keys as equal.
static RTL_GENERIC_COMPARE_RESULTS NTAPI
CoarseCompare(PRTL_AVL_TABLE Table, PVOID First, PVOID Second)
{
    ELEMENT first = {((ELEMENT *)First)->Key / 100, 0};
    ELEMENT second = {((ELEMENT *)Second)->Key / 100, 0};

    (void)Table;
    return Compare(&first, &second);
}

static PVOID NTAPI
AvlAllocate(PRTL_AVL_TABLE Table, CLONG Size)
{
    assert_ptr_equal(Table->TableContext, &Allocated);
    return Allocate(Size);
}

static VOID NTAPI
AvlFree(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    (void)Table;
    Free(Buffer);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI
SplayCompare(PRTL_GENERIC_TABLE Table, PVOID First, PVOID Second)
{
    (void)Table;
    return Compare(First, Second);
}

static PVOID NTAPI
SplayAllocate(PRTL_GENERIC_TABLE Table, CLONG Size)
{
    (void)Table;
    return Allocate(Size);
}

static VOID NTAPI
SplayFree(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    (void)Table;
    Free(Buffer);
}

static ULONG
Random(void)
{
    static ULONG seed = 99;

    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static int
TableSetup(void **State)
{
    memset(Present, 0, sizeof(Present));
    PresentCount = 0;
    Allocated = 0;
    Exhausted = FALSE;
    return KitSetup(State);
}

// ---- AVL --------------------------------------------------------------------------------------

// Depth of a subtree; every node's links and balance are checked on the way.
static LONG
CheckNode(PRTL_BALANCED_LINKS Node, PRTL_BALANCED_LINKS Parent, ULONG *Count)
{
    LONG left;
    LONG right;

    if (Node == NULL)
    {
        return 0;
    }
    assert_ptr_equal(Node->Parent, Parent);
    *Count += 1;
    left = CheckNode(Node->LeftChild, Node, Count);
    right = CheckNode(Node->RightChild, Node, Count);
    assert_int_equal(Node->Balance, right - left);
    assert_in_range(Node->Balance + 1, 0, 2);
    return 1 + (left > right ? left : right);
}

static void
CheckAvl(PRTL_AVL_TABLE Table)
{
    PVOID restart = NULL;
    ULONG count = 0;
    ULONG key = 0;

    assert_int_equal(CheckNode(Table->BalancedRoot.RightChild, &Table->BalancedRoot, &count),
                     Table->DepthOfTree);
    assert_int_equal(count, PresentCount);
    assert_int_equal(RtlNumberGenericTableElementsAvl(Table), PresentCount);
    assert_int_equal(RtlIsGenericTableEmptyAvl(Table), PresentCount == 0);
    for (ULONG i = 0; i < PresentCount; i++)
    {
        const ELEMENT *element = RtlEnumerateGenericTableWithoutSplayingAvl(Table, &restart);

        while (!Present[key])
        {
            key += 1;
        }
        assert_non_null(element);
        assert_int_equal(element->Key, key);
        key += 1;
    }
    assert_null(RtlEnumerateGenericTableWithoutSplayingAvl(Table, &restart));
}

// Page: NF:ntddk.RtlInitializeGenericTableAvl
// Page: NF:ntddk.RtlInsertElementGenericTableAvl
// Page: NF:ntddk.RtlDeleteElementGenericTableAvl
static void
avl_random(void **state)
{
    RTL_AVL_TABLE table;

    (void)state;
    RtlInitializeGenericTableAvl(&table, AvlCompare, AvlAllocate, AvlFree, &Allocated);
    for (ULONG round = 0; round < 6000; round++)
    {
        ELEMENT element = {Random() % KEYS, round};
        const BOOLEAN grow = (round / 1000) % 2 == 0;
        BOOLEAN added = 2;

        if (Random() % 4 != 0 ? grow : !grow)
        {
            ELEMENT *stored =
                RtlInsertElementGenericTableAvl(&table, &element, sizeof(element), &added);

            assert_int_equal(added, !Present[element.Key]);
            assert_int_equal(stored->Key, element.Key);
            assert_ptr_not_equal(stored, &element);
            assert_true((stored->Value == round) == added);
            PresentCount += added;
            Present[element.Key] = TRUE;
        }
        else
        {
            assert_int_equal(RtlDeleteElementGenericTableAvl(&table, &element),
                             Present[element.Key]);
            PresentCount -= Present[element.Key];
            Present[element.Key] = FALSE;
        }
        assert_int_equal(RtlLookupElementGenericTableAvl(&table, &element) != NULL,
                         Present[element.Key]);
        assert_int_equal(Allocated, PresentCount);
        if (round % 16 == 0)
        {
            CheckAvl(&table);
        }
    }
    for (ULONG key = 0; key < KEYS; key++)
    {
        ELEMENT element = {key, 0};

        assert_int_equal(RtlDeleteElementGenericTableAvl(&table, &element), Present[key]);
        PresentCount -= Present[key];
        Present[key] = FALSE;
        CheckAvl(&table);
    }
    assert_int_equal(table.DepthOfTree, 0);
    assert_int_equal(Allocated, 0);
}

static void
FillAvl(PRTL_AVL_TABLE Table, PRTL_AVL_COMPARE_ROUTINE Routine, ULONG Count, ULONG Step)
{
    RtlInitializeGenericTableAvl(Table, AvlCompare, AvlAllocate, AvlFree, &Allocated);
    for (ULONG i = 0; i < Count; i++)
    {
        ELEMENT element = {i * Step, i};

        assert_non_null(RtlInsertElementGenericTableAvl(Table, &element, sizeof(element), NULL));
    }
    Table->CompareRoutine = Routine;
}

static void
EmptyAvl(PRTL_AVL_TABLE Table)
{
    PVOID element;

    Table->CompareRoutine = AvlCompare;
    while ((element = RtlGetElementGenericTableAvl(Table, 0)) != NULL)
    {
        assert_true(RtlDeleteElementGenericTableAvl(Table, element));
    }
    assert_int_equal(Allocated, 0);
}

// Page: NF:ntddk.RtlEnumerateGenericTableAvl
// Page: NF:ntddk.RtlGetElementGenericTableAvl
static void
avl_enumeration(void **state)
{
    RTL_AVL_TABLE table;
    ELEMENT *element;
    ULONG expected = 0;

    (void)state;
    FillAvl(&table, AvlCompare, 20, 10);
    for (element = RtlEnumerateGenericTableAvl(&table, TRUE); element != NULL;
         element = RtlEnumerateGenericTableAvl(&table, FALSE))
    {
        assert_int_equal(element->Key, expected * 10);
        expected += 1;
        if (element->Key == 50)
        {
            // The element the enumeration stands on may go; it continues behind it.
            assert_true(RtlDeleteElementGenericTableAvl(&table, element));
        }
    }
    assert_int_equal(expected, 20);
    assert_int_equal(((ELEMENT *)RtlGetElementGenericTableAvl(&table, 4))->Key, 40);
    assert_int_equal(((ELEMENT *)RtlGetElementGenericTableAvl(&table, 5))->Key, 60);
    assert_int_equal(((ELEMENT *)RtlGetElementGenericTableAvl(&table, 18))->Key, 190);
    assert_int_equal(((ELEMENT *)RtlGetElementGenericTableAvl(&table, 1))->Key, 10);
    assert_null(RtlGetElementGenericTableAvl(&table, 19));
    EmptyAvl(&table);
}

// Page: NF:ntddk.RtlLookupFirstMatchingElementGenericTableAvl
static void
avl_first_match(void **state)
{
    RTL_AVL_TABLE table;
    ELEMENT key = {150, 0};
    PVOID restart;
    ELEMENT *element;

    (void)state;
    FillAvl(&table, CoarseCompare, 40, 10);
    element = RtlLookupFirstMatchingElementGenericTableAvl(&table, &key, &restart);
    assert_int_equal(element->Key, 100);
    element = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &restart);
    assert_int_equal(element->Key, 110);
    key.Key = 5000;
    assert_null(RtlLookupFirstMatchingElementGenericTableAvl(&table, &key, &restart));
    EmptyAvl(&table);
}

// Page: NF:ntddk.RtlLookupElementGenericTableFullAvl
// Page: NF:ntddk.RtlInsertElementGenericTableFullAvl
static void
avl_search_then_insert(void **state)
{
    RTL_AVL_TABLE table;
    ELEMENT element = {5, 1};
    TABLE_SEARCH_RESULT result;
    PVOID place = (PVOID)1;
    BOOLEAN added;

    (void)state;
    RtlInitializeGenericTableAvl(&table, AvlCompare, AvlAllocate, AvlFree, &Allocated);
    assert_null(RtlLookupElementGenericTableFullAvl(&table, &element, &place, &result));
    assert_int_equal(result, TableEmptyTree);
    assert_ptr_equal(place, (PVOID)1);
    Exhausted = TRUE;
    assert_null(RtlInsertElementGenericTableFullAvl(&table, &element, sizeof(element), &added,
                                                    place, result));
    assert_false(added);
    Exhausted = FALSE;
    assert_non_null(RtlInsertElementGenericTableFullAvl(&table, &element, sizeof(element), &added,
                                                        place, result));
    assert_true(added);
    assert_non_null(RtlLookupElementGenericTableFullAvl(&table, &element, &place, &result));
    assert_int_equal(result, TableFoundNode);
    element.Key = 4;
    assert_null(RtlLookupElementGenericTableFullAvl(&table, &element, &place, &result));
    assert_int_equal(result, TableInsertAsLeft);
    RtlInsertElementGenericTableFullAvl(&table, &element, sizeof(element), &added, place, result);
    assert_int_equal(((ELEMENT *)RtlGetElementGenericTableAvl(&table, 0))->Key, 4);
    EmptyAvl(&table);
}

static NTSTATUS NTAPI
OnlyEven(PRTL_AVL_TABLE Table, PVOID UserData, PVOID MatchData)
{
    const ELEMENT *element = UserData;

    (void)Table;
    if (element->Key >= *(ULONG *)MatchData)
    {
        return STATUS_NO_MORE_MATCHES;
    }
    return element->Key / 10 % 2 == 0 ? STATUS_SUCCESS : STATUS_NO_MATCH;
}

// Page: NF:ntddk.RtlEnumerateGenericTableLikeADirectory
static void
avl_like_a_directory(void **state)
{
    RTL_AVL_TABLE table;
    ELEMENT saved = {15, 0};
    ULONG limit = 100;
    PVOID restart = NULL;
    ULONG deleteCount = 0;
    ELEMENT *element;

    (void)state;
    FillAvl(&table, AvlCompare, 20, 10);
    // The first element at or behind the saved name, which itself is not there.
    element = RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, TRUE, &restart,
                                                     &deleteCount, &saved);
    assert_int_equal(element->Key, 20);
    element = RtlEnumerateGenericTableLikeADirectory(&table, OnlyEven, &limit, TRUE, &restart,
                                                     &deleteCount, &saved);
    assert_int_equal(element->Key, 40);
    // After a deletion the saved name decides, not the key that may be gone.
    saved = *element;
    assert_true(RtlDeleteElementGenericTableAvl(&table, &saved));
    element = RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, TRUE, &restart,
                                                     &deleteCount, &saved);
    assert_int_equal(element->Key, 50);
    element = RtlEnumerateGenericTableLikeADirectory(&table, NULL, NULL, FALSE, &restart,
                                                     &deleteCount, &saved);
    assert_int_equal(element->Key, 50);
    limit = 60;
    assert_null(RtlEnumerateGenericTableLikeADirectory(&table, OnlyEven, &limit, TRUE, &restart,
                                                       &deleteCount, &saved));
    EmptyAvl(&table);
}

// ---- splay ------------------------------------------------------------------------------------

static ULONG
CheckSplay(PRTL_SPLAY_LINKS Node, PRTL_SPLAY_LINKS Parent)
{
    if (Node == NULL)
    {
        return 0;
    }
    assert_ptr_equal(Node->Parent, Parent);
    return 1 + CheckSplay(Node->LeftChild, Node) + CheckSplay(Node->RightChild, Node);
}

// Page: NF:ntddk.RtlInitializeGenericTable
// Page: NF:ntddk.RtlInsertElementGenericTable
// Page: NF:ntddk.RtlDeleteElementGenericTable
// Page: NF:ntddk.RtlLookupElementGenericTable
static void
splay_random(void **state)
{
    RTL_GENERIC_TABLE table;
    PVOID element;

    (void)state;
    RtlInitializeGenericTable(&table, SplayCompare, SplayAllocate, SplayFree, NULL);
    for (ULONG round = 0; round < 6000; round++)
    {
        ELEMENT key = {Random() % KEYS, round};
        PVOID restart = NULL;
        BOOLEAN added;

        if (Random() % 2 == 0)
        {
            RtlInsertElementGenericTable(&table, &key, sizeof(key), &added);
            assert_int_equal(added, !Present[key.Key]);
            PresentCount += added;
            Present[key.Key] = TRUE;
        }
        else
        {
            assert_int_equal(RtlDeleteElementGenericTable(&table, &key), Present[key.Key]);
            PresentCount -= Present[key.Key];
            Present[key.Key] = FALSE;
        }
        assert_int_equal(RtlLookupElementGenericTable(&table, &key) != NULL, Present[key.Key]);
        assert_int_equal(CheckSplay(table.TableRoot, table.TableRoot), PresentCount);
        if (round % 16 == 0)
        {
            for (ULONG i = 0; i < KEYS; i++)
            {
                if (Present[i])
                {
                    const ELEMENT *next = RtlEnumerateGenericTableWithoutSplaying(&table, &restart);

                    assert_int_equal(next->Key, i);
                }
            }
            assert_null(RtlEnumerateGenericTableWithoutSplaying(&table, &restart));
        }
    }
    while ((element = RtlGetElementGenericTable(&table, 0)) != NULL)
    {
        assert_true(RtlDeleteElementGenericTable(&table, element));
    }
    assert_true(RtlIsGenericTableEmpty(&table));
    assert_int_equal(RtlNumberGenericTableElements(&table), 0);
    assert_int_equal(Allocated, 0);
}

// Page: NF:ntddk.RtlGetElementGenericTable
// Page: NF:ntddk.RtlEnumerateGenericTable
static void
splay_orders(void **state)
{
    static const ULONG order[] = {5, 1, 9, 3, 7};
    RTL_GENERIC_TABLE table;
    ELEMENT *element;
    ULONG key = 1;

    (void)state;
    RtlInitializeGenericTable(&table, SplayCompare, SplayAllocate, SplayFree, NULL);
    for (ULONG i = 0; i < 5; i++)
    {
        ELEMENT added = {order[i], i};

        RtlInsertElementGenericTable(&table, &added, sizeof(added), NULL);
    }
    // By index: in order of insertion, forwards and backwards.
    for (ULONG i = 0; i < 10; i++)
    {
        const ULONG index = i < 5 ? i : 9 - i;

        assert_int_equal(((ELEMENT *)RtlGetElementGenericTable(&table, index))->Key, order[index]);
    }
    assert_null(RtlGetElementGenericTable(&table, 5));
    // By enumeration: in order of keys.
    for (element = RtlEnumerateGenericTable(&table, TRUE); element != NULL;
         element = RtlEnumerateGenericTable(&table, FALSE))
    {
        assert_int_equal(element->Key, key);
        key += 2;
    }
    assert_int_equal(key, 11);
    while ((element = RtlGetElementGenericTable(&table, 0)) != NULL)
    {
        RtlDeleteElementGenericTable(&table, element);
    }
}

// Page: NF:ntddk.RtlSplay
// Page: NF:ntddk.RtlDelete
// Page: NF:ntddk.RtlDeleteNoSplay
// Page: NF:ntddk.RtlRealSuccessor
// Page: NF:ntddk.RtlRealPredecessor
static void
splay_links(void **state)
{
    RTL_SPLAY_LINKS nodes[7];
    PRTL_SPLAY_LINKS root = &nodes[0];

    (void)state;
    // A list that leans to the right: 0 1 2 3 4 5 6.
    for (ULONG i = 0; i < 7; i++)
    {
        RtlInitializeSplayLinks(&nodes[i]);
        if (i != 0)
        {
            RtlInsertAsRightChild(&nodes[i - 1], &nodes[i]);
        }
    }
    assert_true(RtlIsRoot(&nodes[0]));
    assert_true(RtlIsRightChild(&nodes[1]));
    root = RtlSplay(&nodes[6]);
    assert_ptr_equal(root, &nodes[6]);
    assert_int_equal(CheckSplay(root, root), 7);
    for (ULONG i = 0; i < 7; i++)
    {
        assert_ptr_equal(RtlRealSuccessor(&nodes[i]), i == 6 ? NULL : &nodes[i + 1]);
        assert_ptr_equal(RtlRealPredecessor(&nodes[i]), i == 0 ? NULL : &nodes[i - 1]);
    }
    assert_null(RtlSubtreeSuccessor(&nodes[6]));
    assert_ptr_equal(RtlSubtreePredecessor(&nodes[6]), &nodes[5]);
    root = RtlDelete(&nodes[3]);
    assert_int_equal(CheckSplay(root, root), 6);
    assert_ptr_equal(RtlRealSuccessor(&nodes[2]), &nodes[4]);
    RtlDeleteNoSplay(root, &root);
    assert_int_equal(CheckSplay(root, root), 5);
    while (root != NULL)
    {
        root = RtlDelete(root);
    }
}

#define TABLE_TEST(Function) cmocka_unit_test_setup_teardown(Function, TableSetup, KitTeardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(avl_random),           TABLE_TEST(avl_enumeration),
        TABLE_TEST(avl_first_match),      TABLE_TEST(avl_search_then_insert),
        TABLE_TEST(avl_like_a_directory), TABLE_TEST(splay_random),
        TABLE_TEST(splay_orders),         TABLE_TEST(splay_links),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
