/* SPDX-License-Identifier: MIT */
/*
 * Start of ps and the version that the system presents. Any IRQL.
 */
#include "psp.h"

ULONG PsMajorVersion = 10;
ULONG PsMinorVersion = 0;
ULONG PsBuildNumber = 19045;

/* Free build; the build number is set when ps starts. */
ULONG NtBuildNumber = 0xF0000000u | 19045;

static PVOID
PspPseudoHandle(HANDLE Handle)
{
    return (ULONG64)Handle == (ULONG64)-1 ? (PVOID)KiCurrentThread()->ApcProcess
                                          : (PVOID)KiCurrentThread();
}

NTSTATUS
PsInitSystem(void)
{
    PspInitSecurity();
    NTSTATUS status = PspInitThreads();
    if (NT_SUCCESS(status))
    {
        status = PspInitProcesses();
    }
    NtBuildNumber = 0xF0000000u | PsBuildNumber;
    ObPseudoHandle = PspPseudoHandle;
    return status;
}

/* Contract: NF:wdm.PsGetVersion. */
DDI BOOLEAN
PsGetVersion(PULONG MajorVersion,
             PULONG MinorVersion,
             PULONG BuildNumber,
             PUNICODE_STRING CSDVersion)
{
    if (MajorVersion != NULL)
    {
        *MajorVersion = PsMajorVersion;
    }
    if (MinorVersion != NULL)
    {
        *MinorVersion = PsMinorVersion;
    }
    if (BuildNumber != NULL)
    {
        *BuildNumber = PsBuildNumber;
    }
    if (CSDVersion != NULL)
    {
        CSDVersion->Length = 0; /* no service pack */
        CSDVersion->MaximumLength = 0;
        CSDVersion->Buffer = NULL;
    }
    return FALSE; /* a free build */
}
