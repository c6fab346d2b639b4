// SPDX-License-Identifier: MIT
// Unloads while a timer is set; it is due when the code is gone.
//
// Page: NF:wdm.KeCancelTimer
// Page: debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_timer_unloaded
// Run: sleep 200ms
// Status: 3
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^timer$
// Report: subject=was in bad_timer_unloaded.sys
#include "bad.h"

static KTIMER timer;
static KDPC dpc;
static KDEFERRED_ROUTINE DpcRoutine;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    due.QuadPart = -1000000;
    (void)KeSetTimer(&timer, due, &dpc);
    (void)KeCancelTimer(&timer);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    due.QuadPart = -1000000;
    (void)KeSetTimer(&timer, due, &dpc);
    return STATUS_SUCCESS;
}
