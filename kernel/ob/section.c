/* SPDX-License-Identifier: MIT */
/*
 * Section objects. One exists so far: \Device\PhysicalMemory, whose views show the machine's
 * physical addresses. PASSIVE_LEVEL.
 */
#include "obp.h"

#define OBP_GRANULE 0x10000ull

typedef struct _OBP_SECTION
{
    ULONG64 Size;
    BOOLEAN Physical;
} OBP_SECTION, *POBP_SECTION;

POBJECT_TYPE ObpSectionObjectType;

/* Contract: NF:wdm.ZwOpenSection. */
DDI NTSTATUS
ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ObOpenByName(ObjectAttributes, ObpSectionObjectType, KernelMode, DesiredAccess, NULL,
                        SectionHandle);
}

/* The process of a handle as mm takes it. */
static NTSTATUS
ObpViewProcess(HANDLE Handle, PMM_PROCESS *Process)
{
    PVOID object;
    const NTSTATUS status = ObpReferenceHandle(Handle, 0, NULL, KernelMode, &object, NULL);
    if (NT_SUCCESS(status))
    {
        *Process = object;
        ObDereference(object);
    }
    return status;
}

/* HOST_PROT_ bits of a page protection; FALSE when it is none. */
static BOOLEAN
ObpProtection(ULONG Win32Protect, int *Protection, MEMORY_CACHING_TYPE *CacheType)
{
    *CacheType = (Win32Protect & PAGE_NOCACHE)        ? MmNonCached
                 : (Win32Protect & PAGE_WRITECOMBINE) ? MmWriteCombined
                                                      : MmCached;
    switch (Win32Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE))
    {
    case PAGE_READONLY:
    case PAGE_EXECUTE_READ:
        *Protection = HOST_PROT_READ;
        return TRUE;
    case PAGE_READWRITE:
    case PAGE_EXECUTE_READWRITE:
        *Protection = HOST_PROT_RW;
        return TRUE;
    default:
        return FALSE;
    }
}

/* Contract: NF:wdm.ZwMapViewOfSection. The start of a view lies on 64 KiB; what that adds in front
 * is added to the size. */
DDI NTSTATUS
ZwMapViewOfSection(HANDLE SectionHandle,
                   HANDLE ProcessHandle,
                   PVOID *BaseAddress,
                   ULONG_PTR ZeroBits,
                   SIZE_T CommitSize,
                   PLARGE_INTEGER SectionOffset,
                   PSIZE_T ViewSize,
                   SECTION_INHERIT InheritDisposition,
                   ULONG AllocationType,
                   ULONG Win32Protect)
{
    POBP_SECTION section;
    PMM_PROCESS process = NULL;
    int protection;
    MEMORY_CACHING_TYPE cacheType;
    (void)ZeroBits;
    (void)CommitSize;
    (void)AllocationType;
    if (InheritDisposition != ViewShare && InheritDisposition != ViewUnmap)
    {
        return STATUS_INVALID_PARAMETER_8;
    }
    if (!ObpProtection(Win32Protect, &protection, &cacheType))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    if (*BaseAddress != NULL)
    {
        return STATUS_CONFLICTING_ADDRESSES;
    }
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = ObpReferenceHandle(SectionHandle, SECTION_MAP_READ, ObpSectionObjectType,
                                    KernelMode, (PVOID *)&section, NULL);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG64 wanted = SectionOffset == NULL ? 0 : (ULONG64)SectionOffset->QuadPart;
    const ULONG64 start = wanted & ~(OBP_GRANULE - 1);
    const SIZE_T size = *ViewSize == 0 ? section->Size - start : *ViewSize + (wanted - start);
    const SIZE_T rounded = (size + PAGE_SIZE - 1) & ~(SIZE_T)(PAGE_SIZE - 1);
    if (wanted >= section->Size || rounded > section->Size - start)
    {
        status = STATUS_INVALID_VIEW_SIZE;
    }
    else
    {
        status = MmMapPhysicalView(process, start, rounded, cacheType, protection, BaseAddress);
    }
    if (NT_SUCCESS(status))
    {
        *ViewSize = rounded;
        if (SectionOffset != NULL)
        {
            SectionOffset->QuadPart = (LONGLONG)start;
        }
    }
    ObDereference(section);
    return status;
}

/* Contract: NF:wdm.ZwUnmapViewOfSection. */
DDI NTSTATUS
ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress)
{
    PMM_PROCESS process;
    const NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    return NT_SUCCESS(status) ? MmUnmapPhysicalView(process, BaseAddress) : status;
}

NTSTATUS
ObpInitSections(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = SECTION_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | SECTION_QUERY | SECTION_MAP_READ,
                           STANDARD_RIGHTS_WRITE | SECTION_MAP_WRITE,
                           STANDARD_RIGHTS_EXECUTE | SECTION_MAP_EXECUTE, SECTION_ALL_ACCESS},
        .UseDefaultObject = TRUE};
    UNICODE_STRING name = ObpString(L"\\Device\\PhysicalMemory");
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(OBJECT_ATTRIBUTES),
                                    .ObjectName = &name,
                                    .Attributes = OBJ_PERMANENT | OBJ_CASE_INSENSITIVE};
    POBP_SECTION section;
    NTSTATUS status = ObCreateObjectType(L"Section", &initializer, MM_TAG('S', 'e', 'c', 't'),
                                         &ObpSectionObjectType);
    if (NT_SUCCESS(status))
    {
        status = ObCreateObject(ObpSectionObjectType, &attributes, KernelMode, sizeof(OBP_SECTION),
                                (PVOID *)&section);
    }
    if (NT_SUCCESS(status))
    {
        section->Size = MM_PHYSICAL_NONPAGED; /* RAM and devices lie below */
        section->Physical = TRUE;
        status = ObInsertNewObject(section, 0, 0, NULL, NULL);
    }
    return status;
}
