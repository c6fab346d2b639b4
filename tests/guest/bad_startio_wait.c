// SPDX-License-Identifier: MIT
// A StartIo routine waits for an event. It runs at DISPATCH_LEVEL, where it can take a spin lock
// but not wait.
//
// Page: kernel/points-to-consider-for-startio-routines.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^IRQL_NOT_LESS_OR_EQUAL$
// Report: driver=^bad_startio_wait.sys$
// Report: stack.function=^StartIo$
#define BAD_SETUP() ((void)(Driver->DriverStartIo = StartIo))
#include <ntddk.h>

static DRIVER_STARTIO StartIo;

#include "bad.h"

static KSPIN_LOCK lock;

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
    LARGE_INTEGER due = {.QuadPart = -10000};
    KEVENT event;

    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLockFromDpcLevel(&lock);
    if (code == IOCTL_BREAK)
        (void)KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &due);
    IoStartNextPacket(DeviceObject, FALSE);
    (void)CompleteRequest(Irp, STATUS_SUCCESS);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(DeviceObject, Irp, NULL, NULL);
    return STATUS_PENDING;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return Obey(DeviceObject, Irp);
}
