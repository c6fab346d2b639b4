// SPDX-License-Identifier: MIT
// Queues a work item and is unloaded before it has run.
//
// Page: NF:wdm.ExQueueWorkItem
// Page: kernel/writing-an-unload-routine.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: close
// Run: unload bad_workitem_unloaded
// Run: sleep 100ms
// Status: 4
// Report: name=^DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS$
// Report: leaks.what=^work item$
// Report: driver=^bad_workitem_unloaded.sys$
#define BAD_CLEANUP()                             \
    do                                            \
    {                                             \
        ExInitializeWorkItem(&item, Work, NULL);  \
        ExQueueWorkItem(&item, DelayedWorkQueue); \
        IoDeleteSymbolicLink(&linkName);          \
        IoDeleteDevice(Driver->DeviceObject);     \
    } while (0)
#include <ntddk.h>

static WORK_QUEUE_ITEM item;
static WORKER_THREAD_ROUTINE Work;

#include "bad.h"

static VOID
Work(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}

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
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)item;
    return STATUS_SUCCESS;
}
