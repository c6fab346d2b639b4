// SPDX-License-Identifier: MIT
// Reads a variable of Windows that OpenWDM does not implement: its import slot leads to memory
// that nobody can access, and the report names the variable.
//
// Page: NF:ntifs.FsRtlIsAnsiCharacterLegal
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^OPENWDM_MISSING_API$
// Report: rule=does not implement FsRtlLegalAnsiCharacterArray of ntoskrnl.exe, which the driver read
// Report: driver=^bad_stub_data.sys$
// Report: stack.function=^(Break|BadDeviceControl)$
#include "bad.h"

__declspec(dllimport) extern volatile const UCHAR *FsRtlLegalAnsiCharacterArray;

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
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return FsRtlLegalAnsiCharacterArray != NULL ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
