// SPDX-License-Identifier: MIT
// Processor numbers, groups, nodes, relationships, affinity of threads, change callbacks, counters.
// Page: NF:ntddk.KeQueryActiveGroupCount, NF:ntddk.KeQueryMaximumGroupCount
// Page: NF:ntddk.KeQueryActiveProcessorCountEx, NF:ntddk.KeQueryMaximumProcessorCountEx
// Page: NF:ntddk.KeQueryMaximumProcessorCount, NF:ntddk.KeQueryGroupAffinity
// Page: NF:ntifs.KeGetProcessorIndexFromNumber, NF:ntifs.KeGetProcessorNumberFromIndex
// Page: NF:wdm.KeQueryNodeActiveAffinity, NF:ntddk.KeQueryHighestNodeNumber
// Page: NF:ntddk.KeGetCurrentNodeNumber, NF:ntddk.KeQueryNodeMaximumProcessorCount
// Page: NF:wdm.KeQueryLogicalProcessorRelationship
// Page: NF:wdm.KeSetSystemGroupAffinityThread, NF:wdm.KeRevertToUserGroupAffinityThread
// Page: NF:wdm.KeSetSystemAffinityThreadEx, NF:wdm.KeRevertToUserAffinityThreadEx
// Page: NF:wdm.KeRegisterProcessorChangeCallback, NF:wdm.KeDeregisterProcessorChangeCallback
// Page: NF:wdm.KeQueryAuxiliaryCounterFrequency, NF:wdm.KeQueryNodeActiveAffinity2
// Options: --cpus 4
// Run:
// Expect: ke_topology: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

static PROCESSOR_CALLBACK_FUNCTION OnProcessor;

static ULONG starts;
static ULONG completions;
static ULONG failures;
static ULONG failAt;
static NTSTATUS seenStatus;

static void
TestNumbers(void)
{
    PROCESSOR_NUMBER number;

    EXPECT_EQ(*KeNumberProcessors, 4);
    EXPECT_EQ(KeQueryActiveGroupCount(), 1);
    EXPECT_EQ(KeQueryMaximumGroupCount(), 1);
    EXPECT_EQ(KeQueryActiveProcessorCountEx(0), 4);
    EXPECT_EQ(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), 4);
    EXPECT_EQ(KeQueryActiveProcessorCountEx(1), 0);
    EXPECT(KeQueryMaximumProcessorCount() >= 4);
    EXPECT(KeQueryMaximumProcessorCountEx(ALL_PROCESSOR_GROUPS) >= 4);
    EXPECT_EQ(KeQueryGroupAffinity(0), 0xf);
    EXPECT_EQ(KeQueryGroupAffinity(9), 0);
    EXPECT_EQ(KeGetProcessorNumberFromIndex(3, &number), STATUS_SUCCESS);
    EXPECT_EQ(number.Group, 0);
    EXPECT_EQ(number.Number, 3);
    EXPECT_EQ(KeGetProcessorIndexFromNumber(&number), 3);
    number.Number = 60;
    EXPECT_EQ(KeGetProcessorIndexFromNumber(&number), INVALID_PROCESSOR_INDEX);
    EXPECT_EQ(KeGetProcessorNumberFromIndex(4, &number), STATUS_INVALID_PARAMETER);
}

static void
TestNodes(void)
{
    GROUP_AFFINITY affinity;
    USHORT count = 0;

    EXPECT_EQ(KeQueryHighestNodeNumber(), 0);
    EXPECT_EQ(KeGetCurrentNodeNumber(), 0);
    EXPECT_EQ(KeQueryNodeMaximumProcessorCount(0), 4);
    EXPECT_EQ(KeQueryNodeActiveProcessorCount(0), 4);
    KeQueryNodeActiveAffinity(0, &affinity, &count);
    EXPECT_EQ(affinity.Mask, 0xf);
    EXPECT_EQ(affinity.Group, 0);
    EXPECT_EQ(count, 4);
    KeQueryNodeActiveAffinity(7, &affinity, &count);
    EXPECT_EQ(affinity.Mask, 0);
    EXPECT_EQ(count, 0);
    affinity.Mask = 0;
    EXPECT_EQ(KeQueryNodeActiveAffinity2(0, &affinity, 1, &count), STATUS_SUCCESS);
    EXPECT_EQ(affinity.Mask, 0xf);
    EXPECT_EQ(count, 1);
    EXPECT_EQ(KeQueryNodeActiveAffinity2(0, &affinity, 0, &count), STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(KeQueryNodeActiveAffinity2(9, &affinity, 1, &count), STATUS_INVALID_PARAMETER);
}

static void
TestRelationships(void)
{
    static UCHAR buffer[4096];
    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX entry = (PVOID)buffer;
    PROCESSOR_NUMBER number = {0, 1, 0};
    ULONG length = 0;
    ULONG cores = 0;
    ULONG groups = 0;
    ULONG offset = 0;

    EXPECT_EQ(KeQueryLogicalProcessorRelationship(NULL, RelationAll, NULL, &length),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT(length != 0 && length <= sizeof(buffer));
    EXPECT_EQ(KeQueryLogicalProcessorRelationship(NULL, RelationAll, entry, &length),
              STATUS_SUCCESS);
    while (offset < length)
    {
        entry = (PVOID)(buffer + offset);
        if (entry->Relationship == RelationProcessorCore)
            cores++;
        if (entry->Relationship == RelationGroup)
        {
            groups++;
            EXPECT_EQ(entry->Group.ActiveGroupCount, 1);
            EXPECT_EQ(entry->Group.GroupInfo[0].ActiveProcessorMask, 0xf);
        }
        if (entry->Size == 0)
            break;
        offset += entry->Size;
    }
    EXPECT_EQ(offset, length);
    EXPECT_EQ(cores, 4);
    EXPECT_EQ(groups, 1);
    length = sizeof(buffer);
    entry = (PVOID)buffer;
    EXPECT_EQ(KeQueryLogicalProcessorRelationship(&number, RelationProcessorCore, entry, &length),
              STATUS_SUCCESS);
    EXPECT_EQ(length, entry->Size);
    EXPECT_EQ(entry->Processor.GroupMask[0].Mask, 2);
}

static void
TestGroupAffinity(void)
{
    GROUP_AFFINITY one = {.Mask = 2, .Group = 0};
    GROUP_AFFINITY bad = {.Mask = 1, .Group = 3};
    GROUP_AFFINITY before;
    GROUP_AFFINITY nested;

    KeSetSystemGroupAffinityThread(&one, &before);
    EXPECT_EQ(before.Mask, 0); // it had its user-mode affinity
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 1);
    one.Mask = 8 | 0x100; // processor 8 does not exist
    KeSetSystemGroupAffinityThread(&one, &nested);
    EXPECT_EQ(nested.Mask, 2);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 3);
    nested.Mask = 5;
    KeSetSystemGroupAffinityThread(&bad, &nested); // changes nothing
    EXPECT_EQ(nested.Mask, 0);
    EXPECT_EQ(nested.Group, 0);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 3);
    KeRevertToUserGroupAffinityThread(&before);
    KeSetSystemGroupAffinityThread(&one, &before);
    EXPECT_EQ(before.Mask, 0); // back to the user-mode affinity
    KeRevertToUserGroupAffinityThread(&before);
}

static void
TestAffinity(void)
{
    KAFFINITY first = KeSetSystemAffinityThreadEx(4);
    KAFFINITY second;
    KIRQL irql;

    EXPECT_EQ(first, 0);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 2);
    second = KeSetSystemAffinityThreadEx(1);
    EXPECT_EQ(second, 4);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 0);
    KeRevertToUserAffinityThreadEx(second);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 2);
    // At DISPATCH_LEVEL the thread moves when the IRQL falls.
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    (void)KeSetSystemAffinityThreadEx(2);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 2);
    KeLowerIrql(irql);
    EXPECT_EQ(KeGetCurrentProcessorNumberEx(NULL), 1);
    KeRevertToUserAffinityThreadEx(first);
    EXPECT_EQ(KeSetSystemAffinityThreadEx(0), 0); // not one that exists: nothing changes
    (void)KeSetIdealProcessorThread(KeGetCurrentThread(), 1);
    EXPECT_EQ(KeSetIdealProcessorThread(KeGetCurrentThread(), 0), 1);
}

static VOID
OnProcessor(PVOID Context, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT Change, PNTSTATUS Status)
{
    if (Context != &starts || KeGetCurrentIrql() != PASSIVE_LEVEL ||
        Change->ProcNumber.Number != Change->NtNumber)
        failed++;
    switch (Change->State)
    {
    case KeProcessorAddStartNotify:
        if (Change->NtNumber == failAt)
            *Status = STATUS_INSUFFICIENT_RESOURCES;
        starts++;
        break;
    case KeProcessorAddCompleteNotify:
        completions++;
        break;
    default:
        failures++;
        seenStatus = Change->Status;
        break;
    }
}

static void
TestProcessorCallback(void)
{
    PVOID handle;

    failAt = 99;
    handle = KeRegisterProcessorChangeCallback(OnProcessor, &starts, 0);
    EXPECT(handle != NULL);
    EXPECT_EQ(starts, 0);
    KeDeregisterProcessorChangeCallback(handle);
    handle =
        KeRegisterProcessorChangeCallback(OnProcessor, &starts, KE_PROCESSOR_CHANGE_ADD_EXISTING);
    EXPECT_EQ(starts, 4);
    EXPECT_EQ(completions, 4);
    KeDeregisterProcessorChangeCallback(handle);
    // An error stops the calls; the processors before the one that failed hear of it.
    failAt = 2;
    starts = completions = 0;
    handle =
        KeRegisterProcessorChangeCallback(OnProcessor, &starts, KE_PROCESSOR_CHANGE_ADD_EXISTING);
    EXPECT(handle != NULL);
    EXPECT_EQ(starts, 3);
    EXPECT_EQ(completions, 0);
    EXPECT_EQ(failures, 2);
    KeDeregisterProcessorChangeCallback(handle);
}

static void
TestCounters(void)
{
    ULONG64 value = 0;
    ULONG64 error = 0;

    EXPECT_EQ(KeQueryAuxiliaryCounterFrequency(&value), STATUS_NOT_SUPPORTED);
    EXPECT_EQ(KeConvertAuxiliaryCounterToPerformanceCounter(1, &value, &error),
              STATUS_NOT_SUPPORTED);
    EXPECT_EQ(KeConvertPerformanceCounterToAuxiliaryCounter(1, &value, &error),
              STATUS_NOT_SUPPORTED);
    value = KeGetRecommendedSharedDataAlignment();
    EXPECT(value >= 32 && (value & (value - 1)) == 0);
    EXPECT(KeInvalidateAllCaches());
    error = 5;
    KeInvalidateRangeAllCaches(&error, sizeof(error));
    EXPECT_EQ(error, 5);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    TestNumbers();
    TestNodes();
    TestRelationships();
    TestGroupAffinity();
    TestAffinity();
    TestProcessorCallback();
    TestCounters();
    return Finish("ke_topology");
}
