// SPDX-License-Identifier: MIT
// Unsecures user memory twice.
//
// Page: NF:ntddk.MmUnsecureVirtualMemory
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^MEMORY_MANAGEMENT$
// Report: rule=unsecured once
// Report: driver=^bad_unsecure_twice.sys$
#include <ntifs.h>

#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;
    HANDLE secure;

    (void)ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    secure = MmSecureVirtualMemory(base, size, PAGE_READWRITE);
    MmUnsecureVirtualMemory(secure);
    size = 0;
    return ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;
    HANDLE secure;

    (void)ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    secure = MmSecureVirtualMemory(base, size, PAGE_READWRITE);
    MmUnsecureVirtualMemory(secure);
    MmUnsecureVirtualMemory(secure);
    size = 0;
    return ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE);
}
