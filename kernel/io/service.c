/* SPDX-License-Identifier: MIT */
/*
 * What the services for reading, writing and control have in common: handles to objects, the file
 * lock, sending the IRP, waiting, results. The hot path of every request: no allocation here but
 * the IRP, no name, no list walk. No lock. IRQL: PASSIVE_LEVEL.
 */
#include "iop.h"

IOP_MS NTSTATUS
IopProbeForRead(const void *Address, SIZE_T Length, ULONG Alignment)
{
    if (((ULONG64)Address & (Alignment - 1)) != 0 && Length != 0)
    {
        return STATUS_DATATYPE_MISALIGNMENT;
    }
    return MmProbeRange(Address, Length) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

/* Writes one byte of each page back to itself, as ProbeForWrite does. */
IOP_MS NTSTATUS
IopProbeForWrite(void *Address, SIZE_T Length, ULONG Alignment)
{
    NTSTATUS status = IopProbeForRead(Address, Length, Alignment);
    ULONG64 address = (ULONG64)Address;
    ULONG64 end = address + Length;
    while (NT_SUCCESS(status) && address < end)
    {
        status = IopTryCopy((void *)address, (void *)address, 1);
        address = (address | (PAGE_SIZE - 1)) + 1;
    }
    return status;
}

static IOP_COLD NTSTATUS
IopReferenceEvent(PIOP_SERVICE Service, HANDLE Event)
{
    PVOID object;
    NTSTATUS status = ObReferenceObjectByHandle(Event, EVENT_MODIFY_STATE, *ExEventObjectType,
                                                Service->Mode, &object, NULL);
    if (NT_SUCCESS(status))
    {
        Service->Event = object;
        KeClearEvent(Service->Event);
    }
    return status;
}

IOP_MS NTSTATUS
IopBeginService(PIOP_SERVICE Service, HANDLE FileHandle, HANDLE Event, ACCESS_MASK Access)
{
    KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    Service->Mode = mode;
    Service->Event = NULL;
    Service->Result.Done = FALSE;
    POB_HANDLE_ENTRY entry = ObLookupHandle(FileHandle, mode);
    if (entry == NULL)
    {
        return STATUS_INVALID_HANDLE;
    }
    if (entry->Object->Type != IopFileObjectType)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    Service->GrantedAccess = entry->GrantedAccess;
    if (Access != 0 && (entry->GrantedAccess & Access) == 0)
    {
        return STATUS_ACCESS_DENIED;
    }
    PFILE_OBJECT file = ObBody(entry->Object);
    if (mode != KernelMode)
    {
        NTSTATUS status = IopProbeOutput(Service->UserIosb, sizeof(IO_STATUS_BLOCK));
        if (__builtin_expect(!NT_SUCCESS(status), 0))
        {
            return status;
        }
    }
    ObReference(file);
    Service->FileObject = file;
    Service->Synchronous = FALSE;
    if (Event != NULL)
    {
        NTSTATUS status = IopReferenceEvent(Service, Event);
        if (!NT_SUCCESS(status))
        {
            IopDereferenceFile(file);
            return status;
        }
    }
    if (file->Flags & FO_SYNCHRONOUS_IO)
    {
        NTSTATUS status = IopLockFile(file, mode);
        if (status != STATUS_SUCCESS)
        {
            return IopEndService(Service, status);
        }
        Service->Synchronous = TRUE;
    }
    file->Event.Header.SignalState = 0;
    Service->DeviceObject = IopRelatedDevice(file);
    return STATUS_SUCCESS;
}

IOP_MS NTSTATUS
IopEndService(PIOP_SERVICE Service, NTSTATUS Status)
{
    if (Service->Synchronous)
    {
        IopUnlockFile(Service->FileObject);
    }
    if (Service->Event != NULL)
    {
        IopDereferenceLast(Service->Event);
    }
    IopDereferenceFile(Service->FileObject);
    return Status;
}

IOP_MS PIRP
IopAllocateServiceIrp(PIOP_SERVICE Service)
{
    PIRP irp = IopAllocateIrp(Service->DeviceObject->StackSize, IopIrpService);
    if (irp == NULL)
    {
        return NULL;
    }
    irp->RequestorMode = Service->Mode;
    irp->UserIosb = Service->UserIosb;
    irp->UserEvent = Service->Event;
    irp->Overlay.AsynchronousParameters.UserApcRoutine = Service->ApcRoutine;
    irp->Overlay.AsynchronousParameters.UserApcContext = Service->ApcContext;
    irp->Tail.Overlay.Thread = (PETHREAD)KiCurrentThread();
    irp->Tail.Overlay.OriginalFileObject = Service->FileObject;
    IoGetNextIrpStackLocation(irp)->FileObject = Service->FileObject;
    if (Service->Synchronous)
    {
        irp->Flags |= IRP_SYNCHRONOUS_API;
    }
    return irp;
}

IOP_MS void
IopDiscardServiceIrp(PIRP Irp)
{
    if (IopServiceHeader(Irp)->SystemBuffer != NULL)
    {
        IopFreeSystemBuffer(Irp);
    }
    IopFreeMdls(Irp);
    IopFreeIrp(Irp);
}

/* A wait for a synchronous file that a user APC or an alert ends early cancels the request and then
 * waits for that (FILE_SYNCHRONOUS_IO_ALERT). */
static IOP_COLD NTSTATUS
IopWaitForService(PIOP_SERVICE Service)
{
    PFILE_OBJECT file = Service->FileObject;
    BOOLEAN alertable = (file->Flags & FO_ALERTABLE_IO) != 0;
    NTSTATUS interrupted = STATUS_SUCCESS;
    while (!Service->Result.Done)
    {
        NTSTATUS status = KeWaitForSingleObject(
            &file->Event, Executive, interrupted == STATUS_SUCCESS ? Service->Mode : KernelMode,
            alertable && interrupted == STATUS_SUCCESS, NULL);
        if (Service->Result.Done)
        {
            break;
        }
        if (status != STATUS_SUCCESS && interrupted == STATUS_SUCCESS)
        {
            interrupted = status;
            IopCancelResult(&Service->Result);
        }
        else if (status == STATUS_SUCCESS)
        {
            KeClearEvent(&file->Event);
        }
    }
    if (interrupted != STATUS_SUCCESS && Service->Result.IoStatus.Status == STATUS_CANCELLED)
    {
        return interrupted;
    }
    return Service->Result.IoStatus.Status;
}

IOP_MS NTSTATUS
IopSendService(PIOP_SERVICE Service, PIRP Irp)
{
    PFILE_OBJECT file = Service->FileObject;
    PIOP_IRP header = IopServiceHeader(Irp);
    BOOLEAN synchronous = Service->Synchronous;
    header->Result = &Service->Result;
    Service->Result.KeepFile = synchronous;
    IopQueueThreadIrp(Irp);
    NTSTATUS status = IofCallDriver(Service->DeviceObject, Irp);
    if (__builtin_expect(!synchronous, 0))
    {
        if (!Service->Result.Done)
        {
            header->Result = NULL; /* the request lives on without us */
            return STATUS_PENDING;
        }
        return status == STATUS_PENDING ? STATUS_PENDING : Service->Result.IoStatus.Status;
    }
    if (__builtin_expect(!Service->Result.Done, 0))
    {
        status = IopWaitForService(Service);
    }
    else
    {
        status = Service->Result.IoStatus.Status;
    }
    IopUnlockFile(file);
    IopDereferenceFile(file);
    return status;
}

/* What the last stage of a request does, for fast I/O that needed none. */
IOP_MS NTSTATUS
IopFinishFastIo(PIOP_SERVICE Service, const IO_STATUS_BLOCK *IoStatus)
{
    IO_STATUS_BLOCK iosb = *IoStatus;
    NTSTATUS status = IopReturnTo(Service->UserIosb, &iosb, sizeof(iosb), Service->Mode);
    if (NT_SUCCESS(status))
    {
        status = iosb.Status;
    }
    Service->FileObject->FinalStatus = iosb.Status;
    if (Service->Event != NULL)
    {
        KeSetEvent(Service->Event, EVENT_INCREMENT, FALSE);
    }
    else
    {
        KeSetEvent(&Service->FileObject->Event, EVENT_INCREMENT, FALSE);
    }
    return IopEndService(Service, status);
}
