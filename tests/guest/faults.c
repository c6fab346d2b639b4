// SPDX-License-Identifier: MIT
// Asks for everything that can be refused, and lives without it: each call is checked, and what was
// got before is given back. Run as it is, and with every fault (tests/cli/faults_test.py).
// Pages: NF:wdm.IoAllocateIrp, NF:wdm.IoAllocateMdl, NF:wdm.IoAllocateWorkItem,
// NF:wdm.PsCreateSystemThread, NF:wdm.MmMapIoSpace, NF:wdm.IoBuildDeviceIoControlRequest
// Run: assert pool == 0; assert irps == 0
#include <ntifs.h>

#define TAG 'tluF'

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
KSTART_ROUTINE ThreadRoutine;

static UNICODE_STRING deviceName = RTL_CONSTANT_STRING(L"\\Device\\Faults");
static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\Faults");
static ULONG refused;

static PVOID
Got(PVOID Pointer)
{
    if (Pointer == NULL)
        refused++;
    return Pointer;
}

static BOOLEAN
Done(NTSTATUS Status)
{
    if (Status == STATUS_INSUFFICIENT_RESOURCES)
        refused++;
    else if (!NT_SUCCESS(Status))
        DbgPrint("Faults: unexpected status %x\n", Status);
    return NT_SUCCESS(Status);
}

static VOID
TryPool(VOID)
{
    static const POOL_FLAGS flags[] = {POOL_FLAG_NON_PAGED, POOL_FLAG_PAGED,
                                       POOL_FLAG_NON_PAGED | POOL_FLAG_CACHE_ALIGNED};
    PVOID block;

    for (ULONG i = 0; i < RTL_NUMBER_OF(flags); i++)
    {
        block = Got(ExAllocatePool2(flags[i], 100 + 5000 * i, TAG));
        if (block != NULL)
            ExFreePoolWithTag(block, TAG);
    }
    block = Got(ExAllocatePoolWithTag(NonPagedPoolNx, 32, TAG));
    if (block != NULL)
        ExFreePoolWithTag(block, TAG);
}

// Two ways to be told by an exception, as the pages of the two say.
static VOID
TryRaise(VOID)
{
    __try
    {
        ExFreePoolWithTag(
            ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE, 16, TAG), TAG);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        if (GetExceptionCode() == STATUS_INSUFFICIENT_RESOURCES)
            refused++;
    }
    __try
    {
        ExFreePoolWithTag(
            ExAllocatePoolWithTag(NonPagedPoolNx | POOL_RAISE_IF_ALLOCATION_FAILURE, 16, TAG), TAG);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        if (GetExceptionCode() == STATUS_INSUFFICIENT_RESOURCES)
            refused++;
    }
}

static VOID
TryMdl(VOID)
{
    PVOID block = Got(ExAllocatePool2(POOL_FLAG_PAGED, 3 * PAGE_SIZE, TAG));
    PMDL mdl;

    if (block == NULL)
        return;
    mdl = Got(IoAllocateMdl(block, 3 * PAGE_SIZE, FALSE, FALSE, NULL));
    if (mdl != NULL)
    {
        __try
        {
            MmProbeAndLockPages(mdl, KernelMode, IoModifyAccess);
            (VOID) Got(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));
            MmUnlockPages(mdl);
        }
        __except (EXCEPTION_EXECUTE_HANDLER)
        {
            refused++;
        }
        IoFreeMdl(mdl);
    }
    ExFreePoolWithTag(block, TAG);
}

static VOID
TryIo(PDRIVER_OBJECT Driver)
{
    PDEVICE_OBJECT device = Driver->DeviceObject;
    PHYSICAL_ADDRESS low = {.QuadPart = 0x1000};
    IO_STATUS_BLOCK iosb;
    PVOID extension, window;
    PIO_WORKITEM item;
    KEVENT event;
    PIRP irp = Got(IoAllocateIrp(3, FALSE));

    if (irp != NULL)
        IoFreeIrp(irp);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = Got(
        IoBuildDeviceIoControlRequest(0x222000, device, NULL, 0, NULL, 0, FALSE, &event, &iosb));
    // Nobody frees a request of a thread but the I/O manager: it is sent.
    if (irp != NULL && IoCallDriver(device, irp) == STATUS_PENDING)
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    item = Got(IoAllocateWorkItem(device));
    if (item != NULL)
        IoFreeWorkItem(item);
    (VOID) Done(IoAllocateDriverObjectExtension(Driver, &linkName, 40, &extension));
    window = Got(MmMapIoSpace(low, PAGE_SIZE, MmNonCached));
    if (window != NULL)
        MmUnmapIoSpace(window, PAGE_SIZE);
}

VOID
ThreadRoutine(PVOID Context)
{
    *(volatile LONG *)Context = 1;
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID
TryThread(VOID)
{
    LONG ran = 0;
    HANDLE handle;
    PVOID thread;

    if (!Done(PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, ThreadRoutine,
                                   &ran)))
        return;
    if (NT_SUCCESS(ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode,
                                             &thread, NULL)))
    {
        KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
        ObDereferenceObject(thread);
    }
    ZwClose(handle);
    if (ran != 1)
        DbgPrint("Faults: the thread did not run\n");
}

static VOID
TryObjects(VOID)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\Faults");
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle, second;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    if (!Done(ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, NotificationEvent, FALSE)))
        return;
    if (Done(ZwOpenEvent(&second, EVENT_ALL_ACCESS, &attributes)))
        ZwClose(second);
    ZwClose(handle);
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 16, &deviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    status = IoCreateSymbolicLink(&linkName, &deviceName);
    if (!NT_SUCCESS(status))
    {
        IoDeleteDevice(device);
        return status;
    }
    Driver->DriverUnload = Unload;
    TryPool();
    TryRaise();
    TryMdl();
    TryIo(Driver);
    TryThread();
    TryObjects();
    DbgPrint("Faults: %u refused\n", refused);
    return STATUS_SUCCESS;
}
