// SPDX-License-Identifier: MIT
// A driver without an Unload routine and without dispatch routines: it loads, nothing can be sent
// to its device, and it stays. io_standard asks for its unload.
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\IoNoUnload");
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    return IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                          FALSE, &device);
}
