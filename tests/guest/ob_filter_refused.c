// SPDX-License-Identifier: MIT
// Routines of an image that was not linked with /INTEGRITYCHECK are refused.
// Page: NF:wdm.ObRegisterCallbacks, NF:ntddk.PsSetCreateProcessNotifyRoutineEx
// Run:
// Expect: ob_filter_refused: \d+ passed, 0 failed
// Reject: FAIL
#include <ntifs.h>

#include "check.h"

static OB_PREOP_CALLBACK_STATUS NTAPI
Pre(PVOID Context, POB_PRE_OPERATION_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Information);
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI
Notify(PEPROCESS Process, HANDLE ProcessId, PPS_CREATE_NOTIFY_INFO CreateInfo)
{
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(ProcessId);
    UNREFERENCED_PARAMETER(CreateInfo);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    static const UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"1000");
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, Pre, NULL};
    OB_CALLBACK_REGISTRATION registration = {OB_FLT_REGISTRATION_VERSION, 1, altitude, NULL,
                                             &operation};
    PVOID handle;

    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    EXPECT_EQ(ObRegisterCallbacks(&registration, &handle), STATUS_ACCESS_DENIED);
    EXPECT_EQ(PsSetCreateProcessNotifyRoutineEx(Notify, FALSE), STATUS_ACCESS_DENIED);
    return Finish("ob_filter_refused");
}
