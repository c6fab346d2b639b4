// SPDX-License-Identifier: MIT
// The services rtl uses, with what happens when one is missing, and the failure of assertions. Owns
// RtlHooks and RtlVersion, both written once at boot.
#include "rtlp.h"

#include "assert.h"

RTLP_HOOKS RtlHooks;

RTLP_VERSION RtlVersion = {
    .MajorVersion = 10,
    .MinorVersion = 0,
    .BuildNumber = 19045,
    .SuiteMask = 0x100, // VER_SUITE_SINGLEUSERTS, as every client edition reports
    .ProductType = 1    // VER_NT_WORKSTATION
};

__attribute__((weak)) void
RtlAssertFailed(const char *File, int Line, const char *Text, ULONG64 A, ULONG64 B)
{
    if (RtlHooks.AssertFailed != NULL)
    {
        RtlHooks.AssertFailed(File, Line, Text, A, B);
    }
    __builtin_trap();
}

PVOID
RtlpAllocateString(SIZE_T NumberOfBytes)
{
    if (RtlHooks.AllocatePool == NULL)
    {
        return NULL;
    }
    return RtlHooks.AllocatePool(NumberOfBytes == 0 ? 1 : NumberOfBytes, RTLP_STRING_TAG);
}

VOID
RtlpFreeString(PVOID Buffer)
{
    if (RtlHooks.FreePool != NULL)
    {
        RtlHooks.FreePool(Buffer, RTLP_STRING_TAG);
    }
}

VOID
RtlpRaiseStatus(NTSTATUS Status)
{
    if (RtlHooks.RaiseStatus != NULL)
    {
        RtlHooks.RaiseStatus(Status);
    }
    RtlAssertFailed(__FILE__, __LINE__, "exception raised before the dispatcher exists",
                    (ULONG)Status, 0);
}
