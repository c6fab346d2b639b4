// SPDX-License-Identifier: MIT
// Headers of PE images, for drivers that look into their own or another image. No page describes
// these exports; the format is Microsoft's public one. Owns no state; any IRQL with resident
// images.
#include "rtlp.h"

#include "exports.h"

#define RTLP_DOS_SIGNATURE   0x5A4Du     // 'MZ'
#define RTLP_NT_SIGNATURE    0x00004550u // 'PE'
#define RTLP_NEW_HEADER      0x3Cu       // in the DOS header
#define RTLP_LARGEST_OFFSET  0x10000000u
#define RTLP_OPTIONAL_HEADER 24u // behind the signature and the file header
#define RTLP_MAGIC_64        0x20Bu
#define RTLP_MAGIC_32        0x10Bu

static ULONG
RtlpRead32(const UCHAR *Address)
{
    ULONG value;

    __builtin_memcpy(&value, Address, sizeof(value));
    return value;
}

static USHORT
RtlpRead16(const UCHAR *Address)
{
    USHORT value;

    __builtin_memcpy(&value, Address, sizeof(value));
    return value;
}

DDI PVOID
RtlImageNtHeader(_In_ PVOID Base)
{
    const UCHAR *base = Base;
    ULONG offset;

    if (Base == NULL || Base == (PVOID)(LONG_PTR)-1 || RtlpRead16(base) != RTLP_DOS_SIGNATURE)
    {
        return NULL;
    }
    offset = RtlpRead32(base + RTLP_NEW_HEADER);
    if (offset >= RTLP_LARGEST_OFFSET || RtlpRead32(base + offset) != RTLP_NT_SIGNATURE)
    {
        return NULL;
    }
    return (PVOID)(ULONG_PTR)(base + offset);
}

// The address of an RVA in an image that is laid out as in its file.
static PVOID
RtlpFileAddress(const UCHAR *Base, const UCHAR *NtHeader, ULONG Rva)
{
    const ULONG count = RtlpRead16(NtHeader + 6);
    const UCHAR *section = NtHeader + RTLP_OPTIONAL_HEADER + RtlpRead16(NtHeader + 20);

    for (ULONG i = 0; i < count; i++, section += 40)
    {
        const ULONG start = RtlpRead32(section + 12);
        const ULONG size = RtlpRead32(section + 16);

        if (Rva >= start && Rva - start < size)
        {
            return (PVOID)(ULONG_PTR)(Base + RtlpRead32(section + 20) + (Rva - start));
        }
    }
    return NULL;
}

DDI PVOID
RtlImageDirectoryEntryToData(_In_ PVOID Base,
                             _In_ BOOLEAN MappedAsImage,
                             _In_ USHORT DirectoryEntry,
                             _Out_ PULONG Size)
{
    const ULONG_PTR tag = (ULONG_PTR)Base & 3;
    const UCHAR *base = (const UCHAR *)((ULONG_PTR)Base & ~(ULONG_PTR)3);
    const UCHAR *header = RtlImageNtHeader((PVOID)(ULONG_PTR)base);
    const UCHAR *optional;
    ULONG directories;
    ULONG rva;

    // The low bit of a module handle says that the file is mapped as data.
    if ((tag & 1) != 0)
    {
        MappedAsImage = FALSE;
    }
    if (header == NULL)
    {
        return NULL;
    }
    optional = header + RTLP_OPTIONAL_HEADER;
    switch (RtlpRead16(optional))
    {
    case RTLP_MAGIC_64:
        directories = 108;
        break;
    case RTLP_MAGIC_32:
        directories = 92;
        break;
    default:
        return NULL;
    }
    if (DirectoryEntry >= RtlpRead32(optional + directories))
    {
        return NULL;
    }
    rva = RtlpRead32(optional + directories + 4 + DirectoryEntry * 8u);
    if (rva == 0)
    {
        return NULL;
    }
    *Size = RtlpRead32(optional + directories + 8 + DirectoryEntry * 8u);
    // The headers, up to SizeOfHeaders, lie alike in both layouts.
    if (MappedAsImage || rva < RtlpRead32(optional + 60))
    {
        return (PVOID)(ULONG_PTR)(base + rva);
    }
    return RtlpFileAddress(base, header, rva);
}
