// SPDX-License-Identifier: MIT
// Owns the prototypes of the executive: pool, resources, mutexes, lookaside lists, timers and work
// items. The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_EX_API_H
#define OPENWDM_WDM_EX_API_H

#include <openwdm_parts/wdm_ex_types.h>
#include <openwdm_parts/wdm_io_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExAcquireFastMutex(_In_ PFAST_MUTEX FastMutex);
    _IRQL_requires_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExAcquireFastMutexUnsafe(_In_ PFAST_MUTEX FastMutex);
    NTKERNELAPI VOID NTAPI ExAcquirePushLockExclusiveEx(_In_ PEX_PUSH_LOCK Lock, _In_ ULONG Flags);
    NTKERNELAPI VOID NTAPI ExAcquirePushLockSharedEx(_In_ PEX_PUSH_LOCK Lock, _In_ ULONG Flags);
    NTKERNELAPI VOID NTAPI ExReleasePushLockExclusiveEx(_In_ PEX_PUSH_LOCK Lock, _In_ ULONG Flags);
    NTKERNELAPI VOID NTAPI ExReleasePushLockSharedEx(_In_ PEX_PUSH_LOCK Lock, _In_ ULONG Flags);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireResourceExclusiveLite(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireResourceSharedLite(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExAcquireRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireRundownProtectionCacheAwareEx(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                           _In_ ULONG Count);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireRundownProtectionEx(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG Count);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireSharedStarveExclusive(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExAcquireSharedWaitForExclusive(_Inout_ PERESOURCE Resource, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockExclusive(_In_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_min_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExAcquireSpinLockExclusiveAtDpcLevel(_Inout_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI KIRQL NTAPI ExAcquireSpinLockShared(_Inout_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_min_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExAcquireSpinLockSharedAtDpcLevel(_In_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PEX_RUNDOWN_REF_CACHE_AWARE NTAPI
    ExAllocateCacheAwareRundownProtection(_In_ POOL_TYPE PoolType, _In_ ULONG PoolTag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI ExAllocatePool(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    ExAllocatePool2(_In_ POOL_FLAGS Flags, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI ExAllocatePool3(_In_ POOL_FLAGS Flags,
                                            _In_ SIZE_T NumberOfBytes,
                                            _In_ ULONG Tag,
                                            _In_ PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                            _In_ ULONG ExtendedParametersCount);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    ExAllocatePoolWithQuota(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    ExAllocatePoolWithQuotaTag(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI
    ExAllocatePoolWithTag(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PVOID NTAPI ExAllocatePoolWithTagPriority(_In_ POOL_TYPE PoolType,
                                                          _In_ SIZE_T NumberOfBytes,
                                                          _In_ ULONG Tag,
                                                          _In_ EX_POOL_PRIORITY Priority);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PEX_TIMER NTAPI ExAllocateTimer(_In_opt_ PEXT_CALLBACK Callback,
                                                _In_opt_ PVOID CallbackContext,
                                                _In_ ULONG Attributes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    ExCancelTimer(_Inout_ PEX_TIMER Timer, _In_opt_ PEXT_CANCEL_PARAMETERS Parameters);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExConvertExclusiveToSharedLite(_Inout_ PERESOURCE Resource);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExCreateCallback(_Out_ PCALLBACK_OBJECT *CallbackObject,
                                                _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                _In_ BOOLEAN Create,
                                                _In_ BOOLEAN AllowMultipleCallbacks);
    NTKERNELAPI NTSTATUS NTAPI ExCreatePool(_In_ ULONG Flags,
                                            _In_ ULONG_PTR Tag,
                                            _Inout_ POOL_CREATE_EXTENDED_PARAMS *Params,
                                            _Inout_ HANDLE *PoolHandle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExDeleteLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExDeleteNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExDeletePagedLookasideList(_Inout_ PPAGED_LOOKASIDE_LIST Lookaside);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExDeleteResourceLite(_Inout_ PERESOURCE Resource);
    NTKERNELAPI BOOLEAN NTAPI ExDeleteTimer(_In_ PEX_TIMER Timer,
                                            _In_ BOOLEAN Cancel,
                                            _In_ BOOLEAN Wait,
                                            _In_ PEXT_DELETE_PARAMETERS Parameters);
    NTKERNELAPI VOID NTAPI ExDestroyPool(_In_ HANDLE PoolHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI
    ExEnterCriticalRegionAndAcquireResourceExclusive(_In_ PERESOURCE Resource);
    NTKERNELAPI PVOID NTAPI ExEnterCriticalRegionAndAcquireResourceShared(_In_ PERESOURCE Resource);
    NTKERNELAPI PVOID NTAPI
    ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(_In_ PERESOURCE Resource);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExFlushLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExFreeCacheAwareRundownProtection(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
    NTKERNELAPI VOID NTAPI ExFreePool2(_In_ PVOID P,
                                       _In_ ULONG Tag,
                                       _In_ PCPOOL_EXTENDED_PARAMETER ExtendedParameters,
                                       _In_ ULONG ExtendedParametersCount);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExFreePoolWithTag(_In_ PVOID P, _In_ ULONG Tag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG NTAPI ExGetExclusiveWaiterCount(_In_ PERESOURCE Resource);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExGetFirmwareEnvironmentVariable(_In_ PUNICODE_STRING VariableName,
                                                                _In_ LPGUID VendorGuid,
                                                                _Out_opt_ PVOID Value,
                                                                _Inout_ PULONG ValueLength,
                                                                _Out_opt_ PULONG Attributes);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI FIRMWARE_TYPE NTAPI ExGetFirmwareType(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI KPROCESSOR_MODE NTAPI ExGetPreviousMode(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG NTAPI ExGetSharedWaiterCount(_In_ PERESOURCE Resource);
    NTKERNELAPI NTSTATUS NTAPI
    ExInitializeDeviceAts(_In_ PDEVICE_OBJECT PhysicalDeviceObject, _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExInitializeLookasideListEx(_Out_ PLOOKASIDE_LIST_EX Lookaside,
                                                           _In_opt_ PALLOCATE_FUNCTION_EX Allocate,
                                                           _In_opt_ PFREE_FUNCTION_EX Free,
                                                           _In_ POOL_TYPE PoolType,
                                                           _In_ ULONG Flags,
                                                           _In_ SIZE_T Size,
                                                           _In_ ULONG Tag,
                                                           _In_ USHORT Depth);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExInitializeNPagedLookasideList(_Out_ PNPAGED_LOOKASIDE_LIST Lookaside,
                                                           _In_opt_ PALLOCATE_FUNCTION Allocate,
                                                           _In_opt_ PFREE_FUNCTION Free,
                                                           _In_ ULONG Flags,
                                                           _In_ SIZE_T Size,
                                                           _In_ ULONG Tag,
                                                           _In_ USHORT Depth);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExInitializePagedLookasideList(_Out_ PPAGED_LOOKASIDE_LIST Lookaside,
                                                          _In_opt_ PALLOCATE_FUNCTION Allocate,
                                                          _In_opt_ PFREE_FUNCTION Free,
                                                          _In_ ULONG Flags,
                                                          _In_ SIZE_T Size,
                                                          _In_ ULONG Tag,
                                                          _In_ USHORT Depth);
    NTKERNELAPI VOID NTAPI ExInitializePushLock(_Out_ PEX_PUSH_LOCK PushLock);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExInitializeResourceLite(_Out_ PERESOURCE Resource);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExInitializeRundownProtection(_Out_ PEX_RUNDOWN_REF RunRef);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExInitializeRundownProtectionCacheAware(_Out_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                            _In_ SIZE_T RunRefSize);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExInitializeRundownProtectionCacheAwareEx(_In_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware,
                                              _In_ ULONG Flags);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LARGE_INTEGER NTAPI ExInterlockedAddLargeInteger(_Inout_ PLARGE_INTEGER Addend,
                                                                 _In_ LARGE_INTEGER Increment,
                                                                 _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI
    ExInterlockedAddUlong(_Inout_ PULONG Addend, _In_ ULONG Increment, _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertHeadList(_Inout_ PLIST_ENTRY ListHead,
                                                              _Inout_ PLIST_ENTRY ListEntry,
                                                              _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PLIST_ENTRY NTAPI ExInterlockedInsertTailList(_Inout_ PLIST_ENTRY ListHead,
                                                              _Inout_ PLIST_ENTRY ListEntry,
                                                              _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PSINGLE_LIST_ENTRY NTAPI
    ExInterlockedPopEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead, _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PSINGLE_LIST_ENTRY NTAPI
    ExInterlockedPushEntryList(_Inout_ PSINGLE_LIST_ENTRY ListHead,
                               _Inout_ PSINGLE_LIST_ENTRY ListEntry,
                               _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PLIST_ENTRY NTAPI
    ExInterlockedRemoveHeadList(_Inout_ PLIST_ENTRY ListHead, _Inout_ PKSPIN_LOCK Lock);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExIsProcessorFeaturePresent(_In_ ULONG ProcessorFeature);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExIsResourceAcquiredExclusiveLite(_In_ PERESOURCE Resource);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG NTAPI ExIsResourceAcquiredSharedLite(_In_ PERESOURCE Resource);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExIsSoftBoot(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExLocalTimeToSystemTime(_In_ PLARGE_INTEGER LocalTime, _Out_ PLARGE_INTEGER SystemTime);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExNotifyCallback(_In_ PVOID CallbackObject, _In_opt_ PVOID Argument1, _In_opt_ PVOID Argument2);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI USHORT NTAPI ExQueryDepthSList(_In_ PSLIST_HEADER SListHead);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI ExQueryTimerResolution(_Out_ PULONG MaximumTime,
                                                  _Out_ PULONG MinimumTime,
                                                  _Out_ PULONG CurrentTime);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExQueueWorkItem(_Inout_ PWORK_QUEUE_ITEM WorkItem, _In_ WORK_QUEUE_TYPE QueueType);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI ExRaiseStatus(_In_ NTSTATUS Status);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExReInitializeRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
    NTKERNELAPI VOID NTAPI
    ExReInitializeRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI ExRegisterCallback(_Inout_ PCALLBACK_OBJECT CallbackObject,
                                               _In_ PCALLBACK_FUNCTION CallbackFunction,
                                               _In_opt_ PVOID CallbackContext);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExReinitializeResourceLite(_Inout_ PERESOURCE Resource);
    _IRQL_requires_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseFastMutex(_In_ PFAST_MUTEX FastMutex);
    _IRQL_requires_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseFastMutexUnsafe(_In_ PFAST_MUTEX FastMutex);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseResourceAndLeaveCriticalRegion(_In_ PERESOURCE Resource);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseResourceForThreadLite(_Inout_ PERESOURCE Resource,
                                                          _In_ ERESOURCE_THREAD ResourceThreadId);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseResourceLite(_Inout_ PERESOURCE Resource);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseRundownProtection(_Inout_ PEX_RUNDOWN_REF RunRef);
    NTKERNELAPI VOID NTAPI
    ExReleaseRundownProtectionCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
    NTKERNELAPI VOID NTAPI
    ExReleaseRundownProtectionCacheAwareEx(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRef,
                                           _In_ ULONG Count);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExReleaseRundownProtectionEx(_Inout_ PEX_RUNDOWN_REF RunRef, _In_ ULONG Count);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExReleaseSpinLockExclusive(_Inout_ PEX_SPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
    _IRQL_requires_min_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseSpinLockExclusiveFromDpcLevel(_In_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExReleaseSpinLockShared(_Inout_ PEX_SPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
    _IRQL_requires_min_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExReleaseSpinLockSharedFromDpcLevel(_In_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExRundownCompleted(_Out_ PEX_RUNDOWN_REF RunRef);
    NTKERNELAPI VOID NTAPI
    ExRundownCompletedCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRefCacheAware);
    NTKERNELAPI NTSTATUS NTAPI ExSecurePoolUpdate(_In_ HANDLE SecurePoolHandle,
                                                  _In_ ULONG Tag,
                                                  _In_ PVOID Allocation,
                                                  _In_ ULONG_PTR Cookie,
                                                  _In_ SIZE_T Offset,
                                                  _In_ SIZE_T Size,
                                                  _In_ PVOID Buffer);
    NTKERNELAPI BOOLEAN NTAPI ExSecurePoolValidate(_In_ HANDLE SecurePoolHandle,
                                                   _In_ ULONG Tag,
                                                   _In_ PVOID Allocation,
                                                   _In_ ULONG_PTR Cookie);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ExSetFirmwareEnvironmentVariable(_In_ PUNICODE_STRING VariableName,
                                                                _In_ LPGUID VendorGuid,
                                                                _In_ PVOID Value,
                                                                _In_ ULONG ValueLength,
                                                                _In_ ULONG Attributes);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExSetResourceOwnerPointer(_Inout_ PERESOURCE Resource, _In_ PVOID OwnerPointer);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExSetResourceOwnerPointerEx(_Inout_ PERESOURCE Resource,
                                                       _In_ PVOID OwnerPointer,
                                                       _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExSetTimer(_In_ PEX_TIMER Timer,
                                         _In_ LONGLONG DueTime,
                                         _In_ LONGLONG Period,
                                         _In_opt_ PEXT_SET_PARAMETERS Parameters);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI ULONG NTAPI
    ExSetTimerResolution(_In_ ULONG DesiredTime, _In_ BOOLEAN SetResolution);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI SIZE_T NTAPI ExSizeOfRundownProtectionCacheAware(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    ExSystemTimeToLocalTime(_In_ PLARGE_INTEGER SystemTime, _Out_ PLARGE_INTEGER LocalTime);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI LOGICAL NTAPI ExTryConvertSharedSpinLockExclusive(_Inout_ PEX_SPIN_LOCK SpinLock);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ExTryToAcquireFastMutex(_In_ PFAST_MUTEX FastMutex);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExUnregisterCallback(_Inout_ PVOID CallbackRegistration);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ExWaitForRundownProtectionRelease(_Inout_ PEX_RUNDOWN_REF RunRef);
    NTKERNELAPI VOID NTAPI
    ExWaitForRundownProtectionReleaseCacheAware(_Inout_ PEX_RUNDOWN_REF_CACHE_AWARE RunRef);
    NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(_In_ PSLIST_HEADER ListHead);
    NTKERNELAPI PSLIST_ENTRY NTAPI
    ExpInterlockedPushEntrySList(_In_ PSLIST_HEADER ListHead, _In_ PSLIST_ENTRY ListEntry);
    NTKERNELAPI PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(_In_ PSLIST_HEADER ListHead);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI InitializeSListHead(_In_ PSLIST_HEADER SListHead);

#if defined(OPENWDM_KERNEL)
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ExFreePool(_In_ PVOID P);
#endif

#ifdef __cplusplus
}
#endif

#endif
