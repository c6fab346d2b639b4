// SPDX-License-Identifier: MIT
// Descriptors of new objects, from what their creator, their container and the token say; changed,
// queried and captured descriptors; states of opens.
// Page: NF:wdm.SeAssignSecurity, NF:wdm.SeAssignSecurityEx, NF:wdm.SeDeassignSecurity
// Page: NF:ntifs.SeQuerySecurityDescriptorInfo, NF:ntifs.SeSetSecurityDescriptorInfo
// Page: NF:ntifs.SeSetSecurityDescriptorInfoEx, NF:ntifs.SeAppendPrivileges
// Page: NF:ntifs.SeAuditingFileEvents, NF:ntifs.SeAuditingFileOrGlobalEvents
// Page: NF:ntifs.SeOpenObjectAuditAlarm, NF:ntifs.SeOpenObjectForDeleteAuditAlarm
// Page: NF:ntifs.NtQuerySecurityObject, NF:ntifs.NtSetSecurityObject
// Run: open \\.\SeAssign
// Run: ioctl 0x222000
// Expect: se_assign: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTKERNELAPI NTSTATUS NTAPI SeCaptureSecurityDescriptor(PSECURITY_DESCRIPTOR,
                                                       KPROCESSOR_MODE,
                                                       POOL_TYPE,
                                                       BOOLEAN,
                                                       PSECURITY_DESCRIPTOR *);
NTKERNELAPI VOID NTAPI SeReleaseSecurityDescriptor(PSECURITY_DESCRIPTOR, KPROCESSOR_MODE, BOOLEAN);
NTKERNELAPI NTSTATUS NTAPI SeCreateAccessState(PACCESS_STATE, PVOID, ACCESS_MASK, PGENERIC_MAPPING);
NTKERNELAPI NTSTATUS NTAPI
SeCreateAccessStateEx(PETHREAD, PEPROCESS, PACCESS_STATE, PVOID, ACCESS_MASK, PGENERIC_MAPPING);
NTKERNELAPI VOID NTAPI SeDeleteAccessState(PACCESS_STATE);
NTKERNELAPI NTSTATUS NTAPI
ObSetSecurityObjectByPointer(PVOID, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR);
NTKERNELAPI BOOLEAN NTAPI
ObCheckObjectAccess(PVOID, PACCESS_STATE, BOOLEAN, KPROCESSOR_MODE, PNTSTATUS);

static GENERIC_MAPPING mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | 4,
                                  STANDARD_RIGHTS_REQUIRED | 7};

typedef struct
{
    SECURITY_DESCRIPTOR Descriptor;
    ULONGLONG Memory[32];
} SECURED;

static PACL
Start(SECURED *Secured)
{
    PACL acl = (PACL)Secured->Memory;

    RtlCreateSecurityDescriptor(&Secured->Descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(acl, sizeof(Secured->Memory), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&Secured->Descriptor, TRUE, acl, FALSE);
    return acl;
}

static void
AddInheritable(PACL Acl, UCHAR Flags, ACCESS_MASK Mask, PSID Sid)
{
    struct
    {
        ACCESS_ALLOWED_ACE Ace;
        UCHAR Rest[SECURITY_MAX_SID_SIZE];
    } ace = {0};

    ace.Ace.Header.AceType = ACCESS_ALLOWED_ACE_TYPE;
    ace.Ace.Header.AceFlags = Flags;
    ace.Ace.Header.AceSize = (USHORT)(8 + RtlLengthSid(Sid));
    ace.Ace.Mask = Mask;
    RtlCopyMemory(&ace.Ace.SidStart, Sid, RtlLengthSid(Sid));
    EXPECT_EQ(RtlAddAce(Acl, ACL_REVISION, MAXULONG, &ace, ace.Ace.Header.AceSize), STATUS_SUCCESS);
}

// How many entries the DACL of Descriptor has; *First is the first.
static ULONG
Entries(PSECURITY_DESCRIPTOR Descriptor, PACCESS_ALLOWED_ACE *First)
{
    BOOLEAN present, defaulted;
    PACL acl;

    EXPECT(RtlValidSecurityDescriptor(Descriptor));
    EXPECT_EQ(RtlGetDaclSecurityDescriptor(Descriptor, &present, &acl, &defaulted), STATUS_SUCCESS);
    if (!present || acl == NULL)
        return 999;
    *First = (PACCESS_ALLOWED_ACE)(acl + 1);
    return acl->AceCount;
}

static PACCESS_ALLOWED_ACE
NextEntry(PACCESS_ALLOWED_ACE Ace)
{
    return (PACCESS_ALLOWED_ACE)((PUCHAR)Ace + Ace->Header.AceSize);
}

static BOOLEAN
OwnedBy(PSECURITY_DESCRIPTOR Descriptor, PSID Sid)
{
    BOOLEAN defaulted;
    PSID owner = NULL;

    EXPECT_EQ(RtlGetOwnerSecurityDescriptor(Descriptor, &owner, &defaulted), STATUS_SUCCESS);
    return owner != NULL && RtlEqualSid(owner, Sid);
}

static void
TestAssign(PSECURITY_SUBJECT_CONTEXT Subject)
{
    SECURED parent, explicit;
    PSECURITY_DESCRIPTOR new;
    PACCESS_ALLOWED_ACE ace;
    PACL acl;

    // What is asked for explicitly, with generic rights mapped.
    acl = Start(&explicit);
    AddInheritable(acl, 0, GENERIC_READ, SeExports->SeWorldSid);
    RtlSetOwnerSecurityDescriptor(&explicit.Descriptor, SeExports->SeAliasAdminsSid, FALSE);
    acl = Start(&parent);
    AddInheritable(acl, OBJECT_INHERIT_ACE, GENERIC_WRITE, SeExports->SeAliasAdminsSid);
    AddInheritable(acl, 0, GENERIC_ALL, SeExports->SeWorldSid);
    EXPECT_EQ(SeAssignSecurity(&parent.Descriptor, &explicit.Descriptor, &new, FALSE, Subject,
                               &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Mask, mapping.GenericRead);
    EXPECT(OwnedBy(new, SeExports->SeAliasAdminsSid));
    EXPECT_EQ(SeDeassignSecurity(&new), STATUS_SUCCESS);
    EXPECT(new == NULL);
    EXPECT_EQ(SeDeassignSecurity(&new), STATUS_SUCCESS);
    // Nothing explicit, or only a default: what the container hands on to objects.
    EXPECT_EQ(SeAssignSecurity(&parent.Descriptor, NULL, &new, FALSE, Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Mask, mapping.GenericWrite);
    EXPECT_EQ(ace->Header.AceFlags & (OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE), 0);
    SeDeassignSecurity(&new);
    RtlSetDaclSecurityDescriptor(&explicit.Descriptor, TRUE, (PACL) explicit.Memory, TRUE);
    EXPECT_EQ(SeAssignSecurity(&parent.Descriptor, &explicit.Descriptor, &new, FALSE, Subject,
                               &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Mask, mapping.GenericWrite);
    SeDeassignSecurity(&new);
    // The default, when nothing is inherited.
    EXPECT_EQ(
        SeAssignSecurity(NULL, &explicit.Descriptor, &new, FALSE, Subject, &mapping, PagedPool),
        STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Mask, mapping.GenericRead);
    SeDeassignSecurity(&new);
    // A container hands on to its objects what its own container said.
    EXPECT_EQ(SeAssignSecurity(&parent.Descriptor, NULL, &new, TRUE, Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Header.AceFlags, OBJECT_INHERIT_ACE | INHERIT_ONLY_ACE);
    EXPECT_EQ(ace->Mask, GENERIC_WRITE);
    SeDeassignSecurity(&new);
    // CREATOR OWNER is who creates.
    acl = Start(&parent);
    AddInheritable(acl, OBJECT_INHERIT_ACE, 1, SeExports->SeCreatorOwnerSid);
    EXPECT_EQ(SeAssignSecurity(&parent.Descriptor, NULL, &new, FALSE, Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT(OwnedBy(new, &ace->SidStart));
    SeDeassignSecurity(&new);
}

static void
TestAssignEx(PSECURITY_SUBJECT_CONTEXT Subject)
{
    SECURED parent, explicit;
    PSECURITY_DESCRIPTOR new;
    PACCESS_ALLOWED_ACE ace;
    PACL acl = Start(&explicit);

    AddInheritable(acl, 0, 1, SeExports->SeWorldSid);
    AddInheritable(acl, INHERITED_ACE, 4, SeExports->SeWorldSid);
    acl = Start(&parent);
    AddInheritable(acl, OBJECT_INHERIT_ACE, 2, SeExports->SeAliasAdminsSid);
    RtlSetOwnerSecurityDescriptor(&parent.Descriptor, SeExports->SeLocalSystemSid, FALSE);
    RtlSetGroupSecurityDescriptor(&parent.Descriptor, SeExports->SeWorldSid, FALSE);
    // Both: explicit entries first, copies of inherited ones left out, inherited ones marked.
    EXPECT_EQ(SeAssignSecurityEx(&parent.Descriptor, &explicit.Descriptor, &new, NULL, FALSE,
                                 SEF_DACL_AUTO_INHERIT, Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 2);
    EXPECT(ace->Mask == 1 && ace->Header.AceFlags == 0);
    ace = NextEntry(ace);
    EXPECT(ace->Mask == 2 && (ace->Header.AceFlags & INHERITED_ACE));
    SeDeassignSecurity(&new);
    // Without the flag only what is explicit; as the type's default it gives way.
    EXPECT_EQ(SeAssignSecurityEx(&parent.Descriptor, &explicit.Descriptor, &new, NULL, FALSE, 0,
                                 Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 2);
    EXPECT(ace->Mask == 1 && NextEntry(ace)->Mask == 4);
    SeDeassignSecurity(&new);
    EXPECT_EQ(SeAssignSecurityEx(&parent.Descriptor, &explicit.Descriptor, &new, NULL, FALSE,
                                 SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT, Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(new, &ace), 1);
    EXPECT_EQ(ace->Mask, 2);
    EXPECT(!OwnedBy(new, SeExports->SeLocalSystemSid));
    SeDeassignSecurity(&new);
    EXPECT_EQ(SeAssignSecurityEx(&parent.Descriptor, NULL, &new, NULL, FALSE,
                                 SEF_DEFAULT_OWNER_FROM_PARENT | SEF_DEFAULT_GROUP_FROM_PARENT,
                                 Subject, &mapping, PagedPool),
              STATUS_SUCCESS);
    EXPECT(OwnedBy(new, SeExports->SeLocalSystemSid));
    SeDeassignSecurity(&new);
}

// Owner and SACL are the subject's to choose only with its rights; the caller is a client's thread.
static void
TestRights(PSECURITY_SUBJECT_CONTEXT Subject)
{
    SID_AND_ATTRIBUTES admins = {SeExports->SeAliasAdminsSid, 0};
    struct
    {
        ULONG Count;
        SID_AND_ATTRIBUTES Group;
    } groups = {1, admins};
    SECURITY_SUBJECT_CONTEXT limited = *Subject;
    PSECURITY_DESCRIPTOR new = NULL;
    SECURED explicit;

    Start(&explicit);
    RtlSetOwnerSecurityDescriptor(&explicit.Descriptor, SeExports->SeAliasAdminsSid, FALSE);
    EXPECT_EQ(SeFilterToken(Subject->PrimaryToken, DISABLE_MAX_PRIVILEGE, (PTOKEN_GROUPS)&groups,
                            NULL, NULL, &limited.PrimaryToken),
              STATUS_SUCCESS);
    EXPECT_EQ(
        SeAssignSecurity(NULL, &explicit.Descriptor, &new, FALSE, &limited, &mapping, PagedPool),
        STATUS_INVALID_OWNER);
    EXPECT_EQ(SeAssignSecurityEx(NULL, &explicit.Descriptor, &new, NULL, FALSE,
                                 SEF_AVOID_OWNER_CHECK, &limited, &mapping, PagedPool),
              STATUS_SUCCESS);
    SeDeassignSecurity(&new);
    RtlSetOwnerSecurityDescriptor(&explicit.Descriptor, NULL, FALSE);
    explicit.Descriptor.Sacl = (PACL) explicit.Memory;
    explicit.Descriptor.Control |= SE_SACL_PRESENT;
    AddInheritable(explicit.Descriptor.Sacl, 0, 1, SeExports->SeWorldSid);
    ((PACE_HEADER)(explicit.Descriptor.Sacl + 1))->AceType = SYSTEM_AUDIT_ACE_TYPE;
    EXPECT_EQ(
        SeAssignSecurity(NULL, &explicit.Descriptor, &new, FALSE, &limited, &mapping, PagedPool),
        STATUS_PRIVILEGE_NOT_HELD);
    EXPECT_EQ(SeAssignSecurityEx(NULL, &explicit.Descriptor, &new, NULL, FALSE,
                                 SEF_AVOID_PRIVILEGE_CHECK, &limited, &mapping, PagedPool),
              STATUS_SUCCESS);
    SeDeassignSecurity(&new);
    EXPECT_EQ(
        SeAssignSecurity(NULL, &explicit.Descriptor, &new, FALSE, Subject, &mapping, PagedPool),
        STATUS_SUCCESS);
    SeDeassignSecurity(&new);
    ObDereferenceObject(limited.PrimaryToken);
}

static void
TestChange(PSECURITY_SUBJECT_CONTEXT Subject)
{
    SECURITY_INFORMATION dacl = DACL_SECURITY_INFORMATION, owner = OWNER_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR first, stored, none = NULL, absolute;
    ULONGLONG memory[64];
    PACCESS_ALLOWED_ACE ace;
    SECURED change;
    ULONG length = 0;
    PACL acl = Start(&change);

    AddInheritable(acl, INHERITED_ACE, 2, SeExports->SeWorldSid);
    EXPECT_EQ(
        SeAssignSecurity(NULL, &change.Descriptor, &first, FALSE, Subject, &mapping, PagedPool),
        STATUS_SUCCESS);
    EXPECT_EQ(SeQuerySecurityDescriptorInfo(&dacl, NULL, &length, &first), STATUS_BUFFER_TOO_SMALL);
    EXPECT(length > sizeof(SECURITY_DESCRIPTOR_RELATIVE) && length <= sizeof(memory));
    EXPECT_EQ(SeQuerySecurityDescriptorInfo(&dacl, memory, &length, &first), STATUS_SUCCESS);
    EXPECT_EQ(RtlLengthSecurityDescriptor(memory), length);
    EXPECT_EQ(((SECURITY_DESCRIPTOR_RELATIVE *)memory)->Owner, 0);
    EXPECT_EQ(Entries(memory, &ace), 1);
    // The new descriptor takes the pointer's place; the old one is the caller's.
    acl = Start(&change);
    AddInheritable(acl, 0, GENERIC_ALL, SeExports->SeAliasAdminsSid);
    stored = first;
    EXPECT_EQ(
        SeSetSecurityDescriptorInfo(NULL, &dacl, &change.Descriptor, &stored, PagedPool, &mapping),
        STATUS_SUCCESS);
    EXPECT(stored != first);
    EXPECT_EQ(Entries(stored, &ace), 1);
    EXPECT_EQ(ace->Mask, mapping.GenericAll);
    ExFreePool(stored);
    // An inherited entry cannot be changed by changing the ACL.
    stored = first;
    EXPECT_EQ(SeSetSecurityDescriptorInfoEx(NULL, &dacl, &change.Descriptor, &stored,
                                            SEF_DACL_AUTO_INHERIT, PagedPool, &mapping),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(stored, &ace), 2);
    EXPECT(ace->Mask == mapping.GenericAll && NextEntry(ace)->Mask == 2);
    EXPECT(NextEntry(ace)->Header.AceFlags & INHERITED_ACE);
    ExFreePool(stored);
    // A protected ACL stands for itself.
    stored = first;
    AddInheritable(acl, INHERITED_ACE, 4, SeExports->SeWorldSid);
    change.Descriptor.Control |= SE_DACL_PROTECTED;
    EXPECT_EQ(SeSetSecurityDescriptorInfoEx(NULL, &dacl, &change.Descriptor, &stored,
                                            SEF_DACL_AUTO_INHERIT, PagedPool, &mapping),
              STATUS_SUCCESS);
    EXPECT_EQ(Entries(stored, &ace), 2);
    EXPECT(NextEntry(ace)->Mask == 4 && !(NextEntry(ace)->Header.AceFlags & INHERITED_ACE));
    ExFreePool(stored);
    EXPECT_EQ(
        SeSetSecurityDescriptorInfo(NULL, &dacl, &change.Descriptor, &none, PagedPool, &mapping),
        STATUS_NO_SECURITY_ON_OBJECT);
    absolute = &change.Descriptor;
    EXPECT_EQ(SeSetSecurityDescriptorInfo(NULL, &dacl, &change.Descriptor, &absolute, PagedPool,
                                          &mapping),
              STATUS_BAD_DESCRIPTOR_FORMAT);
    stored = first;
    EXPECT_EQ(
        SeSetSecurityDescriptorInfo(NULL, &owner, &change.Descriptor, &stored, PagedPool, &mapping),
        STATUS_INVALID_OWNER);
    EXPECT(stored == first);
    SeDeassignSecurity(&first);
}

// The current client as the subject of an open of Object.
static void
TestStates(PVOID Object)
{
    struct
    {
        PPRIVILEGE_SET Used;
        GENERIC_MAPPING Mapping;
        ULONG_PTR Rest[32];
    } aux = {0};
    struct
    {
        PRIVILEGE_SET Set;
        LUID_AND_ATTRIBUTES More[3];
    } add = {0};
    GENERIC_MAPPING other = {1, 2, 4, 7};
    ACCESS_STATE state;
    NTSTATUS status;

    EXPECT_EQ(SeCreateAccessState(&state, &aux, GENERIC_READ | 2, &mapping), STATUS_SUCCESS);
    EXPECT_EQ(state.RemainingDesiredAccess, mapping.GenericRead | 2);
    EXPECT_EQ(state.OriginalDesiredAccess, GENERIC_READ | 2);
    EXPECT_EQ(state.PreviouslyGrantedAccess, 0);
    EXPECT(state.SubjectSecurityContext.PrimaryToken != NULL);
    SeSetAccessStateGenericMapping(&state, &other);
    EXPECT_EQ(aux.Mapping.GenericAll, 7);
    // Three privileges fit; for more, memory is found.
    add.Set.PrivilegeCount = 2;
    add.Set.Privilege[0].Luid.LowPart = SE_DEBUG_PRIVILEGE;
    add.More[0].Luid.LowPart = SE_TCB_PRIVILEGE;
    EXPECT_EQ(SeAppendPrivileges(&state, &add.Set), STATUS_SUCCESS);
    EXPECT_EQ(state.Privileges.PrivilegeSet.PrivilegeCount, 2);
    EXPECT(!state.PrivilegesAllocated);
    add.Set.PrivilegeCount = 4;
    add.More[2].Luid.LowPart = SE_SHUTDOWN_PRIVILEGE;
    EXPECT_EQ(SeAppendPrivileges(&state, &add.Set), STATUS_SUCCESS);
    EXPECT_EQ(aux.Used->PrivilegeCount, 6);
    EXPECT_EQ(aux.Used->Privilege[1].Luid.LowPart, SE_TCB_PRIVILEGE);
    EXPECT_EQ(aux.Used->Privilege[5].Luid.LowPart, SE_SHUTDOWN_PRIVILEGE);
    EXPECT(state.PrivilegesAllocated);
    SeDeleteAccessState(&state);
    EXPECT_EQ(SeCreateAccessStateEx(PsGetCurrentThread(), PsGetCurrentProcess(), &state, &aux,
                                    SYNCHRONIZE, &mapping),
              STATUS_SUCCESS);
    // The object is the administrators' alone, for SYNCHRONIZE.
    EXPECT(ObCheckObjectAccess(Object, &state, FALSE, UserMode, &status));
    EXPECT_EQ(status, STATUS_SUCCESS);
    EXPECT_EQ(state.PreviouslyGrantedAccess, SYNCHRONIZE);
    EXPECT_EQ(state.RemainingDesiredAccess, 0);
    SeDeleteAccessState(&state);
    EXPECT_EQ(SeCreateAccessState(&state, &aux, EVENT_MODIFY_STATE, NULL), STATUS_SUCCESS);
    EXPECT(!ObCheckObjectAccess(Object, &state, FALSE, UserMode, &status));
    EXPECT_EQ(status, STATUS_ACCESS_DENIED);
    EXPECT(ObCheckObjectAccess(Object, &state, FALSE, KernelMode, &status));
    SeDeleteAccessState(&state);
}

static void
TestAudit(PVOID Object, PSECURITY_SUBJECT_CONTEXT Subject, PSECURITY_DESCRIPTOR Descriptor)
{
    UNICODE_STRING type = RTL_CONSTANT_STRING(L"Event");
    ULONG_PTR aux[32];
    BOOLEAN onClose = TRUE;
    ACCESS_STATE state;

    // No audit policy is in force.
    EXPECT(!SeAuditingFileEvents(TRUE, Descriptor));
    EXPECT(!SeAuditingFileOrGlobalEvents(FALSE, Descriptor, Subject));
    EXPECT_EQ(SeCreateAccessState(&state, aux, SYNCHRONIZE, &mapping), STATUS_SUCCESS);
    SeLockSubjectContext(&state.SubjectSecurityContext);
    SeOpenObjectAuditAlarm(&type, Object, NULL, Descriptor, &state, FALSE, TRUE, UserMode,
                           &onClose);
    EXPECT_EQ(onClose, FALSE);
    onClose = TRUE;
    SeOpenObjectForDeleteAuditAlarm(&type, Object, NULL, Descriptor, &state, FALSE, TRUE, UserMode,
                                    &onClose);
    EXPECT_EQ(onClose, FALSE);
    SeUnlockSubjectContext(&state.SubjectSecurityContext);
    SeDeleteAccessState(&state);
}

static void
TestCapture(PSECURITY_DESCRIPTOR Descriptor)
{
    PSECURITY_DESCRIPTOR captured, bad;
    SECURED broken;

    EXPECT_EQ(SeCaptureSecurityDescriptor(Descriptor, KernelMode, PagedPool, FALSE, &captured),
              STATUS_SUCCESS);
    EXPECT(captured == Descriptor);
    SeReleaseSecurityDescriptor(captured, KernelMode, FALSE);
    EXPECT_EQ(SeCaptureSecurityDescriptor(Descriptor, KernelMode, PagedPool, TRUE, &captured),
              STATUS_SUCCESS);
    EXPECT(captured != Descriptor && RtlValidSecurityDescriptor(captured));
    SeReleaseSecurityDescriptor(captured, KernelMode, TRUE);
    // User mode's lies in user memory, and is checked.
    EXPECT_EQ(SeCaptureSecurityDescriptor(Descriptor, UserMode, PagedPool, TRUE, &bad),
              STATUS_ACCESS_VIOLATION);
    Start(&broken);
    broken.Descriptor.Revision = 9;
    EXPECT(!NT_SUCCESS(
        SeCaptureSecurityDescriptor(&broken.Descriptor, KernelMode, PagedPool, TRUE, &bad)));
}

// Services of a client: descriptor and lengths in its memory, rights of its handle.
static void
TestServices(PVOID Object, PSECURITY_DESCRIPTOR Descriptor)
{
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;
    PULONG length;
    HANDLE handle;
    ULONG kernel;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    length = (PULONG)base + 512;
    EXPECT_EQ(ObOpenObjectByPointer(Object, 0, NULL, READ_CONTROL, *ExEventObjectType, KernelMode,
                                    &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(NtQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, NULL, 0, length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT(*length > sizeof(SECURITY_DESCRIPTOR_RELATIVE));
    EXPECT_EQ(NtQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, base, *length, length),
              STATUS_SUCCESS);
    EXPECT(RtlValidSecurityDescriptor(base));
    EXPECT_EQ(NtQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, base, 64, &kernel),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtQuerySecurityObject(handle, SACL_SECURITY_INFORMATION, base, 64, length),
              STATUS_ACCESS_DENIED);
    EXPECT_EQ(NtSetSecurityObject(handle, DACL_SECURITY_INFORMATION, base), STATUS_ACCESS_DENIED);
    ZwClose(handle);
    EXPECT_EQ(
        ObOpenObjectByPointer(Object, 0, NULL, WRITE_DAC, *ExEventObjectType, KernelMode, &handle),
        STATUS_SUCCESS);
    EXPECT_EQ(NtSetSecurityObject(handle, DACL_SECURITY_INFORMATION, base), STATUS_SUCCESS);
    EXPECT_EQ(NtSetSecurityObject(handle, DACL_SECURITY_INFORMATION, Descriptor),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtSetSecurityObject(handle, OWNER_SECURITY_INFORMATION, base), STATUS_ACCESS_DENIED);
    ZwClose(handle);
    EXPECT_EQ(NtSetSecurityObject((HANDLE)0x7ffc, DACL_SECURITY_INFORMATION, base),
              STATUS_INVALID_HANDLE);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

static void
TestObject(PSECURITY_SUBJECT_CONTEXT Subject)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\SeAssign");
    PACL acl;
    SECURED secured;
    HANDLE handle;
    PKEVENT event = IoCreateNotificationEvent(&name, &handle);
    PSECURITY_DESCRIPTOR stored;
    BOOLEAN allocated;
    PACCESS_ALLOWED_ACE ace;

    EXPECT(event != NULL);
    acl = Start(&secured);
    AddInheritable(acl, 0, SYNCHRONIZE, SeExports->SeAliasAdminsSid);
    EXPECT_EQ(ObSetSecurityObjectByPointer(event, DACL_SECURITY_INFORMATION, &secured.Descriptor),
              STATUS_SUCCESS);
    EXPECT_EQ(ObGetObjectSecurity(event, &stored, &allocated), STATUS_SUCCESS);
    EXPECT_EQ(Entries(stored, &ace), 1);
    EXPECT_EQ(ace->Mask, SYNCHRONIZE);
    TestStates(event);
    TestAudit(event, Subject, stored);
    TestCapture(stored);
    TestServices(event, stored);
    ObReleaseObjectSecurity(stored, allocated);
    ZwClose(handle);
}

static void
TestAll(void)
{
    SECURITY_SUBJECT_CONTEXT subject;

    SeCaptureSubjectContext(&subject);
    TestAssign(&subject);
    TestAssignEx(&subject);
    TestRights(&subject);
    TestChange(&subject);
    TestObject(&subject);
    SeReleaseSubjectContext(&subject);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\SeAssign");

NTSTATUS
Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    if (IoGetCurrentIrpStackLocation(Irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        TestAll();
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    IoDeleteSymbolicLink(&linkName);
    IoDeleteDevice(Driver->DeviceObject);
    (void)Finish("se_assign");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SeAssign");
    PDEVICE_OBJECT device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
                            &device);
    if (!NT_SUCCESS(status))
        return status;
    IoCreateSymbolicLink(&linkName, &name);
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
