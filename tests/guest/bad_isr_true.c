// SPDX-License-Identifier: MIT
// An ISR that claims an interrupt and does not make its device release the line.
// Page: debugger/bug-check-0xf2--hardware-interrupt-storm.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^HARDWARE_INTERRUPT_STORM$
// Report: rule=an ISR claims each interrupt
// Report: driver=^bad_isr_true.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    if (Context == NULL)
        EduWrite(&edu, EDU_ACKNOWLEDGE, 1);
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
