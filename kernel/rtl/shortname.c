// SPDX-License-Identifier: MIT
// Short (8.3) file names: whether a name is one, and one for a long name. Owns no state; what a
// series of names for one long name has in common is in the caller's context. Any IRQL at which the
// names are resident.
#include "rtlp.h"

#include <ntifs.h>

#define RTLP_BASE_LENGTH      8u
#define RTLP_EXTENSION_LENGTH 3u
#define RTLP_LAST_INDEX       1000000u // NF:ntifs.RtlGenerate8dot3Name gives up then
#define RTLP_PLAIN_INDEXES    4u       // after so many names, part of the base is a checksum

// Characters that no short name has, besides control characters.
static BOOLEAN
RtlpIsIllegal(WCHAR Character)
{
    for (const CHAR *bad = "\"*+,/:;<=>?[\\]|"; *bad != 0; bad++)
    {
        if (Character == (WCHAR)*bad)
        {
            return TRUE;
        }
    }
    return Character < ' ';
}

// Base and extension of upper-case OEM text obey the rules; *Spaces tells whether there is one.
static BOOLEAN
RtlpIsLegalShortName(const CHAR *Text, ULONG Length, PBOOLEAN Spaces)
{
    ULONG dot = Length;

    *Spaces = FALSE;
    if ((Length == 1 && Text[0] == '.') || (Length == 2 && Text[0] == '.' && Text[1] == '.'))
    {
        return TRUE;
    }
    for (ULONG i = 0; i < Length; i++)
    {
        if (RtlpIsIllegal((UCHAR)Text[i]) || (Text[i] == '.' && dot != Length))
        {
            return FALSE;
        }
        if (Text[i] == '.')
        {
            dot = i;
        }
        if (Text[i] == ' ')
        {
            *Spaces = TRUE;
        }
    }
    if (dot == 0 || dot > RTLP_BASE_LENGTH || Text[dot - 1] == ' ')
    {
        return FALSE;
    }
    if (dot == Length)
    {
        return TRUE;
    }
    return Length - dot > 1 && Length - dot - 1 <= RTLP_EXTENSION_LENGTH && Text[Length - 1] != ' ';
}

// Contract: NF:ntifs.RtlIsNameLegalDOS8Dot3.
DDI BOOLEAN
RtlIsNameLegalDOS8Dot3(_In_ PCUNICODE_STRING Name,
                       _Inout_opt_ POEM_STRING OemName,
                       _Out_opt_ PBOOLEAN NameContainsSpaces)
{
    CHAR buffer[12];
    OEM_STRING local = {.MaximumLength = sizeof(buffer), .Buffer = buffer};
    BOOLEAN spaces;

    if (Name->Length == 0 || Name->Length > sizeof(buffer) * sizeof(WCHAR))
    {
        return FALSE;
    }
    if (OemName == NULL)
    {
        OemName = &local;
    }
    if (!NT_SUCCESS(RtlUpcaseUnicodeStringToCountedOemString(OemName, Name, FALSE)) ||
        !RtlpIsLegalShortName(OemName->Buffer, OemName->Length, &spaces))
    {
        return FALSE;
    }
    if (NameContainsSpaces != NULL)
    {
        *NameContainsSpaces = spaces;
    }
    return TRUE;
}

// The character of a short name that Character becomes, 0 when it is left out.
static WCHAR
RtlpShortCharacter(WCHAR Character, BOOLEAN AllowExtended)
{
    const WCHAR upper = RtlpUpcaseChar(Character);

    if (upper <= ' ' || upper == '.')
    {
        return 0;
    }
    switch (upper)
    {
    case ':':
    case ';':
    case ',':
    case '+':
    case '=':
    case '[':
    case ']':
        return '_';
    default:
        break;
    }
    if (RtlpIsIllegal(upper) || !RtlpHasCharacter(RtlpOemCodePage, upper))
    {
        return 0;
    }
    return upper <= 0x7F || AllowExtended ? upper : 0;
}

static VOID
RtlpStartShortName(PCUNICODE_STRING Name, BOOLEAN AllowExtended, PGENERATE_NAME_CONTEXT Context)
{
    const ULONG count = Name->Length / sizeof(WCHAR);
    ULONG first = 0;
    ULONG dot = count;

    while (first < count && Name->Buffer[first] == '.')
    {
        first += 1;
    }
    for (ULONG i = first; i < count; i++)
    {
        Context->Checksum =
            (USHORT)((Context->Checksum << 1 | Context->Checksum >> 15) + Name->Buffer[i]);
        dot = Name->Buffer[i] == '.' ? i : dot;
    }
    for (ULONG i = first; i < dot && Context->NameLength < RTLP_BASE_LENGTH - 2; i++)
    {
        const WCHAR character = RtlpShortCharacter(Name->Buffer[i], AllowExtended);

        if (character != 0)
        {
            Context->NameBuffer[Context->NameLength++] = character;
        }
    }
    for (ULONG i = dot; i < count && Context->ExtensionLength <= RTLP_EXTENSION_LENGTH; i++)
    {
        const WCHAR character = i == dot ? '.' : RtlpShortCharacter(Name->Buffer[i], AllowExtended);

        if (character != 0)
        {
            Context->ExtensionBuffer[Context->ExtensionLength++] = character;
        }
    }
    if (Context->ExtensionLength == 1)
    {
        Context->ExtensionLength = 0;
    }
}

// Names of which many exist get four digits of the checksum behind their first two characters.
static VOID
RtlpInsertChecksum(PGENERATE_NAME_CONTEXT Context)
{
    ULONG length = Context->NameLength < 2 ? Context->NameLength : 2;

    for (ULONG shift = 0; shift < 16; shift += 4)
    {
        Context->NameBuffer[length++] =
            (UCHAR) "0123456789ABCDEF"[Context->Checksum >> shift & 0xF];
    }
    Context->NameLength = (UCHAR)length;
    Context->CheckSumInserted = TRUE;
    Context->LastIndexValue = 1;
}

// Contract: NF:ntifs.RtlGenerate8dot3Name. A zeroed context starts a series of names.
DDI NTSTATUS
RtlGenerate8dot3Name(_In_ PCUNICODE_STRING Name,
                     _In_ BOOLEAN AllowExtendedCharacters,
                     _Inout_ PGENERATE_NAME_CONTEXT Context,
                     _Inout_ PUNICODE_STRING Name8dot3)
{
    CHAR index[8];
    ULONG digits;
    ULONG length;

    if (Context->LastIndexValue == 0)
    {
        RtlpStartShortName(Name, AllowExtendedCharacters, Context);
    }
    if (Context->LastIndexValue >= RTLP_LAST_INDEX)
    {
        return STATUS_FILE_SYSTEM_LIMITATION;
    }
    Context->LastIndexValue += 1;
    if (Context->LastIndexValue > RTLP_PLAIN_INDEXES && !Context->CheckSumInserted)
    {
        RtlpInsertChecksum(Context);
    }
    digits = RtlFormat(index, sizeof(index), "~%u", Context->LastIndexValue);
    length = RTLP_BASE_LENGTH - digits;
    length = Context->NameLength < length ? Context->NameLength : length;
    if (Name8dot3->MaximumLength < (length + digits + Context->ExtensionLength) * sizeof(WCHAR))
    {
        return STATUS_BUFFER_OVERFLOW;
    }
    __builtin_memcpy(Name8dot3->Buffer, Context->NameBuffer, length * sizeof(WCHAR));
    for (ULONG i = 0; i < digits; i++)
    {
        Name8dot3->Buffer[length++] = (UCHAR)index[i];
    }
    __builtin_memcpy(&Name8dot3->Buffer[length], Context->ExtensionBuffer,
                     Context->ExtensionLength * sizeof(WCHAR));
    length += Context->ExtensionLength;
    Name8dot3->Length = (USHORT)(length * sizeof(WCHAR));
    return STATUS_SUCCESS;
}
