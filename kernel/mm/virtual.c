/* SPDX-License-Identifier: MIT */
/*
 * Virtual memory of processes as services see it: reserving, committing, protecting, querying, and
 * the promises of MmSecureVirtualMemory. PASSIVE_LEVEL to APC_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"
#include "mm/section.h"

#define MI_MODIFIERS (PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)

/* ---- protections -------------------------------------------------------------------------- */

static const struct
{
    ULONG Protect;
    UCHAR Pte;
} MiProtections[] = {
    {PAGE_NOACCESS, 0},
    {PAGE_READONLY, HOST_PROT_READ},
    {PAGE_READWRITE, HOST_PROT_RW},
    {PAGE_WRITECOPY, HOST_PROT_RW | MI_PTE_COPY},
    {PAGE_EXECUTE, HOST_PROT_EXECUTE},
    {PAGE_EXECUTE_READ, HOST_PROT_READ | HOST_PROT_EXECUTE},
    {PAGE_EXECUTE_READWRITE, HOST_PROT_RW | HOST_PROT_EXECUTE},
    {PAGE_EXECUTE_WRITECOPY, HOST_PROT_RW | HOST_PROT_EXECUTE | MI_PTE_COPY},
};

BOOLEAN
MiPteOfProtect(ULONG Protect, BOOLEAN Copy, PUCHAR Pte)
{
    const ULONG modifiers = Protect & MI_MODIFIERS;
    /* Modifiers exclude each other, and pages without access have none. */
    if ((modifiers & (modifiers - 1)) != 0 || (modifiers != 0 && (Protect & PAGE_NOACCESS)))
    {
        return FALSE;
    }
    for (ULONG index = 0; index < sizeof(MiProtections) / sizeof(MiProtections[0]); index++)
    {
        if (MiProtections[index].Protect == (Protect & ~(ULONG)MI_MODIFIERS))
        {
            *Pte = MI_PTE_COMMIT | MiProtections[index].Pte |
                   ((Protect & PAGE_GUARD) ? MI_PTE_GUARD : 0);
            return Copy || !(*Pte & MI_PTE_COPY);
        }
    }
    return FALSE;
}

ULONG
MiProtectOfPte(UCHAR Pte)
{
    const UCHAR bits = Pte & (HOST_PROT_RW | HOST_PROT_EXECUTE);
    const UCHAR copy = (Pte & (MI_PTE_COPY | MI_PTE_PRIVATE)) == MI_PTE_COPY ? MI_PTE_COPY : 0;
    for (ULONG index = 0; index < sizeof(MiProtections) / sizeof(MiProtections[0]); index++)
    {
        if (MiProtections[index].Pte == (bits | copy))
        {
            return MiProtections[index].Protect | ((Pte & MI_PTE_GUARD) ? PAGE_GUARD : 0);
        }
    }
    return PAGE_NOACCESS;
}

BOOLEAN
MmIsPageProtection(ULONG Protect, BOOLEAN Copy)
{
    UCHAR pte;
    return MiPteOfProtect(Protect, Copy, &pte);
}

/* ---- promises ----------------------------------------------------------------------------- */

BOOLEAN
MiIsSecured(PMM_ARENA Arena, ULONG64 Start, ULONG64 End, UCHAR Pte)
{
    for (PMI_SECURE secure = Arena->Secures; secure != NULL; secure = secure->Next)
    {
        const UCHAR needed = secure->Write ? HOST_PROT_RW : HOST_PROT_READ;
        if (secure->Start < End && Start < secure->End &&
            ((secure->Flags & MM_SECURE_NO_CHANGE) || (Pte & needed) != needed ||
             (Pte & MI_PTE_GUARD)))
        {
            /* Kernel code may change what is secured from user mode only. */
            if (!(secure->Flags & MM_SECURE_USER_MODE_ONLY) ||
                KiCurrentThread()->PreviousMode == UserMode)
            {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* Contract: NF:ntddk.MmSecureVirtualMemoryEx. */
DDI HANDLE
MmSecureVirtualMemoryEx(PVOID Address, SIZE_T Size, ULONG ProbeMode, ULONG Flags)
{
    PMM_ARENA arena = MiCurrentArena();
    const ULONG64 start = (ULONG64)Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG64 end = MiRoundUp((ULONG64)Address + Size, HOST_PAGE_SIZE);
    const BOOLEAN write = ProbeMode == PAGE_READWRITE;
    const ULONG known =
        MM_SECURE_EXCLUSIVE | MM_SECURE_NO_CHANGE | MM_SECURE_USER_MODE_ONLY | MM_SECURE_NO_INHERIT;
    if (arena == NULL || Size == 0 || !MmProbeRange(Address, Size) || (Flags & ~known) != 0 ||
        (!write && ProbeMode != PAGE_READONLY))
    {
        return NULL;
    }
    for (ULONG64 page = start; page < end; page += HOST_PAGE_SIZE)
    {
        ULONG64 physical;
        if (!MiUserPage(arena, page, write ? HOST_PROT_RW : HOST_PROT_READ, &physical))
        {
            return NULL;
        }
    }
    const PMI_REGION region = MiFindRegion(arena, start);
    for (PMI_SECURE other = arena->Secures; other != NULL; other = other->Next)
    {
        if (other->Start < region->Start + region->Size && region->Start < other->End &&
            ((Flags | other->Flags) & MM_SECURE_EXCLUSIVE))
        {
            return NULL;
        }
    }
    PMI_SECURE secure = MmAllocatePool(NonPagedPoolNx, sizeof(MI_SECURE), MI_ARENA_TAG);
    if (secure != NULL)
    {
        *secure = (MI_SECURE){.Next = arena->Secures,
                              .Process = arena->Process,
                              .Start = start,
                              .End = end,
                              .Flags = Flags,
                              .Write = write};
        arena->Secures = secure;
    }
    return (HANDLE)secure;
}

/* Contract: NF:ntddk.MmSecureVirtualMemory. */
DDI HANDLE
MmSecureVirtualMemory(PVOID Address, SIZE_T Size, ULONG ProbeMode)
{
    return MmSecureVirtualMemoryEx(Address, Size, ProbeMode, 0);
}

/* Contract: NF:ntddk.MmUnsecureVirtualMemory: in the process that secured, and once. */
DDI VOID
MmUnsecureVirtualMemory(HANDLE SecureHandle)
{
    PMM_ARENA arena = MiCurrentArena();
    for (PMI_SECURE *link = arena == NULL ? NULL : &arena->Secures; link != NULL && *link != NULL;
         link = &(*link)->Next)
    {
        PMI_SECURE secure = *link;
        if (secure == (PMI_SECURE)SecureHandle)
        {
            *link = secure->Next;
            MmFreePool(secure, MI_ARENA_TAG);
            return;
        }
    }
    KiBugCheckWithRule(MEMORY_MANAGEMENT, 0x15000, (ULONG64)SecureHandle, 0, 0,
                       "secured memory is unsecured once, in the process that it was secured in",
                       "NF:ntddk.MmUnsecureVirtualMemory", NULL, NULL);
}

void
MmUnsecureProcess(PMM_PROCESS Process)
{
    while (Process->Arena != NULL && Process->Arena->Secures != NULL)
    {
        PMI_SECURE secure = Process->Arena->Secures;
        Process->Arena->Secures = secure->Next;
        MmFreePool(secure, MI_ARENA_TAG);
    }
}

/* ---- allocating --------------------------------------------------------------------------- */

/* The pages of Region that [Start, End) touches; FALSE if the range leaves it. */
static BOOLEAN
MiPagesOf(PMI_REGION Region, ULONG64 Start, ULONG64 End, PULONG64 First, PULONG64 Count)
{
    const ULONG64 page = Start & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    if (Region == NULL || Region->Dead || End > Region->Start + Region->Size || End <= Start)
    {
        return FALSE;
    }
    *First = (page - Region->Start) / HOST_PAGE_SIZE;
    *Count = (MiRoundUp(End, HOST_PAGE_SIZE) - page) / HOST_PAGE_SIZE;
    return TRUE;
}

static NTSTATUS
MiReserveVirtual(PMM_ARENA Arena, PVOID *Base, PSIZE_T Size, ULONG AllocationType, ULONG Protect)
{
    const ULONG64 start = (ULONG64)*Base & ~(MI_GRANULE - 1);
    const SIZE_T size = MiRoundUp((ULONG64)*Base - start + *Size, HOST_PAGE_SIZE);
    UCHAR pte = 0;
    (void)MiPteOfProtect(Protect, FALSE, &pte);
    PMI_REGION region = MiReserveRegion(Arena, start, size);
    if (region == NULL)
    {
        return start != 0 ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    }
    region->Virtual = TRUE;
    region->Protect = Protect;
    region->Pte = (AllocationType & MEM_COMMIT) ? pte : pte & ~MI_PTE_COMMIT;
    MiZeroPages(Arena, region->Start, region->Size);
    if (!MiMapRegion(Arena, region))
    {
        MiRemoveRegion(Arena, region);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Base = (PVOID)region->Start;
    *Size = size;
    return STATUS_SUCCESS;
}

static NTSTATUS
MiCommitVirtual(PMM_ARENA Arena, PVOID *Base, PSIZE_T Size, ULONG Protect)
{
    const ULONG64 start = (ULONG64)*Base & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG64 end = MiRoundUp((ULONG64)*Base + *Size, HOST_PAGE_SIZE);
    PMI_REGION region = MiFindRegion(Arena, start);
    ULONG64 first, count;
    UCHAR pte = 0;
    if (!MiPagesOf(region, start, end, &first, &count))
    {
        return STATUS_CONFLICTING_ADDRESSES;
    }
    (void)MiPteOfProtect(Protect, region->View, &pte);
    if (region->View && (region->Section->Committed == NULL || region->Section->Physical))
    {
        return STATUS_ALREADY_COMMITTED;
    }
    for (ULONG64 page = first; page < first + count; page++)
    {
        const UCHAR old = MiPteOf(region, page);
        if (region->View)
        {
            region->Section->Committed[region->SectionOffset / HOST_PAGE_SIZE + page] = 1;
        }
        if (!MiSetPtes(Arena, region, page, 1, pte | (old & MI_PTE_PRIVATE)))
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    *Base = (PVOID)start;
    *Size = end - start;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.ZwAllocateVirtualMemory. */
NTSTATUS
MmAllocateVirtual(PMM_PROCESS Process,
                  PVOID *Base,
                  ULONG_PTR ZeroBits,
                  PSIZE_T Size,
                  ULONG AllocationType,
                  ULONG Protect)
{
    const ULONG known = MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_TOP_DOWN;
    UCHAR pte;
    if (ZeroBits > 21 && ZeroBits < 32)
    {
        return STATUS_INVALID_PARAMETER_3;
    }
    if ((AllocationType & ~known) != 0 ||
        (AllocationType & (MEM_COMMIT | MEM_RESERVE | MEM_RESET)) == 0 ||
        ((AllocationType & MEM_RESET) && AllocationType != MEM_RESET))
    {
        return STATUS_INVALID_PARAMETER_5;
    }
    if (!MiPteOfProtect(Protect, FALSE, &pte))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (*Size == 0 || *Size > HOST_USER_LIMIT)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (!MmProbeRange(*Base, *Size))
    {
        return STATUS_INVALID_PARAMETER_2;
    }
    PMM_ARENA arena = MiArenaOf(Process);
    if (arena == NULL)
    {
        return STATUS_NO_MEMORY;
    }
    if (AllocationType & MEM_RESET)
    {
        /* What is not needed any more may be kept. */
        PMI_REGION region = MiFindRegion(arena, (ULONG64)*Base);
        ULONG64 first, count;
        return MiPagesOf(region, (ULONG64)*Base, (ULONG64)*Base + *Size, &first, &count)
                   ? STATUS_SUCCESS
                   : STATUS_CONFLICTING_ADDRESSES;
    }
    if ((AllocationType & MEM_RESERVE) || *Base == NULL)
    {
        return MiReserveVirtual(arena, Base, Size, AllocationType, Protect);
    }
    return MiCommitVirtual(arena, Base, Size, Protect);
}

/* Contract: NF:ntifs.ZwFreeVirtualMemory. What is released is released as it was reserved. */
NTSTATUS
MmFreeVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size, ULONG FreeType)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)*Base);
    ULONG64 first, count;
    if (FreeType != MEM_RELEASE && FreeType != MEM_DECOMMIT)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    if (region == NULL || region->Dead)
    {
        return STATUS_MEMORY_NOT_ALLOCATED;
    }
    if (region->View || region->Backing != MiBackingOwn)
    {
        return STATUS_UNABLE_TO_DELETE_SECTION;
    }
    const ULONG64 start = (ULONG64)*Base & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    if (*Size == 0 && start != region->Start)
    {
        return STATUS_FREE_VM_NOT_AT_BASE;
    }
    const ULONG64 end =
        *Size == 0 ? region->Start + region->Size : MiRoundUp((ULONG64)*Base + *Size, 0x1000);
    if (!MiPagesOf(region, start, end, &first, &count) ||
        (FreeType == MEM_RELEASE && end - start != region->Size))
    {
        return STATUS_UNABLE_TO_FREE_VM;
    }
    if (MiIsSecured(arena, start, end, 0))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    *Base = (PVOID)start;
    *Size = end - start;
    if (FreeType == MEM_RELEASE)
    {
        MiRemoveRegion(arena, region);
        return STATUS_SUCCESS;
    }
    UCHAR pte = 0;
    (void)MiPteOfProtect(region->Protect, FALSE, &pte);
    if (!MiSetPtes(arena, region, first, count, pte & ~MI_PTE_COMMIT))
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (region->Locks == 0)
    {
        MiZeroPages(arena, start, end - start); /* what is committed again is empty */
    }
    return STATUS_SUCCESS;
}

/* Contract: as VirtualProtect: one protection for all pages of one region, all of them committed.
 */
NTSTATUS
MmProtectVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size, ULONG Protect, PULONG OldProtect)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)*Base);
    const ULONG64 start = (ULONG64)*Base & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const ULONG64 end = MiRoundUp((ULONG64)*Base + *Size, HOST_PAGE_SIZE);
    ULONG64 first, count;
    UCHAR pte;
    if (*Size == 0 || !MiPagesOf(region, start, end, &first, &count))
    {
        return STATUS_CONFLICTING_ADDRESSES;
    }
    if (!MiPteOfProtect(Protect, region->View, &pte))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (region->View && !MiIsViewProtection(Protect, region->Section->Protect))
    {
        return STATUS_SECTION_PROTECTION;
    }
    if (region->Backing == MiBackingNumbers || MiIsSecured(arena, start, end, pte))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    for (ULONG64 page = first; page < first + count; page++)
    {
        if (!(MiPteOf(region, page) & MI_PTE_COMMIT))
        {
            return STATUS_NOT_COMMITTED;
        }
    }
    *OldProtect = MiProtectOfPte(MiPteOf(region, first));
    for (ULONG64 page = first; page < first + count; page++)
    {
        if (!MiSetPtes(arena, region, page, 1, pte | (MiPteOf(region, page) & MI_PTE_PRIVATE)))
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    *Base = (PVOID)start;
    *Size = end - start;
    return STATUS_SUCCESS;
}

/* ---- questions ---------------------------------------------------------------------------- */

static void
MiQueryFree(PMM_ARENA Arena, ULONG64 Start, MM_VIRTUAL *Virtual)
{
    ULONG64 end = HOST_USER_LIMIT;
    for (PLIST_ENTRY e = Arena == NULL ? NULL : Arena->Regions.Blink;
         e != NULL && e != &Arena->Regions; e = e->Blink)
    {
        const PMI_REGION region = CONTAINING_RECORD(e, MI_REGION, Entry);
        if (region->Start <= Start)
        {
            break;
        }
        end = region->Start;
    }
    *Virtual = (MM_VIRTUAL){
        .Base = Start, .Size = end - Start, .State = MEM_FREE, .Protect = PAGE_NOACCESS};
}

/* Contract: NF:ntifs.ZwQueryVirtualMemory, MemoryBasicInformation. */
NTSTATUS
MmQueryVirtual(PMM_PROCESS Process, PVOID Address, MM_VIRTUAL *Virtual)
{
    const ULONG64 start = (ULONG64)Address & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    if (start >= HOST_USER_LIMIT)
    {
        return STATUS_INVALID_PARAMETER;
    }
    const PMI_REGION region = Process->Arena == NULL ? NULL : MiFindRegion(Process->Arena, start);
    if (region == NULL)
    {
        MiQueryFree(Process->Arena, start, Virtual);
        return STATUS_SUCCESS;
    }
    const ULONG64 first = (start - region->Start) / HOST_PAGE_SIZE;
    const ULONG64 pages = region->Size / HOST_PAGE_SIZE;
    const UCHAR pte = MiPteOf(region, first);
    const BOOLEAN committed = (pte & MI_PTE_COMMIT) != 0;
    ULONG64 end = first + 1;
    while (end < pages &&
           (MiPteOf(region, end) == pte || (!committed && !(MiPteOf(region, end) & MI_PTE_COMMIT))))
    {
        end++;
    }
    *Virtual = (MM_VIRTUAL){.Base = start,
                            .AllocationBase = region->Start,
                            .Size = (end - first) * HOST_PAGE_SIZE,
                            .AllocationProtect = region->Protect,
                            .State = committed ? MEM_COMMIT : MEM_RESERVE,
                            .Protect = committed ? MiProtectOfPte(pte) : 0,
                            .Type = region->View ? MEM_MAPPED : MEM_PRIVATE};
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.ZwFlushVirtualMemory. */
NTSTATUS
MmFlushVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size)
{
    const ULONG64 start = (ULONG64)*Base & ~(ULONG64)(HOST_PAGE_SIZE - 1);
    const PMI_REGION region = Process->Arena == NULL ? NULL : MiFindRegion(Process->Arena, start);
    ULONG64 first, count;
    if (region == NULL || !region->View)
    {
        return STATUS_NOT_MAPPED_VIEW;
    }
    const ULONG64 end = *Size == 0 ? region->Start + region->Size : (ULONG64)*Base + *Size;
    if (!MiPagesOf(region, start, end, &first, &count))
    {
        return STATUS_NOT_MAPPED_VIEW;
    }
    *Base = (PVOID)start;
    *Size = count * HOST_PAGE_SIZE;
    return region->Section->Physical ? STATUS_NOT_MAPPED_DATA : STATUS_SUCCESS;
}
