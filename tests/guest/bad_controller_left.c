// SPDX-License-Identifier: MIT
// Is unloaded without deleting its controller object.
//
// Page: NF:ntddk.IoDeleteController
// Page: kernel/writing-an-unload-routine.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_controller_left
// Status: 4
// Report: kind=^leak$
// Report: leaks.what=^controller$
// Report: leaks.stack.function=^Create$
// Report: driver=^bad_controller_left.sys$
#include "bad.h"

static PCONTROLLER_OBJECT controller;

static NOINLINE NTSTATUS
Create(void)
{
    controller = IoCreateController(32);
    return controller != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS status = Create();

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (NT_SUCCESS(status))
        IoDeleteController(controller);
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Create();
}
