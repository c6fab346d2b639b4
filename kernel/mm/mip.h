/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/mm: how pool blocks, tags, pageable ranges and user arenas are kept.
 *
 * All bookkeeping of the pools is out of line (never inside the pools), so that a driver's overrun
 * can only damage guards and data. One host thread and no safe point in here: no locks.
 */
#ifndef MM_MIP_H
#define MM_MIP_H

#include "mm/mm.h"

#include "rtl/assert.h"
#include "mm/exports.h"
#include "rtl/ddi.h"

#if defined(__SANITIZE_ADDRESS__)
#define MI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MI_ASAN 1
#endif
#endif
#ifndef MI_ASAN
#define MI_ASAN 0
#endif

/* Without AddressSanitizer these cost nothing, not even a call. */
#define MI_POISON(Address, Size)                          \
    do                                                    \
    {                                                     \
        if (MI_ASAN)                                      \
        {                                                 \
            host_poison((const void *)(Address), (Size)); \
        }                                                 \
    } while (0)
#define MI_UNPOISON(Address, Size)                          \
    do                                                      \
    {                                                       \
        if (MI_ASAN)                                        \
        {                                                   \
            host_unpoison((const void *)(Address), (Size)); \
        }                                                   \
    } while (0)

/* ---- pools -------------------------------------------------------------------------------- */

enum
{
    MiPoolNonPaged, /* no execute */
    MiPoolExecute,  /* NonPagedPool, NonPagedPoolExecute */
    MiPoolPaged,
    MiPoolCount
};

/* Guards, slack behind a block and freed memory hold this byte; fresh memory the other one. Eight
 * of either make a non-canonical pointer: using it faults at once. */
#define MI_IDLE_BYTE  0xDF
#define MI_FRESH_BYTE 0xC5
#define MI_IDLE_WORD  0xDFDFDFDFDFDFDFDFull

#define MI_GUARD      16u   /* bytes between two blocks of a page */
#define MI_SMALL_MAX  4064u /* larger blocks get whole pages */
#define MI_CLASSES    20
#define MI_LARGE      0xff /* MI_BLOCK.Class */
#define MI_EXTENTS    65   /* free lists by number of pages; [0] for all above 64 */
#define MI_FILL_PAGES 4    /* freed extents up to this are filled, larger ones made inaccessible */

typedef enum _MI_BLOCK_STATE
{
    MiBlockNone, /* never handed out */
    MiBlockLive,
    MiBlockFreed /* in quarantine or in a free list: holds MI_IDLE_BYTE, or is inaccessible */
} MI_BLOCK_STATE;

#define MI_BLOCK_KERNEL 0x01 /* owned by the kernel */
#define MI_BLOCK_HIDDEN 0x02 /* freed and inaccessible */
#define MI_BLOCK_QUOTA  0x04 /* charged to a process (quota.c) */

typedef struct _MI_BLOCK
{
    ULONG64 Address;
    ULONG64 Size; /* as asked for */
    ULONG64 Sequence;
    ULONG Tag;
    ULONG Next;  /* in a free list */
    ULONG Pages; /* of a large block, without the guard page */
    ULONG Site;
    ULONG Stack;
    ULONG FreeSite;
    ULONG TagIndex;
    UCHAR State; /* MI_BLOCK_STATE */
    UCHAR Class;
    UCHAR Pool;
    UCHAR Flags;
} MI_BLOCK, *PMI_BLOCK;

C_ASSERT(sizeof(MI_BLOCK) == 56);

typedef enum _MI_PAGE_KIND
{
    MiPageUnused,
    MiPageSmall, /* Block is the first of the page's blocks */
    MiPageLarge,
    MiPageGuard /* follows the large block Block */
} MI_PAGE_KIND;

typedef struct _MI_PAGE
{
    ULONG Block;
    UCHAR Kind;
    UCHAR Class;
    USHORT Locks; /* MDLs that hold the page */
    ULONG Shared; /* page of MiSharedObject that backs it, plus one; 0: it is private */
} MI_PAGE, *PMI_PAGE;

#define MI_QUARANTINE_BLOCKS 1024u
#define MI_QUARANTINE_BYTES  (256u * 1024u) /* stays in a cache */

typedef struct _MI_POOL
{
    ULONG64 Base;
    ULONG64 Limit;
    ULONG64 Mapped; /* end of what is mapped */
    ULONG64 Next;   /* first page never used */
    PMI_PAGE Pages; /* by page from Base */
    int Protection;
    SIZE_T LiveBytes;
    SIZE_T GuardPages;
    SIZE_T LockedPages;
    ULONG ClassFree[MI_CLASSES];
    ULONG ExtentFree[MI_EXTENTS];
    ULONG Quarantine[MI_QUARANTINE_BLOCKS];
    ULONG QuarantineHead, QuarantineCount;
    SIZE_T QuarantineBytes;
} MI_POOL, *PMI_POOL;

extern MI_POOL MiPools[MiPoolCount];
extern PMI_BLOCK MiBlocks; /* [0] is not used */
extern ULONG MiBlockCount;

NTSTATUS
MiInitPools(void);

/* Flags: MI_BLOCK_KERNEL. Without Zero the block holds MI_FRESH_BYTE. NULL when the pool is full.
 */
PVOID
MiAllocate(ULONG PoolIndex, SIZE_T Size, ULONG Tag, UCHAR Flags, PVOID Caller, BOOLEAN Zero);

/* Frees Block, whose guards have been checked. */
void MiRelease(PMI_BLOCK Block, PVOID Caller);

/* The block that Address lies in or beside, whatever its state; NULL if no block ever was there. */
PMI_BLOCK
MiFindBlock(ULONG64 Address);

/* Index of the pool whose range holds Address, or MiPoolCount. */
ULONG
MiPoolOf(ULONG64 Address);

/* TRUE if the pool page at Address holds a live block's data. */
BOOLEAN
MiIsPoolPageValid(ULONG64 Address);

/* Bytes a small class holds; distance of its blocks. */
extern const USHORT MiClassCapacity[MI_CLASSES];

static inline ULONG64
MiRoundUp(ULONG64 Value, ULONG64 Unit)
{
    return (Value + Unit - 1) & ~(Unit - 1);
}

/* ---- damage (poolcheck.c) ----------------------------------------------------------------- */

/* First byte of [Start, End) that is not MI_IDLE_BYTE, or 0. */
ULONG64
MiFindDamage(ULONG64 Start, ULONG64 End);

/* Bug checks if the guards of a live block are damaged. */
void MiCheckGuards(PMI_BLOCK Block);

/* Bug checks if a freed block was written to. */
void MiCheckIdle(PMI_BLOCK Block);

/* Bug checks if an MDL still holds pages of the block (mdl.c). */
void MiCheckUnlocked(PMI_BLOCK Block);

/* The live block that starts at Address; anything else is a bug check (double free, ...). */
PMI_BLOCK
MiBlockToFree(ULONG64 Address);

/* ---- accounts (pooltrack.c) --------------------------------------------------------------- */

typedef struct _MI_SITE
{
    PVOID Caller;
    ULONG64 Allocations, Frees;
    SIZE_T LiveBytes, PeakBytes;
    ULONG LastStack;
    ULONG Captures;
} MI_SITE, *PMI_SITE;

typedef struct _MI_STACK
{
    ULONG Next; /* same hash */
    ULONG Hash;
    ULONG FrameCount;
    ULONG Reserved;
    PVOID Frames[];
} MI_STACK, *PMI_STACK;

NTSTATUS
MiInitTracking(void);

void MiTrackAllocation(PMI_BLOCK Block, PVOID Caller);

void MiTrackFree(PMI_BLOCK Block, PVOID Caller);

/* Return address that allocated or freed: NULL when it was the kernel. */
PVOID
MiSiteCaller(ULONG Site);

ULONG
MiStackFrames(ULONG Stack, PVOID const **Frames);

/* ---- quota (quota.c) ---------------------------------------------------------------------- */

/* Who pays for an allocation that is charged now; NULL: nobody (the system process). */
PMM_PROCESS
MiQuotaProcess(void);

BOOLEAN
MiHasQuota(PMM_PROCESS Process, BOOLEAN Paged, SIZE_T Size);

BOOLEAN
MiChargeQuota(PMM_PROCESS Process, PVOID Address, BOOLEAN Paged, SIZE_T Size);

void MiReturnQuota(ULONG64 Address);

/* ---- paging (paging.c) -------------------------------------------------------------------- */

NTSTATUS
MiInitPaging(void);

/* Takes pages of paged pool or of a pageable range out of the arming, or puts them back. */
void MiLockPageable(ULONG64 Address, SIZE_T Size, LONG Delta);

/* Makes everything accessible again before mm itself changes protections. */
void MiDisarm(void);

extern BOOLEAN MiArmed;

/* TRUE if Address is in a registered pageable range. */
BOOLEAN
MiIsPageableRange(ULONG64 Address);

/* ---- user arenas (arena.c) ---------------------------------------------------------------- */

typedef enum _MI_BACKING
{
    MiBackingOwn,     /* the arena's memory object, at the same offset */
    MiBackingSection, /* pages of Section, from SectionOffset on */
    MiBackingNumbers  /* the physical pages of Numbers */
} MI_BACKING;

/* What one page of a region is: HOST_PROT_ bits of its protection, and these. */
#define MI_PTE_COMMIT  0x08
#define MI_PTE_COPY    0x10 /* a write makes a page of the process's own (PAGE_WRITECOPY) */
#define MI_PTE_PRIVATE 0x20 /* ... and has done so */
#define MI_PTE_GUARD   0x40
#define MI_PTE_USER    (MI_PTE_COMMIT | HOST_PROT_RW)

/* A promise of MmSecureVirtualMemory. */
typedef struct _MI_SECURE
{
    struct _MI_SECURE *Next;
    PMM_PROCESS Process;
    ULONG64 Start, End;
    ULONG Flags; /* MM_SECURE_... */
    BOOLEAN Write;
} MI_SECURE, *PMI_SECURE;

/* Allocated user addresses. Kept sorted by Start. */
typedef struct _MI_REGION
{
    LIST_ENTRY Entry;
    ULONG64 Start;
    ULONG64 Size;
    PUCHAR Ptes; /* one for each page, or NULL: all are Pte */
    struct _MM_SECTION *Section;
    ULONG64 SectionOffset;
    PFN_NUMBER *Numbers;
    PMDL Mdl;      /* mapped by MmMapLockedPages(UserMode) */
    ULONG Locks;   /* MDLs that hold pages of it */
    ULONG Protect; /* PAGE_..., as the caller allocated it */
    UCHAR Backing;
    UCHAR Pte;
    BOOLEAN View;    /* of a section */
    BOOLEAN Virtual; /* of ZwAllocateVirtualMemory */
    BOOLEAN Io;      /* holds pages of devices: hidden by taking the mapping away */
    BOOLEAN Shown;   /* Numbers are mapped now */
    BOOLEAN Dead;    /* freed by its owner, kept because pages are locked */
} MI_REGION, *PMI_REGION;

typedef struct _MM_ARENA
{
    LIST_ENTRY Regions;
    int Object;
    ULONG64 Alias;     /* kernel address of HOST_USER_BASE's page */
    ULONG64 Top;       /* end of the highest region */
    ULONG64 HighWater; /* end of what was ever used, as an alias: above it pages are zero */
    ULONG Locked;      /* pages locked by MDLs */
    PMI_SECURE Secures;
    PMM_PROCESS Process;
    LIST_ENTRY AllEntry;
} MM_ARENA, *PMM_ARENA;

#define MI_ARENA_SPAN (HOST_USER_LIMIT - HOST_USER_BASE)
#define MI_GRANULE    0x10000ull /* regions start on 64 KiB, as on Windows */
#define MI_ARENA_TAG  MM_TAG('M', 'm', 'A', 'r')

/* The arena of the current process, or NULL. */
PMM_ARENA
MiCurrentArena(void);

/* The arena of Process, made when it has none (the system process). */
PMM_ARENA
MiArenaOf(PMM_PROCESS Process);

/* TRUE if Arena's mappings occupy the user range, visible or not. */
BOOLEAN
MiIsMapped(PMM_ARENA Arena);

BOOLEAN
MiIsVisible(PMM_ARENA Arena);

PMI_REGION
MiFindRegion(PMM_ARENA Arena, ULONG64 Address);

/* Whatever was guarded is shown or hidden anew. */
void MiForgetGuards(void);

/* A free place for Size bytes, entered as a region that is not mapped yet; NULL when there is none.
 * Start 0: anywhere; otherwise exactly there. */
PMI_REGION
MiReserveRegion(PMM_ARENA Arena, ULONG64 Start, SIZE_T Size);

/* Maps Region if its process is the one in memory. */
BOOLEAN
MiMapRegion(PMM_ARENA Arena, PMI_REGION Region);

void MiRemoveRegion(PMM_ARENA Arena, PMI_REGION Region);

/* Kernel address of [Address, Address + Size) if all of it is allocated with the wanted protection
 * (HOST_PROT_ bits) and has addresses that follow each other; 0 otherwise. */
ULONG64
MiUserAlias(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, int Wanted);

void MiLockUser(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, LONG Delta);

void MiListInsertBefore(PLIST_ENTRY Before, PLIST_ENTRY Entry);

void MiListRemove(PLIST_ENTRY Entry);

/* ---- pages of regions (region.c) ---------------------------------------------------------- */

UCHAR
MiPteOf(PMI_REGION Region, ULONG64 Page);

/* Sets Count pages from First on and their mapping. FALSE: memory is short, nothing changed. */
BOOLEAN
MiSetPtes(PMM_ARENA Arena, PMI_REGION Region, ULONG64 First, ULONG64 Count, UCHAR Pte);

/* Maps all pages of Region; or only their protections. */
BOOLEAN
MiShowRegion(PMM_ARENA Arena, PMI_REGION Region, BOOLEAN Mapped);

/* Makes one region's addresses empty. */
void MiClearRegion(PMI_REGION Region);

/* Zeroes pages of the arena's object before they become visible. */
void MiZeroPages(PMM_ARENA Arena, ULONG64 Start, SIZE_T Size);

/* Physical address of the user page at Address if it has the wanted protection; a page that is to
 * be copied at a write is, when writing is wanted. */
BOOLEAN
MiUserPage(PMM_ARENA Arena, ULONG64 Address, int Wanted, PULONG64 Physical);

/* A fault on a user address: TRUE if the page was there to be copied or made accessible. */
BOOLEAN
MiUserFault(ULONG64 Address);

/* The page state that PAGE_... means; FALSE when it is none. Copy: PAGE_WRITECOPY may be asked for.
 */
BOOLEAN
MiPteOfProtect(ULONG Protect, BOOLEAN Copy, PUCHAR Pte);

ULONG
MiProtectOfPte(UCHAR Pte);

/* TRUE if a promise of MmSecureVirtualMemory forbids that pages of [Start, End) become Pte; 0 is
 * being freed. */
BOOLEAN
MiIsSecured(PMM_ARENA Arena, ULONG64 Start, ULONG64 End, UCHAR Pte);

/* ---- sections (section.c) ----------------------------------------------------------------- */

/* Whether a view with Protect may show a section that was made with Maximum. */
BOOLEAN
MiIsViewProtection(ULONG Protect, ULONG Maximum);

/* What backs an address of MM_REGION_SECTION. */
BOOLEAN
MiObjectOfSection(ULONG64 Address, int *Object, PULONG64 Offset);

/* Turns a page of pool into a page of the shared object, so that it can be mapped twice. */
BOOLEAN
MiSharePoolPage(ULONG64 Address, PULONG64 Offset);

extern int MiSharedObject;

/* What backs a kernel address of the alias region. */
BOOLEAN
MiObjectOfAlias(ULONG64 Address, int *Object, PULONG64 Offset);

NTSTATUS
MiInitArenas(void);

/* ---- MDLs (mdl.c, mdlmap.c) --------------------------------------------------------------- */

ULONG64
MiPagesOfMdl(PMDL Mdl);

/* Bug checks unless the MDL may be mapped. */
void MiCheckMappable(PMDL Mdl, KPROCESSOR_MODE AccessMode);

/* The first Pages pages of the MDL are not locked any more. */
void MiAdvanceLock(PMDL Mdl, ULONG64 Pages);

/* Locks the pages whose addresses Segments lists. */
NTSTATUS
MiLockSegments(PMDL Mdl,
               PFILE_SEGMENT_ELEMENT Segments,
               KPROCESSOR_MODE AccessMode,
               LOCK_OPERATION Operation);

/* TRUE if some of the pages belong to devices. */
BOOLEAN
MiHasDevices(const PFN_NUMBER *Numbers, ULONG64 Pages);

/* ---- contiguous memory (physical.c) ------------------------------------------------------- */

/* Caching that the modifiers of a PAGE_... protection mean; FALSE when memory cannot have it. */
BOOLEAN
MiCacheOfProtect(ULONG Protect, MEMORY_CACHING_TYPE *CacheType);

/* ForMdl: pages of MmAllocatePagesForMdl, which only MmFreePagesFromMdl frees. NULL: none free. */
PVOID
MiAllocateContiguous(SIZE_T Size,
                     ULONG64 Lowest,
                     ULONG64 Highest,
                     ULONG64 Boundary,
                     BOOLEAN ForMdl);

/* Size 0: whatever it has. */
void MiFreeContiguous(PVOID Address, SIZE_T Size);

/* Bytes of the block that starts at Address, 0 if there is none of the kind. */
SIZE_T
MiContiguousSize(PVOID Address, BOOLEAN ForMdl);

/* ---- system mappings (sysmap.c) ----------------------------------------------------------- */

/* What backs a physical page. FALSE: a device, or pages that have one mapping only (images,
 * stacks). */
BOOLEAN
MiObjectOfPhysical(ULONG64 Physical, int *Object, PULONG64 Offset, BOOLEAN *Writable);

/* Lets physical pages appear at Address, whose range is reserved and inaccessible. All or none. */
BOOLEAN
MiMapNumbers(ULONG64 Address, const PFN_NUMBER *Numbers, ULONG64 Pages, int Protection);

/* Makes the range inaccessible again. */
void MiUnmapNumbers(ULONG64 Address, const PFN_NUMBER *Numbers, ULONG64 Pages);

typedef enum _MI_SYSTEM_KIND
{
    MiSystemFree,
    MiSystemMdl,      /* MmMapLockedPagesSpecifyCache */
    MiSystemReserved, /* MmAllocateMappingAddress */
    MiSystemIoSpace,  /* MmMapIoSpace of memory */
    MiSystemView      /* MmMapViewInSystemSpace */
} MI_SYSTEM_KIND;

typedef struct _MI_SYSTEM_RANGE
{
    ULONG64 Start;
    ULONG64 Pages;
    ULONG64 MappedPages; /* from Start on; 0: reserved only */
    PFN_NUMBER *Numbers;
    PMDL Mdl;
    PVOID Caller;
    struct _MM_SECTION *Section;
    SIZE_T Size; /* as asked for */
    ULONG Tag;
    UCHAR Kind;
    UCHAR Protection;
    BOOLEAN Io; /* holds pages of devices */
} MI_SYSTEM_RANGE, *PMI_SYSTEM_RANGE;

/* Addresses for Pages pages, inaccessible, with an inaccessible page behind them (and in front of
 * them, with Guard). They are not used again soon. NULL: no space. */
PMI_SYSTEM_RANGE
MiReserveSystem(ULONG64 Pages, MI_SYSTEM_KIND Kind, BOOLEAN Guard);

/* Copies Numbers. */
BOOLEAN
MiMapSystem(PMI_SYSTEM_RANGE Range, const PFN_NUMBER *Numbers, ULONG64 Pages, int Protection);

void MiUnmapSystem(PMI_SYSTEM_RANGE Range);

/* FALSE: the host refused. */
BOOLEAN
MiProtectSystem(PMI_SYSTEM_RANGE Range, int Protection);

void MiReleaseSystem(PMI_SYSTEM_RANGE Range);

/* The live range that holds Address, or NULL. */
PMI_SYSTEM_RANGE
MiFindSystem(ULONG64 Address);

/* The range that Address is or was in, to say so in a report; NULL when it never was in one. */
PMI_SYSTEM_RANGE
MiFindOldSystem(ULONG64 Address);

static inline BOOLEAN
MiIsSystemAddress(ULONG64 Address)
{
    return Address - MM_REGION_SYSTEM < HOST_REGION_SIZE;
}

/* ---- others ------------------------------------------------------------------------------- */

/* TRUE if all pages of a kernel range can be read (and written). */
BOOLEAN
MiIsKernelRangeValid(ULONG64 Address, SIZE_T Size, BOOLEAN Write);

#endif
