/* SPDX-License-Identifier: MIT */
/*
 * Section objects and the services on them; mm/section.c has the pages and the views. The system
 * makes one, \\Device\\PhysicalMemory, whose views show the machine's physical addresses.
 * PASSIVE_LEVEL.
 */
#include "obp.h"

#include "mm/section.h"
#include "ob/exports.h"

#define OBP_GRANULE 0x10000ull

typedef struct _OBP_SECTION
{
    PMM_SECTION Pages;
} OBP_SECTION, *POBP_SECTION;

POBJECT_TYPE ObpSectionObjectType;

static void
ObpDeleteSection(PVOID Object)
{
    POBP_SECTION section = Object;
    if (section->Pages != NULL)
    {
        MmDereferenceSection(section->Pages);
    }
}

/* ---- creating ----------------------------------------------------------------------------- */

static NTSTATUS
ObpCheckSection(PLARGE_INTEGER MaximumSize, ULONG Protection, ULONG Attributes, HANDLE FileHandle)
{
    const ULONG kind = Attributes & (SEC_COMMIT | SEC_RESERVE | SEC_IMAGE);
    const ULONG known = SEC_COMMIT | SEC_RESERVE | SEC_IMAGE | SEC_NOCACHE | SEC_BASED |
                        SEC_NO_CHANGE | SEC_FILE | PAGE_WRITECOMBINE;
    if ((Attributes & ~known) != 0 || kind == 0 || (kind & (kind - 1)) != 0)
    {
        return STATUS_INVALID_PARAMETER_6;
    }
    if ((Protection & (PAGE_NOACCESS | PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)) != 0 ||
        !MmIsPageProtection(Protection, TRUE))
    {
        return STATUS_INVALID_PAGE_PROTECTION;
    }
    /* Files of the volumes here have no SectionObjectPointer, which is what a section needs. */
    if (FileHandle != NULL || kind == SEC_IMAGE)
    {
        return STATUS_INVALID_FILE_FOR_SECTION;
    }
    if (MaximumSize == NULL || MaximumSize->QuadPart == 0)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    return MaximumSize->QuadPart < 0 ? STATUS_SECTION_TOO_BIG : STATUS_SUCCESS;
}

/* Contract: NF:wdm.ZwCreateSection. */
DDI NTSTATUS
ZwCreateSection(PHANDLE SectionHandle,
                ACCESS_MASK DesiredAccess,
                POBJECT_ATTRIBUTES ObjectAttributes,
                PLARGE_INTEGER MaximumSize,
                ULONG SectionPageProtection,
                ULONG AllocationAttributes,
                HANDLE FileHandle)
{
    POBP_SECTION section;
    NTSTATUS status =
        ObpCheckSection(MaximumSize, SectionPageProtection, AllocationAttributes, FileHandle);
    if (NT_SUCCESS(status))
    {
        status = ObCreateObject(ObpSectionObjectType, ObjectAttributes, KernelMode,
                                sizeof(OBP_SECTION), (PVOID *)&section);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    section->Pages = NULL;
    status = MmCreateSectionPages((ULONG64)MaximumSize->QuadPart, SectionPageProtection,
                                  AllocationAttributes, &section->Pages);
    if (!NT_SUCCESS(status))
    {
        ObDereference(section);
        return status;
    }
    return ObInsertNewObject(section, DesiredAccess, 0, NULL, SectionHandle);
}

/* Contract: NF:wdm.ZwOpenSection. */
DDI NTSTATUS
ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES ObjectAttributes)
{
    return ObOpenByName(ObjectAttributes, ObpSectionObjectType, KernelMode, DesiredAccess, NULL,
                        SectionHandle);
}

/* The process of a handle as mm takes it. */
NTSTATUS
ObpViewProcess(HANDLE Handle, PMM_PROCESS *Process)
{
    PVOID object;
    const POBJECT_TYPE type = ObHeader(KiCurrentThread()->ApcProcess)->Type;
    const NTSTATUS status = ObpReferenceHandle(Handle, 0, type, KernelMode, &object, NULL);
    if (NT_SUCCESS(status))
    {
        *Process = object;
        ObDereference(object);
    }
    return status;
}

/* ---- views -------------------------------------------------------------------------------- */

static NTSTATUS
ObpMapView(POBP_SECTION Section,
           PMM_PROCESS Process,
           PVOID *BaseAddress,
           SIZE_T CommitSize,
           PLARGE_INTEGER SectionOffset,
           PSIZE_T ViewSize,
           ULONG AllocationType,
           ULONG Win32Protect)
{
    /* A view starts on 64 KiB; what that adds in front is added to the size. */
    const ULONG64 wanted = SectionOffset == NULL ? 0 : (ULONG64)SectionOffset->QuadPart;
    const ULONG64 start = wanted & ~(OBP_GRANULE - 1);
    SIZE_T size = *ViewSize == 0 ? 0 : *ViewSize + (wanted - start);
    if (size < *ViewSize)
    {
        return STATUS_INVALID_VIEW_SIZE;
    }
    const NTSTATUS status = MmMapView(Process, Section->Pages, BaseAddress, start, &size,
                                      CommitSize, AllocationType, Win32Protect);
    if (NT_SUCCESS(status))
    {
        *ViewSize = size;
        if (SectionOffset != NULL)
        {
            SectionOffset->QuadPart = (LONGLONG)start;
        }
    }
    return status;
}

/* Contract: NF:wdm.ZwMapViewOfSection. */
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
    if (InheritDisposition != ViewShare && InheritDisposition != ViewUnmap)
    {
        return STATUS_INVALID_PARAMETER_8;
    }
    if (ZeroBits >= 21 && *BaseAddress == NULL)
    {
        return STATUS_INVALID_PARAMETER_4;
    }
    NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    if (NT_SUCCESS(status))
    {
        status = ObpReferenceHandle(SectionHandle, SECTION_MAP_READ, ObpSectionObjectType,
                                    KernelMode, (PVOID *)&section, NULL);
    }
    if (NT_SUCCESS(status))
    {
        status = ObpMapView(section, process, BaseAddress, CommitSize, SectionOffset, ViewSize,
                            AllocationType, Win32Protect);
        ObDereference(section);
    }
    return status;
}

/* Contract: NF:wdm.ZwUnmapViewOfSection. */
DDI NTSTATUS
ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress)
{
    PMM_PROCESS process;
    const NTSTATUS status = ObpViewProcess(ProcessHandle, &process);
    return NT_SUCCESS(status) ? MmUnmapView(process, BaseAddress) : status;
}

/* Contract: NF:ntddk.MmMapViewInSystemSpace. */
DDI NTSTATUS
MmMapViewInSystemSpace(PVOID Section, PVOID *MappedBase, PSIZE_T ViewSize)
{
    return MmMapViewInSystemSpaceEx(Section, MappedBase, ViewSize, NULL, 0);
}

/* Contract: as MmMapViewInSystemSpace, from an offset on. */
DDI NTSTATUS
MmMapViewInSystemSpaceEx(PVOID Section,
                         PVOID *MappedBase,
                         PSIZE_T ViewSize,
                         PLARGE_INTEGER SectionOffset,
                         ULONG_PTR Flags)
{
    const ULONG64 offset = SectionOffset == NULL ? 0 : (ULONG64)SectionOffset->QuadPart;
    if (ObHeader(Section)->Type != ObpSectionObjectType || Flags != 0 || offset % PAGE_SIZE != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    return MmMapSystemView(((POBP_SECTION)Section)->Pages, offset, ViewSize, MappedBase);
}

/* Contract: NF:ntddk.MmUnmapViewInSystemSpace. */
DDI NTSTATUS
MmUnmapViewInSystemSpace(PVOID MappedBase)
{
    return MmUnmapSystemView(MappedBase);
}

NTSTATUS
ObpInitSections(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = SECTION_ALL_ACCESS,
        .GenericMapping = {STANDARD_RIGHTS_READ | SECTION_QUERY | SECTION_MAP_READ,
                           STANDARD_RIGHTS_WRITE | SECTION_MAP_WRITE,
                           STANDARD_RIGHTS_EXECUTE | SECTION_MAP_EXECUTE, SECTION_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .Delete = ObpDeleteSection};
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
        /* RAM and devices lie below. */
        status = MmCreatePhysicalSection(MM_PHYSICAL_NONPAGED, &section->Pages);
    }
    if (NT_SUCCESS(status))
    {
        status = ObInsertNewObject(section, 0, 0, NULL, NULL);
    }
    return status;
}
