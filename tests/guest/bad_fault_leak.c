// SPDX-License-Identifier: MIT
// Forgets what it has when it cannot get the rest: the path that nobody tests.
// Page: NF:wdm.IoAllocateIrp
// Driven by tests/cli/faults_test.py; without a fault all is well:
// Run: open \\.\Bad; ioctl 0x222000; ioctl 0x222004
// Status: 0
#define BAD_TAG 'kaeL'
#include "bad.h"

static NTSTATUS
UseBoth(BOOLEAN Careful)
{
    PVOID buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, BAD_TAG);
    PIRP irp;

    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp = IoAllocateIrp(1, FALSE);
    if (irp == NULL)
    {
        if (Careful)
            ExFreePoolWithTag(buffer, BAD_TAG);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    IoFreeIrp(irp);
    ExFreePoolWithTag(buffer, BAD_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UseBoth(TRUE);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return UseBoth(FALSE);
}
