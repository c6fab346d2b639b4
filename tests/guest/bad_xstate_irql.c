// SPDX-License-Identifier: MIT
// Restores extended processor state at another IRQL than it was saved at.
//
// Page: NF:wdm.KeRestoreExtendedProcessorState
// Page: debugger/bug-check-0xe7--invalid-floating-point-state.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^INVALID_FLOATING_POINT_STATE$
// Report: parameters.value=^0x2$
// Report: rule=must run at the IRQL of its KeSaveExtendedProcessorState
// Report: driver=^bad_xstate_irql.sys$
#include "bad.h"

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    XSTATE_SAVE save;
    NTSTATUS status = KeSaveExtendedProcessorState(XSTATE_MASK_LEGACY_SSE, &save);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (NT_SUCCESS(status))
        KeRestoreExtendedProcessorState(&save);
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    XSTATE_SAVE save;
    KIRQL irql;
    NTSTATUS status = KeSaveExtendedProcessorState(XSTATE_MASK_LEGACY_SSE, &save);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (NT_SUCCESS(status))
        KeRestoreExtendedProcessorState(&save);
    KeLowerIrql(irql);
    return status;
}
