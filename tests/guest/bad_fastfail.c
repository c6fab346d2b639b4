// SPDX-License-Identifier: MIT
// The driver finds its own list corrupted and fails fast, as RemoveEntryList does.
//
// Page: debugger/bug-check-0x139--kernel-security-check-failure.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^KERNEL_SECURITY_CHECK_FAILURE$
// Report: parameters.value=^0x3$
// Report: driver=^bad_fastfail.sys$
#include "bad.h"

static LIST_ENTRY head;
static LIST_ENTRY entry;

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    InitializeListHead(&head);
    InsertTailList(&head, &entry);
    (void)RemoveEntryList(&entry);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    InitializeListHead(&head);
    InsertTailList(&head, &entry);
    head.Flink = &head;
    (void)RemoveEntryList(&entry);
    return STATUS_SUCCESS;
}
