// SPDX-License-Identifier: MIT
// One chunk of the LZNT1 format as [MS-XCA] describes it: a two-byte header, then groups of a flag
// byte and eight elements, each a literal byte or a two-byte reference to earlier text of the
// chunk. The further into the chunk, the more bits of a reference tell the distance and the fewer
// the length. Owns no state; works at any IRQL with resident buffers.
#include "lznt1.h"

#include "rtlp.h"

#define RTLP_LZNT1_SIGNATURE  0x3000u
#define RTLP_LZNT1_COMPRESSED 0x8000u
#define RTLP_LZNT1_MINIMUM    3u

// How many bits of a reference at Position are its length.
static ULONG
RtlpLengthBits(ULONG Position)
{
    ULONG distanceBits = 4;

    while (distanceBits < 12 && (1u << distanceBits) < Position)
    {
        distanceBits += 1;
    }
    return 16 - distanceBits;
}

static ULONG
RtlpHashOf(const UCHAR *Text)
{
    const ULONG word = Text[0] | (ULONG)Text[1] << 8 | (ULONG)Text[2] << 16;

    return word * 0x9E3779B1u >> 20;
}

// The longest match of the text at Position; 0 when there is none worth a reference.
static ULONG
RtlpLongestMatch(const RTLP_LZNT1_WORKSPACE *WorkSpace,
                 const UCHAR *Source,
                 ULONG Position,
                 ULONG Limit,
                 ULONG Tries,
                 PULONG Distance)
{
    ULONG best = 0;

    for (ULONG next = WorkSpace->Heads[RtlpHashOf(Source + Position)]; next != 0 && Tries != 0;
         next = WorkSpace->Previous[next - 1], Tries--)
    {
        const ULONG candidate = next - 1;
        ULONG length = 0;

        while (length < Limit && Source[candidate + length] == Source[Position + length])
        {
            length += 1;
        }
        if (length > best)
        {
            best = length;
            *Distance = Position - candidate;
        }
    }
    return best >= RTLP_LZNT1_MINIMUM ? best : 0;
}

static VOID
RtlpRemember(RTLP_LZNT1_WORKSPACE *WorkSpace, const UCHAR *Source, ULONG Position, ULONG Length)
{
    if (Position + RTLP_LZNT1_MINIMUM <= Length)
    {
        USHORT *const head = &WorkSpace->Heads[RtlpHashOf(Source + Position)];

        WorkSpace->Previous[Position] = *head;
        *head = (USHORT)(Position + 1);
    }
}

// The groups of a chunk; 0 when they would take more than Capacity.
static ULONG
RtlpCompressGroups(RTLP_LZNT1_WORKSPACE *WorkSpace,
                   const UCHAR *Source,
                   ULONG Length,
                   PUCHAR Target,
                   ULONG Capacity,
                   ULONG MaximumTries)
{
    ULONG position = 0;
    ULONG stored = 0;
    ULONG flagAt = 0;
    ULONG element = 8;

    while (position < Length)
    {
        const ULONG lengthBits = RtlpLengthBits(position);
        const ULONG longest = (1u << lengthBits) - 1 + RTLP_LZNT1_MINIMUM;
        const ULONG left = Length - position;
        ULONG distance = 0;
        ULONG match = 0;

        if (stored + 3 > Capacity)
        {
            return 0;
        }
        if (element == 8)
        {
            flagAt = stored++;
            Target[flagAt] = 0;
            element = 0;
        }
        if (left >= RTLP_LZNT1_MINIMUM)
        {
            match = RtlpLongestMatch(WorkSpace, Source, position, left < longest ? left : longest,
                                     MaximumTries, &distance);
        }
        if (match == 0)
        {
            Target[stored++] = Source[position];
            match = 1;
        }
        else
        {
            const ULONG token = (distance - 1) << lengthBits | (match - RTLP_LZNT1_MINIMUM);

            Target[flagAt] |= (UCHAR)(1u << element);
            Target[stored++] = (UCHAR)token;
            Target[stored++] = (UCHAR)(token >> 8);
        }
        element += 1;
        for (; match != 0; match--)
        {
            RtlpRemember(WorkSpace, Source, position++, Length);
        }
    }
    return stored;
}

ULONG
RtlpLznt1CompressChunk(RTLP_LZNT1_WORKSPACE *WorkSpace,
                       const UCHAR *Source,
                       ULONG Length,
                       PUCHAR Target,
                       ULONG Capacity,
                       ULONG MaximumTries)
{
    ULONG room;
    ULONG stored;
    ULONG header = RTLP_LZNT1_SIGNATURE | RTLP_LZNT1_COMPRESSED;

    if (Capacity < sizeof(USHORT))
    {
        return 0;
    }
    __builtin_memset(WorkSpace->Heads, 0, sizeof(WorkSpace->Heads));
    room = Capacity - (ULONG)sizeof(USHORT);
    // A chunk that does not get shorter is stored as it is; its groups may end earlier than that.
    stored = RtlpCompressGroups(WorkSpace, Source, Length, Target + sizeof(USHORT),
                                room < Length ? room : Length, MaximumTries);
    if (stored == 0)
    {
        if (room < Length)
        {
            return 0;
        }
        __builtin_memcpy(Target + sizeof(USHORT), Source, Length);
        stored = Length;
        header = RTLP_LZNT1_SIGNATURE;
    }
    header |= stored - 1; // the size with its header, less three
    Target[0] = (UCHAR)header;
    Target[1] = (UCHAR)(header >> 8);
    return stored + (ULONG)sizeof(USHORT);
}

static BOOLEAN
RtlpExpandGroups(const UCHAR *Source, ULONG Size, PUCHAR Target, ULONG Capacity, PULONG Produced)
{
    ULONG position = 0;
    ULONG taken = 0;

    while (taken < Size && position < Capacity)
    {
        const UCHAR flags = Source[taken++];

        for (ULONG i = 0; i < 8 && taken < Size && position < Capacity; i++)
        {
            ULONG token;
            ULONG length;
            ULONG distance;

            if ((flags & 1u << i) == 0)
            {
                Target[position++] = Source[taken++];
                continue;
            }
            if (taken + 1 >= Size)
            {
                return FALSE;
            }
            token = Source[taken] | (ULONG)Source[taken + 1] << 8;
            taken += 2;
            length = (token & ((1u << RtlpLengthBits(position)) - 1)) + RTLP_LZNT1_MINIMUM;
            distance = (token >> RtlpLengthBits(position)) + 1;
            if (distance > position)
            {
                return FALSE;
            }
            // Byte by byte: a reference may overlap what it produces.
            for (; length != 0 && position < Capacity; length--, position++)
            {
                Target[position] = Target[position - distance];
            }
        }
    }
    *Produced = position;
    return TRUE;
}

BOOLEAN
RtlpLznt1DecompressChunk(const UCHAR *Source,
                         ULONG Left,
                         PULONG Consumed,
                         PUCHAR Target,
                         ULONG Capacity,
                         PULONG Produced)
{
    ULONG header;
    ULONG size;

    *Consumed = 0;
    *Produced = 0;
    // A zero header, or no room for one, ends the data.
    if (Left < sizeof(USHORT) || (Source[0] == 0 && Source[1] == 0))
    {
        return TRUE;
    }
    header = Source[0] | (ULONG)Source[1] << 8;
    size = (header & 0xFFF) + 1;
    if ((header & 0x7000) != RTLP_LZNT1_SIGNATURE || size > Left - sizeof(USHORT))
    {
        return FALSE;
    }
    *Consumed = size + (ULONG)sizeof(USHORT);
    Capacity = Capacity < RTLP_LZNT1_CHUNK ? Capacity : RTLP_LZNT1_CHUNK;
    if ((header & RTLP_LZNT1_COMPRESSED) != 0)
    {
        return RtlpExpandGroups(Source + sizeof(USHORT), size, Target, Capacity, Produced);
    }
    *Produced = size < Capacity ? size : Capacity;
    __builtin_memcpy(Target, Source + sizeof(USHORT), *Produced);
    return TRUE;
}
