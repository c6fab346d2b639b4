// SPDX-License-Identifier: MIT
// An export driver whose DllUnload takes nothing away. Tests: bad_export_leak.c,
// bad_export_thread.c.
#define LIBRARY_BUILD
#include <ntddk.h>

#include "bad_export_library.h"

DRIVER_INITIALIZE DriverEntry;
static KDEFERRED_ROUTINE TimerDpc;
static KSTART_ROUTINE Thread;

typedef struct _LIBRARY_TIMER
{
    KTIMER Timer;
    KDPC Dpc;
} LIBRARY_TIMER;

static LIBRARY_TIMER *kept;

NTSTATUS
DllInitialize(PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}

NTSTATUS
DllUnload(VOID)
{
    DbgPrint("library: DllUnload\n");
    return STATUS_SUCCESS;
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(Driver);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_UNSUCCESSFUL;
}

static VOID
TimerDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}

NTSTATUS
LibraryKeepTimer(VOID)
{
    LARGE_INTEGER due;

    due.QuadPart = -3600ll * 10000000;
    kept = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*kept), 'xEdB');
    if (kept == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeTimer(&kept->Timer);
    KeInitializeDpc(&kept->Dpc, TimerDpc, NULL);
    KeSetTimer(&kept->Timer, due, &kept->Dpc);
    return STATUS_SUCCESS;
}

VOID
LibraryReturnTimer(VOID)
{
    KeCancelTimer(&kept->Timer);
    ExFreePoolWithTag(kept, 'xEdB');
}

static VOID
Thread(PVOID Context)
{
    LARGE_INTEGER delay;

    UNREFERENCED_PARAMETER(Context);
    delay.QuadPart = -50 * 10000;
    KeDelayExecutionThread(KernelMode, FALSE, &delay);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS
LibraryStartThread(VOID)
{
    HANDLE handle;
    NTSTATUS status =
        PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, Thread, NULL);

    if (NT_SUCCESS(status))
        ZwClose(handle);
    return status;
}
