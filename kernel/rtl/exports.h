// SPDX-License-Identifier: MIT
// Prototypes of what ntoskrnl.exe exports from this folder although no header of the driver kit
// declares it, or only ntifs.h does.
#ifndef RTL_EXPORTS_H
#define RTL_EXPORTS_H

#include "rtl.h"

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

// ---- avl.c ----

DDI VOID RtlInitializeGenericTableAvl(_Out_ PRTL_AVL_TABLE Table,
                                      _In_ PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                      _In_opt_ PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                      _In_opt_ PRTL_AVL_FREE_ROUTINE FreeRoutine,
                                      _In_opt_ PVOID TableContext);

DDI PVOID RtlInsertElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                              _In_reads_bytes_(BufferSize) PVOID Buffer,
                                              _In_ CLONG BufferSize,
                                              _Out_opt_ PBOOLEAN NewElement,
                                              _In_ PVOID NodeOrParent,
                                              _In_ TABLE_SEARCH_RESULT SearchResult);

DDI PVOID RtlInsertElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                          _In_reads_bytes_(BufferSize) PVOID Buffer,
                                          _In_ CLONG BufferSize,
                                          _Out_opt_ PBOOLEAN NewElement);

DDI PVOID RtlLookupElementGenericTableFullAvl(_In_ PRTL_AVL_TABLE Table,
                                              _In_ PVOID Buffer,
                                              _Out_ PVOID *NodeOrParent,
                                              _Out_ TABLE_SEARCH_RESULT *SearchResult);

DDI PVOID RtlLookupElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);

DDI PVOID RtlLookupFirstMatchingElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table,
                                                       _In_ PVOID Buffer,
                                                       _Out_ PVOID *RestartKey);

DDI BOOLEAN RtlDeleteElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ PVOID Buffer);

DDI PVOID RtlEnumerateGenericTableWithoutSplayingAvl(_In_ PRTL_AVL_TABLE Table,
                                                     _Inout_ PVOID *RestartKey);

DDI PVOID RtlEnumerateGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ BOOLEAN Restart);

DDI PVOID RtlGetElementGenericTableAvl(_In_ PRTL_AVL_TABLE Table, _In_ ULONG I);

DDI ULONG RtlNumberGenericTableElementsAvl(_In_ PRTL_AVL_TABLE Table);

DDI BOOLEAN RtlIsGenericTableEmptyAvl(_In_ PRTL_AVL_TABLE Table);

DDI PVOID RtlEnumerateGenericTableLikeADirectory(_In_ PRTL_AVL_TABLE Table,
                                                 _In_opt_ PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                                 _In_opt_ PVOID MatchData,
                                                 _In_ ULONG NextFlag,
                                                 _Inout_ PVOID *RestartKey,
                                                 _Inout_ PULONG DeleteCount,
                                                 _In_ PVOID Buffer);

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

DDI WCHAR RtlAnsiCharToUnicodeChar(_Inout_ PUCHAR *SourceCharacter);

DDI BOOLEAN RtlIsValidOemCharacter(_Inout_ PWCHAR Char);

DDI VOID RtlGetDefaultCodePage(_Out_ PUSHORT AnsiCodePage, _Out_ PUSHORT OemCodePage);

// ---- dbgprint.c ----

DDI ULONG DbgPrintReturnControlC(_In_z_ PCCH Format, ...);

// ---- gentable.c ----

DDI VOID RtlInitializeGenericTable(_Out_ PRTL_GENERIC_TABLE Table,
                                   _In_ PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                                   _In_opt_ PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                                   _In_opt_ PRTL_GENERIC_FREE_ROUTINE FreeRoutine,
                                   _In_opt_ PVOID TableContext);

DDI PVOID RtlInsertElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                           _In_reads_bytes_(BufferSize) PVOID Buffer,
                                           _In_ CLONG BufferSize,
                                           _Out_opt_ PBOOLEAN NewElement,
                                           _In_ PVOID NodeOrParent,
                                           _In_ TABLE_SEARCH_RESULT SearchResult);

DDI PVOID RtlInsertElementGenericTable(_In_ PRTL_GENERIC_TABLE Table,
                                       _In_reads_bytes_(BufferSize) PVOID Buffer,
                                       _In_ CLONG BufferSize,
                                       _Out_opt_ PBOOLEAN NewElement);

DDI PVOID RtlLookupElementGenericTableFull(_In_ PRTL_GENERIC_TABLE Table,
                                           _In_ PVOID Buffer,
                                           _Out_ PVOID *NodeOrParent,
                                           _Out_ TABLE_SEARCH_RESULT *SearchResult);

DDI PVOID RtlLookupElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);

DDI BOOLEAN RtlDeleteElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ PVOID Buffer);

DDI PVOID RtlEnumerateGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ BOOLEAN Restart);

DDI PVOID RtlEnumerateGenericTableWithoutSplaying(_In_ PRTL_GENERIC_TABLE Table,
                                                  _Inout_ PVOID *RestartKey);

DDI PVOID RtlGetElementGenericTable(_In_ PRTL_GENERIC_TABLE Table, _In_ ULONG I);

DDI ULONG RtlNumberGenericTableElements(_In_ PRTL_GENERIC_TABLE Table);

DDI BOOLEAN RtlIsGenericTableEmpty(_In_ PRTL_GENERIC_TABLE Table);

// ---- integer.c ----

DDI NTSTATUS RtlCharToInteger(_In_z_ PCSZ String, _In_opt_ ULONG Base, _Out_ PULONG Value);

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

DDI BOOLEAN RtlIsZeroMemory(_In_reads_bytes_(Length) PVOID Buffer, _In_ SIZE_T Length);

// ---- nls.c ----

DDI CHAR RtlUpperChar(_In_ CHAR Character);

// ---- random.c ----

DDI ULONG RtlRandom(_Inout_ PULONG Seed);

DDI ULONG RtlRandomEx(_Inout_ PULONG Seed);

DDI ULONG RtlComputeCrc32(_In_ ULONG PartialCrc,
                          _In_reads_bytes_(Length) const VOID *Buffer,
                          _In_ ULONG Length);

// ---- runonce.c ----

DDI VOID RtlRunOnceInitialize(_Out_ PRTL_RUN_ONCE RunOnce);

DDI NTSTATUS RtlRunOnceBeginInitialize(_Inout_ PRTL_RUN_ONCE RunOnce,
                                       _In_ ULONG Flags,
                                       _Out_opt_ PVOID *Context);

DDI NTSTATUS RtlRunOnceComplete(_Inout_ PRTL_RUN_ONCE RunOnce,
                                _In_ ULONG Flags,
                                _In_opt_ PVOID Context);

DDI NTSTATUS RtlRunOnceExecuteOnce(_Inout_ PRTL_RUN_ONCE RunOnce,
                                   _In_ PRTL_RUN_ONCE_INIT_FN InitFn,
                                   _Inout_opt_ PVOID Parameter,
                                   _Out_opt_ PVOID *Context);

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

DDI VOID RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask,
                           _In_ const GENERIC_MAPPING *GenericMapping);

DDI BOOLEAN RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

DDI BOOLEAN RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess,
                                     _In_ ACCESS_MASK DesiredAccess);

// ---- splay.c ----

DDI PRTL_SPLAY_LINKS RtlSplay(_Inout_ PRTL_SPLAY_LINKS Links);

DDI PRTL_SPLAY_LINKS RtlSubtreeSuccessor(_In_ PRTL_SPLAY_LINKS Links);

DDI PRTL_SPLAY_LINKS RtlSubtreePredecessor(_In_ PRTL_SPLAY_LINKS Links);

DDI PRTL_SPLAY_LINKS RtlRealSuccessor(_In_ PRTL_SPLAY_LINKS Links);

DDI PRTL_SPLAY_LINKS RtlRealPredecessor(_In_ PRTL_SPLAY_LINKS Links);

DDI PRTL_SPLAY_LINKS RtlDelete(_In_ PRTL_SPLAY_LINKS Links);

DDI VOID RtlDeleteNoSplay(_In_ PRTL_SPLAY_LINKS Links, _Inout_ PRTL_SPLAY_LINKS *Root);

// ---- string.c ----

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

DDI BOOLEAN RtlPrefixUnicodeString(_In_ PCUNICODE_STRING String1,
                                   _In_ PCUNICODE_STRING String2,
                                   _In_ BOOLEAN CaseInSensitive);

DDI NTSTATUS RtlUpcaseUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                    _In_ PCUNICODE_STRING SourceString,
                                    _In_ BOOLEAN AllocateDestinationString);

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
