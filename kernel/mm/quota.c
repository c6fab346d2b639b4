/* SPDX-License-Identifier: MIT */
/*
 * Pool quota of processes: which process a block was charged to, and how much each may have. The
 * system process pays for nothing. IRQL <= DISPATCH_LEVEL.
 */
#include "mip.h"

#define MI_QUOTA_TAG   MM_TAG('M', 'm', 'Q', 'u')
#define MI_QUOTA_LIMIT (64ull << 20) /* bytes a process may be charged, of each kind of pool */
#define MI_QUOTA_HEADS 256u

typedef struct _MI_CHARGE
{
    struct _MI_CHARGE *Next; /* same hash */
    ULONG64 Address;
    PMM_PROCESS Process; /* NULL: it has ended */
    SIZE_T Size;
    ULONG Kind;
} MI_CHARGE;

static MI_CHARGE *MiCharges[MI_QUOTA_HEADS];

static MI_CHARGE **
MiChargeHead(ULONG64 Address)
{
    return &MiCharges[(Address >> 4) % MI_QUOTA_HEADS];
}

PMM_PROCESS
MiQuotaProcess(void)
{
    PMM_PROCESS process = (PMM_PROCESS)KiCurrentThread()->ApcProcess;
    return process == NULL || process->NoQuota ? NULL : process;
}

BOOLEAN
MiHasQuota(PMM_PROCESS Process, BOOLEAN Paged, SIZE_T Size)
{
    return Size <= MI_QUOTA_LIMIT && Process->PoolCharged[Paged] <= MI_QUOTA_LIMIT - Size;
}

BOOLEAN
MiChargeQuota(PMM_PROCESS Process, PVOID Address, BOOLEAN Paged, SIZE_T Size)
{
    MI_CHARGE *charge = MmAllocatePool(NonPagedPoolNx, sizeof(MI_CHARGE), MI_QUOTA_TAG);
    if (charge == NULL)
    {
        return FALSE;
    }
    MI_CHARGE **head = MiChargeHead((ULONG64)Address);
    *charge = (MI_CHARGE){.Next = *head,
                          .Address = (ULONG64)Address,
                          .Process = Process,
                          .Size = Size,
                          .Kind = Paged};
    *head = charge;
    Process->PoolCharged[Paged] += Size;
    return TRUE;
}

void
MiReturnQuota(ULONG64 Address)
{
    for (MI_CHARGE **link = MiChargeHead(Address); *link != NULL; link = &(*link)->Next)
    {
        MI_CHARGE *charge = *link;
        if (charge->Address == Address)
        {
            *link = charge->Next;
            if (charge->Process != NULL)
            {
                charge->Process->PoolCharged[charge->Kind] -= charge->Size;
            }
            MmFreePool(charge, MI_QUOTA_TAG);
            return;
        }
    }
}

void
MmForgetQuota(PMM_PROCESS Process)
{
    for (ULONG index = 0; index < MI_QUOTA_HEADS; index++)
    {
        for (MI_CHARGE *charge = MiCharges[index]; charge != NULL; charge = charge->Next)
        {
            if (charge->Process == Process)
            {
                charge->Process = NULL;
            }
        }
    }
}
