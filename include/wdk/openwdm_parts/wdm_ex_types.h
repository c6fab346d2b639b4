// SPDX-License-Identifier: MIT
// Owns SLISTs, lookaside lists, resources, rundown protection, push locks, callbacks and work
// items.
#ifndef OPENWDM_WDM_EX_TYPES_H
#define OPENWDM_WDM_EX_TYPES_H

#include <openwdm_parts/wdm_ke_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY
    {
        struct _SLIST_ENTRY *Next;
    } SLIST_ENTRY, *PSLIST_ENTRY;

    typedef struct _SLIST_ENTRY32
    {
        ULONG Next;
    } SLIST_ENTRY32, *PSLIST_ENTRY32;

    typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER
    {
        struct
        {
            ULONGLONG Alignment;
            ULONGLONG Region;
        };
        struct
        {
            ULONGLONG Depth : 16;
            ULONGLONG Sequence : 48;
            ULONGLONG Reserved : 4;
            ULONGLONG NextEntry : 60;
        } HeaderX64;
    } SLIST_HEADER, *PSLIST_HEADER;

    typedef enum _EX_POOL_PRIORITY
    {
        LowPoolPriority,
        LowPoolPrioritySpecialPoolOverrun = 8,
        LowPoolPrioritySpecialPoolUnderrun = 9,
        NormalPoolPriority = 16,
        NormalPoolPrioritySpecialPoolOverrun = 24,
        NormalPoolPrioritySpecialPoolUnderrun = 25,
        HighPoolPriority = 32,
        HighPoolPrioritySpecialPoolOverrun = 40,
        HighPoolPrioritySpecialPoolUnderrun = 41
    } EX_POOL_PRIORITY;

    typedef enum POOL_EXTENDED_PARAMETER_TYPE
    {
        PoolExtendedParameterInvalidType = 0,
        PoolExtendedParameterPriority,
        PoolExtendedParameterSecurePool,
        PoolExtendedParameterNumaNode,
        PoolExtendedParameterMax
    } POOL_EXTENDED_PARAMETER_TYPE,
        *PPOOL_EXTENDED_PARAMETER_TYPE;

#define POOL_EXTENDED_PARAMETER_TYPE_BITS           8
#define POOL_EXTENDED_PARAMETER_REQUIRED_FIELD_BITS 1
#define POOL_EXTENDED_PARAMETER_RESERVED_BITS \
    (64 - POOL_EXTENDED_PARAMETER_TYPE_BITS - POOL_EXTENDED_PARAMETER_REQUIRED_FIELD_BITS)
#define SECURE_POOL_FLAGS_NONE       0x0
#define SECURE_POOL_FLAGS_FREEABLE   0x1
#define SECURE_POOL_FLAGS_MODIFIABLE 0x2

    typedef struct _POOL_EXTENDED_PARAMS_SECURE_POOL
    {
        HANDLE SecurePoolHandle;
        PVOID Buffer;
        ULONG_PTR Cookie;
        ULONG SecurePoolFlags;
    } POOL_EXTENDED_PARAMS_SECURE_POOL;

    typedef ULONG POOL_NODE_REQUIREMENT;
#define POOL_CREATE_FLG_SECURE_POOL     0x1
#define POOL_CREATE_FLG_USE_GLOBAL_POOL 0x2
#define POOL_CREATE_PARAMS_VERSION      1

    typedef struct _POOL_CREATE_EXTENDED_PARAMS
    {
        ULONG Version;
    } POOL_CREATE_EXTENDED_PARAMS, *PPOOL_CREATE_EXTENDED_PARAMS;

    typedef struct _POOL_EXTENDED_PARAMETER
    {
        struct
        {
            ULONG64 Type : POOL_EXTENDED_PARAMETER_TYPE_BITS;
            ULONG64 Optional : POOL_EXTENDED_PARAMETER_REQUIRED_FIELD_BITS;
            ULONG64 Reserved : POOL_EXTENDED_PARAMETER_RESERVED_BITS;
        };
        union
        {
            ULONG64 Reserved2;
            PVOID Reserved3;
            EX_POOL_PRIORITY Priority;
            POOL_EXTENDED_PARAMS_SECURE_POOL *SecurePoolParams;
            POOL_NODE_REQUIREMENT PreferredNode;
        };
    } POOL_EXTENDED_PARAMETER, *PPOOL_EXTENDED_PARAMETER;
    typedef CONST POOL_EXTENDED_PARAMETER *PCPOOL_EXTENDED_PARAMETER;

    _Function_class_(ALLOCATE_FUNCTION)
    typedef PVOID NTAPI
    ALLOCATE_FUNCTION(_In_ POOL_TYPE PoolType, _In_ SIZE_T NumberOfBytes, _In_ ULONG Tag);
    typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
    _Function_class_(FREE_FUNCTION)
    typedef VOID NTAPI FREE_FUNCTION(_In_ PVOID Buffer);
    typedef FREE_FUNCTION *PFREE_FUNCTION;

    struct _LOOKASIDE_LIST_EX;
    _Function_class_(ALLOCATE_FUNCTION_EX)
    typedef PVOID NTAPI ALLOCATE_FUNCTION_EX(_In_ POOL_TYPE PoolType,
                                             _In_ SIZE_T NumberOfBytes,
                                             _In_ ULONG Tag,
                                             _Inout_ struct _LOOKASIDE_LIST_EX *Lookaside);
    typedef ALLOCATE_FUNCTION_EX *PALLOCATE_FUNCTION_EX;
    _Function_class_(FREE_FUNCTION_EX)
    typedef VOID NTAPI
    FREE_FUNCTION_EX(_In_ PVOID Buffer, _Inout_ struct _LOOKASIDE_LIST_EX *Lookaside);
    typedef FREE_FUNCTION_EX *PFREE_FUNCTION_EX;

// The cache-aligned form is the head of the old lists, the packed one that of LOOKASIDE_LIST_EX.
#define OPENWDM_GENERAL_LOOKASIDE_FIELDS  \
    union                                 \
    {                                     \
        SLIST_HEADER ListHead;            \
        SINGLE_LIST_ENTRY SingleListHead; \
    };                                    \
    USHORT Depth;                         \
    USHORT MaximumDepth;                  \
    ULONG TotalAllocates;                 \
    union                                 \
    {                                     \
        ULONG AllocateMisses;             \
        ULONG AllocateHits;               \
    };                                    \
    ULONG TotalFrees;                     \
    union                                 \
    {                                     \
        ULONG FreeMisses;                 \
        ULONG FreeHits;                   \
    };                                    \
    POOL_TYPE Type;                       \
    ULONG Tag;                            \
    ULONG Size;                           \
    union                                 \
    {                                     \
        PALLOCATE_FUNCTION_EX AllocateEx; \
        PALLOCATE_FUNCTION Allocate;      \
    };                                    \
    union                                 \
    {                                     \
        PFREE_FUNCTION_EX FreeEx;         \
        PFREE_FUNCTION Free;              \
    };                                    \
    LIST_ENTRY ListEntry;                 \
    ULONG LastTotalAllocates;             \
    union                                 \
    {                                     \
        ULONG LastAllocateMisses;         \
        ULONG LastAllocateHits;           \
    };                                    \
    ULONG Future[2];

    typedef struct DECLSPEC_CACHEALIGN _GENERAL_LOOKASIDE{
        OPENWDM_GENERAL_LOOKASIDE_FIELDS} GENERAL_LOOKASIDE,
        *PGENERAL_LOOKASIDE;

    typedef struct _GENERAL_LOOKASIDE_POOL
    {
        OPENWDM_GENERAL_LOOKASIDE_FIELDS
    } GENERAL_LOOKASIDE_POOL, *PGENERAL_LOOKASIDE_POOL;

    typedef struct _NPAGED_LOOKASIDE_LIST
    {
        GENERAL_LOOKASIDE L;
    } NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

    typedef struct _PAGED_LOOKASIDE_LIST
    {
        GENERAL_LOOKASIDE L;
    } PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

    typedef struct _LOOKASIDE_LIST_EX
    {
        GENERAL_LOOKASIDE_POOL L;
    } LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;

#define LOOKASIDE_MINIMUM_BLOCK_SIZE             (RTL_SIZEOF_THROUGH_FIELD(SLIST_ENTRY, Next))
#define EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL 0x00000001UL
#define EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE 0x00000002UL
#define EX_MAXIMUM_LOOKASIDE_DEPTH_BASE          256
#define EX_MAXIMUM_LOOKASIDE_DEPTH_LIMIT         1024

    typedef ULONG_PTR ERESOURCE_THREAD;
    typedef ERESOURCE_THREAD *PERESOURCE_THREAD;

    typedef struct _OWNER_ENTRY
    {
        ERESOURCE_THREAD OwnerThread;
        union
        {
            struct
            {
                ULONG IoPriorityBoosted : 1;
                ULONG OwnerReferenced : 1;
                ULONG IoQoSPriorityBoosted : 1;
                ULONG OwnerCount : 29;
            };
            ULONG TableSize;
        };
    } OWNER_ENTRY, *POWNER_ENTRY;

    struct _ERESOURCE
    {
        LIST_ENTRY SystemResourcesList;
        POWNER_ENTRY OwnerTable;
        SHORT ActiveCount;
        union
        {
            USHORT Flag;
            struct
            {
                UCHAR ReservedLowFlags;
                UCHAR WaiterPriority;
            };
        };
        PVOID SharedWaiters;
        PVOID ExclusiveWaiters;
        OWNER_ENTRY OwnerEntry;
        ULONG ActiveEntries;
        ULONG ContentionCount;
        ULONG NumberOfSharedWaiters;
        ULONG NumberOfExclusiveWaiters;
        PVOID Reserved2;
        union
        {
            PVOID Address;
            ULONG_PTR CreatorBackTraceIndex;
        };
        KSPIN_LOCK SpinLock;
    };

#define ResourceNeverExclusive       0x0010
#define ResourceReleaseByOtherThread 0x0020
#define ResourceOwnedExclusive       0x0080
#define RESOURCE_HASH_TABLE_SIZE     64
#define FLAG_OWNER_POINTER_IS_THREAD 0x1
#define ExGetCurrentResourceThread() ((ULONG_PTR)KeGetCurrentThread())

    typedef struct _EX_RUNDOWN_REF
    {
        union
        {
            volatile ULONG_PTR Count;
            volatile PVOID Ptr;
        };
    } EX_RUNDOWN_REF, *PEX_RUNDOWN_REF;
    typedef struct _EX_RUNDOWN_REF_CACHE_AWARE *PEX_RUNDOWN_REF_CACHE_AWARE;

    typedef ULONG_PTR EX_PUSH_LOCK, *PEX_PUSH_LOCK;
#define EX_DEFAULT_PUSH_LOCK_FLAGS          0
#define EX_PUSH_LOCK_FLAG_DISABLE_AUTOBOOST 0x1

    typedef enum _WORK_QUEUE_TYPE
    {
        CriticalWorkQueue,
        DelayedWorkQueue,
        HyperCriticalWorkQueue,
        NormalWorkQueue,
        BackgroundWorkQueue,
        RealTimeWorkQueue,
        SuperCriticalWorkQueue,
        MaximumWorkQueue,
        CustomPriorityWorkQueue = 32
    } WORK_QUEUE_TYPE;

    _Function_class_(WORKER_THREAD_ROUTINE)
    typedef VOID NTAPI WORKER_THREAD_ROUTINE(_In_ PVOID Parameter);
    typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

    typedef struct _WORK_QUEUE_ITEM
    {
        LIST_ENTRY List;
        PWORKER_THREAD_ROUTINE WorkerRoutine;
        volatile PVOID Parameter;
    } WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

    _Function_class_(CALLBACK_FUNCTION)
    typedef VOID NTAPI CALLBACK_FUNCTION(_In_opt_ PVOID CallbackContext,
                                         _In_opt_ PVOID Argument1,
                                         _In_opt_ PVOID Argument2);
    typedef CALLBACK_FUNCTION *PCALLBACK_FUNCTION;

    typedef enum _BOUND_CALLBACK_STATUS
    {
        BoundExceptionContinueSearch,
        BoundExceptionHandled,
        BoundExceptionError,
        BoundExceptionMaximum
    } BOUND_CALLBACK_STATUS,
        *PBOUND_CALLBACK_STATUS;
    typedef BOUND_CALLBACK_STATUS NTAPI BOUND_CALLBACK(VOID);
    typedef BOUND_CALLBACK *PBOUND_CALLBACK;

#define DrvRtPoolNxOptIn 0x00000001

    typedef enum _FIRMWARE_TYPE
    {
        FirmwareTypeUnknown,
        FirmwareTypeBios,
        FirmwareTypeUefi,
        FirmwareTypeMax
    } FIRMWARE_TYPE,
        *PFIRMWARE_TYPE;

    typedef enum _INTERLOCKED_RESULT
    {
        ResultNegative = 1,
        ResultZero = 0,
        ResultPositive = 2
    } INTERLOCKED_RESULT;

#ifdef __cplusplus
}
#endif

#endif
