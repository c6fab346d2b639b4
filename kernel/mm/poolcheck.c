/* SPDX-License-Identifier: MIT */
/*
 * Damage to the pools: what a driver wrote where it must not, and what it freed that it must not.
 * Every finding is the bug check that Windows documents for it. Any IRQL up to DISPATCH_LEVEL.
 */
#include "mip.h"

#include "bugcodes.h"

#define MI_PAGE_FREE "NF:wdm.ExFreePoolWithTag"

ULONG64
MiFindDamage(ULONG64 Start, ULONG64 End)
{
    const UCHAR *byte = (const UCHAR *)Start;
    const UCHAR *end = (const UCHAR *)End;
    while (byte < end && ((ULONG64)byte & 7) != 0)
    {
        if (*byte != MI_IDLE_BYTE)
        {
            return (ULONG64)byte;
        }
        byte++;
    }
    while (end - byte >= 32)
    {
        const ULONG64 *word = (const ULONG64 *)byte;
        if (((word[0] ^ MI_IDLE_WORD) | (word[1] ^ MI_IDLE_WORD) | (word[2] ^ MI_IDLE_WORD) |
             (word[3] ^ MI_IDLE_WORD)) != 0)
        {
            break;
        }
        byte += 32;
    }
    while (end - byte >= 8 && *(const ULONG64 *)byte == MI_IDLE_WORD)
    {
        byte += 8;
    }
    for (; byte < end; byte++)
    {
        if (*byte != MI_IDLE_BYTE)
        {
            return (ULONG64)byte;
        }
    }
    return 0;
}

/* The range of guard bytes behind a block's data. */
static ULONG64
MiGuardEnd(const MI_BLOCK *Block)
{
    return Block->Class == MI_LARGE ? Block->Address + (ULONG64)Block->Pages * HOST_PAGE_SIZE
                                    : Block->Address + MiClassCapacity[Block->Class] + MI_GUARD;
}

void
MiCheckGuards(PMI_BLOCK Block)
{
    const ULONG64 dataEnd = Block->Address + Block->Size;
    const ULONG64 guardEnd = MiGuardEnd(Block);
    const ULONG64 guardStart =
        Block->Class == MI_LARGE ? Block->Address : Block->Address - MI_GUARD;
    MI_UNPOISON(guardStart, Block->Address - guardStart);
    MI_UNPOISON(dataEnd, guardEnd - dataEnd);
    ULONG64 damage = MiFindDamage(dataEnd, guardEnd);
    if (__builtin_expect(damage != 0, 0))
    {
        KiBugCheckWithRule(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, Block->Address, damage, 0, 0x24,
                           "a driver must not write beyond the end of a pool block",
                           "bug-check-0xc1--special-pool-detected-memory-corruption", NULL, NULL);
    }
    damage = MiFindDamage(guardStart, Block->Address);
    if (__builtin_expect(damage != 0, 0))
    {
        KiBugCheckWithRule(SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION, Block->Address, damage, 0, 0x23,
                           "a driver must not write before the start of a pool block",
                           "bug-check-0xc1--special-pool-detected-memory-corruption", NULL, NULL);
    }
    MI_POISON(guardStart, Block->Address - guardStart);
    MI_POISON(dataEnd, guardEnd - dataEnd);
}

void
MiCheckIdle(PMI_BLOCK Block)
{
    if (Block->Class == MI_LARGE && (Block->Pages > MI_FILL_PAGES || Block->State == MiBlockNone))
    {
        return; /* inaccessible, or fresh from the host */
    }
    const ULONG64 end = Block->Class == MI_LARGE
                            ? Block->Address + (ULONG64)Block->Pages * HOST_PAGE_SIZE
                            : Block->Address + MiClassCapacity[Block->Class];
    const ULONG64 damage = MiFindDamage(Block->Address, end);
    if (__builtin_expect(damage != 0, 0))
    {
        KiBugCheckWithRule(DRIVER_CAUGHT_MODIFYING_FREED_POOL, damage, 1, 0, 0,
                           "a driver must not write to pool that it has freed",
                           "bug-check-0xc6--driver-caught-modifying-freed-pool", NULL, NULL);
    }
}

/* ---- what is freed ------------------------------------------------------------------------ */

__attribute__((noreturn)) static void
MiBadFree(ULONG64 SubCode, ULONG64 P2, ULONG64 P3, ULONG64 P4, const char *Rule)
{
    KiBugCheckWithRule(BAD_POOL_CALLER, SubCode, P2, P3, P4, Rule, MI_PAGE_FREE, NULL, NULL);
}

PMI_BLOCK
MiBlockToFree(ULONG64 Address)
{
    if (Address < HOST_USER_LIMIT)
    {
        MiBadFree(0x40, Address, HOST_REGION_IMAGE, 0,
                  "only addresses that an allocation returned can be freed; this is a user address "
                  "or NULL");
    }
    const ULONG pool = MiPoolOf(Address);
    if (pool == MiPoolCount)
    {
        MiBadFree(0x42, Address, 0, 0, "only memory that came from a pool can be freed to it");
    }
    PMI_BLOCK block = MiFindBlock(Address);
    if (block == NULL || block->State == MiBlockNone)
    {
        MiBadFree(pool == MiPoolPaged ? 0x48 : 0x44, Address, 0, 0,
                  "only addresses that an allocation returned can be freed");
    }
    if (block->Address != Address)
    {
        if (pool == MiPoolPaged)
        {
            MiBadFree(0x41286, Address, 0, (Address - MiPools[pool].Base) / HOST_PAGE_SIZE,
                      "a pool block is freed by the address of its start");
        }
        MiBadFree(0x99, Address, 0, 0, "a pool block is freed by the address of its start");
    }
    if (block->State == MiBlockFreed)
    {
        MiBadFree(0x7, 0, block->Tag, Address, "a pool block must be freed only once");
    }
    return block;
}

/* ---- everything --------------------------------------------------------------------------- */

void
MmVerifyPool(void)
{
    MiDisarm();
    for (ULONG number = 1; number < MiBlockCount; number++)
    {
        PMI_BLOCK block = &MiBlocks[number];
        if (block->State == MiBlockLive)
        {
            MiCheckGuards(block);
        }
        else if (block->State == MiBlockFreed)
        {
            const ULONG64 size = MiGuardEnd(block) - block->Address;
            MI_UNPOISON(block->Address, size);
            MiCheckIdle(block);
            MI_POISON(block->Address, size);
        }
    }
}
