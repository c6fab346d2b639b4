// SPDX-License-Identifier: MIT
// Processors as drivers count them: numbers, masks, groups, nodes, caches, and on which of them a
// thread may run. All processors are in group 0 and on node 0, each a core of the one package.
// IRQL: any, but for changes of affinity.
#include "ke/kep.h"

#include "ke/exports.h"
#include "rtl/rtl.h"

void
KiSetAffinity(PKTHREAD Thread, KAFFINITY Affinity)
{
    KIRQL irql = KiCurrentIrql();

    // At DISPATCH_LEVEL the thread cannot leave its processor: it does when the IRQL falls.
    KiRaise(irql < DISPATCH_LEVEL ? DISPATCH_LEVEL : irql);
    Thread->Affinity = Affinity;
    if (Thread == KiCurrentThread() && !(Affinity & ((KAFFINITY)1 << KiCurrentProcessor()->Number)))
    {
        if (irql >= DISPATCH_LEVEL)
        {
            KiCurrentProcessor()->DispatchPending = TRUE;
            KiSetWork(KiCurrentProcessor());
        }
        else
        {
            // It may no longer run here: queue it and let another processor take it.
            Thread->State = KiThreadWaiting;
            KiReadyThread(Thread);
            KiSwapThread();
        }
    }
    KiLower(irql);
}

// Contract: NF:ntddk.KeSetSystemAffinityThread. Processors outside the machine are ignored.
DDI VOID
KeSetSystemAffinityThread(KAFFINITY Affinity)
{
    (void)KeSetSystemAffinityThreadEx(Affinity);
}

// Contract: NF:wdm.KeSetSystemAffinityThreadEx. Returns 0 when the affinity before was the user's.
DDI KAFFINITY
KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = KiCurrentThread();
    KAFFINITY old = thread->SystemAffinity ? thread->Affinity : 0;
    KAFFINITY valid = Affinity & KeQueryActiveProcessors();

    if (valid == 0)
        return old;
    thread->SystemAffinity = TRUE;
    KiSetAffinity(thread, valid);
    return old;
}

// Contract: NF:ntddk.KeRevertToUserAffinityThread.
DDI VOID
KeRevertToUserAffinityThread(VOID)
{
    KeRevertToUserAffinityThreadEx(0);
}

// Contract: NF:wdm.KeRevertToUserAffinityThreadEx.
DDI VOID
KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    PKTHREAD thread = KiCurrentThread();
    KAFFINITY valid = Affinity & KeQueryActiveProcessors();

    thread->SystemAffinity = valid != 0;
    KiSetAffinity(thread, valid != 0 ? valid : thread->UserAffinity);
}

// Contract: NF:wdm.KeSetSystemGroupAffinityThread. An affinity that is not valid changes nothing,
// and PreviousAffinity is zero as it is for a thread that has its user-mode affinity.
DDI VOID
KeSetSystemGroupAffinityThread(PGROUP_AFFINITY Affinity, PGROUP_AFFINITY PreviousAffinity)
{
    PKTHREAD thread = KiCurrentThread();
    KAFFINITY active = KeQueryActiveProcessors();
    BOOLEAN valid = Affinity->Group == 0 && (Affinity->Mask & active) != 0 &&
                    Affinity->Reserved[0] == 0 && Affinity->Reserved[1] == 0 &&
                    Affinity->Reserved[2] == 0;

    if (PreviousAffinity != NULL)
    {
        RtlZeroMemory(PreviousAffinity, sizeof(*PreviousAffinity));
        if (valid && thread->SystemAffinity)
            PreviousAffinity->Mask = thread->Affinity;
    }
    if (!valid)
        return;
    thread->SystemAffinity = TRUE;
    KiSetAffinity(thread, Affinity->Mask & active);
}

// Contract: NF:wdm.KeRevertToUserGroupAffinityThread. All zero means the user-mode affinity.
DDI VOID
KeRevertToUserGroupAffinityThread(PGROUP_AFFINITY PreviousAffinity)
{
    if (PreviousAffinity->Group != 0)
        return;
    KeRevertToUserAffinityThreadEx(PreviousAffinity->Mask);
}

// Contract: NF:ntifs.KeSetIdealProcessorThread. Returns the ideal processor before; the dispatcher
// runs a thread wherever there is room first, so it is a hint and no more, as on Windows.
DDI UCHAR
KeSetIdealProcessorThread(PKTHREAD Thread, UCHAR Processor)
{
    UCHAR old = Thread->IdealProcessor;

    if (Processor < KiProcessorCount)
        Thread->IdealProcessor = Processor;
    return old;
}

// ---- numbers and masks -------------------------------------------------------------------------

DDI KAFFINITY
KeQueryActiveProcessors(VOID)
{
    return KiProcessorCount >= 64 ? ~(KAFFINITY)0 : ((KAFFINITY)1 << KiProcessorCount) - 1;
}

DDI ULONG
KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    if (ActiveProcessors != NULL)
        *ActiveProcessors = KeQueryActiveProcessors();
    return KiProcessorCount;
}

DDI ULONG
KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? KiProcessorCount : 0;
}

DDI ULONG
KeQueryMaximumProcessorCount(VOID)
{
    return KiProcessorCount;
}

DDI ULONG
KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

DDI USHORT
KeQueryActiveGroupCount(VOID)
{
    return 1;
}

DDI USHORT
KeQueryMaximumGroupCount(VOID)
{
    return 1;
}

// Contract: NF:ntddk.KeQueryGroupAffinity. 0 for a group that does not exist.
DDI KAFFINITY
KeQueryGroupAffinity(USHORT GroupNumber)
{
    return GroupNumber == 0 ? KeQueryActiveProcessors() : 0;
}

DDI ULONG
KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG number = KiCurrentProcessor()->Number;

    if (ProcNumber != NULL)
    {
        ProcNumber->Group = 0;
        ProcNumber->Number = (UCHAR)number;
        ProcNumber->Reserved = 0;
    }
    return number;
}

// Contract: NF:ntifs.KeGetProcessorIndexFromNumber.
DDI ULONG
KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group != 0 || ProcNumber->Number >= KiProcessorCount ||
        ProcNumber->Reserved != 0)
        return INVALID_PROCESSOR_INDEX;
    return ProcNumber->Number;
}

// Contract: NF:ntifs.KeGetProcessorNumberFromIndex.
DDI NTSTATUS
KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcIndex >= KiProcessorCount)
        return STATUS_INVALID_PARAMETER;
    ProcNumber->Group = 0;
    ProcNumber->Number = (UCHAR)ProcIndex;
    ProcNumber->Reserved = 0;
    return STATUS_SUCCESS;
}

// ---- nodes -------------------------------------------------------------------------------------

// Contract: NF:ntddk.KeGetCurrentNodeNumber.
DDI USHORT
KeGetCurrentNodeNumber(VOID)
{
    return 0;
}

// Contract: NF:ntddk.KeQueryHighestNodeNumber.
DDI USHORT
KeQueryHighestNodeNumber(VOID)
{
    return 0;
}

// Contract: NF:ntddk.KeQueryNodeMaximumProcessorCount.
DDI USHORT
KeQueryNodeMaximumProcessorCount(USHORT NodeNumber)
{
    return NodeNumber == 0 ? (USHORT)KiProcessorCount : 0;
}

// Contract: NF:wdm.KeQueryNodeActiveProcessorCount.
DDI ULONG
KeQueryNodeActiveProcessorCount(USHORT NodeNumber)
{
    return NodeNumber == 0 ? KiProcessorCount : 0;
}

// Contract: NF:wdm.KeQueryNodeActiveAffinity. Zero for a node that does not exist.
DDI VOID
KeQueryNodeActiveAffinity(USHORT NodeNumber, PGROUP_AFFINITY Affinity, PUSHORT Count)
{
    if (Affinity != NULL)
    {
        RtlZeroMemory(Affinity, sizeof(*Affinity));
        Affinity->Mask = NodeNumber == 0 ? KeQueryActiveProcessors() : 0;
    }
    if (Count != NULL)
        *Count = NodeNumber == 0 ? (USHORT)KiProcessorCount : 0;
}

// Contract: NF:wdm.KeQueryNodeActiveAffinity2.
DDI NTSTATUS
KeQueryNodeActiveAffinity2(USHORT NodeNumber,
                           PGROUP_AFFINITY GroupAffinities,
                           USHORT GroupAffinitiesCount,
                           PUSHORT GroupAffinitiesRequired)
{
    if (NodeNumber != 0)
        return STATUS_INVALID_PARAMETER;
    *GroupAffinitiesRequired = 1;
    if (GroupAffinitiesCount == 0)
        return STATUS_BUFFER_TOO_SMALL;
    KeQueryNodeActiveAffinity(0, &GroupAffinities[0], NULL);
    return STATUS_SUCCESS;
}

// ---- relationships -----------------------------------------------------------------------------

typedef SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX INFORMATION;

#define HEAD FIELD_OFFSET(INFORMATION, Processor)

typedef struct _COLLECTOR
{
    PUCHAR Buffer; // NULL: only the size is asked for
    ULONG Space;
    ULONG Used;
} COLLECTOR;

// Counts an entry; a copy goes out if everything so far has fitted.
static void
Emit(COLLECTOR *Collector, INFORMATION *Entry, ULONG Size)
{
    Entry->Size = Size;
    if (Collector->Buffer != NULL && Collector->Used + Size <= Collector->Space)
        RtlCopyMemory(Collector->Buffer + Collector->Used, Entry, Size);
    Collector->Used += Size;
}

static void
EmitProcessors(COLLECTOR *Collector, LOGICAL_PROCESSOR_RELATIONSHIP Relation, KAFFINITY Mask)
{
    INFORMATION entry;

    RtlZeroMemory(&entry, sizeof(entry));
    entry.Relationship = Relation;
    entry.Processor.GroupCount = 1;
    entry.Processor.GroupMask[0].Mask = Mask;
    Emit(Collector, &entry, HEAD + sizeof(PROCESSOR_RELATIONSHIP));
}

static void
EmitNode(COLLECTOR *Collector)
{
    INFORMATION entry;

    RtlZeroMemory(&entry, sizeof(entry));
    entry.Relationship = RelationNumaNode;
    entry.NumaNode.GroupCount = 1;
    entry.NumaNode.GroupMask.Mask = KeQueryActiveProcessors();
    Emit(Collector, &entry, HEAD + sizeof(NUMA_NODE_RELATIONSHIP));
}

// The virtual processors have one cache each, of the line size that drivers align to.
static void
EmitCache(COLLECTOR *Collector, KAFFINITY Mask)
{
    INFORMATION entry;

    RtlZeroMemory(&entry, sizeof(entry));
    entry.Relationship = RelationCache;
    entry.Cache.Level = 1;
    entry.Cache.Associativity = 8;
    entry.Cache.LineSize = (USHORT)KeGetRecommendedSharedDataAlignment();
    entry.Cache.CacheSize = 32 * 1024;
    entry.Cache.Type = CacheData;
    entry.Cache.GroupCount = 1;
    entry.Cache.GroupMask.Mask = Mask;
    Emit(Collector, &entry, HEAD + sizeof(CACHE_RELATIONSHIP));
}

static void
EmitGroup(COLLECTOR *Collector)
{
    INFORMATION entry;

    RtlZeroMemory(&entry, sizeof(entry));
    entry.Relationship = RelationGroup;
    entry.Group.MaximumGroupCount = 1;
    entry.Group.ActiveGroupCount = 1;
    entry.Group.GroupInfo[0].MaximumProcessorCount = (UCHAR)KiProcessorCount;
    entry.Group.GroupInfo[0].ActiveProcessorCount = (UCHAR)KiProcessorCount;
    entry.Group.GroupInfo[0].ActiveProcessorMask = KeQueryActiveProcessors();
    Emit(Collector, &entry, HEAD + sizeof(GROUP_RELATIONSHIP));
}

static BOOLEAN
Asks(LOGICAL_PROCESSOR_RELATIONSHIP Asked, LOGICAL_PROCESSOR_RELATIONSHIP Kind)
{
    return Asked == RelationAll || Asked == Kind;
}

// Contract: NF:wdm.KeQueryLogicalProcessorRelationship. ProcessorNumber restricts the answer to
// what that processor belongs to; groups are always all of them.
DDI NTSTATUS
KeQueryLogicalProcessorRelationship(PPROCESSOR_NUMBER ProcessorNumber,
                                    LOGICAL_PROCESSOR_RELATIONSHIP RelationshipType,
                                    PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX Information,
                                    PULONG Length)
{
    COLLECTOR collector = {(PUCHAR)Information, *Length, 0};
    KAFFINITY wanted = KeQueryActiveProcessors();

    if (RelationshipType > RelationProcessorModule && RelationshipType != RelationAll)
        return STATUS_INVALID_PARAMETER;
    if (ProcessorNumber != NULL)
    {
        ULONG index = KeGetProcessorIndexFromNumber(ProcessorNumber);
        if (index == INVALID_PROCESSOR_INDEX)
            return STATUS_INVALID_PARAMETER;
        wanted = (KAFFINITY)1 << index;
    }
    for (KAFFINITY left = wanted; left != 0; left &= left - 1)
    {
        KAFFINITY one = left & (0 - left);
        if (Asks(RelationshipType, RelationProcessorCore))
            EmitProcessors(&collector, RelationProcessorCore, one);
        if (Asks(RelationshipType, RelationCache))
            EmitCache(&collector, one);
    }
    if (Asks(RelationshipType, RelationProcessorPackage))
        EmitProcessors(&collector, RelationProcessorPackage, KeQueryActiveProcessors());
    if (Asks(RelationshipType, RelationNumaNode) || RelationshipType == RelationNumaNodeEx)
        EmitNode(&collector);
    if (Asks(RelationshipType, RelationGroup))
        EmitGroup(&collector);
    *Length = collector.Used;
    if (Information == NULL || collector.Used > collector.Space)
        return STATUS_INFO_LENGTH_MISMATCH;
    return STATUS_SUCCESS;
}

// Contract: NF:wdm.KeGetRecommendedSharedDataAlignment: the largest cache line there may be.
DDI ULONG
KeGetRecommendedSharedDataAlignment(VOID)
{
    return SYSTEM_CACHE_ALIGNMENT_SIZE;
}

// ---- caches and counters -----------------------------------------------------------------------

// Contract: NF:ntddk.KeInvalidateAllCaches. Nothing is between a processor and memory here: what
// one wrote, every device and every other processor reads.
DDI BOOLEAN
KeInvalidateAllCaches(VOID)
{
    __asm__ volatile("" ::: "memory");
    return TRUE;
}

// Contract: NF:ntddk.KeInvalidateRangeAllCaches.
DDI VOID
KeInvalidateRangeAllCaches(PVOID BaseAddress, ULONG Length)
{
    UNREFERENCED_PARAMETER(BaseAddress);
    UNREFERENCED_PARAMETER(Length);
    __asm__ volatile("" ::: "memory");
}

// Contract: NF:wdm.KeQueryAuxiliaryCounterFrequency: the machine has no auxiliary counter.
DDI NTSTATUS
KeQueryAuxiliaryCounterFrequency(PULONG64 AuxiliaryCounterFrequency)
{
    if (AuxiliaryCounterFrequency != NULL)
        *AuxiliaryCounterFrequency = 0;
    return STATUS_NOT_SUPPORTED;
}

// Contract: NF:wdm.KeConvertAuxiliaryCounterToPerformanceCounter.
DDI NTSTATUS
KeConvertAuxiliaryCounterToPerformanceCounter(ULONG64 AuxiliaryCounterValue,
                                              PULONG64 PerformanceCounterValue,
                                              PULONG64 ConversionError)
{
    UNREFERENCED_PARAMETER(AuxiliaryCounterValue);
    UNREFERENCED_PARAMETER(PerformanceCounterValue);
    UNREFERENCED_PARAMETER(ConversionError);
    return STATUS_NOT_SUPPORTED;
}

// Contract: NF:wdm.KeConvertPerformanceCounterToAuxiliaryCounter.
DDI NTSTATUS
KeConvertPerformanceCounterToAuxiliaryCounter(ULONG64 PerformanceCounterValue,
                                              PULONG64 AuxiliaryCounterValue,
                                              PULONG64 ConversionError)
{
    UNREFERENCED_PARAMETER(PerformanceCounterValue);
    UNREFERENCED_PARAMETER(AuxiliaryCounterValue);
    UNREFERENCED_PARAMETER(ConversionError);
    return STATUS_NOT_SUPPORTED;
}
