// SPDX-License-Identifier: MIT
// Threaded and non-threaded requests: who frees them, what happens to them when their thread exits,
// reuse, IRPs queued to a thread by hand, associated IRPs and their master's status, and what is
// known of the requester. The second part runs in a client's thread.
// Page: kernel/different-ways-of-handling-irps-cheat-sheet.md
// Page: kernel/creating-irps-for-lower-level-drivers.md, kernel/reusing-irps.md
// Page: NF:wdm.IoBuildDeviceIoControlRequest, NF:wdm.IoBuildSynchronousFsdRequest
// Page: NF:wdm.IoBuildAsynchronousFsdRequest, NF:wdm.IoReuseIrp, NF:ntddk.IoMakeAssociatedIrp
// Page: NF:ntifs.IoGetRequestorProcess
// Page: NF:ntifs.IoGetRequestorProcessId, NF:ntifs.IoGetRequestorSessionId
// Page: NF:ntifs.IoIsSystemThread, NF:ntifs.IoThreadToProcess, NF:wdm.IoIs32bitProcess
// Page: NF:wdmsec.WdmlibIoValidateDeviceIoControlAccess
// Options: --cpus 2
// Run: open \\.\IoThreaded; ioctl 0x222003 in:"hi"; close
// Expect: io_threaded: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

NTKERNELAPI VOID NTAPI IoSetMasterIrpStatus(PIRP MasterIrp, NTSTATUS Status);
NTKERNELAPI NTSTATUS NTAPI IoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess);

#define CODE(Function)  CTL_CODE(FILE_DEVICE_UNKNOWN, Function, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_RUN       CODE(0x800)
#define IOCTL_NOW       CODE(0x801)
#define IOCTL_HOLD      CODE(0x802)
#define IOCTL_REQUESTER CODE(0x803)

_Dispatch_type_(IRP_MJ_CREATE)
static DRIVER_DISPATCH Simple;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
static DRIVER_DISPATCH Control;
static DRIVER_UNLOAD Unload;
static DRIVER_CANCEL Cancel;
static IO_COMPLETION_ROUTINE Keep;
static IO_COMPLETION_ROUTINE Release;
static KSTART_ROUTINE LeaveRequestBehind;
static KSTART_ROUTINE QueueAndExit;
static IO_COMPLETION_ROUTINE Unlist;

static PDEVICE_OBJECT device;
static PIRP held;
static LONG cancels;
static ULONG kept;
static PEPROCESS requester;
static ULONG requesterId;
static IO_STATUS_BLOCK leftIosb;
static KEVENT leftEvent;

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

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    InterlockedIncrement(&cancels);
    held = NULL;
    Complete(Irp, STATUS_CANCELLED, 0);
}

static void TestClient(PIRP Irp);

static NTSTATUS
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(DeviceObject);
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_RUN:
        TestClient(Irp);
        return Complete(Irp, STATUS_SUCCESS, 0);
    case IOCTL_NOW:
        return Complete(Irp, STATUS_SUCCESS, 5);
    case IOCTL_HOLD:
        IoMarkIrpPending(Irp);
        held = Irp;
        IoSetCancelRoutine(Irp, Cancel);
        return STATUS_PENDING;
    case IOCTL_REQUESTER:
        requester = IoGetRequestorProcess(Irp);
        requesterId = IoGetRequestorProcessId(Irp);
        return Complete(Irp, STATUS_SUCCESS, 0);
    default:
        return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}

// ---- who frees ---------------------------------------------------------------------------------

static NTSTATUS
Keep(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    kept++;
    if (Context != NULL)
        KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
Release(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    *(NTSTATUS *)Context = Irp->IoStatus.Status;
    IoFreeIrp(Irp); // made by IoAllocateIrp or IoBuildAsynchronousFsdRequest: ours
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
TestThreaded(void)
{
    IO_STATUS_BLOCK iosb = {{0x11111111}, 0};
    KEVENT event;
    PIRP irp;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_NOW, device, NULL, 0, NULL, 0, FALSE, &event, &iosb);
    EXPECT(irp != NULL && irp->Tail.Overlay.Thread == PsGetCurrentThread());
    EXPECT(irp != NULL && irp->UserEvent == &event && irp->UserIosb == &iosb);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS); // freed by the I/O manager
    EXPECT_EQ(iosb.Status, STATUS_SUCCESS);
    EXPECT_EQ(iosb.Information, 5);
    EXPECT_EQ(KeReadStateEvent(&event), 1);
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, NULL, &event, &iosb);
    EXPECT(irp != NULL);
    KeClearEvent(&event);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(WaitFor(&event, MILLISECONDS(10)), STATUS_SUCCESS);
    EXPECT_EQ(iosb.Status, STATUS_INVALID_DEVICE_REQUEST); // a driver's own event is always set
}

static void
TestNonThreaded(void)
{
    NTSTATUS status = STATUS_PENDING;
    PIRP irp = IoBuildAsynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, device, NULL, 0, NULL, NULL);

    EXPECT(irp != NULL);
    IoSetCompletionRoutine(irp, Release, &status, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
    EXPECT_EQ(status, STATUS_INVALID_DEVICE_REQUEST);
    irp = IoAllocateIrp(device->StackSize, FALSE);
    EXPECT(irp != NULL && irp->Tail.Overlay.Thread == NULL);
    for (ULONG i = 0; i < 3; i++) // the same IRP again and again
    {
        IoReuseIrp(irp, STATUS_NOT_SUPPORTED);
        EXPECT_EQ(irp->IoStatus.Status, STATUS_NOT_SUPPORTED);
        EXPECT(irp->CurrentLocation == irp->StackCount + 1 && !irp->Cancel);
        IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        IoGetNextIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode = IOCTL_NOW;
        IoSetCompletionRoutine(irp, Keep, NULL, TRUE, TRUE, TRUE);
        EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS);
        EXPECT_EQ(kept, i + 1);
        (void)IoCancelIrp(irp); // marks it; reuse clears that
    }
    // Without a thread there is no requester.
    EXPECT(IoGetRequestorProcess(irp) == NULL);
    EXPECT_EQ(IoGetRequestorProcessId(irp), 0);
    IoFreeIrp(irp);
}

// A thread exits with a request under way: that is cancelled, and the thread waits for it.
static VOID
LeaveRequestBehind(PVOID Context)
{
    PIRP irp = IoBuildDeviceIoControlRequest(IOCTL_HOLD, device, NULL, 0, NULL, 0, FALSE,
                                             &leftEvent, &leftIosb);

    UNREFERENCED_PARAMETER(Context);
    EXPECT(irp != NULL);
    if (irp != NULL)
        EXPECT_EQ(IoCallDriver(device, irp), STATUS_PENDING);
    EXPECT(held == irp);
}

static void
TestExit(void)
{
    cancels = 0;
    KeInitializeEvent(&leftEvent, NotificationEvent, FALSE);
    JoinThread(StartThread(LeaveRequestBehind, NULL));
    EXPECT_EQ(cancels, 1);
    EXPECT(held == NULL);
    EXPECT_EQ(leftIosb.Status, STATUS_CANCELLED);
    EXPECT_EQ(KeReadStateEvent(&leftEvent), 1);
}

// A driver may put an IRP of its own on its thread's list, so that it is cancelled with the thread.
static VOID
QueueAndExit(PVOID Context)
{
    PIRP irp = Context;

    irp->Tail.Overlay.Thread = PsGetCurrentThread();
    IoQueueThreadIrp(irp);
    EXPECT_EQ(IoCallDriver(device, irp), STATUS_PENDING);
}

static NTSTATUS
Unlist(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    EXPECT(!IsListEmpty(&Irp->ThreadListEntry));
    RemoveEntryList(&Irp->ThreadListEntry);
    InitializeListHead(&Irp->ThreadListEntry);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
TestQueued(void)
{
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);

    cancels = 0;
    KeClearEvent(&leftEvent);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoGetNextIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode = IOCTL_HOLD;
    IoSetCompletionRoutine(irp, Unlist, &leftEvent, TRUE, TRUE, TRUE);
    JoinThread(StartThread(QueueAndExit, irp));
    EXPECT_EQ(cancels, 1);
    EXPECT_EQ(KeReadStateEvent(&leftEvent), 1);
    EXPECT_EQ(irp->IoStatus.Status, STATUS_CANCELLED);
    IoFreeIrp(irp);
}

// ---- associated IRPs ---------------------------------------------------------------------------

static void
TestAssociated(void)
{
    PIRP master = IoAllocateIrp(1, FALSE), parts[3];
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    kept = 0;
    IoGetNextIrpStackLocation(master)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(master, Keep, &event, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(master); // as if a driver had got it
    IoMarkIrpPending(master);
    master->IoStatus.Status = STATUS_SUCCESS;
    master->AssociatedIrp.IrpCount = 3;
    for (ULONG i = 0; i < 3; i++)
    {
        parts[i] = IoMakeAssociatedIrp(master, device->StackSize);
        EXPECT(parts[i] != NULL && parts[i]->AssociatedIrp.MasterIrp == master);
        EXPECT(parts[i]->Flags & IRP_ASSOCIATED_IRP);
        IoGetNextIrpStackLocation(parts[i])->MajorFunction = IRP_MJ_DEVICE_CONTROL;
        IoGetNextIrpStackLocation(parts[i])->Parameters.DeviceIoControl.IoControlCode = IOCTL_NOW;
    }
    for (ULONG i = 0; i < 3; i++)
    {
        EXPECT_EQ(kept, 0); // the master lives as long as one of them
        EXPECT_EQ(master->AssociatedIrp.IrpCount, 3 - (LONG)i);
        EXPECT_EQ(IoCallDriver(device, parts[i]), STATUS_SUCCESS);
    }
    EXPECT_EQ(kept, 1); // and completes with the last
    EXPECT_EQ(KeReadStateEvent(&event), 1);
    IoReuseIrp(master, STATUS_SUCCESS);
    IoSetMasterIrpStatus(master, STATUS_DEVICE_BUSY);
    EXPECT_EQ(master->IoStatus.Status, STATUS_DEVICE_BUSY);
    IoSetMasterIrpStatus(master, STATUS_VERIFY_REQUIRED); // matters more than other errors
    EXPECT_EQ(master->IoStatus.Status, STATUS_VERIFY_REQUIRED);
    IoFreeIrp(master);
}

// ---- the requester -----------------------------------------------------------------------------

static void
TestSystem(void)
{
    IO_STATUS_BLOCK iosb;
    KEVENT event;
    PIRP irp;

    EXPECT(IoIsSystemThread(PsGetCurrentThread()));
    EXPECT(IoThreadToProcess(PsGetCurrentThread()) == PsInitialSystemProcess);
    EXPECT(!IoIs32bitProcess(NULL));
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(IOCTL_REQUESTER, device, NULL, 0, NULL, 0, FALSE, &event,
                                        &iosb);
    EXPECT_EQ(irp != NULL ? IoCallDriver(device, irp) : STATUS_UNSUCCESSFUL, STATUS_SUCCESS);
    EXPECT(requester == PsInitialSystemProcess);
    EXPECT_EQ(requesterId, (ULONG)(ULONG_PTR)PsGetProcessId(PsInitialSystemProcess));
}

static void
TestClient(PIRP Irp)
{
    PEPROCESS process = IoGetRequestorProcess(Irp);
    ULONG session = 77;

    EXPECT_EQ(Irp->RequestorMode, UserMode);
    EXPECT(process == PsGetCurrentProcess() && process == IoGetCurrentProcess());
    EXPECT(process != PsInitialSystemProcess);
    EXPECT_EQ(IoGetRequestorProcessId(Irp), (ULONG)(ULONG_PTR)PsGetCurrentProcessId());
    EXPECT_EQ(IoGetRequestorSessionId(Irp, &session), STATUS_SUCCESS);
    EXPECT(session != 77);
    EXPECT(!IoIsSystemThread(PsGetCurrentThread()));
    EXPECT(IoThreadToProcess(PsGetCurrentThread()) == process);
    EXPECT(!IoIs32bitProcess(Irp));
    // The handle was opened for reading and writing, which the code itself did not require.
    EXPECT_EQ(IoValidateDeviceIoControlAccess(Irp, FILE_READ_ACCESS), STATUS_SUCCESS);
    EXPECT_EQ(IoValidateDeviceIoControlAccess(Irp, FILE_WRITE_ACCESS | FILE_READ_ACCESS),
              STATUS_SUCCESS);
    EXPECT_EQ(IoValidateDeviceIoControlAccess(Irp, 0x80), STATUS_INVALID_PARAMETER);
    (void)Finish("io_threaded");
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link;

    UNREFERENCED_PARAMETER(DriverObject);
    RtlInitUnicodeString(&link, L"\\DosDevices\\IoThreaded");
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(device);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name, link;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Simple;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
    RtlInitUnicodeString(&name, L"\\Device\\IoThreaded");
    RtlInitUnicodeString(&link, L"\\DosDevices\\IoThreaded");
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    TestThreaded();
    TestNonThreaded();
    TestExit();
    TestQueued();
    TestAssociated();
    TestSystem();
    return IoCreateSymbolicLink(&link, &name);
}
