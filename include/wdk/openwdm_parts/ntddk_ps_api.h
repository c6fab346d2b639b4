// SPDX-License-Identifier: MIT
// Owns the prototypes of processes, threads, silos and system services that only ntddk.h declares.
// The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_NTDDK_PS_API_H
#define OPENWDM_NTDDK_PS_API_H

#include <openwdm_parts/ntddk_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    NTKERNELAPI NTSTATUS NTAPI
    PsAllocSiloContextSlot(_In_ ULONG_PTR Reserved, _Out_ PULONG ReturnedContextSlot);
    NTKERNELAPI PESILO NTAPI PsAttachSiloToCurrentThread(_In_ PESILO Silo);
    NTKERNELAPI NTSTATUS NTAPI
    PsCreateSiloContext(_In_ PESILO Silo,
                        _In_ ULONG Size,
                        _In_ POOL_TYPE PoolType,
                        _In_opt_ SILO_CONTEXT_CLEANUP_CALLBACK ContextCleanupCallback,
                        _Inout_ PVOID *ReturnedSiloContext);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PsDereferenceSiloContext(_In_ PVOID SiloContext);
    NTKERNELAPI VOID NTAPI PsDetachSiloFromCurrentThread(_In_ PESILO PreviousSilo);
    NTKERNELAPI NTSTATUS NTAPI PsFreeSiloContextSlot(_In_ ULONG ContextSlot);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI HANDLE NTAPI PsGetCurrentProcessId(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PESILO NTAPI PsGetCurrentServerSilo(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PESILO NTAPI PsGetCurrentSilo(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI HANDLE NTAPI PsGetCurrentThreadId(VOID);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI PVOID NTAPI PsGetCurrentThreadTeb(VOID);
    NTKERNELAPI PESILO NTAPI PsGetEffectiveServerSilo(_In_ PESILO Silo);
    NTKERNELAPI PESILO NTAPI PsGetHostSilo(VOID);
    NTKERNELAPI NTSTATUS NTAPI PsGetJobServerSilo(_In_opt_ PEJOB Job, _Out_ PESILO *ServerSilo);
    NTKERNELAPI NTSTATUS NTAPI PsGetJobSilo(_In_ PEJOB Job, _Out_ PESILO *Silo);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI PESILO NTAPI PsGetParentSilo(_In_opt_ PEJOB Job);
    NTKERNELAPI NTSTATUS NTAPI PsGetPermanentSiloContext(_In_ PESILO Silo,
                                                         _In_ ULONG ContextSlot,
                                                         _Inout_ PVOID *ReturnedSiloContext);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI LONGLONG NTAPI PsGetProcessCreateTimeQuadPart(_In_ PEPROCESS Process);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PsGetProcessExitStatus(_In_ PEPROCESS Process);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI HANDLE NTAPI PsGetProcessId(_In_ PEPROCESS Process);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONGLONG NTAPI PsGetProcessStartKey(_In_ PEPROCESS Process);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI ULONG NTAPI PsGetServerSiloActiveConsoleId(_In_ PESILO Silo);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI GUID *NTAPI PsGetSiloContainerId(_In_ PESILO Silo);
    NTKERNELAPI NTSTATUS NTAPI
    PsGetSiloContext(_In_ PESILO Silo, _In_ ULONG ContextSlot, _Inout_ PVOID *ReturnedSiloContext);
    NTKERNELAPI ULONG NTAPI PsGetSiloMonitorContextSlot(_In_ PSILO_MONITOR Monitor);
    NTKERNELAPI LONGLONG NTAPI PsGetThreadCreateTime(_In_ PETHREAD Thread);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PsGetThreadExitStatus(_In_ PETHREAD Thread);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI HANDLE NTAPI PsGetThreadId(_In_ PETHREAD Thread);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI HANDLE NTAPI PsGetThreadProcessId(_In_ PETHREAD Thread);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI ULONG_PTR NTAPI
    PsGetThreadProperty(_In_ PETHREAD Thread, _In_ ULONG_PTR Key, _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI PESILO NTAPI PsGetThreadServerSilo(_In_ PETHREAD Thread);
    NTKERNELAPI NTSTATUS NTAPI
    PsInsertPermanentSiloContext(_In_ PESILO Silo, _In_ ULONG ContextSlot, _In_ PVOID SiloContext);
    NTKERNELAPI NTSTATUS NTAPI
    PsInsertSiloContext(_In_ PESILO Silo, _In_ ULONG ContextSlot, _In_ PVOID SiloContext);
    NTKERNELAPI BOOLEAN NTAPI PsIsHostSilo(_In_ PESILO Silo);
    NTKERNELAPI NTSTATUS NTAPI PsMakeSiloContextPermanent(_In_ PESILO Silo, _In_ ULONG ContextSlot);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PsReferenceSiloContext(_In_ PVOID SiloContext);
    NTKERNELAPI NTSTATUS NTAPI PsRegisterSiloMonitor(_In_ PSILO_MONITOR_REGISTRATION Registration,
                                                     _Out_ PSILO_MONITOR *ReturnedMonitor);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsRemoveCreateThreadNotifyRoutine(_In_ PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsRemoveLoadImageNotifyRoutine(_In_ PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
    NTKERNELAPI NTSTATUS NTAPI PsRemoveSiloContext(_In_ PESILO Silo,
                                                   _In_ ULONG ContextSlot,
                                                   _Inout_ PVOID *RemovedSiloContext);
    NTKERNELAPI NTSTATUS NTAPI PsReplaceSiloContext(_In_ PESILO Silo,
                                                    _In_ ULONG ContextSlot,
                                                    _In_ PVOID NewSiloContext,
                                                    _In_opt_ PVOID *OldSiloContext);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutine(_In_ PCREATE_PROCESS_NOTIFY_ROUTINE NotifyRoutine,
                                    _In_ BOOLEAN Remove);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutineEx(_In_ PCREATE_PROCESS_NOTIFY_ROUTINE_EX NotifyRoutine,
                                      _In_ BOOLEAN Remove);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateProcessNotifyRoutineEx2(_In_ PSCREATEPROCESSNOTIFYTYPE NotifyType,
                                       _In_ PVOID NotifyInformation,
                                       _In_ BOOLEAN Remove);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateThreadNotifyRoutine(_In_ PCREATE_THREAD_NOTIFY_ROUTINE NotifyRoutine);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetCreateThreadNotifyRoutineEx(_In_ PSCREATETHREADNOTIFYTYPE NotifyType,
                                     _In_ PVOID NotifyInformation);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetLoadImageNotifyRoutine(_In_ PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PsSetLoadImageNotifyRoutineEx(_In_ PLOAD_IMAGE_NOTIFY_ROUTINE NotifyRoutine,
                                  _In_ ULONG_PTR Flags);
    NTKERNELAPI NTSTATUS NTAPI PsStartSiloMonitor(_In_ PSILO_MONITOR Monitor);
    NTKERNELAPI VOID NTAPI PsTerminateServerSilo(_In_ PESILO ServerSilo, _In_ NTSTATUS ExitStatus);
    NTKERNELAPI VOID NTAPI PsUnregisterSiloMonitor(_In_ PSILO_MONITOR Monitor);
    NTSYSAPI NTSTATUS NTAPI
    RtlRaiseCustomSystemEventTrigger(_In_ PCUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG TriggerConfig);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwAllocateLocallyUniqueId(_In_ PLUID Luid);
    NTSYSAPI NTSTATUS NTAPI ZwCancelTimer(_In_ HANDLE TimerHandle, _In_ PBOOLEAN CurrentState);
    NTSYSAPI NTSTATUS NTAPI ZwCreateTimer(_In_ PHANDLE TimerHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                          _In_ TIMER_TYPE TimerType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwDeviceIoControlFile(_In_ HANDLE FileHandle,
                                                  _In_opt_ HANDLE Event,
                                                  _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                                                  _In_opt_ PVOID ApcContext,
                                                  _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                                  _In_ ULONG IoControlCode,
                                                  _In_opt_ PVOID InputBuffer,
                                                  _In_ ULONG InputBufferLength,
                                                  _Out_opt_ PVOID OutputBuffer,
                                                  _In_ ULONG OutputBufferLength);
    NTSYSAPI NTSTATUS NTAPI ZwDisplayString(_In_ PUNICODE_STRING String);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwOpenProcess(_Out_ PHANDLE ProcessHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                          _In_opt_ PCLIENT_ID ClientId);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtOpenProcess(_Out_ PHANDLE ProcessHandle,
                                          _In_ ACCESS_MASK DesiredAccess,
                                          _In_ POBJECT_ATTRIBUTES ObjectAttributes,
                                          _In_opt_ PCLIENT_ID ClientId);
    NTSYSAPI NTSTATUS NTAPI ZwOpenTimer(_In_ PHANDLE TimerHandle,
                                        _In_ ACCESS_MASK DesiredAccess,
                                        _In_ POBJECT_ATTRIBUTES ObjectAttributes);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwPowerInformation(_In_ POWER_INFORMATION_LEVEL InformationLevel,
                                               _In_opt_ PVOID InputBuffer,
                                               _In_ ULONG InputBufferLength,
                                               _Out_opt_ PVOID OutputBuffer,
                                               _In_ ULONG OutputBufferLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI NtPowerInformation(_In_ POWER_INFORMATION_LEVEL InformationLevel,
                                               _In_opt_ PVOID InputBuffer,
                                               _In_ ULONG InputBufferLength,
                                               _Out_opt_ PVOID OutputBuffer,
                                               _In_ ULONG OutputBufferLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwQueryVolumeInformationFile(_In_ HANDLE FileHandle,
                                 _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                                 _Out_ PVOID FsInformation,
                                 _In_ ULONG Length,
                                 _In_ FS_INFORMATION_CLASS FsInformationClass);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI ZwSetInformationThread(_In_ HANDLE ThreadHandle,
                                                   _In_ THREADINFOCLASS ThreadInformationClass,
                                                   _In_ PVOID ThreadInformation,
                                                   _In_ ULONG ThreadInformationLength);
    NTSYSAPI NTSTATUS NTAPI ZwSetTimer(_In_ HANDLE TimerHandle,
                                       _In_ PLARGE_INTEGER DueTime,
                                       _In_ PTIMER_APC_ROUTINE TimerApcRoutine,
                                       _In_ PVOID TimerContext,
                                       _In_ BOOLEAN WakeTimer,
                                       _In_ LONG Period,
                                       _In_ PBOOLEAN PreviousState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    ZwTerminateProcess(_In_opt_ HANDLE ProcessHandle, _In_ NTSTATUS ExitStatus);

#if defined(OPENWDM_KERNEL)
    _IRQL_requires_max_(HIGH_LEVEL)
    NTSYSAPI PETHREAD NTAPI PsGetCurrentThread(VOID);
    NTSYSAPI PEPROCESS NTAPI PsGetCurrentProcess(VOID);
#endif

#ifdef __cplusplus
}
#endif

#endif
