// SPDX-License-Identifier: MIT
// Which code an address belongs to, also when its image has been unloaded.
// Owns the list of unloaded images; no lock. IRQL: any.
#include "vf/vfp.h"

#include "rtl/assert.h"

#define VI_UNLOADED 32

typedef struct _VI_UNLOADED
{
    ULONG64 Base;
    ULONG64 End;
    char Name[64];
    char Path[260];
    ULONG64 PreferredBase;
} VI_UNLOADED_IMAGE;

// A ring: the oldest is forgotten first, as the debugger's list of unloaded modules does.
static VI_UNLOADED_IMAGE ViUnloadedImages[VI_UNLOADED];
static ULONG ViUnloadedCount;

void
ViRememberUnloaded(PDRIVER_OBJECT DriverObject)
{
    PLDR_IMAGE image = LdrImageFromAddress((ULONG64)DriverObject->DriverStart);
    VI_UNLOADED_IMAGE *slot;

    if (image == NULL)
        return;
    slot = &ViUnloadedImages[ViUnloadedCount++ % VI_UNLOADED];
    slot->Base = (ULONG64)image->Base;
    slot->End =
        slot->Base + (image->ExtendedSize > image->Size ? image->ExtendedSize : image->Size);
    RtlFormat(slot->Name, sizeof(slot->Name), "%s", image->Name);
    RtlFormat(slot->Path, sizeof(slot->Path), "%s", image->Path);
    slot->PreferredBase = image->Pe.ImageBase;
}

static const VI_UNLOADED_IMAGE *
FindUnloaded(ULONG64 Address)
{
    ULONG count = ViUnloadedCount < VI_UNLOADED ? ViUnloadedCount : VI_UNLOADED;

    // Newest first: addresses are used again.
    for (ULONG i = 0; i < count; i++)
    {
        const VI_UNLOADED_IMAGE *slot = &ViUnloadedImages[(ViUnloadedCount - 1 - i) % VI_UNLOADED];
        if (Address >= slot->Base && Address < slot->End)
            return slot;
    }
    return NULL;
}

BOOLEAN
ViIsUnloaded(ULONG64 Address)
{
    return Address - HOST_REGION_IMAGE < HOST_REGION_SIZE && LdrImageFromAddress(Address) == NULL &&
           FindUnloaded(Address) != NULL;
}

BOOLEAN
VfQueryCode(ULONG64 Address, VF_CODE *Code)
{
    LDR_ADDRESS_INFO info;
    const VI_UNLOADED_IMAGE *gone;

    RtlZeroMemory(Code, sizeof(*Code));
    if (LdrQueryAddress(Address, &info))
    {
        RtlFormat(Code->Name, sizeof(Code->Name), "%s", info.Image->Name);
        RtlFormat(Code->Path, sizeof(Code->Path), "%s", info.Image->Path);
        Code->PreferredBase = info.Image->Pe.ImageBase;
        Code->Rva = (ULONG)(info.Original - (ULONG64)info.Image->Base);
        RtlFormat(Code->Symbol, sizeof(Code->Symbol), "%s", info.Symbol);
        Code->SymbolOffset = info.SymbolOffset;
        return TRUE;
    }
    gone = FindUnloaded(Address);
    if (gone == NULL)
        return FALSE;
    RtlFormat(Code->Name, sizeof(Code->Name), "%s", gone->Name);
    RtlFormat(Code->Path, sizeof(Code->Path), "%s", gone->Path);
    Code->PreferredBase = gone->PreferredBase;
    Code->Rva = (ULONG)(Address - gone->Base);
    Code->Unloaded = TRUE;
    return TRUE;
}
