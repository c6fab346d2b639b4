// SPDX-License-Identifier: MIT
// Owns the prototypes of ntifs.h that drivers of the device model use as well.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTIFS_API_H
#define OPENWDM_NTIFS_API_H

#include <openwdm_parts/ntifs_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    NTKERNELAPI VOID NTAPI ExDisableResourceBoostLite(_In_ PERESOURCE Resource);
    NTKERNELAPI SIZE_T NTAPI ExQueryPoolBlockSize(_In_ PVOID PoolBlock, _In_ PBOOLEAN QuotaCharged);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoAcquireVpbSpinLock(_Out_ PKIRQL Irql);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoReleaseVpbSpinLock(_In_ KIRQL Irql);
    NTKERNELAPI NTSTATUS NTAPI
    IoCheckDesiredAccess(_In_ PACCESS_MASK DesiredAccess, _In_ ACCESS_MASK GrantedAccess);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCheckEaBufferValidity(_In_ PFILE_FULL_EA_INFORMATION EaBuffer,
                                                       _In_ ULONG EaLength,
                                                       _Out_ PULONG ErrorOffset);
    NTKERNELAPI NTSTATUS NTAPI IoCheckFunctionAccess(_In_ ACCESS_MASK GrantedAccess,
                                                     _In_ UCHAR MajorFunction,
                                                     _In_ UCHAR MinorFunction,
                                                     _In_ ULONG IoControlCode,
                                                     _In_ PVOID Arg1,
                                                     _In_ PVOID Arg2);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PFILE_OBJECT NTAPI IoCreateStreamFileObject(_In_opt_ PFILE_OBJECT FileObject,
                                                            _In_opt_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PFILE_OBJECT NTAPI
    IoCreateStreamFileObjectLite(_In_opt_ PFILE_OBJECT FileObject,
                                 _In_opt_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoEnumerateDeviceObjectList(_In_ PDRIVER_OBJECT DriverObject,
                                                           _Out_ PDEVICE_OBJECT *DeviceObjectList,
                                                           _In_ ULONG DeviceObjectListSize,
                                                           _Out_ PULONG ActualNumberDeviceObjects);
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetBaseFileSystemDeviceObject(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceAttachmentBaseRef(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetDeviceToVerify(_In_ PETHREAD Thread);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDiskDeviceObject(_In_ PDEVICE_OBJECT FileSystemDeviceObject,
                                                     _Inout_ PDEVICE_OBJECT *DiskDeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetLowerDeviceObject(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PEPROCESS NTAPI IoGetRequestorProcess(_In_ PIRP Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG NTAPI IoGetRequestorProcessId(_In_ PIRP Irp);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetRequestorSessionId(_In_ PIRP Irp, _Out_ PULONG pSessionId);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoGetTopLevelIrp(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoIsOperationSynchronous(_In_ PIRP Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoIsSystemThread(_In_ PETHREAD Thread);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryFileDosDeviceName(_In_ PFILE_OBJECT FileObject,
                             _Out_ POBJECT_NAME_INFORMATION *ObjectNameInformation);
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryFileInformation(_In_ PFILE_OBJECT FileObject,
                           _In_ FILE_INFORMATION_CLASS FileInformationClass,
                           _In_ ULONG Length,
                           _In_ PVOID FileInformation,
                           _In_ PULONG ReturnedLength);
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryVolumeInformation(_In_ PFILE_OBJECT FileObject,
                             _In_ FS_INFORMATION_CLASS FsInformationClass,
                             _In_ ULONG Length,
                             _In_ PVOID FsInformation,
                             _In_ PULONG ReturnedLength);
    NTKERNELAPI VOID NTAPI IoQueueThreadIrp(_In_ PIRP Irp);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI IoRegisterFileSystem(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoRegisterFsRegistrationChange(_In_ PDRIVER_OBJECT DriverObject,
                                   _In_ PDRIVER_FS_NOTIFICATION DriverNotificationRoutine);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoSetDeviceToVerify(_In_ PETHREAD Thread, _In_opt_ PDEVICE_OBJECT DeviceObject);
    NTKERNELAPI NTSTATUS NTAPI IoSetInformation(_In_ PFILE_OBJECT FileObject,
                                                _In_ FILE_INFORMATION_CLASS FileInformationClass,
                                                _In_ ULONG Length,
                                                _In_ PVOID FileInformation);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoSetTopLevelIrp(_In_opt_ PIRP Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PEPROCESS NTAPI IoThreadToProcess(_In_ PETHREAD Thread);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI IoUnregisterFileSystem(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoUnregisterFsRegistrationChange(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDRIVER_FS_NOTIFICATION DriverNotificationRoutine);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoVerifyVolume(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN AllowRawMount);
    NTKERNELAPI VOID NTAPI KeAttachProcess(_In_ PRKPROCESS Process);
    NTKERNELAPI KIRQL NTAPI KeAcquireQueuedSpinLock(_In_ ULONG Number);
    NTKERNELAPI VOID NTAPI KeReleaseQueuedSpinLock(_In_ ULONG Number, _In_ KIRQL OldIrql);
    NTKERNELAPI LOGICAL NTAPI KeTryToAcquireQueuedSpinLock(_In_ ULONG Number, _Out_ PKIRQL OldIrql);
    NTKERNELAPI VOID NTAPI KeDetachProcess(VOID);
    NTKERNELAPI VOID NTAPI KeInitializeMutant(_In_ PRKMUTANT Mutant, _In_ BOOLEAN InitialOwner);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeQueue(_Out_ PRKQUEUE Queue, _In_ ULONG Count);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeInsertHeadQueue(_Inout_ PRKQUEUE Queue, _Inout_ PLIST_ENTRY Entry);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeInsertQueue(_Inout_ PRKQUEUE Queue, _Inout_ PLIST_ENTRY Entry);
    NTKERNELAPI LONG NTAPI KeReadStateMutant(_In_ PRKMUTANT Mutant);
    NTKERNELAPI LONG NTAPI KeReadStateQueue(_In_ PRKQUEUE Queue);
    NTKERNELAPI LONG NTAPI KeReleaseMutant(_In_ PRKMUTANT Mutant,
                                           _In_ KPRIORITY Increment,
                                           _In_ BOOLEAN Abandoned,
                                           _In_ BOOLEAN Wait);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PLIST_ENTRY NTAPI KeRemoveQueue(_Inout_ PRKQUEUE Queue,
                                                _In_ KPROCESSOR_MODE WaitMode,
                                                _In_opt_ PLARGE_INTEGER Timeout);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PLIST_ENTRY NTAPI KeRundownQueue(_Inout_ PRKQUEUE Queue);
    NTKERNELAPI UCHAR NTAPI KeSetIdealProcessorThread(_In_ PKTHREAD Thread, _In_ UCHAR Processor);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeSetKernelStackSwapEnable(_In_ BOOLEAN Enable);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeStackAttachProcess(_In_ PRKPROCESS PROCESS, _Out_ PRKAPC_STATE ApcState);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeUnstackDetachProcess(_In_ PRKAPC_STATE ApcState);
    NTKERNELAPI NTSTATUS NTAPI ObInsertObject(_In_ PVOID Object,
                                              _In_ PACCESS_STATE PassedAccessState,
                                              _In_ ACCESS_MASK DesiredAccess,
                                              _In_ ULONG ObjectPointerBias,
                                              _Inout_ PVOID *NewObject,
                                              _In_ PHANDLE Handle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ObIsKernelHandle(_In_ HANDLE Handle);
    NTKERNELAPI VOID NTAPI ObMakeTemporaryObject(_In_ PVOID Object);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointer(_In_ PVOID Object,
                                                     _In_ ULONG HandleAttributes,
                                                     _In_opt_ PACCESS_STATE PassedAccessState,
                                                     _In_ ACCESS_MASK DesiredAccess,
                                                     _In_opt_ POBJECT_TYPE ObjectType,
                                                     _In_ KPROCESSOR_MODE AccessMode,
                                                     _Out_ PHANDLE Handle);
    NTKERNELAPI NTSTATUS NTAPI ObOpenObjectByPointerWithTag(_In_ PVOID Object,
                                                            _In_ ULONG HandleAttributes,
                                                            _In_ PACCESS_STATE PassedAccessState,
                                                            _In_ ACCESS_MASK DesiredAccess,
                                                            _In_ POBJECT_TYPE ObjectType,
                                                            _In_ KPROCESSOR_MODE AccessMode,
                                                            _In_ ULONG Tag,
                                                            _In_ PHANDLE Handle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObQueryNameString(_In_ PVOID Object,
                                                 _Out_opt_ POBJECT_NAME_INFORMATION ObjectNameInfo,
                                                 _In_ ULONG Length,
                                                 _Out_ PULONG ReturnLength);
    NTKERNELAPI NTSTATUS NTAPI
    ObQueryObjectAuditingByHandle(_In_ HANDLE Handle, _In_ PBOOLEAN GenerateOnClose);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    PsChargePoolQuota(_In_ PEPROCESS Process, _In_ POOL_TYPE PoolType, _In_ ULONG_PTR Amount);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LARGE_INTEGER NTAPI PsGetProcessExitTime(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsImpersonateClient(_Inout_ PETHREAD Thread,
                        _In_ PACCESS_TOKEN Token,
                        _In_ BOOLEAN CopyOnOpen,
                        _In_ BOOLEAN EffectiveOnly,
                        _In_ SECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI PsIsSystemThread(_In_ PETHREAD Thread);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI PsIsThreadTerminating(_In_ PETHREAD Thread);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsLookupProcessByProcessId(_In_ HANDLE ProcessId, _Out_ PEPROCESS *Process);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsLookupThreadByThreadId(_In_ HANDLE ThreadId, _Out_ PETHREAD *Thread);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PACCESS_TOKEN NTAPI
    PsReferenceImpersonationToken(_Inout_ PETHREAD Thread,
                                  _Out_ PBOOLEAN CopyOnOpen,
                                  _Out_ PBOOLEAN EffectiveOnly,
                                  _Out_ PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PACCESS_TOKEN NTAPI PsReferencePrimaryToken(_Inout_ PEPROCESS Process);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    PsReturnPoolQuota(_In_ PEPROCESS Process, _In_ POOL_TYPE PoolType, _In_ ULONG_PTR Amount);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI PsRevertToSelf(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeCaptureSubjectContext(_Out_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeLockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    SeReleaseSubjectContext(_Inout_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI SeUnlockSubjectContext(_In_ PSECURITY_SUBJECT_CONTEXT SubjectContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    SePrivilegeCheck(_Inout_ PPRIVILEGE_SET RequiredPrivileges,
                     _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                     _In_ KPROCESSOR_MODE AccessMode);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeLocateProcessImageName(_In_ PEPROCESS Process, _Inout_ PUNICODE_STRING *pImageFileName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeQueryAuthenticationIdToken(_In_ PACCESS_TOKEN Token, _Out_ PLUID AuthenticationId);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeQueryInformationToken(_In_ PACCESS_TOKEN Token,
                            _In_ TOKEN_INFORMATION_CLASS TokenInformationClass,
                            _Out_ PVOID *TokenInformation);
    NTKERNELAPI NTSTATUS NTAPI
    SeQuerySessionIdToken(_In_ PACCESS_TOKEN Token, _In_ PULONG SessionId);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI SeTokenIsAdmin(_In_ PACCESS_TOKEN Token);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI SeTokenIsRestricted(_In_ PACCESS_TOKEN Token);
    NTKERNELAPI TOKEN_TYPE NTAPI SeTokenType(_In_ PACCESS_TOKEN Token);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeQuerySecurityDescriptorInfo(_In_ PSECURITY_INFORMATION SecurityInformation,
                                  _Out_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                  _Inout_ PULONG Length,
                                  _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    SeSetSecurityDescriptorInfo(_In_opt_ PVOID Object,
                                _In_ PSECURITY_INFORMATION SecurityInformation,
                                _In_ PSECURITY_DESCRIPTOR ModificationDescriptor,
                                _Inout_ PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                                _In_ POOL_TYPE PoolType,
                                _In_ PGENERIC_MAPPING GenericMapping);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI MmIsRecursiveIoFault(VOID);
    typedef enum _MMFLUSH_TYPE
    {
        MmFlushForDelete,
        MmFlushForWrite
    } MMFLUSH_TYPE;
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI MmCanFileBeTruncated(_In_ PSECTION_OBJECT_POINTERS SectionPointer,
                                                   _In_opt_ PLARGE_INTEGER NewFileSize);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    MmFlushImageSection(_In_ PSECTION_OBJECT_POINTERS SectionObjectPointer,
                        _In_ MMFLUSH_TYPE FlushType);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    MmForceSectionClosed(_In_ PSECTION_OBJECT_POINTERS SectionObjectPointer,
                         _In_ BOOLEAN DelayClose);

#ifdef __cplusplus
}
#endif

#endif
