// SPDX-License-Identifier: MIT
// Waits at DISPATCH_LEVEL with a timeout that is not zero.
//
// Page: NF:wdm.KeWaitForSingleObject
// Page: kernel/managing-hardware-priorities.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^IRQL_NOT_LESS_OR_EQUAL$
// Report: rule=.
// Report: driver=^bad_wait_dispatch.sys$
// Report: stack.function=^WaitForEvent$
#include "bad.h"

static KEVENT event;

static NTSTATUS
WaitForEvent(LONGLONG Timeout)
{
    LARGE_INTEGER timeout;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    timeout.QuadPart = Timeout;
    return KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = WaitForEvent(0);
    KeLowerIrql(irql);
    return status == STATUS_TIMEOUT ? STATUS_SUCCESS : status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    (void)WaitForEvent(-10000);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
