// SPDX-License-Identifier: MIT
// Memory and port ranges in resource descriptors. A length is a 32-bit field there; longer ranges
// of memory are stored shifted right by 8, 16 or 32 bits, with a flag saying which. Owns no state;
// any IRQL.
#include "rtlp.h"

#include "exports.h"

// How a length is stored.
typedef struct _RTLP_LARGE
{
    USHORT Flag;
    UCHAR Shift;
} RTLP_LARGE;

static const RTLP_LARGE RtlpLargeForms[] = {
    {0, 0},
    {CM_RESOURCE_MEMORY_LARGE_40, 8},
    {CM_RESOURCE_MEMORY_LARGE_48, 16},
    {CM_RESOURCE_MEMORY_LARGE_64, 32},
};

static BOOLEAN
RtlpFits(ULONGLONG Value, ULONG Shift)
{
    return Value >> Shift <= MAXULONG && (Value & ((1ull << Shift) - 1)) == 0;
}

// The first form that can represent both values, or NULL. Ports have the plain one only.
static const RTLP_LARGE *
RtlpChooseForm(UCHAR Type, ULONGLONG Length, ULONGLONG Alignment)
{
    const ULONG count = Type == CmResourceTypePort ? 1 : RTL_NUMBER_OF(RtlpLargeForms);

    for (ULONG i = 0; i < count; i++)
    {
        if (RtlpFits(Length, RtlpLargeForms[i].Shift) &&
            RtlpFits(Alignment, RtlpLargeForms[i].Shift))
        {
            return &RtlpLargeForms[i];
        }
    }
    return NULL;
}

static ULONG
RtlpShiftOf(UCHAR Type, USHORT Flags)
{
    for (ULONG i = 1; Type == CmResourceTypeMemoryLarge && i < RTL_NUMBER_OF(RtlpLargeForms); i++)
    {
        if ((Flags & RtlpLargeForms[i].Flag) != 0)
        {
            return RtlpLargeForms[i].Shift;
        }
    }
    return 0;
}

static BOOLEAN
RtlpIsRangeType(UCHAR Type)
{
    return Type == CmResourceTypeMemory || Type == CmResourceTypeMemoryLarge ||
           Type == CmResourceTypePort;
}

static UCHAR
RtlpTypeOfForm(UCHAR Type, const RTLP_LARGE *Form)
{
    if (Type == CmResourceTypePort)
    {
        return CmResourceTypePort;
    }
    return Form->Shift == 0 ? CmResourceTypeMemory : CmResourceTypeMemoryLarge;
}

DDI NTSTATUS
RtlCmEncodeMemIoResource(_In_ PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                         _In_ UCHAR Type,
                         _In_ ULONGLONG Length,
                         _In_ ULONGLONG Start)
{
    const RTLP_LARGE *form;

    if (!RtlpIsRangeType(Type))
    {
        return STATUS_INVALID_PARAMETER;
    }
    form = RtlpChooseForm(Type, Length, 0);
    if (form == NULL)
    {
        return STATUS_UNSUCCESSFUL;
    }
    Descriptor->Type = RtlpTypeOfForm(Type, form);
    if (Type != CmResourceTypePort)
    {
        Descriptor->Flags = (USHORT)((Descriptor->Flags & ~CM_RESOURCE_MEMORY_LARGE) | form->Flag);
    }
    Descriptor->u.Generic.Start.QuadPart = (LONGLONG)Start;
    Descriptor->u.Generic.Length = (ULONG)(Length >> form->Shift);
    return STATUS_SUCCESS;
}

DDI ULONGLONG
RtlCmDecodeMemIoResource(_In_ PCM_PARTIAL_RESOURCE_DESCRIPTOR Descriptor,
                         _Out_opt_ PULONGLONG Start)
{
    if (Start != NULL)
    {
        *Start = (ULONGLONG)Descriptor->u.Generic.Start.QuadPart;
    }
    return (ULONGLONG)Descriptor->u.Generic.Length
           << RtlpShiftOf(Descriptor->Type, Descriptor->Flags);
}

DDI NTSTATUS
RtlIoEncodeMemIoResource(_In_ PIO_RESOURCE_DESCRIPTOR Descriptor,
                         _In_ UCHAR Type,
                         _In_ ULONGLONG Length,
                         _In_ ULONGLONG Alignment,
                         _In_ ULONGLONG MinimumAddress,
                         _In_ ULONGLONG MaximumAddress)
{
    const RTLP_LARGE *form;

    if (!RtlpIsRangeType(Type) || MinimumAddress > MaximumAddress)
    {
        return STATUS_INVALID_PARAMETER;
    }
    form = RtlpChooseForm(Type, Length, Alignment);
    if (form == NULL)
    {
        return STATUS_UNSUCCESSFUL;
    }
    Descriptor->Type = RtlpTypeOfForm(Type, form);
    if (Type != CmResourceTypePort)
    {
        Descriptor->Flags = (USHORT)((Descriptor->Flags & ~CM_RESOURCE_MEMORY_LARGE) | form->Flag);
    }
    Descriptor->u.Generic.Length = (ULONG)(Length >> form->Shift);
    Descriptor->u.Generic.Alignment = (ULONG)(Alignment >> form->Shift);
    Descriptor->u.Generic.MinimumAddress.QuadPart = (LONGLONG)MinimumAddress;
    Descriptor->u.Generic.MaximumAddress.QuadPart = (LONGLONG)MaximumAddress;
    return STATUS_SUCCESS;
}

DDI ULONGLONG
RtlIoDecodeMemIoResource(_In_ PIO_RESOURCE_DESCRIPTOR Descriptor,
                         _Out_opt_ PULONGLONG Alignment,
                         _Out_opt_ PULONGLONG MinimumAddress,
                         _Out_opt_ PULONGLONG MaximumAddress)
{
    const ULONG shift = RtlpShiftOf(Descriptor->Type, Descriptor->Flags);

    if (Alignment != NULL)
    {
        *Alignment = (ULONGLONG)Descriptor->u.Generic.Alignment << shift;
    }
    if (MinimumAddress != NULL)
    {
        *MinimumAddress = (ULONGLONG)Descriptor->u.Generic.MinimumAddress.QuadPart;
    }
    if (MaximumAddress != NULL)
    {
        *MaximumAddress = (ULONGLONG)Descriptor->u.Generic.MaximumAddress.QuadPart;
    }
    return (ULONGLONG)Descriptor->u.Generic.Length << shift;
}
