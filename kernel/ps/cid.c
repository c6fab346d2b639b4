/* SPDX-License-Identifier: MIT */
/*
 * Process and thread identifiers. A number is never given twice, so that a stale one is found.
 * Any IRQL for looking up, PASSIVE_LEVEL otherwise.
 */
#include "psp.h"

static PVOID *PspIds; /* by number / 4 */
static ULONG PspIdCount;
static ULONG PspNextId = 1;

NTSTATUS
PspAllocateId(PVOID Object, PHANDLE Id)
{
    if (PspNextId >= PspIdCount)
    {
        const ULONG count = PspIdCount == 0 ? 64 : PspIdCount * 2;
        PVOID *ids = MmAllocatePool(NonPagedPoolNx, count * sizeof(PVOID), PSP_TABLE_TAG);
        if (ids == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        if (PspIds != NULL)
        {
            __builtin_memcpy(ids, PspIds, PspIdCount * sizeof(PVOID));
            MmFreePool(PspIds, PSP_TABLE_TAG);
        }
        PspIds = ids;
        PspIdCount = count;
    }
    PspIds[PspNextId] = Object;
    *Id = (HANDLE)((ULONG64)PspNextId++ * 4);
    return STATUS_SUCCESS;
}

void
PspFreeId(HANDLE Id)
{
    const ULONG64 index = (ULONG64)Id / 4;
    if (index < PspIdCount)
    {
        PspIds[index] = NULL;
    }
}

PVOID
PspFindId(HANDLE Id)
{
    const ULONG64 index = (ULONG64)Id / 4;
    return ((ULONG64)Id & 3) == 0 && index < PspIdCount ? PspIds[index] : NULL;
}
