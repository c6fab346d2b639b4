// SPDX-License-Identifier: MIT
// An ISR that does not recognize the interrupt of its own device.
// Page: debugger/bug-check-0xf2--hardware-interrupt-storm.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^HARDWARE_INTERRUPT_STORM$
// Report: rule=no ISR on it claims the interrupt
// Report: driver=^bad_isr_unclaimed.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    if (Context != NULL || (EduRead(&edu, EDU_CAUSES) & 1) == 0)
        return FALSE;
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
