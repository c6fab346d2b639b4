// SPDX-License-Identifier: MIT
// Was linked with a later version of ldr_library.sys: two of the exports it needs, one by name and
// one by ordinal, are not in the one that is there. All of them are named, and the driver is not
// loaded. What was loaded for its sake is unloaded again.
//
// Page: kernel/creating-export-drivers.md
// Run:
// Status: 1
// Expect: base: DllInitialize
// Expect: library: DllInitialize
// Expect: ldr_missing_export.sys: missing import ldr_library.sys!(#5|LibraryNewer)$
// Expect: ldr_missing_export.sys: missing import ldr_library.sys!(#5|LibraryNewer)$
// Expect: library: DllUnload
// Expect: base: DllUnload with 0 users
// Reject: FAIL
#include <ntddk.h>

#include "ldr_library.h"

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("FAIL: ran, version %lx\n", LibraryVersion());
    LibraryNewer();
    LibraryNewerHidden();
    return STATUS_SUCCESS;
}
