// SPDX-License-Identifier: MIT
// Who may open a device: descriptors put on devices with ZwSetSecurityObject, tokens seen by the
// driver, impersonation and client contexts. Driven by tests/scenario/client_security.sh with
// clients of three kinds.
// Page: kernel/controlling-device-access.md, kernel/controlling-device-namespace-access.md
// Page: kernel/security-descriptors.md
// Page: NF:ntifs.ZwSetSecurityObject, NF:ntifs.ZwQuerySecurityObject, NF:wdm.ObGetObjectSecurity
// Page: NF:wdm.ObReleaseObjectSecurity, NF:ntifs.SeQueryInformationToken
// Page: NF:ntifs.PsReferencePrimaryToken, NF:ntifs.PsReferenceImpersonationToken
// Page: NF:ntifs.SeCreateClientSecurity, NF:ntifs.SeImpersonateClientEx, NF:ntifs.PsRevertToSelf
// Page: NF:ntifs.PsImpersonateClient, NF:ntifs.ZwOpenProcessTokenEx, NF:ntifs.ZwOpenThreadTokenEx
// Page: NF:ntifs.ZwQueryInformationToken, NF:ntifs.ZwDuplicateToken
#include <ntifs.h>

#include "check.h"

static PDEVICE_OBJECT devices[3];
static const PCWSTR names[3] = {L"\\Device\\SeOpen", L"\\Device\\SeAdmin", L"\\Device\\SeSecure"};
static const PCWSTR links[3] = {L"\\DosDevices\\SeOpen", L"\\DosDevices\\SeAdmin",
                                L"\\DosDevices\\SeSecure"};

// SYSTEM and Administrators only: what "D:P(A;;GA;;;SY)(A;;GA;;;BA)" says.
static void
Protect(PDEVICE_OBJECT Device)
{
    SECURITY_DESCRIPTOR descriptor;
    PSECURITY_DESCRIPTOR stored;
    ULONGLONG memory[32]; // the ACL first, then the descriptor that comes back, headers included
    PACL acl = (PACL)memory;
    HANDLE handle;
    BOOLEAN allocated, present, defaulted;
    ULONG length = 0;

    EXPECT_EQ(RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
              STATUS_SUCCESS);
    EXPECT_EQ(RtlCreateAcl(acl, sizeof(memory) / 2, ACL_REVISION), STATUS_SUCCESS);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, SeExports->SeLocalSystemSid);
    RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, SeExports->SeAliasAdminsSid);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
    EXPECT_EQ(ObOpenObjectByPointer(Device, OBJ_KERNEL_HANDLE, NULL, WRITE_DAC | READ_CONTROL,
                                    *IoDeviceObjectType, KernelMode, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwSetSecurityObject(handle, DACL_SECURITY_INFORMATION, &descriptor), STATUS_SUCCESS);
    EXPECT_EQ(ZwQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, NULL, 0, &length),
              STATUS_BUFFER_TOO_SMALL);
    EXPECT(length > sizeof(SECURITY_DESCRIPTOR_RELATIVE) && length <= sizeof(memory));
    EXPECT_EQ(
        ZwQuerySecurityObject(handle, DACL_SECURITY_INFORMATION, memory, sizeof(memory), &length),
        STATUS_SUCCESS);
    EXPECT(SeValidSecurityDescriptor(length, memory) == FALSE); // no owner was asked for
    EXPECT(RtlValidSecurityDescriptor(memory));
    EXPECT_EQ(RtlGetDaclSecurityDescriptor(memory, &present, &acl, &defaulted), STATUS_SUCCESS);
    EXPECT(present && acl->AceCount == 2);
    // Generic rights have become those of files.
    EXPECT_EQ(((PACCESS_ALLOWED_ACE)(acl + 1))->Mask, FILE_ALL_ACCESS);
    ZwClose(handle);
    EXPECT_EQ(ObGetObjectSecurity(Device, &stored, &allocated), STATUS_SUCCESS);
    EXPECT(stored != NULL &&
           SeValidSecurityDescriptor(RtlLengthSecurityDescriptor(stored), stored));
    ObReleaseObjectSecurity(stored, allocated);
}

// Prints who the caller is.
static void
ShowCaller(void)
{
    PACCESS_TOKEN token = PsReferencePrimaryToken(PsGetCurrentProcess());
    PTOKEN_USER user;
    PTOKEN_STATISTICS statistics;
    ULONG_PTR number = 0;
    UNICODE_STRING text;
    LUID logon;
    HANDLE handle;
    ULONG type = 0, length;

    EXPECT_EQ(SeTokenType(token), TokenPrimary);
    EXPECT_EQ(SeQueryInformationToken(token, TokenUser, (PVOID *)&user), STATUS_SUCCESS);
    EXPECT_EQ(RtlConvertSidToUnicodeString(&text, user->User.Sid, TRUE), STATUS_SUCCESS);
    EXPECT_EQ(SeQueryInformationToken(token, TokenIntegrityLevel, (PVOID *)&number),
              STATUS_SUCCESS);
    DbgPrint("caller %wZ admin %d integrity %x\n", &text, SeTokenIsAdmin(token), (ULONG)number);
    RtlFreeUnicodeString(&text);
    ExFreePool(user);
    EXPECT_EQ(SeQueryInformationToken(token, TokenStatistics, (PVOID *)&statistics),
              STATUS_SUCCESS);
    EXPECT_EQ(SeQueryAuthenticationIdToken(token, &logon), STATUS_SUCCESS);
    EXPECT(RtlEqualLuid(&logon, &statistics->AuthenticationId));
    ExFreePool(statistics);
    EXPECT_EQ(SeQuerySessionIdToken(token, &type), STATUS_SUCCESS);
    EXPECT_EQ(type, 1);
    PsDereferencePrimaryToken(token);
    EXPECT_EQ(ZwOpenProcessTokenEx(ZwCurrentProcess(), TOKEN_QUERY, OBJ_KERNEL_HANDLE, &handle),
              STATUS_SUCCESS);
    EXPECT_EQ(ZwQueryInformationToken(handle, TokenType, &type, sizeof(type), &length),
              STATUS_SUCCESS);
    EXPECT_EQ(type, TokenPrimary);
    EXPECT_EQ(ZwQueryInformationToken(handle, TokenUser, NULL, 0, &length),
              STATUS_BUFFER_TOO_SMALL);
    ZwClose(handle);
}

// A system thread acts for the client, and is itself again.
typedef struct
{
    SECURITY_CLIENT_CONTEXT Client;
    SECURITY_SUBJECT_CONTEXT Before, During, After;
} ACTING;

static VOID
ActForClient(PVOID Context)
{
    ACTING *acting = Context;
    BOOLEAN copy, effective;
    SECURITY_IMPERSONATION_LEVEL level;
    PACCESS_TOKEN token;
    HANDLE handle, second;
    OBJECT_ATTRIBUTES attributes;

    EXPECT(PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level) == NULL);
    EXPECT_EQ(ZwOpenThreadTokenEx(ZwCurrentThread(), TOKEN_QUERY, TRUE, OBJ_KERNEL_HANDLE, &handle),
              STATUS_NO_TOKEN);
    EXPECT_EQ(SeImpersonateClientEx(&acting->Client, NULL), STATUS_SUCCESS);
    SeCaptureSubjectContext(&acting->During);
    token = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level);
    EXPECT(token != NULL && token == acting->Client.ClientToken);
    EXPECT_EQ(level, SecurityImpersonation);
    EXPECT_EQ(SeTokenType(token), TokenImpersonation);
    PsDereferenceImpersonationToken(token);
    EXPECT_EQ(ZwOpenThreadTokenEx(ZwCurrentThread(), TOKEN_QUERY | TOKEN_DUPLICATE, TRUE,
                                  OBJ_KERNEL_HANDLE, &handle),
              STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
    EXPECT_EQ(ZwDuplicateToken(handle, 0, &attributes, FALSE, TokenPrimary, &second),
              STATUS_SUCCESS);
    ZwClose(second);
    ZwClose(handle);
    PsRevertToSelf();
    SeCaptureSubjectContext(&acting->After);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void
Impersonate(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING,
                                       FALSE};
    ACTING acting = {0};

    SeCaptureSubjectContext(&acting.Before);
    EXPECT_EQ(SeCreateClientSecurity(PsGetCurrentThread(), &qos, FALSE, &acting.Client),
              STATUS_SUCCESS);
    JoinThread(StartThread(ActForClient, &acting));
    EXPECT(acting.During.ClientToken == acting.Client.ClientToken);
    EXPECT(acting.During.PrimaryToken != acting.Before.PrimaryToken);
    EXPECT(acting.After.ClientToken == NULL);
    EXPECT_EQ(SeTokenIsAdmin(acting.During.ClientToken),
              SeTokenIsAdmin(acting.Before.PrimaryToken));
    SeReleaseSubjectContext(&acting.Before);
    SeReleaseSubjectContext(&acting.During);
    SeReleaseSubjectContext(&acting.After);
    SeDeleteClientSecurity(&acting.Client);
}

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD Unload;
DRIVER_DISPATCH Dispatch;

NTSTATUS
Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    UNREFERENCED_PARAMETER(Device);
    if (stack->MajorFunction == IRP_MJ_CREATE)
    {
        PACCESS_STATE state = stack->Parameters.Create.SecurityContext->AccessState;

        EXPECT(state->SubjectSecurityContext.PrimaryToken != NULL);
        EXPECT(state->PreviouslyGrantedAccess != 0);
        DbgPrint("open granted %x\n", stack->Parameters.Create.SecurityContext->DesiredAccess);
    }
    if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
    {
        ShowCaller();
        Impersonate();
    }
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID
Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    for (ULONG i = 0; i < 3; i++)
    {
        UNICODE_STRING link;

        RtlInitUnicodeString(&link, links[i]);
        IoDeleteSymbolicLink(&link);
        IoDeleteDevice(devices[i]);
    }
    (void)Finish("se_client");
}

NTSTATUS
DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    for (ULONG i = 0; i < 3; i++)
    {
        UNICODE_STRING name, link;
        NTSTATUS status;

        RtlInitUnicodeString(&name, names[i]);
        RtlInitUnicodeString(&link, links[i]);
        status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN,
                                i == 2 ? FILE_DEVICE_SECURE_OPEN : 0, FALSE, &devices[i]);
        if (!NT_SUCCESS(status))
            return status;
        IoCreateSymbolicLink(&link, &name);
        if (i > 0)
            Protect(devices[i]);
    }
    Driver->MajorFunction[IRP_MJ_CREATE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_CLOSE] = Dispatch;
    Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Dispatch;
    Driver->DriverUnload = Unload;
    return STATUS_SUCCESS;
}
