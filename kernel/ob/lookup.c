/* SPDX-License-Identifier: MIT */
/*
 * From a name to an object: directories, symbolic links, and the parse procedures of other types.
 * PASSIVE_LEVEL. Parse procedures may block; what the walk stands on is referenced meanwhile.
 */
#include "obp.h"

/* The walk: Path is the whole name that is being looked up and owned by the walk. */
typedef struct _OBP_WALK
{
    POBP_LOOKUP Lookup;
    UNICODE_STRING Path;
    UNICODE_STRING Rest; /* part of Path that is left, without its leading '\' */
    POB_DIRECTORY Directory;
    PVOID Found;
} OBP_WALK, *POBP_WALK;

NTSTATUS
ObpCheckAttributes(POBJECT_ATTRIBUTES Attributes)
{
    if (Attributes == NULL)
    {
        return STATUS_SUCCESS;
    }
    if (Attributes->Length != sizeof(OBJECT_ATTRIBUTES) ||
        (Attributes->Attributes & ~(ULONG)OBJ_VALID_ATTRIBUTES) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (Attributes->ObjectName != NULL && (Attributes->ObjectName->Length & 1) != 0)
    {
        return STATUS_OBJECT_NAME_INVALID;
    }
    return STATUS_SUCCESS;
}

OB_SECURITY_HOOKS ObSecurity;

void
ObpBuildAccessState(PACCESS_STATE State,
                    POB_AUX_DATA AuxData,
                    ACCESS_MASK DesiredAccess,
                    POBJECT_TYPE Type)
{
    __builtin_memset(State, 0, sizeof(*State));
    *AuxData = (OB_AUX_DATA){.PrivilegesUsed = &State->Privileges.PrivilegeSet};
    State->AuxData = AuxData;
    ACCESS_MASK access = DesiredAccess;
    if (Type != NULL)
    {
        RtlMapGenericMask(&access, &Type->Info.GenericMapping);
        AuxData->GenericMapping = Type->Info.GenericMapping;
    }
    State->OriginalDesiredAccess = DesiredAccess;
    State->RemainingDesiredAccess = access;
    if (ObSecurity.CaptureSubject != NULL)
    {
        ObSecurity.CaptureSubject(&State->SubjectSecurityContext);
    }
}

void
ObpReleaseAccessState(PACCESS_STATE State)
{
    if (ObSecurity.ReleaseState != NULL)
    {
        ObSecurity.ReleaseState(State);
    }
}

ACCESS_MASK
ObpResolveMaximum(ACCESS_MASK Access, POBJECT_TYPE Type)
{
    return (Access & MAXIMUM_ALLOWED)
               ? (Access & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | Type->Info.GenericMapping.GenericAll
               : Access;
}

/* ---- steps -------------------------------------------------------------------------------- */

/* Splits the next component off Rest. FALSE: it is empty. */
static BOOLEAN
ObpNextComponent(POBP_WALK Walk, PUNICODE_STRING Component)
{
    const PUNICODE_STRING rest = &Walk->Rest;
    ULONG length = 0;
    while (length < rest->Length / sizeof(WCHAR) && rest->Buffer[length] != '\\')
    {
        length++;
    }
    Component->Buffer = rest->Buffer;
    Component->Length = Component->MaximumLength = (USHORT)(length * sizeof(WCHAR));
    rest->Buffer += length;
    rest->Length = (USHORT)(rest->Length - length * sizeof(WCHAR));
    rest->MaximumLength = rest->Length;
    return length != 0;
}

/* Rest begins with '\' here, or is empty. */
static void
ObpSkipSeparator(POBP_WALK Walk)
{
    if (Walk->Rest.Length != 0)
    {
        Walk->Rest.Buffer++;
        Walk->Rest.Length = (USHORT)(Walk->Rest.Length - sizeof(WCHAR));
        Walk->Rest.MaximumLength = Walk->Rest.Length;
    }
}

static NTSTATUS
ObpInsertHere(POBP_WALK Walk, PCUNICODE_STRING Component)
{
    POBJECT_HEADER header = Walk->Lookup->Insert;
    UNICODE_STRING name;
    ACCESS_MASK granted;
    NTSTATUS status =
        ObpGrantAccess(Walk->Directory,
                       header->Type == ObDirectoryObjectType ? DIRECTORY_CREATE_SUBDIRECTORY
                                                             : DIRECTORY_CREATE_OBJECT,
                       Walk->Lookup->AccessMode, &granted);
    if (NT_SUCCESS(status))
    {
        status = ObpCopyName(Component, &name);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const UNICODE_STRING old = header->Name; /* the caller's to free */
    header->Name = name;
    status = ObpInsertEntry(Walk->Directory, header);
    if (!NT_SUCCESS(status))
    {
        ObpFreeName(&name);
        header->Name = old;
        return status;
    }
    Walk->Lookup->Inserted = TRUE;
    Walk->Found = ObBody(header);
    return STATUS_SUCCESS;
}

/* Puts Target + Rest in place of the path; the walk starts again at the root. */
static NTSTATUS
ObpFollowLink(POBP_WALK Walk, POB_SYMBOLIC_LINK Link)
{
    const ULONG length = (ULONG)Link->Target.Length + Walk->Rest.Length;
    if (length > UNICODE_STRING_MAX_BYTES - sizeof(WCHAR))
    {
        return STATUS_NAME_TOO_LONG;
    }
    PWSTR buffer = MmAllocatePool(NonPagedPoolNx, length + sizeof(WCHAR), OB_NAME_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(buffer, Link->Target.Buffer, Link->Target.Length);
    __builtin_memcpy((PUCHAR)buffer + Link->Target.Length, Walk->Rest.Buffer, Walk->Rest.Length);
    ObpFreeName(&Walk->Path);
    Walk->Path.Buffer = buffer;
    Walk->Path.Length = (USHORT)length;
    Walk->Path.MaximumLength = (USHORT)(length + sizeof(WCHAR));
    return STATUS_REPARSE;
}

static NTSTATUS
ObpParse(POBP_WALK Walk, PVOID Object)
{
    const POBP_LOOKUP lookup = Walk->Lookup;
    const POBJECT_TYPE type = ObHeader(Object)->Type;
    PWSTR before = Walk->Path.Buffer;
    PVOID found = NULL;
    ObReference(Object);
    const NTSTATUS status = type->Info.Parse(
        Object, lookup->Type, lookup->AccessState, lookup->AccessMode, lookup->Attributes,
        &Walk->Path, &Walk->Rest, lookup->ParseContext, lookup->SecurityQos, &found);
    ObDereference(Object);
    if (status == STATUS_REPARSE || status == STATUS_REPARSE_OBJECT)
    {
        if (Walk->Path.Buffer != before && before != NULL)
        {
            MmFreePool(before, OB_NAME_TAG);
        }
        return STATUS_REPARSE;
    }
    if (NT_SUCCESS(status))
    {
        NT_ASSERT(found != NULL);
        Walk->Found = found;
        if (lookup->Type != NULL && ObHeader(found)->Type != lookup->Type)
        {
            ObDereference(found);
            Walk->Found = NULL;
            return STATUS_OBJECT_TYPE_MISMATCH;
        }
    }
    return status;
}

/* KERNEL:privileges: SeChangeNotifyPrivilege passes directories it has no access to. */
static NTSTATUS
ObpTraverse(POBP_WALK Walk, POBJECT_HEADER Directory)
{
    ACCESS_MASK granted;
    if (Walk->Lookup->AccessMode == KernelMode || ObSecurity.HasPrivilege == NULL ||
        ObSecurity.HasPrivilege(SE_CHANGE_NOTIFY_PRIVILEGE))
    {
        return STATUS_SUCCESS;
    }
    return ObpGrantAccess(ObBody(Directory), DIRECTORY_TRAVERSE, UserMode, &granted);
}

/* The entry of one component. STATUS_PENDING: go on with the next component. */
static NTSTATUS
ObpVisit(POBP_WALK Walk, POBJECT_HEADER Header)
{
    const POBP_LOOKUP lookup = Walk->Lookup;
    const BOOLEAN last = Walk->Rest.Length == 0;
    if (Header->Type == ObDirectoryObjectType && !last)
    {
        const NTSTATUS status = ObpTraverse(Walk, Header);
        Walk->Directory = ObBody(Header);
        ObpSkipSeparator(Walk);
        return NT_SUCCESS(status) ? STATUS_PENDING : status;
    }
    if (Header->Type == ObSymbolicLinkObjectType)
    {
        const BOOLEAN itself = lookup->Insert != NULL || (lookup->Attributes & OBJ_OPENLINK) ||
                               lookup->Type == ObSymbolicLinkObjectType;
        if (!last || !itself)
        {
            return ObpFollowLink(Walk, ObBody(Header));
        }
    }
    else if (Header->Type->Info.Parse != NULL && (lookup->Insert == NULL || !last))
    {
        return ObpParse(Walk, ObBody(Header));
    }
    if (!last)
    {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    if (lookup->Insert == NULL && lookup->Type != NULL && Header->Type != lookup->Type)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    Walk->Found = ObBody(Header);
    ObReference(Walk->Found);
    return STATUS_SUCCESS;
}

/* From Walk->Directory along Walk->Rest. STATUS_REPARSE: start again with the new Path. */
static NTSTATUS
ObpWalkDirectories(POBP_WALK Walk)
{
    NTSTATUS status = STATUS_PENDING;
    while (status == STATUS_PENDING)
    {
        UNICODE_STRING component;
        if (!ObpNextComponent(Walk, &component))
        {
            return STATUS_OBJECT_NAME_INVALID;
        }
        POBJECT_HEADER header = ObpFindEntry(Walk->Directory, &component);
        if (header != NULL)
        {
            status = ObpVisit(Walk, header);
        }
        else if (Walk->Rest.Length != 0)
        {
            status = STATUS_OBJECT_PATH_NOT_FOUND;
        }
        else
        {
            status = Walk->Lookup->Insert == NULL ? STATUS_OBJECT_NAME_NOT_FOUND
                                                  : ObpInsertHere(Walk, &component);
        }
    }
    return status;
}

/* ---- starts ------------------------------------------------------------------------------- */

static NTSTATUS
ObpWalkFromRoot(POBP_WALK Walk)
{
    NTSTATUS status = STATUS_REPARSE;
    for (ULONG count = 0; status == STATUS_REPARSE; count++)
    {
        if (count > OBP_MAX_REPARSE)
        {
            return STATUS_OBJECT_NAME_NOT_FOUND;
        }
        if (Walk->Path.Length == 0 || Walk->Path.Buffer[0] != '\\')
        {
            return STATUS_OBJECT_PATH_SYNTAX_BAD;
        }
        Walk->Directory = ObpRootDirectory;
        Walk->Rest = Walk->Path;
        ObpSkipSeparator(Walk);
        if (Walk->Rest.Length == 0)
        {
            Walk->Found = ObpRootDirectory;
            ObReference(ObpRootDirectory);
            return Walk->Lookup->Type == NULL || Walk->Lookup->Type == ObDirectoryObjectType
                       ? STATUS_SUCCESS
                       : STATUS_OBJECT_TYPE_MISMATCH;
        }
        status = ObpWalkDirectories(Walk);
    }
    return status;
}

/* Relative to an open directory, or to any object whose type parses names (a file). */
static NTSTATUS
ObpWalkFromHandle(POBP_WALK Walk)
{
    PVOID start;
    NTSTATUS status = ObpReferenceHandle(Walk->Lookup->RootDirectory, 0, NULL,
                                         Walk->Lookup->AccessMode, &start, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    Walk->Rest = Walk->Path;
    const POBJECT_TYPE type = ObHeader(start)->Type;
    if (Walk->Path.Length != 0 && Walk->Path.Buffer[0] == '\\')
    {
        status = STATUS_OBJECT_PATH_SYNTAX_BAD;
    }
    else if (type == ObDirectoryObjectType)
    {
        Walk->Directory = start;
        status = Walk->Path.Length == 0 ? STATUS_OBJECT_NAME_INVALID : ObpWalkDirectories(Walk);
    }
    else if (type->Info.Parse != NULL)
    {
        status = ObpParse(Walk, start);
    }
    else
    {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    }
    ObDereference(start);
    return status == STATUS_REPARSE ? ObpWalkFromRoot(Walk) : status;
}

NTSTATUS
ObpLookup(POBP_LOOKUP Lookup, PVOID *Object)
{
    OBP_WALK walk = {.Lookup = Lookup};
    NTSTATUS status = ObpCopyName(Lookup->Name, &walk.Path);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = Lookup->RootDirectory == NULL ? ObpWalkFromRoot(&walk) : ObpWalkFromHandle(&walk);
    ObpFreeName(&walk.Path);
    *Object = walk.Found;
    if (!NT_SUCCESS(status) && walk.Found != NULL)
    {
        ObDereference(walk.Found);
        *Object = NULL;
    }
    return status;
}

/* ---- opening ------------------------------------------------------------------------------ */

NTSTATUS (*ObAccessCheck)(PSECURITY_DESCRIPTOR Descriptor,
                          ACCESS_MASK Desired,
                          const GENERIC_MAPPING *Mapping,
                          ULONG ValidMask,
                          KPROCESSOR_MODE AccessMode,
                          PACCESS_MASK Granted);

NTSTATUS
ObpGrantAccess(PVOID Object, ACCESS_MASK DesiredAccess, KPROCESSOR_MODE Mode, PACCESS_MASK Granted)
{
    const POBJECT_HEADER header = ObHeader(Object);
    if (ObAccessCheck != NULL)
    {
        return ObAccessCheck(*ObSecurityOf(Object), DesiredAccess,
                             &header->Type->Info.GenericMapping, header->Type->Info.ValidAccessMask,
                             Mode, Granted);
    }
    ACCESS_MASK access = DesiredAccess;
    RtlMapGenericMask(&access, &header->Type->Info.GenericMapping);
    *Granted = ObpResolveMaximum(access, header->Type);
    return STATUS_SUCCESS;
}

NTSTATUS
ObReferenceByName(PCUNICODE_STRING Name,
                  HANDLE RootDirectory,
                  ULONG Attributes,
                  POBJECT_TYPE Type,
                  KPROCESSOR_MODE AccessMode,
                  ACCESS_MASK DesiredAccess,
                  PVOID ParseContext,
                  PVOID *Object)
{
    ACCESS_STATE state;
    OB_AUX_DATA aux;
    ObpBuildAccessState(&state, &aux, DesiredAccess, Type);
    OBP_LOOKUP lookup = {.RootDirectory = RootDirectory,
                         .Name = Name,
                         .Attributes = Attributes,
                         .Type = Type,
                         .AccessMode = AccessMode,
                         .AccessState = &state,
                         .ParseContext = ParseContext};
    NTSTATUS status = ObpLookup(&lookup, Object);
    ObpReleaseAccessState(&state);
    if (NT_SUCCESS(status) && ParseContext == NULL)
    {
        ACCESS_MASK granted;
        status =
            ObpGrantAccess(*Object, DesiredAccess,
                           (Attributes & OBJ_FORCE_ACCESS_CHECK) ? UserMode : AccessMode, &granted);
        if (!NT_SUCCESS(status))
        {
            ObDereference(*Object);
            *Object = NULL;
        }
    }
    return status;
}

NTSTATUS
ObOpenByName(POBJECT_ATTRIBUTES ObjectAttributes,
             POBJECT_TYPE Type,
             KPROCESSOR_MODE AccessMode,
             ACCESS_MASK DesiredAccess,
             PVOID ParseContext,
             PHANDLE Handle)
{
    NTSTATUS status = ObpCheckAttributes(ObjectAttributes);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (ObjectAttributes == NULL || ObjectAttributes->ObjectName == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    ACCESS_STATE state;
    OB_AUX_DATA aux;
    ObpBuildAccessState(&state, &aux, DesiredAccess, Type);
    OBP_LOOKUP lookup = {.RootDirectory = ObjectAttributes->RootDirectory,
                         .Name = ObjectAttributes->ObjectName,
                         .Attributes = ObjectAttributes->Attributes,
                         .Type = Type,
                         .AccessMode = AccessMode,
                         .AccessState = &state,
                         .ParseContext = ParseContext,
                         .SecurityQos = ObjectAttributes->SecurityQualityOfService};
    PVOID object;
    status = ObpLookup(&lookup, &object);
    ObpReleaseAccessState(&state);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    /* A parse procedure (files) has checked access itself and left what it granted. */
    ACCESS_MASK granted = state.PreviouslyGrantedAccess | state.RemainingDesiredAccess;
    NTSTATUS accessStatus = STATUS_SUCCESS;
    if (ParseContext == NULL)
    {
        const KPROCESSOR_MODE mode =
            (ObjectAttributes->Attributes & OBJ_FORCE_ACCESS_CHECK) ? UserMode : AccessMode;
        accessStatus = ObpGrantAccess(object, granted, mode, &granted);
    }
    if (NT_SUCCESS(accessStatus))
    {
        accessStatus = ObCreateHandleForObject(object, ObOpenHandle, granted,
                                               ObjectAttributes->Attributes, Handle);
    }
    ObDereference(object);
    return NT_SUCCESS(accessStatus) ? status : accessStatus;
}
