// SPDX-License-Identifier: MIT
// A driver that imports from an export driver by name, by ordinal, a variable, and through
// forwarders; the libraries come and go in the order of their needs.
//
// Page: kernel/creating-export-drivers.md
// Run:
// Expect: base: DllInitialize .Registry.Machine.System.CurrentControlSet.Services.ldr_library_base
// Expect: library: DllInitialize .*Services.ldr_library irql 0
// Expect: ldr_importer: \d+ passed, 0 failed
// Expect: importer: unload
// Expect: library: DllUnload counter 17
// Expect: base: DllUnload with 0 users
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"
#include "ldr_library.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD ImporterUnload;

static VOID
ImporterUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    DbgPrint("importer: unload\n");
}

static VOID
Raise(PVOID Context)
{
    *(PULONG)Context += 1;
    ExRaiseStatus(STATUS_DEVICE_NOT_READY);
}

static VOID
Return(PVOID Context)
{
    *(PULONG)Context += 10;
}

static VOID
TestExceptions(VOID)
{
    NTSTATUS raised;
    LONG ended = 0;
    ULONG calls = 0;

    RAISED(LibraryGuarded(Return, &calls, &ended));
    EXPECT_EQ(raised, STATUS_SUCCESS);
    EXPECT_EQ(ended, 1);
    RAISED(LibraryGuarded(Raise, &calls, &ended));
    EXPECT_EQ(raised, STATUS_DEVICE_NOT_READY);
    EXPECT_EQ(ended, 101);
    EXPECT_EQ(calls, 11);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    ULONGLONG before = KeQueryInterruptTime();

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = ImporterUnload;
    EXPECT_EQ(LibraryCounter, 5);
    EXPECT_EQ(LibraryVersion(), 0x00010002);
    EXPECT_EQ(LibraryCounter, 6);
    EXPECT_EQ(LibrarySame(), 0x00010002);
    EXPECT_EQ(LibraryCounter, 7);
    LibraryCounter += 10;
    EXPECT_EQ(LibraryHidden(14), 42);
    EXPECT(LibraryTime() >= before);
    EXPECT_EQ(LibraryAddUser(1), 2);
    EXPECT_EQ(LibraryAddUser(-1), 1);
    TestExceptions();
    return Finish("ldr_importer");
}
