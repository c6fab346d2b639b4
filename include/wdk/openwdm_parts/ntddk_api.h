// SPDX-License-Identifier: MIT
// Owns the prototypes of ke, mm, ex, io, hal and debugger routines that only ntddk.h declares.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTDDK_API_H
#define OPENWDM_NTDDK_API_H

#include <openwdm_parts/ntddk_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    // Kernel core.
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeAreApcsDisabled(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI KeBugCheck(_In_ ULONG BugCheckCode);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeEnterCriticalRegion(VOID);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeEnterGuardedRegion(VOID);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCallout(_In_ PEXPAND_STACK_CALLOUT Callout,
                                                             _In_opt_ PVOID Parameter,
                                                             _In_ SIZE_T Size);
    NTKERNELAPI NTSTATUS NTAPI KeExpandKernelStackAndCalloutEx(_In_ PEXPAND_STACK_CALLOUT Callout,
                                                               _In_ PVOID Parameter,
                                                               _In_ SIZE_T Size,
                                                               _In_ BOOLEAN Wait,
                                                               _In_ PVOID Context);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI KeGetCurrentNodeNumber(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeGetCurrentProcessorNumberEx(_Out_opt_ PPROCESSOR_NUMBER ProcNumber);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeInitializeCrashDumpHeader(_In_ ULONG DumpType,
                                                           _In_ ULONG Flags,
                                                           _Out_ PVOID Buffer,
                                                           _In_ ULONG BufferSize,
                                                           _Out_opt_ PULONG BufferNeeded);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeInvalidateAllCaches(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInvalidateRangeAllCaches(_In_ PVOID BaseAddress, _In_ ULONG Length);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeLeaveCriticalRegion(VOID);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeLeaveGuardedRegion(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI
    KePulseEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI KeQueryActiveGroupCount(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCount(_Out_opt_ PKAFFINITY ActiveProcessors);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryActiveProcessorCountEx(_In_ USHORT GroupNumber);
    NTKERNELAPI KAFFINITY NTAPI KeQueryActiveProcessors(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI KAFFINITY NTAPI KeQueryGroupAffinity(_In_ USHORT GroupNumber);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeQueryHardwareCounterConfiguration(_Out_ PHARDWARE_COUNTER CounterArray,
                                        _In_ ULONG MaximumCount,
                                        _Out_ PULONG Count);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI KeQueryHighestNodeNumber(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI KeQueryMaximumGroupCount(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCount(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryMaximumProcessorCountEx(_In_ USHORT GroupNumber);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI USHORT NTAPI KeQueryNodeMaximumProcessorCount(_In_ USHORT NodeNumber);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI KIRQL NTAPI KeRaiseIrqlToDpcLevel(VOID);
    NTKERNELAPI KIRQL NTAPI KeRaiseIrqlToSynchLevel(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI LONG NTAPI KeSetBasePriorityThread(_Inout_ PKTHREAD Thread, _In_ LONG Increment);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeSetHardwareCounterConfiguration(_In_ PHARDWARE_COUNTER CounterArray, _In_ ULONG Count);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeSetImportanceDpc(_Inout_ PRKDPC Dpc, _In_ KDPC_IMPORTANCE Importance);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeSetTargetProcessorDpc(_Inout_ PRKDPC Dpc, _In_ CCHAR Number);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeGetProcessorIndexFromNumber(_In_ PPROCESSOR_NUMBER ProcNumber);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeGetProcessorNumberFromIndex(_In_ ULONG ProcIndex, _Out_ PPROCESSOR_NUMBER ProcNumber);
    // Memory.
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmAddPhysicalMemory(_In_ PPHYSICAL_ADDRESS StartAddress, _In_ PLARGE_INTEGER NumberOfBytes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    MmAllocateContiguousMemory(_In_ SIZE_T NumberOfBytes,
                               _In_ PHYSICAL_ADDRESS HighestAcceptableAddress);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    MmAllocateContiguousMemorySpecifyCache(_In_ SIZE_T NumberOfBytes,
                                           _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                           _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                           _In_opt_ PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                           _In_ MEMORY_CACHING_TYPE CacheType);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    MmAllocateContiguousMemorySpecifyCacheNode(_In_ SIZE_T NumberOfBytes,
                                               _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                               _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                               _In_opt_ PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                               _In_ MEMORY_CACHING_TYPE CacheType,
                                               _In_ NODE_REQUIREMENT PreferredNode);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    MmAllocateContiguousNodeMemory(_In_ SIZE_T NumberOfBytes,
                                   _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                   _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                   _In_opt_ PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                   _In_ ULONG Protect,
                                   _In_ NODE_REQUIREMENT PreferredNode);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI MmAllocateNonCachedMemory(_In_ SIZE_T NumberOfBytes);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI MmCopyMemory(_In_ PVOID TargetAddress,
                                            _In_ MM_COPY_ADDRESS SourceAddress,
                                            _In_ SIZE_T NumberOfBytes,
                                            _In_ ULONG Flags,
                                            _Out_ PSIZE_T NumberOfBytesTransferred);
    _IRQL_requires_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmFreeContiguousMemory(_In_ PVOID BaseAddress);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI MmFreeContiguousMemorySpecifyCache(_In_ PVOID BaseAddress,
                                                              _In_ SIZE_T NumberOfBytes,
                                                              _In_ MEMORY_CACHING_TYPE CacheType);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmFreeNonCachedMemory(_In_ PVOID BaseAddress, _In_ SIZE_T NumberOfBytes);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PHYSICAL_ADDRESS NTAPI MmGetPhysicalAddress(_In_ PVOID BaseAddress);
    NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI MmGetPhysicalMemoryRanges(VOID);
    NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI
    MmGetPhysicalMemoryRangesEx(_In_ PVOID PartitionObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PPHYSICAL_MEMORY_RANGE NTAPI
    MmGetPhysicalMemoryRangesEx2(_In_ PVOID PartitionObject, _In_ ULONG Flags);
    NTKERNELAPI PVOID NTAPI MmGetVirtualForPhysical(_In_ PHYSICAL_ADDRESS PhysicalAddress);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI MmIsAddressValid(_In_ PVOID VirtualAddress);
    NTKERNELAPI LOGICAL NTAPI
    MmIsIoSpaceActive(_In_ PHYSICAL_ADDRESS StartAddress, _In_ SIZE_T NumberOfBytes);
    NTKERNELAPI BOOLEAN NTAPI MmIsNonPagedSystemAddressValid(_In_ PVOID VirtualAddress);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI MmIsThisAnNtAsSystem(VOID);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmLockPagableSectionByHandle(_In_ PVOID ImageSectionHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmMapViewInSystemSpace(_In_ PVOID Section, _Inout_ PVOID *MappedBase, _In_ PSIZE_T ViewSize);
    NTKERNELAPI NTSTATUS NTAPI MmMapViewInSystemSpaceEx(_In_ PVOID Section,
                                                        _Inout_ PVOID *MappedBase,
                                                        _In_ PSIZE_T ViewSize,
                                                        _In_ PLARGE_INTEGER SectionOffset,
                                                        _In_ ULONG_PTR Flags);
    NTKERNELAPI NTSTATUS NTAPI
    MmRemovePhysicalMemory(_In_ PPHYSICAL_ADDRESS StartAddress, _In_ PLARGE_INTEGER NumberOfBytes);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI HANDLE NTAPI
    MmSecureVirtualMemory(_In_ PVOID Address, _In_ SIZE_T Size, _In_ ULONG ProbeMode);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI HANDLE NTAPI MmSecureVirtualMemoryEx(_In_ PVOID Address,
                                                     _In_ SIZE_T Size,
                                                     _In_ ULONG ProbeMode,
                                                     _In_ ULONG Flags);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI MmUnmapViewInSystemSpace(_In_ PVOID MappedBase);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmUnsecureVirtualMemory(_In_ HANDLE SecureHandle);
    // Executive.
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI ExRaiseAccessViolation(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI ExRaiseDatatypeMisalignment(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(_Out_ UUID *Uuid);
    NTKERNELAPI BOOLEAN NTAPI ExVerifySuite(_In_ SUITE_TYPE SuiteType);
    NTKERNELAPI VOID NTAPI
    ExEnterCriticalRegionAndAcquireFastMutexUnsafe(_In_ PFAST_MUTEX FastMutex);
    NTKERNELAPI VOID NTAPI
    ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(_In_ PFAST_MUTEX FastMutex);
    NTKERNELAPI BOOLEAN NTAPI ExTryToAcquireResourceExclusiveLite(_In_ PERESOURCE Resource);
    // I/O.
    NTKERNELAPI NTSTATUS NTAPI IoAllocateAdapterChannel(_In_ PADAPTER_OBJECT AdapterObject,
                                                        _In_ PDEVICE_OBJECT DeviceObject,
                                                        _In_ ULONG NumberOfMapRegisters,
                                                        _In_ PDRIVER_CONTROL ExecutionRoutine,
                                                        _In_ PVOID Context);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoAllocateController(_In_ PCONTROLLER_OBJECT ControllerObject,
                                                _In_ PDEVICE_OBJECT DeviceObject,
                                                _In_ PDRIVER_CONTROL ExecutionRoutine,
                                                _In_opt_ PVOID Context);
    NTKERNELAPI NTSTATUS NTAPI
    IoAttachDeviceByPointer(_In_ PDEVICE_OBJECT SourceDevice, _In_ PDEVICE_OBJECT TargetDevice);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoAttachDeviceToDeviceStackSafe(_In_ PDEVICE_OBJECT SourceDevice,
                                    _In_ PDEVICE_OBJECT TargetDevice,
                                    _Out_ PDEVICE_OBJECT *AttachedToDeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoCancelFileOpen(_In_ PDEVICE_OBJECT DeviceObject, _In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LPCGUID NTAPI IoClearActivityIdThread(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PCONTROLLER_OBJECT NTAPI IoCreateController(_In_ ULONG Size);
    NTKERNELAPI NTSTATUS NTAPI
    IoCreateDisk(_In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PCREATE_DISK Disk);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoCreateFileEx(_Out_ PHANDLE FileHandle,
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
                                              _In_ ULONG Options,
                                              _In_opt_ PIO_DRIVER_CREATE_CONTEXT DriverContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoCreateFileSpecifyDeviceObjectHint(_Out_ PHANDLE FileHandle,
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
                                        _In_ ULONG Options,
                                        _In_opt_ PVOID DeviceObject);
    NTKERNELAPI NTSTATUS NTAPI
    IoDecrementKeepAliveCount(_Inout_ PFILE_OBJECT FileObject, _Inout_ PEPROCESS Process);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI IoDeleteController(_In_ PCONTROLLER_OBJECT ControllerObject);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI IoFreeController(_In_ PCONTROLLER_OBJECT ControllerObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoGetActivityIdIrp(_In_ PIRP Irp, _Out_ LPGUID Guid);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LPCGUID NTAPI IoGetActivityIdThread(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PCONFIGURATION_INFORMATION NTAPI IoGetConfigurationInformation(VOID);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PEPROCESS NTAPI IoGetInitiatorProcess(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI POPLOCK_KEY_ECP_CONTEXT NTAPI IoGetOplockKeyContext(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI POPLOCK_KEY_CONTEXT NTAPI IoGetOplockKeyContextEx(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI IO_PAGING_PRIORITY NTAPI IoGetPagingIoPriority(_In_ PIRP Irp);
    NTKERNELAPI PIO_FOEXT_SHADOW_FILE NTAPI
    IoGetShadowFileInformation(_In_ PFILE_OBJECT FileObject);
    NTKERNELAPI PIO_FOEXT_SILO_PARAMETERS NTAPI IoGetSiloParameters(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PTXN_PARAMETER_BLOCK NTAPI
    IoGetTransactionParameterBlock(_In_ PFILE_OBJECT FileObject);
    NTKERNELAPI NTSTATUS NTAPI
    IoIncrementKeepAliveCount(_Inout_ PFILE_OBJECT FileObject, _Inout_ PEPROCESS Process);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoIsFileObjectIgnoringSharing(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoIsFileOriginRemote(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PIRP NTAPI IoMakeAssociatedIrp(_In_ PIRP Irp, _In_ CCHAR StackSize);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoPropagateActivityIdToThread(_In_ PIRP Irp,
                                                             _Out_ LPGUID PropagatedId,
                                                             _Inout_ LPCGUID *OriginalId);
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryDeviceDescription(_In_ PINTERFACE_TYPE BusType,
                             _In_ PULONG BusNumber,
                             _In_ PCONFIGURATION_TYPE ControllerType,
                             _In_ PULONG ControllerNumber,
                             _In_ PCONFIGURATION_TYPE PeripheralType,
                             _In_ PULONG PeripheralNumber,
                             _In_ PIO_QUERY_DEVICE_ROUTINE CalloutRoutine,
                             _In_ PVOID Context);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoQueryFullDriverPath(_In_ PDRIVER_OBJECT DriverObject, _Out_ PUNICODE_STRING FullPath);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoRaiseHardError(_In_ PIRP Irp, _In_opt_ PVPB Vpb, _In_ PDEVICE_OBJECT RealDeviceObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoRaiseInformationalHardError(_In_ NTSTATUS ErrorStatus,
                                                            _In_opt_ PUNICODE_STRING String,
                                                            _In_opt_ PKTHREAD Thread);
    NTKERNELAPI NTSTATUS NTAPI IoReadDiskSignature(_In_ PDEVICE_OBJECT DeviceObject,
                                                   _In_ ULONG BytesPerSector,
                                                   _Out_ PDISK_SIGNATURE Signature);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoReadPartitionTable(_In_ PDEVICE_OBJECT DeviceObject,
                         _In_ ULONG SectorSize,
                         _In_ BOOLEAN ReturnRecognizedPartitions,
                         _Out_ PDRIVE_LAYOUT_INFORMATION *PartitionBuffer);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoReadPartitionTableEx(_In_ PDEVICE_OBJECT DeviceObject,
                           _Inout_ PDRIVE_LAYOUT_INFORMATION_EX *DriveLayout);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PVOID NTAPI
    IoRegisterBootDriverCallback(_In_ PBOOT_DRIVER_CALLBACK_FUNCTION CallbackFunction,
                                 _In_opt_ PVOID CallbackContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoRegisterBootDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                         _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                         _In_opt_ PVOID Context);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoRegisterDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                     _In_opt_ PVOID Context);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoReportDetectedDevice(_In_ PDRIVER_OBJECT DriverObject,
                           _In_ INTERFACE_TYPE LegacyBusType,
                           _In_ ULONG BusNumber,
                           _In_ ULONG SlotNumber,
                           _In_opt_ PCM_RESOURCE_LIST ResourceList,
                           _In_opt_ PIO_RESOURCE_REQUIREMENTS_LIST ResourceRequirements,
                           _In_ BOOLEAN ResourceAssigned,
                           _Inout_ PDEVICE_OBJECT *DeviceObject);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoReportResourceForDetection(_In_ PDRIVER_OBJECT DriverObject,
                                                            _In_opt_ PCM_RESOURCE_LIST DriverList,
                                                            _In_opt_ ULONG DriverListSize,
                                                            _In_opt_ PDEVICE_OBJECT DeviceObject,
                                                            _In_opt_ PCM_RESOURCE_LIST DeviceList,
                                                            _In_opt_ ULONG DeviceListSize,
                                                            _Out_ PBOOLEAN ConflictDetected);
    NTKERNELAPI NTSTATUS NTAPI IoReportResourceUsage(_In_ PUNICODE_STRING DriverClassName,
                                                     _In_ PDRIVER_OBJECT DriverObject,
                                                     _In_ PCM_RESOURCE_LIST DriverList,
                                                     _In_ ULONG DriverListSize,
                                                     _In_ PDEVICE_OBJECT DeviceObject,
                                                     _In_ PCM_RESOURCE_LIST DeviceList,
                                                     _In_ ULONG DeviceListSize,
                                                     _In_ BOOLEAN OverrideConflict,
                                                     _In_ PBOOLEAN ConflictDetected);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoReportRootDevice(_In_ PDRIVER_OBJECT DriverObject);
    NTKERNELAPI NTSTATUS NTAPI IoSetActivityIdIrp(_In_ PIRP Irp, _In_opt_ LPCGUID Guid);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LPCGUID NTAPI IoSetActivityIdThread(_In_ LPCGUID ActivityId);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoSetFileObjectIgnoreSharing(_In_ PFILE_OBJECT FileObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoSetFileOrigin(_In_ PFILE_OBJECT FileObject, _In_ BOOLEAN Remote);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoSetHardErrorOrVerifyDevice(_In_ PIRP Irp, _In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI IoSetMasterIrpStatus(_Inout_ PIRP MasterIrp, _In_ NTSTATUS Status);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoSetPartitionInformation(_In_ PDEVICE_OBJECT DeviceObject,
                                                         _In_ ULONG SectorSize,
                                                         _In_ ULONG PartitionNumber,
                                                         _In_ ULONG PartitionType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoSetPartitionInformationEx(_In_ PDEVICE_OBJECT DeviceObject,
                                _In_ ULONG PartitionNumber,
                                _In_ PSET_PARTITION_INFORMATION_EX PartitionInfo);
    NTKERNELAPI NTSTATUS NTAPI IoSetShadowFileInformation(_In_ PFILE_OBJECT FileObject,
                                                          _In_ PFILE_OBJECT BackingFileObject,
                                                          _In_ PVOID BackingFltInstance);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI IoSetSystemPartition(_In_ PUNICODE_STRING VolumeNameString);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI IoSetThreadHardErrorMode(_In_ BOOLEAN EnableHardErrors);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    IoTransferActivityId(_In_ LPCGUID ActivityId, _In_ LPCGUID RelatedActivityId);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI IoUnregisterBootDriverCallback(_In_ PVOID CallbackHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoVerifyPartitionTable(_In_ PDEVICE_OBJECT DeviceObject, _In_ BOOLEAN FixErrors);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoVolumeDeviceToDosName(_In_ PVOID VolumeDeviceObject, _Out_ PUNICODE_STRING DosName);
    NTKERNELAPI NTSTATUS NTAPI
    IoVolumeDeviceToGuid(_In_ PVOID VolumeDeviceObject, _Inout_ GUID *VolumeGuid);
    NTKERNELAPI NTSTATUS NTAPI
    IoVolumeDeviceToGuidPath(_In_ PVOID VolumeDeviceObject, _In_ PUNICODE_STRING GuidPath);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoWritePartitionTable(_In_ PDEVICE_OBJECT DeviceObject,
                          _In_ ULONG SectorSize,
                          _In_ ULONG SectorsPerTrack,
                          _In_ ULONG NumberOfHeads,
                          _In_ PDRIVE_LAYOUT_INFORMATION PartitionBuffer);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    IoWritePartitionTableEx(_In_ PDEVICE_OBJECT DeviceObject,
                            _In_ PDRIVE_LAYOUT_INFORMATION_EX DriveLayout);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI FsRtlIsTotalDeviceFailure(_In_ NTSTATUS Status);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    SeSinglePrivilegeCheck(_In_ LUID PrivilegeValue, _In_ KPROCESSOR_MODE PreviousMode);
    NTKERNELAPI ULONG NTAPI DbgPrompt(_In_ PCCH Prompt, _Out_ PCH Response, _In_ ULONG Length);
    // Hardware.
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTHALAPI NTSTATUS NTAPI
    HalAllocateHardwareCounters(_In_ PGROUP_AFFINITY GroupAffinty,
                                _In_ ULONG GroupCount,
                                _In_ PPHYSICAL_COUNTER_RESOURCE_LIST ResourceList,
                                _Out_ PHANDLE CounterSetHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTHALAPI VOID NTAPI HalExamineMBR(_In_ PDEVICE_OBJECT DeviceObject,
                                      _In_ ULONG SectorSize,
                                      _In_ ULONG MBRTypeIdentifier,
                                      _Out_ PVOID *Buffer);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTHALAPI NTSTATUS NTAPI HalFreeHardwareCounters(_In_ HANDLE CounterSetHandle);
    NTHALAPI ULONG NTAPI HalGetBusData(_In_ BUS_DATA_TYPE BusDataType,
                                       _In_ ULONG BusNumber,
                                       _In_ ULONG SlotNumber,
                                       _In_ PVOID Buffer,
                                       _In_ ULONG Length);
    NTHALAPI ULONG NTAPI HalGetBusDataByOffset(_In_ BUS_DATA_TYPE BusDataType,
                                               _In_ ULONG BusNumber,
                                               _In_ ULONG SlotNumber,
                                               _In_ PVOID Buffer,
                                               _In_ ULONG Offset,
                                               _In_ ULONG Length);
    NTHALAPI ULONG NTAPI HalSetBusData(_In_ BUS_DATA_TYPE BusDataType,
                                       _In_ ULONG BusNumber,
                                       _In_ ULONG SlotNumber,
                                       _In_ PVOID Buffer,
                                       _In_ ULONG Length);
    NTHALAPI ULONG NTAPI HalSetBusDataByOffset(_In_ BUS_DATA_TYPE BusDataType,
                                               _In_ ULONG BusNumber,
                                               _In_ ULONG SlotNumber,
                                               _In_ PVOID Buffer,
                                               _In_ ULONG Offset,
                                               _In_ ULONG Length);
    NTHALAPI BOOLEAN NTAPI HalTranslateBusAddress(_In_ INTERFACE_TYPE InterfaceType,
                                                  _In_ ULONG BusNumber,
                                                  _In_ PHYSICAL_ADDRESS BusAddress,
                                                  _In_ PULONG AddressSpace,
                                                  _In_ PPHYSICAL_ADDRESS TranslatedAddress);
    NTHALAPI ULONG NTAPI HalGetInterruptVector(_In_ INTERFACE_TYPE InterfaceType,
                                               _In_ ULONG BusNumber,
                                               _In_ ULONG BusInterruptLevel,
                                               _In_ ULONG BusInterruptVector,
                                               _In_ PKIRQL Irql,
                                               _In_ PKAFFINITY Affinity);
    NTHALAPI NTSTATUS NTAPI HalAssignSlotResources(_In_ PUNICODE_STRING RegistryPath,
                                                   _In_ PUNICODE_STRING DriverClassName,
                                                   _In_ PDRIVER_OBJECT DriverObject,
                                                   _In_ PDEVICE_OBJECT DeviceObject,
                                                   _In_ INTERFACE_TYPE BusType,
                                                   _In_ ULONG BusNumber,
                                                   _In_ ULONG SlotNumber,
                                                   _Inout_ PCM_RESOURCE_LIST *AllocatedResources);
    NTHALAPI PADAPTER_OBJECT NTAPI
    HalGetAdapter(_In_ PDEVICE_DESCRIPTION DeviceDescription, _In_ PULONG NumberOfMapRegisters);
    NTHALAPI PVOID NTAPI HalAllocateCommonBuffer(_In_ PDMA_ADAPTER DmaAdapter,
                                                 _In_ ULONG Length,
                                                 _In_ PPHYSICAL_ADDRESS LogicalAddress,
                                                 _In_ BOOLEAN CacheEnabled);
    NTHALAPI VOID NTAPI HalFreeCommonBuffer(_In_ PDMA_ADAPTER DmaAdapter,
                                            _In_ ULONG Length,
                                            _In_ PHYSICAL_ADDRESS LogicalAddress,
                                            _In_ PVOID VirtualAddress,
                                            _In_ BOOLEAN CacheEnabled);

#ifdef __cplusplus
}
#endif

#endif
