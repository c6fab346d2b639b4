// SPDX-License-Identifier: MIT
// An ISR that dismisses its device's interrupt and returns FALSE, as if it were another device's.
// Page: kernel/writing-an-isr.md, NC:wdm.KSERVICE_ROUTINE
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 4
// Report: rule=made its device release the interrupt line, and returned FALSE
// Report: stack.function=^Isr$
// Report: driver=^bad_isr_false.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    EduWrite(&edu, EDU_ACKNOWLEDGE, 1);
    return Context == NULL;
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
