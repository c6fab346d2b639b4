/* SPDX-License-Identifier: MIT */
/*
 * Lookaside lists. Drivers push and pop inline (wdm.h); here is what makes, empties and remembers
 * the lists. The default depth is 0: an entry that a driver frees goes back to the pool, where use
 * after free and double free are seen. ExLookasideDepth changes that.
 */
#include "exp.h"

USHORT ExLookasideDepth = 0;

#define EXP_MAXIMUM_DEPTH 256

/* Drivers call the default routines through the list, so they get the gates. */
static PVOID
ExpGate(const char *Name)
{
    const PKI_EXPORT export = KiFindExport(NULL, Name);
    NT_ASSERT(export != NULL);
    return (PVOID)KiExportAddress(export);
}

static void
ExpInitializeList(PGENERAL_LOOKASIDE_POOL List,
                  ULONG Type,
                  PALLOCATE_FUNCTION Allocate,
                  PFREE_FUNCTION Free,
                  SIZE_T Size,
                  ULONG Tag)
{
    static PVOID defaultAllocate, defaultFree;
    if (defaultAllocate == NULL)
    {
        defaultAllocate = ExpGate("ExAllocatePoolWithTag");
        defaultFree = ExpGate("ExFreePool");
    }
    if (ExpIsTracked(ExpKindLookaside, List))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xCA, (ULONG64)List, 0, 0,
                           "a lookaside list is initialized once",
                           "NF:wdm.ExInitializeNPagedLookasideList", NULL, NULL);
    }
    if (Size < LOOKASIDE_MINIMUM_BLOCK_SIZE)
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xCD, (ULONG64)List, Size,
                           LOOKASIDE_MINIMUM_BLOCK_SIZE,
                           "entries of a lookaside list hold at least a link",
                           "NF:wdm.ExInitializeNPagedLookasideList", NULL, NULL);
    }
    __builtin_memset(List, 0, sizeof(GENERAL_LOOKASIDE_POOL));
    List->Depth = ExLookasideDepth;
    List->MaximumDepth = EXP_MAXIMUM_DEPTH;
    List->Type = (POOL_TYPE)Type;
    List->Tag = Tag;
    List->Size = (ULONG)Size;
    List->Allocate = Allocate != NULL ? Allocate : (PALLOCATE_FUNCTION)defaultAllocate;
    List->Free = Free != NULL ? Free : (PFREE_FUNCTION)defaultFree;
    InitializeListHead(&List->ListEntry);
    ExpTrack(ExpKindLookaside, List, Tag);
}

static void
ExpCheckInitialized(PVOID List)
{
    if (!ExpIsTracked(ExpKindLookaside, List))
    {
        KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, 0xCB, (ULONG64)List, 0, 0,
                           "only a lookaside list that was initialized can be deleted",
                           "NF:wdm.ExDeleteNPagedLookasideList", NULL, NULL);
    }
}

static void
ExpEmptyList(PGENERAL_LOOKASIDE_POOL List)
{
    PSLIST_ENTRY entry;
    while ((entry = ExpInterlockedPopEntrySList(&List->ListHead)) != NULL)
    {
        List->Free(entry);
    }
}

static void
ExpDeleteList(PGENERAL_LOOKASIDE_POOL List)
{
    ExpCheckInitialized(List);
    ExpUntrack(ExpKindLookaside, List);
    ExpEmptyList(List);
}

/* ---- nonpaged and paged lists ------------------------------------------------------------- */

/* The declared alignment to a cache line is the driver's wish; pool gives it 16 bytes. The head of
 * the list is the same without it. */
static PGENERAL_LOOKASIDE_POOL
ExpUnaligned(PVOID Lookaside)
{
    return Lookaside;
}

/* Contract: NF:wdm.ExInitializeNPagedLookasideList. */
DDI VOID
ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
                                PALLOCATE_FUNCTION Allocate,
                                PFREE_FUNCTION Free,
                                ULONG Flags,
                                SIZE_T Size,
                                ULONG Tag,
                                USHORT Depth)
{
    (void)Depth;
    ExpInitializeList(ExpUnaligned(Lookaside), NonPagedPool | Flags, Allocate, Free, Size, Tag);
}

/* Contract: NF:wdm.ExInitializePagedLookasideList. */
DDI VOID
ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
                               PALLOCATE_FUNCTION Allocate,
                               PFREE_FUNCTION Free,
                               ULONG Flags,
                               SIZE_T Size,
                               ULONG Tag,
                               USHORT Depth)
{
    (void)Depth;
    ExpInitializeList(ExpUnaligned(Lookaside), PagedPool | Flags, Allocate, Free, Size, Tag);
}

/* Contract: NF:wdm.ExDeleteNPagedLookasideList. */
DDI VOID
ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    ExpDeleteList(ExpUnaligned(Lookaside));
}

/* Contract: NF:wdm.ExDeletePagedLookasideList. */
DDI VOID
ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    ExpDeleteList(ExpUnaligned(Lookaside));
}

/* ---- LOOKASIDE_LIST_EX -------------------------------------------------------------------- */

DDI_CALLBACK static PVOID
ExpAllocateEx(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag, PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
}

DDI_CALLBACK static VOID
ExpFreeEx(PVOID Buffer, PLOOKASIDE_LIST_EX Lookaside)
{
    (void)Lookaside;
    ExFreePoolWithTag(Buffer, 0);
}

/* Contract: NF:wdm.ExInitializeLookasideListEx. */
DDI NTSTATUS
ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
                            PALLOCATE_FUNCTION_EX Allocate,
                            PFREE_FUNCTION_EX Free,
                            POOL_TYPE PoolType,
                            ULONG Flags,
                            SIZE_T Size,
                            ULONG Tag,
                            USHORT Depth)
{
    const ULONG both =
        EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL | EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE;
    ULONG type = (ULONG)PoolType;
    if (Depth != 0)
    {
        return STATUS_INVALID_PARAMETER_8;
    }
    if ((Flags & ~both) != 0 || (Flags & both) == both)
    {
        return STATUS_INVALID_PARAMETER_5;
    }
    type |=
        (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL) ? POOL_RAISE_IF_ALLOCATION_FAILURE : 0;
    type |=
        (Flags & EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE) ? POOL_QUOTA_FAIL_INSTEAD_OF_RAISE : 0;
    ExpInitializeList(&Lookaside->L, type, NULL, NULL, Size, Tag);
    Lookaside->L.AllocateEx = Allocate != NULL ? Allocate : ExpAllocateEx;
    Lookaside->L.FreeEx = Free != NULL ? Free : ExpFreeEx;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ExFlushLookasideListEx. */
DDI VOID
ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    PSLIST_ENTRY entry;
    while ((entry = ExpInterlockedPopEntrySList(&Lookaside->L.ListHead)) != NULL)
    {
        Lookaside->L.FreeEx(entry, Lookaside);
    }
}

/* Contract: NF:wdm.ExDeleteLookasideListEx. */
DDI VOID
ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    ExpCheckInitialized(&Lookaside->L);
    ExpUntrack(ExpKindLookaside, &Lookaside->L);
    ExFlushLookasideListEx(Lookaside);
}
