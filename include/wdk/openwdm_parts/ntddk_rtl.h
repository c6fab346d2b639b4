// SPDX-License-Identifier: MIT
// Owns the run-time library part of ntddk.h: splay links, generic tables over splay and AVL trees,
// strings of 8-bit characters, and their prototypes.
#ifndef OPENWDM_NTDDK_RTL_H
#define OPENWDM_NTDDK_RTL_H

#include <wdm.h>

#ifdef __cplusplus
extern "C"
{
#endif

#if !defined(SID_IDENTIFIER_AUTHORITY_DEFINED)
#define SID_IDENTIFIER_AUTHORITY_DEFINED
    typedef struct _SID_IDENTIFIER_AUTHORITY
    {
        UCHAR Value[6];
    } SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;
#endif

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

    // ---- splay links ----

    typedef struct _RTL_SPLAY_LINKS
    {
        struct _RTL_SPLAY_LINKS *Parent;
        struct _RTL_SPLAY_LINKS *LeftChild;
        struct _RTL_SPLAY_LINKS *RightChild;
    } RTL_SPLAY_LINKS, *PRTL_SPLAY_LINKS;

#define RtlParent(Links)       ((PRTL_SPLAY_LINKS)(Links)->Parent)
#define RtlLeftChild(Links)    ((PRTL_SPLAY_LINKS)(Links)->LeftChild)
#define RtlRightChild(Links)   ((PRTL_SPLAY_LINKS)(Links)->RightChild)
#define RtlIsRoot(Links)       (RtlParent(Links) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsLeftChild(Links)  (RtlLeftChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))
#define RtlIsRightChild(Links) (RtlRightChild(RtlParent(Links)) == (PRTL_SPLAY_LINKS)(Links))

    FORCEINLINE VOID RtlInitializeSplayLinks(_Out_ PRTL_SPLAY_LINKS Links)
    {
        Links->Parent = Links;
        Links->LeftChild = NULL;
        Links->RightChild = NULL;
    }

    FORCEINLINE VOID RtlInsertAsLeftChild(_Inout_ PRTL_SPLAY_LINKS ParentLinks,
                                          _Inout_ PRTL_SPLAY_LINKS ChildLinks)
    {
        ParentLinks->LeftChild = ChildLinks;
        ChildLinks->Parent = ParentLinks;
    }

    FORCEINLINE VOID RtlInsertAsRightChild(_Inout_ PRTL_SPLAY_LINKS ParentLinks,
                                           _Inout_ PRTL_SPLAY_LINKS ChildLinks)
    {
        ParentLinks->RightChild = ChildLinks;
        ChildLinks->Parent = ParentLinks;
    }

    // ---- generic tables over splay trees ----

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

    // ---- generic tables over AVL trees ----

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

    typedef struct _RTL_BALANCED_LINKS
    {
        struct _RTL_BALANCED_LINKS *Parent;
        struct _RTL_BALANCED_LINKS *LeftChild;
        struct _RTL_BALANCED_LINKS *RightChild;
        CHAR Balance;
        UCHAR Reserved[3];
    } RTL_BALANCED_LINKS, *PRTL_BALANCED_LINKS;

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

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI LONG NTAPI RtlCompareString(_In_ const STRING *String1,
                                         _In_ const STRING *String2,
                                         BOOLEAN CaseInSensitive);

    NTSYSAPI VOID NTAPI
    RtlCopyString(_Out_ PSTRING DestinationString, _In_opt_ const STRING *SourceString);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlDelete(_In_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlDeleteElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlDeleteNoSplay(_In_ PRTL_SPLAY_LINKS Links, _Inout_ PRTL_SPLAY_LINKS *Root);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ BOOLEAN Restart);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTableLikeADirectory(_In_ PRTL_AVL_TABLE Table,
                                           _In_opt_ PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                           _In_opt_ PVOID MatchData,
                                           _In_ ULONG NextFlag,
                                           _Inout_ PVOID *RestartKey,
                                           _Inout_ PULONG DeleteCount,
                                           _In_ PVOID Buffer);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(_In_ PRTL_GENERIC_TABLE Table,
                                                                 _Inout_ PVOID *RestartKey);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(_In_ PRTL_AVL_TABLE Table,
                                                                    _Inout_ PVOID *RestartKey);

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlEqualString(_In_ const STRING *String1,
                                          _In_ const STRING *String2,
                                          _In_ BOOLEAN CaseInSensitive);

    NTSYSAPI PVOID NTAPI RtlGetElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ ULONG I);

    NTSYSAPI PVOID NTAPI RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlInitializeGenericTable(_Out_ PRTL_GENERIC_TABLE Table,
                              _In_ PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                              _In_opt_ PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                              _In_opt_ PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
                              _In_opt_ PVOID TableContext);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlInitializeGenericTableAvl(_Out_ PRTL_AVL_TABLE Table,
                                 _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                 _In_opt_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                 _In_opt_ PRTL_AVL_FREE_ROUTINE FreeRoutine,
                                 _In_opt_ PVOID TableContext);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTable(_In_ PRTL_GENERIC_TABLE Table,
                                                      _In_reads_bytes_(BufferSize) PVOID Buffer,
                                                      _In_ CLONG BufferSize,
                                                      _Out_opt_ PBOOLEAN NewElement);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                                         _In_reads_bytes_(BufferSize) PVOID Buffer,
                                                         _In_ CLONG BufferSize,
                                                         _Out_opt_ PBOOLEAN NewElement);

    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                                          _In_reads_bytes_(BufferSize) PVOID Buffer,
                                                          _In_ CLONG BufferSize,
                                                          _Out_opt_ PBOOLEAN NewElement,
                                                          _In_ PVOID NodeOrParent,
                                                          _In_ TABLE_SEARCH_RESULT SearchResult);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlInsertElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                        _In_reads_bytes_(BufferSize) PVOID Buffer,
                                        _In_ CLONG BufferSize,
                                        _Out_opt_ PBOOLEAN NewElement,
                                        _In_ PVOID NodeOrParent,
                                        _In_ TABLE_SEARCH_RESULT SearchResult);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmpty(_In_ PRTL_GENERIC_TABLE Table);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table);

    NTSYSAPI BOOLEAN NTAPI
    RtlIsZeroMemory(_In_reads_bytes_(Length) PVOID Buffer, _In_ SIZE_T Length);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);

    NTSYSAPI PVOID NTAPI RtlLookupElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                                          _In_ PVOID Buffer,
                                                          _Out_ PVOID *NodeOrParent,
                                                          _Out_ TABLE_SEARCH_RESULT *SearchResult);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                        _In_ PVOID Buffer,
                                        _Out_ PVOID *NodeOrParent,
                                        _Out_ TABLE_SEARCH_RESULT *SearchResult);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                                                      _In_ PVOID Buffer,
                                                                      _Out_ PVOID *RestartKey);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask, _In_ const GENERIC_MAPPING *GenericMapping);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberGenericTableElements(_In_ PRTL_GENERIC_TABLE Table);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table);

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1,
                                                  _In_ PCUNICODE_STRING String2,
                                                  _In_ BOOLEAN CaseInSensitive);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(_In_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(_In_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlRunOnceBeginInitialize(_Inout_ PRTL_RUN_ONCE RunOnce,
                                                      _In_ ULONG Flags,
                                                      _Out_opt_ PVOID *Context);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlRunOnceComplete(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _In_opt_ PVOID Context);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlRunOnceExecuteOnce(_Inout_ PRTL_RUN_ONCE RunOnce,
                                                  _In_ PRTL_RUN_ONCE_INIT_FN InitFn,
                                                  _Inout_opt_ PVOID Parameter,
                                                  _Out_opt_ PVOID *Context);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlRunOnceInitialize(_Out_ PRTL_RUN_ONCE RunOnce);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSplay(_Inout_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(_In_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(_In_ PRTL_SPLAY_LINKS Links);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                                   _In_ PCUNICODE_STRING SourceString,
                                                   _In_ BOOLEAN AllocateDestinationString);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI CHAR NTAPI RtlUpperChar(_In_ CHAR Character);

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlUpperString(_Inout_ PSTRING DestinationString, _In_ const STRING *SourceString);

// A driver that defines RTL_USE_AVL_TABLES gets AVL trees under the names of the splay tables.
#if defined(RTL_USE_AVL_TABLES)
#define RTL_GENERIC_TABLE                       RTL_AVL_TABLE
#define PRTL_GENERIC_TABLE                      PRTL_AVL_TABLE
#define RTL_GENERIC_COMPARE_ROUTINE             RTL_AVL_COMPARE_ROUTINE
#define PRTL_GENERIC_COMPARE_ROUTINE            PRTL_AVL_COMPARE_ROUTINE
#define RTL_GENERIC_ALLOCATE_ROUTINE            RTL_AVL_ALLOCATE_ROUTINE
#define PRTL_GENERIC_ALLOCATE_ROUTINE           PRTL_AVL_ALLOCATE_ROUTINE
#define RTL_GENERIC_FREE_ROUTINE                RTL_AVL_FREE_ROUTINE
#define PRTL_GENERIC_FREE_ROUTINE               PRTL_AVL_FREE_ROUTINE
#define RtlInitializeGenericTable               RtlInitializeGenericTableAvl
#define RtlInsertElementGenericTable            RtlInsertElementGenericTableAvl
#define RtlInsertElementGenericTableFull        RtlInsertElementGenericTableFullAvl
#define RtlDeleteElementGenericTable            RtlDeleteElementGenericTableAvl
#define RtlLookupElementGenericTable            RtlLookupElementGenericTableAvl
#define RtlLookupElementGenericTableFull        RtlLookupElementGenericTableFullAvl
#define RtlEnumerateGenericTable                RtlEnumerateGenericTableAvl
#define RtlEnumerateGenericTableWithoutSplaying RtlEnumerateGenericTableWithoutSplayingAvl
#define RtlGetElementGenericTable               RtlGetElementGenericTableAvl
#define RtlNumberGenericTableElements           RtlNumberGenericTableElementsAvl
#define RtlIsGenericTableEmpty                  RtlIsGenericTableEmptyAvl
#endif

#ifdef __cplusplus
}
#endif

#endif
