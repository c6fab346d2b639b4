// SPDX-License-Identifier: MIT
// An export driver that another export driver needs: first in, last out. Test: ldr_importer.c.
#include <ntddk.h>

#include "ldr_library.h"

static LONG users;

NTSTATUS
DllInitialize(PUNICODE_STRING RegistryPath)
{
    DbgPrint("base: DllInitialize %wZ irql %d\n", RegistryPath, KeGetCurrentIrql());
    return STATUS_SUCCESS;
}

NTSTATUS
DllUnload(VOID)
{
    DbgPrint("base: DllUnload with %ld users\n", users);
    return STATUS_SUCCESS;
}

// Every export driver has one; the system does not call it (kernel/creating-export-drivers.md).
NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    DbgPrint("FAIL base: DriverEntry was called\n");
    return STATUS_UNSUCCESSFUL;
}

LONG
BaseAddUser(LONG Delta)
{
    return InterlockedExchangeAdd(&users, Delta) + Delta;
}

// Calls back into the driver: an exception there passes this frame and its __finally.
VOID
BaseGuarded(LIBRARY_CALLBACK *Callback, PVOID Context, PLONG Finally)
{
    __try
    {
        Callback(Context);
    }
    __finally
    {
        *Finally += AbnormalTermination() ? 100 : 1;
    }
}
