// SPDX-License-Identifier: MIT
// Bit maps: RTL_BITMAP describes the caller's buffer of ULONGs, bit 0 of the first being bit 0.
// Owns no state; any IRQL with resident memory. Bits beyond SizeOfBitMap are never read or written.
#include "rtlp.h"

#include "exports.h"

#define RTLP_NO_BIT 0xFFFFFFFFu

static BOOLEAN
RtlpBit(const RTL_BITMAP *BitMap, ULONG Index)
{
    return (BitMap->Buffer[Index / 32] >> (Index % 32) & 1) != 0;
}

// The first index in [From, SizeOfBitMap) whose bit is Value, or SizeOfBitMap. Whole words of the
// other value are skipped.
static ULONG
RtlpNextBit(const RTL_BITMAP *BitMap, ULONG From, BOOLEAN Value)
{
    ULONG index = From;

    while (index < BitMap->SizeOfBitMap)
    {
        ULONG word = BitMap->Buffer[index / 32];

        word = (Value ? word : ~word) >> (index % 32);
        if (word != 0)
        {
            index += (ULONG)__builtin_ctz(word);
            return index < BitMap->SizeOfBitMap ? index : BitMap->SizeOfBitMap;
        }
        index = index / 32 * 32 + 32;
    }
    return BitMap->SizeOfBitMap;
}

static VOID
RtlpAssignBits(PRTL_BITMAP BitMap, ULONG Start, ULONG Count, BOOLEAN Value)
{
    ULONG index = Start;

    while (Count != 0)
    {
        const ULONG shift = index % 32;
        const ULONG part = Count < 32 - shift ? Count : 32 - shift;
        const ULONG mask = (part == 32 ? MAXULONG : (1u << part) - 1) << shift;

        if (Value)
        {
            BitMap->Buffer[index / 32] |= mask;
        }
        else
        {
            BitMap->Buffer[index / 32] &= ~mask;
        }
        index += part;
        Count -= part;
    }
}

DDI VOID
RtlInitializeBitMap(_Out_ PRTL_BITMAP BitMapHeader,
                    _In_opt_ PULONG BitMapBuffer,
                    _In_opt_ ULONG SizeOfBitMap)
{
    BitMapHeader->SizeOfBitMap = SizeOfBitMap;
    BitMapHeader->Buffer = BitMapBuffer;
}

DDI VOID
RtlSetBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] |= 1u << BitNumber % 32;
}

DDI VOID
RtlClearBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber)
{
    BitMapHeader->Buffer[BitNumber / 32] &= ~(1u << BitNumber % 32);
}

DDI BOOLEAN
RtlTestBit(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG BitNumber)
{
    return RtlpBit(BitMapHeader, BitNumber);
}

DDI VOID
RtlSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToSet)
{
    RtlpAssignBits(BitMapHeader, StartingIndex, NumberToSet, TRUE);
}

DDI VOID
RtlClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG NumberToClear)
{
    RtlpAssignBits(BitMapHeader, StartingIndex, NumberToClear, FALSE);
}

DDI VOID
RtlSetAllBits(_In_ PRTL_BITMAP BitMapHeader)
{
    RtlpAssignBits(BitMapHeader, 0, BitMapHeader->SizeOfBitMap, TRUE);
}

DDI VOID
RtlClearAllBits(_In_ PRTL_BITMAP BitMapHeader)
{
    RtlpAssignBits(BitMapHeader, 0, BitMapHeader->SizeOfBitMap, FALSE);
}

// ---- questions --------------------------------------------------------------------------------

static BOOLEAN
RtlpAreBits(const RTL_BITMAP *BitMap, ULONG Start, ULONG Length, BOOLEAN Value)
{
    if (Length == 0 || Start > BitMap->SizeOfBitMap || Length > BitMap->SizeOfBitMap - Start)
    {
        return FALSE;
    }
    return RtlpNextBit(BitMap, Start, !Value) >= Start + Length;
}

DDI BOOLEAN
RtlAreBitsSet(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length)
{
    return RtlpAreBits(BitMapHeader, StartingIndex, Length, TRUE);
}

DDI BOOLEAN
RtlAreBitsClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG StartingIndex, _In_ ULONG Length)
{
    return RtlpAreBits(BitMapHeader, StartingIndex, Length, FALSE);
}

static ULONG
RtlpCountSet(const RTL_BITMAP *BitMap)
{
    const ULONG rest = BitMap->SizeOfBitMap % 32;
    ULONG count = 0;

    for (ULONG i = 0; i < BitMap->SizeOfBitMap / 32; i++)
    {
        count += (ULONG)__builtin_popcount(BitMap->Buffer[i]);
    }
    if (rest != 0)
    {
        const ULONG word = BitMap->Buffer[BitMap->SizeOfBitMap / 32];

        count += (ULONG)__builtin_popcount(word & ((1u << rest) - 1));
    }
    return count;
}

DDI ULONG
RtlNumberOfSetBits(_In_ PRTL_BITMAP BitMapHeader)
{
    return RtlpCountSet(BitMapHeader);
}

DDI ULONG
RtlNumberOfClearBits(_In_ PRTL_BITMAP BitMapHeader)
{
    return BitMapHeader->SizeOfBitMap - RtlpCountSet(BitMapHeader);
}

DDI ULONG
RtlNumberOfSetBitsUlongPtr(_In_ ULONG_PTR Target)
{
    return (ULONG)__builtin_popcountll(Target);
}

DDI CCHAR
RtlFindLeastSignificantBit(_In_ ULONGLONG Set)
{
    return (CCHAR)(Set == 0 ? -1 : __builtin_ctzll(Set));
}

DDI CCHAR
RtlFindMostSignificantBit(_In_ ULONGLONG Set)
{
    return (CCHAR)(Set == 0 ? -1 : 63 - __builtin_clzll(Set));
}

// ---- ranges of a given size -------------------------------------------------------------------

// A range of Count bits of Value that starts in [From, Limit); it may reach beyond Limit.
static ULONG
RtlpFindRange(const RTL_BITMAP *BitMap, ULONG From, ULONG Limit, ULONG Count, BOOLEAN Value)
{
    ULONG start = RtlpNextBit(BitMap, From, Value);

    while (start < Limit && start < BitMap->SizeOfBitMap)
    {
        const ULONG end = RtlpNextBit(BitMap, start, !Value);

        if (end - start >= Count)
        {
            return start;
        }
        start = RtlpNextBit(BitMap, end, Value);
    }
    return RTLP_NO_BIT;
}

// From the hint to the end, then from the beginning back to the hint (NF:wdm.RtlFindClearBits). A
// hint outside of the map counts as 0; an empty request is satisfied at the hint's byte.
static ULONG
RtlpFindBits(const RTL_BITMAP *BitMap, ULONG Count, ULONG Hint, BOOLEAN Value)
{
    ULONG found;

    if (Hint >= BitMap->SizeOfBitMap)
    {
        Hint = 0;
    }
    if (Count > BitMap->SizeOfBitMap)
    {
        return RTLP_NO_BIT;
    }
    if (Count == 0)
    {
        return Hint & ~7u;
    }
    found = RtlpFindRange(BitMap, Hint, BitMap->SizeOfBitMap, Count, Value);
    if (found == RTLP_NO_BIT && Hint != 0)
    {
        found = RtlpFindRange(BitMap, 0, Hint, Count, Value);
    }
    return found;
}

DDI ULONG
RtlFindClearBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex)
{
    return RtlpFindBits(BitMapHeader, NumberToFind, HintIndex, FALSE);
}

DDI ULONG
RtlFindSetBits(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex)
{
    return RtlpFindBits(BitMapHeader, NumberToFind, HintIndex, TRUE);
}

DDI ULONG
RtlFindClearBitsAndSet(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex)
{
    const ULONG found = RtlpFindBits(BitMapHeader, NumberToFind, HintIndex, FALSE);

    if (found != RTLP_NO_BIT)
    {
        RtlpAssignBits(BitMapHeader, found, NumberToFind, TRUE);
    }
    return found;
}

DDI ULONG
RtlFindSetBitsAndClear(_In_ PRTL_BITMAP BitMapHeader, _In_ ULONG NumberToFind, _In_ ULONG HintIndex)
{
    const ULONG found = RtlpFindBits(BitMapHeader, NumberToFind, HintIndex, TRUE);

    if (found != RTLP_NO_BIT)
    {
        RtlpAssignBits(BitMapHeader, found, NumberToFind, FALSE);
    }
    return found;
}

// ---- runs of clear bits -----------------------------------------------------------------------

DDI ULONG
RtlFindNextForwardRunClear(_In_ PRTL_BITMAP BitMapHeader,
                           _In_ ULONG FromIndex,
                           _Out_ PULONG StartingRunIndex)
{
    const ULONG start = RtlpNextBit(BitMapHeader, FromIndex, FALSE);

    *StartingRunIndex = start;
    if (start >= BitMapHeader->SizeOfBitMap)
    {
        return 0;
    }
    return RtlpNextBit(BitMapHeader, start, TRUE) - start;
}

DDI ULONG
RtlFindFirstRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex)
{
    return RtlFindNextForwardRunClear(BitMapHeader, 0, StartingIndex);
}

// The run that ends at FromIndex, or else the nearest one below it.
DDI ULONG
RtlFindLastBackwardRunClear(_In_ PRTL_BITMAP BitMapHeader,
                            _In_ ULONG FromIndex,
                            _Out_ PULONG StartingRunIndex)
{
    ULONG end = FromIndex + 1;
    ULONG start;

    if (FromIndex >= BitMapHeader->SizeOfBitMap)
    {
        end = BitMapHeader->SizeOfBitMap;
    }
    while (end != 0 && RtlpBit(BitMapHeader, end - 1))
    {
        end -= 1;
    }
    start = end;
    while (start != 0 && !RtlpBit(BitMapHeader, start - 1))
    {
        start -= 1;
    }
    *StartingRunIndex = start;
    return end - start;
}

// Keeps the Size longest runs, longest first; runs of equal length in order of appearance.
static ULONG
RtlpKeepRun(PRTL_BITMAP_RUN Runs, ULONG Count, ULONG Size, RTL_BITMAP_RUN Run)
{
    ULONG at = Count;

    if (Count == Size)
    {
        if (Runs[Size - 1].NumberOfBits >= Run.NumberOfBits)
        {
            return Count;
        }
        at = Size - 1;
    }
    for (; at > 0 && Runs[at - 1].NumberOfBits < Run.NumberOfBits; at--)
    {
        Runs[at] = Runs[at - 1];
    }
    Runs[at] = Run;
    return Count < Size ? Count + 1 : Size;
}

DDI ULONG
RtlFindClearRuns(_In_ PRTL_BITMAP BitMapHeader,
                 _Out_writes_to_(SizeOfRunArray, return) PRTL_BITMAP_RUN RunArray,
                 _In_ ULONG SizeOfRunArray,
                 _In_ BOOLEAN LocateLongestRuns)
{
    RTL_BITMAP_RUN run = {0};
    ULONG count = 0;

    while (SizeOfRunArray != 0)
    {
        run.NumberOfBits = RtlFindNextForwardRunClear(
            BitMapHeader, run.StartingIndex + run.NumberOfBits, &run.StartingIndex);
        if (run.NumberOfBits == 0)
        {
            break;
        }
        if (LocateLongestRuns)
        {
            count = RtlpKeepRun(RunArray, count, SizeOfRunArray, run);
        }
        else
        {
            RunArray[count] = run;
            count += 1;
            if (count == SizeOfRunArray)
            {
                break;
            }
        }
    }
    return count;
}

DDI ULONG
RtlFindLongestRunClear(_In_ PRTL_BITMAP BitMapHeader, _Out_ PULONG StartingIndex)
{
    RTL_BITMAP_RUN longest = {0};

    (void)RtlFindClearRuns(BitMapHeader, &longest, 1, TRUE);
    *StartingIndex = longest.StartingIndex;
    return longest.NumberOfBits;
}
