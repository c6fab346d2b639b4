/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/ob: directories, links, name lookup, handle table internals.
 */
#ifndef OB_OBP_H
#define OB_OBP_H

#include "ob/ob.h"

#include "bugcodes.h"
#include "ex/ex.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"

/* Of ntddk.h. */
NTKERNELAPI LONG NTAPI
KePulseEvent(_Inout_ PRKEVENT Event, _In_ KPRIORITY Increment, _In_ BOOLEAN Wait);

#define OBP_OBJECT_TAG MM_TAG('O', 'b', 'j', 't')
#define OBP_TABLE_TAG  MM_TAG('O', 'b', 't', 'b')
#define OBP_TYPE_TAG   MM_TAG('O', 'b', 'T', 'y')

/* Symbolic links may lead to each other this often. */
#define OBP_MAX_REPARSE 32

typedef struct _OB_DIRECTORY
{
    LIST_ENTRY Entries; /* OBJECT_HEADER.DirectoryEntry */
    ULONG Count;
    ULONG BucketCount;
    POBJECT_HEADER *Buckets; /* OBJECT_HEADER.HashNext */
} OB_DIRECTORY, *POB_DIRECTORY;

typedef struct _OB_SYMBOLIC_LINK
{
    UNICODE_STRING Target;
    LARGE_INTEGER CreationTime;
} OB_SYMBOLIC_LINK, *POB_SYMBOLIC_LINK;

extern POB_DIRECTORY ObpRootDirectory;
extern POBJECT_TYPE ObpEventObjectType;
extern POBJECT_TYPE ObpSemaphoreObjectType;
extern POBJECT_TYPE ObpSectionObjectType;

/* ---- lists and strings (util.c) ----------------------------------------------------------- */

void ObpInitializeList(PLIST_ENTRY Head);

void ObpInsertTail(PLIST_ENTRY Head, PLIST_ENTRY Entry);

void ObpRemoveEntry(PLIST_ENTRY Entry);

WCHAR
ObpUpcase(WCHAR Character);

BOOLEAN
ObpEqualNames(PCUNICODE_STRING A, PCUNICODE_STRING B);

/* Negative, zero or positive; without case. */
LONG ObpCompareNames(PCUNICODE_STRING A, PCUNICODE_STRING B);

/* A copy in pool with the tag OB_NAME_TAG, terminated. */
NTSTATUS
ObpCopyName(PCUNICODE_STRING Source, PUNICODE_STRING Copy);

void ObpFreeName(PUNICODE_STRING Name);

UNICODE_STRING
ObpString(PCWSTR Text);

/* ---- directories (directory.c) ------------------------------------------------------------ */

NTSTATUS
ObpInitDirectories(void);

POBJECT_HEADER
ObpFindEntry(POB_DIRECTORY Directory, PCUNICODE_STRING Name);

/* Enters Header, whose Name is the last component, and references Directory. */
NTSTATUS
ObpInsertEntry(POB_DIRECTORY Directory, POBJECT_HEADER Header);

void ObpRemoveEntryOf(POBJECT_HEADER Header);

/* ---- lookup (lookup.c) -------------------------------------------------------------------- */

typedef struct _OBP_LOOKUP
{
    HANDLE RootDirectory;
    PCUNICODE_STRING Name;
    ULONG Attributes;
    POBJECT_TYPE Type; /* NULL: any */
    KPROCESSOR_MODE AccessMode;
    PACCESS_STATE AccessState;
    PVOID ParseContext;
    PSECURITY_QUALITY_OF_SERVICE SecurityQos;
    POBJECT_HEADER Insert; /* object to enter under the name, or NULL */
    BOOLEAN Inserted;      /* out: it was */
} OBP_LOOKUP, *POBP_LOOKUP;

/* Finds (or inserts) by name; *Object is referenced, unless it is the inserted one. */
NTSTATUS
ObpLookup(POBP_LOOKUP Lookup, PVOID *Object);

NTSTATUS
ObpCheckAttributes(POBJECT_ATTRIBUTES Attributes);

/* Fills an access state for DesiredAccess with the current thread as subject; generic rights are
 * mapped when Type is known. MAXIMUM_ALLOWED stays: it is resolved by who checks. */
void ObpBuildAccessState(PACCESS_STATE State,
                         POB_AUX_DATA AuxData,
                         ACCESS_MASK DesiredAccess,
                         POBJECT_TYPE Type);

void ObpReleaseAccessState(PACCESS_STATE State);

/* MAXIMUM_ALLOWED for who is not checked: everything. */
ACCESS_MASK
ObpResolveMaximum(ACCESS_MASK Access, POBJECT_TYPE Type);

/* Access that Mode gets to Object. */
NTSTATUS
ObpGrantAccess(PVOID Object, ACCESS_MASK DesiredAccess, KPROCESSOR_MODE Mode, PACCESS_MASK Granted);

/* ---- objects (object.c) ------------------------------------------------------------------- */

/* Takes the name away if the object is temporary and has no handle. */
void ObpDropTemporaryName(POBJECT_HEADER Header);

extern LIST_ENTRY ObpTypeList;

/* Enters the type objects into \ObjectTypes once that exists. */
NTSTATUS
ObpNameTypes(void);

/* ---- observed handles (filter.c) ---------------------------------------------------------- */

/* A handle to an object whose type has callbacks: what the registered routines leave of Access. */
typedef struct _OBP_OBSERVED
{
    PVOID Object;
    PVOID Calls; /* one entry for each routine that was called before */
    PEPROCESS Source, Target;
    ACCESS_MASK Original;
    OB_OPERATION Operation;
    BOOLEAN Kernel;
} OBP_OBSERVED, *POBP_OBSERVED;

NTSTATUS
ObpBeforeHandle(POBP_OBSERVED Observed, PACCESS_MASK Access);

void ObpAfterHandle(POBP_OBSERVED Observed, ACCESS_MASK Granted, NTSTATUS Status);

extern ULONG ObpObserverCount;

/* ---- references (reference.c) ------------------------------------------------------------- */

/* Checks and references for handles; pseudo handles included. */
NTSTATUS
ObpReferenceHandle(HANDLE Handle,
                   ACCESS_MASK DesiredAccess,
                   POBJECT_TYPE Type,
                   KPROCESSOR_MODE Mode,
                   PVOID *Object,
                   POBJECT_HANDLE_INFORMATION Information);

/* ---- other types -------------------------------------------------------------------------- */

NTSTATUS
ObpInitDispatcherTypes(void);

NTSTATUS
ObpInitSections(void);

/* The process of a handle, as mm takes it. */
NTSTATUS
ObpViewProcess(HANDLE Handle, PMM_PROCESS *Process);

NTSTATUS
ObpInitCallbacks(void);

#endif
