// SPDX-License-Identifier: MIT
// A controller object with three disks behind it: one transfer at a time, seeks overlap.
// Page: kernel/creating-controller-objects-and-controller-extensions.md
// Page: kernel/allocating-controller-objects-for-i-o-operations.md
// Page: kernel/writing-controllercontrolroutines.md, kernel/setting-up-controllercontrolroutines.md
// Page: kernel/storage-requirements-for-controllercontrol-routines.md
// Page: kernel/controllercontrol-routine-requirements.md
// Page: kernel/introduction-to-controller-objects.md, NF:ntddk.IoCreateController
// Page: NF:ntddk.IoAllocateController, NF:ntddk.IoFreeController, NF:ntddk.IoDeleteController
// Options: --cpus 2
// Run:
// Expect: io_controller: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define DISKS 3

typedef struct _DISK
{
    PCONTROLLER_OBJECT Controller;
    ULONG Number;
    BOOLEAN Seek; // the controller only starts it
    PIRP Irp;     // sent again and again by the test
    KEVENT Done;
} DISK, *PDISK;

typedef struct _CONTROLLER
{
    PDEVICE_OBJECT Current;
    ULONG Order; // decimal digits: whose routine ran
    ULONG Users, MostUsers;
} CONTROLLER, *PCONTROLLER;

_Dispatch_type_(IRP_MJ_READ)
static DRIVER_DISPATCH Read;
static DRIVER_STARTIO StartIo;
static DRIVER_CONTROL Control;
static DRIVER_CANCEL Cancel;
static DRIVER_UNLOAD Unload;
static IO_COMPLETION_ROUTINE Done;
static KDEFERRED_ROUTINE Interrupt;

static PCONTROLLER_OBJECT controller;
static PDEVICE_OBJECT disks[DISKS];
static KTIMER timer;
static KDPC dpc;
static BOOLEAN hold; // the test itself plays the interrupt

static NTSTATUS
Read(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, Cancel);
    return STATUS_PENDING;
}

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject); // of requests on their way: Control looks at Irp->Cancel
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDISK disk = DeviceObject->DeviceExtension;

    EXPECT(DeviceObject->CurrentIrp == Irp);
    IoAllocateController(disk->Controller, DeviceObject, Control, disk);
}

static void
Finished(PDEVICE_OBJECT DeviceObject, PIRP Irp, NTSTATUS Status)
{
    IoStartNextPacket(DeviceObject, FALSE);
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_DISK_INCREMENT);
}

static IO_ALLOCATION_ACTION
Control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID MapRegisterBase, PVOID Context)
{
    PDISK disk = Context;
    PCONTROLLER shared = disk->Controller->ControllerExtension;
    LARGE_INTEGER due = {.QuadPart = -100};
    KIRQL irql;

    UNREFERENCED_PARAMETER(MapRegisterBase);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT(DeviceObject == disks[disk->Number - 1] && Irp == DeviceObject->CurrentIrp);
    EXPECT_EQ(shared->Users, 0); // nobody else has the hardware
    shared->Current = DeviceObject;
    shared->Order = shared->Order * 10 + disk->Number;
    IoAcquireCancelSpinLock(&irql);
    IoSetCancelRoutine(Irp, NULL);
    IoReleaseCancelSpinLock(irql);
    if (Irp->Cancel)
    {
        Finished(DeviceObject, Irp, STATUS_CANCELLED);
        return DeallocateObject;
    }
    if (disk->Seek)
    {
        Finished(DeviceObject, Irp, STATUS_SUCCESS);
        return DeallocateObject;
    }
    shared->Users++;
    if (!hold)
        KeSetTimer(&timer, due, &dpc);
    return KeepObject;
}

static VOID
Interrupt(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PCONTROLLER shared = controller->ControllerExtension;
    PDEVICE_OBJECT device = shared->Current;
    PIRP irp = device->CurrentIrp;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    shared->Users--;
    IoFreeController(controller); // as soon as possible
    Finished(device, irp, STATUS_SUCCESS);
}

// ---- the test ----------------------------------------------------------------------------------

static NTSTATUS
Done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&((PDISK)Context)->Done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
Send(ULONG Index, BOOLEAN Seek)
{
    PDISK disk = disks[Index]->DeviceExtension;

    disk->Seek = Seek;
    IoReuseIrp(disk->Irp, STATUS_NOT_SUPPORTED);
    IoGetNextIrpStackLocation(disk->Irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(disk->Irp, Done, disk, TRUE, TRUE, TRUE);
    KeClearEvent(&disk->Done);
    EXPECT_EQ(IoCallDriver(disks[Index], disk->Irp), STATUS_PENDING);
}

static NTSTATUS
Result(ULONG Index)
{
    PDISK disk = disks[Index]->DeviceExtension;

    EXPECT_EQ(WaitFor(&disk->Done, MILLISECONDS(100)), STATUS_SUCCESS);
    return disk->Irp->IoStatus.Status;
}

static void
PlayInterrupt(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Interrupt(&dpc, NULL, NULL, NULL);
    KeLowerIrql(irql);
}

static void
TestQueueing(void)
{
    PCONTROLLER shared = controller->ControllerExtension;

    hold = TRUE;
    Send(0, FALSE);
    EXPECT_EQ(shared->Order, 1); // free: run immediately
    Send(1, TRUE);
    Send(2, FALSE);
    EXPECT_EQ(shared->Order, 1); // busy: queued
    EXPECT_EQ(KeReadStateEvent(&((PDISK)disks[1]->DeviceExtension)->Done), 0);
    PlayInterrupt(); // the seek gives it back at once, so the third runs, too
    EXPECT_EQ(shared->Order, 123);
    EXPECT_EQ(Result(0), STATUS_SUCCESS);
    EXPECT_EQ(Result(1), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(&((PDISK)disks[2]->DeviceExtension)->Done), 0);
    Send(0, FALSE);
    (void)IoCancelIrp(((PDISK)disks[0]->DeviceExtension)->Irp); // while it waits
    PlayInterrupt();
    EXPECT_EQ(Result(2), STATUS_SUCCESS);
    EXPECT_EQ(Result(0), STATUS_CANCELLED);
    EXPECT_EQ(shared->Order, 1231);
    EXPECT_EQ(shared->Users, 0);
    hold = FALSE;
}

static void
TestStream(void)
{
    for (ULONG round = 0; round < 20; round++)
    {
        for (ULONG i = 0; i < DISKS; i++)
            Send(i, (round + i) % 3 == 0);
        for (ULONG i = 0; i < DISKS; i++)
            EXPECT_EQ(Result(i), STATUS_SUCCESS);
    }
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
    DriverObject->MajorFunction[IRP_MJ_READ] = Read;
    DriverObject->DriverStartIo = StartIo;
    DriverObject->DriverUnload = Unload;
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, Interrupt, NULL);
    controller = IoCreateController(sizeof(CONTROLLER));
    if (controller == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    EXPECT(controller->ControllerExtension != NULL);
    for (ULONG i = 0; i < sizeof(CONTROLLER); i++)
        EXPECT_EQ(((PUCHAR)controller->ControllerExtension)[i], 0);
    for (ULONG i = 0; i < DISKS; i++)
    {
        PDISK disk;
        NTSTATUS status = IoCreateDevice(DriverObject, sizeof(DISK), NULL, FILE_DEVICE_UNKNOWN, 0,
                                         FALSE, &disks[i]);

        if (!NT_SUCCESS(status))
            return status;
        disk = disks[i]->DeviceExtension;
        disk->Controller = controller;
        disk->Number = i + 1;
        disk->Irp = IoAllocateIrp(1, FALSE);
        KeInitializeEvent(&disk->Done, NotificationEvent, FALSE);
    }
    TestQueueing();
    TestStream();
    for (ULONG i = 0; i < DISKS; i++)
    {
        IoFreeIrp(((PDISK)disks[i]->DeviceExtension)->Irp);
        IoDeleteDevice(disks[i]);
    }
    IoDeleteController(controller);
    return Finish("io_controller");
}
