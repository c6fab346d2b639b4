/* SPDX-License-Identifier: MIT */
/*
 * Security descriptors: taken apart, put together, inherited, queried and changed. Everything
 * stored is self-relative and in pool. Owns no state. PASSIVE_LEVEL.
 */
#include "sep.h"

NTSTATUS
SepCapture(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Source, Length)
               ? KeTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

NTSTATUS
SepReturn(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode || MmProbeRange(Destination, Length)
               ? KeTryCopy(Destination, Source, Length)
               : STATUS_ACCESS_VIOLATION;
}

/* ---- parts -------------------------------------------------------------------------------- */

void
SepSplit(PSECURITY_DESCRIPTOR Descriptor, PSEP_PARTS Parts)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = Descriptor;
    *Parts = (SEP_PARTS){.Control = relative->Control};
    if (relative->Control & SE_SELF_RELATIVE)
    {
        const PUCHAR base = Descriptor;
        Parts->Owner = relative->Owner == 0 ? NULL : base + relative->Owner;
        Parts->Group = relative->Group == 0 ? NULL : base + relative->Group;
        Parts->Sacl = relative->Sacl == 0 ? NULL : (PACL)(base + relative->Sacl);
        Parts->Dacl = relative->Dacl == 0 ? NULL : (PACL)(base + relative->Dacl);
    }
    else
    {
        const SECURITY_DESCRIPTOR *absolute = Descriptor;
        Parts->Owner = absolute->Owner;
        Parts->Group = absolute->Group;
        Parts->Sacl = absolute->Sacl;
        Parts->Dacl = absolute->Dacl;
    }
    Parts->Sacl = (Parts->Control & SE_SACL_PRESENT) ? Parts->Sacl : NULL;
    Parts->Dacl = (Parts->Control & SE_DACL_PRESENT) ? Parts->Dacl : NULL;
}

static ULONG
SepRound(ULONG Size)
{
    return (Size + 3) & ~3u;
}

static ULONG
SepJoinedSize(const SEP_PARTS *Parts)
{
    return (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE) +
           (Parts->Owner == NULL ? 0 : SepRound(SepSidSize(Parts->Owner))) +
           (Parts->Group == NULL ? 0 : SepRound(SepSidSize(Parts->Group))) +
           (Parts->Sacl == NULL ? 0 : SepRound(Parts->Sacl->AclSize)) +
           (Parts->Dacl == NULL ? 0 : SepRound(Parts->Dacl->AclSize));
}

static ULONG
SepPutPart(PUCHAR Base, PULONG Position, const void *Part, ULONG Size)
{
    if (Part == NULL)
    {
        return 0;
    }
    const ULONG start = *Position;
    __builtin_memcpy(Base + start, Part, Size);
    *Position += SepRound(Size);
    return start;
}

/* Into Buffer, which has SepJoinedSize bytes. */
static void
SepWrite(const SEP_PARTS *Parts, PSECURITY_DESCRIPTOR Buffer)
{
    SECURITY_DESCRIPTOR_RELATIVE *relative = Buffer;
    ULONG position = sizeof(*relative);
    __builtin_memset(Buffer, 0, SepJoinedSize(Parts));
    relative->Revision = SECURITY_DESCRIPTOR_REVISION;
    relative->Control = Parts->Control | SE_SELF_RELATIVE;
    relative->Owner = SepPutPart(Buffer, &position, Parts->Owner,
                                 Parts->Owner == NULL ? 0 : SepSidSize(Parts->Owner));
    relative->Group = SepPutPart(Buffer, &position, Parts->Group,
                                 Parts->Group == NULL ? 0 : SepSidSize(Parts->Group));
    relative->Sacl =
        SepPutPart(Buffer, &position, Parts->Sacl, Parts->Sacl == NULL ? 0 : Parts->Sacl->AclSize);
    relative->Dacl =
        SepPutPart(Buffer, &position, Parts->Dacl, Parts->Dacl == NULL ? 0 : Parts->Dacl->AclSize);
}

NTSTATUS
SepJoin(const SEP_PARTS *Parts, PSECURITY_DESCRIPTOR *Descriptor)
{
    PSECURITY_DESCRIPTOR buffer = MmAllocatePool(PagedPool, SepJoinedSize(Parts), SEP_TAG);
    if (buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SepWrite(Parts, buffer);
    *Descriptor = buffer;
    return STATUS_SUCCESS;
}

/* Generic rights of each entry become those of the object's type. */
static void
SepMapAcl(PACL Acl, const GENERIC_MAPPING *Mapping)
{
    PUCHAR position = (PUCHAR)(Acl + 1);
    const UCHAR *end = (PUCHAR)Acl + Acl->AclSize;
    for (ULONG index = 0; index < Acl->AceCount && position + sizeof(ACCESS_ALLOWED_ACE) <= end;
         index++)
    {
        PACCESS_ALLOWED_ACE ace = (PACCESS_ALLOWED_ACE)position;
        if (!(ace->Header.AceFlags & INHERIT_ONLY_ACE) &&
            ace->Header.AceType != SYSTEM_MANDATORY_LABEL_ACE_TYPE)
        {
            RtlMapGenericMask(&ace->Mask, Mapping);
        }
        position += ace->Header.AceSize;
    }
}

NTSTATUS
SepCopyAcl(const ACL *Source, const GENERIC_MAPPING *Mapping, PACL *Copy)
{
    PACL acl = MmAllocatePool(PagedPool, Source->AclSize, SEP_TAG);
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    __builtin_memcpy(acl, Source, Source->AclSize);
    if (Mapping != NULL)
    {
        SepMapAcl(acl, Mapping);
    }
    *Copy = acl;
    return STATUS_SUCCESS;
}

/* ---- inheritance -------------------------------------------------------------------------- */

typedef struct _SEP_NEW
{
    const SEP_PARTS *Parent; /* or NULL */
    PSEP_TOKEN Token;
    const GENERIC_MAPPING *Mapping;
    BOOLEAN Container;
    ULONG Flags; /* SEF_... */
} SEP_NEW;

/* CREATOR OWNER and CREATOR GROUP stand for those of the new object. */
static const void *
SepReplaceCreator(const SEP_NEW *New, const void *Sid)
{
    const SEP_SID owner = SepMakeSid(3, 1, 0, 0);
    const SEP_SID group = SepMakeSid(3, 1, 1, 0);
    if (SepEqualSids(&owner, Sid))
    {
        return SepOwnerOf(New->Token);
    }
    return SepEqualSids(&group, Sid) ? (const void *)SepPrimaryGroupOf(New->Token) : Sid;
}

static void
SepAppendAce(PACL Acl,
             const ACCESS_ALLOWED_ACE *Ace,
             UCHAR Flags,
             ACCESS_MASK Mask,
             const void *Sid)
{
    PUCHAR position = (PUCHAR)Acl + Acl->AclSize;
    const USHORT size = (USHORT)(8 + SepSidSize(Sid));
    PACCESS_ALLOWED_ACE ace = (PACCESS_ALLOWED_ACE)position;
    ace->Header.AceType = Ace->Header.AceType;
    ace->Header.AceFlags = Flags;
    ace->Header.AceSize = size;
    ace->Mask = Mask;
    __builtin_memcpy(&ace->SidStart, Sid, SepSidSize(Sid));
    Acl->AclSize += size;
    Acl->AceCount++;
}

/* One entry of the parent's ACL: what it gives the new object and what that one hands on. */
static void
SepInheritAce(const SEP_NEW *New, const ACCESS_ALLOWED_ACE *Ace, PACL Acl)
{
    const UCHAR flags = Ace->Header.AceFlags;
    const BOOLEAN effective =
        (flags & (New->Container ? CONTAINER_INHERIT_ACE : OBJECT_INHERIT_ACE)) != 0;
    const BOOLEAN handOn = New->Container && !(flags & NO_PROPAGATE_INHERIT_ACE) &&
                           (flags & (CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE));
    const UCHAR inherit = flags & (CONTAINER_INHERIT_ACE | OBJECT_INHERIT_ACE);
    const void *sid = SepReplaceCreator(New, &Ace->SidStart);
    ACCESS_MASK mask = Ace->Mask;
    RtlMapGenericMask(&mask, New->Mapping);
    const BOOLEAN same = mask == Ace->Mask && sid == (const void *)&Ace->SidStart;
    if (effective)
    {
        SepAppendAce(Acl, Ace, handOn && same ? inherit : 0, mask, sid);
    }
    if (handOn && (!effective || !same))
    {
        SepAppendAce(Acl, Ace, inherit | INHERIT_ONLY_ACE, Ace->Mask, &Ace->SidStart);
    }
}

/* NULL in *Acl: nothing is inherited. */
static NTSTATUS
SepInheritAcl(const SEP_NEW *New, const ACL *Parent, PACL *Acl)
{
    *Acl = NULL;
    if (Parent == NULL)
    {
        return STATUS_SUCCESS;
    }
    /* Each entry may become two, with a longer SID. */
    PACL acl =
        MmAllocatePool(PagedPool, 2u * (Parent->AclSize + Parent->AceCount * 32u) + 16, SEP_TAG);
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *acl = (ACL){.AclRevision = Parent->AclRevision, .AclSize = sizeof(ACL)};
    const UCHAR *position = (const UCHAR *)(Parent + 1);
    const UCHAR *end = (const UCHAR *)Parent + Parent->AclSize;
    for (ULONG index = 0; index < Parent->AceCount && position + 16 <= end; index++)
    {
        const ACCESS_ALLOWED_ACE *ace = (const ACCESS_ALLOWED_ACE *)position;
        position += ace->Header.AceSize;
        /* Object ACEs of a directory service are not inherited by objects of the kernel. */
        if (ace->Header.AceType <= SYSTEM_AUDIT_ACE_TYPE ||
            ace->Header.AceType == SYSTEM_MANDATORY_LABEL_ACE_TYPE)
        {
            SepInheritAce(New, ace, acl);
        }
    }
    if (acl->AceCount == 0)
    {
        MmFreePool(acl, SEP_TAG);
        return STATUS_SUCCESS;
    }
    *Acl = acl;
    return STATUS_SUCCESS;
}

/* ---- assignment --------------------------------------------------------------------------- */

/* May the token make Sid the owner: its user, or a group marked so. */
static BOOLEAN
SepMayOwn(PSEP_TOKEN Token, PSID Sid)
{
    if (SepEqualSids(&Token->User, Sid))
    {
        return TRUE;
    }
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        if (SepEqualSids(&Token->Groups[index].Sid, Sid) &&
            (Token->Groups[index].Attributes & SE_GROUP_OWNER))
        {
            return TRUE;
        }
    }
    return SeTokenHasPrivilege(Token, SE_RESTORE_PRIVILEGE);
}

/* A label is no audit setting: it needs no privilege unless it is above the subject's own. */
static BOOLEAN
SepOnlyLabels(const ACL *Sacl)
{
    const UCHAR *position = (const UCHAR *)(Sacl + 1);
    for (ULONG index = 0; index < Sacl->AceCount; index++)
    {
        if (((const ACE_HEADER *)position)->AceType != SYSTEM_MANDATORY_LABEL_ACE_TYPE)
        {
            return FALSE;
        }
        position += ((const ACE_HEADER *)position)->AceSize;
    }
    return TRUE;
}

static NTSTATUS
SepCheckExplicit(const SEP_PARTS *Explicit, PSEP_TOKEN Token, ULONG Flags, KPROCESSOR_MODE Mode)
{
    if (Mode == KernelMode)
    {
        return STATUS_SUCCESS;
    }
    if (!(Flags & SEF_AVOID_OWNER_CHECK) && Explicit->Owner != NULL &&
        !SepMayOwn(Token, Explicit->Owner))
    {
        return STATUS_INVALID_OWNER;
    }
    if (!(Flags & SEF_AVOID_PRIVILEGE_CHECK) && Explicit->Sacl != NULL &&
        !SepOnlyLabels(Explicit->Sacl) && !SeTokenHasPrivilege(Token, SE_SECURITY_PRIVILEGE))
    {
        return STATUS_PRIVILEGE_NOT_HELD;
    }
    return STATUS_SUCCESS;
}

/* Appends copies of those entries whose INHERITED_ACE bit is Wanted, with that bit as Given. */
static void
SepAppendAces(PACL Acl, const ACL *Source, BOOLEAN Wanted, BOOLEAN Given)
{
    const UCHAR *position = (const UCHAR *)(Source + 1);
    const UCHAR *end = (const UCHAR *)Source + Source->AclSize;
    for (ULONG index = 0; index < Source->AceCount && position + sizeof(ACE_HEADER) <= end; index++)
    {
        const ACE_HEADER *ace = (const ACE_HEADER *)position;
        if (((ace->AceFlags & INHERITED_ACE) != 0) == Wanted)
        {
            ACE_HEADER *copy = (ACE_HEADER *)((PUCHAR)Acl + Acl->AclSize);
            __builtin_memcpy(copy, ace, ace->AceSize);
            copy->AceFlags =
                (UCHAR)((ace->AceFlags & ~INHERITED_ACE) | (Given ? INHERITED_ACE : 0));
            Acl->AclSize += ace->AceSize;
            Acl->AceCount++;
        }
        position += ace->AceSize;
    }
}

static PACL
SepAllocateAcl(const ACL *First, const ACL *Second)
{
    const ULONG size =
        (First == NULL ? 0u : First->AclSize) + (Second == NULL ? 0u : Second->AclSize);
    const UCHAR revision = First != NULL    ? First->AclRevision
                           : Second != NULL ? Second->AclRevision
                                            : ACL_REVISION;
    PACL acl = size > MAXUSHORT ? NULL : MmAllocatePool(PagedPool, size + sizeof(ACL), SEP_TAG);
    if (acl != NULL)
    {
        *acl = (ACL){.AclRevision = revision, .AclSize = sizeof(ACL)};
    }
    return acl;
}

/* Both: explicit entries that are not copies of inherited ones, then what is inherited, marked as
 * such (NF:wdm.SeAssignSecurityEx, SEF_..._AUTO_INHERIT). *Made takes the place of *Inherited. */
static NTSTATUS
SepMergeAcl(const SEP_NEW *New, const ACL *Explicit, PACL Inherited, PACL *Made)
{
    PACL acl = SepAllocateAcl(Explicit, Inherited);
    *Made = acl;
    if (acl != NULL && Explicit != NULL)
    {
        SepAppendAces(acl, Explicit, FALSE, FALSE);
    }
    if (acl != NULL && Inherited != NULL)
    {
        SepAppendAces(acl, Inherited, FALSE, TRUE);
    }
    if (Inherited != NULL)
    {
        MmFreePool(Inherited, SEP_TAG);
    }
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SepMapAcl(acl, New->Mapping);
    return STATUS_SUCCESS;
}

/* The table of NF:wdm.SeAssignSecurity. *Made is to be freed. */
static NTSTATUS
SepChooseDacl(const SEP_NEW *New, const SEP_PARTS *Explicit, PSEP_PARTS Result, PACL *Made)
{
    const BOOLEAN defaulted = (Explicit->Control & SE_DACL_DEFAULTED) != 0 ||
                              (New->Flags & SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT) != 0;
    const BOOLEAN merge =
        (New->Flags & SEF_DACL_AUTO_INHERIT) && !(Explicit->Control & SE_DACL_PROTECTED);
    PACL inherited = NULL;
    NTSTATUS status;
    *Made = NULL;
    Result->Control |= (New->Flags & SEF_DACL_AUTO_INHERIT) ? SE_DACL_AUTO_INHERITED : 0;
    if ((Explicit->Control & SE_DACL_PRESENT) && !defaulted && (!merge || Explicit->Dacl == NULL))
    {
        Result->Control |= SE_DACL_PRESENT | (Explicit->Control & SE_DACL_PROTECTED);
        if (Explicit->Dacl == NULL)
        {
            return STATUS_SUCCESS;
        }
        status = SepCopyAcl(Explicit->Dacl, New->Mapping, Made);
        Result->Dacl = *Made;
        return status;
    }
    status = SepInheritAcl(New, New->Parent == NULL ? NULL : New->Parent->Dacl, &inherited);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ACL *source =
        (Explicit->Control & SE_DACL_PRESENT) ? Explicit->Dacl : New->Token->DefaultDacl;
    *Made = inherited;
    if (merge && (inherited != NULL || ((Explicit->Control & SE_DACL_PRESENT) && !defaulted)))
    {
        status = SepMergeAcl(New, defaulted ? NULL : Explicit->Dacl, inherited, Made);
    }
    else if (inherited == NULL && source != NULL)
    {
        status = SepCopyAcl(source, New->Mapping, Made);
        Result->Control |= SE_DACL_DEFAULTED;
    }
    Result->Dacl = *Made;
    Result->Control |=
        *Made == NULL && !(Explicit->Control & SE_DACL_PRESENT) ? 0 : SE_DACL_PRESENT;
    return status;
}

/* Owner and group: explicit, of the parent where that is asked for, or the token's. */
static void
SepChooseOwners(const SEP_NEW *New, const SEP_PARTS *Explicit, PSEP_PARTS Result)
{
    const SEP_PARTS *parent = New->Parent;
    Result->Owner = Explicit->Owner;
    Result->Group = Explicit->Group;
    if (Result->Owner == NULL && parent != NULL && (New->Flags & SEF_DEFAULT_OWNER_FROM_PARENT))
    {
        Result->Owner = parent->Owner;
    }
    if (Result->Group == NULL && parent != NULL && (New->Flags & SEF_DEFAULT_GROUP_FROM_PARENT))
    {
        Result->Group = parent->Group;
    }
    Result->Owner = Result->Owner != NULL ? Result->Owner : (PSID)SepOwnerOf(New->Token);
    Result->Group = Result->Group != NULL ? Result->Group : (PSID)SepPrimaryGroupOf(New->Token);
}

static NTSTATUS
SepAssign(const SEP_PARTS *Explicit, const SEP_NEW *New, PSECURITY_DESCRIPTOR *Descriptor)
{
    SEP_PARTS result = {0};
    PACL dacl = NULL, sacl = NULL;
    SepChooseOwners(New, Explicit, &result);
    NTSTATUS status = SepChooseDacl(New, Explicit, &result, &dacl);
    if (NT_SUCCESS(status) && (Explicit->Control & SE_SACL_PRESENT))
    {
        result.Sacl = Explicit->Sacl;
        result.Control |= SE_SACL_PRESENT;
    }
    else if (NT_SUCCESS(status) && New->Parent != NULL)
    {
        status = SepInheritAcl(New, New->Parent->Sacl, &sacl);
        result.Sacl = sacl;
        result.Control |= sacl == NULL ? 0 : SE_SACL_PRESENT;
    }
    if (NT_SUCCESS(status))
    {
        status = SepJoin(&result, Descriptor);
    }
    if (dacl != NULL)
    {
        MmFreePool(dacl, SEP_TAG);
    }
    if (sacl != NULL)
    {
        MmFreePool(sacl, SEP_TAG);
    }
    return status;
}

static NTSTATUS
SepAssignFlagged(PSECURITY_DESCRIPTOR ParentDescriptor,
                 PSECURITY_DESCRIPTOR ExplicitDescriptor,
                 SEP_NEW *New,
                 KPROCESSOR_MODE Mode,
                 PSECURITY_DESCRIPTOR *NewDescriptor)
{
    SEP_PARTS parent, explicit = {0};
    if (ParentDescriptor != NULL)
    {
        SepSplit(ParentDescriptor, &parent);
        New->Parent = &parent;
    }
    if (ExplicitDescriptor != NULL)
    {
        SepSplit(ExplicitDescriptor, &explicit);
    }
    const NTSTATUS status = SepCheckExplicit(&explicit, New->Token, New->Flags, Mode);
    return NT_SUCCESS(status) ? SepAssign(&explicit, New, NewDescriptor) : status;
}

NTSTATUS
SepAssignToObject(PSECURITY_DESCRIPTOR ParentDescriptor,
                  PSECURITY_DESCRIPTOR ExplicitDescriptor,
                  BOOLEAN Container,
                  PACCESS_TOKEN Token,
                  const GENERIC_MAPPING *Mapping,
                  KPROCESSOR_MODE Mode,
                  PSECURITY_DESCRIPTOR *NewDescriptor)
{
    SEP_NEW new = {.Token = SepToken(Token), .Mapping = Mapping, .Container = Container};
    return SepAssignFlagged(ParentDescriptor, ExplicitDescriptor, &new, Mode, NewDescriptor);
}

/* ---- documented routines ------------------------------------------------------------------ */

/* Contract: NF:wdm.SeAssignSecurity. */
DDI NTSTATUS
SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
                 PSECURITY_DESCRIPTOR ExplicitDescriptor,
                 PSECURITY_DESCRIPTOR *NewDescriptor,
                 BOOLEAN IsDirectoryObject,
                 PSECURITY_SUBJECT_CONTEXT SubjectContext,
                 PGENERIC_MAPPING GenericMapping,
                 POOL_TYPE PoolType)
{
    (void)PoolType;
    return SepAssignToObject(ParentDescriptor, ExplicitDescriptor, IsDirectoryObject,
                             SepEffective(SubjectContext), GenericMapping,
                             KiCurrentThread()->PreviousMode, NewDescriptor);
}

/* Contract: NF:wdm.SeAssignSecurityEx. Objects of the kernel have no GUIDs as types. */
DDI NTSTATUS
SeAssignSecurityEx(PSECURITY_DESCRIPTOR ParentDescriptor,
                   PSECURITY_DESCRIPTOR ExplicitDescriptor,
                   PSECURITY_DESCRIPTOR *NewDescriptor,
                   GUID *ObjectType,
                   BOOLEAN IsDirectoryObject,
                   ULONG AutoInheritFlags,
                   PSECURITY_SUBJECT_CONTEXT SubjectContext,
                   PGENERIC_MAPPING GenericMapping,
                   POOL_TYPE PoolType)
{
    SEP_NEW new = {.Token = SepEffective(SubjectContext),
                   .Mapping = GenericMapping,
                   .Container = IsDirectoryObject,
                   .Flags = AutoInheritFlags};
    (void)ObjectType;
    (void)PoolType;
    return SepAssignFlagged(ParentDescriptor, ExplicitDescriptor, &new,
                            KiCurrentThread()->PreviousMode, NewDescriptor);
}

/* Contract: NF:wdm.SeDeassignSecurity. */
DDI NTSTATUS
SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
    if (*SecurityDescriptor != NULL)
    {
        MmFreePool(*SecurityDescriptor, SEP_TAG);
        *SecurityDescriptor = NULL;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:wdm.SeValidSecurityDescriptor: self-relative, with an owner. */
DDI BOOLEAN
SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return RtlValidRelativeSecurityDescriptor(SecurityDescriptor, Length,
                                              OWNER_SECURITY_INFORMATION);
}

static void
SepSelect(const SEP_PARTS *Parts, SECURITY_INFORMATION Information, PSEP_PARTS Selected)
{
    *Selected = (SEP_PARTS){0};
    if (Information & OWNER_SECURITY_INFORMATION)
    {
        Selected->Owner = Parts->Owner;
    }
    if (Information & GROUP_SECURITY_INFORMATION)
    {
        Selected->Group = Parts->Group;
    }
    if (Information & DACL_SECURITY_INFORMATION)
    {
        Selected->Dacl = Parts->Dacl;
        Selected->Control |= Parts->Control & (SE_DACL_PRESENT | SE_DACL_DEFAULTED |
                                               SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED);
    }
    if (Information & (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION))
    {
        Selected->Sacl = Parts->Sacl;
        Selected->Control |= Parts->Control & (SE_SACL_PRESENT | SE_SACL_DEFAULTED |
                                               SE_SACL_PROTECTED | SE_SACL_AUTO_INHERITED);
    }
}

/* Contract: NF:ntifs.SeQuerySecurityDescriptorInfo. */
DDI NTSTATUS
SeQuerySecurityDescriptorInfo(PSECURITY_INFORMATION SecurityInformation,
                              PSECURITY_DESCRIPTOR SecurityDescriptor,
                              PULONG Length,
                              PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor)
{
    SEP_PARTS parts = {0}, selected;
    if (*ObjectsSecurityDescriptor != NULL)
    {
        SepSplit(*ObjectsSecurityDescriptor, &parts);
    }
    SepSelect(&parts, *SecurityInformation, &selected);
    const ULONG needed = SepJoinedSize(&selected);
    const ULONG available = *Length;
    *Length = needed;
    if (available < needed)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    SepWrite(&selected, SecurityDescriptor);
    return STATUS_SUCCESS;
}

/* Owner, group, ACLs of Change that Information names, over those of Parts. */
static void
SepOverlay(PSEP_PARTS Parts, const SEP_PARTS *Change, SECURITY_INFORMATION Information)
{
    const USHORT dacl =
        SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED;
    const USHORT sacl =
        SE_SACL_PRESENT | SE_SACL_DEFAULTED | SE_SACL_PROTECTED | SE_SACL_AUTO_INHERITED;
    Parts->Control &= ~(USHORT)SE_SELF_RELATIVE;
    if (Information & OWNER_SECURITY_INFORMATION)
    {
        Parts->Owner = Change->Owner;
    }
    if (Information & GROUP_SECURITY_INFORMATION)
    {
        Parts->Group = Change->Group;
    }
    if (Information & DACL_SECURITY_INFORMATION)
    {
        Parts->Dacl = Change->Dacl;
        Parts->Control =
            (USHORT)((Parts->Control & ~dacl) | (Change->Control & dacl) | SE_DACL_PRESENT);
    }
    if (Information & (SACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION))
    {
        Parts->Sacl = Change->Sacl;
        Parts->Control =
            (USHORT)((Parts->Control & ~sacl) | (Change->Control & sacl) | SE_SACL_PRESENT);
    }
    if (Information & PROTECTED_DACL_SECURITY_INFORMATION)
    {
        Parts->Control |= SE_DACL_PROTECTED;
    }
    if (Information & UNPROTECTED_DACL_SECURITY_INFORMATION)
    {
        Parts->Control &= ~(USHORT)SE_DACL_PROTECTED;
    }
}

/* Contract: NF:ntifs.SeSetSecurityDescriptorInfo. The new descriptor takes the old one's place;
 * freeing the old one is the caller's, as before. */
DDI NTSTATUS
SeSetSecurityDescriptorInfo(PVOID Object,
                            PSECURITY_INFORMATION SecurityInformation,
                            PSECURITY_DESCRIPTOR ModificationDescriptor,
                            PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                            POOL_TYPE PoolType,
                            PGENERIC_MAPPING GenericMapping)
{
    return SeSetSecurityDescriptorInfoEx(Object, SecurityInformation, ModificationDescriptor,
                                         ObjectsSecurityDescriptor, 0, PoolType, GenericMapping);
}

/* The rules of NF:ntifs.SeSetSecurityDescriptorInfoEx for an ACL that inherits: what was inherited
 * stays, unless one of the two is protected. */
static NTSTATUS
SepInheritChange(const ACL *Current,
                 const ACL *Change,
                 BOOLEAN CurrentProtected,
                 BOOLEAN ChangeProtected,
                 PACL *Made)
{
    PACL acl = SepAllocateAcl(Change, Current);
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    SepAppendAces(acl, Change, FALSE, FALSE);
    if (ChangeProtected || CurrentProtected)
    {
        SepAppendAces(acl, Change, TRUE, !ChangeProtected);
    }
    else if (Current != NULL)
    {
        SepAppendAces(acl, Current, TRUE, TRUE);
    }
    *Made = acl;
    return STATUS_SUCCESS;
}

static NTSTATUS
SepInheritChanges(const SEP_PARTS *Current, PSEP_PARTS Change, ULONG Flags, PACL *Dacl, PACL *Sacl)
{
    NTSTATUS status = STATUS_SUCCESS;
    if ((Flags & SEF_DACL_AUTO_INHERIT) && Change->Dacl != NULL)
    {
        status = SepInheritChange(Current->Dacl, Change->Dacl,
                                  (Current->Control & SE_DACL_PROTECTED) != 0,
                                  (Change->Control & SE_DACL_PROTECTED) != 0, Dacl);
        Change->Dacl = NT_SUCCESS(status) ? *Dacl : Change->Dacl;
        Change->Control |= SE_DACL_AUTO_INHERITED;
    }
    if (NT_SUCCESS(status) && (Flags & SEF_SACL_AUTO_INHERIT) && Change->Sacl != NULL)
    {
        status = SepInheritChange(Current->Sacl, Change->Sacl,
                                  (Current->Control & SE_SACL_PROTECTED) != 0,
                                  (Change->Control & SE_SACL_PROTECTED) != 0, Sacl);
        Change->Sacl = NT_SUCCESS(status) ? *Sacl : Change->Sacl;
        Change->Control |= SE_SACL_AUTO_INHERITED;
    }
    return status;
}

static NTSTATUS
SepCheckChange(SECURITY_INFORMATION Information, const SEP_PARTS *Change)
{
    SECURITY_SUBJECT_CONTEXT subject;
    SepBorrowSubject(&subject);
    if ((Information & OWNER_SECURITY_INFORMATION) &&
        (Change->Owner == NULL || (KiCurrentThread()->PreviousMode != KernelMode &&
                                   !SepMayOwn(SepEffective(&subject), Change->Owner))))
    {
        return STATUS_INVALID_OWNER;
    }
    return (Information & GROUP_SECURITY_INFORMATION) && Change->Group == NULL
               ? STATUS_INVALID_PRIMARY_GROUP
               : STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeSetSecurityDescriptorInfoEx. */
DDI NTSTATUS
SeSetSecurityDescriptorInfoEx(PVOID Object,
                              PSECURITY_INFORMATION SecurityInformation,
                              PSECURITY_DESCRIPTOR ModificationDescriptor,
                              PSECURITY_DESCRIPTOR *ObjectsSecurityDescriptor,
                              ULONG AutoInheritFlags,
                              POOL_TYPE PoolType,
                              PGENERIC_MAPPING GenericMapping)
{
    SEP_PARTS parts, change, joined;
    PSECURITY_DESCRIPTOR new;
    PACL dacl = NULL, sacl = NULL;
    (void)Object;
    (void)PoolType;
    if (*ObjectsSecurityDescriptor == NULL)
    {
        return STATUS_NO_SECURITY_ON_OBJECT;
    }
    SepSplit(*ObjectsSecurityDescriptor, &parts);
    SepSplit(ModificationDescriptor, &change);
    if (!(parts.Control & SE_SELF_RELATIVE))
    {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    NTSTATUS status = SepCheckChange(*SecurityInformation, &change);
    status = NT_SUCCESS(status) ? SepInheritChanges(&parts, &change, AutoInheritFlags, &dacl, &sacl)
                                : status;
    if (NT_SUCCESS(status))
    {
        SepOverlay(&parts, &change, *SecurityInformation);
        status = SepJoin(&parts, &new);
    }
    if (NT_SUCCESS(status))
    {
        SepSplit(new, &joined);
        if (joined.Dacl != NULL)
        {
            SepMapAcl(joined.Dacl, GenericMapping);
        }
        *ObjectsSecurityDescriptor = new;
    }
    if (dacl != NULL)
    {
        MmFreePool(dacl, SEP_TAG);
    }
    if (sacl != NULL)
    {
        MmFreePool(sacl, SEP_TAG);
    }
    return status;
}
