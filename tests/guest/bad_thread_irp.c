// SPDX-License-Identifier: MIT
// A request of a thread that exits is not completed although it was cancelled: after five minutes
// the thread gives up waiting, and that is a violation.
//
// Page: NF:wdm.IoCancelIrp, kernel/different-ways-of-handling-irps-cheat-sheet.md
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: assert reports == 0
// Run: ioctl 0x222004
// Run: assert reports == 1
// Status: 4
// Report: kind=^violation$
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=was not completed in five minutes
#include "bad.h"

_Dispatch_type_(IRP_MJ_INTERNAL_DEVICE_CONTROL)
static DRIVER_DISPATCH Hold;
static DRIVER_CANCEL Cancel;
static KSTART_ROUTINE Sender;

static PDEVICE_OBJECT device;
static BOOLEAN deaf;
static PIRP held;
static KEVENT event;
static IO_STATUS_BLOCK iosb;

static VOID
Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    CompleteRequest(Irp, STATUS_CANCELLED);
}

static NTSTATUS
Hold(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    held = Irp;
    if (!deaf)
        IoSetCancelRoutine(Irp, Cancel);
    return STATUS_PENDING;
}

static VOID
Sender(PVOID Context)
{
    PIRP irp =
        IoBuildDeviceIoControlRequest(0x222100, device, NULL, 0, NULL, 0, TRUE, &event, &iosb);

    UNREFERENCED_PARAMETER(Context);
    if (irp != NULL)
        (void)IoCallDriver(device, irp);
}

static NTSTATUS
SendAndExit(PDEVICE_OBJECT DeviceObject)
{
    HANDLE handle;
    PVOID thread;

    device = DeviceObject;
    DeviceObject->DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Hold;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    if (!NT_SUCCESS(
            PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Sender, NULL)))
        return STATUS_UNSUCCESSFUL;
    (void)ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    ZwClose(handle);
    (void)KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    ObDereferenceObject(thread);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return SendAndExit(DeviceObject);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Irp);
    deaf = TRUE;
    status = SendAndExit(DeviceObject);
    CompleteRequest(held, STATUS_SUCCESS); // too late
    return status;
}
