/* SPDX-License-Identifier: MIT */
/*
 * se: tokens, access checks, security descriptors of objects. What other folders may use.
 * A token is immutable but for its privileges, default DACL and session, which nothing here blocks
 * between reading and changing. PASSIVE_LEVEL.
 */
#ifndef SE_SE_H
#define SE_SE_H

#include "ntifs.h"

#include "ob/ob.h"

/* Who a client process of the machine is. */
typedef enum _SE_ACCOUNT
{
    SeAccountSystem,        /* S-1-5-18, system integrity: the system process */
    SeAccountAdministrator, /* elevated administrator, high integrity */
    SeAccountUser,          /* standard user, medium integrity */
    SeAccountLow            /* standard user, low integrity */
} SE_ACCOUNT;

/* Before the first process. */
NTSTATUS
SeInitSystem(void);

/* A primary token with a logon session of its own; referenced for the caller. */
NTSTATUS
SeCreateAccountToken(_In_ SE_ACCOUNT Account, _Out_ PACCESS_TOKEN *Token);

/* What a thread borrows while it impersonates. Token NULL: it does not. */
typedef struct _SE_CLIENT
{
    PACCESS_TOKEN Token;
    BOOLEAN CopyOnOpen;
    BOOLEAN EffectiveOnly;
    SECURITY_IMPERSONATION_LEVEL Level;
} SE_CLIENT, *PSE_CLIENT;

/* ps: where a process keeps its primary token and a thread its client (NULL is never returned for
 * processes and threads of ps). */
extern PACCESS_TOKEN *(*SeProcessToken)(PEPROCESS Process);
extern PSE_CLIENT (*SeThreadClient)(PETHREAD Thread);

/* Makes Thread act as Client, whose token is referenced; as somebody that its process may not act
 * as, it gets a copy to identify (NF:ntifs.PsImpersonateClient). */
NTSTATUS
SeImpersonate(_In_ PETHREAD Thread, _In_ SE_CLIENT Client);

/* Access that AccessMode gets to an object with Descriptor (NULL: everything). Generic rights in
 * Desired are mapped first; MAXIMUM_ALLOWED is resolved. The current thread is the subject. */
NTSTATUS
SeGrantAccess(_In_opt_ PSECURITY_DESCRIPTOR Descriptor,
              _In_ ACCESS_MASK Desired,
              _In_ const GENERIC_MAPPING *Mapping,
              _In_ ULONG ValidMask,
              _In_ KPROCESSOR_MODE AccessMode,
              _Out_ PACCESS_MASK Granted);

/* A copy of Token: primary, or impersonation at Level. */
NTSTATUS
SeDuplicateToken(_In_ PACCESS_TOKEN Token,
                 _In_ TOKEN_TYPE Type,
                 _In_ SECURITY_IMPERSONATION_LEVEL Level,
                 _In_ BOOLEAN EffectiveOnly,
                 _Out_ PACCESS_TOKEN *NewToken);

/* TRUE if Token holds Privilege (SE_..._PRIVILEGE), enabled. */
BOOLEAN
SeTokenHasPrivilege(_In_ PACCESS_TOKEN Token, _In_ ULONG Privilege);

/* Gives Object the descriptor that one gets whose creator holds Token (processes, threads). */
NTSTATUS
SeProtectObject(_In_ PVOID Object, _In_ PACCESS_TOKEN Token);

/* What devices get: everyone may read, write and execute, SYSTEM and Administrators everything
 * (KERNEL:controlling-device-access). */
extern PSECURITY_DESCRIPTOR SeDeviceDescriptor;

#endif
