// SPDX-License-Identifier: MIT
// Owns the inline part of the executive: pool wrappers, the NX pool opt-in, fast mutexes, push lock
// macros, lookaside lists, work items and timers.
#ifndef OPENWDM_WDM_EX_INLINE_H
#define OPENWDM_WDM_EX_INLINE_H

#include <openwdm_parts/wdm_ex_api.h>
#include <openwdm_parts/wdm_ke_inline.h>

#ifdef __cplusplus
extern "C"
{
#endif

// Opt-in to no-execute pool (single binary: POOL_NX_OPTIN; newer targets: POOL_NX_OPTIN_AUTO).
#if defined(POOL_NX_OPTIN) && POOL_NX_OPTIN
#if !defined(_NTSYSTEM_) && !defined(OPENWDM_KERNEL)
    DECLSPEC_SELECTANY POOL_TYPE ExDefaultNonPagedPoolType = NonPagedPoolExecute;
    DECLSPEC_SELECTANY ULONG ExDefaultMdlProtection = 0;
#define NonPagedPool             ExDefaultNonPagedPoolType
#define NonPagedPoolCacheAligned ((POOL_TYPE)(ExDefaultNonPagedPoolType + 4))
#endif
#elif defined(POOL_NX_OPTIN_AUTO) && POOL_NX_OPTIN_AUTO
#define NonPagedPool             NonPagedPoolNx
#define NonPagedPoolCacheAligned NonPagedPoolNxCacheAligned
#endif

    // Must run before the driver allocates: the earliest point is the start of DriverEntry
    // (NF:wdm.ExInitializeDriverRuntime).
    FORCEINLINE VOID ExInitializeDriverRuntime(_In_ ULONG RuntimeFlags)
    {
#if defined(POOL_NX_OPTIN) && POOL_NX_OPTIN && !defined(OPENWDM_KERNEL)
        if ((RuntimeFlags & DrvRtPoolNxOptIn) != 0 && RtlIsNtDdiVersionAvailable(NTDDI_WIN8))
        {
            ExDefaultNonPagedPoolType = NonPagedPoolNx;
            ExDefaultMdlProtection = MdlMappingNoExecute;
        }
#else
    UNREFERENCED_PARAMETER(RuntimeFlags);
#endif
    }

#if !defined(OPENWDM_KERNEL)
#define ExFreePool(a) ExFreePoolWithTag(a, 0)
#endif
#if defined(POOL_TAGGING) && !defined(OPENWDM_KERNEL)
#define ExAllocatePool(a, b)          ExAllocatePoolWithTag(a, b, ' kdD')
#define ExAllocatePoolWithQuota(a, b) ExAllocatePoolWithQuotaTag(a, b, ' kdD')
#endif

// The zeroing wrappers. POOL_ZERO_ALLOCATION is ignored before Windows 10 2004, so a driver that
// says POOL_ZERO_DOWN_LEVEL_SUPPORT gets the memset as well.
#if defined(POOL_ZERO_DOWN_LEVEL_SUPPORT)
#define OPENWDM_ZERO_DOWN_LEVEL(Block, Size) \
    do                                       \
    {                                        \
        if ((Block) != NULL)                 \
        {                                    \
            RtlZeroMemory((Block), (Size));  \
        }                                    \
    } while (0)
#else
#define OPENWDM_ZERO_DOWN_LEVEL(Block, Size) ((VOID)0)
#endif

    FORCEINLINE PVOID ExAllocatePoolZero(_In_ POOL_TYPE PoolType,
                                         _In_ SIZE_T NumberOfBytes,
                                         _In_ ULONG Tag)
    {
        PVOID block =
            ExAllocatePoolWithTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION), NumberOfBytes, Tag);

        OPENWDM_ZERO_DOWN_LEVEL(block, NumberOfBytes);
        return block;
    }

    FORCEINLINE PVOID ExAllocatePoolUninitialized(_In_ POOL_TYPE PoolType,
                                                  _In_ SIZE_T NumberOfBytes,
                                                  _In_ ULONG Tag)
    {
        return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag);
    }

    FORCEINLINE PVOID ExAllocatePoolQuotaZero(_In_ POOL_TYPE PoolType,
                                              _In_ SIZE_T NumberOfBytes,
                                              _In_ ULONG Tag)
    {
        PVOID block = ExAllocatePoolWithQuotaTag((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION),
                                                 NumberOfBytes, Tag);

        OPENWDM_ZERO_DOWN_LEVEL(block, NumberOfBytes);
        return block;
    }

    FORCEINLINE PVOID ExAllocatePoolQuotaUninitialized(_In_ POOL_TYPE PoolType,
                                                       _In_ SIZE_T NumberOfBytes,
                                                       _In_ ULONG Tag)
    {
        return ExAllocatePoolWithQuotaTag(PoolType, NumberOfBytes, Tag);
    }

    FORCEINLINE PVOID ExAllocatePoolPriorityZero(_In_ POOL_TYPE PoolType,
                                                 _In_ SIZE_T NumberOfBytes,
                                                 _In_ ULONG Tag,
                                                 _In_ EX_POOL_PRIORITY Priority)
    {
        PVOID block = ExAllocatePoolWithTagPriority((POOL_TYPE)(PoolType | POOL_ZERO_ALLOCATION),
                                                    NumberOfBytes, Tag, Priority);

        OPENWDM_ZERO_DOWN_LEVEL(block, NumberOfBytes);
        return block;
    }

    FORCEINLINE PVOID ExAllocatePoolPriorityUninitialized(_In_ POOL_TYPE PoolType,
                                                          _In_ SIZE_T NumberOfBytes,
                                                          _In_ ULONG Tag,
                                                          _In_ EX_POOL_PRIORITY Priority)
    {
        return ExAllocatePoolWithTagPriority(PoolType, NumberOfBytes, Tag, Priority);
    }

    FORCEINLINE VOID ExInitializeFastMutex(_Out_ PFAST_MUTEX FastMutex)
    {
        FastMutex->Count = FM_LOCK_BIT;
        FastMutex->Owner = NULL;
        FastMutex->Contention = 0;
        KeInitializeEvent(&FastMutex->Event, SynchronizationEvent, FALSE);
    }

#define ExAcquirePushLockExclusive(Lock) \
    ExAcquirePushLockExclusiveEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExAcquirePushLockShared(Lock) ExAcquirePushLockSharedEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockExclusive(Lock) \
    ExReleasePushLockExclusiveEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)
#define ExReleasePushLockShared(Lock) ExReleasePushLockSharedEx(Lock, EX_DEFAULT_PUSH_LOCK_FLAGS)

#define ExInitializeWorkItem(Item, Routine, Context) \
    (Item)->WorkerRoutine = (Routine);               \
    (Item)->Parameter = (Context);                   \
    (Item)->List.Flink = NULL;

    // Lookaside lists count before they try, so that the balance set manager sees every attempt.
    FORCEINLINE PVOID ExAllocateFromNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside)
    {
        PVOID entry;

        Lookaside->L.TotalAllocates += 1;
        entry = (PVOID)InterlockedPopEntrySList(&Lookaside->L.ListHead);
        if (entry == NULL)
        {
            Lookaside->L.AllocateMisses += 1;
            entry = Lookaside->L.Allocate(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag);
        }
        return entry;
    }

    FORCEINLINE VOID ExFreeToNPagedLookasideList(_Inout_ PNPAGED_LOOKASIDE_LIST Lookaside,
                                                 _In_ PVOID Entry)
    {
        Lookaside->L.TotalFrees += 1;
        if (ExQueryDepthSList(&Lookaside->L.ListHead) >= Lookaside->L.Depth)
        {
            Lookaside->L.FreeMisses += 1;
            Lookaside->L.Free(Entry);
        }
        else
        {
            (VOID) InterlockedPushEntrySList(&Lookaside->L.ListHead, (PSLIST_ENTRY)Entry);
        }
    }

#if !defined(OPENWDM_KERNEL)
    FORCEINLINE PVOID ExAllocateFromPagedLookasideList(_Inout_ PPAGED_LOOKASIDE_LIST Lookaside)
    {
        PVOID entry;

        Lookaside->L.TotalAllocates += 1;
        entry = (PVOID)InterlockedPopEntrySList(&Lookaside->L.ListHead);
        if (entry == NULL)
        {
            Lookaside->L.AllocateMisses += 1;
            entry = Lookaside->L.Allocate(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag);
        }
        return entry;
    }

    FORCEINLINE VOID ExFreeToPagedLookasideList(_Inout_ PPAGED_LOOKASIDE_LIST Lookaside,
                                                _In_ PVOID Entry)
    {
        Lookaside->L.TotalFrees += 1;
        if (ExQueryDepthSList(&Lookaside->L.ListHead) >= Lookaside->L.Depth)
        {
            Lookaside->L.FreeMisses += 1;
            Lookaside->L.Free(Entry);
        }
        else
        {
            (VOID) InterlockedPushEntrySList(&Lookaside->L.ListHead, (PSLIST_ENTRY)Entry);
        }
    }
#endif

    FORCEINLINE PVOID ExAllocateFromLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside)
    {
        PVOID entry;

        Lookaside->L.TotalAllocates += 1;
        entry = (PVOID)InterlockedPopEntrySList(&Lookaside->L.ListHead);
        if (entry == NULL)
        {
            Lookaside->L.AllocateMisses += 1;
            entry = Lookaside->L.AllocateEx(Lookaside->L.Type, Lookaside->L.Size, Lookaside->L.Tag,
                                            Lookaside);
        }
        return entry;
    }

    FORCEINLINE VOID ExFreeToLookasideListEx(_Inout_ PLOOKASIDE_LIST_EX Lookaside, _In_ PVOID Entry)
    {
        Lookaside->L.TotalFrees += 1;
        if (ExQueryDepthSList(&Lookaside->L.ListHead) >= Lookaside->L.Depth)
        {
            Lookaside->L.FreeMisses += 1;
            Lookaside->L.FreeEx(Entry, Lookaside);
        }
        else
        {
            (VOID) InterlockedPushEntrySList(&Lookaside->L.ListHead, (PSLIST_ENTRY)Entry);
        }
    }

    FORCEINLINE VOID ExInitializeSetTimerParameters(_Out_ PEXT_SET_PARAMETERS Parameters)
    {
        Parameters->Version = 0;
        Parameters->Reserved = 0;
        Parameters->NoWakeTolerance = 0;
    }

    FORCEINLINE VOID ExInitializeDeleteTimerParameters(_Out_ PEXT_DELETE_PARAMETERS Parameters)
    {
        Parameters->Version = 0;
        Parameters->Reserved = 0;
        Parameters->DeleteCallback = NULL;
        Parameters->DeleteContext = NULL;
    }

#ifdef __cplusplus
}
#endif

#endif
