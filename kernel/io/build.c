/* SPDX-License-Identifier: MIT */
/*
 * IRPs that the I/O manager builds for drivers: IoBuildXxxRequest, associated IRPs, completion
 * routines that hold their driver. No lock. IRQL: APC_LEVEL at most, see each page.
 */
#include "iop.h"

#define IOP_REQUEST_TAG 'uBoI'
#define IOP_HOLD_TAG    'RCoI'

/* Takes the IRP back after a failure in the middle. */
static PIRP
IopAbandonBuild(PIRP Irp)
{
    if (Irp->Flags & IRP_DEALLOCATE_BUFFER)
    {
        MmFreePool(Irp->AssociatedIrp.SystemBuffer, IOP_REQUEST_TAG);
    }
    IopFreeMdls(Irp);
    IopFreeIrp(Irp);
    return NULL;
}

/* A system buffer that a driver may free itself (IoBuildAsynchronousFsdRequest), so plain pool. */
static BOOLEAN
IopBuildSystemBuffer(PIRP Irp, ULONG Length, const void *Source, ULONG SourceLength)
{
    PVOID buffer = MmAllocatePool(NonPagedPoolNx, Length, IOP_REQUEST_TAG);
    if (buffer == NULL)
    {
        return FALSE;
    }
    if (SourceLength != 0)
    {
        RtlCopyMemory(buffer, Source, SourceLength);
    }
    Irp->AssociatedIrp.SystemBuffer = buffer;
    Irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    return TRUE;
}

static PIRP
IopBuildIrp(PDEVICE_OBJECT DeviceObject, IOP_IRP_KIND Kind, UCHAR Major)
{
    if (MmIsFaultInjected(IoSizeOfIrp(DeviceObject->StackSize), IOP_REQUEST_TAG))
    {
        return NULL;
    }
    PIRP irp = IopAllocateIrp(DeviceObject->StackSize, Kind);
    if (irp != NULL)
    {
        IopIrpHeader(irp)->Caller = KiCallerAddress();
        irp->Tail.Overlay.Thread = (PETHREAD)KiCurrentThread();
        IoGetNextIrpStackLocation(irp)->MajorFunction = Major;
    }
    return irp;
}

/* ---- read, write, flush, shutdown, pnp ---------------------------------------------------- */

static BOOLEAN
IopBuildTransfer(PIRP Irp,
                 PDEVICE_OBJECT DeviceObject,
                 PVOID Buffer,
                 ULONG Length,
                 PLARGE_INTEGER StartingOffset)
{
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(Irp);
    BOOLEAN read = stack->MajorFunction == IRP_MJ_READ;
    PIOP_IRP header = IopIrpHeader(Irp);
    stack->Parameters.Read.Length = Length;
    stack->Parameters.Read.ByteOffset.QuadPart =
        StartingOffset != NULL ? StartingOffset->QuadPart : 0;
    if (DeviceObject->Flags & DO_BUFFERED_IO)
    {
        if (Length == 0)
        {
            return TRUE;
        }
        Irp->UserBuffer = Buffer;
        header->OutputLength = Length;
        header->CheckOutput = TRUE;
        Irp->Flags |= read ? IRP_INPUT_OPERATION : 0u;
        return IopBuildSystemBuffer(Irp, Length, Buffer, read ? 0 : Length);
    }
    if (DeviceObject->Flags & DO_DIRECT_IO)
    {
        if (Length == 0)
        {
            return TRUE;
        }
        NTSTATUS status =
            IopLockBuffer(Irp, Buffer, Length, KernelMode, read ? IoWriteAccess : IoReadAccess);
        if (status == STATUS_ACCESS_VIOLATION)
        {
            KiBugCheckWithRule(0xc9, 0x08, (ULONG64)DeviceObject, stack->MajorFunction,
                               (ULONG)status,
                               "IoBuildXxxFsdRequest was given a buffer that is not valid memory",
                               "NF:wdm.IoBuildAsynchronousFsdRequest", Irp, DeviceObject);
        }
        return NT_SUCCESS(status);
    }
    Irp->UserBuffer = Buffer;
    return TRUE;
}

static PIRP
IopBuildFsd(ULONG MajorFunction,
            PDEVICE_OBJECT DeviceObject,
            PVOID Buffer,
            ULONG Length,
            PLARGE_INTEGER StartingOffset,
            PIO_STATUS_BLOCK IoStatusBlock,
            IOP_IRP_KIND Kind)
{
    PIRP irp = IopBuildIrp(DeviceObject, Kind, (UCHAR)MajorFunction);
    if (irp == NULL)
    {
        return NULL;
    }
    irp->UserIosb = IoStatusBlock;
    if (MajorFunction == IRP_MJ_PNP)
    {
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    }
    if ((MajorFunction == IRP_MJ_READ || MajorFunction == IRP_MJ_WRITE) &&
        !IopBuildTransfer(irp, DeviceObject, Buffer, Length, StartingOffset))
    {
        return IopAbandonBuild(irp);
    }
    return irp;
}

/* NF:wdm.IoBuildAsynchronousFsdRequest: bound to no thread's list; the driver frees it. */
DDI PIRP NTAPI
IoBuildAsynchronousFsdRequest(_In_ ULONG MajorFunction,
                              _In_ PDEVICE_OBJECT DeviceObject,
                              _Inout_opt_ PVOID Buffer,
                              _In_opt_ ULONG Length,
                              _In_opt_ PLARGE_INTEGER StartingOffset,
                              _In_opt_ PIO_STATUS_BLOCK IoStatusBlock)
{
    return IopBuildFsd(MajorFunction, DeviceObject, Buffer, Length, StartingOffset, IoStatusBlock,
                       IopIrpAsynchronous);
}

/* NF:wdm.IoBuildSynchronousFsdRequest: the I/O manager frees it and sets the event. */
DDI PIRP NTAPI
IoBuildSynchronousFsdRequest(_In_ ULONG MajorFunction,
                             _In_ PDEVICE_OBJECT DeviceObject,
                             _Inout_opt_ PVOID Buffer,
                             _In_opt_ ULONG Length,
                             _In_opt_ PLARGE_INTEGER StartingOffset,
                             _In_ PKEVENT Event,
                             _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = IopBuildFsd(MajorFunction, DeviceObject, Buffer, Length, StartingOffset,
                           IoStatusBlock, IopIrpThreaded);
    if (irp != NULL)
    {
        irp->UserEvent = Event;
        IopQueueThreadIrp(irp);
    }
    return irp;
}

/* ---- device control ----------------------------------------------------------------------- */

static BOOLEAN
IopBuildControlBuffers(PIRP Irp,
                       ULONG Code,
                       PVOID Input,
                       ULONG InputLength,
                       PVOID Output,
                       ULONG OutputLength)
{
    ULONG method = Code & 3;
    ULONG length = InputLength > OutputLength ? InputLength : OutputLength;
    PIOP_IRP header = IopIrpHeader(Irp);
    if (method == METHOD_NEITHER)
    {
        IoGetNextIrpStackLocation(Irp)->Parameters.DeviceIoControl.Type3InputBuffer = Input;
        Irp->UserBuffer = Output;
        return TRUE;
    }
    if (method == METHOD_BUFFERED)
    {
        if (length == 0)
        {
            return TRUE;
        }
        Irp->UserBuffer = Output;
        header->OutputLength = OutputLength;
        header->CheckOutput = TRUE;
        Irp->Flags |= Output != NULL ? IRP_INPUT_OPERATION : 0u;
        return IopBuildSystemBuffer(Irp, length, Input, Input != NULL ? InputLength : 0);
    }
    if (Input != NULL && InputLength != 0 &&
        !IopBuildSystemBuffer(Irp, InputLength, Input, InputLength))
    {
        return FALSE;
    }
    if (Output == NULL || OutputLength == 0)
    {
        return TRUE;
    }
    NTSTATUS status = IopLockBuffer(Irp, Output, OutputLength, KernelMode,
                                    method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
    if (status == STATUS_ACCESS_VIOLATION)
    {
        KiBugCheckWithRule(
            0xc9, 0x09, 0, Code, (ULONG)status,
            "IoBuildDeviceIoControlRequest was given a buffer that is not valid memory",
            "NF:wdm.IoBuildDeviceIoControlRequest", Irp, NULL);
    }
    return NT_SUCCESS(status);
}

/* NF:wdm.IoBuildDeviceIoControlRequest */
DDI PIRP NTAPI
IoBuildDeviceIoControlRequest(_In_ ULONG IoControlCode,
                              _In_ PDEVICE_OBJECT DeviceObject,
                              _In_opt_ PVOID InputBuffer,
                              _In_ ULONG InputBufferLength,
                              _Out_opt_ PVOID OutputBuffer,
                              _In_ ULONG OutputBufferLength,
                              _In_ BOOLEAN InternalDeviceIoControl,
                              _In_opt_ PKEVENT Event,
                              _Out_ PIO_STATUS_BLOCK IoStatusBlock)
{
    PIRP irp = IopBuildIrp(DeviceObject, IopIrpThreaded,
                           InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL
                                                   : IRP_MJ_DEVICE_CONTROL);
    if (irp == NULL)
    {
        return NULL;
    }
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    stack->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
    stack->Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
    stack->Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
    irp->UserIosb = IoStatusBlock;
    irp->UserEvent = Event;
    if (!IopBuildControlBuffers(irp, IoControlCode, InputBuffer, InputBufferLength, OutputBuffer,
                                OutputBufferLength))
    {
        return IopAbandonBuild(irp);
    }
    IopQueueThreadIrp(irp);
    return irp;
}

/* ---- associated IRPs ---------------------------------------------------------------------- */

/* NF:ntddk.IoMakeAssociatedIrp: only for the highest driver; it sets IrpCount of the master itself.
 */
DDI PIRP NTAPI
IoMakeAssociatedIrp(_In_ PIRP Irp, _In_ CCHAR StackSize)
{
    PIRP associated = IopAllocateIrp(StackSize, IopIrpAssociated);
    if (associated != NULL)
    {
        IopIrpHeader(associated)->Caller = KiCallerAddress();
        associated->Flags |= IRP_ASSOCIATED_IRP;
        associated->Tail.Overlay.Thread = Irp->Tail.Overlay.Thread;
        associated->AssociatedIrp.MasterIrp = Irp;
    }
    return associated;
}

/* NF:ntifs.IoSetMasterIrpStatus: the error that means least to the caller gives way. */
DDI VOID NTAPI
IoSetMasterIrpStatus(_Inout_ PIRP MasterIrp, _In_ NTSTATUS Status)
{
    if (Status == STATUS_FT_READ_FROM_COPY || Status == STATUS_VERIFY_REQUIRED ||
        NT_SUCCESS(MasterIrp->IoStatus.Status))
    {
        MasterIrp->IoStatus.Status = Status;
    }
}

/* NF:ntifs.IoQueueThreadIrp */
DDI VOID NTAPI
IoQueueThreadIrp(_In_ PIRP Irp)
{
    IopQueueThreadIrp(Irp);
}

/* ---- completion routines that hold their driver ------------------------------------------- */

typedef struct _IOP_HELD_COMPLETION
{
    PDEVICE_OBJECT DeviceObject;
    PIO_COMPLETION_ROUTINE Routine;
    PVOID Context;
    BOOLEAN OnSuccess;
    BOOLEAN OnError;
    BOOLEAN OnCancel;
} IOP_HELD_COMPLETION;

/* Runs in every case, because the reference must go in every case. */
static NTSTATUS DDI_CALLBACK
IopHeldCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    IOP_HELD_COMPLETION held = *(IOP_HELD_COMPLETION *)Context;
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN success = NT_SUCCESS(Irp->IoStatus.Status);
    MmFreePool(Context, IOP_HOLD_TAG);
    if ((success && held.OnSuccess) || (!success && held.OnError) || (Irp->Cancel && held.OnCancel))
    {
        status = held.Routine(DeviceObject, Irp, held.Context);
    }
    else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount)
    {
        IoMarkIrpPending(Irp);
    }
    ObDereference(held.DeviceObject);
    return status;
}

/* NF:wdm.IoSetCompletionRoutineEx: the driver is not unloaded before its routine has returned. */
DDI NTSTATUS NTAPI
IoSetCompletionRoutineEx(_In_ PDEVICE_OBJECT DeviceObject,
                         _In_ PIRP Irp,
                         _In_ PIO_COMPLETION_ROUTINE CompletionRoutine,
                         _In_opt_ PVOID Context,
                         _In_ BOOLEAN InvokeOnSuccess,
                         _In_ BOOLEAN InvokeOnError,
                         _In_ BOOLEAN InvokeOnCancel)
{
    IOP_HELD_COMPLETION *held =
        MmAllocatePool(NonPagedPoolNx, sizeof(IOP_HELD_COMPLETION), IOP_HOLD_TAG);
    if (held == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *held = (IOP_HELD_COMPLETION){DeviceObject,    CompletionRoutine, Context,
                                  InvokeOnSuccess, InvokeOnError,     InvokeOnCancel};
    ObReference(DeviceObject);
    IoSetCompletionRoutine(Irp, IopHeldCompletion, held, TRUE, TRUE, TRUE);
    return STATUS_SUCCESS;
}
