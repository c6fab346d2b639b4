// SPDX-License-Identifier: MIT
// One driver uses another one's device through handles: Zw services on synchronous and asynchronous
// files, with events and APCs, and what they refuse.
// Page: kernel/irp-mj-query-information.md, kernel/irp-mj-set-information.md, kernel/irp-mj-read.md
// Page: kernel/irp-mj-write.md, kernel/irp-mj-device-control.md
// Page: kernel/how-to-complete-an-irp-in-a-dispatch-routine.md
// Page: kernel/when-to-complete-an-irp-in-a-dispatch-routine.md, kernel/i-o-status-blocks.md
// Page: kernel/using-files-in-a-driver.md
// Page: kernel/specifying-exclusive-access-to-device-objects.md, kernel/nt-device-names.md
// Page: kernel/a-single-dispatchcreateclose-routine.md
// Page: kernel/rules-for-implementing-dispatchcreate--dispatchclose--and-dispatchcrea.md
// Page: kernel/dispatchcreate--dispatchclose--and-dispatchcreateclose-routines.md
// Page: kernel/required-dispatch-routines.md, kernel/optional-dispatch-routines.md
// Page: kernel/dispatchqueryinformation-routines.md, kernel/dispatchsetinformation-routines.md
// Page: kernel/dispatchflushbuffers-routines.md
// Page: kernel/dispatchdevicecontrol-in-lowest-level-drivers.md
// Page: kernel/guidelines-for-writing-dispatch-internal-devicecontrol-routines.md
// Page: NF:wdm.ZwCreateFile, NF:wdm.ZwOpenFile, NF:wdm.ZwReadFile, NF:wdm.ZwWriteFile
// Page: NF:ntifs.ZwDeviceIoControlFile, NF:ntifs.ZwFsControlFile, NF:ntifs.ZwFlushBuffersFile
// Page: NF:wdm.ZwQueryInformationFile, NF:wdm.ZwSetInformationFile, NF:wdm.ZwClose
// Page: NF:ntifs.NtQueryInformationFile, NF:ntifs.NtSetInformationFile, NF:wdm.IoCreateFile
// With: io_lower.sys
// Run:
// Expect: io_zw: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"
#include "io_pair.h"

NTSYSAPI NTSTATUS NTAPI ZwCancelIoFile(HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock);

static DRIVER_UNLOAD Unload;
static VOID NTAPI ApcRoutine(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG Reserved);

static ULONG apcs;
static PVOID apcContext;
static PIO_STATUS_BLOCK apcIosb;
static KIRQL apcIrql;
static NTSTATUS apcStatus;
static UCHAR data[LOWER_SIZE];

static VOID
ApcRoutine(PVOID ApcContext, PIO_STATUS_BLOCK IoStatusBlock, ULONG Reserved)
{
    UNREFERENCED_PARAMETER(Reserved);
    apcs++;
    apcContext = ApcContext;
    apcIosb = IoStatusBlock;
    apcStatus = IoStatusBlock->Status;
    apcIrql = KeGetCurrentIrql();
}

static NTSTATUS
Open(PCWSTR Name, ACCESS_MASK Access, ULONG Options, PHANDLE Handle)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    IO_STATUS_BLOCK iosb = {{0x11111111}, 99};
    NTSTATUS status;

    RtlInitUnicodeString(&name, Name);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    *Handle = NULL;
    status = ZwCreateFile(Handle, Access, &attributes, &iosb, NULL, FILE_ATTRIBUTE_NORMAL,
                          FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, Options, NULL, 0);
    if (NT_SUCCESS(status))
    {
        EXPECT_EQ(iosb.Status, STATUS_SUCCESS);
        EXPECT_EQ(iosb.Information, 0); // what the driver's create routine has set
    }
    return status;
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
    EXPECT_EQ(iosb.Information, sizeof(counts));
    return counts;
}

// Reads and writes wait, and the file has a position.
static void
TestSynchronous(PCWSTR Name)
{
    IO_STATUS_BLOCK iosb;
    LARGE_INTEGER offset = {.QuadPart = 16};
    FILE_POSITION_INFORMATION position;
    HANDLE handle;

    EXPECT_EQ(Open(Name, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, FILE_SYNCHRONOUS_IO_NONALERT,
                   &handle),
              STATUS_SUCCESS);
    for (ULONG i = 0; i < sizeof(data); i++)
        data[i] = (UCHAR)i;
    EXPECT_EQ(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, data, 64, &offset, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, 64);
    EXPECT_EQ(ZwWriteFile(handle, NULL, NULL, NULL, &iosb, data + 64, 32, NULL, NULL),
              STATUS_SUCCESS); // goes on at 80
    EXPECT_EQ(
        ZwQueryInformationFile(handle, &iosb, &position, sizeof(position), FilePositionInformation),
        STATUS_SUCCESS);
    EXPECT_EQ(position.CurrentByteOffset.QuadPart, 112);
    position.CurrentByteOffset.QuadPart = 70;
    EXPECT_EQ(
        ZwSetInformationFile(handle, &iosb, &position, sizeof(position), FilePositionInformation),
        STATUS_SUCCESS);
    RtlZeroMemory(data, sizeof(data));
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 20, NULL, NULL), STATUS_SUCCESS);
    EXPECT(data[0] == 54 && data[19] == 73);
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 0, &offset, NULL), STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, 0);
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, LOWER_BIGGEST + 1, &offset, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

// Requests return at once; events, the file and status blocks tell of their end.
static void
TestAsynchronous(void)
{
    IO_STATUS_BLOCK iosb[2] = {{{0x11111111}, 0}, {{0x11111111}, 0}};
    LARGE_INTEGER offset = {0};
    HANDLE handle, event;
    PVOID object = NULL;
    UCHAR bytes[2][16];
    ULONG slow = 0;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | SYNCHRONIZE, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, TRUE),
              STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(event, SYNCHRONIZE, *ExEventObjectType, KernelMode, &object,
                                        NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwReadFile(handle, event, NULL, NULL, &iosb[0], bytes[0], 16, &offset, NULL),
              STATUS_PENDING);
    EXPECT_EQ(KeReadStateEvent(object), 0); // cleared when the request was made
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb[1], bytes[1], 16, &offset, NULL),
              STATUS_PENDING);
    EXPECT_EQ(iosb[0].Status, 0x11111111);
    EXPECT_EQ(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(iosb[0].Status, STATUS_SUCCESS);
    EXPECT_EQ(iosb[0].Information, 16);
    EXPECT_EQ(ZwWaitForSingleObject(handle, FALSE, NULL), STATUS_SUCCESS); // the file itself
    EXPECT_EQ(iosb[1].Status, STATUS_SUCCESS);
    EXPECT_EQ(ZwDeviceIoControlFile(handle, event, NULL, NULL, &iosb[0], IOCTL_LOWER_SLOW, NULL, 0,
                                    &slow, sizeof(slow)),
              STATUS_PENDING);
    EXPECT_EQ(slow, 0);
    EXPECT_EQ(ZwWaitForSingleObject(event, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(slow, 0x510);
    // Without a position of its own, an asynchronous file needs an offset.
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb[0], bytes[0], 16, NULL, NULL),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwReadFile(handle, (HANDLE)0x7ffc, NULL, NULL, &iosb[0], bytes[0], 16, &offset, NULL),
              STATUS_INVALID_HANDLE);
    ObDereferenceObject(object);
    EXPECT_EQ(ZwClose(event), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestApc(void)
{
    IO_STATUS_BLOCK iosb = {{0x11111111}, 0};
    LARGE_INTEGER offset = {0};
    HANDLE handle;
    ULONG context = 0;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | SYNCHRONIZE, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(ZwReadFile(handle, NULL, ApcRoutine, &context, &iosb, data, 16, &offset, NULL),
              STATUS_PENDING);
    EXPECT_EQ(apcs, 0);
    Sleep(MILLISECONDS(2));
    EXPECT_EQ(apcs, 1); // kernel mode's APCs need no alertable wait
    EXPECT(apcContext == &context && apcIosb == &iosb);
    EXPECT_EQ(apcStatus, STATUS_SUCCESS);
    EXPECT_EQ(apcIrql, PASSIVE_LEVEL);
    // An error that is returned at once queues none.
    EXPECT_EQ(ZwReadFile(handle, NULL, ApcRoutine, NULL, &iosb, data, 200, &offset, NULL),
              STATUS_INVALID_PARAMETER);
    Sleep(MILLISECONDS(2));
    EXPECT_EQ(apcs, 1);
    KeEnterCriticalRegion();
    EXPECT_EQ(ZwReadFile(handle, NULL, ApcRoutine, NULL, &iosb, data, 16, &offset, NULL),
              STATUS_PENDING);
    Sleep(MILLISECONDS(2));
    EXPECT_EQ(apcs, 1);                     // held back
    EXPECT_EQ(iosb.Status, STATUS_SUCCESS); // but the request is done
    KeLeaveCriticalRegion();
    EXPECT_EQ(apcs, 2);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestCancel(void)
{
    IO_STATUS_BLOCK iosb = {{0x11111111}, 0}, cancel = {{0x11111111}, 0};
    HANDLE handle;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | SYNCHRONIZE, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(
        ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_HOLD, NULL, 0, NULL, 0),
        STATUS_PENDING);
    EXPECT_EQ(ZwCancelIoFile(handle, &cancel), STATUS_SUCCESS);
    EXPECT_EQ(cancel.Status, STATUS_SUCCESS);
    EXPECT_EQ(iosb.Status, STATUS_CANCELLED);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestControls(void)
{
    IO_STATUS_BLOCK iosb;
    ULONG fill = 0x42;
    HANDLE handle;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                   FILE_SYNCHRONOUS_IO_NONALERT, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_COUNTS, NULL, 0,
                                    data, sizeof(LOWER_COUNTS) - 1),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(
        ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_FILL, &fill, 3, NULL, 0),
        STATUS_INVALID_PARAMETER);
    EXPECT_EQ(
        ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_FILL, &fill, 4, NULL, 0),
        STATUS_SUCCESS);
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 8, &(LARGE_INTEGER){0}, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(data[7], 0x42);
    EXPECT_EQ(ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_SLOW, NULL, 0,
                                    &fill, sizeof(fill)),
              STATUS_SUCCESS); // a synchronous file waits
    EXPECT_EQ(fill, 0x510);
    // A code for drivers only is not reached by handle.
    EXPECT_EQ(
        ZwDeviceIoControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_NAME, NULL, 0, data, 16),
        STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(ZwFsControlFile(handle, NULL, NULL, NULL, &iosb, IOCTL_LOWER_NAME, NULL, 0, data, 16),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(Counts(handle).FileSystemControl, 1);
    EXPECT_EQ(ZwFlushBuffersFile(handle, &iosb), STATUS_SUCCESS);
    EXPECT_EQ(Counts(handle).Flushes, 1);
    EXPECT_EQ(ZwReadFile(handle, NULL, NULL, NULL, &iosb, data, 8, &(LARGE_INTEGER){0}, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(data[7], 0); // the driver has discarded its data
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestInformation(void)
{
    FILE_STANDARD_INFORMATION standard;
    FILE_END_OF_FILE_INFORMATION end = {.EndOfFile.QuadPart = 77};
    FILE_BASIC_INFORMATION basic;
    IO_STATUS_BLOCK iosb;
    HANDLE handle;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE,
                   FILE_SYNCHRONOUS_IO_NONALERT, &handle),
              STATUS_SUCCESS);
    RtlFillMemory(&standard, sizeof(standard), 0xee);
    EXPECT_EQ(
        NtQueryInformationFile(handle, &iosb, &standard, sizeof(standard), FileStandardInformation),
        STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, sizeof(standard));
    EXPECT_EQ(standard.EndOfFile.QuadPart, 0);
    EXPECT_EQ(NtSetInformationFile(handle, &iosb, &end, sizeof(end), FileEndOfFileInformation),
              STATUS_SUCCESS);
    EXPECT_EQ(
        ZwQueryInformationFile(handle, &iosb, &standard, sizeof(standard), FileStandardInformation),
        STATUS_SUCCESS);
    EXPECT_EQ(standard.EndOfFile.QuadPart, 77);
    EXPECT_EQ(ZwQueryInformationFile(handle, &iosb, &standard, sizeof(standard) - 8,
                                     FileStandardInformation),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwQueryInformationFile(handle, &iosb, &basic, sizeof(basic), FileBasicInformation),
              STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(ZwQueryInformationFile(handle, &iosb, &basic, sizeof(basic), 0x7fff),
              STATUS_INVALID_INFO_CLASS);
    end.EndOfFile.QuadPart = 0;
    EXPECT_EQ(ZwSetInformationFile(handle, &iosb, &end, sizeof(end), FileEndOfFileInformation),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestOpening(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING empty = {0, 0, NULL}, name;
    IO_STATUS_BLOCK iosb;
    LOWER_COUNTS before, after;
    HANDLE handle, second;

    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ | SYNCHRONIZE, 0, &handle), STATUS_SUCCESS);
    before = Counts(handle);
    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ, 0, &second), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
    after = Counts(handle);
    EXPECT_EQ(after.Creates, before.Creates + 1);
    EXPECT_EQ(after.Cleanups, before.Cleanups + 1);
    EXPECT_EQ(after.Closes, before.Closes + 1);
    // The driver refuses names behind its own, and a refused create is neither cleaned up nor
    // closed.
    EXPECT_EQ(Open(LOWER_BUFFERED L"\\temp.dat", GENERIC_READ, 0, &second),
              STATUS_INVALID_PARAMETER);
    before = Counts(handle);
    EXPECT_EQ(before.Creates, after.Creates + 1);
    EXPECT(before.Cleanups == after.Cleanups && before.Closes == after.Closes);
    InitializeObjectAttributes(&attributes, &empty, OBJ_KERNEL_HANDLE, handle, NULL);
    EXPECT_EQ(ZwOpenFile(&second, GENERIC_READ, &attributes, &iosb, 0, 0), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, LOWER_DIRECT);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(IoCreateFile(&second, GENERIC_READ, &attributes, &iosb, NULL, 0, 0, FILE_OPEN, 0,
                           NULL, 0, CreateFileTypeNone, NULL, IO_NO_PARAMETER_CHECKING),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
    EXPECT_EQ(Open(LOWER_BUFFERED, GENERIC_READ, FILE_SYNCHRONOUS_IO_NONALERT, &second),
              STATUS_INVALID_PARAMETER); // needs SYNCHRONIZE
    EXPECT_EQ(Open(L"\\Device\\IoLowerMissing", GENERIC_READ, 0, &second),
              STATUS_OBJECT_NAME_NOT_FOUND);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static void
TestExclusive(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING empty = {0, 0, NULL};
    IO_STATUS_BLOCK iosb;
    HANDLE handle, second;

    EXPECT_EQ(Open(LOWER_EXCLUSIVE, GENERIC_READ, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(Open(LOWER_EXCLUSIVE, GENERIC_READ, 0, &second), STATUS_ACCESS_DENIED);
    EXPECT_EQ(Open(LOWER_EXCLUSIVE L"\\other", GENERIC_READ, 0, &second), STATUS_ACCESS_DENIED);
    InitializeObjectAttributes(&attributes, &empty, OBJ_KERNEL_HANDLE, handle, NULL);
    EXPECT_EQ(ZwOpenFile(&second, GENERIC_READ, &attributes, &iosb, 0, 0), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(second), STATUS_SUCCESS);
    EXPECT_EQ(Open(LOWER_EXCLUSIVE, GENERIC_READ, 0, &handle), STATUS_SUCCESS);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestSynchronous(LOWER_BUFFERED);
    TestSynchronous(LOWER_DIRECT);
    TestAsynchronous();
    TestApc();
    TestCancel();
    TestControls();
    TestInformation();
    TestOpening();
    TestExclusive();
    return Finish("io_zw");
}
