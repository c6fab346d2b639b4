// SPDX-License-Identifier: MIT
// Owns the prototypes of the kernel core: dispatcher objects, waits, DPCs, IRQL, processors and bug
// checks. The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_KE_API_H
#define OPENWDM_WDM_KE_API_H

#include <openwdm_parts/wdm_ex_types.h>
#include <openwdm_parts/wdm_shared_data.h>
#include <openwdm_parts/wdm_io_types.h>
#include <openwdm_parts/wdm_resource.h>

#ifdef __cplusplus
extern "C"
{
#endif

    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeAcquireGuardedMutex(_In_ PKGUARDED_MUTEX Mutex);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeAcquireGuardedMutexUnsafe(_In_ PKGUARDED_MUTEX FastMutex);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeAcquireInStackQueuedSpinLock(_In_ PKSPIN_LOCK SpinLock, _In_ PKLOCK_QUEUE_HANDLE LockHandle);
    _IRQL_requires_min_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeAcquireInStackQueuedSpinLockAtDpcLevel(_In_ PKSPIN_LOCK SpinLock,
                                             _In_ PKLOCK_QUEUE_HANDLE LockHandle);
    NTKERNELAPI VOID NTAPI
    KeAcquireInStackQueuedSpinLockForDpc(_In_ PKSPIN_LOCK SpinLock,
                                         _In_ PKLOCK_QUEUE_HANDLE LockHandle);
    NTKERNELAPI KIRQL NTAPI KeAcquireInterruptSpinLock(_In_ PKINTERRUPT Interrupt);
    NTKERNELAPI VOID NTAPI KeAcquireSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
    NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockForDpc(_In_ PKSPIN_LOCK SpinLock);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockRaiseToDpc(_In_ PKSPIN_LOCK SpinLock);
    NTKERNELAPI NTSTATUS NTAPI
    KeAddTriageDumpDataBlock(_Inout_ PKTRIAGE_DUMP_DATA_ARRAY KtriageDumpDataArray,
                             _In_ PVOID Address,
                             _In_ SIZE_T Size);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeAreAllApcsDisabled(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI DECLSPEC_NORETURN VOID NTAPI KeBugCheckEx(_In_ ULONG BugCheckCode,
                                                          _In_ ULONG_PTR BugCheckParameter1,
                                                          _In_ ULONG_PTR BugCheckParameter2,
                                                          _In_ ULONG_PTR BugCheckParameter3,
                                                          _In_ ULONG_PTR BugCheckParameter4);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeCancelTimer(_Inout_ PKTIMER Timer);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeClearEvent(_Inout_ PRKEVENT Event);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeConvertAuxiliaryCounterToPerformanceCounter(_In_ ULONG64 AuxiliaryCounterValue,
                                                  _Out_ PULONG64 PerformanceCounterValue,
                                                  _Out_opt_ PULONG64 ConversionError);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeConvertPerformanceCounterToAuxiliaryCounter(_In_ ULONG64 PerformanceCounterValue,
                                                  _Out_ PULONG64 AuxiliaryCounterValue,
                                                  _Out_opt_ PULONG64 ConversionError);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeDelayExecutionThread(_In_ KPROCESSOR_MODE WaitMode,
                                                      _In_ BOOLEAN Alertable,
                                                      _In_ PLARGE_INTEGER Interval);
    NTKERNELAPI NTSTATUS NTAPI KeDeregisterBoundCallback(_In_ PVOID Handle);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeDeregisterBugCheckCallback(_Inout_ PKBUGCHECK_CALLBACK_RECORD CallbackRecord);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeDeregisterBugCheckReasonCallback(_Inout_ PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeDeregisterNmiCallback(_In_ PVOID Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI KeDeregisterProcessorChangeCallback(_In_ PVOID CallbackHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI KeFlushQueuedDpcs(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeGetRecommendedSharedDataAlignment(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeDeviceQueue(_Out_ PKDEVICE_QUEUE DeviceQueue);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeDpc(_Out_ PRKDPC Dpc,
                                           _In_ PKDEFERRED_ROUTINE DeferredRoutine,
                                           _In_opt_ PVOID DeferredContext);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeInitializeEvent(_Out_ PRKEVENT Event, _In_ EVENT_TYPE Type, _In_ BOOLEAN State);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeGuardedMutex(_Out_ PKGUARDED_MUTEX Mutex);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeMutex(_Out_ PRKMUTEX Mutex, _In_ ULONG Level);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeInitializeSemaphore(_Out_ PRKSEMAPHORE Semaphore, _In_ LONG Count, _In_ LONG Limit);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeThreadedDpc(_Out_ PRKDPC Dpc,
                                                   _In_ PKDEFERRED_ROUTINE DeferredRoutine,
                                                   _In_opt_ PVOID DeferredContext);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeTimer(_Out_ PKTIMER Timer);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeTimerEx(_Out_ PKTIMER Timer, _In_ TIMER_TYPE Type);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeInsertByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                             _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
                             _In_ ULONG SortKey);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeInsertDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                                                  _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeInsertQueueDpc(_Inout_ PRKDPC Dpc,
                                               _In_opt_ PVOID SystemArgument1,
                                               _In_opt_ PVOID SystemArgument2);
    NTKERNELAPI ULONG_PTR NTAPI
    KeIpiGenericCall(_In_ PKIPI_BROADCAST_WORKER BroadcastFunction, _In_ ULONG_PTR Context);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI LOGICAL NTAPI KeIsExecutingDpc(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeQueryAuxiliaryCounterFrequency(_Out_opt_ PULONG64 AuxiliaryCounterFrequency);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeQueryDpcWatchdogInformation(_Out_ PKDPC_WATCHDOG_INFORMATION WatchdogInformation);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG64 NTAPI KeQueryInterruptTimePrecise(_Out_ PULONG64 QpcTimeStamp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeQueryLogicalProcessorRelationship(
        _In_opt_ PPROCESSOR_NUMBER ProcessorNumber,
        _In_ LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
        _Out_opt_ PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information,
        _Inout_ PULONG Length);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeQueryNodeActiveAffinity(_In_ USHORT NodeNumber,
                                                     _Out_opt_ PGROUP_AFFINITY Affinity,
                                                     _Out_opt_ PUSHORT Count);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeQueryNodeActiveAffinity2(_In_ USHORT NodeNumber,
                                                          _Out_ PGROUP_AFFINITY GroupAffinities,
                                                          _In_ USHORT GroupAffinitiesCount,
                                                          _Out_ PUSHORT GroupAffinitiesRequired);
    NTKERNELAPI ULONG NTAPI KeQueryNodeActiveProcessorCount(_In_ USHORT NodeNumber);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI KPRIORITY NTAPI KeQueryPriorityThread(_In_ PKTHREAD Thread);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryRuntimeThread(_In_ PKTHREAD Thread, _Out_ PULONG UserTime);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeQuerySystemTimePrecise(_Out_ PLARGE_INTEGER CurrentTime);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONG NTAPI KeQueryTimeIncrement(VOID);
    NTKERNELAPI ULONG64 NTAPI
    KeQueryTotalCycleTimeThread(_Inout_ PKTHREAD Thread, _Out_ PULONG64 CycleTimeStamp);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONGLONG NTAPI KeQueryUnbiasedInterruptTime(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LARGE_INTEGER NTAPI
    KeQueryPerformanceCounter(_Out_opt_ PLARGE_INTEGER PerformanceFrequency);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeReadStateEvent(_In_ PRKEVENT Event);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeReadStateMutex(_In_ PRKMUTEX Mutex);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LONG NTAPI KeReadStateSemaphore(_In_ PRKSEMAPHORE Semaphore);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeReadStateTimer(_In_ PKTIMER Timer);
    NTKERNELAPI PVOID NTAPI KeRegisterBoundCallback(_In_ PBOUND_CALLBACK CallbackRoutine);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeRegisterBugCheckCallback(_Out_ PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                               _In_ PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine,
                               _In_opt_ PVOID Buffer,
                               _In_ ULONG Length,
                               _In_ PUCHAR Component);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeRegisterBugCheckReasonCallback(_Out_ PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                     _In_ PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                     _In_ KBUGCHECK_CALLBACK_REASON Reason,
                                     _In_ PUCHAR Component);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI
    KeRegisterNmiCallback(_In_ PNMI_CALLBACK CallbackRoutine, _In_opt_ PVOID Context);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PVOID NTAPI
    KeRegisterProcessorChangeCallback(_In_ PPROCESSOR_CALLBACK_FUNCTION CallbackFunction,
                                      _In_opt_ PVOID CallbackContext,
                                      _In_ ULONG Flags);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeReleaseGuardedMutex(_Inout_ PKGUARDED_MUTEX Mutex);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI KeReleaseGuardedMutexUnsafe(_Inout_ PKGUARDED_MUTEX FastMutex);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeReleaseInStackQueuedSpinLock(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
    NTKERNELAPI VOID NTAPI
    KeReleaseInStackQueuedSpinLockForDpc(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
    NTKERNELAPI VOID NTAPI
    KeReleaseInStackQueuedSpinLockFromDpcLevel(_In_ PKLOCK_QUEUE_HANDLE LockHandle);
    NTKERNELAPI VOID NTAPI
    KeReleaseInterruptSpinLock(_Inout_ PKINTERRUPT Interrupt, _In_ KIRQL OldIrql);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeReleaseMutex(_Inout_ PRKMUTEX Mutex, _In_ BOOLEAN Wait);
    NTKERNELAPI LONG NTAPI KeReleaseSemaphore(_Inout_ PRKSEMAPHORE Semaphore,
                                              _In_ KPRIORITY Increment,
                                              _In_ LONG Adjustment,
                                              _In_ BOOLEAN Wait);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeReleaseSpinLock(_In_ PKSPIN_LOCK SpinLock, _Inout_ KIRQL NewIrql);
    NTKERNELAPI VOID NTAPI
    KeReleaseSpinLockForDpc(_Inout_ PKSPIN_LOCK SpinLock, _In_ KIRQL OldIrql);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeReleaseSpinLockFromDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI
    KeRemoveByKeyDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue, _In_ ULONG SortKey);
    NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI
    KeRemoveByKeyDeviceQueueIfBusy(_In_ PKDEVICE_QUEUE DeviceQueue, _In_ ULONG SortKey);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeRemoveEntryDeviceQueue(_Inout_ PKDEVICE_QUEUE DeviceQueue,
                             _Inout_ PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeRemoveQueueDpc(_Inout_ PRKDPC Dpc);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG NTAPI KeResetEvent(_Inout_ PRKEVENT Event);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeRestoreExtendedProcessorState(_In_ PXSTATE_SAVE XStateSave);
    NTKERNELAPI VOID NTAPI KeRevertToUserAffinityThread(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeRevertToUserAffinityThreadEx(_In_ KAFFINITY Affinity);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeRevertToUserGroupAffinityThread(_In_ PGROUP_AFFINITY PreviousAffinity);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeSaveExtendedProcessorState(_In_ ULONG64 Mask, _Out_ PXSTATE_SAVE XStateSave);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeSetCoalescableTimer(_Inout_ PKTIMER Timer,
                                                    _In_ LARGE_INTEGER DueTime,
                                                    _In_ ULONG Period,
                                                    _In_ ULONG TolerableDelay,
                                                    _In_opt_ PKDPC Dpc);
    NTKERNELAPI LONG NTAPI
    KeSetEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI KPRIORITY NTAPI
    KeSetPriorityThread(_Inout_ PKTHREAD Thread, _In_ KPRIORITY Priority);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI KeSetSystemAffinityThread(_In_ KAFFINITY Affinity);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI KAFFINITY NTAPI KeSetSystemAffinityThreadEx(_In_ KAFFINITY Affinity);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    KeSetSystemGroupAffinityThread(_In_ PGROUP_AFFINITY Affinity,
                                   _Out_opt_ PGROUP_AFFINITY PreviousAffinity);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    KeSetTargetProcessorDpcEx(_Inout_ PKDPC Dpc, _In_ PPROCESSOR_NUMBER ProcNumber);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    KeSetTimer(_Inout_ PKTIMER Timer, _In_ LARGE_INTEGER DueTime, _In_opt_ PKDPC Dpc);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeSetTimerEx(_Inout_ PKTIMER Timer,
                                           _In_ LARGE_INTEGER DueTime,
                                           _In_ LONG Period,
                                           _In_opt_ PKDPC Dpc);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI LOGICAL NTAPI KeShouldYieldProcessor(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeStallExecutionProcessor(_In_ ULONG MicroSeconds);
    NTKERNELAPI BOOLEAN NTAPI KeSynchronizeExecution(_Inout_ PKINTERRUPT Interrupt,
                                                     _In_ PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                                                     _In_opt_ PVOID SynchronizeContext);
    NTKERNELAPI BOOLEAN NTAPI KeTestSpinLock(_In_ PKSPIN_LOCK SpinLock);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeTryToAcquireGuardedMutex(_Inout_ PKGUARDED_MUTEX Mutex);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI KeTryToAcquireSpinLockAtDpcLevel(_Inout_ PKSPIN_LOCK SpinLock);
    NTKERNELAPI NTSTATUS NTAPI KeWaitForMultipleObjects(_In_ ULONG Count,
                                                        _In_ PVOID *Object,
                                                        _In_ WAIT_TYPE WaitType,
                                                        _In_ KWAIT_REASON WaitReason,
                                                        _In_ KPROCESSOR_MODE WaitMode,
                                                        _In_ BOOLEAN Alertable,
                                                        _In_opt_ PLARGE_INTEGER Timeout,
                                                        _Out_opt_ PKWAIT_BLOCK WaitBlockArray);
    NTKERNELAPI NTSTATUS NTAPI KeWaitForSingleObject(_In_ PVOID Object,
                                                     _In_ KWAIT_REASON WaitReason,
                                                     _In_ KPROCESSOR_MODE WaitMode,
                                                     _In_ BOOLEAN Alertable,
                                                     _In_opt_ PLARGE_INTEGER Timeout);
    NTKERNELAPI KIRQL NTAPI KfRaiseIrql(_In_ KIRQL NewIrql);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeLowerIrql(_In_ KIRQL NewIrql);

#if defined(OPENWDM_KERNEL)
    // What drivers get inline; the kernel exports them for images built against older headers.
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI KIRQL NTAPI KeGetCurrentIrql(VOID);
    NTKERNELAPI VOID NTAPI KfLowerIrql(_In_ KIRQL NewIrql);
    NTKERNELAPI KIRQL NTAPI KeAcquireSpinLockRaiseToSynch(_In_ PKSPIN_LOCK SpinLock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeInitializeSpinLock(_Out_ PKSPIN_LOCK SpinLock);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeQuerySystemTime(_Out_ PLARGE_INTEGER CurrentTime);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI KeQueryTickCount(_In_ PLARGE_INTEGER CurrentCount);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI ULONGLONG NTAPI KeQueryInterruptTime(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PKTHREAD NTAPI KeGetCurrentThread(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeSaveFloatingPointState(_Out_ PKFLOATING_SAVE FloatSave);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI KeRestoreFloatingPointState(_In_ PKFLOATING_SAVE FloatSave);
#endif

#ifdef __cplusplus
}
#endif

#endif
