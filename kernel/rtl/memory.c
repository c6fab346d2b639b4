// SPDX-License-Identifier: MIT
// Blocks of memory. Owns no state; any IRQL with resident blocks.
#include "rtlp.h"

// These names are macros over memcpy and the like in wdm.h; ntoskrnl.exe exports them as functions
// as well, for binaries that import them.
#undef RtlCopyMemory
#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory
#undef RtlEqualMemory
#undef RtlSecureZeroMemory
#undef RtlCopyMemoryNonTemporal
#undef RtlPrefetchMemoryNonTemporal

#include "exports.h"

DDI VOID
RtlCopyMemory(_Out_writes_bytes_(Length) VOID *Destination,
              _In_reads_bytes_(Length) const VOID *Source,
              _In_ SIZE_T Length)
{
    __builtin_memmove(Destination, Source, Length);
}

DDI VOID
RtlMoveMemory(_Out_writes_bytes_(Length) VOID *Destination,
              _In_reads_bytes_(Length) const VOID *Source,
              _In_ SIZE_T Length)
{
    __builtin_memmove(Destination, Source, Length);
}

DDI VOID
RtlFillMemory(_Out_writes_bytes_(Length) VOID *Destination, _In_ SIZE_T Length, _In_ UCHAR Fill)
{
    __builtin_memset(Destination, Fill, Length);
}

DDI VOID
RtlZeroMemory(_Out_writes_bytes_(Length) VOID *Destination, _In_ SIZE_T Length)
{
    __builtin_memset(Destination, 0, Length);
}

// The caches of the host are none of a virtual machine's business, so these are ordinary copies.
DDI VOID
RtlCopyMemoryNonTemporal(_Out_writes_bytes_(Length) VOID *Destination,
                         _In_reads_bytes_(Length) const VOID *Source,
                         _In_ SIZE_T Length)
{
    __builtin_memcpy(Destination, Source, Length);
}

// A macro in wdm.h; the DDI table binds the export by symbol.
DDI VOID
RtlpFillMemoryNonTemporal(_Out_writes_bytes_(Length) VOID *Destination,
                          _In_ SIZE_T Length,
                          _In_ const UCHAR Value)
{
    __builtin_memset(Destination, Value, Length);
}

DDI VOID
RtlPrefetchMemoryNonTemporal(_In_ PVOID Source, _In_ SIZE_T Length)
{
    (void)Source;
    (void)Length;
}

// The number of equal bytes in front of the first difference.
DDI SIZE_T
RtlCompareMemory(_In_reads_bytes_(Length) const VOID *Source1,
                 _In_reads_bytes_(Length) const VOID *Source2,
                 _In_ SIZE_T Length)
{
    const UCHAR *first = Source1;
    const UCHAR *second = Source2;
    SIZE_T equal = 0;

    while (Length - equal >= sizeof(ULONG64) &&
           __builtin_memcmp(first + equal, second + equal, sizeof(ULONG64)) == 0)
    {
        equal += sizeof(ULONG64);
    }
    while (equal < Length && first[equal] == second[equal])
    {
        equal += 1;
    }
    return equal;
}

// The number of bytes in front of the first ULONG that is not Pattern; a rest that is no whole
// ULONG does not count (NF:ntifs.RtlCompareMemoryUlong).
DDI SIZE_T
RtlCompareMemoryUlong(_In_reads_bytes_(Length) PVOID Source, _In_ SIZE_T Length, _In_ ULONG Pattern)
{
    const ULONG *source = Source;
    SIZE_T equal = 0;

    while (equal < Length / sizeof(ULONG) && source[equal] == Pattern)
    {
        equal += 1;
    }
    return equal * sizeof(ULONG);
}

DDI BOOLEAN
RtlIsZeroMemory(_In_reads_bytes_(Length) PVOID Buffer, _In_ SIZE_T Length)
{
    const UCHAR *at = Buffer;

    for (; Length > 0; Length--, at++)
    {
        if (*at != 0)
        {
            return FALSE;
        }
    }
    return TRUE;
}
