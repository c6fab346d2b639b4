// SPDX-License-Identifier: MIT
// Owns the run-time library and system service prototypes of ntifs.h that drivers use as well.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTIFS_RTL_API_H
#define OPENWDM_NTIFS_RTL_API_H

#include <openwdm_parts/ntifs_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlAbsoluteToSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                _Out_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                _Inout_ PULONG BufferLength);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAce(_Inout_ PACL Acl,
                                                   _In_ ULONG AceRevision,
                                                   _In_ ACCESS_MASK AccessMask,
                                                   _In_ PSID Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlAddAccessAllowedAceEx(_Inout_ PACL Acl,
                                                     _In_ ULONG AceRevision,
                                                     _In_ ULONG AceFlags,
                                                     _In_ ACCESS_MASK AccessMask,
                                                     _In_ PSID Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlAddAce(_Inout_ PACL Acl,
                                      _In_ ULONG AceRevision,
                                      _In_ ULONG StartingAceIndex,
                                      _In_ PVOID AceList,
                                      _In_ ULONG AceListLength);
    NTSYSAPI NTSTATUS NTAPI
    RtlAllocateAndInitializeSid(_In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                _In_ UCHAR SubAuthorityCount,
                                _In_ ULONG SubAuthority0,
                                _In_ ULONG SubAuthority1,
                                _In_ ULONG SubAuthority2,
                                _In_ ULONG SubAuthority3,
                                _In_ ULONG SubAuthority4,
                                _In_ ULONG SubAuthority5,
                                _In_ ULONG SubAuthority6,
                                _In_ ULONG SubAuthority7,
                                _Inout_ PSID *Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI
    RtlAllocateHeap(_In_ PVOID HeapHandle, _In_opt_ ULONG Flags, _In_ SIZE_T Size);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI SIZE_T NTAPI
    RtlCompareMemoryUlong(_In_ PVOID Source, _In_ SIZE_T Length, _In_ ULONG Pattern);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlConvertSidToUnicodeString(_Inout_ PUNICODE_STRING UnicodeString,
                                                         _In_ PSID Sid,
                                                         _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlCopyLuid(_Out_ PLUID DestinationLuid, _In_ PLUID SourceLuid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCopySid(_In_ ULONG DestinationSidLength, _In_ PSID DestinationSid, _In_ PSID SourceSid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCreateAcl(_Out_ PACL Acl, _In_ ULONG AclLength, _In_ ULONG AclRevision);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlCreateHeap(_In_ ULONG Flags,
                                       _In_opt_ PVOID HeapBase,
                                       _In_opt_ SIZE_T ReserveSize,
                                       _In_opt_ SIZE_T CommitSize,
                                       _In_opt_ PVOID Lock,
                                       _In_opt_ PVOID Parameters);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlCreateSecurityDescriptorRelative(_Out_ PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor,
                                        _In_ ULONG Revision);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlCreateUnicodeString(_Out_ PUNICODE_STRING DestinationString, _In_ PCWSTR SourceString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDeleteAce(_Inout_ PACL Acl, _In_ ULONG AceIndex);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PVOID NTAPI RtlDestroyHeap(_In_ PVOID HeapHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDowncaseUnicodeString(_In_ PUNICODE_STRING DestinationString,
                                                     _In_ PCUNICODE_STRING SourceString,
                                                     _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlEqualPrefixSid(_In_ PSID Sid1, _In_ PSID Sid2);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlEqualSid(_In_ PSID Sid1, _In_ PSID Sid2);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI LOGICAL NTAPI
    RtlFreeHeap(_In_ PVOID HeapHandle, _In_opt_ ULONG Flags, _In_ PVOID BaseAddress);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI RtlFreeOemString(_Inout_ POEM_STRING OemString);
    NTSYSAPI PVOID NTAPI RtlFreeSid(_In_ PSID Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlGetAce(_In_ PACL Acl, _In_ ULONG AceIndex, _Out_ PVOID *Ace);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlGetDaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                 _Out_ PBOOLEAN DaclPresent,
                                 _Out_ PACL *Dacl,
                                 _Out_ PBOOLEAN DaclDefaulted);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlGetGroupSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  _Out_ PSID *Group,
                                  _Out_ PBOOLEAN GroupDefaulted);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlGetOwnerSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  _Out_ PSID *Owner,
                                  _Out_ PBOOLEAN OwnerDefaulted);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlGetSaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                 _Out_ PBOOLEAN SaclPresent,
                                 _Out_ PACL *Sacl,
                                 _Out_ PBOOLEAN SaclDefaulted);
    NTSYSAPI PSID_IDENTIFIER_AUTHORITY NTAPI RtlIdentifierAuthoritySid(_In_ PSID Sid);
    NTSYSAPI NTSTATUS NTAPI
    RtlInitStringEx(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlInitUTF8StringEx(_In_ PUTF8_STRING DestinationString, _In_ PCSZ SourceString);
    NTSYSAPI NTSTATUS NTAPI
    RtlInitUnicodeStringEx(_In_ PUNICODE_STRING DestinationString, _In_ PCWSTR SourceString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlInitializeSid(_Out_ PSID Sid,
                                             _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                             _In_ UCHAR SubAuthorityCount);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlInitializeSidEx(_Out_ PSID Sid,
                                               _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                                               _In_ UCHAR SubAuthorityCount,
                                               ...);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlIsValidOemCharacter(_Inout_ PWCHAR Char);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlLengthRequiredSid(_In_ ULONG SubAuthorityCount);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlLengthSid(_In_ PSID Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeN(_Out_ PWCH UnicodeString,
                                                   _In_ ULONG MaxBytesInUnicodeString,
                                                   _Out_opt_ PULONG BytesInUnicodeString,
                                                   _In_ const CHAR *MultiByteString,
                                                   _In_ ULONG BytesInMultiByteString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlMultiByteToUnicodeSize(_Out_ PULONG BytesInUnicodeString,
                                                      _In_ const CHAR *MultiByteString,
                                                      _In_ ULONG BytesInMultiByteString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNtStatusToDosError(_In_ NTSTATUS Status);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlNtStatusToDosErrorNoTeb(_In_ NTSTATUS Status);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlOemStringToUnicodeString(_In_ PUNICODE_STRING DestinationString,
                                                        _In_ PCOEM_STRING SourceString,
                                                        _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlOemToUnicodeN(_Out_ PWCH UnicodeString,
                                             _In_ ULONG MaxBytesInUnicodeString,
                                             _Out_opt_ PULONG BytesInUnicodeString,
                                             _In_ PCCH OemString,
                                             _In_ ULONG BytesInOemString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlRandom(_Inout_ PULONG Seed);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI ULONG NTAPI RtlRandomEx(_Inout_ PULONG Seed);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlSecondsSince1970ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI VOID NTAPI
    RtlSecondsSince1980ToTime(_In_ ULONG ElapsedSeconds, _Out_ PLARGE_INTEGER Time);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlSelfRelativeToAbsoluteSD(_In_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                                _Out_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                                _Inout_ PULONG AbsoluteSecurityDescriptorSize,
                                _Out_ PACL Dacl,
                                _Inout_ PULONG DaclSize,
                                _Out_ PACL Sacl,
                                _Inout_ PULONG SaclSize,
                                _Out_ PSID Owner,
                                _Inout_ PULONG OwnerSize,
                                _Out_ PSID PrimaryGroup,
                                _Inout_ PULONG PrimaryGroupSize);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlSetGroupSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  _In_opt_ PSID Group,
                                  _In_opt_ BOOLEAN GroupDefaulted);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlSetOwnerSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  _In_opt_ PSID Owner,
                                  _In_opt_ BOOLEAN OwnerDefaulted);
    NTSYSAPI PUCHAR NTAPI RtlSubAuthorityCountSid(_In_ PSID Sid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI PULONG NTAPI RtlSubAuthoritySid(_In_ PSID Sid, _In_ ULONG SubAuthority);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlTimeToSecondsSince1970(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI
    RtlTimeToSecondsSince1980(_In_ PLARGE_INTEGER Time, _Out_ PULONG ElapsedSeconds);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeStringToOemString(_In_ POEM_STRING DestinationString,
                                                        _In_ PCUNICODE_STRING SourceString,
                                                        _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteN(_Out_ PCHAR MultiByteString,
                                                   _In_ ULONG MaxBytesInMultiByteString,
                                                   _Out_opt_ PULONG BytesInMultiByteString,
                                                   _In_ PCWCH UnicodeString,
                                                   _In_ ULONG BytesInUnicodeString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeToMultiByteSize(_Out_ PULONG BytesInMultiByteString,
                                                      _In_ PCWCH UnicodeString,
                                                      _In_ ULONG BytesInUnicodeString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUnicodeToOemN(_Out_ PCHAR OemString,
                                             _In_ ULONG MaxBytesInOemString,
                                             _Out_opt_ PULONG BytesInOemString,
                                             _In_ PCWCH UnicodeString,
                                             _In_ ULONG BytesInUnicodeString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlUpcaseUnicodeStringToOemString(_In_ POEM_STRING DestinationString,
                                      _In_ PCUNICODE_STRING SourceString,
                                      _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(_Out_ PCHAR MultiByteString,
                                                         _In_ ULONG MaxBytesInMultiByteString,
                                                         _Out_opt_ PULONG BytesInMultiByteString,
                                                         _In_ PCWCH UnicodeString,
                                                         _In_ ULONG BytesInUnicodeString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlUpcaseUnicodeToOemN(_Out_ PCHAR OemString,
                                                   _In_ ULONG MaxBytesInOemString,
                                                   _Out_opt_ PULONG BytesInOemString,
                                                   _In_ PCWCH UnicodeString,
                                                   _In_ ULONG BytesInUnicodeString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI BOOLEAN NTAPI RtlValidSid(_In_ PSID Sid);
    NTSYSAPI ULONG NTAPI RtlxOemStringToUnicodeSize(_In_ PCOEM_STRING OemString);
    NTSYSAPI ULONG NTAPI RtlxUnicodeStringToOemSize(_In_ PCUNICODE_STRING UnicodeString);
#define RtlOemStringToUnicodeSize(STRING)        RtlxOemStringToUnicodeSize(STRING)
#define RtlOemStringToCountedUnicodeSize(STRING) ((ULONG)(RtlOemStringToUnicodeSize(STRING) - 2))
#define RtlUnicodeStringToOemSize(STRING)        RtlxUnicodeStringToOemSize(STRING)
#define RtlUnicodeStringToCountedOemSize(STRING) ((ULONG)(RtlUnicodeStringToOemSize(STRING) - 1))
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlOemStringToCountedUnicodeString(_Inout_ PUNICODE_STRING DestinationString,
                                       _In_ PCOEM_STRING SourceString,
                                       _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                       _In_ PCUNICODE_STRING SourceString,
                                       _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlUpcaseUnicodeStringToCountedOemString(_Inout_ POEM_STRING DestinationString,
                                             _In_ PCUNICODE_STRING SourceString,
                                             _In_ BOOLEAN AllocateDestinationString);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtClose(_In_ HANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCreateFile(_Out_ PHANDLE FileHandle,
                                         _In_ ACCESS_MASK DesiredAccess,
                                         _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                         _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                         _In_opt_ PLARGE_INTEGER AllocationSize,
                                         _In_ ULONG FileAttributes,
                                         _In_ ULONG ShareAccess,
                                         _In_ ULONG CreateDisposition,
                                         _In_ ULONG CreateOptions,
                                         _In_opt_ PVOID EaBuffer,
                                         _In_ ULONG EaLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtDeviceIoControlFile(_In_ HANDLE FileHandle,
                                                  _In_opt_ HANDLE Event,
                                                  _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                                  _In_opt_ PVOID ApcContext,
                                                  _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                  _In_ ULONG IoControlCode,
                                                  _In_opt_ PVOID InputBuffer,
                                                  _In_ ULONG InputBufferLength,
                                                  _Out_opt_ PVOID OutputBuffer,
                                                  _In_ ULONG OutputBufferLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtFsControlFile(_In_ HANDLE FileHandle,
                                            _In_opt_ HANDLE Event,
                                            _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                            _In_opt_ PVOID ApcContext,
                                            _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                            _In_ ULONG FsControlCode,
                                            _In_opt_ PVOID InputBuffer,
                                            _In_ ULONG InputBufferLength,
                                            _Out_opt_ PVOID OutputBuffer,
                                            _In_ ULONG OutputBufferLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenFile(_Out_ PHANDLE FileHandle,
                                       _In_ ACCESS_MASK DesiredAccess,
                                       _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                       _In_ ULONG ShareAccess,
                                       _In_ ULONG OpenOptions);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtQueryInformationFile(_In_ HANDLE FileHandle,
                           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                           _Out_ PVOID FileInformation,
                           _In_ ULONG Length,
                           _In_ FILE_INFORMATION_CLASS FileInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtReadFile(_In_ HANDLE FileHandle,
                                       _In_opt_ HANDLE Event,
                                       _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                       _In_opt_ PVOID ApcContext,
                                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                       _Out_ PVOID Buffer,
                                       _In_ ULONG Length,
                                       _In_opt_ PLARGE_INTEGER ByteOffset,
                                       _In_opt_ PULONG Key);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtSetInformationFile(_In_ HANDLE FileHandle,
                                                 _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                 _In_ PVOID FileInformation,
                                                 _In_ ULONG Length,
                                                 _In_ FILE_INFORMATION_CLASS FileInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtWriteFile(_In_ HANDLE FileHandle,
                                        _In_opt_ HANDLE Event,
                                        _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                        _In_opt_ PVOID ApcContext,
                                        _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                        _In_ PVOID Buffer,
                                        _In_ ULONG Length,
                                        _In_opt_ PLARGE_INTEGER ByteOffset,
                                        _In_opt_ PULONG Key);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtAllocateVirtualMemory(_In_ HANDLE ProcessHandle,
                                                    _Inout_ PVOID *BaseAddress,
                                                    _In_ ULONG_PTR ZeroBits,
                                                    _Inout_ PSIZE_T RegionSize,
                                                    _In_ ULONG AllocationType,
                                                    _In_ ULONG Protect);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtFreeVirtualMemory(_In_ HANDLE ProcessHandle,
                                                _Inout_ PVOID *BaseAddress,
                                                _Inout_ PSIZE_T RegionSize,
                                                _In_ ULONG FreeType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtQueryVirtualMemory(_In_ HANDLE ProcessHandle,
                         _In_opt_ PVOID BaseAddress,
                         _In_ MEMORY_INFORMATION_CLASS MemoryInformationClass,
                         _Out_ PVOID MemoryInformation,
                         _In_ SIZE_T MemoryInformationLength,
                         _Out_opt_ PSIZE_T ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwFlushVirtualMemory(_In_ HANDLE ProcessHandle,
                                                 _Inout_ PVOID *BaseAddress,
                                                 _Inout_ PSIZE_T RegionSize,
                                                 _Out_ PIO_STATUS_BLOCK IoStatus);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwProtectVirtualMemory(_In_ HANDLE ProcessHandle,
                                                   _Inout_ PVOID *BaseAddress,
                                                   _Inout_ PSIZE_T RegionSize,
                                                   _In_ ULONG NewProtect,
                                                   _Out_ PULONG OldProtect);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwAllocateVirtualMemory(_In_ HANDLE ProcessHandle,
                                                    _Inout_ PVOID *BaseAddress,
                                                    _In_ ULONG_PTR ZeroBits,
                                                    _Inout_ PSIZE_T RegionSize,
                                                    _In_ ULONG AllocationType,
                                                    _In_ ULONG Protect);
    NTSYSAPI NTSTATUS NTAPI ZwClearEvent(_In_ HANDLE EventHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateEvent(_Out_ PHANDLE EventHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                          _In_ EVENT_TYPE EventType,
                                          _In_ BOOLEAN InitialState);
    NTSYSAPI NTSTATUS NTAPI ZwCreateSymbolicLinkObject(_In_ PHANDLE LinkHandle,
                                                       _In_ ACCESS_MASK DesiredAccess,
                                                       _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                       _In_ PUNICODE_STRING LinkTarget);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDeleteFile(_In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDuplicateObject(_In_ HANDLE SourceProcessHandle,
                                              _In_ HANDLE SourceHandle,
                                              _In_opt_ HANDLE TargetProcessHandle,
                                              _Out_opt_ PHANDLE TargetHandle,
                                              _In_ ACCESS_MASK DesiredAccess,
                                              _In_ ULONG HandleAttributes,
                                              _In_ ULONG Options);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwFlushBuffersFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwFreeVirtualMemory(_In_ HANDLE ProcessHandle,
                                                _Inout_ PVOID *BaseAddress,
                                                _Inout_ PSIZE_T RegionSize,
                                                _In_ ULONG FreeType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwFsControlFile(_In_ HANDLE FileHandle,
                                            _In_opt_ HANDLE Event,
                                            _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                            _In_opt_ PVOID ApcContext,
                                            _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                            _In_ ULONG FsControlCode,
                                            _In_opt_ PVOID InputBuffer,
                                            _In_ ULONG InputBufferLength,
                                            _Out_opt_ PVOID OutputBuffer,
                                            _In_ ULONG OutputBufferLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenDirectoryObject(_Out_ PHANDLE DirectoryHandle,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenProcessTokenEx(_In_ HANDLE ProcessHandle,
                                                 _In_ ACCESS_MASK DesiredAccess,
                                                 _In_ ULONG HandleAttributes,
                                                 _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenThreadTokenEx(_In_ HANDLE ThreadHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_ BOOLEAN OpenAsSelf,
                                                _In_ ULONG HandleAttributes,
                                                _Out_ PHANDLE TokenHandle);
    NTSYSAPI NTSTATUS NTAPI ZwPulseEvent(_In_ HANDLE EventHandle, _In_ PLONG PreviousState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryDirectoryFile(_In_ HANDLE FileHandle,
                                                 _In_opt_ HANDLE Event,
                                                 _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                                 _In_opt_ PVOID ApcContext,
                                                 _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                 _Out_ PVOID FileInformation,
                                                 _In_ ULONG Length,
                                                 _In_ FILE_INFORMATION_CLASS FileInformationClass,
                                                 _In_ BOOLEAN ReturnSingleEntry,
                                                 _In_opt_ PUNICODE_STRING FileName,
                                                 _In_ BOOLEAN RestartScan);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationToken(_In_ HANDLE TokenHandle,
                            _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                            _Out_ PVOID TokenInformation,
                            _In_ ULONG TokenInformationLength,
                            _Out_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryObject(_In_opt_ HANDLE Handle,
                                          _In_ OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                          _Out_opt_ PVOID ObjectInformation,
                                          _In_ ULONG ObjectInformationLength,
                                          _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQuerySecurityObject(_In_ HANDLE Handle,
                                                  _In_ SECURITY_INFORMATION SecurityInformation,
                                                  _Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                  _In_ ULONG Length,
                                                  _Out_ PULONG LengthNeeded);
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryVirtualMemory(_In_ HANDLE ProcessHandle,
                         _In_opt_ PVOID BaseAddress,
                         _In_ MEMORY_INFORMATION_CLASS MemoryInformationClass,
                         _Out_ PVOID MemoryInformation,
                         _In_ SIZE_T MemoryInformationLength,
                         _Out_opt_ PSIZE_T ReturnLength);
    NTSYSAPI NTSTATUS NTAPI ZwResetEvent(_In_ HANDLE EventHandle, _In_ PLONG PreviousState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetEvent(_In_ HANDLE EventHandle, _Out_opt_ PLONG PreviousState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetSecurityObject(_In_ HANDLE Handle,
                                                _In_ SECURITY_INFORMATION SecurityInformation,
                                                _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwSetVolumeInformationFile(_In_ HANDLE FileHandle,
                               _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                               _In_ PVOID FsInformation,
                               _In_ ULONG Length,
                               _In_ FS_INFORMATION_CLASS FsInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwWaitForSingleObject(_In_ HANDLE Handle,
                                                  _In_ BOOLEAN Alertable,
                                                  _In_opt_ PLARGE_INTEGER Timeout);

#ifdef __cplusplus
}
#endif

#endif
