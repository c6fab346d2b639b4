// SPDX-License-Identifier: MIT
// Remove locks of a checked build remember the tags of their holders: releasing with another tag
// than one that was acquired, and holding it more often than HighWatermark, are violations.
//
// Page: NF:wdm.IoInitializeRemoveLock, NF:wdm.IoReleaseRemoveLock, kernel/using-remove-locks.md
// Page: debugger/bug-check-0xc4--driver-verifier-detected-violation.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: assert reports == 0
// Run: ioctl 0x222004
// Run: assert reports == 2
// Status: 4
// Report: kind=^violation$
// Report: name=^DRIVER_VERIFIER_DETECTED_VIOLATION$
// Report: rule=tag that no IoAcquireRemoveLock was given
// Report: rule=more often than its HighWatermark
// Report: driver=^bad_remove_lock.sys$
#undef DBG
#define DBG 1
#include "bad.h"

static IO_REMOVE_LOCK lock;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NTSTATUS first, second;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoInitializeRemoveLock(&lock, 'tseT', 1, 2);
    first = IoAcquireRemoveLock(&lock, Irp);
    second = IoAcquireRemoveLock(&lock, &lock);
    if (!NT_SUCCESS(first) || !NT_SUCCESS(second) || lock.Dbg.Blocks == NULL)
        return STATUS_UNSUCCESSFUL;
    IoReleaseRemoveLock(&lock, Irp); // in any order
    IoReleaseRemoveLockAndWait(&lock, &lock);
    if (IoAcquireRemoveLock(&lock, Irp) != STATUS_DELETE_PENDING || lock.Dbg.Blocks != NULL)
        return STATUS_UNSUCCESSFUL;
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoInitializeRemoveLock(&lock, 'tseT', 1, 2);
    (void)IoAcquireRemoveLock(&lock, Irp);
    (void)IoAcquireRemoveLock(&lock, Irp);
    (void)IoAcquireRemoveLock(&lock, Irp); // one too many
    IoReleaseRemoveLock(&lock, &lock);     // a tag that nobody has
    IoReleaseRemoveLock(&lock, Irp);
    IoReleaseRemoveLockAndWait(&lock, Irp);
    return STATUS_SUCCESS;
}
