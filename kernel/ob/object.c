/* SPDX-License-Identifier: MIT */
/*
 * Objects and types: creation, insertion, reference counts, deletion. PASSIVE_LEVEL, except
 * reference and dereference, which are for IRQL <= DISPATCH_LEVEL and defer the deletion to a
 * worker.
 */
#include "obp.h"

POBJECT_TYPE ObTypeObjectType;
LIST_ENTRY ObpTypeList = {&ObpTypeList, &ObpTypeList};
static ULONG ObpTypeCount;
static POBJECT_HEADER ObpDeleteQueue;
static EX_WORK ObpDeleteWork;

/* ---- types -------------------------------------------------------------------------------- */

NTSTATUS
ObCreateObjectType(PCWSTR Name,
                   const OB_TYPE_INITIALIZER *Initializer,
                   ULONG Tag,
                   POBJECT_TYPE *Type)
{
    const SIZE_T size = sizeof(OBJECT_HEADER) + sizeof(struct _OBJECT_TYPE);
    POBJECT_HEADER header = MmAllocatePool(NonPagedPoolNx, size, OBP_TYPE_TAG);
    if (header == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    POBJECT_TYPE type = ObBody(header);
    if (ObTypeObjectType == NULL)
    {
        ObTypeObjectType = type; /* the first one is the type of types */
    }
    header->PointerCount = 2; /* never goes away, name or not */
    header->Type = ObTypeObjectType;
    header->Flags = OB_FLAG_PERMANENT;
    header->Signature = OB_SIGNATURE;
    header->Name = ObpString(Name);
    ObpInitializeList(&header->DirectoryEntry);
    type->Name = ObpString(Name);
    type->Index = ++ObpTypeCount;
    type->Key = Tag;
    type->Info = *Initializer;
    ObpInitializeList(&type->ObjectList);
    ObpInsertTail(&ObpTypeList, &type->TypeListEntry);
    ObpInsertTail(&ObTypeObjectType->ObjectList, &header->TypeEntry);
    ObTypeObjectType->ObjectCount++;
    *Type = type;
    const UNICODE_STRING directoryName = ObpString(L"ObjectTypes");
    POBJECT_HEADER directory =
        ObpRootDirectory == NULL ? NULL : ObpFindEntry(ObpRootDirectory, &directoryName);
    return directory == NULL ? STATUS_SUCCESS : ObpInsertEntry(ObBody(directory), header);
}

NTSTATUS
ObpNameTypes(void)
{
    const UNICODE_STRING directoryName = ObpString(L"ObjectTypes");
    POBJECT_HEADER directory = ObpFindEntry(ObpRootDirectory, &directoryName);
    NTSTATUS status = STATUS_SUCCESS;
    for (PLIST_ENTRY e = ObpTypeList.Flink; NT_SUCCESS(status) && e != &ObpTypeList; e = e->Flink)
    {
        POBJECT_TYPE type = CONTAINING_RECORD(e, struct _OBJECT_TYPE, TypeListEntry);
        if (ObHeader(type)->Directory == NULL)
        {
            status = ObpInsertEntry(ObBody(directory), ObHeader(type));
        }
    }
    return status;
}

void
ObEnumerateType(POBJECT_TYPE Type, BOOLEAN (*Routine)(PVOID Object, PVOID Context), PVOID Context)
{
    PLIST_ENTRY entry = Type->ObjectList.Flink;
    while (entry != &Type->ObjectList)
    {
        POBJECT_HEADER header = CONTAINING_RECORD(entry, OBJECT_HEADER, TypeEntry);
        entry = entry->Flink;
        if (!Routine(ObBody(header), Context))
        {
            return;
        }
    }
}

/* ---- creation ----------------------------------------------------------------------------- */

NTSTATUS
ObCreateObject(POBJECT_TYPE Type,
               POBJECT_ATTRIBUTES ObjectAttributes,
               KPROCESSOR_MODE AccessMode,
               SIZE_T Size,
               PVOID *Object)
{
    NTSTATUS status = ObpCheckAttributes(ObjectAttributes);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    POBJECT_HEADER header = MmAllocatePool(NonPagedPoolNx, sizeof(OBJECT_HEADER) + Size, Type->Key);
    if (header == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ObpInitializeList(&header->DirectoryEntry);
    if (ObjectAttributes != NULL && ObjectAttributes->ObjectName != NULL &&
        ObjectAttributes->ObjectName->Length != 0)
    {
        status = ObpCopyName(ObjectAttributes->ObjectName, &header->Name);
        if (!NT_SUCCESS(status))
        {
            MmFreePool(header, Type->Key);
            return status;
        }
        header->CreateRoot = ObjectAttributes->RootDirectory;
    }
    header->CreateAttributes = ObjectAttributes == NULL ? 0 : ObjectAttributes->Attributes;
    header->PointerCount = 1;
    header->Type = Type;
    header->Size = (ULONG)Size;
    header->Signature = OB_SIGNATURE;
    header->Creator = KiCallerAddress();
    header->Flags = OB_FLAG_NEW;
    if (header->CreateAttributes & OBJ_PERMANENT)
    {
        header->Flags |= OB_FLAG_PERMANENT;
    }
    if (header->CreateAttributes & OBJ_EXCLUSIVE)
    {
        header->Flags |= OB_FLAG_EXCLUSIVE;
    }
    header->Flags |= AccessMode == UserMode ? OB_FLAG_USER : 0;
    if (ObjectAttributes != NULL && ObjectAttributes->SecurityDescriptor != NULL &&
        ObSecurity.Capture != NULL)
    {
        status = ObSecurity.Capture(ObjectAttributes->SecurityDescriptor, AccessMode,
                                    &header->SecurityDescriptor);
        if (!NT_SUCCESS(status))
        {
            ObpFreeName(&header->Name);
            MmFreePool(header, Type->Key);
            return status;
        }
    }
    ObpInsertTail(&Type->ObjectList, &header->TypeEntry);
    Type->ObjectCount++;
    *Object = ObBody(header);
    return STATUS_SUCCESS;
}

/* Enters the name; *Existing is an object found instead (OBJ_OPENIF), referenced. */
static NTSTATUS
ObpInsertName(POBJECT_HEADER Header, PACCESS_STATE AccessState, PVOID *Existing)
{
    UNICODE_STRING path = Header->Name;
    OBP_LOOKUP lookup = {.RootDirectory = Header->CreateRoot,
                         .Name = &path,
                         .Attributes = Header->CreateAttributes,
                         .Type = Header->Type,
                         .AccessMode = (Header->Flags & OB_FLAG_USER) ? UserMode : KernelMode,
                         .AccessState = AccessState,
                         .Insert = Header};
    PVOID found = NULL;
    *Existing = NULL;
    const NTSTATUS status = ObpLookup(&lookup, &found);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (lookup.Inserted)
    {
        ObpFreeName(&path); /* the lookup has given the header its last component */
        return STATUS_SUCCESS;
    }
    if (!(Header->CreateAttributes & OBJ_OPENIF))
    {
        ObDereference(found);
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (ObHeader(found)->Type != Header->Type)
    {
        ObDereference(found);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    *Existing = found;
    return STATUS_OBJECT_NAME_EXISTS;
}

/* The object's own descriptor, from what its creator asked for, its directory and its creator. */
static NTSTATUS
ObpAssignSecurity(POBJECT_HEADER Header)
{
    const POBJECT_HEADER parent = Header->Directory == NULL ? NULL : ObHeader(Header->Directory);
    const PSECURITY_DESCRIPTOR explicit = Header->SecurityDescriptor;
    PSECURITY_DESCRIPTOR assigned;
    if (ObSecurity.Assign == NULL ||
        (parent == NULL && explicit == NULL && !Header->Type->Info.SecurityRequired))
    {
        return STATUS_SUCCESS;
    }
    const NTSTATUS status =
        ObSecurity.Assign(parent == NULL ? NULL : parent->SecurityDescriptor, explicit,
                          Header->Type == ObDirectoryObjectType, &Header->Type->Info.GenericMapping,
                          (Header->Flags & OB_FLAG_USER) ? UserMode : KernelMode, &assigned);
    if (NT_SUCCESS(status))
    {
        Header->SecurityDescriptor = assigned;
        if (explicit != NULL)
        {
            MmFreePool(explicit, 0);
        }
    }
    return status;
}

/* NF:wdm.InitializeObjectAttributes: OBJ_PERMANENT is a privilege of user mode. */
static NTSTATUS
ObpCheckPermanent(POBJECT_HEADER Header)
{
    return (Header->Flags & OB_FLAG_USER) && (Header->Flags & OB_FLAG_PERMANENT) &&
                   ObSecurity.HasPrivilege != NULL &&
                   !ObSecurity.HasPrivilege(SE_CREATE_PERMANENT_PRIVILEGE)
               ? STATUS_PRIVILEGE_NOT_HELD
               : STATUS_SUCCESS;
}

/* A handle for who made the object, or found it (OBJ_OPENIF), whose access is checked then. */
static NTSTATUS
ObpHandleToNew(POBJECT_HEADER Header, PVOID Target, PACCESS_STATE State, PHANDLE Handle)
{
    const KPROCESSOR_MODE mode = (Header->Flags & OB_FLAG_USER) ? UserMode : KernelMode;
    ACCESS_MASK access = State->RemainingDesiredAccess | State->PreviouslyGrantedAccess;
    if (Target == ObBody(Header))
    {
        access = ObpResolveMaximum(access, Header->Type);
        return ObCreateHandleForObject(Target, ObCreateHandle, access, Header->CreateAttributes,
                                       Handle);
    }
    const NTSTATUS status = ObpGrantAccess(
        Target, access, (Header->CreateAttributes & OBJ_FORCE_ACCESS_CHECK) ? UserMode : mode,
        &access);
    return NT_SUCCESS(status) ? ObCreateHandleForObject(Target, ObOpenHandle, access,
                                                        Header->CreateAttributes, Handle)
                              : status;
}

NTSTATUS
ObInsertNewObject(PVOID Object,
                  ACCESS_MASK DesiredAccess,
                  ULONG AdditionalReferences,
                  PVOID *NewObject,
                  PHANDLE Handle)
{
    POBJECT_HEADER header = ObHeader(Object);
    PVOID target = Object;
    ACCESS_STATE accessState;
    OB_AUX_DATA aux;
    NTSTATUS status = ObpCheckPermanent(header);
    header->Flags &= ~OB_FLAG_NEW;
    if (!NT_SUCCESS(status))
    {
        ObDereference(Object);
        return status;
    }
    ObpBuildAccessState(&accessState, &aux, DesiredAccess, header->Type);
    if (header->Name.Length != 0)
    {
        PVOID existing;
        status = ObpInsertName(header, &accessState, &existing);
        if (!NT_SUCCESS(status))
        {
            ObpReleaseAccessState(&accessState);
            ObDereference(Object);
            return status;
        }
        if (existing != NULL)
        {
            target = existing;
        }
    }
    header->CreateRoot = NULL;
    if (target == Object)
    {
        status = ObpAssignSecurity(header);
    }
    if (NT_SUCCESS(status) && Handle != NULL)
    {
        const NTSTATUS handleStatus = ObpHandleToNew(header, target, &accessState, Handle);
        status = NT_SUCCESS(handleStatus) ? status : handleStatus;
    }
    ObpReleaseAccessState(&accessState);
    if (NT_SUCCESS(status))
    {
        ObHeader(target)->PointerCount += AdditionalReferences;
        if (NewObject != NULL)
        {
            *NewObject = target;
        }
    }
    else if (target == Object)
    {
        ObpRemoveEntryOf(header);
    }
    if (target != Object)
    {
        ObDereference(target);
    }
    ObDereference(Object);
    return status;
}

/* ---- names -------------------------------------------------------------------------------- */

void
ObRemoveName(PVOID Object)
{
    ObpRemoveEntryOf(ObHeader(Object));
}

void
ObpDropTemporaryName(POBJECT_HEADER Header)
{
    if (Header->HandleCount == 0 && !(Header->Flags & OB_FLAG_PERMANENT))
    {
        ObpRemoveEntryOf(Header);
    }
}

void
ObMakeTemporary(PVOID Object)
{
    POBJECT_HEADER header = ObHeader(Object);
    if (header->Flags & OB_FLAG_PERMANENT)
    {
        header->Flags &= ~OB_FLAG_PERMANENT;
        ObpDropTemporaryName(header);
    }
}

/* ---- deletion ----------------------------------------------------------------------------- */

static void
ObpDeleteNow(POBJECT_HEADER Header)
{
    POBJECT_TYPE type = Header->Type;
    if (type->Info.Delete != NULL)
    {
        type->Info.Delete(ObBody(Header));
    }
    ObpFreeName(&Header->Name);
    if (Header->SecurityDescriptor != NULL)
    {
        MmFreePool(Header->SecurityDescriptor, 0);
    }
    ObpRemoveEntry(&Header->TypeEntry);
    type->ObjectCount--;
    Header->Signature = 0;
    MmFreePool(Header, type->Key);
}

static void
ObpDeleteWorker(PVOID Context)
{
    (void)Context;
    while (ObpDeleteQueue != NULL)
    {
        POBJECT_HEADER header = ObpDeleteQueue;
        ObpDeleteQueue = header->DeleteNext;
        ObpDeleteNow(header);
    }
}

static void
ObpDeleteLater(POBJECT_HEADER Header)
{
    POBJECT_HEADER *link = &ObpDeleteQueue;
    while (*link != NULL)
    {
        link = &(*link)->DeleteNext;
    }
    Header->DeleteNext = NULL;
    *link = Header;
    if (!ObpDeleteWork.Queued)
    {
        ObpDeleteWork.Routine = ObpDeleteWorker;
        ExQueueWork(&ObpDeleteWork, CriticalWorkQueue);
    }
}

__attribute__((noreturn, cold, noinline)) static void
ObpBadReference(PVOID Object, const char *Rule)
{
    const POBJECT_HEADER header = ObHeader(Object);
    KiBugCheckWithRule(
        REFERENCE_BY_POINTER, header->Signature == OB_SIGNATURE ? (ULONG64)header->Type : 0,
        (ULONG64)Object, 0, 0, Rule, "bug-check-0x18--reference-by-pointer", NULL, NULL);
}

/* Common to all forms of ObDereferenceObject. */
static LONG64
ObpDereference(PVOID Object, BOOLEAN Defer)
{
    POBJECT_HEADER header = ObHeader(Object);
    if (__builtin_expect(header->Signature != OB_SIGNATURE, 0))
    {
        ObpBadReference(Object, "this is not an object, or it has been deleted already");
    }
    const LONG64 count = --header->PointerCount;
    /* Each handle, and the name, have their own reference. */
    if (__builtin_expect(count < header->HandleCount + (header->Directory != NULL), 0))
    {
        ObpBadReference(Object, "an object is dereferenced as often as it was referenced");
    }
    if (count == 0)
    {
        header->Flags |= OB_FLAG_DELETED;
        if (Defer || KiCurrentIrql() > PASSIVE_LEVEL)
        {
            ObpDeleteLater(header);
        }
        else
        {
            ObpDeleteNow(header);
        }
    }
    return count;
}

void
ObDereference(PVOID Object)
{
    ObpDereference(Object, FALSE);
}

static LONG64
ObpReference(PVOID Object)
{
    POBJECT_HEADER header = ObHeader(Object);
    if (__builtin_expect(header->Signature != OB_SIGNATURE || header->PointerCount <= 0, 0))
    {
        ObpBadReference(Object, "an object that is being deleted must not be referenced");
    }
    return ++header->PointerCount;
}

/* ---- documented routines ------------------------------------------------------------------ */

/* Contract: NF:wdm.ObfReferenceObject. */
DDI LONG_PTR
ObfReferenceObject(PVOID Object)
{
    return ObpReference(Object);
}

/* Contract: NF:wdm.ObfDereferenceObject. */
DDI LONG_PTR
ObfDereferenceObject(PVOID Object)
{
    return ObpDereference(Object, FALSE);
}

/* Contract: NF:wdm.ObDereferenceObjectDeferDelete. */
DDI VOID
ObDereferenceObjectDeferDelete(PVOID Object)
{
    ObpDereference(Object, TRUE);
}

/* Contract: NF:wdm.ObReferenceObjectWithTag: tags only matter to a debugger. */
DDI LONG_PTR
ObfReferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    return ObpReference(Object);
}

/* Contract: NF:wdm.ObDereferenceObjectWithTag. */
DDI LONG_PTR
ObfDereferenceObjectWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    return ObpDereference(Object, FALSE);
}

/* Contract: NF:wdm.ObDereferenceObjectDeferDeleteWithTag. */
DDI VOID
ObDereferenceObjectDeferDeleteWithTag(PVOID Object, ULONG Tag)
{
    (void)Tag;
    ObpDereference(Object, TRUE);
}

/* Contract: NF:wdm.ObReferenceObjectSafe: FALSE once deletion has begun. */
DDI BOOLEAN
ObReferenceObjectSafe(PVOID Object)
{
    if (ObHeader(Object)->PointerCount <= 0)
    {
        return FALSE;
    }
    ObHeader(Object)->PointerCount++;
    return TRUE;
}
