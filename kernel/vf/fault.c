// SPDX-License-Identifier: MIT
// Memory whose access rights were taken away to see who touches it: IRPs that are gone, buffers of
// users that nobody has probed. ke asks here what a fault in such memory means. No state. IRQL:
// any; ResolveFault on the signal stack.
#include "vf/vfp.h"

static BOOLEAN
IsIoRoutine(const char *Name)
{
    return (Name[0] == 'I' && Name[1] == 'o') || (Name[0] == 'N' && Name[1] == 't') ||
           (Name[0] == 'Z' && Name[1] == 'w');
}

// Routines that only do with memory what the driver could do itself.
static BOOLEAN
IsMemoryRoutine(const char *Name)
{
    return (Name[0] == 'm' && Name[1] == 'e' && Name[2] == 'm') ||
           (Name[0] == 's' && Name[1] == 't' && Name[2] == 'r') ||
           (Name[0] == 'w' && Name[1] == 'c' && Name[2] == 's') ||
           (Name[0] == 'R' && Name[1] == 't' && Name[2] == 'l');
}

// The I/O manager recognizes a dead IRP by looking at it, and writes to the buffers of a request.
// Any other routine was given a pointer by a driver and touches the memory in its name.
static KI_FAULT_ACTION
ResolveFault(ULONG64 Address, const KI_EXPORT *Export)
{
    MM_USER_GUARD guard;

    if (Export != NULL && IsIoRoutine(Export->Name) && IoOpenDeadIrp(Address))
        return KiFaultRetry;
    guard = MmTouchUserGuard(Address);
    if (guard == MmUserNotGuarded)
        return KiFaultUnknown;
    return guard == MmUserNotProbed && (Export == NULL || IsMemoryRoutine(Export->Name))
               ? KiFaultReport
               : KiFaultRetry;
}

static void
ReportFault(ULONG64 Address, BOOLEAN IsWrite)
{
    static const char *const meanings[4] = {"", "user address", "0 read, 1 write", ""};
    VF_REPORT *report = ViNewReport(VfReportViolation);

    report->Code = 0;
    report->Parameters[1] = Address;
    report->Parameters[2] = IsWrite;
    for (ULONG i = 0; i < 4; i++)
        report->Meanings[i] = meanings[i];
    report->Rule = IsWrite
                       ? "a user's buffer was written to without ProbeForWrite or an MDL: the "
                         "address may be any, a kernel address too"
                       : "a user's buffer was read without ProbeForRead or an MDL: the address may "
                         "be any, a kernel address too";
    report->Page = "kernel/using-neither-buffered-nor-direct-i-o.md";
    ViFillPlace(report);
    ViDescribe(Address, report->Subject, sizeof(report->Subject));
    ViSubmit(report);
}

static BOOLEAN
ExplainFault(ULONG64 Address, KI_FAULT_MEANING *Meaning)
{
    IO_DEAD_IRP irp;

    if (IoQueryDeadIrp(Address, &irp))
    {
        Meaning->Code = PAGE_FAULT_IN_FREED_SPECIAL_POOL;
        Meaning->Rule = "an IRP was touched after it had been completed or freed";
        Meaning->Page = "NF:wdm.IoCompleteRequest";
        return TRUE;
    }
    return FALSE;
}

void
ViWatchFaults(void)
{
    KeVerifierHooks.ResolveFault = ResolveFault;
    KeVerifierHooks.ReportFault = ReportFault;
    KeVerifierHooks.ExplainFault = ExplainFault;
    MmGuardUserBuffers = !ViConfig.ChecksOff;
    if (!ViConfig.ChecksOff)
        IoGuardIrps();
}
