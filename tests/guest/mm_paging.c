// SPDX-License-Identifier: MIT
// Pageable code and data: locking sections, handles and their counts, paging the whole driver.
// Page: kernel/locking-pageable-code-or-data.md, kernel/paging-an-entire-driver.md
// Page: kernel/when-should-code-and-data-be-pageable-.md
// Page: kernel/detecting-code-that-can-be-pageable.md, NF:wdm.MmPageEntireDriver
// Page: NF:wdm.MmResetDriverPaging, NF:wdm.MmLockPagableDataSection
// Page: NF:ntddk.MmLockPagableSectionByHandle, NF:wdm.MmProtectDriverSection
// Page: kernel/isolating-pageable-code.md, NF:wdm.MmIsDriverVerifying
// Page: NF:wdm.MmIsDriverSuspectForVerifier, NF:wdm.MmIsDriverVerifyingByAddress
// Page: NF:wdm.MmGetSystemRoutineAddressEx, NF:wdm.MmGetSystemRoutineAddress
// Run:
// Expect: mm_paging: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntddk.h>

#include "check.h"

#pragma section("PAGEDAT", read, write)
static __declspec(allocate("PAGEDAT")) volatile LONG pagedData = 5;
static volatile LONG residentData = 7;

#pragma code_seg("PAGE")
static NOINLINE LONG
PagedRoutine(LONG Value)
{
    PAGED_CODE();
    return Value + pagedData;
}

static NOINLINE LONG
PagedSum(LONG Value)
{
    return Value * 3 + residentData;
}
#pragma code_seg()

// Locked sections run at any IRQL, for as long as the count of their handle is not zero.
static void
TestLocking(void)
{
    PVOID code, data, again;
    KIRQL irql;

    EXPECT_EQ(PagedRoutine(1), 6);
    code = MmLockPagableCodeSection(PagedSum);
    data = MmLockPagableDataSection((PVOID)&pagedData);
    EXPECT(code != NULL && data != NULL && code != data);
    again = MmLockPagableCodeSection(PagedRoutine);
    EXPECT(again == code); // the same section, the same handle
    MmLockPagableSectionByHandle(code);
    MmUnlockPagableImageSection(code);
    MmUnlockPagableImageSection(code);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT_EQ(PagedSum(1), 10); // locked three times, unlocked twice
    pagedData = 6;
    KeLowerIrql(irql);
    MmUnlockPagableImageSection(code);
    MmUnlockPagableImageSection(data);
    EXPECT_EQ(PagedRoutine(1), 7);
    pagedData = 5;
}

// Below DISPATCH_LEVEL a driver that is pageable as a whole is paged in as it is touched.
static void
TestEntireDriver(void)
{
    PVOID base = MmPageEntireDriver((PVOID)TestEntireDriver);

    EXPECT(base != NULL && base < (PVOID)TestEntireDriver);
    EXPECT_EQ(*(PUSHORT)base, 0x5A4D); // where the image begins
    EXPECT(MmPageEntireDriver((PVOID)&residentData) == base);
    EXPECT(!MmIsNonPagedSystemAddressValid((PVOID)&residentData));
    EXPECT_EQ(PagedSum(1), 10);
    residentData++;
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(residentData, 8);
    residentData = 7;
    MmResetDriverPaging((PVOID)TestEntireDriver);
    MmResetDriverPaging((PVOID)TestEntireDriver); // does nothing
    EXPECT(MmIsNonPagedSystemAddressValid((PVOID)&residentData));
    EXPECT(!MmIsNonPagedSystemAddressValid((PVOID)&pagedData));
}

static void
TestProtect(void)
{
    EXPECT_EQ(MmProtectDriverSection((PVOID)&residentData, 4, 0), STATUS_INVALID_PARAMETER);
    EXPECT_EQ(MmProtectDriverSection((PVOID)TestProtect, 0, 0), STATUS_INVALID_PAGE_PROTECTION);
    // Virtual Secure Mode is off.
    EXPECT_EQ(MmProtectDriverSection((PVOID)&residentData, 0, 0), STATUS_INVALID_DEVICE_STATE);
    residentData = 9;
    EXPECT_EQ(residentData, 9);
    residentData = 7;
}

// Code that does this cannot be pageable: releasing with Wait leaves the IRQL at DISPATCH_LEVEL.
static void
TestWait(void)
{
    KMUTEX mutex;
    KEVENT event;

    KeInitializeMutex(&mutex, 0);
    KeInitializeEvent(&event, NotificationEvent, TRUE);
    EXPECT_EQ(KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    (void)KeReleaseMutex(&mutex, TRUE);
    EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
    EXPECT_EQ(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void
TestVerified(PDRIVER_OBJECT DriverObject)
{
    EXPECT(MmIsDriverVerifying(DriverObject) && MmIsDriverSuspectForVerifier(DriverObject));
    EXPECT(MmIsDriverVerifyingByAddress((PVOID)TestVerified));
    EXPECT(!MmIsDriverVerifyingByAddress((PVOID)0x1000));
}

typedef PVOID(NTAPI *ALLOCATE)(POOL_FLAGS Flags, SIZE_T Size, ULONG Tag);

static void
TestRoutines(void)
{
    DECLARE_CONST_UNICODE_STRING(known, L"ExAllocatePool2");
    DECLARE_CONST_UNICODE_STRING(unknown, L"ExAllocatePool77");
    DECLARE_CONST_UNICODE_STRING(kernel, L"ntoskrnl.exe");
    DECLARE_CONST_UNICODE_STRING(nobody, L"nobody.sys");
    ALLOCATE allocate = (ALLOCATE)(ULONG_PTR)MmGetSystemRoutineAddress((PUNICODE_STRING)&known);
    PVOID block;

    EXPECT(allocate != NULL);
    block = allocate(POOL_FLAG_NON_PAGED, 16, 'gapT');
    EXPECT(block != NULL);
    ExFreePoolWithTag(block, 'gapT');
    EXPECT(MmGetSystemRoutineAddress((PUNICODE_STRING)&unknown) == NULL);
    EXPECT(MmGetSystemRoutineAddressEx((PUNICODE_STRING)&kernel, "ExAllocatePool2") == NULL);
    EXPECT(MmGetSystemRoutineAddressEx((PUNICODE_STRING)&nobody, "Anything") == NULL);
    EXPECT_EQ(MmQuerySystemSize(), MmLargeSystem);
    EXPECT(!MmIsThisAnNtAsSystem()); // a workstation
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    TestLocking();
    TestEntireDriver();
    TestProtect();
    TestRoutines();
    TestWait();
    TestVerified(DriverObject);
    return Finish("mm_paging");
}
