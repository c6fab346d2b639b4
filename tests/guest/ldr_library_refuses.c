// SPDX-License-Identifier: MIT
// An export driver whose DllInitialize fails: its DllUnload is not called, and who imports from it
// is not loaded. Test: ldr_refused.c.
#include <ntddk.h>

#include "ldr_library.h"

ULONG RefusesNothing(VOID);

NTSTATUS
DllInitialize(PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("refuses: DllInitialize\n");
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

NTSTATUS
DllUnload(VOID)
{
    DbgPrint("FAIL refuses: DllUnload\n");
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

ULONG
RefusesNothing(VOID)
{
    return 0;
}
