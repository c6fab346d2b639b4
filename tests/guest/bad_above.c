// SPDX-License-Identifier: MIT
// A filter above bad_below.sys, whose dispatch routine returns with a spin lock held. The filter
// has called other routines of the system before and after, and is not to blame.
//
// Page: devtest/wdm-spinlock.md
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// With: bad_below.sys
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: parameters.value=^0x40009$
// Report: driver=^bad_below.sys$
// Report: stack.function=^BadDeviceControl$
// Report: stack.function=^PassDown$
// Report: rule=^a dispatch routine returned while it held a spin lock
// Report: page=^devtest/wdm-spinlock.md$
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_DISPATCH PassDown;
static DRIVER_UNLOAD FilterUnload;

static PDEVICE_OBJECT lower;

static NTSTATUS
PassDown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(lower, Irp);
    (void)KeQueryInterruptTime();
    return status;
}

static VOID
FilterUnload(PDRIVER_OBJECT Driver)
{
    IoDetachDevice(lower);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Bad");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        Driver->MajorFunction[i] = PassDown;
    Driver->DriverUnload = FilterUnload;
    status = IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (NT_SUCCESS(status))
        status = IoAttachDevice(device, &name, &lower);
    return status;
}
