// SPDX-License-Identifier: MIT
// Counted strings of 8-bit characters. Owns no state. Routines that only move bytes may be called
// at any IRQL with resident buffers; comparing and upper-casing is documented for PASSIVE_LEVEL.
#include "rtlp.h"

#include "exports.h"

SIZE_T
RtlpLength(const CHAR *String)
{
    SIZE_T length = 0;

    while (String[length] != 0)
    {
        length += 1;
    }
    return length;
}

SIZE_T
RtlpWideLength(const WCHAR *String)
{
    SIZE_T length = 0;

    while (String[length] != 0)
    {
        length += 1;
    }
    return length;
}

// A source that is too long is described by the largest lengths the structure can hold, as the page
// NF:wdm.RtlInitString states: MAXUSHORT - 1 and MAXUSHORT.
static VOID
RtlpInitString(PSTRING Destination, PCSZ Source)
{
    SIZE_T length;

    Destination->Buffer = (PCHAR)(ULONG_PTR)Source;
    Destination->Length = 0;
    Destination->MaximumLength = 0;
    if (Source == NULL)
    {
        return;
    }
    length = RtlpLength(Source);
    if (length > RTLP_MAXIMUM_STRING_BYTES - 1)
    {
        length = RTLP_MAXIMUM_STRING_BYTES - 1;
    }
    Destination->Length = (USHORT)length;
    Destination->MaximumLength = (USHORT)(length + 1);
}

static NTSTATUS
RtlpInitStringEx(PSTRING Destination, PCSZ Source)
{
    if (Source != NULL && RtlpLength(Source) > RTLP_MAXIMUM_STRING_BYTES - 1)
    {
        Destination->Length = 0;
        Destination->MaximumLength = 0;
        Destination->Buffer = (PCHAR)(ULONG_PTR)Source;
        return STATUS_NAME_TOO_LONG;
    }
    RtlpInitString(Destination, Source);
    return STATUS_SUCCESS;
}

DDI VOID
RtlInitString(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString)
{
    RtlpInitString(DestinationString, SourceString);
}

DDI VOID
RtlInitAnsiString(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString)
{
    RtlpInitString(DestinationString, SourceString);
}

DDI VOID
RtlInitUTF8String(_Out_ PUTF8_STRING DestinationString, _In_opt_ PCSZ SourceString)
{
    RtlpInitString(DestinationString, SourceString);
}

DDI NTSTATUS
RtlInitStringEx(_Out_ PSTRING DestinationString, _In_opt_ PCSZ SourceString)
{
    return RtlpInitStringEx(DestinationString, SourceString);
}

DDI NTSTATUS
RtlInitAnsiStringEx(_Out_ PANSI_STRING DestinationString, _In_opt_ PCSZ SourceString)
{
    return RtlpInitStringEx(DestinationString, SourceString);
}

DDI NTSTATUS
RtlInitUTF8StringEx(_Out_ PUTF8_STRING DestinationString, _In_opt_ PCSZ SourceString)
{
    return RtlpInitStringEx(DestinationString, SourceString);
}

// Copies what fits; there is never a terminator, because MaximumLength may be used up.
DDI VOID
RtlCopyString(_Out_ PSTRING DestinationString, _In_opt_ const STRING *SourceString)
{
    USHORT length = 0;

    if (SourceString != NULL)
    {
        length = SourceString->Length < DestinationString->MaximumLength
                     ? SourceString->Length
                     : DestinationString->MaximumLength;
        __builtin_memmove(DestinationString->Buffer, SourceString->Buffer, length);
    }
    DestinationString->Length = length;
}

DDI VOID
RtlUpperString(_Inout_ PSTRING DestinationString, _In_ const STRING *SourceString)
{
    const USHORT length = SourceString->Length < DestinationString->MaximumLength
                              ? SourceString->Length
                              : DestinationString->MaximumLength;

    for (USHORT i = 0; i < length; i++)
    {
        DestinationString->Buffer[i] = (CHAR)RtlpUpcaseAnsiChar((UCHAR)SourceString->Buffer[i]);
    }
    DestinationString->Length = length;
}

static NTSTATUS
RtlpAppendBytes(PSTRING Destination, const CHAR *Source, SIZE_T Length)
{
    if (Length > RTLP_MAXIMUM_STRING_BYTES ||
        Destination->Length + Length > Destination->MaximumLength)
    {
        return STATUS_BUFFER_TOO_SMALL;
    }
    __builtin_memmove(Destination->Buffer + Destination->Length, Source, Length);
    Destination->Length = (USHORT)(Destination->Length + Length);
    return STATUS_SUCCESS;
}

DDI NTSTATUS
RtlAppendStringToString(_Inout_ PSTRING Destination, _In_ const STRING *Source)
{
    return RtlpAppendBytes(Destination, Source->Buffer, Source->Length);
}

DDI NTSTATUS
RtlAppendAsciizToString(_Inout_ PSTRING Destination, _In_opt_ PCSZ Source)
{
    return Source == NULL ? STATUS_SUCCESS
                          : RtlpAppendBytes(Destination, Source, RtlpLength(Source));
}

static LONG
RtlpCompareBytes(const STRING *String1,
                 const STRING *String2,
                 ULONG Length,
                 BOOLEAN CaseInSensitive)
{
    for (ULONG i = 0; i < Length; i++)
    {
        UCHAR first = (UCHAR)String1->Buffer[i];
        UCHAR second = (UCHAR)String2->Buffer[i];

        if (first != second && CaseInSensitive)
        {
            first = RtlpUpcaseAnsiChar(first);
            second = RtlpUpcaseAnsiChar(second);
        }
        if (first != second)
        {
            return (LONG)first - (LONG)second;
        }
    }
    return 0;
}

DDI LONG
RtlCompareString(_In_ const STRING *String1, _In_ const STRING *String2, BOOLEAN CaseInSensitive)
{
    const ULONG common = String1->Length < String2->Length ? String1->Length : String2->Length;
    const LONG difference = RtlpCompareBytes(String1, String2, common, CaseInSensitive);

    return difference != 0 ? difference : (LONG)String1->Length - (LONG)String2->Length;
}

DDI BOOLEAN
RtlEqualString(_In_ const STRING *String1, _In_ const STRING *String2, _In_ BOOLEAN CaseInSensitive)
{
    return String1->Length == String2->Length &&
           RtlpCompareBytes(String1, String2, String1->Length, CaseInSensitive) == 0;
}

DDI BOOLEAN
RtlPrefixString(_In_ const STRING *String1,
                _In_ const STRING *String2,
                _In_ BOOLEAN CaseInSensitive)
{
    return String1->Length <= String2->Length &&
           RtlpCompareBytes(String1, String2, String1->Length, CaseInSensitive) == 0;
}

static VOID
RtlpReleaseString(PSTRING String)
{
    if (String->Buffer != NULL)
    {
        RtlpFreeString(String->Buffer);
        __builtin_memset(String, 0, sizeof(*String));
    }
}

DDI VOID
RtlFreeAnsiString(_Inout_ PANSI_STRING AnsiString)
{
    RtlpReleaseString(AnsiString);
}

DDI VOID
RtlFreeOemString(_Inout_ POEM_STRING OemString)
{
    RtlpReleaseString(OemString);
}

DDI VOID
RtlFreeUTF8String(_Inout_ PUTF8_STRING Utf8String)
{
    RtlpReleaseString(Utf8String);
}
