/* SPDX-License-Identifier: MIT */
/*
 * NtQueryInformationFile, NtSetInformationFile, NtFlushBuffersFile. What the I/O manager knows
 * itself it answers itself (position, mode, access, alignment, and the name of a device); the rest
 * goes to the driver. The caller always waits. No lock. IRQL: PASSIVE_LEVEL.
 */
#include "iop.h"

#define IOP_INFO_LIMIT 0x10000

/* ---- what both directions share ----------------------------------------------------------- */

typedef struct _IOP_INFO
{
    PFILE_OBJECT FileObject;
    ACCESS_MASK GrantedAccess;
    KPROCESSOR_MODE Mode;
    BOOLEAN Locked;
} IOP_INFO, *PIOP_INFO;

static NTSTATUS
IopBeginInfo(PIOP_INFO Info, HANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    OBJECT_HANDLE_INFORMATION handle;
    NTSTATUS status = STATUS_SUCCESS;
    Info->Mode = KiCurrentThread()->PreviousMode;
    Info->Locked = FALSE;
    if (Info->Mode != KernelMode)
    {
        status = IopProbeForWrite(IoStatusBlock, sizeof(IO_STATUS_BLOCK), 1);
    }
    if (NT_SUCCESS(status))
    {
        status = ObReferenceObjectByHandle(FileHandle, 0, *IoFileObjectType, Info->Mode,
                                           (PVOID *)&Info->FileObject, &handle);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Info->GrantedAccess = handle.GrantedAccess;
    if (Info->FileObject->Flags & FO_SYNCHRONOUS_IO)
    {
        status = IopLockFile(Info->FileObject, Info->Mode);
        if (status != STATUS_SUCCESS)
        {
            ObDereference(Info->FileObject);
            return status;
        }
        Info->Locked = TRUE;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
IopEndInfo(PIOP_INFO Info, NTSTATUS Status, ULONG_PTR Information, PIO_STATUS_BLOCK IoStatusBlock)
{
    IO_STATUS_BLOCK iosb = {.Status = Status, .Information = Information};
    if (Info->Locked)
    {
        IopUnlockFile(Info->FileObject);
    }
    ObDereference(Info->FileObject);
    if (NT_ERROR(Status))
    {
        return Status;
    }
    NTSTATUS copy = IopReturnTo(IoStatusBlock, &iosb, sizeof(iosb), Info->Mode);
    return NT_SUCCESS(copy) ? Status : copy;
}

/* Sends Major with Buffer as system buffer to the driver. */
static NTSTATUS
IopSendInfo(PIOP_INFO Info,
            UCHAR Major,
            PVOID Buffer,
            ULONG Length,
            FILE_INFORMATION_CLASS Class,
            PULONG_PTR Information)
{
    IO_STATUS_BLOCK iosb = {0};
    PDEVICE_OBJECT top = IoGetRelatedDeviceObject(Info->FileObject);
    PIRP irp = IopAllocateIrp(top->StackSize, IopIrpOwned);
    if (irp == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    irp->RequestorMode = Info->Mode;
    irp->Flags = IRP_SYNCHRONOUS_API | (Buffer != NULL ? IRP_BUFFERED_IO : 0u);
    irp->AssociatedIrp.SystemBuffer = Buffer;
    irp->Tail.Overlay.OriginalFileObject = Info->FileObject;
    stack->MajorFunction = Major;
    stack->FileObject = Info->FileObject;
    if (Major != IRP_MJ_FLUSH_BUFFERS)
    {
        stack->Parameters.QueryFile.Length = Length;
        stack->Parameters.QueryFile.FileInformationClass = Class;
    }
    NTSTATUS status = IopCallDriverAndWait(top, irp, &iosb);
    IopFreeIrp(irp);
    *Information = iosb.Information;
    return status;
}

/* ---- query -------------------------------------------------------------------------------- */

/* Smallest buffer a class needs; 0: the driver decides. */
static ULONG
IopMinimumLength(FILE_INFORMATION_CLASS Class)
{
    switch (Class)
    {
    case FilePositionInformation:
        return sizeof(FILE_POSITION_INFORMATION);
    case FileModeInformation:
    case FileAccessInformation:
        return sizeof(ULONG);
    case FileAlignmentInformation:
        return sizeof(FILE_ALIGNMENT_INFORMATION);
    case FileStandardInformation:
        return FIELD_OFFSET(FILE_STANDARD_INFORMATION, Directory) + sizeof(BOOLEAN);
    case FileBasicInformation:
        return sizeof(FILE_BASIC_INFORMATION);
    case FileNameInformation:
        return FIELD_OFFSET(FILE_NAME_INFORMATION, FileName);
    default:
        return 0;
    }
}

/* NS:wdm FILE_MODE_INFORMATION: the create options that stay with the file object. */
static ULONG
IopFileMode(PFILE_OBJECT FileObject)
{
    ULONG flags = FileObject->Flags;
    ULONG mode = 0;
    mode |= (flags & FO_WRITE_THROUGH) ? FILE_WRITE_THROUGH : 0u;
    mode |= (flags & FO_SEQUENTIAL_ONLY) ? FILE_SEQUENTIAL_ONLY : 0u;
    mode |= (flags & FO_NO_INTERMEDIATE_BUFFERING) ? FILE_NO_INTERMEDIATE_BUFFERING : 0u;
    mode |= (flags & FO_DELETE_ON_CLOSE) ? FILE_DELETE_ON_CLOSE : 0u;
    if (flags & FO_SYNCHRONOUS_IO)
    {
        mode |=
            (flags & FO_ALERTABLE_IO) ? FILE_SYNCHRONOUS_IO_ALERT : FILE_SYNCHRONOUS_IO_NONALERT;
    }
    return mode;
}

/* Answers what needs no driver. FALSE: send the IRP. */
static BOOLEAN
IopAnswerQuery(PIOP_INFO Info, FILE_INFORMATION_CLASS Class, PVOID Buffer, PULONG_PTR Information)
{
    switch (Class)
    {
    case FilePositionInformation:
        if (!Info->Locked)
        {
            return FALSE;
        }
        *(PLARGE_INTEGER)Buffer = Info->FileObject->CurrentByteOffset;
        *Information = sizeof(FILE_POSITION_INFORMATION);
        return TRUE;
    case FileModeInformation:
        *(PULONG)Buffer = IopFileMode(Info->FileObject);
        *Information = sizeof(ULONG);
        return TRUE;
    case FileAccessInformation:
        *(PULONG)Buffer = Info->GrantedAccess;
        *Information = sizeof(ULONG);
        return TRUE;
    case FileAlignmentInformation:
        *(PULONG)Buffer = IoGetRelatedDeviceObject(Info->FileObject)->AlignmentRequirement;
        *Information = sizeof(FILE_ALIGNMENT_INFORMATION);
        return TRUE;
    default:
        return FALSE;
    }
}

static NTSTATUS
IopQuery(PIOP_INFO Info, PVOID Output, ULONG Length, FILE_INFORMATION_CLASS Class, PULONG_PTR Done)
{
    NTSTATUS status = STATUS_SUCCESS;
    PVOID buffer = IopAllocateSystemBuffer(Length);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    RtlZeroMemory(buffer, Length); /* unlike a read, what the driver leaves out is not leaked */
    if (!IopAnswerQuery(Info, Class, buffer, Done))
    {
        status = IopSendInfo(Info, IRP_MJ_QUERY_INFORMATION, buffer, Length, Class, Done);
    }
    if (!NT_ERROR(status) && *Done != 0)
    {
        NTSTATUS copy = IopReturnTo(Output, buffer, *Done < Length ? *Done : Length, Info->Mode);
        status = NT_SUCCESS(copy) ? status : copy;
    }
    IopReturnSystemBuffer(buffer, NULL);
    return status;
}

/* NF:ntifs.NtQueryInformationFile */
DDI NTSTATUS NTAPI
NtQueryInformationFile(_In_ HANDLE FileHandle,
                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                       _Out_writes_bytes_(Length) PVOID FileInformation,
                       _In_ ULONG Length,
                       _In_ FILE_INFORMATION_CLASS FileInformationClass)
{
    IOP_INFO info;
    ULONG_PTR done = 0;
    if ((ULONG)FileInformationClass == 0 || FileInformationClass >= FileMaximumInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (Length < IopMinimumLength(FileInformationClass) || Length == 0)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (Length > IOP_INFO_LIMIT)
    {
        Length = IOP_INFO_LIMIT;
    }
    NTSTATUS status = IopBeginInfo(&info, FileHandle, IoStatusBlock);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (info.Mode != KernelMode)
    {
        status = IopProbeForWrite(FileInformation, Length, 1);
    }
    if (NT_SUCCESS(status) && FileInformationClass == FileBasicInformation &&
        !(info.GrantedAccess & FILE_READ_ATTRIBUTES))
    {
        status = STATUS_ACCESS_DENIED;
    }
    if (NT_SUCCESS(status))
    {
        status = IopQuery(&info, FileInformation, Length, FileInformationClass, &done);
    }
    return IopEndInfo(&info, status, done, IoStatusBlock);
}

/* ---- set ---------------------------------------------------------------------------------- */

#define IOP_SETTABLE_MODES                                                   \
    (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_SYNCHRONOUS_IO_ALERT | \
     FILE_SYNCHRONOUS_IO_NONALERT)

/* Synchronous files stay synchronous; only how they wait may change. */
static NTSTATUS
IopSetMode(PFILE_OBJECT FileObject, ULONG Mode)
{
    ULONG synchronous = Mode & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    BOOLEAN isSynchronous = (FileObject->Flags & FO_SYNCHRONOUS_IO) != 0;
    if ((Mode & ~(ULONG)IOP_SETTABLE_MODES) || (synchronous != 0) != isSynchronous ||
        synchronous == (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT))
    {
        return STATUS_INVALID_PARAMETER;
    }
    FileObject->Flags &= ~(ULONG)(FO_WRITE_THROUGH | FO_SEQUENTIAL_ONLY | FO_ALERTABLE_IO);
    FileObject->Flags |= (Mode & FILE_WRITE_THROUGH) ? FO_WRITE_THROUGH : 0u;
    FileObject->Flags |= (Mode & FILE_SEQUENTIAL_ONLY) ? FO_SEQUENTIAL_ONLY : 0u;
    FileObject->Flags |= (Mode & FILE_SYNCHRONOUS_IO_ALERT) ? FO_ALERTABLE_IO : 0u;
    return STATUS_SUCCESS;
}

static NTSTATUS
IopSetPosition(PIOP_INFO Info, LARGE_INTEGER Position)
{
    if (Position.QuadPart < 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    Info->FileObject->CurrentByteOffset = Position;
    return STATUS_SUCCESS;
}

static NTSTATUS
IopSet(PIOP_INFO Info, PVOID Input, ULONG Length, FILE_INFORMATION_CLASS Class, PULONG_PTR Done)
{
    PVOID buffer = IopAllocateSystemBuffer(Length);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status = IopCaptureFrom(buffer, Input, Length, Info->Mode);
    if (!NT_SUCCESS(status))
    {
        IopReturnSystemBuffer(buffer, NULL);
        return status;
    }
    if (Class == FilePositionInformation && Info->Locked)
    {
        status = IopSetPosition(Info, *(PLARGE_INTEGER)buffer);
    }
    else if (Class == FileModeInformation)
    {
        status = IopSetMode(Info->FileObject, *(PULONG)buffer);
    }
    else
    {
        status = IopSendInfo(Info, IRP_MJ_SET_INFORMATION, buffer, Length, Class, Done);
    }
    IopReturnSystemBuffer(buffer, NULL);
    return status;
}

/* NF:ntifs.NtSetInformationFile */
DDI NTSTATUS NTAPI
NtSetInformationFile(_In_ HANDLE FileHandle,
                     _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                     _In_reads_bytes_(Length) PVOID FileInformation,
                     _In_ ULONG Length,
                     _In_ FILE_INFORMATION_CLASS FileInformationClass)
{
    IOP_INFO info;
    ULONG_PTR done = 0;
    if ((ULONG)FileInformationClass == 0 || FileInformationClass >= FileMaximumInformation ||
        FileInformationClass == FileAccessInformation ||
        FileInformationClass == FileAlignmentInformation ||
        FileInformationClass == FileNameInformation)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (FileInformationClass == FileCompletionInformation)
    {
        return STATUS_NOT_IMPLEMENTED; /* completion ports do not exist yet */
    }
    if (Length < IopMinimumLength(FileInformationClass) || Length == 0 || Length > IOP_INFO_LIMIT)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    NTSTATUS status = IopBeginInfo(&info, FileHandle, IoStatusBlock);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (FileInformationClass == FileBasicInformation &&
        !(info.GrantedAccess & FILE_WRITE_ATTRIBUTES))
    {
        status = STATUS_ACCESS_DENIED;
    }
    else if ((FileInformationClass == FileDispositionInformation ||
              FileInformationClass == FileRenameInformation) &&
             !(info.GrantedAccess & DELETE))
    {
        status = STATUS_ACCESS_DENIED;
    }
    else
    {
        status = IopSet(&info, FileInformation, Length, FileInformationClass, &done);
    }
    return IopEndInfo(&info, status, done, IoStatusBlock);
}

/* ---- flush -------------------------------------------------------------------------------- */

/* NF:ntifs.NtFlushBuffersFile: needs the right to write. */
DDI NTSTATUS NTAPI
NtFlushBuffersFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    IOP_INFO info;
    ULONG_PTR done = 0;
    NTSTATUS status = IopBeginInfo(&info, FileHandle, IoStatusBlock);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = (info.GrantedAccess & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0
                 ? STATUS_ACCESS_DENIED
                 : IopSendInfo(&info, IRP_MJ_FLUSH_BUFFERS, NULL, 0, 0, &done);
    return IopEndInfo(&info, status, done, IoStatusBlock);
}

/* ---- from kernel mode --------------------------------------------------------------------- */

/* NF:ntifs.ZwFlushBuffersFile */
DDI NTSTATUS NTAPI
ZwFlushBuffersFile(_In_ HANDLE FileHandle, _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtFlushBuffersFile(FileHandle, IoStatusBlock);
    IopLeaveKernelMode(previous);
    return status;
}

/* NF:wdm.ZwQueryInformationFile */
DDI NTSTATUS NTAPI
ZwQueryInformationFile(_In_ HANDLE FileHandle,
                       _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                       _Out_writes_bytes_(Length) PVOID FileInformation,
                       _In_ ULONG Length,
                       _In_ FILE_INFORMATION_CLASS FileInformationClass)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtQueryInformationFile(FileHandle, IoStatusBlock, FileInformation, Length,
                                             FileInformationClass);
    IopLeaveKernelMode(previous);
    return status;
}

/* NF:wdm.ZwSetInformationFile */
DDI NTSTATUS NTAPI
ZwSetInformationFile(_In_ HANDLE FileHandle,
                     _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                     _In_reads_bytes_(Length) PVOID FileInformation,
                     _In_ ULONG Length,
                     _In_ FILE_INFORMATION_CLASS FileInformationClass)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtSetInformationFile(FileHandle, IoStatusBlock, FileInformation, Length,
                                           FileInformationClass);
    IopLeaveKernelMode(previous);
    return status;
}
