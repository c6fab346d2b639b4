// SPDX-License-Identifier: MIT
// Private to the run-time library: one chunk of the LZNT1 format, which [MS-XCA] describes.
#ifndef RTL_LZNT1_H
#define RTL_LZNT1_H

#include <wdm.h>

#define RTLP_LZNT1_CHUNK 4096u

// Scratch memory of compression: chains of positions that start with the same three bytes.
typedef struct _RTLP_LZNT1_WORKSPACE
{
    USHORT Heads[4096]; // position + 1
    USHORT Previous[RTLP_LZNT1_CHUNK];
} RTLP_LZNT1_WORKSPACE;

// Compresses at most one chunk, header included; stores it raw when that is shorter. Returns the
// bytes stored, 0 when Capacity does not suffice. MaximumTries bounds the search for matches.
ULONG
RtlpLznt1CompressChunk(RTLP_LZNT1_WORKSPACE *WorkSpace,
                       const UCHAR *Source,
                       ULONG Length,
                       PUCHAR Target,
                       ULONG Capacity,
                       ULONG MaximumTries);

// Decompresses the chunk at Source. *Consumed receives its size with the header, 0 at the end of
// the data; *Produced the bytes stored. FALSE: malformed. A chunk longer than Capacity is cut.
BOOLEAN
RtlpLznt1DecompressChunk(const UCHAR *Source,
                         ULONG Left,
                         PULONG Consumed,
                         PUCHAR Target,
                         ULONG Capacity,
                         PULONG Produced);

#endif
