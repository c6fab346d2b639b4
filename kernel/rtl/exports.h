// SPDX-License-Identifier: MIT
// Prototypes of what ntoskrnl.exe exports from this folder although no header of the driver kit
// declares it, or only ntifs.h does.
#ifndef RTL_EXPORTS_H
#define RTL_EXPORTS_H

#include <ntifs.h>

#include "rtl.h"

// Variables (nls.c); wdm.h declares the other two.
extern USHORT NlsAnsiCodePage;
extern USHORT NlsOemCodePage;

// ---- convert.c ----

DDI NTSTATUS RtlUpcaseUnicodeStringToAnsiString(_Inout_ PANSI_STRING DestinationString,
                                                _In_ PCUNICODE_STRING SourceString,
                                                _In_ BOOLEAN AllocateDestinationString);

DDI ULONG RtlpAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString);

DDI ULONG RtlpUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString);

DDI ULONG RtlpOemStringToUnicodeSize(_In_ PCOEM_STRING OemString);

DDI ULONG RtlpUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString);

DDI WCHAR RtlAnsiCharToUnicodeChar(_Inout_ PUCHAR *SourceCharacter);

DDI VOID RtlGetDefaultCodePage(_Out_ PUSHORT AnsiCodePage, _Out_ PUSHORT OemCodePage);

// ---- dbgprint.c ----

DDI ULONG DbgPrintReturnControlC(_In_z_ PCCH Format, ...);

// ---- imageheader.c ----

DDI PVOID RtlImageNtHeader(_In_ PVOID Base);

DDI PVOID RtlImageDirectoryEntryToData(_In_ PVOID Base,
                                       _In_ BOOLEAN MappedAsImage,
                                       _In_ USHORT DirectoryEntry,
                                       _Out_ PULONG Size);

// ---- integer.c ----

DDI NTSTATUS RtlIntegerToChar(_In_ ULONG Value,
                              _In_ ULONG Base,
                              _In_ LONG OutputLength,
                              _Out_ PSZ String);

// ---- memory.c ----

DDI VOID RtlpFillMemoryNonTemporal(_Out_writes_bytes_(Length) VOID *Destination,
                                   _In_ SIZE_T Length,
                                   _In_ const UCHAR Value);

// ---- random.c ----

DDI ULONG RtlComputeCrc32(_In_ ULONG PartialCrc,
                          _In_reads_bytes_(Length) const VOID *Buffer,
                          _In_ ULONG Length);

// ---- sd.c ----

DDI NTSTATUS RtlSetSaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                          _In_ BOOLEAN SaclPresent,
                                          _In_opt_ PACL Sacl,
                                          _In_opt_ BOOLEAN SaclDefaulted);

// ---- sid.c ----

DDI BOOLEAN RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

DDI BOOLEAN RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

// ---- string.c ----

DDI NTSTATUS RtlInitAnsiStringEx(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlAppendAsciizToString(_Inout_ PSTRING Destination, _In_opt_ PCSZ Source);

DDI BOOLEAN RtlPrefixString(_In_ const STRING *String1,
                            _In_ const STRING *String2,
                            _In_ BOOLEAN CaseInSensitive);

// ---- time.c ----

DDI VOID RtlTimeToElapsedTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields);

// ---- unicode.c ----

DDI LONG RtlCompareUnicodeStrings(_In_reads_(String1Length) PCWCH String1,
                                  _In_ SIZE_T String1Length,
                                  _In_reads_(String2Length) PCWCH String2,
                                  _In_ SIZE_T String2Length,
                                  _In_ BOOLEAN CaseInSensitive);

DDI NTSTATUS RtlValidateUnicodeString(_In_ ULONG Flags, _In_ PCUNICODE_STRING String);

DDI NTSTATUS RtlDuplicateUnicodeString(_In_ ULONG Flags,
                                       _In_ PCUNICODE_STRING StringIn,
                                       _Out_ PUNICODE_STRING StringOut);

// ---- ipaddress.c ----

DDI PSTR RtlIpv4AddressToStringA(const VOID *Addr, PSTR S);

DDI PWSTR RtlIpv4AddressToStringW(const VOID *Addr, PWSTR S);

DDI PSTR RtlIpv6AddressToStringA(const VOID *Addr, PSTR S);

DDI PWSTR RtlIpv6AddressToStringW(const VOID *Addr, PWSTR S);

DDI NTSTATUS RtlIpv4AddressToStringExA(const VOID *Address,
                                       USHORT Port,
                                       PSTR AddressString,
                                       PULONG AddressStringLength);

DDI NTSTATUS RtlIpv4AddressToStringExW(const VOID *Address,
                                       USHORT Port,
                                       PWSTR AddressString,
                                       PULONG AddressStringLength);

DDI NTSTATUS RtlIpv6AddressToStringExA(const VOID *Address,
                                       ULONG ScopeId,
                                       USHORT Port,
                                       PSTR AddressString,
                                       PULONG AddressStringLength);

DDI NTSTATUS RtlIpv6AddressToStringExW(const VOID *Address,
                                       ULONG ScopeId,
                                       USHORT Port,
                                       PWSTR AddressString,
                                       PULONG AddressStringLength);

DDI NTSTATUS RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, PVOID Addr);

DDI NTSTATUS RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, PCWSTR *Terminator, PVOID Addr);

DDI NTSTATUS RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, PVOID Addr);

DDI NTSTATUS RtlIpv6StringToAddressW(PCWSTR S, PCWSTR *Terminator, PVOID Addr);

DDI NTSTATUS RtlIpv4StringToAddressExA(PCSTR AddressString,
                                       BOOLEAN Strict,
                                       PVOID Address,
                                       PUSHORT Port);

DDI NTSTATUS RtlIpv4StringToAddressExW(PCWSTR AddressString,
                                       BOOLEAN Strict,
                                       PVOID Address,
                                       PUSHORT Port);

DDI NTSTATUS RtlIpv6StringToAddressExA(PCSTR AddressString,
                                       PVOID Address,
                                       PULONG ScopeId,
                                       PUSHORT Port);

DDI NTSTATUS RtlIpv6StringToAddressExW(PCWSTR AddressString,
                                       PVOID Address,
                                       PULONG ScopeId,
                                       PUSHORT Port);

#endif
