// SPDX-License-Identifier: MIT
// Calls an export of Windows that OpenWDM does not implement.
//
// Page: NF:ntddk.IoVerifyPartitionTable
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^OPENWDM_MISSING_API$
// Report: rule=does not implement IoVerifyPartitionTable of ntoskrnl.exe
// Report: driver=^bad_stub.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

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
    UNREFERENCED_PARAMETER(Irp);
    return IoVerifyPartitionTable(DeviceObject, FALSE);
}
