// SPDX-License-Identifier: MIT
// A filter above bad_below.sys, whose dispatch routine returns with a spin lock held. The filter
// has called other routines of the system before and after, and is not to blame.
//
// Page: kernel/dispatch-routines-and-irqls.md
// Page: debugger/bug-check-0xc9--driver-verifier-iomanager-violation.md
// With: bad_below.sys
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: parameters.value=^0x5$
// Report: driver=^bad_below.sys$
// Report: stack.function=^BadDeviceControl$
// Report: stack.function=^PassDown$
// Report: rule=dispatch routine returned at another IRQL
// Report: page=dispatch-routines-and-irqls
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
