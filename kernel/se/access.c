/* SPDX-License-Identifier: MIT */
/*
 * Access checks: what a descriptor grants a subject. First the mandatory label, then privileges,
 * then the owner's rights, then the entries of the DACL in order; a restricted token passes the
 * DACL twice. Owns no state. PASSIVE_LEVEL.
 */
#include "sep.h"

typedef struct _SEP_ACE
{
    UCHAR Type;
    UCHAR Flags;
    USHORT Size;
    ACCESS_MASK Mask;
    UCHAR Sid[]; /* of object ACEs: flags and identifiers first */
} SEP_ACE;

#define SEP_OBJECT_TYPE_PRESENT      1
#define SEP_INHERITED_OBJECT_PRESENT 2

/* The SID of an ACE that allows or denies, NULL for others and malformed ones. */
static const UCHAR *
SepAceSid(const SEP_ACE *Ace, PBOOLEAN Allow)
{
    ULONG skip = 0;
    switch (Ace->Type)
    {
    case ACCESS_ALLOWED_ACE_TYPE:
    case ACCESS_DENIED_ACE_TYPE:
        break;
    case ACCESS_ALLOWED_OBJECT_ACE_TYPE:
    case ACCESS_DENIED_OBJECT_ACE_TYPE:
        __builtin_memcpy(&skip, Ace->Sid, sizeof(skip));
        skip = 4 + ((skip & SEP_OBJECT_TYPE_PRESENT) ? 16u : 0u) +
               ((skip & SEP_INHERITED_OBJECT_PRESENT) ? 16u : 0u);
        break;
    default:
        return NULL; /* audit and label entries; conditional ones, whose condition is unknown */
    }
    *Allow = Ace->Type == ACCESS_ALLOWED_ACE_TYPE || Ace->Type == ACCESS_ALLOWED_OBJECT_ACE_TYPE;
    const ULONG room = Ace->Size - (ULONG)sizeof(SEP_ACE);
    const UCHAR *sid = Ace->Sid + skip;
    return room >= skip + 8 && SepSidSize(sid) <= room - skip ? sid : NULL;
}

/* Does the token hold Sid, for allowing or for denying? */
static BOOLEAN
SepHolds(PSEP_TOKEN Token, const UCHAR *Sid, BOOLEAN Allow, BOOLEAN Restricted)
{
    if (Restricted)
    {
        for (ULONG index = 0; index < Token->RestrictedCount; index++)
        {
            if (SepEqualSids(&Token->Restricted[index].Sid, Sid))
            {
                return TRUE;
            }
        }
        return FALSE;
    }
    if (SepEqualSids(&Token->User, Sid))
    {
        return !Allow || !(Token->UserAttributes & SE_GROUP_USE_FOR_DENY_ONLY);
    }
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        const ULONG attributes = Token->Groups[index].Attributes;
        if (SepEqualSids(&Token->Groups[index].Sid, Sid))
        {
            return (attributes & SE_GROUP_ENABLED) ||
                   (!Allow && (attributes & SE_GROUP_USE_FOR_DENY_ONLY));
        }
    }
    return FALSE;
}

static BOOLEAN
SepIsOwnerRights(const UCHAR *Sid)
{
    const SEP_SID rights = SepMakeSid(3, 1, 4, 0);
    return SepEqualSids(&rights, Sid);
}

typedef struct _SEP_WALK
{
    PSEP_TOKEN Token;
    const GENERIC_MAPPING *Mapping;
    BOOLEAN Restricted;
    BOOLEAN Owner;       /* the subject owns the object */
    BOOLEAN OwnerRights; /* an entry for OWNER RIGHTS was seen */
    ACCESS_MASK Allowed;
    ACCESS_MASK Denied;
} SEP_WALK, *PSEP_WALK;

/* The first entry that speaks of a right decides it. */
static void
SepWalkDacl(PSEP_WALK Walk, const ACL *Dacl)
{
    const UCHAR *position = (const UCHAR *)(Dacl + 1);
    const UCHAR *end = (const UCHAR *)Dacl + Dacl->AclSize;
    for (ULONG index = 0; index < Dacl->AceCount && position + sizeof(SEP_ACE) <= end; index++)
    {
        const SEP_ACE *ace = (const SEP_ACE *)position;
        BOOLEAN allow = FALSE;
        if (ace->Size < sizeof(SEP_ACE) || position + ace->Size > end)
        {
            return;
        }
        position += ace->Size;
        const UCHAR *sid = (ace->Flags & INHERIT_ONLY_ACE) ? NULL : SepAceSid(ace, &allow);
        if (sid == NULL)
        {
            continue;
        }
        const BOOLEAN rights = SepIsOwnerRights(sid);
        Walk->OwnerRights |= rights;
        if (rights ? !Walk->Owner : !SepHolds(Walk->Token, sid, allow, Walk->Restricted))
        {
            continue;
        }
        ACCESS_MASK mask = ace->Mask;
        RtlMapGenericMask(&mask, Walk->Mapping);
        Walk->Allowed |= allow ? mask & ~Walk->Denied : 0;
        Walk->Denied |= allow ? 0 : mask & ~Walk->Allowed;
    }
}

/* What the DACL gives, with what an owner always has unless OWNER RIGHTS says otherwise. */
static ACCESS_MASK
SepDaclRights(PSEP_CHECK Check, const SEP_PARTS *Parts, BOOLEAN Restricted)
{
    SEP_WALK walk = {
        .Token = SepEffective(Check->Subject), .Mapping = Check->Mapping, .Restricted = Restricted};
    walk.Owner = Parts->Owner != NULL && SepHolds(walk.Token, Parts->Owner, TRUE, Restricted);
    if (Parts->Dacl == NULL)
    {
        return Check->Mapping->GenericAll | Check->ValidMask | Check->Desired;
    }
    SepWalkDacl(&walk, Parts->Dacl);
    if (walk.Owner && !walk.OwnerRights)
    {
        walk.Allowed |= READ_CONTROL | WRITE_DAC;
    }
    return walk.Allowed;
}

/* ---- mandatory label ---------------------------------------------------------------------- */

/* Without a label an object has medium integrity and lets nobody below write. */
static void
SepLabelOf(const SEP_PARTS *Parts, PULONG Integrity, PULONG Policy)
{
    *Integrity = SECURITY_MANDATORY_MEDIUM_RID;
    *Policy = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    if (Parts->Sacl == NULL)
    {
        return;
    }
    const UCHAR *position = (const UCHAR *)(Parts->Sacl + 1);
    const UCHAR *end = (const UCHAR *)Parts->Sacl + Parts->Sacl->AclSize;
    for (ULONG index = 0; index < Parts->Sacl->AceCount && position + sizeof(SEP_ACE) <= end;
         index++)
    {
        const SEP_ACE *ace = (const SEP_ACE *)position;
        if (ace->Size < sizeof(SEP_ACE) || position + ace->Size > end)
        {
            return;
        }
        position += ace->Size;
        if (ace->Type == SYSTEM_MANDATORY_LABEL_ACE_TYPE && !(ace->Flags & INHERIT_ONLY_ACE) &&
            ace->Size >= sizeof(SEP_ACE) + 12)
        {
            __builtin_memcpy(Integrity, ace->Sid + 8, sizeof(*Integrity));
            *Policy = ace->Mask;
            return;
        }
    }
}

/* Rights that the label takes away, whatever the DACL says. */
static ACCESS_MASK
SepLabelDenies(PSEP_CHECK Check, const SEP_PARTS *Parts)
{
    const PSEP_TOKEN token = SepEffective(Check->Subject);
    const GENERIC_MAPPING *mapping = Check->Mapping;
    const ACCESS_MASK readAndExecute = mapping->GenericRead | mapping->GenericExecute;
    ULONG integrity, policy;
    SepLabelOf(Parts, &integrity, &policy);
    if (token->Integrity >= integrity ||
        !(token->MandatoryPolicy & TOKEN_MANDATORY_POLICY_NO_WRITE_UP))
    {
        return 0;
    }
    ACCESS_MASK denied = 0;
    if (policy & SYSTEM_MANDATORY_LABEL_NO_WRITE_UP)
    {
        denied |= (mapping->GenericWrite | WRITE_DAC | WRITE_OWNER | DELETE |
                   (mapping->GenericAll & SPECIFIC_RIGHTS_ALL)) &
                  ~(readAndExecute | SYNCHRONIZE);
    }
    if (policy & SYSTEM_MANDATORY_LABEL_NO_READ_UP)
    {
        denied |= mapping->GenericRead & ~(mapping->GenericExecute | SYNCHRONIZE);
    }
    if (policy & SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP)
    {
        denied |= mapping->GenericExecute & ~(mapping->GenericRead | SYNCHRONIZE);
    }
    return denied;
}

/* ---- decisions ---------------------------------------------------------------------------- */

NTSTATUS
SepCheckAccess(PSEP_CHECK Check)
{
    const PSEP_TOKEN token = SepEffective(Check->Subject);
    const BOOLEAN maximum = (Check->Desired & MAXIMUM_ALLOWED) != 0;
    ACCESS_MASK desired = Check->Desired & ~(ACCESS_MASK)MAXIMUM_ALLOWED;
    ACCESS_MASK byPrivilege = 0;
    SEP_PARTS parts;
    Check->PrivilegesUsed = 0;
    Check->Granted = 0;
    if (desired & ACCESS_SYSTEM_SECURITY)
    {
        if (!SeTokenHasPrivilege(token, SE_SECURITY_PRIVILEGE))
        {
            return STATUS_PRIVILEGE_NOT_HELD;
        }
        byPrivilege |= ACCESS_SYSTEM_SECURITY;
        Check->PrivilegesUsed |= SEP_PRIVILEGE(SE_SECURITY_PRIVILEGE);
    }
    SepSplit(Check->Descriptor, &parts);
    const ACCESS_MASK denied = SepLabelDenies(Check, &parts);
    ACCESS_MASK allowed = SepDaclRights(Check, &parts, FALSE);
    if (token->Flags & SEP_TOKEN_RESTRICTED)
    {
        /* WRITE_RESTRICTED: the second pass counts for write access only. */
        const ACCESS_MASK free = (token->Flags & SEP_TOKEN_WRITE_RESTRICTED)
                                     ? Check->Mapping->GenericRead | Check->Mapping->GenericExecute
                                     : 0;
        allowed &= SepDaclRights(Check, &parts, TRUE) | free;
    }
    allowed &= ~denied;
    if ((desired & WRITE_OWNER & ~allowed) && !(denied & WRITE_OWNER) &&
        SeTokenHasPrivilege(token, SE_TAKE_OWNERSHIP_PRIVILEGE))
    {
        byPrivilege |= WRITE_OWNER;
        Check->PrivilegesUsed |= SEP_PRIVILEGE(SE_TAKE_OWNERSHIP_PRIVILEGE);
    }
    if (desired & ~(allowed | byPrivilege))
    {
        return STATUS_ACCESS_DENIED;
    }
    Check->Granted = maximum ? desired | allowed : desired;
    return Check->Granted == 0 && maximum ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS
SeGrantAccess(PSECURITY_DESCRIPTOR Descriptor,
              ACCESS_MASK Desired,
              const GENERIC_MAPPING *Mapping,
              ULONG ValidMask,
              KPROCESSOR_MODE AccessMode,
              PACCESS_MASK Granted)
{
    SECURITY_SUBJECT_CONTEXT subject;
    ACCESS_MASK desired = Desired;
    RtlMapGenericMask(&desired, Mapping);
    if (Descriptor == NULL || AccessMode == KernelMode)
    {
        const ACCESS_MASK all = Mapping->GenericAll | ValidMask;
        *Granted =
            (desired & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | ((desired & MAXIMUM_ALLOWED) ? all : 0);
        return STATUS_SUCCESS;
    }
    SepBorrowSubject(&subject);
    SEP_CHECK check = {.Descriptor = Descriptor,
                       .Mapping = Mapping,
                       .Subject = &subject,
                       .ValidMask = ValidMask,
                       .Desired = desired};
    const NTSTATUS status = SepCheckAccess(&check);
    if (NT_SUCCESS(status))
    {
        *Granted = check.Granted;
    }
    return status;
}

/* ---- documented routines ------------------------------------------------------------------ */

/* Kernel mode is granted everything it asks for. */
static BOOLEAN
SepGrantKernel(ACCESS_MASK Desired,
               ACCESS_MASK Previous,
               const GENERIC_MAPPING *Mapping,
               PACCESS_MASK Granted)
{
    ACCESS_MASK desired = Desired;
    RtlMapGenericMask(&desired, Mapping);
    *Granted = (desired & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | Previous |
               ((desired & MAXIMUM_ALLOWED) ? Mapping->GenericAll : 0);
    return TRUE;
}

static NTSTATUS
SepReturnPrivileges(ULONG64 Used, PPRIVILEGE_SET *Privileges)
{
    const ULONG count = (ULONG)__builtin_popcountll(Used);
    if (Privileges == NULL || count == 0)
    {
        return STATUS_SUCCESS;
    }
    PPRIVILEGE_SET set = MmAllocatePool(
        PagedPool, sizeof(PRIVILEGE_SET) + count * sizeof(LUID_AND_ATTRIBUTES), SEP_TAG);
    if (set == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG number = 0; number < 64; number++)
    {
        if (Used & SEP_PRIVILEGE(number))
        {
            set->Privilege[set->PrivilegeCount].Luid = (LUID){number, 0};
            set->Privilege[set->PrivilegeCount++].Attributes = SE_PRIVILEGE_USED_FOR_ACCESS;
        }
    }
    *Privileges = set;
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
    (void)SubjectContextLocked;
    if (Privileges != NULL)
    {
        *Privileges = NULL;
    }
    *AccessStatus = STATUS_SUCCESS;
    if (AccessMode == KernelMode)
    {
        return SepGrantKernel(DesiredAccess, PreviouslyGrantedAccess, GenericMapping,
                              GrantedAccess);
    }
    *GrantedAccess = 0;
    *AccessStatus = STATUS_ACCESS_DENIED;
    if (SecurityDescriptor == NULL)
    {
        return FALSE;
    }
    if (SubjectSecurityContext->ClientToken != NULL &&
        SubjectSecurityContext->ImpersonationLevel < SecurityImpersonation)
    {
        *AccessStatus = STATUS_BAD_IMPERSONATION_LEVEL;
        return FALSE;
    }
    SEP_CHECK check = {.Descriptor = SecurityDescriptor,
                       .Mapping = GenericMapping,
                       .Subject = SubjectSecurityContext,
                       .Desired = DesiredAccess};
    RtlMapGenericMask(&check.Desired, GenericMapping);
    check.Desired &= ~PreviouslyGrantedAccess;
    if (check.Desired != 0)
    {
        *AccessStatus = SepCheckAccess(&check);
    }
    else
    {
        *AccessStatus = PreviouslyGrantedAccess == 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
    }
    if (NT_SUCCESS(*AccessStatus))
    {
        *AccessStatus = SepReturnPrivileges(check.PrivilegesUsed, Privileges);
    }
    *GrantedAccess = NT_SUCCESS(*AccessStatus) ? check.Granted | PreviouslyGrantedAccess : 0;
    return NT_SUCCESS(*AccessStatus);
}

/* Contract: NF:ntifs.SeFreePrivileges. */
DDI VOID
SeFreePrivileges(PPRIVILEGE_SET Privileges)
{
    MmFreePool(Privileges, SEP_TAG);
}
