// SPDX-License-Identifier: MIT
// Imports from an export driver that refuses to be loaded.
//
// Page: kernel/creating-export-drivers.md
// Run:
// Status: 1
// Expect: refuses: DllInitialize
// Expect: ldr_library_refuses.sys: DllInitialize failed with 0xC0000182
// Reject: FAIL
#include <ntddk.h>

ULONG RefusesNothing(VOID);
DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("FAIL: ran %lu\n", RefusesNothing());
    return STATUS_SUCCESS;
}
