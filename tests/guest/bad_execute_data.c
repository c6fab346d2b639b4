// SPDX-License-Identifier: MIT
// Calls bytes in its data section.
//
// Page: debugger/bug-check-0xfc---attempted-execute-of-noexecute-memory.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY$
// Report: subject=data of bad_execute_data.sys, section .data
// Report: driver=^bad_execute_data.sys$
#include "bad.h"

static volatile UCHAR code[16];

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
    code[0] = 0xc3;
    ((void (*)(void))(ULONG_PTR)code)();
    return STATUS_SUCCESS;
}
