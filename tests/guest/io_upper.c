// SPDX-License-Identifier: MIT
// A higher-level driver over io_lower, as the documentation teaches both. One device stands over
// the direct one by IoGetDeviceObjectPointer and splits transfers into partial ones; another one is
// attached to the buffered one by name and passes everything on. The reinitialization routine,
// when both drivers have initialized themselves, uses the stacks.
// Page: kernel/irp-mj-internal-device-control.md, kernel/creating-ioctl-requests-in-drivers.md
// Page: kernel/dispatchreadwrite-in-higher-level-drivers.md
// Page: kernel/handling-transfers-asynchronously.md
// Page: kernel/summary-of-read-write-dispatch-routines.md
// Page: kernel/dispatchread--dispatchwrite--and-dispatchreadwrite-routines.md
// Page: kernel/dispatchdevicecontrol-in-higher-level-drivers.md
// Page: kernel/dispatchdevicecontrol-and-dispatchinternaldevicecontrol-routines.md
// Page: kernel/dispatch-internal-devicecontrol-in-class-port-drivers.md
// Page: kernel/when-to-check-the-driver-s-i-o-stack-location.md, kernel/device-extensions.md
// Page: kernel/initializing-a-device-object.md, kernel/creating-a-device-object.md
// Page: kernel/separate-dispatchcreate-and-dispatchclose-routines.md
// Page: kernel/writing-a-reinitialize-routine.md, kernel/driverentry-s-optional-responsibilities.md
// Page: kernel/dispatchsystemcontrol-routines.md
// Page: kernel/driver-entry-points-in-driver-objects.md, kernel/writing-a-driverentry-routine.md
// Page: kernel/non-pnp-driver-s-unload-routine.md, kernel/unload-routine-functionality.md
// Page: NF:wdm.IoGetDeviceObjectPointer, NF:wdm.IoAttachDevice, NF:ntifs.IoGetLowerDeviceObject
// Page: NF:wdm.IoGetRelatedDeviceObject, NF:ntifs.IoGetDeviceAttachmentBaseRef
// Page: NF:wdm.IoBuildPartialMdl, NF:ntddk.IoMakeAssociatedIrp, NF:wdm.IoForwardIrpSynchronously
// Page: NF:ntddk.IoRegisterDriverReinitialization, NF:wdm.IoAllocateDriverObjectExtension
// Page: NF:wdm.IoGetDriverObjectExtension, NF:wdm.IoSetCompletionRoutineEx
// With: io_lower.sys
// Run: devstack \Device\IoLowerBuffered
// Run: open \\.\IoLower; ioctl 0x22200c async; cancel; close
// Expect: io_upper: \d+ passed, 0 failed
// Expect: IoLowerBuffered
// Expect: io_upper: unloading
// Expect: io_lower: unloading
// Reject: FAIL
#include <ntifs.h>

#include "check.h"
#include "io_pair.h"

#define UPPER_NAME L"\\Device\\IoUpper"

typedef struct _EXTENSION
{
    PDEVICE_OBJECT DeviceObject;
    PDEVICE_OBJECT Lower;
    PFILE_OBJECT LowerFile; // of IoGetDeviceObjectPointer
    BOOLEAN Filter;
    NTSTATUS SplitStatus; // the first error of a partial transfer
    LOWER_COUNTS Cached;  // answers without asking
    BOOLEAN HaveCached;
} EXTENSION, *PEXTENSION;

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Create;
_Dispatch_type_(IRP_MJ_CLOSE)
static DRIVER_DISPATCH Close;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH ReadWrite;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
_Dispatch_type_(IRP_MJ_FLUSH_BUFFERS)
static DRIVER_DISPATCH Pass;
DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_REINITIALIZE Reinitialize;
static IO_COMPLETION_ROUTINE PartDone;
static IO_COMPLETION_ROUTINE Watch;
static IO_COMPLETION_ROUTINE Kept;

static PDEVICE_OBJECT upper, filter;
static ULONG parts;   // partial transfers made
static ULONG watched; // completions seen by the filter
static BOOLEAN watchedPending;
static ULONG reinitializations;
static BOOLEAN entryDone;
static BOOLEAN forwardSynchronously;
static UCHAR data[LOWER_SIZE];

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Length)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Length;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS
Pass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(extension->Lower, Irp);
}

// ---- create and close -------------------------------------------------------------------------

// What a class driver asks its port driver when it is opened: a request of its own.
static NTSTATUS
AskName(PEXTENSION Extension, PCHAR Name, ULONG Length)
{
    IO_STATUS_BLOCK iosb;
    KEVENT event;
    NTSTATUS status;
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_LOWER_NAME, Extension->Lower, NULL, 0, Name, Length,
                                        TRUE, &event, &iosb);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = IoCallDriver(Extension->Lower, irp);
    if (status == STATUS_PENDING)
    {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        status = iosb.Status;
    }
    return status;
}

static NTSTATUS
Create(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    CHAR name[8] = "";
    NTSTATUS status;

    if (extension->Filter)
        return Pass(DeviceObject, Irp);
    if (IoGetCurrentIrpStackLocation(Irp)->FileObject->FileName.Length != 0)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    status = AskName(extension, name, sizeof(name));
    EXPECT(NT_SUCCESS(status) && name[0] == 'l' && name[4] == 'r');
    return Complete(Irp, status, 0);
}

static NTSTATUS
Close(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;

    return extension->Filter ? Pass(DeviceObject, Irp) : Complete(Irp, STATUS_SUCCESS, 0);
}

// ---- transfers: one request becomes several ----------------------------------------------------

static NTSTATUS
PartDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PEXTENSION extension = Context;
    PIRP master = Irp->AssociatedIrp.MasterIrp;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (NT_SUCCESS(Irp->IoStatus.Status))
        master->IoStatus.Information += Irp->IoStatus.Information;
    else
    {
        master->IoStatus.Status = Irp->IoStatus.Status;
        master->IoStatus.Information = 0;
        extension->SplitStatus = Irp->IoStatus.Status;
    }
    return STATUS_SUCCESS; // the I/O manager frees it and counts down its master
}

static PIRP
MakePart(PEXTENSION Extension, PIRP Master, ULONG Offset, ULONG Length)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Master), next;
    PUCHAR address = MmGetMdlVirtualAddress(Master->MdlAddress);
    PIRP irp = IoMakeAssociatedIrp(Master, Extension->Lower->StackSize);

    if (irp == NULL)
        return NULL;
    EXPECT(irp->Tail.Overlay.Thread == Master->Tail.Overlay.Thread);
    irp->MdlAddress = IoAllocateMdl(address + Offset, Length, FALSE, FALSE, NULL);
    if (irp->MdlAddress == NULL)
    {
        IoFreeIrp(irp);
        return NULL;
    }
    IoBuildPartialMdl(Master->MdlAddress, irp->MdlAddress, address + Offset, Length);
    EXPECT_EQ(MmGetMdlByteCount(irp->MdlAddress), Length);
    EXPECT(irp->MdlAddress->MdlFlags & MDL_PARTIAL);
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = stack->MajorFunction;
    next->Parameters.Read.Length = Length;
    next->Parameters.Read.ByteOffset.QuadPart = stack->Parameters.Read.ByteOffset.QuadPart + Offset;
    IoSetCompletionRoutine(irp, PartDone, Extension, TRUE, TRUE, TRUE);
    parts++;
    return irp;
}

static NTSTATUS
ReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
    PIRP irps[LOWER_SIZE / LOWER_BIGGEST];
    ULONG count = 0;

    if (extension->Filter)
        return Pass(DeviceObject, Irp);
    if (length == 0 || length > LOWER_SIZE) // a highest-level driver checks
        return Complete(Irp, length == 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER, 0);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    extension->SplitStatus = STATUS_SUCCESS;
    for (ULONG offset = 0; offset < length; offset += LOWER_BIGGEST)
    {
        ULONG part = length - offset < LOWER_BIGGEST ? length - offset : LOWER_BIGGEST;

        irps[count] = MakePart(extension, Irp, offset, part);
        if (irps[count] == NULL)
            break;
        count++;
    }
    if (count == 0)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    Irp->AssociatedIrp.IrpCount = (LONG)count;
    IoMarkIrpPending(Irp);
    for (ULONG i = 0; i < count; i++)
        (void)IoCallDriver(extension->Lower, irps[i]);
    return STATUS_PENDING;
}

// ---- control ----------------------------------------------------------------------------------

static NTSTATUS
Watch(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    EXPECT(DeviceObject == filter && Context == &watched);
    watched++;
    watchedPending = Irp->PendingReturned;
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (!extension->Filter && extension->HaveCached &&
        stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_LOWER_COUNTS &&
        stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(LOWER_COUNTS))
    {
        *(PLOWER_COUNTS)Irp->AssociatedIrp.SystemBuffer = extension->Cached;
        return Complete(Irp, STATUS_SUCCESS, sizeof(LOWER_COUNTS));
    }
    if (!extension->Filter)
        return Pass(DeviceObject, Irp);
    if (forwardSynchronously)
    {
        IoCopyCurrentIrpStackLocationToNext(Irp);
        EXPECT_EQ(IoForwardIrpSynchronously(extension->Lower, Irp), TRUE);
        return Complete(Irp, Irp->IoStatus.Status, Irp->IoStatus.Information);
    }
    IoCopyCurrentIrpStackLocationToNext(Irp);
    EXPECT_EQ(IoSetCompletionRoutineEx(DeviceObject, Irp, Watch, &watched, TRUE, TRUE, TRUE),
              STATUS_SUCCESS);
    return IoCallDriver(extension->Lower, Irp);
}

// ---- the tests --------------------------------------------------------------------------------

static HANDLE
Open(PCWSTR Name)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb;
    HANDLE handle = NULL;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateFile(&handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, &iosb,
                           NULL, 0, 0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
              STATUS_SUCCESS);
    return handle;
}

static LOWER_COUNTS
Counts(HANDLE Handle)
{
    LOWER_COUNTS counts;
    IO_STATUS_BLOCK iosb;

    RtlZeroMemory(&counts, sizeof(counts));
    EXPECT_EQ(ZwDeviceIoControlFile(Handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_COUNTS, NULL, 0,
                                    &counts, sizeof(counts)),
              STATUS_SUCCESS);
    return counts;
}

static void
TestSplit(void)
{
    PEXTENSION extension = upper->DeviceExtension;
    HANDLE handle = Open(UPPER_NAME);
    LARGE_INTEGER offset = {.QuadPart = 0};
    IO_STATUS_BLOCK iosb;
    LOWER_COUNTS before = Counts(handle), after;

    for (ULONG i = 0; i < sizeof(data); i++)
        data[i] = (UCHAR)(i * 3);
    EXPECT_EQ(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, data, 200, &offset, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, 200);
    EXPECT_EQ(parts, 4);
    RtlZeroMemory(data, sizeof(data));
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 200, &offset, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, 200);
    EXPECT(data[1] == 3 && data[199] == (UCHAR)(199 * 3) && data[200] == 0);
    after = Counts(handle);
    EXPECT_EQ(after.Writes, before.Writes + 4);
    EXPECT_EQ(after.Reads, before.Reads + 4);
    offset.QuadPart = 128; // the last two parts lie behind the end
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 256, &offset, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(extension->SplitStatus, STATUS_INVALID_PARAMETER);
    parts = 0;
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 0, &offset, NULL), STATUS_SUCCESS);
    EXPECT_EQ(parts, 0);
    // A class driver may answer from what it knows.
    extension->Cached.Reads = 4711;
    extension->HaveCached = TRUE;
    EXPECT_EQ(Counts(handle).Reads, 4711);
    extension->HaveCached = FALSE;
    EXPECT_EQ(ZwFlushBuffersFile(handle, &iosb), STATUS_SUCCESS);
    EXPECT_EQ(Counts(handle).Flushes, before.Flushes + 1); // passed on
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestFilter(void)
{
    HANDLE handle = Open(LOWER_BUFFERED); // the name is the lower one's, the request comes to us
    IO_STATUS_BLOCK iosb;
    ULONG slow = 0;

    watched = 0;
    EXPECT_EQ(Counts(handle).Creates, 3); // with the one of IoAttachDevice and of TestWalks
    EXPECT_EQ(watched, 1);
    EXPECT(!watchedPending);
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_SLOW, NULL, 0,
                                    &slow, sizeof(slow)),
              STATUS_SUCCESS);
    EXPECT(slow == 0x510 && watched == 2 && watchedPending);
    slow = 0;
    forwardSynchronously = TRUE;
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_SLOW, NULL, 0,
                                    &slow, sizeof(slow)),
              STATUS_SUCCESS);
    EXPECT(slow == 0x510 && iosb.Information == sizeof(slow) && watched == 2);
    forwardSynchronously = FALSE;
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, 0x22fffc, NULL, 0, NULL, 0),
              STATUS_INVALID_DEVICE_REQUEST); // not ours to judge: the lower driver does
    EXPECT_EQ(watched, 3);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static NTSTATUS
Kept(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

// WMI requests go to the top of the stack, and who does not handle one passes it on untouched.
static void
TestSystemControl(void)
{
    PEXTENSION extension = filter->DeviceExtension;
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(extension->Lower);
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    HANDLE handle = Open(LOWER_BUFFERED);
    ULONG before = Counts(handle).SystemControl;
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_SYSTEM_CONTROL;
    IoGetNextIrpStackLocation(irp)->MinorFunction = 0x42;
    IoSetCompletionRoutine(irp, Kept, &event, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(top, irp), STATUS_NOT_SUPPORTED);
    EXPECT_EQ(KeReadStateEvent(&event), 1);
    EXPECT_EQ(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
    EXPECT_EQ(Counts(handle).SystemControl, before + 1);
    IoFreeIrp(irp);
    ObDereferenceObject(top);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestWalks(void)
{
    PEXTENSION extension = filter->DeviceExtension;
    UNICODE_STRING name;
    PFILE_OBJECT file;
    PDEVICE_OBJECT device, bottom;

    RtlInitUnicodeString(&name, LOWER_BUFFERED);
    EXPECT_EQ(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device), STATUS_SUCCESS);
    EXPECT(device == filter); // the top of the stack of what was named
    EXPECT(file->DeviceObject == extension->Lower);
    EXPECT(IoGetRelatedDeviceObject(file) == filter);
    bottom = IoGetDeviceAttachmentBaseRef(filter);
    EXPECT(bottom == extension->Lower);
    ObDereferenceObject(bottom);
    bottom = IoGetLowerDeviceObject(filter);
    EXPECT(bottom == extension->Lower);
    ObDereferenceObject(bottom);
    EXPECT(IoGetLowerDeviceObject(extension->Lower) == NULL);
    device = IoGetAttachedDeviceReference(extension->Lower);
    EXPECT(device == filter);
    ObDereferenceObject(device);
    EXPECT(IoGetAttachedDevice(extension->Lower) == filter);
    EXPECT_EQ(filter->StackSize, extension->Lower->StackSize + 1);
    EXPECT_EQ(filter->AlignmentRequirement, extension->Lower->AlignmentRequirement);
    ObDereferenceObject(file);
    RtlInitUnicodeString(&name, L"\\Device\\IoLowerMissing");
    EXPECT_EQ(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(IoAttachDevice(upper, &name, &device), STATUS_OBJECT_NAME_NOT_FOUND);
}

static VOID
Reinitialize(PDRIVER_OBJECT DriverObject, PVOID Context, ULONG Count)
{
    PULONG shared = IoGetDriverObjectExtension(DriverObject, DriverEntry);

    EXPECT(entryDone); // not before DriverEntry has returned
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    EXPECT(ExGetPreviousMode() == KernelMode);
    EXPECT(Context == &reinitializations && shared != NULL && *shared == 0x1234);
    reinitializations++;
    EXPECT_EQ(Count, reinitializations);
    EXPECT_EQ(DriverObject->DriverExtension->Count, Count);
    if (Count == 1)
    {
        IoRegisterDriverReinitialization(DriverObject, Reinitialize, Context); // once more
        return;
    }
    TestWalks();
    TestFilter();
    TestSplit();
    TestSystemControl();
    (void)Finish("io_upper");
}

// ---- loading and unloading --------------------------------------------------------------------

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    PEXTENSION extension = upper->DeviceExtension;

    UNREFERENCED_PARAMETER(DriverObject);
    DbgPrint("io_upper: unloading\n");
    if (extension->LowerFile != NULL)
        ObDereferenceObject(extension->LowerFile);
    extension = filter->DeviceExtension;
    if (extension->Lower != NULL)
        IoDetachDevice(extension->Lower);
    IoDeleteDevice(upper);
    IoDeleteDevice(filter);
}

// Stands over the direct device without being in its stack.
static NTSTATUS
AddUpper(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING name;
    PEXTENSION extension;
    NTSTATUS status;

    RtlInitUnicodeString(&name, UPPER_NAME);
    status = IoCreateDevice(DriverObject, sizeof(EXTENSION), &name, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &upper);
    if (!NT_SUCCESS(status))
        return status;
    EXPECT_EQ(upper->StackSize, 1);
    EXPECT_EQ(upper->DeviceType, FILE_DEVICE_UNKNOWN);
    EXPECT_EQ(upper->Characteristics, FILE_DEVICE_SECURE_OPEN);
    EXPECT_EQ(upper->AlignmentRequirement, SYSTEM_CACHE_ALIGNMENT_SIZE - 1);
    EXPECT(upper->Flags & DO_DEVICE_INITIALIZING);
    extension = upper->DeviceExtension;
    for (ULONG i = 0; i < sizeof(EXTENSION); i++)
        EXPECT(((PUCHAR)extension)[i] == 0); // the I/O manager's zeros
    extension->DeviceObject = upper;
    RtlInitUnicodeString(&name, LOWER_DIRECT);
    status =
        IoGetDeviceObjectPointer(&name, FILE_ALL_ACCESS, &extension->LowerFile, &extension->Lower);
    if (!NT_SUCCESS(status))
        return status;
    upper->StackSize = extension->Lower->StackSize + 1;
    upper->AlignmentRequirement = extension->Lower->AlignmentRequirement;
    upper->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
    EXPECT(upper->Flags & DO_DIRECT_IO);
    return STATUS_SUCCESS;
}

static NTSTATUS
AddFilter(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING name;
    PEXTENSION extension;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &filter);

    if (!NT_SUCCESS(status))
        return status;
    extension = filter->DeviceExtension;
    extension->Filter = TRUE;
    RtlInitUnicodeString(&name, LOWER_BUFFERED);
    status = IoAttachDevice(filter, &name, &extension->Lower);
    if (NT_SUCCESS(status))
        filter->Flags |= extension->Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
    return status;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PULONG shared, again;
    NTSTATUS status;

    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    EXPECT(RegistryPath->Length > 20 * sizeof(WCHAR));
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Create;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Close;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Close;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Pass;
    DriverObject->MajorFunction[IRP_MJ_FLUSH_BUFFERS] = Pass;
    DriverObject->MajorFunction[IRP_MJ_SHUTDOWN] = Pass;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = Pass;
    DriverObject->DriverUnload = Unload;
    EXPECT(IoGetDriverObjectExtension(DriverObject, DriverEntry) == NULL);
    status =
        IoAllocateDriverObjectExtension(DriverObject, DriverEntry, sizeof(ULONG), (PVOID *)&shared);
    if (!NT_SUCCESS(status))
        return status;
    *shared = 0x1234;
    EXPECT_EQ(IoAllocateDriverObjectExtension(DriverObject, DriverEntry, 4, (PVOID *)&again),
              STATUS_OBJECT_NAME_COLLISION);
    status = AddUpper(DriverObject);
    if (NT_SUCCESS(status))
        status = AddFilter(DriverObject);
    if (!NT_SUCCESS(status))
        return status;
    IoRegisterDriverReinitialization(DriverObject, Reinitialize, &reinitializations);
    entryDone = TRUE;
    return STATUS_SUCCESS;
}
