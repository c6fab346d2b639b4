// SPDX-License-Identifier: MIT
// An export driver is unloaded with its last importer and leaves memory and a timer behind.
//
// Page: kernel/creating-export-drivers.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_export_leak
// Status: 4
// Expect: library: DllUnload
// Report: kind=^leak$
// Report: driver=^bad_export_library.sys$
// Report: leaks.what=^pool$
// Report: leaks.what=^timer$
// Report: leaks.detail=tag 'BdEx'
#include "bad.h"
#include "bad_export_library.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = LibraryKeepTimer();

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (NT_SUCCESS(status))
        LibraryReturnTimer();
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return LibraryKeepTimer();
}
