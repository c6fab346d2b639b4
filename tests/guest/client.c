// SPDX-License-Identifier: MIT
// A device for the tests of the library and of the command line: it does what a request asks for,
// also when that is wrong. Loaded as the service `refuse`, its DriverEntry fails.
// Driven by tests/api and tests/cli.
#include <ntddk.h>

#define IOCTL(Function) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + (Function), METHOD_BUFFERED, 0)
#define IOCTL_ECHO      IOCTL(0)  // 0x222000 input comes back
#define IOCTL_PEND      IOCTL(1)  // 0x222004 until it is cancelled
#define IOCTL_LATER     IOCTL(2)  // 0x222008 completes after the milliseconds in the input
#define IOCTL_KEEP      IOCTL(3)  // 0x22200C until IOCTL_RELEASE; cannot be cancelled
#define IOCTL_RELEASE   IOCTL(4)  // 0x222010
#define IOCTL_BLOCK     IOCTL(5)  // 0x222014 never returns to its caller
#define IOCTL_CRASH     IOCTL(6)  // 0x222018 bug check
#define IOCTL_LEAK      IOCTL(7)  // 0x22201C forgets 100 bytes
#define IOCTL_WARN      IOCTL(8)  // 0x222020 STATUS_BUFFER_OVERFLOW with four bytes
#define IOCTL_PORT      IOCTL(9)  // 0x222024 port (USHORT), value: reads, then writes it
#define IOCTL_REGISTER  IOCTL(10) // 0x222028 physical address: reads offset 4, writes offset 8
#define IOCTL_MSR       IOCTL(11) // 0x22202C index: its value
#define IOCTL_SAY       IOCTL(12) // 0x222030 prints the input
#define IOCTL_ANSWER    IOCTL(13) // 0x222034 completes with the status in the input
#define IOCTL_BUSY      IOCTL(14) // 0x222038 runs for ever, through safe points
#define STORE_SIZE      64

typedef struct _EXTENSION
{
    IO_CSQ Queue;
    KSPIN_LOCK Lock;
    LIST_ENTRY Pending;
    PIRP Kept;
    PIRP Timed;
    KTIMER Timer;
    KDPC Dpc;
    KEVENT Never;
    UCHAR Store[STORE_SIZE];
} EXTENSION, *PEXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD ClientUnload;
DRIVER_DISPATCH ClientCreateClose, ClientCleanup, ClientReadWrite, ClientControl;
KDEFERRED_ROUTINE ClientTimer;
IO_CSQ_INSERT_IRP ClientInsert;
IO_CSQ_REMOVE_IRP ClientRemove;
IO_CSQ_PEEK_NEXT_IRP ClientPeek;
IO_CSQ_ACQUIRE_LOCK ClientAcquire;
IO_CSQ_RELEASE_LOCK ClientRelease;
IO_CSQ_COMPLETE_CANCELED_IRP ClientCanceled;

static NTSTATUS
Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

VOID
ClientInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&CONTAINING_RECORD(Csq, EXTENSION, Queue)->Pending,
                   &Irp->Tail.Overlay.ListEntry);
}

VOID
ClientRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

PIRP
ClientPeek(PIO_CSQ Csq, PIRP Irp, PVOID File)
{
    PLIST_ENTRY head = &CONTAINING_RECORD(Csq, EXTENSION, Queue)->Pending;
    PLIST_ENTRY entry = Irp == NULL ? head->Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; entry != head; entry = entry->Flink)
    {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        if (File == NULL || IoGetCurrentIrpStackLocation(next)->FileObject == File)
            return next;
    }
    return NULL;
}

VOID
ClientAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, EXTENSION, Queue)->Lock, Irql);
}

VOID
ClientRelease(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, EXTENSION, Queue)->Lock, Irql);
}

VOID
ClientCanceled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    (VOID) Complete(Irp, STATUS_CANCELLED, 0);
}

VOID
ClientTimer(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PIRP irp = InterlockedExchangePointer((PVOID volatile *)&((PEXTENSION)Context)->Timed, NULL);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (irp != NULL)
        (VOID) Complete(irp, STATUS_SUCCESS, 0);
}

NTSTATUS
ClientCreateClose(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS
ClientCleanup(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXTENSION extension = Device->DeviceExtension;
    PIRP pending;

    for (;;)
    {
        pending =
            IoCsqRemoveNextIrp(&extension->Queue, IoGetCurrentIrpStackLocation(Irp)->FileObject);
        if (pending == NULL)
            break;
        (VOID) Complete(pending, STATUS_CANCELLED, 0);
    }
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// The store behaves as a small file: past its end there is nothing.
NTSTATUS
ClientReadWrite(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN write = stack->MajorFunction == IRP_MJ_WRITE;
    LONGLONG offset = write ? stack->Parameters.Write.ByteOffset.QuadPart
                            : stack->Parameters.Read.ByteOffset.QuadPart;
    ULONG length = write ? stack->Parameters.Write.Length : stack->Parameters.Read.Length;

    if (offset < 0 || offset >= STORE_SIZE)
        return Complete(Irp, write ? STATUS_DISK_FULL : STATUS_END_OF_FILE, 0);
    if (length > STORE_SIZE - (ULONG)offset)
        length = STORE_SIZE - (ULONG)offset;
    if (length > 0 && write)
        RtlCopyMemory(extension->Store + offset, Irp->AssociatedIrp.SystemBuffer, length);
    else if (length > 0)
        RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, extension->Store + offset, length);
    return Complete(Irp, STATUS_SUCCESS, length);
}

static NTSTATUS
Later(PEXTENSION Extension, PIRP Irp, ULONG Milliseconds)
{
    LARGE_INTEGER due;

    due.QuadPart = -10000LL * Milliseconds;
    IoMarkIrpPending(Irp);
    if (InterlockedCompareExchangePointer((PVOID volatile *)&Extension->Timed, Irp, NULL) != NULL)
    {
        (VOID) Complete(Irp, STATUS_DEVICE_BUSY, 0);
        return STATUS_PENDING;
    }
    KeSetTimer(&Extension->Timer, due, &Extension->Dpc);
    return STATUS_PENDING;
}

static NTSTATUS
Hardware(ULONG Code, PVOID Buffer, ULONG InLength, PULONG_PTR Information)
{
    PUCHAR bytes = Buffer;
    PHYSICAL_ADDRESS physical;
    PULONG registers;

    *Information = 0;
    if (Code == IOCTL_PORT && InLength >= 3)
    {
        PUCHAR port = (PUCHAR)(ULONG_PTR) * (PUSHORT)Buffer;
        UCHAR value = READ_PORT_UCHAR(port);
        WRITE_PORT_UCHAR(port, bytes[2]);
        bytes[0] = value;
        *Information = 1;
        return STATUS_SUCCESS;
    }
    if (Code == IOCTL_MSR && InLength >= sizeof(ULONG))
    {
        *(PULONG64)Buffer = __readmsr(*(PULONG)Buffer);
        *Information = sizeof(ULONG64);
        return STATUS_SUCCESS;
    }
    if (Code != IOCTL_REGISTER || InLength < sizeof(physical))
        return STATUS_INVALID_PARAMETER;
    physical = *(PPHYSICAL_ADDRESS)Buffer;
    registers = MmMapIoSpace(physical, PAGE_SIZE, MmNonCached);
    if (registers == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *(PULONG)Buffer = READ_REGISTER_ULONG(registers + 1);
    WRITE_REGISTER_ULONG(registers + 2, 0x600df00d);
    MmUnmapIoSpace(registers, PAGE_SIZE);
    *Information = sizeof(ULONG);
    return STATUS_SUCCESS;
}

// Requests that keep their IRP, or never come back.
static NTSTATUS
Hold(PEXTENSION Extension, PIRP Irp, ULONG Code)
{
    PIRP kept;

    switch (Code)
    {
    case IOCTL_PEND:
        IoCsqInsertIrp(&Extension->Queue, Irp, NULL);
        return STATUS_PENDING;
    case IOCTL_KEEP:
        IoMarkIrpPending(Irp);
        Extension->Kept = Irp;
        return STATUS_PENDING;
    case IOCTL_RELEASE:
        kept = InterlockedExchangePointer((PVOID volatile *)&Extension->Kept, NULL);
        if (kept != NULL)
            (VOID) Complete(kept, STATUS_SUCCESS, 0);
        return Complete(Irp, kept != NULL ? STATUS_SUCCESS : STATUS_NOT_FOUND, 0);
    case IOCTL_BLOCK:
        KeWaitForSingleObject(&Extension->Never, Executive, KernelMode, FALSE, NULL);
        return Complete(Irp, STATUS_SUCCESS, 0);
    default:
        for (;;)
            KeStallExecutionProcessor(1);
    }
}

NTSTATUS
ClientControl(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXTENSION extension = Device->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG code = stack->Parameters.DeviceIoControl.IoControlCode;
    ULONG in = stack->Parameters.DeviceIoControl.InputBufferLength;
    ULONG out = stack->Parameters.DeviceIoControl.OutputBufferLength;
    PVOID buffer = Irp->AssociatedIrp.SystemBuffer;
    ULONG_PTR information;
    NTSTATUS status;

    switch (code)
    {
    case IOCTL_ECHO:
        return Complete(Irp, STATUS_SUCCESS, in < out ? in : out);
    case IOCTL_LATER:
        if (in < sizeof(ULONG))
            return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
        return Later(extension, Irp, *(PULONG)buffer);
    case IOCTL_CRASH:
        KeBugCheckEx(0xE2, 1, 2, 3, 4);
    case IOCTL_LEAK:
        (VOID) ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'kaeL');
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_WARN:
        if (out < 4)
            return Complete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
        RtlCopyMemory(buffer, "warn", 4);
        return Complete(Irp, STATUS_BUFFER_OVERFLOW, 4);
    case IOCTL_SAY:
        DbgPrint("Client: %.*s\n", (int)in, in > 0 ? (PCSTR)buffer : "");
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_ANSWER:
        return Complete(Irp, in < 4 ? STATUS_INVALID_PARAMETER : *(NTSTATUS *)buffer, 0);
    case IOCTL_PORT:
    case IOCTL_REGISTER:
    case IOCTL_MSR:
        status = Hardware(code, buffer, in, &information);
        return Complete(Irp, status, information);
    case IOCTL_PEND:
    case IOCTL_KEEP:
    case IOCTL_RELEASE:
    case IOCTL_BLOCK:
    case IOCTL_BUSY:
        return Hold(extension, Irp, code);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

VOID
ClientUnload(PDRIVER_OBJECT Driver)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Client");
    PEXTENSION extension = Driver->DeviceObject->DeviceExtension;

    KeCancelTimer(&extension->Timer);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Driver->DeviceObject);
    DbgPrint("Client: unloaded\n");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Client");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Client");
    UNICODE_STRING refuse = RTL_CONSTANT_STRING(L"\\refuse");
    UNICODE_STRING end = *RegistryPath;
    PEXTENSION extension;
    PDEVICE_OBJECT device;
    NTSTATUS status;

    end.Buffer += (end.Length - refuse.Length) / sizeof(WCHAR);
    end.Length = refuse.Length;
    if (RtlEqualUnicodeString(&end, &refuse, TRUE))
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    status =
        IoCreateDevice(Driver, sizeof(EXTENSION), &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(device);
        return status;
    }
    extension = device->DeviceExtension;
    KeInitializeSpinLock(&extension->Lock);
    InitializeListHead(&extension->Pending);
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, ClientTimer, extension);
    KeInitializeEvent(&extension->Never, NotificationEvent, FALSE);
    (VOID) IoCsqInitialize(&extension->Queue, ClientInsert, ClientRemove, ClientPeek, ClientAcquire,
                           ClientRelease, ClientCanceled);
    device->Flags |= DO_BUFFERED_IO;
    Driver->MajorFunction[IRP_MJ_CREATE] = ClientCreateClose;
    Driver->MajorFunction[IRP_MJ_CLOSE] = ClientCreateClose;
    Driver->MajorFunction[IRP_MJ_CLEANUP] = ClientCleanup;
    Driver->MajorFunction[IRP_MJ_READ] = ClientReadWrite;
    Driver->MajorFunction[IRP_MJ_WRITE] = ClientReadWrite;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = ClientControl;
    Driver->DriverUnload = ClientUnload;
    return STATUS_SUCCESS;
}
