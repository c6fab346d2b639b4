/* SPDX-License-Identifier: MIT */
/*
 * Driver objects and what hangs on them: client extensions, reinitialization and shutdown
 * registrations. Owns the reinitialization and shutdown lists. No lock. IRQL: PASSIVE_LEVEL, except
 * driver object extensions (DISPATCH_LEVEL).
 */
#include "iop.h"

#include "ldr/ldr.h"

#define IOP_DRIVER_TAG 'rDoI'
#define IOP_CLIENT_TAG 'xeoI'
#define IOP_REINIT_TAG 'niRI'

typedef struct _IOP_CLIENT_EXTENSION
{
    LIST_ENTRY Entry;
    PVOID Identification;
    ULONG64 Padding; /* keeps the driver's part 16-byte aligned */
} IOP_CLIENT_EXTENSION, *PIOP_CLIENT_EXTENSION;

C_ASSERT(sizeof(IOP_CLIENT_EXTENSION) % 16 == 0);

typedef struct _IOP_REINITIALIZATION
{
    LIST_ENTRY Entry;
    PDRIVER_OBJECT DriverObject;
    PDRIVER_REINITIALIZE Routine;
    PVOID Context;
} IOP_REINITIALIZATION;

typedef struct _IOP_SHUTDOWN
{
    LIST_ENTRY Entry;
    PDEVICE_OBJECT DeviceObject;
} IOP_SHUTDOWN;

static LIST_ENTRY IopReinitializations = {&IopReinitializations, &IopReinitializations};
static LIST_ENTRY IopShutdowns = {&IopShutdowns, &IopShutdowns};
static LIST_ENTRY IopLastChance = {&IopLastChance, &IopLastChance};
static ULONG IopDriverSequence;

static WCHAR IopHardwareText[] = L"\\REGISTRY\\MACHINE\\HARDWARE\\DESCRIPTION\\SYSTEM";
static UNICODE_STRING IopHardwareDatabase = {sizeof(IopHardwareText) - sizeof(WCHAR),
                                             sizeof(IopHardwareText), IopHardwareText};

/* What every MajorFunction entry holds at first (KERNEL:dispatch-routines). */
NTSTATUS NTAPI
IopInvalidDeviceRequest(_In_ PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    Irp->IoStatus.Information = 0;
    IofCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_INVALID_DEVICE_REQUEST;
}

static NTSTATUS
IopDuplicateString(PCUNICODE_STRING Source, PUNICODE_STRING Copy)
{
    Copy->Buffer = MmAllocatePool(NonPagedPoolNx, Source->Length + sizeof(WCHAR), IOP_DRIVER_TAG);
    if (Copy->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (Source->Length != 0)
    {
        RtlCopyMemory(Copy->Buffer, Source->Buffer, Source->Length);
    }
    Copy->Length = Source->Length;
    Copy->MaximumLength = Source->Length + sizeof(WCHAR);
    return STATUS_SUCCESS;
}

NTSTATUS
IopCreateDriverObject(PCUNICODE_STRING Name,
                      PCUNICODE_STRING ServiceName,
                      PDRIVER_OBJECT *DriverObject)
{
    OBJECT_ATTRIBUTES attributes;
    PIOP_DRIVER driver;
    PVOID inserted;
    InitializeObjectAttributes(&attributes, (PUNICODE_STRING)Name,
                               OBJ_PERMANENT | OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    NTSTATUS status = ObCreateObject(IopDriverObjectType, &attributes, KernelMode,
                                     sizeof(IOP_DRIVER), (PVOID *)&driver);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    PDRIVER_OBJECT object = &driver->Object;
    object->Type = IO_TYPE_DRIVER;
    object->Size = sizeof(DRIVER_OBJECT);
    object->DriverExtension = &driver->Extension;
    object->HardwareDatabase = &IopHardwareDatabase;
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        object->MajorFunction[i] = IopInvalidDeviceRequest;
    }
    driver->Extension.DriverObject = object;
    driver->Number = ++IopDriverSequence;
    InitializeListHead(&driver->ClientExtensions);
    status = IopDuplicateString(Name, &object->DriverName);
    if (NT_SUCCESS(status))
    {
        status = IopDuplicateString(ServiceName, &driver->Extension.ServiceKeyName);
    }
    if (!NT_SUCCESS(status))
    {
        ObDereference(driver);
        return status;
    }
    status = ObInsertNewObject(driver, 0, 1, &inserted, NULL);
    if (NT_SUCCESS(status))
    {
        *DriverObject = object;
    }
    return status;
}

/* Delete procedure of the type. Only now is the image let go: until then something that references
 * the driver (a queued work item, a deleted device in use) could still call into it. */
void
IopDeleteDriverObject(PVOID Object)
{
    PIOP_DRIVER driver = Object;
    while (driver->ClientExtensions.Flink != NULL && !IsListEmpty(&driver->ClientExtensions))
    {
        PLIST_ENTRY entry = RemoveHeadList(&driver->ClientExtensions);
        MmFreePool(CONTAINING_RECORD(entry, IOP_CLIENT_EXTENSION, Entry), IOP_CLIENT_TAG);
    }
    if (driver->Image != NULL)
    {
        LdrUnloadImage(driver->Image);
    }
    if (driver->Object.DriverName.Buffer != NULL)
    {
        MmFreePool(driver->Object.DriverName.Buffer, IOP_DRIVER_TAG);
    }
    if (driver->Extension.ServiceKeyName.Buffer != NULL)
    {
        MmFreePool(driver->Extension.ServiceKeyName.Buffer, IOP_DRIVER_TAG);
    }
    driver->Object.Type = 0;
}

/* ---- driver object extensions ------------------------------------------------------------- */

/* NF:wdm.IoGetDriverObjectExtension */
DDI PVOID NTAPI
IoGetDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject, _In_ PVOID ClientIdentificationAddress)
{
    PLIST_ENTRY head = &IopDriver(DriverObject)->ClientExtensions;
    for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink)
    {
        PIOP_CLIENT_EXTENSION client = CONTAINING_RECORD(entry, IOP_CLIENT_EXTENSION, Entry);
        if (client->Identification == ClientIdentificationAddress)
        {
            return client + 1;
        }
    }
    return NULL;
}

/* NF:wdm.IoAllocateDriverObjectExtension: the I/O manager frees it when the driver is unloaded. */
DDI NTSTATUS NTAPI
IoAllocateDriverObjectExtension(_In_ PDRIVER_OBJECT DriverObject,
                                _In_ PVOID ClientIdentificationAddress,
                                _In_ ULONG DriverObjectExtensionSize,
                                _Out_ PVOID *DriverObjectExtension)
{
    *DriverObjectExtension = NULL;
    if (IoGetDriverObjectExtension(DriverObject, ClientIdentificationAddress) != NULL)
    {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    SIZE_T size = sizeof(IOP_CLIENT_EXTENSION) + DriverObjectExtensionSize;
    PIOP_CLIENT_EXTENSION client = MmAllocatePool(NonPagedPoolNx, size, IOP_CLIENT_TAG);
    if (client == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    client->Identification = ClientIdentificationAddress;
    InsertTailList(&IopDriver(DriverObject)->ClientExtensions, &client->Entry);
    *DriverObjectExtension = client + 1;
    return STATUS_SUCCESS;
}

/* ---- reinitialization --------------------------------------------------------------------- */

/* NF:ntddk.IoRegisterDriverReinitialization */
DDI VOID NTAPI
IoRegisterDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                 _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                 _In_opt_ PVOID Context)
{
    IOP_REINITIALIZATION *item =
        MmAllocatePoolAlways(NonPagedPoolNx, sizeof(IOP_REINITIALIZATION), IOP_REINIT_TAG);
    if (item == NULL)
    {
        return;
    }
    item->DriverObject = DriverObject;
    item->Routine = DriverReinitializationRoutine;
    item->Context = Context;
    DriverObject->Flags |= DRVO_REINIT_REGISTERED;
    InsertTailList(&IopReinitializations, &item->Entry);
}

/* NF:ntddk.IoRegisterBootDriverReinitialization: nothing is loaded at boot here, so the two differ
 * by the flag only. */
DDI VOID NTAPI
IoRegisterBootDriverReinitialization(_In_ PDRIVER_OBJECT DriverObject,
                                     _In_ PDRIVER_REINITIALIZE DriverReinitializationRoutine,
                                     _In_opt_ PVOID Context)
{
    IoRegisterDriverReinitialization(DriverObject, DriverReinitializationRoutine, Context);
    DriverObject->Flags |= DRVO_BOOTREINIT_REGISTERED;
}

static void
IopCallReinitialize(PVOID Context)
{
    IOP_REINITIALIZATION *item = Context;
    PDRIVER_OBJECT driver = item->DriverObject;
    driver->DriverExtension->Count++;
    driver->Flags &= ~(ULONG)(DRVO_REINIT_REGISTERED | DRVO_BOOTREINIT_REGISTERED);
    PKI_GATE_RECORD mark = KiMarkCall();
    item->Routine(driver, item->Context, driver->DriverExtension->Count);
    KiEndCall(mark);
    IopCheckPassive((PVOID)item->Routine, "A Reinitialize routine returned at a raised IRQL",
                    "NC:ntddk.DRIVER_REINITIALIZE");
}

/* KERNEL:writing-a-reinitialize-routine: in a system thread, after DriverEntry has returned. A
 * routine that registers itself again is called again, with its count. */
void
IoRunReinitialization(void)
{
    while (!IsListEmpty(&IopReinitializations))
    {
        IOP_REINITIALIZATION *item =
            CONTAINING_RECORD(RemoveHeadList(&IopReinitializations), IOP_REINITIALIZATION, Entry);
        PDRIVER_OBJECT driver = item->DriverObject;
        ObReference(driver);
        IopRunInWorker(IopCallReinitialize, item);
        MmFreePool(item, IOP_REINIT_TAG);
        ObDereference(driver);
    }
}

void
IopForgetReinitialization(PDRIVER_OBJECT DriverObject)
{
    PLIST_ENTRY next;
    for (PLIST_ENTRY entry = IopReinitializations.Flink; entry != &IopReinitializations;
         entry = next)
    {
        IOP_REINITIALIZATION *item = CONTAINING_RECORD(entry, IOP_REINITIALIZATION, Entry);
        next = entry->Flink;
        if (item->DriverObject == DriverObject)
        {
            RemoveEntryList(entry);
            MmFreePool(item, IOP_REINIT_TAG);
        }
    }
}

/* ---- shutdown ----------------------------------------------------------------------------- */

static NTSTATUS
IopRegisterShutdown(PLIST_ENTRY List, PDEVICE_OBJECT DeviceObject)
{
    IOP_SHUTDOWN *item = MmAllocatePool(NonPagedPoolNx, sizeof(IOP_SHUTDOWN), IOP_REINIT_TAG);
    if (item == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    item->DeviceObject = DeviceObject;
    ObReference(DeviceObject);
    DeviceObject->Flags |= DO_SHUTDOWN_REGISTERED;
    InsertHeadList(List, &item->Entry);
    return STATUS_SUCCESS;
}

/* NF:wdm.IoRegisterShutdownNotification */
DDI NTSTATUS NTAPI
IoRegisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject)
{
    return IopRegisterShutdown(&IopShutdowns, DeviceObject);
}

/* NF:wdm.IoRegisterLastChanceShutdownNotification */
DDI NTSTATUS NTAPI
IoRegisterLastChanceShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject)
{
    return IopRegisterShutdown(&IopLastChance, DeviceObject);
}

static void
IopRemoveShutdown(PLIST_ENTRY List, PDEVICE_OBJECT DeviceObject)
{
    PLIST_ENTRY next;
    for (PLIST_ENTRY entry = List->Flink; entry != List; entry = next)
    {
        IOP_SHUTDOWN *item = CONTAINING_RECORD(entry, IOP_SHUTDOWN, Entry);
        next = entry->Flink;
        if (item->DeviceObject == DeviceObject)
        {
            RemoveEntryList(entry);
            MmFreePool(item, IOP_REINIT_TAG);
            ObDereference(DeviceObject);
        }
    }
}

/* NF:wdm.IoUnregisterShutdownNotification */
DDI VOID NTAPI
IoUnregisterShutdownNotification(_In_ PDEVICE_OBJECT DeviceObject)
{
    IopRemoveShutdown(&IopShutdowns, DeviceObject);
    IopRemoveShutdown(&IopLastChance, DeviceObject);
    DeviceObject->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
}

void
IopForgetShutdown(PDEVICE_OBJECT DeviceObject)
{
    if (DeviceObject->Flags & DO_SHUTDOWN_REGISTERED)
    {
        IoUnregisterShutdownNotification(DeviceObject);
    }
}

static void
IopShutdownList(PLIST_ENTRY List)
{
    IO_STACK_LOCATION stack;
    RtlZeroMemory(&stack, sizeof(stack));
    stack.MajorFunction = IRP_MJ_SHUTDOWN;
    while (!IsListEmpty(List))
    {
        IOP_SHUTDOWN *item = CONTAINING_RECORD(RemoveHeadList(List), IOP_SHUTDOWN, Entry);
        PDEVICE_OBJECT device = item->DeviceObject;
        MmFreePool(item, IOP_REINIT_TAG);
        IoSynchronousRequest(device, &stack, STATUS_NOT_SUPPORTED, NULL);
        ObDereference(device);
    }
}

void
IoShutdownSystem(void)
{
    IopShutdownList(&IopShutdowns);
    IopShutdownList(&IopLastChance);
}
