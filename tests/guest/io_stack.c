// SPDX-License-Identifier: MIT
// A stack of three devices: order of completion routines, MORE_PROCESSING_REQUIRED, propagation of
// pending, the conditions under which a completion routine runs.
// Page: kernel/implementing-an-iocompletion-routine.md
// Page: kernel/passing-irps-down-the-driver-stack.md
// Page: kernel/dispatch-routines-and-irqls.md
// Page: NF:wdm.IoSetCompletionRoutine, NF:wdm.IoSetCompletionRoutineEx, NF:wdm.IoMarkIrpPending
// Page: NF:wdm.IoCopyCurrentIrpStackLocationToNext, NF:wdm.IoSkipCurrentIrpStackLocation
// Page: NF:wdm.IoAttachDeviceToDeviceStack, NF:wdm.IoDetachDevice, NF:ntifs.IoGetAttachedDevice
// Page: NF:wdm.IoGetAttachedDeviceReference, NF:wdm.IoAllocateIrp, NF:wdm.IofCallDriver
// Page: NF:wdm.IoFreeIrp, NF:wdm.IoReuseIrp, NF:wdm.IoInitializeIrp, NF:wdm.IoSizeOfIrp
// Options: --cpus 4
// Run:
// Expect: io_stack: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

typedef struct _LEVEL
{
    ULONG Number; // 0 is the lowest
    PDEVICE_OBJECT Lower;
    ULONG Control;   // SL_INVOKE_*; 0: passes the request on without a completion routine
    BOOLEAN Skip;    // IoSkipCurrentIrpStackLocation instead
    NTSTATUS Answer; // of the completion routine
} LEVEL, *PLEVEL;

static DRIVER_DISPATCH Dispatch;
static IO_COMPLETION_ROUTINE LevelDone;
static IO_COMPLETION_ROUTINE SenderDone;
static KDEFERRED_ROUTINE FinishDpc;

static PDEVICE_OBJECT devices[3];
static ULONG trail; // decimal digits: who saw the request, in order
static NTSTATUS bottomStatus;
static BOOLEAN bottomPends;
static BOOLEAN pendingSeen[3];
static PIRP held;
static KTIMER timer;
static KDPC dpc;
static KEVENT done;
static ULONG senderRuns;
static BOOLEAN senderPending;

static NTSTATUS
LevelDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PLEVEL level = Context;

    EXPECT(DeviceObject == devices[level->Number]);
    trail = trail * 10 + level->Number + 4;
    pendingSeen[level->Number] = Irp->PendingReturned;
    if (level->Answer != STATUS_MORE_PROCESSING_REQUIRED && Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    return level->Answer;
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PLEVEL level = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    EXPECT(stack->DeviceObject == DeviceObject || level->Skip);
    EXPECT_EQ(stack->Parameters.Others.Argument1 == (PVOID)0x1111, TRUE);
    trail = trail * 10 + level->Number + 1;
    if (level->Lower != NULL)
    {
        if (level->Skip)
        {
            IoSkipCurrentIrpStackLocation(Irp);
            return IoCallDriver(level->Lower, Irp);
        }
        IoCopyCurrentIrpStackLocationToNext(Irp);
        EXPECT(IoGetNextIrpStackLocation(Irp)->CompletionRoutine == NULL);
        if (level->Control != 0)
            IoSetCompletionRoutine(Irp, LevelDone, level, level->Control & SL_INVOKE_ON_SUCCESS,
                                   level->Control & SL_INVOKE_ON_ERROR,
                                   level->Control & SL_INVOKE_ON_CANCEL);
        if (level->Answer == STATUS_MORE_PROCESSING_REQUIRED)
        {
            IoMarkIrpPending(Irp);
            (void)IoCallDriver(level->Lower, Irp);
            return STATUS_PENDING;
        }
        return IoCallDriver(level->Lower, Irp);
    }
    Irp->IoStatus.Information = 7;
    Irp->IoStatus.Status = bottomStatus;
    if (bottomPends)
    {
        LARGE_INTEGER due = {.QuadPart = MILLISECONDS(5)};

        IoMarkIrpPending(Irp);
        held = Irp;
        KeSetTimer(&timer, due, &dpc);
        return STATUS_PENDING;
    }
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return bottomStatus;
}

static VOID
FinishDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    IoCompleteRequest(held, IO_NO_INCREMENT);
}

static NTSTATUS
SenderDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    EXPECT_EQ(Irp->IoStatus.Information, 7);
    trail = trail * 10 + 9;
    senderRuns++;
    senderPending = Irp->PendingReturned;
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED; // the request is ours: freed by the sender
}

// Sends one request from the top; gives what the top dispatch routine returned.
static NTSTATUS
Send(NTSTATUS Status, BOOLEAN Pends)
{
    PIRP irp = IoAllocateIrp(devices[2]->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    NTSTATUS status;

    trail = 0;
    bottomStatus = Status;
    bottomPends = Pends;
    RtlZeroMemory(pendingSeen, sizeof(pendingSeen));
    KeClearEvent(&done);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.Others.Argument1 = (PVOID)0x1111;
    IoSetCompletionRoutine(irp, SenderDone, NULL, TRUE, TRUE, TRUE);
    status = IoCallDriver(devices[2], irp);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(irp->IoStatus.Status, Status);
    EXPECT_EQ(irp->CurrentLocation, irp->StackCount + 1);
    IoFreeIrp(irp);
    return status;
}

static void
Configure(ULONG Top, ULONG Middle, BOOLEAN SkipMiddle)
{
    PLEVEL top = devices[2]->DeviceExtension, middle = devices[1]->DeviceExtension;

    top->Control = Top;
    middle->Control = Middle;
    middle->Skip = SkipMiddle;
}

#define ALL (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL)

static void
TestOrder(void)
{
    Configure(ALL, ALL, FALSE);
    EXPECT_EQ(Send(STATUS_SUCCESS, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(trail, 321569); // down 2 1 0, up 1 2, then the sender
    EXPECT(!pendingSeen[1] && !pendingSeen[2] && !senderPending);
    Configure(ALL, 0, TRUE);
    EXPECT_EQ(Send(STATUS_SUCCESS, FALSE), STATUS_SUCCESS);
    EXPECT_EQ(trail, 32169);
    Configure(0, ALL, FALSE);
    EXPECT_EQ(Send(STATUS_DEVICE_NOT_READY, FALSE), STATUS_DEVICE_NOT_READY);
    EXPECT_EQ(trail, 32159);
}

static void
TestConditions(void)
{
    Configure(SL_INVOKE_ON_SUCCESS, SL_INVOKE_ON_ERROR, FALSE);
    Send(STATUS_SUCCESS, FALSE);
    EXPECT_EQ(trail, 32169);
    Send(STATUS_UNSUCCESSFUL, FALSE);
    EXPECT_EQ(trail, 32159);
    Send(STATUS_BUFFER_OVERFLOW, FALSE); // a warning is no success
    EXPECT_EQ(trail, 32159);
    Configure(SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_CANCEL, FALSE);
    Send(STATUS_SUCCESS, FALSE);
    EXPECT_EQ(trail, 3219); // not cancelled: not called
}

static void
TestPending(void)
{
    Configure(ALL, ALL, FALSE);
    EXPECT_EQ(Send(STATUS_SUCCESS, TRUE), STATUS_PENDING);
    EXPECT_EQ(trail, 321569);
    EXPECT(pendingSeen[1] && pendingSeen[2] && senderPending);
    Configure(0, 0, FALSE); // no completion routines: the system carries the mark up
    EXPECT_EQ(Send(STATUS_SUCCESS, TRUE), STATUS_PENDING);
    EXPECT_EQ(trail, 3219);
    EXPECT(senderPending);
    Configure(ALL, 0, TRUE);
    EXPECT_EQ(Send(STATUS_CANCELLED, TRUE), STATUS_PENDING);
    EXPECT_EQ(trail, 32169);
}

// The middle level stops completion; the request goes on when it is completed again.
static void
TestMoreProcessing(void)
{
    PLEVEL middle = devices[1]->DeviceExtension;
    PIRP irp = IoAllocateIrp(devices[2]->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);

    Configure(ALL, ALL, FALSE);
    middle->Answer = STATUS_MORE_PROCESSING_REQUIRED;
    trail = 0;
    bottomStatus = STATUS_SUCCESS;
    bottomPends = FALSE;
    senderRuns = 0;
    KeClearEvent(&done);
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.Others.Argument1 = (PVOID)0x1111;
    IoSetCompletionRoutine(irp, SenderDone, NULL, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(devices[2], irp), STATUS_PENDING);
    EXPECT_EQ(trail, 3215);
    EXPECT_EQ(senderRuns, 0);
    EXPECT(IoGetCurrentIrpStackLocation(irp)->DeviceObject == devices[1]);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    EXPECT_EQ(trail, 321569);
    EXPECT_EQ(senderRuns, 1);
    middle->Answer = STATUS_CONTINUE_COMPLETION;
    IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
    EXPECT_EQ(irp->IoStatus.Status, STATUS_UNSUCCESSFUL);
    EXPECT_EQ(irp->CurrentLocation, irp->StackCount + 1);
    IoFreeIrp(irp);
}

static void
TestOwnMemory(void)
{
    static ULONG64 space[128];
    PIRP irp = (PIRP)space;

    EXPECT_EQ(IoSizeOfIrp(2), sizeof(IRP) + 2 * sizeof(IO_STACK_LOCATION));
    IoInitializeIrp(irp, IoSizeOfIrp(2), 2);
    EXPECT_EQ(irp->StackCount, 2);
    EXPECT_EQ(irp->CurrentLocation, 3);
    EXPECT_EQ(irp->Size, IoSizeOfIrp(2));
    EXPECT_EQ(irp->Type, IO_TYPE_IRP);
}

static NTSTATUS
BuildStack(PDRIVER_OBJECT DriverObject)
{
    for (ULONG i = 0; i < 3; i++)
    {
        PLEVEL level;
        NTSTATUS status = IoCreateDevice(DriverObject, sizeof(LEVEL), NULL, FILE_DEVICE_UNKNOWN, 0,
                                         FALSE, &devices[i]);
        if (!NT_SUCCESS(status))
            return status;
        level = devices[i]->DeviceExtension;
        level->Number = i;
        level->Answer = STATUS_CONTINUE_COMPLETION;
        EXPECT_EQ(devices[i]->StackSize, 1);
        if (i > 0)
            level->Lower = IoAttachDeviceToDeviceStack(devices[i], devices[0]); // goes to the top
        EXPECT_EQ(devices[i]->StackSize, i + 1);
        devices[i]->Flags &= ~DO_DEVICE_INITIALIZING;
    }
    EXPECT(((PLEVEL)devices[2]->DeviceExtension)->Lower == devices[1]);
    EXPECT(devices[0]->AttachedDevice == devices[1]);
    EXPECT(IoGetAttachedDevice(devices[0]) == devices[2]);
    EXPECT(IoGetAttachedDeviceReference(devices[1]) == devices[2]);
    ObDereferenceObject(devices[2]);
    EXPECT(IoGetDeviceAttachmentBaseRef(devices[2]) == devices[0]);
    ObDereferenceObject(devices[0]);
    EXPECT(IoGetLowerDeviceObject(devices[2]) == devices[1]);
    ObDereferenceObject(devices[1]);
    return STATUS_SUCCESS;
}

static VOID
GuestUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = GuestUnload;
    DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Dispatch;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, FinishDpc, NULL);
    if (NT_SUCCESS(BuildStack(DriverObject)))
    {
        TestOrder();
        TestConditions();
        TestPending();
        TestMoreProcessing();
        TestOwnMemory();
        IoDetachDevice(devices[1]); // the top leaves
        EXPECT(IoGetAttachedDevice(devices[0]) == devices[1]);
        IoDetachDevice(devices[0]);
        EXPECT(devices[0]->AttachedDevice == NULL);
        for (ULONG i = 0; i < 3; i++)
            IoDeleteDevice(devices[i]);
    }
    return Finish("io_stack");
}
