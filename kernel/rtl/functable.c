// SPDX-License-Identifier: MIT
// The inverted function table: images sorted by base, each with its exception directory. Owns
// RtlpImages. No lock: one host thread, and entries change only when images are loaded and
// unloaded. Any IRQL.
#include "unwindp.h"

#include "assert.h"
#include "rtlp.h"

#define RTLP_MAXIMUM_IMAGES 1024

// An entry of .pdata whose unwind data refers to another entry instead of unwind information.
#define RTLP_FUNCTION_INDIRECT 1u

static RTLP_IMAGE RtlpImages[RTLP_MAXIMUM_IMAGES];
static ULONG RtlpImageCount;

// Consecutive frames are mostly in the same image.
static ULONG RtlpLastImage;

static BOOLEAN
RtlpImageContains(const RTLP_IMAGE *Image, ULONG64 Pc)
{
    return Pc - Image->Base < Image->Size;
}

// The number of images whose base is at or below Address.
static ULONG
RtlpImageUpperBound(ULONG64 Address)
{
    ULONG low = 0;
    ULONG high = RtlpImageCount;

    while (low < high)
    {
        const ULONG middle = low + (high - low) / 2;

        if (RtlpImages[middle].Base <= Address)
        {
            low = middle + 1;
        }
        else
        {
            high = middle;
        }
    }
    return low;
}

static RTLP_IMAGE *
RtlpFindImageSlot(ULONG64 Pc)
{
    ULONG index = RtlpLastImage;

    if (index < RtlpImageCount && RtlpImageContains(&RtlpImages[index], Pc))
    {
        return &RtlpImages[index];
    }
    index = RtlpImageUpperBound(Pc);
    if (index == 0 || !RtlpImageContains(&RtlpImages[index - 1], Pc))
    {
        return NULL;
    }
    RtlpLastImage = index - 1;
    return &RtlpImages[index - 1];
}

const RTLP_IMAGE *
RtlpFindImage(ULONG64 Pc)
{
    return RtlpFindImageSlot(Pc);
}

BOOLEAN
RtlLookupImage(ULONG64 Pc, PULONG64 Base, PULONG Size)
{
    const RTLP_IMAGE *image = RtlpFindImage(Pc);

    if (image == NULL)
    {
        return FALSE;
    }
    *Base = image->Base;
    *Size = image->Size;
    return TRUE;
}

BOOLEAN
RtlInsertFunctionTable(ULONG64 Base, ULONG Size, const RUNTIME_FUNCTION *Table, ULONG Count)
{
    const ULONG64 tableAt = (ULONG64)Table;
    const ULONG64 tableSize = (ULONG64)Count * sizeof(RUNTIME_FUNCTION);
    const ULONG index = RtlpImageUpperBound(Base);
    RTLP_IMAGE *image;

    if (RtlpImageCount == RTLP_MAXIMUM_IMAGES || Size == 0 || Base + Size < Base)
    {
        return FALSE;
    }
    if ((index > 0 && Base - RtlpImages[index - 1].Base < RtlpImages[index - 1].Size) ||
        (index < RtlpImageCount && RtlpImages[index].Base - Base < Size))
    {
        return FALSE;
    }
    if (Count != 0 && (tableAt < Base || tableSize > Size || tableAt - Base > Size - tableSize ||
                       tableAt % sizeof(ULONG) != 0))
    {
        return FALSE;
    }
    __builtin_memmove(&RtlpImages[index + 1], &RtlpImages[index],
                      (RtlpImageCount - index) * sizeof(RTLP_IMAGE));
    RtlpImageCount += 1;
    RtlpLastImage = index;
    image = &RtlpImages[index];
    __builtin_memset(image, 0, sizeof(*image));
    image->Base = Base;
    image->Size = Size;
    image->Table = Table;
    image->Count = Count;
    return TRUE;
}

BOOLEAN
RtlRemoveFunctionTable(ULONG64 Base)
{
    const ULONG index = RtlpImageUpperBound(Base);

    if (index == 0 || RtlpImages[index - 1].Base != Base)
    {
        return FALSE;
    }
    __builtin_memmove(&RtlpImages[index - 1], &RtlpImages[index],
                      (RtlpImageCount - index) * sizeof(RTLP_IMAGE));
    RtlpImageCount -= 1;
    return TRUE;
}

BOOLEAN
RtlExcludeFunctionTableRange(ULONG64 Base, ULONG Rva, ULONG Size)
{
    RTLP_IMAGE *image = RtlpFindImageSlot(Base);

    if (image == NULL || image->Base != Base || image->ExcludedCount == RTLP_EXCLUDED_RANGES)
    {
        return FALSE;
    }
    image->Excluded[image->ExcludedCount].Rva = Rva;
    image->Excluded[image->ExcludedCount].Size = Size;
    image->ExcludedCount += 1;
    return TRUE;
}

const UCHAR *
RtlpImageBytes(const RTLP_IMAGE *Image, ULONG64 Rva, ULONG Size)
{
    if (Rva >= Image->Size || Size > Image->Size - Rva)
    {
        return NULL;
    }
    for (ULONG i = 0; i < Image->ExcludedCount; i++)
    {
        const RTLP_RANGE *range = &Image->Excluded[i];

        if (Rva < (ULONG64)range->Rva + range->Size && range->Rva < Rva + Size)
        {
            return NULL;
        }
    }
    return (const UCHAR *)(ULONG_PTR)(Image->Base + Rva);
}

// Follows an indirect entry once; entries that refer to a further indirect one are damaged.
static const RUNTIME_FUNCTION *
RtlpResolveIndirect(const RTLP_IMAGE *Image, const RUNTIME_FUNCTION *Entry)
{
    const RUNTIME_FUNCTION *master;

    if ((Entry->UnwindData & RTLP_FUNCTION_INDIRECT) == 0)
    {
        return Entry;
    }
    if ((Entry->UnwindData - RTLP_FUNCTION_INDIRECT) % sizeof(ULONG) != 0)
    {
        return NULL;
    }
    master = (const RUNTIME_FUNCTION *)(const void *)RtlpImageBytes(
        Image, Entry->UnwindData - RTLP_FUNCTION_INDIRECT, sizeof(*master));
    if (master == NULL || (master->UnwindData & RTLP_FUNCTION_INDIRECT) != 0)
    {
        return NULL;
    }
    return master;
}

const RUNTIME_FUNCTION *
RtlpFindFunction(const RTLP_IMAGE *Image, ULONG64 Pc)
{
    const ULONG rva = (ULONG)(Pc - Image->Base);
    ULONG low = 0;
    ULONG high = Image->Count;

    if (Image->Count == 0 || RtlpImageBytes(Image, (ULONG64)Image->Table - Image->Base,
                                            Image->Count * (ULONG)sizeof(RUNTIME_FUNCTION)) == NULL)
    {
        return NULL;
    }
    while (low < high)
    {
        const ULONG middle = low + (high - low) / 2;
        const RUNTIME_FUNCTION *entry = &Image->Table[middle];

        if (rva < entry->BeginAddress)
        {
            high = middle;
        }
        else if (rva >= entry->EndAddress)
        {
            low = middle + 1;
        }
        else
        {
            return RtlpResolveIndirect(Image, entry);
        }
    }
    return NULL;
}

static PRUNTIME_FUNCTION
RtlpSearchHistory(ULONG64 ControlPc, PUNWIND_HISTORY_TABLE History, PULONG64 ImageBase)
{
    if (History->Search == UNWIND_HISTORY_TABLE_NONE || ControlPc < History->LowAddress ||
        ControlPc >= History->HighAddress)
    {
        return NULL;
    }
    for (ULONG i = 0; i < History->Count && i < UNWIND_HISTORY_TABLE_SIZE; i++)
    {
        const UNWIND_HISTORY_TABLE_ENTRY *entry = &History->Entry[i];
        const ULONG64 rva = ControlPc - entry->ImageBase;

        if (ControlPc >= entry->ImageBase && rva >= entry->FunctionEntry->BeginAddress &&
            rva < entry->FunctionEntry->EndAddress)
        {
            *ImageBase = entry->ImageBase;
            return entry->FunctionEntry;
        }
    }
    return NULL;
}

static VOID
RtlpRememberFunction(PUNWIND_HISTORY_TABLE History, ULONG64 ImageBase, PRUNTIME_FUNCTION Function)
{
    UNWIND_HISTORY_TABLE_ENTRY *entry;

    if (History->Search != UNWIND_HISTORY_TABLE_NONE || History->Count >= UNWIND_HISTORY_TABLE_SIZE)
    {
        return;
    }
    entry = &History->Entry[History->Count];
    entry->ImageBase = ImageBase;
    entry->FunctionEntry = Function;
    History->Count += 1;
    if (ImageBase + Function->BeginAddress < History->LowAddress)
    {
        History->LowAddress = ImageBase + Function->BeginAddress;
    }
    if (ImageBase + Function->EndAddress > History->HighAddress)
    {
        History->HighAddress = ImageBase + Function->EndAddress;
    }
}

// The history table speeds up the second pass over the same frames: while its Search field is
// UNWIND_HISTORY_TABLE_NONE functions are remembered, with any other value they are found in it.
DDI PRUNTIME_FUNCTION
RtlLookupFunctionEntry(_In_ ULONG64 ControlPc,
                       _Out_ PULONG64 ImageBase,
                       _Inout_opt_ PUNWIND_HISTORY_TABLE HistoryTable)
{
    const RTLP_IMAGE *image;
    PRUNTIME_FUNCTION function;

    if (HistoryTable != NULL)
    {
        function = RtlpSearchHistory(ControlPc, HistoryTable, ImageBase);
        if (function != NULL)
        {
            return function;
        }
    }
    image = RtlpFindImage(ControlPc);
    *ImageBase = image == NULL ? 0 : image->Base;
    if (image == NULL)
    {
        return NULL;
    }
    function = (PRUNTIME_FUNCTION)RtlpFindFunction(image, ControlPc);
    if (function != NULL && HistoryTable != NULL)
    {
        RtlpRememberFunction(HistoryTable, image->Base, function);
    }
    return function;
}

DDI PVOID
RtlPcToFileHeader(_In_ PVOID PcValue, _Out_ PVOID *BaseOfImage)
{
    const RTLP_IMAGE *image = RtlpFindImage((ULONG64)PcValue);

    *BaseOfImage = image == NULL ? NULL : (PVOID)(ULONG_PTR)image->Base;
    return *BaseOfImage;
}
