// SPDX-License-Identifier: MIT
// What a driver learns of an open: options, sharing, access, names; a create that the driver keeps
// pending; a filter that takes an open back; in which context cleanup and close arrive.
// Page: kernel/irp-mj-create.md, kernel/irp-mj-cleanup.md, kernel/irp-mj-close.md
// Page: kernel/separate-dispatchcreate-and-dispatchclose-routines.md
// Page: NF:wdm.ZwCreateFile, NF:wdm.IoCreateFile, NF:ntddk.IoCancelFileOpen
// Run: open \\.\IoCreate; close
// Expect: io_create: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

NTKERNELAPI VOID NTAPI IoCancelFileOpen(PDEVICE_OBJECT DeviceObject, PFILE_OBJECT FileObject);

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Create;
_Dispatch_type_(IRP_MJ_CLOSE)
static DRIVER_DISPATCH Close;
static DRIVER_UNLOAD Unload;
static KDEFERRED_ROUTINE FinishLater;
static IO_COMPLETION_ROUTINE TakeBack;

static struct
{
    ULONG Creates, Cleanups, Closes;
    ULONG Options;
    USHORT ShareAccess, FileAttributes;
    ACCESS_MASK Access;
    ULONG NameLength;
    BOOLEAN Related;
    KPROCESSOR_MODE Mode;
    PVOID FileObject;
    PEPROCESS CleanupProcess;
    KIRQL CloseIrql;
} seen;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\IoCreate");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\IoCreate");
static PDEVICE_OBJECT device, filter;
static NTSTATUS answer;
static BOOLEAN pends, takesBack;
static PIRP held;
static KTIMER timer;
static KDPC dpc;
static UCHAR later; // a create that waits

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID
FinishLater(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    later++;
    Complete(held, answer, FILE_OPENED);
}

// The filter lets the driver below grant the open, and then refuses it.
static NTSTATUS
TakeBack(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
FilterCreate(PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;
    KEVENT event;

    if (!takesBack)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(device, Irp);
    }
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TakeBack, &event, TRUE, TRUE, TRUE);
    if (IoCallDriver(device, Irp) == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    EXPECT_EQ(Irp->IoStatus.Status, STATUS_SUCCESS);
    IoCancelFileOpen(device, file); // the lower driver sees cleanup and close
    EXPECT(file->Flags & FO_FILE_OPEN_CANCELLED);
    return Complete(Irp, STATUS_ACCESS_DENIED, 0);
}

static NTSTATUS
Create(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (DeviceObject == filter)
        return FilterCreate(Irp);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    seen.Creates++;
    seen.Options = stack->Parameters.Create.Options;
    seen.ShareAccess = stack->Parameters.Create.ShareAccess;
    seen.FileAttributes = stack->Parameters.Create.FileAttributes;
    seen.Access = stack->Parameters.Create.SecurityContext->DesiredAccess;
    seen.NameLength = stack->FileObject->FileName.Length;
    seen.Related = stack->FileObject->RelatedFileObject != NULL;
    seen.Mode = Irp->RequestorMode;
    seen.FileObject = stack->FileObject;
    if (pends)
    {
        LARGE_INTEGER due = {.QuadPart = MILLISECONDS(3)};

        IoMarkIrpPending(Irp);
        held = Irp;
        KeSetTimer(&timer, due, &dpc);
        return STATUS_PENDING;
    }
    return Complete(Irp, answer, FILE_OPENED);
}

static NTSTATUS
Close(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (DeviceObject == filter)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(device, Irp);
    }
    EXPECT(stack->FileObject == seen.FileObject);
    if (stack->MajorFunction == IRP_MJ_CLEANUP)
    {
        seen.Cleanups++;
        seen.CleanupProcess = PsGetCurrentProcess();
    }
    else
    {
        EXPECT_EQ(seen.Cleanups, seen.Closes + 1); // close comes after cleanup
        seen.Closes++;
        seen.CloseIrql = KeGetCurrentIrql();
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS
Open(PCWSTR Name, ULONG Disposition, ULONG Options, HANDLE Root, PIO_STATUS_BLOCK Iosb, PHANDLE Out)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, Root, NULL);
    return ZwCreateFile(Out, FILE_READ_DATA | SYNCHRONIZE, &attributes, Iosb, NULL,
                        FILE_ATTRIBUTE_HIDDEN, FILE_SHARE_READ | FILE_SHARE_DELETE, Disposition,
                        Options, NULL, 0);
}

static void
TestParameters(void)
{
    IO_STATUS_BLOCK iosb;
    HANDLE handle, relative;

    EXPECT_EQ(Open(L"\\Device\\IoCreate\\some\\file", FILE_OPEN_IF,
                   FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, &iosb, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, FILE_OPENED); // what the driver has said
    EXPECT_EQ(seen.Options >> 24, FILE_OPEN_IF);
    EXPECT_EQ(seen.Options & 0xffffff, FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    EXPECT_EQ(seen.ShareAccess, FILE_SHARE_READ | FILE_SHARE_DELETE);
    EXPECT_EQ(seen.FileAttributes, FILE_ATTRIBUTE_HIDDEN);
    EXPECT_EQ(seen.Access, FILE_READ_DATA | SYNCHRONIZE);
    EXPECT_EQ(seen.NameLength, sizeof(L"\\some\\file") - sizeof(WCHAR));
    EXPECT_EQ(seen.Mode, KernelMode);
    EXPECT(!seen.Related);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT(seen.Cleanups == 1 && seen.Closes == 1);
    EXPECT_EQ(seen.CloseIrql, PASSIVE_LEVEL);
    EXPECT(seen.CleanupProcess == PsGetCurrentProcess()); // who closed it
    EXPECT_EQ(Open(L"\\Device\\IoCreate", FILE_OPEN, 0, NULL, &iosb, &handle), STATUS_SUCCESS);
    seen.FileObject = NULL;
    EXPECT_EQ(Open(L"part", FILE_OPEN, 0, handle, &iosb, &relative), STATUS_SUCCESS);
    EXPECT(seen.Related);
    EXPECT_EQ(seen.NameLength, 4 * sizeof(WCHAR)); // without a backslash
    EXPECT_EQ(ZwClose(relative), STATUS_SUCCESS);
    ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &seen.FileObject, NULL);
    seen.Cleanups = seen.Closes = 0;
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT(seen.Cleanups == 1 && seen.Closes == 0); // the last handle, not the last reference
    ObDereferenceObject(seen.FileObject);
    EXPECT_EQ(seen.Closes, 1);
}

static void
TestAnswers(void)
{
    IO_STATUS_BLOCK iosb;
    HANDLE handle = NULL;

    seen.Cleanups = seen.Closes = 0;
    answer = STATUS_DEVICE_BUSY;
    EXPECT_EQ(Open(L"\\Device\\IoCreate", FILE_OPEN, 0, NULL, &iosb, &handle), STATUS_DEVICE_BUSY);
    EXPECT(handle == NULL && seen.Cleanups == 0 && seen.Closes == 0);
    pends = TRUE; // inherently synchronous: the caller waits
    EXPECT_EQ(Open(L"\\Device\\IoCreate", FILE_OPEN, 0, NULL, &iosb, &handle), STATUS_DEVICE_BUSY);
    answer = STATUS_SUCCESS;
    EXPECT_EQ(Open(L"\\Device\\IoCreate", FILE_OPEN, 0, NULL, &iosb, &handle), STATUS_SUCCESS);
    EXPECT_EQ(later, 2);
    pends = FALSE;
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    seen.Cleanups = seen.Closes = 0;
    takesBack = TRUE;
    EXPECT_EQ(Open(L"\\Device\\IoCreate", FILE_OPEN, 0, NULL, &iosb, &handle),
              STATUS_ACCESS_DENIED);
    EXPECT(seen.Cleanups == 1 && seen.Closes == 1); // from IoCancelFileOpen, and no others
    takesBack = FALSE;
    seen.Cleanups = seen.Closes = 0;
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    EXPECT_EQ(seen.Mode, UserMode); // the script's open
    EXPECT(seen.Cleanups == 1 && seen.Closes == 1);
    (void)Finish("io_create");
    IoDeleteSymbolicLink(&linkName);
    IoDetachDevice(device);
    IoDeleteDevice(filter);
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Create;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Close;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Close;
    DriverObject->DriverUnload = Unload;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, FinishLater, NULL);
    status = IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &filter);
    if (!NT_SUCCESS(status))
        return status;
    EXPECT(IoAttachDeviceToDeviceStack(filter, device) == device);
    TestParameters();
    TestAnswers();
    return IoCreateSymbolicLink(&linkName, &deviceName);
}
