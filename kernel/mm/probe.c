/* SPDX-License-Identifier: MIT */
/*
 * What an address is: user or kernel, there or not, and copies that survive when it is not.
 * Probing touches user memory, so IRQL <= APC_LEVEL; the questions are for any IRQL.
 */
#include "mip.h"

/* User addresses end here; the kernel's begin with the images. */
PVOID MmHighestUserAddress = (PVOID)(HOST_USER_LIMIT - 1);
PVOID MmSystemRangeStart = (PVOID)HOST_REGION_IMAGE;
ULONG_PTR MmUserProbeAddress = HOST_USER_LIMIT;

/* ---- probing ------------------------------------------------------------------------------ */

static void
MiProbe(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    NT_ASSERT(Alignment != 0 && (Alignment & (Alignment - 1)) == 0);
    if (((ULONG64)Address & (Alignment - 1)) != 0)
    {
        KiRaiseInCaller(STATUS_DATATYPE_MISALIGNMENT);
    }
    if (!MmProbeRange(Address, Length))
    {
        KiRaiseInCaller(STATUS_ACCESS_VIOLATION);
    }
    MmUnguardUserBuffer(Address, Length);
}

/* Contract: NF:wdm.ProbeForRead. Checks the range only; reading is where a missing page shows. */
DDI VOID
ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    if (Length != 0)
    {
        MiProbe(Address, Length, Alignment);
    }
}

/* Contract: NF:wdm.ProbeForWrite. Also makes sure that each page can be written now. */
DDI VOID
ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
    if (Length == 0)
    {
        return;
    }
    MiProbe(Address, Length, Alignment);
    const ULONG64 last = (ULONG64)Address + Length - 1;
    for (ULONG64 byte = (ULONG64)Address; byte <= last; byte = (byte | (HOST_PAGE_SIZE - 1)) + 1)
    {
        UCHAR value;
        NTSTATUS status = KeTryCopy(&value, (const void *)byte, 1);
        if (NT_SUCCESS(status))
        {
            status = KeTryCopy((void *)byte, &value, 1);
        }
        if (!NT_SUCCESS(status))
        {
            KiRaiseInCaller(status);
        }
    }
}

/* ---- validity ----------------------------------------------------------------------------- */

BOOLEAN
MiIsKernelRangeValid(ULONG64 Address, SIZE_T Size, BOOLEAN Write)
{
    const ULONG64 last = Address + Size - 1;
    if (last < Address)
    {
        return FALSE;
    }
    for (ULONG64 byte = Address; byte <= last; byte = (byte | (HOST_PAGE_SIZE - 1)) + 1)
    {
        UCHAR value;
        ULONG64 physical;
        if (MiPoolOf(byte) != MiPoolCount)
        {
            if (!MiIsPoolPageValid(byte))
            {
                return FALSE;
            }
        }
        else if (MiIsSystemAddress(byte))
        {
            const PMI_SYSTEM_RANGE range = MiFindSystem(byte);
            const int wanted = Write ? HOST_PROT_RW : HOST_PROT_READ;
            if (range == NULL || byte - range->Start >= range->MappedPages * HOST_PAGE_SIZE ||
                (range->Protection & wanted) != wanted)
            {
                return FALSE;
            }
        }
        else if (MmPhysicalHooks.PhysicalOf != NULL &&
                 MmPhysicalHooks.PhysicalOf((const void *)byte, &physical))
        {
            continue; /* reading a device's register could change it */
        }
        else if (!NT_SUCCESS(KeTryCopy(&value, (const void *)byte, 1)) ||
                 (Write && !NT_SUCCESS(KeTryCopy((void *)byte, &value, 1))))
        {
            return FALSE;
        }
        if (byte > ~0ull - HOST_PAGE_SIZE)
        {
            break;
        }
    }
    return TRUE;
}

/* Contract: NF:ntddk.MmIsAddressValid: TRUE if reading it now would not fault. */
DDI BOOLEAN
MmIsAddressValid(PVOID VirtualAddress)
{
    const ULONG64 address = (ULONG64)VirtualAddress;
    if (address < HOST_USER_LIMIT)
    {
        PMM_ARENA arena = MiCurrentArena();
        ULONG64 physical;
        return arena != NULL && MiUserPage(arena, address, HOST_PROT_READ, &physical);
    }
    if (address < HOST_REGION_IMAGE || address >= MM_REGION_SECTION + HOST_REGION_SIZE)
    {
        return FALSE; /* not canonical on Windows, or OpenWDM's own */
    }
    return MiIsKernelRangeValid(address, 1, FALSE);
}

/* Contract: NF:ntddk.MmIsNonPagedSystemAddressValid; the page adds that it is obsolete. */
DDI BOOLEAN
MmIsNonPagedSystemAddressValid(PVOID VirtualAddress)
{
    return MiPoolOf((ULONG64)VirtualAddress) != MiPoolPaged &&
           !MiIsPageableRange((ULONG64)VirtualAddress) && MmIsAddressValid(VirtualAddress);
}

/* ---- copies ------------------------------------------------------------------------------- */

static NTSTATUS
MiCopyPieces(PUCHAR Target, const UCHAR *Source, SIZE_T Length, PSIZE_T Done)
{
    *Done = 0;
    while (*Done < Length)
    {
        const ULONG64 from = (ULONG64)Source + *Done;
        const SIZE_T toPageEnd = HOST_PAGE_SIZE - (SIZE_T)(from & (HOST_PAGE_SIZE - 1));
        const SIZE_T piece = toPageEnd < Length - *Done ? toPageEnd : Length - *Done;
        /* Device memory is refused: reading a register could change it. */
        if (!MmIsAddressValid((PVOID)from) || from - HOST_REGION_MMIO < HOST_REGION_SIZE)
        {
            return STATUS_PARTIAL_COPY;
        }
        const NTSTATUS status = KeTryCopy(Target + *Done, (const void *)from, piece);
        if (!NT_SUCCESS(status))
        {
            return STATUS_PARTIAL_COPY;
        }
        *Done += piece;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:ntddk.MmCopyMemory. */
DDI NTSTATUS
MmCopyMemory(PVOID TargetAddress,
             MM_COPY_ADDRESS SourceAddress,
             SIZE_T NumberOfBytes,
             ULONG Flags,
             PSIZE_T NumberOfBytesTransferred)
{
    *NumberOfBytesTransferred = 0;
    if (Flags == MM_COPY_MEMORY_VIRTUAL)
    {
        return MiCopyPieces(TargetAddress, SourceAddress.VirtualAddress, NumberOfBytes,
                            NumberOfBytesTransferred);
    }
    if (Flags != MM_COPY_MEMORY_PHYSICAL)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    const PUCHAR target = TargetAddress;
    while (*NumberOfBytesTransferred < NumberOfBytes)
    {
        const ULONG64 from =
            (ULONG64)SourceAddress.PhysicalAddress.QuadPart + *NumberOfBytesTransferred;
        const SIZE_T toPageEnd = HOST_PAGE_SIZE - (SIZE_T)(from & (HOST_PAGE_SIZE - 1));
        const SIZE_T left = NumberOfBytes - *NumberOfBytesTransferred;
        const SIZE_T piece = toPageEnd < left ? toPageEnd : left;
        const void *pointer = MmPhysicalToPointer(from, piece);
        if (pointer == NULL ||
            !NT_SUCCESS(KeTryCopy(target + *NumberOfBytesTransferred, pointer, piece)))
        {
            return *NumberOfBytesTransferred == 0 ? STATUS_INVALID_ADDRESS : STATUS_PARTIAL_COPY;
        }
        *NumberOfBytesTransferred += piece;
    }
    return STATUS_SUCCESS;
}
