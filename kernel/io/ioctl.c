/* SPDX-License-Identifier: MIT */
/*
 * Device and file system control: NtDeviceIoControlFile, NtFsControlFile and their Zw forms.
 * Buffers by method: KERNEL:buffer-descriptions-for-i-o-control-codes. No lock. IRQL:
 * PASSIVE_LEVEL.
 */
#include "iop.h"

#define IOP_METHOD(Code)          ((Code) & 3)
#define IOP_REQUIRED_ACCESS(Code) (((Code) >> 14) & 3)

/* The caller's view of a control request. */
typedef struct _IOP_CONTROL
{
    ULONG Code;
    PVOID Input;
    ULONG InputLength;
    PVOID Output;
    ULONG OutputLength;
} IOP_CONTROL;

/* KERNEL:defining-i-o-control-codes: the handle must have been opened with what the code requires.
 */
static BOOLEAN
IopMayControl(const IOP_SERVICE *Service, ULONG Code)
{
    ULONG required = IOP_REQUIRED_ACCESS(Code); /* FILE_READ_DATA and FILE_WRITE_DATA are 1 and 2 */
    return Service->Mode == KernelMode || (Service->GrantedAccess & required) == required;
}

/* The user's buffers, except for METHOD_NEITHER, which hands them on as they are. */
static inline NTSTATUS
IopProbeControl(const IOP_CONTROL *Control)
{
    ULONG method = IOP_METHOD(Control->Code);
    NTSTATUS status = STATUS_SUCCESS;
    if (method == METHOD_NEITHER)
    {
        return STATUS_SUCCESS;
    }
    if (Control->InputLength != 0)
    {
        status = MmProbeRange(Control->Input, Control->InputLength) ? STATUS_SUCCESS
                                                                    : STATUS_ACCESS_VIOLATION;
    }
    if (NT_SUCCESS(status) && method == METHOD_BUFFERED && Control->OutputLength != 0)
    {
        status = IopProbeOutput(Control->Output, Control->OutputLength);
    }
    return status;
}

static inline NTSTATUS
IopCopyInput(PIRP Irp, const IOP_CONTROL *Control, ULONG Length)
{
    PIOP_IRP header = IopServiceHeader(Irp);
    PVOID buffer = IopAllocateSystemBuffer(Length);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    header->SystemBuffer = buffer;
    Irp->AssociatedIrp.SystemBuffer = buffer;
    Irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    if (Control->InputLength == 0)
    {
        return STATUS_SUCCESS;
    }
    return IopCaptureFrom(buffer, Control->Input, Control->InputLength, Irp->RequestorMode);
}

static IOP_MS NTSTATUS
IopPrepareBuffers(PIRP Irp, const IOP_CONTROL *Control)
{
    ULONG method = IOP_METHOD(Control->Code);
    PIOP_IRP header = IopServiceHeader(Irp);
    NTSTATUS status = STATUS_SUCCESS;
    if (method == METHOD_NEITHER)
    {
        Irp->UserBuffer = Control->Output;
        IoGetNextIrpStackLocation(Irp)->Parameters.DeviceIoControl.Type3InputBuffer =
            Control->Input;
        if (Irp->RequestorMode != KernelMode)
        {
            MmGuardUserBuffer(Control->Input, Control->InputLength);
            MmGuardUserBuffer(Control->Output, Control->OutputLength);
        }
        return STATUS_SUCCESS;
    }
    if (method == METHOD_BUFFERED)
    {
        ULONG length = Control->InputLength > Control->OutputLength ? Control->InputLength
                                                                    : Control->OutputLength;
        if (length == 0)
        {
            return STATUS_SUCCESS;
        }
        Irp->UserBuffer = Control->Output;
        header->OutputLength = Control->OutputLength;
        header->CheckOutput = TRUE;
        status = IopCopyInput(Irp, Control, length);
        if (Control->OutputLength != 0)
        {
            Irp->Flags |= IRP_INPUT_OPERATION;
        }
        return status;
    }
    if (Control->InputLength != 0)
    {
        status = IopCopyInput(Irp, Control, Control->InputLength);
    }
    if (NT_SUCCESS(status) && Control->OutputLength != 0)
    {
        status = IopLockBuffer(Irp, Control->Output, Control->OutputLength, Irp->RequestorMode,
                               method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
    }
    return status;
}

/* NF: FAST_IO_DISPATCH.FastIoDeviceControl may do the whole request without an IRP. TRUE: it did.
 */
static IOP_COLD BOOLEAN
IopTryFastControl(PIOP_SERVICE Service, const IOP_CONTROL *Control, PIO_STATUS_BLOCK IoStatus)
{
    PFAST_IO_DISPATCH dispatch = Service->DeviceObject->DriverObject->FastIoDispatch;
    if (dispatch->SizeOfFastIoDispatch <= FIELD_OFFSET(FAST_IO_DISPATCH, FastIoDeviceControl) ||
        dispatch->FastIoDeviceControl == NULL || Service->ApcRoutine != NULL)
    {
        return FALSE;
    }
    KIRQL irql = KiCurrentIrql();
    PKTHREAD thread = KiCurrentThread();
    LONG64 balance = thread->Balance;
    PKI_GATE_RECORD mark = KiMarkCall();
    BOOLEAN done = dispatch->FastIoDeviceControl(
        Service->FileObject, TRUE, Control->Input, Control->InputLength, Control->Output,
        Control->OutputLength, Control->Code, IoStatus, Service->DeviceObject);
    KiEndCall(mark);
    KiCheckSpinLocks(KI_BALANCE_LOCKS(balance), (const void *)dispatch->FastIoDeviceControl,
                     "a fast I/O routine", Service->DeviceObject);
    if (KiCurrentIrql() != irql)
    {
        KiBlame((const void *)dispatch->FastIoDeviceControl);
        KiBugCheckWithRule(0xc9, 0x11, (ULONG64)dispatch->FastIoDeviceControl, irql,
                           KiCurrentIrql(),
                           "A fast I/O routine returned at another IRQL than it was called at",
                           "NS:wdm._FAST_IO_DISPATCH", NULL, Service->DeviceObject);
    }
    if (thread->KernelApcDisable != KI_BALANCE_APCS(balance))
    {
        KiBlame((const void *)dispatch->FastIoDeviceControl);
        KiBugCheckWithRule(0xc4, 0xc6, (ULONG64)dispatch->FastIoDeviceControl,
                           (ULONG64)(LONG64)thread->KernelApcDisable,
                           (ULONG64)(LONG64)KI_BALANCE_APCS(balance),
                           "A fast I/O routine changed the thread's APC disable count",
                           "KERNEL:disabling-apcs", NULL, Service->DeviceObject);
    }
    return done;
}

static IOP_COLD void
IopTraceControl(PIRP Irp, const IOP_SERVICE *Service, const IOP_CONTROL *Control, UCHAR Major)
{
    UNICODE_STRING name = IopDeviceName(Service->FileObject->DeviceObject);
    UNICODE_STRING trailing = IopPrintable(&Service->FileObject->FileName);
    KiTrace(Major == IRP_MJ_DEVICE_CONTROL ? "NtDeviceIoControlFile" : "NtFsControlFile",
            "kernel/io/ioctl.c", "irp %u code %08x in %u out %u %wZ%wZ", IopIrpNumber(Irp),
            Control->Code, Control->InputLength, Control->OutputLength, &name, &trailing);
}

static IOP_MS NTSTATUS
IopSendControl(PIOP_SERVICE Service, const IOP_CONTROL *Control, UCHAR Major)
{
    PIRP irp = IopAllocateServiceIrp(Service);
    if (irp == NULL)
    {
        return IopEndService(Service, STATUS_INSUFFICIENT_RESOURCES);
    }
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->MajorFunction = Major;
    if (Major == IRP_MJ_FILE_SYSTEM_CONTROL)
    {
        stack->MinorFunction =
            Service->Mode == KernelMode ? IRP_MN_KERNEL_CALL : IRP_MN_USER_FS_REQUEST;
    }
    stack->Flags =
        (UCHAR)(((Service->GrantedAccess & FILE_READ_DATA) ? SL_READ_ACCESS_GRANTED : 0) |
                ((Service->GrantedAccess & FILE_WRITE_DATA) ? SL_WRITE_ACCESS_GRANTED : 0));
    stack->Parameters.DeviceIoControl.IoControlCode = Control->Code;
    stack->Parameters.DeviceIoControl.InputBufferLength = Control->InputLength;
    stack->Parameters.DeviceIoControl.OutputBufferLength = Control->OutputLength;
    NTSTATUS status = IopPrepareBuffers(irp, Control);
    if (__builtin_expect(!NT_SUCCESS(status), 0))
    {
        IopDiscardServiceIrp(irp);
        return IopEndService(Service, status);
    }
    if (KI_TRACING())
    {
        IopTraceControl(irp, Service, Control, Major);
    }
    return IopSendService(Service, irp);
}

static IOP_MS NTSTATUS
IopControlFile(HANDLE FileHandle,
               HANDLE Event,
               PIOP_SERVICE Service,
               const IOP_CONTROL *Control,
               UCHAR Major)
{
    NTSTATUS status = IopBeginService(Service, FileHandle, Event, 0);
    if (__builtin_expect(!NT_SUCCESS(status), 0))
    {
        return status;
    }
    if (!IopMayControl(Service, Control->Code))
    {
        return IopEndService(Service, STATUS_ACCESS_DENIED);
    }
    if (Service->Mode != KernelMode)
    {
        status = IopProbeControl(Control);
        if (!NT_SUCCESS(status))
        {
            return IopEndService(Service, status);
        }
    }
    if (Major == IRP_MJ_DEVICE_CONTROL &&
        Service->DeviceObject->DriverObject->FastIoDispatch != NULL)
    {
        IO_STATUS_BLOCK iosb = {0};
        if (IopTryFastControl(Service, Control, &iosb))
        {
            return IopFinishFastIo(Service, &iosb);
        }
    }
    status = IopSendControl(Service, Control, Major);
    if (__builtin_expect(IOP_METHOD(Control->Code) == METHOD_NEITHER, 0))
    {
        MmUnguardUserBuffers();
    }
    return status;
}

/* NF:ntifs.NtDeviceIoControlFile */
DDI NTSTATUS NTAPI
NtDeviceIoControlFile(_In_ HANDLE FileHandle,
                      _In_opt_ HANDLE Event,
                      _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                      _In_opt_ PVOID ApcContext,
                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                      _In_ ULONG IoControlCode,
                      _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                      _In_ ULONG InputBufferLength,
                      _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                      _In_ ULONG OutputBufferLength)
{
    IOP_SERVICE service;
    IOP_CONTROL control = {IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                           OutputBufferLength};
    service.UserIosb = IoStatusBlock;
    service.ApcRoutine = ApcRoutine;
    service.ApcContext = ApcContext;
    return IopControlFile(FileHandle, Event, &service, &control, IRP_MJ_DEVICE_CONTROL);
}

/* NF:ntifs.NtFsControlFile */
DDI NTSTATUS NTAPI
NtFsControlFile(_In_ HANDLE FileHandle,
                _In_opt_ HANDLE Event,
                _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                _In_opt_ PVOID ApcContext,
                _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                _In_ ULONG FsControlCode,
                _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                _In_ ULONG InputBufferLength,
                _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                _In_ ULONG OutputBufferLength)
{
    IOP_SERVICE service;
    IOP_CONTROL control = {FsControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                           OutputBufferLength};
    service.UserIosb = IoStatusBlock;
    service.ApcRoutine = ApcRoutine;
    service.ApcContext = ApcContext;
    return IopControlFile(FileHandle, Event, &service, &control, IRP_MJ_FILE_SYSTEM_CONTROL);
}

/* NF:ntifs.ZwDeviceIoControlFile */
DDI NTSTATUS NTAPI
ZwDeviceIoControlFile(_In_ HANDLE FileHandle,
                      _In_opt_ HANDLE Event,
                      _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                      _In_opt_ PVOID ApcContext,
                      _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                      _In_ ULONG IoControlCode,
                      _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                      _In_ ULONG InputBufferLength,
                      _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                      _In_ ULONG OutputBufferLength)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status = NtDeviceIoControlFile(FileHandle, Event, ApcRoutine, ApcContext,
                                            IoStatusBlock, IoControlCode, InputBuffer,
                                            InputBufferLength, OutputBuffer, OutputBufferLength);
    IopLeaveKernelMode(previous);
    return status;
}

/* NF:ntifs.ZwFsControlFile */
DDI NTSTATUS NTAPI
ZwFsControlFile(_In_ HANDLE FileHandle,
                _In_opt_ HANDLE Event,
                _In_opt_ PIO_APC_ROUTINE ApcRoutine,
                _In_opt_ PVOID ApcContext,
                _Out_ PIO_STATUS_BLOCK IoStatusBlock,
                _In_ ULONG FsControlCode,
                _In_reads_bytes_opt_(InputBufferLength) PVOID InputBuffer,
                _In_ ULONG InputBufferLength,
                _Out_writes_bytes_opt_(OutputBufferLength) PVOID OutputBuffer,
                _In_ ULONG OutputBufferLength)
{
    KPROCESSOR_MODE previous = IopEnterKernelMode();
    NTSTATUS status =
        NtFsControlFile(FileHandle, Event, ApcRoutine, ApcContext, IoStatusBlock, FsControlCode,
                        InputBuffer, InputBufferLength, OutputBuffer, OutputBufferLength);
    IopLeaveKernelMode(previous);
    return status;
}
