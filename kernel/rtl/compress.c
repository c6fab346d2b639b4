// SPDX-License-Identifier: MIT
// RtlCompressBuffer, RtlDecompressBuffer and their relatives. The format is LZNT1; the Xpress
// formats are answered with STATUS_UNSUPPORTED_COMPRESSION. Owns no state; IRQL <= APC_LEVEL,
// because the buffers may be paged.
#include "rtlp.h"

#include <ntifs.h>

#include "exports.h"
#include "lznt1.h"

#define RTLP_FORMAT_MASK 0x00FFu
#define RTLP_ENGINE_MASK 0xFF00u

static NTSTATUS
RtlpCheckFormat(USHORT FormatAndEngine)
{
    switch (FormatAndEngine & RTLP_FORMAT_MASK)
    {
    case COMPRESSION_FORMAT_NONE:
    case COMPRESSION_FORMAT_DEFAULT:
        return STATUS_INVALID_PARAMETER;
    case COMPRESSION_FORMAT_LZNT1:
        return STATUS_SUCCESS;
    default:
        return STATUS_UNSUPPORTED_COMPRESSION;
    }
}

static NTSTATUS
RtlpCheckEngine(USHORT FormatAndEngine)
{
    const ULONG engine = FormatAndEngine & RTLP_ENGINE_MASK;

    if (engine != COMPRESSION_ENGINE_STANDARD && engine != COMPRESSION_ENGINE_MAXIMUM)
    {
        return STATUS_NOT_SUPPORTED;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlGetCompressionWorkSpaceSize(_In_ USHORT CompressionFormatAndEngine,
                               _Out_ PULONG CompressBufferWorkSpaceSize,
                               _Out_ PULONG CompressFragmentWorkSpaceSize)
{
    NTSTATUS status = RtlpCheckFormat(CompressionFormatAndEngine);

    if (NT_SUCCESS(status))
    {
        status = RtlpCheckEngine(CompressionFormatAndEngine);
    }
    if (NT_SUCCESS(status))
    {
        *CompressBufferWorkSpaceSize = sizeof(RTLP_LZNT1_WORKSPACE);
        *CompressFragmentWorkSpaceSize = RTLP_LZNT1_CHUNK;
    }
    return status;
}

static BOOLEAN
RtlpIsZero(const UCHAR *Buffer, ULONG Length)
{
    for (ULONG i = 0; i < Length; i++)
    {
        if (Buffer[i] != 0)
        {
            return FALSE;
        }
    }
    return TRUE;
}

DDI NTSTATUS
RtlCompressBuffer(_In_ USHORT CompressionFormatAndEngine,
                  _In_ PUCHAR UncompressedBuffer,
                  _In_ ULONG UncompressedBufferSize,
                  _Out_ PUCHAR CompressedBuffer,
                  _In_ ULONG CompressedBufferSize,
                  _In_ ULONG UncompressedChunkSize,
                  _Out_ PULONG FinalCompressedSize,
                  _In_ PVOID WorkSpace)
{
    const ULONG engine = CompressionFormatAndEngine & RTLP_ENGINE_MASK;
    NTSTATUS status = RtlpCheckFormat(CompressionFormatAndEngine);
    ULONG stored = 0;

    if (NT_SUCCESS(status))
    {
        status = RtlpCheckEngine(CompressionFormatAndEngine);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    // LZNT1 has one chunk size; the parameter tells how far a caller wants to read back alone.
    UNREFERENCED_PARAMETER(UncompressedChunkSize);
    for (ULONG taken = 0; taken < UncompressedBufferSize; taken += RTLP_LZNT1_CHUNK)
    {
        const ULONG left = UncompressedBufferSize - taken;
        const ULONG added =
            RtlpLznt1CompressChunk(WorkSpace, UncompressedBuffer + taken,
                                   left < RTLP_LZNT1_CHUNK ? left : RTLP_LZNT1_CHUNK,
                                   CompressedBuffer + stored, CompressedBufferSize - stored,
                                   engine == COMPRESSION_ENGINE_MAXIMUM ? RTLP_LZNT1_CHUNK : 16);

        if (added == 0)
        {
            return STATUS_BUFFER_TOO_SMALL;
        }
        stored += added;
    }
    *FinalCompressedSize = stored;
    return RtlpIsZero(UncompressedBuffer, UncompressedBufferSize) ? STATUS_BUFFER_ALL_ZEROS
                                                                  : STATUS_SUCCESS;
}

DDI NTSTATUS
RtlDecompressBuffer(_In_ USHORT CompressionFormat,
                    _Out_ PUCHAR UncompressedBuffer,
                    _In_ ULONG UncompressedBufferSize,
                    _In_ PUCHAR CompressedBuffer,
                    _In_ ULONG CompressedBufferSize,
                    _Out_ PULONG FinalUncompressedSize)
{
    const NTSTATUS status = RtlpCheckFormat(CompressionFormat);
    ULONG taken = 0;
    ULONG stored = 0;

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    while (stored < UncompressedBufferSize)
    {
        ULONG consumed;
        ULONG produced;

        if (!RtlpLznt1DecompressChunk(CompressedBuffer + taken, CompressedBufferSize - taken,
                                      &consumed, UncompressedBuffer + stored,
                                      UncompressedBufferSize - stored, &produced))
        {
            return STATUS_BAD_COMPRESSION_BUFFER;
        }
        if (consumed == 0)
        {
            break;
        }
        taken += consumed;
        stored += produced;
        // Only the last chunk may be short; in front of another one, zeros fill it up.
        if (produced < RTLP_LZNT1_CHUNK && CompressedBufferSize - taken >= sizeof(USHORT) &&
            (CompressedBuffer[taken] | CompressedBuffer[taken + 1]) != 0)
        {
            const ULONG gap = RTLP_LZNT1_CHUNK - produced;
            const ULONG left = UncompressedBufferSize - stored;

            __builtin_memset(UncompressedBuffer + stored, 0, gap < left ? gap : left);
            stored += gap < left ? gap : left;
        }
    }
    *FinalUncompressedSize = stored;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlDecompressBufferEx(_In_ USHORT CompressionFormat,
                      _Out_ PUCHAR UncompressedBuffer,
                      _In_ ULONG UncompressedBufferSize,
                      _In_ PUCHAR CompressedBuffer,
                      _In_ ULONG CompressedBufferSize,
                      _Out_ PULONG FinalUncompressedSize,
                      _In_opt_ PVOID WorkSpace)
{
    UNREFERENCED_PARAMETER(WorkSpace);
    return RtlDecompressBuffer(CompressionFormat, UncompressedBuffer, UncompressedBufferSize,
                               CompressedBuffer, CompressedBufferSize, FinalUncompressedSize);
}

DDI NTSTATUS
RtlDecompressBufferEx2(_In_ USHORT CompressionFormat,
                       _Out_ PUCHAR UncompressedBuffer,
                       _In_ ULONG UncompressedBufferSize,
                       _In_ PUCHAR CompressedBuffer,
                       _In_ ULONG CompressedBufferSize,
                       _In_ ULONG UncompressedChunkSize,
                       _Out_ PULONG FinalUncompressedSize,
                       _In_opt_ PVOID WorkSpace)
{
    UNREFERENCED_PARAMETER(UncompressedChunkSize);
    UNREFERENCED_PARAMETER(WorkSpace);
    return RtlDecompressBuffer(CompressionFormat, UncompressedBuffer, UncompressedBufferSize,
                               CompressedBuffer, CompressedBufferSize, FinalUncompressedSize);
}

// WorkSpace holds the chunk that the fragment begins or ends in.
DDI NTSTATUS
RtlDecompressFragment(_In_ USHORT CompressionFormat,
                      _Out_ PUCHAR UncompressedFragment,
                      _In_ ULONG UncompressedFragmentSize,
                      _In_ PUCHAR CompressedBuffer,
                      _In_ ULONG CompressedBufferSize,
                      _In_ ULONG FragmentOffset,
                      _Out_ PULONG FinalUncompressedSize,
                      _In_ PVOID WorkSpace)
{
    ULONG taken = 0;
    ULONG stored = 0;

    if ((CompressionFormat & RTLP_FORMAT_MASK) != COMPRESSION_FORMAT_LZNT1)
    {
        return STATUS_UNSUPPORTED_COMPRESSION;
    }
    while (stored < UncompressedFragmentSize)
    {
        ULONG consumed;
        ULONG produced;
        ULONG part;

        if (!RtlpLznt1DecompressChunk(CompressedBuffer + taken, CompressedBufferSize - taken,
                                      &consumed, WorkSpace, RTLP_LZNT1_CHUNK, &produced))
        {
            return STATUS_BAD_COMPRESSION_BUFFER;
        }
        if (consumed == 0)
        {
            break;
        }
        taken += consumed;
        if (FragmentOffset >= RTLP_LZNT1_CHUNK)
        {
            FragmentOffset -= RTLP_LZNT1_CHUNK;
            continue;
        }
        part = produced > FragmentOffset ? produced - FragmentOffset : 0;
        if (part > UncompressedFragmentSize - stored)
        {
            part = UncompressedFragmentSize - stored;
        }
        __builtin_memcpy(UncompressedFragment + stored, (PUCHAR)WorkSpace + FragmentOffset, part);
        stored += part;
        FragmentOffset = 0;
    }
    *FinalUncompressedSize = stored;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlDecompressFragmentEx(_In_ USHORT CompressionFormat,
                        _Out_ PUCHAR UncompressedFragment,
                        _In_ ULONG UncompressedFragmentSize,
                        _In_ PUCHAR CompressedBuffer,
                        _In_ ULONG CompressedBufferSize,
                        _In_ ULONG FragmentOffset,
                        _In_ ULONG UncompressedChunkSize,
                        _Out_ PULONG FinalUncompressedSize,
                        _In_ PVOID WorkSpace)
{
    UNREFERENCED_PARAMETER(UncompressedChunkSize);
    return RtlDecompressFragment(CompressionFormat, UncompressedFragment, UncompressedFragmentSize,
                                 CompressedBuffer, CompressedBufferSize, FragmentOffset,
                                 FinalUncompressedSize, WorkSpace);
}
