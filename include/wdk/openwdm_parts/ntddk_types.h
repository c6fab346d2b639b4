// SPDX-License-Identifier: MIT
// Owns the types that only ntddk.h has: process and image notifications, silos, boot callbacks,
// hardware counters, information classes of processes and threads.
#ifndef OPENWDM_NTDDK_TYPES_H
#define OPENWDM_NTDDK_TYPES_H

#include <wdm.h>
#include <openwdm_parts/ntddk_rtl_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _PS_CREATE_NOTIFY_INFO
    {
        SIZE_T Size;
        union
        {
            ULONG Flags;
            struct
            {
                ULONG FileOpenNameAvailable : 1;
                ULONG IsSubsystemProcess : 1;
                ULONG Reserved : 30;
            };
        };
        HANDLE ParentProcessId;
        CLIENT_ID CreatingThreadId;
        struct _FILE_OBJECT *FileObject;
        PCUNICODE_STRING ImageFileName;
        PCUNICODE_STRING CommandLine;
        NTSTATUS CreationStatus;
    } PS_CREATE_NOTIFY_INFO, *PPS_CREATE_NOTIFY_INFO;

    typedef VOID(NTAPI *PCREATE_PROCESS_NOTIFY_ROUTINE)(_In_ HANDLE ParentId,
                                                        _In_ HANDLE ProcessId,
                                                        _In_ BOOLEAN Create);
    typedef VOID(NTAPI *PCREATE_PROCESS_NOTIFY_ROUTINE_EX)(_Inout_ PEPROCESS Process,
                                                           _In_ HANDLE ProcessId,
                                                           _Inout_opt_ PPS_CREATE_NOTIFY_INFO
                                                               CreateInfo);
    typedef VOID(NTAPI *PCREATE_THREAD_NOTIFY_ROUTINE)(_In_ HANDLE ProcessId,
                                                       _In_ HANDLE ThreadId,
                                                       _In_ BOOLEAN Create);

    typedef enum _PSCREATEPROCESSNOTIFYTYPE
    {
        PsCreateProcessNotifySubsystems = 0
    } PSCREATEPROCESSNOTIFYTYPE;
    typedef enum _PSCREATETHREADNOTIFYTYPE
    {
        PsCreateThreadNotifyNonSystem = 0,
        PsCreateThreadNotifySubsystems = 1
    } PSCREATETHREADNOTIFYTYPE;

#define IMAGE_ADDRESSING_MODE_32BIT              3
#define PS_IMAGE_NOTIFY_CONFLICTING_ARCHITECTURE 0x1

    typedef struct _IMAGE_INFO
    {
        union
        {
            ULONG Properties;
            struct
            {
                ULONG ImageAddressingMode : 8;
                ULONG SystemModeImage : 1;
                ULONG ImageMappedToAllPids : 1;
                ULONG ExtendedInfoPresent : 1;
                ULONG MachineTypeMismatch : 1;
                ULONG ImageSignatureLevel : 4;
                ULONG ImageSignatureType : 3;
                ULONG ImagePartialMap : 1;
                ULONG Reserved : 12;
            };
        };
        PVOID ImageBase;
        ULONG ImageSelector;
        SIZE_T ImageSize;
        ULONG ImageSectionNumber;
    } IMAGE_INFO, *PIMAGE_INFO;

    typedef struct _IMAGE_INFO_EX
    {
        SIZE_T Size;
        IMAGE_INFO ImageInfo;
        struct _FILE_OBJECT *FileObject;
    } IMAGE_INFO_EX, *PIMAGE_INFO_EX;

    typedef VOID(NTAPI *PLOAD_IMAGE_NOTIFY_ROUTINE)(_In_opt_ PUNICODE_STRING FullImageName,
                                                    _In_ HANDLE ProcessId,
                                                    _In_ PIMAGE_INFO ImageInfo);

    typedef enum _THREADINFOCLASS
    {
        ThreadBasicInformation = 0,
        ThreadTimes = 1,
        ThreadPriority = 2,
        ThreadBasePriority = 3,
        ThreadAffinityMask = 4,
        ThreadImpersonationToken = 5,
        ThreadQuerySetWin32StartAddress = 9,
        ThreadZeroTlsCell = 10,
        ThreadPerformanceCount = 11,
        ThreadAmILastThread = 12,
        ThreadIdealProcessor = 13,
        ThreadPriorityBoost = 14,
        ThreadIsIoPending = 16,
        ThreadHideFromDebugger = 17,
        ThreadBreakOnTermination = 18,
        ThreadIsTerminated = 20,
        ThreadIoPriority = 22,
        ThreadCycleTime = 23,
        ThreadPagePriority = 24,
        ThreadActualBasePriority = 25,
        ThreadGroupInformation = 30,
        ThreadNameInformation = 38,
        ThreadSubsystemInformation = 45,
        MaxThreadInfoClass = 58
    } THREADINFOCLASS;

    typedef enum _PROCESSINFOCLASS
    {
        ProcessBasicInformation = 0,
        ProcessQuotaLimits = 1,
        ProcessIoCounters = 2,
        ProcessVmCounters = 3,
        ProcessTimes = 4,
        ProcessBasePriority = 5,
        ProcessDebugPort = 7,
        ProcessAccessToken = 9,
        ProcessPriorityClass = 18,
        ProcessHandleCount = 20,
        ProcessAffinityMask = 21,
        ProcessSessionInformation = 24,
        ProcessWow64Information = 26,
        ProcessImageFileName = 27,
        ProcessBreakOnTermination = 29,
        ProcessImageInformation = 37,
        ProcessCommandLineInformation = 60,
        ProcessProtectionInformation = 61,
        MaxProcessInfoClass = 111
    } PROCESSINFOCLASS;

    typedef enum
    {
        SystemPowerPolicyAc = 0,
        SystemPowerPolicyDc = 1,
        VerifySystemPolicyAc = 2,
        VerifySystemPolicyDc = 3,
        SystemPowerCapabilities = 4,
        SystemBatteryState = 5,
        SystemPowerStateHandler = 6,
        ProcessorStateHandler = 7,
        SystemPowerPolicyCurrent = 8,
        AdministratorPowerPolicy = 9,
        SystemReserveHiberFile = 10,
        ProcessorInformation = 11,
        SystemPowerInformation = 12,
        ProcessorStateHandler2 = 13,
        LastWakeTime = 14,
        LastSleepTime = 15,
        SystemExecutionState = 16,
        SystemPowerStateNotifyHandler = 17,
        ProcessorPowerPolicyAc = 18,
        ProcessorPowerPolicyDc = 19,
        VerifyProcessorPowerPolicyAc = 20,
        VerifyProcessorPowerPolicyDc = 21,
        ProcessorPowerPolicyCurrent = 22,
        SystemPowerStateLogging = 23,
        SystemPowerLoggingEntry = 24,
        SetPowerSettingValue = 25,
        NotifyUserPowerSetting = 26
    } POWER_INFORMATION_LEVEL;

    typedef enum _IO_PAGING_PRIORITY
    {
        IoPagingPriorityInvalid,
        IoPagingPriorityNormal,
        IoPagingPriorityHigh,
        IoPagingPriorityReserved1,
        IoPagingPriorityReserved2
    } IO_PAGING_PRIORITY;

    typedef enum _CONFIGURATION_TYPE
    {
        ArcSystem,
        CentralProcessor,
        FloatingPointProcessor,
        PrimaryIcache,
        PrimaryDcache,
        SecondaryIcache,
        SecondaryDcache,
        SecondaryCache,
        EisaAdapter,
        TcAdapter,
        ScsiAdapter,
        DtiAdapter,
        MultiFunctionAdapter,
        DiskController,
        TapeController,
        CdromController,
        WormController,
        SerialController,
        NetworkController,
        DisplayController,
        ParallelController,
        PointerController,
        KeyboardController,
        AudioController,
        OtherController,
        DiskPeripheral,
        FloppyDiskPeripheral,
        TapePeripheral,
        ModemPeripheral,
        MonitorPeripheral,
        PrinterPeripheral,
        PointerPeripheral,
        KeyboardPeripheral,
        TerminalPeripheral,
        OtherPeripheral,
        LinePeripheral,
        NetworkPeripheral,
        SystemMemory,
        DockingInformation,
        RealModeIrqRoutingTable,
        RealModePCIEnumeration,
        MaximumType
    } CONFIGURATION_TYPE,
        *PCONFIGURATION_TYPE;

    typedef NTSTATUS NTAPI
    IO_QUERY_DEVICE_ROUTINE(_In_ PVOID Context,
                            _In_ PUNICODE_STRING PathName,
                            _In_ INTERFACE_TYPE BusType,
                            _In_ ULONG BusNumber,
                            _In_ PKEY_VALUE_FULL_INFORMATION *BusInformation,
                            _In_ CONFIGURATION_TYPE ControllerType,
                            _In_ ULONG ControllerNumber,
                            _In_ PKEY_VALUE_FULL_INFORMATION *ControllerInformation,
                            _In_ CONFIGURATION_TYPE PeripheralType,
                            _In_ ULONG PeripheralNumber,
                            _In_ PKEY_VALUE_FULL_INFORMATION *PeripheralInformation);
    typedef IO_QUERY_DEVICE_ROUTINE *PIO_QUERY_DEVICE_ROUTINE;

    typedef VOID NTAPI
    TIMER_APC_ROUTINE(_In_ PVOID TimerContext, _In_ ULONG TimerLowValue, _In_ LONG TimerHighValue);
    typedef TIMER_APC_ROUTINE *PTIMER_APC_ROUTINE;

#if !defined(OPENWDM_UUID_DEFINED)
#define OPENWDM_UUID_DEFINED
    typedef GUID UUID;
#endif

    typedef struct _CONFIGURATION_INFORMATION
    {
        ULONG DiskCount;
        ULONG FloppyCount;
        ULONG CdRomCount;
        ULONG TapeCount;
        ULONG ScsiPortCount;
        ULONG SerialCount;
        ULONG ParallelCount;
        BOOLEAN AtDiskPrimaryAddressClaimed;
        BOOLEAN AtDiskSecondaryAddressClaimed;
        ULONG Version;
        ULONG MediumChangerCount;
    } CONFIGURATION_INFORMATION, *PCONFIGURATION_INFORMATION;

    typedef struct _IO_DRIVER_CREATE_CONTEXT
    {
        CSHORT Size;
        struct _ECP_LIST *ExtraCreateParameter;
        PVOID DeviceObjectHint;
        PVOID TxnParameters;
        PESILO SiloContext;
    } IO_DRIVER_CREATE_CONTEXT, *PIO_DRIVER_CREATE_CONTEXT;

    FORCEINLINE VOID IoInitializeDriverCreateContext(PIO_DRIVER_CREATE_CONTEXT DriverContext)
    {
        __builtin_memset(DriverContext, 0, sizeof(IO_DRIVER_CREATE_CONTEXT));
        DriverContext->Size = sizeof(IO_DRIVER_CREATE_CONTEXT);
    }

    typedef struct _TXN_PARAMETER_BLOCK
    {
        USHORT Length;
        USHORT TxFsContext;
        PVOID TransactionObject;
    } TXN_PARAMETER_BLOCK, *PTXN_PARAMETER_BLOCK;

    typedef struct _IO_FOEXT_SHADOW_FILE
    {
        PFILE_OBJECT BackingFileObject;
        PVOID BackingFltInstance;
    } IO_FOEXT_SHADOW_FILE, *PIO_FOEXT_SHADOW_FILE;
    typedef struct _IO_FOEXT_SILO_PARAMETERS
    {
        ULONG Length;
        union
        {
            struct
            {
                ULONG HasHardReference : 1;
                ULONG SpareFlags : 31;
            };
            ULONG Flags;
        };
        PESILO SiloContext;
    } IO_FOEXT_SILO_PARAMETERS, *PIO_FOEXT_SILO_PARAMETERS;
    typedef struct _OPLOCK_KEY_CONTEXT
    {
        USHORT Version;
        USHORT Flags;
        GUID ParentOplockKey;
        GUID TargetOplockKey;
        ULONG Reserved;
    } OPLOCK_KEY_CONTEXT, *POPLOCK_KEY_CONTEXT;
    typedef struct _OPLOCK_KEY_ECP_CONTEXT
    {
        GUID OplockKey;
        ULONG Reserved;
    } OPLOCK_KEY_ECP_CONTEXT, *POPLOCK_KEY_ECP_CONTEXT;

    typedef struct _DISK_SIGNATURE
    {
        ULONG PartitionStyle;
        union
        {
            struct
            {
                ULONG Signature;
                ULONG CheckSum;
            } Mbr;
            struct
            {
                GUID DiskId;
            } Gpt;
        };
    } DISK_SIGNATURE, *PDISK_SIGNATURE;
    typedef struct _CREATE_DISK *PCREATE_DISK;
    typedef struct _DRIVE_LAYOUT_INFORMATION *PDRIVE_LAYOUT_INFORMATION;
    typedef struct _DRIVE_LAYOUT_INFORMATION_EX *PDRIVE_LAYOUT_INFORMATION_EX;
    typedef struct _SET_PARTITION_INFORMATION_EX *PSET_PARTITION_INFORMATION_EX;

    // Boot-start driver callbacks (NF:ntddk.IoRegisterBootDriverCallback).
    typedef enum _BDCB_CALLBACK_TYPE
    {
        BdCbStatusUpdate,
        BdCbInitializeImage
    } BDCB_CALLBACK_TYPE,
        *PBDCB_CALLBACK_TYPE;
    typedef enum _BDCB_CLASSIFICATION
    {
        BdCbClassificationUnknownImage,
        BdCbClassificationKnownGoodImage,
        BdCbClassificationKnownBadImage,
        BdCbClassificationKnownBadImageBootCritical,
        BdCbClassificationEnd
    } BDCB_CLASSIFICATION,
        *PBDCB_CLASSIFICATION;
    typedef enum _BDCB_STATUS_UPDATE_TYPE
    {
        BdCbStatusPrepareForDependencyLoad,
        BdCbStatusPrepareForDriverLoad,
        BdCbStatusPrepareForUnload
    } BDCB_STATUS_UPDATE_TYPE,
        *PBDCB_STATUS_UPDATE_TYPE;
    typedef struct _BDCB_STATUS_UPDATE_CONTEXT
    {
        BDCB_STATUS_UPDATE_TYPE StatusType;
    } BDCB_STATUS_UPDATE_CONTEXT, *PBDCB_STATUS_UPDATE_CONTEXT;
    typedef struct _BDCB_IMAGE_INFORMATION
    {
        BDCB_CLASSIFICATION Classification;
        ULONG ImageFlags;
        UNICODE_STRING ImageName;
        UNICODE_STRING RegistryPath;
        UNICODE_STRING CertificatePublisher;
        UNICODE_STRING CertificateIssuer;
        PVOID ImageHash;
        PVOID CertificateThumbprint;
        ULONG ImageHashAlgorithm;
        ULONG ThumbprintHashAlgorithm;
        ULONG ImageHashLength;
        ULONG CertificateThumbprintLength;
    } BDCB_IMAGE_INFORMATION, *PBDCB_IMAGE_INFORMATION;
    typedef VOID NTAPI
    BOOT_DRIVER_CALLBACK_FUNCTION(_In_opt_ PVOID CallbackContext,
                                  _In_ BDCB_CALLBACK_TYPE Classification,
                                  _Inout_ PBDCB_IMAGE_INFORMATION ImageInformation);
    typedef BOOT_DRIVER_CALLBACK_FUNCTION *PBOOT_DRIVER_CALLBACK_FUNCTION;

    typedef enum _HARDWARE_COUNTER_TYPE
    {
        PMCCounter,
        MaxHardwareCounterType
    } HARDWARE_COUNTER_TYPE,
        *PHARDWARE_COUNTER_TYPE;
    typedef struct _HARDWARE_COUNTER
    {
        HARDWARE_COUNTER_TYPE Type;
        ULONG Reserved;
        ULONG64 Index;
    } HARDWARE_COUNTER, *PHARDWARE_COUNTER;
    typedef struct _PHYSICAL_COUNTER_RESOURCE_LIST *PPHYSICAL_COUNTER_RESOURCE_LIST;

    // Silos.
    typedef struct _SILO_MONITOR *PSILO_MONITOR;
    typedef NTSTATUS NTAPI SILO_MONITOR_CREATE_CALLBACK(_In_ PESILO Silo);
    typedef VOID NTAPI SILO_MONITOR_TERMINATE_CALLBACK(_In_ PESILO Silo);
    typedef VOID NTAPI SILO_CONTEXT_CLEANUP_CALLBACK_FUNCTION(_In_ PVOID SiloContext);
    typedef SILO_CONTEXT_CLEANUP_CALLBACK_FUNCTION *SILO_CONTEXT_CLEANUP_CALLBACK;
    typedef struct _SILO_MONITOR_REGISTRATION
    {
        UCHAR Version;
        BOOLEAN MonitorHost;
        BOOLEAN MonitorExistingSilos;
        UCHAR Reserved[5];
        union
        {
            PUNICODE_STRING DriverObjectName;
            PUNICODE_STRING ComponentName;
        };
        SILO_MONITOR_CREATE_CALLBACK *CreateCallback;
        SILO_MONITOR_TERMINATE_CALLBACK *TerminateCallback;
    } SILO_MONITOR_REGISTRATION, *PSILO_MONITOR_REGISTRATION;

    typedef struct _CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG
    {
        ULONG Size;
        PCWSTR TriggerId;
    } CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG, *PCUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG;
#define CUSTOM_SYSTEM_EVENT_TRIGGER_INIT(Config, TriggerIdentifier)  \
    {                                                                \
        (Config)->Size = sizeof(CUSTOM_SYSTEM_EVENT_TRIGGER_CONFIG); \
        (Config)->TriggerId = (TriggerIdentifier);                   \
    }

#if !defined(OPENWDM_KERNEL)
#define PsGetCurrentThread() ((PETHREAD)KeGetCurrentThread())
#endif
// The bit that separates a status from an HRESULT is reserved and zero in every NTSTATUS.
#define IoIsValidIrpStatus(Status)           (((ULONG)(Status) & 0x10000000u) == 0)
#define IoAssignArcName(ArcName, DeviceName) (IoCreateSymbolicLink((ArcName), (DeviceName)))
#define IoDeassignArcName(ArcName)           (IoDeleteSymbolicLink((ArcName)))

#ifdef __cplusplus
}
#endif

#endif
