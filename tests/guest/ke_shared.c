// SPDX-License-Identifier: MIT
// What drivers read without a call: KUSER_SHARED_DATA at its fixed address, and the KPCR by gs:.
// Page: NS:ntddk.KUSER_SHARED_DATA, NF:ntddk.KeGetCurrentProcessorNumber
// Options: --cpus 4
// Run:
// Expect: ke_shared: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>
#include <intrin.h>

#include "check.h"

static KSTART_ROUTINE OnProcessor;

#define SHARED 0xFFFFF78000000000ull

// Address in a register the loader cannot see: the access itself faults and is emulated.
static NOINLINE ULONG64
ReadThrough(volatile ULONG64 *Base, ULONG Offset)
{
    return *(volatile ULONG64 *)((ULONG_PTR)Base + Offset);
}

static NOINLINE UCHAR
ReadByteThrough(volatile UCHAR *Base, ULONG Offset)
{
    return Base[Offset];
}

static volatile ULONG64 hiddenBase = SHARED >> 4;

static void
TestTime(void)
{
    ULONG64 time1, time2;
    LARGE_INTEGER system;

    KeQuerySystemTime(&system);
    EXPECT(system.QuadPart > 0x01D0000000000000LL); // after 2014
    time1 = *(volatile ULONG64 *)(SHARED + 0x8);    // InterruptTime, as the inline reads it
    EXPECT(KeQueryInterruptTime() >= time1);
    Sleep(MILLISECONDS(50));
    time2 = *(volatile ULONG64 *)(SHARED + 0x8);
    EXPECT(time2 - time1 >= 450000 && time2 - time1 < 10000000);
    time1 = *(volatile ULONG64 *)(SHARED + 0x14);
    EXPECT((LONGLONG)time1 >= system.QuadPart + 400000);
    EXPECT(*(volatile ULONG64 *)(SHARED + 0x320) > 0); // TickCount
}

static void
TestConstants(void)
{
    RTL_OSVERSIONINFOW version;

    version.dwOSVersionInfoSize = sizeof(version);
    EXPECT_EQ(RtlGetVersion((PRTL_OSVERSIONINFOW)&version), STATUS_SUCCESS);
    EXPECT_EQ(*(volatile ULONG *)(SHARED + 0x26c), version.dwMajorVersion);
    EXPECT_EQ(*(volatile ULONG *)(SHARED + 0x270), version.dwMinorVersion);
    EXPECT_EQ(*(volatile ULONG *)(SHARED + 0x260), version.dwBuildNumber);
    EXPECT_EQ(*(volatile WCHAR *)(SHARED + 0x30), 'C'); // NtSystemRoot
    EXPECT_EQ(*(volatile UCHAR *)(SHARED + 0x2d4), 0);  // no kernel debugger
}

static void
TestHidden(void)
{
    volatile ULONG64 *base = (volatile ULONG64 *)(hiddenBase << 4 | 0xFull << 60);

    EXPECT(ReadThrough(base, 0x8) <= KeQueryInterruptTime());
    EXPECT_EQ(ReadByteThrough((volatile UCHAR *)base, 0x2d4), 0);
    EXPECT_EQ((ULONG)ReadThrough(base, 0x26c), *(volatile ULONG *)(SHARED + 0x26c));
}

static VOID
OnProcessor(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;

    KeSetSystemAffinityThread((KAFFINITY)1 << number);
    EXPECT_EQ(__readgsdword(0x1a4), number); // KPRCB.Number
    EXPECT_EQ(KeGetCurrentProcessorNumber(), number);
    EXPECT_EQ(__readgsqword(0x188), (ULONG_PTR)KeGetCurrentThread());
    EXPECT_EQ(__readgsqword(0x20), __readgsqword(0x18) + 0x180);              // KPCR.CurrentPrcb
    EXPECT_EQ(*(ULONG64 *)(__readgsqword(0x18) + 0x18), __readgsqword(0x18)); // Self
    KeRevertToUserAffinityThread();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestPcr(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL);
    PVOID threads[4];
    KIRQL irql;

    EXPECT_EQ(__readgsqword(0x188), (ULONG_PTR)PsGetCurrentThread());
    EXPECT_EQ(__readgsbyte(0x50), PASSIVE_LEVEL);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT_EQ(__readgsbyte(0x50), DISPATCH_LEVEL);
    KeLowerIrql(irql);
    for (ULONG i = 0; i < 4 && i < count; i++)
        threads[i] = StartThread(OnProcessor, (PVOID)(ULONG_PTR)i);
    for (ULONG i = 0; i < 4 && i < count; i++)
        JoinThread(threads[i]);
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
    TestTime();
    TestConstants();
    TestHidden();
    TestPcr();
    return Finish("ke_shared");
}
