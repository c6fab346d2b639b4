// SPDX-License-Identifier: MIT
// CustomTimerDpc and IoTimer routines: when they are called and with what, timers that are set
// again, cancelled, periodic or absolute, a DPC that has to wait for a lower IRQL, a timer of a
// device that is started, stopped, started again and deleted.
// Page: kernel/registering-and-queuing-a-customtimerdpc-routine.md
// Page: kernel/using-a-customtimerdpc-routine.md
// Page: kernel/providing-customtimerdpc-context-information.md, kernel/timer-objects.md
// Page: kernel/registering-and-enabling-an-iotimer-routine.md, kernel/using-an-iotimer-routine.md
// Page: kernel/providing-iotimer-context-information.md
// Page: NF:wdm.IoInitializeTimer, NF:wdm.IoStartTimer, NF:wdm.IoStopTimer
// Run:
// Expect: ke_timerdpc: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

typedef struct _CONTEXT_AREA
{
    PDEVICE_OBJECT Device; // how a CustomTimerDpc gets at it
    ULONG Calls;
    LONGLONG LastTime; // of the interrupt clock
    KIRQL Irql;
} CONTEXT_AREA, *PCONTEXT_AREA;

static KDEFERRED_ROUTINE CustomTimerDpc;
static IO_TIMER_ROUTINE IoTimer;
static IO_TIMER_ROUTINE OtherTimer;

static PDEVICE_OBJECT device;
static PCONTEXT_AREA area; // the device extension
static KTIMER timer;
static KDPC dpc;

static VOID
CustomTimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PCONTEXT_AREA own = Context;

    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    EXPECT(Dpc == &dpc && own == area && own->Device == device);
    own->Calls++;
    own->Irql = KeGetCurrentIrql();
    own->LastTime = (LONGLONG)KeQueryInterruptTime();
}

static VOID
IoTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PCONTEXT_AREA own = Context;
    LONGLONG now = (LONGLONG)KeQueryInterruptTime();

    EXPECT(DeviceObject == device && own == DeviceObject->DeviceExtension);
    if (own->Calls++ > 0)
    {
        LONGLONG since = now - own->LastTime;

        EXPECT(since > 9000000 && since < 11000000); // approximately a second
    }
    own->LastTime = now;
    own->Irql = KeGetCurrentIrql();
}

static VOID
OtherTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    ++*(PULONG)Context;
}

static BOOLEAN
Set(LONGLONG Time, LONG Period)
{
    LARGE_INTEGER due = {.QuadPart = Time};

    area->Calls = 0;
    return Period == 0 ? KeSetTimer(&timer, due, &dpc) : KeSetTimerEx(&timer, due, Period, &dpc);
}

static void
TestOnce(void)
{
    LONGLONG before = (LONGLONG)KeQueryInterruptTime();

    EXPECT(!Set(MILLISECONDS(50), 0)); // it was not queued
    EXPECT(!KeReadStateTimer(&timer));
    EXPECT_EQ(area->Calls, 0);
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(500)), STATUS_SUCCESS);
    EXPECT_EQ(area->Calls, 1);
    EXPECT_EQ(area->Irql, DISPATCH_LEVEL);
    EXPECT(area->LastTime - before >= 500000 && area->LastTime - before < 700000);
    EXPECT(KeReadStateTimer(&timer)); // dequeued and signaled
    EXPECT(!KeCancelTimer(&timer));
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(area->Calls, 1);
}

static void
TestAgain(void)
{
    LONGLONG before = (LONGLONG)KeQueryInterruptTime();

    EXPECT(!Set(MILLISECONDS(50), 0));
    EXPECT(Set(MILLISECONDS(300), 0)); // it was, and only the second time counts
    Sleep(MILLISECONDS(150));
    EXPECT_EQ(area->Calls, 0);
    EXPECT(!KeReadStateTimer(&timer));
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(area->Calls, 1);
    EXPECT(area->LastTime - before >= 3000000);
}

static void
TestCancel(void)
{
    EXPECT(!Set(MILLISECONDS(50), 0));
    EXPECT(KeCancelTimer(&timer));
    EXPECT(!KeCancelTimer(&timer));
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(area->Calls, 0);         // neither called
    EXPECT(!KeReadStateTimer(&timer)); // nor signaled
}

static void
TestPeriodic(void)
{
    EXPECT(!Set(MILLISECONDS(20), 40));
    Sleep(MILLISECONDS(200)); // at 20, 60, 100, 140, 180
    EXPECT_EQ(area->Calls, 5);
    EXPECT(KeCancelTimer(&timer)); // queued until somebody cancels it
    Sleep(MILLISECONDS(200));
    EXPECT_EQ(area->Calls, 5);
}

static void
TestAbsolute(void)
{
    LARGE_INTEGER now;

    KeQuerySystemTime(&now);
    EXPECT(!Set(now.QuadPart + 1000000, 0));
    Sleep(MILLISECONDS(50));
    EXPECT_EQ(area->Calls, 0);
    Sleep(MILLISECONDS(100));
    EXPECT_EQ(area->Calls, 1);
    EXPECT(!Set(now.QuadPart, 0)); // in the past: at once
    EXPECT_EQ(WaitFor(&timer, MILLISECONDS(100)), STATUS_SUCCESS);
    EXPECT_EQ(area->Calls, 1);
}

// The only processor is at DISPATCH_LEVEL when the timer expires.
static void
TestBusy(void)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT(!Set(MILLISECONDS(20), 0));
    for (ULONG i = 0; i < 1000; i++)
        KeStallExecutionProcessor(50);
    EXPECT_EQ(area->Calls, 0);
    KeLowerIrql(irql);
    EXPECT_EQ(area->Calls, 1);
    // Expired twice while the DPC is queued: it is called once.
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT(!Set(MILLISECONDS(1), 0));
    for (ULONG i = 0; i < 1000; i++)
        KeStallExecutionProcessor(50);
    (void)Set(MILLISECONDS(1), 0);
    for (ULONG i = 0; i < 1000; i++)
        KeStallExecutionProcessor(50);
    KeLowerIrql(irql);
    Sleep(MILLISECONDS(50));
    EXPECT(area->Calls >= 1 && area->Calls <= 2);
}

static void
TestIoTimer(PDRIVER_OBJECT DriverObject)
{
    PDEVICE_OBJECT other;
    static ULONG otherCalls;

    area->Calls = 0;
    EXPECT_EQ(IoInitializeTimer(device, IoTimer, area), STATUS_SUCCESS);
    Sleep(MILLISECONDS(2500));
    EXPECT_EQ(area->Calls, 0); // not before it is started
    IoStartTimer(device);
    Sleep(MILLISECONDS(3500));
    EXPECT(area->Calls == 3 || area->Calls == 4);
    EXPECT_EQ(area->Irql, DISPATCH_LEVEL);
    IoStopTimer(device);
    area->Calls = 0;
    Sleep(MILLISECONDS(2500));
    EXPECT_EQ(area->Calls, 0);
    IoStartTimer(device);
    Sleep(MILLISECONDS(2500));
    EXPECT(area->Calls == 2 || area->Calls == 3);
    IoStopTimer(device);
    // Deleting a device ends its timer.
    EXPECT_EQ(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &other),
              STATUS_SUCCESS);
    EXPECT_EQ(IoInitializeTimer(other, OtherTimer, &otherCalls), STATUS_SUCCESS);
    IoStartTimer(other);
    Sleep(MILLISECONDS(1500));
    EXPECT(otherCalls == 1 || otherCalls == 2);
    IoDeleteDevice(other);
    otherCalls = 0;
    Sleep(MILLISECONDS(2500));
    EXPECT_EQ(otherCalls, 0);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    if (!NT_SUCCESS(IoCreateDevice(DriverObject, sizeof(CONTEXT_AREA), NULL, FILE_DEVICE_UNKNOWN, 0,
                                   FALSE, &device)))
        return STATUS_INSUFFICIENT_RESOURCES;
    area = device->DeviceExtension;
    area->Device = device;
    KeInitializeDpc(&dpc, CustomTimerDpc, area);
    KeInitializeTimer(&timer);
    TestOnce();
    TestAgain();
    TestCancel();
    TestPeriodic();
    TestAbsolute();
    TestBusy();
    TestIoTimer(DriverObject);
    IoDeleteDevice(device);
    return Finish("ke_timerdpc");
}
