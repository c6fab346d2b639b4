// SPDX-License-Identifier: MIT
// Unloads while a timer in pool is set; its DPC runs where no code is any more.
//
// Page: NF:wdm.KeSetTimer
// Page: debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_dpc_unloaded
// Run: sleep 200ms
// Status: 3
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^timer$
// Report: leaks.what=^pool$
// Report: stack.function=^DpcRoutine$
// Report: irql=^2$
#include "bad.h"

static KDEFERRED_ROUTINE DpcRoutine;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}

typedef struct _PENDING
{
    KTIMER Timer;
    KDPC Dpc;
} PENDING;

static NTSTATUS
SetTimer(BOOLEAN Cancel)
{
    PENDING *pending = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(PENDING), 'daBT');
    LARGE_INTEGER due;

    if (pending == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeTimer(&pending->Timer);
    KeInitializeDpc(&pending->Dpc, DpcRoutine, NULL);
    due.QuadPart = -1000000;
    (void)KeSetTimer(&pending->Timer, due, &pending->Dpc);
    if (!Cancel)
        return STATUS_SUCCESS;
    (void)KeCancelTimer(&pending->Timer);
    KeFlushQueuedDpcs();
    ExFreePoolWithTag(pending, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return SetTimer(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return SetTimer(FALSE);
}
