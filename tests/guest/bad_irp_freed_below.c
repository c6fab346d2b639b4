// SPDX-License-Identifier: MIT
// Frees an IRP of its own while the driver below still has it.
//
// Page: NF:wdm.IoFreeIrp
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: kind=^bugcheck$
// Report: name=^DRIVER_VERIFIER_IOMANAGER_VIOLATION$
// Report: parameters.value=^0x20B$
// Report: driver=^bad_irp_freed_below.sys$
// Report: page=^NF:wdm.IoFreeIrp$
#define BAD_SETUP() (Driver->MajorFunction[IRP_MJ_READ] = KeepRead)
#include <ntddk.h>

static DRIVER_DISPATCH KeepRead;

#include "bad.h"

static PIRP pending;
static IO_COMPLETION_ROUTINE Keep;

// The driver below: completes when it is told to.
static NTSTATUS
KeepRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    pending = Irp;
    return STATUS_PENDING;
}

static NTSTATUS
Keep(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
Send(PDEVICE_OBJECT DeviceObject, BOOLEAN Complete)
{
    PIRP irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, Keep, NULL, TRUE, TRUE, TRUE);
    if (IoCallDriver(DeviceObject, irp) != STATUS_PENDING)
        return STATUS_UNSUCCESSFUL;
    if (Complete)
        (void)CompleteRequest(pending, STATUS_SUCCESS);
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Send(DeviceObject, TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Send(DeviceObject, FALSE);
}
