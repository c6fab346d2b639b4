// SPDX-License-Identifier: MIT
// Tokens by handle, as the services of a client see and change them: privileges, owner, group,
// default DACL, copies. Buffers of Nt services lie in the client's memory.
// Page: NF:ntifs.NtPrivilegeCheck, NF:ntifs.NtDuplicateToken
// Page: NF:ntifs.NtQueryInformationToken, NF:ntifs.NtSetInformationToken
// Page: NF:ntifs.ZwSetInformationToken
// Run: open \\.\SeTokens
// Run: ioctl 0x222000
// Expect: se_tokens: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTSYSAPI NTSTATUS NTAPI NtAllocateLocallyUniqueId(PLUID);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessToken(HANDLE, ACCESS_MASK, PHANDLE);
NTSYSAPI NTSTATUS NTAPI
ZwAdjustPrivilegesToken(HANDLE, BOOLEAN, PTOKEN_PRIVILEGES, ULONG, PTOKEN_PRIVILEGES, PULONG);

// Memory of the client.
static struct
{
    TOKEN_PRIVILEGES New;
    struct
    {
        ULONG Count;
        LUID_AND_ATTRIBUTES Privileges[64];
    } Old;
    struct
    {
        PRIVILEGE_SET Set;
        LUID_AND_ATTRIBUTES Second;
    } Required;
    OBJECT_ATTRIBUTES Attributes;
    SECURITY_QUALITY_OF_SERVICE Qos;
    TOKEN_OWNER Owner;
    HANDLE Handle;
    LUID Luid;
    ULONG Length;
    ULONG Number;
    BOOLEAN Result;
    ULONGLONG Buffer[256];
} *user;

#define OLD ((PTOKEN_PRIVILEGES) & user->Old)

static BOOLEAN
Holds(HANDLE Token, ULONG Privilege)
{
    user->Required.Set.PrivilegeCount = 1;
    user->Required.Set.Control = PRIVILEGE_SET_ALL_NECESSARY;
    user->Required.Set.Privilege[0].Luid.LowPart = Privilege;
    user->Required.Set.Privilege[0].Luid.HighPart = 0;
    user->Required.Set.Privilege[0].Attributes = 0;
    user->Result = 77;
    EXPECT_EQ(NtPrivilegeCheck(Token, &user->Required.Set, &user->Result), STATUS_SUCCESS);
    EXPECT_EQ((user->Required.Set.Privilege[0].Attributes & SE_PRIVILEGE_USED_FOR_ACCESS) != 0,
              user->Result);
    return user->Result;
}

static void
TestAdjust(HANDLE Token)
{
    HANDLE query;

    user->New.PrivilegeCount = 1;
    user->New.Privileges[0].Luid.LowPart = SE_DEBUG_PRIVILEGE;
    user->New.Privileges[0].Attributes = 0;
    EXPECT(Holds(Token, SE_DEBUG_PRIVILEGE));
    EXPECT_EQ(
        NtAdjustPrivilegesToken(Token, FALSE, &user->New, sizeof(user->Old), OLD, &user->Length),
        STATUS_SUCCESS);
    EXPECT(!Holds(Token, SE_DEBUG_PRIVILEGE));
    EXPECT_EQ(user->Old.Count, 1);
    EXPECT_EQ(user->Old.Privileges[0].Attributes, SE_PRIVILEGE_ENABLED);
    EXPECT_EQ(user->Length, sizeof(TOKEN_PRIVILEGES));
    // What it gives back restores what was. Nothing changes a second time.
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, OLD, sizeof(user->Old), OLD, &user->Length),
              STATUS_SUCCESS);
    EXPECT(Holds(Token, SE_DEBUG_PRIVILEGE));
    user->New.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    EXPECT_EQ(
        NtAdjustPrivilegesToken(Token, FALSE, &user->New, sizeof(user->Old), OLD, &user->Length),
        STATUS_SUCCESS);
    EXPECT_EQ(user->Old.Count, 0);
    // A buffer that is too small changes nothing.
    user->New.Privileges[0].Attributes = 0;
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, &user->New, 4, OLD, &user->Length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT_EQ(user->Length, sizeof(TOKEN_PRIVILEGES));
    EXPECT(Holds(Token, SE_DEBUG_PRIVILEGE));
    // A privilege that the token does not have cannot be enabled: that is a success that says so.
    user->New.Privileges[0].Luid.LowPart = SE_TCB_PRIVILEGE;
    user->New.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, &user->New, 0, NULL, NULL),
              STATUS_NOT_ALL_ASSIGNED);
    EXPECT(!Holds(Token, SE_TCB_PRIVILEGE));
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, NULL, 0, NULL, NULL), STATUS_INVALID_PARAMETER);
    // The handle needs the right to adjust, for the former state the one to query.
    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_QUERY, &query), STATUS_SUCCESS);
    EXPECT_EQ(NtAdjustPrivilegesToken(query, TRUE, NULL, 0, NULL, NULL), STATUS_ACCESS_DENIED);
    ZwClose(query);
    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &query),
              STATUS_SUCCESS);
    EXPECT_EQ(NtAdjustPrivilegesToken(query, TRUE, NULL, sizeof(user->Old), OLD, &user->Length),
              STATUS_ACCESS_DENIED);
    ZwClose(query);
}

static void
TestDisableAll(HANDLE Token)
{
    TOKEN_PRIVILEGES *old = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(user->Old), 'tseT');
    ULONG length, before;

    EXPECT(Holds(Token, SE_CHANGE_NOTIFY_PRIVILEGE));
    EXPECT_EQ(ZwAdjustPrivilegesToken(Token, TRUE, NULL, sizeof(user->Old), old, &length),
              STATUS_SUCCESS);
    before = old->PrivilegeCount;
    EXPECT(before > 1);
    EXPECT(!Holds(Token, SE_CHANGE_NOTIFY_PRIVILEGE));
    EXPECT_EQ(ZwAdjustPrivilegesToken(Token, FALSE, old, sizeof(user->Old), OLD, &length),
              STATUS_SUCCESS);
    EXPECT_EQ(user->Old.Count, before);
    EXPECT(Holds(Token, SE_CHANGE_NOTIFY_PRIVILEGE));
    ExFreePool(old);
}

static void
TestCheck(HANDLE Token)
{
    ULONGLONG kernel[8] = {0};

    // One of two is enough, unless all are necessary.
    user->Required.Set.PrivilegeCount = 2;
    user->Required.Set.Control = 0;
    user->Required.Set.Privilege[0].Luid.LowPart = SE_TCB_PRIVILEGE;
    user->Required.Second.Luid.LowPart = SE_DEBUG_PRIVILEGE;
    EXPECT_EQ(NtPrivilegeCheck(Token, &user->Required.Set, &user->Result), STATUS_SUCCESS);
    EXPECT_EQ(user->Result, TRUE);
    user->Required.Set.Control = PRIVILEGE_SET_ALL_NECESSARY;
    EXPECT_EQ(NtPrivilegeCheck(Token, &user->Required.Set, &user->Result), STATUS_SUCCESS);
    EXPECT_EQ(user->Result, FALSE);
    EXPECT_EQ(NtPrivilegeCheck(NtCurrentProcess(), &user->Required.Set, &user->Result),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(NtPrivilegeCheck(Token, (PPRIVILEGE_SET)kernel, &user->Result),
              STATUS_ACCESS_VIOLATION);
}

static void
TestQuery(HANDLE Token)
{
    PTOKEN_USER who = (PTOKEN_USER)user->Buffer;
    PTOKEN_GROUPS groups = (PTOKEN_GROUPS)user->Buffer;
    ULONG kernel;

    EXPECT_EQ(
        NtQueryInformationToken(Token, TokenType, &user->Number, sizeof(ULONG), &user->Length),
        STATUS_SUCCESS);
    EXPECT_EQ(user->Number, TokenPrimary);
    EXPECT_EQ(user->Length, sizeof(ULONG));
    EXPECT_EQ(NtQueryInformationToken(Token, TokenUser, NULL, 0, &user->Length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT(user->Length > sizeof(TOKEN_USER));
    EXPECT_EQ(NtQueryInformationToken(Token, TokenUser, who, sizeof(user->Buffer), &user->Length),
              STATUS_SUCCESS);
    EXPECT((PVOID)who->User.Sid > (PVOID)who && RtlValidSid(who->User.Sid));
    EXPECT_EQ(
        NtQueryInformationToken(Token, TokenGroups, groups, sizeof(user->Buffer), &user->Length),
        STATUS_SUCCESS);
    EXPECT(groups->GroupCount > 3 && RtlValidSid(groups->Groups[groups->GroupCount - 1].Sid));
    EXPECT_EQ(NtQueryInformationToken(Token, (TOKEN_INFORMATION_CLASS)999, who,
                                      sizeof(user->Buffer), &user->Length),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(NtQueryInformationToken(Token, TokenType, &kernel, sizeof(kernel), &user->Length),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtQueryInformationToken((HANDLE)0x7ffc, TokenType, &user->Number, 4, &user->Length),
              STATUS_INVALID_HANDLE);
}

static void
TestSet(HANDLE Token)
{
    PTOKEN_OWNER owner = (PTOKEN_OWNER)user->Buffer;
    TOKEN_OWNER admins = {SeExports->SeAliasAdminsSid}, guests = {SeExports->SeAliasGuestsSid};
    TOKEN_PRIMARY_GROUP group = {SeExports->SeWorldSid};
    TOKEN_DEFAULT_DACL dacl = {0};

    EXPECT_EQ(ZwSetInformationToken(Token, TokenOwner, &admins, sizeof(admins)), STATUS_SUCCESS);
    EXPECT_EQ(
        NtQueryInformationToken(Token, TokenOwner, owner, sizeof(user->Buffer), &user->Length),
        STATUS_SUCCESS);
    EXPECT(RtlEqualSid(owner->Owner, SeExports->SeAliasAdminsSid));
    // Owners are the user and groups that say so; primary groups are groups of the token.
    EXPECT_EQ(ZwSetInformationToken(Token, TokenOwner, &guests, sizeof(guests)),
              STATUS_INVALID_OWNER);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenOwner, &group, sizeof(group)),
              STATUS_INVALID_OWNER);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenPrimaryGroup, &group, sizeof(group)),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenPrimaryGroup, &guests, sizeof(guests)),
              STATUS_INVALID_PRIMARY_GROUP);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenOwner, &admins, 4), STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenDefaultDacl, &dacl, sizeof(dacl)), STATUS_SUCCESS);
    EXPECT_EQ(NtQueryInformationToken(Token, TokenDefaultDacl, user->Buffer, sizeof(user->Buffer),
                                      &user->Length),
              STATUS_SUCCESS);
    EXPECT(((PTOKEN_DEFAULT_DACL)user->Buffer)->DefaultDacl == NULL);
    // Read-only classes.
    EXPECT_EQ(ZwSetInformationToken(Token, TokenUser, &admins, sizeof(admins)),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(ZwSetInformationToken(Token, TokenPrivileges, &admins, sizeof(admins)),
              STATUS_INVALID_INFO_CLASS);
    EXPECT_EQ(ZwSetInformationToken(ZwCurrentProcess(), TokenOwner, &admins, sizeof(admins)),
              STATUS_OBJECT_TYPE_MISMATCH);
    // The client's own request: memory of the client.
    EXPECT_EQ(NtSetInformationToken(Token, TokenOwner, &admins, sizeof(admins)),
              STATUS_ACCESS_VIOLATION);
    RtlCopyMemory(user->Buffer, SeExports->SeAliasAdminsSid,
                  RtlLengthSid(SeExports->SeAliasAdminsSid));
    user->Owner.Owner = user->Buffer;
    EXPECT_EQ(NtSetInformationToken(Token, TokenOwner, &user->Owner, sizeof(user->Owner)),
              STATUS_SUCCESS);
    user->Number = 1;
    EXPECT_EQ(NtSetInformationToken(Token, TokenSessionId, &user->Number, sizeof(ULONG)),
              STATUS_PRIVILEGE_NOT_HELD);
}

static void
TestDuplicate(HANDLE Token)
{
    HANDLE copy;

    InitializeObjectAttributes(&user->Attributes, NULL, 0, NULL, NULL);
    user->Qos = (SECURITY_QUALITY_OF_SERVICE){sizeof(user->Qos), SecurityIdentification,
                                              SECURITY_STATIC_TRACKING, FALSE};
    user->Attributes.SecurityQualityOfService = &user->Qos;
    EXPECT_EQ(NtDuplicateToken(Token, TOKEN_ALL_ACCESS, &user->Attributes, FALSE,
                               TokenImpersonation, &user->Handle),
              STATUS_SUCCESS);
    copy = user->Handle;
    EXPECT_EQ(NtQueryInformationToken(copy, TokenImpersonationLevel, &user->Number, sizeof(ULONG),
                                      &user->Length),
              STATUS_SUCCESS);
    EXPECT_EQ(user->Number, SecurityIdentification);
    // Somebody who is only identified becomes neither a process nor more.
    EXPECT_EQ(NtDuplicateToken(copy, 0, &user->Attributes, FALSE, TokenPrimary, &user->Handle),
              STATUS_BAD_IMPERSONATION_LEVEL);
    user->Qos.ImpersonationLevel = SecurityImpersonation;
    EXPECT_EQ(
        NtDuplicateToken(copy, 0, &user->Attributes, FALSE, TokenImpersonation, &user->Handle),
        STATUS_BAD_IMPERSONATION_LEVEL);
    EXPECT_EQ(NtDuplicateToken(Token, 0, &user->Attributes, FALSE, (TOKEN_TYPE)7, &user->Handle),
              STATUS_INVALID_PARAMETER);
    EXPECT_EQ(NtClose(copy), STATUS_SUCCESS);
    // Effective only: what is disabled is left out.
    user->New.PrivilegeCount = 1;
    user->New.Privileges[0].Luid.LowPart = SE_DEBUG_PRIVILEGE;
    user->New.Privileges[0].Attributes = 0;
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, &user->New, 0, NULL, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NtDuplicateToken(Token, TOKEN_ALL_ACCESS, &user->Attributes, TRUE, TokenPrimary,
                               &user->Handle),
              STATUS_SUCCESS);
    user->New.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    EXPECT_EQ(NtAdjustPrivilegesToken(user->Handle, FALSE, &user->New, 0, NULL, NULL),
              STATUS_NOT_ALL_ASSIGNED);
    EXPECT_EQ(NtAdjustPrivilegesToken(Token, FALSE, &user->New, 0, NULL, NULL), STATUS_SUCCESS);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
}

static void
TestAll(void)
{
    PVOID base = NULL;
    SIZE_T size = sizeof(*user);
    HANDLE token;
    LUID kernel;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    user = base;
    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentProcess(),
                                 TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_DEFAULT |
                                     TOKEN_ADJUST_SESSIONID | TOKEN_DUPLICATE,
                                 &token),
              STATUS_SUCCESS);
    TestAdjust(token);
    TestDisableAll(token);
    TestCheck(token);
    TestQuery(token);
    TestSet(token);
    TestDuplicate(token);
    EXPECT_EQ(NtAllocateLocallyUniqueId(&user->Luid), STATUS_SUCCESS);
    EXPECT_EQ(ZwAllocateLocallyUniqueId(&kernel), STATUS_SUCCESS);
    EXPECT(!RtlEqualLuid(&kernel, &user->Luid));
    ZwClose(token);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\SeTokens");

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
    (void)Finish("se_tokens");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SeTokens");
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
