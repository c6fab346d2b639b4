// SPDX-License-Identifier: MIT
// Runs at DISPATCH_LEVEL after it has made all of itself pageable.
//
// Page: NF:wdm.MmPageEntireDriver, kernel/paging-an-entire-driver.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^(DRIVER_)?IRQL_NOT_LESS_OR_EQUAL$
// Report: driver=^bad_paged_driver.sys$
#include "bad.h"

static volatile LONG work;

// What runs at raised IRQL is a routine of its own, outside of the pageable code.
static NOINLINE void
Raised(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    work += 1;
    KeLowerIrql(irql);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)MmPageEntireDriver((PVOID)Obey);
    work += 1;
    MmResetDriverPaging((PVOID)Obey);
    Raised();
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    (void)MmPageEntireDriver((PVOID)Break);
    Raised();
    MmResetDriverPaging((PVOID)Break);
    return STATUS_SUCCESS;
}
