// SPDX-License-Identifier: MIT
// Owns the power management framework (PoFx), power requests and their callbacks.
#ifndef OPENWDM_WDM_PO_FX_H
#define OPENWDM_WDM_PO_FX_H

#include <openwdm_parts/wdm_irp.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct POHANDLE__ *POHANDLE;

#define ES_SYSTEM_REQUIRED  ((ULONG)0x00000001)
#define ES_DISPLAY_REQUIRED ((ULONG)0x00000002)
#define ES_USER_PRESENT     ((ULONG)0x00000004)
#define ES_CONTINUOUS       ((ULONG)0x80000000)

#define PO_FX_VERSION_V1 0x00000001
#define PO_FX_VERSION_V2 0x00000002
#define PO_FX_VERSION_V3 0x00000003
// A driver may choose a version before it includes the header.
#if !defined(PO_FX_VERSION)
#define PO_FX_VERSION PO_FX_VERSION_V1
#endif
#define PO_FX_COMPONENT_FLAG_F0_ON_DX                  0x0000000000000001
#define PO_FX_COMPONENT_FLAG_NO_DEBOUNCE               0x0000000000000002
#define PO_FX_FLAG_BLOCKING                            0x1
#define PO_FX_FLAG_ASYNC_ONLY                          0x2
#define PO_FX_FLAG_PERF_PEP_OPTIONAL                   0x1
#define PO_FX_FLAG_PERF_QUERY_ON_F0                    0x2
#define PO_FX_FLAG_PERF_QUERY_ON_ALL_IDLE_STATES       0x4
#define PO_FX_UNKNOWN_POWER                            0xFFFFFFFF
#define PO_FX_UNKNOWN_TIME                             0xFFFFFFFFFFFFFFFF
#define PO_FX_DEVICE_FLAG_RESERVED_1                   (0x1ull)
#define PO_FX_DEVICE_FLAG_DFX_DIRECT_CHILDREN_OPTIONAL (0x2ull)
#define PO_FX_DEVICE_FLAG_DFX_POWER_CHILDREN_OPTIONAL  (0x4ull)
#define PO_FX_DEVICE_FLAG_DFX_CHILDREN_OPTIONAL \
    (PO_FX_DEVICE_FLAG_DFX_DIRECT_CHILDREN_OPTIONAL | PO_FX_DEVICE_FLAG_DFX_POWER_CHILDREN_OPTIONAL)
#define PO_FX_DEVICE_FLAG_DISABLE_FAST_RESUME          (0x8ull)
#define PO_FX_DEVICE_FLAG_DFX_POWER_DOWN_INFORMATIONAL (0x10ull)

    typedef VOID NTAPI
    PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK(_In_ PVOID Context, _In_ ULONG Component);
    typedef PO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK *PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK;
    typedef VOID NTAPI
    PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK(_In_ PVOID Context, _In_ ULONG Component);
    typedef PO_FX_COMPONENT_IDLE_CONDITION_CALLBACK *PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK;
    typedef VOID NTAPI
    PO_FX_COMPONENT_IDLE_STATE_CALLBACK(_In_ PVOID Context, _In_ ULONG Component, _In_ ULONG State);
    typedef PO_FX_COMPONENT_IDLE_STATE_CALLBACK *PPO_FX_COMPONENT_IDLE_STATE_CALLBACK;
    typedef VOID NTAPI PO_FX_DEVICE_POWER_REQUIRED_CALLBACK(_In_ PVOID Context);
    typedef PO_FX_DEVICE_POWER_REQUIRED_CALLBACK *PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK;
    typedef VOID NTAPI PO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK(_In_ PVOID Context);
    typedef PO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK *PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK;
    typedef NTSTATUS NTAPI
    PO_FX_POWER_CONTROL_CALLBACK(_In_ PVOID DeviceContext,
                                 _In_ LPCGUID PowerControlCode,
                                 _In_reads_bytes_opt_(InBufferSize) PVOID InBuffer,
                                 _In_ SIZE_T InBufferSize,
                                 _Out_writes_bytes_opt_(OutBufferSize) PVOID OutBuffer,
                                 _In_ SIZE_T OutBufferSize,
                                 _Out_opt_ PSIZE_T BytesReturned);
    typedef PO_FX_POWER_CONTROL_CALLBACK *PPO_FX_POWER_CONTROL_CALLBACK;
    typedef VOID NTAPI PO_FX_COMPONENT_CRITICAL_TRANSITION_CALLBACK(_In_ PVOID Context,
                                                                    _In_ ULONG Component,
                                                                    _In_ BOOLEAN Active);
    typedef PO_FX_COMPONENT_CRITICAL_TRANSITION_CALLBACK
        *PPO_FX_COMPONENT_CRITICAL_TRANSITION_CALLBACK;
    typedef VOID NTAPI PO_FX_DIRECTED_POWER_UP_CALLBACK(_In_ PVOID Context, _In_ ULONG Flags);
    typedef PO_FX_DIRECTED_POWER_UP_CALLBACK *PPO_FX_DIRECTED_POWER_UP_CALLBACK;
    typedef VOID NTAPI PO_FX_DIRECTED_POWER_DOWN_CALLBACK(_In_ PVOID Context, _In_ ULONG Flags);
    typedef PO_FX_DIRECTED_POWER_DOWN_CALLBACK *PPO_FX_DIRECTED_POWER_DOWN_CALLBACK;

    typedef struct _PO_FX_COMPONENT_IDLE_STATE
    {
        ULONGLONG TransitionLatency;
        ULONGLONG ResidencyRequirement;
        ULONG NominalPower;
    } PO_FX_COMPONENT_IDLE_STATE, *PPO_FX_COMPONENT_IDLE_STATE;

    typedef struct _PO_FX_COMPONENT_V1
    {
        GUID Id;
        ULONG IdleStateCount;
        ULONG DeepestWakeableIdleState;
        PPO_FX_COMPONENT_IDLE_STATE IdleStates;
    } PO_FX_COMPONENT_V1, *PPO_FX_COMPONENT_V1;

    typedef struct _PO_FX_COMPONENT_V2
    {
        GUID Id;
        ULONGLONG Flags;
        ULONG DeepestWakeableIdleState;
        ULONG IdleStateCount;
        PPO_FX_COMPONENT_IDLE_STATE IdleStates;
        ULONG ProviderCount;
        PULONG Providers;
    } PO_FX_COMPONENT_V2, *PPO_FX_COMPONENT_V2;

    typedef struct _PO_FX_DEVICE_V1
    {
        ULONG Version;
        ULONG ComponentCount;
        PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
        PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
        PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
        PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
        PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
        PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
        PVOID DeviceContext;
        PO_FX_COMPONENT_V1 Components[ANYSIZE_ARRAY];
    } PO_FX_DEVICE_V1, *PPO_FX_DEVICE_V1;

    typedef struct _PO_FX_DEVICE_V2
    {
        ULONG Version;
        ULONGLONG Flags;
        PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
        PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
        PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
        PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
        PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
        PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
        PVOID DeviceContext;
        ULONG ComponentCount;
        PO_FX_COMPONENT_V2 Components[ANYSIZE_ARRAY];
    } PO_FX_DEVICE_V2, *PPO_FX_DEVICE_V2;

    typedef struct _PO_FX_DEVICE_V3
    {
        ULONG Version;
        ULONGLONG Flags;
        PPO_FX_COMPONENT_ACTIVE_CONDITION_CALLBACK ComponentActiveConditionCallback;
        PPO_FX_COMPONENT_IDLE_CONDITION_CALLBACK ComponentIdleConditionCallback;
        PPO_FX_COMPONENT_IDLE_STATE_CALLBACK ComponentIdleStateCallback;
        PPO_FX_DEVICE_POWER_REQUIRED_CALLBACK DevicePowerRequiredCallback;
        PPO_FX_DEVICE_POWER_NOT_REQUIRED_CALLBACK DevicePowerNotRequiredCallback;
        PPO_FX_POWER_CONTROL_CALLBACK PowerControlCallback;
        PPO_FX_DIRECTED_POWER_UP_CALLBACK DirectedPowerUpCallback;
        PPO_FX_DIRECTED_POWER_DOWN_CALLBACK DirectedPowerDownCallback;
        ULONG DirectedFxTimeoutInSeconds;
        PVOID DeviceContext;
        ULONG ComponentCount;
        PO_FX_COMPONENT_V2 Components[ANYSIZE_ARRAY];
    } PO_FX_DEVICE_V3, *PPO_FX_DEVICE_V3;

#if PO_FX_VERSION == PO_FX_VERSION_V3
    typedef PO_FX_DEVICE_V3 PO_FX_DEVICE, *PPO_FX_DEVICE;
    typedef PO_FX_COMPONENT_V2 PO_FX_COMPONENT, *PPO_FX_COMPONENT;
#elif PO_FX_VERSION == PO_FX_VERSION_V2
typedef PO_FX_DEVICE_V2 PO_FX_DEVICE, *PPO_FX_DEVICE;
typedef PO_FX_COMPONENT_V2 PO_FX_COMPONENT, *PPO_FX_COMPONENT;
#else
typedef PO_FX_DEVICE_V1 PO_FX_DEVICE, *PPO_FX_DEVICE;
typedef PO_FX_COMPONENT_V1 PO_FX_COMPONENT, *PPO_FX_COMPONENT;
#endif

    typedef enum _PO_FX_PERF_STATE_UNIT
    {
        PoFxPerfStateUnitOther,
        PoFxPerfStateUnitFrequency,
        PoFxPerfStateUnitBandwidth,
        PoFxPerfStateUnitMaximum
    } PO_FX_PERF_STATE_UNIT,
        *PPO_FX_PERF_STATE_UNIT;

    typedef enum _PO_FX_PERF_STATE_TYPE
    {
        PoFxPerfStateTypeDiscrete,
        PoFxPerfStateTypeRange,
        PoFxPerfStateTypeMaximum
    } PO_FX_PERF_STATE_TYPE,
        *PPO_FX_PERF_STATE_TYPE;

    typedef struct _PO_FX_PERF_STATE
    {
        ULONGLONG Value;
        PVOID Context;
    } PO_FX_PERF_STATE, *PPO_FX_PERF_STATE;

    typedef struct _PO_FX_COMPONENT_PERF_SET
    {
        UNICODE_STRING Name;
        ULONGLONG Flags;
        PO_FX_PERF_STATE_UNIT Unit;
        PO_FX_PERF_STATE_TYPE Type;
        union
        {
            struct
            {
                ULONG Count;
                PPO_FX_PERF_STATE States;
            } Discrete;
            struct
            {
                ULONGLONG Minimum;
                ULONGLONG Maximum;
            } Range;
        };
    } PO_FX_COMPONENT_PERF_SET, *PPO_FX_COMPONENT_PERF_SET;

    typedef struct _PO_FX_COMPONENT_PERF_INFO
    {
        ULONG PerfStateSetsCount;
        PO_FX_COMPONENT_PERF_SET PerfStateSets[ANYSIZE_ARRAY];
    } PO_FX_COMPONENT_PERF_INFO, *PPO_FX_COMPONENT_PERF_INFO;

    typedef struct _PO_FX_PERF_STATE_CHANGE
    {
        ULONG Set;
        union
        {
            ULONG StateIndex;
            ULONGLONG StateValue;
        };
    } PO_FX_PERF_STATE_CHANGE, *PPO_FX_PERF_STATE_CHANGE;

    typedef VOID NTAPI PO_FX_COMPONENT_PERF_STATE_CALLBACK(_In_ PVOID Context,
                                                           _In_ ULONG Component,
                                                           _In_ BOOLEAN Succeeded,
                                                           _In_opt_ PVOID RequestContext);
    typedef PO_FX_COMPONENT_PERF_STATE_CALLBACK *PPO_FX_COMPONENT_PERF_STATE_CALLBACK;

    // Power requests.
    typedef enum _POWER_REQUEST_TYPE
    {
        PowerRequestDisplayRequired,
        PowerRequestSystemRequired,
        PowerRequestAwayModeRequired,
        PowerRequestExecutionRequired
    } POWER_REQUEST_TYPE,
        *PPOWER_REQUEST_TYPE;

#define DIAGNOSTIC_REASON_VERSION         0
#define DIAGNOSTIC_REASON_SIMPLE_STRING   0x00000001
#define DIAGNOSTIC_REASON_DETAILED_STRING 0x00000002
#define DIAGNOSTIC_REASON_NOT_SPECIFIED   0x80000000

    typedef struct _COUNTED_REASON_CONTEXT
    {
        ULONG Version;
        ULONG Flags;
        union
        {
            struct
            {
                UNICODE_STRING ResourceFileName;
                USHORT ResourceReasonId;
                ULONG StringCount;
                PUNICODE_STRING ReasonStrings;
            };
            UNICODE_STRING SimpleString;
        };
    } COUNTED_REASON_CONTEXT, *PCOUNTED_REASON_CONTEXT;

#ifdef __cplusplus
}
#endif

#endif
