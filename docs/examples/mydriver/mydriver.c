// SPDX-License-Identifier: MIT
// A driver with one device and one control code, which answers how often it was asked.
#include <ntddk.h>

#define IOCTL_COUNT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct
{
    ULONG Requests;
} MY_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD MyUnload;
static DRIVER_DISPATCH MyCreateClose;
static DRIVER_DISPATCH MyDeviceControl;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
MyCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
MyDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    MY_EXTENSION *extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

    if (location->Parameters.DeviceIoControl.IoControlCode != IOCTL_COUNT)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (location->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);

    extension->Requests++;
    *(ULONG *)Irp->AssociatedIrp.SystemBuffer = extension->Requests;
    return Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

static VOID
MyUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\MyDriver");
    MY_EXTENSION *extension = DriverObject->DeviceObject->DeviceExtension;

    DbgPrint("MyDriver: %u requests\n", extension->Requests);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\MyDriver");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\MyDriver");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, sizeof(MY_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(device);
        return status;
    }
    DriverObject->MajorFunction[IRP_MJ_CREATE] = MyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = MyCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = MyDeviceControl;
    DriverObject->DriverUnload = MyUnload;
    DbgPrint("MyDriver: ready\n");
    return STATUS_SUCCESS;
}
