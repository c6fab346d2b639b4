// SPDX-License-Identifier: MIT
// Releases a mutex that it does not own: the system raises STATUS_MUTANT_NOT_OWNED.
//
// Page: NF:wdm.KeReleaseMutex
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_SERVICE_EXCEPTION$
// Report: exception.code=^0xC0000046$
// Report: driver=^bad_mutex_not_owned.sys$
#include "bad.h"

static KMUTEX mutex;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeMutex(&mutex, 0);
    (void)KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL);
    (void)KeReleaseMutex(&mutex, FALSE);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeInitializeMutex(&mutex, 0);
    (void)KeReleaseMutex(&mutex, FALSE);
    return STATUS_SUCCESS;
}
