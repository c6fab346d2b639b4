// SPDX-License-Identifier: MIT
// Unload deletes a device that is still attached to a lower one.
//
// Page: kernel/releasing-driver-allocated-resources.md
// Run:
// Status: 3
// Report: driver=^bad_release_attached.sys$
// Report: rule=still attached
// Report: stack.function=^Unload$
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static PDEVICE_OBJECT lower, upper;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteDevice(upper); // IoDetachDevice(lower) comes first
    IoDeleteDevice(lower);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    if (!NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &lower)))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &upper)))
    {
        IoDeleteDevice(lower);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    lower->Flags &= ~DO_DEVICE_INITIALIZING;
    (void)IoAttachDeviceToDeviceStack(upper, lower);
    return STATUS_SUCCESS;
}
