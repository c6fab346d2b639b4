// SPDX-License-Identifier: MIT
// A thread of an export driver goes on after the export driver has been unloaded.
//
// Page: kernel/creating-export-drivers.md
// Page: debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_export_thread
// Run: sleep 200ms
// Status: 3
// Expect: library: DllUnload
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^thread$
// Report: kind=^bugcheck$
// Report: subject=was in bad_export_library.sys
#include "bad.h"
#include "bad_export_library.h"

// The thread has ended before anything is unloaded.
static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER delay;
    NTSTATUS status = LibraryStartThread();

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    delay.QuadPart = -100 * 10000;
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return LibraryStartThread();
}
