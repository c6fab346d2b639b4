// SPDX-License-Identifier: MIT
// Owns tokens, well-known identifiers and client security contexts of ntifs.h.
#ifndef OPENWDM_NTIFS_SECURITY_H
#define OPENWDM_NTIFS_SECURITY_H

#include <openwdm_parts/ntifs_types.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define ACCESS_ALLOWED_OBJECT_ACE_TYPE       (0x5)
#define ACCESS_DENIED_OBJECT_ACE_TYPE        (0x6)
#define ACCESS_ALLOWED_CALLBACK_ACE_TYPE     (0x9)
#define ACCESS_DENIED_CALLBACK_ACE_TYPE      (0xA)
#define SYSTEM_MANDATORY_LABEL_NO_WRITE_UP   0x1
#define SYSTEM_MANDATORY_LABEL_NO_READ_UP    0x2
#define SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP 0x4
#define SYSTEM_MANDATORY_LABEL_VALID_MASK    0x7

#define SE_GROUP_MANDATORY          (0x00000001L)
#define SE_GROUP_ENABLED_BY_DEFAULT (0x00000002L)
#define SE_GROUP_ENABLED            (0x00000004L)
#define SE_GROUP_OWNER              (0x00000008L)
#define SE_GROUP_USE_FOR_DENY_ONLY  (0x00000010L)
#define SE_GROUP_INTEGRITY          (0x00000020L)
#define SE_GROUP_INTEGRITY_ENABLED  (0x00000040L)
#define SE_GROUP_LOGON_ID           (0xC0000000L)

#define SECURITY_MANDATORY_UNTRUSTED_RID (0x00000000L)
#define SECURITY_MANDATORY_LOW_RID       (0x00001000L)
#define SECURITY_MANDATORY_MEDIUM_RID    (0x00002000L)
#define SECURITY_MANDATORY_HIGH_RID      (0x00003000L)
#define SECURITY_MANDATORY_SYSTEM_RID    (0x00004000L)
#define SECURITY_INTERACTIVE_RID         (0x00000004L)
#define SECURITY_RESTRICTED_CODE_RID     (0x0000000CL)

#define TOKEN_ADJUST_GROUPS    (0x0040)
#define TOKEN_ADJUST_DEFAULT   (0x0080)
#define TOKEN_ADJUST_SESSIONID (0x0100)
#define TOKEN_ALL_ACCESS                                                                     \
    (STANDARD_RIGHTS_REQUIRED | TOKEN_ASSIGN_PRIMARY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE | \
     TOKEN_QUERY | TOKEN_QUERY_SOURCE | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS |      \
     TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID)
#define TOKEN_READ    (STANDARD_RIGHTS_READ | TOKEN_QUERY)
#define TOKEN_EXECUTE (STANDARD_RIGHTS_EXECUTE)
#define TOKEN_WRITE \
    (STANDARD_RIGHTS_WRITE | TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS | TOKEN_ADJUST_DEFAULT)
#define SEF_DACL_AUTO_INHERIT                  0x01
#define SEF_SACL_AUTO_INHERIT                  0x02
#define SEF_DEFAULT_DESCRIPTOR_FOR_OBJECT      0x04
#define SEF_AVOID_PRIVILEGE_CHECK              0x08
#define SEF_AVOID_OWNER_CHECK                  0x10
#define SEF_DEFAULT_OWNER_FROM_PARENT          0x20
#define SEF_DEFAULT_GROUP_FROM_PARENT          0x40
#define DISABLE_MAX_PRIVILEGE                  0x1
#define SANDBOX_INERT                          0x2
#define LUA_TOKEN                              0x4
#define WRITE_RESTRICTED                       0x8
#define TOKEN_MANDATORY_POLICY_OFF             0x0
#define TOKEN_MANDATORY_POLICY_NO_WRITE_UP     0x1
#define TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN 0x2
#define TOKEN_SOURCE_LENGTH                    8

    typedef struct _TOKEN_SOURCE
    {
        CHAR SourceName[TOKEN_SOURCE_LENGTH];
        LUID SourceIdentifier;
    } TOKEN_SOURCE, *PTOKEN_SOURCE;
    typedef struct _TOKEN_CONTROL
    {
        LUID TokenId;
        LUID AuthenticationId;
        LUID ModifiedId;
        TOKEN_SOURCE TokenSource;
    } TOKEN_CONTROL, *PTOKEN_CONTROL;
    typedef struct _TOKEN_OWNER
    {
        PSID Owner;
    } TOKEN_OWNER, *PTOKEN_OWNER;
    typedef struct _TOKEN_PRIMARY_GROUP
    {
        PSID PrimaryGroup;
    } TOKEN_PRIMARY_GROUP, *PTOKEN_PRIMARY_GROUP;
    typedef struct _TOKEN_DEFAULT_DACL
    {
        PACL DefaultDacl;
    } TOKEN_DEFAULT_DACL, *PTOKEN_DEFAULT_DACL;
    typedef struct _TOKEN_STATISTICS
    {
        LUID TokenId;
        LUID AuthenticationId;
        LARGE_INTEGER ExpirationTime;
        TOKEN_TYPE TokenType;
        SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
        ULONG DynamicCharged;
        ULONG DynamicAvailable;
        ULONG GroupCount;
        ULONG PrivilegeCount;
        LUID ModifiedId;
    } TOKEN_STATISTICS, *PTOKEN_STATISTICS;
    typedef struct _TOKEN_ORIGIN
    {
        LUID OriginatingLogonSession;
    } TOKEN_ORIGIN, *PTOKEN_ORIGIN;
    typedef enum _TOKEN_ELEVATION_TYPE
    {
        TokenElevationTypeDefault = 1,
        TokenElevationTypeFull,
        TokenElevationTypeLimited
    } TOKEN_ELEVATION_TYPE,
        *PTOKEN_ELEVATION_TYPE;
    typedef struct _TOKEN_ELEVATION
    {
        ULONG TokenIsElevated;
    } TOKEN_ELEVATION, *PTOKEN_ELEVATION;
    typedef struct _TOKEN_MANDATORY_LABEL
    {
        SID_AND_ATTRIBUTES Label;
    } TOKEN_MANDATORY_LABEL, *PTOKEN_MANDATORY_LABEL;
    typedef struct _TOKEN_MANDATORY_POLICY
    {
        ULONG Policy;
    } TOKEN_MANDATORY_POLICY, *PTOKEN_MANDATORY_POLICY;

    typedef struct _SECURITY_CLIENT_CONTEXT
    {
        SECURITY_QUALITY_OF_SERVICE SecurityQos;
        PACCESS_TOKEN ClientToken;
        BOOLEAN DirectlyAccessClientToken;
        BOOLEAN DirectAccessEffectiveOnly;
        BOOLEAN ServerIsRemote;
        TOKEN_CONTROL ClientTokenControl;
    } SECURITY_CLIENT_CONTEXT, *PSECURITY_CLIENT_CONTEXT;

    typedef struct _SE_EXPORTS
    {
        LUID SeCreateTokenPrivilege;
        LUID SeAssignPrimaryTokenPrivilege;
        LUID SeLockMemoryPrivilege;
        LUID SeIncreaseQuotaPrivilege;
        LUID SeUnsolicitedInputPrivilege;
        LUID SeTcbPrivilege;
        LUID SeSecurityPrivilege;
        LUID SeTakeOwnershipPrivilege;
        LUID SeLoadDriverPrivilege;
        LUID SeCreatePagefilePrivilege;
        LUID SeIncreaseBasePriorityPrivilege;
        LUID SeSystemProfilePrivilege;
        LUID SeSystemtimePrivilege;
        LUID SeProfileSingleProcessPrivilege;
        LUID SeCreatePermanentPrivilege;
        LUID SeBackupPrivilege;
        LUID SeRestorePrivilege;
        LUID SeShutdownPrivilege;
        LUID SeDebugPrivilege;
        LUID SeAuditPrivilege;
        LUID SeSystemEnvironmentPrivilege;
        LUID SeChangeNotifyPrivilege;
        LUID SeRemoteShutdownPrivilege;
        PSID SeNullSid;
        PSID SeWorldSid;
        PSID SeLocalSid;
        PSID SeCreatorOwnerSid;
        PSID SeCreatorGroupSid;
        PSID SeNtAuthoritySid;
        PSID SeDialupSid;
        PSID SeNetworkSid;
        PSID SeBatchSid;
        PSID SeInteractiveSid;
        PSID SeLocalSystemSid;
        PSID SeAliasAdminsSid;
        PSID SeAliasUsersSid;
        PSID SeAliasGuestsSid;
        PSID SeAliasPowerUsersSid;
        PSID SeAliasAccountOpsSid;
        PSID SeAliasSystemOpsSid;
        PSID SeAliasPrintOpsSid;
        PSID SeAliasBackupOpsSid;
        PSID SeAuthenticatedUsersSid;
        PSID SeRestrictedSid;
        PSID SeAnonymousLogonSid;
        LUID SeUndockPrivilege;
        LUID SeSyncAgentPrivilege;
        LUID SeEnableDelegationPrivilege;
        PSID SeLocalServiceSid;
        PSID SeNetworkServiceSid;
        LUID SeManageVolumePrivilege;
        LUID SeImpersonatePrivilege;
        LUID SeCreateGlobalPrivilege;
        LUID SeTrustedCredManAccessPrivilege;
        LUID SeRelabelPrivilege;
        LUID SeIncreaseWorkingSetPrivilege;
        LUID SeTimeZonePrivilege;
        LUID SeCreateSymbolicLinkPrivilege;
        PSID SeIUserSid;
        PSID SeUntrustedMandatorySid;
        PSID SeLowMandatorySid;
        PSID SeMediumMandatorySid;
        PSID SeHighMandatorySid;
        PSID SeSystemMandatorySid;
        PSID SeOwnerRightsSid;
        PSID SeAllAppPackagesSid;
        PSID SeUserModeDriversSid;
        PSID SeProcTrustWinTcbSid;
        PSID SeTrustedInstallerSid;
        LUID SeDelegateSessionUserImpersonatePrivilege;
        PSID SeAppSiloSid;
        PSID SeAppSiloVolumeRootMinimalCapabilitySid;
        PSID SeAppSiloProfilesRootMinimalCapabilitySid;
    } SE_EXPORTS, *PSE_EXPORTS;

    typedef NTSTATUS NTAPI SE_LOGON_SESSION_TERMINATED_ROUTINE(_In_ PLUID LogonId);
    typedef SE_LOGON_SESSION_TERMINATED_ROUTINE *PSE_LOGON_SESSION_TERMINATED_ROUTINE;

#define SeDeleteClientSecurity(C)                              \
    {                                                          \
        if (SeTokenType((C)->ClientToken) == TokenPrimary)     \
        {                                                      \
            PsDereferencePrimaryToken((C)->ClientToken);       \
        }                                                      \
        else                                                   \
        {                                                      \
            PsDereferenceImpersonationToken((C)->ClientToken); \
        }                                                      \
    }
#define SeStopImpersonatingClient() PsRevertToSelf()

#ifdef __cplusplus
}
#endif

#endif
