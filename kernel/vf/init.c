// SPDX-License-Identifier: MIT
// The hooks of ke and io: turns what they notice into reports. Counts violations; no lock.
// IRQL: any.
#include "vf/vfp.h"

VF_CONFIG ViConfig;
static ULONG ViViolations;

ULONG
VfViolationCount(void)
{
    return ViViolations;
}

void
ViSubmit(const VF_REPORT *Report)
{
    ViViolations++;
    if (ViConfig.Report != NULL)
        ViConfig.Report(Report);
}

// ---- bug checks -------------------------------------------------------------------------------

// What the parameters of a violated IRQL rule are; the documented ones point at texts of the
// verifier.
static const char *const irqlMeanings[4] = {NULL, "IRQL at the call", "call in the driver",
                                            "IRQLs allowed: lowest << 8 | highest"};
static const KI_EXPORT *ViMissing;
static BOOLEAN ViIsIrqlRule;

// The address a bug check is about: parameter 1 for those whose documentation says so.
static BOOLEAN
FaultAddress(const KI_BUGCHECK *Record, ULONG64 *Address)
{
    switch (Record->Code)
    {
    case IRQL_NOT_LESS_OR_EQUAL:
    case DRIVER_IRQL_NOT_LESS_OR_EQUAL:
    case PAGE_FAULT_IN_NONPAGED_AREA:
    case ATTEMPTED_WRITE_TO_READONLY_MEMORY:
    case ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY:
    case DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS:
        *Address = Record->Parameters[0];
        return TRUE;
    case UNEXPECTED_KERNEL_MODE_TRAP:
        *Address = Record->Parameters[1];
        return Record->Parameters[0] == 8;
    case DRIVER_CAUGHT_MODIFYING_FREED_POOL:
    case PAGE_FAULT_IN_FREED_SPECIAL_POOL:
        *Address = Record->Parameters[0];
        return TRUE;
    case BAD_POOL_HEADER:
        *Address = Record->Parameters[1];
        return TRUE;
    case SPECIAL_POOL_DETECTED_MEMORY_CORRUPTION:
        *Address = Record->Parameters[0];
        return TRUE;
    case BAD_POOL_CALLER:
        *Address = Record->Parameters[3];
        return TRUE;
    default:
        break;
    }
    if (Record->ExceptionValid && Record->Exception.ExceptionCode == STATUS_ACCESS_VIOLATION)
    {
        *Address = Record->Exception.ExceptionInformation[1];
        return TRUE;
    }
    return FALSE;
}

// Addresses of the kernel itself mean nothing to a driver's author and differ from run to run. What
// the driver passed to KeBugCheckEx is its own.
static ULONG64
Presentable(ULONG64 Value, const KI_BUGCHECK *Record)
{
    BOOLEAN fixed = Value < 0x100000000000ull || Value >= 0x800000000000ull ||
                    (Value >= HOST_REGION_IMAGE && Value < MM_REGION_SECTION + HOST_REGION_SIZE);

    return fixed || (Record->Export != NULL && Record->Rule == NULL) ? Value : 0;
}

static void
CopyFrames(VF_REPORT *Report, const KI_BUGCHECK *Record)
{
    Report->FirstIsRoutine = Record->FirstIsRoutine;
    // Code that is gone is no driver code for the stack walk, but it is what the reader wants
    // first.
    if (Record->Code == DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS &&
        ViIsUnloaded(Record->Parameters[2]))
        Report->Frames[Report->FrameCount++] = (PVOID)Record->Parameters[2];
    for (ULONG i = 0; i < Record->FrameCount && Report->FrameCount < KI_STACK_FRAMES; i++)
        Report->Frames[Report->FrameCount++] = Record->Frames[i];
}

static void
CopyCallbacks(VF_REPORT *Report, const KI_BUGCHECK *Record)
{
    for (ULONG i = 0; i < Record->CallbackCount; i++)
    {
        const KI_CALLBACK_DATA *data = &Record->Callbacks[i];
        VF_CALLBACK *callback = &Report->Callbacks[i];
        const GUID *id = &data->Guid;

        RtlZeroMemory(callback, sizeof(*callback));
        RtlCopyMemory(callback->Component, data->Component, sizeof(callback->Component));
        callback->Kind = data->Kind;
        callback->State = data->State;
        callback->Length = data->Length;
        if (id->Data1 != 0)
            RtlFormat(callback->Guid, sizeof(callback->Guid),
                      "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", id->Data1, id->Data2,
                      id->Data3, id->Data4[0], id->Data4[1], id->Data4[2], id->Data4[3],
                      id->Data4[4], id->Data4[5], id->Data4[6], id->Data4[7]);
        callback->ByteCount =
            data->Length < sizeof(callback->Bytes) ? (ULONG)data->Length : sizeof(callback->Bytes);
        if (data->Data == NULL ||
            !NT_SUCCESS(KeTryCopy(callback->Bytes, data->Data, callback->ByteCount)))
            callback->ByteCount = 0;
    }
    Report->CallbackCount = Record->CallbackCount;
}

static void
OnBugCheck(const KI_BUGCHECK *Record)
{
    VF_REPORT *report = ViNewReport(VfReportBugCheck);
    ULONG64 address;

    report->Code = Record->Code;
    for (ULONG i = 0; i < 4; i++)
    {
        report->Parameters[i] = Presentable(Record->Parameters[i], Record);
        report->Meanings[i] = ViIsIrqlRule ? irqlMeanings[i] : NULL;
    }
    report->Rule = Record->Rule;
    report->Page = Record->Page;
    report->Irql = Record->Irql;
    report->Processor = Record->Processor;
    report->ThreadNumber = Record->Thread != NULL ? Record->Thread->Number : 0;
    report->MissingApi = ViMissing != NULL;
    report->Exception = Record->Exception;
    report->ExceptionValid = Record->ExceptionValid;
    report->Context = Record->Context;
    report->ContextValid = Record->ContextValid;
    CopyFrames(report, Record);
    CopyCallbacks(report, Record);
    ViFillDriver(report);
    if (Record->Export != NULL)
        RtlFormat(report->Export, sizeof(report->Export), "%s", Record->Export->Name);
    ViFillRequest(report, Record->Irp, Record->Device);
    if (FaultAddress(Record, &address))
    {
        ViDescribe(address, report->Subject, sizeof(report->Subject));
        ViFillOwner(report, address);
        if (address < HOST_USER_LIMIT && MmForeignUserAddress(address) != NULL)
        {
            report->Rule = "user memory was touched in another process than the one it belongs to";
            report->Page = "kernel/using-neither-buffered-nor-direct-i-o.md";
        }
        if (address == ~0ull && Record->ContextValid)
            ViDescribeRegisters(&Record->Context, report->Subject, sizeof(report->Subject));
    }
    ViFillParameterDriver(report);
    if (ViConfig.Report != NULL)
        ViConfig.Report(report);
}

// ---- rules of calls ---------------------------------------------------------------------------

static const char *
IrqlName(ULONG Irql)
{
    static const char *const names[] = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"};
    static char other[2][16];
    static ULONG turn;

    if (Irql < RTL_NUMBER_OF(names))
        return names[Irql];
    if (Irql == HIGH_LEVEL)
        return "HIGH_LEVEL";
    turn ^= 1;
    RtlFormat(other[turn], sizeof(other[turn]), "IRQL %u", Irql);
    return other[turn];
}

typedef struct _VI_IRQL_RULE
{
    const char *Prefix;
    UCHAR Highest;
    ULONG Number; // parameter 1 of bug check 0xC4
} VI_IRQL_RULE;

// The rules of Driver Verifier's DDI compliance checking, by what they cover; first match counts.
static const VI_IRQL_RULE irqlRules[] = {
    {"ExAllocatePool", DISPATCH_LEVEL, 0x20004}, // IrqlExAllocatePool
    {"Zw", PASSIVE_LEVEL, 0x2001F},              // IrqlZwPassive
    {"Nt", PASSIVE_LEVEL, 0x2001F},              //
    {"Io", PASSIVE_LEVEL, 0x2000A},              // IrqlIoPassive1
    {"Io", APC_LEVEL, 0x20009},                  // IrqlIoApcLte
    {"Io", HIGH_LEVEL, 0x20022},                 // IrqlIoDispatch
    {"Ex", PASSIVE_LEVEL, 0x20008},              // IrqlExPassive
    {"Ex", APC_LEVEL, 0x20005},                  // IrqlExApcLte1
    {"Ke", APC_LEVEL, 0x2000F},                  // IrqlKeApcLte1
    {"Ke", HIGH_LEVEL, 0x20011},                 // IrqlKeDispatchLte
    {"Mm", APC_LEVEL, 0x20019},                  // IrqlMmApcLte
    {"Mm", HIGH_LEVEL, 0x2001A},                 // IrqlMmDispatch
    {"Ob", PASSIVE_LEVEL, 0x2001B},              // IrqlObPassive
    {"Ps", PASSIVE_LEVEL, 0x2001C},              // IrqlPsPassive
    {"Rtl", PASSIVE_LEVEL, 0x2001E},             // IrqlRtlPassive
    {"", APC_LEVEL, 0x20002},                    // IrqlApcLte
    {"", HIGH_LEVEL, 0x20003},                   // IrqlDispatch
};

static BOOLEAN
HasPrefix(const char *Text, const char *Prefix)
{
    while (*Prefix != 0 && *Text == *Prefix)
    {
        Text++;
        Prefix++;
    }
    return *Prefix == 0;
}

static ULONG
IrqlRuleNumber(const KI_EXPORT *Export, KIRQL Irql)
{
    if (Irql < Export->MinIrql && HasPrefix(Export->Name, "Ke"))
        return 0x20025; // IrqlKeMore
    for (ULONG i = 0; i < RTL_NUMBER_OF(irqlRules); i++)
    {
        if (HasPrefix(Export->Name, irqlRules[i].Prefix) && Export->MaxIrql <= irqlRules[i].Highest)
            return irqlRules[i].Number;
    }
    return 0x20003;
}

// Always fatal: what the DDI would do next is undefined, and on Windows the damage shows up
// elsewhere.
static void
OnIrqlViolation(const KI_EXPORT *Export, PVOID Caller, KIRQL Irql)
{
    static char rule[256];

    if (Export->MinIrql == Export->MaxIrql)
        RtlFormat(rule, sizeof(rule), "%s must be called at %s, and was called at %s", Export->Name,
                  IrqlName(Export->MinIrql), IrqlName(Irql));
    else if (Irql > Export->MaxIrql)
        RtlFormat(rule, sizeof(rule), "%s must be called at IRQL <= %s, and was called at %s",
                  Export->Name, IrqlName(Export->MaxIrql), IrqlName(Irql));
    else
        RtlFormat(rule, sizeof(rule), "%s must be called at IRQL >= %s, and was called at %s",
                  Export->Name, IrqlName(Export->MinIrql), IrqlName(Irql));
    ViIsIrqlRule = TRUE;
    KiBugCheckWithRule(DRIVER_VERIFIER_DETECTED_VIOLATION, IrqlRuleNumber(Export, Irql), Irql,
                       (ULONG64)Caller, (ULONG64)Export->MinIrql << 8 | Export->MaxIrql, rule, NULL,
                       NULL, NULL);
}

static void
OnMissingExport(const KI_EXPORT *Export, PVOID Caller)
{
    static char rule[256];

    RtlFormat(rule, sizeof(rule), "OpenWDM does not implement %s of %s, which the driver %s",
              Export->Name, Export->Module,
              Export->Kind == KiExportStubData ? "read: it is a variable" : "called");
    ViMissing = Export;
    // No bug check of Windows means this; MANUALLY_INITIATED_CRASH at least blames nobody.
    KiBugCheckWithRule(MANUALLY_INITIATED_CRASH, 0, 0, (ULONG64)Caller, 0, rule, NULL, NULL, NULL);
}

static void
OnHungCode(PVOID Address, KIRQL Irql, ULONG HostMilliseconds)
{
    VF_REPORT *report;
    VF_CODE code;

    UNREFERENCED_PARAMETER(HostMilliseconds); // would differ from run to run
    if (ViConfig.ChecksOff)
        return;
    report = ViNewReport(VfReportViolation);
    report->Code = Irql >= DISPATCH_LEVEL ? DPC_WATCHDOG_VIOLATION : THREAD_STUCK_IN_DEVICE_DRIVER;
    report->Rule = "the driver loops for long without calling the system";
    ViFillPlace(report);
    report->Irql = Irql;
    if (VfQueryCode((ULONG64)Address, &code))
        RtlFormat(report->Driver, sizeof(report->Driver), "%s", code.Name);
    ViSubmit(report);
}

static void
OnKernelViolation(ULONG Code, const char *Rule, const char *Page)
{
    VF_REPORT *report;

    if (ViConfig.ChecksOff)
    {
        KiBlame(NULL);
        return;
    }
    report = ViNewReport(VfReportViolation);
    report->Code = Code;
    report->Rule = Rule;
    report->Page = Page;
    ViFillPlace(report);
    ViSubmit(report);
}

// Contract: kernel/using-the-kernel-stack.md. Here the machine goes on: its stacks are larger.
static void
OnStackLimit(const KI_STACK_USE *Use)
{
    static const char *const meanings[4] = {"double fault, as which it ends on Windows",
                                            "bytes of the stack in frames of drivers",
                                            "bytes they may take", ""};
    static char rule[160];
    VF_REPORT *report = ViNewReport(VfReportViolation);

    RtlFormat(rule, sizeof(rule),
              "drivers may take %I64u KiB of a kernel stack: their frames take %I64u bytes of it",
              (ULONG64)Use->Allowance / 1024, (ULONG64)Use->Bytes);
    report->Code = UNEXPECTED_KERNEL_MODE_TRAP;
    report->Parameters[0] = 8;
    report->Parameters[1] = Use->Bytes;
    report->Parameters[2] = Use->Allowance;
    for (ULONG i = 0; i < 4; i++)
        report->Meanings[i] = meanings[i];
    report->Rule = rule;
    report->Page = "kernel/using-the-kernel-stack.md";
    ViFillPlace(report);
    RtlCopyMemory(report->Frames, Use->Frames, sizeof(report->Frames));
    report->FrameCount = Use->FrameCount;
    report->Driver[0] = 0;
    ViFillDriver(report);
    ViSubmit(report);
}

// ---- io ---------------------------------------------------------------------------------------

static BOOLEAN
OnViolation(const IO_VIOLATION *Violation)
{
    VF_REPORT *report;

    if (ViConfig.ChecksOff)
        return TRUE;
    report = ViNewReport(VfReportViolation);
    report->Code = Violation->Code;
    RtlCopyMemory(report->Parameters, Violation->Parameters, sizeof(report->Parameters));
    report->Rule = Violation->Rule;
    report->Page = Violation->Page;
    ViFillPlace(report);
    ViFillRequest(report, Violation->Irp, Violation->DeviceObject);
    ViFillParameterDriver(report);
    ViSubmit(report);
    return TRUE;
}

static void
OnDriverUnloaded(PDRIVER_OBJECT DriverObject)
{
    if (DriverObject->DriverStart == NULL)
        return;
    if (!ViConfig.ChecksOff)
    {
        MmVerifyPool();
        ViReportLeaks(DriverObject);
    }
    ViTakeOverTimers(DriverObject);
    KiForgetCallbacks((ULONG64)DriverObject->DriverStart, DriverObject->DriverSize);
    ViRememberUnloaded(DriverObject);
}

void
VfImageUnloading(PLDR_IMAGE Image)
{
    // What the checks know of a driver without a driver object.
    static DRIVER_OBJECT exporter;

    if (!Image->IsDependency)
        return;
    exporter.DriverStart = Image->Base;
    exporter.DriverSize = (ULONG)Image->Size;
    OnDriverUnloaded(&exporter);
}

static void
OnErrorLog(PDRIVER_OBJECT DriverObject,
           PDEVICE_OBJECT DeviceObject,
           const IO_ERROR_LOG_PACKET *Packet,
           ULONG Length)
{
    const UNICODE_STRING *name = &DriverObject->DriverName;
    IO_DEVICE_INFO info;

    UNREFERENCED_PARAMETER(Length);
    if (!KI_TRACING())
        return;
    if (DeviceObject != NULL && IoQueryDevice(DeviceObject, &info))
        name = &info.Name;
    KiTrace("IoWriteErrorLogEntry", "kernel/io/errorlog.c", "%wZ error %08x status %08x", name,
            Packet->ErrorCode, Packet->FinalStatus);
}

void
VfInitSystem(const VF_CONFIG *Config)
{
    ViConfig = *Config;
    KeVerifierHooks.BugCheck = OnBugCheck;
    KeVerifierHooks.IrqlViolation = OnIrqlViolation;
    KeVerifierHooks.MissingExport = OnMissingExport;
    KeVerifierHooks.HungCode = OnHungCode;
    KeVerifierHooks.Violation = OnKernelViolation;
    KeVerifierHooks.UnloadedCode = ViIsUnloaded;
    KeVerifierHooks.StackLimit = OnStackLimit;
    KiWatchStacks = !Config->ChecksOff;
    IoVerifierHooks.Violation = OnViolation;
    IoVerifierHooks.DriverUnloaded = OnDriverUnloaded;
    IoVerifierHooks.ErrorLog = OnErrorLog;
    if (!Config->ChecksOff)
        ViWatchPool();
    ViWatchFaults();
}
