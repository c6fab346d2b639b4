/* SPDX-License-Identifier: MIT */
/*
 * Handles copied from one process to another. Zw routines act as kernel mode, Nt routines as the
 * mode that called. Owns no state. PASSIVE_LEVEL.
 */
#include "obp.h"

/* PROCESS_DUP_HANDLE, which kernel headers do not name. */
#define OBP_PROCESS_DUP_HANDLE 0x0040u

/* The process of a handle, referenced. */
static NTSTATUS
ObpReferenceProcess(HANDLE Handle, KPROCESSOR_MODE Mode, POB_PROCESS *Process)
{
    const POBJECT_TYPE type = ObHeader(KiCurrentThread()->ApcProcess)->Type;
    return ObpReferenceHandle(Handle, OBP_PROCESS_DUP_HANDLE, type, Mode, (PVOID *)Process, NULL);
}

typedef struct _OBP_DUPLICATION
{
    POB_PROCESS Source;
    POB_PROCESS Target; /* NULL: no new handle */
    HANDLE Handle;
    ACCESS_MASK DesiredAccess;
    ULONG Attributes;
    ULONG Options;
    KPROCESSOR_MODE Mode;
} OBP_DUPLICATION;

/* The current thread has the memory, handles and pseudo handles of Process (ps, a layer above, does
 * the same for drivers: KeStackAttachProcess). */
static void
ObpMoveTo(PKPROCESS Process)
{
    if (KiCurrentThread()->ApcProcess != Process)
    {
        KiCurrentThread()->ApcProcess = Process;
        if (KiProcessSwitch != NULL)
        {
            KiProcessSwitch(Process);
        }
    }
}

/* Runs as a thread of the source process, whose pseudo handles and table it reads. */
static NTSTATUS
ObpReferenceSource(const OBP_DUPLICATION *Duplication,
                   PVOID *Object,
                   POBJECT_HANDLE_INFORMATION Information)
{
    const PKPROCESS current = KiCurrentThread()->ApcProcess;
    ObpMoveTo((PKPROCESS)Duplication->Source);
    const NTSTATUS status =
        ObpReferenceHandle(Duplication->Handle, 0, NULL, Duplication->Mode, Object, Information);
    ObpMoveTo(current);
    return status;
}

static void
ObpCloseSource(const OBP_DUPLICATION *Duplication)
{
    const PKPROCESS current = KiCurrentThread()->ApcProcess;
    ObpMoveTo((PKPROCESS)Duplication->Source);
    (void)ObCloseHandleInProcess(Duplication->Source, Duplication->Handle, Duplication->Mode);
    ObpMoveTo(current);
}

/* Less than the source handle has is given without a check; more is a question to the object. */
static NTSTATUS
ObpDuplicateAccess(const OBP_DUPLICATION *Duplication,
                   PVOID Object,
                   ACCESS_MASK Granted,
                   PACCESS_MASK Access)
{
    *Access = Granted;
    if (Duplication->Options & DUPLICATE_SAME_ACCESS)
    {
        return STATUS_SUCCESS;
    }
    *Access = Duplication->DesiredAccess;
    RtlMapGenericMask(Access, &ObHeader(Object)->Type->Info.GenericMapping);
    return (*Access & ~Granted) == 0 ? STATUS_SUCCESS
                                     : ObpGrantAccess(Object, *Access, Duplication->Mode, Access);
}

static NTSTATUS
ObpDuplicate(const OBP_DUPLICATION *Duplication, PHANDLE Handle)
{
    OBJECT_HANDLE_INFORMATION information;
    ACCESS_MASK access;
    PVOID object;
    NTSTATUS status = ObpReferenceSource(Duplication, &object, &information);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (Duplication->Target != NULL)
    {
        const ULONG attributes =
            (Duplication->Options & DUPLICATE_SAME_ATTRIBUTES)
                ? information.HandleAttributes | (Duplication->Attributes & OBJ_KERNEL_HANDLE)
                : Duplication->Attributes;
        status = ObpDuplicateAccess(Duplication, object, information.GrantedAccess, &access);
        if (NT_SUCCESS(status))
        {
            status = ObCreateHandleInProcess(Duplication->Source, Duplication->Target, object,
                                             ObDuplicateHandle, access, attributes, Handle);
        }
    }
    ObDereference(object);
    if (Duplication->Options & DUPLICATE_CLOSE_SOURCE)
    {
        ObpCloseSource(Duplication);
    }
    return status;
}

static NTSTATUS
ObpDuplicateObject(HANDLE SourceProcessHandle,
                   HANDLE TargetProcessHandle,
                   PHANDLE TargetHandle,
                   OBP_DUPLICATION *Duplication)
{
    HANDLE handle = NULL;
    const KPROCESSOR_MODE mode = Duplication->Mode;
    if (mode != KernelMode)
    {
        Duplication->Attributes &= ~(ULONG)OBJ_KERNEL_HANDLE;
        if (TargetHandle != NULL && !MmProbeRange(TargetHandle, sizeof(handle)))
        {
            return STATUS_ACCESS_VIOLATION;
        }
    }
    NTSTATUS status = ObpReferenceProcess(SourceProcessHandle, mode, &Duplication->Source);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (TargetProcessHandle != NULL || !(Duplication->Options & DUPLICATE_CLOSE_SOURCE))
    {
        status = ObpReferenceProcess(TargetProcessHandle, mode, &Duplication->Target);
    }
    if (NT_SUCCESS(status))
    {
        const POB_PROCESS target = Duplication->Target;
        Duplication->Target = TargetHandle == NULL ? NULL : target;
        status = ObpDuplicate(Duplication, &handle);
        if (target != NULL)
        {
            ObDereference(target);
        }
    }
    ObDereference(Duplication->Source);
    if (NT_SUCCESS(status) && TargetHandle != NULL)
    {
        status = KeTryCopy(TargetHandle, &handle, sizeof(handle));
    }
    return status;
}

/* Contract: NF:ntifs.ZwDuplicateObject. */
DDI NTSTATUS
ZwDuplicateObject(HANDLE SourceProcessHandle,
                  HANDLE SourceHandle,
                  HANDLE TargetProcessHandle,
                  PHANDLE TargetHandle,
                  ACCESS_MASK DesiredAccess,
                  ULONG HandleAttributes,
                  ULONG Options)
{
    OBP_DUPLICATION duplication = {.Handle = SourceHandle,
                                   .DesiredAccess = DesiredAccess,
                                   .Attributes = HandleAttributes,
                                   .Options = Options,
                                   .Mode = KernelMode};
    return ObpDuplicateObject(SourceProcessHandle, TargetProcessHandle, TargetHandle, &duplication);
}

/* Contract: NF:ntifs.ZwDuplicateObject, as the mode that called. */
DDI NTSTATUS
NtDuplicateObject(HANDLE SourceProcessHandle,
                  HANDLE SourceHandle,
                  HANDLE TargetProcessHandle,
                  PHANDLE TargetHandle,
                  ACCESS_MASK DesiredAccess,
                  ULONG HandleAttributes,
                  ULONG Options)
{
    OBP_DUPLICATION duplication = {.Handle = SourceHandle,
                                   .DesiredAccess = DesiredAccess,
                                   .Attributes = HandleAttributes,
                                   .Options = Options,
                                   .Mode = KiCurrentThread()->PreviousMode};
    return ObpDuplicateObject(SourceProcessHandle, TargetProcessHandle, TargetHandle, &duplication);
}
