// SPDX-License-Identifier: MIT
// A lowest-level driver as the documentation teaches it: checks parameters, queues transfers to
// StartIo, completes them from a DPC, and answers what it can at once. Other guests load it with
// "With: io_lower.sys" and stand above it.
#include <ntddk.h>

#include "io_pair.h"

typedef struct _EXTENSION
{
    PDEVICE_OBJECT DeviceObject;
    LOWER_COUNTS Counts;
    LARGE_INTEGER Position;
    KTIMER Timer;
    KDPC Dpc;
    UCHAR Data[LOWER_SIZE];
} EXTENSION, *PEXTENSION;

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH CreateClose;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH ReadWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
_Dispatch_type_(IRP_MJ_INTERNAL_DEVICE_CONTROL)
static DRIVER_DISPATCH ControlFromDrivers;
_Dispatch_type_(IRP_MJ_QUERY_INFORMATION)
static DRIVER_DISPATCH Information;
_Dispatch_type_(IRP_MJ_FLUSH_BUFFERS)
static DRIVER_DISPATCH FlushShutdown;
_Dispatch_type_(IRP_MJ_PNP)
static DRIVER_DISPATCH Other;
static DRIVER_STARTIO StartIo;
static DRIVER_UNLOAD Unload;
static DRIVER_CANCEL Cancel;
static KDEFERRED_ROUTINE TransferDone;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Length)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
CreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    switch (stack->MajorFunction)
    {
    case IRP_MJ_CREATE:
        extension->Counts.Creates++;
        if (stack->FileObject->FileName.Length != 0)
            return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
        break;
    case IRP_MJ_CLEANUP:
        extension->Counts.Cleanups++;
        break;
    default:
        extension->Counts.Closes++;
        break;
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// ---- transfers --------------------------------------------------------------------------------

static NTSTATUS
ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    LONGLONG offset = stack->Parameters.Read.ByteOffset.QuadPart;

    if (stack->MajorFunction == IRP_MJ_READ)
        extension->Counts.Reads++;
    else
        extension->Counts.Writes++;
    if (length == 0)
        return Complete(Irp, STATUS_SUCCESS, 0);
    if (length > LOWER_BIGGEST || offset < 0 || offset + length > LOWER_SIZE)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, NULL);
    return STATUS_PENDING;
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    LARGE_INTEGER due = {.QuadPart = -5000};

    UNREFERENCED_PARAMETER(Irp);
    KeSetTimer(&extension->Timer, due, &extension->Dpc);
}

// "The device has transferred": in an arbitrary thread, so data is reached by kernel addresses.
static VOID
TransferDone(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PDEVICE_OBJECT device = Context;
    PEXTENSION extension = device->DeviceExtension;
    PIRP irp = device->CurrentIrp;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG length = stack->Parameters.Read.Length;
    PUCHAR data = extension->Data + stack->Parameters.Read.ByteOffset.LowPart;
    PUCHAR buffer = irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_SUCCESS;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        *(PULONG)buffer = 0x510;
        length = sizeof(ULONG);
    }
    else
    {
        if (device->Flags & DO_DIRECT_IO)
            buffer = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority);
        else if (!(device->Flags & DO_BUFFERED_IO))
            buffer = NULL; // neither: no business of a lowest-level driver
        if (buffer == NULL)
            status = STATUS_INSUFFICIENT_RESOURCES;
        else if (stack->MajorFunction == IRP_MJ_READ)
            RtlCopyMemory(buffer, data, length);
        else
            RtlCopyMemory(data, buffer, length);
    }
    IoStartNextPacket(device, FALSE);
    Complete(irp, status, NT_SUCCESS(status) ? length : 0);
}

// ---- control ----------------------------------------------------------------------------------

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Complete(Irp, STATUS_CANCELLED, 0);
}

static NTSTATUS
Hold(PIRP Irp)
{
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    if (Irp->Cancel)
    {
        IoReleaseCancelSpinLock(irql);
        return Complete(Irp, STATUS_CANCELLED, 0);
    }
    IoMarkIrpPending(Irp);
    IoSetCancelRoutine(Irp, Cancel);
    IoReleaseCancelSpinLock(irql);
    return STATUS_PENDING;
}

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PULONG buffer = Irp->AssociatedIrp.SystemBuffer;

    extension->Counts.Controls++;
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_LOWER_COUNTS:
        if (out < sizeof(LOWER_COUNTS))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        RtlCopyMemory(buffer, &extension->Counts, sizeof(LOWER_COUNTS));
        return Complete(Irp, STATUS_SUCCESS, sizeof(LOWER_COUNTS));
    case IOCTL_LOWER_FILL:
        if (in < sizeof(ULONG))
            return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
        RtlFillMemory(extension->Data, LOWER_SIZE, (UCHAR)*buffer);
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_LOWER_SLOW:
        if (out < sizeof(ULONG))
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        IoMarkIrpPending(Irp);
        IoStartPacket(DeviceObject, Irp, NULL, NULL);
        return STATUS_PENDING;
    case IOCTL_LOWER_HOLD:
        return Hold(Irp);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS
ControlFromDrivers(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);
    if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_LOWER_NAME)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.DeviceIoControl.OutputBufferLength < 6)
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, "lower", 6);
    return Complete(Irp, STATUS_SUCCESS, 6);
}

// ---- the rest ---------------------------------------------------------------------------------

static NTSTATUS
Information(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;

    if (stack->MajorFunction == IRP_MJ_SET_INFORMATION)
    {
        if (stack->Parameters.SetFile.FileInformationClass != FileEndOfFileInformation)
            return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
        extension->Position = ((PFILE_END_OF_FILE_INFORMATION)buffer)->EndOfFile;
        return Complete(Irp, STATUS_SUCCESS, 0);
    }
    if (stack->Parameters.QueryFile.FileInformationClass != FileStandardInformation)
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    if (stack->Parameters.QueryFile.Length < sizeof(FILE_STANDARD_INFORMATION))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    RtlZeroMemory(buffer, sizeof(FILE_STANDARD_INFORMATION));
    ((PFILE_STANDARD_INFORMATION)buffer)->EndOfFile = extension->Position;
    return Complete(Irp, STATUS_SUCCESS, sizeof(FILE_STANDARD_INFORMATION));
}

static NTSTATUS
FlushShutdown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;

    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_FLUSH_BUFFERS)
    {
        extension->Counts.Flushes++;
        RtlZeroMemory(extension->Data, LOWER_SIZE);
    }
    else
    {
        extension->Counts.Shutdowns++;
        DbgPrint("io_lower: shutdown\n");
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// What the bottom of a stack does not handle goes back as it came.
static NTSTATUS
Other(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    NTSTATUS status = Irp->IoStatus.Status;

    switch (IoGetCurrentIrpStackLocation(Irp)->MajorFunction)
    {
    case IRP_MJ_PNP:
        extension->Counts.Pnp++;
        break;
    case IRP_MJ_POWER:
        extension->Counts.Power++;
        break;
    case IRP_MJ_SYSTEM_CONTROL:
        extension->Counts.SystemControl++;
        break;
    default:
        extension->Counts.FileSystemControl++;
        status = STATUS_INVALID_PARAMETER;
        break;
    }
    return Complete(Irp, status, 0);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    DbgPrint("io_lower: unloading\n");
    RtlInitUnicodeString(&link, L"\\DosDevices\\IoLower");
    (void)IoDeleteSymbolicLink(&link);
    while (DriverObject->DeviceObject != NULL)
    {
        PEXTENSION extension = DriverObject->DeviceObject->DeviceExtension;

        KeCancelTimer(&extension->Timer);
        IoDeleteDevice(DriverObject->DeviceObject);
    }
}

static NTSTATUS
AddOne(PDRIVER_OBJECT DriverObject, PCWSTR Name, ULONG Flags, BOOLEAN Exclusive)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT device;
    PEXTENSION extension;
    NTSTATUS status;

    RtlInitUnicodeString(&name, Name);
    status = IoCreateDevice(DriverObject, sizeof(EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, Exclusive, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    extension->DeviceObject = device;
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, TransferDone, device);
    device->Flags |= Flags;
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING link, name;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = ControlFromDrivers;
    DriverObject->MajorFunction[IRP_MJ_QUERY_INFORMATION] = Information;
    DriverObject->MajorFunction[IRP_MJ_SET_INFORMATION] = Information;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = FlushShutdown;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = FlushShutdown;
    DriverObject->MajorFunction[IRP_MJ_PNP] = Other;
    DriverObject->MajorFunction[IRP_MJ_POWER] = Other;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = Other;
    DriverObject->MajorFunction[IRP_MJ_FILE_SYSTEM_CONTROL] = Other;
    DriverObject->DriverStartIo = StartIo;
    DriverObject->DriverUnload = Unload;
    status = AddOne(DriverObject, LOWER_BUFFERED, DO_BUFFERED_IO, FALSE);
    if (NT_SUCCESS(status))
        status = AddOne(DriverObject, LOWER_DIRECT, DO_DIRECT_IO, FALSE);
    if (NT_SUCCESS(status))
        status = AddOne(DriverObject, LOWER_NEITHER, 0, FALSE);
    if (NT_SUCCESS(status))
        status = AddOne(DriverObject, LOWER_EXCLUSIVE, DO_BUFFERED_IO, TRUE);
    RtlInitUnicodeString(&link, L"\\DosDevices\\IoLower");
    RtlInitUnicodeString(&name, LOWER_BUFFERED);
    return NT_SUCCESS(status) ? IoCreateSymbolicLink(&link, &name) : status;
}
