/* SPDX-License-Identifier: MIT */
/*
 * File objects: their type, cleanup at the last handle, close at the last reference, the lock of
 * synchronous files, share access. No lock of its own. IRQL: PASSIVE_LEVEL, the completion of a
 * request may drop the last reference at APC_LEVEL (kernel/ob then closes in a worker).
 */
#include "iop.h"

const GENERIC_MAPPING IopFileMapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                        FILE_ALL_ACCESS};

#define IOP_FILE_NAME_TAG 'mNoI'

IOP_MS NTSTATUS
IopWaitForFileLock(PFILE_OBJECT FileObject, KPROCESSOR_MODE Mode)
{
    BOOLEAN alertable = (FileObject->Flags & FO_ALERTABLE_IO) != 0;
    while (FileObject->Busy != 0)
    {
        FileObject->Waiters++;
        NTSTATUS status =
            KeWaitForSingleObject(&FileObject->Lock, Executive, Mode, alertable, NULL);
        FileObject->Waiters--;
        if (status != STATUS_SUCCESS)
        {
            return status == STATUS_ALERTED || status == STATUS_USER_APC ? status
                                                                         : STATUS_CANCELLED;
        }
    }
    FileObject->Busy = 1;
    return STATUS_SUCCESS;
}

IOP_COLD void
IopDereferenceLast(PVOID Object)
{
    ObDereference(Object);
}

NTSTATUS
IopCallDriverAndWait(PDEVICE_OBJECT DeviceObject, PIRP Irp, PIO_STATUS_BLOCK IoStatusBlock)
{
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    Irp->UserIosb = IoStatusBlock;
    Irp->UserEvent = &event;
    Irp->Tail.Overlay.Thread = (PETHREAD)KiCurrentThread();
    IoStatusBlock->Status = STATUS_PENDING;
    IopQueueThreadIrp(Irp);
    NTSTATUS status = IofCallDriver(DeviceObject, Irp);
    if (status == STATUS_PENDING || event.Header.SignalState == 0)
    {
        KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
    }
    IopDequeueThreadIrp(Irp);
    return IoStatusBlock->Status;
}

NTSTATUS
IoSynchronousRequest(_In_ PDEVICE_OBJECT DeviceObject,
                     _In_ const IO_STACK_LOCATION *Stack,
                     _In_ NTSTATUS Status,
                     _Out_opt_ PULONG_PTR Information)
{
    IO_STATUS_BLOCK iosb = {0};
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(DeviceObject);
    PIRP irp = IopAllocateIrp(top->StackSize, IopIrpOwned);
    if (irp == NULL)
    {
        ObDereference(top);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *IoGetNextIrpStackLocation(irp) = *Stack;
    irp->IoStatus.Status = Status;
    NTSTATUS status = IopCallDriverAndWait(top, irp, &iosb);
    IopFreeIrp(irp);
    ObDereference(top);
    if (Information != NULL)
    {
        *Information = iosb.Information;
    }
    return status;
}

/* Sends CLEANUP or CLOSE, whose result does not matter (KERNEL:irp-mj-cleanup, irp-mj-close). */
static void
IopSendEnd(PFILE_OBJECT FileObject, UCHAR MajorFunction)
{
    IO_STATUS_BLOCK iosb;
    PDEVICE_OBJECT top = IoGetRelatedDeviceObject(FileObject);
    PIRP irp = IopAllocateIrp(top->StackSize, IopIrpOwned);
    if (irp == NULL)
    {
        return; /* memory is out for the host process itself */
    }
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    irp->Flags = IRP_SYNCHRONOUS_API | IRP_CLOSE_OPERATION;
    irp->Tail.Overlay.OriginalFileObject = FileObject;
    stack->MajorFunction = MajorFunction;
    stack->FileObject = FileObject;
    IopCallDriverAndWait(top, irp, &iosb);
    IopFreeIrp(irp);
}

static void
IopCleanup(PFILE_OBJECT FileObject)
{
    BOOLEAN synchronous = (FileObject->Flags & FO_SYNCHRONOUS_IO) != 0;
    if (synchronous)
    {
        (void)IopLockFile(FileObject, KernelMode);
    }
    IopSendEnd(FileObject, IRP_MJ_CLEANUP);
    FileObject->Flags |= FO_CLEANUP_COMPLETE;
    if (synchronous)
    {
        IopUnlockFile(FileObject);
    }
}

static NTSTATUS
IopOpenFile(OB_OPEN_REASON Reason,
            PEPROCESS Process,
            PVOID Object,
            ACCESS_MASK GrantedAccess,
            ULONG HandleCount)
{
    UNREFERENCED_PARAMETER(Reason);
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(GrantedAccess);
    UNREFERENCED_PARAMETER(HandleCount);
    ((PFILE_OBJECT)Object)->Flags |= FO_HANDLE_CREATED;
    return STATUS_SUCCESS;
}

static void
IopCloseFile(PEPROCESS Process,
             PVOID Object,
             ACCESS_MASK GrantedAccess,
             ULONG HandlesOfProcess,
             ULONG SystemHandleCount)
{
    PFILE_OBJECT file = Object;
    UNREFERENCED_PARAMETER(Process);
    UNREFERENCED_PARAMETER(GrantedAccess);
    UNREFERENCED_PARAMETER(HandlesOfProcess);
    if (SystemHandleCount == 1 && file->DeviceObject != NULL)
    {
        IopCleanup(file);
    }
}

static void
IopDeleteFile(PVOID Object)
{
    PFILE_OBJECT file = Object;
    PDEVICE_OBJECT device = file->DeviceObject;
    if (device != NULL)
    {
        if (!(file->Flags & FO_CLEANUP_COMPLETE))
        {
            IopCleanup(file); /* it was opened but never had a handle */
        }
        IopSendEnd(file, IRP_MJ_CLOSE);
    }
    if (file->FileName.Buffer != NULL)
    {
        MmFreePool(file->FileName.Buffer, 0);
    }
    if (file->RelatedFileObject != NULL)
    {
        ObDereference(file->RelatedFileObject);
    }
    if (device != NULL)
    {
        IopReleaseDevice(device);
    }
}

/* "\Device\Foo" + "\trailing name". */
static NTSTATUS
IopQueryFileName(PVOID Object,
                 BOOLEAN HasObjectName,
                 POBJECT_NAME_INFORMATION Information,
                 ULONG Length,
                 PULONG ReturnLength,
                 KPROCESSOR_MODE Mode)
{
    PFILE_OBJECT file = Object;
    UNICODE_STRING device = {0, 0, NULL};
    UNREFERENCED_PARAMETER(HasObjectName);
    UNREFERENCED_PARAMETER(Mode);
    if (file->DeviceObject != NULL && (file->DeviceObject->Flags & DO_DEVICE_HAS_NAME))
    {
        device = IopDeviceName(file->DeviceObject);
    }
    ULONG name = (ULONG)device.Length + file->FileName.Length;
    ULONG needed = (ULONG)sizeof(OBJECT_NAME_INFORMATION) + name + (ULONG)sizeof(WCHAR);
    *ReturnLength = needed;
    if (Length < needed)
    {
        return Length < sizeof(OBJECT_NAME_INFORMATION) ? STATUS_INFO_LENGTH_MISMATCH
                                                        : STATUS_BUFFER_OVERFLOW;
    }
    PWSTR text = (PWSTR)(Information + 1);
    if (device.Length != 0)
    {
        RtlCopyMemory(text, device.Buffer, device.Length);
    }
    if (file->FileName.Length != 0)
    {
        RtlCopyMemory((PUCHAR)text + device.Length, file->FileName.Buffer, file->FileName.Length);
    }
    text[name / sizeof(WCHAR)] = 0;
    Information->Name.Buffer = text;
    Information->Name.Length = (USHORT)name;
    Information->Name.MaximumLength = (USHORT)(name + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/* A name relative to a file: its device parses it, knowing the file. */
static NTSTATUS
IopParseFile(PVOID ParseObject,
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
    PFILE_OBJECT file = ParseObject;
    PIOP_OPEN_PACKET packet = Context;
    if (packet == NULL || packet->Type != IO_TYPE_OPEN_PACKET || file->DeviceObject == NULL)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    packet->RelatedFileObject = file;
    return IopParseDevice(file->DeviceObject, ObjectType, AccessState, AccessMode, Attributes,
                          CompleteName, RemainingName, Context, SecurityQos, Object);
}

POBJECT_TYPE IopFileObjectType;
POBJECT_TYPE *IoFileObjectType = &IopFileObjectType;

/* KERNEL:security-descriptors: a device's descriptor protects the files opened on it. */
static PVOID
IopSecuredObject(PVOID Object)
{
    const PFILE_OBJECT file = Object;
    return file->DeviceObject == NULL ? Object : (PVOID)file->DeviceObject;
}

NTSTATUS
IopCreateFileType(void)
{
    OB_TYPE_INITIALIZER type = {.ValidAccessMask = FILE_ALL_ACCESS,
                                .GenericMapping = IopFileMapping,
                                .WaitOffset = FIELD_OFFSET(FILE_OBJECT, Event),
                                .Open = IopOpenFile,
                                .Close = IopCloseFile,
                                .Delete = IopDeleteFile,
                                .Parse = IopParseFile,
                                .QueryName = IopQueryFileName,
                                .Secured = IopSecuredObject};
    return ObCreateObjectType(L"File", &type, 'eliF', &IopFileObjectType);
}

/* ---- share access ------------------------------------------------------------------------- */

/* NF:wdm.IoCheckShareAccess */
DDI NTSTATUS NTAPI
IoCheckShareAccess(_In_ ACCESS_MASK DesiredAccess,
                   _In_ ULONG DesiredShareAccess,
                   _Inout_ PFILE_OBJECT FileObject,
                   _Inout_ PSHARE_ACCESS ShareAccess,
                   _In_ BOOLEAN Update)
{
    FileObject->ReadAccess = (DesiredAccess & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
    FileObject->WriteAccess = (DesiredAccess & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    FileObject->DeleteAccess = (DesiredAccess & DELETE) != 0;
    if (!FileObject->ReadAccess && !FileObject->WriteAccess && !FileObject->DeleteAccess)
    {
        return STATUS_SUCCESS;
    }
    FileObject->SharedRead = (DesiredShareAccess & FILE_SHARE_READ) != 0;
    FileObject->SharedWrite = (DesiredShareAccess & FILE_SHARE_WRITE) != 0;
    FileObject->SharedDelete = (DesiredShareAccess & FILE_SHARE_DELETE) != 0;
    if ((FileObject->ReadAccess && ShareAccess->SharedRead < ShareAccess->OpenCount) ||
        (FileObject->WriteAccess && ShareAccess->SharedWrite < ShareAccess->OpenCount) ||
        (FileObject->DeleteAccess && ShareAccess->SharedDelete < ShareAccess->OpenCount) ||
        (ShareAccess->Readers != 0 && !FileObject->SharedRead) ||
        (ShareAccess->Writers != 0 && !FileObject->SharedWrite) ||
        (ShareAccess->Deleters != 0 && !FileObject->SharedDelete))
    {
        return STATUS_SHARING_VIOLATION;
    }
    if (Update)
    {
        IoUpdateShareAccess(FileObject, ShareAccess);
    }
    return STATUS_SUCCESS;
}

/* What a file counts in SHARE_ACCESS; a file that asked for no access counts nothing. */
static void
IopCountShare(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, ULONG Delta)
{
    if (!FileObject->ReadAccess && !FileObject->WriteAccess && !FileObject->DeleteAccess)
    {
        return;
    }
    ShareAccess->OpenCount += Delta;
    ShareAccess->Readers += FileObject->ReadAccess ? Delta : 0;
    ShareAccess->Writers += FileObject->WriteAccess ? Delta : 0;
    ShareAccess->Deleters += FileObject->DeleteAccess ? Delta : 0;
    ShareAccess->SharedRead += FileObject->SharedRead ? Delta : 0;
    ShareAccess->SharedWrite += FileObject->SharedWrite ? Delta : 0;
    ShareAccess->SharedDelete += FileObject->SharedDelete ? Delta : 0;
}

/* NF:wdm.IoUpdateShareAccess */
DDI VOID NTAPI
IoUpdateShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess)
{
    IopCountShare(FileObject, ShareAccess, 1);
}

/* NF:wdm.IoRemoveShareAccess */
DDI VOID NTAPI
IoRemoveShareAccess(_In_ PFILE_OBJECT FileObject, _Inout_ PSHARE_ACCESS ShareAccess)
{
    IopCountShare(FileObject, ShareAccess, (ULONG)-1);
}

/* NF:wdm.IoSetShareAccess: the first open of something nobody shares yet. */
DDI VOID NTAPI
IoSetShareAccess(_In_ ACCESS_MASK DesiredAccess,
                 _In_ ULONG DesiredShareAccess,
                 _Inout_ PFILE_OBJECT FileObject,
                 _Out_ PSHARE_ACCESS ShareAccess)
{
    RtlZeroMemory(ShareAccess, sizeof(*ShareAccess));
    (void)IoCheckShareAccess(DesiredAccess, DesiredShareAccess, FileObject, ShareAccess, TRUE);
}
