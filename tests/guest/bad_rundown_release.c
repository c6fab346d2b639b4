// SPDX-License-Identifier: MIT
// Releases run-down protection after the run-down has completed.
//
// Page: NF:wdm.ExReleaseRundownProtection, NF:wdm.ExRundownCompleted
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: driver=^bad_rundown_release.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

static EX_RUNDOWN_REF rundown;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ExInitializeRundownProtection(&rundown);
    if (!ExAcquireRundownProtection(&rundown))
        return STATUS_UNSUCCESSFUL;
    ExReleaseRundownProtection(&rundown);
    ExWaitForRundownProtectionRelease(&rundown);
    ExRundownCompleted(&rundown);
    return ExAcquireRundownProtection(&rundown) ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ExReleaseRundownProtection(&rundown);
    return STATUS_SUCCESS;
}
