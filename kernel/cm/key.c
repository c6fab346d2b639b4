/* SPDX-License-Identifier: MIT */
/*
 * Key objects: what a handle to a registry key refers to. Each open makes a new one. Owns the Key
 * type and the way from a name to a key. PASSIVE_LEVEL; Delete also comes from a worker.
 * Contract: kernel/registry-key-object-routines.md, kernel/opening-a-handle-to-a-registry-key-
 * object.md.
 */
#include "cmp.h"

#include "ntifs.h"
#include "se/se.h"

POBJECT_TYPE CmpKeyObjectType;

static const GENERIC_MAPPING CmpMapping = {KEY_READ, KEY_WRITE, KEY_EXECUTE, KEY_ALL_ACCESS};

NTSTATUS
CmpReferenceKey(HANDLE Handle, ACCESS_MASK Access, PCMP_KEY *Key)
{
    NTSTATUS status =
        ObReferenceObjectByHandle(Handle, Access, CmpKeyObjectType, KernelMode, (PVOID *)Key, NULL);
    if (NT_SUCCESS(status) && ((*Key)->Node->Flags & CMP_DELETED))
    {
        ObDereference(*Key);
        status = STATUS_KEY_DELETED;
    }
    return status;
}

/* ---- procedures of the type --------------------------------------------------------------- */

static void
CmpCloseKey(PEPROCESS Process,
            PVOID Object,
            ACCESS_MASK GrantedAccess,
            ULONG ProcessHandles,
            ULONG SystemHandles)
{
    (void)Process;
    (void)GrantedAccess;
    (void)ProcessHandles;
    if (SystemHandles == 1)
    {
        CmpEndNotifications(Object, STATUS_NOTIFY_CLEANUP);
    }
}

static void
CmpDeleteKey(PVOID Object)
{
    PCMP_KEY key = Object;
    if (key->Node == NULL)
    {
        return;
    }
    if (key->Opened)
    {
        REG_KEY_HANDLE_CLOSE_INFORMATION information = {.Object = key};
        CMP_OPERATION operation;
        NTSTATUS status;
        CMP_OPERATION_INIT(&operation, KeyHandleClose, &information, key);
        /* A close cannot be refused. */
        (void)CmpPreCallbacks(&operation, &status);
        (void)CmpPostCallbacks(&operation, key, STATUS_SUCCESS);
        CmpCleanContexts(key);
    }
    CmpFreeString(&key->ObjectName);
    CmpDereferenceNode(key->Node);
}

static NTSTATUS
CmpQueryKeyName(PVOID Object,
                BOOLEAN HasObjectName,
                POBJECT_NAME_INFORMATION Information,
                ULONG Length,
                PULONG ReturnLength,
                KPROCESSOR_MODE Mode)
{
    PCMP_KEY key = Object;
    UNICODE_STRING name;
    (void)HasObjectName;
    (void)Mode;
    if (key->Node->Flags & CMP_DELETED)
    {
        return STATUS_KEY_DELETED;
    }
    const NTSTATUS status = CmpFullName(key->Node, &name);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG required = sizeof(OBJECT_NAME_INFORMATION) + name.Length + sizeof(WCHAR);
    *ReturnLength = required;
    if (Length >= required)
    {
        PWSTR text = (PWSTR)(Information + 1);
        __builtin_memcpy(text, name.Buffer, name.Length);
        text[name.Length / sizeof(WCHAR)] = 0;
        Information->Name.Buffer = text;
        Information->Name.Length = name.Length;
        Information->Name.MaximumLength = (USHORT)(name.Length + sizeof(WCHAR));
    }
    CmpFreeString(&name);
    return Length >= required ? STATUS_SUCCESS : STATUS_INFO_LENGTH_MISMATCH;
}

static NTSTATUS
CmpNewKeyObject(PCMP_NODE Node, PCMP_KEY *Key)
{
    NTSTATUS status =
        ObCreateObject(CmpKeyObjectType, NULL, KernelMode, sizeof(CMP_KEY), (PVOID *)Key);
    if (NT_SUCCESS(status))
    {
        ObHeader(*Key)->Flags &= (USHORT)~OB_FLAG_NEW;
        CmpReferenceNode(Node);
        (*Key)->Node = Node;
        InitializeListHead(&(*Key)->Notifications);
        InitializeListHead(&(*Key)->Contexts);
    }
    return status;
}

/* ---- from names to nodes ------------------------------------------------------------------ */

/* Where a lookup stands, and under whose rights. */
typedef struct _CMP_WALK
{
    PCMP_PARSE Parse; /* NULL: opened by something other than the registry's routines */
    PACCESS_STATE AccessState;
    KPROCESSOR_MODE Mode;
    ULONG Attributes;
    PUNICODE_STRING CompleteName;
    UNICODE_STRING Rest;
    PCMP_NODE Node;
    BOOLEAN Created;
} CMP_WALK, *PCMP_WALK;

/* Target + Rest replaces the path; the object manager starts again with it. */
static NTSTATUS
CmpFollowLink(PCMP_WALK Walk)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    PCMP_VALUE value = CmpFindValue(Walk->Node, &name);
    if (value == NULL || value->Type != REG_LINK || value->Size == 0)
    {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    const ULONG length = value->Size + Walk->Rest.Length;
    if (length > UNICODE_STRING_MAX_BYTES - sizeof(WCHAR))
    {
        return STATUS_NAME_TOO_LONG;
    }
    PUCHAR buffer = MmAllocatePool(NonPagedPoolNx, length + sizeof(WCHAR), OB_NAME_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(buffer, value->Data, value->Size);
    __builtin_memcpy(buffer + value->Size, Walk->Rest.Buffer, Walk->Rest.Length);
    Walk->CompleteName->Buffer = (PWSTR)buffer;
    Walk->CompleteName->Length = (USHORT)length;
    Walk->CompleteName->MaximumLength = (USHORT)(length + sizeof(WCHAR));
    return STATUS_REPARSE;
}

/* Contract: NF:wdm.ZwCreateKey: the descriptor of the caller decides about later opens. */
static NTSTATUS
CmpAssignSecurity(PCMP_NODE Node, PSECURITY_DESCRIPTOR Descriptor)
{
    ULONG length = 0;
    if (Descriptor == NULL)
    {
        return STATUS_SUCCESS;
    }
    if (!RtlValidSecurityDescriptor(Descriptor))
    {
        return STATUS_INVALID_SECURITY_DESCR;
    }
    length = RtlLengthSecurityDescriptor(Descriptor);
    PSECURITY_DESCRIPTOR copy = MmAllocatePool(PagedPool, length, CMP_TAG);
    if (copy == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (((PISECURITY_DESCRIPTOR)Descriptor)->Control & SE_SELF_RELATIVE)
    {
        __builtin_memcpy(copy, Descriptor, length);
    }
    else
    {
        const NTSTATUS status = RtlAbsoluteToSelfRelativeSD(Descriptor, copy, &length);
        if (!NT_SUCCESS(status))
        {
            MmFreePool(copy, CMP_TAG);
            return status;
        }
    }
    if (Node->Security != NULL)
    {
        MmFreePool(Node->Security, CMP_TAG);
    }
    Node->Security = copy;
    return STATUS_SUCCESS;
}

/* The last component does not exist: makes it below Walk->Node, which it replaces. */
static NTSTATUS
CmpCreateHere(PCMP_WALK Walk, PCUNICODE_STRING Name)
{
    const PCMP_PARSE parse = Walk->Parse;
    PCMP_NODE parent = Walk->Node, node;
    ACCESS_MASK granted;
    NTSTATUS status = SeGrantAccess(parent->Security, KEY_CREATE_SUB_KEY, &CmpMapping,
                                    KEY_ALL_ACCESS, Walk->Mode, &granted);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (parent->Flags & CMP_FIXED)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (!(parse->Options & REG_OPTION_VOLATILE) && (parent->Flags & CMP_VOLATILE))
    {
        return STATUS_CHILD_MUST_BE_VOLATILE;
    }
    status = CmpCreateNode(parent, Name,
                           ((parse->Options & REG_OPTION_VOLATILE) ? CMP_VOLATILE : 0) |
                               ((parse->Options & REG_OPTION_CREATE_LINK) ? CMP_LINK : 0),
                           &node);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = CmpAssignSecurity(node, parse->SecurityDescriptor);
    if (NT_SUCCESS(status))
    {
        status = CmpCopyString(parse->Class, &node->Class);
    }
    if (!NT_SUCCESS(status))
    {
        CmpDeleteNode(node);
        return status;
    }
    Walk->Node = node;
    Walk->Created = TRUE;
    return STATUS_SUCCESS;
}

static NTSTATUS
CmpWalkPath(PCMP_WALK Walk)
{
    const PCMP_PARSE parse = Walk->Parse;
    const BOOLEAN openLink =
        (Walk->Attributes & OBJ_OPENLINK) ||
        (parse != NULL && (parse->Options & (REG_OPTION_OPEN_LINK | REG_OPTION_CREATE_LINK)));
    UNICODE_STRING name;
    ULONG depth = 0;
    if (Walk->Node->Flags & CMP_DELETED)
    {
        return STATUS_KEY_DELETED;
    }
    while (CmpNextName(&Walk->Rest, &name))
    {
        if (name.Length > CMP_MAX_NAME || ++depth > CMP_MAX_DEPTH)
        {
            return STATUS_INVALID_PARAMETER;
        }
        PCMP_NODE child = CmpFindChild(Walk->Node, &name);
        UNICODE_STRING rest = Walk->Rest, next;
        const BOOLEAN last = !CmpNextName(&rest, &next);
        if (child == NULL)
        {
            return last && parse != NULL && parse->Create ? CmpCreateHere(Walk, &name)
                                                          : STATUS_OBJECT_NAME_NOT_FOUND;
        }
        Walk->Node = child;
        if ((child->Flags & CMP_LINK) && !(last && openLink))
        {
            return CmpFollowLink(Walk);
        }
    }
    if (parse != NULL && (parse->Options & REG_OPTION_CREATE_LINK))
    {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    return STATUS_SUCCESS;
}

/* Walk->Node is the key: checks what the caller asks of it and makes the object. */
static NTSTATUS
CmpOpenNode(PCMP_WALK Walk, PVOID *Object)
{
    ACCESS_MASK granted;
    PCMP_KEY key;
    const ACCESS_MASK desired =
        Walk->AccessState->RemainingDesiredAccess & ~(ACCESS_MASK)KEY_WOW64_RES;
    NTSTATUS status = STATUS_SUCCESS;
    if (Walk->Created) /* who makes a key has it */
    {
        granted = desired;
    }
    else
    {
        status = SeGrantAccess(Walk->Node->Security, desired, &CmpMapping, KEY_ALL_ACCESS,
                               Walk->Mode, &granted);
    }
    if (NT_SUCCESS(status))
    {
        status = CmpNewKeyObject(Walk->Node, &key);
    }
    if (NT_SUCCESS(status))
    {
        Walk->AccessState->PreviouslyGrantedAccess = granted;
        Walk->AccessState->RemainingDesiredAccess = 0;
        *Object = key;
    }
    return status;
}

/* The structure of RegNtPreOpenKeyEx and RegNtPreCreateKeyEx. */
static void
CmpDescribeOpen(PREG_CREATE_KEY_INFORMATION_V1 Information,
                PCMP_OPERATION Operation,
                PCMP_WALK Walk,
                PCMP_KEY Root,
                PVOID *Object)
{
    const PCMP_PARSE parse = Walk->Parse;
    const BOOLEAN create = parse != NULL && parse->Create;
    *Information = (REG_CREATE_KEY_INFORMATION_V1){
        .CompleteName = Walk->CompleteName,
        .RootObject = Root,
        .ObjectType = CmpKeyObjectType,
        .Options = parse == NULL ? 0 : parse->Options,
        .Class = create ? parse->Class : NULL,
        .SecurityDescriptor = create ? parse->SecurityDescriptor : NULL,
        .DesiredAccess = Walk->AccessState->OriginalDesiredAccess,
        .Disposition = create ? &parse->Disposition : NULL,
        .ResultObject = Object,
        .Version = 1,
        .RemainingName = &Walk->Rest,
        .Attributes = Walk->Attributes,
        .CheckAccessMode = Walk->Mode};
    Operation->Pre = create ? RegNtPreCreateKeyEx : RegNtPreOpenKeyEx;
    Operation->Post = create ? RegNtPostCreateKeyEx : RegNtPostOpenKeyEx;
    Operation->Information = Information;
    Operation->CallContext = &Information->CallContext;
    Operation->ObjectContext = &Information->RootObjectContext;
    Operation->Key = Root;
    Operation->Called = 0;
}

/* Parse procedure. ParseObject is \Registry, or the key of RootDirectory. */
static NTSTATUS
CmpParseKey(PVOID ParseObject,
            PVOID ObjectType,
            PACCESS_STATE AccessState,
            KPROCESSOR_MODE AccessMode,
            ULONG Attributes,
            PUNICODE_STRING CompleteName,
            PUNICODE_STRING RemainingName,
            PVOID Context,
            PSECURITY_QUALITY_OF_SERVICE SecurityQos,
            PVOID *Object)
{
    PCMP_KEY root = ParseObject;
    REG_CREATE_KEY_INFORMATION_V1 information;
    CMP_OPERATION operation;
    NTSTATUS status;
    CMP_WALK walk = {.Parse = Context,
                     .AccessState = AccessState,
                     .Mode = (Attributes & OBJ_FORCE_ACCESS_CHECK) ? UserMode : AccessMode,
                     .Attributes = Attributes,
                     .CompleteName = CompleteName,
                     .Rest = *RemainingName,
                     .Node = root->Node};
    (void)SecurityQos;
    if (ObjectType != NULL && ObjectType != CmpKeyObjectType)
    {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    UNICODE_STRING name = *CompleteName; /* a link replaces the path, the callbacks see this one */
    CmpDescribeOpen(&information, &operation, &walk, root, Object);
    information.CompleteName = &name;
    if (!CmpPreCallbacks(&operation, &status))
    {
        AccessState->PreviouslyGrantedAccess = information.GrantedAccess;
        AccessState->RemainingDesiredAccess = 0;
        return NT_SUCCESS(status) && *Object == NULL ? STATUS_OBJECT_NAME_NOT_FOUND : status;
    }
    status = CmpWalkPath(&walk);
    if (status == STATUS_SUCCESS)
    {
        status = CmpOpenNode(&walk, Object);
        if (walk.Created && !NT_SUCCESS(status))
        {
            CmpDeleteNode(walk.Node);
        }
    }
    if (status == STATUS_SUCCESS)
    {
        if (walk.Parse != NULL)
        {
            walk.Parse->Disposition = walk.Created ? REG_CREATED_NEW_KEY : REG_OPENED_EXISTING_KEY;
        }
        information.GrantedAccess = AccessState->PreviouslyGrantedAccess;
        ((PCMP_KEY)*Object)->Opened = TRUE;
        if (walk.Created && walk.Node->Parent != NULL)
        {
            CmpReportChange(walk.Node->Parent, REG_NOTIFY_CHANGE_NAME);
        }
    }
    /* Contract: kernel/invalid-key-object-pointers-in-registry-notifications.md */
    return CmpPostCallbacks(&operation, status == STATUS_SUCCESS ? *Object : NULL, status);
}

/* ---- services ----------------------------------------------------------------------------- */

/* Contract: NF:wdm.ZwOpenKeyEx. */
DDI NTSTATUS
ZwOpenKeyEx(PHANDLE KeyHandle,
            ACCESS_MASK DesiredAccess,
            POBJECT_ATTRIBUTES ObjectAttributes,
            ULONG OpenOptions)
{
    CMP_PARSE parse = {.Options = OpenOptions};
    HANDLE handle;
    if (OpenOptions & ~(ULONG)REG_OPEN_LEGAL_OPTION)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    const NTSTATUS status = ObOpenByName(ObjectAttributes, CmpKeyObjectType, KernelMode,
                                         DesiredAccess, &parse, &handle);
    if (NT_SUCCESS(status))
    {
        *KeyHandle = handle;
    }
    return status;
}

/* Contract: NF:wdm.ZwOpenKey. */
DDI NTSTATUS
ZwOpenKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ZwOpenKeyEx(KeyHandle, DesiredAccess, ObjectAttributes, 0);
}

/* Contract: NF:wdm.ZwCreateKey. */
DDI NTSTATUS
ZwCreateKey(PHANDLE KeyHandle,
            ACCESS_MASK DesiredAccess,
            POBJECT_ATTRIBUTES ObjectAttributes,
            ULONG TitleIndex,
            PUNICODE_STRING Class,
            ULONG CreateOptions,
            PULONG Disposition)
{
    CMP_PARSE parse = {.Create = TRUE, .Options = CreateOptions, .Class = Class};
    HANDLE handle;
    (void)TitleIndex;
    if (CreateOptions & ~(ULONG)REG_LEGAL_OPTION)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (ObjectAttributes != NULL)
    {
        parse.SecurityDescriptor = ObjectAttributes->SecurityDescriptor;
    }
    const NTSTATUS status = ObOpenByName(ObjectAttributes, CmpKeyObjectType, KernelMode,
                                         DesiredAccess, &parse, &handle);
    if (NT_SUCCESS(status))
    {
        *KeyHandle = handle;
        if (Disposition != NULL)
        {
            *Disposition = parse.Disposition;
        }
    }
    return status;
}

/* ---- start -------------------------------------------------------------------------------- */

NTSTATUS
CmpInitKeys(void)
{
    static UNICODE_STRING name = RTL_CONSTANT_STRING(L"REGISTRY");
    static UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\REGISTRY");
    const OB_TYPE_INITIALIZER initializer = {.ValidAccessMask = KEY_ALL_ACCESS | SYNCHRONIZE,
                                             .GenericMapping = CmpMapping,
                                             .UseDefaultObject = TRUE,
                                             .Close = CmpCloseKey,
                                             .Delete = CmpDeleteKey,
                                             .Parse = CmpParseKey,
                                             .QueryName = CmpQueryKeyName};
    OBJECT_ATTRIBUTES attributes;
    PCMP_KEY key;
    InitializeObjectAttributes(&attributes, &path, OBJ_PERMANENT | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    NTSTATUS status =
        ObCreateObjectType(L"Key", &initializer, MM_TAG('K', 'e', 'y', ' '), &CmpKeyObjectType);
    if (NT_SUCCESS(status))
    {
        status = CmpCreateNode(NULL, &name, CMP_FIXED | CMP_ROOT, &CmpRoot);
    }
    if (NT_SUCCESS(status))
    {
        status = ObCreateObject(CmpKeyObjectType, &attributes, KernelMode, sizeof(CMP_KEY),
                                (PVOID *)&key);
    }
    if (NT_SUCCESS(status))
    {
        CmpReferenceNode(CmpRoot);
        key->Node = CmpRoot;
        InitializeListHead(&key->Notifications);
        InitializeListHead(&key->Contexts);
        status = ObInsertNewObject(key, 0, 0, NULL, NULL);
    }
    return status;
}
