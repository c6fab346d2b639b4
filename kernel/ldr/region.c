// SPDX-License-Identifier: MIT
// The region of driver images and the list of what is in it, sorted by address.
//
// Owns: the address space from HOST_REGION_IMAGE on, the image lists. Changes at PASSIVE_LEVEL
// only; look-ups at any IRQL, from the fault handler too, so they touch no driver memory but the
// export tables that LdrDiscardInit keeps.

#include "ldrp.h"

typedef struct _LDRP_RANGE
{
    ULONG64 Start;
    ULONG64 End; // with the metadata behind the image and the gap
    PLDR_IMAGE Image;
} LDRP_RANGE;

static LDRP_RANGE LdrpRanges[LDR_MAX_IMAGES];
static ULONG LdrpRangeCount;
static ULONG LdrpNextSequence;

LIST_ENTRY LdrLoadedModuleList = {&LdrLoadedModuleList, &LdrLoadedModuleList};
static LIST_ENTRY LdrpMemoryOrderList = {&LdrpMemoryOrderList, &LdrpMemoryOrderList};

static SIZE_T
LdrpRangeSize(SIZE_T Size)
{
    // One unmapped unit behind each image stops an overrun before it reaches the next one.
    return ((Size + LDRP_ALIGN - 1) & ~(LDRP_ALIGN - 1)) + LDRP_ALIGN;
}

PUCHAR
LdrpReserve(SIZE_T Size)
{
    ULONG64 candidate = HOST_REGION_IMAGE;
    SIZE_T needed = LdrpRangeSize(Size);
    if (LdrpRangeCount == LDR_MAX_IMAGES)
    {
        return NULL;
    }
    for (ULONG index = 0; index < LdrpRangeCount; index++)
    {
        if (candidate + needed <= LdrpRanges[index].Start)
        {
            break;
        }
        candidate = LdrpRanges[index].End;
    }
    return candidate + needed <= HOST_REGION_IMAGE + HOST_REGION_SIZE ? (PUCHAR)candidate : NULL;
}

void
LdrpInsertImage(PLDR_IMAGE Image, SIZE_T RangeSize)
{
    ULONG64 start = (ULONG64)Image->Base;
    ULONG index = LdrpRangeCount++;
    for (; index > 0 && LdrpRanges[index - 1].Start > start; index--)
    {
        LdrpRanges[index] = LdrpRanges[index - 1];
    }
    LdrpRanges[index] = (LDRP_RANGE){start, start + LdrpRangeSize(RangeSize), Image};
    Image->Sequence = LdrpNextSequence++;
    InsertTailList(&LdrLoadedModuleList, &Image->Entry.InLoadOrderLinks);
    InsertTailList(&LdrpMemoryOrderList, &Image->Entry.InMemoryOrderLinks);
}

void
LdrpRemoveImage(PLDR_IMAGE Image)
{
    ULONG index = 0;
    while (index < LdrpRangeCount && LdrpRanges[index].Image != Image)
    {
        index++;
    }
    if (index == LdrpRangeCount)
    {
        return;
    }
    for (LdrpRangeCount--; index < LdrpRangeCount; index++)
    {
        LdrpRanges[index] = LdrpRanges[index + 1];
    }
    RemoveEntryList(&Image->Entry.InLoadOrderLinks);
    RemoveEntryList(&Image->Entry.InMemoryOrderLinks);
}

PLDR_IMAGE
LdrImageFromAddress(ULONG64 Address)
{
    ULONG low = 0;
    ULONG high = LdrpRangeCount;
    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;
        if (Address < LdrpRanges[middle].Start)
        {
            high = middle;
        }
        else if (Address >= LdrpRanges[middle].End)
        {
            low = middle + 1;
        }
        else
        {
            PLDR_IMAGE image = LdrpRanges[middle].Image;
            return Address - LdrpRanges[middle].Start < image->ExtendedSize ? image : NULL;
        }
    }
    return NULL;
}

BOOLEAN
LdrIsDriverAddress(ULONG64 Address)
{
    return LdrImageFromAddress(Address) != NULL;
}

static LDR_SECTION *
LdrpSectionOf(PLDR_IMAGE Image, ULONG Rva)
{
    for (ULONG index = 0; index < Image->SectionCount; index++)
    {
        LDR_SECTION *section = &Image->Sections[index];
        if (Rva - section->Rva < section->Size && Rva >= section->Rva)
        {
            return section;
        }
    }
    return NULL;
}

static LDR_ADDRESS_KIND
LdrpKindOf(const LDR_SECTION *Section)
{
    BOOLEAN isCode = (Section->Characteristics & LDR_PE_SCN_EXECUTE) != 0;
    if (Section->IsDiscarded)
    {
        return LdrAddressDiscarded;
    }
    if (Section->IsPaged)
    {
        return isCode ? LdrAddressPagedCode : LdrAddressPagedData;
    }
    return isCode ? LdrAddressCode : LdrAddressData;
}

BOOLEAN
LdrQueryAddress(ULONG64 Address, LDR_ADDRESS_INFO *Info)
{
    PLDR_IMAGE image = LdrImageFromAddress(Address);
    if (image == NULL)
    {
        return FALSE;
    }
    ULONG64 original = LdrpPatchOriginal(image, Address);
    *Info = (LDR_ADDRESS_INFO){.Image = image,
                               .Kind = LdrAddressHeader,
                               .Rva = (ULONG)(Address - (ULONG64)image->Base),
                               .SectionName = "",
                               .Original = original != 0 ? original : Address};
    const LDR_SECTION *section = LdrpSectionOf(image, Info->Rva);
    if (Info->Rva >= image->Size)
    {
        Info->Kind = LdrAddressTrampoline;
    }
    else if (section != NULL)
    {
        Info->Kind = LdrpKindOf(section);
        Info->SectionName = section->Name;
    }
    uint32_t symbol;
    uint32_t rva = (uint32_t)(Info->Original - (ULONG64)image->Base);
    if (LdrPeNearestExport(&image->Pe, rva, Info->Symbol, sizeof Info->Symbol, &symbol))
    {
        Info->SymbolOffset = rva - symbol;
    }
    return TRUE;
}

PLDR_IMAGE
LdrFindImage(const char *Name)
{
    for (ULONG index = 0; index < LdrpRangeCount; index++)
    {
        if (LdrpEqualNoCase(LdrpRanges[index].Image->Name, Name))
        {
            return LdrpRanges[index].Image;
        }
    }
    return NULL;
}

BOOLEAN
LdrForEachImage(BOOLEAN (*Routine)(PLDR_IMAGE Image, PVOID Context), PVOID Context)
{
    PLIST_ENTRY entry = LdrLoadedModuleList.Flink;
    while (entry != &LdrLoadedModuleList)
    {
        PLDR_IMAGE image = CONTAINING_RECORD(entry, LDR_IMAGE, Entry.InLoadOrderLinks);
        entry = entry->Flink;
        if (!Routine(image, Context))
        {
            return FALSE;
        }
    }
    return TRUE;
}

BOOLEAN
LdrForEachPagedSection(PLDR_IMAGE Image,
                       BOOLEAN (*Routine)(PVOID Start, SIZE_T Size, int Protection, PVOID Context),
                       PVOID Context)
{
    for (ULONG index = 0; index < Image->SectionCount; index++)
    {
        const LDR_SECTION *section = &Image->Sections[index];
        if (section->IsPaged && !section->IsDiscarded &&
            !Routine(Image->Base + section->Rva, section->Size, section->Protection, Context))
        {
            return FALSE;
        }
    }
    return TRUE;
}

// One page is never writable and executable at once, as the processor would allow; a driver that
// writes code gets the pages it writes as data and, when it jumps there, as code. An instruction
// that writes its own page would flip for ever: after a few rounds the fault is the driver's.
BOOLEAN
LdrHandleSectionFault(ULONG64 Address, BOOLEAN IsWrite, BOOLEAN IsExecute, ULONG64 Rip)
{
    PLDR_IMAGE image = LdrImageFromAddress(Address);
    LDR_SECTION *section =
        image != NULL ? LdrpSectionOf(image, (ULONG)(Address - (ULONG64)image->Base)) : NULL;
    if (section == NULL || !section->IsWritableCode || section->IsDiscarded || IsWrite == IsExecute)
    {
        return FALSE;
    }
    image->LastFlipCount = image->LastFlipRip == Rip ? image->LastFlipCount + 1 : 0;
    image->LastFlipRip = Rip;
    if (image->LastFlipCount > 8)
    {
        return FALSE;
    }
    return host_protect((void *)(Address & ~(ULONG64)(LDRP_PAGE - 1)), LDRP_PAGE,
                        IsWrite ? HOST_PROT_RW : HOST_PROT_READ | HOST_PROT_EXECUTE);
}
