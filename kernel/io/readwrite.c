/* SPDX-License-Identifier: MIT */
/*
 * NtReadFile, NtWriteFile, NtFlushBuffersFile and their Zw forms. The top device's flags choose
 * buffered, direct or neither (KERNEL:methods-for-accessing-data-buffers). No lock. IRQL:
 * PASSIVE_LEVEL.
 */
#include "iop.h"

/* One read or write as the caller asked for it. */
typedef struct _IOP_TRANSFER
{
    UCHAR Major; /* IRP_MJ_READ or IRP_MJ_WRITE */
    PVOID Buffer;
    ULONG Length;
    ULONG Key;
    LARGE_INTEGER Offset;
} IOP_TRANSFER, *PIOP_TRANSFER;

static BOOLEAN
IopIsSpecialOffset(const LARGE_INTEGER *Offset, LONG Low)
{
    return Offset->HighPart == -1 && (LONG)Offset->LowPart == Low;
}

/* NF:ntifs.NtReadFile, parameter ByteOffset: the position is kept for synchronous files only. */
static IOP_MS NTSTATUS
IopResolveOffset(PIOP_SERVICE Service,
                 PIOP_TRANSFER Transfer,
                 PLARGE_INTEGER ByteOffset,
                 PULONG Key)
{
    PFILE_OBJECT file = Service->FileObject;
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN append =
        Transfer->Major == IRP_MJ_WRITE &&
        (Service->GrantedAccess & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == FILE_APPEND_DATA;
    Transfer->Key = 0;
    if (Key != NULL)
    {
        status = IopCaptureFrom(&Transfer->Key, Key, sizeof(ULONG), Service->Mode);
    }
    if (NT_SUCCESS(status) && ByteOffset != NULL)
    {
        status =
            IopCaptureFrom(&Transfer->Offset, ByteOffset, sizeof(LARGE_INTEGER), Service->Mode);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (append)
    {
        Transfer->Offset.LowPart = FILE_WRITE_TO_END_OF_FILE;
        Transfer->Offset.HighPart = -1;
        return STATUS_SUCCESS;
    }
    if (Service->Synchronous &&
        (ByteOffset == NULL ||
         IopIsSpecialOffset(&Transfer->Offset, FILE_USE_FILE_POINTER_POSITION)))
    {
        Transfer->Offset = file->CurrentByteOffset;
        return STATUS_SUCCESS;
    }
    if (ByteOffset == NULL)
    {
        if (!(file->Flags & (FO_NAMED_PIPE | FO_MAILSLOT)))
        {
            return STATUS_INVALID_PARAMETER;
        }
        Transfer->Offset.QuadPart = 0;
    }
    if (Transfer->Offset.QuadPart < 0 &&
        !(Transfer->Major == IRP_MJ_WRITE &&
          IopIsSpecialOffset(&Transfer->Offset, FILE_WRITE_TO_END_OF_FILE)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* FILE_NO_INTERMEDIATE_BUFFERING: whole sectors at aligned addresses. */
static IOP_MS NTSTATUS
IopCheckAlignment(PIOP_SERVICE Service, const IOP_TRANSFER *Transfer)
{
    PDEVICE_OBJECT device = Service->DeviceObject;
    ULONG sector = device->SectorSize;
    if (!(Service->FileObject->Flags & FO_NO_INTERMEDIATE_BUFFERING) || sector == 0)
    {
        return STATUS_SUCCESS;
    }
    if (Transfer->Length % sector != 0 ||
        (Transfer->Offset.QuadPart >= 0 && Transfer->Offset.QuadPart % sector != 0))
    {
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

static IOP_MS NTSTATUS
IopPrepareTransfer(PIOP_SERVICE Service, PIRP Irp, const IOP_TRANSFER *Transfer)
{
    BOOLEAN read = Transfer->Major == IRP_MJ_READ;
    ULONG flags = Service->DeviceObject->Flags;
    PIOP_IRP header = IopIrpHeader(Irp);
    if (flags & DO_BUFFERED_IO)
    {
        Irp->UserBuffer = Transfer->Buffer;
        if (Transfer->Length == 0)
        {
            return STATUS_SUCCESS;
        }
        PVOID buffer = IopAllocateSystemBuffer(Transfer->Length);
        if (buffer == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        header->SystemBuffer = buffer;
        header->OutputLength = Transfer->Length;
        header->CheckOutput = TRUE;
        Irp->AssociatedIrp.SystemBuffer = buffer;
        Irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER | (read ? IRP_INPUT_OPERATION : 0u);
        return read ? STATUS_SUCCESS
                    : IopCaptureFrom(buffer, Transfer->Buffer, Transfer->Length, Service->Mode);
    }
    if (flags & DO_DIRECT_IO)
    {
        return Transfer->Length == 0
                   ? STATUS_SUCCESS
                   : IopLockBuffer(Irp, Transfer->Buffer, Transfer->Length, Service->Mode,
                                   read ? IoWriteAccess : IoReadAccess);
    }
    Irp->UserBuffer = Transfer->Buffer;
    if (Service->Mode != KernelMode)
    {
        MmGuardUserBuffer(Transfer->Buffer, Transfer->Length);
    }
    return STATUS_SUCCESS;
}

static IOP_COLD void
IopTraceTransfer(PIRP Irp, const IOP_SERVICE *Service, const IOP_TRANSFER *Transfer)
{
    UNICODE_STRING name = IopDeviceName(Service->FileObject->DeviceObject);
    UNICODE_STRING trailing = IopPrintable(&Service->FileObject->FileName);
    KiTrace(Transfer->Major == IRP_MJ_READ ? "NtReadFile" : "NtWriteFile", "kernel/io/readwrite.c",
            "irp %u length %u offset %I64d %wZ%wZ", IopIrpNumber(Irp), Transfer->Length,
            Transfer->Offset.QuadPart, &name, &trailing);
}

static IOP_MS NTSTATUS
IopSendTransfer(PIOP_SERVICE Service, const IOP_TRANSFER *Transfer)
{
    BOOLEAN read = Transfer->Major == IRP_MJ_READ;
    PFILE_OBJECT file = Service->FileObject;
    PIRP irp = IopAllocateServiceIrp(Service);
    if (irp == NULL)
    {
        return IopEndService(Service, STATUS_INSUFFICIENT_RESOURCES);
    }
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = Transfer->Major;
    if (!read && (file->Flags & FO_WRITE_THROUGH))
    {
        stack->Flags = SL_WRITE_THROUGH;
    }
    stack->Parameters.Read.Length = Transfer->Length;
    stack->Parameters.Read.Key = Transfer->Key;
    stack->Parameters.Read.ByteOffset = Transfer->Offset;
    irp->Flags |= read ? IRP_READ_OPERATION : IRP_WRITE_OPERATION;
    irp->Flags |= (file->Flags & FO_NO_INTERMEDIATE_BUFFERING) ? IRP_NOCACHE : 0u;
    NTSTATUS status = IopPrepareTransfer(Service, irp, Transfer);
    if (!NT_SUCCESS(status))
    {
        IopDiscardServiceIrp(irp);
        return IopEndService(Service, status);
    }
    if (KI_TRACING())
    {
        IopTraceTransfer(irp, Service, Transfer);
    }
    BOOLEAN synchronous = Service->Synchronous;
    if (synchronous)
    {
        ObReference(file);
    }
    status = IopSendService(Service, irp);
    if (synchronous)
    {
        /* The position moves by what was transferred, from wherever the transfer started. */
        if (NT_SUCCESS(status) && Transfer->Offset.QuadPart >= 0)
        {
            file->CurrentByteOffset.QuadPart =
                Transfer->Offset.QuadPart + (LONGLONG)Service->Result.IoStatus.Information;
        }
        ObDereference(file);
    }
    return status;
}

/* KERNEL:fast I/O is tried when the file is cached, which its driver says by PrivateCacheMap. */
static IOP_MS BOOLEAN
IopTryFastTransfer(PIOP_SERVICE Service, PIOP_TRANSFER Transfer, PIO_STATUS_BLOCK IoStatus)
{
    PFAST_IO_DISPATCH dispatch = Service->DeviceObject->DriverObject->FastIoDispatch;
    PFILE_OBJECT file = Service->FileObject;
    if (file->PrivateCacheMap == NULL || !Service->Synchronous || dispatch == NULL ||
        dispatch->SizeOfFastIoDispatch <= FIELD_OFFSET(FAST_IO_DISPATCH, FastIoWrite))
    {
        return FALSE;
    }
    if (Transfer->Major == IRP_MJ_READ)
    {
        return dispatch->FastIoRead != NULL &&
               dispatch->FastIoRead(file, &Transfer->Offset, Transfer->Length, TRUE, Transfer->Key,
                                    Transfer->Buffer, IoStatus, Service->DeviceObject);
    }
    return dispatch->FastIoWrite != NULL &&
           dispatch->FastIoWrite(file, &Transfer->Offset, Transfer->Length, TRUE, Transfer->Key,
                                 Transfer->Buffer, IoStatus, Service->DeviceObject);
}

static IOP_MS NTSTATUS
IopTransferFile(HANDLE FileHandle,
                HANDLE Event,
                PIOP_SERVICE Service,
                PIOP_TRANSFER Transfer,
                PLARGE_INTEGER ByteOffset,
                PULONG Key)
{
    BOOLEAN read = Transfer->Major == IRP_MJ_READ;
    IO_STATUS_BLOCK iosb = {0};
    NTSTATUS status = IopBeginService(Service, FileHandle, Event,
                                      read ? FILE_READ_DATA : FILE_WRITE_DATA | FILE_APPEND_DATA);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (Service->Mode != KernelMode)
    {
        status = read ? IopProbeForWrite(Transfer->Buffer, Transfer->Length, 1)
                      : IopProbeForRead(Transfer->Buffer, Transfer->Length, 1);
    }
    if (NT_SUCCESS(status))
    {
        status = IopResolveOffset(Service, Transfer, ByteOffset, Key);
    }
    if (NT_SUCCESS(status))
    {
        status = IopCheckAlignment(Service, Transfer);
    }
    if (!NT_SUCCESS(status))
    {
        return IopEndService(Service, status);
    }
    if (IopTryFastTransfer(Service, Transfer, &iosb))
    {
        return IopFinishFastIo(Service, &iosb);
    }
    status = IopSendTransfer(Service, Transfer);
    if (__builtin_expect((Service->DeviceObject->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO)) == 0, 0))
    {
        MmUnguardUserBuffers();
    }
    return status;
}

/* NF:ntifs.NtReadFile */
DDI NTSTATUS NTAPI
NtReadFile(_In_ HANDLE FileHandle,
           _In_opt_ HANDLE Event,
           _In_opt_ PIO_APC_ROUTINE ApcRoutine,
           _In_opt_ PVOID ApcContext,
           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
           _Out_writes_bytes_(Length) PVOID Buffer,
           _In_ ULONG Length,
           _In_opt_ PLARGE_INTEGER ByteOffset,
           _In_opt_ PULONG Key)
{
    IOP_SERVICE service;
    IOP_TRANSFER transfer = {.Major = IRP_MJ_READ, .Buffer = Buffer, .Length = Length};
    service.UserIosb = IoStatusBlock;
    service.ApcRoutine = ApcRoutine;
    service.ApcContext = ApcContext;
    return IopTransferFile(FileHandle, Event, &service, &transfer, ByteOffset, Key);
}

/* NF:ntifs.NtWriteFile */
DDI NTSTATUS NTAPI
NtWriteFile(_In_ HANDLE FileHandle,
            _In_opt_ HANDLE Event,
            _In_opt_ PIO_APC_ROUTINE ApcRoutine,
            _In_opt_ PVOID ApcContext,
            _Out_ PIO_STATUS_BLOCK IoStatusBlock,
            _In_reads_bytes_(Length) PVOID Buffer,
            _In_ ULONG Length,
            _In_opt_ PLARGE_INTEGER ByteOffset,
            _In_opt_ PULONG Key)
{
    IOP_SERVICE service;
    IOP_TRANSFER transfer = {.Major = IRP_MJ_WRITE, .Buffer = Buffer, .Length = Length};
    service.UserIosb = IoStatusBlock;
    service.ApcRoutine = ApcRoutine;
    service.ApcContext = ApcContext;
    return IopTransferFile(FileHandle, Event, &service, &transfer, ByteOffset, Key);
}

/* NF:wdm.ZwReadFile */
DDI NTSTATUS NTAPI
ZwReadFile(_In_ HANDLE FileHandle,
           _In_opt_ HANDLE Event,
           _In_opt_ PIO_APC_ROUTINE ApcRoutine,
           _In_opt_ PVOID ApcContext,
           _Out_ PIO_STATUS_BLOCK IoStatusBlock,
           _Out_writes_bytes_(Length) PVOID Buffer,
           _In_ ULONG Length,
           _In_opt_ PLARGE_INTEGER ByteOffset,
           _In_opt_ PULONG Key)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtReadFile(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock, Buffer,
                                 Length, ByteOffset, Key);
    IopLeaveKernelMode(previous);
    return status;
}

/* NF:wdm.ZwWriteFile */
DDI NTSTATUS NTAPI
ZwWriteFile(_In_ HANDLE FileHandle,
            _In_opt_ HANDLE Event,
            _In_opt_ PIO_APC_ROUTINE ApcRoutine,
            _In_opt_ PVOID ApcContext,
            _Out_ PIO_STATUS_BLOCK IoStatusBlock,
            _In_reads_bytes_(Length) PVOID Buffer,
            _In_ ULONG Length,
            _In_opt_ PLARGE_INTEGER ByteOffset,
            _In_opt_ PULONG Key)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtWriteFile(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock, Buffer,
                                  Length, ByteOffset, Key);
    IopLeaveKernelMode(previous);
    return status;
}
