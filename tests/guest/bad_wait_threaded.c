// SPDX-License-Identifier: MIT
// Waits in a threaded DPC.
//
// Page: kernel/introduction-to-threaded-dpcs.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_SWITCH_FROM_DPC$
// Report: rule=a DPC routine may not wait
// Report: driver=^bad_wait_threaded.sys$
#include "bad.h"

static KEVENT event;
static KDPC dpc;
static KDEFERRED_ROUTINE Routine;

static VOID
Routine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    due.QuadPart = Context != NULL ? -10000 : 0;
    (void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &due);
}

static void
Queue(PVOID Context)
{
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeInitializeThreadedDpc(&dpc, Routine, Context);
    (void)KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    Queue(NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    Queue(&dpc);
    return STATUS_SUCCESS;
}
