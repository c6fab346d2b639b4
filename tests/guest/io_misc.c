// SPDX-License-Identifier: MIT
// Small questions and settings of the I/O manager: stacks, versions, hints, origins, share access,
// events by name, lists of devices, locks of volumes, error log entries, symbolic links, types.
// Page: NF:wdm.IoGetStackLimits, NF:wdm.IoGetInitialStack, NF:wdm.IoIsWdmVersionAvailable
// Page: NF:wdm.IoGetIoPriorityHint, NF:wdm.IoSetIoPriorityHint, NF:ntddk.IoGetPagingIoPriority
// Page: NF:ntddk.IoSetFileOrigin, NF:ntddk.IoIsFileOriginRemote, NF:ntifs.IoIsOperationSynchronous
// Page: NF:ntifs.IoGetTopLevelIrp, NF:ntifs.IoSetTopLevelIrp, NF:ntddk.IoSetThreadHardErrorMode
// Page: NF:wdm.IoCheckShareAccess, NF:wdm.IoSetShareAccess, NF:wdm.IoUpdateShareAccess
// Page: NF:wdm.IoRemoveShareAccess, NF:wdm.IoCreateSynchronizationEvent
// Page: NF:wdm.IoCreateNotificationEvent, NF:ntifs.IoEnumerateDeviceObjectList
// Page: NF:ntifs.IoAcquireVpbSpinLock, NF:ntifs.IoReleaseVpbSpinLock
// Page: NF:ntifs.IoGetBaseFileSystemDeviceObject, NF:ntddk.IoGetFileObjectGenericMapping
// Page: NF:ntddk.IoGetConfigurationInformation, NF:wdm.IoAllocateErrorLogEntry
// Page: NF:wdm.IoFreeErrorLogEntry, NF:wdm.IoWriteErrorLogEntry
// Page: NF:wdm.IoCreateUnprotectedSymbolicLink, NF:wdm.IoCreateSymbolicLink
// Page: NF:wdm.IoDeleteSymbolicLink, NF:ntddk.IoAttachDeviceToDeviceStackSafe
// Page: NF:wdm.IoInitializeWorkItem, NF:wdm.IoUninitializeWorkItem, NF:wdm.IoSizeofWorkItem
// Page: NF:wdm.IoIsErrorUserInduced, NF:wdm.IoGetRemainingStackSize
// Page: NF:ntddk.IoIsValidIrpStatus, NF:ntddk.IoAssignArcName, NF:ntddk.IoDeassignArcName
// Page: NF:ntddk.IoInitializeDriverCreateContext
// Page: NF:ntifs.IoCheckEaBufferValidity, NF:wdm.IoCreateSystemThread
// Page: NF:ntddk.IoQueryFullDriverPath, NF:ntifs.IoGetDeviceToVerify
// Page: NF:ntifs.IoSetDeviceToVerify, NF:ntddk.IoSetHardErrorOrVerifyDevice
// Page: NF:wdm.IoWithinStackLimits, NF:wdm.IoGetFunctionCodeFromCtlCode, NF:wdm.IoAllocateIrpEx
// Page: kernel/using-irp-priority-hints.md
// Page: kernel/specifying-device-types.md, kernel/determining-the-wdm-version.md
// Page: kernel/specifying-device-characteristics.md, kernel/types-of-wdm-device-objects.md
// Page: kernel/local-and-global-ms-dos-device-names.md, kernel/named-device-objects.md
// Run:
// Expect: io_misc: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

NTKERNELAPI NTSTATUS NTAPI IoAttachDeviceByPointer(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target);
extern POBJECT_TYPE *IoDeviceObjectType;
extern POBJECT_TYPE *IoDriverObjectType;

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Simple;
static DRIVER_UNLOAD Unload;
static IO_WORKITEM_ROUTINE_EX Work;
static KDEFERRED_ROUTINE OnDpc;
static KSTART_ROUTINE Thread;

static UNICODE_STRING diskName = RTL_CONSTANT_STRING(L"\\Device\\IoMiscDisk");
static PDRIVER_OBJECT driver;
static PDEVICE_OBJECT disk;
static KEVENT done;

static NTSTATUS
Simple(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NOINLINE ULONG_PTR
Remaining(void)
{
    return IoGetRemainingStackSize();
}

static NOINLINE ULONG_PTR
RemainingBelow(void)
{
    volatile UCHAR room[2048];

    for (ULONG i = 0; i < sizeof(room); i++)
        room[i] = 0;
    return Remaining() + room[sizeof(room) / 2];
}

static void
TestStack(void)
{
    ULONG_PTR low, high, here = (ULONG_PTR)&low;

    IoGetStackLimits(&low, &high);
    EXPECT(low < here && here < high);
    EXPECT(high - low >= 12 * 1024 && high - low <= 1024 * 1024);
    EXPECT_EQ((ULONG_PTR)IoGetInitialStack(), high);
    EXPECT(IoGetRemainingStackSize() < high - low);
    EXPECT(RemainingBelow() + 2048 <= Remaining());
    EXPECT(IoWithinStackLimits(here, sizeof(low)));
    EXPECT(!IoWithinStackLimits((ULONG_PTR)&done, sizeof(done)));
    EXPECT(!IoWithinStackLimits(high - 8, 16)); // the whole region has to fit
}

static void
TestVersions(void)
{
    EXPECT(IoIsWdmVersionAvailable(1, 0x05));
    EXPECT(IoIsWdmVersionAvailable(1, 0x10));
    EXPECT(IoIsWdmVersionAvailable(1, 0x30));
    EXPECT(IoIsWdmVersionAvailable(6, 0x00));
    EXPECT(!IoIsWdmVersionAvailable(6, 0x01));
    EXPECT(!IoIsWdmVersionAvailable(7, 0));
    EXPECT(IoIsErrorUserInduced(STATUS_NO_MEDIA_IN_DEVICE));
    EXPECT(IoIsErrorUserInduced(STATUS_VERIFY_REQUIRED));
    EXPECT(!IoIsErrorUserInduced(STATUS_UNSUCCESSFUL));
    EXPECT_EQ(IoGetFunctionCodeFromCtlCode(CTL_CODE(5, 0x923, METHOD_NEITHER, FILE_ANY_ACCESS)),
              0x923);
}

static void
TestIrpSettings(void)
{
    PIRP irp = IoAllocateIrpEx(disk, 3, FALSE);
    PIRP saved;

    EXPECT(irp != NULL && irp->StackCount == 3);
    if (irp == NULL)
        return;
    EXPECT_EQ(IoGetIoPriorityHint(irp), IoPriorityNormal);
    EXPECT_EQ(IoSetIoPriorityHint(irp, IoPriorityLow), STATUS_SUCCESS);
    EXPECT_EQ(IoGetIoPriorityHint(irp), IoPriorityLow);
    EXPECT_EQ(IoSetIoPriorityHint(irp, IoPriorityVeryLow), STATUS_SUCCESS);
    EXPECT_EQ(IoGetIoPriorityHint(irp), IoPriorityVeryLow);
    EXPECT_EQ(IoSetIoPriorityHint(irp, MaxIoPriorityTypes), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(IoGetPagingIoPriority(irp), IoPagingPriorityInvalid);
    EXPECT(!IoIsOperationSynchronous(irp));
    irp->Flags |= IRP_SYNCHRONOUS_API;
    EXPECT(IoIsOperationSynchronous(irp));
    irp->Flags |= IRP_PAGING_IO; // asynchronous paging outweighs everything
    EXPECT(!IoIsOperationSynchronous(irp));
    EXPECT(IoGetPagingIoPriority(irp) != IoPagingPriorityInvalid);
    irp->Flags |= IRP_SYNCHRONOUS_PAGING_IO;
    EXPECT(IoIsOperationSynchronous(irp));
    irp->Flags &= ~(IRP_PAGING_IO | IRP_SYNCHRONOUS_PAGING_IO | IRP_SYNCHRONOUS_API);
    IoSetNextIrpStackLocation(irp);
    IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode =
        CTL_CODE(5, 0x923, METHOD_NEITHER, FILE_ANY_ACCESS);
    EXPECT(!IoIsOperationSynchronous(irp));
    IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode =
        CTL_CODE(5, 0x923, METHOD_BUFFERED, FILE_ANY_ACCESS);
    EXPECT(IoIsOperationSynchronous(irp));
    saved = IoGetTopLevelIrp();
    EXPECT(saved == NULL);
    IoSetTopLevelIrp(irp);
    EXPECT(IoGetTopLevelIrp() == irp);
    IoSetTopLevelIrp(NULL);
    EXPECT(IoGetTopLevelIrp() == NULL);
    EXPECT_EQ(IoSetThreadHardErrorMode(FALSE), TRUE);
    EXPECT_EQ(IoSetThreadHardErrorMode(TRUE), FALSE);
    EXPECT_EQ(IoSetThreadHardErrorMode(TRUE), TRUE);
    IoFreeIrp(irp);
}

// ---- files ------------------------------------------------------------------------------------

static PFILE_OBJECT
OpenFile(void)
{
    PFILE_OBJECT file = NULL;
    PDEVICE_OBJECT device;

    EXPECT_EQ(IoGetDeviceObjectPointer(&diskName, FILE_READ_DATA, &file, &device), STATUS_SUCCESS);
    return file;
}

static void
TestShareAccess(void)
{
    PFILE_OBJECT files[3] = {OpenFile(), OpenFile(), OpenFile()};
    SHARE_ACCESS share;

    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, files[0], &share);
    EXPECT(files[0]->ReadAccess && !files[0]->WriteAccess && files[0]->SharedRead);
    EXPECT_EQ(share.OpenCount, 1);
    EXPECT_EQ(IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ, files[1], &share, TRUE),
              STATUS_SHARING_VIOLATION); // the first does not share writing
    EXPECT_EQ(IoCheckShareAccess(FILE_READ_DATA, 0, files[1], &share, TRUE),
              STATUS_SHARING_VIOLATION); // this one would not let the first read
    EXPECT_EQ(share.OpenCount, 1);
    EXPECT_EQ(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, files[1], &share, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(share.OpenCount, 1);
    IoUpdateShareAccess(files[1], &share);
    EXPECT(share.OpenCount == 2 && share.Readers == 2 && share.SharedRead == 2);
    EXPECT_EQ(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, files[2], &share, TRUE),
              STATUS_SUCCESS);
    EXPECT_EQ(share.OpenCount, 3);
    for (ULONG i = 0; i < 3; i++)
        IoRemoveShareAccess(files[i], &share);
    EXPECT(share.OpenCount == 0 && share.Readers == 0 && share.SharedRead == 0);
    EXPECT_EQ(IoCheckShareAccess(DELETE | FILE_WRITE_DATA, 0, files[2], &share, TRUE),
              STATUS_SUCCESS);
    EXPECT(share.Deleters == 1 && share.Writers == 1);
    for (ULONG i = 0; i < 3; i++)
        ObDereferenceObject(files[i]);
}

static void
TestFiles(void)
{
    PFILE_OBJECT file = OpenFile();
    PGENERIC_MAPPING mapping = IoGetFileObjectGenericMapping();
    ACCESS_MASK access = GENERIC_READ;
    KIRQL irql;

    EXPECT_EQ(IoIsFileOriginRemote(file), FALSE);
    EXPECT_EQ(IoSetFileOrigin(file, FALSE), STATUS_INVALID_PARAMETER_MIX);
    EXPECT_EQ(IoSetFileOrigin(file, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(IoIsFileOriginRemote(file), TRUE);
    EXPECT_EQ(IoSetFileOrigin(file, TRUE), STATUS_INVALID_PARAMETER_MIX);
    EXPECT_EQ(IoSetFileOrigin(file, FALSE), STATUS_SUCCESS);
    EXPECT(IoGetBaseFileSystemDeviceObject(file) == disk); // nothing is mounted
    EXPECT(IoGetRelatedDeviceObject(file) == disk);
    EXPECT_EQ(mapping->GenericRead, FILE_GENERIC_READ);
    EXPECT_EQ(mapping->GenericAll, FILE_ALL_ACCESS);
    EXPECT_EQ(IoCheckDesiredAccess(&access, FILE_GENERIC_READ), STATUS_SUCCESS);
    EXPECT_EQ(access, FILE_GENERIC_READ); // generic rights are replaced
    access = GENERIC_WRITE;
    EXPECT_EQ(IoCheckDesiredAccess(&access, FILE_GENERIC_READ), STATUS_ACCESS_DENIED);
    EXPECT(disk->Vpb != NULL && disk->Vpb->RealDevice == disk);
    IoAcquireVpbSpinLock(&irql);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(!(disk->Vpb->Flags & VPB_MOUNTED));
    IoReleaseVpbSpinLock(irql);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    ObDereferenceObject(file);
}

// ---- devices ----------------------------------------------------------------------------------

static void
TestDevices(void)
{
    PDEVICE_OBJECT upper = NULL, second = NULL, named = NULL, attached = NULL, list[4];
    ULONG count = 0;

    EXPECT_EQ(
        IoCreateDevice(driver, 24, NULL, FILE_DEVICE_DISK, FILE_REMOVABLE_MEDIA, FALSE, &upper),
        STATUS_SUCCESS);
    EXPECT_EQ(IoCreateDevice(driver, 0, NULL, 0x8123, 0, FALSE, &second), STATUS_SUCCESS);
    EXPECT_EQ(IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, FILE_AUTOGENERATED_DEVICE_NAME,
                             FALSE, &named),
              STATUS_SUCCESS);
    EXPECT_EQ(upper->DeviceType, FILE_DEVICE_DISK);
    EXPECT_EQ(second->DeviceType, 0x8123);
    EXPECT_EQ(upper->Characteristics, FILE_REMOVABLE_MEDIA);
    EXPECT(named->Flags & DO_DEVICE_HAS_NAME);
    EXPECT(!(upper->Flags & DO_DEVICE_HAS_NAME));
    EXPECT(upper->DeviceExtension != NULL && second->DeviceExtension == NULL);
    EXPECT_EQ(upper->SectorSize, 512);
    EXPECT_EQ(IoEnumerateDeviceObjectList(driver, NULL, 0, &count), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(count, 4);
    EXPECT_EQ(IoEnumerateDeviceObjectList(driver, list, sizeof(list), &count), STATUS_SUCCESS);
    for (ULONG i = 0; i < count; i++)
    {
        EXPECT_EQ(list[i]->Type, IO_TYPE_DEVICE);
        ObDereferenceObject(list[i]);
    }
    EXPECT(list[0] == named && list[3] == disk); // the newest first
    EXPECT_EQ(IoAttachDeviceToDeviceStackSafe(upper, disk, &attached), STATUS_SUCCESS);
    EXPECT(attached == disk);
    EXPECT_EQ(IoAttachDeviceByPointer(second, disk), STATUS_NO_SUCH_DEVICE); // upper initializes
    upper->Flags &= ~DO_DEVICE_INITIALIZING;
    EXPECT_EQ(IoAttachDeviceByPointer(second, disk), STATUS_SUCCESS);
    EXPECT(upper->AttachedDevice == second && second->StackSize == 3);
    IoDetachDevice(upper);
    IoDetachDevice(disk);
    IoDeleteDevice(second);
    IoDeleteDevice(upper);
    IoDeleteDevice(named);
    EXPECT_EQ(IoEnumerateDeviceObjectList(driver, list, sizeof(list), &count), STATUS_SUCCESS);
    EXPECT_EQ(count, 1);
    if (count == 1)
        ObDereferenceObject(list[0]);
}

static void
TestTypes(void)
{
    EXPECT_EQ(ObReferenceObjectByPointer(disk, 0, *IoDeviceObjectType, KernelMode), STATUS_SUCCESS);
    ObDereferenceObject(disk);
    EXPECT_EQ(ObReferenceObjectByPointer(driver, 0, *IoDriverObjectType, KernelMode),
              STATUS_SUCCESS);
    ObDereferenceObject(driver);
    EXPECT_EQ(ObReferenceObjectByPointer(disk, 0, *IoDriverObjectType, UserMode),
              STATUS_OBJECT_TYPE_MISMATCH);
}

static void
TestLinks(void)
{
    UNICODE_STRING link, global, unprotected;
    PFILE_OBJECT file;
    PDEVICE_OBJECT device;

    RtlInitUnicodeString(&link, L"\\DosDevices\\IoMisc");
    RtlInitUnicodeString(&global, L"\\DosDevices\\Global\\IoMisc");
    RtlInitUnicodeString(&unprotected, L"\\DosDevices\\Global\\IoMiscOpen");
    EXPECT_EQ(IoCreateSymbolicLink(&link, &diskName), STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink(&link, &diskName), STATUS_OBJECT_NAME_COLLISION);
    // A system thread has no local directory: both names are the global one's.
    EXPECT_EQ(IoGetDeviceObjectPointer(&global, FILE_READ_DATA, &file, &device), STATUS_SUCCESS);
    EXPECT(device == disk);
    ObDereferenceObject(file);
    EXPECT_EQ(IoCreateUnprotectedSymbolicLink(&unprotected, &diskName), STATUS_SUCCESS);
    EXPECT_EQ(IoGetDeviceObjectPointer(&unprotected, FILE_READ_DATA, &file, &device),
              STATUS_SUCCESS);
    ObDereferenceObject(file);
    EXPECT_EQ(IoDeleteSymbolicLink(&unprotected), STATUS_SUCCESS);
    EXPECT_EQ(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    EXPECT_EQ(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
}

// ---- the rest ---------------------------------------------------------------------------------

static void
TestEvents(void)
{
    UNICODE_STRING name, other;
    HANDLE handle, again;
    PKEVENT event, same;

    RtlInitUnicodeString(&name, L"\\BaseNamedObjects\\IoMiscEvent");
    RtlInitUnicodeString(&other, L"\\BaseNamedObjects\\IoMiscNotification");
    event = IoCreateSynchronizationEvent(&name, &handle);
    EXPECT(event != NULL);
    EXPECT_EQ(KeReadStateEvent(event), 1); // signaled at first
    EXPECT_EQ(WaitFor(event, 0), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(event, 0), STATUS_TIMEOUT);
    same = IoCreateSynchronizationEvent(&name, &again);
    EXPECT(same == event); // opened as it is
    EXPECT_EQ(KeReadStateEvent(event), 0);
    EXPECT_EQ(ZwClose(again), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    event = IoCreateNotificationEvent(&other, &handle);
    EXPECT(event != NULL);
    EXPECT_EQ(WaitFor(event, 0), STATUS_SUCCESS);
    EXPECT_EQ(WaitFor(event, 0), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestErrorLog(void)
{
    PIO_ERROR_LOG_PACKET packet;

    EXPECT(IoAllocateErrorLogEntry(disk, 8) == NULL); // no packet is that short
    EXPECT(IoAllocateErrorLogEntry(disk, ERROR_LOG_MAXIMUM_SIZE + 1) == NULL);
    packet = IoAllocateErrorLogEntry(driver, sizeof(IO_ERROR_LOG_PACKET));
    EXPECT(packet != NULL);
    if (packet != NULL)
        IoFreeErrorLogEntry(packet);
    packet = IoAllocateErrorLogEntry(disk, ERROR_LOG_MAXIMUM_SIZE);
    EXPECT(packet != NULL);
    if (packet != NULL)
    {
        packet->ErrorCode = STATUS_DEVICE_NOT_READY;
        packet->DumpDataSize = 8;
        packet->DumpData[0] = 0x11111111;
        packet->DumpData[1] = 0x22222222;
        IoWriteErrorLogEntry(packet);
    }
}

static VOID
Work(PVOID IoObject, PVOID Context, PIO_WORKITEM Item)
{
    EXPECT(IoObject == disk && Context == &done);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    IoUninitializeWorkItem(Item); // its own routine may
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static void
TestWorkItem(void)
{
    PIO_WORKITEM item = ExAllocatePoolWithTag(NonPagedPoolNx, IoSizeofWorkItem(), 'tseT');

    EXPECT(item != NULL && IoSizeofWorkItem() != 0);
    if (item == NULL)
        return;
    KeClearEvent(&done);
    IoInitializeWorkItem(disk, item);
    IoQueueWorkItemEx(item, Work, DelayedWorkQueue, &done);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
    Sleep(MILLISECONDS(1));
    ExFreePoolWithTag(item, 'tseT');
}

static VOID
OnDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ULONG_PTR low, high;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoGetStackLimits(&low, &high);
    EXPECT(low < high); // of the thread or of the DPC's stack, says the page
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static void
TestConfiguration(void)
{
    PCONFIGURATION_INFORMATION information = IoGetConfigurationInformation();
    ULONG disks = information->DiskCount;
    KDPC dpc;

    information->DiskCount++;
    EXPECT(IoGetConfigurationInformation() == information);
    EXPECT_EQ(IoGetConfigurationInformation()->DiskCount, disks + 1);
    information->DiskCount--; // as Unload routines have to
    KeClearEvent(&done);
    KeInitializeDpc(&dpc, OnDpc, NULL);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
}

// ---- threads, media, attributes, paths ---------------------------------------------------------

// Ends by returning: the I/O manager does what PsTerminateSystemThread would.
static VOID
Thread(PVOID Context)
{
    EXPECT(Context == &done);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static void
TestThread(void)
{
    PIRP irp = IoAllocateIrp(1, FALSE);
    HANDLE handle;

    KeClearEvent(&done);
    EXPECT_EQ(
        IoCreateSystemThread(disk, &handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Thread, &done),
        STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForSingleObject(handle, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(&done), 1);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT(IoGetDeviceToVerify(PsGetCurrentThread()) == NULL);
    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    IoSetHardErrorOrVerifyDevice(irp, disk);
    EXPECT(IoGetDeviceToVerify(PsGetCurrentThread()) == disk);
    IoSetDeviceToVerify(PsGetCurrentThread(), NULL);
    EXPECT(IoGetDeviceToVerify(PsGetCurrentThread()) == NULL);
    IoFreeIrp(irp);
}

static void
TestAttributes(void)
{
    ULONG storage[16];
    PFILE_FULL_EA_INFORMATION first = (PVOID)storage, second = (PVOID)&storage[4];
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    ULONG offset = 99;
    HANDLE handle;

    RtlZeroMemory(storage, sizeof(storage));
    first->NextEntryOffset = 16;
    first->EaNameLength = 3;
    first->EaValueLength = 2;
    RtlCopyMemory(first->EaName, "one", 4);
    second->EaNameLength = 3;
    second->EaValueLength = 4;
    RtlCopyMemory(second->EaName, "two", 4);
    EXPECT_EQ(IoCheckEaBufferValidity(first, 32, &offset), STATUS_SUCCESS);
    EXPECT_EQ(IoCheckEaBufferValidity(first, 31, &offset), STATUS_EA_LIST_INCONSISTENT);
    EXPECT_EQ(offset, 16);    // the second does not fit
    second->EaNameLength = 2; // no zero follows the name
    EXPECT_EQ(IoCheckEaBufferValidity(first, 32, &offset), STATUS_EA_LIST_INCONSISTENT);
    EXPECT_EQ(offset, 16);
    second->EaNameLength = 3;
    first->NextEntryOffset = 14; // no ULONG boundary
    EXPECT_EQ(IoCheckEaBufferValidity(first, 32, &offset), STATUS_EA_LIST_INCONSISTENT);
    EXPECT_EQ(offset, 0);
    EXPECT_EQ(IoCheckEaBufferValidity(first, (ULONG)-4, &offset), STATUS_EA_LIST_INCONSISTENT);
    InitializeObjectAttributes(&attributes, &diskName, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwCreateFile(&handle, GENERIC_READ, &attributes, &iosb, NULL, 0, 0, FILE_OPEN, 0,
                           first, 32),
              STATUS_EA_LIST_INCONSISTENT);
    first->NextEntryOffset = 16;
    EXPECT_EQ(ZwCreateFile(&handle, GENERIC_READ, &attributes, &iosb, NULL, 0, 0, FILE_OPEN, 0,
                           first, 32),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

// What the headers define without an export.
static void
TestMacros(void)
{
    UNICODE_STRING arc = RTL_CONSTANT_STRING(L"\\DosDevices\\Global\\IoMiscArc");
    IO_DRIVER_CREATE_CONTEXT context;
    IO_STATUS_BLOCK narrow = {{0x12345678}, 77};
    IO_STATUS_BLOCK64 wide = {{0}, 0};
    LONG count = 3;

    IoAdjustPagingPathCount(&count, TRUE);
    EXPECT_EQ(count, 4);
    IoAdjustPagingPathCount(&count, FALSE);
    EXPECT_EQ(count, 3);
    EXPECT_EQ(IoAssignArcName(&arc, &diskName), STATUS_SUCCESS);
    EXPECT_EQ(IoDeassignArcName(&arc), STATUS_SUCCESS);
    EXPECT_EQ(IoDeassignArcName(&arc), STATUS_OBJECT_NAME_NOT_FOUND);
    RtlFillMemory(&context, sizeof(context), 0xee);
    IoInitializeDriverCreateContext(&context);
    EXPECT_EQ(context.Size, sizeof(context));
    EXPECT(context.ExtraCreateParameter == NULL && context.DeviceObjectHint == NULL);
    IosbToIosb64(&wide, &narrow);
    EXPECT(wide.Status == 0x12345678 && wide.Information == 77);
    wide.Information = 78;
    Iosb64ToIosb(&narrow, &wide);
    EXPECT(narrow.Status == 0x12345678 && narrow.Information == 78);
    EXPECT(IoIsValidIrpStatus(STATUS_SUCCESS) && IoIsValidIrpStatus(STATUS_CANCELLED));
    EXPECT(IoIsValidIrpStatus((NTSTATUS)0xE0000001)); // a custom one
    EXPECT(!IoIsValidIrpStatus((NTSTATUS)0xFFFFFFFF));
}

static void
TestPath(void)
{
    UNICODE_STRING path, end = RTL_CONSTANT_STRING(L"io_misc.sys"), last;

    EXPECT_EQ(IoQueryFullDriverPath(driver, &path), STATUS_SUCCESS);
    EXPECT(path.Length > end.Length && path.MaximumLength >= path.Length);
    last = end;
    last.Buffer = path.Buffer + (path.Length - end.Length) / sizeof(WCHAR);
    EXPECT(RtlEqualUnicodeString(&last, &end, TRUE));
    ExFreePool(path.Buffer);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    driver = DriverObject;
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Simple;
    status = IoCreateDevice(DriverObject, 0, &diskName, FILE_DEVICE_DISK, 0, FALSE, &disk);
    if (!NT_SUCCESS(status))
        return status;
    disk->Flags &= ~DO_DEVICE_INITIALIZING;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    TestStack();
    TestVersions();
    TestIrpSettings();
    TestShareAccess();
    TestFiles();
    TestDevices();
    TestTypes();
    TestLinks();
    TestEvents();
    TestErrorLog();
    TestWorkItem();
    TestConfiguration();
    TestThread();
    TestAttributes();
    TestPath();
    TestMacros();
    IoDeleteDevice(disk);
    return Finish("io_misc");
}
