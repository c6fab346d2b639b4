// SPDX-License-Identifier: MIT
// Owns the direct-call interfaces of bus drivers, the data behind REG_FULL_RESOURCE_DESCRIPTOR
// values, and the less common information structures of wdm.h.
#ifndef OPENWDM_WDM_PNP_INTERFACE_H
#define OPENWDM_WDM_PNP_INTERFACE_H

#include <openwdm_parts/wdm_pnp_types.h>
#include <openwdm_parts/wdm_pci.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _PCI_DEVICE_PRESENCE_PARAMETERS
    {
        ULONG Size;
        ULONG Flags;
        USHORT VendorID;
        USHORT DeviceID;
        UCHAR RevisionID;
        USHORT SubVendorID;
        USHORT SubSystemID;
        UCHAR BaseClass;
        UCHAR SubClass;
        UCHAR ProgIf;
    } PCI_DEVICE_PRESENCE_PARAMETERS, *PPCI_DEVICE_PRESENCE_PARAMETERS;
#define PCI_USE_SUBSYSTEM_IDS  0x00000001
#define PCI_USE_REVISION       0x00000002
#define PCI_USE_VENDEV_IDS     0x00000004
#define PCI_USE_CLASS_SUBCLASS 0x00000008
#define PCI_USE_PROGIF         0x00000010
#define PCI_USE_LOCAL_BUS      0x00000020
#define PCI_USE_LOCAL_DEVICE   0x00000040

    typedef BOOLEAN NTAPI PCI_IS_DEVICE_PRESENT(_In_ USHORT VendorID,
                                                _In_ USHORT DeviceID,
                                                _In_ UCHAR RevisionID,
                                                _In_ USHORT SubVendorID,
                                                _In_ USHORT SubSystemID,
                                                _In_ ULONG Flags);
    typedef PCI_IS_DEVICE_PRESENT *PPCI_IS_DEVICE_PRESENT;
    typedef BOOLEAN NTAPI
    PCI_IS_DEVICE_PRESENT_EX(_In_ PVOID Context, _In_ PPCI_DEVICE_PRESENCE_PARAMETERS Parameters);
    typedef PCI_IS_DEVICE_PRESENT_EX *PPCI_IS_DEVICE_PRESENT_EX;

    typedef struct _PCI_DEVICE_PRESENT_INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PPCI_IS_DEVICE_PRESENT IsDevicePresent;
        PPCI_IS_DEVICE_PRESENT_EX IsDevicePresentEx;
    } PCI_DEVICE_PRESENT_INTERFACE, *PPCI_DEVICE_PRESENT_INTERFACE;
#define PCI_DEVICE_PRESENT_INTERFACE_VERSION 1

    typedef NTSTATUS NTAPI
    PCI_MSIX_SET_ENTRY(_In_ PVOID Context, _In_ ULONG TableEntry, _In_ ULONG MessageNumber);
    typedef PCI_MSIX_SET_ENTRY *PPCI_MSIX_SET_ENTRY;
    typedef NTSTATUS NTAPI PCI_MSIX_MASKUNMASK_ENTRY(_In_ PVOID Context, _In_ ULONG TableEntry);
    typedef PCI_MSIX_MASKUNMASK_ENTRY *PPCI_MSIX_MASKUNMASK_ENTRY;
    typedef NTSTATUS NTAPI PCI_MSIX_GET_ENTRY(_In_ PVOID Context,
                                              _In_ ULONG TableEntry,
                                              _Out_ PULONG MessageNumber,
                                              _Out_ PBOOLEAN Masked);
    typedef PCI_MSIX_GET_ENTRY *PPCI_MSIX_GET_ENTRY;
    typedef NTSTATUS NTAPI PCI_MSIX_GET_TABLE_SIZE(_In_ PVOID Context, _Out_ PULONG TableSize);
    typedef PCI_MSIX_GET_TABLE_SIZE *PPCI_MSIX_GET_TABLE_SIZE;

    typedef struct _PCI_MSIX_TABLE_CONFIG_INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PPCI_MSIX_SET_ENTRY SetTableEntry;
        PPCI_MSIX_MASKUNMASK_ENTRY MaskTableEntry;
        PPCI_MSIX_MASKUNMASK_ENTRY UnmaskTableEntry;
        PPCI_MSIX_GET_ENTRY GetTableEntry;
        PPCI_MSIX_GET_TABLE_SIZE GetTableSize;
    } PCI_MSIX_TABLE_CONFIG_INTERFACE, *PPCI_MSIX_TABLE_CONFIG_INTERFACE;
#define PCI_MSIX_TABLE_CONFIG_INTERFACE_VERSION 1

    typedef enum _DEVICE_WAKE_DEPTH
    {
        DeviceWakeDepthNotWakeable = 0,
        DeviceWakeDepthD0,
        DeviceWakeDepthD1,
        DeviceWakeDepthD2,
        DeviceWakeDepthD3hot,
        DeviceWakeDepthD3cold,
        DeviceWakeDepthMaximum
    } DEVICE_WAKE_DEPTH,
        *PDEVICE_WAKE_DEPTH;
    typedef enum _D3COLD_LAST_TRANSITION_STATUS
    {
        LastDStateTransitionStatusUnknown = 0,
        LastDStateTransitionD3hot,
        LastDStateTransitionD3cold
    } D3COLD_LAST_TRANSITION_STATUS,
        *PD3COLD_LAST_TRANSITION_STATUS;

    typedef VOID NTAPI SET_D3COLD_SUPPORT(_In_reads_opt_(_Inexpressible_("varies")) PVOID Context,
                                          _In_ BOOLEAN D3ColdSupport);
    typedef SET_D3COLD_SUPPORT *PSET_D3COLD_SUPPORT;
    typedef NTSTATUS NTAPI
    GET_IDLE_WAKE_INFO(_In_reads_opt_(_Inexpressible_("varies")) PVOID Context,
                       _In_ SYSTEM_POWER_STATE SystemPowerState,
                       _Out_ PDEVICE_WAKE_DEPTH DeepestWakeableDstate);
    typedef GET_IDLE_WAKE_INFO *PGET_IDLE_WAKE_INFO;
    typedef NTSTATUS NTAPI
    GET_D3COLD_CAPABILITY(_In_reads_opt_(_Inexpressible_("varies")) PVOID Context,
                          _Out_ PBOOLEAN D3ColdSupported);
    typedef GET_D3COLD_CAPABILITY *PGET_D3COLD_CAPABILITY;
    typedef VOID NTAPI
    GET_D3COLD_LAST_TRANSITION_STATUS(_In_reads_opt_(_Inexpressible_("varies")) PVOID Context,
                                      _Out_ PD3COLD_LAST_TRANSITION_STATUS LastTransitionStatus);
    typedef GET_D3COLD_LAST_TRANSITION_STATUS *PGET_D3COLD_LAST_TRANSITION_STATUS;

    typedef struct _D3COLD_SUPPORT_INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PSET_D3COLD_SUPPORT SetD3ColdSupport;
        PGET_IDLE_WAKE_INFO GetIdleWakeInfo;
        PGET_D3COLD_CAPABILITY GetD3ColdCapability;
        PGET_D3COLD_CAPABILITY GetBusDriverD3ColdSupport;
        PGET_D3COLD_LAST_TRANSITION_STATUS GetLastTransitionStatus;
    } D3COLD_SUPPORT_INTERFACE, *PD3COLD_SUPPORT_INTERFACE;
#define D3COLD_SUPPORT_INTERFACE_VERSION 1

    typedef NTSTATUS(NTAPI *PGET_LOCATION_STRING)(_Inout_opt_ PVOID Context,
                                                  _Out_ PZZWSTR *Location);
    typedef struct _PNP_LOCATION_INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PGET_LOCATION_STRING GetLocationString;
    } PNP_LOCATION_INTERFACE, *PPNP_LOCATION_INTERFACE;
#define PNP_LOCATION_INTERFACE_VERSION 1

    typedef NTSTATUS NTAPI
    GET_UPDATED_BUS_RESOURCE(_In_ PVOID Context,
                             _Out_ PCM_RESOURCE_LIST *UpdatedResourceList,
                             _Out_ PCM_RESOURCE_LIST *UpdatedTranslatedResourceList);
    typedef GET_UPDATED_BUS_RESOURCE *PGET_UPDATED_BUS_RESOURCE;
    typedef struct _BUS_RESOURCE_UPDATE_INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PGET_UPDATED_BUS_RESOURCE GetUpdatedBusResource;
    } BUS_RESOURCE_UPDATE_INTERFACE, *PBUS_RESOURCE_UPDATE_INTERFACE;

    typedef VOID(NTAPI *PDEVICE_RESET_COMPLETION)(_In_ NTSTATUS Status, _Inout_opt_ PVOID Context);
    typedef struct _FUNCTION_LEVEL_DEVICE_RESET_PARAMETERS
    {
        ULONG Size;
        PDEVICE_RESET_COMPLETION DeviceResetCompletion;
        PVOID CompletionContext;
    } FUNCTION_LEVEL_DEVICE_RESET_PARAMETERS, *PFUNCTION_LEVEL_DEVICE_RESET_PARAMETERS;

    // PCI power management capability.
    typedef struct _PCI_PMC
    {
        UCHAR Version : 3;
        UCHAR PMEClock : 1;
        UCHAR Rsvd1 : 1;
        UCHAR DeviceSpecificInitialization : 1;
        UCHAR Rsvd2 : 2;
        struct _PM_SUPPORT
        {
            UCHAR Rsvd2 : 1;
            UCHAR D1 : 1;
            UCHAR D2 : 1;
            UCHAR PMED0 : 1;
            UCHAR PMED1 : 1;
            UCHAR PMED2 : 1;
            UCHAR PMED3Hot : 1;
            UCHAR PMED3Cold : 1;
        } Support;
    } PCI_PMC, *PPCI_PMC;
    typedef struct _PCI_PMCSR
    {
        USHORT PowerState : 2;
        USHORT Rsvd1 : 1;
        USHORT NoSoftReset : 1;
        USHORT Rsvd2 : 4;
        USHORT PMEEnable : 1;
        USHORT DataSelect : 4;
        USHORT DataScale : 2;
        USHORT PMEStatus : 1;
    } PCI_PMCSR, *PPCI_PMCSR;
    typedef struct _PCI_PMCSR_BSE
    {
        UCHAR Rsvd1 : 6;
        UCHAR D3HotSupportsStopClock : 1;
        UCHAR BusPowerClockControlEnabled : 1;
    } PCI_PMCSR_BSE, *PPCI_PMCSR_BSE;
    typedef struct _PCI_PM_CAPABILITY
    {
        PCI_CAPABILITIES_HEADER Header;
        union
        {
            PCI_PMC Capabilities;
            USHORT AsUSHORT;
        } PMC;
        union
        {
            PCI_PMCSR ControlStatus;
            USHORT AsUSHORT;
        } PMCSR;
        union
        {
            PCI_PMCSR_BSE BridgeSupport;
            UCHAR AsUCHAR;
        } PMCSR_BSE;
        UCHAR Data;
    } PCI_PM_CAPABILITY, *PPCI_PM_CAPABILITY;

    // Device data of the hardware description.
    typedef struct _CM_SERIAL_DEVICE_DATA
    {
        USHORT Version;
        USHORT Revision;
        ULONG BaudClock;
    } CM_SERIAL_DEVICE_DATA, *PCM_SERIAL_DEVICE_DATA;
    typedef struct _CM_FLOPPY_DEVICE_DATA
    {
        USHORT Version;
        USHORT Revision;
        CHAR Size[8];
        ULONG MaxDensity;
        ULONG MountDensity;
        UCHAR StepRateHeadUnloadTime;
        UCHAR HeadLoadTime;
        UCHAR MotorOffTime;
        UCHAR SectorLengthCode;
        UCHAR SectorPerTrack;
        UCHAR ReadWriteGapLength;
        UCHAR DataTransferLength;
        UCHAR FormatGapLength;
        UCHAR FormatFillCharacter;
        UCHAR HeadSettleTime;
        UCHAR MotorSettleTime;
        UCHAR MaximumTrackValue;
        UCHAR DataTransferRate;
    } CM_FLOPPY_DEVICE_DATA, *PCM_FLOPPY_DEVICE_DATA;
    typedef struct _CM_KEYBOARD_DEVICE_DATA
    {
        USHORT Version;
        USHORT Revision;
        UCHAR Type;
        UCHAR Subtype;
        USHORT KeyboardFlags;
    } CM_KEYBOARD_DEVICE_DATA, *PCM_KEYBOARD_DEVICE_DATA;
    typedef struct _CM_SCSI_DEVICE_DATA
    {
        USHORT Version;
        USHORT Revision;
        UCHAR HostIdentifier;
    } CM_SCSI_DEVICE_DATA, *PCM_SCSI_DEVICE_DATA;
#include <pshpack1.h>
    typedef struct _CM_INT13_DRIVE_PARAMETER
    {
        USHORT DriveSelect;
        ULONG MaxCylinders;
        USHORT SectorsPerTrack;
        USHORT MaxHeads;
        USHORT NumberDrives;
    } CM_INT13_DRIVE_PARAMETER, *PCM_INT13_DRIVE_PARAMETER;
#include <poppack.h>

    typedef struct CM_Power_Data_s
    {
        ULONG PD_Size;
        DEVICE_POWER_STATE PD_MostRecentPowerState;
        ULONG PD_Capabilities;
        ULONG PD_D1Latency;
        ULONG PD_D2Latency;
        ULONG PD_D3Latency;
        DEVICE_POWER_STATE PD_PowerStateMapping[POWER_SYSTEM_MAXIMUM];
        SYSTEM_POWER_STATE PD_DeepestSystemWake;
    } CM_POWER_DATA, *PCM_POWER_DATA;
#define PDCAP_D0_SUPPORTED           0x00000001
#define PDCAP_D1_SUPPORTED           0x00000002
#define PDCAP_D2_SUPPORTED           0x00000004
#define PDCAP_D3_SUPPORTED           0x00000008
#define PDCAP_WAKE_FROM_D0_SUPPORTED 0x00000010
#define PDCAP_WAKE_FROM_D1_SUPPORTED 0x00000020
#define PDCAP_WAKE_FROM_D2_SUPPORTED 0x00000040
#define PDCAP_WAKE_FROM_D3_SUPPORTED 0x00000080
#define PDCAP_WARM_EJECT_SUPPORTED   0x00000100

    typedef struct
    {
        ULONG Granularity;
        ULONG Capacity;
    } BATTERY_REPORTING_SCALE, *PBATTERY_REPORTING_SCALE;
    typedef struct
    {
        ULONG Version;
        GUID Guid;
        ULONG PowerCondition;
        ULONG DataLength;
        UCHAR Data[ANYSIZE_ARRAY];
    } SET_POWER_SETTING_VALUE, *PSET_POWER_SETTING_VALUE;
#define POWER_SETTING_VALUE_VERSION (0x1)
    typedef struct
    {
        GUID Guid;
    } NOTIFY_USER_POWER_SETTING, *PNOTIFY_USER_POWER_SETTING;

    typedef struct _BOOTDISK_INFORMATION_EX
    {
        LONGLONG BootPartitionOffset;
        LONGLONG SystemPartitionOffset;
        ULONG BootDeviceSignature;
        ULONG SystemDeviceSignature;
        GUID BootDeviceGuid;
        GUID SystemDeviceGuid;
        BOOLEAN BootDeviceIsGpt;
        BOOLEAN SystemDeviceIsGpt;
    } BOOTDISK_INFORMATION_EX, *PBOOTDISK_INFORMATION_EX;

    typedef struct _FILE_FS_SECTOR_SIZE_INFORMATION
    {
        ULONG LogicalBytesPerSector;
        ULONG PhysicalBytesPerSectorForAtomicity;
        ULONG PhysicalBytesPerSectorForPerformance;
        ULONG FileSystemEffectivePhysicalBytesPerSectorForAtomicity;
        ULONG Flags;
        ULONG ByteOffsetForSectorAlignment;
        ULONG ByteOffsetForPartitionAlignment;
    } FILE_FS_SECTOR_SIZE_INFORMATION, *PFILE_FS_SECTOR_SIZE_INFORMATION;
    typedef struct _FILE_FS_FULL_SIZE_INFORMATION_EX
    {
        ULONGLONG ActualTotalAllocationUnits;
        ULONGLONG ActualAvailableAllocationUnits;
        ULONGLONG ActualPoolUnavailableAllocationUnits;
        ULONGLONG CallerTotalAllocationUnits;
        ULONGLONG CallerAvailableAllocationUnits;
        ULONGLONG CallerPoolUnavailableAllocationUnits;
        ULONGLONG UsedAllocationUnits;
        ULONGLONG TotalReservedAllocationUnits;
        ULONGLONG VolumeStorageReserveAllocationUnits;
        ULONGLONG AvailableCommittedAllocationUnits;
        ULONGLONG PoolAvailableAllocationUnits;
        ULONG SectorsPerAllocationUnit;
        ULONG BytesPerSector;
    } FILE_FS_FULL_SIZE_INFORMATION_EX, *PFILE_FS_FULL_SIZE_INFORMATION_EX;
#define SSINFO_FLAGS_ALIGNED_DEVICE              0x00000001
#define SSINFO_FLAGS_PARTITION_ALIGNED_ON_DEVICE 0x00000002
#define SSINFO_FLAGS_NO_SEEK_PENALTY             0x00000004
#define SSINFO_FLAGS_TRIM_ENABLED                0x00000008
#define SSINFO_FLAGS_BYTE_ADDRESSABLE            0x00000010

    typedef struct _KEY_CACHED_INFORMATION
    {
        LARGE_INTEGER LastWriteTime;
        ULONG TitleIndex;
        ULONG SubKeys;
        ULONG MaxNameLen;
        ULONG Values;
        ULONG MaxValueNameLen;
        ULONG MaxValueDataLen;
        ULONG NameLength;
    } KEY_CACHED_INFORMATION, *PKEY_CACHED_INFORMATION;
    typedef struct _KEY_VIRTUALIZATION_INFORMATION
    {
        ULONG VirtualizationCandidate : 1;
        ULONG VirtualizationEnabled : 1;
        ULONG VirtualTarget : 1;
        ULONG VirtualStore : 1;
        ULONG VirtualSource : 1;
        ULONG Reserved : 27;
    } KEY_VIRTUALIZATION_INFORMATION, *PKEY_VIRTUALIZATION_INFORMATION;

#ifdef __cplusplus
}
#endif

#endif
