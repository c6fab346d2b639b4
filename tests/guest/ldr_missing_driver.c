// SPDX-License-Identifier: MIT
// Imports from a driver that is not there: refused before any of its code runs, with the name of
// the driver that is missing.
//
// Page: kernel/creating-export-drivers.md
// Run:
// Status: 1
// Expect: ldr_missing_driver.sys: missing import ldr_nowhere.sys!BaseAddUser .there is no such module
// Reject: FAIL
#include <ntddk.h>

#include "ldr_library.h"

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("FAIL: ran, users %ld\n", BaseAddUser(0));
    return STATUS_SUCCESS;
}
