// SPDX-License-Identifier: MIT
// Prototypes of what ntoskrnl.exe exports from this folder although no header of the driver kit
// declares it, or only ntifs.h does.
#ifndef RTL_EXPORTS_H
#define RTL_EXPORTS_H

#include "rtl.h"

// ---- convert.c ----

DDI NTSTATUS RtlMultiByteToUnicodeN(_Out_writes_bytes_to_(MaxBytesInUnicodeString,
                                                          *BytesInUnicodeString) PWCH UnicodeString,
                                    _In_ ULONG MaxBytesInUnicodeString,
                                    _Out_opt_ PULONG BytesInUnicodeString,
                                    _In_reads_bytes_(BytesInMultiByteString)
                                        const CHAR *MultiByteString,
                                    _In_ ULONG BytesInMultiByteString);

DDI NTSTATUS RtlOemToUnicodeN(_Out_writes_bytes_to_(MaxBytesInUnicodeString, *BytesInUnicodeString)
                                  PWCH UnicodeString,
                              _In_ ULONG MaxBytesInUnicodeString,
                              _Out_opt_ PULONG BytesInUnicodeString,
                              _In_reads_bytes_(BytesInOemString) PCCH OemString,
                              _In_ ULONG BytesInOemString);

DDI NTSTATUS RtlUnicodeToMultiByteN(_Out_writes_bytes_to_(MaxBytesInMultiByteString,
                                                          *BytesInMultiByteString)
                                        PCHAR MultiByteString,
                                    _In_ ULONG MaxBytesInMultiByteString,
                                    _Out_opt_ PULONG BytesInMultiByteString,
                                    _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                                    _In_ ULONG BytesInUnicodeString);

DDI NTSTATUS RtlUnicodeToOemN(_Out_writes_bytes_to_(MaxBytesInOemString, *BytesInOemString)
                                  PCHAR OemString,
                              _In_ ULONG MaxBytesInOemString,
                              _Out_opt_ PULONG BytesInOemString,
                              _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                              _In_ ULONG BytesInUnicodeString);

DDI NTSTATUS RtlUpcaseUnicodeToMultiByteN(
    _Out_writes_bytes_to_(MaxBytesInMultiByteString, *BytesInMultiByteString) PCHAR MultiByteString,
    _In_ ULONG MaxBytesInMultiByteString,
    _Out_opt_ PULONG BytesInMultiByteString,
    _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
    _In_ ULONG BytesInUnicodeString);

DDI NTSTATUS RtlUpcaseUnicodeToOemN(_Out_writes_bytes_to_(MaxBytesInOemString, *BytesInOemString)
                                        PCHAR OemString,
                                    _In_ ULONG MaxBytesInOemString,
                                    _Out_opt_ PULONG BytesInOemString,
                                    _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                                    _In_ ULONG BytesInUnicodeString);

DDI NTSTATUS RtlMultiByteToUnicodeSize(_Out_ PULONG BytesInUnicodeString,
                                       _In_reads_bytes_(BytesInMultiByteString)
                                           const CHAR *MultiByteString,
                                       _In_ ULONG BytesInMultiByteString);

DDI NTSTATUS RtlUnicodeToMultiByteSize(_Out_ PULONG BytesInMultiByteString,
                                       _In_reads_bytes_(BytesInUnicodeString) PCWCH UnicodeString,
                                       _In_ ULONG BytesInUnicodeString);

DDI NTSTATUS RtlUnicodeToUTF8N(_Out_writes_bytes_to_opt_(UTF8StringMaxByteCount,
                                                         *UTF8StringActualByteCount)
                                   PCHAR UTF8StringDestination,
                               _In_ ULONG UTF8StringMaxByteCount,
                               _Out_opt_ PULONG UTF8StringActualByteCount,
                               _In_reads_bytes_(UnicodeStringByteCount) PCWCH UnicodeStringSource,
                               _In_ ULONG UnicodeStringByteCount);

DDI NTSTATUS RtlUTF8ToUnicodeN(_Out_writes_bytes_to_opt_(UnicodeStringMaxByteCount,
                                                         *UnicodeStringActualByteCount)
                                   PWSTR UnicodeStringDestination,
                               _In_ ULONG UnicodeStringMaxByteCount,
                               _Out_opt_ PULONG UnicodeStringActualByteCount,
                               _In_reads_bytes_(UTF8StringByteCount) PCCH UTF8StringSource,
                               _In_ ULONG UTF8StringByteCount);

DDI NTSTATUS RtlAnsiStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                          _In_ PCANSI_STRING SourceString,
                                          _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                          _In_ PCUNICODE_STRING SourceString,
                                          _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUpcaseUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                                _In_ PCUNICODE_STRING SourceString,
                                                _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlOemStringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                         _In_ PCOEM_STRING SourceString,
                                         _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlOemStringToCountedUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                                _In_ PCOEM_STRING SourceString,
                                                _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUnicodeStringToOemString(_Inout_ POEM_STRING DestinationString,
                                         _In_ PCUNICODE_STRING SourceString,
                                         _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                                _In_ PCUNICODE_STRING SourceString,
                                                _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUpcaseUnicodeStringToOemString(_Inout_ POEM_STRING DestinationString,
                                               _In_ PCUNICODE_STRING SourceString,
                                               _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUpcaseUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                                      _In_ PCUNICODE_STRING SourceString,
                                                      _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUnicodeStringToUTF8String(_Inout_ PUTF8_STRING DestinationString,
                                          _In_ PCUNICODE_STRING SourceString,
                                          _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlUTF8StringToUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                          _In_ PUTF8_STRING SourceString,
                                          _In_ BOOLEAN AllocateDestinationString);

DDI ULONG RtlxAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString);

DDI ULONG RtlxUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString);

DDI ULONG RtlxOemStringToUnicodeSize(_In_ PCOEM_STRING OemString);

DDI ULONG RtlxUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString);

DDI WCHAR RtlAnsiCharToUnicodeChar(_Inout_ PUCHAR *SourceCharacter);

DDI BOOLEAN RtlIsValidOemCharacter(_Inout_ PWCHAR Char);

DDI VOID RtlGetDefaultCodePage(_Out_ PUSHORT AnsiCodePage, _Out_ PUSHORT OemCodePage);

// ---- dbgprint.c ----

DDI NTSTATUS DbgQueryDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level);

DDI NTSTATUS DbgSetDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level, _In_ BOOLEAN State);

DDI ULONG DbgPrint(_In_z_ PCSTR Format, ...);

DDI ULONG DbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format, ...);

DDI ULONG DbgPrintReturnControlC(_In_z_ PCCH Format, ...);

DDI ULONG vDbgPrintEx(_In_ ULONG ComponentId,
                      _In_ ULONG Level,
                      _In_z_ PCCH Format,
                      _In_ RTLP_VA_LIST arglist);

DDI ULONG vDbgPrintExWithPrefix(_In_z_ PCCH Prefix,
                                _In_ ULONG ComponentId,
                                _In_ ULONG Level,
                                _In_z_ PCCH Format,
                                _In_ RTLP_VA_LIST arglist);

DDI VOID RtlAssert(_In_ PVOID VoidFailedAssertion,
                   _In_ PVOID VoidFileName,
                   _In_ ULONG LineNumber,
                   _In_opt_ PSTR MutableMessage);

// ---- integer.c ----

DDI NTSTATUS RtlUnicodeStringToInteger(_In_ PCUNICODE_STRING String,
                                       _In_opt_ ULONG Base,
                                       _Out_ PULONG Value);

DDI NTSTATUS RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);

DDI NTSTATUS RtlIntegerToChar(_In_ ULONG Value,
                              _In_ ULONG Base,
                              _In_ LONG OutputLength,
                              _Out_ PSZ String);

DDI NTSTATUS RtlInt64ToUnicodeString(_In_ ULONGLONG Value,
                                     _In_opt_ ULONG Base,
                                     _Inout_ PUNICODE_STRING String);

DDI NTSTATUS RtlIntegerToUnicodeString(_In_ ULONG Value,
                                       _In_opt_ ULONG Base,
                                       _Inout_ PUNICODE_STRING String);

DDI NTSTATUS RtlStringFromGUID(_In_ REFGUID Guid, _Out_ PUNICODE_STRING GuidString);

DDI NTSTATUS RtlGUIDFromString(_In_ PCUNICODE_STRING GuidString, _Out_ GUID *Guid);

// ---- nls.c ----

DDI WCHAR RtlUpcaseUnicodeChar(_In_ WCHAR SourceCharacter);

DDI WCHAR RtlDowncaseUnicodeChar(_In_ WCHAR SourceCharacter);

DDI CHAR RtlUpperChar(_In_ CHAR Character);

// ---- string.c ----

DDI VOID RtlInitString(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString);

DDI VOID RtlInitAnsiString(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI VOID RtlInitUTF8String(_Out_ PUTF8_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlInitStringEx(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlInitAnsiStringEx(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlInitUTF8StringEx(_Out_ PUTF8_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI VOID RtlCopyString(_Out_ PSTRING DestinationString, _In_opt_ const STRING *SourceString);

DDI VOID RtlUpperString(_Inout_ PSTRING DestinationString, _In_ const STRING *SourceString);

DDI NTSTATUS RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source);

DDI NTSTATUS RtlAppendAsciizToString(_Inout_ PSTRING Destination, _In_opt_ PCSZ Source);

DDI LONG RtlCompareString(_In_ const STRING *String1,
                          _In_ const STRING *String2,
                          BOOLEAN CaseInSensitive);

DDI BOOLEAN RtlEqualString(_In_ const STRING *String1,
                           _In_ const STRING *String2,
                           _In_ BOOLEAN CaseInSensitive);

DDI BOOLEAN RtlPrefixString(_In_ const STRING *String1,
                            _In_ const STRING *String2,
                            _In_ BOOLEAN CaseInSensitive);

DDI VOID RtlFreeAnsiString(_Inout_ PANSI_STRING AnsiString);

DDI VOID RtlFreeOemString(_Inout_ POEM_STRING OemString);

DDI VOID RtlFreeUTF8String(_Inout_ PUTF8_STRING Utf8String);

// ---- unicode.c ----

DDI NTSTATUS RtlInitUnicodeStringEx(_Out_ PUNICODE_STRING DestinationString,
                                    _In_opt_ PCWSTR SourceString);

DDI VOID RtlInitUnicodeString(_Out_ PUNICODE_STRING DestinationString,
                              _In_opt_ PCWSTR SourceString);

DDI VOID RtlCopyUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                              _In_opt_ PCUNICODE_STRING SourceString);

DDI NTSTATUS RtlAppendUnicodeStringToString(_Inout_ PUNICODE_STRING Destination,
                                            _In_ PCUNICODE_STRING Source);

DDI NTSTATUS RtlAppendUnicodeToString(_Inout_ PUNICODE_STRING Destination, _In_opt_ PCWSTR Source);

DDI LONG RtlCompareUnicodeStrings(_In_reads_(String1Length) PCWCH String1,
                                  _In_ SIZE_T String1Length,
                                  _In_reads_(String2Length) PCWCH String2,
                                  _In_ SIZE_T String2Length,
                                  _In_ BOOLEAN CaseInSensitive);

DDI LONG RtlCompareUnicodeString(_In_ PCUNICODE_STRING String1,
                                 _In_ PCUNICODE_STRING String2,
                                 _In_ BOOLEAN CaseInSensitive);

DDI BOOLEAN RtlEqualUnicodeString(_In_ PCUNICODE_STRING String1,
                                  _In_ PCUNICODE_STRING String2,
                                  _In_ BOOLEAN CaseInSensitive);

DDI BOOLEAN RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1,
                                   _In_ PCUNICODE_STRING String2,
                                   _In_ BOOLEAN CaseInSensitive);

DDI NTSTATUS RtlHashUnicodeString(_In_ PCUNICODE_STRING String,
                                  _In_ BOOLEAN CaseInSensitive,
                                  _In_ ULONG HashAlgorithm,
                                  _Out_ PULONG HashValue);

DDI NTSTATUS RtlUpcaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                    _In_ PCUNICODE_STRING SourceString,
                                    _In_ BOOLEAN AllocateDestinationString);

DDI NTSTATUS RtlDowncaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                      _In_ PCUNICODE_STRING SourceString,
                                      _In_ BOOLEAN AllocateDestinationString);

DDI BOOLEAN RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString,
                                   _In_ PCWSTR SourceString);

DDI VOID RtlFreeUnicodeString(_Inout_ PUNICODE_STRING UnicodeString);

DDI NTSTATUS RtlValidateUnicodeString(_In_ ULONG Flags, _In_ PCUNICODE_STRING String);

DDI NTSTATUS RtlDuplicateUnicodeString(_In_ ULONG Flags,
                                       _In_ PCUNICODE_STRING StringIn,
                                       _Out_ PUNICODE_STRING StringOut);

#endif
