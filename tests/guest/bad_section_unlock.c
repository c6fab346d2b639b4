// SPDX-License-Identifier: MIT
// Unlocks a pageable section more often than it locked it.
//
// Page: kernel/locking-pageable-code-or-data.md
// Page: debugger/bug-check-0x1a--memory-management.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^MEMORY_MANAGEMENT$
// Report: rule=as often as it was locked
// Report: driver=^bad_section_unlock.sys$
#include "bad.h"

static NOINLINE LONG Paged(LONG Value);

#pragma alloc_text(PAGE, Paged)

static NOINLINE LONG
Paged(LONG Value)
{
    return Value + 1;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    MmUnlockPagableImageSection(MmLockPagableCodeSection(Paged));
    return Paged(-1);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PVOID handle = MmLockPagableCodeSection(Paged);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    MmUnlockPagableImageSection(handle);
    MmUnlockPagableImageSection(handle);
    return STATUS_SUCCESS;
}
