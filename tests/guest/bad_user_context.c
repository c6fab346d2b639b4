// SPDX-License-Identifier: MIT
// Touches a user's buffer in a work item, which runs in the system process. The obeying request
// locks it with an MDL first.
//
// Page: kernel/using-neither-buffered-nor-direct-i-o.md
// Run: open \\.\Bad
// Run: ioctl 0x222003 in:01020304
// Run: ioctl 0x222007 in:01020304
// Status: 3
// Report: name=^SYSTEM_THREAD_EXCEPTION_NOT_HANDLED$
// Report: rule=user memory was touched in another process
// Report: subject=is user memory of another process
// Report: driver=^bad_user_context.sys$
// Report: stack.function=^WorkRoutine$
// Report: page=^kernel/using-neither-buffered-nor-direct-i-o.md$
#define IOCTL_OBEY  0x222003
#define IOCTL_BREAK 0x222007
#include "bad.h"

static volatile ULONG *address;
static volatile ULONG value;
static KEVENT done;

static IO_WORKITEM_ROUTINE WorkRoutine;

static VOID
WorkRoutine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
    value = *address;
    KeSetEvent(&done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS
ReadElsewhere(PDEVICE_OBJECT DeviceObject)
{
    PIO_WORKITEM item = IoAllocateWorkItem(DeviceObject);

    if (item == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoQueueWorkItem(item, WorkRoutine, DelayedWorkQueue, NULL);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    IoFreeWorkItem(item);
    return value == 0x04030201 ? STATUS_SUCCESS : STATUS_DATA_ERROR;
}

static NTSTATUS
Obey(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PVOID user = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.Type3InputBuffer;
    PMDL mdl = IoAllocateMdl(user, sizeof(ULONG), FALSE, FALSE, NULL);
    NTSTATUS status;

    __try
    {
        MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        IoFreeMdl(mdl);
        return GetExceptionCode();
    }
    address = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
    status = ReadElsewhere(DeviceObject);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    return status;
}

static NTSTATUS
Break(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    address = IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.Type3InputBuffer;
    return ReadElsewhere(DeviceObject);
}
