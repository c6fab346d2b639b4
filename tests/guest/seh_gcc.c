// SPDX-License-Identifier: MIT
// A driver that mingw gcc built, which has no __try: it runs, and an exception that nothing
// handles stops the machine with its name and the place.
//
// Page: debugger/bug-check-0x3b--system-service-exception.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^SYSTEM_SERVICE_EXCEPTION$
// Report: exception.name=^STATUS_DEVICE_BUSY$
// Report: driver=^seh_gcc.sys$
// Report: stack.function=^Break$
#include "bad.h"

static NOINLINE ULONG
Work(PULONG Values, ULONG Count)
{
    ULONG sum = 0;

    for (ULONG i = 0; i < Count; i++)
        sum += Values[i];
    if (Count > 4)
        ExRaiseStatus(STATUS_DEVICE_BUSY);
    return sum;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG values[4] = {1, 2, 3, 4};

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Work(values, 4) == 10 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    ULONG values[5] = {1, 2, 3, 4, 5};

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Work(values, 5) == 15 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
