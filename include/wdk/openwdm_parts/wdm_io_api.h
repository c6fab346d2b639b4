// SPDX-License-Identifier: MIT
// Owns the prototypes of the I/O manager: devices, files, IRPs, interrupts, work items and error
// log. The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_IO_API_H
#define OPENWDM_WDM_IO_API_H

#include <openwdm_parts/wdm_resource.h>
#include <openwdm_parts/wdm_pnp_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    NTKERNELAPI NTSTATUS NTAPI
    IoAcquireKsrPersistentMemory(_In_ PDRIVER_OBJECT DriverObject,
                                 _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                 _In_ PVOID Buffer,
                                 _In_ PSIZE_T Size);
    NTKERNELAPI NTSTATUS NTAPI
    IoAcquireKsrPersistentMemoryEx(_In_ PDRIVER_OBJECT DriverObject,
                                   _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                   _In_ PUNICODE_STRING PhysicalDeviceId,
                                   _In_ PUSHORT DataTag,
                                   _In_ PULONG DataVersion,
                                   _In_ PVOID Buffer,
                                   _In_ PSIZE_T Size);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoAcquireCancelSpinLock(_In_ PKIRQL Irql);
    NTKERNELAPI NTSTATUS NTAPI IoAcquireRemoveLockEx(_In_ PIO_REMOVE_LOCK RemoveLock,
                                                     _In_ PVOID Tag,
                                                     _In_ PCSTR File,
                                                     _In_ ULONG Line,
                                                     _In_ ULONG RemlockSize);
    NTKERNELAPI VOID NTAPI IoInitializeRemoveLockEx(_In_ PIO_REMOVE_LOCK Lock,
                                                    _In_ ULONG AllocateTag,
                                                    _In_ ULONG MaxLockedMinutes,
                                                    _In_ ULONG HighWatermark,
                                                    _In_ ULONG RemlockSize);
    NTKERNELAPI VOID NTAPI
    IoReleaseRemoveLockEx(_In_ PIO_REMOVE_LOCK RemoveLock, _In_ PVOID Tag, _In_ ULONG RemlockSize);
    NTKERNELAPI VOID NTAPI IoReleaseRemoveLockAndWaitEx(_In_ PIO_REMOVE_LOCK RemoveLock,
                                                        _In_ PVOID Tag,
                                                        _In_ ULONG RemlockSize);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoAllocateDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject,
                                    _In_ PVOID ClientIdentificationAddress,
                                    _In_ ULONG DriverObjectExtensionSize,
                                    _Out_ PVOID *DriverObjectExtension);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI IoAllocateErrorLogEntry(_In_ PVOID IoObject, _In_ UCHAR EntrySize);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoAllocateIrp(_In_ CCHAR StackSize, _In_ BOOLEAN ChargeQuota);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoAllocateIrpEx(_In_ PDEVICE_OBJECT DeviceObject,
                                           _In_ CCHAR StackSize,
                                           _In_ BOOLEAN ChargeQuota);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PMDL NTAPI IoAllocateMdl(_In_opt_ PVOID VirtualAddress,
                                         _In_ ULONG Length,
                                         _In_ BOOLEAN SecondaryBuffer,
                                         _In_ BOOLEAN ChargeQuota,
                                         _Inout_opt_ PIRP Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIO_WORKITEM NTAPI IoAllocateWorkItem(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoAttachDevice(_In_ PDEVICE_OBJECT SourceDevice,
                                              _In_ PUNICODE_STRING TargetDevice,
                                              _Out_ PDEVICE_OBJECT *AttachedDevice);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI
    IoAttachDeviceToDeviceStack(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PIRP NTAPI IoBuildAsynchronousFsdRequest(_In_ ULONG MajorFunction,
                                                         _In_ PDEVICE_OBJECT DeviceObject,
                                                         _Inout_ PVOID Buffer,
                                                         _In_opt_ ULONG Length,
                                                         _In_opt_ PLARGE_INTEGER StartingOffset,
                                                         _In_opt_ PIO_STATUS_BLOCK IoStatusBlock);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PIRP NTAPI IoBuildDeviceIoControlRequest(_In_ ULONG IoControlCode,
                                                         _In_ PDEVICE_OBJECT DeviceObject,
                                                         _In_opt_ PVOID InputBuffer,
                                                         _In_ ULONG InputBufferLength,
                                                         _Out_opt_ PVOID OutputBuffer,
                                                         _In_ ULONG OutputBufferLength,
                                                         _In_ BOOLEAN InternalDeviceIoControl,
                                                         _In_opt_ PKEVENT Event,
                                                         _Out_ PIO_STATUS_BLOCK IoStatusBlock);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoBuildPartialMdl(_In_ PMDL SourceMdl,
                                             _Inout_ PMDL TargetMdl,
                                             _In_ PVOID VirtualAddress,
                                             _In_ ULONG Length);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PIRP NTAPI IoBuildSynchronousFsdRequest(_In_ ULONG MajorFunction,
                                                        _In_ PDEVICE_OBJECT DeviceObject,
                                                        _Inout_ PVOID Buffer,
                                                        _In_opt_ ULONG Length,
                                                        _In_opt_ PLARGE_INTEGER StartingOffset,
                                                        _In_ PKEVENT Event,
                                                        _Out_ PIO_STATUS_BLOCK IoStatusBlock);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IofCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IofCompleteRequest(_In_ PIRP Irp, _In_ CCHAR PriorityBoost);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoCancelIrp(_In_ PIRP Irp);
    NTKERNELAPI NTSTATUS NTAPI
    IoCheckLinkShareAccess(_In_ ACCESS_MASK DesiredAccess,
                           _In_ ULONG DesiredShareAccess,
                           _Inout_opt_ PFILE_OBJECT FileObject,
                           _Inout_opt_ PSHARE_ACCESS ShareAccess,
                           _Inout_opt_ PLINK_SHARE_ACCESS LinkShareAccess,
                           _In_ ULONG IoShareAccessFlags);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCheckShareAccess(_In_ ACCESS_MASK DesiredAccess,
                                                  _In_ ULONG DesiredShareAccess,
                                                  _Inout_ PFILE_OBJECT FileObject,
                                                  _Inout_ PSHARE_ACCESS ShareAccess,
                                                  _In_ BOOLEAN Update);
    NTKERNELAPI NTSTATUS NTAPI IoCheckShareAccessEx(_In_ ACCESS_MASK DesiredAccess,
                                                    _In_ ULONG DesiredShareAccess,
                                                    _Inout_ PFILE_OBJECT FileObject,
                                                    _Inout_ PSHARE_ACCESS ShareAccess,
                                                    _In_ BOOLEAN Update,
                                                    _In_ PBOOLEAN WritePermission);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoConnectInterrupt(_Out_ PKINTERRUPT *InterruptObject,
                                                  _In_ PKSERVICE_ROUTINE ServiceRoutine,
                                                  _In_opt_ PVOID ServiceContext,
                                                  _In_opt_ PKSPIN_LOCK SpinLock,
                                                  _In_ ULONG Vector,
                                                  _In_ KIRQL Irql,
                                                  _In_ KIRQL SynchronizeIrql,
                                                  _In_ KINTERRUPT_MODE InterruptMode,
                                                  _In_ BOOLEAN ShareVector,
                                                  _In_ KAFFINITY ProcessorEnableMask,
                                                  _In_ BOOLEAN FloatingSave);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoConnectInterruptEx(_Inout_ PIO_CONNECT_INTERRUPT_PARAMETERS Parameters);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCreateDevice(_In_ PDRIVER_OBJECT DriverObject,
                                              _In_ ULONG DeviceExtensionSize,
                                              _In_opt_ PUNICODE_STRING DeviceName,
                                              _In_ DEVICE_TYPE DeviceType,
                                              _In_ ULONG DeviceCharacteristics,
                                              _In_ BOOLEAN Exclusive,
                                              _Out_ PDEVICE_OBJECT *DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCreateFile(_Out_ PHANDLE FileHandle,
                                            _In_ ACCESS_MASK DesiredAccess,
                                            _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                            _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                            _In_opt_ PLARGE_INTEGER AllocationSize,
                                            _In_ ULONG FileAttributes,
                                            _In_ ULONG ShareAccess,
                                            _In_ ULONG Disposition,
                                            _In_ ULONG CreateOptions,
                                            _In_opt_ PVOID EaBuffer,
                                            _In_ ULONG EaLength,
                                            _In_ CREATE_FILE_TYPE CreateFileType,
                                            _In_opt_ PVOID InternalParameters,
                                            _In_ ULONG Options);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PKEVENT NTAPI
    IoCreateNotificationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoCreateSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName, _In_ PUNICODE_STRING DeviceName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PKEVENT NTAPI
    IoCreateSynchronizationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCreateSystemThread(_Inout_ PVOID IoObject,
                                                    _Out_ PHANDLE ThreadHandle,
                                                    _In_ ULONG DesiredAccess,
                                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                    _In_opt_ HANDLE ProcessHandle,
                                                    _Out_opt_ PCLIENT_ID ClientId,
                                                    _In_ PKSTART_ROUTINE StartRoutine,
                                                    _In_opt_ PVOID StartContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoCreateUnprotectedSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName,
                                    _In_ PUNICODE_STRING DeviceName);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoCsqInitialize(_Out_ PIO_CSQ Csq,
                    _In_ PIO_CSQ_INSERT_IRP CsqInsertIrp,
                    _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                    _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                    _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                    _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                    _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoCsqInitializeEx(_Out_ PIO_CSQ Csq,
                      _In_ PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
                      _In_ PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
                      _In_ PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
                      _In_ PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
                      _In_ PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
                      _In_ PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoCsqInsertIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIRP Irp, _Out_opt_ PIO_CSQ_IRP_CONTEXT Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCsqInsertIrpEx(_Inout_ PIO_CSQ Csq,
                                                _Inout_ PIRP Irp,
                                                _Out_opt_ PIO_CSQ_IRP_CONTEXT Context,
                                                _In_opt_ PVOID InsertContext);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoCsqRemoveIrp(_Inout_ PIO_CSQ Csq, _Inout_ PIO_CSQ_IRP_CONTEXT Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoCsqRemoveNextIrp(_Inout_ PIO_CSQ Csq, _In_opt_ PVOID PeekContext);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI IoDeleteDevice(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoDeleteSymbolicLink(_In_ PUNICODE_STRING SymbolicLinkName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoDetachDevice(_Inout_ PDEVICE_OBJECT TargetDevice);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoDisconnectInterrupt(_In_ PKINTERRUPT InterruptObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoDisconnectInterruptEx(_Inout_ PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters);
    NTKERNELAPI NTSTATUS NTAPI
    IoEnumerateKsrPersistentMemoryEx(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                     _In_ PUNICODE_STRING PhysicalDeviceId,
                                     _In_ PIO_PERSISTED_MEMORY_ENUMERATION_CALLBACK Callback,
                                     _In_ PVOID CallbackContext);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    IoForwardIrpSynchronously(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp);
    NTKERNELAPI VOID NTAPI IoFreeErrorLogEntry(_In_ PVOID ElEntry);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoFreeIrp(_In_ PIRP Irp);
    NTKERNELAPI NTSTATUS NTAPI IoFreeKsrPersistentMemory(_In_ PVOID DataHandle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoFreeMdl(_In_ PMDL Mdl);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoFreeWorkItem(_In_ PIO_WORKITEM IoWorkItem);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetAffinityInterrupt(_In_ PKINTERRUPT InterruptObject, _Out_ PGROUP_AFFINITY GroupAffinity);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetBootDiskInformation(_Inout_ PBOOTDISK_INFORMATION BootDiskInformation, _In_ ULONG Size);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetContainerInformation(_In_ IO_CONTAINER_INFORMATION_CLASS InformationClass,
                              _In_opt_ PVOID ContainerObject,
                              _Inout_ PVOID Buffer,
                              _In_ ULONG BufferLength);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PEPROCESS NTAPI IoGetCurrentProcess(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDeviceDirectory(_In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                                    _In_ DEVICE_DIRECTORY_TYPE DirectoryType,
                                                    _In_ ULONG Flags,
                                                    _In_ PVOID Reserved,
                                                    _Out_ PHANDLE DeviceDirectoryHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetDeviceInterfaceAlias(_In_ PUNICODE_STRING SymbolicLinkName,
                              _In_ CONST GUID *AliasInterfaceClassGuid,
                              _Out_ PUNICODE_STRING AliasSymbolicLinkName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetDeviceInterfacePropertyData(_In_ PUNICODE_STRING SymbolicLinkName,
                                     _In_ CONST DEVPROPKEY *PropertyKey,
                                     _In_ LCID Lcid,
                                     _In_ ULONG Flags,
                                     _In_ ULONG Size,
                                     _Out_ PVOID Data,
                                     _Out_ PULONG RequiredSize,
                                     _Out_ PDEVPROPTYPE Type);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDeviceInterfaces(_In_ CONST GUID *InterfaceClassGuid,
                                                     _In_opt_ PDEVICE_OBJECT PhysicalDeviceObject,
                                                     _In_ ULONG Flags,
                                                     _Out_ PZZWSTR *SymbolicLinkList);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetDeviceNumaNode(_In_ PDEVICE_OBJECT Pdo, _Out_ PUSHORT NodeNumber);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDeviceObjectPointer(_In_ PUNICODE_STRING ObjectName,
                                                        _In_ ACCESS_MASK DesiredAccess,
                                                        _Out_ PFILE_OBJECT *FileObject,
                                                        _Out_ PDEVICE_OBJECT *DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDeviceProperty(_In_ PDEVICE_OBJECT DeviceObject,
                                                   _In_ DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                                   _In_ ULONG BufferLength,
                                                   _Out_opt_ PVOID PropertyBuffer,
                                                   _Out_ PULONG ResultLength);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDevicePropertyData(_In_ PDEVICE_OBJECT Pdo,
                                                       _In_ CONST DEVPROPKEY *PropertyKey,
                                                       _In_ LCID Lcid,
                                                       _In_ ULONG Flags,
                                                       _In_ ULONG Size,
                                                       _Out_ PVOID Data,
                                                       _Out_ PULONG RequiredSize,
                                                       _Out_ PDEVPROPTYPE Type);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PDMA_ADAPTER NTAPI IoGetDmaAdapter(_In_opt_ PDEVICE_OBJECT PhysicalDeviceObject,
                                                   _In_ PDEVICE_DESCRIPTION DeviceDescription,
                                                   _Out_ PULONG NumberOfMapRegisters);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetDriverDirectory(_In_ PDRIVER_OBJECT DriverObject,
                                                    _In_ DRIVER_DIRECTORY_TYPE DirectoryType,
                                                    _In_ ULONG Flags,
                                                    _Out_ PHANDLE DriverDirectoryHandle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI IoGetDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject,
                                                       _In_ PVOID ClientIdentificationAddress);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI IoGetInitialStack(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI IO_PRIORITY_HINT NTAPI IoGetIoPriorityHint(_In_ PIRP Irp);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoGetIommuInterface(_In_ ULONG Version, _In_ PDMA_IOMMU_INTERFACE InterfaceOut);
    NTKERNELAPI NTSTATUS NTAPI IoGetIommuInterfaceEx(_In_ ULONG Version,
                                                     _In_ ULONGLONG Flags,
                                                     _In_ PDMA_IOMMU_INTERFACE_EX InterfaceOut);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetAttachedDevice(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(_In_ PDEVICE_OBJECT DeviceObject);
    NTKERNELAPI VOID NTAPI IoGetStackLimits(_Out_ PULONG_PTR LowLimit, _Out_ PULONG_PTR HighLimit);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoInitializeIrp(_Inout_ PIRP Irp, _In_ USHORT PacketSize, _In_ CCHAR StackSize);
    NTKERNELAPI VOID NTAPI IoInitializeIrpEx(_In_ PIRP Irp,
                                             _In_ PDEVICE_OBJECT DeviceObject,
                                             _In_ USHORT PacketSize,
                                             _In_ CCHAR StackSize);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoInitializeTimer(_In_ PDEVICE_OBJECT DeviceObject,
                                                 _In_ PIO_TIMER_ROUTINE TimerRoutine,
                                                 _In_opt_ PVOID Context);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI IoInitializeWorkItem(_In_ PVOID IoObject, _In_ PIO_WORKITEM IoWorkItem);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoInvalidateDeviceRelations(_In_ PDEVICE_OBJECT DeviceObject, _In_ DEVICE_RELATION_TYPE Type);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoInvalidateDeviceState(_In_ PDEVICE_OBJECT PhysicalDeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoIs32bitProcess(_In_opt_ PIRP Irp);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    IoIsWdmVersionAvailable(_In_ UCHAR MajorVersion, _In_ UCHAR MinorVersion);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoOpenDeviceInterfaceRegistryKey(_In_ PUNICODE_STRING SymbolicLinkName,
                                     _In_ ACCESS_MASK DesiredAccess,
                                     _Out_ PHANDLE DeviceInterfaceRegKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoOpenDeviceRegistryKey(_In_ PDEVICE_OBJECT DeviceObject,
                                                       _In_ ULONG DevInstKeyType,
                                                       _In_ ACCESS_MASK DesiredAccess,
                                                       _Out_ PHANDLE DeviceRegKey);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoOpenDriverRegistryKey(_In_ PDRIVER_OBJECT DriverObject,
                                                       _In_ DRIVER_REGKEY_TYPE RegKeyType,
                                                       _In_ ACCESS_MASK DesiredAccess,
                                                       _In_ ULONG Flags,
                                                       _Out_ PHANDLE DriverRegKey);
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryKsrPersistentMemorySize(_In_ PDRIVER_OBJECT DriverObject,
                                   _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                   _In_ PSIZE_T BufferSize);
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryKsrPersistentMemorySizeEx(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                     _In_ PUNICODE_STRING PhysicalDeviceId,
                                     _In_ PUSHORT DataTag,
                                     _In_ PULONG DataVersion,
                                     _In_ PSIZE_T BufferSize);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoQueueWorkItem(_In_ PIO_WORKITEM IoWorkItem,
                                           _In_ PIO_WORKITEM_ROUTINE WorkerRoutine,
                                           _In_ WORK_QUEUE_TYPE QueueType,
                                           _In_opt_ PVOID Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoQueueWorkItemEx(_In_ PIO_WORKITEM IoWorkItem,
                                             _In_ PIO_WORKITEM_ROUTINE_EX WorkerRoutine,
                                             _In_ WORK_QUEUE_TYPE QueueType,
                                             _In_opt_ PVOID Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoRegisterContainerNotification(_In_ IO_CONTAINER_NOTIFICATION_CLASS NotificationClass,
                                    _In_ PIO_CONTAINER_NOTIFICATION_FUNCTION CallbackFunction,
                                    _In_opt_ PVOID NotificationInformation,
                                    _In_ ULONG NotificationInformationLength,
                                    _Out_ PVOID CallbackRegistration);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoRegisterDeviceInterface(_In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                                         _In_ CONST GUID *InterfaceClassGuid,
                                                         _In_opt_ PUNICODE_STRING ReferenceString,
                                                         _Out_ PUNICODE_STRING SymbolicLinkName);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoRegisterLastChanceShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoRegisterPlugPlayNotification(_In_ IO_NOTIFICATION_EVENT_CATEGORY EventCategory,
                                   _In_ ULONG EventCategoryFlags,
                                   _In_opt_ PVOID EventCategoryData,
                                   _In_ PDRIVER_OBJECT DriverObject,
                                   _In_ PDRIVER_NOTIFICATION_CALLBACK_ROUTINE CallbackRoutine,
                                   _In_opt_ PVOID Context,
                                   _Out_ PVOID *NotificationEntry);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoRegisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoReleaseCancelSpinLock(_In_ KIRQL Irql);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoRemoveLinkShareAccess(_In_ PFILE_OBJECT FileObject,
                                                   _Inout_ PSHARE_ACCESS ShareAccess,
                                                   _Inout_opt_ PLINK_SHARE_ACCESS LinkShareAccess);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoRemoveLinkShareAccessEx(_In_ PFILE_OBJECT FileObject,
                                                     _Inout_ PSHARE_ACCESS ShareAccess,
                                                     _Inout_opt_ PLINK_SHARE_ACCESS LinkShareAccess,
                                                     _In_ ULONG IoShareAccessFlags);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoRemoveShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoReportInterruptActive(_In_ PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoReportInterruptInactive(_In_ PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS Parameters);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoReportTargetDeviceChange(_In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                                          _In_ PVOID NotificationStructure);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoReportTargetDeviceChangeAsynchronous(_In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                           _In_ PVOID NotificationStructure,
                                           _In_opt_ PDEVICE_CHANGE_COMPLETE_CALLBACK Callback,
                                           _Inout_ PVOID Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoRequestDeviceEject(_In_ PDEVICE_OBJECT PhysicalDeviceObject);
    NTKERNELAPI NTSTATUS NTAPI
    IoReserveKsrPersistentMemory(_In_ PDRIVER_OBJECT DriverObject,
                                 _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                 _In_ SIZE_T Size,
                                 _In_ ULONG Flags,
                                 _Inout_ PVOID *DataHandle);
    NTKERNELAPI NTSTATUS NTAPI
    IoReserveKsrPersistentMemoryEx(_In_ PDRIVER_OBJECT DriverObject,
                                   _In_ PDEVICE_OBJECT PhysicalDeviceObject,
                                   _In_ PUNICODE_STRING PhysicalDeviceId,
                                   _In_ PUSHORT DataTag,
                                   _In_ ULONG DataVersion,
                                   _In_ SIZE_T Size,
                                   _In_ ULONG Flags,
                                   _Inout_ PVOID *DataHandle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoReuseIrp(_Inout_ PIRP Irp, _In_ NTSTATUS Iostatus);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoSetCompletionRoutineEx(_In_ PDEVICE_OBJECT DeviceObject,
                             _In_ PIRP Irp,
                             _In_ PIO_COMPLETION_ROUTINE CompletionRoutine,
                             _In_opt_ PVOID Context,
                             _In_ BOOLEAN InvokeOnSuccess,
                             _In_ BOOLEAN InvokeOnError,
                             _In_ BOOLEAN InvokeOnCancel);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoSetDeviceInterfacePropertyData(_In_ PUNICODE_STRING SymbolicLinkName,
                                     _In_ CONST DEVPROPKEY *PropertyKey,
                                     _In_ LCID Lcid,
                                     _In_ ULONG Flags,
                                     _In_ DEVPROPTYPE Type,
                                     _In_ ULONG Size,
                                     _In_opt_ PVOID Data);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoSetDeviceInterfaceState(_In_ PUNICODE_STRING SymbolicLinkName, _In_ BOOLEAN Enable);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoSetDevicePropertyData(_In_ PDEVICE_OBJECT Pdo,
                                                       _In_ CONST DEVPROPKEY *PropertyKey,
                                                       _In_ LCID Lcid,
                                                       _In_ ULONG Flags,
                                                       _In_ DEVPROPTYPE Type,
                                                       _In_ ULONG Size,
                                                       _In_opt_ PVOID Data);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoSetIoPriorityHint(_In_ PIRP Irp, _In_ IO_PRIORITY_HINT PriorityHint);
    NTKERNELAPI VOID NTAPI IoSetLinkShareAccess(_In_ ACCESS_MASK DesiredAccess,
                                                _In_ ULONG DesiredShareAccess,
                                                _Inout_ PFILE_OBJECT FileObject,
                                                _Inout_ PSHARE_ACCESS ShareAccess,
                                                _Inout_opt_ PLINK_SHARE_ACCESS LinkShareAccess,
                                                _In_ ULONG IoShareAccessFlags);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoSetShareAccess(_In_ ACCESS_MASK DesiredAccess,
                                            _In_ ULONG DesiredShareAccess,
                                            _Inout_ PFILE_OBJECT FileObject,
                                            _Out_ PSHARE_ACCESS ShareAccess);
    NTKERNELAPI VOID NTAPI IoSetShareAccessEx(_In_ ACCESS_MASK DesiredAccess,
                                              _In_ ULONG DesiredShareAccess,
                                              _Inout_ PFILE_OBJECT FileObject,
                                              _Out_ PSHARE_ACCESS ShareAccess,
                                              _In_opt_ PBOOLEAN WritePermission);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI IoSizeofWorkItem(VOID);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoStartNextPacket(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN Cancelable);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoStartNextPacketByKey(_In_ PDEVICE_OBJECT DeviceObject,
                                                  _In_ BOOLEAN Cancelable,
                                                  _In_ ULONG Key);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoStartPacket(_In_ PDEVICE_OBJECT DeviceObject,
                                         _In_ PIRP Irp,
                                         _In_opt_ PULONG Key,
                                         _In_opt_ PDRIVER_CANCEL CancelFunction);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI IoSetStartIoAttributes(_In_ PDEVICE_OBJECT DeviceObject,
                                                  _In_ BOOLEAN DeferredStartIo,
                                                  _In_ BOOLEAN NonCancelable);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoStartTimer(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoStopTimer(_In_ PDEVICE_OBJECT DeviceObject);
    NTKERNELAPI NTSTATUS NTAPI
    IoSynchronousCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _In_ PIRP Irp);
    NTKERNELAPI BOOLEAN NTAPI IoTranslateBusAddress(_In_ INTERFACE_TYPE InterfaceType,
                                                    _In_ ULONG BusNumber,
                                                    _In_ PHYSICAL_ADDRESS BusAddress,
                                                    _In_ PULONG AddressSpace,
                                                    _In_ PPHYSICAL_ADDRESS TranslatedAddress);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI IoUninitializeWorkItem(_In_ PIO_WORKITEM IoWorkItem);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI IoUnregisterContainerNotification(_In_ PVOID CallbackRegistration);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoUnregisterPlugPlayNotification(_In_ PVOID NotificationEntry);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoUnregisterPlugPlayNotificationEx(_In_ PVOID NotificationEntry);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoUnregisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoUpdateLinkShareAccess(_In_ PFILE_OBJECT FileObject,
                                                   _Inout_ PSHARE_ACCESS ShareAccess,
                                                   _Inout_opt_ PLINK_SHARE_ACCESS LinkShareAccess);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoUpdateLinkShareAccessEx(_In_ PFILE_OBJECT FileObject,
                                                     _In_ PSHARE_ACCESS ShareAccess,
                                                     _In_ PLINK_SHARE_ACCESS LinkShareAccess,
                                                     _In_ ULONG IoShareAccessFlags);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoUpdateShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoValidateDeviceIoControlAccess(_In_ PIRP Irp, _In_ ULONG RequiredAccess);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIAllocateInstanceIds(_In_ LPCGUID Guid,
                                                        _In_ ULONG InstanceCount,
                                                        _Out_ PULONG FirstInstanceId);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIDeviceObjectToInstanceName(_In_ PVOID DataBlockObject,
                                                               _In_ PDEVICE_OBJECT DeviceObject,
                                                               _Out_ PUNICODE_STRING InstanceName);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG NTAPI IoWMIDeviceObjectToProviderId(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIExecuteMethod(_In_ PVOID DataBlockObject,
                                                  _In_ PUNICODE_STRING InstanceName,
                                                  _In_ ULONG MethodId,
                                                  _In_ ULONG InBufferSize,
                                                  _Inout_ PULONG OutBufferSize,
                                                  _Inout_ PUCHAR InOutBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIHandleToInstanceName(_In_ PVOID DataBlockObject,
                                                         _In_ HANDLE FileHandle,
                                                         _Out_ PUNICODE_STRING InstanceName);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoWMIOpenBlock(_In_ LPCGUID Guid, _In_ ULONG DesiredAccess, _Out_ PVOID *DataBlockObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIQueryAllData(_In_ PVOID DataBlockObject,
                                                 _Inout_ PULONG InOutBufferSize,
                                                 _Out_opt_ PVOID OutBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIQueryAllDataMultiple(_In_ PVOID *DataBlockObjectList,
                                                         _In_ ULONG ObjectCount,
                                                         _Inout_ PULONG InOutBufferSize,
                                                         _Out_opt_ PVOID OutBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIQuerySingleInstance(_In_ PVOID DataBlockObject,
                                                        _In_ PUNICODE_STRING InstanceName,
                                                        _Inout_ PULONG InOutBufferSize,
                                                        _Out_opt_ PVOID OutBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIQuerySingleInstanceMultiple(_In_ PVOID *DataBlockObjectList,
                                                                _In_ PUNICODE_STRING InstanceNames,
                                                                _In_ ULONG ObjectCount,
                                                                _Inout_ PULONG InOutBufferSize,
                                                                _Out_opt_ PVOID OutBuffer);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoWMIRegistrationControl(_In_ PDEVICE_OBJECT DeviceObject, _In_ ULONG Action);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMISetNotificationCallback(_Inout_ PVOID Object,
                                                            _In_ WMI_NOTIFICATION_CALLBACK Callback,
                                                            _In_opt_ PVOID Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMISetSingleInstance(_In_ PVOID DataBlockObject,
                                                      _In_ PUNICODE_STRING InstanceName,
                                                      _In_ ULONG Version,
                                                      _In_ ULONG ValueBufferSize,
                                                      _In_ PVOID ValueBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMISetSingleItem(_In_ PVOID DataBlockObject,
                                                  _In_ PUNICODE_STRING InstanceName,
                                                  _In_ ULONG DataItemId,
                                                  _In_ ULONG Version,
                                                  _In_ ULONG ValueBufferSize,
                                                  _In_ PVOID ValueBuffer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoWMISuggestInstanceName(_In_opt_ PDEVICE_OBJECT PhysicalDeviceObject,
                             _In_opt_ PUNICODE_STRING SymbolicLinkName,
                             _In_ BOOLEAN CombineNames,
                             _Out_ PUNICODE_STRING SuggestedInstanceName);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoWMIWriteEvent(_Inout_ PVOID WnodeEventItem);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI ULONG NTAPI IoWithinStackLimits(_In_ ULONG_PTR RegionStart, _In_ SIZE_T RegionSize);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoWriteErrorLogEntry(_In_ PVOID ElEntry);
    NTKERNELAPI NTSTATUS NTAPI
    IoWriteKsrPersistentMemory(_In_ PVOID DataHandle, _In_ PVOID Buffer, _In_ SIZE_T Size);

#ifdef __cplusplus
}
#endif

#endif
