/* SPDX-License-Identifier: MIT */
/*
 * MDLs as requests carry them: allocation, chains, partial MDLs, and the buffers of services.
 * kernel/mm locks and maps the pages. IRQL: DISPATCH_LEVEL at most.
 */
#include "iop.h"

#define IOP_MDL_TAG 'ldMI'

/* NF:wdm.IoAllocateMdl: the largest buffer is one page below 4 GiB. */
#define IOP_MDL_LIMIT 0xfffff000u

static PMDL
IopNewMdl(PVOID Buffer, ULONG Length, BOOLEAN Driver)
{
    SIZE_T size = MmSizeOfMdl(Buffer, Length);
    PMDL mdl = Driver ? MmAllocateDriverPool(NonPagedPoolNx, size, IOP_MDL_TAG)
                      : MmAllocatePool(NonPagedPoolNx, size, IOP_MDL_TAG);
    if (mdl == NULL)
    {
        return NULL;
    }
    mdl->Next = NULL;
    mdl->Size = (CSHORT)size;
    mdl->MdlFlags = 0;
    mdl->Process = NULL;
    mdl->MappedSystemVa = NULL;
    mdl->StartVa = (PVOID)((ULONG64)Buffer & ~(ULONG64)(PAGE_SIZE - 1));
    mdl->ByteOffset = (ULONG)((ULONG64)Buffer & (PAGE_SIZE - 1));
    mdl->ByteCount = Length;
    return mdl;
}

/* NF:wdm.IoAllocateMdl */
DDI PMDL NTAPI
IoAllocateMdl(_In_opt_ PVOID VirtualAddress,
              _In_ ULONG Length,
              _In_ BOOLEAN SecondaryBuffer,
              _In_ BOOLEAN ChargeQuota,
              _Inout_opt_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(ChargeQuota);
    if (Length > IOP_MDL_LIMIT)
    {
        return NULL;
    }
    PMDL mdl = IopNewMdl(VirtualAddress, Length, TRUE);
    if (mdl == NULL || Irp == NULL)
    {
        return mdl;
    }
    if (!SecondaryBuffer)
    {
        Irp->MdlAddress = mdl;
        return mdl;
    }
    PMDL *link = &Irp->MdlAddress;
    while (*link != NULL)
    {
        link = &(*link)->Next;
    }
    *link = mdl;
    return mdl;
}

/* NF:wdm.IoFreeMdl: a partial MDL that was mapped loses its mapping, others must be unlocked. */
DDI VOID NTAPI
IoFreeMdl(_In_ PMDL Mdl)
{
    MM_POOL_BLOCK block;
    BOOLEAN freed = FALSE;
    if (MmFindPoolBlock((ULONG64)Mdl, &block, &freed) && freed)
    {
        MmFreePool(Mdl, IOP_MDL_TAG); /* says who freed it before; nothing in it may be looked at */
        return;
    }
    if ((Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED) ||
        ((Mdl->MdlFlags & MDL_IO_SPACE) && (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)))
    {
        MmUnmapLockedPages(Mdl->MappedSystemVa, Mdl);
    }
    else if ((Mdl->MdlFlags & MDL_PAGES_LOCKED) && !(Mdl->MdlFlags & (MDL_PARTIAL | MDL_IO_SPACE)))
    {
        KiBugCheckWithRule(0xc4, 0xb8, (ULONG64)Mdl, (USHORT)Mdl->MdlFlags, 0,
                           "IoFreeMdl was given an MDL whose pages are still locked or mapped; "
                           "MmUnlockPages comes first",
                           "NF:wdm.IoFreeMdl", NULL, NULL);
    }
    MmFreePool(Mdl, IOP_MDL_TAG);
}

/* NF:wdm.IoBuildPartialMdl: Length 0 means the rest of the source from VirtualAddress on. */
DDI VOID NTAPI
IoBuildPartialMdl(_In_ PMDL SourceMdl,
                  _Inout_ PMDL TargetMdl,
                  _In_ PVOID VirtualAddress,
                  _In_ ULONG Length)
{
    ULONG64 source = (ULONG64)MmGetMdlVirtualAddress(SourceMdl);
    ULONG64 offset = (ULONG64)VirtualAddress - source;
    ULONG length = Length != 0 ? Length : SourceMdl->ByteCount - (ULONG)offset;
    ULONG64 firstPage = ((ULONG64)VirtualAddress >> PAGE_SHIFT) - (source >> PAGE_SHIFT);
    ULONG pages = (ULONG)ADDRESS_AND_SIZE_TO_SPAN_PAGES(VirtualAddress, length);
    ULONG room = (ULONG)(((USHORT)TargetMdl->Size - sizeof(MDL)) / sizeof(PFN_NUMBER));
    if (offset > SourceMdl->ByteCount || length > SourceMdl->ByteCount - offset || pages > room)
    {
        KiBugCheckWithRule(
            0xc4, 0xb2, (ULONG64)TargetMdl, (USHORT)TargetMdl->MdlFlags, length,
            "IoBuildPartialMdl was given a range outside the source MDL, or a target "
            "MDL that is too small for it",
            "NF:wdm.IoBuildPartialMdl", NULL, NULL);
    }
    TargetMdl->StartVa = (PVOID)((ULONG64)VirtualAddress & ~(ULONG64)(PAGE_SIZE - 1));
    TargetMdl->ByteOffset = (ULONG)((ULONG64)VirtualAddress & (PAGE_SIZE - 1));
    TargetMdl->ByteCount = length;
    TargetMdl->Process = SourceMdl->Process;
    TargetMdl->MdlFlags &= MDL_ALLOCATED_FIXED_SIZE;
    TargetMdl->MdlFlags |= MDL_PARTIAL | (SourceMdl->MdlFlags & MDL_IO_SPACE);
    if (SourceMdl->MdlFlags & MDL_SOURCE_IS_NONPAGED_POOL)
    {
        TargetMdl->MappedSystemVa = (PUCHAR)SourceMdl->MappedSystemVa + offset;
        TargetMdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
    }
    else if (SourceMdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
    {
        TargetMdl->MappedSystemVa = (PUCHAR)SourceMdl->MappedSystemVa + offset;
        TargetMdl->MdlFlags |= MDL_PARENT_MAPPED_SYSTEM_VA;
    }
    RtlCopyMemory(MmGetMdlPfnArray(TargetMdl), MmGetMdlPfnArray(SourceMdl) + firstPage,
                  pages * sizeof(PFN_NUMBER));
}

/* ---- buffers of requests ------------------------------------------------------------------ */

IOP_MS NTSTATUS
IopLockBuffer(PIRP Irp, PVOID Buffer, ULONG Length, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation)
{
    PMDL mdl = IopNewMdl(Buffer, Length, FALSE);
    if (mdl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status = MmTryProbeAndLockPages(mdl, Mode, Operation);
    if (!NT_SUCCESS(status))
    {
        MmFreePool(mdl, IOP_MDL_TAG);
        return status;
    }
    Irp->MdlAddress = mdl;
    return STATUS_SUCCESS;
}

IOP_MS void
IopFreeMdls(PIRP Irp)
{
    PMDL next;
    for (PMDL mdl = Irp->MdlAddress; mdl != NULL; mdl = next)
    {
        next = mdl->Next;
        if ((mdl->MdlFlags & MDL_PAGES_LOCKED) && !(mdl->MdlFlags & MDL_PARTIAL))
        {
            MmUnlockPages(mdl);
        }
        IoFreeMdl(mdl);
    }
    Irp->MdlAddress = NULL;
}
