// SPDX-License-Identifier: MIT
// Sets a high-resolution timer to an absolute time.
//
// Page: NF:wdm.ExSetTimer, kernel/high-resolution-timers.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^TIMER_OR_DPC_INVALID$
// Report: driver=^bad_ex_timer_absolute.sys$
// Report: rule=relative
// Report: stack.function=^SetFor$
#include "bad.h"

static NOINLINE NTSTATUS
SetFor(LONGLONG Due)
{
    PEX_TIMER timer = ExAllocateTimer(NULL, NULL, EX_TIMER_HIGH_RESOLUTION);

    if (timer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    (void)ExSetTimer(timer, Due, 0, NULL);
    (void)ExDeleteTimer(timer, TRUE, TRUE, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return SetFor(-10000);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER now;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeQuerySystemTime(&now);
    return SetFor(now.QuadPart + 10000);
}
