// SPDX-License-Identifier: MIT
// A driver that unloads with its ISR connected; the next interrupt would call code that is gone.
// Page: kernel/writing-an-unload-routine.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_isr_unloaded
// Status: 4
// Report: driver=^bad_isr_unloaded.sys$
// Report: leaks.what=^interrupt$
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
    NTSTATUS status;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!EduOpen(&edu))
        return STATUS_NO_SUCH_DEVICE;
    status = EduConnect(&edu, Isr, NULL, &interrupt);
    EduClose(&edu);
    return status;
}
