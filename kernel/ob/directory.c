/* SPDX-License-Identifier: MIT */
/*
 * Directory objects: names to objects, without regard to case (the default of Windows), in a hash
 * table that grows, so that ten thousand devices cost ten thousand times one. Owns the root
 * directory.
 */
#include "obp.h"

#define OBP_FIRST_BUCKETS 16u

POB_DIRECTORY ObpRootDirectory;
POBJECT_TYPE ObDirectoryObjectType;

static ULONG
ObpHashName(PCUNICODE_STRING Name)
{
    ULONG hash = 0;
    for (ULONG index = 0; index < Name->Length / sizeof(WCHAR); index++)
    {
        hash = hash * 31 + ObpUpcase(Name->Buffer[index]);
    }
    return hash ^ (hash >> 15);
}

POBJECT_HEADER
ObpFindEntry(POB_DIRECTORY Directory, PCUNICODE_STRING Name)
{
    if (Directory->BucketCount == 0)
    {
        return NULL;
    }
    POBJECT_HEADER header = Directory->Buckets[ObpHashName(Name) % Directory->BucketCount];
    while (header != NULL && !ObpEqualNames(&header->Name, Name))
    {
        header = header->HashNext;
    }
    return header;
}

static NTSTATUS
ObpGrowDirectory(POB_DIRECTORY Directory)
{
    const ULONG count =
        Directory->BucketCount == 0 ? OBP_FIRST_BUCKETS : Directory->BucketCount * 4;
    POBJECT_HEADER *buckets =
        MmAllocatePool(NonPagedPoolNx, count * sizeof(*buckets), OBP_TABLE_TAG);
    if (buckets == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (PLIST_ENTRY e = Directory->Entries.Flink; e != &Directory->Entries; e = e->Flink)
    {
        POBJECT_HEADER header = CONTAINING_RECORD(e, OBJECT_HEADER, DirectoryEntry);
        POBJECT_HEADER *bucket = &buckets[ObpHashName(&header->Name) % count];
        header->HashNext = *bucket;
        *bucket = header;
    }
    if (Directory->Buckets != NULL)
    {
        MmFreePool(Directory->Buckets, OBP_TABLE_TAG);
    }
    Directory->Buckets = buckets;
    Directory->BucketCount = count;
    return STATUS_SUCCESS;
}

NTSTATUS
ObpInsertEntry(POB_DIRECTORY Directory, POBJECT_HEADER Header)
{
    if (Directory->Count >= Directory->BucketCount)
    {
        const NTSTATUS status = ObpGrowDirectory(Directory);
        if (!NT_SUCCESS(status))
        {
            return status;
        }
    }
    POBJECT_HEADER *bucket =
        &Directory->Buckets[ObpHashName(&Header->Name) % Directory->BucketCount];
    Header->HashNext = *bucket;
    *bucket = Header;
    ObpInsertTail(&Directory->Entries, &Header->DirectoryEntry);
    Directory->Count++;
    Header->Directory = Directory;
    ObReference(ObBody(Header)); /* a name keeps its object alive */
    ObReference(Directory);
    return STATUS_SUCCESS;
}

void
ObpRemoveEntryOf(POBJECT_HEADER Header)
{
    POB_DIRECTORY directory = Header->Directory;
    if (directory == NULL)
    {
        return;
    }
    POBJECT_HEADER *link = &directory->Buckets[ObpHashName(&Header->Name) % directory->BucketCount];
    while (*link != Header)
    {
        link = &(*link)->HashNext;
    }
    *link = Header->HashNext;
    ObpRemoveEntry(&Header->DirectoryEntry);
    directory->Count--;
    Header->Directory = NULL;
    ObDereference(directory);
    ObDereference(ObBody(Header));
}

static void
ObpDeleteDirectory(PVOID Object)
{
    POB_DIRECTORY directory = Object;
    NT_ASSERT_EQ(directory->Count, 0); /* entries reference their directory */
    if (directory->Buckets != NULL)
    {
        MmFreePool(directory->Buckets, OBP_TABLE_TAG);
    }
}

/* ---- enumeration -------------------------------------------------------------------------- */

/* The entry that follows After in the order of names; NULL: the first one. */
static POBJECT_HEADER
ObpNextByName(POB_DIRECTORY Directory, POBJECT_HEADER After)
{
    POBJECT_HEADER next = NULL;
    for (PLIST_ENTRY e = Directory->Entries.Flink; e != &Directory->Entries; e = e->Flink)
    {
        POBJECT_HEADER header = CONTAINING_RECORD(e, OBJECT_HEADER, DirectoryEntry);
        if ((After == NULL || ObpCompareNames(&After->Name, &header->Name) < 0) &&
            (next == NULL || ObpCompareNames(&header->Name, &next->Name) < 0))
        {
            next = header;
        }
    }
    return next;
}

NTSTATUS
ObEnumerateDirectory(PCWSTR Path,
                     BOOLEAN (*Routine)(const OB_ENUMERATION *Entry, PVOID Context),
                     PVOID Context)
{
    const UNICODE_STRING name = ObpString(Path);
    POB_DIRECTORY directory;
    const NTSTATUS status =
        ObReferenceByName(&name, NULL, OBJ_CASE_INSENSITIVE, ObDirectoryObjectType, KernelMode, 0,
                          NULL, (PVOID *)&directory);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    POBJECT_HEADER header = ObpNextByName(directory, NULL);
    while (header != NULL)
    {
        OB_ENUMERATION entry = {
            .Name = &header->Name, .Object = ObBody(header), .Type = header->Type};
        if (header->Type == ObSymbolicLinkObjectType)
        {
            entry.LinkTarget = ((POB_SYMBOLIC_LINK)ObBody(header))->Target;
        }
        if (!Routine(&entry, Context))
        {
            break;
        }
        header = ObpNextByName(directory, header);
    }
    ObDereference(directory);
    return STATUS_SUCCESS;
}

/* ---- creation ----------------------------------------------------------------------------- */

NTSTATUS
ObCreateBootDirectory(PCWSTR Path)
{
    UNICODE_STRING name = ObpString(Path);
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(OBJECT_ATTRIBUTES),
                                    .ObjectName = &name,
                                    .Attributes = OBJ_PERMANENT | OBJ_CASE_INSENSITIVE};
    POB_DIRECTORY directory;
    NTSTATUS status = ObCreateObject(ObDirectoryObjectType, &attributes, KernelMode,
                                     sizeof(OB_DIRECTORY), (PVOID *)&directory);
    if (NT_SUCCESS(status))
    {
        ObpInitializeList(&directory->Entries);
        status = ObInsertNewObject(directory, 0, 0, NULL, NULL);
    }
    return status;
}

NTSTATUS
ObpInitDirectories(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = DIRECTORY_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | DIRECTORY_QUERY | DIRECTORY_TRAVERSE,
                           STANDARD_RIGHTS_WRITE | DIRECTORY_CREATE_OBJECT |
                               DIRECTORY_CREATE_SUBDIRECTORY,
                           STANDARD_RIGHTS_EXECUTE | DIRECTORY_QUERY | DIRECTORY_TRAVERSE,
                           DIRECTORY_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .Delete = ObpDeleteDirectory};
    static const PCWSTR paths[] = {L"\\Device",        L"\\Driver",      L"\\FileSystem",
                                   L"\\GLOBAL??",      L"\\ObjectTypes", L"\\BaseNamedObjects",
                                   L"\\KernelObjects", L"\\Callback",    L"\\Security"};
    NTSTATUS status = ObCreateObjectType(L"Directory", &initializer, MM_TAG('D', 'i', 'r', 'e'),
                                         &ObDirectoryObjectType);
    if (NT_SUCCESS(status))
    {
        status = ObCreateObject(ObDirectoryObjectType, NULL, KernelMode, sizeof(OB_DIRECTORY),
                                (PVOID *)&ObpRootDirectory);
    }
    if (NT_SUCCESS(status))
    {
        ObpInitializeList(&ObpRootDirectory->Entries);
        ObHeader(ObpRootDirectory)->Flags = OB_FLAG_PERMANENT;
    }
    for (ULONG index = 0; NT_SUCCESS(status) && index < sizeof(paths) / sizeof(paths[0]); index++)
    {
        status = ObCreateBootDirectory(paths[index]);
    }
    return status;
}
