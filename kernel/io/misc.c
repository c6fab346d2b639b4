/* SPDX-License-Identifier: MIT */
/*
 * Questions about the requester, the thread and the stack, events by name, and small settings.
 * No lock. IRQL: as each page says.
 */
#include "iop.h"

#include "ntifs.h"

/* ---- who asks ----------------------------------------------------------------------------- */

/* NF:ntddk.IoGetCurrentProcess */
DDI PEPROCESS NTAPI
IoGetCurrentProcess(VOID)
{
    return (PEPROCESS)KiCurrentThread()->ApcProcess;
}

/* NF:ntifs.IoGetRequestorProcess: NULL for an IRP without a thread. */
DDI PEPROCESS NTAPI
IoGetRequestorProcess(_In_ PIRP Irp)
{
    PETHREAD thread = Irp->Tail.Overlay.Thread;
    return thread == NULL ? NULL : (PEPROCESS)PsThread(thread)->Tcb.Process;
}

/* NF:ntifs.IoGetRequestorProcessId */
DDI ULONG NTAPI
IoGetRequestorProcessId(_In_ PIRP Irp)
{
    PEPROCESS process = IoGetRequestorProcess(Irp);
    return process == NULL ? 0 : (ULONG)(ULONG64)PsProcess(process)->UniqueProcessId;
}

/* NF:ntifs.IoGetRequestorSessionId: there is one session, number 0. */
DDI NTSTATUS NTAPI
IoGetRequestorSessionId(_In_ PIRP Irp, _Out_ PULONG pSessionId)
{
    if (IoGetRequestorProcess(Irp) == NULL)
    {
        *pSessionId = (ULONG)-1;
        return STATUS_UNSUCCESSFUL;
    }
    *pSessionId = 0;
    return STATUS_SUCCESS;
}

/* NF:wdm.IoIs32bitProcess: all client processes are 64-bit ones. */
DDI BOOLEAN NTAPI
IoIs32bitProcess(_In_opt_ PIRP Irp)
{
    UNREFERENCED_PARAMETER(Irp);
    return FALSE;
}

/* NF:ntifs.IoIsOperationSynchronous: the conditions in the order of the page. */
DDI BOOLEAN NTAPI
IoIsOperationSynchronous(_In_ PIRP Irp)
{
    PFILE_OBJECT file = Irp->Tail.Overlay.OriginalFileObject;
    if (Irp->Flags & IRP_SYNCHRONOUS_PAGING_IO)
    {
        return TRUE;
    }
    if (Irp->Flags & IRP_PAGING_IO)
    {
        return FALSE;
    }
    if ((Irp->Flags & IRP_SYNCHRONOUS_API) || (file != NULL && (file->Flags & FO_SYNCHRONOUS_IO)))
    {
        return TRUE;
    }
    if (Irp->CurrentLocation > Irp->StackCount)
    {
        return FALSE; /* nobody has a stack location yet */
    }
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    return (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL ||
            stack->MajorFunction == IRP_MJ_FILE_SYSTEM_CONTROL) &&
           METHOD_FROM_CTL_CODE(stack->Parameters.DeviceIoControl.IoControlCode) == METHOD_BUFFERED;
}

/* NF:ntifs.IoIsSystemThread */
DDI BOOLEAN NTAPI
IoIsSystemThread(_In_ PETHREAD Thread)
{
    return PsThread(Thread)->Tcb.SystemThread;
}

/* NF:ntifs.IoGetTopLevelIrp */
DDI PIRP NTAPI
IoGetTopLevelIrp(VOID)
{
    return PspCurrentThread()->TopLevelIrp;
}

/* NF:ntifs.IoSetTopLevelIrp */
DDI VOID NTAPI
IoSetTopLevelIrp(_In_opt_ PIRP Irp)
{
    PspCurrentThread()->TopLevelIrp = Irp;
}

/* NF:ntddk.IoSetThreadHardErrorMode: returns the setting it replaces. */
DDI BOOLEAN NTAPI
IoSetThreadHardErrorMode(_In_ BOOLEAN EnableHardErrors)
{
    PPS_THREAD thread = PspCurrentThread();
    BOOLEAN old = thread->HardErrorsDisabled == 0;
    thread->HardErrorsDisabled = EnableHardErrors ? 0 : 1;
    return old;
}

/* ---- the stack ---------------------------------------------------------------------------- */

/* NF:wdm.IoGetStackLimits. On a DPC's stack the page allows either stack's limits. A driver that
 * asks before it goes deeper is told what the check of its stack use leaves it. */
DDI VOID NTAPI
IoGetStackLimits(_Out_ PULONG_PTR LowLimit, _Out_ PULONG_PTR HighLimit)
{
    PKTHREAD thread = KiCurrentThread();
    *LowLimit = (ULONG_PTR)KiDriverStackLimit();
    *HighLimit = (ULONG_PTR)thread->StackBase;
}

/* NF:wdm.IoGetInitialStack */
DDI PVOID NTAPI
IoGetInitialStack(VOID)
{
    return KiCurrentThread()->StackBase;
}

/* NF:wdm.IoWithinStackLimits: the whole region lies in the stack that is in use. */
DDI ULONG NTAPI
IoWithinStackLimits(_In_ ULONG_PTR RegionStart, _In_ SIZE_T RegionSize)
{
    PKTHREAD thread = KiCurrentThread();
    ULONG_PTR low = (ULONG_PTR)thread->StackLimit;
    ULONG_PTR high = (ULONG_PTR)thread->StackBase;
    return RegionStart >= low && RegionStart <= high && RegionSize <= high - RegionStart;
}

/* NF:ntifs.ZwCreateEvent */
NTSYSAPI NTSTATUS NTAPI ZwCreateEvent(_Out_ PHANDLE EventHandle,
                                      _In_ ACCESS_MASK DesiredAccess,
                                      _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                                      _In_ EVENT_TYPE EventType,
                                      _In_ BOOLEAN InitialState);

/* ---- events by name ----------------------------------------------------------------------- */

static PKEVENT
IopCreateEvent(PUNICODE_STRING EventName, PHANDLE EventHandle, EVENT_TYPE Type)
{
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle;
    PVOID object = NULL;
    InitializeObjectAttributes(&attributes, EventName, OBJ_OPENIF | OBJ_KERNEL_HANDLE, NULL, NULL);
    NTSTATUS status = ZwCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, Type, TRUE);
    if (!NT_SUCCESS(status))
    {
        return NULL;
    }
    status = ObReferenceObjectByHandle(handle, 0, *ExEventObjectType, KernelMode, &object, NULL);
    if (!NT_SUCCESS(status))
    {
        ZwClose(handle);
        return NULL;
    }
    ObDereference(object); /* the handle keeps it */
    *EventHandle = handle;
    return object;
}

/* NF:wdm.IoCreateNotificationEvent: signaled at first; an existing event is opened as it is. */
DDI PKEVENT NTAPI
IoCreateNotificationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle)
{
    return IopCreateEvent(EventName, EventHandle, NotificationEvent);
}

/* NF:wdm.IoCreateSynchronizationEvent */
DDI PKEVENT NTAPI
IoCreateSynchronizationEvent(_In_ PUNICODE_STRING EventName, _Out_ PHANDLE EventHandle)
{
    return IopCreateEvent(EventName, EventHandle, SynchronizationEvent);
}

/* ---- priority hints ----------------------------------------------------------------------- */

/* IRP.Flags keeps the hint plus one in three bits, so that 0 means none was given. */
#define IOP_PRIORITY_SHIFT 17
#define IOP_PRIORITY_MASK  (7u << IOP_PRIORITY_SHIFT)

/* NF:wdm.IoGetIoPriorityHint */
DDI IO_PRIORITY_HINT NTAPI
IoGetIoPriorityHint(_In_ PIRP Irp)
{
    ULONG value = (Irp->Flags & IOP_PRIORITY_MASK) >> IOP_PRIORITY_SHIFT;
    return value == 0 ? IoPriorityNormal : (IO_PRIORITY_HINT)(value - 1);
}

/* NF:wdm.IoSetIoPriorityHint */
DDI NTSTATUS NTAPI
IoSetIoPriorityHint(_In_ PIRP Irp, _In_ IO_PRIORITY_HINT PriorityHint)
{
    if ((ULONG)PriorityHint >= MaxIoPriorityTypes)
    {
        return STATUS_INVALID_PARAMETER;
    }
    Irp->Flags &= ~IOP_PRIORITY_MASK;
    Irp->Flags |= ((ULONG)PriorityHint + 1) << IOP_PRIORITY_SHIFT;
    return STATUS_SUCCESS;
}

/* NF:ntddk.IoGetPagingIoPriority: nothing here pages. */
DDI IO_PAGING_PRIORITY NTAPI
IoGetPagingIoPriority(_In_ PIRP Irp)
{
    return (Irp->Flags & IRP_PAGING_IO) ? IoPagingPriorityNormal : IoPagingPriorityInvalid;
}

/* ---- the system --------------------------------------------------------------------------- */

/* NF:wdm.IoIsWdmVersionAvailable: the table of the page, by the presented version. */
DDI BOOLEAN NTAPI
IoIsWdmVersionAvailable(_In_ UCHAR MajorVersion, _In_ UCHAR MinorVersion)
{
    UCHAR major = PsMajorVersion >= 6 ? 6 : 1;
    UCHAR minor = PsMajorVersion >= 6 ? 0 : (UCHAR)(0x10 + 0x10 * PsMinorVersion);
    return MajorVersion < major || (MajorVersion == major && MinorVersion <= minor);
}

/* NF:ntddk.IoGetConfigurationInformation: counts that legacy drivers keep themselves. */
DDI PCONFIGURATION_INFORMATION NTAPI
IoGetConfigurationInformation(VOID)
{
    static CONFIGURATION_INFORMATION information = {.Version = sizeof(CONFIGURATION_INFORMATION)};
    return &information;
}

/* ---- files -------------------------------------------------------------------------------- */

/* NF:ntifs.IoGetFileObjectGenericMapping */
DDI PGENERIC_MAPPING NTAPI
IoGetFileObjectGenericMapping(VOID)
{
    static GENERIC_MAPPING mapping;
    mapping = IopFileMapping;
    return &mapping;
}

/* NF:ntifs.IoCheckDesiredAccess */
DDI NTSTATUS NTAPI
IoCheckDesiredAccess(_In_ PACCESS_MASK DesiredAccess, _In_ ACCESS_MASK GrantedAccess)
{
    RtlMapGenericMask(DesiredAccess, &IopFileMapping);
    return (*DesiredAccess & ~GrantedAccess) == 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* NF:wdmsec.WdmlibIoValidateDeviceIoControlAccess: stricter access than the code of the request
 * says, which the flags of its stack location make possible. */
DDI NTSTATUS NTAPI
IoValidateDeviceIoControlAccess(_In_ PIRP Irp, _In_ ULONG RequiredAccess)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG granted = 0;
    if ((RequiredAccess & ~(ULONG)(FILE_READ_DATA | FILE_WRITE_DATA)) ||
        (stack->MajorFunction != IRP_MJ_DEVICE_CONTROL &&
         stack->MajorFunction != IRP_MJ_FILE_SYSTEM_CONTROL))
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Irp->RequestorMode == KernelMode)
    {
        return STATUS_SUCCESS;
    }
    granted |= (stack->Flags & SL_READ_ACCESS_GRANTED) ? FILE_READ_DATA : 0;
    granted |= (stack->Flags & SL_WRITE_ACCESS_GRANTED) ? FILE_WRITE_DATA : 0;
    return (RequiredAccess & ~granted) == 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* NF:ntddk.IoSetFileOrigin: a file becomes remote or local once, not twice. */
DDI NTSTATUS NTAPI
IoSetFileOrigin(_In_ PFILE_OBJECT FileObject, _In_ BOOLEAN Remote)
{
    BOOLEAN isRemote = (FileObject->Flags & FO_REMOTE_ORIGIN) != 0;
    if (isRemote == Remote)
    {
        return STATUS_INVALID_PARAMETER_MIX;
    }
    FileObject->Flags ^= FO_REMOTE_ORIGIN;
    return STATUS_SUCCESS;
}

/* NF:ntddk.IoIsFileOriginRemote */
DDI BOOLEAN NTAPI
IoIsFileOriginRemote(_In_ PFILE_OBJECT FileObject)
{
    return (FileObject->Flags & FO_REMOTE_ORIGIN) != 0;
}
