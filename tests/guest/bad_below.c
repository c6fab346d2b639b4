// SPDX-License-Identifier: MIT
// The lower of two drivers: its dispatch routine obeys (0x222000) or returns with a spin lock held
// (0x222004). Loaded below bad_above.sys, which does nothing wrong.
#include "bad.h"

static KSPIN_LOCK lock;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
    KeEnterCriticalRegion();
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&lock, &irql);
    return STATUS_SUCCESS;
}
