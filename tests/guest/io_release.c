// SPDX-License-Identifier: MIT
// A driver that takes one of everything and gives it all back in Unload, in the stages that the
// page names; after that nothing is reported. bad_leak, bad_entry_leftovers, bad_release and
// bad_release_attached do not.
// Page: kernel/releasing-driver-allocated-resources.md
// With: io_lower.sys
// Run: sleep 2500ms
// Run: unload io_release
// Expect: io_release: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"
#include "io_pair.h"

#define TAG 'leRI'

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;
static IO_TIMER_ROUTINE EverySecond;
static KDEFERRED_ROUTINE Custom;
static KSTART_ROUTINE Thread;
static IO_WORKITEM_ROUTINE Work;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\IoRelease");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\IoRelease");
static UNICODE_STRING lowerName = RTL_CONSTANT_STRING(LOWER_BUFFERED);
static PDEVICE_OBJECT device, filter, attachedTo, lowerDevice;
static PFILE_OBJECT lowerFile;
static PVOID pool, window, nonCached, contiguous, thread;
static PIO_WORKITEM workItem;
static KEVENT stop, worked;
static KTIMER timer;
static KDPC timerDpc, customDpc;
static ULONG ticks, timerDpcs, unloading;

static VOID
EverySecond(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    EXPECT(DeviceObject == device && Context == &ticks);
    EXPECT(!unloading);
    ticks++;
}

static VOID
Custom(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    EXPECT(!unloading);
    ++*(PULONG)Context;
}

static VOID
Thread(PVOID Context)
{
    (void)KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
Work(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    EXPECT(DeviceObject == device);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
}

static void
ReleaseMemory(void)
{
    ExFreePoolWithTag(pool, TAG);
    MmUnmapIoSpace(window, PAGE_SIZE);
    MmFreeNonCachedMemory(nonCached, PAGE_SIZE);
    MmFreeContiguousMemory(contiguous);
}

static VOID
Unload(PDRIVER_OBJECT DriverObject)
{
    LONG references;

    UNREFERENCED_PARAMETER(DriverObject);
    EXPECT(ticks == 2 || ticks == 3);
    EXPECT_EQ(timerDpcs, 2);
    // Nothing may run any more.
    unloading = TRUE;
    IoStopTimer(device);
    EXPECT(KeCancelTimer(&timer)); // it is periodic: still queued
    EXPECT(!KeRemoveQueueDpc(&timerDpc));
    EXPECT(!KeRemoveQueueDpc(&customDpc));
    EXPECT_EQ(WaitFor(&worked, 0), STATUS_SUCCESS);
    IoFreeWorkItem(workItem);
    KeSetEvent(&stop, IO_NO_INCREMENT, FALSE); // the thread ends itself
    JoinThread(thread);
    Sleep(MILLISECONDS(1500)); // the timers would have expired by now
    EXPECT_EQ(timerDpcs, 2);
    EXPECT_EQ(IoDeleteSymbolicLink(&linkName), STATUS_SUCCESS);
    ReleaseMemory();
    references = (LONG)lowerDevice->ReferenceCount;
    ObDereferenceObject(lowerFile);
    EXPECT_EQ(lowerDevice->ReferenceCount, references - 1); // the file has been closed
    IoDetachDevice(attachedTo);
    EXPECT(attachedTo->AttachedDevice == NULL);
    IoDeleteDevice(filter);
    IoDeleteDevice(device);
    (void)Finish("io_release");
}

static void
StartTimers(void)
{
    LARGE_INTEGER due = {.QuadPart = MILLISECONDS(1000)};

    EXPECT_EQ(IoInitializeTimer(device, EverySecond, &ticks), STATUS_SUCCESS);
    IoStartTimer(device);
    KeInitializeTimer(&timer);
    KeInitializeDpc(&timerDpc, Custom, &timerDpcs);
    KeInitializeDpc(&customDpc, Custom, &timerDpcs);
    EXPECT(!KeSetTimerEx(&timer, due, 1000, &timerDpc));
    KeInitializeEvent(&stop, NotificationEvent, FALSE);
    KeInitializeEvent(&worked, NotificationEvent, FALSE);
    thread = StartThread(Thread, &stop);
    EXPECT(thread != NULL);
    workItem = IoAllocateWorkItem(device);
    EXPECT(workItem != NULL);
    IoQueueWorkItem(workItem, Work, DelayedWorkQueue, &worked);
}

static void
TakeMemory(void)
{
    PHYSICAL_ADDRESS highest = {.QuadPart = -1};
    PHYSICAL_ADDRESS address;

    pool = ExAllocatePool2(POOL_FLAG_NON_PAGED, 100, TAG);
    nonCached = MmAllocateNonCachedMemory(PAGE_SIZE);
    contiguous = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    EXPECT(pool != NULL && nonCached != NULL && contiguous != NULL);
    address = MmGetPhysicalAddress(contiguous);
    window = MmMapIoSpace(address, PAGE_SIZE, MmCached);
    EXPECT(window != NULL);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = Unload;
    if (!NT_SUCCESS(
            IoCreateDevice(DriverObject, 0, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)) ||
        !NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &filter)))
        return STATUS_INSUFFICIENT_RESOURCES;
    EXPECT_EQ(IoCreateSymbolicLink(&linkName, &deviceName), STATUS_SUCCESS);
    TakeMemory();
    EXPECT_EQ(IoGetDeviceObjectPointer(&lowerName, FILE_READ_DATA, &lowerFile, &lowerDevice),
              STATUS_SUCCESS);
    attachedTo = IoAttachDeviceToDeviceStack(filter, lowerDevice);
    EXPECT(attachedTo == lowerDevice);
    StartTimers();
    return STATUS_SUCCESS;
}
