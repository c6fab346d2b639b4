// SPDX-License-Identifier: MIT
// Unloads with a bug check callback and a processor callback registered.
//
// Page: NF:wdm.KeRegisterBugCheckCallback, NF:wdm.KeRegisterProcessorChangeCallback
// Run:
// Status: 4
// Report: kind=^leak$
// Report: leaks.what=^bug check callback$
// Report: leaks.what=^processor change callback$
// Report: leaks.detail=^left$
#include <ntddk.h>

static KBUGCHECK_CALLBACK_ROUTINE Routine;
static PROCESSOR_CALLBACK_FUNCTION OnProcessor;
static DRIVER_UNLOAD Unload;
static KBUGCHECK_CALLBACK_RECORD record;

static VOID
Routine(PVOID Buffer, ULONG Length)
{
    UNREFERENCED_PARAMETER(Buffer);
    UNREFERENCED_PARAMETER(Length);
}

static VOID
OnProcessor(PVOID Context, PKE_PROCESSOR_CHANGE_NOTIFY_CONTEXT Change, PNTSTATUS Status)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Change);
    UNREFERENCED_PARAMETER(Status);
}

static VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    KeInitializeCallbackRecord(&record);
    if (!KeRegisterBugCheckCallback(&record, Routine, NULL, 0, (PUCHAR) "left") ||
        KeRegisterProcessorChangeCallback(OnProcessor, NULL, 0) == NULL)
        return STATUS_UNSUCCESSFUL;
    return STATUS_SUCCESS;
}
