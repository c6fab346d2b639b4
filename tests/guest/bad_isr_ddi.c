// SPDX-License-Identifier: MIT
// An ISR that sets an event, which is allowed at DISPATCH_LEVEL at most.
// Page: kernel/managing-hardware-priorities.md, NF:wdm.KeSetEvent
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=^KeSetEvent must be called at IRQL <= DISPATCH_LEVEL, and was called at IRQL 6$
// Report: driver=^bad_isr_ddi.sys$
#include "bad_isr.h"

static KEVENT event;

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    EduWrite(&edu, EDU_ACKNOWLEDGE, 1);
    if (Context != NULL)
    {
        KeInitializeEvent(&event, NotificationEvent, FALSE);
        KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
    }
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
