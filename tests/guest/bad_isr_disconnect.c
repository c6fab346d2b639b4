// SPDX-License-Identifier: MIT
// A driver that disconnects its ISR while its device asserts the interrupt line.
// Page: NF:wdm.IoDisconnectInterrupt
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 4
// Report: rule=disconnected while a device asserts it
// Report: driver=^bad_isr_disconnect.sys$
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
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS state;
    PKINTERRUPT interrupt;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!EduOpen(&edu) || !NT_SUCCESS(EduConnect(&edu, Isr, NULL, &interrupt)))
        return STATUS_NO_SUCH_DEVICE;
    RtlZeroMemory(&state, sizeof(state));
    state.Version = CONNECT_FULLY_SPECIFIED;
    state.ConnectionContext.InterruptObject = interrupt;
    IoReportInterruptInactive(&state);
    EduWrite(&edu, EDU_RAISE, 1);
    IoDisconnectInterrupt(interrupt);
    EduClose(&edu);
    return STATUS_SUCCESS;
}
