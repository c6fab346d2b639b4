// SPDX-License-Identifier: MIT
// Loops at DISPATCH_LEVEL for ever without calling the system.
//
// Page: debugger/bug-check-0x133-dpc-watchdog-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DPC_WATCHDOG_VIOLATION$
// Report: driver=^bad_loop_dispatch.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static volatile BOOLEAN goOn = TRUE;
static volatile ULONG64 spins;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    while (goOn)
        spins++;
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
