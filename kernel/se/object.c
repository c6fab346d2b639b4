/* SPDX-License-Identifier: MIT */
/*
 * Security of objects: descriptors given at creation and at boot, read and changed later, by
 * pointer and by handle. The descriptor of an object is self-relative in pool and replaced as a
 * whole. PASSIVE_LEVEL.
 */
#include "sep.h"

PSECURITY_DESCRIPTOR SeDeviceDescriptor;

static KPROCESSOR_MODE
SepPreviousMode(void)
{
    return KiCurrentThread()->PreviousMode;
}

/* A Zw routine runs its Nt twin as kernel mode. */
#define SEP_AS_KERNEL(Call)                                  \
    const PKTHREAD thread_ = KiCurrentThread();              \
    const KPROCESSOR_MODE previous_ = thread_->PreviousMode; \
    thread_->PreviousMode = KernelMode;                      \
    const NTSTATUS status_ = (Call);                         \
    thread_->PreviousMode = previous_;                       \
    return status_

/* ---- capturing ---------------------------------------------------------------------------- */

/* A part of user memory: its length stands in its head, and may change between two looks. */
static NTSTATUS
SepCapturePart(const void *User, BOOLEAN Acl, KPROCESSOR_MODE Mode, PVOID *Part)
{
    UCHAR head[8];
    if (User == NULL)
    {
        return STATUS_SUCCESS;
    }
    NTSTATUS status = SepCapture(head, User, sizeof(head), Mode);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG size = Acl ? ((const ACL *)(const void *)head)->AclSize : SepSidSize(head);
    if (size < 8)
    {
        return Acl ? STATUS_INVALID_ACL : STATUS_INVALID_SID;
    }
    PUCHAR copy = MmAllocatePool(PagedPool, size, SEP_TAG);
    if (copy == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *Part = copy;
    status = SepCapture(copy, User, size, Mode);
    __builtin_memcpy(copy, head, sizeof(head));
    if (NT_SUCCESS(status) && !Acl && !RtlValidSid(copy))
    {
        status = STATUS_INVALID_SID;
    }
    return status;
}

/* Where the parts of a descriptor of Mode's memory lie; its head is captured. */
static NTSTATUS
SepLocateParts(const void *Descriptor, KPROCESSOR_MODE Mode, PSEP_PARTS Parts)
{
    SECURITY_DESCRIPTOR_RELATIVE relative;
    SECURITY_DESCRIPTOR absolute;
    NTSTATUS status = SepCapture(&relative, Descriptor, sizeof(relative), Mode);
    if (NT_SUCCESS(status) && relative.Revision != SECURITY_DESCRIPTOR_REVISION)
    {
        return STATUS_UNKNOWN_REVISION;
    }
    *Parts = (SEP_PARTS){.Control = relative.Control};
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (relative.Control & SE_SELF_RELATIVE)
    {
        const PUCHAR base = (PUCHAR)(ULONG_PTR)Descriptor;
        Parts->Owner = relative.Owner == 0 ? NULL : base + relative.Owner;
        Parts->Group = relative.Group == 0 ? NULL : base + relative.Group;
        Parts->Sacl = relative.Sacl == 0 ? NULL : (PACL)(base + relative.Sacl);
        Parts->Dacl = relative.Dacl == 0 ? NULL : (PACL)(base + relative.Dacl);
    }
    else
    {
        status = SepCapture(&absolute, Descriptor, sizeof(absolute), Mode);
        Parts->Owner = absolute.Owner;
        Parts->Group = absolute.Group;
        Parts->Sacl = absolute.Sacl;
        Parts->Dacl = absolute.Dacl;
    }
    Parts->Sacl = (Parts->Control & SE_SACL_PRESENT) ? Parts->Sacl : NULL;
    Parts->Dacl = (Parts->Control & SE_DACL_PRESENT) ? Parts->Dacl : NULL;
    return status;
}

static NTSTATUS
SepCaptureDescriptor(const void *Descriptor, KPROCESSOR_MODE Mode, PSECURITY_DESCRIPTOR *Captured)
{
    SEP_PARTS user, copy = {0};
    PVOID owner = NULL, group = NULL, sacl = NULL, dacl = NULL;
    NTSTATUS status = SepLocateParts(Descriptor, Mode, &user);
    status = NT_SUCCESS(status) ? SepCapturePart(user.Owner, FALSE, Mode, &owner) : status;
    status = NT_SUCCESS(status) ? SepCapturePart(user.Group, FALSE, Mode, &group) : status;
    status = NT_SUCCESS(status) ? SepCapturePart(user.Sacl, TRUE, Mode, &sacl) : status;
    status = NT_SUCCESS(status) ? SepCapturePart(user.Dacl, TRUE, Mode, &dacl) : status;
    if (NT_SUCCESS(status))
    {
        copy.Control = user.Control;
        copy.Owner = owner;
        copy.Group = group;
        copy.Sacl = sacl;
        copy.Dacl = dacl;
        status = SepJoin(&copy, Captured);
    }
    const PVOID parts[] = {owner, group, sacl, dacl};
    for (ULONG index = 0; index < RTL_NUMBER_OF(parts); index++)
    {
        if (parts[index] != NULL)
        {
            MmFreePool(parts[index], SEP_TAG);
        }
    }
    if (NT_SUCCESS(status) && !RtlValidSecurityDescriptor(*Captured))
    {
        MmFreePool(*Captured, SEP_TAG);
        status = STATUS_INVALID_SECURITY_DESCR;
    }
    return status;
}

/* Exported, without a page of its own; wdmsec.lib calls it. */
DDI NTSTATUS
SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR InputSecurityDescriptor,
                            KPROCESSOR_MODE RequestorMode,
                            POOL_TYPE PoolType,
                            BOOLEAN ForceCapture,
                            PSECURITY_DESCRIPTOR *OutputDescriptor)
{
    (void)PoolType;
    *OutputDescriptor = InputSecurityDescriptor;
    if (InputSecurityDescriptor == NULL || (RequestorMode == KernelMode && !ForceCapture))
    {
        return STATUS_SUCCESS;
    }
    return SepCaptureDescriptor(InputSecurityDescriptor, RequestorMode, OutputDescriptor);
}

/* Exported, without a page of its own. */
DDI VOID
SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR CapturedDescriptor,
                            KPROCESSOR_MODE RequestorMode,
                            BOOLEAN ForceCapture)
{
    if (CapturedDescriptor != NULL && (RequestorMode != KernelMode || ForceCapture))
    {
        MmFreePool(CapturedDescriptor, SEP_TAG);
    }
}

/* ---- what ob asks ------------------------------------------------------------------------- */

static NTSTATUS
SepCaptureForOb(PSECURITY_DESCRIPTOR Descriptor, KPROCESSOR_MODE Mode, PSECURITY_DESCRIPTOR *Copy)
{
    return SepCaptureDescriptor(Descriptor, Mode, Copy);
}

static NTSTATUS
SepAssignForOb(PSECURITY_DESCRIPTOR Parent,
               PSECURITY_DESCRIPTOR Explicit,
               BOOLEAN Container,
               const GENERIC_MAPPING *Mapping,
               KPROCESSOR_MODE Mode,
               PSECURITY_DESCRIPTOR *Descriptor)
{
    SECURITY_SUBJECT_CONTEXT subject;
    SepBorrowSubject(&subject);
    return SepAssignToObject(Parent, Explicit, Container, SepEffective(&subject), Mapping, Mode,
                             Descriptor);
}

static BOOLEAN
SepHasPrivilege(ULONG Privilege)
{
    SECURITY_SUBJECT_CONTEXT subject;
    SepBorrowSubject(&subject);
    return SeTokenHasPrivilege(SepEffective(&subject), Privilege);
}

NTSTATUS
SeProtectObject(PVOID Object, PACCESS_TOKEN Token)
{
    const POBJECT_HEADER header = ObHeader(Object);
    PSECURITY_DESCRIPTOR descriptor;
    const NTSTATUS status = SepAssignToObject(
        NULL, NULL, FALSE, Token, &header->Type->Info.GenericMapping, KernelMode, &descriptor);
    if (NT_SUCCESS(status))
    {
        if (header->SecurityDescriptor != NULL)
        {
            MmFreePool(header->SecurityDescriptor, 0);
        }
        header->SecurityDescriptor = descriptor;
    }
    return status;
}

/* ---- boot --------------------------------------------------------------------------------- */

/* SYSTEM and Administrators have everything, Everyone has Mask; for objects below, too. */
static NTSTATUS
SepMakeDescriptor(ACCESS_MASK Everyone, ACCESS_MASK Inherited, PSECURITY_DESCRIPTOR *Descriptor)
{
    const SEP_SID world = SepMakeSid(1, 1, 0, 0), system = SepMakeSid(5, 1, 18, 0);
    const SEP_SID admins = SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    const ULONG flags = OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE;
    ULONG64 memory[40];
    const PACL acl = (PACL)memory;
    SEP_PARTS parts = {
        .Owner = (PSID)&admins, .Group = (PSID)&system, .Dacl = acl, .Control = SE_DACL_PRESENT};
    NTSTATUS status = RtlCreateAcl(acl, sizeof(memory), ACL_REVISION);
    if (Everyone != 0)
    {
        status = RtlAddAccessAllowedAce(acl, ACL_REVISION, Everyone, (PSID)&world);
    }
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, (PSID)&system);
    status = RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, (PSID)&admins);
    if (Inherited != 0)
    {
        status = RtlAddAccessAllowedAceEx(acl, ACL_REVISION, flags, Inherited, (PSID)&world);
        status = RtlAddAccessAllowedAceEx(acl, ACL_REVISION, flags, GENERIC_ALL, (PSID)&system);
        status = RtlAddAccessAllowedAceEx(acl, ACL_REVISION, flags, GENERIC_ALL, (PSID)&admins);
    }
    NT_ASSERT(NT_SUCCESS(status));
    return SepJoin(&parts, Descriptor);
}

static NTSTATUS
SepProtectPath(PCWSTR Path, ACCESS_MASK Everyone, ACCESS_MASK Inherited)
{
    UNICODE_STRING name;
    PVOID object;
    PSECURITY_DESCRIPTOR descriptor, mapped;
    RtlInitUnicodeString(&name, Path);
    NTSTATUS status = ObReferenceByName(&name, NULL, OBJ_CASE_INSENSITIVE | OBJ_OPENLINK, NULL,
                                        KernelMode, 0, NULL, &object);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = SepMakeDescriptor(Everyone, Inherited, &descriptor);
    if (NT_SUCCESS(status))
    {
        SECURITY_INFORMATION all =
            OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
        SEP_PARTS parts;
        (void)all;
        SepSplit(descriptor, &parts);
        PACL dacl;
        status = SepCopyAcl(parts.Dacl, &ObHeader(object)->Type->Info.GenericMapping, &dacl);
        if (NT_SUCCESS(status))
        {
            parts.Dacl = dacl;
            status = SepJoin(&parts, &mapped);
            MmFreePool(dacl, SEP_TAG);
        }
        MmFreePool(descriptor, SEP_TAG);
    }
    if (NT_SUCCESS(status))
    {
        ObHeader(object)->SecurityDescriptor = mapped;
    }
    ObDereference(object);
    return status;
}

NTSTATUS
SepInitObjects(void)
{
    static const struct
    {
        PCWSTR Path;
        ACCESS_MASK Everyone, Inherited;
    } paths[] = {{L"\\", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\Device", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\Driver", 0, 0},
                 {L"\\FileSystem", 0, 0},
                 {L"\\ObjectTypes", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\KernelObjects", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\Callback", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\Security", 0, 0},
                 {L"\\BaseNamedObjects", GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, 0},
                 {L"\\GLOBAL??", GENERIC_READ | GENERIC_EXECUTE, GENERIC_READ | GENERIC_EXECUTE},
                 {L"\\??", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\DosDevices", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\GLOBAL??\\Global", GENERIC_READ | GENERIC_EXECUTE, 0},
                 {L"\\Device\\PhysicalMemory", 0, 0}};
    NTSTATUS status =
        SepMakeDescriptor(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, 0, &SeDeviceDescriptor);
    for (ULONG index = 0; NT_SUCCESS(status) && index < RTL_NUMBER_OF(paths); index++)
    {
        status = SepProtectPath(paths[index].Path, paths[index].Everyone, paths[index].Inherited);
    }
    return status;
}

NTSTATUS
SeInitSystem(void)
{
    NTSTATUS status = SepInitTokens();
    SepInitExports();
    ObAccessCheck = SeGrantAccess;
    if (NT_SUCCESS(status))
    {
        status = SepInitObjects();
    }
    ObSecurity.Capture = SepCaptureForOb;
    ObSecurity.Assign = SepAssignForOb;
    ObSecurity.HasPrivilege = SepHasPrivilege;
    ObSecurity.CaptureSubject = SeCaptureSubjectContext;
    ObSecurity.ReleaseState = SeDeleteAccessState;
    return status;
}

/* ---- by pointer --------------------------------------------------------------------------- */

/* Contract: NF:wdm.ObGetObjectSecurity: an object without a descriptor gives NULL. What is handed
 * out is a copy, which later changes do not touch. */
DDI NTSTATUS
ObGetObjectSecurity(PVOID Object,
                    PSECURITY_DESCRIPTOR *SecurityDescriptor,
                    PBOOLEAN MemoryAllocated)
{
    const PSECURITY_DESCRIPTOR stored = *ObSecurityOf(Object);
    SEP_PARTS parts;
    *SecurityDescriptor = NULL;
    *MemoryAllocated = FALSE;
    if (stored == NULL)
    {
        return STATUS_SUCCESS;
    }
    SepSplit(stored, &parts);
    const NTSTATUS status = SepJoin(&parts, SecurityDescriptor);
    *MemoryAllocated = NT_SUCCESS(status);
    return status;
}

/* Contract: NF:wdm.ObReleaseObjectSecurity. */
DDI VOID
ObReleaseObjectSecurity(PSECURITY_DESCRIPTOR SecurityDescriptor, BOOLEAN MemoryAllocated)
{
    if (MemoryAllocated && SecurityDescriptor != NULL)
    {
        MmFreePool(SecurityDescriptor, SEP_TAG);
    }
}

static NTSTATUS
SepChangeObject(PVOID Object, SECURITY_INFORMATION Information, PSECURITY_DESCRIPTOR Change)
{
    PSECURITY_DESCRIPTOR *stored = ObSecurityOf(Object);
    const PSECURITY_DESCRIPTOR old = *stored;
    NTSTATUS status = SeSetSecurityDescriptorInfo(
        Object, &Information, Change, stored, PagedPool,
        (PGENERIC_MAPPING)&ObHeader(ObSecured(Object))->Type->Info.GenericMapping);
    if (NT_SUCCESS(status))
    {
        MmFreePool(old, 0);
    }
    return status;
}

/* Exported, without a page of its own. */
DDI NTSTATUS
ObSetSecurityObjectByPointer(PVOID Object,
                             SECURITY_INFORMATION SecurityInformation,
                             PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    return SepChangeObject(Object, SecurityInformation, SecurityDescriptor);
}

/* Exported, without a page of its own: may the subject of AccessState have what is left there? */
DDI BOOLEAN
ObCheckObjectAccess(PVOID Object,
                    PACCESS_STATE AccessState,
                    BOOLEAN TypeMutexLocked,
                    KPROCESSOR_MODE AccessMode,
                    PNTSTATUS AccessStatus)
{
    const POBJECT_HEADER header = ObHeader(Object);
    const PSECURITY_DESCRIPTOR descriptor = *ObSecurityOf(Object);
    ACCESS_MASK granted;
    (void)TypeMutexLocked;
    *AccessStatus = STATUS_SUCCESS;
    if (descriptor != NULL &&
        !SeAccessCheck(descriptor, &AccessState->SubjectSecurityContext, FALSE,
                       AccessState->RemainingDesiredAccess, AccessState->PreviouslyGrantedAccess,
                       NULL, &header->Type->Info.GenericMapping, AccessMode, &granted,
                       AccessStatus))
    {
        return FALSE;
    }
    AccessState->PreviouslyGrantedAccess =
        descriptor == NULL
            ? AccessState->PreviouslyGrantedAccess | AccessState->RemainingDesiredAccess
            : granted;
    AccessState->RemainingDesiredAccess &= MAXIMUM_ALLOWED;
    return TRUE;
}

/* ---- by handle ---------------------------------------------------------------------------- */

/* Contract: NF:ntifs.NtQuerySecurityObject. */
DDI NTSTATUS
NtQuerySecurityObject(HANDLE Handle,
                      SECURITY_INFORMATION SecurityInformation,
                      PSECURITY_DESCRIPTOR SecurityDescriptor,
                      ULONG Length,
                      PULONG LengthNeeded)
{
    const KPROCESSOR_MODE mode = SepPreviousMode();
    ACCESS_MASK access =
        (SecurityInformation & ~(ULONG)SACL_SECURITY_INFORMATION) ? READ_CONTROL : 0u;
    access |= (SecurityInformation & SACL_SECURITY_INFORMATION) ? ACCESS_SYSTEM_SECURITY : 0u;
    PVOID object;
    NTSTATUS status = ObReferenceObjectByHandle(Handle, access, NULL, mode, &object, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    ULONG length = 0;
    PSECURITY_DESCRIPTOR buffer = NULL;
    status =
        SeQuerySecurityDescriptorInfo(&SecurityInformation, NULL, &length, ObSecurityOf(object));
    if (length <= Length)
    {
        buffer = MmAllocatePool(PagedPool, length, SEP_TAG);
        status = buffer == NULL ? STATUS_INSUFFICIENT_RESOURCES
                                : SeQuerySecurityDescriptorInfo(&SecurityInformation, buffer,
                                                                &length, ObSecurityOf(object));
    }
    ObDereference(object);
    NTSTATUS copy = SepReturn(LengthNeeded, &length, sizeof(length), mode);
    if (NT_SUCCESS(copy) && NT_SUCCESS(status))
    {
        copy = SepReturn(SecurityDescriptor, buffer, length, mode);
    }
    if (buffer != NULL)
    {
        MmFreePool(buffer, SEP_TAG);
    }
    return NT_SUCCESS(copy) ? status : copy;
}

/* Contract: NF:ntifs.ZwQuerySecurityObject. */
DDI NTSTATUS
ZwQuerySecurityObject(HANDLE Handle,
                      SECURITY_INFORMATION SecurityInformation,
                      PSECURITY_DESCRIPTOR SecurityDescriptor,
                      ULONG Length,
                      PULONG LengthNeeded)
{
    SEP_AS_KERNEL(NtQuerySecurityObject(Handle, SecurityInformation, SecurityDescriptor, Length,
                                        LengthNeeded));
}

/* Contract: NF:ntifs.NtSetSecurityObject. */
DDI NTSTATUS
NtSetSecurityObject(HANDLE Handle,
                    SECURITY_INFORMATION SecurityInformation,
                    PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    const KPROCESSOR_MODE mode = SepPreviousMode();
    ACCESS_MASK access = 0;
    if (SecurityInformation &
        (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION))
    {
        access |= WRITE_OWNER;
    }
    access |= (SecurityInformation & DACL_SECURITY_INFORMATION) ? WRITE_DAC : 0u;
    access |= (SecurityInformation & SACL_SECURITY_INFORMATION) ? ACCESS_SYSTEM_SECURITY : 0u;
    PVOID object;
    PSECURITY_DESCRIPTOR captured;
    if (SecurityDescriptor == NULL)
    {
        return STATUS_ACCESS_VIOLATION;
    }
    NTSTATUS status = ObReferenceObjectByHandle(Handle, access, NULL, mode, &object, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = SepCaptureDescriptor(SecurityDescriptor, mode, &captured);
    if (NT_SUCCESS(status))
    {
        SEP_PARTS parts;
        SepSplit(captured, &parts);
        if (((SecurityInformation & OWNER_SECURITY_INFORMATION) && parts.Owner == NULL) ||
            ((SecurityInformation & GROUP_SECURITY_INFORMATION) && parts.Group == NULL))
        {
            status = STATUS_INVALID_SECURITY_DESCR;
        }
        else
        {
            status = SepChangeObject(object, SecurityInformation, captured);
        }
        MmFreePool(captured, SEP_TAG);
    }
    ObDereference(object);
    return status;
}

/* Contract: NF:ntifs.ZwSetSecurityObject. */
DDI NTSTATUS
ZwSetSecurityObject(HANDLE Handle,
                    SECURITY_INFORMATION SecurityInformation,
                    PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    SEP_AS_KERNEL(NtSetSecurityObject(Handle, SecurityInformation, SecurityDescriptor));
}
