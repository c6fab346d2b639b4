// SPDX-License-Identifier: MIT
// The frame around guests that break a rule: one device, \\.\Bad, with two requests. 0x222000 obeys
// the rule, 0x222004 breaks it. Drivers built with it behave on Windows as the name of the file
// says.
#ifndef BAD_H
#define BAD_H

#include <ntddk.h>

#if defined(_MSC_VER) || defined(__clang__)
#define NOINLINE __declspec(noinline)
#else
#define NOINLINE __attribute__((noinline))
#endif

#if !defined(IOCTL_OBEY)
#define IOCTL_OBEY  0x222000
#define IOCTL_BREAK 0x222004
#endif

// A request that returns this has dealt with its IRP itself.
#define BAD_DONE ((NTSTATUS)0xE0420000)

static NTSTATUS Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp);
static NTSTATUS Break(PDEVICE_OBJECT DeviceObject, PIRP Irp);

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD BadUnload;
DRIVER_DISPATCH BadCreateClose;
DRIVER_DISPATCH BadDeviceControl;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Bad");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Bad");

#ifndef BAD_CLEANUP
#define BAD_CLEANUP()                         \
    do                                        \
    {                                         \
        IoDeleteSymbolicLink(&linkName);      \
        IoDeleteDevice(Driver->DeviceObject); \
    } while (0)
#endif
#ifndef BAD_SETUP
#define BAD_SETUP() ((void)0)
#endif

static NTSTATUS
CompleteRequest(PIRP Irp, NTSTATUS Status)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

NTSTATUS
BadCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CompleteRequest(Irp, STATUS_SUCCESS);
}

NTSTATUS
BadDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (code == IOCTL_OBEY)
        status = Obey(DeviceObject, Irp);
    else if (code == IOCTL_BREAK)
        status = Break(DeviceObject, Irp);
    if (status == BAD_DONE)
        return STATUS_SUCCESS;
    return status == STATUS_PENDING ? status : CompleteRequest(Irp, status);
}

VOID
BadUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    BAD_CLEANUP();
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 256, &deviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(device);
        return status;
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = BadCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = BadCreateClose;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BadDeviceControl;
    Driver->DriverUnload = BadUnload;
    BAD_SETUP();
    return STATUS_SUCCESS;
}

#endif
