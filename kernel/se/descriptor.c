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
SepCheckExplicit(const SEP_PARTS *Explicit, PSEP_TOKEN Token, KPROCESSOR_MODE Mode)
{
    if (Mode == KernelMode)
    {
        return STATUS_SUCCESS;
    }
    if (Explicit->Owner != NULL && !SepMayOwn(Token, Explicit->Owner))
    {
        return STATUS_INVALID_OWNER;
    }
    if (Explicit->Sacl != NULL && !SepOnlyLabels(Explicit->Sacl) &&
        !SeTokenHasPrivilege(Token, SE_SECURITY_PRIVILEGE))
    {
        return STATUS_PRIVILEGE_NOT_HELD;
    }
    return STATUS_SUCCESS;
}

/* The table of NF:wdm.SeAssignSecurity. *Made is to be freed. */
static NTSTATUS
SepChooseDacl(const SEP_NEW *New, const SEP_PARTS *Explicit, PSEP_PARTS Result, PACL *Made)
{
    PACL inherited = NULL;
    *Made = NULL;
    if ((Explicit->Control & SE_DACL_PRESENT) && !(Explicit->Control & SE_DACL_DEFAULTED))
    {
        Result->Control |= SE_DACL_PRESENT | (Explicit->Control & SE_DACL_PROTECTED);
        if (Explicit->Dacl == NULL)
        {
            return STATUS_SUCCESS;
        }
        const NTSTATUS status = SepCopyAcl(Explicit->Dacl, New->Mapping, Made);
        Result->Dacl = *Made;
        return status;
    }
    NTSTATUS status =
        SepInheritAcl(New, New->Parent == NULL ? NULL : New->Parent->Dacl, &inherited);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ACL *source =
        (Explicit->Control & SE_DACL_PRESENT) ? Explicit->Dacl : New->Token->DefaultDacl;
    *Made = inherited;
    if (inherited == NULL && source != NULL)
    {
        status = SepCopyAcl(source, New->Mapping, Made);
        Result->Control |= SE_DACL_DEFAULTED;
    }
    Result->Dacl = *Made;
    Result->Control |=
        *Made == NULL && !(Explicit->Control & SE_DACL_PRESENT) ? 0 : SE_DACL_PRESENT;
    return status;
}

static NTSTATUS
SepAssign(const SEP_PARTS *Explicit, const SEP_NEW *New, PSECURITY_DESCRIPTOR *Descriptor)
{
    SEP_PARTS result = {0};
    PACL dacl = NULL, sacl = NULL;
    result.Owner = Explicit->Owner != NULL ? Explicit->Owner : (PSID)SepOwnerOf(New->Token);
    result.Group = Explicit->Group != NULL ? Explicit->Group : (PSID)SepPrimaryGroupOf(New->Token);
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

NTSTATUS
SepAssignToObject(PSECURITY_DESCRIPTOR ParentDescriptor,
                  PSECURITY_DESCRIPTOR ExplicitDescriptor,
                  BOOLEAN Container,
                  PACCESS_TOKEN Token,
                  const GENERIC_MAPPING *Mapping,
                  KPROCESSOR_MODE Mode,
                  PSECURITY_DESCRIPTOR *NewDescriptor)
{
    SEP_PARTS parent, explicit = {0};
    SEP_NEW new = {.Token = SepToken(Token), .Mapping = Mapping, .Container = Container};
    if (ParentDescriptor != NULL)
    {
        SepSplit(ParentDescriptor, &parent);
        new.Parent = &parent;
    }
    if (ExplicitDescriptor != NULL)
    {
        SepSplit(ExplicitDescriptor, &explicit);
    }
    const NTSTATUS status = SepCheckExplicit(&explicit, new.Token, Mode);
    return NT_SUCCESS(status) ? SepAssign(&explicit, &new, NewDescriptor) : status;
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

/* Contract: NF:wdm.SeAssignSecurityEx: without flags, as SeAssignSecurity. */
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
    const BOOLEAN avoidChecks =
        (AutoInheritFlags & (SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK)) ==
        (SEF_AVOID_PRIVILEGE_CHECK | SEF_AVOID_OWNER_CHECK);
    (void)ObjectType;
    (void)PoolType;
    return SepAssignToObject(
        ParentDescriptor, ExplicitDescriptor, IsDirectoryObject, SepEffective(SubjectContext),
        GenericMapping, avoidChecks ? KernelMode : KiCurrentThread()->PreviousMode, NewDescriptor);
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
    const USHORT dacl = SE_DACL_PRESENT | SE_DACL_DEFAULTED | SE_DACL_PROTECTED;
    const USHORT sacl = SE_SACL_PRESENT | SE_SACL_DEFAULTED | SE_SACL_PROTECTED;
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
    SECURITY_SUBJECT_CONTEXT subject;
    SEP_PARTS parts, change;
    PSECURITY_DESCRIPTOR new;
    (void)Object;
    (void)AutoInheritFlags;
    (void)PoolType;
    if (*ObjectsSecurityDescriptor == NULL)
    {
        return STATUS_NO_SECURITY_ON_OBJECT;
    }
    SepBorrowSubject(&subject);
    SepSplit(*ObjectsSecurityDescriptor, &parts);
    SepSplit(ModificationDescriptor, &change);
    if ((*SecurityInformation & OWNER_SECURITY_INFORMATION) &&
        (change.Owner == NULL || (KiCurrentThread()->PreviousMode != KernelMode &&
                                  !SepMayOwn(SepEffective(&subject), change.Owner))))
    {
        return STATUS_INVALID_OWNER;
    }
    if ((*SecurityInformation & GROUP_SECURITY_INFORMATION) && change.Group == NULL)
    {
        return STATUS_INVALID_PRIMARY_GROUP;
    }
    SepOverlay(&parts, &change, *SecurityInformation);
    const NTSTATUS status = SepJoin(&parts, &new);
    if (NT_SUCCESS(status))
    {
        SEP_PARTS joined;
        SepSplit(new, &joined);
        if (joined.Dacl != NULL)
        {
            SepMapAcl(joined.Dacl, GenericMapping);
        }
        *ObjectsSecurityDescriptor = new;
    }
    return status;
}
