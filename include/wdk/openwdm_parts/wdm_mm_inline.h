// SPDX-License-Identifier: MIT
// Owns the macros of page arithmetic and MDLs.
#ifndef OPENWDM_WDM_MM_INLINE_H
#define OPENWDM_WDM_MM_INLINE_H

#include <openwdm_parts/wdm_mm_api.h>
#include <openwdm_parts/wdm_ke_inline.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define PAGE_ALIGN(Va)       ((PVOID)((ULONG_PTR)(Va) & ~(ULONG_PTR)(PAGE_SIZE - 1)))
#define BYTE_OFFSET(Va)      ((ULONG)((LONG_PTR)(Va) & (PAGE_SIZE - 1)))
#define ROUND_TO_PAGES(Size) (((ULONG_PTR)(Size) + PAGE_SIZE - 1) & ~(ULONG_PTR)(PAGE_SIZE - 1))
#define BYTES_TO_PAGES(Size) \
    ((ULONG)(((SIZE_T)(Size) >> PAGE_SHIFT) + (((SIZE_T)(Size) & (PAGE_SIZE - 1)) != 0)))
#define ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)                                         \
    ((ULONG)((((ULONG_PTR)(Va) & (PAGE_SIZE - 1)) + (SIZE_T)(Size) + (PAGE_SIZE - 1)) >> \
             PAGE_SHIFT))
#define COMPUTE_PAGES_SPANNED(Va, Size) ADDRESS_AND_SIZE_TO_SPAN_PAGES(Va, Size)

#define MmGetMdlPfnArray(Mdl)             ((PPFN_NUMBER)((Mdl) + 1))
#define MmGetMdlVirtualAddress(Mdl)       ((PVOID)((PCHAR)((Mdl)->StartVa) + (Mdl)->ByteOffset))
#define MmGetMdlByteCount(Mdl)            ((Mdl)->ByteCount)
#define MmGetMdlByteOffset(Mdl)           ((Mdl)->ByteOffset)
#define MmGetMdlBaseVa(Mdl)               ((Mdl)->StartVa)
#define MmGetProcedureAddress(Address)    (Address)
#define MmLockPagableCodeSection(Address) MmLockPagableDataSection(Address)

#define MmInitializeMdl(MemoryDescriptorList, BaseVa, Length)                                    \
    {                                                                                            \
        (MemoryDescriptorList)->Next = (PMDL)NULL;                                               \
        (MemoryDescriptorList)->Size =                                                           \
            (CSHORT)(sizeof(MDL) +                                                               \
                     (sizeof(PFN_NUMBER) * ADDRESS_AND_SIZE_TO_SPAN_PAGES((BaseVa), (Length)))); \
        (MemoryDescriptorList)->MdlFlags = 0;                                                    \
        (MemoryDescriptorList)->StartVa = (PVOID)PAGE_ALIGN((BaseVa));                           \
        (MemoryDescriptorList)->ByteOffset = BYTE_OFFSET((BaseVa));                              \
        (MemoryDescriptorList)->ByteCount = (ULONG)(Length);                                     \
    }

#define MmPrepareMdlForReuse(MDL)                                 \
    {                                                             \
        if (((MDL)->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) != 0) \
        {                                                         \
            MmUnmapLockedPages((MDL)->MappedSystemVa, (MDL));     \
        }                                                         \
    }

#define MmGetSystemAddressForMdl(MDL)                                            \
    (((MDL)->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) \
         ? ((MDL)->MappedSystemVa)                                               \
         : (MmMapLockedPages((MDL), KernelMode)))

    _Must_inspect_result_
    FORCEINLINE PVOID MmGetSystemAddressForMdlSafe(_Inout_ PMDL Mdl, _In_ ULONG Priority)
    {
        if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        {
            return Mdl->MappedSystemVa;
        }
        return MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, Priority);
    }

    FORCEINLINE MM_MDL_PAGE_CONTENTS_STATE
    MmMdlPageContentsState(_Inout_ PMDL MemoryDescriptorList, _In_ MM_MDL_PAGE_CONTENTS_STATE State)
    {
        BOOLEAN invariant = (MemoryDescriptorList->MdlFlags & MDL_PAGE_CONTENTS_INVARIANT) != 0;

        if (State == MmMdlPageContentsDynamic)
        {
            MemoryDescriptorList->MdlFlags &= (CSHORT)~MDL_PAGE_CONTENTS_INVARIANT;
        }
        else if (State == MmMdlPageContentsInvariant)
        {
            MemoryDescriptorList->MdlFlags |= MDL_PAGE_CONTENTS_INVARIANT;
        }
        return invariant ? MmMdlPageContentsInvariant : MmMdlPageContentsDynamic;
    }

#ifdef __cplusplus
}
#endif

#endif
