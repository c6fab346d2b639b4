// SPDX-License-Identifier: MIT
// Security identifiers, locally unique identifiers and generic access rights. Owns no state; up to
// APC_LEVEL as documented, since the structures may be pageable.
#include "rtlp.h"

#include "exports.h"
#include "secp.h"

ULONG
RtlpSidSize(ULONG Count)
{
    return (ULONG)sizeof(RTLP_SID) + Count * (ULONG)sizeof(ULONG);
}

BOOLEAN
RtlpSidWithin(const VOID *Sid, ULONG Size)
{
    const RTLP_SID *sid = Sid;

    return Size >= sizeof(RTLP_SID) && sid->Revision == RTLP_SID_REVISION &&
           sid->SubAuthorityCount <= RTLP_SID_MAXIMUM_AUTHORITIES &&
           RtlpSidSize(sid->SubAuthorityCount) <= Size;
}

DDI ULONG
RtlLengthRequiredSid(_In_ ULONG SubAuthorityCount)
{
    return RtlpSidSize(SubAuthorityCount);
}

DDI ULONG
RtlLengthSid(_In_ PSID Sid)
{
    return RtlpSidSize(((const RTLP_SID *)Sid)->SubAuthorityCount);
}

DDI BOOLEAN
RtlValidSid(_In_ PSID Sid)
{
    return Sid != NULL && RtlpSidWithin(Sid, RtlpSidSize(RTLP_SID_MAXIMUM_AUTHORITIES));
}

DDI BOOLEAN
RtlEqualSid(_In_ PSID Sid1, _In_ PSID Sid2)
{
    const RTLP_SID *first = Sid1;
    const RTLP_SID *second = Sid2;

    return first->Revision == second->Revision &&
           first->SubAuthorityCount == second->SubAuthorityCount &&
           __builtin_memcmp(first, second, RtlpSidSize(first->SubAuthorityCount)) == 0;
}

DDI NTSTATUS
RtlInitializeSid(_Out_ PSID Sid,
                 _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                 _In_ UCHAR SubAuthorityCount)
{
    RTLP_SID *sid = Sid;

    if (SubAuthorityCount > RTLP_SID_MAXIMUM_AUTHORITIES)
    {
        return STATUS_INVALID_PARAMETER;
    }
    sid->Revision = RTLP_SID_REVISION;
    sid->SubAuthorityCount = SubAuthorityCount;
    __builtin_memcpy(sid->IdentifierAuthority, IdentifierAuthority,
                     sizeof(sid->IdentifierAuthority));
    return STATUS_SUCCESS;
}

// C wants the parameter in front of "..." to be of a type that is passed unchanged, which UCHAR is
// not; in the Microsoft convention every parameter has a slot of its own, so it does not matter.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wvarargs"
DDI NTSTATUS
RtlInitializeSidEx(_Out_ PSID Sid,
                   _In_ PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
                   _In_ UCHAR SubAuthorityCount,
                   ...)
{
    const NTSTATUS status = RtlInitializeSid(Sid, IdentifierAuthority, SubAuthorityCount);
    RTLP_SID *sid = Sid;
    RTLP_VA_LIST arguments;

    if (!NT_SUCCESS(status))
    {
        return status;
    }
    RTLP_VA_START(arguments, SubAuthorityCount);
    for (ULONG i = 0; i < SubAuthorityCount; i++)
    {
        sid->SubAuthority[i] = __builtin_va_arg(arguments, ULONG);
    }
    RTLP_VA_END(arguments);
    return STATUS_SUCCESS;
}
#pragma GCC diagnostic pop

DDI PULONG
RtlSubAuthoritySid(_In_ PSID Sid, _In_ ULONG SubAuthority)
{
    return &((RTLP_SID *)Sid)->SubAuthority[SubAuthority];
}

DDI PUCHAR
RtlSubAuthorityCountSid(_In_ PSID Sid)
{
    return &((RTLP_SID *)Sid)->SubAuthorityCount;
}

DDI PSID_IDENTIFIER_AUTHORITY
RtlIdentifierAuthoritySid(_In_ PSID Sid)
{
    return (PSID_IDENTIFIER_AUTHORITY)(PVOID)((RTLP_SID *)Sid)->IdentifierAuthority;
}

DDI NTSTATUS
RtlCopySid(_In_ ULONG DestinationSidLength,
           _Out_writes_bytes_(DestinationSidLength) PSID DestinationSid,
           _In_ PSID SourceSid)
{
    const ULONG length = RtlpSidSize(((const RTLP_SID *)SourceSid)->SubAuthorityCount);

    if (length > DestinationSidLength)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memmove(DestinationSid, SourceSid, length);
    return STATUS_SUCCESS;
}

// S-1-5-32-544; an authority that needs more than 32 bits is written in hexadecimal.
DDI NTSTATUS
RtlConvertSidToUnicodeString(_Inout_ PUNICODE_STRING UnicodeString,
                             _In_ PSID Sid,
                             _In_ BOOLEAN AllocateDestinationString)
{
    const RTLP_SID *sid = Sid;
    CHAR text[256];
    ANSI_STRING ansi;
    ULONG64 authority = 0;
    ULONG length;

    if (!RtlpSidWithin(Sid, RtlpSidSize(RTLP_SID_MAXIMUM_AUTHORITIES)))
    {
        return STATUS_INVALID_SID;
    }
    for (ULONG i = 0; i < sizeof(sid->IdentifierAuthority); i++)
    {
        authority = authority << 8 | sid->IdentifierAuthority[i];
    }
    length = RtlFormat(text, sizeof(text), authority > MAXULONG ? "S-1-0x%I64x" : "S-1-%I64u",
                       authority);
    for (ULONG i = 0; i < sid->SubAuthorityCount; i++)
    {
        length += RtlFormat(text + length, sizeof(text) - length, "-%u", sid->SubAuthority[i]);
    }
    ansi.Buffer = text;
    ansi.Length = (USHORT)length;
    ansi.MaximumLength = sizeof(text);
    return RtlAnsiStringToUnicodeString(UnicodeString, &ansi, AllocateDestinationString);
}

// ---- LUIDs and access masks -------------------------------------------------------------------

DDI VOID
RtlCopyLuid(_Out_ PLUID DestinationLuid, _In_ PLUID SourceLuid)
{
    *DestinationLuid = *SourceLuid;
}

DDI VOID
RtlMapGenericMask(_Inout_ PACCESS_MASK AccessMask, _In_ const GENERIC_MAPPING *GenericMapping)
{
    const ACCESS_MASK mask = *AccessMask;
    ACCESS_MASK mapped = mask & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);

    if ((mask & GENERIC_READ) != 0)
    {
        mapped |= GenericMapping->GenericRead;
    }
    if ((mask & GENERIC_WRITE) != 0)
    {
        mapped |= GenericMapping->GenericWrite;
    }
    if ((mask & GENERIC_EXECUTE) != 0)
    {
        mapped |= GenericMapping->GenericExecute;
    }
    if ((mask & GENERIC_ALL) != 0)
    {
        mapped |= GenericMapping->GenericAll;
    }
    *AccessMask = mapped;
}

DDI BOOLEAN
RtlAreAllAccessesGranted(_In_ ACCESS_MASK GrantedAccess, _In_ ACCESS_MASK DesiredAccess)
{
    return (~GrantedAccess & DesiredAccess) == 0;
}

DDI BOOLEAN
RtlAreAnyAccessesGranted(_In_ ACCESS_MASK GrantedAccess, _In_ ACCESS_MASK DesiredAccess)
{
    return (GrantedAccess & DesiredAccess) != 0;
}
