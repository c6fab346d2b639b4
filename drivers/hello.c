// SPDX-License-Identifier: MIT
// A small but complete WDM driver, to read and to start from. It owns two device objects:
// \Device\Hello, which does the work, and an unnamed filter attached above it, which counts what
// passes. Every open of \\.\Hello therefore goes through the filter first.
//
//   0x222000  buffered     the greeting, into the caller's buffer
//   0x222005  in direct    sum of the bytes of the second buffer, as a ULONG, in the first
//   0x22200A  out direct   fills the second buffer with the byte given in the first
//   0x22200F  neither      reverses the caller's input into the caller's output
//   0x222010  buffered     completes later: after as many milliseconds as the input ULONG says
//   0x222014  buffered     how many requests the filter has seen
#include <ntddk.h>

#include "hello.h"

typedef struct _HELLO_EXTENSION
{
    BOOLEAN IsFilter;
    PDEVICE_OBJECT Lower; // filter: the device below
    LONG Seen;            // filter: requests counted

    // Device: at most one request waits for the timer. Whoever takes it out of Pending completes
    // it.
    KSPIN_LOCK Lock;
    PIRP Pending;
    KTIMER Timer;
    KDPC Dpc;
} HELLO_EXTENSION, *PHELLO_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD HelloUnload;
_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLEANUP)
_Dispatch_type_(IRP_MJ_CLOSE)
DRIVER_DISPATCH HelloCreateClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
DRIVER_DISPATCH HelloDeviceControl;
DRIVER_CANCEL HelloCancel;
KDEFERRED_ROUTINE HelloTimerDpc;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, HelloUnload)
#pragma alloc_text(PAGE, HelloCreateClose)
#endif

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

// What the filter does with everything: count and hand down. It needs no completion routine, so its
// stack location is skipped.
static NTSTATUS
PassDown(PHELLO_EXTENSION Extension, PIRP Irp)
{
    InterlockedIncrement(&Extension->Seen);
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Extension->Lower, Irp);
}

NTSTATUS
HelloCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHELLO_EXTENSION extension = DeviceObject->DeviceExtension;

    PAGED_CODE();
    if (extension->IsFilter)
        return PassDown(extension, Irp);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// METHOD_BUFFERED: one system buffer holds the input, then takes the output.
static NTSTATUS
Greet(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    static const CHAR greeting[] = "Hello from kernel mode";

    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(greeting))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, greeting, sizeof(greeting));
    return Complete(Irp, STATUS_SUCCESS, sizeof(greeting));
}

// METHOD_IN_DIRECT: the second buffer is the caller's own memory, locked and described by an MDL.
static NTSTATUS
Sum(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    const UCHAR *data;
    ULONG sum = 0;

    if (Irp->MdlAddress == NULL)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    if (data == NULL)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    for (ULONG i = 0; i < length; i++)
        sum += data[i];
    DbgPrint("Hello: the bytes add up to %lu\n", sum);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// METHOD_OUT_DIRECT: as above, but the memory is to be written.
static NTSTATUS
Fill(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    PUCHAR data;

    if (Irp->MdlAddress == NULL || Stack->Parameters.DeviceIoControl.InputBufferLength < 1)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    data = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    if (data == NULL)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    RtlFillMemory(data, length, *(PUCHAR)Irp->AssociatedIrp.SystemBuffer);
    return Complete(Irp, STATUS_SUCCESS, length);
}

// METHOD_NEITHER: two raw addresses of the caller. They may be anything, and may change while we
// look: probe, then touch them only inside __try.
static NTSTATUS
Reverse(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    ULONG inLength = Stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG outLength = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    PUCHAR in = Stack->Parameters.DeviceIoControl.Type3InputBuffer;
    PUCHAR out = Irp->UserBuffer;

    if (outLength < inLength)
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    __try
    {
        ProbeForRead(in, inLength, 1);
        ProbeForWrite(out, inLength, 1);
        for (ULONG i = 0; i < inLength; i++)
            out[i] = in[inLength - 1 - i];
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        return Complete(Irp, GetExceptionCode(), 0);
    }
    return Complete(Irp, STATUS_SUCCESS, inLength);
}

// Runs at DISPATCH_LEVEL with the cancel spin lock held, which it must release.
VOID
HelloCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHELLO_EXTENSION extension = DeviceObject->DeviceExtension;

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeCancelTimer(&extension->Timer);
    InterlockedExchangePointer((PVOID volatile *)&extension->Pending, NULL);
    DbgPrint("Hello: the request was cancelled\n");
    (VOID) Complete(Irp, STATUS_CANCELLED, 0);
}

VOID
HelloTimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PHELLO_EXTENSION extension = Context;
    PIRP irp = InterlockedExchangePointer((PVOID volatile *)&extension->Pending, NULL);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    // A cancel routine that is no longer there is running, or has run: then the request is its.
    if (irp == NULL || IoSetCancelRoutine(irp, NULL) == NULL)
        return;
    (VOID) Complete(irp, STATUS_SUCCESS, 0);
}

// Pends the request until a timer fires or somebody cancels it.
static NTSTATUS
Later(PHELLO_EXTENSION Extension, PIRP Irp, PIO_STACK_LOCATION Stack)
{
    LARGE_INTEGER due;
    KIRQL irql;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(ULONG))
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    due.QuadPart = -10000LL * *(PULONG)Irp->AssociatedIrp.SystemBuffer;

    KeAcquireSpinLock(&Extension->Lock, &irql);
    if (Extension->Pending != NULL)
    {
        KeReleaseSpinLock(&Extension->Lock, irql);
        return Complete(Irp, STATUS_DEVICE_BUSY, 0);
    }
    IoMarkIrpPending(Irp);
    Extension->Pending = Irp;
    IoSetCancelRoutine(Irp, HelloCancel);
    if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL)
    {
        // Cancelled before we were ready: nobody else will complete it.
        Extension->Pending = NULL;
        KeReleaseSpinLock(&Extension->Lock, irql);
        (VOID) Complete(Irp, STATUS_CANCELLED, 0);
        return STATUS_PENDING;
    }
    KeSetTimer(&Extension->Timer, due, &Extension->Dpc);
    KeReleaseSpinLock(&Extension->Lock, irql);
    return STATUS_PENDING;
}

static NTSTATUS
Count(PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PHELLO_EXTENSION filter = DeviceObject->AttachedDevice->DeviceExtension;

    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(ULONG))
        return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
    *(PULONG)Irp->AssociatedIrp.SystemBuffer = (ULONG)filter->Seen;
    return Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

NTSTATUS
HelloDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PHELLO_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (extension->IsFilter)
        return PassDown(extension, Irp);
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_HELLO_GREET:
        return Greet(Irp, stack);
    case IOCTL_HELLO_SUM:
        return Sum(Irp, stack);
    case IOCTL_HELLO_FILL:
        return Fill(Irp, stack);
    case IOCTL_HELLO_REVERSE:
        return Reverse(Irp, stack);
    case IOCTL_HELLO_LATER:
        return Later(extension, Irp, stack);
    case IOCTL_HELLO_COUNT:
        return Count(DeviceObject, Irp, stack);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS
AttachFilter(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Device)
{
    PDEVICE_OBJECT filter;
    PHELLO_EXTENSION extension;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(HELLO_EXTENSION), NULL,
                                     FILE_DEVICE_UNKNOWN, 0, FALSE, &filter);

    if (!NT_SUCCESS(status))
        return status;
    extension = filter->DeviceExtension;
    extension->IsFilter = TRUE;
    extension->Lower = IoAttachDeviceToDeviceStack(filter, Device);
    if (extension->Lower == NULL)
    {
        IoDeleteDevice(filter);
        return STATUS_NO_SUCH_DEVICE;
    }
    // The system buffers as the device below expects it.
    filter->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
    filter->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

VOID
HelloUnload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Hello");
    PDEVICE_OBJECT device = DriverObject->DeviceObject;

    PAGED_CODE();
    IoDeleteSymbolicLink(&link);
    while (device != NULL)
    {
        PDEVICE_OBJECT next = device->NextDevice;
        PHELLO_EXTENSION extension = device->DeviceExtension;

        if (extension->IsFilter)
            IoDetachDevice(extension->Lower);
        else
            KeCancelTimer(&extension->Timer);
        IoDeleteDevice(device);
        device = next;
    }
    DbgPrint("Hello: goodbye\n");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Hello");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Hello");
    PHELLO_EXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    DbgPrint("Hello: loaded from %wZ\n", RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = HelloCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = HelloCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = HelloCreateClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = HelloDeviceControl;
    DriverObject->DriverUnload = HelloUnload;

    status = IoCreateDevice(DriverObject, sizeof(HELLO_EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, HelloTimerDpc, extension);

    // Nothing can be attached to a device that is still being initialized. The I/O manager clears
    // the flag itself, but only after DriverEntry.
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = AttachFilter(DriverObject, device);
    if (NT_SUCCESS(status))
        status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
    {
        HelloUnload(DriverObject);
        return status;
    }
    return STATUS_SUCCESS;
}
