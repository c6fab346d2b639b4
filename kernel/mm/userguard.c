/* SPDX-License-Identifier: MIT */
/*
 * User buffers that were handed to a driver as they are: until the driver has probed them, their
 * pages cannot be accessed in the process, so that the first touch shows. Owns the list of such
 * buffers, which ends with the request or with the next switch of processes. No lock; up to
 * APC_LEVEL, and the signal stack.
 */
#include "mip.h"

#define MI_USER_GUARDS 4

typedef struct _MI_USER_GUARD
{
    ULONG64 Start; /* of the buffer */
    ULONG64 End;
    ULONG64 FirstPage;
    ULONG64 EndPage;
} MI_USER_GUARD;

static MI_USER_GUARD MiGuards[MI_USER_GUARDS];
static ULONG MiGuardCount;

BOOLEAN MmGuardUserBuffers;

BOOLEAN
MmSetPoolAccess(void *Address, SIZE_T Size, BOOLEAN Accessible)
{
    return host_protect(Address, Size, Accessible ? HOST_PROT_RW : HOST_PROT_NONE);
}

void
MmGuardUserBuffer(const void *Address, SIZE_T Length)
{
    const ULONG64 start = (ULONG64)Address;
    PMM_ARENA arena = MiCurrentArena();
    if (!MmGuardUserBuffers || Length == 0 || !MmProbeRange(Address, Length) || arena == NULL ||
        MiGuardCount == MI_USER_GUARDS)
    {
        return;
    }
    PMI_REGION region = MiFindRegion(arena, start);
    /* Plain memory of the process; what has a state for each page follows rules of its own. */
    if (region == NULL || region->Dead || region->Virtual || region->Backing != MiBackingOwn ||
        region->Ptes != NULL || region->Pte != MI_PTE_USER ||
        start + Length > region->Start + region->Size)
    {
        return;
    }
    MI_USER_GUARD *guard = &MiGuards[MiGuardCount++];
    *guard = (MI_USER_GUARD){start, start + Length, start & ~(HOST_PAGE_SIZE - 1ull),
                             MiRoundUp(start + Length, HOST_PAGE_SIZE)};
    host_protect((void *)guard->FirstPage, guard->EndPage - guard->FirstPage, HOST_PROT_NONE);
}

static void
MiDropGuard(ULONG Index)
{
    const MI_USER_GUARD guard = MiGuards[Index];
    MiGuards[Index] = MiGuards[--MiGuardCount];
    host_protect((void *)guard.FirstPage, guard.EndPage - guard.FirstPage, HOST_PROT_RW);
}

void
MmUnguardUserBuffer(const volatile void *Address, SIZE_T Length)
{
    const ULONG64 start = (ULONG64)Address;
    for (ULONG i = MiGuardCount; i-- > 0;)
    {
        if (start < MiGuards[i].End && start + Length > MiGuards[i].Start)
        {
            MiDropGuard(i);
        }
    }
}

void
MmUnguardUserBuffers(void)
{
    while (MiGuardCount != 0)
    {
        MiDropGuard(MiGuardCount - 1);
    }
}

void
MiForgetGuards(void)
{
    MiGuardCount = 0;
}

/* A page may hold more than the buffer: what lies beside it was never the driver's to probe. */
MM_USER_GUARD
MmTouchUserGuard(ULONG64 Address)
{
    MM_USER_GUARD found = MmUserNotGuarded;
    for (ULONG i = MiGuardCount; i-- > 0;)
    {
        if (Address - MiGuards[i].FirstPage >= MiGuards[i].EndPage - MiGuards[i].FirstPage)
        {
            continue;
        }
        if (Address - MiGuards[i].Start < MiGuards[i].End - MiGuards[i].Start)
        {
            found = MmUserNotProbed;
        }
        else if (found == MmUserNotGuarded)
        {
            found = MmUserBeside;
        }
        MiDropGuard(i);
    }
    return found;
}
