// SPDX-License-Identifier: MIT
// System threads: created, waited for, their priorities, affinity and exit; work items.
// Page: kernel/system-worker-threads.md
// Page: NF:wdm.PsCreateSystemThread, NF:wdm.PsTerminateSystemThread, NF:wdm.KeSetPriorityThread
// Page: NF:wdm.KeQueryPriorityThread, NF:ntddk.KeSetBasePriorityThread
// Page: NF:wdm.ObReferenceObjectByHandle
// Page: NF:wdm.IoAllocateWorkItem, NF:wdm.IoQueueWorkItem, NF:wdm.IoQueueWorkItemEx
// Page: NF:wdm.IoFreeWorkItem, NF:wdm.ExQueueWorkItem, NF:wdm.ExInitializeWorkItem
// Page: NF:wdm.KeSetSystemAffinityThread
// Page: NF:ntddk.PsGetCurrentThreadId, NF:ntddk.PsGetCurrentProcessId, NF:ntifs.PsIsSystemThread
// Options: --cpus 4
// Run:
// Expect: ke_thread: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

static KSTART_ROUTINE Simple;
static KSTART_ROUTINE Returning;
static KSTART_ROUTINE Ranked;
static KSTART_ROUTINE Affine;
static IO_WORKITEM_ROUTINE DeviceWork;
static IO_WORKITEM_ROUTINE_EX DeviceWorkEx;
static WORKER_THREAD_ROUTINE PlainWork;

static KEVENT done;
static KEVENT start;
static PVOID seenContext;
static PVOID seenThread;
static HANDLE seenId;
static HANDLE seenProcess;
static KPRIORITY seenPriority;
static ULONG order[4];
static LONG ordered;
static ULONG where[4];
static PDEVICE_OBJECT device;
static PIO_WORKITEM item;
static LONG works;

static VOID
Simple(PVOID Context)
{
    seenContext = Context;
    seenThread = PsGetCurrentThread();
    seenId = PsGetCurrentThreadId();
    seenProcess = PsGetCurrentProcessId();
    seenPriority = KeQueryPriorityThread(KeGetCurrentThread());
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    EXPECT_EQ(ExGetPreviousMode(), KernelMode);
    PsTerminateSystemThread(0x1234);
    EXPECT(FALSE); // not reached
}

static VOID
Returning(PVOID Context)
{
    *(ULONG *)Context = 5; // returning ends the thread, too
}

static void
TestLife(void)
{
    OBJECT_ATTRIBUTES attributes;
    CLIENT_ID id;
    HANDLE handle;
    PVOID thread = NULL;
    ULONG value = 0;

    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, &id, Simple,
                                   (PVOID)0x77),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwWaitForSingleObject(handle, FALSE, NULL), STATUS_SUCCESS);
    EXPECT_EQ(ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
                                        &thread, NULL),
              STATUS_SUCCESS);
    EXPECT(seenContext == (PVOID)0x77);
    EXPECT(seenThread == thread);
    EXPECT(seenId == id.UniqueThread);
    EXPECT(seenProcess == id.UniqueProcess);
    EXPECT_EQ(seenPriority, 8);
    EXPECT_EQ(WaitFor(thread, 0), STATUS_SUCCESS); // stays signaled
    ObDereferenceObject(thread);
    EXPECT_EQ(ObReferenceObjectByHandle(handle, 0, *IoFileObjectType, KernelMode, &thread, NULL),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    thread = StartThread(Returning, &value);
    JoinThread(thread);
    EXPECT_EQ(value, 5);
}

static VOID
Ranked(PVOID Context)
{
    ULONG rank = (ULONG)(ULONG_PTR)Context;

    KeSetSystemAffinityThread(1);
    (void)KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY + (KPRIORITY)rank);
    (void)KeWaitForSingleObject(&start, Executive, KernelMode, FALSE, NULL);
    order[InterlockedIncrement(&ordered) - 1] = rank;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

// On one processor the highest priority runs first.
static void
TestPriority(void)
{
    static const ULONG ranks[4] = {2, 0, 3, 1};
    PVOID threads[4];
    KPRIORITY old;

    old = KeSetPriorityThread(KeGetCurrentThread(), LOW_REALTIME_PRIORITY + 10);
    EXPECT_EQ(KeQueryPriorityThread(KeGetCurrentThread()), LOW_REALTIME_PRIORITY + 10);
    KeSetSystemAffinityThread(1);
    KeInitializeEvent(&start, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 4; i++)
        threads[i] = StartThread(Ranked, (PVOID)(ULONG_PTR)ranks[i]);
    Sleep(MILLISECONDS(20));
    EXPECT_EQ(ordered, 0);
    KeSetEvent(&start, IO_NO_INCREMENT, FALSE);
    EXPECT_EQ(ordered, 0); // none of them may displace this thread
    for (ULONG i = 0; i < 4; i++)
        JoinThread(threads[i]);
    for (ULONG i = 0; i < 4; i++)
        EXPECT_EQ(order[i], 3 - i);
    KeRevertToUserAffinityThread();
    EXPECT_EQ(KeSetPriorityThread(KeGetCurrentThread(), old), LOW_REALTIME_PRIORITY + 10);
}

static VOID
Affine(PVOID Context)
{
    ULONG number = (ULONG)(ULONG_PTR)Context;

    KeSetSystemAffinityThread((KAFFINITY)1 << number);
    where[number] = KeGetCurrentProcessorNumberEx(NULL);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), number);
    KeRevertToUserAffinityThread();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestAffinity(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL);
    PVOID threads[4];

    EXPECT_EQ(KeQueryActiveProcessors(), ((KAFFINITY)1 << count) - 1);
    for (ULONG i = 0; i < 4 && i < count; i++)
        threads[i] = StartThread(Affine, (PVOID)(ULONG_PTR)i);
    for (ULONG i = 0; i < 4 && i < count; i++)
        JoinThread(threads[i]);
    for (ULONG i = 0; i < 4 && i < count; i++)
        EXPECT_EQ(where[i], i);
}

static VOID
DeviceWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    EXPECT(DeviceObject == device);
    EXPECT(Context == &works);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(PsIsSystemThread(PsGetCurrentThread()));
    if (InterlockedIncrement(&works) < 3)
        IoQueueWorkItem(item, DeviceWork, DelayedWorkQueue, Context); // may be queued again here
    else
        KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static VOID
DeviceWorkEx(PVOID IoObject, PVOID Context, PIO_WORKITEM IoWorkItem)
{
    EXPECT(IoObject == device);
    EXPECT(IoWorkItem == item);
    EXPECT(Context == &done);
    IoFreeWorkItem(IoWorkItem); // its own routine may free it
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static VOID
PlainWork(PVOID Parameter)
{
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeSetEvent(Parameter, IO_NO_INCREMENT, FALSE);
}

static void
TestWorkItems(PDRIVER_OBJECT DriverObject)
{
    static WORK_QUEUE_ITEM plain;
    KIRQL irql;

    if (!NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)))
        return;
    KeInitializeEvent(&done, SynchronizationEvent, FALSE);
    item = IoAllocateWorkItem(device);
    EXPECT(item != NULL);
    irql = KeRaiseIrqlToDpcLevel();
    IoQueueWorkItem(item, DeviceWork, CriticalWorkQueue, &works); // at DISPATCH_LEVEL
    KeLowerIrql(irql);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(works, 3);
    IoQueueWorkItemEx(item, DeviceWorkEx, DelayedWorkQueue, &done);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
#pragma warning(suppress : 4996)
    ExInitializeWorkItem(&plain, PlainWork, &done);
    ExQueueWorkItem(&plain, DelayedWorkQueue);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT(IoSizeofWorkItem() > 0);
    IoDeleteDevice(device);
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
    TestLife();
    TestPriority();
    TestAffinity();
    TestWorkItems(DriverObject);
    return Finish("ke_thread");
}
