/* SPDX-License-Identifier: MIT */
/*
 * mm: pools, user arenas of client processes, paging checks, MDLs, views of physical memory.
 * What other folders may use. Documented routines (ExAllocatePool2, MmProbeAndLockPages, ...) have
 * their documented prototypes and are not repeated here.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "ntddk.h"

#include "ke/ke.h"
#include "host/host.h"

/* Aliases of user arenas and mapped shared pages; above the regions of host.h, as deterministic. */
#define MM_REGION_ALIAS 0x260000000000ull

/* System mappings of MDLs and views: addresses that are valid only while they are mapped. */
#define MM_REGION_SYSTEM 0x262000000000ull

/* Pages of sections. */
#define MM_REGION_SECTION 0x264000000000ull

/* A pool tag whose letters a debugger shows in this order. */
#define MM_TAG(A, B, C, D) ((ULONG)(A) | (ULONG)(B) << 8 | (ULONG)(C) << 16 | (ULONG)(D) << 24)

/* First thing at boot; needs no processor. */
NTSTATUS
MmInitSystem(void);

/* ---- pool for the kernel itself ----------------------------------------------------------- */

/* Kernel-owned memory: zeroed, 16-byte aligned (page aligned from PAGE_SIZE on), with guards, never
 * in a driver's leak report. Type is NonPagedPool... or PagedPool. NULL when memory is short, and
 * when a fault is injected (MmFailAllocation) into what a driver asked for. Any
 * IRQL up to DISPATCH_LEVEL. Kernel code uses this and MmFreePool; the Ex... routines charge the
 * calling driver. */
PVOID
MmAllocatePool(POOL_TYPE Type, SIZE_T Size, ULONG Tag);

/* As MmAllocatePool, for what cannot fail as documented and for books that checks keep: no fault is
 * injected. */
PVOID
MmAllocatePoolAlways(POOL_TYPE Type, SIZE_T Size, ULONG Tag);

/* As MmAllocatePool, charged to the driver that called the running DDI (it is to be freed by it).
 */
PVOID
MmAllocateDriverPool(POOL_TYPE Type, SIZE_T Size, ULONG Tag);

/* Frees a block of MmAllocatePool or MmAllocateDriverPool; Tag must be that of the allocation, or
 * 0. Damage found is a bug check. */
void MmFreePool(PVOID Address, ULONG Tag);

/* A block as reports see it. */
typedef struct _MM_POOL_BLOCK
{
    PVOID Address;
    SIZE_T Size;
    ULONG Tag;
    POOL_TYPE Type;
    BOOLEAN Kernel;   /* owned by the kernel: not a leak of a driver */
    ULONG64 Sequence; /* number of the allocation since boot */
    PVOID Caller;     /* return address in the driver, or NULL */
    ULONG
    FrameCount; /* stack at allocation, innermost first; may be of an earlier call from Caller */
    PVOID const *Frames;
} MM_POOL_BLOCK;

/* Calls Routine for each live block in order of allocation until it returns FALSE. Routine must not
 * allocate or free pool. Kernel blocks are included only on request. */
void MmForEachPoolBlock(BOOLEAN IncludeKernel,
                        BOOLEAN (*Routine)(const MM_POOL_BLOCK *Block, PVOID Context),
                        PVOID Context);

typedef struct _MM_POOL_TAG_USAGE
{
    ULONG Tag;
    BOOLEAN Paged;
    ULONG64 Allocations;
    ULONG64 Frees;
    SIZE_T LiveBytes;
    SIZE_T PeakBytes;
} MM_POOL_TAG_USAGE;

/* Usage by tag (`pool` command), sorted by tag; kernel tags included only on request. */
void MmForEachPoolTag(BOOLEAN IncludeKernel,
                      void (*Routine)(const MM_POOL_TAG_USAGE *Usage, PVOID Context),
                      PVOID Context);

typedef struct _MM_POOL_USAGE
{
    ULONG64 Allocations, Frees;
    SIZE_T LiveBytes, PeakBytes;
    ULONG64 LiveBlocks;
} MM_POOL_USAGE;

/* Sum over allocations made from code in [Start, End): a driver's account. */
void MmQueryDriverPool(PVOID Start, PVOID End, MM_POOL_USAGE *Usage);

/* Checks guards of every block and the fill of freed ones; a bug check names the first damage.
 * Called at unload and at shutdown. */
void MmVerifyPool(void);

/* If Address lies in pool, describes the block (live or freed) it belongs to. Writes one line;
 * returns FALSE when it is not pool. For fault reports; touches no driver memory. */
BOOLEAN
MmDescribeAddress(ULONG64 Address, char *Line, SIZE_T LineSize);

/* TRUE if Address is in a freed block: then *Block says whose it was and Frames who allocated it.
 */
BOOLEAN
MmFindPoolBlock(ULONG64 Address, MM_POOL_BLOCK *Block, BOOLEAN *Freed);

/* ex: asked before a block of a driver goes away (does something live in it?). NULL: nothing to
 * look for. */
extern void (*MmPoolFreed)(PVOID Address, SIZE_T Size);

/* vf: the same question for blocks of drivers and of the kernel (device extensions). */
extern void (*MmVerifierFreed)(PVOID Address, SIZE_T Size);

/* Test and fault sweep: asked before each allocation and each other call that can fail; TRUE makes
 * it fail. */
extern BOOLEAN (*MmFailAllocation)(SIZE_T Size, ULONG Tag);

/* While the hook is asked: the caller wants an exception instead of NULL. For reports. */
extern BOOLEAN MmFaultRaises;

/* For calls that can fail without allocating pool (a cached IRP, a mapping): TRUE if this one
 * shall. */
static inline BOOLEAN
MmIsFaultInjected(SIZE_T Size, ULONG Tag)
{
    return __builtin_expect(MmFailAllocation != NULL, 0) && MmFailAllocation(Size, Tag);
}

/* ---- paging checks ------------------------------------------------------------------------ */

/* ldr: pageable section (PAGE...) of an image, with its own protection (HOST_PROT_...). Page
 * aligned. */
NTSTATUS
MmRegisterPageableRange(PVOID Base, SIZE_T Size, int Protection);

void MmUnregisterPageableRange(PVOID Base);

/* Off: nothing is ever armed (`checks off` runs, benchmarks). On by default. */
extern BOOLEAN MmPagingChecks;

/* ---- processes and their user memory ------------------------------------------------------ */

struct _MM_ARENA;

/* Head of a process as mm sees it: ob and ps add to it (OB_PROCESS, PS_PROCESS). */
typedef struct _MM_PROCESS
{
    struct _KPROCESS Pcb;
    struct _MM_ARENA *Arena; /* NULL: no user memory yet (the system process) */
    SIZE_T PoolCharged[2];   /* quota used: nonpaged, paged */
    BOOLEAN NoQuota;         /* the system process pays for nothing */
} MM_PROCESS, *PMM_PROCESS;

/* Gives Process an empty arena. */
NTSTATUS
MmCreateUserArena(PMM_PROCESS Process);

void MmDeleteUserArena(PMM_PROCESS Process);

/* The process goes; blocks that were charged to it stay. */
void MmForgetQuota(PMM_PROCESS Process);

/* Page-aligned, zeroed, readable and writable user memory; returns its user address or NULL. */
PVOID
MmAllocateUserMemory(PMM_PROCESS Process, SIZE_T Size);

void MmFreeUserMemory(PMM_PROCESS Process, PVOID Address);

/* Protection is HOST_PROT_...; pages must be allocated. */
NTSTATUS
MmProtectUserMemory(PMM_PROCESS Process, PVOID Address, SIZE_T Size, int Protection);

/* Kernel address of allocated user memory of any process, mapped in every context; NULL if part of
 * the range is not allocated. How the runtime fills and reads a client's buffers. */
PVOID
MmUserAlias(PMM_PROCESS Process, const void *Address, SIZE_T Size);

/* TRUE if [Address, Address + Length) lies below MmUserProbeAddress and does not wrap. Length 0 is
 * TRUE. */
static inline BOOLEAN
MmProbeRange(const volatile void *Address, SIZE_T Length)
{
    ULONG64 start = (ULONG64)Address;
    return Length == 0 || (start + Length > start && start + Length <= HOST_USER_LIMIT);
}

/* Whole pages inside a block of nonpaged pool that the caller owns: takes the access away, or gives
 * it back before the block is freed. Any context. */
BOOLEAN
MmSetPoolAccess(_In_ void *Address, SIZE_T Size, BOOLEAN Accessible);

/* The verifier wants to know who touches a user's buffer without having probed it. */
extern BOOLEAN MmGuardUserBuffers;

/* A driver gets the address of a user's buffer as it is: nobody may touch it before it is probed,
 * until MmUnguardUserBuffers or another process runs. Does nothing unless MmGuardUserBuffers. */
void MmGuardUserBuffer(_In_opt_ const void *Address, SIZE_T Length);

/* The buffer has been probed. */
void MmUnguardUserBuffer(_In_ const volatile void *Address, SIZE_T Length);

/* The request has been served. */
void MmUnguardUserBuffers(void);

typedef enum _MM_USER_GUARD
{
    MmUserNotGuarded,
    MmUserBeside,   /* on a page of a guarded buffer, but not in it */
    MmUserNotProbed /* in a buffer that nobody has probed */
} MM_USER_GUARD;

/* A fault at Address: says why and gives the page back. Signal stack. */
MM_USER_GUARD
MmTouchUserGuard(ULONG64 Address);

/* The process that has user memory at Address although the running one has none there, or NULL. */
PMM_PROCESS
MmForeignUserAddress(ULONG64 Address);

/* TRUE if Address is one that user mode could have passed. */
static inline BOOLEAN
MmIsUserAddress(const volatile void *Address)
{
    return (ULONG64)Address < HOST_USER_LIMIT;
}

/* ---- physical memory ---------------------------------------------------------------------- */

/* Every page of the fixed regions has a physical address outside the machine's RAM, so that PFNs of
 * MDLs mean something: physical = window of the region + offset. hal's RAM and devices are below 64
 * GiB. */
#define MM_PHYSICAL_NONPAGED 0x1000000000ull
#define MM_PHYSICAL_PAGED    0x2000000000ull
#define MM_PHYSICAL_IMAGE    0x3000000000ull
#define MM_PHYSICAL_STACK    0x4000000000ull
#define MM_PHYSICAL_ALIAS    0x5000000000ull
#define MM_PHYSICAL_SECTION  0x6000000000ull

/* What hal gives mm. NULL members: the machine has none. Addresses and lengths need no alignment
 * unless said. */
typedef struct _MM_PHYSICAL_HOOKS
{
    /* RAM at Physical as a kernel address (HOST_REGION_RAM); NULL unless all of it is RAM. */
    PVOID (*RamPointer)(ULONG64 Physical, SIZE_T Length);
    /* Object that backs RAM or ROM at the offset of its physical address, so that the same pages
     * can be mapped twice; -1 unless all of it is memory. *Writable: not ROM. */
    int (*MemoryObject)(ULONG64 Physical, SIZE_T Length, BOOLEAN *Writable);
    /* The ranges that are RAM for everybody, by number; FALSE behind the last one. */
    BOOLEAN (*RamRange)(ULONG Index, PULONG64 Physical, PULONG64 Length);
    /* Physical address of a kernel address in RAM or an MMIO window. FALSE: neither. */
    BOOLEAN (*PhysicalOf)(const void *Address, PULONG64 Physical);
    /* Kernel address for a physical range: RAM itself, or a new MMIO window. NULL: nothing is
     * there. */
    PVOID (*MapIoSpace)(ULONG64 Physical, SIZE_T Length, MEMORY_CACHING_TYPE CacheType);
    void (*UnmapIoSpace)(PVOID Address, SIZE_T Length);
    /* Makes device memory appear at Address (page aligned, free): an inaccessible window whose
     * accesses are emulated at the fault. */
    NTSTATUS (*MapAt)(PVOID Address, ULONG64 Physical, SIZE_T Length, int Protection);
    void (*UnmapAt)(PVOID Address, SIZE_T Length);
    /* RAM for a driver: page aligned, within [Lowest, Highest], not crossing Boundary (0: any). */
    PVOID (*AllocateContiguous)(SIZE_T Length, ULONG64 Lowest, ULONG64 Highest, ULONG64 Boundary);
    void (*FreeContiguous)(PVOID Address, SIZE_T Length);
} MM_PHYSICAL_HOOKS;

extern MM_PHYSICAL_HOOKS MmPhysicalHooks;

/* Kernel address of physical memory that mm or hal knows (device DMA): pool, images, stacks, locked
 * user pages, RAM. NULL if the range is not memory. The inverse of MmGetPhysicalAddress. */
PVOID
MmPhysicalToPointer(ULONG64 Physical, SIZE_T Length);

/* Physical address of a kernel address, or of user memory of the current process. FALSE: none. */
BOOLEAN
MmPointerToPhysical(const void *Address, PULONG64 Physical);

/* Live contiguous and noncached memory of drivers, newest first, until FALSE (unload reports). */
void
MmForEachContiguous(BOOLEAN (*Routine)(PVOID Address, SIZE_T Size, PVOID Caller, PVOID Context),
                    PVOID Context);

/* ---- MDLs --------------------------------------------------------------------------------- */

/* MmProbeAndLockPages without raising (io, METHOD_DIRECT): STATUS_ACCESS_VIOLATION and the like. */
NTSTATUS
MmTryProbeAndLockPages(PMDL Mdl, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation);

/* Live locked MDLs, for unload reports: calls Routine until FALSE. */
void MmForEachLockedMdl(BOOLEAN (*Routine)(PMDL Mdl, PVOID Caller, PVOID Context), PVOID Context);

#endif
