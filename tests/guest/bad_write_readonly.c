// SPDX-License-Identifier: MIT
// Writes to a constant of its own image.
//
// Page: debugger/bug-check-0xbe--attempted-write-to-readonly-memory.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_WRITE_TO_READONLY_MEMORY$
// Report: subject=data of bad_write_readonly.sys, section .rdata
// Report: driver=^bad_write_readonly.sys$
#include "bad.h"

static const LONG constant = 7;
static const LONG *volatile pointer = &constant;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return *(const volatile LONG *)&constant == 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    *(volatile LONG *)pointer = 8;
    return STATUS_SUCCESS;
}
