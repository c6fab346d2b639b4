// SPDX-License-Identifier: MIT
// The driver that bench/ measures: a device that answers METHOD_BUFFERED requests, ten filters that
// can be put above it, and two threads that hand an event to each other. Started by bench/*.c only.
//   0x222000  echo: output is what came in
//   0x222004  attach the ten filters
//   0x222008  ping-pong of two system threads: the input ULONG is how many rounds; two switches
//   each 0x22200C  the same between the caller's thread and one of the system, so of two processes
#include <ntddk.h>

#define FILTERS 10

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BenchUnload;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH BenchControl;
_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH BenchOpen;
static KSTART_ROUTINE Ping;
static KSTART_ROUTINE Pong;

static PDEVICE_OBJECT device;
static PDEVICE_OBJECT filters[FILTERS];
static ULONG attached;
static KEVENT ping;
static KEVENT pong;

// A device's extension is the device below it; NULL: the one that does the work.
static PDEVICE_OBJECT
LowerOf(PDEVICE_OBJECT DeviceObject)
{
    return *(PDEVICE_OBJECT *)DeviceObject->DeviceExtension;
}

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID
Pong(PVOID Context)
{
    for (ULONG left = *(ULONG *)Context; left > 0; left--)
    {
        (void)KeWaitForSingleObject(&ping, Executive, KernelMode, FALSE, NULL);
        KeSetEvent(&pong, IO_NO_INCREMENT, FALSE);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
Play(ULONG Rounds)
{
    for (ULONG i = 0; i < Rounds; i++)
    {
        KeSetEvent(&ping, IO_NO_INCREMENT, FALSE);
        (void)KeWaitForSingleObject(&pong, Executive, KernelMode, FALSE, NULL);
    }
}

static VOID
Ping(PVOID Context)
{
    Play(*(ULONG *)Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static PVOID
Start(PKSTART_ROUTINE Routine, ULONG *Rounds)
{
    HANDLE handle;
    PVOID thread = NULL;

    if (!NT_SUCCESS(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Routine, Rounds)))
        return NULL;
    (void)ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    ZwClose(handle);
    return thread;
}

static VOID
Join(PVOID Thread)
{
    (void)KeWaitForSingleObject(Thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(Thread);
}

static NTSTATUS
PingPong(ULONG Rounds, BOOLEAN OwnThread)
{
    PVOID second, first;

    KeInitializeEvent(&ping, SynchronizationEvent, FALSE);
    KeInitializeEvent(&pong, SynchronizationEvent, FALSE);
    second = Start(Pong, &Rounds);
    if (second == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    first = OwnThread ? Start(Ping, &Rounds) : NULL;
    if (first != NULL)
        Join(first);
    else
        Play(Rounds);
    Join(second);
    return STATUS_SUCCESS;
}

static NTSTATUS
AttachFilters(PDRIVER_OBJECT DriverObject)
{
    while (attached < FILTERS)
    {
        PDEVICE_OBJECT filter;
        NTSTATUS status = IoCreateDevice(DriverObject, sizeof(PDEVICE_OBJECT), NULL,
                                         FILE_DEVICE_UNKNOWN, 0, FALSE, &filter);
        if (!NT_SUCCESS(status))
            return status;
        filter->Flags |= DO_BUFFERED_IO;
        *(PDEVICE_OBJECT *)filter->DeviceExtension = IoAttachDeviceToDeviceStack(filter, device);
        filter->Flags &= ~DO_DEVICE_INITIALIZING;
        filters[attached++] = filter;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
BenchOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (LowerOf(DeviceObject) != NULL)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(LowerOf(DeviceObject), Irp);
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
BenchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (LowerOf(DeviceObject) != NULL)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(LowerOf(DeviceObject), Irp);
    }
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case 0x222000:
        return Complete(Irp, STATUS_SUCCESS, stack->Parameters.DeviceIoControl.OutputBufferLength);
    case 0x222004:
        return Complete(Irp, AttachFilters(DeviceObject->DriverObject), 0);
    case 0x222008:
    case 0x22200C:
        return Complete(Irp,
                        PingPong(*(ULONG *)Irp->AssociatedIrp.SystemBuffer,
                                 stack->Parameters.DeviceIoControl.IoControlCode == 0x222008),
                        0);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static VOID
BenchUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\Bench");

    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteSymbolicLink(&link);
    while (attached > 0)
    {
        PDEVICE_OBJECT filter = filters[--attached];
        IoDetachDevice(LowerOf(filter));
        IoDeleteDevice(filter);
    }
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Bench");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\??\\Bench");
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = BenchUnload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = BenchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = BenchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = BenchOpen;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BenchControl;
    status = IoCreateDevice(DriverObject, sizeof(PDEVICE_OBJECT), &name, FILE_DEVICE_UNKNOWN, 0,
                            FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
