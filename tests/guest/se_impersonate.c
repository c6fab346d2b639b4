// SPDX-License-Identifier: MIT
// Threads that act for somebody else: tokens opened through processes and threads, client contexts,
// and what becomes of an impersonation that the server may not have.
// Page: NF:ntifs.PsImpersonateClient
// Page: NF:ntifs.SeCreateClientSecurityFromSubjectContext, NF:ntifs.NtOpenProcessToken
// Page: NF:ntifs.NtOpenProcessTokenEx, NF:ntifs.NtOpenThreadToken, NF:ntifs.NtOpenThreadTokenEx
// Page: NF:ntifs.NtSetInformationThread
// Run: open \\.\SeImpersonate
// Run: ioctl 0x222000
// Expect: se_impersonate: \d+ passed, 0 failed
// Reject: FAIL
// Reject: LEAK
#include <ntifs.h>

#include "check.h"

NTKERNELAPI BOOLEAN NTAPI PsIsThreadImpersonating(PETHREAD);
NTKERNELAPI VOID NTAPI PsRevertThreadToSelf(PETHREAD);
NTKERNELAPI SECURITY_IMPERSONATION_LEVEL NTAPI SeTokenImpersonationLevel(PACCESS_TOKEN);
NTKERNELAPI BOOLEAN NTAPI SeTokenIsWriteRestricted(PACCESS_TOKEN);
NTSYSAPI NTSTATUS NTAPI ZwOpenProcessToken(HANDLE, ACCESS_MASK, PHANDLE);
NTSYSAPI NTSTATUS NTAPI
ZwAdjustPrivilegesToken(HANDLE, BOOLEAN, PTOKEN_PRIVILEGES, ULONG, PTOKEN_PRIVILEGES, PULONG);
NTSYSAPI NTSTATUS NTAPI ZwOpenThreadToken(HANDLE, ACCESS_MASK, BOOLEAN, PHANDLE);
extern POBJECT_TYPE *SeTokenObjectType;

// Memory of the client, which is what its services take.
static struct
{
    HANDLE Handle;
    ULONG Number;
} *user;

static PACCESS_TOKEN
ObjectOf(HANDLE Handle)
{
    PVOID token = NULL;

    EXPECT_EQ(ObReferenceObjectByHandle(Handle, 0, *SeTokenObjectType, KernelMode, &token, NULL),
              STATUS_SUCCESS);
    if (token != NULL)
        ObDereferenceObject(token);
    return token;
}

static void
TestProcessTokens(void)
{
    PACCESS_TOKEN primary = PsReferencePrimaryToken(PsGetCurrentProcess());
    HANDLE handle = NULL;

    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_QUERY, &handle), STATUS_SUCCESS);
    EXPECT(ObjectOf(handle) == primary);
    // A handle of the client, not of the kernel.
    EXPECT((LONG_PTR)handle > 0);
    EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentThread(), TOKEN_QUERY, &handle),
              STATUS_OBJECT_TYPE_MISMATCH);
    // The client's service writes into the client's memory only.
    EXPECT_EQ(NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &handle),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY, &user->Handle), STATUS_SUCCESS);
    EXPECT(ObjectOf(user->Handle) == primary);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
    EXPECT_EQ(NtOpenProcessTokenEx(NtCurrentProcess(), TOKEN_QUERY, OBJ_KERNEL_HANDLE | OBJ_INHERIT,
                                   &user->Handle),
              STATUS_SUCCESS);
    // User mode cannot make kernel handles.
    EXPECT((LONG_PTR)user->Handle > 0);
    EXPECT_EQ(NtClose(user->Handle), STATUS_SUCCESS);
    EXPECT_EQ(NtOpenProcessTokenEx((HANDLE)0x7ffc, TOKEN_QUERY, 0, &user->Handle),
              STATUS_INVALID_HANDLE);
    PsDereferencePrimaryToken(primary);
}

static void
TestThreadTokens(PACCESS_TOKEN Client)
{
    PETHREAD thread = PsGetCurrentThread();
    HANDLE handle;

    EXPECT(!PsIsThreadImpersonating(thread));
    EXPECT_EQ(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &handle), STATUS_NO_TOKEN);
    EXPECT_EQ(NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &user->Handle),
              STATUS_NO_TOKEN);
    EXPECT_EQ(PsImpersonateClient(thread, Client, FALSE, FALSE, SecurityImpersonation),
              STATUS_SUCCESS);
    EXPECT(PsIsThreadImpersonating(thread));
    EXPECT_EQ(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, FALSE, &handle), STATUS_SUCCESS);
    EXPECT(ObjectOf(handle) == Client);
    ZwClose(handle);
    EXPECT_EQ(ZwOpenThreadToken(ZwCurrentProcess(), TOKEN_QUERY, FALSE, &handle),
              STATUS_OBJECT_TYPE_MISMATCH);
    EXPECT_EQ(NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle),
              STATUS_ACCESS_VIOLATION);
    EXPECT_EQ(NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &user->Handle),
              STATUS_SUCCESS);
    EXPECT(ObjectOf(user->Handle) == Client);
    NtClose(user->Handle);
    EXPECT_EQ(
        NtOpenThreadTokenEx(NtCurrentThread(), TOKEN_QUERY, TRUE, OBJ_KERNEL_HANDLE, &user->Handle),
        STATUS_SUCCESS);
    EXPECT((LONG_PTR)user->Handle > 0);
    NtClose(user->Handle);
    // CopyOnOpen: the token itself is not handed out.
    EXPECT_EQ(PsImpersonateClient(thread, Client, TRUE, FALSE, SecurityImpersonation),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &handle), STATUS_SUCCESS);
    EXPECT(ObjectOf(handle) != Client);
    ZwClose(handle);
    // Nobody can be opened.
    EXPECT_EQ(PsImpersonateClient(thread, Client, FALSE, FALSE, SecurityAnonymous), STATUS_SUCCESS);
    EXPECT_EQ(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &handle),
              STATUS_CANT_OPEN_ANONYMOUS);
    PsRevertThreadToSelf(thread);
    EXPECT(!PsIsThreadImpersonating(thread));
}

static void
TestDisable(PACCESS_TOKEN Client)
{
    PETHREAD thread = PsGetCurrentThread();
    SE_IMPERSONATION_STATE state;
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy, effective;
    PACCESS_TOKEN token;

    EXPECT(!PsDisableImpersonation(thread, &state));
    EXPECT(state.Token == NULL);
    EXPECT_EQ(PsImpersonateClient(thread, Client, TRUE, TRUE, SecurityIdentification),
              STATUS_SUCCESS);
    EXPECT(PsDisableImpersonation(thread, &state));
    EXPECT(!PsIsThreadImpersonating(thread));
    EXPECT(state.Token == Client && state.CopyOnOpen && state.EffectiveOnly);
    EXPECT_EQ(state.Level, SecurityIdentification);
    PsRestoreImpersonation(thread, &state);
    token = PsReferenceImpersonationToken(thread, &copy, &effective, &level);
    EXPECT(token == Client && copy && effective && level == SecurityIdentification);
    PsDereferenceImpersonationToken(token);
    // No token ends it.
    EXPECT_EQ(PsImpersonateClient(thread, NULL, FALSE, FALSE, SecurityAnonymous), STATUS_SUCCESS);
    EXPECT(!PsIsThreadImpersonating(thread));
}

// A server without the privilege to impersonate learns who the client is, and no more.
static void
TestIdentify(PACCESS_TOKEN Client)
{
    PETHREAD thread = PsGetCurrentThread();
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy, effective;
    PACCESS_TOKEN system = PsReferencePrimaryToken(PsInitialSystemProcess), token;
    TOKEN_PRIVILEGES change = {0};
    HANDLE handle;

    change.PrivilegeCount = 1;
    change.Privileges[0].Luid.LowPart = SE_IMPERSONATE_PRIVILEGE;
    EXPECT_EQ(PsImpersonateClient(thread, system, FALSE, FALSE, SecurityImpersonation),
              STATUS_SUCCESS);
    token = PsReferenceImpersonationToken(thread, &copy, &effective, &level);
    EXPECT(token == system && level == SecurityImpersonation);
    PsDereferenceImpersonationToken(token);
    PsRevertToSelf();
    EXPECT_EQ(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwAdjustPrivilegesToken(handle, FALSE, &change, 0, NULL, NULL), STATUS_SUCCESS);
    EXPECT_EQ(PsImpersonateClient(thread, system, FALSE, FALSE, SecurityImpersonation),
              STATUS_SUCCESS);
    token = PsReferenceImpersonationToken(thread, &copy, &effective, &level);
    EXPECT(token != NULL && token != system);
    EXPECT_EQ(level, SecurityIdentification);
    EXPECT_EQ(SeTokenImpersonationLevel(token), SecurityIdentification);
    PsDereferenceImpersonationToken(token);
    // The same user needs no privilege.
    EXPECT_EQ(PsImpersonateClient(thread, Client, FALSE, FALSE, SecurityImpersonation),
              STATUS_SUCCESS);
    token = PsReferenceImpersonationToken(thread, &copy, &effective, &level);
    EXPECT(token == Client && level == SecurityImpersonation);
    PsDereferenceImpersonationToken(token);
    PsRevertToSelf();
    change.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    EXPECT_EQ(ZwAdjustPrivilegesToken(handle, FALSE, &change, 0, NULL, NULL), STATUS_SUCCESS);
    ZwClose(handle);
    PsDereferencePrimaryToken(system);
}

static void
TestClientContexts(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation,
                                       SECURITY_DYNAMIC_TRACKING, FALSE};
    SECURITY_SUBJECT_CONTEXT subject;
    SECURITY_CLIENT_CONTEXT client;

    SeCaptureSubjectContext(&subject);
    // Dynamic and local: the token itself; otherwise a copy.
    EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &client),
              STATUS_SUCCESS);
    EXPECT(client.DirectlyAccessClientToken && client.ClientToken == subject.PrimaryToken);
    SeDeleteClientSecurity(&client);
    EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, TRUE, &client),
              STATUS_SUCCESS);
    EXPECT(!client.DirectlyAccessClientToken && client.ClientToken != subject.PrimaryToken);
    EXPECT(client.ServerIsRemote);
    SeDeleteClientSecurity(&client);
    qos.ContextTrackingMode = SECURITY_STATIC_TRACKING;
    EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &client),
              STATUS_SUCCESS);
    EXPECT_EQ(SeTokenType(client.ClientToken), TokenImpersonation);
    EXPECT_EQ(SeTokenImpersonationLevel(client.ClientToken), SecurityImpersonation);
    EXPECT(!SeTokenIsWriteRestricted(client.ClientToken));
    SeImpersonateClient(&client, NULL);
    EXPECT(PsIsThreadImpersonating(PsGetCurrentThread()));
    PsRevertToSelf();
    // Who only identifies its client cannot hand it on, nor to a remote server without delegation.
    subject.ClientToken = client.ClientToken;
    subject.ImpersonationLevel = SecurityIdentification;
    qos.ImpersonationLevel = SecurityIdentification;
    {
        SECURITY_CLIENT_CONTEXT second;

        EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &second),
                  STATUS_BAD_IMPERSONATION_LEVEL);
        subject.ImpersonationLevel = SecurityAnonymous;
        EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &second),
                  STATUS_BAD_IMPERSONATION_LEVEL);
        subject.ImpersonationLevel = SecurityImpersonation;
        EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, TRUE, &second),
                  STATUS_BAD_IMPERSONATION_LEVEL);
        EXPECT_EQ(SeCreateClientSecurityFromSubjectContext(&subject, &qos, FALSE, &second),
                  STATUS_SUCCESS);
        SeDeleteClientSecurity(&second);
    }
    subject.ClientToken = NULL;
    SeDeleteClientSecurity(&client);
    SeReleaseSubjectContext(&subject);
}

static void
TestThreadInformation(PACCESS_TOKEN Client)
{
    PETHREAD thread = PsGetCurrentThread();
    KPRIORITY priority = 10;
    HANDLE kernel, none = NULL;

    EXPECT_EQ(NtSetInformationThread(NtCurrentThread(), ThreadPriority, &priority, 4),
              STATUS_ACCESS_VIOLATION);
    user->Number = 10;
    EXPECT_EQ(NtSetInformationThread(NtCurrentThread(), ThreadPriority, &user->Number, 4),
              STATUS_SUCCESS);
    EXPECT_EQ(KeQueryPriorityThread(KeGetCurrentThread()), 10);
    EXPECT_EQ(NtSetInformationThread(NtCurrentThread(), ThreadPriority, &user->Number, 8),
              STATUS_INFO_LENGTH_MISMATCH);
    EXPECT_EQ(NtSetInformationThread(NtCurrentThread(), MaxThreadInfoClass, &user->Number, 4),
              STATUS_INVALID_INFO_CLASS);
    // A token that is put on the thread, and taken off it.
    EXPECT_EQ(ObOpenObjectByPointer(Client, 0, NULL, TOKEN_IMPERSONATE, *SeTokenObjectType,
                                    KernelMode, &kernel),
              STATUS_SUCCESS);
    user->Handle = kernel;
    EXPECT_EQ(NtSetInformationThread(NtCurrentThread(), ThreadImpersonationToken, &user->Handle,
                                     sizeof(HANDLE)),
              STATUS_SUCCESS);
    EXPECT(PsIsThreadImpersonating(thread));
    EXPECT_EQ(
        ZwSetInformationThread(ZwCurrentThread(), ThreadImpersonationToken, &none, sizeof(HANDLE)),
        STATUS_SUCCESS);
    EXPECT(!PsIsThreadImpersonating(thread));
    ZwClose(kernel);
}

static void
TestAll(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING,
                                       FALSE};
    SECURITY_CLIENT_CONTEXT client;
    PVOID base = NULL;
    SIZE_T size = PAGE_SIZE;

    EXPECT_EQ(ZwAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                      PAGE_READWRITE),
              STATUS_SUCCESS);
    user = base;
    EXPECT_EQ(SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &client), STATUS_SUCCESS);
    TestProcessTokens();
    TestThreadTokens(client.ClientToken);
    TestDisable(client.ClientToken);
    TestIdentify(client.ClientToken);
    TestClientContexts();
    TestThreadInformation(client.ClientToken);
    SeDeleteClientSecurity(&client);
    size = 0;
    EXPECT_EQ(ZwFreeVirtualMemory(ZwCurrentProcess(), &base, &size, MEM_RELEASE), STATUS_SUCCESS);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

static UNICODE_STRING linkName = RTL_CONSTANT_STRING(L"\\DosDevices\\SeImpersonate");

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
    (void)Finish("se_impersonate");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\SeImpersonate");
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
