// SPDX-License-Identifier: MIT
// Queues a work item that is queued already.
//
// Page: NF:wdm.ExQueueWorkItem, NF:wdm.ExInitializeWorkItem
// Page: debugger/bug-check-0xe4--worker-invalid.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^WORKER_INVALID$
// Report: code=^0x000000E4$
// Report: driver=^bad_work_twice.sys$
// Report: stack.function=^Break$
#include "bad.h"

static WORK_QUEUE_ITEM item;
static KEVENT done;
static WORKER_THREAD_ROUTINE Work;

static VOID NTAPI
Work(PVOID Parameter)
{
    KeSetEvent(Parameter, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    ExInitializeWorkItem(&item, Work, &done);
    // Again once its routine runs: each queue has its threads.
    for (ULONG type = CriticalWorkQueue; type <= HyperCriticalWorkQueue; type++)
    {
        ExQueueWorkItem(&item, (WORK_QUEUE_TYPE)type);
        (void)KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql); // no worker runs in between
    ExQueueWorkItem(&item, DelayedWorkQueue);
    ExQueueWorkItem(&item, DelayedWorkQueue);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
