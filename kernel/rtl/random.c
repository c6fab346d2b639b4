// SPDX-License-Identifier: MIT
// Pseudo-random numbers and check sums. Owns the mixing table of RtlRandom, which starts from a
// constant, so that a machine booted twice draws the same numbers. Any IRQL here.
#include "rtlp.h"

#include "exports.h"

#define RTLP_RANDOM_MODULUS 0x7FFFFFFFu
#define RTLP_RANDOM_TABLE   128u

static ULONG RtlpRandomTable[RTLP_RANDOM_TABLE];
static ULONG RtlpRandomLast;

// Lehmer's generator, as documented for RtlUniform: results lie in [0, MAXLONG - 1].
static ULONG
RtlpUniform(PULONG Seed)
{
    *Seed = (ULONG)(((ULONG64)*Seed * 0x7FFFFFEDu + 0x7FFFFFC3u) % RTLP_RANDOM_MODULUS);
    return *Seed;
}

static VOID
RtlpFillRandomTable(VOID)
{
    ULONG seed = 0x2545F491;

    for (ULONG i = 0; i < RTLP_RANDOM_TABLE; i++)
    {
        RtlpRandomTable[i] = RtlpUniform(&seed);
    }
    RtlpRandomLast = RtlpUniform(&seed);
}

// A number drawn from Seed picks the place whose old content is the result, which breaks up the
// correlation between successive numbers of the generator.
DDI ULONG
RtlRandom(_Inout_ PULONG Seed)
{
    ULONG fresh;
    ULONG place;
    ULONG result;

    if (RtlpRandomLast == 0)
    {
        RtlpFillRandomTable();
    }
    fresh = RtlpUniform(Seed);
    place = RtlpUniform(Seed) % RTLP_RANDOM_TABLE;
    result = RtlpRandomTable[place];
    RtlpRandomTable[place] = fresh;
    return result;
}

DDI ULONG
RtlRandomEx(_Inout_ PULONG Seed)
{
    ULONG place;
    ULONG result;

    if (RtlpRandomLast == 0)
    {
        RtlpFillRandomTable();
    }
    place = RtlpRandomLast % RTLP_RANDOM_TABLE;
    result = RtlpRandomTable[place];
    RtlpRandomTable[place] = RtlpUniform(Seed);
    // 0 marks the table as not yet filled.
    RtlpRandomLast = result == 0 ? 1 : result;
    return result;
}

// CRC-32 of ISO 3309, bit by bit: a table would cost more cache than these calls are worth.
DDI ULONG
RtlComputeCrc32(_In_ ULONG PartialCrc,
                _In_reads_bytes_(Length) const VOID *Buffer,
                _In_ ULONG Length)
{
    const UCHAR *at = Buffer;
    ULONG crc = ~PartialCrc;

    for (; Length > 0; Length--, at++)
    {
        crc ^= *at;
        for (ULONG bit = 0; bit < 8; bit++)
        {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
        }
    }
    return ~crc;
}
