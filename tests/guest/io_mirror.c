// SPDX-License-Identifier: MIT
// An intermediate driver over two devices: writes go to both by duplicate IRPs, which have a stack
// location of the driver's own for its context, and reads alternate between them.
// Page: kernel/processing-irps-in-an-intermediate-level-driver.md
// Page: kernel/creating-irps-for-lower-level-drivers.md
// Page: kernel/irp-mj-write.md, kernel/registering-an-iocompletion-routine.md
// Page: NF:wdm.IoSetNextIrpStackLocation, NF:wdm.IoAllocateIrp, NF:wdm.IoSetCompletionRoutine
// With: io_lower.sys
// Run:
// Expect: io_mirror: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"
#include "io_pair.h"

#define SIDES 2

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Simple;
_Dispatch_type_(IRP_MJ_WRITE)
static DRIVER_DISPATCH Write;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH Read;
static IO_COMPLETION_ROUTINE DuplicateDone;
static DRIVER_UNLOAD Unload;

static UNICODE_STRING mirrorName = RTL_CONSTANT_STRING(L"\\Device\\IoMirror");
static PDEVICE_OBJECT mirror;
static PDEVICE_OBJECT sides[SIDES];
static PFILE_OBJECT files[SIDES];
static ULONG turn;
static ULONG errors;
static ULONG duplicatesFreed;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
Simple(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// The original's own stack location counts what is still under way.
static volatile LONG *
Remaining(PIRP Original)
{
    return (volatile LONG *)&IoGetCurrentIrpStackLocation(Original)->Parameters.Others.Argument4;
}

static NTSTATUS
DuplicateDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PIRP original = IoGetCurrentIrpStackLocation(Irp)->Parameters.Others.Argument1;
    NTSTATUS status = Irp->IoStatus.Status;
    ULONG_PTR information = Irp->IoStatus.Information;

    EXPECT(DeviceObject == mirror); // the location is ours, so the I/O manager knows whose this is
    EXPECT(Context == &sides);
    EXPECT_EQ(IoGetCurrentIrpStackLocation(Irp)->Parameters.Others.Argument2 == mirror, TRUE);
    if (!NT_SUCCESS(status))
    {
        PIO_ERROR_LOG_PACKET packet = IoAllocateErrorLogEntry(mirror, sizeof(IO_ERROR_LOG_PACKET));

        InterlockedIncrement((PLONG)&errors);
        if (packet != NULL)
        {
            packet->ErrorCode = status;
            IoWriteErrorLogEntry(packet);
        }
        original->IoStatus.Status = status;
        original->IoStatus.Information = 0;
    }
    else if (NT_SUCCESS(original->IoStatus.Status))
        original->IoStatus.Information = information;
    InterlockedIncrement((PLONG)&duplicatesFreed);
    IoFreeIrp(Irp);
    if (InterlockedDecrement(Remaining(original)) == 0)
        IoCompleteRequest(original, IO_NO_INCREMENT);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP
Duplicate(PIRP Original, PDEVICE_OBJECT Target)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Original), own, next;
    PIRP irp = IoAllocateIrp(Target->StackSize + 1, FALSE);

    if (irp == NULL)
        return NULL;
    IoSetNextIrpStackLocation(irp);
    own = IoGetCurrentIrpStackLocation(irp);
    own->DeviceObject = mirror;
    own->Parameters.Others.Argument1 = Original;
    own->Parameters.Others.Argument2 = mirror;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = stack->MajorFunction;
    next->Parameters.Write.Length = stack->Parameters.Write.Length;
    next->Parameters.Write.ByteOffset = stack->Parameters.Write.ByteOffset;
    irp->AssociatedIrp.SystemBuffer = Original->AssociatedIrp.SystemBuffer;
    irp->Tail.Overlay.Thread = Original->Tail.Overlay.Thread;
    IoSetCompletionRoutine(irp, DuplicateDone, &sides, TRUE, TRUE, TRUE);
    return irp;
}

static NTSTATUS
Write(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIRP duplicates[SIDES];

    UNREFERENCED_PARAMETER(DeviceObject);
    for (ULONG i = 0; i < SIDES; i++)
    {
        duplicates[i] = Duplicate(Irp, sides[i]);
        if (duplicates[i] == NULL)
        {
            while (i > 0)
                IoFreeIrp(duplicates[--i]);
            return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        }
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    *Remaining(Irp) = SIDES;
    IoMarkIrpPending(Irp);
    for (ULONG i = 0; i < SIDES; i++)
        (void)IoCallDriver(sides[i], duplicates[i]);
    return STATUS_PENDING;
}

static NTSTATUS
Read(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIRP irp;

    UNREFERENCED_PARAMETER(DeviceObject);
    irp = Duplicate(Irp, sides[turn++ % SIDES]);
    if (irp == NULL)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    *Remaining(Irp) = 1;
    IoMarkIrpPending(Irp);
    (void)IoCallDriver(sides[(turn - 1) % SIDES], irp);
    return STATUS_PENDING;
}

// ---- the test ----------------------------------------------------------------------------------

static LOWER_COUNTS
Counts(ULONG Side)
{
    LOWER_COUNTS counts;
    IO_STATUS_BLOCK iosb;
    KEVENT event;
    PIRP irp;

    RtlZeroMemory(&counts, sizeof(counts));
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_LOWER_COUNTS, sides[Side], NULL, 0, &counts,
                                        sizeof(counts), FALSE, &event, &iosb);
    EXPECT(irp != NULL && IoCallDriver(sides[Side], irp) == STATUS_SUCCESS);
    return counts;
}

static void
TestMirror(void)
{
    OBJECT_ATTRIBUTES attributes;
    LARGE_INTEGER offset = {.QuadPart = 8};
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    UCHAR data[40];

    InitializeObjectAttributes(&attributes, &mirrorName, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenFile(&handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &iosb, 0,
                         FILE_SYNCHRONOUS_IO_NONALERT),
              STATUS_SUCCESS);
    for (ULONG i = 0; i < sizeof(data); i++)
        data[i] = (UCHAR)(i ^ 0x55);
    EXPECT_EQ(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, data, sizeof(data), &offset, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, sizeof(data));
    EXPECT_EQ(duplicatesFreed, SIDES);
    EXPECT(Counts(0).Writes == 1 && Counts(1).Writes == 1);
    for (ULONG i = 0; i < SIDES; i++) // from one, then from the other
    {
        RtlZeroMemory(data, sizeof(data));
        EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, sizeof(data), &offset, NULL),
                  STATUS_SUCCESS);
        EXPECT(data[0] == 0x55 && data[39] == (39 ^ 0x55));
        EXPECT(Counts(0).Reads == 1 && Counts(1).Reads == i);
    }
    offset.QuadPart = LOWER_SIZE - 8; // behind the end: both refuse
    EXPECT_EQ(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, data, sizeof(data), &offset, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(errors, SIDES);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    for (ULONG i = 0; i < SIDES; i++)
        ObDereferenceObject(files[i]);
    IoDeleteDevice(mirror);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PWSTR names[SIDES] = {LOWER_BUFFERED, LOWER_EXCLUSIVE};
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = Write;
    DriverObject->DriverUnload = Unload;
    status = IoCreateDevice(DriverObject, 0, &mirrorName, FILE_DEVICE_UNKNOWN, 0, FALSE, &mirror);
    if (!NT_SUCCESS(status))
        return status;
    mirror->Flags |= DO_BUFFERED_IO;
    mirror->Flags &= ~DO_DEVICE_INITIALIZING;
    for (ULONG i = 0; i < SIDES; i++)
    {
        UNICODE_STRING name;

        RtlInitUnicodeString(&name, names[i]);
        status = IoGetDeviceObjectPointer(&name, FILE_ALL_ACCESS, &files[i], &sides[i]);
        EXPECT_EQ(status, STATUS_SUCCESS);
        if (!NT_SUCCESS(status))
            return status;
        if (mirror->StackSize < sides[i]->StackSize + 1)
            mirror->StackSize = sides[i]->StackSize + 1;
    }
    TestMirror();
    (void)Finish("io_mirror");
    return STATUS_SUCCESS;
}
