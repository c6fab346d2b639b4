// SPDX-License-Identifier: MIT
// Security descriptors, absolute (pointers) and self-relative (offsets). Owns no state; up to
// APC_LEVEL as documented.
#include "rtlp.h"

#include "exports.h"
#include "secp.h"

// The four parts, in the order in which a self-relative descriptor is laid out here.
enum
{
    RTLP_PART_SACL,
    RTLP_PART_DACL,
    RTLP_PART_OWNER,
    RTLP_PART_GROUP,
    RTLP_PARTS
};

static SECURITY_DESCRIPTOR_CONTROL
RtlpSdControl(const VOID *Descriptor)
{
    // Revision, Sbz1 and Control are laid out alike in both formats.
    return ((const SECURITY_DESCRIPTOR_RELATIVE *)Descriptor)->Control;
}

static UCHAR
RtlpSdRevision(const VOID *Descriptor)
{
    return ((const SECURITY_DESCRIPTOR_RELATIVE *)Descriptor)->Revision;
}

// The address of a part, NULL when it is absent, of either format.
static PVOID
RtlpSdPart(const VOID *Descriptor, ULONG Part)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = Descriptor;
    const SECURITY_DESCRIPTOR *absolute = Descriptor;
    const SECURITY_DESCRIPTOR_CONTROL control = RtlpSdControl(Descriptor);
    const ULONG offsets[RTLP_PARTS] = {relative->Sacl, relative->Dacl, relative->Owner,
                                       relative->Group};

    if ((Part == RTLP_PART_SACL && (control & SE_SACL_PRESENT) == 0) ||
        (Part == RTLP_PART_DACL && (control & SE_DACL_PRESENT) == 0))
    {
        return NULL;
    }
    if ((control & SE_SELF_RELATIVE) != 0)
    {
        return offsets[Part] == 0 ? NULL : (PUCHAR)(ULONG_PTR)Descriptor + offsets[Part];
    }
    switch (Part)
    {
    case RTLP_PART_SACL:
        return absolute->Sacl;
    case RTLP_PART_DACL:
        return absolute->Dacl;
    case RTLP_PART_OWNER:
        return absolute->Owner;
    default:
        return absolute->Group;
    }
}

static ULONG
RtlpSdPartSize(const VOID *Descriptor, ULONG Part)
{
    const PVOID part = RtlpSdPart(Descriptor, Part);
    ULONG size;

    if (part == NULL)
    {
        return 0;
    }
    size = Part <= RTLP_PART_DACL ? ((const ACL *)part)->AclSize : RtlLengthSid(part);
    return (size + 3) & ~3u;
}

DDI NTSTATUS
RtlCreateSecurityDescriptor(_Out_ PSECURITY_DESCRIPTOR SecurityDescriptor, _In_ ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    __builtin_memset(SecurityDescriptor, 0, sizeof(SECURITY_DESCRIPTOR));
    ((SECURITY_DESCRIPTOR *)SecurityDescriptor)->Revision = SECURITY_DESCRIPTOR_REVISION;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlCreateSecurityDescriptorRelative(_Out_ PISECURITY_DESCRIPTOR_RELATIVE SecurityDescriptor,
                                    _In_ ULONG Revision)
{
    if (Revision != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    __builtin_memset(SecurityDescriptor, 0, sizeof(*SecurityDescriptor));
    SecurityDescriptor->Revision = SECURITY_DESCRIPTOR_REVISION;
    SecurityDescriptor->Control = SE_SELF_RELATIVE;
    return STATUS_SUCCESS;
}

DDI ULONG
RtlLengthSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    ULONG size = (RtlpSdControl(SecurityDescriptor) & SE_SELF_RELATIVE) != 0
                     ? (ULONG)sizeof(SECURITY_DESCRIPTOR_RELATIVE)
                     : (ULONG)sizeof(SECURITY_DESCRIPTOR);

    for (ULONG part = 0; part < RTLP_PARTS; part++)
    {
        size += RtlpSdPartSize(SecurityDescriptor, part);
    }
    return size;
}

static BOOLEAN
RtlpValidSdPart(const VOID *Part, ULONG Which, ULONG Limit)
{
    if (Part == NULL)
    {
        return TRUE;
    }
    return Which <= RTLP_PART_DACL ? RtlpValidAcl(Part, Limit) : RtlpSidWithin(Part, Limit);
}

DDI BOOLEAN
RtlValidSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    if (SecurityDescriptor == NULL ||
        RtlpSdRevision(SecurityDescriptor) != SECURITY_DESCRIPTOR_REVISION)
    {
        return FALSE;
    }
    for (ULONG part = 0; part < RTLP_PARTS; part++)
    {
        if (!RtlpValidSdPart(RtlpSdPart(SecurityDescriptor, part), part, MAXUSHORT))
        {
            return FALSE;
        }
    }
    return TRUE;
}

// For a descriptor that came from outside: every offset is checked against the length.
DDI BOOLEAN
RtlValidRelativeSecurityDescriptor(_In_reads_bytes_(SecurityDescriptorLength)
                                       PSECURITY_DESCRIPTOR SecurityDescriptorInput,
                                   _In_ ULONG SecurityDescriptorLength,
                                   _In_ SECURITY_INFORMATION RequiredInformation)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = SecurityDescriptorInput;

    if (SecurityDescriptorLength < sizeof(*relative) ||
        relative->Revision != SECURITY_DESCRIPTOR_REVISION ||
        (relative->Control & SE_SELF_RELATIVE) == 0)
    {
        return FALSE;
    }
    for (ULONG part = 0; part < RTLP_PARTS; part++)
    {
        const PUCHAR at = RtlpSdPart(relative, part);
        const ULONG64 offset = (ULONG64)(at - (const UCHAR *)relative);

        if (at != NULL &&
            (offset < sizeof(*relative) || offset >= SecurityDescriptorLength || offset % 4 != 0 ||
             !RtlpValidSdPart(at, part, SecurityDescriptorLength - (ULONG)offset)))
        {
            return FALSE;
        }
    }
    if (((RequiredInformation & OWNER_SECURITY_INFORMATION) != 0 && relative->Owner == 0) ||
        ((RequiredInformation & GROUP_SECURITY_INFORMATION) != 0 && relative->Group == 0))
    {
        return FALSE;
    }
    return ((RequiredInformation & DACL_SECURITY_INFORMATION) == 0 ||
            (relative->Control & SE_DACL_PRESENT) != 0) &&
           ((RequiredInformation & SACL_SECURITY_INFORMATION) == 0 ||
            (relative->Control & SE_SACL_PRESENT) != 0);
}

// ---- parts ------------------------------------------------------------------------------------

static NTSTATUS
RtlpSdWritable(const SECURITY_DESCRIPTOR *Descriptor)
{
    if (Descriptor->Revision != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    return (Descriptor->Control & SE_SELF_RELATIVE) != 0 ? STATUS_INVALID_SECURITY_DESCR
                                                         : STATUS_SUCCESS;
}

static SECURITY_DESCRIPTOR_CONTROL
RtlpWithFlag(SECURITY_DESCRIPTOR_CONTROL Control, SECURITY_DESCRIPTOR_CONTROL Flag, BOOLEAN On)
{
    return (SECURITY_DESCRIPTOR_CONTROL)(On ? Control | Flag : Control & ~Flag);
}

DDI NTSTATUS
RtlSetDaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                             _In_ BOOLEAN DaclPresent,
                             _In_opt_ PACL Dacl,
                             _In_opt_ BOOLEAN DaclDefaulted)
{
    SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    const NTSTATUS status = RtlpSdWritable(descriptor);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    descriptor->Control = RtlpWithFlag(descriptor->Control, SE_DACL_PRESENT, DaclPresent);
    if (DaclPresent)
    {
        descriptor->Dacl = Dacl;
        descriptor->Control = RtlpWithFlag(descriptor->Control, SE_DACL_DEFAULTED, DaclDefaulted);
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlSetSaclSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                             _In_ BOOLEAN SaclPresent,
                             _In_opt_ PACL Sacl,
                             _In_opt_ BOOLEAN SaclDefaulted)
{
    SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    const NTSTATUS status = RtlpSdWritable(descriptor);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    descriptor->Control = RtlpWithFlag(descriptor->Control, SE_SACL_PRESENT, SaclPresent);
    if (SaclPresent)
    {
        descriptor->Sacl = Sacl;
        descriptor->Control = RtlpWithFlag(descriptor->Control, SE_SACL_DEFAULTED, SaclDefaulted);
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlSetOwnerSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                              _In_opt_ PSID Owner,
                              _In_opt_ BOOLEAN OwnerDefaulted)
{
    SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    const NTSTATUS status = RtlpSdWritable(descriptor);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    descriptor->Owner = Owner;
    descriptor->Control = RtlpWithFlag(descriptor->Control, SE_OWNER_DEFAULTED, OwnerDefaulted);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlSetGroupSecurityDescriptor(_Inout_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                              _In_opt_ PSID Group,
                              _In_opt_ BOOLEAN GroupDefaulted)
{
    SECURITY_DESCRIPTOR *descriptor = SecurityDescriptor;
    const NTSTATUS status = RtlpSdWritable(descriptor);

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    descriptor->Group = Group;
    descriptor->Control = RtlpWithFlag(descriptor->Control, SE_GROUP_DEFAULTED, GroupDefaulted);
    return STATUS_SUCCESS;
}

static NTSTATUS
RtlpGetAclPart(const VOID *Descriptor,
               ULONG Part,
               SECURITY_DESCRIPTOR_CONTROL PresentFlag,
               SECURITY_DESCRIPTOR_CONTROL DefaultedFlag,
               PBOOLEAN Present,
               PACL *Acl,
               PBOOLEAN Defaulted)
{
    if (RtlpSdRevision(Descriptor) != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    *Present = (RtlpSdControl(Descriptor) & PresentFlag) != 0;
    if (*Present)
    {
        *Acl = RtlpSdPart(Descriptor, Part);
        *Defaulted = (RtlpSdControl(Descriptor) & DefaultedFlag) != 0;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlGetDaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                             _Out_ PBOOLEAN DaclPresent,
                             _Out_ PACL *Dacl,
                             _Out_ PBOOLEAN DaclDefaulted)
{
    return RtlpGetAclPart(SecurityDescriptor, RTLP_PART_DACL, SE_DACL_PRESENT, SE_DACL_DEFAULTED,
                          DaclPresent, Dacl, DaclDefaulted);
}

DDI NTSTATUS
RtlGetSaclSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                             _Out_ PBOOLEAN SaclPresent,
                             _Out_ PACL *Sacl,
                             _Out_ PBOOLEAN SaclDefaulted)
{
    return RtlpGetAclPart(SecurityDescriptor, RTLP_PART_SACL, SE_SACL_PRESENT, SE_SACL_DEFAULTED,
                          SaclPresent, Sacl, SaclDefaulted);
}

static NTSTATUS
RtlpGetSidPart(const VOID *Descriptor,
               ULONG Part,
               SECURITY_DESCRIPTOR_CONTROL DefaultedFlag,
               PSID *Sid,
               PBOOLEAN Defaulted)
{
    if (RtlpSdRevision(Descriptor) != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    *Sid = RtlpSdPart(Descriptor, Part);
    *Defaulted = (RtlpSdControl(Descriptor) & DefaultedFlag) != 0;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlGetOwnerSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                              _Out_ PSID *Owner,
                              _Out_ PBOOLEAN OwnerDefaulted)
{
    return RtlpGetSidPart(SecurityDescriptor, RTLP_PART_OWNER, SE_OWNER_DEFAULTED, Owner,
                          OwnerDefaulted);
}

DDI NTSTATUS
RtlGetGroupSecurityDescriptor(_In_ PSECURITY_DESCRIPTOR SecurityDescriptor,
                              _Out_ PSID *Group,
                              _Out_ PBOOLEAN GroupDefaulted)
{
    return RtlpGetSidPart(SecurityDescriptor, RTLP_PART_GROUP, SE_GROUP_DEFAULTED, Group,
                          GroupDefaulted);
}

// ---- conversion -------------------------------------------------------------------------------

DDI NTSTATUS
RtlAbsoluteToSelfRelativeSD(_In_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                            _Out_writes_bytes_to_opt_(*BufferLength, *BufferLength)
                                PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                            _Inout_ PULONG BufferLength)
{
    SECURITY_DESCRIPTOR_RELATIVE *relative = SelfRelativeSecurityDescriptor;
    ULONG offset = sizeof(*relative);
    ULONG offsets[RTLP_PARTS] = {0};
    ULONG needed;

    if ((RtlpSdControl(AbsoluteSecurityDescriptor) & SE_SELF_RELATIVE) != 0)
    {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    needed = RtlLengthSecurityDescriptor(AbsoluteSecurityDescriptor) -
             (ULONG)sizeof(SECURITY_DESCRIPTOR) + (ULONG)sizeof(*relative);
    if (needed > *BufferLength || relative == NULL)
    {
        *BufferLength = needed;
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memset(relative, 0, needed);
    for (ULONG part = 0; part < RTLP_PARTS; part++)
    {
        const ULONG size = RtlpSdPartSize(AbsoluteSecurityDescriptor, part);

        if (size != 0)
        {
            const PVOID source = RtlpSdPart(AbsoluteSecurityDescriptor, part);

            __builtin_memcpy((PUCHAR)relative + offset, source,
                             part <= RTLP_PART_DACL ? ((PACL)source)->AclSize
                                                    : RtlLengthSid(source));
            offsets[part] = offset;
            offset += size;
        }
    }
    relative->Revision = SECURITY_DESCRIPTOR_REVISION;
    relative->Sbz1 = ((SECURITY_DESCRIPTOR *)AbsoluteSecurityDescriptor)->Sbz1;
    relative->Control = RtlpSdControl(AbsoluteSecurityDescriptor) | SE_SELF_RELATIVE;
    relative->Sacl = offsets[RTLP_PART_SACL];
    relative->Dacl = offsets[RTLP_PART_DACL];
    relative->Owner = offsets[RTLP_PART_OWNER];
    relative->Group = offsets[RTLP_PART_GROUP];
    *BufferLength = needed;
    return STATUS_SUCCESS;
}

static BOOLEAN
RtlpEnough(PULONG Available, ULONG Needed)
{
    const BOOLEAN enough = *Available >= Needed;

    *Available = Needed;
    return enough;
}

static PVOID
RtlpCopyPart(PVOID Target, const VOID *Descriptor, ULONG Part)
{
    const ULONG size = RtlpSdPartSize(Descriptor, Part);

    if (size == 0)
    {
        return NULL;
    }
    __builtin_memcpy(Target, RtlpSdPart(Descriptor, Part), size);
    return Target;
}

DDI NTSTATUS
RtlSelfRelativeToAbsoluteSD(_In_ PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
                            _Out_opt_ PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
                            _Inout_ PULONG AbsoluteSecurityDescriptorSize,
                            _Out_opt_ PACL Dacl,
                            _Inout_ PULONG DaclSize,
                            _Out_opt_ PACL Sacl,
                            _Inout_ PULONG SaclSize,
                            _Out_opt_ PSID Owner,
                            _Inout_ PULONG OwnerSize,
                            _Out_opt_ PSID PrimaryGroup,
                            _Inout_ PULONG PrimaryGroupSize)
{
    const PSECURITY_DESCRIPTOR source = SelfRelativeSecurityDescriptor;
    SECURITY_DESCRIPTOR *absolute = AbsoluteSecurityDescriptor;
    BOOLEAN enough;

    if ((RtlpSdControl(source) & SE_SELF_RELATIVE) == 0)
    {
        return STATUS_BAD_DESCRIPTOR_FORMAT;
    }
    // Every size is reported, so that one failing call is enough to learn them all.
    enough = RtlpEnough(AbsoluteSecurityDescriptorSize, sizeof(SECURITY_DESCRIPTOR));
    enough &= RtlpEnough(DaclSize, RtlpSdPartSize(source, RTLP_PART_DACL));
    enough &= RtlpEnough(SaclSize, RtlpSdPartSize(source, RTLP_PART_SACL));
    enough &= RtlpEnough(OwnerSize, RtlpSdPartSize(source, RTLP_PART_OWNER));
    enough &= RtlpEnough(PrimaryGroupSize, RtlpSdPartSize(source, RTLP_PART_GROUP));
    if (!enough || absolute == NULL)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    absolute->Revision = SECURITY_DESCRIPTOR_REVISION;
    absolute->Sbz1 = 0;
    absolute->Control = (SECURITY_DESCRIPTOR_CONTROL)(RtlpSdControl(source) & ~SE_SELF_RELATIVE);
    absolute->Dacl = RtlpCopyPart(Dacl, source, RTLP_PART_DACL);
    absolute->Sacl = RtlpCopyPart(Sacl, source, RTLP_PART_SACL);
    absolute->Owner = RtlpCopyPart(Owner, source, RTLP_PART_OWNER);
    absolute->Group = RtlpCopyPart(PrimaryGroup, source, RTLP_PART_GROUP);
    return STATUS_SUCCESS;
}
