/* SPDX-License-Identifier: MIT */
/*
 * MDLs: describing and locking pages. Every locked MDL is remembered with the code that locked it,
 * for unload and process-exit reports. IRQL <= DISPATCH_LEVEL; user and paged memory <= APC_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_MDL_TAG   MM_TAG('M', 'm', 'd', 'l')
#define MI_MDL_HEADS 1024u

typedef struct _MI_LOCK
{
    struct _MI_LOCK *HashNext;
    LIST_ENTRY Entry;
    PMDL Mdl;
    PVOID Caller;
    PMM_ARENA Arena; /* NULL: kernel memory */
    ULONG64 Address;
    SIZE_T Size;
    ULONG64 *Segments; /* addresses of the pages when they do not follow each other; else NULL */
    ULONG64 Advanced;  /* pages that MmAdvanceMdl unlocked already */
} MI_LOCK, *PMI_LOCK;

static PMI_LOCK MiLocks[MI_MDL_HEADS];
static PMI_LOCK MiSpareLocks;
static LIST_ENTRY MiLockList = {&MiLockList, &MiLockList};

__attribute__((noreturn)) static void
MiMdlViolation(ULONG64 SubCode, PMDL Mdl, ULONG64 P4, const char *Rule, const char *Page)
{
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, SubCode, (ULONG64)Mdl,
                       (USHORT)Mdl->MdlFlags, P4, Rule, Page, NULL, NULL);
}

/* ---- the list of locked MDLs -------------------------------------------------------------- */

static PMI_LOCK *
MiLockSlot(PMDL Mdl)
{
    PMI_LOCK *link = &MiLocks[((ULONG64)Mdl >> 4) % MI_MDL_HEADS];
    while (*link != NULL && (*link)->Mdl != Mdl)
    {
        link = &(*link)->HashNext;
    }
    return link;
}

static PMI_LOCK
MiRememberLock(PMDL Mdl, PMM_ARENA Arena, ULONG64 Address, SIZE_T Size)
{
    if (MmIsFaultInjected(Size, MI_MDL_TAG))
    {
        return NULL;
    }
    PMI_LOCK lock = MiSpareLocks;
    if (lock != NULL)
    {
        MiSpareLocks = lock->HashNext;
    }
    else
    {
        lock = MmAllocatePoolAlways(NonPagedPoolNx, sizeof(MI_LOCK), MI_MDL_TAG);
        if (lock == NULL)
        {
            return NULL;
        }
    }
    PMI_LOCK *head = &MiLocks[((ULONG64)Mdl >> 4) % MI_MDL_HEADS];
    lock->Mdl = Mdl;
    lock->Caller = KiCallerAddress();
    lock->Arena = Arena;
    lock->Address = Address;
    lock->Size = Size;
    lock->HashNext = *head;
    *head = lock;
    lock->Entry.Flink = &MiLockList;
    lock->Entry.Blink = MiLockList.Blink;
    MiLockList.Blink->Flink = &lock->Entry;
    MiLockList.Blink = &lock->Entry;
    lock->Segments = NULL;
    lock->Advanced = 0;
    return lock;
}

static void
MiForgetLock(PMI_LOCK *Link)
{
    PMI_LOCK lock = *Link;
    *Link = lock->HashNext;
    lock->Entry.Blink->Flink = lock->Entry.Flink;
    lock->Entry.Flink->Blink = lock->Entry.Blink;
    lock->HashNext = MiSpareLocks;
    MiSpareLocks = lock;
}

void
MmForEachLockedMdl(BOOLEAN (*Routine)(PMDL Mdl, PVOID Caller, PVOID Context), PVOID Context)
{
    for (PLIST_ENTRY e = MiLockList.Flink; e != &MiLockList; e = e->Flink)
    {
        PMI_LOCK lock = CONTAINING_RECORD(e, MI_LOCK, Entry);
        if (!Routine(lock->Mdl, lock->Caller, Context))
        {
            return;
        }
    }
}

void
MiCheckUnlocked(PMI_BLOCK Block)
{
    const PMI_POOL pool = &MiPools[Block->Pool];
    const ULONG64 page = (Block->Address - pool->Base) / HOST_PAGE_SIZE;
    if (__builtin_expect(pool->Pages[page].Locks == 0, 1) &&
        (Block->Class != MI_LARGE || MiLockList.Flink == &MiLockList))
    {
        return;
    }
    for (PLIST_ENTRY e = MiLockList.Flink; e != &MiLockList; e = e->Flink)
    {
        PMI_LOCK lock = CONTAINING_RECORD(e, MI_LOCK, Entry);
        if (lock->Address < Block->Address + Block->Size &&
            Block->Address < lock->Address + lock->Size)
        {
            KiBugCheckWithRule(
                PFN_LIST_CORRUPT, 0x9A, MmGetMdlPfnArray(lock->Mdl)[0], 0, 1,
                "pages that an MDL has locked must be unlocked before they are freed",
                "NF:wdm.MmUnlockPages", NULL, NULL);
        }
    }
}

/* ---- building ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.MmSizeOfMdl. */
DDI SIZE_T
MmSizeOfMdl(PVOID Base, SIZE_T Length)
{
    return sizeof(MDL) + ADDRESS_AND_SIZE_TO_SPAN_PAGES(Base, Length) * sizeof(PFN_NUMBER);
}

/* Fills the page numbers for the kernel addresses from First on. */
static BOOLEAN
MiFillPages(PMDL Mdl, ULONG64 First, ULONG64 Pages)
{
    PPFN_NUMBER numbers = MmGetMdlPfnArray(Mdl);
    for (ULONG64 index = 0; index < Pages; index++)
    {
        ULONG64 physical;
        if (!MmPointerToPhysical((void *)(First + index * HOST_PAGE_SIZE), &physical))
        {
            return FALSE;
        }
        numbers[index] = physical / HOST_PAGE_SIZE;
    }
    return TRUE;
}

static ULONG64
MiMdlPages(PMDL Mdl)
{
    return ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), Mdl->ByteCount);
}

/* Fills the page numbers of user memory that allows the wanted access. */
static BOOLEAN
MiFillUserPages(PMDL Mdl, PMM_ARENA Arena, int Wanted)
{
    const ULONG64 pages = MiMdlPages(Mdl);
    for (ULONG64 index = 0; index < pages; index++)
    {
        ULONG64 physical;
        if (!MiUserPage(Arena, (ULONG64)Mdl->StartVa + index * HOST_PAGE_SIZE, Wanted, &physical))
        {
            return FALSE;
        }
        MmGetMdlPfnArray(Mdl)[index] = physical / HOST_PAGE_SIZE;
    }
    return TRUE;
}

/* Contract: NF:wdm.MmBuildMdlForNonPagedPool. */
DDI VOID
MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    const ULONG64 start = (ULONG64)mdl->StartVa;
    if (MiPoolOf(start) == MiPoolPaged || start < HOST_USER_LIMIT || MiIsPageableRange(start))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x7F, KiCurrentIrql(), (ULONG64)mdl,
                           (USHORT)mdl->MdlFlags,
                           "MmBuildMdlForNonPagedPool takes nonpaged system memory only",
                           "NF:wdm.MmBuildMdlForNonPagedPool", NULL, NULL);
    }
    if (mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL))
    {
        MiMdlViolation(0xB0, mdl,
                       mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL),
                       "an MDL that is locked, mapped or partial must not be built again",
                       "NF:wdm.MmBuildMdlForNonPagedPool");
    }
    MiFillPages(mdl, start, MiMdlPages(mdl));
    mdl->Process = NULL;
    mdl->MappedSystemVa = MmGetMdlVirtualAddress(mdl);
    mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
}

/* ---- locking ------------------------------------------------------------------------------ */

#define MI_PAGE_LOCK "NF:wdm.MmProbeAndLockPages"

static void
MiCheckLockable(PMDL Mdl, ULONG64 Start, KPROCESSOR_MODE AccessMode)
{
    const ULONG wrong =
        (USHORT)Mdl->MdlFlags & (MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA |
                                 MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE);
    const KIRQL irql = KiCurrentIrql();
    const BOOLEAN pageable =
        Start < HOST_USER_LIMIT || MiPoolOf(Start) == MiPoolPaged || MiIsPageableRange(Start);
    if (irql > (pageable ? APC_LEVEL : DISPATCH_LEVEL))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x70, irql, (ULONG64)Mdl,
                           (ULONG64)AccessMode, "pageable memory is locked at IRQL <= APC_LEVEL",
                           MI_PAGE_LOCK, NULL, NULL);
    }
    if (wrong != 0)
    {
        MiMdlViolation(0xB0, Mdl, wrong,
                       "an MDL that is locked, mapped, partial or built for nonpaged pool must not "
                       "be locked",
                       MI_PAGE_LOCK);
    }
}

static void
MiLockRange(PMM_ARENA Arena, ULONG64 Address, SIZE_T Size, LONG Delta)
{
    if (Arena != NULL)
    {
        MiLockUser(Arena, Address, Size, Delta);
    }
    else
    {
        MiLockPageable(Address, Size, Delta);
    }
}

/* Gives back the pages that are still locked. */
static void
MiReleaseLock(PMI_LOCK Lock)
{
    const ULONG64 pages = MiPagesOfMdl(Lock->Mdl);
    if (Lock->Segments == NULL)
    {
        MiLockRange(Lock->Arena, Lock->Address, Lock->Size, -1);
        return;
    }
    for (ULONG64 page = 0; page < pages; page++)
    {
        MiLockRange(Lock->Arena, Lock->Segments[Lock->Advanced + page], HOST_PAGE_SIZE, -1);
    }
    MmFreePool(Lock->Segments, MI_MDL_TAG);
}

void
MiAdvanceLock(PMDL Mdl, ULONG64 Pages)
{
    PMI_LOCK lock = *MiLockSlot(Mdl);
    if (lock == NULL)
    {
        return; /* nonpaged pool, partial */
    }
    if (lock->Segments != NULL)
    {
        for (ULONG64 page = 0; page < Pages; page++)
        {
            MiLockRange(lock->Arena, lock->Segments[lock->Advanced++], HOST_PAGE_SIZE, -1);
        }
        return;
    }
    const ULONG64 first = lock->Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const SIZE_T passed = first + Pages * HOST_PAGE_SIZE - lock->Address;
    /* A user region and a pageable section are locked as a whole, by the last page. */
    if (lock->Arena == NULL && MiPoolOf(lock->Address) != MiPoolCount)
    {
        MiLockRange(NULL, lock->Address, passed, -1);
        lock->Address += passed;
        lock->Size -= passed;
    }
}

/* The kernel or user page of a segment, locked; FALSE if it cannot be. */
static BOOLEAN
MiLockSegment(PMDL Mdl, PMM_ARENA Arena, ULONG64 Address, ULONG64 Index, BOOLEAN Write)
{
    ULONG64 physical;
    const BOOLEAN found =
        Arena != NULL ? MiUserPage(Arena, Address, Write ? HOST_PROT_RW : HOST_PROT_READ, &physical)
                      : MiIsKernelRangeValid(Address, HOST_PAGE_SIZE, Write) &&
                            MmPointerToPhysical((void *)Address, &physical);
    if (found)
    {
        MmGetMdlPfnArray(Mdl)[Index] = physical / HOST_PAGE_SIZE;
        MiLockRange(Arena, Address, HOST_PAGE_SIZE, 1);
    }
    return found;
}

NTSTATUS
MiLockSegments(PMDL Mdl,
               PFILE_SEGMENT_ELEMENT Segments,
               KPROCESSOR_MODE AccessMode,
               LOCK_OPERATION Operation)
{
    const ULONG64 pages = MiPagesOfMdl(Mdl);
    PMM_ARENA arena = AccessMode != KernelMode || (ULONG64)Segments[0].Buffer < HOST_USER_LIMIT
                          ? MiCurrentArena()
                          : NULL;
    const BOOLEAN user = (ULONG64)Segments[0].Buffer < HOST_USER_LIMIT;
    MiCheckLockable(Mdl, (ULONG64)Segments[0].Buffer, AccessMode);
    if ((AccessMode != KernelMode && !user) || (user && arena == NULL) || pages == 0)
    {
        return STATUS_ACCESS_VIOLATION;
    }
    ULONG64 *copy = MmAllocatePool(NonPagedPoolNx, pages * sizeof(ULONG64), MI_MDL_TAG);
    PMI_LOCK lock = copy == NULL ? NULL : MiRememberLock(Mdl, arena, 0, 0);
    if (lock == NULL)
    {
        if (copy != NULL)
        {
            MmFreePool(copy, MI_MDL_TAG);
        }
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    lock->Segments = copy;
    for (ULONG64 page = 0; page < pages; page++)
    {
        copy[page] = (ULONG64)Segments[page].Buffer & ~(ULONG64)(HOST_PAGE_SIZE - 1);
        if (!MiLockSegment(Mdl, arena, copy[page], page, Operation != IoReadAccess))
        {
            while (page-- > 0)
            {
                MiLockRange(arena, copy[page], HOST_PAGE_SIZE, -1);
            }
            MmFreePool(copy, MI_MDL_TAG);
            MiForgetLock(MiLockSlot(Mdl));
            return STATUS_ACCESS_VIOLATION;
        }
    }
    Mdl->Process = arena != NULL ? (PEPROCESS)arena->Process : NULL;
    Mdl->MdlFlags |= MDL_PAGES_LOCKED | (Operation != IoReadAccess ? MDL_WRITE_OPERATION : 0);
    return STATUS_SUCCESS;
}

NTSTATUS
MmTryProbeAndLockPages(PMDL Mdl, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    const ULONG64 start = (ULONG64)MmGetMdlVirtualAddress(Mdl);
    const SIZE_T size = Mdl->ByteCount;
    const BOOLEAN write = Operation != IoReadAccess;
    PMM_ARENA arena = NULL;
    MiCheckLockable(Mdl, start, AccessMode);
    if (size == 0 || (AccessMode != KernelMode && !MmProbeRange((void *)start, size)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    if (start < HOST_USER_LIMIT)
    {
        if (AccessMode != KernelMode)
        {
            MmUnguardUserBuffer((void *)start, size);
        }
        arena = MiCurrentArena();
        if (arena == NULL || !MiFillUserPages(Mdl, arena, write ? HOST_PROT_RW : HOST_PROT_READ))
        {
            return STATUS_ACCESS_VIOLATION;
        }
    }
    else if (!MiIsKernelRangeValid(start, size, write) ||
             !MiFillPages(Mdl, start & ~(ULONG64)(HOST_PAGE_SIZE - 1), MiMdlPages(Mdl)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    if (MiRememberLock(Mdl, arena, start, size) == NULL)
    {
        return STATUS_WORKING_SET_QUOTA;
    }
    MiLockRange(arena, start, size, 1);
    Mdl->Process = arena != NULL ? (PEPROCESS)arena->Process : NULL;
    Mdl->MdlFlags |= MDL_PAGES_LOCKED | (write ? MDL_WRITE_OPERATION : 0);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.MmProbeAndLockPages: raises what went wrong in the caller. */
DDI VOID
MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode, LOCK_OPERATION Operation)
{
    const NTSTATUS status = MmTryProbeAndLockPages(MemoryDescriptorList, AccessMode, Operation);
    if (!NT_SUCCESS(status))
    {
        KiRaiseInCaller(status);
    }
}

/* Contract: NF:wdm.MmUnlockPages. A system mapping goes with the lock. */
DDI VOID
MmUnlockPages(PMDL MemoryDescriptorList)
{
    PMDL mdl = MemoryDescriptorList;
    static const char *const page = "NF:wdm.MmUnlockPages";
    if (mdl->MdlFlags & MDL_PARTIAL)
    {
        MiMdlViolation(0xB4, mdl, MDL_PARTIAL, "a partial MDL is not unlocked", page);
    }
    if (mdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
    {
        MiMdlViolation(0x7D, mdl, 0, "pages of nonpaged pool are never unlocked", page);
    }
    PMI_LOCK *link = MiLockSlot(mdl);
    if (!(mdl->MdlFlags & MDL_PAGES_LOCKED) || *link == NULL)
    {
        MiMdlViolation(0x7C, mdl, 0, "only an MDL whose pages are locked can be unlocked", page);
    }
    if (mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
    {
        MmUnmapLockedPages(mdl->MappedSystemVa, mdl);
    }
    PMI_LOCK lock = *link;
    MiReleaseLock(lock);
    MiForgetLock(link);
    mdl->MdlFlags &= ~(MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
    mdl->Process = NULL;
}
