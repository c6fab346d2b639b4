/* SPDX-License-Identifier: MIT */
/*
 * Token objects and the accounts of the machine. A token is written by its creator only, later by
 * the services that adjust privileges and by nobody else. PASSIVE_LEVEL.
 */
#include "sep.h"

POBJECT_TYPE SepTokenType;
POBJECT_TYPE *SeTokenObjectType = &SepTokenType;
PACCESS_TOKEN *(*SeProcessToken)(PEPROCESS Process);
PSE_CLIENT (*SeThreadClient)(PETHREAD Thread);

/* LUIDs below 1000 are the system's (NF:ntddk.ZwAllocateLocallyUniqueId: unique until restart). */
static ULONG64 SepNextLuid = 0x3e8;

LUID
SepNewLuid(void)
{
    const ULONG64 value = SepNextLuid++;
    return (LUID){.LowPart = (ULONG)value, .HighPart = (LONG)(value >> 32)};
}

SEP_SID
SepMakeSid(UCHAR Authority, UCHAR Count, ULONG A, ULONG B)
{
    return (SEP_SID){
        .Revision = SID_REVISION, .Count = Count, .Authority[5] = Authority, .Sub = {A, B}};
}

BOOLEAN
SepEqualSids(const void *A, const void *B)
{
    const UCHAR *a = A, *b = B;
    return a[0] == b[0] && a[1] == b[1] && __builtin_memcmp(a, b, SepSidSize(a)) == 0;
}

PSEP_SID
SepOwnerOf(PSEP_TOKEN Token)
{
    return Token->OwnerIndex == 0 ? &Token->User : &Token->Groups[Token->OwnerIndex - 1].Sid;
}

PSEP_SID
SepPrimaryGroupOf(PSEP_TOKEN Token)
{
    return Token->PrimaryGroupIndex == 0 ? &Token->User
                                         : &Token->Groups[Token->PrimaryGroupIndex - 1].Sid;
}

BOOLEAN
SeTokenHasPrivilege(PACCESS_TOKEN Token, ULONG Privilege)
{
    return Privilege < 64 && (SepToken(Token)->PrivilegesEnabled & SEP_PRIVILEGE(Privilege)) != 0;
}

/* ---- the object --------------------------------------------------------------------------- */

static void
SepDeleteToken(PVOID Object)
{
    PSEP_TOKEN token = Object;
    if (token->DefaultDacl != NULL)
    {
        MmFreePool(token->DefaultDacl, SEP_TAG);
    }
    ExDeleteResourceLite(&token->Lock);
}

static NTSTATUS
SepNewToken(PSEP_TOKEN *Token)
{
    NTSTATUS status =
        ObCreateObject(SepTokenType, NULL, KernelMode, sizeof(SEP_TOKEN), (PVOID *)Token);
    if (NT_SUCCESS(status))
    {
        ExInitializeResourceLite(&(*Token)->Lock);
        (*Token)->TokenId = SepNewLuid();
        (*Token)->ModifiedId = SepNewLuid();
        ObHeader(*Token)->Creator = NULL;
    }
    return status;
}

/* ---- accounts ----------------------------------------------------------------------------- */

static void
SepAddGroup(PSEP_TOKEN Token, SEP_SID Sid, ULONG Attributes)
{
    NT_ASSERT(Token->GroupCount < SEP_MAX_GROUPS);
    Token->Groups[Token->GroupCount++] = (SEP_GROUP){Sid, Attributes};
}

#define SEP_ALWAYS (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

/* The machine's accounts: S-1-5-21-1-2-3-RID. */
static SEP_SID
SepAccountSid(ULONG Rid)
{
    SEP_SID sid = SepMakeSid(5, 5, 21, 0x4f70656e);
    sid.Sub[2] = 0x57444d;
    sid.Sub[3] = 1;
    sid.Sub[4] = Rid;
    return sid;
}

/* Full access for the user (or Administrators) and SYSTEM: what new objects get without a
 * descriptor. SYSTEM's own gives Administrators read and execute only. */
static NTSTATUS
SepSetDefaultDacl(PSEP_TOKEN Token, const SEP_SID *Second, ACCESS_MASK SecondAccess)
{
    const SEP_SID system = SepMakeSid(5, 1, 18, 0);
    PACL acl = MmAllocatePool(PagedPool, 256, SEP_TAG);
    if (acl == NULL)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    NTSTATUS status = RtlCreateAcl(acl, 256, ACL_REVISION);
    if (NT_SUCCESS(status))
    {
        status = RtlAddAccessAllowedAce(acl, ACL_REVISION, GENERIC_ALL, (PSID)&system);
    }
    if (NT_SUCCESS(status))
    {
        status = RtlAddAccessAllowedAce(acl, ACL_REVISION, SecondAccess, (PSID)Second);
    }
    NT_ASSERT(NT_SUCCESS(status));
    Token->DefaultDacl = acl;
    return STATUS_SUCCESS;
}

static NTSTATUS
SepFillSystem(PSEP_TOKEN Token)
{
    const SEP_SID admins = SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    Token->AuthenticationId = (LUID){0x3e7, 0}; /* the session of SYSTEM */
    Token->User = SepMakeSid(5, 1, SECURITY_LOCAL_SYSTEM_RID, 0);
    Token->Integrity = SECURITY_MANDATORY_SYSTEM_RID;
    SepAddGroup(Token, admins, SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER);
    SepAddGroup(Token, SepMakeSid(1, 1, 0, 0), SEP_ALWAYS);
    SepAddGroup(Token, SepMakeSid(5, 1, SECURITY_AUTHENTICATED_USER_RID, 0), SEP_ALWAYS);
    Token->OwnerIndex = 1;
    Token->PrivilegesPresent =
        (2ull << SE_MAX_WELL_KNOWN_PRIVILEGE) - 1 - ((1ull << SE_MIN_WELL_KNOWN_PRIVILEGE) - 1);
    Token->PrivilegesEnabled = Token->PrivilegesPresent;
    return SepSetDefaultDacl(Token, &admins, GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL);
}

/* Groups that everybody has who sits at the machine. */
static void
SepAddUserGroups(PSEP_TOKEN Token)
{
    SepAddGroup(Token, SepMakeSid(1, 1, 0, 0), SEP_ALWAYS);
    SepAddGroup(Token, SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_USERS),
                SEP_ALWAYS);
    SepAddGroup(Token, SepMakeSid(5, 1, SECURITY_INTERACTIVE_RID, 0), SEP_ALWAYS);
    SepAddGroup(Token, SepMakeSid(5, 1, SECURITY_AUTHENTICATED_USER_RID, 0), SEP_ALWAYS);
    SepAddGroup(Token, SepMakeSid(2, 1, SECURITY_LOCAL_RID, 0), SEP_ALWAYS);
    SEP_SID logon = SepMakeSid(5, 3, 5, 0);
    logon.Sub[2] = Token->AuthenticationId.LowPart;
    SepAddGroup(Token, logon, SEP_ALWAYS | SE_GROUP_LOGON_ID);
}

/* KERNEL:privileges; which of them an account has is what Windows gives it by default. */
#define SEP_USER_PRIVILEGES                                                             \
    (SEP_PRIVILEGE(SE_CHANGE_NOTIFY_PRIVILEGE) | SEP_PRIVILEGE(SE_SHUTDOWN_PRIVILEGE) | \
     SEP_PRIVILEGE(SE_UNDOCK_PRIVILEGE) | SEP_PRIVILEGE(SE_INC_WORKING_SET_PRIVILEGE) | \
     SEP_PRIVILEGE(SE_TIME_ZONE_PRIVILEGE))

static NTSTATUS
SepFillUser(PSEP_TOKEN Token, SE_ACCOUNT Account)
{
    const BOOLEAN admin = Account == SeAccountAdministrator;
    const SEP_SID admins = SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    Token->AuthenticationId = SepNewLuid();
    Token->SessionId = 1;
    Token->User = SepAccountSid(admin ? 500 : 1001);
    SepAddGroup(Token, SepAccountSid(513), SEP_ALWAYS);
    Token->PrimaryGroupIndex = 1;
    SepAddUserGroups(Token);
    Token->PrivilegesPresent = SEP_USER_PRIVILEGES;
    Token->PrivilegesEnabled = SEP_PRIVILEGE(SE_CHANGE_NOTIFY_PRIVILEGE);
    Token->Integrity =
        Account == SeAccountLow ? SECURITY_MANDATORY_LOW_RID : SECURITY_MANDATORY_MEDIUM_RID;
    if (admin)
    {
        SepAddGroup(Token, admins, SEP_ALWAYS | SE_GROUP_OWNER);
        Token->OwnerIndex = Token->GroupCount;
        Token->Integrity = SECURITY_MANDATORY_HIGH_RID;
        /* All but those of services; the client of a test has them on, so that it can use them. */
        Token->PrivilegesPresent =
            ((2ull << SE_MAX_WELL_KNOWN_PRIVILEGE) - 1 -
             ((1ull << SE_MIN_WELL_KNOWN_PRIVILEGE) - 1)) &
            ~(SEP_PRIVILEGE(SE_CREATE_TOKEN_PRIVILEGE) |
              SEP_PRIVILEGE(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE) | SEP_PRIVILEGE(SE_TCB_PRIVILEGE) |
              SEP_PRIVILEGE(SE_AUDIT_PRIVILEGE) | SEP_PRIVILEGE(SE_CREATE_PERMANENT_PRIVILEGE) |
              SEP_PRIVILEGE(SE_LOCK_MEMORY_PRIVILEGE) | SEP_PRIVILEGE(SE_RELABEL_PRIVILEGE) |
              SEP_PRIVILEGE(SE_MACHINE_ACCOUNT_PRIVILEGE));
        Token->PrivilegesEnabled = Token->PrivilegesPresent;
        return SepSetDefaultDacl(Token, &admins, GENERIC_ALL);
    }
    return SepSetDefaultDacl(Token, &Token->User, GENERIC_ALL);
}

NTSTATUS
SeCreateAccountToken(SE_ACCOUNT Account, PACCESS_TOKEN *Token)
{
    PSEP_TOKEN token;
    NTSTATUS status = SepNewToken(&token);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    token->Type = TokenPrimary;
    token->Level = SecurityAnonymous;
    token->MandatoryPolicy = TOKEN_MANDATORY_POLICY_NO_WRITE_UP;
    __builtin_memcpy(token->Source.SourceName, Account == SeAccountSystem ? "*SYSTEM*" : "User32 ",
                     8);
    status = Account == SeAccountSystem ? SepFillSystem(token) : SepFillUser(token, Account);
    token->PrivilegesDefault = token->PrivilegesEnabled;
    if (!NT_SUCCESS(status))
    {
        ObDereference(token);
        return status;
    }
    *Token = token;
    return STATUS_SUCCESS;
}

/* ---- copies ------------------------------------------------------------------------------- */

/* NF:ntifs.ZwDuplicateToken, EffectiveOnly: what is disabled is left out. */
static void
SepDropDisabled(PSEP_TOKEN Token)
{
    ULONG kept = 0;
    Token->PrivilegesPresent = Token->PrivilegesEnabled;
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        const BOOLEAN keep = (Token->Groups[index].Attributes &
                              (SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY)) != 0;
        if (Token->OwnerIndex == index + 1)
        {
            Token->OwnerIndex = keep ? kept + 1 : 0;
        }
        if (Token->PrimaryGroupIndex == index + 1)
        {
            Token->PrimaryGroupIndex = keep ? kept + 1 : 0;
        }
        if (keep)
        {
            Token->Groups[kept++] = Token->Groups[index];
        }
    }
    Token->GroupCount = kept;
}

NTSTATUS
SeDuplicateToken(PACCESS_TOKEN Token,
                 TOKEN_TYPE Type,
                 SECURITY_IMPERSONATION_LEVEL Level,
                 BOOLEAN EffectiveOnly,
                 PACCESS_TOKEN *NewToken)
{
    const PSEP_TOKEN source = SepToken(Token);
    PSEP_TOKEN token;
    PACL dacl = NULL;
    NTSTATUS status = STATUS_SUCCESS;
    if (source->DefaultDacl != NULL)
    {
        status = SepCopyAcl(source->DefaultDacl, NULL, &dacl);
    }
    if (NT_SUCCESS(status))
    {
        status = SepNewToken(&token);
    }
    if (!NT_SUCCESS(status))
    {
        if (dacl != NULL)
        {
            MmFreePool(dacl, SEP_TAG);
        }
        return status;
    }
    __builtin_memcpy(&token->AuthenticationId, &source->AuthenticationId,
                     __builtin_offsetof(SEP_TOKEN, DefaultDacl) -
                         __builtin_offsetof(SEP_TOKEN, AuthenticationId));
    __builtin_memcpy(token->Groups, source->Groups, sizeof(token->Groups));
    __builtin_memcpy(token->Restricted, source->Restricted, sizeof(token->Restricted));
    token->ParentId = source->TokenId;
    token->DefaultDacl = dacl;
    token->Type = Type;
    token->Level = Type == TokenPrimary ? SecurityAnonymous : Level;
    if (EffectiveOnly)
    {
        SepDropDisabled(token);
    }
    *NewToken = token;
    return STATUS_SUCCESS;
}

/* ---- restricting -------------------------------------------------------------------------- */

static void
SepDisableSid(PSEP_TOKEN Token, PSID Sid)
{
    if (SepEqualSids(&Token->User, Sid))
    {
        Token->UserAttributes = SE_GROUP_USE_FOR_DENY_ONLY;
    }
    for (ULONG index = 0; index < Token->GroupCount; index++)
    {
        if (SepEqualSids(&Token->Groups[index].Sid, Sid))
        {
            Token->Groups[index].Attributes &=
                ~(ULONG)(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_OWNER |
                         SE_GROUP_MANDATORY);
            Token->Groups[index].Attributes |= SE_GROUP_USE_FOR_DENY_ONLY;
            Token->OwnerIndex = Token->OwnerIndex == index + 1 ? 0 : Token->OwnerIndex;
        }
    }
}

/* LUA_TOKEN: the token an administrator has before elevation. */
static void
SepMakeLimited(PSEP_TOKEN Token)
{
    SEP_SID admins = SepMakeSid(5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
    SepDisableSid(Token, &admins);
    Token->PrivilegesPresent &= SEP_USER_PRIVILEGES;
    Token->PrivilegesEnabled &= SEP_USER_PRIVILEGES;
    Token->Flags |= SEP_TOKEN_LIMITED;
    if (Token->Integrity > SECURITY_MANDATORY_MEDIUM_RID)
    {
        Token->Integrity = SECURITY_MANDATORY_MEDIUM_RID;
    }
}

static NTSTATUS
SepAddRestricted(PSEP_TOKEN Token, PTOKEN_GROUPS Sids, ULONG Flags)
{
    if (Sids->GroupCount > SEP_MAX_GROUPS)
    {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    for (ULONG index = 0; index < Sids->GroupCount; index++)
    {
        const UCHAR *sid = Sids->Groups[index].Sid;
        if (!RtlValidSid((PSID)sid) || sid[1] > SEP_MAX_SUB_AUTHORITIES)
        {
            return STATUS_INVALID_SID;
        }
        PSEP_GROUP group = &Token->Restricted[Token->RestrictedCount++];
        __builtin_memcpy(&group->Sid, sid, SepSidSize(sid));
        group->Attributes = SEP_ALWAYS;
    }
    if (Token->RestrictedCount != 0)
    {
        Token->Flags |= SEP_TOKEN_RESTRICTED;
        Token->Flags |= (Flags & WRITE_RESTRICTED) ? SEP_TOKEN_WRITE_RESTRICTED : 0u;
    }
    return STATUS_SUCCESS;
}

/* Contract: NF:ntifs.SeFilterToken. */
DDI NTSTATUS
SeFilterToken(PACCESS_TOKEN ExistingToken,
              ULONG Flags,
              PTOKEN_GROUPS SidsToDisable,
              PTOKEN_PRIVILEGES PrivilegesToDelete,
              PTOKEN_GROUPS RestrictedSids,
              PACCESS_TOKEN *FilteredToken)
{
    PSEP_TOKEN token;
    if ((Flags & ~(ULONG)(DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)))
    {
        return STATUS_INVALID_PARAMETER;
    }
    NTSTATUS status =
        SeDuplicateToken(ExistingToken, SepToken(ExistingToken)->Type,
                         SepToken(ExistingToken)->Level, FALSE, (PACCESS_TOKEN *)&token);
    if (!NT_SUCCESS(status))
    {
        return status;
    }
    for (ULONG index = 0; SidsToDisable != NULL && index < SidsToDisable->GroupCount; index++)
    {
        SepDisableSid(token, SidsToDisable->Groups[index].Sid);
    }
    for (ULONG index = 0; PrivilegesToDelete != NULL && index < PrivilegesToDelete->PrivilegeCount;
         index++)
    {
        const LUID luid = PrivilegesToDelete->Privileges[index].Luid;
        token->PrivilegesPresent &=
            luid.HighPart == 0 && luid.LowPart < 64 ? ~SEP_PRIVILEGE(luid.LowPart) : ~0ull;
    }
    if (Flags & DISABLE_MAX_PRIVILEGE)
    {
        token->PrivilegesPresent &= SEP_PRIVILEGE(SE_CHANGE_NOTIFY_PRIVILEGE);
    }
    token->PrivilegesEnabled &= token->PrivilegesPresent;
    token->Flags |= (Flags & SANDBOX_INERT) ? SEP_TOKEN_SANDBOX_INERT : 0u;
    if (Flags & LUA_TOKEN)
    {
        SepMakeLimited(token);
    }
    if (RestrictedSids != NULL)
    {
        status = SepAddRestricted(token, RestrictedSids, Flags);
    }
    if (!NT_SUCCESS(status))
    {
        ObDereference(token);
        return status;
    }
    *FilteredToken = token;
    return STATUS_SUCCESS;
}

NTSTATUS
SepInitTokens(void)
{
    const OB_TYPE_INITIALIZER initializer = {
        .ValidAccessMask = TOKEN_ALL_ACCESS,
        .GenericMapping = {TOKEN_READ, TOKEN_WRITE, TOKEN_EXECUTE, TOKEN_ALL_ACCESS},
        .UseDefaultObject = TRUE,
        .SecurityRequired = TRUE,
        .Delete = SepDeleteToken};
    return ObCreateObjectType(L"Token", &initializer, MM_TAG('T', 'o', 'k', 'e'), &SepTokenType);
}
