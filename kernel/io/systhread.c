/* SPDX-License-Identifier: MIT */
/*
 * Threads that belong to a device or driver object, and what a thread remembers for the file system
 * about removable media. No lock. IRQL: PASSIVE_LEVEL for threads, DISPATCH_LEVEL for the rest.
 */
#include "iop.h"

#include "ntifs.h"

#define IOP_THREAD_TAG 'hToI'

typedef struct _IOP_SYSTEM_THREAD
{
    PVOID Object;
    PKSTART_ROUTINE Routine;
    PVOID Context;
} IOP_SYSTEM_THREAD;

/* The thread may simply return: the I/O manager ends it and only then lets the object go. */
static VOID DDI_CALLBACK
IopSystemThread(PVOID Context)
{
    IOP_SYSTEM_THREAD thread = *(IOP_SYSTEM_THREAD *)Context;
    MmFreePool(Context, IOP_THREAD_TAG);
    PKI_GATE_RECORD mark = KiMarkCall();
    thread.Routine(thread.Context);
    KiEndCall(mark);
    IopCheckPassive((PVOID)thread.Routine, "A thread's routine returned at a raised IRQL",
                    "NF:wdm.IoCreateSystemThread");
    ObDereference(thread.Object);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

/* NF:wdm.IoCreateSystemThread: the reference keeps the driver's code until the thread is done. */
DDI NTSTATUS NTAPI
IoCreateSystemThread(_Inout_ PVOID IoObject,
                     _Out_ PHANDLE ThreadHandle,
                     _In_ ULONG DesiredAccess,
                     _In_opt_ POBJECT_ATTRIBUTES ObjectAttributes,
                     _In_opt_ HANDLE ProcessHandle,
                     _Out_opt_ PCLIENT_ID ClientId,
                     _In_ PKSTART_ROUTINE StartRoutine,
                     _In_opt_ PVOID StartContext)
{
    IOP_SYSTEM_THREAD *thread =
        MmAllocatePool(NonPagedPoolNx, sizeof(IOP_SYSTEM_THREAD), IOP_THREAD_TAG);
    if (thread == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *thread = (IOP_SYSTEM_THREAD){IoObject, StartRoutine, StartContext};
    ObReference(IoObject);
    NTSTATUS status = PsCreateSystemThread(ThreadHandle, DesiredAccess, ObjectAttributes,
                                           ProcessHandle, ClientId, IopSystemThread, thread);
    if (!NT_SUCCESS(status))
    {
        ObDereference(IoObject);
        MmFreePool(thread, IOP_THREAD_TAG);
    }
    return status;
}

/* ---- media to verify ---------------------------------------------------------------------- */

/* NF:ntifs.IoGetDeviceToVerify */
DDI PDEVICE_OBJECT NTAPI
IoGetDeviceToVerify(_In_ PETHREAD Thread)
{
    return PsThread(Thread)->DeviceToVerify;
}

/* NF:ntifs.IoSetDeviceToVerify */
DDI VOID NTAPI
IoSetDeviceToVerify(_In_ PETHREAD Thread, _In_opt_ PDEVICE_OBJECT DeviceObject)
{
    PsThread(Thread)->DeviceToVerify = DeviceObject;
}

/* NF:ntddk.IoSetHardErrorOrVerifyDevice: only for requests of a thread, says the page. */
DDI VOID NTAPI
IoSetHardErrorOrVerifyDevice(_In_ PIRP Irp, _In_ PDEVICE_OBJECT DeviceObject)
{
    if (Irp->Tail.Overlay.Thread == NULL)
    {
        /* Windows would write to the thread at address 0. */
        KiBugCheckWithRule(0x50, 0, 1, (ULONG64)KiCallerAddress(), 2,
                           "IoSetHardErrorOrVerifyDevice was called for an IRP without a thread",
                           "NF:ntddk.IoSetHardErrorOrVerifyDevice", Irp, DeviceObject);
    }
    IoSetDeviceToVerify(Irp->Tail.Overlay.Thread, DeviceObject);
}
