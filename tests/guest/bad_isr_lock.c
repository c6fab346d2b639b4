// SPDX-License-Identifier: MIT
// An ISR that acquires its own interrupt spin lock, which is held already.
// Page: debugger/bug-check-0xf--spin-lock-already-owned.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SPIN_LOCK_ALREADY_OWNED$
// Report: driver=^bad_isr_lock.sys$
#include "bad_isr.h"

static BOOLEAN
Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    KIRQL irql;

    EduWrite(&edu, EDU_ACKNOWLEDGE, 1);
    if (Context != NULL)
    {
        irql = KeAcquireInterruptSpinLock(Interrupt);
        KeReleaseInterruptSpinLock(Interrupt, irql);
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
