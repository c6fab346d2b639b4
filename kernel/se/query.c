/* SPDX-License-Identifier: MIT */
/*
 * What a token says about itself, and the services that read, change and copy one by handle. Owns
 * no state. PASSIVE_LEVEL.
 */
#include "sep.h"

#define SEP_AS_KERNEL(Call)                                  \
    const PKTHREAD thread_ = KiCurrentThread();              \
    const KPROCESSOR_MODE previous_ = thread_->PreviousMode; \
    thread_->PreviousMode = KernelMode;                      \
    const NTSTATUS status_ = (Call);                         \
    thread_->PreviousMode = previous_;                       \
    return status_

/* ---- composing ---------------------------------------------------------------------------- */

/* An answer under construction. Pointers in it are those it has where it will lie (Target). */
typedef struct _SEP_ANSWER
{
    PUCHAR Buffer; /* NULL while only the size is computed */
    PUCHAR Target;
    ULONG Size;
} SEP_ANSWER, *PSEP_ANSWER;

static PVOID
SepReserve(PSEP_ANSWER Answer, ULONG Size)
{
    const ULONG start = (Answer->Size + 7) & ~7u;
    Answer->Size = start + Size;
    return Answer->Buffer == NULL ? NULL : Answer->Buffer + start;
}

static PVOID
SepAddSid(PSEP_ANSWER Answer, const void *Sid)
{
    const ULONG size = SepSidSize(Sid);
    const PUCHAR place = SepReserve(Answer, size);
    if (place == NULL)
    {
        return NULL;
    }
    __builtin_memcpy(place, Sid, size);
    return Answer->Target + (place - Answer->Buffer);
}

static void
SepAddOneSid(PSEP_ANSWER Answer, const void *Sid, ULONG Attributes)
{
    PSID_AND_ATTRIBUTES head = SepReserve(Answer, sizeof(SID_AND_ATTRIBUTES));
    const PSID sid = SepAddSid(Answer, Sid);
    if (head != NULL)
    {
        head->Sid = sid;
        head->Attributes = Attributes;
    }
}

static void
SepAddPointer(PSEP_ANSWER Answer, const void *Sid)
{
    PSID *head = SepReserve(Answer, sizeof(PSID));
    const PSID sid = SepAddSid(Answer, Sid);
    if (head != NULL)
    {
        *head = sid;
    }
}

static void
SepAddGroups(PSEP_ANSWER Answer, const SEP_GROUP *Groups, ULONG Count)
{
    const ULONG head = (ULONG)FIELD_OFFSET(TOKEN_GROUPS, Groups);
    PTOKEN_GROUPS groups = SepReserve(Answer, head + Count * (ULONG)sizeof(SID_AND_ATTRIBUTES));
    for (ULONG index = 0; index < Count; index++)
    {
        const PSID sid = SepAddSid(Answer, &Groups[index].Sid);
        if (groups != NULL)
        {
            groups->GroupCount = index + 1;
            groups->Groups[index].Sid = sid;
            groups->Groups[index].Attributes = Groups[index].Attributes;
        }
    }
}

static void
SepAddPrivileges(PSEP_ANSWER Answer, PSEP_TOKEN Token)
{
    const ULONG count = (ULONG)__builtin_popcountll(Token->PrivilegesPresent);
    const ULONG head = (ULONG)FIELD_OFFSET(TOKEN_PRIVILEGES, Privileges);
    PTOKEN_PRIVILEGES privileges =
        SepReserve(Answer, head + count * (ULONG)sizeof(LUID_AND_ATTRIBUTES));
    if (privileges == NULL)
    {
        return;
    }
    privileges->PrivilegeCount = 0;
    for (ULONG number = 0; number < 64; number++)
    {
        if (Token->PrivilegesPresent & SEP_PRIVILEGE(number))
        {
            PLUID_AND_ATTRIBUTES entry = &privileges->Privileges[privileges->PrivilegeCount++];
            entry->Luid = (LUID){number, 0};
            entry->Attributes =
                ((Token->PrivilegesEnabled & SEP_PRIVILEGE(number)) ? SE_PRIVILEGE_ENABLED : 0u) |
                ((Token->PrivilegesDefault & SEP_PRIVILEGE(number))
                     ? SE_PRIVILEGE_ENABLED_BY_DEFAULT
                     : 0u);
        }
    }
}

static void
SepAddUlong(PSEP_ANSWER Answer, ULONG Value)
{
    PULONG place = SepReserve(Answer, sizeof(ULONG));
    if (place != NULL)
    {
        *place = Value;
    }
}

static void
SepAddStatistics(PSEP_ANSWER Answer, PSEP_TOKEN Token)
{
    PTOKEN_STATISTICS statistics = SepReserve(Answer, sizeof(TOKEN_STATISTICS));
    if (statistics != NULL)
    {
        statistics->TokenId = Token->TokenId;
        statistics->AuthenticationId = Token->AuthenticationId;
        statistics->ExpirationTime.QuadPart = 0x7fffffffffffffffll; /* never */
        statistics->TokenType = Token->Type;
        statistics->ImpersonationLevel = Token->Level;
        statistics->DynamicCharged = 4096;
        statistics->GroupCount = Token->GroupCount;
        statistics->PrivilegeCount = (ULONG)__builtin_popcountll(Token->PrivilegesPresent);
        statistics->ModifiedId = Token->ModifiedId;
    }
}

static void
SepAddDacl(PSEP_ANSWER Answer, PSEP_TOKEN Token)
{
    PTOKEN_DEFAULT_DACL head = SepReserve(Answer, sizeof(TOKEN_DEFAULT_DACL));
    PUCHAR acl = NULL;
    if (Token->DefaultDacl != NULL)
    {
        acl = SepReserve(Answer, Token->DefaultDacl->AclSize);
    }
    if (head != NULL)
    {
        head->DefaultDacl = acl == NULL ? NULL : (PACL)(Answer->Target + (acl - Answer->Buffer));
        if (acl != NULL)
        {
            __builtin_memcpy(acl, Token->DefaultDacl, Token->DefaultDacl->AclSize);
        }
    }
}

static BOOLEAN
SepIsAdministrator(PSEP_TOKEN Token)
{
    const SEP_SID admins = SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        if (SepEqualSids(&Token->Groups[index].Sid, &admins))
        {
            return (Token->Groups[index].Attributes & SE_GROUP_ENABLED) != 0;
        }
    }
    return FALSE;
}

/* Numbers: those classes that are one ULONG. */
static BOOLEAN
SepNumber(PSEP_TOKEN Token, TOKEN_INFORMATION_CLASS Class, PULONG Value)
{
    const BOOLEAN elevated = SepIsAdministrator(Token) && Token->Integrity >= 0x3000;
    switch (Class)
    {
    case TokenType:
        *Value = (ULONG)Token->Type;
        return TRUE;
    case TokenImpersonationLevel:
        *Value = (ULONG)Token->Level;
        return TRUE;
    case TokenSessionId:
        *Value = Token->SessionId;
        return TRUE;
    case TokenSandBoxInert:
        *Value = (Token->Flags & SEP_TOKEN_SANDBOX_INERT) != 0;
        return TRUE;
    case TokenElevationType:
        *Value = (Token->Flags & SEP_TOKEN_LIMITED)  ? TokenElevationTypeLimited
                 : elevated && Token->SessionId != 0 ? TokenElevationTypeFull
                                                     : TokenElevationTypeDefault;
        return TRUE;
    case TokenElevation:
        *Value = elevated;
        return TRUE;
    case TokenHasRestrictions:
        *Value = (Token->Flags & (SEP_TOKEN_RESTRICTED | SEP_TOKEN_LIMITED)) != 0;
        return TRUE;
    case TokenMandatoryPolicy:
        *Value = Token->MandatoryPolicy;
        return TRUE;
    case TokenVirtualizationAllowed:
    case TokenVirtualizationEnabled:
    case TokenUIAccess:
    case TokenIsAppContainer:
        *Value = 0;
        return TRUE;
    default:
        return FALSE;
    }
}

static NTSTATUS
SepCompose(PSEP_ANSWER Answer, PSEP_TOKEN Token, TOKEN_INFORMATION_CLASS Class)
{
    ULONG number;
    if (SepNumber(Token, Class, &number))
    {
        SepAddUlong(Answer, number);
        return STATUS_SUCCESS;
    }
    switch (Class)
    {
    case TokenUser:
        SepAddOneSid(Answer, &Token->User, Token->UserAttributes);
        return STATUS_SUCCESS;
    case TokenGroups:
        SepAddGroups(Answer, Token->Groups, Token->GroupCount);
        return STATUS_SUCCESS;
    case TokenRestrictedSids:
        SepAddGroups(Answer, Token->Restricted, Token->RestrictedCount);
        return STATUS_SUCCESS;
    case TokenPrivileges:
        SepAddPrivileges(Answer, Token);
        return STATUS_SUCCESS;
    case TokenOwner:
        SepAddPointer(Answer, SepOwnerOf(Token));
        return STATUS_SUCCESS;
    case TokenPrimaryGroup:
        SepAddPointer(Answer, SepPrimaryGroupOf(Token));
        return STATUS_SUCCESS;
    case TokenDefaultDacl:
        SepAddDacl(Answer, Token);
        return STATUS_SUCCESS;
    case TokenStatistics:
        SepAddStatistics(Answer, Token);
        return STATUS_SUCCESS;
    case TokenIntegrityLevel:
    {
        const SEP_SID label = SepMakeSid(16, 1, Token->Integrity, 0);
        SepAddOneSid(Answer, &label, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED);
        return STATUS_SUCCESS;
    }
    case TokenSource:
    {
        PTOKEN_SOURCE source = SepReserve(Answer, sizeof(TOKEN_SOURCE));
        if (source != NULL)
        {
            *source = Token->Source;
        }
        return STATUS_SUCCESS;
    }
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

/* ---- by pointer --------------------------------------------------------------------------- */

/* Contract: NF:ntifs.SeQueryInformationToken: numbers are stored at TokenInformation itself, all
 * else in paged pool that the caller frees. */
DDI NTSTATUS
SeQueryInformationToken(PACCESS_TOKEN Token,
                        TOKEN_INFORMATION_CLASS TokenInformationClass,
                        PVOID *TokenInformation)
{
    SEP_ANSWER answer = {0};
    ULONG number;
    NTSTATUS status = SepCompose(&answer, SepToken(Token), TokenInformationClass);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const BOOLEAN direct =
        TokenInformationClass == TokenSessionId || TokenInformationClass == TokenType ||
        TokenInformationClass == TokenImpersonationLevel ||
        TokenInformationClass == TokenElevation || TokenInformationClass == TokenElevationType ||
        TokenInformationClass == TokenVirtualizationAllowed ||
        TokenInformationClass == TokenVirtualizationEnabled ||
        TokenInformationClass == TokenUIAccess || TokenInformationClass == TokenIsAppContainer ||
        TokenInformationClass == TokenSandBoxInert || TokenInformationClass == TokenHasRestrictions;
    if (direct && SepNumber(SepToken(Token), TokenInformationClass, &number))
    {
        __builtin_memcpy(TokenInformation, &number, sizeof(number));
        return STATUS_SUCCESS;
    }
    if (TokenInformationClass == TokenIntegrityLevel)
    {
        /* The one that is a number here and a label for user mode. */
        number = SepToken(Token)->Integrity;
        __builtin_memcpy(TokenInformation, &number, sizeof(number));
        return STATUS_SUCCESS;
    }
    answer.Buffer = MmAllocateDriverPool(PagedPool, answer.Size, SEP_TOKEN_TAG);
    if (answer.Buffer == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    answer.Target = answer.Buffer;
    answer.Size = 0;
    (void)SepCompose(&answer, SepToken(Token), TokenInformationClass);
    *TokenInformation = answer.Buffer;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeQueryAuthenticationIdToken. */
DDI NTSTATUS
SeQueryAuthenticationIdToken(PACCESS_TOKEN Token, PLUID AuthenticationId)
{
    *AuthenticationId = SepToken(Token)->AuthenticationId;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeQuerySessionIdToken. */
DDI NTSTATUS
SeQuerySessionIdToken(PACCESS_TOKEN Token, PULONG SessionId)
{
    *SessionId = SepToken(Token)->SessionId;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeTokenIsAdmin: Administrators, not deny-only. */
DDI BOOLEAN
SeTokenIsAdmin(PACCESS_TOKEN Token)
{
    return SepIsAdministrator(SepToken(Token));
}

/* Contract: NF:ntifs.SeTokenIsRestricted. */
DDI BOOLEAN
SeTokenIsRestricted(PACCESS_TOKEN Token)
{
    return (SepToken(Token)->Flags & SEP_TOKEN_RESTRICTED) != 0;
}

/* Exported, without a page of its own. */
DDI BOOLEAN
SeTokenIsWriteRestricted(PACCESS_TOKEN Token)
{
    return (SepToken(Token)->Flags & SEP_TOKEN_WRITE_RESTRICTED) != 0;
}

/* Contract: NF:ntifs.SeTokenType. */
DDI TOKEN_TYPE
SeTokenType(PACCESS_TOKEN Token)
{
    return SepToken(Token)->Type;
}

/* Exported, without a page of its own. */
DDI SECURITY_IMPERSONATION_LEVEL
SeTokenImpersonationLevel(PACCESS_TOKEN Token)
{
    return SepToken(Token)->Level;
}

/* ---- by handle ---------------------------------------------------------------------------- */

/* Contract: NF:ntifs.NtQueryInformationToken. */
DDI NTSTATUS
NtQueryInformationToken(HANDLE TokenHandle,
                        TOKEN_INFORMATION_CLASS TokenInformationClass,
                        PVOID TokenInformation,
                        ULONG TokenInformationLength,
                        PULONG ReturnLength)
{
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    const ACCESS_MASK access =
        TokenInformationClass == TokenSource ? TOKEN_QUERY_SOURCE : TOKEN_QUERY;
    SEP_ANSWER answer = {.Target = TokenInformation};
    PSEP_TOKEN token;
    NTSTATUS status =
        ObReferenceObjectByHandle(TokenHandle, access, SepTokenType, mode, (PVOID *)&token, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    status = SepCompose(&answer, token, TokenInformationClass);
    if (NT_SUCCESS(status))
    {
        status = SepReturn(ReturnLength, &answer.Size, sizeof(ULONG), mode);
    }
    if (NT_SUCCESS(status) && answer.Size > TokenInformationLength)
    {
        status = STATUS_BUFFER_TOO_SMALL;
    }
    if (NT_SUCCESS(status))
    {
        answer.Buffer = MmAllocatePool(PagedPool, answer.Size, SEP_TOKEN_TAG);
        status = answer.Buffer == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
    }
    if (NT_SUCCESS(status))
    {
        const ULONG size = answer.Size;
        answer.Size = 0;
        (void)SepCompose(&answer, token, TokenInformationClass);
        status = SepReturn(TokenInformation, answer.Buffer, size, mode);
        MmFreePool(answer.Buffer, SEP_TOKEN_TAG);
    }
    ObDereference(token);
    return status;
}

/* Contract: NF:ntifs.ZwQueryInformationToken. */
DDI NTSTATUS
ZwQueryInformationToken(HANDLE TokenHandle,
                        TOKEN_INFORMATION_CLASS TokenInformationClass,
                        PVOID TokenInformation,
                        ULONG TokenInformationLength,
                        PULONG ReturnLength)
{
    SEP_AS_KERNEL(NtQueryInformationToken(TokenHandle, TokenInformationClass, TokenInformation,
                                          TokenInformationLength, ReturnLength));
}

/* Which of user and groups Sid is, as OwnerIndex counts; -1: none that may be it. */
static LONG
SepIndexOfSid(PSEP_TOKEN Token, const void *Sid, BOOLEAN Owner)
{
    if (SepEqualSids(&Token->User, Sid))
    {
        return 0;
    }
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        if (SepEqualSids(&Token->Groups[index].Sid, Sid) &&
            (!Owner || (Token->Groups[index].Attributes & SE_GROUP_OWNER)))
        {
            return (LONG)index + 1;
        }
    }
    return -1;
}

static NTSTATUS
SepSetSid(PSEP_TOKEN Token, PVOID Information, BOOLEAN Owner, KPROCESSOR_MODE Mode)
{
    PVOID user;
    SEP_SID sid = {0};
    NTSTATUS status = SepCapture(&user, Information, sizeof(user), Mode);
    status = NT_SUCCESS(status) ? SepCapture(&sid, user, 8, Mode) : status;
    if (NT_SUCCESS(status) && sid.Count > SEP_MAX_SUB_AUTHORITIES)
    {
        status = STATUS_INVALID_SID;
    }
    status = NT_SUCCESS(status) ? SepCapture(&sid, user, SepSidSize(&sid), Mode) : status;
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const LONG index = SepIndexOfSid(Token, &sid, Owner);
    if (index < 0)
    {
        return Owner ? STATUS_INVALID_OWNER : STATUS_INVALID_PRIMARY_GROUP;
    }
    if (Owner)
    {
        Token->OwnerIndex = (ULONG)index;
    }
    else
    {
        Token->PrimaryGroupIndex = (ULONG)index;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS
SepSetDacl(PSEP_TOKEN Token, PVOID Information, KPROCESSOR_MODE Mode)
{
    PACL user, acl = NULL;
    ACL head;
    NTSTATUS status = SepCapture(&user, Information, sizeof(user), Mode);
    if (NT_SUCCESS(status) && user != NULL)
    {
        status = SepCapture(&head, user, sizeof(head), Mode);
        if (NT_SUCCESS(status) && head.AclSize < sizeof(ACL))
        {
            status = STATUS_INVALID_ACL;
        }
        if (NT_SUCCESS(status))
        {
            acl = MmAllocatePool(PagedPool, head.AclSize, SEP_TAG);
            status = acl == NULL ? STATUS_INSUFFICIENT_RESOURCES
                                 : SepCapture(acl, user, head.AclSize, Mode);
        }
        if (NT_SUCCESS(status))
        {
            *acl = head;
        }
    }
    if (!NT_SUCCESS(status))
    {
        if (acl != NULL)
        {
            MmFreePool(acl, SEP_TAG);
        }
        return status;
    }
    if (Token->DefaultDacl != NULL)
    {
        MmFreePool(Token->DefaultDacl, SEP_TAG);
    }
    Token->DefaultDacl = acl;
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.NtSetInformationToken. */
DDI NTSTATUS
NtSetInformationToken(HANDLE TokenHandle,
                      TOKEN_INFORMATION_CLASS TokenInformationClass,
                      PVOID TokenInformation,
                      ULONG TokenInformationLength)
{
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    const ACCESS_MASK access =
        TOKEN_ADJUST_DEFAULT |
        (TokenInformationClass == TokenSessionId ? TOKEN_ADJUST_SESSIONID : 0u);
    PSEP_TOKEN token;
    if (TokenInformationClass != TokenOwner && TokenInformationClass != TokenPrimaryGroup &&
        TokenInformationClass != TokenDefaultDacl && TokenInformationClass != TokenSessionId)
    {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (TokenInformationLength <
        (TokenInformationClass == TokenSessionId ? sizeof(ULONG) : sizeof(PVOID)))
    {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    NTSTATUS status =
        ObReferenceObjectByHandle(TokenHandle, access, SepTokenType, mode, (PVOID *)&token, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    switch (TokenInformationClass)
    {
    case TokenOwner:
        status = SepSetSid(token, TokenInformation, TRUE, mode);
        break;
    case TokenPrimaryGroup:
        status = SepSetSid(token, TokenInformation, FALSE, mode);
        break;
    case TokenDefaultDacl:
        status = SepSetDacl(token, TokenInformation, mode);
        break;
    default:
        status = mode == KernelMode || SeSinglePrivilegeCheck((LUID){SE_TCB_PRIVILEGE, 0}, mode)
                     ? SepCapture(&token->SessionId, TokenInformation, sizeof(ULONG), mode)
                     : STATUS_PRIVILEGE_NOT_HELD;
        break;
    }
    token->ModifiedId = NT_SUCCESS(status) ? SepNewLuid() : token->ModifiedId;
    ObDereference(token);
    return status;
}

/* Contract: NF:ntifs.ZwSetInformationToken. */
DDI NTSTATUS
ZwSetInformationToken(HANDLE TokenHandle,
                      TOKEN_INFORMATION_CLASS TokenInformationClass,
                      PVOID TokenInformation,
                      ULONG TokenInformationLength)
{
    SEP_AS_KERNEL(NtSetInformationToken(TokenHandle, TokenInformationClass, TokenInformation,
                                        TokenInformationLength));
}

/* Contract: NF:ntifs.NtDuplicateToken. */
DDI NTSTATUS
NtDuplicateToken(HANDLE ExistingTokenHandle,
                 ACCESS_MASK DesiredAccess,
                 POBJECT_ATTRIBUTES ObjectAttributes,
                 BOOLEAN EffectiveOnly,
                 TOKEN_TYPE TokenType_,
                 PHANDLE NewTokenHandle)
{
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    OBJECT_ATTRIBUTES attributes = {0};
    SECURITY_QUALITY_OF_SERVICE qos = {.ImpersonationLevel = SecurityAnonymous};
    OBJECT_HANDLE_INFORMATION information;
    PSEP_TOKEN token, copy;
    HANDLE handle;
    NTSTATUS status = STATUS_SUCCESS;
    if (TokenType_ != TokenPrimary && TokenType_ != TokenImpersonation)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (mode != KernelMode && !MmProbeRange(NewTokenHandle, sizeof(HANDLE)))
    {
        return STATUS_ACCESS_VIOLATION;
    }
    if (ObjectAttributes != NULL)
    {
        status = SepCapture(&attributes, ObjectAttributes, sizeof(attributes), mode);
        if (NT_SUCCESS(status) && attributes.SecurityQualityOfService != NULL)
        {
            status = SepCapture(&qos, attributes.SecurityQualityOfService, sizeof(qos), mode);
        }
    }
    if (NT_SUCCESS(status))
    {
        status = ObReferenceObjectByHandle(ExistingTokenHandle, TOKEN_DUPLICATE, SepTokenType, mode,
                                           (PVOID *)&token, &information);
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    if (token->Type == TokenImpersonation &&
        (TokenType_ == TokenPrimary ? token->Level < SecurityImpersonation
                                    : qos.ImpersonationLevel > token->Level))
    {
        status = STATUS_BAD_IMPERSONATION_LEVEL;
    }
    if (NT_SUCCESS(status))
    {
        status = SeDuplicateToken(token, TokenType_, qos.ImpersonationLevel, EffectiveOnly,
                                  (PACCESS_TOKEN *)&copy);
    }
    ObDereference(token);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    (void)SeProtectObject(copy, copy);
    /* NF:ntifs.ZwDuplicateToken: zero is the access of the existing handle. */
    status = ObCreateHandleForObject(
        copy, ObCreateHandle,
        DesiredAccess == 0                  ? information.GrantedAccess
        : (DesiredAccess & MAXIMUM_ALLOWED) ? TOKEN_ALL_ACCESS
                                            : DesiredAccess,
        attributes.Attributes & (mode == KernelMode ? ~0u : ~(ULONG)OBJ_KERNEL_HANDLE), &handle);
    ObDereference(copy);
    return NT_SUCCESS(status) ? SepReturn(NewTokenHandle, &handle, sizeof(handle), mode) : status;
}

/* Contract: NF:ntifs.ZwDuplicateToken. */
DDI NTSTATUS
ZwDuplicateToken(HANDLE ExistingTokenHandle,
                 ACCESS_MASK DesiredAccess,
                 POBJECT_ATTRIBUTES ObjectAttributes,
                 BOOLEAN EffectiveOnly,
                 TOKEN_TYPE TokenType_,
                 PHANDLE NewTokenHandle)
{
    SEP_AS_KERNEL(NtDuplicateToken(ExistingTokenHandle, DesiredAccess, ObjectAttributes,
                                   EffectiveOnly, TokenType_, NewTokenHandle));
}

static NTSTATUS
SepAdjust(PSEP_TOKEN Token, PTOKEN_PRIVILEGES NewState, KPROCESSOR_MODE Mode, PULONG64 Changed)
{
    ULONG count;
    ULONG64 enabled = Token->PrivilegesEnabled, present = Token->PrivilegesPresent;
    BOOLEAN all = TRUE;
    NTSTATUS status = SepCapture(&count, &NewState->PrivilegeCount, sizeof(count), Mode);
    for (ULONG index = 0; NT_SUCCESS(status) && index < count; index++)
    {
        LUID_AND_ATTRIBUTES entry;
        status = SepCapture(&entry, &NewState->Privileges[index], sizeof(entry), Mode);
        const ULONG64 bit =
            NT_SUCCESS(status) && entry.Luid.HighPart == 0 && entry.Luid.LowPart < 64
                ? SEP_PRIVILEGE(entry.Luid.LowPart)
                : 0;
        all &= (present & bit) != 0;
        if (present & bit)
        {
            enabled = (entry.Attributes & SE_PRIVILEGE_ENABLED) ? enabled | bit : enabled & ~bit;
            present = (entry.Attributes & SE_PRIVILEGE_REMOVED) ? present & ~bit : present;
        }
    }
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    *Changed = Token->PrivilegesEnabled ^ (enabled & present);
    Token->PrivilegesEnabled = enabled & present;
    Token->PrivilegesPresent = present;
    return all ? STATUS_SUCCESS : STATUS_NOT_ALL_ASSIGNED;
}

/* Contract: NF:ntifs.NtAdjustPrivilegesToken. */
DDI NTSTATUS
NtAdjustPrivilegesToken(HANDLE TokenHandle,
                        BOOLEAN DisableAllPrivileges,
                        PTOKEN_PRIVILEGES NewState,
                        ULONG BufferLength,
                        PTOKEN_PRIVILEGES PreviousState,
                        PULONG ReturnLength)
{
    const KPROCESSOR_MODE mode = KiCurrentThread()->PreviousMode;
    struct
    {
        ULONG PrivilegeCount;
        LUID_AND_ATTRIBUTES Privileges[64];
    } before = {0};
    ULONG64 changed = 0;
    PSEP_TOKEN token;
    if (!DisableAllPrivileges && NewState == NULL)
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status = ObReferenceObjectByHandle(
        TokenHandle, TOKEN_ADJUST_PRIVILEGES | (PreviousState != NULL ? TOKEN_QUERY : 0u),
        SepTokenType, mode, (PVOID *)&token, NULL);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    const ULONG64 enabled = token->PrivilegesEnabled;
    const ULONG64 present = token->PrivilegesPresent;
    if (DisableAllPrivileges)
    {
        changed = enabled;
        token->PrivilegesEnabled = 0;
    }
    else
    {
        status = SepAdjust(token, NewState, mode, &changed);
    }
    for (ULONG number = 0; number < 64; number++)
    {
        if (changed & SEP_PRIVILEGE(number))
        {
            before.Privileges[before.PrivilegeCount].Luid = (LUID){number, 0};
            before.Privileges[before.PrivilegeCount++].Attributes =
                (enabled & SEP_PRIVILEGE(number)) ? SE_PRIVILEGE_ENABLED : 0;
        }
    }
    const ULONG size = 4 + before.PrivilegeCount * (ULONG)sizeof(LUID_AND_ATTRIBUTES);
    if (NT_SUCCESS(status) && PreviousState != NULL)
    {
        NTSTATUS copy = ReturnLength == NULL ? STATUS_ACCESS_VIOLATION
                                             : SepReturn(ReturnLength, &size, sizeof(size), mode);
        copy = NT_SUCCESS(copy) && size > BufferLength ? STATUS_BUFFER_TOO_SMALL : copy;
        copy = NT_SUCCESS(copy) ? SepReturn(PreviousState, &before, size, mode) : copy;
        if (!NT_SUCCESS(copy))
        {
            token->PrivilegesEnabled = enabled;
            token->PrivilegesPresent = present;
            status = copy;
        }
    }
    token->ModifiedId = NT_SUCCESS(status) ? SepNewLuid() : token->ModifiedId;
    ObDereference(token);
    return status;
}

/* Contract: NF:ntifs.NtAdjustPrivilegesToken. */
DDI NTSTATUS
ZwAdjustPrivilegesToken(HANDLE TokenHandle,
                        BOOLEAN DisableAllPrivileges,
                        PTOKEN_PRIVILEGES NewState,
                        ULONG BufferLength,
                        PTOKEN_PRIVILEGES PreviousState,
                        PULONG ReturnLength)
{
    SEP_AS_KERNEL(NtAdjustPrivilegesToken(TokenHandle, DisableAllPrivileges, NewState, BufferLength,
                                          PreviousState, ReturnLength));
}
