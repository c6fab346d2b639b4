// SPDX-License-Identifier: MIT
// Fault injection: the N-th call that can fail for want of memory or another resource, made by a
// driver or on its behalf, fails. Same seed and commands, same N, same call. Costs nothing while it
// is off: then mm's hook is NULL. No lock. IRQL: any that such calls allow.
#include "vf/vfp.h"

static struct
{
    ULONG64 Target;
    ULONG64 Calls;
    BOOLEAN (*IsFailable)(const char *Ddi);
    void (*Injected)(const VF_FAULT *Fault);
} ViFault;

// What the kernel allocates for itself, or for a client's own request, never fails this way.
static BOOLEAN
ViFailCall(SIZE_T Size, ULONG Tag)
{
    PVOID caller = KiCallerAddress();
    const KI_EXPORT *export = KiCallerExport();
    VF_FAULT fault;

    if (caller == NULL || !ViFault.IsFailable(export->Name) || ++ViFault.Calls != ViFault.Target)
        return FALSE;
    fault = (VF_FAULT){.Number = ViFault.Calls,
                       .Export = export,
                       .Caller = caller,
                       .Raises = MmFaultRaises,
                       .Size = Size,
                       .Tag = Tag};
    if (ViFault.Injected != NULL)
        ViFault.Injected(&fault);
    return TRUE;
}

void
VfStartFaults(ULONG64 Target,
              BOOLEAN (*IsFailable)(const char *Ddi),
              void (*Injected)(const VF_FAULT *Fault))
{
    ViFault.IsFailable = IsFailable;
    ViFault.Target = Target;
    ViFault.Calls = 0;
    ViFault.Injected = Injected;
    MmFailAllocation = Target != 0 ? ViFailCall : NULL;
}

ULONG64
VfFaultCalls(void)
{
    return ViFault.Calls;
}
