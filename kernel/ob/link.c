/* SPDX-License-Identifier: MIT */
/*
 * Symbolic links and the names of objects. PASSIVE_LEVEL.
 */
#include "obp.h"

POBJECT_TYPE ObSymbolicLinkObjectType;

static void
ObpDeleteLinkObject(PVOID Object)
{
    ObpFreeName(&((POB_SYMBOLIC_LINK)Object)->Target);
}

/* Makes the object; the caller inserts it. */
static NTSTATUS
ObpNewLink(POBJECT_ATTRIBUTES Attributes, PCUNICODE_STRING Target, POB_SYMBOLIC_LINK *Link)
{
    if (Target->Length == 0 || (Target->Length & 1) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status = ObCreateObject(ObSymbolicLinkObjectType, Attributes, KernelMode,
                                     sizeof(OB_SYMBOLIC_LINK), (PVOID *)Link);
    if (NT_SUCCESS(status))
    {
        status = ObpCopyName(Target, &(*Link)->Target);
        if (!NT_SUCCESS(status))
        {
            ObDereference(*Link);
            return status;
        }
        KeQuerySystemTimePrecise(&(*Link)->CreationTime);
    }
    return status;
}

NTSTATUS
ObCreateLink(PCUNICODE_STRING Name, PCUNICODE_STRING Target)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(OBJECT_ATTRIBUTES),
                                    .ObjectName = (PUNICODE_STRING)Name,
                                    .Attributes = OBJ_PERMANENT | OBJ_CASE_INSENSITIVE};
    POB_SYMBOLIC_LINK link;
    const NTSTATUS status = ObpNewLink(&attributes, Target, &link);
    return NT_SUCCESS(status) ? ObInsertNewObject(link, 0, 0, NULL, NULL) : status;
}

NTSTATUS
ObDeleteLink(PCUNICODE_STRING Name)
{
    PVOID link;
    const NTSTATUS status =
        ObReferenceByName(Name, NULL, OBJ_CASE_INSENSITIVE | OBJ_OPENLINK, ObSymbolicLinkObjectType,
                          KernelMode, DELETE, NULL, &link);
    if (NT_SUCCESS(status))
    {
        ObMakeTemporary(link);
        ObDereference(link);
    }
    return status;
}

/* ---- names of objects --------------------------------------------------------------------- */

/* Bytes that "\A\B\C" takes, without terminator; 0 for unnamed objects. */
static ULONG
ObpPathLength(POBJECT_HEADER Header)
{
    ULONG length = 0;
    if (ObBody(Header) == ObpRootDirectory)
    {
        return sizeof(WCHAR);
    }
    while (Header->Directory != NULL)
    {
        length += sizeof(WCHAR) + Header->Name.Length;
        Header = ObHeader(Header->Directory);
    }
    return length;
}

/* Writes the path so that it ends at End. */
static void
ObpWritePath(POBJECT_HEADER Header, PUCHAR End)
{
    if (ObBody(Header) == ObpRootDirectory)
    {
        *(PWSTR)(End - sizeof(WCHAR)) = '\\';
        return;
    }
    while (Header->Directory != NULL)
    {
        End -= Header->Name.Length;
        __builtin_memcpy(End, Header->Name.Buffer, Header->Name.Length);
        End -= sizeof(WCHAR);
        *(PWSTR)End = '\\';
        Header = ObHeader(Header->Directory);
    }
}

void
ObQueryPath(PVOID Object, PUNICODE_STRING Path)
{
    const POBJECT_HEADER header = ObHeader(Object);
    const ULONG length = ObpPathLength(header);
    Path->Length = 0;
    if (length != 0 && length <= Path->MaximumLength)
    {
        ObpWritePath(header, (PUCHAR)Path->Buffer + length);
        Path->Length = (USHORT)length;
    }
    else if (header->Name.Length != 0 && header->Name.Length <= Path->MaximumLength)
    {
        __builtin_memcpy(Path->Buffer, header->Name.Buffer, header->Name.Length);
        Path->Length = header->Name.Length;
    }
}

/* Contract: NF:ntifs.ObQueryNameString. */
DDI NTSTATUS
ObQueryNameString(PVOID Object,
                  POBJECT_NAME_INFORMATION ObjectNameInfo,
                  ULONG Length,
                  PULONG ReturnLength)
{
    const POBJECT_HEADER header = ObHeader(Object);
    if (header->Type->Info.QueryName != NULL)
    {
        return header->Type->Info.QueryName(Object, header->Directory != NULL, ObjectNameInfo,
                                            Length, ReturnLength, KernelMode);
    }
    const ULONG path = ObpPathLength(header);
    *ReturnLength = sizeof(OBJECT_NAME_INFORMATION) + (path == 0 ? 0 : path + sizeof(WCHAR));
    if (Length < *ReturnLength)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    ObjectNameInfo->Name = (UNICODE_STRING){0};
    if (path != 0)
    {
        const PWSTR buffer = (PWSTR)(ObjectNameInfo + 1);
        ObpWritePath(header, (PUCHAR)buffer + path);
        buffer[path / sizeof(WCHAR)] = 0;
        ObjectNameInfo->Name.Buffer = buffer;
        ObjectNameInfo->Name.Length = (USHORT)path;
        ObjectNameInfo->Name.MaximumLength = (USHORT)(path + sizeof(WCHAR));
    }
    return STATUS_SUCCESS;
}

/* ---- services ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.ZwOpenSymbolicLinkObject. */
DDI NTSTATUS
ZwOpenSymbolicLinkObject(PHANDLE LinkHandle,
                         ACCESS_MASK DesiredAccess,
                         POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ObOpenByName(ObjectAttributes, ObSymbolicLinkObjectType, KernelMode, DesiredAccess, NULL,
                        LinkHandle);
}

/* Contract: NF:wdm.ZwQuerySymbolicLinkObject: the length is of what did not fit, too. */
DDI NTSTATUS
ZwQuerySymbolicLinkObject(HANDLE LinkHandle, PUNICODE_STRING LinkTarget, PULONG ReturnedLength)
{
    POB_SYMBOLIC_LINK link;
    NTSTATUS status = ObpReferenceHandle(LinkHandle, SYMBOLIC_LINK_QUERY, ObSymbolicLinkObjectType,
                                         KernelMode, (PVOID *)&link, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG needed = ReturnedLength != NULL ? link->Target.MaximumLength : link->Target.Length;
    if (ReturnedLength != NULL)
    {
        *ReturnedLength = link->Target.MaximumLength;
    }
    status = STATUS_BUFFER_TOO_SMALL;
    if (needed <= LinkTarget->MaximumLength)
    {
        const ULONG bytes = link->Target.Length + sizeof(WCHAR) <= LinkTarget->MaximumLength
                                ? link->Target.Length + (ULONG)sizeof(WCHAR)
                                : link->Target.Length;
        __builtin_memcpy(LinkTarget->Buffer, link->Target.Buffer, bytes);
        LinkTarget->Length = link->Target.Length;
        status = STATUS_SUCCESS;
    }
    ObDereference(link);
    return status;
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ZwCreateSymbolicLinkObject(PHANDLE LinkHandle,
                           ACCESS_MASK DesiredAccess,
                           POBJECT_ATTRIBUTES ObjectAttributes,
                           PUNICODE_STRING LinkTarget)
{
    POB_SYMBOLIC_LINK link;
    const NTSTATUS status = ObpNewLink(ObjectAttributes, LinkTarget, &link);
    return NT_SUCCESS(status) ? ObInsertNewObject(link, DesiredAccess, 0, NULL, LinkHandle)
                              : status;
}

/* ---- start -------------------------------------------------------------------------------- */

static NTSTATUS
ObpInitLinks(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = SYMBOLIC_LINK_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | SYMBOLIC_LINK_QUERY, STANDARD_RIGHTS_WRITE,
                           STANDARD_RIGHTS_EXECUTE | SYMBOLIC_LINK_QUERY, SYMBOLIC_LINK_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .Delete = ObpDeleteLinkObject};
    static const struct
    {
        PCWSTR Name, Target;
    } links[] = {{L"\\??", L"\\GLOBAL??"},
                 {L"\\DosDevices", L"\\??"},
                 {L"\\GLOBAL??\\Global", L"\\GLOBAL??"}};
    NTSTATUS status = ObCreateObjectType(L"SymbolicLink", &initializer, MM_TAG('S', 'y', 'm', 'b'),
                                         &ObSymbolicLinkObjectType);
    for (ULONG index = 0; NT_SUCCESS(status) && index < RTL_NUMBER_OF(links); index++)
    {
        const UNICODE_STRING name = ObpString(links[index].Name);
        const UNICODE_STRING target = ObpString(links[index].Target);
        status = ObCreateLink(&name, &target);
    }
    return status;
}

NTSTATUS
ObInitSystem(void)
{
    const OB_TYPE_INITIALIZER initializer = {.ValidAccessMask = STANDARD_RIGHTS_ALL | 1,
                                             .UseDefaultObject = TRUE};
    POBJECT_TYPE type;
    NTSTATUS status = ObCreateObjectType(L"Type", &initializer, MM_TAG('O', 'b', 'j', 'T'), &type);
    if (NT_SUCCESS(status))
    {
        status = ObpInitDirectories();
    }
    if (NT_SUCCESS(status))
    {
        status = ObpNameTypes();
    }
    if (NT_SUCCESS(status))
    {
        status = ObpInitLinks();
    }
    if (NT_SUCCESS(status))
    {
        status = ObpInitDispatcherTypes();
    }
    if (NT_SUCCESS(status))
    {
        status = ObpInitSections();
    }
    return NT_SUCCESS(status) ? ObpInitCallbacks() : status;
}
