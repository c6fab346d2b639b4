// SPDX-License-Identifier: MIT
// Owns splay trees, generic tables and AVL tables.
#ifndef OPENWDM_NTDDK_RTL_TYPES_H
#define OPENWDM_NTDDK_RTL_TYPES_H

#include <openwdm_parts/wdm_rtl_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _RTL_SPLAY_LINKS
    {
        struct _RTL_SPLAY_LINKS *Parent;
        struct _RTL_SPLAY_LINKS *LeftChild;
        struct _RTL_SPLAY_LINKS *RightChild;
    } RTL_SPLAY_LINKS, *PRTL_SPLAY_LINKS;

#define RtlInitializeSplayLinks(Links)           \
    {                                            \
        PRTL_SPLAY_LINKS _SplayLinks;            \
        _SplayLinks = (PRTL_SPLAY_LINKS)(Links); \
        _SplayLinks->Parent = _SplayLinks;       \
        _SplayLinks->LeftChild = NULL;           \
        _SplayLinks->RightChild = NULL;          \
    }
#define RtlParent(Links)       ((PRTL_SPLAY_LINKS)(Links)->Parent)
#define RtlLeftChild(Links)    ((PRTL_SPLAY_LINKS)(Links)->LeftChild)
#define RtlRightChild(Links)   ((PRTL_SPLAY_LINKS)(Links)->RightChild)
#define RtlIsRoot(Links)       ((RtlParent(Links) == (PRTL_SPLAY_LINKS)(Links)))
#define RtlIsLeftChild(Links)  ((RtlLeftChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links)))
#define RtlIsRightChild(Links) ((RtlRightChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links)))
#define RtlInsertAsLeftChild(ParentLinks, ChildLinks)                    \
    {                                                                    \
        PRTL_SPLAY_LINKS _SplayParent = (PRTL_SPLAY_LINKS)(ParentLinks); \
        PRTL_SPLAY_LINKS _SplayChild = (PRTL_SPLAY_LINKS)(ChildLinks);   \
        _SplayParent->LeftChild = _SplayChild;                           \
        _SplayChild->Parent = _SplayParent;                              \
    }
#define RtlInsertAsRightChild(ParentLinks, ChildLinks)                   \
    {                                                                    \
        PRTL_SPLAY_LINKS _SplayParent = (PRTL_SPLAY_LINKS)(ParentLinks); \
        PRTL_SPLAY_LINKS _SplayChild = (PRTL_SPLAY_LINKS)(ChildLinks);   \
        _SplayParent->RightChild = _SplayChild;                          \
        _SplayChild->Parent = _SplayParent;                              \
    }

    typedef enum _TABLE_SEARCH_RESULT
    {
        TableEmptyTree,
        TableFoundNode,
        TableInsertAsLeft,
        TableInsertAsRight
    } TABLE_SEARCH_RESULT;

    typedef enum _RTL_GENERIC_COMPARE_RESULTS
    {
        GenericLessThan,
        GenericGreaterThan,
        GenericEqual
    } RTL_GENERIC_COMPARE_RESULTS;

    struct _RTL_GENERIC_TABLE;
    typedef RTL_GENERIC_COMPARE_RESULTS NTAPI
    RTL_GENERIC_COMPARE_ROUTINE(_In_ struct _RTL_GENERIC_TABLE *Table,
                                _In_ PVOID FirstStruct,
                                _In_ PVOID SecondStruct);
    typedef RTL_GENERIC_COMPARE_ROUTINE *PRTL_GENERIC_COMPARE_ROUTINE;
    typedef PVOID NTAPI
    RTL_GENERIC_ALLOCATE_ROUTINE(_In_ struct _RTL_GENERIC_TABLE *Table, _In_ CLONG ByteSize);
    typedef RTL_GENERIC_ALLOCATE_ROUTINE *PRTL_GENERIC_ALLOCATE_ROUTINE;
    typedef VOID NTAPI
    RTL_GENERIC_FREE_ROUTINE(_In_ struct _RTL_GENERIC_TABLE *Table, _In_ PVOID Buffer);
    typedef RTL_GENERIC_FREE_ROUTINE *PRTL_GENERIC_FREE_ROUTINE;

    typedef struct _RTL_GENERIC_TABLE
    {
        PRTL_SPLAY_LINKS TableRoot;
        LIST_ENTRY InsertOrderList;
        PLIST_ENTRY OrderedPointer;
        ULONG WhichOrderedElement;
        ULONG NumberGenericTableElements;
        PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine;
        PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine;
        PRTL_GENERIC_FREE_ROUTINE FreeRoutine;
        PVOID TableContext;
    } RTL_GENERIC_TABLE, *PRTL_GENERIC_TABLE;

    typedef struct _RTL_BALANCED_LINKS
    {
        struct _RTL_BALANCED_LINKS *Parent;
        struct _RTL_BALANCED_LINKS *LeftChild;
        struct _RTL_BALANCED_LINKS *RightChild;
        CHAR Balance;
        UCHAR Reserved[3];
    } RTL_BALANCED_LINKS, *PRTL_BALANCED_LINKS;

    struct _RTL_AVL_TABLE;
    typedef RTL_GENERIC_COMPARE_RESULTS NTAPI
    RTL_AVL_COMPARE_ROUTINE(_In_ struct _RTL_AVL_TABLE *Table,
                            _In_ PVOID FirstStruct,
                            _In_ PVOID SecondStruct);
    typedef RTL_AVL_COMPARE_ROUTINE *PRTL_AVL_COMPARE_ROUTINE;
    typedef PVOID NTAPI
    RTL_AVL_ALLOCATE_ROUTINE(_In_ struct _RTL_AVL_TABLE *Table, _In_ CLONG ByteSize);
    typedef RTL_AVL_ALLOCATE_ROUTINE *PRTL_AVL_ALLOCATE_ROUTINE;
    typedef VOID NTAPI RTL_AVL_FREE_ROUTINE(_In_ struct _RTL_AVL_TABLE *Table, _In_ PVOID Buffer);
    typedef RTL_AVL_FREE_ROUTINE *PRTL_AVL_FREE_ROUTINE;
    typedef NTSTATUS NTAPI RTL_AVL_MATCH_FUNCTION(_In_ struct _RTL_AVL_TABLE *Table,
                                                  _In_ PVOID UserData,
                                                  _In_ PVOID MatchData);
    typedef RTL_AVL_MATCH_FUNCTION *PRTL_AVL_MATCH_FUNCTION;

    typedef struct _RTL_AVL_TABLE
    {
        RTL_BALANCED_LINKS BalancedRoot;
        PVOID OrderedPointer;
        ULONG WhichOrderedElement;
        ULONG NumberGenericTableElements;
        ULONG DepthOfTree;
        PRTL_BALANCED_LINKS RestartKey;
        ULONG DeleteCount;
        PRTL_AVL_COMPARE_ROUTINE CompareRoutine;
        PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine;
        PRTL_AVL_FREE_ROUTINE FreeRoutine;
        PVOID TableContext;
    } RTL_AVL_TABLE, *PRTL_AVL_TABLE;

    typedef struct _NV_MEMORY_RANGE
    {
        VOID *BaseAddress;
        SIZE_T Length;
    } NV_MEMORY_RANGE, *PNV_MEMORY_RANGE;

#define RTL_CORRELATION_VECTOR_STRING_LENGTH   129
#define RTL_CORRELATION_VECTOR_VERSION_1       1
#define RTL_CORRELATION_VECTOR_VERSION_2       2
#define RTL_CORRELATION_VECTOR_VERSION_CURRENT RTL_CORRELATION_VECTOR_VERSION_2

    typedef struct _CORRELATION_VECTOR
    {
        CHAR Version;
        CHAR Vector[129];
    } CORRELATION_VECTOR, *PCORRELATION_VECTOR;

    typedef enum _STATE_LOCATION_TYPE
    {
        LocationTypeRegistry = 0,
        LocationTypeFileSystem = 1,
        LocationTypeMaximum = 2
    } STATE_LOCATION_TYPE;

#ifdef __cplusplus
}
#endif

#endif
