// SPDX-License-Identifier: MIT
// DriverEntry fails and leaves a device, its link, pool and a timer behind. Unload is not called
// after that, so DriverEntry itself has to take back what it made.
//
// Page: kernel/driverentry-return-values.md
// Run: sleep 200ms
// Status: 2
// Report: kind=^leak$
// Report: driver=^bad_entry_leftovers.sys$
// Report: leaks.what=^pool$
// Report: leaks.what=^device$
// Report: leaks.what=^symbolic link$
// Report: leaks.what=^timer$
// Report: leaks.stack.function=^DriverEntry$
// Report: rule=what a driver makes it takes away
// Reject: FAIL
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static KDEFERRED_ROUTINE Expired;

static KTIMER timer;
static KDPC dpc;

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("FAIL: Unload was called\n");
}

static VOID
Expired(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    DbgPrint("FAIL: the DPC ran\n");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Left");
    static UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Left");
    LARGE_INTEGER due = {.QuadPart = -1000000};
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    (void)ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, 'tfeL');
    (void)IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    (void)IoCreateSymbolicLink(&link, &name);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, Expired, NULL);
    KeSetTimer(&timer, due, &dpc);
    return STATUS_NO_SUCH_DEVICE;
}
