// SPDX-License-Identifier: MIT
// RTL_QUERY_REGISTRY_DIRECT without RTL_QUERY_REGISTRY_TYPECHECK on a hive of a user.
//
// Page: NF:wdm.RtlQueryRegistryValues
// Page: debugger/bug-check-0x139--kernel-security-check-failure.md
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Status: 3
// Report: name=^KERNEL_SECURITY_CHECK_FAILURE$
// Expect: P1 +0x0+9
// Report: driver=^bad_registry_direct.sys$
// Report: stack.function=^Query$
#include "bad.h"

static NOINLINE NTSTATUS
Query(ULONG Flags)
{
    RTL_QUERY_REGISTRY_TABLE table[2];
    ULONG value = 5;
    NTSTATUS status = RtlWriteRegistryValue(RTL_REGISTRY_USER, L"Software", L"Number", REG_DWORD,
                                            &value, sizeof(value));

    if (!NT_SUCCESS(status))
        return status;
    RtlZeroMemory(table, sizeof(table));
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED | Flags;
    table[0].Name = L"Number";
    table[0].EntryContext = &value;
    table[0].DefaultType = REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
    value = 0;
    status = RtlQueryRegistryValues(RTL_REGISTRY_USER, L"Software", table, NULL, NULL);
    return NT_SUCCESS(status) && value != 5 ? STATUS_UNSUCCESSFUL : status;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Query(RTL_QUERY_REGISTRY_TYPECHECK);
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return Query(0);
}
