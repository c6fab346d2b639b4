// SPDX-License-Identifier: MIT
// Owns the prototypes of the kernel transaction manager (Tm, Zw and Nt).
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_TM_API_H
#define OPENWDM_WDM_TM_API_H

#include <openwdm_parts/wdm_tm_types.h>
#include <openwdm_parts/wdm_ob_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmCommitComplete(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmCommitEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmCommitTransaction(_In_ PKTRANSACTION Transaction, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI TmCreateEnlistment(_Out_ PHANDLE EnlistmentHandle,
                                                  _In_ KPROCESSOR_MODE PreviousMode,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                  _In_ PRKRESOURCEMANAGER ResourceManager,
                                                  _In_ PKTRANSACTION Transaction,
                                                  _In_opt_ ULONG CreateOptions,
                                                  _In_ NOTIFICATION_MASK NotificationMask,
                                                  _In_opt_ PVOID EnlistmentKey);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmDereferenceEnlistmentKey(_In_ PKENLISTMENT Enlistment, _Out_opt_ PBOOLEAN LastReference);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI TmEnableCallbacks(_In_ PKRESOURCEMANAGER ResourceManager,
                                                 _In_ PTM_RM_NOTIFICATION CallbackRoutine,
                                                 _In_opt_ PVOID RMKey);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    TmGetTransactionId(_In_ PKTRANSACTION Transaction, _Out_ PUOW TransactionId);
    NTKERNELAPI NTSTATUS NTAPI TmInitializeTransactionManager(_In_ PRKTM TransactionManager,
                                                              _In_opt_ PCUNICODE_STRING LogFileName,
                                                              _In_ LPGUID TmId,
                                                              _In_opt_ ULONG CreateOptions);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI TmIsTransactionActive(_In_ PKTRANSACTION Transaction);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmPrePrepareComplete(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmPrePrepareEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmPrepareComplete(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmPrepareEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmReadOnlyEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRecoverEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PVOID EnlistmentKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI TmRecoverResourceManager(_In_ PKRESOURCEMANAGER ResourceManager);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRecoverTransactionManager(_In_ PKTM Tm, _In_ PLARGE_INTEGER TargetVirtualClock);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmReferenceEnlistmentKey(_In_ PKENLISTMENT Enlistment, _Out_ PVOID *Key);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRenameTransactionManager(_In_ PUNICODE_STRING LogFileName,
                               _In_ LPGUID ExistingTransactionManagerGuid);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRequestOutcomeEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRollbackComplete(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRollbackEnlistment(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmRollbackTransaction(_In_ PKTRANSACTION Transaction, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    TmSinglePhaseReject(_In_ PKENLISTMENT Enlistment, _In_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwCommitComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtCommitComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwCommitEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtCommitEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCommitTransaction(_In_ HANDLE TransactionHandle, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCommitTransaction(_In_ HANDLE TransactionHandle, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateEnlistment(_Out_ PHANDLE EnlistmentHandle,
                                               _In_ ACCESS_MASK DesiredAccess,
                                               _In_ HANDLE ResourceManagerHandle,
                                               _In_ HANDLE TransactionHandle,
                                               _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                               _In_opt_ ULONG CreateOptions,
                                               _In_ NOTIFICATION_MASK NotificationMask,
                                               _In_opt_ PVOID EnlistmentKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCreateEnlistment(_Out_ PHANDLE EnlistmentHandle,
                                               _In_ ACCESS_MASK DesiredAccess,
                                               _In_ HANDLE ResourceManagerHandle,
                                               _In_ HANDLE TransactionHandle,
                                               _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                               _In_opt_ ULONG CreateOptions,
                                               _In_ NOTIFICATION_MASK NotificationMask,
                                               _In_opt_ PVOID EnlistmentKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateResourceManager(_Out_ PHANDLE ResourceManagerHandle,
                                                    _In_ ACCESS_MASK DesiredAccess,
                                                    _In_ HANDLE TmHandle,
                                                    _In_opt_ LPGUID ResourceManagerGuid,
                                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                    _In_opt_ ULONG CreateOptions,
                                                    _In_opt_ PUNICODE_STRING Description);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCreateResourceManager(_Out_ PHANDLE ResourceManagerHandle,
                                                    _In_ ACCESS_MASK DesiredAccess,
                                                    _In_ HANDLE TmHandle,
                                                    _In_ LPGUID RmGuid,
                                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                    _In_opt_ ULONG CreateOptions,
                                                    _In_opt_ PUNICODE_STRING Description);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateTransaction(_Out_ PHANDLE TransactionHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                _In_opt_ LPGUID Uow,
                                                _In_opt_ HANDLE TmHandle,
                                                _In_opt_ ULONG CreateOptions,
                                                _In_opt_ ULONG IsolationLevel,
                                                _In_opt_ ULONG IsolationFlags,
                                                _In_opt_ PLARGE_INTEGER Timeout,
                                                _In_opt_ PUNICODE_STRING Description);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCreateTransaction(_Out_ PHANDLE TransactionHandle,
                                                _In_ ACCESS_MASK DesiredAccess,
                                                _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                _In_opt_ LPGUID Uow,
                                                _In_opt_ HANDLE TmHandle,
                                                _In_opt_ ULONG CreateOptions,
                                                _In_opt_ ULONG IsolationLevel,
                                                _In_opt_ ULONG IsolationFlags,
                                                _In_opt_ PLARGE_INTEGER Timeout,
                                                _In_opt_ PUNICODE_STRING Description);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwCreateTransactionManager(_Out_ PHANDLE TmHandle,
                                                       _In_ ACCESS_MASK DesiredAccess,
                                                       _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                       _In_opt_ PUNICODE_STRING LogFileName,
                                                       _In_opt_ ULONG CreateOptions,
                                                       _In_opt_ ULONG CommitStrength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtCreateTransactionManager(_Out_ PHANDLE TmHandle,
                                                       _In_ ACCESS_MASK DesiredAccess,
                                                       _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                       _In_opt_ PUNICODE_STRING LogFileName,
                                                       _In_opt_ ULONG CreateOptions,
                                                       _In_opt_ ULONG CommitStrength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwEnumerateTransactionObject(_In_opt_ HANDLE RootObjectHandle,
                                                         _In_ KTMOBJECT_TYPE QueryType,
                                                         _Inout_ PKTMOBJECT_CURSOR ObjectCursor,
                                                         _In_ ULONG ObjectCursorLength,
                                                         _Out_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtEnumerateTransactionObject(_In_opt_ HANDLE RootObjectHandle,
                                                         _In_ KTMOBJECT_TYPE QueryType,
                                                         _Inout_ PKTMOBJECT_CURSOR ObjectCursor,
                                                         _In_ ULONG ObjectCursorLength,
                                                         _Out_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwGetNotificationResourceManager(_In_ HANDLE ResourceManagerHandle,
                                     _Out_ PTRANSACTION_NOTIFICATION TransactionNotification,
                                     _In_ ULONG NotificationLength,
                                     _In_ PLARGE_INTEGER Timeout,
                                     _Out_opt_ PULONG ReturnLength,
                                     _In_ ULONG Asynchronous,
                                     _In_opt_ ULONG_PTR AsynchronousContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtGetNotificationResourceManager(_In_ HANDLE ResourceManagerHandle,
                                     _Out_ PTRANSACTION_NOTIFICATION TransactionNotification,
                                     _In_ ULONG NotificationLength,
                                     _In_ PLARGE_INTEGER Timeout,
                                     _Out_opt_ PULONG ReturnLength,
                                     _In_ ULONG Asynchronous,
                                     _In_opt_ ULONG_PTR AsynchronousContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenEnlistment(_Out_ PHANDLE EnlistmentHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ HANDLE RmHandle,
                                             _In_ LPGUID EnlistmentGuid,
                                             _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenEnlistment(_Out_ PHANDLE EnlistmentHandle,
                                             _In_ ACCESS_MASK DesiredAccess,
                                             _In_ HANDLE ResourceManagerHandle,
                                             _In_ LPGUID EnlistmentGuid,
                                             _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenResourceManager(_Out_ PHANDLE ResourceManagerHandle,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ HANDLE TmHandle,
                                                  _In_ LPGUID ResourceManagerGuid,
                                                  _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenResourceManager(_Out_ PHANDLE ResourceManagerHandle,
                                                  _In_ ACCESS_MASK DesiredAccess,
                                                  _In_ HANDLE TmHandle,
                                                  _In_ LPGUID ResourceManagerGuid,
                                                  _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenTransaction(_Out_ PHANDLE TransactionHandle,
                                              _In_ ACCESS_MASK DesiredAccess,
                                              _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                              _In_ LPGUID Uow,
                                              _In_opt_ HANDLE TmHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenTransaction(_Out_ PHANDLE TransactionHandle,
                                              _In_ ACCESS_MASK DesiredAccess,
                                              _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                              _In_ LPGUID Uow,
                                              _In_opt_ HANDLE TmHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenTransactionManager(_Out_ PHANDLE TmHandle,
                                                     _In_ ACCESS_MASK DesiredAccess,
                                                     _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                     _In_opt_ PUNICODE_STRING LogFileName,
                                                     _In_opt_ LPGUID TmIdentity,
                                                     _In_opt_ ULONG OpenOptions);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenTransactionManager(_Out_ PHANDLE TmHandle,
                                                     _In_ ACCESS_MASK DesiredAccess,
                                                     _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                     _In_opt_ PUNICODE_STRING LogFileName,
                                                     _In_opt_ LPGUID TmIdentity,
                                                     _In_opt_ ULONG OpenOptions);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwPrePrepareComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtPrePrepareComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwPrePrepareEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtPrePrepareEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwPrepareComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtPrepareComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwPrepareEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtPrepareEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationEnlistment(_In_ HANDLE EnlistmentHandle,
                                 _In_ ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                                 _Out_ PVOID EnlistmentInformation,
                                 _In_ ULONG EnlistmentInformationLength,
                                 _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtQueryInformationEnlistment(_In_ HANDLE EnlistmentHandle,
                                 _In_ ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                                 _Out_ PVOID EnlistmentInformation,
                                 _In_ ULONG EnlistmentInformationLength,
                                 _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryInformationResourceManager(
        _In_ HANDLE ResourceManagerHandle,
        _In_ RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
        _Out_ PVOID ResourceManagerInformation,
        _In_ ULONG ResourceManagerInformationLength,
        _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtQueryInformationResourceManager(
        _In_ HANDLE ResourceManagerHandle,
        _In_ RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
        _Out_ PVOID ResourceManagerInformation,
        _In_ ULONG ResourceManagerInformationLength,
        _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryInformationTransaction(_In_ HANDLE TransactionHandle,
                                  _In_ TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                                  _Out_ PVOID TransactionInformation,
                                  _In_ ULONG TransactionInformationLength,
                                  _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtQueryInformationTransaction(_In_ HANDLE TransactionHandle,
                                  _In_ TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                                  _Out_ PVOID TransactionInformation,
                                  _In_ ULONG TransactionInformationLength,
                                  _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwQueryInformationTransactionManager(
        _In_ HANDLE TransactionManagerHandle,
        _In_ TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
        _Out_ PVOID TransactionManagerInformation,
        _In_ ULONG TransactionManagerInformationLength,
        _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtQueryInformationTransactionManager(
        _In_ HANDLE TransactionManagerHandle,
        _In_ TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
        _Out_ PVOID TransactionManagerInformation,
        _In_ ULONG TransactionManagerInformationLength,
        _Out_opt_ PULONG ReturnLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwReadOnlyEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtReadOnlyEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwRecoverEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PVOID EnlistmentKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtRecoverEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PVOID EnlistmentKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwRecoverResourceManager(_In_ HANDLE ResourceManagerHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtRecoverResourceManager(_In_ HANDLE ResourceManagerHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwRecoverTransactionManager(_In_ HANDLE TransactionManagerHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtRecoverTransactionManager(_In_ HANDLE TransactionManagerHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwRollbackComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtRollbackComplete(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwRollbackEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtRollbackEnlistment(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwRollbackTransaction(_In_ HANDLE TransactionHandle, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtRollbackTransaction(_In_ HANDLE TransactionHandle, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwRollforwardTransactionManager(_In_ HANDLE TransactionManagerHandle,
                                                            _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtRollforwardTransactionManager(_In_ HANDLE TransactionManagerHandle,
                                                            _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwSetInformationEnlistment(_In_ HANDLE EnlistmentHandle,
                               _In_ ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                               _In_ PVOID EnlistmentInformation,
                               _In_ ULONG EnlistmentInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtSetInformationEnlistment(_In_ HANDLE EnlistmentHandle,
                               _In_ ENLISTMENT_INFORMATION_CLASS EnlistmentInformationClass,
                               _In_ PVOID EnlistmentInformation,
                               _In_ ULONG EnlistmentInformationLength);
    NTSYSAPI NTSTATUS NTAPI ZwSetInformationResourceManager(
        _In_ HANDLE ResourceManagerHandle,
        _In_ RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
        _In_ PVOID ResourceManagerInformation,
        _In_ ULONG ResourceManagerInformationLength);
    NTSYSAPI NTSTATUS NTAPI NtSetInformationResourceManager(
        _In_ HANDLE ResourceManagerHandle,
        _In_ RESOURCEMANAGER_INFORMATION_CLASS ResourceManagerInformationClass,
        _In_ PVOID ResourceManagerInformation,
        _In_ ULONG ResourceManagerInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwSetInformationTransaction(_In_ HANDLE TransactionHandle,
                                _In_ TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                                _In_ PVOID TransactionInformation,
                                _In_ ULONG TransactionInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtSetInformationTransaction(_In_ HANDLE TransactionHandle,
                                _In_ TRANSACTION_INFORMATION_CLASS TransactionInformationClass,
                                _In_ PVOID TransactionInformation,
                                _In_ ULONG TransactionInformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwSinglePhaseReject(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    NtSinglePhaseReject(_In_ HANDLE EnlistmentHandle, _In_opt_ PLARGE_INTEGER TmVirtualClock);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtRenameTransactionManager(_In_ PUNICODE_STRING LogFileName,
                                                       _In_ LPGUID ExistingTransactionManagerGuid);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtSetInformationTransactionManager(
        _In_opt_ HANDLE TmHandle,
        _In_ TRANSACTIONMANAGER_INFORMATION_CLASS TransactionManagerInformationClass,
        _In_ PVOID TransactionManagerInformation,
        _In_ ULONG TransactionManagerInformationLength);

#ifdef __cplusplus
}
#endif

#endif
