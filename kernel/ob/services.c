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
