// SPDX-License-Identifier: MIT
// Owns what every other part of wdm.h needs first: target macros, forward declarations, page and
// pool constants, processor modes, IRQLs, access rights and security types.
#ifndef OPENWDM_WDM_BASE_H
#define OPENWDM_WDM_BASE_H

#include <sdkddkver.h>

#if !defined(_AMD64_)
#define _AMD64_ 1
#endif
#if !defined(_WIN64)
#define _WIN64 1
#endif
#if !defined(_M_AMD64) && !defined(_MSC_VER)
#define _M_AMD64 100
#endif

#include <ntdef.h>
#include <excpt.h>
#include <guiddef.h>
#include <ntstatus.h>
#include <bugcodes.h>
#include <devioctl.h>
#include <wdk_intrin.h>
#if !defined(OPENWDM_KERNEL)
#include <specstrings.h>
#endif

#ifdef __cplusplus
extern "C"
{
#endif

#if !defined(NTHALAPI)
#define NTHALAPI NTKERNELAPI
#endif
#if !defined(NTSYSAPI)
#define NTSYSAPI NTKERNELAPI
#endif
#if !defined(NTSYSCALLAPI)
#define NTSYSCALLAPI NTSYSAPI
#endif
#if !defined(FASTCALL)
#define FASTCALL NTAPI
#endif
#if !defined(POINTER_ALIGNMENT)
#define POINTER_ALIGNMENT DECLSPEC_ALIGN(8)
#endif
#if !defined(MEMORY_ALLOCATION_ALIGNMENT)
#define MEMORY_ALLOCATION_ALIGNMENT 16
#endif
#if !defined(SYSTEM_CACHE_ALIGNMENT_SIZE)
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#endif
#if !defined(DECLSPEC_CACHEALIGN)
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(SYSTEM_CACHE_ALIGNMENT_SIZE)
#endif

#define PAGE_SIZE               0x1000
#define PAGE_SHIFT              12L
#define KERNEL_STACK_SIZE       0x6000
#define KERNEL_LARGE_STACK_SIZE 0x12000
#define MAXIMUM_EXPANSION_SIZE  (KERNEL_LARGE_STACK_SIZE - (PAGE_SIZE / 2))
#define MAXIMUM_WAIT_OBJECTS    64
#define THREAD_WAIT_OBJECTS     3
#define MAXIMUM_SUSPEND_COUNT   127
#define MM_DONT_ZERO_ALLOCATION 0x00000001
#define LOW_PRIORITY            0
#define LOW_REALTIME_PRIORITY   16
#define HIGH_PRIORITY           31
#define MAXIMUM_PRIORITY        32

#define PASSIVE_LEVEL  0
#define LOW_LEVEL      0
#define APC_LEVEL      1
#define DISPATCH_LEVEL 2
#define CMCI_LEVEL     5
#define CLOCK_LEVEL    13
#define IPI_LEVEL      14
#define DRS_LEVEL      14
#define POWER_LEVEL    14
#define PROFILE_LEVEL  15
#define HIGH_LEVEL     15

    typedef struct _ACCESS_STATE ACCESS_STATE, *PACCESS_STATE;
    typedef struct _ADAPTER_OBJECT *PADAPTER_OBJECT;
    typedef struct _CALLBACK_OBJECT CALLBACK_OBJECT, *PCALLBACK_OBJECT;
    typedef struct _CM_RESOURCE_LIST CM_RESOURCE_LIST, *PCM_RESOURCE_LIST;
    typedef struct _DEVICE_CAPABILITIES DEVICE_CAPABILITIES, *PDEVICE_CAPABILITIES;
    typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;
    typedef struct _DEVOBJ_EXTENSION DEVOBJ_EXTENSION, *PDEVOBJ_EXTENSION;
    typedef struct _DEVICE_DESCRIPTION DEVICE_DESCRIPTION, *PDEVICE_DESCRIPTION;
    typedef struct _DMA_IOMMU_INTERFACE DMA_IOMMU_INTERFACE, *PDMA_IOMMU_INTERFACE;
    typedef struct _DMA_IOMMU_INTERFACE_EX DMA_IOMMU_INTERFACE_EX, *PDMA_IOMMU_INTERFACE_EX;
    typedef struct _DMA_ADAPTER DMA_ADAPTER, *PDMA_ADAPTER;
    typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
    typedef struct _DRIVER_EXTENSION DRIVER_EXTENSION, *PDRIVER_EXTENSION;
    typedef struct _EPROCESS *PEPROCESS;
    typedef struct _ERESOURCE ERESOURCE, *PERESOURCE;
    typedef struct _ETHREAD *PETHREAD;
    typedef struct _EJOB *PEJOB;
    typedef struct _ETIMER *PETIMER;
    typedef struct _EX_TIMER *PEX_TIMER;
    typedef struct _ESILO *PESILO;
    typedef struct _FAST_IO_DISPATCH FAST_IO_DISPATCH, *PFAST_IO_DISPATCH;
    typedef struct _FILE_GET_QUOTA_INFORMATION FILE_GET_QUOTA_INFORMATION,
        *PFILE_GET_QUOTA_INFORMATION;
    typedef struct _FILE_OBJECT FILE_OBJECT, *PFILE_OBJECT;
    typedef struct _HAL_PRIVATE_DISPATCH_TABLE *PHAL_PRIVATE_DISPATCH_TABLE;
    typedef struct _INTERFACE INTERFACE, *PINTERFACE;
    typedef struct _IO_COMPLETION_CONTEXT IO_COMPLETION_CONTEXT, *PIO_COMPLETION_CONTEXT;
    typedef struct _IO_RESOURCE_REQUIREMENTS_LIST IO_RESOURCE_REQUIREMENTS_LIST,
        *PIO_RESOURCE_REQUIREMENTS_LIST;
    typedef struct _IO_STATUS_BLOCK IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;
    typedef struct _IO_SECURITY_CONTEXT IO_SECURITY_CONTEXT, *PIO_SECURITY_CONTEXT;
    typedef struct _IO_STACK_LOCATION IO_STACK_LOCATION, *PIO_STACK_LOCATION;
    typedef struct _IO_TIMER *PIO_TIMER;
    typedef struct _IO_WORKITEM *PIO_WORKITEM;
    typedef struct _IRP IRP, *PIRP;
    typedef struct _KAPC KAPC, *PKAPC;
    typedef struct _KBUGCHECK_REASON_CALLBACK_RECORD KBUGCHECK_REASON_CALLBACK_RECORD,
        *PKBUGCHECK_REASON_CALLBACK_RECORD;
    typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;
    typedef struct _KEVENT KEVENT, *PKEVENT, *PRKEVENT;
    typedef struct _KGATE KGATE, *PKGATE;
    typedef struct _KINTERRUPT *PKINTERRUPT;
    typedef struct _KMUTANT KMUTANT, *PKMUTANT, *PRKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;
    typedef struct _KPCR KPCR, *PKPCR;
    typedef struct _KPRCB KPRCB, *PKPRCB;
    typedef struct _KPROCESS *PKPROCESS, *PRKPROCESS;
    typedef struct _KQUEUE KQUEUE, *PKQUEUE, *PRKQUEUE;
    typedef struct _KSEMAPHORE KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;
    typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD;
    typedef struct _KTIMER KTIMER, *PKTIMER, *PRKTIMER;
    typedef struct _MAILSLOT_CREATE_PARAMETERS MAILSLOT_CREATE_PARAMETERS,
        *PMAILSLOT_CREATE_PARAMETERS;
    typedef struct _MDL MDL, *PMDL;
    typedef struct _MMLOCK_OBJECT *PMMLOCK_OBJECT;
    typedef struct _NAMED_PIPE_CREATE_PARAMETERS NAMED_PIPE_CREATE_PARAMETERS,
        *PNAMED_PIPE_CREATE_PARAMETERS;
    typedef struct _OBJECT_TYPE *POBJECT_TYPE;
    typedef struct _POWER_SEQUENCE POWER_SEQUENCE, *PPOWER_SEQUENCE;
    typedef struct _SCATTER_GATHER_LIST SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;
    typedef struct _SCSI_REQUEST_BLOCK SCSI_REQUEST_BLOCK, *PSCSI_REQUEST_BLOCK;
    typedef struct _SECTION_OBJECT_POINTERS SECTION_OBJECT_POINTERS, *PSECTION_OBJECT_POINTERS;
    typedef struct _SECURITY_QUALITY_OF_SERVICE SECURITY_QUALITY_OF_SERVICE,
        *PSECURITY_QUALITY_OF_SERVICE;
    typedef struct _VPB VPB, *PVPB;
    typedef struct _WAIT_CONTEXT_BLOCK WAIT_CONTEXT_BLOCK, *PWAIT_CONTEXT_BLOCK;
    typedef struct _KTM *PKTM;
    typedef struct _KRESOURCEMANAGER KRESOURCEMANAGER, *PKRESOURCEMANAGER;
    typedef struct _KENLISTMENT KENLISTMENT, *PKENLISTMENT;
    typedef struct _KTRANSACTION KTRANSACTION, *PKTRANSACTION;

    typedef CCHAR KPROCESSOR_MODE;
    typedef UCHAR KIRQL, *PKIRQL;
    typedef LONG KPRIORITY;
    typedef ULONG_PTR KSPIN_LOCK, *PKSPIN_LOCK;
    typedef ULONG_PTR KAFFINITY, *PKAFFINITY;
    typedef ULONG PFN_COUNT;
    typedef LONG_PTR SPFN_NUMBER, *PSPFN_NUMBER;
    typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;
    typedef LARGE_INTEGER PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;
    typedef ULONG NODE_REQUIREMENT;

#define MM_ANY_NODE_OK             0x80000000
#define TIMER_TOLERABLE_DELAY_BITS 6
#define TIMER_EXPIRED_INDEX_BITS   6
#define TIMER_PROCESSOR_INDEX_BITS 5

    typedef enum _MODE
    {
        KernelMode,
        UserMode,
        MaximumMode
    } MODE;

    typedef struct _KAFFINITY_EX KAFFINITY_EX, *PKAFFINITY_EX;
    typedef struct _KSYSTEM_TIME
    {
        ULONG LowPart;
        LONG High1Time;
        LONG High2Time;
    } KSYSTEM_TIME, *PKSYSTEM_TIME;

    typedef enum _POOL_TYPE
    {
        NonPagedPool,
        NonPagedPoolExecute = NonPagedPool,
        PagedPool,
        NonPagedPoolMustSucceed = NonPagedPool + 2,
        DontUseThisType,
        NonPagedPoolCacheAligned = NonPagedPool + 4,
        PagedPoolCacheAligned,
        NonPagedPoolCacheAlignedMustS = NonPagedPool + 6,
        MaxPoolType,
        NonPagedPoolBase = 0,
        NonPagedPoolBaseMustSucceed = NonPagedPoolBase + 2,
        NonPagedPoolBaseCacheAligned = NonPagedPoolBase + 4,
        NonPagedPoolBaseCacheAlignedMustS = NonPagedPoolBase + 6,
        NonPagedPoolSession = 32,
        PagedPoolSession = NonPagedPoolSession + 1,
        NonPagedPoolMustSucceedSession = PagedPoolSession + 1,
        DontUseThisTypeSession = NonPagedPoolMustSucceedSession + 1,
        NonPagedPoolCacheAlignedSession = DontUseThisTypeSession + 1,
        PagedPoolCacheAlignedSession = NonPagedPoolCacheAlignedSession + 1,
        NonPagedPoolCacheAlignedMustSSession = PagedPoolCacheAlignedSession + 1,
        NonPagedPoolNx = 512,
        NonPagedPoolNxCacheAligned = NonPagedPoolNx + 4,
        NonPagedPoolSessionNx = NonPagedPoolNx + 32
    } POOL_TYPE;

#define POOL_COLD_ALLOCATION             256
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE 8
#define POOL_RAISE_IF_ALLOCATION_FAILURE 16
#define POOL_NX_ALLOCATION               512
#define POOL_ZERO_ALLOCATION             1024

    typedef ULONG64 POOL_FLAGS;
#define POOL_FLAG_REQUIRED_START    0x0000000000000001ULL
#define POOL_FLAG_USE_QUOTA         0x0000000000000001ULL
#define POOL_FLAG_UNINITIALIZED     0x0000000000000002ULL
#define POOL_FLAG_SESSION           0x0000000000000004ULL
#define POOL_FLAG_CACHE_ALIGNED     0x0000000000000008ULL
#define POOL_FLAG_RESERVED1         0x0000000000000010ULL
#define POOL_FLAG_RAISE_ON_FAILURE  0x0000000000000020ULL
#define POOL_FLAG_NON_PAGED         0x0000000000000040ULL
#define POOL_FLAG_NON_PAGED_EXECUTE 0x0000000000000080ULL
#define POOL_FLAG_PAGED             0x0000000000000100ULL
#define POOL_FLAG_RESERVED2         0x0000000000000200ULL
#define POOL_FLAG_RESERVED3         0x0000000000000400ULL
#define POOL_FLAG_REQUIRED_END      0x0000000080000000ULL
#define POOL_FLAG_OPTIONAL_START    0x0000000100000000ULL
#define POOL_FLAG_SPECIAL_POOL      0x0000000100000000ULL
#define POOL_FLAG_OPTIONAL_END      0x8000000000000000ULL

#define EVENT_INCREMENT         1
#define IO_NO_INCREMENT         0
#define IO_CD_ROM_INCREMENT     1
#define IO_DISK_INCREMENT       1
#define IO_KEYBOARD_INCREMENT   6
#define IO_MAILSLOT_INCREMENT   2
#define IO_MOUSE_INCREMENT      6
#define IO_NAMED_PIPE_INCREMENT 2
#define IO_NETWORK_INCREMENT    2
#define IO_PARALLEL_INCREMENT   1
#define IO_SERIAL_INCREMENT     2
#define IO_SOUND_INCREMENT      8
#define IO_VIDEO_INCREMENT      1
#define SEMAPHORE_INCREMENT     1

#define PAGE_NOACCESS          0x01
#define PAGE_READONLY          0x02
#define PAGE_READWRITE         0x04
#define PAGE_WRITECOPY         0x08
#define PAGE_EXECUTE           0x10
#define PAGE_EXECUTE_READ      0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80
#define PAGE_GUARD             0x100
#define PAGE_NOCACHE           0x200
#define PAGE_WRITECOMBINE      0x400
#define MEM_COMMIT             0x00001000
#define MEM_RESERVE            0x00002000
#define MEM_DECOMMIT           0x00004000
#define MEM_RELEASE            0x00008000
#define MEM_FREE               0x00010000
#define MEM_PRIVATE            0x00020000
#define MEM_MAPPED             0x00040000
#define MEM_RESET              0x00080000
#define MEM_TOP_DOWN           0x00100000
#define MEM_LARGE_PAGES        0x20000000
#define MEM_4MB_PAGES          0x80000000
#define SEC_BASED              0x00200000
#define SEC_NO_CHANGE          0x00400000
#define SEC_FILE               0x00800000
#define SEC_IMAGE              0x01000000
#define SEC_RESERVE            0x04000000
#define SEC_COMMIT             0x08000000
#define SEC_NOCACHE            0x10000000
#define SEC_LARGE_PAGES        0x80000000
#define SECTION_QUERY          0x0001
#define SECTION_MAP_WRITE      0x0002
#define SECTION_MAP_READ       0x0004
#define SECTION_MAP_EXECUTE    0x0008
#define SECTION_EXTEND_SIZE    0x0010
#define SECTION_ALL_ACCESS                                                             \
    (STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_WRITE | SECTION_MAP_READ | \
     SECTION_MAP_EXECUTE | SECTION_EXTEND_SIZE)
#define SESSION_QUERY_ACCESS  0x0001
#define SESSION_MODIFY_ACCESS 0x0002

#ifdef __cplusplus
}
#endif

#endif
