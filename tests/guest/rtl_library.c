// SPDX-License-Identifier: MIT
// The run-time library through a driver's imports: variadic and wide functions, the C library under
// its own names, callbacks into the driver, faults inside a library function, and waiting for
// another thread's one-time initialization.
// Page: NF:wdm.RtlUnicodeStringToInteger, NF:wdm.RtlIntegerToUnicodeString
// Page: NF:wdm.RtlCompareMemory, NF:wdm.RtlCopyUnicodeString, NF:wdm.RtlStringFromGUID
// Page: NF:ntddk.RtlInitializeGenericTableAvl, NF:ntddk.RtlInsertElementGenericTableAvl
// Page: NF:ntddk.RtlEnumerateGenericTableAvl, NF:ntddk.RtlDeleteElementGenericTableAvl
// Page: NF:ntddk.RtlRunOnceExecuteOnce, NF:ntddk.RtlRunOnceInitialize
// Page: NF:wdm.DbgPrintEx, NF:wdm.RtlGetVersion, NF:wdm.RtlTimeToTimeFields
// Options: --cpus 2
// Run:
// Expect: printed: 5 wide ansi counted 00000000DEADBEEF -7%
// Expect: rtl_library: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

static RTL_AVL_COMPARE_ROUTINE CompareKeys;
static RTL_AVL_ALLOCATE_ROUTINE AllocateElement;
static RTL_AVL_FREE_ROUTINE FreeElement;
static RTL_RUN_ONCE_INIT_FN InitOnce;
static KSTART_ROUTINE OnceUser;

static ULONG live;
static ULONG compared;
static RTL_RUN_ONCE once = RTL_RUN_ONCE_INIT;
static LONG initialized;
static LONG agreed;

static void
TestPrinting(void)
{
    UNICODE_STRING counted = RTL_CONSTANT_STRING(L"counted");
    char narrow[32];
    wchar_t wide[32];

    DbgPrint("printed: %d %ws %s %wZ %p %I64d%%\n", 5, L"wide", "ansi", &counted,
             (PVOID)(ULONG_PTR)0xDEADBEEF, -7LL);
    EXPECT_EQ(sprintf_s(narrow, sizeof(narrow), "%s-%S-%x", "a", L"b", 255), 6);
    EXPECT_EQ(strcmp(narrow, "a-b-ff"), 0);
    EXPECT_EQ(_snprintf(narrow, 4, "%s", "abcde"), -1);
    EXPECT_EQ(swprintf_s(wide, 32, L"%s %d", L"x", 12), 4);
    EXPECT_EQ(wcscmp(wide, L"x 12"), 0);
    EXPECT_EQ(_stricmp("ABC", "abc"), 0);
}

static void
TestStrings(void)
{
    static const GUID guid = {
        0x01234567, 0x89AB, 0xCDEF, {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF}};
    UNICODE_STRING source = RTL_CONSTANT_STRING(L"0x1F and more");
    UNICODE_STRING text;
    WCHAR buffer[16];
    ULONG value = 0;

    EXPECT_EQ(RtlUnicodeStringToInteger(&source, 0, &value), STATUS_SUCCESS);
    EXPECT_EQ(value, 31);
    RtlInitEmptyUnicodeString(&text, buffer, sizeof(buffer));
    EXPECT_EQ(RtlIntegerToUnicodeString(4711, 10, &text), STATUS_SUCCESS);
    EXPECT_EQ(wcscmp(buffer, L"4711"), 0);
    EXPECT_EQ(RtlStringFromGUID(&guid, &text), STATUS_SUCCESS);
    EXPECT_EQ(text.Length, 76);
    RtlFreeUnicodeString(&text);
}

// A fault inside a function of the kernel arrives at the driver's own handler.
static void
TestFaults(void)
{
    UNICODE_STRING text;
    PVOID volatile nowhere = (PVOID)(ULONG_PTR)0x10;
    char buffer[16] = "0123456789abcde";
    NTSTATUS raised;

    RAISED(EXPECT_EQ(RtlCompareMemory(buffer, nowhere, 8), 99));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(memcpy(buffer, nowhere, 16));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(RtlInitUnicodeString(&text, (PCWSTR)nowhere));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
    RAISED(sprintf_s(buffer, sizeof(buffer), "%s", (char *)nowhere));
    EXPECT_EQ(raised, STATUS_ACCESS_VIOLATION);
}

static RTL_GENERIC_COMPARE_RESULTS
CompareKeys(PRTL_AVL_TABLE Table, PVOID First, PVOID Second)
{
    ULONG first = *(PULONG)First;
    ULONG second = *(PULONG)Second;

    UNREFERENCED_PARAMETER(Table);
    compared++;
    return first < second ? GenericLessThan : first > second ? GenericGreaterThan : GenericEqual;
}

static PVOID
AllocateElement(PRTL_AVL_TABLE Table, CLONG ByteSize)
{
    UNREFERENCED_PARAMETER(Table);
    live++;
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, ByteSize, 'lvaG');
}

static VOID
FreeElement(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    UNREFERENCED_PARAMETER(Table);
    live--;
    ExFreePoolWithTag(Buffer, 'lvaG');
}

static void
TestTable(void)
{
    RTL_AVL_TABLE table;
    PULONG element;
    ULONG expected = 0;

    RtlInitializeGenericTableAvl(&table, CompareKeys, AllocateElement, FreeElement, NULL);
    for (ULONG i = 0; i < 100; i++)
    {
        ULONG key = i * 37 % 100;

        EXPECT(RtlInsertElementGenericTableAvl(&table, &key, sizeof(key), NULL) != NULL);
    }
    EXPECT_EQ(live, 100);
    for (element = RtlEnumerateGenericTableAvl(&table, TRUE); element != NULL;
         element = RtlEnumerateGenericTableAvl(&table, FALSE))
        EXPECT_EQ(*element, expected++);
    while ((element = RtlGetElementGenericTableAvl(&table, 0)) != NULL)
        EXPECT(RtlDeleteElementGenericTableAvl(&table, element));
    EXPECT_EQ(live, 0);
    EXPECT(compared > 100);
}

static int
CompareNumbers(const void *First, const void *Second)
{
    int first = *(const int *)First;
    int second = *(const int *)Second;

    // A comparison may leave through an exception; the sort has nothing to clean up.
    if (first < 0 || second < 0)
        ExRaiseStatus(STATUS_INVALID_PARAMETER);
    return first - second;
}

static void
TestCallbacks(void)
{
    int numbers[8] = {5, 3, 8, 1, 9, 2, 7, 4};
    NTSTATUS raised;

    qsort(numbers, 8, sizeof(int), CompareNumbers);
    for (ULONG i = 1; i < 8; i++)
        EXPECT(numbers[i - 1] < numbers[i]);
    numbers[5] = -1;
    RAISED(qsort(numbers, 8, sizeof(int), CompareNumbers));
    EXPECT_EQ(raised, STATUS_INVALID_PARAMETER);
}

static ULONG
InitOnce(PRTL_RUN_ONCE RunOnce, PVOID Parameter, PVOID *Context)
{
    UNREFERENCED_PARAMETER(RunOnce);
    // Long enough for every other thread to arrive and wait.
    Sleep(MILLISECONDS(50));
    InterlockedIncrement(&initialized);
    *Context = Parameter;
    return TRUE;
}

static VOID
OnceUser(PVOID Context)
{
    PVOID data = NULL;

    if (NT_SUCCESS(RtlRunOnceExecuteOnce(&once, InitOnce, &once, &data)) && data == &once)
        InterlockedIncrement(&agreed);
    UNREFERENCED_PARAMETER(Context);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestRunOnce(void)
{
    PVOID threads[4];

    for (ULONG i = 0; i < 4; i++)
        threads[i] = StartThread(OnceUser, NULL);
    for (ULONG i = 0; i < 4; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(initialized, 1);
    EXPECT_EQ(agreed, 4);
}

// A frame of more than a page: the compiler calls __chkstk in front of it.
NOINLINE static ULONG
LargeFrame(ULONG Seed)
{
    volatile UCHAR frame[3 * PAGE_SIZE];

    frame[0] = (UCHAR)Seed;
    frame[sizeof(frame) - 1] = (UCHAR)(Seed + 1);
    return frame[0] + frame[sizeof(frame) - 1];
}

static void
TestSystem(void)
{
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    LARGE_INTEGER time;
    TIME_FIELDS fields;

    EXPECT_EQ(RtlGetVersion(&version), STATUS_SUCCESS);
    EXPECT(version.dwMajorVersion >= 6);
    time.QuadPart = 125911584000000000LL;
    RtlTimeToTimeFields(&time, &fields);
    EXPECT_EQ(fields.Year, 2000);
    EXPECT_EQ(fields.Weekday, 6);
    EXPECT_EQ(LargeFrame(7), 15);
}

static VOID
GuestUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = GuestUnload;
    TestPrinting();
    TestStrings();
    TestFaults();
    TestTable();
    TestCallbacks();
    TestRunOnce();
    TestSystem();
    return Finish("rtl_library");
}
