/* SPDX-License-Identifier: MIT */
/*
 * Private to kernel/se: the token, the parts of descriptors.
 */
#ifndef SE_SEP_H
#define SE_SEP_H

#include "se/se.h"

#include "ex/ex.h"
#include "rtl/assert.h"
#include "rtl/ddi.h"
#include "se/exports.h"

#define SEP_TAG       MM_TAG('S', 'e', 'S', 'd')
#define SEP_TOKEN_TAG MM_TAG('S', 'e', 'T', 'k')

#define SEP_GENERIC ((ACCESS_MASK)(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL))

/* ---- tokens (token.c) --------------------------------------------------------------------- */

#define SEP_MAX_SUB_AUTHORITIES 8
#define SEP_MAX_GROUPS          48

extern POBJECT_TYPE SepTokenType;

/* A SID by value; large enough for every account there is. */
typedef struct _SEP_SID
{
    UCHAR Revision;
    UCHAR Count;
    UCHAR Authority[6];
    ULONG Sub[SEP_MAX_SUB_AUTHORITIES];
} SEP_SID, *PSEP_SID;

typedef struct _SEP_GROUP
{
    SEP_SID Sid;
    ULONG Attributes; /* SE_GROUP_... */
} SEP_GROUP, *PSEP_GROUP;

typedef struct _SEP_TOKEN
{
    LUID TokenId;
    LUID AuthenticationId;
    LUID ModifiedId;
    LUID ParentId;
    TOKEN_SOURCE Source;
    TOKEN_TYPE Type;
    SECURITY_IMPERSONATION_LEVEL Level;
    ULONG SessionId;
    ULONG Integrity; /* RID of the mandatory label */
    ULONG MandatoryPolicy;
    ULONG Flags;               /* SEP_TOKEN_... */
    ULONG64 PrivilegesPresent; /* one bit per SE_..._PRIVILEGE */
    ULONG64 PrivilegesEnabled;
    ULONG64 PrivilegesDefault;
    ULONG UserAttributes; /* 0, or SE_GROUP_USE_FOR_DENY_ONLY */
    ULONG GroupCount;
    ULONG RestrictedCount;
    ULONG OwnerIndex; /* 0: the user, otherwise group - 1 */
    ULONG PrimaryGroupIndex;
    SEP_SID User;
    PACL DefaultDacl; /* pool, or NULL */
    ERESOURCE Lock;   /* of SeLockSubjectContext */
    SEP_GROUP Groups[SEP_MAX_GROUPS];
    SEP_GROUP Restricted[SEP_MAX_GROUPS];
} SEP_TOKEN, *PSEP_TOKEN;

#define SEP_TOKEN_RESTRICTED       0x1
#define SEP_TOKEN_WRITE_RESTRICTED 0x2
#define SEP_TOKEN_SANDBOX_INERT    0x4
#define SEP_TOKEN_LIMITED          0x8 /* LUA_TOKEN */

#define SEP_PRIVILEGE(Number) (1ull << (Number))

static inline PSEP_TOKEN
SepToken(PACCESS_TOKEN Token)
{
    return (PSEP_TOKEN)Token;
}

/* The subject's token that decides access: the client's while impersonating. */
static inline PSEP_TOKEN
SepEffective(const SECURITY_SUBJECT_CONTEXT *Subject)
{
    return SepToken(Subject->ClientToken != NULL ? Subject->ClientToken : Subject->PrimaryToken);
}

/* A SID of an authority (the last byte) and up to five sub-authorities. */
SEP_SID
SepMakeSid(UCHAR Authority, UCHAR Count, ULONG A, ULONG B);

/* Size in bytes of a SID. */
static inline ULONG
SepSidSize(const void *Sid)
{
    return 8 + 4u * ((const UCHAR *)Sid)[1];
}

BOOLEAN
SepEqualSids(const void *A, const void *B);

/* New LUIDs, as ExUuidCreate and ZwAllocateLocallyUniqueId count them. */
LUID SepNewLuid(void);

PSEP_SID
SepOwnerOf(PSEP_TOKEN Token);

PSEP_SID
SepPrimaryGroupOf(PSEP_TOKEN Token);

/* ---- checks (access.c) -------------------------------------------------------------------- */

typedef struct _SEP_CHECK
{
    PSECURITY_DESCRIPTOR Descriptor;
    const GENERIC_MAPPING *Mapping;
    const SECURITY_SUBJECT_CONTEXT *Subject;
    ACCESS_MASK ValidMask;
    ACCESS_MASK Desired;    /* generic rights mapped */
    ACCESS_MASK Granted;    /* out */
    ULONG64 PrivilegesUsed; /* out, bits */
} SEP_CHECK, *PSEP_CHECK;

/* User mode's rights. STATUS_ACCESS_DENIED, STATUS_PRIVILEGE_NOT_HELD or STATUS_SUCCESS. */
NTSTATUS
SepCheckAccess(PSEP_CHECK Check);

/* ---- subjects (subject.c) ----------------------------------------------------------------- */

/* The current thread as a subject, without references. */
void SepBorrowSubject(PSECURITY_SUBJECT_CONTEXT Subject);

/* From and to the caller of a service, whose memory is only trusted in kernel mode. */
NTSTATUS
SepCapture(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode);

NTSTATUS
SepReturn(void *Destination, const void *Source, SIZE_T Length, KPROCESSOR_MODE Mode);

/* ---- descriptors (descriptor.c) ----------------------------------------------------------- */

typedef struct _SEP_PARTS
{
    PSID Owner, Group;
    PACL Sacl, Dacl;
    USHORT Control;
} SEP_PARTS, *PSEP_PARTS;

/* The parts of a descriptor of either form. */
void SepSplit(PSECURITY_DESCRIPTOR Descriptor, PSEP_PARTS Parts);

/* A self-relative descriptor in paged pool. */
NTSTATUS
SepJoin(const SEP_PARTS *Parts, PSECURITY_DESCRIPTOR *Descriptor);

/* Copies an ACL; generic rights in it are mapped when Mapping is not NULL. */
NTSTATUS
SepCopyAcl(const ACL *Source, const GENERIC_MAPPING *Mapping, PACL *Copy);

/* The security of a new object, in paged pool: NF:wdm.SeAssignSecurity has the rules. */
NTSTATUS
SepAssignToObject(PSECURITY_DESCRIPTOR ParentDescriptor,
                  PSECURITY_DESCRIPTOR ExplicitDescriptor,
                  BOOLEAN Container,
                  PACCESS_TOKEN Token,
                  const GENERIC_MAPPING *Mapping,
                  KPROCESSOR_MODE Mode,
                  PSECURITY_DESCRIPTOR *NewDescriptor);

/* ---- start -------------------------------------------------------------------------------- */

NTSTATUS
SepInitTokens(void);

void SepInitExports(void);

/* Descriptors of what was there before se. */
NTSTATUS
SepInitObjects(void);

#endif
