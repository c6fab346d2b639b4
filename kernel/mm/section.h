/* SPDX-License-Identifier: MIT */
/*
 * Sections as mm keeps them: pages that several views show. ob has the objects and the services;
 * views keep the pages when the object is gone. PASSIVE_LEVEL.
 */
#ifndef MM_SECTION_H
#define MM_SECTION_H

#include "mm/mm.h"

typedef struct _MM_SECTION
{
    LONG References;  /* the object and each view */
    int Object;       /* memory object with the pages */
    ULONG64 Size;     /* in bytes, whole pages; for \Device\PhysicalMemory the physical addresses */
    ULONG64 Alias;    /* where the kernel sees the pages */
    ULONG Protect;    /* most that views may have (PAGE_...) */
    ULONG Attributes; /* SEC_... */
    PUCHAR Committed; /* SEC_RESERVE: one byte for each page; NULL: all are */
    BOOLEAN Physical;
} MM_SECTION, *PMM_SECTION;

/* Size is not 0. The result has one reference. */
NTSTATUS
MmCreateSectionPages(ULONG64 Size, ULONG Protect, ULONG Attributes, PMM_SECTION *Section);

/* The section of all physical addresses below Size. */
NTSTATUS
MmCreatePhysicalSection(ULONG64 Size, PMM_SECTION *Section);

void MmDereferenceSection(PMM_SECTION Section);

/* As ZwMapViewOfSection says; Offset is on MI_GRANULE. */
NTSTATUS
MmMapView(PMM_PROCESS Process,
          PMM_SECTION Section,
          PVOID *Base,
          ULONG64 Offset,
          PSIZE_T Size,
          SIZE_T CommitSize,
          ULONG AllocationType,
          ULONG Protect);

NTSTATUS
MmUnmapView(PMM_PROCESS Process, PVOID Address);

NTSTATUS
MmMapSystemView(PMM_SECTION Section, ULONG64 Offset, PSIZE_T Size, PVOID *Base);

NTSTATUS
MmUnmapSystemView(PVOID Base);

/* TRUE if Protect is a page protection that a section (or view) can have. */
BOOLEAN
MmIsPageProtection(ULONG Protect, BOOLEAN Copy);

/* ---- virtual memory of processes (virtual.c) ---------------------------------------------- */

NTSTATUS
MmAllocateVirtual(PMM_PROCESS Process,
                  PVOID *Base,
                  ULONG_PTR ZeroBits,
                  PSIZE_T Size,
                  ULONG AllocationType,
                  ULONG Protect);

NTSTATUS
MmFreeVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size, ULONG FreeType);

NTSTATUS
MmProtectVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size, ULONG Protect, PULONG OldProtect);

typedef struct _MM_VIRTUAL
{
    ULONG64 Base, AllocationBase, Size;
    ULONG AllocationProtect, State, Protect, Type;
} MM_VIRTUAL;

/* The pages from Address on that are alike: MEMORY_BASIC_INFORMATION. */
NTSTATUS
MmQueryVirtual(PMM_PROCESS Process, PVOID Address, MM_VIRTUAL *Virtual);

/* Range of a view, for flushing: *Size 0 means up to the end of the view. */
NTSTATUS
MmFlushVirtual(PMM_PROCESS Process, PVOID *Base, PSIZE_T Size);

/* Forgets what MmSecureVirtualMemory promised: the process ends. */
void MmUnsecureProcess(PMM_PROCESS Process);

#endif
