// SPDX-License-Identifier: MIT
// Owns the prototypes of objects, security, threads, power, registry callbacks and tracing in
// wdm.h. The IRQL annotations are those of the documentation pages.
#ifndef OPENWDM_WDM_PS_API_H
#define OPENWDM_WDM_PS_API_H

#include <openwdm_parts/wdm_rtl_types.h>
#include <openwdm_parts/wdm_cm_types.h>
#include <openwdm_parts/wdm_ob_types.h>
#include <openwdm_parts/wdm_po_fx.h>
#include <openwdm_parts/wdm_etw_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    // Objects.
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObCloseHandle(_In_ HANDLE Handle, _In_ KPROCESSOR_MODE PreviousMode);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ObDereferenceObjectDeferDelete(_In_ PVOID Object);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ObDereferenceObjectDeferDeleteWithTag(_In_ PVOID Object, _In_ ULONG Tag);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObGetObjectSecurity(_In_ PVOID Object,
                                                   _Out_ PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                   _Out_ PBOOLEAN MemoryAllocated);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    ObReferenceObjectByHandle(_In_ HANDLE Handle,
                              _In_ ACCESS_MASK DesiredAccess,
                              _In_opt_ POBJECT_TYPE ObjectType,
                              _In_ KPROCESSOR_MODE AccessMode,
                              _Out_ PVOID *Object,
                              _Out_opt_ POBJECT_HANDLE_INFORMATION HandleInformation);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    ObReferenceObjectByHandleWithTag(_In_ HANDLE Handle,
                                     _In_ ACCESS_MASK DesiredAccess,
                                     _In_opt_ POBJECT_TYPE ObjectType,
                                     _In_ KPROCESSOR_MODE AccessMode,
                                     _In_ ULONG Tag,
                                     _Out_ PVOID *Object,
                                     _Out_opt_ POBJECT_HANDLE_INFORMATION HandleInformation);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByPointer(_In_ PVOID Object,
                                                          _In_ ACCESS_MASK DesiredAccess,
                                                          _In_opt_ POBJECT_TYPE ObjectType,
                                                          _In_ KPROCESSOR_MODE AccessMode);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByPointerWithTag(_In_ PVOID Object,
                                                                 _In_ ACCESS_MASK DesiredAccess,
                                                                 _In_opt_ POBJECT_TYPE ObjectType,
                                                                 _In_ KPROCESSOR_MODE AccessMode,
                                                                 _In_ ULONG Tag);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI ObReferenceObjectSafe(_In_ PVOID Object);
    NTKERNELAPI BOOLEAN NTAPI ObReferenceObjectSafeWithTag(_In_ PVOID Object, _In_ ULONG Tag);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    ObRegisterCallbacks(_In_ POB_CALLBACK_REGISTRATION CallbackRegistration,
                        _Out_ PVOID *RegistrationHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ObReleaseObjectSecurity(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                   _In_ BOOLEAN MemoryAllocated);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI ObUnRegisterCallbacks(_In_ PVOID RegistrationHandle);
    NTKERNELAPI USHORT NTAPI ObGetFilterVersion(VOID);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI LONG_PTR NTAPI ObfReferenceObject(_In_ PVOID Object);
    NTKERNELAPI LONG_PTR NTAPI ObfReferenceObjectWithTag(_In_ PVOID Object, _In_ ULONG Tag);
    NTKERNELAPI LONG_PTR NTAPI ObfDereferenceObject(_In_ PVOID Object);
    NTKERNELAPI LONG_PTR NTAPI ObfDereferenceObjectWithTag(_In_ PVOID Object, _In_ ULONG Tag);
    // Security.
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI SeAccessCheck(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                                            _In_ PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                                            _In_ BOOLEAN SubjectContextLocked,
                                            _In_ ACCESS_MASK DesiredAccess,
                                            _In_ ACCESS_MASK PreviouslyGrantedAccess,
                                            _Out_ PPRIVILEGE_SET *Privileges,
                                            _In_ PGENERIC_MAPPING GenericMapping,
                                            _In_ KPROCESSOR_MODE AccessMode,
                                            _Out_ PACCESS_MASK GrantedAccess,
                                            _Out_ PNTSTATUS AccessStatus);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeAssignSecurity(_In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
                                                _In_opt_ PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                                _Out_ PSECURITY_DESCRIPTOR *NewDescriptor,
                                                _In_ BOOLEAN IsDirectoryObject,
                                                _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                                _In_ PGENERIC_MAPPING GenericMapping,
                                                _In_ POOL_TYPE PoolType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeAssignSecurityEx(_In_opt_ PSECURITY_DESCRIPTOR ParentDescriptor,
                                                  _In_opt_ PSECURITY_DESCRIPTOR ExplicitDescriptor,
                                                  _Out_ PSECURITY_DESCRIPTOR *NewDescriptor,
                                                  _In_opt_ GUID *ObjectType,
                                                  _In_ BOOLEAN IsDirectoryObject,
                                                  _In_ ULONG AutoInheritFlags,
                                                  _In_ PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                                  _In_ PGENERIC_MAPPING GenericMapping,
                                                  _In_ POOL_TYPE PoolType);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI SeDeassignSecurity(_Inout_ PSECURITY_DESCRIPTOR *SecurityDescriptor);
    NTKERNELAPI NTSTATUS NTAPI
    SeEtwWriteKMCveEvent(_In_ PCUNICODE_STRING CveId, _In_opt_ PCUNICODE_STRING AdditionalDetails);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    SeValidSecurityDescriptor(_In_ ULONG Length, _In_ PSECURITY_DESCRIPTOR SecurityDescriptor);
    // Threads.
    NTKERNELAPI NTSTATUS NTAPI PsAllocateAffinityToken(_Out_ PAFFINITY_TOKEN *AffinityToken);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PsCreateSystemThread(_Out_ PHANDLE ThreadHandle,
                                                    _In_ ULONG DesiredAccess,
                                                    _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                                    _In_opt_ HANDLE ProcessHandle,
                                                    _Out_opt_ PCLIENT_ID ClientId,
                                                    _In_ PKSTART_ROUTINE StartRoutine,
                                                    _In_opt_ PVOID StartContext);
    NTKERNELAPI VOID NTAPI PsFreeAffinityToken(_In_ PAFFINITY_TOKEN AffinityToken);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI PsGetVersion(_Out_opt_ PULONG MajorVersion,
                                           _Out_opt_ PULONG MinorVersion,
                                           _Out_opt_ PULONG BuildNumber,
                                           _Out_opt_ PUNICODE_STRING CSDVersion);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI ULONG64 NTAPI
    PsQueryTotalCycleTimeProcess(_Inout_ PEPROCESS Process, _Out_ PULONG64 CycleTimeStamp);
    NTKERNELAPI VOID NTAPI
    PsRevertToUserMultipleGroupAffinityThread(_In_ PAFFINITY_TOKEN AffinityToken);
    NTKERNELAPI NTSTATUS NTAPI
    PsSetSystemMultipleGroupAffinityThread(_In_ PGROUP_AFFINITY GroupAffinities,
                                           _In_ USHORT GroupCount,
                                           _Inout_ PAFFINITY_TOKEN AffinityToken);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PsTerminateSystemThread(_In_ NTSTATUS ExitStatus);
    // Registry callbacks.
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmCallbackGetKeyObjectID(_In_ PLARGE_INTEGER Cookie,
                                                        _In_ PVOID Object,
                                                        _Out_opt_ PULONG_PTR ObjectID,
                                                        _Out_opt_ PCUNICODE_STRING *ObjectName);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmCallbackGetKeyObjectIDEx(_In_ PLARGE_INTEGER Cookie,
                                                          _In_ PVOID Object,
                                                          _Out_opt_ PULONG_PTR ObjectID,
                                                          _Out_opt_ PCUNICODE_STRING *ObjectName,
                                                          _In_ ULONG Flags);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI CmCallbackReleaseKeyObjectIDEx(_In_ PCUNICODE_STRING ObjectName);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI CmGetBoundTransaction(_In_ PLARGE_INTEGER Cookie, _In_ PVOID Object);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI CmGetCallbackVersion(_Out_opt_ PULONG Major, _Out_opt_ PULONG Minor);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmRegisterCallback(_In_ PEX_CALLBACK_FUNCTION Function,
                                                  _In_opt_ PVOID Context,
                                                  _Out_ PLARGE_INTEGER Cookie);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmRegisterCallbackEx(_In_ PEX_CALLBACK_FUNCTION Function,
                                                    _In_ PCUNICODE_STRING Altitude,
                                                    _In_ PVOID Driver,
                                                    _In_opt_ PVOID Context,
                                                    _Out_ PLARGE_INTEGER Cookie,
                                                    _In_ PVOID Reserved);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmSetCallbackObjectContext(_Inout_ PVOID Object,
                                                          _In_ PLARGE_INTEGER Cookie,
                                                          _In_ PVOID NewContext,
                                                          _Out_opt_ PVOID *OldContext);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI CmUnRegisterCallback(_In_ LARGE_INTEGER Cookie);
    // Power.
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxActivateComponent(_In_ POHANDLE Handle, _In_ ULONG Component, _In_ ULONG Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxCompleteDevicePowerNotRequired(_In_ POHANDLE Handle);
    _IRQL_requires_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxCompleteDirectedPowerDown(_In_ POHANDLE Handle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxCompleteIdleCondition(_In_ POHANDLE Handle, _In_ ULONG Component);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxCompleteIdleState(_In_ POHANDLE Handle, _In_ ULONG Component);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxIdleComponent(_In_ POHANDLE Handle, _In_ ULONG Component, _In_ ULONG Flags);
    NTKERNELAPI VOID NTAPI
    PoFxIssueComponentPerfStateChange(_In_ POHANDLE Handle,
                                      _In_ ULONG Flags,
                                      _In_ ULONG Component,
                                      _In_ PPO_FX_PERF_STATE_CHANGE PerfChange,
                                      _In_ PVOID Context);
    NTKERNELAPI VOID NTAPI
    PoFxIssueComponentPerfStateChangeMultiple(_In_ POHANDLE Handle,
                                              _In_ ULONG Flags,
                                              _In_ ULONG Component,
                                              _In_ ULONG PerfChangesCount,
                                              _In_ PO_FX_PERF_STATE_CHANGE *PerfChanges,
                                              _In_ PVOID Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxNotifySurprisePowerOn(_In_ PDEVICE_OBJECT Pdo);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoFxPowerControl(_In_ POHANDLE Handle,
                                                _In_ LPCGUID PowerControlCode,
                                                _In_opt_ PVOID InBuffer,
                                                _In_ SIZE_T InBufferSize,
                                                _Out_opt_ PVOID OutBuffer,
                                                _In_ SIZE_T OutBufferSize,
                                                _Out_opt_ PSIZE_T BytesReturned);
    NTKERNELAPI NTSTATUS NTAPI
    PoFxPowerOnCrashdumpDevice(_In_ POHANDLE Handle, _In_opt_ PVOID Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoFxQueryCurrentComponentPerfState(_In_ POHANDLE Handle,
                                                                  _In_ ULONG Flags,
                                                                  _In_ ULONG Component,
                                                                  _In_ ULONG SetIndex,
                                                                  _In_ PULONGLONG CurrentPerf);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoFxRegisterComponentPerfStates(
        _In_ POHANDLE Handle,
        _In_ ULONG Component,
        _In_ ULONGLONG Flags,
        _In_ PPO_FX_COMPONENT_PERF_STATE_CALLBACK ComponentPerfStateCallback,
        _In_ PPO_FX_COMPONENT_PERF_INFO InputStateInfo,
        _Out_ PPO_FX_COMPONENT_PERF_INFO *OutputStateInfo);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoFxRegisterCrashdumpDevice(_In_ POHANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PoFxRegisterDevice(_In_ PDEVICE_OBJECT Pdo, _In_ PPO_FX_DEVICE Device, _Out_ POHANDLE *Handle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxReportDevicePoweredOn(_In_ POHANDLE Handle);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxSetComponentLatency(_In_ POHANDLE Handle, _In_ ULONG Component, _In_ ULONGLONG Latency);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxSetComponentResidency(_In_ POHANDLE Handle, _In_ ULONG Component, _In_ ULONGLONG Residency);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxSetComponentWake(_In_ POHANDLE Handle, _In_ ULONG Component, _In_ BOOLEAN WakeHint);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI
    PoFxSetDeviceIdleTimeout(_In_ POHANDLE Handle, _In_ ULONGLONG IdleTimeout);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PoFxSetTargetDripsDevicePowerState(_In_ POHANDLE Handle, _In_ DEVICE_POWER_STATE TargetState);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxStartDevicePowerManagement(_In_ POHANDLE Handle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI VOID NTAPI PoFxUnregisterDevice(_In_ POHANDLE Handle);
    NTKERNELAPI NTSTATUS NTAPI PoCallDriver(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI PoEndDeviceBusy(_Inout_ PULONG IdlePointer);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PULONG NTAPI PoRegisterDeviceForIdleDetection(_In_ PDEVICE_OBJECT DeviceObject,
                                                              _In_ ULONG ConservationIdleTime,
                                                              _In_ ULONG PerformanceIdleTime,
                                                              _In_ DEVICE_POWER_STATE State);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoRegisterPowerSettingCallback(_In_opt_ PDEVICE_OBJECT DeviceObject,
                                                              _In_ LPCGUID SettingGuid,
                                                              _In_ PPOWER_SETTING_CALLBACK Callback,
                                                              _In_opt_ PVOID Context,
                                                              _Out_ PVOID *Handle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI PVOID NTAPI
    PoRegisterSystemState(_Inout_ PVOID StateHandle, _In_ EXECUTION_STATE Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PoRequestPowerIrp(_In_ PDEVICE_OBJECT DeviceObject,
                      _In_ UCHAR MinorFunction,
                      _In_ POWER_STATE PowerState,
                      _In_opt_ PREQUEST_POWER_COMPLETE CompletionFunction,
                      _In_opt_ PVOID Context,
                      _Out_ PIRP *Irp);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI PoGetSystemWake(_In_ PIRP Irp);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI PoSetDeviceBusyEx(_Inout_ PULONG IdlePointer);
    NTKERNELAPI POWER_STATE NTAPI PoSetPowerState(_In_ PDEVICE_OBJECT DeviceObject,
                                                  _In_ POWER_STATE_TYPE Type,
                                                  _In_ POWER_STATE State);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoSetSystemState(_In_ EXECUTION_STATE Flags);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoSetSystemWake(_Inout_ PIRP Irp);
    NTKERNELAPI VOID NTAPI PoSetSystemWakeDevice(_In_ PDEVICE_OBJECT DeviceObject);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI PoStartDeviceBusy(_Inout_ PULONG IdlePointer);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI PoStartNextPowerIrp(_Inout_ PIRP Irp);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoUnregisterPowerSettingCallback(_Inout_ PVOID Handle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI PoUnregisterSystemState(_Inout_ PVOID StateHandle);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PoCreatePowerRequest(_Out_ PVOID *PowerRequest,
                                                    _In_ PDEVICE_OBJECT DeviceObject,
                                                    _In_ PCOUNTED_REASON_CONTEXT Context);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PoSetPowerRequest(_Inout_ PVOID PowerRequest, _In_ POWER_REQUEST_TYPE Type);
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PoClearPowerRequest(_Inout_ PVOID PowerRequest, _In_ POWER_REQUEST_TYPE Type);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI PoDeletePowerRequest(_Inout_ PVOID PowerRequest);
    // Tracing.
    NTKERNELAPI NTSTATUS NTAPI
    EtwActivityIdControl(_In_ ULONG ControlCode, _Inout_ LPGUID ActivityId);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    EtwEventEnabled(_In_ REGHANDLE RegHandle, _In_ PCEVENT_DESCRIPTOR EventDescriptor);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI BOOLEAN NTAPI
    EtwProviderEnabled(_In_ REGHANDLE RegHandle, _In_ UCHAR Level, _In_ ULONGLONG Keyword);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwRegister(_In_ LPCGUID ProviderId,
                                           _In_opt_ PETWENABLECALLBACK EnableCallback,
                                           _In_opt_ PVOID CallbackContext,
                                           _Out_ PREGHANDLE RegHandle);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwSetInformation(_In_ REGHANDLE RegHandle,
                                                 _In_ EVENT_INFO_CLASS InformationClass,
                                                 _In_opt_ PVOID EventInformation,
                                                 _In_ ULONG InformationLength);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwUnregister(_In_ REGHANDLE RegHandle);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwWrite(_In_ REGHANDLE RegHandle,
                                        _In_ PCEVENT_DESCRIPTOR EventDescriptor,
                                        _In_opt_ LPCGUID ActivityId,
                                        _In_ ULONG UserDataCount,
                                        _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwWriteEx(_In_ REGHANDLE RegHandle,
                                          _In_ PCEVENT_DESCRIPTOR EventDescriptor,
                                          _In_ ULONG64 Filter,
                                          _In_ ULONG Flags,
                                          _In_opt_ LPCGUID ActivityId,
                                          _In_opt_ LPCGUID RelatedActivityId,
                                          _In_ ULONG UserDataCount,
                                          _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwWriteString(_In_ REGHANDLE RegHandle,
                                              _In_ UCHAR Level,
                                              _In_ ULONGLONG Keyword,
                                              _In_opt_ LPCGUID ActivityId,
                                              _In_ PCWSTR String);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI EtwWriteTransfer(_In_ REGHANDLE RegHandle,
                                                _In_ PCEVENT_DESCRIPTOR EventDescriptor,
                                                _In_opt_ LPCGUID ActivityId,
                                                _In_opt_ LPCGUID RelatedActivityId,
                                                _In_ ULONG UserDataCount,
                                                _In_opt_ PEVENT_DATA_DESCRIPTOR UserData);
    NTKERNELAPI NTSTATUS NTAPI
    WmiQueryTraceInformation(_In_ TRACE_INFORMATION_CLASS TraceInformationClass,
                             _Out_ PVOID TraceInformation,
                             _In_ ULONG TraceInformationLength,
                             _Out_opt_ PULONG RequiredLength,
                             _In_opt_ PVOID Buffer);
    NTKERNELAPI NTSTATUS NTAPI WmiTraceMessage(_In_ TRACEHANDLE LoggerHandle,
                                               _In_ ULONG MessageFlags,
                                               _In_ LPCGUID MessageGuid,
                                               _In_ USHORT MessageNumber,
                                               ...);
    NTKERNELAPI NTSTATUS NTAPI WmiTraceMessageVa(_In_ TRACEHANDLE LoggerHandle,
                                                 _In_ ULONG MessageFlags,
                                                 _In_ LPCGUID MessageGuid,
                                                 _In_ USHORT MessageNumber,
                                                 _In_ WDK_VA_LIST MessageArgList);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI
    PcwRegister(_Out_ PPCW_REGISTRATION *Registration, _In_ PPCW_REGISTRATION_INFORMATION Info);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI PcwUnregister(_In_ PPCW_REGISTRATION Registration);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PcwAddInstance(_In_ PPCW_BUFFER Buffer,
                                              _In_ PCUNICODE_STRING Name,
                                              _In_ ULONG Id,
                                              _In_ ULONG Count,
                                              _In_ PPCW_DATA Data);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI VOID NTAPI PcwCloseInstance(_In_ PPCW_INSTANCE Instance);
    _IRQL_requires_max_(APC_LEVEL)
    NTKERNELAPI NTSTATUS NTAPI PcwCreateInstance(_Out_ PPCW_INSTANCE *Instance,
                                                 _In_ PPCW_REGISTRATION Registration,
                                                 _In_ PCUNICODE_STRING Name,
                                                 _In_ ULONG Count,
                                                 _In_ PPCW_DATA Data);
    NTKERNELAPI NTSTATUS NTAPI VslCreateSecureSection(_In_ PHANDLE Handle,
                                                      _In_ PEPROCESS TargetProcess,
                                                      _In_ PMDL Mdl,
                                                      _In_ ULONG DevicePageProtection,
                                                      _In_ ULONG Attributes);
    NTKERNELAPI NTSTATUS NTAPI VslDeleteSecureSection(_In_ HANDLE GlobalHandle);

#if defined(OPENWDM_KERNEL)
    _IRQL_requires_max_(DISPATCH_LEVEL)
    NTKERNELAPI VOID NTAPI ObDereferenceObject(_In_ PVOID Object);
    _IRQL_requires_max_(HIGH_LEVEL)
    NTKERNELAPI VOID NTAPI PoSetDeviceBusy(_Inout_ PULONG IdlePointer);
#endif

#ifdef __cplusplus
}
#endif

#endif
