// SPDX-License-Identifier: MIT
// Owns the dispatcher objects, DPCs, APCs, queues and processor topology types of wdm.h.
#ifndef OPENWDM_WDM_KE_TYPES_H
#define OPENWDM_WDM_KE_TYPES_H

#include <openwdm_parts/wdm_security.h>
#include <openwdm_parts/wdm_context.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef enum _KWAIT_REASON
    {
        Executive,
        FreePage,
        PageIn,
        PoolAllocation,
        DelayExecution,
        Suspended,
        UserRequest,
        WrExecutive,
        WrFreePage,
        WrPageIn,
        WrPoolAllocation,
        WrDelayExecution,
        WrSuspended,
        WrUserRequest,
        WrEventPair,
        WrQueue,
        WrLpcReceive,
        WrLpcReply,
        WrVirtualMemory,
        WrPageOut,
        WrRendezvous,
        WrKeyedEvent,
        WrTerminated,
        WrProcessInSwap,
        WrCpuRateControl,
        WrCalloutStack,
        WrKernel,
        WrResource,
        WrPushLock,
        WrMutex,
        WrQuantumEnd,
        WrDispatchInt,
        WrPreempted,
        WrYieldExecution,
        WrFastMutex,
        WrGuardedMutex,
        WrRundown,
        WrAlertByThreadId,
        WrDeferredPreempt,
        WrPhysicalFault,
        WrIoRing,
        WrMdlCache,
        WrRcu,
        MaximumWaitReason
    } KWAIT_REASON;

    typedef enum _KOBJECTS_VISIBLE
    {
        EventNotificationObject = 0,
        EventSynchronizationObject = 1,
        MutantObject = 2,
        ProcessObject = 3,
        QueueObject = 4,
        SemaphoreObject = 5,
        ThreadObject = 6,
        GateObject = 7,
        TimerNotificationObject = 8,
        TimerSynchronizationObject = 9,
        ApcObject = 18,
        DpcObject = 19,
        DeviceQueueObject = 20,
        InterruptObject = 22,
        ThreadedDpcObject = 26
    } KOBJECTS_VISIBLE;

    typedef struct _DISPATCHER_HEADER
    {
        union
        {
            volatile LONG Lock;
            LONG LockNV;
            struct
            {
                UCHAR Type;
                UCHAR Signalling;
                UCHAR Size;
                UCHAR Reserved1;
            };
            struct
            {
                UCHAR TimerType;
                union
                {
                    UCHAR TimerControlFlags;
                    struct
                    {
                        UCHAR Absolute : 1;
                        UCHAR Wake : 1;
                        UCHAR EncodedTolerableDelay : TIMER_TOLERABLE_DELAY_BITS;
                    };
                };
                UCHAR Hand;
                union
                {
                    UCHAR TimerMiscFlags;
                    struct
                    {
                        UCHAR Index : TIMER_EXPIRED_INDEX_BITS;
                        UCHAR Inserted : 1;
                        volatile UCHAR Expired : 1;
                    };
                };
            };
            struct
            {
                UCHAR ThreadType;
                UCHAR ThreadReserved;
                UCHAR ThreadControlFlags;
                UCHAR DebugActive;
            };
            struct
            {
                UCHAR MutantType;
                UCHAR DpcActive;
                UCHAR MutantSize;
                UCHAR MutantReserved;
            };
        };
        LONG SignalState;
        LIST_ENTRY WaitListHead;
    } DISPATCHER_HEADER, *PDISPATCHER_HEADER;

    struct _KEVENT
    {
        DISPATCHER_HEADER Header;
    };

    struct _KGATE
    {
        DISPATCHER_HEADER Header;
    };

    struct _KSEMAPHORE
    {
        DISPATCHER_HEADER Header;
        LONG Limit;
    };
#define KSEMAPHORE_ACTUAL_LENGTH (FIELD_OFFSET(struct _KSEMAPHORE, Limit) + sizeof(LONG))

    struct _KMUTANT
    {
        DISPATCHER_HEADER Header;
        LIST_ENTRY MutantListEntry;
        struct _KTHREAD *OwnerThread;
        union
        {
            UCHAR MutantFlags;
            BOOLEAN AbandonedByte;
            struct
            {
                UCHAR Abandoned : 1;
                UCHAR Spare1 : 7;
            };
        };
        union
        {
            UCHAR ApcDisable;
            UCHAR KernelApcDisable;
        };
    };

    struct _KTIMER
    {
        DISPATCHER_HEADER Header;
        ULARGE_INTEGER DueTime;
        LIST_ENTRY TimerListEntry;
        struct _KDPC *Dpc;
        USHORT Processor;
        USHORT TimerType;
        ULONG Period;
    };

    struct _KQUEUE
    {
        DISPATCHER_HEADER Header;
        LIST_ENTRY EntryListHead;
        volatile ULONG CurrentCount;
        ULONG MaximumCount;
        LIST_ENTRY ThreadListHead;
    };

    typedef struct _KWAIT_BLOCK
    {
        LIST_ENTRY WaitListEntry;
        UCHAR WaitType;
        volatile UCHAR BlockState;
        USHORT WaitKey;
        LONG SpareLong;
        union
        {
            struct _KTHREAD *Thread;
            struct _KQUEUE *NotificationQueue;
            struct _KDPC *Dpc;
        };
        PVOID Object;
        PVOID SparePtr;
    } KWAIT_BLOCK, *PKWAIT_BLOCK, *PRKWAIT_BLOCK;

    _Function_class_(KDEFERRED_ROUTINE)
    _IRQL_requires_max_(DISPATCH_LEVEL)
    _IRQL_requires_min_(DISPATCH_LEVEL)
    _IRQL_requires_(DISPATCH_LEVEL)
    _IRQL_requires_same_
    typedef VOID NTAPI KDEFERRED_ROUTINE(_In_ struct _KDPC *Dpc,
                                         _In_opt_ PVOID DeferredContext,
                                         _In_opt_ PVOID SystemArgument1,
                                         _In_opt_ PVOID SystemArgument2);
    typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

    typedef enum _KDPC_IMPORTANCE
    {
        LowImportance,
        MediumImportance,
        HighImportance,
        MediumHighImportance
    } KDPC_IMPORTANCE;

    struct _KDPC
    {
        union
        {
            ULONG TargetInfoAsUlong;
            struct
            {
                UCHAR Type;
                UCHAR Importance;
                volatile USHORT Number;
            };
        };
        SINGLE_LIST_ENTRY DpcListEntry;
        KAFFINITY ProcessorHistory;
        PKDEFERRED_ROUTINE DeferredRoutine;
        PVOID DeferredContext;
        PVOID SystemArgument1;
        PVOID SystemArgument2;
        PVOID DpcData;
    };

    typedef struct _KDPC_WATCHDOG_INFORMATION
    {
        ULONG DpcTimeLimit;
        ULONG DpcTimeCount;
        ULONG DpcWatchdogLimit;
        ULONG DpcWatchdogCount;
        ULONG Reserved;
    } KDPC_WATCHDOG_INFORMATION, *PKDPC_WATCHDOG_INFORMATION;

    typedef VOID NTAPI KNORMAL_ROUTINE(_In_opt_ PVOID NormalContext,
                                       _In_opt_ PVOID SystemArgument1,
                                       _In_opt_ PVOID SystemArgument2);
    typedef KNORMAL_ROUTINE *PKNORMAL_ROUTINE;
    typedef VOID NTAPI KKERNEL_ROUTINE(_In_ struct _KAPC *Apc,
                                       PKNORMAL_ROUTINE *NormalRoutine,
                                       PVOID *NormalContext,
                                       PVOID *SystemArgument1,
                                       PVOID *SystemArgument2);
    typedef KKERNEL_ROUTINE *PKKERNEL_ROUTINE;
    typedef VOID NTAPI KRUNDOWN_ROUTINE(_In_ struct _KAPC *Apc);
    typedef KRUNDOWN_ROUTINE *PKRUNDOWN_ROUTINE;

    struct _KAPC
    {
        UCHAR Type;
        union
        {
            UCHAR AllFlags;
            UCHAR SpareByte0;
            struct
            {
                UCHAR CallbackDataContext : 1;
                UCHAR Unused : 7;
            };
        };
        UCHAR Size;
        UCHAR SpareByte1;
        ULONG SpareLong0;
        struct _KTHREAD *Thread;
        LIST_ENTRY ApcListEntry;
        PVOID Reserved[3];
        PVOID NormalContext;
        PVOID SystemArgument1;
        PVOID SystemArgument2;
        CCHAR ApcStateIndex;
        KPROCESSOR_MODE ApcMode;
        BOOLEAN Inserted;
    };
#define KAPC_OFFSET_TO_SPARE_BYTE0     FIELD_OFFSET(KAPC, SpareByte0)
#define KAPC_OFFSET_TO_SPARE_LONG      FIELD_OFFSET(KAPC, SpareLong0)
#define KAPC_OFFSET_TO_SYSTEMARGUMENT1 FIELD_OFFSET(KAPC, SystemArgument1)
#define KAPC_OFFSET_TO_SYSTEMARGUMENT2 FIELD_OFFSET(KAPC, SystemArgument2)
#define KAPC_OFFSET_TO_APCSTATEINDEX   FIELD_OFFSET(KAPC, ApcStateIndex)
#define KAPC_ACTUAL_LENGTH             (FIELD_OFFSET(KAPC, Inserted) + sizeof(BOOLEAN))

    typedef struct _KDEVICE_QUEUE
    {
        CSHORT Type;
        CSHORT Size;
        LIST_ENTRY DeviceListHead;
        KSPIN_LOCK Lock;
        union
        {
            BOOLEAN Busy;
            struct
            {
                LONG64 Reserved : 8;
                LONG64 Hint : 56;
            };
        };
    } KDEVICE_QUEUE, *PKDEVICE_QUEUE, *PRKDEVICE_QUEUE;

    typedef struct _KDEVICE_QUEUE_ENTRY
    {
        LIST_ENTRY DeviceListEntry;
        ULONG SortKey;
        BOOLEAN Inserted;
    } KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY, *PRKDEVICE_QUEUE_ENTRY;

    typedef struct _KSPIN_LOCK_QUEUE
    {
        struct _KSPIN_LOCK_QUEUE *volatile Next;
        PKSPIN_LOCK volatile Lock;
    } KSPIN_LOCK_QUEUE, *PKSPIN_LOCK_QUEUE;

    typedef struct _KLOCK_QUEUE_HANDLE
    {
        KSPIN_LOCK_QUEUE LockQueue;
        KIRQL OldIrql;
    } KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

    typedef LONG EX_SPIN_LOCK, *PEX_SPIN_LOCK;

    // Fast and guarded mutexes have had the same layout since Windows 8.
    typedef struct _FAST_MUTEX
    {
        LONG Count;
        PVOID Owner;
        ULONG Contention;
        KEVENT Event;
        ULONG OldIrql;
    } FAST_MUTEX, *PFAST_MUTEX;

#define FM_LOCK_BIT          (0x1)
#define FM_LOCK_BIT_V        (0x0)
#define FM_LOCK_WAITER_WOKEN (0x2)
#define FM_LOCK_WAITER_INC   (0x4)
#define GM_LOCK_BIT          0x1
#define GM_LOCK_BIT_V        0x0
#define GM_LOCK_WAITER_WOKEN 0x2
#define GM_LOCK_WAITER_INC   0x4

#if NTDDI_VERSION >= NTDDI_WIN8
    typedef FAST_MUTEX KGUARDED_MUTEX, *PKGUARDED_MUTEX;
#else
typedef struct _KGUARDED_MUTEX
{
    LONG Count;
    struct _KTHREAD *Owner;
    ULONG Contention;
    KGATE Gate;
    union
    {
        struct
        {
            SHORT KernelApcDisable;
            SHORT SpecialApcDisable;
        };
        ULONG CombinedApcDisable;
    };
} KGUARDED_MUTEX, *PKGUARDED_MUTEX;
#endif

    typedef enum _KINTERRUPT_POLARITY
    {
        InterruptPolarityUnknown,
        InterruptActiveHigh,
        InterruptRisingEdge = InterruptActiveHigh,
        InterruptActiveLow,
        InterruptFallingEdge = InterruptActiveLow,
        InterruptActiveBoth,
        InterruptActiveBothTriggerLow = InterruptActiveBoth,
        InterruptActiveBothTriggerHigh
    } KINTERRUPT_POLARITY,
        *PKINTERRUPT_POLARITY;

    typedef enum _KINTERRUPT_MODE
    {
        LevelSensitive,
        Latched
    } KINTERRUPT_MODE;

    _Function_class_(KSERVICE_ROUTINE)
    _IRQL_requires_(HIGH_LEVEL)
    _IRQL_requires_same_
    typedef BOOLEAN NTAPI
    KSERVICE_ROUTINE(_In_ struct _KINTERRUPT *Interrupt, _In_ PVOID ServiceContext);
    typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;

    _Function_class_(KMESSAGE_SERVICE_ROUTINE)
    _IRQL_requires_(HIGH_LEVEL)
    _IRQL_requires_same_
    typedef BOOLEAN NTAPI KMESSAGE_SERVICE_ROUTINE(_In_ struct _KINTERRUPT *Interrupt,
                                                   _In_ PVOID ServiceContext,
                                                   _In_ ULONG MessageID);
    typedef KMESSAGE_SERVICE_ROUTINE *PKMESSAGE_SERVICE_ROUTINE;

    _Function_class_(KSYNCHRONIZE_ROUTINE)
    _IRQL_requires_same_
    typedef BOOLEAN NTAPI KSYNCHRONIZE_ROUTINE(_In_opt_ PVOID SynchronizeContext);
    typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

    typedef VOID NTAPI KSTART_ROUTINE(_In_ PVOID StartContext);
    typedef KSTART_ROUTINE *PKSTART_ROUTINE;

    typedef VOID NTAPI EXPAND_STACK_CALLOUT(_In_opt_ PVOID Parameter);
    typedef EXPAND_STACK_CALLOUT *PEXPAND_STACK_CALLOUT;

    typedef ULONG_PTR NTAPI KIPI_BROADCAST_WORKER(_In_ ULONG_PTR Argument);
    typedef KIPI_BROADCAST_WORKER *PKIPI_BROADCAST_WORKER;

    typedef enum _MEMORY_CACHING_TYPE_ORIG
    {
        MmFrameBufferCached = 2
    } MEMORY_CACHING_TYPE_ORIG;

    typedef enum _MEMORY_CACHING_TYPE
    {
        MmNonCached = FALSE,
        MmCached = TRUE,
        MmWriteCombined = MmFrameBufferCached,
        MmHardwareCoherentCached,
        MmNonCachedUnordered,
        MmUSWCCached,
        MmMaximumCacheType,
        MmNotMapped = -1
    } MEMORY_CACHING_TYPE;

    typedef enum _KD_OPTION
    {
        KD_OPTION_SET_BLOCK_ENABLE
    } KD_OPTION;

    // Bug check callbacks.
    typedef enum _KBUGCHECK_BUFFER_DUMP_STATE
    {
        BufferEmpty,
        BufferInserted,
        BufferStarted,
        BufferFinished,
        BufferIncomplete
    } KBUGCHECK_BUFFER_DUMP_STATE;

    typedef VOID NTAPI KBUGCHECK_CALLBACK_ROUTINE(IN PVOID Buffer, IN ULONG Length);
    typedef KBUGCHECK_CALLBACK_ROUTINE *PKBUGCHECK_CALLBACK_ROUTINE;

    typedef struct _KBUGCHECK_CALLBACK_RECORD
    {
        LIST_ENTRY Entry;
        PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine;
        PVOID Buffer;
        ULONG Length;
        PUCHAR Component;
        ULONG_PTR Checksum;
        UCHAR State;
    } KBUGCHECK_CALLBACK_RECORD, *PKBUGCHECK_CALLBACK_RECORD;

    typedef enum _KBUGCHECK_CALLBACK_REASON
    {
        KbCallbackInvalid,
        KbCallbackReserved1,
        KbCallbackSecondaryDumpData,
        KbCallbackDumpIo,
        KbCallbackAddPages,
        KbCallbackSecondaryMultiPartDumpData,
        KbCallbackRemovePages,
        KbCallbackTriageDumpData,
        KbCallbackReserved2
    } KBUGCHECK_CALLBACK_REASON;

    typedef VOID NTAPI
    KBUGCHECK_REASON_CALLBACK_ROUTINE(IN KBUGCHECK_CALLBACK_REASON Reason,
                                      IN struct _KBUGCHECK_REASON_CALLBACK_RECORD *Record,
                                      IN OUT PVOID ReasonSpecificData,
                                      IN ULONG ReasonSpecificDataLength);
    typedef KBUGCHECK_REASON_CALLBACK_ROUTINE *PKBUGCHECK_REASON_CALLBACK_ROUTINE;

    typedef struct _KBUGCHECK_REASON_CALLBACK_RECORD
    {
        LIST_ENTRY Entry;
        PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine;
        PUCHAR Component;
        ULONG_PTR Checksum;
        KBUGCHECK_CALLBACK_REASON Reason;
        UCHAR State;
    } KBUGCHECK_REASON_CALLBACK_RECORD, *PKBUGCHECK_REASON_CALLBACK_RECORD;

#define KB_SECONDARY_DATA_FLAG_ADDITIONAL_DATA       0x01
#define KB_SECONDARY_DATA_FLAG_NO_DEVICE_ACCESS      0x02
#define KB_ADD_PAGES_FLAG_VIRTUAL_ADDRESS            0x00000001UL
#define KB_ADD_PAGES_FLAG_PHYSICAL_ADDRESS           0x00000002UL
#define KB_ADD_PAGES_FLAG_ADDITIONAL_RANGES_EXIST    0x80000000UL
#define KB_REMOVE_PAGES_FLAG_VIRTUAL_ADDRESS         0x00000001UL
#define KB_REMOVE_PAGES_FLAG_PHYSICAL_ADDRESS        0x00000002UL
#define KB_REMOVE_PAGES_FLAG_ADDITIONAL_RANGES_EXIST 0x80000000UL

    typedef struct _KBUGCHECK_SECONDARY_DUMP_DATA
    {
        IN PVOID InBuffer;
        IN ULONG InBufferLength;
        IN ULONG MaximumAllowed;
        OUT GUID Guid;
        OUT PVOID OutBuffer;
        OUT ULONG OutBufferLength;
    } KBUGCHECK_SECONDARY_DUMP_DATA, *PKBUGCHECK_SECONDARY_DUMP_DATA;

    typedef struct _KBUGCHECK_SECONDARY_DUMP_DATA_EX
    {
        IN PVOID InBuffer;
        IN ULONG InBufferLength;
        IN ULONG MaximumAllowed;
        OUT GUID Guid;
        OUT PVOID OutBuffer;
        OUT ULONG OutBufferLength;
        IN OUT PVOID Context;
        IN OUT ULONG Flags;
        IN ULONG DumpType;
        IN ULONG BugCheckCode;
        IN ULONG_PTR BugCheckParameter1;
        IN ULONG_PTR BugCheckParameter2;
        IN ULONG_PTR BugCheckParameter3;
        IN ULONG_PTR BugCheckParameter4;
    } KBUGCHECK_SECONDARY_DUMP_DATA_EX, *PKBUGCHECK_SECONDARY_DUMP_DATA_EX;

    typedef enum _KBUGCHECK_DUMP_IO_TYPE
    {
        KbDumpIoInvalid,
        KbDumpIoHeader,
        KbDumpIoBody,
        KbDumpIoSecondaryData,
        KbDumpIoComplete
    } KBUGCHECK_DUMP_IO_TYPE;

    typedef struct _KBUGCHECK_DUMP_IO
    {
        IN ULONG64 Offset;
        IN PVOID Buffer;
        IN ULONG BufferLength;
        IN KBUGCHECK_DUMP_IO_TYPE Type;
    } KBUGCHECK_DUMP_IO, *PKBUGCHECK_DUMP_IO;

    typedef struct _KBUGCHECK_ADD_PAGES
    {
        IN OUT PVOID Context;
        IN OUT ULONG Flags;
        IN ULONG BugCheckCode;
        OUT ULONG_PTR Address;
        OUT ULONG_PTR Count;
    } KBUGCHECK_ADD_PAGES, *PKBUGCHECK_ADD_PAGES;

    typedef struct _KBUGCHECK_REMOVE_PAGES
    {
        IN OUT PVOID Context;
        IN OUT ULONG Flags;
        IN ULONG BugCheckCode;
        OUT ULONG_PTR Address;
        OUT ULONG_PTR Count;
    } KBUGCHECK_REMOVE_PAGES, *PKBUGCHECK_REMOVE_PAGES;

    typedef struct _KADDRESS_RANGE
    {
        PVOID Address;
        SIZE_T Size;
    } KADDRESS_RANGE, *PKADDRESS_RANGE;

    typedef struct _KTRIAGE_DUMP_DATA_ARRAY
    {
        LIST_ENTRY List;
        ULONG NumBlocksUsed;
        ULONG NumBlocksTotal;
        ULONG DataSize;
        ULONG MaxDataSize;
        ULONG ComponentNameBufferLength;
        PUCHAR ComponentName;
        KADDRESS_RANGE Blocks[ANYSIZE_ARRAY];
    } KTRIAGE_DUMP_DATA_ARRAY, *PKTRIAGE_DUMP_DATA_ARRAY;

    typedef struct _KBUGCHECK_TRIAGE_DUMP_DATA
    {
        IN PKTRIAGE_DUMP_DATA_ARRAY DataArray;
        OUT ULONG Flags;
        OUT ULONG MaxVirtMemSize;
        IN ULONG BugCheckCode;
        IN ULONG_PTR BugCheckParameter1;
        IN ULONG_PTR BugCheckParameter2;
        IN ULONG_PTR BugCheckParameter3;
        IN ULONG_PTR BugCheckParameter4;
    } KBUGCHECK_TRIAGE_DUMP_DATA, *PKBUGCHECK_TRIAGE_DUMP_DATA;
#define KB_TRIAGE_DUMP_DATA_FLAG_BUGCHECK_ACTIVE 0x00000001UL

    typedef BOOLEAN NTAPI NMI_CALLBACK(_In_opt_ PVOID Context, _In_ BOOLEAN Handled);
    typedef NMI_CALLBACK *PNMI_CALLBACK;

    // Processors.
    typedef enum _KE_PROCESSOR_CHANGE_NOTIFY_STATE
    {
        KeProcessorAddStartNotify = 0,
        KeProcessorAddCompleteNotify,
        KeProcessorAddFailureNotify
    } KE_PROCESSOR_CHANGE_NOTIFY_STATE;

#define ALL_PROCESSOR_GROUPS             0xffff
#define INVALID_PROCESSOR_INDEX          0xffffffff
#define KE_PROCESSOR_CHANGE_ADD_EXISTING 1

    typedef struct _KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT
    {
        KE_PROCESSOR_CHANGE_NOTIFY_STATE State;
        ULONG NtNumber;
        NTSTATUS Status;
        PROCESSOR_NUMBER ProcNumber;
    } KE_PROCESSOR_CHANGE_NOTIFY_CONTEXT, *PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT;

    typedef VOID NTAPI
    PROCESSOR_CALLBACK_FUNCTION(_In_ PVOID CallbackContext,
                                _In_ PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT ChangeContext,
                                _Inout_ PNTSTATUS OperationStatus);
    typedef PROCESSOR_CALLBACK_FUNCTION *PPROCESSOR_CALLBACK_FUNCTION;

    typedef enum _LOGICAL_PROCESSOR_RELATIONSHIP
    {
        RelationProcessorCore,
        RelationNumaNode,
        RelationCache,
        RelationProcessorPackage,
        RelationGroup,
        RelationProcessorDie,
        RelationNumaNodeEx,
        RelationProcessorModule,
        RelationAll = 0xffff
    } LOGICAL_PROCESSOR_RELATIONSHIP;

#define LTP_PC_SMT              0x1
#define CACHE_FULLY_ASSOCIATIVE 0xFF

    typedef enum _PROCESSOR_CACHE_TYPE
    {
        CacheUnified,
        CacheInstruction,
        CacheData,
        CacheTrace,
        CacheUnknown
    } PROCESSOR_CACHE_TYPE;

    typedef struct _CACHE_DESCRIPTOR
    {
        UCHAR Level;
        UCHAR Associativity;
        USHORT LineSize;
        ULONG Size;
        PROCESSOR_CACHE_TYPE Type;
    } CACHE_DESCRIPTOR, *PCACHE_DESCRIPTOR;

    typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION
    {
        ULONG_PTR ProcessorMask;
        LOGICAL_PROCESSOR_RELATIONSHIP Relationship;
        union
        {
            struct
            {
                UCHAR Flags;
            } ProcessorCore;
            struct
            {
                ULONG NodeNumber;
            } NumaNode;
            CACHE_DESCRIPTOR Cache;
            ULONGLONG Reserved[2];
        };
    } SYSTEM_LOGICAL_PROCESSOR_INFORMATION, *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION;

    typedef struct _PROCESSOR_RELATIONSHIP
    {
        UCHAR Flags;
        UCHAR EfficiencyClass;
        UCHAR Reserved[20];
        USHORT GroupCount;
        GROUP_AFFINITY GroupMask[ANYSIZE_ARRAY];
    } PROCESSOR_RELATIONSHIP, *PPROCESSOR_RELATIONSHIP;

    typedef struct _NUMA_NODE_RELATIONSHIP
    {
        ULONG NodeNumber;
        UCHAR Reserved[18];
        USHORT GroupCount;
        union
        {
            GROUP_AFFINITY GroupMask;
            GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
        };
    } NUMA_NODE_RELATIONSHIP, *PNUMA_NODE_RELATIONSHIP;

    typedef struct _CACHE_RELATIONSHIP
    {
        UCHAR Level;
        UCHAR Associativity;
        USHORT LineSize;
        ULONG CacheSize;
        PROCESSOR_CACHE_TYPE Type;
        UCHAR Reserved[18];
        USHORT GroupCount;
        union
        {
            GROUP_AFFINITY GroupMask;
            GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
        };
    } CACHE_RELATIONSHIP, *PCACHE_RELATIONSHIP;

    typedef struct _PROCESSOR_GROUP_INFO
    {
        UCHAR MaximumProcessorCount;
        UCHAR ActiveProcessorCount;
        UCHAR Reserved[38];
        KAFFINITY ActiveProcessorMask;
    } PROCESSOR_GROUP_INFO, *PPROCESSOR_GROUP_INFO;

    typedef struct _GROUP_RELATIONSHIP
    {
        USHORT MaximumGroupCount;
        USHORT ActiveGroupCount;
        UCHAR Reserved[20];
        PROCESSOR_GROUP_INFO GroupInfo[ANYSIZE_ARRAY];
    } GROUP_RELATIONSHIP, *PGROUP_RELATIONSHIP;

    typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX
    {
        LOGICAL_PROCESSOR_RELATIONSHIP Relationship;
        ULONG Size;
        union
        {
            PROCESSOR_RELATIONSHIP Processor;
            NUMA_NODE_RELATIONSHIP NumaNode;
            CACHE_RELATIONSHIP Cache;
            GROUP_RELATIONSHIP Group;
        };
    } SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX;

    typedef struct _KFLOATING_SAVE
    {
        ULONG Dummy;
    } KFLOATING_SAVE, *PKFLOATING_SAVE;

    // Deferred procedure behind KeSetTimer-like callbacks of EX_TIMER.
    typedef VOID NTAPI EXT_CALLBACK(_In_ PEX_TIMER Timer, _In_opt_ PVOID Context);
    typedef EXT_CALLBACK *PEXT_CALLBACK;
    typedef VOID NTAPI EXT_DELETE_CALLBACK(_In_opt_ PVOID Context);
    typedef EXT_DELETE_CALLBACK *PEXT_DELETE_CALLBACK;

    typedef struct _EXT_SET_PARAMETERS_V0
    {
        ULONG Version;
        ULONG Reserved;
        LONGLONG NoWakeTolerance;
    } EXT_SET_PARAMETERS, *PEXT_SET_PARAMETERS, KT2_SET_PARAMETERS, *PKT2_SET_PARAMETERS;

    typedef struct _EXT_DELETE_PARAMETERS
    {
        ULONG Version;
        ULONG Reserved;
        PEXT_DELETE_CALLBACK DeleteCallback;
        PVOID DeleteContext;
    } EXT_DELETE_PARAMETERS, *PEXT_DELETE_PARAMETERS;

    // EX_TIMER cancellation takes a reserved structure.
    typedef struct _EXT_CANCEL_PARAMETERS EXT_CANCEL_PARAMETERS, *PEXT_CANCEL_PARAMETERS;

#define EX_TIMER_HIGH_RESOLUTION     4
#define EX_TIMER_NO_WAKE             8
#define EX_TIMER_UNLIMITED_TOLERANCE ((LONGLONG) - 1)
#define EX_TIMER_NOTIFICATION        (1UL << 31)

#ifdef __cplusplus
}
#endif

#endif
