// SPDX-License-Identifier: MIT
// Remove locks of a free build: acquiring, refusing once removal has begun, waiting for the last
// holder, many holders on four processors.
// Page: kernel/using-remove-locks.md, NF:wdm.IoInitializeRemoveLock, NF:wdm.IoAcquireRemoveLock
// Page: NF:wdm.IoReleaseRemoveLock, NF:wdm.IoReleaseRemoveLockAndWait
// Options: --cpus 4
// Run:
// Expect: io_remove: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

#define HOLDERS 4

static DRIVER_UNLOAD Unload;
static KSTART_ROUTINE Holder;
static KSTART_ROUTINE Worker;

static IO_REMOVE_LOCK lock;
static KEVENT held;
static KEVENT let;
static LONG inside;
static LONG refused;
static LONG entered;
static BOOLEAN removed; // IoReleaseRemoveLockAndWait has returned

static VOID
Holder(PVOID Context)
{
    EXPECT_EQ(IoAcquireRemoveLock(&lock, Context), STATUS_SUCCESS);
    KeSetEvent(&held, IO_NO_INCREMENT, FALSE);
    (void)WaitFor(&let, MILLISECONDS(100));
    // The removal has begun: it does not end before this, and nobody new gets in.
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
    EXPECT(!removed);
    IoReleaseRemoveLock(&lock, Context);
}

static void
TestWait(void)
{
    PVOID thread;
    LARGE_INTEGER before, after;

    removed = FALSE;
    IoInitializeRemoveLock(&lock, 'tseT', 0, 0);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS); // a count, not an owner
    IoReleaseRemoveLock(&lock, NULL);
    thread = StartThread(Holder, &thread);
    EXPECT_EQ(WaitFor(&held, MILLISECONDS(1000)), STATUS_SUCCESS);
    KeQuerySystemTime(&before);
    IoReleaseRemoveLockAndWait(&lock, NULL); // the holder needs 100 ms
    removed = TRUE;
    KeQuerySystemTime(&after);
    EXPECT(after.QuadPart - before.QuadPart >= 500000);
    JoinThread(thread);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

static void
TestNobodyElse(void)
{
    IoInitializeRemoveLock(&lock, 'tseT', 0, 0);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
    IoReleaseRemoveLockAndWait(&lock, NULL); // returns at once
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_DELETE_PENDING);
}

static void
TestDispatchLevel(void)
{
    KIRQL irql;

    IoInitializeRemoveLock(&lock, 'tseT', 0, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, &irql), STATUS_SUCCESS);
    IoReleaseRemoveLock(&lock, &irql);
    KeLowerIrql(irql);
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
    IoReleaseRemoveLockAndWait(&lock, NULL);
}

static VOID
Worker(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    while (refused == 0)
    {
        if (!NT_SUCCESS(IoAcquireRemoveLock(&lock, Context)))
        {
            InterlockedIncrement(&refused);
            break;
        }
        InterlockedIncrement(&inside);
        InterlockedIncrement(&entered);
        EXPECT(!removed);
        Sleep(-20);
        EXPECT(!removed);
        InterlockedDecrement(&inside);
        IoReleaseRemoveLock(&lock, Context);
    }
}

static void
TestRace(void)
{
    PVOID threads[HOLDERS];

    removed = FALSE;
    IoInitializeRemoveLock(&lock, 'tseT', 0, 0);
    for (ULONG i = 0; i < HOLDERS; i++)
        threads[i] = StartThread(Worker, &threads[i]);
    Sleep(MILLISECONDS(1));
    EXPECT_EQ(IoAcquireRemoveLock(&lock, NULL), STATUS_SUCCESS);
    IoReleaseRemoveLockAndWait(&lock, NULL);
    removed = TRUE;
    EXPECT_EQ(inside, 0);
    for (ULONG i = 0; i < HOLDERS; i++)
        JoinThread(threads[i]);
    EXPECT(entered > HOLDERS && refused >= 1);
}

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
    KeInitializeEvent(&held, NotificationEvent, FALSE);
    KeInitializeEvent(&let, NotificationEvent, FALSE);
    TestWait();
    TestNobodyElse();
    TestDispatchLevel();
    TestRace();
    return Finish("io_remove");
}
