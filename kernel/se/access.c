/* SPDX-License-Identifier: MIT */
/*
 * Access checks. The only caller is a local administrator with every privilege, so a descriptor
 * with a DACL grants what its entries for SYSTEM, Administrators, Authenticated Users, Interactive
 * and Everyone say, in order. PASSIVE_LEVEL.
 */
#include "se/se.h"

#include "se/exports.h"

#include "rtl/assert.h"
#include "rtl/ddi.h"

#define SEP_GENERIC (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL)

/* ---- reading descriptors ------------------------------------------------------------------ */

/* The parts of a security descriptor that decide access; both forms (SE_SELF_RELATIVE or not). */
typedef struct _SEP_HEADER
{
    UCHAR Revision;
    UCHAR Sbz1;
    USHORT Control;
} SEP_HEADER;

#define SEP_DACL_PRESENT  0x0004
#define SEP_SELF_RELATIVE 0x8000

typedef struct _SEP_ACL
{
    UCHAR Revision;
    UCHAR Sbz1;
    USHORT Size;
    USHORT Count;
    USHORT Sbz2;
} SEP_ACL;

typedef struct _SEP_ACE
{
    UCHAR Type;
    UCHAR Flags;
    USHORT Size;
    ACCESS_MASK Mask;
    UCHAR Sid[]; /* revision, count, authority[6], sub-authorities */
} SEP_ACE;

#define SEP_ACE_ALLOWED      0
#define SEP_ACE_DENIED       1
#define SEP_ACE_INHERIT_ONLY 0x08

/* NULL: no DACL, everything is granted. */
static const SEP_ACL *
SepDacl(PSECURITY_DESCRIPTOR Descriptor)
{
    const SEP_HEADER *header = Descriptor;
    if (!(header->Control & SEP_DACL_PRESENT))
    {
        return NULL;
    }
    const UCHAR *bytes = Descriptor;
    if (header->Control & SEP_SELF_RELATIVE)
    {
        ULONG offset;
        __builtin_memcpy(&offset, bytes + 16, sizeof(offset));
        return offset == 0 ? NULL : (const SEP_ACL *)(bytes + offset);
    }
    const SEP_ACL *dacl;
    __builtin_memcpy(&dacl, bytes + 32, sizeof(dacl));
    return dacl;
}

/* TRUE if the SID is one that the caller's token holds. */
static BOOLEAN
SepIsCaller(const UCHAR *Sid, ULONG Size)
{
    static const struct
    {
        UCHAR Authority, Count;
        ULONG Sub[2];
    } held[] = {{1, 1, {0, 0}},     /* Everyone */
                {2, 1, {0, 0}},     /* Local */
                {5, 1, {4, 0}},     /* Interactive */
                {5, 1, {11, 0}},    /* Authenticated Users */
                {5, 1, {18, 0}},    /* SYSTEM */
                {5, 2, {32, 544}},  /* Administrators */
                {5, 2, {32, 545}}}; /* Users */
    for (ULONG index = 0; index < RTL_NUMBER_OF(held); index++)
    {
        const ULONG length = 8 + held[index].Count * (ULONG)sizeof(ULONG);
        if (Size >= length && Sid[1] == held[index].Count && Sid[7] == held[index].Authority &&
            __builtin_memcmp(Sid + 8, held[index].Sub, length - 8) == 0)
        {
            return TRUE;
        }
    }
    return FALSE;
}

static void
SepMapGeneric(PACCESS_MASK Access, const GENERIC_MAPPING *Mapping)
{
    ACCESS_MASK access = *Access;
    access |= (access & GENERIC_READ) ? Mapping->GenericRead : 0;
    access |= (access & GENERIC_WRITE) ? Mapping->GenericWrite : 0;
    access |= (access & GENERIC_EXECUTE) ? Mapping->GenericExecute : 0;
    access |= (access & GENERIC_ALL) ? Mapping->GenericAll : 0;
    *Access = access & ~(ACCESS_MASK)SEP_GENERIC;
}

/* What the DACL allows the caller. The first entry that speaks of a right decides it. */
static ACCESS_MASK
SepAllowed(const SEP_ACL *Dacl, const GENERIC_MAPPING *Mapping)
{
    ACCESS_MASK allowed = 0, denied = 0;
    const UCHAR *position = (const UCHAR *)(Dacl + 1);
    const UCHAR *end = (const UCHAR *)Dacl + Dacl->Size;
    for (ULONG index = 0; index < Dacl->Count && position + sizeof(SEP_ACE) <= end; index++)
    {
        const SEP_ACE *ace = (const SEP_ACE *)position;
        if (ace->Size < sizeof(SEP_ACE) || position + ace->Size > end)
        {
            break;
        }
        ACCESS_MASK mask = ace->Mask;
        SepMapGeneric(&mask, Mapping);
        if (!(ace->Flags & SEP_ACE_INHERIT_ONLY) &&
            SepIsCaller(ace->Sid, ace->Size - (ULONG)sizeof(SEP_ACE)))
        {
            allowed |= ace->Type == SEP_ACE_ALLOWED ? mask & ~denied : 0;
            denied |= ace->Type == SEP_ACE_DENIED ? mask & ~allowed : 0;
        }
        position += ace->Size;
    }
    return allowed;
}

/* ---- decisions ---------------------------------------------------------------------------- */

NTSTATUS
SeGrantAccess(PSECURITY_DESCRIPTOR Descriptor,
              ACCESS_MASK Desired,
              const GENERIC_MAPPING *Mapping,
              ULONG ValidMask,
              KPROCESSOR_MODE AccessMode,
              PACCESS_MASK Granted)
{
    ACCESS_MASK desired = Desired;
    ACCESS_MASK all = Mapping->GenericAll | ValidMask;
    SepMapGeneric(&desired, Mapping);
    const BOOLEAN maximum = (desired & MAXIMUM_ALLOWED) != 0;
    desired &= ~(ACCESS_MASK)MAXIMUM_ALLOWED;
    const SEP_ACL *dacl =
        Descriptor == NULL || AccessMode == KernelMode ? NULL : SepDacl(Descriptor);
    if (dacl != NULL)
    {
        /* An administrator can always take ownership and read the security of an object. */
        all = SepAllowed(dacl, Mapping) | READ_CONTROL | WRITE_OWNER | ACCESS_SYSTEM_SECURITY;
        if (desired & ~all)
        {
            return STATUS_ACCESS_DENIED;
        }
    }
    *Granted = maximum ? desired | all : desired;
    return STATUS_SUCCESS;
}

NTSTATUS
SeInitSystem(void)
{
    ObAccessCheck = SeGrantAccess;
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.SeAccessCheck. */
DDI BOOLEAN
SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
              PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
              BOOLEAN SubjectContextLocked,
              ACCESS_MASK DesiredAccess,
              ACCESS_MASK PreviouslyGrantedAccess,
              PPRIVILEGE_SET *Privileges,
              PGENERIC_MAPPING GenericMapping,
              KPROCESSOR_MODE AccessMode,
              PACCESS_MASK GrantedAccess,
              PNTSTATUS AccessStatus)
{
    ACCESS_MASK granted = 0;
    (void)SubjectSecurityContext;
    (void)SubjectContextLocked;
    if (Privileges != NULL)
    {
        *Privileges = NULL;
    }
    if (SecurityDescriptor == NULL && AccessMode != KernelMode)
    {
        *AccessStatus = STATUS_ACCESS_DENIED;
        return FALSE;
    }
    *AccessStatus =
        SeGrantAccess(SecurityDescriptor, DesiredAccess, GenericMapping, 0, AccessMode, &granted);
    *GrantedAccess = NT_SUCCESS(*AccessStatus) ? granted | PreviouslyGrantedAccess : 0;
    return NT_SUCCESS(*AccessStatus);
}

/* Contract: NF:ntddk.SeSinglePrivilegeCheck. Kernel mode always has it; so has the one caller, for
 * every privilege that exists. */
DDI BOOLEAN
SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    if (PreviousMode == KernelMode)
    {
        return TRUE;
    }
    return PrivilegeValue.HighPart == 0 && PrivilegeValue.LowPart >= SE_MIN_WELL_KNOWN_PRIVILEGE &&
           PrivilegeValue.LowPart <= SE_MAX_WELL_KNOWN_PRIVILEGE;
}
