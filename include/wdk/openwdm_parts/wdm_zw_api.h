// SPDX-License-Identifier: MIT
// Owns the prototypes of the Zw system services of wdm.h.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_ZW_API_H
#define OPENWDM_WDM_ZW_API_H

#include <openwdm_parts/wdm_cm_types.h>
#include <openwdm_parts/wdm_ob_types.h>
#include <openwdm_parts/wdm_tm_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwClose(_In_ HANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateDirectoryObject(_Out_ PHANDLE DirectoryHandle,
                                                    _In_ ACCESS_MASK DesiredAccess,
                                                    _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateFile(_Out_ PHANDLE FileHandle,
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
    NTSYSAPI NTSTATUS NTAPI ZwCreateKey(_Out_ PHANDLE KeyHandle,
                                        _In_ ACCESS_MASK DesiredAccess,
                                        _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                        _In_ ULONG TitleIndex,
                                        _In_opt_ PUNICODE_STRING Class,
                                        _In_ ULONG CreateOptions,
                                        _Out_opt_ PULONG Disposition);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateKeyTransacted(_Out_ PHANDLE KeyHandle,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                  _In_ ULONG TitleIndex,
                                                  _In_opt_ PUNICODE_STRING Class,
                                                  _In_ ULONG CreateOptions,
                                                  _In_ HANDLE TransactionHandle,
                                                  _Out_opt_ PULONG Disposition);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateSection(_Out_ PHANDLE SectionHandle,
                                            _In_ ACCESS_MASK DesiredAccess,
                                            _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                            _In_opt_ PLARGE_INTEGER MaximumSize,
                                            _In_ ULONG SectionPageProtection,
                                            _In_ ULONG AllocationAttributes,
                                            _In_opt_ HANDLE FileHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDeleteKey(_In_ HANDLE KeyHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDeleteValueKey(_In_ HANDLE KeyHandle, _In_ PUNICODE_STRING ValueName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwEnumerateKey(_In_ HANDLE KeyHandle,
                                           _In_ ULONG Index,
                                           _In_ KEY_INFORMATION_CLASS KeyInformationClass,
                                           _Out_opt_ PVOID KeyInformation,
                                           _In_ ULONG Length,
                                           _Out_ PULONG ResultLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwEnumerateValueKey(_In_ HANDLE KeyHandle,
                        _In_ ULONG Index,
                        _In_ KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                        _Out_opt_ PVOID KeyValueInformation,
                        _In_ ULONG Length,
                        _Out_ PULONG ResultLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwFlushKey(_In_ HANDLE KeyHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwLoadDriver(_In_ PUNICODE_STRING DriverServiceName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwMakeTemporaryObject(_In_ HANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwMapViewOfSection(_In_ HANDLE SectionHandle,
                                               _In_ HANDLE ProcessHandle,
                                               _Inout_ PVOID *BaseAddress,
                                               _In_ ULONG_PTR ZeroBits,
                                               _In_ SIZE_T CommitSize,
                                               _Inout_opt_ PLARGE_INTEGER SectionOffset,
                                               _Inout_ PSIZE_T ViewSize,
                                               _In_ SECTION_INHERIT InheritDisposition,
                                               _In_ ULONG AllocationType,
                                               _In_ ULONG Win32Protect);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenEvent(_Out_ PHANDLE EventHandle,
                                        _In_ ACCESS_MASK DesiredAccess,
                                        _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenFile(_Out_ PHANDLE FileHandle,
                                       _In_ ACCESS_MASK DesiredAccess,
                                       _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                       _In_ ULONG ShareAccess,
                                       _In_ ULONG OpenOptions);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenKey(_Out_ PHANDLE KeyHandle,
                                      _In_ ACCESS_MASK DesiredAccess,
                                      _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenKeyEx(_Out_ PHANDLE KeyHandle,
                                        _In_ ACCESS_MASK DesiredAccess,
                                        _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                        _In_ ULONG OpenOptions);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenKeyTransacted(_Out_ PHANDLE KeyHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                _In_ HANDLE TransactionHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenKeyTransactedEx(_Out_ PHANDLE KeyHandle,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                  _In_ ULONG OpenOptions,
                                                  _In_ HANDLE TransactionHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenSection(_Out_ PHANDLE SectionHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenSymbolicLinkObject(_Out_ PHANDLE LinkHandle,
                                                     _In_ ACCESS_MASK DesiredAccess,
                                                     _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryFullAttributesFile(_In_ POBJECT_ATTRIBUTES ObjectAttributes,
                              _Out_ PFILE_NETWORK_OPEN_INFORMATION FileInformation);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationByName(_In_ POBJECT_ATTRIBUTES ObjectAttributes,
                             _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                             _Out_ PVOID FileInformation,
                             _In_ ULONG Length,
                             _In_ FILE_INFORMATION_CLASS FileInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationFile(_In_ HANDLE FileHandle,
                           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                           _Out_ PVOID FileInformation,
                           _In_ ULONG Length,
                           _In_ FILE_INFORMATION_CLASS FileInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryKey(_In_ HANDLE KeyHandle,
                                       _In_ KEY_INFORMATION_CLASS KeyInformationClass,
                                       _Out_opt_ PVOID KeyInformation,
                                       _In_ ULONG Length,
                                       _Out_ PULONG ResultLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQuerySymbolicLinkObject(_In_ HANDLE LinkHandle,
                                                      _Inout_ PUNICODE_STRING LinkTarget,
                                                      _Out_opt_ PULONG ReturnedLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryValueKey(_In_ HANDLE KeyHandle,
                    _In_ PUNICODE_STRING ValueName,
                    _In_ KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
                    _Out_opt_ PVOID KeyValueInformation,
                    _In_ ULONG Length,
                    _Out_ PULONG ResultLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwReadFile(_In_ HANDLE FileHandle,
                                       _In_opt_ HANDLE Event,
                                       _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                       _In_opt_ PVOID ApcContext,
                                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                       _Out_ PVOID Buffer,
                                       _In_ ULONG Length,
                                       _In_opt_ PLARGE_INTEGER ByteOffset,
                                       _In_opt_ PULONG Key);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetInformationFile(_In_ HANDLE FileHandle,
                                                 _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                 _In_ PVOID FileInformation,
                                                 _In_ ULONG Length,
                                                 _In_ FILE_INFORMATION_CLASS FileInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetValueKey(_In_ HANDLE KeyHandle,
                                          _In_ PUNICODE_STRING ValueName,
                                          _In_opt_ ULONG TitleIndex,
                                          _In_ ULONG Type,
                                          _In_opt_ PVOID Data,
                                          _In_ ULONG DataSize);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwUnloadDriver(_In_ PUNICODE_STRING DriverServiceName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwUnmapViewOfSection(_In_ HANDLE ProcessHandle, _In_opt_ PVOID BaseAddress);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwWriteFile(_In_ HANDLE FileHandle,
                                        _In_opt_ HANDLE Event,
                                        _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                        _In_opt_ PVOID ApcContext,
                                        _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                        _In_ PVOID Buffer,
                                        _In_ ULONG Length,
                                        _In_opt_ PLARGE_INTEGER ByteOffset,
                                        _In_opt_ PULONG Key);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwNotifyChangeKey(_In_ HANDLE KeyHandle,
                                              _In_opt_ HANDLE Event,
                                              _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                              _In_opt_ PVOID ApcContext,
                                              _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                              _In_ ULONG CompletionFilter,
                                              _In_ BOOLEAN WatchTree,
                                              _Out_opt_ PVOID Buffer,
                                              _In_ ULONG BufferSize,
                                              _In_ BOOLEAN Asynchronous);
    NTSYSAPI NTSTATUS NTAPI ZwQueryMultipleValueKey(_In_ HANDLE KeyHandle,
                                                    _In_ PKEY_VALUE_ENTRY ValueEntries,
                                                    _In_ ULONG EntryCount,
                                                    _In_ PVOID ValueBuffer,
                                                    _In_ PULONG BufferLength,
                                                    _In_ PULONG RequiredBufferLength);
    NTSYSAPI NTSTATUS NTAPI ZwRenameKey(_In_ HANDLE KeyHandle, _In_ PUNICODE_STRING NewName);
    NTSYSAPI NTSTATUS NTAPI
    ZwSetInformationKey(_In_ HANDLE KeyHandle,
                        _In_ KEY_SET_INFORMATION_CLASS KeySetInformationClass,
                        _In_ PVOID KeySetInformation,
                        _In_ ULONG KeySetInformationLength);

#ifdef __cplusplus
}
#endif

#endif
