/* SPDX-License-Identifier: MIT */
/*
 * Services on the virtual memory of processes; mm/virtual.c does the work. Zw routines act as
 * kernel mode, Nt routines as the mode that called. PASSIVE_LEVEL.
 */
#include "obp.h"

#include "mm/section.h"
#include "ntifs.h"

/* A user's variable must lie in user memory: an Nt routine that a driver calls in the context of a
 * request refuses the driver's own. */
static BOOLEAN
ObpIsProbed(const void *Variable, SIZE_T Size)
{
    return KiCurrentThread()->PreviousMode == KernelMode || Variable == NULL ||
           MmProbeRange(Variable, Size);
}

/* ---- allocating --------------------------------------------------------------------------- */

/* Contract: NF:ntifs.NtAllocateVirtualMemory (ZwAllocateVirtualMemory). */
DDI NTSTATUS
ZwAllocateVirtualMemory(HANDLE ProcessHandle,
                        PVOID *BaseAddress,
                        ULONG_PTR ZeroBits,
                        PSIZE_T RegionSize,
                        ULONG AllocationType,
                        ULONG Protect)
{
    PMM_PROCESS process;
    PVOID base = *BaseAddress;
    SIZE_T size = *RegionSize;
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = MmAllocateVirtual(process, &base, ZeroBits, &size, AllocationType, Protect);
    }
    if (NT_SUCCESS(status))
    {
        *BaseAddress = base;
        *RegionSize = size;
    }
    return status;
}

/* Contract: NF:ntifs.NtAllocateVirtualMemory. */
DDI NTSTATUS
NtAllocateVirtualMemory(HANDLE ProcessHandle,
                        PVOID *BaseAddress,
                        ULONG_PTR ZeroBits,
                        PSIZE_T RegionSize,
                        ULONG AllocationType,
                        ULONG Protect)
{
    if (!ObpIsProbed(BaseAddress, sizeof(PVOID)) || !ObpIsProbed(RegionSize, sizeof(SIZE_T)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    return ZwAllocateVirtualMemory(ProcessHandle, BaseAddress, ZeroBits, RegionSize, AllocationType,
                                   Protect);
}

/* Contract: NF:ntifs.NtFreeVirtualMemory (ZwFreeVirtualMemory). */
DDI NTSTATUS
ZwFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize, ULONG FreeType)
{
    PMM_PROCESS process;
    PVOID base = *BaseAddress;
    SIZE_T size = *RegionSize;
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = MmFreeVirtual(process, &base, &size, FreeType);
    }
    if (NT_SUCCESS(status))
    {
        *BaseAddress = base;
        *RegionSize = size;
    }
    return status;
}

/* Contract: NF:ntifs.NtFreeVirtualMemory. */
DDI NTSTATUS
NtFreeVirtualMemory(HANDLE ProcessHandle, PVOID *BaseAddress, PSIZE_T RegionSize, ULONG FreeType)
{
    if (!ObpIsProbed(BaseAddress, sizeof(PVOID)) || !ObpIsProbed(RegionSize, sizeof(SIZE_T)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    return ZwFreeVirtualMemory(ProcessHandle, BaseAddress, RegionSize, FreeType);
}

/* Contract: as VirtualProtectEx. */
DDI NTSTATUS
ZwProtectVirtualMemory(HANDLE ProcessHandle,
                       PVOID *BaseAddress,
                       PSIZE_T RegionSize,
                       ULONG NewProtect,
                       PULONG OldProtect)
{
    PMM_PROCESS process;
    PVOID base = *BaseAddress;
    SIZE_T size = *RegionSize;
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = MmProtectVirtual(process, &base, &size, NewProtect, OldProtect);
    }
    if (NT_SUCCESS(status))
    {
        *BaseAddress = base;
        *RegionSize = size;
    }
    return status;
}

/* ---- questions ---------------------------------------------------------------------------- */

/* Contract: NF:ntifs.NtQueryVirtualMemory (ZwQueryVirtualMemory). */
DDI NTSTATUS
ZwQueryVirtualMemory(HANDLE ProcessHandle,
                     PVOID BaseAddress,
                     MEMORY_INFORMATION_CLASS MemoryInformationClass,
                     PVOID MemoryInformation,
                     SIZE_T MemoryInformationLength,
                     PSIZE_T ReturnLength)
{
    PMM_PROCESS process;
    MM_VIRTUAL virtual;
    if (MemoryInformationClass != MemoryBasicInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (MemoryInformationLength < sizeof(MEMORY_BASIC_INFORMATION))
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = MmQueryVirtual(process, BaseAddress, &virtual);
    }
    if (NT_SUCCESS(status))
    {
        *(PMEMORY_BASIC_INFORMATION)MemoryInformation =
            (MEMORY_BASIC_INFORMATION){.BaseAddress = (PVOID) virtual.Base,
                                       .AllocationBase = (PVOID) virtual.AllocationBase,
                                       .AllocationProtect = virtual.AllocationProtect,
                                       .RegionSize = virtual.Size,
                                       .State = virtual.State,
                                       .Protect = virtual.Protect,
                                       .Type = virtual.Type};
        if (ReturnLength != NULL)
        {
            *ReturnLength = sizeof(MEMORY_BASIC_INFORMATION);
        }
    }
    return status;
}

/* Contract: NF:ntifs.NtQueryVirtualMemory. */
DDI NTSTATUS
NtQueryVirtualMemory(HANDLE ProcessHandle,
                     PVOID BaseAddress,
                     MEMORY_INFORMATION_CLASS MemoryInformationClass,
                     PVOID MemoryInformation,
                     SIZE_T MemoryInformationLength,
                     PSIZE_T ReturnLength)
{
    if (!ObpIsProbed(MemoryInformation, MemoryInformationLength) ||
        !ObpIsProbed(ReturnLength, sizeof(SIZE_T)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    return ZwQueryVirtualMemory(ProcessHandle, BaseAddress, MemoryInformationClass,
                                MemoryInformation, MemoryInformationLength, ReturnLength);
}

/* Contract: NF:ntifs.ZwFlushVirtualMemory. Pages of the paging file have nowhere to go. */
DDI NTSTATUS
ZwFlushVirtualMemory(HANDLE ProcessHandle,
                     PVOID *BaseAddress,
                     PSIZE_T RegionSize,
                     PIO_STATUS_BLOCK IoStatus)
{
    PMM_PROCESS process;
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = MmFlushVirtual(process, BaseAddress, RegionSize);
    }
    if (NT_SUCCESS(status))
    {
        IoStatus->Status = status;
        IoStatus->Information = 0;
    }
    return status;
}
