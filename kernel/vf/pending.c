// SPDX-License-Identifier: MIT
// Timers and DPCs that outlive the memory or the driver they belong to. On Windows the system walks
// into freed memory when they are due, some time later; here the machine stops where it can say
// why. Owns the timers taken over. IRQL: DISPATCH_LEVEL at most.
#include "vf/vfp.h"

// ---- memory that is freed ---------------------------------------------------------------------

#define PAGE_C7 "debugger/bug-check-0xc7--timer-or-dpc-invalid.md"

typedef struct _FREED_RANGE
{
    ULONG64 Start;
    ULONG64 End;
} FREED_RANGE;

static BOOLEAN
Overlaps(const FREED_RANGE *Range, const void *Object, SIZE_T Size)
{
    return (ULONG64)Object < Range->End && (ULONG64)Object + Size > Range->Start;
}

static void
CheckTimer(PKTIMER Timer, LONGLONG Due, void *Context)
{
    const FREED_RANGE *range = Context;

    UNREFERENCED_PARAMETER(Due);
    if (Overlaps(range, Timer, sizeof(KTIMER)))
        KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 0, (ULONG64)Timer, range->Start, range->End,
                           "memory is freed while a timer in it is set", PAGE_C7, NULL, NULL);
    if (Timer->Dpc != NULL && Overlaps(range, Timer->Dpc, sizeof(KDPC)))
        KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 1, (ULONG64)Timer->Dpc, range->Start, range->End,
                           "memory is freed while a timer that is set has its DPC in it", PAGE_C7,
                           NULL, NULL);
}

static void
CheckDpc(PKDPC Dpc, ULONG Processor, void *Context)
{
    const FREED_RANGE *range = Context;

    UNREFERENCED_PARAMETER(Processor);
    if (Overlaps(range, Dpc, sizeof(KDPC)))
        KiBugCheckWithRule(TIMER_OR_DPC_INVALID, 1, (ULONG64)Dpc, range->Start, range->End,
                           "memory is freed while a DPC in it is queued", PAGE_C7, NULL, NULL);
}

// Contract: debugger/bug-check-0xc7--timer-or-dpc-invalid.md.
static void
OnPoolFreed(PVOID Address, SIZE_T Size)
{
    FREED_RANGE range = {(ULONG64)Address, (ULONG64)Address + Size};

    if (Size < sizeof(KDPC))
        return;
    KiForEachTimer(CheckTimer, &range);
    KiForEachDpc(CheckDpc, &range);
}

void
ViWatchPool(void)
{
    MmVerifierFreed = OnPoolFreed;
}

// ---- drivers that are unloaded ------------------------------------------------------------------

#define VI_ORPHANS 16

typedef struct _VI_ORPHAN
{
    KTIMER Timer;
    KDPC Dpc;
    ULONG64 Address; // what would have run, or the timer itself
} VI_ORPHAN;

typedef struct _DOOMED_TIMERS
{
    PDRIVER_OBJECT DriverObject;
    ULONG Count;
    PKTIMER Timers[VI_ORPHANS];
    LONGLONG Due[VI_ORPHANS];
} DOOMED_TIMERS;

static VI_ORPHAN orphans[VI_ORPHANS];
static ULONG orphanCount;

BOOLEAN
ViOwnsMemory(PDRIVER_OBJECT DriverObject, const void *Address)
{
    ULONG64 address = (ULONG64)Address;

    if (address - (ULONG64)DriverObject->DriverStart < DriverObject->DriverSize)
        return TRUE;
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        if (address - (ULONG64)device < device->Size)
            return TRUE;
    }
    return FALSE;
}

static void
CollectDoomed(PKTIMER Timer, LONGLONG Due, void *Context)
{
    DOOMED_TIMERS *doomed = Context;

    if (doomed->Count == VI_ORPHANS)
        return;
    if (!ViOwnsMemory(doomed->DriverObject, Timer) &&
        (Timer->Dpc == NULL || !ViOwnsMemory(doomed->DriverObject, Timer->Dpc)))
        return;
    doomed->Timers[doomed->Count] = Timer;
    doomed->Due[doomed->Count++] = Due;
}

static VOID NTAPI
OrphanDue(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    const VI_ORPHAN *orphan = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KiBugCheckWithRule(
        DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS, orphan->Address, 8, orphan->Address,
        0, "a timer that was set when its driver was unloaded is due",
        "debugger/bug-check-0xce--driver-unloaded-without-cancelling-pending-operations.md", NULL,
        NULL);
}

void
ViTakeOverTimers(PDRIVER_OBJECT DriverObject)
{
    static DOOMED_TIMERS doomed;

    doomed.DriverObject = DriverObject;
    doomed.Count = 0;
    KiForEachTimer(CollectDoomed, &doomed);
    for (ULONG i = 0; i < doomed.Count; i++)
    {
        PKTIMER timer = doomed.Timers[i];
        VI_ORPHAN *orphan = &orphans[orphanCount % VI_ORPHANS];
        LARGE_INTEGER due = {.QuadPart = -(doomed.Due[i] - KiQueryTime())};

        orphan->Address =
            timer->Dpc != NULL ? (ULONG64)timer->Dpc->DeferredRoutine : (ULONG64)timer;
        (void)KeCancelTimer(timer);
        // The ring is full: the oldest is due first or never mattered.
        if (orphanCount++ >= VI_ORPHANS)
            (void)KeCancelTimer(&orphan->Timer);
        KeInitializeTimer(&orphan->Timer);
        KeInitializeDpc(&orphan->Dpc, OrphanDue, orphan);
        if (due.QuadPart >= 0)
            due.QuadPart = -1;
        (void)KeSetTimer(&orphan->Timer, due, &orphan->Dpc);
    }
}
