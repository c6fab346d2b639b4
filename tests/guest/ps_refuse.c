// SPDX-License-Identifier: MIT
// A driver refuses a process by its name, and hears of an image before its DriverEntry runs.
// Page: NS:ntddk._PS_CREATE_NOTIFY_INFO, NC:ntddk.PLOAD_IMAGE_NOTIFY_ROUTINE
// Page: NS:ntddk._IMAGE_INFO
// Run: load {guests}/ob_filter_refused.sys
// Run: process start good.exe
// Run: process exit
// Run: process start evil.exe
// Status: 2
// Expect: image ob_filter_refused.sys is system mode, of no process
// Expect: ob_filter_refused: \d+ passed
// Expect: good.exe starts
// Expect: evil.exe is refused
// Expect: STATUS_ACCESS_DENIED
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

static BOOLEAN
Contains(PCUNICODE_STRING Text, PCWSTR Part)
{
    UNICODE_STRING part, window;

    RtlInitUnicodeString(&part, Part);
    for (USHORT i = 0; i + part.Length <= Text->Length; i += sizeof(WCHAR))
    {
        window.Buffer = Text->Buffer + i / sizeof(WCHAR);
        window.Length = window.MaximumLength = part.Length;
        if (RtlEqualUnicodeString(&window, &part, TRUE))
            return TRUE;
    }
    return FALSE;
}

static VOID NTAPI
OnProcess(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    if (CreateInfo == NULL)
        return;
    if (Contains(CreateInfo->ImageFileName, L"evil"))
    {
        DbgPrint("evil.exe is refused\n");
        CreateInfo->CreationStatus = STATUS_ACCESS_DENIED;
        return;
    }
    DbgPrint("good.exe starts\n");
}

static VOID NTAPI
OnImage(PUNICODE_STRING FullImageName, HANDLE ProcessId, PIMAGE_INFO ImageInfo)
{
    IMAGE_INFO_EX *extended = CONTAINING_RECORD(ImageInfo, IMAGE_INFO_EX, ImageInfo);

    EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
    EXPECT(ImageInfo->ImageBase != NULL && ImageInfo->ImageSize != 0);
    EXPECT(*(PUSHORT)ImageInfo->ImageBase == 0x5a4d);
    EXPECT(ImageInfo->ExtendedInfoPresent);
    EXPECT_EQ(extended->Size, sizeof(IMAGE_INFO_EX));
    if (ImageInfo->SystemModeImage && ProcessId == NULL &&
        Contains(FullImageName, L"ob_filter_refused.sys"))
        DbgPrint("image ob_filter_refused.sys is system mode, of no process\n");
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx(OnProcess, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(PsRemoveLoadImageNotifyRoutine(OnImage), STATUS_SUCCESS);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    EXPECT_EQ(PsSetLoadImageNotifyRoutine(OnImage), STATUS_SUCCESS);
    return PsSetCreateProcessNotifyRoutineEx(OnProcess, FALSE);
}
