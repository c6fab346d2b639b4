// SPDX-License-Identifier: MIT
// The memory of one image: mapping, relocation, protection, INIT sections.
//
// Layout of an image's range: [image][trampolines of patch.c][LDR_IMAGE][gap]. The LDR_IMAGE stands
// there, and not in a pool, so that its address depends on nothing but the images loaded before and
// no leak report ever sees it. IRQL PASSIVE_LEVEL.

#include "ldrp.h"

#include "rtl/unwind.h"

static BOOLEAN
LdrpHasPrefix(const char *Name, const char *Prefix)
{
    while (*Prefix != 0)
    {
        if (*Name++ != *Prefix++)
        {
            return FALSE;
        }
    }
    return TRUE;
}

// DWARF of mingw and clang: names of more than 8 characters become "/" and an offset. Nothing at
// run time reads it, so it is not even copied.
static BOOLEAN
LdrpIsDebugSection(const LDR_PE *Pe, const LDR_PE_SECTION *Section)
{
    if (Section->Name[0] != '/' || (Section->Characteristics & LDR_PE_SCN_DISCARDABLE) == 0 ||
        (Section->Characteristics & LDR_PE_SCN_EXECUTE) != 0)
    {
        return FALSE;
    }
    for (ULONG index = 0; index < LDR_PE_DIRECTORIES; index++)
    {
        ULONG address = Pe->Directories[index].Address;
        if (index != LDR_PE_DIR_SECURITY && address != 0 &&
            address - Section->Address < Section->MappedSize)
        {
            return FALSE;
        }
    }
    return TRUE;
}

// Sections that others read as long as the image lives stay, whatever their flags say.
static BOOLEAN
LdrpIsNeeded(const LDR_PE *Pe, const LDR_PE_SECTION *Section)
{
    static const UCHAR needed[] = {LDR_PE_DIR_EXPORT, LDR_PE_DIR_EXCEPTION, LDR_PE_DIR_IAT,
                                   LDR_PE_DIR_LOAD_CONFIG};
    for (ULONG index = 0; index < sizeof needed; index++)
    {
        const LDR_PE_DIRECTORY *directory = &Pe->Directories[needed[index]];
        if (directory->Address != 0 && directory->Address - Section->Address < Section->MappedSize)
        {
            return TRUE;
        }
    }
    return FALSE;
}

static UCHAR
LdrpProtectionOf(const LDR_PE_SECTION *Section)
{
    if ((Section->Characteristics & LDR_PE_SCN_EXECUTE) != 0)
    {
        return HOST_PROT_READ | HOST_PROT_EXECUTE;
    }
    return (Section->Characteristics & LDR_PE_SCN_WRITE) != 0 ? HOST_PROT_RW : HOST_PROT_READ;
}

static void
LdrpDescribeSections(PLDR_IMAGE Image, const LDR_PE *Pe)
{
    Image->SectionCount = Pe->SectionCount;
    for (ULONG index = 0; index < Pe->SectionCount; index++)
    {
        const LDR_PE_SECTION *from = &Pe->Sections[index];
        LDR_SECTION *to = &Image->Sections[index];
        BOOLEAN isInit =
            (from->Characteristics & LDR_PE_SCN_DISCARDABLE) != 0 || LdrpEqual(from->Name, "INIT");
        LdrpCopyText(to->Name, sizeof to->Name, from->Name);
        to->Rva = from->Address;
        to->Size = (ULONG)LdrpPages(from->MappedSize);
        to->Characteristics = from->Characteristics;
        to->Protection = LdrpProtectionOf(from);
        to->IsDiscarded = LdrpIsDebugSection(Pe, from);
        to->IsInit = isInit && !LdrpIsNeeded(Pe, from);
        // The linker's rule: pageable are the sections whose names begin with PAGE, unless marked.
        to->IsPaged = LdrpHasPrefix(from->Name, "PAGE") && !isInit &&
                      (from->Characteristics & LDR_PE_SCN_NOT_PAGED) == 0;
        to->IsWritableCode = (from->Characteristics & LDR_PE_SCN_EXECUTE) != 0 &&
                             (from->Characteristics & LDR_PE_SCN_WRITE) != 0;
    }
}

static void
LdrpCopyImage(PLDR_IMAGE Image, const LDR_PE *Pe)
{
    __builtin_memcpy(Image->Base, Pe->Data, Pe->SizeOfHeaders);
    for (ULONG index = 0; index < Pe->SectionCount; index++)
    {
        const LDR_PE_SECTION *section = &Pe->Sections[index];
        if (!Image->Sections[index].IsDiscarded)
        {
            __builtin_memcpy(Image->Base + section->Address, Pe->Data + section->RawOffset,
                             section->RawSize);
        }
    }
}

static bool
LdrpRelocate(void *Context, uint32_t Rva)
{
    PLDR_IMAGE image = Context;
    ULONG64 value;
    // Sites need no alignment.
    __builtin_memcpy(&value, image->Base + Rva, sizeof value);
    value += (ULONG64)image->Base - image->Pe.ImageBase;
    __builtin_memcpy(image->Base + Rva, &value, sizeof value);
    return true;
}

PLDR_IMAGE
LdrpMapImage(const LDR_PE *Pe, ULONG Extra)
{
    SIZE_T extended = Pe->SizeOfImage + LdrpPages(Extra);
    SIZE_T total = extended + LdrpPages(sizeof(LDR_IMAGE));
    PUCHAR base = LdrpReserve(total);
    if (base == NULL || !host_map_fixed(base, total, HOST_PROT_RW))
    {
        return NULL;
    }
    PLDR_IMAGE image = (PLDR_IMAGE)(base + extended);
    image->Base = base;
    image->Size = Pe->SizeOfImage;
    image->ExtendedSize = (ULONG)extended;
    image->EntryPoint = Pe->EntryPoint != 0 ? base + Pe->EntryPoint : NULL;
    image->Pe = *Pe;
    LdrpDescribeSections(image, Pe);
    LdrpCopyImage(image, Pe);
    LdrPeForEachRelocation(Pe, LdrpRelocate, image);
    LdrPeRebase(&image->Pe, base);
    LdrpInsertImage(image, total);
    return image;
}

// One call per run of equal protection: each costs a system call and splits a mapping.
BOOLEAN
LdrpProtectImage(PLDR_IMAGE Image)
{
    ULONG start = 0;
    UCHAR current = HOST_PROT_READ; // headers
    for (ULONG index = 0; index <= Image->SectionCount; index++)
    {
        LDR_SECTION *section = &Image->Sections[index];
        BOOLEAN isEnd = index == Image->SectionCount;
        UCHAR wanted = HOST_PROT_NONE;
        if (!isEnd)
        {
            Image->Pe.Sections[index].IsHidden = section->IsDiscarded;
            wanted = section->IsDiscarded ? HOST_PROT_NONE : section->Protection;
        }
        if (!isEnd && wanted == current)
        {
            continue;
        }
        ULONG next = isEnd ? Image->Size : section->Rva;
        if (!host_protect(Image->Base + start, next - start, current))
        {
            return FALSE;
        }
        start = next;
        current = wanted;
    }
    return TRUE;
}

void
LdrpUnmapImage(PLDR_IMAGE Image)
{
    PUCHAR base = Image->Base;
    SIZE_T total = Image->ExtendedSize + LdrpPages(sizeof(LDR_IMAGE));
    LdrpRemoveImage(Image);
    host_unmap(base, total);
}

void
LdrpExcludeDiscarded(PLDR_IMAGE Image)
{
    for (ULONG index = 0; index < Image->SectionCount; index++)
    {
        ULONG first = index;
        while (index < Image->SectionCount && Image->Sections[index].IsDiscarded &&
               !Image->Sections[index].IsExcluded)
        {
            Image->Sections[index++].IsExcluded = TRUE;
        }
        if (index == first)
        {
            continue;
        }
        const LDR_SECTION *last = &Image->Sections[index - 1];
        ULONG start = Image->Sections[first].Rva;
        ULONG size = last->Rva + last->Size - start;
        if (!RtlExcludeFunctionTableRange((ULONG64)Image->Base, start, size))
        {
            // The unwinder has no room for another hole: readable zeros harm nobody.
            host_protect(Image->Base + start, size, HOST_PROT_READ);
        }
    }
}

void
LdrDiscardInit(PLDR_IMAGE Image)
{
    for (ULONG index = 0; index < Image->SectionCount; index++)
    {
        LDR_SECTION *section = &Image->Sections[index];
        if (!section->IsInit || section->IsDiscarded)
        {
            continue;
        }
        section->IsDiscarded = TRUE;
        Image->Pe.Sections[index].IsHidden = true;
        host_discard(Image->Base + section->Rva, section->Size);
        host_protect(Image->Base + section->Rva, section->Size, HOST_PROT_NONE);
    }
    LdrpExcludeDiscarded(Image);
    Image->InitDiscarded = TRUE;
}
