// SPDX-License-Identifier: MIT
// Acquires a fast mutex that this thread holds already.
//
// Page: NF:wdm.ExAcquireFastMutex, kernel/fast-mutexes-and-guarded-mutexes.md
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Expect: P1 +0x0+1000
// Report: driver=^bad_fast_mutex.sys$
// Report: stack.function=^Break$
#include "bad.h"

static FAST_MUTEX mutex;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    ExReleaseFastMutex(&mutex);
    return STATUS_SUCCESS;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    ExAcquireFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    ExReleaseFastMutex(&mutex);
    return STATUS_SUCCESS;
}
