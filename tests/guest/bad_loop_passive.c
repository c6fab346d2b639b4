// SPDX-License-Identifier: MIT
// Loops at PASSIVE_LEVEL for ever without calling the system: a hung thread.
//
// Page: debugger/bug-check-0xea--thread-stuck-in-device-driver.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^THREAD_STUCK_IN_DEVICE_DRIVER$
// Report: driver=^bad_loop_passive.sys$
#include "bad.h"

static volatile BOOLEAN goOn = TRUE;
static volatile ULONG64 spins;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    while (goOn)
        spins++;
    return STATUS_SUCCESS;
}
