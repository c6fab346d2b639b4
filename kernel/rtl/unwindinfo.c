// SPDX-License-Identifier: MIT
// Reads unwind information out of images that may be damaged: nothing here trusts an offset, a
// count or a version before it was checked. Owns no state; any IRQL.
#include "unwindp.h"

#include "rtlp.h"

#define RTLP_UNWIND_HEADER_SIZE 4u

static ULONG
RtlpReadUlong(const UCHAR *At)
{
    return (ULONG)At[0] | (ULONG)At[1] << 8 | (ULONG)At[2] << 16 | (ULONG)At[3] << 24;
}

static ULONG
RtlpReadUshort(const UCHAR *At)
{
    return (ULONG)At[0] | (ULONG)At[1] << 8;
}

BOOLEAN
RtlpReadUnwindInfo(const RTLP_IMAGE *Image, ULONG UnwindData, RTLP_UNWIND_INFO *Info)
{
    const UCHAR *header;
    ULONG codeBytes;
    ULONG tailBytes = 0;

    header = RtlpImageBytes(Image, UnwindData, RTLP_UNWIND_HEADER_SIZE);
    if (UnwindData == 0 || UnwindData % 4 != 0 || header == NULL)
    {
        return FALSE;
    }
    Info->Version = header[0] & 7;
    Info->Flags = header[0] >> 3;
    Info->SizeOfProlog = header[1];
    Info->CountOfCodes = header[2];
    Info->FrameRegister = header[3] & 15;
    Info->FrameOffset = header[3] >> 4;
    if (Info->Version != 1 && Info->Version != 2)
    {
        return FALSE;
    }

    // The codes are padded to an even number, so that what follows is aligned.
    codeBytes = ((ULONG)Info->CountOfCodes + 1u) / 2u * 4u;
    if ((Info->Flags & UNW_FLAG_CHAININFO) != 0)
    {
        tailBytes = sizeof(RUNTIME_FUNCTION);
    }
    else if ((Info->Flags & (UNW_FLAG_EHANDLER | UNW_FLAG_UHANDLER)) != 0)
    {
        tailBytes = sizeof(ULONG);
    }
    if (RtlpImageBytes(Image, UnwindData, RTLP_UNWIND_HEADER_SIZE + codeBytes + tailBytes) == NULL)
    {
        return FALSE;
    }
    Info->Codes = header + RTLP_UNWIND_HEADER_SIZE;
    Info->Tail = tailBytes == 0 ? NULL : Info->Codes + codeBytes;
    return TRUE;
}

// Slots an operation takes, itself included. Version 1 gave operations 6 and 7 another meaning.
static UCHAR
RtlpUnwindCodeSlots(UCHAR Version, UCHAR Operation, UCHAR Information)
{
    switch (Operation)
    {
    case RTLP_UWOP_PUSH_NONVOL:
    case RTLP_UWOP_ALLOC_SMALL:
    case RTLP_UWOP_SET_FPREG:
    case RTLP_UWOP_PUSH_MACHFRAME:
        return 1;
    case RTLP_UWOP_ALLOC_LARGE:
        return Information == 0 ? 2 : 3;
    case RTLP_UWOP_SAVE_NONVOL:
    case RTLP_UWOP_SAVE_XMM128:
        return 2;
    case RTLP_UWOP_SAVE_NONVOL_FAR:
    case RTLP_UWOP_SAVE_XMM128_FAR:
        return 3;
    case RTLP_UWOP_EPILOG:
        return Version == 1 ? 2 : 1;
    case RTLP_UWOP_SPARE:
        return Version == 1 ? 3 : 2;
    default:
        return 0;
    }
}

// The operand in bytes: sizes and offsets are stored scaled when they have one slot and unscaled
// when they have two.
static ULONG
RtlpUnwindCodeOperand(const RTLP_UNWIND_CODE *Code, const UCHAR *Slot)
{
    switch (Code->Operation)
    {
    case RTLP_UWOP_ALLOC_SMALL:
        return Code->Information * 8u + 8u;
    case RTLP_UWOP_ALLOC_LARGE:
        return Code->Information == 0 ? RtlpReadUshort(Slot + 2) * 8u : RtlpReadUlong(Slot + 2);
    case RTLP_UWOP_SAVE_NONVOL:
        return RtlpReadUshort(Slot + 2) * 8u;
    case RTLP_UWOP_SAVE_XMM128:
        return RtlpReadUshort(Slot + 2) * 16u;
    case RTLP_UWOP_SAVE_NONVOL_FAR:
    case RTLP_UWOP_SAVE_XMM128_FAR:
        return RtlpReadUlong(Slot + 2);
    case RTLP_UWOP_EPILOG:
        return Code->Slots == 2 ? RtlpReadUshort(Slot + 2) * 8u : 0;
    case RTLP_UWOP_SPARE:
        return Code->Slots == 3 ? RtlpReadUlong(Slot + 2) : 0;
    default:
        return 0;
    }
}

static BOOLEAN
RtlpUnwindCodeValid(const RTLP_UNWIND_INFO *Info, const RTLP_UNWIND_CODE *Code)
{
    switch (Code->Operation)
    {
    case RTLP_UWOP_ALLOC_LARGE:
    case RTLP_UWOP_PUSH_MACHFRAME:
        return Code->Information <= 1;
    case RTLP_UWOP_SET_FPREG:
        return Info->FrameRegister != 0;
    default:
        return TRUE;
    }
}

BOOLEAN
RtlpDecodeUnwindCode(const RTLP_UNWIND_INFO *Info, ULONG Index, RTLP_UNWIND_CODE *Code)
{
    const UCHAR *slot = Info->Codes + (SIZE_T)Index * 2;

    if (Index >= Info->CountOfCodes)
    {
        return FALSE;
    }
    Code->CodeOffset = slot[0];
    Code->Operation = slot[1] & 15;
    Code->Information = slot[1] >> 4;
    Code->Slots = RtlpUnwindCodeSlots(Info->Version, Code->Operation, Code->Information);
    if (Code->Slots == 0 || Index + Code->Slots > Info->CountOfCodes)
    {
        return FALSE;
    }
    Code->Operand = RtlpUnwindCodeOperand(Code, slot);
    return RtlpUnwindCodeValid(Info, Code);
}
