// SPDX-License-Identifier: MIT
// Loads and unloads another driver: ZwLoadDriver, ZwUnloadDriver, an unload that waits for the last
// handle and for the driver above, driver objects made by IoCreateDriver, shutdown notifications.
// Page: NF:wdm.ZwLoadDriver, NF:wdm.ZwUnloadDriver, kernel/unload-routine-environment.md
// Page: kernel/releasing-device-and-controller-objects.md
// Page: kernel/driverentry-return-values.md, kernel/dispatchshutdown-routines.md
// Page: NF:wdm.IoRegisterShutdownNotification, NF:wdm.IoUnregisterShutdownNotification
// Page: NF:wdm.IoRegisterLastChanceShutdownNotification
// Page: NF:ntddk.IoRegisterBootDriverReinitialization, NF:wdm.IoDeleteDevice
// With: io_lower.sys
// Run:
// Expect: io_lower: unloading
// Expect: io_lower: unloading
// Expect: io_lower: unloading
// Expect: io_loader: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"
#include "io_pair.h"

NTSYSAPI NTSTATUS NTAPI ZwUnloadDriver(PUNICODE_STRING DriverServiceName);
NTKERNELAPI NTSTATUS NTAPI
IoCreateDriver(PUNICODE_STRING DriverName, PDRIVER_INITIALIZE InitializationFunction);

#define SERVICES L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_INITIALIZE OtherEntry;
static DRIVER_INITIALIZE FailingEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_REINITIALIZE Reinitialize;
_Dispatch_type_(IRP_MJ_SHUTDOWN)
static DRIVER_DISPATCH Shutdown;

static UNICODE_STRING lowerService = RTL_CONSTANT_STRING(SERVICES L"io_lower");
static PDRIVER_OBJECT other;
static PDEVICE_OBJECT device, otherDevice;
static ULONG reinitializations;

static NTSTATUS
Open(PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb;

    RtlInitUnicodeString(&name, LOWER_BUFFERED);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    return ZwOpenFile(Handle, GENERIC_READ | SYNCHRONIZE, &attributes, &iosb, 0,
                      FILE_SYNCHRONOUS_IO_NONALERT);
}

static void
TestLoad(void)
{
    UNICODE_STRING missing = RTL_CONSTANT_STRING(SERVICES L"io_missing");
    UNICODE_STRING elsewhere = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\io_lower");
    UNICODE_STRING self = RTL_CONSTANT_STRING(SERVICES L"io_nounload");
    HANDLE handle;

    EXPECT_EQ(ZwLoadDriver(&lowerService), STATUS_IMAGE_ALREADY_LOADED); // the test's "With:"
    EXPECT_EQ(ZwUnloadDriver(&lowerService), STATUS_SUCCESS);
    EXPECT_EQ(Open(&handle), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT(!NT_SUCCESS(ZwUnloadDriver(&lowerService)));
    EXPECT_EQ(ZwLoadDriver(&missing), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT(!NT_SUCCESS(ZwLoadDriver(&elsewhere)));
    EXPECT(!NT_SUCCESS(ZwUnloadDriver(&self)));
    EXPECT_EQ(ZwLoadDriver(&lowerService), STATUS_SUCCESS);
    EXPECT_EQ(Open(&handle), STATUS_SUCCESS);
    // An open handle holds the unload back; meanwhile nobody new gets in.
    EXPECT_EQ(ZwUnloadDriver(&lowerService), STATUS_SUCCESS);
    {
        LOWER_COUNTS counts = {0};
        IO_STATUS_BLOCK iosb;
        HANDLE second;

        EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_COUNTS, NULL,
                                        0, &counts, sizeof(counts)),
                  STATUS_SUCCESS);
        EXPECT_EQ(counts.Creates, 1);
        EXPECT(!NT_SUCCESS(Open(&second)));
    }
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT_EQ(Open(&handle), STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(ZwLoadDriver(&lowerService), STATUS_SUCCESS);
}

// A device that another driver has attached to is not taken away under it.
static void
TestAttached(void)
{
    UNICODE_STRING name;
    PDEVICE_OBJECT filter = NULL, lower;
    HANDLE handle;

    EXPECT_EQ(IoCreateDevice(device->DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &filter),
              STATUS_SUCCESS);
    RtlInitUnicodeString(&name, LOWER_BUFFERED);
    EXPECT_EQ(IoAttachDevice(filter, &name, &lower), STATUS_SUCCESS);
    EXPECT_EQ(ZwUnloadDriver(&lowerService), STATUS_SUCCESS);
    EXPECT(lower->DriverObject != NULL && lower->AttachedDevice == filter);
    IoDetachDevice(lower); // now it goes
    IoDeleteDevice(filter);
    EXPECT_EQ(Open(&handle), STATUS_OBJECT_NAME_NOT_FOUND);
}

// ---- driver objects of this driver's own -------------------------------------------------------

static NTSTATUS
Shutdown(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    DbgPrint("io_loader: shutdown of %s\n", DeviceObject == device ? "one" : "another");
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS
OtherEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    EXPECT(RegistryPath == NULL);
    other = DriverObject;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = Shutdown;
    return IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &otherDevice);
}

static NTSTATUS
FailingEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_DEVICE_DOES_NOT_EXIST;
}

static void
TestCreateDriver(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Driver\\IoLoaderOther");

    EXPECT_EQ(IoCreateDriver(NULL, FailingEntry), STATUS_DEVICE_DOES_NOT_EXIST);
    EXPECT_EQ(IoCreateDriver(&name, OtherEntry), STATUS_SUCCESS);
    EXPECT(other != NULL && otherDevice != NULL && otherDevice->DriverObject == other);
    EXPECT(!(otherDevice->Flags & DO_DEVICE_INITIALIZING)); // its entry has returned
    EXPECT_EQ(IoCreateDriver(&name, OtherEntry), STATUS_OBJECT_NAME_COLLISION);
    EXPECT_EQ(IoRegisterShutdownNotification(otherDevice), STATUS_SUCCESS);
    EXPECT(otherDevice->Flags & DO_SHUTDOWN_REGISTERED);
    EXPECT_EQ(IoRegisterLastChanceShutdownNotification(device), STATUS_SUCCESS);
    IoUnregisterShutdownNotification(otherDevice);
    IoUnregisterShutdownNotification(device);
    EXPECT(!(otherDevice->Flags & DO_SHUTDOWN_REGISTERED));
    IoDeleteDevice(otherDevice);
    EXPECT(other->DeviceObject == NULL);
    ObMakeTemporaryObject(other); // and with it the driver object
}

static VOID
Reinitialize(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    EXPECT(DriverObject == device->DriverObject && Context == &device);
    EXPECT_EQ(Count, 1);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    reinitializations++;
    TestLoad();
    TestAttached();
    TestCreateDriver();
    EXPECT_EQ(ZwLoadDriver(&lowerService), STATUS_SUCCESS); // as the test found it
    (void)Finish("io_loader");
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = Shutdown;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (NT_SUCCESS(status)) // just before success is returned
        IoRegisterBootDriverReinitialization(DriverObject, Reinitialize, &device);
    return status;
}
