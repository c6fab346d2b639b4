// SPDX-License-Identifier: MIT
// Owns the MDL, its flags, and the enumerations of the Mm routines.
#ifndef OPENWDM_WDM_MM_TYPES_H
#define OPENWDM_WDM_MM_TYPES_H

#include <openwdm_parts/wdm_ke_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define MDL_MAPPED_TO_SYSTEM_VA     0x0001
#define MDL_PAGES_LOCKED            0x0002
#define MDL_SOURCE_IS_NONPAGED_POOL 0x0004
#define MDL_ALLOCATED_FIXED_SIZE    0x0008
#define MDL_PARTIAL                 0x0010
#define MDL_PARTIAL_HAS_BEEN_MAPPED 0x0020
#define MDL_IO_PAGE_READ            0x0040
#define MDL_WRITE_OPERATION         0x0080
#define MDL_LOCKED_PAGE_TABLES      0x0100
#define MDL_PARENT_MAPPED_SYSTEM_VA MDL_LOCKED_PAGE_TABLES
#define MDL_FREE_EXTRA_PTES         0x0200
#define MDL_DESCRIBES_AWE           0x0400
#define MDL_IO_SPACE                0x0800
#define MDL_NETWORK_HEADER          0x1000
#define MDL_MAPPING_CAN_FAIL        0x2000
#define MDL_PAGE_CONTENTS_INVARIANT 0x4000
#define MDL_ALLOCATED_MUST_SUCCEED  MDL_PAGE_CONTENTS_INVARIANT
#define MDL_INTERNAL                0x8000
#define MDL_MAPPING_FLAGS                                                       \
    (MDL_MAPPED_TO_SYSTEM_VA | MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | \
     MDL_PARTIAL_HAS_BEEN_MAPPED | MDL_PARENT_MAPPED_SYSTEM_VA | MDL_IO_SPACE)

    // The processor number only occupies what is padding before Process on 64-bit systems.
    struct _MDL
    {
        struct _MDL *Next;
        CSHORT Size;
        CSHORT MdlFlags;
        USHORT AllocationProcessorNumber;
        USHORT Reserved;
        struct _EPROCESS *Process;
        PVOID MappedSystemVa;
        PVOID StartVa;
        ULONG ByteCount;
        ULONG ByteOffset;
    };
    typedef const MDL *PCMDL;
    typedef PMDL PMDLX;

    typedef enum _MM_PAGE_PRIORITY
    {
        LowPagePriority,
        NormalPagePriority = 16,
        HighPagePriority = 32
    } MM_PAGE_PRIORITY;

#define MdlMappingNoWrite       0x80000000
#define MdlMappingNoExecute     0x40000000
#define MdlMappingWithGuardPtes 0x20000000

    typedef enum _LOCK_OPERATION
    {
        IoReadAccess,
        IoWriteAccess,
        IoModifyAccess
    } LOCK_OPERATION;

    typedef enum _MM_SYSTEM_SIZE
    {
        MmSmallSystem,
        MmMediumSystem,
        MmLargeSystem
    } MM_SYSTEMSIZE;

#define MM_DONT_ZERO_ALLOCATION               0x00000001
#define MM_ALLOCATE_FROM_LOCAL_NODE_ONLY      0x00000002
#define MM_ALLOCATE_FULLY_REQUIRED            0x00000004
#define MM_ALLOCATE_NO_WAIT                   0x00000008
#define MM_ALLOCATE_PREFER_CONTIGUOUS         0x00000010
#define MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS 0x00000020
#define MM_ALLOCATE_FAST_LARGE_PAGES          0x00000040
#define MM_ALLOCATE_TRIM_IF_NECESSARY         0x00000080
#define MM_ALLOCATE_AND_HOT_REMOVE            0x00000100
#define MM_FREE_MDL_PAGES_ZERO                0x00000001

#define MM_COPY_MEMORY_PHYSICAL 0x1
#define MM_COPY_MEMORY_VIRTUAL  0x2

    typedef struct _MM_COPY_ADDRESS
    {
        union
        {
            PVOID VirtualAddress;
            PHYSICAL_ADDRESS PhysicalAddress;
        };
    } MM_COPY_ADDRESS, *PMMCOPY_ADDRESS;

    typedef struct _PHYSICAL_MEMORY_RANGE
    {
        PHYSICAL_ADDRESS BaseAddress;
        LARGE_INTEGER NumberOfBytes;
    } PHYSICAL_MEMORY_RANGE, *PPHYSICAL_MEMORY_RANGE;

#define MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_FILE_ONLY      0x00000001
#define MM_GET_PHYSICAL_MEMORY_RANGES_INCLUDE_ALL_PARTITIONS 0x00000002
#define MM_SECURE_EXCLUSIVE                                  1
#define MM_SECURE_NO_CHANGE                                  2
#define MM_SECURE_USER_MODE_ONLY                             4
#define MM_SECURE_NO_INHERIT                                 8

    typedef enum _MM_MDL_PAGE_CONTENTS_STATE
    {
        MmMdlPageContentsDynamic,
        MmMdlPageContentsInvariant,
        MmMdlPageContentsQuery
    } MM_MDL_PAGE_CONTENTS_STATE,
        *PMM_MDL_PAGE_CONTENTS_STATE;

    _Function_class_(MM_MDL_ROUTINE)
    typedef VOID NTAPI MM_MDL_ROUTINE(_In_ PVOID DriverContext, _In_ PVOID MappedVa);
    typedef MM_MDL_ROUTINE *PMM_MDL_ROUTINE;

    typedef enum _MM_ROTATE_DIRECTION
    {
        MmToFrameBuffer,
        MmToFrameBufferNoCopy,
        MmToRegularMemory,
        MmToRegularMemoryNoCopy,
        MmMaximumRotateDirection
    } MM_ROTATE_DIRECTION,
        *PMM_ROTATE_DIRECTION;

    typedef NTSTATUS NTAPI MM_ROTATE_COPY_CALLBACK_FUNCTION(_In_ PMDL DestinationMdl,
                                                            _In_ PMDL SourceMdl,
                                                            _In_ PVOID Context);
    typedef MM_ROTATE_COPY_CALLBACK_FUNCTION *PMM_ROTATE_COPY_CALLBACK_FUNCTION;

    typedef struct _MM_PHYSICAL_ADDRESS_LIST
    {
        PHYSICAL_ADDRESS PhysicalAddress;
        SIZE_T NumberOfBytes;
    } MM_PHYSICAL_ADDRESS_LIST, *PMM_PHYSICAL_ADDRESS_LIST;

#ifdef __cplusplus
}
#endif

#endif
