// SPDX-License-Identifier: MIT
// Waits for four objects without wait blocks of its own.
//
// Page: NF:wdm.KeWaitForMultipleObjects
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^MAXIMUM_WAIT_OBJECTS_EXCEEDED$
// Report: rule=more objects than THREAD_WAIT_OBJECTS
// Report: driver=^bad_wait_objects.sys$
#include "bad.h"

static KEVENT events[4];

static NTSTATUS
Wait(PKWAIT_BLOCK Blocks)
{
    PVOID objects[4];

    for (ULONG i = 0; i < 4; i++)
    {
        KeInitializeEvent(&events[i], NotificationEvent, TRUE);
        objects[i] = &events[i];
    }
    return KeWaitForMultipleObjects(4, objects, WaitAll, Executive, KernelMode, FALSE, NULL,
                                    Blocks);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KWAIT_BLOCK blocks[4];

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (Wait(blocks) != STATUS_SUCCESS)
        return STATUS_UNSUCCESSFUL;
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)Wait(NULL);
    return STATUS_SUCCESS;
}
