/* SPDX-License-Identifier: MIT */
/*
 * Extended attribute lists, as NtCreateFile takes them. No lock, no state. IRQL: APC_LEVEL at most,
 * because the caller's buffer may be paged.
 */
#include "iop.h"

#include "ntifs.h"

/* NF:ntifs.IoCheckEaBufferValidity: each entry lies in the buffer, its name ends with a zero where
 * its length says, and all but the last lead to another one on a ULONG boundary. */
DDI NTSTATUS NTAPI
IoCheckEaBufferValidity(_In_ PFILE_FULL_EA_INFORMATION EaBuffer,
                        _In_ ULONG EaLength,
                        _Out_ PULONG ErrorOffset)
{
    const ULONG header = FIELD_OFFSET(FILE_FULL_EA_INFORMATION, EaName);
    ULONG offset = 0;
    while ((LONG)EaLength >= 0 && EaLength - offset >= header)
    {
        const FILE_FULL_EA_INFORMATION *entry =
            (const FILE_FULL_EA_INFORMATION *)((const UCHAR *)EaBuffer + offset);
        ULONG size = header + entry->EaNameLength + 1u + entry->EaValueLength;
        ULONG next = entry->NextEntryOffset;
        if (size > EaLength - offset || entry->EaName[entry->EaNameLength] != 0)
        {
            break;
        }
        if (next == 0)
        {
            return STATUS_SUCCESS;
        }
        if ((next & (sizeof(ULONG) - 1)) != 0 || next < size || next > EaLength - offset)
        {
            break;
        }
        offset += next;
    }
    *ErrorOffset = offset;
    return STATUS_EA_LIST_INCONSISTENT;
}
