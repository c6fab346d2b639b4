// SPDX-License-Identifier: MIT
// An export driver with its own needs, a hidden export, a variable and forwarders. Test:
// ldr_importer.c.
#define LIBRARY_BUILD
#include <ntddk.h>

#include "ldr_library.h"

ULONG LibraryCounter = 5;

NTSTATUS
DllInitialize(PUNICODE_STRING RegistryPath)
{
    DbgPrint("library: DllInitialize %wZ irql %d\n", RegistryPath, KeGetCurrentIrql());
    BaseAddUser(1);
    return STATUS_SUCCESS;
}

NTSTATUS
DllUnload(VOID)
{
    DbgPrint("library: DllUnload counter %lu\n", LibraryCounter);
    BaseAddUser(-1);
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("FAIL library: DriverEntry was called\n");
    return STATUS_UNSUCCESSFUL;
}

ULONG
LibraryVersion(VOID)
{
    LibraryCounter++;
    return 0x00010002;
}

ULONG
LibraryHidden(ULONG Value)
{
    return Value * 3;
}

#if defined(LIBRARY_NEWER)
VOID
LibraryNewer(VOID)
{
}

VOID
LibraryNewerHidden(VOID)
{
}
#endif
