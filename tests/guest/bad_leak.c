// SPDX-License-Identifier: MIT
// Unloads and leaves everything behind that can be left.
//
// Page: kernel/writing-an-unload-routine.md
// Page: NF:wdm.IoDeleteDevice
// Page: NF:wdm.KeCancelTimer
// Page: NF:wdm.ZwClose
// Run: open \\.\Bad
// Run: ioctl 0x222004
// Run: close
// Status: 4
// Report: kind=^leak$
// Report: driver=^bad_leak.sys$
// Report: leaks.what=^pool$
// Report: leaks.what=^device$
// Report: leaks.what=^symbolic link$
// Report: leaks.what=^timer$
// Report: leaks.what=^thread$
// Report: leaks.what=^handle$
// Report: leaks.detail=tag 'TBad', 40 bytes, nonpaged
// Report: leaks.detail=Device.Bad
// Report: leaks.count=^3$
// Report: leaks.stack.function=^(Leak|Allocate)$
#define BAD_CLEANUP() ((void)0)
#include "bad.h"

static KTIMER timer;
static KDPC dpc;
static KEVENT never;
static KDEFERRED_ROUTINE DpcRoutine;
static KSTART_ROUTINE ThreadRoutine;

static VOID
DpcRoutine(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}

static VOID
ThreadRoutine(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
    (void)KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static NOINLINE BOOLEAN
Allocate(void)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, 40, 'daBT') != NULL;
}

static NOINLINE NTSTATUS
Leak(void)
{
    LARGE_INTEGER due;
    HANDLE handle;

    for (ULONG i = 0; i < 3; i++)
    {
        if (!Allocate())
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    KeInitializeTimer(&timer);
    KeInitializeDpc(&dpc, DpcRoutine, NULL);
    due.QuadPart = -600000000LL;
    (void)KeSetTimer(&timer, due, &dpc);
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    return PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine, NULL);
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);

    return Leak();
}
