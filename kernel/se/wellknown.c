/* SPDX-License-Identifier: MIT */
/*
 * Well-known identifiers (SeExports), locally unique ones, and auditing, which nothing on this
 * machine has switched on. Any IRQL, except where the page says PASSIVE_LEVEL.
 */
#include "sep.h"

static SE_EXPORTS SepExports;
PSE_EXPORTS SeExports = &SepExports;

/* ---- SeExports ---------------------------------------------------------------------------- */

static const struct
{
    ULONG Offset;
    UCHAR Authority, Count;
    ULONG A, B;
} SepKnownSids[] = {
#define SEP_KNOWN(Field, Authority, Count, A, B) \
    {(ULONG)FIELD_OFFSET(SE_EXPORTS, Field), Authority, Count, A, B}
    SEP_KNOWN(SeNullSid, 0, 1, 0, 0),
    SEP_KNOWN(SeWorldSid, 1, 1, 0, 0),
    SEP_KNOWN(SeLocalSid, 2, 1, 0, 0),
    SEP_KNOWN(SeCreatorOwnerSid, 3, 1, 0, 0),
    SEP_KNOWN(SeCreatorGroupSid, 3, 1, 1, 0),
    SEP_KNOWN(SeNtAuthoritySid, 5, 0, 0, 0),
    SEP_KNOWN(SeDialupSid, 5, 1, 1, 0),
    SEP_KNOWN(SeNetworkSid, 5, 1, 2, 0),
    SEP_KNOWN(SeBatchSid, 5, 1, 3, 0),
    SEP_KNOWN(SeInteractiveSid, 5, 1, 4, 0),
    SEP_KNOWN(SeLocalSystemSid, 5, 1, 18, 0),
    SEP_KNOWN(SeAliasAdminsSid, 5, 2, 32, 544),
    SEP_KNOWN(SeAliasUsersSid, 5, 2, 32, 545),
    SEP_KNOWN(SeAliasGuestsSid, 5, 2, 32, 546),
    SEP_KNOWN(SeAliasPowerUsersSid, 5, 2, 32, 547),
    SEP_KNOWN(SeAliasAccountOpsSid, 5, 2, 32, 548),
    SEP_KNOWN(SeAliasSystemOpsSid, 5, 2, 32, 549),
    SEP_KNOWN(SeAliasPrintOpsSid, 5, 2, 32, 550),
    SEP_KNOWN(SeAliasBackupOpsSid, 5, 2, 32, 551),
    SEP_KNOWN(SeAuthenticatedUsersSid, 5, 1, 11, 0),
    SEP_KNOWN(SeRestrictedSid, 5, 1, 12, 0),
    SEP_KNOWN(SeAnonymousLogonSid, 5, 1, 7, 0),
    SEP_KNOWN(SeLocalServiceSid, 5, 1, 19, 0),
    SEP_KNOWN(SeNetworkServiceSid, 5, 1, 20, 0),
    SEP_KNOWN(SeIUserSid, 5, 1, 17, 0),
    SEP_KNOWN(SeUntrustedMandatorySid, 16, 1, 0, 0),
    SEP_KNOWN(SeLowMandatorySid, 16, 1, 0x1000, 0),
    SEP_KNOWN(SeMediumMandatorySid, 16, 1, 0x2000, 0),
    SEP_KNOWN(SeHighMandatorySid, 16, 1, 0x3000, 0),
    SEP_KNOWN(SeSystemMandatorySid, 16, 1, 0x4000, 0),
    SEP_KNOWN(SeOwnerRightsSid, 3, 1, 4, 0),
    SEP_KNOWN(SeAllAppPackagesSid, 15, 2, 2, 1),
};

static const struct
{
    ULONG Offset;
    ULONG Number;
} SepKnownPrivileges[] = {
#define SEP_LUID(Field, Number) {(ULONG)FIELD_OFFSET(SE_EXPORTS, Field), Number}
    SEP_LUID(SeCreateTokenPrivilege, SE_CREATE_TOKEN_PRIVILEGE),
    SEP_LUID(SeAssignPrimaryTokenPrivilege, SE_ASSIGNPRIMARYTOKEN_PRIVILEGE),
    SEP_LUID(SeLockMemoryPrivilege, SE_LOCK_MEMORY_PRIVILEGE),
    SEP_LUID(SeIncreaseQuotaPrivilege, SE_INCREASE_QUOTA_PRIVILEGE),
    SEP_LUID(SeUnsolicitedInputPrivilege, 0),
    SEP_LUID(SeTcbPrivilege, SE_TCB_PRIVILEGE),
    SEP_LUID(SeSecurityPrivilege, SE_SECURITY_PRIVILEGE),
    SEP_LUID(SeTakeOwnershipPrivilege, SE_TAKE_OWNERSHIP_PRIVILEGE),
    SEP_LUID(SeLoadDriverPrivilege, SE_LOAD_DRIVER_PRIVILEGE),
    SEP_LUID(SeCreatePagefilePrivilege, SE_CREATE_PAGEFILE_PRIVILEGE),
    SEP_LUID(SeIncreaseBasePriorityPrivilege, SE_INC_BASE_PRIORITY_PRIVILEGE),
    SEP_LUID(SeSystemProfilePrivilege, SE_SYSTEM_PROFILE_PRIVILEGE),
    SEP_LUID(SeSystemtimePrivilege, SE_SYSTEMTIME_PRIVILEGE),
    SEP_LUID(SeProfileSingleProcessPrivilege, SE_PROF_SINGLE_PROCESS_PRIVILEGE),
    SEP_LUID(SeCreatePermanentPrivilege, SE_CREATE_PERMANENT_PRIVILEGE),
    SEP_LUID(SeBackupPrivilege, SE_BACKUP_PRIVILEGE),
    SEP_LUID(SeRestorePrivilege, SE_RESTORE_PRIVILEGE),
    SEP_LUID(SeShutdownPrivilege, SE_SHUTDOWN_PRIVILEGE),
    SEP_LUID(SeDebugPrivilege, SE_DEBUG_PRIVILEGE),
    SEP_LUID(SeAuditPrivilege, SE_AUDIT_PRIVILEGE),
    SEP_LUID(SeSystemEnvironmentPrivilege, SE_SYSTEM_ENVIRONMENT_PRIVILEGE),
    SEP_LUID(SeChangeNotifyPrivilege, SE_CHANGE_NOTIFY_PRIVILEGE),
    SEP_LUID(SeRemoteShutdownPrivilege, SE_REMOTE_SHUTDOWN_PRIVILEGE),
    SEP_LUID(SeUndockPrivilege, SE_UNDOCK_PRIVILEGE),
    SEP_LUID(SeSyncAgentPrivilege, SE_SYNC_AGENT_PRIVILEGE),
    SEP_LUID(SeEnableDelegationPrivilege, SE_ENABLE_DELEGATION_PRIVILEGE),
    SEP_LUID(SeManageVolumePrivilege, SE_MANAGE_VOLUME_PRIVILEGE),
    SEP_LUID(SeImpersonatePrivilege, SE_IMPERSONATE_PRIVILEGE),
    SEP_LUID(SeCreateGlobalPrivilege, SE_CREATE_GLOBAL_PRIVILEGE),
    SEP_LUID(SeTrustedCredManAccessPrivilege, SE_TRUSTED_CREDMAN_ACCESS_PRIVILEGE),
    SEP_LUID(SeRelabelPrivilege, SE_RELABEL_PRIVILEGE),
    SEP_LUID(SeIncreaseWorkingSetPrivilege, SE_INC_WORKING_SET_PRIVILEGE),
    SEP_LUID(SeTimeZonePrivilege, SE_TIME_ZONE_PRIVILEGE),
    SEP_LUID(SeCreateSymbolicLinkPrivilege, SE_CREATE_SYMBOLIC_LINK_PRIVILEGE),
    SEP_LUID(SeDelegateSessionUserImpersonatePrivilege,
             SE_DELEGATE_SESSION_USER_IMPERSONATE_PRIVILEGE),
};

static SEP_SID SepSidStorage[RTL_NUMBER_OF(SepKnownSids)];

void
SepInitExports(void)
{
    const PUCHAR base = (PUCHAR)&SepExports;
    for (ULONG index = 0; index < RTL_NUMBER_OF(SepKnownSids); index++)
    {
        SepSidStorage[index] = SepMakeSid(SepKnownSids[index].Authority, SepKnownSids[index].Count,
                                          SepKnownSids[index].A, SepKnownSids[index].B);
        *(PSID *)(base + SepKnownSids[index].Offset) = &SepSidStorage[index];
    }
    for (ULONG index = 0; index < RTL_NUMBER_OF(SepKnownPrivileges); index++)
    {
        ((PLUID)(base + SepKnownPrivileges[index].Offset))->LowPart =
            SepKnownPrivileges[index].Number;
    }
}

/* ---- unique identifiers ------------------------------------------------------------------- */

/* Contract: NF:ntddk.ZwAllocateLocallyUniqueId. */
DDI NTSTATUS
ZwAllocateLocallyUniqueId(PLUID Luid)
{
    *Luid = SepNewLuid();
    return STATUS_SUCCESS;
}

/* Contract: NF:ntddk.ZwAllocateLocallyUniqueId. */
DDI NTSTATUS
NtAllocateLocallyUniqueId(PLUID Luid)
{
    const LUID luid = SepNewLuid();
    return SepReturn(Luid, &luid, sizeof(luid), KiCurrentThread()->PreviousMode);
}

/* ---- auditing ----------------------------------------------------------------------------- */

/* Contract: NF:ntifs.SeAuditingFileEvents: no audit policy is in force. */
DDI BOOLEAN
SeAuditingFileEvents(BOOLEAN AccessGranted, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
    (void)AccessGranted;
    (void)SecurityDescriptor;
    return FALSE;
}

/* Contract: NF:ntifs.SeAuditingFileOrGlobalEvents. */
DDI BOOLEAN
SeAuditingFileOrGlobalEvents(BOOLEAN AccessGranted,
                             PSECURITY_DESCRIPTOR SecurityDescriptor,
                             PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext)
{
    (void)SubjectSecurityContext;
    return SeAuditingFileEvents(AccessGranted, SecurityDescriptor);
}

/* Contract: NF:ntifs.SeOpenObjectAuditAlarm: without a policy no message, now or at close. */
DDI VOID
SeOpenObjectAuditAlarm(PUNICODE_STRING ObjectTypeName,
                       PVOID Object,
                       PUNICODE_STRING AbsoluteObjectName,
                       PSECURITY_DESCRIPTOR SecurityDescriptor,
                       PACCESS_STATE AccessState,
                       BOOLEAN ObjectCreated,
                       BOOLEAN AccessGranted,
                       KPROCESSOR_MODE AccessMode,
                       PBOOLEAN GenerateOnClose)
{
    (void)ObjectTypeName;
    (void)Object;
    (void)AbsoluteObjectName;
    (void)SecurityDescriptor;
    (void)AccessState;
    (void)ObjectCreated;
    (void)AccessGranted;
    (void)AccessMode;
    *GenerateOnClose = FALSE;
}

/* Contract: NF:ntifs.SeOpenObjectForDeleteAuditAlarm. */
DDI VOID
SeOpenObjectForDeleteAuditAlarm(PUNICODE_STRING ObjectTypeName,
                                PVOID Object,
                                PUNICODE_STRING AbsoluteObjectName,
                                PSECURITY_DESCRIPTOR SecurityDescriptor,
                                PACCESS_STATE AccessState,
                                BOOLEAN ObjectCreated,
                                BOOLEAN AccessGranted,
                                KPROCESSOR_MODE AccessMode,
                                PBOOLEAN GenerateOnClose)
{
    SeOpenObjectAuditAlarm(ObjectTypeName, Object, AbsoluteObjectName, SecurityDescriptor,
                           AccessState, ObjectCreated, AccessGranted, AccessMode, GenerateOnClose);
}
