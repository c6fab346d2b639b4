// SPDX-License-Identifier: MIT
// A driver of the first serial port, on a latched line of the ISA bus: it writes through the
// transmit interrupt, a request at a time, and requests that wait can be canceled. An edge counts
// once, however long the line stays high, and edges before the connection are lost.
// Page: kernel/managing-hardware-priorities.md, NF:wdm.IoConnectInterrupt
// Page: NF:wdm.IoRequestDpc, NF:wdm.KeSynchronizeExecution
// Run:
// Expect: int_serial: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#endif

#define COM1          ((PUCHAR)(ULONG_PTR)0x3f8)
#define DATA          (COM1 + 0)
#define ENABLE        (COM1 + 1)
#define IDENTIFY      (COM1 + 2)
#define MODEM_CONTROL (COM1 + 4)
#define ENABLE_TX     0x02
#define NOT_PENDING   0x01
#define CAUSE_TX      0x02
#define OUT2          0x08

typedef struct _PORT
{
    PDEVICE_OBJECT Device;
    PKINTERRUPT Interrupt;
    const UCHAR *Next;
    ULONG Left;
    ULONG Written;
    ULONG Calls;
    ULONG Spurious;
    KIRQL Irql;
} PORT, *PPORT;

static KSERVICE_ROUTINE Isr;
static IO_DPC_ROUTINE DpcForIsr;
static KSYNCHRONIZE_ROUTINE Start;
static DRIVER_STARTIO StartIo;
static DRIVER_CANCEL Cancel;
static DRIVER_DISPATCH Write;
static IO_COMPLETION_ROUTINE Completed;

static const UCHAR text[] = "The quick brown fox jumps over the lazy dog";
static ULONG vector;
static KIRQL dirql;
static KAFFINITY affinity;
static KEVENT done[3];

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    PPORT port = Context;
    UCHAR cause = READ_PORT_UCHAR(IDENTIFY);

    UNREFERENCED_PARAMETER(Interrupt);
    port->Calls++;
    port->Irql = KeGetCurrentIrql();
    if (cause & NOT_PENDING)
    {
        port->Spurious++;
        return FALSE;
    }
    if ((cause & 0x0f) != CAUSE_TX)
        return TRUE;
    if (port->Left != 0)
    {
        port->Left--;
        port->Written++;
        WRITE_PORT_UCHAR(DATA, *port->Next++);
    }
    else
    {
        WRITE_PORT_UCHAR(ENABLE, 0);
        IoRequestDpc(port->Device, port->Device->CurrentIrp, port);
    }
    return TRUE;
}

static BOOLEAN
Start(PVOID Context)
{
    PPORT port = Context;
    PIRP irp = port->Device->CurrentIrp;

    port->Next = irp->AssociatedIrp.SystemBuffer;
    port->Left = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;
    port->Written = 0;
    WRITE_PORT_UCHAR(ENABLE, ENABLE_TX); // an empty register interrupts at once
    return TRUE;
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPORT port = DeviceObject->DeviceExtension;
    KIRQL irql;

    IoAcquireCancelSpinLock(&irql);
    (void)IoSetCancelRoutine(Irp, NULL);
    IoReleaseCancelSpinLock(irql);
    EXPECT(KeSynchronizeExecution(port->Interrupt, Start, port));
}

static VOID
DpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PPORT port = Context;

    UNREFERENCED_PARAMETER(Dpc);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = port->Written;
    IoStartNextPacket(DeviceObject, TRUE);
    IoCompleteRequest(Irp, IO_SERIAL_INCREMENT);
}

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    BOOLEAN removed =
        KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue, &Irp->Tail.Overlay.DeviceQueueEntry);

    IoReleaseCancelSpinLock(Irp->CancelIrql);
    EXPECT(removed);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS
Write(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, Cancel);
    return STATUS_PENDING;
}

static NTSTATUS
Completed(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP
Send(PDEVICE_OBJECT DeviceObject, PKEVENT Done)
{
    PIRP irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
    PIO_STACK_LOCATION stack;

    KeInitializeEvent(Done, NotificationEvent, FALSE);
    if (irp == NULL)
        return NULL;
    irp->AssociatedIrp.SystemBuffer = (PVOID)text;
    stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_WRITE;
    stack->Parameters.Write.Length = sizeof(text) - 1;
    IoSetCompletionRoutine(irp, Completed, Done, TRUE, TRUE, TRUE);
    EXPECT_EQ(IoCallDriver(DeviceObject, irp), STATUS_PENDING);
    return irp;
}

// All three are sent before the interrupt can be delivered: two of them wait.
static VOID
TestWrites(PDEVICE_OBJECT DeviceObject)
{
    PPORT port = DeviceObject->DeviceExtension;
    PIRP irps[3];
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (ULONG i = 0; i < 3; i++)
        irps[i] = Send(DeviceObject, &done[i]);
    EXPECT_EQ(port->Written, sizeof(text) - 1); // the ISR runs, the DPC does not
    EXPECT(IoCancelIrp(irps[1]));
    KeLowerIrql(irql);
    for (ULONG i = 0; i < 3; i++)
    {
        EXPECT_EQ(WaitFor(&done[i], MILLISECONDS(100)), STATUS_SUCCESS);
        EXPECT_EQ(irps[i]->IoStatus.Status, i == 1 ? STATUS_CANCELLED : STATUS_SUCCESS);
        EXPECT_EQ(irps[i]->IoStatus.Information, i == 1 ? 0 : sizeof(text) - 1);
        IoFreeIrp(irps[i]);
    }
    // One interrupt for each byte, and one that says that the last is gone.
    EXPECT_EQ(port->Calls, 2 * sizeof(text));
    EXPECT_EQ(port->Spurious, 0);
    EXPECT_EQ(port->Irql, dirql);
}

static VOID
TestEdges(PPORT Port)
{
    ULONG calls = Port->Calls;
    KIRQL irql;

    // The register is read before the ISR can run: it finds nothing, and says so.
    KeRaiseIrql(dirql, &irql);
    WRITE_PORT_UCHAR(ENABLE, ENABLE_TX);
    EXPECT_EQ(READ_PORT_UCHAR(IDENTIFY) & 0x0f, CAUSE_TX);
    WRITE_PORT_UCHAR(ENABLE, 0);
    KeLowerIrql(irql);
    EXPECT_EQ(Port->Calls, calls + 1);
    EXPECT_EQ(Port->Spurious, 1);
}

static NTSTATUS
Connect(PPORT Port, PKINTERRUPT *Interrupt)
{
    return IoConnectInterrupt(Interrupt, Isr, Port, NULL, vector, dirql, dirql, Latched, FALSE,
                              affinity, FALSE);
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
    PKINTERRUPT other;
    PPORT port;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    Driver->DriverStartIo = StartIo;
    Driver->MajorFunction[IRP_MJ_WRITE] = Write;
    status = IoCreateDevice(Driver, sizeof(PORT), NULL, FILE_DEVICE_SERIAL_PORT, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    port = device->DeviceExtension;
    port->Device = device;
    IoInitializeDpcRequest(device, DpcForIsr);
    vector = HalGetInterruptVector(Isa, 0, 4, 4, &dirql, &affinity);
    WRITE_PORT_UCHAR(MODEM_CONTROL, OUT2);
    WRITE_PORT_UCHAR(ENABLE, ENABLE_TX); // nobody listens
    EXPECT_EQ(Connect(port, &port->Interrupt), STATUS_SUCCESS);
    EXPECT_EQ(port->Calls, 0);
    EXPECT(!NT_SUCCESS(Connect(port, &other))); // the line is not shared
    WRITE_PORT_UCHAR(ENABLE, 0);
    TestWrites(device);
    TestEdges(port);
    WRITE_PORT_UCHAR(MODEM_CONTROL, 0);
    IoDisconnectInterrupt(port->Interrupt);
    status = Finish("int_serial");
    if (!NT_SUCCESS(status))
        IoDeleteDevice(device);
    return status;
}
