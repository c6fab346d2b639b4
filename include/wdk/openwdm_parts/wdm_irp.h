// SPDX-License-Identifier: MIT
// Owns the IRP, its stack locations and their flags.
#ifndef OPENWDM_WDM_IRP_H
#define OPENWDM_WDM_IRP_H

#include <openwdm_parts/wdm_file_info.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define IRP_NOCACHE                0x00000001
#define IRP_PAGING_IO              0x00000002
#define IRP_MOUNT_COMPLETION       0x00000002
#define IRP_SYNCHRONOUS_API        0x00000004
#define IRP_ASSOCIATED_IRP         0x00000008
#define IRP_BUFFERED_IO            0x00000010
#define IRP_DEALLOCATE_BUFFER      0x00000020
#define IRP_INPUT_OPERATION        0x00000040
#define IRP_SYNCHRONOUS_PAGING_IO  0x00000040
#define IRP_CREATE_OPERATION       0x00000080
#define IRP_READ_OPERATION         0x00000100
#define IRP_WRITE_OPERATION        0x00000200
#define IRP_CLOSE_OPERATION        0x00000400
#define IRP_DEFER_IO_COMPLETION    0x00000800
#define IRP_OB_QUERY_NAME          0x00001000
#define IRP_HOLD_DEVICE_QUEUE      0x00002000
#define IRP_UM_DRIVER_INITIATED_IO 0x00400000
#define IRP_QUOTA_CHARGED          0x01
#define IRP_ALLOCATED_MUST_SUCCEED 0x02
#define IRP_ALLOCATED_FIXED_SIZE   0x04
#define IRP_LOOKASIDE_ALLOCATION   0x08

#define SL_PENDING_RETURNED                0x01
#define SL_ERROR_RETURNED                  0x02
#define SL_INVOKE_ON_CANCEL                0x20
#define SL_INVOKE_ON_SUCCESS               0x40
#define SL_INVOKE_ON_ERROR                 0x80
#define SL_FORCE_ACCESS_CHECK              0x01
#define SL_OPEN_PAGING_FILE                0x02
#define SL_OPEN_TARGET_DIRECTORY           0x04
#define SL_STOP_ON_SYMLINK                 0x08
#define SL_IGNORE_READONLY_ATTRIBUTE       0x40
#define SL_CASE_SENSITIVE                  0x80
#define SL_KEY_SPECIFIED                   0x01
#define SL_OVERRIDE_VERIFY_VOLUME          0x02
#define SL_WRITE_THROUGH                   0x04
#define SL_FT_SEQUENTIAL_WRITE             0x08
#define SL_FORCE_DIRECT_WRITE              0x10
#define SL_REALTIME_STREAM                 0x20
#define SL_PERSISTENT_MEMORY_FIXED_MAPPING 0x20
#define SL_READ_ACCESS_GRANTED             0x01
#define SL_WRITE_ACCESS_GRANTED            0x04
#define SL_FAIL_IMMEDIATELY                0x01
#define SL_EXCLUSIVE_LOCK                  0x02
#define SL_RESTART_SCAN                    0x01
#define SL_RETURN_SINGLE_ENTRY             0x02
#define SL_INDEX_SPECIFIED                 0x04
#define SL_RETURN_ON_DISK_ENTRIES_ONLY     0x08
#define SL_NO_CURSOR_UPDATE_QUERY          0x10
#define SL_QUERY_DIRECTORY_MASK            0x1b
#define SL_WATCH_TREE                      0x01
#define SL_ALLOW_RAW_MOUNT                 0x01
#define SL_BYPASS_ACCESS_CHECK             0x01
#define SL_BYPASS_IO                       0x40

#define IO_FORCE_ACCESS_CHECK    0x001
#define IO_NO_PARAMETER_CHECKING 0x100
#define IO_REPARSE               0x0
#define IO_REMOUNT               0x1
#define IO_REPARSE_GLOBAL        0x2

    typedef enum _IO_PRIORITY_HINT
    {
        IoPriorityVeryLow = 0,
        IoPriorityLow,
        IoPriorityNormal,
        IoPriorityHigh,
        IoPriorityCritical,
        MaxIoPriorityTypes
    } IO_PRIORITY_HINT;

    typedef enum _IO_ACCESS_TYPE
    {
        ReadAccess,
        WriteAccess,
        ModifyAccess
    } IO_ACCESS_TYPE;

    typedef enum _IO_ACCESS_MODE
    {
        SequentialAccess,
        RandomAccess
    } IO_ACCESS_MODE;

    typedef enum _DEVICE_RELATION_TYPE
    {
        BusRelations,
        EjectionRelations,
        PowerRelations,
        RemovalRelations,
        TargetDeviceRelation,
        SingleBusRelations,
        TransportRelations
    } DEVICE_RELATION_TYPE,
        *PDEVICE_RELATION_TYPE;

    typedef struct _DEVICE_RELATIONS
    {
        ULONG Count;
        PDEVICE_OBJECT Objects[1];
    } DEVICE_RELATIONS, *PDEVICE_RELATIONS;

    typedef enum
    {
        BusQueryDeviceID = 0,
        BusQueryHardwareIDs = 1,
        BusQueryCompatibleIDs = 2,
        BusQueryInstanceID = 3,
        BusQueryDeviceSerialNumber = 4,
        BusQueryContainerID = 5
    } BUS_QUERY_ID_TYPE,
        *PBUS_QUERY_ID_TYPE;

    typedef enum
    {
        DeviceTextDescription = 0,
        DeviceTextLocationInformation = 1
    } DEVICE_TEXT_TYPE,
        *PDEVICE_TEXT_TYPE;

    struct _NAMED_PIPE_CREATE_PARAMETERS
    {
        ULONG NamedPipeType;
        ULONG ReadMode;
        ULONG CompletionMode;
        ULONG MaximumInstances;
        ULONG InboundQuota;
        ULONG OutboundQuota;
        LARGE_INTEGER DefaultTimeout;
        BOOLEAN TimeoutSpecified;
    };

    struct _MAILSLOT_CREATE_PARAMETERS
    {
        ULONG MailslotQuota;
        ULONG MaximumMessageSize;
        LARGE_INTEGER ReadTimeout;
        BOOLEAN TimeoutSpecified;
    };

    struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _IRP
    {
        CSHORT Type;
        USHORT Size;
        USHORT AllocationProcessorNumber;
        USHORT Reserved;
        PMDL MdlAddress;
        ULONG Flags;
        union
        {
            struct _IRP *MasterIrp;
            volatile LONG IrpCount;
            PVOID SystemBuffer;
        } AssociatedIrp;
        LIST_ENTRY ThreadListEntry;
        IO_STATUS_BLOCK IoStatus;
        KPROCESSOR_MODE RequestorMode;
        BOOLEAN PendingReturned;
        CHAR StackCount;
        CHAR CurrentLocation;
        BOOLEAN Cancel;
        KIRQL CancelIrql;
        CCHAR ApcEnvironment;
        UCHAR AllocationFlags;
        union
        {
            PIO_STATUS_BLOCK UserIosb;
            PVOID IoRingContext;
        };
        PKEVENT UserEvent;
        union
        {
            struct
            {
                union
                {
                    PIO_APC_ROUTINE UserApcRoutine;
                    PVOID IssuingProcess;
                };
                union
                {
                    PVOID UserApcContext;
                    struct _IORING_OBJECT *IoRing;
                };
            } AsynchronousParameters;
            LARGE_INTEGER AllocationSize;
        } Overlay;
        volatile PDRIVER_CANCEL CancelRoutine;
        PVOID UserBuffer;
        union
        {
            struct
            {
                union
                {
                    KDEVICE_QUEUE_ENTRY DeviceQueueEntry;
                    struct
                    {
                        PVOID DriverContext[4];
                    };
                };
                PETHREAD Thread;
                PCHAR AuxiliaryBuffer;
                struct
                {
                    LIST_ENTRY ListEntry;
                    union
                    {
                        struct _IO_STACK_LOCATION *CurrentStackLocation;
                        ULONG PacketType;
                    };
                };
                PFILE_OBJECT OriginalFileObject;
                PVOID IrpExtension;
            } Overlay;
            KAPC Apc;
            PVOID CompletionKey;
        } Tail;
    };

    // 32-bit members that start a pointer-sized slot carry POINTER_ALIGNMENT, so that a member with
    // the same position in two requests has the same offset.
    struct _IO_STACK_LOCATION
    {
        UCHAR MajorFunction;
        UCHAR MinorFunction;
        UCHAR Flags;
        UCHAR Control;
        union
        {
            struct
            {
                PIO_SECURITY_CONTEXT SecurityContext;
                ULONG Options;
                USHORT POINTER_ALIGNMENT FileAttributes;
                USHORT ShareAccess;
                ULONG POINTER_ALIGNMENT EaLength;
            } Create;
            struct
            {
                PIO_SECURITY_CONTEXT SecurityContext;
                ULONG Options;
                USHORT POINTER_ALIGNMENT Reserved;
                USHORT ShareAccess;
                PNAMED_PIPE_CREATE_PARAMETERS Parameters;
            } CreatePipe;
            struct
            {
                PIO_SECURITY_CONTEXT SecurityContext;
                ULONG Options;
                USHORT POINTER_ALIGNMENT Reserved;
                USHORT ShareAccess;
                PMAILSLOT_CREATE_PARAMETERS Parameters;
            } CreateMailslot;
            struct
            {
                ULONG Length;
                ULONG POINTER_ALIGNMENT Key;
                ULONG Flags;
                LARGE_INTEGER ByteOffset;
            } Read;
            struct
            {
                ULONG Length;
                ULONG POINTER_ALIGNMENT Key;
                ULONG Flags;
                LARGE_INTEGER ByteOffset;
            } Write;
            struct
            {
                ULONG Length;
                PUNICODE_STRING FileName;
                FILE_INFORMATION_CLASS FileInformationClass;
                ULONG POINTER_ALIGNMENT FileIndex;
            } QueryDirectory;
            struct
            {
                ULONG Length;
                ULONG POINTER_ALIGNMENT CompletionFilter;
            } NotifyDirectory;
            struct
            {
                ULONG Length;
                ULONG POINTER_ALIGNMENT CompletionFilter;
                DIRECTORY_NOTIFY_INFORMATION_CLASS POINTER_ALIGNMENT
                    DirectoryNotifyInformationClass;
            } NotifyDirectoryEx;
            struct
            {
                ULONG Length;
                FILE_INFORMATION_CLASS POINTER_ALIGNMENT FileInformationClass;
            } QueryFile;
            struct
            {
                ULONG Length;
                FILE_INFORMATION_CLASS POINTER_ALIGNMENT FileInformationClass;
                PFILE_OBJECT FileObject;
                union
                {
                    struct
                    {
                        BOOLEAN ReplaceIfExists;
                        BOOLEAN AdvanceOnly;
                    };
                    ULONG ClusterCount;
                    HANDLE DeleteHandle;
                };
            } SetFile;
            struct
            {
                ULONG Length;
                PVOID EaList;
                ULONG EaListLength;
                ULONG POINTER_ALIGNMENT EaIndex;
            } QueryEa;
            struct
            {
                ULONG Length;
            } SetEa;
            struct
            {
                ULONG Length;
                FS_INFORMATION_CLASS POINTER_ALIGNMENT FsInformationClass;
            } QueryVolume;
            struct
            {
                ULONG Length;
                FS_INFORMATION_CLASS POINTER_ALIGNMENT FsInformationClass;
            } SetVolume;
            struct
            {
                ULONG OutputBufferLength;
                ULONG POINTER_ALIGNMENT InputBufferLength;
                ULONG POINTER_ALIGNMENT FsControlCode;
                PVOID Type3InputBuffer;
            } FileSystemControl;
            struct
            {
                PLARGE_INTEGER Length;
                ULONG POINTER_ALIGNMENT Key;
                LARGE_INTEGER ByteOffset;
            } LockControl;
            struct
            {
                ULONG OutputBufferLength;
                ULONG POINTER_ALIGNMENT InputBufferLength;
                ULONG POINTER_ALIGNMENT IoControlCode;
                PVOID Type3InputBuffer;
            } DeviceIoControl;
            struct
            {
                SECURITY_INFORMATION SecurityInformation;
                ULONG POINTER_ALIGNMENT Length;
            } QuerySecurity;
            struct
            {
                SECURITY_INFORMATION SecurityInformation;
                PSECURITY_DESCRIPTOR SecurityDescriptor;
            } SetSecurity;
            struct
            {
                PVPB Vpb;
                PDEVICE_OBJECT DeviceObject;
                ULONG OutputBufferLength;
            } MountVolume;
            struct
            {
                PVPB Vpb;
                PDEVICE_OBJECT DeviceObject;
            } VerifyVolume;
            struct
            {
                struct _SCSI_REQUEST_BLOCK *Srb;
            } Scsi;
            struct
            {
                ULONG Length;
                PSID StartSid;
                PFILE_GET_QUOTA_INFORMATION SidList;
                ULONG SidListLength;
            } QueryQuota;
            struct
            {
                ULONG Length;
            } SetQuota;
            struct
            {
                DEVICE_RELATION_TYPE Type;
            } QueryDeviceRelations;
            struct
            {
                CONST GUID *InterfaceType;
                USHORT Size;
                USHORT Version;
                PINTERFACE Interface;
                PVOID InterfaceSpecificData;
            } QueryInterface;
            struct
            {
                PDEVICE_CAPABILITIES Capabilities;
            } DeviceCapabilities;
            struct
            {
                PIO_RESOURCE_REQUIREMENTS_LIST IoResourceRequirementList;
            } FilterResourceRequirements;
            struct
            {
                ULONG WhichSpace;
                PVOID Buffer;
                ULONG Offset;
                ULONG POINTER_ALIGNMENT Length;
            } ReadWriteConfig;
            struct
            {
                BOOLEAN Lock;
            } SetLock;
            struct
            {
                BUS_QUERY_ID_TYPE IdType;
            } QueryId;
            struct
            {
                DEVICE_TEXT_TYPE DeviceTextType;
                LCID POINTER_ALIGNMENT LocaleId;
            } QueryDeviceText;
            struct
            {
                BOOLEAN InPath;
                BOOLEAN Reserved[3];
                DEVICE_USAGE_NOTIFICATION_TYPE POINTER_ALIGNMENT Type;
            } UsageNotification;
            struct
            {
                SYSTEM_POWER_STATE PowerState;
            } WaitWake;
            struct
            {
                PPOWER_SEQUENCE PowerSequence;
            } PowerSequence;
            struct
            {
                union
                {
                    ULONG SystemContext;
                    SYSTEM_POWER_STATE_CONTEXT SystemPowerStateContext;
                };
                POWER_STATE_TYPE POINTER_ALIGNMENT Type;
                POWER_STATE POINTER_ALIGNMENT State;
                POWER_ACTION POINTER_ALIGNMENT ShutdownType;
            } Power;
            struct
            {
                PCM_RESOURCE_LIST AllocatedResources;
                PCM_RESOURCE_LIST AllocatedResourcesTranslated;
            } StartDevice;
            struct
            {
                ULONG_PTR ProviderId;
                PVOID DataPath;
                ULONG BufferSize;
                PVOID Buffer;
            } WMI;
            struct
            {
                PVOID Argument1;
                PVOID Argument2;
                PVOID Argument3;
                PVOID Argument4;
            } Others;
        } Parameters;
        PDEVICE_OBJECT DeviceObject;
        PFILE_OBJECT FileObject;
        PIO_COMPLETION_ROUTINE CompletionRoutine;
        PVOID Context;
    };

#ifdef __cplusplus
}
#endif

#endif
