// SPDX-License-Identifier: MIT
// Requests that drivers make for drivers: the three IoBuild routines and associated requests.
// Page: kernel/creating-irps-for-lower-level-drivers.md
// Page: NF:wdm.IoBuildDeviceIoControlRequest, NF:wdm.IoBuildSynchronousFsdRequest
// Page: NF:wdm.IoBuildAsynchronousFsdRequest, NF:ntddk.IoMakeAssociatedIrp
// Page: NF:wdm.IoAllocateMdl, NF:wdm.MmBuildMdlForNonPagedPool
// Options: --cpus 4
// Run:
// Expect: io_build: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define IOCTL_BUFFERED CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_IN       CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_OUT      CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NEITHER  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_LATER    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_FAIL     CTL_CODE(FILE_DEVICE_UNKNOWN, 0x805, METHOD_BUFFERED, FILE_ANY_ACCESS)

_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH ReadWrite;
static IO_COMPLETION_ROUTINE AsyncDone;
static IO_WORKITEM_ROUTINE Later;

static PDEVICE_OBJECT device;
static PIO_WORKITEM item;
static KEVENT event;
static IO_STATUS_BLOCK iosb;
static UCHAR data[32];
static UCHAR lastMajor;
static LARGE_INTEGER lastOffset;
static ULONG lastLength;
static LONG asyncRuns;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID
Later(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PIRP irp = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    Sleep(MILLISECONDS(3));
    *(ULONG *)irp->AssociatedIrp.SystemBuffer = 0xABCD;
    Complete(irp, STATUS_SUCCESS, sizeof(ULONG));
}

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    UCHAR *buffer = Irp->AssociatedIrp.SystemBuffer, *mapped;

    UNREFERENCED_PARAMETER(DeviceObject);
    lastMajor = stack->MajorFunction;
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_BUFFERED:
        EXPECT(buffer != data); // a copy
        for (ULONG i = 0; i < in; i++)
            buffer[i] ^= 0xFF;
        return Complete(Irp, STATUS_SUCCESS, out < in ? out : in);
    case IOCTL_IN:
    case IOCTL_OUT:
        EXPECT(Irp->MdlAddress != NULL);
        EXPECT_EQ(MmGetMdlByteCount(Irp->MdlAddress), out);
        mapped = MmGetSystemAddressForMdlSafe(Irp->MdlAddress, NormalPagePriority);
        if (METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode) ==
            METHOD_OUT_DIRECT)
            RtlFillMemory(mapped, out, buffer[0]);
        else
            buffer[0] = mapped[out - 1];
        return Complete(Irp, STATUS_SUCCESS, out);
    case IOCTL_NEITHER:
        EXPECT(stack->Parameters.DeviceIoControl.Type3InputBuffer == data);
        EXPECT(Irp->UserBuffer == data + 16);
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_LATER:
        IoMarkIrpPending(Irp);
        IoQueueWorkItem(item, Later, DelayedWorkQueue, Irp);
        return STATUS_PENDING;
    case IOCTL_FAIL:
        return Complete(Irp, STATUS_DISK_FULL, 4);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

static NTSTATUS
ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);
    lastMajor = stack->MajorFunction;
    lastOffset = stack->Parameters.Read.ByteOffset;
    lastLength = stack->Parameters.Read.Length;
    if (stack->MajorFunction == IRP_MJ_READ)
    {
        EXPECT(Irp->AssociatedIrp.SystemBuffer != NULL);
        RtlFillMemory(Irp->AssociatedIrp.SystemBuffer, lastLength, 0x5A);
    }
    return Complete(Irp, STATUS_SUCCESS, lastLength);
}

static NTSTATUS
SendControl(ULONG Code, PVOID In, ULONG InLength, PVOID Out, ULONG OutLength, BOOLEAN Internal)
{
    PIRP irp;
    NTSTATUS status;

    KeClearEvent(&event);
    RtlZeroMemory(&iosb, sizeof(iosb));
    irp = IoBuildDeviceIoControlRequest(Code, device, In, InLength, Out, OutLength, Internal,
                                        &event, &iosb);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(device, irp);
    if (status == STATUS_PENDING)
    {
        (void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        status = iosb.Status;
    }
    return status;
}

static void
TestControl(void)
{
    ULONG value = 0;

    data[0] = 0x0F;
    data[1] = 0xF0;
    EXPECT_EQ(SendControl(IOCTL_BUFFERED, data, 2, data + 16, 2, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(lastMajor, IRP_MJ_DEVICE_CONTROL);
    EXPECT_EQ(data[16], 0xF0);
    EXPECT_EQ(data[17], 0x0F);
    EXPECT_EQ(iosb.Information, 2);
    EXPECT_EQ(KeReadStateEvent(&event), 1); // set even if the request did not pend
    EXPECT_EQ(SendControl(IOCTL_BUFFERED, data, 2, data + 16, 1, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(lastMajor, IRP_MJ_INTERNAL_DEVICE_CONTROL);
    data[0] = 0x33;
    EXPECT_EQ(SendControl(IOCTL_OUT, data, 1, data + 16, 8, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(data[16], 0x33);
    EXPECT_EQ(data[23], 0x33);
    EXPECT_EQ(SendControl(IOCTL_IN, data, 1, data + 16, 8, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(SendControl(IOCTL_NEITHER, data, 8, data + 16, 8, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(SendControl(IOCTL_LATER, NULL, 0, &value, sizeof(value), FALSE), STATUS_SUCCESS);
    EXPECT_EQ(value, 0xABCD);
    EXPECT_EQ(iosb.Information, sizeof(value));
    EXPECT_EQ(SendControl(IOCTL_FAIL, data, 4, data + 16, 4, FALSE), STATUS_DISK_FULL);
    EXPECT_EQ(SendControl(0x22fffc, NULL, 0, NULL, 0, FALSE), STATUS_INVALID_DEVICE_REQUEST);
}

static void
TestSynchronous(void)
{
    LARGE_INTEGER offset = {.QuadPart = 0x123456789LL};
    PIRP irp;

    KeClearEvent(&event);
    RtlZeroMemory(data, sizeof(data));
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, data, 16, &offset, &event, &iosb);
    EXPECT(irp != NULL);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(&event, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(lastOffset.QuadPart, 0x123456789LL);
    EXPECT_EQ(lastLength, 16);
    EXPECT_EQ(iosb.Information, 16);
    EXPECT_EQ(data[0], 0x5A); // copied back from the system buffer
    EXPECT_EQ(data[15], 0x5A);
    EXPECT_EQ(data[16], 0);
    KeClearEvent(&event);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, NULL, &event, &iosb);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS);
    EXPECT_EQ(lastMajor, IRP_MJ_FLUSH_BUFFERS);
}

static NTSTATUS
AsyncDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    EXPECT(Context == &asyncRuns);
    EXPECT_EQ(Irp->IoStatus.Information, 8);
    asyncRuns++;
    if (Irp->AssociatedIrp.SystemBuffer != NULL && (Irp->Flags & IRP_DEALLOCATE_BUFFER) != 0)
    {
        ExFreePoolWithTag(Irp->AssociatedIrp.SystemBuffer, 0);
        Irp->AssociatedIrp.SystemBuffer = NULL;
    }
    IoFreeIrp(Irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
TestAsynchronous(void)
{
    LARGE_INTEGER offset = {.QuadPart = 64};
    PIRP irp = IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, device, data, 8, &offset, NULL);

    EXPECT(irp != NULL);
    IoSetCompletionRoutine(irp, AsyncDone, &asyncRuns, TRUE, TRUE, TRUE);
    (void)IoCallDriver(device, irp);
    EXPECT_EQ(asyncRuns, 1);
    EXPECT_EQ(lastMajor, IRP_MJ_WRITE);
    EXPECT_EQ(lastOffset.QuadPart, 64);
}

static VOID
GuestUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoFreeWorkItem(item);
    IoDeleteDevice(device);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = GuestUnload;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Control;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = ReadWrite;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_BUFFERED_IO;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    item = IoAllocateWorkItem(device);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    TestControl();
    TestSynchronous();
    TestAsynchronous();
    status = Finish("io_build");
    if (!NT_SUCCESS(status))
        GuestUnload(DriverObject);
    return status;
}
