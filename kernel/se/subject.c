/* SPDX-License-Identifier: MIT */
/*
 * Subjects (who asks), their privileges, and client contexts for servers that act for others. A
 * subject context holds references on its tokens; the lock keeps them from being adjusted.
 * PASSIVE_LEVEL.
 */
#include "sep.h"

void
SepBorrowSubject(PSECURITY_SUBJECT_CONTEXT Subject)
{
    const PKTHREAD thread = KiCurrentThread();
    const PSE_CLIENT client = SeThreadClient((PETHREAD)thread);
    *Subject = (SECURITY_SUBJECT_CONTEXT){0};
    Subject->ClientToken = client->Token;
    Subject->ImpersonationLevel = client->Token != NULL ? client->Level : SecurityAnonymous;
    /* The process the thread belongs to: attaching borrows memory, not identity. */
    Subject->PrimaryToken = *SeProcessToken((PEPROCESS)thread->Process);
}

/* ---- capturing ---------------------------------------------------------------------------- */

/* Contract: NF:ntifs.SeCaptureSubjectContextEx. */
DDI VOID
SeCaptureSubjectContextEx(PETHREAD Thread,
                          PEPROCESS Process,
                          PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    *SubjectContext = (SECURITY_SUBJECT_CONTEXT){0};
    SubjectContext->PrimaryToken = *SeProcessToken(Process);
    SubjectContext->ProcessAuditId = Process;
    ObReference(SubjectContext->PrimaryToken);
    const PSE_CLIENT client = Thread == NULL ? NULL : SeThreadClient(Thread);
    if (client != NULL && client->Token != NULL)
    {
        SubjectContext->ClientToken = client->Token;
        SubjectContext->ImpersonationLevel = client->Level;
        ObReference(client->Token);
    }
}

/* Contract: NF:ntifs.SeCaptureSubjectContext. */
DDI VOID
SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    const PKTHREAD thread = KiCurrentThread();
    SeCaptureSubjectContextEx((PETHREAD)thread, (PEPROCESS)thread->Process, SubjectContext);
}

/* Contract: NF:ntifs.SeReleaseSubjectContext. */
DDI VOID
SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    if (SubjectContext->PrimaryToken != NULL)
    {
        ObDereference(SubjectContext->PrimaryToken);
    }
    if (SubjectContext->ClientToken != NULL)
    {
        ObDereference(SubjectContext->ClientToken);
    }
    SubjectContext->PrimaryToken = NULL;
    SubjectContext->ClientToken = NULL;
}

/* Contract: NF:ntifs.SeLockSubjectContext. */
DDI VOID
SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&SepToken(SubjectContext->PrimaryToken)->Lock, TRUE);
    if (SubjectContext->ClientToken != NULL)
    {
        ExAcquireResourceSharedLite(&SepToken(SubjectContext->ClientToken)->Lock, TRUE);
    }
}

/* Contract: NF:ntifs.SeUnlockSubjectContext. */
DDI VOID
SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
    if (SubjectContext->ClientToken != NULL)
    {
        ExReleaseResourceLite(&SepToken(SubjectContext->ClientToken)->Lock);
    }
    ExReleaseResourceLite(&SepToken(SubjectContext->PrimaryToken)->Lock);
    KeLeaveCriticalRegion();
}

/* ---- privileges --------------------------------------------------------------------------- */

/* Marks those of Set that Token has enabled; TRUE when that is enough. */
static BOOLEAN
SepCheckPrivileges(PSEP_TOKEN Token, PPRIVILEGE_SET Set)
{
    ULONG found = 0;
    for (ULONG index = 0; index < Set->PrivilegeCount; index++)
    {
        const LUID luid = Set->Privilege[index].Luid;
        if (luid.HighPart == 0 && SeTokenHasPrivilege(Token, luid.LowPart))
        {
            Set->Privilege[index].Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
            found++;
        }
    }
    return (Set->Control & PRIVILEGE_SET_ALL_NECESSARY) ? found == Set->PrivilegeCount : found != 0;
}

/* Contract: NF:ntifs.SePrivilegeCheck. */
DDI BOOLEAN
SePrivilegeCheck(PPRIVILEGE_SET RequiredPrivileges,
                 PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
                 KPROCESSOR_MODE AccessMode)
{
    if (AccessMode == KernelMode)
    {
        return TRUE;
    }
    if (SubjectSecurityContext->ClientToken != NULL &&
        SubjectSecurityContext->ImpersonationLevel < SecurityImpersonation)
    {
        return FALSE;
    }
    return SepCheckPrivileges(SepEffective(SubjectSecurityContext), RequiredPrivileges);
}

/* Contract: NF:ntddk.SeSinglePrivilegeCheck. */
DDI BOOLEAN
SeSinglePrivilegeCheck(LUID PrivilegeValue, KPROCESSOR_MODE PreviousMode)
{
    SECURITY_SUBJECT_CONTEXT subject;
    PRIVILEGE_SET set = {.PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY};
    set.Privilege[0].Luid = PrivilegeValue;
    SepBorrowSubject(&subject);
    return SePrivilegeCheck(&set, &subject, PreviousMode);
}

/* Contract: NF:ntifs.NtPrivilegeCheck. */
DDI NTSTATUS
NtPrivilegeCheck(HANDLE ClientToken, PPRIVILEGE_SET RequiredPrivileges, PBOOLEAN Result)
{
    PSEP_TOKEN token;
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    UCHAR buffer[sizeof(PRIVILEGE_SET) + 63 * sizeof(LUID_AND_ATTRIBUTES)];
    const PPRIVILEGE_SET set = (PPRIVILEGE_SET)buffer;
    NTSTATUS status = SepCapture(set, RequiredPrivileges, 8, mode);
    if (NT_SUCCESS(status) && set->PrivilegeCount > 64)
    {
        status = STATUS_INVALID_PARAMETER;
    }
    const ULONG size = 8 + set->PrivilegeCount * (ULONG)sizeof(LUID_AND_ATTRIBUTES);
    if (NT_SUCCESS(status))
    {
        status = SepCapture(set, RequiredPrivileges, size, mode);
    }
    if (NT_SUCCESS(status))
    {
        status = ObReferenceObjectByHandle(ClientToken, TOKEN_QUERY, SepTokenType, mode,
                                           (PVOID *)&token, NULL);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (token->Type == TokenImpersonation && token->Level < SecurityIdentification)
    {
        status = STATUS_BAD_IMPERSONATION_LEVEL;
    }
    else
    {
        const BOOLEAN result = SepCheckPrivileges(token, set);
        status = SepReturn(RequiredPrivileges, set, size, mode);
        status = NT_SUCCESS(status) ? SepReturn(Result, &result, sizeof(result), mode) : status;
    }
    ObDereference(token);
    return status;
}

/* ---- access states ------------------------------------------------------------------------ */

/* Exported, without a page of its own: the state of an open by the subject of Thread. AuxData is
 * the caller's memory, of which nothing is used here. */
DDI NTSTATUS
SeCreateAccessStateEx(PETHREAD Thread,
                      PEPROCESS Process,
                      PACCESS_STATE AccessState,
                      PVOID AuxData,
                      ACCESS_MASK DesiredAccess,
                      PGENERIC_MAPPING GenericMapping)
{
    __builtin_memset(AccessState, 0, sizeof(*AccessState));
    AccessState->AuxData = AuxData;
    AccessState->OperationID = SepNewLuid();
    AccessState->OriginalDesiredAccess = DesiredAccess;
    AccessState->RemainingDesiredAccess = DesiredAccess;
    if (GenericMapping != NULL)
    {
        RtlMapGenericMask(&AccessState->RemainingDesiredAccess, GenericMapping);
    }
    SeCaptureSubjectContextEx(Thread, Process, &AccessState->SubjectSecurityContext);
    return STATUS_SUCCESS;
}

/* Exported, without a page of its own. */
DDI NTSTATUS
SeCreateAccessState(PACCESS_STATE AccessState,
                    PVOID AuxData,
                    ACCESS_MASK DesiredAccess,
                    PGENERIC_MAPPING GenericMapping)
{
    const PKTHREAD thread = KiCurrentThread();
    return SeCreateAccessStateEx((PETHREAD)thread, (PEPROCESS)thread->Process, AccessState, AuxData,
                                 DesiredAccess, GenericMapping);
}

/* Exported, without a page of its own. */
DDI VOID
SeDeleteAccessState(PACCESS_STATE AccessState)
{
    SeReleaseSubjectContext(&AccessState->SubjectSecurityContext);
}

/* Contract: NF:ntifs.SeSetAccessStateGenericMapping. */
DDI VOID
SeSetAccessStateGenericMapping(PACCESS_STATE AccessState, PGENERIC_MAPPING GenericMapping)
{
    /* AuxData of Windows begins with the privileges used, the mapping follows; here it is the
     * mapping that access was computed with. */
    RtlMapGenericMask(&AccessState->RemainingDesiredAccess, GenericMapping);
    RtlMapGenericMask(&AccessState->PreviouslyGrantedAccess, GenericMapping);
}

/* Contract: NF:ntifs.SeAppendPrivileges. What does not fit into the three of the structure is
 * refused, as nothing else of the access state owns memory. */
DDI NTSTATUS
SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges)
{
    INITIAL_PRIVILEGE_SET *set = &AccessState->Privileges.InitialPrivilegeSet;
    if (set->PrivilegeCount + Privileges->PrivilegeCount > INITIAL_PRIVILEGE_COUNT)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG index = 0; index < Privileges->PrivilegeCount; index++)
    {
        set->Privilege[set->PrivilegeCount++] = Privileges->Privilege[index];
    }
    return STATUS_SUCCESS;
}

/* ---- clients ------------------------------------------------------------------------------ */

static NTSTATUS
SepFillClient(PACCESS_TOKEN Token,
              PSECURITY_QUALITY_OF_SERVICE Qos,
              BOOLEAN EffectiveOnly,
              BOOLEAN Remote,
              PSECURITY_CLIENT_CONTEXT Context)
{
    const PSEP_TOKEN token = SepToken(Token);
    Context->SecurityQos = *Qos;
    Context->ServerIsRemote = Remote;
    Context->DirectAccessEffectiveOnly = EffectiveOnly;
    if (Qos->ContextTrackingMode == SECURITY_DYNAMIC_TRACKING)
    {
        Context->DirectlyAccessClientToken = TRUE;
        Context->ClientToken = Token;
        ObReference(Token);
        Context->ClientTokenControl.TokenId = token->TokenId;
        Context->ClientTokenControl.AuthenticationId = token->AuthenticationId;
        Context->ClientTokenControl.ModifiedId = token->ModifiedId;
        Context->ClientTokenControl.TokenSource = token->Source;
        return STATUS_SUCCESS;
    }
    Context->DirectlyAccessClientToken = FALSE;
    return SeDuplicateToken(Token, TokenImpersonation, Qos->ImpersonationLevel, EffectiveOnly,
                            &Context->ClientToken);
}

/* Contract: NF:ntifs.SeCreateClientSecurityFromSubjectContext. */
DDI NTSTATUS
SeCreateClientSecurityFromSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext,
                                         PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                         BOOLEAN ServerIsRemote,
                                         PSECURITY_CLIENT_CONTEXT ClientContext)
{
    const PSEP_TOKEN token = SepEffective(SubjectContext);
    __builtin_memset(ClientContext, 0, sizeof(*ClientContext));
    if (ClientSecurityQos->ImpersonationLevel > SecurityDelegation)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (SubjectContext->ClientToken != NULL)
    {
        /* A client cannot be handed on with more than it gave. */
        if (ClientSecurityQos->ImpersonationLevel > SubjectContext->ImpersonationLevel ||
            SubjectContext->ImpersonationLevel < SecurityIdentification ||
            (ServerIsRemote && SubjectContext->ImpersonationLevel != SecurityDelegation))
        {
            return STATUS_BAD_IMPERSONATION_LEVEL;
        }
    }
    return SepFillClient(token, ClientSecurityQos, ClientSecurityQos->EffectiveOnly, ServerIsRemote,
                         ClientContext);
}

/* Contract: NF:ntifs.SeCreateClientSecurity. */
DDI NTSTATUS
SeCreateClientSecurity(PETHREAD ClientThread,
                       PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                       BOOLEAN RemoteSession,
                       PSECURITY_CLIENT_CONTEXT ClientContext)
{
    SECURITY_SUBJECT_CONTEXT subject;
    SeCaptureSubjectContextEx(ClientThread, (PEPROCESS)((PKTHREAD)ClientThread)->Process, &subject);
    const NTSTATUS status = SeCreateClientSecurityFromSubjectContext(&subject, ClientSecurityQos,
                                                                     RemoteSession, ClientContext);
    SeReleaseSubjectContext(&subject);
    return status;
}

/* Contract: NF:ntifs.SeImpersonateClientEx: NULL is the current thread. */
DDI NTSTATUS
SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    const PSE_CLIENT client =
        SeThreadClient(ServerThread == NULL ? (PETHREAD)KiCurrentThread() : ServerThread);
    const BOOLEAN effectiveOnly = ClientContext->DirectlyAccessClientToken
                                      ? ClientContext->DirectAccessEffectiveOnly
                                      : ClientContext->SecurityQos.EffectiveOnly;
    const PACCESS_TOKEN old = client->Token;
    ObReference(ClientContext->ClientToken);
    client->Token = ClientContext->ClientToken;
    client->CopyOnOpen = ClientContext->DirectlyAccessClientToken;
    client->EffectiveOnly = effectiveOnly;
    client->Level = ClientContext->SecurityQos.ImpersonationLevel;
    if (old != NULL)
    {
        ObDereference(old);
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeImpersonateClient. */
DDI VOID
SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    (void)SeImpersonateClientEx(ClientContext, ServerThread);
}
