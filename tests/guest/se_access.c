// SPDX-License-Identifier: MIT
// Access checks against real tokens: an administrator's, restricted and limited copies of it, and
// descriptors that allow, deny, label and name the owner's rights.
// Page: kernel/access-rights.md, kernel/privileges.md
// Page: NF:wdm.SeAccessCheck, NF:ntifs.SeFreePrivileges, NF:ntifs.SeCaptureSubjectContext
// Page: NF:ntifs.SeCaptureSubjectContextEx, NF:ntifs.SeReleaseSubjectContext
// Page: NF:ntifs.SeLockSubjectContext, NF:ntifs.SeUnlockSubjectContext
// Page: NF:ntifs.SePrivilegeCheck, NF:ntddk.SeSinglePrivilegeCheck, NF:ntifs.SeFilterToken
// Page: NF:ntifs.SeTokenIsAdmin, NF:ntifs.SeTokenIsRestricted, NF:ntifs.SeTokenType
// Run: open \\.\SeAccess
// Run: ioctl 0x222000
// Expect: se_access: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

static GENERIC_MAPPING mapping = {READ_CONTROL | 1, READ_CONTROL | 2, READ_CONTROL | 4,
                                  STANDARD_RIGHTS_REQUIRED | 7};

static struct
{
    SECURITY_DESCRIPTOR Descriptor;
    ULONGLONG Dacl[64];
    ULONGLONG Sacl[16];
} secured;

static PACL
EmptyDacl(PSID Owner)
{
    PACL acl = (PACL)secured.Dacl;

    RtlCreateSecurityDescriptor(&secured.Descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl(acl, sizeof(secured.Dacl), ACL_REVISION);
    RtlSetDaclSecurityDescriptor(&secured.Descriptor, TRUE, acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&secured.Descriptor, Owner, FALSE);
    return acl;
}

static void
Deny(PACL Acl, ACCESS_MASK Mask, PSID Sid)
{
    struct
    {
        ACCESS_DENIED_ACE Ace;
        UCHAR Rest[SECURITY_MAX_SID_SIZE];
    } ace = {0};

    ace.Ace.Header.AceType = ACCESS_DENIED_ACE_TYPE;
    ace.Ace.Header.AceSize = (USHORT)(8 + RtlLengthSid(Sid));
    ace.Ace.Mask = Mask;
    RtlCopyMemory(&ace.Ace.SidStart, Sid, RtlLengthSid(Sid));
    EXPECT_EQ(RtlAddAce(Acl, ACL_REVISION, MAXULONG, &ace, ace.Ace.Header.AceSize), STATUS_SUCCESS);
}

static NTSTATUS
Check(PSECURITY_SUBJECT_CONTEXT Subject, ACCESS_MASK Desired, PACCESS_MASK Granted)
{
    NTSTATUS status = STATUS_SUCCESS;
    BOOLEAN allowed = SeAccessCheck(&secured.Descriptor, Subject, FALSE, Desired, 0, NULL, &mapping,
                                    UserMode, Granted, &status);

    EXPECT_EQ(allowed, NT_SUCCESS(status));
    return status;
}

static void
TestDacl(PSECURITY_SUBJECT_CONTEXT Subject)
{
    ACCESS_MASK granted;
    PACL acl = EmptyDacl(SeExports->SeLocalSystemSid);
    NTSTATUS status;

    // An empty DACL allows nothing; no DACL everything; kernel mode is not asked.
    EXPECT_EQ(Check(Subject, 1, &granted), STATUS_ACCESS_DENIED);
    EXPECT(SeAccessCheck(&secured.Descriptor, Subject, FALSE, GENERIC_ALL, 0, NULL, &mapping,
                         KernelMode, &granted, &status));
    EXPECT_EQ(granted, mapping.GenericAll);
    EXPECT(!SeAccessCheck(NULL, Subject, FALSE, 1, 0, NULL, &mapping, UserMode, &granted, &status));
    EXPECT_EQ(status, STATUS_ACCESS_DENIED);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_READ, SeExports->SeAuthenticatedUsersSid);
    EXPECT_EQ(Check(Subject, GENERIC_READ, &granted), STATUS_SUCCESS);
    EXPECT_EQ(granted, mapping.GenericRead);
    EXPECT_EQ(Check(Subject, 1 | 2, &granted), STATUS_ACCESS_DENIED);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 2, SeExports->SeAliasAdminsSid);
    EXPECT_EQ(Check(Subject, 1 | 2, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(Subject, MAXIMUM_ALLOWED, &granted), STATUS_SUCCESS);
    EXPECT_EQ(granted, READ_CONTROL | 1 | 2);
    // SIDs that the token does not hold say nothing.
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 4, SeExports->SeLocalSystemSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 4, SeExports->SeAliasGuestsSid);
    EXPECT_EQ(Check(Subject, 4, &granted), STATUS_ACCESS_DENIED);
    // What was granted before needs no entry.
    EXPECT(SeAccessCheck(&secured.Descriptor, Subject, FALSE, 1 | 4, 4, NULL, &mapping, UserMode,
                         &granted, &status));
    EXPECT_EQ(granted, 1 | 4);
    // The first entry that speaks of a right decides.
    acl = EmptyDacl(SeExports->SeLocalSystemSid);
    Deny(acl, 2, SeExports->SeWorldSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1 | 2, SeExports->SeAliasAdminsSid);
    EXPECT_EQ(Check(Subject, 1, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(Subject, 2, &granted), STATUS_ACCESS_DENIED);
    acl = EmptyDacl(SeExports->SeLocalSystemSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1 | 2, SeExports->SeAliasAdminsSid);
    Deny(acl, 2, SeExports->SeWorldSid);
    EXPECT_EQ(Check(Subject, 2, &granted), STATUS_SUCCESS);
}

static void
TestOwner(PSECURITY_SUBJECT_CONTEXT Subject)
{
    ACCESS_MASK granted;
    PACL acl;

    // Who owns an object may read and change its security.
    EmptyDacl(SeExports->SeAliasAdminsSid);
    EXPECT_EQ(Check(Subject, READ_CONTROL | WRITE_DAC, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(Subject, READ_CONTROL | 1, &granted), STATUS_ACCESS_DENIED);
    // Unless an entry says what owners may.
    acl = EmptyDacl(SeExports->SeAliasAdminsSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, READ_CONTROL, SeExports->SeOwnerRightsSid);
    EXPECT_EQ(Check(Subject, READ_CONTROL, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(Subject, WRITE_DAC, &granted), STATUS_ACCESS_DENIED);
}

static void
TestLabel(PSECURITY_SUBJECT_CONTEXT Subject)
{
    PACL sacl = (PACL)secured.Sacl;
    PACL acl = EmptyDacl(SeExports->SeLocalSystemSid);
    struct
    {
        ACCESS_ALLOWED_ACE Ace;
        UCHAR Rest[16];
    } label = {0};
    ACCESS_MASK granted;

    RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, SeExports->SeWorldSid);
    label.Ace.Header.AceType = SYSTEM_MANDATORY_LABEL_ACE_TYPE;
    EXPECT_EQ(SeLengthSid(SeExports->SeSystemMandatorySid),
              RtlLengthSid(SeExports->SeSystemMandatorySid));
    label.Ace.Header.AceSize = (USHORT)(8 + RtlLengthSid(SeExports->SeSystemMandatorySid));
    label.Ace.Mask = SYSTEM_MANDATORY_LABEL_NO_WRITE_UP;
    RtlCopyMemory(&label.Ace.SidStart, SeExports->SeSystemMandatorySid,
                  RtlLengthSid(SeExports->SeSystemMandatorySid));
    RtlCreateAcl(sacl, sizeof(secured.Sacl), ACL_REVISION);
    EXPECT_EQ(RtlAddAce(sacl, ACL_REVISION, MAXULONG, &label, label.Ace.Header.AceSize),
              STATUS_SUCCESS);
    EXPECT_EQ(Check(Subject, 2, &granted), STATUS_SUCCESS);
    // The object has system integrity, the administrator's process high: it may read, not write.
    secured.Descriptor.Sacl = sacl;
    secured.Descriptor.Control |= SE_SACL_PRESENT;
    EXPECT_EQ(Check(Subject, 2, &granted), STATUS_ACCESS_DENIED);
    EXPECT_EQ(Check(Subject, 1 | 4, &granted), STATUS_SUCCESS);
}

static void
TestPrivileges(PSECURITY_SUBJECT_CONTEXT Subject)
{
    PPRIVILEGE_SET used = NULL;
    ACCESS_MASK granted;
    NTSTATUS status;
    PRIVILEGE_SET set = {0};
    LUID luid = {SE_TCB_PRIVILEGE, 0};

    // Taking ownership is a privilege; so is the SACL.
    EmptyDacl(SeExports->SeLocalSystemSid);
    EXPECT(SeAccessCheck(&secured.Descriptor, Subject, FALSE, WRITE_OWNER | ACCESS_SYSTEM_SECURITY,
                         0, &used, &mapping, UserMode, &granted, &status));
    EXPECT_EQ(granted, WRITE_OWNER | ACCESS_SYSTEM_SECURITY);
    EXPECT(used != NULL && used->PrivilegeCount == 2);
    EXPECT_EQ(used->Privilege[0].Luid.LowPart, SE_SECURITY_PRIVILEGE);
    EXPECT_EQ(used->Privilege[1].Luid.LowPart, SE_TAKE_OWNERSHIP_PRIVILEGE);
    SeFreePrivileges(used);
    set.PrivilegeCount = 1;
    set.Control = PRIVILEGE_SET_ALL_NECESSARY;
    set.Privilege[0].Luid = SeExports->SeLoadDriverPrivilege;
    EXPECT(SePrivilegeCheck(&set, Subject, UserMode));
    EXPECT_EQ(set.Privilege[0].Attributes, SE_PRIVILEGE_USED_FOR_ACCESS);
    set.Privilege[0].Luid = SeExports->SeTcbPrivilege;
    set.Privilege[0].Attributes = 0;
    EXPECT(!SePrivilegeCheck(&set, Subject, UserMode));
    EXPECT_EQ(set.Privilege[0].Attributes, 0);
    EXPECT(SePrivilegeCheck(&set, Subject, KernelMode));
    EXPECT(!SeSinglePrivilegeCheck(luid, UserMode));
    EXPECT(SeSinglePrivilegeCheck(luid, KernelMode));
    luid.LowPart = SE_DEBUG_PRIVILEGE;
    EXPECT(SeSinglePrivilegeCheck(luid, UserMode));
}

static void
TestFilter(PSECURITY_SUBJECT_CONTEXT Subject)
{
    struct
    {
        ULONG Count;
        SID_AND_ATTRIBUTES Group;
    } admins = {1, {SeExports->SeAliasAdminsSid, 0}}, world = {1, {SeExports->SeWorldSid, 0}};
    SECURITY_SUBJECT_CONTEXT other = *Subject;
    PACCESS_TOKEN token;
    ACCESS_MASK granted;
    PACL acl = EmptyDacl(SeExports->SeLocalSystemSid);

    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeAliasAdminsSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 2, SeExports->SeWorldSid);
    // Deny-only groups allow nothing any more.
    EXPECT_EQ(SeFilterToken(Subject->PrimaryToken, DISABLE_MAX_PRIVILEGE, (PTOKEN_GROUPS)&admins,
                            NULL, NULL, &token),
              STATUS_SUCCESS);
    EXPECT(SeTokenIsAdmin(Subject->PrimaryToken));
    EXPECT(!SeTokenIsAdmin(token));
    EXPECT(!SeTokenIsRestricted(token));
    EXPECT_EQ(SeTokenType(token), TokenPrimary);
    other.PrimaryToken = token;
    EXPECT_EQ(Check(&other, 2, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(&other, 1, &granted), STATUS_ACCESS_DENIED);
    EXPECT_EQ(Check(&other, ACCESS_SYSTEM_SECURITY, &granted), STATUS_PRIVILEGE_NOT_HELD);
    // They still deny.
    acl = EmptyDacl(SeExports->SeLocalSystemSid);
    Deny(acl, 2, SeExports->SeAliasAdminsSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 2, SeExports->SeWorldSid);
    EXPECT_EQ(Check(&other, 2, &granted), STATUS_ACCESS_DENIED);
    ObDereferenceObject(token);
    // With restricting SIDs both lists must allow.
    EXPECT_EQ(SeFilterToken(Subject->PrimaryToken, 0, NULL, NULL, (PTOKEN_GROUPS)&world, &token),
              STATUS_SUCCESS);
    EXPECT(SeTokenIsRestricted(token));
    other.PrimaryToken = token;
    acl = EmptyDacl(SeExports->SeLocalSystemSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 1, SeExports->SeAliasAdminsSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, 2, SeExports->SeWorldSid);
    EXPECT_EQ(Check(&other, 2, &granted), STATUS_SUCCESS);
    EXPECT_EQ(Check(&other, 1, &granted), STATUS_ACCESS_DENIED);
    ObDereferenceObject(token);
}

static void
TestAll(void)
{
    SECURITY_SUBJECT_CONTEXT subject, extended;

    SeCaptureSubjectContext(&subject);
    EXPECT(subject.ClientToken == NULL);
    EXPECT(SeQuerySubjectContextToken(&subject) == subject.PrimaryToken);
    SeCaptureSubjectContextEx(PsGetCurrentThread(), PsGetCurrentProcess(), &extended);
    EXPECT(extended.PrimaryToken == subject.PrimaryToken);
    SeReleaseSubjectContext(&extended);
    SeLockSubjectContext(&subject);
    TestDacl(&subject);
    SeUnlockSubjectContext(&subject);
    TestOwner(&subject);
    TestLabel(&subject);
    TestPrivileges(&subject);
    TestFilter(&subject);
    SeReleaseSubjectContext(&subject);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\SeAccess");

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
    (void)Finish("se_access");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SeAccess");
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
