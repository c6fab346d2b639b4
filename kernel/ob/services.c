/* SPDX-License-Identifier: MIT */
/*
 * Services on handles and directories: Zw routines act as kernel mode, Nt routines as the mode that
 * called. PASSIVE_LEVEL.
 */
#include "obp.h"

static POB_PROCESS
ObpCurrentProcess(void)
{
    return (POB_PROCESS)KiCurrentThread()->ApcProcess;
}

/* Contract: NF:ntifs.NtClose (ZwClose). */
DDI NTSTATUS
ZwClose(HANDLE Handle)
{
    return ObCloseHandleInProcess(ObpCurrentProcess(), Handle, KernelMode);
}

/* Contract: NF:ntifs.NtClose. */
DDI NTSTATUS
NtClose(HANDLE Handle)
{
    return ObCloseHandleInProcess(ObpCurrentProcess(), Handle, KiCurrentThread()->PreviousMode);
}

/* Contract: NF:wdm.ZwMakeTemporaryObject. */
DDI NTSTATUS
ZwMakeTemporaryObject(HANDLE Handle)
{
    PVOID object;
    const NTSTATUS status = ObpReferenceHandle(Handle, DELETE, NULL, KernelMode, &object, NULL);
    if (NT_SUCCESS(status))
    {
        ObMakeTemporary(object);
        ObDereference(object);
    }
    return status;
}

/* ---- directories -------------------------------------------------------------------------- */

/* Contract: NF:wdm.ZwCreateDirectoryObject. */
DDI NTSTATUS
ZwCreateDirectoryObject(PHANDLE DirectoryHandle,
                        ACCESS_MASK DesiredAccess,
                        POBJECT_ATTRIBUTES ObjectAttributes)
{
    POB_DIRECTORY directory;
    const NTSTATUS status = ObCreateObject(ObDirectoryObjectType, ObjectAttributes, KernelMode,
                                           sizeof(OB_DIRECTORY), (PVOID *)&directory);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    ObpInitializeList(&directory->Entries);
    return ObInsertNewObject(directory, DesiredAccess, 0, NULL, DirectoryHandle);
}

/* Contract: NF:ntifs.ZwOpenDirectoryObject. */
DDI NTSTATUS
ZwOpenDirectoryObject(PHANDLE DirectoryHandle,
                      ACCESS_MASK DesiredAccess,
                      POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ObOpenByName(ObjectAttributes, ObDirectoryObjectType, KernelMode, DesiredAccess, NULL,
                        DirectoryHandle);
}

/* ---- duplication -------------------------------------------------------------------------- */

/* Runs on the current process's table only through its pseudo handle or a handle to it. */
static NTSTATUS
ObpProcessOf(HANDLE Handle, POB_PROCESS *Process)
{
    PVOID object;
    const NTSTATUS status = ObpReferenceHandle(Handle, 0, NULL, KernelMode, &object, NULL);
    if (NT_SUCCESS(status))
    {
        *Process = object;
        ObDereference(
            object); /* processes outlive the call: the current one, or one with a handle */
    }
    return status;
}

/* Contract: NF:ntifs.ZwDuplicateObject. Between the current process and itself or the kernel. */
DDI NTSTATUS
ZwDuplicateObject(HANDLE SourceProcessHandle,
                  HANDLE SourceHandle,
                  HANDLE TargetProcessHandle,
                  PHANDLE TargetHandle,
                  ACCESS_MASK DesiredAccess,
                  ULONG HandleAttributes,
                  ULONG Options)
{
    POB_PROCESS source, target = NULL;
    NTSTATUS status = ObpProcessOf(SourceProcessHandle, &source);
    if (NT_SUCCESS(status) && TargetProcessHandle != NULL)
    {
        status = ObpProcessOf(TargetProcessHandle, &target);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const POB_PROCESS current = ObpCurrentProcess();
    if (source != current || (target != NULL && target != current))
    {
        return STATUS_NOT_SUPPORTED; /* would have to run attached to the other process */
    }
    PVOID object;
    OBJECT_HANDLE_INFORMATION information;
    status = ObpReferenceHandle(SourceHandle, 0, NULL, KernelMode, &object, &information);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    ACCESS_STATE state;
    ObpBuildAccessState(&state, DesiredAccess, ObHeader(object)->Type);
    if (TargetHandle != NULL)
    {
        status = ObCreateHandleForObject(
            object, ObDuplicateHandle,
            (Options & DUPLICATE_SAME_ACCESS) ? information.GrantedAccess
                                              : state.RemainingDesiredAccess,
            (Options & DUPLICATE_SAME_ATTRIBUTES)
                ? information.HandleAttributes | (HandleAttributes & OBJ_KERNEL_HANDLE)
                : HandleAttributes,
            TargetHandle);
    }
    ObDereference(object);
    if (Options & DUPLICATE_CLOSE_SOURCE)
    {
        ObCloseHandleInProcess(source, SourceHandle, KernelMode);
    }
    return status;
}
