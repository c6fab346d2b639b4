// SPDX-License-Identifier: MIT
// A driver as people write them, to be compiled only: header names in mixed case, function roles
// declared by type, paged code sections, an interrupt, DMA, a cancel-safe queue, power, the
// registry, object and registry callbacks, structured exceptions where the compiler has them.
#include <NTDDK.H>
#include <Wdm.h>
#include <InitGuid.h>
#include <WdmGuid.h>
#include <NtStrSafe.h>

#define SAMPLE_TAG           'lpmS'
#define IOCTL_SAMPLE_ECHO    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_SAMPLE_NEITHER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_NEITHER, FILE_READ_ACCESS)

DEFINE_GUID(GUID_SAMPLE,
            0x6a1c0f5e,
            0x1111,
            0x4222,
            0x83,
            0x33,
            0x44,
            0x44,
            0x55,
            0x55,
            0x66,
            0x66);

typedef struct _SAMPLE_EXTENSION
{
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    PDEVICE_OBJECT Pdo;
    IO_REMOVE_LOCK RemoveLock;
    IO_CSQ Queue;
    LIST_ENTRY Pending;
    KSPIN_LOCK Lock;
    KTIMER Timer;
    KDPC Dpc;
    FAST_MUTEX Mutex;
    PKINTERRUPT Interrupt;
    PDMA_ADAPTER Adapter;
    PULONG Registers;
    UNICODE_STRING InterfaceName;
    NPAGED_LOOKASIDE_LIST Lookaside;
    volatile LONG Count;
    LARGE_INTEGER Cookie;
    PVOID Callbacks;
} SAMPLE_EXTENSION, *PSAMPLE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_ADD_DEVICE SampleAddDevice;
DRIVER_UNLOAD SampleUnload;
_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
DRIVER_DISPATCH SampleCreateClose;
_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
DRIVER_DISPATCH SampleControl;
_Dispatch_type_(IRP_MJ_READ)
DRIVER_DISPATCH SampleRead;
_Dispatch_type_(IRP_MJ_PNP)
DRIVER_DISPATCH SamplePnp;
_Dispatch_type_(IRP_MJ_POWER)
DRIVER_DISPATCH SamplePower;
IO_COMPLETION_ROUTINE SampleComplete;
KSERVICE_ROUTINE SampleIsr;
KDEFERRED_ROUTINE SampleTimerDpc;
IO_DPC_ROUTINE SampleIsrDpc;
IO_WORKITEM_ROUTINE SampleWork;
DRIVER_LIST_CONTROL SampleDma;
IO_CSQ_INSERT_IRP SampleInsert;
IO_CSQ_REMOVE_IRP SampleRemove;
IO_CSQ_PEEK_NEXT_IRP SamplePeek;
IO_CSQ_ACQUIRE_LOCK SampleAcquire;
IO_CSQ_RELEASE_LOCK SampleRelease;
IO_CSQ_COMPLETE_CANCELED_IRP SampleCanceled;
EX_CALLBACK_FUNCTION SampleRegistry;

#if defined(ALLOC_PRAGMA) && defined(__clang__)
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, SampleAddDevice)
#pragma alloc_text(PAGE, SampleUnload)
#endif

_Use_decl_annotations_
VOID
SampleInsert(PIO_CSQ Csq, PIRP Irp)
{
    PSAMPLE_EXTENSION extension = CONTAINING_RECORD(Csq, SAMPLE_EXTENSION, Queue);

    InsertTailList(&extension->Pending, &Irp->Tail.Overlay.ListEntry);
}

VOID
SampleRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

PIRP
SamplePeek(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PSAMPLE_EXTENSION extension = CONTAINING_RECORD(Csq, SAMPLE_EXTENSION, Queue);
    PLIST_ENTRY next = (Irp == NULL) ? extension->Pending.Flink : Irp->Tail.Overlay.ListEntry.Flink;

    UNREFERENCED_PARAMETER(PeekContext);
    return next == &extension->Pending ? NULL
                                       : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
}

VOID
SampleAcquire(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&CONTAINING_RECORD(Csq, SAMPLE_EXTENSION, Queue)->Lock, Irql);
}

VOID
SampleRelease(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&CONTAINING_RECORD(Csq, SAMPLE_EXTENSION, Queue)->Lock, Irql);
}

VOID
SampleCanceled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

BOOLEAN
SampleIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)ServiceContext;

    UNREFERENCED_PARAMETER(Interrupt);
    if ((READ_REGISTER_ULONG(&extension->Registers[1]) & 1) == 0)
    {
        return FALSE;
    }
    WRITE_REGISTER_ULONG(&extension->Registers[1], 1);
    WRITE_PORT_UCHAR((PUCHAR)0x80, (UCHAR)KeGetCurrentIrql());
    return (BOOLEAN)(IoRequestDpc(extension->Self, extension->Self->CurrentIrp, NULL) | TRUE);
}

VOID
SampleIsrDpc(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    IoStartNextPacket(DeviceObject, FALSE);
}

VOID
SampleTimerDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeferredContext;
    PIRP irp = IoCsqRemoveNextIrp(&extension->Queue, NULL);
    LARGE_INTEGER now, ticks;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    KeQuerySystemTime(&now);
    KeQueryTickCount(&ticks);
    KdPrintEx((DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, "tick %I64d\n", ticks.QuadPart));
    if (irp != NULL)
    {
        irp->IoStatus.Status = STATUS_SUCCESS;
        irp->IoStatus.Information = (ULONG_PTR)(now.QuadPart & 1);
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        IoReleaseRemoveLock(&extension->RemoveLock, irp);
    }
}

VOID
SampleDma(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List, PVOID Context)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    for (ULONG i = 0; i < List->NumberOfElements; i++)
    {
        WRITE_REGISTER_ULONG(&extension->Registers[2], List->Elements[i].Address.LowPart);
    }
    extension->Adapter->DmaOperations->PutScatterGatherList(extension->Adapter, List, FALSE);
}

VOID
SampleWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeviceObject->DeviceExtension;
    PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, SAMPLE_TAG);

    ExAcquireFastMutex(&extension->Mutex);
    InterlockedIncrement(&extension->Count);
    ExReleaseFastMutex(&extension->Mutex);
    if (block != NULL)
    {
        RtlFillMemory(block, 64, 0x5a);
        ExFreePoolWithTag(block, SAMPLE_TAG);
    }
    block = ExAllocateFromNPagedLookasideList(&extension->Lookaside);
    if (block != NULL)
    {
        ExFreeToNPagedLookasideList(&extension->Lookaside, block);
    }
    IoFreeWorkItem((PIO_WORKITEM)Context);
}

static NTSTATUS
SampleNeither(PIRP Irp, PIO_STACK_LOCATION Stack)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG length = Stack->Parameters.DeviceIoControl.OutputBufferLength;
    PMDL mdl = IoAllocateMdl(Irp->UserBuffer, length, FALSE, FALSE, NULL);

    if (mdl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
#if defined(_MSC_VER)
    __try
    {
        ProbeForRead(Stack->Parameters.DeviceIoControl.Type3InputBuffer,
                     Stack->Parameters.DeviceIoControl.InputBufferLength, sizeof(UCHAR));
        MmProbeAndLockPages(mdl, Irp->RequestorMode, IoWriteAccess);
    }
    __except (EXCEPTION_EXECUTE_HANDLER)
    {
        status = GetExceptionCode();
    }
#else
    MmProbeAndLockPages(mdl, Irp->RequestorMode, IoWriteAccess);
#endif
    if (NT_SUCCESS(status))
    {
        PVOID address = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);

        if (address != NULL)
        {
            RtlZeroMemory(address, MmGetMdlByteCount(mdl));
        }
        MmUnlockPages(mdl);
    }
    IoFreeMdl(mdl);
    return status;
}

NTSTATUS
SampleControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&extension->RemoveLock, Irp);
    LARGE_INTEGER due;

    if (!NT_SUCCESS(status))
    {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    switch (stack->Parameters.DeviceIoControl.IoControlCode)
    {
    case IOCTL_SAMPLE_ECHO:
        due.QuadPart = -10 * 1000;
        IoMarkIrpPending(Irp);
        IoCsqInsertIrp(&extension->Queue, Irp, NULL);
        KeSetTimer(&extension->Timer, due, &extension->Dpc);
        return STATUS_PENDING;
    case IOCTL_SAMPLE_NEITHER:
        status = SampleNeither(Irp, stack);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&extension->RemoveLock, Irp);
    return status;
}

NTSTATUS
SampleRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    KIRQL oldIrql;
    NTSTATUS status;

    IoMarkIrpPending(Irp);
    KeRaiseIrql(DISPATCH_LEVEL, &oldIrql);
    status = extension->Adapter->DmaOperations->GetScatterGatherList(
        extension->Adapter, DeviceObject, Irp->MdlAddress, MmGetMdlVirtualAddress(Irp->MdlAddress),
        stack->Parameters.Read.Length, SampleDma, extension, FALSE);
    KeLowerIrql(oldIrql);
    NT_ASSERT(extension->Adapter->DmaOperations->Size >= FIELD_OFFSET(DMA_OPERATIONS, MapTransfer));
    if (!NT_SUCCESS(status))
    {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
    }
    return STATUS_PENDING;
}

NTSTATUS
SampleCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PFILE_OBJECT file = IoGetCurrentIrpStackLocation(Irp)->FileObject;

    UNREFERENCED_PARAMETER(DeviceObject);
    PAGED_CODE();
    file->FsContext = NULL;
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = FILE_OPENED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS
SampleComplete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned)
    {
        KeSetEvent((PKEVENT)Context, IO_NO_INCREMENT, FALSE);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS
SampleStart(PSAMPLE_EXTENSION Extension, PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_LIST list = &Resources->List[0].PartialResourceList;
    DEVICE_DESCRIPTION description;
    IO_CONNECT_INTERRUPT_PARAMETERS connect;
    ULONG mapRegisters;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION;
    description.Master = description.ScatterGather = description.Dma64BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = 0x10000;
    Extension->Adapter = IoGetDmaAdapter(Extension->Pdo, &description, &mapRegisters);
    for (ULONG i = 0; i < list->Count; i++)
    {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR d = &list->PartialDescriptors[i];

        if (d->Type == CmResourceTypeMemory)
        {
            Extension->Registers = (PULONG)MmMapIoSpaceEx(d->u.Memory.Start, d->u.Memory.Length,
                                                          PAGE_READWRITE | PAGE_NOCACHE);
        }
    }
    RtlZeroMemory(&connect, sizeof(connect));
    connect.Version = CONNECT_LINE_BASED;
    connect.LineBased.PhysicalDeviceObject = Extension->Pdo;
    connect.LineBased.InterruptObject = &Extension->Interrupt;
    connect.LineBased.ServiceRoutine = SampleIsr;
    connect.LineBased.ServiceContext = Extension;
    IoInitializeDpcRequest(Extension->Self, SampleIsrDpc);
    return IoConnectInterruptEx(&connect);
}

NTSTATUS
SamplePnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;
    KEVENT event;

    PAGED_CODE();
    switch (stack->MinorFunction)
    {
    case IRP_MN_START_DEVICE:
        KeInitializeEvent(&event, NotificationEvent, FALSE);
        IoCopyCurrentIrpStackLocationToNext(Irp);
        IoSetCompletionRoutine(Irp, SampleComplete, &event, TRUE, TRUE, TRUE);
        status = IoCallDriver(extension->Lower, Irp);
        if (status == STATUS_PENDING)
        {
            KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
            status = Irp->IoStatus.Status;
        }
        if (NT_SUCCESS(status))
        {
            status =
                SampleStart(extension, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
            IoSetDeviceInterfaceState(&extension->InterfaceName, TRUE);
        }
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    case IRP_MN_QUERY_CAPABILITIES:
        stack->Parameters.DeviceCapabilities.Capabilities->SurpriseRemovalOK = 1;
        break;
    case IRP_MN_REMOVE_DEVICE:
        IoReleaseRemoveLockAndWait(&extension->RemoveLock, Irp);
        IoDisconnectInterrupt(extension->Interrupt);
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(extension->Lower, Irp);
        IoDetachDevice(extension->Lower);
        IoDeleteDevice(DeviceObject);
        return status;
    default:
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(extension->Lower, Irp);
}

NTSTATUS
SamplePower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PSAMPLE_EXTENSION extension = (PSAMPLE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    if (stack->MinorFunction == IRP_MN_SET_POWER &&
        stack->Parameters.Power.Type == DevicePowerState &&
        stack->Parameters.Power.State.DeviceState == PowerDeviceD3)
    {
        PoSetPowerState(DeviceObject, DevicePowerState, stack->Parameters.Power.State);
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(extension->Lower, Irp);
}

NTSTATUS
SampleRegistry(PVOID CallbackContext, PVOID Argument1, PVOID Argument2)
{
    REG_NOTIFY_CLASS what = (REG_NOTIFY_CLASS)(ULONG_PTR)Argument1;

    UNREFERENCED_PARAMETER(CallbackContext);
    if (what == RegNtPreSetValueKey)
    {
        PREG_SET_VALUE_KEY_INFORMATION information = (PREG_SET_VALUE_KEY_INFORMATION)Argument2;

        DbgPrint("set %wZ\n", information->ValueName);
    }
    return STATUS_SUCCESS;
}

static OB_PREOP_CALLBACK_STATUS NTAPI
SamplePreOpen(PVOID RegistrationContext, POB_PRE_OPERATION_INFORMATION Information)
{
    UNREFERENCED_PARAMETER(RegistrationContext);
    Information->Parameters->CreateHandleInformation.DesiredAccess &= ~(ACCESS_MASK)DELETE;
    return OB_PREOP_SUCCESS;
}

static NTSTATUS
SampleWatch(PSAMPLE_EXTENSION Extension, PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING altitude = RTL_CONSTANT_STRING(L"321000");
    OB_OPERATION_REGISTRATION operation = {PsProcessType, OB_OPERATION_HANDLE_CREATE, SamplePreOpen,
                                           NULL};
    OB_CALLBACK_REGISTRATION registration = {OB_FLT_REGISTRATION_VERSION, 1, altitude, NULL,
                                             &operation};

    ObRegisterCallbacks(&registration, &Extension->Callbacks);
    return CmRegisterCallbackEx(SampleRegistry, &altitude, DriverObject, NULL, &Extension->Cookie,
                                NULL);
}

NTSTATUS
SampleAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    PDEVICE_OBJECT device;
    PSAMPLE_EXTENSION extension;
    NTSTATUS status;

    PAGED_CODE();
    status = IoCreateDevice(DriverObject, sizeof(SAMPLE_EXTENSION), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &device);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    extension = (PSAMPLE_EXTENSION)device->DeviceExtension;
    extension->Self = device;
    extension->Pdo = PhysicalDeviceObject;
    IoInitializeRemoveLock(&extension->RemoveLock, SAMPLE_TAG, 0, 0);
    KeInitializeSpinLock(&extension->Lock);
    InitializeListHead(&extension->Pending);
    ExInitializeFastMutex(&extension->Mutex);
    KeInitializeTimer(&extension->Timer);
    KeInitializeDpc(&extension->Dpc, SampleTimerDpc, extension);
    ExInitializeNPagedLookasideList(&extension->Lookaside, NULL, NULL, POOL_NX_ALLOCATION, 128,
                                    SAMPLE_TAG, 0);
    IoCsqInitialize(&extension->Queue, SampleInsert, SampleRemove, SamplePeek, SampleAcquire,
                    SampleRelease, SampleCanceled);
    IoRegisterDeviceInterface(PhysicalDeviceObject, &GUID_SAMPLE, NULL, &extension->InterfaceName);
    extension->Lower = IoAttachDeviceToDeviceStack(device, PhysicalDeviceObject);
    IoQueueWorkItem(IoAllocateWorkItem(device), SampleWork, DelayedWorkQueue, NULL);
    device->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return SampleWatch(extension, DriverObject);
}

VOID
SampleUnload(PDRIVER_OBJECT DriverObject)
{
    PAGED_CODE();
    DbgPrint("%wZ unloads, debugger %s\n", &DriverObject->DriverName,
             KD_DEBUGGER_NOT_PRESENT ? "absent" : "there");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    RTL_OSVERSIONINFOW version = {sizeof(version), 0, 0, 0, 0, {0}};
    DECLARE_CONST_UNICODE_STRING(name, L"\\DosDevices\\Sample");
    WCHAR text[32];

    ExInitializeDriverRuntime(DrvRtPoolNxOptIn);
    RtlGetVersion(&version);
    RtlStringCbPrintfW(text, sizeof(text), L"%u", version.dwBuildNumber);
    DbgPrint("%wZ %wZ %ws\n", RegistryPath, &name, text);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = SampleCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = SampleCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = SampleRead;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = SampleControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = SamplePnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = SamplePower;
    DriverObject->DriverExtension->AddDevice = SampleAddDevice;
    DriverObject->DriverUnload = SampleUnload;
    return STATUS_SUCCESS;
}
