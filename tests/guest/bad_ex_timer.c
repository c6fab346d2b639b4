// SPDX-License-Identifier: MIT
// Waits for the deletion of an Ex timer without canceling it.
//
// Page: NF:wdm.ExDeleteTimer
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^TIMER_OR_DPC_INVALID$
// Report: driver=^bad_ex_timer.sys$
// Report: rule=also cancels it
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, 0);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (timer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    (void)ExSetTimer(timer, -10000000, 0, NULL);
    return ExDeleteTimer(timer, TRUE, TRUE, NULL) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, 0);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)ExSetTimer(timer, -10000000, 0, NULL);
    (void)ExDeleteTimer(timer, FALSE, TRUE, NULL);
    return STATUS_SUCCESS;
}
