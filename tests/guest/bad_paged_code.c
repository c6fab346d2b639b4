// SPDX-License-Identifier: MIT
// Calls pageable code at DISPATCH_LEVEL.
//
// Page: kernel/making-drivers-pageable.md
// Page: debugger/bug-check-0xd1--driver-irql-not-less-or-equal.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^(DRIVER_)?IRQL_NOT_LESS_OR_EQUAL$
// Report: subject=pageable code of bad_paged_code.sys, section PAGE
// Report: driver=^bad_paged_code.sys$
#include "bad.h"

static NOINLINE void PagedWork(void);

#pragma alloc_text(PAGE, PagedWork)

static volatile LONG work;

static NOINLINE void
PagedWork(void)
{
    work += 1;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    PagedWork();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    PagedWork();
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}
