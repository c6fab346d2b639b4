/* SPDX-License-Identifier: MIT */
/*
 * Opening: from a name to a file object by way of IRP_MJ_CREATE, and the services around it.
 * No lock. IRQL: PASSIVE_LEVEL.
 */
#include "iop.h"

#define IOP_FILE_NAME_TAG 'mNoI'
#define IOP_EA_TAG        ' aEI'

/* Longest name a user-mode caller may pass, in bytes. */
#define IOP_NAME_LIMIT 0xfffe

/* Rights with which a device can be opened without mounting what is on it. */
#define IOP_ATTRIBUTE_ACCESS \
    (SYNCHRONIZE | FILE_READ_ATTRIBUTES | READ_CONTROL | WRITE_OWNER | WRITE_DAC)

/* ---- file objects ------------------------------------------------------------------------- */

static ULONG
IopFileFlags(const IOP_OPEN_PACKET *Packet, ULONG Attributes)
{
    ULONG options = Packet->CreateOptions;
    ULONG flags = 0;
    if (options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT))
    {
        flags |= FO_SYNCHRONOUS_IO;
    }
    flags |= (options & FILE_SYNCHRONOUS_IO_ALERT) ? FO_ALERTABLE_IO : 0u;
    flags |= (options & FILE_NO_INTERMEDIATE_BUFFERING) ? FO_NO_INTERMEDIATE_BUFFERING : 0u;
    flags |= (options & FILE_WRITE_THROUGH) ? FO_WRITE_THROUGH : 0u;
    flags |= (options & FILE_SEQUENTIAL_ONLY) ? FO_SEQUENTIAL_ONLY : 0u;
    flags |= (options & FILE_RANDOM_ACCESS) ? FO_RANDOM_ACCESS : 0u;
    flags |= (Attributes & OBJ_CASE_INSENSITIVE) ? 0u : FO_OPENED_CASE_SENSITIVE;
    return flags;
}

static NTSTATUS
IopCreateFileObject(PDEVICE_OBJECT DeviceObject,
                    const IOP_OPEN_PACKET *Packet,
                    PCUNICODE_STRING Name,
                    ULONG Attributes,
                    PFILE_OBJECT *FileObject)
{
    PFILE_OBJECT file;
    NTSTATUS status =
        ObCreateObject(*IoFileObjectType, NULL, KernelMode, sizeof(FILE_OBJECT), (PVOID *)&file);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    file->Type = IO_TYPE_FILE;
    file->Size = sizeof(FILE_OBJECT);
    file->Flags = IopFileFlags(Packet, Attributes);
    KeInitializeEvent(&file->Lock, SynchronizationEvent, FALSE);
    KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
    InitializeListHead(&file->IrpList);
    if (Name->Length != 0)
    {
        file->FileName.Buffer =
            MmAllocatePool(NonPagedPoolNx, Name->Length + sizeof(WCHAR), IOP_FILE_NAME_TAG);
        if (file->FileName.Buffer == NULL)
        {
            ObDereference(file);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        RtlCopyMemory(file->FileName.Buffer, Name->Buffer, Name->Length);
        file->FileName.Length = Name->Length;
        file->FileName.MaximumLength = Name->Length + sizeof(WCHAR);
    }
    if (Name->Length == 0 && Packet->RelatedFileObject == NULL &&
        (Packet->DesiredAccess & ~(ACCESS_MASK)IOP_ATTRIBUTE_ACCESS) == 0)
    {
        file->Flags |= FO_DIRECT_DEVICE_OPEN;
    }
    if (Packet->RelatedFileObject != NULL)
    {
        file->RelatedFileObject = Packet->RelatedFileObject;
        ObReference(file->RelatedFileObject);
    }
    file->DeviceObject = DeviceObject;
    DeviceObject->ReferenceCount++;
    *FileObject = file;
    return STATUS_SUCCESS;
}

/* The open failed: neither cleanup nor close will be sent. */
static void
IopDropFileObject(PFILE_OBJECT FileObject)
{
    PDEVICE_OBJECT device = FileObject->DeviceObject;
    FileObject->DeviceObject = NULL;
    FileObject->Flags |= FO_FILE_OPEN_CANCELLED;
    ObDereference(FileObject);
    IopReleaseDevice(device);
}

/* ---- the parse procedure ------------------------------------------------------------------ */

static NTSTATUS
IopCheckOpen(PDEVICE_OBJECT DeviceObject, const IOP_OPEN_PACKET *Packet)
{
    if ((DeviceObject->Flags & DO_DEVICE_INITIALIZING) ||
        (DeviceObject->DeviceObjectExtension->ExtensionFlags & IOP_DEVICE_DYING))
    {
        return STATUS_NO_SUCH_DEVICE;
    }
    /* KERNEL:specifying-exclusive-access-to-device-objects: relative opens are exempt. */
    if ((DeviceObject->Flags & DO_EXCLUSIVE) && DeviceObject->ReferenceCount != 0 &&
        Packet->RelatedFileObject == NULL)
    {
        return STATUS_ACCESS_DENIED;
    }
    return STATUS_SUCCESS;
}

/* KERNEL:controlling-device-namespace-access: the device's descriptor protects the device itself,
 * and what is opened by a longer name if the top of the stack has FILE_DEVICE_SECURE_OPEN. */
static NTSTATUS
IopCheckDeviceAccess(PDEVICE_OBJECT DeviceObject,
                     PIOP_OPEN_PACKET Packet,
                     KPROCESSOR_MODE AccessMode,
                     ULONG Attributes,
                     PCUNICODE_STRING RemainingName)
{
    const BOOLEAN force =
        (Attributes & OBJ_FORCE_ACCESS_CHECK) || (Packet->Options & IO_FORCE_ACCESS_CHECK);
    const KPROCESSOR_MODE mode = force ? UserMode : AccessMode;
    PDEVICE_OBJECT top = DeviceObject;
    PSECURITY_DESCRIPTOR descriptor = ObHeader(DeviceObject)->SecurityDescriptor;
    while (top->AttachedDevice != NULL)
    {
        top = top->AttachedDevice;
    }
    if (Packet->RelatedFileObject != NULL ||
        (RemainingName->Length != 0 && !(top->Characteristics & FILE_DEVICE_SECURE_OPEN)))
    {
        descriptor = NULL;
    }
    return SeGrantAccess(descriptor, Packet->DesiredAccess, &IopFileMapping, FILE_ALL_ACCESS, mode,
                         &Packet->DesiredAccess);
}

static void
IopFillCreate(PIRP Irp,
              const IOP_OPEN_PACKET *Packet,
              PFILE_OBJECT FileObject,
              PIO_SECURITY_CONTEXT SecurityContext,
              ULONG Attributes)
{
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(Irp);
    Irp->Flags = IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API | IRP_DEFER_IO_COMPLETION;
    Irp->AssociatedIrp.SystemBuffer = Packet->EaBuffer;
    Irp->Overlay.AllocationSize = Packet->AllocationSize;
    Irp->Tail.Overlay.OriginalFileObject = FileObject;
    stack->FileObject = FileObject;
    stack->Flags = (UCHAR)((Packet->Options & 0xff) |
                           ((Attributes & OBJ_CASE_INSENSITIVE) ? 0 : SL_CASE_SENSITIVE));
    stack->Parameters.Create.SecurityContext = SecurityContext;
    stack->Parameters.Create.Options =
        (Packet->Disposition << 24) | (Packet->CreateOptions & FILE_VALID_OPTION_FLAGS);
    stack->Parameters.Create.FileAttributes = (USHORT)Packet->FileAttributes;
    stack->Parameters.Create.ShareAccess = (USHORT)Packet->ShareAccess;
    switch (Packet->CreateFileType)
    {
    case CreateFileTypeNamedPipe:
        stack->MajorFunction = IRP_MJ_CREATE_NAMED_PIPE;
        stack->Parameters.CreatePipe.Parameters = Packet->ExtraCreateParameters;
        break;
    case CreateFileTypeMailslot:
        stack->MajorFunction = IRP_MJ_CREATE_MAILSLOT;
        stack->Parameters.CreateMailslot.Parameters = Packet->ExtraCreateParameters;
        break;
    default:
        stack->MajorFunction = IRP_MJ_CREATE;
        stack->Parameters.Create.EaLength = Packet->EaLength;
        break;
    }
}

/* The driver asked for another name: the object manager starts again with it. */
static NTSTATUS
IopReparse(PFILE_OBJECT FileObject, PUNICODE_STRING CompleteName)
{
    USHORT length = FileObject->FileName.Length;
    PWSTR buffer = MmAllocatePool(NonPagedPoolNx, length + sizeof(WCHAR), OB_NAME_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlCopyMemory(buffer, FileObject->FileName.Buffer, length);
    CompleteName->Buffer = buffer;
    CompleteName->Length = length;
    CompleteName->MaximumLength = length + sizeof(WCHAR);
    return STATUS_REPARSE;
}

static NTSTATUS
IopSendCreate(PIOP_OPEN_PACKET Packet,
              PFILE_OBJECT FileObject,
              PACCESS_STATE AccessState,
              KPROCESSOR_MODE AccessMode,
              ULONG Attributes,
              PSECURITY_QUALITY_OF_SERVICE SecurityQos)
{
    IO_STATUS_BLOCK iosb = {0};
    PDEVICE_OBJECT top = IoGetRelatedDeviceObject(FileObject);
    IO_SECURITY_CONTEXT security = {SecurityQos, AccessState, Packet->DesiredAccess,
                                    Packet->CreateOptions};
    PIRP irp = IopAllocateIrp(top->StackSize, IopIrpOwned);
    if (irp == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    irp->RequestorMode = AccessMode;
    IopFillCreate(irp, Packet, FileObject, &security, Attributes);
    if (KI_TRACING())
    {
        UNICODE_STRING name = IopDeviceName(FileObject->DeviceObject);
        UNICODE_STRING trailing = IopPrintable(&FileObject->FileName);
        KiTrace("IopParseDevice", "kernel/io/open.c", "irp %u open %wZ%wZ access %08x",
                IopIrpNumber(irp), &name, &trailing, Packet->DesiredAccess);
    }
    NTSTATUS status = IopCallDriverAndWait(top, irp, &iosb);
    IopFreeIrp(irp);
    Packet->Information = iosb.Information;
    return status;
}

/* Without an open packet somebody wants the device object itself (IoDeviceObjectType). */
static NTSTATUS
IopReferenceDeviceItself(PDEVICE_OBJECT DeviceObject, PUNICODE_STRING RemainingName, PVOID *Object)
{
    if (RemainingName->Length != 0)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    ObReference(DeviceObject);
    *Object = DeviceObject;
    return STATUS_SUCCESS;
}

NTSTATUS
IopParseDevice(PVOID ParseObject,
               PVOID ObjectType,
               PACCESS_STATE AccessState,
               KPROCESSOR_MODE AccessMode,
               ULONG Attributes,
               PUNICODE_STRING CompleteName,
               PUNICODE_STRING RemainingName,
               PVOID Context,
               PSECURITY_QUALITY_OF_SERVICE SecurityQos,
               PVOID *Object)
{
    PDEVICE_OBJECT device = ParseObject;
    PIOP_OPEN_PACKET packet = Context;
    PFILE_OBJECT file;
    UNREFERENCED_PARAMETER(ObjectType);
    if (packet == NULL || packet->Type != IO_TYPE_OPEN_PACKET)
    {
        return IopReferenceDeviceItself(device, RemainingName, Object);
    }
    NTSTATUS status = IopCheckOpen(device, packet);
    if (NT_SUCCESS(status))
    {
        status = IopCheckDeviceAccess(device, packet, AccessMode, Attributes, RemainingName);
    }
    if (NT_SUCCESS(status))
    {
        status = IopCreateFileObject(device, packet, RemainingName, Attributes, &file);
    }
    if (!NT_SUCCESS(status))
    {
        packet->FinalStatus = status;
        return status;
    }
    AccessState->PreviouslyGrantedAccess |= packet->DesiredAccess;
    AccessState->RemainingDesiredAccess = 0;
    status = IopSendCreate(packet, file, AccessState, AccessMode, Attributes, SecurityQos);
    packet->FinalStatus = status;
    if (status == STATUS_REPARSE)
    {
        status = IopReparse(file, CompleteName);
        IopDropFileObject(file);
        return status;
    }
    if (!NT_SUCCESS(status))
    {
        IopDropFileObject(file);
        return status;
    }
    if (file->Flags & FO_FILE_OPEN_CANCELLED)
    {
        IopDropFileObject(file);
        return STATUS_FILE_CLOSED;
    }
    packet->FileObject = file;
    *Object = file;
    return STATUS_SUCCESS;
}

/* NF:ntifs.IoCancelFileOpen: a filter undoes an open that the driver below has granted. */
DDI VOID NTAPI
IoCancelFileOpen(_In_ PDEVICE_OBJECT DeviceObject, _In_ PFILE_OBJECT FileObject)
{
    static const UCHAR functions[] = {IRP_MJ_CLEANUP, IRP_MJ_CLOSE};
    FileObject->Flags |= FO_FILE_OPEN_CANCELLED;
    for (ULONG i = 0; i < sizeof(functions); i++)
    {
        IO_STATUS_BLOCK iosb;
        PIRP irp = IopAllocateIrp(DeviceObject->StackSize, IopIrpOwned);
        if (irp == NULL)
        {
            return;
        }
        PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
        irp->Flags = IRP_SYNCHRONOUS_API | IRP_CLOSE_OPERATION;
        irp->Tail.Overlay.OriginalFileObject = FileObject;
        stack->MajorFunction = functions[i];
        stack->FileObject = FileObject;
        IopCallDriverAndWait(DeviceObject, irp, &iosb);
        IopFreeIrp(irp);
    }
}
