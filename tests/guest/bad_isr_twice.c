// SPDX-License-Identifier: MIT
// A driver that disconnects its ISR twice.
// Page: kernel/removing-an-isr.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: rule=disconnected that is not connected
// Report: driver=^bad_isr_twice.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
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
    PKINTERRUPT interrupt;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!EduOpen(&edu) || !NT_SUCCESS(EduConnect(&edu, Isr, NULL, &interrupt)))
        return STATUS_NO_SUCH_DEVICE;
    EduClose(&edu);
    IoDisconnectInterrupt(interrupt);
    IoDisconnectInterrupt(interrupt);
    return STATUS_SUCCESS;
}
