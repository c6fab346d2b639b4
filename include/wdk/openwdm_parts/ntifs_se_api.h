// SPDX-License-Identifier: MIT
// Owns the prototypes of security, tokens and their services in ntifs.h.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTIFS_SE_API_H
#define OPENWDM_NTIFS_SE_API_H

#include <openwdm_parts/ntifs_security.h>

#ifdef __cplusplus
extern "C"
{
#endif

    // Each points at the variable of the kernel, as a driver's import slot has it.
    extern NTKERNELAPI PSE_EXPORTS SeExports;
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    SeCaptureSubjectContextEx(_In_opt_ PETHREAD Thread,
                              _In_ PEPROCESS Process,
                              _Out_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeCreateClientSecurity(_In_ PETHREAD ClientThread,
                           _In_ PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                           _In_ BOOLEAN RemoteSession,
                           _Out_ PSECURITY_CLIENT_CONTEXT ClientContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeCreateClientSecurityFromSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                             _In_ PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                             _In_ BOOLEAN ServerIsRemote,
                                             _Out_ PSECURITY_CLIENT_CONTEXT ClientContext);
    NTKERNELAPI VOID NTAPI SeImpersonateClient(_In_ PSECURITY_CLIENT_CONTEXT ClientContext,
                                               _In_opt_ PETHREAD ServerThread);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeImpersonateClientEx(_In_ PSECURITY_CLIENT_CONTEXT ClientContext,
                                                     _In_opt_ PETHREAD ServerThread);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeFilterToken(_In_ PACCESS_TOKEN ExistingToken,
                                             _In_ ULONG Flags,
                                             _In_opt_ PTOKEN_GROUPS SidsToDisable,
                                             _In_opt_ PTOKEN_PRIVILEGES PrivilegesToDelete,
                                             _In_opt_ PTOKEN_GROUPS RestrictedSids,
                                             _Out_ PACCESS_TOKEN *FilteredToken);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeAppendPrivileges(_Inout_ PACCESS_STATE AccessState, _In_ PPRIVILEGE_SET Privileges);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeFreePrivileges(_In_ PPRIVILEGE_SET Privileges);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeSetAccessStateGenericMapping(_Inout_ PACCESS_STATE AccessState,
                                                          _In_ PGENERIC_MAPPING GenericMapping);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeSetSecurityDescriptorInfoEx(_In_opt_ PVOID Object,
                                  _In_ PSECURITY_INFORMATION SecurityInformation,
                                  _In_ PSECURITY_DESCRIPTOR ModificationDescriptor,
                                  _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                  _In_ ULONG AutoInheritFlags,
                                  _In_ POOL_TYPE PoolType,
                                  _In_ PGENERIC_MAPPING GenericMapping);
    NTKERNELAPI NTSTATUS NTAPI SeSetSessionIdToken(_In_ PACCESS_TOKEN Token, _In_ ULONG SessionId);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    SeAuditingFileEvents(_In_ BOOLEAN AccessGranted, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    SeAuditingFileOrGlobalEvents(_In_ BOOLEAN AccessGranted,
                                 _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                 _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeOpenObjectAuditAlarm(_In_ PUNICODE_STRING ObjectTypeName,
                                                  _In_opt_ PVOID Object,
                                                  _In_opt_ PUNICODE_STRING AbsoluteObjectName,
                                                  _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                  _In_ PACCESS_STATE AccessState,
                                                  _In_ BOOLEAN ObjectCreated,
                                                  _In_ BOOLEAN AccessGranted,
                                                  _In_ KPROCESSOR_MODE AccessMode,
                                                  _Out_ PBOOLEAN GenerateOnClose);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    SeOpenObjectForDeleteAuditAlarm(_In_ PUNICODE_STRING ObjectTypeName,
                                    _In_opt_ PVOID Object,
                                    _In_opt_ PUNICODE_STRING AbsoluteObjectName,
                                    _In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                    _In_ PACCESS_STATE AccessState,
                                    _In_ BOOLEAN ObjectCreated,
                                    _In_ BOOLEAN AccessGranted,
                                    _In_ KPROCESSOR_MODE AccessMode,
                                    _Out_ PBOOLEAN GenerateOnClose);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeDeleteObjectAuditAlarm(_In_ PVOID Object, _In_ HANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeRegisterLogonSessionTerminatedRoutine(
        _In_ PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeUnregisterLogonSessionTerminatedRoutine(
        _In_ PSE_LOGON_SESSION_TERMINATED_ROUTINE CallbackRoutine);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeMarkLogonSessionForTerminationNotification(_In_ PLUID LogonId);
    NTKERNELAPI BOOLEAN NTAPI
    PsDisableImpersonation(_Inout_ PETHREAD Thread,
                           _Inout_ PSE_IMPERSONATION_STATE ImpersonationState);
    NTKERNELAPI VOID NTAPI PsRestoreImpersonation(_Inout_ PETHREAD Thread,
                                                  _In_ PSE_IMPERSONATION_STATE ImpersonationState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDuplicateToken(_In_ HANDLE ExistingTokenHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                             _In_ BOOLEAN EffectiveOnly,
                                             _In_ TOKEN_TYPE TokenType,
                                             _Out_ PHANDLE NewTokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtDuplicateToken(_In_ HANDLE ExistingTokenHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                             _In_ BOOLEAN EffectiveOnly,
                                             _In_ TOKEN_TYPE TokenType,
                                             _Out_ PHANDLE NewTokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenProcessTokenEx(_In_ HANDLE ProcessHandle,
                                                 _In_ ACCESS_MASK DesiredAccess,
                                                 _In_ ULONG HandleAttributes,
                                                 _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenProcessTokenEx(_In_ HANDLE ProcessHandle,
                                                 _In_ ACCESS_MASK DesiredAccess,
                                                 _In_ ULONG HandleAttributes,
                                                 _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenProcessToken(_In_ HANDLE ProcessHandle,
                                               _In_ ACCESS_MASK DesiredAccess,
                                               _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenThreadTokenEx(_In_ HANDLE ThreadHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_ BOOLEAN OpenAsSelf,
                                                _In_ ULONG HandleAttributes,
                                                _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenThreadTokenEx(_In_ HANDLE ThreadHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_ BOOLEAN OpenAsSelf,
                                                _In_ ULONG HandleAttributes,
                                                _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenThreadToken(_In_ HANDLE ThreadHandle,
                                              _In_ ACCESS_MASK DesiredAccess,
                                              _In_ BOOLEAN OpenAsSelf,
                                              _Out_ PHANDLE TokenHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationToken(_In_ HANDLE TokenHandle,
                            _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                            _Out_opt_ PVOID TokenInformation,
                            _In_ ULONG TokenInformationLength,
                            _Out_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtQueryInformationToken(_In_ HANDLE TokenHandle,
                            _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                            _Out_opt_ PVOID TokenInformation,
                            _In_ ULONG TokenInformationLength,
                            _Out_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwSetInformationToken(_In_ HANDLE TokenHandle,
                          _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                          _In_ PVOID TokenInformation,
                          _In_ ULONG TokenInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtSetInformationToken(_In_ HANDLE TokenHandle,
                          _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                          _In_ PVOID TokenInformation,
                          _In_ ULONG TokenInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtAdjustPrivilegesToken(_In_ HANDLE TokenHandle,
                                                    _In_ BOOLEAN DisableAllPrivileges,
                                                    _In_opt_ PTOKEN_PRIVILEGES NewState,
                                                    _In_ ULONG BufferLength,
                                                    _Out_opt_ PTOKEN_PRIVILEGES PreviousState,
                                                    _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtPrivilegeCheck(_In_ HANDLE ClientToken,
                                             _Inout_ PPRIVILEGE_SET RequiredPrivileges,
                                             _Out_ PBOOLEAN Result);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQuerySecurityObject(_In_ HANDLE Handle,
                                                  _In_ SECURITY_INFORMATION SecurityInformation,
                                                  _Out_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                  _In_ ULONG Length,
                                                  _Out_ PULONG LengthNeeded);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtQuerySecurityObject(_In_ HANDLE Handle,
                                                  _In_ SECURITY_INFORMATION SecurityInformation,
                                                  _Out_opt_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                  _In_ ULONG Length,
                                                  _Out_ PULONG LengthNeeded);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetSecurityObject(_In_ HANDLE Handle,
                                                _In_ SECURITY_INFORMATION SecurityInformation,
                                                _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtSetSecurityObject(_In_ HANDLE Handle,
                                                _In_ SECURITY_INFORMATION SecurityInformation,
                                                _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryObject(_In_opt_ HANDLE Handle,
                                          _In_ OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                          _Out_opt_ PVOID ObjectInformation,
                                          _In_ ULONG ObjectInformationLength,
                                          _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtQueryObject(_In_opt_ HANDLE Handle,
                                          _In_ OBJECT_INFORMATION_CLASS ObjectInformationClass,
                                          _Out_opt_ PVOID ObjectInformation,
                                          _In_ ULONG ObjectInformationLength,
                                          _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtSetInformationThread(_In_ HANDLE ThreadHandle,
                                                   _In_ THREADINFOCLASS ThreadInformationClass,
                                                   _In_ PVOID ThreadInformation,
                                                   _In_ ULONG ThreadInformationLength);

#ifdef __cplusplus
}
#endif

#endif
