// SPDX-License-Identifier: MIT
// Owns power states, power actions and the types of power callbacks.
#ifndef OPENWDM_WDM_PO_TYPES_H
#define OPENWDM_WDM_PO_TYPES_H

#include <openwdm_parts/wdm_ke_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef enum _SYSTEM_POWER_STATE
    {
        PowerSystemUnspecified = 0,
        PowerSystemWorking = 1,
        PowerSystemSleeping1 = 2,
        PowerSystemSleeping2 = 3,
        PowerSystemSleeping3 = 4,
        PowerSystemHibernate = 5,
        PowerSystemShutdown = 6,
        PowerSystemMaximum = 7
    } SYSTEM_POWER_STATE,
        *PSYSTEM_POWER_STATE;
#define POWER_SYSTEM_MAXIMUM 7

    typedef enum _DEVICE_POWER_STATE
    {
        PowerDeviceUnspecified = 0,
        PowerDeviceD0,
        PowerDeviceD1,
        PowerDeviceD2,
        PowerDeviceD3,
        PowerDeviceMaximum
    } DEVICE_POWER_STATE,
        *PDEVICE_POWER_STATE;

    typedef enum _POWER_STATE_TYPE
    {
        SystemPowerState = 0,
        DevicePowerState
    } POWER_STATE_TYPE,
        *PPOWER_STATE_TYPE;

    typedef union _POWER_STATE
    {
        SYSTEM_POWER_STATE SystemState;
        DEVICE_POWER_STATE DeviceState;
    } POWER_STATE, *PPOWER_STATE;

    typedef enum
    {
        PowerActionNone = 0,
        PowerActionReserved,
        PowerActionSleep,
        PowerActionHibernate,
        PowerActionShutdown,
        PowerActionShutdownReset,
        PowerActionShutdownOff,
        PowerActionWarmEject,
        PowerActionDisplayOff
    } POWER_ACTION,
        *PPOWER_ACTION;

    typedef enum
    {
        PoAc,
        PoDc,
        PoHot,
        PoConditionMaximum
    } SYSTEM_POWER_CONDITION;

    typedef enum
    {
        LT_DONT_CARE,
        LT_LOWEST_LATENCY
    } LATENCY_TIME;

    typedef struct _SYSTEM_POWER_STATE_CONTEXT
    {
        union
        {
            struct
            {
                ULONG Reserved1 : 8;
                ULONG TargetSystemState : 4;
                ULONG EffectiveSystemState : 4;
                ULONG CurrentSystemState : 4;
                ULONG IgnoreHibernationPath : 1;
                ULONG PseudoTransition : 1;
                ULONG KernelSoftReboot : 1;
                ULONG DirectedDripsTransition : 1;
                ULONG Reserved2 : 8;
            };
            ULONG ContextAsUlong;
        };
    } SYSTEM_POWER_STATE_CONTEXT, *PSYSTEM_POWER_STATE_CONTEXT;

    struct _POWER_SEQUENCE
    {
        ULONG SequenceD1;
        ULONG SequenceD2;
        ULONG SequenceD3;
    };

    typedef enum _DEVICE_USAGE_NOTIFICATION_TYPE
    {
        DeviceUsageTypeUndefined,
        DeviceUsageTypePaging,
        DeviceUsageTypeHibernation,
        DeviceUsageTypeDumpFile,
        DeviceUsageTypeBoot,
        DeviceUsageTypePostDisplay,
        DeviceUsageTypeGuestAssigned
    } DEVICE_USAGE_NOTIFICATION_TYPE;

    typedef VOID NTAPI REQUEST_POWER_COMPLETE(_In_ struct _DEVICE_OBJECT *DeviceObject,
                                              _In_ UCHAR MinorFunction,
                                              _In_ POWER_STATE PowerState,
                                              _In_opt_ PVOID Context,
                                              _In_ struct _IO_STATUS_BLOCK *IoStatus);
    typedef REQUEST_POWER_COMPLETE *PREQUEST_POWER_COMPLETE;

    typedef NTSTATUS NTAPI POWER_SETTING_CALLBACK(_In_ LPCGUID SettingGuid,
                                                  _In_ PVOID Value,
                                                  _In_ ULONG ValueLength,
                                                  _Inout_opt_ PVOID Context);
    typedef POWER_SETTING_CALLBACK *PPOWER_SETTING_CALLBACK;

#ifdef __cplusplus
}
#endif

#endif
