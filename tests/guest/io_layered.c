// SPDX-License-Identifier: MIT
// A driver on top that splits a read into requests of its own for the device below: stack locations
// of its IRPs and of those of the I/O manager, what completion leaves of a location, completion
// routines of requests that succeed, fail or are cancelled, a filter that comes in between, and the
// status that the requester gets.
// Page: kernel/i-o-stack-locations.md, kernel/example-i-o-request---the-details.md
// Page: kernel/irp-major-function-codes.md, kernel/points-to-consider-about-user-i-o-requests.md
// Page: kernel/using-iocompletion-routines.md, kernel/when-to-complete-an-irp.md
// Page: kernel/synchronizing-cancellation-in-higher-level-drivers-without-cancel-rout.md
// Page: kernel/setting-up-irps-in-intermediate-drivers.md
// Run: open \\.\IoLayered
// Run: read 12 expect:616161616262626263636363
// Run: read 14 status:STATUS_INVALID_PARAMETER
// Run: ioctl 0x222000 status:STATUS_INVALID_DEVICE_REQUEST
// Run: close
// Expect: io_layered: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

#define PIECE  4u // bytes that the device below transfers at once
#define PIECES 3u

typedef struct _SPLIT
{
    PIRP Original;
    ULONG Left;
    ULONG Bytes;
    NTSTATUS Status;
} SPLIT, *PSPLIT;

_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
static DRIVER_DISPATCH CreateClose;
_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH Read;
static IO_COMPLETION_ROUTINE PieceDone;
static IO_COMPLETION_ROUTINE RequestDone;
static KDEFERRED_ROUTINE TransferDone;
static DRIVER_CANCEL CancelTransfer;
static DRIVER_UNLOAD Unload;

static UNICODE_STRING topName = RTL_CONSTANT_STRING(L"\\Device\\IoLayered");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\IoLayered");
static PDEVICE_OBJECT above, top, middle, bottom;
static PDEVICE_OBJECT below; // of the top
static CCHAR originalLocations, pieceLocations;
static ULONG pieceRuns, bottomReads, middleReads;
static NTSTATUS bottomStatus; // of the second piece
static BOOLEAN hold;          // the device keeps the request until it is cancelled
static PIRP current;
static KTIMER timer;
static KDPC dpc;
static LIST_ENTRY waiting;

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
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (DeviceObject == above)
    {
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(top, Irp);
    }
    EXPECT(DeviceObject == top && stack->DeviceObject == top);
    EXPECT(stack->FileObject != NULL && stack->FileObject->DeviceObject == top);
    if (stack->MajorFunction == IRP_MJ_CREATE)
        originalLocations = Irp->StackCount;
    return Complete(Irp, STATUS_SUCCESS, 0);
}

// ---- the device below --------------------------------------------------------------------------

static VOID
CancelTransfer(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    current = NULL;
    (void)Complete(Irp, STATUS_CANCELLED, 0);
}

static VOID
TransferDone(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    while (!IsListEmpty(&waiting))
    {
        PLIST_ENTRY entry = RemoveHeadList(&waiting);
        PIRP irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
        PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
        ULONG piece = (ULONG)(stack->Parameters.Read.ByteOffset.QuadPart / PIECE);

        if (piece == 1 && !NT_SUCCESS(bottomStatus))
        {
            (void)Complete(irp, bottomStatus, 0);
            continue;
        }
        RtlFillMemory(irp->AssociatedIrp.SystemBuffer, stack->Parameters.Read.Length,
                      (UCHAR)('a' + piece));
        (void)Complete(irp, STATUS_SUCCESS, stack->Parameters.Read.Length);
    }
}

static NTSTATUS
ReadBottom(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(1)};

    bottomReads++;
    EXPECT_EQ(Irp->CurrentLocation, 1);        // the lowest one
    if (Stack->Parameters.Read.Length > PIECE) // the parameters make it hopeless
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0);
    IoMarkIrpPending(Irp);
    if (hold)
    {
        current = Irp;
        (void)IoSetCancelRoutine(Irp, CancelTransfer);
        return STATUS_PENDING;
    }
    InsertTailList(&waiting, &Irp->Tail.Overlay.ListEntry);
    KeSetTimer(&timer, due, &dpc);
    return STATUS_PENDING;
}

// ---- the driver on top -------------------------------------------------------------------------

static NTSTATUS
PieceDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PSPLIT split = Context;
    PIO_STACK_LOCATION lower = IoGetNextIrpStackLocation(Irp);

    // The driver that allocated the IRP gave itself no location.
    EXPECT(DeviceObject == NULL);
    EXPECT_EQ(Irp->CurrentLocation, Irp->StackCount + 1);
    // What the driver below got is gone.
    EXPECT_EQ(lower->Parameters.Read.Length, 0);
    EXPECT_EQ(lower->Parameters.Read.ByteOffset.QuadPart, 0);
    EXPECT_EQ(lower->MinorFunction, 0);
    EXPECT(lower->FileObject == NULL);
    pieceRuns++;
    split->Bytes += (ULONG)Irp->IoStatus.Information;
    if (!NT_SUCCESS(Irp->IoStatus.Status))
        split->Status = Irp->IoStatus.Status;
    IoFreeIrp(Irp);
    if (--split->Left == 0)
    {
        PIRP original = split->Original;
        NTSTATUS status = split->Status;
        ULONG bytes = NT_SUCCESS(status) ? split->Bytes : 0;

        ExFreePoolWithTag(split, 'tStI');
        (void)Complete(original, status, bytes);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP
BuildPiece(PSPLIT Split, PUCHAR Buffer, ULONG Piece)
{
    PIRP irp = IoAllocateIrp(below->StackSize, FALSE);
    PIO_STACK_LOCATION stack;
    PUCHAR bytes;
    ULONG sum = 0;

    EXPECT(irp != NULL);
    if (irp == NULL)
        return NULL;
    pieceLocations = irp->StackCount;
    stack = IoGetNextIrpStackLocation(irp);
    bytes = (PUCHAR)stack;
    for (ULONG i = 0; i < sizeof(*stack); i++)
        sum += bytes[i];
    EXPECT_EQ(sum, 0); // returned with zeros
    irp->AssociatedIrp.SystemBuffer = Buffer + Piece * PIECE;
    stack->MajorFunction = IRP_MJ_READ;
    stack->Parameters.Read.Length = PIECE;
    stack->Parameters.Read.ByteOffset.QuadPart = (LONGLONG)Piece * PIECE;
    IoSetCompletionRoutine(irp, PieceDone, Split, TRUE, TRUE, TRUE);
    return irp;
}

static NTSTATUS
ReadTop(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    PSPLIT split;
    PIRP pieces[PIECES];

    if (Stack->Parameters.Read.Length != PIECES * PIECE)
        return Complete(Irp, STATUS_INVALID_PARAMETER, 0); // not passed on
    split = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*split), 'tStI');
    if (split == NULL)
        return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    split->Original = Irp;
    split->Left = PIECES;
    for (ULONG i = 0; i < PIECES; i++)
        pieces[i] = BuildPiece(split, Irp->AssociatedIrp.SystemBuffer, i);
    IoMarkIrpPending(Irp);
    for (ULONG i = 0; i < PIECES; i++)
        EXPECT_EQ(IoCallDriver(below, pieces[i]), STATUS_PENDING);
    return STATUS_PENDING;
}

static NTSTATUS
Read(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    EXPECT_EQ(stack->MajorFunction, IRP_MJ_READ);
    EXPECT(stack->DeviceObject == DeviceObject);
    if (DeviceObject == bottom)
        return ReadBottom(Irp, stack);
    if (DeviceObject == top)
        return ReadTop(Irp, stack);
    middleReads++;
    IoCopyCurrentIrpStackLocationToNext(Irp);
    return IoCallDriver(bottom, Irp);
}

// ---- requests of the test ----------------------------------------------------------------------

typedef struct _REQUEST
{
    KEVENT Done;
    PIRP Irp;
    ULONG Runs;
} REQUEST, *PREQUEST;

static NTSTATUS
RequestDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PREQUEST request = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    EXPECT(request->Irp == Irp);
    request->Runs++;
    KeSetEvent(&request->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
Send(PDEVICE_OBJECT Device, PREQUEST Request, PVOID Buffer, ULONG Length)
{
    PIO_STACK_LOCATION stack;

    RtlZeroMemory(Request, sizeof(*Request));
    KeInitializeEvent(&Request->Done, NotificationEvent, FALSE);
    Request->Irp = IoAllocateIrp(Device->StackSize, FALSE);
    Request->Irp->AssociatedIrp.SystemBuffer = Buffer;
    stack = IoGetNextIrpStackLocation(Request->Irp);
    stack->MajorFunction = IRP_MJ_READ;
    stack->Parameters.Read.Length = Length;
    IoSetCompletionRoutine(Request->Irp, RequestDone, Request, TRUE, TRUE, TRUE);
    return IoCallDriver(Device, Request->Irp);
}

static void
Finished(PREQUEST Request, NTSTATUS Status, ULONG Information)
{
    EXPECT_EQ(WaitFor(&Request->Done, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(Request->Runs, 1);
    EXPECT_EQ(Request->Irp->IoStatus.Status, Status);
    EXPECT_EQ(Request->Irp->IoStatus.Information, Information);
    IoFreeIrp(Request->Irp);
}

static void
TestSplit(void)
{
    UCHAR buffer[PIECES * PIECE] = {0};
    REQUEST request;

    EXPECT_EQ(Send(top, &request, buffer, sizeof(buffer)), STATUS_PENDING);
    Finished(&request, STATUS_SUCCESS, sizeof(buffer));
    EXPECT_EQ(buffer[0], 'a');
    EXPECT_EQ(buffer[sizeof(buffer) - 1], 'c');
    EXPECT_EQ(pieceRuns, PIECES);
    EXPECT_EQ(pieceLocations, 1);
    // One of them fails: its completion routine is called as well, and the whole fails.
    bottomStatus = STATUS_DEVICE_DATA_ERROR;
    EXPECT_EQ(Send(top, &request, buffer, sizeof(buffer)), STATUS_PENDING);
    Finished(&request, STATUS_DEVICE_DATA_ERROR, 0);
    EXPECT_EQ(pieceRuns, 2 * PIECES);
    bottomStatus = STATUS_SUCCESS;
    // Invalid parameters: completed in the dispatch routine of whoever finds it out.
    bottomReads = 0;
    EXPECT_EQ(Send(top, &request, buffer, 3), STATUS_INVALID_PARAMETER);
    Finished(&request, STATUS_INVALID_PARAMETER, 0);
    EXPECT_EQ(bottomReads, 0);
    EXPECT_EQ(Send(bottom, &request, buffer, PIECE + 1), STATUS_INVALID_PARAMETER);
    Finished(&request, STATUS_INVALID_PARAMETER, 0);
    EXPECT_EQ(bottomReads, 1);
}

// Who allocated a request can cancel it, and learns from its completion routine what came of that.
static void
TestCancel(void)
{
    UCHAR buffer[PIECE] = {0};
    REQUEST request;

    hold = TRUE;
    EXPECT_EQ(Send(below, &request, buffer, sizeof(buffer)), STATUS_PENDING);
    EXPECT(current == request.Irp);
    EXPECT(IoCancelIrp(request.Irp));
    EXPECT(request.Irp->Cancel);
    Finished(&request, STATUS_CANCELLED, 0);
    hold = FALSE;
    // The driver below has no cancel routine for this one: it completes as if nothing had been.
    EXPECT_EQ(Send(below, &request, buffer, sizeof(buffer)), STATUS_PENDING);
    EXPECT(!IoCancelIrp(request.Irp));
    EXPECT(request.Irp->Cancel);
    Finished(&request, STATUS_SUCCESS, PIECE);
}

// A new driver comes in between: requests have one location more from now on.
static void
TestFilter(PDRIVER_OBJECT DriverObject)
{
    UCHAR buffer[PIECES * PIECE] = {0};
    REQUEST request;

    EXPECT_EQ(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &middle),
              STATUS_SUCCESS);
    EXPECT(IoAttachDeviceToDeviceStack(middle, bottom) == bottom);
    EXPECT_EQ(middle->StackSize, 2);
    middle->Flags |= bottom->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
    middle->Flags &= ~DO_DEVICE_INITIALIZING;
    below = middle;
    EXPECT_EQ(Send(top, &request, buffer, sizeof(buffer)), STATUS_PENDING);
    Finished(&request, STATUS_SUCCESS, sizeof(buffer));
    EXPECT_EQ(pieceLocations, 2);
    EXPECT_EQ(middleReads, PIECES);
    // It has no routine for this code and breaks the chain.
    {
        PIRP irp = IoAllocateIrp(middle->StackSize, FALSE);

        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
        RtlZeroMemory(&request, sizeof(request));
        KeInitializeEvent(&request.Done, NotificationEvent, FALSE);
        request.Irp = irp;
        IoSetCompletionRoutine(irp, RequestDone, &request, TRUE, TRUE, TRUE);
        EXPECT_EQ(IoCallDriver(middle, irp), STATUS_INVALID_DEVICE_REQUEST);
        Finished(&request, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
    IoDetachDevice(bottom);
    IoDeleteDevice(middle);
    below = bottom;
}

// The I/O manager gives each driver of a stack a location, and one more when one is added.
static void
TestOpen(PDRIVER_OBJECT DriverObject)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    HANDLE handle;

    InitializeObjectAttributes(&attributes, &topName, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwOpenFile(&handle, GENERIC_READ, &attributes, &iosb, 0, 0), STATUS_SUCCESS);
    EXPECT_EQ(originalLocations, 1);
    ZwClose(handle);
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &above),
              STATUS_SUCCESS);
    EXPECT(IoAttachDeviceToDeviceStack(above, top) == top);
    above->Flags |= DO_BUFFERED_IO;
    above->Flags &= ~DO_DEVICE_INITIALIZING;
    EXPECT_EQ(ZwOpenFile(&handle, GENERIC_READ, &attributes, &iosb, 0, 0), STATUS_SUCCESS);
    EXPECT_EQ(originalLocations, 2);
    ZwClose(handle);
    IoDetachDevice(top);
    IoDeleteDevice(above);
    above = NULL;
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(top);
    IoDeleteDevice(bottom);
    if (failed != 0)
        DbgPrint("FAIL: %lu in all\n", failed);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, TransferDone, NULL);
    InitializeListHead(&waiting);
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &bottom),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, &topName, FILE_DEVICE_UNKNOWN, 0, FALSE, &top),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink(&linkName, &topName), STATUS_SUCCESS);
    if (top == NULL || bottom == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    top->Flags |= DO_BUFFERED_IO;
    bottom->Flags |= DO_BUFFERED_IO;
    bottom->Flags &= ~DO_DEVICE_INITIALIZING; // before the driver attaches to it itself
    top->Flags &= ~DO_DEVICE_INITIALIZING;
    below = bottom;
    TestSplit();
    TestCancel();
    TestFilter(DriverObject);
    TestOpen(DriverObject);
    return Finish("io_layered");
}
