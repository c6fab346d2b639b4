/* SPDX-License-Identifier: MIT */
/*
 * Identities of processes and threads: primary tokens, impersonation, and the services that open
 * tokens. A process references its primary token from creation to deletion, a thread the token it
 * impersonates until it reverts or ends. PASSIVE_LEVEL.
 */
#include "psp.h"

/* The idle threads' process, on whose stack the machine boots, is none of ps: it acts as SYSTEM. */
static PACCESS_TOKEN *
PspTokenOf(PEPROCESS Process)
{
    return &PsProcess(((PKPROCESS)Process)->Number == 0 ? PsInitialSystemProcess : Process)->Token;
}

static PSE_CLIENT
PspClientOf(PETHREAD Thread)
{
    static SE_CLIENT nobody;
    return ((PKTHREAD)Thread)->IsIdle ? &nobody : &PsThread(Thread)->Identity;
}

void
PspInitSecurity(void)
{
    SeProcessToken = PspTokenOf;
    SeThreadClient = PspClientOf;
}

void
PspStopImpersonating(PPS_THREAD Thread)
{
    const PACCESS_TOKEN token = Thread->Identity.Token;
    Thread->Identity = (SE_CLIENT){0};
    if (token != NULL)
    {
        ObDereference(token);
    }
}

/* ---- by pointer --------------------------------------------------------------------------- */

/* Contract: NF:ntifs.PsReferencePrimaryToken. */
DDI PACCESS_TOKEN
PsReferencePrimaryToken(PEPROCESS Process)
{
    const PACCESS_TOKEN token = PsProcess(Process)->Token;
    ObReference(token);
    return token;
}

/* Contract: NF:ntifs.PsReferenceImpersonationToken. */
DDI PACCESS_TOKEN
PsReferenceImpersonationToken(PETHREAD Thread,
                              PBOOLEAN CopyOnOpen,
                              PBOOLEAN EffectiveOnly,
                              PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    const PSE_CLIENT client = PspClientOf(Thread);
    if (client->Token == NULL)
    {
        return NULL;
    }
    ObReference(client->Token);
    *CopyOnOpen = client->CopyOnOpen;
    *EffectiveOnly = client->EffectiveOnly;
    *ImpersonationLevel = client->Level;
    return client->Token;
}

/* Contract: NF:ntifs.PsDereferencePrimaryToken, a function to binaries and a macro to sources. */
#undef PsDereferencePrimaryToken
DDI VOID
PsDereferencePrimaryToken(PACCESS_TOKEN PrimaryToken)
{
    ObDereference(PrimaryToken);
}

/* Contract: NF:ntifs.PsDereferenceImpersonationToken, likewise. */
#undef PsDereferenceImpersonationToken
DDI VOID
PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken)
{
    if (ImpersonationToken != NULL)
    {
        ObDereference(ImpersonationToken);
    }
}

/* Contract: NF:ntifs.PsImpersonateClient: no token ends the impersonation. */
DDI NTSTATUS
PsImpersonateClient(PETHREAD Thread,
                    PACCESS_TOKEN Token,
                    BOOLEAN CopyOnOpen,
                    BOOLEAN EffectiveOnly,
                    SECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    const PPS_THREAD thread = PsThread(Thread);
    if (Token == NULL)
    {
        PspStopImpersonating(thread);
        return STATUS_SUCCESS;
    }
    return SeImpersonate(Thread, (SE_CLIENT){Token, CopyOnOpen, EffectiveOnly, ImpersonationLevel});
}

/* Contract: NF:ntifs.PsRevertToSelf. */
DDI VOID
PsRevertToSelf(VOID)
{
    PspStopImpersonating(PspCurrentThread());
}

/* Exported, without a page of its own. */
DDI VOID
PsRevertThreadToSelf(PETHREAD Thread)
{
    PspStopImpersonating(PsThread(Thread));
}

/* Exported, without a page of its own. */
DDI BOOLEAN
PsIsThreadImpersonating(PETHREAD Thread)
{
    return PsThread(Thread)->Identity.Token != NULL;
}

/* Contract: NF:ntifs.PsDisableImpersonation: the thread is itself until PsRestoreImpersonation. */
DDI BOOLEAN
PsDisableImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    const PSE_CLIENT client = PspClientOf(Thread);
    *ImpersonationState = (SE_IMPERSONATION_STATE){client->Token, client->CopyOnOpen,
                                                   client->EffectiveOnly, client->Level};
    *client = (SE_CLIENT){0};
    return ImpersonationState->Token != NULL;
}

/* Contract: NF:ntifs.PsRestoreImpersonation. */
DDI VOID
PsRestoreImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    PspStopImpersonating(PsThread(Thread));
    *PspClientOf(Thread) =
        (SE_CLIENT){ImpersonationState->Token, ImpersonationState->CopyOnOpen,
                    ImpersonationState->EffectiveOnly, ImpersonationState->Level};
}

/* ---- services ----------------------------------------------------------------------------- */

/* A handle that cannot be returned must not be made. */
static NTSTATUS
PspProbeHandle(PHANDLE Target, KPROCESSOR_MODE Mode)
{
    return Mode != KernelMode && !MmProbeRange(Target, sizeof(HANDLE)) ? STATUS_ACCESS_VIOLATION
                                                                       : STATUS_SUCCESS;
}

static NTSTATUS
PspReturnHandle(PHANDLE Target, HANDLE Handle)
{
    return KeTryCopy(Target, &Handle, sizeof(Handle));
}

static ULONG
PspHandleAttributes(ULONG Attributes, KPROCESSOR_MODE Mode)
{
    return Mode == KernelMode ? Attributes : Attributes & ~(ULONG)OBJ_KERNEL_HANDLE;
}

static NTSTATUS
PspOpenToken(HANDLE ProcessHandle,
             ACCESS_MASK DesiredAccess,
             ULONG HandleAttributes,
             KPROCESSOR_MODE Mode,
             PHANDLE TokenHandle)
{
    PPS_PROCESS process;
    HANDLE handle;
    NTSTATUS status = PspProbeHandle(TokenHandle, Mode);
    status = NT_SUCCESS(status)
                 ? ObReferenceObjectByHandle(ProcessHandle, PSP_PROCESS_QUERY, PspProcessType, Mode,
                                             (PVOID *)&process, NULL)
                 : status;
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = ObOpenObjectByPointer(process->Token, PspHandleAttributes(HandleAttributes, Mode),
                                   NULL, DesiredAccess, *SeTokenObjectType, Mode, &handle);
    ObDereference(process);
    return NT_SUCCESS(status) ? PspReturnHandle(TokenHandle, handle) : status;
}

/* Contract: NF:ntifs.NtOpenProcessTokenEx. */
DDI NTSTATUS
NtOpenProcessTokenEx(HANDLE ProcessHandle,
                     ACCESS_MASK DesiredAccess,
                     ULONG HandleAttributes,
                     PHANDLE TokenHandle)
{
    return PspOpenToken(ProcessHandle, DesiredAccess, HandleAttributes, PsPreviousMode(),
                        TokenHandle);
}

/* Contract: NF:ntifs.ZwOpenProcessTokenEx. */
DDI NTSTATUS
ZwOpenProcessTokenEx(HANDLE ProcessHandle,
                     ACCESS_MASK DesiredAccess,
                     ULONG HandleAttributes,
                     PHANDLE TokenHandle)
{
    return PspOpenToken(ProcessHandle, DesiredAccess, HandleAttributes, KernelMode, TokenHandle);
}

/* Contract: NF:ntifs.NtOpenProcessToken. */
DDI NTSTATUS
NtOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle)
{
    return PspOpenToken(ProcessHandle, DesiredAccess, 0, PsPreviousMode(), TokenHandle);
}

/* Contract: NF:ntifs.NtOpenProcessToken. */
DDI NTSTATUS
ZwOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, PHANDLE TokenHandle)
{
    return PspOpenToken(ProcessHandle, DesiredAccess, 0, KernelMode, TokenHandle);
}

/* OpenAsSelf: the access check is against the process, not against who is impersonated. */
static NTSTATUS
PspOpenThreadToken(HANDLE ThreadHandle,
                   ACCESS_MASK DesiredAccess,
                   BOOLEAN OpenAsSelf,
                   ULONG HandleAttributes,
                   KPROCESSOR_MODE Mode,
                   PHANDLE TokenHandle)
{
    PPS_THREAD thread;
    SE_IMPERSONATION_STATE state = {0};
    PACCESS_TOKEN token = NULL;
    HANDLE handle;
    NTSTATUS status = PspProbeHandle(TokenHandle, Mode);
    status = NT_SUCCESS(status)
                 ? ObReferenceObjectByHandle(ThreadHandle, PSP_THREAD_QUERY, PspThreadType, Mode,
                                             (PVOID *)&thread, NULL)
                 : status;
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const SE_CLIENT client = thread->Identity;
    if (client.Token == NULL)
    {
        status = STATUS_NO_TOKEN;
    }
    else if (client.Level == SecurityAnonymous)
    {
        status = STATUS_CANT_OPEN_ANONYMOUS;
    }
    else if (client.CopyOnOpen)
    {
        status = SeDuplicateToken(client.Token, TokenImpersonation, client.Level,
                                  client.EffectiveOnly, &token);
        status = NT_SUCCESS(status) ? SeProtectObject(token, thread->Process->Token) : status;
    }
    else
    {
        token = client.Token;
        ObReference(token);
    }
    if (NT_SUCCESS(status))
    {
        const PETHREAD current = (PETHREAD)KiCurrentThread();
        const BOOLEAN disabled = OpenAsSelf && PsDisableImpersonation(current, &state);
        status = ObOpenObjectByPointer(token, PspHandleAttributes(HandleAttributes, Mode), NULL,
                                       DesiredAccess, *SeTokenObjectType, Mode, &handle);
        if (disabled)
        {
            PsRestoreImpersonation(current, &state);
        }
    }
    if (token != NULL)
    {
        ObDereference(token);
    }
    ObDereference(thread);
    return NT_SUCCESS(status) ? PspReturnHandle(TokenHandle, handle) : status;
}

/* Contract: NF:ntifs.NtOpenThreadTokenEx. */
DDI NTSTATUS
NtOpenThreadTokenEx(HANDLE ThreadHandle,
                    ACCESS_MASK DesiredAccess,
                    BOOLEAN OpenAsSelf,
                    ULONG HandleAttributes,
                    PHANDLE TokenHandle)
{
    return PspOpenThreadToken(ThreadHandle, DesiredAccess, OpenAsSelf, HandleAttributes,
                              PsPreviousMode(), TokenHandle);
}

/* Contract: NF:ntifs.ZwOpenThreadTokenEx. */
DDI NTSTATUS
ZwOpenThreadTokenEx(HANDLE ThreadHandle,
                    ACCESS_MASK DesiredAccess,
                    BOOLEAN OpenAsSelf,
                    ULONG HandleAttributes,
                    PHANDLE TokenHandle)
{
    return PspOpenThreadToken(ThreadHandle, DesiredAccess, OpenAsSelf, HandleAttributes, KernelMode,
                              TokenHandle);
}

/* Contract: NF:ntifs.NtOpenThreadToken. */
DDI NTSTATUS
NtOpenThreadToken(HANDLE ThreadHandle,
                  ACCESS_MASK DesiredAccess,
                  BOOLEAN OpenAsSelf,
                  PHANDLE TokenHandle)
{
    return PspOpenThreadToken(ThreadHandle, DesiredAccess, OpenAsSelf, 0, PsPreviousMode(),
                              TokenHandle);
}

/* Contract: NF:ntifs.NtOpenThreadToken. */
DDI NTSTATUS
ZwOpenThreadToken(HANDLE ThreadHandle,
                  ACCESS_MASK DesiredAccess,
                  BOOLEAN OpenAsSelf,
                  PHANDLE TokenHandle)
{
    return PspOpenThreadToken(ThreadHandle, DesiredAccess, OpenAsSelf, 0, KernelMode, TokenHandle);
}
