// SPDX-License-Identifier: MIT
// Owns the part of ntifs.h that drivers of the device model use as well: attached address spaces,
// tokens and ACEs, object and memory queries. File system types are not here yet.
#ifndef OPENWDM_NTIFS_TYPES_H
#define OPENWDM_NTIFS_TYPES_H

#include <ntddk.h>

#ifdef __cplusplus
extern "C"
{
#endif

    typedef struct _KAPC_STATE
    {
        LIST_ENTRY ApcListHead[2];
        PKPROCESS Process;
        union
        {
            UCHAR InProgressFlags;
            struct
            {
                BOOLEAN KernelApcInProgress : 1;
                BOOLEAN SpecialApcInProgress : 1;
            };
        };
        BOOLEAN KernelApcPending;
        union
        {
            BOOLEAN UserApcPendingAll;
            struct
            {
                BOOLEAN SpecialUserApcPending : 1;
                BOOLEAN UserApcPending : 1;
            };
        };
    } KAPC_STATE, *PKAPC_STATE, *PRKAPC_STATE;

    typedef struct _ACE_HEADER
    {
        UCHAR AceType;
        UCHAR AceFlags;
        USHORT AceSize;
    } ACE_HEADER, *PACE_HEADER;
    typedef struct _ACCESS_ALLOWED_ACE
    {
        ACE_HEADER Header;
        ACCESS_MASK Mask;
        ULONG SidStart;
    } ACCESS_ALLOWED_ACE, *PACCESS_ALLOWED_ACE;
    typedef struct _ACCESS_DENIED_ACE
    {
        ACE_HEADER Header;
        ACCESS_MASK Mask;
        ULONG SidStart;
    } ACCESS_DENIED_ACE, *PACCESS_DENIED_ACE;
    typedef struct _SYSTEM_AUDIT_ACE
    {
        ACE_HEADER Header;
        ACCESS_MASK Mask;
        ULONG SidStart;
    } SYSTEM_AUDIT_ACE, *PSYSTEM_AUDIT_ACE;
#define ACCESS_ALLOWED_ACE_TYPE            (0x0)
#define ACCESS_DENIED_ACE_TYPE             (0x1)
#define SYSTEM_AUDIT_ACE_TYPE              (0x2)
#define SYSTEM_MANDATORY_LABEL_ACE_TYPE    (0x11)
#define OBJECT_INHERIT_ACE                 (0x1)
#define CONTAINER_INHERIT_ACE              (0x2)
#define NO_PROPAGATE_INHERIT_ACE           (0x4)
#define INHERIT_ONLY_ACE                   (0x8)
#define INHERITED_ACE                      (0x10)
#define SECURITY_NULL_SID_AUTHORITY        {0, 0, 0, 0, 0, 0}
#define SECURITY_WORLD_SID_AUTHORITY       {0, 0, 0, 0, 0, 1}
#define SECURITY_LOCAL_SID_AUTHORITY       {0, 0, 0, 0, 0, 2}
#define SECURITY_CREATOR_SID_AUTHORITY     {0, 0, 0, 0, 0, 3}
#define SECURITY_NT_AUTHORITY              {0, 0, 0, 0, 0, 5}
#define SECURITY_MANDATORY_LABEL_AUTHORITY {0, 0, 0, 0, 0, 16}
#define SECURITY_NULL_RID                  (0x00000000L)
#define SECURITY_WORLD_RID                 (0x00000000L)
#define SECURITY_LOCAL_RID                 (0x00000000L)
#define SECURITY_LOCAL_SYSTEM_RID          (0x00000012L)
#define SECURITY_LOCAL_SERVICE_RID         (0x00000013L)
#define SECURITY_NETWORK_SERVICE_RID       (0x00000014L)
#define SECURITY_BUILTIN_DOMAIN_RID        (0x00000020L)
#define SECURITY_AUTHENTICATED_USER_RID    (0x0000000BL)
#define DOMAIN_ALIAS_RID_ADMINS            (0x00000220L)
#define DOMAIN_ALIAS_RID_USERS             (0x00000221L)

    typedef enum _TOKEN_TYPE
    {
        TokenPrimary = 1,
        TokenImpersonation
    } TOKEN_TYPE,
        *PTOKEN_TYPE;
    typedef enum _TOKEN_INFORMATION_CLASS
    {
        TokenUser = 1,
        TokenGroups,
        TokenPrivileges,
        TokenOwner,
        TokenPrimaryGroup,
        TokenDefaultDacl,
        TokenSource,
        TokenType,
        TokenImpersonationLevel,
        TokenStatistics,
        TokenRestrictedSids,
        TokenSessionId,
        TokenGroupsAndPrivileges,
        TokenSessionReference,
        TokenSandBoxInert,
        TokenAuditPolicy,
        TokenOrigin,
        TokenElevationType,
        TokenLinkedToken,
        TokenElevation,
        TokenHasRestrictions,
        TokenAccessInformation,
        TokenVirtualizationAllowed,
        TokenVirtualizationEnabled,
        TokenIntegrityLevel,
        TokenUIAccess,
        TokenMandatoryPolicy,
        TokenLogonSid,
        TokenIsAppContainer,
        TokenCapabilities,
        TokenAppContainerSid,
        TokenAppContainerNumber
    } TOKEN_INFORMATION_CLASS,
        *PTOKEN_INFORMATION_CLASS;
    typedef struct _SID_AND_ATTRIBUTES
    {
        PSID Sid;
        ULONG Attributes;
    } SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;
    typedef struct _TOKEN_USER
    {
        SID_AND_ATTRIBUTES User;
    } TOKEN_USER, *PTOKEN_USER;
    typedef struct _TOKEN_GROUPS
    {
        ULONG GroupCount;
        SID_AND_ATTRIBUTES Groups[ANYSIZE_ARRAY];
    } TOKEN_GROUPS, *PTOKEN_GROUPS;
    typedef struct _TOKEN_PRIVILEGES
    {
        ULONG PrivilegeCount;
        LUID_AND_ATTRIBUTES Privileges[ANYSIZE_ARRAY];
    } TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;
#define TOKEN_ASSIGN_PRIMARY    (0x0001)
#define TOKEN_DUPLICATE         (0x0002)
#define TOKEN_IMPERSONATE       (0x0004)
#define TOKEN_QUERY             (0x0008)
#define TOKEN_QUERY_SOURCE      (0x0010)
#define TOKEN_ADJUST_PRIVILEGES (0x0020)

    typedef enum _OBJECT_INFORMATION_CLASS
    {
        ObjectBasicInformation = 0,
        ObjectNameInformation = 1,
        ObjectTypeInformation = 2
    } OBJECT_INFORMATION_CLASS;
    typedef struct _PUBLIC_OBJECT_BASIC_INFORMATION
    {
        ULONG Attributes;
        ACCESS_MASK GrantedAccess;
        ULONG HandleCount;
        ULONG PointerCount;
        ULONG Reserved[10];
    } PUBLIC_OBJECT_BASIC_INFORMATION, *PPUBLIC_OBJECT_BASIC_INFORMATION;

    typedef enum _MEMORY_INFORMATION_CLASS
    {
        MemoryBasicInformation
    } MEMORY_INFORMATION_CLASS;
    typedef struct _MEMORY_BASIC_INFORMATION
    {
        PVOID BaseAddress;
        PVOID AllocationBase;
        ULONG AllocationProtect;
        USHORT PartitionId;
        SIZE_T RegionSize;
        ULONG State;
        ULONG Protect;
        ULONG Type;
    } MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

    typedef VOID NTAPI
    DRIVER_FS_NOTIFICATION(_In_ struct _DEVICE_OBJECT *DeviceObject, _In_ BOOLEAN FsActive);
    typedef DRIVER_FS_NOTIFICATION *PDRIVER_FS_NOTIFICATION;

#define SeLengthSid(Sid) (8 + (4 * ((SID *)(Sid))->SubAuthorityCount))
#define SeQuerySubjectContextToken(SubjectContext)                      \
    (((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken != NULL \
         ? ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->ClientToken   \
         : ((PSECURITY_SUBJECT_CONTEXT)(SubjectContext))->PrimaryToken)
#define PsDereferenceImpersonationToken(T) \
    {                                      \
        if ((T) != NULL)                   \
        {                                  \
            ObDereferenceObject((T));      \
        }                                  \
    }
#define PsDereferencePrimaryToken(T)      (ObDereferenceObject((T)))
#define RtlOffsetToPointer(Base, Offset)  ((PCHAR)(((PCHAR)(Base)) + ((ULONG_PTR)(Offset))))
#define RtlPointerToOffset(Base, Pointer) ((ULONG)(((PCHAR)(Pointer)) - ((PCHAR)(Base))))

#ifdef __cplusplus
}
#endif

#endif
