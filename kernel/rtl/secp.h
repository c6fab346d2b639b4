// SPDX-License-Identifier: MIT
// Private to the security structures of rtl: the layouts that only ntifs.h documents.
#ifndef RTL_SECP_H
#define RTL_SECP_H

#include <ntddk.h>

#define RTLP_SID_REVISION            1u
#define RTLP_SID_MAXIMUM_AUTHORITIES 15u

typedef struct _RTLP_SID
{
    UCHAR Revision;
    UCHAR SubAuthorityCount;
    UCHAR IdentifierAuthority[6]; // most significant byte first
    ULONG SubAuthority[];
} RTLP_SID;

// Every ACE starts like this; in the common types access mask and SID follow.
typedef struct _RTLP_ACE
{
    UCHAR Type;
    UCHAR Flags;
    USHORT Size;
    ULONG Mask;
    RTLP_SID Sid;
} RTLP_ACE;

#define RTLP_ACE_HEADER_SIZE 4u
#define RTLP_ACE_ALLOWED     0u

// The size of a SID with Count subauthorities.
ULONG
RtlpSidSize(ULONG Count);

// TRUE if the Size bytes at Sid begin with a whole SID.
BOOLEAN
RtlpSidWithin(const VOID *Sid, ULONG Size);

// TRUE if Acl is well formed; Limit bounds its size (MAXUSHORT when only AclSize is known).
BOOLEAN
RtlpValidAcl(const ACL *Acl, ULONG Limit);

#endif
