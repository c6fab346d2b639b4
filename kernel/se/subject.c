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
 * the caller's memory and begins with the privileges used and the generic mapping. */
DDI NTSTATUS
SeCreateAccessStateEx(PETHREAD Thread,
                      PEPROCESS Process,
                      PACCESS_STATE AccessState,
                      PVOID AuxData,
                      ACCESS_MASK DesiredAccess,
                      PGENERIC_MAPPING GenericMapping)
{
    const POB_AUX_DATA aux = AuxData;
    __builtin_memset(AccessState, 0, sizeof(*AccessState));
    *aux = (OB_AUX_DATA){.PrivilegesUsed = &AccessState->Privileges.PrivilegeSet};
    AccessState->AuxData = AuxData;
    AccessState->OperationID = SepNewLuid();
    AccessState->OriginalDesiredAccess = DesiredAccess;
    AccessState->RemainingDesiredAccess = DesiredAccess;
    if (GenericMapping != NULL)
    {
        RtlMapGenericMask(&AccessState->RemainingDesiredAccess, GenericMapping);
        aux->GenericMapping = *GenericMapping;
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
    if (AccessState->PrivilegesAllocated)
    {
        MmFreePool(((POB_AUX_DATA)AccessState->AuxData)->PrivilegesUsed, SEP_TAG);
        AccessState->PrivilegesAllocated = FALSE;
    }
    SeReleaseSubjectContext(&AccessState->SubjectSecurityContext);
}

/* Contract: NF:ntifs.SeSetAccessStateGenericMapping. */
DDI VOID
SeSetAccessStateGenericMapping(PACCESS_STATE AccessState, PGENERIC_MAPPING GenericMapping)
{
    ((POB_AUX_DATA)AccessState->AuxData)->GenericMapping = *GenericMapping;
}

/* Contract: NF:ntifs.SeAppendPrivileges: the structure holds three, more are in paged pool. */
DDI NTSTATUS
SeAppendPrivileges(PACCESS_STATE AccessState, PPRIVILEGE_SET Privileges)
{
    const POB_AUX_DATA aux = AccessState->AuxData;
    PPRIVILEGE_SET set = aux->PrivilegesUsed;
    const ULONG used = set->PrivilegeCount, count = used + Privileges->PrivilegeCount;
    if (count > INITIAL_PRIVILEGE_COUNT)
    {
        const SIZE_T size =
            FIELD_OFFSET(PRIVILEGE_SET, Privilege) + count * sizeof(LUID_AND_ATTRIBUTES);
        set = MmAllocatePool(PagedPool, size, SEP_TAG);
        if (set == NULL)
        {
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        __builtin_memcpy(set, aux->PrivilegesUsed,
                         FIELD_OFFSET(PRIVILEGE_SET, Privilege) +
                             used * sizeof(LUID_AND_ATTRIBUTES));
        if (AccessState->PrivilegesAllocated)
        {
            MmFreePool(aux->PrivilegesUsed, SEP_TAG);
        }
        aux->PrivilegesUsed = set;
        AccessState->PrivilegesAllocated = TRUE;
    }
    __builtin_memcpy(set->Privilege + used, Privileges->Privilege,
                     Privileges->PrivilegeCount * sizeof(LUID_AND_ATTRIBUTES));
    set->PrivilegeCount = count;
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
    if (Qos->ContextTrackingMode == SECURITY_DYNAMIC_TRACKING && !Remote)
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
            SubjectContext->ImpersonationLevel < SecurityImpersonation ||
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

/* May a thread of a process with Server act with all that Client may
 * (NF:ntifs.PsImpersonateClient): with the privilege to impersonate, as the same unrestricted user
 * of no higher integrity, or as nobody. */
static BOOLEAN
SepMayImpersonate(PSEP_TOKEN Server, PSEP_TOKEN Client)
{
    const SEP_SID anonymous = SepMakeSid(5, 1, 7 /* SECURITY_ANONYMOUS_LOGON_RID */, 0);
    return SeTokenHasPrivilege(Server, SE_IMPERSONATE_PRIVILEGE) ||
           SepEqualSids(&Client->User, &anonymous) ||
           (SepEqualSids(&Server->User, &Client->User) && Client->Integrity <= Server->Integrity &&
            !((Server->Flags | Client->Flags) & SEP_TOKEN_RESTRICTED));
}

NTSTATUS
SeImpersonate(PETHREAD Thread, SE_CLIENT Client)
{
    const PSE_CLIENT client = SeThreadClient(Thread);
    const PACCESS_TOKEN server = *SeProcessToken((PEPROCESS)((PKTHREAD)Thread)->Process);
    if (Client.Level >= SecurityImpersonation &&
        !SepMayImpersonate(SepToken(server), SepToken(Client.Token)))
    {
        /* It learns who the client is, and may do nothing as that one. */
        const NTSTATUS status =
            SeDuplicateToken(Client.Token, TokenImpersonation, SecurityIdentification,
                             Client.EffectiveOnly, &Client.Token);
        if (!NT_SUCCESS(status))
        {
            return STATUS_NO_MEMORY;
        }
        Client.Level = SecurityIdentification;
    }
    else
    {
        ObReference(Client.Token);
    }
    const PACCESS_TOKEN old = client->Token;
    *client = Client;
    if (old != NULL)
    {
        ObDereference(old);
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeImpersonateClientEx: NULL is the current thread. */
DDI NTSTATUS
SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    const BOOLEAN effectiveOnly = ClientContext->DirectlyAccessClientToken
                                      ? ClientContext->DirectAccessEffectiveOnly
                                      : ClientContext->SecurityQos.EffectiveOnly;
    return SeImpersonate(ServerThread == NULL ? (PETHREAD)KiCurrentThread() : ServerThread,
                         (SE_CLIENT){ClientContext->ClientToken,
                                     ClientContext->DirectlyAccessClientToken, effectiveOnly,
                                     ClientContext->SecurityQos.ImpersonationLevel});
}

/* Contract: NF:ntifs.SeImpersonateClient. */
DDI VOID
SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    (void)SeImpersonateClientEx(ClientContext, ServerThread);
}
