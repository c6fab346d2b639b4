/* SPDX-License-Identifier: MIT */
/*
 * Pages of sections and the views of them, in processes and in system space. The pages of a section
 * are a memory object that each view maps, and that the kernel sees at an address of its own.
 * PASSIVE_LEVEL.
 */
#include "mip.h"

#include "mm/section.h"

#define MI_SECTION_TAG   MM_TAG('M', 'm', 'S', 'c')
#define MI_SECTION_LIMIT (16ull << 30)

typedef struct _MI_SECTION_ENTRY
{
    LIST_ENTRY Entry;
    MM_SECTION Section;
} MI_SECTION_ENTRY, *PMI_SECTION_ENTRY;

static LIST_ENTRY MiSections = {&MiSections, &MiSections};
static ULONG64 MiSectionNext = MM_REGION_SECTION;

/* ---- pages -------------------------------------------------------------------------------- */

static PMM_SECTION
MiNewSection(ULONG64 Size, ULONG Protect, ULONG Attributes)
{
    PMI_SECTION_ENTRY entry =
        MmAllocatePool(NonPagedPoolNx, sizeof(MI_SECTION_ENTRY), MI_SECTION_TAG);
    if (entry == NULL)
    {
        return NULL;
    }
    entry->Section = (MM_SECTION){
        .References = 1, .Object = -1, .Size = Size, .Protect = Protect, .Attributes = Attributes};
    MiListInsertBefore(&MiSections, &entry->Entry);
    return &entry->Section;
}

NTSTATUS
MmCreateSectionPages(ULONG64 Size, ULONG Protect, ULONG Attributes, PMM_SECTION *Section)
{
    const ULONG64 size = MiRoundUp(Size, HOST_PAGE_SIZE);
    if (size < Size || size > MI_SECTION_LIMIT)
    {
        return STATUS_SECTION_TOO_BIG;
    }
    PMM_SECTION section = MiNewSection(size, Protect, Attributes);
    if (section == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Attributes & SEC_RESERVE)
    {
        section->Committed = MmAllocatePool(NonPagedPoolNx, size / HOST_PAGE_SIZE, MI_SECTION_TAG);
    }
    section->Object = host_memory_object(size);
    if (section->Object < 0 || ((Attributes & SEC_RESERVE) && section->Committed == NULL) ||
        MiSectionNext + size > MM_REGION_SECTION + HOST_REGION_SIZE ||
        !host_map_object((void *)MiSectionNext, size, HOST_PROT_RW, section->Object, 0))
    {
        MmDereferenceSection(section);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    section->Alias = MiSectionNext;
    MiSectionNext += size + HOST_PAGE_SIZE;
    *Section = section;
    return STATUS_SUCCESS;
}

NTSTATUS
MmCreatePhysicalSection(ULONG64 Size, PMM_SECTION *Section)
{
    *Section = MiNewSection(Size, PAGE_EXECUTE_READWRITE, SEC_COMMIT);
    if (*Section == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    (*Section)->Physical = TRUE;
    return STATUS_SUCCESS;
}

void
MmDereferenceSection(PMM_SECTION Section)
{
    NT_ASSERT(Section->References > 0);
    if (--Section->References != 0)
    {
        return;
    }
    PMI_SECTION_ENTRY entry = CONTAINING_RECORD(Section, MI_SECTION_ENTRY, Section);
    if (Section->Alias != 0)
    {
        host_unmap((void *)Section->Alias, Section->Size);
    }
    if (Section->Object >= 0)
    {
        host_close_object(Section->Object);
    }
    if (Section->Committed != NULL)
    {
        MmFreePool(Section->Committed, MI_SECTION_TAG);
    }
    MiListRemove(&entry->Entry);
    MmFreePool(entry, MI_SECTION_TAG);
}

BOOLEAN
MiObjectOfSection(ULONG64 Address, int *Object, PULONG64 Offset)
{
    for (PLIST_ENTRY e = MiSections.Flink; e != &MiSections; e = e->Flink)
    {
        const MM_SECTION *section = &CONTAINING_RECORD(e, MI_SECTION_ENTRY, Entry)->Section;
        if (section->Alias != 0 && Address - section->Alias < section->Size)
        {
            *Object = section->Object;
            *Offset = Address - section->Alias;
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- views in processes ------------------------------------------------------------------- */

/* Whether a view with Protect may show a section that was made with Maximum. A copy on write needs
 * no more than reading. */
BOOLEAN
MiIsViewProtection(ULONG Protect, ULONG Maximum)
{
    const ULONG view = Protect & 0xff;
    const ULONG most = Maximum & 0xff;
    const BOOLEAN writes = view == PAGE_READWRITE || view == PAGE_EXECUTE_READWRITE;
    const BOOLEAN executes = view >= PAGE_EXECUTE;
    if (writes && most != PAGE_READWRITE && most != PAGE_EXECUTE_READWRITE)
    {
        return FALSE;
    }
    return !executes || most >= PAGE_EXECUTE;
}

static PFN_NUMBER *
MiNumbersOf(ULONG64 Physical, ULONG64 Pages, ULONG Tag)
{
    PFN_NUMBER *numbers = MmAllocatePool(NonPagedPoolNx, Pages * sizeof(PFN_NUMBER), Tag);
    for (ULONG64 page = 0; numbers != NULL && page < Pages; page++)
    {
        numbers[page] = Physical / HOST_PAGE_SIZE + page;
    }
    return numbers;
}

BOOLEAN
MiHasDevices(const PFN_NUMBER *Numbers, ULONG64 Pages)
{
    for (ULONG64 page = 0; page < Pages; page++)
    {
        const ULONG64 physical = Numbers[page] * HOST_PAGE_SIZE;
        if (physical < MM_PHYSICAL_NONPAGED &&
            MmPhysicalToPointer(physical, HOST_PAGE_SIZE) == NULL)
        {
            return TRUE;
        }
    }
    return FALSE;
}

static BOOLEAN
MiBackView(PMI_REGION Region, PMM_SECTION Section, ULONG64 Offset, SIZE_T CommitSize)
{
    const ULONG64 pages = Region->Size / HOST_PAGE_SIZE;
    Section->References++;
    Region->Section = Section;
    Region->SectionOffset = Offset;
    Region->View = TRUE;
    if (Section->Physical)
    {
        Region->Backing = MiBackingNumbers;
        Region->Numbers = MiNumbersOf(Offset, pages, MI_ARENA_TAG);
        Region->Io = Region->Numbers != NULL && MiHasDevices(Region->Numbers, pages);
        return Region->Numbers != NULL;
    }
    Region->Backing = MiBackingSection;
    if (Section->Committed == NULL)
    {
        return TRUE;
    }
    const UCHAR pte = Region->Pte;
    PUCHAR ptes = MmAllocatePool(NonPagedPoolNx, pages, MI_ARENA_TAG);
    if (ptes == NULL)
    {
        return FALSE;
    }
    Region->Ptes = ptes;
    for (ULONG64 page = 0; page < pages; page++)
    {
        PUCHAR committed = &Section->Committed[Offset / HOST_PAGE_SIZE + page];
        *committed |= page * HOST_PAGE_SIZE < CommitSize;
        ptes[page] = *committed ? pte : pte & ~MI_PTE_COMMIT;
    }
    return TRUE;
}

NTSTATUS
MmMapView(PMM_PROCESS Process,
          PMM_SECTION Section,
          PVOID *Base,
          ULONG64 Offset,
          PSIZE_T Size,
          SIZE_T CommitSize,
          ULONG AllocationType,
          ULONG Protect)
{
    UCHAR pte;
    const ULONG64 wanted = (ULONG64)*Base & ~(MI_GRANULE - 1);
    if (!MiPteOfProtect(Protect, TRUE, &pte))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (!MiIsViewProtection(Protect, Section->Protect) || (AllocationType & MEM_COMMIT))
    {
        return (AllocationType & MEM_COMMIT) ? STATUS_INVALID_PARAMETER_9
                                             : STATUS_SECTION_PROTECTION;
    }
    if (Offset >= Section->Size)
    {
        return STATUS_INVALID_VIEW_SIZE;
    }
    const SIZE_T size = *Size == 0 ? Section->Size - Offset : MiRoundUp(*Size, HOST_PAGE_SIZE);
    if (size < *Size || size > Section->Size - Offset)
    {
        return STATUS_INVALID_VIEW_SIZE;
    }
    PMM_ARENA arena = MiArenaOf(Process);
    PMI_REGION region = arena == NULL ? NULL : MiReserveRegion(arena, wanted, size);
    if (region == NULL)
    {
        return arena != NULL && wanted != 0 ? STATUS_CONFLICTING_ADDRESSES : STATUS_NO_MEMORY;
    }
    region->Pte = pte;
    region->Protect = Protect;
    if (!MiBackView(region, Section, Offset, CommitSize) || !MiMapRegion(arena, region))
    {
        MiRemoveRegion(arena, region);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Base = (PVOID)region->Start;
    *Size = size;
    return STATUS_SUCCESS;
}

NTSTATUS
MmUnmapView(PMM_PROCESS Process, PVOID Address)
{
    PMM_ARENA arena = Process->Arena;
    PMI_REGION region = arena == NULL ? NULL : MiFindRegion(arena, (ULONG64)Address);
    if (region == NULL || !region->View || region->Dead)
    {
        return STATUS_NOT_MAPPED_VIEW;
    }
    if (MiIsSecured(arena, region->Start, region->Start + region->Size, 0))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    MiRemoveRegion(arena, region);
    return STATUS_SUCCESS;
}

/* ---- views in system space ---------------------------------------------------------------- */

NTSTATUS
MmMapSystemView(PMM_SECTION Section, ULONG64 Offset, PSIZE_T Size, PVOID *Base)
{
    if (Offset >= Section->Size)
    {
        return STATUS_INVALID_VIEW_SIZE;
    }
    const SIZE_T size = *Size == 0 ? Section->Size - Offset : MiRoundUp(*Size, HOST_PAGE_SIZE);
    if (size < *Size || size > Section->Size - Offset)
    {
        return STATUS_INVALID_VIEW_SIZE;
    }
    const ULONG64 pages = size / HOST_PAGE_SIZE;
    const ULONG64 physical =
        Section->Physical ? Offset
                          : Section->Alias + Offset - MM_REGION_SECTION + MM_PHYSICAL_SECTION;
    const int protection = (Section->Protect & (PAGE_READWRITE | PAGE_EXECUTE_READWRITE))
                               ? HOST_PROT_RW
                               : HOST_PROT_READ;
    PFN_NUMBER *numbers = MiNumbersOf(physical, pages, MI_SECTION_TAG);
    PMI_SYSTEM_RANGE range = numbers == NULL ? NULL : MiReserveSystem(pages, MiSystemView, FALSE);
    const BOOLEAN mapped = range != NULL && MiMapSystem(range, numbers, pages, protection);
    if (numbers != NULL)
    {
        MmFreePool(numbers, MI_SECTION_TAG);
    }
    if (!mapped)
    {
        if (range != NULL)
        {
            MiReleaseSystem(range);
        }
        return STATUS_NO_MEMORY;
    }
    Section->References++;
    range->Section = Section;
    *Base = (PVOID)range->Start;
    *Size = size;
    return STATUS_SUCCESS;
}

NTSTATUS
MmUnmapSystemView(PVOID Base)
{
    PMI_SYSTEM_RANGE range = MiFindSystem((ULONG64)Base);
    if (range == NULL || range->Kind != MiSystemView || range->Start != (ULONG64)Base)
    {
        return STATUS_NOT_MAPPED_VIEW;
    }
    PMM_SECTION section = range->Section;
    MiReleaseSystem(range);
    MmDereferenceSection(section);
    return STATUS_SUCCESS;
}
