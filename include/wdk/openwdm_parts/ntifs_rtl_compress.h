// SPDX-License-Identifier: MIT
// Owns compression of buffers as ntifs.h declares it.
#ifndef OPENWDM_NTIFS_RTL_COMPRESS_H
#define OPENWDM_NTIFS_RTL_COMPRESS_H

#include <wdm.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define COMPRESSION_FORMAT_NONE        (0x0000)
#define COMPRESSION_FORMAT_DEFAULT     (0x0001)
#define COMPRESSION_FORMAT_LZNT1       (0x0002)
#define COMPRESSION_FORMAT_XPRESS      (0x0003)
#define COMPRESSION_FORMAT_XPRESS_HUFF (0x0004)
#define COMPRESSION_ENGINE_STANDARD    (0x0000)
#define COMPRESSION_ENGINE_MAXIMUM     (0x0100)
#define COMPRESSION_ENGINE_HIBER       (0x0200)

    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI
    RtlGetCompressionWorkSpaceSize(_In_ USHORT CompressionFormatAndEngine,
                                   _Out_ PULONG CompressBufferWorkSpaceSize,
                                   _Out_ PULONG CompressFragmentWorkSpaceSize);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlCompressBuffer(_In_ USHORT CompressionFormatAndEngine,
                                              _In_ PUCHAR UncompressedBuffer,
                                              _In_ ULONG UncompressedBufferSize,
                                              _Out_ PUCHAR CompressedBuffer,
                                              _In_ ULONG CompressedBufferSize,
                                              _In_ ULONG UncompressedChunkSize,
                                              _Out_ PULONG FinalCompressedSize,
                                              _In_ PVOID WorkSpace);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDecompressBuffer(_In_ USHORT CompressionFormat,
                                                _Out_ PUCHAR UncompressedBuffer,
                                                _In_ ULONG UncompressedBufferSize,
                                                _In_ PUCHAR CompressedBuffer,
                                                _In_ ULONG CompressedBufferSize,
                                                _Out_ PULONG FinalUncompressedSize);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDecompressBufferEx(_In_ USHORT CompressionFormat,
                                                  _Out_ PUCHAR UncompressedBuffer,
                                                  _In_ ULONG UncompressedBufferSize,
                                                  _In_ PUCHAR CompressedBuffer,
                                                  _In_ ULONG CompressedBufferSize,
                                                  _Out_ PULONG FinalUncompressedSize,
                                                  _In_opt_ PVOID WorkSpace);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDecompressBufferEx2(_In_ USHORT CompressionFormat,
                                                   _Out_ PUCHAR UncompressedBuffer,
                                                   _In_ ULONG UncompressedBufferSize,
                                                   _In_ PUCHAR CompressedBuffer,
                                                   _In_ ULONG CompressedBufferSize,
                                                   _In_ ULONG UncompressedChunkSize,
                                                   _Out_ PULONG FinalUncompressedSize,
                                                   _In_opt_ PVOID WorkSpace);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDecompressFragment(_In_ USHORT CompressionFormat,
                                                  _Out_ PUCHAR UncompressedFragment,
                                                  _In_ ULONG UncompressedFragmentSize,
                                                  _In_ PUCHAR CompressedBuffer,
                                                  _In_ ULONG CompressedBufferSize,
                                                  _In_ ULONG FragmentOffset,
                                                  _Out_ PULONG FinalUncompressedSize,
                                                  _In_ PVOID WorkSpace);
    _IRQL_requires_max_(APC_LEVEL)
    NTSYSAPI NTSTATUS NTAPI RtlDecompressFragmentEx(_In_ USHORT CompressionFormat,
                                                    _Out_ PUCHAR UncompressedFragment,
                                                    _In_ ULONG UncompressedFragmentSize,
                                                    _In_ PUCHAR CompressedBuffer,
                                                    _In_ ULONG CompressedBufferSize,
                                                    _In_ ULONG FragmentOffset,
                                                    _In_ ULONG UncompressedChunkSize,
                                                    _Out_ PULONG FinalUncompressedSize,
                                                    _In_ PVOID WorkSpace);

#ifdef __cplusplus
}
#endif

#endif
