// SPDX-License-Identifier: MIT
// What a driver left behind when it was unloaded, with the code that made it.
// Owns the list of the report under construction. IRQL: PASSIVE_LEVEL; no safe point while it
// collects.
#include "vf/vfp.h"

#include "cm/cm.h"
#include "ex/ex.h"
#include "ke/interrupt.h"
#include "ob/ob.h"
#include "ps/ps.h"

typedef struct _LEAK_SEARCH
{
    PDRIVER_OBJECT DriverObject;
    ULONG64 Start;
    ULONG64 Size;
    ULONG Count; // all, those that did not fit too
    ULONG Kept;
    ULONG PoolBlocks;
    ULONG64 PagedBytes;
    ULONG64 NonPagedBytes;
    ULONG Code; // things whose code would run: timers, threads, ...
    ULONG Reserved;
    VF_LEAK Leaks[VF_LEAKS];
} LEAK_SEARCH;

static LEAK_SEARCH search;

static BOOLEAN
InImage(const void *Address)
{
    return Address != NULL && (ULONG64)Address - search.Start < search.Size;
}

// A new entry, or NULL when the list is full. Either way it counts.
static VF_LEAK *
AddLeak(const char *What, PVOID Address, PVOID Caller)
{
    VF_LEAK *leak;

    search.Count++;
    if (search.Kept == VF_LEAKS)
        return NULL;
    leak = &search.Leaks[search.Kept++];
    RtlZeroMemory(leak, sizeof(*leak));
    leak->What = What;
    leak->Count = 1;
    leak->Address = Address;
    if (Caller != NULL)
    {
        leak->Frames[0] = Caller;
        leak->FrameCount = 1;
    }
    return leak;
}

// ---- memory -----------------------------------------------------------------------------------

static void
PoolDetail(VF_LEAK *Leak, const MM_POOL_BLOCK *Block)
{
    CHAR tag[5] = {0};

    for (ULONG i = 0; i < 4; i++)
    {
        CHAR letter = (CHAR)(Block->Tag >> (8 * i));
        tag[i] = letter >= 0x20 && letter < 0x7f ? letter : '.';
    }
    RtlFormat(Leak->Detail, sizeof(Leak->Detail), "tag '%s', %I64u bytes, %s", tag,
              (ULONG64)Block->Size, Block->Type == PagedPool ? "paged" : "nonpaged");
}

static BOOLEAN
SameMaker(const VF_LEAK *Leak, const MM_POOL_BLOCK *Block)
{
    VF_LEAK detail;

    if (Leak->FrameCount == 0 || Leak->Frames[0] != Block->Caller)
        return FALSE;
    PoolDetail(&detail, Block);
    for (ULONG i = 0; detail.Detail[i] == Leak->Detail[i]; i++)
    {
        if (detail.Detail[i] == 0)
            return TRUE;
    }
    return FALSE;
}

static BOOLEAN
OnPoolBlock(const MM_POOL_BLOCK *Block, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Block->Caller))
        return TRUE;
    search.PoolBlocks++;
    if (Block->Type == PagedPool)
        search.PagedBytes += Block->Size;
    else
        search.NonPagedBytes += Block->Size;
    for (ULONG i = 0; i < search.Kept; i++)
    {
        if (SameMaker(&search.Leaks[i], Block))
        {
            search.Leaks[i].Count++;
            search.Count++;
            return TRUE;
        }
    }
    leak = AddLeak("pool", Block->Address, Block->Caller);
    if (leak == NULL)
        return TRUE;
    PoolDetail(leak, Block);
    // The stack may be of an earlier call from the same place; it is the same place nevertheless.
    if (Block->FrameCount != 0)
    {
        leak->FrameCount = Block->FrameCount < VF_FRAMES ? Block->FrameCount : VF_FRAMES;
        for (ULONG i = 0; i < leak->FrameCount; i++)
            leak->Frames[i] = Block->Frames[i];
    }
    return TRUE;
}

static BOOLEAN
OnContiguous(PVOID Address, SIZE_T Size, PVOID Caller, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Caller))
        return TRUE;
    leak = AddLeak("contiguous memory", Address, Caller);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "%I64u bytes", (ULONG64)Size);
    return TRUE;
}

static BOOLEAN
OnMdl(PMDL Mdl, PVOID Caller, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Caller))
        return TRUE;
    leak = AddLeak("locked pages", Mdl, Caller);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "MDL %p, %u bytes%s", Mdl, Mdl->ByteCount,
                  (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) ? ", mapped" : "");
    return TRUE;
}

// ---- objects ----------------------------------------------------------------------------------

static BOOLEAN
OnDevice(const IO_DEVICE_INFO *Info, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (Info->DeviceObject->DriverObject != search.DriverObject || Info->DeletePending)
        return TRUE;
    leak = AddLeak("device", Info->DeviceObject, Info->Creator);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "%wZ", &Info->Name);
    return TRUE;
}

static void
PathDetail(VF_LEAK *Leak, PVOID Object)
{
    WCHAR buffer[120];
    UNICODE_STRING path = {0, sizeof(buffer), buffer};

    ObQueryPath(Object, &path);
    RtlFormat(Leak->Detail, sizeof(Leak->Detail), "%wZ", &path);
}

static BOOLEAN
OnLink(PVOID Object, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(ObHeader(Object)->Creator))
        return TRUE;
    leak = AddLeak("symbolic link", Object, ObHeader(Object)->Creator);
    if (leak != NULL)
        PathDetail(leak, Object);
    return TRUE;
}

static BOOLEAN
OnController(PVOID Object, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (InImage(ObHeader(Object)->Creator))
        (void)AddLeak("controller", Object, ObHeader(Object)->Creator);
    return TRUE;
}

static BOOLEAN
OnHandle(HANDLE Handle, const OB_HANDLE_ENTRY *Entry, PVOID Context)
{
    VF_LEAK *leak;
    ULONG length;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Entry->Creator))
        return TRUE;
    leak = AddLeak("handle", Handle, Entry->Creator);
    if (leak == NULL)
        return TRUE;
    length = RtlFormat(leak->Detail, sizeof(leak->Detail), "to %wZ", &Entry->Object->Type->Name);
    if (Entry->Object->Name.Length != 0)
        RtlFormat(leak->Detail + length, sizeof(leak->Detail) - length, " %wZ",
                  &Entry->Object->Name);
    return TRUE;
}

static BOOLEAN
OnProcess(PPS_PROCESS Process, PVOID Context)
{
    ObForEachHandle(&Process->Ob, OnHandle, Context);
    return TRUE;
}

static BOOLEAN
OnIrp(const IO_IRP_INFO *Info, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!Info->DriverMade || !InImage(Info->Caller))
        return TRUE;
    leak = AddLeak("IRP", Info->Irp, Info->Caller);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "IRP %u, %s", Info->Number,
                  IoMajorFunctionName(Info->MajorFunction));
    return TRUE;
}

// ---- code that would run ----------------------------------------------------------------------

static BOOLEAN
OwnsPool(const void *Address)
{
    MM_POOL_BLOCK block;
    BOOLEAN freed;

    return MmFindPoolBlock((ULONG64)Address, &block, &freed) && !freed && InImage(block.Caller);
}

// A thing that is known by the routine it would call.
static VF_LEAK *
AddRoutine(const char *What, PVOID Address, PVOID Routine)
{
    VF_LEAK *leak = AddLeak(What, Address, Routine);

    if (leak != NULL)
        leak->IsRoutine = TRUE;
    return leak;
}

static void
OnTimer(PKTIMER Timer, LONGLONG Due, void *Context)
{
    VF_LEAK *leak;
    PVOID routine = Timer->Dpc != NULL ? (PVOID)Timer->Dpc->DeferredRoutine : NULL;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(routine) && !ViOwnsMemory(search.DriverObject, Timer) && !OwnsPool(Timer))
        return;
    search.Code++;
    // The routine stands for the maker: who set a timer is not recorded.
    leak = AddRoutine("timer", Timer, routine);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "due in %I64u us%s%s",
                  (ULONG64)(Due > KiQueryTime() ? (Due - KiQueryTime()) / 10 : 0),
                  Timer->Period != 0 ? ", periodic" : "", routine != NULL ? ", with a DPC" : "");
}

static void
OnDpc(PKDPC Dpc, ULONG Processor, void *Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage((PVOID)Dpc->DeferredRoutine))
        return;
    search.Code++;
    leak = AddRoutine("DPC", Dpc, (PVOID)Dpc->DeferredRoutine);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "queued on processor %u", Processor);
}

static void
OnInterrupt(PKINTERRUPT Interrupt, void *Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage((PVOID)Interrupt->ServiceRoutine) && !InImage(Interrupt->Creator))
        return;
    search.Code++;
    leak = AddRoutine("interrupt", Interrupt, (PVOID)Interrupt->ServiceRoutine);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "ISR connected to vector 0x%02x",
                  Interrupt->Vector);
}

static BOOLEAN
OnThread(PPS_THREAD Thread, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Thread->StartAddress) || Thread->Tcb.State == KiThreadTerminated)
        return TRUE;
    search.Code++;
    leak = AddLeak("thread", Thread, Thread->Creator);
    if (leak == NULL)
        return TRUE;
    RtlFormat(leak->Detail, sizeof(leak->Detail), "thread %u, %s", Thread->Tcb.Number,
              Thread->Tcb.State == KiThreadWaiting ? "waiting" : "ready to run");
    return TRUE;
}

static BOOLEAN
OnEtwProvider(PVOID Provider, PVOID Function, PVOID Caller, const GUID *Id, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Function) && !InImage(Caller))
        return TRUE;
    if (InImage(Function))
        search.Code++; // who switches tracing on or off calls it
    leak = AddLeak("event provider", Provider, Caller);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "{%08x-%04x-%04x-...}", (ULONG)Id->Data1,
                  Id->Data2, Id->Data3);
    return TRUE;
}

static BOOLEAN
OnCallback(PVOID Function, PVOID Caller, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (InImage(Function) || InImage(Caller))
    {
        search.Code++;
        (void)AddRoutine("callback", Function, Function);
    }
    return TRUE;
}

static void
OnKernelCallback(const char *What,
                 PVOID Handle,
                 PVOID Routine,
                 const char *Component,
                 void *Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Handle);
    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Routine))
        return;
    search.Code++;
    leak = AddRoutine(What, Routine, Routine);
    if (leak != NULL && Component[0] != 0)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "%s", Component);
}

static BOOLEAN
OnObserver(PVOID Function, PVOID Context)
{
    return OnCallback(Function, Function, Context);
}

static BOOLEAN
OnNotify(PVOID Function, const char *Kind, PVOID Context)
{
    UNREFERENCED_PARAMETER(Kind);
    return OnCallback(Function, Function, Context);
}

static BOOLEAN
OnExTimer(PVOID Timer, PVOID Function, PVOID Caller, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (InImage(Function) || InImage(Caller))
    {
        search.Code++;
        (void)AddRoutine("timer", Timer, Function != NULL ? Function : Caller);
    }
    return TRUE;
}

static BOOLEAN
OnLookaside(PVOID List, ULONG Tag, PVOID Caller, PVOID Context)
{
    VF_LEAK *leak;

    UNREFERENCED_PARAMETER(Context);
    if (!InImage(Caller) && !InImage(List))
        return TRUE;
    leak = AddLeak("lookaside list", List, Caller);
    if (leak != NULL)
        RtlFormat(leak->Detail, sizeof(leak->Detail), "tag '%c%c%c%c'", (int)(CHAR)Tag,
                  (int)(CHAR)(Tag >> 8), (int)(CHAR)(Tag >> 16), (int)(CHAR)(Tag >> 24));
    return TRUE;
}

static BOOLEAN
OnResource(PERESOURCE Resource, PVOID Caller, PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    if (InImage(Caller) || InImage(Resource))
        (void)AddLeak("resource", Resource, Caller);
    return TRUE;
}

// ---- the report ---------------------------------------------------------------------------------

static void
Collect(PDRIVER_OBJECT DriverObject)
{
    ULONG work;

    RtlZeroMemory(&search, FIELD_OFFSET(LEAK_SEARCH, Leaks));
    search.DriverObject = DriverObject;
    search.Start = (ULONG64)DriverObject->DriverStart;
    search.Size = DriverObject->DriverSize;
    MmForEachPoolBlock(FALSE, OnPoolBlock, NULL);
    MmForEachContiguous(OnContiguous, NULL);
    MmForEachLockedMdl(OnMdl, NULL);
    IoForEachDevice(OnDevice, NULL);
    ObEnumerateType(ObSymbolicLinkObjectType, OnLink, NULL);
    ObEnumerateType(IoControllerType, OnController, NULL);
    PsForEachProcess(OnProcess, NULL);
    IoForEachIrp(OnIrp, NULL);
    KiForEachTimer(OnTimer, NULL);
    KiForEachDpc(OnDpc, NULL);
    KiForEachInterrupt(OnInterrupt, NULL);
    PsForEachThread(OnThread, NULL);
    work = ExCountWork((PVOID)search.Start, (PVOID)(search.Start + search.Size));
    for (; work != 0; work--)
    {
        search.Code++;
        (void)AddLeak("work item", NULL, NULL);
    }
    ObForEachCallback(OnCallback, NULL);
    ObForEachObserver(OnObserver, NULL);
    PsForEachNotify(OnNotify, NULL);
    CmForEachCallback(OnCallback, NULL);
    ExForEachTimer(OnExTimer, NULL);
    ExForEachEtwProvider(OnEtwProvider, NULL);
    KiForEachCallback(OnKernelCallback, NULL);
    ExForEachLookaside(OnLookaside, NULL);
    ExForEachResource(OnResource, NULL);
}

void
ViReportLeaks(PDRIVER_OBJECT DriverObject)
{
    static const char *const poolMeanings[4] = {NULL, "paged bytes", "nonpaged bytes",
                                                "allocations"};
    static const char *const noMeanings[4] = {"things left", "", "", ""};
    VF_REPORT *report;
    VF_CODE code;

    Collect(DriverObject);
    if (search.Count == 0)
        return;
    report = ViNewReport(VfReportLeak);
    report->Rule = "what a driver makes it takes away before its Unload routine returns";
    report->Page = VF_PAGE_UNLOAD;
    if (search.PoolBlocks != 0)
    {
        report->Code = DRIVER_VERIFIER_DETECTED_VIOLATION;
        report->Parameters[0] = 0x62;
        report->Parameters[1] = search.PagedBytes;
        report->Parameters[2] = search.NonPagedBytes;
        report->Parameters[3] = search.PoolBlocks;
    }
    else if (search.Code != 0)
    {
        report->Code = DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS;
        report->Parameters[0] = search.Start;
    }
    for (ULONG i = 0; i < 4; i++)
        report->Meanings[i] = search.PoolBlocks != 0 ? poolMeanings[i]
                              : search.Code != 0     ? NULL
                                                     : noMeanings[i];
    report->Irql = KiCurrentIrql();
    report->Processor = KiCurrentProcessor()->Number;
    report->ThreadNumber = KiCurrentThread()->Number;
    if (VfQueryCode(search.Start, &code))
        RtlFormat(report->Driver, sizeof(report->Driver), "%s", code.Name);
    report->LeakCount = search.Count;
    report->Leaks = search.Leaks;
    ViSubmit(report);
}
