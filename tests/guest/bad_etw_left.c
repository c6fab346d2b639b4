// SPDX-License-Identifier: MIT
// Is unloaded with its event provider registered: whoever enables tracing then calls code that is
// gone.
//
// Page: NF:wdm.EtwUnregister
// Run: open \\.\Bad
// Run: ioctl 0x222000
// Run: ioctl 0x222004
// Run: close
// Run: unload bad_etw_left
// Status: 4
// Report: driver=^bad_etw_left.sys$
// Report: leaks.what=^event provider$
#include "bad.h"

static ETWENABLECALLBACK OnEnable;
static REGHANDLE left;

static VOID
OnEnable(LPCGUID SourceId,
         ULONG ControlCode,
         UCHAR Level,
         ULONGLONG MatchAnyKeyword,
         ULONGLONG MatchAllKeyword,
         PEVENT_FILTER_DESCRIPTOR FilterData,
         PVOID CallbackContext)
{
    UNREFERENCED_PARAMETER(SourceId);
    UNREFERENCED_PARAMETER(ControlCode);
    UNREFERENCED_PARAMETER(Level);
    UNREFERENCED_PARAMETER(MatchAnyKeyword);
    UNREFERENCED_PARAMETER(MatchAllKeyword);
    UNREFERENCED_PARAMETER(FilterData);
    UNREFERENCED_PARAMETER(CallbackContext);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    static const GUID id = {.Data1 = 1};
    REGHANDLE provider;
    NTSTATUS status = EtwRegister(&id, OnEnable, NULL, &provider);

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return NT_SUCCESS(status) ? EtwUnregister(provider) : status;
}

static NOINLINE NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    static const GUID id = {.Data1 = 2};

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return EtwRegister(&id, OnEnable, NULL, &left);
}
