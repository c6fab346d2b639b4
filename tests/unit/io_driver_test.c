// SPDX-License-Identifier: MIT
// What a driver does besides answering requests: IRPs of its own, cancel-safe queues, StartIo,
// remove locks, work items, timers, exclusive devices, attaching by name, unloading.
#include "io_kit.h"

#define IOCTL_NOW   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_LATER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x901, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_FAIL  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x902, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_QUEUE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x903, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_START CTL_CODE(FILE_DEVICE_UNKNOWN, 0x904, METHOD_BUFFERED, FILE_ANY_ACCESS)

static PDEVICE_OBJECT Device;
static PIRP Later;
static KTIMER Timer;
static KDPC Dpc;
static ULONG Starts, Depth, MaximumDepth, Unloads, Ticks, Work;
static BOOLEAN NextFromStartIo;
static IO_CSQ Csq;
static LIST_ENTRY CsqList;
static KSPIN_LOCK CsqLock;
static ULONG CsqCancelled;

static NTSTATUS
Finish(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static VOID DDI_CALLBACK
OnTimer(PKDPC Object, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    (void)Object, (void)Context, (void)Argument1, (void)Argument2;
    PIRP irp = Later;
    Later = NULL;
    if (irp != NULL)
    {
        memset(irp->AssociatedIrp.SystemBuffer, 'l', 4);
        Finish(irp, STATUS_SUCCESS, 4);
    }
}

// ---- cancel-safe queue
// ---------------------------------------------------------------------------

static VOID DDI_CALLBACK
CsqInsert(PIO_CSQ Queue, PIRP Irp)
{
    (void)Queue;
    InsertTailList(&CsqList, &Irp->Tail.Overlay.ListEntry);
}

static VOID DDI_CALLBACK
CsqRemove(PIO_CSQ Queue, PIRP Irp)
{
    (void)Queue;
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

static PIRP DDI_CALLBACK
CsqPeek(PIO_CSQ Queue, PIRP Irp, PVOID Context)
{
    (void)Queue, (void)Context;
    PLIST_ENTRY next = Irp == NULL ? CsqList.Flink : Irp->Tail.Overlay.ListEntry.Flink;
    return next == &CsqList ? NULL : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

static VOID DDI_CALLBACK
CsqAcquire(PIO_CSQ Queue, PKIRQL Irql)
{
    (void)Queue;
    *Irql = KeAcquireSpinLockRaiseToDpc(&CsqLock);
}

static VOID DDI_CALLBACK
CsqRelease(PIO_CSQ Queue, KIRQL Irql)
{
    (void)Queue;
    KeReleaseSpinLock(&CsqLock, Irql);
}

static VOID DDI_CALLBACK
CsqComplete(PIO_CSQ Queue, PIRP Irp)
{
    (void)Queue;
    CsqCancelled++;
    Finish(Irp, STATUS_CANCELLED, 0);
}

// ---- dispatch
// ------------------------------------------------------------------------------------

static VOID DDI_CALLBACK
StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    Starts++;
    Depth++;
    MaximumDepth = Depth > MaximumDepth ? Depth : MaximumDepth;
    if (NextFromStartIo)
    {
        IoStartNextPacket(DeviceObject, FALSE);
        Finish(Irp, STATUS_SUCCESS, 0);
    }
    Depth--;
}

static NTSTATUS
Control(PIRP Irp)
{
    LARGE_INTEGER due = {.QuadPart = -20000};
    switch (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_NOW:
        memset(Irp->AssociatedIrp.SystemBuffer, 'n', 4);
        return Finish(Irp, STATUS_SUCCESS, 4);
    case IOCTL_LATER:
        IoMarkIrpPending(Irp);
        Later = Irp;
        KeSetTimer(&Timer, due, &Dpc);
        return STATUS_PENDING;
    case IOCTL_QUEUE:
        IoCsqInsertIrp(&Csq, Irp, NULL);
        return STATUS_PENDING;
    case IOCTL_START:
        IoMarkIrpPending(Irp);
        IoStartPacket(Device, Irp, NULL, NULL);
        return STATUS_PENDING;
    default:
        return Finish(Irp, STATUS_UNSUCCESSFUL, 0);
    }
}

static NTSTATUS DDI_CALLBACK
Dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    (void)DeviceObject;
    switch (stack->MajorFunction)
    {
    case IRP_MJ_READ:
        memset(Irp->AssociatedIrp.SystemBuffer, 'r', stack->Parameters.Read.Length);
        return Finish(Irp, STATUS_SUCCESS, stack->Parameters.Read.Length);
    case IRP_MJ_DEVICE_CONTROL:
        return Control(Irp);
    default:
        return Finish(Irp, STATUS_SUCCESS, 0);
    }
}

static VOID DDI_CALLBACK
Unload(PDRIVER_OBJECT DriverObject)
{
    (void)DriverObject;
    Unloads++;
    IoDeleteDevice(Device);
}

static NTSTATUS DDI_CALLBACK
Entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name;
    (void)RegistryPath;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        DriverObject->MajorFunction[i] = Dispatch;
    }
    DriverObject->DriverUnload = Unload;
    DriverObject->DriverStartIo = StartIo;
    KeInitializeTimer(&Timer);
    KeInitializeDpc(&Dpc, OnTimer, NULL);
    InitializeListHead(&CsqList);
    IoCsqInitialize(&Csq, CsqInsert, CsqRemove, CsqPeek, CsqAcquire, CsqRelease, CsqComplete);
    RtlInitUnicodeString(&name, L"\\Device\\Own");
    NTSTATUS status =
        IoCreateDevice(DriverObject, 64, &name, FILE_DEVICE_UNKNOWN, 0, TRUE, &Device);
    if (NT_SUCCESS(status))
    {
        Device->Flags |= DO_BUFFERED_IO;
    }
    return status;
}

// ---- IRPs of its own
// -----------------------------------------------------------------------------

typedef struct _RESULTS
{
    NTSTATUS Status[8];
    IO_STATUS_BLOCK Iosb[8];
    UCHAR Buffer[8][8];
    ULONG Count;
} RESULTS;

static void
BuildRoutine(void *Context)
{
    static const ULONG codes[] = {IOCTL_NOW, IOCTL_LATER, IOCTL_FAIL};
    RESULTS *results = Context;
    LARGE_INTEGER offset = {.QuadPart = 0};
    KEVENT event;
    KeInitializeEvent(&event, SynchronizationEvent, FALSE);
    for (ULONG i = 0; i < 4; i++)
    {
        PIRP irp =
            i < 3 ? IoBuildDeviceIoControlRequest(codes[i], Device, NULL, 0, results->Buffer[i], 4,
                                                  FALSE, &event, &results->Iosb[i])
                  : IoBuildSynchronousFsdRequest(IRP_MJ_READ, Device, results->Buffer[i], 8,
                                                 &offset, &event, &results->Iosb[i]);
        if (irp == NULL)
        {
            return;
        }
        results->Status[i] = IofCallDriver(Device, irp);
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
        results->Count++;
    }
}

// Proves: NF:wdm.IoBuildDeviceIoControlRequest, NF:wdm.IoBuildSynchronousFsdRequest
static void
TestThreadedIrps(void **State)
{
    RESULTS results = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, BuildRoutine, &results), KiRunDone);
    assert_int_equal(results.Count, 4);
    assert_int_equal(results.Status[0], STATUS_SUCCESS);
    assert_int_equal(results.Iosb[0].Information, 4);
    assert_memory_equal(results.Buffer[0], "nnnn", 4);
    assert_int_equal(results.Status[1], STATUS_PENDING);
    assert_memory_equal(results.Buffer[1], "llll", 4);
    assert_int_equal(results.Iosb[1].Status, STATUS_SUCCESS);
    assert_int_equal((ULONG)results.Status[2], (ULONG)STATUS_UNSUCCESSFUL);
    assert_int_equal((ULONG)results.Iosb[2].Status, (ULONG)STATUS_UNSUCCESSFUL);
    assert_memory_equal(results.Buffer[3], "rrrrrrrr", 8);
    assert_true(IsListEmpty(&KitThread->IrpList));
}

static NTSTATUS DDI_CALLBACK
KeepIrp(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject, (void)Irp;
    ++*(ULONG *)Context;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS DDI_CALLBACK
FreeAsynchronous(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject;
    ++*(ULONG *)Context;
    ExFreePoolWithTag(Irp->AssociatedIrp.SystemBuffer, 0);
    IoFreeIrp(Irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static void
OwnRoutine(void *Context)
{
    RESULTS *results = Context;
    LARGE_INTEGER offset = {.QuadPart = 0};
    PIRP irp = IoAllocateIrp(Device->StackSize, FALSE);
    for (ULONG i = 0; i < 3; i++)
    {
        PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
        stack->MajorFunction = IRP_MJ_READ;
        stack->Parameters.Read.Length = 8;
        irp->AssociatedIrp.SystemBuffer = results->Buffer[i];
        IoSetCompletionRoutine(irp, KeepIrp, &results->Count, TRUE, TRUE, TRUE);
        results->Status[i] = IofCallDriver(Device, irp);
        IoReuseIrp(irp, STATUS_SUCCESS);
    }
    IoFreeIrp(irp);
    irp = IoBuildAsynchronousFsdRequest(IRP_MJ_READ, Device, results->Buffer[4], 8, &offset, NULL);
    IoSetCompletionRoutine(irp, FreeAsynchronous, &results->Count, TRUE, TRUE, TRUE);
    results->Status[4] = IofCallDriver(Device, irp);
}

// Proves: NF:wdm.IoReuseIrp, NF:wdm.IoBuildAsynchronousFsdRequest
static void
TestOwnIrps(void **State)
{
    RESULTS results = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, OwnRoutine, &results), KiRunDone);
    assert_int_equal(results.Count, 4);
    assert_memory_equal(results.Buffer[2], "rrrrrrrr", 8);
    assert_int_equal(results.Status[4], STATUS_SUCCESS);
}

static void
MasterRoutine(void *Context)
{
    RESULTS *results = Context;
    PIRP master = IoAllocateIrp(Device->StackSize + 1, FALSE);
    IoSetCompletionRoutine(master, KeepIrp, &results->Count, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(master);
    master->AssociatedIrp.IrpCount = 3;
    for (ULONG i = 0; i < 3; i++)
    {
        PIRP irp = IoMakeAssociatedIrp(master, Device->StackSize);
        PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
        stack->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
        results->Status[i] = IofCallDriver(Device, irp);
        results->Iosb[i].Information = results->Count;
    }
    IoFreeIrp(master);
}

// Proves: NF:ntddk.IoMakeAssociatedIrp (the last one completes the master)
static void
TestAssociatedIrps(void **State)
{
    RESULTS results = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, MasterRoutine, &results), KiRunDone);
    assert_int_equal(results.Iosb[1].Information, 0);
    assert_int_equal(results.Iosb[2].Information, 1);
}

// ---- queues
// --------------------------------------------------------------------------------------

static PIRP
SendOwn(ULONG Code, PULONG Count)
{
    PIRP irp = IoAllocateIrp(Device->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    stack->Parameters.DeviceIoControl.IoControlCode = Code;
    IoSetCompletionRoutine(irp, KeepIrp, Count, TRUE, TRUE, TRUE);
    IofCallDriver(Device, irp);
    return irp;
}

static void
CsqRoutine(void *Context)
{
    RESULTS *results = Context;
    PIRP irps[3];
    for (ULONG i = 0; i < 3; i++)
    {
        irps[i] = SendOwn(IOCTL_QUEUE, &results->Count);
    }
    results->Buffer[0][0] = IoCancelIrp(irps[1]);
    results->Iosb[0].Information = results->Count;
    results->Buffer[0][1] = IoCsqRemoveNextIrp(&Csq, NULL) == irps[0];
    Finish(irps[0], STATUS_SUCCESS, 0);
    results->Buffer[0][2] = IoCsqRemoveNextIrp(&Csq, NULL) == irps[2];
    Finish(irps[2], STATUS_SUCCESS, 0);
    results->Buffer[0][3] = IoCsqRemoveNextIrp(&Csq, NULL) == NULL;
    for (ULONG i = 0; i < 3; i++)
    {
        results->Status[i] = irps[i]->IoStatus.Status;
        IoFreeIrp(irps[i]);
    }
}

// Proves: KERNEL:cancel-safe-irp-queues
static void
TestCancelSafeQueue(void **State)
{
    RESULTS results = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, CsqRoutine, &results), KiRunDone);
    assert_memory_equal(results.Buffer[0], "\1\1\1\1", 4);
    assert_int_equal(results.Iosb[0].Information, 1);
    assert_int_equal(results.Count, 3);
    assert_int_equal(CsqCancelled, 1);
    assert_int_equal((ULONG)results.Status[1], (ULONG)STATUS_CANCELLED);
}

static void
StartRoutine(void *Context)
{
    RESULTS *results = Context;
    PIRP irps[4];
    KIRQL irql;
    NextFromStartIo = FALSE;
    for (ULONG i = 0; i < 4; i++)
    {
        irps[i] = SendOwn(IOCTL_START, &results->Count);
    }
    results->Iosb[0].Information = Starts;
    NextFromStartIo = TRUE;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(Device, FALSE);
    KeLowerIrql(irql);
    Finish(irps[0], STATUS_SUCCESS, 0);
    results->Iosb[1].Information = Starts;
    results->Buffer[0][0] = Device->DeviceQueue.Busy;
    for (ULONG i = 0; i < 4; i++)
    {
        IoFreeIrp(irps[i]);
    }
}

// Proves: KERNEL:setting-up-and-using-device-queues, KERNEL:writing-a-startio-routine
static void
TestStartIo(void **State)
{
    (void)State;
    for (ULONG deferred = 0; deferred <= 1; deferred++)
    {
        RESULTS results = {0};
        Starts = MaximumDepth = 0;
        IoSetStartIoAttributes(Device, (BOOLEAN)deferred, FALSE);
        assert_int_equal(KitRun(KernelMode, StartRoutine, &results), KiRunDone);
        assert_int_equal(results.Iosb[0].Information, 1);
        assert_int_equal(results.Iosb[1].Information, 4);
        assert_int_equal(results.Count, 4);
        assert_int_equal(results.Buffer[0][0], FALSE);
        assert_int_equal(MaximumDepth, deferred ? 1 : 3);
    }
    IoSetStartIoAttributes(Device, FALSE, FALSE);
}

// ---- locks, work items, timers
// -------------------------------------------------------------------

static IO_REMOVE_LOCK Lock;

static VOID DDI_CALLBACK
WorkRoutine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    (void)Context;
    Work += DeviceObject == Device;
    IoReleaseRemoveLockEx(&Lock, NULL, sizeof(Lock));
}

static void
LockRoutine(void *Context)
{
    RESULTS *results = Context;
    PIO_WORKITEM item = IoAllocateWorkItem(Device);
    IoInitializeRemoveLockEx(&Lock, 'tseT', 0, 0, sizeof(Lock));
    results->Status[0] = IoAcquireRemoveLockEx(&Lock, NULL, "", 0, sizeof(Lock));
    results->Status[1] = IoAcquireRemoveLockEx(&Lock, NULL, "", 0, sizeof(Lock));
    IoQueueWorkItem(item, WorkRoutine, DelayedWorkQueue, NULL);
    IoReleaseRemoveLockAndWaitEx(&Lock, NULL, sizeof(Lock));
    results->Iosb[0].Information = Work;
    results->Status[2] = IoAcquireRemoveLockEx(&Lock, NULL, "", 0, sizeof(Lock));
    IoFreeWorkItem(item);
}

// Proves: KERNEL:using-remove-locks, NF:wdm.IoQueueWorkItem
static void
TestRemoveLockAndWorkItem(void **State)
{
    RESULTS results = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, LockRoutine, &results), KiRunDone);
    assert_int_equal(results.Status[0], STATUS_SUCCESS);
    assert_int_equal(results.Status[1], STATUS_SUCCESS);
    assert_int_equal(results.Iosb[0].Information, 1);
    assert_int_equal((ULONG)results.Status[2], (ULONG)STATUS_DELETE_PENDING);
}

static VOID DDI_CALLBACK
Tick(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    if (++Ticks == 3)
    {
        IoStopTimer(DeviceObject);
    }
    (void)Context;
}

static void
TimerRoutine(void *Context)
{
    *(NTSTATUS *)Context = IoInitializeTimer(Device, Tick, NULL);
    IoStartTimer(Device);
}

// Proves: KERNEL:registering-and-enabling-an-iotimer-routine (once a second; a stopped timer costs
// nothing)
static void
TestIoTimer(void **State)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    LONGLONG start = KiQueryTime();
    (void)State;
    assert_int_equal(KitRun(KernelMode, TimerRoutine, &status), KiRunDone);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(KitRunUntil(start + 25000000), KiRunLimit);
    assert_int_equal(Ticks, 2);
    assert_int_equal(KitRunUntil(KI_NO_LIMIT), KiRunIdle);
    assert_int_equal(Ticks, 3);
    assert_true(KiQueryTime() < start + 40000000);
}

// ---- names, handles, unload
// ----------------------------------------------------------------------

typedef struct _OPENED
{
    HANDLE Handle;
    NTSTATUS Status;
    PFILE_OBJECT File;
    PDEVICE_OBJECT Found;
    FILE_POSITION_INFORMATION Position;
    ULONG Mode;
    IO_STATUS_BLOCK Iosb;
} OPENED;

static void
OpenRoutine(void *Context)
{
    OPENED *opened = Context;
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(&name, L"\\Device\\Own");
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    opened->Status = ZwOpenFile(&opened->Handle, FILE_READ_DATA | SYNCHRONIZE, &attributes,
                                &opened->Iosb, 0, FILE_SYNCHRONOUS_IO_NONALERT);
}

static void
CloseRoutine(void *Context)
{
    ((OPENED *)Context)->Status = ZwClose(((OPENED *)Context)->Handle);
}

static void
PointerRoutine(void *Context)
{
    OPENED *opened = Context;
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, L"\\Device\\Own");
    opened->Status = IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &opened->File, &opened->Found);
}

static void
DropRoutine(void *Context)
{
    ObfDereferenceObject(((OPENED *)Context)->File);
}

// Proves: KERNEL:specifying-exclusive-access-to-device-objects, NF:wdm.IoGetDeviceObjectPointer
static void
TestExclusive(void **State)
{
    OPENED first = {0}, second = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &first), KiRunDone);
    assert_int_equal(first.Status, STATUS_SUCCESS);
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &second), KiRunDone);
    assert_int_equal((ULONG)second.Status, (ULONG)STATUS_ACCESS_DENIED);
    assert_int_equal(KitRun(KernelMode, CloseRoutine, &first), KiRunDone);
    assert_int_equal(KitRun(KernelMode, PointerRoutine, &second), KiRunDone);
    assert_int_equal(second.Status, STATUS_SUCCESS);
    assert_ptr_equal(second.Found, Device);
    assert_int_equal(Device->ReferenceCount, 1);
    assert_int_equal(KitRun(KernelMode, DropRoutine, &second), KiRunDone);
    assert_int_equal(Device->ReferenceCount, 0);
}

static void
InformationRoutine(void *Context)
{
    OPENED *opened = Context;
    FILE_POSITION_INFORMATION position = {.CurrentByteOffset = {.QuadPart = 4096}};
    UCHAR buffer[16];
    opened->Status = ZwSetInformationFile(opened->Handle, &opened->Iosb, &position,
                                          sizeof(position), FilePositionInformation);
    if (NT_SUCCESS(opened->Status))
    {
        opened->Status = ZwReadFile(opened->Handle, NULL, NULL, NULL, &opened->Iosb, buffer,
                                    sizeof(buffer), NULL, NULL);
    }
    if (NT_SUCCESS(opened->Status))
    {
        opened->Status = ZwQueryInformationFile(opened->Handle, &opened->Iosb, &opened->Position,
                                                sizeof(opened->Position), FilePositionInformation);
    }
    if (NT_SUCCESS(opened->Status))
    {
        opened->Status = ZwQueryInformationFile(opened->Handle, &opened->Iosb, &opened->Mode,
                                                sizeof(opened->Mode), FileModeInformation);
    }
}

// Proves: NF:wdm.ZwQueryInformationFile, NF:wdm.ZwSetInformationFile
static void
TestInformation(void **State)
{
    OPENED opened = {0};
    (void)State;
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &opened), KiRunDone);
    assert_int_equal(KitRun(KernelMode, InformationRoutine, &opened), KiRunDone);
    assert_int_equal(opened.Status, STATUS_SUCCESS);
    assert_int_equal(opened.Position.CurrentByteOffset.QuadPart, 4096 + 16);
    assert_int_equal(opened.Mode, FILE_SYNCHRONOUS_IO_NONALERT);
    assert_int_equal(KitRun(KernelMode, CloseRoutine, &opened), KiRunDone);
}

static void
UnloadRoutine(void *Context)
{
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, L"00000001");
    *(NTSTATUS *)Context = IoUnloadDriverByName(&name);
}

// Proves: KERNEL:unload-routine-environment (an open handle delays the unload and nothing new
// opens)
static void
TestUnload(void **State)
{
    OPENED opened = {0}, late = {0};
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    (void)State;
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &opened), KiRunDone);
    assert_int_equal(KitRun(KernelMode, UnloadRoutine, &status), KiRunDone);
    assert_int_equal(status, STATUS_PENDING);
    assert_int_equal(Unloads, 0);
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &late), KiRunDone);
    assert_int_equal((ULONG)late.Status, (ULONG)STATUS_NO_SUCH_DEVICE);
    assert_int_equal(KitRun(KernelMode, CloseRoutine, &opened), KiRunDone);
    assert_int_equal(Unloads, 1);
    assert_int_equal(KitRun(KernelMode, OpenRoutine, &late), KiRunDone);
    assert_int_equal((ULONG)late.Status, (ULONG)STATUS_OBJECT_NAME_NOT_FOUND);
}

// Proves: NF:wdm.IoCheckShareAccess
static void
TestShareAccess(void **State)
{
    SHARE_ACCESS share;
    FILE_OBJECT first = {0}, second = {0};
    (void)State;
    IoSetShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &first, &share);
    assert_int_equal(share.OpenCount, 1);
    assert_int_equal((ULONG)IoCheckShareAccess(FILE_WRITE_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                               &second, &share, TRUE),
                     (ULONG)STATUS_SHARING_VIOLATION);
    assert_int_equal((ULONG)IoCheckShareAccess(FILE_READ_DATA, 0, &second, &share, TRUE),
                     (ULONG)STATUS_SHARING_VIOLATION);
    assert_int_equal(IoCheckShareAccess(FILE_READ_DATA, FILE_SHARE_READ, &second, &share, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(share.OpenCount, 2);
    IoRemoveShareAccess(&first, &share);
    IoRemoveShareAccess(&second, &share);
    assert_int_equal(share.OpenCount, 0);
    assert_int_equal(share.SharedRead, 0);
}

static int
Setup(void **State)
{
    return KitBoot(State) == 0 && KitLoad(Entry) == STATUS_SUCCESS ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(TestThreadedIrps),   cmocka_unit_test(TestOwnIrps),
        cmocka_unit_test(TestAssociatedIrps), cmocka_unit_test(TestCancelSafeQueue),
        cmocka_unit_test(TestStartIo),        cmocka_unit_test(TestRemoveLockAndWorkItem),
        cmocka_unit_test(TestIoTimer),        cmocka_unit_test(TestExclusive),
        cmocka_unit_test(TestInformation),    cmocka_unit_test(TestShareAccess),
        cmocka_unit_test(TestUnload),
    };
    return cmocka_run_group_tests(tests, Setup, NULL);
}
