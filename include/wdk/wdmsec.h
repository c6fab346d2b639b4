// SPDX-License-Identifier: MIT
// Owns secured device objects: what wdmsec.lib offers to legacy drivers and bus drivers.
#ifndef _WDMSEC_H_
#define _WDMSEC_H_

#include <wdm.h>

#ifdef __cplusplus
extern "C"
{
#endif

// The documented security descriptors. A reference picks the one a driver uses.
#if !defined(OPENWDM_KERNEL)
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_KERNEL_ONLY, L"D:P");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL, L"D:P(A;;GA;;;SY)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL_ADM_ALL,
                                        L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL_ADM_RX,
                                        L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R,
                                        L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R,
                                        L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(
        SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R,
        L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");
    DECLARE_GLOBAL_CONST_UNICODE_STRING(
        SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX,
        L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");
#endif

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(_In_ PDRIVER_OBJECT DriverObject,
                                              _In_ ULONG DeviceExtensionSize,
                                              _In_opt_ PUNICODE_STRING DeviceName,
                                              _In_ DEVICE_TYPE DeviceType,
                                              _In_ ULONG DeviceCharacteristics,
                                              _In_ BOOLEAN Exclusive,
                                              _In_ PCUNICODE_STRING DefaultSDDLString,
                                              _In_opt_ LPCGUID DeviceClassGuid,
                                              _Out_ PDEVICE_OBJECT *DeviceObject);
#define IoCreateDeviceSecure WdmlibIoCreateDeviceSecure

    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSTATUS NTAPI WdmlibIoValidateDeviceIoControlAccess(_In_ PIRP Irp, _In_ ULONG RequiredAccess);
    _IRQL_requires_max_(PASSIVE_LEVEL)
    NTSTATUS NTAPI WdmlibRtlInitUnicodeStringEx(_Out_ PUNICODE_STRING DestinationString,
                                                _In_opt_z_ PCWSTR SourceString);

#ifdef __cplusplus
}
#endif

#endif
