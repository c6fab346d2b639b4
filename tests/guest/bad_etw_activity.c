// SPDX-License-Identifier: MIT
// Asks for its thread's activity at DISPATCH_LEVEL, where only creating an identifier is allowed.
//
// Page: NF:wdm.EtwActivityIdControl
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: driver=^bad_etw_activity.sys$
// Report: rule=unless it only creates an identifier
// Report: irql=^2$
#include "bad.h"

static NOINLINE NTSTATUS
Control(ULONG Code)
{
    GUID id;
    KIRQL irql;
    NTSTATUS status;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = EtwActivityIdControl(Code, &id);
    KeLowerIrql(irql);
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Control(EVENT_ACTIVITY_CTRL_CREATE_ID);
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Control(EVENT_ACTIVITY_CTRL_GET_ID);
}
