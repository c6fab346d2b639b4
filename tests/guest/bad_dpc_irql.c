// SPDX-License-Identifier: MIT
// A DPC routine returns at another IRQL than it was called at.
//
// Page: NC:wdm.KDEFERRED_ROUTINE
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^IRQL_UNEXPECTED_VALUE$
// Report: rule=DPC routine returned at another IRQL
// Report: stack.function=^DpcRoutine$
// Report: page=^NC:wdm.KDEFERRED_ROUTINE$
// Report: driver=^bad_dpc_irql.sys$
#include "bad.h"

static KDPC dpc;

static KDEFERRED_ROUTINE DpcRoutine;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    if (Context == NULL)
        KeLowerIrql(irql);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    (void)KeInsertQueueDpc(&dpc, NULL, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeDpc(&dpc, DpcRoutine, &dpc);
    (void)KeInsertQueueDpc(&dpc, NULL, NULL);
    return STATUS_SUCCESS;
}
