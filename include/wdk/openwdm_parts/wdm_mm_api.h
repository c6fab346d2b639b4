// SPDX-License-Identifier: MIT
// Owns the prototypes of the memory manager in wdm.h.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_MM_API_H
#define OPENWDM_WDM_MM_API_H

#include <openwdm_parts/wdm_mm_types.h>
#include <openwdm_parts/wdm_io_types.h>
#include <openwdm_parts/wdm_file_info.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI MmAdvanceMdl(_Inout_ PMDL Mdl, _In_ ULONG NumberOfBytes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmAllocateContiguousMemoryEx(_In_ PSIZE_T NumberOfBytes,
                                 _In_ PHYSICAL_ADDRESS LowestAcceptableAddress,
                                 _In_ PHYSICAL_ADDRESS HighestAcceptableAddress,
                                 _In_ PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                 _In_ NODE_REQUIREMENT PreferredNode,
                                 _In_ ULONG Protect,
                                 _In_opt_ PVOID PartitionObject,
                                 _In_ ULONG Tag,
                                 _In_ ULONG Flags,
                                 _Out_ PVOID *BaseAddress);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI MmAllocateMappingAddress(_In_ SIZE_T NumberOfBytes, _In_ ULONG PoolTag);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI
    MmAllocateMappingAddressEx(_In_ SIZE_T NumberOfBytes, _In_ ULONG PoolTag, _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmAllocateMdlForIoSpace(_In_ PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList,
                            _In_ SIZE_T NumberOfEntries,
                            _Out_ PMDL *NewMdl);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PMDL NTAPI MmAllocateNodePagesForMdlEx(_In_ PHYSICAL_ADDRESS LowAddress,
                                                       _In_ PHYSICAL_ADDRESS HighAddress,
                                                       _In_ PHYSICAL_ADDRESS SkipBytes,
                                                       _In_ SIZE_T TotalBytes,
                                                       _In_ MEMORY_CACHING_TYPE CacheType,
                                                       _In_ ULONG IdealNode,
                                                       _In_ ULONG Flags);
    NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdl(_In_ PHYSICAL_ADDRESS LowAddress,
                                                 _In_ PHYSICAL_ADDRESS HighAddress,
                                                 _In_ PHYSICAL_ADDRESS SkipBytes,
                                                 _In_ SIZE_T TotalBytes);
    NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdlEx(_In_ PHYSICAL_ADDRESS LowAddress,
                                                   _In_ PHYSICAL_ADDRESS HighAddress,
                                                   _In_ PHYSICAL_ADDRESS SkipBytes,
                                                   _In_ SIZE_T TotalBytes,
                                                   _In_ MEMORY_CACHING_TYPE CacheType,
                                                   _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI MmBuildMdlForNonPagedPool(_Inout_ PMDL MemoryDescriptorList);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmFreeMappingAddress(_In_ PVOID BaseAddress, _In_ ULONG PoolTag);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmFreePagesFromMdl(_In_ PMDL MemoryDescriptorList);
    NTKERNELAPI VOID NTAPI MmFreePagesFromMdlEx(_In_ PMDL MemoryDescriptorList, _In_ ULONG Flags);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PVOID NTAPI MmGetSystemRoutineAddress(_In_ PUNICODE_STRING SystemRoutineName);
    NTKERNELAPI PVOID NTAPI
    MmGetSystemRoutineAddressEx(_In_ PUNICODE_STRING ModuleName, _In_ PCSTR FunctionName);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI LOGICAL NTAPI MmIsDriverSuspectForVerifier(_In_ PDRIVER_OBJECT DriverObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI LOGICAL NTAPI MmIsDriverVerifying(_In_ PDRIVER_OBJECT DriverObject);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI LOGICAL NTAPI MmIsDriverVerifyingByAddress(_In_ PVOID AddressWithinSection);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI MmLockPagableDataSection(_In_ PVOID AddressWithinSection);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI MmMapIoSpace(_In_ PHYSICAL_ADDRESS PhysicalAddress,
                                         _In_ SIZE_T NumberOfBytes,
                                         _In_ MEMORY_CACHING_TYPE CacheType);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI MmMapIoSpaceEx(_In_ PHYSICAL_ADDRESS PhysicalAddress,
                                           _In_ SIZE_T NumberOfBytes,
                                           _In_ ULONG Protect);
    NTKERNELAPI PVOID NTAPI
    MmMapLockedPages(_In_ PMDL MemoryDescriptorList, _In_ KPROCESSOR_MODE AccessMode);
    NTKERNELAPI PVOID NTAPI MmMapLockedPagesSpecifyCache(_In_ PMDL MemoryDescriptorList,
                                                         _In_ KPROCESSOR_MODE AccessMode,
                                                         _In_ MEMORY_CACHING_TYPE CacheType,
                                                         _In_opt_ PVOID RequestedAddress,
                                                         _In_ ULONG BugCheckOnFailure,
                                                         _In_ ULONG Priority);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI MmMapLockedPagesWithReservedMapping(_In_ PVOID MappingAddress,
                                                                _In_ ULONG PoolTag,
                                                                _In_ PMDL MemoryDescriptorList,
                                                                _In_ MEMORY_CACHING_TYPE CacheType);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI MmMapMdl(_In_ PMDL MemoryDescriptorList,
                                        _In_ ULONG Protection,
                                        _In_ PMM_MDL_ROUTINE DriverRoutine,
                                        _In_ PVOID DriverContext);
    NTKERNELAPI NTSTATUS NTAPI MmMapMemoryDumpMdlEx(_In_ PVOID Va,
                                                    _In_ PFN_COUNT PageTotal,
                                                    _In_ PMDL MemoryDumpMdl,
                                                    _In_ ULONG Flags);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI MmPageEntireDriver(_In_ PVOID AddressWithinSection);
    NTKERNELAPI VOID NTAPI MmProbeAndLockPages(_Inout_ PMDL MemoryDescriptorList,
                                               _In_ KPROCESSOR_MODE AccessMode,
                                               _In_ LOCK_OPERATION Operation);
    NTKERNELAPI VOID NTAPI MmProbeAndLockProcessPages(_In_ PMDL MemoryDescriptorList,
                                                      _In_ PEPROCESS Process,
                                                      _In_ KPROCESSOR_MODE AccessMode,
                                                      _In_ LOCK_OPERATION Operation);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmProbeAndLockSelectedPages(_Inout_ PMDL MemoryDescriptorList,
                                                       _In_ PFILE_SEGMENT_ELEMENT SegmentArray,
                                                       _In_ KPROCESSOR_MODE AccessMode,
                                                       _In_ LOCK_OPERATION Operation);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmProtectDriverSection(_In_ PVOID AddressWithinSection, _In_ SIZE_T Size, _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    MmProtectMdlSystemAddress(_In_ PMDL MemoryDescriptorList, _In_ ULONG NewProtect);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI MM_SYSTEMSIZE NTAPI MmQuerySystemSize(VOID);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmResetDriverPaging(_In_ PVOID AddressWithinSection);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI SIZE_T NTAPI MmSizeOfMdl(_In_ PVOID Base, _In_ SIZE_T Length);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI MmUnlockPagableImageSection(_In_ PVOID ImageSectionHandle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI MmUnlockPages(_Inout_ PMDL MemoryDescriptorList);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI MmUnmapIoSpace(_In_ PVOID BaseAddress, _In_ SIZE_T NumberOfBytes);
    NTKERNELAPI VOID NTAPI
    MmUnmapLockedPages(_In_ PVOID BaseAddress, _In_ PMDL MemoryDescriptorList);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI MmUnmapReservedMapping(_In_ PVOID BaseAddress,
                                                  _In_ ULONG PoolTag,
                                                  _In_ PMDL MemoryDescriptorList);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    ProbeForRead(_In_ const volatile VOID *Address, _In_ SIZE_T Length, _In_ ULONG Alignment);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    ProbeForWrite(_Inout_ volatile VOID *Address, _In_ SIZE_T Length, _In_ ULONG Alignment);

#ifdef __cplusplus
}
#endif

#endif
