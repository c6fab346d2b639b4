// SPDX-License-Identifier: MIT
// Takes more of the kernel stack than Windows has. The obeying request stays just below, asks for
// what is left before it goes deeper, and takes more through KeExpandKernelStackAndCallout.
//
// Page: kernel/using-the-kernel-stack.md
// Page: NF:wdm.IoGetRemainingStackSize
// Page: NF:ntddk.KeExpandKernelStackAndCallout
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222000
// Run: echo obeyed
// Run: ioctl 0x222004
// Run: echo alive
// Status: 4
// Expect: obeyed
// Expect: drivers may take 24 KiB
// Expect: alive
// Report: kind=^violation$
// Report: rule=^drivers may take 24 KiB of a kernel stack: their frames take 2[4-8]\d\d\d bytes of it$
// Report: driver=^bad_stack_limit.sys$
// Report: stack.function=^Recurse$
// Report: page=^kernel/using-the-kernel-stack.md$
#include "bad.h"

static EXPAND_STACK_CALLOUT Deep;

// A frame of a little more than 1 KiB: the array outlives the call that is given it.
static NOINLINE ULONG
Recurse(ULONG Depth, volatile UCHAR *Outer)
{
    volatile UCHAR local[1024];
    ULONG result = 1;

    local[0] = (UCHAR)Depth;
    local[1023] = 1;
    if (Depth != 0)
        result = Recurse(Depth - 1, local) + local[1023];
    Outer[1023] = 1;
    return result;
}

// Goes deeper for as long as the system says that there is room.
static NOINLINE ULONG
RecurseWhileRoom(ULONG Depth, volatile UCHAR *Outer)
{
    volatile UCHAR local[1024];
    ULONG result = Depth;

    local[1023] = 1;
    if (IoGetRemainingStackSize() >= 2048)
        result = RecurseWhileRoom(Depth + 1, local) + local[1023] - 1;
    Outer[1023] = 1;
    return result;
}

static NOINLINE ULONG
Use(ULONG Depth)
{
    volatile UCHAR local[1024];

    return Recurse(Depth, local);
}

static VOID
Deep(PVOID Parameter)
{
    *(ULONG *)Parameter = Use(38);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG result = 0;
    NTSTATUS status;
    volatile UCHAR local[1024];

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (Use(20) != 21 || RecurseWhileRoom(0, local) < 10)
        return STATUS_UNSUCCESSFUL;
    status = KeExpandKernelStackAndCallout(Deep, &result, 44 * 1024);
    if (!NT_SUCCESS(status))
        return status;
    return result == 39 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Use(27) == 28 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
