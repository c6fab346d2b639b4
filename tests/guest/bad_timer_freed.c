// SPDX-License-Identifier: MIT
// Frees pool that holds a timer which is set.
//
// Page: debugger/bug-check-0xc7--timer-or-dpc-invalid.md
// Page: NF:wdm.KeCancelTimer
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^TIMER_OR_DPC_INVALID$
// Report: driver=^bad_timer_freed.sys$
// Report: parameters.value=^0x0$
#include "bad.h"

static NTSTATUS
UseTimer(BOOLEAN Cancel)
{
    PKTIMER timer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(KTIMER), 'daBT');
    LARGE_INTEGER due;

    if (timer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    due.QuadPart = -1000000;
    KeInitializeTimer(timer);
    (void)KeSetTimer(timer, due, NULL);
    if (Cancel)
        (void)KeCancelTimer(timer);
    ExFreePoolWithTag(timer, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UseTimer(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UseTimer(FALSE);
}
