// SPDX-License-Identifier: MIT
// Virtual memory of a process: reserve, commit, protect, query, decommit, release, secure.
// Page: NF:ntifs.NtAllocateVirtualMemory, NF:ntifs.NtFreeVirtualMemory
// Page: NF:ntifs.ZwAllocateVirtualMemory, NF:ntifs.ZwFreeVirtualMemory
// Page: NF:ntifs.ZwQueryVirtualMemory, NF:ntifs.ZwFlushVirtualMemory
// Page: NF:ntddk.MmSecureVirtualMemory, NF:ntddk.MmSecureVirtualMemoryEx
// Page: NF:ntddk.MmUnsecureVirtualMemory, kernel/accessing-user-space-memory.md
// Run: open \\.\Virtual
// Run: ioctl 0x222000
// Expect: mm_virtual: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

static NTSTATUS raised;

static NTSTATUS
Query(PVOID Address, PMEMORY_BASIC_INFORMATION Information)
{
    SIZE_T length = 0;
    NTSTATUS status = ZwQueryVirtualMemory(ZwCurrentProcess(), Address, MemoryBasicInformation,
                                           Information, sizeof(*Information), &length);

    EXPECT(!NT_SUCCESS(status) || length == sizeof(*Information));
    return status;
}

// Takes the region apart: 0x21000 bytes, two pages of them committed.
static void
TestFree(PUCHAR memory)
{
    MEMORY_BASIC_INFORMATION information;
    PVOID base;
    SIZE_T size;

    // Decommitting takes pages in any state; contents are gone.
    base = memory + 0x1000;
    size = 0x4000;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_DECOMMIT), STATUS_SUCCESS);
    RAISED(*(volatile UCHAR *)(memory + 0x2fff));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    base = memory + 0x2000;
    size = 0x1000;
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_SUCCESS);
    EXPECT_EQ(memory[0x2fff], 0);
    // Released as it was reserved: by its base, as a whole.
    base = memory + 0x1000;
    size = 0;
    EXPECT_EQ(NtFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE),
              STATUS_FREE_VM_NOT_AT_BASE);
    base = memory;
    EXPECT_EQ(NtFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
    EXPECT(base == memory && size == 0x21000);
    EXPECT_EQ(NtQueryVirtualMemory(ZwCurrentProcess(), memory, MemoryBasicInformation, &information,
                                   sizeof(information), NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(information.State, MEM_FREE);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE),
              STATUS_MEMORY_NOT_ALLOCATED);
}

static void
TestStates(void)
{
    MEMORY_BASIC_INFORMATION information;
    PUCHAR memory = NULL;
    PVOID base = NULL;
    SIZE_T size = 0x20001;

    // RESERVED: the addresses are taken, but nothing is there.
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE, PAGE_READWRITE),
        STATUS_SUCCESS);
    memory = base;
    EXPECT((ULONG_PTR)memory % 0x10000 == 0 && (PVOID)memory < MM_SYSTEM_RANGE_START);
    EXPECT_EQ(size, 0x21000);
    RAISED(*(volatile UCHAR *)memory);
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Query(memory + 0x1234, &information), STATUS_SUCCESS);
    EXPECT(information.BaseAddress == memory + 0x1000 && information.AllocationBase == memory);
    EXPECT_EQ(information.State, MEM_RESERVE);
    EXPECT_EQ(information.RegionSize, 0x20000);
    EXPECT_EQ(information.AllocationProtect, PAGE_READWRITE);
    EXPECT_EQ(information.Protect, 0);
    EXPECT_EQ(information.Type, MEM_PRIVATE);
    // A page that is reserved cannot be reserved again.
    base = memory;
    size = 0x1000;
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE, PAGE_READWRITE),
        STATUS_CONFLICTING_ADDRESSES);
    // COMMITTED: two pages in the middle, whole pages of what was asked for, zeroed.
    base = memory + 0x2800;
    size = 0x1000;
    EXPECT_EQ(
        NtAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_SUCCESS);
    EXPECT(base == memory + 0x2000 && size == 0x2000);
    EXPECT_EQ(memory[0x2000] | memory[0x3fff], 0);
    memory[0x2fff] = 0x33;
    RAISED(*(volatile UCHAR *)(memory + 0x4000));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(Query(memory + 0x2000, &information), STATUS_SUCCESS);
    EXPECT(information.State == MEM_COMMIT && information.RegionSize == 0x2000);
    EXPECT_EQ(information.Protect, PAGE_READWRITE);
    // A committed page may be committed again and keeps its contents.
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_SUCCESS);
    EXPECT_EQ(memory[0x2fff], 0x33);
    TestFree(memory);
}

static void
TestRefusals(void)
{
    MEMORY_BASIC_INFORMATION information;
    IO_STATUS_BLOCK iosb;
    HANDLE event;
    PVOID base = NULL;
    SIZE_T size = 0;

    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_INVALID_PARAMETER_4);
    size = 0x1000;
    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, 0, PAGE_READWRITE),
              STATUS_INVALID_PARAMETER_5);
    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, 3),
              STATUS_INVALID_PAGE_PROTECTION);
    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT,
                                      PAGE_NOACCESS | PAGE_GUARD),
              STATUS_INVALID_PAGE_PROTECTION);
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 25, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_INVALID_PARAMETER_3);
    EXPECT_EQ(ZwAllocateVirtualMemory((HANDLE)(ULONG_PTR)0x7770, &base, 0, &size, MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_INVALID_HANDLE);
    EXPECT_EQ(ZwCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwAllocateVirtualMemory(event, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwFreeVirtualMemory(event, &base, &size, MEM_RELEASE), STATUS_OBJECT_TYPE_MISMATCH);
    ZwClose(event);
    EXPECT(base == NULL && size == 0x1000); // untouched by failures
    base = MM_SYSTEM_RANGE_START;
    EXPECT_EQ(
        ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
        STATUS_INVALID_PARAMETER_2);
    EXPECT_EQ(Query(MM_SYSTEM_RANGE_START, &information), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(ZwQueryVirtualMemory(ZwCurrentProcess(), NULL, MemoryBasicInformation, &information,
                                   sizeof(information) - 1, NULL),
              STATUS_INFO_LENGTH_MISMATCH);
    base = NULL;
    EXPECT_EQ(ZwFlushVirtualMemory(ZwCurrentProcess(), &base, &size, &iosb),
              STATUS_NOT_MAPPED_VIEW);
}

static void
TestProtection(void)
{
    MEMORY_BASIC_INFORMATION information;
    PVOID base = NULL, part;
    SIZE_T size = 0x3000;
    ULONG old = 0;
    PMDL mdl;
    PUCHAR memory;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT | MEM_RESERVE,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    memory = base;
    memory[0x1000] = 5;
    part = memory + 0x1000;
    size = 1;
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &part, &size, PAGE_READONLY, &old),
              STATUS_SUCCESS);
    EXPECT(old == PAGE_READWRITE && size == PAGE_SIZE && part == memory + 0x1000);
    EXPECT_EQ(memory[0x1000], 5);
    RAISED(*(volatile UCHAR *)(memory + 0x1000) = 6);
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(ProbeForWrite(memory + 0x1000, 1, 1));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    memory[0] = memory[0x2000] = 1; // the neighbours are as they were
    EXPECT_EQ(Query(memory, &information), STATUS_SUCCESS);
    EXPECT_EQ(information.RegionSize, 0x1000);
    // Locking asks for the access that it is locked for, of each page.
    mdl = IoAllocateMdl(memory, 0x3000, FALSE, FALSE, NULL);
    RAISED(MmProbeAndLockPages(mdl, UserMode, IoWriteAccess));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(MmProbeAndLockPages(mdl, UserMode, IoReadAccess));
    EXPECT_EQ(raised, STATUS_SUCCESS);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &part, &size, PAGE_NOACCESS, &old),
              STATUS_SUCCESS);
    EXPECT_EQ(old, PAGE_READONLY);
    EXPECT(!MmIsAddressValid(memory + 0x1000) && MmIsAddressValid(memory));
    RAISED(*(volatile UCHAR *)(memory + 0x1000));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_DECOMMIT), STATUS_SUCCESS);
    size = 0x1000;
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &part, &size, PAGE_READWRITE, &old),
              STATUS_NOT_COMMITTED);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

// What is secured cannot be freed, nor become less accessible than promised.
static void
TestSecure(void)
{
    PVOID base = NULL;
    SIZE_T size = 0x2000;
    HANDLE secure, second;
    ULONG old;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT | MEM_RESERVE,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    secure = MmSecureVirtualMemory(base, 0x1000, PAGE_READWRITE);
    EXPECT(secure != NULL);
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_READONLY, &old),
              STATUS_INVALID_PAGE_PROTECTION);
    EXPECT_EQ(
        ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_EXECUTE_READWRITE, &old),
        STATUS_SUCCESS);
    size = 0;
    EXPECT(!NT_SUCCESS(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE)));
    MmUnsecureVirtualMemory(secure);
    secure = MmSecureVirtualMemory(base, 0x1000, PAGE_READONLY);
    size = 0x1000;
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_READONLY, &old),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_NOACCESS, &old),
              STATUS_INVALID_PAGE_PROTECTION);
    EXPECT(MmSecureVirtualMemory(base, 0x1000, PAGE_READWRITE) == NULL); // it is read-only
    EXPECT(MmSecureVirtualMemoryEx(base, 0x1000, PAGE_READONLY, MM_SECURE_EXCLUSIVE) == NULL);
    MmUnsecureVirtualMemory(secure);
    secure = MmSecureVirtualMemoryEx(base, 0x1000, PAGE_READONLY,
                                     MM_SECURE_EXCLUSIVE | MM_SECURE_NO_CHANGE);
    EXPECT(secure != NULL);
    second = MmSecureVirtualMemory((PUCHAR)base + 0x1000, 0x1000, PAGE_READONLY);
    EXPECT(second == NULL); // the same allocation, and the first is exclusive
    EXPECT_EQ(ZwProtectVirtualMemory(ZwCurrentProcess(), &base, &size, PAGE_READWRITE, &old),
              STATUS_INVALID_PAGE_PROTECTION);
    MmUnsecureVirtualMemory(secure);
    EXPECT(MmSecureVirtualMemory(MM_SYSTEM_RANGE_START, 1, PAGE_READONLY) == NULL);
    EXPECT(MmSecureVirtualMemory((PVOID)0x10000, 1, PAGE_READONLY) == NULL);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

// A user address means something in its own process only.
static NTSTATUS readInSystem;

static VOID NTAPI
ReadElsewhere(PVOID Context)
{
    RAISED(*(volatile UCHAR *)Context);
    readInSystem = raised;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestContext(void)
{
    PVOID base = NULL;
    SIZE_T size = 0x1000;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size,
                                      MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE),
              STATUS_SUCCESS);
    *(PUCHAR)base = 9;
    readInSystem = STATUS_PENDING;
    JoinThread(StartThread(ReadElsewhere, base));
    // System threads run in the system process, whose memory this is when DriverEntry does, too.
    EXPECT_EQ(readInSystem,
              PsGetCurrentProcessId() == (HANDLE)4 ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Virtual");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Virtual");

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH Dispatch;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(DriverObject->DeviceObject);
}

static void
TestAll(void)
{
    TestRefusals();
    TestProtection();
    TestSecure();
    TestContext();
}

// In a client's process. An Nt routine takes the driver's own variables for the client's there.
static NTSTATUS
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PVOID base = NULL;
    SIZE_T size = 0x1000;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        EXPECT_EQ(ExGetPreviousMode(), UserMode);
        EXPECT_EQ(NtAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_COMMIT,
                                          PAGE_READWRITE),
                  STATUS_ACCESS_VIOLATION);
        TestAll();
        (void)Finish("mm_virtual");
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;

    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
              STATUS_SUCCESS);
    EXPECT_EQ(IoCreateSymbolicLink(&linkName, &deviceName), STATUS_SUCCESS);
    TestStates();
    TestAll();
    return STATUS_SUCCESS;
}
