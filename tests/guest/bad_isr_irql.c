// SPDX-License-Identifier: MIT
// An ISR that returns at another IRQL than it was called at.
// Page: NC:wdm.KSERVICE_ROUTINE
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^IRQL_UNEXPECTED_VALUE$
// Report: rule=an ISR returned at another IRQL
// Report: driver=^bad_isr_irql.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(Interrupt);
    EduWrite(&edu, EDU_ACKNOWLEDGE, 1);
    if (Context != NULL)
        KeRaiseIrql(HIGH_LEVEL, &irql);
    return TRUE;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Provoke(Isr, NULL);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Provoke(Isr, DeviceObject);
}
