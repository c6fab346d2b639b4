// SPDX-License-Identifier: MIT
// Access control lists. Owns no state; up to APC_LEVEL as documented. ACEs that a driver built are
// walked by their own sizes, so each step is checked against the list.
#include "rtlp.h"

#include "exports.h"
#include "secp.h"

#define RTLP_MINIMUM_REVISION 2u
#define RTLP_MAXIMUM_REVISION 4u

// Flags an ACE of a DACL may carry: inheritance, and that it was inherited.
#define RTLP_ACE_FLAGS 0x1Fu

static BOOLEAN
RtlpKnownRevision(ULONG Revision)
{
    return Revision >= RTLP_MINIMUM_REVISION && Revision <= RTLP_MAXIMUM_REVISION;
}

// The offset of ACE number Index, or of the free space behind the last one when Index is the count.
// FALSE when an ACE on the way does not lie within the list.
static BOOLEAN
RtlpFindAce(const ACL *Acl, ULONG Index, PULONG Offset)
{
    ULONG offset = sizeof(ACL);

    for (ULONG i = 0; i < Index; i++)
    {
        const UCHAR *ace = (const UCHAR *)Acl + offset;
        USHORT size;

        if (offset + RTLP_ACE_HEADER_SIZE > Acl->AclSize)
        {
            return FALSE;
        }
        __builtin_memcpy(&size, ace + FIELD_OFFSET(RTLP_ACE, Size), sizeof(size));
        if (size < RTLP_ACE_HEADER_SIZE || size % sizeof(ULONG) != 0 ||
            size > Acl->AclSize - offset)
        {
            return FALSE;
        }
        offset += size;
    }
    *Offset = offset;
    return TRUE;
}

BOOLEAN
RtlpValidAcl(const ACL *Acl, ULONG Limit)
{
    ULONG end;

    return Limit >= sizeof(ACL) && Acl->AclSize >= sizeof(ACL) && Acl->AclSize <= Limit &&
           Acl->AclSize % sizeof(ULONG) == 0 && RtlpKnownRevision(Acl->AclRevision) &&
           RtlpFindAce(Acl, Acl->AceCount, &end);
}

DDI NTSTATUS
RtlCreateAcl(_Out_writes_bytes_(AclLength) PACL Acl, _In_ ULONG AclLength, ULONG AclRevision)
{
    if (AclLength < sizeof(ACL))
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (!RtlpKnownRevision(AclRevision) || AclLength > MAXUSHORT)
    {
        return STATUS_INVALID_PARAMETER;
    }
    __builtin_memset(Acl, 0, sizeof(*Acl));
    Acl->AclRevision = (UCHAR)AclRevision;
    Acl->AclSize = (USHORT)(AclLength & ~(sizeof(ULONG) - 1));
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlAddAccessAllowedAceEx(_Inout_ PACL Acl,
                         _In_ ULONG AceRevision,
                         _In_ ULONG AceFlags,
                         _In_ ACCESS_MASK AccessMask,
                         _In_ PSID Sid)
{
    ULONG offset;
    ULONG sidSize;
    ULONG size;
    RTLP_ACE *ace;

    if (!RtlValidSid(Sid))
    {
        return STATUS_INVALID_SID;
    }
    if (!RtlpKnownRevision(AceRevision) || !RtlpKnownRevision(Acl->AclRevision))
    {
        return STATUS_REVISION_MISMATCH;
    }
    if ((AceFlags & ~RTLP_ACE_FLAGS) != 0)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (!RtlpValidAcl(Acl, MAXUSHORT) || !RtlpFindAce(Acl, Acl->AceCount, &offset))
    {
        return STATUS_INVALID_ACL;
    }
    sidSize = RtlLengthSid(Sid);
    size = (ULONG)FIELD_OFFSET(RTLP_ACE, Sid) + sidSize;
    if (size > Acl->AclSize - offset)
    {
        return STATUS_ALLOTTED_SPACE_EXCEEDED;
    }
    ace = (RTLP_ACE *)(PVOID)((PUCHAR)Acl + offset);
    ace->Type = RTLP_ACE_ALLOWED;
    ace->Flags = (UCHAR)AceFlags;
    ace->Size = (USHORT)size;
    ace->Mask = AccessMask;
    __builtin_memcpy(&ace->Sid, Sid, sidSize);
    Acl->AceCount += 1;
    if (AceRevision > Acl->AclRevision)
    {
        Acl->AclRevision = (UCHAR)AceRevision;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlAddAccessAllowedAce(_Inout_ PACL Acl,
                       _In_ ULONG AceRevision,
                       _In_ ACCESS_MASK AccessMask,
                       _In_ PSID Sid)
{
    return RtlAddAccessAllowedAceEx(Acl, AceRevision, 0, AccessMask, Sid);
}

// The number of ACEs that fill AceList exactly, or MAXULONG.
static ULONG
RtlpCountAces(const UCHAR *AceList, ULONG Length)
{
    ULONG count = 0;

    while (Length != 0)
    {
        USHORT size;

        if (Length < RTLP_ACE_HEADER_SIZE)
        {
            return MAXULONG;
        }
        __builtin_memcpy(&size, AceList + FIELD_OFFSET(RTLP_ACE, Size), sizeof(size));
        if (size < RTLP_ACE_HEADER_SIZE || size % sizeof(ULONG) != 0 || size > Length)
        {
            return MAXULONG;
        }
        AceList += size;
        Length -= size;
        count += 1;
    }
    return count;
}

// Inserts ACEs at StartingAceIndex; MAXULONG appends.
DDI NTSTATUS
RtlAddAce(_Inout_ PACL Acl,
          _In_ ULONG AceRevision,
          _In_ ULONG StartingAceIndex,
          _In_reads_bytes_(AceListLength) PVOID AceList,
          _In_ ULONG AceListLength)
{
    ULONG start;
    ULONG end;
    ULONG count;

    if (!RtlpValidAcl(Acl, MAXUSHORT) || !RtlpFindAce(Acl, Acl->AceCount, &end) ||
        !RtlpKnownRevision(AceRevision))
    {
        return STATUS_INVALID_PARAMETER;
    }
    count = RtlpCountAces(AceList, AceListLength);
    if (count == MAXULONG || count > (ULONG)MAXUSHORT - Acl->AceCount)
    {
        return STATUS_INVALID_PARAMETER;
    }
    if (AceListLength > Acl->AclSize - end)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    if (StartingAceIndex > Acl->AceCount || !RtlpFindAce(Acl, StartingAceIndex, &start))
    {
        start = end;
    }
    __builtin_memmove((PUCHAR)Acl + start + AceListLength, (PUCHAR)Acl + start, end - start);
    __builtin_memcpy((PUCHAR)Acl + start, AceList, AceListLength);
    Acl->AceCount = (USHORT)(Acl->AceCount + count);
    if (AceRevision > Acl->AclRevision)
    {
        Acl->AclRevision = (UCHAR)AceRevision;
    }
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlDeleteAce(_Inout_ PACL Acl, _In_ ULONG AceIndex)
{
    ULONG start;
    ULONG next;
    ULONG end;

    if (!RtlpValidAcl(Acl, MAXUSHORT) || AceIndex >= Acl->AceCount ||
        !RtlpFindAce(Acl, AceIndex, &start) || !RtlpFindAce(Acl, AceIndex + 1, &next) ||
        !RtlpFindAce(Acl, Acl->AceCount, &end))
    {
        return STATUS_INVALID_PARAMETER;
    }
    __builtin_memmove((PUCHAR)Acl + start, (PUCHAR)Acl + next, end - next);
    __builtin_memset((PUCHAR)Acl + start + (end - next), 0, next - start);
    Acl->AceCount -= 1;
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlGetAce(_In_ PACL Acl, _In_ ULONG AceIndex, _Out_ PVOID *Ace)
{
    ULONG offset;
    ULONG next;

    if (!RtlpKnownRevision(Acl->AclRevision) || AceIndex >= Acl->AceCount ||
        !RtlpFindAce(Acl, AceIndex, &offset) || !RtlpFindAce(Acl, AceIndex + 1, &next))
    {
        return STATUS_INVALID_PARAMETER;
    }
    *Ace = (PUCHAR)Acl + offset;
    return STATUS_SUCCESS;
}
