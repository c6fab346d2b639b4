/* SPDX-License-Identifier: MIT */
/*
 * What handles and directories say about objects. Zw routines act as kernel mode, Nt routines as
 * the mode that called. Owns no state. PASSIVE_LEVEL.
 */
#include "obp.h"

#include "ntifs.h"

#define OBP_DIRECTORY_QUERY 0x0001u

/* Of the services, but not of the kernel headers: what may become of a handle. */
#define OBP_HANDLE_FLAG_INFORMATION 4

typedef struct _OBP_HANDLE_FLAGS
{
    BOOLEAN Inherit, ProtectFromClose;
} OBP_HANDLE_FLAGS;

/* PUBLIC_OBJECT_TYPE_INFORMATION of winternl.h, whose reserved part holds numbers of the type. */
typedef struct _OBP_TYPE_INFORMATION
{
    UNICODE_STRING TypeName;
    ULONG TotalNumberOfObjects, TotalNumberOfHandles;
    ULONG Reserved[11];
    GENERIC_MAPPING GenericMapping;
    ULONG ValidAccessMask;
    BOOLEAN SecurityRequired, MaintainHandleCount;
    UCHAR TypeIndex, ReservedByte;
    ULONG Reserved2[3];
} OBP_TYPE_INFORMATION;

C_ASSERT(sizeof(OBP_TYPE_INFORMATION) == 16 + 22 * sizeof(ULONG));

/* OBJECT_DIRECTORY_INFORMATION of the services. */
typedef struct _OBP_DIRECTORY_INFORMATION
{
    UNICODE_STRING Name, TypeName;
} OBP_DIRECTORY_INFORMATION;

static NTSTATUS
ObpReturn(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Destination, Length)
               ? KeTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

/* Copies Source to Place of the caller's buffer at Target, which Buffer mirrors. */
static UNICODE_STRING
ObpMirrorName(PUCHAR Buffer, PUCHAR Target, ULONG Place, PCUNICODE_STRING Source)
{
    __builtin_memcpy(Buffer + Place, Source->Buffer, Source->Length);
    *(PWCHAR)(Buffer + Place + Source->Length) = 0;
    return (UNICODE_STRING){.Length = Source->Length,
                            .MaximumLength = (USHORT)(Source->Length + sizeof(WCHAR)),
                            .Buffer = (PWSTR)(Target + Place)};
}

/* ---- objects ------------------------------------------------------------------------------ */

typedef struct _OBP_QUERY
{
    PVOID Object;
    OBJECT_HANDLE_INFORMATION Handle;
    PUCHAR Target; /* of the caller */
    ULONG Length;
    ULONG Needed; /* out */
    KPROCESSOR_MODE Mode;
} OBP_QUERY;

static NTSTATUS
ObpQueryBasic(OBP_QUERY *Query)
{
    const POBJECT_HEADER header = ObHeader(Query->Object);
    /* The reference of this query does not count. */
    const PUBLIC_OBJECT_BASIC_INFORMATION basic = {
        .Attributes = (Query->Handle.HandleAttributes & OBJ_INHERIT) |
                      ((header->Flags & OB_FLAG_PERMANENT) ? OBJ_PERMANENT : 0) |
                      ((header->Flags & OB_FLAG_EXCLUSIVE) ? OBJ_EXCLUSIVE : 0),
        .GrantedAccess = Query->Handle.GrantedAccess,
        .HandleCount = (ULONG)header->HandleCount,
        .PointerCount = (ULONG)header->PointerCount - 1};
    Query->Needed = sizeof(basic);
    return Query->Length != sizeof(basic)
               ? STATUS_INFO_LENGTH_MISMATCH
               : ObpReturn(Query->Target, &basic, sizeof(basic), Query->Mode);
}

static NTSTATUS
ObpQueryName(OBP_QUERY *Query)
{
    /* The longest name, and what precedes it. */
    const ULONG room = sizeof(OBJECT_NAME_INFORMATION) + 0x10000;
    POBJECT_NAME_INFORMATION name = MmAllocatePool(PagedPool, room, OB_NAME_TAG);
    if (name == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status = ObQueryNameString(
        Query->Object, name, Query->Length < room ? Query->Length : room, &Query->Needed);
    if (NT_SUCCESS(status))
    {
        if (name->Name.Buffer != NULL)
        {
            const ULONG_PTR place = (ULONG_PTR)name->Name.Buffer - (ULONG_PTR)name;
            name->Name.Buffer = (PWSTR)(Query->Target + place);
        }
        status = ObpReturn(Query->Target, name, Query->Needed, Query->Mode);
    }
    MmFreePool(name, OB_NAME_TAG);
    return status;
}

static NTSTATUS
ObpQueryType(OBP_QUERY *Query)
{
    const POBJECT_TYPE type = ObHeader(Query->Object)->Type;
    struct
    {
        OBP_TYPE_INFORMATION Head;
        WCHAR Name[64];
    } answer = {.Head = {.TotalNumberOfObjects = type->ObjectCount,
                         .TotalNumberOfHandles = type->HandleCount,
                         .GenericMapping = type->Info.GenericMapping,
                         .ValidAccessMask = type->Info.ValidAccessMask,
                         .SecurityRequired = type->Info.SecurityRequired,
                         .MaintainHandleCount = type->Info.MaintainHandleCount,
                         .TypeIndex = (UCHAR)type->Index}};
    Query->Needed = (sizeof(answer.Head) + type->Name.Length + sizeof(WCHAR) + 7) & ~7u;
    NT_ASSERT(Query->Needed <= sizeof(answer));
    if (Query->Length < Query->Needed)
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    answer.Head.TypeName =
        ObpMirrorName((PUCHAR)&answer, Query->Target, sizeof(answer.Head), &type->Name);
    return ObpReturn(Query->Target, &answer, Query->Needed, Query->Mode);
}

static NTSTATUS
ObpQueryObject(HANDLE Handle, ULONG Class, OBP_QUERY *Query)
{
    NTSTATUS status =
        ObpReferenceHandle(Handle, 0, NULL, Query->Mode, &Query->Object, &Query->Handle);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const OBP_HANDLE_FLAGS flags = {(Query->Handle.HandleAttributes & OBJ_INHERIT) != 0,
                                    (Query->Handle.HandleAttributes & OB_HANDLE_PROTECT) != 0};
    switch (Class)
    {
    case ObjectBasicInformation:
        status = ObpQueryBasic(Query);
        break;
    case ObjectNameInformation:
        status = ObpQueryName(Query);
        break;
    case ObjectTypeInformation:
        status = ObpQueryType(Query);
        break;
    case OBP_HANDLE_FLAG_INFORMATION:
        Query->Needed = sizeof(flags);
        status = Query->Length != sizeof(flags)
                     ? STATUS_INFO_LENGTH_MISMATCH
                     : ObpReturn(Query->Target, &flags, sizeof(flags), Query->Mode);
        break;
    default:
        status = STATUS_INVALID_INFO_CLASS;
        break;
    }
    ObDereference(Query->Object);
    return status;
}

static NTSTATUS
ObpQueryAs(HANDLE Handle,
           ULONG Class,
           PVOID Information,
           ULONG Length,
           PULONG ReturnLength,
           KPROCESSOR_MODE Mode)
{
    OBP_QUERY query = {.Target = Information, .Length = Length, .Mode = Mode};
    const NTSTATUS status = ObpQueryObject(Handle, Class, &query);
    const NTSTATUS copy = ReturnLength == NULL || query.Needed == 0
                              ? STATUS_SUCCESS
                              : ObpReturn(ReturnLength, &query.Needed, sizeof(ULONG), Mode);
    return NT_SUCCESS(copy) ? status : copy;
}

/* Contract: NF:ntifs.ZwQueryObject. */
DDI NTSTATUS
ZwQueryObject(HANDLE Handle,
              OBJECT_INFORMATION_CLASS ObjectInformationClass,
              PVOID ObjectInformation,
              ULONG ObjectInformationLength,
              PULONG ReturnLength)
{
    return ObpQueryAs(Handle, (ULONG)ObjectInformationClass, ObjectInformation,
                      ObjectInformationLength, ReturnLength, KernelMode);
}

/* Contract: NF:ntifs.NtQueryObject. */
DDI NTSTATUS
NtQueryObject(HANDLE Handle,
              OBJECT_INFORMATION_CLASS ObjectInformationClass,
              PVOID ObjectInformation,
              ULONG ObjectInformationLength,
              PULONG ReturnLength)
{
    return ObpQueryAs(Handle, (ULONG)ObjectInformationClass, ObjectInformation,
                      ObjectInformationLength, ReturnLength, KiCurrentThread()->PreviousMode);
}

/* ---- directories -------------------------------------------------------------------------- */

/* How many entries from First on fit into Length bytes, with an empty one at the end and the names
 * behind them. *Used: what they take. */
static NTSTATUS
ObpMeasureDirectory(POB_DIRECTORY Directory,
                    ULONG First,
                    ULONG Length,
                    BOOLEAN Single,
                    PULONG Count,
                    PULONG Used)
{
    const ULONG one = sizeof(OBP_DIRECTORY_INFORMATION);
    ULONG size = one;
    PLIST_ENTRY entry = Directory->Entries.Flink;
    *Count = 0;
    for (ULONG index = 0; entry != &Directory->Entries && index < First; index++)
    {
        entry = entry->Flink;
    }
    for (; entry != &Directory->Entries && !(Single && *Count == 1); entry = entry->Flink)
    {
        const POBJECT_HEADER header = CONTAINING_RECORD(entry, OBJECT_HEADER, DirectoryEntry);
        const ULONG more =
            one + header->Name.Length + header->Type->Name.Length + 2u * (ULONG)sizeof(WCHAR);
        if (size + more > Length)
        {
            break;
        }
        *Count += 1;
        size += more;
    }
    *Used = size;
    if (*Count == 0)
    {
        return entry == &Directory->Entries ? STATUS_NO_MORE_ENTRIES : STATUS_BUFFER_TOO_SMALL;
    }
    return entry == &Directory->Entries || Single ? STATUS_SUCCESS : STATUS_MORE_ENTRIES;
}

static void
ObpWriteDirectory(POB_DIRECTORY Directory, PUCHAR Buffer, PUCHAR Target, ULONG First, ULONG Count)
{
    OBP_DIRECTORY_INFORMATION *information = (OBP_DIRECTORY_INFORMATION *)Buffer;
    ULONG place = (Count + 1) * (ULONG)sizeof(*information), index = 0;
    PLIST_ENTRY entry = Directory->Entries.Flink;
    for (; index < First + Count; entry = entry->Flink, index++)
    {
        const POBJECT_HEADER header = CONTAINING_RECORD(entry, OBJECT_HEADER, DirectoryEntry);
        if (index >= First)
        {
            information->Name = ObpMirrorName(Buffer, Target, place, &header->Name);
            place += information->Name.MaximumLength;
            information->TypeName = ObpMirrorName(Buffer, Target, place, &header->Type->Name);
            place += information->TypeName.MaximumLength;
            information++;
        }
    }
    *information = (OBP_DIRECTORY_INFORMATION){0};
}

/* Described among the services of user mode (NtQueryDirectoryObject): the entries of a directory
 * from *Context on, or from the first; STATUS_MORE_ENTRIES if not all of them fit. */
DDI NTSTATUS
ZwQueryDirectoryObject(HANDLE DirectoryHandle,
                       PVOID Buffer,
                       ULONG Length,
                       BOOLEAN ReturnSingleEntry,
                       BOOLEAN RestartScan,
                       PULONG Context,
                       PULONG ReturnLength)
{
    POB_DIRECTORY directory;
    NTSTATUS status =
        ObpReferenceHandle(DirectoryHandle, OBP_DIRECTORY_QUERY, ObDirectoryObjectType, KernelMode,
                           (PVOID *)&directory, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG first = RestartScan ? 0 : *Context;
    ULONG count, used;
    status = ObpMeasureDirectory(directory, first, Length, ReturnSingleEntry, &count, &used);
    if (count != 0)
    {
        PUCHAR buffer = MmAllocatePool(PagedPool, used, OB_NAME_TAG);
        NTSTATUS copy = STATUS_INSUFFICIENT_RESOURCES;
        if (buffer != NULL)
        {
            ObpWriteDirectory(directory, buffer, Buffer, first, count);
            copy = KeTryCopy(Buffer, buffer, used);
            MmFreePool(buffer, OB_NAME_TAG);
        }
        status = NT_SUCCESS(copy) ? status : copy;
        *Context = first + count;
    }
    if (ReturnLength != NULL)
    {
        *ReturnLength = count == 0 ? 0 : used;
    }
    ObDereference(directory);
    return status;
}
