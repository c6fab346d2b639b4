// SPDX-License-Identifier: MIT
// Unmaps I/O space with another size than it was mapped with.
//
// Page: NF:wdm.MmUnmapIoSpace
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_PTE_MISUSE$
// Report: rule=same number of bytes
// Report: driver=^bad_iospace_size.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS address = {.QuadPart = 0xa0000};
    PVOID window = MmMapIoSpace(address, 2 * PAGE_SIZE, MmNonCached);

    MmUnmapIoSpace(window, 2 * PAGE_SIZE);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PHYSICAL_ADDRESS address = {.QuadPart = 0xa0000};
    PVOID window = MmMapIoSpace(address, 2 * PAGE_SIZE, MmNonCached);

    MmUnmapIoSpace(window, PAGE_SIZE);
    return STATUS_SUCCESS;
}
