// SPDX-License-Identifier: MIT
// Events of both kinds and the waits on them: who is released, what is consumed, when a wait ends.
// Page: kernel/event-objects.md, kernel/introduction-to-kernel-dispatcher-objects.md
// Page: NF:wdm.KeInitializeEvent, NF:wdm.KeSetEvent, NF:wdm.KeClearEvent, NF:wdm.KeResetEvent
// Page: NF:wdm.KeReadStateEvent, NF:wdm.KeWaitForSingleObject, NF:wdm.KeWaitForMultipleObjects
// Page: NF:ntddk.KePulseEvent
// Options: --cpus 4
// Run:
// Expect: ke_event: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static KSTART_ROUTINE Waiter;
static KSTART_ROUTINE AnyWaiter;

static KEVENT gate;
static KEVENT objects[4];
static LONG released;
static NTSTATUS anyStatus;

static VOID
Waiter(PVOID Context)
{
    (void)KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
    InterlockedIncrement(&released);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestState(void)
{
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    EXPECT_EQ(KeReadStateEvent(&gate), 0);
    EXPECT_EQ(KeSetEvent(&gate, IO_NO_INCREMENT, FALSE), 0);
    EXPECT_EQ(KeSetEvent(&gate, IO_NO_INCREMENT, FALSE), 1);
    EXPECT_EQ(KeReadStateEvent(&gate), 1);
    EXPECT_EQ(WaitFor(&gate, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(&gate), 1); // a notification event stays set
    EXPECT_EQ(KeResetEvent(&gate), 1);
    EXPECT_EQ(KeResetEvent(&gate), 0);
    EXPECT_EQ(WaitFor(&gate, 0), STATUS_TIMEOUT);
    KeInitializeEvent(&gate, SynchronizationEvent, TRUE);
    EXPECT_EQ(WaitFor(&gate, 0), STATUS_SUCCESS);
    EXPECT_EQ(KeReadStateEvent(&gate), 0); // consumed by the wait
    EXPECT_EQ(WaitFor(&gate, 0), STATUS_TIMEOUT);
    KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
    KeClearEvent(&gate);
    EXPECT_EQ(KeReadStateEvent(&gate), 0);
}

// One waiter of a synchronization event, all waiters of a notification event.
static void
TestRelease(EVENT_TYPE Type, LONG Expected)
{
    PVOID threads[3];

    released = 0;
    KeInitializeEvent(&gate, Type, FALSE);
    for (ULONG i = 0; i < 3; i++)
        threads[i] = StartThread(Waiter, &gate);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(released, 0);
    KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(released, Expected);
    EXPECT_EQ(KeReadStateEvent(&gate), Type == NotificationEvent);
    for (ULONG i = 0; i < 3; i++)
    {
        KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
        Sleep(MILLISECONDS(1));
    }
    for (ULONG i = 0; i < 3; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(released, 3);
}

// A pulse releases who waits at that moment and leaves the event not signaled.
static void
TestPulse(void)
{
    PVOID threads[2];

    released = 0;
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    EXPECT_EQ(KePulseEvent(&gate, IO_NO_INCREMENT, FALSE), 0);
    EXPECT_EQ(KeReadStateEvent(&gate), 0);
    for (ULONG i = 0; i < 2; i++)
        threads[i] = StartThread(Waiter, &gate);
    Sleep(MILLISECONDS(10));
    EXPECT_EQ(KePulseEvent(&gate, IO_NO_INCREMENT, FALSE), 0);
    EXPECT_EQ(KeReadStateEvent(&gate), 0);
    for (ULONG i = 0; i < 2; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(released, 2);
}

static void
TestTimeouts(void)
{
    LARGE_INTEGER due, now;
    LONGLONG start;

    KeInitializeEvent(&gate, SynchronizationEvent, FALSE);
    start = (LONGLONG)KeQueryInterruptTime();
    EXPECT_EQ(WaitFor(&gate, MILLISECONDS(30)), STATUS_TIMEOUT);
    EXPECT((LONGLONG)KeQueryInterruptTime() - start >= 290000);
    EXPECT((LONGLONG)KeQueryInterruptTime() - start < 10000000);
    start = (LONGLONG)KeQueryInterruptTime();
    KeQuerySystemTime(&now);
    due.QuadPart = now.QuadPart + 400000; // an absolute time: 40 ms from now
    EXPECT_EQ(KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, &due), STATUS_TIMEOUT);
    EXPECT((LONGLONG)KeQueryInterruptTime() - start >= 200000);
    start = (LONGLONG)KeQueryInterruptTime();
    due.QuadPart = now.QuadPart - 10; // in the past: over at once
    EXPECT_EQ(KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, &due), STATUS_TIMEOUT);
    EXPECT((LONGLONG)KeQueryInterruptTime() - start < 100000);
}

static NTSTATUS
WaitMany(ULONG Count, WAIT_TYPE Type, LONGLONG Timeout)
{
    PVOID array[4];
    KWAIT_BLOCK blocks[4];
    LARGE_INTEGER due;

    for (ULONG i = 0; i < Count; i++)
        array[i] = &objects[i];
    due.QuadPart = Timeout;
    return KeWaitForMultipleObjects(Count, array, Type, Executive, KernelMode, FALSE, &due,
                                    Count > THREAD_WAIT_OBJECTS ? blocks : NULL);
}

static VOID
AnyWaiter(PVOID Context)
{
    anyStatus = WaitMany(3, (WAIT_TYPE)(ULONG_PTR)Context, MILLISECONDS(1000));
    PsTerminateSystemThread(anyStatus);
}

static void
TestMultiple(void)
{
    PVOID thread;

    for (ULONG i = 0; i < 4; i++)
        KeInitializeEvent(&objects[i], i == 3 ? NotificationEvent : SynchronizationEvent, FALSE);
    EXPECT_EQ(WaitMany(3, WaitAny, 0), STATUS_TIMEOUT);
    KeSetEvent(&objects[2], 0, FALSE);
    KeSetEvent(&objects[1], 0, FALSE);
    EXPECT_EQ(WaitMany(3, WaitAny, 0), STATUS_WAIT_1); // the lowest index, and only that one
    EXPECT_EQ(KeReadStateEvent(&objects[1]), 0);
    EXPECT_EQ(KeReadStateEvent(&objects[2]), 1);
    EXPECT_EQ(WaitMany(3, WaitAll, MILLISECONDS(5)), STATUS_TIMEOUT);
    EXPECT_EQ(KeReadStateEvent(&objects[2]), 1); // nothing is taken unless all is there
    thread = StartThread(AnyWaiter, (PVOID)(ULONG_PTR)WaitAll);
    Sleep(MILLISECONDS(5));
    KeSetEvent(&objects[0], 0, FALSE);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(KeReadStateEvent(&objects[0]), 1);
    KeSetEvent(&objects[1], 0, FALSE);
    JoinThread(thread);
    EXPECT_EQ(anyStatus, STATUS_SUCCESS);
    for (ULONG i = 0; i < 3; i++)
        EXPECT_EQ(KeReadStateEvent(&objects[i]), 0);
    thread = StartThread(AnyWaiter, (PVOID)(ULONG_PTR)WaitAny);
    Sleep(MILLISECONDS(5));
    KeSetEvent(&objects[2], 0, FALSE);
    JoinThread(thread);
    EXPECT_EQ(anyStatus, STATUS_WAIT_2);
    KeSetEvent(&objects[3], 0, FALSE);
    EXPECT_EQ(WaitMany(4, WaitAny, 0), STATUS_WAIT_3); // with wait blocks of our own
}

// Alertable without an APC or alert behaves as an ordinary wait.
static void
TestAlertable(void)
{
    LARGE_INTEGER due;

    KeInitializeEvent(&gate, SynchronizationEvent, FALSE);
    due.QuadPart = MILLISECONDS(2);
    EXPECT_EQ(KeWaitForSingleObject(&gate, UserRequest, KernelMode, TRUE, &due), STATUS_TIMEOUT);
    KeSetEvent(&gate, 0, FALSE);
    EXPECT_EQ(KeWaitForSingleObject(&gate, UserRequest, UserMode, TRUE, NULL), STATUS_SUCCESS);
}

// Wait = TRUE joins setting one event and waiting for another; IRQL comes back to what it was.
static void
TestSetAndWait(void)
{
    PVOID thread;

    released = 0;
    KeInitializeEvent(&gate, SynchronizationEvent, FALSE);
    KeInitializeEvent(&objects[0], SynchronizationEvent, TRUE);
    thread = StartThread(Waiter, &gate);
    Sleep(MILLISECONDS(2));
    KeSetEvent(&gate, IO_NO_INCREMENT, TRUE);
    EXPECT_EQ(KeWaitForSingleObject(&objects[0], Executive, KernelMode, FALSE, NULL),
              STATUS_SUCCESS);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    JoinThread(thread);
    EXPECT_EQ(released, 1);
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
    TestState();
    TestRelease(SynchronizationEvent, 1);
    TestRelease(NotificationEvent, 3);
    TestPulse();
    TestTimeouts();
    TestMultiple();
    TestAlertable();
    TestSetAndWait();
    return Finish("ke_event");
}
