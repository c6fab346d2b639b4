// SPDX-License-Identifier: MIT
// DriverEntry refuses and has taken back what it made: the status is what the loader says, nothing
// is reported, Unload is not called, and the same file can be loaded again.
//
// Page: kernel/driverentry-return-values.md
// Run:
// Status: 2
// Expect: entry
// Expect: DriverEntry: STATUS_DEVICE_DOES_NOT_EXIST .0xC00000C0.
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("FAIL: Unload was called\n");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    DbgPrint("entry\n");
    if (NT_SUCCESS(IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)))
        IoDeleteDevice(device);
    return STATUS_DEVICE_DOES_NOT_EXIST;
}
