// SPDX-License-Identifier: MIT
// Unload forgets what io_release gives back: contiguous memory, and the device.
//
// Page: kernel/releasing-driver-allocated-resources.md
// Run: unload bad_release
// Status: 4
// Report: kind=^leak$
// Report: driver=^bad_release.sys$
// Report: leaks.what=^contiguous memory$
// Report: leaks.what=^device$
// Report: leaks.stack.function=^DriverEntry$
// Report: rule=what a driver makes it takes away
#include <ntifs.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PHYSICAL_ADDRESS highest = {.QuadPart = -1};
    PDEVICE_OBJECT device;
    PVOID contiguous;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    contiguous = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    if (contiguous == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    return IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}
