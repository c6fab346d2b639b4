// SPDX-License-Identifier: MIT
// Owns hardware resources, device capabilities, bus interfaces and interrupt connection parameters.
#ifndef OPENWDM_WDM_RESOURCE_H
#define OPENWDM_WDM_RESOURCE_H

#include <openwdm_parts/wdm_irp.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef enum _INTERFACE_TYPE
    {
        InterfaceTypeUndefined = -1,
        Internal,
        Isa,
        Eisa,
        MicroChannel,
        TurboChannel,
        PCIBus,
        VMEBus,
        NuBus,
        PCMCIABus,
        CBus,
        MPIBus,
        MPSABus,
        ProcessorInternal,
        InternalPowerBus,
        PNPISABus,
        PNPBus,
        Vmcs,
        ACPIBus,
        MaximumInterfaceType
    } INTERFACE_TYPE,
        *PINTERFACE_TYPE;

    typedef enum _BUS_DATA_TYPE
    {
        ConfigurationSpaceUndefined = -1,
        Cmos,
        EisaConfiguration,
        Pos,
        CbusConfiguration,
        PCIConfiguration,
        VMEConfiguration,
        NuBusConfiguration,
        PCMCIAConfiguration,
        MPIConfiguration,
        MPSAConfiguration,
        PNPISAConfiguration,
        SgiInternalConfiguration,
        MaximumBusDataType
    } BUS_DATA_TYPE,
        *PBUS_DATA_TYPE;

    typedef enum _CREATE_FILE_TYPE
    {
        CreateFileTypeNone,
        CreateFileTypeNamedPipe,
        CreateFileTypeMailslot
    } CREATE_FILE_TYPE;

    typedef int CM_RESOURCE_TYPE;
#define CmResourceTypeNull           0
#define CmResourceTypePort           1
#define CmResourceTypeInterrupt      2
#define CmResourceTypeMemory         3
#define CmResourceTypeDma            4
#define CmResourceTypeDeviceSpecific 5
#define CmResourceTypeBusNumber      6
#define CmResourceTypeMemoryLarge    7
#define CmResourceTypeMaximum        8
#define CmResourceTypeNonArbitrated  128
#define CmResourceTypeConfigData     128
#define CmResourceTypeDevicePrivate  129
#define CmResourceTypePcCardConfig   130
#define CmResourceTypeMfCardConfig   131
#define CmResourceTypeConnection     132

    typedef enum _CM_SHARE_DISPOSITION
    {
        CmResourceShareUndetermined = 0,
        CmResourceShareDeviceExclusive,
        CmResourceShareDriverExclusive,
        CmResourceShareShared
    } CM_SHARE_DISPOSITION;

#define CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE            0
#define CM_RESOURCE_INTERRUPT_LATCHED                    1
#define CM_RESOURCE_INTERRUPT_MESSAGE                    2
#define CM_RESOURCE_INTERRUPT_POLICY_INCLUDED            4
#define CM_RESOURCE_INTERRUPT_SECONDARY_INTERRUPT        16
#define CM_RESOURCE_INTERRUPT_WAKE_HINT                  32
#define CM_RESOURCE_INTERRUPT_LEVEL_LATCHED_BITS         0x0001
#define CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN              ((ULONG) - 2)
#define CM_RESOURCE_MEMORY_READ_WRITE                    0x0000
#define CM_RESOURCE_MEMORY_READ_ONLY                     0x0001
#define CM_RESOURCE_MEMORY_WRITE_ONLY                    0x0002
#define CM_RESOURCE_MEMORY_WRITEABILITY_MASK             0x0003
#define CM_RESOURCE_MEMORY_PREFETCHABLE                  0x0004
#define CM_RESOURCE_MEMORY_COMBINEDWRITE                 0x0008
#define CM_RESOURCE_MEMORY_24                            0x0010
#define CM_RESOURCE_MEMORY_CACHEABLE                     0x0020
#define CM_RESOURCE_MEMORY_WINDOW_DECODE                 0x0040
#define CM_RESOURCE_MEMORY_BAR                           0x0080
#define CM_RESOURCE_MEMORY_COMPAT_FOR_INACCESSIBLE_RANGE 0x0100
#define CM_RESOURCE_MEMORY_LARGE                         0x0E00
#define CM_RESOURCE_MEMORY_LARGE_40                      0x0200
#define CM_RESOURCE_MEMORY_LARGE_48                      0x0400
#define CM_RESOURCE_MEMORY_LARGE_64                      0x0800
#define CM_RESOURCE_PORT_MEMORY                          0x0000
#define CM_RESOURCE_PORT_IO                              0x0001
#define CM_RESOURCE_PORT_10_BIT_DECODE                   0x0004
#define CM_RESOURCE_PORT_12_BIT_DECODE                   0x0008
#define CM_RESOURCE_PORT_16_BIT_DECODE                   0x0010
#define CM_RESOURCE_PORT_POSITIVE_DECODE                 0x0020
#define CM_RESOURCE_PORT_PASSIVE_DECODE                  0x0040
#define CM_RESOURCE_PORT_WINDOW_DECODE                   0x0080
#define CM_RESOURCE_PORT_BAR                             0x0100
#define CM_RESOURCE_DMA_8                                0x0000
#define CM_RESOURCE_DMA_16                               0x0001
#define CM_RESOURCE_DMA_32                               0x0002
#define CM_RESOURCE_DMA_8_AND_16                         0x0004
#define CM_RESOURCE_DMA_BUS_MASTER                       0x0008
#define CM_RESOURCE_DMA_TYPE_A                           0x0010
#define CM_RESOURCE_DMA_TYPE_B                           0x0020
#define CM_RESOURCE_DMA_TYPE_F                           0x0040
#define CM_RESOURCE_DMA_V3                               0x0080
#define CM_RESOURCE_CONNECTION_CLASS_GPIO                0x01
#define CM_RESOURCE_CONNECTION_CLASS_SERIAL              0x02
#define CM_RESOURCE_CONNECTION_CLASS_FUNCTION_CONFIG     0x03
#define CM_RESOURCE_CONNECTION_TYPE_GPIO_IO              0x02
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_I2C           0x01
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_SPI           0x02
#define CM_RESOURCE_CONNECTION_TYPE_SERIAL_UART          0x03

#include <pshpack4.h>
    typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR
    {
        UCHAR Type;
        UCHAR ShareDisposition;
        USHORT Flags;
        union
        {
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length;
            } Generic;
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length;
            } Port;
            struct
            {
#if defined(NT_PROCESSOR_GROUPS)
                USHORT Level;
                USHORT Group;
#else
            ULONG Level;
#endif
                ULONG Vector;
                KAFFINITY Affinity;
            } Interrupt;
            struct
            {
                union
                {
                    struct
                    {
#if defined(NT_PROCESSOR_GROUPS)
                        USHORT Group;
#else
                    USHORT Reserved;
#endif
                        USHORT MessageCount;
                        ULONG Vector;
                        KAFFINITY Affinity;
                    } Raw;
                    struct
                    {
#if defined(NT_PROCESSOR_GROUPS)
                        USHORT Level;
                        USHORT Group;
#else
                    ULONG Level;
#endif
                        ULONG Vector;
                        KAFFINITY Affinity;
                    } Translated;
                };
            } MessageInterrupt;
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length;
            } Memory;
            struct
            {
                ULONG Channel;
                ULONG Port;
                ULONG Reserved1;
            } Dma;
            struct
            {
                ULONG Channel;
                ULONG RequestLine;
                UCHAR TransferWidth;
                UCHAR Reserved1;
                UCHAR Reserved2;
                UCHAR Reserved3;
            } DmaV3;
            struct
            {
                ULONG Data[3];
            } DevicePrivate;
            struct
            {
                ULONG Start;
                ULONG Length;
                ULONG Reserved;
            } BusNumber;
            struct
            {
                ULONG DataSize;
                ULONG Reserved1;
                ULONG Reserved2;
            } DeviceSpecificData;
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length40;
            } Memory40;
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length48;
            } Memory48;
            struct
            {
                PHYSICAL_ADDRESS Start;
                ULONG Length64;
            } Memory64;
            struct
            {
                UCHAR Class;
                UCHAR Type;
                UCHAR Reserved1;
                UCHAR Reserved2;
                ULONG IdLowPart;
                ULONG IdHighPart;
            } Connection;
        } u;
    } CM_PARTIAL_RESOURCE_DESCRIPTOR, *PCM_PARTIAL_RESOURCE_DESCRIPTOR;

    typedef struct _CM_PARTIAL_RESOURCE_LIST
    {
        USHORT Version;
        USHORT Revision;
        ULONG Count;
        CM_PARTIAL_RESOURCE_DESCRIPTOR PartialDescriptors[1];
    } CM_PARTIAL_RESOURCE_LIST, *PCM_PARTIAL_RESOURCE_LIST;

    typedef struct _CM_FULL_RESOURCE_DESCRIPTOR
    {
        INTERFACE_TYPE InterfaceType;
        ULONG BusNumber;
        CM_PARTIAL_RESOURCE_LIST PartialResourceList;
    } CM_FULL_RESOURCE_DESCRIPTOR, *PCM_FULL_RESOURCE_DESCRIPTOR;

    struct _CM_RESOURCE_LIST
    {
        ULONG Count;
        CM_FULL_RESOURCE_DESCRIPTOR List[1];
    };
#include <poppack.h>

    typedef enum _IRQ_DEVICE_POLICY
    {
        IrqPolicyMachineDefault = 0,
        IrqPolicyAllCloseProcessors = 1,
        IrqPolicyOneCloseProcessor = 2,
        IrqPolicyAllProcessorsInMachine = 3,
        IrqPolicySpecifiedProcessors = 4,
        IrqPolicySpreadMessagesAcrossAllProcessors = 5,
        IrqPolicyAllProcessorsInMachineWhenSteered = 6
    } IRQ_DEVICE_POLICY,
        *PIRQ_DEVICE_POLICY;

    typedef enum _IRQ_PRIORITY
    {
        IrqPriorityUndefined = 0,
        IrqPriorityLow = 1,
        IrqPriorityNormal = 2,
        IrqPriorityHigh = 3
    } IRQ_PRIORITY,
        *PIRQ_PRIORITY;

    typedef enum _IRQ_GROUP_POLICY
    {
        GroupAffinityAllGroupZero = 0,
        GroupAffinityDontCare
    } IRQ_GROUP_POLICY,
        *PIRQ_GROUP_POLICY;

#define IO_RESOURCE_PREFERRED   0x01
#define IO_RESOURCE_DEFAULT     0x02
#define IO_RESOURCE_ALTERNATIVE 0x08

    typedef struct _IO_RESOURCE_DESCRIPTOR
    {
        UCHAR Option;
        UCHAR Type;
        UCHAR ShareDisposition;
        UCHAR Spare1;
        USHORT Flags;
        USHORT Spare2;
        union
        {
            struct
            {
                ULONG Length;
                ULONG Alignment;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Port;
            struct
            {
                ULONG Length;
                ULONG Alignment;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Memory;
            struct
            {
                ULONG MinimumVector;
                ULONG MaximumVector;
#if defined(NT_PROCESSOR_GROUPS)
                USHORT AffinityPolicy;
                USHORT Group;
#else
            IRQ_DEVICE_POLICY AffinityPolicy;
#endif
                IRQ_PRIORITY PriorityPolicy;
                KAFFINITY TargetedProcessors;
            } Interrupt;
            struct
            {
                ULONG MinimumChannel;
                ULONG MaximumChannel;
            } Dma;
            struct
            {
                ULONG RequestLine;
                ULONG Reserved;
                ULONG Channel;
                ULONG TransferWidth;
            } DmaV3;
            struct
            {
                ULONG Length;
                ULONG Alignment;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Generic;
            struct
            {
                ULONG Data[3];
            } DevicePrivate;
            struct
            {
                ULONG Length;
                ULONG MinBusNumber;
                ULONG MaxBusNumber;
                ULONG Reserved;
            } BusNumber;
            struct
            {
                ULONG Priority;
                ULONG Reserved1;
                ULONG Reserved2;
            } ConfigData;
            struct
            {
                ULONG Length40;
                ULONG Alignment40;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Memory40;
            struct
            {
                ULONG Length48;
                ULONG Alignment48;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Memory48;
            struct
            {
                ULONG Length64;
                ULONG Alignment64;
                PHYSICAL_ADDRESS MinimumAddress;
                PHYSICAL_ADDRESS MaximumAddress;
            } Memory64;
            struct
            {
                UCHAR Class;
                UCHAR Type;
                UCHAR Reserved1;
                UCHAR Reserved2;
                ULONG IdLowPart;
                ULONG IdHighPart;
            } Connection;
        } u;
    } IO_RESOURCE_DESCRIPTOR, *PIO_RESOURCE_DESCRIPTOR;

    typedef struct _IO_RESOURCE_LIST
    {
        USHORT Version;
        USHORT Revision;
        ULONG Count;
        IO_RESOURCE_DESCRIPTOR Descriptors[1];
    } IO_RESOURCE_LIST, *PIO_RESOURCE_LIST;

    struct _IO_RESOURCE_REQUIREMENTS_LIST
    {
        ULONG ListSize;
        INTERFACE_TYPE InterfaceType;
        ULONG BusNumber;
        ULONG SlotNumber;
        ULONG Reserved[3];
        ULONG AlternativeLists;
        IO_RESOURCE_LIST List[1];
    };

    struct _DEVICE_CAPABILITIES
    {
        USHORT Size;
        USHORT Version;
        ULONG DeviceD1 : 1;
        ULONG DeviceD2 : 1;
        ULONG LockSupported : 1;
        ULONG EjectSupported : 1;
        ULONG Removable : 1;
        ULONG DockDevice : 1;
        ULONG UniqueID : 1;
        ULONG SilentInstall : 1;
        ULONG RawDeviceOK : 1;
        ULONG SurpriseRemovalOK : 1;
        ULONG WakeFromD0 : 1;
        ULONG WakeFromD1 : 1;
        ULONG WakeFromD2 : 1;
        ULONG WakeFromD3 : 1;
        ULONG HardwareDisabled : 1;
        ULONG NonDynamic : 1;
        ULONG WarmEjectSupported : 1;
        ULONG NoDisplayInUI : 1;
        ULONG Reserved1 : 1;
        ULONG WakeFromInterrupt : 1;
        ULONG SecureDevice : 1;
        ULONG ChildOfVgaEnabledBridge : 1;
        ULONG DecodeIoOnBoot : 1;
        ULONG Reserved : 9;
        ULONG Address;
        ULONG UINumber;
        DEVICE_POWER_STATE DeviceState[POWER_SYSTEM_MAXIMUM];
        SYSTEM_POWER_STATE SystemWake;
        DEVICE_POWER_STATE DeviceWake;
        ULONG D1Latency;
        ULONG D2Latency;
        ULONG D3Latency;
    };

    typedef ULONG PNP_DEVICE_STATE, *PPNP_DEVICE_STATE;
#define PNP_DEVICE_DISABLED                      0x00000001
#define PNP_DEVICE_DONT_DISPLAY_IN_UI            0x00000002
#define PNP_DEVICE_FAILED                        0x00000004
#define PNP_DEVICE_REMOVED                       0x00000008
#define PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED 0x00000010
#define PNP_DEVICE_NOT_DISABLEABLE               0x00000020
#define PNP_DEVICE_DISCONNECTED                  0x00000040
#define PNP_DEVICE_RESOURCE_UPDATED              0x00000080
#define PNP_DEVICE_ASSIGNED_TO_GUEST             0x00000100

#define PCI_WHICHSPACE_CONFIG 0x0
#define PCI_WHICHSPACE_ROM    0x52696350

    typedef struct _PNP_BUS_INFORMATION
    {
        GUID BusTypeGuid;
        INTERFACE_TYPE LegacyBusType;
        ULONG BusNumber;
    } PNP_BUS_INFORMATION, *PPNP_BUS_INFORMATION;

    typedef struct _LEGACY_BUS_INFORMATION
    {
        GUID BusTypeGuid;
        INTERFACE_TYPE LegacyBusType;
        ULONG BusNumber;
    } LEGACY_BUS_INFORMATION, *PLEGACY_BUS_INFORMATION;

    typedef VOID NTAPI INTERFACE_REFERENCE(PVOID Context);
    typedef INTERFACE_REFERENCE *PINTERFACE_REFERENCE;
    typedef VOID NTAPI INTERFACE_DEREFERENCE(PVOID Context);
    typedef INTERFACE_DEREFERENCE *PINTERFACE_DEREFERENCE;

    struct _INTERFACE
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
    };

    typedef BOOLEAN NTAPI TRANSLATE_BUS_ADDRESS(_Inout_opt_ PVOID Context,
                                                _In_ PHYSICAL_ADDRESS BusAddress,
                                                _In_ ULONG Length,
                                                _Out_ PULONG AddressSpace,
                                                _Out_ PPHYSICAL_ADDRESS TranslatedAddress);
    typedef TRANSLATE_BUS_ADDRESS *PTRANSLATE_BUS_ADDRESS;
    typedef struct _DMA_ADAPTER *NTAPI
    GET_DMA_ADAPTER(_Inout_opt_ PVOID Context,
                    _In_ struct _DEVICE_DESCRIPTION *DeviceDescriptor,
                    _Out_ PULONG NumberOfMapRegisters);
    typedef GET_DMA_ADAPTER *PGET_DMA_ADAPTER;
    typedef ULONG NTAPI GET_SET_DEVICE_DATA(_Inout_opt_ PVOID Context,
                                            _In_ ULONG DataType,
                                            _Inout_updates_bytes_(Length) PVOID Buffer,
                                            _In_ ULONG Offset,
                                            _In_ ULONG Length);
    typedef GET_SET_DEVICE_DATA *PGET_SET_DEVICE_DATA;

    typedef enum _DEVICE_INSTALL_STATE
    {
        InstallStateInstalled,
        InstallStateNeedsReinstall,
        InstallStateFailedInstall,
        InstallStateFinishInstall
    } DEVICE_INSTALL_STATE,
        *PDEVICE_INSTALL_STATE;

    typedef struct _BUS_INTERFACE_STANDARD
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PTRANSLATE_BUS_ADDRESS TranslateBusAddress;
        PGET_DMA_ADAPTER GetDmaAdapter;
        PGET_SET_DEVICE_DATA SetBusData;
        PGET_SET_DEVICE_DATA GetBusData;
    } BUS_INTERFACE_STANDARD, *PBUS_INTERFACE_STANDARD;

    typedef VOID NTAPI REENUMERATE_SELF(_In_ PVOID Context);
    typedef REENUMERATE_SELF *PREENUMERATE_SELF;

    typedef struct _REENUMERATE_SELF_INTERFACE_STANDARD
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PREENUMERATE_SELF SurpriseRemoveAndReenumerateSelf;
    } REENUMERATE_SELF_INTERFACE_STANDARD, *PREENUMERATE_SELF_INTERFACE_STANDARD;

    typedef enum _DEVICE_RESET_TYPE
    {
        FunctionLevelDeviceReset,
        PlatformLevelDeviceReset
    } DEVICE_RESET_TYPE;
    typedef NTSTATUS NTAPI DEVICE_RESET_HANDLER(_In_ PVOID InterfaceContext,
                                                _In_ DEVICE_RESET_TYPE ResetType,
                                                _In_ ULONG Flags,
                                                _In_opt_ PVOID ResetParameters);
    typedef DEVICE_RESET_HANDLER *PDEVICE_RESET_HANDLER;
    typedef union _DEVICE_BUS_SPECIFIC_RESET_TYPE
    {
        struct
        {
            ULONGLONG FunctionLevelDeviceReset : 1;
            ULONGLONG PlatformLevelDeviceReset : 1;
            ULONGLONG SecondaryBusReset : 1;
            ULONGLONG Reserved : 61;
        } Pci;
        struct
        {
            ULONGLONG FunctionLevelDeviceReset : 1;
            ULONGLONG PlatformLevelDeviceReset : 1;
            ULONGLONG Reserved : 62;
        } Acpi;
        ULONGLONG AsULONGLONG;
    } DEVICE_BUS_SPECIFIC_RESET_TYPE, *PDEVICE_BUS_SPECIFIC_RESET_TYPE;
    typedef struct _DEVICE_BUS_SPECIFIC_RESET_INFO
    {
        GUID BusTypeGuid;
        DEVICE_BUS_SPECIFIC_RESET_TYPE ResetTypeSupported;
    } DEVICE_BUS_SPECIFIC_RESET_INFO, *PDEVICE_BUS_SPECIFIC_RESET_INFO;
    typedef union _BUS_SPECIFIC_RESET_FLAGS
    {
        struct
        {
            ULONGLONG KeepStackReset : 1;
            ULONGLONG Reserved : 63;
        } u;
        ULONGLONG AsUlonglong;
    } BUS_SPECIFIC_RESET_FLAGS, *PBUS_SPECIFIC_RESET_FLAGS;
    typedef union _DEVICE_RESET_STATUS_FLAGS
    {
        struct
        {
            ULONGLONG KeepStackReset : 1;
            ULONGLONG RecoveringFromBusError : 1;
            ULONGLONG Reserved : 62;
        } u;
        ULONGLONG AsUlonglong;
    } DEVICE_RESET_STATUS_FLAGS, *PDEVICE_RESET_STATUS_FLAGS;
    typedef NTSTATUS NTAPI
    DEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER(_In_ PVOID InterfaceContext,
                                            _Out_ PULONG ResetInfoCount,
                                            _Out_opt_ PDEVICE_BUS_SPECIFIC_RESET_INFO ResetInfo);
    typedef DEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER *PDEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER;
    typedef NTSTATUS NTAPI
    DEVICE_BUS_SPECIFIC_RESET_HANDLER(_In_ PVOID InterfaceContext,
                                      _In_ LPCGUID BusType,
                                      _In_ DEVICE_BUS_SPECIFIC_RESET_TYPE ResetTypeSelected,
                                      _In_opt_ PBUS_SPECIFIC_RESET_FLAGS Flags,
                                      _In_opt_ PVOID ResetParameters);
    typedef DEVICE_BUS_SPECIFIC_RESET_HANDLER *PDEVICE_BUS_SPECIFIC_RESET_HANDLER;
    typedef NTSTATUS NTAPI GET_DEVICE_RESET_STATUS(_In_ PVOID InterfaceContext,
                                                   _Out_ PBOOLEAN IsResetting,
                                                   _Out_ DEVICE_RESET_TYPE *ResetType,
                                                   _Out_ PDEVICE_RESET_STATUS_FLAGS Flags);
    typedef GET_DEVICE_RESET_STATUS *PGET_DEVICE_RESET_STATUS;

    typedef struct _DEVICE_RESET_INTERFACE_STANDARD
    {
        USHORT Size;
        USHORT Version;
        PVOID Context;
        PINTERFACE_REFERENCE InterfaceReference;
        PINTERFACE_DEREFERENCE InterfaceDereference;
        PDEVICE_RESET_HANDLER DeviceReset;
        ULONG SupportedResetTypes;
        PVOID Reserved;
        PDEVICE_QUERY_BUS_SPECIFIC_RESET_HANDLER QueryBusSpecificResetInfo;
        PDEVICE_BUS_SPECIFIC_RESET_HANDLER DeviceBusSpecificReset;
        PGET_DEVICE_RESET_STATUS GetDeviceResetStatus;
    } DEVICE_RESET_INTERFACE_STANDARD, *PDEVICE_RESET_INTERFACE_STANDARD;
#define DEVICE_RESET_INTERFACE_VERSION_1 1
#define DEVICE_RESET_INTERFACE_VERSION   1

// Interrupt connection (NF:wdm.IoConnectInterruptEx).
#define CONNECT_FULLY_SPECIFIED       0x1
#define CONNECT_LINE_BASED            0x2
#define CONNECT_MESSAGE_BASED         0x3
#define CONNECT_FULLY_SPECIFIED_GROUP 0x4
#define CONNECT_MESSAGE_BASED_PASSIVE 0x5
#define CONNECT_CURRENT_VERSION       0x5

    typedef struct _IO_INTERRUPT_MESSAGE_INFO_ENTRY
    {
        PHYSICAL_ADDRESS MessageAddress;
        KAFFINITY TargetProcessorSet;
        PKINTERRUPT InterruptObject;
        ULONG MessageData;
        ULONG Vector;
        KIRQL Irql;
        KINTERRUPT_MODE Mode;
        KINTERRUPT_POLARITY Polarity;
    } IO_INTERRUPT_MESSAGE_INFO_ENTRY, *PIO_INTERRUPT_MESSAGE_INFO_ENTRY;

    typedef struct _IO_INTERRUPT_MESSAGE_INFO
    {
        KIRQL UnifiedIrql;
        ULONG MessageCount;
        IO_INTERRUPT_MESSAGE_INFO_ENTRY MessageInfo[1];
    } IO_INTERRUPT_MESSAGE_INFO, *PIO_INTERRUPT_MESSAGE_INFO;

    typedef struct _IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS
    {
        PDEVICE_OBJECT PhysicalDeviceObject;
        PKINTERRUPT *InterruptObject;
        PKSERVICE_ROUTINE ServiceRoutine;
        PVOID ServiceContext;
        PKSPIN_LOCK SpinLock;
        KIRQL SynchronizeIrql;
        BOOLEAN FloatingSave;
        BOOLEAN ShareVector;
        ULONG Vector;
        KIRQL Irql;
        KINTERRUPT_MODE InterruptMode;
        KAFFINITY ProcessorEnableMask;
        USHORT Group;
    } IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS,
        *PIO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS;

    typedef struct _IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS
    {
        PDEVICE_OBJECT PhysicalDeviceObject;
        PKINTERRUPT *InterruptObject;
        PKSERVICE_ROUTINE ServiceRoutine;
        PVOID ServiceContext;
        PKSPIN_LOCK SpinLock;
        KIRQL SynchronizeIrql;
        BOOLEAN FloatingSave;
    } IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS, *PIO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS;

    typedef struct _IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS
    {
        PDEVICE_OBJECT PhysicalDeviceObject;
        union
        {
            PVOID *Generic;
            PIO_INTERRUPT_MESSAGE_INFO *InterruptMessageTable;
            PKINTERRUPT *InterruptObject;
        } ConnectionContext;
        PKMESSAGE_SERVICE_ROUTINE MessageServiceRoutine;
        PVOID ServiceContext;
        PKSPIN_LOCK SpinLock;
        KIRQL SynchronizeIrql;
        BOOLEAN FloatingSave;
        PKSERVICE_ROUTINE FallBackServiceRoutine;
    } IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS,
        *PIO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS;

    typedef struct _IO_CONNECT_INTERRUPT_PARAMETERS
    {
        ULONG Version;
        union
        {
            IO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS FullySpecified;
            IO_CONNECT_INTERRUPT_LINE_BASED_PARAMETERS LineBased;
            IO_CONNECT_INTERRUPT_MESSAGE_BASED_PARAMETERS MessageBased;
        };
    } IO_CONNECT_INTERRUPT_PARAMETERS, *PIO_CONNECT_INTERRUPT_PARAMETERS;

    typedef struct _IO_DISCONNECT_INTERRUPT_PARAMETERS
    {
        ULONG Version;
        union
        {
            PVOID Generic;
            PKINTERRUPT InterruptObject;
            PIO_INTERRUPT_MESSAGE_INFO InterruptMessageTable;
        } ConnectionContext;
    } IO_DISCONNECT_INTERRUPT_PARAMETERS, *PIO_DISCONNECT_INTERRUPT_PARAMETERS;

    typedef struct _IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS
    {
        ULONG Version;
        union
        {
            PVOID Generic;
            PKINTERRUPT InterruptObject;
            PIO_INTERRUPT_MESSAGE_INFO InterruptMessageTable;
        } ConnectionContext;
    } IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS, *PIO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS;

#ifdef __cplusplus
}
#endif

#endif
