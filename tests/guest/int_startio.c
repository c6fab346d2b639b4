// SPDX-License-Identifier: MIT
// The driver of a device that computes one thing at a time: StartIo programs it in a
// SynchCritSection routine, the ISR dismisses its interrupt and queues DpcForIsr, which completes
// the request and starts the next one. Requests can be canceled while they wait. Also DPCs of its
// own for a cause that has no request, and an IoTimer that notices an answer that does not come.
// Page: kernel/registering-and-queuing-a-dpcforisr-routine.md, kernel/writing-dpc-routines.md
// Page: kernel/registering-and-queuing-a-customdpc-routine.md
// Page: kernel/which-type-of-dpc-should-you-use-.md
// Page: kernel/handling-overlapped-i-o-operations.md, kernel/guidelines-for-writing-dpc-routines.md
// Page: kernel/introduction-to-synchcritsection-routines.md
// Page: kernel/writing-synchcritsection-routines.md
// Page: kernel/programming-a-device-for-an-i-o-operation.md
// Page: kernel/accessing-shared-state-information.md, kernel/managing-hardware-priorities.md
// Page: kernel/synchronizing-access-to-device-data.md
// Page: NF:wdm.IoInitializeDpcRequest, NF:wdm.IoRequestDpc, NC:wdm.IO_DPC_ROUTINE
// Page: NF:wdm.KeSynchronizeExecution, NC:wdm.KSYNCHRONIZE_ROUTINE
// Options: --cpus 2 --seed 5
// Run:
// Expect: int_startio: \d+ passed, 0 failed
// Reject: FAIL
#include "edu.h"

#include "check.h"

#define REQUESTS     6
#define CUSTOM_CAUSE 0x10000u
#define DONE_CAUSE   0x1u

typedef struct _EXTENSION
{
    PKINTERRUPT Interrupt;
    KDPC CustomDpc;
    ULONG Number; // being computed
    ULONG Result; // saved by the ISR for DpcForIsr
    LONG Timer;   // seconds left, -1: the ISR was there
    LONG TimedOut;
    ULONG CustomCauses; // not served by the DPC yet
    ULONG CustomServed;
    ULONG CustomRuns;
    ULONG Interrupts;
} EXTENSION, *PEXTENSION;

typedef struct _REQUEST
{
    PIRP Irp;
    KEVENT Done;
    ULONG Answer;
    ULONG Turn;
} REQUEST, *PREQUEST;

static KSERVICE_ROUTINE Isr;
static IO_DPC_ROUTINE DpcForIsr;
static KDEFERRED_ROUTINE CustomDpc;
static KSYNCHRONIZE_ROUTINE Program;
static KSYNCHRONIZE_ROUTINE TakeResult;
static KSYNCHRONIZE_ROUTINE TakeCauses;
static KSYNCHRONIZE_ROUTINE CountDown;
static DRIVER_STARTIO StartIo;
static DRIVER_CANCEL Cancel;
static DRIVER_DISPATCH Dispatch;
static IO_TIMER_ROUTINE OnTimer;
static IO_COMPLETION_ROUTINE Completed;

static EDU edu;
static REQUEST requests[REQUESTS];
static ULONG turns;
static KIRQL dpcIrql;
static KIRQL startIrql;
static KIRQL criticalIrql;

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    PDEVICE_OBJECT device = Context;
    PEXTENSION extension = device->DeviceExtension;
    ULONG causes = EduRead(&edu, EDU_CAUSES);

    UNREFERENCED_PARAMETER(Interrupt);
    if ((causes & (DONE_CAUSE | CUSTOM_CAUSE)) == 0)
        return FALSE;
    EduWrite(&edu, EDU_ACKNOWLEDGE, causes);
    extension->Interrupts++;
    if (causes & CUSTOM_CAUSE)
    {
        extension->CustomCauses++;
        KeInsertQueueDpc(&extension->CustomDpc, device, extension);
    }
    if (causes & DONE_CAUSE)
    {
        extension->Timer = -1;
        extension->Result = EduRead(&edu, EDU_FACTORIAL);
        IoRequestDpc(device, device->CurrentIrp, &extension->Result);
    }
    return TRUE;
}

static BOOLEAN
Program(PVOID Context)
{
    PEXTENSION extension = Context;

    criticalIrql = KeGetCurrentIrql();
    extension->Timer = 3;
    EduWrite(&edu, EDU_STATUS, EDU_STATUS_IRQ);
    EduWrite(&edu, EDU_FACTORIAL, extension->Number);
    return TRUE;
}

static BOOLEAN
TakeResult(PVOID Context)
{
    PULONG pair = Context; // where the ISR has left it, and a place for it

    pair[1] = pair[0];
    return TRUE;
}

static BOOLEAN
TakeCauses(PVOID Context)
{
    PEXTENSION extension = Context;

    extension->CustomServed += extension->CustomCauses;
    extension->CustomCauses = 0;
    return TRUE;
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    startIrql = KeGetCurrentIrql();
    IoAcquireCancelSpinLock(&irql);
    if (Irp != DeviceObject->CurrentIrp || Irp->Cancel)
    {
        IoReleaseCancelSpinLock(irql);
        return; // the cancel routine has it
    }
    (void)IoSetCancelRoutine(Irp, NULL);
    IoReleaseCancelSpinLock(irql);
    extension->Number = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
    KeSynchronizeExecution(extension->Interrupt, Program, extension);
}

static VOID
DpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;
    ULONG pair[2];

    EXPECT(Dpc == &DeviceObject->Dpc);
    EXPECT(Irp != NULL && Irp == DeviceObject->CurrentIrp);
    EXPECT(Context == &extension->Result);
    dpcIrql = KeGetCurrentIrql();
    pair[0] = *(PULONG)Context;
    KeSynchronizeExecution(extension->Interrupt, TakeResult, pair);
    IoStartNextPacket(DeviceObject, TRUE);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = pair[1];
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static VOID
CustomDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PEXTENSION extension = Context;

    EXPECT(Dpc == &extension->CustomDpc);
    EXPECT(Argument2 == extension);
    EXPECT(((PDEVICE_OBJECT)Argument1)->DeviceExtension == extension);
    extension->CustomRuns++;
    KeSynchronizeExecution(extension->Interrupt, TakeCauses, extension);
}

// TRUE when the time for the answer has just passed.
static BOOLEAN
CountDown(PVOID Context)
{
    PEXTENSION extension = Context;

    return extension->Timer > 0 && --extension->Timer == 0;
}

static VOID
OnTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PEXTENSION extension = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (KeSynchronizeExecution(extension->Interrupt, CountDown, extension))
        extension->TimedOut++;
}

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    EXPECT(Irp != DeviceObject->CurrentIrp);
    EXPECT(
        KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry));
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, Cancel);
    return STATUS_PENDING;
}

static NTSTATUS
Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PREQUEST request = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    request->Answer = (ULONG)Irp->IoStatus.Information;
    request->Turn = ++turns;
    KeSetEvent(&request->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static VOID
Send(PDEVICE_OBJECT DeviceObject, PREQUEST Request, ULONG Number)
{
    PIO_STACK_LOCATION stack;

    RtlZeroMemory(Request, sizeof(*Request));
    KeInitializeEvent(&Request->Done, NotificationEvent, FALSE);
    Request->Irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
    EXPECT(Request->Irp != NULL);
    if (Request->Irp == NULL)
        return;
    stack = IoGetNextIrpStackLocation(Request->Irp);
    stack->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = Number;
    IoSetCompletionRoutine(Request->Irp, Completed, Request, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(DeviceObject, Request->Irp), STATUS_PENDING);
}

static VOID
TestRequests(PDEVICE_OBJECT DeviceObject)
{
    ULONG answer = 1;
    const EXTENSION *extension = DeviceObject->DeviceExtension;

    for (ULONG i = 0; i < REQUESTS; i++)
        Send(DeviceObject, &requests[i], i + 1);
    EXPECT(IoCancelIrp(requests[3].Irp)); // waits in the device queue
    for (ULONG i = 0; i < REQUESTS; i++)
    {
        answer *= i + 1;
        EXPECT_EQ(WaitFor(&requests[i].Done, MILLISECONDS(1000)), STATUS_SUCCESS);
        EXPECT_EQ(requests[i].Irp->IoStatus.Status, i == 3 ? STATUS_CANCELLED : STATUS_SUCCESS);
        EXPECT_EQ(requests[i].Answer, i == 3 ? 0 : answer);
        IoFreeIrp(requests[i].Irp);
    }
    EXPECT_EQ(requests[3].Turn, 1);
    EXPECT(requests[0].Turn < requests[1].Turn && requests[4].Turn < requests[5].Turn);
    EXPECT_EQ(extension->Interrupts, REQUESTS - 1);
    EXPECT_EQ(dpcIrql, DISPATCH_LEVEL);
    EXPECT_EQ(startIrql, DISPATCH_LEVEL);
    EXPECT_EQ(criticalIrql, edu.Irql);
}

// Two interrupts before the DPC can run: it runs once, for both.
static VOID
TestCustomDpc(PDEVICE_OBJECT DeviceObject)
{
    const EXTENSION *extension = DeviceObject->DeviceExtension;
    KIRQL irql;

    KeSetSystemAffinityThread(1);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (ULONG i = 0; i < 2; i++)
    {
        EduWrite(&edu, EDU_RAISE, CUSTOM_CAUSE);
        while (EduRead(&edu, EDU_CAUSES) != 0)
            KeStallExecutionProcessor(1);
    }
    KeLowerIrql(irql);
    KeRevertToUserAffinityThread();
    KeFlushQueuedDpcs();
    EXPECT_EQ(extension->CustomServed, 2);
    EXPECT(extension->CustomRuns == 1 || extension->CustomRuns == 2); // 2: on both processors
    EXPECT_EQ(extension->CustomCauses, 0);
}

static VOID
TestTimeout(PDEVICE_OBJECT DeviceObject)
{
    PEXTENSION extension = DeviceObject->DeviceExtension;

    EXPECT_EQ(IoInitializeTimer(DeviceObject, OnTimer, extension), STATUS_SUCCESS);
    IoStartTimer(DeviceObject);
    Send(DeviceObject, &requests[0], 5);
    EXPECT_EQ(WaitFor(&requests[0].Done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(requests[0].Answer, 120);
    Sleep(MILLISECONDS(5000));
    EXPECT_EQ(extension->TimedOut, 0);
    EXPECT_EQ(extension->Timer, -1);
    IoFreeIrp(requests[0].Irp);
    // A device that is not told to interrupt does not.
    extension->Timer = 3;
    EduWrite(&edu, EDU_STATUS, 0);
    EduWrite(&edu, EDU_FACTORIAL, 4);
    Sleep(MILLISECONDS(5000));
    EXPECT_EQ(extension->TimedOut, 1);
    IoStopTimer(DeviceObject);
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    PEXTENSION extension;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    Driver->DriverStartIo = StartIo;
    Driver->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Dispatch;
    status =
        IoCreateDevice(Driver, sizeof(EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    IoInitializeDpcRequest(device, DpcForIsr);
    KeInitializeDpc(&extension->CustomDpc, CustomDpc, extension);
    EXPECT(EduOpen(&edu));
    EXPECT_EQ(EduConnect(&edu, Isr, device, &extension->Interrupt), STATUS_SUCCESS);
    TestRequests(device);
    TestCustomDpc(device);
    TestTimeout(device);
    EduClose(&edu);
    IoDisconnectInterrupt(extension->Interrupt);
    status = Finish("int_startio");
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
