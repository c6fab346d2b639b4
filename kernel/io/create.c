/* SPDX-License-Identifier: MIT */
/*
 * The services that open files: parameters checked and captured, then the object manager walks the
 * name to IopParseDevice. No lock. IRQL: PASSIVE_LEVEL.
 */
#include "iop.h"

#include "ntifs.h"

#define IOP_CAPTURE_TAG 'pCoI'
#define IOP_EA_LIMIT    0x10000

/* An open with everything the caller's memory holds copied here. */
typedef struct _IOP_OPEN
{
    IOP_OPEN_PACKET Packet;
    OBJECT_ATTRIBUTES Attributes;
    UNICODE_STRING Name;
    BOOLEAN Captured; /* Name.Buffer is ours */
    KPROCESSOR_MODE Mode;
} IOP_OPEN, *PIOP_OPEN;

/* KERNEL and NF:ntifs.NtCreateFile: combinations that are refused before anything is opened. */
static NTSTATUS
IopCheckOptions(ACCESS_MASK DesiredAccess, const IOP_OPEN_PACKET *Packet)
{
    ULONG options = Packet->CreateOptions;
    ULONG synchronous = options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
    ULONG kind = options & (FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE);
    if ((options & ~(ULONG)FILE_VALID_OPTION_FLAGS) ||
        (Packet->ShareAccess & ~(ULONG)FILE_SHARE_VALID_FLAGS) ||
        Packet->Disposition > FILE_MAXIMUM_DISPOSITION ||
        (Packet->FileAttributes &
         ~(ULONG)(FILE_ATTRIBUTE_VALID_SET_FLAGS | FILE_ATTRIBUTE_DIRECTORY)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (synchronous == (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT) ||
        (synchronous != 0 && !(DesiredAccess & SYNCHRONIZE)) ||
        kind == (FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if ((options & FILE_DELETE_ON_CLOSE) && !(DesiredAccess & DELETE))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if ((options & FILE_NO_INTERMEDIATE_BUFFERING) && (DesiredAccess & FILE_APPEND_DATA))
    {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static ACCESS_MASK
IopMapAccess(ACCESS_MASK DesiredAccess)
{
    ACCESS_MASK access = DesiredAccess;
    access |= (access & GENERIC_READ) ? IopFileMapping.GenericRead : 0;
    access |= (access & GENERIC_WRITE) ? IopFileMapping.GenericWrite : 0;
    access |= (access & GENERIC_EXECUTE) ? IopFileMapping.GenericExecute : 0;
    access |= (access & GENERIC_ALL) ? IopFileMapping.GenericAll : 0;
    /* MAXIMUM_ALLOWED waits for the device's descriptor. */
    return access & ~(ACCESS_MASK)(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
}

static NTSTATUS
IopCaptureName(PIOP_OPEN Open, POBJECT_ATTRIBUTES ObjectAttributes)
{
    NTSTATUS status =
        IopCaptureFrom(&Open->Attributes, ObjectAttributes, sizeof(OBJECT_ATTRIBUTES), Open->Mode);
    if (!NT_SUCCESS(status) || Open->Attributes.ObjectName == NULL)
    {
        return NT_SUCCESS(status) ? STATUS_OBJECT_PATH_SYNTAX_BAD : status;
    }
    status = IopCaptureFrom(&Open->Name, Open->Attributes.ObjectName, sizeof(UNICODE_STRING),
                            Open->Mode);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Open->Attributes.ObjectName = &Open->Name;
    if (Open->Mode == KernelMode || Open->Name.Length == 0)
    {
        return STATUS_SUCCESS;
    }
    const void *user = Open->Name.Buffer;
    PWSTR buffer = MmAllocatePool(PagedPool, Open->Name.Length, IOP_CAPTURE_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Open->Name.Buffer = buffer;
    Open->Name.MaximumLength = Open->Name.Length;
    Open->Captured = TRUE;
    /* A user's handle is never a kernel handle, whatever the attributes say. */
    Open->Attributes.Attributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
    Open->Attributes.SecurityQualityOfService = NULL;
    Open->Attributes.SecurityDescriptor = NULL;
    return IopCaptureFrom(buffer, user, Open->Name.Length, Open->Mode);
}

static NTSTATUS
IopCaptureEa(PIOP_OPEN Open, PVOID EaBuffer, ULONG EaLength)
{
    if (EaBuffer == NULL || EaLength == 0)
    {
        return STATUS_SUCCESS;
    }
    if (EaLength > IOP_EA_LIMIT)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Open->Packet.EaBuffer = MmAllocatePool(NonPagedPoolNx, EaLength, IOP_CAPTURE_TAG);
    if (Open->Packet.EaBuffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    Open->Packet.EaLength = EaLength;
    NTSTATUS status = IopCaptureFrom(Open->Packet.EaBuffer, EaBuffer, EaLength, Open->Mode);
    if (NT_SUCCESS(status))
    {
        ULONG offset;
        status = IoCheckEaBufferValidity(Open->Packet.EaBuffer, EaLength, &offset);
    }
    return status;
}

static void
IopReleaseOpen(PIOP_OPEN Open)
{
    if (Open->Packet.EaBuffer != NULL)
    {
        MmFreePool(Open->Packet.EaBuffer, IOP_CAPTURE_TAG);
    }
    if (Open->Captured)
    {
        MmFreePool(Open->Name.Buffer, IOP_CAPTURE_TAG);
    }
}

/* Opens and hands the results out. */
static NTSTATUS
IopOpenCaptured(PIOP_OPEN Open, PHANDLE FileHandle, PIO_STATUS_BLOCK IoStatusBlock)
{
    HANDLE handle = NULL;
    NTSTATUS status = ObOpenByName(&Open->Attributes, *IoFileObjectType, Open->Mode,
                                   Open->Packet.DesiredAccess, &Open->Packet, &handle);
    IO_STATUS_BLOCK iosb = {.Status = status, .Information = Open->Packet.Information};
    if (KI_TRACING())
    {
        KiTrace("NtCreateFile", "kernel/io/create.c", "%wZ status %08x", &Open->Name, status);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (NT_SUCCESS(Open->Packet.FinalStatus))
    {
        status = Open->Packet.FinalStatus;
        iosb.Status = status;
    }
    NTSTATUS copy = IopReturnTo(FileHandle, &handle, sizeof(handle), Open->Mode);
    if (NT_SUCCESS(copy))
    {
        copy = IopReturnTo(IoStatusBlock, &iosb, sizeof(iosb), Open->Mode);
    }
    return NT_SUCCESS(copy) ? status : copy;
}

/* NF:wdm.IoCreateFile, NF:ntifs.NtCreateFile */
DDI NTSTATUS NTAPI
IoCreateFile(_Out_ PHANDLE FileHandle,
             _In_ ACCESS_MASK DesiredAccess,
             _In_ POBJECT_ATTRIBUTES ObjectAttributes,
             _Out_ PIO_STATUS_BLOCK IoStatusBlock,
             _In_opt_ PLARGE_INTEGER AllocationSize,
             _In_ ULONG FileAttributes,
             _In_ ULONG ShareAccess,
             _In_ ULONG Disposition,
             _In_ ULONG CreateOptions,
             _In_opt_ PVOID EaBuffer,
             _In_ ULONG EaLength,
             _In_ CREATE_FILE_TYPE CreateFileType,
             _In_opt_ PVOID InternalParameters,
             _In_ ULONG Options)
{
    IOP_OPEN open;
    RtlZeroMemory(&open, sizeof(open));
    open.Mode = (Options & IO_NO_PARAMETER_CHECKING) ? KernelMode : KiCurrentThread()->PreviousMode;
    open.Packet.Type = IO_TYPE_OPEN_PACKET;
    open.Packet.DesiredAccess = IopMapAccess(DesiredAccess);
    open.Packet.CreateOptions = CreateOptions;
    open.Packet.FileAttributes = FileAttributes;
    open.Packet.ShareAccess = ShareAccess;
    open.Packet.Disposition = Disposition;
    open.Packet.Options = Options;
    open.Packet.CreateFileType = CreateFileType;
    open.Packet.ExtraCreateParameters = InternalParameters;
    /* The rights as the caller spelt them: GENERIC_READ does not stand for SYNCHRONIZE here. */
    NTSTATUS status = IopCheckOptions(DesiredAccess, &open.Packet);
    if (NT_SUCCESS(status) && open.Mode != KernelMode)
    {
        status = IopProbeForWrite(IoStatusBlock, sizeof(IO_STATUS_BLOCK), 1);
        status = NT_SUCCESS(status) ? IopProbeForWrite(FileHandle, sizeof(HANDLE), 1) : status;
    }
    if (NT_SUCCESS(status) && AllocationSize != NULL)
    {
        status = IopCaptureFrom(&open.Packet.AllocationSize, AllocationSize, sizeof(LARGE_INTEGER),
                                open.Mode);
    }
    if (NT_SUCCESS(status))
    {
        status = IopCaptureName(&open, ObjectAttributes);
    }
    if (NT_SUCCESS(status))
    {
        status = IopCaptureEa(&open, EaBuffer, EaLength);
    }
    if (NT_SUCCESS(status))
    {
        status = IopOpenCaptured(&open, FileHandle, IoStatusBlock);
    }
    IopReleaseOpen(&open);
    return status;
}

/* NF:ntifs.NtCreateFile */
DDI NTSTATUS NTAPI
NtCreateFile(_Out_ PHANDLE FileHandle,
             _In_ ACCESS_MASK DesiredAccess,
             _In_ POBJECT_ATTRIBUTES ObjectAttributes,
             _Out_ PIO_STATUS_BLOCK IoStatusBlock,
             _In_opt_ PLARGE_INTEGER AllocationSize,
             _In_ ULONG FileAttributes,
             _In_ ULONG ShareAccess,
             _In_ ULONG CreateDisposition,
             _In_ ULONG CreateOptions,
             _In_opt_ PVOID EaBuffer,
             _In_ ULONG EaLength)
{
    return IoCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, AllocationSize,
                        FileAttributes, ShareAccess, CreateDisposition, CreateOptions, EaBuffer,
                        EaLength, CreateFileTypeNone, NULL, 0);
}

/* NF:wdm.ZwCreateFile */
DDI NTSTATUS NTAPI
ZwCreateFile(_Out_ PHANDLE FileHandle,
             _In_ ACCESS_MASK DesiredAccess,
             _In_ POBJECT_ATTRIBUTES ObjectAttributes,
             _Out_ PIO_STATUS_BLOCK IoStatusBlock,
             _In_opt_ PLARGE_INTEGER AllocationSize,
             _In_ ULONG FileAttributes,
             _In_ ULONG ShareAccess,
             _In_ ULONG CreateDisposition,
             _In_ ULONG CreateOptions,
             _In_opt_ PVOID EaBuffer,
             _In_ ULONG EaLength)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock,
                                   AllocationSize, FileAttributes, ShareAccess, CreateDisposition,
                                   CreateOptions, EaBuffer, EaLength);
    IopLeaveKernelMode(previous);
    return status;
}

/* NF:ntifs.NtOpenFile */
DDI NTSTATUS NTAPI
NtOpenFile(_Out_ PHANDLE FileHandle,
           _In_ ACCESS_MASK DesiredAccess,
           _In_ POBJECT_ATTRIBUTES ObjectAttributes,
           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
           _In_ ULONG ShareAccess,
           _In_ ULONG OpenOptions)
{
    return IoCreateFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock, NULL, 0,
                        ShareAccess, FILE_OPEN, OpenOptions, NULL, 0, CreateFileTypeNone, NULL, 0);
}

/* NF:wdm.ZwOpenFile */
DDI NTSTATUS NTAPI
ZwOpenFile(_Out_ PHANDLE FileHandle,
           _In_ ACCESS_MASK DesiredAccess,
           _In_ POBJECT_ATTRIBUTES ObjectAttributes,
           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
           _In_ ULONG ShareAccess,
           _In_ ULONG OpenOptions)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtOpenFile(FileHandle, DesiredAccess, ObjectAttributes, IoStatusBlock,
                                 ShareAccess, OpenOptions);
    IopLeaveKernelMode(previous);
    return status;
}
