// SPDX-License-Identifier: MIT
// Calls code of the INIT section after DriverEntry has returned.
//
// Page: kernel/making-drivers-pageable.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: kind=^bugcheck$
// Report: subject=discarded section of bad_init_code.sys.*INIT
// Report: driver=^bad_init_code.sys$
#define BAD_SETUP() InitWork()
#include <ntddk.h>
static __declspec(noinline) void InitWork(void);

#pragma alloc_text(INIT, InitWork)

#include "bad.h"

static volatile LONG work;

static NOINLINE void
InitWork(void)
{
    work += 1;
}

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
    InitWork();
    return STATUS_SUCCESS;
}
