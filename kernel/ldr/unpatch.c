// SPDX-License-Identifier: MIT
// Addresses of patched code: from a trampoline to where its instruction came from and back. Any
// IRQL, from the fault handler too; reads the patch table only.

#include "patchp.h"

// The last site whose Original (or Moved) is at or below Rva.
static const LDR_PATCH_SITE *
LdrpFindSite(PLDR_IMAGE Image, ULONG Rva, BOOLEAN ByMoved)
{
    const LDR_PATCH_TABLE *table = Image->PatchTable;
    ULONG low = 0;
    ULONG high = table != NULL ? table->SiteCount : 0;
    while (low < high)
    {
        ULONG middle = low + (high - low) / 2;
        const LDR_PATCH_SITE *site = &table->Sites[middle];
        if ((ByMoved ? site->Moved : site->Original) <= Rva)
        {
            low = middle + 1;
        }
        else
        {
            high = middle;
        }
    }
    return low != 0 ? &table->Sites[low - 1] : NULL;
}

ULONG64
LdrpPatchOriginal(PLDR_IMAGE Image, ULONG64 Address)
{
    ULONG rva = (ULONG)(Address - (ULONG64)Image->Base);
    const LDR_PATCH_SITE *site = rva >= Image->Size ? LdrpFindSite(Image, rva, TRUE) : NULL;
    return site != NULL ? (ULONG64)Image->Base + site->Original : 0;
}

ULONG64
LdrUnpatchAddress(ULONG64 Rip)
{
    PLDR_IMAGE image = LdrImageFromAddress(Rip);
    ULONG64 original = image != NULL ? LdrpPatchOriginal(image, Rip) : 0;
    return original != 0 ? original : Rip;
}

ULONG64
LdrRepatchAddress(ULONG64 Rip)
{
    PLDR_IMAGE image = LdrImageFromAddress(Rip);
    ULONG rva = image != NULL ? (ULONG)(Rip - (ULONG64)image->Base) : 0;
    const LDR_PATCH_SITE *site = image != NULL ? LdrpFindSite(image, rva, FALSE) : NULL;
    // Of a window's end and the next window's start at the same address the later one is found, and
    // neither needs translation.
    if (site == NULL || site->Original != rva || site->IsFirst || site->IsEnd)
    {
        return Rip;
    }
    return (ULONG64)image->Base + site->Moved;
}
