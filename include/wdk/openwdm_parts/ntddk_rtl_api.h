// SPDX-License-Identifier: MIT
// Owns the prototypes of the run-time library that only ntddk.h declares.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTDDK_RTL_API_H
#define OPENWDM_NTDDK_RTL_API_H

#include <openwdm_parts/ntddk_rtl_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCharToInteger(_In_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI LONG NTAPI RtlCompareString(_In_ const STRING *String1,
                                         _In_ const STRING *String2,
                                         _In_ BOOLEAN CaseInSensitive);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlCopyString(_Out_ PSTRING DestinationString, _In_opt_ const STRING *SourceString);
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlDelete(_In_ PRTL_SPLAY_LINKS Links);
    NTSYSAPI BOOLEAN NTAPI
    RtlDeleteElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);
    NTSYSAPI BOOLEAN NTAPI
    RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
    NTSYSAPI VOID NTAPI
    RtlDeleteNoSplay(_In_ PRTL_SPLAY_LINKS Links, _Inout_ PRTL_SPLAY_LINKS *Root);
    NTSYSAPI NTSTATUS NTAPI RtlDrainNonVolatileFlush(_In_ PVOID NvToken);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ BOOLEAN Restart);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlEnumerateGenericTableLikeADirectory(_In_ PRTL_AVL_TABLE Table,
                                           _In_opt_ PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                           _In_opt_ PVOID MatchData,
                                           _In_ ULONG NextFlag,
                                           _Inout_ PVOID *RestartKey,
                                           _Inout_ PULONG DeleteCount,
                                           _In_ PVOID Buffer);
    NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(_In_ PRTL_GENERIC_TABLE Table,
                                                                 _Inout_ PVOID *RestartKey);
    NTSYSAPI PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(_In_ PRTL_AVL_TABLE Table,
                                                                    _Inout_ PVOID *RestartKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlEqualString(_In_ const STRING *String1,
                                          _In_ const STRING *String2,
                                          _In_ BOOLEAN CaseInSensitive);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlFillNonVolatileMemory(_In_ PVOID NvToken,
                                                     _Inout_ VOID *NvDestination,
                                                     _In_ SIZE_T Size,
                                                     _In_ const UCHAR Value,
                                                     _In_ ULONG Flags);
    NTSYSAPI NTSTATUS NTAPI RtlFlushNonVolatileMemory(_In_ PVOID NvToken,
                                                      _In_ PVOID NvBuffer,
                                                      _In_ SIZE_T Size,
                                                      _In_ ULONG Flags);
    NTSYSAPI NTSTATUS NTAPI RtlFlushNonVolatileMemoryRanges(_In_ PVOID NvToken,
                                                            _In_ PNV_MEMORY_RANGE NvRanges,
                                                            _In_ SIZE_T NumRanges,
                                                            _In_ ULONG Flags);
    NTSYSAPI NTSTATUS NTAPI RtlFreeNonVolatileToken(_In_ PVOID NvToken);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlGetElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ ULONG I);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI PVOID NTAPI RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG64 NTAPI RtlGetEnabledExtendedFeatures(_In_ ULONG64 FeatureMask);
    NTSYSAPI NTSTATUS NTAPI
    RtlGetNonVolatileToken(_In_ PVOID NvBuffer, _In_ SIZE_T Size, _Inout_ PVOID *NvToken);
    NTSYSAPI NTSTATUS NTAPI RtlGetPersistedStateLocation(_In_ PCWSTR SourceID,
                                                         _In_opt_ PCWSTR CustomValue,
                                                         _In_opt_ PCWSTR DefaultPath,
                                                         _In_ STATE_LOCATION_TYPE StateLocationType,
                                                         _In_ PWCHAR TargetPath,
                                                         _In_ ULONG BufferLengthIn,
                                                         _Out_opt_ PULONG BufferLengthOut);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI RtlExtendCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlIncrementCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlInitializeCorrelationVector(_Inout_ PCORRELATION_VECTOR CorrelationVector,
                                   _In_ INT Version,
                                   _In_ const GUID *Guid);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI RtlValidateCorrelationVector(_In_ PCORRELATION_VECTOR Vector);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlInitializeGenericTable(_Out_ PRTL_GENERIC_TABLE Table,
                              _In_ PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                              _In_ PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                              _In_ PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
                              _In_opt_ PVOID TableContext);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI RtlInitializeGenericTableAvl(_Out_ PRTL_AVL_TABLE Table,
                                                     _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                                     _In_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                                     _In_ PRTL_AVL_FREE_ROUTINE FreeRoutine,
                                                     _In_opt_ PVOID TableContext);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTable(_In_ PRTL_GENERIC_TABLE Table,
                                                      _In_ PVOID Buffer,
                                                      _In_ CLONG BufferSize,
                                                      _Out_opt_ PBOOLEAN NewElement);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                                         _In_ PVOID Buffer,
                                                         _In_ CLONG BufferSize,
                                                         _Out_opt_ PBOOLEAN NewElement);
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                                          _In_ PVOID Buffer,
                                                          _In_ CLONG BufferSize,
                                                          _In_ PBOOLEAN NewElement,
                                                          _In_ PVOID NodeOrParent,
                                                          _In_ TABLE_SEARCH_RESULT SearchResult);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlInsertElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                                             _In_ PVOID Buffer,
                                                             _In_ CLONG BufferSize,
                                                             _Out_opt_ PBOOLEAN NewElement,
                                                             _In_ PVOID NodeOrParent,
                                                             _In_ TABLE_SEARCH_RESULT SearchResult);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmpty(_In_ PRTL_GENERIC_TABLE Table);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsStateSeparationEnabled(VOID);
    NTSYSAPI BOOLEAN NTAPI RtlIsZeroMemory(_In_ PVOID Buffer, _In_ SIZE_T Length);
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                     _In_ PVOID Buffer,
                                     _Inout_ PVOID *NodeOrParent,
                                     _Inout_ TABLE_SEARCH_RESULT *SearchResult);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlLookupElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                        _In_ PVOID Buffer,
                                        _Out_ PVOID *NodeOrParent,
                                        _Out_ TABLE_SEARCH_RESULT *SearchResult);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                                                      _In_ PVOID Buffer,
                                                                      _Out_ PVOID *RestartKey);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask, _In_ const GENERIC_MAPPING *GenericMapping);
    _IRQL_requires_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlNormalizeSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                   _In_ ULONG SecurityDescriptorLength,
                                   _Inout_ PSECURITY_DESCRIPTOR *NewSecurityDescriptor,
                                   _In_ PULONG NewSecurityDescriptorLength,
                                   _In_ BOOLEAN CheckOnly);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberGenericTableElements(_In_ PRTL_GENERIC_TABLE Table);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1,
                                                  _In_ PCUNICODE_STRING String2,
                                                  _In_ BOOLEAN CaseInSensitive);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlQueryRegistryValueWithFallback(_In_ HANDLE PrimaryHandle,
                                                              _In_ HANDLE FallbackHandle,
                                                              _In_ PUNICODE_STRING ValueName,
                                                              _In_ ULONG ValueLength,
                                                              _Out_ PULONG ValueType,
                                                              _Out_ PVOID ValueData,
                                                              _Out_ PULONG ResultLength);
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(_In_ PRTL_SPLAY_LINKS Links);
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(_In_ PRTL_SPLAY_LINKS Links);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlRunOnceBeginInitialize(_Inout_ PRTL_RUN_ONCE RunOnce,
                                                      _In_ ULONG Flags,
                                                      _Out_ PVOID *Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlRunOnceComplete(_Inout_ PRTL_RUN_ONCE RunOnce, _In_ ULONG Flags, _In_opt_ PVOID Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlRunOnceExecuteOnce(_Inout_ PRTL_RUN_ONCE RunOnce,
                                                  _In_ PRTL_RUN_ONCE_INIT_FN InitFn,
                                                  _Inout_ PVOID Parameter,
                                                  _Out_ PVOID *Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlRunOnceInitialize(_Out_ PRTL_RUN_ONCE RunOnce);
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSplay(_Inout_ PRTL_SPLAY_LINKS Links);
    NTSYSAPI PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(_In_ PRTL_SPLAY_LINKS Links);
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
    NTSYSAPI NTSTATUS NTAPI
    RtlVolumeDeviceToDosName(_In_ PVOID VolumeDeviceObject, _Out_ PUNICODE_STRING DosName);
    NTSYSAPI ULONG NTAPI
    RtlWalkFrameChain(_Inout_ PVOID *Callers, _In_ ULONG Count, _In_ ULONG Flags);
    NTSYSAPI NTSTATUS NTAPI RtlWriteNonVolatileMemory(_In_ PVOID NvToken,
                                                      _Inout_ VOID *NvDestination,
                                                      _In_ const VOID *Source,
                                                      _In_ SIZE_T Size,
                                                      _In_ ULONG Flags);
    NTSYSAPI PVOID NTAPI RtlPcToFileHeader(_In_ PVOID PcValue, _Inout_ PVOID *BaseOfImage);
    NTSYSAPI PRUNTIME_FUNCTION NTAPI
    RtlLookupFunctionEntry(_In_ ULONG64 ControlPc,
                           _In_ PULONG64 ImageBase,
                           _In_ PUNWIND_HISTORY_TABLE HistoryTable);
    NTSYSAPI PEXCEPTION_ROUTINE NTAPI
    RtlVirtualUnwind(_In_ ULONG HandlerType,
                     _In_ ULONG64 ImageBase,
                     _In_ ULONG64 ControlPc,
                     _In_ PRUNTIME_FUNCTION FunctionEntry,
                     _In_ PCONTEXT ContextRecord,
                     _Inout_ PVOID *HandlerData,
                     _In_ PULONG64 EstablisherFrame,
                     _In_ PKNONVOLATILE_CONTEXT_POINTERS ContextPointers);
    NTSYSAPI VOID NTAPI RtlUnwind(_In_ PVOID TargetFrame,
                                  _In_ PVOID TargetIp,
                                  _In_ PEXCEPTION_RECORD ExceptionRecord,
                                  _In_ PVOID ReturnValue);
    NTSYSAPI VOID NTAPI RtlUnwindEx(_In_ PVOID TargetFrame,
                                    _In_ PVOID TargetIp,
                                    _In_ PEXCEPTION_RECORD ExceptionRecord,
                                    _In_ PVOID ReturnValue,
                                    _In_ PCONTEXT ContextRecord,
                                    _In_ PUNWIND_HISTORY_TABLE HistoryTable);
    NTSYSAPI VOID NTAPI
    RtlRestoreContext(_In_ PCONTEXT ContextRecord, _In_ PEXCEPTION_RECORD ExceptionRecord);
    NTSYSAPI VOID NTAPI RtlRaiseException(_In_ PEXCEPTION_RECORD ExceptionRecord);
    NTSYSAPI VOID NTAPI RtlRaiseStatus(_In_ NTSTATUS Status);

#if defined(RTL_USE_AVL_TABLES)
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
#define RTL_GENERIC_TABLE                       RTL_AVL_TABLE
#define PRTL_GENERIC_TABLE                      PRTL_AVL_TABLE
#define RTL_GENERIC_COMPARE_ROUTINE             RTL_AVL_COMPARE_ROUTINE
#define PRTL_GENERIC_COMPARE_ROUTINE            PRTL_AVL_COMPARE_ROUTINE
#define RTL_GENERIC_ALLOCATE_ROUTINE            RTL_AVL_ALLOCATE_ROUTINE
#define PRTL_GENERIC_ALLOCATE_ROUTINE           PRTL_AVL_ALLOCATE_ROUTINE
#define RTL_GENERIC_FREE_ROUTINE                RTL_AVL_FREE_ROUTINE
#define PRTL_GENERIC_FREE_ROUTINE               PRTL_AVL_FREE_ROUTINE
#endif

#ifdef __cplusplus
}
#endif

#endif
