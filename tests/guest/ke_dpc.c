// SPDX-License-Identifier: MIT
// DPCs: queued once, in order of importance, on a chosen processor, removed, from ISR level.
// Page: kernel/introduction-to-dpcs.md, kernel/organization-of-dpc-queues.md
// Page: NF:wdm.KeInitializeDpc, NF:wdm.KeInsertQueueDpc, NF:wdm.KeRemoveQueueDpc
// Page: NF:wdm.KeSetImportanceDpc, NF:wdm.KeSetTargetProcessorDpc, NF:wdm.KeFlushQueuedDpcs
// Page: NF:wdm.KeGetCurrentProcessorNumberEx, NF:wdm.KeQueryActiveProcessorCount
// Options: --cpus 4
// Run:
// Expect: ke_dpc: \d+ passed, 0 failed
// Reject: FAIL
#include <ntddk.h>

#include "check.h"

static KDEFERRED_ROUTINE Record;
static KDEFERRED_ROUTINE Again;

static KDPC dpcs[4];
static ULONG order[8];
static LONG ordered;
static ULONG processor[4];
static KIRQL irqlSeen;
static PVOID arguments[2];
static KEVENT done;
static ULONG rounds;

static VOID
Record(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ULONG index = (ULONG)(ULONG_PTR)Context;

    UNREFERENCED_PARAMETER(Dpc);
    arguments[0] = Argument1;
    arguments[1] = Argument2;
    irqlSeen = KeGetCurrentIrql();
    processor[index] = KeGetCurrentProcessorNumberEx(NULL);
    order[InterlockedIncrement(&ordered) - 1] = index;
}

static void
Prepare(void)
{
    ordered = 0;
    for (ULONG i = 0; i < 4; i++)
        KeInitializeDpc(&dpcs[i], Record, (PVOID)(ULONG_PTR)i);
}

static void
TestQueue(void)
{
    KIRQL irql;

    Prepare();
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    EXPECT(KeInsertQueueDpc(&dpcs[0], (PVOID)1, (PVOID)2));
    EXPECT(!KeInsertQueueDpc(&dpcs[0], (PVOID)3, (PVOID)4)); // it is queued already
    EXPECT_EQ(ordered, 0);
    KeLowerIrql(irql);
    EXPECT_EQ(ordered, 1);
    EXPECT_EQ(irqlSeen, DISPATCH_LEVEL);
    EXPECT(arguments[0] == (PVOID)1 && arguments[1] == (PVOID)2);
    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(KeInsertQueueDpc(&dpcs[0], NULL, NULL)); // below DISPATCH_LEVEL it runs at once
    EXPECT_EQ(ordered, 2);
}

static void
TestImportance(void)
{
    KIRQL irql;

    Prepare();
    KeSetImportanceDpc(&dpcs[2], HighImportance);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertQueueDpc(&dpcs[0], NULL, NULL);
    KeInsertQueueDpc(&dpcs[1], NULL, NULL);
    KeInsertQueueDpc(&dpcs[2], NULL, NULL);
    KeLowerIrql(irql);
    EXPECT_EQ(ordered, 3);
    EXPECT_EQ(order[0], 2);
    EXPECT_EQ(order[1], 0);
    EXPECT_EQ(order[2], 1);
}

static void
TestRemove(void)
{
    KIRQL irql;

    Prepare();
    EXPECT(!KeRemoveQueueDpc(&dpcs[0]));
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertQueueDpc(&dpcs[0], NULL, NULL);
    KeInsertQueueDpc(&dpcs[1], NULL, NULL);
    EXPECT(KeRemoveQueueDpc(&dpcs[0]));
    EXPECT(!KeRemoveQueueDpc(&dpcs[0]));
    KeLowerIrql(irql);
    EXPECT_EQ(ordered, 1);
    EXPECT_EQ(order[0], 1);
}

static void
TestTarget(void)
{
    ULONG count = KeQueryActiveProcessorCount(NULL);

    EXPECT_EQ(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), count);
    Prepare();
    for (ULONG i = 0; i < 4 && i < count; i++)
    {
        KeSetTargetProcessorDpc(&dpcs[i], (CCHAR)i);
        KeSetImportanceDpc(&dpcs[i], MediumHighImportance);
        EXPECT(KeInsertQueueDpc(&dpcs[i], NULL, NULL));
    }
    KeFlushQueuedDpcs();
    EXPECT_EQ(ordered, count < 4 ? count : 4);
    for (ULONG i = 0; i < 4 && i < count; i++)
        EXPECT_EQ(processor[i], i);
}

// A DPC may queue itself again from its own routine.
static VOID
Again(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (++rounds < 5)
        EXPECT(KeInsertQueueDpc(Dpc, NULL, NULL));
    else
        KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static void
TestAgain(void)
{
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    KeInitializeDpc(&dpcs[0], Again, NULL);
    KeInsertQueueDpc(&dpcs[0], NULL, NULL);
    EXPECT_EQ(WaitFor(&done, MILLISECONDS(1000)), STATUS_SUCCESS);
    EXPECT_EQ(rounds, 5);
}

// From above DISPATCH_LEVEL, as an ISR queues it.
static void
TestHighIrql(void)
{
    KIRQL irql, middle;

    Prepare();
    KeRaiseIrql(HIGH_LEVEL, &irql);
    KeInsertQueueDpc(&dpcs[3], NULL, NULL);
    KeLowerIrql(DISPATCH_LEVEL);
    EXPECT_EQ(ordered, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &middle);
    EXPECT_EQ(middle, DISPATCH_LEVEL);
    KeLowerIrql(irql);
    EXPECT_EQ(ordered, 1);
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
    TestQueue();
    TestImportance();
    TestRemove();
    TestTarget();
    TestAgain();
    TestHighIrql();
    return Finish("ke_dpc");
}
