// SPDX-License-Identifier: MIT
// Owns the types of Plug and Play routines: properties, notifications, containers, registry keys.
#ifndef OPENWDM_WDM_PNP_TYPES_H
#define OPENWDM_WDM_PNP_TYPES_H

#include <openwdm_parts/wdm_resource.h>
#include <openwdm_parts/wdm_dma.h>
#include <openwdm_parts/wdm_ex_types.h>
#include <devpropdef.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _CLIENT_ID
    {
        HANDLE UniqueProcess;
        HANDLE UniqueThread;
    } CLIENT_ID, *PCLIENT_ID;

    typedef enum
    {
        DevicePropertyDeviceDescription = 0x0,
        DevicePropertyHardwareID = 0x1,
        DevicePropertyCompatibleIDs = 0x2,
        DevicePropertyBootConfiguration = 0x3,
        DevicePropertyBootConfigurationTranslated = 0x4,
        DevicePropertyClassName = 0x5,
        DevicePropertyClassGuid = 0x6,
        DevicePropertyDriverKeyName = 0x7,
        DevicePropertyManufacturer = 0x8,
        DevicePropertyFriendlyName = 0x9,
        DevicePropertyLocationInformation = 0xa,
        DevicePropertyPhysicalDeviceObjectName = 0xb,
        DevicePropertyBusTypeGuid = 0xc,
        DevicePropertyLegacyBusType = 0xd,
        DevicePropertyBusNumber = 0xe,
        DevicePropertyEnumeratorName = 0xf,
        DevicePropertyAddress = 0x10,
        DevicePropertyUINumber = 0x11,
        DevicePropertyInstallState = 0x12,
        DevicePropertyRemovalPolicy = 0x13,
        DevicePropertyResourceRequirements = 0x14,
        DevicePropertyAllocatedResources = 0x15,
        DevicePropertyContainerID = 0x16
    } DEVICE_REGISTRY_PROPERTY;

    typedef enum _DEVICE_REMOVAL_POLICY
    {
        RemovalPolicyExpectNoRemoval = 1,
        RemovalPolicyExpectOrderlyRemoval = 2,
        RemovalPolicyExpectSurpriseRemoval = 3
    } DEVICE_REMOVAL_POLICY,
        *PDEVICE_REMOVAL_POLICY;

#define PLUGPLAY_REGKEY_DEVICE                                 1
#define PLUGPLAY_REGKEY_DRIVER                                 2
#define PLUGPLAY_REGKEY_CURRENT_HWPROFILE                      4
#define DEVICE_INTERFACE_INCLUDE_NONACTIVE                     0x00000001
#define PLUGPLAY_PROPERTY_PERSISTENT                           0x0001
#define PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES 0x00000001

    typedef enum _DRIVER_REGKEY_TYPE
    {
        DriverRegKeyParameters,
        DriverRegKeyPersistentState,
        DriverRegKeySharedPersistentState
    } DRIVER_REGKEY_TYPE;

    typedef enum _DRIVER_DIRECTORY_TYPE
    {
        DriverDirectoryImage,
        DriverDirectoryData,
        DriverDirectorySharedData
    } DRIVER_DIRECTORY_TYPE;

    typedef enum _DEVICE_DIRECTORY_TYPE
    {
        DeviceDirectoryData
    } DEVICE_DIRECTORY_TYPE;

    typedef enum _IO_NOTIFICATION_EVENT_CATEGORY
    {
        EventCategoryReserved,
        EventCategoryHardwareProfileChange,
        EventCategoryDeviceInterfaceChange,
        EventCategoryTargetDeviceChange,
        EventCategoryKernelSoftRestart
    } IO_NOTIFICATION_EVENT_CATEGORY;

    typedef struct _PLUGPLAY_NOTIFICATION_HEADER
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
    } PLUGPLAY_NOTIFICATION_HEADER, *PPLUGPLAY_NOTIFICATION_HEADER;

    typedef struct _HWPROFILE_CHANGE_NOTIFICATION
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
    } HWPROFILE_CHANGE_NOTIFICATION, *PHWPROFILE_CHANGE_NOTIFICATION;

    typedef struct _DEVICE_INTERFACE_CHANGE_NOTIFICATION
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
        GUID InterfaceClassGuid;
        PUNICODE_STRING SymbolicLinkName;
    } DEVICE_INTERFACE_CHANGE_NOTIFICATION, *PDEVICE_INTERFACE_CHANGE_NOTIFICATION;

    typedef struct _TARGET_DEVICE_REMOVAL_NOTIFICATION
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
        PFILE_OBJECT FileObject;
    } TARGET_DEVICE_REMOVAL_NOTIFICATION, *PTARGET_DEVICE_REMOVAL_NOTIFICATION;

    typedef struct _TARGET_DEVICE_CUSTOM_NOTIFICATION
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
        PFILE_OBJECT FileObject;
        LONG NameBufferOffset;
        UCHAR CustomDataBuffer[1];
    } TARGET_DEVICE_CUSTOM_NOTIFICATION, *PTARGET_DEVICE_CUSTOM_NOTIFICATION;

    typedef struct _KERNEL_SOFT_RESTART_NOTIFICATION
    {
        USHORT Version;
        USHORT Size;
        GUID Event;
    } KERNEL_SOFT_RESTART_NOTIFICATION, *PKERNEL_SOFT_RESTART_NOTIFICATION;

    typedef struct _BOOTDISK_INFORMATION
    {
        LONGLONG BootPartitionOffset;
        LONGLONG SystemPartitionOffset;
        ULONG BootDeviceSignature;
        ULONG SystemDeviceSignature;
    } BOOTDISK_INFORMATION, *PBOOTDISK_INFORMATION;

    typedef enum _IO_CONTAINER_INFORMATION_CLASS
    {
        IoSessionStateInformation,
        IoMaxContainerInformationClass
    } IO_CONTAINER_INFORMATION_CLASS;

    typedef enum _IO_SESSION_STATE
    {
        IoSessionStateCreated = 1,
        IoSessionStateInitialized,
        IoSessionStateConnected,
        IoSessionStateDisconnected,
        IoSessionStateDisconnectedLoggedOn,
        IoSessionStateLoggedOn,
        IoSessionStateLoggedOff,
        IoSessionStateTerminated,
        IoSessionStateMax
    } IO_SESSION_STATE,
        *PIO_SESSION_STATE;

    typedef enum _IO_SESSION_EVENT
    {
        IoSessionEventIgnore = 0,
        IoSessionEventCreated,
        IoSessionEventTerminated,
        IoSessionEventConnected,
        IoSessionEventDisconnected,
        IoSessionEventLogon,
        IoSessionEventLogoff,
        IoSessionEventMax
    } IO_SESSION_EVENT,
        *PIO_SESSION_EVENT;

#define IO_SESSION_STATE_ALL_EVENTS        0xffffffff
#define IO_SESSION_STATE_CREATION_EVENT    0x00000001
#define IO_SESSION_STATE_TERMINATION_EVENT 0x00000002
#define IO_SESSION_STATE_CONNECT_EVENT     0x00000004
#define IO_SESSION_STATE_DISCONNECT_EVENT  0x00000008
#define IO_SESSION_STATE_LOGON_EVENT       0x00000010
#define IO_SESSION_STATE_LOGOFF_EVENT      0x00000020
#define IO_SESSION_STATE_VALID_EVENT_MASK  0x0000003f
#define IO_SESSION_MAX_PAYLOAD_SIZE        256L

    typedef struct _IO_SESSION_STATE_INFORMATION
    {
        ULONG SessionId;
        IO_SESSION_STATE SessionState;
        BOOLEAN LocalSession;
    } IO_SESSION_STATE_INFORMATION, *PIO_SESSION_STATE_INFORMATION;

    typedef struct _IO_SESSION_CONNECT_INFO
    {
        ULONG SessionId;
        BOOLEAN LocalSession;
    } IO_SESSION_CONNECT_INFO, *PIO_SESSION_CONNECT_INFO;

    typedef enum _IO_CONTAINER_NOTIFICATION_CLASS
    {
        IoSessionStateNotification,
        IoMaxContainerNotificationClass
    } IO_CONTAINER_NOTIFICATION_CLASS;

    typedef struct _IO_SESSION_STATE_NOTIFICATION
    {
        ULONG Size;
        ULONG Flags;
        PVOID IoObject;
        ULONG EventMask;
        PVOID Context;
    } IO_SESSION_STATE_NOTIFICATION, *PIO_SESSION_STATE_NOTIFICATION;

    typedef NTSTATUS NTAPI
    IO_SESSION_NOTIFICATION_FUNCTION(_In_ PVOID SessionObject,
                                     _In_ PVOID IoObject,
                                     _In_ ULONG Event,
                                     _In_ PVOID Context,
                                     _In_reads_bytes_opt_(PayloadLength) PVOID NotificationPayload,
                                     _In_ ULONG PayloadLength);
    typedef IO_SESSION_NOTIFICATION_FUNCTION *PIO_SESSION_NOTIFICATION_FUNCTION;
    typedef NTSTATUS NTAPI IO_CONTAINER_NOTIFICATION_FUNCTION(VOID);
    typedef IO_CONTAINER_NOTIFICATION_FUNCTION *PIO_CONTAINER_NOTIFICATION_FUNCTION;

    typedef BOOLEAN NTAPI
    IO_PERSISTED_MEMORY_ENUMERATION_CALLBACK(_In_ PDRIVER_OBJECT DriverObject,
                                             _In_opt_ PDEVICE_OBJECT PhysicalDeviceObject,
                                             _In_opt_ PUNICODE_STRING PhysicalDeviceId,
                                             _In_ PUSHORT DataTag,
                                             _Inout_ PULONG DataVersion,
                                             _In_ PVOID CallbackContext);
    typedef IO_PERSISTED_MEMORY_ENUMERATION_CALLBACK *PIO_PERSISTED_MEMORY_ENUMERATION_CALLBACK;

    typedef VOID NTAPI FWMI_NOTIFICATION_CALLBACK(PVOID Wnode, PVOID Context);
    typedef FWMI_NOTIFICATION_CALLBACK *WMI_NOTIFICATION_CALLBACK;

#define WMIREG_ACTION_REGISTER     1
#define WMIREG_ACTION_DEREGISTER   2
#define WMIREG_ACTION_REREGISTER   3
#define WMIREG_ACTION_UPDATE_GUIDS 4
#define WMIREG_ACTION_BLOCK_IRPS   5
#define WMIREGISTER                0
#define WMIUPDATE                  1

#ifdef __cplusplus
}
#endif

#endif
