// SPDX-License-Identifier: MIT
// Direct I/O of a device that moves bytes by programmed I/O: the MDL of the requester's buffer, its
// second mapping in system space, used in a DPC, and what remains of both after completion.
// Page: kernel/using-direct-i-o-with-pio.md, kernel/errors-in-direct-i-o.md
// Run: open \\.\IoPio
// Run: read 24 expect:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5
// Run: read 0
// Run: write "abcdef"
// Run: close
// Expect: io_pio: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
static DRIVER_DISPATCH CreateClose;
_Dispatch_type_(IRP_MJ_READ)
_Dispatch_type_(IRP_MJ_WRITE)
static DRIVER_DISPATCH ReadWrite;
static KDEFERRED_ROUTINE Transfer;
static DRIVER_UNLOAD Unload;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\IoPio");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\IoPio");
static PDEVICE_OBJECT device;
static PIRP current;
static KTIMER timer;
static KDPC dpc;
static ULONG transfers, empties;
static PUCHAR lastMapping;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
CreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// The requester may not be the current thread: only the system mapping is of use here.
static VOID
Transfer(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIRP irp = current;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
    ULONG length = MmGetMdlByteCount(irp->MdlAddress);
    PUCHAR bytes;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    bytes = MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority | MdlMappingNoExecute);
    EXPECT(bytes != NULL);
    if (bytes == NULL)
    {
        (void)Complete(irp, STATUS_INSUFFICIENT_RESOURCES, 0);
        return;
    }
    EXPECT((PVOID)bytes >= MM_SYSTEM_RANGE_START);
    EXPECT(irp->MdlAddress->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
    // A second question gives the same mapping.
    EXPECT(MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority) == bytes);
    EXPECT_EQ(BYTE_OFFSET(bytes), MmGetMdlByteOffset(irp->MdlAddress));
    if (stack->MajorFunction == IRP_MJ_READ)
    {
        RtlFillMemory(bytes, length, 0xa5);
    }
    else
    {
        EXPECT_EQ(bytes[0], 'a');
        EXPECT_EQ(bytes[length - 1], 'f');
    }
    transfers++;
    lastMapping = bytes;
    (void)Complete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS
ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN reads = stack->MajorFunction == IRP_MJ_READ;
    ULONG length = reads ? stack->Parameters.Read.Length : stack->Parameters.Write.Length;
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(1)};
    PMDL mdl = Irp->MdlAddress;

    UNREFERENCED_PARAMETER(DeviceObject);
    EXPECT(Irp->AssociatedIrp.SystemBuffer == NULL);
    EXPECT_EQ((mdl != NULL), (length != 0)); // nothing to describe, no MDL
    if (mdl == NULL)
    {
        empties++;
        return Complete(Irp, STATUS_SUCCESS, 0);
    }
    EXPECT(Irp->RequestorMode == UserMode);
    EXPECT_EQ(MmGetMdlByteCount(mdl), length);
    EXPECT(MmGetMdlVirtualAddress(mdl) <= MM_HIGHEST_USER_ADDRESS);
    EXPECT(mdl->MdlFlags & MDL_PAGES_LOCKED);
    EXPECT(!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)); // whoever needs it maps it
    EXPECT_EQ(!!(mdl->MdlFlags & MDL_WRITE_OPERATION), reads);
    EXPECT(mdl->Next == NULL);
    EXPECT(MmGetMdlPfnArray(mdl)[0] != 0);
    EXPECT_EQ(lastMapping != NULL && MmIsAddressValid(lastMapping), 0); // released with its request
    IoMarkIrpPending(Irp);
    current = Irp;
    KeSetTimer(&timer, due, &dpc);
    return STATUS_PENDING;
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    EXPECT_EQ(transfers, 2);
    EXPECT_EQ(empties, 1);
    EXPECT(!MmIsAddressValid(lastMapping));
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(device);
    (void)Finish("io_pio");
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, Transfer, NULL);
    status = IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags |= DO_DIRECT_IO;
    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
