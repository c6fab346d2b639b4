/* SPDX-License-Identifier: MIT */
/*
 * Loading and unloading drivers. DriverEntry and DriverUnload run on a system worker thread at
 * PASSIVE_LEVEL (KERNEL:driverentry-s-optional-responsibilities,
 * KERNEL:unload-routine-environment). No lock; IRQL: PASSIVE_LEVEL.
 */
#include "iop.h"

#include "cm/cm.h"
#include "ldr/ldr.h"

#define IOP_PATH_TAG 'aPoI'

IO_VERIFIER_HOOKS IoVerifierHooks;

BOOLEAN (*IoFindService)(PCUNICODE_STRING ServiceName, IO_LOAD_PARAMETERS *Parameters);

static const WCHAR IopServicesKey[] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
static const WCHAR IopDriverDirectory[] = L"\\Driver\\";

/* Prefix + Name in fresh pool, terminated. */
static NTSTATUS
IopJoin(PCWSTR Prefix, PCUNICODE_STRING Name, PUNICODE_STRING Path)
{
    UNICODE_STRING prefix;
    RtlInitUnicodeString(&prefix, Prefix);
    ULONG length = (ULONG)prefix.Length + Name->Length;
    if (length > 0xfffc)
    {
        return STATUS_NAME_TOO_LONG;
    }
    Path->Buffer = MmAllocatePool(PagedPool, length + sizeof(WCHAR), IOP_PATH_TAG);
    if (Path->Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(Path->Buffer, prefix.Buffer, prefix.Length);
    RtlCopyMemory((PUCHAR)Path->Buffer + prefix.Length, Name->Buffer, Name->Length);
    Path->Length = (USHORT)length;
    Path->MaximumLength = (USHORT)(length + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* ---- entry -------------------------------------------------------------------------------- */

typedef struct _IOP_ENTRY_CALL
{
    PDRIVER_OBJECT DriverObject;
    PUNICODE_STRING RegistryPath;
    NTSTATUS Status;
} IOP_ENTRY_CALL;

void
IopCheckPassive(PVOID Routine, const char *Rule, const char *Page)
{
    KiBlame(Routine);
    if (KiCurrentIrql() != PASSIVE_LEVEL)
    {
        KiBugCheckWithRule(0xc8, ((ULONG64)KiCurrentIrql() << 16), 0, 0, (ULONG64)Routine, Rule,
                           Page, NULL, NULL);
    }
    if (KiCurrentThread()->KernelApcDisable != 0)
    {
        KiBugCheckWithRule(0x01, (ULONG64)Routine, 0,
                           (ULONG64)(LONG64)KiCurrentThread()->KernelApcDisable, 1,
                           "A driver's routine did not leave a critical region it entered",
                           "KERNEL:disabling-apcs", NULL, NULL);
    }
    KiBlame(NULL);
}

static void
IopCallEntry(PVOID Context)
{
    IOP_ENTRY_CALL *call = Context;
    PDRIVER_OBJECT driver = call->DriverObject;
    if (KI_TRACING())
    {
        KiTrace("DriverEntry", "kernel/io/load.c", "%wZ registry path %wZ", &driver->DriverName,
                call->RegistryPath);
    }
    PKI_GATE_RECORD mark = KiMarkCall();
    call->Status = driver->DriverInit(driver, call->RegistryPath);
    KiEndCall(mark);
    IopCheckPassive((PVOID)driver->DriverInit, "DriverEntry returned at a raised IRQL",
                    "NC:wdm.DRIVER_INITIALIZE");
    if (KI_TRACING())
    {
        KiTrace("DriverEntry", "kernel/io/load.c", "%wZ returned %08x", &driver->DriverName,
                call->Status);
    }
}

/* KERNEL:driverentry-return-values: only now may the driver's devices be used. */
static void
IopReadyDevices(PDRIVER_OBJECT DriverObject)
{
    DriverObject->Flags |= DRVO_INITIALIZED;
    if (DriverObject->DriverExtension->AddDevice == NULL)
    {
        DriverObject->Flags |= DRVO_LEGACY_DRIVER;
    }
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
}

/* The driver's code is about to go. Nothing of it may be found, called or counted on any more. */
static void
IopRetireDriver(PDRIVER_OBJECT DriverObject)
{
    IopForgetReinitialization(DriverObject);
    if (IoVerifierHooks.DriverUnloaded != NULL)
    {
        IoVerifierHooks.DriverUnloaded(DriverObject);
    }
    IopAbandonDevices(DriverObject);
    for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
    {
        DriverObject->MajorFunction[i] = IopInvalidDeviceRequest;
    }
    DriverObject->FastIoDispatch = NULL;
    ObMakeTemporary(DriverObject);
    ObRemoveName(DriverObject);
}

static NTSTATUS
IopRunEntry(PDRIVER_OBJECT DriverObject, PCUNICODE_STRING ServiceName, PLDR_IMAGE Image)
{
    UNICODE_STRING path;
    IOP_ENTRY_CALL call = {DriverObject, &path, STATUS_UNSUCCESSFUL};
    NTSTATUS status = IopJoin(IopServicesKey, ServiceName, &path);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    IopRunInWorker(IopCallEntry, &call);
    MmFreePool(path.Buffer, IOP_PATH_TAG);
    if (NT_SUCCESS(call.Status))
    {
        IopReadyDevices(DriverObject);
    }
    if (IoVerifierHooks.DriverLoaded != NULL)
    {
        IoVerifierHooks.DriverLoaded(DriverObject, call.Status);
    }
    if (NT_SUCCESS(call.Status) && Image != NULL)
    {
        LdrDiscardInit(Image);
    }
    return call.Status;
}

/* NF:wdm.ObRegisterCallbacks, NF:ntddk.PsSetCreateProcessNotifyRoutineEx: the image of the routine
 * was linked with /INTEGRITYCHECK. Routines that are in no image are the kernel's own. */
BOOLEAN
IopMayRegisterCallback(PVOID Function)
{
    const PLDR_IMAGE image = LdrImageFromAddress((ULONG64)Function);
    return image == NULL || (image->Pe.DllCharacteristics & LDR_PE_DLL_FORCE_INTEGRITY) != 0;
}

/* ---- loading ------------------------------------------------------------------------------ */

static NTSTATUS
IopLoadImage(const IO_LOAD_PARAMETERS *Parameters, PLDR_IMAGE *Image)
{
    LDR_FILE file = {.Data = Parameters->File, .Size = Parameters->FileSize};
    if (Parameters->File == NULL)
    {
        return LdrLoadImageFile(Parameters->FileName, Image);
    }
    const char *name = Parameters->FileName;
    SIZE_T length = 0;
    for (const char *c = Parameters->FileName; *c != 0; c++)
    {
        if (*c == '/')
        {
            name = c + 1;
        }
        if (length < sizeof(file.Path) - 1)
        {
            file.Path[length++] = *c;
        }
    }
    return LdrLoadImage(name, &file, Image);
}

/* The driver object of an image that has no name yet. */
static NTSTATUS
IopCreateLoadedDriver(PCUNICODE_STRING ServiceName, PLDR_IMAGE Image, PDRIVER_OBJECT *DriverObject)
{
    UNICODE_STRING name;
    NTSTATUS status = IopJoin(IopDriverDirectory, ServiceName, &name);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = IopCreateDriverObject(&name, ServiceName, DriverObject);
    MmFreePool(name.Buffer, IOP_PATH_TAG);
    if (NT_SUCCESS(status))
    {
        PDRIVER_OBJECT driver = *DriverObject;
        IopDriver(driver)->Image = Image;
        driver->DriverStart = Image->Base;
        driver->DriverSize = Image->Size;
        driver->DriverSection = &Image->Entry;
        driver->DriverInit = (PDRIVER_INITIALIZE)Image->EntryPoint;
    }
    return status;
}

NTSTATUS
IoLoadDriverImage(_In_ const IO_LOAD_PARAMETERS *Parameters,
                  _Out_ PDRIVER_OBJECT *DriverObject,
                  _Out_ PBOOLEAN EntryFailed)
{
    UNICODE_STRING service;
    PDRIVER_OBJECT driver;
    PLDR_IMAGE image;
    *EntryFailed = FALSE;
    RtlInitUnicodeString(&service, Parameters->ServiceName);
    NTSTATUS status = IopLoadImage(Parameters, &image);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (image->EntryPoint == NULL)
    {
        LdrUnloadImage(image);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    status = IopCreateLoadedDriver(&service, image, &driver);
    if (!NT_SUCCESS(status))
    {
        LdrUnloadImage(image);
        return status;
    }
    status = CmCreateService(&service, Parameters->FileName);
    if (NT_SUCCESS(status))
    {
        /* NC:ntddk.PLOAD_IMAGE_NOTIFY_ROUTINE: mapped, not run. */
        PsCallImageNotify(&image->Entry.FullDllName, NULL, image->Base, image->Size);
        status = IopRunEntry(driver, &service, image);
    }
    if (!NT_SUCCESS(status))
    {
        /* NF: the image is freed and Unload is not called. */
        *EntryFailed = TRUE;
        IopDriver(driver)->Unloading = TRUE;
        IopRetireDriver(driver);
        ObDereference(driver);
        return status;
    }
    IoRunReinitialization();
    *DriverObject = driver;
    return status;
}

NTSTATUS
IoCreateKernelDriver(_In_opt_ PCUNICODE_STRING Name,
                     _In_ PDRIVER_INITIALIZE Entry,
                     _Out_ PDRIVER_OBJECT *DriverObject)
{
    static ULONG sequence;
    WCHAR buffer[24] = L"\\Driver\\00000000";
    UNICODE_STRING name;
    UNICODE_STRING empty = {0, 0, NULL};
    PDRIVER_OBJECT driver;
    sequence++;
    for (ULONG i = 0; i < 8; i++)
    {
        buffer[8 + i] = (WCHAR) "0123456789abcdef"[(sequence >> (28 - 4 * i)) & 15];
    }
    RtlInitUnicodeString(&name, buffer);
    NTSTATUS status = IopCreateDriverObject(Name != NULL ? Name : &name, &empty, &driver);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    driver->Flags |= DRVO_BUILTIN_DRIVER;
    driver->DriverInit = Entry;
    status = Entry(driver, NULL);
    if (!NT_SUCCESS(status))
    {
        IopDriver(driver)->Unloading = TRUE;
        IopRetireDriver(driver);
        ObDereference(driver);
        return status;
    }
    IopReadyDevices(driver);
    *DriverObject = driver;
    return status;
}

/* Not documented, but exported and used by drivers that make another driver object. */
DDI NTSTATUS NTAPI
IoCreateDriver(_In_opt_ PUNICODE_STRING DriverName, _In_ PDRIVER_INITIALIZE InitializationFunction)
{
    PDRIVER_OBJECT driver;
    NTSTATUS status = IoCreateKernelDriver(DriverName, InitializationFunction, &driver);
    if (NT_SUCCESS(status))
    {
        ObDereference(driver);
    }
    return status;
}

/* NF:ntddk.IoQueryFullDriverPath: the caller frees the buffer. */
DDI NTSTATUS NTAPI
IoQueryFullDriverPath(_In_ PDRIVER_OBJECT DriverObject, _Out_ PUNICODE_STRING FullPath)
{
    PLDR_IMAGE image = IopDriver(DriverObject)->Image;
    if (image == NULL)
    {
        return STATUS_NOT_FOUND;
    }
    PCUNICODE_STRING path = &image->Entry.FullDllName;
    PWSTR buffer = MmAllocateDriverPool(PagedPool, path->Length + sizeof(WCHAR), IOP_PATH_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(buffer, path->Buffer, path->Length);
    buffer[path->Length / sizeof(WCHAR)] = 0;
    FullPath->Buffer = buffer;
    FullPath->Length = path->Length;
    FullPath->MaximumLength = path->Length + sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* ---- unloading ---------------------------------------------------------------------------- */

/* KERNEL:unload-routine-environment: no device is open or attached to by another driver. */
static BOOLEAN
IopMayUnload(PDRIVER_OBJECT DriverObject)
{
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        if (device->ReferenceCount != 0 || (device->AttachedDevice != NULL &&
                                            device->AttachedDevice->DriverObject != DriverObject))
        {
            return FALSE;
        }
    }
    return TRUE;
}

static void
IopCallUnload(PVOID Context)
{
    PDRIVER_OBJECT driver = Context;
    PVOID routine = (PVOID)driver->DriverUnload;
    if (KI_TRACING())
    {
        KiTrace("DriverUnload", "kernel/io/load.c", "%wZ", &driver->DriverName);
    }
    driver->Flags |= DRVO_UNLOAD_INVOKED;
    PKI_GATE_RECORD mark = KiMarkCall();
    driver->DriverUnload(driver);
    KiEndCall(mark);
    IopCheckPassive(routine, "DriverUnload returned at a raised IRQL", "NC:wdm.DRIVER_UNLOAD");
    IopRetireDriver(driver);
}

void
IopTryUnload(PDRIVER_OBJECT DriverObject)
{
    PIOP_DRIVER driver = IopDriver(DriverObject);
    if (!driver->UnloadPending || driver->Unloading || !IopMayUnload(DriverObject))
    {
        return;
    }
    driver->Unloading = TRUE;
    ObReference(DriverObject);
    IopRunInWorker(IopCallUnload, DriverObject);
    ObDereference(DriverObject);
}

/* Marks the driver and its devices, so that nothing new can open or attach to them. */
static NTSTATUS
IopUnloadDriver(PDRIVER_OBJECT DriverObject)
{
    PIOP_DRIVER driver = IopDriver(DriverObject);
    if (driver->UnloadPending || driver->Unloading)
    {
        return STATUS_DELETE_PENDING;
    }
    if (DriverObject->DriverUnload == NULL)
    {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    driver->UnloadPending = TRUE;
    for (PDEVICE_OBJECT device = DriverObject->DeviceObject; device != NULL;
         device = device->NextDevice)
    {
        device->DeviceObjectExtension->ExtensionFlags |= IOP_UNLOAD_PENDING;
    }
    IopTryUnload(DriverObject);
    return driver->Unloading ? STATUS_SUCCESS : STATUS_PENDING;
}

static NTSTATUS
IopReferenceDriver(PCUNICODE_STRING ServiceName, PDRIVER_OBJECT *DriverObject)
{
    UNICODE_STRING name;
    NTSTATUS status = IopJoin(IopDriverDirectory, ServiceName, &name);
    if (NT_SUCCESS(status))
    {
        status = ObReferenceByName(&name, NULL, OBJ_CASE_INSENSITIVE, IopDriverObjectType,
                                   KernelMode, 0, NULL, (PVOID *)DriverObject);
        MmFreePool(name.Buffer, IOP_PATH_TAG);
    }
    return status;
}

NTSTATUS
IoUnloadDriverByName(_In_ PCUNICODE_STRING ServiceName)
{
    PDRIVER_OBJECT driver;
    NTSTATUS status = IopReferenceDriver(ServiceName, &driver);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = IopUnloadDriver(driver);
    ObDereference(driver);
    return status;
}

/* The service that a path of its registry key names; FALSE: it is no such path. */
static BOOLEAN
IopServiceOfPath(PCUNICODE_STRING Path, PUNICODE_STRING Service)
{
    UNICODE_STRING prefix;
    RtlInitUnicodeString(&prefix, IopServicesKey);
    if (Path->Length <= prefix.Length || !RtlPrefixUnicodeString(&prefix, Path, TRUE))
    {
        return FALSE;
    }
    Service->Length = Path->Length - prefix.Length;
    Service->MaximumLength = Service->Length;
    Service->Buffer = Path->Buffer + prefix.Length / sizeof(WCHAR);
    for (ULONG i = 0; i < Service->Length / sizeof(WCHAR); i++)
    {
        if (Service->Buffer[i] == L'\\')
        {
            return FALSE;
        }
    }
    return TRUE;
}

/* NF:wdm.ZwUnloadDriver: a pending unload counts as success, a driver of Plug and Play devices
 * goes with its devices only. */
DDI NTSTATUS NTAPI
ZwUnloadDriver(_In_ PUNICODE_STRING DriverServiceName)
{
    UNICODE_STRING service;
    PDRIVER_OBJECT driver;
    if (!IopServiceOfPath(DriverServiceName, &service))
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    NTSTATUS status = IopReferenceDriver(&service, &driver);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = (driver->Flags & DRVO_LEGACY_DRIVER) ? IopUnloadDriver(driver)
                                                  : STATUS_INVALID_DEVICE_REQUEST;
    ObDereference(driver);
    return status == STATUS_PENDING ? STATUS_SUCCESS : status;
}

/* NF:wdm.ZwLoadDriver: IoFindService knows the host's file of a service. */
DDI NTSTATUS NTAPI
ZwLoadDriver(_In_ PUNICODE_STRING DriverServiceName)
{
    UNICODE_STRING service;
    IO_LOAD_PARAMETERS parameters;
    PDRIVER_OBJECT driver;
    BOOLEAN entryFailed;
    if (!IopServiceOfPath(DriverServiceName, &service))
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (NT_SUCCESS(IopReferenceDriver(&service, &driver)))
    {
        ObDereference(driver);
        return STATUS_IMAGE_ALREADY_LOADED;
    }
    if (IoFindService == NULL || !IoFindService(&service, &parameters))
    {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    NTSTATUS status = IoLoadDriverImage(&parameters, &driver, &entryFailed);
    if (!NT_SUCCESS(status))
    {
        return entryFailed ? STATUS_FAILED_DRIVER_ENTRY : status;
    }
    ObDereference(driver);
    return STATUS_SUCCESS;
}
