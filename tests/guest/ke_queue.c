// SPDX-License-Identifier: MIT
// Queue objects: order, wake-ups, the limit of active threads, timeouts, rundown.
// Page: NF:ntifs.KeInitializeQueue, NF:ntifs.KeInsertQueue, NF:ntifs.KeInsertHeadQueue
// Page: NF:ntifs.KeRemoveQueue, NF:ntifs.KeRundownQueue
// Options: --cpus 2
// Run:
// Expect: ke_queue: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

typedef struct _ENTRY
{
    LIST_ENTRY Link;
    ULONG Number;
} ENTRY;

static KSTART_ROUTINE Server;
static KSTART_ROUTINE Orphan;

static KQUEUE queue;
static KQUEUE other;
static ENTRY entries[8];
static ULONG served[8];
static LONG serves;
static LONG atOnce;
static LONG most;
static KEVENT gate;
static BOOLEAN blockInside;
static NTSTATUS orphanStatus[2];

static NTSTATUS
StatusOf(PLIST_ENTRY Entry)
{
    return (NTSTATUS)(LONG_PTR)Entry;
}

static PLIST_ENTRY
Remove(PKQUEUE Queue, LONGLONG Timeout)
{
    LARGE_INTEGER due;

    due.QuadPart = Timeout;
    return KeRemoveQueue(Queue, KernelMode, &due);
}

static void
TestOrder(void)
{
    KeInitializeQueue(&queue, 0);
    EXPECT_EQ(KeReadStateQueue(&queue), 0);
    EXPECT_EQ(KeInsertQueue(&queue, &entries[0].Link), 0);
    EXPECT_EQ(KeInsertQueue(&queue, &entries[1].Link), 1);
    EXPECT_EQ(KeInsertHeadQueue(&queue, &entries[2].Link), 2);
    EXPECT_EQ(KeReadStateQueue(&queue), 3);
    EXPECT(Remove(&queue, 0) == &entries[2].Link);
    EXPECT(Remove(&queue, 0) == &entries[0].Link);
    EXPECT(Remove(&queue, 0) == &entries[1].Link);
    EXPECT_EQ(StatusOf(Remove(&queue, 0)), STATUS_TIMEOUT);
    EXPECT_EQ(StatusOf(Remove(&queue, MILLISECONDS(2))), STATUS_TIMEOUT);
    EXPECT_EQ(KeReadStateQueue(&queue), 0);
    EXPECT(KeRundownQueue(&queue) == NULL); // this thread no longer serves it
}

static VOID
Server(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    for (;;)
    {
        PLIST_ENTRY link = KeRemoveQueue(&other, KernelMode, NULL);
        LONG now;

        if (StatusOf(link) == STATUS_ABANDONED)
            break;
        now = InterlockedIncrement(&atOnce);
        if (now > most)
            most = now;
        served[InterlockedIncrement(&serves) - 1] = CONTAINING_RECORD(link, ENTRY, Link)->Number;
        if (blockInside)
        {
            InterlockedDecrement(&atOnce);
            (void)KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
        }
        else
        {
            KeStallExecutionProcessor(50);
            InterlockedDecrement(&atOnce);
        }
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestLimit(void)
{
    PVOID threads[3];
    LARGE_INTEGER none = {0};

    KeInitializeQueue(&other, 1);
    KeInitializeEvent(&gate, NotificationEvent, FALSE);
    for (ULONG i = 0; i < 3; i++)
        threads[i] = StartThread(Server, NULL);
    Sleep(MILLISECONDS(5));
    for (ULONG i = 0; i < 6; i++)
        (void)KeInsertQueue(&other, &entries[i].Link);
    Sleep(MILLISECONDS(50));
    EXPECT_EQ(serves, 6);
    EXPECT_EQ(most, 1); // never more than one active thread
    for (ULONG i = 0; i < 6; i++)
        EXPECT_EQ(served[i], i);
    // A thread that waits no longer counts, so another takes the next entry.
    blockInside = TRUE;
    serves = 0;
    (void)KeInsertQueue(&other, &entries[0].Link);
    (void)KeInsertQueue(&other, &entries[1].Link);
    Sleep(MILLISECONDS(5));
    EXPECT_EQ(serves, 2);
    KeSetEvent(&gate, IO_NO_INCREMENT, FALSE);
    Sleep(MILLISECONDS(5));
    EXPECT(KeRundownQueue(&other) == NULL);
    for (ULONG i = 0; i < 3; i++)
        JoinThread(threads[i]);
    EXPECT_EQ(StatusOf(KeRemoveQueue(&other, KernelMode, &none)), STATUS_ABANDONED);
}

static void
TestRundown(void)
{
    PLIST_ENTRY first;

    KeInitializeQueue(&queue, 1);
    for (ULONG i = 0; i < 3; i++)
        (void)KeInsertQueue(&queue, &entries[i].Link);
    first = KeRundownQueue(&queue);
    EXPECT(first == &entries[0].Link);
    EXPECT(first->Flink == &entries[1].Link);
    EXPECT(first->Flink->Flink == &entries[2].Link);
    EXPECT(first->Blink == &entries[2].Link);
    KeInitializeQueue(&queue, 1); // it can be used again
    EXPECT_EQ(KeInsertQueue(&queue, &entries[0].Link), 0);
    EXPECT(Remove(&queue, 0) == &entries[0].Link);
}

static VOID
Orphan(PVOID Context)
{
    ULONG index = (ULONG)(ULONG_PTR)Context;

    orphanStatus[index] = StatusOf(KeRemoveQueue(&queue, KernelMode, NULL));
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
TestOrphans(void)
{
    PVOID threads[2];

    KeInitializeQueue(&queue, 1);
    threads[0] = StartThread(Orphan, (PVOID)0);
    threads[1] = StartThread(Orphan, (PVOID)1);
    Sleep(MILLISECONDS(2));
    EXPECT(KeRundownQueue(&queue) == NULL);
    JoinThread(threads[0]);
    JoinThread(threads[1]);
    EXPECT_EQ(orphanStatus[0], STATUS_ABANDONED);
    EXPECT_EQ(orphanStatus[1], STATUS_ABANDONED);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    for (ULONG i = 0; i < RTL_NUMBER_OF(entries); i++)
        entries[i].Number = i;
    TestOrder();
    TestLimit();
    TestRundown();
    TestOrphans();
    return Finish("ke_queue");
}
