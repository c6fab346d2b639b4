// SPDX-License-Identifier: MIT
// The kernel debugger's state, as drivers ask for it: none is attached, none can be enabled.
// IRQL: any.
#include "ke/kep.h"

// Contract: NF:wdm.KdDisableDebugger.
DDI NTSTATUS
KdDisableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

// Contract: NF:wdm.KdEnableDebugger. A debugger has to be configured at boot.
DDI NTSTATUS
KdEnableDebugger(VOID)
{
    return STATUS_DEBUGGER_INACTIVE;
}

// Contract: NF:wdm.KdRefreshDebuggerNotPresent.
DDI BOOLEAN
KdRefreshDebuggerNotPresent(VOID)
{
    return KdDebuggerNotPresent;
}

// Contract: NF:wdm.KdChangeOption, whose only option takes a BOOLEAN and returns nothing.
DDI NTSTATUS
KdChangeOption(KD_OPTION Option,
               ULONG InBufferBytes,
               PVOID InBuffer,
               ULONG OutBufferBytes,
               PVOID OutBuffer,
               PULONG OutBufferNeeded)
{
    UNREFERENCED_PARAMETER(InBuffer);
    if (OutBufferNeeded != NULL)
        *OutBufferNeeded = 0;
    if (Option != KD_OPTION_SET_BLOCK_ENABLE)
        return STATUS_INVALID_INFO_CLASS;
    if (InBufferBytes != sizeof(BOOLEAN) || OutBufferBytes != 0 || OutBuffer != NULL)
        return STATUS_INVALID_PARAMETER;
    return STATUS_DEBUGGER_INACTIVE;
}
