// SPDX-License-Identifier: MIT
// A StartIo routine reads paged pool. It runs at DISPATCH_LEVEL, where what it touches has to be
// resident.
//
// Page: kernel/points-to-consider-for-startio-routines.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^DRIVER_IRQL_NOT_LESS_OR_EQUAL$
// Report: driver=^bad_startio_paged.sys$
// Report: stack.function=^StartIo$
#define BAD_SETUP() ((void)(Driver->DriverStartIo = StartIo))
#include <ntddk.h>

static DRIVER_STARTIO StartIo;

#include "bad.h"

static KSPIN_LOCK lock;
static UCHAR *paged;

static VOID
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG code = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode;
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeReleaseSpinLockFromDpcLevel(&lock);
    if (code == IOCTL_BREAK)
        *(volatile UCHAR *)paged |= 1;
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
    paged = ExAllocatePool2(POOL_FLAG_PAGED, 8192, 'tStI');
    if (paged == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    return Obey(DeviceObject, Irp);
}
