// SPDX-License-Identifier: MIT
// Recurses until the kernel stack is used up.
//
// Page: kernel/using-the-kernel-stack.md
// Page: debugger/bug-check-0x7f--unexpected-kernel-mode-trap.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^UNEXPECTED_KERNEL_MODE_TRAP$
// Report: parameters.value=^0x8$
// Report: driver=^bad_stack_overflow.sys$
// Report: stack.function=^Recurse$
#include "bad.h"

static NOINLINE ULONG
Recurse(ULONG Depth)
{
    volatile UCHAR local[512];

    local[0] = (UCHAR)Depth;
    local[511] = 1;
    return Depth == 0 ? 1 : Recurse(Depth - 1) + local[511] + (local[0] & 0);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Recurse(3) != 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Recurse(0x7fffffff) != 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
