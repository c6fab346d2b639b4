// SPDX-License-Identifier: MIT
// Waits in a DPC.
//
// Page: NF:wdm.KeWaitForSingleObject
// Page: debugger/bug-check-0xb8--attempted-switch-from-dpc.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_SWITCH_FROM_DPC$
// Report: driver=^bad_wait_dpc.sys$
// Report: stack.function=^(WaitForEvent|DpcRoutine)$
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

static KDPC dpc;
static KDEFERRED_ROUTINE DpcRoutine;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    (void)WaitForEvent(-10000);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return WaitForEvent(-10000) == STATUS_TIMEOUT ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    (void)KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}
