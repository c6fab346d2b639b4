// SPDX-License-Identifier: MIT
// Acquires a push lock with flags that do not exist.
//
// Page: debugger/bug-check-0x152--invalid-push-lock-flags.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^INVALID_PUSH_LOCK_FLAGS$
// Report: driver=^bad_push_flags.sys$
// Report: stack.function=^Lock$
#include "bad.h"

static EX_PUSH_LOCK lock;

static NOINLINE NTSTATUS
Lock(ULONG Flags)
{
    KeEnterCriticalRegion();
    ExAcquirePushLockExclusiveEx(&lock, Flags);
    ExReleasePushLockExclusiveEx(&lock, Flags);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Lock(EX_DEFAULT_PUSH_LOCK_FLAGS);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Lock(0x80);
}
