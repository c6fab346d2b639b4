// SPDX-License-Identifier: MIT
// DbgPrint and its relatives. Owns the component filter masks, which start out showing everything:
// a driver developer who runs a driver here wants to see what it prints. Callable up to DIRQL.
#include "rtlp.h"

#include "exports.h"

// One call transmits at most this much (NF:wdm.DbgPrint).
#define RTLP_DEBUG_TEXT 512

#define RTLP_DEFAULT_COMPONENT 101u // DPFLTR_DEFAULT_ID
#define RTLP_INFO_LEVEL        3u   // DPFLTR_INFO_LEVEL

// Components are a dense enumeration; driver verifiers of the future included, 256 is plenty.
#define RTLP_COMPONENTS 256u

// Bits that hide messages, so that the initial zero shows all of them.
static ULONG RtlpHiddenLevels[RTLP_COMPONENTS];

// A level up to 31 is a bit number; larger ones are masks themselves.
static ULONG
RtlpLevelMask(ULONG Level)
{
    return Level < 32 ? 1u << Level : Level;
}

static BOOLEAN
RtlpDebugVisible(ULONG ComponentId, ULONG Level)
{
    const ULONG component = ComponentId < RTLP_COMPONENTS ? ComponentId : RTLP_DEFAULT_COMPONENT;

    return (RtlpLevelMask(Level) & ~RtlpHiddenLevels[component]) != 0;
}

DDI NTSTATUS
DbgQueryDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level)
{
    return (NTSTATUS)RtlpDebugVisible(ComponentId, Level);
}

DDI NTSTATUS
DbgSetDebugFilterState(_In_ ULONG ComponentId, _In_ ULONG Level, _In_ BOOLEAN State)
{
    const ULONG mask = RtlpLevelMask(Level);

    if (ComponentId >= RTLP_COMPONENTS)
    {
        return STATUS_INVALID_PARAMETER_1;
    }
    if (State)
    {
        RtlpHiddenLevels[ComponentId] &= ~mask;
    }
    else
    {
        RtlpHiddenLevels[ComponentId] |= mask;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
RtlpDebugPrint(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format, RTLP_VA_LIST Arguments)
{
    CHAR text[RTLP_DEBUG_TEXT];
    RTLP_SINK sink = {.Narrow = text, .Capacity = sizeof(text), .NoFloat = TRUE};

    if (!RtlpDebugVisible(ComponentId, Level))
    {
        return STATUS_SUCCESS;
    }
    for (; *Prefix != 0; Prefix++)
    {
        RtlpSinkByte(&sink, (UCHAR)*Prefix);
    }
    RtlpFormatToSink(&sink, Format, Arguments);
    if (RtlHooks.DebugOutput != NULL)
    {
        RtlHooks.DebugOutput(ComponentId, Level, text,
                             (ULONG)(sink.Count < sizeof(text) ? sink.Count : sizeof(text)));
    }
    return STATUS_SUCCESS;
}

DDI ULONG
DbgPrint(_In_z_ PCSTR Format, ...)
{
    RTLP_VA_LIST arguments;
    NTSTATUS status;

    RTLP_VA_START(arguments, Format);
    status = RtlpDebugPrint("", RTLP_DEFAULT_COMPONENT, RTLP_INFO_LEVEL, Format, arguments);
    RTLP_VA_END(arguments);
    return (ULONG)status;
}

DDI ULONG
DbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCSTR Format, ...)
{
    RTLP_VA_LIST arguments;
    NTSTATUS status;

    RTLP_VA_START(arguments, Format);
    status = RtlpDebugPrint("", ComponentId, Level, Format, arguments);
    RTLP_VA_END(arguments);
    return (ULONG)status;
}

// As DbgPrint; nobody presses Ctrl+C here.
DDI ULONG
DbgPrintReturnControlC(_In_z_ PCCH Format, ...)
{
    RTLP_VA_LIST arguments;
    NTSTATUS status;

    RTLP_VA_START(arguments, Format);
    status = RtlpDebugPrint("", RTLP_DEFAULT_COMPONENT, RTLP_INFO_LEVEL, Format, arguments);
    RTLP_VA_END(arguments);
    return (ULONG)status;
}

DDI ULONG
vDbgPrintEx(_In_ ULONG ComponentId, _In_ ULONG Level, _In_z_ PCCH Format, _In_ RTLP_VA_LIST arglist)
{
    return (ULONG)RtlpDebugPrint("", ComponentId, Level, Format, arglist);
}

DDI ULONG
vDbgPrintExWithPrefix(_In_z_ PCCH Prefix,
                      _In_ ULONG ComponentId,
                      _In_ ULONG Level,
                      _In_z_ PCCH Format,
                      _In_ RTLP_VA_LIST arglist)
{
    return (ULONG)RtlpDebugPrint(Prefix, ComponentId, Level, Format, arglist);
}

// What the ASSERT macro of wdm.h calls in checked drivers: prints, then breaks into the debugger.
// Without one the driver goes on, as when the user answers "ignore".
DDI VOID
RtlAssert(_In_ PVOID VoidFailedAssertion,
          _In_ PVOID VoidFileName,
          _In_ ULONG LineNumber,
          _In_opt_ PSTR MutableMessage)
{
    DbgPrint("\n*** Assertion failed: %s%s\n***   Source File: %s, line %u\n\n",
             MutableMessage == NULL ? "" : MutableMessage, (PCSTR)VoidFailedAssertion,
             (PCSTR)VoidFileName, LineNumber);
    if (RtlHooks.BreakPoint != NULL)
    {
        RtlHooks.BreakPoint(0);
    }
}
