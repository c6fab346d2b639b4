// SPDX-License-Identifier: MIT
// Uses memory without asking whether it got any. Nobody notices, until an allocation fails.
// Page: NF:wdm.ExAllocatePool2
// Driven by tests/cli/faults_test.py; without a fault all is well:
// Run: open \\.\Bad; ioctl 0x222000; ioctl 0x222004
// Status: 0
#define BAD_TAG 'kcnU'
#include "bad.h"

typedef struct _NOTE
{
    ULONG Length;
    UCHAR Data[60];
} NOTE;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NOTE *note = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(NOTE), BAD_TAG);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    if (note == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    note->Length = sizeof(note->Data);
    ExFreePoolWithTag(note, BAD_TAG);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    NOTE *note = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(NOTE), BAD_TAG);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    note->Length = sizeof(note->Data);
    ExFreePoolWithTag(note, BAD_TAG);
    return STATUS_SUCCESS;
}
