// SPDX-License-Identifier: MIT
// Acquires the spin lock of an interrupt whose ISR runs at PASSIVE_LEVEL: it has none.
// Page: kernel/using-passive-level-interrupt-handling-routines.md
// Page: NF:wdm.KeAcquireInterruptSpinLock
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: rule=ISR runs at PASSIVE_LEVEL
// Report: driver=^bad_isr_passive.sys$
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
Try(PDEVICE_OBJECT DeviceObject, BOOLEAN IsPassive)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
    PKINTERRUPT interrupt;
    NTSTATUS status;
    KIRQL irql;

    if (!EduOpen(&edu))
        return STATUS_NO_SUCH_DEVICE;
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_FULLY_SPECIFIED;
    parameters.FullySpecified.PhysicalDeviceObject = DeviceObject;
    parameters.FullySpecified.InterruptObject = &interrupt;
    parameters.FullySpecified.ServiceRoutine = Isr;
    parameters.FullySpecified.Vector = edu.Vector;
    parameters.FullySpecified.Irql = IsPassive ? PASSIVE_LEVEL : edu.Irql;
    parameters.FullySpecified.SynchronizeIrql = parameters.FullySpecified.Irql;
    parameters.FullySpecified.InterruptMode = LevelSensitive;
    parameters.FullySpecified.ProcessorEnableMask = edu.Affinity;
    status = IoConnectInterruptEx(&parameters);
    if (NT_SUCCESS(status))
    {
        irql = KeAcquireInterruptSpinLock(interrupt);
        KeReleaseInterruptSpinLock(interrupt, irql);
        IoDisconnectInterrupt(interrupt);
    }
    EduClose(&edu);
    return status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Try(DeviceObject, FALSE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return Try(DeviceObject, TRUE);
}
