// SPDX-License-Identifier: MIT
// Memory whose access rights were taken away to see who touches it: IRPs that are gone. ke asks
// here what a fault in such memory means. No state. IRQL: any; ResolveFault on the signal stack.
#include "vf/vfp.h"

static BOOLEAN
IsIoRoutine(const char *Name)
{
    return (Name[0] == 'I' && Name[1] == 'o') || (Name[0] == 'N' && Name[1] == 't') ||
           (Name[0] == 'Z' && Name[1] == 'w');
}

// The I/O manager recognizes a dead IRP by looking at it. Any other routine was given a pointer by
// a driver and touches the IRP in its name.
static BOOLEAN
ResolveFault(ULONG64 Address, const KI_EXPORT *Export)
{
    return Export != NULL && IsIoRoutine(Export->Name) && IoOpenDeadIrp(Address);
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
    KeVerifierHooks.ExplainFault = ExplainFault;
    if (!ViConfig.ChecksOff)
        IoGuardIrps();
}
