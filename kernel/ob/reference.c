/* SPDX-License-Identifier: MIT */
/*
 * From handles and pointers to referenced objects: the documented routines and what Nt services
 * use. PASSIVE_LEVEL (handles), <= DISPATCH_LEVEL (pointers).
 */
#include "obp.h"

NTSTATUS
ObpReferenceHandle(HANDLE Handle,
                   ACCESS_MASK DesiredAccess,
                   POBJECT_TYPE Type,
                   KPROCESSOR_MODE Mode,
                   PVOID *Object,
                   POBJECT_HANDLE_INFORMATION Information)
{
    POBJECT_HEADER header;
    ACCESS_MASK granted = ~0u;
    ULONG attributes = 0;
    *Object = NULL;
    if ((ULONG64)Handle >= (ULONG64)-2)
    {
        PVOID body = ObPseudoHandle == NULL ? NULL : ObPseudoHandle(Handle);
        if (body == NULL)
        {
            return STATUS_INVALID_HANDLE;
        }
        header = ObHeader(body);
        granted = header->Type->Info.ValidAccessMask;
    }
    else
    {
        const POB_HANDLE_ENTRY entry = ObLookupHandle(Handle, Mode);
        if (entry == NULL)
        {
            return STATUS_INVALID_HANDLE;
        }
        header = entry->Object;
        granted = entry->GrantedAccess;
        attributes = entry->Attributes;
    }
    if (Type != NULL && header->Type != Type)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (Mode != KernelMode && (DesiredAccess & ~granted) != 0)
    {
        return STATUS_ACCESS_DENIED;
    }
    header->PointerCount++;
    *Object = ObBody(header);
    if (Information != NULL)
    {
        Information->GrantedAccess = granted;
        Information->HandleAttributes = attributes;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ObReferenceObjectByHandle. */
DDI NTSTATUS
ObReferenceObjectByHandle(HANDLE Handle,
                          ACCESS_MASK DesiredAccess,
                          POBJECT_TYPE ObjectType,
                          KPROCESSOR_MODE AccessMode,
                          PVOID *Object,
                          POBJECT_HANDLE_INFORMATION HandleInformation)
{
    return ObpReferenceHandle(Handle, DesiredAccess, ObjectType, AccessMode, Object,
                              HandleInformation);
}

/* Contract: NF:wdm.ObReferenceObjectByHandleWithTag. */
DDI NTSTATUS
ObReferenceObjectByHandleWithTag(HANDLE Handle,
                                 ACCESS_MASK DesiredAccess,
                                 POBJECT_TYPE ObjectType,
                                 KPROCESSOR_MODE AccessMode,
                                 ULONG Tag,
                                 PVOID *Object,
                                 POBJECT_HANDLE_INFORMATION HandleInformation)
{
    (void)Tag;
    return ObpReferenceHandle(Handle, DesiredAccess, ObjectType, AccessMode, Object,
                              HandleInformation);
}

/* Contract: NF:wdm.ObReferenceObjectByPointer: kernel mode may name another type, except that
 * symbolic links are always checked. */
DDI NTSTATUS
ObReferenceObjectByPointer(PVOID Object,
                           ACCESS_MASK DesiredAccess,
                           POBJECT_TYPE ObjectType,
                           KPROCESSOR_MODE AccessMode)
{
    (void)DesiredAccess;
    if (ObHeader(Object)->Type != ObjectType &&
        (AccessMode != KernelMode || ObjectType == ObSymbolicLinkObjectType))
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    ObfReferenceObject(Object);
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.ObReferenceObjectByPointerWithTag. */
DDI NTSTATUS
ObReferenceObjectByPointerWithTag(PVOID Object,
                                  ACCESS_MASK DesiredAccess,
                                  POBJECT_TYPE ObjectType,
                                  KPROCESSOR_MODE AccessMode,
                                  ULONG Tag)
{
    (void)Tag;
    return ObReferenceObjectByPointer(Object, DesiredAccess, ObjectType, AccessMode);
}

/* Contract: NF:ntifs.ObOpenObjectByPointer. */
DDI NTSTATUS
ObOpenObjectByPointer(PVOID Object,
                      ULONG HandleAttributes,
                      PACCESS_STATE PassedAccessState,
                      ACCESS_MASK DesiredAccess,
                      POBJECT_TYPE ObjectType,
                      KPROCESSOR_MODE AccessMode,
                      PHANDLE Handle)
{
    NTSTATUS status = ObReferenceObjectByPointer(Object, 0, ObjectType, AccessMode);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    ACCESS_MASK granted = DesiredAccess;
    if (PassedAccessState != NULL)
    {
        granted =
            PassedAccessState->PreviouslyGrantedAccess | PassedAccessState->RemainingDesiredAccess;
    }
    const KPROCESSOR_MODE mode =
        (HandleAttributes & OBJ_FORCE_ACCESS_CHECK) ? UserMode : AccessMode;
    status = ObpGrantAccess(Object, granted, mode, &granted);
    if (NT_SUCCESS(status))
    {
        status = ObCreateHandleForObject(Object, ObOpenHandle, granted, HandleAttributes, Handle);
    }
    ObDereference(Object);
    return status;
}

/* Contract: NF:ntifs.ObOpenObjectByPointerWithTag. */
DDI NTSTATUS
ObOpenObjectByPointerWithTag(PVOID Object,
                             ULONG HandleAttributes,
                             PACCESS_STATE PassedAccessState,
                             ACCESS_MASK DesiredAccess,
                             POBJECT_TYPE ObjectType,
                             KPROCESSOR_MODE AccessMode,
                             ULONG Tag,
                             PHANDLE Handle)
{
    (void)Tag;
    return ObOpenObjectByPointer(Object, HandleAttributes, PassedAccessState, DesiredAccess,
                                 ObjectType, AccessMode, Handle);
}

/* Not documented by Microsoft, but exported and used by drivers that look for other drivers. */
DDI NTSTATUS
ObReferenceObjectByName(PUNICODE_STRING ObjectPath,
                        ULONG Attributes,
                        PACCESS_STATE PassedAccessState,
                        ACCESS_MASK DesiredAccess,
                        POBJECT_TYPE ObjectType,
                        KPROCESSOR_MODE AccessMode,
                        PVOID ParseContext,
                        PVOID *Object)
{
    (void)PassedAccessState;
    return ObReferenceByName(ObjectPath, NULL, Attributes, ObjectType, AccessMode, DesiredAccess,
                             ParseContext, Object);
}

/* Not documented by Microsoft, but exported. */
DDI NTSTATUS
ObOpenObjectByName(POBJECT_ATTRIBUTES ObjectAttributes,
                   POBJECT_TYPE ObjectType,
                   KPROCESSOR_MODE AccessMode,
                   PACCESS_STATE PassedAccessState,
                   ACCESS_MASK DesiredAccess,
                   PVOID ParseContext,
                   PHANDLE Handle)
{
    (void)PassedAccessState;
    return ObOpenByName(ObjectAttributes, ObjectType, AccessMode, DesiredAccess, ParseContext,
                        Handle);
}

/* Contract: NF:ntifs.ObMakeTemporaryObject. */
DDI VOID
ObMakeTemporaryObject(PVOID Object)
{
    ObMakeTemporary(Object);
}

/* Contract: NF:ntifs.ObIsKernelHandle. */
DDI BOOLEAN
ObIsKernelHandle(HANDLE Handle)
{
    const ULONG64 value = (ULONG64)Handle;
    return (value & OB_KERNEL_HANDLE_BITS) == OB_KERNEL_HANDLE_BITS && value < (ULONG64)-8;
}

/* Contract: NF:wdm.ObCloseHandle. */
DDI NTSTATUS
ObCloseHandle(HANDLE Handle, KPROCESSOR_MODE PreviousMode)
{
    return ObCloseHandleInProcess((POB_PROCESS)KiCurrentThread()->ApcProcess, Handle, PreviousMode);
}

/* The type of an object; exported, declared by none of the headers. */
DDI POBJECT_TYPE
ObGetObjectType(PVOID Object)
{
    return ObHeader(Object)->Type;
}
