// SPDX-License-Identifier: MIT
// Owns the prototypes of the run-time library and the debugger output of wdm.h.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_RTL_API_H
#define OPENWDM_WDM_RTL_API_H

#include <openwdm_parts/wdm_rtl_types.h>
#include <openwdm_parts/wdm_resource.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlAnsiStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                                         _In_ PCANSI_STRING SourceString,
                                                         _In_ BOOLEAN AllocateDestinationString);
    NTSYSAPI NTSTATUS NTAPI RtlAppendUnicodeStringToString(_Inout_ PUNICODE_STRING Destination,
                                                           _In_ PCUNICODE_STRING Source);
    NTSYSAPI NTSTATUS NTAPI
    RtlAppendUnicodeToString(_Inout_ PUNICODE_STRING Destination, _In_opt_ PCWSTR Source);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlAreBitsClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlAreBitsSet(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlCheckRegistryKey(_In_ ULONG RelativeTo, _In_ PWSTR Path);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlClearAllBits(_In_ PRTL_BITMAP BitMapHeader);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlClearBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToClear);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI ULONGLONG NTAPI
    RtlCmDecodeMemIoResource(_In_ PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                             _Out_opt_ PULONGLONG Start);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCmEncodeMemIoResource(_In_ PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                             _In_ UCHAR Type,
                             _In_ ULONGLONG Length,
                             _In_ ULONGLONG Start);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI SIZE_T NTAPI
    RtlCompareMemory(_In_ const VOID *Source1, _In_ const VOID *Source2, _In_ SIZE_T Length);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI LONG NTAPI RtlCompareUnicodeString(_In_ PCUNICODE_STRING String1,
                                                _In_ PCUNICODE_STRING String2,
                                                _In_ BOOLEAN CaseInSensitive);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI VOID NTAPI RtlCopyUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                             _In_opt_ PCUNICODE_STRING SourceString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlCreateRegistryKey(_In_ ULONG RelativeTo, _In_ PWSTR Path);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCreateSecurityDescriptor(_Out_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ULONG Revision);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlDeleteRegistryValue(_In_ ULONG RelativeTo, _In_ PCWSTR Path, _In_ PCWSTR ValueName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI WCHAR NTAPI RtlDowncaseUnicodeChar(_In_ WCHAR SourceCharacter);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlEqualUnicodeString(_In_ PCUNICODE_STRING String1,
                                                 _In_ PCUNICODE_STRING String2,
                                                 _In_ BOOLEAN CaseInSensitive);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlFindClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlFindClearBitsAndSet(_In_ PRTL_BITMAP BitMapHeader,
                                                _In_ ULONG NumberToFind,
                                                _In_ ULONG HintIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlFindClearRuns(_In_ PRTL_BITMAP BitMapHeader,
                                          _Out_ PRTL_BITMAP_RUN RunArray,
                                          _In_ ULONG SizeOfRunArray,
                                          _In_ BOOLEAN LocateLongestRuns);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlFindFirstRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlFindLastBackwardRunClear(_In_ PRTL_BITMAP BitMapHeader,
                                                     _In_ ULONG FromIndex,
                                                     _Out_ PULONG StartingRunIndex);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI CCHAR NTAPI RtlFindLeastSignificantBit(_In_ ULONGLONG Set);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlFindLongestRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI CCHAR NTAPI RtlFindMostSignificantBit(_In_ ULONGLONG Set);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlFindNextForwardRunClear(_In_ PRTL_BITMAP BitMapHeader,
                                                    _In_ ULONG FromIndex,
                                                    _Out_ PULONG StartingRunIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI
    RtlFindSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlFindSetBitsAndClear(_In_ PRTL_BITMAP BitMapHeader,
                                                _In_ ULONG NumberToFind,
                                                _In_ ULONG HintIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlFreeAnsiString(_Inout_ PANSI_STRING AnsiString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI VOID NTAPI RtlFreeUTF8String(_In_ PUTF8_STRING utf8String);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlGUIDFromString(_In_ PCUNICODE_STRING GuidString, _Out_ GUID *Guid);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlGetVersion(_Out_ PRTL_OSVERSIONINFOW lpVersionInformation);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlHashUnicodeString(_In_ PCUNICODE_STRING String,
                                                 _In_ BOOLEAN CaseInSensitive,
                                                 _In_ ULONG HashAlgorithm,
                                                 _Out_ PULONG HashValue);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlInitAnsiString(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI VOID NTAPI RtlInitString(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString);
    NTSYSAPI VOID NTAPI
    RtlInitUTF8String(_In_ PUTF8_STRING DestinationString, _In_ PCSZ SourceString);
    NTSYSAPI VOID NTAPI
    RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_opt_ PCWSTR SourceString);
    NTSYSAPI VOID NTAPI RtlInitializeBitMap(_Out_ PRTL_BITMAP BitMapHeader,
                                            _In_ PULONG BitMapBuffer,
                                            _In_ ULONG SizeOfBitMap);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlInt64ToUnicodeString(_In_ ULONGLONG Value,
                                                    _In_opt_ ULONG Base,
                                                    _Inout_ PUNICODE_STRING String);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlIntegerToUnicodeString(_In_ ULONG Value,
                                                      _In_opt_ ULONG Base,
                                                      _Inout_ PUNICODE_STRING String);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI ULONGLONG NTAPI RtlIoDecodeMemIoResource(_In_ PIO_RESOURCE_DESCRIPTOR Descriptor,
                                                      _Out_opt_ PULONGLONG Alignment,
                                                      _Out_opt_ PULONGLONG MinimumAddress,
                                                      _Out_opt_ PULONGLONG MaximumAddress);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlIoEncodeMemIoResource(_In_ PIO_RESOURCE_DESCRIPTOR Descriptor,
                                                     _In_ UCHAR Type,
                                                     _In_ ULONGLONG Length,
                                                     _In_ ULONGLONG Alignment,
                                                     _In_ ULONGLONG MinimumAddress,
                                                     _In_ ULONGLONG MaximumAddress);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsNtDdiVersionAvailable(_In_ ULONG Version);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsServicePackVersionInstalled(_In_ ULONG Version);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI RtlLengthSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberOfClearBits(_In_ PRTL_BITMAP BitMapHeader);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberOfSetBits(_In_ PRTL_BITMAP BitMapHeader);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNumberOfSetBitsUlongPtr(_In_ ULONG_PTR Target);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI VOID NTAPI RtlPrefetchMemoryNonTemporal(_In_ PVOID Source, _In_ SIZE_T Length);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlQueryRegistryValues(_In_ ULONG RelativeTo,
                                                   _In_ PCWSTR Path,
                                                   _Inout_ PRTL_QUERY_REGISTRY_TABLE QueryTable,
                                                   _In_opt_ PVOID Context,
                                                   _In_opt_ PVOID Environment);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlSetAllBits(_In_ PRTL_BITMAP BitMapHeader);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlSetBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToSet);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlSetDaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                 _In_ BOOLEAN DaclPresent,
                                 _In_opt_ PACL Dacl,
                                 _In_opt_ BOOLEAN DaclDefaulted);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlStringFromGUID(_In_ REFGUID Guid, _Out_ PUNICODE_STRING GuidString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlTestBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlTimeFieldsToTime(_In_ PTIME_FIELDS TimeFields, _Out_ PLARGE_INTEGER Time);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlTimeToTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                                         _In_ PCUNICODE_STRING SourceString,
                                                         _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToInteger(_In_ PCUNICODE_STRING String,
                                                      _In_opt_ ULONG Base,
                                                      _Out_ PULONG Value);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToUTF8String(_In_ PUTF8_STRING DestinationString,
                                                         _In_ PCUNICODE_STRING SourceString,
                                                         _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUTF8StringToUnicodeString(_In_ PUNICODE_STRING DestinationString,
                                                         _In_ PUTF8_STRING SourceString,
                                                         _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeToUTF8N(_Out_ PCHAR UTF8StringDestination,
                                              _In_ ULONG UTF8StringMaxByteCount,
                                              _Out_ PULONG UTF8StringActualByteCount,
                                              _In_ PCWCH UnicodeStringSource,
                                              _In_ ULONG UnicodeStringByteCount);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUTF8ToUnicodeN(_Out_opt_ PWSTR UnicodeStringDestination,
                                              _In_ ULONG UnicodeStringMaxByteCount,
                                              _Out_ PULONG UnicodeStringActualByteCount,
                                              _In_ PCCH UTF8StringSource,
                                              _In_ ULONG UTF8StringByteCount);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI WCHAR NTAPI RtlUpcaseUnicodeChar(_In_ WCHAR SourceCharacter);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlValidRelativeSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                       _In_ ULONG SecurityDescriptorLength,
                                       _In_ SECURITY_INFORMATION RequiredInformation);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlValidSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlVerifyVersionInfo(_In_ PRTL_OSVERSIONINFOEXW VersionInfo,
                                                 _In_ ULONG TypeMask,
                                                 _In_ ULONGLONG ConditionMask);
    NTSYSAPI ULONGLONG NTAPI
    VerSetConditionMask(_In_ ULONGLONG ConditionMask, _In_ ULONG TypeMask, _In_ UCHAR Condition);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlWriteRegistryValue(_In_ ULONG RelativeTo,
                                                  _In_ PCWSTR Path,
                                                  _In_ PCWSTR ValueName,
                                                  _In_ ULONG ValueType,
                                                  _In_opt_ PVOID ValueData,
                                                  _In_ ULONG ValueLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI RtlxAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI ULONG NTAPI RtlxUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString);
    NTSYSAPI VOID NTAPI RtlAssert(_In_ PVOID VoidFailedAssertion,
                                  _In_ PVOID VoidFileName,
                                  _In_ ULONG LineNumber,
                                  _In_ PSTR MutableMessage);
    NTSYSAPI USHORT NTAPI RtlCaptureStackBackTrace(_In_ ULONG FramesToSkip,
                                                   _In_ ULONG FramesToCapture,
                                                   _Out_ PVOID *BackTrace,
                                                   _Out_opt_ PULONG BackTraceHash);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI VOID NTAPI RtlCaptureContext(_Out_ PCONTEXT ContextRecord);
    NTKERNELAPI VOID NTAPI DbgBreakPoint(VOID);
#define DBG_STATUS_CONTROL_C       1
#define DBG_STATUS_SYSRQ           2
#define DBG_STATUS_BUGCHECK_FIRST  3
#define DBG_STATUS_BUGCHECK_SECOND 4
#define DBG_STATUS_FATAL           5
#define DBG_STATUS_DEBUG_CONTROL   6
#define DBG_STATUS_WORKER          7
    NTKERNELAPI VOID NTAPI DbgBreakPointWithStatus(_In_ ULONG Status);
    NTKERNELAPI ULONG NTAPI DbgPrint(_In_ PCSTR Format, ...);
    NTKERNELAPI ULONG NTAPI
    DbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_ PCSTR Format, ...);
    NTKERNELAPI ULONG NTAPI vDbgPrintEx(_In_ ULONG ComponentId,
                                        _In_ ULONG Level,
                                        _In_ PCCH Format,
                                        _In_ WDK_VA_LIST arglist);
    NTKERNELAPI ULONG NTAPI vDbgPrintExWithPrefix(_In_ PCCH Prefix,
                                                  _In_ ULONG ComponentId,
                                                  _In_ ULONG Level,
                                                  _In_ PCCH Format,
                                                  _In_ WDK_VA_LIST arglist);
    NTKERNELAPI NTSTATUS NTAPI DbgQueryDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level);
    NTKERNELAPI NTSTATUS NTAPI
    DbgSetDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level, _In_ BOOLEAN State);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KdChangeOption(_In_ KD_OPTION Option,
                                              _In_opt_ ULONG InBufferBytes,
                                              _In_ PVOID InBuffer,
                                              _In_opt_ ULONG OutBufferBytes,
                                              _Out_ PVOID OutBuffer,
                                              _Out_opt_ PULONG OutBufferNeeded);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KdDisableDebugger(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KdEnableDebugger(VOID);
    NTKERNELAPI BOOLEAN NTAPI KdRefreshDebuggerNotPresent(VOID);

#if defined(OPENWDM_KERNEL)
    // Macros and inline functions for drivers; exports for images built against older headers.
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    RtlCopyMemory(_Out_ VOID *Destination, _In_ const VOID *Source, _In_ SIZE_T Length);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    RtlMoveMemory(_Out_ VOID *Destination, _In_ const VOID *Source, _In_ SIZE_T Length);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    RtlFillMemory(_Out_ VOID *Destination, _In_ SIZE_T Length, _In_ UCHAR Fill);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI RtlZeroMemory(_Out_ VOID *Destination, _In_ SIZE_T Length);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI RtlCopyMemoryNonTemporal(_Inout_ VOID *Destination,
                                                    _In_ const VOID *Source,
                                                    _In_ SIZE_T Length);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI RtlUlongByteSwap(_In_ ULONG Source);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONGLONG NTAPI RtlUlonglongByteSwap(_In_ ULONGLONG Source);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI RtlUshortByteSwap(_In_ USHORT Source);
#endif

#ifdef __cplusplus
}
#endif

#endif
