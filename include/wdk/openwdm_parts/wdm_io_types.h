// SPDX-License-Identifier: MIT
// Owns the objects of the I/O manager (driver, device, file, VPB) and the types of their routines.
#ifndef OPENWDM_WDM_IO_TYPES_H
#define OPENWDM_WDM_IO_TYPES_H

#include <openwdm_parts/wdm_mm_types.h>
#include <openwdm_parts/wdm_po_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define IO_TYPE_ADAPTER                 0x00000001
#define IO_TYPE_CONTROLLER              0x00000002
#define IO_TYPE_DEVICE                  0x00000003
#define IO_TYPE_DRIVER                  0x00000004
#define IO_TYPE_FILE                    0x00000005
#define IO_TYPE_IRP                     0x00000006
#define IO_TYPE_MASTER_ADAPTER          0x00000007
#define IO_TYPE_OPEN_PACKET             0x00000008
#define IO_TYPE_TIMER                   0x00000009
#define IO_TYPE_VPB                     0x0000000a
#define IO_TYPE_ERROR_LOG               0x0000000b
#define IO_TYPE_ERROR_MESSAGE           0x0000000c
#define IO_TYPE_DEVICE_OBJECT_EXTENSION 0x0000000d

#define DO_DEVICE_HAS_NAME               0x00000040
#define DO_UNLOAD_PENDING                0x00000001
#define DO_VERIFY_VOLUME                 0x00000002
#define DO_BUFFERED_IO                   0x00000004
#define DO_EXCLUSIVE                     0x00000008
#define DO_DIRECT_IO                     0x00000010
#define DO_MAP_IO_BUFFER                 0x00000020
#define DO_DEVICE_INITIALIZING           0x00000080
#define DO_SYSTEM_BOOT_PARTITION         0x00000100
#define DO_LONG_TERM_REQUESTS            0x00000200
#define DO_NEVER_LAST_DEVICE             0x00000400
#define DO_SHUTDOWN_REGISTERED           0x00000800
#define DO_BUS_ENUMERATED_DEVICE         0x00001000
#define DO_POWER_PAGABLE                 0x00002000
#define DO_POWER_INRUSH                  0x00004000
#define DO_LOW_PRIORITY_FILESYSTEM       0x00010000
#define DO_SUPPORTS_PERSISTENT_ACLS      0x00020000
#define DO_SUPPORTS_TRANSACTIONS         0x00040000
#define DO_FORCE_NEITHER_IO              0x00080000
#define DO_VOLUME_DEVICE_OBJECT          0x00100000
#define DO_SYSTEM_SYSTEM_PARTITION       0x00200000
#define DO_SYSTEM_CRITICAL_PARTITION     0x00400000
#define DO_DISALLOW_EXECUTE              0x00800000
#define DO_DEVICE_TO_BE_RESET            0x04000000
#define DO_DEVICE_IRP_REQUIRES_EXTENSION 0x08000000
#define DO_DAX_VOLUME                    0x10000000
#define DO_BOOT_CRITICAL                 0x20000000

#define DRVO_UNLOAD_INVOKED        0x00000001
#define DRVO_LEGACY_DRIVER         0x00000002
#define DRVO_BUILTIN_DRIVER        0x00000004
#define DRVO_REINIT_REGISTERED     0x00000008
#define DRVO_INITIALIZED           0x00000010
#define DRVO_BOOTREINIT_REGISTERED 0x00000020
#define DRVO_LEGACY_RESOURCES      0x00000040

#define VPB_MOUNTED                 0x0001
#define VPB_LOCKED                  0x0002
#define VPB_PERSISTENT              0x0004
#define VPB_REMOVE_PENDING          0x0008
#define VPB_RAW_MOUNT               0x0010
#define VPB_DIRECT_WRITES_ALLOWED   0x0020
#define MAXIMUM_VOLUME_LABEL_LENGTH (32 * sizeof(WCHAR))

    typedef struct _IO_STATUS_BLOCK
    {
        union
        {
            NTSTATUS Status;
            PVOID Pointer;
        };
        ULONG_PTR Information;
    } IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

    typedef struct _IO_STATUS_BLOCK32
    {
        NTSTATUS Status;
        ULONG Information;
    } IO_STATUS_BLOCK32, *PIO_STATUS_BLOCK32;

    typedef struct _IO_STATUS_BLOCK64
    {
        union
        {
            NTSTATUS Status;
            PVOID Pointer;
        };
        ULONG64 Information;
    } IO_STATUS_BLOCK64, *PIO_STATUS_BLOCK64;

    typedef VOID(NTAPI *PIO_APC_ROUTINE)(_In_ PVOID ApcContext,
                                         _In_ PIO_STATUS_BLOCK IoStatusBlock,
                                         _In_ ULONG Reserved);
#define PIO_APC_ROUTINE_DEFINED

    typedef enum _IO_ALLOCATION_ACTION
    {
        KeepObject = 1,
        DeallocateObject,
        DeallocateObjectKeepRegisters
    } IO_ALLOCATION_ACTION,
        *PIO_ALLOCATION_ACTION;

    _Function_class_(DRIVER_CONTROL)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef IO_ALLOCATION_ACTION NTAPI DRIVER_CONTROL(_In_ struct _DEVICE_OBJECT *DeviceObject,
                                                      _Inout_ struct _IRP *Irp,
                                                      _In_ PVOID MapRegisterBase,
                                                      _In_ PVOID Context);
    typedef DRIVER_CONTROL *PDRIVER_CONTROL;

    _Function_class_(DRIVER_LIST_CONTROL)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI DRIVER_LIST_CONTROL(_In_ struct _DEVICE_OBJECT *DeviceObject,
                                           _In_ struct _IRP *Irp,
                                           _In_ PSCATTER_GATHER_LIST ScatterGather,
                                           _In_ PVOID Context);
    typedef DRIVER_LIST_CONTROL *PDRIVER_LIST_CONTROL;

    struct _WAIT_CONTEXT_BLOCK
    {
        union
        {
            KDEVICE_QUEUE_ENTRY WaitQueueEntry;
            struct
            {
                LIST_ENTRY DmaWaitEntry;
                ULONG NumberOfChannels;
                ULONG SyncCallback : 1;
                ULONG DmaContext : 1;
                ULONG ZeroMapRegisters : 1;
                ULONG Reserved : 9;
                ULONG NumberOfRemapPages : 20;
            };
        };
        PDRIVER_CONTROL DeviceRoutine;
        PVOID DeviceContext;
        ULONG NumberOfMapRegisters;
        PVOID DeviceObject;
        PVOID CurrentIrp;
        PKDPC BufferChainingDpc;
    };

    struct _VPB
    {
        CSHORT Type;
        CSHORT Size;
        USHORT Flags;
        USHORT VolumeLabelLength;
        struct _DEVICE_OBJECT *DeviceObject;
        struct _DEVICE_OBJECT *RealDevice;
        ULONG SerialNumber;
        ULONG ReferenceCount;
        WCHAR VolumeLabel[MAXIMUM_VOLUME_LABEL_LENGTH / sizeof(WCHAR)];
    };

    struct DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) _DEVICE_OBJECT
    {
        CSHORT Type;
        USHORT Size;
        LONG ReferenceCount;
        struct _DRIVER_OBJECT *DriverObject;
        struct _DEVICE_OBJECT *NextDevice;
        struct _DEVICE_OBJECT *AttachedDevice;
        struct _IRP *CurrentIrp;
        PIO_TIMER Timer;
        ULONG Flags;
        ULONG Characteristics;
        volatile PVPB Vpb;
        PVOID DeviceExtension;
        DEVICE_TYPE DeviceType;
        CCHAR StackSize;
        union
        {
            LIST_ENTRY ListEntry;
            WAIT_CONTEXT_BLOCK Wcb;
        } Queue;
        ULONG AlignmentRequirement;
        KDEVICE_QUEUE DeviceQueue;
        KDPC Dpc;
        ULONG ActiveThreadCount;
        PSECURITY_DESCRIPTOR SecurityDescriptor;
        KEVENT DeviceLock;
        USHORT SectorSize;
        USHORT Spare1;
        struct _DEVOBJ_EXTENSION *DeviceObjectExtension;
        PVOID Reserved;
    };

    struct _DEVOBJ_EXTENSION
    {
        CSHORT Type;
        USHORT Size;
        PDEVICE_OBJECT DeviceObject;
        // Opaque to drivers from here on; the sizes leave room for what the kernel keeps.
        ULONG PowerFlags;
        struct _DEVICE_OBJECT_POWER_EXTENSION *Dope;
        ULONG ExtensionFlags;
        PVOID DeviceNode;
        PDEVICE_OBJECT AttachedTo;
        LONG StartIoCount;
        LONG StartIoKey;
        ULONG StartIoFlags;
        PVPB Vpb;
    };

    _Function_class_(DRIVER_INITIALIZE)
    _IRQL_requires_(PASSIVE_LEVEL)
    _IRQL_requires_same_
    typedef NTSTATUS NTAPI
    DRIVER_INITIALIZE(_In_ struct _DRIVER_OBJECT *DriverObject, _In_ PUNICODE_STRING RegistryPath);
    typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;

    _Function_class_(DRIVER_ADD_DEVICE)
    _IRQL_requires_(PASSIVE_LEVEL)
    _IRQL_requires_same_
    typedef NTSTATUS NTAPI DRIVER_ADD_DEVICE(_In_ struct _DRIVER_OBJECT *DriverObject,
                                             _In_ struct _DEVICE_OBJECT *PhysicalDeviceObject);
    typedef DRIVER_ADD_DEVICE *PDRIVER_ADD_DEVICE;

    _Function_class_(DRIVER_CANCEL)
    _IRQL_requires_(DISPATCH_LEVEL)
    _Requires_lock_held_(_Global_cancel_spin_lock_) typedef VOID
        NTAPI DRIVER_CANCEL(_Inout_ struct _DEVICE_OBJECT *DeviceObject, _Inout_ struct _IRP *Irp);
    typedef DRIVER_CANCEL *PDRIVER_CANCEL;

    _Function_class_(DRIVER_DISPATCH)
    _IRQL_requires_max_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef NTSTATUS NTAPI
    DRIVER_DISPATCH(_In_ struct _DEVICE_OBJECT *DeviceObject, _Inout_ struct _IRP *Irp);
    typedef DRIVER_DISPATCH *PDRIVER_DISPATCH;
    typedef DRIVER_DISPATCH DRIVER_DISPATCH_RAISED, DRIVER_DISPATCH_PAGED;

    _Function_class_(DRIVER_STARTIO)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI
    DRIVER_STARTIO(_Inout_ struct _DEVICE_OBJECT *DeviceObject, _Inout_ struct _IRP *Irp);
    typedef DRIVER_STARTIO *PDRIVER_STARTIO;

    _Function_class_(DRIVER_UNLOAD)
    _IRQL_requires_(PASSIVE_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI DRIVER_UNLOAD(_In_ struct _DRIVER_OBJECT *DriverObject);
    typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;

    _Function_class_(DRIVER_REINITIALIZE)
    _IRQL_requires_same_
    typedef VOID NTAPI DRIVER_REINITIALIZE(_In_ struct _DRIVER_OBJECT *DriverObject,
                                           _In_opt_ PVOID Context,
                                           _In_ ULONG Count);
    typedef DRIVER_REINITIALIZE *PDRIVER_REINITIALIZE;

    _Function_class_(IO_COMPLETION_ROUTINE)
    _IRQL_requires_max_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef NTSTATUS NTAPI
    IO_COMPLETION_ROUTINE(_In_ struct _DEVICE_OBJECT *DeviceObject,
                          _In_ struct _IRP *Irp,
                          _In_reads_opt_(_Inexpressible_("varies")) PVOID Context);
    typedef IO_COMPLETION_ROUTINE *PIO_COMPLETION_ROUTINE;

    _Function_class_(IO_DPC_ROUTINE)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI IO_DPC_ROUTINE(_In_ PKDPC Dpc,
                                      _In_ struct _DEVICE_OBJECT *DeviceObject,
                                      _Inout_ struct _IRP *Irp,
                                      _In_opt_ PVOID Context);
    typedef IO_DPC_ROUTINE *PIO_DPC_ROUTINE;

    _Function_class_(IO_TIMER_ROUTINE)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI
    IO_TIMER_ROUTINE(_In_ struct _DEVICE_OBJECT *DeviceObject, _In_opt_ PVOID Context);
    typedef IO_TIMER_ROUTINE *PIO_TIMER_ROUTINE;

    _Function_class_(IO_WORKITEM_ROUTINE)
    _IRQL_requires_(PASSIVE_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI
    IO_WORKITEM_ROUTINE(_In_ PDEVICE_OBJECT DeviceObject, _In_opt_ PVOID Context);
    typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;

    _Function_class_(IO_WORKITEM_ROUTINE_EX)
    _IRQL_requires_(PASSIVE_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI IO_WORKITEM_ROUTINE_EX(_In_ PVOID IoObject,
                                              _In_opt_ PVOID Context,
                                              _In_ PIO_WORKITEM IoWorkItem);
    typedef IO_WORKITEM_ROUTINE_EX *PIO_WORKITEM_ROUTINE_EX;

    typedef NTSTATUS NTAPI DRIVER_NOTIFICATION_CALLBACK_ROUTINE(_In_ PVOID NotificationStructure,
                                                                _Inout_opt_ PVOID Context);
    typedef DRIVER_NOTIFICATION_CALLBACK_ROUTINE *PDRIVER_NOTIFICATION_CALLBACK_ROUTINE;

    typedef VOID NTAPI DEVICE_CHANGE_COMPLETE_CALLBACK(_In_opt_ PVOID Context);
    typedef DEVICE_CHANGE_COMPLETE_CALLBACK *PDEVICE_CHANGE_COMPLETE_CALLBACK;

#define IRP_MJ_CREATE                   0x00
#define IRP_MJ_CREATE_NAMED_PIPE        0x01
#define IRP_MJ_CLOSE                    0x02
#define IRP_MJ_READ                     0x03
#define IRP_MJ_WRITE                    0x04
#define IRP_MJ_QUERY_INFORMATION        0x05
#define IRP_MJ_SET_INFORMATION          0x06
#define IRP_MJ_QUERY_EA                 0x07
#define IRP_MJ_SET_EA                   0x08
#define IRP_MJ_FLUSH_BUFFERS            0x09
#define IRP_MJ_QUERY_VOLUME_INFORMATION 0x0a
#define IRP_MJ_SET_VOLUME_INFORMATION   0x0b
#define IRP_MJ_DIRECTORY_CONTROL        0x0c
#define IRP_MJ_FILE_SYSTEM_CONTROL      0x0d
#define IRP_MJ_DEVICE_CONTROL           0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL  0x0f
#define IRP_MJ_SCSI                     0x0f
#define IRP_MJ_SHUTDOWN                 0x10
#define IRP_MJ_LOCK_CONTROL             0x11
#define IRP_MJ_CLEANUP                  0x12
#define IRP_MJ_CREATE_MAILSLOT          0x13
#define IRP_MJ_QUERY_SECURITY           0x14
#define IRP_MJ_SET_SECURITY             0x15
#define IRP_MJ_POWER                    0x16
#define IRP_MJ_SYSTEM_CONTROL           0x17
#define IRP_MJ_DEVICE_CHANGE            0x18
#define IRP_MJ_QUERY_QUOTA              0x19
#define IRP_MJ_SET_QUOTA                0x1a
#define IRP_MJ_PNP                      0x1b
#define IRP_MJ_PNP_POWER                IRP_MJ_PNP
#define IRP_MJ_MAXIMUM_FUNCTION         0x1b

#define IRP_MN_START_DEVICE                 0x00
#define IRP_MN_QUERY_REMOVE_DEVICE          0x01
#define IRP_MN_REMOVE_DEVICE                0x02
#define IRP_MN_CANCEL_REMOVE_DEVICE         0x03
#define IRP_MN_STOP_DEVICE                  0x04
#define IRP_MN_QUERY_STOP_DEVICE            0x05
#define IRP_MN_CANCEL_STOP_DEVICE           0x06
#define IRP_MN_QUERY_DEVICE_RELATIONS       0x07
#define IRP_MN_QUERY_INTERFACE              0x08
#define IRP_MN_QUERY_CAPABILITIES           0x09
#define IRP_MN_QUERY_RESOURCES              0x0A
#define IRP_MN_QUERY_RESOURCE_REQUIREMENTS  0x0B
#define IRP_MN_QUERY_DEVICE_TEXT            0x0C
#define IRP_MN_FILTER_RESOURCE_REQUIREMENTS 0x0D
#define IRP_MN_READ_CONFIG                  0x0F
#define IRP_MN_WRITE_CONFIG                 0x10
#define IRP_MN_EJECT                        0x11
#define IRP_MN_SET_LOCK                     0x12
#define IRP_MN_QUERY_ID                     0x13
#define IRP_MN_QUERY_PNP_DEVICE_STATE       0x14
#define IRP_MN_QUERY_BUS_INFORMATION        0x15
#define IRP_MN_DEVICE_USAGE_NOTIFICATION    0x16
#define IRP_MN_SURPRISE_REMOVAL             0x17
#define IRP_MN_QUERY_LEGACY_BUS_INFORMATION 0x18
#define IRP_MN_DEVICE_ENUMERATED            0x19

#define IRP_MN_WAIT_WAKE      0x00
#define IRP_MN_POWER_SEQUENCE 0x01
#define IRP_MN_SET_POWER      0x02
#define IRP_MN_QUERY_POWER    0x03

#define IRP_MN_QUERY_ALL_DATA         0x00
#define IRP_MN_QUERY_SINGLE_INSTANCE  0x01
#define IRP_MN_CHANGE_SINGLE_INSTANCE 0x02
#define IRP_MN_CHANGE_SINGLE_ITEM     0x03
#define IRP_MN_ENABLE_EVENTS          0x04
#define IRP_MN_DISABLE_EVENTS         0x05
#define IRP_MN_ENABLE_COLLECTION      0x06
#define IRP_MN_DISABLE_COLLECTION     0x07
#define IRP_MN_REGINFO                0x08
#define IRP_MN_EXECUTE_METHOD         0x09
#define IRP_MN_REGINFO_EX             0x0b

#define IRP_MN_QUERY_DIRECTORY            0x01
#define IRP_MN_NOTIFY_CHANGE_DIRECTORY    0x02
#define IRP_MN_NOTIFY_CHANGE_DIRECTORY_EX 0x03
#define IRP_MN_USER_FS_REQUEST            0x00
#define IRP_MN_MOUNT_VOLUME               0x01
#define IRP_MN_VERIFY_VOLUME              0x02
#define IRP_MN_LOAD_FILE_SYSTEM           0x03
#define IRP_MN_TRACK_LINK                 0x04
#define IRP_MN_KERNEL_CALL                0x04
#define IRP_MN_LOCK                       0x01
#define IRP_MN_UNLOCK_SINGLE              0x02
#define IRP_MN_UNLOCK_ALL                 0x03
#define IRP_MN_UNLOCK_ALL_BY_KEY          0x04
#define IRP_MN_FLUSH_AND_PURGE            0x01
#define IRP_MN_FLUSH_DATA_ONLY            0x02
#define IRP_MN_FLUSH_NO_SYNC              0x03
#define IRP_MN_FLUSH_DATA_SYNC_ONLY       0x04
#define IRP_MN_NORMAL                     0x00
#define IRP_MN_DPC                        0x01
#define IRP_MN_MDL                        0x02
#define IRP_MN_COMPLETE                   0x04
#define IRP_MN_COMPRESSED                 0x08
#define IRP_MN_MDL_DPC                    (IRP_MN_MDL | IRP_MN_DPC)
#define IRP_MN_COMPLETE_MDL               (IRP_MN_COMPLETE | IRP_MN_MDL)
#define IRP_MN_COMPLETE_MDL_DPC           (IRP_MN_COMPLETE_MDL | IRP_MN_DPC)
#define IRP_MN_QUERY_MASK                 0x0f
#define IRP_MN_SCSI_CLASS                 0x01

    struct _DRIVER_EXTENSION
    {
        struct _DRIVER_OBJECT *DriverObject;
        PDRIVER_ADD_DEVICE AddDevice;
        ULONG Count;
        UNICODE_STRING ServiceKeyName;
    };

    struct _DRIVER_OBJECT
    {
        CSHORT Type;
        CSHORT Size;
        PDEVICE_OBJECT DeviceObject;
        ULONG Flags;
        PVOID DriverStart;
        ULONG DriverSize;
        PVOID DriverSection;
        PDRIVER_EXTENSION DriverExtension;
        UNICODE_STRING DriverName;
        PUNICODE_STRING HardwareDatabase;
        PFAST_IO_DISPATCH FastIoDispatch;
        PDRIVER_INITIALIZE DriverInit;
        PDRIVER_STARTIO DriverStartIo;
        PDRIVER_UNLOAD DriverUnload;
        PDRIVER_DISPATCH MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
    };

#define FO_FILE_OPEN                      0x00000001
#define FO_SYNCHRONOUS_IO                 0x00000002
#define FO_ALERTABLE_IO                   0x00000004
#define FO_NO_INTERMEDIATE_BUFFERING      0x00000008
#define FO_WRITE_THROUGH                  0x00000010
#define FO_SEQUENTIAL_ONLY                0x00000020
#define FO_CACHE_SUPPORTED                0x00000040
#define FO_NAMED_PIPE                     0x00000080
#define FO_STREAM_FILE                    0x00000100
#define FO_MAILSLOT                       0x00000200
#define FO_GENERATE_AUDIT_ON_CLOSE        0x00000400
#define FO_QUEUE_IRP_TO_THREAD            FO_GENERATE_AUDIT_ON_CLOSE
#define FO_DIRECT_DEVICE_OPEN             0x00000800
#define FO_FILE_MODIFIED                  0x00001000
#define FO_FILE_SIZE_CHANGED              0x00002000
#define FO_CLEANUP_COMPLETE               0x00004000
#define FO_TEMPORARY_FILE                 0x00008000
#define FO_DELETE_ON_CLOSE                0x00010000
#define FO_OPENED_CASE_SENSITIVE          0x00020000
#define FO_HANDLE_CREATED                 0x00040000
#define FO_FILE_FAST_IO_READ              0x00080000
#define FO_RANDOM_ACCESS                  0x00100000
#define FO_FILE_OPEN_CANCELLED            0x00200000
#define FO_VOLUME_OPEN                    0x00400000
#define FO_BYPASS_IO_ENABLED              0x00800000
#define FO_REMOTE_ORIGIN                  0x01000000
#define FO_DISALLOW_EXCLUSIVE             0x02000000
#define FO_SKIP_COMPLETION_PORT           FO_DISALLOW_EXCLUSIVE
#define FO_SKIP_SET_EVENT                 0x04000000
#define FO_SKIP_SET_FAST_IO               0x08000000
#define FO_INDIRECT_WAIT_OBJECT           0x10000000
#define FO_SECTION_MINSTORE_TREATMENT     0x20000000
#define FO_FLAGS_VALID_ONLY_DURING_CREATE FO_DISALLOW_EXCLUSIVE

    struct _SECTION_OBJECT_POINTERS
    {
        PVOID DataSectionObject;
        PVOID SharedCacheMap;
        PVOID ImageSectionObject;
    };

    struct _IO_COMPLETION_CONTEXT
    {
        PVOID Port;
        PVOID Key;
        LONG_PTR UsageCount;
    };

    struct _FILE_OBJECT
    {
        CSHORT Type;
        CSHORT Size;
        PDEVICE_OBJECT DeviceObject;
        PVPB Vpb;
        PVOID FsContext;
        PVOID FsContext2;
        PSECTION_OBJECT_POINTERS SectionObjectPointer;
        PVOID PrivateCacheMap;
        NTSTATUS FinalStatus;
        struct _FILE_OBJECT *RelatedFileObject;
        BOOLEAN LockOperation;
        BOOLEAN DeletePending;
        BOOLEAN ReadAccess;
        BOOLEAN WriteAccess;
        BOOLEAN DeleteAccess;
        BOOLEAN SharedRead;
        BOOLEAN SharedWrite;
        BOOLEAN SharedDelete;
        ULONG Flags;
        UNICODE_STRING FileName;
        LARGE_INTEGER CurrentByteOffset;
        volatile ULONG Waiters;
        volatile ULONG Busy;
        PVOID LastLock;
        KEVENT Lock;
        KEVENT Event;
        volatile PIO_COMPLETION_CONTEXT CompletionContext;
        KSPIN_LOCK IrpListLock;
        LIST_ENTRY IrpList;
        volatile PVOID FileObjectExtension;
    };

    typedef struct _SHARE_ACCESS
    {
        ULONG OpenCount;
        ULONG Readers;
        ULONG Writers;
        ULONG Deleters;
        ULONG SharedRead;
        ULONG SharedWrite;
        ULONG SharedDelete;
    } SHARE_ACCESS, *PSHARE_ACCESS;

    typedef struct _LINK_SHARE_ACCESS
    {
        ULONG OpenCount;
        ULONG Deleters;
        ULONG SharedDelete;
    } LINK_SHARE_ACCESS, *PLINK_SHARE_ACCESS;

    struct _IO_SECURITY_CONTEXT
    {
        PSECURITY_QUALITY_OF_SERVICE SecurityQos;
        PACCESS_STATE AccessState;
        ACCESS_MASK DesiredAccess;
        ULONG FullCreateOptions;
    };

    // Legacy objects of the I/O manager.
    typedef struct _CONTROLLER_OBJECT
    {
        CSHORT Type;
        CSHORT Size;
        PVOID ControllerExtension;
        KDEVICE_QUEUE DeviceWaitQueue;
        ULONG Spare1;
        LARGE_INTEGER Spare2;
    } CONTROLLER_OBJECT, *PCONTROLLER_OBJECT;

    // Remove locks. NF:wdm.IoInitializeRemoveLock and its relatives take the size of the caller's
    // structure, so the checked form exists although only debug builds of the verifier fill it.
    typedef struct _IO_REMOVE_LOCK_TRACKING_BLOCK *PIO_REMOVE_LOCK_TRACKING_BLOCK;

    typedef struct _IO_REMOVE_LOCK_COMMON_BLOCK
    {
        BOOLEAN Removed;
        BOOLEAN Reserved[3];
        volatile LONG IoCount;
        KEVENT RemoveEvent;
    } IO_REMOVE_LOCK_COMMON_BLOCK;

    typedef struct _IO_REMOVE_LOCK_DBG_BLOCK
    {
        LONG Signature;
        ULONG HighWatermark;
        LONGLONG MaxLockedTicks;
        LONG AllocateTag;
        LIST_ENTRY LockList;
        KSPIN_LOCK Spin;
        volatile LONG LowMemoryCount;
        ULONG Reserved1[4];
        PVOID Reserved2;
        PIO_REMOVE_LOCK_TRACKING_BLOCK Blocks;
    } IO_REMOVE_LOCK_DBG_BLOCK;

    typedef struct _IO_REMOVE_LOCK
    {
        IO_REMOVE_LOCK_COMMON_BLOCK Common;
#if defined(DBG) && DBG
        IO_REMOVE_LOCK_DBG_BLOCK Dbg;
#endif
    } IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;

// Cancel-safe queues.
#define IO_TYPE_CSQ_IRP_CONTEXT 1
#define IO_TYPE_CSQ             2
#define IO_TYPE_CSQ_EX          3

    struct _IO_CSQ;
    typedef struct _IO_CSQ_IRP_CONTEXT
    {
        ULONG Type;
        struct _IRP *Irp;
        struct _IO_CSQ *Csq;
    } IO_CSQ_IRP_CONTEXT, *PIO_CSQ_IRP_CONTEXT;

    typedef VOID NTAPI IO_CSQ_INSERT_IRP(_In_ struct _IO_CSQ *Csq, _In_ PIRP Irp);
    typedef IO_CSQ_INSERT_IRP *PIO_CSQ_INSERT_IRP;
    typedef NTSTATUS NTAPI
    IO_CSQ_INSERT_IRP_EX(_In_ struct _IO_CSQ *Csq, _In_ PIRP Irp, _In_ PVOID InsertContext);
    typedef IO_CSQ_INSERT_IRP_EX *PIO_CSQ_INSERT_IRP_EX;
    typedef VOID NTAPI IO_CSQ_REMOVE_IRP(_In_ struct _IO_CSQ *Csq, _In_ PIRP Irp);
    typedef IO_CSQ_REMOVE_IRP *PIO_CSQ_REMOVE_IRP;
    typedef PIRP NTAPI
    IO_CSQ_PEEK_NEXT_IRP(_In_ struct _IO_CSQ *Csq, _In_ PIRP Irp, _In_ PVOID PeekContext);
    typedef IO_CSQ_PEEK_NEXT_IRP *PIO_CSQ_PEEK_NEXT_IRP;
    typedef VOID NTAPI IO_CSQ_ACQUIRE_LOCK(_In_ struct _IO_CSQ *Csq, _Out_ PKIRQL Irql);
    typedef IO_CSQ_ACQUIRE_LOCK *PIO_CSQ_ACQUIRE_LOCK;
    typedef VOID NTAPI IO_CSQ_RELEASE_LOCK(_In_ struct _IO_CSQ *Csq, _In_ KIRQL Irql);
    typedef IO_CSQ_RELEASE_LOCK *PIO_CSQ_RELEASE_LOCK;
    typedef VOID NTAPI IO_CSQ_COMPLETE_CANCELED_IRP(_In_ struct _IO_CSQ *Csq, _In_ PIRP Irp);
    typedef IO_CSQ_COMPLETE_CANCELED_IRP *PIO_CSQ_COMPLETE_CANCELED_IRP;

    typedef struct _IO_CSQ
    {
        ULONG Type;
        PIO_CSQ_INSERT_IRP CsqInsertIrp;
        PIO_CSQ_REMOVE_IRP CsqRemoveIrp;
        PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp;
        PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock;
        PIO_CSQ_RELEASE_LOCK CsqReleaseLock;
        PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp;
        PVOID ReservePointer;
    } IO_CSQ, *PIO_CSQ;

    // Error log.
    typedef struct _IO_ERROR_LOG_PACKET
    {
        UCHAR MajorFunctionCode;
        UCHAR RetryCount;
        USHORT DumpDataSize;
        USHORT NumberOfStrings;
        USHORT StringOffset;
        USHORT EventCategory;
        NTSTATUS ErrorCode;
        ULONG UniqueErrorValue;
        NTSTATUS FinalStatus;
        ULONG SequenceNumber;
        ULONG IoControlCode;
        LARGE_INTEGER DeviceOffset;
        ULONG DumpData[1];
    } IO_ERROR_LOG_PACKET, *PIO_ERROR_LOG_PACKET;

    typedef struct _IO_ERROR_LOG_MESSAGE
    {
        USHORT Type;
        USHORT Size;
        USHORT DriverNameLength;
        LARGE_INTEGER TimeStamp;
        ULONG DriverNameOffset;
        IO_ERROR_LOG_PACKET EntryData;
    } IO_ERROR_LOG_MESSAGE, *PIO_ERROR_LOG_MESSAGE;

#define ERROR_LOG_LIMIT_SIZE 240
#define IO_ERROR_LOG_MESSAGE_HEADER_LENGTH \
    (sizeof(IO_ERROR_LOG_MESSAGE) - sizeof(IO_ERROR_LOG_PACKET) + (sizeof(WCHAR) * 40))
#define ERROR_LOG_MESSAGE_LIMIT_SIZE (ERROR_LOG_LIMIT_SIZE + IO_ERROR_LOG_MESSAGE_HEADER_LENGTH)
#define IO_ERROR_LOG_MESSAGE_LENGTH                                                              \
    ((PORT_MAXIMUM_MESSAGE_LENGTH > ERROR_LOG_MESSAGE_LIMIT_SIZE) ? ERROR_LOG_MESSAGE_LIMIT_SIZE \
                                                                  : PORT_MAXIMUM_MESSAGE_LENGTH)
#define ERROR_LOG_MAXIMUM_SIZE      (IO_ERROR_LOG_MESSAGE_LENGTH - IO_ERROR_LOG_MESSAGE_HEADER_LENGTH)
#define PORT_MAXIMUM_MESSAGE_LENGTH 512

#ifdef __cplusplus
}
#endif

#endif
