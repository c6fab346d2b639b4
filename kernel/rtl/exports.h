// SPDX-License-Identifier: MIT
// Prototypes of what ntoskrnl.exe exports from this folder although no header of the driver kit
// declares it, or only ntifs.h does.
#ifndef RTL_EXPORTS_H
#define RTL_EXPORTS_H

#include <ntddk.h>

#include "rtl.h"

// Variables (nls.c); wdm.h declares the other two.
extern USHORT NlsAnsiCodePage;
extern USHORT NlsOemCodePage;

// ---- acl.c ----

DDI NTSTATUS RtlCreateAcl(_Out_writes_bytes_(AclLength) PACL Acl,
                          _In_ ULONG AclLength,
                          ULONG AclRevision);

DDI NTSTATUS RtlAddAccessAllowedAceEx(_Inout_ PACL Acl,
                                      _In_ ULONG AceRevision,
                                      _In_ ULONG AceFlags,
                                      _In_ ACCESS_MASK AccessMask,
                                      _In_ PSID Sid);

DDI NTSTATUS RtlAddAccessAllowedAce(_Inout_ PACL Acl,
                                    _In_ ULONG AceRevision,
                                    _In_ ACCESS_MASK AccessMask,
                                    _In_ PSID Sid);

DDI NTSTATUS RtlAddAce(_Inout_ PACL Acl,
                       _In_ ULONG AceRevision,
                       _In_ ULONG StartingAceIndex,
                       _In_reads_bytes_(AceListLength) PVOID AceList,
                       _In_ ULONG AceListLength);

DDI NTSTATUS RtlDeleteAce(_Inout_ PACL Acl, _In_ ULONG AceIndex);

DDI NTSTATUS RtlGetAce(_In_ PACL Acl, _In_ ULONG AceIndex, _Out_ PVOID *Ace);

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

DDI ULONG RtlxOemStringToUnicodeSize(_In_ PCOEM_STRING OemString);

DDI ULONG RtlxUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString);

DDI ULONG RtlpAnsiStringToUnicodeSize(_In_ PCANSI_STRING AnsiString);

DDI ULONG RtlpUnicodeStringToAnsiSize(_In_ PCUNICODE_STRING UnicodeString);

DDI ULONG RtlpOemStringToUnicodeSize(_In_ PCOEM_STRING OemString);

DDI ULONG RtlpUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString);

DDI WCHAR RtlAnsiCharToUnicodeChar(_Inout_ PUCHAR *SourceCharacter);

DDI BOOLEAN RtlIsValidOemCharacter(_Inout_ PWCHAR Char);

DDI VOID RtlGetDefaultCodePage(_Out_ PUSHORT AnsiCodePage, _Out_ PUSHORT OemCodePage);

// ---- dbgprint.c ----

DDI ULONG DbgPrintReturnControlC(_In_z_ PCCH Format, ...);

// ---- integer.c ----

DDI NTSTATUS RtlIntegerToChar(_In_ ULONG Value,
                              _In_ ULONG Base,
                              _In_ LONG OutputLength,
                              _Out_ PSZ String);

// ---- memory.c ----

DDI VOID RtlFillMemoryNonTemporal(_Out_writes_bytes_(Length) VOID *Destination,
                                  _In_ SIZE_T Length,
                                  _In_ const UCHAR Value);

DDI SIZE_T RtlCompareMemoryUlong(_In_reads_bytes_(Length) PVOID Source,
                                 _In_ SIZE_T Length,
                                 _In_ ULONG Pattern);

// ---- random.c ----

DDI ULONG RtlRandom(_Inout_ PULONG Seed);

DDI ULONG RtlRandomEx(_Inout_ PULONG Seed);

DDI ULONG RtlComputeCrc32(_In_ ULONG PartialCrc,
                          _In_reads_bytes_(Length) const VOID *Buffer,
                          _In_ ULONG Length);

// ---- sd.c ----

DDI NTSTATUS
RtlCreateSecurityDescriptorRelative(_Out_ PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor,
                                    _In_ ULONG Revision);

DDI NTSTATUS RtlSetSaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                          _In_ BOOLEAN SaclPresent,
                                          _In_opt_ PACL Sacl,
                                          _In_opt_ BOOLEAN SaclDefaulted);

DDI NTSTATUS RtlSetOwnerSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           _In_opt_ PSID Owner,
                                           _In_opt_ BOOLEAN OwnerDefaulted);

DDI NTSTATUS RtlSetGroupSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           _In_opt_ PSID Group,
                                           _In_opt_ BOOLEAN GroupDefaulted);

DDI NTSTATUS RtlGetDaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                          _Out_ PBOOLEAN DaclPresent,
                                          _Out_ PACL *Dacl,
                                          _Out_ PBOOLEAN DaclDefaulted);

DDI NTSTATUS RtlGetSaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                          _Out_ PBOOLEAN SaclPresent,
                                          _Out_ PACL *Sacl,
                                          _Out_ PBOOLEAN SaclDefaulted);

DDI NTSTATUS RtlGetOwnerSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           _Out_ PSID *Owner,
                                           _Out_ PBOOLEAN OwnerDefaulted);

DDI NTSTATUS RtlGetGroupSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                           _Out_ PSID *Group,
                                           _Out_ PBOOLEAN GroupDefaulted);

DDI NTSTATUS RtlAbsoluteToSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                         _Out_writes_bytes_to_opt_(*BufferLength, *BufferLength)
                                             PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                         _Inout_ PULONG BufferLength);

DDI NTSTATUS RtlSelfRelativeToAbsoluteSD(_In_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                         _Out_opt_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                         _Inout_ PULONG AbsoluteSecurityDescriptorSize,
                                         _Out_opt_ PACL Dacl,
                                         _Inout_ PULONG DaclSize,
                                         _Out_opt_ PACL Sacl,
                                         _Inout_ PULONG SaclSize,
                                         _Out_opt_ PSID Owner,
                                         _Inout_ PULONG OwnerSize,
                                         _Out_opt_ PSID PrimaryGroup,
                                         _Inout_ PULONG PrimaryGroupSize);

// ---- sid.c ----

DDI ULONG RtlLengthRequiredSid(_In_ ULONG SubAuthorityCount);

DDI ULONG RtlLengthSid(_In_ PSID Sid);

DDI BOOLEAN RtlValidSid(_In_ PSID Sid);

DDI BOOLEAN RtlEqualSid(_In_ PSID Sid1, _In_ PSID Sid2);

DDI NTSTATUS RtlInitializeSid(_Out_ PSID Sid,
                              _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                              _In_ UCHAR SubAuthorityCount);

DDI NTSTATUS RtlInitializeSidEx(_Out_ PSID Sid,
                                _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                _In_ ULONG SubAuthorityCount,
                                ...);

DDI PULONG RtlSubAuthoritySid(_In_ PSID Sid, _In_ ULONG SubAuthority);

DDI PUCHAR RtlSubAuthorityCountSid(_In_ PSID Sid);

DDI PSID_IDENTIFIER_AUTHORITY RtlIdentifierAuthoritySid(_In_ PSID Sid);

DDI NTSTATUS RtlCopySid(_In_ ULONG DestinationSidLength,
                        _Out_writes_bytes_(DestinationSidLength) PSID DestinationSid,
                        _In_ PSID SourceSid);

DDI NTSTATUS RtlConvertSidToUnicodeString(_Inout_ PUNICODE_STRING UnicodeString,
                                          _In_ PSID Sid,
                                          _In_ BOOLEAN AllocateDestinationString);

DDI VOID RtlCopyLuid(_Out_ PLUID DestinationLuid, _In_ PLUID SourceLuid);

DDI BOOLEAN RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

DDI BOOLEAN RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

// ---- string.c ----

DDI NTSTATUS RtlInitStringEx(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlInitAnsiStringEx(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlInitUTF8StringEx(_Out_ PUTF8_STRING DestinationString, _In_opt_ PCSZ SourceString);

DDI NTSTATUS RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source);

DDI NTSTATUS RtlAppendAsciizToString(_Inout_ PSTRING Destination, _In_opt_ PCSZ Source);

DDI BOOLEAN RtlPrefixString(_In_ const STRING *String1,
                            _In_ const STRING *String2,
                            _In_ BOOLEAN CaseInSensitive);

DDI VOID RtlFreeOemString(_Inout_ POEM_STRING OemString);

// ---- time.c ----

DDI VOID RtlTimeToElapsedTimeFields(_In_ PLARGE_INTEGER Time, _Out_ PTIME_FIELDS TimeFields);

DDI BOOLEAN RtlTimeToSecondsSince1970(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);

DDI BOOLEAN RtlTimeToSecondsSince1980(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);

DDI VOID RtlSecondsSince1970ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);

DDI VOID RtlSecondsSince1980ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);

// ---- unicode.c ----

DDI NTSTATUS RtlInitUnicodeStringEx(_Out_ PUNICODE_STRING DestinationString,
                                    _In_opt_ PCWSTR SourceString);

DDI LONG RtlCompareUnicodeStrings(_In_reads_(String1Length) PCWCH String1,
                                  _In_ SIZE_T String1Length,
                                  _In_reads_(String2Length) PCWCH String2,
                                  _In_ SIZE_T String2Length,
                                  _In_ BOOLEAN CaseInSensitive);

DDI NTSTATUS RtlDowncaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                      _In_ PCUNICODE_STRING SourceString,
                                      _In_ BOOLEAN AllocateDestinationString);

DDI BOOLEAN RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString,
                                   _In_ PCWSTR SourceString);

DDI NTSTATUS RtlValidateUnicodeString(_In_ ULONG Flags, _In_ PCUNICODE_STRING String);

DDI NTSTATUS RtlDuplicateUnicodeString(_In_ ULONG Flags,
                                       _In_ PCUNICODE_STRING StringIn,
                                       _Out_ PUNICODE_STRING StringOut);

#endif
