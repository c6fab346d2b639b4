// SPDX-License-Identifier: MIT
// Touches the buffers of a METHOD_NEITHER request without probing them: reads the input itself and
// writes the output with a routine of the system. Both are violations; the machine goes on.
//
// Page: kernel/using-neither-buffered-nor-direct-i-o.md
// Page: NF:wdm.ProbeForRead, NF:wdm.ProbeForWrite
// Run: open \\.\Bad
// Run: ioctl 0x222003 in:01020304 out:5000 expect:01020304
// Run: assert reports == 0
// Run: ioctl 0x222007 in:01020304
// Run: assert reports == 1
// Run: ioctl 0x222007 out:5000 expect:05000000
// Run: assert reports == 2
// Status: 4
// Report: kind=^violation$
// Expect: VIOLATION: a user's buffer was read without ProbeForRead
// Expect: VIOLATION: a user's buffer was written to without ProbeForWrite
// Report: rule=a user's buffer was (read|written to) without
// Report: driver=^bad_user_unprobed.sys$
// Report: stack.function=^Echo$
// Report: page=^kernel/using-neither-buffered-nor-direct-i-o.md$
#define IOCTL_OBEY  0x222003
#define IOCTL_BREAK 0x222007
#include "bad.h"

static NTSTATUS
Echo(PIRP Irp, BOOLEAN Probe)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PULONG input = stack->Parameters.DeviceIoControl.Type3InputBuffer;
    PVOID output = (PUCHAR)Irp->UserBuffer;
    volatile SIZE_T size = sizeof(ULONG);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG value = 5;

    __try
    {
        if (Probe)
        {
            ProbeForRead(input, stack->Parameters.DeviceIoControl.InputBufferLength, 1);
            ProbeForWrite(output, stack->Parameters.DeviceIoControl.OutputBufferLength, 1);
        }
        if (stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(ULONG))
            value = *(volatile ULONG *)input;
        if (stack->Parameters.DeviceIoControl.OutputBufferLength >= sizeof(ULONG))
            RtlCopyMemory(output, &value, size);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        status = GetExceptionCode();
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = status == STATUS_SUCCESS ? size : 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status == STATUS_SUCCESS ? BAD_DONE : status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Echo(Irp, TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Echo(Irp, FALSE);
}
