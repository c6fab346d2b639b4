// SPDX-License-Identifier: MIT
// Frees a block with a tag that is not its own.
//
// Page: NF:wdm.ExFreePoolWithTag
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^BAD_POOL_CALLER$
// Report: parameters.value=^0xA$
// Report: driver=^bad_wrong_tag.sys$
#include "bad.h"

static volatile PUCHAR block;

static BOOLEAN
Allocate(void)
{
    block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 40, 'daBT');
    return block != NULL;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!Allocate())
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag((PVOID)block, 'daBT');
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (!Allocate())
        return STATUS_INSUFFICIENT_RESOURCES;
    ExFreePoolWithTag((PVOID)block, 'rehO');
    return STATUS_SUCCESS;
}
