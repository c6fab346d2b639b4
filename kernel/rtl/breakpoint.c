// SPDX-License-Identifier: MIT
// What drivers ask of a kernel debugger. None is connected, so a break is an exception like any
// other, which ends in a bug check unless the driver handles it, and a prompt gets no answer. Owns
// no state; any IRQL.
#include "rtlp.h"

#include <ntddk.h>

// Contract: NF:wdm.DbgBreakPoint.
DDI VOID
DbgBreakPoint(VOID)
{
    RtlpRaiseStatus(STATUS_BREAKPOINT);
}

// Contract: NF:wdm.DbgBreakPointWithStatus: Status is for the debugger alone.
DDI VOID
DbgBreakPointWithStatus(_In_ ULONG Status)
{
    UNREFERENCED_PARAMETER(Status);
    RtlpRaiseStatus(STATUS_BREAKPOINT);
}

// Contract: NF:ntddk.DbgPrompt. The prompt is shown like the text of DbgPrint.
DDI ULONG
DbgPrompt(_In_ PCCH Prompt, _Out_ PCH Response, _In_ ULONG Length)
{
    UNREFERENCED_PARAMETER(Response);
    UNREFERENCED_PARAMETER(Length);
    if (RtlHooks.DebugOutput != NULL)
    {
        const SIZE_T length = RtlpLength(Prompt);

        RtlHooks.DebugOutput(MAXULONG, 0, Prompt, length > 512 ? 512 : (ULONG)length);
    }
    return 0;
}
