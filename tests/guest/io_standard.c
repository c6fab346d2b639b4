// SPDX-License-Identifier: MIT
// The standard routines: what a driver object holds before DriverEntry fills it in, what becomes of
// requests for which a driver has no dispatch routine, a driver without Close, one without Unload,
// one routine for several codes, a StartIo routine, the environment of DriverEntry and Unload.
// Page: kernel/standard-driver-routine-requirements.md
// Page: kernel/introduction-to-standard-driver-routines.md
// Page: kernel/driverentry-s-required-responsibilities.md
// Page: kernel/unload-routine-environment.md, NF:ntifs.IoStartPacket
// With: io_nounload.sys
// Run: open \\.\IoStandard; read 4 status:STATUS_INVALID_DEVICE_REQUEST
// Run: ioctl 0x222000 out:4 expect:01000000; close
// Run: unload io_standard
// Expect: io_standard: \d+ passed, 0 failed
// Expect: io_standard unloads: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

NTSYSAPI NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING DriverServiceName);
NTKERNELAPI NTSTATUS NTAPI
IoCreateDriver(PUNICODE_STRING DriverName, PDRIVER_INITIALIZE InitializationFunction);

DRIVER_INITIALIZE DriverEntry;
static DRIVER_INITIALIZE BareEntry;
static DRIVER_INITIALIZE NoCloseEntry;
_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH CreateOnly;
_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Several;
static DRIVER_STARTIO StartIo;
static DRIVER_UNLOAD Unload;
static IO_COMPLETION_ROUTINE Kept;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\IoStandard");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\IoStandard");
static UNICODE_STRING bareName = RTL_CONSTANT_STRING(L"\\Device\\IoStandardBare");
static UNICODE_STRING noCloseName = RTL_CONSTANT_STRING(L"\\Device\\IoStandardNoClose");
static PDRIVER_OBJECT bareDriver, noCloseDriver;
static PDEVICE_OBJECT device, bare, noClose;
static ULONG requests[IRP_MJ_MAXIMUM_FUNCTION + 1]; // what Several saw
static ULONG starts;
static BOOLEAN unloading;

// Before DriverEntry every entry point of a driver object is the system's or none.
static void
ExpectFresh(PDRIVER_OBJECT DriverObject)
{
    EXPECT(DriverObject->DriverUnload == NULL && DriverObject->DriverStartIo == NULL);
    EXPECT(DriverObject->DriverExtension != NULL);
    EXPECT(DriverObject->DriverExtension->AddDevice == NULL);
    EXPECT(DriverObject->DriverExtension->DriverObject == DriverObject);
    EXPECT(DriverObject->DeviceObject == NULL);
    EXPECT_EQ(DriverObject->Type, IO_TYPE_DRIVER);
    EXPECT_EQ(DriverObject->Size, sizeof(DRIVER_OBJECT));
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        EXPECT(DriverObject->MajorFunction[i] != NULL);
        EXPECT(DriverObject->MajorFunction[i] == DriverObject->MajorFunction[0]);
    }
}

static NTSTATUS
BareEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    ExpectFresh(DriverObject);
    bareDriver = DriverObject;
    return IoCreateDevice(DriverObject, 0, &bareName, FILE_DEVICE_UNKNOWN, 0, FALSE, &bare);
}

static NTSTATUS
NoCloseEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    noCloseDriver = DriverObject;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CreateOnly;
    return IoCreateDevice(DriverObject, 0, &noCloseName, FILE_DEVICE_UNKNOWN, 0, FALSE, &noClose);
}

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
CreateOnly(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    EXPECT(DeviceObject == noClose);
    EXPECT_EQ(IoGetCurrentIrpStackLocation(Irp)->MajorFunction, IRP_MJ_CREATE);
    return Complete(Irp, STATUS_SUCCESS, FILE_OPENED);
}

// One routine for several major function codes, told apart by the stack location.
static NTSTATUS
Several(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(Irp)->MajorFunction;

    EXPECT(DeviceObject == device);
    EXPECT(!unloading);
    requests[major]++;
    if (major == IRP_MJ_DEVICE_CONTROL)
    {
        IoMarkIrpPending(Irp);
        IoStartPacket(DeviceObject, Irp, NULL, NULL);
        return STATUS_PENDING;
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    EXPECT(DeviceObject == device && DeviceObject->CurrentIrp == Irp);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    *(PULONG)Irp->AssociatedIrp.SystemBuffer = ++starts;
    IoStartNextPacket(DeviceObject, FALSE);
    (void)Complete(Irp, STATUS_SUCCESS, sizeof(ULONG));
}

static NTSTATUS
Kept(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ++*(PULONG)Context;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

// A request for a code without a dispatch routine is completed, with that status.
static void
TestNoDispatch(void)
{
    for (ULONG major = 0; major <= IRP_MJ_MAXIMUM_FUNCTION; major++)
    {
        PIRP irp = IoAllocateIrp(bare->StackSize, FALSE);
        ULONG completions = 0;

        EXPECT(irp != NULL);
        if (irp == NULL)
            return;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        IoGetNextIrpStackLocation(irp)->MajorFunction = (UCHAR)major;
        IoSetCompletionRoutine(irp, Kept, &completions, TRUE, TRUE, TRUE);
        EXPECT_EQ(IoCallDriver(bare, irp), STATUS_INVALID_DEVICE_REQUEST);
        EXPECT_EQ(completions, 1);
        EXPECT_EQ(irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
        EXPECT_EQ(irp->IoStatus.Information, 0);
        IoFreeIrp(irp);
    }
}

static NTSTATUS
Open(PUNICODE_STRING Name, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;

    InitializeObjectAttributes(&attributes, Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwOpenFile(Handle, GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, 0,
                      FILE_SYNCHRONOUS_IO_NONALERT);
}

static void
TestNoClose(void)
{
    IO_STATUS_BLOCK iosb;
    HANDLE handle;
    ULONG data;

    EXPECT_EQ(Open(&bareName, &handle), STATUS_INVALID_DEVICE_REQUEST); // no Create
    EXPECT_EQ(bare->ReferenceCount, 0);
    EXPECT_EQ(Open(&noCloseName, &handle), STATUS_SUCCESS);
    EXPECT_EQ(noClose->ReferenceCount, 1);
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, &data, sizeof(data), NULL, NULL),
              STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, 0x222000, NULL, 0, NULL, 0),
              STATUS_INVALID_DEVICE_REQUEST);
    // Nobody answers cleanup and close; the file object goes all the same.
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT_EQ(noClose->ReferenceCount, 0);
}

static void
TestNoUnload(void)
{
    UNICODE_STRING service = RTL_CONSTANT_STRING(SERVICES L"io_nounload");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\IoNoUnload");
    HANDLE handle;

    EXPECT_EQ(ZwUnloadDriver(&service), STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(Open(&name, &handle), STATUS_INVALID_DEVICE_REQUEST); // it is still there
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    unloading = TRUE;
    passed = 0;
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsGetCurrentProcess() == PsInitialSystemProcess);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    EXPECT(DriverObject->DeviceObject == device);
    EXPECT_EQ(device->ReferenceCount, 0);
    EXPECT_EQ(requests[IRP_MJ_CREATE], 1);
    EXPECT_EQ(requests[IRP_MJ_CLOSE], 1);
    EXPECT_EQ(requests[IRP_MJ_DEVICE_CONTROL], 1);
    EXPECT_EQ(requests[IRP_MJ_READ], 0);
    EXPECT_EQ(starts, 1);
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(device);
    EXPECT(DriverObject->DeviceObject == NULL);
    (void)Finish("io_standard unloads");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    static const WCHAR ending[] = L"\\Services\\io_standard";
    UNICODE_STRING bareDriverName = RTL_CONSTANT_STRING(L"\\Driver\\IoStandardBare");
    UNICODE_STRING noCloseDriverName = RTL_CONSTANT_STRING(L"\\Driver\\IoStandardNoClose");
    UNICODE_STRING end, tail = *RegistryPath;

    ExpectFresh(DriverObject);
    EXPECT(DriverObject->DriverInit == DriverEntry);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsGetCurrentProcess() == PsInitialSystemProcess);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    RtlInitUnicodeString(&end, ending);
    tail.Buffer += (tail.Length - end.Length) / sizeof(WCHAR);
    tail.Length = end.Length;
    EXPECT(RtlEqualUnicodeString(&tail, &end, TRUE));
    EXPECT_EQ(IoCreateDriver(&bareDriverName, BareEntry), STATUS_SUCCESS);
    EXPECT_EQ(IoCreateDriver(&noCloseDriverName, NoCloseEntry), STATUS_SUCCESS);
    if (bare == NULL || noClose == NULL)
        return STATUS_UNSUCCESSFUL;
    TestNoDispatch();
    TestNoClose();
    TestNoUnload();
    IoDeleteDevice(bare);
    IoDeleteDevice(noClose);
    ObMakeTemporaryObject(bareDriver);
    ObMakeTemporaryObject(noCloseDriver);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Several;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Several;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Several;
    DriverObject->DriverStartIo = StartIo;
    DriverObject->DriverUnload = Unload;
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN,
                             FILE_DEVICE_SECURE_OPEN, FALSE, &device),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink(&linkName, &deviceName), STATUS_SUCCESS);
    return Finish("io_standard");
}
